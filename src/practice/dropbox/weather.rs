//! What befalls a request in bad weather.

use std::future::Future;

use axum::body::Body;
use axum::response::Response;
use http::{StatusCode, header};

use super::super::faults::{Ask, Class, Fault, mix_text};
use super::super::wire::{Connection, cut_short, flip};
use super::call::Call;
use super::error::{Refusal, Throttling, set};

/// What happens to one request.
pub(super) struct Storm {
    fault: Option<Fault>,
    key: String,
    route: String,
    connection: Connection,
}

impl Storm {
    pub(super) fn over(call: &Call, connection: Connection) -> Self {
        let key = key(call);
        let ask = match call.route.as_str() {
            "/oauth2/authorize" | "files/list_folder/longpoll" => None,
            "/oauth2/token" | "auth/token/revoke" => Some(Ask::many(&key, Class::Other)),
            "files/download" if provable(call) => Some(Ask::item(&key, Class::Fetch)),
            "files/download" | "sharing/get_shared_link_file" => Some(Ask::item(&key, Class::List)),
            "files/export" => Some(Ask::item(&key, Class::Fetch)),
            "files/list_folder/continue" => Some(Ask::item(&key, Class::Continue)),
            _ => Some(Ask::item(&key, Class::List)),
        };
        let faults = call.shared.faults().clone();
        let fault = ask.and_then(|ask| faults.decide(&ask));
        if let (Some(Fault::Expire), Some(token)) = (fault, call.bearer()) {
            call.shared.oauth().expire(token);
        }
        Self {
            fault,
            key,
            route: call.route.clone(),
            connection,
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
                if answer.status().is_success() {
                    answer.map(|body| Body::from_stream(flip(body.into_data_stream(), at)))
                } else {
                    answer
                }
            }
            Some(Fault::CloseAfter) => {
                let mut answer = answer.await;
                set(&mut answer, header::CONNECTION, "close");
                answer
            }
            Some(fault) => self.refusal(fault).into_response(),
        }
    }

    fn refusal(&self, fault: Fault) -> Refusal {
        match fault {
            Fault::TooManyRequests { retry_after } => {
                let shape = match (retry_after, mix_text(0, &self.key) % 2) {
                    (Some(_), _) => Throttling::Requests,
                    (None, 0) => Throttling::Writes,
                    (None, _) => Throttling::Text,
                };
                Refusal::throttled(shape, retry_after.unwrap_or(1))
            }
            Fault::Expire if self.route == "files/list_folder/continue" => {
                Refusal::endpoint(&["reset"])
            }
            Fault::Expire => Refusal::auth("expired_access_token"),
            Fault::Unavailable { .. } if self.route == "files/export" => {
                Refusal::endpoint(&["retry_error"])
            }
            Fault::Unavailable { retry_after } => Refusal::server(503, retry_after),
            Fault::GatewayTimeout => Refusal::server(504, None),
            _ => Refusal::server(500, None),
        }
    }
}

/// What tells a request from all others.
fn key(call: &Call) -> String {
    let arg = match call.header("dropbox-api-arg") {
        Some(arg) => arg.to_owned(),
        None => String::from_utf8_lossy(&call.body).into_owned(),
    };
    let root = call.header("dropbox-api-path-root").unwrap_or_default();
    let query: String = call
        .query
        .iter()
        .map(|(name, value)| format!("&{name}={value}"))
        .collect();
    format!("{} {arg} {root}{query}", call.route)
}

/// Whether anybody can find out that a byte of the file is wrong.
fn provable(call: &Call) -> bool {
    let path = call.download(&["path", "rev"]);
    let Ok(Some(path)) = path.as_ref().map(|arg| arg.string("path").ok().flatten()) else {
        return true;
    };
    let store = call.shared.store();
    let found = match path.strip_prefix("rev:") {
        Some(rev) => store.revision(rev),
        None => store.ids.key(path).and_then(|key| store.get(key)),
    };
    found.is_none_or(|node| node.hashed)
}

fn length(answer: &Response) -> Option<u64> {
    let text = answer.headers().get(header::CONTENT_LENGTH);
    let told = text.and_then(|text| text.to_str().ok()?.parse().ok());
    told.or_else(|| {
        let exact = axum::body::HttpBody::size_hint(answer.body()).exact();
        exact.filter(|_| answer.status() == StatusCode::OK)
    })
}
