use std::time::{Duration, SystemTime};

use backon::{ExponentialBuilder, Retryable as _};
use http::header::{LOCATION, RANGE, USER_AGENT};
use http::{HeaderMap, StatusCode};
use reqwest::{Method, RequestBuilder, Response};
use secrecy::{ExposeSecret as _, SecretString};
use serde::de::DeserializeOwned;
use tokio::sync::Semaphore;
use url::Url;

use super::error::{ApiError, Failure};
use super::ids::{DriveRef, Locator};
use super::pace::{Cost, Pace};
use super::wire::{DriveItem, ITEM_FIELDS, Page};
use crate::auth::oauth::TokenSource;
use crate::model::is_loopback;
use crate::net::{Net, NetError, redact_url, retry_after};

const GRAPH: &str = "https://graph.microsoft.com";
/// Traffic that says who it is suffers less from limits
/// (<https://learn.microsoft.com/sharepoint/dev/general-development/how-to-avoid-getting-throttled-or-blocked-in-sharepoint-online>).
const AGENT: &str = concat!(
    "NONISV|Transhumance|Transhumance/",
    env!("CARGO_PKG_VERSION")
);
/// Without it, folders of others that were added to one's own files are missing from the list of changes.
const SHARED_FOLDERS: (&str, &str) = ("Prefer", "Include-Feature=AddToOneDrive");
/// Requests of one app to one mailbox at a time
/// (<https://learn.microsoft.com/graph/throttling-limits#outlook-service-limits>).
pub(super) const MAILBOX_AT_ONCE: usize = 4;
/// More than a page of a thousand items ever has.
const LONGEST_ANSWER: usize = 64 * 1024 * 1024;
const LONGEST_ERROR: usize = 64 * 1024;
/// Longer than this a survey does not wait by itself.
const PATIENCE: Duration = Duration::from_secs(300);
/// A download is handed on once; more hops than this lead nowhere.
const MOST_HOPS: usize = 4;

/// Requests to Graph in the name of one account.
#[derive(Debug)]
pub(super) struct Client {
    net: Net,
    base: Url,
    tokens: TokenSource,
    pace: Pace,
    /// Turns to ask the mailbox.
    mailbox: Semaphore,
}

pub(super) type Query<'a> = [(&'a str, &'a str)];

impl Client {
    pub(super) fn new(endpoint: Option<&Url>, tokens: TokenSource) -> Result<Self, NetError> {
        let base = match endpoint {
            Some(endpoint) if is_loopback(endpoint) => endpoint.as_str().trim_end_matches('/'),
            Some(endpoint) => return Err(NetError::Insecure(redact_url(endpoint))),
            None => GRAPH,
        };
        let base = Url::parse(&format!("{base}/v1.0/"))
            .map_err(|_| NetError::Insecure(base.to_owned()))?;
        Ok(Self {
            net: Net::for_host(&base)?,
            base,
            tokens,
            pace: Pace::default(),
            mailbox: Semaphore::new(MAILBOX_AT_ONCE),
        })
    }

    /// An address of the API.
    pub(super) fn address(&self, path: &[&str], query: &Query<'_>) -> Url {
        let mut address = self.base.clone();
        if let Ok(mut segments) = address.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        if !query.is_empty() {
            address.query_pairs_mut().extend_pairs(query);
        }
        address
    }

    /// An address that came in an answer: the token goes to the API and to nobody else.
    pub(super) fn link(&self, link: &str) -> Result<Url, Failure> {
        let address =
            Url::parse(link).map_err(|_| Failure::Untrusted("no address at all".into()))?;
        if address.origin() == self.base.origin() {
            Ok(address)
        } else {
            Err(Failure::Untrusted(redact_url(&address)))
        }
    }

