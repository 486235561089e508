//! A made-up space of any size to move away from: every file and folder is computed from a seed and its
//! number when somebody looks at it, and nothing is kept.
//!
//! Folder `f` lies in folder `(f - 1) / 8`, folder 0 being the home, and file `j` in folder
//! `j % folders`. Every name holds its number, so a path is resolved without a search.

mod corners;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use super::super::content::{Content, mix};
use super::tree::Id;
use super::view::Entry;
use crate::model::HashAlgorithm;
use corners::{Corner, corners};

/// Subfolders of a folder.
const BRANCHES: u64 = 8;
/// Items for one folder, itself counted.
const ITEMS_OF_FOLDER: u64 = 11;
/// From this many items on, the space has the special corners, too.
const FEWEST_WITH_CORNERS: u64 = 60;
/// Up to this size files have a checksum, so that a listing does not compute for ever.
const LARGEST_WITH_CHECKSUM: u64 = 64 * 1024;
/// Ids of the corners begin here.
const CORNERS: Id = 1 << 40;
const HOME: Id = 2;

const FOLDER_WORDS: [&str; 10] = [
    "Réunions",
    "Comptabilité",
    "Photos",
    "Projet été",
    "Assemblée générale",
    "Subventions",
    "Bénévoles",
    "Presse 📣",
    "Archives",
    "À trier",
];

const FILE_WORDS: [(&str, &str); 12] = [
    ("Compte rendu", "odt"),
    ("Budget", "ods"),
    ("IMG_", "jpg"),
    ("Affiche fête", "png"),
    ("Liste des adhérents", "csv"),
    ("Lettre à la mairie", "docx"),
    ("Statuts", "pdf"),
    ("Ordre du jour", "md"),
    ("Chanson", "mp3"),
    ("Devis n°", "pdf"),
    ("Notes", "txt"),
    ("Présentation", "odp"),
];

/// A space by its seed and how many items it has. Cheap to make but for one pass over the numbers of its
/// files, and cheap to keep.
#[derive(Debug, Clone)]
pub struct Seeded {
    seed: u64,
    /// The home counted.
    folders: u64,
    files: u64,
    /// Bytes of the largest file.
    largest: u64,
    corners: Vec<Corner>,
    counts: Counts,
}

/// What lies in a space.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Own folders, the home not counted.
    pub folders: u64,
    /// Own files.
    pub files: u64,
    /// Of own files.
    pub bytes: u64,
    /// Files and folders in what others have shared.
    pub received: u64,
    /// Files and folders on an external storage and in a team folder.
    pub mounted: u64,
}

