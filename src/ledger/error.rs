use std::path::PathBuf;

/// Why the ledger cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    #[error("another copy of the program is working on this migration ({})", path.display())]
    InUse { path: PathBuf },
    #[error("{} was written by a newer version of the program", path.display())]
    Newer { path: PathBuf },
    /// It was set aside, never deleted; the next start begins a new one.
    #[error("{} is damaged and was kept as {}", path.display(), kept_as.display())]
    Damaged { path: PathBuf, kept_as: PathBuf },
    #[error("{} cannot be written: {cause}", path.display())]
    NotWritable {
        path: PathBuf,
        #[source]
        cause: std::io::Error,
    },
    #[error("the disk that holds {} is full", path.display())]
    DiskFull { path: PathBuf },
    #[error("the ledger {} could not be read or written: {cause}", path.display())]
    Database {
        path: PathBuf,
        #[source]
        cause: rusqlite::Error,
    },
    #[error("the ledger is closed")]
    Closed,
}
