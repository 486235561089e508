//! The way in and out of every request: counting, weather, routing.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use futures::{Stream, StreamExt as _, TryStreamExt as _};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use hyper::Request;
use hyper::body::Incoming;

use super::super::faults::{Ask, Class, Fault};
use super::super::wire::{Connection, cut_short, flip};
use super::answer::{DavError, HTML, empty, put_header, with_type};
use super::control::{self, Seen};
use super::names::DavPath;
use super::server::Shared;
use super::{dav, login, ocs};

/// The most bytes of a request body that is read at once (XML, forms).
const SMALL_BODY: usize = 1 << 20;

/// One request on its way.
pub(super) struct Call {
    pub shared: Arc<Shared>,
    pub method: Method,
    pub uri: Uri,
    pub headers: HeaderMap,
    pub path: DavPath,
    /// Until somebody takes it. The mutex is never locked: it makes a call shareable between threads.
    body: Mutex<Option<Body>>,
    /// What befalls this request.
    pub fault: Option<Fault>,
}

impl Call {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// A header that may hold any bytes, as Latin-1 or UTF-8.
    pub fn header_text(&self, name: &str) -> Option<String> {
        let bytes = self.headers.get(name)?.as_bytes();
        Some(String::from_utf8_lossy(bytes).into_owned())
    }

    pub fn content_length(&self) -> Option<u64> {
        self.header("content-length")?.parse().ok()
    }

    fn take_body(&mut self) -> Option<Body> {
        self.body
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }

    /// `http://` and the host that the client asked for.
    pub fn base(&self) -> String {
        format!("http://{}", self.header("host").unwrap_or("localhost"))
    }

    pub fn query(&self) -> HashMap<String, String> {
        pairs(self.uri.query().unwrap_or_default().as_bytes())
    }

    /// The fields of a form, or of a JSON object of strings, in the body.
    pub async fn form(&mut self) -> HashMap<String, String> {
        let body = self.small_body().await.unwrap_or_default();
        serde_json::from_slice(&body).unwrap_or_else(|_| pairs(&body))
    }

    /// # Errors
    /// When the body breaks off or is too long for what it should be.
    pub async fn small_body(&mut self) -> Result<Vec<u8>, DavError> {
        let body = self.take_body().unwrap_or_default();
        let bytes = axum::body::to_bytes(body, SMALL_BODY)
            .await
            .map_err(|_| DavError::bad_request("The request body could not be read"))?;
        Ok(bytes.to_vec())
    }

    /// The content that comes up. One byte of it is another when that is the fault of the day.
    pub fn content(
        &mut self,
    ) -> std::pin::Pin<Box<dyn Stream<Item = std::io::Result<bytes::Bytes>> + Send>> {
        let length = self.content_length();
        let content = self
            .take_body()
            .unwrap_or_default()
            .into_data_stream()
            .map_err(std::io::Error::other);
        match (self.fault, length) {
            // A bulk upload is not one content: there the parts are spoiled, not their headers.
            (Some(Fault::FlipUpload { at }), Some(length)) if self.method == Method::PUT => {
                Box::pin(flip(content, part_of(length, at)))
            }
            _ => Box::pin(content),
        }
    }

    /// Reads what nobody has taken, as nginx would have before PHP ever saw the request; otherwise a
    /// client that still sends would find the connection closed in the place of the answer.
    async fn drain(&mut self) {
        if let Some(body) = self.take_body() {
            let mut stream = body.into_data_stream();
            while let Some(Ok(_)) = stream.next().await {}
        }
    }
}

/// The byte at so many thousandths of a content.
pub(super) fn part_of(length: u64, thousandths: u16) -> u64 {
    (u128::from(length) * u128::from(thousandths) / 1000)
        .try_into()
        .unwrap_or(0)
}

fn pairs(text: &[u8]) -> HashMap<String, String> {
    url::form_urlencoded::parse(text).into_owned().collect()
}

