//! Signing in and out, for both faces: what is gained is kept by [`KeptSecrets`], which the caller asks.

use secrecy::SecretString;
use url::Url;

use super::{KeptSecrets, Secret};
use crate::auth::login_flow::{LoginError, LoginFlow, normalise_address};
use crate::auth::oauth::{
    BrowserPages, ClientCredentials, DeviceSignIn, Grant, OAuthError, PasteSignIn, Provider,
    SignIn, Tenant, TokenSource,
};
use crate::auth::vault;
use crate::dav::{DavClient, DavError};
use crate::model::{Migration, Scope, SourceConfig, TargetInfo};
use crate::net::NetError;
use crate::source::dropbox::{Dropbox, DropboxAccount};
use crate::source::google::GoogleSource;
use crate::source::microsoft::{MicrosoftAccount, MicrosoftFiles, Site};
use crate::source::{Source as _, SourceAccount, SourceError};
use crate::target::Nextcloud;

/// One of the two ends of a migration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    Source,
    Target,
}

/// Why a sign-in could not be taken back.
#[derive(Debug, thiserror::Error)]
pub enum SignOutError {
    #[error(transparent)]
    Nextcloud(#[from] DavError),
    #[error(transparent)]
    Provider(#[from] OAuthError),
    #[error(transparent)]
    Vault(#[from] vault::SecretError),
}

/// A Nextcloud account of a migration.
#[derive(Debug, Clone, Copy)]
pub struct NextcloudAccount<'a> {
    pub url: &'a Url,
    pub user: &'a str,
    /// Where its password is kept.
    pub secret: Secret,
}

/// The Nextcloud account at this end; `None`: it is not a Nextcloud.
pub fn nextcloud_account(migration: &Migration, end: End) -> Option<NextcloudAccount<'_>> {
    match (end, &migration.source) {
        (End::Target, _) => Some(NextcloudAccount {
            url: &migration.target.url,
            user: &migration.target.user,
            secret: Secret::TargetPassword,
        }),
        (End::Source, SourceConfig::Nextcloud { url, user, .. }) => Some(NextcloudAccount {
            url,
            user,
            secret: Secret::SourcePassword,
        }),
        _ => None,
    }
}

/// Begins a sign-in to Google: a page to open in the browser, and a port that waits for the answer. Asks
/// for what it takes to move what is `wanted`; whoever signs in may grant a part of it.
///
/// # Errors
/// See [`OAuthError`].
pub async fn begin_google(
    client: ClientCredentials,
    wanted: &Scope,
    endpoint: Option<&Url>,
    pages: BrowserPages,
) -> Result<SignIn, OAuthError> {
    let provider = Provider::google_for(wanted, endpoint)?;
    SignIn::start(provider, client, None, pages).await
}

/// An app that somebody registered with Microsoft, and whose accounts may use it.
#[derive(Debug, Clone)]
pub struct MicrosoftApp<'a> {
    pub client_id: &'a str,
    pub tenant: Tenant,
    /// What is to move: only that is asked for.
    pub wanted: &'a Scope,
    /// A practice server of this computer, instead of Microsoft.
    pub endpoint: Option<&'a Url>,
}

impl<'a> MicrosoftApp<'a> {
    /// The app of a migration; `None`: its source is something else.
    pub fn of(migration: &'a Migration) -> Option<Self> {
        let SourceConfig::Microsoft {
            client_id,
            tenant,
            sites,
            endpoint,
            ..
        } = &migration.source
        else {
            return None;
        };
        Some(Self {
            client_id,
            tenant: Tenant::new(tenant.as_deref(), !sites.is_empty()),
            wanted: &migration.scope,
            endpoint: endpoint.as_ref(),
        })
    }

    pub(super) fn provider(&self) -> Result<Provider, NetError> {
        Provider::microsoft(&self.tenant, self.wanted, self.endpoint)
    }

    pub(super) fn client(&self) -> ClientCredentials {
        // What runs on people's computers has no secret.
        ClientCredentials {
            id: self.client_id.to_owned(),
            secret: None,
        }
    }

    /// The page on which an administrator allows it for the whole organisation.
    pub fn admin_consent_page(&self) -> Option<Url> {
        let page = self
            .tenant
            .admin_consent_page(self.client_id, self.wanted)?;
        let Some(endpoint) = self.endpoint else {
            return Some(page);
        };
        let mut practised = endpoint.join(page.path()).ok()?;
        practised.set_query(page.query());
        Some(practised)
    }

