//! The folder that an export was unpacked into.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;

use super::super::folder::{FolderSource, path_below};
use super::super::pim_file::{Format, START};
use super::super::{SourceError, SurveySink};
use super::inventory::is_drive;
use super::pim::{Gathered, Sort, Stray, Whole, may_be_photo};
use crate::model::{Item, ItemId, ItemKind, Space, SpaceId};

const TOP: &str = "Takeout";

/// What lies in the folder, or in the `Takeout` in it.
pub(super) fn root(folder: &Path) -> PathBuf {
    let below = folder.join(TOP);
    if below.is_dir() {
        below
    } else {
        folder.to_owned()
    }
}

pub(super) fn source(folder: &Path) -> FolderSource {
    FolderSource::new(root(folder))
}

/// Folders outside of My Drive, which are told of as soon as there is a file in them.
#[derive(Debug, Default)]
pub(super) struct Folders {
    held: HashMap<ItemId, Item>,
    /// Those that hold something that is no file at the target.
    emptied: HashSet<ItemId>,
}

impl Folders {
    /// The item, after the folders that it lies in.
    pub(super) fn with_item(&mut self, item: Item) -> Vec<Item> {
        let mut items = vec![item];
        let mut parent = items.last().and_then(|item| item.parent.clone());
        while let Some(folder) = parent.and_then(|id| self.held.remove(&id)) {
            parent = folder.parent.clone();
            items.push(folder);
        }
        items.reverse();
        items
    }

    /// Something in the folder became something else.
    fn takes_from(&mut self, mut folder: Option<ItemId>) {
        while let Some(id) = folder {
            folder = self.held.get(&id).and_then(|folder| folder.parent.clone());
            self.emptied.insert(id);
        }
    }

    /// Those that were empty from the first.
    fn empty(&mut self) -> Vec<Item> {
        let emptied = &self.emptied;
        let (kept, empty) = std::mem::take(&mut self.held)
            .into_iter()
            .partition(|(id, _)| emptied.contains(id));
        self.held = kept;
        let empty: HashMap<ItemId, Item> = empty;
        empty.into_values().collect()
    }
}

/// Looks at files where they lie.
#[derive(Debug)]
struct Looking {
    root: PathBuf,
    gathered: Gathered,
    folders: Folders,
    /// The folder that was last looked into for cards.
    last: Option<(PathBuf, bool)>,
}

impl Looking {
    /// What is a file or a folder at the target.
    fn sift(&mut self, items: Vec<Item>) -> Vec<Item> {
        let mut files = Vec::with_capacity(items.len());
        for item in items {
            let path = decoded(&item.id);
            let product = path.split('/').next().unwrap_or_default();
            if is_drive(product) || item.obstacle.is_some() {
                files.extend(self.folders.with_item(item));
            } else if item.kind == ItemKind::Folder {
                self.folders.held.insert(item.id.clone(), item);
            } else if item.kind != ItemKind::File || !self.takes(&item, &path) {
                files.extend(self.folders.with_item(item));
            }
        }
        files
    }

    fn takes(&mut self, item: &Item, path: &str) -> bool {
        let size = item.size.unwrap_or(0);
        let Some(place) = path_below(&self.root, &item.locator) else {
            return false;
        };
        let whole = || Whole::Disk {
            locator: item.locator.clone(),
            version: item.version.clone(),
        };
        if let Some(sort) = Sort::promised(path).filter(|sort| sort.is_it(&start(&place), size)) {
            self.gathered
                .take_file(sort, path, whole(), size, item.modified);
        } else if may_be_photo(path, size) && self.has_cards_beside(&place) {
            let stray = Stray::Item(Box::new(item.clone()));
            self.gathered.take_photo(path, whole(), size, stray);
        } else {
            return false;
        }
        self.folders.takes_from(item.parent.clone());
        true
    }

    fn has_cards_beside(&mut self, file: &Path) -> bool {
        let Some(folder) = file.parent() else {
            return false;
        };
        if let Some((known, has)) = &self.last
            && known == folder
        {
            return *has;
        }
        let is_cards = |entry: std::io::Result<std::fs::DirEntry>| {
            entry.is_ok_and(|entry| {
                Format::of(&entry.file_name().to_string_lossy()) == Some(Format::Cards)
                    && Format::Cards.is_it(&start(&entry.path()))
            })
        };
        let has = std::fs::read_dir(folder).is_ok_and(|mut entries| entries.any(is_cards));
        self.last = Some((folder.to_owned(), has));
        has
    }
}

