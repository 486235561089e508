//! Text and what it stands on.

use iced::widget::{container, scrollable, text as plain};
use iced::{Border, Element, Fill, Theme};

use super::control::describe;
use crate::app::a11y::{About, Live, Role};
use crate::app::theme::{RADIUS, STRONG, colours, size, space};

/// Ordinary text.
pub fn text<'a>(words: impl iced::widget::text::IntoFragment<'a>) -> iced::widget::Text<'a> {
    plain(words).size(size::TEXT)
}

pub fn strong<'a>(words: impl iced::widget::text::IntoFragment<'a>) -> iced::widget::Text<'a> {
    text(words).font(STRONG)
}

pub fn muted<'a>(words: impl iced::widget::text::IntoFragment<'a>) -> iced::widget::Text<'a> {
    text(words).style(|theme| plain::Style {
        color: Some(colours(theme).muted),
    })
}

/// Small and muted: for what explains something else.
pub fn small<'a>(words: impl iced::widget::text::IntoFragment<'a>) -> iced::widget::Text<'a> {
    muted(words).size(size::SMALL)
}

/// Text to be read: with air between the lines.
pub fn paragraph<'a>(words: impl iced::widget::text::IntoFragment<'a>) -> iced::widget::Text<'a> {
    text(words).line_height(1.45)
}

/// The name of a part of a page.
pub fn heading<'a, Message: Clone + 'a>(words: impl Into<String>) -> Element<'a, Message> {
    let words = words.into();
    let about = About {
        level: Some(2),
        ..About::new(Role::Heading, words.clone())
    };
    describe(plain(words).size(size::HEADING).font(STRONG), about).into()
}

/// Words that readers say by themselves whenever they change: progress, results.
pub fn live<'a, Message: Clone + 'a>(
    id: &'static str,
    words: impl Into<String>,
) -> Element<'a, Message> {
    let words = words.into();
    let about = About {
        live: Some(Live::Polite),
        ..About::new(Role::Status, words.clone())
    };
    describe(text(words), about).id(id).into()
}

/// How everything that scrolls looks.
pub fn scrollbar(theme: &Theme, status: scrollable::Status) -> scrollable::Style {
    let c = colours(theme);
    let held = matches!(
        status,
        scrollable::Status::Hovered {
            is_vertical_scrollbar_hovered: true,
            ..
        } | scrollable::Status::Dragged {
            is_vertical_scrollbar_dragged: true,
            ..
        }
    );
    let rail = scrollable::Rail {
        background: None,
        border: Border::default(),
        scroller: scrollable::Scroller {
            background: if held { c.primary } else { c.edge }.into(),
            border: iced::border::rounded(5),
        },
    };
    scrollable::Style {
        vertical_rail: rail,
        horizontal_rail: rail,
        ..scrollable::default(theme, status)
    }
}

/// A sheet of paper on the page.
pub fn card<'a, Message: 'a>(
    content: impl Into<Element<'a, Message>>,
) -> iced::widget::Container<'a, Message> {
    container(content)
        .padding(space::LARGE)
        .width(Fill)
        .style(sheet)
}

pub(super) fn sheet(theme: &Theme) -> container::Style {
    let colours = colours(theme);
    container::Style {
        background: Some(colours.surface.into()),
        text_color: Some(colours.text),
        border: Border {
            color: colours.line,
            width: 1.0,
            radius: RADIUS.into(),
        },
        ..container::Style::default()
    }
}
