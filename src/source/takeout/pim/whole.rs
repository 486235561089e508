//! Whole files of an export, opened so that any place in them can be read: out of an archive by way of a
//! temporary file.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::tasks::TaskFile;
use super::{LARGEST_PHOTO, Photo, Sort, folder_and_name};
use crate::source::SourceError;
use crate::source::folder;
use crate::source::pim_file::{Format, Found, Index};
use crate::source::takeout::entry::{Lies, PartError};
use crate::source::takeout::parts::Part;
use crate::source::takeout::tgz::{self, Streams};
use crate::source::takeout::{of_part, read_packed};

/// Where a whole file lies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(in super::super) enum Whole {
    Packed(Lies),
    /// In the unpacked export: the folder source's own locator and version.
    Disk {
        locator: String,
        version: String,
    },
}

/// A file that stands open.
pub(super) enum Opened {
    Objects { index: Index, file: File },
    Tasks(TaskFile),
}

impl Opened {
    /// A calendar object or card; tasks are asked for by [`TaskFile::task`].
    pub(super) fn object(&mut self, number: usize) -> io::Result<Found> {
        match self {
            Self::Objects { index, file } => index.object(number, file),
            Self::Tasks(_) => Err(io::ErrorKind::InvalidInput.into()),
        }
    }
}

/// Pictures of one folder in one part that is a tgz, which can only be read from its beginning: all in one
/// temporary file.
#[derive(Debug)]
struct Album {
    file: Mutex<File>,
    /// Where each lies, by its place in the part.
    places: HashMap<u64, (u64, u64)>,
}

/// Albums by the part and the folder.
type Albums = HashMap<(String, String), Arc<Album>>;

/// Opens what lies in an export.
#[derive(Clone)]
pub(in super::super) struct Opener {
    pub(in super::super) parts: Arc<[Part]>,
    pub(in super::super) streams: Arc<Streams>,
    /// Of the unpacked export.
    pub(in super::super) root: Option<PathBuf>,
    albums: Arc<Mutex<Albums>>,
}

impl Opener {
    pub(in super::super) fn new(
        parts: &[Part],
        streams: &Arc<Streams>,
        root: Option<PathBuf>,
    ) -> Self {
        Self {
            parts: parts.into(),
            streams: Arc::clone(streams),
            root,
            albums: Arc::default(),
        }
    }

    pub(super) fn open(&self, sort: Sort, whole: &Whole) -> Result<Opened, SourceError> {
        let mut file = match whole {
            Whole::Packed(lies) => self.unpack(lies)?,
            Whole::Disk { locator, version } => self.on_disk(locator, version)?,
        };
        let format = match sort {
            Sort::Calendar => Format::Calendar,
            Sort::Cards => Format::Cards,
            Sort::Tasks => return Ok(Opened::Tasks(TaskFile::read(file).map_err(unreadable)?)),
        };
        let index = Index::read(format, BufReader::new(&mut file)).map_err(unreadable)?;
        Ok(Opened::Objects { index, file })
    }

    fn unpack(&self, lies: &Lies) -> Result<File, SourceError> {
        let mut file = tempfile::tempfile().map_err(unreadable)?;
        self.copy(lies, &mut |piece| file.write_all(piece))?;
        file.seek(SeekFrom::Start(0)).map_err(unreadable)?;
        Ok(file)
    }

    fn copy(
        &self,
        lies: &Lies,
        write: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    ) -> Result<(), SourceError> {
        let part = self.part(lies.part())?;
        let mut failed = None;
        let mut take = |piece: Result<Bytes, PartError>| {
            let written = piece
                .map_err(of_part)
                .and_then(|piece| write(&piece).map_err(unreadable));
            failed = written.err();
            failed.is_none()
        };
        read_packed(&part.path, lies, 0, &self.streams, &mut take).map_err(of_part)?;
        failed.map_or(Ok(()), Err)
    }

    fn part(&self, name: &str) -> Result<&Part, SourceError> {
        self.parts
            .iter()
            .find(|part| part.name == name)
            .ok_or(SourceError::NotFound)
    }

