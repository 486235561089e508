//! Dropbox's error answers (<https://www.dropbox.com/developers/documentation/http/documentation>).

use axum::body::Body;
use axum::response::Response;
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde_json::{Value, json};

pub(super) type Answer = Result<Response, Refusal>;

/// An answer that refuses.
#[derive(Debug, Clone)]
pub(super) struct Refusal(Box<Parts>);

#[derive(Debug, Clone)]
struct Parts {
    status: u16,
    body: Content,
    retry_after: Option<u32>,
}

#[derive(Debug, Clone)]
enum Content {
    Json(Value),
    Text(String),
}

impl Refusal {
    fn json(status: u16, body: Value) -> Self {
        Self(Box::new(Parts {
            status,
            body: Content::Json(body),
            retry_after: None,
        }))
    }

    fn text(status: u16, text: impl Into<String>) -> Self {
        Self(Box::new(Parts {
            status,
            body: Content::Text(text.into()),
            retry_after: None,
        }))
    }

    /// 400: what is wrong with the request is told in words only.
    pub(super) fn bad_request(route: &str, problem: &str) -> Self {
        Self::text(
            400,
            format!("Error in call to API function \"{route}\": {problem}"),
        )
    }

    pub(super) fn unknown_route(path: &str) -> Self {
        Self::text(400, format!("Unknown API function: \"{path}\""))
    }

    /// 401
    pub(super) fn auth(tag: &str) -> Self {
        Self::json(401, summed_up(tag, json!({".tag": tag})))
    }

    pub(super) fn missing_scope(scope: &str) -> Self {
        let error = json!({".tag": "missing_scope", "required_scope": scope});
        Self::json(401, summed_up("missing_scope", error))
    }

    /// 403
    pub(super) fn access(tag: &str, inner: &str) -> Self {
        let error = json!({".tag": tag, tag: {".tag": inner}});
        Self::json(403, summed_up(&format!("{tag}/{inner}"), error))
    }

    /// 409: `tags` from the outermost in, `["path", "not_found"]`.
    pub(super) fn endpoint(tags: &[&str]) -> Self {
        let mut error = json!(null);
        for (nth, tag) in tags.iter().rev().enumerate() {
            error = if nth == 0 {
                json!({".tag": tag})
            } else {
                json!({".tag": tag, *tag: error})
            };
        }
        Self::json(409, summed_up(&tags.join("/"), error))
    }

    pub(super) fn not_found() -> Self {
        Self::endpoint(&["path", "not_found"])
    }

    /// 422
    pub(super) fn invalid_root(root_info: Value) -> Self {
        let error = json!({".tag": "invalid_root", "invalid_root": root_info});
        Self::json(422, summed_up("invalid_root", error))
    }

    pub(super) fn no_permission() -> Self {
        Self::json(
            422,
            summed_up("no_permission", json!({".tag": "no_permission"})),
        )
    }

    /// 429 in one of its three shapes.
    pub(super) fn throttled(shape: Throttling, seconds: u32) -> Self {
        let mut refusal = match shape {
            Throttling::Requests => {
                let error = json!({
                    "reason": {".tag": "too_many_requests"}, "retry_after": seconds,
                });
                Self::json(429, summed_up("too_many_requests", error))
            }
            Throttling::Writes => {
                let error = json!({"reason": {".tag": "too_many_write_operations"}});
                Self::json(429, summed_up("too_many_write_operations", error))
            }
            Throttling::Text => Self::text(429, "too_many_requests"),
        };
        refusal.0.retry_after = Some(seconds);
        refusal
    }

    /// 5xx, which come from whatever stands before the API.
    pub(super) fn server(status: u16, retry_after: Option<u32>) -> Self {
        let mut refusal = Self::text(status, "<html><title>Dropbox - Error</title></html>");
        refusal.0.retry_after = retry_after;
        refusal
    }

    /// The token endpoint's own form (RFC 6749, 5.2).
    pub(super) fn oauth(error: &str, description: &str) -> Self {
        Self::json(
            400,
            json!({"error": error, "error_description": description}),
        )
    }

    pub(super) fn into_response(self) -> Response {
        let parts = *self.0;
        let mut answer = match parts.body {
            Content::Json(body) => reply(&body),
            Content::Text(text) => {
                let mut answer = Response::new(Body::from(text));
                set(
                    &mut answer,
                    header::CONTENT_TYPE,
                    "text/plain; charset=utf-8",
                );
                answer
            }
        };
        *answer.status_mut() =
            StatusCode::from_u16(parts.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        if let Some(seconds) = parts.retry_after {
            set(&mut answer, header::RETRY_AFTER, &seconds.to_string());
        }
        answer
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Throttling {
    Requests,
    /// Without `retry_after` in the body.
    Writes,
    Text,
}

/// The summary ends with a number of dots that is not always the same, so that nobody compares it.
fn summed_up(summary: &str, error: Value) -> Value {
    let dots = ".".repeat(summary.len() % 4);
    json!({"error_summary": format!("{summary}/{dots}"), "error": error})
}

/// JSON, with exactly this content type.
pub(super) fn reply(body: &Value) -> Response {
    let mut answer = Response::new(Body::from(body.to_string()));
    set(&mut answer, header::CONTENT_TYPE, "application/json");
    answer
}

pub(super) fn set(answer: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        answer.headers_mut().insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_nested() {
        let refusal = Refusal::endpoint(&["path", "not_found"]);
        let Content::Json(body) = &refusal.0.body else {
            panic!("{refusal:?}");
        };
        assert_eq!(
            body["error"],
            json!({".tag": "path", "path": {".tag": "not_found"}})
        );
        let summary = body["error_summary"].as_str().unwrap();
        assert!(summary.starts_with("path/not_found/"), "{summary}");
    }
}
