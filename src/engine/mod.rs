//! The one façade of the command line and the window: commands in, snapshots and summaries out.

mod browse;
mod connect;
mod error;
pub mod migrations;
mod notes;
pub mod rehearsal;
mod secrets;
pub mod sign_in;
mod snapshot;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

pub use browse::{DecisionRow, Filter, NodeKind, Order, Outlook, PlanRow, PlanTotals, TreeNode};
pub use connect::{Secret, SecretError, Secrets, microsoft_sites};
pub use error::{DoesNotFit, EngineError};
pub use secrets::{KeptSecrets, NeverGiven};
use snapshot::Pace;
pub use snapshot::{Phase, Snapshot};
use tokio::sync::{OnceCell, watch};
use tokio_util::sync::CancellationToken;

use crate::ledger::{Balance, Ledger, ReportFilter, ReportRow, RunState, Task};
use crate::model::{
    Action, Decision, Draft, FolderNames, Item, Migration, MoveDone, Options, OutcomeKind,
    PreviewDone, Scope, SourceConfig, StatusDone, SurveyDone, TargetInfo, Timestamp, VerifyDone,
};
use crate::net::Bandwidth;
use crate::plan::{Part, PlanOptions, fit};
use crate::preview::{Planner, PreviewError};
use crate::source::Source;
use crate::survey::{survey_source, survey_target, survey_target_collections};
use crate::target::Nextcloud;
use crate::transfer::{Mover, MoverParts, Progress};
use crate::verify::{Verdict, Verifier, VerifyError};

/// Ten updates a second are enough for any screen.
const TICK: Duration = Duration::from_millis(100);

/// One migration, open. Every command may be given at any time; each goes on from what the ledger knows.
pub struct Engine {
    migration: Migration,
    ledger: Ledger,
    secrets: Arc<dyn Secrets>,
    names: FolderNames,
    source: OnceCell<Arc<dyn Source>>,
    target: OnceCell<(Nextcloud, TargetInfo)>,
    bandwidth: Bandwidth,
    progress: Progress,
    snapshots: watch::Sender<Snapshot>,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine")
            .field("ledger", &self.ledger)
            .finish_non_exhaustive()
    }
}

impl Engine {
    /// Opens the migration's ledger in `data_dir`. Connects to nothing yet. `names` are those of folders
    /// that do not exist at the source; the first ones given to a migration stay.
    ///
    /// # Errors
    /// Those of the ledger.
    pub async fn open(
        migration: Migration,
        data_dir: &Path,
        secrets: Arc<dyn Secrets>,
        names: FolderNames,
    ) -> Result<Self, EngineError> {
        let ledger = Ledger::open(&ledger_path(&migration, data_dir)).await?;
        let names = match ledger.note(notes::FOLDER_NAMES).await? {
            Some(known) => serde_json::from_str(&known).unwrap_or(names),
            None => {
                let text = serde_json::to_string(&names).map_err(internal)?;
                ledger.set_note(notes::FOLDER_NAMES, text).await?;
                names
            }
        };
        let file = Draft::from(&migration).to_toml();
        ledger.set_note(notes::MIGRATION, file).await?;
        let bandwidth = Bandwidth::new(migration.bandwidth);
        Ok(Self {
            migration,
            ledger,
            secrets,
            names,
            source: OnceCell::new(),
            target: OnceCell::new(),
            bandwidth,
            progress: Progress::default(),
            snapshots: watch::Sender::new(Snapshot::default()),
        })
    }

    /// The same migration, on the same ledger, with other choices. To be used instead of this one, and
    /// only while no command runs. What an earlier survey found stays as it is; a plan is made anew by
    /// [`Self::preview`].
    pub fn with_choices(&self, scope: Scope, options: Options) -> Self {
        let migration = self.migration.with(&scope, &options);
        self.bandwidth.set(migration.bandwidth);
        // The source looks only for what is in scope.
        let same_scope = migration.scope == self.migration.scope;
        let source = self.source.get().filter(|_| same_scope).cloned();
        Self {
            migration,
            ledger: self.ledger.clone(),
            secrets: self.secrets.clone(),
            names: self.names.clone(),
            source: OnceCell::new_with(source),
            target: self.target.clone(),
            bandwidth: self.bandwidth.clone(),
            progress: self.progress.clone(),
            snapshots: self.snapshots.clone(),
        }
    }

    pub fn migration(&self) -> &Migration {
        &self.migration
    }

    pub fn ledger_path(&self) -> &Path {
        self.ledger.path()
    }

