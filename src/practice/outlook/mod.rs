//! What a Microsoft mailbox holds beside mail: calendars, contacts and To Do lists.
//!
//! Everything is kept as the JSON that Graph answers with, with what only the mailbox itself knows beside it.

mod event;
pub mod instances;
mod seeded;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use event::Occurrence;
pub use seeded::ZONES;

use super::content::mix;
use super::faults::mix_text;

/// How many seeded things there are, besides those that are there once each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Amounts {
    pub events: u64,
    pub contacts: u64,
    pub tasks: u64,
}

impl Amounts {
    /// What the association would have beside so many files.
    pub fn beside(items: u64) -> Self {
        Self {
            events: (items / 4).min(1_000),
            contacts: (items / 8).min(500),
            tasks: (items / 16).min(200),
        }
    }
}

/// An event (a series with its exceptions), a contact or a task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Thing {
    /// The id that never changes.
    pub id: String,
    /// All that Graph tells of it, but for what follows from the other fields. `attachments`,
    /// `checklistItems` and `linkedResources` are here, too, and are told only to whoever asks for them.
    pub value: Value,
    /// Occurrences of a series that differ from it.
    #[serde(default)]
    pub exceptions: Vec<Value>,
    /// Days of a series, on the clock of its recurrence, on which it does not take place.
    #[serde(default)]
    pub cancelled: Vec<String>,
    /// The seed and the width of a contact's picture.
    #[serde(default)]
    pub picture: Option<(u64, u16)>,
    pub revision: u64,
    /// Milliseconds since 1970.
    pub modified: i64,
    /// The number of the mailbox's last change of it; 0: as it was made.
    pub changed: u64,
    pub deleted: bool,
}

/// A calendar, a folder of contacts or a list of tasks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Folder {
    pub id: String,
    /// The folder above, of contacts.
    pub parent: Option<String>,
    pub value: Value,
    pub things: Vec<Thing>,
    pub revision: u64,
    pub changed: u64,
    pub deleted: bool,
}

/// The three parts, each of which has a permission of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Calendars,
    Contacts,
    Todo,
}

/// A mailbox.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mailbox {
    pub calendars: Vec<Folder>,
    /// The default folder first.
    pub contacts: Vec<Folder>,
    pub lists: Vec<Folder>,
    /// Counts changes.
    pub sequence: u64,
    /// Tokens of an earlier one are no longer known.
    pub epoch: u64,
    /// How many things were made, for new ids.
    made: u64,
    seed: u64,
}

impl Thing {
    fn new(id: String, value: Value, modified: i64) -> Self {
        Self {
            id,
            value,
            exceptions: Vec::new(),
            cancelled: Vec::new(),
            picture: None,
            revision: 1,
            modified,
            changed: 0,
            deleted: false,
        }
    }

