//! How to make a client id of one's own, step by step, with the words that Microsoft's console uses.

use iced::Element;

use super::{Message, State};
use crate::app::connect::{Guide, Step};
use crate::app::context::Context;

pub const APPS_PAGE: &str = "https://entra.microsoft.com/#view/Microsoft_AAD_RegisteredApps/ApplicationsListBlade/quickStartType~/null/sourceType/Microsoft_AAD_IAM";

static STEPS: [Step; 4] = [
    Step {
        title: "microsoft-step-open",
        words: "microsoft-step-open-words",
        page: Some(APPS_PAGE),
        enter: &[],
    },
    Step {
        title: "microsoft-step-register",
        words: "microsoft-step-register-words",
        page: None,
        enter: &["http://localhost"],
    },
    Step {
        title: "microsoft-step-public",
        words: "microsoft-step-public-words",
        page: None,
        enter: &[],
    },
    Step {
        title: "microsoft-step-id",
        words: "microsoft-step-id-words",
        page: None,
        enter: &[],
    },
];

/// Where the client id is given to the program.
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
    guide.view(cx, str::to_owned, |step| cx.t(step.words), last)
}
