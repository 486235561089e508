//! The parts of one Takeout export: complete archives that share a time stamp, over which the files of a
//! folder are scattered.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

/// What one part is packed as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packing {
    Zip,
    Tgz,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) path: PathBuf,
    /// The file's name, which identifies the part within its export.
    pub(super) name: String,
    /// `None` where it is neither a zip nor a tgz inside, whatever its name says: an interrupted download.
    pub(super) packing: Option<Packing>,
}

/// What lies at the place that the user named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Export {
    Packed {
        parts: Vec<Part>,
        /// Names of parts that must have existed: numbers between those that are there.
        missing: Vec<String>,
    },
    Unpacked(PathBuf),
}

/// What lies at the place that the user named, for whoever shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LookedAt {
    Packed {
        parts: Vec<LookedPart>,
        /// Names of parts that must have existed: numbers between those that are there.
        missing: Vec<String>,
    },
    /// A folder without a part in it. `is_takeout`: it has the folder that Google puts everything into.
    Unpacked { is_takeout: bool },
}

/// One part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookedPart {
    pub name: String,
    pub path: PathBuf,
    /// Bytes; 0 where the system does not say.
    pub size: u64,
    /// Neither a zip nor a tgz inside: an interrupted download, a page instead of the file.
    pub damaged: bool,
}

impl LookedAt {
    pub(super) fn of(export: &Export) -> Self {
        match export {
            Export::Unpacked(folder) => Self::Unpacked {
                is_takeout: folder.join("Takeout").is_dir()
                    || folder.file_name().is_some_and(|name| name == "Takeout"),
            },
            Export::Packed { parts, missing } => Self::Packed {
                parts: parts
                    .iter()
                    .map(|part| LookedPart {
                        name: part.name.clone(),
                        path: part.path.clone(),
                        size: std::fs::metadata(&part.path).map_or(0, |about| about.len()),
                        damaged: part.packing.is_none(),
                    })
                    .collect(),
                missing: missing.clone(),
            },
        }
    }
}

/// The name of a part taken apart: `takeout-20201024T122319Z-001.zip`, later
/// `takeout-20260131T101500Z-1-001.zip` (facts/google.md, section 5). Browsers add ` (1)` to a second
/// download.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct PartName {
    /// Everything before the last number: the same for all parts of one export.
    series: String,
    number: u32,
    ending: String,
    digits: usize,
}

impl PartName {
    fn parse(name: &str) -> Option<Self> {
        let lower = name.to_ascii_lowercase();
        let ending = [".zip", ".tgz", ".tar.gz"]
            .into_iter()
            .find(|ending| lower.ends_with(ending))?;
        let stem = name.get(..name.len() - ending.len())?;
        let stem = without_copy_mark(stem);
        let (series, number) = stem.rsplit_once('-')?;
        if !series.to_ascii_lowercase().starts_with("takeout-") {
            return None;
        }
        Some(Self {
            series: series.to_owned(),
            number: number.parse().ok()?,
            ending: ending.to_owned(),
            digits: number.len(),
        })
    }

    fn of(path: &Path) -> Option<Self> {
        Self::parse(path.file_name()?.to_str()?)
    }

    fn with_number(&self, number: u32) -> String {
        let digits = self.digits;
        format!("{}-{number:0digits$}{}", self.series, self.ending)
    }
}

/// `x (1)` is `x`, downloaded twice.
fn without_copy_mark(stem: &str) -> &str {
    let Some((front, mark)) = stem.rsplit_once(" (") else {
        return stem;
    };
    match mark.strip_suffix(')') {
        Some(number) if number.chars().all(|c| c.is_ascii_digit()) && !number.is_empty() => front,
        _ => stem,
    }
}

impl Export {
    /// Finds the export at `path`: one of its parts, the folder that holds them, or the folder that they
    /// were unpacked into. Of several exports in one folder it is the newest.
    ///
    /// # Errors
    /// When the place cannot be read.
    pub(super) fn find(path: &Path) -> io::Result<Self> {
        if path.is_dir() {
            let parts = parts_in(path)?;
            if parts.is_empty() {
                return Ok(Self::Unpacked(path.to_owned()));
            }
            // The series begins with the time of the export, so the last one is the newest.
            let newest = parts.keys().next_back().cloned().unwrap_or_default();
            return Self::of_series(parts, &newest);
        }
        let Some(name) = PartName::of(path) else {
            let part = Part::open(path)?;
            return Ok(Self::Packed {
                parts: vec![part],
                missing: Vec::new(),
            });
        };
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        // Says so where the very file that was named cannot be read.
        File::open(path)?;
        Self::of_series(parts_in(folder)?, &name.series)
    }

