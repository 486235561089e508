//! What the accounts that are signed in to in the browser look alike in.

use iced::widget::{Column, Row, column, row};
use iced::{Center, Element, Fill};

use crate::app::connect::plain_notice;
use crate::app::context::Context;
use crate::app::theme::space;
use crate::app::widget::{Icon, Kind, Sort, button, card, icon, paragraph, small, strong};

/// The key that was made, and the way to another one: `words` are what it is, and what that button says.
pub fn key<'a, Message: Clone + 'a>(
    cx: &Context,
    id: String,
    words: [&str; 2],
    other: Message,
) -> Row<'a, Message> {
    row![
        icon(Icon::Success, 28.0, |c| c.success),
        column![
            strong(cx.t(words[0])),
            small(id).wrapping(iced::widget::text::Wrapping::WordOrGlyph)
        ]
        .spacing(2)
        .width(Fill),
        button(Kind::Quiet, cx.t(words[1]), Some(other)).id("other-key"),
    ]
    .spacing(space::MEDIUM)
    .align_y(Center)
}

/// Signed in: `words` are what to, and what the button to another account says; `more` stands between.
pub fn signed_in<'a, Message: Clone + 'a>(
    cx: &Context,
    account: String,
    words: [&str; 2],
    more: Vec<Element<'a, Message>>,
    other: Message,
) -> Element<'a, Message> {
    card(
        column![
            row![
                icon(Icon::Success, 28.0, |c| c.success),
                column![strong(cx.t(words[0])), paragraph(account)]
                    .spacing(2)
                    .width(Fill),
            ]
            .spacing(space::MEDIUM)
            .align_y(Center),
        ]
        .push(Column::with_children(more).spacing(space::MEDIUM))
        .push(button(Kind::Plain, cx.t(words[1]), Some(other)).id("other-account"))
        .spacing(space::MEDIUM),
    )
    .into()
}

/// What stays behind because it was not allowed in the browser.
pub fn left_out<'a, Message: Clone + 'a>(
    cx: &Context,
    not_granted: &[String],
) -> Vec<Element<'a, Message>> {
    let told = not_granted.iter().map(|scope| {
        let words = cx.t(crate::sentences::words::not_granted(scope));
        plain_notice(cx, Sort::Warning, words)
    });
    told.collect()
}
