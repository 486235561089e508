//! What the practice Dropbox never does: answers out of a script.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::response::{IntoResponse, Response};
use futures::TryStreamExt as _;
use http::{HeaderMap, StatusCode, Uri, header};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use url::Url;

use super::*;
use crate::auth::oauth::{ClientCredentials, Provider};
use crate::ledger::{FolderToPlan, Ledger};
use crate::model::{ItemId, ItemKind, Reason, SpaceId, dropbox_document};
use crate::survey::survey_source;

/// What a request asked for.
#[derive(Debug, Clone)]
struct Asked {
    route: String,
    arg: Value,
    root: Option<String>,
    token: Option<String>,
}

struct Scripted {
    url: Url,
    asked: Arc<Mutex<Vec<Asked>>>,
}

/// A server whose answers follow from what is asked for, and how often before; sign-in and account are as
/// they always are.
async fn scripted(script: impl Fn(usize, &Asked) -> Response + Send + Sync + 'static) -> Scripted {
    let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
    let (log, script) = (asked.clone(), Arc::new(script));
    let grants = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let router = Router::new().fallback(async move |uri: Uri, headers: HeaderMap, body: Bytes| {
        if uri.path() == "/oauth2/token" {
            let n = grants.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            let token = json!({"access_token": format!("t{n}"), "expires_in": 14400, "token_type": "bearer"});
            return axum::Json(token).into_response();
        }
        let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap().to_owned());
        let arg = match text("dropbox-api-arg") {
            Some(arg) => serde_json::from_str(&arg).unwrap(),
            None => serde_json::from_slice(&body).unwrap(),
        };
        let asked = Asked {
            route: uri.path().trim_start_matches("/2/").to_owned(),
            arg,
            root: text("dropbox-api-path-root"),
            token: text("authorization"),
        };
        let mut log = log.lock().unwrap();
        let before = log.iter().filter(|before| before.route == asked.route);
        let before = before.count();
        log.push(asked.clone());
        match asked.route.as_str() {
            "users/get_current_account" => answer(200, &json!({"email": "a@example.org",
                "root_info": {".tag": "user", "root_namespace_id": "1", "home_namespace_id": "1"}})),
            "sharing/list_folders" | "sharing/list_received_files" => answer(200, &json!({"entries": []})),
            _ => script(before, &asked),
        }
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    Scripted { url, asked }
}

impl Scripted {
    fn source(&self) -> Dropbox {
        let provider = Provider::dropbox(Some(&self.url)).unwrap();
        let client = ClientCredentials {
            id: "key".into(),
            secret: None,
        };
        let tokens = TokenSource::headless(provider, client, "refresh".into()).unwrap();
        let mut source = Dropbox::new(Some(&self.url), tokens, &Scope::default()).unwrap();
        source.client = source.client.in_a_hurry();
        source
    }

    fn asked(&self, route: &str) -> Vec<Asked> {
        let asked = self.asked.lock().unwrap();
        let of_route = asked.iter().filter(|asked| asked.route == route);
        of_route.cloned().collect()
    }
}

fn answer(status: u16, body: &Value) -> Response {
    let status = StatusCode::from_u16(status).unwrap();
    (status, axum::Json(body)).into_response()
}

fn refusal(tags: &[&str]) -> Response {
    let mut error = json!(null);
    for (nth, tag) in tags.iter().rev().enumerate() {
        error = match nth {
            0 => json!({".tag": tag}),
            _ => json!({".tag": tag, *tag: error}),
        };
    }
    answer(
        409,
        &json!({"error_summary": "not to be read", "error": error}),
    )
}

fn page(entries: &[Value], cursor: &str, has_more: bool) -> Response {
    answer(
        200,
        &json!({"entries": entries, "cursor": cursor, "has_more": has_more}),
    )
}

fn entry(tag: &str, path: &str) -> Value {
    let name = path.rsplit('/').next().unwrap();
    json!({".tag": tag, "id": format!("id:{path}"), "name": name, "rev": "0123456789", "size": 5,
        "path_lower": path.to_lowercase(), "path_display": path})
}

fn file(path: &str) -> Value {
    entry("file", path)
}

fn folder(path: &str) -> Value {
    entry("folder", path)
}

struct Ledgered {
    _folder: tempfile::TempDir,
    ledger: Ledger,
}

impl Ledgered {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(&folder.path().join("ledger")).await.unwrap();
        Self {
            _folder: folder,
            ledger,
        }
    }

    async fn survey(&self, source: &Dropbox) -> Result<(), String> {
        let cancel = CancellationToken::new();
        let surveyed = survey_source(source, &self.ledger, &cancel, &|_| ()).await;
        let surveyed = surveyed.map_err(|error| error.to_string())?;
        let totals = surveyed.finish(&self.ledger).await;
        totals.map(drop).map_err(|error| error.to_string())
    }

    /// What is there, by its names from the top; `?` stands for a folder that nobody knows.
    async fn paths(&self) -> Vec<String> {
        let spaces = self.ledger.spaces().await.unwrap();
        let tops = spaces
            .into_iter()
            .map(|space| (String::new(), FolderToPlan::Top(space.id)));
        let mut folders: Vec<(String, FolderToPlan)> = tops.collect();
        folders.push(("?/".into(), FolderToPlan::Orphans));
        let mut paths = Vec::new();
        while let Some((above, folder)) = folders.pop() {
            for child in self.ledger.children(folder).await.unwrap() {
                let path = format!("{above}{}", child.item.name);
                if child.item.kind == ItemKind::Folder {
                    folders.push((format!("{path}/"), FolderToPlan::Folder(child.item.id)));
                }
                paths.push(path);
            }
        }
        paths.sort();
        paths
    }

    async fn token(&self) -> Option<String> {
        let spaces = self.ledger.surveyed_spaces().await.unwrap();
        let home = spaces.into_iter().find(|space| space.id.0 == survey::HOME);
        home.and_then(|home| home.change_token)
    }
}

