//! Whether it fits, and how long it takes.

use iced::widget::{column, container, row, space as gap};
use iced::{Border, Center, Color, Element, Fill, Length, Theme};

use super::Message;
use crate::app::a11y::{About, Role};
use crate::app::context::Context;
use crate::app::theme::{Colours, colours, space};
use crate::app::widget::{card, describe, heading, paragraph, small};
use crate::engine::Outlook;

const BAR: f32 = 22.0;

pub fn view<'a>(outlook: &Outlook, cx: &Context) -> Element<'a, Message> {
    card(
        column![]
            .push(room(outlook, cx))
            .push(heading(cx.t("preview-time")))
            .push(paragraph(time(outlook, cx)))
            .push(small(reasoning(outlook, cx)))
            .spacing(space::SMALL),
    )
    .into()
}

/// The target's space before and after.
fn room<'a>(outlook: &Outlook, cx: &Context) -> Option<Element<'a, Message>> {
    let target = outlook.target.as_ref()?;
    let adds = outlook.work.bytes;
    let after = target.used.saturating_add(adds);
    let words = match target.free {
        Some(free) => cx.tr(
            "preview-room-words",
            &[
                ("used", cx.texts.bytes(target.used).into()),
                ("adds", cx.texts.bytes(adds).into()),
                ("after", cx.texts.bytes(after).into()),
                (
                    "all",
                    cx.texts.bytes(target.used.saturating_add(free)).into(),
                ),
            ],
        ),
        None => cx.tr(
            "preview-room-unlimited",
            &[
                ("used", cx.texts.bytes(target.used).into()),
                ("adds", cx.texts.bytes(adds).into()),
                ("after", cx.texts.bytes(after).into()),
            ],
        ),
    };
    let bar = target.free.map(|free| {
        let all = target.used.saturating_add(free).max(after).max(1);
        let about = About {
            value: Some(cx.texts.percent(after, all)),
            share: Some((after as f64 / all as f64 * 100.0, 100.0)),
            ..About::new(Role::Meter, cx.t("preview-room"))
        };
        column![
            describe(bar(target.used, adds, all - after), about),
            legend(cx)
        ]
        .spacing(space::SMALL)
    });
    Some(
        column![heading(cx.t("preview-room"))]
            .push(bar)
            .push(paragraph(words))
            .spacing(space::SMALL)
            .into(),
    )
}

type Tone = fn(&Colours) -> Color;

const USED: Tone = |c| c.muted;
const ADDS: Tone = |c| c.primary;

fn bar<'a>(used: u64, adds: u64, free: u64) -> Element<'a, Message> {
    let all = (used + adds + free).max(1);
    // A sliver of what is there is still seen.
    let portion = |bytes: u64| match bytes {
        0 => 0,
        bytes => ((u128::from(bytes) * 1000 / u128::from(all)) as u16).max(6),
    };
    let piece = |bytes: u64, tone: Option<Tone>| {
        container(gap())
            .width(Length::FillPortion(portion(bytes)))
            .height(Fill)
            .style(move |theme: &Theme| container::Style {
                background: tone.map(|tone| tone(colours(theme)).into()),
                ..container::Style::default()
            })
    };
    let mut pieces = row![];
    for (bytes, tone) in [(used, Some(USED)), (adds, Some(ADDS)), (free, None)] {
        if bytes > 0 {
            pieces = pieces.push(piece(bytes, tone));
        }
    }
    container(pieces.height(BAR))
        .padding(1)
        .width(Fill)
        .style(|theme: &Theme| {
            let c = colours(theme);
            container::Style {
                background: Some(c.page.into()),
                border: Border {
                    color: c.edge,
                    width: 1.0,
                    radius: 4.0.into(),
                },
                ..container::Style::default()
            }
        })
        .into()
}

fn legend<'a>(cx: &Context) -> Element<'a, Message> {
    let entry = |tone: Option<Tone>, words: &str| {
        let square = container(gap())
            .width(14.0)
            .height(14.0)
            .style(move |theme: &Theme| {
                let c = colours(theme);
                container::Style {
                    background: Some(tone.map_or(c.page, |tone| tone(c)).into()),
                    border: Border {
                        color: c.edge,
                        width: 1.0,
                        radius: 3.0.into(),
                    },
                    ..container::Style::default()
                }
            });
        row![square, small(cx.t(words))]
            .spacing(space::SMALL)
            .align_y(Center)
    };
    row![
        entry(Some(USED), "preview-room-used"),
        entry(Some(ADDS), "preview-room-adds"),
        entry(None, "preview-room-free")
    ]
    .spacing(space::LARGE)
    .into()
}

fn time(outlook: &Outlook, cx: &Context) -> String {
    let about = rounded(outlook.takes);
    cx.tr(
        "preview-time-words",
        &[("time", cx.texts.duration(about).into())],
    )
}

/// Nobody knows it to the second.
fn rounded(takes: std::time::Duration) -> std::time::Duration {
    let seconds = takes.as_secs();
    let step = match seconds {
        0..60 => 10,
        60..600 => 30,
        600..7200 => 300,
        7200..172_800 => 1800,
        _ => 21_600,
    };
    std::time::Duration::from_secs(seconds.div_ceil(step).max(1) * step)
}

fn reasoning(outlook: &Outlook, cx: &Context) -> String {
    let per_second = outlook.rates.bytes_per_second as u64;
    let rate = outlook
        .limit
        .map_or(per_second, |limit| limit.min(per_second));
    let mut words = cx.tr(
        "preview-time-why",
        &[
            ("files", cx.texts.files(outlook.work.files).into()),
            ("folders", cx.texts.folders(outlook.work.folders).into()),
            ("exports", outlook.work.exports.into()),
            ("size", cx.texts.bytes(outlook.work.bytes).into()),
            ("rate", cx.texts.rate(rate).into()),
        ],
    );
    if outlook.limit.is_some_and(|limit| limit < per_second) {
        words.push(' ');
        words.push_str(&cx.t("preview-time-limit"));
    }
    words
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn times_are_told_as_people_tell_them() {
        let told = |seconds| rounded(Duration::from_secs(seconds)).as_secs();
        assert_eq!(told(0), 10);
        assert_eq!(told(61), 90);
        assert_eq!(told(1234), 1500);
        assert_eq!(told(8000), 9000);
        assert_eq!(told(200_000), 216_000);
    }
}
