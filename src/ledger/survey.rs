//! What the survey found, at both ends.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, ErrorCode, OptionalExtension, params};

use super::rows::{
    INSERT_ENTRY, INSERT_FIRST_ITEM, INSERT_ITEM, ITEM_COLUMNS, read_item, read_kind, unsigned,
    write_entry, write_item,
};
use super::schema::{ITEM_INDEXES, WITHOUT_ITEM_INDEXES};
use super::{Ledger, LedgerError, number_note, set_note};
use crate::model::{Item, ItemId, ItemKind, Space, SpaceId, SpaceKind, TargetEntry};

pub(super) const RUNNING: &str = "survey.running";
pub(super) const COMPLETE: &str = "survey.complete";
const TARGET_COMPLETE: &str = "survey.target";

/// An item is there when this survey, or an earlier one that still counts for its space, told of it.
const THERE: &str =
    "item.gone = 0 AND item.survey >= (SELECT since FROM space WHERE space.id = item.space)";

/// What there is at the source.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SurveyTotals {
    pub folders: u64,
    /// Everything that is neither folder nor calendars and contacts.
    pub files: u64,
    /// Of files.
    pub bytes: u64,
    /// Task lists and subscriptions, too.
    pub calendars: u64,
    /// Journal entries, too.
    pub events: u64,
    pub tasks: u64,
    pub address_books: u64,
    pub contacts: u64,
}

impl SurveyTotals {
    pub const fn items(&self) -> u64 {
        self.folders
            + self.files
            + self.calendars
            + self.events
            + self.tasks
            + self.address_books
            + self.contacts
    }
}

/// Writes one survey of the source into the ledger.
#[derive(Debug, Clone)]
pub struct Surveyor {
    ledger: Ledger,
    survey: i64,
    /// The items of a first survey are only appended, until something has to be found among them.
    appending: Arc<AtomicBool>,
    /// The spaces of the items that this survey told of.
    told: Arc<Mutex<HashSet<SpaceId>>>,
}

impl Ledger {
    /// The spaces of the last complete survey, to go on from; empty when there was none.
    pub async fn surveyed_spaces(&self) -> Result<Vec<Space>, LedgerError> {
        self.call(|db| {
            let Some(complete) = number_note(db, COMPLETE)? else {
                return Ok(Vec::new());
            };
            let mut spaces = spaces(db)?;
            let mut half_listed = db.prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM space WHERE id = ?1 AND since > ?2)",
            )?;
            for space in &mut spaces {
                // A listing of everything that did not come to its end is nothing to go on from.
                if half_listed.query_row(params![space.id.0, complete], |row| row.get(0))? {
                    space.change_token = None;
                }
            }
            Ok(spaces)
        })
        .await
    }

    pub async fn spaces(&self) -> Result<Vec<Space>, LedgerError> {
        self.call(|db| spaces(db)).await
    }

    /// Begins a survey of the source. What a complete one found stays known until [`Surveyor::finish`].
    pub async fn begin_survey(&self) -> Result<Surveyor, LedgerError> {
        let (survey, first) = self
            .transaction(|db| {
                let survey = number_note(db, RUNNING)?.unwrap_or(0) + 1;
                set_note(db, RUNNING, &survey.to_string())?;
                let first = number_note(db, COMPLETE)?.is_none();
                if first {
                    // Nothing refers yet to what an earlier beginning found.
                    db.execute("DELETE FROM item", [])?;
                    db.execute_batch(WITHOUT_ITEM_INDEXES)?;
                }
                Ok((survey, first))
            })
            .await?;
        Ok(Surveyor {
            ledger: self.clone(),
            survey,
            appending: Arc::new(AtomicBool::new(first)),
            told: Arc::default(),
        })
    }

    /// Whether a survey of the source ever came to its end, and none was begun since.
    pub async fn is_surveyed(&self) -> Result<bool, LedgerError> {
        self.call(|db| {
            let complete = number_note(db, COMPLETE)?;
            Ok(complete.is_some() && complete == number_note(db, RUNNING)?)
        })
        .await
    }

    pub async fn survey_totals(&self) -> Result<SurveyTotals, LedgerError> {
        self.call(|db| {
            let mut totals = SurveyTotals::default();
            let mut statement = db.prepare_cached(
                "SELECT kind, count(*), coalesce(sum(size), 0) FROM item WHERE gone = 0 GROUP BY kind",
            )?;
            let rows = statement.query_map([], |row| {
                Ok((read_kind(row, 0)?, row.get(1)?, row.get(2)?))
            })?;
            for row in rows {
                let (kind, count, bytes): (ItemKind, i64, i64) = row?;
                *match kind {
                    ItemKind::Folder => &mut totals.folders,
                    ItemKind::Calendar | ItemKind::Subscription => &mut totals.calendars,
                    ItemKind::Event | ItemKind::Journal => &mut totals.events,
                    ItemKind::Task => &mut totals.tasks,
                    ItemKind::AddressBook => &mut totals.address_books,
                    ItemKind::Contact => &mut totals.contacts,
                    ItemKind::File
                    | ItemKind::Document
                    | ItemKind::Webpage
                    | ItemKind::Shortcut
                    | ItemKind::Special => {
                        totals.bytes += unsigned(bytes);
                        &mut totals.files
                    }
                } += unsigned(count);
            }
            Ok(totals)
        })
        .await
    }

    /// Begins a listing of the target; its entries replace those known once it is finished.
    pub async fn begin_target_listing(&self) -> Result<i64, LedgerError> {
        self.transaction(|db| {
            let listing = number_note(db, TARGET_COMPLETE)?.unwrap_or(0) + 1;
            Ok(listing)
        })
        .await
    }

    pub async fn add_target_entries(
        &self,
        listing: i64,
        entries: Vec<TargetEntry>,
    ) -> Result<(), LedgerError> {
        self.transaction(move |db| {
            let mut insert = db.prepare_cached(INSERT_ENTRY)?;
            entries
                .iter()
                .try_for_each(|entry| write_entry(&mut insert, entry, listing))
        })
        .await
    }

    pub async fn finish_target_listing(&self, listing: i64) -> Result<(), LedgerError> {
        self.transaction(move |db| {
            db.execute("DELETE FROM target_entry WHERE survey < ?", [listing])?;
            set_note(db, TARGET_COMPLETE, &listing.to_string())
        })
        .await
    }
}

