//! All items of a practice Drive: the seeded tree, which is computed, the traps and what was edited since,
//! which are held.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use super::super::content::{Content, mix};
use super::super::world::{EntryKind, Sizes, Tree};
use super::ids::{Ids, Series};
use super::node::{Digests, Node, NodeKind, Owner, Reach};
use super::query::Expr;
use super::traps::{SharedDrive, traps};
use crate::model::{HashAlgorithm, HashValue};

/// How many items a page looks at, at the most: where hardly any matches, pages come back short or empty,
/// as Google's do.
const LONGEST_SEARCH: u64 = 5_000;
/// Smaller contents are hashed again each time.
const CACHED_FROM: u64 = 16 * 1024;
const CACHED_MOST: usize = 10_000;
/// The first token of the list of changes.
const FIRST_CHANGE: u64 = 100;
/// 2024-01-02T03:04:05Z in milliseconds since 1970.
const FOUNDED: i64 = 1_704_164_645_000;

pub(super) struct Drive {
    ids: Ids,
    tree: Tree,
    root: String,
    drives: Vec<SharedDrive>,
    traps: Vec<(&'static str, Node)>,
    trap_by_id: HashMap<String, usize>,
    traps_in: HashMap<String, Vec<usize>>,
    edits: Edits,
    digests: Mutex<Digested>,
}

/// Digests that were made.
#[derive(Default)]
struct Digested {
    last: Option<(Content, Arc<[HashValue]>)>,
    large: HashMap<Content, Arc<[HashValue]>>,
}

const ALGORITHMS: [HashAlgorithm; 3] = [
    HashAlgorithm::Md5,
    HashAlgorithm::Sha1,
    HashAlgorithm::Sha256,
];

/// What was changed since the world was made; it grows with the number of edits.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Edits {
    /// Items as they are now, in the order of their first edit; `None`: deleted.
    items: Vec<(String, Option<Node>)>,
    #[serde(skip)]
    index: HashMap<String, usize>,
    made: u64,
    changes: Vec<Change>,
    /// Whether a folder was ever trashed or deleted, so that items above all must be looked at.
    folder_lost: bool,
}

/// That something happened to an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Change {
    pub file: String,
    /// Milliseconds since 1970.
    pub time: i64,
    pub drive: Option<String>,
}

/// What a folder above does to an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Live,
    Trashed,
    Gone,
}

/// Whose items are searched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Corpora {
    User,
    Drive(String),
    AllDrives,
}

#[derive(Debug)]
pub(super) struct Search {
    pub expr: Option<Expr>,
    pub corpora: Corpora,
    pub all_drives: bool,
}

/// One page of a search: each item with whether it is trashed.
#[derive(Debug)]
pub(super) struct Page {
    pub items: Vec<(Node, bool)>,
    pub next: Option<u64>,
}

enum Section {
    Traps(Vec<usize>),
    AllTraps,
    Tree,
    Folder(Option<u64>),
    Edits,
}

impl Drive {
    pub(super) fn new(seed: u64, items: u64, sizes: Sizes, mut edits: Edits) -> Self {
        let ids = Ids::new(seed);
        let root = ids.root(0);
        let made = traps(ids, seed, &root);
        let mut traps_in: HashMap<String, Vec<usize>> = HashMap::new();
        let mut trap_by_id = HashMap::new();
        for (place, (_, node)) in made.nodes.iter().enumerate() {
            trap_by_id.insert(node.id.clone(), place);
            if let Some(parent) = &node.parent {
                traps_in.entry(parent.clone()).or_default().push(place);
            }
        }
        edits.index = edits
            .items
            .iter()
            .enumerate()
            .map(|(place, (id, _))| (id.clone(), place))
            .collect();
        Self {
            ids,
            tree: Tree { seed, items, sizes },
            root,
            drives: made.drives,
            traps: made.nodes,
            trap_by_id,
            traps_in,
            edits,
            digests: Mutex::default(),
        }
    }

    pub(super) fn root(&self) -> &str {
        &self.root
    }

    pub(super) fn drives(&self) -> &[SharedDrive] {
        &self.drives
    }

