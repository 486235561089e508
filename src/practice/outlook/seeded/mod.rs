//! What the practice mailbox holds: one of each trap, and any number of plain things out of a seed.

mod calendars;
mod contacts;
mod series;
mod todo;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::super::content::mix;
use super::super::faults::mix_text;
use super::{Amounts, Mailbox};

/// Windows' names of time zones, as Exchange keeps them, and what they stand for.
pub const ZONES: [(&str, &str); 5] = [
    ("Romance Standard Time", "Europe/Paris"),
    ("Eastern Standard Time", "America/New_York"),
    ("AUS Eastern Standard Time", "Australia/Sydney"),
    ("India Standard Time", "Asia/Kolkata"),
    ("UTC", "UTC"),
];

/// What a Windows name stands for; one that only the mailbox knows is its own zone, Paris.
pub(super) fn zone_of(windows: &str) -> TimeZone {
    let known = ZONES.iter().find(|(name, _)| *name == windows);
    let name = known.map_or("Europe/Paris", |(_, iana)| iana);
    TimeZoneDatabase::bundled()
        .get(name)
        .unwrap_or(TimeZone::UTC)
}

/// An id that is the same whatever folder the thing is in: Exchange's are of some 150 characters, in the
/// alphabet of RFC 4648, section 5.
pub(super) fn id(seed: u64, kind: &str, number: u64) -> String {
    let random = mix_text(mix(seed, number), kind);
    let mut bytes = vec![0x00, 0x09, 0x02, 0xe0, 0x00, 0x00, 0x00];
    for n in 0..8 {
        bytes.extend(mix(random, n).to_be_bytes());
    }
    format!(
        "AAkALgAAAAAAHYQDEapmEc2byACqAC-EWg0A{}",
        URL_SAFE.encode(bytes)
    )
}

/// A global object id of Exchange's own (MS-OXOCAL, section 2.2.1.27).
pub(super) fn global_id(seed: u64, number: u64) -> String {
    let data = [
        mix(seed, number).to_be_bytes(),
        mix(!seed, number).to_be_bytes(),
    ]
    .concat();
    global(&data)
}

/// One that holds the UID that somebody else's calendar gave.
pub(super) fn foreign_id(uid: &str) -> String {
    let mut data = b"vCal-Uid\x01\0\0\0".to_vec();
    data.extend(uid.as_bytes());
    data.push(0);
    global(&data)
}

fn global(data: &[u8]) -> String {
    let mut text = format!("040000008200E00074C5B7101A82E008{}", "00".repeat(20));
    let length = u32::try_from(data.len()).unwrap_or(0).to_le_bytes();
    for byte in length.iter().chain(data) {
        text.push_str(&format!("{byte:02X}"));
    }
    text
}

/// Milliseconds of a time that the seed was made at.
fn millis(text: &str) -> i64 {
    text.parse::<Timestamp>()
        .map(Timestamp::as_millisecond)
        .unwrap_or_default()
}

impl Mailbox {
    pub fn new(seed: u64, amounts: Amounts) -> Self {
        Self {
            calendars: calendars::all(seed, amounts.events),
            contacts: contacts::all(seed, amounts.contacts),
            lists: todo::all(seed, amounts.tasks),
            sequence: 0,
            epoch: 0,
            made: 0,
            seed,
        }
    }
}
