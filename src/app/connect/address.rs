use iced::widget::{column, container, row};
use iced::{Border, Center, Element, Fill, Theme};

use crate::app::context::Context;
use crate::app::theme::{RADIUS, colours, space};
use crate::app::widget::{Icon, Kind, icon_button, small};

/// An address in full, with a button that opens it in the browser and one that copies it. `what` names the
/// page to readers; the ids are `open-{id}` and `copy-{id}`.
pub fn address<'a, Message: Clone + 'a>(
    cx: &Context,
    id: &str,
    what: &str,
    url: &str,
    opened: Message,
    copied: (Message, bool),
) -> Element<'a, Message> {
    let line = container(small(url.to_owned()).wrapping(iced::widget::text::Wrapping::Glyph))
        .padding([8.0, 12.0])
        .width(Fill)
        .style(|theme: &Theme| {
            let c = colours(theme);
            container::Style {
                background: Some(c.rail.into()),
                border: Border {
                    radius: RADIUS.into(),
                    ..Border::default()
                },
                ..container::Style::default()
            }
        });
    column![line, open_and_copy(cx, id, what, opened, copied)]
        .spacing(space::SMALL)
        .into()
}

/// The two buttons alone. `copied`: what copies it, and whether it was copied.
pub fn open_and_copy<'a, Message: Clone + 'a>(
    cx: &Context,
    id: &str,
    what: &str,
    opened: Message,
    (copy, is_copied): (Message, bool),
) -> Element<'a, Message> {
    let what = [("what", what.into())];
    let (sign, label) = match is_copied {
        true => (Icon::Check, "page-copied"),
        false => (Icon::Copy, "page-copy"),
    };
    row![
        icon_button(Kind::Plain, Icon::Open, cx.t("page-open"), Some(opened))
            .name(cx.tr("page-open-of", &what))
            .id(format!("open-{id}")),
        icon_button(Kind::Quiet, sign, cx.t(label), Some(copy))
            .name(match is_copied {
                true => cx.t("page-copied"),
                false => cx.tr("page-copy-of", &what),
            })
            .id(format!("copy-{id}")),
    ]
    .spacing(space::SMALL)
    .align_y(Center)
    .wrap()
    .into()
}