fn spaces(db: &Connection) -> rusqlite::Result<Vec<Space>> {
    db.prepare_cached("SELECT id, kind, name, change_token FROM space ORDER BY id")?
        .query_map([], |row| {
            let kind: String = row.get(1)?;
            Ok(Space {
                id: SpaceId(row.get(0)?),
                kind: SpaceKind::from_code(&kind).unwrap_or(SpaceKind::Own),
                name: row.get(2)?,
                change_token: row.get(3)?,
            })
        })?
        .collect()
}

/// Marks what lies below a path as no longer there, whatever lies in it by now.
fn mark_below_gone(db: &Connection, space: &str, path: &str) -> rusqlite::Result<()> {
    db.prepare_cached(
        // '0' comes right after '/'.
        "UPDATE item SET gone = 1 WHERE space = ?1 AND path > ?2 || '/' AND path < ?2 || '0'",
    )?
    .execute([space, path])
    .map(drop)
}

/// What was told of at the path of an item gives way to it, and what lies in it as well, unless both are
/// folders.
fn make_room(db: &Connection, item: &Item, path: &str) -> rusqlite::Result<()> {
    let others: Vec<(String, String)> = db
        .prepare_cached(
            "SELECT id, kind FROM item WHERE space = ?1 AND path = ?2 AND id <> ?3 AND gone = 0",
        )?
        .query_map(params![item.space.0, path, item.id.0], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?
        .collect::<rusqlite::Result<_>>()?;
    for (id, kind) in others {
        db.prepare_cached("UPDATE item SET gone = 1 WHERE id = ?1")?
            .execute([&id])?;
        if kind != ItemKind::Folder.code() {
            continue;
        }
        if item.kind == ItemKind::Folder {
            db.prepare_cached("UPDATE item SET parent = ?2 WHERE parent = ?1")?
                .execute([&id, &item.id.0])?;
        } else {
            mark_below_gone(db, &item.space.0, path)?;
        }
    }
    Ok(())
}

impl Surveyor {
    pub async fn space(&self, space: Space) -> Result<(), LedgerError> {
        let survey = self.survey;
        self.ledger
            .transaction(move |db| {
                db.prepare_cached(
                    "INSERT INTO space (id, kind, name, change_token, seen, since, before) \
                     VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?5) ON CONFLICT (id) DO UPDATE SET kind = ?2, \
                     name = ?3, change_token = ?4, \
                     before = CASE WHEN seen = ?5 THEN before ELSE since END, \
                     since = CASE WHEN seen = ?5 THEN since ELSE ?5 END, seen = ?5",
                )?
                .execute(params![
                    space.id.0,
                    space.kind.code(),
                    space.name,
                    space.change_token,
                    survey
                ])
                .map(drop)
            })
            .await
    }

    pub async fn items(&self, items: Vec<Item>) -> Result<(), LedgerError> {
        self.note_spaces(&items);
        // What has a path may have to make room for it.
        if items.iter().any(|item| item.path.is_some()) {
            self.settle().await?;
        }
        let survey = self.survey;
        let appending = self.appending.load(Ordering::Relaxed);
        self.ledger
            .transaction(move |db| {
                if appending {
                    let mut insert = db.prepare_cached(INSERT_FIRST_ITEM)?;
                    return items
                        .iter()
                        .try_for_each(|item| write_item(&mut insert, item, survey));
                }
                let mut was_gone =
                    db.prepare_cached("SELECT EXISTS (SELECT 1 FROM item WHERE id = ?1 AND gone = 1)")?;
                let mut insert = db.prepare_cached(INSERT_ITEM)?;
                for item in &items {
                    if let Some(path) = &item.path {
                        make_room(db, item, path)?;
                    }
                    let back = (item.kind == ItemKind::Folder || item.kind.is_collection())
                        && was_gone.query_row([&item.id.0], |row| row.get(0))?;
                    write_item(&mut insert, item, survey)?;
                    if back {
                        // A folder that comes back brings back what it took along.
                        db.prepare_cached(
                            "WITH RECURSIVE below (id) AS (SELECT ?1 UNION SELECT item.id FROM item \
                             JOIN below ON item.parent = below.id WHERE item.gone = 2) \
                             UPDATE item SET gone = 0 WHERE gone = 2 AND id IN (SELECT id FROM below)",
                        )?
                        .execute([&item.id.0])?;
                    }
                }
                Ok(())
            })
            .await
    }

    fn note_spaces(&self, items: &[Item]) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        for item in items {
            if !told.contains(&item.space) {
                told.insert(item.space.clone());
            }
        }
    }

    fn told_of(&self, space: &SpaceId) -> bool {
        let told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.contains(space)
    }

    /// From now on, items can be found.
    async fn settle(&self) -> Result<(), LedgerError> {
        if self.appending.load(Ordering::Relaxed) {
            self.ledger.transaction(|db| index_items(db)).await?;
            self.appending.store(false, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Marks items, with all that lies in them, as no longer there.
    pub async fn gone(&self, ids: Vec<ItemId>) -> Result<(), LedgerError> {
        self.settle().await?;
        self.ledger
            .transaction(move |db| {
                let mut mark = db.prepare_cached("UPDATE item SET gone = 1 WHERE id = ?1")?;
                // UNION, not UNION ALL: folders that lie in each other must not loop.
                let mut mark_below = db.prepare_cached(
                    "WITH RECURSIVE below (id) AS (SELECT ?1 UNION \
                     SELECT item.id FROM item JOIN below ON item.parent = below.id) \
                     UPDATE item SET gone = 2 WHERE gone = 0 AND id <> ?1 AND id IN (SELECT id FROM below)",
                )?;
                for id in &ids {
                    mark.execute([&id.0])?;
                    mark_below.execute([&id.0])?;
                }
                Ok(())
            })
            .await
    }

    /// Marks what is at a path, and what is below it, as no longer there.
    pub async fn gone_at(&self, space: &SpaceId, path: &str) -> Result<(), LedgerError> {
        self.settle().await?;
        let (space, path) = (space.0.clone(), path.to_owned());
        self.ledger
            .transaction(move |db| {
                db.prepare_cached("UPDATE item SET gone = 1 WHERE space = ?1 AND path = ?2")?
                    .execute([&space, &path])?;
                mark_below_gone(db, &space, &path)
            })
            .await
    }

    /// All that an earlier survey found in the space still counts.
    pub async fn unchanged_unless_told(&self, space: &SpaceId) -> Result<(), LedgerError> {
        self.settle().await?;
        let (space, survey) = (space.0.clone(), self.survey);
        self.ledger
            .transaction(move |db| {
                db.execute(
                    "UPDATE space SET since = before WHERE id = ?1 AND seen = ?2",
                    params![space, survey],
                )
                .map(drop)
            })
            .await
    }

    /// Only what this survey tells of the space from now on counts.
    pub async fn listed_afresh(&self, space: &SpaceId) -> Result<(), LedgerError> {
        let told = self.told_of(space);
        if told {
            self.settle().await?;
        }
        let (space, survey) = (space.0.clone(), self.survey);
        self.ledger
            .transaction(move |db| {
                db.execute(
                    "UPDATE space SET since = seen WHERE id = ?1 AND seen = ?2",
                    params![space, survey],
                )?;
                if told {
                    db.execute(
                        "UPDATE item SET survey = ?2 - 1 WHERE space = ?1 AND survey = ?2",
                        params![space, survey],
                    )?;
                }
                Ok(())
            })
            .await
    }

    pub async fn known(&self, id: &ItemId) -> Result<Option<Item>, LedgerError> {
        self.settle().await?;
        let id = id.0.clone();
        self.ledger
            .call(move |db| {
                db.prepare_cached(&format!(
                    "SELECT {ITEM_COLUMNS} FROM item WHERE id = ?1 AND {THERE}"
                ))?
                .query_row([id], |row| read_item(row, 0))
                .optional()
            })
            .await
    }

    pub async fn known_at(&self, space: &SpaceId, path: &str) -> Result<Option<Item>, LedgerError> {
        self.settle().await?;
        let (space, path) = (space.0.clone(), path.to_owned());
        self.ledger
            .call(move |db| {
                db.prepare_cached(&format!(
                    "SELECT {ITEM_COLUMNS} FROM item WHERE space = ?1 AND path = ?2 AND {THERE} \
                     ORDER BY survey DESC LIMIT 1"
                ))?
                .query_row([space, path], |row| read_item(row, 0))
                .optional()
            })
            .await
    }

    pub async fn dangling_shortcuts(
        &self,
        after: Option<&ItemId>,
        limit: u32,
    ) -> Result<Vec<Item>, LedgerError> {
        self.settle().await?;
        let after = after.map_or(String::new(), |id| id.0.clone());
        self.ledger
            .call(move |db| {
                db.prepare_cached(&format!(
                    "SELECT {ITEM_COLUMNS} FROM item WHERE kind = 'shortcut' AND id > ?1 AND {THERE} \
                     AND NOT EXISTS (SELECT 1 FROM item AS aim WHERE aim.id = item.shortcut_target \
                     AND aim.gone = 0 AND aim.survey >= \
                     (SELECT since FROM space WHERE space.id = aim.space)) ORDER BY id LIMIT ?2"
                ))?
                .query_map(params![after, limit], |row| read_item(row, 0))?
                .collect()
            })
            .await
    }

    pub async fn without_parent(
        &self,
        space: &SpaceId,
        after: Option<&ItemId>,
        limit: u32,
    ) -> Result<Vec<Item>, LedgerError> {
        self.settle().await?;
        let space = space.0.clone();
        let after = after.map_or(String::new(), |id| id.0.clone());
        self.ledger
            .call(move |db| {
                db.prepare_cached(&format!(
                    "SELECT {ITEM_COLUMNS} FROM item WHERE id > ?1 AND space = ?2 AND parent IS NOT NULL \
                     AND {THERE} AND NOT EXISTS (SELECT 1 FROM item AS up WHERE up.id = item.parent \
                     AND up.gone = 0 AND up.survey >= \
                     (SELECT since FROM space WHERE space.id = up.space)) ORDER BY id LIMIT ?3"
                ))?
                .query_map(params![after, space, limit], |row| read_item(row, 0))?
                .collect()
            })
            .await
    }

    /// Ends the survey: what no survey that counts told of is gone, and what lies in no known folder is
    /// an orphan.
    pub async fn finish(&self) -> Result<(), LedgerError> {
        self.settle().await?;
        let survey = self.survey;
        self.ledger
            .transaction(move |db| {
                db.execute(
                    "UPDATE item SET gone = 1 WHERE gone = 0 AND (survey < (SELECT since FROM space \
                     WHERE space.id = item.space) OR NOT EXISTS (SELECT 1 FROM space WHERE \
                     space.id = item.space AND space.seen = ?1))",
                    [survey],
                )?;
                db.execute("DELETE FROM space WHERE seen < ?", [survey])?;
                db.execute("UPDATE item SET orphan = 0 WHERE orphan = 1", [])?;
                db.execute(
                    "UPDATE item SET orphan = 1 WHERE gone = 0 AND parent IS NOT NULL AND NOT EXISTS \
                     (SELECT 1 FROM item AS up WHERE up.id = item.parent AND up.gone = 0)",
                    [],
                )?;
                set_note(db, COMPLETE, &survey.to_string())
            })
            .await
    }
}

/// Sorting once is a fraction of the work of keeping in order what arrives in none.
fn index_items(db: &Connection) -> rusqlite::Result<()> {
    match db.execute_batch(ITEM_INDEXES) {
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
            // Told twice: what was told last counts.
            db.execute(
                "DELETE FROM item WHERE n NOT IN (SELECT max(n) FROM item GROUP BY id)",
                [],
            )?;
            db.execute_batch(ITEM_INDEXES)
        }
        indexed => indexed,
    }
}
