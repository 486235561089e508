//! The window's side of the engine: opening, commanding, saving and closing migrations.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use iced::Task;
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;

use super::context::{Command, Context, Done, Open, Practice, Results, Running};
use super::passphrase;
use super::state::{App, Message, shared};
use super::step::Step;
use crate::auth::vault::SecretError;
use crate::engine::migrations::{self, Entry};
use crate::engine::rehearsal::{Options, RehearsalError};
use crate::engine::{Engine, EngineError, KeptSecrets, Secret, Snapshot};
use crate::model::{Draft, Migration, StatusDone};

/// How long an orderly end may take before the window goes anyway. What is not written by then is done
/// again by the next start.
const PATIENCE: Duration = Duration::from_secs(5);

/// What is under way between the window and the disk.
#[derive(Debug, Default)]
pub struct Journey {
    /// The last number given to an engine.
    number: u64,
    /// An engine is being opened for this migration.
    opening: Option<Migration>,
    /// A command to give as soon as the engine is open.
    waiting: Option<Command>,
    /// Go where the migration has come to as soon as the engine is open.
    follow: bool,
    /// The draft as it was last saved, or is being saved.
    saved: Option<Draft>,
    saving: bool,
    closing: bool,
}

/// An engine was opened, or not.
#[derive(Debug, Clone)]
pub struct Opened {
    number: u64,
    result: Result<(Arc<Engine>, StatusDone), Arc<EngineError>>,
}

/// A command has ended.
#[derive(Debug, Clone)]
pub struct Commanded {
    number: u64,
    pub command: Command,
    pub result: Result<Done, Arc<EngineError>>,
    /// How far the migration has come, if that could be read.
    status: Option<StatusDone>,
}

/// The draft was saved, or not.
#[derive(Debug, Clone)]
pub struct Saved {
    draft: Box<Draft>,
    /// Where.
    file: Result<PathBuf, String>,
    /// The secrets that were to be kept with it.
    secrets: Vec<(Secret, SecretString)>,
    /// Whether they were. `None`: it did not come to that.
    kept: Option<Result<(), Arc<SecretError>>>,
}

/// The rehearsal's servers were started, or not.
#[derive(Debug, Clone)]
pub struct Practising(Result<Arc<Practice>, Arc<RehearsalError>>);

impl App {
    /// Begins a new migration.
    pub(super) fn begin(&mut self) -> Task<Message> {
        let left = self.leave();
        self.cx.draft = Draft {
            options: crate::model::Options {
                bandwidth: self.cx.settings.bandwidth.clone(),
                ..crate::model::Options::default()
            },
            ..Draft::default()
        };
        self.cx.has_draft = true;
        self.journey.saved = Some(self.cx.draft.clone());
        Task::batch([left, self.go(Step::Source)])
    }

    /// Opens one of the migrations, at the station that it has come to.
    pub(super) fn open_entry(&mut self, entry: Entry) -> Task<Message> {
        let Some(draft) = entry.draft else {
            return Task::none();
        };
        let left = self.leave();
        self.cx.draft = draft;
        self.cx.has_draft = true;
        self.cx.file = entry.file;
        // One of elsewhere is saved here too, so that it has a file for what changes.
        self.journey.saved = self.cx.file.is_some().then(|| self.cx.draft.clone());
        Task::batch([left, self.resume()])
    }

    /// To the first station that still asks for something; how far the engine has come is known later.
    fn resume(&mut self) -> Task<Message> {
        let draft = &self.cx.draft;
        if draft.source.is_none() {
            return self.go(Step::Source);
        }
        if draft.target.is_none() {
            return self.go(Step::Target);
        }
        self.journey.follow = true;
        self.go(Step::Choose)
    }

