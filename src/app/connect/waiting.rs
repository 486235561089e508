use iced::Element;
use iced::widget::{column, row};
use tokio_util::sync::{CancellationToken, DropGuard};
use url::Url;

use super::{full_address, open_and_copy};
use crate::app::context::Context;
use crate::app::theme::space;
use crate::app::widget::{Icon, Kind, busy, card, icon_button, paragraph};

/// A page is open in the browser, and its answer is waited for. Dropping this ends the waiting.
#[derive(Debug)]
pub struct Waiting {
    pub page: Url,
    pub copied: bool,
    cancel: CancellationToken,
    _end: DropGuard,
}

impl Waiting {
    pub fn new(page: Url) -> Self {
        let cancel = CancellationToken::new();
        Self {
            page,
            copied: false,
            _end: cancel.clone().drop_guard(),
            cancel,
        }
    }

    pub fn cancel(&self) -> CancellationToken {
        self.cancel.clone()
    }
}

/// What is to be done in the browser (`words`), the page's address, and a way out. `more` stands below.
pub fn waiting<'a, Message: Clone + 'a>(
    cx: &Context,
    state: &Waiting,
    words: String,
    [opened, copied, cancelled]: [Message; 3],
    more: Option<Element<'a, Message>>,
) -> Element<'a, Message> {
    let cancel = icon_button(
        Kind::Danger,
        Icon::Stop,
        cx.t("waiting-cancel"),
        Some(cancelled),
    )
    .id("cancel");
    card(
        column![
            busy("waiting", cx.t("waiting-browser")),
            paragraph(words),
            full_address(state.page.as_str()),
            row![
                open_and_copy(
                    cx,
                    "page",
                    &cx.t("waiting-page"),
                    opened,
                    (copied, state.copied)
                ),
                cancel
            ]
            .spacing(space::SMALL)
            .wrap(),
        ]
        .push(more)
        .spacing(space::MEDIUM),
    )
    .into()
}
