//! `transhumance practice`: a whole migration with nothing real in it, or only the servers.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use tokio_util::sync::CancellationToken;

use super::Exit;
use super::args::{self, Common};
use super::console::Console;
use super::failure::Failure;
use super::session::{self, Home, Opening};
use super::work::Work;
use crate::engine::rehearsal::{self, Options, Rehearsal, RehearsalError, write_whole};
use crate::i18n::Texts;
use crate::practice::google::Amounts;
use crate::practice::microsoft;
use crate::practice::servers::{Logins, Servers};

pub fn run(args: &args::Practice, common: &Common, console: &Console) -> Result<Exit, Failure> {
    let home = Home::open(common, &console.texts)?;
    let name = if args.serve { "served" } else { "rehearsal" };
    let told = Told::open(&home.data_dir.join("practice").join(name), args, console)?;
    if args.serve {
        return session::run(console, "stop-servers", async |cancel| {
            told.serve(args, &cancel).await
        });
    }
    session::run(console, "stop-asked", async |cancel| {
        told.migrate(&cancel).await
    })
}

/// A rehearsal that tells the terminal how it goes.
struct Told<'a> {
    console: &'a Console,
    rehearsal: Rehearsal,
}

impl<'a> Told<'a> {
    fn open(folder: &Path, args: &args::Practice, console: &'a Console) -> Result<Self, Failure> {
        let usual = Amounts::beside(args.items);
        let options = Options {
            amounts: Amounts {
                events: args.events.unwrap_or(usual.events),
                contacts: args.contacts.unwrap_or(usual.contacts),
                ..usual
            },
            seed: args.seed,
            items: args.items,
            faults: args.faults,
            latency: Duration::from_millis(args.latency),
            quota: args.nextcloud_quota,
            tiny: args.tiny,
            film: args.film,
            google_port: args.google_port,
            microsoft_port: args.microsoft_port,
            dropbox_port: args.dropbox_port,
            microsoft: match args.microsoft_account {
                args::MicrosoftAccount::Work => microsoft::Account::Work,
                args::MicrosoftAccount::Personal => microsoft::Account::Personal,
            },
            nextcloud_port: args.nextcloud_port,
            fresh: args.fresh,
        };
        let rehearsal =
            Rehearsal::open(folder, options).map_err(|error| refused(&error, folder, console))?;
        Ok(Self { console, rehearsal })
    }

    fn texts(&self) -> &Texts {
        &self.console.texts
    }

    async fn start(&mut self) -> Result<Servers, Failure> {
        let started = self.rehearsal.start().await;
        started.map_err(|error| self.refused(&error))
    }

    fn refused(&self, error: &RehearsalError) -> Failure {
        refused(error, &self.rehearsal.data_dir(), self.console)
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
        let servers = self.start().await?;
        let logins = servers.logins();
        if let Some(ready) = &args.ready {
            let text = serde_json::to_vec_pretty(logins).unwrap_or_default();
            write_whole(ready, &text).map_err(|cause| {
                Failure::local("practice-unwritable", ready, &cause, self.texts())
            })?;
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
        let microsoft = &logins.microsoft;
        let args = [
            ("url", microsoft.endpoint.as_str().into()),
            ("account", microsoft.account.as_str().into()),
        ];
        self.console.tell("practice-microsoft", &args);
        let dropbox = &logins.dropbox;
        let args = [
            ("url", dropbox.endpoint.as_str().into()),
            ("account", dropbox.account.as_str().into()),
        ];
        self.console.tell("practice-dropbox", &args);
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

    async fn migrate(mut self, cancel: &CancellationToken) -> Result<Exit, Failure> {
        self.console.tell("practice-begin", &[]);
        let servers = self.start().await?;
        self.introduce(servers.logins());
        let done = self.work(servers.logins(), cancel).await;
        if done.is_ok() {
            self.rehearsal
                .finish()
                .map_err(|error| self.refused(&error))?;
        }
        servers.stop().await;
        done
    }

    async fn work(&self, logins: &Logins, cancel: &CancellationToken) -> Result<Exit, Failure> {
        let name = self.texts().text("init-example-name", &[]);
        let draft = rehearsal::draft(logins, name).unwrap_or_default();
        let file = self
            .rehearsal
            .write_file(&draft)
            .map_err(|error| self.refused(&error))?;
        let migration = session::read(&file, self.texts())?;
        let secrets = Arc::new(rehearsal::secrets(logins));
        let state = self.rehearsal.data_dir();
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
}

fn refused(error: &RehearsalError, folder: &Path, console: &Console) -> Failure {
    let texts = &console.texts;
    match error {
        RehearsalError::InUse => {
            let message = texts.text("practice-in-use", &[]);
            Failure::new(Exit::BadUsage, "in-use", message)
        }
        RehearsalError::Storage { path, cause } => {
            Failure::local("data-dir-unwritable", path, cause, texts)
        }
        RehearsalError::Listen(cause) => Failure::local("practice-no-port", folder, cause, texts),
    }
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
