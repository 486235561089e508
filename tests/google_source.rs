//! The Google source against the practice Google.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

#[path = "google_source/bad_weather.rs"]
mod bad_weather;
#[path = "google_source/calendars.rs"]
mod calendars;
#[path = "google_source/contacts.rs"]
mod contacts;
#[path = "google_source/content.rs"]
mod content;
#[path = "google_source/inventory.rs"]
mod inventory;
#[path = "google_source/second_run.rs"]
mod second_run;
#[path = "google_source/sign_in.rs"]
mod sign_in;
#[path = "google_source/survey.rs"]
mod survey;
#[path = "google_source/tasks.rs"]
mod tasks;

use inventory::Inventory;
use secrecy::SecretString;
use transhumance::auth::oauth::{ClientCredentials, GOOGLE_DRIVE_SCOPE, Provider, TokenSource};
use transhumance::model::{Item, ItemKind, Scope};
use transhumance::practice::google::{Config, Control, Server};
use transhumance::practice::world::Sizes;
use transhumance::source::google::GoogleSource;
use transhumance::source::{Source as _, SourceError};

/// A practice Google, and an account that is signed in to it.
struct Practice {
    server: Server,
    config: Config,
}

impl Practice {
    async fn of(config: Config) -> Self {
        let server = Server::start(config.clone()).await.unwrap();
        Self { server, config }
    }

    async fn with(items: u64) -> Self {
        let config = Config {
            sizes: Sizes::Tiny,
            ..Config::new(7, items)
        };
        Self::of(config).await
    }

    fn control(&self) -> &Control {
        self.server.control()
    }

    fn id(&self, label: &str) -> String {
        let found = self.control().labelled(label);
        found.unwrap_or_else(|| panic!("no trap {label}"))
    }

    fn tokens(&self) -> TokenSource {
        let provider =
            Provider::google(&[GOOGLE_DRIVE_SCOPE], Some(self.server.endpoint())).unwrap();
        let refresh = SecretString::from(self.server.refresh_token());
        TokenSource::headless(provider, self.credentials(), refresh).unwrap()
    }

    /// Signed in for what `scope` needs, with the boxes ticked that the server says.
    fn asking_for(&self, scope: &Scope) -> GoogleSource {
        let endpoint = Some(self.server.endpoint());
        let provider = Provider::google_for(scope, endpoint).unwrap();
        let tokens = TokenSource::headless(
            provider,
            self.credentials(),
            self.server.refresh_token().into(),
        );
        GoogleSource::new(endpoint, tokens.unwrap(), scope).unwrap()
    }

    fn credentials(&self) -> ClientCredentials {
        ClientCredentials {
            id: self.config.client_id.clone(),
            secret: Some(self.config.client_secret.as_str().into()),
        }
    }

    fn source_with(&self, scope: &Scope) -> GoogleSource {
        GoogleSource::new(Some(self.server.endpoint()), self.tokens(), scope).unwrap()
    }

    fn source(&self) -> GoogleSource {
        self.source_with(&files_only())
    }

    async fn survey(&self) -> Inventory {
        self.survey_with(&files_only()).await
    }

    async fn survey_with(&self, scope: &Scope) -> Inventory {
        let mut inventory = Inventory::default();
        inventory.survey(&self.source_with(scope)).await.unwrap();
        inventory
    }
}

fn files_only() -> Scope {
    Scope {
        calendars: false,
        contacts: false,
        tasks: false,
        ..Scope::default()
    }
}

fn with_shared() -> Scope {
    Scope {
        shared_with_me: true,
        ..files_only()
    }
}

/// The whole content, from a byte on.
async fn read(source: &GoogleSource, item: &Item, from: u64) -> Result<Vec<u8>, SourceError> {
    use futures::TryStreamExt as _;
    let content = source.read(item, from).await?;
    let parts: Vec<_> = content.stream.try_collect().await?;
    let bytes = parts.concat();
    assert!(
        content
            .length
            .is_none_or(|length| length == bytes.len() as u64)
    );
    Ok(bytes)
}

fn files(inventory: &Inventory) -> impl Iterator<Item = &Item> {
    inventory
        .all()
        .filter(|item| item.kind == ItemKind::File && item.obstacle.is_none())
}
