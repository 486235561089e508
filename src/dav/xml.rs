//! The XML of both directions: pieces of an answer as they arrive, and text that goes into a request.

use std::borrow::Cow;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use quick_xml::NsReader;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::ResolveResult;
use tokio::io::{AsyncBufRead, AsyncRead, ReadBuf};

use super::error::{BoxError, DavError, NotNextcloud};

const DAV: &[u8] = b"DAV:";
const OWNCLOUD: &[u8] = b"http://owncloud.org/ns";
const NEXTCLOUD: &[u8] = b"http://nextcloud.org/ns";
/// What Nextcloud's calendars and address books have of their own is under this name.
const NEXTCLOUD_COM: &[u8] = b"http://nextcloud.com/ns";
const CALDAV: &[u8] = b"urn:ietf:params:xml:ns:caldav";
const CARDDAV: &[u8] = b"urn:ietf:params:xml:ns:carddav";
const CALENDARSERVER: &[u8] = b"http://calendarserver.org/ns/";
const APPLE: &[u8] = b"http://apple.com/ns/ical/";

/// The prefixes that every request of ours declares.
pub(super) const NAMESPACES: &str = concat!(
    r#"xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns" xmlns:nc="http://nextcloud.org/ns""#,
    r#" xmlns:cal="urn:ietf:params:xml:ns:caldav" xmlns:card="urn:ietf:params:xml:ns:carddav""#,
    r#" xmlns:cs="http://calendarserver.org/ns/" xmlns:ical="http://apple.com/ns/ical/""#,
    r#" xmlns:x="http://nextcloud.com/ns""#,
);

macro_rules! tags {
    ($($variant:ident = $space:ident $local:literal,)*) => {
        /// The elements that mean something to us.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Tag { $($variant,)* Other }

        impl Tag {
            fn known(namespace: &[u8], local: &[u8]) -> Self {
                match (namespace, local) {
                    $(($space, $local) => Self::$variant,)*
                    _ => Self::Other,
                }
            }
        }
    };
}

tags! {
    Multistatus = DAV b"multistatus",
    Response = DAV b"response",
    Href = DAV b"href",
    Propstat = DAV b"propstat",
    Prop = DAV b"prop",
    Status = DAV b"status",
    ResourceType = DAV b"resourcetype",
    Collection = DAV b"collection",
    Validator = DAV b"getetag",
    LastModified = DAV b"getlastmodified",
    ContentLength = DAV b"getcontentlength",
    ContentType = DAV b"getcontenttype",
    QuotaAvailable = DAV b"quota-available-bytes",
    QuotaUsed = DAV b"quota-used-bytes",
    DisplayName = DAV b"displayname",
    Owner = DAV b"owner",
    Principal = DAV b"current-user-principal",
    Privileges = DAV b"current-user-privilege-set",
    Privilege = DAV b"privilege",
    Write = DAV b"write",
    WriteContent = DAV b"write-content",
    Bind = DAV b"bind",
    All = DAV b"all",
    SyncToken = DAV b"sync-token",
    FileId = OWNCLOUD b"fileid",
    Size = OWNCLOUD b"size",
    Checksum = OWNCLOUD b"checksum",
    Favorite = OWNCLOUD b"favorite",
    Permissions = OWNCLOUD b"permissions",
    ReadOnly = OWNCLOUD b"read-only",
    OwnerPrincipal = OWNCLOUD b"owner-principal",
    CalendarEnabled = OWNCLOUD b"calendar-enabled",
    CreationTime = NEXTCLOUD b"creation_time",
    MountType = NEXTCLOUD b"mount-type",
    IsEncrypted = NEXTCLOUD b"is-encrypted",
    OwnerName = NEXTCLOUD_COM b"owner-displayname",
    TrashedAt = NEXTCLOUD_COM b"deleted-at",
    TrashedFrom = NEXTCLOUD_COM b"calendar-uri",
    DeletedCalendar = NEXTCLOUD_COM b"deleted-calendar",
    TrashBin = NEXTCLOUD_COM b"trash-bin",
    Calendar = CALDAV b"calendar",
    CalendarHome = CALDAV b"calendar-home-set",
    CalendarUser = CALDAV b"calendar-user-address-set",
    DefaultCalendar = CALDAV b"schedule-default-calendar-URL",
    CalendarDescription = CALDAV b"calendar-description",
    CalendarTimezone = CALDAV b"calendar-timezone",
    CalendarData = CALDAV b"calendar-data",
    Components = CALDAV b"supported-calendar-component-set",
    Component = CALDAV b"comp",
    Transparency = CALDAV b"schedule-calendar-transp",
    Transparent = CALDAV b"transparent",
    Inbox = CALDAV b"schedule-inbox",
    Outbox = CALDAV b"schedule-outbox",
    AddressBook = CARDDAV b"addressbook",
    AddressBookHome = CARDDAV b"addressbook-home-set",
    AddressBookDescription = CARDDAV b"addressbook-description",
    AddressData = CARDDAV b"address-data",
    Ctag = CALENDARSERVER b"getctag",
    Subscribed = CALENDARSERVER b"subscribed",
    Source = CALENDARSERVER b"source",
    Colour = APPLE b"calendar-color",
    Order = APPLE b"calendar-order",
}

