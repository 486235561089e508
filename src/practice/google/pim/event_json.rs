//! Events and calendars as the Calendar API v3 describes them
//! (<https://developers.google.com/workspace/calendar/api/v3/reference/events>).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::super::super::world::ACCOUNT;
use super::super::node::time;
use super::calendar::{Calendar, Role};
use super::event::{
    Attachment, Conference, Event, EventKind, Guest, Occurrence, Reminder, Status, Visibility,
};
use super::moment::Moment;

/// What a description depends on beside the event.
#[derive(Debug, Clone, Copy)]
pub(super) struct View<'a> {
    pub calendar: &'a Calendar,
    pub most_guests: Option<usize>,
}

/// One of the resources that `events.list` gives without `singleEvents`.
pub(super) fn event(event: &Event, view: View<'_>) -> Value {
    if event.status == Status::Cancelled {
        return gone(event);
    }
    let mut fields = common(event, view);
    fields.insert("start".into(), event.start.json());
    fields.insert("end".into(), event.end.json());
    if !event.recurrence.is_empty() {
        fields.insert("recurrence".into(), json!(event.recurrence));
    }
    if let Some(original) = &event.original {
        fields.insert("recurringEventId".into(), event.series_id().into());
        fields.insert("originalStartTime".into(), original.json());
    }
    Value::Object(fields)
}

/// One time that an event takes place, as `events.instances` gives it.
pub(super) fn occurrence(one: &Occurrence<'_>, recurs: bool, view: View<'_>) -> Value {
    if !recurs {
        return event(one.event, view);
    }
    let mut fields = common(one.event, view);
    let series = one.event.series_id();
    let id = format!("{series}_{}", one.original.stamp());
    fields.insert("id".into(), id.into());
    fields.insert("start".into(), one.start.json());
    fields.insert("end".into(), one.end.json());
    fields.insert("recurringEventId".into(), series.into());
    fields.insert("originalStartTime".into(), one.original.json());
    Value::Object(fields)
}

/// Of what is deleted hardly anything is told: of an occurrence where it was, else the identifier alone.
pub(super) fn gone(event: &Event) -> Value {
    let mut fields = json!({
        "kind": "calendar#event", "etag": event.etag(), "id": event.id, "status": "cancelled",
    });
    if let (Some(original), Some(fields)) = (&event.original, fields.as_object_mut()) {
        fields.insert("recurringEventId".into(), event.series_id().into());
        fields.insert("originalStartTime".into(), original.json());
    }
    fields
}

fn common(event: &Event, view: View<'_>) -> Map<String, Value> {
    let role = view.calendar.role;
    let mut fields = Map::new();
    let mut put = |name: &str, value: Value| {
        fields.insert(name.to_owned(), value);
    };
    put("kind", "calendar#event".into());
    put("etag", event.etag().into());
    put("id", event.id.as_str().into());
    put("iCalUID", event.uid.as_str().into());
    put("status", status(event.status).into());
    put("htmlLink", link(event, view.calendar).into());
    put("created", time(event.created));
    put("updated", time(event.updated));
    put("sequence", event.sequence.into());
    put("eventType", kind(&event.kind).into());
    if event.visibility != Visibility::Default {
        put("visibility", visibility(event.visibility).into());
    }
    if event.transparent {
        put("transparency", "transparent".into());
    }
    let organizer = event.organizer.as_ref().unwrap_or(&UNKNOWN);
    put("organizer", person(organizer, view.calendar));
    put("creator", person(organizer, view.calendar));
    if hides(event, role) {
        // Whoever may not read it sees when, and nothing else.
        put("visibility", "private".into());
        return fields;
    }
    let mut text = |name: &str, text: &Option<String>| {
        if let Some(text) = text {
            fields.insert(name.to_owned(), text.as_str().into());
        }
    };
    text("summary", &event.summary);
    text("description", &event.description);
    text("location", &event.location);
    details(event, view, &mut fields);
    fields
}

static UNKNOWN: Guest = Guest {
    mail: String::new(),
    name: None,
    answer: String::new(),
    optional: false,
    resource: false,
    comment: None,
    additional: 0,
};

/// Whether somebody with this role does not see what an event is about.
pub(super) fn hides(event: &Event, role: Role) -> bool {
    let closed = matches!(
        event.visibility,
        Visibility::Private | Visibility::Confidential
    );
    role == Role::FreeBusyReader || (closed && !role.sees_private())
}

