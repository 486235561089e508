//! `/remote.php/dav/trashbin/{user}/`: what lies in the trash, restoring, emptying.

use axum::body::Body;
use axum::response::Response;
use http::StatusCode;

use super::super::answer::{DavError, DavResult, empty, escape};
use super::super::gate::{Call, strip_host};
use super::super::login::Who;
use super::super::names::{DavPath, encode};
use super::super::op::{Op, Trashed};
use super::super::server::now;
use super::propfind::{HEAD, TAIL, multistatus, wanted_names};
use super::props::chosen;
use super::xml::{DAV, NEXTCLOUD, Name, OWNCLOUD};

pub async fn answer(call: &mut Call, who: &Who, rest: &[&str]) -> DavResult<Response> {
    match (call.method.as_str(), rest) {
        ("PROPFIND", ["trash"]) => list(call, who).await,
        ("DELETE", ["trash"]) => {
            for key in keys(call, who) {
                purge(call, who, &key)?;
            }
            Ok(empty(StatusCode::NO_CONTENT))
        }
        ("DELETE", ["trash", key]) => {
            known(call, who, key)?;
            purge(call, who, key)?;
            Ok(empty(StatusCode::NO_CONTENT))
        }
        ("MOVE", ["trash", key]) => restore(call, who, key),
        (method, _) => Err(DavError::not_implemented(method)),
    }
}

fn keys(call: &Call, who: &Who) -> Vec<String> {
    let inner = call.shared.store.lock();
    let trash = inner.state.trash.keys();
    trash
        .filter(|(owner, _)| *owner == who.id)
        .map(|(_, key)| key.clone())
        .collect()
}

fn known(call: &Call, who: &Who, key: &str) -> DavResult<Trashed> {
    let inner = call.shared.store.lock();
    let trashed = inner.state.trash.get(&(who.id.clone(), key.to_owned()));
    trashed
        .cloned()
        .ok_or_else(|| DavError::not_found(format!("File with name {key} could not be located")))
}

fn purge(call: &Call, who: &Who, key: &str) -> DavResult<()> {
    Ok(call.shared.store.commit(Op::Purge {
        user: who.id.clone(),
        key: key.to_owned(),
    })?)
}

async fn list(call: &mut Call, who: &Who) -> DavResult<Response> {
    let names = wanted_names(call).await?;
    let names = names.as_deref();
    let mut path = call.path.said.clone();
    let mut body = String::from(HEAD);
    let top = encode(path.iter().map(String::as_str));
    let folder = (Name::new(DAV, "resourcetype"), "<d:collection/>".to_owned());
    body.push_str(&chosen(
        &format!("{top}/"),
        names,
        std::slice::from_ref(&folder),
    ));
    let inner = call.shared.store.lock();
    let depth_0 = call.header("depth") == Some("0");
    for ((owner, key), trashed) in &inner.state.trash {
        let Some(node) = inner.state.tree.get(trashed.id) else {
            continue;
        };
        if *owner != who.id || depth_0 {
            continue;
        }
        path.push(key.clone());
        let mut href = encode(path.iter().map(String::as_str));
        path.pop();
        let mut known = vec![
            (Name::new(OWNCLOUD, "size"), node.size().to_string()),
            (Name::new(OWNCLOUD, "fileid"), trashed.id.to_string()),
            (
                Name::new(NEXTCLOUD, "trashbin-filename"),
                escape(&trashed.name),
            ),
            (
                Name::new(NEXTCLOUD, "trashbin-original-location"),
                escape(&trashed.original),
            ),
            (
                Name::new(NEXTCLOUD, "trashbin-deletion-time"),
                trashed.deleted.to_string(),
            ),
        ];
        if node.is_folder() {
            href.push('/');
            known.push(folder.clone());
        } else {
            let size = node.size().to_string();
            known.push((Name::new(DAV, "getcontentlength"), size));
            known.push((Name::new(DAV, "resourcetype"), String::new()));
        }
        body.push_str(&chosen(&href, names, &known));
    }
    body.push_str(TAIL);
    Ok(multistatus(Body::from(body)))
}

/// `MOVE` to `…/restore/<anything>`: back to where it was, or to the top when that folder is gone; under
/// another name when its own is taken.
fn restore(call: &Call, who: &Who, key: &str) -> DavResult<Response> {
    let to = call.header("destination").unwrap_or_default();
    let to = DavPath::decode(strip_host(to)).below(2);
    if to.stored.get(2).map(String::as_str) != Some("restore") {
        return Err(DavError::forbidden("Not allowed to move to this place"));
    }
    let trashed = known(call, who, key)?;
    let mut inner = call.shared.store.lock();
    let home = inner.state.homes.get(&who.id).copied().unwrap_or(0);
    let original = DavPath::of(&trashed.original);
    let tree = &inner.state.tree;
    let parent = original
        .split()
        .and_then(|(folder, _)| tree.at(home, folder))
        .filter(|id| tree.get(*id).is_some_and(|node| node.is_folder()))
        .unwrap_or(home);
    let mut name = trashed.name.clone();
    let mut number = 1;
    while tree.child(parent, &name).is_some() {
        let (stem, dot, end) = match trashed.name.rsplit_once('.') {
            Some((stem, end)) if !stem.is_empty() => (stem, ".", end),
            _ => (trashed.name.as_str(), "", ""),
        };
        name = if number == 1 {
            format!("{stem} (restored){dot}{end}")
        } else {
            format!("{stem} (restored {number}){dot}{end}")
        };
        number += 1;
    }
    let op = Op::Restore {
        user: who.id.clone(),
        key: key.to_owned(),
        parent,
        name,
        at: now(),
    };
    call.shared.store.commit_in(&mut inner, op)?;
    drop(inner);
    Ok(empty(StatusCode::CREATED))
}
