//! The passphrase of the vault, where the system has no keychain: asked for over whatever is shown, the
//! first time twice, later once in each run of the program.

use std::sync::Arc;

use iced::widget::column;
use iced::{Element, Task};
use secrecy::SecretString;

use super::context::Context;
use super::state::{App, Message as AppMessage, shared};
use super::theme::space;
use super::widget::{Dialog, Field, Kind, busy, button, dialog, field, reveal};
use crate::auth::vault::{SecretError, VaultError, give_passphrase};
use crate::engine::{EngineError, KeptSecrets};
use crate::sentences::trouble;

/// The shortest that is worth typing.
const SHORTEST: usize = 8;

#[derive(Debug)]
pub struct State {
    /// What to go on with.
    then: Box<AppMessage>,
    asking: Asking,
    typed: String,
    again: String,
    wrong: Option<Wrong>,
    checking: bool,
}

/// What the vault wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asking {
    /// That is being found out; nothing is shown yet.
    Nothing,
    /// There is no vault yet: a passphrase is made up.
    New,
    /// That of the vault.
    Known,
}

#[derive(Debug, Clone)]
enum Wrong {
    Short,
    Different,
    Refused(Arc<SecretError>),
}

#[derive(Debug, Clone)]
pub enum Message {
    /// The vault was opened, or wants a passphrase.
    Looked(Result<(), Arc<SecretError>>),
    Typed(String),
    TypedAgain(String),
    /// "In order".
    Given,
    /// It was tried with what was typed.
    Tried(Result<(), Arc<SecretError>>),
    Declined,
}

/// Whether the engine could go on with a passphrase.
pub fn is_needed_by(error: &EngineError) -> bool {
    match error {
        EngineError::Secret(error) => error
            .cause
            .downcast_ref::<SecretError>()
            .is_some_and(can_help),
        EngineError::StoppedEarly(error) => is_needed_by(error),
        _ => false,
    }
}

/// Whether a passphrase opens this vault.
pub fn can_help(error: &SecretError) -> bool {
    matches!(
        error,
        SecretError::Vault(VaultError::NoKeychain { .. } | VaultError::PassphraseNeeded { .. })
    )
}

impl App {
    /// Opens the vault and then handles `then`; asks for the passphrase where one is needed.
    pub(super) fn unlock(&mut self, then: AppMessage) -> Task<AppMessage> {
        if self.passphrase.is_some() {
            return Task::none();
        }
        self.passphrase = Some(State {
            then: Box::new(then),
            asking: Asking::Nothing,
            typed: String::new(),
            again: String::new(),
            wrong: None,
            checking: false,
        });
        open(self.cx.secrets.clone(), Message::Looked)
    }

    pub(super) fn passphrase(&mut self, message: Message) -> Task<AppMessage> {
        let Some(state) = &mut self.passphrase else {
            return Task::none();
        };
        match message {
            Message::Looked(Err(error)) if can_help(&error) => {
                let is_new = matches!(*error, SecretError::Vault(VaultError::NoKeychain { .. }));
                state.asking = if is_new { Asking::New } else { Asking::Known };
                return reveal::focus("passphrase");
            }
            Message::Looked(Ok(())) | Message::Tried(Ok(())) => {
                if let Some(state) = self.passphrase.take() {
                    return Task::done(*state.then);
                }
            }
            Message::Looked(Err(error)) => {
                self.passphrase = None;
                self.cx.keep_trouble = Some(error);
            }
            Message::Typed(typed) => {
                state.typed = typed;
                state.wrong = None;
            }
            Message::TypedAgain(typed) => {
                state.again = typed;
                state.wrong = None;
            }
            Message::Given => return state.give(&self.cx),
            Message::Tried(Err(error)) => {
                give_passphrase(None);
                state.checking = false;
                state.wrong = Some(Wrong::Refused(error));
                return reveal::focus("passphrase");
            }
            Message::Declined => self.passphrase = None,
        }
        Task::none()
    }
}

impl State {
    pub const fn escape(&self) -> Option<Message> {
        match self.checking {
            true => None,
            false => Some(Message::Declined),
        }
    }

    fn give(&mut self, cx: &Context) -> Task<AppMessage> {
        if self.checking {
            return Task::none();
        }
        if self.asking == Asking::New {
            if self.typed.chars().count() < SHORTEST {
                self.wrong = Some(Wrong::Short);
                return reveal::focus("passphrase");
            }
            if self.typed != self.again {
                self.wrong = Some(Wrong::Different);
                return reveal::focus("passphrase-again");
            }
        }
        self.checking = true;
        give_passphrase(Some(SecretString::from(self.typed.as_str())));
        open(cx.secrets.clone(), Message::Tried)
    }