#[tokio::test]
async fn a_cursor_that_ends_begins_the_listing_anew() {
    let server = scripted(|n, asked| match (asked.route.as_str(), n) {
        ("files/list_folder", _) => page(&[file("/a")], "c0", true),
        ("files/list_folder/continue", 0) => refusal(&["reset"]),
        // An empty page is not the end.
        ("files/list_folder/continue", 1) => page(&[], "c1", true),
        _ => page(&[file("/b")], "c2", false),
    })
    .await;
    let kept = Ledgered::new().await;
    kept.survey(&server.source()).await.unwrap();
    assert_eq!(kept.paths().await, ["a", "b"]);
    assert_eq!(kept.token().await.as_deref(), Some("c2"));
    let on = server.asked("files/list_folder/continue");
    let cursors: Vec<&Value> = on.iter().map(|asked| &asked.arg["cursor"]).collect();
    assert_eq!(cursors, ["c0", "c0", "c1"]);
    let begun = server.asked("files/list_folder");
    assert_eq!(begun.len(), 2);
    let arg = &begun[0].arg;
    assert_eq!(
        (&arg["path"], &arg["recursive"]),
        (&json!(""), &json!(true))
    );
    assert_eq!(arg["include_mounted_folders"], true);
    assert_eq!(arg["include_non_downloadable_files"], true);
    assert_eq!(begun[0].root, None);
}

#[tokio::test]
async fn a_cursor_that_always_ends_is_an_error() {
    let server = scripted(|_, asked| match asked.route.as_str() {
        "files/list_folder" => page(&[], "c0", true),
        _ => refusal(&["reset"]),
    })
    .await;
    let kept = Ledgered::new().await;
    kept.survey(&server.source()).await.unwrap_err();
    assert!(server.asked("files/list_folder").len() < 10);
}

#[tokio::test]
async fn what_cannot_be_listed_at_once_is_listed_folder_by_folder() {
    let server = scripted(|_, asked| {
        let path = asked.arg["path"].as_str().unwrap_or_default();
        match (asked.route.as_str(), path) {
            ("files/list_folder", _) if asked.arg["recursive"] == true => {
                answer(500, &json!("busy"))
            }
            ("files/list_folder", "") => page(&[folder("/A"), file("/c"), folder("/D")], "c", true),
            ("files/list_folder", "/a") => page(&[file("/A/b"), folder("/A/E")], "a", false),
            ("files/list_folder", "/a/e") => page(&[], "e", false),
            // Deleted meanwhile.
            ("files/list_folder", "/d") => refusal(&["path", "not_found"]),
            ("files/list_folder/continue", _) => page(&[folder("/F")], "c1", false),
            ("files/list_folder", "/f") => page(&[file("/F/g")], "f", false),
            _ => panic!("{asked:?}"),
        }
    })
    .await;
    let kept = Ledgered::new().await;
    kept.survey(&server.source()).await.unwrap();
    assert_eq!(
        kept.paths().await,
        ["A", "A/E", "A/b", "D", "F", "F/g", "c"]
    );
    // The cursors of single folders tell of nothing below.
    assert_eq!(kept.token().await, None);
}

