//! Whether two texts mean the same: the proof where a server does not keep the very bytes.
//!
//! Folding, the order of properties and parameters, the case of names, quotes, escapes that change nothing,
//! and lists in one line or in several are spelling. What servers add of their own is passed over; whatever
//! else is missing, changed or new is told.

use std::collections::{BTreeMap, BTreeSet};

use super::line::{Line, Param, escape, split_value, unescape};
use super::mend::{Block, Blocks, Sheet, readable};
use super::zones;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    Calendar,
    Card,
}

impl Format {
    const fn component(self) -> &'static str {
        match self {
            Self::Calendar => "VCALENDAR",
            Self::Card => "VCARD",
        }
    }
}

/// One thing that is not the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Where: `VEVENT/SUMMARY`, `VEVENT 20240108T180000/DTSTART`.
    pub property: String,
    /// What was sent, in a canonical spelling; empty where it is new.
    pub sent: String,
    /// What is stored; empty where it is missing.
    pub stored: String,
}

/// What two texts do not have in common; empty where they mean the same.
pub fn differences(format: Format, sent: &[u8], stored: &[u8]) -> Vec<Difference> {
    match (Meaning::read(format, sent), Meaning::read(format, stored)) {
        (Some(sent), Some(stored)) => sent.differences(&stored),
        _ if sent == stored => Vec::new(),
        _ => vec![Difference {
            property: format.component().to_owned(),
            sent: String::from_utf8_lossy(sent).into_owned(),
            stored: String::from_utf8_lossy(stored).into_owned(),
        }],
    }
}

/// The component, and the property in it.
type Key = (String, String);

/// What a text says, in a canonical spelling.
struct Meaning(BTreeMap<Key, Vec<String>>);

/// What servers add where it is missing, and rewrite.
const OF_SERVERS: [&str; 5] = ["PRODID", "DTSTAMP", "LAST-MODIFIED", "REV", "CALSCALE"];

/// What servers add where it is missing.
const ADDED: [&str; 6] = ["UID", "VERSION", "CREATED", "FN", "N", "SEQUENCE"];

impl Meaning {
    fn read(format: Format, text: &[u8]) -> Option<Self> {
        let mut changes = BTreeSet::new();
        let text = readable(text, &mut changes);
        let mut sheet = Sheet::new(&text, changes);
        let blocks = sheet.structure(format.component()).ok()?;
        let mut said = BTreeMap::new();
        for block in blocks.list.iter().filter(|block| block.depth <= 2) {
            let own = blocks.own(block);
            if block.name == "VTIMEZONE" && is_known(&sheet, &own) {
                continue;
            }
            let path = path(&sheet, block, &own);
            for line in own.iter().filter_map(|number| sheet.line(*number)) {
                if !line.is_blank() {
                    say(&mut said, &path, line);
                }
            }
            for inner in blocks.within(block).filter(|inner| inner.depth > 2) {
                let whole = whole(&sheet, &blocks, inner);
                let key = (path.clone(), inner.name.clone());
                said.entry(key).or_insert_with(Vec::new).push(whole);
            }
            said.entry((path, "BEGIN".to_owned()))
                .or_insert_with(Vec::new)
                .push(block.name.clone());
        }
        Some(Self(said))
    }

    fn differences(&self, stored: &Self) -> Vec<Difference> {
        let keys: BTreeSet<&Key> = self.0.keys().chain(stored.0.keys()).collect();
        let mut found = Vec::new();
        for key in keys {
            let mut sent = self.0.get(key).cloned().unwrap_or_default();
            let mut stored = stored.0.get(key).cloned().unwrap_or_default();
            sent.retain(|one| match stored.iter().position(|other| other == one) {
                Some(at) => {
                    stored.swap_remove(at);
                    false
                }
                None => true,
            });
            let (path, name) = key;
            let is_of_servers = OF_SERVERS.contains(&name.as_str()) && !stored.is_empty();
            let is_added = ADDED.contains(&name.as_str()) && !self.0.contains_key(key);
            if is_of_servers || is_added || is_servers_own(name, &sent) {
                continue;
            }
            let mut pairs = (sent.into_iter(), stored.into_iter());
            loop {
                let (sent, stored) = (pairs.0.next(), pairs.1.next());
                if sent.is_none() && stored.is_none() {
                    break;
                }
                found.push(Difference {
                    property: format!("{path}/{name}"),
                    sent: sent.unwrap_or_default(),
                    stored: stored.unwrap_or_default(),
                });
            }
        }
        found
    }
}

