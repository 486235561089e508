//! A rehearsal: the practice servers and a migration between them, in a folder of their own, so that it
//! can be stopped and gone on with like a real one.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use async_trait::async_trait;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::{Secret, SecretError, Secrets};
use crate::model::{Draft, Migration, Scope, SourceConfig, TargetConfig};
use crate::practice::google::Amounts;
use crate::practice::microsoft;
use crate::practice::servers::{self, Logins, Servers, ServersError};

const MEMORY: &str = "practice.json";

/// The practice world and how its servers behave.
#[derive(Debug, Clone)]
pub struct Options {
    pub seed: u64,
    /// Items besides the traps.
    pub items: u64,
    /// Files of a few bytes only.
    pub tiny: bool,
    /// One more file in each cloud, of this many bytes.
    pub film: Option<u64>,
    /// Events, contacts and tasks.
    pub amounts: Amounts,
    /// The share of requests, from 0 to 1, that something befalls.
    pub faults: f64,
    /// Added to each answer.
    pub latency: Duration,
    /// Bytes that the practice Nextcloud has room for.
    pub quota: Option<u64>,
    /// `None`: any free one.
    pub google_port: Option<u16>,
    /// `None`: any free one.
    pub microsoft_port: Option<u16>,
    pub dropbox_port: Option<u16>,
    /// Whose the practice Microsoft account is.
    pub microsoft: microsoft::Account,
    /// `None`: any free one.
    pub nextcloud_port: Option<u16>,
    /// Begin anew, even where there is something to go on with.
    pub fresh: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            seed: 1,
            items: 300,
            tiny: false,
            film: None,
            amounts: Amounts::beside(300),
            faults: 0.02,
            latency: Duration::ZERO,
            quota: None,
            google_port: None,
            microsoft_port: None,
            dropbox_port: None,
            microsoft: microsoft::Account::Work,
            nextcloud_port: None,
            fresh: false,
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum RehearsalError {
    #[error("another copy of the program is practising")]
    InUse,
    #[error("{} cannot be used: {cause}", path.display())]
    Storage {
        path: PathBuf,
        #[source]
        cause: io::Error,
    },
    #[error("no port of this computer is free: {0}")]
    Listen(#[source] io::Error),
}

/// What must be the same for a practice to go on where it stopped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Memory {
    seed: u64,
    items: u64,
    #[serde(default)]
    tiny: bool,
    #[serde(default)]
    amounts: Amounts,
    /// The migration is known by its addresses, so the servers must have the same ports again.
    google_port: Option<u16>,
    #[serde(default)]
    microsoft_port: Option<u16>,
    #[serde(default)]
    dropbox_port: Option<u16>,
    /// Whether the practice Microsoft account is a personal one.
    #[serde(default)]
    microsoft_personal: bool,
    nextcloud_port: Option<u16>,
    /// It came to its end, so the next one begins anew.
    finished: bool,
}

impl Memory {
    fn goes_on_with(&self, wanted: &Self) -> bool {
        let same_port =
            |known: Option<u16>, wanted: Option<u16>| wanted.is_none() || known == wanted;
        !self.finished
            && self.seed == wanted.seed
            && self.items == wanted.items
            && self.tiny == wanted.tiny
            && self.microsoft_personal == wanted.microsoft_personal
            && self.amounts == wanted.amounts
            && same_port(self.google_port, wanted.google_port)
            && same_port(self.microsoft_port, wanted.microsoft_port)
            && same_port(self.dropbox_port, wanted.dropbox_port)
            && same_port(self.nextcloud_port, wanted.nextcloud_port)
    }
}

/// A folder with the servers' storage and the migration's own state.
#[derive(Debug)]
pub struct Rehearsal {
    folder: PathBuf,
    options: Options,
    memory: Memory,
    /// Held for as long as this lives: a second copy would write the same storage.
    _lock: File,
}

/// Whether a rehearsal in `folder` was begun and not finished.
pub fn is_unfinished(folder: &Path) -> bool {
    remembered(folder).is_some_and(|memory| !memory.finished && memory.google_port.is_some())
}

impl Rehearsal {
    /// Opens the rehearsal in `folder`, which goes on where it was stopped, or begins anew.
    ///
    /// # Errors
    /// [`RehearsalError::InUse`] and [`RehearsalError::Storage`].
    pub fn open(folder: &Path, options: Options) -> Result<Self, RehearsalError> {
        let unusable = |cause: io::Error| RehearsalError::Storage {
            path: folder.to_owned(),
            cause,
        };
        std::fs::create_dir_all(folder).map_err(unusable)?;
        let lock = File::create(folder.join("lock")).map_err(unusable)?;
        if lock.try_lock().is_err() {
            return Err(RehearsalError::InUse);
        }
        let fresh = Memory {
            seed: options.seed,
            items: options.items,
            tiny: options.tiny,
            amounts: options.amounts,
            google_port: options.google_port,
            microsoft_port: options.microsoft_port,
            dropbox_port: options.dropbox_port,
            microsoft_personal: options.microsoft == microsoft::Account::Personal,
            nextcloud_port: options.nextcloud_port,
            finished: false,
        };
        let mut memory = fresh.clone();
        match remembered(folder) {
            Some(known) if !options.fresh && known.goes_on_with(&fresh) => memory = known,
            _ => forget(folder).map_err(unusable)?,
        }
        Ok(Self {
            folder: folder.to_owned(),
            options,
            memory,
            _lock: lock,
        })
    }

