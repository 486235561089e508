//! Bytes: ranges of files, exports of documents.

use bytes::Bytes;
use futures::stream::{self, BoxStream, StreamExt as _};
use http::StatusCode;
use http::header::{CONTENT_LENGTH, CONTENT_RANGE, LOCATION};
use reqwest::Response;
use url::Url;

use super::client::Client;
use super::error::{Failure, network};
use super::item::Locator;
use super::wire::File;
use crate::model::{DocumentFormat, Item, ItemKind, export_format};
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

fn empty() -> Content {
    Content {
        length: Some(0),
        stream: stream::empty().boxed(),
    }
}

fn unexpected(status: StatusCode) -> SourceError {
    SourceError::protocol(format!("status {status} to a download"))
}

fn content_length(answer: &Response) -> Option<u64> {
    let text = answer.headers().get(CONTENT_LENGTH)?.to_str().ok()?;
    text.trim().parse().ok()
}

/// The length of a whole file's answer: as surveyed, or it is another file by now.
fn whole(answer: &Response, item: &Item) -> Result<Option<u64>, SourceError> {
    match (content_length(answer), item.size) {
        (Some(now), Some(surveyed)) if now != surveyed => Err(SourceError::Changed),
        (now, surveyed) => Ok(now.or(surveyed)),
    }
}

/// The length of a part, after making sure that it is the part asked for (RFC 9110, section 14.4).
fn part(answer: &Response, item: &Item, from: u64) -> Result<Option<u64>, SourceError> {
    let range = answer.headers().get(CONTENT_RANGE);
    let (first, last, total) = range
        .and_then(|range| read_range(range.to_str().ok()?))
        .ok_or_else(|| SourceError::protocol("a part without a readable Content-Range"))?;
    if item
        .size
        .zip(total)
        .is_some_and(|(size, total)| size != total)
    {
        return Err(SourceError::Changed);
    }
    if first != from || last < first || total.is_some_and(|total| last + 1 != total) {
        return Err(SourceError::temporary("another part than asked for"));
    }
    Ok(Some(last - first + 1))
}

/// `bytes 5-9/10` as first, last and total; the total may be `*`.
fn read_range(text: &str) -> Option<(u64, u64, Option<u64>)> {
    let (range, total) = text.trim().strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = range.split_once('-')?;
    let total = match total {
        "*" => None,
        total => Some(total.parse().ok()?),
    };
    let last: u64 = last.parse().ok()?;
    (last < u64::MAX).then_some((first.parse().ok()?, last, total))
}

/// The total of `bytes */10`, which comes with 416.
fn range_total(answer: &Response) -> Option<u64> {
    let text = answer.headers().get(CONTENT_RANGE)?.to_str().ok()?;
    text.trim().strip_prefix("bytes */")?.parse().ok()
}

/// The bytes of an answer; an end before `length`, or after it, is an error.
fn checked(
    answer: Response,
    length: Option<u64>,
) -> BoxStream<'static, Result<Bytes, SourceError>> {
    let bytes = answer.bytes_stream().boxed();
    stream::try_unfold((bytes, 0u64), move |(mut bytes, mut seen)| async move {
        match bytes.next().await {
            Some(Ok(chunk)) => {
                seen += chunk.len() as u64;
                if length.is_some_and(|length| seen > length) {
                    return Err(SourceError::temporary("more bytes than announced"));
                }
                Ok(Some((chunk, (bytes, seen))))
            }
            Some(Err(error)) => Err(network(error)),
            None if length.is_some_and(|length| seen < length) => {
                Err(SourceError::temporary("fewer bytes than announced"))
            }
            None => Ok(None),
        }
    })
    .boxed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_content_ranges() {
        assert_eq!(read_range("bytes 5-9/10"), Some((5, 9, Some(10))));
        assert_eq!(read_range("bytes 0-0/*"), Some((0, 0, None)));
        for text in [
            "bytes */10",
            "5-9/10",
            "bytes 5-/10",
            "bytes a-b/c",
            "",
            "bytes 0-18446744073709551615/*",
        ] {
            assert_eq!(read_range(text), None, "{text}");
        }
    }
}
