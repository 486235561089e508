//! The file that Google's console gives for a client id ("Download JSON"), and what people paste instead.

use secrecy::SecretString;
use serde_json::Value;

/// How every client id of Google ends.
const ENDING: &str = ".apps.googleusercontent.com";

/// A registration of a desktop app.
#[derive(Debug, Clone)]
pub struct ClientFile {
    pub id: String,
    pub secret: SecretString,
    /// The project's id, for the addresses of its pages in the console.
    pub project: Option<String>,
}

/// Why a text is no registration that can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClientFileError {
    #[error("nothing")]
    Empty,
    /// Cut off, or something else altogether.
    #[error("not JSON")]
    NotJson,
    /// `{"web": …}`: its answers cannot come back to this computer.
    #[error("a client of the type \"Web application\"")]
    WebClient,
    /// `{"type": "service_account"}`
    #[error("a service account's key")]
    ServiceAccount,
    /// JSON, but of something else.
    #[error("no client id in it")]
    SomethingElse,
    /// The console gives the secret only when the client is made.
    #[error("no client secret in it")]
    NoSecret,
}

impl ClientFile {
    /// # Errors
    /// See [`ClientFileError`].
    pub fn read(text: &str) -> Result<Self, ClientFileError> {
        // Some editors put a mark in front.
        let text = text.trim_start_matches('\u{feff}').trim();
        if text.is_empty() {
            return Err(ClientFileError::Empty);
        }
        let file: Value = serde_json::from_str(text).map_err(|_| ClientFileError::NotJson)?;
        if file.get("web").is_some() {
            return Err(ClientFileError::WebClient);
        }
        if file.get("type").and_then(Value::as_str) == Some("service_account") {
            return Err(ClientFileError::ServiceAccount);
        }
        let client = file
            .get("installed")
            .ok_or(ClientFileError::SomethingElse)?;
        let text = |name: &str| {
            let text = client.get(name).and_then(Value::as_str).map(str::trim);
            text.filter(|text| !text.is_empty())
        };
        Ok(Self {
            id: text("client_id")
                .filter(|id| is_google_client_id(id))
                .ok_or(ClientFileError::SomethingElse)?
                .to_owned(),
            secret: text("client_secret")
                .ok_or(ClientFileError::NoSecret)?
                .into(),
            project: text("project_id").map(str::to_owned),
        })
    }
}

/// Whether this can be a client id of Google: a number, letters, and their ending.
pub fn is_google_client_id(text: &str) -> bool {
    text.strip_suffix(ENDING).is_some_and(|name| {
        name.starts_with(|c: char| c.is_ascii_digit())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret as _;

    const DESKTOP: &str = r#"{"installed":{"client_id":"12-ab.apps.googleusercontent.com",
        "project_id":"canard-1","auth_uri":"https://accounts.google.com/o/oauth2/auth",
        "client_secret":"GOCSPX-x","redirect_uris":["http://localhost"]}}"#;

    #[test]
    fn a_desktop_client_is_read() {
        for text in [DESKTOP.to_owned(), format!("\u{feff}\n{DESKTOP}\n")] {
            let client = ClientFile::read(&text).unwrap();
            assert_eq!(client.id, "12-ab.apps.googleusercontent.com");
            assert_eq!(client.secret.expose_secret(), "GOCSPX-x");
            assert_eq!(client.project.as_deref(), Some("canard-1"));
        }
    }

    #[test]
    fn everything_else_is_told_apart() {
        let of = |text: &str| ClientFile::read(text).unwrap_err();
        assert_eq!(of("  "), ClientFileError::Empty);
        assert_eq!(of(&DESKTOP[..60]), ClientFileError::NotJson);
        assert_eq!(of("<html>"), ClientFileError::NotJson);
        assert_eq!(
            of(&DESKTOP.replace("installed", "web")),
            ClientFileError::WebClient
        );
        assert_eq!(
            of(r#"{"type":"service_account","project_id":"x"}"#),
            ClientFileError::ServiceAccount
        );
        assert_eq!(
            of(r#"{"type":"authorized_user","client_id":"x"}"#),
            ClientFileError::SomethingElse
        );
        assert_eq!(of("[1]"), ClientFileError::SomethingElse);
        assert_eq!(of(r#""text""#), ClientFileError::SomethingElse);
        assert_eq!(
            of(&DESKTOP.replace("client_secret", "secret")),
            ClientFileError::NoSecret
        );
        assert_eq!(
            of(&DESKTOP.replace(".apps.googleusercontent.com", "")),
            ClientFileError::SomethingElse
        );
    }

    #[test]
    fn a_client_id_is_known_by_its_ending() {
        assert!(is_google_client_id("123-abc.apps.googleusercontent.com"));
        assert!(is_google_client_id("123.apps.googleusercontent.com"));
        for wrong in [
            "",
            "GOCSPX-secret",
            "123-abc",
            "me@example.org",
            ".apps.googleusercontent.com",
        ] {
            assert!(!is_google_client_id(wrong), "{wrong}");
        }
    }
}
