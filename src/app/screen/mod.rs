//! One module a station. A screen sees what is its own and the [`Context`], never another screen; what it
//! wants of the rest of the window it says by an [`Action`].

pub mod choose;
pub mod moving;
pub mod preview;
pub mod report;
mod rows;
pub mod settings;
pub mod source;
pub mod target;
pub mod welcome;

use std::sync::Arc;

use iced::{Element, Task};

use super::context::{Command, Context, Done};
use super::step::Step;
use super::widget::{Notice, Sort, notice};
use crate::engine::EngineError;
use crate::engine::migrations::Entry;

/// What a screen wants of the window.
#[derive(Debug)]
pub enum Action<Message> {
    None,
    /// Something that takes time; it answers with a message.
    Run(Task<Message>),
    /// To another station.
    Go(Step),
    /// Begin a new migration, at its first station.
    New,
    /// Open one of the migrations, at the station that it has come to.
    Open(Box<Entry>),
    /// Open the rehearsal. `fresh`: from the beginning.
    Practise {
        fresh: bool,
    },
    /// Let the engine work. When it has ended, [`Screen::finished`] of the screen that is shown is told.
    Do(Command),
    /// Stop what the engine is doing, in order. Pausing is the same: `Do` the command again to go on.
    Stop,
    /// Change the preferences, and keep them.
    Prefer(Box<crate::settings::Settings>),
    /// To the preferences, or back from them.
    ShowSettings(bool),
    /// Open the vault, asking for its passphrase where there is no keychain, and then go on with this.
    /// Nothing comes of it when nobody gives one.
    Unlock(Message),
    Many(Vec<Action<Message>>),
}

impl<M: Send + 'static> Action<M> {
    /// The same, of a part of a screen.
    pub fn map<N: Send + 'static>(self, wrap: fn(M) -> N) -> Action<N> {
        match self {
            Self::None => Action::None,
            Self::Run(task) => Action::Run(task.map(wrap)),
            Self::Go(step) => Action::Go(step),
            Self::New => Action::New,
            Self::Open(entry) => Action::Open(entry),
            Self::Practise { fresh } => Action::Practise { fresh },
            Self::Do(command) => Action::Do(command),
            Self::Stop => Action::Stop,
            Self::Prefer(settings) => Action::Prefer(settings),
            Self::ShowSettings(show) => Action::ShowSettings(show),
            Self::Unlock(then) => Action::Unlock(wrap(then)),
            Self::Many(actions) => {
                Action::Many(actions.into_iter().map(|one| one.map(wrap)).collect())
            }
        }
    }
}

/// One station.
pub trait Screen {
    type Message: Clone + Send + 'static;

    fn update(&mut self, message: Self::Message, cx: &mut Context) -> Action<Self::Message>;

    fn view<'a>(&'a self, cx: &'a Context) -> Element<'a, Self::Message>;

    /// It is shown from now on.
    fn enter(&mut self, _cx: &mut Context) -> Action<Self::Message> {
        Action::None
    }

    /// A command has ended while this was shown; what it came to is in [`Context::done`] too.
    fn finished(
        &mut self,
        _command: Command,
        _result: &Result<Done, Arc<EngineError>>,
        _cx: &mut Context,
    ) -> Action<Self::Message> {
        Action::None
    }

    /// What Escape means here: closing a dialog, leaving a search.
    fn escape(&self) -> Option<Self::Message> {
        None
    }
}

/// What the engine could not do last, if there is something, with "Try again".
pub fn trouble<'a, Message: Clone + 'a>(
    cx: &Context,
    actions: Vec<Element<'a, Message>>,
) -> Option<Element<'a, Message>> {
    let error = cx.trouble.as_deref()?;
    // Whoever stopped it knows.
    if matches!(error, EngineError::Cancelled) {
        return None;
    }
    let words = cx.say_trouble(error).message;
    let sort = Sort::Error;
    Some(notice(
        Notice {
            sort,
            words,
            actions,
        },
        &cx.texts,
    ))
}
