use http::{HeaderMap, header};
use reqwest::{RequestBuilder, Response};

use super::body::{Body, Counted, Watch};
use super::{Nextcloud, TargetError, text};
use crate::dav::{Lane, Refusal};
use crate::model::{HashAlgorithm, HashValue, Timestamp};

/// Seconds since 1970. Nextcloud answers 500 to anything earlier, and stores the file nevertheless, with
/// the date of today.
pub const EARLIEST_MODIFIED: i64 = 86_401;

/// The date as the server takes it, in seconds since 1970, and whether it had to be moved for that.
pub fn clamp_modified(modified: Timestamp) -> (i64, bool) {
    let seconds = modified.as_second();
    (seconds.max(EARLIEST_MODIFIED), seconds < EARLIEST_MODIFIED)
}

/// Where a file goes, and what it may replace.
#[derive(Debug, Clone)]
pub struct Put<'a> {
    pub path: &'a str,
    pub modified: Option<Timestamp>,
    pub created: Option<Timestamp>,
    /// What the server is asked to compute of the bytes that it received.
    pub hash: HashAlgorithm,
    /// The ETag of the version that may be replaced; `None`: the place must be free.
    pub replace: Option<&'a str>,
}

/// What the server says of a file that it has stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    pub etag: Option<String>,
    pub file_id: Option<String>,
    /// As the server computed it from what it received; `None` where it did not (chunks on object
    /// storage, an answer that got lost). Then ask [`Nextcloud::recalculate_hash`].
    pub hash: Option<HashValue>,
}

impl Stored {
    pub(super) fn of(headers: &HeaderMap, algorithm: HashAlgorithm) -> Self {
        // `OC-ETag` says the same and is not changed by a proxy that compresses.
        let etag = text(headers, "oc-etag").or_else(|| text(headers, header::ETAG));
        let hash = format!("x-hash-{}", algorithm.name());
        Self {
            etag: etag.map(bare_etag),
            file_id: file_id(headers),
            hash: text(headers, hash)
                .and_then(|hex| format!("{}:{hex}", algorithm.name()).parse().ok()),
        }
    }
}

fn bare_etag(etag: &str) -> String {
    let etag = etag.trim();
    etag.strip_prefix("W/")
        .unwrap_or(etag)
        .trim_matches('"')
        .to_owned()
}

/// `OC-FileId: 00003862occe5i8box7d` is the id that `oc:fileid` gives as `3862`, and the server's own.
pub(super) fn file_id(headers: &HeaderMap) -> Option<String> {
    bare_file_id(text(headers, "oc-fileid")?)
}

pub(super) fn bare_file_id(text: &str) -> Option<String> {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let id = text.get(..end)?.trim_start_matches('0');
    (!id.is_empty()).then(|| id.to_owned())
}

/// The headers that give a file its dates, and ask for a digest.
pub(super) fn describe_file(mut request: RequestBuilder, put: &Put<'_>) -> RequestBuilder {
    if let Some(modified) = put.modified {
        request = request.header("X-OC-MTime", clamp_modified(modified).0);
    }
    // The same trap as with the other date, but one that may be left out.
    let created = put.created.filter(|date| !clamp_modified(*date).1);
    if let Some(created) = created {
        request = request.header("X-OC-CTime", created.as_second());
    }
    request.header("X-Hash", put.hash.name())
}

impl Nextcloud {
    /// Sends a file in one request. The server never sees more or fewer bytes than `body.length`.
    ///
    /// # Errors
    /// [`TargetError::Taken`] when something is there and nothing may be replaced,
    /// [`TargetError::Changed`] when what may be replaced is no longer there,
    /// [`TargetError::Body`] when `body` fails or is of another length; then nothing is stored. See also
    /// [`TargetError::may_have_happened`].
    pub async fn put(&self, put: &Put<'_>, body: Body) -> Result<Stored, TargetError> {
        let mut request = describe_file(self.method(Lane::Upload, "PUT", put.path).await?, put);
        request = request.header(header::CONTENT_TYPE, "application/octet-stream");
        request = match put.replace {
            Some(etag) => request.header(header::IF_MATCH, format!("\"{etag}\"")),
            None => request.header(header::IF_NONE_MATCH, "*"),
        };
        let response = self.send_body(request, body).await?;
        match Refusal::check(response).await {
            Ok(response) => Ok(Stored::of(response.headers(), put.hash)),
            Err(refusal) => Err(self.put_error(put, refusal).await),
        }
    }