    pub(super) fn practise(&mut self, fresh: bool) -> Task<Message> {
        let data_dir = self.cx.data_dir.clone();
        let options = Options {
            fresh,
            // As a Framaspace has.
            quota: Some(40 << 30),
            ..Options::default()
        };
        let left = self.leave();
        let start = async move {
            let practice = Practice::start(&data_dir, options).await;
            Practising(practice.map(Arc::new).map_err(shared))
        };
        // Those of an earlier rehearsal must have given their ports back.
        left.chain(Task::perform(start, Message::Practising))
    }

    pub(super) fn practising(&mut self, practising: Practising) -> Task<Message> {
        match practising.0 {
            Ok(practice) => {
                let name = self.cx.t("practice-name");
                self.cx.draft = practice.draft(name).unwrap_or_default();
                self.cx.draft.options.bandwidth = self.cx.settings.bandwidth.clone();
                self.cx.has_draft = true;
                self.cx.file = None;
                self.cx.practice = Some(practice);
                self.journey.saved = Some(self.cx.draft.clone());
                self.go(Step::Source)
            }
            Err(error) => {
                self.welcome.set_practice_trouble(error);
                Task::none()
            }
        }
    }

    /// Lets go of the migration that is open: it is stopped in order and closed.
    fn leave(&mut self) -> Task<Message> {
        self.cx.draft = Draft::default();
        self.cx.has_draft = false;
        self.cx.file = None;
        self.cx.done = Results::default();
        self.cx.trouble = None;
        self.cx.gained = Arc::default();
        self.cx.keep_trouble = None;
        self.passphrase = None;
        self.journey = Journey {
            number: self.journey.number,
            closing: self.journey.closing,
            ..Journey::default()
        };
        self.source = Default::default();
        self.target = Default::default();
        self.choose = Default::default();
        self.preview = Default::default();
        self.moving = Default::default();
        self.report = Default::default();
        let (open, practice) = (self.cx.open.take(), self.cx.practice.take());
        Task::future(end(open, practice)).discard()
    }

    /// Opens the engine once both ends are known, and again when they have changed.
    pub(super) fn make_ready(&mut self) -> Task<Message> {
        let Some(migration) = self.cx.migration() else {
            return Task::none();
        };
        let same = |other: &Migration| {
            other.source == migration.source && other.target == migration.target
        };
        if self.step < Step::Choose
            || self.journey.opening.as_ref().is_some_and(same)
            || self
                .cx
                .open
                .as_ref()
                .is_some_and(|open| same(open.engine.migration()))
        {
            return Task::none();
        }
        let before = self.cx.open.take();
        self.cx.done = Results::default();
        self.cx.trouble = None;
        self.journey.number += 1;
        self.journey.opening = Some(migration.clone());
        let number = self.journey.number;
        let (dir, secrets) = (self.cx.engine_dir(), self.cx.engine_secrets());
        let names = self.cx.texts.folder_names();
        Task::future(async move {
            end(before, None).await;
            let open = async {
                let engine = Engine::open(migration, &dir, secrets, names).await?;
                let status = engine.status().await?;
                Ok((Arc::new(engine), status))
            };
            Message::Opened(Opened {
                number,
                result: open.await.map_err(shared),
            })
        })
    }

    pub(super) fn opened(&mut self, opened: Opened) -> Task<Message> {
        if opened.number != self.journey.number {
            return match opened.result {
                Ok((engine, _)) => Task::future(close(engine)).discard(),
                Err(_) => Task::none(),
            };
        }
        self.journey.opening = None;
        let (engine, status) = match opened.result {
            Ok(open) => open,
            Err(error) => {
                let locked = passphrase::is_needed_by(&error);
                self.cx.trouble = Some(error);
                return match locked {
                    true => self.unlock(Message::OpenAgain),
                    false => Task::none(),
                };
            }
        };
        self.cx.open = Some(Open {
            engine,
            snapshot: Snapshot::default(),
            running: None,
            status,
            number: opened.number,
        });
        let waiting = self.journey.waiting.take();
        if let Some(command) = waiting {
            return self.command(command);
        }
        if std::mem::take(&mut self.journey.follow) {
            let step = station(&self.cx);
            return self.go(step);
        }
        self.enter()
    }