    /// Starts the servers, on the ports that they had before.
    ///
    /// # Errors
    /// [`RehearsalError::Storage`] and [`RehearsalError::Listen`].
    pub async fn start(&mut self) -> Result<Servers, RehearsalError> {
        let options = servers::Options {
            seed: self.memory.seed,
            items: self.memory.items,
            tiny: self.memory.tiny,
            film: self.options.film,
            amounts: self.memory.amounts,
            faults: self.options.faults,
            latency: self.options.latency,
            quota: self.options.quota,
            google_port: self.memory.google_port,
            microsoft_port: self.memory.microsoft_port,
            dropbox_port: self.memory.dropbox_port,
            microsoft: match self.memory.microsoft_personal {
                true => microsoft::Account::Personal,
                false => microsoft::Account::Work,
            },
            nextcloud_port: self.memory.nextcloud_port,
            storage: self.folder.join("servers"),
        };
        let servers = Servers::start(&options)
            .await
            .map_err(|error| self.refused(error))?;
        (self.memory.google_port, self.memory.nextcloud_port) = servers.ports();
        self.memory.microsoft_port = servers.microsoft_port();
        self.memory.dropbox_port = servers.dropbox_port();
        self.remember()?;
        Ok(servers)
    }

    fn refused(&self, error: ServersError) -> RehearsalError {
        let (cause, listening) = error.into_cause();
        match listening {
            true => RehearsalError::Listen(cause),
            false => RehearsalError::Storage {
                path: self.folder.clone(),
                cause,
            },
        }
    }

    /// It came to its end: the next one begins anew.
    ///
    /// # Errors
    /// [`RehearsalError::Storage`].
    pub fn finish(&mut self) -> Result<(), RehearsalError> {
        self.memory.finished = true;
        self.remember()
    }

    /// The folder that stands for the data directory.
    pub fn data_dir(&self) -> PathBuf {
        self.folder.join("state")
    }

    /// Writes the migration between the servers as a file.
    ///
    /// # Errors
    /// [`RehearsalError::Storage`].
    pub fn write_file(&self, draft: &Draft) -> Result<PathBuf, RehearsalError> {
        let file = self.folder.join("practice.toml");
        self.write(&file, draft.to_toml().as_bytes())?;
        Ok(file)
    }

