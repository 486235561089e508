//! Carries out the plan, and decides nothing: a durable queue, worked off by as many hands as the hosts
//! bear. A job is done when the server has acknowledged it and the ledger has committed it.

mod bulk;
mod chunked;
mod collections;
mod content;
mod folders;
mod objects;
mod progress;
mod properties;
mod set_aside;
mod stream;
mod swift;
mod trouble;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

pub use progress::{Counts, InFlight, Progress, work_share};
use progress::{ItemProgress, Stand};
use swift::Swift;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use trouble::{Cure, Trouble};

use crate::ledger::{Claim, Finished, Job, Ledger, LedgerError, Task};
use crate::model::{
    Algorithms, BulkSupport, HashValue, Outcome, OutcomeKind, Step, TargetEntry, TargetInfo,
    Timestamp,
};
use crate::net::{Bandwidth, Pressure};
use crate::source::{Source, SourceError};
use crate::target::{Nextcloud, TargetError, UploadId};

/// Why a move stopped before its end. All of it can be resumed.
#[derive(Debug, thiserror::Error)]
pub enum Stop {
    #[error("stopped on request")]
    Cancelled,
    #[error("the source: {0}")]
    Source(#[source] SourceError),
    #[error("the target: {0}")]
    Target(#[source] TargetError),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    #[error("a worker ended unexpectedly")]
    Worker,
}

/// Requests under way at a time; [`Pressure`] finds out how many of them the hosts bear.
const UNITS: usize = 10;
/// Jobs that are claimed at a time.
const CLAIM: u32 = 200;
const TARGET_AT_ONCE: usize = 8;
const SOURCE_AT_ONCE: usize = 12;
/// How long a host may be out of reach before the move stops.
const PATIENCE: Duration = Duration::from_secs(600);
/// What is in flight may go on for this long after the user asked to stop.
const PARKING: Duration = Duration::from_secs(4);
/// Memory for what is read and not sent yet, in KiB: of chunks that are sent while they are read, and of
/// those that must be read whole first.
const FLOWING_MEMORY: usize = 64 << 10;
const HELD_MEMORY: usize = 48 << 10;

/// Everything that a move works with. Cheap to clone.
#[derive(Clone)]
pub struct Mover(Arc<Shared>);

struct Shared {
    ledger: Ledger,
    source: Arc<dyn Source>,
    target: Nextcloud,
    info: TargetInfo,
    bandwidth: Bandwidth,
    progress: Progress,
    cancel: CancellationToken,
    source_pressure: Pressure,
    target_pressure: Pressure,
    /// One permit a KiB.
    flowing_memory: Arc<Semaphore>,
    held_memory: Arc<Semaphore>,
    bulk_works: AtomicBool,
    bulk_failures: AtomicU32,
    swift: Swift,
    last_success: Mutex<Instant>,
    /// What the source handed out of items whose published digest is another and need not be right; none
    /// of more than one attempt is kept.
    seen: Mutex<HashMap<i64, HashValue>>,
    /// Where the texts of broken objects go.
    set_aside: PathBuf,
    /// Photos are scaled one at a time.
    scaling: Semaphore,
}

impl std::fmt::Debug for Mover {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mover").finish_non_exhaustive()
    }
}

/// What a [`Mover`] is made of.
pub struct MoverParts {
    pub ledger: Ledger,
    pub source: Arc<dyn Source>,
    pub target: Nextcloud,
    pub info: TargetInfo,
    pub bandwidth: Bandwidth,
    pub progress: Progress,
    pub cancel: CancellationToken,
    /// The folder for the texts of what could not be moved; made when there are any.
    pub set_aside: PathBuf,
}

impl std::fmt::Debug for MoverParts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MoverParts").finish_non_exhaustive()
    }
}

