//! Calendars as Google's CalDAV writes them (RFC 5545). Nothing here knows of the code that reads them.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::super::super::world::ACCOUNT;
use super::calendar::Calendar;
use super::event::{
    Attachment, Conference, Event, EventKind, Guest, Reminder, Series, Status, Visibility,
};
use super::event_json::hides;
use super::moment::{Moment, utc_stamp};
use super::zones;

/// Lines of at most 75 bytes, ended by CR LF, folded between characters.
#[derive(Debug, Default)]
pub(super) struct Writer {
    text: String,
}

const LONGEST: usize = 75;

impl Writer {
    pub(super) fn line(&mut self, line: &str) {
        let mut room = LONGEST;
        for c in line.chars() {
            if c.len_utf8() > room {
                self.text.push_str("\r\n ");
                room = LONGEST - 1;
            }
            room -= c.len_utf8();
            self.text.push(c);
        }
        self.text.push_str("\r\n");
    }

    fn text(&mut self, name: &str, text: &str) {
        self.line(&format!("{name}:{}", escape(text)));
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '\\' => escaped.push_str("\\\\"),
            ';' => escaped.push_str("\\;"),
            ',' => escaped.push_str("\\,"),
            '\n' => escaped.push_str("\\n"),
            // Line feeds only: so Google has it, whatever came in.
            '\r' => {}
            other => escaped.push(other),
        }
    }
    escaped
}

/// A parameter's value: in quotes where it must be; it cannot hold any itself.
fn parameter(text: &str) -> String {
    let plain: String = text
        .chars()
        .filter(|c| !c.is_control())
        .map(|c| if c == '"' { '\'' } else { c })
        .collect();
    if plain.contains([';', ':', ',']) {
        format!("\"{plain}\"")
    } else {
        plain
    }
}

/// What stands before the events of a whole calendar, every zone that any of them needs among it.
pub(super) fn head(calendar: &Calendar, zones: &BTreeSet<String>) -> String {
    let mut out = Writer::default();
    out.line("BEGIN:VCALENDAR");
    out.line("PRODID:-//Google Inc//Google Calendar 70.9054//EN");
    out.line("VERSION:2.0");
    out.line("CALSCALE:GREGORIAN");
    let name = calendar
        .summary_override
        .as_ref()
        .unwrap_or(&calendar.summary);
    out.text("X-WR-CALNAME", name);
    out.line(&format!("X-WR-TIMEZONE:{}", calendar.time_zone));
    if let Some(description) = &calendar.description {
        out.text("X-WR-CALDESC", description);
    }
    for zone in zones {
        zones::write(zone, &mut out);
    }
    out.into_text()
}

pub(super) const FOOT: &str = "END:VCALENDAR\r\n";

/// The zones that a series names.
pub(super) fn zones_of(series: &Series, calendar: &Calendar) -> Vec<String> {
    let mut zones = Vec::new();
    for event in &series.events {
        for moment in [
            Some(&event.start),
            Some(&event.end),
            event.original.as_ref(),
        ] {
            let zone = moment.and_then(|moment| zone_written(moment, event, series, calendar));
            zones.extend(zone.map(str::to_owned));
        }
        for line in &event.recurrence {
            let zone = line
                .split([';', ':'])
                .find_map(|part| part.strip_prefix("TZID="));
            zones.extend(zone.map(str::to_owned));
        }
    }
    zones
}

/// The zone that a time is written in; `None`: UTC, or a day.
fn zone_written<'m>(
    moment: &'m Moment,
    event: &Event,
    series: &Series,
    calendar: &Calendar,
) -> Option<&'m str> {
    let zone = moment.zone().filter(|zone| *zone != "UTC")?;
    let single = event.recurrence.is_empty() && event.original.is_none();
    // A single event in the calendar's own zone is written in UTC.
    let own = series.events.len() == 1 && single && event.start.zone() == Some(&calendar.time_zone);
    (!own).then_some(zone)
}

