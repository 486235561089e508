//! What `Sabre\VObject` finds wrong, and mends.

use jiff::Timestamp;

use super::time::civil;
use super::{Component, Node, Property};

/// Which rules hold: those of CalDAV or those of CardDAV servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    CalDav,
    CardDav,
}

/// What was found, at its worst.
#[derive(Debug, Default)]
pub struct Findings {
    /// The first of the worst; it was mended, or does not matter much.
    pub warning: Option<String>,
    /// Something was changed.
    pub repaired: bool,
    /// The first thing that is beyond mending.
    pub refused: Option<String>,
    level: u8,
}

impl Findings {
    fn add(&mut self, level: u8, message: impl Into<String>) {
        let message = message.into();
        match level {
            1 => self.repaired = true,
            3 if self.refused.is_none() => self.refused = Some(message.clone()),
            _ => {}
        }
        if level > self.level {
            self.level = level;
            self.warning = Some(message);
        }
    }
}

/// Mends what can be mended.
pub fn validate(object: &mut Component, profile: Profile) -> Findings {
    let mut found = Findings::default();
    match profile {
        Profile::CalDav => {
            check_component(object, &mut found, Document::Calendar);
            check_calendar(object, &mut found);
        }
        Profile::CardDav => {
            let version = object.text("VERSION").unwrap_or_default();
            let document = match version.as_str() {
                "4.0" => Document::Card4,
                "2.1" => Document::Card21,
                _ => Document::Card3,
            };
            let mut of_card = Findings::default();
            check_card(object, &mut of_card);
            check_component(object, &mut found, document);
            for (level, message) in [
                (
                    1,
                    of_card.repaired.then(|| of_card.warning.clone()).flatten(),
                ),
                (3, of_card.refused),
            ] {
                if let Some(message) = message {
                    found.add(level, message);
                }
            }
        }
    }
    found
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Document {
    Calendar,
    Card21,
    Card3,
    Card4,
}

/// How often a property may stand in a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule {
    Once,
    AtMostOnce,
}

fn rules(component: &str) -> &'static [(&'static str, Rule)] {
    use Rule::{AtMostOnce, Once};
    match component {
        "VCALENDAR" => &[
            ("PRODID", Once),
            ("VERSION", Once),
            ("CALSCALE", AtMostOnce),
            ("METHOD", AtMostOnce),
        ],
        "VEVENT" => &[
            ("UID", Once),
            ("DTSTAMP", Once),
            ("DTSTART", Once),
            ("CLASS", AtMostOnce),
            ("CREATED", AtMostOnce),
            ("DESCRIPTION", AtMostOnce),
            ("GEO", AtMostOnce),
            ("LAST-MODIFIED", AtMostOnce),
            ("LOCATION", AtMostOnce),
            ("ORGANIZER", AtMostOnce),
            ("PRIORITY", AtMostOnce),
            ("SEQUENCE", AtMostOnce),
            ("STATUS", AtMostOnce),
            ("SUMMARY", AtMostOnce),
            ("TRANSP", AtMostOnce),
            ("URL", AtMostOnce),
            ("RECURRENCE-ID", AtMostOnce),
            ("RRULE", AtMostOnce),
            ("DTEND", AtMostOnce),
            ("DURATION", AtMostOnce),
        ],
        "VTODO" => &[
            ("UID", Once),
            ("DTSTAMP", Once),
            ("CLASS", AtMostOnce),
            ("COMPLETED", AtMostOnce),
            ("CREATED", AtMostOnce),
            ("DESCRIPTION", AtMostOnce),
            ("DTSTART", AtMostOnce),
            ("GEO", AtMostOnce),
            ("LAST-MODIFIED", AtMostOnce),
            ("LOCATION", AtMostOnce),
            ("ORGANIZER", AtMostOnce),
            ("PRIORITY", AtMostOnce),
            ("RECURRENCE-ID", AtMostOnce),
            ("SEQUENCE", AtMostOnce),
            ("STATUS", AtMostOnce),
            ("SUMMARY", AtMostOnce),
            ("URL", AtMostOnce),
            ("RRULE", AtMostOnce),
            ("DUE", AtMostOnce),
            ("DURATION", AtMostOnce),
        ],
        "VJOURNAL" => &[
            ("UID", Once),
            ("DTSTAMP", Once),
            ("CLASS", AtMostOnce),
            ("CREATED", AtMostOnce),
            ("DTSTART", AtMostOnce),
            ("LAST-MODIFIED", AtMostOnce),
            ("ORGANIZER", AtMostOnce),
            ("RECURRENCE-ID", AtMostOnce),
            ("SEQUENCE", AtMostOnce),
            ("STATUS", AtMostOnce),
            ("SUMMARY", AtMostOnce),
            ("URL", AtMostOnce),
            ("RRULE", AtMostOnce),
        ],
        "VALARM" => &[
            ("ACTION", Once),
            ("TRIGGER", Once),
            ("DURATION", AtMostOnce),
            ("REPEAT", AtMostOnce),
            ("ATTACH", AtMostOnce),
        ],
        "VTIMEZONE" => &[
            ("TZID", Once),
            ("LAST-MODIFIED", AtMostOnce),
            ("TZURL", AtMostOnce),
        ],
        "VCARD" => &[
            ("ANNIVERSARY", AtMostOnce),
            ("BDAY", AtMostOnce),
            ("GENDER", AtMostOnce),
            ("KIND", AtMostOnce),
            ("N", AtMostOnce),
            ("PRODID", AtMostOnce),
            ("REV", AtMostOnce),
            ("VERSION", Once),
            ("UID", AtMostOnce),
        ],
        _ => &[],
    }
}

