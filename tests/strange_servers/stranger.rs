//! A server that answers as a test wants.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, Method, Response, StatusCode, Uri};
use transhumance::target::{Nextcloud, Patience, TargetError};
use url::Url;

#[derive(Debug, Clone)]
pub struct Asked {
    pub method: String,
    pub path: String,
    pub headers: HeaderMap,
}

impl Asked {
    pub fn is(&self, method: &str, path: &str) -> bool {
        self.method == method && self.path.ends_with(path)
    }
}

pub type Reply = (u16, Vec<(&'static str, String)>, String);

pub fn reply(status: u16, body: impl Into<String>) -> Reply {
    (status, Vec::new(), body.into())
}

pub fn html(status: u16, body: &str) -> Reply {
    let header = ("content-type", "text/html; charset=UTF-8".to_owned());
    (status, vec![header], body.to_owned())
}

pub fn sabre(status: u16, exception: &str, message: &str) -> Reply {
    reply(
        status,
        format!(
            r#"<d:error xmlns:d="DAV:" xmlns:s="http://sabredav.org/ns"><s:exception>{exception}</s:exception><s:message>{message}</s:message></d:error>"#
        ),
    )
}

pub struct Stranger {
    pub url: Url,
    pub asked: Arc<Mutex<Vec<Asked>>>,
}

impl Stranger {
    pub async fn new(answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
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

    pub fn nextcloud(&self) -> Nextcloud {
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

    pub fn count(&self, counts: impl Fn(&Asked) -> bool) -> usize {
        self.asked
            .lock()
            .unwrap()
            .iter()
            .filter(|one| counts(one))
            .count()
    }

    /// How often a password was sent.
    pub fn passwords(&self) -> usize {
        self.count(|one| one.headers.contains_key("authorization"))
    }
}

pub const STATUS: &str = r#"{"installed":true,"maintenance":false,"needsDbUpgrade":false,"version":"34.0.1.2","versionstring":"34.0.1"}"#;

pub fn healthy(asked: &Asked) -> Reply {
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

pub async fn connect_to(status: Reply) -> (TargetError, usize) {
    let stranger = Stranger::new(move |asked| match asked.path.as_str() {
        "/status.php" => status.clone(),
        _ => healthy(asked),
    })
    .await;
    let error = stranger.nextcloud().connect().await.unwrap_err();
    (error, stranger.passwords())
}

pub fn entry(path: &str, folder: bool, size: u64, more: &str) -> String {
    let kind = if folder { "<d:collection/>" } else { "" };
    let slash = if folder { "/" } else { "" };
    format!(
        r#"<d:response><d:href>/remote.php/dav/files/alice/{path}{slash}</d:href><d:propstat><d:prop><d:resourcetype>{kind}</d:resourcetype><o:fileid>1{size}</o:fileid><d:getetag>"e"</d:getetag><o:size>{size}</o:size><d:getlastmodified>Sun, 13 Sep 2020 12:26:40 GMT</d:getlastmodified>{more}</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>"#
    )
}

pub fn multistatus(entries: &[String]) -> Reply {
    reply(
        207,
        format!(
            r#"<d:multistatus xmlns:d="DAV:" xmlns:o="http://owncloud.org/ns">{}</d:multistatus>"#,
            entries.concat()
        ),
    )
}
