//! Which picture is whose: Google names it after the contact, with `_` for what a file's name cannot hold
//! and `(1)`, `(2)` for those who share a name.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization as _;

use super::gather::Picture;
use super::stem;

/// What is known of a card before its photo is looked for.
#[derive(Debug)]
pub(super) struct Portrayed {
    pub(super) name: String,
    /// It has a PHOTO, be it only an address.
    pub(super) says_photo: bool,
}

/// A contact's name as the name of a file has it.
fn key(name: &str) -> String {
    name.nfc()
        .map(|c| if c.is_alphanumeric() { c } else { '_' })
        .collect::<String>()
        .trim_matches('_')
        .to_owned()
}

/// `Jean(2)` is the third picture of a `Jean`.
fn repeat(stem: &str) -> Option<(&str, u32)> {
    let (name, number) = stem.strip_suffix(')')?.rsplit_once('(')?;
    Some((name.trim_end(), number.parse().ok()?))
}

/// Gives pictures to the cards of one file; those that nobody can tell whose they are come back.
pub(super) fn assign(
    cards: &[Portrayed],
    pictures: Vec<Picture>,
) -> (HashMap<usize, Picture>, Vec<Picture>) {
    let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
    for (number, card) in cards.iter().enumerate() {
        let key = key(&card.name);
        if !key.is_empty() {
            by_name.entry(key).or_default().push(number);
        }
    }
    let mut sorted: HashMap<String, Vec<(u32, Picture)>> = HashMap::new();
    let mut left = Vec::new();
    for picture in pictures {
        let name = stem(&picture.name);
        let whole = key(name);
        let found = if by_name.contains_key(&whole) {
            Some((whole, 0))
        } else {
            repeat(name)
                .map(|(name, number)| (key(name), number))
                .filter(|(key, _)| by_name.contains_key(key))
        };
        match found {
            Some((key, number)) => sorted.entry(key).or_default().push((number, picture)),
            None => left.push(picture),
        }
    }
    let mut given = HashMap::new();
    for (key, mut photos) in sorted {
        photos.sort_by(|a, b| (a.0, &a.1.name).cmp(&(b.0, &b.1.name)));
        let namesakes = by_name.get(&key).map_or(&[][..], Vec::as_slice);
        let portrayed: Vec<usize> = namesakes
            .iter()
            .copied()
            .filter(|number| cards.get(*number).is_some_and(|card| card.says_photo))
            .collect();
        let whose = if portrayed.len() == photos.len() {
            portrayed
        } else if namesakes.len() == photos.len() {
            namesakes.to_vec()
        } else {
            Vec::new()
        };
        let mut whose = whose.into_iter();
        for (_, picture) in photos {
            match whose.next() {
                Some(number) => {
                    given.insert(number, picture);
                }
                None => left.push(picture),
            }
        }
    }
    (given, left)
}

/// Whether a card has a PHOTO (RFC 6350, section 6.2.4), in a group or not.
pub(super) fn says_photo(card: &[u8]) -> bool {
    card.split(|byte| *byte == b'\n' || *byte == b'\r')
        .any(|line| {
            let end = line
                .iter()
                .position(|byte| matches!(byte, b':' | b';'))
                .unwrap_or(0);
            let name = line.get(..end).unwrap_or_default();
            let name = name.rsplit(|byte| *byte == b'.').next().unwrap_or(name);
            name.eq_ignore_ascii_case(b"PHOTO")
        })
}

#[cfg(test)]
mod tests {
    use super::super::gather::Stray;
    use super::super::{Photo, Whole};
    use super::*;
    use crate::model::{Item, ItemKind, SpaceId};

    fn card(name: &str, says_photo: bool) -> Portrayed {
        Portrayed {
            name: name.to_owned(),
            says_photo,
        }
    }

    fn pictures(names: &[&str]) -> Vec<Picture> {
        let picture = |name: &&str| Picture {
            name: (*name).to_owned(),
            photo: Photo {
                folder: "Contacts/All Contacts".into(),
                file: Whole::Disk {
                    locator: (*name).to_owned(),
                    version: String::new(),
                },
                size: 1,
            },
            stray: Stray::Item(Box::new(Item::new(
                SpaceId::new("s"),
                *name,
                None,
                *name,
                ItemKind::File,
            ))),
        };
        names.iter().map(picture).collect()
    }

    fn assigned(cards: &[Portrayed], names: &[&str]) -> (Vec<(usize, String)>, Vec<String>) {
        let (given, left) = assign(cards, pictures(names));
        let mut given: Vec<_> = given
            .into_iter()
            .map(|(number, picture)| (number, picture.name))
            .collect();
        given.sort();
        let mut left: Vec<_> = left.into_iter().map(|picture| picture.name).collect();
        left.sort();
        (given, left)
    }

    #[test]
    fn names_lead_to_their_cards() {
        let cards = [
            card("Zoé O'Brien / AMAP", false),
            card("Jean", true),
            card("Anne (2)", false),
            card("Jean", true),
        ];
        let (given, left) = assigned(
            &cards,
            &[
                "Jean(1).jpg",
                "Jean.jpg",
                "Zoe\u{301} O_Brien _ AMAP.png",
                "Anne (2).jpg",
                "Nobody.jpg",
            ],
        );
        assert_eq!(
            given,
            [
                (0, "Zoe\u{301} O_Brien _ AMAP.png".to_owned()),
                (1, "Jean.jpg".into()),
                (2, "Anne (2).jpg".into()),
                (3, "Jean(1).jpg".into())
            ]
        );
        assert_eq!(left, ["Nobody.jpg"]);
    }

    #[test]
    fn of_namesakes_it_is_the_one_who_has_a_photo_or_nobody() {
        let two = |first, second| [card("Jean", first), card("Jean", second)];
        let (given, _) = assigned(&two(false, true), &["Jean.jpg"]);
        assert_eq!(given, [(1, "Jean.jpg".to_owned())]);
        let (given, left) = assigned(&two(false, false), &["Jean.jpg"]);
        assert!(given.is_empty());
        assert_eq!(left, ["Jean.jpg"]);
    }

    #[test]
    fn sees_a_photo() {
        assert!(says_photo(b"BEGIN:VCARD\r\nitem1.PHOTO;VALUE=uri:x\r\n"));
        assert!(says_photo(b"photo:x"));
        assert!(!says_photo(
            b"BEGIN:VCARD\r\nNOTE:PHOTO:x\r\n PHOTOGRAPH:y\r\n"
        ));
    }
}
