//! A practice Microsoft: its OAuth 2 and Graph's drives, sites, teams, calendars, contacts and tasks as far
//! as reading goes, with the answers, the errors and the oddities of the real one. It writes nothing: what would change something is
//! refused.

mod api;
mod asked;
mod consent;
mod control;
mod delta;
mod error;
mod ids;
mod mailbox;
mod media;
mod node;
mod oauth;
mod route;
mod signin;
mod state;
mod store;
mod traps;
mod weather;

use std::collections::HashMap;
use std::convert::Infallible;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use http::{Method, StatusCode};
use hyper::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use url::Url;

pub use control::Control;
pub use node::{Listing, Node, NodeKind, Owner, Remote, Stated};
pub use oauth::AutoConsent;
pub use traps::{Channel, Drive, Site, Team};

use super::faults::Faults;
use super::outlook::Amounts;
use super::wire::{Connection, Listening};
use super::world::{ACCOUNT, Sizes};
use error::ApiError;
use route::Call;
use state::Shared;

/// Whose account it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Account {
    Personal,
    /// Of an organisation, with SharePoint and Teams.
    Work,
}

/// The world, the app that is registered, and how the server behaves.
#[derive(Debug, Clone)]
pub struct Config {
    pub seed: u64,
    pub account: Account,
    /// Seeded items, from none to a million and more; about 100 traps come on top.
    pub items: u64,
    pub sizes: Sizes,
    /// Seeded events, contacts and tasks, besides their own traps.
    pub amounts: Amounts,
    /// Runs on people's computers, without a secret.
    pub client_id: String,
    /// The same, for programs that always send a secret.
    pub confidential_client_id: String,
    /// The organisation's GUID.
    pub tenant_id: String,
    /// The organisation's domain.
    pub domain: String,
    pub faults: Faults,
    /// Added to each answer.
    pub latency: Duration,
    /// `None`: any free one.
    pub port: Option<u16>,
    /// A folder that keeps tokens and edits across restarts.
    pub storage: Option<PathBuf>,
}

