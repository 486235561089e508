//! A Dropbox: an app key of one's own, then a sign-in in the browser, or with a code that is copied from it.

mod guide;
mod tasks;
mod view;

use std::sync::{Arc, PoisonError};

use url::Url;

use super::super::Action;
use crate::app::connect::Waiting;
use crate::app::context::Context;
use crate::app::passphrase;
use crate::app::widget::reveal;
use crate::auth::oauth::{Grant, OAuthError, PasteSignIn, is_dropbox_app_key};
use crate::auth::vault::SecretError;
use crate::engine::Secret;
use crate::engine::sign_in::{self, DropboxApp};
use crate::model::SourceConfig;
use crate::source::SourceError;
use crate::source::dropbox::DropboxAccount;

pub use tasks::Begun;

#[derive(Debug, Default)]
pub struct State {
    /// The step of the guide that is open.
    step: usize,
    /// The app key, as it is typed.
    id: String,
    key: Option<Key>,
    phase: Phase,
    trouble: Option<Trouble>,
    account: Option<DropboxAccount>,
    /// The page that Dropbox shows instead of coming back, if somebody says so.
    shows_help: bool,
    /// What was copied last.
    copied: Option<String>,
    /// Answers to earlier questions are ignored.
    attempt: u64,
}

#[derive(Debug, Default)]
enum Phase {
    #[default]
    Asking,
    Beginning,
    Waiting(Waiting),
    /// Dropbox shows a code, which somebody copies here.
    Pasting(Box<Pasting>),
    /// Signed in; the account is looked at.
    Checking,
}

#[derive(Debug)]
struct Pasting {
    waiting: Waiting,
    sign_in: PasteSignIn,
    typed: String,
}

/// The registration of the program with Dropbox. It has no secret.
#[derive(Debug, Clone)]
struct Key {
    id: String,
    /// A practice server on this computer.
    endpoint: Option<Url>,
}

impl Key {
    fn app(&self) -> DropboxApp<'_> {
        DropboxApp {
            client_id: &self.id,
            endpoint: self.endpoint.as_ref(),
        }
    }
}

/// Why there is no access.
#[derive(Debug, Clone)]
pub enum Trouble {
    OAuth(Arc<OAuthError>),
    Files(Arc<SourceError>),
    Vault(Arc<SecretError>),
    /// There was a sign-in once, and nothing is left of it.
    SignedOut,
}

#[derive(Debug, Clone)]
pub enum Message {
    StepChosen(usize),
    PageOpened(String),
    Copied(String),
    KeyTyped(String),
    KeyGiven,
    PracticeKeyTaken,
    OtherKey,
    SignInAsked,
    /// With a code that is copied from the browser.
    PasteAsked,
    Began(u64, Result<Begun, Arc<OAuthError>>),
    PageOpenedAgain,
    PageCopied,
    HelpAsked,
    CodeTyped(String),
    CodeGiven,
    Cancelled,
    Ended(u64, Result<Grant, Arc<OAuthError>>),
    Looked(u64, Result<DropboxAccount, Trouble>),
    /// The vault is open now, or what was wrong is said to be mended.
    TryAgain,
    OtherAccount,
}

impl State {
    pub const fn is_ready(&self) -> bool {
        self.account.is_some()
    }

    /// The page that is to be opened in the browser.
    pub fn page(&self) -> Option<&Url> {
        match &self.phase {
            Phase::Waiting(waiting) => Some(&waiting.page),
            Phase::Pasting(pasting) => Some(&pasting.waiting.page),
            _ => None,
        }
    }

    pub fn enter(&mut self, cx: &mut Context) -> Action<Message> {
        if !matches!(self.phase, Phase::Asking) {
            return Action::None;
        }
        if !matches!(cx.draft.source, Some(SourceConfig::Dropbox { .. })) {
            // Something else was chosen meanwhile, and its sign-in took the place of this one.
            self.account = None;
            self.trouble = None;
            return Action::None;
        }
        if self.account.is_some() || self.trouble.is_some() {
            return Action::None;
        }
        self.restore(cx)
    }

    fn next_attempt(&mut self) -> u64 {
        self.attempt += 1;
        self.attempt
    }