    /// One short, repeatable request: what passes is waited for.
    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        address: &Url,
        cost: Cost,
    ) -> Result<T, Failure> {
        self.get_patiently(8, address, cost).await
    }

    /// As [`Self::get`], with at most `times` repetitions.
    pub(super) async fn get_patiently<T: DeserializeOwned>(
        &self,
        times: usize,
        address: &Url,
        cost: Cost,
    ) -> Result<T, Failure> {
        patiently(times, || async {
            let request = self
                .request(&self.net.api, address)
                .header(SHARED_FOLDERS.0, SHARED_FOLDERS.1);
            read_json(self.send(request, cost).await?).await
        })
        .await
    }

    /// As [`Self::get`], of the mailbox: calendars, contacts and To Do. `prefer`: how the answer should be
    /// written (RFC 7240).
    pub(super) async fn ask<T: DeserializeOwned>(
        &self,
        address: &Url,
        prefer: &str,
    ) -> Result<T, Failure> {
        patiently(8, || async {
            let _turn = self.mailbox.acquire().await;
            let request = self.request(&self.net.api, address);
            let request = request.header("Prefer", prefer);
            read_json(self.send(request, Cost::One).await?).await
        })
        .await
    }

    /// A whole collection of the mailbox that is known to be short: calendars, folders, lists.
    pub(super) async fn ask_all<T: DeserializeOwned>(
        &self,
        first: &Url,
        prefer: &str,
    ) -> Result<Vec<T>, Failure> {
        let mut all = Vec::new();
        let mut next = Some(first.clone());
        while let Some(address) = next {
            let page: Page<T> = self.ask(&address, prefer).await?;
            all.extend(page.value);
            next = match page.next_link {
                Some(link) => Some(self.link(&link)?),
                None => None,
            };
        }
        Ok(all)
    }

    /// Bytes that the mailbox keeps, such as a picture; more than `limit` of them are a failure.
    pub(super) async fn ask_bytes(&self, address: &Url, limit: usize) -> Result<Vec<u8>, Failure> {
        patiently(8, || async {
            let _turn = self.mailbox.acquire().await;
            let request = self.request(&self.net.content, address);
            read_up_to(self.send(request, Cost::One).await?, limit).await
        })
        .await
    }

    /// What of all that is wanted the sign-in does not cover.
    pub(super) async fn not_granted(&self) -> Result<Vec<String>, Failure> {
        Ok(self.tokens.not_granted().await?)
    }

    /// The metadata of one item.
    pub(super) async fn item(&self, locator: &Locator) -> Result<DriveItem, Failure> {
        let path = ["drives", &locator.drive.id, "items", &locator.item];
        let address = self.address(&path, &[("$select", ITEM_FIELDS)]);
        self.get(&address, Cost::One).await
    }

    pub(super) async fn root(&self, drive: &DriveRef) -> Result<DriveItem, Failure> {
        let address = self.address(&["drives", &drive.id, "root"], &[("$select", "id")]);
        self.get(&address, Cost::One).await
    }

    /// Where the list of all that a drive holds, or a folder of a personal one, begins.
    pub(super) fn delta(&self, drive: &DriveRef, folder: Option<&str>) -> Url {
        let query = [("$select", ITEM_FIELDS), ("$top", "1000")];
        match folder {
            None => self.address(&["drives", &drive.id, "root", "delta"], &query),
            Some(folder) => self.address(&["drives", &drive.id, "items", folder, "delta"], &query),
        }
    }

    /// Where the list of what lies directly in a folder begins.
    pub(super) fn children(&self, folder: &Locator) -> Url {
        let query = [("$select", ITEM_FIELDS), ("$top", "1000")];
        let path = [
            "drives",
            &folder.drive.id,
            "items",
            &folder.item,
            "children",
        ];
        self.address(&path, &query)
    }

    /// A whole collection that is known to be short: sites, libraries, channels.
    pub(super) async fn all<T: DeserializeOwned>(&self, first: &Url) -> Result<Vec<T>, Failure> {
        let mut all = Vec::new();
        let mut next = Some(first.clone());
        while let Some(address) = next {
            let page: Page<T> = self.get(&address, Cost::Two).await?;
            all.extend(page.value);
            next = match page.next_link {
                Some(link) => Some(self.link(&link)?),
                None => None,
            };
        }
        Ok(all)
    }

    /// Asks for content once: what to do about a failure is the queue's matter. The address that Graph
    /// gives for it holds for minutes; one that has ended is replaced once.
    pub(super) async fn content(&self, locator: &Locator, from: u64) -> Result<Response, Failure> {
        let mut again = true;
        loop {
            let answer = match self.content_address(locator).await? {
                Handed::Here(answer) => return Ok(answer),
                Handed::To(address) => self.download(address, from).await?,
            };
            let ended = matches!(answer.status().as_u16(), 401 | 403 | 404 | 410);
            if !ended {
                return check(answer).await;
            }
            match check(answer).await {
                Err(Failure::Api(error)) if error.is_malware() => return Err(Failure::Api(error)),
                _ if again => again = false,
                // A refusal holds; anything else says nothing of the account or the file.
                Err(Failure::Api(error)) if error.status != 403 => {
                    return Err(Failure::DeadLink(error.status));
                }
                answer => return answer,
            }
        }
    }

    /// Whether content can be had at all, as far as Graph itself says.
    pub(super) async fn probe(&self, locator: &Locator) -> Result<(), Failure> {
        self.content_address(locator).await.map(drop)
    }

    /// Where the content is.
    async fn content_address(&self, locator: &Locator) -> Result<Handed, Failure> {
        let path = [
            "drives",
            &locator.drive.id,
            "items",
            &locator.item,
            "content",
        ];
        let address = self.address(&path, &[]);
        let request = self.request(&self.net.content, &address);
        let answer = self.send(request, Cost::One).await?;
        if !answer.status().is_redirection() {
            return Ok(Handed::Here(answer));
        }
        Ok(Handed::To(self.download_address(&address, &answer)?))
    }

    /// The address that a redirect leads to: encrypted, or on this computer with a practice server.
    fn download_address(&self, from: &Url, answer: &Response) -> Result<Url, Failure> {
        let location = answer.headers().get(LOCATION);
        let address = location
            .and_then(|location| from.join(location.to_str().ok()?).ok())
            .ok_or_else(|| Failure::Unreadable("a redirect to no address".into()))?;
        let right = if is_loopback(&self.base) {
            is_loopback(&address) && matches!(address.scheme(), "http" | "https")
        } else {
            address.scheme() == "https" && !is_loopback(&address)
        };
        if right {
            Ok(address)
        } else {
            Err(Failure::Untrusted(redact_url(&address)))
        }
    }

    /// From the host that has the content. Its address is a key by itself: no token goes there.
    async fn download(&self, mut address: Url, from: u64) -> Result<Response, Failure> {
        for _ in 0..MOST_HOPS {
            let mut request = self.request(&self.net.content, &address);
            if from > 0 {
                request = request.header(RANGE, format!("bytes={from}-"));
            }
            let answer = request.send().await.map_err(network)?;
            if !answer.status().is_redirection() {
                return Ok(answer);
            }
            address = self.download_address(&address, &answer)?;
        }
        Err(Failure::Unreadable("redirected without an end".into()))
    }

    fn request(&self, client: &reqwest::Client, address: &Url) -> RequestBuilder {
        client
            .request(Method::GET, address.clone())
            .header(USER_AGENT, AGENT)
    }

    /// Sends with the account's token; once more with a new one after a 401.
    async fn send(&self, request: RequestBuilder, cost: Cost) -> Result<Response, Failure> {
        let token = self.tokens.access().await?;
        let again = request.try_clone();
        let answer = self.bearer(request, &token, cost).await?;
        match again {
            Some(again) if answer.status() == StatusCode::UNAUTHORIZED => {
                let token = self.tokens.instead_of(&token).await?;
                check(self.bearer(again, &token, cost).await?).await
            }
            _ => check(answer).await,
        }
    }

    async fn bearer(
        &self,
        request: RequestBuilder,
        token: &SecretString,
        cost: Cost,
    ) -> Result<Response, Failure> {
        self.pace.wait(cost).await;
        let request = request.bearer_auth(token.expose_secret());
        let answer = request.send().await.map_err(network)?;
        let pause = match answer.status().as_u16() {
            429 | 503 | 509 => wait_of(answer.headers()),
            _ => None,
        };
        // What is longer than anybody here waits for is told instead.
        let pause = pause.filter(|pause| *pause <= PATIENCE);
        self.pace.learn(answer.headers(), pause);
        Ok(answer)
    }
}

