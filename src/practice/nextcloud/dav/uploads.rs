//! `/remote.php/dav/uploads/{user}/`: chunked upload v2.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::response::Response;
use futures::StreamExt as _;
use http::{StatusCode, header};

use super::super::super::faults::Fault;
use super::super::answer::{DavError, DavResult, HTML, empty, put_header, with_type};
use super::super::gate::{BEHIND_GATEWAY, Call, strip_host};
use super::super::login::Who;
use super::super::names::{DavPath, encode, natural_order};
use super::super::op::{Chunk, Op};
use super::super::server::{PathLock, Shared, now};
use super::super::state::Upload;
use super::super::tree::Piece;
use super::change::{Destination, check_new_name, destination};
use super::conditions;
use super::propfind::{HEAD, TAIL, multistatus, wanted_names};
use super::props::{chosen, http_date};
use super::put::{NewFile, Stored, Times, checksum, file_op, receive, tell_hashes, wanted_hashers};
use super::xml::{DAV, Name};
use super::{FILE_ID, Place, file_id, put_etag, sanitize_time};
use crate::hash::StreamHasher;
use crate::model::HashValue;

/// The name under which all chunks together can be moved.
const ALL: &str = ".file";
/// How often an assembly looks whether it has taken long enough, which tests can change meanwhile.
const LOOK: Duration = Duration::from_millis(5);

pub async fn answer(call: &mut Call, who: &Who, rest: &[&str]) -> DavResult<Response> {
    if let [upload, ..] = rest
        && call.fault == Some(Fault::LoseUpload)
    {
        drop_upload(call, who, upload)?;
    }
    match (call.method.as_str(), rest) {
        ("MKCOL", [upload]) => mkcol(call, who, upload),
        ("PROPFIND", rest) => propfind(call, who, rest).await,
        ("DELETE", [upload]) => {
            find(call, who, upload)?;
            drop_upload(call, who, upload)?;
            Ok(empty(StatusCode::NO_CONTENT))
        }
        ("DELETE", [upload, chunk]) => {
            if !find(call, who, upload)?.chunks.contains_key(*chunk) {
                return Err(no_chunk(upload, chunk));
            }
            call.shared.store.commit(Op::DropChunk {
                user: who.id.clone(),
                upload: (*upload).to_owned(),
                name: (*chunk).to_owned(),
            })?;
            Ok(empty(StatusCode::NO_CONTENT))
        }
        ("PUT", [upload, chunk]) => put(call, who, upload, chunk).await,
        ("GET" | "HEAD", [_, _]) => Err(DavError::method_not_allowed(
            "Reading intermediate uploads is not allowed",
        )),
        ("MOVE", [upload, chunk]) => assemble(call, who, upload, chunk).await,
        ("PUT", [upload, folder, ..]) => Err(no_chunk(upload, folder)),
        ("PUT" | "MKCOL", [.., name]) => Err(DavError::cannot_create(name)),
        (method, _) => Err(DavError::not_implemented(method)),
    }
}

fn no_upload(upload: &str) -> DavError {
    DavError::not_found(format!("File with name //{upload} could not be located"))
}

fn no_chunk(upload: &str, chunk: &str) -> DavError {
    DavError::no_file(&format!("{upload}/{chunk}"))
}

fn find(call: &Call, who: &Who, upload: &str) -> DavResult<Upload> {
    let inner = call.shared.store.lock();
    let key = (who.id.clone(), upload.to_owned());
    let found = inner.state.uploads.get(&key).cloned();
    found.ok_or_else(|| no_upload(upload))
}

fn drop_upload(call: &Call, who: &Who, upload: &str) -> DavResult<()> {
    Ok(call.shared.store.commit(Op::DropUpload {
        user: who.id.clone(),
        upload: upload.to_owned(),
    })?)
}

fn mkcol(call: &Call, who: &Who, upload: &str) -> DavResult<Response> {
    if find(call, who, upload).is_ok() {
        return Err(DavError::method_not_allowed(
            "The resource you tried to create already exists",
        ));
    }
    let config = &call.shared.config;
    config.forbidden.check(upload, config.language)?;
    call.shared.store.commit(Op::Upload {
        user: who.id.clone(),
        upload: upload.to_owned(),
        at: now(),
    })?;
    Ok(empty(StatusCode::CREATED))
}

