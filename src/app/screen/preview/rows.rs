//! The table of decisions: what is shown of them, and how they are narrowed down.

use std::collections::HashMap;
use std::sync::Arc;

use iced::widget::{Row, column};
use iced::{Element, Length};

use super::Message;
use crate::app::a11y::{About, Role};
use crate::app::context::Context;
use crate::app::theme::space;
use crate::app::widget::table::Sorted;
use crate::app::widget::{
    Choice, Column, Kind, Table, card, choices, describe, heading, paragraph, pressable, small,
    strong, text,
};
use crate::engine::{Filter, Order, PlanRow, PlanTotals};
use crate::model::{Action as Decided, PreviewDone, Reason};
use crate::sentences::words::{self, visible};

/// Rows that are fetched at a time, around those in sight.
const PAGE: usize = 100;
/// Fetched rows that are kept.
const KEPT: usize = 2000;

#[derive(Debug)]
pub struct Rows {
    pub table: Table,
    pub filter: Filter,
    order: Order,
    descending: bool,
    /// Tells answers to this filter from late ones to those before.
    stamp: u64,
    found: Arc<Vec<i64>>,
    known: HashMap<usize, PlanRow>,
    /// Rows from this one on are being fetched.
    asked: Option<usize>,
}

impl Default for Rows {
    fn default() -> Self {
        Self {
            table: Table::new("decisions"),
            filter: Filter::default(),
            order: Order::Found,
            descending: false,
            stamp: 0,
            found: Arc::default(),
            known: HashMap::new(),
            asked: None,
        }
    }
}

impl Rows {
    /// A new question: its stamp, and what is asked.
    pub fn ask(&mut self) -> (u64, Filter, Order, bool) {
        self.stamp += 1;
        (self.stamp, self.filter.clone(), self.order, self.descending)
    }

    /// Takes the answer, unless another question was asked since.
    pub fn found(&mut self, stamp: u64, found: Arc<Vec<i64>>) -> bool {
        if stamp != self.stamp {
            return false;
        }
        self.table.reset(found.len());
        self.found = found;
        self.known.clear();
        self.asked = None;
        true
    }

    pub fn fetched(&mut self, stamp: u64, from: usize, rows: Vec<PlanRow>) {
        if stamp != self.stamp {
            return;
        }
        self.asked = None;
        if self.known.len() > KEPT {
            self.known.clear();
        }
        // A row may be gone by now; the others are told apart by their numbers.
        let mut rows = rows.into_iter().peekable();
        for (at, n) in self.found.iter().enumerate().skip(from).take(PAGE) {
            if let Some(row) = rows.next_if(|row| row.row.n == *n) {
                self.known.insert(at, row);
            }
        }
    }

    /// The next rows to fetch: the question's stamp, the first one, and their numbers.
    pub fn missing(&mut self) -> Option<(u64, usize, Vec<i64>)> {
        if self.asked.is_some() {
            return None;
        }
        let first = self
            .table
            .wanted()
            .find(|row| !self.known.contains_key(row))?;
        let from = first - first % PAGE;
        self.asked = Some(from);
        let numbers = self.found.iter().skip(from).take(PAGE).copied().collect();
        Some((self.stamp, from, numbers))
    }

    /// The same once more turns the order round.
    pub fn sort_by(&mut self, order: Order) {
        self.descending = self.order == order && !self.descending;
        self.order = order;
    }

    pub fn chosen(&self) -> Option<&PlanRow> {
        self.known.get(&self.table.chosen()?)
    }

    pub fn columns(&self, cx: &Context) -> Vec<Column<Message>> {
        let column = |title: &str, width: Length, order: Order| {
            let sorted = (self.order == order).then_some(if self.descending {
                Sorted::Down
            } else {
                Sorted::Up
            });
            Column::new(cx.t(title), width).sortable(sorted, Message::SortedBy(order))
        };
        vec![
            column("preview-column-name", Length::FillPortion(5), Order::Name),
            column("preview-column-what", Length::FillPortion(3), Order::Action),
            column("preview-column-size", Length::Fixed(90.0), Order::Size),
            column(
                "preview-column-where",
                Length::FillPortion(5),
                Order::Target,
            ),
        ]
    }

    pub fn cells(&self, at: usize, cx: &Context) -> Option<Vec<String>> {
        let PlanRow { row, path } = self.known.get(&at)?;
        let size = row
            .item
            .size
            .or((row.decision.bytes > 0).then_some(row.decision.bytes));
        Some(vec![
            visible(path),
            cx.t(words::action_of_one(row.decision.action)),
            size.map_or_else(String::new, |size| cx.texts.bytes(size)),
            match row.decision.target_path.as_str() {
                "" => cx.t("preview-nowhere"),
                path => visible(path),
            },
        ])
    }