    /// Access with what an earlier sign-in kept. Every use gives a newer refresh token:
    /// [`TokenSource::refresh_token`] has it, and it is to be kept.
    ///
    /// # Errors
    /// When the network cannot be set up; nothing is sent yet.
    pub fn access(&self, refresh_token: SecretString) -> Result<TokenSource, OAuthError> {
        TokenSource::headless(self.provider()?, self.client(), refresh_token)
    }

    /// Access right after a sign-in.
    ///
    /// # Errors
    /// When the network cannot be set up; nothing is sent yet.
    pub fn access_of(&self, grant: Grant) -> Result<TokenSource, OAuthError> {
        TokenSource::from_grant(self.provider()?, self.client(), grant)
    }
}

/// Whose files there are behind a sign-in to Microsoft. Whether they can be read at all is known then, too.
///
/// # Errors
/// See [`SourceError`].
pub async fn look_at_microsoft(
    tokens: TokenSource,
    wanted: &Scope,
    endpoint: Option<&Url>,
) -> Result<MicrosoftAccount, SourceError> {
    let files = MicrosoftFiles::new(endpoint, tokens, &[], wanted);
    files.map_err(unusable)?.look().await
}

/// The SharePoint sites and teams behind a sign-in, to choose from.
///
/// # Errors
/// See [`SourceError`]; a personal account has none.
pub async fn sites_of_microsoft(
    tokens: TokenSource,
    endpoint: Option<&Url>,
) -> Result<Vec<Site>, SourceError> {
    let files = MicrosoftFiles::new(endpoint, tokens, &[], &Scope::default());
    files.map_err(unusable)?.sites().await
}

fn unusable(error: NetError) -> SourceError {
    SourceError::Protocol {
        detail: error.to_string(),
        cause: Some(Box::new(error)),
    }
}

/// Begins a sign-in to Microsoft: a page to open in the browser, and a port that waits for the answer.
///
/// # Errors
/// See [`OAuthError`].
pub async fn begin_microsoft(
    app: &MicrosoftApp<'_>,
    pages: BrowserPages,
) -> Result<SignIn, OAuthError> {
    SignIn::start(app.provider()?, app.client(), None, pages).await
}

/// Begins a sign-in to Microsoft in a browser elsewhere: a page, and a code to enter there.
///
/// # Errors
/// See [`OAuthError`].
pub async fn begin_microsoft_by_code(app: &MicrosoftApp<'_>) -> Result<DeviceSignIn, OAuthError> {
    DeviceSignIn::start(app.provider()?, app.client()).await
}

/// An app that somebody registered with Dropbox. It has no secret: what runs on people's computers can keep
/// none.
#[derive(Debug, Clone, Copy)]
pub struct DropboxApp<'a> {
    /// The app key.
    pub client_id: &'a str,
    /// A practice server of this computer, instead of Dropbox.
    pub endpoint: Option<&'a Url>,
}

impl<'a> DropboxApp<'a> {
    /// The app of a migration; `None`: its source is something else.
    pub fn of(source: &'a SourceConfig) -> Option<Self> {
        let SourceConfig::Dropbox {
            client_id,
            endpoint,
            ..
        } = source
        else {
            return None;
        };
        Some(Self {
            client_id,
            endpoint: endpoint.as_ref(),
        })
    }

    fn client(&self) -> ClientCredentials {
        ClientCredentials {
            id: self.client_id.to_owned(),
            secret: None,
        }
    }

    /// Access with what an earlier sign-in kept.
    ///
    /// # Errors
    /// When the network cannot be set up; nothing is sent yet.
    pub fn access(&self, refresh_token: SecretString) -> Result<TokenSource, OAuthError> {
        TokenSource::headless(
            Provider::dropbox(self.endpoint)?,
            self.client(),
            refresh_token,
        )
    }

    /// Access right after a sign-in.
    ///
    /// # Errors
    /// When the network cannot be set up; nothing is sent yet.
    pub fn access_of(&self, grant: Grant) -> Result<TokenSource, OAuthError> {
        TokenSource::from_grant(Provider::dropbox(self.endpoint)?, self.client(), grant)
    }
}

/// Begins a sign-in to Dropbox: a page to open in the browser, and a port that waits for the answer.
///
/// # Errors
/// See [`OAuthError`]; [`OAuthError::Listener`] when none of the app's ports is free.
pub async fn begin_dropbox(
    app: &DropboxApp<'_>,
    pages: BrowserPages,
) -> Result<SignIn, OAuthError> {
    let provider = Provider::dropbox(app.endpoint)?;
    SignIn::start(provider, app.client(), None, pages).await
}

