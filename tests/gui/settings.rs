//! The preferences beyond what `pages.rs` looks at: bandwidth, places, licences.

use std::collections::BTreeSet;

use transhumance::app::screen::settings;
use transhumance::app::{App, Licences, Message};
use transhumance::i18n::Lang;
use transhumance::settings::Settings;

use crate::stage::{Stage, TALL};

fn shown(lang: Lang) -> Stage {
    let mut stage = Stage::new(lang);
    stage.size = TALL;
    stage.press("settings");
    stage
}

#[test]
fn the_bandwidth_of_new_migrations_is_kept_when_it_makes_sense() {
    for lang in Lang::ALL {
        let mut stage = shown(lang);
        for (typed, kept) in [("vite", None), ("5 Mo/s", Some("5 Mo/s")), ("", None)] {
            let typed = settings::Message::BandwidthTyped(typed.into());
            let _ = stage.app.update(Message::Settings(typed));
            let settings = Settings::read(stage.home.path());
            assert_eq!(settings.bandwidth.as_deref(), kept);
        }
        let typed = settings::Message::BandwidthTyped("vite".into());
        let _ = stage.app.update(Message::Settings(typed));
        stage.find("settings-bandwidth-wrong");
    }
}

#[test]
fn it_says_where_things_lie() {
    let stage = shown(Lang::Fr);
    let home = stage.home.path();
    stage.find_words(&home.display().to_string());
    stage.find_words(&home.join("logs").display().to_string());
    stage.find("settings-logs-words");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_licences_can_be_read() {
    for lang in Lang::ALL {
        let mut stage = shown(lang);
        stage
            .press_and_watch("licences", |app: &App| licences_are_there(app))
            .await;
        stage.find("licences-title");
        for message in stage.operate(|ui| {
            ui.click("Source Sans 3").unwrap();
        }) {
            stage.play(message, |_| false).await;
        }
        stage
            .ui()
            .find(iced_test::selector::id("licence-text"))
            .unwrap();
        stage.assert_looks("licences");
        // Escape goes back to the preferences, and then to where one was.
        let escape = || Message::Pressed(transhumance::app::Shortcut::Escape);
        let _ = stage.app.update(escape());
        stage.find("settings-title");
        let _ = stage.app.update(escape());
        stage.find("welcome-title");
    }
}

fn licences_are_there(app: &App) -> bool {
    app.settings.shows_licences()
}

/// Whoever changes Cargo.lock runs `packaging/licences.py`.
#[test]
fn the_licences_are_those_of_the_lockfile() {
    let lock: toml::Table = include_str!("../../Cargo.lock").parse().unwrap();
    let locked: BTreeSet<(String, String)> = lock["package"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            let of = |key: &str| one[key].as_str().unwrap().to_owned();
            (of("name"), of("version"))
        })
        .collect();
    let licences = Licences::read().unwrap();
    let listed: BTreeSet<_> = licences
        .parts
        .iter()
        .filter(|part| !part.1.is_empty())
        .map(|part| (part.0.clone(), part.1.clone()))
        .collect();
    let gone: Vec<_> = listed.difference(&locked).collect();
    assert!(gone.is_empty(), "run packaging/licences.py: {gone:?}");
    let manifest: toml::Table = include_str!("../../Cargo.toml").parse().unwrap();
    for name in manifest["dependencies"].as_table().unwrap().keys() {
        let macros = ["async-trait"].contains(&name.as_str());
        let there = listed.iter().any(|(listed, _)| listed == name);
        assert!(
            macros || there,
            "run packaging/licences.py: {name} is missing"
        );
    }
    for part in &licences.parts {
        assert!(!part.2.is_empty(), "{part:?}");
    }
}