/// What is put in the place of a property that must be there.
fn default(component: &str, property: &str) -> Option<String> {
    Some(match (component, property) {
        ("VCALENDAR", "VERSION") => "2.0".to_owned(),
        ("VCALENDAR" | "VCARD", "PRODID") => "-//Sabre//Sabre VObject 4.5.6//EN".to_owned(),
        ("VEVENT" | "VTODO" | "VJOURNAL", "UID") => {
            format!("sabre-vobject-{}", uuid::Uuid::new_v4())
        }
        ("VEVENT" | "VTODO" | "VJOURNAL", "DTSTAMP") => {
            Timestamp::now().strftime("%Y%m%dT%H%M%SZ").to_string()
        }
        ("VCARD", "VERSION") => "4.0".to_owned(),
        _ => return None,
    })
}

fn check_component(component: &mut Component, found: &mut Findings, document: Document) {
    let mut gone = Vec::new();
    for (at, child) in component.children.iter_mut().enumerate() {
        match child {
            Node::Component(inner) => check_component(inner, found, document),
            Node::Property(property) => {
                if !check_property(property, found, document) {
                    gone.push(at);
                }
            }
        }
    }
    for at in gone.into_iter().rev() {
        component.children.remove(at);
    }
    for (name, rule) in rules(&component.name) {
        let count = component.properties(name).count();
        match rule {
            Rule::Once if count != 1 => {
                let value = default(&component.name, name);
                let level = if value.is_some() { 1 } else { 3 };
                if let Some(value) = value {
                    component.add(Property::new(name, value));
                }
                found.add(
                    level,
                    format!(
                        "{name} MUST appear exactly once in a {} component",
                        component.name
                    ),
                );
            }
            Rule::AtMostOnce if count > 1 => {
                let level = if merge(component, name) { 1 } else { 3 };
                found.add(
                    level,
                    format!(
                        "{name} MUST NOT appear more than once in a {} component",
                        component.name
                    ),
                );
            }
            _ => {}
        }
    }
    if component.name == "VTODO" {
        check_due(component, found);
    }
}

/// Makes one out of several that are the same.
fn merge(component: &mut Component, name: &str) -> bool {
    let Some(first) = component.property(name).cloned() else {
        return false;
    };
    if component.properties(name).any(|other| *other != first) {
        return false;
    }
    component.remove(name);
    component.add(first);
    true
}

fn check_due(task: &Component, found: &mut Findings) {
    let (Some(due), Some(start)) = (task.property("DUE"), task.property("DTSTART")) else {
        return;
    };
    if due.text().contains('T') != start.text().contains('T') {
        found.add(
            3,
            "The value type (DATE or DATE-TIME) must be identical for DUE and DTSTART",
        );
    } else if let (Some(due), Some(start)) = (civil(&due.text()), civil(&start.text()))
        && due.0 < start.0
    {
        found.add(3, "DUE must occur after DTSTART");
    }
}

