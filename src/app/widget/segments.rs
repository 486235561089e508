//! A few short options side by side, of which one is taken.

use iced::widget::button::{Status, Style};
use iced::widget::{Row, button as raw, row};
use iced::{Border, Center, Element, Theme};

use super::Choice;
use super::control::{control, describe};
use super::icon::{Icon, icon};
use super::words::{strong, text};
use crate::app::a11y::{About, Role};
use crate::app::theme::{Colours, RADIUS, colours, space};

/// Like [`super::choices`], for labels of a word or two. Which one is taken shows by a mark, not by its
/// colour alone.
pub fn segments<'a, T: PartialEq + 'a, Message: Clone + 'a>(
    id: &'static str,
    name: impl Into<String>,
    options: Vec<Choice<T>>,
    chosen: Option<&T>,
    on_choose: impl Fn(T) -> Message,
) -> Element<'a, Message> {
    let options = options.into_iter().enumerate().map(|(n, option)| {
        let on = chosen == Some(&option.value);
        let on_press = option.enabled.then(|| on_choose(option.value));
        let about = About {
            toggled: Some(on.into()),
            description: option.help,
            ..About::new(Role::RadioButton, option.label.clone())
        };
        let mark = on.then(|| icon(Icon::Check, 16.0, |c| c.primary));
        let label = if on {
            strong(option.label)
        } else {
            text(option.label)
        };
        let face = row![].push(mark).push(label).spacing(6).align_y(Center);
        let content = raw(face)
            .padding([7.0, 13.0])
            .style(move |theme: &Theme, status| style(on, colours(theme), status))
            .on_press_maybe(on_press.clone());
        control(content, about, on_press)
            .id(format!("{id}-{n}"))
            .into()
    });
    let group = Row::with_children(options).spacing(space::SMALL).wrap();
    describe(group, About::group(Role::RadioGroup, name)).into()
}

fn style(on: bool, c: &Colours, status: Status) -> Style {
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
