//! Google's error answers.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};

/// An error of the Drive API, in the body that all of Google's older APIs share.
#[derive(Debug, Clone)]
pub(super) struct ApiError(Box<Parts>);

#[derive(Debug, Clone)]
struct Parts {
    status: StatusCode,
    reason: &'static str,
    domain: &'static str,
    message: String,
    /// The message inside `errors`, where it differs.
    inner: Option<&'static str>,
    /// What is wrong and where that is: (`fileId`, `parameter`).
    location: Option<(&'static str, &'static str)>,
    /// The canonical code, which only failures of authorisation carry.
    canonical: Option<&'static str>,
    details: Option<Value>,
}

impl ApiError {
    pub(super) fn new(status: u16, reason: &'static str, message: impl Into<String>) -> Self {
        Self(Box::new(Parts {
            status: StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            reason,
            domain: "global",
            message: message.into(),
            inner: None,
            location: None,
            canonical: None,
            details: None,
        }))
    }

    fn at(mut self, location: &'static str) -> Self {
        self.0.location = Some((location, "parameter"));
        self
    }

    fn domain(mut self, domain: &'static str) -> Self {
        self.0.domain = domain;
        self
    }

    fn canonical(mut self, code: &'static str) -> Self {
        self.0.canonical = Some(code);
        self
    }

    fn info(mut self, reason: &str, domain: &str, metadata: Value) -> Self {
        self.0.details = Some(json!([{
            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
            "reason": reason, "domain": domain, "metadata": metadata,
        }]));
        self
    }

    pub(super) fn invalid_field(name: &str) -> Self {
        Self::new(
            400,
            "invalidParameter",
            format!("Invalid field selection {name}"),
        )
        .at("fields")
    }

    pub(super) fn fields_required() -> Self {
        let message = "The 'fields' parameter is required for this method.";
        Self::new(400, "required", message).at("fields")
    }

    pub(super) fn required(name: &'static str) -> Self {
        Self::new(400, "required", format!("Required parameter: {name}")).at(name)
    }

    pub(super) fn invalid(location: &'static str) -> Self {
        Self::new(400, "invalid", "Invalid Value").at(location)
    }

    pub(super) fn out_of_range(location: &'static str, value: &str) -> Self {
        let message =
            format!("Invalid value '{value}'. Values must be within the range: [1, 1000]");
        Self::new(400, "invalidParameter", message).at(location)
    }

    pub(super) fn not_found(id: &str) -> Self {
        Self::new(404, "notFound", format!("File not found: {id}.")).at("fileId")
    }

    pub(super) fn drive_not_found(id: &str) -> Self {
        Self::new(404, "notFound", format!("Shared drive not found: {id}")).at("driveId")
    }

    pub(super) fn bad_credentials() -> Self {
        let mut error = Self::new(
            401,
            "authError",
            "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.",
        )
        .canonical("UNAUTHENTICATED");
        error.0.inner = Some("Invalid Credentials");
        error.0.location = Some(("Authorization", "header"));
        error
    }

    pub(super) fn no_credentials() -> Self {
        Self::new(403, "forbidden", "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.")
            .canonical("PERMISSION_DENIED")
    }

    pub(super) fn scope_missing() -> Self {
        let mut error = Self::new(
            403,
            "insufficientPermissions",
            "Request had insufficient authentication scopes.",
        )
        .canonical("PERMISSION_DENIED")
        .info(
            "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
            "googleapis.com",
            json!({"service": "drive.googleapis.com"}),
        );
        error.0.inner = Some("Insufficient Permission");
        error
    }

    pub(super) fn api_disabled(project: &str) -> Self {
        let message = format!(
            "Google Drive API has not been used in project {project} before or it is disabled. Enable it by visiting https://console.developers.google.com/apis/api/drive.googleapis.com/overview?project={project} then retry. If you enabled this API recently, wait a few minutes for the action to propagate to our systems and retry."
        );
        Self::new(403, "accessNotConfigured", message)
            .domain("usageLimits")
            .canonical("PERMISSION_DENIED")
            .info(
                "SERVICE_DISABLED",
                "googleapis.com",
                json!({"service": "drive.googleapis.com", "consumer": format!("projects/{project}")}),
            )
    }

    pub(super) fn user_rate_limit() -> Self {
        Self::new(403, "userRateLimitExceeded", "User Rate Limit Exceeded. Rate of requests for user exceed configured project quota. You may consider re-evaluating expected per-user traffic to the API and adjust project quota limits accordingly. You may monitor aggregate quota usage and adjust limits in the API Console: https://console.developers.google.com/apis/api/drive.googleapis.com/quotas?project=1")
            .domain("usageLimits")
    }

    pub(super) fn rate_limit() -> Self {
        Self::new(429, "rateLimitExceeded", "Rate Limit Exceeded").domain("usageLimits")
    }

    pub(super) fn daily_limit() -> Self {
        Self::new(403, "dailyLimitExceeded", "Daily Limit Exceeded").domain("usageLimits")
    }

    pub(super) fn backend(status: u16) -> Self {
        Self::new(status, "backendError", "Backend Error")
    }

    pub(super) fn not_downloadable() -> Self {
        Self::new(
            403,
            "fileNotDownloadable",
            "Only files with binary content can be downloaded. Use Export with Docs Editors files.",
        )
        .at("alt")
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let parts = *self.0;
        let mut inner = json!({
            "message": parts.inner.unwrap_or(&parts.message),
            "domain": parts.domain,
            "reason": parts.reason,
        });
        if let (Some((location, kind)), Some(inner)) = (parts.location, inner.as_object_mut()) {
            inner.insert("location".into(), location.into());
            inner.insert("locationType".into(), kind.into());
        }
        let mut error = json!({
            "code": parts.status.as_u16(),
            "message": parts.message,
            "errors": [inner],
        });
        if let Some(error) = error.as_object_mut() {
            if let Some(code) = parts.canonical {
                error.insert("status".into(), code.into());
            }
            if let Some(details) = parts.details {
                error.insert("details".into(), details);
            }
        }
        let mut answer = reply(parts.status, &json!({ "error": error }));
        if parts.status == StatusCode::UNAUTHORIZED {
            answer.headers_mut().insert(
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static(
                    "Bearer realm=\"https://accounts.google.com/\", error=\"invalid_token\"",
                ),
            );
        }
        answer
    }
}

/// A JSON answer with Google's content type.
pub(super) fn reply(status: StatusCode, body: &Value) -> Response {
    let mut answer = (status, Json(body)).into_response();
    answer.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json; charset=UTF-8"),
    );
    answer
}

/// A JSON answer that went well.
pub(super) fn ok(body: &Value) -> Response {
    reply(StatusCode::OK, body)
}
