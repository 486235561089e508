//! OAuth 2 for installed apps (RFC 8252): PKCE (RFC 7636), the answer on a loopback port, refresh, revoke.

mod client_file;
mod device;
mod dropbox;
mod error;
mod keeper;
mod loopback;
mod microsoft;
mod paste;
mod tokens;
mod wire;

use url::Url;

pub use client_file::{ClientFile, ClientFileError, is_google_client_id};
pub use device::DeviceSignIn;
pub use dropbox::{DROPBOX_REDIRECTS, DROPBOX_SCOPES, is_dropbox_app_key};
pub use error::{OAuthError, Refusal};
pub use keeper::{KeepError, TokenKeeper};
pub use loopback::{BrowserPage, BrowserPages, SignIn};
pub use microsoft::{
    ClientIdForm, MICROSOFT_CALENDARS_SCOPE, MICROSOFT_CONTACTS_SCOPE,
    MICROSOFT_SHARED_CALENDARS_SCOPE, MICROSOFT_TASKS_SCOPE, ORGANISATIONS, PERSONAL, Tenant,
};
pub use paste::PasteSignIn;
pub use tokens::TokenSource;

use crate::model::Scope;
use crate::net::NetError;
use secrecy::SecretString;

/// Reading everything in Drive, writing nothing.
pub const GOOGLE_DRIVE_SCOPE: &str = "https://www.googleapis.com/auth/drive.readonly";
/// Reading calendars and events, by the API and by CalDAV.
pub const GOOGLE_CALENDAR_SCOPE: &str = "https://www.googleapis.com/auth/calendar.readonly";
pub const GOOGLE_CONTACTS_SCOPE: &str = "https://www.googleapis.com/auth/contacts.readonly";
/// Reading the people whom Google noted by itself.
pub const GOOGLE_OTHER_CONTACTS_SCOPE: &str =
    "https://www.googleapis.com/auth/contacts.other.readonly";
pub const GOOGLE_TASKS_SCOPE: &str = "https://www.googleapis.com/auth/tasks.readonly";

/// What has to be asked for to take along what is wanted of a Google account. Each of them is a box on the
/// consent page (<https://developers.google.com/identity/protocols/oauth2/resources/granular-permissions>).
pub fn google_scopes(wanted: &Scope) -> Vec<&'static str> {
    [
        (wanted.files, GOOGLE_DRIVE_SCOPE),
        (wanted.calendars, GOOGLE_CALENDAR_SCOPE),
        (wanted.contacts, GOOGLE_CONTACTS_SCOPE),
        (
            wanted.contacts && wanted.other_contacts,
            GOOGLE_OTHER_CONTACTS_SCOPE,
        ),
        (wanted.tasks, GOOGLE_TASKS_SCOPE),
    ]
    .into_iter()
    .filter_map(|(wanted, scope)| wanted.then_some(scope))
    .collect()
}

/// Where an account is signed in to, and for what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provider {
    pub auth_url: Url,
    pub token_url: Url,
    pub revoke_url: Option<Url>,
    /// Where a device without a browser asks for a code (RFC 8628).
    pub device_url: Option<Url>,
    /// What is asked for; all of it must be granted.
    pub scopes: Vec<String>,
    /// What is asked for besides. Whoever signs in may leave out some of it, but not everything.
    pub optional: Vec<String>,
    /// Added to the address of the consent page.
    pub extra: Vec<(&'static str, &'static str)>,
    /// Where the browser may come back to, each with a port of this computer, if the provider compares the
    /// whole address with those that were registered. Empty: to any port.
    pub redirects: Vec<String>,
    pub dialect: Dialect,
}

/// What a provider does in a way of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    Google,
    Microsoft,
    Dropbox,
}

impl Dialect {
    /// The host, in the address that the browser comes back to.
    const fn loopback_host(self) -> &'static str {
        match self {
            // The number, not `localhost`: that may be IPv6 or stopped by a firewall (RFC 8252, 8.3).
            Self::Google | Self::Dropbox => "127.0.0.1",
            // The only name with which Microsoft ignores the port.
            Self::Microsoft => "localhost",
        }
    }

    fn refusal(self, code: &str, description: Option<&str>) -> Refusal {
        match self {
            Self::Google | Self::Dropbox => Refusal::from_code(code, description),
            Self::Microsoft => microsoft::refusal(code, description.unwrap_or_default()),
        }
    }

    /// The scopes that were asked for and not granted. No list at all means: as asked for (RFC 6749, 5.1).
    fn missing_scopes(self, asked: &[String], granted: Option<&[String]>) -> Vec<String> {
        match (self, granted) {
            (_, None) => Vec::new(),
            (Self::Google | Self::Dropbox, Some(granted)) => missing_scopes(asked, granted),
            (Self::Microsoft, Some(granted)) => microsoft::missing_scopes(asked, granted),
        }
    }
}

