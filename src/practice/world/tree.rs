//! A folder tree of any number of entries that is never held: each entry is computed from its number.
//!
//! Entries come in blocks of 48: four folders, then the 44 files that lie in them. The folders form a
//! tree in which each has up to six subfolders, as the nodes of a heap do, so that parents and children
//! are a matter of arithmetic.

use std::ops::Range;

use super::super::content::{Content, Texture, mix};
use super::{pick, topic};

const BLOCK: u64 = 48;
const FOLDERS: u64 = 4;
const FILES: u64 = BLOCK - FOLDERS;
/// How many of a block's files lie in its folders: a few, none, many, some.
const SHARES: [u64; 4] = [7, 0, 25, 12];
const SUBFOLDERS: u64 = 6;

/// 2012-01-01T00:00:00Z in milliseconds since 1970.
const FIRST_DAY: i64 = 1_325_376_000_000;
/// 2026-10-31T00:00:00Z: nothing of the practice world was changed later.
const LAST_DAY: i64 = 1_793_404_800_000;
const YEAR: u64 = 31_557_600_000;

/// How large files are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sizes {
    /// Mostly 0.1 to 64 KB, about twenty of some MB and one of 32 MB.
    Mixed,
    /// 0.1 to 2 KB, so that the digests of a page of a thousand cost next to nothing.
    Tiny,
}

impl Sizes {
    /// [`Self::Tiny`] from a hundred thousand entries on.
    pub const fn for_items(items: u64) -> Self {
        if items >= 100_000 {
            Self::Tiny
        } else {
            Self::Mixed
        }
    }
}

/// `items` entries out of `seed`, numbered from 0.
#[derive(Debug, Clone, Copy)]
pub struct Tree {
    pub seed: u64,
    pub items: u64,
    pub sizes: Sizes,
}

/// A folder, a file or a document of the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub number: u64,
    /// No two names in one folder are the same, in any case of letters.
    pub name: String,
    /// The number of the folder; `None` at the top.
    pub parent: Option<u64>,
    pub kind: EntryKind,
    /// Milliseconds since 1970.
    pub created: i64,
    /// Milliseconds since 1970, not before `created`.
    pub modified: i64,
    pub starred: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryKind {
    Folder,
    File {
        content: Content,
        media_type: &'static str,
    },
    /// Where the world has such a thing (a Drive), a document of its own editor; elsewhere it counts as
    /// a file.
    Native(Native),
}

/// The kinds of a cloud's own documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum Native {
    Text,
    Sheet,
    Slides,
    Drawing,
}

impl Tree {
    pub const fn new(seed: u64, items: u64) -> Self {
        Self {
            seed,
            items,
            sizes: Sizes::for_items(items),
        }
    }

    pub fn folders(&self) -> u64 {
        self.items / BLOCK * FOLDERS + (self.items % BLOCK).min(FOLDERS)
    }

    pub fn files(&self) -> u64 {
        self.items - self.folders()
    }

    pub fn entry(&self, number: u64) -> Option<Entry> {
        if number >= self.items {
            return None;
        }
        let (block, place) = (number / BLOCK, number % BLOCK);
        let spread = mix(self.seed, number);
        let created = FIRST_DAY + as_millis(spread % (14 * YEAR));
        let modified = (created + as_millis(mix(spread, 1) % (2 * YEAR))).min(LAST_DAY);
        let entry = |name, parent, kind| Entry {
            number,
            name,
            parent,
            kind,
            created,
            modified: modified.max(created.min(LAST_DAY)),
            starred: spread.is_multiple_of(53),
        };
        if place < FOLDERS {
            let folder = block * FOLDERS + place;
            let parent = (folder / SUBFOLDERS).checked_sub(1);
            let name = self.folder_name(folder, parent);
            return Some(entry(name, parent.map(folder_entry), EntryKind::Folder));
        }
        let (share, ordinal) = share_of(place - FOLDERS);
        let file = block * FILES + place - FOLDERS;
        let (name, kind) = self.file(file, ordinal, created);
        let parent = folder_entry(block * FOLDERS + share);
        Some(entry(name, Some(parent), kind))
    }

