//! The association's folder on a local disk, with what makes real folders hard.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::super::content::Content;
use super::{Document, EntryKind, Tree};

/// What [`write_folder_tree`] made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DiskTree {
    pub folders: u64,
    /// Files that can be read.
    pub files: u64,
    /// Bytes of `files`.
    pub bytes: u64,
    /// Symbolic links: to a file, to a folder, to an ancestor, to nothing (Unix only).
    pub links: Vec<PathBuf>,
    /// A file and a folder without any permission (Unix only). Root reads them nevertheless.
    pub unreadable: Vec<PathBuf>,
    /// A file and a folder whose names are not UTF-8 (where the file system allows it).
    pub not_utf8: Vec<PathBuf>,
}

#[derive(Debug, thiserror::Error)]
#[error("{} cannot be written: {cause}", path.display())]
pub struct DiskError {
    pub path: PathBuf,
    #[source]
    pub cause: std::io::Error,
}

/// Names that a Unix disk takes and others may not.
const ODD_NAMES: [&str; 11] = [
    "finit par un point.",
    "finit par un espace ",
    " commence par un espace.txt",
    "a:b?c*d\"e<f>g|h.txt",
    "anti\\slash.txt",
    "CON.txt",
    ".htaccess",
    "morceau.part",
    "Canard \u{1f986}.txt",
    "retour\nà la ligne.txt",
    "tabulation\t.txt",
];

/// Writes `items` entries out of `seed` into `root`, which is made if need be, and adds what makes real
/// folders hard: odd names, twins, an empty file, old dates, links, unreadable and unnameable things.
///
/// # Errors
/// When the disk refuses; what only some systems allow is left out instead.
pub fn write_folder_tree(root: &Path, seed: u64, items: u64) -> Result<DiskTree, DiskError> {
    let mut writer = Writer {
        made: DiskTree::default(),
    };
    writer.folder(root)?;
    writer.made.folders = 0;
    let tree = Tree::new(seed, items);
    let mut open = vec![(None, root.to_owned())];
    while let Some((folder, path)) = open.pop() {
        for nth in 0..tree.child_count(folder) {
            let Some(entry) = tree.child(folder, nth).and_then(|n| tree.entry(n)) else {
                continue;
            };
            let place = path.join(&entry.name);
            match entry.kind {
                EntryKind::Folder => {
                    writer.folder(&place)?;
                    open.push((Some(entry.number), place));
                }
                EntryKind::File { content, .. } => {
                    writer.content(&place, content, entry.modified)?;
                }
                EntryKind::Native(kind) => {
                    let document = Document {
                        kind,
                        title: entry.name,
                        seed: entry.number,
                        exported: None,
                        ballast: 0,
                    };
                    let bytes = document.export("pdf").unwrap_or_default();
                    let place = place.with_added_extension("pdf");
                    writer.file(&place, entry.modified, |f| f.write_all(&bytes))?;
                    writer.made.bytes += bytes.len() as u64;
                }
            }
        }
    }
    writer.oddities(&root.join("Bizarreries"))?;
    Ok(writer.made)
}

struct Writer {
    made: DiskTree,
}

impl Writer {
    fn folder(&mut self, path: &Path) -> Result<(), DiskError> {
        fs::create_dir_all(path).map_err(|cause| failed(path, cause))?;
        self.made.folders += 1;
        Ok(())
    }

    fn content(&mut self, path: &Path, content: Content, modified: i64) -> Result<(), DiskError> {
        const PIECE: u64 = 1024 * 1024;
        self.file(path, modified, |file| {
            let mut at = 0;
            while at < content.length {
                file.write_all(&content.bytes(at, at + PIECE))?;
                at += PIECE;
            }
            Ok(())
        })?;
        self.made.bytes += content.length;
        Ok(())
    }

    fn file(
        &mut self,
        path: &Path,
        modified: i64,
        fill: impl FnOnce(&mut File) -> std::io::Result<()>,
    ) -> Result<(), DiskError> {
        let write = || {
            let mut file = File::create(path)?;
            fill(&mut file)?;
            file.set_modified(system_time(modified))
        };
        write().map_err(|cause| failed(path, cause))?;
        self.made.files += 1;
        Ok(())
    }

