use std::fmt::Write as _;
use std::time::{Duration, SystemTime};

use backon::{ExponentialBuilder, Retryable as _};
use http::StatusCode;
use reqwest::{RequestBuilder, Response};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;
use url::Url;

use super::error::{ApiError, Failure};
use super::wire::{Account, CursorArg, LimitArg, Paged};
use crate::auth::oauth::TokenSource;
use crate::model::is_loopback;
use crate::net::{Net, NetError, redact_url, retry_after};

const API: &str = "https://api.dropboxapi.com";
const CONTENT: &str = "https://content.dropboxapi.com";
/// More than a page of two thousand entries ever has.
const LONGEST_ANSWER: usize = 64 * 1024 * 1024;
const LONGEST_ERROR: usize = 64 * 1024;
/// Before a request is repeated for the first time.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// Longer than this a survey does not wait by itself. Dropbox asks for up to five minutes.
const PATIENCE: Duration = Duration::from_secs(600);
/// Access tokens that one request is tried with.
const MOST_TOKENS: usize = 4;

/// Requests to Dropbox in the name of one account.
#[derive(Debug)]
pub(super) struct Client {
    net: Net,
    api: Url,
    content: Url,
    tokens: TokenSource,
    first_pause: Duration,
}

/// What the paths of a request are relative to
/// (<https://www.dropbox.com/developers/reference/path-root-header-modes>).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Root {
    /// The member's own folder.
    Home,
    /// The space of the team, if it still is this one.
    Team(String),
    /// A shared folder or a team folder.
    Namespace(String),
}

impl Root {
    fn header(&self) -> Option<String> {
        let value = match self {
            Self::Home => return None,
            Self::Team(id) => serde_json::json!({".tag": "root", "root": id}),
            Self::Namespace(id) => {
                serde_json::json!({".tag": "namespace_id", "namespace_id": id})
            }
        };
        Some(ascii(&value.to_string()))
    }
}

impl Client {
    pub(super) fn new(endpoint: Option<&Url>, tokens: TokenSource) -> Result<Self, NetError> {
        let (api, content) = match endpoint {
            Some(endpoint) if is_loopback(endpoint) => {
                let base = endpoint.as_str().trim_end_matches('/');
                (base, base)
            }
            Some(endpoint) => return Err(NetError::Insecure(redact_url(endpoint))),
            None => (API, CONTENT),
        };
        let address = |base: &str| {
            Url::parse(&format!("{base}/2/")).map_err(|_| NetError::Insecure(base.to_owned()))
        };
        let api = address(api)?;
        Ok(Self {
            net: Net::for_host(&api)?,
            content: address(content)?,
            api,
            tokens,
            first_pause: FIRST_PAUSE,
        })
    }

    #[cfg(test)]
    pub(super) fn in_a_hurry(mut self) -> Self {
        self.first_pause = Duration::from_millis(1);
        self
    }

    /// One short, repeatable request: what passes is waited for.
    pub(super) async fn rpc<T: DeserializeOwned>(
        &self,
        route: &str,
        root: &Root,
        arg: &impl Serialize,
    ) -> Result<T, Failure> {
        self.rpc_patiently(8, route, root, arg).await
    }

    /// As [`Self::rpc`], with at most `times` repetitions.
    pub(super) async fn rpc_patiently<T: DeserializeOwned>(
        &self,
        times: usize,
        route: &str,
        root: &Root,
        arg: &impl Serialize,
    ) -> Result<T, Failure> {
        let retry = ExponentialBuilder::default()
            .with_min_delay(self.first_pause)
            .with_max_delay(Duration::from_secs(32))
            .with_max_times(times)
            .with_jitter();
        let body = encode(arg)?;
        (async || {
            let request = address(&self.api, route)
                .map(|url| self.net.api.post(url))?
                .header(http::header::CONTENT_TYPE, "application/json")
                .body(body.clone());
            read_json(self.send(request, root).await?).await
        })
        .retry(retry)
        .when(Failure::is_passing)
        .adjust(|failure, pause| match failure.retry_after() {
            Some(wait) if wait > PATIENCE => None,
            Some(wait) => pause.map(|pause| pause.max(wait)),
            None => pause,
        })
        .notify(|failure, pause| tracing::debug!(?failure, ?pause, "asking Dropbox again"))
        .await
    }

    /// Asks for content once: what to do about a failure is the queue's matter.
    pub(super) async fn content(
        &self,
        route: &str,
        root: &Root,
        arg: &impl Serialize,
        from: u64,
    ) -> Result<Response, Failure> {
        let mut request = address(&self.content, route)
            .map(|url| self.net.content.post(url))?
            .header("Dropbox-API-Arg", ascii(&encode(arg)?));
        if from > 0 {
            request = request.header(http::header::RANGE, format!("bytes={from}-"));
        }
        self.send(request, root).await
    }

