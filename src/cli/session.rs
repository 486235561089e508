//! Everything that a command on a migration file needs, opened in the right order.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tracing_appender::non_blocking::WorkerGuard;

use super::args::Common;
use super::console::Console;
use super::failure::Failure;
use super::work::Work;
use super::{Exit, home, log, stop};
use crate::engine::{Engine, KeptSecrets, Secrets};
use crate::i18n::Texts;
use crate::model::Migration;
use crate::sentences::trouble::{self, Ends};

/// How long what still blocks (a keychain, a password command) may hold up the end of the program.
const LAST_WAIT: Duration = Duration::from_secs(1);

/// The data directory, with the log running.
#[derive(Debug)]
pub struct Home {
    pub data_dir: PathBuf,
    _log: WorkerGuard,
}

impl Home {
    pub fn open(common: &Common, texts: &Texts) -> Result<Self, Failure> {
        let data_dir = home::open(common.data_dir.as_deref(), texts)?;
        let log = log::start(&data_dir, common.verbose)
            .map_err(|cause| Failure::local("data-dir-unwritable", &data_dir, &cause, texts))?;
        Ok(Self {
            data_dir,
            _log: log,
        })
    }
}

/// Reads a migration file.
pub fn read(file: &Path, texts: &Texts) -> Result<Migration, Failure> {
    Migration::read(file).map_err(|error| Failure::migration_file(&error, texts))
}

/// Runs `work` with a token that Ctrl-C cancels, after the message `on_stop`.
pub fn run<T>(
    console: &Console,
    on_stop: &'static str,
    work: impl AsyncFnOnce(CancellationToken) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|cause| {
            let args = [("detail", cause.to_string().into())];
            let message = console.texts.text("engine-internal", &args);
            Failure::new(Exit::Stopped, "internal", message)
        })?;
    let done = runtime.block_on(async {
        let texts = console.texts.clone();
        let cancel = stop::on_signal(move || {
            super::console::complain(&texts.text(on_stop, &[]));
        });
        work(cancel).await
    });
    runtime.shutdown_timeout(LAST_WAIT);
    done
}

/// Opens the migration of `file` and lets `command` work on it.
pub fn work_on(
    file: &Path,
    common: &Common,
    console: &Console,
    command: impl AsyncFnOnce(&Work<'_>) -> Result<Exit, Failure>,
) -> Result<Exit, Failure> {
    let migration = read(file, &console.texts)?;
    let home = Home::open(common, &console.texts)?;
    let secrets = Arc::new(KeptSecrets::new(&home.data_dir));
    run(console, "stop-asked", async |cancel| {
        let opening = Opening {
            migration,
            file,
            data_dir: &home.data_dir,
            secrets,
            console,
            cancel: &cancel,
            hints: true,
        };
        with_engine(opening, command).await
    })
}

/// What [`with_engine`] opens.
pub struct Opening<'a> {
    pub migration: Migration,
    pub file: &'a Path,
    pub data_dir: &'a Path,
    pub secrets: Arc<dyn Secrets>,
    pub console: &'a Console,
    pub cancel: &'a CancellationToken,
    /// Whether to say which command comes next.
    pub hints: bool,
}

/// Opens the engine, lets `command` work with it, and closes it again.
pub async fn with_engine(
    opening: Opening<'_>,
    command: impl AsyncFnOnce(&Work<'_>) -> Result<Exit, Failure>,
) -> Result<Exit, Failure> {
    let Opening {
        migration,
        file,
        data_dir,
        secrets,
        console,
        cancel,
        hints,
    } = opening;
    let texts = &console.texts;
    let file = shell_word(&file.display().to_string());
    let ends = Ends::of(&migration, &file);
    let names = texts.folder_names_for(&migration.source);
    let engine = Engine::open(migration, data_dir, secrets, names)
        .await
        .map_err(|error| trouble::engine(&error, &ends, texts))?;
    let done = command(&Work {
        engine: &engine,
        console,
        file: &file,
        hints,
        data_dir,
        ends: &ends,
        cancel,
    })
    .await;
    let closed = engine.close().await;
    let exit = done?;
    closed.map_err(|error| trouble::engine(&error, &ends, texts))?;
    Ok(exit)
}

/// A path as it must be typed in a shell, for the commands that messages suggest.
fn shell_word(path: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/._-+=:@,~\\".contains(c);
    if !path.is_empty() && path.chars().all(plain) {
        path.to_owned()
    } else {
        format!("\"{path}\"")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_can_be_copied_into_a_shell() {
        assert_eq!(shell_word("/home/zoé/asso.toml"), "/home/zoé/asso.toml");
        assert_eq!(shell_word("mon asso.toml"), "\"mon asso.toml\"");
    }
}
