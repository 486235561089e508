//! VEVENTs of an event: the series or the single one, and its exceptions.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use serde_json::Value;

use super::super::build::{Builder, Property};
use super::super::calendar::{self, PRODUCT, derived};
use super::super::change::{Broken, Converted, Defect};
use super::super::json::{beside, is_true, list, plain, text};
use super::attach::attachments;
use super::rule::Rule;
use super::{
    Zone, alarm, body, categories, importance, instant, instant_of, local_time, original_uid, rest,
};

/// What becomes of an event is made of these; the rest is kept as X- properties.
const KNOWN: [&str; 49] = [
    "id",
    "changeKey",
    "iCalUId",
    "uid",
    "type",
    "seriesMasterId",
    "occurrenceId",
    "originalStart",
    "originalStartTimeZone",
    "originalEndTimeZone",
    "subject",
    "body",
    "bodyPreview",
    "start",
    "end",
    "isAllDay",
    "isCancelled",
    "isOrganizer",
    "organizer",
    "attendees",
    "location",
    "locations",
    "showAs",
    "sensitivity",
    "importance",
    "categories",
    "isReminderOn",
    "reminderMinutesBeforeStart",
    "hasAttachments",
    "attachments",
    "isOnlineMeeting",
    "onlineMeetingProvider",
    "onlineMeeting",
    "onlineMeetingUrl",
    "responseStatus",
    "responseRequested",
    "allowNewTimeProposals",
    "transactionId",
    "webLink",
    "createdDateTime",
    "lastModifiedDateTime",
    "recurrence",
    "cancelledOccurrences",
    "exceptionOccurrences",
    "instances",
    "calendar",
    "calendar@odata.navigationLink",
    "reminder",
    "originalStartTime",
];

/// Whether an event is a series, whose exceptions and cancelled occurrences are told only by itself.
pub fn has_exceptions(event: &Value) -> bool {
    text(event, "type") == Some("seriesMaster")
}

/// Makes iCalendar of an event: one that takes place once, or the master of a series with its
/// `exceptionOccurrences` and `cancelledOccurrences`. Their `attachments` are in the events, with their
/// bytes as far as they are to move.
///
/// `mailbox_zone` is the zone of the mailbox's settings, for events whose own is known to nobody else.
///
/// # Errors
/// [`Defect::Start`] for an event without a readable start, [`Defect::Rule`] for a pattern that is none of
/// Graph's.
pub fn from_event(event: &Value, mailbox_zone: Option<&str>) -> Result<Converted, Broken> {
    let uid = match text(event, "iCalUId").or_else(|| text(event, "uid")) {
        Some(uid) => original_uid(uid),
        None => text(event, "id").map_or_else(
            || derived(event.to_string().as_bytes()),
            |id| derived(id.as_bytes()),
        ),
    };
    let mut builder = Builder::new();
    builder
        .begin("VCALENDAR")
        .add(Property::raw("VERSION", "2.0"))
        .add(Property::raw("PRODID", PRODUCT))
        .add(Property::raw("CALSCALE", "GREGORIAN"));
    let mut when = When::read(event, mailbox_zone)?;
    let rule = event.get("recurrence").filter(|rule| rule.is_object());
    let rule = rule.map(Rule::read).transpose()?;
    if let Some(rule) = &rule {
        when.begin_on(rule.first_day(when.start_day()));
    }
    component(&mut builder, event, &uid, &when, None, |builder| {
        if let Some(rule) = &rule {
            let until = when.recurrence_zone(event);
            let until = (!when.all_day).then_some(&until);
            builder.add(Property::raw("RRULE", rule.text(until)));
            left_out(builder, event, &when);
        }
    });
    for exception in list(event, "exceptionOccurrences") {
        let own = When::read(exception, mailbox_zone)?;
        component(&mut builder, exception, &uid, &own, Some(&when), |_| {});
    }
    builder.end("VCALENDAR");
    let (object, extended, lost) = builder.into_parts();
    Ok(Converted {
        text: calendar::defined(&object, calendar::Kind::Event)?,
        uid,
        name: text(event, "subject").unwrap_or_default().to_owned(),
        extended,
        lost,
    })
}

