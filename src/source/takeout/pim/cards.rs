//! Which card is which: Google writes one contact into the file of all contacts and into that of each of
//! its labels, and most cards have no UID.

use std::collections::{BTreeSet, HashMap};

use crate::hash::digest;
use crate::model::HashAlgorithm;
use crate::pim::contact;
use crate::source::pim_file::Found;

/// What two copies of one card may differ in.
const MAY_DIFFER: [&str; 4] = ["CATEGORIES", "REV", "PRODID", "PHOTO"];

/// The label that Google gives those whom somebody put among the contacts, in every language.
const MY_CONTACTS: &str = "myContacts";

/// 64 bits of a text, to compare it by.
pub(super) fn short(text: &[u8]) -> u64 {
    let hex = digest(HashAlgorithm::Sha1, text).hex;
    hex.get(..16)
        .and_then(|hex| u64::from_str_radix(hex, 16).ok())
        .unwrap_or(0)
}

/// The logical lines of a text (RFC 6350, section 3.2).
fn lines(text: &[u8]) -> Vec<Vec<u8>> {
    let mut lines: Vec<Vec<u8>> = Vec::new();
    for line in text.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        match (line, lines.last_mut()) {
            ([b' ' | b'\t', rest @ ..], Some(last)) => last.extend_from_slice(rest),
            _ => lines.push(line.to_vec()),
        }
    }
    lines
}

/// The property's name, without its group, and what follows its first colon.
fn parts(line: &[u8]) -> (String, &[u8]) {
    let end = line.iter().position(|byte| matches!(byte, b':' | b';'));
    let name = line.get(..end.unwrap_or(line.len())).unwrap_or_default();
    let name = name.rsplit(|byte| *byte == b'.').next().unwrap_or(name);
    let colon = line.iter().position(|byte| *byte == b':');
    let value = colon.and_then(|at| line.get(at + 1..)).unwrap_or_default();
    (
        String::from_utf8_lossy(name).trim().to_ascii_uppercase(),
        value,
    )
}

/// The labels of a card.
pub(super) fn labels(text: &[u8]) -> BTreeSet<String> {
    lines(text)
        .iter()
        .map(|line| parts(line))
        .filter(|(name, _)| name == "CATEGORIES")
        .flat_map(|(_, value)| {
            let value = String::from_utf8_lossy(value).into_owned();
            value
                .split(',')
                .map(|label| label.trim().to_owned())
                .collect::<Vec<_>>()
        })
        .filter(|label| !label.is_empty())
        .collect()
}

/// Whether the card says that somebody put it among the contacts.
pub(super) fn is_put_there(text: &[u8]) -> bool {
    labels(text).contains(MY_CONTACTS)
}

/// The same for all copies of a card.
pub(super) fn likeness(card: &Found) -> u64 {
    if let Some(uid) = &card.uid {
        return short(format!("uid {uid}").as_bytes());
    }
    let mut lines = lines(&card.text);
    lines.retain(|line| !MAY_DIFFER.contains(&parts(line).0.as_str()));
    lines.sort();
    short(&lines.concat())
}

/// What a card is known by in every export: its UID, else the name that people know it by.
pub(super) fn known_by(card: &Found) -> String {
    match &card.uid {
        Some(uid) => format!("uid:{uid}"),
        None if card.name.is_empty() => format!("text:{:016x}", likeness(card)),
        None => format!("name:{}", card.name),
    }
}

/// Copies of cards that have been told of.
#[derive(Debug, Default)]
pub(super) struct Copies {
    told: HashMap<u64, Told>,
    names: HashMap<u64, u32>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Told {
    times: u32,
    with_photo: bool,
}

impl Copies {
    /// Whether the `times`th such card of a file has been told of, out of another file.
    pub(super) fn has(&self, likeness: u64, times: u32) -> bool {
        self.told
            .get(&likeness)
            .is_some_and(|told| told.times >= times)
    }

    pub(super) fn has_photo(&self, likeness: u64) -> bool {
        self.told.get(&likeness).is_some_and(|told| told.with_photo)
    }

    /// Notes one, and gives what its item is known by.
    pub(super) fn add(&mut self, likeness: u64, known_by: &str, with_photo: bool) -> String {
        let told = self.told.entry(likeness).or_default();
        told.times += 1;
        told.with_photo |= with_photo;
        let times = self.names.entry(short(known_by.as_bytes())).or_default();
        *times += 1;
        match *times {
            1 => known_by.to_owned(),
            times => format!("{known_by}#{times}"),
        }
    }
}

/// The text of a card with the UID and the photo that it lacks. A card that cannot be read stays as it is,
/// for the mover to tell.
pub(super) fn completed(text: Vec<u8>, uid: Option<&str>, photo: Option<&[u8]>) -> Vec<u8> {
    let text = match photo {
        Some(photo) => contact::add_photo(&text, photo).unwrap_or(text),
        None => text,
    };
    match uid {
        Some(uid) => contact::set_uid(&text, uid).unwrap_or(text),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ItemKind;

    fn found(lines: &str, uid: Option<&str>) -> Found {
        Found {
            text: format!("BEGIN:VCARD\r\nVERSION:3.0\r\n{lines}END:VCARD\r\n").into_bytes(),
            uid: uid.map(str::to_owned),
            name: "N".into(),
            kind: ItemKind::Contact,
            modified: None,
        }
    }

    #[test]
    fn copies_are_alike_whatever_their_labels_and_order() {
        let one = found("FN:A\r\nTEL:1\r\nCATEGORIES:x,myContacts\r\n", None);
        let two = found("TEL:1\r\nFN:\r\n A\r\n", None);
        assert_eq!(likeness(&one), likeness(&two));
        assert_ne!(likeness(&one), likeness(&found("FN:A\r\nTEL:2\r\n", None)));
        assert_eq!(
            likeness(&found("TEL:1\r\n", Some("u"))),
            likeness(&found("TEL:2\r\n", Some("u")))
        );
        assert!(is_put_there(&one.text));
        assert!(!is_put_there(&two.text));
        assert!(labels(&two.text).is_empty());
    }

    #[test]
    fn namesakes_are_counted_and_copies_told_once() {
        let mut copies = Copies::default();
        assert_eq!(copies.add(1, "name:A", false), "name:A");
        assert_eq!(copies.add(2, "name:A", true), "name:A#2");
        assert!(copies.has(1, 1) && !copies.has(1, 2) && !copies.has(3, 1));
        assert!(copies.has_photo(2) && !copies.has_photo(1));
    }
}
