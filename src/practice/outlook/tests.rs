use std::collections::BTreeSet;

use super::*;

fn mailbox() -> Mailbox {
    let amounts = Amounts {
        events: 60,
        contacts: 20,
        tasks: 20,
    };
    Mailbox::new(7, amounts)
}

#[test]
fn every_id_is_there_once() {
    let mailbox = mailbox();
    let parts = [Part::Calendars, Part::Contacts, Part::Todo];
    let folders = || parts.iter().flat_map(|part| mailbox.part(*part));
    let ids: Vec<&str> = folders()
        .flat_map(|folder| folder.things.iter().map(|thing| thing.id.as_str()))
        .chain(folders().map(|folder| folder.id.as_str()))
        .collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
}

#[test]
fn exceptions_and_days_left_out_show_in_the_occurrences() {
    let mailbox = mailbox();
    let folder = mailbox.folder(Part::Calendars, "Récurrences").unwrap();
    let day = |text: &str| text.parse::<Timestamp>().unwrap();
    let (from, to) = (day("2024-01-01T00:00:00Z"), day("2034-01-01T00:00:00Z"));
    let mut moved = 0;
    for thing in folder.things() {
        let found = thing.occurrences(from, to);
        assert!(!found.is_empty(), "{}", thing.told("subject"));
        let exceptions = found
            .iter()
            .filter(|one| one.value["type"] == "exception")
            .count();
        assert_eq!(exceptions, thing.exceptions.len());
        moved += exceptions;
        let zone = thing.zone();
        for one in &found {
            let day = zone.to_datetime(one.start).date().to_string();
            assert!(!thing.cancelled.contains(&day));
        }
        // The first one is the series' own start.
        assert_eq!(found[0].start, thing.start(), "{}", thing.told("subject"));
    }
    assert!(moved > 10, "{moved}");
}

#[test]
fn changes_are_counted() {
    let mut mailbox = mailbox();
    let (_, thing) = mailbox.named(Part::Todo, "Appeler la mairie").unwrap();
    let (id, key) = (thing.id.clone(), thing.change_key());
    assert!(mailbox.edit(&id, 5, |thing| thing.set("title", "Rappeler la mairie")));
    let (_, thing) = mailbox.named(Part::Todo, "Rappeler la mairie").unwrap();
    assert_ne!(thing.change_key(), key);
    assert_eq!(thing.changed, 1);
    assert!(mailbox.delete(&id, 6));
    assert!(mailbox.named(Part::Todo, "Rappeler la mairie").is_none());
    let added = mailbox.add_like(Part::Calendars, "Vote du budget", 7);
    assert!(added.is_some_and(|added| added != id));
}
