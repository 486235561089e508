//! REPORT: several objects at once, or those that a filter lets through.

use std::collections::BTreeSet;

use axum::response::Response;

use super::super::super::answer::{DavError, DavResult, escape};
use super::super::super::gate::{Call, strip_host};
use super::super::super::names::{DavPath, encode};
use super::super::super::pim::{Kind, Object, Seen};
use super::super::super::vobject::{Version, convert};
use super::super::props::chosen;
use super::super::xml::{CALDAV, CARDDAV, DAV, Element, Name, parse};
use super::props::{carriage_returns, of_object};
use super::{Home, filter, object, streamed, sync};

/// Whether the content is asked for, and in which version of vCard.
#[derive(Debug, Clone, Copy)]
pub struct Data {
    event: bool,
    card: bool,
    /// `None`: as it is stored.
    version: Option<Version>,
}

impl Data {
    /// By the names of a PROPFIND, which converts nothing.
    pub fn unasked(names: Option<&[Name]>) -> Self {
        let has = |namespace, local| {
            names.is_some_and(|names| names.iter().any(|name| name.is(namespace, local)))
        };
        Self {
            event: has(CALDAV, "calendar-data"),
            card: has(CARDDAV, "address-data"),
            version: None,
        }
    }

    /// By the properties of a REPORT: a card comes in version 3 unless 4 is asked for.
    fn asked(root: &Element) -> Self {
        let prop = root.child(DAV, "prop");
        let data = prop.and_then(|prop| prop.child(CARDDAV, "address-data"));
        let four = data.is_some_and(|data| {
            data.attribute("version") == Some("4.0")
                && data.attribute("content-type") == Some("text/vcard")
        });
        Self {
            version: Some(if four { Version::Four } else { Version::Three }),
            ..Self::unasked(root.props().as_deref())
        }
    }

    /// The content as a property, where it is asked for and where there is one.
    pub fn of(self, home: &Home, seen: &Seen, object: &Object) -> Option<(Name, String)> {
        if self.card && home.books {
            let bytes = home.read(object);
            let bytes = match self.version {
                Some(version) => convert(&bytes, version),
                None => bytes,
            };
            let text = carriage_returns(&String::from_utf8_lossy(&bytes));
            return Some((Name::new(CARDDAV, "address-data"), text));
        }
        if self.event && !home.books {
            let bytes = object::shown(home, seen, object);
            // "Taking out \r to not screw up the xml output"
            let text = escape(&String::from_utf8_lossy(&bytes)).replace('\r', "");
            return Some((Name::new(CALDAV, "calendar-data"), text));
        }
        None
    }
}

pub async fn answer(call: &mut Call, home: &Home, seen: &Seen) -> DavResult<Response> {
    let body = call.small_body().await?;
    let root = parse(&body)?;
    let (ours, name) = match home.books {
        true => (CARDDAV, "addressbook"),
        false => (CALDAV, "calendar"),
    };
    if root.name.is(DAV, "sync-collection") && seen.head.kind != Kind::Subscription {
        return sync::answer(home, seen, &root);
    }
    if root.name.is(ours, &format!("{name}-multiget")) {
        return Ok(several(home, seen, &root));
    }
    if root.name.is(ours, &format!("{name}-query")) {
        if call.header("depth") != Some("1") {
            return Err(match home.books {
                false => DavError::bad_request(
                    "A calendar-query REPORT on a calendar with a Depth: 0 is undefined. Set Depth to 1",
                ),
                true => DavError::report_not_supported(),
            });
        }
        let filter = filter::Filter::read(&root, home.books)?;
        let all = home.objects(seen);
        let all = all
            .into_iter()
            .filter(|object| filter.passes(|| home.read(object)))
            .collect();
        return Ok(told(home, seen, &root, all));
    }
    Err(DavError::report_not_supported())
}

/// What is not there is not mentioned.
fn several(home: &Home, seen: &Seen, root: &Element) -> Response {
    let wanted: BTreeSet<String> = root
        .all(DAV, "href")
        .map(|href| DavPath::decode(strip_host(href.text.trim())).said.join("/"))
        .collect();
    let here = DavPath::decode(&home.href(&[&seen.uri])).said.join("/");
    let all = home.objects(seen);
    let all = all
        .into_iter()
        .filter(|object| wanted.contains(&format!("{here}/{}", object.uri)))
        .collect();
    told(home, seen, root, all)
}

fn told(home: &Home, seen: &Seen, root: &Element, all: Vec<Object>) -> Response {
    let names = root.props().unwrap_or_default();
    let data = Data::asked(root);
    let (prefix, home, seen) = (home.href(&[&seen.uri]), home.again(), seen.clone());
    let part = move |object: Object| {
        let href = format!("{prefix}{}", encode([object.uri.as_str()]));
        let mut known = of_object(&home.shared, &object, &home.user.id);
        known.extend(data.of(&home, &seen, &object));
        chosen(&href, Some(&names), &known)
    };
    streamed(String::new(), all, part, String::new())
}
