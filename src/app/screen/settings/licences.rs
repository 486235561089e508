//! The parts that the program is made of, each with its licence.

use std::sync::Arc;

use iced::widget::{column, container, scrollable};
use iced::{Element, Fill, FillPortion, Task};

use super::Message;
use crate::app::a11y::{About, Role};
use crate::app::context::Context;
use crate::app::licences::Licences;
use crate::app::page::page;
use crate::app::theme::{size, space};
use crate::app::widget::{
    Column, Table, TableEvent, busy, card, describe, muted, scrollbar, strong, table, text,
};

#[derive(Debug)]
pub struct Shown {
    table: Table,
    /// `None`: being unpacked.
    licences: Option<Arc<Licences>>,
}

impl Shown {
    pub fn new() -> (Self, Task<Message>) {
        let shown = Self {
            table: Table::new("licences"),
            licences: None,
        };
        let read = tokio::task::spawn_blocking;
        let task = Task::future(async move {
            let licences = read(Licences::read).await.map_err(std::io::Error::other);
            match licences.and_then(|read| read) {
                Ok(licences) => Message::LicencesRead(Some(Arc::new(licences))),
                Err(error) => {
                    tracing::warn!("the licences cannot be read: {error}");
                    Message::LicencesRead(None)
                }
            }
        });
        (shown, task)
    }

    pub fn have(&mut self, licences: Arc<Licences>) {
        self.table.reset(licences.parts.len());
        self.licences = Some(licences);
    }

    pub const fn is_read(&self) -> bool {
        self.licences.is_some()
    }

    pub fn update(&mut self, event: TableEvent) -> Task<Message> {
        self.table.update(event)
    }

    pub fn view<'a>(&'a self, cx: &'a Context) -> Element<'a, Message> {
        let base = page(cx.t("licences-title"))
            .lead(cx.t("licences-lead"))
            .fills()
            .back(cx, Message::LicencesLeft);
        match &self.licences {
            Some(licences) => base
                .push(container(self.list(licences, cx)).height(FillPortion(3)))
                .push(container(self.one(licences, cx)).height(FillPortion(2)))
                .view(),
            None => base.push(busy("reading", cx.t("licences-reading"))).view(),
        }
    }

    fn list<'a>(&'a self, licences: &'a Licences, cx: &Context) -> Element<'a, Message> {
        let columns = vec![
            Column::new(cx.t("licences-part"), FillPortion(3)),
            Column::new(cx.t("licences-version"), FillPortion(1)),
            Column::new(cx.t("licences-licence"), FillPortion(4)),
        ];
        let cells = |n: usize| {
            let part = licences.parts.get(n)?;
            Some(vec![part.0.clone(), part.1.clone(), part.2.clone()])
        };
        let name = cx.t("licences-title");
        table(&self.table, name, columns, cells, Message::Licences)
    }

    /// The text of the part that is chosen.
    fn one<'a>(&'a self, licences: &'a Licences, cx: &Context) -> Element<'a, Message> {
        let chosen = self.table.chosen().and_then(|n| licences.parts.get(n));
        let Some(part) = chosen else {
            return muted(cx.t("licences-choose")).into();
        };
        let texts: Vec<&str> = licences.texts(part).collect();
        let words = match texts.is_empty() {
            true => cx.tr("licences-no-text", &[("licence", (&part.2).into())]),
            false => texts.join("\n\n"),
        };
        let about = About::new(Role::Document, words.clone());
        let words = describe(text(words).size(size::SMALL), about).id("licence-text");
        card(
            column![
                strong(format!("{} {}", part.0, part.1)),
                scrollable(container(words).width(Fill).padding([0.0, space::MEDIUM]))
                    .style(scrollbar)
                    .height(Fill),
            ]
            .spacing(space::SMALL),
        )
        .height(Fill)
        .padding(space::MEDIUM)
        .into()
    }
}
