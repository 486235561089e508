//! `.ics` and `.vcf` files as calendars and address books.
//!
//! A file with several objects, or one that says what its calendar is called, is a calendar or an address
//! book of its own. Files with a single object each (an invitation that was saved, contacts exported one by
//! one) make one together with the others of their folder.

use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::io::{self, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

use super::{locator, version};
use crate::hash::digest;
use crate::model::{
    Collection, HashAlgorithm, Item, ItemId, ItemKind, Scope, Space, SpaceId, SpaceKind,
};
use crate::source::pim_file::{Format, Found, Index, START, is_colour};
use crate::source::{SourceError, SourceObject};

const CALENDARS: &str = "folder-calendars";
const ADDRESS_BOOKS: &str = "folder-address-books";

/// Which files become something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Imports {
    calendars: bool,
    contacts: bool,
}

impl Imports {
    pub(super) const NONE: Self = Self {
        calendars: false,
        contacts: false,
    };

    /// What the scope wants of them.
    pub(super) const fn of(scope: &Scope) -> Self {
        Self {
            calendars: scope.calendars || scope.tasks,
            contacts: scope.contacts,
        }
    }

    pub(super) fn spaces(self, name: &str) -> Vec<Space> {
        let space = |id: &str, kind| Space {
            id: SpaceId::new(id),
            kind,
            name: name.to_owned(),
            change_token: None,
        };
        let mut spaces = Vec::new();
        if self.calendars {
            spaces.push(space(CALENDARS, SpaceKind::Calendars));
        }
        if self.contacts {
            spaces.push(space(ADDRESS_BOOKS, SpaceKind::AddressBooks));
        }
        spaces
    }

    fn format(self, name: &str) -> Option<Format> {
        Format::of(name).filter(|format| match format {
            Format::Calendar => self.calendars,
            Format::Cards => self.contacts,
        })
    }
}

fn index_of(format: Format, path: &Path) -> io::Result<Index> {
    Index::read(format, BufReader::new(File::open(path)?))
}

/// Where an object is found again: [`Item::locator`].
#[derive(Debug, Serialize, Deserialize)]
struct Place {
    /// The file's own locator.
    file: String,
    /// The file's own version.
    version: String,
    number: usize,
}

/// Turns files into collections and objects while a folder is walked.
pub(super) struct Importer<'a> {
    root: &'a Path,
    imports: Imports,
    /// Folders whose single files make a collection that has been told of.
    told: HashSet<String>,
}

impl<'a> Importer<'a> {
    pub(super) fn new(root: &'a Path, imports: Imports) -> Self {
        Self {
            root,
            imports,
            told: HashSet::new(),
        }
    }

    /// Tells `take` of what the file is instead, until it says `false`. `None`: it is a file like any other,
    /// also where its name promises more than it holds.
    pub(super) fn import(
        &mut self,
        item: &Item,
        take: &mut dyn FnMut(Item) -> bool,
    ) -> Option<bool> {
        if item.kind != ItemKind::File || item.obstacle.is_some() {
            return None;
        }
        let format = self.imports.format(&item.name)?;
        let path = locator::path_below(self.root, &item.locator)?;
        let mut file = File::open(&path).ok()?;
        let mut start = Vec::new();
        (&mut file).take(START).read_to_end(&mut start).ok()?;
        if !format.is_it(&start) {
            return None;
        }
        let index = index_of(format, &path).ok()?;
        if index.len() == 0 {
            return None;
        }
        let collection = self.collection(item, format, &index);
        let id = collection.id.clone();
        if (self.told.insert(id.0.clone()) || !is_shared(&id)) && !take(collection) {
            return Some(false);
        }
        let mut seen: HashMap<u64, u32> = HashMap::new();
        for number in 0..index.len() {
            let object = match index.object(number, &mut file) {
                Ok(found) => object(item, &id, format, number, &found, &mut seen),
                Err(_) => unreadable(item, &id, format, number),
            };
            if !take(object) {
                return Some(false);
            }
        }
        Some(true)
    }

    fn collection(&self, file: &Item, format: Format, index: &Index) -> Item {
        let header = index.header();
        let own = index.len() > 1 || header.name.is_some();
        let (id, name) = if own {
            let stem = file.name.rsplit_once('.').map_or("", |(stem, _)| stem);
            let name = header.name.clone().unwrap_or_else(|| stem.to_owned());
            (format!("{}:{}", code(format), file.id), name)
        } else {
            let folder = file.parent.as_ref().map_or("", ItemId::as_str);
            (
                format!("{}{folder}", shared_prefix(format)),
                self.folder_name(folder),
            )
        };
        let mut item = Item::new(
            SpaceId::new(space(format)),
            id,
            None,
            name,
            format.collection_kind(),
        );
        if own {
            item.version.clone_from(&file.version);
        }
        item.modified = file.modified.filter(|_| own);
        item.collection = Some(Collection {
            description: header.description.filter(|_| own),
            colour: header.colour.filter(|colour| own && is_colour(colour)),
            time_zone: header.time_zone.filter(|_| own),
            components: if own { index.components() } else { Vec::new() },
            ..Collection::default()
        });
        item
    }

    /// What people call the folder at a locator.
    fn folder_name(&self, folder: &str) -> String {
        let path = if folder.is_empty() {
            Some(self.root.to_owned())
        } else {
            locator::path_below(self.root, folder)
        };
        path.as_deref()
            .and_then(Path::file_name)
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default()
    }
}

