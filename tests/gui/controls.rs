//! Every control has a name and takes Tab, in reading order, on every page.

use iced::keyboard::key;
use transhumance::app::a11y::{Role, Shape};
use transhumance::app::{App, Message, Step};
use transhumance::i18n::Lang;

use crate::stage::{Keyboard, Stage};

/// Everything that a page can be asked for: each station as it is without an engine, and the settings.
fn everywhere(lang: Lang) -> Vec<(String, Stage)> {
    let mut pages = Vec::new();
    for step in Step::ALL {
        let mut stage = Stage::new(lang);
        stage.app.cx.has_draft = true;
        stage.app.step = step;
        pages.push((format!("{} {step:?}", lang.code()), stage));
    }
    for (name, change) in [
        (
            "settings",
            (|app: &mut App| app.shows_settings = true) as fn(&mut App),
        ),
        ("first", |app| app.cx.settings.welcomed = false),
    ] {
        let mut stage = Stage::new(lang);
        change(&mut stage.app);
        pages.push((format!("{} {name}", lang.code()), stage));
    }
    pages
}

#[test]
fn every_control_has_a_name_and_takes_tab() {
    for (page, stage) in Lang::ALL.into_iter().flat_map(everywhere) {
        check(&page, &stage);
    }
}

/// What is said of every page.
pub fn check(page: &str, stage: &Stage) {
    let mut keyboard = Keyboard::new(stage);
    let seen = keyboard.seen();
    let operable: Vec<_> = seen.iter().filter(|one| one.operable).collect();
    assert!(operable.len() >= 2, "{page}: {operable:?}");
    for one in &seen {
        let what = &one.about;
        assert!(
            !what.name.trim().is_empty() || what.shape == Shape::Group,
            "{page}: a {:?} has no name",
            what.role
        );
        // A key that nobody has words for shows as itself.
        let is_key = what.name.contains('-') && !what.name.contains(' ');
        assert!(!is_key, "{page}: no words for {}", what.name);
        assert_eq!(
            one.operable, one.takes_focus,
            "{page}: {} and the keyboard",
            what.name
        );
    }
    // In reading order, and back again.
    let mut there = Vec::new();
    while let Some(one) = keyboard.tab(false) {
        there.push(one.about.name);
        assert!(there.len() <= operable.len(), "{page}: {there:?}");
    }
    let names: Vec<_> = operable.iter().map(|one| one.about.name.clone()).collect();
    assert_eq!(there, names, "{page}");
    let mut back = Vec::new();
    while let Some(one) = keyboard.tab(true) {
        back.push(one.about.name);
    }
    back.reverse();
    assert_eq!(back, names, "{page}");
}

#[test]
fn enter_and_space_press_what_has_the_keyboard() {
    let stage = Stage::new(Lang::Fr);
    for key in [key::Named::Enter, key::Named::Space] {
        let mut keyboard = Keyboard::new(&stage);
        let new = stage.t("welcome-new");
        while keyboard.tab(false).unwrap().about.name != new {}
        let sent = keyboard.press(key);
        assert!(
            matches!(sent.as_slice(), [Message::Welcome(_)]),
            "{key:?}: {sent:?}"
        );
    }
    // Without the keyboard, nothing is pressed.
    assert!(Keyboard::new(&stage).press(key::Named::Enter).is_empty());
}

#[test]
fn what_a_screen_reader_is_handed_is_what_is_there() {
    let stage = Stage::new(Lang::Fr);
    let mut keyboard = Keyboard::new(&stage);
    let before = keyboard.tree("Titre");
    assert_eq!(before.focus, before.tree.as_ref().unwrap().root);
    let named = |role| {
        let of = |node: &accesskit::Node| node.label().map(str::to_owned);
        let nodes = before
            .nodes
            .iter()
            .filter(move |(_, node)| node.role() == role);
        nodes.filter_map(|(_, node)| of(node)).collect::<Vec<_>>()
    };
    assert_eq!(named(Role::Window), ["Titre"]);
    assert!(named(Role::Heading).contains(&stage.t("welcome-title")));
    assert!(named(Role::Button).contains(&stage.t("welcome-new")));
    // Once each: the button's own words are not said again.
    let words = before.nodes.iter().filter(|(_, node)| {
        [node.label(), node.value()].contains(&Some(stage.t("welcome-new").as_str()))
    });
    assert_eq!(words.count(), 1);

    keyboard.tab(false);
    let after = keyboard.tree("Titre");
    assert_ne!(after.focus, before.focus);
    let ids =
        |tree: &accesskit::TreeUpdate| tree.nodes.iter().map(|(id, _)| *id).collect::<Vec<_>>();
    assert_eq!(
        ids(&before),
        ids(&after),
        "the same things have the same names"
    );
}