    /// The seed and the number of seeded items.
    pub(super) fn world(&self) -> (u64, u64) {
        (self.tree.seed, self.tree.items)
    }

    pub(super) fn edits(&self) -> &Edits {
        &self.edits
    }

    pub(super) fn labelled(&self, label: &str) -> Option<&str> {
        let found = self.traps.iter().find(|(known, _)| *known == label);
        found.map(|(_, node)| node.id.as_str())
    }

    /// An item and whether it is trashed; `None` when there is none, or no more.
    pub(super) fn find(&self, id: &str) -> Option<(Node, bool)> {
        let id = if id == "root" { &self.root } else { id };
        let node = self.raw(id)?;
        match self.fate(&node) {
            Fate::Gone => None,
            fate => Some((node, fate == Fate::Trashed)),
        }
    }

    fn raw(&self, id: &str) -> Option<Node> {
        if let Some((_, node)) = self.edits.get(id) {
            return node.clone();
        }
        if let Some((_, node)) = self.trap_by_id.get(id).and_then(|n| self.traps.get(*n)) {
            return Some(node.clone());
        }
        if let Some((number, _)) = self.ids.tree_number(id) {
            return self.tree_node(number).filter(|node| node.id == id);
        }
        let top = |name: &str| {
            let mut node = Node::new(id.to_owned(), name, NodeKind::Folder);
            (node.created, node.modified) = (FOUNDED, FOUNDED);
            node.reach = Reach::ById;
            node
        };
        if id == self.root {
            return Some(top("Mon Drive"));
        }
        let drive = self.drives.iter().find(|drive| drive.id == id)?;
        let mut node = top("Drive");
        node.drive = Some(drive.id.clone());
        Some(node)
    }

    fn tree_node(&self, number: u64) -> Option<Node> {
        let entry = self.tree.entry(number)?;
        let document = matches!(entry.kind, EntryKind::Native(_));
        let id = self.ids.encode(Series::Tree, number, document);
        let kind = match entry.kind {
            EntryKind::Folder => NodeKind::Folder,
            EntryKind::File {
                content,
                media_type,
            } => NodeKind::File {
                content,
                media_type: media_type.to_owned(),
                // Nothing older than 2014 has the newer digests.
                digests: if entry.modified < 1_388_534_400_000 {
                    Digests::Md5
                } else {
                    Digests::All
                },
            },
            EntryKind::Native(native) => NodeKind::Document {
                native,
                seed: mix(self.tree.seed, number),
                stable: true,
                ballast: 0,
            },
        };
        let mut node = Node::new(id, entry.name, kind);
        node.parent = Some(entry.parent.map_or_else(
            || self.root.clone(),
            |parent| self.ids.encode(Series::Tree, parent, false),
        ));
        (node.created, node.modified) = (entry.created, entry.modified);
        node.starred = entry.starred;
        Some(node)
    }

    fn fate(&self, node: &Node) -> Fate {
        if node.trashed {
            return Fate::Trashed;
        }
        let in_tree = |id: &String| self.ids.tree_number(id).is_some();
        if !self.edits.folder_lost && node.parent.as_ref().is_none_or(in_tree) {
            return Fate::Live;
        }
        let mut above = node.parent.clone();
        for _ in 0..100 {
            let Some(id) = above else { break };
            if matches!(self.edits.get(&id), Some((_, None))) {
                return Fate::Gone;
            }
            let Some(folder) = self.raw(&id) else { break };
            if folder.trashed {
                return Fate::Trashed;
            }
            above = folder.parent;
        }
        Fate::Live
    }

    /// At most `limit` items that match, from position `from` of the search on.
    pub(super) fn page(&self, search: &Search, from: u64, limit: usize) -> Page {
        let parents = search.expr.as_ref().and_then(Expr::parents);
        let sections = self.sections(search, parents.as_deref());
        let mut items = Vec::new();
        let mut skip = from;
        let mut position = from;
        for (section, length) in sections {
            if skip >= length {
                skip -= length;
                continue;
            }
            for place in std::mem::take(&mut skip)..length {
                if items.len() >= limit || position - from >= LONGEST_SEARCH {
                    return Page {
                        items,
                        next: Some(position),
                    };
                }
                position += 1;
                let found = self.at(&section, place);
                items.extend(found.and_then(|node| self.matching(node, search, parents.is_some())));
            }
        }
        Page { items, next: None }
    }

