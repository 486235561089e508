//! Files that hold calendar objects or cards, for the sources whose calendars and contacts lie in files.

use std::io::{self, BufRead, Read, Seek};

use crate::model::{Component, ItemKind, Timestamp};
use crate::pim::calendar::{self, CalendarFile};
use crate::pim::contact::{self, CardFile};

/// Bytes of a file that say what it is.
pub(super) const START: u64 = 1024;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Calendar,
    Cards,
}

impl Format {
    /// What a file's name promises.
    pub(super) fn of(name: &str) -> Option<Self> {
        let (_, ending) = name.rsplit_once('.')?;
        match ending.to_ascii_lowercase().as_str() {
            "ics" | "ical" | "icalendar" => Some(Self::Calendar),
            "vcf" | "vcard" => Some(Self::Cards),
            _ => None,
        }
    }

    /// Whether the file's start keeps the promise.
    pub(super) fn is_it(self, start: &[u8]) -> bool {
        match self {
            Self::Calendar => calendar::looks_like(start),
            Self::Cards => contact::looks_like(start),
        }
    }

    pub(super) const fn collection_kind(self) -> ItemKind {
        match self {
            Self::Calendar => ItemKind::Calendar,
            Self::Cards => ItemKind::AddressBook,
        }
    }
}

/// An object as it lies in a file.
pub(super) struct Found {
    pub(super) text: Vec<u8>,
    pub(super) uid: Option<String>,
    pub(super) name: String,
    pub(super) kind: ItemKind,
    pub(super) modified: Option<Timestamp>,
}

/// Where the objects of a file are.
#[derive(Debug)]
pub(super) enum Index {
    Calendar(CalendarFile),
    Cards(CardFile),
}

impl Index {
    pub(super) fn read(format: Format, file: impl BufRead) -> io::Result<Self> {
        Ok(match format {
            Format::Calendar => Self::Calendar(CalendarFile::read(file)?),
            Format::Cards => Self::Cards(CardFile::read(file)?),
        })
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Calendar(file) => file.len(),
            Self::Cards(file) => file.len(),
        }
    }

    /// What a calendar says of itself; of cards, nobody says anything.
    pub(super) fn header(&self) -> calendar::Header {
        match self {
            Self::Calendar(index) => index.header().cloned().unwrap_or_default(),
            Self::Cards(_) => calendar::Header::default(),
        }
    }

    /// The components of a calendar's objects.
    pub(super) fn components(&self) -> Vec<Component> {
        match self {
            Self::Calendar(index) => index.kinds().map(component).collect(),
            Self::Cards(_) => Vec::new(),
        }
    }

    pub(super) fn object(&self, number: usize, file: &mut (impl Read + Seek)) -> io::Result<Found> {
        match self {
            Self::Calendar(index) => {
                let object = index.object(number, file)?;
                let info = object.info;
                Ok(Found {
                    text: object.text,
                    uid: info.uid,
                    name: info.summary,
                    kind: match info.kind {
                        Some(calendar::Kind::Task) => ItemKind::Task,
                        Some(calendar::Kind::Journal) => ItemKind::Journal,
                        Some(calendar::Kind::Event) | None => ItemKind::Event,
                    },
                    modified: info.last_modified,
                })
            }
            Self::Cards(index) => {
                let card = index.card(number, file)?;
                Ok(Found {
                    text: card.text,
                    uid: card.info.uid,
                    name: card.info.name,
                    kind: ItemKind::Contact,
                    modified: None,
                })
            }
        }
    }
}

const fn component(kind: calendar::Kind) -> Component {
    match kind {
        calendar::Kind::Event => Component::Event,
        calendar::Kind::Task => Component::Todo,
        calendar::Kind::Journal => Component::Journal,
    }
}

/// A colour as a calendar can be given it (`#rrggbb`).
pub(super) fn is_colour(colour: &str) -> bool {
    colour.len() == 7 && colour.starts_with('#')
}
