//! What failed, why, and another try.

use std::time::{Duration, Instant};

use iced::widget::{column, container, row};
use iced::{Center, Element, Fill, FillPortion};

use super::{Action, Message};
use crate::app::context::Context;
use crate::app::screen::rows::{Page, Rows};
use crate::app::theme::space;
use crate::app::widget::table::ROW;
use crate::app::widget::{
    Column, Icon, Kind, TableEvent, card, heading, icon_button, paragraph, small, strong, table,
};
use crate::ledger::{ReportFilter, ReportRow};
use crate::model::{OutcomeKind, Reason};
use crate::sentences::words;

const FAILED: ReportFilter = ReportFilter::Kind(OutcomeKind::Failed);
/// The table is as high as its rows, up to so many.
const ROWS_SHOWN: usize = 6;
/// The names of the columns, and lines.
const HEADER: f32 = 52.0;
/// While it moves, the list is read anew no more often than this.
const BEAT: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub struct Failures {
    rows: Rows,
    /// How many had failed when they were last read, and when that was.
    seen: u64,
    read_at: Option<Instant>,
}

impl Default for Failures {
    fn default() -> Self {
        Self {
            rows: Rows::new("failures", FAILED),
            seen: 0,
            read_at: None,
        }
    }
}

fn failed_now(cx: &Context) -> u64 {
    match cx.moving() {
        Some(snapshot) => snapshot.counts.failed,
        None => cx.status().map_or(0, |status| status.failed),
    }
}

impl Failures {
    /// Whether more has failed, or less, than is shown.
    pub fn is_stale(&self, cx: &Context) -> bool {
        let rested = self.read_at.is_none_or(|at| at.elapsed() > BEAT);
        rested && self.seen != failed_now(cx)
    }

    pub fn read(&mut self, cx: &Context) -> Action<Message> {
        self.seen = failed_now(cx);
        self.read_at = Some(Instant::now());
        Action::Run(self.rows.read(cx).map(Message::FailuresRead))
    }

    pub fn have(&mut self, page: Page, cx: &Context) -> Action<Message> {
        Action::Run(self.rows.have(page, cx).map(Message::FailuresRead))
    }

    pub fn update(&mut self, event: TableEvent, cx: &Context) -> Action<Message> {
        Action::Run(self.rows.update(event, cx, Message::FailuresRead))
    }

    /// `None`: nothing has failed.
    pub fn view<'a>(&'a self, cx: &'a Context) -> Option<Element<'a, Message>> {
        let total = self.rows.table.total();
        if total == 0 {
            return None;
        }
        let count = [("n", (total as u64).into())];
        let name = cx.tr("moving-failed", &count);
        let again = icon_button(
            Kind::Plain,
            Icon::Retry,
            cx.t("moving-again-all"),
            Some(Message::TryAgain(None)),
        );
        let head = row![
            container(heading(name.clone())).width(Fill),
            again.id("again-all")
        ]
        .spacing(space::MEDIUM)
        .align_y(Center);
        let columns = vec![
            Column::new(cx.t("moving-failed-what"), FillPortion(2)),
            Column::new(cx.t("moving-failed-why"), FillPortion(3)).prose(),
        ];
        let cells = move |n: usize| {
            let row = self.rows.row(n)?;
            Some(vec![words::place(row), why(row, cx)])
        };
        let height = ROW * total.min(ROWS_SHOWN) as f32 + HEADER;
        let list = container(table(
            &self.rows.table,
            name,
            columns,
            cells,
            Message::Failures,
        ))
        .height(height);
        let below: Element<'a, Message> = match self.rows.chosen() {
            Some(row) => one(row, cx),
            None => small(cx.t("moving-failed-choose")).into(),
        };
        Some(column![head, list, below].spacing(space::MEDIUM).into())
    }
}

fn why(row: &ReportRow, cx: &Context) -> String {
    let key = row.reason.map_or("detail-none", Reason::message_key);
    cx.t(key)
}

/// All about one of them.
fn one<'a>(row: &'a ReportRow, cx: &'a Context) -> Element<'a, Message> {
    let detail = row
        .detail
        .as_deref()
        .map(crate::sentences::trouble::one_line);
    let place = words::place(row);
    let action = match row.retryable {
        false => {
            let look = cx.running().is_none().then_some(Message::LookAgain);
            icon_button(Kind::Plain, Icon::Search, cx.t("look-again"), look).id("look-again")
        }
        true => {
            let again = Some(Message::TryAgain(Some(row.n)));
            icon_button(Kind::Plain, Icon::Retry, cx.t("try-again"), again)
                .name(cx.tr("moving-again-of", &[("name", place.clone().into())]))
                .id("again-one")
        }
    };
    card(
        column![strong(place), paragraph(why(row, cx))]
            .push(detail.map(small))
            .push(action)
            .spacing(space::SMALL),
    )
    .padding(space::MEDIUM + 4.0)
    .into()
}
