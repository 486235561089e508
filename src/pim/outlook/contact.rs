//! vCards of contacts. Like Google's, they are 3.0: a Nextcloud gives that to every client as it is.

use serde_json::Value;

use super::super::build::{Builder, Property};
use super::super::calendar::{PRODUCT, derived};
use super::super::change::{Broken, Converted};
use super::super::contact::add_photo;
use super::super::json::{list, text};
use super::{categories, instant, rest, texts};

/// What becomes of a contact is made of these; the rest is kept as X- properties.
const KNOWN: [&str; 47] = [
    "id",
    "changeKey",
    "parentFolderId",
    "createdDateTime",
    "lastModifiedDateTime",
    "displayName",
    "givenName",
    "surname",
    "middleName",
    "title",
    "generation",
    "nickName",
    "fileAs",
    "initials",
    "yomiGivenName",
    "yomiSurname",
    "yomiCompanyName",
    "emailAddresses",
    "primaryEmailAddress",
    "secondaryEmailAddress",
    "tertiaryEmailAddress",
    "businessPhones",
    "homePhones",
    "mobilePhone",
    "phones",
    "imAddresses",
    "businessAddress",
    "homeAddress",
    "otherAddress",
    "postalAddresses",
    "companyName",
    "department",
    "officeLocation",
    "jobTitle",
    "profession",
    "birthday",
    "weddingAnniversary",
    "businessHomePage",
    "websites",
    "personalNotes",
    "categories",
    "spouseName",
    "children",
    "manager",
    "assistantName",
    "photo",
    "gender",
];

/// The year that Outlook gives to a birthday without one.
const NO_YEAR: &str = "1604-";

/// The UID of the card of the contact with this id. Exchange's ids are long, and may differ by case alone,
/// which some databases do not see.
pub fn contact_uid(contact_id: &str) -> String {
    derived(format!("contact/{contact_id}").as_bytes())
}

/// Makes a vCard of a contact. `photo` is the picture at `photo/$value`, where there is one.
///
/// # Errors
/// When the picture cannot be put into the card.
pub fn from_contact(contact: &Value, photo: Option<&[u8]>) -> Result<Converted, Broken> {
    let uid = match text(contact, "id") {
        Some(id) => contact_uid(id),
        None => derived(contact.to_string().as_bytes()),
    };
    let mut builder = Builder::new();
    builder
        .begin("VCARD")
        .add(Property::raw("VERSION", "3.0"))
        .add(Property::raw("PRODID", PRODUCT))
        .add(Property::text("UID", &uid));
    let name = names(&mut builder, contact);
    reach(&mut builder, contact);
    addresses(&mut builder, contact);
    work(&mut builder, contact);
    dates(&mut builder, contact);
    if let Some(page) = text(contact, "businessHomePage") {
        builder.add(Property::uri("URL", page).with("TYPE", "WORK"));
    }
    for page in list(contact, "websites") {
        if let Some(address) = text(page, "address") {
            builder.add(Property::uri("URL", address).with_some("TYPE", text(page, "type")));
        }
    }
    builder.add_text("NOTE", text(contact, "personalNotes"));
    categories(&mut builder, contact);
    relations(&mut builder, contact);
    if let Some(gender) = text(contact, "gender") {
        builder.extend(Property::text("X-GENDER", gender));
    }
    rest(&mut builder, contact, &KNOWN, "X-MICROSOFT-");
    let created = instant(contact, "createdDateTime");
    if let Some(changed) = instant(contact, "lastModifiedDateTime").or(created) {
        builder.add(Property::utc("REV", changed));
    }
    builder.end("VCARD");
    let (mut text, extended, lost) = builder.into_parts();
    if let Some(photo) = photo {
        text = add_photo(&text, photo)?;
    }
    Ok(Converted {
        text,
        uid,
        name,
        extended,
        lost,
    })
}

fn names(builder: &mut Builder, contact: &Value) -> String {
    let part = |key: &str| text(contact, key).unwrap_or_default();
    let parts = ["surname", "givenName", "middleName", "title", "generation"].map(part);
    let [family, given, middle, prefix, suffix] = parts;
    let spoken = [prefix, given, middle, family, suffix];
    let spoken: Vec<&str> = spoken.into_iter().filter(|part| !part.is_empty()).collect();
    let address = list(contact, "emailAddresses")
        .iter()
        .find_map(|email| text(email, "address"));
    let numbers = ["businessPhones", "homePhones"].map(|key| texts(contact, key));
    let shown = text(contact, "displayName")
        .map(str::to_owned)
        .or_else(|| (!spoken.is_empty()).then(|| spoken.join(" ")))
        .or_else(|| {
            let others = ["nickName", "fileAs", "companyName"].into_iter();
            let mut others = others.filter_map(|key| text(contact, key));
            let phones = || numbers.iter().flatten().copied().next();
            let other = others.next().or(address).or_else(phones);
            other
                .or_else(|| text(contact, "mobilePhone"))
                .map(str::to_owned)
        })
        .unwrap_or_else(|| "?".to_owned());
    builder
        .add(Property::text("FN", &shown))
        .add(Property::structured("N", &parts));
    if let Some(nickname) = text(contact, "nickName") {
        builder.add(Property::list("NICKNAME", &[nickname]));
    }
    for (key, name) in [
        ("fileAs", "X-FILE-AS"),
        ("initials", "X-MICROSOFT-INITIALS"),
        ("yomiGivenName", "X-PHONETIC-FIRST-NAME"),
        ("yomiSurname", "X-PHONETIC-LAST-NAME"),
        ("yomiCompanyName", "X-PHONETIC-ORG"),
    ] {
        if let Some(said) = text(contact, key) {
            builder.extend(Property::text(name, said));
        }
    }
    shown
}

