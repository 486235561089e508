//! A question over the page.

use iced::widget::{Row, center, column, container, opaque, stack};
use iced::{Element, Theme};

use super::control::describe;
use super::inert::inert;
use super::words::{paragraph, sheet, strong};
use crate::app::a11y::{About, Role};
use crate::app::theme::{size, space};

/// What a dialog asks; the last of its actions is the one that is recommended.
pub struct Dialog<'a, Message> {
    pub title: String,
    pub words: String,
    pub content: Option<Element<'a, Message>>,
    pub actions: Vec<Element<'a, Message>>,
}

impl<Message> std::fmt::Debug for Dialog<'_, Message> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Dialog")
            .field("title", &self.title)
            .finish_non_exhaustive()
    }
}

/// `page`, with a dialog over it when there is one: the page then has neither mouse nor keyboard.
pub fn dialog<'a, Message: Clone + 'a>(
    page: Element<'a, Message>,
    dialog: Option<Dialog<'a, Message>>,
) -> Element<'a, Message> {
    let Some(dialog) = dialog else {
        // In the same place as below a dialog, so that it stays scrolled to where it is.
        return stack![page].into();
    };
    let about = About {
        description: Some(dialog.words.clone()),
        ..About::group(Role::AlertDialog, dialog.title.clone())
    };
    let actions = Row::with_children(dialog.actions)
        .spacing(space::MEDIUM)
        .wrap();
    let sheet = container(
        column![
            strong(dialog.title).size(size::HEADING),
            paragraph(dialog.words)
        ]
        .push(dialog.content)
        .push(actions)
        .spacing(space::LARGE),
    )
    .padding(space::LARGE + space::SMALL)
    .max_width(560)
    .style(sheet);
    let over = center(describe(sheet, about)).style(|_: &Theme| {
        let shade = iced::Color::BLACK.scale_alpha(0.5);
        container::Style::default().background(shade)
    });
    stack![inert(page), opaque(over)].into()
}
