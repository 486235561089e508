//! A practice Nextcloud: the parts of Nextcloud 34 that moving files, calendars and contacts meets, with
//! their quirks, on loopback. Compared answer by answer with a real 34.0.1; the same contract tests pass on both.
//!
//! What it keeps survives a kill: contents are blobs on the disk, everything else is a journal that is
//! read again at the next start. An account can also be a made-up space of any size that is never held
//! in memory ([`Seeded`]), to move away from.

mod answer;
mod blobs;
mod control;
mod dav;
mod gate;
mod login;
mod names;
mod ocs;
mod op;
mod pim;
mod seeded;
mod server;
mod skeleton;
mod state;
mod store;
#[cfg(test)]
mod tests;
mod tree;
mod view;
mod vobject;

use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;

pub use answer::Language;
pub use control::{Assembly, CollectionState, Control, FileState, LeftUpload, ObjectState, Seen};
pub use names::Forbidden;
pub use pim::{Mail, MailKind};
pub use seeded::{Counts, Seeded};
pub use server::Server;

use super::faults::Faults;

/// One account.
#[derive(Debug, Clone)]
pub struct User {
    /// The user id: what stands in DAV paths.
    pub id: String,
    /// What is typed at the login; often a mail address, and then not the id.
    pub login_name: String,
    /// The account's own password. It works with the id and with the login name, on the consent page as
    /// on DAV; app passwords made by Login Flow v2 work only with the login name that they were made for.
    pub password: SecretString,
    pub display_name: String,
    /// Bytes; `None`: no limit.
    pub quota: Option<u64>,
    /// A made-up, read-only space in the place of stored files.
    pub space: Option<Seeded>,
    /// What it is invited as; `None`: its login name, where that is a mail address.
    pub mail: Option<String>,
    /// Calendars and address books with every trap, to move away from.
    pub agenda: Option<Agenda>,
}

/// How much lies in the calendars and address books of an account, besides one of each trap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Agenda {
    pub seed: u64,
    pub events: u64,
    pub tasks: u64,
    pub contacts: u64,
}

impl Agenda {
    /// What an association has beside so many files.
    pub fn beside(seed: u64, items: u64) -> Self {
        Self {
            seed,
            events: (items / 4).min(1000),
            tasks: (items / 16).min(200),
            contacts: (items / 8).min(500),
        }
    }
}

/// How many calendars and address books an account may have and make (RateLimitingPlugin.php,
/// CardDavRateLimitingPlugin.php).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// A real one looks only at requests that carry a session's cookie.
    pub always: bool,
    /// Collections of a kind made within an hour.
    pub an_hour: usize,
    /// With subscriptions.
    pub calendars: usize,
    pub address_books: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            always: false,
            an_hour: 10,
            calendars: 30,
            address_books: 10,
        }
    }
}

impl User {
    /// An account whose login name is its id, without a quota, empty.
    pub fn new(id: &str, password: &str) -> Self {
        Self {
            id: id.to_owned(),
            login_name: id.to_owned(),
            password: SecretString::from(password.to_owned()),
            display_name: id.to_owned(),
            quota: None,
            space: None,
            mail: None,
            agenda: None,
        }
    }

    /// The mail address of the account.
    fn mail(&self) -> Option<&str> {
        let login = Some(self.login_name.as_str()).filter(|name| name.contains('@'));
        self.mail.as_deref().or(login)
    }
}

/// What the bulk upload endpoint does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Bulk {
    #[default]
    Offered,
    /// `bulkupload.enabled` is false: neither a capability nor an endpoint.
    Absent,
    /// The capability is there, but the endpoint answers this status to everything.
    Refused(u16),
    /// The endpoint takes everything and never answers.
    Stalling,
}

#[derive(Debug, Clone)]
pub struct Config {
    pub seed: u64,
    /// Everything is kept here; what is there already is found again.
    pub storage: PathBuf,
    pub users: Vec<User>,
    /// Such as `34.0.1`.
    pub version: String,
    pub language: Language,
    pub faults: Faults,
    /// How much longer each answer takes.
    pub latency: Duration,
    /// On 127.0.0.1; `None`: any free one.
    pub port: Option<u16>,
    /// Whether a new account gets Nextcloud's example files.
    pub skeleton: bool,
    /// Whether a new account gets Nextcloud's example event and contact.
    pub samples: bool,
    pub limits: Limits,
    pub bulk: Bulk,
    /// The capability `files.chunked_upload.max_size`, bytes.
    pub max_chunk: u64,
    /// The capability `files.chunked_upload.max_parallel_count`.
    pub max_parallel: u32,
    pub forbidden: Forbidden,
}

impl Config {
    /// A Nextcloud 34.0.1 in English, in fair weather.
    pub fn new(storage: impl Into<PathBuf>, users: Vec<User>) -> Self {
        Self {
            seed: 1,
            storage: storage.into(),
            users,
            version: "34.0.1".to_owned(),
            language: Language::English,
            faults: Faults::none(),
            latency: Duration::ZERO,
            port: None,
            skeleton: false,
            samples: true,
            limits: Limits::default(),
            bulk: Bulk::Offered,
            max_chunk: 100 << 20,
            max_parallel: 5,
            forbidden: Forbidden::default(),
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum PracticeError {
    #[error("the practice Nextcloud's storage cannot be opened: {0}")]
    Storage(#[source] std::io::Error),
    #[error("the practice Nextcloud cannot listen: {0}")]
    Listen(#[source] std::io::Error),
}
