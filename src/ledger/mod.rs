//! What the program knows and has done, in one SQLite file a migration. The only place with SQL.
//!
//! Written by one connection with full durability: what is committed here has happened, whatever is
//! killed afterwards.

mod browse;
mod error;
mod glance;
mod outcomes;
mod paths;
mod pim;
mod plan;
mod queue;
mod rows;
mod schema;
mod selection;
mod survey;
mod uploads;

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

pub use browse::{DecisionRow, Filter, Order};
pub use error::LedgerError;
pub use glance::{Glance, glance};
pub use outcomes::{Account, Balance, ReportFilter, ReportRow};
pub use pim::{ArrivedFile, ObjectMoved, PlannedCollection, PlannedObject};
pub use plan::{FolderToPlan, MovedBefore, Placed, PlanTotals, PlannedItem, TopFolder};
pub use queue::{Arrival, Claim, Finished, Job, RunState, Task};
use rusqlite::{Connection, ErrorCode, OptionalExtension};
use rusqlite_migration::SchemaVersion;
pub use selection::{NodeKind, TreeNode};
pub use survey::{SurveyTotals, Surveyor};
pub use uploads::{SavedChunk, SavedUpload, UploadPhase};

/// A migration's ledger, open and locked against a second copy of the program. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Ledger {
    connection: tokio_rusqlite::Connection,
    path: PathBuf,
    _lock: std::sync::Arc<File>,
}

impl Ledger {
    /// Opens the ledger at `path`, made anew where there is none, and brings its schema up to date.
    ///
    /// # Errors
    /// [`LedgerError::InUse`] while another copy works on it; [`LedgerError::Damaged`] after setting a
    /// damaged file aside; the others as their names say.
    pub async fn open(path: &Path) -> Result<Self, LedgerError> {
        let path = path.to_owned();
        let opened = tokio::task::spawn_blocking(move || {
            let lock = lock(&path)?;
            let connection = open_connection(&path)?;
            Ok((path, lock, connection))
        });
        let (path, lock, connection) = opened.await.map_err(|_| LedgerError::Closed)??;
        Ok(Self {
            connection: connection.into(),
            path,
            _lock: std::sync::Arc::new(lock),
        })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A note of the program's own, by name.
    pub async fn note(&self, key: &'static str) -> Result<Option<String>, LedgerError> {
        self.call(move |db| {
            db.prepare_cached("SELECT value FROM meta WHERE key = ?")?
                .query_row([key], |row| row.get(0))
                .optional()
        })
        .await
    }

    pub async fn set_note(&self, key: &'static str, value: String) -> Result<(), LedgerError> {
        self.call(move |db| set_note(db, key, &value)).await
    }

    /// Gives back the memory that the last work took: the pages that it read are not needed again soon.
    pub async fn rest(&self) -> Result<(), LedgerError> {
        self.call(|db| db.execute_batch("PRAGMA shrink_memory"))
            .await
    }

    /// Writes everything into the one file and closes it.
    pub async fn close(self) -> Result<(), LedgerError> {
        self.call(|db| db.execute_batch("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA optimize;"))
            .await
    }

    async fn call<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, LedgerError> {
        self.connection
            .call(work)
            .await
            .map_err(|error| match error {
                tokio_rusqlite::Error::Error(error) | tokio_rusqlite::Error::Close((_, error)) => {
                    database_error(&self.path, error)
                }
                _ => LedgerError::Closed,
            })
    }

    /// The same, all or nothing.
    async fn transaction<T: Send + 'static>(
        &self,
        work: impl FnOnce(&rusqlite::Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, LedgerError> {
        self.call(move |db| {
            let transaction = db.transaction()?;
            let value = work(&transaction)?;
            transaction.commit()?;
            Ok(value)
        })
        .await
    }
}

fn set_note(db: &Connection, key: &str, value: &str) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2",
    )?
    .execute([key, value])
    .map(drop)
}

fn number_note(db: &Connection, key: &str) -> rusqlite::Result<Option<i64>> {
    let text: Option<String> = db
        .prepare_cached("SELECT value FROM meta WHERE key = ?")?
        .query_row([key], |row| row.get(0))
        .optional()?;
    Ok(text.and_then(|text| text.parse().ok()))
}

