//! Items of what was gathered.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::Value;

use super::cards::{self, Copies};
use super::gather::{Gathered, Picture, Pictures, PimFile, Stray};
use super::photos::{self, Portrayed};
use super::tasks::{List, TaskFile};
use super::whole::{Opened, Opener};
use super::{ADDRESS_BOOKS, CALENDARS, Photo, Place, Sort, space, stem};
use crate::hash::digest;
use crate::model::{
    Collection, Component, HashAlgorithm, Item, ItemId, ItemKind, Reason, Scope, Space, SpaceId,
    SpaceKind,
};
use crate::pim::calendar::derived;
use crate::pim::{Converted, task};
use crate::source::SourceError;
use crate::source::pim_file::{Found, Index, is_colour};

/// Takes items as they are found; `false`: no more are wanted.
type Take<'a> = &'a mut dyn FnMut(Item) -> bool;

/// Nobody takes items any more.
struct Enough;
type Told = Result<(), Enough>;

/// Tells of the calendars, contacts and tasks of an export.
pub(in super::super) struct Tell<'a> {
    opener: &'a Opener,
    /// Whether those whom Google noted by itself are wanted.
    other_contacts: bool,
    /// A picture beside cards that is nobody's: a file after all.
    stray: &'a mut dyn FnMut(Stray) -> Vec<Item>,
}

pub(super) fn version_of(text: &[u8]) -> String {
    digest(HashAlgorithm::Sha1, text).hex
}

/// The version of a card with its photo.
pub(super) fn stamped(version: &str, stamp: &str) -> String {
    format!("{version}+{stamp}")
}

/// Of what the task says: where and when it was fetched changes nothing.
pub(super) fn version_of_task(task: &Value) -> String {
    let mut task = task.clone();
    if let Value::Object(fields) = &mut task {
        for field in ["etag", "selfLink", "kind"] {
            fields.remove(field);
        }
    }
    version_of(task.to_string().as_bytes())
}

/// The conversion of the Tasks API's tasks: Takeout writes the same JSON.
pub(super) fn made_of_task(task: &Value) -> Converted {
    task::google::from_task(task)
}

impl<'a> Tell<'a> {
    pub(in super::super) fn new(
        opener: &'a Opener,
        scope: &Scope,
        stray: &'a mut dyn FnMut(Stray) -> Vec<Item>,
    ) -> Self {
        Self {
            opener,
            other_contacts: scope.other_contacts,
            stray,
        }
    }

    /// The spaces that there is something in.
    pub(in super::super) fn spaces(gathered: &Gathered, name: &str) -> Vec<Space> {
        [
            (CALENDARS, SpaceKind::Calendars),
            (ADDRESS_BOOKS, SpaceKind::AddressBooks),
        ]
        .into_iter()
        .filter(|(id, _)| gathered.files.iter().any(|file| file.sort.space() == *id))
        .map(|(id, kind)| space(id, kind, name))
        .collect()
    }

    /// Tells `take` of everything, until it says `false`.
    pub(in super::super) fn all(mut self, gathered: Gathered, take: Take<'_>) {
        let _ = self.told(gathered, take);
    }

    fn told(&mut self, gathered: Gathered, take: Take<'_>) -> Told {
        let Gathered {
            files,
            mut beside_cards,
            ..
        } = gathered;
        let mut books: BTreeMap<String, Vec<PimFile>> = BTreeMap::new();
        let mut seen: HashMap<String, HashMap<u64, u32>> = HashMap::new();
        for file in files {
            match file.sort {
                // A file may be in several parts: then it is the same calendar.
                Sort::Calendar => {
                    let seen = seen.entry(file.path()).or_default();
                    self.calendar(&file, seen, take)?;
                }
                Sort::Tasks => self.task_lists(&file, take)?,
                Sort::Cards => {
                    let product = file.product().to_owned();
                    books.entry(product).or_default().push(file);
                }
            }
        }
        for (product, files) in books {
            self.book(&product, files, &mut beside_cards, take)?;
        }
        // Of files that could not be read.
        let left = beside_cards.into_values().flatten().collect();
        self.strays(left, take)
    }

    fn strays(&mut self, pictures: Vec<Picture>, take: Take<'_>) -> Told {
        for picture in pictures {
            for item in (self.stray)(picture.stray) {
                tell(take, item)?;
            }
        }
        Ok(())
    }

