//! When an event takes place: by itself, or as a series with its exceptions.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::instances::instances;
use super::seeded::zone_of;
use super::{Thing, change_key_of};

/// One time that an event takes place.
#[derive(Debug, Clone, PartialEq)]
pub struct Occurrence {
    pub start: Timestamp,
    pub end: Timestamp,
    /// As Graph tells it.
    pub value: Value,
}

impl Thing {
    pub fn is_series(&self) -> bool {
        self.value.get("recurrence").is_some_and(Value::is_object)
    }

    pub(super) fn is_all_day(&self) -> bool {
        self.value.get("isAllDay").and_then(Value::as_bool) == Some(true)
    }

    /// The clock that the series goes by; days go by none.
    pub(super) fn zone(&self) -> TimeZone {
        if self.is_all_day() {
            return TimeZone::UTC;
        }
        zone_of(self.told("originalStartTimeZone"))
    }

    pub(super) fn start(&self) -> Timestamp {
        instant(self.value.get("start"))
    }

    fn length(&self) -> SignedDuration {
        let end = instant(self.value.get("end"));
        end.duration_since(self.start())
    }

    /// What takes place, wholly or in part, between two instants.
    pub fn occurrences(&self, from: Timestamp, to: Timestamp) -> Vec<Occurrence> {
        let within = |one: &Occurrence| one.start < to && one.end > from;
        let Some(recurrence) = self
            .value
            .get("recurrence")
            .filter(|value| value.is_object())
        else {
            let one = Occurrence {
                start: self.start(),
                end: self.start() + self.length(),
                value: self.told_now(),
            };
            return Vec::from_iter(Some(one).filter(within));
        };
        let zone = self.zone();
        let first = zone.to_datetime(self.start());
        let none = Value::Null;
        let pattern = recurrence.get("pattern").unwrap_or(&none);
        let range = recurrence.get("range").unwrap_or(&none);
        // An exception may have been moved here from later.
        let until = to + SignedDuration::from_hours(24 * 366);
        let mut found = Vec::new();
        for one in instances(pattern, range, first, &zone, until) {
            if self.cancelled.iter().any(|day| *day == one.day.to_string()) {
                continue;
            }
            let exception = self.exceptions.iter().find(|exception| {
                let original = exception.get("originalStart").and_then(Value::as_str);
                original.and_then(|text| text.parse::<Timestamp>().ok()) == Some(one.start)
            });
            let one = match exception {
                Some(exception) => Occurrence {
                    start: instant(exception.get("start")),
                    end: instant(exception.get("end")),
                    value: exception.clone(),
                },
                None => self.occurrence(one.day, one.start),
            };
            found.extend(Some(one).filter(within));
        }
        found
    }

    /// An occurrence as the series makes it.
    fn occurrence(&self, day: Date, start: Timestamp) -> Occurrence {
        let end = start + self.length();
        let mut value = self.told_now();
        if let Some(fields) = value.as_object_mut() {
            let id = format!("{}.{day}", self.id);
            fields.insert("iCalUId".into(), dated(self.told("iCalUId"), day).into());
            fields.insert("type".into(), "occurrence".into());
            fields.insert("seriesMasterId".into(), self.id.as_str().into());
            fields.insert("occurrenceId".into(), format!("OID.{id}").into());
            fields.insert("originalStart".into(), start.to_string().into());
            fields.insert("start".into(), told(start));
            fields.insert("end".into(), told(end));
            fields.insert("recurrence".into(), Value::Null);
            fields.insert("id".into(), id.into());
        }
        Occurrence { start, end, value }
    }

    /// With what follows from its other fields.
    pub(in super::super) fn told_now(&self) -> Value {
        let mut value = self.value.clone();
        if let Some(fields) = value.as_object_mut() {
            let key = self.change_key();
            fields.insert("@odata.etag".into(), format!("W/\"{key}\"").into());
            fields.insert("id".into(), self.id.as_str().into());
            let modified = Timestamp::from_millisecond(self.modified).unwrap_or_default();
            fields.insert("lastModifiedDateTime".into(), modified.to_string().into());
            // To Do has none.
            if !fields.contains_key("title") || fields.contains_key("displayName") {
                fields.insert("changeKey".into(), key.into());
            }
        }
        value
    }

    /// Takes the occurrence of a day out of the series. The series itself changes with it: exceptions are
    /// kept in it (MS-OXOCAL, section 2.2.10).
    pub fn cancel(&mut self, day: Date) {
        self.cancelled.push(day.to_string());
    }

    /// Lets the occurrence of a day take place otherwise.
    pub fn except(&mut self, day: Date, change: impl FnOnce(&mut Value)) {
        let zone = self.zone();
        let first: DateTime = zone.to_datetime(self.start());
        let start = zone
            .to_timestamp(day.to_datetime(first.time()))
            .unwrap_or_default();
        let id = format!("{}.exception.{day}", self.id);
        let mut value = self.occurrence(day, start).value;
        if let Some(fields) = value.as_object_mut() {
            fields.insert("type".into(), "exception".into());
            fields.insert("id".into(), id.as_str().into());
            fields.insert("changeKey".into(), change_key_of(&id, 1).into());
        }
        change(&mut value);
        self.exceptions.push(value);
    }
}

/// A `dateTimeTimeZone` as Graph gives it unless it is asked for a zone.
pub(super) fn told(instant: Timestamp) -> Value {
    let local = TimeZone::UTC.to_datetime(instant);
    json!({"dateTime": format!("{local}.0000000"), "timeZone": "UTC"})
}

pub(super) fn instant(value: Option<&Value>) -> Timestamp {
    let text = value
        .and_then(|value| value.get("dateTime"))
        .and_then(Value::as_str);
    let local: Option<DateTime> = text.and_then(|text| text.parse().ok());
    local
        .and_then(|local| TimeZone::UTC.to_timestamp(local).ok())
        .unwrap_or_default()
}

/// The global id of an occurrence has its day in it (MS-OXOCAL, section 2.2.1.27).
fn dated(id: &str, day: Date) -> String {
    match (id.get(..32), id.get(40..)) {
        (Some(before), Some(after)) => format!(
            "{before}{:04X}{:02X}{:02X}{after}",
            day.year(),
            day.month(),
            day.day()
        ),
        _ => id.to_owned(),
    }
}
