//! Parts that are zip archives (PKWARE APPNOTE 6.3.10).

use std::fs::File;
use std::io::{BufReader, Read as _, Seek as _, SeekFrom, Take};
use std::path::Path;

use rawzip::time::ZipDateTimeKind;
use rawzip::{CompressionMethod, RECOMMENDED_BUFFER_SIZE, ZipArchive};

use super::entry::{Entry, Lies, PartError, Pieces, finish, pump};
use super::pim::Sort;
use crate::model::Timestamp;
use crate::source::pim_file::START;

/// The fixed part of a local file header and where it says how long the rest is (APPNOTE 4.3.7).
const HEADER: usize = 30;
const SIGNATURE: &[u8] = b"PK\x03\x04";
const STORED: u16 = 0;
const DEFLATED: u16 = 8;

/// Tells `take` of every file, in the order of the central directory, until it says `false`. Memory does
/// not grow with their number.
pub(super) fn list(
    path: &Path,
    part: &str,
    take: &mut dyn FnMut(Entry) -> bool,
) -> Result<(), PartError> {
    let file = File::open(path).map_err(PartError::Unreadable)?;
    let mut buffer = vec![0; RECOMMENDED_BUFFER_SIZE];
    let archive = ZipArchive::from_file(file, &mut buffer).map_err(damaged)?;
    let expected = archive.entries_hint();
    let mut entries = archive.entries(&mut buffer);
    let mut seen = 0;
    while let Some(record) = entries.next_entry().map_err(damaged)? {
        seen += 1;
        if record.is_dir() {
            continue;
        }
        let modified = time(record.last_modified());
        let place = Place {
            at: record.local_header_offset(),
            packed: record.compressed_size_hint(),
            size: record.uncompressed_size_hint(),
            method: method(record.compression_method()),
            crc: record.crc32(),
        };
        let mut entry = Entry {
            path: String::from_utf8_lossy(record.file_path().as_bytes()).into_owned(),
            size: record.uncompressed_size_hint(),
            modified,
            version: format!(
                "{:08x}-{}-{}",
                record.crc32(),
                record.uncompressed_size_hint(),
                modified.map_or(0, Timestamp::as_second)
            ),
            lies: Lies::Zip {
                part: part.to_owned(),
                at: place.at,
                packed: place.packed,
                size: place.size,
                method: place.method,
                crc: place.crc,
            },
            start: Vec::new(),
        };
        if Sort::promised(&entry.path).is_some() {
            entry.start = start(path, place);
        }
        if !take(entry) {
            return Ok(());
        }
    }
    if seen < expected {
        return Err(PartError::Damaged(format!("{seen} of {expected} entries")));
    }
    Ok(())
}

fn method(method: CompressionMethod) -> u16 {
    if method == CompressionMethod::STORE {
        STORED
    } else if method == CompressionMethod::DEFLATE {
        DEFLATED
    } else {
        u16::MAX
    }
}

/// Without a zone in the archive, the time is taken for UTC: whose clock it was, nobody wrote down.
fn time(when: ZipDateTimeKind) -> Option<Timestamp> {
    let civil = jiff::civil::DateTime::new(
        i16::try_from(when.year()).ok()?,
        i8::try_from(when.month()).ok()?,
        i8::try_from(when.day()).ok()?,
        i8::try_from(when.hour()).ok()?,
        i8::try_from(when.minute()).ok()?,
        i8::try_from(when.second()).ok()?,
        0,
    )
    .ok()?;
    // The format's oldest date (1 January 1980) stands for none.
    if civil.year() <= 1980 && civil.day_of_year() == 1 {
        return None;
    }
    let zoned = civil.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(zoned.timestamp())
}

fn damaged(error: rawzip::Error) -> PartError {
    PartError::Damaged(error.to_string())
}

/// Where an entry lies in its part.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) at: u64,
    pub(super) packed: u64,
    pub(super) size: u64,
    pub(super) method: u16,
    pub(super) crc: u32,
}

/// Gives the content from byte `from` on. The checksum is that of the whole, so a read from the middle
/// unpacks what comes before as well.
pub(super) fn read(
    path: &Path,
    place: Place,
    from: u64,
    take: Pieces<'_>,
) -> Result<(), PartError> {
    let packed = open(path, place)?;
    let mut crc = flate2::Crc::new();
    let mut check = |bytes: &[u8]| crc.update(bytes);
    let last = match place.method {
        STORED => pump(&mut { packed }, from, place.size, &mut check, take)?,
        DEFLATED => {
            let mut inflated = flate2::bufread::DeflateDecoder::new(packed);
            pump(&mut inflated, from, place.size, &mut check, take)?
        }
        _ => return Err(PartError::Damaged("packed in an unknown way".into())),
    };
    if last.is_some() && crc.sum() != place.crc {
        return Err(PartError::Damaged(format!(
            "checksum {:08x} instead of {:08x}",
            crc.sum(),
            place.crc
        )));
    }
    finish(last, take);
    Ok(())
}

/// The first bytes, without proof that they are the right ones; as many as can be had.
fn start(path: &Path, place: Place) -> Vec<u8> {
    let mut start = Vec::new();
    if let Ok(packed) = open(path, place) {
        // What cannot be read is found out when all of it is wanted.
        let _ = match place.method {
            STORED => packed.take(START).read_to_end(&mut start),
            DEFLATED => flate2::bufread::DeflateDecoder::new(packed)
                .take(START)
                .read_to_end(&mut start),
            _ => Ok(0),
        };
    }
    start
}

/// The packed bytes of an entry.
fn open(path: &Path, place: Place) -> Result<Take<BufReader<File>>, PartError> {
    let mut file = File::open(path).map_err(PartError::Unreadable)?;
    let mut header = [0; HEADER];
    file.seek(SeekFrom::Start(place.at))
        .and_then(|_| file.read_exact(&mut header))
        .map_err(PartError::of_stream)?;
    let [.., n0, n1, x0, x1] = header;
    if !header.starts_with(SIGNATURE) {
        return Err(PartError::Damaged("no entry where one should be".into()));
    }
    let names = u64::from(u16::from_le_bytes([n0, n1])) + u64::from(u16::from_le_bytes([x0, x1]));
    file.seek(SeekFrom::Start(place.at + HEADER as u64 + names))
        .map_err(PartError::of_stream)?;
    Ok(BufReader::new(file).take(place.packed))
}
