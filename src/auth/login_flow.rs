//! Nextcloud's Login Flow v2: the person signs in with the browser, with whatever second factor the server
//! asks for, and we get an app password of our own (Nextcloud developer manual, "Login Flow").

use std::time::Duration;

use http::StatusCode;
use reqwest::Response;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::model::is_loopback;
use crate::net::{Net, NetError, describe, is_certificate_error, redact_url};

/// The server forgets the attempt after this long.
const LIFETIME: Duration = Duration::from_secs(1200);
const BETWEEN_POLLS: Duration = Duration::from_secs(2);
/// Polls in a row that may fail: networks change while people fetch their phone.
const FAILURES: u32 = 30;
/// Bytes of an answer; real ones have a few hundred.
const MAX_ANSWER: usize = 64 * 1024;

/// Why a sign-in did not come about.
#[derive(Debug, thiserror::Error)]
pub enum LoginError {
    #[error("{0} is not encrypted and not on this computer")]
    Insecure(String),
    #[error("its certificate is not trusted: {detail}")]
    Certificate {
        detail: String,
        #[source]
        cause: reqwest::Error,
    },
    #[error("cannot be reached: {detail}")]
    Unreachable {
        detail: String,
        #[source]
        cause: reqwest::Error,
    },
    #[error("redirected to {to}")]
    Redirected { to: String },
    /// Something else than a Nextcloud answers at this address.
    #[error("not a Nextcloud (status {status})")]
    NotNextcloud { status: u16 },
    /// The administrator allows only certain programs (`core.login_flow_v2.allowed_user_agents`).
    #[error("the server does not let this program sign in")]
    ProgramRefused,
    #[error("in maintenance")]
    Maintenance,
    /// Too many failed logins from this internet address; passes after up to 30 minutes.
    #[error("too many failed logins from this internet address")]
    BruteForced,
    /// Nobody signed in within 20 minutes, or the attempt's result was fetched already.
    #[error("the sign-in has expired")]
    Expired,
    #[error("cancelled")]
    Cancelled,
    #[error("the server answered {status}")]
    Server { status: u16 },
}

impl From<NetError> for LoginError {
    fn from(error: NetError) -> Self {
        match error {
            NetError::Insecure(address) => Self::Insecure(address),
            NetError::Setup(cause) => Self::Unreachable {
                detail: describe(&cause),
                cause,
            },
        }
    }
}

impl From<reqwest::Error> for LoginError {
    fn from(error: reqwest::Error) -> Self {
        let cause = error.without_url();
        let detail = describe(&cause);
        if is_certificate_error(&cause) {
            Self::Certificate { detail, cause }
        } else {
            Self::Unreachable { detail, cause }
        }
    }
}

/// A sign-in that came about.
#[derive(Debug, Clone)]
pub struct Login {
    /// The server's address, as it names itself where that is safe.
    pub server: Url,
    /// Belongs to the password; need not be the account's id.
    pub login_name: String,
    pub app_password: SecretString,
}

/// A sign-in that waits for a person.
#[derive(Debug)]
pub struct LoginFlow {
    net: Net,
    server: Url,
    login: Url,
    endpoint: Url,
    token: SecretString,
    expires: Instant,
}

#[derive(Deserialize)]
struct Started {
    poll: Poll,
    login: Url,
}

#[derive(Deserialize)]
struct Poll {
    token: String,
    endpoint: Url,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Finished {
    server: String,
    login_name: String,
    app_password: String,
}

impl LoginFlow {
    /// Asks `server`, which may live in a sub-path, for a sign-in.
    ///
    /// # Errors
    /// Whatever makes the address unfit.
    pub async fn start(server: &Url) -> Result<Self, LoginError> {
        let net = Net::for_host(server)?;
        let server = directory(server);
        let url = below(&server, "index.php/login/v2")?;
        let response = net
            .api
            .post(url)
            .header("OCS-APIRequest", "true")
            .send()
            .await?;
        let started: Started = read(response).await?;
        Ok(Self {
            login: reachable(&server, started.login)?,
            endpoint: poll_address(&server, started.poll.endpoint)?,
            token: started.poll.token.into(),
            expires: Instant::now() + LIFETIME,
            net,
            server,
        })
    }

    /// The page to open in the browser.
    pub const fn login_url(&self) -> &Url {
        &self.login
    }

    /// Asks once whether the person has signed in; `None`: not yet. The result can be fetched once only.
    ///
    /// # Errors
    /// [`LoginError::Expired`] after 20 minutes.
    pub async fn poll(&self) -> Result<Option<Login>, LoginError> {
        if Instant::now() >= self.expires {
            return Err(LoginError::Expired);
        }
        let response = self
            .net
            .api
            .post(self.endpoint.clone())
            .header("OCS-APIRequest", "true")
            .form(&[("token", self.token.expose_secret())])
            .send()
            .await?;
        // Pending, unknown and expired look the same.
        if response.status() == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        let finished: Finished = read(response).await?;
        Ok(Some(Login {
            server: self.named(&finished.server),
            login_name: finished.login_name,
            app_password: finished.app_password.into(),
        }))
    }

