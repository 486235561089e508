//! A Microsoft account: a client id of one's own, a sign-in in the browser here or elsewhere, and the sites
//! and teams to take along.

mod guide;
mod sites;
mod tasks;
mod view;

use std::sync::{Arc, PoisonError};

use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use super::super::Action;
use crate::app::connect::Waiting;
use crate::app::context::Context;
use crate::app::passphrase;
use crate::app::widget::reveal;
use crate::auth::oauth::{
    ClientIdForm, Grant, OAuthError, ORGANISATIONS, PERSONAL, Tenant, TokenSource,
};
use crate::auth::vault::SecretError;
use crate::engine::Secret;
use crate::engine::sign_in::MicrosoftApp;
use crate::model::{Scope, SourceConfig, is_tenant};
use crate::source::SourceError;
use crate::source::microsoft::MicrosoftAccount;

pub use sites::Message as SitesMessage;
pub use tasks::{Begun, BegunByCode, Kept, Looked};

#[derive(Debug, Default)]
pub struct State {
    /// The step of the guide that is open.
    step: usize,
    /// The client id, as it is typed.
    id: String,
    key: Option<Key>,
    kind: AccountKind,
    /// The organisation's domain, as it is typed; needed only where the client id is for it alone.
    domain: String,
    phase: Phase,
    trouble: Option<Trouble>,
    account: Option<MicrosoftAccount>,
    tokens: Option<TokenSource>,
    /// What was not allowed in the browser.
    not_granted: Vec<String>,
    sites: sites::State,
    /// Microsoft's page says that an administrator is needed, and does not come back.
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
    /// A code is to be entered in a browser elsewhere.
    Code(Code),
    /// Signed in; the account is looked at.
    Checking,
}

#[derive(Debug)]
struct Code {
    waiting: Waiting,
    code: String,
    /// How long it is good for.
    minutes: u64,
}

/// The registration of the program with Microsoft. It has no secret.
#[derive(Debug, Clone)]
struct Key {
    id: String,
    /// What is to move, and is asked for.
    wanted: Scope,
    /// A practice server on this computer.
    endpoint: Option<Url>,
}

