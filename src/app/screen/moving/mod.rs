//! The move, as it goes: how far, how fast, what is under way, what failed, and how to hold it.

mod curve;
mod failures;
mod limit;
mod parts;

use std::sync::Arc;

use iced::{Element, Task};

use super::rows::Page;
use super::{Action, Screen, trouble};
use crate::app::context::{Command, Context, Done};
use crate::app::desktop::{Awake, keep_awake, notify};
use crate::app::page::page;
use crate::app::step::Step;
use crate::app::widget::{
    Dialog, Icon, Kind, Notice, Sort, TableEvent, button, dialog, icon_button, notice,
};
use crate::engine::EngineError;
use crate::settings::Settings;
use curve::Curve;
use failures::Failures;
pub use limit::Limit;

#[derive(Debug, Default)]
pub struct State {
    curve: Curve,
    failures: Failures,
    limit: limit::State,
    awake: KeptAwake,
    /// Whether to stop is being asked.
    asks_stop: bool,
    /// It is to end at the report once it has stopped.
    stopping: bool,
    retry_trouble: Option<Arc<EngineError>>,
    /// Nothing of what failed can be helped by another attempt.
    retry_in_vain: bool,
}

#[derive(Debug, Clone)]
pub enum Message {
    Pause,
    Resume,
    StopAsked,
    StopAnswered(bool),
    LimitChosen(Limit),
    LimitTyped(String),
    LimitEntered,
    /// The computer is to be kept awake, or not.
    AwakeChosen(bool),
    /// The system was asked to stay awake.
    Awake(Option<Arc<Awake>>),
    Failures(TableEvent),
    FailuresRead(Page),
    /// One row of the account, or all that failed.
    TryAgain(Option<i64>),
    TriedAgain(Result<u64, Arc<EngineError>>),
    LookAgain,
    Next,
    Back,
}

/// What the system says to staying awake.
#[derive(Debug, Default)]
struct KeptAwake {
    /// `None`: not asked yet.
    possible: Option<bool>,
    asking: bool,
    held: Option<Arc<Awake>>,
}

impl State {
    /// A snapshot has come, or a command has ended; whatever screen is shown.
    pub fn observed(&mut self, cx: &mut Context) -> Action<Message> {
        if let Some(snapshot) = cx.moving() {
            self.curve.observe(&snapshot.counts);
        }
        let wanted = cx.settings.keep_awake && cx.running() == Some(Command::Move);
        if !wanted {
            self.awake.held = None;
        }
        let mut actions = Vec::new();
        if wanted && self.awake.held.is_none() && self.awake.possible != Some(false) {
            actions.extend(self.awake.ask(cx));
        }
        if self.failures.is_stale(cx) {
            actions.push(self.failures.read(cx));
        }
        match actions.is_empty() {
            true => Action::None,
            false => Action::Many(actions),
        }
    }

    fn try_again(&mut self, which: Option<i64>, cx: &Context) -> Action<Message> {
        self.retry_trouble = None;
        self.retry_in_vain = false;
        let Some(engine) = cx.open.as_ref().map(|open| open.engine.clone()) else {
            return Action::None;
        };
        Action::Run(Task::future(async move {
            Message::TriedAgain(engine.try_again(which).await.map_err(Arc::new))
        }))
    }
}

impl KeptAwake {
    fn ask(&mut self, cx: &Context) -> Option<Action<Message>> {
        if std::mem::replace(&mut self.asking, true) {
            return None;
        }
        let reason = cx.t("moving-awake-reason");
        Some(Action::Run(Task::future(async move {
            Message::Awake(keep_awake(reason).await.map(Arc::new))
        })))
    }

    fn answered(&mut self, awake: Option<Arc<Awake>>, cx: &Context) {
        self.asking = false;
        self.possible = Some(awake.is_some());
        let wanted = cx.settings.keep_awake && cx.running() == Some(Command::Move);
        self.held = awake.filter(|_| wanted);
    }
}