#[tokio::test]
async fn what_comes_before_its_folder_finds_it() {
    let server = scripted(|n, asked| match (asked.route.as_str(), n) {
        ("files/list_folder", _) => {
            page(&[file("/a/b/c"), file("/x/y"), folder("/A/B")], "c0", true)
        }
        _ => page(&[folder("/A"), json!({".tag": "hologram"})], "c1", false),
    })
    .await;
    let kept = Ledgered::new().await;
    kept.survey(&server.source()).await.unwrap();
    assert_eq!(kept.paths().await, ["?/y", "A", "A/B", "A/B/c"]);
}

#[tokio::test]
async fn changes_count_in_their_order() {
    let server = scripted(|n, asked| match (asked.route.as_str(), n) {
        ("files/list_folder", _) => {
            let all = ["/a/1", "/a/2", "/b/3", "/c"].map(file);
            page(
                &[&[folder("/a"), folder("/b")][..], &all].concat(),
                "c0",
                false,
            )
        }
        ("files/list_folder/continue", 0) => {
            assert_eq!(asked.arg["cursor"], "c0");
            let gone = |path: &str| json!({".tag": "deleted", "name": "x", "path_lower": path});
            let mut moved = file("/d/1");
            moved["id"] = json!("id:/a/1");
            let mut renamed = folder("/d");
            renamed["id"] = json!("id:/a");
            let mut instead = folder("/b");
            instead["id"] = json!("id:other");
            let there = [
                renamed,
                moved,
                gone("/a"),
                instead,
                folder("/c"),
                file("/c/4"),
                gone("/b/3"),
                file("/b/3"),
            ];
            page(&there, "c1", true)
        }
        _ => page(&[], "c2", false),
    })
    .await;
    let kept = Ledgered::new().await;
    let source = server.source();
    kept.survey(&source).await.unwrap();
    assert_eq!(kept.paths().await, ["a", "a/1", "a/2", "b", "b/3", "c"]);
    kept.survey(&source).await.unwrap();
    assert_eq!(kept.paths().await, ["b", "b/3", "c", "c/4", "d", "d/1"]);
    assert_eq!(kept.token().await.as_deref(), Some("c2"));
    assert_eq!(server.asked("files/list_folder").len(), 1);
}

#[tokio::test]
async fn a_cursor_that_ends_among_changes_lists_everything() {
    for refused in [
        || refusal(&["reset"]),
        || answer(400, &json!("Invalid cursor")),
    ] {
        let server = scripted(move |n, asked| match (asked.route.as_str(), n) {
            ("files/list_folder", 0) => page(&[file("/a"), file("/b")], "c0", false),
            ("files/list_folder/continue", 0) => page(&[file("/c")], "c1", true),
            ("files/list_folder/continue", _) => refused(),
            _ => page(&[file("/b"), file("/d")], "c2", false),
        })
        .await;
        let kept = Ledgered::new().await;
        let source = server.source();
        kept.survey(&source).await.unwrap();
        kept.survey(&source).await.unwrap();
        assert_eq!(kept.paths().await, ["b", "d"]);
        assert_eq!(kept.token().await.as_deref(), Some("c2"));
    }
}

#[tokio::test]
async fn a_401_that_new_tokens_do_not_mend_is_believed() {
    let body = json!({"error_summary": "expired_access_token/", "error": {".tag": "expired_access_token"}});
    let server = scripted(move |_, _| answer(401, &body)).await;
    let error = server.source().read(&item(Some(5)), 0).await.unwrap_err();
    assert!(matches!(
        dropbox_error(&error),
        Some(DropboxError::TokenRejected { .. })
    ));
    let asked = server.asked("files/download");
    let tokens: Vec<_> = asked
        .into_iter()
        .map(|asked| asked.token.unwrap())
        .collect();
    let each = ["Bearer t0", "Bearer t1", "Bearer t2", "Bearer t3"];
    assert_eq!(tokens, each);
}

