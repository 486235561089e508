//! What is taken along.

use std::sync::Arc;

use iced::Element;

use super::{Action, Screen, trouble};
use crate::app::context::{Command, Context, Done};
use crate::app::page::page;
use crate::app::step::Step;
use crate::app::widget::{Tick, busy, check, live};
use crate::engine::EngineError;

#[derive(Debug, Default)]
pub struct State {}

#[derive(Debug, Clone)]
pub enum Message {
    SharedWithMe,
    Next,
    Back,
}

impl Screen for State {
    type Message = Message;

    fn enter(&mut self, cx: &mut Context) -> Action<Message> {
        match cx.status() {
            Some(status) if !status.surveyed && cx.trouble.is_none() => Action::Do(Command::Survey),
            _ => Action::None,
        }
    }

    fn finished(
        &mut self,
        command: Command,
        result: &Result<Done, Arc<EngineError>>,
        _cx: &mut Context,
    ) -> Action<Message> {
        match (command, result) {
            (Command::Preview, Ok(_)) => Action::Go(Step::Preview),
            _ => Action::None,
        }
    }

    fn update(&mut self, message: Message, cx: &mut Context) -> Action<Message> {
        match message {
            Message::SharedWithMe => {
                cx.draft.scope.shared_with_me = !cx.draft.scope.shared_with_me;
                Action::None
            }
            Message::Next => Action::Do(Command::Preview),
            Message::Back => Action::Go(Step::Target),
        }
    }

    fn view<'a>(&'a self, cx: &'a Context) -> Element<'a, Message> {
        let surveyed = cx.status().is_some_and(|status| status.surveyed);
        let running = cx.running();
        let found = cx
            .snapshot()
            .map_or(0, |snapshot| snapshot.counts.items_done);
        let status: Element<'a, Message> = match running {
            Some(Command::Survey) => {
                let items = [("items", cx.texts.items(found).into())];
                busy("survey", cx.tr("choose-surveying", &items))
            }
            Some(_) => busy("plan", cx.t("choose-planning")),
            None => {
                let items = cx.status().map_or(0, |status| status.items);
                let items = [("items", cx.texts.items(items).into())];
                live("survey", cx.tr("choose-found", &items))
            }
        };
        let idle = running.is_none();
        let shared = Tick::from(cx.draft.scope.shared_with_me);
        page(cx.t("choose-title"))
            .lead(cx.t("choose-lead"))
            .notice(trouble(cx, Vec::new()))
            .push(status)
            .push(
                check(
                    shared,
                    cx.t("choose-shared-with-me"),
                    None,
                    idle.then_some(Message::SharedWithMe),
                )
                .id("shared-with-me"),
            )
            .back(cx, Message::Back)
            .next(
                cx.t("choose-next"),
                (surveyed && idle).then_some(Message::Next),
            )
            .view()
    }
}
