//! What all screens know and share: the language, the preferences, the migration being put together, and
//! the engine that works on it.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use tokio_util::sync::CancellationToken;

use super::step::Step;
use crate::engine::rehearsal::{self, Rehearsal, RehearsalError};
use crate::engine::{Engine, EngineError, KeptSecrets, Phase, Secrets, Snapshot};
use crate::i18n::{Texts, Value};
use crate::model::{
    Draft, Migration, MoveDone, Options, PreviewDone, StatusDone, SurveyDone, VerifyDone,
};
use crate::practice::servers::{Logins, Servers};
use crate::sentences::trouble::{self, Ends, Trouble};
use crate::settings::Settings;

/// Everything that is not one screen's own.
#[derive(Debug)]
pub struct Context {
    pub texts: Texts,
    pub settings: Settings,
    pub data_dir: PathBuf,
    /// The secrets of this computer. For a rehearsal see [`Self::engine_secrets`].
    pub secrets: Arc<KeptSecrets>,
    /// The migration being put together. Screens change it freely: it is saved after every message.
    pub draft: Draft,
    /// Whether a migration is being worked on at all.
    pub has_draft: bool,
    /// Where the draft is saved.
    pub file: Option<PathBuf>,
    pub practice: Option<Arc<Practice>>,
    pub open: Option<Open>,
    /// Why the engine could not be opened, or what it last could not do.
    pub trouble: Option<Arc<EngineError>>,
    /// What the last commands of this migration came to.
    pub done: Results,
    /// Whoever sits at the computer looks at this window.
    pub focused: bool,
}

/// What commands came to in this run of the program.
#[derive(Debug, Clone, Default)]
pub struct Results {
    pub survey: Option<SurveyDone>,
    pub preview: Option<PreviewDone>,
    pub moved: Option<MoveDone>,
    pub verify: Option<VerifyDone>,
}

/// The migration's engine, and what it does.
#[derive(Debug)]
pub struct Open {
    pub engine: Arc<Engine>,
    pub snapshot: Snapshot,
    pub running: Option<Running>,
    /// How far the migration has come, by its ledger; renewed after every command.
    pub status: StatusDone,
    /// Tells this engine from those opened before.
    pub(super) number: u64,
}

#[derive(Debug, Clone)]
pub struct Running {
    pub command: Command,
    pub cancel: CancellationToken,
}

/// What the engine can be told to do; each goes on from what the ledger knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    Survey,
    Preview,
    Move,
    Verify,
}

/// What a command came to.
#[derive(Debug, Clone)]
pub enum Done {
    Survey(SurveyDone),
    Preview(PreviewDone),
    Move(MoveDone),
    Verify(VerifyDone),
}

impl Open {
    /// By which its snapshots are known.
    pub const fn number(&self) -> u64 {
        self.number
    }
}

impl Context {
    pub fn new(data_dir: PathBuf, settings: Settings) -> Self {
        Self {
            texts: Texts::for_window(settings.lang()),
            settings,
            secrets: Arc::new(KeptSecrets::new(&data_dir)),
            data_dir,
            draft: Draft::default(),
            has_draft: false,
            file: None,
            practice: None,
            open: None,
            trouble: None,
            done: Results::default(),
            focused: true,
        }
    }

    /// The message of `key`.
    pub fn t(&self, key: &str) -> String {
        self.texts.text(key, &[])
    }

