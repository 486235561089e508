//! Calendars, address books and what lies in them, at both ends.

use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, params};

use super::rows::{ITEM_COLUMNS, ITEM_WIDTH, coded, read_item, unsigned};
use super::{Ledger, LedgerError, number_note, set_note};
use crate::model::{
    Component, Item, ItemId, ItemKind, Standing, TargetCollection, TargetObject, collection_of,
};

const OBJECTS_COMPLETE: &str = "survey.target-objects";

/// A collection of the source, with what the plan must know of its past.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedCollection {
    pub n: i64,
    pub item: Item,
    pub events: u64,
    pub tasks: u64,
    pub journals: u64,
    /// Where an earlier plan put it.
    pub place: Option<String>,
    /// An earlier run made it there.
    pub made: bool,
    /// Earlier runs put something into it there.
    pub used: bool,
}

/// An object of the source, likewise.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedObject {
    pub n: i64,
    pub item: Item,
    pub moved: Option<ObjectMoved>,
    /// The version of an item of the same UID in the same collection that was told of before, and where an
    /// earlier run put it.
    pub twin: Option<(String, Option<String>)>,
    /// What the target's collection has of this UID that no run put there.
    pub same_uid: Option<TargetObject>,
    /// The target's trash has this UID out of the collection.
    pub in_trash: bool,
}

/// An object that an earlier run put at the target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectMoved {
    pub target_path: String,
    pub source_version: String,
    pub target_etag: Option<String>,
    /// The UID that it was given in place of its own.
    pub uid: Option<String>,
    /// What is at the path now.
    pub now: Option<TargetObject>,
}

/// A file that arrived, for what leads to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArrivedFile {
    pub target_path: String,
    pub file_id: String,
}

impl Ledger {
    /// All collections of the source, in the order in which they were told of.
    pub async fn collections(&self) -> Result<Vec<PlannedCollection>, LedgerError> {
        self.call(|db| {
            let mut collections: Vec<PlannedCollection> = db
                .prepare_cached(&format!(
                    "SELECT {ITEM_COLUMNS}, item.n, place.path, EXISTS (SELECT 1 FROM moved \
                     WHERE moved.n = item.n AND moved.target_path = place.path), \
                     EXISTS (SELECT 1 FROM moved WHERE moved.parent = place.path) FROM item \
                     LEFT JOIN collection_place AS place ON place.n = item.n \
                     WHERE item.gone = 0 AND item.parent IS NULL \
                     AND item.kind IN ('calendar', 'subscription', 'address-book') ORDER BY item.n"
                ))?
                .query_map([], |row| {
                    Ok(PlannedCollection {
                        n: row.get(ITEM_WIDTH)?,
                        item: read_item(row, 0)?,
                        events: 0,
                        tasks: 0,
                        journals: 0,
                        place: row.get(ITEM_WIDTH + 1)?,
                        made: row.get(ITEM_WIDTH + 2)?,
                        used: row.get(ITEM_WIDTH + 3)?,
                    })
                })?
                .collect::<rusqlite::Result<_>>()?;
            collections.iter_mut().try_for_each(|one| count(db, one))?;
            Ok(collections)
        })
        .await
    }

    /// What lies in a collection, after row `after`; `place` is where the collection goes.
    pub async fn collection_objects(
        &self,
        collection: &ItemId,
        place: Option<String>,
        after: i64,
        limit: u32,
    ) -> Result<Vec<PlannedObject>, LedgerError> {
        let collection = collection.0.clone();
        self.call(move |db| {
            let mut others = Others::prepare(db)?;
            let mut statement = db.prepare_cached(&format!(
                "SELECT {ITEM_COLUMNS}, item.n, moved.target_path, moved.source_version, \
                 moved.target_etag, moved.uid, now.etag, now.uid FROM item \
                 LEFT JOIN moved ON moved.n = item.n \
                 LEFT JOIN target_object AS now ON now.path = moved.target_path \
                 WHERE item.parent = ?1 AND item.gone = 0 AND item.n > ?2 ORDER BY item.n LIMIT ?3"
            ))?;
            let rows = statement.query_map(params![collection, after, limit], read_object)?;
            let mut objects = Vec::new();
            for row in rows {
                let mut object = row?;
                if object.moved.is_none() {
                    others.look(&mut object, &collection, place.as_deref())?;
                }
                objects.push(object);
            }
            Ok(objects)
        })
        .await
    }