    pub fn told(&self, key: &str) -> &str {
        self.value
            .get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// Sets a field.
    pub fn set(&mut self, key: &str, value: impl Into<Value>) {
        if let Some(fields) = self.value.as_object_mut() {
            fields.insert(key.to_owned(), value.into());
        }
    }

    /// What changes with it (`changeKey`).
    pub fn change_key(&self) -> String {
        change_key_of(&self.id, self.revision)
    }
}

/// Exchange's way to say which state something is in.
pub(super) fn change_key_of(id: &str, revision: u64) -> String {
    use base64::Engine as _;
    let random = mix(mix_text(0xc4a9e, id), revision);
    let bytes = [random.to_be_bytes(), revision.to_be_bytes()].concat();
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

impl Folder {
    fn new(id: String, value: Value) -> Self {
        Self {
            id,
            parent: None,
            value,
            things: Vec::new(),
            revision: 1,
            changed: 0,
            deleted: false,
        }
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        let name = self.value.get("name").or(self.value.get("displayName"));
        name.and_then(Value::as_str).unwrap_or_default()
    }

    /// What is there.
    pub fn things(&self) -> impl Iterator<Item = &Thing> {
        self.things.iter().filter(|thing| !thing.deleted)
    }
}

impl Mailbox {
    pub fn part(&self, part: Part) -> &Vec<Folder> {
        match part {
            Part::Calendars => &self.calendars,
            Part::Contacts => &self.contacts,
            Part::Todo => &self.lists,
        }
    }

    fn part_mut(&mut self, part: Part) -> &mut Vec<Folder> {
        match part {
            Part::Calendars => &mut self.calendars,
            Part::Contacts => &mut self.contacts,
            Part::Todo => &mut self.lists,
        }
    }

    /// The folders of a part that are there.
    pub fn folders(&self, part: Part) -> impl Iterator<Item = &Folder> {
        self.part(part).iter().filter(|folder| !folder.deleted)
    }

    pub fn folder(&self, part: Part, name: &str) -> Option<&Folder> {
        self.folders(part).find(|folder| folder.name() == name)
    }

    /// The first thing whose `subject`, `displayName` or `title` is this, and the folder that it is in.
    pub fn named(&self, part: Part, name: &str) -> Option<(&Folder, &Thing)> {
        let key = match part {
            Part::Calendars => "subject",
            Part::Contacts => "displayName",
            Part::Todo => "title",
        };
        self.folders(part).find_map(|folder| {
            let mut things = folder.things();
            things
                .find(|thing| thing.told(key) == name)
                .map(|thing| (folder, thing))
        })
    }

    /// Changes a thing, by its id, and dates it. `false`: there is none.
    pub fn edit(&mut self, id: &str, now: i64, change: impl FnOnce(&mut Thing)) -> bool {
        self.sequence += 1;
        let number = self.sequence;
        for part in [Part::Calendars, Part::Contacts, Part::Todo] {
            let folders = self.part_mut(part).iter_mut();
            let mut things = folders.flat_map(|folder| &mut folder.things);
            if let Some(thing) = things.find(|thing| thing.id == id) {
                change(thing);
                thing.revision += 1;
                thing.modified = now;
                thing.changed = number;
                return true;
            }
        }
        false
    }

    pub fn delete(&mut self, id: &str, now: i64) -> bool {
        self.edit(id, now, |thing| thing.deleted = true)
    }

    /// Changes a folder, by its id.
    pub fn edit_folder(&mut self, id: &str, change: impl FnOnce(&mut Folder)) -> bool {
        self.sequence += 1;
        let number = self.sequence;
        for part in [Part::Calendars, Part::Contacts, Part::Todo] {
            let mut folders = self.part_mut(part).iter_mut();
            if let Some(folder) = folders.find(|folder| folder.id == id) {
                change(folder);
                folder.revision += 1;
                folder.changed = number;
                return true;
            }
        }
        false
    }

    /// Adds a copy of a thing to the folder that it is in; gives its id.
    pub fn add_like(&mut self, part: Part, name: &str, now: i64) -> Option<String> {
        let (folder, thing) = self.named(part, name)?;
        let (folder, mut thing) = (folder.id.clone(), thing.clone());
        self.sequence += 1;
        self.made += 1;
        let id = seeded::id(self.seed, "added", self.made);
        thing.id.clone_from(&id);
        thing.set("iCalUId", seeded::global_id(self.seed ^ 0xadd, self.made));
        (thing.changed, thing.modified) = (self.sequence, now);
        thing.exceptions.clear();
        thing.cancelled.clear();
        let mut folders = self.part_mut(part).iter_mut();
        folders.find(|known| known.id == folder)?.things.push(thing);
        Some(id)
    }

    /// Lists of changes must begin anew.
    pub fn forget_changes(&mut self) {
        self.epoch += 1;
    }

    /// When the events of a calendar take place: the id of the series or the event, start and end.
    pub fn occurrences(
        &self,
        calendar: &str,
        from: Timestamp,
        to: Timestamp,
    ) -> Vec<(String, Timestamp, Timestamp)> {
        let mut all = Vec::new();
        let folder = self.calendars.iter().find(|folder| folder.id == calendar);
        for thing in folder.into_iter().flat_map(Folder::things) {
            let found = thing.occurrences(from, to);
            all.extend(
                found
                    .into_iter()
                    .map(|one| (thing.id.clone(), one.start, one.end)),
            );
        }
        all
    }
}

#[cfg(test)]
mod tests;
