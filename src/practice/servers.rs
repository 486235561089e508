//! All practice servers together, as a rehearsal needs them.

use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;

use super::content::Content;
use super::faults::Faults;
use super::world::Sizes;
use super::{dropbox, google, microsoft, nextcloud, world};

/// The account of the practice Nextclouds.
const USER: &str = "camille";
const FILM: &str = "film.bin";
const PASSWORD: &str = "canard-bleu-2026";

/// The world and how its servers behave.
#[derive(Debug, Clone)]
pub struct Options {
    pub seed: u64,
    /// Seeded items of the Google and of the old Nextcloud, besides the traps.
    pub items: u64,
    /// Files are of 2 KB at the most, however few there are.
    pub tiny: bool,
    /// One more file at the top of each cloud, of this many bytes.
    pub film: Option<u64>,
    /// Seeded events, contacts and tasks of the Google.
    pub amounts: google::Amounts,
    /// The share of requests, from 0 to 1, that something befalls at their first try.
    pub faults: f64,
    /// Added to each answer.
    pub latency: Duration,
    /// Bytes that the Nextcloud has room for; `None`: no limit.
    pub quota: Option<u64>,
    /// `None`: any free one.
    pub google_port: Option<u16>,
    /// `None`: any free one.
    pub microsoft_port: Option<u16>,
    pub dropbox_port: Option<u16>,
    /// Whose account the Microsoft one is.
    pub microsoft: microsoft::Account,
    /// `None`: any free one.
    pub nextcloud_port: Option<u16>,
    /// Where the servers keep what must outlive them.
    pub storage: PathBuf,
}

impl Options {
    const fn sizes(&self) -> Sizes {
        if self.tiny {
            Sizes::Tiny
        } else {
            Sizes::for_items(self.items)
        }
    }

    fn film(&self) -> Option<Content> {
        self.film.map(|length| Content::noise(self.seed, length))
    }
}

