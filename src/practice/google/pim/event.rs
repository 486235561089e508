//! Events as Google keeps them, and on which days a series takes place.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

use super::moment::Moment;
use super::recur::Rule;

/// One resource of the Calendar API: an event, a series, or one changed occurrence of a series.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    pub id: String,
    pub uid: String,
    pub status: Status,
    /// Milliseconds since 1970.
    pub created: i64,
    /// Milliseconds since 1970.
    pub updated: i64,
    pub summary: Option<String>,
    pub description: Option<String>,
    pub location: Option<String>,
    /// From 1 to 11.
    pub color: Option<u8>,
    pub start: Moment,
    pub end: Moment,
    /// `RRULE`, `RDATE` and `EXDATE` lines.
    pub recurrence: Vec<String>,
    /// Of an occurrence: when it would be by the rule of its series.
    pub original: Option<Moment>,
    pub transparent: bool,
    pub visibility: Visibility,
    pub sequence: u32,
    pub organizer: Option<Guest>,
    pub guests: Vec<Guest>,
    /// `None`: the calendar's own.
    pub reminders: Option<Vec<Reminder>>,
    pub attachments: Vec<Attachment>,
    pub conference: Option<Conference>,
    pub kind: EventKind,
    pub private_properties: BTreeMap<String, String>,
    pub shared_properties: BTreeMap<String, String>,
    /// Title and address.
    pub source: Option<(String, String)>,
    /// Counts changes of any kind, so that the ETag changes with each.
    pub revision: u64,
    /// The number of the calendar's last change of this; 0: as it was made.
    pub changed: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    Confirmed,
    Tentative,
    /// Deleted; of an occurrence, that the series leaves it out.
    Cancelled,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Visibility {
    Default,
    Public,
    Private,
    Confidential,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guest {
    pub mail: String,
    pub name: Option<String>,
    /// `needsAction`, `accepted`, `declined`, `tentative`
    pub answer: String,
    pub optional: bool,
    pub resource: bool,
    pub comment: Option<String>,
    pub additional: u32,
}

/// Minutes before the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reminder {
    pub mail: bool,
    pub minutes: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Of a file in Drive.
    pub file: Option<String>,
    pub address: String,
    pub title: String,
    pub media_type: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conference {
    pub id: String,
    /// `hangoutsMeet` or `addOn`
    pub kind: String,
    pub name: String,
    pub video: String,
    /// Number and PIN.
    pub phone: Option<(String, String)>,
    pub notes: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum EventKind {
    Default,
    /// Of a contact, by its resource name.
    Birthday(String),
    FocusTime,
    FromGmail,
    /// What others are answered.
    OutOfOffice(String),
    /// Where somebody works; absent: at home.
    WorkingLocation(Option<String>),
}

/// A series, or a single event, with the occurrences that differ.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// The series or the event itself first. It is missing where only an occurrence was shared.
    pub events: Vec<Event>,
}

/// When a series takes place once, and which of its events describes that.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Occurrence<'a> {
    pub event: &'a Event,
    pub original: Moment,
    pub start: Moment,
    pub end: Moment,
}

impl Series {
    pub fn id(&self) -> &str {
        self.events.first().map_or("", |event| event.series_id())
    }

    pub fn uid(&self) -> &str {
        self.events.first().map_or("", |event| event.uid.as_str())
    }

    /// The series or the single event; not an occurrence of it.
    pub fn master(&self) -> Option<&Event> {
        self.events.first().filter(|event| event.original.is_none())
    }

    pub fn exceptions(&self) -> &[Event] {
        let from = usize::from(self.master().is_some());
        self.events.get(from..).unwrap_or_default()
    }

    pub fn is_deleted(&self) -> bool {
        let cancelled = |event: &Event| event.status == Status::Cancelled;
        match self.master() {
            Some(master) => cancelled(master),
            None => self.events.iter().all(cancelled),
        }
    }