    /// One button for each kind of decision that there is.
    pub fn filters<'a>(&self, preview: &PreviewDone, cx: &Context) -> Element<'a, Message> {
        let all = (None, cx.t("preview-all"), preview.items);
        let kinds = Decided::ALL
            .iter()
            .map(|one| {
                let name = cx.t(words::action_of_one(*one));
                (Some(*one), name, preview.count(*one))
            })
            .filter(|(_, _, count)| *count > 0);
        let buttons = std::iter::once(all)
            .chain(kinds)
            .map(|(action, name, count)| {
                let on = self.filter.action == action && !self.filter.renamed;
                let words = format!("{name} ({})", cx.texts.number(count));
                filter(words, on, Message::ActionChosen(action))
            });
        let renamed = (preview.renamed > 0).then(|| {
            let count = cx.texts.number(preview.renamed);
            let words = format!("{} ({count})", cx.t("preview-renamed-filter"));
            filter(words, self.filter.renamed, Message::RenamedChosen)
        });
        let row = Row::with_children(buttons)
            .push(renamed)
            .spacing(space::SMALL)
            .wrap();
        describe(row, About::group(Role::RadioGroup, cx.t("preview-filters"))).into()
    }

    /// The reasons of the chosen kind of decision, where there is more than one.
    pub fn reasons<'a>(&self, totals: &PlanTotals, cx: &Context) -> Option<Element<'a, Message>> {
        let action = self.filter.action?;
        let mut reasons: Vec<(Reason, u64)> = totals
            .reasons
            .iter()
            .filter(|(one, _, _)| *one == action)
            .filter_map(|(_, reason, count)| Some(((*reason)?, *count)))
            .collect();
        if reasons.len() < 2 {
            return None;
        }
        reasons.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let all = Choice::new(None, cx.t("preview-all-reasons"));
        let options = reasons.into_iter().map(|(reason, count)| {
            let told = [
                ("items", cx.texts.items(count).into()),
                ("reason", cx.t(reason.message_key()).into()),
            ];
            Choice::new(Some(reason), cx.tr("preview-reason", &told))
        });
        Some(choices(
            "reason",
            cx.t("preview-reasons"),
            std::iter::once(all).chain(options).collect(),
            Some(&self.filter.reason),
            Message::ReasonChosen,
        ))
    }
}

fn filter<'a>(words: String, on: bool, message: Message) -> Element<'a, Message> {
    let about = About {
        toggled: Some(on.into()),
        ..About::new(Role::RadioButton, words.clone())
    };
    let kind = if on { Kind::Primary } else { Kind::Plain };
    let face = if on { strong(words) } else { text(words) };
    pressable(face.into(), kind, about, Some(message)).into()
}

/// All that there is to say of one row.
pub fn detail<'a>(row: &PlanRow, cx: &Context) -> Element<'a, Message> {
    let PlanRow { row, path } = row;
    let decision = &row.decision;
    let what = cx.t(words::action_of_one(decision.action));
    let target = match decision.target_path.as_str() {
        "" => cx.t("preview-nowhere"),
        path => visible(path),
    };
    let renamed = decision
        .renamed
        .map(|change| paragraph(cx.t(change.message_key())));
    let reason = decision
        .reason
        .map(|reason| paragraph(cx.t(reason.message_key())));
    card(
        column![
            heading(visible(&row.item.name)),
            small(cx.tr("preview-detail-from", &[("path", visible(path).into())])),
            small(cx.tr("preview-detail-to", &[("path", target.into())])),
            strong(what),
        ]
        .push(reason)
        .push(renamed)
        .spacing(space::SMALL),
    )
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Decision, Item, ItemKind, SpaceId, Step};

    fn row(n: i64) -> PlanRow {
        PlanRow {
            row: crate::engine::DecisionRow {
                n,
                item: Item::new(SpaceId::new("s"), "i", None, "i", ItemKind::File),
                decision: Decision {
                    action: Decided::Move,
                    reason: None,
                    step: Step::Nothing,
                    target_path: String::new(),
                    renamed: None,
                    bytes: 0,
                    settled: None,
                },
            },
            path: format!("{n}"),
        }
    }

    #[test]
    fn only_rows_in_sight_are_fetched_and_late_answers_do_not_count() {
        let mut rows = Rows::default();
        let (old, ..) = rows.ask();
        let (stamp, ..) = rows.ask();
        assert!(!rows.found(old, Arc::new(vec![1])));
        assert!(rows.found(stamp, Arc::new((0..100_000).collect())));
        let (_, from, numbers) = rows.missing().unwrap();
        assert_eq!((from, numbers.len()), (0, PAGE));
        assert!(rows.missing().is_none(), "it was asked for already");
        rows.fetched(old, from, vec![row(5)]);
        assert!(rows.known.is_empty());
        // Row 3 is gone by now.
        rows.fetched(stamp, from, (0..100).filter(|n| *n != 3).map(row).collect());
        assert!(rows.known.contains_key(&99) && !rows.known.contains_key(&3));
        assert_eq!(rows.known[&4].path, "4");
    }

    #[test]
    fn the_same_column_twice_turns_the_order_round() {
        let mut rows = Rows::default();
        rows.sort_by(Order::Size);
        assert_eq!((rows.order, rows.descending), (Order::Size, false));
        rows.sort_by(Order::Size);
        assert!(rows.descending);
        rows.sort_by(Order::Name);
        assert_eq!((rows.order, rows.descending), (Order::Name, false));
    }
}
