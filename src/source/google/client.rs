use std::time::{Duration, SystemTime};

use backon::{BackoffBuilder as _, ExponentialBuilder};
use http::StatusCode;
use reqwest::{Method, RequestBuilder, Response};
use secrecy::{ExposeSecret as _, SecretString};
use serde::de::DeserializeOwned;
use tokio::io::{AsyncSeekExt as _, AsyncWriteExt as _};
use url::Url;

use super::error::{ApiError, Failure};
use super::item::Locator;
use super::wire::{FILE_FIELDS, File, StartPageToken};
use crate::auth::oauth::TokenSource;
use crate::model::is_loopback;
use crate::net::{Net, NetError, redact_url, retry_after};

/// More than a page of a thousand files ever has.
const LONGEST_ANSWER: usize = 64 * 1024 * 1024;
const LONGEST_ERROR: usize = 64 * 1024;
/// How often a request is repeated.
const TIMES: usize = 8;
/// The last bytes of a long answer, which tell whether it is whole.
const TAIL: usize = 64;
/// Longer than this a survey does not wait by itself.
const PATIENCE: Duration = Duration::from_secs(120);

/// One of Google's APIs, by the address that it is reached at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Api {
    Drive,
    Calendar,
    CalDav,
    People,
    Tasks,
}

impl Api {
    /// Google's host, and the path, which a practice server has, too.
    const fn place(self) -> (&'static str, &'static str) {
        match self {
            Self::Drive => ("https://www.googleapis.com", "/drive/v3/"),
            Self::Calendar => ("https://www.googleapis.com", "/calendar/v3/"),
            Self::CalDav => ("https://apidata.googleusercontent.com", "/caldav/v2/"),
            Self::People => ("https://people.googleapis.com", "/v1/"),
            Self::Tasks => ("https://tasks.googleapis.com", "/tasks/v1/"),
        }
    }
}

