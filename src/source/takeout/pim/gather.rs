//! What a survey keeps of an export until all of it has been listed: a calendar may lie in one part, the
//! photos of a label's contacts in all of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, BufWriter, Seek as _, SeekFrom, Write as _};

use super::{Photo, Sort, Whole, folder_and_name, may_be_photo};
use crate::model::{Item, Timestamp};
use crate::source::takeout::entry::Entry;

/// A file that becomes a calendar, contacts or task lists.
#[derive(Debug, Clone)]
pub(super) struct PimFile {
    pub(super) sort: Sort,
    /// Below the top, without the name.
    pub(super) folder: String,
    pub(super) name: String,
    pub(super) file: Whole,
    pub(super) size: u64,
    pub(super) modified: Option<Timestamp>,
}

impl PimFile {
    /// What identifies it within the export.
    pub(super) fn path(&self) -> String {
        format!("{}/{}", self.folder, self.name)
    }

    /// The folder of Google's product.
    pub(super) fn product(&self) -> &str {
        self.folder
            .split_once('/')
            .map_or(self.folder.as_str(), |(product, _)| product)
    }
}

/// A picture beside cards.
#[derive(Debug)]
pub(super) struct Picture {
    pub(super) name: String,
    pub(super) photo: Photo,
    pub(super) stray: Stray,
}

/// What a picture is if it is no contact's.
#[derive(Debug)]
pub(in super::super) enum Stray {
    Entry(Box<Entry>),
    Item(Box<Item>),
}

/// Pictures by the folder that they lie in.
pub(super) type Pictures = BTreeMap<String, Vec<Picture>>;

/// Holds the files with calendars, contacts and tasks, which are few, and in a temporary file what may be a
/// photo beside a card, which is as many as Google Photos has pictures.
#[derive(Debug, Default)]
pub(in super::super) struct Gathered {
    pub(super) files: Vec<PimFile>,
    pictures: Option<BufWriter<File>>,
    pub(super) beside_cards: Pictures,
}

impl Gathered {
    /// Takes an entry of a part, or gives it back: it is a file like any other.
    ///
    /// # Errors
    /// Those of the temporary file.
    pub(in super::super) fn take(&mut self, mut entry: Entry) -> io::Result<Option<Entry>> {
        let start = std::mem::take(&mut entry.start);
        let sort = Sort::promised(&entry.path).filter(|sort| sort.is_it(&start, entry.size));
        if let Some(sort) = sort {
            let (folder, name) = folder_and_name(&entry.path);
            self.files.push(PimFile {
                sort,
                folder,
                name,
                size: entry.size,
                modified: entry.modified,
                file: Whole::Packed(entry.lies),
            });
            return Ok(None);
        }
        if !may_be_photo(&entry.path, entry.size) {
            return Ok(Some(entry));
        }
        let spool = match &mut self.pictures {
            Some(spool) => spool,
            none => none.insert(BufWriter::new(tempfile::tempfile()?)),
        };
        serde_json::to_writer(&mut *spool, &entry)?;
        spool.write_all(b"\n")?;
        Ok(None)
    }

    /// Takes a file of an unpacked export.
    pub(in super::super) fn take_file(
        &mut self,
        sort: Sort,
        path: &str,
        file: Whole,
        size: u64,
        modified: Option<Timestamp>,
    ) {
        let (folder, name) = folder_and_name(path);
        self.files.push(PimFile {
            sort,
            folder,
            name,
            file,
            size,
            modified,
        });
    }

    /// Takes a picture that lies beside cards in an unpacked export.
    pub(in super::super) fn take_photo(
        &mut self,
        path: &str,
        file: Whole,
        size: u64,
        stray: Stray,
    ) {
        let (folder, name) = folder_and_name(path);
        let photo = Photo {
            folder: folder.clone(),
            file,
            size,
        };
        self.beside_cards
            .entry(folder)
            .or_default()
            .push(Picture { name, photo, stray });
    }

    /// Sorts the pictures: those beside cards stay, the others are told to `file` until it says `false`.
    ///
    /// # Errors
    /// Those of the temporary file.
    pub(in super::super) fn sort_pictures(
        &mut self,
        file: &mut dyn FnMut(Entry) -> bool,
    ) -> io::Result<()> {
        let Some(spool) = self.pictures.take() else {
            return Ok(());
        };
        let folders: BTreeSet<String> = self
            .files
            .iter()
            .filter(|file| file.sort == Sort::Cards)
            .map(|file| file.folder.clone())
            .collect();
        let mut spool = spool.into_inner().map_err(io::Error::from)?;
        spool.seek(SeekFrom::Start(0))?;
        for line in BufReader::new(spool).lines() {
            let entry: Entry = serde_json::from_str(&line?)?;
            let (folder, _) = folder_and_name(&entry.path);
            if folders.contains(&folder) {
                let (path, size) = (entry.path.clone(), entry.size);
                let file = Whole::Packed(entry.lies.clone());
                self.take_photo(&path, file, size, Stray::Entry(Box::new(entry)));
            } else if !file(entry) {
                break;
            }
        }
        Ok(())
    }
}
