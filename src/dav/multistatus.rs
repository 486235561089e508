//! Reads `207 Multi-Status` (RFC 4918, section 13) as it arrives: one entry in memory at a time, however
//! long the answer.

use tokio::io::AsyncBufRead;

use super::error::{DavError, NotNextcloud};
use super::path::decode_href;
use super::props::DavEntry;
use super::xml::{Piece, Pieces, Tag, broken};
use crate::model::Timestamp;

/// Bytes that one property, text or tag of a listing may have. Real ones have a few hundred.
pub(super) const MAX_PIECE: usize = 256 * 1024;
const MAX_CHECKSUMS: usize = 16;
/// Elements within each other; real answers have seven or eight.
const MAX_DEPTH: usize = 64;

/// What a `d:response` is read into.
pub(super) trait Record: Default + Send {
    /// Bytes that one property may have.
    const LIMIT: usize = MAX_PIECE;

    /// An element within `d:prop` has ended: what it is, the element around it, and its text, or the name
    /// of a `cal:comp`.
    fn read(&mut self, around: Tag, tag: Tag, text: &str);

    /// Takes over what a `d:propstat` of properties that are there says.
    fn take(&mut self, found: Self);

    /// The `d:href`, as it stands there.
    fn place(&mut self, href: &str);
}

/// The parts of a `d:response` as far as they are read.
#[derive(Debug, Default)]
struct Response<T> {
    href: String,
    /// Properties of `d:propstat`s that say 200.
    entry: T,
    /// Those of the `d:propstat` being read, whose status comes last.
    propstat: Option<(T, Option<u16>)>,
    /// The status of the whole response, where there is one.
    status: Option<u16>,
    worst: Option<u16>,
    /// The elements around what is read.
    open: Vec<Tag>,
}

/// What one `d:response` says, and the worst status among its properties.
#[derive(Debug)]
pub(super) struct Answer<T = DavEntry> {
    pub entry: T,
    /// Of the response as a whole.
    pub status: Option<u16>,
    /// The highest status of its `d:propstat`s; 424 only where nothing else failed.
    pub worst: Option<u16>,
}

/// The entries of a multi-status, one after the other.
pub(super) struct Multistatus<R, T = DavEntry> {
    pieces: Pieces<R>,
    text: String,
    seen_root: bool,
    done: bool,
    sync_token: Option<String>,
    record: std::marker::PhantomData<fn() -> T>,
}

impl<R: AsyncBufRead + Unpin + Send, T: Record> Multistatus<R, T> {
    pub(super) fn new(inner: R) -> Self {
        Self {
            pieces: Pieces::new(inner, T::LIMIT),
            text: String::new(),
            seen_root: false,
            done: false,
            sync_token: None,
            record: std::marker::PhantomData,
        }
    }

    /// RFC 6578: where the next `sync-collection` goes on. Known after the end.
    pub(super) fn sync_token(&self) -> Option<&str> {
        self.sync_token.as_deref()
    }

    /// The next response; `None` after the end of the multi-status.
    ///
    /// # Errors
    /// [`DavError::Temporary`] when the answer breaks off or is not well-formed (a server that fails in
    /// the middle leaves such), [`DavError::NotNextcloud`] when it is something else altogether.
    pub(super) async fn next(&mut self) -> Result<Option<Answer<T>>, DavError> {
        if self.done {
            return Ok(None);
        }
        let mut response: Option<Response<T>> = None;
        loop {
            let piece = self.piece().await?;
            match piece {
                Piece::Nothing => {}
                Piece::Text(text) => {
                    if self.text.len() + text.len() > T::LIMIT {
                        self.done = true;
                        return Err(DavError::protocol("a property of endless length"));
                    }
                    self.text.push_str(&text);
                }
                Piece::Eof => {
                    self.done = true;
                    return Err(self.broke_off());
                }
                Piece::Start(tag, _) | Piece::Empty(tag, _) if !self.seen_root => {
                    if tag != Tag::Multistatus {
                        self.done = true;
                        return Err(DavError::NotNextcloud {
                            what: NotNextcloud::Html,
                        });
                    }
                    self.seen_root = true;
                    if matches!(piece, Piece::Empty(..)) {
                        self.done = true;
                        return Ok(None);
                    }
                }
                Piece::Start(tag, name) => {
                    self.forget_text();
                    self.text.extend(name);
                    if let Err(error) = start(tag, &mut response) {
                        self.done = true;
                        return Err(error);
                    }
                }
                Piece::Empty(tag, name) => {
                    // Without content, so it neither opens nor closes anything that counts.
                    if let Some(response) = &mut response {
                        let around = response.open.last().copied().unwrap_or(Tag::Other);
                        end(around, tag, &name.unwrap_or_default(), response);
                    }
                    self.forget_text();
                }
                Piece::End(Tag::Multistatus) => {
                    self.done = true;
                    return Ok(None);
                }
                Piece::End(tag) => {
                    if tag == Tag::Response {
                        if let Some(response) = response.take() {
                            return Ok(Some(response.finish()));
                        }
                    } else if let Some(response) = &mut response {
                        response.open.pop();
                        let around = response.open.last().copied().unwrap_or(Tag::Other);
                        end(around, tag, &self.text, response);
                    } else if tag == Tag::SyncToken {
                        self.sync_token = some(self.text.trim());
                    }
                    self.forget_text();
                }
            }
        }
    }

