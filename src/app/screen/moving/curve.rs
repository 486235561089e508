//! The rate of the last minutes, as a curve.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use iced::mouse::Cursor;
use iced::widget::canvas::{self, Frame, Geometry, Path, Stroke};
use iced::{Element, Fill, Point, Rectangle, Renderer, Theme};

use crate::app::a11y::{About, Role};
use crate::app::context::Context;
use crate::app::theme::colours;
use crate::app::widget::describe;
use crate::transfer::Counts;

/// How often the curve gets a point, and how many it has: two minutes.
const BEAT: Duration = Duration::from_secs(1);
const POINTS: usize = 120;
const HEIGHT: f32 = 72.0;

/// Bytes a second, second by second.
#[derive(Debug, Default)]
pub struct Curve {
    rates: VecDeque<f32>,
    last: Option<Last>,
}

#[derive(Debug, Clone, Copy)]
struct Last {
    at: Instant,
    round: u64,
    bytes: u64,
}

impl Curve {
    pub fn observe(&mut self, counts: &Counts) {
        self.observe_at(counts, Instant::now());
    }

    fn observe_at(&mut self, counts: &Counts, now: Instant) {
        let seen = Last {
            at: now,
            round: counts.round,
            bytes: counts.bytes_sent,
        };
        let Some(last) = self.last.filter(|last| last.round == counts.round) else {
            self.last = Some(seen);
            return;
        };
        let passed = now.duration_since(last.at);
        if passed < BEAT {
            return;
        }
        let bytes = counts.bytes_sent.saturating_sub(last.bytes);
        self.rates
            .push_back((bytes as f64 / passed.as_secs_f64()) as f32);
        while self.rates.len() > POINTS {
            self.rates.pop_front();
        }
        self.last = Some(seen);
    }

    fn highest(&self) -> f32 {
        self.rates.iter().copied().fold(0.0, f32::max)
    }

    /// In words, for whoever does not see it.
    fn words(&self, cx: &Context) -> String {
        let count = self.rates.len().max(1) as f32;
        let mean = self.rates.iter().sum::<f32>() / count;
        let rate = |rate: f32| cx.texts.rate(rate.max(0.0) as u64);
        let told = [
            ("mean", rate(mean).into()),
            ("highest", rate(self.highest()).into()),
        ];
        cx.tr("moving-curve", &told)
    }

    /// `None`: there is nothing to draw yet.
    pub fn view<'a, Message: Clone + 'a>(&'a self, cx: &Context) -> Option<Element<'a, Message>> {
        if self.rates.len() < 2 {
            return None;
        }
        let drawing = canvas::Canvas::new(Drawing(self))
            .width(Fill)
            .height(HEIGHT);
        let about = About::new(Role::Image, self.words(cx));
        Some(describe(drawing, about).id("curve").into())
    }

    /// What stands below it for everybody.
    pub fn caption(&self, cx: &Context) -> String {
        self.words(cx)
    }
}

struct Drawing<'a>(&'a Curve);

impl<Message> canvas::Program<Message> for Drawing<'_> {
    type State = ();

    fn draw(
        &self,
        (): &(),
        renderer: &Renderer,
        theme: &Theme,
        bounds: Rectangle,
        _: Cursor,
    ) -> Vec<Geometry> {
        let c = colours(theme);
        let mut frame = Frame::new(renderer, bounds.size());
        let points = self.points(bounds.width, bounds.height - 2.0);
        let (Some(first), Some(last)) = (points.first(), points.last()) else {
            return Vec::new();
        };
        let floor = bounds.height - 1.0;
        let area = Path::new(|path| {
            path.move_to(Point::new(first.x, floor));
            points.iter().for_each(|point| path.line_to(*point));
            path.line_to(Point::new(last.x, floor));
            path.close();
        });
        frame.fill(&area, c.chosen);
        let line = Path::new(|path| {
            path.move_to(*first);
            points.iter().for_each(|point| path.line_to(*point));
        });
        let pen = Stroke::default().with_width(2.0).with_color(c.primary);
        frame.stroke(&line, pen);
        let ground = Path::line(Point::new(0.0, floor), Point::new(bounds.width, floor));
        frame.stroke(
            &ground,
            Stroke::default().with_width(1.0).with_color(c.edge),
        );
        vec![frame.into_geometry()]
    }
}

impl Drawing<'_> {
    /// The newest at the right; the highest reaches the top.
    fn points(&self, width: f32, height: f32) -> Vec<Point> {
        let rates = &self.0.rates;
        let top = self.0.highest().max(1.0);
        let step = width / (POINTS - 1) as f32;
        let from = width - step * rates.len().saturating_sub(1) as f32;
        rates
            .iter()
            .enumerate()
            .map(|(n, rate)| {
                let y = 2.0 + (height - 2.0) * (1.0 - rate / top);
                Point::new(from + step * n as f32, y)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(round: u64, bytes_sent: u64) -> Counts {
        Counts {
            round,
            bytes_sent,
            ..Counts::default()
        }
    }

    #[test]
    fn has_a_point_a_second_and_forgets_the_oldest() {
        let start = Instant::now();
        let mut curve = Curve::default();
        for tenth in 0..=3000_u64 {
            let now = start + Duration::from_millis(100 * tenth);
            curve.observe_at(&counts(1, tenth * 1000), now);
        }
        assert_eq!(curve.rates.len(), POINTS);
        let all_same = curve.rates.iter().all(|rate| (rate - 10_000.0).abs() < 1.0);
        assert!(all_same, "{:?}", curve.rates);
    }

    #[test]
    fn what_begins_anew_is_no_jump() {
        let start = Instant::now();
        let mut curve = Curve::default();
        curve.observe_at(&counts(1, 5_000_000), start);
        curve.observe_at(&counts(2, 0), start + BEAT);
        assert!(curve.rates.is_empty());
        curve.observe_at(&counts(2, 500), start + 2 * BEAT);
        assert_eq!(curve.rates, [500.0]);
        let points = Drawing(&curve).points(119.0, 50.0);
        assert_eq!(points, [Point::new(119.0, 2.0)]);
    }
}
