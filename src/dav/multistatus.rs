//! Reads `207 Multi-Status` (RFC 4918, section 13) as it arrives: one entry in memory at a time, however
//! long the answer.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use quick_xml::NsReader;
use quick_xml::events::{BytesRef, Event};
use quick_xml::name::ResolveResult;
use tokio::io::{AsyncBufRead, AsyncRead, ReadBuf};

use super::error::{BoxError, DavError, NotNextcloud};
use super::path::decode_href;
use super::props::DavEntry;
use crate::model::Timestamp;

/// Bytes that one element, text or tag may have. Real ones have a few hundred.
const MAX_PIECE: usize = 256 * 1024;
const MAX_CHECKSUMS: usize = 16;

/// A reader that gives up on a single piece of XML that does not end.
#[derive(Debug)]
struct Bounded<R> {
    inner: R,
    since_piece: usize,
}

impl<R: AsyncBufRead + Unpin> AsyncRead for Bounded<R> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(cx, buf)
    }
}

impl<R: AsyncBufRead + Unpin> AsyncBufRead for Bounded<R> {
    fn poll_fill_buf(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<&[u8]>> {
        let this = self.get_mut();
        if this.since_piece > MAX_PIECE {
            return Poll::Ready(Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "a piece of XML without end",
            )));
        }
        Poll::Ready(Ok(ready!(Pin::new(&mut this.inner).poll_fill_buf(cx))?))
    }

    fn consume(mut self: Pin<&mut Self>, amount: usize) {
        self.since_piece += amount;
        Pin::new(&mut self.inner).consume(amount);
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tag {
    Multistatus,
    Response,
    Href,
    Propstat,
    Status,
    Collection,
    Validator,
    LastModified,
    ContentLength,
    ContentType,
    QuotaAvailable,
    QuotaUsed,
    FileId,
    Size,
    Checksum,
    Favorite,
    Permissions,
    CreationTime,
    MountType,
    IsEncrypted,
    Other,
}

impl Tag {
    fn of(namespace: &ResolveResult<'_>, local: &[u8]) -> Self {
        let ResolveResult::Bound(namespace) = namespace else {
            return Self::Other;
        };
        match (namespace.into_inner(), local) {
            (b"DAV:", b"multistatus") => Self::Multistatus,
            (b"DAV:", b"response") => Self::Response,
            (b"DAV:", b"href") => Self::Href,
            (b"DAV:", b"propstat") => Self::Propstat,
            (b"DAV:", b"status") => Self::Status,
            (b"DAV:", b"collection") => Self::Collection,
            (b"DAV:", b"getetag") => Self::Validator,
            (b"DAV:", b"getlastmodified") => Self::LastModified,
            (b"DAV:", b"getcontentlength") => Self::ContentLength,
            (b"DAV:", b"getcontenttype") => Self::ContentType,
            (b"DAV:", b"quota-available-bytes") => Self::QuotaAvailable,
            (b"DAV:", b"quota-used-bytes") => Self::QuotaUsed,
            (b"http://owncloud.org/ns", b"fileid") => Self::FileId,
            (b"http://owncloud.org/ns", b"size") => Self::Size,
            (b"http://owncloud.org/ns", b"checksum") => Self::Checksum,
            (b"http://owncloud.org/ns", b"favorite") => Self::Favorite,
            (b"http://owncloud.org/ns", b"permissions") => Self::Permissions,
            (b"http://nextcloud.org/ns", b"creation_time") => Self::CreationTime,
            (b"http://nextcloud.org/ns", b"mount-type") => Self::MountType,
            (b"http://nextcloud.org/ns", b"is-encrypted") => Self::IsEncrypted,
            _ => Self::Other,
        }
    }
}

#[derive(Debug)]
enum Piece {
    Start(Tag),
    Empty(Tag),
    End(Tag),
    Text(String),
    Nothing,
    Eof,
}

/// The parts of a `d:response` as far as they are read.
#[derive(Debug, Default)]
struct Response {
    href: String,
    /// Properties of `d:propstat`s that say 200.
    entry: DavEntry,
    /// Those of the `d:propstat` being read, whose status comes last.
    propstat: Option<(DavEntry, Option<u16>)>,
    /// The status of the whole response, where there is one.
    status: Option<u16>,
    /// Property names and status of each `d:propstat`, in order; PROPPATCH answers need only these.
    worst: Option<u16>,
}

/// What one `d:response` says, and the worst status among its properties.
#[derive(Debug)]
pub(super) struct Answer {
    pub entry: DavEntry,
    /// Of the response as a whole.
    pub status: Option<u16>,
    /// The highest status of its `d:propstat`s; 424 only where nothing else failed.
    pub worst: Option<u16>,
}

/// The entries of a multi-status, one after the other.
pub(super) struct Multistatus<R> {
    reader: NsReader<Bounded<R>>,
    buffer: Vec<u8>,
    text: String,
    seen_root: bool,
    done: bool,
}

impl<R: AsyncBufRead + Unpin + Send> Multistatus<R> {
    pub(super) fn new(inner: R) -> Self {
        let bounded = Bounded {
            inner,
            since_piece: 0,
        };
        let mut reader = NsReader::from_reader(bounded);
        reader.config_mut().check_comments = false;
        Self {
            reader,
            buffer: Vec::new(),
            text: String::new(),
            seen_root: false,
            done: false,
        }
    }

    /// The next response; `None` after the end of the multi-status.
    ///
    /// # Errors
    /// [`DavError::Temporary`] when the answer breaks off or is not well-formed (a server that fails in
    /// the middle leaves such), [`DavError::NotNextcloud`] when it is something else altogether.
    pub(super) async fn next(&mut self) -> Result<Option<Answer>, DavError> {
        if self.done {
            return Ok(None);
        }
        let mut response: Option<Response> = None;
        loop {
            let piece = self.piece().await?;
            match piece {
                Piece::Nothing => {}
                Piece::Text(text) => {
                    if self.text.len() + text.len() > MAX_PIECE {
                        return Err(DavError::protocol("a property of endless length"));
                    }
                    self.text.push_str(&text);
                }
                Piece::Eof => {
                    self.done = true;
                    return Err(self.broke_off());
                }
                Piece::Start(tag) | Piece::Empty(tag) if !self.seen_root => {
                    if tag != Tag::Multistatus {
                        self.done = true;
                        return Err(DavError::NotNextcloud {
                            what: NotNextcloud::Html,
                        });
                    }
                    self.seen_root = true;
                    if matches!(piece, Piece::Empty(_)) {
                        self.done = true;
                        return Ok(None);
                    }
                }
                Piece::Start(tag) => {
                    self.text.clear();
                    start(tag, &mut response);
                }
                Piece::Empty(tag) => {
                    start(tag, &mut response);
                    if let Some(response) = &mut response {
                        end(tag, "", response);
                    }
                    self.text.clear();
                }
                Piece::End(Tag::Multistatus) => {
                    self.done = true;
                    return Ok(None);
                }
                Piece::End(Tag::Response) => {
                    if let Some(response) = response.take() {
                        return Ok(Some(response.finish()));
                    }
                }
                Piece::End(tag) => {
                    if let Some(response) = &mut response {
                        end(tag, &self.text, response);
                    }
                    self.text.clear();
                }
            }
        }
    }

    fn broke_off(&self) -> DavError {
        if self.seen_root {
            DavError::temporary("the list broke off")
        } else {
            DavError::NotNextcloud {
                what: NotNextcloud::Other("an empty answer".into()),
            }
        }
    }

    async fn piece(&mut self) -> Result<Piece, DavError> {
        self.buffer.clear();
        self.reader.get_mut().since_piece = 0;
        let read = self
            .reader
            .read_resolved_event_into_async(&mut self.buffer)
            .await;
        let (namespace, event) = match read {
            Ok(read) => read,
            Err(error) => {
                self.done = true;
                // A connection that breaks before the first tag says nothing of what the server is.
                let is_wire = matches!(error, quick_xml::Error::Io(_));
                return Err(broken(error, self.seen_root || is_wire));
            }
        };
        Ok(match event {
            Event::Start(tag) => Piece::Start(Tag::of(&namespace, tag.local_name().into_inner())),
            Event::Empty(tag) => Piece::Empty(Tag::of(&namespace, tag.local_name().into_inner())),
            Event::End(tag) => Piece::End(Tag::of(&namespace, tag.local_name().into_inner())),
            Event::Text(text) => Piece::Text(
                text.xml10_content()
                    .map_err(|error| broken(error, true))?
                    .into_owned(),
            ),
            Event::CData(text) => Piece::Text(
                text.decode()
                    .map_err(|error| broken(error, true))?
                    .into_owned(),
            ),
            Event::GeneralRef(reference) => Piece::Text(resolve(&reference)?),
            Event::Eof => Piece::Eof,
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => Piece::Nothing,
        })
    }
}

/// A character or one of the five entities that XML itself defines; a server has no business with others.
fn resolve(reference: &BytesRef<'_>) -> Result<String, DavError> {
    let character = reference
        .resolve_char_ref()
        .map_err(|error| broken(error, true))?;
    if let Some(character) = character {
        return Ok(character.to_string());
    }
    let name = reference.decode().map_err(|error| broken(error, true))?;
    quick_xml::escape::resolve_xml_entity(&name)
        .map(Into::into)
        .ok_or_else(|| DavError::protocol(format!("an unknown entity &{name};")))
}

fn broken(error: impl Into<BoxError>, seen_root: bool) -> DavError {
    let cause: BoxError = error.into();
    if !seen_root {
        return DavError::NotNextcloud {
            what: NotNextcloud::Html,
        };
    }
    DavError::Temporary {
        detail: format!("the list broke off: {cause}"),
        cause: Some(cause),
    }
}

fn start(tag: Tag, response: &mut Option<Response>) {
    match (tag, response) {
        (Tag::Response, response) => *response = Some(Response::default()),
        (Tag::Propstat, Some(response)) => response.propstat = Some((DavEntry::default(), None)),
        _ => {}
    }
}

fn end(tag: Tag, text: &str, response: &mut Response) {
    match tag {
        Tag::Propstat => {
            if let Some((found, status)) = response.propstat.take() {
                response.propstat_ended(found, status);
            }
        }
        Tag::Status => match &mut response.propstat {
            Some((_, status)) => *status = parse_status(text),
            None => response.status = parse_status(text),
        },
        Tag::Href if response.propstat.is_none() => response.href = text.trim().to_owned(),
        _ => {
            if let Some((found, _)) = &mut response.propstat {
                property(tag, text, found);
            }
        }
    }
}

/// `HTTP/1.1 200 OK`
fn parse_status(text: &str) -> Option<u16> {
    text.split_ascii_whitespace().nth(1)?.parse().ok()
}

fn property(tag: Tag, text: &str, found: &mut DavEntry) {
    let text = text.trim();
    let seconds = || {
        let seconds: i64 = text.parse().ok()?;
        Timestamp::from_second(seconds).ok()
    };
    match tag {
        Tag::Collection => found.is_folder = true,
        Tag::Validator => found.etag = some(unquote(text)),
        Tag::LastModified => found.modified = parse_date(text),
        // Folders have only `oc:size`, uploads only the length; files have both, and they agree.
        Tag::Size | Tag::ContentLength => found.size = text.parse().ok().or(found.size),
        Tag::ContentType => found.content_type = some(text),
        Tag::QuotaAvailable => found.quota_available = text.parse().ok(),
        Tag::QuotaUsed => found.quota_used = text.parse().ok(),
        // -1 is the id of what only seems to be there (a folder `x.part`).
        Tag::FileId => found.file_id = some(text).filter(|id| id != "-1"),
        // One element holds several, apart by spaces, when a client sent several.
        Tag::Checksum => found.checksums.extend(
            text.split_ascii_whitespace()
                .filter_map(|one| one.parse().ok())
                .take(MAX_CHECKSUMS.saturating_sub(found.checksums.len())),
        ),
        Tag::Favorite => found.favourite = text == "1",
        Tag::Permissions => found.permissions = Some(text.to_owned()),
        Tag::CreationTime => found.created = seconds().filter(|time| time.as_second() > 0),
        Tag::MountType => found.mount_type = Some(text.to_owned()),
        Tag::IsEncrypted => found.is_encrypted = text == "1",
        _ => {}
    }
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// An entity tag without its quotes and without the mark of a weak one (RFC 9110, section 8.8.3).
pub(super) fn unquote(etag: &str) -> &str {
    let etag = etag.trim();
    etag.strip_prefix("W/").unwrap_or(etag).trim_matches('"')
}

/// An HTTP date (RFC 9110, section 5.6.7); years before 1970 too, which old photographs have.
fn parse_date(text: &str) -> Option<Timestamp> {
    jiff::fmt::rfc2822::DateTimeParser::new()
        .relaxed_weekday(true)
        .parse_timestamp(text)
        .ok()
}

impl Response {
    fn propstat_ended(&mut self, found: DavEntry, status: Option<u16>) {
        let status = status.unwrap_or(0);
        // 424 only says that another property failed; that one's status is the news.
        self.worst = match self.worst {
            Some(worst) if worst != 424 && (status == 424 || status < worst) => Some(worst),
            _ => Some(status),
        };
        if !(200..300).contains(&status) {
            return;
        }
        let entry = &mut self.entry;
        entry.is_folder |= found.is_folder;
        entry.favourite |= found.favourite;
        entry.is_encrypted |= found.is_encrypted;
        entry.file_id = found.file_id.or(entry.file_id.take());
        entry.etag = found.etag.or(entry.etag.take());
        entry.size = found.size.or(entry.size);
        entry.modified = found.modified.or(entry.modified);
        entry.created = found.created.or(entry.created);
        entry.content_type = found.content_type.or(entry.content_type.take());
        entry.permissions = found.permissions.or(entry.permissions.take());
        entry.mount_type = found.mount_type.or(entry.mount_type.take());
        entry.quota_available = found.quota_available.or(entry.quota_available);
        entry.quota_used = found.quota_used.or(entry.quota_used);
        if !found.checksums.is_empty() {
            entry.checksums = found.checksums;
        }
    }

    fn finish(self) -> Answer {
        let mut entry = self.entry;
        entry.path = decode_href(&self.href);
        Answer {
            entry,
            status: self.status,
            worst: self.worst,
        }
    }
}

#[cfg(test)]
mod tests;
