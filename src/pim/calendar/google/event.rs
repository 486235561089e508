//! A VEVENT of an event in JSON.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::{Reminder, When, extras, is_cancelled};
use crate::pim::build::{Builder, Property, kebab};
use crate::pim::calendar::PRODUCT;
use crate::pim::change::{Broken, Converted, Defect};
use crate::pim::json::{beside, is_true, list, plain, text};
use crate::pim::zones;

/// The series, its exceptions, and the days that it leaves out, as an object without its time zones.
pub(super) fn converted(
    events: &[Value],
    default: &[Reminder],
) -> Result<(Converted, Vec<u8>), Broken> {
    let is_exception = |event: &&Value| text(event, "recurringEventId").is_some();
    let master = events.iter().find(|event| !is_exception(event));
    let Some(first) = master.or_else(|| events.first()) else {
        return Err(Broken::new(Defect::Component, "no event"));
    };
    let uid = text(first, "iCalUID")
        .map(str::to_owned)
        .or_else(|| text(first, "id").map(|id| format!("{id}@google.com")))
        .unwrap_or_else(|| crate::pim::calendar::derived(first.to_string().as_bytes()));
    let mut builder = Builder::new();
    builder
        .begin("VCALENDAR")
        .add(Property::raw("VERSION", "2.0"))
        .add(Property::raw("PRODID", PRODUCT))
        .add(Property::raw("CALSCALE", "GREGORIAN"));
    let series_start = master
        .and_then(|event| event.get("start"))
        .and_then(Start::read);
    if let Some(event) = master {
        let left_out: Vec<&Value> = events
            .iter()
            .filter(is_exception)
            .filter(|event| is_cancelled(event))
            .filter_map(|event| event.get("originalStartTime"))
            .collect();
        add(&mut builder, event, &uid, default, None, &left_out)?;
    }
    for exception in events
        .iter()
        .filter(is_exception)
        .filter(|event| !is_cancelled(event))
    {
        add(
            &mut builder,
            exception,
            &uid,
            default,
            series_start.as_ref(),
            &[],
        )?;
    }
    builder.end("VCALENDAR");
    let name = text(first, "summary").unwrap_or_default().to_owned();
    let (object, extended, lost) = builder.into_parts();
    let converted = Converted {
        text: Vec::new(),
        uid,
        name,
        extended,
        lost,
    };
    Ok((converted, object))
}

/// When something begins or ends.
struct Start {
    when: When,
    /// An IANA name; `None` for days and for times in UTC.
    zone: Option<(String, TimeZone)>,
}

impl Start {
    fn read(value: &Value) -> Option<Self> {
        let when = When::read(value)?;
        let zone = text(value, "timeZone")
            .and_then(zones::iana)
            .filter(|name| name != "UTC" && name != "Etc/UTC")
            .and_then(|name| zones::time_zone(&name).map(|zone| (name, zone)));
        Some(Self { when, zone })
    }

    /// A property with this time, on the clock of another if that is given.
    fn property(&self, name: &str, like: Option<&Self>) -> Property {
        let zone = like.unwrap_or(self).zone.as_ref();
        match self.when {
            When::Day(day) => Property::date(name, day),
            When::Instant(instant) => match zone {
                Some((tzid, zone)) => Property::zoned(name, zone.to_datetime(instant), tzid),
                None => Property::utc(name, instant),
            },
        }
    }
}

fn add(
    builder: &mut Builder,
    event: &Value,
    uid: &str,
    default: &[Reminder],
    series: Option<&Start>,
    left_out: &[&Value],
) -> Result<(), Broken> {
    let start = event.get("start").and_then(Start::read);
    let start = start.ok_or_else(|| Broken::new(Defect::Start, "no start"))?;
    let instant = |key: &str| text(event, key).and_then(|time| time.parse::<Timestamp>().ok());
    let updated = instant("updated")
        .or_else(|| instant("created"))
        .unwrap_or_default();
    builder
        .begin("VEVENT")
        .add(Property::text("UID", uid))
        .add(Property::utc("DTSTAMP", updated));
    if let Some(created) = instant("created") {
        builder.add(Property::utc("CREATED", created));
    }
    builder.add(Property::utc("LAST-MODIFIED", updated));
    if let Some(original) = event.get("originalStartTime").and_then(Start::read) {
        builder.add(original.property("RECURRENCE-ID", series));
    }
    builder.add(start.property("DTSTART", None));
    let end = event.get("end").and_then(Start::read);
    if let Some(end) = end.filter(|_| !is_true(event, "endTimeUnspecified")) {
        builder.add(end.property("DTEND", None));
    }
    for line in list(event, "recurrence").iter().filter_map(Value::as_str) {
        recurrence(builder, line);
    }
    for original in left_out.iter().filter_map(|value| Start::read(value)) {
        builder.add(original.property("EXDATE", Some(&start)));
    }
    builder
        .add_text("SUMMARY", text(event, "summary"))
        .add_text("DESCRIPTION", text(event, "description"))
        .add_text("LOCATION", text(event, "location"));
    state(builder, event);
    people(builder, event);
    let extras = extras::of(event);
    for property in extras.properties {
        if extras.extended.iter().any(|name| name == property.name()) {
            builder.extend(property);
        } else {
            builder.add(property);
        }
    }
    if let Some(Value::Object(rest)) = beside(event, &extras::KNOWN) {
        for (key, value) in rest {
            let name = format!("X-GOOGLE-{}", kebab(&key));
            builder.extend(Property::text(name, &plain(&value)));
        }
    }
    let all_day = matches!(start.when, When::Day(_));
    let summary = text(event, "summary").unwrap_or_default();
    for alarm in extras::alarms(event, default, all_day, summary) {
        builder.lines(alarm);
    }
    builder.end("VEVENT");
    Ok(())
}