/// Bookkeeping that servers write into objects.
fn is_servers_own(name: &str, sent: &[String]) -> bool {
    let prefixes = ["X-NC-", "X-RADICALE-", "X-SABRE-", "X-VOBJECT-"];
    sent.is_empty() && prefixes.iter().any(|prefix| name.starts_with(prefix))
}

/// Whether everybody knows what the zone of this definition is.
fn is_known(sheet: &Sheet<'_>, own: &[usize]) -> bool {
    let tzid = sheet.first(own, "TZID");
    tzid.is_some_and(|(_, line)| zones::iana(&line.text()).is_some())
}

/// What tells a component from others: its name, and which occurrence it is.
fn path(sheet: &Sheet<'_>, block: &Block, own: &[usize]) -> String {
    match sheet.first(own, "RECURRENCE-ID") {
        Some((_, line)) => format!("{} {}", block.name, line.value_str()),
        None => block.name.clone(),
    }
}

/// An inner component as one text.
fn whole(sheet: &Sheet<'_>, blocks: &Blocks, block: &Block) -> String {
    let mut said = BTreeMap::new();
    for number in block.begin..block.end {
        if let Some(line) = sheet.line(number).filter(|line| !line.is_blank()) {
            say(&mut said, "", line);
        }
    }
    let inner = blocks.within(block).count();
    let mut lines: Vec<String> = said
        .into_iter()
        .flat_map(|((_, name), values)| {
            values
                .into_iter()
                .map(move |value| format!("{name}{value}"))
        })
        .collect();
    lines.sort_unstable();
    format!("{inner} {}", lines.join("\n"))
}

/// Notes what a line says; a list is as many things as it has items.
fn say(said: &mut BTreeMap<Key, Vec<String>>, path: &str, line: &Line<'_>) {
    let name = line.name().to_ascii_uppercase();
    let params = params(&name, &line.params());
    let group = line.group().map(str::to_ascii_lowercase);
    let group = group
        .map(|group| format!(" in {group}"))
        .unwrap_or_default();
    for value in values(&name, line) {
        let key = (path.to_owned(), name.clone());
        said.entry(key)
            .or_default()
            .push(format!("{group}{params}:{value}"));
    }
}

/// Parameters whose values are words of the standards, in any case.
const WORDS: [&str; 14] = [
    "VALUE",
    "TYPE",
    "ENCODING",
    "CUTYPE",
    "ROLE",
    "PARTSTAT",
    "RSVP",
    "RELTYPE",
    "RANGE",
    "RELATED",
    "FBTYPE",
    "FEATURE",
    "SCHEDULE-AGENT",
    "PREF",
];

fn params(property: &str, params: &[Param]) -> String {
    let mut said = BTreeSet::new();
    for param in params {
        // A bare value of vCard 2.1.
        let name = match param.name.as_str() {
            "" => "TYPE".to_owned(),
            name => name.to_ascii_uppercase(),
        };
        // What became of a scheduling message is the server's to say; a character set is spelling.
        if matches!(name.as_str(), "SCHEDULE-STATUS" | "CHARSET") {
            continue;
        }
        for value in param
            .values
            .iter()
            .flat_map(|value| param_items(&name, value))
        {
            let value = match name.as_str() {
                "ENCODING" if value.eq_ignore_ascii_case("BASE64") => "B".to_owned(),
                name if WORDS.contains(&name) => value.to_ascii_uppercase(),
                _ => lower_scheme(&value),
            };
            if name != "VALUE" || !is_usual_type(property, &value) {
                said.insert(Param::new(name.clone(), value).to_string());
            }
        }
    }
    said.into_iter().collect()
}

/// `TYPE="home,work"` is two types.
fn param_items(name: &str, value: &str) -> Vec<String> {
    if name == "TYPE" {
        value.split(',').map(str::to_owned).collect()
    } else {
        vec![value.to_owned()]
    }
}

/// Whether a property has this value type without saying so.
fn is_usual_type(property: &str, value_type: &str) -> bool {
    match value_type {
        "DATE-TIME" => matches!(
            property,
            "DTSTART"
                | "DTEND"
                | "DUE"
                | "RECURRENCE-ID"
                | "EXDATE"
                | "RDATE"
                | "CREATED"
                | "COMPLETED"
        ),
        "DURATION" => property == "TRIGGER",
        "URI" => matches!(property, "URL" | "ATTACH" | "TZURL" | "SOURCE" | "IMPP"),
        "TEXT" => !matches!(
            property,
            "URL" | "ATTACH" | "PHOTO" | "LOGO" | "SOUND" | "KEY" | "IMPP"
        ),
        "CAL-ADDRESS" => matches!(property, "ATTENDEE" | "ORGANIZER"),
        _ => false,
    }
}

