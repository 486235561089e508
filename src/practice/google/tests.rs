use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::*;
use crate::hash::digest;
use crate::model::HashAlgorithm;
use crate::practice::content::Content;
use crate::practice::faults::{Fault, Kind};

const SCOPE: &str = "https://www.googleapis.com/auth/drive.readonly";

/// A server and someone who asks it.
pub(super) struct Asking {
    pub(super) server: Server,
    pub(super) client: reqwest::Client,
    pub(super) token: String,
    config: Config,
}

impl Asking {
    pub(super) async fn of(config: Config) -> Self {
        let server = Server::start(config.clone()).await.unwrap();
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        let mut asking = Self {
            server,
            client,
            token: String::new(),
            config,
        };
        asking.refresh().await;
        asking
    }

    async fn with(items: u64) -> Self {
        Self::of(Config::new(1, items)).await
    }

    pub(super) fn url(&self, path: &str) -> Url {
        self.server.endpoint().join(path).unwrap()
    }

    pub(super) fn id(&self, label: &str) -> String {
        self.server
            .control()
            .labelled(label)
            .unwrap_or_else(|| panic!("{label}"))
    }

    pub(super) async fn refresh(&mut self) {
        let token = self.server.refresh_token().to_owned();
        let (status, answer) = self
            .token(&[("grant_type", "refresh_token"), ("refresh_token", &token)])
            .await;
        assert_eq!(status, 200, "{answer}");
        self.token = answer["access_token"].as_str().unwrap().to_owned();
    }

    /// Asks for tokens with the client's id and secret.
    async fn token(&self, form: &[(&str, &str)]) -> (u16, Value) {
        let mut all = vec![
            ("client_id", self.config.client_id.as_str()),
            ("client_secret", self.config.client_secret.as_str()),
        ];
        all.extend(form);
        self.token_with(&all).await
    }

    async fn token_with(&self, form: &[(&str, &str)]) -> (u16, Value) {
        let request = self.client.post(self.url("token")).form(form);
        let answer = request.send().await.unwrap();
        assert_eq!(
            answer.headers()["content-type"],
            "application/json; charset=UTF-8"
        );
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    fn request(&self, path: &str, query: &[(&str, &str)]) -> reqwest::RequestBuilder {
        let request = self.client.get(self.url(path)).query(query);
        request.bearer_auth(&self.token)
    }

    pub(super) async fn get(&self, path: &str, query: &[(&str, &str)]) -> (u16, Value) {
        let answer = self.request(path, query).send().await.unwrap();
        let length = answer.headers().get("content-length").cloned();
        assert!(length.is_some(), "{path}");
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    pub(super) async fn ok(&self, path: &str, query: &[(&str, &str)]) -> Value {
        let (status, answer) = self.get(path, query).await;
        assert_eq!(status, 200, "{path} {query:?}: {answer}");
        answer
    }

    /// The error's code, reason and location.
    pub(super) async fn error(&self, path: &str, query: &[(&str, &str)]) -> (u16, String, String) {
        let (status, answer) = self.get(path, query).await;
        explain(status, &answer)
    }

    async fn all(&self, query: &[(&str, &str)]) -> Vec<Value> {
        let mut files = Vec::new();
        let mut token = String::new();
        loop {
            let mut query = query.to_vec();
            if !token.is_empty() {
                query.push(("pageToken", &token));
            }
            let page = self.ok("drive/v3/files", &query).await;
            files.extend(page["files"].as_array().unwrap().iter().cloned());
            match page["nextPageToken"].as_str() {
                Some(next) => token = next.to_owned(),
                None => return files,
            }
        }
    }
}

fn explain(status: u16, answer: &Value) -> (u16, String, String) {
    let error = &answer["error"];
    assert_eq!(error["code"], status, "{answer}");
    let first = &error["errors"][0];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    (status, text(&first["reason"]), text(&first["location"]))
}

fn failure(status: u16, reason: &str, location: &str) -> (u16, String, String) {
    (status, reason.to_owned(), location.to_owned())
}

mod bad_weather;
mod content;
mod files;
mod sign_in;

/// For the scripts in tests/witness, as long as the command line cannot do it: serves until the file
/// named by `PRACTICE_STOP` appears; the addresses go to the file named by `PRACTICE_READY`.
#[tokio::test]
#[ignore = "a server for other programs"]
async fn serves_others() {
    let path = |name: &str| PathBuf::from(std::env::var(name).unwrap());
    let items = std::env::var("PRACTICE_ITEMS").map_or(300, |text| text.parse().unwrap());
    let mut config = Config::new(1, items);
    if let Ok(share) = std::env::var("PRACTICE_FAULTS") {
        config.faults = Faults::seeded(1, share.parse().unwrap());
    }
    let server = Server::start(config.clone()).await.unwrap();
    let ready = json!({"google": {
        "endpoint": server.endpoint().as_str(), "account": server.account(),
        "client_id": config.client_id, "client_secret": config.client_secret,
        "refresh_token": server.refresh_token(),
    }});
    std::fs::write(path("PRACTICE_READY"), ready.to_string()).unwrap();
    while !path("PRACTICE_STOP").exists() {
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    println!("{:#?}", server.control().requests());
    server.stop().await;
}
