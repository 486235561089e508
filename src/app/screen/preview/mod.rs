//! What will happen, before anything does.

mod outlook;
mod rows;

use std::sync::Arc;

use iced::widget::{column, container, row};
use iced::{Element, Fill, Task};

use self::rows::Rows;
use super::{Action, Screen, trouble};
use crate::app::context::{Command, Context, Done};
use crate::app::page::page;
use crate::app::step::Step;
use crate::app::theme::{size, space};
use crate::app::widget::{
    Field, Icon, Kind, Sort, TableEvent, busy, card, field, heading, icon_button, live, notice,
    paragraph, table,
};
use crate::engine::{Engine, EngineError, Filter, Order, Outlook, PlanRow, PlanTotals};
use crate::model::{Action as Decided, PreviewDone, Reason};

/// The height of the table, in logical pixels at a zoom of 100 %.
const TABLE: f32 = 360.0;

#[derive(Debug, Default)]
pub struct State {
    rows: Rows,
    plan: Option<Plan>,
    trouble: Option<Arc<EngineError>>,
}

/// What is known of the plan as a whole.
#[derive(Debug, Clone)]
pub struct Plan {
    totals: PlanTotals,
    outlook: Outlook,
}

#[derive(Debug, Clone)]
pub enum Message {
    Read(Result<Box<Plan>, Arc<EngineError>>),
    /// The numbers of the rows that pass the filter of this stamp.
    Found(u64, Result<Arc<Vec<i64>>, Arc<EngineError>>),
    /// Rows from this one on, for the filter of this stamp.
    Fetched(u64, usize, Result<Vec<PlanRow>, Arc<EngineError>>),
    Table(TableEvent),
    SortedBy(Order),
    ActionChosen(Option<Decided>),
    ReasonChosen(Option<Reason>),
    RenamedChosen,
    Searched(String),
    Again,
    Next,
    Back,
}

impl Screen for State {
    type Message = Message;

    fn enter(&mut self, cx: &mut Context) -> Action<Message> {
        match (&cx.done.preview, cx.running()) {
            (None, None) if cx.trouble.is_none() => Action::Do(Command::Preview),
            (Some(_), _) => self.read(cx),
            _ => Action::None,
        }
    }

    fn finished(
        &mut self,
        command: Command,
        result: &Result<Done, Arc<EngineError>>,
        cx: &mut Context,
    ) -> Action<Message> {
        match (command, result) {
            (Command::Preview, Ok(_)) => self.read(cx),
            _ => Action::None,
        }
    }

    fn update(&mut self, message: Message, cx: &mut Context) -> Action<Message> {
        match message {
            Message::Read(Ok(plan)) => self.plan = Some(*plan),
            Message::Found(stamp, Ok(found)) => {
                if self.rows.found(stamp, found) {
                    return self.fetch(cx);
                }
            }
            Message::Fetched(stamp, from, Ok(rows)) => {
                self.rows.fetched(stamp, from, rows);
                return self.fetch(cx);
            }
            Message::Read(Err(error))
            | Message::Found(_, Err(error))
            | Message::Fetched(_, _, Err(error)) => self.trouble = Some(error),
            Message::Table(event) => {
                let scrolled = Action::Run(self.rows.table.update(event));
                return Action::Many(vec![scrolled, self.fetch(cx)]);
            }
            Message::SortedBy(order) => {
                self.rows.sort_by(order);
                return self.find(cx);
            }
            Message::ActionChosen(action) => {
                return self.filter(cx, |filter| {
                    filter.action = action;
                    filter.reason = None;
                    filter.renamed = false;
                });
            }
            Message::ReasonChosen(reason) => {
                return self.filter(cx, |filter| filter.reason = reason);
            }
            Message::RenamedChosen => {
                return self.filter(cx, |filter| {
                    *filter = Filter {
                        renamed: true,
                        text: std::mem::take(&mut filter.text),
                        ..Filter::default()
                    };
                });
            }
            Message::Searched(text) => return self.filter(cx, |filter| filter.text = text),
            Message::Again => return Action::Do(Command::Preview),
            Message::Next => {
                return Action::Many(vec![Action::Go(Step::Move), Action::Do(Command::Move)]);
            }
            Message::Back => return Action::Go(Step::Choose),
        }
        Action::None
    }

    fn escape(&self) -> Option<Message> {
        (!self.rows.filter.text.is_empty()).then(|| Message::Searched(String::new()))
    }

