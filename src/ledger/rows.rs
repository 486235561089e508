//! Rows into nouns and back.

use rusqlite::types::Type;
use rusqlite::{Row, Statement, named_params};

use crate::model::{
    Action, Decision, HashValue, Item, ItemId, ItemKind, NameChange, OutcomeKind, Reason, SpaceId,
    TargetEntry, Timestamp,
};

pub(super) const ITEM_COLUMNS: &str = "item.id, item.space, item.parent, item.name, item.kind, item.size, \
     item.modified, item.created, item.hash, item.version, item.media_type, item.favourite, item.web_link, \
     item.shortcut_target, item.obstacle, item.locator, item.collection, item.uid, item.path";

/// How many columns [`ITEM_COLUMNS`] are.
pub(super) const ITEM_WIDTH: usize = 19;

pub(super) const DECISION_COLUMNS: &str = "decision.action, decision.reason, decision.step, \
     decision.target_path, decision.renamed, decision.bytes, decision.settled";

pub(super) const DECISION_WIDTH: usize = 7;

/// A value that this version of the program does not know, at a column.
fn unknown(column: usize, text: &str) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(
        column,
        Type::Text,
        format!("unknown code {text:?}").into(),
    )
}

pub(super) fn coded<T>(
    row: &Row<'_>,
    column: usize,
    read: impl Fn(&str) -> Option<T>,
) -> rusqlite::Result<T> {
    let text: String = row.get(column)?;
    read(&text).ok_or_else(|| unknown(column, &text))
}

fn maybe_coded<T>(
    row: &Row<'_>,
    column: usize,
    read: impl Fn(&str) -> Option<T>,
) -> rusqlite::Result<Option<T>> {
    let text: Option<String> = row.get(column)?;
    text.map(|text| read(&text).ok_or_else(|| unknown(column, &text)))
        .transpose()
}

pub(super) fn time(milliseconds: Option<i64>) -> Option<Timestamp> {
    milliseconds.and_then(|ms| Timestamp::from_millisecond(ms).ok())
}

pub(super) fn millis(time: Option<Timestamp>) -> Option<i64> {
    time.map(|time| time.as_millisecond())
}

