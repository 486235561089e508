//! Calendars and address books as the practice Nextcloud keeps them: collections, objects, shares, the
//! trash, what has changed since when, and the mails that a real one would have sent.

mod birthday;
mod mail;
mod samples;
mod schedule;
mod seeded;
mod shelf;
mod sight;

pub(super) use birthday::{BIRTHDAYS, birthday_event};
pub use mail::{Mail, MailKind};
pub(super) use samples::{accounts, birthdays, fill, make};
pub(super) use schedule::{Occasion, Schedule, alarms, on_change};
pub(super) use seeded::fill_seeded;
pub(super) use shelf::{Collection, Kind, Object, PimOp, Props, SYNC_TOKEN, Share, Shelf};
pub(super) use sight::{Role, Seen, address_books, calendars, find};
