//! Rows of the account in a table of any length: only what is in sight is held.

use std::ops::Range;
use std::sync::Arc;

use iced::Task;

use crate::app::context::Context;
use crate::app::widget::{Table, TableEvent};
use crate::engine::EngineError;
use crate::ledger::{ReportFilter, ReportRow};

/// Rows that are read at a time.
const PAGE: u32 = 120;

/// A table of the account.
#[derive(Debug)]
pub struct Rows {
    pub table: Table,
    filter: ReportFilter,
    rows: Vec<ReportRow>,
    /// The place of the first of them.
    first: usize,
    /// Which reading is under way; an answer to another one is stale.
    reading: Option<u64>,
    readings: u64,
}

/// Some of the rows.
#[derive(Debug, Clone)]
pub struct Page {
    reading: u64,
    first: usize,
    result: Result<(u64, Vec<ReportRow>), Arc<EngineError>>,
}

impl Rows {
    pub fn new(id: &'static str, filter: ReportFilter) -> Self {
        Self {
            table: Table::new(id),
            filter,
            rows: Vec::new(),
            first: 0,
            reading: None,
            readings: 0,
        }
    }

    pub const fn filter(&self) -> ReportFilter {
        self.filter
    }

    /// Reads others, from the top.
    pub fn show(&mut self, filter: ReportFilter, cx: &Context) -> Task<Page> {
        self.filter = filter;
        self.rows.clear();
        self.first = 0;
        self.table.reset(0);
        self.read(cx)
    }

    /// Reads what is in sight anew.
    pub fn read(&mut self, cx: &Context) -> Task<Page> {
        let Some(engine) = cx.open.as_ref().map(|open| open.engine.clone()) else {
            return Task::none();
        };
        self.readings += 1;
        let (reading, filter) = (self.readings, self.filter);
        self.reading = Some(reading);
        let first = self.table.wanted().start.saturating_sub(PAGE as usize / 4);
        Task::future(async move {
            let read = async {
                let total = engine.report_count(filter).await?;
                let rows = engine.report_page(filter, first as u64, PAGE).await?;
                Ok((total, rows))
            };
            Page {
                reading,
                first,
                result: read.await.map_err(Arc::new),
            }
        })
    }

    /// What was read; and what is missing still, if the table was scrolled meanwhile.
    pub fn have(&mut self, page: Page, cx: &Context) -> Task<Page> {
        if self.reading != Some(page.reading) {
            return Task::none();
        }
        self.reading = None;
        match page.result {
            Ok((total, rows)) => {
                self.table.set_total(usize::try_from(total).unwrap_or(0));
                self.first = page.first;
                self.rows = rows;
                self.read_missing(cx)
            }
            Err(error) => {
                tracing::warn!("the account cannot be read: {error}");
                Task::none()
            }
        }
    }

    pub fn update<T: Send + 'static>(
        &mut self,
        event: TableEvent,
        cx: &Context,
        wrap: fn(Page) -> T,
    ) -> Task<T> {
        let shown = self.table.update(event);
        Task::batch([shown, self.read_missing(cx).map(wrap)])
    }

    fn read_missing(&mut self, cx: &Context) -> Task<Page> {
        let Range { start, end } = self.table.wanted();
        let there = self.first..self.first + self.rows.len();
        if self.reading.is_some() || start >= there.start && end <= there.end {
            return Task::none();
        }
        self.read(cx)
    }

    pub fn row(&self, n: usize) -> Option<&ReportRow> {
        self.rows.get(n.checked_sub(self.first)?)
    }

    pub fn chosen(&self) -> Option<&ReportRow> {
        self.row(self.table.chosen()?)
    }
}