/// Whose account it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum AccountKind {
    Personal,
    Organisation,
    /// Microsoft finds out.
    #[default]
    Any,
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
    IdTyped(String),
    KeyGiven,
    PracticeKeyTaken,
    OtherKey,
    AccountChosen(AccountKind),
    DomainTyped(String),
    SignInAsked,
    /// With a browser elsewhere.
    CodeAsked,
    Began(u64, Result<Begun, Arc<OAuthError>>),
    BeganByCode(u64, Result<BegunByCode, Arc<OAuthError>>),
    PageOpenedAgain,
    PageCopied,
    HelpAsked,
    Cancelled,
    Ended(u64, Result<Grant, Arc<OAuthError>>),
    Looked(u64, Looked),
    Restored(u64, Kept),
    /// The vault is open now, or what was wrong is said to be mended.
    TryAgain,
    OtherAccount,
    /// It is an organisation's account, and its sites are wanted.
    SitesAsked,
    Sites(sites::Message),
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

    /// The code that is to be entered elsewhere.
    pub fn code(&self) -> Option<&str> {
        match &self.phase {
            Phase::Code(code) => Some(&code.code),
            _ => None,
        }
    }

    pub fn enter(&mut self, cx: &mut Context) -> Action<Message> {
        if !matches!(self.phase, Phase::Asking) {
            return Action::None;
        }
        if !matches!(cx.draft.source, Some(SourceConfig::Microsoft { .. })) {
            // Something else was chosen meanwhile, and its sign-in took the place of this one.
            self.forget_account();
            return Action::None;
        }
        if self.account.is_some() || self.trouble.is_some() {
            return Action::None;
        }
        self.restore(cx)
    }

    fn forget_account(&mut self) {
        self.account = None;
        self.tokens = None;
        self.not_granted.clear();
        self.trouble = None;
        self.sites = sites::State::default();
    }

    fn next_attempt(&mut self) -> u64 {
        self.attempt += 1;
        self.attempt
    }

    fn tenant(&self) -> Option<String> {
        let domain = self.domain.trim();
        match self.kind {
            AccountKind::Any => None,
            AccountKind::Personal => Some(PERSONAL.to_owned()),
            AccountKind::Organisation if domain.is_empty() => Some(ORGANISATIONS.to_owned()),
            AccountKind::Organisation => Some(domain.to_owned()),
        }
    }

    /// As the migration file has it.
    fn take_tenant(&mut self, tenant: Option<&str>, sites: bool) {
        self.domain.clear();
        self.kind = match tenant {
            Some(PERSONAL) => AccountKind::Personal,
            Some(ORGANISATIONS) => AccountKind::Organisation,
            tenant if !Tenant::new(tenant, sites).is_organisation() => AccountKind::Any,
            tenant => {
                let own =
                    tenant.filter(|tenant| Tenant::new(Some(tenant), false).is_organisation());
                self.domain = own.unwrap_or_default().to_owned();
                AccountKind::Organisation
            }
        };
    }

    fn app<'a>(&self, key: &'a Key) -> MicrosoftApp<'a> {
        MicrosoftApp {
            client_id: &key.id,
            tenant: Tenant::new(self.tenant().as_deref(), false),
            wanted: &key.wanted,
            endpoint: key.endpoint.as_ref(),
        }
    }

    /// Whether the sign-in covers sites and teams.
    fn has_sites(&self) -> bool {
        let personal = self.account.as_ref().is_some_and(|one| one.is_personal);
        self.kind == AccountKind::Organisation && !personal
    }

    fn id_form(&self) -> ClientIdForm {
        ClientIdForm::of(self.id.trim())
    }

    fn domain_is_right(&self) -> bool {
        let domain = self.domain.trim();
        domain.is_empty() || is_tenant(domain)
    }

    pub fn update(&mut self, message: Message, cx: &mut Context) -> Action<Message> {
        match message {
            Message::SignInAsked if self.domain_is_right() => return self.begin(cx),
            Message::CodeAsked if self.domain_is_right() => return self.begin_by_code(cx),
            Message::Began(attempt, begun) if attempt == self.attempt => {
                return self.began(begun, cx);
            }
            Message::BeganByCode(attempt, begun) if attempt == self.attempt => {
                return self.began_by_code(begun);
            }
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
                return self.looked(looked, cx);
            }
            Message::Restored(attempt, kept) if attempt == self.attempt => {
                return self.restored(kept, cx);
            }
            Message::TryAgain => return self.restore(cx),
            Message::OtherAccount => self.forget_account(),
            Message::SitesAsked => {
                self.kind = AccountKind::Organisation;
                return self.begin(cx);
            }
            Message::Sites(message) => {
                let tokens = self.tokens.clone();
                let action = self.sites.update(message, tokens, cx);
                return action.map(Message::Sites);
            }
            Message::PageOpened(_)
            | Message::Copied(_)
            | Message::PageOpenedAgain
            | Message::PageCopied => return self.at_page(message, cx),
            Message::SignInAsked
            | Message::CodeAsked
            | Message::Began(..)
            | Message::BeganByCode(..)
            | Message::Ended(..)
            | Message::Looked(..)
            | Message::Restored(..) => {}
            message => return self.form(message, cx),
        }
        Action::None
    }

    /// What concerns the client id and the kind of account.
    fn form(&mut self, message: Message, cx: &Context) -> Action<Message> {
        match message {
            Message::StepChosen(step) => {
                self.step = step;
                // What comes last would be below the edge.
                let next = match step {
                    guide::LAST => "client-id",
                    _ => "step-done",
                };
                return Action::Run(reveal::focus(next));
            }
            Message::IdTyped(id) => self.id = id,
            Message::KeyGiven if self.id_form() == ClientIdForm::Right => {
                return self.take_key(self.id.trim().to_owned(), cx);
            }
            Message::PracticeKeyTaken => {
                if let Some(practice) = &cx.practice {
                    let login = &practice.logins().microsoft;
                    return self.take_key(login.client_id.clone(), cx);
                }
            }
            Message::OtherKey => {
                self.key = None;
                self.trouble = None;
                self.step = guide::LAST;
            }
            Message::AccountChosen(kind) => self.kind = kind,
            Message::DomainTyped(domain) => self.domain = domain,
            Message::HelpAsked => self.shows_help = !self.shows_help,
            _ => {}
        }
        Action::None
    }

    /// What is opened in the browser, and what is copied.
    fn at_page(&mut self, message: Message, cx: &Context) -> Action<Message> {
        let waiting = match &mut self.phase {
            Phase::Waiting(waiting) | Phase::Code(Code { waiting, .. }) => Some(waiting),
            _ => None,
        };
        match (message, waiting) {
            (Message::PageOpened(page), _) => {
                if let Ok(page) = Url::parse(&page) {
                    (cx.browser)(&page);
                }
            }
            (Message::Copied(text), _) => {
                self.copied = Some(text.clone());
                return Action::Run(iced::clipboard::write(text));
            }
            (Message::PageOpenedAgain, Some(waiting)) => (cx.browser)(&waiting.page),
            (Message::PageCopied, Some(waiting)) => {
                waiting.copied = true;
                return Action::Run(iced::clipboard::write(waiting.page.to_string()));
            }
            _ => {}
        }
        Action::None
    }

    fn take_key(&mut self, id: String, cx: &Context) -> Action<Message> {
        self.trouble = None;
        self.key = Some(Key {
            id,
            wanted: cx.draft.scope.clone(),
            endpoint: endpoint(cx),
        });
        Action::Run(reveal::focus("sign-in"))
    }

    fn clear_for_sign_in(&mut self) {
        self.forget_account();
        self.shows_help = false;
        self.copied = None;
        self.phase = Phase::Beginning;
    }

    /// The registration, with what is to move by now.
    fn key_for_now(&mut self, cx: &Context) -> Option<Key> {
        let key = self.key.as_mut()?;
        key.wanted.clone_from(&cx.draft.scope);
        Some(key.clone())
    }

    fn begin(&mut self, cx: &Context) -> Action<Message> {
        let Some(key) = self.key_for_now(cx) else {
            return Action::None;
        };
        self.clear_for_sign_in();
        let (attempt, tenant) = (self.next_attempt(), self.app(&key).tenant);
        Action::Run(tasks::begin(attempt, key, tenant, &cx.texts))
    }

    fn begin_by_code(&mut self, cx: &Context) -> Action<Message> {
        let Some(key) = self.key_for_now(cx) else {
            return Action::None;
        };
        self.clear_for_sign_in();
        let (attempt, tenant) = (self.next_attempt(), self.app(&key).tenant);
        Action::Run(tasks::begin_by_code(attempt, key, tenant))
    }

    fn failed(&mut self, error: Arc<OAuthError>) -> Action<Message> {
        self.phase = Phase::Asking;
        self.trouble = Some(Trouble::OAuth(error));
        Action::None
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

    fn began_by_code(&mut self, begun: Result<BegunByCode, Arc<OAuthError>>) -> Action<Message> {
        let begun = match begun {
            Ok(begun) => begun.lock().unwrap_or_else(PoisonError::into_inner).take(),
            Err(error) => return self.failed(error),
        };
        let Some(begun) = begun else {
            return Action::None;
        };
        let waiting = Waiting::new(begun.page().clone());
        let (attempt, cancel) = (self.attempt, waiting.cancel());
        self.phase = Phase::Code(Code {
            waiting,
            code: begun.code().to_owned(),
            minutes: begun.lifetime().as_secs() / 60,
        });
        Action::Run(tasks::finish_by_code(attempt, begun, cancel))
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
        self.not_granted.clone_from(&grant.not_granted);
        cx.keep_secret(Secret::SourceRefreshToken, grant.refresh_token.clone());
        let tokens = match self.app(&key).access_of(grant) {
            Ok(tokens) => tokens,
            Err(error) => return self.failed(Arc::new(error)),
        };
        cx.draft.source = Some(SourceConfig::Microsoft {
            client_id: key.id.clone(),
            tenant: self.tenant(),
            sites: match self.kind {
                AccountKind::Organisation => sites::chosen(cx).to_vec(),
                // Their sign-in does not cover any.
                AccountKind::Personal | AccountKind::Any => Vec::new(),
            },
            endpoint: key.endpoint.clone(),
            password_command: None,
        });
        self.phase = Phase::Checking;
        let attempt = self.next_attempt();
        Action::Run(tasks::look(attempt, tokens, key))
    }

    fn looked(&mut self, looked: Looked, cx: &mut Context) -> Action<Message> {
        self.phase = Phase::Asking;
        if let Some(newer) = looked.newer {
            cx.keep_secret(Secret::SourceRefreshToken, newer);
        }
        match looked.account {
            Ok(account) => {
                self.account = Some(account);
                self.tokens = looked.tokens;
                self.list_sites(cx)
            }
            Err(trouble) => {
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
        }
    }

    fn list_sites(&mut self, cx: &Context) -> Action<Message> {
        match (self.has_sites(), self.tokens.clone()) {
            (true, Some(tokens)) => self.sites.list(tokens, cx).map(Message::Sites),
            _ => Action::None,
        }
    }

    /// Tries an earlier sign-in, if there is one.
    fn restore(&mut self, cx: &Context) -> Action<Message> {
        let Some(SourceConfig::Microsoft {
            client_id,
            tenant,
            sites,
            endpoint,
            ..
        }) = &cx.draft.source
        else {
            return Action::None;
        };
        self.trouble = None;
        self.phase = Phase::Checking;
        self.id.clone_from(client_id);
        self.take_tenant(tenant.as_deref(), !sites.is_empty());
        let key = Key {
            id: client_id.clone(),
            wanted: cx.draft.scope.clone(),
            endpoint: endpoint.clone(),
        };
        let tenant = Tenant::new(tenant.as_deref(), !sites.is_empty());
        let attempt = self.next_attempt();
        Action::Run(tasks::restore(attempt, key, tenant, cx.draft_secrets()))
    }

    fn restored(&mut self, kept: Kept, cx: &mut Context) -> Action<Message> {
        self.key = Some(Key {
            id: self.id.clone(),
            wanted: cx.draft.scope.clone(),
            endpoint: endpoint(cx),
        });
        self.looked(kept.0, cx)
    }
}

/// The practice server that the draft, or the rehearsal, speaks to instead of Microsoft.
fn endpoint(cx: &Context) -> Option<Url> {
    match (&cx.practice, &cx.draft.source) {
        (Some(practice), _) => practice.logins().microsoft.endpoint.parse().ok(),
        (None, Some(SourceConfig::Microsoft { endpoint, .. })) => endpoint.clone(),
        (None, _) => None,
    }
}

/// What took the place of `old`, if anything did.
fn newer(old: &SecretString, now: SecretString) -> Option<SecretString> {
    (old.expose_secret() != now.expose_secret()).then_some(now)
}
