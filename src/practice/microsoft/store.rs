//! All items of the practice world: the seeded tree, which is computed, the traps and what was edited
//! since, which are held.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::super::content::Content;
use super::super::world::{EntryKind, Native, Sizes, Tree};
use super::Account;
use super::ids::{Ids, Naming, Series};
use super::node::{Listing, Node, NodeKind, Stated};
use super::traps::{Drive, Site, Team, Traps, traps};
use crate::model::HashAlgorithm;

/// Smaller contents are hashed again each time.
const CACHED_FROM: u64 = 16 * 1024;
const CACHED_MOST: usize = 10_000;

pub(super) struct Store {
    ids: Ids,
    tree: Tree,
    made: Traps,
    by_id: HashMap<String, usize>,
    in_folder: HashMap<String, Vec<usize>>,
    edits: Edits,
    digests: Mutex<HashMap<Content, Arc<str>>>,
    /// A whole list tells what a folder holds before the folder. The real one has not been seen to, and
    /// does not promise the contrary.
    pub children_first: bool,
}

/// What was changed since the world was made; it grows with the number of edits.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Edits {
    /// Items as they are now, in the order of their first edit; `None`: deleted.
    items: Vec<(String, Option<Node>)>,
    #[serde(skip)]
    index: HashMap<String, usize>,
    made: u64,
    changes: Vec<Change>,
    downloaded: HashSet<String>,
}

/// That something happened to an item, as it was before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Change {
    before: Node,
}

/// A row of a list of changes.
#[derive(Debug, Clone)]
pub(super) enum Row {
    There(Node),
    Gone(Node),
}

