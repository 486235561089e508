use iced::widget::{container, row};
use iced::{Border, Center, Element, Fill, Theme};

use crate::app::context::Context;
use crate::app::theme::{RADIUS, colours, space};
use crate::app::widget::{Icon, Kind, icon_button, small};

/// An address in full, on a ground of its own.
pub fn full_address<'a, Message: 'a>(url: &str) -> Element<'a, Message> {
    container(small(url.to_owned()).wrapping(iced::widget::text::Wrapping::Glyph))
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
        })
        .into()
}

/// A button that opens a page in the browser, and one that copies its address. `what` names the page to
/// readers; the ids are `open-{id}` and `copy-{id}`. The last: what copies it, and whether it was copied.
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
