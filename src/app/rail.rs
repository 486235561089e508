//! The journey at the side: where one is, what is done, what is to come. Told by sign and word, not by
//! colour alone.

use iced::widget::button::{Status, Style};
use iced::widget::{Column, button, column, container, row, space as gap, text};
use iced::{Border, Center, Element, Fill, Theme};

use super::a11y::{About, Role};
use super::context::Context;
use super::step::Step;
use super::theme::{RADIUS, STRONG, colours, size, space};
use super::widget::{Icon, Kind, Tone, control, describe, icon, icon_button, sign};

const WIDTH: f32 = 236.0;

/// Where a station lies on the journey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Behind,
    Here,
    Ahead,
}

impl Place {
    const fn key(self) -> &'static str {
        match self {
            Self::Behind => "step-done",
            Self::Here => "step-here",
            Self::Ahead => "step-ahead",
        }
    }
}

/// `step`: where one is; `None`: on a page beside the journey.
pub fn rail<'a, Message: Clone + 'a>(
    cx: &Context,
    step: Option<Step>,
    on_step: impl Fn(Step) -> Message,
    on_settings: Message,
) -> Element<'a, Message> {
    let head = row![
        sign(44.0),
        text("Transhumance").size(size::HEADING).font(STRONG)
    ]
    .spacing(12)
    .align_y(Center);
    let steps = Step::ALL.into_iter().enumerate().map(|(n, one)| {
        let place = match step {
            Some(here) if one == here => Place::Here,
            Some(here) if one < here => Place::Behind,
            _ => Place::Ahead,
        };
        let reachable = cx.is_reachable(one) && place != Place::Here;
        station(cx, n, one, place, reachable.then(|| on_step(one)))
    });
    let steps = describe(
        Column::with_children(steps).spacing(2),
        About::group(Role::List, cx.t("rail-name")),
    );
    let settings = icon_button(
        Kind::Quiet,
        Icon::Settings,
        cx.t("settings-title"),
        step.is_some().then_some(on_settings),
    )
    .id("settings");
    container(
        column![
            head,
            gap().height(space::MEDIUM),
            steps,
            gap().height(Fill),
            settings
        ]
        .spacing(space::SMALL),
    )
    .width(WIDTH)
    .height(Fill)
    .padding([space::LARGE, space::MEDIUM])
    .style(|theme: &Theme| container::Style::default().background(colours(theme).rail))
    .into()
}

fn station<'a, Message: Clone + 'a>(
    cx: &Context,
    n: usize,
    step: Step,
    place: Place,
    on_press: Option<Message>,
) -> Element<'a, Message> {
    let name = cx.t(step.key());
    let state = cx.t(place.key());
    let (mark, tone): (Icon, Tone) = match place {
        Place::Behind => (Icon::Check, |c| c.success),
        Place::Here => (Icon::RingOn, |c| c.primary),
        Place::Ahead => (Icon::Ring, |c| c.muted),
    };
    let here = place == Place::Here;
    let words = text(name.clone()).size(size::TEXT);
    let words = if here { words.font(STRONG) } else { words };
    let face = row![icon(mark, 20.0, tone), words]
        .spacing(12)
        .align_y(Center);
    let press = button(face)
        .width(Fill)
        .padding([9.0, 12.0])
        .style(move |theme: &Theme, status| style(theme, here, status))
        .on_press_maybe(on_press.clone());
    let about = About {
        description: Some(state),
        current: here,
        ..About::new(Role::Button, format!("{}. {name}", n + 1))
    };
    control(press, about, on_press)
        .id(format!("step-{}", step.code()))
        .into()
}

fn style(theme: &Theme, here: bool, status: Status) -> Style {
    let c = colours(theme);
    let hovered = matches!(status, Status::Hovered | Status::Pressed);
    Style {
        background: (here || hovered).then(|| c.chosen.into()),
        text_color: match (here, status) {
            (true, _) => c.text,
            (_, Status::Disabled) => c.muted,
            _ => c.text,
        },
        border: Border {
            radius: RADIUS.into(),
            ..Border::default()
        },
        ..Style::default()
    }
}
