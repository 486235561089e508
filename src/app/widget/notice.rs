//! Something the user must know: a sign, a word for what sort of thing it is, and what to do.

use iced::widget::{Column, column, container, row};
use iced::{Border, Color, Element, Fill, Theme};

use super::control::describe;
use super::icon::{Icon, Tone, icon};
use super::words::{paragraph, strong};
use crate::app::a11y::{About, Live, Role};
use crate::app::theme::{Colours, RADIUS, colours, space};
use crate::i18n::Texts;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    Error,
    Warning,
    Info,
    Success,
}

impl Sort {
    const fn key(self) -> &'static str {
        match self {
            Self::Error => "notice-error",
            Self::Warning => "notice-warning",
            Self::Info => "notice-info",
            Self::Success => "notice-success",
        }
    }

    const fn icon(self) -> Icon {
        match self {
            Self::Error => Icon::Error,
            Self::Warning => Icon::Warning,
            Self::Info => Icon::Info,
            Self::Success => Icon::Success,
        }
    }

    fn tone(self) -> Tone {
        match self {
            Self::Error => |c| c.danger,
            Self::Warning => |c| c.warning,
            Self::Info => |c| c.info,
            Self::Success => |c| c.success,
        }
    }

    fn ground(self, c: &Colours) -> Color {
        match self {
            Self::Error => c.danger_soft,
            Self::Warning => c.warning_soft,
            Self::Info => c.info_soft,
            Self::Success => c.success_soft,
        }
    }
}

/// What a notice says; see [`notice`].
pub struct Notice<'a, Message> {
    pub sort: Sort,
    pub words: String,
    /// What can be done about it.
    pub actions: Vec<Element<'a, Message>>,
}

impl<Message> std::fmt::Debug for Notice<'_, Message> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Notice")
            .field("sort", &self.sort)
            .field("words", &self.words)
            .finish_non_exhaustive()
    }
}

/// Readers say it by themselves; an error at once, the others when they have finished.
pub fn notice<'a, Message: Clone + 'a>(
    notice: Notice<'a, Message>,
    texts: &Texts,
) -> Element<'a, Message> {
    let sort = notice.sort;
    let word = texts.text(sort.key(), &[]);
    let about = About {
        live: Some(match sort {
            Sort::Error => Live::Assertive,
            _ => Live::Polite,
        }),
        ..About::new(
            match sort {
                Sort::Error => Role::Alert,
                _ => Role::Status,
            },
            format!("{word} {}", notice.words),
        )
    };
    let tone = sort.tone();
    let word = strong(word).style(move |theme: &Theme| iced::widget::text::Style {
        color: Some(tone(colours(theme))),
    });
    let lines = notice
        .words
        .split('\n')
        .map(|line| paragraph(line.to_owned()).into());
    let words = Column::with_children(lines).spacing(space::TINY);
    let words = describe(column![word, words].spacing(2), about);
    let actions = (!notice.actions.is_empty()).then(|| {
        iced::widget::Row::with_children(notice.actions)
            .spacing(space::MEDIUM)
            .wrap()
    });
    container(
        row![
            icon(sort.icon(), 26.0, tone),
            column![words]
                .push(actions)
                .spacing(space::MEDIUM)
                .width(Fill),
        ]
        .spacing(space::MEDIUM),
    )
    .padding([14.0, 18.0])
    .width(Fill)
    .style(move |theme: &Theme| {
        let c = colours(theme);
        container::Style {
            background: Some(sort.ground(c).into()),
            text_color: Some(c.text),
            border: Border {
                color: tone(c),
                width: 1.0,
                radius: RADIUS.into(),
            },
            ..container::Style::default()
        }
    })
    .into()
}
