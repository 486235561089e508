//! `POST /remote.php/dav/bulk`: several files in one request, read by a parser as strict as
//! MultipartRequestParser.php.

use std::io;

use axum::response::Response;
use bytes::{Bytes, BytesMut};
use futures::{Stream, StreamExt as _};
use http::StatusCode;
use serde_json::{Map, Value, json};

use super::super::super::faults::Fault;
use super::super::Bulk;
use super::super::answer::{DavError, DavResult, HTML, with_type};
use super::super::gate::{Call, part_of};
use super::super::login::Who;
use super::super::names::DavPath;
use super::super::ocs::php_json;
use super::super::op::Op;
use super::super::server::now;
use super::super::tree::Piece;
use super::super::view::View;
use super::put::{NewFile, algorithm, file_op};
use super::{file_id, sanitize_time};
use crate::hash::StreamHasher;

/// The most bytes of one part's header line.
const LONGEST_LINE: usize = 64 * 1024;

pub async fn answer(call: &mut Call, who: &Who) -> DavResult<Response> {
    let bulk = call.shared.weather().bulk;
    if bulk == Bulk::Absent || call.method != http::Method::POST {
        return Err(DavError::not_found("File not found: bulk in 'root'"));
    }
    match bulk {
        Bulk::Refused(status) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
            return Ok(with_type(status, HTML, ""));
        }
        Bulk::Stalling => {
            let mut content = call.content();
            while let Some(Ok(_)) = content.next().await {}
            call.shared.stopping.cancelled().await;
            return Ok(with_type(StatusCode::GATEWAY_TIMEOUT, HTML, ""));
        }
        _ => {}
    }
    let boundary = boundary(call)?;
    let view = call.shared.view(&who.id).ok_or_else(DavError::type_error)?;
    let flip = match call.fault {
        Some(Fault::FlipUpload { at }) => Some(at),
        _ => None,
    };
    let mut parser = Parser {
        content: call.content(),
        buffer: BytesMut::new(),
        passed: 0,
        boundary: format!("--{boundary}\r\n").into_bytes(),
        end: format!("--{boundary}--\r\n").into_bytes(),
        flip,
    };
    let mut written = Map::new();
    let status = loop {
        match parser.is_at_end().await? {
            Some(true) => break StatusCode::OK,
            Some(false) => {}
            None => break StatusCode::BAD_REQUEST,
        }
        match parser.part(call).await {
            Ok((headers, piece)) => store(call, who, &view, &headers, piece, &mut written)?,
            Err(Refused::Part) => break StatusCode::BAD_REQUEST,
            Err(Refused::Request(error)) => return Err(error),
        }
    };
    let body = if written.is_empty() {
        json!([])
    } else {
        Value::Object(written)
    };
    drop(parser);
    Ok(with_type(status, HTML, php_json(&body)))
}

fn boundary(call: &Call) -> DavResult<String> {
    let parsing = || DavError::bad_request("Error while parsing boundary in Content-Type header.");
    let content_type = call
        .header("content-type")
        .ok_or_else(|| DavError::bad_request("Content-Type can not be null"))?;
    let mut parts = content_type.split(';');
    let mime = parts.next().unwrap_or_default();
    let (key, value) = parts
        .next()
        .and_then(|parameter| parameter.split_once('='))
        .ok_or_else(parsing)?;
    // PHP's explode() without a limit: what follows a second equals sign is lost.
    let value = value.split('=').next().unwrap_or_default().trim();
    let value = value
        .strip_prefix('"')
        .and_then(|value| value.strip_suffix('"'))
        .unwrap_or(value);
    if mime.trim() != "multipart/related" {
        return Err(DavError::bad_request(
            "Content-Type must be multipart/related",
        ));
    }
    if key.trim() != "boundary" {
        return Err(DavError::bad_request("Boundary is invalid"));
    }
    Ok(value.to_owned())
}

