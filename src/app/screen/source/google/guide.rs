//! How to make a client id of one's own, step by step, with the words that Google's console uses.

use iced::widget::{Column, column, row};
use iced::{Center, Element, Fill};

use super::{Message, State};
use crate::app::a11y::About;
use crate::app::connect::open_and_copy;
use crate::app::context::Context;
use crate::app::theme::space;
use crate::app::widget::{Icon, Kind, button, card, control, icon, paragraph, strong, text};

/// A step: its title, what to do, and the page where it is done.
struct Step {
    title: &'static str,
    words: &'static str,
    page: Option<&'static str>,
}

pub const PUBLISH_PAGE: &str = "https://console.cloud.google.com/auth/audience";
pub const CLIENTS_PAGE: &str = "https://console.cloud.google.com/auth/clients";
pub const ADMIN_PAGE: &str = "https://admin.google.com/ac/owl/list?tab=configuredApps";

const STEPS: [Step; 6] = [
    Step {
        title: "google-step-project",
        words: "google-step-project-words",
        page: Some("https://console.cloud.google.com/projectcreate"),
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
    },
    Step {
        title: "google-step-consent",
        words: "google-step-consent-words",
        page: Some("https://console.cloud.google.com/auth/overview"),
    },
    Step {
        title: "google-step-publish",
        words: "google-step-publish-words",
        page: Some(PUBLISH_PAGE),
    },
    Step {
        title: "google-step-client",
        words: "google-step-client-words",
        page: Some(CLIENTS_PAGE),
    },
    Step {
        title: "google-step-key",
        words: "google-step-key-words",
        page: None,
    },
];

/// Where the key is given to the program.
pub const LAST: usize = STEPS.len() - 1;

/// `last`: what the last step asks for.
pub fn guide<'a>(
    state: &'a State,
    cx: &'a Context,
    last: impl FnOnce() -> Element<'a, Message>,
) -> Element<'a, Message> {
    let mut last = Some(last);
    let steps = STEPS.iter().enumerate().map(|(n, step)| {
        let content = (n == state.step).then(|| {
            let form = match n {
                LAST => last.take().map(|last| last()),
                _ => None,
            };
            open(state, cx, n, step, form)
        });
        let head = head(cx, n, step, state.step);
        card(column![head].push(content).spacing(space::MEDIUM))
            .padding([12.0, 18.0])
            .into()
    });
    Column::with_children(steps).spacing(space::SMALL).into()
}

/// The title of a step, which opens it.
fn head<'a>(cx: &Context, n: usize, step: &Step, now: usize) -> Element<'a, Message> {
    let sign = match n {
        n if n < now => Icon::Success,
        n if n == now => Icon::Down,
        _ => Icon::Right,
    };
    let title = cx.tr(
        "google-step",
        &[
            ("n", (n as u64 + 1).into()),
            ("title", cx.t(step.title).into()),
        ],
    );
    let words = match n == now {
        true => strong(title.clone()),
        false => text(title.clone()),
    };
    let about = About {
        expanded: Some(n == now),
        ..About::button(title)
    };
    let face = row![icon(sign, 22.0, |c| c.primary), words.width(Fill)]
        .spacing(space::MEDIUM)
        .align_y(Center);
    let face = iced::widget::mouse_area(face)
        .on_press(Message::StepChosen(n))
        .interaction(iced::mouse::Interaction::Pointer);
    control(face, about, Some(Message::StepChosen(n)))
        .id(format!("step-{}", n + 1))
        .into()
}

fn open<'a>(
    state: &'a State,
    cx: &'a Context,
    n: usize,
    step: &Step,
    form: Option<Element<'a, Message>>,
) -> Element<'a, Message> {
    let words = cx.t(step.words);
    let lines = words
        .split('\n')
        .filter(|line| !line.trim().is_empty())
        .map(|line| paragraph(line.trim().to_owned()).into());
    let words = Column::with_children(lines).spacing(space::SMALL);
    let page = step.page.map(|page| {
        let page = with_project(page, state);
        let is_copied = state.copied.as_ref() == Some(&page);
        open_and_copy(
            cx,
            "console",
            &cx.t(step.title),
            Message::PageOpened(page.clone()),
            (Message::Copied(page), is_copied),
        )
    });
    let next = (n < LAST).then(|| {
        button(
            Kind::Primary,
            cx.t("google-step-done"),
            Some(Message::StepChosen(n + 1)),
        )
        .id("step-done")
    });
    column![words]
        .push(page)
        .push(form)
        .push(next)
        .spacing(space::MEDIUM)
        .into()
}

/// A page of the console, of the project that the key belongs to.
pub fn with_project(page: &str, state: &State) -> String {
    match state.key.as_ref().and_then(|key| key.project.as_ref()) {
        Some(project) => format!("{page}?project={project}"),
        None => page.to_owned(),
    }
}
