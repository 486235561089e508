//! Signing in to a Nextcloud: whatever people paste is looked for and shown, then the browser asks
//! (Login Flow v2), or an app password is typed.

mod view;

use std::sync::Arc;

use iced::Task;
use secrecy::SecretString;
use url::Url;

use super::{Waiting, shown};
use crate::app::context::{Context, DraftSecrets};
use crate::app::passphrase;
use crate::app::screen::Action;
use crate::app::widget::reveal;
use crate::auth::login_flow::{Login, LoginError, LoginFlow};
use crate::auth::vault::SecretError;
use crate::dav::DavError;
use crate::engine::Secret;
use crate::engine::sign_in::{self, FoundNextcloud};
use crate::model::TargetInfo;

pub use view::End;

#[derive(Debug, Default)]
pub struct State {
    address: String,
    found: Option<FoundNextcloud>,
    phase: Phase,
    by_password: bool,
    user: String,
    password: String,
    trouble: Option<Problem>,
    connected: Option<Connected>,
    /// The account of the draft, whose secret is looked for again.
    restoring: Option<Restoring>,
    /// Answers to earlier questions are ignored.
    attempt: u64,
}

#[derive(Debug, Default)]
enum Phase {
    #[default]
    Asking,
    Looking,
    /// The server is asked for a page.
    Beginning,
    Waiting(Waiting),
    /// Signed in; the account is looked at.
    Checking,
}

/// An account that is signed in.
#[derive(Debug, Clone)]
pub struct Connected {
    pub url: Url,
    pub user: String,
    pub info: TargetInfo,
}

#[derive(Debug, Clone)]
struct Restoring {
    url: Url,
    user: String,
    which: Secret,
}

/// Why it did not come about; `host`: where.
#[derive(Debug, Clone)]
enum Problem {
    NoAddress,
    Dav {
        host: String,
        error: Arc<DavError>,
    },
    Login {
        host: String,
        error: Arc<LoginError>,
    },
    Vault(Arc<SecretError>),
    /// There was a sign-in once, and nothing is left of it.
    SignedOut {
        host: String,
    },
}

/// What came of an account whose password is known.
type LookedAt = Result<Box<Account>, Lost>;

/// Signed in, with the password that is to be kept.
#[derive(Debug, Clone)]
pub struct Account {
    pub connected: Connected,
    pub password: SecretString,
    /// It was kept before.
    pub known: bool,
}

#[derive(Debug, Clone)]
pub enum Lost {
    NeverGiven,
    Vault(Arc<SecretError>),
    Dav(Arc<DavError>),
}

#[derive(Debug, Clone)]
pub enum Message {
    AddressTyped(String),
    LookAsked,
    Found(u64, Result<Option<FoundNextcloud>, Arc<DavError>>),
    OtherAddress,
    SignInAsked,
    Began(u64, Result<Arc<LoginFlow>, Arc<LoginError>>),
    PageOpened,
    PageCopied,
    Cancelled,
    Ended(u64, Result<Login, Arc<LoginError>>),
    PasswordPreferred(bool),
    UserTyped(String),
    PasswordTyped(String),
    PasswordGiven,
    LookedAt(u64, LookedAt),
    /// The vault is open now.
    Unlocked,
    /// Try the kept sign-in again.
    RestoreAsked,
    OtherAccount,
}

/// What a message led to.
#[derive(Debug)]
pub enum Outcome {
    Do(Action<Message>),
    /// Somebody has signed in, or the earlier sign-in still holds.
    Connected(Box<Account>),
}

impl From<Action<Message>> for Outcome {
    fn from(action: Action<Message>) -> Self {
        Self::Do(action)
    }
}

impl State {
    pub const fn connected(&self) -> Option<&Connected> {
        self.connected.as_ref()
    }

    /// The page that is to be opened in the browser.
    pub const fn page(&self) -> Option<&Url> {
        match &self.phase {
            Phase::Waiting(waiting) => Some(&waiting.page),
            _ => None,
        }
    }

