//! What lies under a dialog: seen, but neither operated nor read out.

use iced::advanced::layout::{self, Layout};
use iced::advanced::widget::Widget;
use iced::advanced::widget::tree::Tree;
use iced::advanced::{mouse, renderer};
use iced::{Element, Length, Rectangle, Renderer, Size, Theme};

struct Inert<'a, Message>(Element<'a, Message>);

/// `content` as a picture of itself.
pub fn inert<'a, Message: 'a>(content: impl Into<Element<'a, Message>>) -> Element<'a, Message> {
    Element::new(Inert(content.into()))
}

impl<Message> Widget<Message, Theme, Renderer> for Inert<'_, Message> {
    fn tag(&self) -> iced::advanced::widget::tree::Tag {
        self.0.as_widget().tag()
    }

    fn state(&self) -> iced::advanced::widget::tree::State {
        self.0.as_widget().state()
    }

    fn children(&self) -> Vec<Tree> {
        self.0.as_widget().children()
    }

    fn diff(&self, tree: &mut Tree) {
        self.0.as_widget().diff(tree);
    }

    fn size(&self) -> Size<Length> {
        self.0.as_widget().size()
    }

    fn layout(
        &mut self,
        tree: &mut Tree,
        renderer: &Renderer,
        limits: &layout::Limits,
    ) -> layout::Node {
        self.0.as_widget_mut().layout(tree, renderer, limits)
    }

    fn draw(
        &self,
        tree: &Tree,
        renderer: &mut Renderer,
        theme: &Theme,
        style: &renderer::Style,
        layout: Layout<'_>,
        _: mouse::Cursor,
        viewport: &Rectangle,
    ) {
        let nowhere = mouse::Cursor::Unavailable;
        self.0
            .as_widget()
            .draw(tree, renderer, theme, style, layout, nowhere, viewport);
    }
}
