//! What the association writes into calendars and address books, as iCalendar and vCard: one object for
//! each trap, and any number of plain ones out of a seed.

mod cards;
mod events;
mod tasks;

pub use cards::{card, card_traps};
pub use events::{event, event_traps};
pub use tasks::{journal, task, task_traps};

use super::super::content::mix;

/// One object of a calendar or an address book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The last part of its address.
    pub name: String,
    pub uid: String,
    /// As it is stored: with the line ends that it has.
    pub text: Vec<u8>,
}

impl Entry {
    fn new(name: &str, uid: &str, text: impl Into<Vec<u8>>) -> Self {
        Self {
            name: name.to_owned(),
            uid: uid.to_owned(),
            text: text.into(),
        }
    }
}

/// Europe/Paris as clients write it out.
pub const PARIS: &str = "BEGIN:VTIMEZONE\r\nTZID:Europe/Paris\r\nBEGIN:DAYLIGHT\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nTZNAME:CEST\r\nDTSTART:19700329T020000\r\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\nEND:DAYLIGHT\r\nBEGIN:STANDARD\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nTZNAME:CET\r\nDTSTART:19701025T030000\r\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n";

/// What Nextcloud's own calendar app writes first.
const HEAD: &str = "BEGIN:VCALENDAR\r\nCALSCALE:GREGORIAN\r\nVERSION:2.0\r\nPRODID:-//IDN nextcloud.com//Calendar app 6.0.3//EN\r\n";
const TAIL: &str = "END:VCALENDAR\r\n";

/// A whole object; the lines end as they are given.
fn object(components: &str) -> String {
    format!("{HEAD}{components}{TAIL}")
}

/// A component of lines that need no folding.
fn component(name: &str, lines: &[&str]) -> String {
    let mut text = format!("BEGIN:{name}\r\n");
    for line in lines {
        text.push_str(&folded(line));
    }
    text.push_str(&format!("END:{name}\r\n"));
    text
}

/// A line of at most 75 bytes, and what follows it (RFC 5545, section 3.1); no character is cut in two.
fn folded(line: &str) -> String {
    let (mut out, mut width) = (String::new(), 0);
    for c in line.chars() {
        if width + c.len_utf8() > 75 {
            out.push_str("\r\n ");
            width = 1;
        }
        out.push(c);
        width += c.len_utf8();
    }
    out.push_str("\r\n");
    out
}

/// A UID as clients make them.
fn uid(seed: u64, kind: u64, number: u64) -> String {
    let (a, b) = (
        mix(seed ^ kind, number * 2),
        mix(seed ^ kind, number * 2 + 1),
    );
    format!(
        "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
        a >> 32,
        (a >> 16) & 0xffff,
        a & 0xfff,
        (b >> 48) & 0xfff,
        b & 0xffff_ffff_ffff
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_folded_between_characters() {
        let text = folded(&format!("SUMMARY:{}", "é".repeat(100)));
        assert!(text.lines().all(|line| line.len() <= 75));
        assert_eq!(text.replace("\r\n ", "").trim_end().len(), 8 + 200);
    }

    #[test]
    fn every_object_has_a_uid_of_its_own() {
        let mut all: Vec<Entry> = event_traps("a@b.example", "https://c.example");
        all.extend(task_traps());
        all.extend((0..50).map(|n| event(1, n)));
        all.extend((0..50).map(|n| task(1, n)));
        all.extend((0..5).map(|n| journal(1, n)));
        let mut uids: Vec<&str> = all.iter().map(|entry| entry.uid.as_str()).collect();
        let count = uids.len();
        uids.sort_unstable();
        uids.dedup();
        assert_eq!(uids.len(), count);
        let cards = card_traps();
        for entry in all.iter().chain(&cards) {
            let text = String::from_utf8_lossy(&entry.text)
                .replace("\r\n ", "")
                .replace("\n ", "");
            assert!(text.contains(&entry.uid), "{text}");
        }
    }
}