/// From when to when, and on whose clock.
struct When {
    start: Timestamp,
    end: Option<Timestamp>,
    /// The days as Graph gives them, whatever zone stands beside them.
    days: (Date, Option<Date>),
    all_day: bool,
    /// What the clock says at the start, where it jumps over that.
    clock: Option<DateTime>,
    zone: Zone,
    end_zone: Option<Zone>,
}

impl When {
    fn read(event: &Value, mailbox_zone: Option<&str>) -> Result<Self, Broken> {
        let none = || Broken::new(Defect::Start, "no start");
        let value = event.get("start").ok_or_else(none)?;
        let (local, told) = local_time(value).ok_or_else(none)?;
        let end = event.get("end");
        let end_local = end.and_then(local_time).map(|(local, _)| local);
        let utc = || Zone {
            name: "UTC".to_owned(),
            zone: TimeZone::UTC,
        };
        let zone = text(event, "originalStartTimeZone")
            .and_then(Zone::named)
            .or_else(|| told.filter(|told| !told.is_utc()))
            .or_else(|| match text(event, "originalStartTimeZone") {
                Some(unknown) if Zone::named(unknown).is_none() => {
                    mailbox_zone.and_then(Zone::named)
                }
                _ => None,
            });
        Ok(Self {
            start: instant_of(value).ok_or_else(none)?,
            end: end.and_then(instant_of),
            days: (local.date(), end_local.map(DateTime::date)),
            all_day: is_true(event, "isAllDay"),
            clock: None,
            zone: zone.unwrap_or_else(utc),
            end_zone: text(event, "originalEndTimeZone").and_then(Zone::named),
        })
    }

    fn local(&self) -> DateTime {
        self.clock
            .unwrap_or_else(|| self.zone.zone.to_datetime(self.start))
    }

    fn start_day(&self) -> Date {
        if self.all_day {
            self.days.0
        } else {
            self.local().date()
        }
    }

    /// Moves the whole to another day, at the same time of the day.
    fn begin_on(&mut self, day: Date) {
        let before = self.start_day();
        if before == day {
            return;
        }
        let Ok(by) = before.until(day) else { return };
        let clock = day.to_datetime(self.local().time());
        let start = self.zone.instant(clock);
        // A time that the clock jumps over stays the one that the rule gives.
        let jumped = self.zone.zone.to_datetime(start) != clock;
        self.clock = jumped.then_some(clock);
        self.end = self.end.map(|end| start + (end - self.start));
        self.start = start;
        let moved = |day: Date| day.checked_add(by).unwrap_or(day);
        self.days = (moved(self.days.0), self.days.1.map(moved));
    }

    /// The zone in which the days of the series are counted.
    fn recurrence_zone(&self, event: &Value) -> Zone {
        let range = event.get("recurrence").and_then(|rule| rule.get("range"));
        range
            .and_then(|range| text(range, "recurrenceTimeZone"))
            .and_then(Zone::named)
            .unwrap_or_else(|| self.zone.clone())
    }

    fn begin(&self) -> Property {
        match self.clock {
            _ if self.all_day => Property::date("DTSTART", self.days.0),
            Some(clock) => Property::zoned("DTSTART", clock, &self.zone.name),
            None => self.zone.property("DTSTART", self.start),
        }
    }

    /// RFC 5545 wants an end after the start, or none.
    fn end(&self) -> Option<Property> {
        if self.all_day {
            let end = self.days.1.filter(|end| *end > self.days.0)?;
            return Some(Property::date("DTEND", end));
        }
        let end = self.end.filter(|end| *end >= self.start)?;
        if let Some(clock) = self.clock {
            let end = clock.checked_add(end - self.start).ok()?;
            return Some(Property::zoned("DTEND", end, &self.zone.name));
        }
        let zone = match &self.end_zone {
            Some(zone) if !self.zone.is_utc() => zone,
            _ => &self.zone,
        };
        Some(zone.property("DTEND", end))
    }

