//! Calendar object resources (RFC 4791, section 4.1).

mod attach;
mod file;
pub mod google;
mod info;
mod occurrences;
mod prepare;
mod zoning;

pub use attach::{Attachment, NewLink, attachments, conference_links, relink};
pub use file::{CalendarFile, CalendarObject, Header, looks_like, split};
pub use info::{Kind, ObjectInfo, info};
pub use occurrences::{Occurrence, occurrences};
pub(crate) use prepare::{PRODUCT, derived};
pub use prepare::{prepare, set_uid};
pub(crate) use zoning::defined;
