use std::time::Duration;

use serde_json::Value;

use crate::auth::oauth::{OAuthError, Refusal};
use crate::model::Reason;
use crate::source::SourceError;
use crate::source::ranged::network;

/// What Dropbox said, told apart by what to do about it: the cause of a [`SourceError`] that concerns the
/// account or the app rather than one item. See [`dropbox_error`].
#[derive(Debug, thiserror::Error)]
pub enum DropboxError {
    /// The sign-in itself failed or has ended.
    #[error(transparent)]
    SignIn(OAuthError),
    /// `missing_scope`: the sign-in does not cover this.
    #[error("the sign-in does not cover {scope}")]
    ScopeMissing { scope: String },
    /// 401 to a token that was renewed a moment ago.
    #[error("the access token is not accepted: {summary}")]
    TokenRejected { summary: String },
    /// `user_suspended`: the team's administrator has suspended the account.
    #[error("the account is suspended")]
    Suspended,
    /// The account, its kind or its team may not use this.
    #[error("not allowed to this account: {summary}")]
    NotAllowed { summary: String },
    /// `invalid_root`: the account has joined or left a team while it was read.
    #[error("the account's team has changed")]
    RootChanged,
    /// Anything else, in Dropbox's own words.
    #[error("{status} {summary}")]
    Other { status: u16, summary: String },
}

/// What Dropbox said, where `error` is about the account or the app.
pub fn dropbox_error(error: &SourceError) -> Option<&DropboxError> {
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
}

/// An answer that is an error
/// (<https://www.dropbox.com/developers/documentation/http/documentation#error-handling>).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct ApiError {
    pub(super) status: u16,
    /// The tags of the error's union, from the outermost in: `path`, `not_found`.
    pub(super) tags: Vec<String>,
    /// `error_summary`, or the plain text of the answer: for people only, since its end varies.
    pub(super) summary: String,
    pub(super) required_scope: Option<String>,
    pub(super) retry_after: Option<Duration>,
}

impl ApiError {
    pub(super) fn read(status: u16, header: Option<Duration>, body: &[u8]) -> Self {
        let plain =
            |text: &str| -> String { text.chars().filter(|c| !c.is_control()).take(400).collect() };
        let Ok(Value::Object(answer)) = serde_json::from_slice(body) else {
            return Self {
                status,
                summary: plain(&String::from_utf8_lossy(body)),
                retry_after: header,
                ..Self::default()
            };
        };
        let error = answer.get("error").unwrap_or(&Value::Null);
        // Only a rate limit has a reason instead of a tag.
        let error = error.get("reason").unwrap_or(error);
        let mut tags = Vec::new();
        let mut inner = error;
        let mut required_scope = None;
        while let Some(tag) = inner
            .get(".tag")
            .or(Some(inner))
            .and_then(Value::as_str)
            .filter(|_| tags.len() < 8)
        {
            let scope = inner.get("required_scope").and_then(Value::as_str);
            required_scope = scope.map(str::to_owned).or(required_scope);
            tags.push(tag.to_owned());
            inner = inner.get(tag).unwrap_or(&Value::Null);
        }
        let told = answer
            .get("error")
            .and_then(|error| error.get("retry_after"));
        let told = told.and_then(Value::as_u64).map(Duration::from_secs);
        let summary = answer.get("error_summary").and_then(Value::as_str);
        Self {
            status,
            tags,
            summary: plain(summary.unwrap_or_default()),
            required_scope,
            retry_after: told.max(header),
        }
    }

    /// Whether the tags begin so.
    pub(super) fn is(&self, tags: &[&str]) -> bool {
        self.tags.len() >= tags.len() && self.tags.iter().zip(tags).all(|(one, other)| one == other)
    }

    /// A 401 after which another token may help.
    pub(super) fn wants_another_token(&self) -> bool {
        self.status == 401
            && (self.is(&["expired_access_token"]) || self.is(&["invalid_access_token"]))
    }
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
            Self::Api(error) => matches!(error.status, 408 | 429) || error.status >= 500,
            // The token source has tried again by itself already.
            Self::SignIn(_) => false,
        }
    }

    pub(super) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Api(error) => error.retry_after,
            _ => None,
        }
    }

    pub(super) fn is(&self, tags: &[&str]) -> bool {
        matches!(self, Self::Api(error) if error.is(tags))
    }

    pub(super) fn has_status(&self, status: u16) -> bool {
        matches!(self, Self::Api(error) if error.status == status)
    }

    /// The server has more trouble with this request than time can cure: too much at once, perhaps.
    pub(super) fn is_overwhelmed(&self) -> bool {
        matches!(self, Self::Api(error) if error.status >= 500)
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
        }
    }
}