    fn view<'a>(&'a self, cx: &'a Context) -> Element<'a, Message> {
        let preview = cx.done.preview.as_ref();
        let idle = cx.running().is_none();
        let ready = idle && preview.is_some_and(|preview| preview.fits);
        let again = icon_button(
            Kind::Plain,
            Icon::Retry,
            cx.t("try-again"),
            idle.then_some(Message::Again),
        )
        .id("again");
        let own_trouble = self.trouble.as_deref().map(|error| {
            let words = cx.say_trouble(error).message;
            told(Sort::Error, words, cx)
        });
        let fits = preview.filter(|preview| !preview.fits);
        let full = fits.map(|_| told(Sort::Warning, cx.t("preview-full"), cx));
        page(cx.t("preview-title"))
            .lead(cx.t("preview-lead"))
            .notice(trouble(cx, vec![again.into()]))
            .notice(own_trouble)
            .notice(full)
            .push_maybe((!idle).then(|| busy("plan", cx.t("choose-planning"))))
            .push_maybe(preview.map(|preview| self.totals(preview, cx)))
            .push_maybe(
                self.plan
                    .as_ref()
                    .map(|plan| outlook::view(&plan.outlook, cx)),
            )
            .push_maybe(preview.map(|preview| self.list(preview, cx)))
            .push_maybe(self.detail(cx))
            .back(cx, Message::Back)
            .next(cx.t("preview-go"), ready.then_some(Message::Next))
            .view()
    }
}

fn told<'a>(sort: Sort, words: String, cx: &Context) -> Element<'a, Message> {
    notice(
        crate::app::widget::Notice {
            sort,
            words,
            actions: Vec::new(),
        },
        &cx.texts,
    )
}

fn engine(cx: &Context) -> Option<Arc<Engine>> {
    Some(cx.open.as_ref()?.engine.clone())
}

impl State {
    /// Reads what there is to know of the plan, and the table's rows.
    fn read(&mut self, cx: &Context) -> Action<Message> {
        let Some(engine) = engine(cx) else {
            return Action::None;
        };
        let plan = Task::perform(
            async move {
                let totals = engine.plan_totals().await?;
                let outlook = engine.outlook().await?;
                Ok(Box::new(Plan { totals, outlook }))
            },
            |read: Result<_, EngineError>| Message::Read(read.map_err(Arc::new)),
        );
        Action::Many(vec![Action::Run(plan), self.find(cx)])
    }

    fn filter(&mut self, cx: &Context, change: impl FnOnce(&mut Filter)) -> Action<Message> {
        change(&mut self.rows.filter);
        self.find(cx)
    }

    fn find(&mut self, cx: &Context) -> Action<Message> {
        let Some(engine) = engine(cx) else {
            return Action::None;
        };
        let (stamp, filter, order, descending) = self.rows.ask();
        Action::Run(Task::perform(
            async move { engine.plan_rows(filter, order, descending).await },
            move |found| Message::Found(stamp, found.map(Arc::new).map_err(Arc::new)),
        ))
    }

    /// Fetches the rows in sight that are not known yet.
    fn fetch(&mut self, cx: &Context) -> Action<Message> {
        let Some(engine) = engine(cx) else {
            return Action::None;
        };
        let Some((stamp, from, numbers)) = self.rows.missing() else {
            return Action::None;
        };
        Action::Run(Task::perform(
            async move { engine.plan_rows_at(numbers).await },
            move |rows| Message::Fetched(stamp, from, rows.map_err(Arc::new)),
        ))
    }

    fn totals<'a>(&'a self, preview: &PreviewDone, cx: &'a Context) -> Element<'a, Message> {
        let arrives = preview.moves + preview.convert + preview.link;
        let big = [
            ("items", cx.texts.items(arrives).into()),
            ("size", cx.texts.bytes(preview.bytes).into()),
        ];
        let big = iced::widget::text(cx.tr("preview-arrives", &big)).size(size::BIG);
        let lines = Decided::ALL.iter().filter(|one| preview.count(**one) > 0);
        let lines = lines.map(|one| {
            let told = [
                ("items", cx.texts.items(preview.count(*one)).into()),
                ("what", cx.t(crate::sentences::words::action(*one)).into()),
            ];
            paragraph(cx.tr("preview-line", &told)).into()
        });
        let renamed = (preview.renamed > 0)
            .then(|| paragraph(cx.tr("preview-renamed", &[("n", preview.renamed.into())])));
        card(
            column![big]
                .extend(lines)
                .push(renamed)
                .spacing(space::SMALL),
        )
        .into()
    }

    fn list<'a>(&'a self, preview: &PreviewDone, cx: &'a Context) -> Element<'a, Message> {
        let rows = &self.rows;
        let table = table(
            &rows.table,
            cx.t("preview-table"),
            rows.columns(cx),
            move |at| rows.cells(at, cx),
            Message::Table,
        );
        let search = field(
            Field {
                id: "search",
                label: cx.t("preview-search"),
                value: &rows.filter.text,
                placeholder: cx.t("preview-search-example"),
                ..Field::default()
            },
            Some(Message::Searched),
            None,
        );
        let found = [("items", cx.texts.items(rows.table.total() as u64).into())];
        let reasons = self
            .plan
            .as_ref()
            .map(|plan| rows.reasons(&plan.totals, cx));
        column![heading(cx.t("preview-table")), rows.filters(preview, cx),]
            .push(reasons.flatten())
            .push(row![search].width(Fill))
            .push(live("found", cx.tr("preview-found", &found)))
            .push(container(table).height(TABLE))
            .spacing(space::MEDIUM)
            .into()
    }

    /// All that there is to say of the chosen row.
    fn detail<'a>(&'a self, cx: &'a Context) -> Option<Element<'a, Message>> {
        self.rows.chosen().map(|row| rows::detail(row, cx))
    }
}