    /// The account of a draft that was worked on before: its sign-in is looked for and tried.
    pub fn restore(
        &mut self,
        url: &Url,
        user: &str,
        which: Secret,
        cx: &Context,
    ) -> Action<Message> {
        let same = |known: &Connected| known.url == *url && known.user == user;
        let busy = !matches!(self.phase, Phase::Asking);
        if busy || self.connected.as_ref().is_some_and(same) || self.trouble.is_some() {
            return Action::None;
        }
        self.address = shown(url);
        self.user = user.to_owned();
        self.restoring = Some(Restoring {
            url: url.clone(),
            user: user.to_owned(),
            which,
        });
        self.try_restoring(cx)
    }

    /// An address to begin with, where none was typed.
    pub fn suggest(&mut self, address: &str) {
        if self.address.is_empty() {
            address.clone_into(&mut self.address);
        }
    }

    fn try_restoring(&mut self, cx: &Context) -> Action<Message> {
        let Some(Restoring { url, user, which }) = self.restoring.clone() else {
            return Action::None;
        };
        self.trouble = None;
        self.phase = Phase::Checking;
        let (attempt, secrets) = (self.next_attempt(), cx.draft_secrets());
        Action::Run(Task::future(async move {
            let account = restore(url, user, which, secrets).await;
            Message::LookedAt(attempt, account)
        }))
    }

    fn next_attempt(&mut self) -> u64 {
        self.attempt += 1;
        self.attempt
    }

    pub fn update(&mut self, message: Message, cx: &Context) -> Outcome {
        match message {
            Message::AddressTyped(address) => {
                self.address = address;
                self.trouble = None;
            }
            Message::LookAsked => return self.look().into(),
            Message::Found(attempt, found) if attempt == self.attempt => self.found(found),
            Message::OtherAddress => {
                self.next_attempt();
                self.found = None;
                self.trouble = None;
                self.phase = Phase::Asking;
                return Action::Run(reveal::focus("address")).into();
            }
            Message::SignInAsked => return self.begin().into(),
            Message::Began(attempt, began) if attempt == self.attempt => {
                return self.began(began, cx).into();
            }
            Message::PageOpened => {
                if let Phase::Waiting(waiting) = &self.phase {
                    (cx.browser)(&waiting.page);
                }
            }
            Message::PageCopied => {
                if let Phase::Waiting(waiting) = &mut self.phase {
                    waiting.copied = true;
                    let page = waiting.page.to_string();
                    return Action::Run(iced::clipboard::write(page)).into();
                }
            }
            Message::Cancelled => {
                self.next_attempt();
                self.phase = Phase::Asking;
            }
            Message::Ended(attempt, ended) if attempt == self.attempt => {
                return self.ended(ended).into();
            }
            Message::PasswordPreferred(by_password) => {
                self.by_password = by_password;
                self.trouble = None;
            }
            Message::UserTyped(user) => {
                self.user = user;
                self.trouble = None;
            }
            Message::PasswordTyped(password) => {
                self.password = password;
                self.trouble = None;
            }
            Message::PasswordGiven => return self.give_password().into(),
            Message::LookedAt(attempt, account) if attempt == self.attempt => {
                return self.looked_at(account);
            }
            Message::Unlocked | Message::RestoreAsked => return self.try_restoring(cx).into(),
            Message::OtherAccount => {
                self.next_attempt();
                self.connected = None;
                self.restoring = None;
                self.trouble = None;
                self.found = None;
                self.phase = Phase::Asking;
            }
            Message::Found(..)
            | Message::Began(..)
            | Message::Ended(..)
            | Message::LookedAt(..) => {}
        }
        Action::None.into()
    }

    fn look(&mut self) -> Action<Message> {
        if self.address.trim().is_empty() {
            self.trouble = Some(Problem::NoAddress);
            return Action::None;
        }
        self.trouble = None;
        self.found = None;
        self.phase = Phase::Looking;
        let (attempt, text) = (self.next_attempt(), self.address.clone());
        Action::Run(Task::future(async move {
            let found = sign_in::find_nextcloud(&text).await;
            Message::Found(attempt, found.map_err(Arc::new))
        }))
    }

    fn found(&mut self, found: Result<Option<FoundNextcloud>, Arc<DavError>>) {
        self.phase = Phase::Asking;
        match found {
            Ok(Some(found)) => {
                self.address = shown(&found.url);
                self.found = Some(found);
            }
            Ok(None) => self.trouble = Some(Problem::NoAddress),
            Err(error) => {
                let host = self.address.trim().to_owned();
                self.trouble = Some(Problem::Dav { host, error });
            }
        }
    }

