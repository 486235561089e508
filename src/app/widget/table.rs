//! A table of any length: only the rows on screen are made.

use std::ops::Range;

use iced::keyboard::{self, key};
use iced::widget::operation::{self, AbsoluteOffset};
use iced::widget::{
    Column as Stack, Row, button, column, container, mouse_area, responsive, row, rule, scrollable,
    space as gap, text as plain,
};
use iced::{Border, Center, Element, Fill, Length, Task, Theme};

use super::control::{control, describe};
use super::icon::{Icon, icon};
use super::words::scrollbar;
use crate::app::a11y::{About, Role};
use crate::app::theme::{RADIUS, STRONG, colours, size, space};

/// The height of a row, in logical pixels at a zoom of 100 %.
pub const ROW: f32 = 38.0;
/// The width of a common character, in parts of its size.
const CHARACTER: f32 = 0.5;
/// Rows made above and below those that are seen.
const OVERSCAN: usize = 6;

/// Where a table stands: how many rows it has, how far it is scrolled, which row is chosen. A screen keeps
/// it; the rows themselves stay where they are (the ledger), and are fetched for [`Table::wanted`].
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    pub(super) id: &'static str,
    pub(super) total: usize,
    pub(super) offset: f32,
    pub(super) height: f32,
    pub(super) chosen: Option<usize>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum TableEvent {
    Scrolled {
        offset: f32,
        height: f32,
    },
    Chosen(usize),
    /// The chosen row moves by so many.
    Moved(isize),
    First,
    Last,
}

impl Table {
    /// `id`: by which the table is found; no other on the same screen may have it.
    pub const fn new(id: &'static str) -> Self {
        Self {
            id,
            total: 0,
            offset: 0.0,
            // Until the first event tells: the tallest screen that is common.
            height: 1400.0,
            chosen: None,
        }
    }

    pub const fn total(&self) -> usize {
        self.total
    }

    pub const fn chosen(&self) -> Option<usize> {
        self.chosen
    }

    /// There are other rows now. What was chosen is chosen no more, and it begins at the top.
    pub fn reset(&mut self, total: usize) {
        *self = Self {
            total,
            height: self.height,
            ..Self::new(self.id)
        };
    }

    /// There are more or fewer of the same rows.
    pub fn set_total(&mut self, total: usize) {
        self.total = total;
        self.chosen = self.chosen.filter(|row| *row < total);
    }

    /// The rows that are seen, or soon will be.
    pub fn wanted(&self) -> Range<usize> {
        visible(self.total, self.offset, self.height)
    }

    pub fn update<T: Send + 'static>(&mut self, event: TableEvent) -> Task<T> {
        match event {
            TableEvent::Scrolled { offset, height } => {
                self.offset = offset.max(0.0);
                self.height = height;
                return Task::none();
            }
            TableEvent::Chosen(row) => self.chosen = Some(row).filter(|row| *row < self.total),
            TableEvent::Moved(by) => {
                let last = self.total.saturating_sub(1);
                let from = self.chosen.map_or(0, |row| row.saturating_add_signed(by));
                self.chosen = (self.total > 0).then_some(from.min(last));
            }
            TableEvent::First => self.chosen = (self.total > 0).then_some(0),
            TableEvent::Last => self.chosen = self.total.checked_sub(1),
        }
        self.show_chosen()
    }

    fn show_chosen<T: Send + 'static>(&mut self) -> Task<T> {
        let Some(row) = self.chosen else {
            return Task::none();
        };
        let top = row as f32 * ROW;
        let lowest = top + ROW - self.height;
        if (lowest..=top).contains(&self.offset) {
            return Task::none();
        }
        self.offset = if self.offset > top { top } else { lowest }.max(0.0);
        operation::scroll_to(
            self.body(),
            AbsoluteOffset {
                x: 0.0,
                y: self.offset,
            },
        )
    }

    pub(super) fn body(&self) -> String {
        format!("{}-body", self.id)
    }
}