#[derive(Debug, thiserror::Error)]
pub enum ServersError {
    #[error(transparent)]
    Google(#[from] google::StartError),
    #[error(transparent)]
    Microsoft(#[from] microsoft::StartError),
    #[error(transparent)]
    Dropbox(#[from] dropbox::StartError),
    #[error(transparent)]
    Nextcloud(#[from] nextcloud::PracticeError),
}

impl ServersError {
    /// What the system said, and whether it is about listening rather than about the storage.
    pub fn into_cause(self) -> (std::io::Error, bool) {
        match self {
            Self::Google(google::StartError::Listen(cause))
            | Self::Microsoft(microsoft::StartError::Listen(cause))
            | Self::Dropbox(dropbox::StartError::Listen(cause))
            | Self::Nextcloud(nextcloud::PracticeError::Listen(cause)) => (cause, true),
            Self::Google(google::StartError::Storage { cause, .. })
            | Self::Microsoft(microsoft::StartError::Storage { cause, .. })
            | Self::Dropbox(dropbox::StartError::Storage { cause, .. })
            | Self::Nextcloud(nextcloud::PracticeError::Storage(cause)) => (cause, false),
        }
    }
}

/// Addresses and logins, in the form of the file that `practice --serve --ready` writes.
#[derive(Debug, Clone, Serialize)]
pub struct Logins {
    pub google: GoogleLogin,
    pub microsoft: MicrosoftLogin,
    pub dropbox: DropboxLogin,
    pub nextcloud: NextcloudLogin,
    pub old_nextcloud: NextcloudLogin,
}

#[derive(Debug, Clone, Serialize)]
pub struct GoogleLogin {
    pub endpoint: String,
    pub account: String,
    pub client_id: String,
    pub client_secret: String,
    pub refresh_token: String,
}

#[derive(Debug, Clone, Serialize)]
pub struct MicrosoftLogin {
    pub endpoint: String,
    pub account: String,
    pub client_id: String,
    /// For programs that always send a secret: any.
    pub confidential_client_id: String,
    pub tenant: String,
    pub refresh_token: String,
    /// The account's own drive, for programs that want to be told.
    pub drive_id: String,
    pub drive_type: String,
    /// Addresses of sites that can be taken along.
    pub sites: Vec<String>,
}

#[derive(Debug, Clone, Serialize)]
pub struct DropboxLogin {
    pub endpoint: String,
    pub account: String,
    /// The app key.
    pub client_id: String,
    /// For programs that always send one.
    pub client_secret: String,
    pub refresh_token: String,
}

#[derive(Debug, Clone, Serialize)]
pub struct NextcloudLogin {
    pub url: String,
    pub user: String,
    pub password: String,
}

/// The running servers. Dropping them stops them.
#[derive(Debug)]
pub struct Servers {
    google: google::Server,
    microsoft: microsoft::Server,
    dropbox: dropbox::Server,
    nextcloud: nextcloud::Server,
    old_nextcloud: nextcloud::Server,
    logins: Logins,
}

impl Servers {
    /// Starts all of them on loopback.
    ///
    /// # Errors
    /// When a port cannot be had or the storage cannot be used.
    pub async fn start(options: &Options) -> Result<Self, ServersError> {
        let faults = || match options.faults {
            share if share > 0.0 => Faults::seeded(options.seed, share),
            _ => Faults::none(),
        };
        let config = google::Config {
            faults: faults(),
            latency: options.latency,
            port: options.google_port,
            storage: Some(options.storage.join("google")),
            amounts: options.amounts,
            ..google::Config::new(options.seed, options.items)
        };
        let config = google::Config {
            sizes: options.sizes(),
            ..config
        };
        let (client_id, client_secret) = (config.client_id.clone(), config.client_secret.clone());
        let google = google::Server::start(config).await?;
        if let Some(film) = options.film() {
            google.control().add_file("root", FILM, film);
        }

        let (microsoft, microsoft_login) = start_microsoft(options, faults()).await?;

        let (dropbox, dropbox_login) = start_dropbox(options, faults()).await?;

        let camille = || nextcloud::User {
            display_name: world::ACCOUNT.name.to_owned(),
            mail: Some(world::ACCOUNT.mail.to_owned()),
            ..nextcloud::User::new(USER, PASSWORD)
        };
        let account = nextcloud::User {
            quota: options.quota,
            ..camille()
        };
        let nextcloud = nextcloud::Server::start(nextcloud::Config {
            seed: options.seed,
            faults: faults(),
            latency: options.latency,
            port: options.nextcloud_port,
            ..nextcloud::Config::new(options.storage.join("nextcloud"), vec![account])
        })
        .await?;

        let account = nextcloud::User {
            space: Some(nextcloud::Seeded::new(options.seed, options.items)),
            agenda: Some(nextcloud::Agenda::beside(options.seed, options.items)),
            ..camille()
        };
        // Somebody who shares a calendar or two.
        let other = world::person(0);
        let other = nextcloud::User {
            display_name: other.name.to_owned(),
            mail: Some(other.mail.to_owned()),
            ..nextcloud::User::new("noemie", PASSWORD)
        };
        let old_nextcloud = nextcloud::Server::start(nextcloud::Config {
            seed: options.seed,
            faults: faults(),
            latency: options.latency,
            ..nextcloud::Config::new(options.storage.join("old-nextcloud"), vec![account, other])
        })
        .await?;

        let login = |server: &nextcloud::Server| NextcloudLogin {
            url: server.url().as_str().trim_end_matches('/').to_owned(),
            user: USER.to_owned(),
            password: PASSWORD.to_owned(),
        };
        let logins = Logins {
            google: GoogleLogin {
                endpoint: google.endpoint().as_str().trim_end_matches('/').to_owned(),
                account: google.account().to_owned(),
                client_id,
                client_secret,
                refresh_token: google.refresh_token().to_owned(),
            },
            microsoft: microsoft_login,
            dropbox: dropbox_login,
            nextcloud: login(&nextcloud),
            old_nextcloud: login(&old_nextcloud),
        };
        Ok(Self {
            google,
            microsoft,
            dropbox,
            nextcloud,
            old_nextcloud,
            logins,
        })
    }

    pub const fn logins(&self) -> &Logins {
        &self.logins
    }

    /// The ports of the Google and of the Nextcloud, to be had again by the next start.
    pub fn ports(&self) -> (Option<u16>, Option<u16>) {
        (self.google.endpoint().port(), self.nextcloud.url().port())
    }

    /// That of the Microsoft.
    pub fn microsoft_port(&self) -> Option<u16> {
        self.microsoft.endpoint().port()
    }

    /// That of the Dropbox.
    pub fn dropbox_port(&self) -> Option<u16> {
        self.dropbox.endpoint().port()
    }

    /// Ends all connections and waits until nothing runs any more.
    pub async fn stop(self) {
        self.google.stop().await;
        self.microsoft.stop().await;
        self.dropbox.stop().await;
        self.nextcloud.stop().await;
        self.old_nextcloud.stop().await;
    }
}

async fn start_dropbox(
    options: &Options,
    faults: Faults,
) -> Result<(dropbox::Server, DropboxLogin), ServersError> {
    let config = dropbox::Config {
        faults,
        latency: options.latency,
        port: options.dropbox_port,
        storage: Some(options.storage.join("dropbox")),
        sizes: options.sizes(),
        ..dropbox::Config::new(options.seed, options.items)
    };
    let server = dropbox::Server::start(config.clone()).await?;
    if let Some(film) = options.film() {
        server.control().add_file("home", FILM, film);
    }
    let login = DropboxLogin {
        endpoint: server.endpoint().as_str().trim_end_matches('/').to_owned(),
        account: server.account().to_owned(),
        client_id: config.client_id,
        client_secret: config.client_secret,
        refresh_token: server.refresh_token().to_owned(),
    };
    Ok((server, login))
}

async fn start_microsoft(
    options: &Options,
    faults: Faults,
) -> Result<(microsoft::Server, MicrosoftLogin), ServersError> {
    let account = options.microsoft;
    let config = microsoft::Config {
        faults,
        latency: options.latency,
        port: options.microsoft_port,
        storage: Some(options.storage.join("microsoft")),
        sizes: options.sizes(),
        ..microsoft::Config::new(account, options.seed, options.items)
    };
    let server = microsoft::Server::start(config.clone()).await?;
    let control = server.control();
    if let Some(film) = options.film() {
        control.add_file("root", FILM, film);
    }
    if options.faults > 0.0 {
        control.children_first();
    }
    let own = control.drives().into_iter().next();
    let (drive_id, drive_type) =
        own.map_or_else(Default::default, |own| (own.id, own.drive_type.to_owned()));
    let sites = control.sites().into_iter().filter(|site| !site.hidden);
    let login = MicrosoftLogin {
        endpoint: server.endpoint().as_str().trim_end_matches('/').to_owned(),
        account: server.account().to_owned(),
        client_id: config.client_id,
        confidential_client_id: config.confidential_client_id,
        tenant: config.domain,
        refresh_token: server.refresh_token().to_owned(),
        drive_id,
        drive_type,
        sites: sites.map(|site| control.site_address(site.path)).collect(),
    };
    Ok((server, login))
}