fn check_calendar(calendar: &Component, found: &mut Findings) {
    if calendar
        .text("VERSION")
        .is_some_and(|version| version != "2.0")
    {
        found.add(
            3,
            "Only iCalendar version 2.0 as defined in rfc5545 is supported.",
        );
    }
    let objects: Vec<&Component> = calendar
        .components()
        .filter(|c| matches!(c.name.as_str(), "VEVENT" | "VTODO" | "VJOURNAL"))
        .collect();
    let uid = |component: &Component| component.text("UID").unwrap_or_default();
    let mut masters: Vec<String> = Vec::new();
    for object in &objects {
        if object.has("RECURRENCE-ID") {
            continue;
        }
        if masters.contains(&uid(object)) {
            found.add(
                3,
                format!(
                    "More than one master object was found for the object with UID {}",
                    uid(object)
                ),
            );
        }
        masters.push(uid(object));
    }
    let differ = |by: &dyn Fn(&Component) -> String| {
        objects
            .windows(2)
            .any(|pair| matches!(pair, [a, b] if by(a) != by(b)))
    };
    if differ(&|object| uid(object)) {
        found.add(
            3,
            "A calendar object on a CalDAV server may only have components with the same UID.",
        );
    }
    if differ(&|object| object.name.clone()) {
        found.add(
            3,
            "A calendar object on a CalDAV server may only have 1 type of component (VEVENT, VTODO or VJOURNAL).",
        );
    }
    if calendar.has("METHOD") {
        found.add(
            3,
            "A calendar object on a CalDAV server MUST NOT have a METHOD property.",
        );
    }
}

fn check_card(card: &mut Component, found: &mut Findings) {
    let versions = card.properties("VERSION").count();
    let version = card.text("VERSION").unwrap_or_default();
    if versions == 1 && !matches!(version.as_str(), "2.1" | "3.0" | "4.0") {
        found.add(
            3,
            "Only vcard version 4.0 (RFC6350), version 3.0 (RFC2426) or version 2.1 (icm-vcard-2.1) are supported.",
        );
    }
    if version == "2.1" {
        found.add(3, "CardDAV servers are not allowed to accept vCard 2.1.");
    }
    if !card.has("UID") {
        card.add(Property::new("UID", uuid::Uuid::new_v4().to_string()));
        found.add(1, "vCards on CardDAV servers MUST have a UID property.");
    }
    let names = card.properties("FN").count();
    if names != 1 {
        let made = (names == 0).then(|| made_name(card)).flatten();
        let level = if made.is_some() { 1 } else { 3 };
        if let Some(made) = made {
            card.add(Property::new("FN", made));
        }
        found.add(
            level,
            "The FN property must appear in the VCARD component exactly 1 time",
        );
    }
}

fn made_name(card: &Component) -> Option<String> {
    if let Some(name) = card.text("N") {
        let parts: Vec<&str> = name.split(';').collect();
        return Some(match parts.as_slice() {
            [family, given, ..] if !given.is_empty() => format!("{given} {family}"),
            [family, ..] => (*family).to_owned(),
            [] => String::new(),
        });
    }
    ["ORG", "NICKNAME", "EMAIL"]
        .iter()
        .find_map(|name| card.text(name))
}

/// `false`: the property is taken out.
fn check_property(property: &mut Property, found: &mut Findings, document: Document) -> bool {
    check_text(property, found);
    check_encoding(property, found, document);
    if document == Document::Calendar {
        check_dates(property, found);
        if property.name == "RRULE" {
            return check_rule(property, found);
        }
        return true;
    }
    let least = match property.name.as_str() {
        "N" => 5,
        "ADR" => 7,
        "BDAY" | "ANNIVERSARY" if property.param("VALUE") != Some("text") => {
            if !is_card_date(&property.text()) {
                found.add(
                    3,
                    format!(
                        "The supplied value ({}) is not a correct DATE-AND-OR-TIME property",
                        property.text()
                    ),
                );
            }
            return true;
        }
        _ => return true,
    };
    let parts = parts(&property.text());
    if parts < least {
        found.add(
            1,
            format!(
                "The {} property must have at least {least} values. It only has {parts}",
                property.name
            ),
        );
        property.value.extend(vec![b';'; least - parts]);
    }
    true
}

/// Values apart by semicolons that are not escaped.
fn parts(text: &str) -> usize {
    let mut count = 1;
    let mut escaped = false;
    for c in text.chars() {
        match c {
            ';' if !escaped => count += 1,
            _ => {}
        }
        escaped = c == '\\' && !escaped;
    }
    count
}

fn check_text(property: &mut Property, found: &mut Findings) {
    let control = |byte: &u8| matches!(byte, 0..=8 | 0xb | 0xc | 0xe..=0x1f | 0x7f);
    let looks_bad = |byte: &u8| matches!(byte, 0..=8 | 0xb | 0xc | 0xe | 0xf);
    let is_utf8 = std::str::from_utf8(&property.value).is_ok();
    if is_utf8 && !property.value.iter().any(looks_bad) {
        return;
    }
    let message = match property.value.iter().find(|byte| control(byte)) {
        Some(byte) => format!("Property contained a control character (0x{byte:02x})"),
        None => format!("Property is not valid UTF-8! {}", latin1(&property.value)),
    };
    found.add(1, message);
    if !is_utf8 {
        property.value = latin1(&property.value).into_bytes();
    }
    property.value.retain(|byte| !control(byte));
}