fn signed_out(error: OAuthError) -> SourceError {
    let detail = error.to_string();
    let because = |error| Some(Box::new(DropboxError::SignIn(error)).into());
    match &error {
        OAuthError::Throttled { retry_after } => SourceError::Throttled {
            retry_after: *retry_after,
        },
        OAuthError::Unavailable { .. } => SourceError::Temporary {
            detail,
            cause: because(error),
        },
        OAuthError::Unreachable { .. } => SourceError::Unreachable {
            detail,
            cause: because(error),
        },
        OAuthError::Refused(Refusal::ScopeMissing { .. }) | OAuthError::Protocol(_) => {
            SourceError::Protocol {
                detail,
                cause: because(error),
            }
        }
        _ => SourceError::Unauthorized {
            detail,
            cause: because(error),
        },
    }
}

fn api(error: ApiError) -> SourceError {
    match error.status {
        401 => unauthorized(error),
        403 => forbidden(error),
        // What this means for an item; a listing's own errors were told apart before.
        409 => endpoint(error),
        422 if error.is(&["no_permission"]) => SourceError::Forbidden {
            reason: Reason::SourceForbidden,
            detail: error.summary,
        },
        422 => SourceError::Temporary {
            detail: error.summary,
            cause: Some(Box::new(DropboxError::RootChanged)),
        },
        429 => SourceError::Throttled {
            retry_after: error.retry_after,
        },
        408 | 500.. => SourceError::temporary(format!("{} {}", error.status, error.summary)),
        _ => other(error),
    }
}

fn other(error: ApiError) -> SourceError {
    SourceError::Protocol {
        detail: format!("{} {}", error.status, error.summary),
        cause: Some(Box::new(DropboxError::Other {
            status: error.status,
            summary: error.summary,
        })),
    }
}

fn unauthorized(error: ApiError) -> SourceError {
    let summary = error.summary;
    let detail = summary.clone();
    match error.tags.first().map(String::as_str) {
        Some("missing_scope") => SourceError::Protocol {
            detail,
            cause: Some(Box::new(DropboxError::ScopeMissing {
                scope: error.required_scope.unwrap_or_default(),
            })),
        },
        Some("user_suspended") => SourceError::Unauthorized {
            detail,
            cause: Some(Box::new(DropboxError::Suspended)),
        },
        Some("route_access_denied" | "invalid_select_user" | "invalid_select_admin") => {
            SourceError::Protocol {
                detail,
                cause: Some(Box::new(DropboxError::NotAllowed { summary })),
            }
        }
        _ => SourceError::Unauthorized {
            detail,
            cause: Some(Box::new(DropboxError::TokenRejected { summary })),
        },
    }
}

fn forbidden(error: ApiError) -> SourceError {
    // Paper can be switched off, and a folder closed; what else is refused so is refused for the account.
    if error.is(&["paper_access_denied"]) || error.is(&["no_permission"]) {
        return SourceError::Forbidden {
            reason: Reason::SourceForbidden,
            detail: error.summary,
        };
    }
    SourceError::Protocol {
        detail: error.summary.clone(),
        cause: Some(Box::new(DropboxError::NotAllowed {
            summary: error.summary,
        })),
    }
}