/// A line of `recurrence`, which is iCalendar already.
fn recurrence(builder: &mut Builder, line: &str) {
    let (head, value) = line.split_once(':').unwrap_or((line, ""));
    let mut parts = head.split(';');
    let name = parts.next().unwrap_or_default().trim().to_ascii_uppercase();
    if !matches!(name.as_str(), "RRULE" | "EXRULE" | "RDATE" | "EXDATE") || value.is_empty() {
        builder.extend(Property::text("X-GOOGLE-RECURRENCE", line));
        return;
    }
    let mut property = Property::raw(name, value.trim());
    for part in parts {
        if let Some((key, value)) = part.split_once('=') {
            property = property.with(key.trim(), value.trim_matches('"'));
        }
    }
    builder.add(property);
}

fn state(builder: &mut Builder, event: &Value) {
    let status = match text(event, "status") {
        Some("tentative") => "TENTATIVE",
        Some("cancelled") => "CANCELLED",
        _ => "CONFIRMED",
    };
    builder.add(Property::raw("STATUS", status));
    let free = if extras::is_free(event) {
        "TRANSPARENT"
    } else {
        "OPAQUE"
    };
    builder.add(Property::raw("TRANSP", free));
    match text(event, "visibility") {
        Some("public") => builder.add(Property::raw("CLASS", "PUBLIC")),
        Some("private") => builder.add(Property::raw("CLASS", "PRIVATE")),
        Some("confidential") => builder.add(Property::raw("CLASS", "CONFIDENTIAL")),
        _ => builder,
    };
    let sequence = event.get("sequence").and_then(Value::as_u64).unwrap_or(0);
    builder.add(Property::raw("SEQUENCE", sequence.to_string()));
}

fn people(builder: &mut Builder, event: &Value) {
    let attendees = list(event, "attendees");
    // Google tells of an organiser for every event; without guests, nobody is invited by anybody.
    if let Some(organizer) = event.get("organizer").filter(|_| !attendees.is_empty())
        && let Some(email) = text(organizer, "email")
    {
        let property = Property::uri("ORGANIZER", &format!("mailto:{email}"));
        builder.add(property.with_some("CN", text(organizer, "displayName")));
    }
    for attendee in attendees {
        let Some(email) = text(attendee, "email") else {
            if let Some(rest) = beside(attendee, &[]) {
                builder.extend(Property::text("X-GOOGLE-ATTENDEE", &plain(&rest)));
            }
            continue;
        };
        let kind = if is_true(attendee, "resource") {
            "RESOURCE"
        } else {
            "INDIVIDUAL"
        };
        let role = if is_true(attendee, "optional") {
            "OPT-PARTICIPANT"
        } else {
            "REQ-PARTICIPANT"
        };
        let answer = match text(attendee, "responseStatus") {
            Some("accepted") => "ACCEPTED",
            Some("declined") => "DECLINED",
            Some("tentative") => "TENTATIVE",
            _ => "NEEDS-ACTION",
        };
        let guests = attendee
            .get("additionalGuests")
            .and_then(Value::as_u64)
            .unwrap_or(0);
        let property = Property::uri("ATTENDEE", &format!("mailto:{email}"))
            .with("CUTYPE", kind)
            .with("ROLE", role)
            .with("PARTSTAT", answer)
            .with_some("CN", text(attendee, "displayName"))
            .with("X-NUM-GUESTS", guests.to_string())
            .with_some("X-RESPONSE-COMMENT", text(attendee, "comment"));
        builder.add(property);
    }
}
