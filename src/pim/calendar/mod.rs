//! Calendar object resources (RFC 4791, section 4.1).

use std::io::{self, BufRead, Read, Seek};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{Broken, Prepared};

pub mod google;

/// What a calendar object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    Event,
    Task,
    Journal,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ObjectInfo {
    pub uid: Option<String>,
    pub kind: Option<Kind>,
    pub summary: String,
    pub recurring: bool,
    pub overrides: u32,
    pub last_modified: Option<Timestamp>,
    pub sequence: u32,
    pub cancelled: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarObject {
    pub text: Vec<u8>,
    pub info: ObjectInfo,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Header {
    pub name: Option<String>,
    pub description: Option<String>,
    pub colour: Option<String>,
    pub time_zone: Option<String>,
    pub method: Option<String>,
    pub product: Option<String>,
}

#[derive(Debug)]
pub struct CalendarFile {}

impl CalendarFile {
    pub fn read(_file: impl BufRead) -> io::Result<Self> {
        todo!()
    }
    pub fn len(&self) -> usize {
        todo!()
    }
    pub fn is_empty(&self) -> bool {
        todo!()
    }
    pub fn header(&self) -> &Header {
        todo!()
    }
    pub fn find(&self, _uid: &str) -> Vec<usize> {
        todo!()
    }
    pub fn object(&self, _n: usize, _file: &mut (impl Read + Seek)) -> io::Result<CalendarObject> {
        todo!()
    }
    pub fn objects<R: Read + Seek>(
        &self,
        _file: R,
    ) -> impl Iterator<Item = io::Result<CalendarObject>> {
        std::iter::empty()
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    pub uri: String,
    pub name: Option<String>,
    pub media_type: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occurrence {
    pub id: jiff::civil::DateTime,
    pub start: Timestamp,
    pub end: Timestamp,
    pub all_day: bool,
    pub summary: String,
    pub cancelled: bool,
}

pub fn looks_like(_start: &[u8]) -> bool {
    todo!()
}
pub fn info(_text: &[u8]) -> ObjectInfo {
    todo!()
}
pub fn split(_text: &[u8]) -> Vec<CalendarObject> {
    todo!()
}
pub fn prepare(_text: &[u8]) -> Result<Prepared, Broken> {
    todo!()
}
pub fn set_uid(_text: &[u8], _uid: &str) -> Result<Vec<u8>, Broken> {
    todo!()
}
pub fn attachments(_text: &[u8]) -> Vec<Attachment> {
    todo!()
}
pub fn relink(_text: &[u8], _new: impl FnMut(&str) -> Option<String>) -> (Vec<u8>, u32) {
    todo!()
}
pub fn conference_links(_text: &[u8]) -> Vec<String> {
    todo!()
}
pub fn occurrences(
    _text: &[u8],
    _from: Timestamp,
    _to: Timestamp,
    _zone: &TimeZone,
) -> Result<Vec<Occurrence>, Broken> {
    todo!()
}
