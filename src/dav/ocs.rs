use http::Method;
use serde_json::Value;

use super::client::{DavClient, Lane, json};
use super::error::{DavError, NotNextcloud};
use super::refusal::Refusal;

/// The oldest version that is known to behave as we expect.
pub const OLDEST: u64 = 28;
/// Milliseconds that `bruteforce.delay` can reach; the next failures lock the internet address out.
const MAX_DELAY: u64 = 25_000;

/// `GET /status.php`, which every Nextcloud answers to everybody, in maintenance too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerStatus {
    /// `34.0.1`
    pub version: String,
}

/// The account that is signed in (`GET /cloud/user`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// What paths use.
    pub id: String,
    pub display_name: String,
}

/// `GET /cloud/capabilities`: what this server offers, and its limits.
#[derive(Debug, Clone, PartialEq)]
pub struct Capabilities(Value);

impl Capabilities {
    /// The value at a JSON pointer below `capabilities`.
    pub fn get(&self, pointer: &str) -> Option<&Value> {
        self.0.pointer(pointer)
    }

    pub fn text(&self, pointer: &str) -> Option<&str> {
        self.get(pointer)?.as_str().filter(|text| !text.is_empty())
    }

    pub fn number(&self, pointer: &str) -> Option<u64> {
        self.get(pointer)?.as_u64()
    }

    pub fn flag(&self, pointer: &str) -> bool {
        self.get(pointer).and_then(Value::as_bool).unwrap_or(false)
    }

    pub fn texts(&self, pointer: &str) -> Option<Vec<String>> {
        let texts = self.get(pointer)?.as_array()?.iter();
        Some(
            texts
                .filter_map(|one| Some(one.as_str()?.to_owned()))
                .collect(),
        )
    }
}

impl DavClient {
    /// # Errors
    /// Everything that makes this address unfit: no Nextcloud, a redirect, in maintenance, too old, a
    /// host name that it does not take for its own, no connection.
    pub async fn server_status(&self) -> Result<ServerStatus, DavError> {
        let response = self.send(self.anonymous("status.php")).await?;
        let response = match Refusal::check(response).await {
            Ok(response) => response,
            Err(refusal) => return Err(not_there(refusal)),
        };
        let status = json(response).await?;
        let flag = |name: &str| status.get(name).and_then(Value::as_bool);
        let version = status
            .get("versionstring")
            .and_then(Value::as_str)
            .map(str::to_owned);
        let (Some(installed), Some(version)) = (flag("installed"), version) else {
            let what = NotNextcloud::Other("JSON".into());
            return Err(DavError::NotNextcloud { what });
        };
        if !installed || flag("maintenance") == Some(true) || flag("needsDbUpgrade") == Some(true) {
            return Err(DavError::Maintenance { retry_after: None });
        }
        let major = version
            .split('.')
            .next()
            .and_then(|major| major.parse().ok());
        if major.is_none_or(|major: u64| major < OLDEST) {
            return Err(DavError::TooOld { version });
        }
        Ok(ServerStatus { version })
    }

    /// What the server says of itself to everybody: little more than how it looks.
    ///
    /// # Errors
    /// Those that a request can meet.
    pub async fn public_capabilities(&self) -> Result<Capabilities, DavError> {
        let request = self.anonymous("ocs/v2.php/cloud/capabilities?format=json");
        let data = data(self.call(request).await?, "/capabilities").await?;
        Ok(Capabilities(data))
    }

    /// Whether it is safe to try a password: when this internet address is close to being locked out,
    /// one more mistake would lock out everybody behind it.
    ///
    /// # Errors
    /// [`DavError::BruteForced`] when it is not.
    pub async fn check_brute_force(&self) -> Result<(), DavError> {
        let capabilities = self.public_capabilities().await?;
        match capabilities.number("/bruteforce/delay") {
            Some(delay) if delay >= MAX_DELAY => Err(DavError::BruteForced),
            _ => Ok(()),
        }
    }

    /// # Errors
    /// [`DavError::Unauthorized`] and all others that a request can meet.
    pub async fn capabilities(&self) -> Result<Capabilities, DavError> {
        let data = self.ocs(Method::GET, "cloud/capabilities").await?;
        data.get("capabilities")
            .cloned()
            .map(Capabilities)
            .ok_or_else(|| DavError::protocol("no capabilities"))
    }

    /// # Errors
    /// [`DavError::Unauthorized`] and all others that a request can meet.
    pub async fn account(&self) -> Result<Account, DavError> {
        let data = self.ocs(Method::GET, "cloud/user").await?;
        let text = |name: &str| data.get(name).and_then(Value::as_str).map(str::to_owned);
        let id = text("id")
            .filter(|id| !id.is_empty())
            .ok_or_else(|| DavError::protocol("an account without id"))?;
        Ok(Account {
            display_name: text("displayname").unwrap_or_else(|| id.clone()),
            id,
        })
    }

    /// Deletes the app password that is in use; afterwards nothing can be asked with it.
    ///
    /// # Errors
    /// Those that a request can meet.
    pub async fn revoke_app_password(&self) -> Result<(), DavError> {
        self.ocs(Method::DELETE, "core/apppassword").await.map(drop)
    }

    /// The `data` of an OCS answer. Version 2 of the interface gives real statuses; version 1 says 200
    /// to everything.
    async fn ocs(&self, method: Method, route: &str) -> Result<Value, DavError> {
        let route = format!("ocs/v2.php/{route}?format=json");
        let request = self.request_raw(Lane::Api, method, &route).await?;
        data(self.call(request).await?, "").await
    }
}

async fn data(response: reqwest::Response, pointer: &str) -> Result<Value, DavError> {
    let answer = json(response).await?;
    answer
        .pointer(&format!("/ocs/data{pointer}"))
        .cloned()
        .ok_or_else(|| DavError::protocol("an OCS answer without data"))
}

/// Without `status.php`, there is no Nextcloud at this address.
fn not_there(refusal: Refusal) -> DavError {
    let what = refusal.what_else();
    match refusal.into_error() {
        DavError::NotFound
        | DavError::Refused { .. }
        | DavError::Unauthorized
        | DavError::Protocol { .. } => DavError::NotNextcloud { what },
        other => other,
    }
}