/// Why a part is not taken.
enum Refused {
    /// 400 with what was written so far.
    Part,
    /// The whole request fails.
    Request(DavError),
}

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Self {
        Self::Request(error.into())
    }
}

type Headers = std::collections::HashMap<String, String>;

struct Parser<S> {
    content: S,
    buffer: BytesMut,
    /// Bytes that are behind.
    passed: usize,
    boundary: Vec<u8>,
    end: Vec<u8>,
    /// One byte of the first part is to be spoiled: the one at so many thousandths.
    flip: Option<u16>,
}

impl<S> Parser<S>
where
    S: Stream<Item = io::Result<Bytes>> + Unpin,
{
    /// Fills the buffer up to `wanted` bytes, fewer at the end.
    async fn fill(&mut self, wanted: usize) -> io::Result<()> {
        while self.buffer.len() < wanted {
            match self.content.next().await.transpose()? {
                Some(bytes) => self.buffer.extend_from_slice(&bytes),
                None => break,
            }
        }
        Ok(())
    }

    fn take(&mut self, count: usize) -> Bytes {
        let bytes = self.buffer.split_to(count.min(self.buffer.len())).freeze();
        self.passed += bytes.len();
        bytes
    }

    /// PHP reads as many bytes as the last boundary has and seeks as many back. At the end of the request
    /// that is too far back: `None`, nothing will match any more; and before the beginning it fails.
    async fn is_at_end(&mut self) -> DavResult<Option<bool>> {
        self.fill(self.end.len()).await?;
        let short = self.end.len().saturating_sub(self.buffer.len());
        if short > self.passed {
            return Err(DavError::internal(
                "Sabre\\DAV\\Exception",
                "Unknown error while seeking content",
            ));
        }
        Ok((short == 0).then(|| self.buffer.starts_with(&self.end)))
    }

    async fn part(&mut self, call: &Call) -> Result<(Headers, Piece), Refused> {
        self.fill(self.boundary.len()).await?;
        if !self.buffer.starts_with(&self.boundary) {
            return Err(Refused::Part);
        }
        self.take(self.boundary.len());
        let headers = self.headers().await?;
        let length = headers.get("content-length").ok_or(Refused::Part)?;
        let length: u64 = length.parse().unwrap_or(0);
        let (mut hasher, expected) = hash_header(&headers)?;
        let mut writer = call.shared.store.blobs.writer();
        let mut left = length;
        let flip = self.flip.take().map(|at| part_of(length, at));
        while left > 0 {
            self.fill(1).await?;
            let bytes = self.take(usize::try_from(left).unwrap_or(usize::MAX));
            if bytes.is_empty() {
                return Err(Refused::Part);
            }
            let bytes = spoilt(bytes, flip, length - left);
            hasher.update(&bytes);
            writer.write(&bytes).await?;
            left -= bytes.len() as u64;
        }
        if hasher.finish().hex != expected {
            return Err(Refused::Part);
        }
        // Two bytes, whatever they are.
        self.fill(2).await?;
        let ended = self.buffer.is_empty();
        self.take(2);
        if ended && length > 0 {
            return Err(Refused::Part);
        }
        Ok((headers, writer.finish().await?))
    }

    async fn headers(&mut self) -> Result<Headers, Refused> {
        let mut headers = Headers::new();
        loop {
            let line = self.line().await?.ok_or(Refused::Part)?;
            if line == b"\r\n"[..] {
                return Ok(headers);
            }
            let line = String::from_utf8_lossy(&line).into_owned();
            let (name, value) = line.split_once(':').ok_or(Refused::Part)?;
            headers.insert(name.trim().to_lowercase(), value.trim().to_owned());
        }
    }

    async fn line(&mut self) -> io::Result<Option<Bytes>> {
        let mut wanted = 1;
        loop {
            self.fill(wanted).await?;
            if let Some(end) = self.buffer.iter().position(|byte| *byte == b'\n') {
                return Ok(Some(self.take(end + 1)));
            }
            if self.buffer.len() < wanted || wanted > LONGEST_LINE {
                return Ok(None);
            }
            wanted = self.buffer.len() + 1;
        }
    }
}

