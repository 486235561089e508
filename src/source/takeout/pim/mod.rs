//! Calendars, contacts and task lists of an export.
//!
//! Takeout names its folders in the language of the account, so that only what lies in them tells what they
//! are (facts/google.md, section 5): `<Calendar>/<name>.ics`, `<Contacts>/<label>/<label>.vcf` with photos
//! beside it, `<Tasks>/Tasks.json`. What the user's own Drive holds stays files.

mod cards;
mod gather;
mod objects;
mod photos;
mod tasks;
mod tell;
#[cfg(test)]
mod tests;
mod whole;

use serde::{Deserialize, Serialize};

use super::inventory::{is_drive, names_of};
use crate::model::{Space, SpaceId, SpaceKind};
use crate::source::pim_file::Format;

pub(super) use self::gather::{Gathered, Stray};
pub(super) use self::objects::{Files, read_objects};
pub(super) use self::tell::Tell;
pub(super) use self::whole::{Opener, Whole};

const CALENDARS: &str = "takeout-calendars";
const ADDRESS_BOOKS: &str = "takeout-address-books";

/// Bytes: larger ones are pictures, not portraits, and stay files.
const LARGEST_PHOTO: u64 = 32 << 20;

/// What a file holds that is not a file at the target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Sort {
    Calendar,
    Cards,
    Tasks,
}

impl Sort {
    /// What the path promises, if it lies where Google puts such files.
    pub(super) fn promised(path: &str) -> Option<Self> {
        let names = names_of(path);
        let (name, [product, folders @ ..]) = names.split_last()? else {
            return None;
        };
        if is_drive(product) || folders.len() > 1 {
            return None;
        }
        match Format::of(name) {
            Some(Format::Calendar) if folders.is_empty() => Some(Self::Calendar),
            Some(Format::Cards) => Some(Self::Cards),
            None if folders.is_empty() && has_ending(name, &["json"]) => Some(Self::Tasks),
            _ => None,
        }
    }

    /// Whether a file of `size` bytes that begins so keeps the promise.
    pub(super) fn is_it(self, start: &[u8], size: u64) -> bool {
        match self {
            Self::Calendar => Format::Calendar.is_it(start),
            // A label that nobody has.
            Self::Cards => size == 0 || Format::Cards.is_it(start),
            Self::Tasks => tasks::looks_like(start),
        }
    }

    const fn space(self) -> &'static str {
        match self {
            Self::Calendar | Self::Tasks => CALENDARS,
            Self::Cards => ADDRESS_BOOKS,
        }
    }
}

/// Whether the photo of a contact may lie there.
pub(super) fn may_be_photo(path: &str, size: u64) -> bool {
    let names = names_of(path);
    let Some((name, [product, folders @ ..])) = names.split_last() else {
        return false;
    };
    size <= LARGEST_PHOTO
        && folders.len() <= 1
        && !is_drive(product)
        && has_ending(name, &["jpg", "jpeg", "png", "gif", "webp"])
}

fn has_ending(name: &str, endings: &[&str]) -> bool {
    name.rsplit_once('.').is_some_and(|(_, ending)| {
        endings
            .iter()
            .any(|wanted| ending.eq_ignore_ascii_case(wanted))
    })
}

/// The folder that a path lies in, and the name there, below the top.
fn folder_and_name(path: &str) -> (String, String) {
    let names = names_of(path);
    match names.split_last() {
        Some((name, folders)) => (folders.join("/"), (*name).to_owned()),
        None => (String::new(), String::new()),
    }
}

/// The name without its ending.
fn stem(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

fn space(id: &str, kind: SpaceKind, name: &str) -> Space {
    Space {
        id: SpaceId::new(id),
        kind,
        name: name.to_owned(),
        change_token: None,
    }
}

/// Where an object is found again: [`crate::model::Item::locator`].
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Place {
    sort: Sort,
    file: Whole,
    number: usize,
    /// The portrait that lies beside the card.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    photo: Option<Photo>,
    /// For a card that has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    uid: Option<String>,
}

/// A file with a photo.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Photo {
    folder: String,
    file: Whole,
    size: u64,
}