fn reach(builder: &mut Builder, contact: &Value) {
    let mut known: Vec<String> = Vec::new();
    let single = [
        "primaryEmailAddress",
        "secondaryEmailAddress",
        "tertiaryEmailAddress",
    ];
    let single = single.iter().filter_map(|key| contact.get(*key));
    for email in list(contact, "emailAddresses").iter().chain(single) {
        let Some(address) = text(email, "address") else {
            continue;
        };
        if known.contains(&address.to_lowercase()) {
            continue;
        }
        known.push(address.to_lowercase());
        let label = text(email, "name").filter(|name| !name.eq_ignore_ascii_case(address));
        let mut property = Property::text("EMAIL", address).with("TYPE", "INTERNET");
        property = property.with_some("X-DISPLAY-NAME", label);
        builder.add(property);
    }
    for (key, kind) in [("businessPhones", "WORK"), ("homePhones", "HOME")] {
        for number in texts(contact, key) {
            builder.add(Property::text("TEL", number).with_list("TYPE", &[kind, "VOICE"]));
        }
    }
    if let Some(number) = text(contact, "mobilePhone") {
        builder.add(Property::text("TEL", number).with("TYPE", "CELL"));
    }
    for phone in list(contact, "phones") {
        if let Some(number) = text(phone, "number") {
            builder.add(Property::text("TEL", number).with_some("TYPE", text(phone, "type")));
        }
    }
    for address in texts(contact, "imAddresses") {
        let has_scheme = address.split_once(':').is_some_and(|(scheme, rest)| {
            !rest.is_empty()
                && scheme.starts_with(|char: char| char.is_ascii_alphabetic())
                && scheme
                    .chars()
                    .all(|char| char.is_ascii_alphanumeric() || "+-.".contains(char))
        });
        let address = if has_scheme {
            address.to_owned()
        } else {
            format!("im:{address}")
        };
        builder.add(Property::uri("IMPP", &address));
    }
}

fn addresses(builder: &mut Builder, contact: &Value) {
    for (key, kind) in [
        ("businessAddress", Some("WORK")),
        ("homeAddress", Some("HOME")),
        ("otherAddress", None),
    ] {
        let Some(address) = contact.get(key) else {
            continue;
        };
        let part = |key: &str| text(address, key).unwrap_or_default();
        let parts = [
            part("postOfficeBox"),
            "",
            part("street"),
            part("city"),
            part("state"),
            part("postalCode"),
            part("countryOrRegion"),
        ];
        if parts.iter().any(|part| !part.is_empty()) {
            builder.add(Property::structured("ADR", &parts).with_some("TYPE", kind));
        }
    }
}

fn work(builder: &mut Builder, contact: &Value) {
    let part = |key: &str| text(contact, key).unwrap_or_default();
    let mut units = vec![part("companyName"), part("department")];
    while units.last().is_some_and(|unit| unit.is_empty()) {
        units.pop();
    }
    if !units.is_empty() {
        builder.add(Property::structured("ORG", &units));
    }
    builder
        .add_text("TITLE", text(contact, "jobTitle"))
        .add_text("ROLE", text(contact, "profession"));
    if let Some(office) = text(contact, "officeLocation") {
        builder.extend(Property::text("X-MICROSOFT-OFFICE-LOCATION", office));
    }
}

/// Days, told as an instant: the day is the one that is written, whatever zone reads it.
fn dates(builder: &mut Builder, contact: &Value) {
    for (key, name) in [
        ("birthday", "BDAY"),
        ("weddingAnniversary", "X-ANNIVERSARY"),
    ] {
        let Some(written) = text(contact, key) else {
            continue;
        };
        let day = written.get(..10).unwrap_or(written);
        let is_day = day.parse::<jiff::civil::Date>().is_ok();
        let property = Property::raw(name, day);
        let property = match day.starts_with(NO_YEAR) {
            // How Apple says it in a 3.0, where a date must have a year.
            true => property.with("X-APPLE-OMIT-YEAR", "1604"),
            false => property,
        };
        let property = property.with("VALUE", "DATE");
        match (is_day, name) {
            (false, _) => {
                let name = format!("X-MICROSOFT-{}", super::kebab(key));
                builder.extend(Property::text(name, written))
            }
            (true, "BDAY") => builder.add(property),
            (true, _) => builder.extend(property),
        };
    }
}

/// People beside the person: vCard 3.0 has no property for them; these are Apple's and Evolution's.
fn relations(builder: &mut Builder, contact: &Value) {
    let child = texts(contact, "children");
    let single = [
        ("spouseName", "X-SPOUSE", "_$!<Spouse>!$_"),
        ("manager", "X-MANAGER", "_$!<Manager>!$_"),
        ("assistantName", "X-ASSISTANT", "_$!<Assistant>!$_"),
    ];
    for (key, property, label) in single {
        if let Some(name) = text(contact, key) {
            builder.extend(Property::text(property, name));
            related(builder, name, label);
        }
    }
    for name in child {
        related(builder, name, "_$!<Child>!$_");
    }
}

fn related(builder: &mut Builder, name: &str, label: &str) {
    let group = builder.group();
    builder.extend(Property::text("X-ABRELATEDNAMES", name).grouped(group.clone()));
    builder.add(Property::text("X-ABLabel", label).grouped(group));
}