    /// A large object leaves the room of a small one behind.
    fn forget_text(&mut self) {
        self.text.clear();
        self.text.shrink_to(MAX_PIECE);
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
        match self.pieces.next().await {
            Ok(piece) => Ok(piece),
            Err(error) => {
                self.done = true;
                Err(broken(error, self.seen_root))
            }
        }
    }
}

fn start<T: Record>(tag: Tag, response: &mut Option<Response<T>>) -> Result<(), DavError> {
    if tag == Tag::Response && response.is_none() {
        *response = Some(Response::default());
        return Ok(());
    }
    let Some(response) = response else {
        return Ok(());
    };
    if response.open.len() >= MAX_DEPTH {
        return Err(DavError::protocol("elements within elements without end"));
    }
    response.open.push(tag);
    if tag == Tag::Propstat {
        response.propstat = Some((T::default(), None));
    }
    Ok(())
}

fn end<T: Record>(around: Tag, tag: Tag, text: &str, response: &mut Response<T>) {
    match tag {
        Tag::Propstat => {
            if let Some((found, status)) = response.propstat.take() {
                response.propstat_ended(found, status);
            }
        }
        Tag::Status if matches!(around, Tag::Propstat) => {
            if let Some((_, status)) = &mut response.propstat {
                *status = parse_status(text);
            }
        }
        Tag::Status => response.status = parse_status(text),
        Tag::Href if response.propstat.is_none() => response.href = text.trim().to_owned(),
        _ => {
            if let Some((found, _)) = &mut response.propstat {
                found.read(around, tag, text);
            }
        }
    }
}

/// `HTTP/1.1 200 OK`
fn parse_status(text: &str) -> Option<u16> {
    text.split_ascii_whitespace().nth(1)?.parse().ok()
}

impl<T: Record> Response<T> {
    fn propstat_ended(&mut self, found: T, status: Option<u16>) {
        let status = status.unwrap_or(0);
        // 424 only says that another property failed; that one's status is the news.
        self.worst = match self.worst {
            Some(worst) if worst != 424 && (status == 424 || status < worst) => Some(worst),
            _ => Some(status),
        };
        if (200..300).contains(&status) {
            self.entry.take(found);
        }
    }

    fn finish(self) -> Answer<T> {
        let mut entry = self.entry;
        entry.place(&self.href);
        Answer {
            entry,
            status: self.status,
            worst: self.worst,
        }
    }
}

impl Record for DavEntry {
    fn read(&mut self, _: Tag, tag: Tag, text: &str) {
        property(tag, text, self);
    }

    fn take(&mut self, found: Self) {
        self.is_folder |= found.is_folder;
        self.favourite |= found.favourite;
        self.is_encrypted |= found.is_encrypted;
        self.file_id = found.file_id.or(self.file_id.take());
        self.etag = found.etag.or(self.etag.take());
        self.size = found.size.or(self.size);
        self.modified = found.modified.or(self.modified);
        self.created = found.created.or(self.created);
        self.content_type = found.content_type.or(self.content_type.take());
        self.permissions = found.permissions.or(self.permissions.take());
        self.mount_type = found.mount_type.or(self.mount_type.take());
        self.quota_available = found.quota_available.or(self.quota_available);
        self.quota_used = found.quota_used.or(self.quota_used);
        if !found.checksums.is_empty() {
            self.checksums = found.checksums;
        }
    }

    fn place(&mut self, href: &str) {
        self.path = decode_href(href);
    }
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

pub(super) fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// An entity tag without its quotes and without the mark of a weak one (RFC 9110, section 8.8.3).
pub(super) fn unquote(etag: &str) -> &str {
    let etag = etag.trim();
    etag.strip_prefix("W/").unwrap_or(etag).trim_matches('"')
}

/// An HTTP date (RFC 9110, section 5.6.7); years before 1970 too, which old photographs have.
pub(super) fn parse_date(text: &str) -> Option<Timestamp> {
    jiff::fmt::rfc2822::DateTimeParser::new()
        .relaxed_weekday(true)
        .parse_timestamp(text)
        .ok()
}

#[cfg(test)]
mod tests;