    /// Keeps where collections go, from now on.
    pub async fn set_collection_places(
        &self,
        places: Vec<(i64, String)>,
    ) -> Result<(), LedgerError> {
        self.transaction(move |db| {
            let mut insert = db.prepare_cached(
                "INSERT OR REPLACE INTO collection_place (n, path) VALUES (?, ?)",
            )?;
            for (n, path) in &places {
                insert.execute(params![n, path])?;
            }
            Ok(())
        })
        .await
    }

    /// Replaces what is known of the target's collections.
    pub async fn set_target_collections(
        &self,
        collections: Vec<TargetCollection>,
    ) -> Result<(), LedgerError> {
        self.transaction(move |db| {
            db.execute("DELETE FROM target_collection", [])?;
            collections
                .iter()
                .try_for_each(|one| write_collection(db, one))
        })
        .await
    }

    /// What the target has, when it was last looked at.
    pub async fn target_collections(&self) -> Result<Vec<TargetCollection>, LedgerError> {
        self.call(|db| {
            db.prepare_cached(
                "SELECT path, kind, name, components, standing, subscribed_to FROM target_collection \
                 ORDER BY path",
            )?
            .query_map([], read_collection)?
            .collect()
        })
        .await
    }

    /// Begins a listing of objects at the target; they replace those known once it is finished.
    pub async fn begin_object_listing(&self) -> Result<i64, LedgerError> {
        self.call(|db| Ok(number_note(db, OBJECTS_COMPLETE)?.unwrap_or(0) + 1))
            .await
    }

    /// The UID of an object that has not changed stays known.
    pub async fn add_target_objects(
        &self,
        listing: i64,
        objects: Vec<TargetObject>,
    ) -> Result<(), LedgerError> {
        self.transaction(move |db| {
            objects
                .iter()
                .try_for_each(|object| write_object(db, object, listing))
        })
        .await
    }

    pub async fn finish_object_listing(&self, listing: i64) -> Result<(), LedgerError> {
        self.transaction(move |db| {
            db.execute("DELETE FROM target_object WHERE survey < ?", [listing])?;
            set_note(db, OBJECTS_COMPLETE, &listing.to_string())
        })
        .await
    }

    /// Objects of a collection of the target that no run of ours put there and whose UID is not known, after
    /// the path `after`.
    pub async fn objects_without_uid(
        &self,
        collection: &str,
        after: String,
        limit: u32,
    ) -> Result<Vec<String>, LedgerError> {
        let collection = collection.to_owned();
        self.call(move |db| {
            db.prepare_cached(
                "SELECT path FROM target_object AS one WHERE collection = ?1 AND uid IS NULL \
                 AND path > ?2 AND NOT EXISTS (SELECT 1 FROM moved WHERE moved.target_path = one.path) \
                 ORDER BY path LIMIT ?3",
            )?
            .query_map(params![collection, after, limit], |row| row.get(0))?
            .collect()
        })
        .await
    }

    /// An empty UID: it has none, or cannot be read.
    pub async fn set_object_uids(&self, uids: Vec<(String, String)>) -> Result<(), LedgerError> {
        self.transaction(move |db| {
            let mut update =
                db.prepare_cached("UPDATE target_object SET uid = ?2 WHERE path = ?1")?;
            for (path, uid) in &uids {
                update.execute(params![path, uid])?;
            }
            Ok(())
        })
        .await
    }

    /// Replaces what is known of the target's trash: paths of collections, and UIDs.
    pub async fn set_target_trash(&self, trash: Vec<(String, String)>) -> Result<(), LedgerError> {
        self.transaction(move |db| {
            db.execute("DELETE FROM target_trash", [])?;
            let mut insert = db.prepare_cached(
                "INSERT OR IGNORE INTO target_trash (collection, uid) VALUES (?, ?)",
            )?;
            for (collection, uid) in &trash {
                insert.execute(params![collection, uid])?;
            }
            Ok(())
        })
        .await
    }

