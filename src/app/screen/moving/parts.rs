//! The parts of the page that only show.

use std::time::Duration;

use iced::alignment::Horizontal::Right;
use iced::widget::text::Wrapping;
use iced::widget::{Column, column, container, row, space as gap};
use iced::{Center, Element, Fill, FillPortion};

use super::Message;
use super::curve::Curve;
use crate::app::a11y::{About, Live, Role};
use crate::app::context::{Command, Context};
use crate::app::theme::{STRONG, size, space};
use crate::app::widget::{
    Tick, card, check, describe, heading, muted, paragraph, progress, small, strong, text,
};
use crate::engine::Phase;
use crate::sentences::words;
use crate::transfer::{InFlight, work_share};

/// How far it has come.
struct Stand {
    items: (u64, u64),
    bytes: (u64, u64),
    failed: u64,
}

impl Stand {
    fn of(cx: &Context) -> Self {
        if let Some(snapshot) = cx.moving()
            && snapshot.counts.items_total > 0
        {
            let counts = &snapshot.counts;
            return Self {
                items: (counts.items_done, counts.items_total),
                bytes: (counts.bytes_done, counts.bytes_total),
                failed: counts.failed,
            };
        }
        let status = cx.status().cloned().unwrap_or_default();
        Self {
            items: (status.settled(), status.items),
            bytes: (
                status.bytes,
                status.bytes.saturating_add(status.bytes_pending),
            ),
            failed: status.failed,
        }
    }
}

/// The bar, the figures, the curve.
pub fn stand<'a>(cx: &'a Context, curve: &'a Curve) -> Element<'a, Message> {
    let stand = Stand::of(cx);
    let (done, total) = work_share(stand.items, stand.bytes);
    let percent = cx.texts.percent(done, total);
    let head = row![
        text(percent.clone()).size(size::BIG).font(STRONG),
        gap().width(Fill),
        phase(cx, &stand, done, total),
    ]
    .spacing(space::MEDIUM)
    .align_y(Center);
    let counted = [
        cx.tr(
            "progress-items",
            &[
                ("done", cx.texts.number(stand.items.0).into()),
                ("total", cx.texts.items(stand.items.1).into()),
            ],
        ),
        cx.tr(
            "progress-bytes",
            &[
                (
                    "done",
                    cx.texts.bytes(stand.bytes.0.min(stand.bytes.1)).into(),
                ),
                ("total", cx.texts.bytes(stand.bytes.1).into()),
            ],
        ),
    ];
    let bar = progress(cx.t("moving-progress"), done, total, percent).id("progress");
    let moving = cx.moving();
    let drawn = moving.and_then(|_| curve.view(cx));
    let caption = drawn.is_some().then(|| small(curve.caption(cx)));
    card(
        column![head, bar, muted(counted.join(" · "))]
            .push(moving.map(|_| figures(cx, &stand)))
            .push(drawn)
            .push(caption)
            .spacing(space::MEDIUM),
    )
    .into()
}

/// What is going on, in a few words. Readers are told at every tenth of the way, and of every failure.
fn phase<'a>(cx: &Context, stand: &Stand, done: u64, total: u64) -> Element<'a, Message> {
    let complete = cx.status().is_some_and(|status| status.complete);
    let phase = cx.snapshot().map_or(Phase::Idle, |snapshot| snapshot.phase);
    let items = cx
        .snapshot()
        .map_or(0, |snapshot| snapshot.counts.items_done);
    let found = ("items", cx.texts.items(items).into());
    let shown = match (cx.running(), phase) {
        (Some(Command::Move), Phase::Moving) => cx.t("moving-now"),
        (Some(_), Phase::SurveyingSource) => cx.tr("progress-surveying-source", &[found]),
        (Some(_), Phase::SurveyingTarget) => cx.tr("progress-surveying-target", &[found]),
        (Some(_), Phase::Planning) => cx.t("moving-planning"),
        (Some(_), _) => cx.t("progress-connecting"),
        (None, _) if complete => cx.t("moving-complete"),
        (None, _) if stand.items.0 == 0 => cx.t("moving-not-begun"),
        (None, _) => cx.t("moving-paused"),
    };
    let tenths = cx
        .texts
        .percent((done * 10).checked_div(total).unwrap_or(10), 10);
    let mut said = vec![
        shown.clone(),
        cx.tr("moving-said", &[("percent", tenths.into())]),
    ];
    if stand.failed > 0 {
        said.push(cx.tr("progress-failed", &[("n", stand.failed.into())]));
    }
    let about = About {
        live: Some(Live::Polite),
        ..About::new(Role::Status, said.join(" "))
    };
    describe(strong(shown), about).id("phase").into()
}

