//! The texts of objects, as they are asked for.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::mpsc;

use super::cards::completed;
use super::tell::{made_of_task, stamped, version_of, version_of_task};
use super::whole::{Opened, Opener, stamp, unreadable};
use super::{Place, Sort};
use crate::model::{Item, ItemId};
use crate::source::{SourceError, SourceObject};

/// Files that stand open at a time: as many as collections are moved side by side, and some more.
const OPEN: usize = 8;

type Slot = Arc<Mutex<Option<Opened>>>;
type Answer = (ItemId, Result<SourceObject, SourceError>);

/// The files that objects were last asked of.
#[derive(Clone, Default)]
pub(in super::super) struct Files(Arc<Mutex<Vec<(String, Slot)>>>);

impl Files {
    /// The slot of a file; the one that has not been asked for the longest makes room.
    fn slot(&self, key: &str) -> Slot {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = open.iter().position(|(known, _)| known == key);
        let slot = match at {
            Some(at) => open.remove(at),
            None => (key.to_owned(), Slot::default()),
        };
        if open.len() >= OPEN {
            open.remove(0);
        }
        let found = Arc::clone(&slot.1);
        open.push(slot);
        found
    }
}

/// Reads objects one after the other, as fast as `answers` are taken.
pub(in super::super) fn read_objects(
    opener: &Opener,
    files: &Files,
    wanted: Vec<Item>,
    answers: &mpsc::Sender<Answer>,
) {
    for item in wanted {
        let object = read_object(opener, files, &item);
        if answers.blocking_send((item.id, object)).is_err() {
            return;
        }
    }
}

fn read_object(opener: &Opener, files: &Files, item: &Item) -> Result<SourceObject, SourceError> {
    let place: Place = serde_json::from_str(&item.locator)
        .map_err(|error| SourceError::protocol(format!("a damaged locator: {error}")))?;
    opener.still_there(&place.file)?;
    let key = serde_json::to_string(&(place.sort, &place.file))
        .map_err(|error| SourceError::protocol(error.to_string()))?;
    let slot = files.slot(&key);
    let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
    let opened = match &mut *slot {
        Some(opened) => opened,
        none => none.insert(opener.open(place.sort, &place.file)?),
    };
    if let Opened::Tasks(tasks) = opened {
        let (_, task) = tasks.task(place.number).map_err(unreadable)?;
        let version = version_of_task(&task);
        let made = made_of_task(&task);
        return same(
            item,
            SourceObject {
                text: made.text.into(),
                version,
                converted: true,
                lost: made.lost,
            },
        );
    }
    let found = opened.object(place.number).map_err(unreadable)?;
    drop(slot);
    let version = version_of(&found.text);
    if place.sort != Sort::Cards {
        return same(item, object(found.text, version, 0));
    }
    let (photo, version, lost) = match &place.photo {
        None => (None, version, 0),
        Some(photo) => match opener.photo(photo) {
            Ok(photo) => {
                let version = stamped(&version, &stamp(&photo));
                (Some(photo), version, 0)
            }
            Err(error @ (SourceError::Forbidden { .. } | SourceError::Unreadable { .. })) => {
                tracing::warn!(%error, "a contact's photo cannot be read");
                // The card matters more than its photo, which is counted as lost.
                (None, item.version.clone(), 1)
            }
            Err(error) => return Err(error),
        },
    };
    let text = completed(found.text, place.uid.as_deref(), photo.as_deref());
    same(item, object(text, version, lost))
}

fn object(text: Vec<u8>, version: String, lost: u32) -> SourceObject {
    SourceObject {
        text: text.into(),
        version,
        converted: false,
        lost,
    }
}

/// Where the file was replaced, other objects may lie at the same place.
fn same(item: &Item, object: SourceObject) -> Result<SourceObject, SourceError> {
    if object.version == item.version {
        Ok(object)
    } else {
        Err(SourceError::Changed)
    }
}
