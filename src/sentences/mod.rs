//! What codes and errors mean to a person, and what to do about each: for both faces of the program.

pub mod trouble;
pub mod words;

use crate::auth::oauth::{BrowserPage, BrowserPages};
use crate::i18n::Texts;

/// What the browser shows at the end of a sign-in.
pub fn browser_pages(texts: &Texts) -> BrowserPages {
    let page = |key: &str| texts.text(key, &[]);
    BrowserPages {
        language: texts.lang().code().to_owned(),
        success: BrowserPage {
            title: page("browser-done"),
            text: page("browser-done-text"),
        },
        failure: BrowserPage {
            title: page("browser-failed"),
            text: page("browser-failed-text"),
        },
    }
}
