use std::time::Duration;

use serde::Deserialize;

use crate::auth::oauth::{OAuthError, Refusal};
use crate::model::Reason;
use crate::net::describe;
use crate::source::SourceError;

/// What Microsoft said, told apart by what to do about it: the cause of a [`SourceError`] that concerns the
/// account rather than one item. See [`microsoft_error`].
#[derive(Debug, thiserror::Error)]
pub enum MicrosoftError {
    /// The sign-in itself failed or has ended.
    #[error(transparent)]
    SignIn(OAuthError),
    /// 401 to a token that was renewed a moment ago.
    #[error("the access token is not accepted: {message}")]
    TokenRejected { message: String },
    /// The account has never opened OneDrive, or its organisation has no licence for it.
    #[error("the account has no OneDrive: {message}")]
    NoDrive { message: String },
    /// A personal account, for which sites were chosen.
    #[error("personal accounts have no sites")]
    NoSites,
    /// No site or team of this name or address, or several.
    #[error("not one site is `{wanted}`; there are: {}", found.join(", "))]
    SiteNotFound {
        wanted: String,
        /// Those that the account sees, at most a hundred.
        found: Vec<String>,
    },
    /// Anything else, with Microsoft's own code.
    #[error("{status} {code}: {message}")]
    Other {
        status: u16,
        code: String,
        message: String,
    },
}

impl MicrosoftError {
    /// As the trouble of a whole source, which trying again does not cure.
    pub(super) fn into_source(self) -> SourceError {
        SourceError::Protocol {
            detail: self.to_string(),
            cause: Some(Box::new(self)),
        }
    }
}

/// What Microsoft said, where `error` is about the account.
pub fn microsoft_error(error: &SourceError) -> Option<&MicrosoftError> {
    let cause = match error {
        SourceError::Unauthorized { cause, .. }
        | SourceError::Temporary { cause, .. }
        | SourceError::Unreachable { cause, .. }
        | SourceError::Protocol { cause, .. } => cause.as_deref()?,
        _ => return None,
    };
    cause.downcast_ref()
}

/// Why a request did not give what was asked for, before it is known what that means for an item.
#[derive(Debug)]
pub(super) enum Failure {
    SignIn(OAuthError),
    Network(reqwest::Error),
    Api(ApiError),
    /// 410: the list of changes must begin anew, here if Microsoft says where.
    Resync(Option<String>),
    /// A download's address that ended at once, twice.
    DeadLink(u16),
    /// An answer of 200 that is not what the API documents.
    Unreadable(String),
    /// An address, in an answer, that does not lead where it should.
    Untrusted(String),
}

/// Graph's error body (<https://learn.microsoft.com/graph/errors>).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ApiError {
    pub(super) status: u16,
    /// From the outermost, which says least, to the innermost.
    pub(super) codes: Vec<String>,
    pub(super) message: String,
    pub(super) retry_after: Option<Duration>,
    /// `X-Virus-Infected`, which some download hosts say it by.
    pub(super) infected: bool,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ErrorBody {
    error: ErrorObject,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ErrorObject {
    code: String,
    message: String,
    /// Older answers write it in small letters.
    #[serde(rename = "innerError", alias = "innererror")]
    inner: Option<Box<ErrorObject>>,
}

/// Deeper than this nobody nests errors.
const DEEPEST: usize = 8;

impl ApiError {
    pub(super) fn read(status: u16, retry_after: Option<Duration>, body: &[u8]) -> Self {
        let error = serde_json::from_slice::<ErrorBody>(body)
            .unwrap_or_default()
            .error;
        let message = error
            .message
            .chars()
            .filter(|c| !c.is_control())
            .take(400)
            .collect();
        let mut codes = Vec::new();
        let mut next = Some(&error);
        while let Some(error) = next.filter(|_| codes.len() < DEEPEST) {
            if !error.code.is_empty() {
                codes.push(error.code.chars().take(100).collect());
            }
            next = error.inner.as_deref();
        }
        Self {
            status,
            codes,
            message,
            retry_after,
            infected: false,
        }
    }

    pub(super) fn has(&self, code: &str) -> bool {
        let same = |known: &String| known.eq_ignore_ascii_case(code);
        self.codes.iter().any(same)
    }

    /// 429, and 509 for too many bytes; 503 where a pause comes with it is the same in SharePoint.
    fn is_throttling(&self) -> bool {
        matches!(self.status, 429 | 509)
            || (self.status == 503 && self.retry_after.is_some())
            || self.has("activityLimitReached")
    }

    /// 507 is the account's own storage: nothing that passes.
    fn is_passing(&self) -> bool {
        self.is_throttling() || matches!(self.status, 408 | 500 | 502 | 503 | 504)
    }

    pub(super) fn is_malware(&self) -> bool {
        self.infected || self.has("malwareDetected")
    }

    fn code(&self) -> String {
        self.codes.last().cloned().unwrap_or_default()
    }

    fn detail(&self) -> String {
        format!("{} {}: {}", self.status, self.codes.join("/"), self.message)
    }
}

impl Failure {
    /// Whether the same request may succeed in a moment.
    pub(super) fn is_passing(&self) -> bool {
        match self {
            Self::Network(error) => !crate::net::is_certificate_error(error),
            // Bytes that got damaged on the way, most likely.
            Self::Unreadable(_) | Self::DeadLink(_) => true,
            Self::Api(error) => error.is_passing(),
            // The token source has tried again by itself already.
            Self::SignIn(_) | Self::Untrusted(_) | Self::Resync(_) => false,
        }
    }

    pub(super) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Api(error) => error.retry_after,
            _ => None,
        }
    }

    /// What this means for a list of changes: it must begin anew, at the address that is given, or where
    /// lists begin.
    pub(super) fn resync(&self) -> Option<Option<&str>> {
        match self {
            Self::Resync(location) => Some(location.as_deref()),
            Self::Api(error)
                if error.has("resyncRequired")
                    || error.has("syncStateNotFound")
                    || error.has("resyncChangesApplyDifferences")
                    || error.has("resyncChangesUploadDifferences") =>
            {
                Some(None)
            }
            _ => None,
        }
    }

    pub(super) const fn status(&self) -> Option<u16> {
        match self {
            Self::Api(error) => Some(error.status),
            _ => None,
        }
    }
}

