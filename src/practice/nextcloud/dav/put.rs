//! PUT, and PATCH that computes a checksum anew.

use std::io;
use std::sync::Arc;

use axum::response::Response;
use futures::{Stream, StreamExt as _};
use http::{HeaderName, StatusCode};

use super::super::answer::{DavError, DavResult, empty, put_header};
use super::super::gate::Call;
use super::super::names::DavPath;
use super::super::op::{Change, FileOp, Op};
use super::super::server::{Shared, now};
use super::super::store::Inner;
use super::super::tree::{Id, Piece};
use super::super::view::View;
use super::conditions;
use super::{FILE_ID, Place, file_id, put_etag, sanitize_time};
use crate::hash::StreamHasher;
use crate::model::{HashAlgorithm, HashValue};

const CHECKSUM: HeaderName = HeaderName::from_static("oc-checksum");

pub async fn put(call: &mut Call, place: &Place) -> DavResult<Response> {
    let text = place.path.text();
    if call.header("x-nc-webdav-auto-mkcol") == Some("1") {
        make_parents(call, place)?;
    }
    let before = place.find();
    conditions::check(
        call,
        &place.who,
        before.as_ref().map(|entry| entry.etag.as_str()),
    )?;
    if call.headers.contains_key("content-range") {
        return Err(DavError::bad_request(
            "Content-Range on PUT requests are forbidden.",
        ));
    }
    let Some((folder, name)) = place.path.split() else {
        return Err(not_a_file());
    };
    if before.is_some_and(|entry| entry.folder) {
        return Err(not_a_file());
    }
    if folder.iter().any(|name| name.ends_with(".part")) {
        return Err(DavError::type_error());
    }
    if place.parent().is_none() {
        return Err(DavError::no_file(&folder.join("/")));
    }
    check_quota(call, place)?;
    let config = &call.shared.config;
    if config.forbidden.is_blacklisted(name) {
        return Err(DavError::forbidden_name(&text));
    }
    config.forbidden.check(name, config.language)?;
    let lock = call
        .shared
        .try_lock(&place.who.id, &text)
        .ok_or_else(|| DavError::locked(&text))?;
    let limit = call.shared.free(&place.who.id);
    let received = receive(call, limit).await?;
    let stored = store(call, place, &received);
    if stored.is_err() {
        call.shared.store.blobs.remove(received.piece.blob);
    }
    let stored = stored?;
    drop(lock);
    let mut response = finish(call, &stored, &received)?;
    put_etag(&mut response, &stored.etag);
    put_header(&mut response, FILE_ID, &file_id(call, stored.id));
    put_header(
        &mut response,
        HeaderName::from_static("x-nc-ownerid"),
        &place.who.id,
    );
    put_header(
        &mut response,
        HeaderName::from_static("x-nc-permissions"),
        "RGDNVW",
    );
    Ok(response)
}

fn not_a_file() -> DavError {
    DavError::conflict("PUT is not allowed on non-files.")
}

fn make_parents(call: &Call, place: &Place) -> DavResult<()> {
    let (Some((folder, _)), View::Stored { home, .. }) = (place.path.split(), &place.view) else {
        return Ok(());
    };
    let config = &call.shared.config;
    let mut inner = call.shared.store.lock();
    let mut at = *home;
    for name in folder {
        at = match inner.state.tree.child(at, name) {
            Some(child) => child,
            None => {
                config.forbidden.check(name, config.language)?;
                let id = inner.new_id();
                let op = Op::Folder {
                    id,
                    parent: at,
                    name: name.clone(),
                    at: now(),
                };
                call.shared.store.commit_in(&mut inner, op)?;
                id
            }
        };
    }
    Ok(())
}

/// Before a byte is read: the largest length that any header tells must fit (QuotaPlugin.php).
fn check_quota(call: &Call, place: &Place) -> DavResult<()> {
    let Some(free) = call.shared.free(&place.who.id) else {
        return Ok(());
    };
    let length = [
        "x-expected-entity-length",
        "content-length",
        "oc-total-length",
    ]
    .iter()
    .filter_map(|name| call.header(name)?.parse::<u64>().ok())
    .max()
    .unwrap_or(0);
    if length > free {
        let path = format!("/{}", place.path.text());
        return Err(DavError::insufficient_storage(&path, false));
    }
    if length == 0 && free == 0 {
        return Err(DavError::entity_too_large());
    }
    Ok(())
}

/// Content that has come up.
pub struct Received {
    pub piece: Piece,
    /// What `X-Hash` asked for: of the bytes that were received.
    pub hashes: Vec<HashValue>,
}

impl Received {
    /// Adds the `X-Hash-…` headers.
    pub fn tell(&self, response: &mut Response) {
        tell_hashes(response, &self.hashes);
    }
}

