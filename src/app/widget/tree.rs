//! A tree of any length, with a box to tick at every branch: only the rows on screen are made.
//!
//! With the keyboard: Tab reaches the tree, the arrows go through it and open or close a branch, Space or
//! Enter ticks.

use iced::keyboard::{self, key};
use iced::widget::{
    Column as Stack, column, container, mouse_area, responsive, row, scrollable, space as gap,
    text as plain,
};
use iced::{Border, Center, Element, Fill, Padding, Theme};

use super::choice::Tick;
use super::control::{control, describe};
use super::icon::{Icon, icon};
use super::table::{ROW, Table, TableEvent, visible};
use super::words::scrollbar;
use crate::app::a11y::{About, Role, Toggled};
use crate::app::theme::{RADIUS, STRONG, colours, size, space};

const INDENT: f32 = 22.0;
const MARK: f32 = 22.0;

/// What a row of the tree shows.
#[derive(Debug, Clone)]
pub struct Branch {
    pub name: String,
    pub icon: Icon,
    /// How many branches it lies in.
    pub depth: usize,
    /// Whether it is open; `None`: there is nothing to open.
    pub open: Option<bool>,
    pub tick: Tick,
    /// How much lies in it, in words.
    pub sum: String,
    /// It stands for a whole space.
    pub strong: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub enum TreeEvent {
    Moved(TableEvent),
    Opened(usize),
    Closed(usize),
    Ticked(usize),
}

/// `name`: what readers call it. `branch` gives what stands in a row.
pub fn tree<'a, Message: Clone + 'a>(
    state: &'a Table,
    name: impl Into<String>,
    branch: impl Fn(usize) -> Option<Branch> + Clone + 'a,
    on_event: impl Fn(TreeEvent) -> Message + Clone + 'a,
) -> Element<'a, Message> {
    let (rows, on_key) = (branch.clone(), on_event.clone());
    let body = responsive(move |frame| {
        let range = visible(state.total, state.offset, frame.height);
        let above = range.start as f32 * ROW;
        let below = (state.total - range.end) as f32 * ROW;
        let lines = range.filter_map(|n| {
            rows(n).map(|branch| line(n, state.chosen == Some(n), branch, &on_event))
        });
        let on_scroll = on_event.clone();
        scrollable(column![
            gap().height(above),
            Stack::with_children(lines),
            gap().height(below)
        ])
        .id(state.body())
        .style(scrollbar)
        .on_scroll(move |view| {
            on_scroll(TreeEvent::Moved(TableEvent::Scrolled {
                offset: view.absolute_offset().y,
                height: view.bounds().height,
            }))
        })
        .width(Fill)
        .height(Fill)
        .into()
    });
    let page = ((state.height / ROW) as isize - 1).max(1);
    let chosen = state.chosen;
    let about = About {
        rows: Some(state.total),
        ..About::group(Role::Tree, name)
    };
    let body = control(body, about, None)
        .id(state.id)
        .on_key(move |pressed| {
            let open = chosen.and_then(&branch).and_then(|branch| branch.open);
            event(pressed, chosen, open, page).map(&on_key)
        });
    container(body)
        .padding(2)
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

/// What a key means on the chosen row, which may be open, closed, or nothing to open.
fn event(
    pressed: &keyboard::Key,
    chosen: Option<usize>,
    open: Option<bool>,
    page: isize,
) -> Option<TreeEvent> {
    let moved = |event| Some(TreeEvent::Moved(event));
    match (pressed.as_ref(), chosen) {
        (keyboard::Key::Named(key::Named::ArrowDown), None) => moved(TableEvent::First),
        (keyboard::Key::Named(named), chosen) => match (named, chosen, open) {
            (key::Named::ArrowDown, ..) => moved(TableEvent::Moved(1)),
            (key::Named::ArrowUp, ..) => moved(TableEvent::Moved(-1)),
            (key::Named::PageDown, ..) => moved(TableEvent::Moved(page)),
            (key::Named::PageUp, ..) => moved(TableEvent::Moved(-page)),
            (key::Named::Home, ..) => moved(TableEvent::First),
            (key::Named::End, ..) => moved(TableEvent::Last),
            (key::Named::ArrowRight, Some(n), Some(false)) => Some(TreeEvent::Opened(n)),
            (key::Named::ArrowLeft, Some(n), Some(true)) => Some(TreeEvent::Closed(n)),
            (key::Named::Space | key::Named::Enter, Some(n), _) => Some(TreeEvent::Ticked(n)),
            _ => None,
        },
        (keyboard::Key::Character(" "), Some(n)) => Some(TreeEvent::Ticked(n)),
        _ => None,
    }
}

fn line<'a, Message: Clone + 'a>(
    n: usize,
    chosen: bool,
    branch: Branch,
    on_event: &(impl Fn(TreeEvent) -> Message + Clone + 'a),
) -> Element<'a, Message> {
    let about = About {
        row: Some(n),
        selected: Some(chosen),
        expanded: branch.open,
        level: Some(branch.depth + 1),
        description: Some(branch.sum.clone()),
        toggled: Some(match branch.tick {
            Tick::Off => Toggled::False,
            Tick::Partly => Toggled::Mixed,
            Tick::On => Toggled::True,
        }),
        ..About::new(Role::TreeItem, branch.name.clone())
    };
    let opener: Element<'a, Message> = match branch.open {
        None => gap().width(MARK).into(),
        Some(open) => {
            let sign = if open { Icon::Down } else { Icon::Right };
            let event = if open {
                TreeEvent::Closed(n)
            } else {
                TreeEvent::Opened(n)
            };
            mouse_area(icon(sign, MARK, |c| c.text))
                .on_press(on_event(event))
                .interaction(iced::mouse::Interaction::Pointer)
                .into()
        }
    };
    let mark = match branch.tick {
        Tick::Off => Icon::Box,
        Tick::Partly => Icon::BoxPart,
        Tick::On => Icon::BoxOn,
    };
    let name = plain(branch.name)
        .size(size::TEXT)
        .wrapping(plain::Wrapping::None);
    let name = if branch.strong {
        name.font(STRONG)
    } else {
        name
    };
    let ticked = on_event(TreeEvent::Ticked(n));
    let words = mouse_area(
        row![
            icon(mark, MARK, |c| c.primary),
            icon(branch.icon, 18.0, |c| c.muted),
            container(name).width(Fill).clip(true),
            plain(branch.sum).size(size::SMALL),
        ]
        .spacing(space::SMALL)
        .align_y(Center),
    )
    .on_press(ticked.clone())
    .interaction(iced::mouse::Interaction::Pointer);
    let face = container(
        row![gap().width(INDENT * branch.depth as f32), opener, words]
            .spacing(space::TINY)
            .align_y(Center),
    )
    .padding(Padding {
        right: space::LARGE,
        ..Padding::from([0.0, space::MEDIUM])
    })
    .width(Fill)
    .height(ROW)
    .align_y(Center)
    .style(move |theme: &Theme| {
        let c = colours(theme);
        container::Style {
            background: chosen.then(|| c.chosen.into()),
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
    control(
        describe(face, About::new(Role::GenericContainer, "")),
        about,
        Some(ticked),
    )
    .passed_by()
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_go_through_the_tree() {
        let key = |named| keyboard::Key::Named(named);
        let named = |named, chosen, open| event(&key(named), chosen, open, 9);
        assert_eq!(
            named(key::Named::ArrowDown, None, None),
            Some(TreeEvent::Moved(TableEvent::First))
        );
        assert_eq!(
            named(key::Named::ArrowRight, Some(4), Some(false)),
            Some(TreeEvent::Opened(4))
        );
        assert_eq!(
            named(key::Named::ArrowLeft, Some(4), Some(true)),
            Some(TreeEvent::Closed(4))
        );
        assert_eq!(named(key::Named::ArrowRight, Some(4), None), None);
        assert_eq!(
            named(key::Named::Space, Some(4), None),
            Some(TreeEvent::Ticked(4))
        );
        assert_eq!(named(key::Named::Space, None, None), None);
        assert_eq!(
            named(key::Named::PageUp, Some(4), None),
            Some(TreeEvent::Moved(TableEvent::Moved(-9)))
        );
    }
}