    /// The time of an occurrence of the series that Graph names by its original start.
    fn occurrence(&self, name: &str, original: Timestamp, zone: Option<&Zone>) -> Property {
        if !self.all_day {
            return self.zone.property(name, original);
        }
        let utc = TimeZone::UTC.to_datetime(original);
        let day = match zone {
            Some(zone) if utc.time() != Time::midnight() => zone.zone.to_datetime(original).date(),
            _ => utc.date(),
        };
        Property::date(name, day)
    }
}

/// EXDATE for `OID.{master}.{yyyy-MM-dd}`: the days are counted in the zone of the recurrence.
fn left_out(builder: &mut Builder, event: &Value, series: &When) {
    let counted_in = series.recurrence_zone(event);
    let time = match series.clock {
        Some(clock) if counted_in.name == series.zone.name => clock.time(),
        _ => counted_in.zone.to_datetime(series.start).time(),
    };
    for cancelled in list(event, "cancelledOccurrences") {
        let id = cancelled.as_str().unwrap_or_default();
        let day = id.len().checked_sub(10).and_then(|at| id.get(at..));
        let Some(day) = day.and_then(|day| day.parse::<Date>().ok()) else {
            builder.lose();
            builder.extend(Property::text(
                "X-MICROSOFT-CANCELLED-OCCURRENCE",
                &plain(cancelled),
            ));
            continue;
        };
        builder.add(if series.all_day {
            Property::date("EXDATE", day)
        } else if counted_in.name == series.zone.name && !series.zone.is_utc() {
            // Not by way of an instant: a time that the clock jumps over stays the one that the rule gives.
            Property::zoned("EXDATE", day.to_datetime(time), &series.zone.name)
        } else {
            let instant = counted_in.instant(day.to_datetime(time));
            series.zone.property("EXDATE", instant)
        });
    }
}

fn component(
    builder: &mut Builder,
    event: &Value,
    uid: &str,
    when: &When,
    series: Option<&When>,
    recurrence: impl FnOnce(&mut Builder),
) {
    let created = instant(event, "createdDateTime");
    let modified = instant(event, "lastModifiedDateTime").or(created);
    builder
        .begin("VEVENT")
        .add(Property::text("UID", uid))
        .add(Property::utc("DTSTAMP", modified.unwrap_or_default()));
    if let Some(created) = created {
        builder.add(Property::utc("CREATED", created));
    }
    if let Some(modified) = modified {
        builder.add(Property::utc("LAST-MODIFIED", modified));
    }
    if let Some(series) = series {
        let original = instant(event, "originalStart").unwrap_or(when.start);
        let zone = text(event, "originalStartTimeZone").and_then(Zone::named);
        builder.add(series.occurrence("RECURRENCE-ID", original, zone.as_ref()));
    }
    builder.add(when.begin());
    if let Some(end) = when.end() {
        builder.add(end);
    }
    recurrence(builder);
    builder.add_text("SUMMARY", text(event, "subject"));
    body(builder, event);
    places(builder, event);
    state(builder, event);
    importance(builder, event);
    categories(builder, event);
    people(builder, event);
    meeting(builder, event);
    if let Some(page) = text(event, "webLink") {
        builder.add(Property::uri("URL", page));
    }
    attachments(builder, event);
    rest(builder, event, &KNOWN, "X-MICROSOFT-");
    reminder(builder, event);
    builder.end("VEVENT");
}

