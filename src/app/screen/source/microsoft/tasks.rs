//! What takes time: signing in, and looking at the account.

use std::sync::{Arc, Mutex};

use iced::Task;
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;

use super::{Key, Message, Trouble, newer};
use crate::app::context::DraftSecrets;
use crate::auth::oauth::{DeviceSignIn, SignIn, Tenant, TokenSource};
use crate::engine::Secret;
use crate::engine::sign_in::{self, MicrosoftApp};
use crate::i18n::Texts;
use crate::sentences::browser_pages;
use crate::source::microsoft::MicrosoftAccount;

/// A sign-in that waits for the browser, to be taken once.
pub type Begun = Arc<Mutex<Option<SignIn>>>;
/// One that waits for a code to be entered, to be taken once.
pub type BegunByCode = Arc<Mutex<Option<DeviceSignIn>>>;

/// What is behind a sign-in.
#[derive(Debug, Clone)]
pub struct Looked {
    pub(super) account: Result<MicrosoftAccount, Trouble>,
    pub(super) tokens: Option<TokenSource>,
    /// A refresh token that took the place of the one that was kept.
    pub(super) newer: Option<SecretString>,
}

impl Looked {
    const fn failed(trouble: Trouble) -> Self {
        Self {
            account: Err(trouble),
            tokens: None,
            newer: None,
        }
    }
}

/// What is left of an earlier sign-in.
#[derive(Debug, Clone)]
pub struct Kept(pub(super) Looked);

fn app(key: &Key, tenant: Tenant) -> MicrosoftApp<'_> {
    MicrosoftApp {
        client_id: &key.id,
        tenant,
        wanted: &key.wanted,
        endpoint: key.endpoint.as_ref(),
    }
}

pub(super) fn begin(attempt: u64, key: Key, tenant: Tenant, texts: &Texts) -> Task<Message> {
    let pages = browser_pages(texts);
    Task::future(async move {
        let begun = sign_in::begin_microsoft(&app(&key, tenant), pages).await;
        let begun = begun.map(|begun| Arc::new(Mutex::new(Some(begun))));
        Message::Began(attempt, begun.map_err(Arc::new))
    })
}

pub(super) fn begin_by_code(attempt: u64, key: Key, tenant: Tenant) -> Task<Message> {
    Task::future(async move {
        let begun = sign_in::begin_microsoft_by_code(&app(&key, tenant)).await;
        let begun = begun.map(|begun| Arc::new(Mutex::new(Some(begun))));
        Message::BeganByCode(attempt, begun.map_err(Arc::new))
    })
}

pub(super) fn finish(attempt: u64, begun: SignIn, cancel: CancellationToken) -> Task<Message> {
    Task::future(async move {
        let ended = begun.finish(&cancel).await;
        Message::Ended(attempt, ended.map_err(Arc::new))
    })
}

pub(super) fn finish_by_code(
    attempt: u64,
    begun: DeviceSignIn,
    cancel: CancellationToken,
) -> Task<Message> {
    Task::future(async move {
        let ended = begun.finish(&cancel).await;
        Message::Ended(attempt, ended.map_err(Arc::new))
    })
}

pub(super) fn look(attempt: u64, tokens: TokenSource, key: Key) -> Task<Message> {
    Task::future(async move {
        let before = tokens.refresh_token().await;
        Message::Looked(attempt, looked(tokens, &key, &before).await)
    })
}

async fn looked(tokens: TokenSource, key: &Key, before: &SecretString) -> Looked {
    let account =
        sign_in::look_at_microsoft(tokens.clone(), &key.wanted, key.endpoint.as_ref()).await;
    Looked {
        account: account.map_err(|error| Trouble::Files(Arc::new(error))),
        newer: newer(before, tokens.refresh_token().await),
        tokens: Some(tokens),
    }
}

pub(super) fn restore(
    attempt: u64,
    key: Key,
    tenant: Tenant,
    secrets: DraftSecrets,
) -> Task<Message> {
    Task::future(async move {
        let mut looked = kept(&key, tenant, &secrets).await;
        // What comes from the environment or a command is not ours to keep.
        if !secrets.keeps(Secret::SourceRefreshToken).await {
            looked.newer = None;
        }
        Message::Restored(attempt, Kept(looked))
    })
}

async fn kept(key: &Key, tenant: Tenant, secrets: &DraftSecrets) -> Looked {
    let refresh = match secrets.find(Secret::SourceRefreshToken).await {
        Ok(Some(refresh)) => refresh,
        Ok(None) => return Looked::failed(Trouble::SignedOut),
        Err(error) => return Looked::failed(Trouble::Vault(Arc::new(error))),
    };
    match app(key, tenant).access(refresh.clone()) {
        Ok(tokens) => looked(tokens, key, &refresh).await,
        Err(error) => Looked::failed(Trouble::OAuth(Arc::new(error))),
    }
}
