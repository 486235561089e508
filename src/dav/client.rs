use std::fmt;
use std::sync::Arc;

use futures::stream::{self, BoxStream, StreamExt as _, TryStreamExt as _};
use http::{Method, StatusCode, header};
use reqwest::{RequestBuilder, Response};
use secrecy::{ExposeSecret as _, SecretString};
use tokio_util::io::StreamReader;
use url::Url;

use super::error::{DavError, NotNextcloud};
use super::multistatus::{Answer, Multistatus};
use super::path::DavPath;
use super::props::{DavEntry, Depth, Prop};
use super::refusal::{Refusal, what_is};
use crate::net::Net;

/// The entries of a listing, as they arrive.
pub type EntryStream = BoxStream<'static, Result<DavEntry, DavError>>;

/// Which of the host's connections a request takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// XML and JSON: compressed answers.
    Api,
    /// File content coming down: never compressed.
    Content,
    /// File content going up: no limit on the time until the answer begins, which is after the last byte.
    Upload,
}

/// One account of one Nextcloud. Cheap to clone.
#[derive(Clone)]
pub struct DavClient(Arc<Inner>);

struct Inner {
    base: Url,
    login_name: String,
    net: Net,
    api: reqwest_dav::Client,
    content: reqwest_dav::Client,
    upload: reqwest_dav::Client,
}

// By hand: what lies below prints its password.
impl fmt::Debug for DavClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DavClient")
            .field("base", &self.0.base.as_str())
            .field("login_name", &self.0.login_name)
            .finish_non_exhaustive()
    }
}

impl DavClient {
    /// `base` is the server's address as people open it, with its sub-path if it has one; `login_name`
    /// what the password belongs to, which need not be the account's id.
    ///
    /// # Errors
    /// When `base` is neither encrypted nor on this computer.
    pub fn new(base: &Url, login_name: &str, password: &SecretString) -> Result<Self, DavError> {
        let net = Net::for_host(base)?;
        let base = bare(base);
        let client = |agent: &reqwest::Client| {
            reqwest_dav::ClientBuilder::new()
                .set_agent(agent.clone())
                .set_host(base.to_string())
                .set_auth(reqwest_dav::Auth::Basic(
                    login_name.to_owned(),
                    password.expose_secret().to_owned(),
                ))
                .build()
        };
        Ok(Self(Arc::new(Inner {
            api: client(&net.api)?,
            content: client(&net.content)?,
            upload: client(&net.upload)?,
            login_name: login_name.to_owned(),
            base,
            net,
        })))
    }

    /// Without a password, a query, a fragment or a final `/`.
    pub fn base(&self) -> &Url {
        &self.0.base
    }

    pub fn login_name(&self) -> &str {
        &self.0.login_name
    }

    /// The full address of `path`, as `Destination` wants it.
    pub fn address(&self, path: &DavPath) -> String {
        format!("{}/{path}", self.0.base.as_str().trim_end_matches('/'))
    }

    /// A signed-in request for `path`. It says `OCS-APIRequest` (without it, some answers are 412) and
    /// carries no cookie.
    ///
    /// # Errors
    /// When the address cannot be built.
    pub async fn request(
        &self,
        lane: Lane,
        method: Method,
        path: &DavPath,
    ) -> Result<RequestBuilder, DavError> {
        self.request_raw(lane, method, path.as_str()).await
    }

    pub(super) async fn request_raw(
        &self,
        lane: Lane,
        method: Method,
        path: &str,
    ) -> Result<RequestBuilder, DavError> {
        let client = match lane {
            Lane::Api => &self.0.api,
            Lane::Content => &self.0.content,
            Lane::Upload => &self.0.upload,
        };
        let request = client.start_request(method, path).await?;
        Ok(request.header("OCS-APIRequest", "true"))
    }

    /// A request that says nothing of who asks.
    pub(super) fn anonymous(&self, path: &str) -> RequestBuilder {
        let base = self.0.base.as_str().trim_end_matches('/');
        self.0
            .net
            .api
            .get(format!("{base}/{path}"))
            .header("OCS-APIRequest", "true")
    }

