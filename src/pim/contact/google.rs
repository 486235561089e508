//! People of Google's People API, as vCards.
//!
//! They become vCard 3.0 with the labels that Apple began and Google's own export uses (`item1.X-ABLabel`):
//! a Nextcloud stores that as it is and gives it to every client as it is, while it turns a 4.0 into a 3.0
//! for most of them and loses something on the way.

use std::collections::HashMap;

use jiff::Timestamp;
use serde_json::Value;

use super::photo;
use crate::pim::build::{Builder, Property, kebab};
use crate::pim::calendar::{PRODUCT, derived};
use crate::pim::change::Converted;
use crate::pim::json::{beside, is_true, list, plain, text};

mod fields;
mod labels;

use labels::Label;

/// The names of labels, by their resource names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Groups(HashMap<String, String>);

/// What every contact is in: it tells nothing.
const MY_CONTACTS: &str = "contactGroups/myContacts";

impl Groups {
    /// Reads the items of `contactGroups`.
    pub fn from_json(contact_groups: &[Value]) -> Self {
        let named = |group: &Value| {
            let id = text(group, "resourceName")?;
            let name = text(group, "formattedName").or_else(|| text(group, "name"))?;
            Some((id.to_owned(), name.to_owned()))
        };
        Self(contact_groups.iter().filter_map(named).collect())
    }

    fn name<'g>(&'g self, id: &'g str) -> &'g str {
        let unnamed = id.strip_prefix("contactGroups/").unwrap_or(id);
        self.0.get(id).map_or(unnamed, String::as_str)
    }
}

/// The UID of a person's card: the id that Google's own vCards have, where the person is a contact.
pub fn uid(person: &Value) -> String {
    let sources = person
        .get("metadata")
        .map_or(&[][..], |metadata| list(metadata, "sources"));
    let contact = sources
        .iter()
        .find(|source| text(source, "type") == Some("CONTACT"))
        .and_then(|source| text(source, "id"));
    let name = contact.or_else(|| text(person, "resourceName"));
    name.map_or_else(|| derived(person.to_string().as_bytes()), str::to_owned)
}

/// Where the person's own photo is, in the size in which it was uploaded; `None` where Google shows a letter.
pub fn photo_url(person: &Value) -> Option<String> {
    let photo = list(person, "photos")
        .iter()
        .find(|photo| !is_true(photo, "default"))?;
    let url = text(photo, "url")?;
    // `=s100` at the end, or `?sz=100`, is the size; 0 is the original.
    let base = match url.rsplit_once('=') {
        Some((base, _)) if base.ends_with("?sz") || base.ends_with("&sz") => {
            base.rsplit_once(['?', '&']).map(|(base, _)| base)
        }
        Some((base, size)) if size.starts_with('s') && !size.contains('/') => Some(base),
        _ if url.contains("/s100/") => return Some(url.replacen("/s100/", "/s0/", 1)),
        _ => url.contains("googleusercontent.com/").then_some(url),
    };
    Some(base.map_or_else(|| url.to_owned(), |base| format!("{base}=s0")))
}

/// What is read below; the rest is kept as X- properties.
const KNOWN: [&str; 33] = [
    "kind",
    "resourceName",
    "etag",
    "metadata",
    "names",
    "nicknames",
    "emailAddresses",
    "phoneNumbers",
    "addresses",
    "organizations",
    "birthdays",
    "events",
    "biographies",
    "urls",
    "imClients",
    "relations",
    "userDefined",
    "memberships",
    "photos",
    "coverPhotos",
    "sipAddresses",
    "externalIds",
    "interests",
    "skills",
    "occupations",
    "locations",
    "genders",
    "calendarUrls",
    "miscKeywords",
    "fileAses",
    "clientData",
    "locales",
    "ageRanges",
];

/// Makes a vCard of a person.
///
/// `photo` is the picture at [`photo_url`]; without it, the card keeps the address.
pub fn from_person(person: &Value, groups: &Groups, photo: Option<&[u8]>) -> Converted {
    let uid = uid(person);
    let mut builder = Builder::new();
    builder
        .begin("VCARD")
        .add(Property::raw("VERSION", "3.0"))
        .add(Property::raw("PRODID", PRODUCT))
        .add(Property::text("UID", &uid));
    let name = fields::names(&mut builder, person);
    fields::reach(&mut builder, person);
    fields::addresses(&mut builder, person);
    fields::organizations(&mut builder, person);
    fields::dates(&mut builder, person);
    fields::notes(&mut builder, person);
    fields::links(&mut builder, person);
    fields::others(&mut builder, person);
    memberships(&mut builder, person, groups);
    picture(&mut builder, person, photo);
    if let Some(Value::Object(rest)) = beside(person, &KNOWN) {
        for (key, value) in rest {
            let name = format!("X-GOOGLE-{}", kebab(&key));
            builder.extend(Property::text(name, &plain(&value)));
        }
    }
    if let Some(changed) = changed(person) {
        builder.add(Property::utc("REV", changed));
    }
    builder.end("VCARD");
    let (text, extended, lost) = builder.into_parts();
    Converted {
        text,
        uid,
        name,
        extended,
        lost,
    }
}

fn changed(person: &Value) -> Option<Timestamp> {
    let sources = list(person.get("metadata")?, "sources").iter();
    let times = sources.filter_map(|source| text(source, "updateTime")?.parse().ok());
    times.max()
}

/// Labels are categories, and so is the star.
fn memberships(builder: &mut Builder, person: &Value, groups: &Groups) {
    let mut categories: Vec<&str> = Vec::new();
    for membership in list(person, "memberships") {
        if let Some(group) = membership.get("contactGroupMembership") {
            let unnamed = text(group, "contactGroupId").unwrap_or_default();
            let id = text(group, "contactGroupResourceName").unwrap_or(unnamed);
            let name = groups.name(id);
            if id != MY_CONTACTS && !name.is_empty() && !categories.contains(&name) {
                categories.push(name);
            }
        }
        let domain = membership.get("domainMembership");
        if domain.is_some_and(|domain| is_true(domain, "inViewerDomain")) {
            builder.extend(Property::raw("X-GOOGLE-IN-DOMAIN", "TRUE"));
        }
    }
    if !categories.is_empty() {
        builder.add(Property::list("CATEGORIES", &categories));
    }
}

fn picture(builder: &mut Builder, person: &Value, photo: Option<&[u8]>) {
    match (photo, photo_url(person)) {
        (Some(bytes), _) => {
            builder.add(photo::property(bytes));
        }
        (None, Some(url)) => {
            builder.lose();
            builder.add(Property::uri("PHOTO", &url).with("VALUE", "uri"));
        }
        (None, None) => {}
    }
    let mut others = list(person, "photos")
        .iter()
        .filter(|photo| !is_true(photo, "default"))
        .skip(1);
    for url in others.by_ref().filter_map(|photo| text(photo, "url")) {
        builder.extend(Property::uri("X-GOOGLE-PHOTO", url));
    }
    for cover in list(person, "coverPhotos") {
        if let Some(url) = text(cover, "url").filter(|_| !is_true(cover, "default")) {
            builder.extend(Property::uri("X-GOOGLE-COVER-PHOTO", url));
        }
    }
}

#[cfg(test)]
mod tests;