pub fn tell_hashes(response: &mut Response, hashes: &[HashValue]) {
    for hash in hashes {
        let name = match hash.algorithm {
            HashAlgorithm::Md5 => "x-hash-md5",
            HashAlgorithm::Sha1 => "x-hash-sha1",
            HashAlgorithm::Sha256 => "x-hash-sha256",
            // No Nextcloud computes it.
            HashAlgorithm::Dropbox | HashAlgorithm::QuickXor => continue,
        };
        put_header(response, HeaderName::from_static(name), &hash.hex);
    }
}

/// The digests that `X-Hash` asks for; the value is matched as it is, so `SHA256` asks for none.
pub fn wanted_hashers(call: &Call) -> Vec<StreamHasher> {
    let wanted = call.header("x-hash").unwrap_or_default();
    [
        (HashAlgorithm::Sha256, "sha256"),
        (HashAlgorithm::Sha1, "sha1"),
        (HashAlgorithm::Md5, "md5"),
    ]
    .into_iter()
    .filter(|(_, name)| wanted == "all" || wanted == *name)
    .map(|(algorithm, _)| StreamHasher::new(algorithm))
    .collect()
}

/// Takes the content in. What breaks off leaves nothing.
pub async fn receive(call: &mut Call, limit: Option<u64>) -> DavResult<Received> {
    let mut hashers = wanted_hashers(call);
    let mut writer = call.shared.store.blobs.writer();
    let mut content = call.content();
    let mut length = 0;
    while let Some(bytes) = next(&mut content).await? {
        length += bytes.len() as u64;
        if limit.is_some_and(|limit| length > limit) {
            return Err(DavError::insufficient_storage("/", false));
        }
        for hasher in &mut hashers {
            hasher.update(&bytes);
        }
        writer.write(&bytes).await?;
    }
    let piece = writer.finish().await?;
    Ok(Received {
        piece,
        hashes: hashers.into_iter().map(StreamHasher::finish).collect(),
    })
}

async fn next<S>(content: &mut S) -> DavResult<Option<bytes::Bytes>>
where
    S: Stream<Item = io::Result<bytes::Bytes>> + Unpin,
{
    // The client is gone: nobody reads this answer.
    let broken = |_| DavError::bad_request("Expected filesize does not match");
    content.next().await.transpose().map_err(broken)
}

/// A file that has been stored.
pub struct Stored {
    pub id: Id,
    pub etag: String,
    pub existed: bool,
}

/// What a file becomes.
pub struct NewFile<'a> {
    pub parent: Id,
    pub name: &'a str,
    pub pieces: Vec<Piece>,
    pub checksum: String,
    /// `None`: what it was, or unknown.
    pub created: Option<i64>,
    pub mtime: Option<i64>,
}

/// The operation that stores a file, new or over the one of that name.
///
/// # Errors
/// 409 when a folder has the name, 404 when the folder around it is gone.
pub fn file_op(
    shared: &Shared,
    inner: &mut Inner,
    file: NewFile<'_>,
) -> DavResult<(FileOp, Stored)> {
    let tree = &inner.state.tree;
    if tree.get(file.parent).is_none_or(|node| !node.is_folder()) {
        return Err(DavError::no_file(file.name));
    }
    let existing = tree.child(file.parent, file.name);
    if existing
        .and_then(|id| tree.get(id))
        .is_some_and(|node| node.is_folder())
    {
        return Err(not_a_file());
    }
    let id = existing.unwrap_or_else(|| inner.new_id());
    let etag = shared.file_etag(inner.next_serial());
    let at = now();
    let op = FileOp {
        id,
        parent: file.parent,
        name: file.name.to_owned(),
        pieces: file.pieces,
        etag: etag.clone(),
        at,
        mtime: file.mtime.unwrap_or(at),
        created: file.created,
        checksum: file.checksum,
    };
    let stored = Stored {
        id,
        etag,
        existed: existing.is_some(),
    };
    Ok((op, stored))
}

/// The dates that the headers give, as far as they are good: a bad one is an error only after the content
/// was stored (File.php, `finalizeUpload`).
pub struct Times {
    pub mtime: Option<i64>,
    pub created: Option<i64>,
    pub error: Option<DavError>,
}

impl Times {
    pub fn of(call: &Call) -> Self {
        let read = |name: &str| {
            call.header_text(name)
                .filter(|text| !text.is_empty())
                .map(|text| sanitize_time(&text))
                .transpose()
        };
        let mut times = Self {
            mtime: None,
            created: None,
            error: None,
        };
        match read("x-oc-mtime").and_then(|mtime| {
            times.mtime = mtime;
            read("x-oc-ctime")
        }) {
            Ok(created) => times.created = created,
            Err(error) => times.error = Some(error),
        }
        times
    }