    /// Sends; any answer is fine.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn send(&self, request: RequestBuilder) -> Result<Response, DavError> {
        request.send().await.map_err(DavError::wire)
    }

    /// Sends, and takes every refusal for what it generally means.
    ///
    /// # Errors
    /// Every refusal.
    pub async fn call(&self, request: RequestBuilder) -> Result<Response, DavError> {
        Refusal::check(self.send(request).await?)
            .await
            .map_err(Refusal::into_error)
    }

    /// What lies at `path`, down to `depth`, the place itself included. Memory does not grow with the
    /// length of the list.
    ///
    /// # Errors
    /// [`DavError::NotFound`] when nothing is there. The stream's own: the list broke off.
    pub async fn propfind(
        &self,
        path: &DavPath,
        depth: Depth,
        props: &[Prop],
    ) -> Result<EntryStream, DavError> {
        let answers = self
            .multistatus("PROPFIND", path, Some(depth), Prop::request_body(props))
            .await?;
        let entries = stream::try_unfold(answers, |mut answers| async move {
            while let Some(answer) = answers.next().await? {
                // A response of its own status holds no properties: the entry could not be read.
                if answer.status.is_none_or(|status| status < 300) {
                    return Ok(Some((answer.entry, answers)));
                }
            }
            Ok(None)
        });
        Ok(entries.boxed())
    }

    /// Sets properties; `body` is a whole `d:propertyupdate`.
    ///
    /// # Errors
    /// [`DavError::Refused`] with the status of the property that made it fail: none is set then.
    pub(crate) async fn proppatch(&self, path: &DavPath, body: String) -> Result<(), DavError> {
        let mut answers = self.multistatus("PROPPATCH", path, None, body).await?;
        while let Some(Answer { status, worst, .. }) = answers.next().await? {
            let refused = status
                .into_iter()
                .chain(worst)
                .find(|status| *status >= 300);
            if let Some(status) = refused {
                return Err(match status {
                    404 => DavError::NotFound,
                    423 => DavError::Locked,
                    500.. => DavError::temporary(format!("a property answered {status}")),
                    _ => DavError::Refused {
                        status,
                        exception: String::new(),
                        detail: "a property".into(),
                    },
                });
            }
        }
        Ok(())
    }

    async fn multistatus(
        &self,
        method: &'static str,
        path: &DavPath,
        depth: Option<Depth>,
        body: String,
    ) -> Result<Multistatus<impl tokio::io::AsyncBufRead + Unpin + Send + use<>>, DavError> {
        let method = Method::from_bytes(method.as_bytes())
            .map_err(|error| DavError::protocol(error.to_string()))?;
        let mut request = self
            .request(Lane::Api, method, path)
            .await?
            .header(header::CONTENT_TYPE, "application/xml; charset=utf-8")
            .body(body);
        if let Some(depth) = depth {
            request = request.header("Depth", depth.header());
        }
        let response = self.call(request).await?;
        if response.status() != StatusCode::MULTI_STATUS {
            return Err(Refusal::read(response).await.into_error());
        }
        let bytes = response
            .bytes_stream()
            .map_err(|error| std::io::Error::other(error.without_url()));
        Ok(Multistatus::new(StreamReader::new(bytes.boxed())))
    }

    /// The content of a file from byte `from` on; with `etag`, only while it is still that version.
    ///
    /// # Errors
    /// [`DavError::Changed`] when `etag` no longer holds; [`DavError::Protocol`] when the server ignores
    /// `from`.
    pub async fn get(
        &self,
        path: &DavPath,
        from: u64,
        etag: Option<&str>,
    ) -> Result<Response, DavError> {
        let mut request = self.request(Lane::Content, Method::GET, path).await?;
        if from > 0 {
            request = request.header(header::RANGE, format!("bytes={from}-"));
        }
        if let Some(etag) = etag {
            request = request.header(header::IF_MATCH, format!("\"{etag}\""));
        }
        let response = self.call(request).await?;
        if from > 0 && !starts_at(&response, from) {
            return Err(DavError::protocol(
                "the server gave another part of the file",
            ));
        }
        Ok(response)
    }
}

/// RFC 9110, section 14.4: `bytes 10-19/20`.
fn starts_at(response: &Response, from: u64) -> bool {
    response.status() == StatusCode::PARTIAL_CONTENT
        && response
            .headers()
            .get(header::CONTENT_RANGE)
            .and_then(|range| range.to_str().ok())
            .and_then(|range| range.trim().strip_prefix("bytes "))
            .and_then(|range| range.split('-').next())
            .and_then(|start| start.trim().parse().ok())
            == Some(from)
}

fn bare(url: &Url) -> Url {
    let mut url = url.clone();
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_query(None);
    url.set_fragment(None);
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&path);
    url
}

/// Reads a whole JSON answer.
///
/// # Errors
/// [`DavError::NotNextcloud`] when it is a page or anything else.
pub(super) async fn json(response: Response) -> Result<serde_json::Value, DavError> {
    const MAX: usize = 4 * 1024 * 1024;
    let (status, headers) = (response.status(), response.headers().clone());
    let mut body = Vec::new();
    let mut stream = response.bytes_stream();
    while let Some(piece) = stream.next().await {
        body.extend_from_slice(&piece.map_err(DavError::wire)?);
        if body.len() > MAX {
            let what = NotNextcloud::Other("an endless answer".into());
            return Err(DavError::NotNextcloud { what });
        }
    }
    serde_json::from_slice(&body).map_err(|_| DavError::NotNextcloud {
        what: what_is(&headers, &body, status),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_no_password() {
        let url = Url::parse("https://a:topsecret@canard.example/cloud/?x=topsecret").unwrap();
        let client = DavClient::new(&url, "alice", &"topsecret".into()).unwrap();
        assert!(!format!("{client:?}").contains("topsecret"));
        let path = DavPath::files("alice", "a b").unwrap();
        assert_eq!(
            client.address(&path),
            "https://canard.example/cloud/remote.php/dav/files/alice/a%20b"
        );
    }
}