/// Begins a sign-in to Dropbox in a browser anywhere: it shows a code, which is to be copied from there.
///
/// # Errors
/// See [`OAuthError`].
pub fn begin_dropbox_by_paste(app: &DropboxApp<'_>) -> Result<PasteSignIn, OAuthError> {
    PasteSignIn::start(Provider::dropbox(app.endpoint)?, app.client())
}

/// Whose Dropbox there is behind a sign-in. Whether it can be read at all is known then, too.
///
/// # Errors
/// See [`SourceError`].
pub async fn look_at_dropbox(
    tokens: TokenSource,
    endpoint: Option<&Url>,
) -> Result<DropboxAccount, SourceError> {
    let dropbox = Dropbox::new(endpoint, tokens, &Scope::default()).map_err(unusable)?;
    dropbox.look().await
}

/// Begins a sign-in to whatever Nextcloud somebody means by `text`: an address with or without `https://`,
/// or one copied from any of its pages.
///
/// # Errors
/// The one that tells most: of the first place that answered like something, else of the likeliest.
pub async fn begin_nextcloud(text: &str) -> Result<Option<LoginFlow>, LoginError> {
    let mut first = None;
    for address in normalise_address(text) {
        match LoginFlow::start(&address).await {
            Ok(flow) => return Ok(Some(flow)),
            Err(error) => first = Some(telling(first, error)),
        }
    }
    match first {
        Some(error) => Err(error),
        None => Ok(None),
    }
}

fn telling(first: Option<LoginError>, next: LoginError) -> LoginError {
    let silent = |error: &LoginError| {
        matches!(
            error,
            LoginError::Unreachable { .. } | LoginError::NotNextcloud { .. }
        )
    };
    match first {
        Some(first) if !silent(&first) || silent(&next) => first,
        _ => next,
    }
}

/// A Nextcloud at an address, seen from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundNextcloud {
    pub url: Url,
    /// What it calls itself.
    pub name: String,
    /// `34.0.1`
    pub version: String,
}

/// Looks for the Nextcloud that somebody means by `text`: see [`normalise_address`]. Where the server sends
/// us on to another address, that one is looked at too, once. `None`: it is no address.
///
/// # Errors
/// The one that tells most: of the first place that answered like something, else of the likeliest.
pub async fn find_nextcloud(text: &str) -> Result<Option<FoundNextcloud>, DavError> {
    let mut first = None;
    for address in normalise_address(text) {
        let found = match look_from_outside(&address).await {
            Err(DavError::Redirected { to }) => look_elsewhere(&address, to).await,
            found => found,
        };
        match found {
            Ok(found) => return Ok(Some(found)),
            Err(error) => first = Some(telling_of_dav(first, error)),
        }
    }
    match first {
        Some(error) => Err(error),
        None => Ok(None),
    }
}

async fn look_from_outside(url: &Url) -> Result<FoundNextcloud, DavError> {
    let dav = DavClient::new(url, "", &SecretString::from(""))?;
    let status = dav.server_status().await?;
    dav.check_brute_force().await?;
    let about = dav.public_capabilities().await?;
    Ok(FoundNextcloud {
        url: url.clone(),
        name: about
            .text("/theming/name")
            .unwrap_or("Nextcloud")
            .to_owned(),
        version: status.version,
    })
}

/// Never from an encrypted address to one that is not.
async fn look_elsewhere(from: &Url, to: String) -> Result<FoundNextcloud, DavError> {
    let others = normalise_address(&to);
    let other = others
        .iter()
        .find(|other| other.scheme() == from.scheme() && *other != from);
    match other {
        Some(other) => look_from_outside(other).await,
        None => Err(DavError::Redirected { to }),
    }
}

fn telling_of_dav(first: Option<DavError>, next: DavError) -> DavError {
    let silent = |error: &DavError| {
        matches!(
            error,
            DavError::Unreachable { .. } | DavError::NotNextcloud { .. } | DavError::NotFound
        )
    };
    match first {
        Some(first) if !silent(&first) || silent(&next) => first,
        _ => next,
    }
}

/// Whose Drive there is behind a sign-in. Whether it can be read at all is known then, too.
///
/// # Errors
/// See [`SourceError`].
pub async fn look_at_google(
    tokens: TokenSource,
    wanted: &Scope,
    endpoint: Option<&Url>,
) -> Result<SourceAccount, SourceError> {
    let google = GoogleSource::new(endpoint, tokens, wanted).map_err(unusable)?;
    google.check().await
}