/// SQLite's integers are signed.
pub(super) fn signed(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

pub(super) fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

pub(super) fn read_hash(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<HashValue>> {
    maybe_coded(row, column, |text| text.parse().ok())
}

pub(super) fn read_reason(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Reason>> {
    maybe_coded(row, column, Reason::from_code)
}

pub(super) fn read_outcome_kind(row: &Row<'_>, column: usize) -> rusqlite::Result<OutcomeKind> {
    coded(row, column, OutcomeKind::from_code)
}

pub(super) fn read_kind(row: &Row<'_>, column: usize) -> rusqlite::Result<ItemKind> {
    coded(row, column, ItemKind::from_code)
}

/// Reads [`ITEM_COLUMNS`] from column `at` on.
pub(super) fn read_item(row: &Row<'_>, at: usize) -> rusqlite::Result<Item> {
    Ok(Item {
        id: ItemId(row.get(at)?),
        space: SpaceId(row.get(at + 1)?),
        parent: row.get::<_, Option<String>>(at + 2)?.map(ItemId),
        name: row.get(at + 3)?,
        kind: read_kind(row, at + 4)?,
        size: row.get::<_, Option<i64>>(at + 5)?.map(unsigned),
        modified: time(row.get(at + 6)?),
        created: time(row.get(at + 7)?),
        hash: read_hash(row, at + 8)?,
        version: row.get(at + 9)?,
        media_type: row.get(at + 10)?,
        favourite: row.get(at + 11)?,
        web_link: row.get(at + 12)?,
        shortcut_target: row.get::<_, Option<String>>(at + 13)?.map(ItemId),
        obstacle: read_reason(row, at + 14)?,
        locator: row.get(at + 15)?,
        collection: maybe_coded(row, at + 16, |text| serde_json::from_str(text).ok())?,
        uid: row.get(at + 17)?,
        path: row.get(at + 18)?,
    })
}

macro_rules! insert_item {
    () => {
        "INSERT INTO item (id, space, parent, name, kind, size, modified, created, hash, version, \
         media_type, favourite, web_link, shortcut_target, obstacle, locator, collection, uid, path, \
         survey) VALUES (:id, :space, :parent, :name, :kind, :size, :modified, :created, :hash, :version, \
         :media_type, :favourite, :web_link, :shortcut_target, :obstacle, :locator, \
         :collection, :uid, :path, :survey)"
    };
}

/// Of an item that may be known already.
pub(super) const INSERT_ITEM: &str = concat!(
    insert_item!(),
    " ON CONFLICT (id) DO UPDATE SET space = :space, parent = :parent, name = :name, kind = :kind, \
     size = :size, modified = :modified, created = :created, hash = :hash, version = :version, \
     media_type = :media_type, favourite = :favourite, web_link = :web_link, \
     shortcut_target = :shortcut_target, obstacle = :obstacle, locator = :locator, \
     collection = :collection, uid = :uid, path = :path, survey = :survey, gone = 0, orphan = 0"
);

/// Of an item of a first survey, while nothing keeps ids apart.
pub(super) const INSERT_FIRST_ITEM: &str = insert_item!();

pub(super) fn write_item(
    statement: &mut Statement<'_>,
    item: &Item,
    survey: i64,
) -> rusqlite::Result<()> {
    let collection = item
        .collection
        .as_ref()
        .map(serde_json::to_string)
        .transpose()
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
    statement
        .execute(named_params! {
            ":id": item.id.0,
            ":space": item.space.0,
            ":parent": item.parent.as_ref().map(|id| &id.0),
            ":name": item.name,
            ":kind": item.kind.code(),
            ":size": item.size.map(signed),
            ":modified": millis(item.modified),
            ":created": millis(item.created),
            ":hash": item.hash.as_ref().map(ToString::to_string),
            ":version": item.version,
            ":media_type": item.media_type,
            ":favourite": item.favourite,
            ":web_link": item.web_link,
            ":shortcut_target": item.shortcut_target.as_ref().map(|id| &id.0),
            ":obstacle": item.obstacle.map(Reason::code),
            ":locator": item.locator,
            ":collection": collection,
            ":uid": item.uid,
            ":path": item.path,
            ":survey": survey,
        })
        .map(drop)
}

/// Reads [`DECISION_COLUMNS`] from column `at` on.
pub(super) fn read_decision(row: &Row<'_>, at: usize) -> rusqlite::Result<Decision> {
    Ok(Decision {
        action: coded(row, at, Action::from_code)?,
        reason: read_reason(row, at + 1)?,
        step: coded(row, at + 2, |text| serde_json::from_str(text).ok())?,
        target_path: row.get(at + 3)?,
        renamed: maybe_coded(row, at + 4, NameChange::from_code)?,
        bytes: unsigned(row.get(at + 5)?),
        settled: maybe_coded(row, at + 6, OutcomeKind::from_code)?,
    })
}

pub(super) const ENTRY_COLUMNS: &str = "path, is_folder, size, etag, file_id, modified, checksums";

/// Reads [`ENTRY_COLUMNS`] from column `at` on.
pub(super) fn read_entry(row: &Row<'_>, at: usize) -> rusqlite::Result<TargetEntry> {
    let checksums: String = row.get(at + 6)?;
    Ok(TargetEntry {
        path: row.get(at)?,
        is_folder: row.get(at + 1)?,
        size: unsigned(row.get(at + 2)?),
        etag: row.get(at + 3)?,
        file_id: row.get(at + 4)?,
        modified: time(row.get(at + 5)?),
        checksums: checksums
            .split_whitespace()
            .filter_map(|text| text.parse().ok())
            .collect(),
    })
}

/// The folder that a path lies in; `""` for the top.
pub(super) fn parent_path(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(parent, _)| parent)
}

pub(super) const INSERT_ENTRY: &str = "INSERT INTO target_entry (path, parent, is_folder, size, etag, \
     file_id, modified, checksums, survey) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) \
     ON CONFLICT (path) DO UPDATE SET is_folder = ?3, size = ?4, etag = ?5, file_id = ?6, modified = ?7, \
     checksums = ?8, survey = ?9";

pub(super) fn write_entry(
    statement: &mut Statement<'_>,
    entry: &TargetEntry,
    survey: i64,
) -> rusqlite::Result<()> {
    let checksums: Vec<String> = entry.checksums.iter().map(ToString::to_string).collect();
    statement
        .execute(rusqlite::params![
            entry.path,
            parent_path(&entry.path),
            entry.is_folder,
            signed(entry.size),
            entry.etag,
            entry.file_id,
            millis(entry.modified),
            checksums.join(" "),
            survey,
        ])
        .map(drop)
}

/// The codes of the reasons that `wanted` says yes to, for an `IN (…)`.
pub(super) fn reason_codes(wanted: fn(Reason) -> bool) -> String {
    let codes = Reason::ALL.iter().filter(|reason| wanted(**reason));
    let codes: Vec<_> = codes.map(|reason| format!("'{}'", reason.code())).collect();
    codes.join(", ")
}
