//! A practice Dropbox: OAuth 2 and the API v2 as far as reading goes, with the answers, the errors and the
//! oddities of the real one. It writes nothing.

mod call;
mod control;
mod error;
mod files;
mod ids;
mod media;
mod node;
mod oauth;
mod sharing;
mod signin;
mod state;
mod store;
mod traps;
mod users;
mod weather;

use std::convert::Infallible;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::response::Response;
use http::HeaderName;
use hyper::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use url::Url;

pub use control::Control;
pub use node::{Access, Exportable, Node, NodeKind, Obstacle, Paths, Shared as SharedFolder};
pub use oauth::{AutoConsent, SCOPES};

use super::faults::Faults;
use super::wire::Listening;
use super::world::{ACCOUNT, Sizes};
use call::Call;
use error::{Answer, Refusal, set};
use state::Shared;

/// Longer bodies are no arguments.
const LONGEST_BODY: usize = 1 << 20;

/// Whose account it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountKind {
    Personal,
    /// A team with a space of its own: the root holds the team folders and the member's folder.
    Team,
    /// A team of the older kind: team folders are mounted in the member's home.
    OldTeam,
}

/// The world, the app that is registered, and how the server behaves.
#[derive(Debug, Clone)]
pub struct Config {
    pub seed: u64,
    /// Seeded items, from none to a million and more; about 90 traps come on top.
    pub items: u64,
    pub sizes: Sizes,
    pub account: AccountKind,
    /// The app key.
    pub client_id: String,
    /// The app secret, which a desktop app does not have.
    pub client_secret: String,
    /// The redirect URIs that are registered in the App Console.
    pub redirects: Vec<String>,
    pub faults: Faults,
    /// Added to each answer.
    pub latency: Duration,
    /// `None`: any free one.
    pub port: Option<u16>,
    /// A folder that keeps sign-ins across restarts.
    pub storage: Option<PathBuf>,
}

impl Config {
    pub fn new(seed: u64, items: u64) -> Self {
        Self {
            seed,
            items,
            sizes: Sizes::for_items(items),
            account: AccountKind::Team,
            client_id: "canardbleu12345".to_owned(),
            client_secret: "s3cr3tcanardbl3".to_owned(),
            redirects: (17_645..=17_647)
                .map(|port| format!("http://127.0.0.1:{port}/"))
                .collect(),
            faults: Faults::none(),
            latency: Duration::ZERO,
            port: None,
            storage: None,
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("the practice Dropbox cannot listen: {0}")]
    Listen(#[source] std::io::Error),
    #[error("the practice Dropbox cannot read its state {}: {cause}", path.display())]
    Storage {
        path: PathBuf,
        #[source]
        cause: std::io::Error,
    },
}

/// A running practice Dropbox. Dropping it stops it.
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
        let control = Control(shared.clone());
        let service = service_fn(move |request: Request<Incoming>| {
            let shared = shared.clone();
            async move { Ok::<Response, Infallible>(answer(shared, request).await) }
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

async fn answer(shared: Arc<Shared>, request: Request<Incoming>) -> Response {
    let (parts, body) = request.into_parts();
    let connection = parts.extensions.get().cloned().unwrap_or_default();
    let Ok(body) = to_bytes(Body::new(body), LONGEST_BODY).await else {
        return Refusal::server(413, None).into_response();
    };
    let path = parts.uri.path();
    let query = parts.uri.query().unwrap_or_default();
    let call = Call {
        method: parts.method,
        route: path.strip_prefix("/2/").unwrap_or(path).to_owned(),
        query: url::form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect(),
        headers: parts.headers,
        body,
        shared,
    };
    call.shared.count(&call.route);
    if !call.shared.latency.is_zero() {
        tokio::time::sleep(call.shared.latency).await;
    }
    let storm = weather::Storm::over(&call, connection);
    let id = call.shared.request_id();
    let answer = async move { serve(&call).unwrap_or_else(Refusal::into_response) };
    let mut answer = storm.befall(answer).await;
    set(
        &mut answer,
        HeaderName::from_static("x-dropbox-request-id"),
        &id,
    );
    answer
}

/// A route: the host it is on, the scope it takes, and who answers.
type Route = (Host, &'static str, fn(&Call) -> Answer);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Host {
    Web,
    Api,
    Content,
    Notify,
}

fn route(name: &str) -> Option<Route> {
    const INFO: &str = "account_info.read";
    const METADATA: &str = "files.metadata.read";
    const CONTENT: &str = "files.content.read";
    const SHARING: &str = "sharing.read";
    Some(match name {
        "/oauth2/authorize" => (Host::Web, "", signin::authorize),
        "/oauth2/token" => (Host::Api, "", signin::token),
        "auth/token/revoke" => (Host::Api, "", signin::revoke),
        "users/get_current_account" => (Host::Api, INFO, users::get_current_account),
        "users/get_space_usage" => (Host::Api, INFO, users::get_space_usage),
        "files/list_folder" => (Host::Api, METADATA, files::list_folder),
        "files/list_folder/continue" => (Host::Api, METADATA, files::list_folder_continue),
        "files/list_folder/get_latest_cursor" => (Host::Api, METADATA, files::get_latest_cursor),
        "files/list_folder/longpoll" => (Host::Notify, METADATA, files::longpoll),
        "files/get_metadata" => (Host::Api, METADATA, files::get_metadata),
        "files/download" => (Host::Content, CONTENT, media::download),
        "files/export" => (Host::Content, CONTENT, media::export),
        "sharing/list_folders" => (Host::Api, SHARING, sharing::list_folders),
        "sharing/list_folders/continue" => (Host::Api, SHARING, sharing::list_folders_continue),
        "sharing/list_folder_members" => (Host::Api, SHARING, sharing::list_folder_members),
        "sharing/list_received_files" => (Host::Api, SHARING, sharing::list_received_files),
        "sharing/list_received_files/continue" => {
            (Host::Api, SHARING, sharing::list_received_files_continue)
        }
        "sharing/list_shared_links" => (Host::Api, SHARING, sharing::list_shared_links),
        "sharing/get_shared_link_metadata" => {
            (Host::Api, SHARING, sharing::get_shared_link_metadata)
        }
        "sharing/get_shared_link_file" => (Host::Content, SHARING, sharing::get_shared_link_file),
        _ => return None,
    })
}

/// Who reaches us under Dropbox's own names, through a proxy that ends TLS, must have come to the right one.
fn is_right_host(call: &Call, host: Host) -> bool {
    let name = call.header("host").unwrap_or_default();
    let name = name.split(':').next().unwrap_or_default();
    let Some(first) = name
        .strip_suffix(".dropboxapi.com")
        .or(name.strip_suffix(".dropbox.com"))
    else {
        return true;
    };
    match host {
        Host::Web => first == "www",
        // The token endpoint answers on both.
        Host::Api => first == "api" || call.route == "/oauth2/token",
        Host::Content => first == "content",
        Host::Notify => first == "notify",
    }
}

fn serve(call: &Call) -> Answer {
    let unknown = || Refusal::unknown_route(&call.route);
    let (host, scope, handler) = route(&call.route).ok_or_else(unknown)?;
    if !is_right_host(call, host) {
        return Err(unknown());
    }
    let open = matches!(host, Host::Web | Host::Notify) || call.route == "/oauth2/token";
    if !open {
        call.authorise(scope)?;
    }
    handler(call)
}

#[cfg(test)]
mod tests;
