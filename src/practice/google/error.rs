//! Google's error answers.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use quick_xml::escape::escape;
use serde_json::{Value, json};

use super::service::Service;

/// An error of one of the APIs, in the body that this one gives: the older ones in Drive's form, newer ones
/// in that of `google.rpc.Status`, CalDAV in XML.
#[derive(Debug, Clone)]
pub(super) struct ApiError(Box<Parts>);

#[derive(Debug, Clone)]
struct Parts {
    service: Service,
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
            service: Service::Drive,
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

    /// The same as an error of another API.
    pub(super) fn of(mut self, service: Service) -> Self {
        self.0.service = service;
        self
    }

    pub(super) fn at(mut self, location: &'static str) -> Self {
        self.0.location = Some((location, "parameter"));
        self
    }

    pub(super) fn domain(mut self, domain: &'static str) -> Self {
        self.0.domain = domain;
        self
    }

    pub(super) fn canonical(mut self, code: &'static str) -> Self {
        self.0.canonical = Some(code);
        self
    }

    pub(super) fn info(mut self, reason: &str, domain: &str, metadata: Value) -> Self {
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

    pub(super) fn no_credentials(service: Service) -> Self {
        if service == Service::Drive {
            return Self::new(403, "forbidden", "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.")
                .canonical("PERMISSION_DENIED");
        }
        let mut error = Self::new(
            401,
            "required",
            "Request is missing required authentication credential. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.",
        )
        .of(service)
        .canonical("UNAUTHENTICATED")
        .info(
            "CREDENTIALS_MISSING",
            "googleapis.com",
            json!({"service": service.host()}),
        );
        error.0.inner = Some("Login Required.");
        error.0.location = Some(("Authorization", "header"));
        error
    }

    pub(super) fn scope_missing(service: Service) -> Self {
        let mut error = Self::new(
            403,
            "insufficientPermissions",
            "Request had insufficient authentication scopes.",
        )
        .of(service)
        .canonical("PERMISSION_DENIED")
        .info(
            "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
            "googleapis.com",
            json!({"service": service.host()}),
        );
        error.0.inner = Some("Insufficient Permission");
        error
    }

    pub(super) fn api_disabled(service: Service, project: &str) -> Self {
        let (title, host) = (service.title(), service.host());
        let message = format!(
            "{title} has not been used in project {project} before or it is disabled. Enable it by visiting https://console.developers.google.com/apis/api/{host}/overview?project={project} then retry. If you enabled this API recently, wait a few minutes for the action to propagate to our systems and retry."
        );
        Self::new(403, "accessNotConfigured", message)
            .of(service)
            .domain("usageLimits")
            .canonical("PERMISSION_DENIED")
            .info(
                "SERVICE_DISABLED",
                "googleapis.com",
                json!({"service": host, "consumer": format!("projects/{project}")}),
            )
    }

    /// What a service says to too many requests; Drive has another way besides.
    pub(super) fn too_many(service: Service) -> Self {
        match service {
            Service::Drive => Self::user_rate_limit(),
            Service::Calendar | Service::CalDav => {
                Self::new(403, "rateLimitExceeded", "Rate Limit Exceeded")
                    .of(service)
                    .domain("usageLimits")
            }
            Service::People | Service::Tasks => {
                let host = service.host();
                let message = format!(
                    "Quota exceeded for quota metric 'Critical read requests (Contact and Profile Reads)' and limit 'Critical read requests (Contact and Profile Reads) per minute per user' of service '{host}' for consumer 'project_number:1'."
                );
                Self::new(429, "rateLimitExceeded", message)
                    .of(service)
                    .domain("usageLimits")
                    .info(
                        "RATE_LIMIT_EXCEEDED",
                        "googleapis.com",
                        json!({"service": host}),
                    )
            }
        }
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
        if parts.service == Service::CalDav {
            return parts.xml();
        }
        let mut error = json!({
            "code": parts.status.as_u16(),
            "message": parts.message,
        });
        let status = parts.canonical.map(str::to_owned).or_else(|| {
            let newer = matches!(parts.service, Service::People | Service::Tasks);
            newer.then(|| canonical(parts.status).to_owned())
        });
        if let Some(error) = error.as_object_mut() {
            if parts.service != Service::People {
                error.insert("errors".into(), json!([parts.inner_error()]));
            }
            if let Some(status) = status {
                error.insert("status".into(), status.into());
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

impl Parts {
    fn inner_error(&self) -> Value {
        let mut inner = json!({
            "message": self.inner.unwrap_or(&self.message),
            "domain": self.domain,
            "reason": self.reason,
        });
        if let (Some((location, kind)), Some(inner)) = (self.location, inner.as_object_mut()) {
            inner.insert("location".into(), location.into());
            inner.insert("locationType".into(), kind.into());
        }
        inner
    }

    /// Errors of the whole API come in the form of the GData protocol of old, and a 401 without any
    /// `WWW-Authenticate`; errors of WebDAV itself say nothing at all.
    fn xml(self) -> Response {
        let (kind, body) = if self.canonical.is_some() || self.domain == "usageLimits" {
            let body = format!(
                "<errors xmlns='http://schemas.google.com/g/2005'><error><domain>{}</domain><code>{}</code><internalReason>{}</internalReason></error></errors>",
                self.domain,
                self.reason,
                escape(self.message.as_str()),
            );
            (
                "application/vnd.google.gdata.error+xml; charset=UTF-8",
                body,
            )
        } else {
            let body = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<D:error xmlns:D=\"DAV:\"/>\n";
            ("application/xml; charset=UTF-8", body.to_owned())
        };
        let mut answer = (self.status, body).into_response();
        let kind = HeaderValue::from_static(kind);
        answer.headers_mut().insert(header::CONTENT_TYPE, kind);
        answer
    }
}

/// The code of `google.rpc.Code` that stands for a status.
fn canonical(status: StatusCode) -> &'static str {
    match status.as_u16() {
        400 | 410 => "INVALID_ARGUMENT",
        401 => "UNAUTHENTICATED",
        403 => "PERMISSION_DENIED",
        404 => "NOT_FOUND",
        429 => "RESOURCE_EXHAUSTED",
        503 => "UNAVAILABLE",
        504 => "DEADLINE_EXCEEDED",
        _ => "INTERNAL",
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