async fn put(call: &mut Call, who: &Who, upload: &str, chunk: &str) -> DavResult<Response> {
    let before = find(call, who, upload)?.chunks.remove(chunk);
    conditions::check(call, who, before.as_ref().map(|chunk| chunk.etag.as_str()))?;
    if before.is_none() {
        check_destination(call, who)?;
    }
    let config = &call.shared.config;
    config.forbidden.check(chunk, config.language)?;
    let lock_name = format!("//{upload}/{chunk}");
    let _lock = call
        .shared
        .try_lock(&who.id, &lock_name)
        .ok_or_else(|| DavError::locked(&lock_name))?;
    let received = receive(call, None).await?;
    let mtime = call
        .header_text("x-oc-mtime")
        .map(|text| sanitize_time(&text))
        .transpose();
    let stored = store_chunk(call, who, upload, chunk, received.piece, mtime.clone());
    if stored.is_err() {
        call.shared.store.blobs.remove(received.piece.blob);
    }
    let etag = stored?;
    let status = if before.is_some() {
        StatusCode::NO_CONTENT
    } else {
        StatusCode::CREATED
    };
    let mut response = empty(status);
    received.tell(&mut response);
    if mtime?.is_some() {
        let name = http::HeaderName::from_static("x-oc-mtime");
        put_header(&mut response, name, "accepted");
    }
    if before.is_some() {
        put_etag(&mut response, &etag);
    }
    Ok(response)
}

fn store_chunk(
    call: &Call,
    who: &Who,
    upload: &str,
    name: &str,
    piece: Piece,
    mtime: DavResult<Option<i64>>,
) -> DavResult<String> {
    let mut inner = call.shared.store.lock();
    // It can have been thrown away while the chunk came up.
    let key = (who.id.clone(), upload.to_owned());
    if !inner.state.uploads.contains_key(&key) {
        return Err(no_upload(upload));
    }
    let etag = call.shared.file_etag(inner.next_serial());
    let op = Op::Chunk {
        user: who.id.clone(),
        upload: upload.to_owned(),
        name: name.to_owned(),
        chunk: Chunk {
            piece,
            mtime: mtime.ok().flatten().unwrap_or_else(now),
            etag: etag.clone(),
        },
    };
    call.shared.store.commit_in(&mut inner, op)?;
    Ok(etag)
}

/// A new chunk with `Destination`: the folder that the file will be in must be there, and with
/// `OC-Total-Length` all of it must fit (QuotaPlugin.php, `beforeCreateFile`).
fn check_destination(call: &Call, who: &Who) -> DavResult<()> {
    let Some(to) = call.header("destination") else {
        return Ok(());
    };
    let whole = DavPath::decode(strip_host(to));
    let names: Vec<&str> = whole.stored.iter().map(String::as_str).collect();
    let path = match names.as_slice() {
        ["remote.php", "dav", "files", user, ..] if *user == who.id => whole.below(4),
        ["remote.php", "dav", ..] => return Ok(()),
        _ => return Err(DavError::out_of_base(to)),
    };
    let folder = path.split().map_or(&[][..], |(folder, _)| folder);
    let text = folder.join("/");
    let view = call.shared.view(&who.id).ok_or_else(DavError::type_error)?;
    if view.find(&path.stored).is_none() && view.find(folder).is_none() {
        return Err(DavError::no_file(&text));
    }
    let total = call
        .header("oc-total-length")
        .and_then(|length| length.parse::<u64>().ok());
    match (total, call.shared.free(&who.id)) {
        (Some(total), Some(free)) if total > free => {
            Err(DavError::insufficient_storage(&format!("/{text}"), false))
        }
        _ => Ok(()),
    }
}

async fn propfind(call: &mut Call, who: &Who, rest: &[&str]) -> DavResult<Response> {
    let names = wanted_names(call).await?;
    let names = names.as_deref();
    let deep = call.header("depth") != Some("0");
    let mut body = String::from(HEAD);
    let mut path = call.path.said.clone();
    match rest {
        [] if deep => {
            return Err(DavError::method_not_allowed(
                "Listing members of this collection is disabled",
            ));
        }
        [] => body.push_str(&folder(names, &path, now())),
        [upload] => {
            let upload = find(call, who, upload)?;
            body.push_str(&folder(names, &path, upload.at));
            if deep {
                path.push(ALL.to_owned());
                body.push_str(&file(names, &path, &all(&upload)));
                for (name, chunk) in &upload.chunks {
                    path.pop();
                    path.push(name.clone());
                    body.push_str(&file(names, &path, chunk));
                }
            }
        }
        [name, ALL] => body.push_str(&file(names, &path, &all(&find(call, who, name)?))),
        [name, chunk_name] => {
            let upload = find(call, who, name)?;
            let chunk = upload
                .chunks
                .get(*chunk_name)
                .ok_or_else(|| no_chunk(name, chunk_name))?;
            body.push_str(&file(names, &path, chunk));
        }
        [name, chunk, ..] => return Err(no_chunk(name, chunk)),
    }
    body.push_str(TAIL);
    Ok(multistatus(Body::from(body)))
}

