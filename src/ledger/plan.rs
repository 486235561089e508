//! What the plan needs to know, and what it decided.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::rows::{
    DECISION_COLUMNS, ENTRY_COLUMNS, ITEM_COLUMNS, ITEM_WIDTH, read_decision, read_entry,
    read_hash, read_item, signed, unsigned,
};
use super::{Ledger, LedgerError, Task, number_note, set_note};
use crate::model::{
    Action, Decision, HashValue, Item, ItemId, NameChange, OutcomeKind, Reason, SpaceId, Step,
    TargetEntry,
};

const BEGUN: &str = "plan.begun";
const COMPLETE: &str = "plan.complete";

/// A folder of the source whose content is to be planned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FolderToPlan {
    /// The top of a space.
    Top(SpaceId),
    /// What lies in no known folder.
    Orphans,
    Folder(ItemId),
}

/// An item with what the plan must know of its past.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedItem {
    pub n: i64,
    pub item: Item,
    pub moved: Option<MovedBefore>,
    /// Whether the target of a shortcut is among the items.
    pub shortcut_target_known: bool,
}

/// What this program put at the target in an earlier run, and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct MovedBefore {
    pub target_path: String,
    pub source_version: String,
    pub target_etag: Option<String>,
    pub hash: Option<HashValue>,
    pub source_hash: Option<HashValue>,
    /// What is at the path now.
    pub there: Option<TargetEntry>,
    /// Where the same file is now, if not at the path.
    pub elsewhere: Option<TargetEntry>,
}

/// A decision and where its item lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    pub n: i64,
    pub decision: Decision,
    /// What people know the place by that it counts for: the folder at the top of the source that it lies
    /// in, or its own name there.
    pub top: String,
    /// How many folders it lies in at the target.
    pub depth: u32,
}

/// The sums of a plan.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PlanTotals {
    pub items: u64,
    /// Bytes that will arrive.
    pub bytes: u64,
    pub files_to_send: u64,
    pub folders_to_make: u64,
    /// Calendars and subscriptions.
    pub calendars_to_make: u64,
    pub address_books_to_make: u64,
    /// Calendar objects and cards.
    pub objects_to_put: u64,
    pub actions: Vec<(Action, u64)>,
    pub reasons: Vec<(Action, Option<Reason>, u64)>,
    pub renamed: u64,
}

impl PlanTotals {
    pub fn count(&self, action: Action) -> u64 {
        self.actions
            .iter()
            .find(|(one, _)| *one == action)
            .map_or(0, |(_, count)| *count)
    }
}

/// What arrives below one folder at the top of the source, for a plan that does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopFolder {
    pub name: String,
    pub bytes: u64,
    pub files: u64,
}

impl Ledger {
    /// Begins a new plan: every decision is made anew.
    pub async fn begin_plan(&self) -> Result<i64, LedgerError> {
        self.transaction(|db| {
            let plan = number_note(db, BEGUN)?.unwrap_or(0) + 1;
            set_note(db, BEGUN, &plan.to_string())?;
            db.execute("DELETE FROM decision", [])?;
            Ok(plan)
        })
        .await
    }

    /// # Errors
    /// Those of the database.
    pub async fn finish_plan(&self, plan: i64) -> Result<(), LedgerError> {
        self.transaction(move |db| set_note(db, COMPLETE, &plan.to_string()))
            .await
    }

    /// The number of the last plan, if it is complete and no survey was begun since.
    pub async fn complete_plan(&self) -> Result<Option<i64>, LedgerError> {
        self.call(|db| complete_plan(db)).await
    }

