//! Each field of a person.

use serde_json::Value;

use super::labels::{extra, item};
use super::{Label, text};
use crate::pim::build::{Builder, Property};
use crate::pim::html;
use crate::pim::json::{beside, list, plain};

/// N, FN and what else a person is called. Returns what FN says.
pub(super) fn names(builder: &mut Builder, person: &Value) -> String {
    let names = list(person, "names");
    let first = names.first().unwrap_or(&Value::Null);
    let shown = ["displayName", "unstructuredName"]
        .into_iter()
        .find_map(|key| text(first, key))
        .map(str::to_owned)
        .or_else(|| joined(first))
        .or_else(|| something(person))
        .unwrap_or_else(|| "?".to_owned());
    builder
        .add(Property::text("FN", &shown))
        .add(Property::structured("N", &components(first)));
    phonetic(builder, first);
    for other in names.iter().skip(1) {
        let group = builder.group();
        builder.extend(
            Property::structured("X-GOOGLE-NAME", &components(other)).grouped(group.clone()),
        );
        if let Some(shown) = text(other, "displayName") {
            builder.add(Property::text("X-ABLabel", shown).grouped(group));
        }
        phonetic(builder, other);
    }
    nicknames(builder, person);
    for (number, file_as) in texts(person, "fileAses", "value").enumerate() {
        // What Evolution and others know has room for one.
        let name = if number == 0 {
            "X-FILE-AS"
        } else {
            "X-GOOGLE-FILE-AS"
        };
        builder.extend(Property::text(name, file_as));
    }
    shown
}

/// Family name, given name, further names, prefixes, suffixes (RFC 2426, section 3.1.2).
fn components(name: &Value) -> [&str; 5] {
    [
        "familyName",
        "givenName",
        "middleName",
        "honorificPrefix",
        "honorificSuffix",
    ]
    .map(|key| text(name, key).unwrap_or_default())
}