    /// Lets the engine work.
    pub(super) fn command(&mut self, command: Command) -> Task<Message> {
        self.cx.trouble = None;
        let Some(open) = &mut self.cx.open else {
            self.journey.waiting = Some(command);
            return self.make_ready();
        };
        if open.running.is_some() {
            return Task::none();
        }
        let cancel = CancellationToken::new();
        open.running = Some(Running {
            command,
            cancel: cancel.clone(),
        });
        let (scope, options) = (self.cx.draft.scope.clone(), self.cx.draft.options.clone());
        if *open.engine.migration() != open.engine.migration().with(&scope, &options) {
            open.engine = Arc::new(open.engine.with_choices(scope, options));
        }
        let (engine, number) = (open.engine.clone(), open.number);
        Task::future(async move {
            let result = carry_out(&engine, command, &cancel).await;
            Message::Commanded(Commanded {
                number,
                command,
                result: result.map_err(shared),
                status: engine.status().await.ok(),
            })
        })
    }

    pub(super) fn stop(&mut self) {
        self.journey.waiting = None;
        if let Some(running) = self.cx.open.as_ref().and_then(|open| open.running.as_ref()) {
            running.cancel.cancel();
        }
    }

    pub(super) fn commanded(&mut self, ended: Commanded) -> Task<Message> {
        let Some(open) = &mut self.cx.open else {
            return Task::none();
        };
        if open.number != ended.number {
            return Task::none();
        }
        open.running = None;
        if let Some(status) = &ended.status {
            open.status = status.clone();
        }
        let done = &mut self.cx.done;
        match &ended.result {
            Ok(Done::Survey(survey)) => done.survey = Some(survey.clone()),
            Ok(Done::Preview(preview)) => done.preview = Some(preview.clone()),
            Ok(Done::Move(moved)) => {
                done.moved = Some(moved.clone());
                if let Some(practice) = &self.cx.practice {
                    practice.finish();
                }
            }
            Ok(Done::Verify(verify)) => done.verify = Some(verify.clone()),
            Err(error) => {
                tracing::warn!(command = ?ended.command, "ended early: {error}");
                self.cx.trouble = Some(error.clone());
            }
        }
        let told = self.tell_finished(&ended);
        match &ended.result {
            Err(error) if passphrase::is_needed_by(error) => {
                let again = Message::CommandAgain(ended.command);
                Task::batch([told, self.unlock(again)])
            }
            _ => told,
        }
    }

    pub(super) fn snapshot(&mut self, number: u64, snapshot: Snapshot) {
        if let Some(open) = &mut self.cx.open
            && open.number == number
        {
            open.snapshot = snapshot;
        }
    }

    /// Saves the draft, if it has changed since it was last saved.
    pub(super) fn save_changes(&mut self) -> Task<Message> {
        let cx = &self.cx;
        let unkept = match &cx.keep_trouble {
            None => cx.gained.unkept(),
            // Not again and again; see `keep_again`.
            Some(_) => Vec::new(),
        };
        let same = self.journey.saved.as_ref() == Some(&cx.draft) && unkept.is_empty();
        if !cx.has_draft || self.journey.saving || same {
            return Task::none();
        }
        let draft = cx.draft.clone();
        self.journey.saved = Some(draft.clone());
        // A rehearsal's file is the rehearsal's own.
        if cx.practice.is_some() {
            return Task::none();
        }
        self.journey.saving = true;
        let (file, data_dir, secrets) = (cx.file.clone(), cx.data_dir.clone(), cx.secrets.clone());
        Task::future(async move {
            let file = migrations::save(draft.clone(), file, &data_dir).await;
            let kept = match &file {
                Ok(file) => {
                    let id = file.file_stem().unwrap_or_default().to_string_lossy();
                    let kept = keep(&secrets, &id, &unkept, draft.migration().as_ref()).await;
                    Some(kept.map_err(shared))
                }
                Err(_) => None,
            };
            Message::Saved(Saved {
                draft: Box::new(draft),
                file: file.map_err(|error| error.to_string()),
                secrets: unkept,
                kept,
            })
        })
    }

