//! What all packings have in common: entries with a path, and where their bytes lie.

use std::io;

use serde::{Deserialize, Serialize};

use crate::model::Timestamp;

/// A file in a part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Entry {
    /// As it stands in the archive, with `/`.
    pub(super) path: String,
    pub(super) size: u64,
    pub(super) modified: Option<Timestamp>,
    pub(super) lies: Lies,
    /// Changes with the content, as far as the archive can tell.
    pub(super) version: String,
    /// The first bytes, where the path promises calendars, contacts or tasks.
    #[serde(skip)]
    pub(super) start: Vec<u8>,
}

/// Where the bytes of an entry lie; the locator of its item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Lies {
    Zip {
        part: String,
        /// Byte of the local file header (APPNOTE 4.3.7).
        at: u64,
        packed: u64,
        size: u64,
        /// 0 stored, 8 deflated (APPNOTE 4.4.5).
        method: u16,
        crc: u32,
    },
    Tgz {
        part: String,
        /// Byte of the content in the unpacked tar stream.
        at: u64,
        size: u64,
    },
}

impl Lies {
    /// The name of its part.
    pub(super) fn part(&self) -> &str {
        match self {
            Self::Zip { part, .. } | Self::Tgz { part, .. } => part,
        }
    }
}

/// Why a part, or what lies in it, cannot be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum PartError {
    /// The disk, not the archive.
    #[error("cannot be read: {0}")]
    Unreadable(#[source] io::Error),
    #[error("damaged: {0}")]
    Damaged(String),
}

impl PartError {
    /// Tells apart what the system refuses from what a decoder finds wrong with the bytes.
    pub(super) fn of_stream(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::InvalidData
            | io::ErrorKind::InvalidInput
            | io::ErrorKind::UnexpectedEof
            | io::ErrorKind::Other => Self::Damaged(error.to_string()),
            _ => Self::Unreadable(error),
        }
    }
}

/// Takes the bytes of an entry; `false`: no more are wanted.
pub(super) type Pieces<'a> = &'a mut dyn FnMut(Result<bytes::Bytes, PartError>) -> bool;

/// Bytes that are unpacked at a time.
pub(super) const PIECE: usize = 128 * 1024;

/// Hands on what `reader` gives from byte `from` on, of `size` bytes in all, but for the last piece: whoever
/// sends the bytes on is satisfied once all of them are there, so the last ones must wait until the whole
/// was `seen` and found right. `None`: no more were wanted.
pub(super) fn pump(
    reader: &mut dyn io::Read,
    from: u64,
    size: u64,
    seen: &mut dyn FnMut(&[u8]),
    take: Pieces<'_>,
) -> Result<Option<bytes::Bytes>, PartError> {
    let mut buffer = vec![0; PIECE];
    let mut held = bytes::Bytes::new();
    let mut at = 0;
    while at < size {
        let room = usize::try_from(size - at).map_or(PIECE, |left| left.min(PIECE));
        let Some(space) = buffer.get_mut(..room) else {
            break;
        };
        let count = match reader.read(space) {
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(PartError::of_stream(error)),
        };
        let read = space.get(..count).unwrap_or_default();
        if read.is_empty() {
            return Err(PartError::Damaged(format!("{at} of {size} bytes")));
        }
        seen(read);
        let before = at;
        at += count as u64;
        if at <= from {
            continue;
        }
        let skip = usize::try_from(from.saturating_sub(before)).unwrap_or(0);
        let piece = bytes::Bytes::copy_from_slice(read.get(skip..).unwrap_or_default());
        let before = std::mem::replace(&mut held, piece);
        if !before.is_empty() && !take(Ok(before)) {
            return Ok(None);
        }
    }
    Ok(Some(held))
}

/// Hands on the last piece.
pub(super) fn finish(last: Option<bytes::Bytes>, take: Pieces<'_>) {
    if let Some(last) = last.filter(|last| !last.is_empty()) {
        take(Ok(last));
    }
}
