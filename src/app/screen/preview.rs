//! What will happen, before anything does.

use iced::Element;
use iced::widget::column;

use super::{Action, Screen, trouble};
use crate::app::context::{Command, Context};
use crate::app::page::page;
use crate::app::step::Step;
use crate::app::theme::space;
use crate::app::widget::{card, paragraph};
use crate::model::Action as Decided;
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

    fn enter(&mut self, cx: &mut Context) -> Action<Message> {
        match cx.done.preview {
            None if cx.trouble.is_none() => Action::Do(Command::Preview),
            _ => Action::None,
        }
    }

    fn update(&mut self, message: Message, _cx: &mut Context) -> Action<Message> {
        match message {
            Message::Next => Action::Many(vec![Action::Go(Step::Move), Action::Do(Command::Move)]),
            Message::Back => Action::Go(Step::Choose),
        }
    }

    fn view<'a>(&'a self, cx: &'a Context) -> Element<'a, Message> {
        let totals = cx.done.preview.as_ref().map(|preview| {
            let lines = Decided::ALL.iter().filter(|one| preview.count(**one) > 0);
            let lines = lines.map(|one| {
                let count = cx.texts.number(preview.count(*one));
                paragraph(format!("{count} {}", cx.t(words::action(*one)))).into()
            });
            card(column(lines).spacing(space::SMALL))
        });
        let ready = cx.running().is_none() && cx.done.preview.is_some();
        page(cx.t("preview-title"))
            .lead(cx.t("preview-lead"))
            .notice(trouble(cx, Vec::new()))
            .push_maybe(totals)
            .back(cx, Message::Back)
            .next(cx.t("preview-go"), ready.then_some(Message::Next))
            .view()
    }
}