impl Mover {
    pub fn new(parts: MoverParts) -> Self {
        let bulk = parts.info.bulk == BulkSupport::Offered;
        Self(Arc::new(Shared {
            ledger: parts.ledger,
            source: parts.source,
            target: parts.target,
            info: parts.info,
            bandwidth: parts.bandwidth,
            progress: parts.progress,
            cancel: parts.cancel,
            source_pressure: Pressure::new(SOURCE_AT_ONCE),
            target_pressure: Pressure::new(TARGET_AT_ONCE),
            flowing_memory: Arc::new(Semaphore::new(FLOWING_MEMORY)),
            held_memory: Arc::new(Semaphore::new(HELD_MEMORY)),
            bulk_works: AtomicBool::new(bulk),
            bulk_failures: AtomicU32::new(0),
            swift: Swift::default(),
            last_success: Mutex::new(Instant::now()),
            seen: Mutex::default(),
            set_aside: parts.set_aside,
            scaling: Semaphore::new(1),
        }))
    }

    /// Works the queue off. It has been filled by [`Ledger::begin_run`].
    ///
    /// # Errors
    /// [`Stop`], when it ends before every job is done; what was in flight is back in the queue.
    pub async fn run(&self) -> Result<(), Stop> {
        let ledger = &self.0.ledger;
        self.count_on().await?;
        let worked = async {
            loop {
                self.work(&[Task::Folder]).await?;
                self.work(&[Task::Content]).await?;
                ledger.prepare_properties().await?;
                self.work(&[Task::Properties]).await?;
                // After the files, so that the attachments of events lead to them. A server that takes only
                // so many calendars an hour gets the content of those it has meanwhile.
                self.work(&[Task::Collection, Task::Object]).await?;
                // What failed may have been put back meanwhile.
                if self.left().await? == (0, 0) {
                    break;
                }
            }
            self.throw_away_abandoned_uploads().await
        }
        .await;
        if worked.is_err() {
            ledger.put_all_back().await?;
        }
        worked
    }

    /// Folders, files, collections and objects that are left, and the bytes of these.
    async fn left(&self) -> Result<(u64, u64), LedgerError> {
        let (mut items, mut bytes) = (0, 0);
        for task in [Task::Folder, Task::Content, Task::Collection, Task::Object] {
            let (jobs, size) = self.0.ledger.jobs_left(task).await?;
            items += jobs;
            bytes += size;
        }
        Ok((items, bytes))
    }

    /// Counts on from where earlier runs of this plan have come to.
    async fn count_on(&self) -> Result<(), LedgerError> {
        let (items, bytes) = self.left().await?;
        let balance = self.0.ledger.balance().await?;
        self.0.progress.stand(Stand {
            items: (balance.items.saturating_sub(items), balance.items),
            bytes: (balance.bytes, balance.bytes.saturating_add(bytes)),
            failed: balance.account.failed,
        });
        Ok(())
    }

    fn begin_progress(&self, job: &Job) -> ItemProgress {
        let size = match job.decision.step {
            Step::Upload { .. } => job.item.size,
            _ => None,
        };
        self.0.progress.begin(job.n, &job.item.name, size)
    }

    /// Works off all jobs of these tasks.
    async fn work(&self, tasks: &[Task]) -> Result<(), Stop> {
        let mut running: JoinSet<Result<(), Stop>> = JoinSet::new();
        let worked = self.claim_and_spawn(tasks, &mut running).await;
        match &worked {
            Ok(()) => {}
            // Nothing new begins, what is in flight may end, and what does not is parked.
            Err(_) => {
                let _ = tokio::time::timeout(PARKING, async {
                    while running.join_next().await.is_some() {}
                })
                .await;
                running.shutdown().await;
            }
        }
        worked
    }

    async fn claim_and_spawn(
        &self,
        tasks: &[Task],
        running: &mut JoinSet<Result<(), Stop>>,
    ) -> Result<(), Stop> {
        loop {
            let mut worked = false;
            let mut left = false;
            let mut soonest: Option<i64> = None;
            for &task in tasks {
                let claim = tokio::select! {
                    () = self.0.cancel.cancelled() => return Err(Stop::Cancelled),
                    claim = self.0.ledger.claim(task, CLAIM, now()) => claim?,
                };
                match claim {
                    Claim::Jobs(jobs) => {
                        worked = true;
                        self.spawn(task, jobs, running).await?;
                    }
                    Claim::Later { at } => {
                        left = true;
                        soonest = soonest.into_iter().chain(at).min();
                    }
                    Claim::Done => {}
                }
            }
            match (worked, left) {
                (true, _) => {}
                (false, true) => self.wait(running, soonest).await?,
                (false, false) => return Ok(()),
            }
        }
    }