impl Screen for State {
    type Message = Message;

    fn enter(&mut self, cx: &mut Context) -> Action<Message> {
        self.limit.enter(cx);
        self.retry_trouble = None;
        self.retry_in_vain = false;
        let mut actions = vec![self.failures.read(cx)];
        if self.awake.possible.is_none() {
            actions.extend(self.awake.ask(cx));
        }
        Action::Many(actions)
    }

    fn finished(
        &mut self,
        command: Command,
        result: &Result<Done, Arc<EngineError>>,
        cx: &mut Context,
    ) -> Action<Message> {
        let stopping = std::mem::take(&mut self.stopping);
        match (command, result) {
            (Command::Move, Ok(_)) => Action::Go(Step::Report),
            (Command::Move, Err(_)) if stopping => Action::Go(Step::Report),
            (Command::Survey, Ok(_)) => Action::Do(Command::Preview),
            (Command::Preview, Ok(_)) => Action::Go(Step::Preview),
            _ => self.failures.read(cx),
        }
    }

    fn escape(&self) -> Option<Message> {
        self.asks_stop.then_some(Message::StopAnswered(false))
    }

    fn update(&mut self, message: Message, cx: &mut Context) -> Action<Message> {
        match message {
            Message::Pause => return Action::Stop,
            Message::Resume => return Action::Do(Command::Move),
            Message::StopAsked => self.asks_stop = true,
            Message::StopAnswered(false) => self.asks_stop = false,
            Message::StopAnswered(true) => {
                self.asks_stop = false;
                if cx.running().is_none() {
                    return Action::Go(Step::Report);
                }
                self.stopping = true;
                return Action::Stop;
            }
            Message::LimitChosen(limit) => self.limit.choose(limit, cx),
            Message::LimitTyped(typed) => self.limit.typed(typed),
            Message::LimitEntered => self.limit.enter_typed(cx),
            Message::AwakeChosen(keep_awake) => {
                let settings = Settings {
                    keep_awake,
                    ..cx.settings.clone()
                };
                cx.settings.keep_awake = keep_awake;
                let observed = self.observed(cx);
                return Action::Many(vec![Action::Prefer(Box::new(settings)), observed]);
            }
            Message::Awake(awake) => self.awake.answered(awake, cx),
            Message::Failures(event) => return self.failures.update(event, cx),
            Message::FailuresRead(page) => return self.failures.have(page, cx),
            Message::TryAgain(which) => return self.try_again(which, cx),
            Message::TriedAgain(Ok(0)) => self.retry_in_vain = true,
            Message::TriedAgain(Ok(_)) => {
                let mut actions = vec![self.failures.read(cx)];
                // A move under way takes it up by itself.
                if cx.running().is_none() {
                    actions.push(Action::Do(Command::Move));
                }
                return Action::Many(actions);
            }
            Message::TriedAgain(Err(error)) => self.retry_trouble = Some(error),
            Message::LookAgain => return Action::Do(Command::Survey),
            Message::Next => return Action::Go(Step::Report),
            Message::Back => return Action::Go(Step::Preview),
        }
        Action::None
    }

    fn view<'a>(&'a self, cx: &'a Context) -> Element<'a, Message> {
        let moves = cx.running() == Some(Command::Move);
        let status = cx.status();
        let complete = status.is_some_and(|status| status.complete) && !moves;
        let begun = status.is_some_and(|status| status.settled() > 0);
        let base = page(cx.t("moving-title"))
            .lead(cx.t("moving-lead"))
            .notice(self.trouble(cx))
            .push(parts::stand(cx, &self.curve))
            .push_maybe((!complete).then(|| self.holds(cx)))
            .push_maybe(parts::under_way(cx))
            .push_maybe(self.failures.view(cx))
            .push(self.settings(cx))
            .back(cx, Message::Back)
            .next(
                cx.t("moving-next"),
                (complete || begun && !moves).then_some(Message::Next),
            );
        dialog(base.view(), self.dialog(cx))
    }
}