    fn oddities(&mut self, folder: &Path) -> Result<(), DiskError> {
        self.folder(folder)?;
        self.folder(&folder.join("vide"))?;
        self.content(&folder.join("vide.txt"), Content::text(1, 0), 0)?;
        // Before 1970-01-02 and after 2038-01-19.
        self.content(
            &folder.join("très vieux.txt"),
            Content::text(2, 70),
            3_600_000,
        )?;
        let far = 2_240_611_200_000;
        self.content(&folder.join("très loin.txt"), Content::text(3, 70), far)?;
        let long = format!("{}.txt", "é".repeat(125));
        let twins = ["Casse.txt", "casse.TXT", "e\u{301}té.txt", "\u{e9}té.txt"];
        if cfg!(unix) {
            for name in ODD_NAMES
                .iter()
                .chain(&twins)
                .copied()
                .chain([long.as_str()])
            {
                // A file system that folds case or forms makes one file of two.
                if !folder.join(name).exists() {
                    self.content(&folder.join(name), Content::text(name.len() as u64, 300), 0)?;
                }
            }
        }
        self.unix_oddities(folder)
    }

    #[cfg(unix)]
    fn unix_oddities(&mut self, folder: &Path) -> Result<(), DiskError> {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt as _;
        use std::os::unix::fs::{PermissionsExt as _, symlink};

        for (name, target) in [
            ("lien vers un fichier", "vide.txt"),
            ("lien vers un dossier", "vide"),
            ("lien vers plus haut", ".."),
            ("lien mort", "nulle part"),
        ] {
            let link = folder.join(name);
            if fs::symlink_metadata(&link).is_err() {
                symlink(target, &link).map_err(|cause| failed(&link, cause))?;
            }
            self.made.links.push(link);
        }
        let file = folder.join("illisible.txt");
        let closed = folder.join("fermé");
        let lock = |path: &Path| fs::set_permissions(path, fs::Permissions::from_mode(0o000));
        if !file.exists() {
            fs::write(&file, "secret").map_err(|cause| failed(&file, cause))?;
        }
        fs::create_dir_all(&closed).map_err(|cause| failed(&closed, cause))?;
        for path in [file, closed] {
            lock(&path).map_err(|cause| failed(&path, cause))?;
            self.made.unreadable.push(path);
        }
        // Latin-1, as old archives have it. Some file systems refuse it.
        let file = folder.join(OsStr::from_bytes(b"latin-1 \xe9t\xe9.txt"));
        if fs::write(&file, "contenu").is_ok() {
            self.made.not_utf8.push(file);
            let inside = folder.join(OsStr::from_bytes(b"dossier \xe9t\xe9"));
            fs::create_dir_all(&inside).map_err(|cause| failed(&inside, cause))?;
            self.made.not_utf8.push(inside);
        }
        Ok(())
    }

    #[cfg(not(unix))]
    fn unix_oddities(&mut self, _folder: &Path) -> Result<(), DiskError> {
        Ok(())
    }
}

fn failed(path: &Path, cause: std::io::Error) -> DiskError {
    DiskError {
        path: path.to_owned(),
        cause,
    }
}

fn system_time(millis: i64) -> SystemTime {
    let distance = Duration::from_millis(millis.unsigned_abs());
    if millis < 0 {
        SystemTime::UNIX_EPOCH - distance
    } else {
        SystemTime::UNIX_EPOCH + distance
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_the_same_tree_twice() {
        let one = tempfile::tempdir().unwrap();
        let two = tempfile::tempdir().unwrap();
        let made = write_folder_tree(one.path(), 9, 100).unwrap();
        let again = write_folder_tree(two.path(), 9, 100).unwrap();
        assert_eq!((made.files, made.bytes), (again.files, again.bytes));
        assert!(made.folders >= 12 && made.files >= 90, "{made:?}");
        if cfg!(unix) {
            assert_eq!((made.links.len(), made.unreadable.len()), (4, 2));
            assert!(made.links.iter().all(|l| l.is_symlink()));
        }
        let odd = one.path().join("Bizarreries");
        assert_eq!(fs::metadata(odd.join("vide.txt")).unwrap().len(), 0);
        let old = fs::metadata(odd.join("très vieux.txt")).unwrap();
        assert_eq!(old.modified().unwrap(), system_time(3_600_000));
    }
}
