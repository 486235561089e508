//! What Microsoft's errors mean to a person.

use super::{Case, Kind, Place, Trouble, io_cause, one_line};
use crate::auth::oauth::{OAuthError, Refusal};
use crate::i18n::Texts;
use crate::source::microsoft::MicrosoftError;

/// Why there is no access to Microsoft.
pub fn oauth(error: &OAuthError, place: &Place, texts: &Texts) -> Trouble {
    let case = Case { place, texts };
    let message = match error {
        OAuthError::Refused(refusal) => refused(refusal, &case),
        OAuthError::Cancelled => case.say("login-cancelled", &[]),
        OAuthError::Listener(cause) => {
            let cause = io_cause(cause, texts);
            case.say("oauth-listener", &[("cause", cause.into())])
        }
        OAuthError::Throttled { .. } | OAuthError::Unavailable { .. } => {
            case.say("microsoft-unavailable", &[])
        }
        OAuthError::Unreachable { detail, .. } => case.detail("microsoft-unreachable", detail),
        OAuthError::Protocol(detail) => case.detail("microsoft-protocol", detail),
        OAuthError::Net(error) => case.detail("microsoft-protocol", &error.to_string()),
    };
    let (kind, code) = match error {
        OAuthError::Cancelled => (Kind::Stopped, "login"),
        OAuthError::Refused(Refusal::AdminConsent { .. }) => (Kind::Connection, "admin-consent"),
        _ => (Kind::Connection, "login"),
    };
    Trouble::new(kind, code, message)
}

fn refused(refusal: &Refusal, case: &Case<'_>) -> String {
    match refusal {
        Refusal::AccessDenied => case.say("oauth-access-denied", &[]),
        Refusal::AdminConsent { detail } => case.detail("microsoft-admin-consent", detail),
        Refusal::AdminPolicy | Refusal::OrgInternal => case.say("microsoft-admin-policy", &[]),
        Refusal::SignInAgain { detail } => case.detail("microsoft-sign-in-again", detail),
        Refusal::UnknownClient { detail } => case.detail("microsoft-unknown-client", detail),
        Refusal::DeletedClient => case.detail("microsoft-unknown-client", ""),
        Refusal::WrongAccountType { detail } => case.detail("microsoft-wrong-account-type", detail),
        Refusal::NotPublicClient { detail } => case.detail("microsoft-not-public", detail),
        Refusal::ClientSecretMissing => case.detail("microsoft-not-public", ""),
        Refusal::RedirectMismatch => case.say("microsoft-redirect-mismatch", &[]),
        Refusal::DeviceCodeExpired => case.say("microsoft-code-expired", &[]),
        Refusal::ScopeMissing { missing } => {
            case.detail("microsoft-scope-missing", &missing.join(", "))
        }
        Refusal::NoRefreshToken => case.say("microsoft-no-refresh-token", &[]),
        Refusal::Other { .. } => case.detail("microsoft-other", &refusal.to_string()),
    }
}

/// Why the account cannot be read.
pub fn account(error: &MicrosoftError, place: &Place, texts: &Texts) -> Trouble {
    let case = Case { place, texts };
    let message = match error {
        MicrosoftError::SignIn(error) => return oauth(error, place, texts),
        MicrosoftError::TokenRejected { message } => {
            case.detail("microsoft-sign-in-again", message)
        }
        MicrosoftError::NoDrive { message } => case.detail("microsoft-no-drive", message),
        MicrosoftError::NoSites => case.say("microsoft-no-sites", &[]),
        MicrosoftError::SiteNotFound { wanted, found } => {
            let found = found.iter().map(|site| format!("\n    {}", one_line(site)));
            let args = [
                ("wanted", wanted.into()),
                ("found", found.collect::<String>().into()),
            ];
            let message = case.say("microsoft-site-not-found", &args);
            return Trouble::new(Kind::Usage, "site-not-found", message);
        }
        MicrosoftError::Other { .. } => case.detail("microsoft-other", &error.to_string()),
    };
    Trouble::new(Kind::Connection, "microsoft", message)
}
