//! A Google Drive: a client id of one's own, then a sign-in in the browser.

mod guide;
mod view;

use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use iced::Task;
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use super::super::Action;
use super::pick;
use crate::app::connect::Waiting;
use crate::app::context::{Context, DraftSecrets};
use crate::app::passphrase;
use crate::app::widget::reveal;
use crate::auth::oauth::{
    ClientCredentials, ClientFile, ClientFileError, Grant, OAuthError, SignIn, TokenSource,
    is_google_client_id,
};
use crate::auth::vault::SecretError;
use crate::engine::{Secret, sign_in};
use crate::model::{Scope, SourceConfig};
use crate::sentences::browser_pages;
use crate::source::SourceError;

/// Bytes of a client's file; real ones have four hundred.
const LONGEST: u64 = 64 * 1024;

#[derive(Debug, Default)]
pub struct State {
    /// The step of the guide that is open.
    step: usize,
    pasted: String,
    /// What is wrong with what was pasted or opened.
    wrong: Option<Wrong>,
    by_hand: bool,
    id: String,
    secret: String,
    key: Option<Key>,
    phase: Phase,
    trouble: Option<Trouble>,
    account: Option<String>,
    /// The sign-in ends after this long.
    ends_in: Option<Duration>,
    /// What was not ticked in the browser.
    not_granted: Vec<String>,
    /// The page that Google shows instead of coming back, if somebody says so.
    shows_help: bool,
    stuck: Option<Stuck>,
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
    /// Signed in; the account is looked at.
    Checking,
}

/// The registration of the program with Google.
#[derive(Debug, Clone)]
struct Key {
    id: String,
    secret: SecretString,
    project: Option<String>,
    /// A practice server on this computer.
    endpoint: Option<Url>,
}

impl Key {
    fn credentials(&self) -> ClientCredentials {
        ClientCredentials {
            id: self.id.clone(),
            secret: Some(self.secret.clone()),
        }
    }
}

#[derive(Debug, Clone)]
enum Wrong {
    File(ClientFileError),
    Unreadable(Arc<io::Error>),
}

/// What Google's own page says when it does not let anybody on; the program learns nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stuck {
    /// "Google hasn't verified this app"
    Unverified,
    /// 403 `access_denied`: in testing, and not one of the testers.
    AccessDenied,
    /// 400 `redirect_uri_mismatch`
    WrongType,
    /// 401 `invalid_client`, `deleted_client`
    UnknownClient,
    /// 400 `admin_policy_enforced`
    AdminPolicy,
    /// 403 `org_internal`
    OrgInternal,
}

/// Why there is no access.
#[derive(Debug, Clone)]
pub enum Trouble {
    OAuth(Arc<OAuthError>),
    Drive(Arc<SourceError>),
    Vault(Arc<SecretError>),
    /// There was a sign-in once, and nothing is left of it.
    SignedOut,
}

/// A sign-in that waits for the browser, to be taken once.
pub type Begun = Arc<Mutex<Option<SignIn>>>;

/// What is left of an earlier sign-in.
#[derive(Debug, Clone)]
pub struct Kept {
    secret: Option<SecretString>,
    account: Result<String, Trouble>,
}

#[derive(Debug, Clone)]
pub enum Message {
    StepChosen(usize),
    PageOpened(String),
    Copied(String),
    Pasted(String),
    FileAsked,
    FileRead(Option<Result<String, Arc<io::Error>>>),
    ByHand(bool),
    IdTyped(String),
    SecretTyped(String),
    KeyGiven,
    PracticeKeyTaken,
    OtherKey,
    SignInAsked,
    Began(u64, Result<Begun, Arc<OAuthError>>),
    PageOpenedAgain,
    PageCopied,
    HelpAsked,
    Stuck(Stuck),
    Cancelled,
    Ended(u64, Result<Grant, Arc<OAuthError>>),
    Looked(u64, Result<String, Arc<SourceError>>),
    Restored(u64, Kept),
    /// The vault is open now, or what was wrong is said to be mended.
    TryAgain,
    OtherAccount,
}

impl State {
    pub const fn is_ready(&self) -> bool {
        self.account.is_some()
    }

