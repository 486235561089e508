use jiff::Timestamp;

use super::*;
use crate::pim::meaning::{Format, differences};
use crate::pim::zones::time_zone;
use crate::pim::{Change, calendar, contact};

const LIMITS: contact::Limits = contact::Limits { card: 5_242_880 };

fn any_object() -> BoxedStrategy<Object> {
    prop_oneof![3 => event(uid()), 1 => task(uid())].boxed()
}

fn first_of_2000() -> Timestamp {
    "2000-01-01T00:00:00Z".parse().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Nothing changes but that zones are defined, and what is said stays said.
    #[test]
    fn any_object_survives(object in any_object()) {
        let text = object.text();
        let split = calendar::split(text.as_bytes());
        prop_assert_eq!(split.len(), 1);
        // The outermost BEGIN and END are written anew.
        if text.starts_with("BEGIN:VCALENDAR\r\n") {
            prop_assert_eq!(std::str::from_utf8(&split[0].text).unwrap(), &text);
        }
        prop_assert_eq!(split[0].info.uid.as_ref(), Some(&object.uid));
        let prepared = calendar::prepare(text.as_bytes()).unwrap();
        prop_assert!(prepared.changes.iter().all(|change| *change == Change::ZoneAdded), "{:?}", prepared.changes);
        prop_assert_eq!(prepared.changes.is_empty(), prepared.text == text.as_bytes());
        prop_assert_eq!(differences(Format::Calendar, text.as_bytes(), &prepared.text), []);
        let again = calendar::prepare(&prepared.text).unwrap();
        prop_assert_eq!(again.changes, []);
        let zone = time_zone("Europe/Paris").unwrap();
        let to = "2004-01-01T00:00:00Z".parse().unwrap();
        prop_assert_eq!(
            calendar::occurrences(text.as_bytes(), first_of_2000(), to, &zone),
            calendar::occurrences(&prepared.text, first_of_2000(), to, &zone)
        );
    }

    #[test]
    fn any_file_is_split_into_its_objects((objects, text) in calendar_file()) {
        let split = calendar::split(text.as_bytes());
        prop_assert_eq!(split.len(), objects.len());
        for object in &objects {
            let found = split.iter().find(|one| one.info.uid.as_ref() == Some(&object.uid)).unwrap();
            let told = differences(Format::Calendar, object.text().as_bytes(), &found.text);
            prop_assert_eq!(told, []);
        }
    }

    /// However a text was mangled on its way, it means the same afterwards.
    #[test]
    fn any_mishap_is_mended(object in any_object(), card in card(), mishap in select(MISHAPS.to_vec())) {
        let text = object.text();
        let prepared = calendar::prepare(&mishap.happen(&text)).unwrap();
        prop_assert_eq!(differences(Format::Calendar, text.as_bytes(), &prepared.text), []);
        let prepared = contact::prepare(&mishap.happen(&card), &LIMITS).unwrap();
        prop_assert_eq!(differences(Format::Card, card.as_bytes(), &prepared.text), []);
    }

    #[test]
    fn any_card_survives(cards in vec(card(), 1..4)) {
        let text = cards.concat();
        let split = contact::split(text.as_bytes());
        prop_assert_eq!(split.len(), cards.len());
        for (found, card) in split.iter().zip(&cards) {
            prop_assert_eq!(std::str::from_utf8(&found.text).unwrap(), card);
            let prepared = contact::prepare(&found.text, &LIMITS).unwrap();
            prop_assert_eq!(&prepared.changes, &[]);
            prop_assert_eq!(std::str::from_utf8(&prepared.text).unwrap(), card);
        }
    }

    /// Whatever a property is changed to, the comparison of meaning tells.
    #[test]
    fn any_change_of_meaning_is_told(object in any_object(), at in any::<prop::sample::Index>()) {
        let mut changed = object.clone();
        let lines: Vec<&mut String> = changed
            .components
            .iter_mut()
            .flatten()
            .filter(|line| !line.starts_with("BEGIN:") && !line.starts_with("END:") && !line.starts_with("DTSTAMP") && !line.starts_with("LAST-MODIFIED"))
            .collect();
        let count = lines.len();
        let line = lines.into_iter().nth(at.index(count)).unwrap();
        line.push('7');
        prop_assert_ne!(differences(Format::Calendar, object.text().as_bytes(), changed.text().as_bytes()), []);
    }
}
