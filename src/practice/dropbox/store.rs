//! All items of a practice Dropbox: the seeded tree, which is computed, the traps and what was edited since,
//! which are held.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

use super::super::content::{Content, mix};
use super::super::world::{EntryKind, Native, Sizes, Tree};
use super::AccountKind;
use super::ids::Ids;
use super::node::{
    Access, Context, Exportable, FOLDER, Key, Node, NodeKind, Obstacle, Shared, describe, lower,
};
use super::traps::{HOME_NAME, traps};
use crate::model::HashAlgorithm;
use serde_json::Value;

/// How many items a page looks at, at the most: where hardly any is wanted, pages come back short or empty.
const LONGEST_SEARCH: u64 = 5_000;
/// Smaller contents are hashed again each time.
const CACHED_FROM: u64 = 16 * 1024;
const CACHED_MOST: usize = 10_000;
/// Deeper than any path is.
const DEEPEST: usize = 200;

pub(super) const HOME_NAMESPACE: &str = "3235641";
pub(super) const TEAM_NAMESPACE: &str = "7350912";

pub(super) struct Store {
    pub(super) ids: Ids,
    pub(super) account: AccountKind,
    tree: Tree,
    traps: Vec<(&'static str, Node)>,
    traps_in: HashMap<Key, Vec<Key>>,
    edits: Edits,
    hashes: Mutex<HashMap<Content, String>>,
}

/// What was changed since the world was made; it grows with the number of edits.
#[derive(Default)]
struct Edits {
    /// As they are now; `None`: deleted.
    items: HashMap<Key, Option<Node>>,
    /// In the order of their first edit.
    order: Vec<Key>,
    /// Contents that were replaced, by version, and what was deleted: a revision stays readable.
    past: HashMap<(Key, u32), Node>,
    made: u64,
    log: Vec<Change>,
}

/// What happened, in the order in which it did.
enum Change {
    /// Something lay at a path and does no more: keys and names from the top down.
    Gone(Vec<(Key, String)>),
    /// Something is new or another, with all that lies in it if `deep`.
    Now { key: Key, deep: bool },
}

/// What a listing is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Listing {
    /// The folder.
    pub top: Key,
    /// What paths are relative to.
    pub root: Key,
    pub recursive: bool,
    pub mounted: bool,
    pub documents: bool,
}

/// One page: entries and where the next one begins.
pub(super) struct Page {
    pub entries: Vec<Value>,
    pub next: Option<u64>,
}

impl Store {
    pub(super) fn new(seed: u64, items: u64, sizes: Sizes, account: AccountKind) -> Self {
        let ids = Ids::new(seed);
        let traps = traps(ids, seed, account);
        let mut traps_in: HashMap<Key, Vec<Key>> = HashMap::new();
        for (_, node) in &traps {
            if let Some(parent) = node.parent {
                traps_in.entry(parent).or_default().push(node.key);
            }
        }
        if account == AccountKind::Team {
            traps_in.entry(Key::TEAM).or_default().push(Key::HOME);
        }
        Self {
            ids,
            account,
            tree: Tree { seed, items, sizes },
            traps,
            traps_in,
            edits: Edits::default(),
            hashes: Mutex::default(),
        }
    }

    pub(super) fn labelled(&self, label: &str) -> Option<Key> {
        let found = self.traps.iter().find(|(known, _)| *known == label);
        found.map(|(_, node)| node.key)
    }

    /// The namespace that paths are relative to when nothing is said.
    pub(super) fn namespace_root(&self, namespace: &str) -> Option<Key> {
        match namespace {
            HOME_NAMESPACE => Some(Key::HOME),
            TEAM_NAMESPACE if self.account == AccountKind::Team => Some(Key::TEAM),
            other => self.shared_folders().find_map(|node| {
                let shared = node.shared().filter(|shared| shared.namespace == other);
                shared.map(|_| node.key)
            }),
        }
    }

