//! CalDAV (RFC 4791) and CardDAV (RFC 6352): calendars, address books and what lies in them, as Nextcloud
//! keeps them and, but for what is said to be Nextcloud's own, as any other server does.
//!
//! A place is told by its path below the server's entry point, decoded, without outer slashes:
//! `calendars/alice/personal/1a2b.ics`. Nothing here asks twice; whoever calls decides about that.

mod collections;
mod create;
mod error;
mod fetch;
mod homes;
mod objects;
mod put;
mod record;
mod sync;

use bytes::Bytes;
use futures::TryStreamExt as _;
use futures::stream::BoxStream;
use http::{Method, StatusCode, header};
use reqwest::{RequestBuilder, Response};
use tokio_util::io::StreamReader;

use super::client::{DavClient, Lane};
use super::error::DavError;
use super::multistatus::{Multistatus, Record};
use super::path::DavPath;
use super::props::Depth;
use super::refusal::Refusal;
use super::xml::NAMESPACES;

pub use collections::{Access, AddressBook, Calendar, Component, Components, System};
pub use create::{Made, NewAddressBook, NewCalendar, NewSubscription, Settings};
pub use error::PimError;
pub use fetch::{Fetched, Object};
pub use homes::Homes;
pub use objects::{Listed, Trashed, uid_of};
pub use put::{Condition, Stored};
pub use sync::{Change, Changes};

/// The entry point of a Nextcloud.
const NEXTCLOUD: &str = "remote.php/dav";

/// What a collection holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// iCalendar (RFC 5545).
    Calendar,
    /// vCard (RFC 6350, RFC 2426).
    AddressBook,
}

impl Kind {
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Calendar => "text/calendar; charset=utf-8",
            Self::AddressBook => "text/vcard; charset=utf-8",
        }
    }
}

/// Things as they arrive.
pub type PimStream<T> = BoxStream<'static, Result<T, PimError>>;

/// The calendars and address books of one account. Cheap to clone.
#[derive(Debug, Clone)]
pub struct PimClient {
    dav: DavClient,
    entry: &'static str,
}

impl PimClient {
    /// Of a Nextcloud.
    pub const fn nextcloud(dav: DavClient) -> Self {
        Self {
            dav,
            entry: NEXTCLOUD,
        }
    }

    /// Of any other server, whose entry point (where its `/.well-known/caldav` leads) is the client's own
    /// address.
    pub const fn plain(dav: DavClient) -> Self {
        Self { dav, entry: "" }
    }

    fn is_nextcloud(&self) -> bool {
        self.entry == NEXTCLOUD
    }

    pub const fn dav(&self) -> &DavClient {
        &self.dav
    }

    /// A place as a request names it.
    ///
    /// # Errors
    /// For a path that no address can name.
    pub fn place(&self, path: &str) -> Result<DavPath, PimError> {
        Ok(DavPath::below(self.entry, path)?)
    }

    async fn request(&self, method: &str, path: &str) -> Result<RequestBuilder, PimError> {
        let method = Method::from_bytes(method.as_bytes())
            .map_err(|error| DavError::protocol(error.to_string()))?;
        let path = self.place(path)?;
        Ok(self.dav.request(Lane::Api, method, &path).await?)
    }

    /// A request whose answer is a multi-status.
    async fn multistatus<T: Record>(
        &self,
        method: &'static str,
        path: &str,
        depth: Option<Depth>,
        body: String,
    ) -> Result<Multistatus<impl tokio::io::AsyncBufRead + Unpin + Send + use<T>, T>, PimError>
    {
        let mut request = self
            .request(method, path)
            .await?
            .header(header::CONTENT_TYPE, XML)
            .body(body);
        if let Some(depth) = depth {
            request = request.header("Depth", depth.header());
        }
        let response = self.ask(request).await?;
        if response.status() != StatusCode::MULTI_STATUS {
            return Err(Refusal::read(response).await.into_error().into());
        }
        let bytes = response
            .bytes_stream()
            .map_err(|error| std::io::Error::other(error.without_url()));
        let bytes: BoxStream<'static, std::io::Result<Bytes>> = Box::pin(bytes);
        Ok(Multistatus::new(StreamReader::new(bytes)))
    }

    /// Sends, and takes every refusal for what it means of calendars and address books.
    async fn ask(&self, request: RequestBuilder) -> Result<Response, PimError> {
        match Refusal::check(self.dav.send(request).await?).await {
            Ok(response) => Ok(response),
            Err(refusal) => Err(PimError::of(refusal)),
        }
    }
}

const XML: &str = "application/xml; charset=utf-8";

/// A whole request body; `root` is a qualified name.
fn document(root: &str, content: &str) -> String {
    format!(r#"<?xml version="1.0" encoding="utf-8"?><{root} {NAMESPACES}>{content}</{root}>"#)
}

/// A `d:propfind` for these properties.
fn propfind(props: &[&str]) -> String {
    document("d:propfind", &prop(props))
}

fn prop(props: &[&str]) -> String {
    let mut body = String::from("<d:prop>");
    for name in props {
        body.push('<');
        body.push_str(name);
        body.push_str("/>");
    }
    body.push_str("</d:prop>");
    body
}

#[cfg(test)]
mod tests;
