//! A user's files, whether stored or made up, in the form in which DAV shows them.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use bytes::Bytes;
use futures::StreamExt as _;
use futures::stream::BoxStream;

use super::seeded::Seeded;
use super::server::Shared;
use super::tree::{Id, Node};

/// One file or folder. Times are seconds since 1970, 0 where unknown.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// Known to the view; 0 only for what is not there.
    pub id: Id,
    pub name: String,
    pub folder: bool,
    pub size: u64,
    pub mtime: i64,
    pub created: i64,
    pub uploaded: i64,
    pub etag: String,
    pub checksum: String,
    pub favourite: bool,
    pub tags: Vec<String>,
    pub props: BTreeMap<String, String>,
    /// As `oc:permissions`.
    pub permissions: &'static str,
    /// As `nc:mount-type`: `""`, `shared`, `external`, `group`.
    pub mount: &'static str,
    pub mount_root: bool,
    /// Id and display name; `None`: the one who looks.
    pub owner: Option<(&'static str, &'static str)>,
    /// Files and folders directly in a folder.
    pub holds: (u64, u64),
}

/// Where a listing goes on.
#[derive(Debug, Clone, Default)]
pub(super) enum Cursor {
    #[default]
    Start,
    Behind(String),
    At(u64),
}

#[derive(Debug, Clone)]
pub(super) enum View {
    Stored { shared: Arc<Shared>, home: Id },
    Seeded(Arc<Seeded>),
}

impl View {
    pub fn find(&self, path: &[String]) -> Option<Entry> {
        match self {
            Self::Stored { shared, home, .. } => {
                let inner = shared.store.lock();
                let id = inner.state.tree.at(*home, path)?;
                entry(&inner.state.tree, inner.state.tree.get(id)?)
            }
            Self::Seeded(seeded) => seeded.find(path),
        }
    }

    /// At most `limit` of what lies in a folder; moves the cursor on.
    pub fn children(&self, folder: Id, cursor: &mut Cursor, limit: usize) -> Vec<Entry> {
        match self {
            Self::Stored { shared, .. } => {
                let inner = shared.store.lock();
                let tree = &inner.state.tree;
                let after = match cursor {
                    Cursor::Behind(name) => Some(name.clone()),
                    _ => None,
                };
                let found: Vec<Entry> = tree
                    .children(folder, after.as_deref(), limit)
                    .into_iter()
                    .filter_map(|node| entry(tree, node))
                    .collect();
                if let Some(last) = found.last() {
                    *cursor = Cursor::Behind(last.name.clone());
                }
                found
            }
            Self::Seeded(seeded) => {
                let from = match cursor {
                    Cursor::At(at) => *at,
                    _ => 0,
                };
                let found = seeded.children(folder, from, limit);
                *cursor = Cursor::At(from + found.len() as u64);
                found
            }
        }
    }

    /// The bytes from `from` up to `to` of a file.
    pub fn read(&self, file: Id, from: u64, to: u64) -> BoxStream<'static, io::Result<Bytes>> {
        match self {
            Self::Stored { shared, .. } => {
                let pieces = shared
                    .store
                    .lock()
                    .state
                    .tree
                    .get(file)
                    .map(|node| node.pieces().to_vec())
                    .unwrap_or_default();
                shared.store.blobs.read(&pieces, from, to)
            }
            Self::Seeded(seeded) => seeded.content(file).stream(from, to).map(Ok).boxed(),
        }
    }

    /// All favourites at and below a folder, with their paths below the home, sorted by path.
    pub fn favourites(&self, folder: &Entry, path: &[String]) -> Vec<(Vec<String>, Entry)> {
        match self {
            Self::Stored { shared, .. } => {
                let inner = shared.store.lock();
                let tree = &inner.state.tree;
                let mut found: Vec<_> = tree
                    .below(folder.id)
                    .into_iter()
                    .filter_map(|id| tree.get(id))
                    .filter(|node| node.favourite)
                    .filter_map(|node| Some((tree.path(node.id), entry(tree, node)?)))
                    .collect();
                found.sort_by(|a, b| a.0.cmp(&b.0));
                found
            }
            Self::Seeded(seeded) => seeded.favourites(path),
        }
    }

    pub fn is_read_only(&self) -> bool {
        matches!(self, Self::Seeded(_))
    }
}

fn entry(tree: &super::tree::Tree, node: &Node) -> Option<Entry> {
    Some(Entry {
        id: node.id,
        name: node.name.clone(),
        folder: node.is_folder(),
        size: node.size(),
        mtime: node.mtime,
        created: node.created,
        uploaded: node.uploaded,
        etag: node.etag.clone(),
        checksum: node.checksum().to_owned(),
        favourite: node.favourite,
        tags: node.tags.clone(),
        props: node.props.clone(),
        permissions: if node.is_folder() {
            "RGDNVCK"
        } else {
            "RGDNVW"
        },
        mount: "",
        mount_root: false,
        owner: None,
        holds: if node.is_folder() {
            tree.count(node.id)
        } else {
            (0, 0)
        },
    })
}
