use std::time::Duration;

/// Why there is no access, and whose move it is.
#[derive(Debug, thiserror::Error)]
pub enum OAuthError {
    /// The provider said no; asking again in the same way does not help.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The user gave up before the browser came back.
    #[error("the sign-in was cancelled")]
    Cancelled,
    /// No port on this computer could be opened for the browser's answer.
    #[error("no port could be opened for the browser's answer: {0}")]
    Listener(#[source] std::io::Error),
    #[error("asked to slow down")]
    Throttled { retry_after: Option<Duration> },
    /// The provider has a passing trouble of its own.
    #[error("the provider answered {status}")]
    Unavailable { status: u16 },
    #[error("the provider cannot be reached: {detail}")]
    Unreachable {
        /// Without the address, see [`crate::net::describe`].
        detail: String,
        #[source]
        cause: reqwest::Error,
    },
    #[error("an answer that is not OAuth 2: {0}")]
    Protocol(String),
    #[error(transparent)]
    Net(#[from] crate::net::NetError),
}

/// The provider's no, told apart by what to do about it.
///
/// The codes are those of RFC 6749, section 5.2, and Google's additions
/// (<https://developers.google.com/identity/protocols/oauth2/native-app>).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// `access_denied`: the user pressed "cancel" on the consent page.
    #[error("access was denied on the consent page")]
    AccessDenied,
    /// `invalid_grant`: the refresh token is no longer good, and only a new sign-in helps. Revoked, six
    /// months unused, pushed out by a hundred newer ones, or, the usual trap, seven days old while the
    /// project's consent screen is "External" and still in "Testing": until it is published every sign-in
    /// ends after a week (<https://developers.google.com/identity/protocols/oauth2#expiration>).
    #[error("the sign-in is no longer valid ({detail})")]
    SignInAgain { detail: String },
    /// `invalid_client`: the client id or its secret is wrong.
    #[error("the client id or secret is not known ({detail})")]
    UnknownClient { detail: String },
    /// `deleted_client`: the client was deleted, or is unused for six months.
    #[error("the client id was deleted")]
    DeletedClient,
    /// `admin_policy_enforced`: the organisation's administrator must allow this client.
    #[error("an administrator's policy forbids this client")]
    AdminPolicy,
    /// `org_internal`: the client is for the members of another organisation only.
    #[error("the client is internal to another organisation")]
    OrgInternal,
    /// `redirect_uri_mismatch`: the client is not of the type "Desktop app".
    #[error("the client does not allow an answer on this computer; it is no desktop client")]
    RedirectMismatch,
    /// `invalid_request`, "client_secret is missing.": a desktop client needs its secret all the same.
    #[error("the client secret is missing")]
    ClientSecretMissing,
    /// The organisation lets nobody but an administrator allow this client
    /// (<https://learn.microsoft.com/entra/identity/enterprise-apps/configure-user-consent>).
    #[error("an administrator must allow this client ({detail})")]
    AdminConsent { detail: String },
    /// The client is registered for accounts of another kind (personal, work or school).
    #[error("the client is not for accounts of this kind ({detail})")]
    WrongAccountType { detail: String },
    /// The client is registered as one that keeps a secret, on a server; this program cannot.
    #[error("the client is not registered as a public one ({detail})")]
    NotPublicClient { detail: String },
    /// Nobody entered the code in time.
    #[error("the code was not entered in time")]
    DeviceCodeExpired,
    /// The user did not tick these scopes on the consent page.
    #[error("not granted: {}", missing.join(" "))]
    ScopeMissing { missing: Vec<String> },
    /// A sign-in without a refresh token ends after an hour.
    #[error("no refresh token was given")]
    NoRefreshToken,
    #[error("refused: {code} ({detail})")]
    Other { code: String, detail: String },
}

impl Refusal {
    pub(super) fn from_code(code: &str, description: Option<&str>) -> Self {
        let detail = shorten(description.unwrap_or_default());
        match code {
            "access_denied" => Self::AccessDenied,
            "invalid_grant" => Self::SignInAgain {
                detail: if detail.is_empty() {
                    code.to_owned()
                } else {
                    detail
                },
            },
            "invalid_client" | "unauthorized_client" => Self::UnknownClient { detail },
            "deleted_client" | "disabled_client" => Self::DeletedClient,
            "admin_policy_enforced" => Self::AdminPolicy,
            "org_internal" => Self::OrgInternal,
            "redirect_uri_mismatch" => Self::RedirectMismatch,
            "invalid_request" if detail.contains("client_secret is missing") => {
                Self::ClientSecretMissing
            }
            _ => Self::Other {
                code: shorten(code),
                detail,
            },
        }
    }
}

/// What somebody else wrote, fit for one line of a message.
pub(super) fn shorten(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(200).collect()
}

impl OAuthError {
    /// Whether the same request may succeed later without anybody doing anything.
    pub const fn is_passing(&self) -> bool {
        matches!(
            self,
            Self::Throttled { .. } | Self::Unavailable { .. } | Self::Unreachable { .. }
        )
    }

    /// The provider's no, where it is one.
    pub const fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_the_codes_apart() {
        let of = |code, text| Refusal::from_code(code, Some(text));
        assert!(matches!(
            of("invalid_grant", "Token has been expired or revoked."),
            Refusal::SignInAgain { detail } if detail.contains("expired")
        ));
        assert_eq!(
            of("invalid_request", "client_secret is missing."),
            Refusal::ClientSecretMissing
        );
        assert!(matches!(
            of("invalid_request", "Missing required parameter: code"),
            Refusal::Other { .. }
        ));
        assert!(matches!(
            of("invalid_client", "Unauthorized"),
            Refusal::UnknownClient { .. }
        ));
        assert_eq!(of("deleted_client", ""), Refusal::DeletedClient);
        assert_eq!(of("admin_policy_enforced", ""), Refusal::AdminPolicy);
        assert_eq!(of("org_internal", ""), Refusal::OrgInternal);
        assert_eq!(of("redirect_uri_mismatch", ""), Refusal::RedirectMismatch);
        assert_eq!(of("access_denied", ""), Refusal::AccessDenied);
    }
}
