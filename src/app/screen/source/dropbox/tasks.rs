//! What takes time: signing in, and looking at the account.

use std::sync::{Arc, Mutex};

use iced::Task;
use secrecy::{ExposeSecret as _, SecretString};
use tokio_util::sync::CancellationToken;
use url::Url;

use super::{Key, Message, Trouble};
use crate::app::context::DraftSecrets;
use crate::auth::oauth::{PasteSignIn, SignIn, TokenSource};
use crate::engine::{Secret, sign_in};
use crate::i18n::Texts;
use crate::sentences::browser_pages;
use crate::source::dropbox::DropboxAccount;

/// A sign-in that waits for the browser, to be taken once.
pub type Begun = Arc<Mutex<Option<SignIn>>>;

pub(super) fn begin(attempt: u64, key: Key, texts: &Texts) -> Task<Message> {
    let pages = browser_pages(texts);
    Task::future(async move {
        let begun = sign_in::begin_dropbox(&key.app(), pages).await;
        let begun = begun.map(|begun| Arc::new(Mutex::new(Some(begun))));
        Message::Began(attempt, begun.map_err(Arc::new))
    })
}

pub(super) fn finish(attempt: u64, begun: SignIn, cancel: CancellationToken) -> Task<Message> {
    Task::future(async move {
        let ended = begun.finish(&cancel).await;
        Message::Ended(attempt, ended.map_err(Arc::new))
    })
}

pub(super) fn finish_by_paste(
    attempt: u64,
    begun: PasteSignIn,
    code: SecretString,
) -> Task<Message> {
    Task::future(async move {
        let never = CancellationToken::new();
        let ended = begun.finish(code.expose_secret(), &never).await;
        Message::Ended(attempt, ended.map_err(Arc::new))
    })
}

pub(super) fn look(attempt: u64, tokens: TokenSource, endpoint: Option<Url>) -> Task<Message> {
    Task::future(async move {
        let account = account(tokens, endpoint.as_ref()).await;
        Message::Looked(attempt, account)
    })
}

async fn account(tokens: TokenSource, endpoint: Option<&Url>) -> Result<DropboxAccount, Trouble> {
    let account = sign_in::look_at_dropbox(tokens, endpoint).await;
    account.map_err(|error| Trouble::Files(Arc::new(error)))
}

pub(super) fn restore(attempt: u64, key: Key, secrets: DraftSecrets) -> Task<Message> {
    Task::future(async move { Message::Looked(attempt, kept(&key, &secrets).await) })
}

async fn kept(key: &Key, secrets: &DraftSecrets) -> Result<DropboxAccount, Trouble> {
    let refresh = secrets
        .find(Secret::SourceRefreshToken)
        .await
        .map_err(|error| Trouble::Vault(Arc::new(error)))?
        .ok_or(Trouble::SignedOut)?;
    let tokens = key.app().access(refresh);
    let tokens = tokens.map_err(|error| Trouble::OAuth(Arc::new(error)))?;
    account(tokens, key.endpoint.as_ref()).await
}
