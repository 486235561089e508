//! MKCOL, DELETE, MOVE and COPY.

use axum::response::Response;
use http::StatusCode;

use super::super::answer::{DavError, DavResult, empty, put_header};
use super::super::gate::{Call, strip_host};
use super::super::names::DavPath;
use super::super::op::{FileOp, Op};
use super::super::server::now;
use super::super::store::Inner;
use super::super::tree::Id;
use super::super::view::Entry;
use super::conditions;
use super::{FILE_ID, Place, file_id, put_etag};

/// What a new folder counts as, for the quota only.
const FOLDER_BYTES: u64 = 4096;

pub async fn mkcol(call: &mut Call, place: &Place) -> DavResult<Response> {
    let body = call.small_body().await?;
    let content_type = call.header("content-type").unwrap_or_default();
    if !body.is_empty() && !content_type.contains("xml") {
        return Err(DavError::unsupported_media(
            "The request body for the MKCOL request must have an xml Content-Type",
        ));
    }
    let exists = || DavError::method_not_allowed("The resource you tried to create already exists");
    let before = place.find();
    conditions::check(
        call,
        &place.who,
        before.as_ref().map(|entry| entry.etag.as_str()),
    )?;
    let Some((_, name)) = place.path.split() else {
        return Err(exists());
    };
    let parent = place.parent();
    if parent.is_some()
        && call
            .shared
            .free(&place.who.id)
            .is_some_and(|free| free < FOLDER_BYTES)
    {
        let path = format!("/{}", place.path.text());
        return Err(DavError::insufficient_storage(&path, true));
    }
    if before.is_some() || place.path.is_phantom() {
        return Err(exists());
    }
    let parent = parent.ok_or_else(|| DavError::conflict("Parent node does not exist"))?;
    let config = &call.shared.config;
    config.forbidden.check(name, config.language)?;
    let mut inner = call.shared.store.lock();
    if inner.state.tree.child(parent.id, name).is_some() {
        return Err(exists());
    }
    let id = inner.new_id();
    let op = Op::Folder {
        id,
        parent: parent.id,
        name: name.to_owned(),
        at: now(),
    };
    call.shared.store.commit_in(&mut inner, op)?;
    drop(inner);
    let mut response = empty(StatusCode::CREATED);
    put_header(&mut response, FILE_ID, &file_id(call, id));
    Ok(response)
}

pub fn delete(call: &Call, place: &Place) -> DavResult<Response> {
    let entry = place.found()?;
    conditions::check(call, &place.who, Some(&entry.etag))?;
    if place.path.is_top() {
        return Err(DavError::forbidden(
            "Permission denied to delete home folder",
        ));
    }
    check_lock(call, place, &place.path)?;
    let skip_trash = call.header("x-nc-skip-trashbin") == Some("true");
    let mut inner = call.shared.store.lock();
    throw_away(call, &mut inner, &place.who.id, entry.id, skip_trash)?;
    drop(inner);
    Ok(empty(StatusCode::NO_CONTENT))
}

fn check_lock(call: &Call, place: &Place, path: &DavPath) -> DavResult<()> {
    let text = path.text();
    if call.shared.is_locked(&place.who.id, &text) {
        return Err(DavError::locked(&text));
    }
    Ok(())
}

fn throw_away(
    call: &Call,
    inner: &mut Inner,
    user: &str,
    id: Id,
    skip_trash: bool,
) -> DavResult<()> {
    let at = now();
    let op = if skip_trash {
        Op::Remove { id, at }
    } else {
        Op::Trash {
            id,
            user: user.to_owned(),
            at,
        }
    };
    Ok(call.shared.store.commit_in(inner, op)?)
}

/// What `Destination` and `Overwrite` say.
pub struct Destination {
    /// Below the home.
    pub path: DavPath,
    pub existing: Option<Entry>,
    pub parent: Entry,
}

/// In the order of Sabre's `getCopyAndMoveInfo`.
///
/// # Errors
/// 500 without a destination, 403 outside of the home, 409 without its folder, 412 when it exists and
/// must not be overwritten.
pub fn destination(call: &Call, place: &Place) -> DavResult<Destination> {
    let raw = call
        .header("destination")
        .ok_or_else(DavError::type_error)?;
    let whole = DavPath::decode(strip_host(raw));
    let names: Vec<&str> = whole.stored.iter().map(String::as_str).collect();
    let path = match names.as_slice() {
        ["remote.php", "dav", "files", user, ..] if *user == place.who.id => whole.below(4),
        ["remote.php", "dav", "files", _, .., name] => return Err(DavError::cannot_create(name)),
        ["remote.php", "dav", ..] => {
            return Err(DavError::conflict("The destination node is not found"));
        }
        _ => return Err(DavError::out_of_base(raw)),
    };
    let overwrite = match call.header("overwrite").map(str::to_ascii_uppercase) {
        None => true,
        Some(value) if value == "T" => true,
        Some(value) if value == "F" => false,
        Some(_) => {
            return Err(DavError::bad_request(
                "The HTTP Overwrite header should be either T or F",
            ));
        }
    };
    let existing = place.view.find(&path.stored);
    let parent = path
        .split()
        .and_then(|(folder, _)| place.view.find(folder))
        .filter(|parent| parent.folder);
    let parent = match (parent, &existing) {
        (Some(parent), _) => parent,
        // The home itself: it exists, and nothing may be put in its place.
        (None, Some(home)) => home.clone(),
        (None, None) => {
            return Err(DavError::conflict("The destination node is not found"));
        }
    };
    if existing.is_some() && !overwrite {
        return Err(DavError::destination_exists());
    }
    Ok(Destination {
        path,
        existing,
        parent,
    })
}