impl Store {
    pub(super) fn new(
        seed: u64,
        items: u64,
        sizes: Sizes,
        account: Account,
        mut edits: Edits,
    ) -> Self {
        let ids = Ids::new(seed);
        let made = traps(ids, seed, account);
        let mut by_id = HashMap::new();
        let mut in_folder: HashMap<String, Vec<usize>> = HashMap::new();
        for (place, (_, node)) in made.nodes.iter().enumerate() {
            by_id.insert(node.id.to_lowercase(), place);
            if let Some(parent) = &node.parent {
                in_folder.entry(parent.clone()).or_default().push(place);
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
            made,
            by_id,
            in_folder,
            edits,
            digests: Mutex::default(),
            children_first: false,
        }
    }

    /// The seed and the number of seeded items.
    pub(super) fn world(&self) -> (u64, u64) {
        (self.tree.seed, self.tree.items)
    }

    pub(super) fn edits(&self) -> &Edits {
        &self.edits
    }

    pub(super) fn drives(&self) -> &[Drive] {
        &self.made.drives
    }

    pub(super) fn own(&self) -> Option<&Drive> {
        self.made.drives.first()
    }

    /// A drive by its id, in any case of letters; a number that lost its zero is none.
    pub(super) fn drive(&self, id: &str) -> Option<&Drive> {
        let drives = self.made.drives.iter();
        drives
            .into_iter()
            .find(|drive| drive.id.eq_ignore_ascii_case(id))
    }

    pub(super) fn sites(&self) -> &[Site] {
        &self.made.sites
    }

    pub(super) fn teams(&self) -> &[Team] {
        &self.made.teams
    }

    pub(super) fn labelled(&self, label: &str) -> Option<&str> {
        let found = self.made.nodes.iter().find(|(known, _)| *known == label);
        found.map(|(_, node)| node.id.as_str())
    }

    fn naming(&self) -> Naming {
        match self.own() {
            Some(own) if own.drive_type == "personal" => Naming::Personal(own.id.clone()),
            _ => Naming::SharePoint,
        }
    }

    /// An item; `None` when there is none, or no more.
    pub(super) fn find(&self, id: &str) -> Option<Node> {
        let node = self.raw(id)?;
        (!self.is_lost(&node)).then_some(node)
    }

    fn raw(&self, id: &str) -> Option<Node> {
        if let Some((_, node)) = self.edits.get(id) {
            return node.clone();
        }
        let trap = self.by_id.get(&id.to_lowercase());
        if let Some((_, node)) = trap.and_then(|place| self.made.nodes.get(*place)) {
            return match self.edits.get(&node.id) {
                Some((_, edited)) => edited.clone(),
                None => Some(node.clone()),
            };
        }
        let number = self.ids.tree_number(&self.naming(), id)?;
        let node = self.tree_node(number)?;
        match self.edits.get(&node.id) {
            Some((_, edited)) => edited.clone(),
            None => Some(node),
        }
    }

    fn tree_node(&self, number: u64) -> Option<Node> {
        let own = self.own()?;
        let naming = self.naming();
        let entry = self.tree.entry(number)?;
        let (name, kind) = match entry.kind {
            EntryKind::Folder => (entry.name, NodeKind::Folder),
            EntryKind::File {
                content,
                media_type,
            } => (entry.name, file(content, media_type)),
            // What elsewhere is a cloud's own document is here one of Office.
            EntryKind::Native(native) => {
                let (ending, media_type) = office(native);
                let content = Content::noise(number ^ self.tree.seed, 4_000 + number % 9_000);
                (
                    format!("{}.{ending}", entry.name),
                    file(content, media_type),
                )
            }
        };
        let id = self.ids.item(&naming, Series::Tree, number);
        let mut node = Node::new(id, &own.id, name, kind);
        let parent = entry.parent;
        node.parent = Some(parent.map_or_else(
            || own.root.clone(),
            |parent| self.ids.item(&naming, Series::Tree, parent),
        ));
        (node.created, node.modified) = (entry.created, entry.modified);
        Some(node)
    }

    /// Whether a folder above was deleted.
    fn is_lost(&self, node: &Node) -> bool {
        if self.edits.changes.is_empty() {
            return false;
        }
        let mut above = node.parent.clone();
        for _ in 0..400 {
            let Some(id) = above else { return false };
            match self.raw(&id) {
                Some(folder) => above = folder.parent,
                None => return true,
            }
        }
        false
    }

    /// What lies directly in a folder, in the order in which it is listed.
    pub(super) fn children(&self, folder: &Node) -> Vec<Node> {
        let mut found = Vec::new();
        if let Some(nth) = self.tree_folder(folder) {
            for place in 0..self.tree.child_count(nth) {
                let number = self.tree.child(nth, place);
                found.extend(number.and_then(|number| self.tree_node(number)));
            }
        }
        let places = self.in_folder.get(&folder.id).into_iter().flatten();
        found
            .extend(places.filter_map(|place| self.made.nodes.get(*place).map(|(_, n)| n.clone())));
        found.retain(|node| self.edits.get(&node.id).is_none());
        let edited = self.edits.items.iter().filter_map(|(_, node)| node.clone());
        found.extend(edited.filter(|node| node.parent.as_ref() == Some(&folder.id)));
        found.retain(|node| node.listing != Listing::SharedWithMe);
        found
    }

    /// The folder's number in the tree; `None` inside: its top.
    fn tree_folder(&self, folder: &Node) -> Option<Option<u64>> {
        let own = self.own()?;
        if folder.id == own.root {
            return Some(None);
        }
        let number = self.ids.tree_number(&self.naming(), &folder.id)?;
        Some(Some(number))
    }

    /// How much lies directly in a folder.
    pub(super) fn child_count(&self, folder: &Node) -> u64 {
        if !folder.is_folder() {
            return 0;
        }
        if self.edits.items.is_empty() && !self.in_folder.contains_key(&folder.id) {
            let tree = self.tree_folder(folder);
            return tree.map_or(0, |nth| self.tree.child_count(nth));
        }
        self.children(folder).len() as u64
    }

    /// By a path of names, from a folder on; case does not count.
    pub(super) fn by_path(&self, from: Node, path: &str) -> Option<Node> {
        let names = path.split('/').filter(|name| !name.is_empty());
        names.into_iter().try_fold(from, |folder, name| {
            let wanted = name.to_lowercase();
            let children = self.children(&folder);
            children
                .into_iter()
                .find(|node| node.name.to_lowercase() == wanted)
        })
    }

    /// The names above an item, joined by `/`.
    pub(super) fn path_above(&self, node: &Node) -> String {
        let mut names = Vec::new();
        let mut above = node.parent.clone();
        while let Some(folder) = above.and_then(|id| self.raw(&id)) {
            if folder.parent.is_some() {
                names.push(super::node::encode(&folder.name));
            }
            above = folder.parent;
        }
        names.reverse();
        names.iter().map(|name| format!("/{name}")).collect()
    }

    /// Whether `node` is `folder` or lies in it.
    fn lies_in(&self, node: &Node, folder: &str) -> bool {
        let mut next = Some(node.clone());
        for _ in 0..400 {
            match next {
                Some(node) if node.id == folder => return true,
                Some(node) => next = node.parent.and_then(|id| self.raw(&id)),
                None => return false,
            }
        }
        false
    }

    /// How many places a full list goes through.
    fn places(&self) -> u64 {
        self.made.nodes.len() as u64 + self.tree.items + self.edits.items.len() as u64
    }

    fn at(&self, place: u64) -> Option<Node> {
        let unedited = |node: Node| self.edits.get(&node.id).is_none().then_some(node);
        let traps = self.made.nodes.len() as u64;
        if place < traps {
            let place = match self.children_first {
                true => traps - 1 - place,
                false => place,
            };
            let index = usize::try_from(place).ok()?;
            return unedited(self.made.nodes.get(index)?.1.clone());
        }
        let place = place - traps;
        if place < self.tree.items {
            return unedited(self.tree_node(place)?);
        }
        let index = usize::try_from(place - self.tree.items).ok()?;
        self.edits.items.get(index)?.1.clone()
    }

    /// A page of all that a drive, or a folder of it, holds, from a place on; and the place of the next.
    pub(super) fn page(
        &self,
        drive: &Drive,
        folder: &str,
        from: u64,
        limit: usize,
    ) -> (Vec<Node>, Option<u64>) {
        let own = self.own().is_some_and(|own| own.id == drive.id);
        let traps = self.made.nodes.len() as u64;
        let mut found = Vec::new();
        let mut place = from;
        while found.len() < limit {
            // The tree lies in the first drive.
            if !own && place == traps {
                place += self.tree.items;
            }
            if place >= self.places() {
                return (found, None);
            }
            let node = self.at(place).filter(|node| {
                node.drive == drive.id
                    && matches!(node.listing, Listing::All | Listing::Twice)
                    && !self.is_lost(node)
                    && (folder == drive.root || self.lies_in(node, folder))
            });
            found.extend(node);
            place += 1;
        }
        (found, Some(place))
    }

    /// The number of changes so far: from there on, later ones are listed.
    pub(super) fn change_number(&self) -> u64 {
        self.edits.changes.len() as u64
    }

    /// What changed in a drive since, each item once and as it is now; deletions first.
    pub(super) fn changes(&self, drive: &Drive, since: u64) -> Option<Vec<Row>> {
        let since = usize::try_from(since).ok()?;
        let changes = self.edits.changes.get(since..)?;
        let mut seen = HashSet::new();
        let (mut gone, mut there) = (Vec::new(), Vec::new());
        for change in changes.iter().rev() {
            let before = &change.before;
            if before.drive != drive.id || !seen.insert(before.id.clone()) {
                continue;
            }
            match self.find(&before.id) {
                Some(node) => {
                    // The folders above come along, though nothing happened to them.
                    let mut above = node.parent.clone();
                    while let Some(folder) = above.take().and_then(|id| self.raw(&id)) {
                        above.clone_from(&folder.parent);
                        if seen.insert(folder.id.clone()) {
                            there.push(Row::There(folder));
                        }
                    }
                    there.push(Row::There(node));
                }
                // With its folder, which is told.
                None if self.raw(&before.id).is_some() => {}
                None => gone.push(Row::Gone(before.clone())),
            }
        }
        gone.extend(there.into_iter().filter(|row| match row {
            Row::There(node) => matches!(node.listing, Listing::All | Listing::Twice),
            Row::Gone(_) => true,
        }));
        Some(gone)
    }

    /// What was shared with the account and added nowhere.
    pub(super) fn shared_with_me(&self) -> Vec<Node> {
        let all = self.made.nodes.iter().map(|(_, node)| node);
        all.filter(|node| node.listing == Listing::SharedWithMe)
            .filter_map(|node| self.find(&node.id))
            .collect()
    }

    /// The quickXorHash of a content, in Base64.
    pub(super) fn digest(&self, content: Content) -> String {
        let known = self.digests().get(&content).cloned();
        if let Some(known) = known {
            return known.to_string();
        }
        let digest = content.digests(&[HashAlgorithm::QuickXor]);
        let bytes: Vec<u8> = digest
            .iter()
            .flat_map(|digest| digest.hex.as_bytes().chunks(2))
            .filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
            .collect();
        let digest = STANDARD.encode(bytes);
        if content.length >= CACHED_FROM {
            let mut digests = self.digests();
            if digests.len() >= CACHED_MOST {
                digests.clear();
            }
            digests.insert(content, digest.as_str().into());
        }
        digest
    }

    fn digests(&self) -> std::sync::MutexGuard<'_, HashMap<Content, Arc<str>>> {
        self.digests.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn was_downloaded(&self, id: &str) -> bool {
        self.edits.downloaded.contains(id)
    }

    pub(super) fn downloaded(&mut self, id: &str) {
        self.edits.downloaded.insert(id.to_owned());
    }

    /// Bytes in use in the account's own drive: what was added to the tree counts little.
    pub(super) fn usage(&self) -> u64 {
        let traps = self
            .made
            .nodes
            .iter()
            .filter_map(|(_, node)| node.content());
        traps.map(|content| content.length).sum()
    }

    /// Changes an item; `false` when there is none.
    pub(super) fn edit(&mut self, id: &str, change: impl FnOnce(&mut Node)) -> bool {
        let Some(before) = self.find(id) else {
            return false;
        };
        let mut node = before.clone();
        change(&mut node);
        node.version += 1;
        self.keep(before, Some(node));
        true
    }

    /// Deletes an item, and with a folder all that lies in it.
    pub(super) fn delete(&mut self, id: &str) -> bool {
        let Some(node) = self.find(id) else {
            return false;
        };
        self.keep(node, None);
        true
    }

    /// Puts back what was deleted; with a folder what lay in it, of which no list of changes tells.
    pub(super) fn restore(&mut self, id: &str) -> bool {
        let change = self.edits.changes.iter().rev();
        let before = change
            .map(|change| &change.before)
            .find(|node| node.id == id);
        let Some(node) = before.cloned() else {
            return false;
        };
        self.keep(node.clone(), Some(node));
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
        let folder = self.find(parent)?;
        let naming = match self.drive(&folder.drive)?.id.as_str() {
            id if id.starts_with("b!") => Naming::SharePoint,
            id => Naming::Personal(id.to_owned()),
        };
        let id = self.ids.item(&naming, Series::Made, self.edits.made);
        self.edits.made += 1;
        let mut node = Node::new(id.clone(), &folder.drive, name, kind);
        node.parent = Some(folder.id);
        (node.created, node.modified) = (now, now);
        self.keep(node.clone(), Some(node));
        Some(id)
    }

    fn keep(&mut self, before: Node, node: Option<Node>) {
        let id = before.id.clone();
        self.edits.changes.push(Change { before });
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

fn file(content: Content, media_type: &str) -> NodeKind {
    NodeKind::File {
        content,
        media_type: media_type.to_owned(),
        stated: Stated::Right,
    }
}

const fn office(native: Native) -> (&'static str, &'static str) {
    match native {
        Native::Text => (
            "docx",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        Native::Sheet => (
            "xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        Native::Slides => (
            "pptx",
            "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        ),
        Native::Drawing => ("vsdx", "application/vnd.ms-visio.drawing"),
    }
}
