//! What became of everything.

use iced::Element;
use iced::widget::column;

use super::{Action, Screen};
use crate::app::context::Context;
use crate::app::page::page;
use crate::app::step::Step;
use crate::app::theme::space;
use crate::app::widget::{card, paragraph, strong};
use crate::model::OutcomeKind;
use crate::sentences::words;

#[derive(Debug, Default)]
pub struct State {}

#[derive(Debug, Clone)]
pub enum Message {
    Next,
    Back,
}

impl Screen for State {
    type Message = Message;

    fn update(&mut self, message: Message, _cx: &mut Context) -> Action<Message> {
        match message {
            Message::Next => Action::Go(Step::Welcome),
            Message::Back => Action::Go(Step::Move),
        }
    }

    fn view<'a>(&'a self, cx: &'a Context) -> Element<'a, Message> {
        let status = cx.status().cloned().unwrap_or_default();
        let lines = OutcomeKind::ALL.into_iter().map(|kind| {
            let count = match kind {
                OutcomeKind::Moved => status.moved,
                OutcomeKind::Converted => status.converted,
                OutcomeKind::Linked => status.linked,
                OutcomeKind::Kept => status.kept,
                OutcomeKind::Skipped => status.skipped,
                OutcomeKind::Failed => status.failed,
            };
            paragraph(format!(
                "{} {}",
                cx.texts.number(count),
                cx.t(words::outcome(kind))
            ))
            .into()
        });
        let found = [("items", cx.texts.items(status.items).into())];
        page(cx.t("report-title"))
            .push(card(
                column![strong(cx.tr("balance-head", &found))]
                    .extend(lines)
                    .spacing(space::SMALL),
            ))
            .back(cx, Message::Back)
            .next(cx.t("report-next"), Some(Message::Next))
            .view()
    }
}
