//! `transhumance practice`: a whole migration with nothing real in it, or only the servers.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use super::Exit;
use super::args::{self, Common};
use super::console::Console;
use super::failure::Failure;
use super::session::{self, Home, Opening};
use super::work::Work;
use crate::engine::{Secret, SecretError, Secrets};
use crate::i18n::Texts;
use crate::model::Migration;
use crate::practice::google::Amounts;
use crate::practice::servers::{Logins, Options, Servers};

pub fn run(args: &args::Practice, common: &Common, console: &Console) -> Result<Exit, Failure> {
    let home = Home::open(common, &console.texts)?;
    let name = if args.serve { "served" } else { "rehearsal" };
    let rehearsal = Rehearsal::open(&home.data_dir.join("practice").join(name), args, console)?;
    if args.serve {
        return session::run(console, "stop-servers", async |cancel| {
            rehearsal.serve(args, &cancel).await
        });
    }
    session::run(console, "stop-asked", async |cancel| {
        rehearsal.migrate(args, &cancel).await
    })
}

/// What must be the same for a practice to go on where it stopped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Memory {
    seed: u64,
    items: u64,
    #[serde(default)]
    amounts: Amounts,
    /// The migration is known by its addresses, so the servers must have the same ports again.
    google_port: Option<u16>,
    nextcloud_port: Option<u16>,
    /// It came to its end, so the next one begins anew.
    finished: bool,
}

/// A folder with the servers' storage and the migration's own state.
struct Rehearsal<'a> {
    console: &'a Console,
    folder: PathBuf,
    memory: Memory,
    /// Held for as long as this lives: a second copy would write the same storage.
    _lock: File,
}

impl<'a> Rehearsal<'a> {
    fn open(folder: &Path, args: &args::Practice, console: &'a Console) -> Result<Self, Failure> {
        let texts = &console.texts;
        let unusable =
            |cause: io::Error| Failure::local("data-dir-unwritable", folder, &cause, texts);
        std::fs::create_dir_all(folder).map_err(unusable)?;
        let lock = File::create(folder.join("lock")).map_err(unusable)?;
        if lock.try_lock().is_err() {
            let message = texts.text("practice-in-use", &[]);
            return Err(Failure::new(Exit::BadUsage, "in-use", message));
        }
        let usual = Amounts::beside(args.items);
        let fresh = Memory {
            seed: args.seed,
            items: args.items,
            amounts: Amounts {
                events: args.events.unwrap_or(usual.events),
                contacts: args.contacts.unwrap_or(usual.contacts),
                ..usual
            },
            google_port: args.google_port,
            nextcloud_port: args.nextcloud_port,
            finished: false,
        };
        let mut memory = fresh.clone();
        let known = std::fs::read(folder.join(MEMORY)).ok();
        match known.and_then(|known| serde_json::from_slice::<Memory>(&known).ok()) {
            Some(known) if !args.fresh && known.goes_on_with(&fresh) => memory = known,
            _ => forget(folder).map_err(unusable)?,
        }
        Ok(Self {
            console,
            folder: folder.to_owned(),
            memory,
            _lock: lock,
        })
    }

    fn texts(&self) -> &Texts {
        &self.console.texts
    }

    async fn start(&mut self, args: &args::Practice) -> Result<Servers, Failure> {
        let options = Options {
            seed: self.memory.seed,
            items: self.memory.items,
            amounts: self.memory.amounts,
            faults: args.faults,
            latency: Duration::from_millis(args.latency),
            quota: args.nextcloud_quota,
            google_port: self.memory.google_port,
            nextcloud_port: self.memory.nextcloud_port,
            storage: self.folder.join("servers"),
        };
        let servers = Servers::start(&options).await.map_err(|error| {
            let (cause, listening) = error.cause();
            let key = if listening {
                "practice-no-port"
            } else {
                "data-dir-unwritable"
            };
            Failure::local(key, &self.folder, cause, self.texts())
        })?;
        (self.memory.google_port, self.memory.nextcloud_port) = servers.ports();
        self.remember()?;
        Ok(servers)
    }

    fn remember(&self) -> Result<(), Failure> {
        let text = serde_json::to_vec_pretty(&self.memory).unwrap_or_default();
        self.write(&self.folder.join(MEMORY), &text)
    }

    /// Whoever reads the file sees all of it or nothing.
    fn write(&self, path: &Path, content: &[u8]) -> Result<(), Failure> {
        let mut part = path.as_os_str().to_owned();
        part.push(".part");
        std::fs::write(&part, content)
            .and_then(|()| std::fs::rename(&part, path))
            .map_err(|cause| Failure::local("practice-unwritable", path, &cause, self.texts()))
    }

