//! Events of Google's Calendar API v3: what they say beside Google's own iCalendar, and events made of them
//! alone.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::Kind;
use super::prepare::mains;
use super::zoning;
use crate::pim::change::{Broken, Change, Converted};
use crate::pim::json::{is_true, list, text};
use crate::pim::line::Line;
use crate::pim::mend::Sheet;
use crate::pim::moment::{self, Moment};

mod event;
mod extras;

/// A reminder that a calendar has for all events that do not say otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reminder {
    pub minutes_before: u32,
    /// By mail; otherwise on the screen.
    pub by_mail: bool,
}

impl Reminder {
    /// Reads an item of `defaultReminders` or of `reminders.overrides`.
    pub fn from_json(reminder: &Value) -> Option<Self> {
        let minutes = reminder.get("minutes")?.as_u64()?;
        Some(Self {
            minutes_before: u32::try_from(minutes).ok()?,
            by_mail: text(reminder, "method") == Some("email"),
        })
    }
}

/// An object that says more than before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enriched {
    pub text: Vec<u8>,
    /// Properties and alarms that were added or completed.
    pub added: u32,
}

/// Adds to Google's iCalendar of one event what only the API says of it: names and types of attachments,
/// conferences, colours, kinds of events, HTML, properties that programs keep, and reminders where the object
/// has none.
///
/// `events` are the items of `events.list` that have the object's UID as their `iCalUID`: the series and its
/// exceptions, in any order. What the object says already stays as it is.
///
/// # Errors
/// When the object cannot be read.
pub fn enrich(object: &[u8], events: &[Value], default: &[Reminder]) -> Result<Enriched, Broken> {
    let mut sheet = Sheet::untouched(object);
    let blocks = sheet.structure("VCALENDAR")?;
    let mut added = 0;
    for main in mains(&blocks, Kind::Event) {
        let own = blocks.own(main);
        let Some(event) = event_of(&sheet, &own, events) else {
            continue;
        };
        let extras = extras::of(event);
        for property in &extras.properties {
            let line = property.line();
            let value = line.value();
            let says = |number: &usize| {
                let known = sheet.line(*number);
                known.is_some_and(|known| known.is(property.name()) && known.value() == value)
            };
            let is_single = extras::is_single(property.name());
            match own.iter().copied().find(says) {
                // The same address, now with the name and the type of the file.
                Some(number) if property.name() == "ATTACH" => {
                    let completed = sheet.line(number).and_then(|known| completed(known, &line));
                    if let Some(completed) = completed {
                        sheet.replace(number, completed, Change::Stray);
                        added += 1;
                    }
                }
                Some(_) => {}
                None if is_single && sheet.has(&own, property.name()) => {}
                None => {
                    sheet.insert(main.end, line, Change::Stray);
                    added += 1;
                }
            }
        }
        let has_alarms = blocks.within(main).any(|block| block.name == "VALARM");
        let all_day = sheet.first(&own, "DTSTART").is_some_and(|(_, line)| {
            matches!(moment::parse(&line.value_str()), Some(Moment::Date(_)))
        });
        if !has_alarms {
            let summary = text(event, "summary").unwrap_or_default();
            for alarm in extras::alarms(event, default, all_day, summary) {
                for line in alarm {
                    sheet.insert(main.end, line, Change::Stray);
                }
                added += 1;
            }
        }
    }
    let text = sheet.finish().text;
    Ok(Enriched { text, added })
}

/// Makes iCalendar of a series and its exceptions, where there is only the API.
///
/// `events` are the items of `events.list` with one `iCalUID`; an exception that is cancelled becomes an
/// EXDATE.
///
/// # Errors
/// [`Defect::Start`] for an event without a readable start, [`Defect::Component`] where there is none.
pub fn from_events(events: &[Value], default: &[Reminder]) -> Result<Converted, Broken> {
    let (mut converted, object) = event::converted(events, default)?;
    converted.text = zoning::defined(&object, Kind::Event)?;
    Ok(converted)
}

/// The event that a component is: the series, or the exception at its time.
fn event_of<'v>(sheet: &Sheet<'_>, own: &[usize], events: &'v [Value]) -> Option<&'v Value> {
    let Some((_, line)) = sheet.first(own, "RECURRENCE-ID") else {
        return events
            .iter()
            .find(|event| text(event, "recurringEventId").is_none());
    };
    let moment = moment::parse(&line.value_str())?;
    let when = When::of(line, moment);
    events.iter().find(|event| {
        event.get("originalStartTime").and_then(When::read) == Some(when) && !is_cancelled(event)
    })
}

fn is_cancelled(event: &Value) -> bool {
    text(event, "status") == Some("cancelled")
}

/// A time or a day, comparable whatever clock tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    Day(jiff::civil::Date),
    Instant(Timestamp),
}

impl When {
    fn of(line: &Line<'_>, moment: Moment) -> Self {
        match moment {
            Moment::Date(day) => Self::Day(day),
            Moment::Utc(instant) => Self::Instant(instant),
            Moment::Local(local) => {
                let zone = zoning::zone_of(line, moment);
                Self::Instant(zone.to_timestamp(local).unwrap_or_default())
            }
        }
    }

    /// Reads `{date}` or `{dateTime, timeZone}`.
    fn read(value: &Value) -> Option<Self> {
        if let Some(day) = text(value, "date") {
            return day.parse().ok().map(Self::Day);
        }
        let time = text(value, "dateTime")?;
        if let Ok(instant) = time.parse::<Timestamp>() {
            return Some(Self::Instant(instant));
        }
        // The offset may be left out where a zone is named.
        let local: jiff::civil::DateTime = time.parse().ok()?;
        let zone = text(value, "timeZone").and_then(crate::pim::zones::time_zone);
        let zone = zone.unwrap_or(TimeZone::UTC);
        zone.to_timestamp(local).ok().map(Self::Instant)
    }
}

/// A line with the parameters that only another has; `None` where it has them all.
fn completed(known: &Line<'_>, other: &Line<'_>) -> Option<Line<'static>> {
    let mut params = known.params();
    let before = params.len();
    for param in other.params() {
        if params.iter().all(|known| !known.is(&param.name)) {
            params.push(param);
        }
    }
    (params.len() > before).then(|| known.with_params(&params))
}

/// Whether an event uses the reminders of its calendar.
fn uses_default(event: &Value) -> bool {
    event
        .get("reminders")
        .is_some_and(|reminders| is_true(reminders, "useDefault"))
}

/// The reminders that an event has of its own.
fn own_reminders(event: &Value) -> Vec<Reminder> {
    let reminders = event.get("reminders").unwrap_or(&Value::Null);
    let overrides = list(reminders, "overrides");
    overrides.iter().filter_map(Reminder::from_json).collect()
}

#[cfg(test)]
mod tests;