    pub(super) fn root_namespace(&self) -> &'static str {
        match self.account {
            AccountKind::Team => TEAM_NAMESPACE,
            AccountKind::Personal | AccountKind::OldTeam => HOME_NAMESPACE,
        }
    }

    /// Shared folders and team folders.
    pub(super) fn shared_folders(&self) -> impl Iterator<Item = Node> {
        let traps = self.traps.iter().map(|(_, node)| node.key);
        let made = self.edits.order.iter().copied();
        let made = made.filter(|key| !self.traps.iter().any(|(_, node)| node.key == *key));
        traps
            .chain(made)
            .filter_map(|key| self.get(key))
            .filter(|node| node.shared().is_some())
    }

    /// Files that are shared by themselves.
    pub(super) fn received(&self) -> impl Iterator<Item = Node> {
        let labels = ["received", "received-mounted", "received-gone"];
        labels
            .into_iter()
            .filter_map(|label| self.get(self.labelled(label)?))
    }

    /// An item that is there.
    pub(super) fn get(&self, key: Key) -> Option<Node> {
        match self.edits.items.get(&key) {
            Some(edited) => edited.clone(),
            None => self.original(key),
        }
    }

    fn original(&self, key: Key) -> Option<Node> {
        if let Some(number) = key.tree_number() {
            return self.tree_node(number);
        }
        if key == Key::HOME || key == Key::TEAM {
            let mut top = Node::new(key, self.ids.id(key), HOME_NAME, FOLDER);
            top.parent =
                (key == Key::HOME && self.account == AccountKind::Team).then_some(Key::TEAM);
            return Some(top);
        }
        let place = usize::try_from(key.0 & !Key::trap(0).0).ok()?;
        let (_, node) = self.traps.get(place)?;
        (node.key == key).then(|| node.clone())
    }

    fn tree_node(&self, number: u64) -> Option<Node> {
        let entry = self.tree.entry(number)?;
        let key = Key::tree(number);
        let (name, kind) = match entry.kind {
            EntryKind::Folder => (entry.name, FOLDER),
            EntryKind::File { content, .. } => (entry.name, NodeKind::File { content }),
            EntryKind::Native(native) => {
                let (ending, export_as, options) = ending(native);
                let document = Exportable {
                    native,
                    export_as: Some(export_as),
                    options,
                    seed: mix(self.tree.seed, number),
                    not_ready: 0,
                    link: None,
                };
                (
                    format!("{}{ending}", entry.name),
                    NodeKind::Document(document),
                )
            }
        };
        let mut node = Node::new(key, self.ids.id(key), name, kind);
        node.parent = Some(entry.parent.map_or(Key::HOME, Key::tree));
        node.client_modified = entry.modified.div_euclid(1000);
        node.server_modified = node.client_modified + 3;
        Some(node)
    }

    /// What lies in a folder, in a fixed order.
    pub(super) fn children(&self, folder: Key) -> Vec<Node> {
        let mut keys = self.traps_in.get(&folder).cloned().unwrap_or_default();
        if folder == Key::HOME || folder.tree_number().is_some() {
            let number = folder.tree_number();
            let count = self.tree.child_count(number);
            let tree = (0..count).filter_map(|nth| self.tree.child(number, nth));
            keys.extend(tree.map(Key::tree));
        }
        keys.retain(|key| !self.edits.items.contains_key(key));
        keys.extend(&self.edits.order);
        keys.into_iter()
            .filter_map(|key| self.get(key))
            .filter(|node| node.parent == Some(folder))
            .collect()
    }

    /// The nodes from below `root` down to the item; `None` where it is not below.
    fn chain(&self, key: Key, root: Key) -> Option<Vec<Node>> {
        let mut chain = Vec::new();
        let mut at = key;
        while at != root {
            let node = self.get(at)?;
            at = node.parent?;
            chain.push(node);
            if chain.len() > DEEPEST {
                return None;
            }
        }
        chain.reverse();
        Some(chain)
    }

    pub(super) fn path(&self, key: Key, root: Key) -> Option<String> {
        let chain = self.chain(key, root)?;
        Some(chain.iter().map(|node| format!("/{}", node.name)).collect())
    }

    /// Finds by a path relative to `root`; case does not count, nor do slashes too many.
    pub(super) fn find(&self, root: Key, path: &str) -> Option<Key> {
        let mut at = root;
        for part in path.split('/').filter(|part| !part.is_empty()) {
            let wanted = lower(part);
            let mut found = self.children(at).into_iter();
            at = found.rfind(|node| lower(&node.name) == wanted)?.key;
        }
        Some(at)
    }

    /// The item of a revision, as it was then.
    pub(super) fn revision(&self, rev: &str) -> Option<Node> {
        let (key, version) = self.ids.read_rev(rev)?;
        let now = self.get(key).filter(|node| node.version == version);
        now.or_else(|| self.edits.past.get(&(key, version)).cloned())
    }

    /// A `Metadata` with its `.tag`.
    pub(super) fn describe(&self, node: &Node, root: Key) -> Value {
        let chain = self.chain(node.key, root);
        self.describe_at(node, chain.as_deref())
    }

    fn describe_at(&self, node: &Node, chain: Option<&[Node]>) -> Value {
        let path: Option<String> =
            chain.map(|chain| chain.iter().map(|node| format!("/{}", node.name)).collect());
        describe(
            node,
            &Context {
                path: path.as_deref().filter(|path| !path.is_empty()),
                rev: self.ids.rev(node.key, node.version),
                inside: self.inside(node).as_ref(),
                hash: &|content| self.content_hash(content),
            },
        )
    }

    /// The nearest shared folder above an item.
    fn inside(&self, node: &Node) -> Option<Shared> {
        let mut above = node.parent;
        for _ in 0..DEEPEST {
            let folder = self.get(above?)?;
            if let Some(shared) = folder.shared() {
                return Some(shared.clone());
            }
            above = folder.parent;
        }
        None
    }

    pub(super) fn content_hash(&self, content: Content) -> String {
        let mut hashes = self.hashes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = hashes.get(&content) {
            return known.clone();
        }
        let made = content.digests(&[HashAlgorithm::Dropbox]);
        let made = made
            .into_iter()
            .next()
            .map(|hash| hash.hex)
            .unwrap_or_default();
        if content.length >= CACHED_FROM {
            if hashes.len() >= CACHED_MOST {
                hashes.clear();
            }
            hashes.insert(content, made.clone());
        }
        made
    }

    /// Bytes in use.
    pub(super) fn usage(&self) -> u64 {
        let tree = (0..self.tree.items).filter_map(|n| self.get(Key::tree(n)));
        let traps = self.traps.iter().filter_map(|(_, node)| self.get(node.key));
        tree.chain(traps)
            .filter_map(|node| node.content())
            .map(|content| content.length)
            .sum()
    }

    /// At most `limit` entries, from position `from` of the listing on.
    pub(super) fn page(&self, listing: &Listing, from: u64, limit: usize) -> Page {
        if !listing.recursive {
            return self.page_of_one(listing, from, limit);
        }
        let traps = self.traps.len() as u64;
        let tree = self.tree.items;
        let all = traps + 1 + tree + self.edits.order.len() as u64;
        let mut entries = Vec::new();
        let mut position = from;
        while position < all {
            if entries.len() >= limit || position - from >= LONGEST_SEARCH {
                return Page {
                    entries,
                    next: Some(position),
                };
            }
            let place = position;
            position += 1;
            let key = if place == 0 {
                Some(Key::HOME)
            } else if place <= traps {
                Some(Key::trap(place - 1))
            } else if place <= traps + tree {
                Some(Key::tree(place - traps - 1))
            } else {
                let place = usize::try_from(place - traps - tree - 1).unwrap_or(usize::MAX);
                let edited = self.edits.order.get(place).copied();
                entries.extend(edited.and_then(|key| self.entry(listing, key)));
                None
            };
            // What was edited comes at the end.
            let unedited = key.filter(|key| !self.edits.items.contains_key(key));
            entries.extend(unedited.and_then(|key| self.entry(listing, key)));
        }
        Page {
            entries,
            next: None,
        }
    }

    fn page_of_one(&self, listing: &Listing, from: u64, limit: usize) -> Page {
        let children = self.children(listing.top);
        let skip = usize::try_from(from).unwrap_or(usize::MAX);
        let entries: Vec<Value> = children
            .iter()
            .skip(skip)
            .take(limit)
            .filter_map(|node| self.entry(listing, node.key))
            .collect();
        let next = from.saturating_add(limit as u64);
        Page {
            entries,
            next: (next < children.len() as u64).then_some(next),
        }
    }

    /// An item as an entry of a listing, if it belongs into it.
    fn entry(&self, listing: &Listing, key: Key) -> Option<Value> {
        let chain = self.chain(key, listing.root)?;
        let node = chain.last()?;
        let below = self.chain(key, listing.top)?;
        if below.is_empty() || (!listing.recursive && below.len() > 1) {
            return None;
        }
        let above = below.split_last().map_or(&[][..], |(_, above)| above);
        let closed = above.iter().any(|folder| {
            matches!(
                folder.kind,
                NodeKind::Folder {
                    access: Access::None,
                    ..
                }
            ) || (!listing.mounted && folder.shared().is_some())
        });
        let hidden = !listing.documents && matches!(node.kind, NodeKind::Document(_));
        (!closed && !hidden).then(|| self.describe_at(node, Some(&chain)))
    }

    /// How many changes there were; a cursor remembers it.
    pub(super) fn changes_made(&self) -> usize {
        self.edits.log.len()
    }

    /// What became of the changes from `since` on; `None` where there never were so many.
    pub(super) fn changes(&self, listing: &Listing, since: usize) -> Option<Vec<Value>> {
        let changes = self.edits.log.get(since..)?;
        // The last word on a path is the one that counts.
        let mut told: BTreeMap<String, (usize, Value)> = BTreeMap::new();
        let mut tell = |place: usize, entry: Value| {
            let text = |name: &str| entry.get(name).and_then(Value::as_str).map(str::to_owned);
            let by = text("path_lower")
                .or_else(|| text("id"))
                .unwrap_or_default();
            told.insert(by, (place, entry));
        };
        for (place, change) in changes.iter().enumerate() {
            match change {
                Change::Gone(chain) => {
                    if let Some(entry) = self.deleted(listing, chain) {
                        tell(place, entry);
                    }
                }
                Change::Now { key, deep } => {
                    let mut open = vec![*key];
                    while let Some(key) = open.pop() {
                        if let Some(entry) = self.entry(listing, key) {
                            tell(place, entry);
                        }
                        if *deep {
                            open.extend(self.children(key).iter().map(|node| node.key));
                        }
                    }
                }
            }
        }
        let mut entries: Vec<(usize, String, Value)> = told
            .into_iter()
            .map(|(path, (place, entry))| (place, path, entry))
            .collect();
        entries.sort_by(|one, other| (one.0, &one.1).cmp(&(other.0, &other.1)));
        Some(entries.into_iter().map(|(_, _, entry)| entry).collect())
    }

    /// A `DeletedMetadata`, unless something is at the path by now.
    fn deleted(&self, listing: &Listing, chain: &[(Key, String)]) -> Option<Value> {
        let below = |top: Key| chain.iter().position(|(key, _)| *key == top);
        let names = chain.get(below(listing.root)? + 1..)?;
        let inside = below(listing.top)?;
        if chain.len() <= inside + 1 || (!listing.recursive && chain.len() > inside + 2) {
            return None;
        }
        let path: String = names.iter().map(|(_, name)| format!("/{name}")).collect();
        if self.find(listing.root, &path).is_some() {
            return None;
        }
        let (_, name) = names.last()?;
        Some(serde_json::json!({
            ".tag": "deleted", "name": name, "path_lower": lower(&path), "path_display": path,
        }))
    }

    /// Keys and names from the very top down to the item.
    fn whole_chain(&self, key: Key) -> Vec<(Key, String)> {
        let mut chain = Vec::new();
        let mut at = Some(key);
        while let Some(key) = at {
            let Some(node) = self.get(key).filter(|_| chain.len() < DEEPEST) else {
                break;
            };
            at = node.parent;
            chain.push((key, node.name));
        }
        chain.reverse();
        chain
    }

    fn keep(&mut self, key: Key, node: Option<Node>) {
        if let Some(before) = self.get(key) {
            self.edits.past.insert((key, before.version), before);
        }
        if self.edits.items.insert(key, node).is_none() {
            self.edits.order.push(key);
        }
    }

    /// Changes an item where it is; `false` when there is none.
    pub(super) fn edit(&mut self, key: Key, change: impl FnOnce(&mut Node)) -> bool {
        let Some(mut node) = self.get(key) else {
            return false;
        };
        change(&mut node);
        node.version += 1;
        self.keep(key, Some(node));
        self.edits.log.push(Change::Now { key, deep: false });
        true
    }

    /// Moves or renames an item. What lies in a folder is at new paths then; a name that is another only
    /// in its case tells nobody anything.
    pub(super) fn relocate(&mut self, key: Key, parent: Option<Key>, name: Option<&str>) -> bool {
        let Some(mut node) = self.get(key) else {
            return false;
        };
        let before = self.whole_chain(key);
        let old = (node.parent, lower(&node.name));
        node.parent = parent.or(node.parent);
        if let Some(name) = name {
            name.clone_into(&mut node.name);
        }
        let silent = old == (node.parent, lower(&node.name));
        self.keep(key, Some(node));
        if !silent {
            self.edits.log.push(Change::Gone(before));
            self.edits.log.push(Change::Now { key, deep: true });
        }
        true
    }

    pub(super) fn delete(&mut self, key: Key) -> bool {
        if self.get(key).is_none() {
            return false;
        }
        let chain = self.whole_chain(key);
        self.keep(key, None);
        self.edits.log.push(Change::Gone(chain));
        true
    }

    /// Puts something else in an item's place, at the same path, without a word about the old one.
    pub(super) fn replace(&mut self, key: Key, kind: NodeKind, now: i64) -> Option<Key> {
        let node = self.get(key)?;
        self.keep(key, None);
        self.add(node.parent?, &node.name, kind, now)
    }

    pub(super) fn add(&mut self, parent: Key, name: &str, kind: NodeKind, now: i64) -> Option<Key> {
        self.get(parent)?;
        let key = Key::made(self.edits.made);
        self.edits.made += 1;
        let mut node = Node::new(key, self.ids.id(key), name, kind);
        node.parent = Some(parent);
        (node.client_modified, node.server_modified) = (now, now);
        node.obstacle = Obstacle::None;
        self.keep(key, Some(node));
        self.edits.log.push(Change::Now { key, deep: false });
        Some(key)
    }
}