    async fn spawn(
        &self,
        task: Task,
        jobs: Vec<Job>,
        running: &mut JoinSet<Result<(), Stop>>,
    ) -> Result<(), Stop> {
        // Claimed in pages, so that what is claimed is soon under way.
        for unit in self.units(task, jobs) {
            while running.len() >= UNITS {
                self.one_ended(running).await?;
            }
            let mover = self.clone();
            running.spawn(async move { mover.carry_out(task, unit).await });
        }
        Ok(())
    }

    /// Waits for a worker to end, or for the user to stop.
    async fn one_ended(&self, running: &mut JoinSet<Result<(), Stop>>) -> Result<(), Stop> {
        tokio::select! {
            () = self.0.cancel.cancelled() => Err(Stop::Cancelled),
            ended = running.join_next() => match ended {
                None | Some(Ok(Ok(()))) => Ok(()),
                Some(Ok(Err(stop))) => Err(stop),
                Some(Err(_)) => Err(Stop::Worker),
            },
        }
    }

    /// Waits until there may be something to do: a job becomes due at `at`, or a worker ends.
    async fn wait(
        &self,
        running: &mut JoinSet<Result<(), Stop>>,
        at: Option<i64>,
    ) -> Result<(), Stop> {
        let pause = match at {
            Some(at) => Duration::from_millis(u64::try_from(at - now()).unwrap_or(0).max(1)),
            // Everything left is under way.
            None => Duration::from_secs(1),
        };
        if running.is_empty() {
            tokio::select! {
                () = self.0.cancel.cancelled() => return Err(Stop::Cancelled),
                () = tokio::time::sleep(pause) => return Ok(()),
            }
        }
        tokio::select! {
            ended = self.one_ended(running) => ended,
            () = tokio::time::sleep(pause) => Ok(()),
        }
    }

    /// What is carried out together.
    fn units(&self, task: Task, jobs: Vec<Job>) -> Vec<Vec<Job>> {
        match task {
            Task::Folder | Task::Properties | Task::Collection => {
                jobs.into_iter().map(|job| vec![job]).collect()
            }
            Task::Content => self.content_units(jobs),
            Task::Object => Self::object_units(jobs),
        }
    }

    async fn carry_out(&self, task: Task, mut unit: Vec<Job>) -> Result<(), Stop> {
        if task == Task::Object {
            return self.put_objects(unit).await;
        }
        if unit.len() > 1 {
            return self.send_bulk(unit).await;
        }
        let Some(job) = unit.pop() else {
            return Ok(());
        };
        let result = match task {
            Task::Folder => self.make_folder(&job).await,
            Task::Content => self.send(&job).await,
            Task::Properties => self.set_properties(&job).await,
            Task::Collection => self.make_collection(&job).await,
            Task::Object => return Ok(()),
        };
        self.settle(task, &job, result).await
    }

    /// Writes down how a job ended, or puts it back.
    async fn settle(
        &self,
        task: Task,
        job: &Job,
        result: Result<Finished, Trouble>,
    ) -> Result<(), Stop> {
        match result {
            Ok(finished) => {
                self.succeeded();
                self.finished(vec![(finished, job.decision.bytes)]).await
            }
            Err(trouble) => self.troubled(task, job, trouble).await,
        }
    }

    /// Jobs that came to their end, with the bytes that were planned for each.
    async fn finished(&self, finished: Vec<(Finished, u64)>) -> Result<(), Stop> {
        let counted: Vec<(i64, bool, u64)> = finished
            .iter()
            .filter(|(one, _)| one.task != Task::Properties)
            .map(|(one, planned)| (one.n, one.outcome.kind == OutcomeKind::Failed, *planned))
            .collect();
        let finished = finished.into_iter().map(|(one, _)| one).collect();
        let others = self.0.ledger.finish(finished).await?;
        for (n, failed, planned) in counted {
            self.0.progress.item_done(n, failed, planned);
        }
        self.0.progress.others_failed(others);
        Ok(())
    }

