//! Graph's error answers (<https://learn.microsoft.com/graph/errors>).

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};

/// An error of Graph: a code, and mostly a more specific one inside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ApiError {
    pub status: u16,
    code: &'static str,
    inner: Option<&'static str>,
    message: String,
    headers: Vec<(&'static str, String)>,
}

impl ApiError {
    pub(super) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            inner: None,
            message: message.into(),
            headers: Vec::new(),
        }
    }

    fn inner(mut self, code: &'static str) -> Self {
        self.inner = Some(code);
        self
    }

    pub(super) fn with(mut self, header: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((header, value.into()));
        self
    }

    pub(super) fn not_found() -> Self {
        Self::new(404, "itemNotFound", "The resource could not be found.")
    }

    pub(super) fn no_such_drive() -> Self {
        let message =
            "The provided drive id appears to be malformed, or does not represent a valid drive.";
        Self::new(400, "invalidRequest", message)
    }

    pub(super) fn unknown_segment(path: &str) -> Self {
        let message = format!("Resource not found for the segment '{path}'.");
        Self::new(400, "BadRequest", message)
    }

    pub(super) fn no_token() -> Self {
        Self::new(401, "InvalidAuthenticationToken", "Access token is empty.")
    }

    pub(super) fn expired_token() -> Self {
        let message = "Lifetime validation failed, the token is expired.";
        Self::new(401, "InvalidAuthenticationToken", message).with(
            "www-authenticate",
            "Bearer realm=\"\", authorization_uri=\"https://login.microsoftonline.com/common/oauth2/authorize\", error=\"invalid_token\", error_description=\"expired_token\"",
        )
    }

    pub(super) fn scope_missing() -> Self {
        Self::new(
            403,
            "accessDenied",
            "Either scp or roles claim need to be present in the token.",
        )
    }

    pub(super) fn no_sites() -> Self {
        let message = "This operation is not supported for consumer accounts.";
        Self::new(400, "BadRequest", message)
    }

    pub(super) fn no_drive() -> Self {
        Self::new(404, "ResourceNotFound", "User's mysite not found.")
    }

    pub(super) fn vault() -> Self {
        Self::new(400, "invalidRequest", "ObjectHandle is Invalid").inner("invalidResourceId")
    }

    pub(super) fn malware() -> Self {
        let message = "The file is infected with a virus, it can't be downloaded.";
        Self::new(403, "accessDenied", message)
            .inner("malwareDetected")
            .with("x-virus-infected", "Trojan:Win32/Practice.A")
    }

    pub(super) fn locked() -> Self {
        let message = "The file is locked by a retention policy.";
        Self::new(423, "notAllowed", message).inner("resourceLocked")
    }

    pub(super) fn resync(location: &str) -> Self {
        Self::new(
            410,
            "resyncRequired",
            "Resync required. Replace any local items with the server's version.",
        )
        .inner("resyncChangesApplyDifferences")
        .with("location", location)
    }

    pub(super) fn bad_token() -> Self {
        Self::new(400, "invalidRequest", "The sync token is malformed.").inner("syncStateNotFound")
    }

    pub(super) fn throttled() -> Self {
        Self::new(
            429,
            "activityLimitReached",
            "The app or user has been throttled.",
        )
        .inner("throttledRequest")
    }

    pub(super) fn bandwidth() -> Self {
        Self::new(
            509,
            "bandwidthLimitExceeded",
            "Your app has been throttled for exceeding the maximum bandwidth cap.",
        )
    }

    pub(super) fn unavailable(status: u16) -> Self {
        let (code, message) = match status {
            503 => ("serviceNotAvailable", "The service is not available."),
            _ => ("generalException", "An unspecified error has occurred."),
        };
        Self::new(status, code, message)
    }

    /// Exchange's own codes begin with `Error`.
    pub(super) fn no_such_thing() -> Self {
        let message = "The specified object was not found in the store.";
        Self::new(404, "ErrorItemNotFound", message)
    }

    pub(super) fn no_mailbox() -> Self {
        let message = "The mailbox is either inactive, soft-deleted, or is hosted on-premise.";
        Self::new(404, "MailboxNotEnabledForRESTAPI", message)
    }

    pub(super) fn no_photo() -> Self {
        let message = "The photo wasn't found.";
        Self::new(404, "ImageNotFound", message)
    }

    pub(super) fn bad_query(name: &str) -> Self {
        let message = format!("The query specified in the URI is not valid: {name}.");
        Self::new(400, "ErrorInvalidUrlQuery", message)
    }

    pub(super) fn unknown_sync_state() -> Self {
        let message = "The sync state generation is not found; resync is needed.";
        Self::new(410, "SyncStateNotFound", message)
    }

    /// With a decimal, as they do.
    pub(super) fn too_many_at_once() -> Self {
        let message = "Application is over its MailboxConcurrency limit.";
        Self::new(429, "ApplicationThrottled", message).with("retry-after", "0.512")
    }

    pub(super) fn only_reads() -> Self {
        Self::new(403, "accessDenied", "Access denied")
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut inner = json!({
            "date": "2026-11-22T10:00:00",
            "request-id": "5d8d1d6f-0000-4000-8000-000000000001",
            "client-request-id": "5d8d1d6f-0000-4000-8000-000000000001",
        });
        if let (Some(code), Some(inner)) = (self.inner, inner.as_object_mut()) {
            inner.insert("code".into(), code.into());
        }
        let body = json!({"error": {
            "code": self.code, "message": self.message, "innerError": inner,
        }});
        let mut answer = reply(status, &body);
        for (name, value) in &self.headers {
            if let Ok(value) = HeaderValue::from_str(value) {
                answer.headers_mut().insert(*name, value);
            }
        }
        answer
    }
}

/// A JSON answer with Graph's content type.
pub(super) fn reply(status: StatusCode, body: &Value) -> Response {
    let mut answer = (status, Json(body)).into_response();
    let kind = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";
    answer
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    answer
}

/// A JSON answer that went well.
pub(super) fn ok(body: &Value) -> Response {
    reply(StatusCode::OK, body)
}
