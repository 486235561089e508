//! Which operation a request is, and what befalls it in bad weather.

use std::future::Future;

use axum::body::Body;
use axum::response::{Html, IntoResponse, Response};
use http::{Method, StatusCode, Uri, header};
use hyper::Request;

use super::super::faults::{Ask, Class, Fault};
use super::super::wire::{Connection, cut_short, flip};
use super::error::ApiError;
use super::media::set;
use super::node::{Digests, NodeKind};
use super::service::Service;
use super::state::Shared;

/// The name of an operation, as the API's reference has it.
pub(super) fn operation(method: &Method, uri: &Uri) -> &'static str {
    let path = uri.path();
    let Some(path) = path.strip_prefix("/drive/v3/") else {
        return match path {
            "/token" => "token",
            "/revoke" => "revoke",
            "/o/oauth2/v2/auth" => "auth",
            "/oauth2/v3/userinfo" => "userinfo",
            _ if path.ends_with("xport") => "exportLink",
            _ => operation_of_pim(method, path),
        };
    };
    if !matches!(*method, Method::GET | Method::HEAD) {
        return "write";
    }
    let media = uri.query().is_some_and(|query| query.contains("alt=media"));
    let mut parts = path.split('/');
    match (parts.next(), parts.next(), parts.next()) {
        (Some("about"), None, _) => "about.get",
        (Some("files"), None, _) => "files.list",
        (Some("files"), Some(_), None) if media => "files.media",
        (Some("files"), Some(_), None) => "files.get",
        (Some("files"), Some(_), Some("export")) => "files.export",
        (Some("files"), Some(_), Some("permissions")) => "permissions.list",
        (Some("drives"), None, _) => "drives.list",
        (Some("drives"), Some(_), _) => "drives.get",
        (Some("changes"), None, _) => "changes.list",
        (Some("changes"), Some("startPageToken"), _) => "changes.getStartPageToken",
        _ => "unknown",
    }
}

/// Likewise, of the other APIs.
fn operation_of_pim(method: &Method, path: &str) -> &'static str {
    if path.starts_with("/caldav/") {
        return match method.as_str() {
            "GET" | "HEAD" => "caldav.get",
            "PROPFIND" => "caldav.propfind",
            "REPORT" => "caldav.report",
            "OPTIONS" => "caldav.options",
            _ => "write",
        };
    }
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    let operation = match parts.as_slice() {
        ["calendar", "v3", "users", "me", "calendarList"] => "calendarList.list",
        ["calendar", "v3", "users", "me", "calendarList", _] => "calendarList.get",
        ["calendar", "v3", "users", "me", "settings"] => "settings.list",
        ["calendar", "v3", "colors"] => "colors.get",
        ["calendar", "v3", "calendars", _] => "calendars.get",
        ["calendar", "v3", "calendars", _, "events"] => "events.list",
        ["calendar", "v3", "calendars", _, "events", _] => "events.get",
        ["calendar", "v3", "calendars", _, "events", _, "instances"] => "events.instances",
        ["v1", "people", "me", "connections"] => "connections.list",
        ["v1", "people:batchGet"] => "people.getBatchGet",
        ["v1", "people", _] => "people.get",
        ["v1", "contactGroups"] => "contactGroups.list",
        ["v1", "contactGroups", _] => "contactGroups.get",
        ["v1", "otherContacts"] => "otherContacts.list",
        ["contacts" | "a-" | "cm", ..] => "photo",
        ["tasks", "v1", "users", "@me", "lists"] => "tasklists.list",
        ["tasks", "v1", "users", "@me", "lists", _] => "tasklists.get",
        ["tasks", "v1", "lists", _, "tasks"] => "tasks.list",
        ["tasks", "v1", "lists", _, "tasks", _] => "tasks.get",
        _ => return "unknown",
    };
    match *method {
        Method::GET | Method::HEAD => operation,
        _ => "write",
    }
}

/// What happens to one request.
pub(super) struct Storm {
    fault: Option<Fault>,
    connection: Connection,
    service: Service,
    page: bool,
}