    fn calendar(&mut self, file: &PimFile, seen: &mut HashMap<u64, u32>, take: Take<'_>) -> Told {
        let id = format!("calendar:{}", file.path());
        let mut calendar = collection(file, &id, stem(&file.name), ItemKind::Calendar);
        let mut opened = match self.opener.open(file.sort, &file.file) {
            Ok(opened) => opened,
            Err(error) => return broken_collection(calendar, &error, take),
        };
        let length = match &opened {
            Opened::Objects { index, .. } => {
                describe(&mut calendar, index);
                index.len()
            }
            Opened::Tasks(_) => 0,
        };
        tell(take, calendar)?;
        let id = ItemId(id);
        let mut own: HashMap<u64, u32> = HashMap::new();
        for number in 0..length {
            let found = match opened.object(number) {
                Ok(found) => found,
                Err(_) => {
                    tell(take, unreadable(file, &id, number, ItemKind::Event))?;
                    continue;
                }
            };
            let known_by = match &found.uid {
                Some(uid) => format!("{}:{uid}", found.kind.code()),
                None => format!("text:{}", version_of(&found.text)),
            };
            let times = own.entry(cards::short(known_by.as_bytes())).or_default();
            *times += 1;
            let told = seen.entry(cards::short(known_by.as_bytes())).or_default();
            if *times <= *told {
                continue;
            }
            *told = *times;
            let id = id.clone();
            let mut item = object(file, id, numbered(&known_by, *times), number, &found);
            item.uid.clone_from(&found.uid);
            tell(take, item)?;
        }
        Ok(())
    }

    fn task_lists(&mut self, file: &PimFile, take: Take<'_>) -> Told {
        let mut tasks = match self.opener.open(file.sort, &file.file) {
            Ok(Opened::Tasks(tasks)) => tasks,
            Ok(Opened::Objects { .. }) => return Ok(()),
            Err(error) => {
                let id = format!("tasklists:{}", file.path());
                let lists = collection(file, &id, stem(&file.name), ItemKind::Calendar);
                return broken_collection(of_tasks(lists), &error, take);
            }
        };
        let ids: Vec<ItemId> = tasks.lists.iter().map(list_id).collect();
        for (list, id) in tasks.lists.iter().zip(&ids) {
            let mut item = collection(file, id.as_str(), &list.title, ItemKind::Calendar);
            item.modified = None;
            tell(take, of_tasks(item))?;
        }
        let mut seen = HashMap::new();
        for number in 0..tasks.len() {
            if let Some(item) = task_item(file, &ids, number, &mut tasks, &mut seen) {
                tell(take, item)?;
            }
        }
        if let Some(damage) = &tasks.damage {
            tracing::warn!(file = file.name, damage, "task lists break off");
            let id = format!("tasklists:{}", file.path());
            let rest = collection(file, &id, &file.name, ItemKind::Calendar);
            let mut rest = of_tasks(rest);
            rest.obstacle = Some(Reason::ArchivePartDamaged);
            tell(take, rest)?;
        }
        Ok(())
    }

    /// All cards of one product: that of all contacts first, then what only a label has.
    fn book(
        &mut self,
        product: &str,
        mut files: Vec<PimFile>,
        pictures: &mut Pictures,
        take: Take<'_>,
    ) -> Told {
        files.sort_by(|a, b| b.size.cmp(&a.size).then_with(|| a.path().cmp(&b.path())));
        let mut book = Book {
            own: ItemId(format!("contacts:{product}")),
            others: ItemId(format!("contacts-other:{product}")),
            product: product.to_owned(),
            tells_apart: false,
            has_others: false,
            copies: Copies::default(),
        };
        let mut own = Item::new(
            SpaceId::new(ADDRESS_BOOKS),
            book.own.0.clone(),
            None,
            product,
            ItemKind::AddressBook,
        );
        own.collection = Some(Collection {
            primary: true,
            ..Collection::default()
        });
        tell(take, own)?;
        let mut folders = HashSet::new();
        for file in &files {
            let first = folders.insert(file.folder.clone());
            let beside = if first {
                pictures.remove(&file.folder).unwrap_or_default()
            } else {
                Vec::new()
            };
            self.cards(file, &mut book, beside, take)?;
        }
        Ok(())
    }