    /// What is going on, about ten times a second while a command runs.
    pub fn snapshots(&self) -> watch::Receiver<Snapshot> {
        self.snapshots.subscribe()
    }

    /// Changes the limit (bytes a second) of what is running and of what comes.
    pub fn set_bandwidth(&self, bytes_per_second: Option<u64>) {
        self.bandwidth.set(bytes_per_second);
    }

    /// Lists everything at both ends.
    ///
    /// # Errors
    /// See [`EngineError`]; an earlier survey is kept.
    pub async fn survey(&self, cancel: &CancellationToken) -> Result<SurveyDone, EngineError> {
        let work = async {
            let source = self.source().await?;
            let (target, _) = self.target().await?;
            self.set_phase(Phase::SurveyingTarget);
            let folder = &self.migration.target.folder;
            survey_target(target, folder, &self.ledger, cancel).await?;
            self.set_phase(Phase::SurveyingSource);
            let progress = self.progress.clone();
            progress.expect(0, 0);
            let found = move |items: u64| progress.set_items(items);
            let surveyed = survey_source(source.as_ref(), &self.ledger, cancel, &found).await?;
            self.set_phase(Phase::SurveyingTarget);
            survey_target_collections(target, &self.ledger, cancel).await?;
            let totals = surveyed.finish(&self.ledger).await?;
            Ok(SurveyDone {
                folders: totals.folders,
                files: totals.files,
                bytes: totals.bytes,
                calendars: totals.calendars,
                events: totals.events,
                tasks: totals.tasks,
                address_books: totals.address_books,
                contacts: totals.contacts,
            })
        };
        self.watched(Phase::Connecting, cancel, work).await
    }

    /// Makes the plan. `offline`: from what an earlier survey found, without touching the network.
    ///
    /// # Errors
    /// [`EngineError::NotSurveyed`] offline without a survey; others as they come.
    pub async fn preview(
        &self,
        offline: bool,
        cancel: &CancellationToken,
    ) -> Result<PreviewDone, EngineError> {
        if !self.ledger.is_surveyed().await? {
            if offline {
                return Err(EngineError::NotSurveyed);
            }
            self.survey(cancel).await?;
        }
        let work = async {
            let info = if offline {
                self.remembered_target()
                    .await?
                    .ok_or(EngineError::NotSurveyed)?
            } else {
                self.fresh_target_info().await?
            };
            self.set_phase(Phase::Planning);
            let planner = Planner {
                rules: info.rules.clone(),
                options: PlanOptions::new(&self.migration.options, &self.migration.scope)?,
                target_folder: self.migration.target.folder.clone(),
                names: self.names.clone(),
                selection: self.ledger.selection().await?,
            };
            planner
                .run(&self.ledger, &self.progress, cancel)
                .await
                .map_err(|error| match error {
                    PreviewError::Cancelled => EngineError::Cancelled,
                    PreviewError::Ledger(error) => EngineError::Ledger(error),
                })?;
            self.block_what_does_not_fit(&info).await?;
            self.preview_summary(&info).await
        };
        self.watched(Phase::Connecting, cancel, work).await
    }

    /// Carries out the plan; makes it first where there is none or where the last one is done. Goes on
    /// where an earlier move stopped.
    ///
    /// # Errors
    /// [`EngineError::DoesNotFit`] before anything is moved; [`EngineError::StoppedEarly`] and
    /// [`EngineError::Cancelled`] when it can be resumed.
    pub async fn move_items(&self, cancel: &CancellationToken) -> Result<MoveDone, EngineError> {
        let started = Instant::now();
        let state = self.run_state().await?;
        if matches!(state, RunState::NoPlan | RunState::Done) {
            self.survey(cancel).await?;
            self.preview(false, cancel).await?;
        }
        if state != RunState::Begun {
            self.refuse_what_does_not_fit().await?;
        }
        let work = async {
            let source = self.source().await?.clone();
            let (target, info) = self.target().await?.clone();
            self.set_phase(Phase::Moving);
            if !self.ledger.begin_run().await? {
                return Err(EngineError::Internal("the plan is gone".into()));
            }
            let mover = Mover::new(MoverParts {
                ledger: self.ledger.clone(),
                source,
                target,
                info,
                bandwidth: self.bandwidth.clone(),
                progress: self.progress.clone(),
                cancel: cancel.clone(),
                set_aside: set_aside_path(self.ledger.path()),
            });
            mover
                .run()
                .await
                .map_err(|stop| match EngineError::from(stop) {
                    EngineError::Cancelled => EngineError::Cancelled,
                    error => EngineError::StoppedEarly(Box::new(error)),
                })?;
            let balance = self.ledger.balance().await?;
            Ok(move_summary(&balance, started.elapsed()))
        };
        // The mover itself ends in order when it is cancelled.
        let done = self.watched_to_its_end(Phase::Connecting, work).await;
        let noted = self.note_end_of_move(&done).await;
        let done = done?;
        noted?;
        Ok(done)
    }