/// # Errors
/// 400 or 500 for a name that cannot be.
pub fn check_new_name(call: &Call, path: &DavPath) -> DavResult<()> {
    path.check_length()?;
    let config = &call.shared.config;
    let (_, name) = path
        .split()
        .ok_or_else(|| DavError::forbidden("The home folder cannot be replaced"))?;
    if config.forbidden.is_blacklisted(name) {
        return Err(DavError::forbidden_name(&path.text()));
    }
    config.forbidden.check(name, config.language)
}

pub fn relocate(call: &Call, place: &Place, copy: bool) -> DavResult<Response> {
    if let Some(entry) = place.find() {
        conditions::check(call, &place.who, Some(&entry.etag))?;
    }
    let to = destination(call, place)?;
    if to.path.stored == place.path.stored {
        return Err(DavError::forbidden(
            "Source and destination uri are identical.",
        ));
    }
    if to.path.stored.starts_with(&place.path.stored) {
        return Err(DavError::conflict(
            "The destination may not be part of the same subtree as the source path.",
        ));
    }
    let entry = place.found()?;
    if copy
        && call
            .shared
            .free(&place.who.id)
            .is_some_and(|free| entry.size > free)
    {
        let path = format!("/{}", to.path.text());
        return Err(DavError::insufficient_storage(&path, false));
    }
    check_new_name(call, &to.path)?;
    check_lock(call, place, &to.path)?;
    if !copy {
        check_lock(call, place, &place.path)?;
    }
    let id = put_in_place(call, place, &entry, &to, copy)?;
    let status = if to.existing.is_some() {
        StatusCode::NO_CONTENT
    } else {
        StatusCode::CREATED
    };
    let mut response = empty(status);
    if !copy && !entry.folder {
        put_etag(&mut response, &entry.etag);
    }
    put_header(&mut response, FILE_ID, &file_id(call, id));
    Ok(response)
}

/// Under one lock, so that nobody comes between.
fn put_in_place(
    call: &Call,
    place: &Place,
    entry: &Entry,
    to: &Destination,
    copy: bool,
) -> DavResult<Id> {
    let (_, name) = to.path.split().ok_or_else(DavError::type_error)?;
    let mut inner = call.shared.store.lock();
    let tree = &inner.state.tree;
    let existing = to.existing.as_ref().map(|existing| existing.id);
    let is_as_it_was = tree.get(entry.id).is_some()
        && tree.get(to.parent.id).is_some()
        && tree.child(to.parent.id, name) == existing;
    if !is_as_it_was {
        return Err(DavError::locked(&to.path.text()));
    }
    if let Some(existing) = existing {
        if tree.is_below(entry.id, existing) {
            return Err(DavError::conflict("The source is part of the destination"));
        }
        throw_away(call, &mut inner, &place.who.id, existing, false)?;
    }
    if copy {
        return copy_tree(call, &mut inner, entry.id, to.parent.id, name);
    }
    let op = Op::Move {
        id: entry.id,
        parent: to.parent.id,
        name: name.to_owned(),
        at: now(),
    };
    call.shared.store.commit_in(&mut inner, op)?;
    Ok(entry.id)
}

/// Copies share their contents' blobs with what they were copied from.
fn copy_tree(call: &Call, inner: &mut Inner, from: Id, parent: Id, name: &str) -> DavResult<Id> {
    let (top, at) = (inner.state.next_id, now());
    let mut copies = std::collections::HashMap::new();
    for id in inner.state.tree.below(from) {
        let Some(node) = inner.state.tree.get(id).cloned() else {
            continue;
        };
        let copy = inner.new_id();
        copies.insert(id, copy);
        let parent = copies.get(&node.parent).copied().unwrap_or(parent);
        let name = if id == from {
            name.to_owned()
        } else {
            node.name.clone()
        };
        let op = if node.is_folder() {
            Op::Folder {
                id: copy,
                parent,
                name,
                at,
            }
        } else {
            Op::File(Box::new(FileOp {
                id: copy,
                parent,
                name,
                pieces: node.pieces().to_vec(),
                etag: call.shared.file_etag(inner.next_serial()),
                at,
                mtime: node.mtime,
                created: Some(node.created),
                checksum: node.checksum().to_owned(),
            }))
        };
        call.shared.store.commit_in(inner, op)?;
    }
    Ok(top)
}
