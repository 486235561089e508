//! What every control is made of: keyboard focus with a ring that shows it, Enter and Space, and a
//! description for screen readers. iced has the first only for text fields and the others for nothing.

use iced::advanced::layout::{self, Layout};
use iced::advanced::widget::operation::Focusable;
use iced::advanced::widget::tree::{self, Tree};
use iced::advanced::widget::{Operation, Widget};
use iced::advanced::{Clipboard, Renderer as _, Shell, mouse, overlay, renderer};
use iced::keyboard::{self, key};
use iced::widget::Id;
use iced::{Element, Event, Length, Rectangle, Renderer, Size, Theme, Vector, border};

use crate::app::a11y::{About, Described, Request, Shape};
use crate::app::theme::{self, RADIUS};

/// How far the ring lies outside of what it goes around, and how thick it is.
const RING: f32 = 3.0;

type OnKey<'a, Message> = Box<dyn Fn(&keyboard::Key) -> Option<Message> + 'a>;
type OnType<'a, Message> = Box<dyn Fn(String) -> Message + 'a>;

/// A widget with a description. See [`control`], [`describe`] and [`input`].
pub struct Control<'a, Message> {
    content: Element<'a, Message>,
    id: Option<Id>,
    about: About,
    takes_focus: bool,
    on_press: Option<Message>,
    on_key: Option<OnKey<'a, Message>>,
    on_type: Option<OnType<'a, Message>>,
}

impl<Message> std::fmt::Debug for Control<'_, Message> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Control")
            .field("id", &self.id)
            .field("about", &self.about)
            .finish_non_exhaustive()
    }
}

/// Gives `content` the keyboard: Tab reaches it, Enter and Space send `on_press`. Without `on_press` it
/// cannot be operated, and readers are told so. The mouse is the content's own business.
pub fn control<'a, Message>(
    content: impl Into<Element<'a, Message>>,
    about: About,
    on_press: Option<Message>,
) -> Control<'a, Message> {
    Control {
        content: content.into(),
        id: None,
        about: About {
            disabled: on_press.is_none(),
            ..about
        },
        takes_focus: on_press.is_some(),
        on_press,
        on_key: None,
        on_type: None,
    }
}

/// Tells readers what `content` is; nothing else changes.
pub fn describe<'a, Message>(
    content: impl Into<Element<'a, Message>>,
    about: About,
) -> Control<'a, Message> {
    Control {
        content: content.into(),
        id: None,
        about,
        takes_focus: false,
        on_press: None,
        on_key: None,
        on_type: None,
    }
}

/// Describes a text field, which has the keyboard itself; `on_type` is what it sends when readers fill it.
pub fn input<'a, Message>(
    field: impl Into<Element<'a, Message>>,
    about: About,
    on_type: Option<impl Fn(String) -> Message + 'a>,
) -> Control<'a, Message> {
    Control {
        content: field.into(),
        id: None,
        about: About {
            shape: Shape::Input,
            disabled: on_type.is_none(),
            ..about
        },
        takes_focus: false,
        on_press: None,
        on_key: None,
        on_type: on_type.map(|on_type| -> OnType<'a, Message> { Box::new(on_type) }),
    }
}

impl<'a, Message> Control<'a, Message> {
    /// By which operations and tests find it.
    pub fn id(mut self, id: impl Into<Id>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// What readers call it, where its own words do not say enough by themselves ("Open" what?).
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.about.name = name.into();
        self
    }

    /// Tab passes by: what it lies in has the keyboard for it. Readers can still press it.
    pub fn passed_by(mut self) -> Self {
        self.takes_focus = false;
        self
    }

    /// More keys than Enter and Space, while it has the keyboard.
    pub fn on_key(mut self, on_key: impl Fn(&keyboard::Key) -> Option<Message> + 'a) -> Self {
        self.on_key = Some(Box::new(on_key));
        self.takes_focus = true;
        self.about.disabled = false;
        self
    }

    const fn operable(&self) -> bool {
        self.takes_focus || self.on_type.is_some() || self.on_press.is_some()
    }
}

#[derive(Debug, Default)]
struct State {
    focused: bool,
    request: Option<Request>,
}

impl Focusable for State {
    fn is_focused(&self) -> bool {
        self.focused
    }
    fn focus(&mut self) {
        self.focused = true;
    }
    fn unfocus(&mut self) {
        self.focused = false;
    }
}

