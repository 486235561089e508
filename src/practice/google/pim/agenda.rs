//! The calendars of the practice account and everything in them that makes real calendars hard, once each.

mod collections;
mod series;
mod singles;

use std::collections::BTreeMap;

use super::super::super::content::mix;
use super::super::super::world::{ACCOUNT, Person};
use super::calendar::Calendar;
use super::event::{Event, EventKind, Guest, Reminder, Series, Status, Visibility};
use super::moment::Moment;

/// 2024-05-06T07:08:09Z in milliseconds since 1970.
const BASE: i64 = 1_714_979_289_000;
const DAY: i64 = 86_400_000;

/// The zone of the association.
pub(super) const HOME: &str = "Europe/Paris";

/// Files of the practice Drive that events link to: identifier and address.
#[derive(Debug, Clone, Default)]
pub(super) struct Files {
    pub pdf: (String, String),
    pub document: (String, String),
    pub unseen: (String, String),
}

/// Every calendar with its fixed events. The first three are those that seeded events go to.
pub(super) fn calendars(seed: u64, files: &Files) -> Vec<(Calendar, Vec<Series>)> {
    let [primary, distributions, meetings, hidden, abroad] = collections::own(seed);
    let mut first = Maker::new(seed, 0, HOME);
    singles::ordinary(&mut first);
    singles::texts(&mut first);
    singles::people(&mut first);
    singles::links(&mut first, files);
    singles::kinds(&mut first);
    singles::edges(&mut first);
    series::invited(&mut first);
    series::birthdays(&mut first);
    let mut second = Maker::new(seed, 1, HOME);
    series::weekly(&mut second, files);
    series::rules(&mut second);
    second.share_uid(&first, "both-calendars");
    let mut third = Maker::new(seed, 2, HOME);
    series::meetings(&mut third);
    series::dates(&mut third);
    let mut fourth = Maker::new(seed, 3, HOME);
    fourth.add("hidden-event", "Ménage du local", "2026-02-07T10:00", 120);
    let mut fifth = Maker::new(seed, 4, "America/Montreal");
    series::zones(&mut fifth);
    let mut all = vec![
        (primary, first.series),
        (distributions, second.series),
        (meetings, third.series),
        (hidden, fourth.series),
        (abroad, fifth.series),
    ];
    all.extend(collections::of_others(seed));
    all
}

/// Makes events whose identifiers and dates follow from their place in the order.
struct Maker {
    seed: u64,
    part: u64,
    zone: String,
    series: Vec<Series>,
    labels: Vec<(&'static str, usize)>,
}

impl Maker {
    fn new(seed: u64, part: u64, zone: &str) -> Self {
        Self {
            seed: mix(seed ^ 0xca1e, part),
            part,
            zone: zone.to_owned(),
            series: Vec::new(),
            labels: Vec::new(),
        }
    }

    /// Adds a single event; of a day where `start` has no time, and then `length` counts days, else minutes.
    fn add(&mut self, label: &'static str, summary: &str, start: &str, length: i64) -> &mut Event {
        let zone = self.zone.clone();
        self.add_in(label, summary, start, length, &zone)
    }

    fn add_in(
        &mut self,
        label: &'static str,
        summary: &str,
        start: &str,
        length: i64,
        zone: &str,
    ) -> &mut Event {
        let number = self.series.len() as u64;
        let id = event_id(mix(self.seed, number));
        let start = Moment::new(start, zone);
        let created = BASE + (number as i64) * DAY / 2 - (self.part as i64) * DAY * 90;
        let event = Event {
            uid: format!("{id}@google.com"),
            id,
            status: Status::Confirmed,
            created,
            updated: created + 3 * DAY,
            summary: Some(summary.to_owned()),
            description: None,
            location: None,
            color: None,
            end: later(&start, length),
            start,
            recurrence: Vec::new(),
            original: None,
            transparent: false,
            visibility: Visibility::Default,
            sequence: 0,
            organizer: Some(Guest::new(ACCOUNT)),
            guests: Vec::new(),
            reminders: None,
            attachments: Vec::new(),
            conference: None,
            kind: EventKind::Default,
            private_properties: BTreeMap::new(),
            shared_properties: BTreeMap::new(),
            source: None,
            revision: 1,
            changed: 0,
        };
        self.labels.push((label, self.series.len()));
        self.series.push(Series {
            events: vec![event],
        });
        self.last()
    }

