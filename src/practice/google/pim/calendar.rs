//! The calendars of the practice account, and what lies in each.

use serde::{Deserialize, Serialize};

use super::agenda;
use super::event::{Event, Reminder, Series, Status};
use super::moment::Moment;
use super::seeded;
use super::shelf::{Edits, Shelf, Thing};

/// An entry of the account's list of calendars.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Calendar {
    pub id: String,
    pub summary: String,
    /// The account's own name for it.
    pub summary_override: Option<String>,
    pub description: Option<String>,
    pub location: Option<String>,
    pub time_zone: String,
    /// From 1 to 24.
    pub color: u8,
    /// `#rrggbb`, which need not be that of `color`.
    pub background: String,
    pub role: Role,
    pub primary: bool,
    /// Whether it is ticked.
    pub selected: bool,
    pub hidden: bool,
    /// Taken off the list.
    pub deleted: bool,
    pub default_reminders: Vec<Reminder>,
    /// The mail address of the owner of a calendar that is not the account's first.
    pub owner: Option<String>,
    /// Counts changes, so that the ETag changes with each.
    pub revision: u64,
    pub changed: u64,
}

/// What the account may do with a calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Role {
    FreeBusyReader,
    Reader,
    WriterWithoutPrivateAccess,
    Writer,
    Owner,
}

impl Role {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::FreeBusyReader => "freeBusyReader",
            Self::Reader => "reader",
            Self::WriterWithoutPrivateAccess => "writerWithoutPrivateAccess",
            Self::Writer => "writer",
            Self::Owner => "owner",
        }
    }

    pub(super) fn parse(name: &str) -> Option<Self> {
        [
            Self::FreeBusyReader,
            Self::Reader,
            Self::WriterWithoutPrivateAccess,
            Self::Writer,
            Self::Owner,
        ]
        .into_iter()
        .find(|role| role.name() == name)
    }

    /// Whether private events show what they are about.
    pub(super) const fn sees_private(self) -> bool {
        matches!(self, Self::Writer | Self::Owner)
    }
}

impl Thing for Calendar {
    fn id(&self) -> &str {
        &self.id
    }

    fn changed(&self) -> u64 {
        self.changed
    }
}

impl Thing for Series {
    fn id(&self) -> &str {
        Self::id(self)
    }

    fn changed(&self) -> u64 {
        self.events
            .iter()
            .map(|event| event.changed)
            .max()
            .unwrap_or(0)
    }
}

/// A calendar with its events.
pub(super) struct Calendars {
    entries: Shelf<Calendar>,
    events: Vec<(String, Shelf<Series>)>,
}

/// What survives a restart.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct CalendarEdits {
    entries: Edits<Calendar>,
    events: Vec<(String, Edits<Series>)>,
}

/// [`CalendarEdits`] to be written.
#[derive(Serialize)]
pub(super) struct CalendarEditsOf<'a> {
    entries: &'a Edits<Calendar>,
    events: Vec<(&'a str, &'a Edits<Series>)>,
}

impl Calendars {
    /// `events`: how many seeded series and events there are, in the three largest calendars.
    pub(super) fn new(
        seed: u64,
        events: u64,
        files: &agenda::Files,
        mut edits: CalendarEdits,
    ) -> Self {
        let made = agenda::calendars(seed, files);
        let entries: Vec<Calendar> = made.iter().map(|one| one.0.clone()).collect();
        let mut shelves = Vec::new();
        for (place, (calendar, fixed)) in (0u64..).zip(made) {
            let known = edits.events.iter_mut().find(|(id, _)| *id == calendar.id);
            let known = known
                .map(|(_, edits)| std::mem::take(edits))
                .unwrap_or_default();
            let (share, part) = seeded::share(place, events);
            let shelf = shelf(seed, &calendar, fixed, (share, part), known);
            shelves.push((calendar.id, shelf));
        }
        for (id, edits) in edits.events {
            if shelves.iter().all(|(known, _)| *known != id) {
                shelves.push((id, Shelf::new(0, |_| None, |_| None, edits)));
            }
        }
        let ids: Vec<String> = entries.iter().map(|calendar| calendar.id.clone()).collect();
        let number = move |id: &str| {
            let place = ids.iter().position(|known| known == id)?;
            u64::try_from(place).ok()
        };
        let length = entries.len() as u64;
        let make = move |number: u64| entries.get(usize::try_from(number).ok()?).cloned();
        Self {
            entries: Shelf::new(length, make, number, edits.entries),
            events: shelves,
        }
    }

