//! What the answers of HTTP sources share: lengths, parts, streams that are what they announced.

use bytes::Bytes;
use futures::stream::{self, BoxStream, StreamExt as _};
use http::header::{CONTENT_LENGTH, CONTENT_RANGE};
use reqwest::Response;

use super::{Content, SourceError};
use crate::model::Item;
use crate::net::describe;

/// What a request that broke off means for the source.
pub(super) fn network(error: reqwest::Error) -> SourceError {
    let detail = describe(&error);
    let connect = error.is_connect();
    // The address may hold what only its owner should know.
    let cause = Some(error.without_url().into());
    if connect {
        SourceError::Unreachable { detail, cause }
    } else {
        SourceError::Temporary { detail, cause }
    }
}

pub(super) fn empty() -> Content {
    Content {
        length: Some(0),
        stream: stream::empty().boxed(),
    }
}

pub(super) fn content_length(answer: &Response) -> Option<u64> {
    let text = answer.headers().get(CONTENT_LENGTH)?.to_str().ok()?;
    text.trim().parse().ok()
}

/// The length of a whole file's answer: as surveyed, or it is another file by now.
pub(super) fn whole(answer: &Response, item: &Item) -> Result<Option<u64>, SourceError> {
    match (content_length(answer), item.size) {
        (Some(now), Some(surveyed)) if now != surveyed => Err(SourceError::Changed),
        (now, surveyed) => Ok(now.or(surveyed)),
    }
}

/// The length of a part, after making sure that it is the part asked for (RFC 9110, section 14.4).
pub(super) fn part(answer: &Response, item: &Item, from: u64) -> Result<Option<u64>, SourceError> {
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
pub(super) fn range_total(answer: &Response) -> Option<u64> {
    let text = answer.headers().get(CONTENT_RANGE)?.to_str().ok()?;
    text.trim().strip_prefix("bytes */")?.parse().ok()
}

/// The bytes of an answer; an end before `length`, or after it, is an error.
pub(super) fn checked(
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
