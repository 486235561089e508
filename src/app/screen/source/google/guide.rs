//! How to make a client id of one's own, step by step, with the words that Google's console uses.

use iced::Element;

use super::{Message, State};
use crate::app::connect::{Guide, Step};
use crate::app::context::Context;

pub const PUBLISH_PAGE: &str = "https://console.cloud.google.com/auth/audience";
pub const CLIENTS_PAGE: &str = "https://console.cloud.google.com/auth/clients";
pub const ADMIN_PAGE: &str = "https://admin.google.com/ac/owl/list?tab=configuredApps";

static STEPS: [Step; 6] = [
    Step {
        title: "google-step-project",
        words: "google-step-project-words",
        page: Some("https://console.cloud.google.com/projectcreate"),
        enter: &[],
    },
    Step {
        title: "google-step-api",
        words: "google-step-api-words",
        // One page that turns on all of them, as Google's own quickstarts link to it.
        page: Some(
            "https://console.cloud.google.com/flows/enableapi?apiid=drive.googleapis.com,\
             calendar-json.googleapis.com,caldav.googleapis.com,people.googleapis.com,\
             tasks.googleapis.com",
        ),
        enter: &[],
    },
    Step {
        title: "google-step-consent",
        words: "google-step-consent-words",
        page: Some("https://console.cloud.google.com/auth/overview"),
        enter: &[],
    },
    Step {
        title: "google-step-publish",
        words: "google-step-publish-words",
        page: Some(PUBLISH_PAGE),
        enter: &[],
    },
    Step {
        title: "google-step-client",
        words: "google-step-client-words",
        page: Some(CLIENTS_PAGE),
        enter: &[],
    },
    Step {
        title: "google-step-key",
        words: "google-step-key-words",
        page: None,
        enter: &[],
    },
];

/// Where the key is given to the program.
pub const LAST: usize = 5;

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
    guide.view(
        cx,
        |page| with_project(page, state),
        |step| cx.t(step.words),
        last,
    )
}

/// A page of the console, of the project that the key belongs to.
pub fn with_project(page: &str, state: &State) -> String {
    match state.key.as_ref().and_then(|key| key.project.as_ref()) {
        Some(project) => format!("{page}?project={project}"),
        None => page.to_owned(),
    }
}
