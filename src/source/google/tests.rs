//! What the practice Google never does: answers out of a script.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use futures::TryStreamExt as _;
use http::{HeaderMap, Method, StatusCode, Uri, header};
use serde_json::{Value, json};
use url::Url;

use super::client::Trust;
use super::listing::Listing;
use super::*;
use crate::auth::oauth::{ClientCredentials, GOOGLE_DRIVE_SCOPE, Provider};
use crate::model::{ItemId, SpaceId};

/// What a request asked for, and with which token and resource keys.
#[derive(Debug, Clone)]
struct Asked {
    target: String,
    token: Option<String>,
    keys: Option<String>,
}

struct Scripted {
    url: Url,
    asked: Arc<Mutex<Vec<Asked>>>,
}

/// A server whose answers follow from the number of the request and what it asks for; `/token` grants.
async fn scripted(script: impl Fn(usize, &str) -> Response + Send + Sync + 'static) -> Scripted {
    let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
    let (log, script) = (asked.clone(), Arc::new(script));
    let grants = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let router = Router::new().fallback(async move |method: Method, uri: Uri, headers: HeaderMap| {
        if method == Method::POST {
            let n = grants.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            let token = json!({"access_token": format!("t{n}"), "expires_in": 3599, "token_type": "Bearer"});
            return axum::Json(token).into_response();
        }
        let target = uri.path_and_query().map(ToString::to_string).unwrap_or_default();
        let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap().to_owned());
        let mut log = log.lock().unwrap();
        let answer = script(log.len(), &target);
        log.push(Asked {
            target,
            token: text("authorization"),
            keys: text("x-goog-drive-resource-keys"),
        });
        answer
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    Scripted { url, asked }
}

fn tokens(endpoint: Option<&Url>) -> TokenSource {
    let provider = Provider::google(&[GOOGLE_DRIVE_SCOPE], endpoint).unwrap();
    let client = ClientCredentials {
        id: "id".into(),
        secret: None,
    };
    TokenSource::headless(provider, client, "refresh".into()).unwrap()
}

impl Scripted {
    fn client(&self) -> Client {
        Client::new(Some(&self.url), tokens(Some(&self.url))).unwrap()
    }

    fn source(&self) -> GoogleSource {
        GoogleSource::new(Some(&self.url), tokens(Some(&self.url)), &Scope::default()).unwrap()
    }

    fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

fn answer(status: u16, body: &Value) -> Response {
    let status = StatusCode::from_u16(status).unwrap();
    (status, axum::Json(body)).into_response()
}

fn failure(status: u16, reason: &str, location: &str) -> Response {
    let first = json!({"reason": reason, "location": location, "message": "M"});
    let body = json!({"error": {"code": status, "message": "M", "errors": [first]}});
    answer(status, &body)
}

fn page(ids: &[&str], next: Option<&str>) -> Response {
    let files: Vec<Value> = ids.iter().map(|id| json!({"id": id, "name": id})).collect();
    answer(200, &json!({"files": files, "nextPageToken": next}))
}

async fn list(server: &Scripted) -> Result<Vec<String>, SourceError> {
    let client = server.client();
    let mut listing = Listing::of_account(&client);
    let mut ids = Vec::new();
    while let Some(files) = listing.next().await? {
        ids.extend(files.into_iter().map(|file| file.id));
    }
    Ok(ids)
}

#[tokio::test]
async fn a_rejected_page_token_begins_anew() {
    let server = scripted(|n, _| match n {
        0 | 2 => page(&["a"], Some("next")),
        1 => failure(400, "invalid", "pageToken"),
        _ => page(&["b"], None),
    })
    .await;
    assert_eq!(list(&server).await.unwrap(), ["a", "a", "b"]);
    let asked = server.asked();
    assert!(asked[1].target.contains("pageToken=next"));
    assert!(!asked[2].target.contains("pageToken"));
}

#[tokio::test]
async fn a_page_token_that_is_always_rejected_is_an_error() {
    let server = scripted(|_, target| {
        if target.contains("pageToken") {
            failure(400, "invalid", "pageToken")
        } else {
            page(&["a"], Some("next"))
        }
    })
    .await;
    assert!(list(&server).await.is_err());
}

#[tokio::test]
async fn an_empty_page_is_not_the_end_and_half_a_search_no_listing() {
    let server = scripted(|n, _| match n {
        0 => page(&[], Some("next")),
        _ => page(&["a"], None),
    })
    .await;
    assert_eq!(list(&server).await.unwrap(), ["a"]);
    let server =
        scripted(|_, _| answer(200, &json!({"files": [], "incompleteSearch": true}))).await;
    assert!(list(&server).await.unwrap_err().is_passing());
}

#[tokio::test]
async fn a_second_401_is_believed() {
    let server = scripted(|_, _| failure(401, "authError", "Authorization")).await;
    let error = server.source().check().await.unwrap_err();
    assert!(matches!(
        google_error(&error),
        Some(GoogleError::TokenRejected { .. })
    ));
    let tokens: Vec<_> = server
        .asked()
        .into_iter()
        .map(|asked| asked.token.unwrap())
        .collect();
    assert_eq!(tokens, ["Bearer t0", "Bearer t1"]);
}

fn item(size: Option<u64>) -> Item {
    let mut item = Item::new(SpaceId::new("s"), "1f", None, "n", ItemKind::File);
    item.size = size;
    item.locator = "1f key".into();
    item
}

/// What reading on from byte 2 of a file of 5 gives for an answer.
async fn read_on(
    answer: impl Fn() -> Response + Send + Sync + 'static,
) -> Result<Vec<u8>, SourceError> {
    let server = scripted(move |_, _| answer()).await;
    let content = server.source().read(&item(Some(5)), 2).await?;
    let parts: Vec<_> = content.stream.try_collect().await?;
    Ok(parts.concat())
}

#[tokio::test]
async fn only_the_part_that_was_asked_for_is_taken() {
    let part = |range: &'static str, body: &'static str| {
        move || {
            let headers = [(header::CONTENT_RANGE, range)];
            (StatusCode::PARTIAL_CONTENT, headers, body).into_response()
        }
    };
    assert_eq!(read_on(part("bytes 2-4/5", "cde")).await.unwrap(), b"cde");
    for (range, body) in [
        ("bytes 1-4/5", "bcde"),
        ("bytes 2-3/5", "cd"),
        ("nonsense", "cde"),
        ("bytes 2-4/5", "cd"),
        ("bytes 2-4/5", "cdef"),
    ] {
        assert!(read_on(part(range, body)).await.is_err(), "{range} {body}");
    }
    let larger = read_on(part("bytes 2-5/6", "cdef")).await.unwrap_err();
    assert!(matches!(larger, SourceError::Changed));
    let whole = read_on(|| "abcde".into_response()).await.unwrap_err();
    assert!(matches!(whole, SourceError::Protocol { .. }));
}

#[tokio::test]
async fn a_body_without_length_must_have_the_surveyed_one() {
    for (size, body, complete) in [
        (Some(5), "abcde", true),
        (Some(5), "abc", false),
        (None, "abc", true),
    ] {
        let server = scripted(move |_, _| {
            let pieces = futures::stream::iter([Ok::<_, std::io::Error>(body)]);
            Body::from_stream(pieces).into_response()
        })
        .await;
        let content = server.source().read(&item(size), 0).await.unwrap();
        let read: Result<Vec<_>, _> = content.stream.try_collect().await;
        assert_eq!(read.is_ok(), complete, "{size:?} {body}");
    }
}

#[tokio::test]
async fn the_resource_key_goes_along() {
    let server = scripted(|_, _| StatusCode::NOT_FOUND.into_response()).await;
    let error = server.source().read(&item(Some(5)), 0).await.unwrap_err();
    assert!(matches!(error, SourceError::NotFound));
    assert_eq!(server.asked()[0].keys.as_deref(), Some("1f/key"));
    assert!(server.asked()[0].target.contains("supportsAllDrives=true"));
    assert!(!server.asked()[0].target.contains("acknowledgeAbuse"));
}

fn document() -> Item {
    let mut item = item(None);
    item.kind = ItemKind::Document;
    item.media_type = Some("application/vnd.google-apps.spreadsheet".into());
    item
}

/// A server whose export links lead to `address` (`None`: its own `/hop`), and from there to `next`.
async fn exports(address: Option<&'static str>, next: &'static str) -> Scripted {
    let own: Arc<std::sync::OnceLock<Url>> = Arc::default();
    let url = own.clone();
    let server = scripted(move |_, target| {
        if target.contains("/export") {
            failure(403, "exportSizeLimitExceeded", "")
        } else if target.starts_with("/drive/v3/") {
            let hop = url.get().unwrap().join("/hop").unwrap();
            let address = address.unwrap_or(hop.as_str());
            // The old name of the media type.
            let links = json!({"application/x-vnd.oasis.opendocument.spreadsheet": address});
            answer(200, &json!({"exportLinks": links}))
        } else if target == "/hop" {
            (StatusCode::FOUND, [(header::LOCATION, next)]).into_response()
        } else {
            "exported".into_response()
        }
    })
    .await;
    own.set(server.url.clone()).unwrap();
    server
}

#[tokio::test]
async fn export_links_and_redirects_lead_to_google_only() {
    let own = None;
    for (address, next) in [
        (Some("https://docs.google.com/export"), "/end"),
        (Some("https://evil.example/export"), "/end"),
        (Some("ftp://127.0.0.1/export"), "/end"),
        (Some("not an address"), "/end"),
        (own, "https://evil.example/end"),
        (own, "http://127.0.0.1:1/end"),
        (own, "/hop"),
    ] {
        let server = exports(address, next).await;
        let result = server
            .source()
            .export(&document(), DocumentFormat::Odf)
            .await;
        let error = result.expect_err(next);
        assert!(!error.is_passing(), "{address:?} {next}: {error:?}");
    }
    let server = exports(own, "/end").await;
    let content = server
        .source()
        .export(&document(), DocumentFormat::Odf)
        .await;
    let parts: Vec<_> = content.unwrap().stream.try_collect().await.unwrap();
    assert_eq!(parts.concat(), b"exported");
}

#[test]
fn who_gets_the_token() {
    let client = Client::new(None, tokens(None)).unwrap();
    let trust = |address: &str| client.trust(&Url::parse(address).unwrap());
    for address in [
        "https://docs.google.com/feeds/download/documents/export/Export?id=1",
        "https://www.googleapis.com/drive/v3/files/1",
        "https://google.com/",
    ] {
        assert_eq!(trust(address), Some(Trust::Token), "{address}");
    }
    assert_eq!(
        trust("https://doc-0s-00-docstext.googleusercontent.com/export/x"),
        Some(Trust::NoToken)
    );
    for address in [
        "http://docs.google.com/export",
        "https://docs.google.com.evil.example/",
        "https://evilgoogle.com/",
        "https://accounts.google.com/ServiceLogin",
        "https://docs.google.com:8443/",
        "https://127.0.0.1/",
    ] {
        assert_eq!(trust(address), None, "{address}");
    }
}

#[test]
fn an_endpoint_elsewhere_is_refused() {
    let elsewhere = Url::parse("https://evil.example").unwrap();
    assert!(GoogleSource::new(Some(&elsewhere), tokens(None), &Scope::default()).is_err());
}

#[test]
fn ids_of_what_is_left_out_keep_drives_own() {
    let id = survey::left_out("1f");
    assert_ne!(id, ItemId::new("1f"));
    assert_eq!(survey::drive_id(&id), "1f");
}
