//! As many events as are wanted, each computed from its number.

use jiff::ToSpan as _;
use jiff::civil::date;

use super::super::super::content::mix;
use super::super::super::scramble::{scramble, unscramble};
use super::super::super::world::{person, sentence};
use super::agenda::{event_code, event_id, later};
use super::event::{Event, EventKind, Guest, Series, Status, Visibility};
use super::moment::Moment;

const NUMBER_BITS: u32 = 48;

/// How many of `events` lie in the calendar at `place` of the list, and the part of the numbers it has.
pub(super) fn share(place: u64, events: u64) -> (u64, u64) {
    let count = match place {
        0 => events / 4,
        1 => events / 2,
        2 => events - events / 4 - events / 2,
        _ => 0,
    };
    (count, place)
}

fn id(seed: u64, part: u64, number: u64) -> String {
    event_id(scramble(part << NUMBER_BITS | number, seed ^ 0x5eed))
}

/// The number of the event that has this identifier, where it is one of `part`.
pub(super) fn number(seed: u64, part: u64, id: &str) -> Option<u64> {
    let value = unscramble(event_code(id)?, seed ^ 0x5eed);
    (value >> NUMBER_BITS == part).then_some(value & ((1 << NUMBER_BITS) - 1))
}

const NAMES: [&str; 12] = [
    "Permanence",
    "Livraison des œufs",
    "Réunion",
    "Atelier cuisine",
    "Covoiturage",
    "Rendez-vous avec la mairie",
    "Chantier participatif",
    "Relecture de la lettre",
    "Commande groupée",
    "Formation",
    "Point trésorerie",
    "Accueil des nouveaux",
];

const PLACES: [&str; 4] = [
    "Salle des fêtes",
    "Chez Noémie",
    "Local, 3 rue du Four",
    "Mairie",
];

/// One in ten is a series; of these some have occurrences that are moved or left out.
pub(super) fn series(seed: u64, part: u64, number: u64, zone: &str) -> Series {
    let random = mix(seed ^ (part << 40), number);
    let pick = |n: u64| mix(random, n);
    let days = i64::try_from(pick(1) % 2_900).unwrap_or(0);
    let day = date(2019, 1, 1).saturating_add(days.days());
    let whole_day = random.is_multiple_of(9);
    let start = match whole_day {
        true => Moment::Day(day),
        false => Moment::At {
            local: day.at(
                8 + i8::try_from(pick(2) % 13).unwrap_or(0),
                15 * i8::try_from(pick(3) % 4).unwrap_or(0),
                0,
                0,
            ),
            zone: zone.to_owned(),
        },
    };
    let length = match whole_day {
        true => 1 + pick(4) % 3,
        false => 30 + 15 * (pick(4) % 10),
    };
    let name = NAMES
        .get(usize::try_from(pick(5) % 12).unwrap_or(0))
        .copied()
        .unwrap_or_default();
    let id = id(seed, part, number);
    let created = start.instant().as_millisecond()
        - 86_400_000 * i64::try_from(1 + pick(6) % 60).unwrap_or(1);
    let mut event = Event {
        uid: format!("{id}@google.com"),
        id,
        status: Status::Confirmed,
        created,
        updated: created + i64::try_from(pick(7) % 400_000_000).unwrap_or(0),
        summary: Some(format!("{name} n° {}", number + 1)),
        description: (!random.is_multiple_of(3)).then(|| {
            let lines = 1 + pick(8) % 6;
            let lines: Vec<&str> = (0..lines).map(|n| sentence(pick(20 + n))).collect();
            lines.join("\n")
        }),
        location: random.is_multiple_of(2).then(|| {
            PLACES
                .get(usize::try_from(pick(9) % 4).unwrap_or(0))
                .copied()
                .unwrap_or_default()
                .to_owned()
        }),
        color: random
            .is_multiple_of(7)
            .then_some(1 + u8::try_from(pick(10) % 11).unwrap_or(0)),
        end: later(&start, i64::try_from(length).unwrap_or(60)),
        start,
        recurrence: Vec::new(),
        original: None,
        transparent: random.is_multiple_of(11),
        visibility: Visibility::Default,
        sequence: u32::try_from(pick(11) % 3).unwrap_or(0),
        organizer: Some(Guest::new(super::super::super::world::ACCOUNT)),
        guests: Vec::new(),
        reminders: random.is_multiple_of(5).then(Vec::new),
        attachments: Vec::new(),
        conference: None,
        kind: EventKind::Default,
        private_properties: std::collections::BTreeMap::new(),
        shared_properties: std::collections::BTreeMap::new(),
        source: None,
        revision: 1,
        changed: 0,
    };
    if random.is_multiple_of(4) {
        for n in 0..1 + pick(12) % 4 {
            let mut guest = Guest::new(person(pick(13) + n));
            guest.answer = if n == 0 { "accepted" } else { "needsAction" }.to_owned();
            event.guests.push(guest);
        }
    }
    let mut events = vec![event];
    if number % 10 == 3 {
        repeat(&mut events, random);
    }
    Series { events }
}

/// Makes a single event a series.
fn repeat(events: &mut Vec<Event>, random: u64) {
    let Some(master) = events.first_mut() else {
        return;
    };
    let (rule, step) = match random % 3 {
        0 => ("FREQ=WEEKLY;COUNT=20", 7),
        1 => ("FREQ=WEEKLY;INTERVAL=2;COUNT=12", 14),
        _ => ("FREQ=DAILY;COUNT=10", 1),
    };
    master.recurrence = vec![format!("RRULE:{rule}")];
    let master = master.clone();
    for n in 1..=mix(random, 14) % 4 {
        let days = step * i64::try_from(n).unwrap_or(1);
        let original = master
            .start
            .on(master.start.local().date().saturating_add(days.days()));
        let mut event = super::calendar::cancelled(&master, &original);
        if n % 2 == 0 {
            event.status = Status::Confirmed;
            let later = original.local().date().saturating_add(1.day());
            event.start = original.on(later);
            event.end = event.start.shifted(&master.start, &master.end);
        }
        events.push(event);
    }
}