impl Config {
    pub fn new(account: Account, seed: u64, items: u64) -> Self {
        Self {
            seed,
            account,
            items,
            sizes: Sizes::for_items(items),
            amounts: Amounts::beside(items),
            client_id: "ca4a4d1e-0000-4000-8000-00000000b1e0".to_owned(),
            confidential_client_id: "ca4a4d1e-0000-4000-8000-00000000b1e1".to_owned(),
            tenant_id: "ca4a4d1e-0000-4000-8000-0000000000ca".to_owned(),
            domain: "canard-bleu.example".to_owned(),
            faults: Faults::none(),
            latency: Duration::ZERO,
            port: None,
            storage: None,
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("the practice Microsoft cannot listen: {0}")]
    Listen(#[source] std::io::Error),
    #[error("the practice Microsoft cannot read its state {}: {cause}", path.display())]
    Storage {
        path: PathBuf,
        #[source]
        cause: std::io::Error,
    },
}

/// A running practice Microsoft. Dropping it stops it.
#[derive(Debug)]
pub struct Server {
    listening: Listening,
    downloads: Listening,
    control: Control,
    refresh_token: String,
}

impl Server {
    /// Starts on loopback: one port for signing in and Graph, another one for downloads.
    ///
    /// # Errors
    /// When a port cannot be had or the stored state cannot be read.
    pub async fn start(config: Config) -> Result<Self, StartError> {
        let shared = Arc::new(Shared::new(&config)?);
        let of_downloads = shared.clone();
        let downloads = service_fn(move |request: Request<Incoming>| {
            let shared = of_downloads.clone();
            async move { Ok::<Response, Infallible>(answer_download(&shared, request).await) }
        });
        let downloads = Listening::start(None, downloads)
            .await
            .map_err(StartError::Listen)?;
        *shared
            .downloads
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = downloads.url().to_string();
        let control = Control(shared.clone());
        let service = service_fn(move |request: Request<Incoming>| {
            let shared = shared.clone();
            async move { Ok::<Response, Infallible>(answer(&shared, request).await) }
        });
        let listening = Listening::start(config.port, service)
            .await
            .map_err(StartError::Listen)?;
        Ok(Self {
            listening,
            downloads,
            control,
            refresh_token: oauth::first_refresh_token(config.seed),
        })
    }

    /// The base of all addresses: `http://127.0.0.1:PORT/`.
    pub fn endpoint(&self) -> &Url {
        self.listening.url()
    }

    /// The mail address of the account.
    pub fn account(&self) -> &'static str {
        ACCOUNT.mail
    }

    /// A refresh token for reading everything, the same for the same seed.
    pub fn refresh_token(&self) -> &str {
        &self.refresh_token
    }

    pub fn control(&self) -> &Control {
        &self.control
    }

    /// Ends all connections and waits until nothing runs any more.
    pub async fn stop(self) {
        self.listening.stop().await;
        self.downloads.stop().await;
    }
}

/// Forms are short.
const LONGEST_FORM: usize = 256 * 1024;

async fn answer(shared: &Arc<Shared>, request: Request<Incoming>) -> Response {
    let call = Call::read(request.uri().path());
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let operation = match &call {
        Call::Graph(_) if !reads => "write",
        call => weather::operation(call),
    };
    shared.count(operation, request.uri().path());
    let mailbox = match &call {
        Call::Graph(route::Graph::Mailbox(_)) => Some(shared.enter_mailbox()),
        _ => None,
    };
    if !shared.latency.is_zero() {
        tokio::time::sleep(shared.latency).await;
    }
    let connection: Option<Connection> = request.extensions().get().cloned();
    let storm = weather::Storm::over(shared, operation, request.uri(), connection);
    if mailbox
        .as_ref()
        .is_some_and(state::InMailbox::is_one_too_many)
    {
        shared.count("too many at once", "");
        return ApiError::too_many_at_once().into_response();
    }
    let (limits, too_much) = match &call {
        Call::Graph(_) => shared.spend(weather::cost(operation, request.uri())),
        _ => (Vec::new(), false),
    };
    let reset = limits.last().map(|(_, reset)| reset.clone());
    let answer = storm
        .befall(async {
            if too_much {
                shared.count("limited", "");
                let wait = reset.unwrap_or_default();
                return ApiError::throttled()
                    .with("retry-after", wait)
                    .into_response();
            }
            handle(shared, &call, reads, request).await
        })
        .await;
    drop(mailbox);
    weather::tell_limit(answer, limits)
}

async fn handle(
    shared: &Arc<Shared>,
    call: &Call,
    reads: bool,
    request: Request<Incoming>,
) -> Response {
    let (parts, body) = request.into_parts();
    let query = pairs(parts.uri.query().unwrap_or_default().as_bytes());
    let (method, headers) = (&parts.method, &parts.headers);
    if let Call::Graph(graph) = call {
        if !reads {
            return ApiError::only_reads().into_response();
        }
        let request = api::Request {
            shared,
            params: &query,
            headers,
        };
        return request
            .answer(graph)
            .unwrap_or_else(ApiError::into_response);
    }
    let body = axum::body::to_bytes(Body::new(body), LONGEST_FORM).await;
    let form = pairs(&body.unwrap_or_default());
    match call {
        Call::Authorize(tenant) => signin::authorize(shared, tenant, method, &query, &form),
        Call::Token(tenant) if *method == Method::POST => {
            signin::token(shared, tenant, headers, form)
        }
        Call::DeviceCode(tenant) if *method == Method::POST => {
            signin::device_code(shared, tenant, headers, &form)
        }
        Call::DeviceLogin => signin::device_login(shared, method, &form),
        Call::AdminConsent(tenant) => signin::admin_consent(shared, tenant, method, &query, &form),
        _ => weather::page(StatusCode::NOT_FOUND),
    }
}

async fn answer_download(shared: &Arc<Shared>, request: Request<Incoming>) -> Response {
    shared.count("download", request.uri().path());
    if !shared.latency.is_zero() {
        tokio::time::sleep(shared.latency).await;
    }
    let connection: Option<Connection> = request.extensions().get().cloned();
    let storm = weather::Storm::over(shared, "download", request.uri(), connection);
    storm
        .befall(async { media::download(shared, request.uri(), request.headers()) })
        .await
}

fn pairs(text: &[u8]) -> HashMap<String, String> {
    url::form_urlencoded::parse(text).into_owned().collect()
}

#[cfg(test)]
mod tests;