    fn cards(
        &mut self,
        file: &PimFile,
        book: &mut Book,
        beside: Vec<Picture>,
        take: Take<'_>,
    ) -> Told {
        let mut opened = match self.opener.open(file.sort, &file.file) {
            Ok(opened) => opened,
            Err(error) => {
                let mut item = unreadable(file, &book.own, 0, ItemKind::Contact);
                item.name.clone_from(&file.name);
                item.obstacle = Some(error.reason());
                tell(take, item)?;
                return self.strays(beside, take);
            }
        };
        let length = match &opened {
            Opened::Objects { index, .. } => index.len(),
            Opened::Tasks(_) => 0,
        };
        let mut portrayed = Vec::with_capacity(length);
        for number in 0..length {
            let found = opened.object(number).ok();
            let text = found.as_ref().map_or(&[][..], |found| &found.text);
            book.tells_apart |= cards::is_put_there(text);
            portrayed.push(Portrayed {
                says_photo: photos::says_photo(text),
                name: found.map(|found| found.name).unwrap_or_default(),
            });
        }
        let (mut given, strays) = photos::assign(&portrayed, beside);
        drop(portrayed);
        self.strays(strays, take)?;
        let mut own: HashMap<u64, u32> = HashMap::new();
        for number in 0..length {
            let picture = given.remove(&number);
            let Ok(found) = opened.object(number) else {
                tell(take, unreadable(file, &book.own, number, ItemKind::Contact))?;
                continue;
            };
            let likeness = cards::likeness(&found);
            let times = own.entry(likeness).or_default();
            *times += 1;
            if !book.copies.has(likeness, *times) {
                let card = Card {
                    number,
                    found,
                    likeness,
                    photo: picture.map(|picture| picture.photo),
                };
                let items = self.card(file, book, card);
                for item in items {
                    tell(take, item)?;
                }
            } else if !book.copies.has_photo(likeness) {
                // The copy that was told of has none.
                self.strays(picture.into_iter().collect(), take)?;
            }
        }
        Ok(())
    }

    /// The card, after the book that it lies in if nobody knows of that yet.
    fn card(&self, file: &PimFile, book: &mut Book, card: Card) -> Vec<Item> {
        let Card {
            number,
            found,
            likeness,
            photo,
        } = card;
        let mut items = Vec::new();
        let key = cards::known_by(&found);
        let known_by = book.copies.add(likeness, &key, photo.is_some());
        let id = format!("contact:{}/{known_by}", book.product);
        let is_other = book.tells_apart && cards::labels(&found.text).is_empty();
        if is_other && !std::mem::replace(&mut book.has_others, true) {
            items.push(self.others(book));
        }
        let parent = if is_other { &book.others } else { &book.own };
        let mut item = object(file, parent.clone(), String::new(), number, &found);
        item.id = ItemId(id);
        if is_other && !self.other_contacts {
            item.obstacle = Some(Reason::OtherContacts);
        }
        let given = match &found.uid {
            Some(_) => None,
            None => Some(derived(format!("takeout {}", item.id).as_bytes())),
        };
        item.uid = found.uid.clone().or_else(|| given.clone());
        if let Some(photo) = &photo {
            let stamp = self.opener.stamp(photo);
            let stamp = stamp.unwrap_or_else(|_| "damaged".to_owned());
            item.version = stamped(&item.version, &stamp);
            // In Base64 (RFC 4648, section 4).
            item.size = item.size.map(|size| size + photo.size / 3 * 4);
        }
        item.locator = locator(file, number, photo, given);
        items.push(item);
        items
    }

    /// The book of those whom Google noted by itself.
    fn others(&self, book: &Book) -> Item {
        let mut others = Item::new(
            SpaceId::new(ADDRESS_BOOKS),
            book.others.0.clone(),
            None,
            "Other contacts",
            ItemKind::AddressBook,
        );
        others.collection = Some(Collection::default());
        if !self.other_contacts {
            others.obstacle = Some(Reason::OtherContacts);
        }
        others
    }
}

/// An address book while its files are read.
struct Book {
    own: ItemId,
    others: ItemId,
    product: String,
    /// The export says who was put among the contacts, so that the others are those whom Google noted.
    tells_apart: bool,
    has_others: bool,
    copies: Copies,
}

/// A card of a file that is told of.
struct Card {
    number: usize,
    found: Found,
    likeness: u64,
    photo: Option<Photo>,
}

fn tell(take: Take<'_>, item: Item) -> Told {
    if take(item) { Ok(()) } else { Err(Enough) }
}