    /// Where matching items can be, with the number of items there.
    fn sections(&self, search: &Search, parents: Option<&[&str]>) -> Vec<(Section, u64)> {
        let count = |n: usize| n as u64;
        let mut sections = Vec::new();
        match parents {
            Some(parents) => {
                for parent in parents {
                    let traps = self.traps_in.get(*parent).cloned().unwrap_or_default();
                    sections.push((count(traps.len()), Section::Traps(traps)));
                    let number = self.ids.tree_number(parent).map(|(number, _)| number);
                    if number.is_some() || *parent == self.root {
                        let children = self.tree.child_count(number);
                        sections.push((children, Section::Folder(number)));
                    }
                }
            }
            None => {
                sections.push((count(self.traps.len()), Section::AllTraps));
                let expr = search.expr.as_ref();
                let none = expr.and_then(|e| e.of_own(self.edits.folder_lost)) == Some(false);
                if !none && !matches!(search.corpora, Corpora::Drive(_)) {
                    sections.push((self.tree.items, Section::Tree));
                }
            }
        }
        sections.push((count(self.edits.items.len()), Section::Edits));
        sections
            .into_iter()
            .map(|(n, section)| (section, n))
            .collect()
    }

    fn at(&self, section: &Section, place: u64) -> Option<Node> {
        let index = usize::try_from(place).ok()?;
        let unedited = |node: Node| self.edits.get(&node.id).is_none().then_some(node);
        let trap = |n: usize| self.traps.get(n).map(|(_, node)| node.clone());
        match section {
            Section::AllTraps => trap(index).and_then(unedited),
            Section::Traps(list) => trap(*list.get(index)?).and_then(unedited),
            Section::Tree => self.tree_node(place).and_then(unedited),
            Section::Folder(folder) => {
                let number = self.tree.child(*folder, place)?;
                self.tree_node(number).and_then(unedited)
            }
            Section::Edits => self.edits.items.get(index)?.1.clone(),
        }
    }

    fn matching(&self, node: Node, search: &Search, in_folder: bool) -> Option<(Node, bool)> {
        let reachable = match node.reach {
            Reach::Listed => true,
            Reach::InFolder => in_folder,
            Reach::ById => false,
        };
        let within = match (&search.corpora, &node.drive) {
            (Corpora::Drive(wanted), drive) => drive.as_ref() == Some(wanted),
            (_, None) => true,
            (Corpora::User, Some(_)) => search.all_drives && in_folder,
            (Corpora::AllDrives, Some(_)) => search.all_drives,
        };
        if !reachable || !within {
            return None;
        }
        let trashed = match self.fate(&node) {
            Fate::Gone => return None,
            fate => fate == Fate::Trashed,
        };
        let holds = search.expr.as_ref().is_none_or(|e| e.holds(&node, trashed));
        holds.then_some((node, trashed))
    }

    /// The digest of a content, in hexadecimal. All three are made in one reading: whoever wants one
    /// mostly wants the others next.
    pub(super) fn digest(&self, content: Content, algorithm: HashAlgorithm) -> String {
        let mut digests = self.digests.lock().unwrap_or_else(PoisonError::into_inner);
        let known = digests.last.as_ref().filter(|(last, _)| *last == content);
        let known = known.map(|(_, made)| made.clone());
        let made = known
            .or_else(|| digests.large.get(&content).cloned())
            .unwrap_or_else(|| Arc::from(content.digests(&ALGORITHMS)));
        if content.length >= CACHED_FROM {
            if digests.large.len() >= CACHED_MOST {
                digests.large.clear();
            }
            digests.large.insert(content, made.clone());
        }
        digests.last = Some((content, made.clone()));
        let found = made.iter().find(|hash| hash.algorithm == algorithm);
        found.map(|hash| hash.hex.clone()).unwrap_or_default()
    }