/// The rows in a frame of `height`, at `offset`, with some around.
pub(super) fn visible(total: usize, offset: f32, height: f32) -> Range<usize> {
    let first = ((offset / ROW) as usize)
        .saturating_sub(OVERSCAN)
        .min(total);
    let count = (height / ROW).ceil() as usize + 2 * OVERSCAN;
    first..(first + count).min(total)
}

/// Which way a column is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sorted {
    Up,
    Down,
}

/// A column: its name, and what pressing the name sends.
#[derive(Debug, Clone)]
pub struct Column<Message> {
    pub title: String,
    pub width: Length,
    pub sorted: Option<Sorted>,
    pub on_press: Option<Message>,
    /// What is too long loses its end instead of its middle: sentences.
    pub prose: bool,
}

impl<Message> Column<Message> {
    pub fn new(title: impl Into<String>, width: impl Into<Length>) -> Self {
        Self {
            title: title.into(),
            width: width.into(),
            sorted: None,
            on_press: None,
            prose: false,
        }
    }

    /// Holds sentences.
    pub fn prose(mut self) -> Self {
        self.prose = true;
        self
    }

    /// Can be sorted by.
    pub fn sortable(mut self, sorted: Option<Sorted>, on_press: Message) -> Self {
        self.sorted = sorted;
        self.on_press = Some(on_press);
        self
    }
}

/// The cells of one row, as words: readers get them as one sentence. `None`: still being fetched.
pub type Cells = Option<Vec<String>>;

/// `name`: what readers call it. `cells` gives the words of a row; every column has one.
///
/// With the keyboard: Tab reaches the table, the arrows, Page Up and Down, Home and End choose a row.
pub fn table<'a, Message: Clone + 'a>(
    state: &'a Table,
    name: impl Into<String>,
    columns: Vec<Column<Message>>,
    cells: impl Fn(usize) -> Cells + 'a,
    on_event: impl Fn(TableEvent) -> Message + Clone + 'a,
) -> Element<'a, Message> {
    let widths: Vec<Length> = columns.iter().map(|column| column.width).collect();
    let prose: Vec<bool> = columns.iter().map(|column| column.prose).collect();
    let header = Row::with_children(columns.into_iter().map(header))
        .spacing(space::MEDIUM)
        .padding([0.0, space::MEDIUM]);
    let on_key = on_event.clone();
    let body = responsive(move |frame| {
        let range = visible(state.total, state.offset, frame.height);
        let above = range.start as f32 * ROW;
        let below = (state.total - range.end) as f32 * ROW;
        let rows = range.map(|n| {
            let chosen = state.chosen == Some(n);
            let row = Line {
                n,
                chosen,
                cells: cells(n),
            };
            line(row, (&widths, &prose), frame.width, &on_event)
        });
        let on_scroll = on_event.clone();
        scrollable(column![
            gap().height(above),
            Stack::with_children(rows),
            gap().height(below)
        ])
        .id(state.body())
        .style(scrollbar)
        .on_scroll(move |view| {
            on_scroll(TableEvent::Scrolled {
                offset: view.absolute_offset().y,
                height: view.bounds().height,
            })
        })
        .width(Fill)
        .height(Fill)
        .into()
    });
    let page = ((state.height / ROW) as isize - 1).max(1);
    let about = About {
        rows: Some(state.total),
        ..About::group(Role::Table, name)
    };
    let body = control(body, about, None).id(state.id).on_key(move |key| {
        let event = match key.as_ref() {
            keyboard::Key::Named(key::Named::ArrowDown) if state.chosen.is_none() => {
                TableEvent::First
            }
            keyboard::Key::Named(named) => match named {
                key::Named::ArrowDown => TableEvent::Moved(1),
                key::Named::ArrowUp => TableEvent::Moved(-1),
                key::Named::PageDown => TableEvent::Moved(page),
                key::Named::PageUp => TableEvent::Moved(-page),
                key::Named::Home => TableEvent::First,
                key::Named::End => TableEvent::Last,
                _ => return None,
            },
            _ => return None,
        };
        Some(on_key(event))
    });
    let frame = column![
        container(header).padding([6.0, 0.0]),
        rule::horizontal(1),
        body
    ];
    container(frame)
        .padding(1)
        .width(Fill)
        .height(Fill)
        .style(|theme: &Theme| {
            let c = colours(theme);
            container::Style {
                background: Some(c.surface.into()),
                border: Border {
                    color: c.edge,
                    width: 1.0,
                    radius: RADIUS.into(),
                },
                ..container::Style::default()
            }
        })
        .into()
}