fn places(builder: &mut Builder, event: &Value) {
    let location = event.get("location").unwrap_or(&Value::Null);
    let names: Vec<&str> = list(event, "locations")
        .iter()
        .filter_map(|place| text(place, "displayName"))
        .collect();
    let name = text(location, "displayName").map(str::to_owned);
    let name = name.or_else(|| (!names.is_empty()).then(|| names.join("; ")));
    builder.add_text("LOCATION", name.as_deref());
    let number = |owner: &Value, key: &str| {
        let number = owner.get("coordinates")?.get(key)?;
        number.as_f64().filter(|number| number.is_finite())
    };
    let with_place = std::iter::once(location).chain(list(event, "locations"));
    let coordinates = with_place
        .filter_map(|place| Some((number(place, "latitude")?, number(place, "longitude")?)))
        .next();
    if let Some((latitude, longitude)) = coordinates {
        builder.add(Property::raw("GEO", format!("{latitude};{longitude}")));
    }
    let all = match list(event, "locations") {
        [] => std::slice::from_ref(location),
        all => all,
    };
    let usual = ["displayName", "locationType", "uniqueId", "uniqueIdType"];
    let says_more = |place: &Value| beside(place, &usual).is_some_and(|more| has_text(&more));
    if all.len() > 1 || all.iter().any(says_more) {
        let all = Value::Array(all.to_vec());
        builder.extend(Property::text("X-MICROSOFT-LOCATIONS", &plain(&all)));
    }
}

/// Whether there is anything to read in a value, however deep.
fn has_text(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(_) => false,
        Value::Number(_) => true,
        Value::String(text) => !text.trim().is_empty(),
        Value::Array(items) => items.iter().any(has_text),
        Value::Object(fields) => fields.values().any(has_text),
    }
}

fn state(builder: &mut Builder, event: &Value) {
    let shown = text(event, "showAs").unwrap_or("busy");
    let status = match shown {
        _ if is_true(event, "isCancelled") => "CANCELLED",
        "tentative" => "TENTATIVE",
        _ => "CONFIRMED",
    };
    builder.add(Property::raw("STATUS", status));
    let transparency = if shown == "free" {
        "TRANSPARENT"
    } else {
        "OPAQUE"
    };
    builder.add(Property::raw("TRANSP", transparency));
    let busy = Property::raw(
        "X-MICROSOFT-CDO-BUSYSTATUS",
        match shown {
            "free" => "FREE",
            "tentative" => "TENTATIVE",
            "oof" => "OOF",
            "workingElsewhere" => "WORKINGELSEWHERE",
            _ => "BUSY",
        },
    );
    // What TRANSP says as well is no extension.
    if matches!(shown, "oof" | "workingElsewhere") {
        builder.extend(busy);
    } else {
        builder.add(busy);
    }
    let class = match text(event, "sensitivity") {
        Some("private") => "PRIVATE",
        Some("confidential") => "CONFIDENTIAL",
        Some("personal") => {
            builder.extend(Property::raw("X-MICROSOFT-SENSITIVITY", "PERSONAL"));
            "PRIVATE"
        }
        _ => "PUBLIC",
    };
    builder.add(Property::raw("CLASS", class));
    if is_true(event, "isAllDay") {
        builder.add(Property::raw("X-MICROSOFT-CDO-ALLDAYEVENT", "TRUE"));
    }
}

fn people(builder: &mut Builder, event: &Value) {
    let attendees = list(event, "attendees");
    let organizer = event
        .get("organizer")
        .and_then(|organizer| organizer.get("emailAddress"));
    // Graph tells of an organiser for every event; without guests, nobody is invited by anybody.
    if let Some(organizer) = organizer.filter(|_| !attendees.is_empty())
        && let Some(address) = text(organizer, "address")
    {
        let property = Property::uri("ORGANIZER", &format!("mailto:{address}"));
        builder.add(property.with_some("CN", text(organizer, "name")));
    }
    let is_asked = event.get("responseRequested").and_then(Value::as_bool) != Some(false);
    for attendee in attendees {
        attend(builder, attendee, is_asked);
    }
    let own = event.get("responseStatus");
    match own.and_then(|own| text(own, "response")) {
        None | Some("none" | "organizer" | "notResponded") => {}
        Some(answer) => {
            builder.extend(Property::text("X-MICROSOFT-RESPONSE", answer));
        }
    }
    let proposals = event.get("allowNewTimeProposals").and_then(Value::as_bool);
    if proposals == Some(false) {
        builder.extend(Property::raw("X-MICROSOFT-DISALLOW-COUNTER", "TRUE"));
    }
}

