//! The bytes of a file, exactly those that the survey saw.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures::stream::{self, BoxStream, StreamExt as _, TryStreamExt as _};

use super::Locator;
use crate::dav::{DavClient, DavError, DavPath};
use crate::hash::StreamHasher;
use crate::model::{HashValue, Item, ItemId};
use crate::source::{Content, SourceError};

/// Files that are remembered to differ from their stored checksum. Nearly every checksum is right, so
/// there are few; were they many, some would be read once more than needed.
const DOUBTS_KEPT: usize = 10_000;

/// Files whose content was once read with another digest than the stored one.
#[derive(Debug, Clone, Default)]
pub(super) struct Doubts(Arc<Mutex<HashMap<ItemId, HashValue>>>);

impl Doubts {
    /// Whether `read` may be believed although the server stores another checksum: when it is what was
    /// read before, too. Else it may have been damaged on the way.
    fn confirmed(&self, item: &ItemId, read: &HashValue) -> bool {
        let mut doubts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if doubts.get(item) == Some(read) {
            return true;
        }
        if doubts.len() >= DOUBTS_KEPT {
            doubts.clear();
        }
        doubts.insert(item.clone(), read.clone());
        false
    }
}

/// A file on its way.
struct Reading {
    pieces: BoxStream<'static, Result<Bytes, DavError>>,
    /// Bytes still to come.
    left: u64,
    /// Of the whole file, and what the server stores of it.
    digest: Option<(StreamHasher, HashValue)>,
    item: ItemId,
    doubts: Doubts,
}

/// The content of `item` from byte `from` on, while it still has the version that the survey saw.
pub(super) async fn read(
    dav: &DavClient,
    path: &DavPath,
    item: &Item,
    locator: &Locator,
    from: u64,
    doubts: &Doubts,
) -> Result<Content, SourceError> {
    let size = item
        .size
        .ok_or_else(|| SourceError::protocol("a file without a size"))?;
    let left = size.checked_sub(from).ok_or(SourceError::Changed)?;
    let pieces = if left == 0 && from > 0 {
        // A range that begins at the end is refused (RFC 9110, section 15.5.17).
        stream::empty().boxed()
    } else {
        let etag = Some(item.version.as_str()).filter(|etag| !etag.is_empty());
        let response = dav.get(path, from, etag).await?;
        if response
            .content_length()
            .is_some_and(|length| length != left)
        {
            return Err(SourceError::temporary("another length than the listing's"));
        }
        response.bytes_stream().map_err(DavError::wire).boxed()
    };
    let stored = locator.stored().filter(|_| from == 0 && size > 0);
    let reading = Reading {
        pieces,
        left,
        digest: stored.map(|hash| (StreamHasher::new(hash.algorithm), hash)),
        item: item.id.clone(),
        doubts: doubts.clone(),
    };
    let stream = stream::try_unfold(reading, |mut reading| async move {
        let piece = reading.next().await?;
        Ok(piece.map(|piece| (piece, reading)))
    });
    Ok(Content {
        length: Some(left),
        stream: stream.boxed(),
    })
}

impl Reading {
    async fn next(&mut self) -> Result<Option<Bytes>, SourceError> {
        if self.left == 0 {
            return Ok(None);
        }
        let Some(piece) = self.pieces.try_next().await? else {
            return Err(SourceError::temporary(format!(
                "the answer is {} bytes short",
                self.left
            )));
        };
        self.left = u64::try_from(piece.len())
            .ok()
            .and_then(|length| self.left.checked_sub(length))
            .ok_or_else(|| SourceError::temporary("the answer is too long"))?;
        if let Some((hasher, _)) = &mut self.digest {
            hasher.update(&piece);
        }
        if self.left == 0 {
            // With the last piece, not after it: who knows the length does not ask for more.
            self.compare()?;
        }
        Ok(Some(piece))
    }

    fn compare(&mut self) -> Result<(), SourceError> {
        let Some((hasher, stored)) = self.digest.take() else {
            return Ok(());
        };
        let read = hasher.finish();
        if read == stored || self.doubts.confirmed(&self.item, &read) {
            return Ok(());
        }
        Err(SourceError::temporary(format!(
            "read {read}, the server stores {stored}: once more"
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::digest;
    use crate::model::HashAlgorithm;

    fn reading(pieces: &[&'static str], left: u64, stored: &str, doubts: &Doubts) -> Reading {
        let stored = digest(HashAlgorithm::Sha1, stored.as_bytes());
        let pieces: Vec<_> = pieces.iter().map(|text| Ok(Bytes::from(*text))).collect();
        Reading {
            pieces: stream::iter(pieces).boxed(),
            left,
            digest: Some((StreamHasher::new(stored.algorithm), stored)),
            item: ItemId::new("7"),
            doubts: doubts.clone(),
        }
    }

    async fn read_all(mut reading: Reading) -> Result<String, SourceError> {
        let mut all = String::new();
        while let Some(piece) = reading.next().await? {
            all.push_str(std::str::from_utf8(&piece).unwrap());
        }
        Ok(all)
    }

    #[tokio::test]
    async fn a_wrong_stored_checksum_costs_one_more_read() {
        let doubts = Doubts::default();
        let read = |pieces: &[&'static str], stored| reading(pieces, 4, stored, &doubts);
        assert_eq!(read_all(read(&["ab", "cd"], "abcd")).await.unwrap(), "abcd");
        let first = read_all(read(&["ab", "cd"], "other")).await;
        assert!(matches!(first, Err(SourceError::Temporary { .. })));
        // Damaged in another way: still not to be believed.
        let second = read_all(read(&["ab", "xx"], "other")).await;
        assert!(matches!(second, Err(SourceError::Temporary { .. })));
        let third = read_all(read(&["abxx"], "other")).await;
        assert_eq!(third.unwrap(), "abxx");
    }

    #[tokio::test]
    async fn the_last_piece_is_not_given_before_it_is_checked() {
        let mut reading = reading(&["ab", "cd"], 4, "other", &Doubts::default());
        assert_eq!(reading.next().await.unwrap().unwrap(), "ab");
        assert!(reading.next().await.is_err());
    }

    #[tokio::test]
    async fn neither_short_nor_long_answers_pass() {
        for pieces in [&["abc"][..], &["abc", "de"], &[]] {
            let result = read_all(reading(pieces, 4, "abcd", &Doubts::default())).await;
            assert!(matches!(result, Err(SourceError::Temporary { .. })));
        }
    }
}
