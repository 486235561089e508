//! How fast it may go: changed while it goes.

use iced::widget::{column, row};
use iced::{Alignment, Element};

use super::Message;
use crate::app::context::Context;
use crate::app::theme::space;
use crate::app::widget::{Choice, Field, Kind, button, field, segments, small, strong};
use crate::model::parse_rate;

/// In MB (a million bytes) a second.
const STEPS: [u64; 4] = [1, 2, 5, 10];
const MB: u64 = 1_000_000;

/// A limit on the bandwidth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    Off,
    /// Bytes a second.
    Rate(u64),
    /// One of one's own, to be typed.
    Other,
}

#[derive(Debug, Default)]
pub struct State {
    /// What stands in the field; `None`: it is not shown.
    typed: Option<String>,
    wrong: bool,
}

impl State {
    pub fn enter(&mut self, cx: &Context) {
        // One of one's own shows in its field.
        self.typed = match current(cx) {
            Limit::Other => cx.draft.options.bandwidth.clone(),
            _ => None,
        };
        self.wrong = false;
    }

    pub fn choose(&mut self, limit: Limit, cx: &mut Context) {
        self.wrong = false;
        self.typed = None;
        match limit {
            Limit::Off => set(None, cx),
            Limit::Rate(rate) => set(Some(written(rate)), cx),
            Limit::Other => {
                self.typed = Some(cx.draft.options.bandwidth.clone().unwrap_or_default());
            }
        }
    }

    pub fn typed(&mut self, typed: String) {
        self.wrong = false;
        self.typed = Some(typed);
    }

    pub fn enter_typed(&mut self, cx: &mut Context) {
        let Some(typed) = &self.typed else { return };
        match typed.trim() {
            "" => set(None, cx),
            rate => match understood(rate) {
                Some(rate) => set(Some(rate), cx),
                None => self.wrong = true,
            },
        }
    }

    pub fn view<'a>(&'a self, cx: &'a Context) -> Element<'a, Message> {
        let name = cx.t("moving-limit");
        let mut options = vec![Choice::new(Limit::Off, cx.t("moving-limit-off"))];
        options.extend(STEPS.map(|step| {
            let rate = step * MB;
            Choice::new(Limit::Rate(rate), cx.texts.rate(rate))
        }));
        options.push(Choice::new(Limit::Other, cx.t("moving-limit-other")));
        let chosen = match &self.typed {
            Some(_) => Limit::Other,
            None => current(cx),
        };
        let chosen = segments("limit", name.clone(), options, Some(&chosen), |limit| {
            Message::LimitChosen(limit)
        });
        column![strong(name), chosen]
            .push(self.typed.as_ref().map(|typed| self.entry(typed, cx)))
            .push(small(cx.t("moving-limit-help")))
            .spacing(space::SMALL)
            .into()
    }

    fn entry<'a>(&self, typed: &'a str, cx: &Context) -> Element<'a, Message> {
        let entry = field(
            Field {
                id: "limit-typed",
                label: cx.t("moving-limit-typed"),
                value: typed,
                placeholder: cx.t("settings-bandwidth-none"),
                error: self.wrong.then(|| cx.t("settings-bandwidth-wrong")),
                ..Field::default()
            },
            Some(Message::LimitTyped),
            Some(Message::LimitEntered),
        );
        let apply = button(
            Kind::Plain,
            cx.t("moving-limit-apply"),
            Some(Message::LimitEntered),
        );
        row![entry, apply.id("limit-apply")]
            .spacing(space::MEDIUM)
            .align_y(Alignment::End)
            .into()
    }
}

/// As migration files have it.
fn written(rate: u64) -> String {
    match rate % MB {
        0 => format!("{} MB/s", rate / MB),
        _ => format!("{} kB/s", rate / 1000),
    }
}

/// A rate as migration files have it. A mere number is taken for megabytes.
fn understood(typed: &str) -> Option<String> {
    let with_unit = format!("{typed} MB/s");
    [typed.to_owned(), with_unit]
        .into_iter()
        .find(|rate| parse_rate(rate).is_some())
}

fn current(cx: &Context) -> Limit {
    let Some(rate) = cx.draft.options.bandwidth.as_deref().and_then(parse_rate) else {
        return Limit::Off;
    };
    match rate % MB == 0 && STEPS.contains(&(rate / MB)) {
        true => Limit::Rate(rate),
        false => Limit::Other,
    }
}

/// At once, and for whenever this migration goes on.
fn set(rate: Option<String>, cx: &mut Context) {
    if let Some(open) = &cx.open {
        open.engine
            .set_bandwidth(rate.as_deref().and_then(parse_rate));
    }
    cx.draft.options.bandwidth = rate;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mere_number_is_megabytes() {
        assert_eq!(understood("3").as_deref(), Some("3 MB/s"));
        assert_eq!(understood("1,5").as_deref(), Some("1,5 MB/s"));
        assert_eq!(understood("800 ko/s").as_deref(), Some("800 ko/s"));
        assert_eq!(understood("fast"), None);
        for rate in [5 * MB, 50_000] {
            assert_eq!(parse_rate(&written(rate)), Some(rate));
        }
        assert_eq!(understood("0"), None);
    }
}