/// The components of one series.
pub(super) fn events(series: &Series, calendar: &Calendar, now: Timestamp) -> String {
    let mut out = Writer::default();
    for event in &series.events {
        if event.status != Status::Cancelled {
            component(event, series, calendar, now, &mut out);
        }
    }
    out.into_text()
}

/// One series as an object of its own.
pub(super) fn object(series: &Series, calendar: &Calendar, now: Timestamp) -> String {
    let zones: BTreeSet<String> = zones_of(series, calendar).into_iter().collect();
    let mut text = head(calendar, &zones);
    text.push_str(&events(series, calendar, now));
    text.push_str(FOOT);
    text
}

fn component(
    event: &Event,
    series: &Series,
    calendar: &Calendar,
    now: Timestamp,
    out: &mut Writer,
) {
    let time = |name: &str, moment: &Moment| match moment {
        Moment::Day(date) => format!("{name};VALUE=DATE:{}", date.strftime("%Y%m%d")),
        Moment::At { local, .. } => match zone_written(moment, event, series, calendar) {
            Some(zone) => format!("{name};TZID={zone}:{}", local.strftime("%Y%m%dT%H%M%S")),
            None => format!("{name}:{}", utc_stamp(moment.instant())),
        },
    };
    let hidden = hides(event, calendar.role);
    out.line("BEGIN:VEVENT");
    out.line(&time("DTSTART", &event.start));
    out.line(&time("DTEND", &event.end));
    for line in &event.recurrence {
        out.line(line);
    }
    if event.original.is_none() {
        for cancelled in series.exceptions() {
            if let (Status::Cancelled, Some(original)) = (cancelled.status, &cancelled.original) {
                out.line(&time("EXDATE", original));
            }
        }
    }
    out.line(&format!("DTSTAMP:{}", utc_stamp(now)));
    if let Some(organizer) = event
        .organizer
        .as_ref()
        .filter(|_| !event.guests.is_empty() && !hidden)
    {
        let name = organizer.name.as_ref().unwrap_or(&organizer.mail);
        out.line(&format!(
            "ORGANIZER;CN={}:mailto:{}",
            parameter(name),
            organizer.mail
        ));
    }
    out.line(&format!("UID:{}", event.uid));
    if !hidden {
        for guest in &event.guests {
            attendee(guest, out);
        }
        if let Some(conference) = event
            .conference
            .as_ref()
            .filter(|c| c.kind == "hangoutsMeet")
        {
            out.line(&format!("X-GOOGLE-CONFERENCE:{}", conference.video));
        }
    }
    if let Some(original) = &event.original {
        out.line(&time("RECURRENCE-ID", original));
    }
    let class = match event.visibility {
        _ if hidden => Some("PRIVATE"),
        Visibility::Private => Some("PRIVATE"),
        Visibility::Confidential => Some("CONFIDENTIAL"),
        Visibility::Public => Some("PUBLIC"),
        Visibility::Default => None,
    };
    if let Some(class) = class {
        out.line(&format!("CLASS:{class}"));
    }
    stamp("CREATED", event.created, out);
    if !hidden {
        description(event, out);
    }
    stamp("LAST-MODIFIED", event.updated, out);
    if !hidden {
        out.text("LOCATION", event.location.as_deref().unwrap_or_default());
    }
    out.line(&format!("SEQUENCE:{}", event.sequence));
    let status = if event.status == Status::Tentative {
        "TENTATIVE"
    } else {
        "CONFIRMED"
    };
    out.line(&format!("STATUS:{status}"));
    let busy = if hidden { "Busy" } else { "" };
    out.text(
        "SUMMARY",
        event.summary.as_deref().filter(|_| !hidden).unwrap_or(busy),
    );
    out.line(if event.transparent {
        "TRANSP:TRANSPARENT"
    } else {
        "TRANSP:OPAQUE"
    });
    if !hidden {
        // What an add-on attached is not told here.
        for attachment in event.attachments.iter().filter(|a| a.file.is_some()) {
            attach(attachment, out);
        }
        if event.kind == EventKind::FromGmail {
            out.line("X-GOOGLE-EVENT-ORIGIN:GMAIL");
        }
        for reminder in event.reminders.iter().flatten() {
            alarm(*reminder, out);
        }
    }
    out.line("END:VEVENT");
}