    /// What the target has at these paths of objects, as far as its last listing and our own writing tell.
    pub async fn target_objects(
        &self,
        paths: Vec<String>,
    ) -> Result<Vec<Option<TargetObject>>, LedgerError> {
        self.call(move |db| {
            let mut find =
                db.prepare_cached("SELECT path, etag, uid FROM target_object WHERE path = ?1")?;
            paths
                .iter()
                .map(|path| {
                    find.query_row([path], |row| {
                        Ok(TargetObject {
                            path: row.get(0)?,
                            etag: row.get(1)?,
                            uid: row.get(2)?,
                        })
                    })
                    .optional()
                })
                .collect()
        })
        .await
    }

    /// An item by its id.
    pub async fn item(&self, id: &ItemId) -> Result<Option<Item>, LedgerError> {
        let id = id.0.clone();
        self.call(move |db| {
            db.prepare_cached(&format!(
                "SELECT {ITEM_COLUMNS} FROM item WHERE id = ?1 AND gone = 0"
            ))?
            .query_row([id], |row| read_item(row, 0))
            .optional()
        })
        .await
    }

    /// What kinds of objects lie in a collection.
    pub async fn kinds_in(&self, collection: &ItemId) -> Result<Vec<ItemKind>, LedgerError> {
        let collection = collection.0.clone();
        self.call(move |db| {
            db.prepare_cached("SELECT DISTINCT kind FROM item WHERE parent = ?1 AND gone = 0")?
                .query_map([collection], |row| coded(row, 0, ItemKind::from_code))?
                .collect()
        })
        .await
    }

    /// Where a file arrived: by its id, or by the address that the source gives it.
    pub async fn arrived_file(
        &self,
        id: Option<ItemId>,
        web_link: &str,
    ) -> Result<Option<ArrivedFile>, LedgerError> {
        let (id, web_link) = (id.map(|id| id.0), web_link.to_owned());
        self.call(move |db| {
            let select = "SELECT moved.target_path, moved.target_file_id FROM item JOIN moved ON \
                          moved.n = item.n WHERE moved.target_file_id IS NOT NULL AND item.gone = 0";
            let read = |row: &Row<'_>| {
                Ok(ArrivedFile {
                    target_path: row.get(0)?,
                    file_id: row.get(1)?,
                })
            };
            if let Some(id) = id {
                let found = db
                    .prepare_cached(&format!("{select} AND item.id = ?1"))?
                    .query_row([id], read)
                    .optional()?;
                if found.is_some() {
                    return Ok(found);
                }
            }
            db.prepare_cached(&format!("{select} AND item.web_link = ?1 LIMIT 1"))?
                .query_row([web_link], read)
                .optional()
        })
        .await
    }

    /// Whether a job is still to put something at this path.
    pub async fn object_is_queued(&self, path: String) -> Result<bool, LedgerError> {
        self.call(move |db| {
            db.prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM job JOIN decision ON decision.n = job.n \
                 WHERE job.task = 4 AND decision.target_path = ?1)",
            )?
            .query_row([path], |row| row.get(0))
        })
        .await
    }
}

fn count(db: &Connection, collection: &mut PlannedCollection) -> rusqlite::Result<()> {
    let mut statement = db.prepare_cached(
        "SELECT kind, count(*) FROM item WHERE parent = ?1 AND gone = 0 GROUP BY kind",
    )?;
    let rows = statement.query_map([&collection.item.id.0], |row| {
        let kind = coded(row, 0, ItemKind::from_code)?;
        Ok((kind, unsigned(row.get(1)?)))
    })?;
    for row in rows {
        match row? {
            (ItemKind::Event, count) => collection.events = count,
            (ItemKind::Task, count) => collection.tasks = count,
            (ItemKind::Journal, count) => collection.journals = count,
            _ => {}
        }
    }
    Ok(())
}

fn read_object(row: &Row<'_>) -> rusqlite::Result<PlannedObject> {
    let moved = match row.get::<_, Option<String>>(ITEM_WIDTH + 1)? {
        None => None,
        Some(target_path) => {
            let now = match row.get::<_, Option<String>>(ITEM_WIDTH + 5)? {
                None => None,
                Some(etag) => Some(TargetObject {
                    path: target_path.clone(),
                    etag,
                    uid: row.get(ITEM_WIDTH + 6)?,
                }),
            };
            Some(ObjectMoved {
                target_path,
                source_version: row.get(ITEM_WIDTH + 2)?,
                target_etag: row.get(ITEM_WIDTH + 3)?,
                uid: row.get(ITEM_WIDTH + 4)?,
                now,
            })
        }
    };
    Ok(PlannedObject {
        n: row.get(ITEM_WIDTH)?,
        item: read_item(row, 0)?,
        moved,
        twin: None,
        same_uid: None,
        in_trash: false,
    })
}