pub(super) async fn answer(shared: Arc<Shared>, request: Request<Incoming>) -> Response {
    let (parts, body) = request.into_parts();
    let connection = parts
        .extensions
        .get::<Connection>()
        .cloned()
        .unwrap_or_default();
    let mut call = Call {
        path: DavPath::decode(parts.uri.path()),
        shared,
        method: parts.method,
        uri: parts.uri,
        headers: parts.headers,
        body: Mutex::new(Some(Body::new(body))),
        fault: None,
    };
    let weather = call.shared.weather();
    call.fault = fault(&call, &weather.faults);
    tokio::time::sleep(weather.latency).await;
    if call.fault == Some(Fault::ResetBefore) {
        note(&call, None);
        return connection.reset().await;
    }
    if let Some(Fault::Slow(longer)) = call.fault {
        tokio::time::sleep(longer).await;
    }
    let refused = too_long(&call, weather.longest_body).or_else(|| refusal(&call));
    let response = match refused {
        Some(refusal) => refusal,
        None => route(&mut call).await,
    };
    call.drain().await;
    note(&call, Some(response.status()));
    spoil(&call, response, &connection).await
}

fn note(call: &Call, status: Option<StatusCode>) {
    call.shared.count(Seen {
        method: call.method.to_string(),
        path: format!("/{}", call.path.text()),
        status: status.map(|status| status.as_u16()),
        fault: call.fault,
    });
}

fn fault(call: &Call, faults: &super::super::faults::Faults) -> Option<Fault> {
    let path: Vec<&str> = call.path.stored.iter().map(String::as_str).collect();
    let text = format!("{} /{}", call.method, call.path.text());
    let destination = || {
        let raw = call.header("destination").unwrap_or_default();
        DavPath::decode(strip_host(raw)).text()
    };
    match (call.method.as_str(), path.as_slice()) {
        (_, ["remote.php", "dav", "bulk"]) => faults.decide(&Ask::many(&text, Class::Upload)),
        // The names of upload folders are chosen at random by clients: the destination tells more.
        ("PUT", ["remote.php", "dav", "uploads", _, _, chunk]) => {
            let key = format!("PUT chunk {chunk} of /{}", destination());
            faults.decide(&Ask::item(&key, Class::Chunk))
        }
        ("MOVE", ["remote.php", "dav", "uploads", ..]) => {
            let key = format!("MOVE chunks to /{}", destination());
            faults.decide(&Ask::item(&key, Class::Assemble))
        }
        ("MKCOL", ["remote.php", "dav", "uploads", ..]) => {
            let key = format!("MKCOL upload to /{}", destination());
            faults.decide(&Ask::item(&key, Class::Other))
        }
        (method, ["remote.php", "dav", "uploads", ..]) => {
            let key = format!("{method} uploads");
            faults.decide(&Ask::many(&key, Class::Other))
        }
        ("GET", ["remote.php", "dav", ..]) => {
            let key = format!("{text} {}", call.header("range").unwrap_or_default());
            faults.decide(&Ask::item(&key, Class::Download))
        }
        ("PROPFIND" | "REPORT" | "HEAD", ["remote.php", "dav", ..]) => {
            let key = format!("{text} {}", call.header("depth").unwrap_or_default());
            faults.decide(&Ask::item(&key, Class::List))
        }
        // A spoiled byte would often be no object at all, which no client can tell from its own fault.
        ("PUT", ["remote.php", "dav", "calendars" | "addressbooks", ..]) => {
            faults.decide(&Ask::item(&text, Class::Change))
        }
        ("PUT", ["remote.php", "dav", ..]) => faults.decide(&Ask::item(&text, Class::Upload)),
        (_, ["remote.php", "dav", ..]) => faults.decide(&Ask::item(&text, Class::Change)),
        _ => faults.decide(&Ask::many(&text, Class::Other)),
    }
}

/// An answer that comes in the place of the work.
/// As nginx says it.
fn too_long(call: &Call, longest: Option<u64>) -> Option<Response> {
    const PAGE: &str = "<html><head><title>413 Request Entity Too Large</title></head></html>";
    let too_long = call.content_length()? > longest?;
    too_long.then(|| with_type(StatusCode::PAYLOAD_TOO_LARGE, HTML, PAGE))
}