    /// For whoever lists the migrations later.
    async fn note_end_of_move(
        &self,
        done: &Result<MoveDone, EngineError>,
    ) -> Result<(), EngineError> {
        let waiting = match done {
            Ok(_) => {
                let now = Timestamp::now().to_string();
                self.ledger.set_note(notes::FINISHED, now).await?;
                ""
            }
            // Whoever stopped it knows.
            Err(EngineError::Cancelled) => "",
            Err(error) => error.code(),
        };
        Ok(self
            .ledger
            .set_note(notes::WAITING, waiting.to_owned())
            .await?)
    }

    /// Looks again at everything that should be at the target. `tell` gets what is not proved.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub async fn verify(
        &self,
        cancel: &CancellationToken,
        tell: &(dyn Fn(&ReportRow, &Verdict) + Send + Sync),
    ) -> Result<VerifyDone, EngineError> {
        let work = async {
            let (target, _) = self.target().await?;
            let reread = match self.migration.source {
                SourceConfig::Folder { .. } | SourceConfig::Takeout { .. } => {
                    Some(self.source().await?.clone())
                }
                _ => None,
            };
            self.set_phase(Phase::SurveyingTarget);
            let folder = &self.migration.target.folder;
            survey_target(target, folder, &self.ledger, cancel).await?;
            survey_target_collections(target, &self.ledger, cancel).await?;
            self.set_phase(Phase::Verifying);
            let verifier = Verifier {
                ledger: self.ledger.clone(),
                target: target.clone(),
                reread,
                progress: self.progress.clone(),
            };
            verifier
                .run(cancel, tell)
                .await
                .map_err(|error| match error {
                    VerifyError::Cancelled => EngineError::Cancelled,
                    VerifyError::Target(error) => EngineError::Target(error),
                    VerifyError::Ledger(error) => EngineError::Ledger(error),
                })
        };
        self.watched(Phase::Connecting, cancel, work).await
    }

    /// How far it has come, from the ledger alone.
    ///
    /// # Errors
    /// Those of the ledger.
    pub async fn status(&self) -> Result<StatusDone, EngineError> {
        let state = self.run_state().await?;
        let balance = self.ledger.balance().await?;
        let account = balance.account;
        let (_, bytes_pending) = self.ledger.jobs_left(Task::Content).await?;
        Ok(StatusDone {
            bytes: balance.bytes,
            bytes_pending,
            surveyed: self.ledger.is_surveyed().await?,
            planned: state != RunState::NoPlan,
            complete: state == RunState::Done && balance.is_balanced(),
            items: balance.items,
            pending: balance.missing,
            moved: account.moved,
            converted: account.converted,
            linked: account.linked,
            kept: account.kept,
            skipped: account.skipped,
            failed: account.failed,
        })
    }

    /// # Errors
    /// Those of the ledger.
    pub async fn balance(&self) -> Result<Balance, EngineError> {
        Ok(self.ledger.balance().await?)
    }

    /// # Errors
    /// Those of the ledger.
    pub async fn plan_totals(&self) -> Result<PlanTotals, EngineError> {
        Ok(self.ledger.plan_totals().await?)
    }

    /// A page of decisions, after row `after`.
    ///
    /// # Errors
    /// Those of the ledger.
    pub async fn decisions(
        &self,
        after: i64,
        limit: u32,
    ) -> Result<Vec<(i64, Item, Decision)>, EngineError> {
        Ok(self.ledger.decisions(after, limit).await?)
    }

    /// A page of the account, after row `after`.
    ///
    /// # Errors
    /// Those of the ledger.
    pub async fn report_rows(
        &self,
        after: i64,
        limit: u32,
        kind: Option<OutcomeKind>,
    ) -> Result<Vec<ReportRow>, EngineError> {
        Ok(self.ledger.report_rows(after, limit, kind).await?)
    }

    /// How many items the account has of this kind.
    ///
    /// # Errors
    /// Those of the ledger.
    pub async fn report_count(&self, filter: ReportFilter) -> Result<u64, EngineError> {
        Ok(self.ledger.report_count(filter).await?)
    }

    /// A page of the account for a table: `limit` items from the one at `offset` on.
    ///
    /// # Errors
    /// Those of the ledger.
    pub async fn report_page(
        &self,
        filter: ReportFilter,
        offset: u64,
        limit: u32,
    ) -> Result<Vec<ReportRow>, EngineError> {
        Ok(self.ledger.report_page(filter, offset, limit).await?)
    }

    /// Puts what failed back into the queue, all of it (`None`) or one row of the account, where another
    /// attempt can help. A move that is running takes it up; otherwise [`Self::move_items`] does. How many
    /// items that are.
    ///
    /// # Errors
    /// Those of the ledger.
    pub async fn try_again(&self, which: Option<i64>) -> Result<u64, EngineError> {
        let (items, bytes) = self.ledger.try_again(which).await?;
        self.progress.tried_again(items, bytes);
        Ok(items)
    }

    /// Where these rows lie at the source.
    ///
    /// # Errors
    /// Those of the ledger.
    pub async fn source_paths(&self, rows: &[ReportRow]) -> Result<Vec<String>, EngineError> {
        let rows = rows.iter().map(|row| row.n).collect();
        Ok(self.ledger.source_paths(rows).await?)
    }

    /// What is known of the target, from now or from an earlier time.
    ///
    /// # Errors
    /// Those of the ledger.
    pub async fn target_info(&self) -> Result<Option<TargetInfo>, EngineError> {
        match self.target.get() {
            Some((_, info)) => Ok(Some(info.clone())),
            None => self.remembered_target().await,
        }
    }

    /// Closes the ledger, so that all of it is in its one file.
    ///
    /// # Errors
    /// Those of the ledger.
    pub async fn close(self) -> Result<(), EngineError> {
        Ok(self.ledger.close().await?)
    }

    async fn source(&self) -> Result<&Arc<dyn Source>, EngineError> {
        self.source
            .get_or_try_init(|| connect::source(&self.migration, &self.secrets))
            .await
    }

    async fn target(&self) -> Result<&(Nextcloud, TargetInfo), EngineError> {
        self.target
            .get_or_try_init(|| async {
                let (target, info) =
                    connect::target(&self.migration, self.secrets.as_ref()).await?;
                self.remember_target(&info).await?;
                Ok((target, info))
            })
            .await
    }

    async fn fresh_target_info(&self) -> Result<TargetInfo, EngineError> {
        let (target, info) = self.target().await?;
        let mut info = info.clone();
        info.free = target.free_space().await.map_err(EngineError::Target)?;
        self.remember_target(&info).await?;
        Ok(info)
    }

    async fn remember_target(&self, info: &TargetInfo) -> Result<(), EngineError> {
        let text = serde_json::to_string(info).map_err(internal)?;
        Ok(self.ledger.set_note(notes::TARGET_INFO, text).await?)
    }

    async fn remembered_target(&self) -> Result<Option<TargetInfo>, EngineError> {
        let text = self.ledger.note(notes::TARGET_INFO).await?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    }

    /// An interrupted survey makes whatever was planned before it stale.
    async fn run_state(&self) -> Result<RunState, EngineError> {
        if !self.ledger.is_surveyed().await? {
            return Ok(RunState::NoPlan);
        }
        Ok(self.ledger.run_state().await?)
    }

    async fn parts(&self) -> Result<Vec<Part>, EngineError> {
        let folders = self.ledger.top_folders().await?;
        Ok(folders
            .into_iter()
            .map(|top| Part {
                name: top.name,
                bytes: top.bytes,
            })
            .collect())
    }

    async fn block_what_does_not_fit(&self, info: &TargetInfo) -> Result<(), EngineError> {
        let fit = fit(&self.parts().await?, info.free);
        let tops = fit.leave_out.into_iter().map(|part| part.name).collect();
        Ok(self.ledger.block(tops).await?)
    }

    async fn refuse_what_does_not_fit(&self) -> Result<(), EngineError> {
        let info = self.fresh_target_info().await?;
        let parts = self.parts().await?;
        let fit = fit(&parts, info.free);
        if fit.fits() {
            return Ok(());
        }
        let (would_not, would_fit) = parts
            .into_iter()
            .partition::<Vec<_>, _>(|part| fit.leave_out.contains(part));
        let named = |parts: Vec<Part>| {
            parts
                .into_iter()
                .map(|part| (part.name, part.bytes))
                .collect()
        };
        Err(EngineError::DoesNotFit(Box::new(DoesNotFit {
            needed: fit.needed,
            free: fit.free.unwrap_or(u64::MAX),
            would_fit: named(would_fit),
            would_not: named(would_not),
        })))
    }

    async fn preview_summary(&self, info: &TargetInfo) -> Result<PreviewDone, EngineError> {
        let totals = self.ledger.plan_totals().await?;
        let mut done = PreviewDone {
            items: totals.items,
            bytes: totals.bytes,
            renamed: totals.renamed,
            fits: fit(&self.parts().await?, info.free).fits(),
            target_free: info.free,
            ..PreviewDone::default()
        };
        for action in Action::ALL {
            done.set_count(action, totals.count(action));
        }
        Ok(done)
    }

    fn set_phase(&self, phase: Phase) {
        self.snapshots.send_modify(|snapshot| {
            *snapshot = Snapshot {
                phase,
                ..Snapshot::default()
            };
        });
    }

    /// Runs a command while the snapshots are kept up to date; breaks it off on request.
    async fn watched<T>(
        &self,
        phase: Phase,
        cancel: &CancellationToken,
        work: impl Future<Output = Result<T, EngineError>>,
    ) -> Result<T, EngineError> {
        let stoppable = async {
            tokio::select! {
                () = cancel.cancelled() => Err(EngineError::Cancelled),
                done = work => done,
            }
        };
        self.watched_to_its_end(phase, stoppable).await
    }

    async fn watched_to_its_end<T>(
        &self,
        phase: Phase,
        work: impl Future<Output = Result<T, EngineError>>,
    ) -> Result<T, EngineError> {
        self.set_phase(phase);
        let mut pace = (phase, Pace::new(Instant::now(), &self.progress.counts()));
        let mut ticks = tokio::time::interval(TICK);
        tokio::pin!(work);
        let done = loop {
            tokio::select! {
                done = &mut work => break done,
                _ = ticks.tick() => {
                    let now = Instant::now();
                    let phase = self.snapshots.borrow().phase;
                    if pace.0 != phase {
                        pace = (phase, Pace::new(now, &self.progress.counts()));
                    }
                    let snapshot = pace.1.measure(phase, self.progress.counts(), now);
                    self.snapshots.send_replace(snapshot);
                }
            }
        };
        self.snapshots.send_modify(|snapshot| {
            snapshot.counts = self.progress.counts();
            snapshot.phase = Phase::Idle;
        });
        // A ledger that cannot rest has been told of already.
        let _ = self.ledger.rest().await;
        done
    }
}

