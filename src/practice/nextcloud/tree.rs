//! Files and folders as the practice server knows them, in memory.

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;

use serde::{Deserialize, Serialize};

/// A file id (`oc:fileid`).
pub type Id = u64;

/// A stretch of content: a blob on the disk and its length in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    pub blob: u64,
    pub len: u64,
}

/// A file or a folder. Times are seconds since 1970.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Node {
    pub id: Id,
    /// 0 for a home, and for what lies in the trash.
    pub parent: Id,
    pub name: String,
    pub mtime: i64,
    /// 0: unknown.
    #[serde(default)]
    pub created: i64,
    #[serde(default)]
    pub uploaded: i64,
    pub etag: String,
    #[serde(default)]
    pub favourite: bool,
    #[serde(default)]
    pub tags: Vec<String>,
    /// Dead properties, by `{namespace}name`.
    #[serde(default)]
    pub props: BTreeMap<String, String>,
    pub kind: Kind,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Kind {
    Folder {
        #[serde(skip)]
        children: BTreeMap<String, Id>,
        /// Of everything below, in bytes.
        #[serde(skip)]
        size: u64,
    },
    File {
        pieces: Vec<Piece>,
        size: u64,
        /// As the client said; `""`: nothing said.
        checksum: String,
    },
}

impl Kind {
    pub fn folder() -> Self {
        Self::Folder {
            children: BTreeMap::new(),
            size: 0,
        }
    }
}

impl Node {
    pub fn size(&self) -> u64 {
        match &self.kind {
            Kind::Folder { size, .. } | Kind::File { size, .. } => *size,
        }
    }

    pub fn is_folder(&self) -> bool {
        matches!(self.kind, Kind::Folder { .. })
    }

    pub fn checksum(&self) -> &str {
        match &self.kind {
            Kind::File { checksum, .. } => checksum,
            Kind::Folder { .. } => "",
        }
    }

    pub fn pieces(&self) -> &[Piece] {
        match &self.kind {
            Kind::File { pieces, .. } => pieces,
            Kind::Folder { .. } => &[],
        }
    }

    fn children(&self) -> Option<&BTreeMap<String, Id>> {
        match &self.kind {
            Kind::Folder { children, .. } => Some(children),
            Kind::File { .. } => None,
        }
    }
}

/// All nodes of all users.
#[derive(Debug, Default)]
pub struct Tree {
    nodes: HashMap<Id, Node>,
}

impl Tree {
    pub fn get(&self, id: Id) -> Option<&Node> {
        self.nodes.get(&id)
    }

    pub fn get_mut(&mut self, id: Id) -> Option<&mut Node> {
        self.nodes.get_mut(&id)
    }

    pub fn child(&self, folder: Id, name: &str) -> Option<Id> {
        self.get(folder)?.children()?.get(name).copied()
    }

    /// The node at `path` below `root`.
    pub fn at(&self, root: Id, path: &[String]) -> Option<Id> {
        path.iter()
            .try_fold(root, |folder, name| self.child(folder, name))
    }

    /// At most `limit` children of a folder, in the order of their names, behind the one called `after`.
    pub fn children(&self, folder: Id, after: Option<&str>, limit: usize) -> Vec<&Node> {
        let Some(children) = self.get(folder).and_then(Node::children) else {
            return Vec::new();
        };
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        children
            .range::<str, _>((from, Bound::Unbounded))
            .take(limit)
            .filter_map(|(_, id)| self.get(*id))
            .collect()
    }

    /// How many files and how many folders lie directly in a folder.
    pub fn count(&self, folder: Id) -> (u64, u64) {
        let Some(children) = self.get(folder).and_then(Node::children) else {
            return (0, 0);
        };
        let folders = children
            .values()
            .filter(|id| self.get(**id).is_some_and(Node::is_folder))
            .count() as u64;
        (children.len() as u64 - folders, folders)
    }