    pub fn update(&mut self, message: Message, cx: &mut Context) -> Action<Message> {
        match message {
            Message::SignInAsked => return self.begin(cx),
            Message::PasteAsked => return self.begin_by_paste(cx),
            Message::Began(attempt, begun) if attempt == self.attempt => {
                return self.began(begun, cx);
            }
            Message::CodeTyped(code) => {
                if let Phase::Pasting(pasting) = &mut self.phase {
                    pasting.typed = code;
                }
            }
            Message::CodeGiven => return self.finish_by_paste(),
            Message::Cancelled => {
                self.next_attempt();
                self.phase = Phase::Asking;
                // An earlier sign-in still holds.
                return self.restore(cx);
            }
            Message::Ended(attempt, ended) if attempt == self.attempt => {
                return self.ended(ended, cx);
            }
            Message::Looked(attempt, looked) if attempt == self.attempt => {
                return self.looked(looked);
            }
            Message::TryAgain => return self.restore(cx),
            Message::OtherAccount => {
                self.account = None;
                self.trouble = None;
            }
            Message::Began(..) | Message::Ended(..) | Message::Looked(..) => {}
            message => return self.form(message, cx),
        }
        Action::None
    }

    /// What concerns the app key, and pages.
    fn form(&mut self, message: Message, cx: &Context) -> Action<Message> {
        match message {
            Message::StepChosen(step) => {
                self.step = step;
                // What comes last would be below the edge.
                let next = match step {
                    guide::LAST => "app-key",
                    _ => "step-done",
                };
                return Action::Run(reveal::focus(next));
            }
            Message::PageOpened(page) => {
                if let Ok(page) = Url::parse(&page) {
                    (cx.browser)(&page);
                }
            }
            Message::Copied(text) => {
                self.copied = Some(text.clone());
                return Action::Run(iced::clipboard::write(text));
            }
            Message::PageOpenedAgain => {
                if let Some(page) = self.page() {
                    (cx.browser)(page);
                }
            }
            Message::PageCopied => {
                let waiting = match &mut self.phase {
                    Phase::Waiting(waiting) => waiting,
                    Phase::Pasting(pasting) => &mut pasting.waiting,
                    _ => return Action::None,
                };
                waiting.copied = true;
                return Action::Run(iced::clipboard::write(waiting.page.to_string()));
            }
            Message::HelpAsked => self.shows_help = !self.shows_help,
            Message::KeyTyped(id) => self.id = id,
            Message::KeyGiven if is_dropbox_app_key(self.id.trim()) => {
                return self.take_key(self.id.trim().to_owned(), cx);
            }
            Message::PracticeKeyTaken => {
                if let Some(practice) = &cx.practice {
                    let login = &practice.logins().dropbox;
                    return self.take_key(login.client_id.clone(), cx);
                }
            }
            Message::OtherKey => {
                self.key = None;
                self.trouble = None;
                self.step = guide::LAST;
            }
            _ => {}
        }
        Action::None
    }

    fn take_key(&mut self, id: String, cx: &Context) -> Action<Message> {
        self.trouble = None;
        self.key = Some(Key {
            id,
            endpoint: endpoint(cx),
        });
        Action::Run(reveal::focus("sign-in"))
    }

    fn begin(&mut self, cx: &Context) -> Action<Message> {
        let Some(key) = self.key.clone() else {
            return Action::None;
        };
        self.trouble = None;
        self.account = None;
        self.shows_help = false;
        self.phase = Phase::Beginning;
        Action::Run(tasks::begin(self.next_attempt(), key, &cx.texts))
    }

    fn began(&mut self, begun: Result<Begun, Arc<OAuthError>>, cx: &Context) -> Action<Message> {
        let begun = match begun {
            Ok(begun) => begun.lock().unwrap_or_else(PoisonError::into_inner).take(),
            Err(error) => return self.failed(error),
        };
        let Some(begun) = begun else {
            return Action::None;
        };
        let waiting = Waiting::new(begun.consent_page().clone());
        (cx.browser)(&waiting.page);
        let (attempt, cancel) = (self.attempt, waiting.cancel());
        self.phase = Phase::Waiting(waiting);
        Action::Run(tasks::finish(attempt, begun, cancel))
    }

