//! Bytes: ranges of files, exports of documents.

use http::StatusCode;
use http::header::LOCATION;
use reqwest::Response;
use url::Url;

use super::client::Client;
use super::error::Failure;
use super::item::Locator;
use super::wire::File;
use crate::model::{DocumentFormat, Item, ItemKind, export_format};
use crate::source::ranged::{checked, content_length, empty, part, range_total, whole};
use crate::source::{Content, SourceError};

/// The document editors hand a download on to another host, once or twice.
const MOST_REDIRECTS: usize = 5;

/// A file's content from byte `from` on
/// (<https://developers.google.com/workspace/drive/api/guides/manage-downloads>).
pub(super) async fn read(client: &Client, item: &Item, from: u64) -> Result<Content, SourceError> {
    if item.kind != ItemKind::File {
        return Err(SourceError::protocol("only files have bytes of their own"));
    }
    // Drive answers any range of an empty file, and any range from the end on, with 416.
    match item.size {
        Some(size) if from == size => return Ok(empty()),
        Some(size) if from > size => return Err(SourceError::Changed),
        _ => {}
    }
    let locator = Locator::read(&item.locator);
    // Never `acknowledgeAbuse`: what Google flags as malware is reported, not moved.
    let query = [("alt", "media"), ("supportsAllDrives", "true")];
    let answer = client
        .content(&["files", &locator.id], &query, &locator, from)
        .await?;
    let length = match answer.status() {
        StatusCode::OK if from == 0 => whole(&answer, item)?,
        StatusCode::PARTIAL_CONTENT => part(&answer, item, from)?,
        StatusCode::RANGE_NOT_SATISFIABLE => {
            return match range_total(&answer) {
                Some(total) if total == from && item.size.is_none() => Ok(empty()),
                _ => Err(SourceError::Changed),
            };
        }
        status => return Err(unexpected(status)),
    };
    Ok(Content {
        length,
        stream: checked(answer, length),
    })
}

/// A native document as a file
/// (<https://developers.google.com/workspace/drive/api/reference/rest/v3/files/export>).
pub(super) async fn export(
    client: &Client,
    item: &Item,
    format: DocumentFormat,
) -> Result<Content, SourceError> {
    let media_type = item.media_type.as_deref().unwrap_or_default();
    let wanted = export_format(media_type, format).ok_or(SourceError::NotExportable)?;
    let locator = Locator::read(&item.locator);
    let path = ["files", &locator.id, "export"];
    let query = [("mimeType", wanted.media_type)];
    let answer = match client.content(&path, &query, &locator, 0).await {
        Ok(answer) if answer.status() == StatusCode::OK => answer,
        Ok(answer) => return Err(unexpected(answer.status())),
        // The limit of `export` is 10 MB; the editors' own links have none.
        Err(failure) if failure.has_reason("exportSizeLimitExceeded") => {
            export_by_link(client, &locator, wanted.media_type).await?
        }
        Err(Failure::Api(error)) if error.status == 400 => return Err(SourceError::NotExportable),
        Err(failure) => return Err(failure.into()),
    };
    let length = content_length(&answer);
    Ok(Content {
        length,
        stream: checked(answer, length),
    })
}

async fn export_by_link(
    client: &Client,
    locator: &Locator,
    media_type: &str,
) -> Result<Response, SourceError> {
    let query = [("fields", "exportLinks"), ("supportsAllDrives", "true")];
    let file: File = client
        .get(&["files", &locator.id], &query, &[locator])
        .await?;
    // Spreadsheets are also known under the name that OpenDocument had before it was registered.
    let old_name = media_type.replacen("application/vnd.oasis", "application/x-vnd.oasis", 1);
    let link = file.export_links.get(media_type);
    let link = link.or_else(|| file.export_links.get(&old_name));
    let mut address = link
        .and_then(|link| Url::parse(link).ok())
        .ok_or(SourceError::NotExportable)?;
    for _ in 0..=MOST_REDIRECTS {
        let answer = client.content_at(&address).await?;
        if answer.status() == StatusCode::OK {
            return Ok(answer);
        }
        let next = answer.headers().get(LOCATION).map(|to| to.to_str());
        let Some(Ok(next)) = next.filter(|_| answer.status().is_redirection()) else {
            return Err(unexpected(answer.status()));
        };
        address = address
            .join(next)
            .map_err(|_| SourceError::protocol("a redirect to no address"))?;
    }
    Err(SourceError::protocol("redirected without an end"))
}

fn unexpected(status: StatusCode) -> SourceError {
    SourceError::protocol(format!("status {status} to a download"))
}