    fn remember(&self) -> Result<(), RehearsalError> {
        let text = serde_json::to_vec_pretty(&self.memory).unwrap_or_default();
        self.write(&self.folder.join(MEMORY), &text)
    }

    fn write(&self, path: &Path, content: &[u8]) -> Result<(), RehearsalError> {
        write_whole(path, content).map_err(|cause| RehearsalError::Storage {
            path: path.to_owned(),
            cause,
        })
    }
}

/// Whoever reads the file sees all of it or nothing.
///
/// # Errors
/// When it cannot be written.
pub fn write_whole(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    std::fs::write(&part, content)?;
    std::fs::rename(&part, path)
}

fn remembered(folder: &Path) -> Option<Memory> {
    let known = std::fs::read(folder.join(MEMORY)).ok()?;
    serde_json::from_slice(&known).ok()
}

/// Removes what an earlier practice left; nothing in there is real.
fn forget(folder: &Path) -> io::Result<()> {
    let gone = |result: io::Result<()>| match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        result => result,
    };
    // First, so that a kill halfway is not taken for something to go on with.
    gone(std::fs::remove_file(folder.join(MEMORY)))?;
    gone(std::fs::remove_dir_all(folder.join("servers")))?;
    gone(std::fs::remove_dir_all(folder.join("state")))
}

/// The migration from the practice Google to the practice Nextcloud. `None`: what the servers say of
/// themselves cannot be read.
pub fn draft(logins: &Logins, name: String) -> Option<Draft> {
    Some(Draft {
        name,
        source: Some(SourceConfig::Google {
            client_id: logins.google.client_id.clone(),
            endpoint: Some(logins.google.endpoint.parse().ok()?),
            password_command: None,
        }),
        target: Some(TargetConfig {
            url: logins.nextcloud.url.parse().ok()?,
            user: logins.nextcloud.user.clone(),
            folder: "Google Drive".to_owned(),
            password_command: None,
        }),
        scope: Scope {
            shared_with_me: true,
            ..Scope::default()
        },
        ..Draft::default()
    })
}

/// The practice servers' own secrets.
pub fn secrets(logins: &Logins) -> GivenSecrets {
    GivenSecrets {
        google_client: logins.google.client_secret.as_str().into(),
        google: logins.google.refresh_token.as_str().into(),
        microsoft: logins.microsoft.refresh_token.as_str().into(),
        dropbox: logins.dropbox.refresh_token.as_str().into(),
        old_nextcloud: logins.old_nextcloud.password.as_str().into(),
        nextcloud: logins.nextcloud.password.as_str().into(),
    }
}

/// The secrets of a rehearsal, which nobody needs to sign in for.
#[derive(Debug)]
pub struct GivenSecrets {
    google_client: SecretString,
    google: SecretString,
    microsoft: SecretString,
    dropbox: SecretString,
    old_nextcloud: SecretString,
    nextcloud: SecretString,
}

impl GivenSecrets {
    /// `source`: whose.
    pub fn get(&self, source: Option<&SourceConfig>, which: Secret) -> SecretString {
        let secret = match (which, source) {
            (Secret::SourceRefreshToken, Some(SourceConfig::Microsoft { .. })) => &self.microsoft,
            (Secret::SourceRefreshToken, Some(SourceConfig::Dropbox { .. })) => &self.dropbox,
            (Secret::SourceRefreshToken, _) => &self.google,
            (Secret::SourceClientSecret, _) => &self.google_client,
            (Secret::SourcePassword, _) => &self.old_nextcloud,
            (Secret::TargetPassword, _) => &self.nextcloud,
        };
        secret.clone()
    }
}

#[async_trait]
impl Secrets for GivenSecrets {
    async fn secret(
        &self,
        migration: &Migration,
        which: Secret,
    ) -> Result<SecretString, SecretError> {
        Ok(self.get(Some(&migration.source), which))
    }
}