    /// The file, if it is the one that the survey saw.
    fn on_disk(&self, locator: &str, version: &str) -> Result<File, SourceError> {
        let root = self.root.as_deref().ok_or(SourceError::NotFound)?;
        let path = folder::path_below(root, locator)
            .ok_or_else(|| SourceError::protocol("a path that leads out of the folder"))?;
        let now = fs::symlink_metadata(&path).map_err(|cause| missing(root, cause))?;
        if !now.is_file() || folder::version(&now) != version {
            return Err(SourceError::Changed);
        }
        File::open(&path).map_err(|cause| missing(root, cause))
    }

    /// Whether it is still what the survey saw.
    pub(super) fn still_there(&self, whole: &Whole) -> Result<(), SourceError> {
        match whole {
            // An archive does not change.
            Whole::Packed(_) => Ok(()),
            Whole::Disk { locator, version } => self.on_disk(locator, version).map(|_| ()),
        }
    }

    /// The bytes of a photo.
    pub(super) fn photo(&self, photo: &Photo) -> Result<Vec<u8>, SourceError> {
        let mut bytes = Vec::new();
        match &photo.file {
            Whole::Packed(Lies::Tgz { part, at, .. }) => {
                let album = self.album(part, &photo.folder)?;
                let (from, length) = album
                    .places
                    .get(at)
                    .copied()
                    .ok_or_else(|| of_part(PartError::Damaged("it ends too early".into())))?;
                let mut file = album.file.lock().unwrap_or_else(PoisonError::into_inner);
                file.seek(SeekFrom::Start(from)).map_err(unreadable)?;
                (&mut *file)
                    .take(length)
                    .read_to_end(&mut bytes)
                    .map_err(unreadable)?;
            }
            Whole::Packed(lies) => self.copy(lies, &mut |piece| {
                bytes.extend_from_slice(piece);
                Ok(())
            })?,
            Whole::Disk { locator, version } => {
                self.on_disk(locator, version)?
                    .take(LARGEST_PHOTO)
                    .read_to_end(&mut bytes)
                    .map_err(unreadable)?;
            }
        }
        Ok(bytes)
    }

    /// What changes with the photo: its checksum and its size, whatever the export is packed as.
    pub(super) fn stamp(&self, photo: &Photo) -> Result<String, SourceError> {
        if let Whole::Packed(Lies::Zip { crc, size, .. }) = photo.file {
            return Ok(stamp_of(crc, size));
        }
        Ok(stamp(&self.photo(photo)?))
    }

    fn album(&self, part: &str, folder: &str) -> Result<Arc<Album>, SourceError> {
        let key = (part.to_owned(), folder.to_owned());
        // Kept locked: whoever wants the same waits for it.
        let mut albums = self.albums.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(album) = albums.get(&key) {
            return Ok(Arc::clone(album));
        }
        let path = &self.part(part)?.path;
        let album = Arc::new(album_of(path, folder).map_err(unreadable)?);
        albums.insert(key, Arc::clone(&album));
        Ok(album)
    }
}

fn album_of(part: &Path, folder: &str) -> io::Result<Album> {
    let mut file = tempfile::tempfile()?;
    let wanted = |path: &str, size: u64| {
        super::may_be_photo(path, size) && folder_and_name(path).0 == folder
    };
    let places = tgz::copy_files(part, &wanted, &mut file)?;
    Ok(Album {
        file: Mutex::new(file),
        places,
    })
}

pub(super) fn stamp(photo: &[u8]) -> String {
    let mut crc = flate2::Crc::new();
    crc.update(photo);
    stamp_of(crc.sum(), photo.len() as u64)
}

fn stamp_of(crc: u32, size: u64) -> String {
    format!("{crc:08x}-{size}")
}

pub(super) fn unreadable(cause: io::Error) -> SourceError {
    SourceError::Unreadable { cause }
}

fn missing(root: &Path, cause: io::Error) -> SourceError {
    folder::failure(root, cause)
}