    /// The event that was added last.
    fn last(&mut self) -> &mut Event {
        let events = self.series.last_mut().map(|series| &mut series.events);
        // There always is one: `add` and `except` come before.
        #[allow(clippy::expect_used)]
        events
            .and_then(|events| events.last_mut())
            .expect("an event")
    }

    /// Adds to the last series the occurrence of `original` that differs.
    fn except(&mut self, original: &str) -> &mut Event {
        if let Some(series) = self.series.last_mut()
            && let Some(master) = series.events.first()
        {
            let zone = master.start.zone().unwrap_or("UTC").to_owned();
            let original = Moment::new(original, &zone);
            let start = original.clone();
            let event = Event {
                id: format!("{}_{}", master.id, original.stamp()),
                end: start.shifted(&master.start, &master.end),
                start,
                original: Some(original),
                recurrence: Vec::new(),
                updated: master.updated + DAY,
                ..master.clone()
            };
            series.events.push(event);
        }
        self.last()
    }

    fn cancel(&mut self, original: &str) {
        self.except(original).status = Status::Cancelled;
    }

    /// A copy of an event of another calendar, as guests have it.
    fn share_uid(&mut self, of: &Self, label: &str) {
        let found = of.labels.iter().find(|(known, _)| *known == label);
        let series = found.and_then(|(_, place)| of.series.get(*place));
        self.series.extend(series.cloned());
    }
}

impl Event {
    fn every(&mut self, rule: &str) -> &mut Self {
        self.recurrence.push(format!("RRULE:{rule}"));
        self
    }

    fn remind(&mut self, reminders: &[(bool, u32)]) -> &mut Self {
        let reminders = reminders.iter();
        self.reminders = Some(
            reminders
                .map(|(mail, minutes)| Reminder {
                    mail: *mail,
                    minutes: *minutes,
                })
                .collect(),
        );
        self
    }

    fn at(&mut self, location: &str) -> &mut Self {
        self.location = Some(location.to_owned());
        self
    }

    fn about(&mut self, description: &str) -> &mut Self {
        self.description = Some(description.to_owned());
        self
    }

    /// Another start; the length stays.
    fn moved_to(&mut self, start: &str) -> &mut Self {
        let zone = self.start.zone().unwrap_or("UTC").to_owned();
        let start = Moment::new(start, &zone);
        self.end = start.shifted(&self.start, &self.end);
        self.start = start;
        self
    }

    fn invite(&mut self, person: Person, answer: &str) -> &mut Self {
        self.guests.push(Guest {
            answer: answer.to_owned(),
            ..Guest::new(person)
        });
        self
    }

    fn called_by(&mut self, person: Person) -> &mut Self {
        self.organizer = Some(Guest::new(person));
        self
    }
}

impl Guest {
    pub(super) fn new(person: Person) -> Self {
        Self {
            mail: person.mail.to_owned(),
            name: Some(person.name.to_owned()),
            answer: "needsAction".to_owned(),
            optional: false,
            resource: false,
            comment: None,
            additional: 0,
        }
    }
}

pub(super) fn later(start: &Moment, length: i64) -> Moment {
    match start {
        Moment::Day(date) => {
            Moment::Day(date.saturating_add(jiff::SignedDuration::from_hours(24 * length)))
        }
        Moment::At { zone, .. } => {
            let length = jiff::SignedDuration::from_mins(length);
            let end = start.instant().saturating_add(length);
            Moment::of_instant(end.unwrap_or_default(), zone)
        }
    }
}

/// 26 letters and digits, as Google makes them (base32hex, RFC 4648).
pub(super) fn event_id(code: u64) -> String {
    let mut id = base32hex(code);
    id.push_str(&base32hex(mix(code, 0x1d)));
    id
}

const DIGITS: &[u8; 32] = b"0123456789abcdefghijklmnopqrstuv";

fn base32hex(code: u64) -> String {
    (0..13)
        .rev()
        .filter_map(|place| {
            let digit = usize::try_from(code >> (5 * place) & 31).ok()?;
            DIGITS.get(digit).map(|digit| char::from(*digit))
        })
        .collect()
}

/// The code of an [`event_id`].
pub(super) fn event_code(id: &str) -> Option<u64> {
    let mut code = 0u64;
    for digit in id.get(..13)?.bytes() {
        let value = DIGITS.iter().position(|known| *known == digit)?;
        code = code << 5 | value as u64;
    }
    (event_id(code) == id).then_some(code)
}
