//! The durable queue of what a move still has to do.

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::outcomes::{other_source_hash, retryable};
use super::pim::{note_object, write_collection};
use super::plan::complete_plan;
use super::rows::{
    DECISION_COLUMNS, INSERT_ENTRY, ITEM_COLUMNS, ITEM_WIDTH, parent_path, read_decision,
    read_item, signed, unsigned, write_entry,
};
use super::{Ledger, LedgerError, number_note, set_note};
use crate::model::{
    Decision, Item, Outcome, OutcomeKind, Proof, Reason, TargetCollection, TargetEntry,
    TargetObject,
};

const RUN_PLAN: &str = "run.plan";
const RUN_PROPERTIES: &str = "run.properties";
const TARGET_COMPLETE: &str = "survey.target";

/// What a job does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// Make a folder. Folders of one depth have one rank.
    Folder,
    /// Send a file's bytes.
    Content,
    /// Set dates and stars: of files first, then of folders, the deepest first.
    Properties,
    /// Make a calendar, a subscription or an address book.
    Collection,
    /// Put a calendar object or a card. Those of one collection have one rank, and are claimed together
    /// once the collection is there.
    Object,
}

impl Task {
    pub(super) const fn code(self) -> i64 {
        match self {
            Self::Folder => 0,
            Self::Content => 1,
            Self::Properties => 2,
            Self::Collection => 3,
            Self::Object => 4,
        }
    }
}

/// Of files, before those of any folder.
const FILE_PROPERTIES_RANK: i64 = -1_000_000;

/// A job that was claimed, with everything to carry it out.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    pub n: i64,
    pub item: Item,
    pub decision: Decision,
    /// How often it has been tried before.
    pub attempts: u32,
    /// It was under way before and nobody knows how it ended: killed, or the answer was lost.
    pub interrupted: bool,
}

/// Claimed jobs, or how long there is nothing to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Claim {
    Jobs(Vec<Job>),
    /// All that is left waits until then (milliseconds since 1970) or is under way.
    Later {
        at: Option<i64>,
    },
    /// There is no job of this task.
    Done,
}

/// How far a plan has been carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunState {
    /// There is no complete plan.
    NoPlan,
    /// Nothing of it has been done yet.
    Planned,
    /// Some of it has been done.
    Begun,
    Done,
}

/// What a job put at the target.
#[derive(Debug, Clone, PartialEq)]
pub enum Arrival {
    /// Or a folder.
    File(TargetEntry),
    Collection(TargetCollection),
    Object {
        object: TargetObject,
        /// The UID that it was given in place of its own.
        uid: Option<String>,
    },
}

impl From<TargetEntry> for Arrival {
    fn from(entry: TargetEntry) -> Self {
        Self::File(entry)
    }
}

impl Arrival {
    fn path(&self) -> &str {
        match self {
            Self::File(entry) => &entry.path,
            Self::Collection(collection) => &collection.path,
            Self::Object { object, .. } => &object.path,
        }
    }
}

/// A job that came to its end.
#[derive(Debug, Clone)]
pub struct Finished {
    pub n: i64,
    pub task: Task,
    pub outcome: Outcome,
    /// What is at the target now, where this job put something there.
    pub entry: Option<Arrival>,
    /// Properties to set once everything is there.
    pub properties: bool,
}

/// The rank of the job of a decision.
const RANK: &str = "CASE task WHEN 0 THEN depth WHEN 4 THEN (SELECT up.n FROM item \
     JOIN item AS up ON up.id = item.parent WHERE item.n = decision.n) ELSE 0 END";

