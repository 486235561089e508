//! Where the data goes.

use iced::Element;
use iced::widget::column;

use super::{Action, Screen};
use crate::app::context::Context;
use crate::app::page::page;
use crate::app::step::Step;
use crate::app::theme::space;
use crate::app::widget::{card, paragraph, strong};

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
            Message::Next => Action::Go(Step::Choose),
            Message::Back => Action::Go(Step::Source),
        }
    }

    fn view<'a>(&'a self, cx: &'a Context) -> Element<'a, Message> {
        let content = cx.draft.target.as_ref().map(|target| {
            card(
                column![
                    strong(target.url.to_string()),
                    paragraph(target.user.clone())
                ]
                .spacing(space::SMALL),
            )
        });
        let next = cx.draft.target.is_some().then_some(Message::Next);
        page(cx.t("target-title"))
            .lead(cx.t("target-lead"))
            .push_maybe(content)
            .back(cx, Message::Back)
            .next(cx.t("go-on"), next)
            .view()
    }
}
