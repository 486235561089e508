//! Three dots that take turns: something goes on, and nobody knows for how long.

use std::time::{Duration, Instant};

use iced::advanced::layout::{self, Layout};
use iced::advanced::widget::Widget;
use iced::advanced::widget::tree::{self, Tree};
use iced::advanced::{Clipboard, Renderer as _, Shell, mouse, renderer};
use iced::widget::row;
use iced::{
    Center, Element, Event, Length, Point, Rectangle, Renderer, Size, Theme, border, window,
};

use super::words::live;
use crate::app::theme::{colours, space};

const BEAT: Duration = Duration::from_millis(350);
const DOT: f32 = 9.0;
const STEP: f32 = 15.0;
const DOTS: u64 = 3;

/// The dots with what goes on; readers say it by themselves.
pub fn busy<'a, Message: Clone + 'a>(
    id: &'static str,
    words: impl Into<String>,
) -> Element<'a, Message> {
    row![Element::new(Dots), live(id, words)]
        .spacing(space::MEDIUM)
        .align_y(Center)
        .into()
}

struct Dots;

#[derive(Debug, Default)]
struct State {
    since: Option<Instant>,
    beat: u64,
}

impl<Message> Widget<Message, Theme, Renderer> for Dots {
    fn tag(&self) -> tree::Tag {
        tree::Tag::of::<State>()
    }

    fn state(&self) -> tree::State {
        tree::State::new(State::default())
    }

    fn size(&self) -> Size<Length> {
        let width = STEP * (DOTS - 1) as f32 + DOT;
        Size::new(Length::Fixed(width), Length::Fixed(DOT))
    }

    fn layout(&mut self, _: &mut Tree, _: &Renderer, limits: &layout::Limits) -> layout::Node {
        let size = <Self as Widget<Message, Theme, Renderer>>::size(self);
        layout::atomic(limits, size.width, size.height)
    }

    fn update(
        &mut self,
        tree: &mut Tree,
        event: &Event,
        _: Layout<'_>,
        _: mouse::Cursor,
        _: &Renderer,
        _: &mut dyn Clipboard,
        shell: &mut Shell<'_, Message>,
        _: &Rectangle,
    ) {
        if let Event::Window(window::Event::RedrawRequested(now)) = event {
            let state = tree.state.downcast_mut::<State>();
            let since = *state.since.get_or_insert(*now);
            let passed = now.duration_since(since);
            state.beat = (passed.as_millis() / BEAT.as_millis()) as u64;
            shell.request_redraw_at(*now + BEAT);
        }
    }

    fn draw(
        &self,
        tree: &Tree,
        renderer: &mut Renderer,
        theme: &Theme,
        _: &renderer::Style,
        layout: Layout<'_>,
        _: mouse::Cursor,
        _: &Rectangle,
    ) {
        let turn = tree.state.downcast_ref::<State>().beat % DOTS;
        let c = colours(theme);
        let at = layout.bounds().position();
        for n in 0..DOTS {
            let place = Point::new(at.x + STEP * n as f32, at.y);
            renderer.fill_quad(
                renderer::Quad {
                    bounds: Rectangle::new(place, Size::new(DOT, DOT)),
                    border: border::rounded(DOT / 2.0),
                    ..renderer::Quad::default()
                },
                if n == turn { c.primary } else { c.line },
            );
        }
    }
}
