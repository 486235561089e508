//! Moves the keyboard on, and scrolls what has it into view.

use iced::advanced::widget::operation::{self, Focusable, Outcome, Scrollable};
use iced::advanced::widget::{Operation, operate};
use iced::widget::Id;
use iced::widget::operation::{AbsoluteOffset, scroll_to};
use iced::{Rectangle, Task, Vector};

/// The id of what a page scrolls in.
pub const PAGE: &str = "page";
/// Air around what was scrolled into view.
const MARGIN: f32 = 24.0;

/// To the next control, or back to the one before.
pub fn move_focus<T: Send + 'static>(back: bool) -> Task<T> {
    let moved = match back {
        true => operate(operation::focusable::focus_previous::<T>()),
        false => operate(operation::focusable::focus_next::<T>()),
    };
    moved.chain(reveal())
}

/// To the control of this id.
pub fn focus<T: Send + 'static>(id: impl Into<Id>) -> Task<T> {
    operate(operation::focusable::focus::<T>(id.into())).chain(reveal())
}

/// To none: Tab starts from the top.
pub fn unfocus<T: Send + 'static>() -> Task<T> {
    operate(operation::focusable::unfocus::<T>())
}

/// A new page: it is read from the top, and Tab starts there.
pub fn from_the_top<T: Send + 'static>() -> Task<T> {
    Task::batch([
        unfocus(),
        scroll_to(PAGE, AbsoluteOffset { x: 0.0, y: 0.0 }),
    ])
}

/// Scrolls whatever has the keyboard into view.
pub fn reveal<T: Send + 'static>() -> Task<T> {
    operate(Find::default()).discard()
}

/// A scrollable that is open while its content is looked through.
#[derive(Debug, Clone, Copy)]
struct Frame {
    number: usize,
    bounds: Rectangle,
    translation: Vector,
}

/// Finds what has the keyboard, and by how much the scrollables around it must move.
#[derive(Default)]
struct Find {
    count: usize,
    next: Option<Frame>,
    open: Vec<Frame>,
    moves: Vec<(usize, f32)>,
}

impl Operation for Find {
    fn traverse(&mut self, operate: &mut dyn FnMut(&mut dyn Operation)) {
        let entered = self.next.take();
        self.open.extend(entered);
        operate(self);
        if entered.is_some() {
            self.open.pop();
        }
    }

    fn scrollable(
        &mut self,
        _: Option<&Id>,
        bounds: Rectangle,
        _: Rectangle,
        translation: Vector,
        _: &mut dyn Scrollable,
    ) {
        self.next = Some(Frame {
            number: self.count,
            bounds,
            translation,
        });
        self.count += 1;
    }

    fn focusable(&mut self, _: Option<&Id>, bounds: Rectangle, state: &mut dyn Focusable) {
        if !state.is_focused() {
            return;
        }
        let mut bounds = bounds;
        // From the inside out: each scrollable shows the one in it.
        for frame in self.open.iter().rev() {
            let seen = bounds - frame.translation;
            let by = distance(seen, frame.bounds);
            if by != 0.0 {
                self.moves.push((frame.number, by));
            }
            bounds = seen - Vector::new(0.0, by);
        }
    }

    fn finish(&self) -> Outcome<()> {
        if self.moves.is_empty() {
            return Outcome::None;
        }
        Outcome::Chain(Box::new(Scroll {
            count: 0,
            moves: self.moves.clone(),
        }))
    }
}

/// How far a frame must scroll down to show `what` with some air around it.
fn distance(what: Rectangle, frame: Rectangle) -> f32 {
    let air = MARGIN.min(((frame.height - what.height) / 2.0).max(0.0));
    let above = what.y - air - frame.y;
    let below = what.y + what.height + air - (frame.y + frame.height);
    if above < 0.0 {
        above
    } else if below > 0.0 {
        below.min(above)
    } else {
        0.0
    }
}

struct Scroll {
    count: usize,
    moves: Vec<(usize, f32)>,
}

impl Operation for Scroll {
    fn traverse(&mut self, operate: &mut dyn FnMut(&mut dyn Operation)) {
        operate(self);
    }

    fn scrollable(
        &mut self,
        _: Option<&Id>,
        bounds: Rectangle,
        content: Rectangle,
        _: Vector,
        state: &mut dyn Scrollable,
    ) {
        if let Some((_, by)) = self.moves.iter().find(|(number, _)| *number == self.count) {
            let offset = operation::scrollable::AbsoluteOffset { x: 0.0, y: *by };
            state.scroll_by(offset, bounds, content);
        }
        self.count += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scrolls_no_further_than_needed() {
        let frame = Rectangle::new(iced::Point::new(0.0, 100.0), iced::Size::new(10.0, 400.0));
        let at = |y: f32, height: f32| {
            Rectangle::new(iced::Point::new(0.0, y), iced::Size::new(10.0, height))
        };
        assert_eq!(distance(at(200.0, 40.0), frame), 0.0);
        assert_eq!(distance(at(50.0, 40.0), frame), -74.0);
        assert_eq!(distance(at(490.0, 40.0), frame), 54.0);
        // What is taller than the frame shows its beginning.
        assert_eq!(distance(at(300.0, 900.0), frame), 200.0);
    }
}
