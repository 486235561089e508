//! What became of everything, what is left to do by hand, and taking the access back.

mod access;
mod by_hand;
mod parts;

use std::sync::Arc;

use iced::Element;

use super::rows::Page;
use super::{Action, Screen, trouble};
use crate::app::context::{Command, Context, Done};
use crate::app::page::page;
use crate::app::step::Step;
use crate::app::widget::{TableEvent, dialog};
use crate::engine::EngineError;
use crate::engine::sign_in::{End, SignOutError, SignedOut, open_browser};
use crate::ledger::ReportFilter;
use crate::model::Migration;
use access::Access;
use by_hand::ByHand;

#[derive(Debug, Default)]
pub struct State {
    by_hand: ByHand,
    access: Access,
}

#[derive(Debug, Clone)]
pub enum Message {
    FilterChosen(ReportFilter),
    Table(TableEvent),
    RowsRead(Page),
    /// Where the chosen row lies at the source: the row, the path.
    PathRead(i64, String),
    SourceAsked(String),
    TargetAsked,
    Resume,
    LookAgain,
    ProveAgain,
    Stop,
    SignOutAsked,
    EndTicked(End),
    SignOutAnswered(bool),
    SignedOut(End, Result<SignedOut, Arc<SignOutError>>),
    Next,
    Back,
}

impl Screen for State {
    type Message = Message;

    fn enter(&mut self, cx: &mut Context) -> Action<Message> {
        self.by_hand.enter(cx)
    }

    fn finished(
        &mut self,
        command: Command,
        result: &Result<Done, Arc<EngineError>>,
        cx: &mut Context,
    ) -> Action<Message> {
        match (command, result) {
            (Command::Survey, Ok(_)) => Action::Do(Command::Preview),
            (Command::Preview, Ok(_)) => Action::Go(Step::Preview),
            _ => self.by_hand.enter(cx),
        }
    }

    fn escape(&self) -> Option<Message> {
        self.access
            .asks()
            .then_some(Message::SignOutAnswered(false))
    }

    fn update(&mut self, message: Message, cx: &mut Context) -> Action<Message> {
        match message {
            Message::FilterChosen(filter) => return self.by_hand.show(filter, cx),
            Message::Table(event) => return self.by_hand.update(event, cx),
            Message::RowsRead(page) => return self.by_hand.have(page, cx),
            Message::PathRead(n, path) => self.by_hand.have_path(n, path),
            Message::SourceAsked(address) => {
                if let Ok(page) = address.parse() {
                    open_browser(&page);
                }
            }
            Message::TargetAsked => {
                if let Some(page) = cx.migration().as_ref().and_then(arrived_at) {
                    open_browser(&page);
                }
            }
            Message::Resume => {
                return Action::Many(vec![Action::Go(Step::Move), Action::Do(Command::Move)]);
            }
            Message::LookAgain => return Action::Do(Command::Survey),
            Message::ProveAgain => return Action::Do(Command::Verify),
            Message::Stop => return Action::Stop,
            Message::SignOutAsked => self.access.ask(cx),
            Message::EndTicked(end) => self.access.tick(end),
            Message::SignOutAnswered(yes) => return self.access.answer(yes, cx),
            Message::SignedOut(end, result) => self.access.signed_out(end, result),
            Message::Next => return Action::Go(Step::Welcome),
            Message::Back => return Action::Go(Step::Move),
        }
        Action::None
    }

    fn view<'a>(&'a self, cx: &'a Context) -> Element<'a, Message> {
        let base = page(cx.t("report-title"))
            .notice(trouble(cx, Vec::new()))
            .push(parts::verdict(cx))
            .push(parts::balance(cx))
            .push(self.by_hand.view(cx))
            .push(parts::proof(cx))
            .push(parts::what_next(cx))
            .push_maybe(self.access.view(cx))
            .back(cx, Message::Back)
            .next(cx.t("report-next"), Some(Message::Next));
        dialog(base.view(), self.access.dialog(cx))
    }
}

/// Where the browser shows what arrived.
fn arrived_at(migration: &Migration) -> Option<url::Url> {
    let target = &migration.target;
    let mut page = target.url.clone();
    let base = page.path().trim_end_matches('/').to_owned();
    page.set_path(&format!("{base}/index.php/apps/files/"));
    page.query_pairs_mut()
        .append_pair("dir", &format!("/{}", target.folder.trim_matches('/')));
    Some(page)
}
