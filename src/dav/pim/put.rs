use std::time::Duration;

use bytes::Bytes;
use http::{StatusCode, header};
use reqwest::RequestBuilder;

use super::super::client::Lane;
use super::super::multistatus::unquote;
use super::super::refusal::Refusal;
use super::{Kind, PimClient, PimError};

/// What a request may replace or remove.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition<'a> {
    /// The place must be free.
    New,
    /// What is there must still have this ETag.
    Is(&'a str),
}

/// What the server says of an object that it has stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// `false`: it replaces another.
    pub created: bool,
    /// `None`: the server has changed what was sent before storing it, or says nothing of it. Nextcloud's
    /// is the MD5 of the bytes that it stores.
    pub etag: Option<String>,
    /// What Nextcloud found wrong and perhaps repaired (`X-Sabre-Ew-Gross`).
    pub warning: Option<String>,
}

/// How long the server may take for one object: what any answer may take, and the time that a very slow
/// line needs.
fn patience(bytes: usize) -> Duration {
    const ANSWER: Duration = Duration::from_secs(120);
    const SLOW_LINE: u64 = 8 * 1024;
    ANSWER + Duration::from_secs(bytes as u64 / SLOW_LINE)
}

/// What keeps Nextcloud from sending mail to guests and from writing into their calendars: the first for
/// every Sabre server, the second as Nextcloud's own word for the same.
fn quietly(request: RequestBuilder) -> RequestBuilder {
    request
        .header("Schedule-Reply", "F")
        .header("x-nc-scheduling", "false")
}

impl PimClient {
    /// Stores one object. Nobody gets a mail.
    ///
    /// # Errors
    /// [`super::super::DavError::Taken`] and [`super::super::DavError::Changed`] by `condition`, each of
    /// [`PimError`]'s own; see [`PimError::may_have_happened`].
    pub async fn put(
        &self,
        kind: Kind,
        path: &str,
        text: Bytes,
        condition: Condition<'_>,
    ) -> Result<Stored, PimError> {
        let place = self.place(path)?;
        let request = self
            .dav
            .request(Lane::Upload, http::Method::PUT, &place)
            .await?
            .timeout(patience(text.len()))
            .header(header::CONTENT_TYPE, kind.media_type())
            .header(header::CONTENT_LENGTH, text.len())
            .body(text);
        let request = match condition {
            Condition::New => request.header(header::IF_NONE_MATCH, "*"),
            Condition::Is(etag) => request.header(header::IF_MATCH, format!("\"{etag}\"")),
        };
        let response = self.dav.send(quietly(request)).await?;
        let response = Refusal::check(response)
            .await
            .map_err(|refusal| PimError::of_put(refusal, condition != Condition::New))?;
        let text = |name: &str| {
            let value = response.headers().get(name)?.to_str().ok()?;
            Some(value.to_owned())
        };
        Ok(Stored {
            created: response.status() == StatusCode::CREATED,
            etag: text("etag").map(|etag| unquote(&etag).to_owned()),
            warning: text("x-sabre-ew-gross"),
        })
    }

    /// Removes an object; that it is gone already is fine. Nobody gets a mail. In a Nextcloud, a calendar
    /// object goes to the trash of its calendar.
    ///
    /// # Errors
    /// [`super::super::DavError::Changed`] when it is no longer the one that `etag` names.
    pub async fn delete(&self, path: &str, etag: Option<&str>) -> Result<(), PimError> {
        let request = quietly(self.request("DELETE", path).await?);
        self.remove(request, etag).await
    }

    /// Removes a whole collection, or what lies in the trash, for good; that it is gone already is fine.
    /// Nobody gets a mail. An object in a calendar goes to the trash all the same.
    ///
    /// # Errors
    /// Those that a request can meet.
    pub async fn purge(&self, path: &str) -> Result<(), PimError> {
        let request = quietly(self.request("DELETE", path).await?);
        self.remove(request.header("X-NC-CalDAV-No-Trashbin", "1"), None)
            .await
    }

    async fn remove(&self, request: RequestBuilder, etag: Option<&str>) -> Result<(), PimError> {
        let request = match etag {
            Some(etag) => request.header(header::IF_MATCH, format!("\"{etag}\"")),
            None => request,
        };
        match Refusal::check(self.dav.send(request).await?).await {
            Ok(_) => Ok(()),
            Err(refusal) if refusal.status == StatusCode::NOT_FOUND => Ok(()),
            Err(refusal) => Err(PimError::of(refusal)),
        }
    }
}