fn latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

fn check_encoding(property: &mut Property, found: &mut Findings, document: Document) {
    let Some(encoding) = property.param("ENCODING").map(str::to_ascii_uppercase) else {
        return;
    };
    let allowed: &[&str] = match document {
        Document::Card4 => {
            found.add(3, "ENCODING parameter is not valid in vCard 4.");
            return;
        }
        Document::Calendar => &["8BIT", "BASE64"],
        Document::Card21 => &["QUOTED-PRINTABLE", "BASE64", "8BIT"],
        Document::Card3 => &["B"],
    };
    if document == Document::Card3 && encoding == "BASE64" {
        property.set_param("ENCODING", "B");
        found.add(1, "ENCODING=BASE64 has been transformed to ENCODING=B.");
    } else if !allowed.contains(&encoding.as_str()) {
        found.add(
            3,
            format!("ENCODING={encoding} is not valid for this document type."),
        );
    }
}

fn check_dates(property: &Property, found: &mut Findings) {
    const DATES: [&str; 9] = [
        "DTSTART",
        "DTEND",
        "DUE",
        "RECURRENCE-ID",
        "EXDATE",
        "DTSTAMP",
        "CREATED",
        "LAST-MODIFIED",
        "COMPLETED",
    ];
    if !DATES.contains(&property.name.as_str()) {
        return;
    }
    let kind = match property
        .param("VALUE")
        .map(str::to_ascii_uppercase)
        .as_deref()
    {
        Some("DATE") => "DATE",
        None | Some("DATE-TIME") => "DATE-TIME",
        Some(_) => return,
    };
    let text = property.text();
    for value in text.split(',') {
        let good = match kind {
            "DATE" => super::time::date(value.trim()).is_some(),
            // Without a clock it is a date all the same (`hasTime`).
            _ => civil(value).is_some(),
        };
        if !good {
            found.add(
                3,
                format!("The supplied value ({value}) is not a correct {kind}"),
            );
            return;
        }
    }
}

/// `false`: without FREQ there is no rule.
fn check_rule(property: &mut Property, found: &mut Findings) -> bool {
    let mut kept: Vec<String> = Vec::new();
    let mut has_freq = false;
    let text = property.text().into_owned();
    for part in text.split(';').filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let name = name.to_ascii_uppercase();
        if value.is_empty() {
            found.add(1, format!("Invalid value for {name} in RRULE"));
            continue;
        }
        has_freq |= name == "FREQ";
        let (low, high, words) = match name.as_str() {
            "BYMONTH" => (1, 12, "between 1 and 12!"),
            "BYWEEKNO" => (-53, 53, "from -53 to -1, or 1 to 53!"),
            "BYYEARDAY" => (-366, 366, "from -366 to -1, or 1 to 366!"),
            _ => {
                kept.push(format!("{name}={value}"));
                continue;
            }
        };
        let good = |one: &&str| {
            one.parse::<i32>()
                .is_ok_and(|n| n != 0 && (low..=high).contains(&n))
        };
        let values: Vec<&str> = value.split(',').collect();
        let valid: Vec<&str> = values.iter().filter(|one| good(one)).copied().collect();
        for _ in valid.len()..values.len() {
            found.add(1, format!("{name} in RRULE must have value(s) {words}"));
        }
        if !valid.is_empty() {
            kept.push(format!("{name}={}", valid.join(",")));
        }
    }
    if !has_freq {
        found.add(1, "FREQ is required in RRULE");
        return false;
    }
    if found.repaired && kept.join(";") != text {
        property.value = kept.join(";").into_bytes();
    }
    true
}

/// RFC 6350, section 4.3, and the forms of vCard 3.
fn is_card_date(text: &str) -> bool {
    let (day, clock) = match text.split_once('T') {
        Some((day, clock)) => (day, Some(clock)),
        None => (text, None),
    };
    let shape: String = day
        .chars()
        .map(|c| if c.is_ascii_digit() { '0' } else { c })
        .collect();
    let known = [
        "00000000",
        "0000-00-00",
        "0000-00",
        "0000",
        "--0000",
        "--00-00",
        "--00",
        "---00",
        "",
    ];
    let clock_is_good = clock.is_none_or(|clock| {
        clock.starts_with(|c: char| c.is_ascii_digit() || c == '-')
            && clock
                .chars()
                .all(|c| c.is_ascii_digit() || ":-+Z.".contains(c))
    });
    known.contains(&shape.as_str()) && clock_is_good && !text.is_empty()
}