fn stamp(name: &str, millis: i64, out: &mut Writer) {
    let instant = Timestamp::from_millisecond(millis).unwrap_or_default();
    out.line(&format!("{name}:{}", utc_stamp(instant)));
}

const RULER: &str =
    "-::~:~::~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~::~:~::-";

/// With a part that Google adds about the conference.
fn description(event: &Event, out: &mut Writer) {
    let mut text = event.description.clone().unwrap_or_default();
    if let Some(conference) = event
        .conference
        .as_ref()
        .filter(|c| c.kind == "hangoutsMeet")
    {
        let Conference { video, phone, .. } = conference;
        if !text.is_empty() {
            text.push_str("\n\n");
        }
        text.push_str(&format!("{RULER}\nJoin with Google Meet: {video}\n"));
        if let Some((number, pin)) = phone {
            text.push_str(&format!("Or dial: (FR) {number} PIN: {pin}#\n"));
        }
        text.push_str(&format!(
            "\nLearn more about Meet at: https://support.google.com/a/users/answer/9282720\n\nPlease do not edit this section.\n{RULER}"
        ));
    }
    if !text.is_empty() {
        out.text("DESCRIPTION", &text);
    }
}

fn attendee(guest: &Guest, out: &mut Writer) {
    let kind = if guest.resource {
        "RESOURCE"
    } else {
        "INDIVIDUAL"
    };
    let role = if guest.optional {
        "OPT-PARTICIPANT"
    } else {
        "REQ-PARTICIPANT"
    };
    let answer = match guest.answer.as_str() {
        "accepted" => "ACCEPTED",
        "declined" => "DECLINED",
        "tentative" => "TENTATIVE",
        _ => "NEEDS-ACTION",
    };
    let rsvp = if answer == "NEEDS-ACTION" {
        ";RSVP=TRUE"
    } else {
        ""
    };
    let name = guest
        .name
        .as_ref()
        .map(|name| format!(";CN={}", parameter(name)));
    let comment = guest
        .comment
        .as_ref()
        .map(|text| format!(";X-RESPONSE-COMMENT={}", parameter(text)));
    out.line(&format!(
        "ATTENDEE;CUTYPE={kind};ROLE={role};PARTSTAT={answer}{rsvp}{};X-NUM-GUESTS={}{}:mailto:{}",
        name.unwrap_or_default(),
        guest.additional,
        comment.unwrap_or_default(),
        guest.mail,
    ));
}

fn attach(attachment: &Attachment, out: &mut Writer) {
    out.line(&format!(
        "ATTACH;FILENAME={};FMTTYPE={}:{}",
        parameter(&attachment.title),
        attachment.media_type,
        attachment.address,
    ));
}

fn alarm(reminder: Reminder, out: &mut Writer) {
    out.line("BEGIN:VALARM");
    out.line(if reminder.mail {
        "ACTION:EMAIL"
    } else {
        "ACTION:DISPLAY"
    });
    out.line("DESCRIPTION:This is an event reminder");
    if reminder.mail {
        out.line("SUMMARY:Alarm notification");
        out.line(&format!("ATTENDEE:mailto:{}", ACCOUNT.mail));
    }
    let minutes = reminder.minutes;
    out.line(&format!(
        "TRIGGER:-P{}DT{}H{}M0S",
        minutes / 1_440,
        minutes / 60 % 24,
        minutes % 60
    ));
    out.line("END:VALARM");
}