fn endpoint(error: ApiError) -> SourceError {
    let tags: Vec<&str> = error.tags.iter().map(String::as_str).collect();
    let refuse = |reason| SourceError::Forbidden {
        reason,
        detail: error.summary.clone(),
    };
    match tags.as_slice() {
        ["path", "not_found" | "not_file" | "not_folder", ..] | ["shared_link_not_found", ..] => {
            SourceError::NotFound
        }
        ["path", "restricted_content", ..] => refuse(Reason::RestrictedContent),
        ["path", "unsupported_content_type", ..]
        | [
            "unsupported_file" | "non_exportable" | "invalid_export_format",
            ..,
        ]
        | ["unsupported_link_type", ..] => SourceError::NotExportable,
        ["path", "locked", ..] | ["retry_error", ..] => SourceError::temporary(error.summary),
        [
            "shared_link_access_denied" | "shared_link_is_directory" | "access_error",
            ..,
        ] => refuse(Reason::SourceForbidden),
        _ => other(error),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(status: u16, body: &Value) -> ApiError {
        ApiError::read(status, None, body.to_string().as_bytes())
    }

    fn tagged(status: u16, tags: &[&str]) -> SourceError {
        let mut error = json!(null);
        for (nth, tag) in tags.iter().rev().enumerate() {
            error = match nth {
                0 => json!({".tag": tag}),
                _ => json!({".tag": tag, *tag: error}),
            };
        }
        let body = json!({"error_summary": format!("{}/..", tags.join("/")), "error": error});
        Failure::Api(read(status, &body)).into()
    }

    #[test]
    fn errors_are_told_by_their_tags_whatever_the_summary_says() {
        for dots in ["", ".", "..", "..."] {
            let body = json!({"error_summary": format!("path/not_found/{dots}"),
                "error": {".tag": "path", "path": {".tag": "not_found"}}});
            let error = read(409, &body);
            assert_eq!(error.tags, ["path", "not_found"]);
            assert!(matches!(
                SourceError::from(Failure::Api(error)),
                SourceError::NotFound
            ));
        }
        // A void member may also be written as a word.
        let error = read(409, &json!({"error_summary": "reset/", "error": "reset"}));
        assert!(error.is(&["reset"]));
    }

    #[test]
    fn what_is_refused_for_one_file() {
        let reason = |tags: &[&str]| tagged(409, tags).reason();
        assert_eq!(
            reason(&["path", "restricted_content"]),
            Reason::RestrictedContent
        );
        assert_eq!(reason(&["unsupported_file"]), Reason::NotExportable);
        assert_eq!(
            reason(&["path", "unsupported_content_type"]),
            Reason::NotExportable
        );
        assert_eq!(reason(&["non_exportable"]), Reason::NotExportable);
        assert_eq!(reason(&["invalid_export_format"]), Reason::NotExportable);
        assert_eq!(
            reason(&["shared_link_access_denied"]),
            Reason::SourceForbidden
        );
        for tags in [&["retry_error"][..], &["path", "locked"]] {
            assert!(tagged(409, tags).is_passing(), "{tags:?}");
        }
        let paper = tagged(403, &["paper_access_denied", "paper_disabled"]);
        assert_eq!(paper.reason(), Reason::SourceForbidden);
        assert!(!paper.concerns_all());
    }

    #[test]
    fn too_many_requests_in_three_shapes() {
        let json = json!({"error_summary": "too_many_requests/..",
            "error": {"reason": {".tag": "too_many_requests"}, "retry_after": 300}});
        let writes = json!({"error_summary": "too_many_write_operations/.",
            "error": {"reason": {".tag": "too_many_write_operations"}}});
        let second = Duration::from_secs(1);
        for (error, wait) in [
            (read(429, &json), Some(Duration::from_secs(300))),
            (read(429, &writes), None),
            (
                ApiError::read(429, Some(second), b"too_many_requests"),
                Some(second),
            ),
            (
                ApiError::read(429, Some(second), json.to_string().as_bytes()),
                Some(Duration::from_secs(300)),
            ),
        ] {
            let failure = Failure::Api(error);
            assert!(failure.is_passing());
            let error = SourceError::from(failure);
            assert!(matches!(error, SourceError::Throttled { .. }), "{error:?}");
            assert_eq!(error.retry_after(), wait);
        }
    }

    #[test]
    fn troubles_of_the_account_keep_their_cause() {
        let body = json!({"error_summary": "missing_scope/..",
            "error": {".tag": "missing_scope", "required_scope": "sharing.read"}});
        let error = SourceError::from(Failure::Api(read(401, &body)));
        assert!(matches!(
            dropbox_error(&error),
            Some(DropboxError::ScopeMissing { scope }) if scope == "sharing.read"
        ));
        let cause = |status, tags: &[&str]| {
            let error = tagged(status, tags);
            format!("{:?}", dropbox_error(&error).unwrap())
        };
        assert_eq!(cause(401, &["user_suspended"]), "Suspended");
        assert!(cause(401, &["invalid_access_token"]).starts_with("TokenRejected"));
        assert!(cause(401, &["route_access_denied"]).starts_with("NotAllowed"));
        assert!(cause(403, &["invalid_account_type", "endpoint"]).starts_with("NotAllowed"));
        assert_eq!(cause(422, &["invalid_root", "team"]), "RootChanged");
        assert!(cause(400, &["nonsense"]).starts_with("Other"));
        assert!(tagged(401, &["user_suspended"]).concerns_all());
        assert_eq!(
            tagged(422, &["no_permission"]).reason(),
            Reason::SourceForbidden
        );
        let dead = OAuthError::Refused(Refusal::SignInAgain { detail: "x".into() });
        assert!(SourceError::from(Failure::from(dead)).concerns_all());
    }

    #[test]
    fn only_a_token_that_has_ended_is_replaced() {
        let wants = |tag: &str| {
            let body = json!({"error_summary": tag, "error": {".tag": tag}});
            read(401, &body).wants_another_token()
        };
        assert!(wants("expired_access_token") && wants("invalid_access_token"));
        assert!(!wants("missing_scope") && !wants("user_suspended"));
    }

    #[test]
    fn answers_from_elsewhere_are_no_surprise() {
        let error = ApiError::read(502, None, b"<html>Bad gateway");
        assert!(error.tags.is_empty());
        let error = ApiError::read(400, None, b"Error in call to API function \"x\": \x07bad");
        assert!(!error.summary.contains('\u{7}'));
        let deep =
            "{\"error\":".to_owned() + &"{\".tag\":\"a\",\"a\":".repeat(50) + "1" + &"}".repeat(51);
        assert!(ApiError::read(409, None, deep.as_bytes()).tags.len() <= 8);
    }
}
