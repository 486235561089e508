//! Boxes to tick, and options of which one is taken.

use iced::widget::button::{Status, Style};
use iced::widget::{Column, button as raw, column, row};
use iced::{Border, Element, Fill, Theme};

use super::control::{Control, control, describe};
use super::icon::{Icon, Tone, icon};
use super::words::{small, strong, text};
use crate::app::a11y::{About, Role, Toggled};
use crate::app::theme::{Colours, RADIUS, colours, space};

const MARK: f32 = 24.0;

/// What a box shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tick {
    Off,
    /// Some of what belongs to it.
    Partly,
    On,
}

impl From<bool> for Tick {
    fn from(on: bool) -> Self {
        if on { Self::On } else { Self::Off }
    }
}

fn tone(enabled: bool) -> Tone {
    if enabled { |c| c.primary } else { |c| c.muted }
}

/// A box to tick, with its words and, below, what they mean. Pressing it sends `on_press`.
pub fn check<'a, Message: Clone + 'a>(
    tick: Tick,
    label: impl Into<String>,
    help: Option<String>,
    on_press: Option<Message>,
) -> Control<'a, Message> {
    let label = label.into();
    let mark = match tick {
        Tick::Off => Icon::Box,
        Tick::Partly => Icon::BoxPart,
        Tick::On => Icon::BoxOn,
    };
    let about = About {
        toggled: Some(match tick {
            Tick::Off => Toggled::False,
            Tick::Partly => Toggled::Mixed,
            Tick::On => Toggled::True,
        }),
        description: help.clone(),
        ..About::new(Role::CheckBox, label.clone())
    };
    let tone = tone(on_press.is_some());
    let words = column![text(label)].push(help.map(small)).spacing(2);
    let face = row![icon(mark, MARK, tone), words].spacing(space::MEDIUM);
    let content = raw(face)
        .padding([6.0, 8.0])
        .style(|theme: &Theme, status| bare(colours(theme), status))
        .on_press_maybe(on_press.clone());
    control(content, about, on_press)
}

/// One option of a question.
#[derive(Debug, Clone)]
pub struct Choice<T> {
    pub value: T,
    pub label: String,
    pub help: Option<String>,
    /// `false`: it is there, and cannot be taken.
    pub enabled: bool,
}

impl<T> Choice<T> {
    pub fn new(value: T, label: impl Into<String>) -> Self {
        Self {
            value,
            label: label.into(),
            help: None,
            enabled: true,
        }
    }

    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub fn enabled(mut self, enabled: bool) -> Self {
        self.enabled = enabled;
        self
    }
}

/// A question with options, of which one is taken. `name` is for readers; the options' ids are
/// `{id}-0`, `{id}-1` …
pub fn choices<'a, T: PartialEq + 'a, Message: Clone + 'a>(
    id: &'static str,
    name: impl Into<String>,
    options: Vec<Choice<T>>,
    chosen: Option<&T>,
    on_choose: impl Fn(T) -> Message,
) -> Element<'a, Message> {
    let options = options.into_iter().enumerate().map(|(n, option)| {
        let on = chosen == Some(&option.value);
        let (label, help) = (option.label, option.help);
        let on_press = option.enabled.then(|| on_choose(option.value));
        let about = About {
            toggled: Some(on.into()),
            description: help.clone(),
            ..About::new(Role::RadioButton, label.clone())
        };
        let mark = if on { Icon::RingOn } else { Icon::Ring };
        let tone = tone(on_press.is_some());
        let label = if on { strong(label) } else { text(label) };
        let words = column![label].push(help.map(small)).spacing(2).width(Fill);
        let face = row![icon(mark, MARK, tone), words].spacing(space::MEDIUM);
        let content = raw(face)
            .width(Fill)
            .padding([10.0, 14.0])
            .style(move |theme: &Theme, status| option_style(on, colours(theme), status))
            .on_press_maybe(on_press.clone());
        control(content, about, on_press)
            .id(format!("{id}-{n}"))
            .into()
    });
    let group = Column::with_children(options).spacing(space::SMALL);
    describe(group, About::group(Role::RadioGroup, name)).into()
}

fn bare(c: &Colours, status: Status) -> Style {
    let hovered = matches!(status, Status::Hovered | Status::Pressed);
    Style {
        background: hovered.then(|| c.chosen.into()),
        text_color: match status {
            Status::Disabled => c.muted,
            _ => c.text,
        },
        border: Border {
            radius: RADIUS.into(),
            ..Border::default()
        },
        ..Style::default()
    }
}

fn option_style(on: bool, c: &Colours, status: Status) -> Style {
    let hovered = matches!(status, Status::Hovered | Status::Pressed);
    Style {
        background: Some(if on || hovered { c.chosen } else { c.surface }.into()),
        text_color: match status {
            Status::Disabled => c.muted,
            _ => c.text,
        },
        border: Border {
            color: match (on, status) {
                (true, _) => c.primary,
                (_, Status::Disabled) => c.line,
                _ => c.edge,
            },
            width: if on { 2.0 } else { 1.0 },
            radius: RADIUS.into(),
        },
        ..Style::default()
    }
}