    fn of_series(
        mut all: BTreeMap<String, BTreeMap<u32, (PartName, PathBuf)>>,
        series: &str,
    ) -> io::Result<Self> {
        let parts = all.remove(series).unwrap_or_default();
        let last = parts.keys().next_back().copied().unwrap_or(0);
        let pattern = parts.values().next().map(|(name, _)| name.clone());
        let missing = (1..last)
            .filter(|number| !parts.contains_key(number))
            .filter_map(|number| Some(pattern.as_ref()?.with_number(number)))
            .collect();
        let parts = parts
            .into_values()
            .map(|(_, path)| Part::open(&path))
            .collect::<io::Result<_>>()?;
        Ok(Self::Packed { parts, missing })
    }
}

type Series = BTreeMap<String, BTreeMap<u32, (PartName, PathBuf)>>;

fn parts_in(folder: &Path) -> io::Result<Series> {
    let mut found = Series::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let Some(name) = PartName::of(&path) else {
            continue;
        };
        if !path.is_file() {
            continue;
        }
        let numbers = found.entry(name.series.clone()).or_default();
        // A second download of the same part is the same part; the shorter name is the first one.
        let shorter = numbers
            .get(&name.number)
            .is_none_or(|(_, known)| path.as_os_str().len() < known.as_os_str().len());
        if shorter {
            numbers.insert(name.number, (name, path));
        }
    }
    Ok(found)
}

impl Part {
    fn open(path: &Path) -> io::Result<Self> {
        let name = path
            .file_name()
            .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let mut magic = [0; 4];
        let mut file = File::open(path)?;
        let mut read = 0;
        while let Some(rest) = magic.get_mut(read..).filter(|rest| !rest.is_empty()) {
            match file.read(rest)? {
                0 => break,
                count => read += count,
            }
        }
        let packing = match magic {
            // A zip begins with its first entry or, without any, with its end (APPNOTE 4.3.7, 4.3.16).
            [b'P', b'K', 3, 4] | [b'P', b'K', 5, 6] => Some(Packing::Zip),
            // RFC 1952, section 2.3.1
            [0x1f, 0x8b, ..] => Some(Packing::Tgz),
            _ => None,
        };
        Ok(Self {
            path: path.to_owned(),
            name,
            packing,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_apart() {
        let parsed = |name| PartName::parse(name).map(|name| (name.series, name.number));
        assert_eq!(
            parsed("takeout-20201024T122319Z-001.zip"),
            Some(("takeout-20201024T122319Z".into(), 1))
        );
        assert_eq!(
            parsed("takeout-20260131T101500Z-1-012.tgz"),
            Some(("takeout-20260131T101500Z-1".into(), 12))
        );
        assert_eq!(
            parsed("takeout-20260131T101500Z-1-002 (1).zip"),
            Some(("takeout-20260131T101500Z-1".into(), 2))
        );
        assert_eq!(parsed("holiday-001.zip"), None);
        assert_eq!(parsed("takeout-notes.txt"), None);
    }

    #[test]
    fn parts_of_one_export_are_found_and_gaps_named() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, bytes: &[u8]| {
            std::fs::write(folder.path().join(name), bytes).unwrap();
        };
        write("takeout-20260101T000000Z-1-001.zip", b"PK\x03\x04");
        write("takeout-20260131T101500Z-1-001.zip", b"PK\x03\x04");
        write("takeout-20260131T101500Z-1-001 (1).zip", b"PK\x03\x04");
        write("takeout-20260131T101500Z-1-003.zip", b"<html>expired");
        write("other.zip", b"PK\x03\x04");
        let Export::Packed { parts, missing } = Export::find(folder.path()).unwrap() else {
            panic!("parts");
        };
        let names: Vec<_> = parts.iter().map(|part| part.name.as_str()).collect();
        assert_eq!(
            names,
            [
                "takeout-20260131T101500Z-1-001.zip",
                "takeout-20260131T101500Z-1-003.zip"
            ]
        );
        assert_eq!(parts[0].packing, Some(Packing::Zip));
        assert_eq!(parts[1].packing, None);
        assert_eq!(missing, ["takeout-20260131T101500Z-1-002.zip"]);

        let older = folder.path().join("takeout-20260101T000000Z-1-001.zip");
        let Export::Packed { parts, missing } = Export::find(&older).unwrap() else {
            panic!("parts");
        };
        assert_eq!((parts.len(), missing.len()), (1, 0));
    }

    #[test]
    fn a_folder_without_parts_is_an_unpacked_export() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("Takeout/Drive")).unwrap();
        assert_eq!(
            Export::find(folder.path()).unwrap(),
            Export::Unpacked(folder.path().to_owned())
        );
    }
}