    async fn troubled(&self, task: Task, job: &Job, trouble: Trouble) -> Result<(), Stop> {
        tracing::debug!(item = job.n, attempt = job.attempts + 1, %trouble, "trouble");
        let attempts = job.attempts + 1;
        match trouble.cure(if trouble.is_hosts() { 1 } else { attempts }) {
            Cure::Retry { after } => {
                if trouble.is_hosts() && self.silent_for() > PATIENCE {
                    return Err(stop(trouble));
                }
                let counted = if trouble.is_hosts() {
                    job.attempts
                } else {
                    attempts
                };
                // Whatever is wrong with the host, it is not asked again at once.
                let after = if trouble.is_hosts() {
                    after.max(Duration::from_secs(2))
                } else {
                    after
                };
                let millis = i64::try_from(after.as_millis()).unwrap_or(i64::MAX);
                let next_at = now().saturating_add(millis);
                if trouble.waits_for_creation() {
                    self.0
                        .progress
                        .set_waiting(Timestamp::from_millisecond(next_at).ok());
                }
                self.0
                    .ledger
                    .put_back(task, job.n, counted, next_at)
                    .await?;
                Ok(())
            }
            Cure::GiveUp => {
                let mut outcome = Outcome::failed(trouble.reason(), trouble.to_string());
                if task == Task::Properties {
                    outcome.detail = Some(format!("properties: {trouble}"));
                }
                tracing::warn!(item = job.n, reason = %trouble.reason(), "an item failed");
                let finished = Finished {
                    n: job.n,
                    task,
                    outcome,
                    entry: None,
                    properties: false,
                };
                self.finished(vec![(finished, job.decision.bytes)]).await
            }
            Cure::Stop => Err(stop(trouble)),
        }
    }

    fn succeeded(&self) {
        let mut last = self
            .0
            .last_success
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *last = Instant::now();
    }

    fn silent_for(&self) -> Duration {
        let last = self
            .0
            .last_success
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        last.elapsed()
    }

    /// Chunks that no job will go on with are not left lying at the server.
    async fn throw_away_abandoned_uploads(&self) -> Result<(), Stop> {
        for (n, upload_id) in self.0.ledger.abandoned_uploads().await? {
            match self.0.target.abort_upload(&UploadId(upload_id)).await {
                Ok(()) => self.0.ledger.forget_upload(n).await?,
                // The server throws it away by itself after a day.
                Err(error) => tracing::info!(%error, "an abandoned upload stays for now"),
            }
        }
        Ok(())
    }

    /// The digests to compare a content by.
    fn algorithms(job: &Job) -> Algorithms {
        Algorithms::comparing(content::published_hash(job).map(|hash| hash.algorithm))
    }

    /// Bytes of a chunk at the most.
    fn largest_chunk(&self) -> u64 {
        let offered = self.0.info.chunked;
        let largest = offered.map_or(u64::MAX, |chunked| chunked.max_chunk);
        largest.min(self.0.swift.most_at_once().unwrap_or(u64::MAX))
    }

    /// After a refusal of a request of `bytes`, for its length alone; `false`: it cannot be less.
    fn send_less_at_once(&self, bytes: u64) -> bool {
        tracing::info!(bytes, "too long for the server or its front");
        self.0.swift.refused(bytes);
        bytes > chunked::size::LEAST
    }

    fn bulk_is_possible(&self) -> bool {
        self.0.bulk_works.load(Ordering::Relaxed)
    }
}

fn stop(trouble: Trouble) -> Stop {
    match trouble {
        Trouble::Source(error) => Stop::Source(error),
        Trouble::Target(error) => Stop::Target(error),
        Trouble::Pim(error) => Stop::Target(TargetError::protocol(error.to_string())),
        Trouble::Ledger(error) => Stop::Ledger(error),
        _ => Stop::Worker,
    }
}

/// Milliseconds since 1970.
fn now() -> i64 {
    Timestamp::now().as_millisecond()
}

/// What the ledger keeps of a file or folder that is at the target now.
fn entry_of(job: &Job, size: u64, etag: Option<String>, file_id: Option<String>) -> TargetEntry {
    TargetEntry {
        path: job.decision.target_path.clone(),
        is_folder: false,
        size,
        etag: etag.unwrap_or_default(),
        file_id,
        modified: job.item.modified,
        checksums: job
            .item
            .hash
            .iter()
            .filter(|hash| hash.algorithm.is_nextclouds())
            .cloned()
            .collect(),
    }
}