    /// How many children a folder has, or the top.
    pub fn child_count(&self, folder: Option<u64>) -> u64 {
        let (folders, files) = self.children(folder);
        (folders.end - folders.start) + (files.end - files.start)
    }

    /// The number of the nth child of a folder, or of the top: subfolders first.
    pub fn child(&self, folder: Option<u64>, nth: u64) -> Option<u64> {
        let (folders, files) = self.children(folder);
        let subfolders = folders.end - folders.start;
        if nth < subfolders {
            return Some(folder_entry(folders.start + nth));
        }
        let file = files.start + (nth - subfolders);
        (file < files.end).then(|| file_entry(file))
    }

    /// The numbers, among the folders and among the files, of what lies in an entry.
    fn children(&self, folder: Option<u64>) -> (Range<u64>, Range<u64>) {
        let Some(number) = folder else {
            return (0..SUBFOLDERS.min(self.folders()), 0..0);
        };
        if number >= self.items || number % BLOCK >= FOLDERS {
            return (0..0, 0..0);
        }
        let folder = number / BLOCK * FOLDERS + number % BLOCK;
        let first = ((folder + 1) * SUBFOLDERS).min(self.folders());
        let last = (first + SUBFOLDERS).min(self.folders());
        let share = usize::try_from(folder % FOLDERS).unwrap_or(0);
        let before: u64 = SHARES.iter().take(share).sum();
        let start = (folder / FOLDERS * FILES + before).min(self.files());
        let end = (start + SHARES.get(share).copied().unwrap_or(0)).min(self.files());
        (first..last, start..end)
    }

    fn folder_name(&self, folder: u64, parent: Option<u64>) -> String {
        let slot = folder % SUBFOLDERS;
        let Some(parent) = parent else {
            return pick(&TOP, slot).copied().unwrap_or_default().to_owned();
        };
        let style = mix(self.seed, parent ^ 0xf01d);
        match style % 4 {
            0 => (2012 + style / 4 % 9 + slot).to_string(),
            1 => format!("{:02} {}", slot + 1, topic(style / 4 + slot)),
            2 => pick(&MONTHS, style / 4 + slot)
                .copied()
                .unwrap_or_default()
                .to_owned(),
            _ => topic(style / 4 + slot).to_owned(),
        }
    }

    fn file(&self, file: u64, ordinal: u64, created: i64) -> (String, EntryKind) {
        let spread = mix(self.seed ^ 0xf11e, file);
        let about = topic(spread / 128);
        let year = 1970 + created / as_millis(YEAR);
        if spread % 100 < 5 && file > 0 {
            let native = match spread / 100 % 8 {
                0..=3 => Native::Text,
                4..=6 => Native::Sheet,
                _ => Native::Slides,
            };
            let name = format!("{about} {year} (document {})", ordinal + 1);
            return (name, EntryKind::Native(native));
        }
        let Some(&(extension, media_type, texture)) = pick(&TYPES, spread / 4) else {
            return (about.to_owned(), EntryKind::Folder);
        };
        let name = if extension == "jpg" {
            format!("IMG_{:07}.jpg", file + 1)
        } else {
            format!("{about} {year} n° {}.{extension}", ordinal + 1)
        };
        let content = Content {
            seed: mix(spread, self.seed),
            length: self.size(file, spread),
            texture,
        };
        (
            name,
            EntryKind::File {
                content,
                media_type,
            },
        )
    }

    fn size(&self, file: u64, spread: u64) -> u64 {
        let random = mix(spread, 2);
        let large = (self.files() / 20).max(97);
        match self.sizes {
            Sizes::Tiny => 100 + random % 1_900,
            Sizes::Mixed if file == 0 => 32 * 1024 * 1024 + 12_345,
            Sizes::Mixed if file.is_multiple_of(large) => 1_000_000 + random % 3_000_000,
            // Each doubling is as likely as the next, as in real folders.
            Sizes::Mixed => {
                let floor = 100u64 << (random % 10);
                floor + mix(random, 3) % floor.min(14_000)
            }
        }
    }
}

/// The entry of a folder, by its number among the folders.
const fn folder_entry(folder: u64) -> u64 {
    folder / FOLDERS * BLOCK + folder % FOLDERS
}