    pub(super) fn edits(&self) -> CalendarEditsOf<'_> {
        CalendarEditsOf {
            entries: self.entries.edits(),
            events: self
                .events
                .iter()
                .map(|(id, shelf)| (id.as_str(), shelf.edits()))
                .collect(),
        }
    }

    pub(super) fn entries(&self) -> &Shelf<Calendar> {
        &self.entries
    }

    pub(super) fn entries_mut(&mut self) -> &mut Shelf<Calendar> {
        &mut self.entries
    }

    /// A calendar of the list, `primary` for the account's own.
    pub(super) fn entry(&self, id: &str) -> Option<Calendar> {
        if id == "primary" {
            return self.entries.all().find(|calendar| calendar.primary);
        }
        self.entries.find(id)
    }

    pub(super) fn events(&self, id: &str) -> Option<&Shelf<Series>> {
        self.events
            .iter()
            .find(|(known, _)| known == id)
            .map(|(_, shelf)| shelf)
    }

    pub(super) fn events_mut(&mut self, id: &str) -> Option<&mut Shelf<Series>> {
        let found = self.events.iter_mut().find(|(known, _)| known == id);
        found.map(|(_, shelf)| shelf)
    }

    pub(super) fn add(&mut self, calendar: Calendar) -> String {
        let id = self.entries.add(|changed| Calendar {
            changed,
            ..calendar
        });
        self.events.push((
            id.clone(),
            Shelf::new(0, |_| None, |_| None, Edits::default()),
        ));
        id
    }
}

fn shelf(
    seed: u64,
    calendar: &Calendar,
    fixed: Vec<Series>,
    (share, part): (u64, u64),
    edits: Edits<Series>,
) -> Shelf<Series> {
    let zone = calendar.time_zone.clone();
    let first = fixed.len() as u64;
    let ids: std::collections::HashMap<String, u64> = fixed
        .iter()
        .zip(0u64..)
        .map(|(series, number)| (series.id().to_owned(), number))
        .collect();
    let number = move |id: &str| match ids.get(id) {
        Some(number) => Some(*number),
        None => seeded::number(seed, part, id).map(|number| first + number),
    };
    let make = move |number: u64| match number.checked_sub(first) {
        None => fixed.get(usize::try_from(number).ok()?).cloned(),
        Some(number) => Some(seeded::series(seed, part, number, &zone)),
    };
    Shelf::new(first + share, make, number, edits)
}

/// Finds the event of an id in a calendar: a series, a single event, or an occurrence that differs.
pub(super) fn event_of(shelf: &Shelf<Series>, id: &str) -> Option<(Series, Event)> {
    let series = shelf.find(id).or_else(|| {
        let (series, _) = id.rsplit_once('_')?;
        shelf.find(series)
    })?;
    let event = series.events.iter().find(|event| event.id == id)?.clone();
    Some((series, event))
}

/// The events of a series as `events.list` gives them one after the other.
pub(super) fn listed(series: &Series, with_deleted: bool) -> Vec<Event> {
    let deleted = series.is_deleted();
    let mut events = series.events.clone();
    if deleted && !with_deleted {
        return Vec::new();
    }
    if deleted {
        // Of a series that is gone nothing but itself is told.
        events.truncate(1);
    }
    let is_series = series
        .master()
        .is_some_and(|master| !master.recurrence.is_empty());
    if !is_series {
        events.retain(|event| with_deleted || event.status != Status::Cancelled);
    }
    events
}

/// An occurrence taken out of its series.
pub(super) fn cancelled(master: &Event, original: &Moment) -> Event {
    Event {
        id: format!("{}_{}", master.id, original.stamp()),
        status: Status::Cancelled,
        original: Some(original.clone()),
        start: original.clone(),
        end: original.shifted(&master.start, &master.end),
        recurrence: Vec::new(),
        ..master.clone()
    }
}