#[tokio::test]
async fn a_pause_of_hours_is_not_waited_for() {
    let server = scripted(|_, _| {
        let wait = [(header::RETRY_AFTER, "7200")];
        (StatusCode::TOO_MANY_REQUESTS, wait, "too_many_requests").into_response()
    })
    .await;
    let kept = Ledgered::new().await;
    kept.survey(&server.source()).await.unwrap_err();
    assert_eq!(server.asked("files/list_folder").len(), 1);
}

fn item(size: Option<u64>) -> Item {
    let mut item = Item::new(SpaceId::new("home"), "id:1", None, "n", ItemKind::File);
    item.size = size;
    item.version = "v".into();
    item.locator = json!({"namespace": "7", "rev": "0123456789"}).to_string();
    item
}

async fn bytes(content: Result<Content, SourceError>) -> Result<Vec<u8>, SourceError> {
    let parts: Vec<_> = content?.stream.try_collect().await?;
    Ok(parts.concat())
}

#[tokio::test]
async fn only_the_part_that_was_asked_for_is_taken() {
    for (range, body, taken) in [
        ("bytes 2-4/5", "cde", true),
        ("bytes 1-4/5", "bcde", false),
        ("bytes 2-3/5", "cd", false),
        ("nonsense", "cde", false),
        ("bytes 2-4/5", "cd", false),
        ("bytes 2-4/5", "cdef", false),
        ("bytes 2-5/6", "cdef", false),
    ] {
        let server = scripted(move |_, _| {
            let headers = [(header::CONTENT_RANGE, range)];
            (StatusCode::PARTIAL_CONTENT, headers, body).into_response()
        })
        .await;
        let read = bytes(server.source().read(&item(Some(5)), 2).await).await;
        assert_eq!(read.is_ok(), taken, "{range} {body}");
        let asked = server.asked("files/download").remove(0);
        assert_eq!(asked.arg, json!({"path": "rev:0123456789"}));
        let root = json!({".tag": "namespace_id", "namespace_id": "7"});
        assert_eq!(
            serde_json::from_str::<Value>(&asked.root.unwrap()).unwrap(),
            root
        );
    }
    // The whole, although only a part was asked for.
    let server = scripted(|_, _| "abcde".into_response()).await;
    let source = server.source();
    bytes(source.read(&item(Some(5)), 2).await)
        .await
        .unwrap_err();
    // Nothing needs to be asked for what is behind the end.
    assert_eq!(
        bytes(source.read(&item(Some(5)), 5).await).await.unwrap(),
        b""
    );
    let error = source.read(&item(Some(5)), 6).await.unwrap_err();
    assert!(matches!(error, SourceError::Changed));
    assert_eq!(server.asked("files/download").len(), 1);
}

#[tokio::test]
async fn a_revision_that_is_gone_may_have_the_same_content_in_a_later_one() {
    let read = async |now: Response| {
        let now = Mutex::new(Some(now));
        let server =
            scripted(
                move |_, asked| match (asked.route.as_str(), asked.arg["path"].as_str()) {
                    ("files/get_metadata", Some("id:1")) => now.lock().unwrap().take().unwrap(),
                    ("files/download", Some("rev:0123456789")) => refusal(&["path", "not_found"]),
                    _ => "abcde".into_response(),
                },
            )
            .await;
        bytes(server.source().read(&item(Some(5)), 0).await).await
    };
    let file = |rev: &str, tag: &str| {
        answer(
            200,
            &json!({".tag": tag, "id": "id:1", "name": "n", "rev": rev}),
        )
    };
    let error = read(file("v", "file")).await;
    // Without a digest, the revision is the version.
    assert_eq!(error.unwrap(), b"abcde");
    let error = read(file("0123456780", "file")).await.unwrap_err();
    assert!(matches!(error, SourceError::Changed), "{error:?}");
    for gone in [
        refusal(&["path", "not_found"]),
        file("x", "folder"),
        file("x", "deleted"),
    ] {
        let error = read(gone).await.unwrap_err();
        assert!(matches!(error, SourceError::NotFound), "{error:?}");
    }
}