/// The entry of a file, by its number among the files.
const fn file_entry(file: u64) -> u64 {
    file / FILES * BLOCK + FOLDERS + file % FILES
}

/// Which of a block's folders holds the block's nth file, and where in it.
fn share_of(nth: u64) -> (u64, u64) {
    let mut rest = nth;
    for (folder, share) in (0..).zip(SHARES) {
        if rest < share {
            return (folder, rest);
        }
        rest -= share;
    }
    (0, rest)
}

fn as_millis(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

const TOP: [&str; 6] = [
    "Bureau et CA",
    "Adhérent·es",
    "Producteurs & productrices",
    "Distributions",
    "Comptabilité",
    "Communication",
];

const MONTHS: [&str; 12] = [
    "Janvier",
    "Février",
    "Mars",
    "Avril",
    "Mai",
    "Juin",
    "Juillet",
    "Août",
    "Septembre",
    "Octobre",
    "Novembre",
    "Décembre",
];

const TYPES: [(&str, &str, Texture); 12] = [
    ("jpg", "image/jpeg", Texture::Noise),
    ("jpg", "image/jpeg", Texture::Noise),
    ("jpg", "image/jpeg", Texture::Noise),
    ("jpg", "image/jpeg", Texture::Noise),
    ("pdf", "application/pdf", Texture::Noise),
    ("pdf", "application/pdf", Texture::Noise),
    (
        "odt",
        "application/vnd.oasis.opendocument.text",
        Texture::Noise,
    ),
    (
        "docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        Texture::Noise,
    ),
    (
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        Texture::Noise,
    ),
    ("txt", "text/plain", Texture::Text),
    ("csv", "text/csv", Texture::Text),
    ("md", "text/markdown", Texture::Text),
];

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};

    use super::*;

    #[test]
    fn every_entry_is_the_child_of_its_parent() {
        for items in [0, 1, 3, 4, 5, 47, 48, 49, 1_000, 5_003] {
            let tree = Tree::new(11, items);
            let mut reached = HashSet::new();
            let mut parents = vec![None];
            while let Some(parent) = parents.pop() {
                for nth in 0..tree.child_count(parent) {
                    let number = tree.child(parent, nth).unwrap();
                    let entry = tree.entry(number).unwrap();
                    assert_eq!(entry.parent, parent, "{items}: {number}");
                    assert!(reached.insert(number));
                    if entry.kind == EntryKind::Folder {
                        parents.push(Some(number));
                    }
                }
                assert_eq!(tree.child(parent, tree.child_count(parent)), None);
            }
            assert_eq!(reached.len() as u64, items);
            assert_eq!(tree.entry(items), None);
        }
    }

    #[test]
    fn names_in_a_folder_differ() {
        let tree = Tree::new(5, 20_000);
        let mut names: HashMap<Option<u64>, HashSet<String>> = HashMap::new();
        for number in 0..tree.items {
            let entry = tree.entry(number).unwrap();
            assert!(entry.created <= entry.modified);
            let name = entry.name.to_lowercase();
            assert!(
                names.entry(entry.parent).or_default().insert(name),
                "{entry:?}"
            );
        }
    }

    #[test]
    fn sizes_are_those_of_an_association() {
        let sizes = |items| {
            let tree = Tree::new(5, items);
            (0..items)
                .filter_map(|n| match tree.entry(n)?.kind {
                    EntryKind::File { content, .. } => Some(content.length),
                    _ => None,
                })
                .collect::<Vec<_>>()
        };
        let small = sizes(300);
        assert_eq!(small.iter().filter(|s| **s > 30_000_000).count(), 1);
        assert!(small.iter().filter(|s| **s < 66_000).count() * 10 > small.len() * 9);
        assert!(small.iter().any(|s| (1_000_000..10_000_000).contains(s)));
        let tree = Tree::new(5, 1_000_000);
        for number in (0..tree.items).step_by(997) {
            if let EntryKind::File { content, .. } = tree.entry(number).unwrap().kind {
                assert!(content.length <= 2_000);
            }
        }
    }
}