/// Asks again, at most `times` times, for what passes.
async fn patiently<T, F>(times: usize, ask: impl FnMut() -> F) -> Result<T, Failure>
where
    F: Future<Output = Result<T, Failure>>,
{
    let retry = ExponentialBuilder::default()
        .with_min_delay(Duration::from_millis(250))
        .with_max_delay(Duration::from_secs(32))
        .with_max_times(times)
        .with_jitter();
    ask.retry(retry)
        .when(Failure::is_passing)
        .adjust(|failure, pause| match failure.retry_after() {
            Some(wait) if wait > PATIENCE => None,
            Some(wait) => pause.map(|pause| pause.max(wait)),
            None => pause,
        })
        .notify(|failure, pause| tracing::debug!(?failure, ?pause, "asking Graph again"))
        .await
}

/// What `/content` answers.
enum Handed {
    /// The content itself; a range cannot be asked for there.
    Here(Response),
    /// The address that has it.
    To(Url),
}

fn wait_of(headers: &HeaderMap) -> Option<Duration> {
    retry_after(headers, SystemTime::now())
}

/// Without the address: nothing of it belongs into a log.
fn network(error: reqwest::Error) -> Failure {
    Failure::Network(error.without_url())
}

/// Lets success and redirects pass; reads what an error says.
async fn check(answer: Response) -> Result<Response, Failure> {
    let status = answer.status();
    if status.is_success() || status.is_redirection() || status == StatusCode::RANGE_NOT_SATISFIABLE
    {
        return Ok(answer);
    }
    let headers = answer.headers().clone();
    let wait = wait_of(&headers);
    // An error whose explanation broke off is still that error.
    let body = read_up_to(answer, LONGEST_ERROR).await.unwrap_or_default();
    let mut error = ApiError::read(status.as_u16(), wait, &body);
    error.infected = headers.contains_key("x-virus-infected");
    let resync = status == StatusCode::GONE
        && error
            .codes
            .iter()
            .any(|code| code.to_ascii_lowercase().starts_with("resync"));
    match headers.get(LOCATION) {
        Some(location) if status == StatusCode::GONE => {
            Err(Failure::Resync(location.to_str().ok().map(str::to_owned)))
        }
        _ if resync => Err(Failure::Resync(None)),
        _ => Err(Failure::Api(error)),
    }
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