fn start(file: &Path) -> Vec<u8> {
    let mut start = Vec::new();
    if let Ok(file) = File::open(file) {
        // What cannot be read is found out when all of it is wanted.
        let _ = file.take(START).read_to_end(&mut start);
    }
    start
}

/// The path below the root that an id stands for.
fn decoded(id: &ItemId) -> String {
    percent_encoding::percent_decode_str(id.as_str())
        .decode_utf8_lossy()
        .into_owned()
}

/// Lifts what lies in My Drive's folder to the top, as the packed parts have it, and keeps back what becomes
/// calendars, contacts and tasks.
pub(super) struct Lifted<'a> {
    sink: &'a mut dyn SurveySink,
    looking: Arc<Mutex<Looking>>,
}

impl<'a> Lifted<'a> {
    pub(super) fn new(sink: &'a mut dyn SurveySink, root: PathBuf) -> Self {
        Self {
            sink,
            looking: Arc::new(Mutex::new(Looking {
                root,
                gathered: Gathered::default(),
                folders: Folders::default(),
                last: None,
            })),
        }
    }

    /// What was kept back.
    pub(super) async fn finish(self) -> Result<(Gathered, Folders), SourceError> {
        let (empty, kept) = {
            let mut looking = self.looking.lock().unwrap_or_else(PoisonError::into_inner);
            let empty = looking.folders.empty();
            let gathered = std::mem::take(&mut looking.gathered);
            (empty, (gathered, std::mem::take(&mut looking.folders)))
        };
        self.sink.items(empty).await?;
        Ok(kept)
    }
}

/// The id of a folder at the top is its percent-encoded name.
fn is_drive_id(id: &ItemId) -> bool {
    is_drive(&decoded(id))
}

#[async_trait]
impl SurveySink for Lifted<'_> {
    async fn space(&mut self, space: Space) -> Result<(), SourceError> {
        self.sink.space(space).await
    }

    async fn items(&mut self, items: Vec<Item>) -> Result<(), SourceError> {
        let looking = Arc::clone(&self.looking);
        let sifted = tokio::task::spawn_blocking(move || {
            let mut looking = looking.lock().unwrap_or_else(PoisonError::into_inner);
            looking.sift(items)
        });
        let sifted = sifted
            .await
            .map_err(|error| SourceError::protocol(error.to_string()))?;
        let lifted = sifted
            .into_iter()
            .filter(|item| item.parent.is_some() || !is_drive_id(&item.id))
            .map(|mut item| {
                item.parent = item.parent.filter(|parent| !is_drive_id(parent));
                item
            })
            .collect();
        self.sink.items(lifted).await
    }

    async fn gone(&mut self, ids: Vec<ItemId>) -> Result<(), SourceError> {
        self.sink.gone(ids).await
    }

    async fn gone_at(&mut self, space: &SpaceId, path: &str) -> Result<(), SourceError> {
        self.sink.gone_at(space, path).await
    }

    async fn unchanged_unless_told(&mut self, space: &SpaceId) -> Result<(), SourceError> {
        self.sink.unchanged_unless_told(space).await
    }

    async fn listed_afresh(&mut self, space: &SpaceId) -> Result<(), SourceError> {
        self.sink.listed_afresh(space).await
    }

    async fn known(&mut self, id: &ItemId) -> Result<Option<Item>, SourceError> {
        self.sink.known(id).await
    }

    async fn known_at(&mut self, space: &SpaceId, path: &str) -> Result<Option<Item>, SourceError> {
        self.sink.known_at(space, path).await
    }

    async fn dangling_shortcuts(
        &mut self,
        after: Option<&ItemId>,
        limit: usize,
    ) -> Result<Vec<Item>, SourceError> {
        self.sink.dangling_shortcuts(after, limit).await
    }

    async fn without_parent(
        &mut self,
        space: &SpaceId,
        after: Option<&ItemId>,
        limit: usize,
    ) -> Result<Vec<Item>, SourceError> {
        self.sink.without_parent(space, after, limit).await
    }
}