impl State {
    fn trouble<'a>(&self, cx: &'a Context) -> Option<Element<'a, Message>> {
        if let Some(error) = &self.retry_trouble {
            let words = cx.say_trouble(error).message;
            let sort = Sort::Error;
            return Some(notice(
                Notice {
                    sort,
                    words,
                    actions: Vec::new(),
                },
                &cx.texts,
            ));
        }
        if self.retry_in_vain {
            let look = cx.running().is_none().then_some(Message::LookAgain);
            let look = icon_button(Kind::Plain, Icon::Search, cx.t("look-again"), look);
            return Some(notice(
                Notice {
                    sort: Sort::Info,
                    words: cx.t("moving-in-vain"),
                    actions: vec![look.id("look-again-all").into()],
                },
                &cx.texts,
            ));
        }
        let again = cx.running().is_none().then_some(Message::Resume);
        let again = icon_button(Kind::Plain, Icon::Retry, cx.t("try-again"), again).id("again");
        trouble(cx, vec![again.into()])
    }

    /// Pause, resume, stop, and how they differ.
    fn holds<'a>(&self, cx: &'a Context) -> Element<'a, Message> {
        let running = cx.running();
        let hold = match running {
            Some(Command::Move) => {
                let pause = (!self.stopping).then_some(Message::Pause);
                icon_button(Kind::Plain, Icon::Pause, cx.t("moving-pause"), pause).id("pause")
            }
            _ => {
                let resume = running.is_none().then_some(Message::Resume);
                let begun = cx.status().is_some_and(|status| status.settled() > 0);
                let label = if begun {
                    "moving-resume"
                } else {
                    "moving-begin"
                };
                icon_button(Kind::Primary, Icon::Play, cx.t(label), resume).id("resume")
            }
        };
        let stop = (!self.stopping).then_some(Message::StopAsked);
        let stop = icon_button(Kind::Quiet, Icon::Stop, cx.t("moving-stop"), stop).id("stop");
        parts::holds(cx, hold.into(), stop.into())
    }

    fn settings<'a>(&'a self, cx: &'a Context) -> Element<'a, Message> {
        let awake = (self.awake.possible == Some(true)).then(|| parts::awake(cx));
        parts::settings(cx, self.limit.view(cx), awake)
    }

    fn dialog<'a>(&self, cx: &'a Context) -> Option<Dialog<'a, Message>> {
        if !self.asks_stop {
            return None;
        }
        let yes = Some(Message::StopAnswered(true));
        let no = Some(Message::StopAnswered(false));
        Some(Dialog {
            title: cx.t("moving-stop-title"),
            words: cx.t("moving-stop-words"),
            content: None,
            actions: vec![
                button(Kind::Plain, cx.t("moving-stop-yes"), yes)
                    .id("stop-yes")
                    .into(),
                button(Kind::Primary, cx.t("moving-stop-no"), no)
                    .id("stop-no")
                    .into(),
            ],
        })
    }
}

/// Tells whoever looks elsewhere that the move has ended, or waits for somebody.
pub fn tell_the_end(
    command: Command,
    result: &Result<Done, Arc<EngineError>>,
    cx: &Context,
) -> Task<()> {
    if command != Command::Move || cx.focused {
        return Task::none();
    }
    let name = ("name", cx.draft.name.clone().into());
    let (title, words) = match result {
        Ok(Done::Move(moved)) => {
            let words = match moved.failed {
                0 => cx.tr(
                    "notify-done",
                    &[("items", cx.texts.items(moved.items).into())],
                ),
                failed => cx.tr("notify-failed", &[("n", failed.into())]),
            };
            (cx.tr("notify-done-title", &[name]), words)
        }
        Err(error) if !matches!(**error, EngineError::Cancelled) => (
            cx.tr("notify-stopped-title", &[name]),
            cx.say_trouble(error).message,
        ),
        _ => return Task::none(),
    };
    Task::future(notify(title, words))
}
