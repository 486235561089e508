//! Bytes: of a revision by ranges, of documents by export
//! (<https://www.dropbox.com/developers/documentation/http/documentation#files-download>).

use bytes::Bytes;
use futures::stream::{self, BoxStream, StreamExt as _, TryStreamExt as _};
use http::StatusCode;
use reqwest::Response;
use serde::de::DeserializeOwned;

use super::client::{Client, Root};
use super::error::Failure;
use super::item::{Locator, version_of};
use super::wire::{ExportArg, ExportResult, LinkMetadata, Metadata, PathArg, UrlArg, WebLink};
use crate::hash::StreamHasher;
use crate::model::{DocumentFormat, HashAlgorithm, Item, ItemKind, export_format, link_file};
use crate::source::ranged::{checked, content_length, empty, part, whole};
use crate::source::{Content, SourceError};

/// A web address is no longer than this.
const LONGEST_LINK: usize = 64 * 1024;

/// What an item is by now.
#[derive(Debug)]
pub(super) struct Now {
    pub(super) version: String,
    rev: String,
}

/// `None`: it is no longer there.
pub(super) async fn now(client: &Client, item: &Item) -> Result<Option<Now>, SourceError> {
    let locator = Locator::read(&item.locator);
    let found = match &locator.link {
        Some(url) => {
            let route = "sharing/get_shared_link_metadata";
            let linked: Result<LinkMetadata, Failure> =
                client.rpc(route, &Root::Home, &UrlArg { url }).await;
            linked.map(|linked| {
                (linked.tag == "file").then(|| Now {
                    version: linked.rev.clone(),
                    rev: linked.rev,
                })
            })
        }
        None => {
            let arg = PathArg {
                path: item.id.as_str(),
            };
            let found = client
                .rpc("files/get_metadata", &locator.root(), &arg)
                .await;
            found.map(|found| match found {
                Metadata::File(file) => Some(Now {
                    version: version_of(&file),
                    rev: file.rev,
                }),
                _ => None,
            })
        }
    };
    match found.map_err(SourceError::from) {
        Err(SourceError::NotFound) => Ok(None),
        found => found,
    }
}

/// A file's content from byte `from` on.
pub(super) async fn read(client: &Client, item: &Item, from: u64) -> Result<Content, SourceError> {
    if item.kind != ItemKind::File {
        return Err(SourceError::protocol("only files have bytes of their own"));
    }
    match item.size {
        Some(size) if from == size => return Ok(empty()),
        Some(size) if from > size => return Err(SourceError::Changed),
        _ => {}
    }
    let locator = Locator::read(&item.locator);
    let answer = match &locator.link {
        Some(url) => {
            let route = "sharing/get_shared_link_file";
            let answer = client
                .content(route, &Root::Home, &UrlArg { url }, from)
                .await?;
            let result: LinkMetadata = result_of(&answer)?;
            if result.rev != locator.rev {
                return Err(SourceError::Changed);
            }
            answer
        }
        None => revision(client, item, &locator, from).await?,
    };
    let length = match answer.status() {
        StatusCode::OK if from == 0 => whole(&answer, item)?,
        StatusCode::PARTIAL_CONTENT => part(&answer, item, from)?,
        StatusCode::RANGE_NOT_SATISFIABLE => return Err(SourceError::Changed),
        status => return Err(unexpected(status)),
    };
    Ok(Content {
        length,
        stream: checked(answer, length),
    })
}

/// The revision that was surveyed, or a later one with the same content.
async fn revision(
    client: &Client,
    item: &Item,
    locator: &Locator,
    from: u64,
) -> Result<Response, SourceError> {
    let root = locator.root();
    let download = async |rev: &str| {
        let path = format!("rev:{rev}");
        let arg = PathArg { path: &path };
        client.content("files/download", &root, &arg, from).await
    };
    match download(&locator.rev).await.map_err(SourceError::from) {
        Err(SourceError::NotFound) => match now(client, item).await? {
            None => Err(SourceError::NotFound),
            Some(now) if now.version == item.version && now.rev != locator.rev => {
                Ok(download(&now.rev).await?)
            }
            Some(_) => Err(SourceError::Changed),
        },
        answer => answer,
    }
}

/// A document as a file
/// (<https://www.dropbox.com/developers/documentation/http/documentation#files-export>).
pub(super) async fn export(
    client: &Client,
    item: &Item,
    format: DocumentFormat,
) -> Result<Content, SourceError> {
    let media_type = item.media_type.as_deref().unwrap_or_default();
    let wanted = export_format(media_type, format).ok_or(SourceError::NotExportable)?;
    let root = Locator::read(&item.locator).root();
    let arg = ExportArg {
        path: item.id.as_str(),
        export_format: wanted.media_type,
    };
    let answer = client.content("files/export", &root, &arg, 0).await?;
    if answer.status() != StatusCode::OK {
        return Err(unexpected(answer.status()));
    }
    let result: ExportResult = result_of(&answer)?;
    let length = content_length(&answer);
    let stream = checked(answer, length);
    let stream = match result.export_metadata.export_hash {
        Some(hash) => verified(stream, hash),
        None => stream,
    };
    if wanted.media_type == "url" {
        return bookmark(stream).await;
    }
    Ok(Content { length, stream })
}

/// The address that a web link leads to, as a file that a desktop opens.
async fn bookmark(
    mut stream: BoxStream<'static, Result<Bytes, SourceError>>,
) -> Result<Content, SourceError> {
    let mut body = Vec::new();
    while let Some(bytes) = stream.try_next().await? {
        body.extend_from_slice(&bytes);
        if body.len() > LONGEST_LINK {
            return Err(SourceError::NotExportable);
        }
    }
    let link: WebLink = serde_json::from_slice(&body).map_err(|_| SourceError::NotExportable)?;
    let file = link_file(&link.url);
    Ok(Content {
        length: Some(file.len() as u64),
        stream: stream::iter([Ok(Bytes::from(file))]).boxed(),
    })
}

/// What comes with the bytes, in a header.
fn result_of<T: DeserializeOwned>(answer: &Response) -> Result<T, SourceError> {
    let header = answer.headers().get("dropbox-api-result");
    header
        .and_then(|header| serde_json::from_slice(header.as_bytes()).ok())
        .ok_or_else(|| SourceError::protocol("content without a readable Dropbox-API-Result"))
}

/// The bytes of a stream, whose Dropbox content hash must be `hash`.
fn verified(
    bytes: BoxStream<'static, Result<Bytes, SourceError>>,
    hash: String,
) -> BoxStream<'static, Result<Bytes, SourceError>> {
    let hasher = StreamHasher::new(HashAlgorithm::Dropbox);
    stream::try_unfold(Some((bytes, hasher, hash)), |state| async move {
        let Some((mut bytes, mut hasher, hash)) = state else {
            return Ok(None);
        };
        match bytes.try_next().await? {
            Some(chunk) => {
                hasher.update(&chunk);
                Ok(Some((chunk, Some((bytes, hasher, hash)))))
            }
            None if hasher.finish().hex.eq_ignore_ascii_case(&hash) => Ok(None),
            None => Err(SourceError::temporary(
                "an export with another digest than announced",
            )),
        }
    })
    .boxed()
}

fn unexpected(status: StatusCode) -> SourceError {
    SourceError::protocol(format!("status {status} to a download"))
}