    /// The message of `key`, with its variables.
    pub fn tr(&self, key: &str, args: &[(&str, Value<'_>)]) -> String {
        self.texts.text(key, args)
    }

    /// What there is to carry out, once both ends are known.
    pub fn migration(&self) -> Option<Migration> {
        self.draft.migration()
    }

    /// The name under which secrets are kept while an end is missing; see [`KeptSecrets::keep_early`].
    pub fn draft_id(&self) -> Option<String> {
        let stem = self.file.as_deref().and_then(Path::file_stem)?;
        Some(stem.to_string_lossy().into_owned())
    }

    /// Where the engine keeps the ledger.
    pub fn engine_dir(&self) -> PathBuf {
        match &self.practice {
            Some(practice) => practice.data_dir(),
            None => self.data_dir.clone(),
        }
    }

    /// What the engine signs in with.
    pub fn engine_secrets(&self) -> Arc<dyn Secrets> {
        match &self.practice {
            Some(practice) => practice.secrets(),
            None => self.secrets.clone(),
        }
    }

    /// The snapshot of a move that has got as far as moving.
    pub fn moving(&self) -> Option<&Snapshot> {
        let moves = self.running() == Some(Command::Move);
        self.snapshot()
            .filter(|snapshot| moves && snapshot.phase == Phase::Moving)
    }

    pub fn snapshot(&self) -> Option<&Snapshot> {
        self.open.as_ref().map(|open| &open.snapshot)
    }

    /// What the engine is doing.
    pub fn running(&self) -> Option<Command> {
        self.open.as_ref()?.running.as_ref().map(|r| r.command)
    }

    pub fn status(&self) -> Option<&StatusDone> {
        self.open.as_ref().map(|open| &open.status)
    }

    /// Why the engine could not do something, as a sentence.
    pub fn say_trouble(&self, error: &EngineError) -> Trouble {
        match self.draft.migration() {
            // The commands that these name are not said in the window.
            Some(migration) => {
                trouble::engine(error, &Ends::of(&migration, &migration.name), &self.texts)
            }
            None => trouble::engine(error, &Ends::nowhere(), &self.texts),
        }
    }

    /// Whether a station can be gone to.
    pub fn is_reachable(&self, step: Step) -> bool {
        let status = self.status();
        match step {
            Step::Welcome => true,
            Step::Source => self.has_draft,
            Step::Target => self.has_draft && self.draft.source.is_some(),
            Step::Choose => self.migration().is_some(),
            Step::Preview => status.is_some_and(|status| status.surveyed),
            Step::Move => status.is_some_and(|status| status.planned),
            Step::Report => status.is_some_and(|status| status.planned && status.settled() > 0),
        }
    }

    /// The options as the engine has them, if it is open.
    pub fn engine_options(&self) -> Option<&Options> {
        Some(&self.open.as_ref()?.engine.migration().options)
    }
}

/// A rehearsal under way. The servers run until this is dropped.
#[derive(Debug)]
pub struct Practice {
    rehearsal: Mutex<Rehearsal>,
    servers: Mutex<Option<Servers>>,
    logins: Logins,
}

impl Practice {
    /// Opens the rehearsal of a data directory and starts its servers. `fresh`: from the beginning.
    ///
    /// # Errors
    /// See [`RehearsalError`].
    pub async fn start(
        data_dir: &Path,
        options: rehearsal::Options,
    ) -> Result<Self, RehearsalError> {
        let folder = practice_folder(data_dir);
        let mut rehearsal = Rehearsal::open(&folder, options)?;
        let servers = rehearsal.start().await?;
        Ok(Self {
            logins: servers.logins().clone(),
            rehearsal: Mutex::new(rehearsal),
            servers: Mutex::new(Some(servers)),
        })
    }

    pub const fn logins(&self) -> &Logins {
        &self.logins
    }

    /// The migration that is rehearsed.
    pub fn draft(&self, name: String) -> Option<Draft> {
        rehearsal::draft(&self.logins, name)
    }

    pub fn data_dir(&self) -> PathBuf {
        self.rehearsal().data_dir()
    }

    fn secrets(&self) -> Arc<dyn Secrets> {
        Arc::new(rehearsal::secrets(&self.logins))
    }

    /// It came to its end: the next one begins anew.
    pub fn finish(&self) {
        if let Err(error) = self.rehearsal().finish() {
            tracing::warn!("the rehearsal's end could not be noted: {error}");
        }
    }

    /// Ends the servers in order.
    pub async fn stop(&self) {
        let servers = self
            .servers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(servers) = servers {
            servers.stop().await;
        }
    }

    fn rehearsal(&self) -> std::sync::MutexGuard<'_, Rehearsal> {
        self.rehearsal
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where the rehearsal of a data directory lies; the command line's `practice` goes on with the same.
pub fn practice_folder(data_dir: &Path) -> PathBuf {
    data_dir.join("practice").join("rehearsal")
}
