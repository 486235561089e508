//! The account, item by item; first of all what somebody should see to.

use iced::widget::{column, container, row};
use iced::{Element, Fill, FillPortion, Task};

use super::{Action, Message};
use crate::app::context::Context;
use crate::app::screen::rows::{Page, Rows};
use crate::app::theme::space;
use crate::app::widget::{
    Choice, Column, Icon, Kind, TableEvent, card, heading, icon_button, paragraph, segments, small,
    strong, table,
};
use crate::ledger::{ReportFilter, ReportRow};
use crate::model::OutcomeKind;
use crate::sentences::words;

const HEIGHT: f32 = 330.0;

#[derive(Debug)]
pub struct ByHand {
    rows: Rows,
    /// Of which row it is known where it lies at the source.
    path: Option<(i64, String)>,
    /// How many there are to see to; `None`: not counted yet.
    to_do: Option<usize>,
}

impl Default for ByHand {
    fn default() -> Self {
        Self {
            rows: Rows::new("account", ReportFilter::ByHand),
            path: None,
            to_do: None,
        }
    }
}

impl ByHand {
    pub fn enter(&mut self, cx: &Context) -> Action<Message> {
        self.show(ReportFilter::ByHand, cx)
    }

    pub fn show(&mut self, filter: ReportFilter, cx: &Context) -> Action<Message> {
        Action::Run(self.rows.show(filter, cx).map(Message::RowsRead))
    }

    pub fn update(&mut self, event: TableEvent, cx: &Context) -> Action<Message> {
        let shown = self.rows.update(event, cx, Message::RowsRead);
        Action::Run(Task::batch([shown, self.find_path(cx)]))
    }

    pub fn have(&mut self, page: Page, cx: &Context) -> Action<Message> {
        let more = self.rows.have(page, cx).map(Message::RowsRead);
        if self.rows.filter() == ReportFilter::ByHand {
            self.to_do = Some(self.rows.table.total());
        }
        Action::Run(Task::batch([more, self.find_path(cx)]))
    }

    pub fn have_path(&mut self, n: i64, path: String) {
        self.path = Some((n, path));
    }

    fn find_path(&self, cx: &Context) -> Task<Message> {
        let (Some(row), Some(open)) = (self.rows.chosen(), &cx.open) else {
            return Task::none();
        };
        if self.path.as_ref().is_some_and(|(n, _)| *n == row.n) {
            return Task::none();
        }
        let (engine, row) = (open.engine.clone(), row.clone());
        Task::future(async move {
            let n = row.n;
            let paths = engine.source_paths(&[row]).await.unwrap_or_default();
            Message::PathRead(n, paths.into_iter().next().unwrap_or_default())
        })
    }

    pub fn view<'a>(&'a self, cx: &'a Context) -> Element<'a, Message> {
        let title = match self.to_do {
            Some(0) => cx.t("report-by-hand-nothing"),
            Some(n) => cx.tr("report-by-hand", &[("n", (n as u64).into())]),
            None => cx.t("report-items"),
        };
        let all = [
            (ReportFilter::ByHand, "report-filter-by-hand"),
            (
                ReportFilter::Kind(OutcomeKind::Failed),
                "report-filter-failed",
            ),
            (
                ReportFilter::Kind(OutcomeKind::Linked),
                "report-filter-linked",
            ),
            (
                ReportFilter::Kind(OutcomeKind::Skipped),
                "report-filter-skipped",
            ),
            (ReportFilter::Renamed, "report-filter-renamed"),
            (ReportFilter::All, "report-filter-all"),
        ];
        let options = all.map(|(filter, key)| Choice::new(filter, cx.t(key)));
        let filters = segments(
            "filter",
            cx.t("report-filter"),
            options.to_vec(),
            Some(&self.rows.filter()),
            Message::FilterChosen,
        );
        let list: Element<'a, Message> = match self.rows.table.total() {
            0 => card(paragraph(cx.t("report-none"))).into(),
            _ => self.table(cx),
        };
        let below: Option<Element<'a, Message>> = match self.rows.chosen() {
            Some(row) => Some(self.one(row, cx)),
            None if self.rows.table.total() > 0 => Some(small(cx.t("report-choose")).into()),
            None => None,
        };
        column![heading(title), filters, list]
            .push(below)
            .spacing(space::MEDIUM)
            .into()
    }

    fn table<'a>(&'a self, cx: &'a Context) -> Element<'a, Message> {
        let columns = vec![
            Column::new(cx.t("report-what"), FillPortion(5)),
            Column::new(cx.t("report-outcome"), FillPortion(2)),
            Column::new(cx.t("report-why"), FillPortion(6)).prose(),
        ];
        let cells = move |n: usize| {
            let row = self.rows.row(n)?;
            Some(vec![
                words::visible(&row.item.name),
                cx.t(short(row.kind)),
                why(row, cx).unwrap_or_default(),
            ])
        };
        let name = cx.t("report-items");
        container(table(
            &self.rows.table,
            name,
            columns,
            cells,
            Message::Table,
        ))
        .height(HEIGHT)
        .into()
    }

    /// All about one item.
    fn one<'a>(&'a self, row: &'a ReportRow, cx: &'a Context) -> Element<'a, Message> {
        let at_source = self.path.as_ref().filter(|(n, _)| *n == row.n);
        let at_source = at_source.filter(|(_, path)| !path.is_empty());
        let line = |key: &str, path: &str| {
            let path = [("path", words::visible(path).into())];
            small(cx.tr(key, &path))
        };
        let from = at_source.map(|(_, path)| line("report-from", path));
        let to = (!row.target_path.is_empty()).then(|| line("report-to", &row.target_path));
        let open = row.item.web_link.clone().map(|address| {
            let asked = Some(Message::SourceAsked(address));
            icon_button(Kind::Plain, Icon::Open, cx.t("report-open-source"), asked)
                .id("open-source")
        });
        let renamed = row
            .renamed
            .map(|change| paragraph(cx.t(change.message_key())));
        let detail = row
            .detail
            .as_deref()
            .map(crate::sentences::trouble::one_line);
        card(
            column![strong(words::visible(&row.item.name))]
                .push(container(strong(cx.t(words::one_outcome(row.kind)))).width(Fill))
                .push(why(row, cx).map(paragraph))
                .push(renamed)
                .push(from)
                .push(to)
                .push(detail.map(small))
                .push(open.map(|open| row![open]))
                .spacing(space::SMALL),
        )
        .padding(space::MEDIUM + 4.0)
        .into()
    }
}

/// What became of one item, in a word.
const fn short(kind: OutcomeKind) -> &'static str {
    match kind {
        OutcomeKind::Moved => "short-moved",
        OutcomeKind::Converted => "short-converted",
        OutcomeKind::Linked => "short-linked",
        OutcomeKind::Kept => "short-kept",
        OutcomeKind::Skipped => "short-skipped",
        OutcomeKind::Failed => "short-failed",
    }
}

/// What happened and what to do, where there is something to say.
fn why(row: &ReportRow, cx: &Context) -> Option<String> {
    match (row.reason, row.kind) {
        (Some(reason), _) => Some(cx.t(reason.message_key())),
        (None, OutcomeKind::Linked) => Some(cx.t("report-linked")),
        (None, _) => row.renamed.map(|change| cx.t(change.message_key())),
    }
}