const fn space(format: Format) -> &'static str {
    match format {
        Format::Calendar => CALENDARS,
        Format::Cards => ADDRESS_BOOKS,
    }
}

const fn code(format: Format) -> &'static str {
    match format {
        Format::Calendar => "calendar",
        Format::Cards => "cards",
    }
}

const fn shared_prefix(format: Format) -> &'static str {
    match format {
        Format::Calendar => "calendars-of:",
        Format::Cards => "cards-of:",
    }
}

fn is_shared(id: &ItemId) -> bool {
    [Format::Calendar, Format::Cards]
        .into_iter()
        .any(|format| id.0.starts_with(shared_prefix(format)))
}

/// An object is known by its file and its UID; by its text where it has none. The second of the same in
/// one file is told apart by counting.
fn object(
    file: &Item,
    collection: &ItemId,
    format: Format,
    number: usize,
    found: &Found,
    seen: &mut HashMap<u64, u32>,
) -> Item {
    let version = digest(HashAlgorithm::Sha1, &found.text).hex;
    let known_by = match found.uid.as_deref().filter(|uid| !uid.is_empty()) {
        Some(uid) => format!("{}#{}:{uid}", file.id, found.kind.code()),
        None => format!("{}#text:{version}", file.id),
    };
    let short = digest(HashAlgorithm::Sha1, known_by.as_bytes()).hex;
    let key = short
        .get(..16)
        .and_then(|hex| u64::from_str_radix(hex, 16).ok());
    let times = seen.entry(key.unwrap_or(0)).or_default();
    *times += 1;
    let id = match *times {
        1 => format!("object:{known_by}"),
        times => format!("object:{known_by}#{times}"),
    };
    let mut item = Item::new(
        SpaceId::new(space(format)),
        id,
        Some(collection.clone()),
        found.name.clone(),
        found.kind,
    );
    item.size = u64::try_from(found.text.len()).ok();
    item.modified = found.modified;
    item.version = version;
    item.uid.clone_from(&found.uid);
    item.locator = place_of(file, number);
    item
}

fn unreadable(file: &Item, collection: &ItemId, format: Format, number: usize) -> Item {
    let kind = match format {
        Format::Calendar => ItemKind::Event,
        Format::Cards => ItemKind::Contact,
    };
    let id = format!("object:{}#number:{number}", file.id);
    let space = SpaceId::new(space(format));
    let mut item = Item::new(space, id, Some(collection.clone()), "", kind);
    item.obstacle = Some(crate::model::Reason::Unreadable);
    item.locator = place_of(file, number);
    item
}

fn place_of(file: &Item, number: usize) -> String {
    let place = Place {
        file: file.locator.clone(),
        version: file.version.clone(),
        number,
    };
    serde_json::to_string(&place).unwrap_or_default()
}

/// The file that objects were last asked of; batches of one file come one after the other.
#[derive(Debug, Clone, Default)]
pub(super) struct LastIndex(Arc<Mutex<Option<Known>>>);

#[derive(Debug, Clone)]
struct Known {
    path: PathBuf,
    version: String,
    index: Arc<Index>,
}

impl LastIndex {
    fn get(&self, format: Format, path: &Path, version: &str) -> io::Result<Arc<Index>> {
        let lock = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().as_ref()
            && known.path == path
            && known.version == version
        {
            return Ok(known.index.clone());
        }
        let index = Arc::new(index_of(format, path)?);
        *lock() = Some(Known {
            path: path.to_owned(),
            version: version.to_owned(),
            index: index.clone(),
        });
        Ok(index)
    }
}

type Answer = (ItemId, Result<SourceObject, SourceError>);

/// Reads objects one after the other, as fast as `answers` are taken.
pub(super) fn read_objects(
    root: &Path,
    last: &LastIndex,
    wanted: Vec<Item>,
    failure: &dyn Fn(io::Error) -> SourceError,
    answers: &mpsc::Sender<Answer>,
) {
    for item in wanted {
        let object = read_object(root, last, &item, failure);
        if answers.blocking_send((item.id, object)).is_err() {
            return;
        }
    }
}

fn read_object(
    root: &Path,
    last: &LastIndex,
    item: &Item,
    failure: &dyn Fn(io::Error) -> SourceError,
) -> Result<SourceObject, SourceError> {
    let place: Place = serde_json::from_str(&item.locator)
        .map_err(|error| SourceError::protocol(format!("a damaged locator: {error}")))?;
    let path = locator::path_below(root, &place.file)
        .ok_or_else(|| SourceError::protocol("a path that leads out of the folder"))?;
    let now = fs::symlink_metadata(&path).map_err(failure)?;
    if !now.is_file() || version(&now) != place.version {
        return Err(SourceError::Changed);
    }
    let format = match item.kind {
        ItemKind::Contact => Format::Cards,
        _ => Format::Calendar,
    };
    let index = last.get(format, &path, &place.version).map_err(failure)?;
    let mut file = File::open(&path).map_err(failure)?;
    let found = index.object(place.number, &mut file).map_err(failure)?;
    let version = digest(HashAlgorithm::Sha1, &found.text).hex;
    if version != item.version {
        return Err(SourceError::Changed);
    }
    Ok(SourceObject {
        text: found.text.into(),
        version,
        converted: false,
        lost: 0,
    })
}