impl Tag {
    fn of(namespace: &ResolveResult<'_>, local: &[u8]) -> Self {
        match namespace {
            ResolveResult::Bound(namespace) => Self::known(namespace.into_inner(), local),
            _ => Self::Other,
        }
    }
}

#[derive(Debug)]
pub(super) enum Piece {
    /// With the attribute `name`, where the element has one that counts.
    Start(Tag, Option<String>),
    Empty(Tag, Option<String>),
    End(Tag),
    Text(String),
    Nothing,
    Eof,
}

/// A reader that gives up on a single piece of XML that does not end.
#[derive(Debug)]
struct Bounded<R> {
    inner: R,
    since_piece: usize,
    /// Bytes that one text or tag may have.
    limit: usize,
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
        if this.since_piece > this.limit {
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

/// The pieces of an XML document, as they arrive.
pub(super) struct Pieces<R> {
    reader: NsReader<Bounded<R>>,
    buffer: Vec<u8>,
}

impl<R: AsyncBufRead + Unpin + Send> Pieces<R> {
    /// No text or tag may have more than `limit` bytes.
    pub(super) fn new(inner: R, limit: usize) -> Self {
        let bounded = Bounded {
            inner,
            since_piece: 0,
            limit,
        };
        let mut reader = NsReader::from_reader(bounded);
        reader.config_mut().check_comments = false;
        Self {
            reader,
            buffer: Vec::new(),
        }
    }

    /// # Errors
    /// Whatever is not XML or breaks off, unsorted: [`broken`] sorts it.
    pub(super) async fn next(&mut self) -> Result<Piece, quick_xml::Error> {
        self.buffer.clear();
        // A large object leaves the room of a small one behind.
        self.buffer.shrink_to(MOST_KEPT);
        self.reader.get_mut().since_piece = 0;
        let (namespace, event) = self
            .reader
            .read_resolved_event_into_async(&mut self.buffer)
            .await?;
        let of = |tag: &BytesStart<'_>| Tag::of(&namespace, tag.local_name().into_inner());
        Ok(match event {
            Event::Start(tag) => Piece::Start(of(&tag), name(of(&tag), &tag)),
            Event::Empty(tag) => Piece::Empty(of(&tag), name(of(&tag), &tag)),
            Event::End(tag) => Piece::End(Tag::of(&namespace, tag.local_name().into_inner())),
            Event::Text(text) => Piece::Text(text.xml10_content()?.into_owned()),
            Event::CData(text) => Piece::Text(text.decode()?.into_owned()),
            Event::GeneralRef(reference) => Piece::Text(resolve(&reference)?),
            Event::Eof => Piece::Eof,
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => Piece::Nothing,
        })
    }

    #[cfg(test)]
    pub(super) fn held(&self) -> usize {
        self.buffer.capacity()
    }
}

const MOST_KEPT: usize = 32 * 1024;

/// `VEVENT` of `<cal:comp name="VEVENT"/>`, the only attribute that we read.
fn name(tag: Tag, start: &BytesStart<'_>) -> Option<String> {
    if tag != Tag::Component {
        return None;
    }
    let attribute = start.try_get_attribute("name").ok()??;
    let value = attribute
        .normalized_value(quick_xml::XmlVersion::Implicit1_0)
        .ok()?;
    Some(value.into_owned())
}

/// A character or one of the five entities that XML itself defines; a server has no business with others.
fn resolve(reference: &BytesRef<'_>) -> Result<String, quick_xml::Error> {
    if let Some(character) = reference.resolve_char_ref()? {
        return Ok(character.to_string());
    }
    let name = reference.decode()?;
    quick_xml::escape::resolve_xml_entity(&name)
        .map(Into::into)
        .ok_or_else(|| {
            let unknown = quick_xml::escape::EscapeError::UnrecognizedEntity(0..0, name.into());
            unknown.into()
        })
}

/// What an answer is that is not the XML that it should be.
pub(super) fn broken(error: quick_xml::Error, seen_root: bool) -> DavError {
    if matches!(error, quick_xml::Error::Escape(_)) {
        return DavError::Protocol {
            detail: error.to_string(),
            cause: Some(error.into()),
        };
    }
    // A connection that breaks before the first tag says nothing of what the server is.
    if !seen_root && !matches!(error, quick_xml::Error::Io(_)) {
        return DavError::NotNextcloud {
            what: NotNextcloud::Html,
        };
    }
    let cause: BoxError = error.into();
    DavError::Temporary {
        detail: format!("the list broke off: {cause}"),
        cause: Some(cause),
    }
}

/// Text for a request's XML. Characters that XML 1.0 cannot hold at all are left out.
pub(super) fn escape(text: &str) -> Cow<'_, str> {
    let allowed = |c: char| {
        matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..) && c != '\u{7f}'
    };
    if text.chars().all(allowed) {
        return quick_xml::escape::escape(text);
    }
    let clean: String = text.chars().filter(|c| allowed(*c)).collect();
    Cow::Owned(quick_xml::escape::escape(&clean).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_can_break_a_request() {
        assert_eq!(escape("Été & <b>\"'"), "Été &amp; &lt;b&gt;&quot;&apos;");
        assert_eq!(escape("a\u{0}b\u{1b}\u{ffff}c\n🦆"), "abc\n🦆");
    }
}
