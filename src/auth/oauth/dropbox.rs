//! Dropbox: an app key, no secret, PKCE (<https://developers.dropbox.com/oauth-guide>).

use url::Url;

use super::{Dialect, Provider};
use crate::net::NetError;

/// Reading everything, writing nothing.
pub const DROPBOX_SCOPES: [&str; 4] = [
    "account_info.read",
    "files.metadata.read",
    "files.content.read",
    "sharing.read",
];

/// Where the browser comes back to. Dropbox compares the whole address, port included, with those that are
/// registered in the App Console, so these are fixed; the first port that is free is taken. They are below
/// the ports that systems give out by themselves.
pub const DROPBOX_REDIRECTS: [&str; 3] = [
    "http://127.0.0.1:17645/",
    "http://127.0.0.1:17646/",
    "http://127.0.0.1:17647/",
];

/// Whether this may be an app key: a short word of small letters and digits
/// (<https://www.dropbox.com/developers/apps>). Real ones have fifteen.
pub fn is_dropbox_app_key(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    (10..=20).contains(&text.len()) && text.chars().all(plain)
}

impl Provider {
    /// Dropbox, or with `endpoint` a practice server on this computer that has the same paths.
    ///
    /// # Errors
    /// When `endpoint` is not on this computer.
    pub fn dropbox(endpoint: Option<&Url>) -> Result<Self, NetError> {
        let (web, api) = match endpoint {
            None => ("https://www.dropbox.com", "https://api.dropboxapi.com"),
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
            auth_url: address(web, "/oauth2/authorize")?,
            token_url: address(api, "/oauth2/token")?,
            revoke_url: Some(address(api, "/2/auth/token/revoke")?),
            device_url: None,
            scopes: DROPBOX_SCOPES.map(str::to_owned).to_vec(),
            optional: Vec::new(),
            // Without it there is no refresh token, and the sign-in ends after four hours.
            extra: vec![("token_access_type", "offline")],
            redirects: DROPBOX_REDIRECTS.map(str::to_owned).to_vec(),
            dialect: Dialect::Dropbox,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn app_keys_are_known_by_their_form() {
        assert!(is_dropbox_app_key("canardbleu12345"));
        for wrong in [
            "",
            "canard",
            "canard bleu 123",
            "https://www.dropbox.com",
            "CANARDBLEU12345",
        ] {
            assert!(!is_dropbox_app_key(wrong), "{wrong}");
        }
    }
}
