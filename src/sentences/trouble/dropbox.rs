//! What Dropbox's errors mean to a person.

use super::{Case, Kind, Place, Trouble, io_cause};
use crate::auth::oauth::{OAuthError, Refusal};
use crate::i18n::Texts;
use crate::source::dropbox::DropboxError;

/// Why there is no access to Dropbox.
pub fn oauth(error: &OAuthError, place: &Place, texts: &Texts) -> Trouble {
    let case = Case { place, texts };
    let message = match error {
        OAuthError::Refused(refusal) => refused(refusal, &case),
        OAuthError::Cancelled => case.say("login-cancelled", &[]),
        OAuthError::Listener(cause) => {
            let cause = io_cause(cause, texts);
            case.say("dropbox-listener", &[("cause", cause.into())])
        }
        OAuthError::Throttled { .. } | OAuthError::Unavailable { .. } => {
            case.say("dropbox-unavailable", &[])
        }
        OAuthError::Unreachable { detail, .. } => case.detail("dropbox-unreachable", detail),
        OAuthError::Protocol(detail) => case.detail("dropbox-protocol", detail),
        OAuthError::Net(error) => case.detail("dropbox-protocol", &error.to_string()),
    };
    let kind = match error {
        OAuthError::Cancelled => Kind::Stopped,
        _ => Kind::Connection,
    };
    Trouble::new(kind, "login", message)
}

fn refused(refusal: &Refusal, case: &Case<'_>) -> String {
    match refusal {
        Refusal::AccessDenied => case.say("oauth-access-denied", &[]),
        Refusal::SignInAgain { detail } => case.detail("dropbox-sign-in-again", detail),
        Refusal::UnknownClient { detail } => case.detail("dropbox-unknown-client", detail),
        Refusal::DeletedClient => case.detail("dropbox-unknown-client", ""),
        Refusal::RedirectMismatch => case.say("dropbox-redirect-mismatch", &[]),
        Refusal::AdminPolicy | Refusal::OrgInternal | Refusal::AdminConsent { .. } => {
            case.say("dropbox-admin-policy", &[])
        }
        Refusal::ScopeMissing { missing } => {
            case.detail("dropbox-scope-missing", &missing.join(", "))
        }
        Refusal::NoRefreshToken => case.say("dropbox-no-refresh-token", &[]),
        Refusal::ClientSecretMissing
        | Refusal::WrongAccountType { .. }
        | Refusal::NotPublicClient { .. }
        | Refusal::DeviceCodeExpired
        | Refusal::Other { .. } => case.detail("dropbox-other", &refusal.to_string()),
    }
}

/// Why the account cannot be read.
pub fn account(error: &DropboxError, place: &Place, texts: &Texts) -> Trouble {
    let case = Case { place, texts };
    let message = match error {
        DropboxError::SignIn(error) => return oauth(error, place, texts),
        DropboxError::ScopeMissing { scope } => case.detail("dropbox-scope-missing", scope),
        DropboxError::TokenRejected { summary } => case.detail("dropbox-sign-in-again", summary),
        DropboxError::Suspended => case.say("dropbox-suspended", &[]),
        DropboxError::NotAllowed { summary } => case.detail("dropbox-not-allowed", summary),
        DropboxError::RootChanged => case.say("dropbox-root-changed", &[]),
        DropboxError::Other { .. } => case.detail("dropbox-other", &error.to_string()),
    };
    Trouble::new(Kind::Connection, "dropbox", message)
}