/// What a document of the association is in a Dropbox: its ending and what it can be exported as.
const fn ending(native: Native) -> (&'static str, &'static str, &'static [&'static str]) {
    match native {
        Native::Text | Native::Drawing => (".paper", "html", &["html", "markdown"]),
        Native::Sheet => (".gsheet", "xlsx", &["xlsx"]),
        Native::Slides => (".gslides", "pptx", &["pptx"]),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::time::{Duration, Instant};

    use super::*;

    fn store(items: u64) -> Store {
        Store::new(3, items, Sizes::for_items(items), AccountKind::Team)
    }

    fn listing(top: Key) -> Listing {
        Listing {
            top,
            root: top,
            recursive: true,
            mounted: true,
            documents: true,
        }
    }

    fn ids(entries: &[Value]) -> Vec<String> {
        let text = |entry: &Value| entry["id"].as_str().unwrap().to_owned();
        entries.iter().map(text).collect()
    }

    fn all(store: &Store, listing: &Listing, limit: usize) -> Vec<Value> {
        let mut entries = Vec::new();
        let mut from = Some(0);
        while let Some(position) = from {
            let page = store.page(listing, position, limit);
            entries.extend(page.entries);
            from = page.next;
        }
        entries
    }

    #[test]
    fn the_recursive_listing_and_the_walk_agree() {
        let store = store(2_000);
        for top in [Key::HOME, Key::TEAM] {
            let listing = listing(top);
            let listed: Vec<String> = ids(&all(&store, &listing, 100));
            let found: HashSet<&String> = listed.iter().collect();
            assert_eq!(found.len(), listed.len());
            let mut walked = HashSet::new();
            let mut open = vec![top];
            while let Some(folder) = open.pop() {
                for node in store.children(folder) {
                    if node.is_folder() {
                        open.push(node.key);
                    }
                    assert!(walked.insert(node.id));
                }
            }
            assert_eq!(walked.len(), listed.len());
        }
    }

    #[test]
    fn what_is_edited_is_listed_once_and_found_by_its_path() {
        let mut store = store(500);
        let whole = listing(Key::HOME);
        let before = all(&store, &whole, 100).len();
        let plain = store.labelled("plain").unwrap();
        let names = store.labelled("names").unwrap();
        assert!(store.relocate(plain, Some(names), Some("Autre Nom.txt")));
        assert_eq!(all(&store, &whole, 100).len(), before);
        let found = store.find(Key::HOME, "//noms IMPOSSIBLES/autre nom.TXT");
        assert_eq!(found, Some(plain));
        let since = store.changes(&whole, 0).unwrap();
        let tags: Vec<_> = since
            .iter()
            .map(|entry| entry[".tag"].as_str().unwrap())
            .collect();
        assert_eq!(tags, ["deleted", "file"]);

        // A folder's new name is a new path for all that lies in it.
        let folder = store.find(Key::HOME, "/Comptabilité").unwrap();
        let made = store.changes_made();
        let inside = all(
            &store,
            &Listing {
                top: folder,
                ..whole
            },
            100,
        )
        .len();
        assert!(store.relocate(folder, None, Some("Comptes")));
        let changes = store.changes(&whole, made).unwrap();
        assert_eq!(changes.len(), inside + 2);

        // Only the case is another: nobody is told.
        let made = store.changes_made();
        assert!(store.relocate(folder, None, Some("COMPTES")));
        assert!(store.changes(&whole, made).unwrap().is_empty());
        assert!(store.changes(&whole, made + 1).is_none());
    }

    #[test]
    fn old_revisions_stay_readable() {
        let mut store = store(0);
        let plain = store.labelled("plain").unwrap();
        let node = store.get(plain).unwrap();
        let rev = store.ids.rev(plain, node.version);
        let content = Content::noise(9, 9);
        assert!(store.edit(plain, |node| node.kind = NodeKind::File { content }));
        assert_eq!(store.revision(&rev), Some(node.clone()));
        assert!(store.delete(plain));
        assert_eq!(store.revision(&rev), Some(node));
        assert_eq!(store.get(plain), None);
    }

    #[test]
    fn a_million_items_cost_no_more_a_page() {
        let store = store(1_000_000);
        let started = Instant::now();
        for from in [1_000, 500_000, 999_000] {
            let page = store.page(&listing(Key::HOME), from, 500);
            assert_eq!(page.entries.len(), 500);
        }
        let other = listing(store.labelled("mounted").unwrap());
        assert_eq!(store.page(&other, 300_000, 500).next, Some(305_000));
        // Generous: the point is that nothing walks through the million.
        assert!(started.elapsed() < Duration::from_secs(5));
    }
}