    pub fn tell(&self, response: &mut Response) {
        let accepted = |time: Option<i64>, name, response: &mut Response| {
            if time.is_some() {
                put_header(response, HeaderName::from_static(name), "accepted");
            }
        };
        accepted(self.mtime, "x-oc-mtime", response);
        accepted(self.created, "x-oc-ctime", response);
    }
}

/// `OC-Checksum`, taken as it is and never verified.
pub fn checksum(call: &Call, times: &Times) -> String {
    if times.error.is_some() {
        return String::new();
    }
    call.header_text("oc-checksum")
        .map(|text| text.trim().to_owned())
        .unwrap_or_default()
}

fn store(call: &Call, place: &Place, received: &Received) -> DavResult<Stored> {
    let View::Stored { home, .. } = &place.view else {
        return Err(DavError::forbidden(""));
    };
    let times = Times::of(call);
    let shared = &call.shared;
    let (folder, name) = place.path.split().ok_or_else(not_a_file)?;
    let mut inner = shared.store.lock();
    let parent = inner.state.tree.at(*home, folder);
    let parent = parent.ok_or_else(|| DavError::no_file(&folder.join("/")))?;
    let new = NewFile {
        parent,
        name,
        pieces: vec![received.piece],
        checksum: checksum(call, &times),
        created: times.created,
        mtime: times.mtime,
    };
    let (op, stored) = file_op(shared, &mut inner, new)?;
    shared.store.commit_in(&mut inner, Op::File(Box::new(op)))?;
    Ok(stored)
}

fn finish(call: &Call, stored: &Stored, received: &Received) -> DavResult<Response> {
    let times = Times::of(call);
    let status = if stored.existed {
        StatusCode::NO_CONTENT
    } else {
        StatusCode::CREATED
    };
    let mut response = empty(status);
    received.tell(&mut response);
    times.tell(&mut response);
    match times.error {
        Some(error) => Err(error),
        None => Ok(response),
    }
}

/// `PATCH` with `X-Recalculate-Hash`: reads the stored content and keeps its digest as the checksum.
pub async fn recalculate(call: &mut Call, place: &Place) -> DavResult<Response> {
    let entry = place.found()?;
    if entry.folder {
        return Err(DavError::not_implemented("PATCH"));
    }
    let wanted = call.header("x-recalculate-hash").unwrap_or_default();
    let algorithm = algorithm(wanted).ok_or_else(|| DavError::unknown_hash("hash_file"))?;
    let mut hasher = StreamHasher::new(algorithm);
    let mut content = place.view.read(entry.id, 0, entry.size);
    while let Some(bytes) = content.next().await.transpose()? {
        hasher.update(&bytes);
    }
    let checksum = format!(
        "{}:{}",
        algorithm.name().to_uppercase(),
        hasher.finish().hex
    );
    call.shared.store.commit(Op::Set {
        id: entry.id,
        change: Change::Checksum(checksum.clone()),
    })?;
    let mut response = empty(StatusCode::NO_CONTENT);
    put_header(&mut response, CHECKSUM, &checksum);
    Ok(response)
}

/// As PHP's `hash()` takes names: in any case.
pub fn algorithm(name: &str) -> Option<HashAlgorithm> {
    match name.to_ascii_lowercase().as_str() {
        "md5" => Some(HashAlgorithm::Md5),
        "sha1" => Some(HashAlgorithm::Sha1),
        "sha256" => Some(HashAlgorithm::Sha256),
        _ => None,
    }
}

/// See `Control::write`.
pub(in super::super) fn write_from_outside(
    shared: &Arc<Shared>,
    user: &str,
    path: &DavPath,
    content: &[u8],
) -> io::Result<()> {
    let refused = |error: DavError| io::Error::other(error.message().to_owned());
    let piece = shared.store.blobs.writer().finish_with(content)?;
    let mut inner = shared.store.lock();
    let home = inner.state.homes.get(user).copied();
    let (Some(mut at), Some((folder, name))) = (home, path.split()) else {
        return Err(io::Error::from(io::ErrorKind::NotFound));
    };
    for name in folder {
        at = match inner.state.tree.child(at, name) {
            Some(child) => child,
            None => {
                let id = inner.new_id();
                let op = Op::Folder {
                    id,
                    parent: at,
                    name: name.clone(),
                    at: now(),
                };
                shared.store.commit_in(&mut inner, op)?;
                id
            }
        };
    }
    let new = NewFile {
        parent: at,
        name,
        pieces: vec![piece],
        checksum: String::new(),
        created: None,
        mtime: None,
    };
    let (op, _) = file_op(shared, &mut inner, new).map_err(refused)?;
    shared.store.commit_in(&mut inner, Op::File(Box::new(op)))
}