/// What else has the UID of an object.
struct Others<'db> {
    twin: rusqlite::CachedStatement<'db>,
    same_uid: rusqlite::CachedStatement<'db>,
    trash: rusqlite::CachedStatement<'db>,
}

impl<'db> Others<'db> {
    fn prepare(db: &'db Connection) -> rusqlite::Result<Self> {
        Ok(Self {
            twin: db.prepare_cached(
                "SELECT item.version, moved.target_path FROM item LEFT JOIN moved ON moved.n = item.n \
                 WHERE item.parent = ?1 AND item.uid = ?2 AND item.n < ?3 AND item.gone = 0 \
                 ORDER BY item.n LIMIT 1",
            )?,
            same_uid: db.prepare_cached(
                "SELECT path, etag, uid FROM target_object AS one WHERE collection = ?1 AND uid = ?2 \
                 AND NOT EXISTS (SELECT 1 FROM moved WHERE moved.target_path = one.path) LIMIT 1",
            )?,
            trash: db.prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM target_trash WHERE collection = ?1 AND uid = ?2)",
            )?,
        })
    }

    fn look(
        &mut self,
        object: &mut PlannedObject,
        collection: &str,
        place: Option<&str>,
    ) -> rusqlite::Result<()> {
        let Some(uid) = object.item.uid.as_deref().filter(|uid| !uid.is_empty()) else {
            return Ok(());
        };
        object.twin = self
            .twin
            .query_row(params![collection, uid, object.n], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()?;
        let Some(place) = place else { return Ok(()) };
        object.same_uid = self
            .same_uid
            .query_row([place, uid], |row| {
                Ok(TargetObject {
                    path: row.get(0)?,
                    etag: row.get(1)?,
                    uid: row.get(2)?,
                })
            })
            .optional()?;
        object.in_trash = self.trash.query_row([place, uid], |row| row.get(0))?;
        Ok(())
    }
}

fn read_collection(row: &Row<'_>) -> rusqlite::Result<TargetCollection> {
    let components: String = row.get(3)?;
    Ok(TargetCollection {
        path: row.get(0)?,
        kind: coded(row, 1, ItemKind::from_code)?,
        name: row.get(2)?,
        components: components
            .split_whitespace()
            .filter_map(Component::from_name)
            .collect(),
        standing: coded(row, 4, Standing::from_code)?,
        subscribed_to: row.get(5)?,
    })
}

/// Notes that a collection is at the target.
pub(super) fn write_collection(db: &Connection, one: &TargetCollection) -> rusqlite::Result<()> {
    let components: Vec<&str> = one.components.iter().map(|one| one.name()).collect();
    db.prepare_cached(
        "INSERT OR REPLACE INTO target_collection (path, kind, name, components, standing, subscribed_to) \
         VALUES (?, ?, ?, ?, ?, ?)",
    )?
    .execute(params![
        one.path,
        one.kind.code(),
        one.name,
        components.join(" "),
        one.standing.code(),
        one.subscribed_to,
    ])
    .map(drop)
}

fn write_object(db: &Connection, object: &TargetObject, listing: i64) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT INTO target_object (path, collection, etag, uid, survey) VALUES (?1, ?2, ?3, ?4, ?5) \
         ON CONFLICT (path) DO UPDATE SET etag = ?3, survey = ?5, \
         uid = CASE WHEN ?4 IS NOT NULL THEN ?4 WHEN etag = ?3 THEN uid END",
    )?
    .execute(params![
        object.path,
        collection_of(&object.path),
        object.etag,
        object.uid,
        listing
    ])
    .map(drop)
}

/// Notes that an object is at the target, as if the last listing had told of it.
pub(super) fn note_object(db: &Transaction<'_>, object: &TargetObject) -> rusqlite::Result<()> {
    let listing = number_note(db, OBJECTS_COMPLETE)?.unwrap_or(0);
    write_object(db, object, listing)
}
