//! The operations that change what the practice server remembers, as the journal holds them.

use serde::{Deserialize, Serialize};

use super::pim::PimOp;
use super::tree::{Id, Node, Piece};

/// One change. Times (`at`) are seconds since 1970.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum Op {
    /// The home folder of a user.
    Home {
        user: String,
        id: Id,
        at: i64,
    },
    /// Whose home a node is, from a compacted journal.
    IsHome {
        user: String,
        id: Id,
    },
    /// A node as it is, from a compacted journal.
    Node {
        node: Box<Node>,
    },
    Folder {
        id: Id,
        parent: Id,
        name: String,
        at: i64,
    },
    /// A new file, or new content for the one that has this id.
    File(Box<FileOp>),
    /// A date set from outside (`touch`).
    Touch {
        id: Id,
        mtime: i64,
    },
    Set {
        id: Id,
        change: Change,
    },
    Move {
        id: Id,
        parent: Id,
        name: String,
        at: i64,
    },
    Trash {
        id: Id,
        user: String,
        at: i64,
    },
    /// Something that lies in the trash already, from a compacted journal.
    Trashed {
        user: String,
        key: String,
        trashed: Trashed,
    },
    Restore {
        user: String,
        key: String,
        parent: Id,
        name: String,
        at: i64,
    },
    Purge {
        user: String,
        key: String,
    },
    Remove {
        id: Id,
        at: i64,
    },
    Upload {
        user: String,
        upload: String,
        at: i64,
    },
    Chunk {
        user: String,
        upload: String,
        name: String,
        chunk: Chunk,
    },
    DropChunk {
        user: String,
        upload: String,
        name: String,
    },
    /// The chunks become the content of a file, so their blobs live on.
    Assemble {
        user: String,
        upload: String,
        file: Box<FileOp>,
        /// The chunked upload stays, as after an error that follows the assembly.
        keep: bool,
    },
    DropUpload {
        user: String,
        upload: String,
    },
    Token {
        token: Token,
    },
    Revoke {
        hash: String,
    },
    Quota {
        user: String,
        quota: Option<u64>,
    },
    /// Of calendars and address books.
    Pim {
        change: Box<PimOp>,
    },
    /// The next id and blob number, from a compacted journal.
    Next {
        id: Id,
        blob: u64,
    },
}

impl From<PimOp> for Op {
    fn from(change: PimOp) -> Self {
        Self::Pim {
            change: Box::new(change),
        }
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FileOp {
    pub id: Id,
    pub parent: Id,
    pub name: String,
    pub pieces: Vec<Piece>,
    pub etag: String,
    pub at: i64,
    pub mtime: i64,
    /// `None`: what it was.
    pub created: Option<i64>,
    pub checksum: String,
}

/// A change of one thing about a node, which leaves its content and its etag alone.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    Favourite(bool),
    Created(i64),
    Checksum(String),
    Etag(String),
    Tags(Vec<String>),
    /// A dead property, by `{namespace}name`; `None` takes it away.
    Prop(String, Option<String>),
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Trashed {
    pub id: Id,
    pub name: String,
    /// The path that it had below the home.
    pub original: String,
    pub deleted: i64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Chunk {
    pub piece: Piece,
    pub mtime: i64,
    pub etag: String,
}

/// An app password; only its SHA-256 is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Token {
    pub hash: String,
    pub user: String,
    pub login_name: String,
    /// What asked for it.
    pub name: String,
}
