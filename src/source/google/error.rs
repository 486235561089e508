use std::time::Duration;

use serde::Deserialize;

use crate::auth::oauth::{OAuthError, Refusal};
use crate::model::Reason;
use crate::source::SourceError;
use crate::source::ranged::network;

/// After the project's daily quota is used up, an hour's pause: it is refilled at midnight, Pacific time.
const DAILY_LIMIT_PAUSE: Duration = Duration::from_secs(3600);

/// What Google said, told apart by what to do about it: the cause of a [`SourceError`] that concerns the
/// account or the project rather than one item. See [`google_error`].
#[derive(Debug, thiserror::Error)]
pub enum GoogleError {
    /// The sign-in itself failed or has ended.
    #[error(transparent)]
    SignIn(OAuthError),
    /// `insufficientPermissions`: the sign-in does not cover what was asked.
    #[error("the sign-in does not cover this: {message}")]
    ScopeMissing { message: String },
    /// `accessNotConfigured`: an API is not enabled in the user's own project.
    #[error("{api} is not enabled in this project: {message}")]
    ApiNotEnabled {
        /// As Google calls it: `Google Drive API`.
        api: String,
        message: String,
        /// Where to enable it, as Google gives it.
        link: Option<String>,
    },
    /// 401 to a token that was renewed a moment ago.
    #[error("the access token is not accepted: {message}")]
    TokenRejected { message: String },
    /// Anything else, with Google's own code.
    #[error("{status} {reason}: {message}")]
    Other {
        status: u16,
        reason: String,
        message: String,
    },
}

/// What Google said, where `error` is about the account or the project.
pub fn google_error(error: &SourceError) -> Option<&GoogleError> {
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
    /// An answer of 200 that is not what the API documents.
    Unreadable(String),
    /// An address, in an answer, that no token may be sent to.
    Untrusted(String),
    /// The temporary file of a long answer cannot be written.
    Disk(std::io::Error),
}