/// Requests to Google in the name of one account.
#[derive(Debug)]
pub(super) struct Client {
    net: Net,
    /// A practice server on this computer, instead of Google.
    practice: Option<Url>,
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
        if let Some(endpoint) = endpoint.filter(|endpoint| !is_loopback(endpoint)) {
            return Err(NetError::Insecure(redact_url(endpoint)));
        }
        let client = Self {
            net: Net::for_host(&base(endpoint, Api::Drive)?)?,
            practice: endpoint.cloned(),
            tokens,
        };
        Ok(client)
    }

    /// What of all that was asked for at the sign-in is not granted.
    pub(super) async fn not_granted(&self) -> Result<Vec<String>, Failure> {
        Ok(self.tokens.not_granted().await?)
    }

    /// One short, repeatable request to Drive: what passes is waited for.
    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        path: &[&str],
        query: &Query<'_>,
        keys: &[&Locator],
    ) -> Result<T, Failure> {
        let mut patience = Patience::new(TIMES);
        loop {
            match self.get_once(Api::Drive, path, query, keys).await {
                Err(failure) => patience.wait(failure).await?,
                answer => return answer,
            }
        }
    }

    /// As [`Self::get`], of any API.
    pub(super) async fn ask<T: DeserializeOwned>(
        &self,
        api: Api,
        path: &[&str],
        query: &Query<'_>,
    ) -> Result<T, Failure> {
        self.ask_patiently(TIMES, api, path, query).await
    }

    /// As [`Self::ask`], with at most `times` repetitions.
    pub(super) async fn ask_patiently<T: DeserializeOwned>(
        &self,
        times: usize,
        api: Api,
        path: &[&str],
        query: &Query<'_>,
    ) -> Result<T, Failure> {
        let mut patience = Patience::new(times);
        loop {
            match self.get_once(api, path, query, &[]).await {
                Err(failure) => patience.wait(failure).await?,
                answer => return answer,
            }
        }
    }

    async fn get_once<T: DeserializeOwned>(
        &self,
        api: Api,
        path: &[&str],
        query: &Query<'_>,
        keys: &[&Locator],
    ) -> Result<T, Failure> {
        let request = self.request(&self.net.api, api, path, query, keys)?;
        read_json(self.send(request).await?).await
    }

    /// Writes an answer of any length to `file`, from its beginning, as often as it takes to get it whole:
    /// `is_whole` looks at the last bytes of it.
    pub(super) async fn fetch(
        &self,
        api: Api,
        path: &[&str],
        file: &std::fs::File,
        is_whole: fn(&[u8]) -> bool,
    ) -> Result<(), Failure> {
        let mut patience = Patience::new(TIMES);
        loop {
            match self.fetch_once(api, path, file).await {
                Ok(tail) if is_whole(&tail) => return Ok(()),
                Ok(_) => {
                    let failure = Failure::Unreadable("an answer that broke off".into());
                    patience.wait(failure).await?;
                }
                Err(failure) => patience.wait(failure).await?,
            }
        }
    }

    /// The last bytes of what was written.
    async fn fetch_once(
        &self,
        api: Api,
        path: &[&str],
        file: &std::fs::File,
    ) -> Result<Vec<u8>, Failure> {
        let request = self.request(&self.net.api, api, path, &[], &[])?;
        let mut answer = self.send(request).await?;
        let mut file = tokio::fs::File::from_std(file.try_clone().map_err(Failure::Disk)?);
        file.set_len(0).await.map_err(Failure::Disk)?;
        file.rewind().await.map_err(Failure::Disk)?;
        let mut tail = Vec::new();
        while let Some(bytes) = answer.chunk().await.map_err(network)? {
            file.write_all(&bytes).await.map_err(Failure::Disk)?;
            let from = bytes.len().saturating_sub(TAIL);
            tail.extend_from_slice(bytes.get(from..).unwrap_or_default());
            tail.drain(..tail.len().saturating_sub(TAIL));
        }
        file.flush().await.map_err(Failure::Disk)?;
        Ok(tail)
    }

    /// Whether an API answers at all, without reading what it says.
    pub(super) async fn probe(&self, api: Api, path: &[&str]) -> Result<(), Failure> {
        let mut patience = Patience::new(TIMES);
        loop {
            let request = self.request(&self.net.api, api, path, &[], &[])?;
            match self.send(request).await {
                Ok(_) => return Ok(()),
                Err(failure) => patience.wait(failure).await?,
            }
        }
    }

    /// A picture, of at most `limit` bytes, at an address that Google gave.
    pub(super) async fn picture(&self, address: &Url, limit: usize) -> Result<Vec<u8>, Failure> {
        let mut patience = Patience::new(TIMES);
        loop {
            match self.picture_once(address, limit).await {
                Err(failure) => patience.wait(failure).await?,
                picture => return picture,
            }
        }
    }

    async fn picture_once(&self, address: &Url, limit: usize) -> Result<Vec<u8>, Failure> {
        let answer = self.content_at(address).await?;
        if answer.status() != StatusCode::OK {
            return Err(Failure::Unreadable(format!("status {}", answer.status())));
        }
        let expected = answer.content_length();
        let bytes = read_up_to(answer, limit).await?;
        match expected {
            Some(length) if length != bytes.len() as u64 => {
                Err(Failure::Unreadable("a picture that broke off".into()))
            }
            _ => Ok(bytes),
        }
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
        let mut request = self.request(&self.net.content, Api::Drive, path, query, &[locator])?;
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
        if let Some(practice) = &self.practice {
            return (address.origin() == practice.origin()).then_some(Trust::Token);
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
        api: Api,
        path: &[&str],
        query: &Query<'_>,
        keys: &[&Locator],
    ) -> Result<RequestBuilder, Failure> {
        let mut address = base(self.practice.as_ref(), api)
            .map_err(|error| Failure::Unreadable(error.to_string()))?;
        if let Ok(mut segments) = address.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        let request = client.request(Method::GET, address).query(query);
        let keys: Vec<String> = keys.iter().filter_map(|key| key.header()).collect();
        Ok(if keys.is_empty() {
            request
        } else {
            request.header("X-Goog-Drive-Resource-Keys", keys.join(","))
        })
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

/// The pauses between the attempts of one request.
struct Patience(backon::ExponentialBackoff);

impl Patience {
    fn new(times: usize) -> Self {
        let pauses = ExponentialBuilder::default()
            .with_min_delay(Duration::from_millis(250))
            .with_max_delay(Duration::from_secs(32))
            .with_max_times(times)
            .with_jitter();
        Self(pauses.build())
    }

    /// Waits until it is worth trying again; gives the failure back where it is not.
    async fn wait(&mut self, failure: Failure) -> Result<(), Failure> {
        if !failure.is_passing() {
            return Err(failure);
        }
        let pause = match (self.0.next(), failure.retry_after()) {
            (None, _) => return Err(failure),
            (Some(_), Some(wait)) if wait > PATIENCE => return Err(failure),
            (Some(pause), wait) => pause.max(wait.unwrap_or_default()),
        };
        tracing::debug!(?failure, ?pause, "asking Google again");
        tokio::time::sleep(pause).await;
        Ok(())
    }
}

/// The address of an API, or of the practice server's form of it.
fn base(practice: Option<&Url>, api: Api) -> Result<Url, NetError> {
    let (google, path) = api.place();
    let host = practice.map_or(google, |practice| practice.as_str().trim_end_matches('/'));
    Url::parse(&format!("{host}{path}")).map_err(|_| NetError::Insecure(host.to_owned()))
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