fn details(event: &Event, view: View<'_>, fields: &mut Map<String, Value>) {
    let mut put = |name: &str, value: Value| {
        fields.insert(name.to_owned(), value);
    };
    if let Some(color) = event.color {
        put("colorId", color.to_string().into());
    }
    put("reminders", reminders(event));
    if !event.guests.is_empty() {
        let all = event.guests.iter();
        if view
            .most_guests
            .is_some_and(|most| event.guests.len() > most)
        {
            let own = all.filter(|guest| guest.mail == ACCOUNT.mail);
            put(
                "attendees",
                own.map(|guest| attendee(guest, event, view)).collect(),
            );
            put("attendeesOmitted", true.into());
        } else {
            put(
                "attendees",
                all.map(|guest| attendee(guest, event, view)).collect(),
            );
        }
    }
    if !event.attachments.is_empty() {
        put(
            "attachments",
            event.attachments.iter().map(attachment).collect(),
        );
    }
    if let Some(conference) = &event.conference {
        put("conferenceData", conference_data(conference));
        if conference.kind == "hangoutsMeet" {
            put("hangoutLink", conference.video.as_str().into());
        }
    }
    let properties = [
        ("private", &event.private_properties),
        ("shared", &event.shared_properties),
    ];
    let properties: Map<String, Value> = properties
        .into_iter()
        .filter(|(_, map)| !map.is_empty())
        .map(|(name, map)| (name.to_owned(), json!(map)))
        .collect();
    if !properties.is_empty() {
        put("extendedProperties", Value::Object(properties));
    }
    if let Some((title, url)) = &event.source {
        put("source", json!({"title": title, "url": url}));
    }
    match &event.kind {
        EventKind::Birthday(contact) => {
            put(
                "birthdayProperties",
                json!({"type": "birthday", "contact": contact}),
            );
        }
        EventKind::FocusTime => put(
            "focusTimeProperties",
            json!({"autoDeclineMode": "declineNone", "chatStatus": "doNotDisturb"}),
        ),
        EventKind::OutOfOffice(message) => put(
            "outOfOfficeProperties",
            json!({"autoDeclineMode": "declineAllConflictingInvitations", "declineMessage": message}),
        ),
        EventKind::WorkingLocation(None) => put(
            "workingLocationProperties",
            json!({"type": "homeOffice", "homeOffice": {}}),
        ),
        EventKind::WorkingLocation(Some(place)) => put(
            "workingLocationProperties",
            json!({"type": "customLocation", "customLocation": {"label": place}}),
        ),
        EventKind::Default | EventKind::FromGmail => {}
    }
}

fn reminders(event: &Event) -> Value {
    match &event.reminders {
        None => json!({"useDefault": true}),
        Some(own) if own.is_empty() => json!({"useDefault": false}),
        Some(own) => {
            let own: Vec<Value> = own.iter().map(reminder).collect();
            json!({"useDefault": false, "overrides": own})
        }
    }
}

pub(super) fn reminder(reminder: &Reminder) -> Value {
    let method = if reminder.mail { "email" } else { "popup" };
    json!({"method": method, "minutes": reminder.minutes})
}

fn person(guest: &Guest, calendar: &Calendar) -> Value {
    let mut fields = json!({"email": guest.mail});
    if let Some(fields) = fields.as_object_mut() {
        if let Some(name) = &guest.name {
            fields.insert("displayName".into(), name.as_str().into());
        }
        if guest.mail == calendar.id {
            fields.insert("self".into(), true.into());
        }
    }
    fields
}

fn attendee(guest: &Guest, event: &Event, view: View<'_>) -> Value {
    let mut fields = person(guest, view.calendar);
    if let Some(fields) = fields.as_object_mut() {
        fields.insert("responseStatus".into(), guest.answer.as_str().into());
        let mut flag = |name: &str, set: bool| {
            if set {
                fields.insert(name.to_owned(), true.into());
            }
        };
        flag("optional", guest.optional);
        flag("resource", guest.resource);
        let organizer = event.organizer.as_ref();
        flag(
            "organizer",
            organizer.is_some_and(|one| one.mail == guest.mail),
        );
        if let Some(comment) = &guest.comment {
            fields.insert("comment".into(), comment.as_str().into());
        }
        if guest.additional > 0 {
            fields.insert("additionalGuests".into(), guest.additional.into());
        }
    }
    fields
}

fn attachment(one: &Attachment) -> Value {
    let mut fields = json!({
        "fileUrl": one.address, "title": one.title, "mimeType": one.media_type,
        "iconLink": "https://drive-thirdparty.googleusercontent.com/16/type/file",
    });
    if let (Some(file), Some(fields)) = (&one.file, fields.as_object_mut()) {
        fields.insert("fileId".into(), file.as_str().into());
    }
    fields
}