/// Where a migration's ledger lies: named by both ends, so that it is found again when the migration file
/// is renamed, and never mixed up with another's.
pub fn ledger_path(migration: &Migration, data_dir: &Path) -> PathBuf {
    let source = match &migration.source {
        SourceConfig::Google {
            client_id,
            endpoint,
            ..
        } => format!("google {client_id} {endpoint:?}"),
        SourceConfig::Microsoft {
            client_id,
            tenant,
            endpoint,
            ..
        } => format!("microsoft {client_id} {tenant:?} {endpoint:?}"),
        SourceConfig::Dropbox {
            client_id,
            endpoint,
            ..
        } => format!("dropbox {client_id} {endpoint:?}"),
        SourceConfig::Nextcloud {
            url, user, folder, ..
        } => format!("nextcloud {url} {user} {folder}"),
        SourceConfig::Folder { path } => format!("folder {}", canonical(path).display()),
        SourceConfig::Takeout { path } => format!("takeout {}", canonical(path).display()),
    };
    let target = &migration.target;
    let identity = format!(
        "{source} -> {} {} {}",
        target.url, target.user, target.folder
    );
    let name = uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_URL, identity.as_bytes());
    let host = target.url.host_str().unwrap_or_default();
    let host: String = host
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || c == '.' {
                c
            } else {
                '-'
            }
        })
        .collect();
    data_dir
        .join("migrations")
        .join(format!("{host}-{}.sqlite", name.simple()))
}

/// Where the texts of what could not be moved are kept, beside the migration's ledger.
fn set_aside_path(ledger: &Path) -> PathBuf {
    let data_dir = ledger.parent().and_then(Path::parent);
    let name = ledger.file_stem().unwrap_or_default();
    data_dir
        .unwrap_or(Path::new(""))
        .join("set-aside")
        .join(name)
}

fn canonical(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

fn move_summary(balance: &Balance, took: Duration) -> MoveDone {
    let account = balance.account;
    MoveDone {
        items: balance.items,
        moved: account.moved,
        converted: account.converted,
        linked: account.linked,
        kept: account.kept,
        skipped: account.skipped,
        failed: account.failed,
        balanced: balance.is_balanced(),
        bytes: balance.bytes,
        seconds: took.as_secs_f64(),
    }
}

fn internal(error: impl std::error::Error) -> EngineError {
    EngineError::Internal(error.to_string())
}