/// Access to Google with what an earlier sign-in kept.
///
/// # Errors
/// When the network cannot be set up; nothing is sent yet.
pub fn google_access(
    client: ClientCredentials,
    wanted: &Scope,
    endpoint: Option<&Url>,
    refresh_token: SecretString,
) -> Result<TokenSource, OAuthError> {
    let provider = Provider::google_for(wanted, endpoint)?;
    TokenSource::headless(provider, client, refresh_token)
}

/// Access to Google right after a sign-in.
///
/// # Errors
/// When the network cannot be set up; nothing is sent yet.
pub fn google_access_of(
    client: ClientCredentials,
    wanted: &Scope,
    endpoint: Option<&Url>,
    grant: Grant,
) -> Result<TokenSource, OAuthError> {
    let provider = Provider::google_for(wanted, endpoint)?;
    TokenSource::from_grant(provider, client, grant)
}

/// What there is behind a sign-in: the version, the free space, what the server takes.
///
/// # Errors
/// See [`DavError`].
pub async fn look_at_nextcloud(
    url: &Url,
    user: &str,
    password: SecretString,
) -> Result<TargetInfo, DavError> {
    Nextcloud::new(url, user, password)?.connect().await
}

/// Takes an app password back at its server.
///
/// # Errors
/// See [`DavError`].
pub async fn take_back_password(
    url: &Url,
    user: &str,
    password: SecretString,
) -> Result<(), DavError> {
    Nextcloud::new(url, user, password)?
        .revoke_app_password()
        .await
}

/// What became of an access.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignedOut {
    /// It has ended, there and here.
    Everywhere,
    /// It is forgotten here. Programs cannot end it there; people can.
    OnlyHere,
}

/// Takes the access to one end back at its server, then forgets it here.
///
/// # Errors
/// When the server cannot be reached or the vault not be written; then nothing is forgotten.
pub async fn sign_out(
    migration: &Migration,
    end: End,
    secrets: &KeptSecrets,
) -> Result<SignedOut, SignOutError> {
    let forget = async |which| secrets.forget(migration, which).await.map(drop);
    if let Some(account) = nextcloud_account(migration, end) {
        if let Some(password) = secrets.find(migration, account.secret).await? {
            match take_back_password(account.url, account.user, password).await {
                // Somebody was faster.
                Ok(()) | Err(DavError::Unauthorized) => {}
                Err(error) => return Err(error.into()),
            }
        }
        forget(account.secret).await?;
        return Ok(SignedOut::Everywhere);
    }
    match &migration.source {
        SourceConfig::Google {
            client_id,
            endpoint,
            ..
        } => {
            revoke_google(migration, client_id, endpoint.as_ref(), secrets).await?;
            forget(Secret::SourceRefreshToken).await?;
            forget(Secret::SourceClientSecret).await?;
        }
        SourceConfig::Microsoft { .. } => {
            forget(Secret::SourceRefreshToken).await?;
            return Ok(SignedOut::OnlyHere);
        }
        SourceConfig::Dropbox { .. } => {
            if let (Some(app), Some(refresh)) = (
                DropboxApp::of(&migration.source),
                secrets.find(migration, Secret::SourceRefreshToken).await?,
            ) {
                revoke(&app.access(refresh)?).await?;
            }
            forget(Secret::SourceRefreshToken).await?;
        }
        SourceConfig::Nextcloud { .. }
        | SourceConfig::Folder { .. }
        | SourceConfig::Takeout { .. } => {}
    }
    Ok(SignedOut::Everywhere)
}

async fn revoke_google(
    migration: &Migration,
    client_id: &str,
    endpoint: Option<&Url>,
    secrets: &KeptSecrets,
) -> Result<(), SignOutError> {
    let Some(refresh) = secrets.find(migration, Secret::SourceRefreshToken).await? else {
        return Ok(());
    };
    let provider = Provider::google_for(&migration.scope, endpoint).map_err(OAuthError::from)?;
    let client = ClientCredentials {
        id: client_id.to_owned(),
        secret: secrets.find(migration, Secret::SourceClientSecret).await?,
    };
    revoke(&TokenSource::headless(provider, client, refresh)?).await
}

async fn revoke(tokens: &TokenSource) -> Result<(), SignOutError> {
    match tokens.revoke().await {
        Ok(()) => Ok(()),
        // It had ended already.
        Err(error) if error.refusal().is_some() => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Opens a page in the browser. Where there is none (`false`), it can be opened by hand.
pub fn open_browser(page: &Url) -> bool {
    let opened = open::that_detached(page.as_str());
    if let Err(error) = &opened {
        tracing::info!("no browser: {error}");
    }
    opened.is_ok()
}