    /// Bytes in use: own files, those in the trash, too.
    pub(super) fn usage(&self) -> u64 {
        let search = Search {
            expr: None,
            corpora: Corpora::User,
            all_drives: false,
        };
        let mut from = Some(0);
        let mut sum = 0;
        while let Some(position) = from {
            let page = self.page(&search, position, usize::MAX);
            let own = page
                .items
                .iter()
                .filter(|(node, _)| node.owner == Owner::Me);
            sum += own
                .filter_map(|(node, _)| node.content())
                .map(|content| content.length)
                .sum::<u64>();
            from = page.next;
        }
        sum
    }

    /// The token from which only later changes are listed.
    pub(super) fn change_token(&self) -> u64 {
        FIRST_CHANGE + self.edits.changes.len() as u64
    }

    /// Changes from `token` on, each item only with its last one, and the token to go on with.
    pub(super) fn changes(
        &self,
        token: u64,
        limit: usize,
        wanted: impl Fn(&Change) -> bool,
    ) -> Option<(Vec<Change>, u64)> {
        let start = usize::try_from(token.checked_sub(FIRST_CHANGE)?).ok()?;
        let changes = self.edits.changes.get(start..)?;
        let last: HashMap<&str, usize> = changes
            .iter()
            .enumerate()
            .map(|(place, change)| (change.file.as_str(), place))
            .collect();
        let mut found = Vec::new();
        let mut next = token;
        for (place, change) in changes.iter().enumerate() {
            if found.len() >= limit {
                break;
            }
            next += 1;
            if wanted(change) && last.get(change.file.as_str()) == Some(&place) {
                found.push(change.clone());
            }
        }
        Some((found, next))
    }

    /// Changes an item; `false` when there is none.
    pub(super) fn edit(&mut self, id: &str, now: i64, change: impl FnOnce(&mut Node)) -> bool {
        let Some((mut node, _)) = self.find(id) else {
            return false;
        };
        if node.reach == Reach::ById && node.owner == Owner::Me {
            return false;
        }
        change(&mut node);
        node.version += 1;
        self.edits.folder_lost |= node.is_folder() && node.trashed;
        self.keep(node.id.clone(), node.drive.clone(), Some(node), now);
        true
    }

    /// Deletes an item for good, and with a folder all that lies in it.
    pub(super) fn delete(&mut self, id: &str, now: i64) -> bool {
        let Some((node, _)) = self.find(id) else {
            return false;
        };
        self.edits.folder_lost |= node.is_folder();
        self.keep(node.id, node.drive, None, now);
        true
    }

    /// Adds an item to a folder; gives its id.
    pub(super) fn add(
        &mut self,
        parent: &str,
        name: &str,
        kind: NodeKind,
        now: i64,
    ) -> Option<String> {
        let (folder, _) = self.find(parent)?;
        let document = matches!(kind, NodeKind::Document { .. } | NodeKind::Page(_));
        let id = self.ids.encode(Series::Made, self.edits.made, document);
        self.edits.made += 1;
        let mut node = Node::new(id.clone(), name, kind);
        node.parent = Some(folder.id);
        node.drive.clone_from(&folder.drive);
        (node.created, node.modified) = (now, now);
        self.keep(id.clone(), folder.drive, Some(node), now);
        Some(id)
    }

    fn keep(&mut self, id: String, drive: Option<String>, node: Option<Node>, now: i64) {
        self.edits.changes.push(Change {
            file: id.clone(),
            time: now,
            drive,
        });
        let known = self.edits.index.get(&id).copied();
        match known.and_then(|place| self.edits.items.get_mut(place)) {
            Some((_, kept)) => *kept = node,
            None => {
                self.edits.index.insert(id.clone(), self.edits.items.len());
                self.edits.items.push((id, node));
            }
        }
    }
}

impl Edits {
    fn get(&self, id: &str) -> Option<&(String, Option<Node>)> {
        self.index.get(id).and_then(|place| self.items.get(*place))
    }
}

#[cfg(test)]
mod tests;