/// Rate, time left, failures.
fn figures<'a>(cx: &'a Context, stand: &Stand) -> Element<'a, Message> {
    let snapshot = cx.moving();
    let rate = snapshot.map_or(0.0, |snapshot| snapshot.rate.max(0.0));
    let left = snapshot.and_then(|snapshot| snapshot.left);
    let left = match left {
        Some(left) => about(cx, left),
        None => cx.t("moving-left-unknown"),
    };
    let figure = |name: &str, value: String| {
        column![small(cx.t(name)), strong(value)]
            .spacing(2)
            .width(FillPortion(1))
    };
    row![
        figure("moving-rate", cx.texts.rate(rate as u64)),
        figure("moving-left", left),
        figure("moving-failed-count", cx.texts.number(stand.failed)),
    ]
    .spacing(space::MEDIUM)
    .into()
}

/// Seconds that dance are of no use to anybody.
fn about(cx: &Context, left: Duration) -> String {
    let seconds = left.as_secs();
    let to = |step: u64| seconds.div_ceil(step) * step;
    match seconds {
        0..60 => cx.texts.duration(Duration::from_secs(to(5))),
        60..600 => cx.texts.duration(Duration::from_secs(to(15))),
        600..3600 => {
            let minutes = cx.texts.number(to(60) / 60);
            cx.tr("moving-minutes", &[("minutes", minutes.into())])
        }
        _ => cx.texts.duration(Duration::from_secs(to(300))),
    }
}

/// What is under way now, each with how far it is.
pub fn under_way<'a>(cx: &'a Context) -> Option<Element<'a, Message>> {
    let counts = &cx.moving()?.counts;
    let lines = counts.current.iter().map(|one| flight(cx, one));
    let more = counts.under_way.saturating_sub(counts.current.len() as u64);
    let more = (more > 0).then(|| small(cx.tr("moving-more", &[("n", more.into())])));
    let nothing = counts.current.is_empty();
    let nothing = nothing.then(|| muted(cx.t("moving-nothing")));
    let list = Column::with_children(lines)
        .push(nothing)
        .push(more)
        .width(Fill);
    let name = cx.t("moving-under-way");
    // As high as it gets, so that what stands below does not dance.
    let list = container(list).height(FLIGHT * LINES);
    let list = describe(list, About::group(Role::List, name.clone()));
    Some(column![heading(name), list].spacing(space::SMALL).into())
}

const FLIGHT: f32 = 26.0;
/// Those that are named, and one for the others.
const LINES: f32 = 7.0;

fn flight<'a>(cx: &Context, one: &InFlight) -> Element<'a, Message> {
    let shown = words::visible(&one.name);
    let far = match one.size {
        Some(size) if size > 0 => cx.tr(
            "progress-bytes",
            &[
                ("done", cx.texts.bytes(one.sent.min(size)).into()),
                ("total", cx.texts.bytes(size).into()),
            ],
        ),
        _ => cx.texts.bytes(one.sent),
    };
    let bar = one.size.filter(|size| *size > 0);
    let bar: Element<'a, Message> = match bar {
        Some(size) => {
            let percent = cx.texts.percent(one.sent, size);
            progress(shown.clone(), one.sent, size, percent).into()
        }
        None => gap().width(Fill).into(),
    };
    let name = text(shown.clone())
        .size(size::SMALL)
        .wrapping(Wrapping::None);
    let far = small(far).wrapping(Wrapping::None);
    row![
        container(name).width(FillPortion(6)).clip(true),
        container(bar).width(FillPortion(3)),
        container(far).width(FillPortion(4)).align_x(Right),
    ]
    .spacing(space::MEDIUM)
    .height(FLIGHT)
    .align_y(Center)
    .into()
}

pub fn holds<'a>(
    cx: &'a Context,
    hold: Element<'a, Message>,
    stop: Element<'a, Message>,
) -> Element<'a, Message> {
    column![
        row![hold, stop].spacing(space::MEDIUM),
        small(cx.t("moving-holds-help"))
    ]
    .spacing(space::SMALL)
    .into()
}

pub fn awake<'a>(cx: &'a Context) -> Element<'a, Message> {
    let on = cx.settings.keep_awake;
    check(
        Tick::from(on),
        cx.t("moving-awake"),
        Some(cx.t("moving-awake-help")),
        Some(Message::AwakeChosen(!on)),
    )
    .id("awake")
    .into()
}

pub fn settings<'a>(
    cx: &'a Context,
    limit: Element<'a, Message>,
    awake: Option<Element<'a, Message>>,
) -> Element<'a, Message> {
    card(
        column![limit]
            .push(awake)
            .push(paragraph(cx.t("moving-close")))
            .spacing(space::LARGE),
    )
    .into()
}
