//! Where the program keeps its state.

use std::path::{Path, PathBuf};

use directories::ProjectDirs;

use super::{Exit, Failure};
use crate::i18n::Texts;

/// The data directory, made if need be and proved to be writable.
///
/// # Errors
/// A sentence, when there is none or it cannot be written to.
pub fn open(chosen: Option<&Path>, texts: &Texts) -> Result<PathBuf, Failure> {
    let folder = match chosen {
        Some(folder) => folder.to_owned(),
        None => ProjectDirs::from("org", "Transhumance", "transhumance")
            .ok_or_else(|| {
                let message = texts.text("data-dir-unknown", &[]);
                Failure::new(Exit::BadUsage, "local", message)
            })?
            .data_local_dir()
            .to_owned(),
    };
    prove_writable(&folder)
        .map_err(|cause| Failure::local("data-dir-unwritable", &folder, &cause, texts))?;
    Ok(folder)
}

fn prove_writable(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    // Permissions alone do not tell (a read-only mount, a full disk): only writing does.
    let probe = folder.join(format!(".writable-{}", std::process::id()));
    std::fs::write(&probe, b"transhumance")?;
    std::fs::remove_file(&probe)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;

    #[test]
    fn makes_the_folder_and_leaves_nothing_in_it() {
        let root = tempfile::tempdir().unwrap();
        let chosen = root.path().join("a/b");
        let folder = open(Some(&chosen), &Texts::new(Lang::En)).unwrap();
        assert_eq!(folder, chosen);
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
    }

    #[test]
    fn a_file_in_its_place_is_said() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let failure = open(Some(file.path()), &Texts::new(Lang::En)).unwrap_err();
        assert_eq!(failure.exit, Exit::BadUsage);
        let path = file.path().display().to_string();
        assert!(failure.message.contains(&path), "{}", failure.message);
    }
}