    fn dialog<'a>(&'a self, cx: &'a Context) -> Option<Dialog<'a, Message>> {
        let (title, words, yes) = match self.asking {
            Asking::Nothing => return None,
            Asking::New => (
                "passphrase-new-title",
                "passphrase-new-words",
                "passphrase-new-yes",
            ),
            Asking::Known => ("passphrase-title", "passphrase-words", "passphrase-yes"),
        };
        let refused = match &self.wrong {
            Some(Wrong::Short) => {
                Some(cx.tr("passphrase-short", &[("n", (SHORTEST as u64).into())]))
            }
            Some(Wrong::Refused(error)) => Some(match **error {
                SecretError::Vault(VaultError::WrongPassphrase { .. }) => cx.t("passphrase-wrong"),
                _ => trouble::vault(error, &cx.texts).message,
            }),
            Some(Wrong::Different) | None => None,
        };
        let different = matches!(self.wrong, Some(Wrong::Different));
        let is_new = self.asking == Asking::New;
        let first = field(
            Field {
                id: "passphrase",
                label: cx.t("passphrase-label"),
                value: &self.typed,
                help: is_new.then(|| cx.t("passphrase-help")),
                error: refused,
                secret: true,
                ..Field::default()
            },
            (!self.checking).then_some(Message::Typed),
            Some(Message::Given),
        );
        let again = is_new.then(|| {
            field(
                Field {
                    id: "passphrase-again",
                    label: cx.t("passphrase-again"),
                    value: &self.again,
                    error: different.then(|| cx.t("passphrase-different")),
                    secret: true,
                    ..Field::default()
                },
                (!self.checking).then_some(Message::TypedAgain),
                Some(Message::Given),
            )
        });
        let checking = self
            .checking
            .then(|| busy("passphrase-busy", cx.t("passphrase-checking")));
        let given = (!self.checking && !self.typed.is_empty()).then_some(Message::Given);
        let declined = (!self.checking).then_some(Message::Declined);
        let no = if is_new {
            "passphrase-new-no"
        } else {
            "passphrase-no"
        };
        Some(Dialog {
            title: cx.t(title),
            words: cx.t(words),
            content: Some(
                column![first]
                    .push(again)
                    .push(checking)
                    .spacing(space::MEDIUM)
                    .into(),
            ),
            actions: vec![
                button(Kind::Plain, cx.t(no), declined)
                    .id("passphrase-no")
                    .into(),
                button(Kind::Primary, cx.t(yes), given)
                    .id("passphrase-yes")
                    .into(),
            ],
        })
    }
}

/// `page`, with the question over it when there is one.
pub(super) fn over<'a>(
    page: Element<'a, AppMessage>,
    state: Option<&'a State>,
    cx: &'a Context,
) -> Element<'a, AppMessage> {
    let asked = state.and_then(|state| state.dialog(cx));
    let asked = asked.map(|asked| Dialog {
        title: asked.title,
        words: asked.words,
        content: asked
            .content
            .map(|content| content.map(AppMessage::Passphrase)),
        actions: asked
            .actions
            .into_iter()
            .map(|action| action.map(AppMessage::Passphrase))
            .collect(),
    });
    dialog(page, asked)
}

/// Opens the vault, off the window's thread.
fn open(
    secrets: Arc<KeptSecrets>,
    then: fn(Result<(), Arc<SecretError>>) -> Message,
) -> Task<AppMessage> {
    Task::future(async move {
        let opened = secrets.prepare().await;
        AppMessage::Passphrase(then(opened.map(drop).map_err(shared)))
    })
}

/// Why secrets could not be kept for the next time, with another try.
pub fn keep_trouble<'a, Message: Clone + Send + 'static>(
    cx: &Context,
    again: Message,
) -> Option<Element<'a, Message>> {
    use super::widget::{Notice, Sort, notice};

    let error = cx.keep_trouble.as_deref()?;
    let words = match can_help(error) {
        true => cx.t("passphrase-declined"),
        false => trouble::vault(error, &cx.texts).message,
    };
    let label = match can_help(error) {
        true => cx.t("passphrase-give"),
        false => cx.t("try-again"),
    };
    let actions = vec![
        button(Kind::Plain, label, Some(again))
            .id("keep-again")
            .into(),
    ];
    Some(notice(
        Notice {
            sort: Sort::Warning,
            words,
            actions,
        },
        &cx.texts,
    ))
}