    async fn serve(
        mut self,
        args: &args::Practice,
        cancel: &CancellationToken,
    ) -> Result<Exit, Failure> {
        if let Some(ready) = &args.ready {
            // Whoever waits for the file must not find that of servers that are gone.
            let _ = std::fs::remove_file(ready);
        }
        let servers = self.start(args).await?;
        let logins = servers.logins();
        if let Some(ready) = &args.ready {
            let text = serde_json::to_vec_pretty(logins).unwrap_or_default();
            self.write(ready, &text)?;
        }
        self.introduce(logins);
        self.console.tell("practice-serving", &[]);
        self.console.event(&Ready {
            event: "practice.ready",
            logins,
        });
        cancel.cancelled().await;
        servers.stop().await;
        Ok(Exit::Done)
    }

    fn introduce(&self, logins: &Logins) {
        let google = &logins.google;
        let args = [
            ("url", google.endpoint.as_str().into()),
            ("account", google.account.as_str().into()),
        ];
        self.console.tell("practice-google", &args);
        for (key, login) in [
            ("practice-nextcloud", &logins.nextcloud),
            ("practice-old-nextcloud", &logins.old_nextcloud),
        ] {
            let args = [
                ("url", login.url.as_str().into()),
                ("user", login.user.as_str().into()),
                ("password", login.password.as_str().into()),
            ];
            self.console.tell(key, &args);
        }
    }

    async fn migrate(
        mut self,
        args: &args::Practice,
        cancel: &CancellationToken,
    ) -> Result<Exit, Failure> {
        self.console.tell("practice-begin", &[]);
        let servers = self.start(args).await?;
        self.introduce(servers.logins());
        let done = self.work(servers.logins(), cancel).await;
        if done.is_ok() {
            self.memory.finished = true;
            self.remember()?;
        }
        servers.stop().await;
        done
    }

    async fn work(&self, logins: &Logins, cancel: &CancellationToken) -> Result<Exit, Failure> {
        let file = self.folder.join("practice.toml");
        let text = self.migration_file(logins);
        self.write(&file, text.as_bytes())?;
        let migration = session::read(&file, self.texts())?;
        let secrets = Arc::new(GivenSecrets {
            client_secret: logins.google.client_secret.clone().into(),
            refresh_token: logins.google.refresh_token.clone().into(),
            password: logins.nextcloud.password.clone().into(),
        });
        let state = self.folder.join("state");
        let opening = Opening {
            migration,
            file: &file,
            data_dir: &state,
            secrets,
            console: self.console,
            cancel,
            hints: false,
        };
        session::with_engine(opening, async |work| whole(work).await).await
    }

    fn migration_file(&self, logins: &Logins) -> String {
        let quoted = |text: &str| toml::Value::from(text).to_string();
        format!(
            "name = {}\n\n[source]\nkind = \"google\"\nclient_id = {}\nendpoint = {}\n\n\
             [target]\nurl = {}\nuser = {}\nfolder = \"Google Drive\"\n\n\
             [scope]\nshared_with_me = true\n",
            quoted(&self.texts().text("init-example-name", &[])),
            quoted(&logins.google.client_id),
            quoted(&logins.google.endpoint),
            quoted(&logins.nextcloud.url),
            quoted(&logins.nextcloud.user),
        )
    }
}

const MEMORY: &str = "practice.json";

impl Memory {
    fn goes_on_with(&self, wanted: &Self) -> bool {
        let same_port =
            |known: Option<u16>, wanted: Option<u16>| wanted.is_none() || known == wanted;
        !self.finished
            && self.seed == wanted.seed
            && self.items == wanted.items
            && self.amounts == wanted.amounts
            && same_port(self.google_port, wanted.google_port)
            && same_port(self.nextcloud_port, wanted.nextcloud_port)
    }
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

/// The whole journey. What an interrupted one had done already is not done again.
async fn whole(work: &Work<'_>) -> Result<Exit, Failure> {
    let before = work.state().await?;
    if !before.surveyed {
        work.survey().await?;
    }
    if !before.planned {
        work.preview(false).await?;
    }
    let moved = match before.complete {
        true => work.outcome().await?,
        false => work.move_items().await?,
    };
    if moved != Exit::Done {
        work.console.tell("practice-failures", &[]);
    }
    let verified = work.verify().await?;
    work.account().await?;
    let state = work.data_dir.display().to_string();
    work.console.tell("practice-end", &[("path", state.into())]);
    Ok(match (moved, verified) {
        (Exit::Done, Exit::Done) => Exit::Done,
        _ => Exit::SomeFailed,
    })
}

#[derive(Serialize)]
struct Ready<'a> {
    event: &'static str,
    #[serde(flatten)]
    logins: &'a Logins,
}

/// The practice servers' own.
#[derive(Debug)]
struct GivenSecrets {
    client_secret: SecretString,
    refresh_token: SecretString,
    password: SecretString,
}

#[async_trait]
impl Secrets for GivenSecrets {
    async fn secret(&self, _: &Migration, which: Secret) -> Result<SecretString, SecretError> {
        Ok(match which {
            Secret::SourceClientSecret => self.client_secret.clone(),
            Secret::SourceRefreshToken => self.refresh_token.clone(),
            Secret::SourcePassword | Secret::TargetPassword => self.password.clone(),
        })
    }
}
