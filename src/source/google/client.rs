use std::time::{Duration, SystemTime};

use backon::{ExponentialBuilder, Retryable as _};
use http::StatusCode;
use reqwest::{Method, RequestBuilder, Response};
use secrecy::{ExposeSecret as _, SecretString};
use serde::de::DeserializeOwned;
use url::Url;

use super::error::{ApiError, Failure};
use super::item::Locator;
use super::wire::{FILE_FIELDS, File, StartPageToken};
use crate::auth::oauth::TokenSource;
use crate::model::is_loopback;
use crate::net::{Net, NetError, redact_url, retry_after};

const GOOGLE: &str = "https://www.googleapis.com";
/// More than a page of a thousand files ever has.
const LONGEST_ANSWER: usize = 64 * 1024 * 1024;
const LONGEST_ERROR: usize = 64 * 1024;
/// Longer than this a survey does not wait by itself.
const PATIENCE: Duration = Duration::from_secs(120);

/// Requests to Drive in the name of one account.
#[derive(Debug)]
pub(super) struct Client {
    net: Net,
    base: Url,
    tokens: TokenSource,
}

/// Whether a request may carry the account's token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trust {
    /// Google's API and its document editors.
    Token,
    /// Google's download hosts: their addresses are keys by themselves.
    NoToken,
}

pub(super) type Query<'a> = [(&'a str, &'a str)];

impl Client {
    pub(super) fn new(endpoint: Option<&Url>, tokens: TokenSource) -> Result<Self, NetError> {
        let base = match endpoint {
            Some(endpoint) if is_loopback(endpoint) => endpoint.as_str().trim_end_matches('/'),
            Some(endpoint) => return Err(NetError::Insecure(redact_url(endpoint))),
            None => GOOGLE,
        };
        let base = Url::parse(&format!("{base}/drive/v3/"))
            .map_err(|_| NetError::Insecure(base.to_owned()))?;
        Ok(Self {
            net: Net::for_host(&base)?,
            base,
            tokens,
        })
    }