    /// Whose account it is.
    pub(super) async fn account(&self, times: usize) -> Result<Account, Failure> {
        self.rpc_patiently(times, "users/get_current_account", &Root::Home, &())
            .await
    }

    /// The first page of a list, or with `cursor` the one that it leads to.
    pub(super) async fn list<T: DeserializeOwned>(
        &self,
        route: &str,
        root: &Root,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Paged<T>, Failure> {
        match cursor {
            None => self.rpc(route, root, &LimitArg { limit }).await,
            Some(cursor) => {
                let route = format!("{route}/continue");
                self.rpc(&route, root, &CursorArg { cursor }).await
            }
        }
    }

    /// Sends with the account's token; again with a new one where that can help. The new one may have been
    /// another request's, and be at its end as well.
    async fn send(&self, request: RequestBuilder, root: &Root) -> Result<Response, Failure> {
        let request = match root.header() {
            Some(header) => request.header("Dropbox-API-Path-Root", header),
            None => request,
        };
        let mut token = self.tokens.access().await?;
        for _ in 1..MOST_TOKENS {
            let Some(attempt) = request.try_clone() else {
                break;
            };
            match checked(attempt, &token).await {
                Err(Failure::Api(error)) if error.wants_another_token() => {
                    token = self.tokens.instead_of(&token).await?;
                }
                answer => return answer,
            }
        }
        checked(request, &token).await
    }
}

fn address(base: &Url, route: &str) -> Result<Url, Failure> {
    base.join(route)
        .map_err(|_| Failure::Unreadable("a route that is no address".into()))
}

/// The argument of a route; of one without any, `null`.
fn encode(arg: &impl Serialize) -> Result<String, Failure> {
    serde_json::to_string(arg).map_err(|error| Failure::Unreadable(error.to_string()))
}

/// JSON for a header: what is not ASCII, and 0x7F, is escaped as UTF-16
/// (<https://www.dropbox.com/developers/reference/json-encoding>).
fn ascii(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        if c.is_ascii() && c != '\u{7f}' {
            text.push(c);
        } else {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                let _ = write!(text, "\\u{unit:04x}");
            }
        }
    }
    text
}

/// Without the address: nothing of it belongs into a log.
fn network(error: reqwest::Error) -> Failure {
    Failure::Network(error.without_url())
}

/// Lets success pass; reads what an error says.
async fn checked(request: RequestBuilder, token: &SecretString) -> Result<Response, Failure> {
    let request = request.bearer_auth(token.expose_secret());
    let answer = request.send().await.map_err(network)?;
    let status = answer.status();
    if status.is_success() || status == StatusCode::RANGE_NOT_SATISFIABLE {
        return Ok(answer);
    }
    let wait = retry_after(answer.headers(), SystemTime::now());
    let id = answer.headers().get("x-dropbox-request-id").cloned();
    // An error whose explanation broke off is still that error.
    let body = read_up_to(answer, LONGEST_ERROR).await.unwrap_or_default();
    let error = ApiError::read(status.as_u16(), wait, &body);
    tracing::debug!(%status, tags = ?error.tags, ?id, "Dropbox refused");
    Err(Failure::Api(error))
}

async fn read_json<T: DeserializeOwned>(answer: Response) -> Result<T, Failure> {
    let body = read_up_to(answer, LONGEST_ANSWER).await?;
    serde_json::from_slice(&body).map_err(|error| {
        // Only the place: the text itself is somebody's file names.
        let (line, column) = (error.line(), error.column());
        Failure::Unreadable(format!("not the expected JSON at {line}:{column}"))
    })
}

async fn read_up_to(mut answer: Response, limit: usize) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    while let Some(bytes) = answer.chunk().await.map_err(network)? {
        if body.len() + bytes.len() > limit {
            return Err(Failure::Unreadable("an answer that is too long".into()));
        }
        body.extend_from_slice(&bytes);
    }
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_ascii() {
        // The example of the documentation.
        let json = "{\"field\":\"some_üñîcødé_and_\u{7f}\"}";
        assert_eq!(
            ascii(json),
            "{\"field\":\"some_\\u00fc\\u00f1\\u00eec\\u00f8d\\u00e9_and_\\u007f\"}"
        );
        assert_eq!(ascii("\u{1f986}"), "\\ud83e\\udd86");
    }

    #[test]
    fn a_route_without_an_argument_gets_null() {
        assert_eq!(encode(&()).unwrap(), "null");
    }

    #[test]
    fn roots() {
        assert_eq!(Root::Home.header(), None);
        assert_eq!(
            Root::Team("7".into()).header().as_deref(),
            Some("{\".tag\":\"root\",\"root\":\"7\"}")
        );
        assert_eq!(
            Root::Namespace("8".into()).header().as_deref(),
            Some("{\".tag\":\"namespace_id\",\"namespace_id\":\"8\"}")
        );
    }
}
