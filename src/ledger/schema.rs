use rusqlite_migration::{M, Migrations};

/// Every change of the schema is one more step; a step that was released is never edited.
const STEPS: &[M<'_>] = &[
    M::up(FIRST),
    M::up(UPLOADS),
    M::up(TREE),
    M::up(CALENDARS_AND_CONTACTS),
    M::up(SOURCE_HASHES),
    M::up(PATHS),
];

pub(super) const MIGRATIONS: Migrations<'_> = Migrations::from_slice(STEPS);

macro_rules! item_indexes {
    () => {
        "CREATE UNIQUE INDEX item_id ON item (id);
CREATE INDEX item_parent ON item (parent, n) WHERE parent IS NOT NULL;
"
    };
}

/// Those that a first survey makes at its end: kept up to date row by row, in the order in which a source
/// tells of its items, they would have every row rewrite two pages.
pub(super) const ITEM_INDEXES: &str = item_indexes!();
pub(super) const WITHOUT_ITEM_INDEXES: &str =
    "DROP INDEX IF EXISTS item_id; DROP INDEX IF EXISTS item_parent;";

const FIRST: &str = concat!(
    r"
CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- seen: the last survey that told of it. since: the survey from which on an item must have been told of
-- to count as there. before: what `since` was before this survey.
CREATE TABLE space (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    change_token TEXT,
    seen INTEGER NOT NULL,
    since INTEGER NOT NULL,
    before INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Times are milliseconds since 1970. survey: the last survey that told of the item.
-- gone: 0 there, 1 told to be gone, 2 lay in a folder that is gone.
CREATE TABLE item (
    n INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    space TEXT NOT NULL,
    parent TEXT,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    size INTEGER,
    modified INTEGER,
    created INTEGER,
    hash TEXT,
    version TEXT NOT NULL,
    media_type TEXT,
    favourite INTEGER NOT NULL,
    web_link TEXT,
    shortcut_target TEXT,
    obstacle TEXT,
    locator TEXT NOT NULL,
    survey INTEGER NOT NULL,
    gone INTEGER NOT NULL DEFAULT 0,
    orphan INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX item_top ON item (space, n) WHERE parent IS NULL;
CREATE INDEX item_orphan ON item (n) WHERE orphan = 1;
CREATE INDEX item_shortcut ON item (id) WHERE kind = 'shortcut';

CREATE TABLE target_entry (
    path TEXT PRIMARY KEY,
    parent TEXT NOT NULL,
    is_folder INTEGER NOT NULL,
    size INTEGER NOT NULL,
    etag TEXT NOT NULL,
    file_id TEXT,
    modified INTEGER,
    checksums TEXT NOT NULL,
    survey INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX target_parent ON target_entry (parent);
CREATE INDEX target_file_id ON target_entry (file_id) WHERE file_id IS NOT NULL;

CREATE TABLE decision (
    n INTEGER PRIMARY KEY,
    action TEXT NOT NULL,
    reason TEXT,
    step TEXT NOT NULL,
    target_path TEXT NOT NULL,
    top TEXT NOT NULL,
    renamed TEXT,
    bytes INTEGER NOT NULL,
    settled TEXT,
    task INTEGER,
    depth INTEGER NOT NULL
) STRICT;
CREATE INDEX decision_action ON decision (action, reason);

CREATE INDEX decision_top ON decision (top) WHERE task = 1;

-- What this program put at the target, over all runs.
CREATE TABLE moved (
    n INTEGER PRIMARY KEY,
    target_path TEXT NOT NULL,
    parent TEXT NOT NULL,
    source_version TEXT NOT NULL,
    target_etag TEXT,
    target_file_id TEXT,
    hash TEXT
) STRICT;
CREATE INDEX moved_parent ON moved (parent);
CREATE INDEX moved_path ON moved (target_path);

-- One row an item and run.
CREATE TABLE outcome (
    n INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    reason TEXT,
    detail TEXT,
    proof TEXT,
    hash TEXT,
    bytes INTEGER NOT NULL
) STRICT;
CREATE INDEX outcome_kind ON outcome (kind, reason);

-- state: 0 ready, 1 under way. Done jobs are deleted in the transaction that writes their outcome.
-- rank: jobs of a lower rank must be done before those of a higher one begin.
CREATE TABLE job (
    n INTEGER NOT NULL,
    task INTEGER NOT NULL,
    rank INTEGER NOT NULL,
    state INTEGER NOT NULL,
    next_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    interrupted INTEGER NOT NULL,
    size INTEGER NOT NULL,
    PRIMARY KEY (task, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX job_ready ON job (task, rank, next_at, n) WHERE state = 0;

-- phase: 0 sending, 1 assembling.
CREATE TABLE upload (
    n INTEGER PRIMARY KEY,
    upload_id TEXT NOT NULL,
    chunk_size INTEGER NOT NULL,
    total INTEGER NOT NULL,
    algorithm TEXT NOT NULL,
    source_version TEXT NOT NULL,
    target_path TEXT NOT NULL,
    phase INTEGER NOT NULL,
    final_hash TEXT
) STRICT;
CREATE TABLE upload_chunk (
    n INTEGER NOT NULL,
    number INTEGER NOT NULL,
    size INTEGER NOT NULL,
    hash_state BLOB NOT NULL,
    PRIMARY KEY (n, number)
) STRICT, WITHOUT ROWID;
",
    item_indexes!()
);

/// Chunks of one upload may differ in size.
const UPLOADS: &str = "ALTER TABLE upload DROP COLUMN chunk_size;";

/// What the user ticked in the source's tree, and the sums of its branches (see `selection.rs`).
const TREE: &str = r"
CREATE TABLE choice (
    is_space INTEGER NOT NULL,
    id TEXT NOT NULL,
    taken INTEGER NOT NULL,
    PRIMARY KEY (is_space, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE branch (
    is_space INTEGER NOT NULL,
    id TEXT NOT NULL,
    items INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    PRIMARY KEY (is_space, id)
) STRICT, WITHOUT ROWID;
";

const CALENDARS_AND_CONTACTS: &str = r"
ALTER TABLE item ADD COLUMN collection TEXT;
ALTER TABLE item ADD COLUMN uid TEXT;
CREATE INDEX item_uid ON item (parent, uid, n) WHERE uid IS NOT NULL;
-- uid: what the object was given in place of its own.
ALTER TABLE moved ADD COLUMN uid TEXT;
CREATE INDEX item_web_link ON item (web_link) WHERE web_link IS NOT NULL;

-- Where each calendar and address book goes; it stays. n: of the item.
CREATE TABLE collection_place (
    n INTEGER PRIMARY KEY,
    path TEXT NOT NULL
) STRICT;

-- components: names, apart by spaces; empty: everything.
CREATE TABLE target_collection (
    path TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    components TEXT NOT NULL,
    standing TEXT NOT NULL,
    subscribed_to TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE target_object (
    path TEXT PRIMARY KEY,
    collection TEXT NOT NULL,
    etag TEXT NOT NULL,
    uid TEXT,
    survey INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX target_object_uid ON target_object (collection, uid) WHERE uid IS NOT NULL;

-- What the target's trash holds of a calendar.
CREATE TABLE target_trash (
    collection TEXT NOT NULL,
    uid TEXT NOT NULL,
    PRIMARY KEY (collection, uid)
) STRICT, WITHOUT ROWID;
";

// The source's own digest, where it is of another algorithm than `hash`, which is the target's.
const SOURCE_HASHES: &str = r"
ALTER TABLE moved ADD COLUMN source_hash TEXT;
ALTER TABLE outcome ADD COLUMN source_hash TEXT;
";

// See `Item::path`; few sources have one.
const PATHS: &str = r"
ALTER TABLE item ADD COLUMN path TEXT;
CREATE INDEX item_path ON item (space, path) WHERE path IS NOT NULL;
";

#[cfg(test)]
mod tests {
    #[test]
    fn the_steps_apply() {
        super::MIGRATIONS.validate().unwrap();
    }
}