fn conference_data(conference: &Conference) -> Value {
    let label = conference.video.trim_start_matches("https://");
    let mut points =
        vec![json!({"entryPointType": "video", "uri": conference.video, "label": label})];
    if let Some((number, pin)) = &conference.phone {
        let digits = number.replace('-', "");
        points.push(json!({
            "entryPointType": "phone", "regionCode": "FR", "uri": format!("tel:{digits}"),
            "label": number, "pin": pin,
        }));
        points.push(json!({
            "entryPointType": "more", "pin": pin,
            "uri": format!("https://tel.meet/{}?pin={pin}", conference.id),
        }));
    }
    let mut data = json!({
        "conferenceId": conference.id,
        "conferenceSolution": {
            "key": {"type": conference.kind}, "name": conference.name,
            "iconUri": "https://fonts.gstatic.com/s/i/productlogos/meet_2020q4/v6/web-512dp/logo.png",
        },
        "entryPoints": points,
    });
    if let (Some(notes), Some(data)) = (&conference.notes, data.as_object_mut()) {
        data.insert("notes".into(), notes.as_str().into());
    }
    data
}

pub(super) const fn status(status: Status) -> &'static str {
    match status {
        Status::Confirmed => "confirmed",
        Status::Tentative => "tentative",
        Status::Cancelled => "cancelled",
    }
}

const fn visibility(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::Default => "default",
        Visibility::Public => "public",
        Visibility::Private => "private",
        Visibility::Confidential => "confidential",
    }
}

pub(super) const fn kind(kind: &EventKind) -> &'static str {
    match kind {
        EventKind::Default => "default",
        EventKind::Birthday(_) => "birthday",
        EventKind::FocusTime => "focusTime",
        EventKind::FromGmail => "fromGmail",
        EventKind::OutOfOffice(_) => "outOfOffice",
        EventKind::WorkingLocation(_) => "workingLocation",
    }
}

fn link(event: &Event, calendar: &Calendar) -> String {
    let both = format!("{} {}", event.id, calendar.id);
    let coded = STANDARD_NO_PAD.encode(both);
    format!("https://www.google.com/calendar/event?eid={coded}")
}

/// An entry of the list of calendars.
pub(super) fn entry(calendar: &Calendar) -> Value {
    let etag = super::super::super::faults::mix_text(calendar.revision, &calendar.id) >> 12;
    let etag = format!("\"{etag:016}\"");
    if calendar.deleted {
        return json!({
            "kind": "calendar#calendarListEntry", "etag": etag, "id": calendar.id,
            "deleted": true,
        });
    }
    let reminders: Vec<Value> = calendar.default_reminders.iter().map(reminder).collect();
    let mut fields = json!({
        "kind": "calendar#calendarListEntry", "etag": etag, "id": calendar.id,
        "summary": calendar.summary, "timeZone": calendar.time_zone,
        "colorId": calendar.color.to_string(), "backgroundColor": calendar.background,
        "foregroundColor": "#000000", "accessRole": calendar.role.name(),
        "defaultReminders": reminders,
        "conferenceProperties": {"allowedConferenceSolutionTypes": ["hangoutsMeet"]},
    });
    if let Some(fields) = fields.as_object_mut() {
        let texts = [
            ("summaryOverride", &calendar.summary_override),
            ("description", &calendar.description),
            ("location", &calendar.location),
            ("dataOwner", &calendar.owner),
        ];
        for (name, text) in texts {
            if let Some(text) = text {
                fields.insert(name.to_owned(), text.as_str().into());
            }
        }
        // Where they are false they are absent.
        for (name, set) in [
            ("primary", calendar.primary),
            ("selected", calendar.selected),
            ("hidden", calendar.hidden),
        ] {
            if set {
                fields.insert(name.to_owned(), true.into());
            }
        }
    }
    fields
}

/// The wall clock of a moment in the zone that a request asks for.
pub(super) fn in_zone(value: Value, zone: Option<&str>) -> Value {
    let (Some(zone), Value::Object(mut fields)) = (zone, value.clone()) else {
        return value;
    };
    for name in ["start", "end", "originalStartTime"] {
        let time = fields.get(name).and_then(|at| at.get("dateTime")?.as_str());
        let time = time.and_then(|text| text.parse::<Timestamp>().ok());
        if let (Some(time), Some(at)) = (time, fields.get_mut(name)) {
            let there = Moment::of_instant(time, zone).json();
            if let (Some(there), Some(at)) = (there.get("dateTime"), at.as_object_mut()) {
                at.insert("dateTime".into(), there.clone());
            }
        }
    }
    Value::Object(fields)
}
