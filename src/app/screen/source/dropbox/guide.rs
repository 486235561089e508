//! How to make an app key of one's own, step by step, with the words of Dropbox's App Console, which is in
//! English only.

use iced::Element;

use super::{Message, State};
use crate::app::connect::{Guide, Step};
use crate::app::context::Context;
use crate::auth::oauth::{DROPBOX_REDIRECTS, DROPBOX_SCOPES};

pub const APPS_PAGE: &str = "https://www.dropbox.com/developers/apps";

static STEPS: [Step; 4] = [
    Step {
        title: "dropbox-step-app",
        words: "dropbox-step-app-words",
        page: Some("https://www.dropbox.com/developers/apps/create"),
        enter: &[],
    },
    Step {
        title: "dropbox-step-redirects",
        words: "dropbox-step-redirects-words",
        page: None,
        enter: &DROPBOX_REDIRECTS,
    },
    Step {
        title: "dropbox-step-permissions",
        words: "dropbox-step-permissions-words",
        page: None,
        enter: &[],
    },
    Step {
        title: "dropbox-step-key",
        words: "dropbox-step-key-words",
        page: None,
        enter: &[],
    },
];

/// Where the app key is given to the program.
pub const LAST: usize = 3;

/// `last`: what the last step asks for.
pub fn guide<'a>(
    state: &'a State,
    cx: &'a Context,
    last: impl FnOnce() -> Element<'a, Message>,
) -> Element<'a, Message> {
    let guide = Guide {
        steps: &STEPS,
        now: state.step,
        copied: state.copied.as_deref(),
        chosen: Message::StepChosen,
        opened: Message::PageOpened,
        copy: Message::Copied,
    };
    let permissions = DROPBOX_SCOPES.join(", ");
    let words = move |step: &Step| {
        let permissions = [("permissions", permissions.as_str().into())];
        cx.tr(step.words, &permissions)
    };
    guide.view(cx, str::to_owned, words, last)
}