/// The API's error body
/// (<https://developers.google.com/workspace/drive/api/guides/handle-errors>).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ApiError {
    pub(super) status: u16,
    /// `errors[0].reason`, or the machine-readable code of newer APIs.
    pub(super) reason: String,
    pub(super) message: String,
    pub(super) location: String,
    pub(super) retry_after: Option<Duration>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ErrorBody {
    error: ErrorObject,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ErrorObject {
    message: String,
    status: String,
    errors: Vec<ErrorItem>,
    details: Vec<ErrorDetail>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ErrorItem {
    reason: String,
    location: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ErrorDetail {
    reason: String,
}

impl ApiError {
    pub(super) fn read(status: u16, retry_after: Option<Duration>, body: &[u8]) -> Self {
        let ErrorObject {
            message,
            status: name,
            errors,
            details,
        } = serde_json::from_slice::<ErrorBody>(body)
            .map(|body| body.error)
            .ok()
            .or_else(|| gdata_error(body))
            .unwrap_or_default();
        let first = errors.into_iter().next().unwrap_or_default();
        let detail = details.into_iter().map(|detail| detail.reason);
        let reason = std::iter::once(first.reason)
            .chain(detail)
            .chain([name])
            .find(|reason| !reason.is_empty())
            .unwrap_or_default();
        Self {
            status,
            reason,
            message: message
                .chars()
                .filter(|c| !c.is_control())
                .take(400)
                .collect(),
            location: first.location,
            retry_after,
        }
    }

    pub(super) fn is_throttling(&self) -> bool {
        self.status == 429
            || (self.status == 403
                && matches!(
                    self.reason.as_str(),
                    "userRateLimitExceeded"
                        | "rateLimitExceeded"
                        | "sharingRateLimitExceeded"
                        | "RATE_LIMIT_EXCEEDED"
                ))
    }

    fn is_daily_limit(&self) -> bool {
        self.status == 403
            && matches!(
                self.reason.as_str(),
                "dailyLimitExceeded" | "dailyLimitExceededUnreg" | "quotaExceeded"
            )
    }

    /// `Google Drive API has not been used in project …`
    fn api(&self) -> String {
        let name = self.message.split(" has not been used").next();
        let name = name.filter(|name| name.len() < self.message.len() && name.len() < 60);
        name.unwrap_or("Google API").to_owned()
    }

    fn link(&self) -> Option<String> {
        let link = self
            .message
            .split_whitespace()
            .find(|word| word.starts_with("https://console."))?;
        Some(link.trim_end_matches(['.', ',']).to_owned())
    }
}

/// What CalDAV says when the whole API refuses, in the form of the GData protocol of old.
fn gdata_error(body: &[u8]) -> Option<ErrorObject> {
    let text = std::str::from_utf8(body).ok()?;
    let within = |name: &str| {
        let (_, rest) = text.split_once(&format!("<{name}>"))?;
        let (inside, _) = rest.split_once(&format!("</{name}>"))?;
        quick_xml::escape::unescape(inside)
            .ok()
            .map(|text| text.into_owned())
    };
    Some(ErrorObject {
        message: within("internalReason").unwrap_or_default(),
        errors: vec![ErrorItem {
            reason: within("code")?,
            location: String::new(),
        }],
        ..ErrorObject::default()
    })
}

impl Failure {
    /// Whether the same request may succeed in a moment.
    pub(super) fn is_passing(&self) -> bool {
        match self {
            // A name that is not found or a certificate that is not valid will not change in a moment,
            // but a lost connection may.
            Self::Network(error) => !crate::net::is_certificate_error(error),
            // Bytes that got damaged on the way, most likely.
            Self::Unreadable(_) => true,
            Self::Api(error) => error.is_throttling() || error.status >= 500 || error.status == 408,
            // The token source has tried again by itself already.
            Self::SignIn(_) | Self::Untrusted(_) | Self::Disk(_) => false,
        }
    }

    pub(super) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Api(error) => error.retry_after,
            _ => None,
        }
    }

    pub(super) fn has_reason(&self, reason: &str) -> bool {
        matches!(self, Self::Api(error) if error.reason == reason)
    }

    /// A token for changes that the server no longer takes: list everything.
    pub(super) fn rejects_sync_token(&self) -> bool {
        let Self::Api(error) = self else {
            return false;
        };
        let about_token = error.location == "syncToken"
            || error.message.to_ascii_lowercase().contains("sync token")
            || matches!(
                error.reason.as_str(),
                "EXPIRED_SYNC_TOKEN" | "fullSyncRequired" | "updatedMinTooLongAgo"
            );
        match error.status {
            400 => about_token,
            410 => true,
            _ => false,
        }
    }

    /// A page or change token that the server no longer takes: begin anew.
    pub(super) fn rejects_page_token(&self) -> bool {
        let Self::Api(error) = self else {
            return false;
        };
        let about_token = error.location == "pageToken"
            || error.message.to_ascii_lowercase().contains("page token");
        match error.status {
            400 => about_token || matches!(error.reason.as_str(), "invalid" | "invalidPageToken"),
            404 => about_token,
            410 => true,
            _ => false,
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
            Failure::Unreadable(detail) => Self::protocol(detail),
            Failure::Untrusted(detail) => Self::protocol(format!(
                "leads to an address that is not Google's: {detail}"
            )),
            Failure::Disk(cause) => Self::Unreadable { cause },
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
            cause: Some(Box::new(GoogleError::SignIn(error))),
        },
        OAuthError::Unreachable { .. } => SourceError::Unreachable {
            detail,
            cause: Some(Box::new(GoogleError::SignIn(error))),
        },
        OAuthError::Refused(Refusal::ScopeMissing { .. }) | OAuthError::Protocol(_) => {
            SourceError::Protocol {
                detail,
                cause: Some(Box::new(GoogleError::SignIn(error))),
            }
        }
        _ => SourceError::Unauthorized {
            detail,
            cause: Some(Box::new(GoogleError::SignIn(error))),
        },
    }
}

fn api(error: ApiError) -> SourceError {
    let detail = format!("{} {}: {}", error.status, error.reason, error.message);
    if error.is_throttling() {
        return SourceError::Throttled {
            retry_after: error.retry_after,
        };
    }
    if error.is_daily_limit() {
        let pause = error
            .retry_after
            .map_or(DAILY_LIMIT_PAUSE, |wait| wait.max(DAILY_LIMIT_PAUSE));
        return SourceError::Throttled {
            retry_after: Some(pause),
        };
    }
    let forbidden = |reason| SourceError::Forbidden {
        reason,
        detail: detail.clone(),
    };
    match (error.status, error.reason.as_str()) {
        (401, _) => SourceError::Unauthorized {
            detail,
            cause: Some(Box::new(GoogleError::TokenRejected {
                message: error.message,
            })),
        },
        (403, "insufficientPermissions" | "ACCESS_TOKEN_SCOPE_INSUFFICIENT") => {
            SourceError::Protocol {
                detail,
                cause: Some(Box::new(GoogleError::ScopeMissing {
                    message: error.message,
                })),
            }
        }
        (403, "accessNotConfigured" | "SERVICE_DISABLED") => SourceError::Protocol {
            detail,
            cause: Some(Box::new(GoogleError::ApiNotEnabled {
                api: error.api(),
                link: error.link(),
                message: error.message,
            })),
        },
        (403, "downloadQuotaExceeded") => forbidden(Reason::DownloadQuota),
        (403, "cannotDownloadAbusiveFile") => forbidden(Reason::FlaggedAsAbuse),
        (
            403,
            "cannotDownloadFile"
            | "insufficientFilePermissions"
            | "domainPolicy"
            | "fileNotDownloadable",
        ) => forbidden(Reason::DownloadForbidden),
        (403, "fileNotExportable" | "exportSizeLimitExceeded") => SourceError::NotExportable,
        (403, _) => forbidden(Reason::SourceForbidden),
        (404 | 410, _) => SourceError::NotFound,
        (408 | 500.., _) => SourceError::temporary(detail),
        _ => SourceError::Protocol {
            detail,
            cause: Some(Box::new(GoogleError::Other {
                status: error.status,
                reason: error.reason,
                message: error.message,
            })),
        },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn failure(status: u16, reason: &str, message: &str) -> Failure {
        let body = json!({"error": {"code": status, "message": message, "errors": [
            {"message": message, "domain": "global", "reason": reason}]}});
        Failure::Api(ApiError::read(status, None, body.to_string().as_bytes()))
    }

    fn forbidden(reason: &str) -> Reason {
        match SourceError::from(failure(403, reason, "M")) {
            SourceError::Forbidden { reason, .. } => reason,
            other => panic!("{reason}: {other:?}"),
        }
    }

    #[test]
    fn reasons_of_one_file() {
        for (reason, expected) in [
            ("downloadQuotaExceeded", Reason::DownloadQuota),
            ("cannotDownloadAbusiveFile", Reason::FlaggedAsAbuse),
            ("cannotDownloadFile", Reason::DownloadForbidden),
            ("insufficientFilePermissions", Reason::DownloadForbidden),
            ("domainPolicy", Reason::DownloadForbidden),
            ("fileNotDownloadable", Reason::DownloadForbidden),
            ("somethingNew", Reason::SourceForbidden),
        ] {
            assert_eq!(forbidden(reason), expected, "{reason}");
        }
        let is = |status, reason| SourceError::from(failure(status, reason, "M"));
        assert!(matches!(is(404, "notFound"), SourceError::NotFound));
        for reason in ["fileNotExportable", "exportSizeLimitExceeded"] {
            assert!(matches!(is(403, reason), SourceError::NotExportable));
        }
        assert!(matches!(
            is(503, "backendError"),
            SourceError::Temporary { .. }
        ));
    }

    #[test]
    fn rate_limits_pause_and_pass() {
        for (status, reason) in [
            (403, "userRateLimitExceeded"),
            (403, "rateLimitExceeded"),
            (429, "rateLimitExceeded"),
            (429, ""),
        ] {
            let failure = failure(status, reason, "Rate Limit Exceeded");
            assert!(failure.is_passing());
            let error = SourceError::from(failure);
            assert!(matches!(error, SourceError::Throttled { .. }), "{error:?}");
        }
        let daily = failure(403, "dailyLimitExceeded", "M");
        assert!(!daily.is_passing(), "not within a survey's patience");
        let pause = SourceError::from(daily).retry_after();
        assert!(pause.is_some_and(|pause| pause >= Duration::from_secs(3600)));
    }

    #[test]
    fn troubles_of_the_account_keep_their_cause() {
        let message = "Google Drive API has not been used in project 42 before or it is disabled. Enable \
                       it by visiting https://console.developers.google.com/apis/api/drive.googleapis.com/overview?project=42 then retry.";
        let error = SourceError::from(failure(403, "accessNotConfigured", message));
        assert!(matches!(
            google_error(&error),
            Some(GoogleError::ApiNotEnabled { link: Some(link), .. }) if link.ends_with("project=42")
        ));
        let error = SourceError::from(failure(403, "insufficientPermissions", "M"));
        assert!(matches!(
            google_error(&error),
            Some(GoogleError::ScopeMissing { .. })
        ));
        let error = SourceError::from(failure(401, "authError", "M"));
        assert!(error.concerns_all());
        assert!(matches!(
            google_error(&error),
            Some(GoogleError::TokenRejected { .. })
        ));
        let dead = OAuthError::Refused(Refusal::SignInAgain { detail: "x".into() });
        let error = SourceError::from(Failure::from(dead));
        assert!(error.concerns_all());
        assert!(matches!(
            google_error(&error),
            Some(GoogleError::SignIn(OAuthError::Refused(
                Refusal::SignInAgain { .. }
            )))
        ));
    }

    #[test]
    fn newer_error_bodies_are_read_too() {
        let body = json!({"error": {"code": 403, "message": "M", "status": "PERMISSION_DENIED",
            "details": [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "SERVICE_DISABLED"}]}});
        let read = ApiError::read(403, None, body.to_string().as_bytes());
        assert_eq!(read.reason, "SERVICE_DISABLED");
        let read = ApiError::read(502, None, b"<html>Bad gateway");
        assert_eq!((read.reason.as_str(), read.status), ("", 502));
        let read = ApiError::read(400, None, br#"{"error": "invalid_grant"}"#);
        assert_eq!(read.reason, "");
    }

    #[test]
    fn caldav_speaks_the_xml_of_old() {
        let body = b"<errors xmlns='http://schemas.google.com/g/2005'><error><domain>usageLimits</domain>\
            <code>accessNotConfigured</code><internalReason>CalDAV API has not been used in project 42 before or it \
            is disabled. Enable it by visiting https://console.developers.google.com/x?a=1&amp;project=42 then \
            retry.</internalReason></error></errors>";
        let error = SourceError::from(Failure::Api(ApiError::read(403, None, body)));
        assert!(
            matches!(
                google_error(&error),
                Some(GoogleError::ApiNotEnabled { api, link: Some(link), .. })
                    if api == "CalDAV API" && link.ends_with("a=1&project=42")
            ),
            "{error:?}"
        );
        let nothing = ApiError::read(
            403,
            None,
            b"<?xml version=\"1.0\"?><D:error xmlns:D=\"DAV:\"/>",
        );
        assert_eq!(nothing.reason, "");
    }

    #[test]
    fn a_rejected_sync_token_is_told_from_other_troubles() {
        let gone = |status, body: serde_json::Value| {
            Failure::Api(ApiError::read(status, None, body.to_string().as_bytes()))
                .rejects_sync_token()
        };
        let calendar = |status, reason: &str, message: &str, location: &str| {
            gone(
                status,
                json!({"error": {"message": message, "errors": [{"reason": reason, "location": location}]}}),
            )
        };
        assert!(calendar(
            410,
            "fullSyncRequired",
            "Sync token is no longer valid",
            "syncToken"
        ));
        assert!(calendar(410, "updatedMinTooLongAgo", "M", "updatedMin"));
        assert!(calendar(400, "invalid", "Invalid sync token value.", ""));
        assert!(!calendar(400, "invalid", "Invalid Value", "maxResults"));
        assert!(!calendar(404, "notFound", "Not Found", ""));
        let people = |reason: &str| {
            gone(
                400,
                json!({"error": {"code": 400, "message": "M", "status": "INVALID_ARGUMENT", "details": [
                {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason}]}}),
            )
        };
        assert!(people("EXPIRED_SYNC_TOKEN"));
        assert!(!people("API_KEY_INVALID"));
    }

    #[test]
    fn a_rejected_page_token_is_told_from_a_bad_request() {
        assert!(failure(400, "invalid", "Invalid Value").rejects_page_token());
        assert!(failure(410, "", "gone").rejects_page_token());
        assert!(!failure(400, "required", "M").rejects_page_token());
        assert!(!failure(404, "notFound", "File not found: x.").rejects_page_token());
        assert!(!failure(403, "rateLimitExceeded", "M").rejects_page_token());
    }
}
