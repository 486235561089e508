//! Events, contacts and tasks of Microsoft Graph v1.0, as iCalendar and vCard.
//!
//! Graph has no iCalendar of its own for them. The names of fields are those of its metadata
//! (`microsoft.graph.event`, `contact`, `todoTask`); the mapping follows MS-OXCICAL where Outlook has one.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::build::{Builder, Property, kebab};
use super::html;
use super::json::{beside, plain, text};
use super::zones;

mod attach;
mod contact;
mod event;
mod rule;
mod task;
mod uid;

pub use contact::{contact_uid, from_contact};
pub use event::{from_event, has_exceptions};
pub use task::{from_step, from_task, step_uid, task_uid};
pub use uid::original_uid;

/// A time zone under its IANA name.
#[derive(Debug, Clone)]
pub(super) struct Zone {
    name: String,
    zone: TimeZone,
}

impl Zone {
    /// The zone that Graph names: in Windows' way, or in IANA's. `None` for those that only the mailbox
    /// knows (`tzone://Microsoft/Custom`).
    fn named(name: &str) -> Option<Self> {
        let name = zones::iana(name)?;
        let zone = zones::time_zone(&name)?;
        Some(Self { name, zone })
    }

    fn is_utc(&self) -> bool {
        self.name == "UTC" || self.name == "Etc/UTC"
    }

    fn instant(&self, local: DateTime) -> Timestamp {
        self.zone.to_timestamp(local).unwrap_or_default()
    }

    /// A property with this time on the zone's clock.
    fn property(&self, name: &str, instant: Timestamp) -> Property {
        if self.is_utc() {
            Property::utc(name, instant)
        } else {
            Property::zoned(name, self.zone.to_datetime(instant), &self.name)
        }
    }
}

/// A `dateTimeTimeZone`: what the clock shows, and which clock.
fn local_time(value: &Value) -> Option<(DateTime, Option<Zone>)> {
    let local = text(value, "dateTime")?
        .trim_end_matches('Z')
        .parse()
        .ok()?;
    Some((local, text(value, "timeZone").and_then(Zone::named)))
}

fn instant_of(value: &Value) -> Option<Timestamp> {
    let (local, zone) = local_time(value)?;
    // Graph tells UTC where it is not asked for another zone.
    match zone {
        Some(zone) => Some(zone.instant(local)),
        None => TimeZone::UTC.to_timestamp(local).ok(),
    }
}

fn instant(value: &Value, key: &str) -> Option<Timestamp> {
    text(value, key)?.parse().ok()
}

/// An `itemBody`: DESCRIPTION for everybody, and the HTML as Outlook itself writes it.
fn body(builder: &mut Builder, owner: &Value) {
    let Some(body) = owner.get("body") else {
        return;
    };
    let Some(content) = text(body, "content") else {
        return;
    };
    if text(body, "contentType").is_some_and(|kind| kind.eq_ignore_ascii_case("html")) {
        let words = html::plain(content);
        // Outlook gives an empty page to what has no words.
        if words.is_empty() && !content.to_ascii_lowercase().contains("<img") {
            return;
        }
        builder.add_text("DESCRIPTION", Some(&words));
        builder.extend(Property::text("X-ALT-DESC", content).with("FMTTYPE", "text/html"));
    } else {
        builder.add(Property::text("DESCRIPTION", content));
    }
}

/// The names in a list that are not blank.
fn texts<'v>(owner: &'v Value, key: &str) -> Vec<&'v str> {
    let items = super::json::list(owner, key).iter();
    items
        .filter_map(Value::as_str)
        .filter(|item| !item.trim().is_empty())
        .collect()
}

fn categories(builder: &mut Builder, owner: &Value) {
    let categories = texts(owner, "categories");
    if !categories.is_empty() {
        builder.add(Property::list("CATEGORIES", &categories));
    }
}

/// PRIORITY as Outlook writes it (MS-OXCICAL, section 2.1.3.1.1.20.17).
fn importance(builder: &mut Builder, owner: &Value) {
    let (priority, importance) = match text(owner, "importance") {
        Some("high") => ("1", "2"),
        Some("low") => ("9", "0"),
        _ => ("5", "1"),
    };
    builder.add(Property::raw("PRIORITY", priority));
    builder.add(Property::raw("X-MICROSOFT-CDO-IMPORTANCE", importance));
}

/// What an object says beside what is known of it, as properties of its own.
fn rest(builder: &mut Builder, owner: &Value, known: &[&str], prefix: &str) {
    if let Some(Value::Object(rest)) = beside(owner, known) {
        for (key, value) in rest {
            // Notes of the protocol, not of the object.
            if key.contains('@') || value == Value::Bool(false) {
                continue;
            }
            let name = format!("{prefix}{}", kebab(&key));
            builder.extend(Property::text(name, &plain(&value)));
        }
    }
}

/// An alarm that shows itself on the screen.
fn alarm(builder: &mut Builder, words: &str, trigger: Property) {
    let words = if words.trim().is_empty() { "-" } else { words };
    builder
        .begin("VALARM")
        .add(Property::raw("ACTION", "DISPLAY"))
        .add(Property::text("DESCRIPTION", words))
        .add(trigger)
        .end("VALARM");
}

#[cfg(test)]
mod tests;
