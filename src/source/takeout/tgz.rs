//! Parts that are gzip-compressed tar archives (RFC 1952, POSIX.1-2001 pax).
//!
//! A gzip stream can only be read from its beginning. So that files can be read one after the other
//! without unpacking the part to the disk, some open streams are kept, each standing where the last file
//! that it gave ended; a read takes the one that stands nearest before its place. Files are moved in the
//! order of the archive, so each stream only ever goes forward.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use flate2::bufread::MultiGzDecoder;

use super::entry::{Entry, Lies, PIECE, PartError, Pieces, finish, pump};
use super::pim::Sort;
use crate::model::Timestamp;
use crate::source::pim_file::START;

/// Streams that are kept open at a time, over all parts.
const STREAMS: usize = 12;

/// Tells `take` of every file in the order of the archive, until it says `false`. Unpacks the whole part
/// once, and finds it damaged where it is.
pub(super) fn list(
    path: &Path,
    part: &str,
    take: &mut dyn FnMut(Entry) -> bool,
) -> Result<(), PartError> {
    let file = File::open(path).map_err(PartError::Unreadable)?;
    let mut archive = tar::Archive::new(MultiGzDecoder::new(BufReader::new(file)));
    let entries = archive.entries().map_err(PartError::of_stream)?;
    for entry in entries {
        let mut entry = entry.map_err(PartError::of_stream)?;
        if !entry.header().entry_type().is_file() {
            continue;
        }
        let size = entry.size();
        let seconds = entry.header().mtime().unwrap_or(0);
        let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let modified = i64::try_from(seconds)
            .ok()
            .filter(|seconds| *seconds > 0)
            .and_then(|seconds| Timestamp::from_second(seconds).ok());
        let lies = Lies::Tgz {
            part: part.to_owned(),
            at: entry.raw_file_position(),
            size,
        };
        let mut start = Vec::new();
        if Sort::promised(&path).is_some() {
            // A stream that breaks off here is found out by the next entry.
            let _ = entry.by_ref().take(START).read_to_end(&mut start);
        }
        let entry = Entry {
            path,
            size,
            modified,
            version: format!("{size}-{seconds}"),
            lies,
            start,
        };
        if !take(entry) {
            return Ok(());
        }
    }
    Ok(())
}

/// Copies the files whose path and size are `wanted` into `copies`; gives where each begins there and how
/// long it is, by its place in the stream. Those behind a damage are missing.
pub(super) fn copy_files(
    path: &Path,
    wanted: &dyn Fn(&str, u64) -> bool,
    copies: &mut File,
) -> io::Result<HashMap<u64, (u64, u64)>> {
    let mut archive = tar::Archive::new(MultiGzDecoder::new(BufReader::new(File::open(path)?)));
    let mut places = HashMap::new();
    let mut end = 0;
    for entry in archive.entries()? {
        let Ok(mut entry) = entry else {
            break;
        };
        let size = entry.size();
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        if !entry.header().entry_type().is_file() || !wanted(&name, size) {
            continue;
        }
        let at = entry.raw_file_position();
        copies.seek(SeekFrom::Start(end))?;
        if copy_whole(&mut entry, copies)? != Some(size) {
            break;
        }
        places.insert(at, (end, size));
        end += size;
    }
    Ok(places)
}

/// How many bytes were copied; `None`: the archive could not be read on.
fn copy_whole(entry: &mut impl Read, copy: &mut File) -> io::Result<Option<u64>> {
    let mut buffer = vec![0; PIECE];
    let mut copied = 0;
    loop {
        let count = match entry.read(&mut buffer) {
            Ok(0) => return Ok(Some(copied)),
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(_) => return Ok(None),
        };
        copy.write_all(buffer.get(..count).unwrap_or_default())?;
        copied += count as u64;
    }
}

/// An unpacked stream and how far it has been read.
struct Open {
    path: PathBuf,
    stream: MultiGzDecoder<BufReader<File>>,
    at: u64,
}

impl Read for Open {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.stream.read(buffer)?;
        self.at += count as u64;
        Ok(count)
    }
}

/// The streams that stand open.
#[derive(Default)]
pub(super) struct Streams(Mutex<Vec<Open>>);

impl Streams {
    /// The stream that stands nearest before `at`, else a new one.
    fn take(&self, path: &Path, at: u64) -> Result<Open, PartError> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let nearest = open
            .iter()
            .enumerate()
            .filter(|(_, stream)| stream.path == path && stream.at <= at)
            .max_by_key(|(_, stream)| stream.at)
            .map(|(index, _)| index);
        if let Some(index) = nearest {
            return Ok(open.remove(index));
        }
        drop(open);
        let file = File::open(path).map_err(PartError::Unreadable)?;
        Ok(Open {
            path: path.to_owned(),
            stream: MultiGzDecoder::new(BufReader::new(file)),
            at: 0,
        })
    }

    fn give_back(&self, stream: Open) {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if open.len() >= STREAMS {
            // The one that has not been of use for the longest time.
            open.remove(0);
        }
        open.push(stream);
    }

    /// Gives the content that lies at byte `at` of the unpacked stream, from byte `from` on.
    pub(super) fn read(
        &self,
        path: &Path,
        at: u64,
        size: u64,
        from: u64,
        take: Pieces<'_>,
    ) -> Result<(), PartError> {
        let begin = at + from.min(size);
        let mut stream = self.take(path, begin)?;
        skip_to(&mut stream, begin)?;
        let left = size.saturating_sub(from);
        let last = pump(&mut stream, 0, left, &mut |_| {}, take)?;
        self.give_back(stream);
        finish(last, take);
        Ok(())
    }
}

fn skip_to(stream: &mut Open, at: u64) -> Result<(), PartError> {
    let mut buffer = vec![0; PIECE];
    while stream.at < at {
        let room = usize::try_from(at - stream.at).map_or(PIECE, |left| left.min(PIECE));
        let Some(space) = buffer.get_mut(..room) else {
            break;
        };
        match stream.read(space) {
            Ok(0) => return Err(PartError::Damaged("it ends too early".into())),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(PartError::of_stream(error)),
        }
    }
    Ok(())
}
