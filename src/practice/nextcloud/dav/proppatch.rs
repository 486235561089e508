//! PROPPATCH.

use axum::body::Body;
use axum::response::Response;

use super::super::answer::{DavError, DavResult};
use super::super::gate::Call;
use super::super::names::encode;
use super::super::op::{Change, Op};
use super::super::tree::Id;
use super::propfind::{HEAD, TAIL, multistatus};
use super::props::propstat;
use super::xml::{DAV, Element, NEXTCLOUD, Name, OWNCLOUD, parse};
use super::{Place, sanitize_time};

/// One property's part in a PROPPATCH: what is to be done, or nothing because it is refused.
struct Step {
    name: Name,
    ops: Option<Vec<Op>>,
    removes: bool,
}

pub async fn answer(call: &mut Call, place: &Place) -> DavResult<Response> {
    let body = call.small_body().await?;
    let entry = place.found()?;
    let root = parse(&body)?;
    let mut steps = Vec::new();
    for part in &root.children {
        let removes = part.name.is(DAV, "remove");
        if let Some(prop) = part.child(DAV, "prop") {
            for element in &prop.children {
                let ops = if removes {
                    unset(entry.id, &element.name)
                } else {
                    set(entry.id, element)?
                };
                steps.push(Step {
                    name: element.name.clone(),
                    ops,
                    removes,
                });
            }
        }
    }
    let refused = steps.iter().any(|step| step.ops.is_none());
    let mut stats = String::new();
    let group = |status: &str, belongs: &dyn Fn(&Step) -> bool| {
        let names: String = steps
            .iter()
            .filter(|step| belongs(step))
            .map(|step| step.name.empty_element())
            .collect();
        if names.is_empty() {
            names
        } else {
            propstat(&names, status)
        }
    };
    if refused {
        stats.push_str(&group("403 Forbidden", &|step| step.ops.is_none()));
        stats.push_str(&group("424 Failed Dependency", &|step| step.ops.is_some()));
    } else {
        stats.push_str(&group("200 OK", &|step| !step.removes));
        stats.push_str(&group("204 No Content", &|step| step.removes));
        for op in steps
            .iter_mut()
            .filter_map(|step| step.ops.take())
            .flatten()
        {
            call.shared.store.commit(op)?;
        }
    }
    let href = encode(place.said.iter().map(String::as_str));
    Ok(multistatus(Body::from(format!(
        "{HEAD}<d:response><d:href>{href}</d:href>{stats}</d:response>{TAIL}"
    ))))
}

/// `None`: refused.
fn set(id: Id, element: &Element) -> DavResult<Option<Vec<Op>>> {
    let value = element.text.trim();
    let change = |change| Ok(Some(vec![Op::Set { id, change }]));
    let name = &element.name;
    match (name.namespace.as_str(), name.local.as_str()) {
        (DAV, "lastmodified") if is_php_empty(value) => Ok(None),
        (DAV, "lastmodified") => {
            let mtime = sanitize_time(value)?;
            Ok(Some(vec![Op::Touch { id, mtime }]))
        }
        (DAV, "getetag") if is_php_empty(value) => Ok(None),
        (DAV, "getetag") => change(Change::Etag(value.to_owned())),
        (DAV, "creationdate") => match value.parse::<jiff::Timestamp>() {
            Ok(time) => change(Change::Created(time.as_second())),
            Err(_) => Ok(None),
        },
        (NEXTCLOUD, "creation_time") if is_php_empty(value) => Ok(None),
        (NEXTCLOUD, "creation_time") => {
            let created = value
                .parse()
                .map_err(|_| DavError::invalid_argument("creation_time"))?;
            change(Change::Created(created))
        }
        (OWNCLOUD, "favorite") => change(Change::Favourite(value == "1" || value == "true")),
        (OWNCLOUD, "tags") => change(Change::Tags(
            element
                .children
                .iter()
                .map(|tag| tag.text.clone())
                .collect(),
        )),
        _ if is_protected(name) => Ok(None),
        _ => change(Change::Prop(name.clark(), Some(element.text.clone()))),
    }
}

fn unset(id: Id, name: &Name) -> Option<Vec<Op>> {
    let change = |change| Some(vec![Op::Set { id, change }]);
    match (name.namespace.as_str(), name.local.as_str()) {
        (OWNCLOUD, "favorite") => change(Change::Favourite(false)),
        (OWNCLOUD, "tags") => change(Change::Tags(Vec::new())),
        _ if is_protected(name) => None,
        _ => change(Change::Prop(name.clark(), None)),
    }
}

fn is_php_empty(value: &str) -> bool {
    value.is_empty() || value == "0"
}

/// What the server computes itself.
fn is_protected(name: &Name) -> bool {
    match name.namespace.as_str() {
        DAV => matches!(
            name.local.as_str(),
            "getlastmodified"
                | "getcontentlength"
                | "getcontenttype"
                | "displayname"
                | "resourcetype"
                | "quota-available-bytes"
                | "quota-used-bytes"
                | "lockdiscovery"
                | "supportedlock"
        ),
        OWNCLOUD => true,
        NEXTCLOUD => matches!(
            name.local.as_str(),
            "upload_time"
                | "mount-type"
                | "is-mount-root"
                | "is-encrypted"
                | "has-preview"
                | "contained-file-count"
                | "contained-folder-count"
                | "lock"
                | "hidden"
                | "sharees"
                | "share-attributes"
        ),
        _ => false,
    }
}