impl Provider {
    /// Google (<https://developers.google.com/identity/protocols/oauth2/native-app>), or with `endpoint`
    /// a practice server on this computer that has the same paths.
    ///
    /// # Errors
    /// When `endpoint` is not on this computer.
    pub fn google(scopes: &[&str], endpoint: Option<&Url>) -> Result<Self, NetError> {
        let (accounts, api) = match endpoint {
            None => (
                "https://accounts.google.com",
                "https://oauth2.googleapis.com",
            ),
            Some(endpoint) if crate::model::is_loopback(endpoint) => {
                let base = endpoint.as_str().trim_end_matches('/');
                (base, base)
            }
            Some(endpoint) => {
                return Err(NetError::Insecure(crate::net::redact_url(endpoint)));
            }
        };
        let address = |base: &str, path: &str| {
            Url::parse(&format!("{base}{path}")).map_err(|_| NetError::Insecure(base.to_owned()))
        };
        Ok(Self {
            auth_url: address(accounts, "/o/oauth2/v2/auth")?,
            token_url: address(api, "/token")?,
            revoke_url: Some(address(api, "/revoke")?),
            device_url: None,
            scopes: scopes.iter().map(|&scope| scope.to_owned()).collect(),
            optional: Vec::new(),
            // Without it a second sign-in neither shows the consent page nor gives a refresh token.
            extra: vec![("access_type", "offline"), ("prompt", "consent")],
            redirects: Vec::new(),
            dialect: Dialect::Google,
        })
    }

    /// As [`Self::google`], asking for what it takes to move what is `wanted`; a part of it is enough.
    ///
    /// # Errors
    /// As [`Self::google`].
    pub fn google_for(wanted: &Scope, endpoint: Option<&Url>) -> Result<Self, NetError> {
        let optional = google_scopes(wanted).into_iter().map(str::to_owned);
        Ok(Self {
            optional: optional.collect(),
            ..Self::google(&[], endpoint)?
        })
    }

    /// What of all that is asked for was not granted. No list at all means: as asked for (RFC 6749, 5.1).
    pub fn not_granted(&self, granted: Option<&[String]>) -> Vec<String> {
        let mut missing = self.dialect.missing_scopes(&self.scopes, granted);
        missing.extend(self.dialect.missing_scopes(&self.optional, granted));
        missing
    }

    /// What is missing of it where it cannot do without.
    fn lacks(&self, granted: Option<&[String]>) -> Vec<String> {
        let missing = self.dialect.missing_scopes(&self.scopes, granted);
        let nothing = self.scopes.is_empty() && !self.optional.is_empty();
        let optional = self.dialect.missing_scopes(&self.optional, granted);
        if missing.is_empty() && nothing && optional.len() == self.optional.len() {
            optional
        } else {
            missing
        }
    }
}

/// The app's registration with the provider: with Google, the user's own.
#[derive(Debug, Clone)]
pub struct ClientCredentials {
    pub id: String,
    /// Google wants one of desktop apps too, although it calls it "not confidential".
    pub secret: Option<SecretString>,
}

/// What a successful sign-in gives.
#[derive(Debug, Clone)]
pub struct Grant {
    pub refresh_token: SecretString,
    /// What was asked for and not granted; never any of [`Provider::scopes`].
    pub not_granted: Vec<String>,
    /// How long it lives, where the provider limits that: seven days while a Google project is in
    /// "Testing".
    pub ends_in: Option<std::time::Duration>,
    pub(crate) access: tokens::Access,
}

fn missing_scopes(asked: &[String], granted: &[String]) -> Vec<String> {
    asked
        .iter()
        .filter(|scope| !granted.contains(scope))
        .cloned()
        .collect()
}

#[cfg(test)]
mod tests;