fn header<'a, Message: Clone + 'a>(column: Column<Message>) -> Element<'a, Message> {
    let title = plain(column.title.clone()).size(size::SMALL).font(STRONG);
    let Some(on_press) = column.on_press else {
        return container(title)
            .padding([6.0, 0.0])
            .width(column.width)
            .into();
    };
    let arrow = column.sorted.map(|sorted| {
        icon(
            match sorted {
                Sorted::Up => Icon::Up,
                Sorted::Down => Icon::Down,
            },
            16.0,
            |c| c.primary,
        )
    });
    let face = row![title].push(arrow).spacing(space::TINY).align_y(Center);
    let press = button(face)
        .padding([6.0, 0.0])
        .style(|theme: &Theme, status| {
            let c = colours(theme);
            let hovered = matches!(status, button::Status::Hovered | button::Status::Pressed);
            button::Style {
                background: hovered.then(|| c.chosen.into()),
                text_color: c.text,
                border: Border::default().rounded(4),
                ..button::Style::default()
            }
        })
        .on_press(on_press.clone());
    let about = About {
        selected: Some(column.sorted.is_some()),
        ..About::new(Role::ColumnHeader, column.title)
    };
    container(control(press, about, Some(on_press)))
        .width(column.width)
        .into()
}

/// How many characters each column has room for, in a table of this width.
fn room(widths: &[Length], frame: f32) -> Vec<usize> {
    let fixed = |width: &Length| match width {
        Length::Fixed(width) => *width,
        _ => 0.0,
    };
    let portion = |width: &Length| match width {
        Length::FillPortion(portion) => f32::from(*portion),
        Length::Fill => 1.0,
        _ => 0.0,
    };
    let gaps = space::MEDIUM * (widths.len() + 1) as f32;
    let left = frame - gaps - widths.iter().map(fixed).sum::<f32>();
    let portions = widths.iter().map(portion).sum::<f32>().max(1.0);
    let in_one = |width: &Length| fixed(width) + left * portion(width) / portions;
    let chars = |width: &Length| (in_one(width) / (size::SMALL * CHARACTER)).max(4.0) as usize;
    widths.iter().map(chars).collect()
}

/// With the middle left out where it is too long: both the first folder and the file's own name tell most.
fn shortened(words: String, room: usize) -> String {
    let count = words.chars().count();
    if count <= room {
        return words;
    }
    let ahead = room * 2 / 5;
    let behind = room.saturating_sub(ahead + 1);
    let head = words.chars().take(ahead);
    let tail = words.chars().skip(count - behind);
    head.chain(['…']).chain(tail).collect()
}

/// The same for sentences: their beginning tells most.
fn begun(words: String, room: usize) -> String {
    if words.chars().count() <= room {
        return words;
    }
    let head: String = words.chars().take(room.saturating_sub(1)).collect();
    format!("{}…", head.trim_end())
}

/// One row.
struct Line {
    n: usize,
    chosen: bool,
    cells: Cells,
}

