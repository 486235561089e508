use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::*;
use crate::hash::digest;
use crate::model::HashAlgorithm;
use crate::practice::content::Content;
use crate::practice::faults::{Fault, Kind};

mod bad_weather;
mod content;
mod files;
mod sharing;
mod sign_in;

/// A server and someone who asks it.
struct Asking {
    server: Server,
    client: reqwest::Client,
    token: String,
    config: Config,
}

impl Asking {
    async fn of(config: Config) -> Self {
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

    fn control(&self) -> &Control {
        self.server.control()
    }

    fn id(&self, label: &str) -> String {
        let found = self.control().labelled(label);
        found.unwrap_or_else(|| panic!("no trap {label}"))
    }

    fn url(&self, path: &str) -> Url {
        self.server.endpoint().join(path).unwrap()
    }

    async fn refresh(&mut self) {
        let token = self.server.refresh_token().to_owned();
        let form = [("grant_type", "refresh_token"), ("refresh_token", &token)];
        let (status, answer) = self.token(&form).await;
        assert_eq!(status, 200, "{answer}");
        // The refresh token stays, and is not told again; nor are scopes.
        let fields: Vec<&String> = answer.as_object().unwrap().keys().collect();
        assert_eq!(fields, ["access_token", "expires_in", "token_type"]);
        self.token = answer["access_token"].as_str().unwrap().to_owned();
    }

    /// Asks for tokens with the app key.
    async fn token(&self, form: &[(&str, &str)]) -> (u16, Value) {
        let mut all = vec![("client_id", self.config.client_id.as_str())];
        all.extend(form);
        let request = self.client.post(self.url("oauth2/token")).form(&all);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.headers()["content-type"], "application/json");
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    fn request(&self, route: &str, body: String) -> reqwest::RequestBuilder {
        self.client
            .post(self.url(&format!("2/{route}")))
            .bearer_auth(&self.token)
            .header("content-type", "application/json")
            .body(body)
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> (u16, Value) {
        let answer = request.send().await.unwrap();
        assert!(answer.headers().contains_key("x-dropbox-request-id"));
        let status = answer.status().as_u16();
        let json = answer.headers()["content-type"] == "application/json";
        let text = answer.text().await.unwrap();
        let value = match json {
            true => serde_json::from_str(&text).unwrap(),
            false => Value::String(text),
        };
        (status, value)
    }

    async fn rpc(&self, route: &str, arg: &Value) -> (u16, Value) {
        self.send(self.request(route, arg.to_string())).await
    }

    async fn ok(&self, route: &str, arg: &Value) -> Value {
        let (status, answer) = self.rpc(route, arg).await;
        assert_eq!(status, 200, "{route} {arg}: {answer}");
        answer
    }

    /// The status and the tags of an error, from the outermost in.
    async fn refused(&self, route: &str, arg: &Value) -> (u16, String) {
        let (status, answer) = self.rpc(route, arg).await;
        (status, tags(&answer))
    }

    /// Everything that a listing tells, with its last cursor.
    async fn list(&self, arg: &Value) -> (Vec<Value>, String) {
        let first = self.ok("files/list_folder", arg).await;
        self.go_on(first).await
    }

    async fn go_on(&self, mut page: Value) -> (Vec<Value>, String) {
        let mut entries = Vec::new();
        loop {
            entries.extend(page["entries"].as_array().unwrap().iter().cloned());
            let cursor = page["cursor"].as_str().unwrap().to_owned();
            if page["has_more"] == false {
                return (entries, cursor);
            }
            page = self
                .ok("files/list_folder/continue", &json!({"cursor": cursor}))
                .await;
        }
    }

    async fn changes(&self, cursor: &str) -> (Vec<Value>, String) {
        let first = self
            .ok("files/list_folder/continue", &json!({"cursor": cursor}))
            .await;
        self.go_on(first).await
    }

    fn content(&self, route: &str, arg: &Value) -> reqwest::RequestBuilder {
        self.client
            .post(self.url(&format!("2/{route}")))
            .bearer_auth(&self.token)
            .header("Dropbox-API-Arg", super::media::ascii_json(arg))
    }
}

fn tags(answer: &Value) -> String {
    let mut error = &answer["error"];
    let mut tags = Vec::new();
    while let Some(tag) = error[".tag"].as_str() {
        tags.push(tag);
        error = &error[tag];
    }
    let summary = answer["error_summary"].as_str().unwrap_or_default();
    assert!(summary.starts_with(tags[0]), "{answer}");
    tags.join("/")
}

fn whole() -> Value {
    json!({"path": "", "recursive": true})
}

fn text<'a>(entry: &'a Value, name: &str) -> &'a str {
    entry[name].as_str().unwrap_or_default()
}