fn attend(builder: &mut Builder, attendee: &Value, is_asked: bool) {
    let who = attendee.get("emailAddress").unwrap_or(&Value::Null);
    let Some(address) = text(who, "address") else {
        if has_text(attendee) {
            builder.extend(Property::text("X-MICROSOFT-ATTENDEE", &plain(attendee)));
        }
        return;
    };
    let (role, kind) = match text(attendee, "type") {
        Some("optional") => ("OPT-PARTICIPANT", "INDIVIDUAL"),
        Some("resource") => ("NON-PARTICIPANT", "RESOURCE"),
        _ => ("REQ-PARTICIPANT", "INDIVIDUAL"),
    };
    let status = attendee.get("status").unwrap_or(&Value::Null);
    let answer = match text(status, "response") {
        Some("accepted" | "organizer") => "ACCEPTED",
        Some("declined") => "DECLINED",
        Some("tentativelyAccepted") => "TENTATIVE",
        _ => "NEEDS-ACTION",
    };
    let answered = instant(status, "time").filter(|_| answer != "NEEDS-ACTION");
    let answered = answered.filter(|time| time.as_second() > 0);
    let answered = answered.map(super::super::moment::format_utc);
    let mut property = Property::uri("ATTENDEE", &format!("mailto:{address}"))
        .with("CUTYPE", kind)
        .with("ROLE", role)
        .with("PARTSTAT", answer)
        .with_some("CN", text(who, "name"))
        .with_some("X-REPLYTIME", answered.as_deref());
    if is_asked && answer == "NEEDS-ACTION" {
        property = property.with("RSVP", "TRUE");
    }
    builder.add(property);
    if let Some(proposed) = attendee
        .get("proposedNewTime")
        .filter(|time| has_text(time))
    {
        let note = format!("{address}: {}", plain(proposed));
        builder.extend(Property::text("X-MICROSOFT-PROPOSED-TIME", &note));
    }
}

fn meeting(builder: &mut Builder, event: &Value) {
    let meeting = event.get("onlineMeeting").unwrap_or(&Value::Null);
    let address = text(meeting, "joinUrl").or_else(|| text(event, "onlineMeetingUrl"));
    if let Some(address) = address {
        let provider = match text(event, "onlineMeetingProvider") {
            Some("teamsForBusiness") => Some("Microsoft Teams"),
            Some("skypeForBusiness") => Some("Skype for Business"),
            Some("skypeForConsumer") => Some("Skype"),
            _ => None,
        };
        builder.add(
            Property::uri("CONFERENCE", address)
                .with("VALUE", "URI")
                .with_list("FEATURE", &["AUDIO", "VIDEO"])
                .with_some("LABEL", provider),
        );
        builder.extend(Property::uri("X-MICROSOFT-SKYPETEAMSMEETINGURL", address));
    }
    if let Some(more) = beside(meeting, &["joinUrl"]).filter(has_text) {
        builder.extend(Property::text("X-MICROSOFT-ONLINEMEETING", &plain(&more)));
    }
}

fn reminder(builder: &mut Builder, event: &Value) {
    if !is_true(event, "isReminderOn") {
        return;
    }
    let minutes = event
        .get("reminderMinutesBeforeStart")
        .and_then(Value::as_i64)
        .unwrap_or(0);
    let trigger = match minutes {
        0 => "PT0S".to_owned(),
        before @ 1.. => format!("-PT{before}M"),
        after => format!("PT{}M", after.unsigned_abs()),
    };
    let words = text(event, "subject").unwrap_or_default();
    alarm(builder, words, Property::raw("TRIGGER", trigger));
}
