//! Both languages say the same things, everything that the program says exists, and nothing is left over.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use fluent_syntax::ast::{
    Attribute, Entry, Expression, InlineExpression, Pattern, PatternElement, Resource,
};
use transhumance::model::{NameChange, Reason};
use transhumance::pim::{Change, Defect};

/// What a message offers: its variables, and those of each of its attributes.
#[derive(Debug, Default, PartialEq, Eq)]
struct Shape {
    variables: BTreeSet<String>,
    attributes: BTreeMap<String, BTreeSet<String>>,
}

type Catalogue = BTreeMap<String, Shape>;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.extension().is_some_and(|e| e == ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn parse(path: &Path) -> Resource<String> {
    let text = std::fs::read_to_string(path).unwrap();
    fluent_syntax::parser::parse(text)
        .unwrap_or_else(|(_, errors)| panic!("{}: {errors:?}", path.display()))
}

fn variables(pattern: &Pattern<String>, found: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            of_expression(expression, found);
        }
    }
}

fn of_expression(expression: &Expression<String>, found: &mut BTreeSet<String>) {
    match expression {
        Expression::Inline(inline) => of_inline(inline, found),
        Expression::Select { selector, variants } => {
            of_inline(selector, found);
            for variant in variants {
                variables(&variant.value, found);
            }
        }
    }
}

fn of_inline(inline: &InlineExpression<String>, found: &mut BTreeSet<String>) {
    match inline {
        InlineExpression::VariableReference { id } => {
            found.insert(id.name.clone());
        }
        InlineExpression::Placeable { expression } => of_expression(expression, found),
        _ => {}
    }
}

fn shape(value: Option<&Pattern<String>>, attributes: &[Attribute<String>]) -> Shape {
    let mut shape = Shape::default();
    if let Some(value) = value {
        variables(value, &mut shape.variables);
    }
    for attribute in attributes {
        let found = shape
            .attributes
            .entry(attribute.id.name.clone())
            .or_default();
        variables(&attribute.value, found);
    }
    shape
}

fn catalogue(lang: &str) -> Catalogue {
    let mut catalogue = Catalogue::new();
    for path in files(&root().join("i18n").join(lang), "ftl") {
        for entry in parse(&path).body {
            if let Entry::Message(message) = entry {
                let shape = shape(message.value.as_ref(), &message.attributes);
                let name = message.id.name;
                assert!(
                    catalogue.insert(name.clone(), shape).is_none(),
                    "{name} is said twice in {lang}"
                );
            }
        }
    }
    assert!(!catalogue.is_empty());
    catalogue
}

/// The keys that the program puts together instead of spelling them out.
fn generated() -> BTreeSet<String> {
    let reasons = Reason::ALL.iter().map(|one| one.message_key());
    let names = NameChange::ALL.iter().map(|one| one.message_key());
    let changes = Change::ALL.iter().map(|one| one.message_key());
    let defects = Defect::ALL.iter().map(|one| one.message_key());
    let help = transhumance::cli::message_keys();
    reasons
        .chain(names)
        .chain(changes)
        .chain(defects)
        .map(str::to_owned)
        .chain(help)
        .collect()
}

/// Every `"text"` in the source code, and those among them that a message is asked for with.
fn quoted() -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut all, mut asked) = (BTreeSet::new(), BTreeSet::new());
    for path in files(&root().join("src"), "rs") {
        let code = std::fs::read_to_string(&path).unwrap();
        // The tests ask for messages that do not exist.
        let code = code.split("#[cfg(test)]\nmod tests").next().unwrap();
        let mut before = "";
        // Every part between two quotes counts: quotes inside of quotes shift which of them are texts.
        for part in code.split('"') {
            let is_key = !part.is_empty()
                && part
                    .chars()
                    .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
            if is_key {
                all.insert(part.to_owned());
                let asks = [
                    ".text(", ".tell(", "say(", ".detail(", "page(", ".t(", ".tr(",
                ];
                if asks.iter().any(|call| before.trim_end().ends_with(call)) {
                    asked.insert(part.to_owned());
                }
            }
            before = part;
        }
    }
    (all, asked)
}

#[test]
fn both_languages_say_the_same_things() {
    let (french, english) = (catalogue("fr"), catalogue("en"));
    for (key, shape) in &french {
        assert_eq!(english.get(key), Some(shape), "{key} in English");
    }
    for key in english.keys() {
        assert!(french.contains_key(key), "{key} is not said in French");
    }
}

#[test]
fn nothing_is_missing_and_nothing_is_left_over() {
    let said = catalogue("en");
    let (quoted, asked) = quoted();
    let generated = generated();
    for key in generated.iter().chain(&asked) {
        assert!(said.contains_key(key), "no message for {key}");
    }
    for key in said.keys() {
        assert!(
            generated.contains(key) || quoted.contains(key),
            "nobody says {key}"
        );
    }
}

/// Typewriter habits that a French reader stumbles over.
#[test]
fn french_is_set_as_in_print() {
    for path in files(&root().join("i18n/fr"), "ftl") {
        let text = std::fs::read_to_string(&path).unwrap();
        for (n, line) in text.lines().enumerate() {
            if line.trim_start().starts_with('#') {
                continue;
            }
            let at = format!("{}:{}", path.display(), n + 1);
            assert!(!line.contains('\''), "a straight apostrophe, {at}");
            for bad in [" ;", " !", " ?", " :", "« ", " »"] {
                assert!(!line.contains(bad), "an ordinary space in `{bad}`, {at}");
            }
        }
    }
}

/// Who sees the window need not know that there are commands, files and variables.
#[test]
fn the_window_names_no_command() {
    // The command line's own: what it says of its arguments, and of files that are written by hand.
    let terminal_only = ["cli", "progress", "results", "errors"];
    for lang in ["fr", "en"] {
        for path in files(&root().join("i18n").join(lang), "ftl") {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            if terminal_only.contains(&name.as_str()) {
                continue;
            }
            for entry in parse(&path).body {
                let Entry::Message(message) = entry else {
                    continue;
                };
                let window = message
                    .attributes
                    .iter()
                    .find(|one| one.id.name == "window");
                let Some(said) = window.map(|one| &one.value).or(message.value.as_ref()) else {
                    continue;
                };
                let key = &message.id.name;
                // Says that there is no window.
                if key == "window-no-display" || key == "window-failed" {
                    continue;
                }
                let mut names = BTreeSet::new();
                variables(said, &mut names);
                let words = format!("{said:?}");
                for bad in [
                    "transhumance ",
                    "TRANSHUMANCE_",
                    "--data",
                    "README",
                    "_command",
                ] {
                    // Nobody writes a `password_command` in the window.
                    let by_hand = key.starts_with("password-command") || key == "secret-not-text";
                    assert!(!words.contains(bad) || by_hand, "{lang}: {key} says {bad}");
                }
                for variable in ["login", "file"] {
                    assert!(!names.contains(variable), "{lang}: {key} needs ${variable}");
                }
            }
        }
    }
}