impl Storm {
    pub(super) fn over(shared: &Shared, operation: &str, request: &Request<Body>) -> Self {
        let connection = request.extensions().get().cloned().unwrap_or_default();
        let calm = matches!(operation, "auth" | "unknown" | "write");
        let faults = shared.faults().clone();
        let key = key(operation, request.uri());
        let ask = match operation {
            "files.media" if provable(shared, request.uri()) => Ask::item(&key, Class::Download),
            "token" | "revoke" | "userinfo" => Ask::many(&key, Class::Other),
            _ => Ask::item(&key, Class::List),
        };
        Self {
            fault: if calm { None } else { faults.decide(&ask) },
            connection,
            service: Service::of(request.uri().path()),
            page: matches!(operation, "exportLink" | "photo"),
        }
    }

    pub(super) async fn befall(self, answer: impl Future<Output = Response>) -> Response {
        match self.fault {
            None => answer.await,
            Some(Fault::Slow(pause)) => {
                tokio::time::sleep(pause).await;
                answer.await
            }
            Some(Fault::ResetBefore) => self.connection.reset().await,
            Some(Fault::ResetAfter) => {
                drop(answer.await);
                self.connection.reset().await
            }
            Some(Fault::ShortBody { kept }) => {
                let answer = answer.await;
                let length = length(&answer).unwrap_or(2_000);
                cut_short(answer, &self.connection, length * u64::from(kept) / 1_000)
            }
            Some(Fault::FlipDownload { at }) => {
                let answer = answer.await;
                let length = length(&answer).unwrap_or(0);
                let at = length * u64::from(at) / 1_000;
                answer.map(|body| Body::from_stream(flip(body.into_data_stream(), at)))
            }
            Some(Fault::CloseAfter) => {
                let mut answer = answer.await;
                set(&mut answer, header::CONNECTION, "close");
                answer
            }
            Some(fault) => self.refusal(fault),
        }
    }

    fn refusal(&self, fault: Fault) -> Response {
        let (error, retry_after) = match fault {
            // Google has both ways to say so, and names a pause only in one.
            Fault::TooManyRequests { retry_after: None } => {
                (ApiError::too_many(self.service), None)
            }
            Fault::TooManyRequests { retry_after } => {
                (ApiError::rate_limit().of(self.service), retry_after)
            }
            Fault::Unavailable { retry_after } => {
                (ApiError::backend(503).of(self.service), retry_after)
            }
            Fault::GatewayTimeout => return page(StatusCode::BAD_GATEWAY),
            _ => (ApiError::backend(500).of(self.service), None),
        };
        let mut answer = error.into_response();
        if self.page {
            answer = page(answer.status());
        }
        if let Some(seconds) = retry_after {
            set(&mut answer, header::RETRY_AFTER, &seconds.to_string());
        }
        answer
    }
}

/// What tells a request from all others: not by its `fields`, which only say how much is told.
fn key(operation: &str, uri: &Uri) -> String {
    let query: Vec<&str> = uri
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(|pair| !pair.starts_with("fields="))
        .collect();
    format!("{operation} {}?{}", uri.path(), query.join("&"))
}

/// Whether anybody can find out that a byte of the file is wrong.
fn provable(shared: &Shared, uri: &Uri) -> bool {
    let id = uri.path().rsplit('/').next().unwrap_or_default();
    let found = shared.drive().find(id);
    !matches!(
        found.map(|(node, _)| node.kind),
        Some(NodeKind::File {
            digests: Digests::None,
            ..
        })
    )
}

fn length(answer: &Response) -> Option<u64> {
    let text = answer.headers().get(header::CONTENT_LENGTH)?;
    text.to_str().ok()?.parse().ok()
}

fn page(status: StatusCode) -> Response {
    let text = format!(
        "<!DOCTYPE html><html lang=en><title>Error {0} (Server Error)!!1</title><p><b>{0}.</b> <ins>That’s an error.</ins></html>",
        status.as_u16()
    );
    (status, Html(text)).into_response()
}

/// Any other address.
pub(super) async fn unknown() -> Response {
    page(StatusCode::NOT_FOUND)
}

/// Any other method: this account only reads.
pub(super) async fn refuse_writing(uri: Uri) -> Response {
    ApiError::scope_missing(Service::of(uri.path())).into_response()
}
