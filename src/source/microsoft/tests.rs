//! What the practice Microsoft never does: answers out of a script.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::response::{IntoResponse, Response};
use futures::TryStreamExt as _;
use http::{HeaderMap, Method, StatusCode, Uri, header};
use serde_json::{Value, json};
use url::Url;

use super::*;
use crate::auth::oauth::{ClientCredentials, Provider, Tenant, TokenSource};
use crate::model::{Reason, SpaceId};
use crate::source::testing::Collector;

/// What a request asked for, and with which token.
#[derive(Debug, Clone)]
struct Asked {
    target: String,
    token: Option<String>,
    range: Option<String>,
    agent: String,
}

struct Scripted {
    url: Url,
    asked: Arc<Mutex<Vec<Asked>>>,
}

/// A server whose answers follow from the number of the request and what it asks for; POST grants.
async fn scripted(
    script: impl Fn(usize, &str, &Url) -> Response + Send + Sync + 'static,
) -> Scripted {
    let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    let (log, script, own) = (asked.clone(), Arc::new(script), url.clone());
    let router =
        Router::new().fallback(async move |method: Method, uri: Uri, headers: HeaderMap| {
            if method == Method::POST {
                let token =
                    json!({"access_token": "t", "expires_in": 3599, "token_type": "Bearer"});
                return axum::Json(token).into_response();
            }
            let target = uri
                .path_and_query()
                .map(ToString::to_string)
                .unwrap_or_default();
            let text = |name: &str| {
                headers
                    .get(name)
                    .map(|value| value.to_str().unwrap().to_owned())
            };
            let mut log = log.lock().unwrap();
            let answer = script(log.len(), &target, &own);
            log.push(Asked {
                target,
                token: text("authorization"),
                range: text("range"),
                agent: text("user-agent").unwrap_or_default(),
            });
            answer
        });
    tokio::spawn(async move { axum::serve(listener, router).await });
    Scripted { url, asked }
}

impl Scripted {
    fn source(&self) -> MicrosoftFiles {
        let provider = Provider::microsoft(
            &Tenant::new(None, false),
            &Scope::default(),
            Some(&self.url),
        )
        .unwrap();
        let client = ClientCredentials {
            id: "id".into(),
            secret: None,
        };
        let tokens = TokenSource::headless(provider, client, "refresh".into()).unwrap();
        let files = Scope {
            calendars: false,
            contacts: false,
            tasks: false,
            ..Scope::default()
        };
        MicrosoftFiles::new(Some(&self.url), tokens, &[], &files).unwrap()
    }

    fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

fn answer(status: u16, body: &Value) -> Response {
    let status = StatusCode::from_u16(status).unwrap();
    (status, axum::Json(body)).into_response()
}

fn drive() -> Response {
    answer(
        200,
        &json!({"id": "b!D", "driveType": "business", "name": "OneDrive"}),
    )
}

fn root() -> Response {
    answer(200, &json!({"id": "01R"}))
}

fn page(rows: &[Value], link: (&str, String)) -> Response {
    answer(200, &json!({"value": rows, link.0: link.1}))
}

fn row(id: &str, parent: &str) -> Value {
    json!({"id": id, "name": id, "size": 1, "file": {}, "parentReference": {"id": parent, "driveId": "b!D"}})
}

/// A whole survey of one drive, whose lists of changes are as the script says.
async fn survey(
    lists: impl Fn(usize, &str, &Url) -> Response + Send + Sync + 'static,
) -> (Result<(), SourceError>, Collector, Vec<Asked>) {
    let lists_asked = std::sync::atomic::AtomicUsize::new(0);
    let server = scripted(move |_, target, own| match target {
        "/v1.0/me/drive" => drive(),
        target if target.contains("root/delta") || target.contains("token=") => {
            let n = lists_asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            lists(n, target, own)
        }
        target if target.contains("/root?") => root(),
        _ => answer(404, &json!({"error": {"code": "itemNotFound"}})),
    })
    .await;
    let mut collector = Collector::default();
    let result = server.source().survey(&[], &mut collector).await;
    (result, collector, server.asked())
}

fn last(own: &Url) -> (&'static str, String) {
    (
        "@odata.deltaLink",
        format!("{own}v1.0/drives/b!D/root/delta?token=next"),
    )
}

fn more(own: &Url) -> (&'static str, String) {
    (
        "@odata.nextLink",
        format!("{own}v1.0/drives/b!D/root/delta?token=page"),
    )
}

#[tokio::test]
async fn the_last_word_counts_and_the_end_is_remembered() {
    let (result, found, asked) = survey(|n, _, own| match n {
        0 => page(&[row("01A", "01R"), row("01B", "01A")], more(own)),
        // No rows, and yet not the end.
        1 => page(&[], more(own)),
        _ => {
            let deleted = json!({"id": "01B", "deleted": {"state": "deleted"}});
            let renamed = json!({"id": "01A", "name": "renamed", "folder": {}, "parentReference": {"id": "01R"}});
            page(&[deleted, renamed], last(own))
        }
    })
    .await;
    result.unwrap();
    assert_eq!(found.items.len(), 1);
    assert_eq!(found.items["b!d:01a"].name, "renamed");
    assert_eq!(found.items["b!d:01a"].parent, None);
    let own = found
        .spaces
        .iter()
        .rfind(|space| space.id == SpaceId::new("onedrive"));
    let token = own.unwrap().change_token.clone().unwrap();
    assert!(token.contains("token=next "), "{token}");
    let first = asked
        .iter()
        .find(|asked| asked.target.contains("delta"))
        .unwrap();
    assert!(
        first.agent.starts_with("NONISV|Transhumance|Transhumance/"),
        "{}",
        first.agent
    );
}

#[tokio::test]
async fn a_list_that_begins_anew_on_the_way_is_followed() {
    let (result, found, asked) = survey(|n, _, own| match n {
        0 => page(&[row("01A", "01R")], more(own)),
        1 => {
            let location = format!("{own}v1.0/drives/b!D/root/delta?token=fresh");
            let body = json!({"error": {"code": "resyncRequired"}});
            (
                StatusCode::GONE,
                [(header::LOCATION, location)],
                axum::Json(body),
            )
                .into_response()
        }
        2 => page(&[row("01A", "01R"), row("01B", "01R")], last(own)),
        _ => panic!(),
    })
    .await;
    result.unwrap();
    assert_eq!(found.items.len(), 2);
    let lists: Vec<&Asked> = asked
        .iter()
        .filter(|a| a.target.contains("token="))
        .collect();
    assert!(lists.last().unwrap().target.contains("token=fresh"));

    let (result, ..) =
        survey(|_, _, _| answer(410, &json!({"error": {"code": "resyncRequired"}}))).await;
    assert!(result.unwrap_err().is_passing(), "it must end some time");
}

#[tokio::test]
async fn links_lead_to_the_api_only() {
    for link in [
        "https://evil.example/v1.0/x?token=1",
        "http://127.0.0.1:1/?token=1",
        "nonsense",
    ] {
        for name in ["@odata.nextLink", "@odata.deltaLink"] {
            let (result, ..) = survey(move |_, _, _| page(&[], (name, link.to_owned()))).await;
            let error = result.unwrap_err();
            assert!(!error.is_passing(), "{link}: {error:?}");
        }
    }
}

fn item(name: &str, size: u64, library: bool) -> Item {
    let mut item = Item::new(SpaceId::new("s"), "b!d:01a", None, name, ItemKind::File);
    item.size = Some(size);
    item.version = format!("{size} ");
    item.locator = format!("{} b!D 01A", if library { "l" } else { "b" });
    item
}

/// What reading on from byte `from` of a file of 5 gives, when the address that is handed out answers so.
async fn read_on(
    item: Item,
    from: u64,
    download: impl Fn(usize) -> Response + Send + Sync + 'static,
) -> (Result<Vec<u8>, SourceError>, Vec<Asked>) {
    let size = item.size;
    let server = scripted(move |n, target, own| {
        if target.ends_with("/content") {
            let there = own.join(&format!("there?n={n}")).unwrap();
            (StatusCode::FOUND, [(header::LOCATION, there.to_string())]).into_response()
        } else if target.starts_with("/there") {
            download(n)
        } else {
            answer(
                200,
                &json!({"id": "01A", "name": "n", "size": size, "file": {}}),
            )
        }
    })
    .await;
    let read = async {
        let content = server.source().read(&item, from).await?;
        let parts: Vec<_> = content.stream.try_collect().await?;
        Ok(parts.concat())
    };
    (read.await, server.asked())
}

fn part(range: &'static str, body: &'static str) -> Response {
    let headers = [(header::CONTENT_RANGE, range)];
    (StatusCode::PARTIAL_CONTENT, headers, body).into_response()
}

#[tokio::test]
async fn the_range_goes_to_the_last_address_and_the_token_does_not() {
    let (read, asked) = read_on(item("n", 5, false), 2, |_| part("bytes 2-4/5", "cde")).await;
    assert_eq!(read.unwrap(), b"cde");
    assert!(asked[0].target.ends_with("/drives/b!D/items/01A/content"));
    assert_eq!(
        (asked[0].token.as_deref(), asked[0].range.as_deref()),
        (Some("Bearer t"), None)
    );
    assert_eq!(
        (asked[1].token.as_deref(), asked[1].range.as_deref()),
        (None, Some("bytes=2-"))
    );
}

#[tokio::test]
async fn a_range_that_is_not_heeded_is_skipped() {
    let (read, _) = read_on(item("n", 5, false), 2, |_| "abcde".into_response()).await;
    assert_eq!(read.unwrap(), b"cde");
    for (range, body) in [
        ("bytes 1-4/5", "bcde"),
        ("bytes 2-3/5", "cd"),
        ("nonsense", "cde"),
        ("bytes 2-4/5", "cd"),
    ] {
        let (read, _) = read_on(item("n", 5, false), 2, move |_| part(range, body)).await;
        assert!(read.is_err(), "{range} {body}");
    }
}

#[tokio::test]
async fn another_size_is_another_file_or_a_wrong_statement() {
    let (read, _) = read_on(item("n.bin", 5, false), 0, |_| "abcdefg".into_response()).await;
    assert!(matches!(read.unwrap_err(), SourceError::Changed));
    // Where sizes are not to be believed, the metadata say that it is the same file.
    for (name, library) in [("n.bin", true), ("n.docx", false), ("n.heic", false)] {
        let (read, asked) = read_on(item(name, 5, library), 0, |_| "abcdefg".into_response()).await;
        assert_eq!(read.unwrap(), b"abcdefg", "{name}");
        assert_eq!(asked.len(), 3);
        let (read, _) = read_on(item(name, 5, library), 2, |_| part("bytes 2-6/7", "cdefg")).await;
        assert_eq!(read.unwrap(), b"cdefg", "{name}");
    }
    let mut other = item("n.bin", 5, true);
    other.version = "4 then".into();
    let (read, _) = read_on(other, 0, |_| "abcdefg".into_response()).await;
    assert!(matches!(read.unwrap_err(), SourceError::Changed));
}

#[tokio::test]
async fn an_address_that_has_ended_is_replaced_once() {
    for status in [401u16, 403, 404, 410] {
        let ended = move |n: usize| match n {
            1 => StatusCode::from_u16(status).unwrap().into_response(),
            _ => "abcde".into_response(),
        };
        let (read, asked) = read_on(item("n", 5, false), 0, ended).await;
        assert_eq!(read.unwrap(), b"abcde", "{status}");
        assert_eq!(asked.len(), 4);
        let never = move |_| StatusCode::from_u16(status).unwrap().into_response();
        let (read, asked) = read_on(item("n", 5, false), 0, never).await;
        let error = read.unwrap_err();
        assert!(!error.concerns_all(), "{status}: {error:?}");
        assert_eq!(asked.len(), 4);
    }
    let infected = |_| (StatusCode::FORBIDDEN, [("x-virus-infected", "x")]).into_response();
    let (read, asked) = read_on(item("n", 5, false), 0, infected).await;
    let error = read.unwrap_err();
    assert!(
        matches!(
            error,
            SourceError::Forbidden {
                reason: Reason::Malware,
                ..
            }
        ),
        "{error:?}"
    );
    assert_eq!(asked.len(), 2, "asked once");
}

#[tokio::test]
async fn downloads_lead_to_this_computer_only_in_practice() {
    for location in [
        "https://evil.example/x",
        "http://evil.example/x",
        "ftp://127.0.0.1/x",
    ] {
        let server = scripted(move |_, _, _| {
            (StatusCode::FOUND, [(header::LOCATION, location)]).into_response()
        })
        .await;
        let error = server
            .source()
            .read(&item("n", 5, false), 0)
            .await
            .unwrap_err();
        assert!(!error.is_passing(), "{location}: {error:?}");
    }
}

#[test]
fn an_endpoint_elsewhere_is_refused() {
    let elsewhere = Url::parse("https://evil.example").unwrap();
    let provider = Provider::microsoft(&Tenant::new(None, false), &Scope::default(), None).unwrap();
    let client = ClientCredentials {
        id: "id".into(),
        secret: None,
    };
    let tokens = TokenSource::headless(provider, client, "refresh".into()).unwrap();
    assert!(MicrosoftFiles::new(Some(&elsewhere), tokens, &[], &Scope::default()).is_err());
}

#[tokio::test]
async fn an_account_without_onedrive_is_told() {
    for (status, message) in [
        (404, "User's mysite not found."),
        (400, "Tenant does not have a SPO license."),
    ] {
        let server = scripted(move |_, target, _| match target {
            "/v1.0/me" => answer(200, &json!({"userPrincipalName": "camille@x"})),
            _ => answer(status, &json!({"error": {"code": "x", "message": message}})),
        })
        .await;
        let error = server.source().check().await.unwrap_err();
        assert!(
            matches!(
                microsoft_error(&error),
                Some(MicrosoftError::NoDrive { .. })
            ),
            "{error:?}"
        );
    }
}