    fn begin(&mut self) -> Action<Message> {
        let Some(url) = self.found.as_ref().map(|found| found.url.clone()) else {
            return Action::None;
        };
        self.trouble = None;
        self.phase = Phase::Beginning;
        let attempt = self.next_attempt();
        Action::Run(Task::future(async move {
            let began = LoginFlow::start(&url).await;
            Message::Began(attempt, began.map(Arc::new).map_err(Arc::new))
        }))
    }

    fn began(
        &mut self,
        began: Result<Arc<LoginFlow>, Arc<LoginError>>,
        cx: &Context,
    ) -> Action<Message> {
        let flow = match began {
            Ok(flow) => flow,
            Err(error) => return self.not_signed_in(error),
        };
        let waiting = Waiting::new(flow.login_url().clone());
        (cx.browser)(&waiting.page);
        let (attempt, cancel) = (self.attempt, waiting.cancel());
        self.phase = Phase::Waiting(waiting);
        Action::Run(Task::future(async move {
            let ended = flow.wait(&cancel).await;
            Message::Ended(attempt, ended.map_err(Arc::new))
        }))
    }

    fn ended(&mut self, ended: Result<Login, Arc<LoginError>>) -> Action<Message> {
        match (ended, &self.found) {
            (Ok(login), Some(found)) => {
                let url = found.url.clone();
                self.check(url, login.login_name, login.app_password)
            }
            (Ok(_), None) => {
                self.phase = Phase::Asking;
                Action::None
            }
            (Err(error), _) => self.not_signed_in(error),
        }
    }

    fn not_signed_in(&mut self, error: Arc<LoginError>) -> Action<Message> {
        self.phase = Phase::Asking;
        let host = self.found.as_ref().map(|found| shown(&found.url));
        let host = host.unwrap_or_default();
        self.trouble = Some(Problem::Login { host, error });
        Action::None
    }

    fn give_password(&mut self) -> Action<Message> {
        let Some(found) = &self.found else {
            return Action::None;
        };
        // Copied from a page, they often bring a space or a line break along.
        let (user, password) = (self.user.trim(), self.password.trim());
        if user.is_empty() || password.is_empty() {
            return Action::None;
        }
        let (url, user, password) = (found.url.clone(), user.to_owned(), password.into());
        self.check(url, user, password)
    }

    fn check(&mut self, url: Url, user: String, password: SecretString) -> Action<Message> {
        self.trouble = None;
        self.phase = Phase::Checking;
        let attempt = self.next_attempt();
        Action::Run(Task::future(async move {
            let account = look_at(url, user, password, false).await;
            Message::LookedAt(attempt, account)
        }))
    }

    fn looked_at(&mut self, account: LookedAt) -> Outcome {
        self.phase = Phase::Asking;
        let restoring = self.restoring.as_ref().map(|known| shown(&known.url));
        let host = match &self.found {
            Some(found) => shown(&found.url),
            None => restoring.unwrap_or_default(),
        };
        match account {
            Ok(account) => {
                self.connected = Some(account.connected.clone());
                self.password = String::new();
                return Outcome::Connected(account);
            }
            Err(Lost::NeverGiven) => self.trouble = Some(Problem::SignedOut { host }),
            Err(Lost::Dav(error)) => self.trouble = Some(Problem::Dav { host, error }),
            Err(Lost::Vault(error)) => {
                let locked = passphrase::can_help(&error);
                self.trouble = Some(Problem::Vault(error));
                if locked {
                    return Action::Unlock(Message::Unlocked).into();
                }
            }
        }
        Action::None.into()
    }
}

async fn restore(url: Url, user: String, which: Secret, secrets: DraftSecrets) -> LookedAt {
    match secrets.find(which).await {
        Ok(Some(password)) => look_at(url, user, password, true).await,
        Ok(None) => Err(Lost::NeverGiven),
        Err(error) => Err(Lost::Vault(Arc::new(error))),
    }
}

async fn look_at(url: Url, user: String, password: SecretString, known: bool) -> LookedAt {
    let info = sign_in::look_at_nextcloud(&url, &user, password.clone())
        .await
        .map_err(|error| Lost::Dav(Arc::new(error)))?;
    Ok(Box::new(Account {
        connected: Connected { url, user, info },
        password,
        known,
    }))
}