fn refusal(call: &Call) -> Option<Response> {
    let is_dav = call.path.stored.first().is_some_and(|s| s == "remote.php");
    let (error, retry_after) = match call.fault? {
        // As rate limits and proxies say it. With Nextcloud's own exception it would be the lock-out after
        // failed logins, for which no patience helps.
        Fault::TooManyRequests { retry_after } => {
            let response = with_type(StatusCode::TOO_MANY_REQUESTS, HTML, "");
            return Some(retry_later(response, retry_after));
        }
        Fault::Unavailable { retry_after } => (
            DavError::unavailable(
                "OCP\\Files\\StorageNotAvailableException: Storage is temporarily not available",
            ),
            retry_after,
        ),
        Fault::ServerError => (DavError::database_locked(), None),
        Fault::Locked => (DavError::locked(&call.path.below(4).text()), None),
        _ => return None,
    };
    let response = if is_dav {
        error.response()
    } else {
        with_type(error.status, HTML, "")
    };
    Some(retry_later(response, retry_after))
}

fn retry_later(mut response: Response, seconds: Option<u32>) -> Response {
    if let Some(seconds) = seconds {
        let name = header::RETRY_AFTER;
        response
            .headers_mut()
            .insert(name, HeaderValue::from(seconds));
    }
    response
}

/// What can still go wrong with an answer that is ready.
async fn spoil(call: &Call, response: Response, connection: &Connection) -> Response {
    let length = response
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    match call.fault {
        Some(Fault::ResetAfter) => connection.reset().await,
        Some(Fault::CloseAfter) => {
            let mut response = response;
            put_header(&mut response, header::CONNECTION, "close");
            response
        }
        Some(Fault::ShortBody { kept }) if length != Some(0) && call.method != Method::HEAD => {
            // A listing has no length: some hundred bytes of it then.
            let kept = length.map_or(u64::from(kept), |length| part_of(length, kept));
            cut_short(response, connection, kept)
        }
        Some(Fault::FlipDownload { at }) if response.status().is_success() => {
            let at = part_of(length.unwrap_or(0), at);
            response.map(|body| Body::from_stream(flip(body.into_data_stream(), at)))
        }
        _ => response,
    }
}

async fn route(call: &mut Call) -> Response {
    let path = call.path.stored.clone();
    // nginx does not let these through to PHP.
    if path.iter().any(|name| name.contains('\n')) {
        return with_type(StatusCode::NOT_FOUND, "text/html", "404 Not Found");
    }
    let path: &[String] = match path.split_first() {
        Some((first, rest)) if first == "index.php" => rest,
        _ => &path,
    };
    let names: Vec<&str> = path.iter().map(String::as_str).collect();
    let rest = |count: usize| path.get(count..).unwrap_or_default();
    match names.as_slice() {
        ["remote.php", "dav", ..] => dav::answer(call).await,
        ["status.php"] => ocs::status(call),
        ["ocs", "v1.php", ..] => ocs::answer(call, true, rest(2)),
        ["ocs", "v2.php", ..] => ocs::answer(call, false, rest(2)),
        ["login", "v2", ..] => login::answer(call, rest(2)).await,
        ["204"] => empty(StatusCode::NO_CONTENT),
        // Not a part of any Nextcloud: what it would have mailed, for scripts.
        ["practice", "outbox"] => control::outbox(call),
        [".well-known", "caldav" | "carddav"] => {
            let mut response = empty(StatusCode::MOVED_PERMANENTLY);
            let place = format!("{}/remote.php/dav/", call.base());
            put_header(&mut response, header::LOCATION, &place);
            response
        }
        [] => {
            let mut response = empty(StatusCode::FOUND);
            put_header(
                &mut response,
                header::LOCATION,
                &format!("{}/login", call.base()),
            );
            response
        }
        ["login"] => with_type(StatusCode::OK, HTML, "<!DOCTYPE html><title>Login</title>"),
        _ => with_type(
            StatusCode::NOT_FOUND,
            HTML,
            "<!DOCTYPE html><title>404</title>",
        ),
    }
}

/// The path of an absolute address, or what is a path already (Sabre's `calculateUri`: whose host it is
/// does not matter).
pub(super) fn strip_host(address: &str) -> &str {
    let Some((_, rest)) = address.split_once("://") else {
        return address;
    };
    rest.find('/')
        .and_then(|slash| rest.get(slash..))
        .unwrap_or("/")
}

/// How long the work goes on behind a gateway that has given up.
pub(super) const BEHIND_GATEWAY: Duration = Duration::from_millis(300);
