//! Buttons: one primary one a page, plain ones, quiet ones, and those that end something.

use iced::widget::button::{Status, Style};
use iced::widget::{button as raw, row};
use iced::{Border, Center, Color, Element, Theme};

use super::control::{Control, control};
use super::icon::{Icon, icon};
use super::words::strong;
use crate::app::a11y::{About, Role};
use crate::app::theme::{Colours, RADIUS, colours, space};

/// How much a button asks for attention.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The one next thing to do.
    Primary,
    /// Something else that can be done.
    Plain,
    /// What is rarely needed.
    Quiet,
    /// What ends or forgets something.
    Danger,
}

/// A button with words. Without `on_press` it is greyed out.
pub fn button<'a, Message: Clone + 'a>(
    kind: Kind,
    label: impl Into<String>,
    on_press: Option<Message>,
) -> Control<'a, Message> {
    let label = label.into();
    let face = strong(label.clone()).into();
    pressable(face, kind, About::button(label), on_press)
}

/// A button with a drawing before its words.
pub fn icon_button<'a, Message: Clone + 'a>(
    kind: Kind,
    which: Icon,
    label: impl Into<String>,
    on_press: Option<Message>,
) -> Control<'a, Message> {
    let label = label.into();
    let enabled = on_press.is_some();
    let drawing = icon(which, 20.0, face_tone(kind, enabled));
    let face = row![drawing, strong(label.clone())]
        .spacing(space::SMALL)
        .align_y(Center)
        .into();
    pressable(face, kind, About::button(label), on_press)
}

/// The button to the next page.
pub fn forward_button<'a, Message: Clone + 'a>(
    label: impl Into<String>,
    on_press: Option<Message>,
) -> Control<'a, Message> {
    let label = label.into();
    let drawing = icon(
        Icon::Next,
        20.0,
        face_tone(Kind::Primary, on_press.is_some()),
    );
    let face = row![strong(label.clone()), drawing]
        .spacing(space::SMALL)
        .align_y(Center)
        .into();
    pressable(face, Kind::Primary, About::button(label), on_press)
}

/// Something that opens elsewhere: a page in the browser, another screen.
pub fn link<'a, Message: Clone + 'a>(
    label: impl Into<String>,
    on_press: Option<Message>,
) -> Control<'a, Message> {
    let label = label.into();
    let about = About::new(Role::Link, label.clone());
    let face = raw(strong(label))
        .padding([2.0, 2.0])
        .style(|theme, status| link_style(colours(theme), status))
        .on_press_maybe(on_press.clone());
    control(face, about, on_press)
}

/// Anything that can be pressed, looking like a button of `kind`.
pub fn pressable<'a, Message: Clone + 'a>(
    face: Element<'a, Message>,
    kind: Kind,
    about: About,
    on_press: Option<Message>,
) -> Control<'a, Message> {
    let content = raw(face)
        .padding([9.0, 16.0])
        .style(move |theme: &Theme, status| style(kind, colours(theme), status))
        .on_press_maybe(on_press.clone());
    control(content, about, on_press)
}

fn face_tone(kind: Kind, enabled: bool) -> super::Tone {
    match (kind, enabled) {
        (_, false) => |c| c.muted,
        (Kind::Primary, _) => |c| c.on_primary,
        (Kind::Plain | Kind::Quiet, _) => |c| c.primary,
        (Kind::Danger, _) => |c| c.danger,
    }
}

fn style(kind: Kind, c: &Colours, status: Status) -> Style {
    let hovered = matches!(status, Status::Hovered | Status::Pressed);
    let (ground, words, edge) = match (kind, status) {
        (Kind::Quiet, Status::Disabled) => (None, c.muted, Color::TRANSPARENT),
        (_, Status::Disabled) => (Some(c.rail), c.muted, c.line),
        (Kind::Primary, _) if hovered => (Some(c.primary_hover), c.on_primary, c.primary_hover),
        (Kind::Primary, _) => (Some(c.primary), c.on_primary, c.primary),
        (Kind::Plain, _) if hovered => (Some(c.chosen), c.primary, c.primary),
        (Kind::Plain, _) => (Some(c.surface), c.primary, c.edge),
        (Kind::Quiet, _) if hovered => (Some(c.chosen), c.primary, Color::TRANSPARENT),
        (Kind::Quiet, _) => (None, c.primary, Color::TRANSPARENT),
        (Kind::Danger, _) if hovered => (Some(c.danger_soft), c.danger, c.danger),
        (Kind::Danger, _) => (Some(c.surface), c.danger, c.danger),
    };
    Style {
        background: ground.map(Into::into),
        text_color: words,
        border: Border {
            color: edge,
            width: 1.5,
            radius: RADIUS.into(),
        },
        ..Style::default()
    }
}

fn link_style(c: &Colours, status: Status) -> Style {
    let hovered = matches!(status, Status::Hovered | Status::Pressed);
    Style {
        background: hovered.then(|| c.chosen.into()),
        text_color: match status {
            Status::Disabled => c.muted,
            _ => c.primary,
        },
        border: Border {
            radius: 4.0.into(),
            ..Border::default()
        },
        ..Style::default()
    }
}