    pub(super) fn saved(&mut self, saved: Saved) -> Task<Message> {
        self.journey.saving = false;
        // Another migration may have been opened meanwhile.
        if self.journey.saved.as_ref() != Some(&*saved.draft) {
            return self.save_changes();
        }
        match saved.file {
            Ok(file) => self.cx.file = Some(file),
            Err(error) => {
                tracing::warn!("the migration cannot be saved: {error}");
                return Task::none();
            }
        }
        match saved.kept {
            Some(Err(error)) => {
                let locked = passphrase::can_help(&error);
                self.cx.keep_trouble = Some(error);
                match locked {
                    true => self.unlock(Message::KeepAgain),
                    false => Task::none(),
                }
            }
            _ => {
                self.cx.gained.settle(&saved.secrets);
                self.save_changes()
            }
        }
    }

    /// Tries once more to keep what could not be kept.
    pub(super) fn keep_again(&mut self) -> Task<Message> {
        self.cx.keep_trouble = None;
        self.save_changes()
    }

    /// Closes the window when everything is in order, or after a while.
    pub(super) fn close(&mut self) -> Task<Message> {
        if std::mem::replace(&mut self.journey.closing, true) {
            // Asked twice: at once.
            return Task::done(Message::Closed);
        }
        self.stop();
        let (open, practice) = (self.cx.open.take(), self.cx.practice.take());
        Task::future(async move {
            let _ = tokio::time::timeout(PATIENCE, end(open, practice)).await;
            Message::Closed
        })
    }
}

/// Where a migration has come to.
fn station(cx: &Context) -> Step {
    match cx.status() {
        Some(status) if status.complete => Step::Report,
        Some(status) if status.planned && status.settled() > 0 => Step::Move,
        Some(status) if status.planned => Step::Preview,
        _ => Step::Choose,
    }
}

/// First under the draft's name, so that what was kept there before never comes back.
async fn keep(
    secrets: &KeptSecrets,
    draft: &str,
    unkept: &[(Secret, SecretString)],
    migration: Option<&Migration>,
) -> Result<(), SecretError> {
    for (which, secret) in unkept {
        secrets.keep_early(draft, *which, secret).await?;
    }
    match migration {
        Some(migration) => secrets.settle(draft, migration).await,
        None => Ok(()),
    }
}

async fn carry_out(
    engine: &Engine,
    command: Command,
    cancel: &CancellationToken,
) -> Result<Done, EngineError> {
    Ok(match command {
        Command::Survey => Done::Survey(engine.survey(cancel).await?),
        Command::Preview => Done::Preview(engine.preview(false, cancel).await?),
        Command::Move => Done::Move(engine.move_items(cancel).await?),
        Command::Verify => Done::Verify(engine.verify(cancel, &|_, _| {}).await?),
    })
}

/// Stops what runs, waits until it has, and closes the ledger; then the servers of a rehearsal end.
async fn end(open: Option<Open>, practice: Option<Arc<Practice>>) {
    if let Some(open) = open {
        if let Some(running) = &open.running {
            running.cancel.cancel();
        }
        close(open.engine).await;
    }
    if let Some(practice) = practice {
        practice.stop().await;
    }
}

/// Closes the ledger as soon as nobody works with it any more.
async fn close(engine: Arc<Engine>) {
    let mut engine = engine;
    let mut beat = tokio::time::interval(Duration::from_millis(20));
    loop {
        match Arc::try_unwrap(engine) {
            Ok(engine) => {
                if let Err(error) = engine.close().await {
                    tracing::warn!("the ledger was not closed in order: {error}");
                }
                return;
            }
            Err(shared) => engine = shared,
        }
        beat.tick().await;
    }
}