fn joined(name: &Value) -> Option<String> {
    let [family, given, middle, prefix, suffix] = components(name);
    let parts = [prefix, given, middle, family, suffix];
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// How to call somebody without a name.
fn something(person: &Value) -> Option<String> {
    [
        ("nicknames", "value"),
        ("fileAses", "value"),
        ("organizations", "name"),
        ("emailAddresses", "value"),
        ("phoneNumbers", "value"),
        ("organizations", "title"),
        ("urls", "value"),
    ]
    .into_iter()
    .find_map(|(field, key)| texts(person, field, key).next())
    .map(str::to_owned)
}

fn phonetic(builder: &mut Builder, name: &Value) {
    for (key, property) in [
        ("phoneticGivenName", "X-PHONETIC-FIRST-NAME"),
        ("phoneticMiddleName", "X-PHONETIC-MIDDLE-NAME"),
        ("phoneticFamilyName", "X-PHONETIC-LAST-NAME"),
        ("phoneticHonorificPrefix", "X-PHONETIC-PREFIX"),
        ("phoneticHonorificSuffix", "X-PHONETIC-SUFFIX"),
        ("phoneticFullName", "X-PHONETIC-FULL-NAME"),
    ] {
        if let Some(sound) = text(name, key) {
            builder.extend(Property::text(property, sound));
        }
    }
}

fn nicknames(builder: &mut Builder, person: &Value) {
    let mut plain: Vec<&str> = Vec::new();
    for nickname in list(person, "nicknames") {
        let Some(name) = text(nickname, "value") else {
            continue;
        };
        match text(nickname, "type") {
            None | Some("DEFAULT") => plain.push(name),
            Some("MAIDEN_NAME") => {
                builder.extend(Property::text("X-MAIDENNAME", name));
            }
            Some(kind) => extra(
                builder,
                Property::text("X-GOOGLE-NICKNAME", name),
                Some(kind),
            ),
        }
    }
    if !plain.is_empty() {
        builder.add(Property::list("NICKNAME", &plain));
    }
}

/// How to reach a person: mail, telephone, messages.
pub(super) fn reach(builder: &mut Builder, person: &Value) {
    for email in list(person, "emailAddresses") {
        let Some(address) = text(email, "value") else {
            continue;
        };
        let mut label = Label::of(email);
        label.types.insert(0, "INTERNET");
        let mut property = Property::text("EMAIL", address);
        if let Some(shown) = text(email, "displayName") {
            property = property.with("X-DISPLAY-NAME", shown);
        }
        item(builder, property, email, label);
    }
    for phone in list(person, "phoneNumbers") {
        let number = text(phone, "value").or_else(|| text(phone, "canonicalForm"));
        if let Some(number) = number {
            item(
                builder,
                Property::text("TEL", number),
                phone,
                Label::of(phone),
            );
        }
    }
    for client in list(person, "imClients") {
        let Some(user) = text(client, "username") else {
            continue;
        };
        let protocol = text(client, "protocol").or_else(|| text(client, "formattedProtocol"));
        let address = messenger(protocol.unwrap_or_default(), user);
        let property = Property::uri("IMPP", &address).with_some("X-SERVICE-TYPE", protocol);
        item(builder, property, client, Label::of(client));
    }
    for sip in list(person, "sipAddresses") {
        let Some(address) = text(sip, "value") else {
            continue;
        };
        let address = match address.get(..4) {
            Some(start) if start.to_ascii_lowercase().starts_with("sip") => address.to_owned(),
            _ => format!("sip:{address}"),
        };
        let property = Property::uri("IMPP", &address).with("X-SERVICE-TYPE", "SIP");
        item(builder, property, sip, Label::of(sip));
    }
}

/// The address of a messenger's user as a URI (RFC 4770).
fn messenger(protocol: &str, user: &str) -> String {
    let scheme = match protocol.to_ascii_lowercase().as_str() {
        "googletalk" | "jabber" | "xmpp" => "xmpp".to_owned(),
        "msn" => "msnim".to_owned(),
        "yahoo" => "ymsgr".to_owned(),
        "netmeeting" => "callto".to_owned(),
        other => {
            let letters: String = other.chars().filter(char::is_ascii_alphanumeric).collect();
            match letters.chars().next() {
                Some(first) if first.is_ascii_alphabetic() => letters,
                _ => "x-im".to_owned(),
            }
        }
    };
    format!("{scheme}:{user}")
}

pub(super) fn addresses(builder: &mut Builder, person: &Value) {
    for address in list(person, "addresses") {
        let part = |key| text(address, key).unwrap_or_default();
        let country = text(address, "country").or_else(|| text(address, "countryCode"));
        let mut parts = [
            part("poBox"),
            part("extendedAddress"),
            part("streetAddress"),
            part("city"),
            part("region"),
            part("postalCode"),
            country.unwrap_or_default(),
        ];
        let whole = text(address, "formattedValue");
        let is_empty = parts.iter().all(|part| part.is_empty());
        if let [_, _, street, ..] = &mut parts
            && is_empty
        {
            *street = whole.unwrap_or_default();
        }
        if parts.iter().all(|part| part.is_empty()) {
            continue;
        }
        let property = Property::structured("ADR", &parts);
        let code = text(address, "countryCode");
        let label = Label::of(address);
        let group = (label.own.is_some() || code.is_some()).then(|| builder.group());
        let mut add = |property: Property| {
            builder.add(match &group {
                Some(group) => property.grouped(group.clone()),
                None => property,
            });
        };
        add(property.with_list("TYPE", &label.types));
        if let Some(own) = &label.own {
            add(Property::text("X-ABLabel", own));
        }
        if let Some(code) = code {
            add(Property::text("X-ABADR", &code.to_ascii_lowercase()));
        }
        if let Some(whole) = whole.filter(|whole| says_more(whole, &parts)) {
            add(Property::text("LABEL", whole).with_list("TYPE", &label.types));
        }
    }
}

/// Whether somebody wrote an address in another way than its parts say.
fn says_more(whole: &str, parts: &[&str]) -> bool {
    let known = parts.join(" ").to_lowercase();
    let mut words = whole.split(|char: char| !char.is_alphanumeric());
    words.any(|word| !known.contains(&word.to_lowercase()))
}

/// What is told of an organisation in properties of vCard, or is translated into them.
const OF_ORGANIZATIONS: [&str; 6] = [
    "metadata",
    "name",
    "department",
    "title",
    "phoneticName",
    "formattedType",
];

pub(super) fn organizations(builder: &mut Builder, person: &Value) {
    let all = list(person, "organizations");
    for organization in all {
        let group = (all.len() > 1).then(|| builder.group());
        let place = |property: Property| match &group {
            Some(group) => property.grouped(group.clone()),
            None => property,
        };
        let (name, department) = (text(organization, "name"), text(organization, "department"));
        match (name, department) {
            (None, None) => {}
            (name, None) => {
                builder.add(place(Property::structured(
                    "ORG",
                    &[name.unwrap_or_default()],
                )));
            }
            (name, Some(department)) => {
                let units = [name.unwrap_or_default(), department];
                builder.add(place(Property::structured("ORG", &units)));
            }
        }
        if let Some(title) = text(organization, "title") {
            builder.add(place(Property::text("TITLE", title)));
        }
        if let Some(sound) = text(organization, "phoneticName") {
            builder.extend(place(Property::text("X-PHONETIC-ORG", sound)));
        }
        if let Some(rest) = beside(organization, &OF_ORGANIZATIONS) {
            builder.extend(place(Property::text(
                "X-GOOGLE-ORGANIZATION",
                &plain(&rest),
            )));
        }
    }
    for occupation in texts(person, "occupations", "value") {
        builder.add(Property::text("ROLE", occupation));
    }
}

pub(super) fn dates(builder: &mut Builder, person: &Value) {
    for (number, birthday) in list(person, "birthdays").iter().enumerate() {
        match date("BDAY", birthday) {
            Some(property) if number == 0 => {
                builder.add(property);
            }
            Some(_) | None => {
                if let Some(rest) = beside(birthday, &["metadata"]) {
                    let said = text(&rest, "text").map_or_else(|| plain(&rest), str::to_owned);
                    builder.extend(Property::text("X-GOOGLE-BIRTHDAY", &said));
                }
            }
        }
    }
    for event in list(person, "events") {
        let label = text(event, "type").map(|_| Label::of(event).own);
        match date("X-ABDATE", event) {
            Some(property) => {
                let label = Label {
                    types: Vec::new(),
                    own: Some(
                        label
                            .flatten()
                            .unwrap_or_else(|| "_$!<Other>!$_".to_owned()),
                    ),
                };
                item(builder, property, &Value::Null, label);
            }
            None => {
                if let Some(rest) = beside(event, &["metadata"]) {
                    builder.extend(Property::text("X-GOOGLE-EVENT", &plain(&rest)));
                }
            }
        }
    }
}

/// A date, with or without a year. Without, it is written as Apple's programs do, and Nextcloud reads it.
fn date(name: &str, value: &Value) -> Option<Property> {
    let date = value.get("date")?;
    let part = |key| {
        date.get(key)
            .and_then(Value::as_i64)
            .filter(|part| *part > 0)
    };
    let (month, day) = (part("month")?, part("day")?);
    let year = part("year");
    // 1604 was a leap year: Apple's programs mean no year by it.
    let shown = i16::try_from(year.unwrap_or(1604)).ok()?;
    let checked =
        jiff::civil::Date::new(shown, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    let property = Property::raw(name, checked.to_string());
    Some(match year {
        Some(_) => property,
        None => property.with("X-APPLE-OMIT-YEAR", "1604"),
    })
}

/// Notes are plain text; what was HTML is kept beside.
pub(super) fn notes(builder: &mut Builder, person: &Value) {
    for note in list(person, "biographies") {
        let Some(words) = text(note, "value") else {
            continue;
        };
        if text(note, "contentType") == Some("TEXT_HTML") {
            builder.add_text("NOTE", Some(&html::plain(words)));
            builder.extend(Property::text("X-GOOGLE-NOTE-HTML", words));
        } else {
            builder.add(Property::text("NOTE", words));
        }
    }
}

/// Pages, calendars, other people.
pub(super) fn links(builder: &mut Builder, person: &Value) {
    for url in list(person, "urls") {
        if let Some(address) = text(url, "value") {
            item(builder, Property::uri("URL", address), url, Label::of(url));
        }
    }
    for calendar in list(person, "calendarUrls") {
        let Some(address) = text(calendar, "url") else {
            continue;
        };
        // RFC 2739
        let is_busy = text(calendar, "type") == Some("freeBusy");
        let name = if is_busy { "FBURL" } else { "CALURI" };
        let label = if is_busy {
            Label::default()
        } else {
            Label::of(calendar)
        };
        item(builder, Property::uri(name, address), calendar, label);
    }
    for relation in list(person, "relations") {
        let Some(other) = text(relation, "person") else {
            continue;
        };
        let label = Label {
            types: Vec::new(),
            own: Some(
                Label::of(relation)
                    .own
                    .unwrap_or_else(|| "_$!<Other>!$_".to_owned()),
            ),
        };
        item(
            builder,
            Property::text("X-ABRELATEDNAMES", other),
            &Value::Null,
            label,
        );
    }
}

/// What vCard 3.0 has no property for.
pub(super) fn others(builder: &mut Builder, person: &Value) {
    for defined in list(person, "userDefined") {
        let value = text(defined, "value").unwrap_or_default();
        extra(
            builder,
            Property::text("X-GOOGLE-USER-DEFINED", value),
            text(defined, "key"),
        );
    }
    for data in list(person, "clientData") {
        let value = text(data, "value").unwrap_or_default();
        extra(
            builder,
            Property::text("X-GOOGLE-CLIENT-DATA", value),
            text(data, "key"),
        );
    }
    for (field, name) in [
        ("externalIds", "X-GOOGLE-EXTERNAL-ID"),
        ("miscKeywords", "X-GOOGLE-KEYWORD"),
        ("interests", "X-INTEREST"),
        ("skills", "X-EXPERTISE"),
        ("locales", "X-GOOGLE-LOCALE"),
    ] {
        for one in list(person, field) {
            if let Some(value) = text(one, "value") {
                extra(builder, Property::text(name, value), text(one, "type"));
            }
        }
    }
    for range in texts(person, "ageRanges", "ageRange") {
        builder.extend(Property::text("X-GOOGLE-AGE-RANGE", range));
    }
    for gender in list(person, "genders") {
        if let Some(value) = text(gender, "value").or_else(|| text(gender, "formattedValue")) {
            builder.extend(Property::text("X-GENDER", value));
        }
        if let Some(address) = text(gender, "addressMeAs") {
            builder.extend(Property::text("X-GOOGLE-ADDRESS-ME-AS", address));
        }
    }
    for location in list(person, "locations") {
        if let Some(value) = text(location, "value") {
            extra(
                builder,
                Property::text("X-GOOGLE-LOCATION", value),
                text(location, "type"),
            );
        }
        if let Some(rest) = beside(location, &["metadata", "value", "type"]) {
            builder.extend(Property::text("X-GOOGLE-LOCATION-DETAILS", &plain(&rest)));
        }
    }
}

/// The texts of one key in all items of a field.
fn texts<'v>(person: &'v Value, field: &str, key: &'v str) -> impl Iterator<Item = &'v str> {
    list(person, field)
        .iter()
        .filter_map(move |item| text(item, key))
}