    /// Every time that it takes place between two instants, `to` not included, cancelled ones left out.
    pub(super) fn occurrences(&self, from: Timestamp, to: Timestamp) -> Vec<Occurrence<'_>> {
        if self.is_deleted() {
            return Vec::new();
        }
        let mut all: Vec<Occurrence<'_>> = Vec::new();
        if let Some(master) = self.master() {
            for start in master.starts(to) {
                if self
                    .exceptions()
                    .iter()
                    .any(|event| event.original.as_ref() == Some(&start))
                {
                    continue;
                }
                let end = start.shifted(&master.start, &master.end);
                all.push(Occurrence {
                    event: master,
                    original: start.clone(),
                    start,
                    end,
                });
            }
        }
        for event in self.exceptions() {
            if event.status != Status::Cancelled {
                all.push(Occurrence {
                    event,
                    original: event.original.clone().unwrap_or(event.start.clone()),
                    start: event.start.clone(),
                    end: event.end.clone(),
                });
            }
        }
        all.retain(|one| one.start.instant() < to && one.last_instant() >= from);
        all.sort_by_key(|one| (one.start.instant(), one.original.clone()));
        all
    }
}

impl Occurrence<'_> {
    /// The last instant that belongs to it; an event without any length has its start.
    fn last_instant(&self) -> Timestamp {
        let (start, end) = (self.start.instant(), self.end.instant());
        let last = end
            .checked_sub(jiff::SignedDuration::from_nanos(1))
            .unwrap_or(end);
        last.max(start)
    }
}

impl Event {
    /// The id of the series that this is or belongs to.
    pub fn series_id(&self) -> &str {
        match &self.original {
            Some(original) => {
                let end = format!("_{}", original.stamp());
                self.id.strip_suffix(&end).unwrap_or(&self.id)
            }
            None => &self.id,
        }
    }

    pub(super) fn etag(&self) -> String {
        let number = super::super::super::faults::mix_text(self.revision, &self.id) >> 12;
        format!("\"{number:016}\"")
    }

    /// The starts by the rule, without the days that are taken out, up to `to`.
    fn starts(&self, to: Timestamp) -> Vec<Moment> {
        if self.recurrence.is_empty() {
            return vec![self.start.clone()];
        }
        let last = Moment::of_instant(to, self.start.zone().unwrap_or("UTC"));
        let last = last.local().date().tomorrow().unwrap_or(Date::MAX);
        let mut starts: Vec<Moment> = Vec::new();
        let mut without: Vec<Moment> = Vec::new();
        for line in &self.recurrence {
            let (name, value) = line.split_once(':').unwrap_or((line.as_str(), ""));
            let (name, parameters) = name.split_once(';').unwrap_or((name, ""));
            match name {
                "RRULE" => starts.extend(self.by_rule(value, last)),
                "RDATE" => starts.extend(self.dates(parameters, value)),
                "EXDATE" => without.extend(self.dates(parameters, value)),
                _ => {}
            }
        }
        starts.push(self.start.clone());
        starts.sort_by_key(Moment::instant);
        starts.dedup();
        starts.retain(|start| !without.contains(start));
        starts
    }

    fn by_rule(&self, text: &str, last: Date) -> Vec<Moment> {
        let Some(rule) = Rule::parse(text) else {
            return Vec::new();
        };
        let days = rule.days(self.start.local().date(), last);
        let starts = days.into_iter().map(|day| self.start.on(day));
        let within = |start: &Moment| match &rule.until {
            None => true,
            // The stamps of one kind sort as the times do.
            Some(until) if until.contains('T') => start.stamp() <= *until,
            Some(until) => start.local().date().strftime("%Y%m%d").to_string() <= *until,
        };
        let starts = starts.filter(within);
        starts.take(rule.count.unwrap_or(usize::MAX)).collect()
    }

    /// The times of an `RDATE` or `EXDATE` line, in the zone of the start.
    fn dates(&self, parameters: &str, values: &str) -> Vec<Moment> {
        let zone = parameters.split(';').find_map(|p| p.strip_prefix("TZID="));
        let read = |text: &str| -> Option<Moment> {
            if self.start.is_day() {
                return Date::strptime("%Y%m%d", text.get(..8)?)
                    .ok()
                    .map(Moment::Day);
            }
            let (local, zone) = match text.strip_suffix('Z') {
                Some(local) => (local, "UTC"),
                None => (text, zone.or(self.start.zone())?),
            };
            let local = DateTime::strptime("%Y%m%dT%H%M%S", local).ok()?;
            let zone = zone.to_owned();
            Some(Moment::At { local, zone }.in_zone_of(&self.start))
        };
        values.split(',').filter_map(read).collect()
    }
}

#[cfg(test)]
mod tests;