fn values(name: &str, line: &Line<'_>) -> Vec<String> {
    let value = line.value_str();
    let value = value.trim();
    match name {
        "EXDATE" | "RDATE" => value.split(',').map(str::to_owned).collect(),
        "CATEGORIES" | "RESOURCES" | "NICKNAME" => {
            let items = split_value(value, ',').into_iter().map(unescape);
            items.filter(|item| !item.is_empty()).collect()
        }
        "RRULE" | "EXRULE" => {
            let upper = value.to_ascii_uppercase();
            let parts: BTreeSet<&str> = upper.split(';').filter(|part| !part.is_empty()).collect();
            vec![parts.into_iter().collect::<Vec<_>>().join(";")]
        }
        "N" | "ADR" | "ORG" | "GENDER" => vec![structured(value)],
        "BDAY" | "ANNIVERSARY" | "DEATHDATE" | "REV" => vec![basic_date(value)],
        "PHOTO" | "LOGO" | "SOUND" | "KEY" | "ATTACH" => {
            vec![lower_scheme(&value.replace([' ', '\t'], ""))]
        }
        _ => vec![lower_scheme(&unescape(value))],
    }
}

/// Components with the empty ones at the end left out.
fn structured(value: &str) -> String {
    let components = split_value(value, ';').into_iter();
    let components: Vec<String> = components
        .map(|component| {
            let items = split_value(component, ',')
                .into_iter()
                .map(|item| escape(&unescape(item)));
            items.collect::<Vec<_>>().join(",")
        })
        .collect();
    components.join(";").trim_end_matches([';', ',']).to_owned()
}

/// `1985-04-12` is `19850412` (RFC 6350, section 4.3, against RFC 2426, section 3.1.5).
fn basic_date(value: &str) -> String {
    let (start, rest) = match value.strip_prefix("--") {
        Some(rest) => ("--", rest),
        None => ("", value),
    };
    let (date, time) = match rest.split_once(['T', 't']) {
        Some((date, time)) => (
            date,
            format!("T{}", time.replace(':', "").to_ascii_uppercase()),
        ),
        None => (rest, String::new()),
    };
    format!("{start}{}{time}", date.replace('-', ""))
}

