//! What the pages say and look like.

use transhumance::app::Step;
use transhumance::i18n::Lang;
use transhumance::settings::Settings;

use crate::stage::Stage;

#[test]
fn the_first_page_is_read_once() {
    for lang in Lang::ALL {
        let mut stage = Stage::new(lang);
        stage.app.cx.settings.welcomed = false;
        stage.assert_looks("first");
        stage.press("next");
        assert!(stage.app.cx.settings.welcomed);
        let kept = Settings::read(stage.home.path());
        assert!(kept.welcomed, "it is remembered");
        stage.ui().find(stage.t("welcome-title").as_str()).unwrap();
    }
}

#[test]
fn the_welcome_page_offers_the_ways_in() {
    for lang in Lang::ALL {
        let mut stage = Stage::new(lang);
        stage.assert_looks("welcome");
        stage.press("new");
        assert_eq!(stage.app.step, Step::Source);
        stage.press("back");
        assert_eq!(stage.app.step, Step::Welcome);
    }
}

#[test]
fn the_language_changes_at_once() {
    let mut stage = Stage::new(Lang::Fr);
    stage.press("settings");
    stage.ui().find("Réglages").unwrap();
    // French, English in this order, after "that of the computer".
    stage.press("language-2");
    stage.ui().find("Settings").unwrap();
    assert_eq!(Settings::read(stage.home.path()).language, Some(Lang::En));
    stage.press("language-1");
    stage.ui().find("Réglages").unwrap();
    stage.press("back");
    stage.ui().find("Vos déménagements").unwrap();
}

#[test]
fn the_settings_are_kept() {
    for lang in Lang::ALL {
        let mut stage = Stage::new(lang);
        stage.press("settings");
        stage.assert_looks("settings");
        stage.press("larger");
        stage.press("appearance-2");
        assert_eq!(stage.app.zoom(), 1.1);
        let kept = Settings::read(stage.home.path());
        assert_eq!((kept.zoom, kept.appearance.code()), (110, "dark"));
    }
}