impl From<OAuthError> for Failure {
    fn from(error: OAuthError) -> Self {
        Self::SignIn(error)
    }
}

impl From<Failure> for SourceError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::SignIn(error) => signed_out(error),
            Failure::Network(error) => network(error),
            Failure::Api(error) => api(error),
            Failure::Resync(_) => Self::temporary("the list of changes begins anew"),
            Failure::DeadLink(status) => {
                Self::temporary(format!("status {status} to a new download link"))
            }
            Failure::Unreadable(detail) => Self::protocol(detail),
            Failure::Untrusted(detail) => {
                Self::protocol(format!("leads to an address that is not right: {detail}"))
            }
        }
    }
}

fn signed_out(error: OAuthError) -> SourceError {
    let detail = error.to_string();
    match &error {
        OAuthError::Throttled { retry_after } => SourceError::Throttled {
            retry_after: *retry_after,
        },
        OAuthError::Unavailable { .. } => SourceError::Temporary {
            detail,
            cause: Some(Box::new(MicrosoftError::SignIn(error))),
        },
        OAuthError::Unreachable { .. } => SourceError::Unreachable {
            detail,
            cause: Some(Box::new(MicrosoftError::SignIn(error))),
        },
        OAuthError::Refused(Refusal::ScopeMissing { .. }) | OAuthError::Protocol(_) => {
            MicrosoftError::SignIn(error).into_source()
        }
        _ => SourceError::Unauthorized {
            detail,
            cause: Some(Box::new(MicrosoftError::SignIn(error))),
        },
    }
}

pub(super) fn network(error: reqwest::Error) -> SourceError {
    let detail = describe(&error);
    let connect = error.is_connect();
    // A download's address is a key by itself.
    let cause = Some(error.without_url().into());
    if connect {
        SourceError::Unreachable { detail, cause }
    } else {
        SourceError::Temporary { detail, cause }
    }
}