/// All chunks as if they were one.
fn all(upload: &Upload) -> Chunk {
    Chunk {
        piece: Piece {
            blob: 0,
            len: upload.size(),
        },
        mtime: upload.at,
        etag: format!("{:x}", upload.at),
    }
}

fn folder(names: Option<&[Name]>, path: &[String], at: i64) -> String {
    let href = encode(path.iter().map(String::as_str));
    let known = [
        (Name::new(DAV, "getlastmodified"), http_date(at)),
        (Name::new(DAV, "resourcetype"), "<d:collection/>".to_owned()),
    ];
    chosen(&format!("{href}/"), names, &known)
}

fn file(names: Option<&[Name]>, path: &[String], chunk: &Chunk) -> String {
    let href = encode(path.iter().map(String::as_str));
    let known = [
        (Name::new(DAV, "getlastmodified"), http_date(chunk.mtime)),
        (
            Name::new(DAV, "getcontentlength"),
            chunk.piece.len.to_string(),
        ),
        (Name::new(DAV, "resourcetype"), String::new()),
        (
            Name::new(DAV, "getetag"),
            format!("&quot;{}&quot;", chunk.etag),
        ),
        (
            Name::new(DAV, "getcontenttype"),
            "application/octet-stream".to_owned(),
        ),
    ];
    chosen(&href, names, &known)
}

/// `MOVE` of `.file`, or of one chunk, to where it shall be.
async fn assemble(call: &mut Call, who: &Who, upload: &str, chunk: &str) -> DavResult<Response> {
    if find(call, who, upload).is_ok() {
        // `.file` is there as soon as the folder is, so `If-None-Match: *` always fails.
        conditions::check(call, who, Some(""))?;
    }
    let home = Place {
        who: who.clone(),
        view: call.shared.view(&who.id).ok_or_else(DavError::type_error)?,
        path: DavPath::default(),
        said: Vec::new(),
    };
    let to = destination(call, &home)?;
    if home.view.is_read_only() {
        return Err(DavError::cannot_create(&to.path.text()));
    }
    let chunks = find(call, who, upload)?;
    let pieces = pieces(&chunks, chunk).ok_or_else(|| no_chunk(upload, chunk))?;
    check_assembly(call, who, &to, &pieces, chunk)?;
    check_new_name(call, &to.path)?;
    let text = to.path.text();
    let lock = call
        .shared
        .try_lock(&who.id, &text)
        .ok_or_else(|| DavError::locked(&format!("//{text}.upload.part")))?;
    let times = Times::of(call);
    let work = Work {
        shared: Arc::clone(&call.shared),
        user: who.id.clone(),
        upload: upload.to_owned(),
        checksum: checksum(call, &times),
        hashers: wanted_hashers(call),
        pieces,
        to,
        mtime: times.mtime,
        created: times.created,
        only_chunk: (chunk != ALL).then(|| chunk.to_owned()),
        keep: times.error.is_some() || chunk != ALL,
        at_least: Duration::ZERO,
        _lock: lock,
    };
    let (stored, hashes) = match carry_out(call, work).await? {
        Some(done) => done,
        None => {
            return Ok(with_type(
                StatusCode::GATEWAY_TIMEOUT,
                HTML,
                "<html><head><title>504 Gateway Time-out</title></head></html>",
            ));
        }
    };
    match times.error {
        Some(error) => Err(error),
        None => Ok(assembled(call, &times, &stored, &hashes)),
    }
}

fn assembled(call: &Call, times: &Times, stored: &Stored, hashes: &[HashValue]) -> Response {
    let status = if stored.existed {
        StatusCode::NO_CONTENT
    } else {
        StatusCode::CREATED
    };
    let mut response = empty(status);
    tell_hashes(&mut response, hashes);
    times.tell(&mut response);
    put_etag(&mut response, &stored.etag);
    put_header(&mut response, FILE_ID, &file_id(call, stored.id));
    put_header(&mut response, header::CONTENT_LENGTH, "0");
    response
}