    /// One short, repeatable request: what passes is waited for.
    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        path: &[&str],
        query: &Query<'_>,
        keys: &[&Locator],
    ) -> Result<T, Failure> {
        self.get_patiently(8, path, query, keys).await
    }

    /// As [`Self::get`], with at most `times` repetitions.
    pub(super) async fn get_patiently<T: DeserializeOwned>(
        &self,
        times: usize,
        path: &[&str],
        query: &Query<'_>,
        keys: &[&Locator],
    ) -> Result<T, Failure> {
        let retry = ExponentialBuilder::default()
            .with_min_delay(Duration::from_millis(250))
            .with_max_delay(Duration::from_secs(32))
            .with_max_times(times)
            .with_jitter();
        (async || {
            let request = self.request(&self.net.api, path, query, keys);
            read_json(self.send(request).await?).await
        })
        .retry(retry)
        .when(Failure::is_passing)
        .adjust(|failure, pause| match failure.retry_after() {
            Some(wait) if wait > PATIENCE => None,
            Some(wait) => pause.map(|pause| pause.max(wait)),
            None => pause,
        })
        .notify(|failure, pause| tracing::debug!(?failure, ?pause, "asking Drive again"))
        .await
    }

    /// The metadata of one file.
    pub(super) async fn file(&self, locator: &Locator) -> Result<File, Failure> {
        let query = [("fields", FILE_FIELDS), ("supportsAllDrives", "true")];
        self.get(&["files", &locator.id], &query, &[locator]).await
    }

    /// The id of My Drive's top, which `root` stands for.
    pub(super) async fn root(&self) -> Result<String, Failure> {
        let file: File = self
            .get(&["files", "root"], &[("fields", "id")], &[])
            .await?;
        Ok(file.id)
    }

    /// Where `changes` will go on from: everything from now on.
    pub(super) async fn start_page_token(&self, drive: Option<&str>) -> Result<String, Failure> {
        let mut query = vec![("supportsAllDrives", "true")];
        query.extend(drive.map(|drive| ("driveId", drive)));
        let token: StartPageToken = self
            .get(&["changes", "startPageToken"], &query, &[])
            .await?;
        Ok(token.start_page_token)
    }

    /// Asks for content once: what to do about a failure is the queue's matter.
    pub(super) async fn content(
        &self,
        path: &[&str],
        query: &Query<'_>,
        locator: &Locator,
        from: u64,
    ) -> Result<Response, Failure> {
        let mut request = self.request(&self.net.content, path, query, &[locator]);
        if from > 0 {
            request = request.header(http::header::RANGE, format!("bytes={from}-"));
        }
        self.send(request).await
    }

    /// Asks for content at an address that Drive gave.
    pub(super) async fn content_at(&self, address: &Url) -> Result<Response, Failure> {
        let request = self.net.content.request(Method::GET, address.clone());
        match self.trust(address) {
            Some(Trust::Token) => self.send(request).await,
            Some(Trust::NoToken) => {
                let answer = request.send().await.map_err(network)?;
                check(answer).await
            }
            None => Err(Failure::Untrusted(redact_url(address))),
        }
    }

    /// Who is at an address that came in an answer. On a practice server: that server and nobody else.
    pub(super) fn trust(&self, address: &Url) -> Option<Trust> {
        if is_loopback(&self.base) {
            return (address.origin() == self.base.origin()).then_some(Trust::Token);
        }
        let host = address.host_str().filter(|_| address.scheme() == "https")?;
        let within = |domain: &str| {
            host.strip_suffix(domain)
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        // Signing in is a person's matter: no token, and no content, is found there.
        if host == "accounts.google.com" || address.port().is_some() {
            None
        } else if within("google.com") || within("googleapis.com") {
            Some(Trust::Token)
        } else {
            within("googleusercontent.com").then_some(Trust::NoToken)
        }
    }

    fn request(
        &self,
        client: &reqwest::Client,
        path: &[&str],
        query: &Query<'_>,
        keys: &[&Locator],
    ) -> RequestBuilder {
        let mut address = self.base.clone();
        if let Ok(mut segments) = address.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        let request = client.request(Method::GET, address).query(query);
        let keys: Vec<String> = keys.iter().filter_map(|key| key.header()).collect();
        if keys.is_empty() {
            request
        } else {
            request.header("X-Goog-Drive-Resource-Keys", keys.join(","))
        }
    }

    /// Sends with the account's token; once more with a new one after a 401.
    async fn send(&self, request: RequestBuilder) -> Result<Response, Failure> {
        let token = self.tokens.access().await?;
        let again = request.try_clone();
        let answer = bearer(request, &token).await?;
        match again {
            Some(again) if answer.status() == StatusCode::UNAUTHORIZED => {
                let token = self.tokens.instead_of(&token).await?;
                check(bearer(again, &token).await?).await
            }
            _ => check(answer).await,
        }
    }
}

/// Without the address: nothing of it belongs into a log.
fn network(error: reqwest::Error) -> Failure {
    Failure::Network(error.without_url())
}

async fn bearer(request: RequestBuilder, token: &SecretString) -> Result<Response, Failure> {
    let request = request.bearer_auth(token.expose_secret());
    request.send().await.map_err(network)
}

/// Lets success and redirects pass; reads what an error says.
async fn check(answer: Response) -> Result<Response, Failure> {
    let status = answer.status();
    if status.is_success() || status.is_redirection() || status == StatusCode::RANGE_NOT_SATISFIABLE
    {
        return Ok(answer);
    }
    let wait = retry_after(answer.headers(), SystemTime::now());
    // An error whose explanation broke off is still that error.
    let body = read_up_to(answer, LONGEST_ERROR).await.unwrap_or_default();
    Err(Failure::Api(ApiError::read(status.as_u16(), wait, &body)))
}

async fn read_json<T: DeserializeOwned>(answer: Response) -> Result<T, Failure> {
    let status = answer.status();
    if status != StatusCode::OK {
        return Err(Failure::Unreadable(format!("status {status}")));
    }
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
