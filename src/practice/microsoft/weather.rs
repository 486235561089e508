//! Which operation a request is, and what befalls it in bad weather.

use std::future::Future;

use axum::body::Body;
use axum::response::{Html, IntoResponse, Response};
use http::{HeaderName, StatusCode, Uri, header};

use super::super::faults::{Ask, Class, Fault};
use super::super::wire::{Connection, cut_short, flip};
use super::error::ApiError;
use super::media::set;
use super::node::{NodeKind, Stated};
use super::route::{Call, Graph, What};
use super::state::Shared;

/// The name of an operation, for counts and faults.
pub(super) fn operation(call: &Call) -> &'static str {
    match call {
        Call::Authorize(_) => "authorize",
        Call::Token(_) => "token",
        Call::DeviceCode(_) => "devicecode",
        Call::DeviceLogin => "devicelogin",
        Call::AdminConsent(_) => "adminconsent",
        Call::Unknown => "unknown",
        Call::Graph(graph) => match graph {
            Graph::Me => "me",
            Graph::Drives | Graph::Drive(_) => "drive",
            Graph::Item(_, _, what) => match what {
                What::Itself => "item",
                What::Children => "children",
                What::Content => "content",
                What::Delta(_) => "delta",
                What::Permissions => "permissions",
                What::Versions => "versions",
            },
            Graph::SharedWithMe => "sharedWithMe",
            Graph::Sites | Graph::Site(_) | Graph::SiteDrives(_) | Graph::GroupSite(_) => "sites",
            Graph::JoinedTeams | Graph::Channels(_) | Graph::FilesFolder(..) => "teams",
            Graph::Mailbox(parts) => super::mailbox::operation(parts),
            Graph::Unknown(_) => "unknown",
        },
    }
}

/// Resource units.
pub(super) fn cost(operation: &str, uri: &Uri) -> u64 {
    let token = uri.query().is_some_and(|query| query.contains("token="));
    match operation {
        "delta" if token => 1,
        "delta" | "children" | "sites" | "teams" | "sharedWithMe" => 2,
        "permissions" => 5,
        _ => 1,
    }
}

/// What happens to one request.
pub(super) struct Storm {
    fault: Option<Fault>,
    connection: Connection,
    graph: bool,
}

impl Storm {
    pub(super) fn over(
        shared: &Shared,
        operation: &str,
        uri: &Uri,
        connection: Option<Connection>,
    ) -> Self {
        let calm = matches!(
            operation,
            "authorize" | "devicelogin" | "adminconsent" | "unknown" | "write"
        );
        let faults = shared.faults().clone();
        let key = key(operation, uri);
        let ask = match operation {
            "download" if provable(shared, uri) => Ask::item(&key, Class::Download),
            "token" | "devicecode" => Ask::many(&key, Class::Other),
            _ => Ask::item(&key, Class::List),
        };
        Self {
            fault: if calm { None } else { faults.decide(&ask) },
            connection: connection.unwrap_or_default(),
            graph: operation != "download",
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
            Fault::TooManyRequests { retry_after: None } if !self.graph => {
                (ApiError::bandwidth(), None)
            }
            Fault::TooManyRequests { retry_after } => (ApiError::throttled(), retry_after),
            Fault::Unavailable { retry_after } => (ApiError::unavailable(503), retry_after),
            Fault::GatewayTimeout => return page(StatusCode::GATEWAY_TIMEOUT),
            _ => (ApiError::unavailable(500), None),
        };
        let mut answer = error.into_response();
        if !self.graph {
            answer = page(answer.status());
        }
        if let Some(seconds) = retry_after {
            // With a decimal, as they do.
            let seconds = format!("{}.128", seconds.saturating_sub(1));
            set(&mut answer, header::RETRY_AFTER, &seconds);
        }
        answer
    }
}

/// Adds the headers that tell how much may still be asked.
pub(super) fn tell_limit(mut answer: Response, headers: Vec<(&'static str, String)>) -> Response {
    for (name, value) in headers {
        set(&mut answer, HeaderName::from_static(name), &value);
    }
    answer
}

/// What tells a request from all others: not by how much is told of each item, and not by the key to a
/// download.
fn key(operation: &str, uri: &Uri) -> String {
    let query: Vec<&str> = uri
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(|pair| {
            let name = pair.split('=').next().unwrap_or_default();
            !matches!(name, "%24select" | "$select" | "tempauth" | "expires")
        })
        .collect();
    format!("{operation} {}?{}", uri.path(), query.join("&"))
}

/// Whether anybody can find out that a byte of the file is wrong.
fn provable(shared: &Shared, uri: &Uri) -> bool {
    let id = uri.path().rsplit('/').next().unwrap_or_default();
    let id = percent_encoding::percent_decode_str(id).decode_utf8_lossy();
    let found = shared.store().find(&id);
    matches!(
        found.map(|node| node.kind),
        Some(NodeKind::File {
            stated: Stated::Right,
            ..
        })
    )
}

fn length(answer: &Response) -> Option<u64> {
    let text = answer.headers().get(header::CONTENT_LENGTH)?;
    text.to_str().ok()?.parse().ok()
}

/// What is no answer of Graph's.
pub(super) fn page(status: StatusCode) -> Response {
    let text = format!(
        "<!DOCTYPE html><html><head><title>{0}</title></head><body><h2>Our services aren't available right now</h2><p>{0}</p></body></html>",
        status.as_u16()
    );
    (status, Html(text)).into_response()
}