    /// The ids of a folder and everything below it, each folder before what it holds.
    pub fn below(&self, id: Id) -> Vec<Id> {
        let mut found = vec![id];
        let mut next = 0;
        while let Some(id) = found.get(next).copied() {
            next += 1;
            if let Some(children) = self.get(id).and_then(Node::children) {
                found.extend(children.values());
            }
        }
        found
    }

    /// Whether `id` is `folder` or lies somewhere below it.
    pub fn is_below(&self, mut id: Id, folder: Id) -> bool {
        loop {
            if id == folder {
                return true;
            }
            match self.get(id) {
                Some(node) if node.parent != 0 => id = node.parent,
                _ => return false,
            }
        }
    }

    /// The names from below the home down to `id`.
    pub fn path(&self, mut id: Id) -> Vec<String> {
        let mut path = Vec::new();
        while let Some(node) = self.get(id)
            && node.parent != 0
        {
            path.push(node.name.clone());
            id = node.parent;
        }
        path.reverse();
        path
    }

    /// Adds a node as it is; its parent must be there already.
    pub fn insert(&mut self, node: Node) {
        let (id, parent, size) = (node.id, node.parent, node.size());
        if let Some(Kind::Folder { children, .. }) =
            self.nodes.get_mut(&parent).map(|parent| &mut parent.kind)
        {
            children.insert(node.name.clone(), id);
        }
        self.nodes.insert(id, node);
        self.resize(parent, 0, size);
    }

    /// Takes a node, with what it holds, out of its folder. It stays known by its id.
    pub fn detach(&mut self, id: Id) {
        let Some((parent, name, size)) = self.get(id).map(|n| (n.parent, n.name.clone(), n.size()))
        else {
            return;
        };
        if let Some(Kind::Folder { children, .. }) = self.get_mut(parent).map(|p| &mut p.kind) {
            children.remove(&name);
        }
        self.resize(parent, size, 0);
        if let Some(node) = self.get_mut(id) {
            node.parent = 0;
        }
    }

    /// Puts a detached node into a folder.
    pub fn attach(&mut self, id: Id, parent: Id, name: &str) {
        let Some(node) = self.get_mut(id) else {
            return;
        };
        name.clone_into(&mut node.name);
        node.parent = parent;
        let size = node.size();
        if let Some(Kind::Folder { children, .. }) = self.get_mut(parent).map(|p| &mut p.kind) {
            children.insert(name.to_owned(), id);
        }
        self.resize(parent, 0, size);
    }

    /// Forgets a detached node and everything below it; gives back the content that they had.
    pub fn forget(&mut self, id: Id) -> Vec<Piece> {
        let mut freed = Vec::new();
        for id in self.below(id) {
            if let Some(node) = self.nodes.remove(&id) {
                freed.extend_from_slice(node.pieces());
            }
        }
        freed
    }

    /// Gives a file other content; gives back what it had.
    pub fn refill(&mut self, id: Id, new: Vec<Piece>) -> Vec<Piece> {
        let Some(node) = self.get_mut(id) else {
            return Vec::new();
        };
        let parent = node.parent;
        let Kind::File { pieces, size, .. } = &mut node.kind else {
            return Vec::new();
        };
        let before = *size;
        *size = new.iter().map(|piece| piece.len).sum();
        let after = *size;
        let old = std::mem::replace(pieces, new);
        self.resize(parent, before, after);
        old
    }

    /// What a change means for all folders above: another etag, and a date that is at least `mtime`
    /// (Propagator.php).
    pub fn propagate(&mut self, mut folder: Id, etag: &str, mtime: i64) {
        while let Some(node) = self.get_mut(folder) {
            etag.clone_into(&mut node.etag);
            node.mtime = node.mtime.max(mtime);
            folder = node.parent;
        }
    }

    fn resize(&mut self, mut folder: Id, before: u64, after: u64) {
        while let Some(node) = self.get_mut(folder) {
            if let Kind::Folder { size, .. } = &mut node.kind {
                *size = size.saturating_sub(before) + after;
            }
            folder = node.parent;
        }
    }
}