fn api(error: ApiError) -> SourceError {
    let detail = error.detail();
    if error.is_throttling() {
        return SourceError::Throttled {
            retry_after: error.retry_after,
        };
    }
    if error.is_passing() {
        return SourceError::temporary(detail);
    }
    let forbidden = |reason| SourceError::Forbidden {
        reason,
        detail: detail.clone(),
    };
    if error.is_malware() {
        return forbidden(Reason::Malware);
    }
    match error.status {
        401 => SourceError::Unauthorized {
            detail,
            cause: Some(Box::new(MicrosoftError::TokenRejected {
                message: error.message,
            })),
        },
        403 => forbidden(Reason::SourceForbidden),
        423 => forbidden(Reason::SourceLocked),
        404 | 410 => SourceError::NotFound,
        status => MicrosoftError::Other {
            status,
            code: error.code(),
            message: error.message,
        }
        .into_source(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn failure(status: u16, code: &str, inner: &str) -> Failure {
        let body = json!({"error": {"code": code, "message": "M",
            "innerError": {"code": inner, "date": "2026-01-02T03:04:05", "request-id": "r"}}});
        Failure::Api(ApiError::read(status, None, body.to_string().as_bytes()))
    }

    fn after(status: u16, seconds: f64) -> Failure {
        let wait = Duration::from_secs_f64(seconds);
        Failure::Api(ApiError::read(status, Some(wait), b""))
    }

    #[test]
    fn the_innermost_code_counts() {
        let Failure::Api(error) = failure(400, "invalidRequest", "invalidResourceId") else {
            panic!();
        };
        assert_eq!(error.codes, ["invalidRequest", "invalidResourceId"]);
        assert!(error.has("invalidresourceid"));
        let old = br#"{"error": {"code": "a", "message": "M", "innererror": {"code": "b", "innererror": {"code": "c"}}}}"#;
        assert_eq!(ApiError::read(400, None, old).codes, ["a", "b", "c"]);
        assert_eq!(ApiError::read(502, None, b"<html>").codes.len(), 0);
    }

    #[test]
    fn what_is_about_one_item() {
        let reason = |failure: Failure| match SourceError::from(failure) {
            SourceError::Forbidden { reason, .. } => reason,
            other => panic!("{other:?}"),
        };
        let malware = failure(403, "accessDenied", "malwareDetected");
        assert_eq!(reason(malware), Reason::Malware);
        let mut infected = ApiError::read(403, None, b"");
        infected.infected = true;
        assert_eq!(reason(Failure::Api(infected)), Reason::Malware);
        let denied = failure(403, "accessDenied", "");
        assert_eq!(reason(denied), Reason::SourceForbidden);
        let locked = failure(423, "resourceLocked", "");
        assert_eq!(reason(locked), Reason::SourceLocked);
        for status in [404, 410] {
            let gone = SourceError::from(failure(status, "itemNotFound", ""));
            assert!(matches!(gone, SourceError::NotFound));
        }
    }

    #[test]
    fn limits_pause_and_pass() {
        for failure in [
            after(429, 2.128),
            after(503, 1.0),
            after(509, 60.0),
            failure(429, "activityLimitReached", "throttledRequest"),
        ] {
            assert!(failure.is_passing());
            let wait = failure.retry_after();
            let error = SourceError::from(failure);
            assert!(matches!(error, SourceError::Throttled { .. }), "{error:?}");
            assert_eq!(error.retry_after(), wait);
        }
        for status in [408, 500, 502, 503, 504] {
            let failure = failure(status, "generalException", "");
            assert!(failure.is_passing(), "{status}");
            assert!(SourceError::from(failure).is_passing(), "{status}");
        }
        assert!(!failure(507, "insufficientStorage", "").is_passing());
    }

    #[test]
    fn a_list_of_changes_begins_anew() {
        let location = "https://graph.microsoft.com/v1.0/x".to_owned();
        let resync = Failure::Resync(Some(location.clone()));
        assert_eq!(resync.resync(), Some(Some(location.as_str())));
        let codes = ["resyncChangesApplyDifferences", "syncStateNotFound"];
        for code in codes {
            assert_eq!(failure(400, "invalidRequest", code).resync(), Some(None));
        }
        assert_eq!(failure(404, "itemNotFound", "").resync(), None);
    }

    #[test]
    fn troubles_of_the_account_keep_their_cause() {
        let error = SourceError::from(failure(401, "InvalidAuthenticationToken", ""));
        assert!(error.concerns_all());
        assert!(matches!(
            microsoft_error(&error),
            Some(MicrosoftError::TokenRejected { .. })
        ));
        let ended = OAuthError::Refused(Refusal::SignInAgain { detail: "x".into() });
        let error = SourceError::from(Failure::from(ended));
        assert!(error.concerns_all());
        assert!(matches!(
            microsoft_error(&error),
            Some(MicrosoftError::SignIn(OAuthError::Refused(
                Refusal::SignInAgain { .. }
            )))
        ));
        let error = SourceError::from(failure(400, "invalidRequest", "x"));
        assert!(matches!(
            microsoft_error(&error),
            Some(MicrosoftError::Other { status: 400, code, .. }) if code == "x"
        ));
    }
}
