//! OAuth 2 for installed apps (RFC 8252): PKCE (RFC 7636), the answer on a loopback port, refresh, revoke.

mod client_file;
mod error;
mod loopback;
mod tokens;
mod wire;

use url::Url;

pub use client_file::{ClientFile, ClientFileError, is_google_client_id};
pub use error::{OAuthError, Refusal};
pub use loopback::{BrowserPage, BrowserPages, SignIn};
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
    /// What is asked for; all of it must be granted.
    pub scopes: Vec<String>,
    /// Added to the address of the consent page.
    pub extra: Vec<(&'static str, &'static str)>,
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
            scopes: scopes.iter().map(|&scope| scope.to_owned()).collect(),
            // Without it a second sign-in neither shows the consent page nor gives a refresh token.
            extra: vec![("access_type", "offline"), ("prompt", "consent")],
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
    /// How long it lives, where the provider limits that: seven days while a Google project is in
    /// "Testing".
    pub ends_in: Option<std::time::Duration>,
    pub(crate) access: tokens::Access,
}

/// The scopes that were asked for and not granted. No list at all means: as asked for (RFC 6749, 5.1).
fn missing_scopes(asked: &[String], granted: Option<&[String]>) -> Vec<String> {
    let Some(granted) = granted else {
        return Vec::new();
    };
    asked
        .iter()
        .filter(|scope| !granted.contains(scope))
        .cloned()
        .collect()
}

#[cfg(test)]
mod tests;
