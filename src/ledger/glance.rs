//! A look at a ledger from outside: without its lock, without changing it.

use std::path::Path;

use rusqlite::{Connection, OpenFlags, OptionalExtension};

use super::queue::run_state;
use super::rows::unsigned;
use super::{LedgerError, RunState, database_error, number_note};
use crate::model::OutcomeKind;

/// How far a migration has come, as its ledger tells whoever looks by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glance {
    /// Its notes, of those that were asked for.
    pub notes: Vec<Option<String>>,
    pub surveyed: bool,
    pub run: RunState,
    /// Items that the survey found.
    pub items: u64,
    /// Items with an outcome.
    pub settled: u64,
    pub failed: u64,
    /// Bytes that arrived, and those of all that the plan sends.
    pub bytes: u64,
    pub bytes_planned: u64,
    /// Bytes of what is still to be sent.
    pub bytes_left: u64,
}

/// Looks at the ledger at `path`, which another copy of the program may be working on.
///
/// # Errors
/// When there is none, or none that can be read.
pub async fn glance(path: &Path, notes: &'static [&'static str]) -> Result<Glance, LedgerError> {
    let path = path.to_owned();
    let looked = tokio::task::spawn_blocking(move || {
        look(&path, notes).map_err(|error| database_error(&path, error))
    });
    looked.await.map_err(|_| LedgerError::Closed)?
}

fn look(path: &Path, notes: &[&str]) -> rusqlite::Result<Glance> {
    let db = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    db.pragma_update(None, "busy_timeout", 500)?;
    let mut find = db.prepare("SELECT value FROM meta WHERE key = ?")?;
    let notes = notes
        .iter()
        .map(|key| find.query_row([key], |row| row.get(0)).optional())
        .collect::<rusqlite::Result<_>>()?;
    let surveyed = number_note(&db, super::survey::COMPLETE)?;
    let surveyed = surveyed.is_some() && surveyed == number_note(&db, super::survey::RUNNING)?;
    let count = |sql: &str| db.query_row(sql, [], |row| Ok(unsigned(row.get(0)?)));
    Ok(Glance {
        notes,
        surveyed,
        run: match surveyed {
            true => run_state(&db)?,
            false => RunState::NoPlan,
        },
        items: count("SELECT count(*) FROM item WHERE gone = 0")?,
        settled: count("SELECT count(*) FROM outcome")?,
        failed: db.query_row(
            "SELECT count(*) FROM outcome WHERE kind = ?",
            [OutcomeKind::Failed.code()],
            |row| Ok(unsigned(row.get(0)?)),
        )?,
        bytes: count("SELECT coalesce(sum(bytes), 0) FROM outcome")?,
        bytes_planned: count(
            "SELECT coalesce(sum(bytes), 0) FROM decision WHERE task IS NOT NULL",
        )?,
        bytes_left: count("SELECT coalesce(sum(size), 0) FROM job WHERE task = 1")?,
    })
}
