//! What the API says of an event that Google's iCalendar does not.

use serde_json::Value;

use super::{Reminder, own_reminders, uses_default};
use crate::pim::build::{Property, kebab};
use crate::pim::html::is_html;
use crate::pim::json::{list, plain, text};
use crate::pim::line::Line;

/// Properties to add to an event, and which of them are X- properties for want of others.
#[derive(Debug, Default)]
pub(super) struct Extras {
    pub(super) properties: Vec<Property>,
    pub(super) extended: Vec<String>,
}

impl Extras {
    fn add(&mut self, property: Property) {
        self.properties.push(property);
    }

    fn extend(&mut self, property: Property) {
        self.extended.push(property.name().to_owned());
        self.properties.push(property);
    }
}

/// Google's colours of events by their ids, and the CSS3 names that come nearest (RFC 7986, section 5.9).
const COLOURS: [(&str, &str); 11] = [
    ("1", "cornflowerblue"),
    ("2", "mediumseagreen"),
    ("3", "darkorchid"),
    ("4", "salmon"),
    ("5", "gold"),
    ("6", "orangered"),
    ("7", "deepskyblue"),
    ("8", "dimgray"),
    ("9", "royalblue"),
    ("10", "seagreen"),
    ("11", "crimson"),
];

/// Whether a property stands but once in an event, whatever it says.
pub(super) fn is_single(name: &str) -> bool {
    !matches!(
        name,
        "ATTACH" | "CONFERENCE" | "X-GOOGLE-PRIVATE-PROPERTY" | "X-GOOGLE-SHARED-PROPERTY"
    )
}

pub(super) fn of(event: &Value) -> Extras {
    let mut extras = Extras::default();
    for attachment in list(event, "attachments") {
        if let Some(url) = text(attachment, "fileUrl") {
            let attach = Property::uri("ATTACH", url)
                .with_some("FILENAME", text(attachment, "title"))
                .with_some("FMTTYPE", text(attachment, "mimeType"));
            extras.add(attach);
        }
    }
    conferences(&mut extras, event);
    if let Some(colour) = text(event, "colorId") {
        let named = COLOURS.iter().find(|(id, _)| *id == colour);
        if let Some((_, name)) = named {
            extras.add(Property::raw("COLOR", name));
        }
        extras.extend(Property::text("X-GOOGLE-COLOR-ID", colour));
    }
    if let Some(description) = text(event, "description").filter(|words| is_html(words)) {
        extras.add(Property::text("X-ALT-DESC", description).with("FMTTYPE", "text/html"));
    }
    if let Some(source) = event.get("source") {
        if let Some(url) = text(source, "url") {
            extras.add(Property::uri("URL", url));
        }
        if let Some(title) = text(source, "title") {
            extras.extend(Property::text("X-GOOGLE-SOURCE-TITLE", title));
        }
    }
    kinds(&mut extras, event);
    permissions(&mut extras, event);
    extras
}

/// Where people meet who are not there.
fn conferences(extras: &mut Extras, event: &Value) {
    let data = event.get("conferenceData").unwrap_or(&Value::Null);
    for entry in list(data, "entryPoints") {
        let Some(uri) = text(entry, "uri") else {
            continue;
        };
        let features: &[&str] = match text(entry, "entryPointType") {
            Some("video") => &["AUDIO", "VIDEO"],
            Some("phone" | "sip") => &["AUDIO", "PHONE"],
            _ => &[],
        };
        // `more` is a page with further numbers: no conference.
        if text(entry, "entryPointType") != Some("more") {
            let conference = Property::uri("CONFERENCE", uri)
                .with("VALUE", "URI")
                .with_list("FEATURE", features)
                .with_some("LABEL", text(entry, "label"));
            extras.add(conference);
        }
    }
    if let Some(link) = text(event, "hangoutLink") {
        extras.add(Property::uri("X-GOOGLE-CONFERENCE", link));
    }
    // Pins, passwords and notes have no place of their own.
    if !data.is_null() {
        extras.extend(Property::text("X-GOOGLE-CONFDATA", &plain(data)));
    }
}

