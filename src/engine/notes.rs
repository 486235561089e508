//! What the engine writes down in a ledger about the migration as a whole.

/// What is known of the target, as JSON.
pub(super) const TARGET_INFO: &str = "target.info";
/// The names of folders that do not exist at the source, as JSON.
pub(super) const FOLDER_NAMES: &str = "folder.names";
/// The migration that the ledger belongs to, as its file says it.
pub(super) const MIGRATION: &str = "migration";
/// When the last plan was carried out to its end.
pub(super) const FINISHED: &str = "run.finished";
/// Why the last move stopped early, as a code; empty when it did not.
pub(super) const WAITING: &str = "run.waiting";

/// Those that others may look at.
pub(super) const ALL: &[&str] = &[MIGRATION, FINISHED, WAITING];