    /// What lies in `folder`.
    pub async fn children(&self, folder: FolderToPlan) -> Result<Vec<PlannedItem>, LedgerError> {
        self.call(move |db| {
            let (which, key) = match folder {
                FolderToPlan::Top(space) => {
                    ("item.parent IS NULL AND item.space = ?1", space.0)
                }
                FolderToPlan::Folder(id) => ("item.parent = ?1 AND item.orphan = 0", id.0),
                FolderToPlan::Orphans => ("item.orphan = 1 AND ?1 = ''", String::new()),
            };
            let sql = format!(
                "SELECT {ITEM_COLUMNS}, item.n, moved.target_path, moved.source_version, \
                 moved.target_etag, moved.hash, moved.source_hash, moved.target_file_id, \
                 EXISTS (SELECT 1 FROM item AS aim WHERE aim.id = item.shortcut_target AND aim.gone = 0) \
                 FROM item LEFT JOIN moved ON moved.n = item.n WHERE {which} AND item.gone = 0 ORDER BY item.n"
            );
            let mut statement = db.prepare_cached(&sql)?;
            let rows = statement.query_map([key], |row| planned_item(db, row))?;
            rows.collect()
        })
        .await
    }

    /// What the target has in the folder at `path`, when it was last listed.
    pub async fn target_children(&self, path: String) -> Result<Vec<TargetEntry>, LedgerError> {
        self.call(move |db| {
            db.prepare_cached(&format!(
                "SELECT {ENTRY_COLUMNS} FROM target_entry WHERE parent = ?1 AND path <> '' ORDER BY path"
            ))?
            .query_map([path], |row| read_entry(row, 0))?
            .collect()
        })
        .await
    }

