use super::*;
use crate::plan::testing::complaint_about;

fn rules() -> TargetRules {
    TargetRules::default()
}

/// What Nextcloud's "Windows compatible filenames" switches on.
fn windows_rules() -> TargetRules {
    crate::plan::testing::windows_rules()
}

fn named(name: &str, of: NameOf<'_>, rules: &TargetRules) -> (String, Option<NameChange>) {
    let legal = Naming::new(rules).legal(name, of);
    (legal.text, legal.change)
}

fn file(name: &str) -> (String, Option<NameChange>) {
    named(name, NameOf::File, &rules())
}

#[track_caller]
fn becomes(name: &str, expected: &str, change: NameChange) {
    assert_eq!(file(name), (expected.to_owned(), Some(change)), "{name:?}");
}

#[test]
fn leaves_good_names_alone() {
    for name in [
        "Compte rendu.odt",
        ".bashrc",
        "été à Noël.jpg",
        "👩‍🌾 récolte.png",
        "a  b",
        "...points",
        "CON",
        "what? \"this\" <is> fine: yes|no*",
        "日本語.txt",
    ] {
        assert_eq!(file(name), (name.to_owned(), None));
    }
}

#[test]
fn replaces_what_the_server_refuses() {
    becomes(
        "AG 12/03/2024.odt",
        "AG 12-03-2024.odt",
        NameChange::Forbidden,
    );
    becomes("a\\b", "a-b", NameChange::Forbidden);
    becomes("film.part", "film.part_", NameChange::Forbidden);
    becomes("film.FilePart", "film.FilePart_", NameChange::Forbidden);
    becomes(".htaccess", ".htaccess_", NameChange::Forbidden);
    assert_eq!(
        named("x.part", NameOf::Folder, &rules()),
        ("x.part_".to_owned(), Some(NameChange::Forbidden))
    );
}

#[test]
fn reserved_endings_hold_even_where_the_server_does_not_name_them() {
    let mut rules = rules();
    rules.forbidden_extensions.clear();
    assert_eq!(named("x.part", NameOf::Folder, &rules).0, "x.part_");
}

#[test]
fn follows_the_rules_of_a_stricter_server() {
    let rules = windows_rules();
    for (name, expected) in [
        ("aux.c", "aux_.c"),
        ("COM1", "COM1_"),
        ("Desktop.ini", "Desktop_.ini"),
        ("12:30 | bilan?.txt", "12-30 - bilan_.txt"),
        ("*\"<>", "____"),
        ("con.tar.gz", "con_.tar.gz"),
    ] {
        assert_eq!(
            named(name, NameOf::File, &rules),
            (expected.to_owned(), Some(NameChange::Forbidden))
        );
    }
}

#[test]
fn takes_control_characters_out() {
    becomes("a\u{0}b\u{7f}.txt", "ab.txt", NameChange::ControlCharacters);
    becomes("two\nlines", "two lines", NameChange::ControlCharacters);
}

#[test]
fn trims_the_ends() {
    becomes("  name . .", "name", NameChange::Trimmed);
    becomes("name.txt ", "name.txt", NameChange::Trimmed);
    becomes("\u{a0}name", "name", NameChange::Trimmed);
}

#[test]
fn nothing_left_becomes_something() {
    for name in ["", "   ", ".", "..", "...", "\u{0}", "\n"] {
        becomes(name, "_", NameChange::Empty);
    }
}

#[test]
fn says_so_when_the_bytes_were_not_unicode() {
    becomes("caf\u{fffd}.txt", "caf_.txt", NameChange::NotUnicode);
}

#[test]
fn writes_one_unicode_form() {
    becomes(
        "e\u{301}te\u{301}.txt",
        "\u{e9}t\u{e9}.txt",
        NameChange::Normalised,
    );
    // Taking the control character out lets the accent meet its letter.
    assert_eq!(file("e\u{0}\u{301}").0, "\u{e9}");
}

#[test]
fn cuts_long_names_and_keeps_their_ending() {
    let (text, change) = file(&format!("{}.tar.gz", "é".repeat(200)));
    assert_eq!(change, Some(NameChange::TooLong));
    assert!(text.ends_with("é.tar.gz") && text.len() <= 250 && text.len() > 246);

    let family = "👩‍👩‍👧‍👦";
    let (text, _) = file(&format!("{}.png", family.repeat(20)));
    let stem = text.strip_suffix(".png").unwrap();
    assert_eq!(stem.replace(family, ""), "", "no family is torn apart");

    let (text, _) = file(&format!("{} {}", "a".repeat(249), "b".repeat(50)));
    assert_eq!(text, "a".repeat(249), "no space is left at the end");

    let zalgo = format!("a{}", "\u{300}".repeat(400));
    assert!(file(&zalgo).0.len() <= 250);
    let ending_only = format!("a.{}", "é".repeat(300));
    assert!(file(&ending_only).0.len() <= 250);
}