impl Ledger {
    /// Turns the last complete plan into jobs, unless that was done already: then the jobs that were under
    /// way when the program ended are made ready again. `false`: there is no complete plan.
    pub async fn begin_run(&self) -> Result<bool, LedgerError> {
        self.transaction(|db| {
            let Some(plan) = complete_plan(db)? else {
                return Ok(false);
            };
            if number_note(db, RUN_PLAN)? == Some(plan) {
                db.execute(
                    "UPDATE job SET state = 0, interrupted = 1, next_at = 0 WHERE state = 1",
                    [],
                )?;
                db.execute("UPDATE job SET next_at = 0 WHERE state = 0", [])?;
                return Ok(true);
            }
            db.execute_batch(&format!(
                "DELETE FROM outcome; DELETE FROM job; \
                 INSERT INTO outcome (n, kind, reason, bytes) \
                 SELECT n, settled, reason, 0 FROM decision WHERE settled IS NOT NULL; \
                 INSERT INTO job (n, task, rank, state, next_at, attempts, interrupted, size) \
                 SELECT n, task, {RANK}, 0, 0, 0, 0, bytes FROM decision \
                 WHERE task IS NOT NULL AND settled IS NULL;"
            ))?;
            adopt_same_objects(db)?;
            db.execute("DELETE FROM meta WHERE key = ?", [RUN_PROPERTIES])?;
            set_note(db, RUN_PLAN, &plan.to_string())?;
            Ok(true)
        })
        .await
    }

    /// How far the last plan has been carried out.
    pub async fn run_state(&self) -> Result<RunState, LedgerError> {
        self.call(|db| run_state(db)).await
    }

    /// Claims up to `limit` jobs of the lowest rank that is left, due by `now` (milliseconds since 1970).
    pub async fn claim(&self, task: Task, limit: u32, now: i64) -> Result<Claim, LedgerError> {
        self.transaction(move |db| claim(db, task, limit, now))
            .await
    }

    /// Makes the jobs for dates and stars of the folders that this run wrote into. Once a run.
    pub async fn prepare_properties(&self) -> Result<(), LedgerError> {
        self.transaction(|db| {
            if number_note(db, RUN_PROPERTIES)?.is_some() {
                return Ok(());
            }
            // Writing into a folder makes it, and every folder above, look new.
            db.execute(
                "WITH RECURSIVE touched (id) AS ( \
                   SELECT item.id FROM outcome JOIN item ON item.n = outcome.n \
                     WHERE item.kind = 'folder' AND outcome.kind = 'moved' \
                   UNION SELECT item.parent FROM outcome JOIN item ON item.n = outcome.n \
                     WHERE outcome.kind IN ('moved', 'converted', 'linked') AND item.parent IS NOT NULL \
                   UNION SELECT item.parent FROM item JOIN touched ON item.id = touched.id \
                     WHERE item.parent IS NOT NULL) \
                 INSERT OR IGNORE INTO job (n, task, rank, state, next_at, attempts, interrupted, size) \
                 SELECT item.n, 2, -decision.depth, 0, 0, 0, 0, 0 FROM touched \
                   JOIN item ON item.id = touched.id JOIN moved ON moved.n = item.n \
                   JOIN decision ON decision.n = item.n \
                   WHERE item.kind = 'folder' AND item.gone = 0 \
                   AND decision.target_path = moved.target_path \
                   AND (item.modified IS NOT NULL OR item.favourite = 1)",
                [],
            )?;
            set_note(db, RUN_PROPERTIES, "1")
        })
        .await
    }

    /// Writes how jobs ended: all of them, or none. How many others came to their end with them, because
    /// the collection that they belong into could not be made.
    pub async fn finish(&self, finished: Vec<Finished>) -> Result<u64, LedgerError> {
        self.transaction(move |db| {
            finished.iter().try_fold(0, |others, one| {
                finish(db, one)?;
                let failed = one.outcome.kind == OutcomeKind::Failed;
                Ok(match one.task {
                    Task::Collection if failed => others + fail_objects(db, one.n)?,
                    _ => others,
                })
            })
        })
        .await
    }

    /// Puts a job back, to be tried again at `next_at` (milliseconds since 1970).
    pub async fn put_back(
        &self,
        task: Task,
        n: i64,
        attempts: u32,
        next_at: i64,
    ) -> Result<(), LedgerError> {
        self.transaction(move |db| {
            db.prepare_cached(
                "UPDATE job SET state = 0, interrupted = 1, attempts = ?3, next_at = ?4 \
                 WHERE task = ?1 AND n = ?2",
            )?
            .execute(params![task.code(), n, attempts, next_at])
            .map(drop)
        })
        .await
    }