    /// The page that is to be opened in the browser.
    pub const fn page(&self) -> Option<&Url> {
        match &self.phase {
            Phase::Waiting(waiting) => Some(&waiting.page),
            _ => None,
        }
    }

    pub fn enter(&mut self, cx: &mut Context) -> Action<Message> {
        if !matches!(self.phase, Phase::Asking) {
            return Action::None;
        }
        if !matches!(cx.draft.source, Some(SourceConfig::Google { .. })) {
            // Something else was chosen meanwhile, and its sign-in may have taken the place of this one.
            self.account = None;
            self.trouble = None;
            return Action::None;
        }
        if self.account.is_some() || self.trouble.is_some() {
            return Action::None;
        }
        self.restore(cx)
    }

    /// Tries an earlier sign-in, if there is one.
    fn restore(&mut self, cx: &Context) -> Action<Message> {
        let Some(SourceConfig::Google {
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
        let (id, endpoint) = (client_id.clone(), endpoint.clone());
        let scope = cx.draft.scope.clone();
        let (attempt, secrets) = (self.next_attempt(), cx.draft_secrets());
        Action::Run(Task::future(async move {
            Message::Restored(attempt, kept(id, scope, endpoint, secrets).await)
        }))
    }

    fn next_attempt(&mut self) -> u64 {
        self.attempt += 1;
        self.attempt
    }

    pub fn update(&mut self, message: Message, cx: &mut Context) -> Action<Message> {
        match message {
            Message::StepChosen(step) => {
                self.step = step;
                // What comes last would be below the edge.
                let next = match step {
                    guide::LAST => "open-file",
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
            Message::SignInAsked => return self.begin(cx),
            Message::Began(attempt, begun) if attempt == self.attempt => {
                return self.began(begun, cx);
            }
            Message::PageOpenedAgain => {
                if let Phase::Waiting(waiting) = &self.phase {
                    (cx.browser)(&waiting.page);
                }
            }
            Message::PageCopied => {
                if let Phase::Waiting(waiting) = &mut self.phase {
                    waiting.copied = true;
                    return Action::Run(iced::clipboard::write(waiting.page.to_string()));
                }
            }
            Message::HelpAsked => self.shows_help = !self.shows_help,
            Message::Stuck(stuck) => self.stuck = Some(stuck),
            Message::Cancelled => {
                self.next_attempt();
                self.phase = Phase::Asking;
                // An earlier sign-in still holds.
                return self.restore(cx);
            }
            Message::Ended(attempt, ended) if attempt == self.attempt => {
                return self.ended(ended, cx);
            }
            Message::Looked(attempt, looked) if attempt == self.attempt => self.looked(looked),
            Message::Restored(attempt, kept) if attempt == self.attempt => {
                return self.restored(kept, cx);
            }
            Message::TryAgain => return self.restore(cx),
            Message::OtherAccount => {
                self.account = None;
                self.ends_in = None;
                self.not_granted.clear();
                self.trouble = None;
            }
            Message::Began(..)
            | Message::Ended(..)
            | Message::Looked(..)
            | Message::Restored(..) => {}
            message => return self.update_key(message, cx),
        }
        Action::None
    }

    /// What concerns the client id.
    fn update_key(&mut self, message: Message, cx: &Context) -> Action<Message> {
        match message {
            Message::Pasted(text) => {
                self.pasted = text;
                if is_google_client_id(self.pasted.trim()) {
                    // Only the id: the secret is asked for beside it.
                    self.id = std::mem::take(&mut self.pasted).trim().to_owned();
                    self.by_hand = true;
                    return Action::Run(reveal::focus("client-secret"));
                }
                let read = ClientFile::read(&self.pasted);
                return self.read(read, cx);
            }
            Message::FileAsked => {
                let title = cx.t("google-pick");
                return Action::Run(Task::perform(open_file(title), Message::FileRead));
            }
            Message::FileRead(Some(Ok(text))) => return self.read(ClientFile::read(&text), cx),
            Message::FileRead(Some(Err(error))) => self.wrong = Some(Wrong::Unreadable(error)),
            Message::ByHand(by_hand) => {
                self.by_hand = by_hand;
                self.wrong = None;
            }
            Message::IdTyped(id) => self.id = id,
            Message::SecretTyped(secret) => self.secret = secret,
            Message::KeyGiven if self.typed_is_right() => {
                let file = ClientFile {
                    id: self.id.trim().to_owned(),
                    secret: self.secret.trim().into(),
                    project: None,
                };
                return self.read(Ok(file), cx);
            }
            Message::PracticeKeyTaken => {
                if let Some(practice) = &cx.practice {
                    let login = &practice.logins().google;
                    let file = ClientFile {
                        id: login.client_id.clone(),
                        secret: login.client_secret.as_str().into(),
                        project: None,
                    };
                    return self.read(Ok(file), cx);
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

    fn typed_is_right(&self) -> bool {
        is_google_client_id(self.id.trim())
            && !self.secret.trim().is_empty()
            && !is_google_client_id(self.secret.trim())
    }

    /// Takes a client id, or says what is wrong with it.
    fn read(&mut self, file: Result<ClientFile, ClientFileError>, cx: &Context) -> Action<Message> {
        self.trouble = None;
        match file {
            Ok(file) => {
                self.key = Some(Key {
                    id: file.id,
                    secret: file.secret,
                    project: file.project,
                    endpoint: endpoint(cx),
                });
                // They hold the secret.
                self.pasted = String::new();
                self.secret = String::new();
                self.wrong = None;
                Action::Run(reveal::focus("sign-in"))
            }
            Err(ClientFileError::Empty) => {
                self.wrong = None;
                Action::None
            }
            Err(error) => {
                self.wrong = Some(Wrong::File(error));
                Action::None
            }
        }
    }

    fn begin(&mut self, cx: &Context) -> Action<Message> {
        let Some(key) = self.key.clone() else {
            return Action::None;
        };
        self.trouble = None;
        self.account = None;
        self.ends_in = None;
        self.not_granted.clear();
        self.stuck = None;
        self.shows_help = false;
        self.phase = Phase::Beginning;
        let (attempt, pages) = (self.next_attempt(), browser_pages(&cx.texts));
        let scope = cx.draft.scope.clone();
        Action::Run(Task::future(async move {
            let (client, endpoint) = (key.credentials(), key.endpoint.as_ref());
            let begun = sign_in::begin_google(client, &scope, endpoint, pages).await;
            let begun = begun.map(|begun| Arc::new(Mutex::new(Some(begun))));
            Message::Began(attempt, begun.map_err(Arc::new))
        }))
    }

    fn began(&mut self, begun: Result<Begun, Arc<OAuthError>>, cx: &Context) -> Action<Message> {
        let begun = match begun {
            Ok(begun) => begun.lock().unwrap_or_else(PoisonError::into_inner).take(),
            Err(error) => {
                self.phase = Phase::Asking;
                self.trouble = Some(Trouble::OAuth(error));
                return Action::None;
            }
        };
        let Some(begun) = begun else {
            return Action::None;
        };
        let waiting = Waiting::new(begun.consent_page().clone());
        (cx.browser)(&waiting.page);
        let (attempt, cancel) = (self.attempt, waiting.cancel());
        self.phase = Phase::Waiting(waiting);
        Action::Run(Task::future(async move {
            let ended = begun.finish(&cancel).await;
            Message::Ended(attempt, ended.map_err(Arc::new))
        }))
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
            (Err(error), _) => {
                self.trouble = Some(Trouble::OAuth(error));
                return Action::None;
            }
        };
        cx.keep_secret(Secret::SourceClientSecret, key.secret.clone());
        cx.keep_secret(Secret::SourceRefreshToken, grant.refresh_token.clone());
        cx.draft.source = Some(SourceConfig::Google {
            client_id: key.id.clone(),
            endpoint: key.endpoint.clone(),
            password_command: None,
        });
        self.ends_in = grant.ends_in;
        self.not_granted.clone_from(&grant.not_granted);
        let endpoint = key.endpoint.clone();
        match sign_in::google_access_of(
            key.credentials(),
            &cx.draft.scope,
            endpoint.as_ref(),
            grant,
        ) {
            Ok(tokens) => self.look(tokens, cx.draft.scope.clone(), endpoint),
            Err(error) => {
                self.trouble = Some(Trouble::OAuth(Arc::new(error)));
                Action::None
            }
        }
    }

    fn look(
        &mut self,
        tokens: TokenSource,
        scope: Scope,
        endpoint: Option<Url>,
    ) -> Action<Message> {
        self.phase = Phase::Checking;
        let attempt = self.next_attempt();
        Action::Run(Task::future(async move {
            let account = sign_in::look_at_google(tokens, &scope, endpoint.as_ref()).await;
            let account = account.map(|account| account.name);
            Message::Looked(attempt, account.map_err(Arc::new))
        }))
    }

    fn looked(&mut self, looked: Result<String, Arc<SourceError>>) {
        self.phase = Phase::Asking;
        match looked {
            Ok(account) => self.account = Some(account),
            Err(error) => self.trouble = Some(Trouble::Drive(error)),
        }
    }

    fn restored(&mut self, kept: Kept, cx: &Context) -> Action<Message> {
        self.phase = Phase::Asking;
        if let (Some(secret), None) = (kept.secret, &self.key) {
            self.key = Some(Key {
                id: self.id.clone(),
                secret,
                project: None,
                endpoint: endpoint(cx),
            });
        }
        if self.key.is_none() {
            // The id is known; its secret is what is missing.
            self.step = guide::LAST;
            self.by_hand = true;
        }
        match kept.account {
            Ok(account) => self.account = Some(account),
            Err(trouble) => {
                let locked = match &trouble {
                    Trouble::Vault(error) => passphrase::can_help(error),
                    _ => false,
                };
                self.trouble = Some(trouble);
                if locked {
                    return Action::Unlock(Message::TryAgain);
                }
            }
        }
        Action::None
    }
}

/// The practice server that the draft, or the rehearsal, speaks to instead of Google.
fn endpoint(cx: &Context) -> Option<Url> {
    match (&cx.practice, &cx.draft.source) {
        (Some(practice), _) => practice.logins().google.endpoint.parse().ok(),
        (None, Some(SourceConfig::Google { endpoint, .. })) => endpoint.clone(),
        (None, _) => None,
    }
}

async fn kept(id: String, scope: Scope, endpoint: Option<Url>, secrets: DraftSecrets) -> Kept {
    let vault = |error| Kept {
        secret: None,
        account: Err(Trouble::Vault(Arc::new(error))),
    };
    let (secret, refresh) = match (
        secrets.find(Secret::SourceClientSecret).await,
        secrets.find(Secret::SourceRefreshToken).await,
    ) {
        (Err(error), _) | (_, Err(error)) => return vault(error),
        (Ok(secret), Ok(refresh)) => (secret, refresh),
    };
    let account = match (&secret, refresh) {
        (Some(secret), Some(refresh)) => {
            let client = ClientCredentials {
                id,
                secret: Some(SecretString::from(secret.expose_secret())),
            };
            account(client, &scope, endpoint, refresh).await
        }
        _ => Err(Trouble::SignedOut),
    };
    Kept { secret, account }
}

async fn account(
    client: ClientCredentials,
    scope: &Scope,
    endpoint: Option<Url>,
    refresh: SecretString,
) -> Result<String, Trouble> {
    let tokens = sign_in::google_access(client, scope, endpoint.as_ref(), refresh)
        .map_err(|error| Trouble::OAuth(Arc::new(error)))?;
    let account = sign_in::look_at_google(tokens, scope, endpoint.as_ref()).await;
    account
        .map(|account| account.name)
        .map_err(|error| Trouble::Drive(Arc::new(error)))
}

/// `None`: nothing was chosen.
async fn open_file(title: String) -> Option<Result<String, Arc<io::Error>>> {
    let path = pick::json(title).await?;
    let read = tokio::task::spawn_blocking(move || read_file(path)).await;
    let read = read.unwrap_or_else(|error| Err(error.into()));
    Some(read.map_err(Arc::new))
}

fn read_file(path: PathBuf) -> io::Result<String> {
    use io::Read as _;

    let mut text = String::new();
    std::fs::File::open(path)?
        .take(LONGEST)
        .read_to_string(&mut text)?;
    Ok(text)
}