/// What Google makes of an event beside a meeting.
fn kinds(extras: &mut Extras, event: &Value) {
    if let Some(kind) = text(event, "eventType").filter(|kind| *kind != "default") {
        extras.extend(Property::text("X-GOOGLE-EVENT-TYPE", kind));
    }
    for key in [
        "birthdayProperties",
        "focusTimeProperties",
        "outOfOfficeProperties",
        "workingLocationProperties",
        "gadget",
        "eventLabelId",
    ] {
        if let Some(value) = event.get(key).filter(|value| !value.is_null()) {
            let name = format!("X-GOOGLE-{}", kebab(key));
            extras.extend(Property::text(name, &plain(value)));
        }
    }
    let kept = event.get("extendedProperties").unwrap_or(&Value::Null);
    for (key, name) in [
        ("private", "X-GOOGLE-PRIVATE-PROPERTY"),
        ("shared", "X-GOOGLE-SHARED-PROPERTY"),
    ] {
        for (own, value) in kept
            .get(key)
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            extras.extend(Property::text(name, &plain(value)).with("X-KEY", own.clone()));
        }
    }
}

/// What guests may do where that is not as usual, and other marks.
fn permissions(extras: &mut Extras, event: &Value) {
    for (key, usual) in [
        ("guestsCanInviteOthers", true),
        ("guestsCanModify", false),
        ("guestsCanSeeOtherGuests", true),
        ("anyoneCanAddSelf", false),
        ("attendeesOmitted", false),
        ("endTimeUnspecified", false),
        ("privateCopy", false),
        ("locked", false),
    ] {
        let Some(value) = event.get(key).and_then(Value::as_bool) else {
            continue;
        };
        if value != usual {
            let value = if value { "TRUE" } else { "FALSE" };
            extras.extend(Property::raw(format!("X-GOOGLE-{}", kebab(key)), value));
        }
    }
    let mail = |key: &str| event.get(key).and_then(|who| text(who, "email"));
    if let Some(creator) = mail("creator").filter(|creator| mail("organizer") != Some(*creator)) {
        extras.extend(Property::uri(
            "X-GOOGLE-CREATOR",
            &format!("mailto:{creator}"),
        ));
    }
}

/// The alarms of an event: its own, or its calendar's. Google has others for whole days, which it does not
/// tell.
pub(super) fn alarms(
    event: &Value,
    default: &[Reminder],
    all_day: bool,
    summary: &str,
) -> Vec<Vec<Line<'static>>> {
    let (reminders, is_default) = match uses_default(event) {
        true if all_day => (Vec::new(), true),
        true => (default.to_vec(), true),
        false => (own_reminders(event), false),
    };
    let words = if summary.trim().is_empty() {
        "-"
    } else {
        summary
    };
    reminders
        .into_iter()
        .map(|reminder| {
            let trigger = match reminder.minutes_before {
                0 => "PT0S".to_owned(),
                minutes => format!("-PT{minutes}M"),
            };
            let mut lines = vec![Line::new("BEGIN:VALARM")];
            let action = if reminder.by_mail { "EMAIL" } else { "DISPLAY" };
            lines.push(Line::new(format!("ACTION:{action}")));
            lines.push(Property::text("DESCRIPTION", words).line());
            if reminder.by_mail {
                lines.push(Property::text("SUMMARY", words).line());
            }
            lines.push(Line::new(format!("TRIGGER:{trigger}")));
            if is_default {
                lines.push(Line::new("X-DEFAULT-ALARM:TRUE"));
            }
            lines.push(Line::new("END:VALARM"));
            lines
        })
        .collect()
}

/// What is known of an event in JSON: the rest is kept as X- properties.
pub(super) const KNOWN: [&str; 44] = [
    "kind",
    "etag",
    "id",
    "iCalUID",
    "status",
    "htmlLink",
    "created",
    "updated",
    "summary",
    "description",
    "location",
    "colorId",
    "creator",
    "organizer",
    "start",
    "end",
    "endTimeUnspecified",
    "recurrence",
    "recurringEventId",
    "originalStartTime",
    "transparency",
    "visibility",
    "sequence",
    "attendees",
    "attendeesOmitted",
    "reminders",
    "attachments",
    "conferenceData",
    "hangoutLink",
    "extendedProperties",
    "eventType",
    "birthdayProperties",
    "focusTimeProperties",
    "outOfOfficeProperties",
    "workingLocationProperties",
    "gadget",
    "eventLabelId",
    "source",
    "guestsCanInviteOthers",
    "guestsCanModify",
    "guestsCanSeeOtherGuests",
    "anyoneCanAddSelf",
    "privateCopy",
    "locked",
];

/// Whether an event is for somebody to see that something is on, and no more.
pub(super) fn is_free(event: &Value) -> bool {
    text(event, "transparency") == Some("transparent")
}