    async fn put_error(&self, put: &Put<'_>, refusal: Refusal) -> TargetError {
        match refusal.status.as_u16() {
            404 => TargetError::ParentMissing,
            // "PUT is not allowed on non-files": a folder has this name.
            409 => TargetError::Taken,
            412 if put.replace.is_some() => TargetError::Changed,
            412 => match self.stat(put.path).await {
                Ok(Some(_)) => TargetError::Taken,
                // In the way although it is not there: a name like `x.part`, which no file may have.
                Ok(None) => refusal.into_refused(),
                Err(error) => error,
            },
            // Fewer bytes than announced arrived there: the connection's fault, not the file's.
            400 if refusal.is_exception(&["BadRequest"]) => {
                TargetError::temporary(refusal.describe())
            }
            _ => refusal.into_error(),
        }
    }

    /// Sends a request with a body of a known length and watches over both ends.
    pub(super) async fn send_body(
        &self,
        request: RequestBuilder,
        body: Body,
    ) -> Result<Response, TargetError> {
        self.send_body_within(request, body, self.patience.stall)
            .await
    }

    pub(super) async fn send_body_within(
        &self,
        request: RequestBuilder,
        body: Body,
        stall: std::time::Duration,
    ) -> Result<Response, TargetError> {
        use futures::StreamExt as _;

        // Without a length it would go as `Transfer-Encoding: chunked`, which some front ends hand to
        // PHP as an empty body, and a success.
        let request = request.header(header::CONTENT_LENGTH, body.length);
        let watch = Watch::new();
        let empty = body.length == 0;
        let mut counted = Counted::new(body, watch.clone());
        let request = if empty {
            // Nobody reads a body of no length, so whether it has one is seen here.
            let _ = counted.next().await;
            if let Some(cause) = watch.failure() {
                return Err(TargetError::Body { cause });
            }
            request.body("")
        } else {
            request.body(reqwest::Body::wrap_stream(counted))
        };
        let answer = tokio::select! {
            answer = self.dav.send(request) => answer,
            () = watch.stalled(stall) => Err(TargetError::temporary("the server stalled")),
        };
        match watch.failure() {
            Some(cause) => Err(TargetError::Body { cause }),
            None => answer,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_that_the_server_cannot_take_are_moved() {
        let at = |seconds| Timestamp::from_second(seconds).unwrap();
        assert_eq!(clamp_modified(at(1_600_000_000)), (1_600_000_000, false));
        assert_eq!(clamp_modified(at(86_401)), (86_401, false));
        for early in [86_400, 1, 0, -1, -2_000_000_000] {
            assert_eq!(clamp_modified(at(early)), (86_401, true));
        }
    }

    #[test]
    fn reads_what_a_stored_file_answers() {
        let mut headers = HeaderMap::new();
        headers.insert("oc-fileid", "00003862occe5i8box7d".parse().unwrap());
        headers.insert("etag", "\"c515-gzip\"".parse().unwrap());
        headers.insert("oc-etag", "\"c515\"".parse().unwrap());
        headers.insert("x-hash-sha1", "AB".repeat(20).parse().unwrap());
        let stored = Stored::of(&headers, HashAlgorithm::Sha1);
        assert_eq!(stored.file_id.as_deref(), Some("3862"));
        assert_eq!(stored.etag.as_deref(), Some("c515"));
        assert_eq!(stored.hash.unwrap().hex, "ab".repeat(20));
        assert_eq!(Stored::of(&headers, HashAlgorithm::Md5).hash, None);
        assert_eq!(
            bare_file_id("123456789012ocabc").as_deref(),
            Some("123456789012")
        );
        assert_eq!(bare_file_id("ocabc"), None);
    }
}
