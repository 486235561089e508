//! One request, read.

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::Bytes;
use http::{HeaderMap, Method};
use serde_json::{Map, Value};

use super::error::Refusal;
use super::node::Key;
use super::state::Shared;

pub(super) struct Call {
    pub shared: Arc<Shared>,
    pub method: Method,
    /// Without the leading `/2/`, where it is one of the API's: `files/list_folder`.
    pub route: String,
    pub query: Vec<(String, String)>,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// The argument of a route.
#[derive(Debug)]
pub(super) struct Arg {
    route: String,
    fields: Map<String, Value>,
}

impl Call {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub(super) fn bearer(&self) -> Option<&str> {
        self.header("authorization")?.strip_prefix("Bearer ")
    }

    pub(super) fn form(&self) -> HashMap<String, String> {
        url::form_urlencoded::parse(&self.body)
            .into_owned()
            .collect()
    }

    fn bad(&self, problem: &str) -> Refusal {
        Refusal::bad_request(&self.route, problem)
    }

    /// Lets the request through that has a token with `scope`.
    pub(super) fn authorise(&self, scope: &str) -> Result<(), Refusal> {
        let Some(token) = self.bearer() else {
            return Err(self.bad("Missing \"Authorization\" header."));
        };
        if !token.starts_with("sl.") {
            return Err(self.bad("The given OAuth 2 access token is malformed."));
        }
        self.shared
            .oauth()
            .authorise(token, scope, self.shared.now())
    }

    /// The argument of an RPC route: the body. `null` is an empty one.
    pub(super) fn rpc(&self, known: &[&str]) -> Result<Arg, Refusal> {
        if self.method != Method::POST {
            return Err(self.bad("Invalid HTTP method, expecting \"POST\"."));
        }
        // As curl and rclone ask where there is nothing to say.
        if known.is_empty() && self.body.is_empty() && self.header("content-type").is_none() {
            return self.arg(b"null", known, "request body");
        }
        let media_type = self.header("content-type").unwrap_or_default();
        if media_type.split(';').next() != Some("application/json") {
            return Err(self.bad(&format!(
                "Bad HTTP \"Content-Type\" header: \"{media_type}\". Expecting one of \"application/json\"."
            )));
        }
        self.arg(&self.body, known, "request body")
    }

    /// The argument of a download: a header, or `arg` in the address. A header is ASCII.
    pub(super) fn download(&self, known: &[&str]) -> Result<Arg, Refusal> {
        if let Some((_, text)) = self.query.iter().find(|(name, _)| name == "arg") {
            return self.arg(text.as_bytes(), known, "URL parameter \"arg\"");
        }
        let header = self.headers.get("dropbox-api-arg");
        let Some(header) = header else {
            return Err(
                self.bad("Must provide HTTP header \"Dropbox-API-Arg\" or URL parameter \"arg\".")
            );
        };
        let where_ = "HTTP header \"Dropbox-API-Arg\"";
        let bytes = header.as_bytes();
        if !bytes.iter().all(|byte| (0x20..0x7f).contains(byte)) {
            return Err(self.bad(&format!("{where_}: could not decode input as JSON")));
        }
        self.arg(bytes, known, where_)
    }

    fn arg(&self, text: &[u8], known: &[&str], place: &str) -> Result<Arg, Refusal> {
        let bad = |problem: &str| self.bad(&format!("{place}: {problem}"));
        let fields = match serde_json::from_slice(text) {
            Ok(Value::Object(fields)) => fields,
            Ok(Value::Null) if known.is_empty() => Map::new(),
            Ok(_) => return Err(bad("expected object")),
            Err(_) => return Err(bad("could not decode input as JSON")),
        };
        if let Some(unknown) = fields.keys().find(|name| !known.contains(&name.as_str())) {
            return Err(bad(&format!("unknown field '{unknown}'")));
        }
        Ok(Arg {
            route: self.route.clone(),
            fields,
        })
    }

    /// What paths of this request are relative to: `Dropbox-API-Path-Root`.
    pub(super) fn root(&self) -> Result<Key, Refusal> {
        let Some(header) = self.header("dropbox-api-path-root") else {
            return Ok(Key::HOME);
        };
        let mode: Value = serde_json::from_str(header).map_err(|_| {
            self.bad("HTTP header \"Dropbox-API-Path-Root\": could not decode input as JSON")
        })?;
        let text = |name: &str| mode.get(name).and_then(Value::as_str).unwrap_or_default();
        let store = self.shared.store();
        match text(".tag") {
            "home" => Ok(Key::HOME),
            "root" if text("root") == store.root_namespace() => {
                let root = store.namespace_root(text("root"));
                Ok(root.unwrap_or(Key::HOME))
            }
            "root" => Err(Refusal::invalid_root(super::users::root_info(&store))),
            "namespace_id" => store
                .namespace_root(text("namespace_id"))
                .ok_or_else(Refusal::no_permission),
            _ => Err(self.bad("HTTP header \"Dropbox-API-Path-Root\": invalid tag")),
        }
    }
}

impl Arg {
    fn wrong(&self, name: &str, problem: &str) -> Refusal {
        Refusal::bad_request(&self.route, &format!("request body: {name}: {problem}"))
    }

    pub(super) fn string(&self, name: &str) -> Result<Option<&str>, Refusal> {
        match self.fields.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(self.wrong(name, "expected string")),
        }
    }

    pub(super) fn needed(&self, name: &str) -> Result<&str, Refusal> {
        self.string(name)?.ok_or_else(|| {
            Refusal::bad_request(
                &self.route,
                &format!("request body: missing required field '{name}'"),
            )
        })
    }

    pub(super) fn flag(&self, name: &str, default: bool) -> Result<bool, Refusal> {
        match self.fields.get(name) {
            None | Some(Value::Null) => Ok(default),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(_) => Err(self.wrong(name, "expected boolean")),
        }
    }

    /// A number from 1 to `most`.
    pub(super) fn limit(&self, name: &str, most: usize) -> Result<usize, Refusal> {
        match self.fields.get(name) {
            None | Some(Value::Null) => Ok(most),
            Some(Value::Number(number)) => {
                let number = number
                    .as_u64()
                    .and_then(|number| usize::try_from(number).ok());
                number
                    .filter(|number| (1..=most).contains(number))
                    .ok_or_else(|| self.wrong(name, "out of range"))
            }
            Some(_) => Err(self.wrong(name, "expected integer")),
        }
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.fields.get(name).is_some_and(|value| !value.is_null())
    }

    pub(super) fn bad_path(&self, problem: &str) -> Refusal {
        self.wrong("path", problem)
    }
}
