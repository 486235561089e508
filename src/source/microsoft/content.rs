//! Bytes: from the address that Graph hands out, by ranges
//! (<https://learn.microsoft.com/graph/api/driveitem-get-content>).

use bytes::Bytes;
use futures::stream::{self, BoxStream, StreamExt as _};
use http::StatusCode;
use http::header::{CONTENT_LENGTH, CONTENT_RANGE};
use reqwest::Response;

use super::client::Client;
use super::error::network;
use super::ids::Locator;
use super::item::{version_of, vouches_for};
use crate::model::{Item, ItemKind};
use crate::source::{Content, SourceError};

/// A file's content from byte `from` on.
pub(super) async fn read(client: &Client, item: &Item, from: u64) -> Result<Content, SourceError> {
    if item.kind != ItemKind::File {
        return Err(SourceError::protocol("only files have bytes of their own"));
    }
    let locator = Locator::read(&item.locator)
        .ok_or_else(|| SourceError::protocol("a locator that is not one"))?;
    let vouched = vouches_for(item);
    match item.size {
        // Some hosts answer any range of an empty file, and any range from the end on, with 416.
        Some(size) if vouched && from == size => return Ok(empty()),
        Some(size) if vouched && from > size => return Err(SourceError::Changed),
        _ => {}
    }
    let answer = client.content(&locator, from).await?;
    let (length, skip) = match answer.status() {
        // Whoever takes no notice of the range sends everything.
        StatusCode::OK => {
            let whole = content_length(&answer);
            let whole = right_length(client, item, &locator, whole).await?;
            if whole.is_some_and(|whole| whole < from) {
                return Err(SourceError::Changed);
            }
            (whole.map(|whole| whole - from), from)
        }
        StatusCode::PARTIAL_CONTENT => {
            let (length, total) = part(&answer, from)?;
            right_length(client, item, &locator, total).await?;
            (Some(length), 0)
        }
        StatusCode::RANGE_NOT_SATISFIABLE => {
            return match range_total(&answer) {
                Some(total) if total == from && !vouched => Ok(empty()),
                _ => Err(SourceError::Changed),
            };
        }
        status => {
            let detail = format!("status {status} to a download");
            return Err(SourceError::protocol(detail));
        }
    };
    Ok(Content {
        length,
        stream: checked(answer, length, skip),
    })
}

/// The length of the whole file: as surveyed, or it is another file by now. Where sizes are known to be
/// wrong, the file's metadata tell whether it is the same.
async fn right_length(
    client: &Client,
    item: &Item,
    locator: &Locator,
    found: Option<u64>,
) -> Result<Option<u64>, SourceError> {
    let vouched = vouches_for(item);
    match (found, item.size) {
        (Some(now), Some(surveyed)) if now != surveyed => {
            let same = !vouched && is_as_surveyed(client, item, locator).await?;
            if same {
                Ok(found)
            } else {
                Err(SourceError::Changed)
            }
        }
        (None, surveyed) if vouched => Ok(surveyed),
        _ => Ok(found),
    }
}

async fn is_as_surveyed(
    client: &Client,
    item: &Item,
    locator: &Locator,
) -> Result<bool, SourceError> {
    let now = client.item(locator).await?;
    let size = now.size.and_then(|size| u64::try_from(size).ok());
    Ok(version_of(&now) == item.version && size == item.size)
}

fn empty() -> Content {
    Content {
        length: Some(0),
        stream: stream::empty().boxed(),
    }
}

fn content_length(answer: &Response) -> Option<u64> {
    let text = answer.headers().get(CONTENT_LENGTH)?.to_str().ok()?;
    text.trim().parse().ok()
}

/// The length of a part, after making sure that it is the part asked for (RFC 9110, section 14.4), and the
/// length of the whole.
fn part(answer: &Response, from: u64) -> Result<(u64, Option<u64>), SourceError> {
    let range = answer.headers().get(CONTENT_RANGE);
    let (first, last, total) = range
        .and_then(|range| read_range(range.to_str().ok()?))
        .ok_or_else(|| SourceError::protocol("a part without a readable Content-Range"))?;
    if first != from || last < first || total.is_some_and(|total| last + 1 != total) {
        return Err(SourceError::temporary("another part than asked for"));
    }
    Ok((last - first + 1, total))
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

/// The bytes of an answer after the first `skip`; an end before `length` more, or after it, is an error.
fn checked(
    answer: Response,
    length: Option<u64>,
    skip: u64,
) -> BoxStream<'static, Result<Bytes, SourceError>> {
    let bytes = answer.bytes_stream().boxed();
    let start = (bytes, skip, 0u64);
    stream::try_unfold(start, move |(mut bytes, mut skip, mut seen)| async move {
        loop {
            match bytes.next().await {
                Some(Ok(mut chunk)) => {
                    let skipped = usize::try_from(skip).unwrap_or(usize::MAX).min(chunk.len());
                    skip -= skipped as u64;
                    let chunk = chunk.split_off(skipped);
                    if chunk.is_empty() {
                        continue;
                    }
                    seen += chunk.len() as u64;
                    if length.is_some_and(|length| seen > length) {
                        return Err(SourceError::temporary("more bytes than announced"));
                    }
                    return Ok(Some((chunk, (bytes, skip, seen))));
                }
                Some(Err(error)) => return Err(network(error)),
                None if skip > 0 || length.is_some_and(|length| seen < length) => {
                    return Err(SourceError::temporary("fewer bytes than announced"));
                }
                None => return Ok(None),
            }
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
