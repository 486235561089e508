//! Dates and times as iCalendar writes them (RFC 5545, sections 3.3.4 and 3.3.5).

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

/// A DATE or a DATE-TIME.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    Date(Date),
    /// Without a zone, or with one that a parameter names.
    Local(DateTime),
    Utc(Timestamp),
}

/// `20240131`
pub(crate) fn date(text: &str) -> Option<Date> {
    if text.len() != 8 {
        return None;
    }
    Date::new(
        i16::try_from(digits(text, 0, 4)?).ok()?,
        i8::try_from(digits(text, 4, 6)?).ok()?,
        i8::try_from(digits(text, 6, 8)?).ok()?,
    )
    .ok()
}

/// `20240131T180000`, without what may follow. A leap second is the second before.
fn date_time(text: &str) -> Option<DateTime> {
    let (day, time) = text.split_once(['T', 't'])?;
    if time.len() != 6 {
        return None;
    }
    let part = |from, to| digits(time, from, to).and_then(|value| i8::try_from(value).ok());
    let time = Time::new(part(0, 2)?, part(2, 4)?, part(4, 6)?.min(59), 0).ok()?;
    Some(date(day)?.to_datetime(time))
}

fn digits(text: &str, from: usize, to: usize) -> Option<u16> {
    let part = text.get(from..to)?;
    part.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| part.parse().ok())?
}

/// Reads a DATE or a DATE-TIME.
pub(crate) fn parse(text: &str) -> Option<Moment> {
    let text = text.trim();
    if let Some(local) = text.strip_suffix(['Z', 'z']) {
        return Some(Moment::Utc(to_utc(date_time(local)?)?));
    }
    if text.len() == 8 {
        return date(text).map(Moment::Date);
    }
    date_time(text).map(Moment::Local)
}

/// Reads a DATE-TIME in UTC.
pub(crate) fn utc(text: &str) -> Option<Timestamp> {
    match parse(text)? {
        Moment::Utc(instant) => Some(instant),
        _ => None,
    }
}

fn to_utc(local: DateTime) -> Option<Timestamp> {
    TimeZone::UTC.to_timestamp(local).ok()
}

impl Moment {
    /// As the clock at the place shows it; midnight for a date.
    pub(crate) fn civil(self) -> DateTime {
        match self {
            Self::Date(date) => date.to_datetime(Time::midnight()),
            Self::Local(local) => local,
            Self::Utc(instant) => TimeZone::UTC.to_datetime(instant),
        }
    }
}

/// `20240131`
pub(crate) fn format_date(date: Date) -> String {
    format!("{:04}{:02}{:02}", date.year(), date.month(), date.day())
}

/// `20240131T180000`
pub(crate) fn format_local(local: DateTime) -> String {
    format!(
        "{}T{:02}{:02}{:02}",
        format_date(local.date()),
        local.hour(),
        local.minute(),
        local.second()
    )
}

/// `20240131T170000Z`
pub(crate) fn format_utc(instant: Timestamp) -> String {
    format!("{}Z", format_local(TimeZone::UTC.to_datetime(instant)))
}
