//! REPORT `sync-collection` (RFC 6578).

use std::collections::BTreeMap;

use axum::response::Response;

use super::super::super::answer::DavResult;
use super::super::super::names::encode;
use super::super::super::pim::{Collection, Object, SYNC_TOKEN, Seen};
use super::super::propfind::{HEAD, TAIL, multistatus};
use super::super::props::chosen;
use super::super::xml::{DAV, Element};
use super::props::of_object;
use super::{Home, is_visible, refuse};

/// What has changed, and where to go on.
struct Found {
    there: Vec<Object>,
    gone: Vec<String>,
    token: String,
    /// There is more.
    truncated: bool,
    /// The collection itself has other properties.
    itself: bool,
}

pub fn answer(home: &Home, seen: &Seen, root: &Element) -> DavResult<Response> {
    let given = root
        .child(DAV, "sync-token")
        .map(|token| token.text.trim().to_owned())
        .filter(|token| !token.is_empty());
    let limit = root
        .child(DAV, "limit")
        .and_then(|limit| limit.child(DAV, "nresults")?.text.trim().parse().ok());
    let found = {
        let inner = home.shared.store.lock();
        let collection = inner.state.pim.get(seen.head.id);
        let collection = collection.ok_or_else(|| refuse::no_node(&seen.uri))?;
        find(home, collection, given.as_deref(), limit)?
    };
    let names = root.props().unwrap_or_default();
    let prefix = home.href(&[&seen.uri]);
    let mut body = String::from(HEAD);
    for object in found.there.iter().filter(|object| is_visible(seen, object)) {
        let href = format!("{prefix}{}", encode([object.uri.as_str()]));
        let known = of_object(&home.shared, object, &home.user.id);
        body.push_str(&chosen(&href, Some(&names), &known));
    }
    if found.itself {
        body.push_str(&chosen(&prefix, Some(&names), &[]));
    }
    for uri in &found.gone {
        let href = format!("{prefix}{}", encode([uri.as_str()]));
        body.push_str(&status(&href, "404 Not Found"));
    }
    if found.truncated {
        body.push_str(&status(&format!("{prefix}/"), "507 Insufficient Storage"));
    }
    body.push_str(&format!(
        "<d:sync-token>{SYNC_TOKEN}{}</d:sync-token>{TAIL}",
        found.token
    ));
    let mut response = multistatus(body.into());
    response.headers_mut().remove(http::header::VARY);
    Ok(response)
}

fn status(href: &str, status: &str) -> String {
    format!(
        "<d:response><d:href>{href}</d:href><d:status>HTTP/1.1 {status}</d:status></d:response>"
    )
}

fn find(
    home: &Home,
    collection: &Collection,
    given: Option<&str>,
    limit: Option<usize>,
) -> DavResult<Found> {
    let given = match given {
        None => None,
        Some(token) => Some(
            token
                .strip_prefix(SYNC_TOKEN)
                .ok_or_else(refuse::invalid_sync_token)?,
        ),
    };
    if let Some(since) = given
        .and_then(|token| token.parse::<u64>().ok())
        .filter(|n| *n > 0)
    {
        return Ok(changes(collection, since));
    }
    match home.books {
        true => Ok(page(collection, given, limit)),
        false if given.is_none() && limit.is_some() => Err(refuse::no_limit_at_first()),
        false => Ok(Found {
            there: collection.living().cloned().collect(),
            gone: Vec::new(),
            token: collection.token.to_string(),
            truncated: false,
            itself: false,
        }),
    }
}

fn changes(collection: &Collection, since: u64) -> Found {
    let mut last: BTreeMap<&str, u8> = BTreeMap::new();
    for change in collection
        .changes
        .iter()
        .filter(|change| change.token >= since)
    {
        // The highest number counts (`MAX(operation)`), so what was removed and made anew is told as
        // removed only where it is not there now.
        last.insert(&change.uri, change.operation);
    }
    let mut found = Found {
        there: Vec::new(),
        gone: Vec::new(),
        token: collection.token.to_string(),
        truncated: false,
        itself: last.contains_key(""),
    };
    for (uri, operation) in last {
        match (operation, collection.object(uri)) {
            (3, None) => found.gone.push(uri.to_owned()),
            (_, Some(object)) => found.there.push(object.clone()),
            (_, None) => {}
        }
    }
    found
}

/// The first list of an address book, in pages: `init_<last id>_<token at the start>`.
fn page(collection: &Collection, given: Option<&str>, limit: Option<usize>) -> Found {
    let (after, token) = given
        .and_then(|token| token.strip_prefix("init_")?.split_once('_'))
        .and_then(|(after, token)| Some((after.parse::<u64>().ok()?, token.to_owned())))
        .unwrap_or((0, collection.token.to_string()));
    let limit = limit.unwrap_or(usize::MAX);
    let there: Vec<Object> = collection
        .living()
        .filter(|object| object.id > after)
        .take(limit)
        .cloned()
        .collect();
    let truncated = there.len() >= limit;
    let token = match there.last() {
        Some(last) if truncated => format!("init_{}_{token}", last.id),
        _ => token,
    };
    Found {
        there,
        gone: Vec::new(),
        token,
        truncated,
        itself: false,
    }
}
