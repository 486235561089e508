//! What all screens know and share: the language, the preferences, the migration being put together, and
//! the engine that works on it.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use secrecy::{ExposeSecret as _, SecretString};
use tokio_util::sync::CancellationToken;
use url::Url;

use super::step::Step;
use crate::auth::vault;
use crate::engine::rehearsal::{self, Rehearsal, RehearsalError};
use crate::engine::{
    Engine, EngineError, KeptSecrets, Phase, Secret, SecretError, Secrets, Snapshot, sign_in,
};
use crate::i18n::{Texts, Value};
use crate::model::{
    Draft, Migration, MoveDone, Options, PreviewDone, SourceConfig, StatusDone, SurveyDone,
    VerifyDone,
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
    /// What was gained by signing in since the migration was opened.
    pub(super) gained: Arc<GainedSecrets>,
    /// Why what was gained could not be kept for the next time.
    pub keep_trouble: Option<Arc<vault::SecretError>>,
    /// What opens a page in the browser.
    pub browser: fn(&Url),
}

/// What was gained by signing in while a migration was open: there at once, whether or not it can be kept.
#[derive(Debug, Default)]
pub struct GainedSecrets(Mutex<Vec<Gained>>);

#[derive(Debug, Clone)]
struct Gained {
    which: Secret,
    secret: SecretString,
    /// It is to be kept: a rehearsal's is not.
    unkept: bool,
}

impl GainedSecrets {
    fn all(&self) -> std::sync::MutexGuard<'_, Vec<Gained>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, which: Secret, secret: SecretString, unkept: bool) {
        let mut all = self.all();
        all.retain(|one| one.which != which);
        all.push(Gained {
            which,
            secret,
            unkept,
        });
    }

    fn find(&self, which: Secret) -> Option<SecretString> {
        let all = self.all();
        let found = all.iter().find(|one| one.which == which);
        found.map(|one| one.secret.clone())
    }

    /// What is to be kept.
    pub(super) fn unkept(&self) -> Vec<(Secret, SecretString)> {
        let all = self.all();
        let unkept = all.iter().filter(|one| one.unkept);
        unkept.map(|one| (one.which, one.secret.clone())).collect()
    }

    /// These are kept now. The vault has them from now on: nobody goes on with what was taken back there.
    pub(super) fn settle(&self, kept: &[(Secret, SecretString)]) {
        self.all().retain(|one| {
            !kept.iter().any(|(which, secret)| {
                *which == one.which && secret.expose_secret() == one.secret.expose_secret()
            })
        });
    }
}

/// The secrets of the draft: what was gained just now, a rehearsal's own, what is kept.
#[derive(Debug, Clone)]
pub struct DraftSecrets {
    migration: Option<Migration>,
    source: Option<SourceConfig>,
    draft: Option<String>,
    kept: Arc<KeptSecrets>,
    gained: Arc<GainedSecrets>,
    practice: Option<Arc<Practice>>,
}

impl DraftSecrets {
    /// # Errors
    /// When a place that has it cannot be read.
    pub async fn find(&self, which: Secret) -> Result<Option<SecretString>, vault::SecretError> {
        if let Some(secret) = self.gained.find(which) {
            return Ok(Some(secret));
        }
        if let Some(practice) = &self.practice {
            return Ok(Some(practice.secrets.get(self.source.as_ref(), which)));
        }
        if let Some(migration) = &self.migration
            && let Some(secret) = self.kept.find(migration, which).await?
        {
            return Ok(Some(secret));
        }
        match &self.draft {
            Some(draft) => self.kept.find_early(draft, which).await,
            None => Ok(None),
        }
    }

    /// Whether what [`Self::find`] gives is ours to keep: it comes neither from the environment nor from a
    /// command.
    pub async fn keeps(&self, which: Secret) -> bool {
        if self.practice.is_some() || self.gained.find(which).is_some() {
            return true;
        }
        let Some(migration) = &self.migration else {
            return true;
        };
        let found = self.kept.find(migration, which).await;
        let newest = self.kept.newest(migration, which).await;
        !matches!((found, newest), (Ok(Some(_)), Ok(None)))
    }
}

/// What the engine signs in with: what was gained just now, else what was there before.
#[derive(Debug)]
struct EngineSecrets<S> {
    gained: Arc<GainedSecrets>,
    others: Arc<S>,
    /// What is renewed outlives the program.
    keeps: bool,
}

#[async_trait]
impl<S: Secrets + std::fmt::Debug> Secrets for EngineSecrets<S> {
    async fn secret(
        &self,
        migration: &Migration,
        which: Secret,
    ) -> Result<SecretString, SecretError> {
        match self.gained.find(which) {
            Some(secret) => Ok(secret),
            None => self.others.secret(migration, which).await,
        }
    }

    async fn newest(
        &self,
        migration: &Migration,
        which: Secret,
    ) -> Result<Option<SecretString>, SecretError> {
        match self.gained.find(which) {
            Some(secret) => Ok(Some(secret)),
            None => self.others.newest(migration, which).await,
        }
    }

    /// At once where the others keep theirs; and with the draft, whose own would else come back when it is
    /// saved the next time. What comes from the environment or a command is not ours to keep.
    async fn renewed(
        &self,
        migration: &Migration,
        which: Secret,
        secret: &SecretString,
    ) -> Result<(), SecretError> {
        let is_ours = !self.keeps
            || self.gained.find(which).is_some()
            || self.others.newest(migration, which).await?.is_some();
        if is_ours {
            self.gained.add(which, secret.clone(), self.keeps);
        }
        self.others.renewed(migration, which, secret).await
    }
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
            gained: Arc::default(),
            keep_trouble: None,
            browser: |page| {
                sign_in::open_browser(page);
            },
        }
    }

    /// Takes a secret that somebody gained by signing in. The engine knows it from now on; for the next
    /// time it is kept with the draft, after this message. Of a rehearsal nothing is kept.
    pub fn keep_secret(&mut self, which: Secret, secret: SecretString) {
        self.gained.add(which, secret, self.practice.is_none());
    }

    /// How to find the secrets of the draft as it is now, in a task of its own.
    pub fn draft_secrets(&self) -> DraftSecrets {
        DraftSecrets {
            migration: self.migration(),
            source: self.draft.source.clone(),
            draft: self.draft_id(),
            kept: self.secrets.clone(),
            gained: self.gained.clone(),
            practice: self.practice.clone(),
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
        let gained = self.gained.clone();
        match &self.practice {
            Some(practice) => Arc::new(EngineSecrets {
                gained,
                others: practice.secrets.clone(),
                keeps: false,
            }),
            None => Arc::new(EngineSecrets {
                gained,
                others: self.secrets.clone(),
                keeps: true,
            }),
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
    secrets: Arc<rehearsal::GivenSecrets>,
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
            secrets: Arc::new(rehearsal::secrets(servers.logins())),
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
