//! What the practice Nextcloud does that the contract tests cannot ask of a real one: weather, lock-outs,
//! restarts, made-up spaces, and looking inside.

mod account;
mod files;
mod restart;
mod space;
mod uploads;
mod weather;

use std::time::Duration;

use reqwest::{Method, RequestBuilder, Response};
use tempfile::TempDir;

use super::*;

const PASSWORD: &str = "correct horse";

/// A server with the accounts `camille` and `bob`, and a client.
struct Bench {
    server: Server,
    client: reqwest::Client,
    directory: TempDir,
}

fn users() -> Vec<User> {
    vec![User::new("camille", PASSWORD), User::new("bob", PASSWORD)]
}

impl Bench {
    async fn start() -> Self {
        Self::with(|_| ()).await
    }

    async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut config = Config::new(directory.path(), users());
        change(&mut config);
        Self {
            server: Server::start(config).await.unwrap(),
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
            directory,
        }
    }

    /// Stops the server and starts another one on what it left.
    async fn again(self) -> Self {
        self.server.stop().await;
        let config = Config::new(self.directory.path(), users());
        Self {
            server: Server::start(config).await.unwrap(),
            ..self
        }
    }

    fn control(&self) -> Control {
        self.server.control()
    }

    fn anonymous(&self, method: &str, path: &str) -> RequestBuilder {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let url = self.server.url().join(path).unwrap();
        self.client.request(method, url)
    }

    /// As `camille`.
    fn request(&self, method: &str, path: &str) -> RequestBuilder {
        self.anonymous(method, path)
            .basic_auth("camille", Some(PASSWORD))
    }

    /// In `camille`'s files.
    fn on(&self, method: &str, path: &str) -> RequestBuilder {
        self.request(method, &format!("remote.php/dav/files/camille/{path}"))
    }

    /// In `camille`'s uploads, with the destination in her files.
    fn upload(&self, method: &str, path: &str, to: &str) -> RequestBuilder {
        self.request(method, &format!("remote.php/dav/uploads/camille/{path}"))
            .header("Destination", format!("/remote.php/dav/files/camille/{to}"))
    }

    async fn put(&self, path: &str, content: &str) {
        let answer = self.on("PUT", path).body(content.to_owned()).send();
        assert!(answer.await.unwrap().status().is_success(), "{path}");
    }

    async fn get(&self, path: &str) -> String {
        let answer = self.on("GET", path).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        answer.text().await.unwrap()
    }

    fn ocs(&self, method: &str, path: &str) -> RequestBuilder {
        self.request(method, &format!("ocs/v2.php/{path}?format=json"))
            .header("OCS-APIRequest", "true")
    }

    /// Uploads one chunk; all but the assembling.
    async fn begin_upload(&self, name: &str, to: &str, content: &str) {
        assert_eq!(status(self.upload("MKCOL", name, to)).await, 201);
        let chunk = self.upload("PUT", &format!("{name}/00001"), to);
        assert_eq!(status(chunk.body(content.to_owned())).await, 201);
    }
}

async fn status(request: RequestBuilder) -> u16 {
    request.send().await.unwrap().status().as_u16()
}

async fn json(request: RequestBuilder) -> (u16, serde_json::Value) {
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    let text = answer.text().await.unwrap();
    (
        status,
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}")),
    )
}

fn header<'a>(answer: &'a Response, name: &str) -> Option<&'a str> {
    answer.headers().get(name)?.to_str().ok()
}

/// Waits until something becomes true.
async fn until(mut done: impl FnMut() -> bool) {
    tokio::time::timeout(Duration::from_secs(20), async {
        while !done() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await
    .expect("never became true");
}

fn sha256(content: &str) -> String {
    crate::hash::digest(crate::model::HashAlgorithm::Sha256, content.as_bytes()).hex
}

/// The body of a bulk upload with these paths and contents.
fn bulk_body(files: &[(&str, &str)]) -> String {
    let mut body = String::new();
    for (path, content) in files {
        body.push_str(&format!(
            "--b\r\nX-File-Path: {path}\r\nOC-Checksum: sha256:{}\r\nContent-Length: {}\r\n\r\n{content}\r\n",
            sha256(content),
            content.len()
        ));
    }
    body + "--b--\r\n"
}

fn bulk(bench: &Bench, files: &[(&str, &str)]) -> RequestBuilder {
    bench
        .request("POST", "remote.php/dav/bulk")
        .header("Content-Type", "multipart/related; boundary=b")
        .body(bulk_body(files))
}