impl<Message: Clone> Widget<Message, Theme, Renderer> for Control<'_, Message> {
    fn tag(&self) -> tree::Tag {
        tree::Tag::of::<State>()
    }

    fn state(&self) -> tree::State {
        tree::State::new(State::default())
    }

    fn children(&self) -> Vec<Tree> {
        vec![Tree::new(&self.content)]
    }

    fn diff(&self, tree: &mut Tree) {
        tree.diff_children(std::slice::from_ref(&self.content));
    }

    fn size(&self) -> Size<Length> {
        self.content.as_widget().size()
    }

    fn size_hint(&self) -> Size<Length> {
        self.content.as_widget().size_hint()
    }

    fn layout(
        &mut self,
        tree: &mut Tree,
        renderer: &Renderer,
        limits: &layout::Limits,
    ) -> layout::Node {
        let Some(child) = tree.children.first_mut() else {
            return layout::Node::default();
        };
        self.content.as_widget_mut().layout(child, renderer, limits)
    }

    fn operate(
        &mut self,
        tree: &mut Tree,
        layout: Layout<'_>,
        renderer: &Renderer,
        operation: &mut dyn Operation,
    ) {
        let state = tree.state.downcast_mut::<State>();
        let bounds = layout.bounds();
        let mut described = Described {
            about: self.about.clone(),
            operable: self.operable(),
            request: None,
        };
        operation.custom(self.id.as_ref(), bounds, &mut described);
        if described.request.is_some() {
            state.request = described.request;
        }
        if self.takes_focus {
            operation.focusable(self.id.as_ref(), bounds, state);
        } else {
            state.focused = false;
        }
        if let Some(child) = tree.children.first_mut() {
            operation.traverse(&mut |operation| {
                self.content
                    .as_widget_mut()
                    .operate(child, layout, renderer, operation);
            });
        }
    }

    fn update(
        &mut self,
        tree: &mut Tree,
        event: &Event,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        renderer: &Renderer,
        clipboard: &mut dyn Clipboard,
        shell: &mut Shell<'_, Message>,
        viewport: &Rectangle,
    ) {
        if let Some(child) = tree.children.first_mut() {
            self.content.as_widget_mut().update(
                child, event, layout, cursor, renderer, clipboard, shell, viewport,
            );
        }
        let state = tree.state.downcast_mut::<State>();
        match state.request.take() {
            Some(Request::Press) => {
                if let Some(message) = self.on_press.clone() {
                    shell.publish(message);
                }
            }
            Some(Request::Type(text)) => {
                if let Some(on_type) = &self.on_type {
                    shell.publish(on_type(text));
                }
            }
            None => {}
        }
        match event {
            Event::Keyboard(keyboard::Event::KeyPressed { key, modifiers, .. })
                if state.focused && !shell.is_event_captured() && modifiers.is_empty() =>
            {
                let pressed = matches!(
                    key.as_ref(),
                    keyboard::Key::Named(key::Named::Enter | key::Named::Space)
                        | keyboard::Key::Character(" ")
                );
                let message = match &self.on_press {
                    Some(message) if pressed => Some(message.clone()),
                    _ => self.on_key.as_ref().and_then(|on_key| on_key(key)),
                };
                if let Some(message) = message {
                    shell.publish(message);
                    shell.capture_event();
                }
            }
            // Whoever takes the mouse needs no ring any more.
            Event::Mouse(mouse::Event::ButtonPressed(_)) if state.focused => {
                state.focused = cursor.is_over(layout.bounds());
                shell.request_redraw();
            }
            _ => {}
        }
    }

    fn draw(
        &self,
        tree: &Tree,
        renderer: &mut Renderer,
        theme: &Theme,
        style: &renderer::Style,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        viewport: &Rectangle,
    ) {
        if let Some(child) = tree.children.first() {
            self.content
                .as_widget()
                .draw(child, renderer, theme, style, layout, cursor, viewport);
        }
        if tree.state.downcast_ref::<State>().focused {
            renderer.fill_quad(
                renderer::Quad {
                    bounds: layout.bounds().expand(RING),
                    border: border::rounded(RADIUS + RING)
                        .width(RING - 0.5)
                        .color(theme::colours(theme).focus),
                    ..renderer::Quad::default()
                },
                iced::Color::TRANSPARENT,
            );
        }
    }

    fn mouse_interaction(
        &self,
        tree: &Tree,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        viewport: &Rectangle,
        renderer: &Renderer,
    ) -> mouse::Interaction {
        match tree.children.first() {
            Some(child) => self
                .content
                .as_widget()
                .mouse_interaction(child, layout, cursor, viewport, renderer),
            None => mouse::Interaction::default(),
        }
    }

    fn overlay<'b>(
        &'b mut self,
        tree: &'b mut Tree,
        layout: Layout<'b>,
        renderer: &Renderer,
        viewport: &Rectangle,
        translation: Vector,
    ) -> Option<overlay::Element<'b, Message, Theme, Renderer>> {
        let child = tree.children.first_mut()?;
        self.content
            .as_widget_mut()
            .overlay(child, layout, renderer, viewport, translation)
    }
}

impl<'a, Message: Clone + 'a> From<Control<'a, Message>> for Element<'a, Message> {
    fn from(control: Control<'a, Message>) -> Self {
        Self::new(control)
    }
}