fn collection(file: &PimFile, id: &str, name: &str, kind: ItemKind) -> Item {
    let space = SpaceId::new(file.sort.space());
    let mut item = Item::new(space, id, None, name, kind);
    item.modified = file.modified;
    item.collection = Some(Collection::default());
    item
}

fn broken_collection(mut item: Item, error: &SourceError, take: Take<'_>) -> Told {
    tracing::warn!(name = item.name, %error, "cannot be read");
    item.obstacle = Some(error.reason());
    tell(take, item)
}

/// What the calendar says of itself.
fn describe(item: &mut Item, index: &Index) {
    let header = index.header();
    if let Some(name) = header.name {
        item.name = name;
    }
    let described = Collection {
        description: header.description,
        colour: header.colour.filter(|colour| is_colour(colour)),
        time_zone: header.time_zone,
        components: index.components(),
        ..Collection::default()
    };
    item.version = serde_json::to_string(&described)
        .map(|described| version_of(format!("{} {described}", item.name).as_bytes()))
        .unwrap_or_default();
    item.collection = Some(described);
}

fn of_tasks(mut item: Item) -> Item {
    item.collection = Some(Collection {
        components: vec![Component::Todo],
        ..Collection::default()
    });
    item.version.clone_from(&item.name);
    item
}

fn list_id(list: &List) -> ItemId {
    let id = if list.id.is_empty() {
        &list.title
    } else {
        &list.id
    };
    ItemId(format!("tasklist:{id}"))
}

/// `None`: somebody deleted it, as the Tasks API has it.
fn task_item(
    file: &PimFile,
    lists: &[ItemId],
    number: usize,
    tasks: &mut TaskFile,
    seen: &mut HashMap<u64, u32>,
) -> Option<Item> {
    let (list, task) = match tasks.task(number) {
        Ok((list, task)) => (lists.get(list)?, task),
        Err(_) => return Some(unreadable(file, lists.first()?, number, ItemKind::Task)),
    };
    if !task.is_object() {
        return Some(unreadable(file, list, number, ItemKind::Task));
    }
    if task.get("deleted").and_then(Value::as_bool) == Some(true) {
        return None;
    }
    let text = |key| task.get(key).and_then(Value::as_str);
    let version = version_of_task(&task);
    let known_by = text("id").map_or_else(|| format!("text:{version}"), str::to_owned);
    let list_name = list.as_str().trim_start_matches("tasklist:");
    let id = format!("task:{list_name}/{known_by}");
    let times = seen.entry(cards::short(id.as_bytes())).or_default();
    *times += 1;
    let space = SpaceId::new(CALENDARS);
    let title = text("title").unwrap_or_default();
    let id = numbered(&id, *times);
    let mut item = Item::new(space, id, Some(list.clone()), title, ItemKind::Task);
    item.modified = text("updated").and_then(|when| when.parse().ok());
    item.version = version;
    item.uid = Some(text("id").map_or_else(|| made_of_task(&task).uid, task::google::uid));
    item.web_link = text("webViewLink")
        .filter(|link| link.starts_with("https://"))
        .map(str::to_owned);
    item.locator = locator(file, number, None, None);
    Some(item)
}

fn numbered(known_by: &str, times: u32) -> String {
    match times {
        1 => known_by.to_owned(),
        times => format!("{known_by}#{times}"),
    }
}

fn object(file: &PimFile, parent: ItemId, known_by: String, number: usize, found: &Found) -> Item {
    let id = format!("object:{}#{known_by}", file.path());
    let space = SpaceId::new(file.sort.space());
    let name = found.name.clone();
    let mut item = Item::new(space, id, Some(parent), name, found.kind);
    item.size = u64::try_from(found.text.len()).ok();
    item.modified = found.modified;
    item.version = version_of(&found.text);
    item.locator = locator(file, number, None, None);
    item
}

fn unreadable(file: &PimFile, parent: &ItemId, number: usize, kind: ItemKind) -> Item {
    let id = format!("object:{}#number:{number}", file.path());
    let space = SpaceId::new(file.sort.space());
    let mut item = Item::new(space, id, Some(parent.clone()), "", kind);
    item.obstacle = Some(Reason::ArchivePartDamaged);
    item.locator = locator(file, number, None, None);
    item
}

fn locator(file: &PimFile, number: usize, photo: Option<Photo>, uid: Option<String>) -> String {
    let place = Place {
        sort: file.sort,
        file: file.file.clone(),
        number,
        photo,
        uid,
    };
    serde_json::to_string(&place).unwrap_or_default()
}
