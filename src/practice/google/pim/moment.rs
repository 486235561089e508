//! A point in time as calendars have it: a day, or a local time in a zone.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The start or the end of an event.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Moment {
    Day(Date),
    At { local: DateTime, zone: String },
}

impl Moment {
    /// From `2026-03-12` or `2026-03-12T18:00`.
    pub(super) fn new(text: &str, zone: &str) -> Self {
        match text.parse::<DateTime>() {
            Ok(local) if text.contains('T') => Self::At {
                local,
                zone: zone.to_owned(),
            },
            Ok(local) => Self::Day(local.date()),
            Err(_) => Self::Day(Date::ZERO),
        }
    }

    pub fn is_day(&self) -> bool {
        matches!(self, Self::Day(_))
    }

    pub fn zone(&self) -> Option<&str> {
        match self {
            Self::Day(_) => None,
            Self::At { zone, .. } => Some(zone),
        }
    }

    /// The wall clock; a day begins at midnight.
    pub fn local(&self) -> DateTime {
        match self {
            Self::Day(date) => date.to_datetime(jiff::civil::Time::midnight()),
            Self::At { local, .. } => *local,
        }
    }

    /// A day counts from midnight in UTC. A time that a clock change leaves out is the one after it, and of
    /// one that comes twice the first is meant (RFC 5545, section 3.3.5).
    pub fn instant(&self) -> Timestamp {
        let zone = self.zone().map_or(TimeZone::UTC, time_zone);
        zone.to_ambiguous_timestamp(self.local())
            .compatible()
            .unwrap_or_default()
    }

    /// The same wall clock on another day.
    pub(super) fn on(&self, date: Date) -> Self {
        match self {
            Self::Day(_) => Self::Day(date),
            Self::At { local, zone } => Self::At {
                local: date.to_datetime(local.time()),
                zone: zone.clone(),
            },
        }
    }

    /// This moment, in the zone of `other`.
    pub(super) fn in_zone_of(&self, other: &Self) -> Self {
        match (self, other.zone()) {
            (Self::At { .. }, Some(zone)) => Self::of_instant(self.instant(), zone),
            _ => self.clone(),
        }
    }

    pub(super) fn of_instant(instant: Timestamp, zone: &str) -> Self {
        Self::At {
            local: time_zone(zone).to_datetime(instant),
            zone: zone.to_owned(),
        }
    }

    /// The moment that is as far from `self` as `end` is from `start`: exactly so, even where the clocks
    /// change in between (RFC 5545, section 3.8.5.3).
    pub(super) fn shifted(&self, start: &Self, end: &Self) -> Self {
        match (self, end) {
            (Self::Day(day), Self::Day(last)) => {
                let days = start
                    .local()
                    .date()
                    .until(*last)
                    .map_or(1, |s| s.get_days());
                Self::Day(day.saturating_add(days.days()))
            }
            (_, Self::At { zone, .. }) => {
                let length = start.instant().duration_until(end.instant());
                let instant = self.instant().saturating_add(length);
                Self::of_instant(instant.unwrap_or_default(), zone)
            }
            (_, Self::Day(_)) => end.clone(),
        }
    }

    /// As the Calendar API has it.
    pub(super) fn json(&self) -> Value {
        match self {
            Self::Day(date) => json!({"date": date.to_string()}),
            Self::At { zone, .. } => json!({"dateTime": self.rfc3339(), "timeZone": zone}),
        }
    }

    fn rfc3339(&self) -> String {
        let zone = self.zone().map_or(TimeZone::UTC, time_zone);
        let zoned = self.instant().to_zoned(zone);
        let offset = zoned.offset();
        let wall = zoned.datetime().strftime("%Y-%m-%dT%H:%M:%S");
        if offset.seconds() == 0 {
            return format!("{wall}Z");
        }
        let minutes = offset.seconds() / 60;
        let sign = if minutes < 0 { '-' } else { '+' };
        let (hours, rest) = (minutes.abs() / 60, minutes.abs() % 60);
        format!("{wall}{sign}{hours:02}:{rest:02}")
    }

    /// `20260312T170000Z`, or the day: the end of an occurrence's id.
    pub(super) fn stamp(&self) -> String {
        match self {
            Self::Day(date) => date.strftime("%Y%m%d").to_string(),
            Self::At { .. } => utc_stamp(self.instant()),
        }
    }
}

pub(super) fn utc_stamp(instant: Timestamp) -> String {
    instant.strftime("%Y%m%dT%H%M%SZ").to_string()
}

pub(super) fn time_zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}
