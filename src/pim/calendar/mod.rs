//! Calendar object resources (RFC 4791, section 4.1).

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Broken;

mod file;
pub mod google;
mod info;
mod prepare;
mod zoning;

pub use file::{CalendarFile, CalendarObject, Header, looks_like, split};
pub use info::{Kind, ObjectInfo, info};
pub(crate) use prepare::{PRODUCT, derived};
pub use prepare::{prepare, set_uid};

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