    /// Puts what failed back into the queue, all of it or one item, where another attempt can help; the
    /// rest needs a new plan first (see [`Reason::needs_new_plan`]). How many items, and their bytes.
    pub async fn try_again(&self, which: Option<i64>) -> Result<(u64, u64), LedgerError> {
        self.transaction(move |db| {
            let plan = complete_plan(db)?;
            if plan.is_none() || number_note(db, RUN_PLAN)? != plan {
                return Ok((0, 0));
            }
            let failed = format!(
                "SELECT decision.n FROM outcome JOIN decision ON decision.n = outcome.n \
                 WHERE {} AND (?1 IS NULL OR decision.n = ?1 \
                 OR (decision.task = 3 AND decision.n = (SELECT up.n FROM item JOIN item AS up \
                   ON up.id = item.parent WHERE item.n = ?1)) \
                 OR (outcome.reason = '{}' AND ?1 = (SELECT up.n FROM item JOIN item AS up \
                   ON up.id = item.parent WHERE item.n = decision.n)))",
                retryable(),
                Reason::CollectionFailed.code()
            );
            let found = db.query_row(
                &format!("SELECT count(*), coalesce(sum(bytes), 0) FROM decision WHERE n IN ({failed})"),
                [which],
                |row| Ok((unsigned(row.get(0)?), unsigned(row.get(1)?))),
            )?;
            // Marked as interrupted: an earlier attempt may have left something.
            db.execute(
                &format!(
                    "INSERT OR REPLACE INTO job (n, task, rank, state, next_at, attempts, interrupted, size) \
                     SELECT n, task, {RANK}, 0, 0, 0, 1, bytes \
                     FROM decision WHERE n IN ({failed})"
                ),
                [which],
            )?;
            db.execute(&format!("DELETE FROM outcome WHERE n IN ({failed})"), [which])?;
            if found.0 > 0 {
                // What arrives now makes its folders look new once more.
                db.execute("DELETE FROM meta WHERE key = ?", [RUN_PROPERTIES])?;
            }
            Ok(found)
        })
        .await
    }

    /// Puts everything back that is under way.
    pub async fn put_all_back(&self) -> Result<(), LedgerError> {
        self.transaction(|db| {
            db.execute(
                "UPDATE job SET state = 0, interrupted = 1 WHERE state = 1",
                [],
            )
            .map(drop)
        })
        .await
    }

    /// Jobs left of a task, and the bytes that they send.
    pub async fn jobs_left(&self, task: Task) -> Result<(u64, u64), LedgerError> {
        self.call(move |db| {
            db.query_row(
                "SELECT count(*), coalesce(sum(size), 0) FROM job WHERE task = ?",
                [task.code()],
                |row| Ok((unsigned(row.get(0)?), unsigned(row.get(1)?))),
            )
        })
        .await
    }

    /// Whether this run made the folder at the target path, so that nobody else's file can be in it.
    pub async fn made_by_this_run(&self, folder: String) -> Result<bool, LedgerError> {
        self.call(move |db| {
            db.prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM moved JOIN outcome ON outcome.n = moved.n JOIN item ON \
                 item.n = moved.n WHERE moved.target_path = ?1 AND item.kind = 'folder' \
                 AND outcome.kind = 'moved')",
            )?
            .query_row([folder], |row| row.get(0))
        })
        .await
    }
}

pub(super) fn run_state(db: &Connection) -> rusqlite::Result<RunState> {
    let Some(plan) = complete_plan(db)? else {
        return Ok(RunState::NoPlan);
    };
    if number_note(db, RUN_PLAN)? != Some(plan) {
        return Ok(RunState::Planned);
    }
    let left: bool = db.query_row(
        "SELECT EXISTS (SELECT 1 FROM job) OR NOT EXISTS (SELECT 1 FROM meta WHERE key = ?1)",
        [RUN_PROPERTIES],
        |row| row.get(0),
    )?;
    Ok(if left {
        RunState::Begun
    } else {
        RunState::Done
    })
}