/// The bytes from `at` on, of which the one at `flip` is another.
fn spoilt(bytes: Bytes, flip: Option<u64>, at: u64) -> Bytes {
    let place = flip
        .and_then(|flip| flip.checked_sub(at))
        .and_then(|place| usize::try_from(place).ok());
    let Some(place) = place.filter(|place| *place < bytes.len()) else {
        return bytes;
    };
    let mut changed = bytes.to_vec();
    if let Some(byte) = changed.get_mut(place) {
        *byte ^= 0x20;
    }
    changed.into()
}

fn hash_header(headers: &Headers) -> Result<(StreamHasher, String), Refused> {
    let (name, hash) = match (headers.get("oc-checksum"), headers.get("x-file-md5")) {
        (Some(checksum), _) if !checksum.is_empty() => {
            checksum.split_once(':').unwrap_or((checksum, ""))
        }
        (_, Some(md5)) if !md5.is_empty() => ("md5", md5.as_str()),
        _ => return Err(Refused::Part),
    };
    let algorithm =
        algorithm(name).ok_or_else(|| Refused::Request(DavError::unknown_hash("hash_init")))?;
    Ok((StreamHasher::new(algorithm), hash.to_owned()))
}

/// Stores one part, or notes why not. Parents are not made; what is there is overwritten.
fn store(
    call: &Call,
    who: &Who,
    view: &View,
    headers: &Headers,
    piece: Piece,
    written: &mut Map<String, Value>,
) -> DavResult<()> {
    let Some(said) = headers.get("x-file-path") else {
        call.shared.store.blobs.remove(piece.blob);
        return Err(DavError::type_error());
    };
    let entry = match store_file(call, who, view, headers, said, piece) {
        Ok((id, etag)) => json!({
            "error": false,
            "etag": etag,
            "fileid": file_id(call, id),
            "permissions": "RGDNVW",
        }),
        Err(message) => {
            call.shared.store.blobs.remove(piece.blob);
            json!({ "error": true, "message": message })
        }
    };
    written.insert(said.clone(), entry);
    Ok(())
}

fn store_file(
    call: &Call,
    who: &Who,
    view: &View,
    headers: &Headers,
    said: &str,
    piece: Piece,
) -> Result<(u64, String), String> {
    let mtime = headers
        .get("x-file-mtime")
        .or_else(|| headers.get("x-oc-mtime"))
        .map(|text| sanitize_time(text).map_err(|error| error.message().to_owned()))
        .transpose()?;
    let path = DavPath::of(&said.replace('\\', "/"));
    let text = path.text();
    let cannot = || format!("Could not create path \"/{}/files/{text}\"", who.id);
    let View::Stored { shared, home, .. } = view else {
        return Err(cannot());
    };
    let (folder, name) = path.split().ok_or_else(cannot)?;
    let config = &call.shared.config;
    config
        .forbidden
        .check(name, config.language)
        .map_err(|_| String::new())?;
    let _lock = shared
        .try_lock(&who.id, &text)
        .ok_or_else(|| format!("\"files/{text}\" is locked"))?;
    if shared.free(&who.id).is_some_and(|free| piece.len > free) {
        return Err(cannot());
    }
    let mut inner = shared.store.lock();
    let parent = inner.state.tree.at(*home, folder).ok_or_else(cannot)?;
    let new = NewFile {
        parent,
        name,
        pieces: vec![piece],
        checksum: String::new(),
        // Not the header's: the file is made by a way that knows no creation time.
        created: Some(now()),
        mtime,
    };
    let (op, stored) = file_op(shared, &mut inner, new).map_err(|_| cannot())?;
    shared
        .store
        .commit_in(&mut inner, Op::File(Box::new(op)))
        .map_err(|error| error.to_string())?;
    Ok((stored.id, stored.etag))
}
