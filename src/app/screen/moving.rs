//! The move, as it goes.

use std::sync::Arc;

use iced::Element;

use super::{Action, Screen, trouble};
use crate::app::context::{Command, Context, Done};
use crate::app::page::page;
use crate::app::step::Step;
use crate::app::widget::{Icon, Kind, icon_button, live, progress};
use crate::engine::EngineError;

#[derive(Debug, Default)]
pub struct State {}

#[derive(Debug, Clone)]
pub enum Message {
    Pause,
    Resume,
    Next,
    Back,
}

impl Screen for State {
    type Message = Message;

    fn finished(
        &mut self,
        command: Command,
        result: &Result<Done, Arc<EngineError>>,
        _cx: &mut Context,
    ) -> Action<Message> {
        match (command, result) {
            (Command::Move, Ok(_)) => Action::Go(Step::Report),
            _ => Action::None,
        }
    }

    fn update(&mut self, message: Message, _cx: &mut Context) -> Action<Message> {
        match message {
            Message::Pause => Action::Stop,
            Message::Resume => Action::Do(Command::Move),
            Message::Next => Action::Go(Step::Report),
            Message::Back => Action::Go(Step::Preview),
        }
    }

    fn view<'a>(&'a self, cx: &'a Context) -> Element<'a, Message> {
        let status = cx.status().cloned().unwrap_or_default();
        let running = cx.running() == Some(Command::Move);
        let (done, total) = match cx.snapshot() {
            Some(snapshot) if running && snapshot.counts.items_total > 0 => {
                (snapshot.counts.items_done, snapshot.counts.items_total)
            }
            _ => (status.settled(), status.items),
        };
        let percent = cx.texts.percent(done, total);
        let told = [
            ("done", cx.texts.number(done).into()),
            ("total", cx.texts.items(total).into()),
        ];
        let control = match (running, status.complete) {
            (true, _) => Some((Icon::Pause, "moving-pause", Message::Pause, "pause")),
            (false, false) => Some((Icon::Play, "moving-resume", Message::Resume, "resume")),
            (false, true) => None,
        };
        let control = control.map(|(sign, label, message, id)| {
            icon_button(Kind::Plain, sign, cx.t(label), Some(message)).id(id)
        });
        page(cx.t("moving-title"))
            .lead(cx.t("moving-lead"))
            .notice(trouble(cx, Vec::new()))
            .push(progress(cx.t("moving-progress"), done, total, percent.clone()).id("progress"))
            .push(live("moved", cx.tr("progress-items", &told)))
            .push_maybe(control)
            .back(cx, Message::Back)
            .next(
                cx.t("moving-next"),
                status.complete.then_some(Message::Next),
            )
            .view()
    }
}
