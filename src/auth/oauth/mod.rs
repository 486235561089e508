//! OAuth 2 for installed apps (RFC 8252): PKCE (RFC 7636), the answer on a loopback port, refresh, revoke.

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

pub use device::DeviceSignIn;
pub use dropbox::{DROPBOX_REDIRECTS, DROPBOX_SCOPES};
pub use error::{OAuthError, Refusal};
pub use keeper::{KeepError, TokenKeeper};
pub use loopback::{BrowserPage, BrowserPages, SignIn};
pub use microsoft::Tenant;
pub use paste::PasteSignIn;
pub use tokens::TokenSource;

use crate::net::NetError;
use secrecy::SecretString;

/// Reading everything in Drive, writing nothing.
pub const GOOGLE_DRIVE_SCOPE: &str = "https://www.googleapis.com/auth/drive.readonly";

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
            // Without it a second sign-in neither shows the consent page nor gives a refresh token.
            extra: vec![("access_type", "offline"), ("prompt", "consent")],
            redirects: Vec::new(),
            dialect: Dialect::Google,
        })
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