/// The scheme of a URI in lower case.
fn lower_scheme(value: &str) -> String {
    match value.split_once(':') {
        Some((scheme, rest))
            if !scheme.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric()) =>
        {
            format!("{}:{rest}", scheme.to_ascii_lowercase())
        }
        _ => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card(lines: &str) -> String {
        format!("BEGIN:VCARD\r\nVERSION:3.0\r\n{lines}END:VCARD\r\n")
    }

    fn event(lines: &str) -> String {
        format!(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\n{lines}END:VEVENT\r\nEND:VCALENDAR\r\n"
        )
    }

    fn of(format: Format, sent: &str, stored: &str) -> Vec<Difference> {
        differences(format, sent.as_bytes(), stored.as_bytes())
    }

    #[test]
    fn spelling_is_no_difference() {
        for (one, other) in [
            ("SUMMARY:a\\, b\r\n", "summary:a, b\r\n"),
            (
                "SUMMARY:long li\r\n ne\r\nLOCATION:x\r\n",
                "LOCATION:x\nSUMMARY:long line\n",
            ),
            (
                "ATTENDEE;CN=\"A\";ROLE=CHAIR:mailto:a@x\r\n",
                "ATTENDEE;role=chair;CN=A:MAILTO:a@x\r\n",
            ),
            (
                "EXDATE:20240101T000000Z,20240102T000000Z\r\n",
                "EXDATE:20240102T000000Z\r\nEXDATE;VALUE=DATE-TIME:20240101T000000Z\r\n",
            ),
            (
                "RRULE:FREQ=DAILY;COUNT=3\r\n",
                "RRULE:COUNT=3;FREQ=DAILY;\r\n",
            ),
            ("CATEGORIES:a,b\r\n", "CATEGORIES:b\r\nCATEGORIES:a\r\n"),
            ("", "DTSTAMP:20240101T000000Z\r\nX-NC-GROUP-ID:3\r\n"),
            (
                "DTSTAMP:20240101T000000Z\r\n",
                "DTSTAMP:20250101T000000Z\r\n",
            ),
            (
                "ORGANIZER:mailto:a@x\r\n",
                "ORGANIZER;SCHEDULE-STATUS=1.1:mailto:a@x\r\n",
            ),
        ] {
            assert_eq!(
                of(Format::Calendar, &event(one), &event(other)),
                [],
                "{one} {other}"
            );
        }
        for (one, other) in [
            (
                "N:A;B\r\nTEL;TYPE=HOME,VOICE:1\r\n",
                "TEL;TYPE=home;TYPE=voice:1\r\nN:A;B;;;\r\n",
            ),
            ("BDAY:1985-04-12\r\n", "BDAY:19850412\r\n"),
            (
                "PHOTO;ENCODING=b;TYPE=JPEG:AAAA\r\n BBBB\r\n",
                "PHOTO;TYPE=JPEG;ENCODING=BASE64:AAAABBBB\r\n",
            ),
            ("item1.X-ABLabel:x\r\n", "ITEM1.X-ABLABEL:x\r\n"),
        ] {
            assert_eq!(
                of(Format::Card, &card(one), &card(other)),
                [],
                "{one} {other}"
            );
        }
    }

    #[test]
    fn loss_and_change_are_told() {
        for (one, other) in [
            ("SUMMARY:a\r\n", "SUMMARY:b\r\n"),
            ("X-ODD:1\r\n", ""),
            ("X-ODD:1\r\nX-ODD:1\r\n", "X-ODD:1\r\n"),
            ("", "ATTENDEE:mailto:a@x\r\n"),
            (
                "DTSTART;TZID=Europe/Paris:20240101T000000\r\n",
                "DTSTART:20240101T000000\r\n",
            ),
            ("DTSTAMP:20240101T000000Z\r\n", ""),
            ("CATEGORIES:a,b\r\n", "CATEGORIES:a\\,b\r\n"),
            (
                "ATTENDEE;CN=a:mailto:a@x\r\n",
                "ATTENDEE;CN=A:mailto:a@x\r\n",
            ),
            (
                "BEGIN:VALARM\r\nTRIGGER:-PT5M\r\nEND:VALARM\r\n",
                "BEGIN:VALARM\r\nTRIGGER:-PT6M\r\nEND:VALARM\r\n",
            ),
        ] {
            assert_ne!(
                of(Format::Calendar, &event(one), &event(other)),
                [],
                "{one} {other}"
            );
        }
        let told = of(
            Format::Calendar,
            &event("SUMMARY:a\r\n"),
            &event("SUMMARY:b\r\n"),
        );
        assert_eq!(
            (
                told[0].property.as_str(),
                told[0].sent.as_str(),
                told[0].stored.as_str()
            ),
            ("VEVENT/SUMMARY", ":a", ":b")
        );
        assert_eq!(
            of(Format::Card, &card("N:A;B\r\n"), &card("N:A\\;B\r\n")).len(),
            1
        );
        assert_eq!(of(Format::Card, &card("FN:A\r\n"), "nothing").len(), 1);
    }

    #[test]
    fn an_exception_that_is_missing_is_told() {
        let series = event("");
        let exception = "BEGIN:VEVENT\r\nUID:1\r\nRECURRENCE-ID:20240101T000000Z\r\nEND:VEVENT\r\n";
        let both = series.replace("END:VCALENDAR", &format!("{exception}END:VCALENDAR"));
        let told = of(Format::Calendar, &both, &series);
        assert!(
            told.iter()
                .any(|one| one.property == "VEVENT 20240101T000000Z/BEGIN"),
            "{told:?}"
        );
    }

    #[test]
    fn definitions_of_zones_that_everybody_knows_are_no_difference() {
        let zone = "BEGIN:VTIMEZONE\r\nTZID:Europe/Paris\r\nX-A:1\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT";
        let custom = zone.replace("Europe/Paris", "Customized Time Zone");
        let plain = event("");
        assert_eq!(
            of(
                Format::Calendar,
                &plain.replace("BEGIN:VEVENT", zone),
                &plain
            ),
            []
        );
        assert_ne!(
            of(
                Format::Calendar,
                &plain.replace("BEGIN:VEVENT", &custom),
                &plain
            ),
            []
        );
    }
}