impl Counts {
    /// Everything that a listing brings.
    pub fn items(&self) -> u64 {
        self.folders + self.files + self.received + self.mounted
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Number {
    Folder(u64),
    File(u64),
    Corner(usize),
}

impl Number {
    fn id(self) -> Id {
        match self {
            Self::Folder(f) => HOME + 2 * f,
            Self::File(j) => HOME + 1 + 2 * j,
            Self::Corner(c) => CORNERS + c as u64,
        }
    }

    fn of(id: Id) -> Self {
        match id.checked_sub(CORNERS) {
            Some(corner) => Self::Corner(usize::try_from(corner).unwrap_or(usize::MAX)),
            None if id % 2 == HOME % 2 => Self::Folder(id.saturating_sub(HOME) / 2),
            None => Self::File(id.saturating_sub(HOME + 1) / 2),
        }
    }
}

impl Seeded {
    /// A space of `items` files and folders, the largest file of 3 MB.
    pub fn new(seed: u64, items: u64) -> Self {
        Self::with_largest(seed, items, 3_000_000)
    }

    /// As [`Self::new`]; no file is longer than `largest` bytes.
    pub fn with_largest(seed: u64, items: u64, largest: u64) -> Self {
        let corners = if items < FEWEST_WITH_CORNERS {
            Vec::new()
        } else {
            corners()
        };
        let plain = items - corners.len() as u64;
        let below_home = plain / ITEMS_OF_FOLDER;
        let mut seeded = Self {
            seed,
            folders: below_home + 1,
            files: plain - below_home,
            largest,
            corners,
            counts: Counts::default(),
        };
        seeded.counts = seeded.count();
        seeded
    }

    pub fn counts(&self) -> Counts {
        self.counts
    }

    fn count(&self) -> Counts {
        let of_mounts = |mounts: &[&str]| {
            let belongs = |corner: &&Corner| mounts.contains(&corner.mount);
            self.corners.iter().filter(belongs).count() as u64
        };
        let own = |corner: &&Corner| corner.mount.is_empty();
        let own_files = self.corners.iter().filter(own).filter_map(|c| c.len);
        let own_folders = self.corners.iter().filter(own).filter(|c| c.len.is_none());
        Counts {
            folders: self.folders - 1 + own_folders.count() as u64,
            files: self.files + own_files.clone().count() as u64,
            bytes: (0..self.files).map(|j| self.size(j)).sum::<u64>() + own_files.sum::<u64>(),
            received: of_mounts(&["shared"]),
            mounted: of_mounts(&["external", "group"]),
        }
    }

    pub(super) fn find(&self, path: &[String]) -> Option<Entry> {
        let number = path
            .iter()
            .try_fold(Number::Folder(0), |folder, name| self.child(folder, name))?;
        self.entry(number)
    }

    fn child(&self, folder: Number, name: &str) -> Option<Number> {
        let corner = self.corners.iter().position(|corner| {
            corner.name == name
                && match (folder, corner.parent) {
                    (Number::Folder(0), None) => true,
                    (Number::Corner(folder), Some(parent)) => folder == parent,
                    _ => false,
                }
        });
        if let Some(corner) = corner {
            return Some(Number::Corner(corner));
        }
        let Number::Folder(folder) = folder else {
            return None;
        };
        let digits: String = name
            .chars()
            .skip_while(|c| !c.is_ascii_digit())
            .take_while(char::is_ascii_digit)
            .collect();
        let number: u64 = digits.parse().ok()?;
        let as_file = number < self.files
            && number % self.folders == folder
            && self.file_name(number) == name;
        if as_file {
            return Some(Number::File(number));
        }
        let as_folder = (1..self.folders).contains(&number)
            && (number - 1) / BRANCHES == folder
            && self.folder_name(number) == name;
        as_folder.then_some(Number::Folder(number))
    }

    /// The children of a folder from the `from`th on.
    pub(super) fn children(&self, folder: Id, from: u64, limit: usize) -> Vec<Entry> {
        (from..)
            .take(limit)
            .map_while(|nth| self.nth_child(Number::of(folder), nth))
            .filter_map(|number| self.entry(number))
            .collect()
    }

    fn nth_child(&self, folder: Number, nth: u64) -> Option<Number> {
        let corner_of = |parent: Option<usize>, nth: u64| {
            self.corners
                .iter()
                .enumerate()
                .filter(|(_, corner)| corner.parent == parent)
                .nth(usize::try_from(nth).ok()?)
                .map(|(number, _)| Number::Corner(number))
        };
        match folder {
            Number::Folder(folder) => {
                let (files, folders) = self.holds(folder);
                if nth < folders {
                    return Some(Number::Folder(BRANCHES * folder + 1 + nth));
                }
                let nth = nth - folders;
                if nth < files {
                    return Some(Number::File(folder + nth * self.folders));
                }
                (folder == 0).then(|| corner_of(None, nth - files))?
            }
            Number::Corner(folder) => corner_of(Some(folder), nth),
            Number::File(_) => None,
        }
    }

    /// Files and folders directly in a folder, corners not counted.
    fn holds(&self, folder: u64) -> (u64, u64) {
        let first = BRANCHES * folder + 1;
        let folders = self.folders.saturating_sub(first).min(BRANCHES);
        let files = (self.files + self.folders - 1 - folder) / self.folders;
        (files, folders)
    }

    /// Bytes of a folder with everything below it.
    fn folder_size(&self, folder: u64) -> u64 {
        if folder == 0 {
            return self.counts.bytes;
        }
        // All folders of one level below are numbered in a row.
        let (mut first, mut last) = (folder, folder);
        let mut size = 0;
        while first < self.folders {
            let end = last.min(self.folders - 1);
            let mut start = 0;
            while start + first < self.files {
                let files = start + first..=(start + end).min(self.files - 1);
                size += files.map(|j| self.size(j)).sum::<u64>();
                start += self.folders;
            }
            (first, last) = (BRANCHES * first + 1, BRANCHES * last + BRANCHES);
        }
        size
    }

    /// All favourites at and below a path, sorted.
    pub(super) fn favourites(&self, below: &[String]) -> Vec<(Vec<String>, Entry)> {
        let folders = (1..self.folders)
            .filter(|f| self.is_favourite(Number::Folder(*f)))
            .map(Number::Folder);
        let files = (0..self.files)
            .filter(|j| self.is_favourite(Number::File(*j)))
            .map(Number::File);
        let mut found: Vec<_> = folders
            .chain(files)
            .map(|number| (self.path(number), number))
            .filter(|(path, _)| path.starts_with(below))
            .filter_map(|(path, number)| Some((path, self.entry(number)?)))
            .collect();
        found.sort_by(|a, b| a.0.cmp(&b.0));
        found
    }

    fn path(&self, number: Number) -> Vec<String> {
        let (mut path, mut folder) = match number {
            Number::File(j) => (vec![self.file_name(j)], j % self.folders),
            Number::Folder(f) => (Vec::new(), f),
            Number::Corner(_) => return Vec::new(),
        };
        while folder > 0 {
            path.push(self.folder_name(folder));
            folder = (folder - 1) / BRANCHES;
        }
        path.reverse();
        path
    }

    pub(super) fn content(&self, file: Id) -> Content {
        let len = match Number::of(file) {
            Number::File(j) => self.size(j),
            Number::Corner(c) => self.corners.get(c).and_then(|c| c.len).unwrap_or(0),
            Number::Folder(_) => 0,
        };
        Content::noise(mix(self.seed, file), len)
    }

    fn random(&self, number: Number, what: u64) -> u64 {
        mix(mix(self.seed, number.id()), what)
    }

    fn size(&self, j: u64) -> u64 {
        let random = self.random(Number::File(j), 1);
        let amount = random >> 10;
        let size = match random % 1000 {
            0..10 => 0,
            10..900 => 100 + amount % 8_000,
            900..990 => 8_000 + amount % 190_000,
            _ => 200_000 + amount % 2_800_000,
        };
        size.min(self.largest)
    }

    fn is_favourite(&self, number: Number) -> bool {
        !matches!(number, Number::Corner(_)) && self.random(number, 2).is_multiple_of(100)
    }

    fn folder_name(&self, f: u64) -> String {
        let random = self.random(Number::Folder(f), 3);
        let word = pick(&FOLDER_WORDS, random).unwrap_or_default();
        match random % 61 {
            0 => format!("{word} {f}."),
            1 => format!("{word} {f} "),
            2 => format!("{word} : {f} ?"),
            _ => format!("{word} {f}"),
        }
    }

    fn file_name(&self, j: u64) -> String {
        let random = self.random(Number::File(j), 4);
        let (word, extension) = pick(&FILE_WORDS, random).unwrap_or_default();
        match random % 67 {
            0 => format!("{word} {j}."),
            1 => format!(" {word} {j}.{extension}"),
            2 => format!("{word} {j} 🦆.{extension}"),
            3 => format!("{word} \"{j}\" : <suite>?.{extension}"),
            4 => format!("{word} {j} "),
            5 => format!("{word} {j}"),
            _ => format!("{word} {j}.{extension}"),
        }
    }

    fn entry(&self, number: Number) -> Option<Entry> {
        let random = |what| self.random(number, what);
        let in_range = |from: i64, span: i64, what: u64| {
            from + i64::try_from(random(what) % span.unsigned_abs()).unwrap_or(0)
        };
        let mtime = in_range(1_200_000_000, 580_000_000, 5);
        let created = if random(6).is_multiple_of(3) {
            mtime - in_range(0, 90_000_000, 7)
        } else {
            0
        };
        let mut entry = Entry {
            id: number.id(),
            name: String::new(),
            folder: false,
            size: 0,
            mtime,
            created,
            uploaded: mtime,
            etag: format!("{:016x}{:016x}", random(8), random(9)),
            checksum: String::new(),
            favourite: self.is_favourite(number),
            tags: Vec::new(),
            props: BTreeMap::new(),
            permissions: "RGDNVW",
            mount: "",
            mount_root: false,
            owner: None,
            holds: (0, 0),
        };
        match number {
            Number::Folder(f) => {
                entry.folder = true;
                entry.name = if f == 0 {
                    String::new()
                } else {
                    self.folder_name(f)
                };
                entry.permissions = "RGDNVCK";
                entry.size = self.folder_size(f);
                entry.holds = self.holds(f);
                if f == 0 {
                    let top = |folder: bool| {
                        let corners = self.corners.iter().filter(|c| c.parent.is_none());
                        corners.filter(|c| c.len.is_none() == folder).count() as u64
                    };
                    entry.holds.0 += top(false);
                    entry.holds.1 += top(true);
                }
            }
            Number::File(j) => {
                entry.name = self.file_name(j);
                entry.size = self.size(j);
                if j.is_multiple_of(4) && entry.size <= LARGEST_WITH_CHECKSUM {
                    entry.checksum = self.sha1(entry.id);
                }
            }
            Number::Corner(c) => self.describe_corner(c, &mut entry)?,
        }
        Some(entry)
    }

    fn sha1(&self, file: Id) -> String {
        let digests = self.content(file).digests(&[HashAlgorithm::Sha1]);
        digests
            .first()
            .map(|sha1| format!("SHA1:{}", sha1.hex))
            .unwrap_or_default()
    }

    fn describe_corner(&self, number: usize, entry: &mut Entry) -> Option<()> {
        let corner = self.corners.get(number)?;
        entry.name.clone_from(&corner.name);
        entry.folder = corner.len.is_none();
        entry.mount = corner.mount;
        entry.mount_root = !corner.mount.is_empty() && corner.parent.is_none();
        entry.permissions = match (corner.mount, entry.folder) {
            ("shared", true) => "SRGDNVCK",
            ("shared", false) => "SRGDNVW",
            ("external" | "group", true) => "RMGDNVCK",
            ("external" | "group", false) => "RMGDNVW",
            (_, true) => "RGDNVCK",
            (_, false) => "RGDNVW",
        };
        if corner.mount == "shared" {
            entry.owner = Some(("bob", "Bob"));
        }
        entry.size = self.corner_size(number);
        let inside = || self.corners.iter().filter(|c| c.parent == Some(number));
        let folders = inside().filter(|c| c.len.is_none()).count() as u64;
        entry.holds = (inside().count() as u64 - folders, folders);
        Some(())
    }
}

impl Seeded {
    fn corner_size(&self, number: usize) -> u64 {
        let own = self.corners.get(number).and_then(|corner| corner.len);
        let inside = self.corners.iter().enumerate();
        own.unwrap_or(0)
            + inside
                .filter(|(_, corner)| corner.parent == Some(number))
                .map(|(inner, _)| self.corner_size(inner))
                .sum::<u64>()
    }
}

fn pick<T: Copy>(from: &[T], random: u64) -> Option<T> {
    let nth = (random >> 20) % (from.len() as u64).max(1);
    from.get(usize::try_from(nth).ok()?).copied()
}