fn database_error(path: &Path, cause: rusqlite::Error) -> LedgerError {
    let path = path.to_owned();
    match cause.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => LedgerError::DiskFull { path },
        _ => LedgerError::Database { path, cause },
    }
}

/// Next to the ledger lies an empty file that the working copy holds locked; the system gives the lock
/// back however the program ends.
fn lock(path: &Path) -> Result<File, LedgerError> {
    let not_writable = |cause| LedgerError::NotWritable {
        path: path.to_owned(),
        cause,
    };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(not_writable)?;
    }
    let lock = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path.with_extension("lock"))
        .map_err(not_writable)?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(LedgerError::InUse {
            path: path.to_owned(),
        }),
        Err(TryLockError::Error(cause)) => Err(not_writable(cause)),
    }
}

fn open_connection(path: &Path) -> Result<Connection, LedgerError> {
    match try_open(path) {
        Ok(connection) => Ok(connection),
        Err(Trouble::Newer) => Err(LedgerError::Newer {
            path: path.to_owned(),
        }),
        Err(Trouble::Damaged) => {
            let kept_as = set_aside(path).map_err(|cause| LedgerError::NotWritable {
                path: path.to_owned(),
                cause,
            })?;
            Err(LedgerError::Damaged {
                path: path.to_owned(),
                kept_as,
            })
        }
        Err(Trouble::Database(cause)) => Err(match cause.sqlite_error_code() {
            Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
                LedgerError::NotWritable {
                    path: path.to_owned(),
                    cause: std::io::Error::other(cause),
                }
            }
            _ => database_error(path, cause),
        }),
    }
}

enum Trouble {
    Newer,
    Damaged,
    Database(rusqlite::Error),
}

impl From<rusqlite::Error> for Trouble {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged,
            _ => Self::Database(error),
        }
    }
}

fn try_open(path: &Path) -> Result<Connection, Trouble> {
    let mut db = Connection::open(path)?;
    db.pragma_update(None, "journal_mode", "WAL")?;
    // FULL: a power cut must not undo what was committed.
    db.pragma_update(None, "synchronous", "FULL")?;
    db.pragma_update(None, "busy_timeout", 5000)?;
    db.pragma_update(None, "journal_size_limit", 64 << 20)?;
    // KiB where negative: keeps a survey of a million items within its memory.
    db.pragma_update(None, "cache_size", -48 * 1024)?;
    db.pragma_update(None, "temp_store", "FILE")?;
    db.set_prepared_statement_cache_capacity(64);
    let verdict: String = db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if verdict != "ok" {
        return Err(Trouble::Damaged);
    }
    let latest = schema::MIGRATIONS.current_version(&db);
    if matches!(latest, Ok(SchemaVersion::Outside(_))) {
        return Err(Trouble::Newer);
    }
    match schema::MIGRATIONS.to_latest(&mut db) {
        Ok(()) => Ok(db),
        Err(rusqlite_migration::Error::RusqliteError { err, .. }) => Err(err.into()),
        Err(rusqlite_migration::Error::MigrationDefinition(_)) => Err(Trouble::Newer),
        Err(_) => Err(Trouble::Damaged),
    }
}

/// Renames the ledger and its journal, so that nothing of it is lost and a new one can begin.
fn set_aside(path: &Path) -> std::io::Result<PathBuf> {
    let mut number = 1;
    let name = |number: u32, suffix: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".damaged-{number}{suffix}"));
        PathBuf::from(name)
    };
    while name(number, "").exists() {
        number += 1;
    }
    for suffix in ["-wal", "-shm", ""] {
        let mut from = path.as_os_str().to_owned();
        from.push(suffix);
        let from = PathBuf::from(from);
        if from.exists() {
            std::fs::rename(from, name(number, suffix))?;
        }
    }
    Ok(name(number, ""))
}

#[cfg(test)]
mod pim_tests;
#[cfg(test)]
mod tests;