fn claim(db: &Connection, task: Task, limit: u32, now: i64) -> rusqlite::Result<Claim> {
    let left: Option<i64> = db
        .prepare_cached("SELECT min(rank) FROM job WHERE task = ?1")?
        .query_row([task.code()], |row| row.get(0))?;
    let Some(lowest) = left else {
        return Ok(Claim::Done);
    };
    let rank = match task {
        Task::Object => match collection_to_fill(db, now)? {
            Ok(collection) => collection,
            Err(later) => return Ok(later),
        },
        _ => lowest,
    };
    let claimed: Vec<(i64, u32, bool)> = db
        .prepare_cached(
            "UPDATE job SET state = 1 WHERE task = ?1 AND n IN (SELECT n FROM job WHERE state = 0 \
             AND task = ?1 AND rank = ?2 AND next_at <= ?3 ORDER BY next_at, n LIMIT ?4) \
             RETURNING n, attempts, interrupted",
        )?
        .query_map(params![task.code(), rank, now, limit], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?
        .collect::<rusqlite::Result<_>>()?;
    if claimed.is_empty() {
        let at = db
            .prepare_cached(
                "SELECT min(next_at) FROM job WHERE state = 0 AND task = ?1 AND rank = ?2",
            )?
            .query_row(params![task.code(), rank], |row| row.get(0))?;
        return Ok(Claim::Later { at });
    }
    let mut read = db.prepare_cached(&format!(
        "SELECT {ITEM_COLUMNS}, {DECISION_COLUMNS} FROM item JOIN decision ON decision.n = item.n \
         WHERE item.n = ?1"
    ))?;
    let mut jobs = Vec::with_capacity(claimed.len());
    for (n, attempts, interrupted) in claimed {
        let job = read
            .query_row([n], |row| {
                Ok(Job {
                    n,
                    item: read_item(row, 0)?,
                    decision: read_decision(row, ITEM_WIDTH)?,
                    attempts,
                    interrupted,
                })
            })
            .optional()?;
        jobs.extend(job);
    }
    jobs.sort_by_key(|job| job.n);
    Ok(Claim::Jobs(jobs))
}

/// The collection whose objects come next: one that is there, and has any that are due.
fn collection_to_fill(db: &Connection, now: i64) -> rusqlite::Result<Result<i64, Claim>> {
    const READY: &str = "task = 4 AND state = 0 AND rank NOT IN (SELECT n FROM job WHERE task = 3)";
    let due: Option<i64> = db
        .prepare_cached(&format!(
            "SELECT min(rank) FROM job WHERE {READY} AND next_at <= ?1"
        ))?
        .query_row([now], |row| row.get(0))?;
    match due {
        Some(collection) => Ok(Ok(collection)),
        None => {
            let at = db
                .prepare_cached(&format!("SELECT min(next_at) FROM job WHERE {READY}"))?
                .query_row([], |row| row.get(0))?;
            Ok(Err(Claim::Later { at }))
        }
    }
}

/// What belongs into a collection that could not be made has failed, too.
fn fail_objects(db: &Connection, collection: i64) -> rusqlite::Result<u64> {
    db.execute(
        "INSERT OR REPLACE INTO outcome (n, kind, reason, bytes) \
         SELECT n, 'failed', ?2, 0 FROM job WHERE task = 4 AND rank = ?1",
        params![collection, Reason::CollectionFailed.code()],
    )?;
    let failed = db.execute("DELETE FROM job WHERE task = 4 AND rank = ?1", [collection])?;
    Ok(u64::try_from(failed).unwrap_or(0))
}

/// Objects of which the target has the very same: from now on they count as moved.
fn adopt_same_objects(db: &Connection) -> rusqlite::Result<()> {
    db.execute(
        "INSERT OR REPLACE INTO moved (n, target_path, parent, source_version, target_etag, hash, uid) \
         SELECT item.n, decision.target_path, one.collection, item.version, one.etag, \
         CASE WHEN length(one.etag) = 32 THEN 'md5:' || one.etag END, \
         (SELECT uid FROM moved WHERE moved.n = item.n) \
         FROM decision JOIN item ON item.n = decision.n \
         JOIN target_object AS one ON one.path = decision.target_path \
         WHERE decision.reason = ?1 AND decision.settled = 'kept'",
        [Reason::SameObject.code()],
    )
    .map(drop)
}

fn finish(db: &Transaction<'_>, done: &Finished) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM job WHERE task = ?1 AND n = ?2")?
        .execute(params![done.task.code(), done.n])?;
    if done.task == Task::Properties {
        return note_properties(db, done);
    }
    write_outcome(db, done)?;
    if done.task == Task::Content {
        db.prepare_cached("DELETE FROM upload WHERE n = ?1")?
            .execute([done.n])?;
        db.prepare_cached("DELETE FROM upload_chunk WHERE n = ?1")?
            .execute([done.n])?;
    }
    if done.properties && done.task == Task::Content {
        db.prepare_cached(
            "INSERT OR REPLACE INTO job (n, task, rank, state, next_at, attempts, interrupted, size) \
             VALUES (?1, 2, ?2, 0, 0, 0, 0, 0)",
        )?
        .execute(params![done.n, FILE_PROPERTIES_RANK])?;
    }
    Ok(())
}

/// A date that could not be set is worth a word, but the item has arrived all the same.
fn note_properties(db: &Connection, done: &Finished) -> rusqlite::Result<()> {
    match &done.outcome.detail {
        None => Ok(()),
        Some(detail) => db
            .prepare_cached("UPDATE outcome SET detail = ?2 WHERE n = ?1")?
            .execute(params![done.n, detail])
            .map(drop),
    }
}

fn write_outcome(db: &Transaction<'_>, done: &Finished) -> rusqlite::Result<()> {
    let outcome = &done.outcome;
    let hash = outcome
        .proof
        .as_ref()
        .and_then(Proof::hash)
        .map(ToString::to_string);
    let source_hash = other_source_hash(outcome.proof.as_ref());
    db.prepare_cached(
        "INSERT INTO outcome (n, kind, reason, detail, proof, hash, bytes, source_hash) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (n) DO UPDATE SET kind = ?2, reason = ?3, \
         detail = ?4, proof = ?5, hash = ?6, bytes = ?7, source_hash = ?8",
    )?
    .execute(params![
        done.n,
        outcome.kind.code(),
        outcome.reason.map(Reason::code),
        outcome.detail,
        outcome.proof.as_ref().map(Proof::code),
        hash,
        signed(outcome.bytes),
        source_hash,
    ])?;
    let Some(arrival) = &done.entry else {
        return Ok(());
    };
    let arrived = matches!(
        outcome.kind,
        OutcomeKind::Moved | OutcomeKind::Converted | OutcomeKind::Linked
    );
    // An object that is the same as one of the target counts as moved from now on.
    if arrived || matches!(arrival, Arrival::Object { .. }) {
        write_moved(db, done, arrival, hash, source_hash)?;
    }
    match arrival {
        Arrival::File(entry) => {
            let listing = number_note(db, TARGET_COMPLETE)?.unwrap_or(0);
            let mut insert = db.prepare_cached(INSERT_ENTRY)?;
            write_entry(&mut insert, entry, listing)
        }
        Arrival::Collection(collection) => write_collection(db, collection),
        Arrival::Object { object, .. } => note_object(db, object),
    }
}

fn write_moved(
    db: &Connection,
    done: &Finished,
    arrival: &Arrival,
    hash: Option<String>,
    source_hash: Option<String>,
) -> rusqlite::Result<()> {
    let (etag, file_id, uid) = match arrival {
        Arrival::File(entry) => (Some(&entry.etag), entry.file_id.as_ref(), None),
        Arrival::Collection(_) => (None, None, None),
        Arrival::Object { object, uid } => (Some(&object.etag), None, uid.as_ref()),
    };
    db.prepare_cached(
        "INSERT INTO moved (n, target_path, source_version, target_etag, target_file_id, hash, parent, uid, \
         source_hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (n) DO UPDATE SET target_path = ?2, \
         source_version = ?3, target_etag = ?4, target_file_id = ?5, hash = ?6, parent = ?7, uid = ?8, \
         source_hash = ?9",
    )?
    .execute(params![
        done.n,
        arrival.path(),
        done.outcome.source_version.as_deref().unwrap_or_default(),
        etag,
        file_id,
        hash,
        parent_path(arrival.path()),
        uid,
        source_hash,
    ])
    .map(drop)
}
