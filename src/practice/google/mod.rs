//! A practice Google: OAuth 2, Drive v3, Calendar v3 with CalDAV, People v1 and Tasks v1 as far as reading
//! goes, with the answers, the errors and the
//! oddities of the real one. It writes nothing: what would change something is refused.

mod api;
mod asked;
mod consent;
mod control;
mod drive;
mod error;
mod fields;
mod ids;
mod media;
mod node;
mod oauth;
mod pim;
mod query;
mod schema;
mod service;
mod signin;
mod state;
mod traps;
mod weather;

use std::convert::Infallible;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use axum::routing::{get, post};
use hyper::body::Incoming;
use hyper::service::{Service as _, service_fn};
use hyper::{Method, Request};
use hyper_util::service::TowerToHyperService;
use url::Url;

pub use control::Control;
pub use node::{Digests, FOLDER, Node, NodeKind, Obstacle, Owner, Reach};
pub use oauth::AutoConsent;
pub use pim::{
    Amounts, Attachment, Calendar, Conference, Contact, Event, EventKind, Group, Guest, Moment,
    Photo, Reminder, Role, Series, Status, Task, TaskList, Visibility,
};
pub use service::Service;
pub use traps::SharedDrive;

use super::faults::Faults;
use super::wire::Listening;
use super::world::{ACCOUNT, Sizes};
use state::Shared;

/// The world, the client that is registered, and how the server behaves.
#[derive(Debug, Clone)]
pub struct Config {
    pub seed: u64,
    /// Seeded items, from none to a million and more; about 200 traps come on top.
    pub items: u64,
    pub sizes: Sizes,
    /// Seeded events, contacts and tasks; some sixty events and thirty contacts come on top.
    pub amounts: Amounts,
    pub client_id: String,
    pub client_secret: String,
    pub faults: Faults,
    /// Added to each answer.
    pub latency: Duration,
    /// `None`: any free one.
    pub port: Option<u16>,
    /// A folder that keeps tokens and edits across restarts.
    pub storage: Option<PathBuf>,
    /// Bytes that `files.export` gives at the most.
    pub export_limit: u64,
}

impl Config {
    pub fn new(seed: u64, items: u64) -> Self {
        Self {
            seed,
            items,
            sizes: Sizes::for_items(items),
            amounts: Amounts::beside(items),
            client_id: "104792840012-canardbleu.apps.googleusercontent.com".to_owned(),
            client_secret: "GOCSPX-practice-canard-bleu".to_owned(),
            faults: Faults::none(),
            latency: Duration::ZERO,
            port: None,
            storage: None,
            export_limit: 10 * 1024 * 1024,
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("the practice Google cannot listen: {0}")]
    Listen(#[source] std::io::Error),
    #[error("the practice Google cannot read its state {}: {cause}", path.display())]
    Storage {
        path: PathBuf,
        #[source]
        cause: std::io::Error,
    },
}

/// A running practice Google. Dropping it stops it.
#[derive(Debug)]
pub struct Server {
    listening: Listening,
    control: Control,
    refresh_token: String,
}

impl Server {
    /// Starts on loopback.
    ///
    /// # Errors
    /// When the port cannot be had or the stored state cannot be read.
    pub async fn start(config: Config) -> Result<Self, StartError> {
        let shared = Arc::new(Shared::new(&config)?);
        let router = router(shared.clone());
        let control = Control(shared.clone());
        let service = service_fn(move |request: Request<Incoming>| {
            let (shared, router) = (shared.clone(), router.clone());
            async move { Ok::<Response, Infallible>(answer(&shared, router, request).await) }
        });
        let listening = Listening::start(config.port, service)
            .await
            .map_err(StartError::Listen)?;
        Ok(Self {
            listening,
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
    }
}

fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/o/oauth2/v2/auth", get(signin::auth).post(signin::decide))
        .route("/token", post(signin::token))
        .route("/revoke", post(signin::revoke))
        .route("/oauth2/v3/userinfo", get(signin::userinfo))
        .route("/drive/v3/about", get(api::about))
        .route("/drive/v3/files", get(api::list))
        .route("/drive/v3/files/{id}", get(api::get))
        .route("/drive/v3/files/{id}/export", get(media::export))
        .route("/drive/v3/files/{id}/permissions", get(api::permissions))
        .route("/drive/v3/drives", get(api::drives))
        .route("/drive/v3/drives/{id}", get(api::one_drive))
        .route("/drive/v3/changes", get(api::changes))
        .route(
            "/drive/v3/changes/startPageToken",
            get(api::start_page_token),
        )
        .route(
            "/feeds/download/documents/export/Export",
            get(media::export_link),
        )
        .route(
            "/feeds/download/presentations/Export",
            get(media::export_link),
        )
        .route("/feeds/download/drawings/Export", get(media::export_link))
        .route("/spreadsheets/export", get(media::export_link))
        .merge(pim::routes())
        .fallback(weather::unknown)
        .method_not_allowed_fallback(weather::refuse_writing)
        .with_state(shared)
}

async fn answer(shared: &Shared, router: Router, request: Request<Incoming>) -> Response {
    let request = as_meant(request.map(Body::new)).await;
    let operation = weather::operation(request.method(), request.uri());
    shared.count(operation, request.uri().path());
    if !shared.latency.is_zero() {
        tokio::time::sleep(shared.latency).await;
    }
    let storm = weather::Storm::over(shared, operation, &request);
    let router = TowerToHyperService::new(router);
    storm
        .befall(async move {
            match router.call(request).await {
                Ok(answer) => answer,
                Err(never) => match never {},
            }
        })
        .await
}

/// A `GET` whose address would be too long comes as a `POST` with its query for a body; Google's own clients
/// do that from 2,048 characters on.
async fn as_meant(request: Request<Body>) -> Request<Body> {
    let override_to = request.headers().get("x-http-method-override");
    if request.method() != Method::POST || override_to.is_none_or(|method| method != "GET") {
        return request;
    }
    let (mut parts, body) = request.into_parts();
    let query = axum::body::to_bytes(body, LONGEST_QUERY)
        .await
        .unwrap_or_default();
    let path = parts.uri.path();
    let address = format!("{path}?{}", String::from_utf8_lossy(&query));
    if let Ok(address) = address.parse() {
        parts.uri = address;
        parts.method = Method::GET;
    }
    Request::from_parts(parts, Body::empty())
}

const LONGEST_QUERY: usize = 64 * 1024;

#[cfg(test)]
mod tests;