    fn begin_by_paste(&mut self, cx: &Context) -> Action<Message> {
        let Some(key) = &self.key else {
            return Action::None;
        };
        let sign_in = match sign_in::begin_dropbox_by_paste(&key.app()) {
            Ok(sign_in) => sign_in,
            Err(error) => return self.failed(Arc::new(error)),
        };
        self.trouble = None;
        self.account = None;
        self.next_attempt();
        let waiting = Waiting::new(sign_in.consent_page().clone());
        (cx.browser)(&waiting.page);
        self.phase = Phase::Pasting(Box::new(Pasting {
            waiting,
            sign_in,
            typed: String::new(),
        }));
        Action::Run(reveal::focus("code"))
    }

    fn finish_by_paste(&mut self) -> Action<Message> {
        let is_there =
            matches!(&self.phase, Phase::Pasting(pasting) if !pasting.typed.trim().is_empty());
        if !is_there {
            return Action::None;
        }
        match std::mem::replace(&mut self.phase, Phase::Checking) {
            Phase::Pasting(pasting) => {
                let Pasting { sign_in, typed, .. } = *pasting;
                let attempt = self.next_attempt();
                Action::Run(tasks::finish_by_paste(attempt, sign_in, typed.into()))
            }
            before => {
                self.phase = before;
                Action::None
            }
        }
    }

    fn failed(&mut self, error: Arc<OAuthError>) -> Action<Message> {
        self.phase = Phase::Asking;
        self.trouble = Some(Trouble::OAuth(error));
        Action::None
    }

    fn ended(
        &mut self,
        ended: Result<Grant, Arc<OAuthError>>,
        cx: &mut Context,
    ) -> Action<Message> {
        self.phase = Phase::Asking;
        let (grant, key) = match (ended, self.key.clone()) {
            (Ok(grant), Some(key)) => (grant, key),
            (Ok(_), None) => return Action::None,
            (Err(error), _) => return self.failed(error),
        };
        cx.keep_secret(Secret::SourceRefreshToken, grant.refresh_token.clone());
        let tokens = match key.app().access_of(grant) {
            Ok(tokens) => tokens,
            Err(error) => return self.failed(Arc::new(error)),
        };
        cx.draft.source = Some(SourceConfig::Dropbox {
            client_id: key.id.clone(),
            endpoint: key.endpoint.clone(),
            password_command: None,
        });
        self.phase = Phase::Checking;
        let attempt = self.next_attempt();
        Action::Run(tasks::look(attempt, tokens, key.endpoint))
    }

    fn looked(&mut self, looked: Result<DropboxAccount, Trouble>) -> Action<Message> {
        self.phase = Phase::Asking;
        let trouble = match looked {
            Ok(account) => {
                self.account = Some(account);
                return Action::None;
            }
            Err(trouble) => trouble,
        };
        let locked = match &trouble {
            Trouble::Vault(error) => passphrase::can_help(error),
            _ => false,
        };
        self.trouble = Some(trouble);
        match locked {
            true => Action::Unlock(Message::TryAgain),
            false => Action::None,
        }
    }

    /// Tries an earlier sign-in, if there is one.
    fn restore(&mut self, cx: &Context) -> Action<Message> {
        let Some(SourceConfig::Dropbox {
            client_id,
            endpoint,
            ..
        }) = &cx.draft.source
        else {
            return Action::None;
        };
        self.trouble = None;
        self.phase = Phase::Checking;
        self.id.clone_from(client_id);
        let key = Key {
            id: client_id.clone(),
            endpoint: endpoint.clone(),
        };
        self.key = Some(key.clone());
        let attempt = self.next_attempt();
        Action::Run(tasks::restore(attempt, key, cx.draft_secrets()))
    }
}

/// The practice server that the draft, or the rehearsal, speaks to instead of Dropbox.
fn endpoint(cx: &Context) -> Option<Url> {
    match (&cx.practice, &cx.draft.source) {
        (Some(practice), _) => practice.logins().dropbox.endpoint.parse().ok(),
        (None, Some(SourceConfig::Dropbox { endpoint, .. })) => endpoint.clone(),
        (None, _) => None,
    }
}
