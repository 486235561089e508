//! The Microsoft source against the practice Microsoft: personal accounts and those of organisations.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

#[path = "microsoft_source/bad_weather.rs"]
mod bad_weather;
#[path = "microsoft_source/content.rs"]
mod content;
#[allow(dead_code)]
#[path = "google_source/inventory.rs"]
mod inventory;
#[path = "microsoft_source/second_run.rs"]
mod second_run;
#[path = "microsoft_source/sign_in.rs"]
mod sign_in;
#[path = "microsoft_source/sites.rs"]
mod sites;
#[path = "microsoft_source/survey.rs"]
mod survey;

use inventory::Inventory;
use secrecy::SecretString;
use transhumance::auth::oauth::{ClientCredentials, Provider, Tenant, TokenSource};
use transhumance::model::{Item, ItemKind, Scope};
use transhumance::practice::microsoft::{Account, Config, Control, Server};
use transhumance::practice::world::Sizes;
use transhumance::source::microsoft::MicrosoftFiles;
use transhumance::source::{Source as _, SourceError};

const BOTH: [Account; 2] = [Account::Personal, Account::Work];

/// A practice Microsoft, and an account that is signed in to it.
struct Practice {
    server: Server,
    config: Config,
}

impl Practice {
    async fn with(account: Account, items: u64) -> Self {
        let config = Config {
            sizes: Sizes::Tiny,
            ..Config::new(account, 7, items)
        };
        let server = Server::start(config.clone()).await.unwrap();
        Self { server, config }
    }

    fn control(&self) -> &Control {
        self.server.control()
    }

    /// Graph's id of a trap.
    fn raw(&self, label: &str) -> String {
        let found = self.control().labelled(label);
        found.unwrap_or_else(|| panic!("no trap {label}"))
    }

    /// The program's id of a trap.
    fn id(&self, label: &str) -> String {
        self.id_of(&self.raw(label))
    }

    fn id_of(&self, raw: &str) -> String {
        let node = self.control().item(raw).unwrap();
        format!("{}:{}", node.drive, node.id).to_lowercase()
    }

    fn provider(&self) -> Provider {
        let sites = self.config.account == Account::Work;
        let tenant = Tenant::new(None, sites);
        Provider::microsoft(&tenant, &Scope::default(), Some(self.server.endpoint())).unwrap()
    }

    fn client(&self) -> ClientCredentials {
        ClientCredentials {
            id: self.config.client_id.clone(),
            secret: None,
        }
    }

    fn tokens(&self) -> TokenSource {
        let refresh = SecretString::from(self.server.refresh_token());
        TokenSource::headless(self.provider(), self.client(), refresh).unwrap()
    }

    fn source_with(&self, sites: &[&str], scope: &Scope) -> MicrosoftFiles {
        let sites: Vec<String> = sites.iter().map(|&site| site.to_owned()).collect();
        let endpoint = Some(self.server.endpoint());
        let files = Scope {
            calendars: false,
            contacts: false,
            tasks: false,
            ..scope.clone()
        };
        MicrosoftFiles::new(endpoint, self.tokens(), &sites, &files).unwrap()
    }

    fn source(&self) -> MicrosoftFiles {
        self.source_with(&[], &Scope::default())
    }

    async fn survey(&self) -> Inventory {
        self.survey_with(&[], &Scope::default()).await
    }

    async fn survey_with(&self, sites: &[&str], scope: &Scope) -> Inventory {
        let mut inventory = Inventory::default();
        let source = self.source_with(sites, scope);
        inventory.survey(&source).await.unwrap();
        inventory
    }
}

fn with_shared() -> Scope {
    Scope {
        shared_with_me: true,
        ..Scope::default()
    }
}

/// The whole content, from a byte on.
async fn read(source: &MicrosoftFiles, item: &Item, from: u64) -> Result<Vec<u8>, SourceError> {
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
