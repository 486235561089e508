//! A text field with its name above, help below, and what is wrong with it.

use iced::widget::text_input::{Status, Style};
use iced::widget::{column, row, text_input};
use iced::{Border, Center, Element, Fill, Theme};

use super::control::input;
use super::icon::{Icon, icon};
use super::words::{small, strong, text};
use crate::app::a11y::{About, Role};
use crate::app::theme::{Colours, RADIUS, colours, size, space};

/// What a field is made of; see [`field`].
#[derive(Debug, Clone, Default)]
pub struct Field<'a> {
    /// By which it is focused and found.
    pub id: &'static str,
    pub label: String,
    pub value: &'a str,
    pub placeholder: String,
    pub help: Option<String>,
    /// What is wrong, and what to do.
    pub error: Option<String>,
    /// Shown as bullets.
    pub secret: bool,
}

/// `on_type`: `None` makes it unchangeable. `on_submit`: what Enter sends.
pub fn field<'a, Message: Clone + 'a>(
    field: Field<'a>,
    on_type: Option<fn(String) -> Message>,
    on_submit: Option<Message>,
) -> Element<'a, Message> {
    let description = match (&field.error, &field.help) {
        (Some(error), Some(help)) => Some(format!("{error} {help}")),
        (Some(words), None) | (None, Some(words)) => Some(words.clone()),
        (None, None) => None,
    };
    let shown = match field.secret {
        true => "•".repeat(field.value.chars().count()),
        false => field.value.to_owned(),
    };
    let about = About {
        description,
        value: Some(shown),
        invalid: field.error.is_some(),
        ..About::new(
            match field.secret {
                true => Role::PasswordInput,
                false => Role::TextInput,
            },
            field.label.clone(),
        )
    };
    let wrong = field.error.is_some();
    let entry = text_input(&field.placeholder, field.value)
        .id(field.id)
        .size(size::TEXT)
        .padding([10.0, 12.0])
        .secure(field.secret)
        .on_input_maybe(on_type)
        .on_submit_maybe(on_submit)
        .style(move |theme: &Theme, status| style(wrong, colours(theme), status));
    let error = field.error.map(|error| {
        row![
            icon(Icon::Error, 20.0, |c| c.danger),
            text(error).style(|theme: &Theme| iced::widget::text::Style {
                color: Some(colours(theme).danger)
            })
        ]
        .spacing(space::SMALL)
        .align_y(Center)
    });
    column![
        strong(field.label),
        input(entry, about, on_type).id(field.id),
    ]
    .push(error)
    .push(field.help.map(small))
    .spacing(6)
    .width(Fill)
    .into()
}

fn style(wrong: bool, c: &Colours, status: Status) -> Style {
    let focused = matches!(status, Status::Focused { .. });
    let edge = match (wrong, status) {
        (_, Status::Focused { .. }) => c.focus,
        (true, _) => c.danger,
        (_, Status::Hovered) => c.primary,
        _ => c.edge,
    };
    Style {
        background: match status {
            Status::Disabled => c.rail,
            _ => c.surface,
        }
        .into(),
        border: Border {
            color: edge,
            width: if focused { 2.5 } else { 1.5 },
            radius: RADIUS.into(),
        },
        icon: c.muted,
        placeholder: c.muted,
        value: c.text,
        selection: c.focus.scale_alpha(0.35),
    }
}