fn document(formats: &[&str]) -> Item {
    let mut item = Item::new(
        SpaceId::new("home"),
        "id:1",
        None,
        "n.paper",
        ItemKind::Document,
    );
    item.media_type = Some(dropbox_document(formats));
    item
}

#[tokio::test]
async fn an_export_is_what_its_digest_says() {
    let hello = "bc62d4b80d9e36da29c16c5d4d9f11731f36052c72401a76c23c0fb5a9b74423";
    for (body, hash, taken) in [
        ("hello world", json!(hello), true),
        ("hello world", json!(hello.to_uppercase()), true),
        ("hello world", json!(null), true),
        ("hallo world", json!(hello), false),
    ] {
        let server = scripted(move |_, _| {
            let result =
                json!({"export_metadata": {"name": "n.md", "size": 11, "export_hash": hash}});
            ([("Dropbox-API-Result", result.to_string())], body).into_response()
        })
        .await;
        let item = document(&["html", "markdown"]);
        let export = bytes(server.source().export(&item, DocumentFormat::Odf).await).await;
        assert_eq!(export.is_ok(), taken, "{body}");
        let arg = server.asked("files/export").remove(0).arg;
        assert_eq!(arg, json!({"path": "id:1", "export_format": "markdown"}));
    }
    let server = scripted(|_, _| "hello world".into_response()).await;
    let item = document(&["markdown"]);
    assert!(
        server
            .source()
            .export(&item, DocumentFormat::Odf)
            .await
            .is_err()
    );
}

#[tokio::test]
async fn a_web_link_becomes_a_bookmark() {
    let server = scripted(|n, _| {
        let body = if n == 0 {
            "{\"url\":\"https://example.org/\\u00e9\"}"
        } else {
            "nonsense"
        };
        ([("Dropbox-API-Result", "{}")], body).into_response()
    })
    .await;
    let source = server.source();
    let item = document(&["url"]);
    let content = source.export(&item, DocumentFormat::Odf).await.unwrap();
    let length = content.length.unwrap();
    let file = bytes(Ok(content)).await.unwrap();
    assert_eq!(length, file.len() as u64);
    assert_eq!(file, crate::model::link_file("https://example.org/é"));
    let error = source.export(&item, DocumentFormat::Odf).await.unwrap_err();
    assert!(matches!(error, SourceError::NotExportable));
}

#[tokio::test]
async fn a_team_that_changes_meanwhile_is_surveyed_once_more() {
    let server = scripted(|n, asked| match (asked.route.as_str(), n) {
        ("files/list_folder", 0) => {
            let inner = json!({".tag": "user", "root_namespace_id": "1", "home_namespace_id": "1"});
            let error = json!({".tag": "invalid_root", "invalid_root": inner});
            answer(
                422,
                &json!({"error_summary": "invalid_root/", "error": error}),
            )
        }
        _ => page(&[file("/a")], "c", false),
    })
    .await;
    let kept = Ledgered::new().await;
    kept.survey(&server.source()).await.unwrap();
    assert_eq!(kept.paths().await, ["a"]);
    assert_eq!(server.asked("users/get_current_account").len(), 2);
}

#[tokio::test]
async fn what_is_taken_back_is_told_by_its_tag() {
    for (tags, reason) in [
        (
            &["path", "restricted_content"][..],
            Reason::RestrictedContent,
        ),
        (&["unsupported_file"], Reason::NotExportable),
        (&["path", "not_file"], Reason::SourceChanged),
    ] {
        let server = scripted(move |_, asked| match asked.route.as_str() {
            "files/get_metadata" => answer(200, &json!({".tag": "file", "rev": "0000000001"})),
            _ => refusal(tags),
        })
        .await;
        let error = server.source().read(&item(Some(5)), 0).await.unwrap_err();
        assert_eq!(error.reason(), reason);
    }
    let gone = Item::new(
        SpaceId::new("home"),
        ItemId::new("id:1").as_str(),
        None,
        "n",
        ItemKind::File,
    );
    let server = scripted(|_, _| refusal(&["path", "not_found"])).await;
    assert_eq!(server.source().version_now(&gone).await.unwrap(), None);
}
