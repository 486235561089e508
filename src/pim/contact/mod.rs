//! Address object resources: one vCard each (RFC 6352, section 5.1).

mod file;
pub mod google;
mod photo;
mod prepare;
mod version21;

pub use file::{Card, CardFile, CardInfo, cards, info, looks_like, split};
pub use prepare::{Limits, add_photo, prepare, set_uid};