#[test]
fn gives_exports_their_ending() {
    let made = |name| named(name, NameOf::Made(".odt"), &rules());
    let extended = |text: &str| (text.to_owned(), Some(NameChange::Extension));
    assert_eq!(made("Budget"), extended("Budget.odt"));
    assert_eq!(made("Budget v1.2"), extended("Budget v1.2.odt"));
    assert_eq!(made("Notes."), extended("Notes..odt"));
    assert_eq!(made("Budget.odt"), ("Budget.odt".to_owned(), None));
    assert_eq!(made("Budget.ODT"), ("Budget.ODT".to_owned(), None));
    assert_eq!(made(".odt"), extended(".odt.odt"));
    assert_eq!(made("  ").0, "_.odt");
    assert_eq!(made(&"x".repeat(300)).0, format!("{}.odt", "x".repeat(246)));
}

#[test]
fn numbers_stand_before_the_ending() {
    let rules = rules();
    let naming = Naming::new(&rules);
    let numbered = |name: &str, of| naming.numbered(&naming.legal(name, of), 2).unwrap();
    assert_eq!(numbered("a.txt", NameOf::File), "a (2).txt");
    assert_eq!(numbered("a.tar.gz", NameOf::File), "a (2).tar.gz");
    assert_eq!(numbered("v1.2", NameOf::File), "v1.2 (2)");
    assert_eq!(numbered("Dr. Who", NameOf::File), "Dr. Who (2)");
    assert_eq!(numbered(".bashrc", NameOf::File), ".bashrc (2)");
    assert_eq!(numbered("site.fr", NameOf::Folder), "site.fr (2)");
    assert_eq!(
        numbered("Budget v1.b", NameOf::Made(".ods")),
        "Budget v1.b (2).ods"
    );
    let long = numbered(&format!("{}.jpg", "x".repeat(300)), NameOf::File);
    assert_eq!(long, format!("{} (2).jpg", "x".repeat(242)));
}

#[test]
fn knows_the_forms_of_a_name() {
    let rules = rules();
    let naming = Naming::new(&rules);
    let base = naming.legal("a.txt", NameOf::File);
    for form in ["a.txt", "a (2).txt", "a (17).txt"] {
        assert!(naming.is_form_of(&base, form), "{form}");
    }
    for other in [
        "b.txt",
        "a (1).txt",
        "a (02).txt",
        "a (2)",
        "a(2).txt",
        "A (2).txt",
    ] {
        assert!(!naming.is_form_of(&base, other), "{other}");
    }
}

#[test]
fn one_key_for_what_a_desktop_takes_for_one_name() {
    for (one, other) in [
        ("A.txt", "a.TXT"),
        ("\u{e9}", "e\u{301}"),
        ("\u{c9}", "e\u{301}"),
        ("straße", "STRASSE"),
        ("ΟΔΟΣ", "οδος"),
        ("ΟΔΟΣ", "οδοσ"),
        ("\u{212a}", "k"),
    ] {
        assert_eq!(name_key(one), name_key(other), "{one} {other}");
    }
    for (one, other) in [("a", "b"), ("a", "á"), ("sıra", "sira"), ("a", "a ")] {
        assert_ne!(name_key(one), name_key(other), "{one} {other}");
    }
}

proptest::proptest! {
    #[test]
    fn every_name_is_legal_and_stays_as_it_is(
        name in crate::plan::testing::any_name(),
        folder in proptest::bool::ANY,
        windows in proptest::bool::ANY,
    ) {
        let rules = if windows { windows_rules() } else { rules() };
        let of = if folder { NameOf::Folder } else { NameOf::File };
        let naming = Naming::new(&rules);
        let legal = naming.legal(&name, of);
        proptest::prop_assert_eq!(complaint_about(&legal.text, &rules), None);
        proptest::prop_assert_eq!(legal.change.is_none(), legal.text == name);
        let again = naming.legal(&legal.text, of);
        proptest::prop_assert_eq!((&again.text, again.change), (&legal.text, None));
        for number in [2, 10, 123_456] {
            let numbered = naming.numbered(&legal, number).expect("a numbered name");
            proptest::prop_assert_eq!(complaint_about(&numbered, &rules), None);
            proptest::prop_assert!(naming.is_form_of(&legal, &numbered));
            proptest::prop_assert_ne!(name_key(&numbered), name_key(&legal.text));
        }
    }
}