fn line<'a, Message: Clone + 'a>(
    row: Line,
    (widths, prose): (&[Length], &[bool]),
    frame: f32,
    on_event: &(impl Fn(TableEvent) -> Message + Clone + 'a),
) -> Element<'a, Message> {
    let Line { n, chosen, cells } = row;
    let cells = cells.unwrap_or_else(|| vec!["…".to_owned(); widths.len()]);
    let about = About {
        row: Some(n),
        selected: Some(chosen),
        ..About::new(Role::Row, cells.join(", "))
    };
    let room = room(widths, frame);
    let cells =
        widths
            .iter()
            .zip(prose)
            .zip(cells)
            .zip(room)
            .map(|(((width, prose), words), room)| {
                let words = match prose {
                    true => begun(words, room),
                    false => shortened(words, room),
                };
                let words = plain(words)
                    .size(size::SMALL)
                    .wrapping(plain::Wrapping::None);
                container(words)
                    .width(*width)
                    .height(Fill)
                    .align_y(Center)
                    .clip(true)
                    .into()
            });
    let face = container(
        Row::with_children(cells)
            .spacing(space::MEDIUM)
            .padding([0.0, space::MEDIUM]),
    )
    .width(Fill)
    .height(ROW)
    .style(move |theme: &Theme| {
        let c = colours(theme);
        let striped = n % 2 == 1;
        container::Style {
            background: match (chosen, striped) {
                (true, _) => Some(c.chosen.into()),
                (_, true) => Some(c.page.into()),
                _ => None,
            },
            text_color: Some(c.text),
            // Not by colour alone.
            border: Border {
                color: c.primary,
                width: if chosen { 2.0 } else { 0.0 },
                radius: 2.0.into(),
            },
            ..container::Style::default()
        }
    });
    let pressed = on_event(TableEvent::Chosen(n));
    describe(mouse_area(face).on_press(pressed), about).into()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_row_in_sight_is_made(total in 0usize..3_000_000, offset in 0f32..2e6, height in 0f32..4000.0) {
            let range = visible(total, offset, height);
            prop_assert!(range.end <= total && range.start <= range.end);
            let first = (offset / ROW) as usize;
            let last = ((offset + height) / ROW) as usize;
            for row in [first, last] {
                if row < total {
                    prop_assert!(range.contains(&row), "{row} in {range:?}");
                }
            }
            prop_assert!(range.len() <= (height / ROW) as usize + 2 + 2 * OVERSCAN);
        }
    }

    #[test]
    fn what_is_too_long_loses_its_middle() {
        assert_eq!(shortened("Budget.ods".into(), 10), "Budget.ods");
        assert_eq!(
            shortened("Archives/2019/Été/Photo é.jpg".into(), 16),
            "Archiv…oto é.jpg"
        );
        assert_eq!(begun("Rien à faire. Rien.".into(), 6), "Rien…");
        let widths = [
            Length::FillPortion(5),
            Length::Fixed(90.0),
            Length::FillPortion(5),
        ];
        let room = room(&widths, 700.0);
        assert!(
            room[0] > 30 && room[0] == room[2] && room[1] < 14,
            "{room:?}"
        );
    }

    #[test]
    fn keys_choose_a_row_and_bring_it_into_sight() {
        let mut table = Table::new("t");
        table.reset(100_000);
        let _: Task<()> = table.update(TableEvent::Scrolled {
            offset: 0.0,
            height: 380.0,
        });
        let _: Task<()> = table.update(TableEvent::First);
        assert_eq!((table.chosen(), table.offset), (Some(0), 0.0));
        let _: Task<()> = table.update(TableEvent::Last);
        assert_eq!(table.chosen(), Some(99_999));
        assert!(table.wanted().contains(&99_999));
        let _: Task<()> = table.update(TableEvent::Moved(5));
        assert_eq!(table.chosen(), Some(99_999));
        let _: Task<()> = table.update(TableEvent::Moved(-50));
        assert!(table.wanted().contains(&99_949));
        table.set_total(10);
        assert_eq!(table.chosen(), None);
        let _: Task<()> = table.update(TableEvent::Moved(-1));
        assert_eq!(table.chosen(), Some(0));
    }
}