/// Whether what was uploaded fits, and may go to its destination.
fn check_assembly(
    call: &Call,
    who: &Who,
    to: &Destination,
    pieces: &[Piece],
    chunk: &str,
) -> DavResult<()> {
    let size: u64 = pieces.iter().map(|piece| piece.len).sum();
    if call.shared.free(&who.id).is_some_and(|free| size > free) {
        let path = to
            .path
            .split()
            .map_or(String::new(), |(folder, _)| folder.join("/"));
        return Err(DavError::insufficient_storage(&format!("/{path}"), false));
    }
    if to.existing.as_ref().is_some_and(|entry| entry.folder) {
        return Err(DavError::bad_request(format!(
            "The given destination files/{}/{} is a directory.",
            who.id,
            to.path.text()
        )));
    }
    if let Some(expected) = call.header("oc-total-length")
        && chunk == ALL
        && expected != size.to_string()
    {
        return Err(DavError::bad_request(format!(
            "Chunks on server do not sum up to {expected} but to {size} bytes"
        )));
    }
    Ok(())
}

fn pieces(upload: &Upload, chunk: &str) -> Option<Vec<Piece>> {
    if chunk != ALL {
        return Some(vec![upload.chunks.get(chunk)?.piece]);
    }
    let mut chunks: Vec<_> = upload.chunks.iter().collect();
    chunks.sort_by(|(a, _), (b, _)| natural_order(a, b));
    Some(chunks.into_iter().map(|(_, chunk)| chunk.piece).collect())
}

/// Puts the chunks together in a task of its own: PHP does not stop when the client goes. `None`: a
/// gateway has given up waiting.
async fn carry_out(call: &Call, mut work: Work) -> DavResult<Option<(Stored, Vec<HashValue>)>> {
    let mut patience = call.shared.weather().assembly.gateway_gives_up;
    if call.fault == Some(Fault::GatewayTimeout) {
        patience = Some(Duration::ZERO);
        work.at_least = BEHIND_GATEWAY;
    }
    let stopping = call.shared.stopping.clone();
    let task = call.shared.tasks.spawn(async move {
        tokio::select! {
            () = stopping.cancelled() => Err(DavError::unavailable("The server stops")),
            done = work.run() => done,
        }
    });
    let gone = |_| DavError::type_error();
    match patience {
        None => task.await.map_err(gone)?.map(Some),
        Some(patience) => match tokio::time::timeout(patience, task).await {
            Ok(done) => done.map_err(gone)?.map(Some),
            Err(_) => Ok(None),
        },
    }
}

struct Work {
    shared: Arc<Shared>,
    user: String,
    upload: String,
    pieces: Vec<Piece>,
    to: Destination,
    checksum: String,
    hashers: Vec<StreamHasher>,
    mtime: Option<i64>,
    created: Option<i64>,
    /// When it is not all chunks that are moved, but this one.
    only_chunk: Option<String>,
    keep: bool,
    /// Behind a gateway that gave up.
    at_least: Duration,
    _lock: PathLock,
}

impl Work {
    async fn run(mut self) -> DavResult<(Stored, Vec<HashValue>)> {
        let begun = Instant::now();
        while begun.elapsed() < self.at_least.max(self.shared.weather().assembly.takes) {
            tokio::time::sleep(LOOK).await;
        }
        if !self.hashers.is_empty() {
            let mut content = self.shared.store.blobs.read(&self.pieces, 0, u64::MAX);
            while let Some(bytes) = content.next().await.transpose()? {
                for hasher in &mut self.hashers {
                    hasher.update(&bytes);
                }
            }
        }
        let stored = self.store()?;
        let hashes = self.hashers.into_iter().map(StreamHasher::finish).collect();
        Ok((stored, hashes))
    }

    /// The file appears and the chunks go, in one operation.
    fn store(&mut self) -> DavResult<Stored> {
        let shared = Arc::clone(&self.shared);
        let mut inner = shared.store.lock();
        let key = (self.user.clone(), self.upload.clone());
        if !inner.state.uploads.contains_key(&key) {
            return Err(no_upload(&self.upload));
        }
        let (_, name) = self.to.path.split().ok_or_else(DavError::type_error)?;
        let new = NewFile {
            parent: self.to.parent.id,
            name,
            pieces: std::mem::take(&mut self.pieces),
            checksum: std::mem::take(&mut self.checksum),
            created: self.created,
            mtime: self.mtime,
        };
        let (file, stored) = file_op(&shared, &mut inner, new)?;
        let op = Op::Assemble {
            user: self.user.clone(),
            upload: self.upload.clone(),
            file: Box::new(file),
            keep: self.keep,
        };
        shared.store.commit_in(&mut inner, op)?;
        if let Some(name) = self.only_chunk.take() {
            let op = Op::DropChunk {
                user: self.user.clone(),
                upload: self.upload.clone(),
                name,
            };
            shared.store.commit_in(&mut inner, op)?;
        }
        Ok(stored)
    }
}
