//! What answers at an address is not always a Nextcloud in good health. Each test has a server of its own
//! that misbehaves in one way; what a Nextcloud does by itself is in `contract.rs`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, Method, Response, StatusCode, Uri};
use futures::TryStreamExt as _;
use transhumance::auth::login_flow::{LoginError, LoginFlow};
use transhumance::dav::NotNextcloud;
use transhumance::model::{HashAlgorithm, TargetEntry, Timestamp};
use transhumance::target::{Body, Depth, Nextcloud, Patience, Put, TargetError, UploadId};
use url::Url;

#[derive(Debug, Clone)]
struct Asked {
    method: String,
    path: String,
    headers: HeaderMap,
}

impl Asked {
    fn is(&self, method: &str, path: &str) -> bool {
        self.method == method && self.path.ends_with(path)
    }
}

type Reply = (u16, Vec<(&'static str, String)>, String);

fn reply(status: u16, body: impl Into<String>) -> Reply {
    (status, Vec::new(), body.into())
}

fn html(status: u16, body: &str) -> Reply {
    let header = ("content-type", "text/html; charset=UTF-8".to_owned());
    (status, vec![header], body.to_owned())
}

fn sabre(status: u16, exception: &str, message: &str) -> Reply {
    reply(
        status,
        format!(
            r#"<d:error xmlns:d="DAV:" xmlns:s="http://sabredav.org/ns"><s:exception>{exception}</s:exception><s:message>{message}</s:message></d:error>"#
        ),
    )
}

struct Stranger {
    url: Url,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Stranger {
    async fn new(answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let log = asked.clone();
        let answer = Arc::new(answer);
        let handler = move |method: Method, uri: Uri, headers: HeaderMap, _: Bytes| {
            let one = Asked {
                method: method.to_string(),
                path: uri.path().to_owned(),
                headers,
            };
            let (status, headers, body) = answer(&one);
            log.lock().unwrap().push(one);
            let mut response = Response::new(body);
            *response.status_mut() = StatusCode::from_u16(status).unwrap();
            for (name, value) in headers {
                response.headers_mut().insert(name, value.parse().unwrap());
            }
            async move { response }
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let app = Router::new().fallback(handler);
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { url, asked }
    }

    fn nextcloud(&self) -> Nextcloud {
        let password = "app-password".to_owned().into();
        Nextcloud::new(&self.url, "alice", password)
            .unwrap()
            .with_patience(Patience {
                stall: Duration::from_secs(20),
                first_look: Duration::from_millis(1),
                between_looks: Duration::from_millis(5),
                looking: Duration::from_millis(300),
                first_retry: Duration::from_millis(1),
            })
    }

    fn count(&self, counts: impl Fn(&Asked) -> bool) -> usize {
        self.asked
            .lock()
            .unwrap()
            .iter()
            .filter(|one| counts(one))
            .count()
    }

    /// How often a password was sent.
    fn passwords(&self) -> usize {
        self.count(|one| one.headers.contains_key("authorization"))
    }
}

const STATUS: &str = r#"{"installed":true,"maintenance":false,"needsDbUpgrade":false,"version":"34.0.1.2","versionstring":"34.0.1"}"#;

fn healthy(asked: &Asked) -> Reply {
    match asked.path.as_str() {
        "/status.php" => reply(200, STATUS),
        "/ocs/v2.php/cloud/capabilities" => reply(
            200,
            r#"{"ocs":{"meta":{},"data":{"capabilities":{"bruteforce":{"delay":0}}}}}"#,
        ),
        "/ocs/v2.php/cloud/user" => reply(
            200,
            r#"{"ocs":{"meta":{},"data":{"id":"alice","displayname":"Alice"}}}"#,
        ),
        _ => sabre(404, r"Sabre\DAV\Exception\NotFound", "x"),
    }
}

async fn connect_to(status: Reply) -> (TargetError, usize) {
    let stranger = Stranger::new(move |asked| match asked.path.as_str() {
        "/status.php" => status.clone(),
        _ => healthy(asked),
    })
    .await;
    let error = stranger.nextcloud().connect().await.unwrap_err();
    (error, stranger.passwords())
}

#[tokio::test]
async fn what_is_no_nextcloud_gets_no_password() {
    let what = |error: TargetError| match error {
        TargetError::NotNextcloud { what } => what,
        other => panic!("{other:?}"),
    };
    let page = html(
        200,
        "<!DOCTYPE html><html><h1>Welcome to nginx!</h1></html>",
    );
    let (error, passwords) = connect_to(page).await;
    assert_eq!((what(error), passwords), (NotNextcloud::Html, 0));
    let portal = html(200, "<html><form><input type=\"password\"></form></html>");
    let (error, passwords) = connect_to(portal).await;
    assert_eq!((what(error), passwords), (NotNextcloud::LoginPage, 0));
    for strange in [
        reply(200, r#"{"hello":"world"}"#),
        reply(200, ""),
        html(404, "<html>Not Found</html>"),
        reply(403, ""),
        reply(401, ""),
    ] {
        let (error, passwords) = connect_to(strange.clone()).await;
        assert!(
            matches!(error, TargetError::NotNextcloud { .. }),
            "{strange:?}: {error:?}"
        );
        assert_eq!(passwords, 0);
    }
}

#[tokio::test]
async fn a_redirect_is_told_and_not_followed() {
    let to = "https://elsewhere.example/cloud/status.php?token=secret";
    let moved = (301, vec![("location", to.to_owned())], String::new());
    let (error, passwords) = connect_to(moved).await;
    let TargetError::Redirected { to } = error else {
        panic!("{error:?}")
    };
    assert_eq!(to, "https://elsewhere.example/cloud/status.php");
    assert_eq!(passwords, 0);
}

#[tokio::test]
async fn servers_that_cannot_be_used_now_or_ever() {
    let (error, _) = connect_to(reply(200, STATUS.replace("34.0.1", "27.1.11"))).await;
    assert!(matches!(error, TargetError::TooOld { version } if version == "27.1.11"));
    for flag in ["maintenance", "needsDbUpgrade"] {
        let status = STATUS.replace(&format!("\"{flag}\":false"), &format!("\"{flag}\":true"));
        let (error, _) = connect_to(reply(200, status)).await;
        assert!(
            matches!(error, TargetError::Maintenance { .. }),
            "{error:?}"
        );
    }
    let untrusted = reply(400, r#"{"error": "Trusted domain error.", "code": 15}"#);
    let (error, _) = connect_to(untrusted).await;
    assert!(matches!(error, TargetError::UntrustedDomain), "{error:?}");
}

#[tokio::test]
async fn nobody_there_is_unreachable() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    drop(listener);
    let patience = Patience {
        first_retry: Duration::from_millis(1),
        ..Patience::default()
    };
    let nextcloud = Nextcloud::new(&url, "alice", "x".to_owned().into())
        .unwrap()
        .with_patience(patience);
    let error = nextcloud.connect().await.unwrap_err();
    assert!(
        matches!(error, TargetError::Unreachable { .. }),
        "{error:?}"
    );
}

#[tokio::test]
async fn close_to_a_lock_out_no_password_is_tried() {
    let stranger = Stranger::new(|asked| match asked.path.as_str() {
        "/ocs/v2.php/cloud/capabilities" => reply(
            200,
            r#"{"ocs":{"data":{"capabilities":{"bruteforce":{"delay":25000}}}}}"#,
        ),
        _ => healthy(asked),
    })
    .await;
    let error = stranger.nextcloud().connect().await.unwrap_err();
    assert!(matches!(error, TargetError::BruteForced), "{error:?}");
    assert_eq!(stranger.passwords(), 0);
}

#[tokio::test]
async fn a_bad_login_is_tried_once() {
    let unauthorized = sabre(401, r"Sabre\DAV\Exception\NotAuthenticated", "x");
    let second_factor = sabre(
        401,
        r"OCA\DAV\Connector\Sabre\Exception\PasswordLoginForbidden",
        "x",
    );
    let disabled = sabre(
        503,
        r"Sabre\DAV\Exception\ServiceUnavailable",
        r"OC\User\DisabledUserException: Compte désactivé",
    );
    let throttled = sabre(
        429,
        r"OCP\AppFramework\OCS\TooManyRequests",
        "Reached maximum delay",
    );
    for (answer, is) in [
        (unauthorized, "Unauthorized"),
        (second_factor, "PasswordLoginForbidden"),
        (disabled, "AccountDisabled"),
        (throttled, "BruteForced"),
    ] {
        let stranger = Stranger::new(move |asked| {
            if asked.headers.contains_key("authorization") {
                answer.clone()
            } else {
                healthy(asked)
            }
        })
        .await;
        let error = stranger.nextcloud().connect().await.unwrap_err();
        assert_eq!(format!("{error:?}"), is);
        assert!(error.concerns_all() && !error.is_passing());
        assert_eq!(stranger.passwords(), 1, "{is}");
    }
}

#[tokio::test]
async fn short_requests_are_repeated_by_themselves() {
    let failures = AtomicUsize::new(0);
    let stranger = Stranger::new(move |asked| {
        if asked.method == "PROPFIND" && failures.fetch_add(1, Ordering::SeqCst) < 2 {
            return html(502, "<html>Bad Gateway</html>");
        }
        healthy(asked)
    })
    .await;
    assert!(stranger.nextcloud().stat("a").await.unwrap().is_none());
    assert_eq!(stranger.count(|one| one.method == "PROPFIND"), 3);
}

#[tokio::test]
async fn a_long_pause_is_left_to_the_queue() {
    let stranger = Stranger::new(|asked| match asked.method.as_str() {
        "PROPFIND" => (429, vec![("retry-after", "3600".to_owned())], String::new()),
        _ => healthy(asked),
    })
    .await;
    let error = stranger.nextcloud().stat("a").await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(3600)));
    assert_eq!(stranger.count(|one| one.method == "PROPFIND"), 1);
}

fn entry(path: &str, folder: bool, size: u64, more: &str) -> String {
    let kind = if folder { "<d:collection/>" } else { "" };
    let slash = if folder { "/" } else { "" };
    format!(
        r#"<d:response><d:href>/remote.php/dav/files/alice/{path}{slash}</d:href><d:propstat><d:prop><d:resourcetype>{kind}</d:resourcetype><o:fileid>1{size}</o:fileid><d:getetag>"e"</d:getetag><o:size>{size}</o:size><d:getlastmodified>Sun, 13 Sep 2020 12:26:40 GMT</d:getlastmodified>{more}</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>"#
    )
}

fn multistatus(entries: &[String]) -> Reply {
    reply(
        207,
        format!(
            r#"<d:multistatus xmlns:d="DAV:" xmlns:o="http://owncloud.org/ns">{}</d:multistatus>"#,
            entries.concat()
        ),
    )
}

#[tokio::test]
async fn what_cannot_be_listed_at_once_is_listed_by_levels() {
    for refusal in [
        html(504, "<html>"),
        sabre(500, "Error", "Allowed memory size exhausted"),
        sabre(403, r"Sabre\DAV\Exception\Forbidden", "finite depth"),
    ] {
        let stranger = Stranger::new(move |asked| {
            let infinite = asked
                .headers
                .get("depth")
                .is_some_and(|depth| depth == "infinity");
            if asked.is("PROPFIND", "/alice/top") && infinite {
                return refusal.clone();
            }
            let file = |path| entry(path, false, 3, "");
            let folder = |path| entry(path, true, 6, "");
            if asked.is("PROPFIND", "/alice/top") {
                multistatus(&[
                    folder("top"),
                    file("top/a"),
                    folder("top/d"),
                    folder("top/e"),
                ])
            } else if asked.is("PROPFIND", "/top/d") {
                multistatus(&[
                    folder("top/d"),
                    file("top/d/b"),
                    folder("top/d/f"),
                    file("top/d/f/c"),
                ])
            } else if asked.is("PROPFIND", "/top/e") {
                multistatus(&[folder("top/e")])
            } else {
                healthy(asked)
            }
        })
        .await;
        let list = stranger.nextcloud().list("top", Depth::Infinity);
        let entries: Vec<TargetEntry> = list.try_collect().await.unwrap();
        let mut paths: Vec<_> = entries.iter().map(|entry| entry.path.as_str()).collect();
        paths.sort_unstable();
        let all = ["top/a", "top/d", "top/d/b", "top/d/f", "top/d/f/c", "top/e"];
        assert_eq!(paths, all);
    }
}

/// Breaks off the first `times` lists at the depths that `breaks` names.
async fn torn_lists(times: usize, depth: Option<&'static str>) -> Stranger {
    let torn = AtomicUsize::new(0);
    Stranger::new(move |asked| {
        if asked.method != "PROPFIND" {
            return healthy(asked);
        }
        let wanted = asked.headers.get("depth").unwrap();
        let mut entries = vec![entry("", true, 1, ""), entry("d", true, 1, "")];
        if wanted == "infinity" {
            entries.push(entry("d/a", false, 1, ""));
        }
        if asked.path.ends_with("/d") {
            entries = vec![entry("d", true, 1, ""), entry("d/a", false, 1, "")];
        }
        let (status, headers, mut body) = multistatus(&entries);
        let hit = depth.is_none_or(|depth| wanted == depth);
        if hit && torn.fetch_add(1, Ordering::SeqCst) < times {
            body.truncate(body.len() - 20);
        }
        (status, headers, body)
    })
    .await
}

#[tokio::test]
async fn a_list_that_breaks_off_is_asked_for_again() {
    for (times, depth) in [(1, None), (3, None), (3, Some("infinity"))] {
        let stranger = torn_lists(times, depth).await;
        let list = stranger.nextcloud().list("", Depth::Infinity);
        let entries: Vec<TargetEntry> = list.try_collect().await.unwrap();
        let mut paths: Vec<_> = entries.into_iter().map(|entry| entry.path).collect();
        paths.sort_unstable();
        paths.dedup();
        assert_eq!(paths, ["d", "d/a"], "{times} {depth:?}");
    }
}

#[tokio::test]
async fn a_list_that_always_breaks_off_is_an_error_and_not_a_short_list() {
    for depth in [None, Some("1")] {
        let stranger = torn_lists(usize::MAX, depth).await;
        let depth = depth.map_or(Depth::Infinity, |_| Depth::One);
        let list = stranger.nextcloud().list("", depth);
        let entries: Result<Vec<TargetEntry>, _> = list.try_collect().await;
        assert!(entries.unwrap_err().is_passing());
    }
}

fn put(path: &str) -> Put<'_> {
    Put {
        path,
        modified: Some(Timestamp::from_second(1_600_000_000).unwrap()),
        created: None,
        hash: HashAlgorithm::Sha256,
        replace: None,
    }
}

/// A server whose proxy gives up on the first MOVE, which goes on behind it: the next ones are 423 until
/// after `looks` looks the upload folder is gone and, when `arrives`, the file there.
async fn slow_assembly(looks: usize, arrives: bool) -> (Stranger, Result<(), TargetError>) {
    let (moves, looked) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let stranger = Stranger::new(move |asked| {
        let done = looked.load(Ordering::SeqCst) >= looks;
        if asked.method == "MOVE" {
            return match moves.fetch_add(1, Ordering::SeqCst) {
                0 => html(504, "<html>Gateway Time-out</html>"),
                _ if done && arrives => sabre(412, r"Sabre\DAV\Exception\PreconditionFailed", "x"),
                _ if done => sabre(404, r"Sabre\DAV\Exception\NotFound", "x"),
                _ => sabre(423, r"OCA\DAV\Connector\Sabre\Exception\FileLocked", "x"),
            };
        }
        if asked.is("PROPFIND", "/uploads/alice/u") {
            looked.fetch_add(1, Ordering::SeqCst);
            if !done {
                return multistatus(&[]);
            }
        }
        if asked.is("PROPFIND", "/alice/big") && done && arrives {
            return multistatus(&[entry("big", false, 100, "")]);
        }
        healthy(asked)
    })
    .await;
    let upload = UploadId("u".into());
    let result = stranger
        .nextcloud()
        .assemble(&upload, &put("big"), 100)
        .await;
    let result = result.map(|stored| {
        assert_eq!(stored.hash, None, "nobody has said it");
        assert_eq!(stored.file_id.as_deref(), Some("1100"));
    });
    (stranger, result)
}

#[tokio::test]
async fn an_assembly_whose_answer_is_lost_is_awaited() {
    let (stranger, result) = slow_assembly(3, true).await;
    result.unwrap();
    assert!(stranger.count(|one| one.method == "MOVE") >= 2);
    let guarded = |one: &Asked| {
        one.headers
            .get("overwrite")
            .is_some_and(|value| value == "F")
            && !one.headers.contains_key("if-none-match")
            && one
                .headers
                .get("oc-total-length")
                .is_some_and(|value| value == "100")
    };
    assert_eq!(
        stranger.count(|one| one.method == "MOVE" && !guarded(one)),
        0
    );
}

#[tokio::test]
async fn an_assembly_that_left_nothing_is_told() {
    let (_, result) = slow_assembly(2, false).await;
    assert!(matches!(result, Err(TargetError::UploadGone)), "{result:?}");
}

#[tokio::test]
async fn an_assembly_that_never_ends_is_given_up_as_passing() {
    let (_, result) = slow_assembly(usize::MAX, true).await;
    assert!(matches!(result, Err(TargetError::Locked)), "{result:?}");
}

#[tokio::test]
async fn a_checksum_that_takes_longer_than_the_proxy_is_awaited() {
    let sha = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881";
    let looks = AtomicUsize::new(0);
    let stranger = Stranger::new(move |asked| match asked.method.as_str() {
        "PATCH" => html(504, "<html>"),
        "PROPFIND" => {
            let sums = if looks.fetch_add(1, Ordering::SeqCst) < 3 {
                String::new()
            } else {
                format!("<o:checksums><o:checksum>SHA256:{sha}</o:checksum></o:checksums>")
            };
            multistatus(&[entry("big", false, 5_000_000_000, &sums)])
        }
        _ => healthy(asked),
    })
    .await;
    let hash = stranger
        .nextcloud()
        .recalculate_hash("big", HashAlgorithm::Sha256)
        .await
        .unwrap();
    assert_eq!(hash.hex, sha);
    assert_eq!(stranger.count(|one| one.method == "PATCH"), 1);
}

#[tokio::test]
async fn a_checksum_that_was_there_before_proves_nothing() {
    let sha = "0".repeat(64);
    let stranger = Stranger::new(move |asked| match asked.method.as_str() {
        "PATCH" => html(504, "<html>"),
        "PROPFIND" => {
            let sums = format!("<o:checksums><o:checksum>SHA256:{sha}</o:checksum></o:checksums>");
            multistatus(&[entry("big", false, 5_000_000_000, &sums)])
        }
        _ => healthy(asked),
    })
    .await;
    let asked = stranger.nextcloud();
    let hash = asked.recalculate_hash("big", HashAlgorithm::Sha256).await;
    assert!(
        matches!(hash, Err(TargetError::Temporary { .. })),
        "{hash:?}"
    );
}

#[tokio::test]
async fn a_proxy_s_limit_is_told_from_a_full_space() {
    for (answer, full) in [
        (
            html(413, "<html>413 Request Entity Too Large</html>"),
            false,
        ),
        (
            sabre(507, r"Sabre\DAV\Exception\InsufficientStorage", "x"),
            true,
        ),
        (
            sabre(
                413,
                r"OCA\DAV\Connector\Sabre\Exception\EntityTooLarge",
                "x",
            ),
            true,
        ),
    ] {
        let stranger = Stranger::new(move |asked| match asked.method.as_str() {
            "PUT" => answer.clone(),
            _ => healthy(asked),
        })
        .await;
        let body = Body::from_bytes(Bytes::from_static(b"abc"));
        let error = stranger.nextcloud().put(&put("a"), body).await.unwrap_err();
        match error {
            TargetError::Full { .. } => assert!(full),
            TargetError::TooLarge => assert!(!full),
            other => panic!("{other:?}"),
        }
        let length = |one: &Asked| one.headers.get("content-length").is_some_and(|n| n == "3");
        assert_eq!(stranger.count(|one| one.method == "PUT" && length(one)), 1);
    }
}

#[tokio::test]
async fn a_sign_in_at_a_strange_server() {
    let start = |answer: Reply| async move {
        let stranger = Stranger::new(move |_| answer.clone()).await;
        LoginFlow::start(&stranger.url).await
    };
    let refused = start(html(403, "<html>Please use original client</html>")).await;
    assert!(
        matches!(refused, Err(LoginError::ProgramRefused)),
        "{refused:?}"
    );
    let page = start(html(200, "<html>Hello</html>")).await;
    assert!(
        matches!(page, Err(LoginError::NotNextcloud { .. })),
        "{page:?}"
    );
    let missing = start(html(404, "<html>")).await;
    assert!(
        matches!(missing, Err(LoginError::NotNextcloud { status: 404 })),
        "{missing:?}"
    );
    let to = ("location", "https://elsewhere.example/login?x=y".to_owned());
    let moved = start((302, vec![to], String::new())).await;
    assert!(
        matches!(&moved, Err(LoginError::Redirected { to }) if to == "https://elsewhere.example/login"),
        "{moved:?}"
    );
}

#[tokio::test]
async fn a_sign_in_stays_with_the_server_that_was_asked() {
    let polls = AtomicUsize::new(0);
    let stranger = Stranger::new(move |asked| match asked.path.as_str() {
        "/cloud/index.php/login/v2" => reply(
            200,
            r#"{"poll":{"token":"t0ken","endpoint":"https://evil.example/poll"},"login":"https://cloud.example/login/v2/flow/x"}"#,
        ),
        "/cloud/index.php/login/v2/poll" if polls.fetch_add(1, Ordering::SeqCst) < 2 => {
            reply(404, "[]")
        }
        "/cloud/index.php/login/v2/poll" => reply(
            200,
            r#"{"server":"http://cloud.example","loginName":"alice@example.org","appPassword":"s3cret"}"#,
        ),
        _ => reply(500, ""),
    })
    .await;
    let server = stranger.url.join("/cloud").unwrap();
    let flow = LoginFlow::start(&server).await.unwrap();
    assert!(!format!("{flow:?}").contains("t0ken"));
    let login = loop {
        if let Some(login) = flow.poll().await.unwrap() {
            break login;
        }
    };
    assert_eq!(login.login_name, "alice@example.org");
    assert!(!format!("{login:?}").contains("s3cret"));
    // `http://cloud.example` would carry the password in the clear.
    assert_eq!(login.server.as_str(), format!("{server}/"));
    assert_eq!(stranger.count(|one| one.path.ends_with("/poll")), 3);
}