    /// Asks until the person has signed in.
    ///
    /// # Errors
    /// [`LoginError::Expired`], [`LoginError::Cancelled`], and what lasts of the others.
    pub async fn wait(&self, cancel: &CancellationToken) -> Result<Login, LoginError> {
        let mut failures = 0;
        loop {
            let answer = tokio::select! {
                biased;
                () = cancel.cancelled() => return Err(LoginError::Cancelled),
                answer = self.poll() => answer,
            };
            match answer {
                Ok(Some(login)) => return Ok(login),
                Ok(None) => failures = 0,
                Err(
                    error @ (LoginError::Unreachable { .. }
                    | LoginError::Maintenance
                    | LoginError::Server { .. }),
                ) => {
                    failures += 1;
                    if failures > FAILURES {
                        return Err(error);
                    }
                }
                Err(error) => return Err(error),
            }
            tokio::select! {
                biased;
                () = cancel.cancelled() => return Err(LoginError::Cancelled),
                () = tokio::time::sleep(BETWEEN_POLLS) => {}
            }
        }
    }

    /// The address that the server gives for itself, unless the password would travel in the clear there.
    fn named(&self, text: &str) -> Url {
        let named = Url::parse(text).map(|url| directory(&url));
        match named {
            Ok(url) if url.has_host() => {
                reachable(&self.server, url).unwrap_or_else(|_| self.server.clone())
            }
            _ => self.server.clone(),
        }
    }
}

/// With a final `/`, without secrets and query.
fn directory(url: &Url) -> Url {
    let mut url = url.clone();
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_query(None);
    url.set_fragment(None);
    let path = format!("{}/", url.path().trim_end_matches('/'));
    url.set_path(&path);
    url
}

fn below(server: &Url, path: &str) -> Result<Url, LoginError> {
    server
        .join(path)
        .map_err(|_| LoginError::Insecure(redact_url(server)))
}

/// A server behind a proxy that ends the encryption often takes itself for an `http://` one.
fn reachable(server: &Url, mut given: Url) -> Result<Url, LoginError> {
    if given.scheme() == "https" || (given.scheme() == "http" && is_loopback(&given)) {
        return Ok(given);
    }
    if given.scheme() == "http"
        && given.host() == server.host()
        && server.scheme() == "https"
        && given.set_scheme("https").is_ok()
        && given.set_port(server.port()).is_ok()
    {
        return Ok(given);
    }
    Err(LoginError::Insecure(redact_url(&given)))
}

/// The token goes nowhere but to the server that we asked. A server that misjudges its own address (its
/// port, its sub-path) is polled where we reached it.
fn poll_address(server: &Url, given: Url) -> Result<Url, LoginError> {
    if given.origin() == server.origin() {
        return Ok(given);
    }
    below(server, "index.php/login/v2/poll")
}

async fn read<T: serde::de::DeserializeOwned>(response: Response) -> Result<T, LoginError> {
    use futures::StreamExt as _;

    let status = response.status();
    match status.as_u16() {
        200 => {}
        300..=399 => {
            let to = response
                .headers()
                .get(http::header::LOCATION)
                .and_then(|to| to.to_str().ok())
                .and_then(|to| response.url().join(to).ok());
            return Err(LoginError::Redirected {
                to: to.map(|to| redact_url(&to)).unwrap_or_default(),
            });
        }
        403 => return Err(LoginError::ProgramRefused),
        429 => return Err(LoginError::BruteForced),
        503 => return Err(LoginError::Maintenance),
        status @ 500..=599 => return Err(LoginError::Server { status }),
        status => return Err(LoginError::NotNextcloud { status }),
    }
    let mut body = Vec::new();
    let mut stream = response.bytes_stream();
    while let Some(piece) = stream.next().await {
        body.extend_from_slice(&piece?);
        if body.len() > MAX_ANSWER {
            break;
        }
    }
    serde_json::from_slice(&body).map_err(|_| LoginError::NotNextcloud {
        status: status.as_u16(),
    })
}

/// The addresses that a pasted text can mean, the likeliest first: with or without `https://`, copied from
/// the address bar of any page of the server, or a federated cloud id.
pub fn normalise_address(text: &str) -> Vec<Url> {
    let text = text.trim().trim_matches(['"', '\'', '<', '>']).trim();
    let mut addresses = Vec::new();
    for url in schemes(text) {
        for path in roots(&url) {
            let mut root = url.clone();
            root.set_path(&path);
            if !addresses.contains(&root) {
                addresses.push(root);
            }
        }
    }
    addresses
}

/// `https://` but for this computer, where `http://` comes first.
fn schemes(text: &str) -> Vec<Url> {
    let lower = text.to_ascii_lowercase();
    let rest = match lower.split_once("://") {
        Some(("https" | "http", rest)) => text.get(text.len() - rest.len()..),
        Some(_) => None,
        None => Some(text),
    };
    let Some(rest) = rest.filter(|rest| !rest.is_empty()) else {
        return Vec::new();
    };
    let parse = |scheme: &str| {
        let url = Url::parse(&format!("{scheme}://{rest}")).ok()?;
        url.has_host().then(|| directory(&url))
    };
    let both = match parse("http") {
        Some(url) if is_loopback(&url) && !lower.starts_with("https:") => {
            vec![Some(url), parse("https")]
        }
        // A port that goes with `http://` does not go with `https://`.
        Some(url) if lower.starts_with("http:") && url.port().is_some() => {
            let mut bare = parse("https");
            if let Some(bare) = &mut bare {
                let _ = bare.set_port(None);
            }
            vec![parse("https"), bare]
        }
        _ => vec![parse("https")],
    };
    both.into_iter().flatten().collect()
}

/// The sub-paths that the server may live in, each without a final `/`: what comes before a page that we
/// know, else the path as it is and everything above it.
fn roots(url: &Url) -> Vec<String> {
    const PAGES: &[&str] = &[
        "index.php",
        "remote.php",
        "public.php",
        "status.php",
        "ocs",
        "apps",
        "login",
        "logout",
        "settings",
        "s",
        "f",
        "call",
        "u",
        ".well-known",
    ];
    let segments: Vec<&str> = url
        .path_segments()
        .map(|segments| segments.filter(|segment| !segment.is_empty()).collect())
        .unwrap_or_default();
    let page = segments.iter().position(|segment| PAGES.contains(segment));
    let path = |count: usize| {
        segments
            .iter()
            .take(count)
            .fold(String::new(), |path, segment| format!("{path}/{segment}"))
    };
    match page {
        Some(page) => vec![path(page)],
        None => (0..=segments.len()).rev().map(path).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normalised(text: &str) -> Vec<String> {
        normalise_address(text).iter().map(Url::to_string).collect()
    }

    #[test]
    fn understands_what_people_paste() {
        for text in [
            "canard.example",
            " canard.example/ ",
            "https://canard.example",
            "HTTP://Canard.Example",
            "<https://canard.example/index.php/apps/files/?dir=/a&fileid=3>",
            "https://canard.example/apps/files/files/12?dir=/",
            "canard.example/login?redirect_url=/x#top",
            "https://canard.example/s/AbCdEf",
            "https://camille:geheim@canard.example/remote.php/dav/files/camille/",
            "camille@canard.example",
        ] {
            assert_eq!(normalised(text), ["https://canard.example/"], "{text}");
        }
        assert_eq!(
            normalised("asso.example/cloud/index.php/login"),
            ["https://asso.example/cloud"]
        );
        assert_eq!(
            normalised("asso.example/nuage/"),
            ["https://asso.example/nuage", "https://asso.example/"]
        );
        assert_eq!(
            normalised("http://canard.example:8080"),
            ["https://canard.example:8080/", "https://canard.example/"]
        );
        assert_eq!(
            normalised("127.0.0.1:8093/login"),
            ["http://127.0.0.1:8093/", "https://127.0.0.1:8093/"]
        );
        assert_eq!(
            normalised("müller.example"),
            ["https://xn--mller-kva.example/"]
        );
    }

    #[test]
    fn nonsense_is_no_address() {
        for text in [
            "",
            "  ",
            "https://",
            "ftp://canard.example",
            "a b c",
            "https:///x y",
        ] {
            let addresses = normalised(text);
            assert!(
                addresses.iter().all(|one| one.starts_with("https://")),
                "{text}: {addresses:?}"
            );
        }
        assert!(normalised("").is_empty());
        assert!(normalised("ftp://canard.example").is_empty());
    }

    #[test]
    fn never_leaves_the_encrypted_way() {
        let url = |text: &str| Url::parse(text).unwrap();
        let server = url("https://canard.example:8443/cloud/");
        let at = |given: &str| reachable(&server, url(given)).map(|url| url.to_string());
        assert_eq!(
            at("http://canard.example/cloud/login/v2/flow/x").unwrap(),
            "https://canard.example:8443/cloud/login/v2/flow/x"
        );
        assert_eq!(
            at("https://other.example/x").unwrap(),
            "https://other.example/x"
        );
        assert!(matches!(
            at("http://other.example/x"),
            Err(LoginError::Insecure(_))
        ));
        assert!(at("javascript:alert(1)").is_err());
        let poll = |given: &str| poll_address(&server, url(given)).unwrap().to_string();
        assert_eq!(
            poll("https://canard.example:8443/cloud/login/v2/poll"),
            "https://canard.example:8443/cloud/login/v2/poll"
        );
        for elsewhere in [
            "https://evil.example/poll",
            "http://canard.example/cloud/poll",
        ] {
            assert_eq!(
                poll(elsewhere),
                "https://canard.example:8443/cloud/index.php/login/v2/poll"
            );
        }
    }
}