    /// Where earlier runs put items into the folder at `path`, whatever became of them at the source.
    pub async fn moved_into(&self, path: String) -> Result<Vec<(i64, String)>, LedgerError> {
        self.call(move |db| {
            db.prepare_cached("SELECT n, target_path FROM moved WHERE parent = ?1 ORDER BY n")?
                .query_map([path], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        })
        .await
    }

    pub async fn write_decisions(&self, decisions: Vec<Placed>) -> Result<(), LedgerError> {
        self.transaction(move |db| {
            let mut insert = db.prepare_cached(
                "INSERT INTO decision (n, action, reason, step, target_path, top, renamed, bytes, settled, \
                 task, depth) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            )?;
            for placed in &decisions {
                let decision = &placed.decision;
                let step = serde_json::to_string(&decision.step)
                    .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
                insert.execute(params![
                    placed.n,
                    decision.action.code(),
                    decision.reason.map(Reason::code),
                    step,
                    decision.target_path,
                    placed.top,
                    decision.renamed.map(NameChange::code),
                    signed(decision.bytes),
                    decision.settled.map(OutcomeKind::code),
                    task_of(&decision.step).map(Task::code),
                    placed.depth,
                ])?;
            }
            Ok(())
        })
        .await
    }

    /// An item that the plan did not reach, because its folders lie in each other: it becomes an orphan, to
    /// be planned next. `None`: every item has its decision.
    pub async fn break_folder_loop(&self) -> Result<Option<ItemId>, LedgerError> {
        self.transaction(|db| {
            let lost: Option<(i64, String)> = db
                .query_row(
                    "SELECT n, id FROM item WHERE gone = 0 AND NOT EXISTS \
                     (SELECT 1 FROM decision WHERE decision.n = item.n) ORDER BY kind <> 'folder', n LIMIT 1",
                    [],
                    |row| Ok((row.get(0)?, row.get(1)?)),
                )
                .optional()?;
            if let Some((n, _)) = &lost {
                db.execute("UPDATE item SET orphan = 1 WHERE n = ?", [n])?;
            }
            Ok(lost.map(|(_, id)| ItemId(id)))
        })
        .await
    }

    /// Whether anything lies in no known folder.
    pub async fn has_orphans(&self) -> Result<bool, LedgerError> {
        self.call(|db| {
            db.query_row(
                "SELECT EXISTS (SELECT 1 FROM item WHERE orphan = 1 AND gone = 0)",
                [],
                |row| row.get(0),
            )
        })
        .await
    }

    /// One item as the plan sees it.
    pub async fn planned_item(&self, id: &ItemId) -> Result<Option<PlannedItem>, LedgerError> {
        let id = id.0.clone();
        self.call(move |db| {
            let sql = format!(
                "SELECT {ITEM_COLUMNS}, item.n, moved.target_path, moved.source_version, \
                 moved.target_etag, moved.hash, moved.source_hash, moved.target_file_id, \
                 EXISTS (SELECT 1 FROM item AS aim WHERE aim.id = item.shortcut_target AND aim.gone = 0) \
                 FROM item LEFT JOIN moved ON moved.n = item.n WHERE item.id = ?1 AND item.gone = 0"
            );
            db.prepare_cached(&sql)?
                .query_row([id], |row| planned_item(db, row))
                .optional()
        })
        .await
    }

    pub async fn plan_totals(&self) -> Result<PlanTotals, LedgerError> {
        self.call(|db| plan_totals(db)).await
    }

    /// What is to be sent, by folder at the top, the largest first.
    pub async fn top_folders(&self) -> Result<Vec<TopFolder>, LedgerError> {
        self.call(|db| {
            db.prepare_cached(
                "SELECT top, sum(bytes), count(*) FROM decision WHERE task = 1 GROUP BY top \
                 ORDER BY sum(bytes) DESC, top",
            )?
            .query_map([], |row| {
                Ok(TopFolder {
                    name: row.get(0)?,
                    bytes: unsigned(row.get(1)?),
                    files: unsigned(row.get(2)?),
                })
            })?
            .collect()
        })
        .await
    }

    /// Marks what lies below these folders at the top as not fitting.
    pub async fn block(&self, tops: Vec<String>) -> Result<(), LedgerError> {
        self.transaction(move |db| {
            let mut update = db.prepare_cached(
                "UPDATE decision SET action = 'block', reason = ?2 WHERE top = ?1 AND task = 1",
            )?;
            for top in &tops {
                update.execute(params![top, Reason::NoSpace.code()])?;
            }
            Ok(())
        })
        .await
    }

    /// The decisions in the order of their places, from row `offset` on.
    pub async fn decisions(
        &self,
        after: i64,
        limit: u32,
    ) -> Result<Vec<(i64, Item, Decision)>, LedgerError> {
        self.call(move |db| {
            db.prepare_cached(&format!(
                "SELECT {ITEM_COLUMNS}, {DECISION_COLUMNS}, item.n FROM decision JOIN item ON \
                 item.n = decision.n WHERE item.n > ?1 ORDER BY item.n LIMIT ?2"
            ))?
            .query_map(params![after, limit], |row| {
                let item = read_item(row, 0)?;
                let decision = read_decision(row, ITEM_WIDTH)?;
                Ok((
                    row.get(ITEM_WIDTH + super::rows::DECISION_WIDTH)?,
                    item,
                    decision,
                ))
            })?
            .collect()
        })
        .await
    }
}

/// What was planned no longer holds.
pub(super) fn make_stale(db: &Connection) -> rusqlite::Result<()> {
    let plan = number_note(db, BEGUN)?.unwrap_or(0) + 1;
    set_note(db, BEGUN, &plan.to_string())
}

pub(super) fn complete_plan(db: &Connection) -> rusqlite::Result<Option<i64>> {
    let complete = number_note(db, COMPLETE)?;
    let begun = number_note(db, BEGUN)?;
    Ok(complete.filter(|_| complete == begun))
}

/// The queue's task that carries a step out.
fn task_of(step: &Step) -> Option<Task> {
    match step {
        Step::Nothing => None,
        Step::MakeFolder => Some(Task::Folder),
        Step::Upload { .. } | Step::Export { .. } | Step::WriteLink { .. } => Some(Task::Content),
        Step::MakeCollection { .. } => Some(Task::Collection),
        Step::PutObject { .. } => Some(Task::Object),
    }
}

fn planned_item(db: &Connection, row: &Row<'_>) -> rusqlite::Result<PlannedItem> {
    let item = read_item(row, 0)?;
    let moved = match row.get::<_, Option<String>>(ITEM_WIDTH + 1)? {
        None => None,
        Some(target_path) => {
            let file_id: Option<String> = row.get(ITEM_WIDTH + 6)?;
            let (there, elsewhere) = where_now(db, &target_path, file_id.as_deref())?;
            Some(MovedBefore {
                target_path,
                source_version: row.get(ITEM_WIDTH + 2)?,
                target_etag: row.get(ITEM_WIDTH + 3)?,
                hash: read_hash(row, ITEM_WIDTH + 4)?,
                source_hash: read_hash(row, ITEM_WIDTH + 5)?,
                there,
                elsewhere,
            })
        }
    };
    Ok(PlannedItem {
        n: row.get(ITEM_WIDTH)?,
        item,
        moved,
        shortcut_target_known: row.get(ITEM_WIDTH + 7)?,
    })
}

/// Finds what was moved by its path, else by its file id, which a rename keeps.
fn where_now(
    db: &Connection,
    path: &str,
    file_id: Option<&str>,
) -> rusqlite::Result<(Option<TargetEntry>, Option<TargetEntry>)> {
    let there = db
        .prepare_cached(&format!(
            "SELECT {ENTRY_COLUMNS} FROM target_entry WHERE path = ?1"
        ))?
        .query_row([path], |row| read_entry(row, 0))
        .optional()?;
    let same_file = |entry: &TargetEntry| match (entry.file_id.as_deref(), file_id) {
        (Some(now), Some(then)) => now == then,
        _ => true,
    };
    if let Some(entry) = there
        && same_file(&entry)
    {
        return Ok((Some(entry), None));
    }
    let elsewhere = match file_id {
        None => None,
        Some(id) => db
            .prepare_cached(&format!(
                "SELECT {ENTRY_COLUMNS} FROM target_entry WHERE file_id = ?1 LIMIT 1"
            ))?
            .query_row([id], |row| read_entry(row, 0))
            .optional()?,
    };
    Ok((None, elsewhere))
}

fn plan_totals(db: &Connection) -> rusqlite::Result<PlanTotals> {
    let mut totals = db.query_row(
        "SELECT count(*), coalesce(sum(bytes) FILTER (WHERE task = 1), 0), \
         count(*) FILTER (WHERE task = 1), count(*) FILTER (WHERE task = 0 AND action = 'move'), \
         count(*) FILTER (WHERE renamed IS NOT NULL), \
         count(*) FILTER (WHERE task = 3 AND target_path LIKE '/calendars/%'), \
         count(*) FILTER (WHERE task = 3 AND target_path LIKE '/addressbooks/%'), \
         count(*) FILTER (WHERE task = 4) FROM decision",
        [],
        |row| {
            Ok(PlanTotals {
                items: unsigned(row.get(0)?),
                bytes: unsigned(row.get(1)?),
                files_to_send: unsigned(row.get(2)?),
                folders_to_make: unsigned(row.get(3)?),
                renamed: unsigned(row.get(4)?),
                calendars_to_make: unsigned(row.get(5)?),
                address_books_to_make: unsigned(row.get(6)?),
                objects_to_put: unsigned(row.get(7)?),
                ..PlanTotals::default()
            })
        },
    )?;
    let mut statement =
        db.prepare_cached("SELECT action, reason, count(*) FROM decision GROUP BY action, reason")?;
    let rows = statement.query_map([], |row| {
        let action: String = row.get(0)?;
        let reason: Option<String> = row.get(1)?;
        let count: i64 = row.get(2)?;
        Ok((action, reason, unsigned(count)))
    })?;
    for row in rows {
        let (action, reason, count) = row?;
        let Some(action) = Action::from_code(&action) else {
            continue;
        };
        let reason = reason.and_then(|code| Reason::from_code(&code));
        totals.reasons.push((action, reason, count));
        match totals.actions.iter_mut().find(|(one, _)| *one == action) {
            Some((_, sum)) => *sum += count,
            None => totals.actions.push((action, count)),
        }
    }
    Ok(totals)
}
