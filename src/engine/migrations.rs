//! "My migrations": those begun in the window, which are files in the data directory, and those begun on
//! the command line, whose ledgers remember what they belong to.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::{ledger_path, notes};
use crate::ledger::{Glance, LedgerError, RunState, glance};
use crate::model::{Draft, MigrationFileError, Timestamp};

const FOLDER: &str = "migrations";
/// More tries at a free name than anybody has migrations.
const NAMES: u32 = 10_000;

/// One of the user's migrations.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// What the user, or the file, calls it; may be empty.
    pub name: String,
    /// The file of the data directory that describes it; `None`: only its ledger is known, it was begun
    /// with a file of elsewhere.
    pub file: Option<PathBuf>,
    /// `None`: the file cannot be understood.
    pub draft: Option<Draft>,
    pub state: State,
    /// When something last happened to it.
    pub changed: Option<SystemTime>,
}

/// How far a migration has come.
#[derive(Debug, Clone, PartialEq)]
pub enum State {
    /// Where from or where to is still missing.
    Draft,
    /// Both ends are known; nothing has been listed or planned yet.
    Ready,
    /// There is a plan, and nothing of it has been done.
    Planned { items: u64, bytes: u64 },
    /// Some of the plan has been done. `waiting`: it stopped for something that somebody must see to; a
    /// stable code such as `nextcloud` or `login`.
    Begun {
        settled: u64,
        items: u64,
        bytes: u64,
        bytes_planned: u64,
        waiting: Option<String>,
    },
    /// All of the plan has been done, when it was done (`None`: by a version that did not note it).
    Done {
        items: u64,
        failed: u64,
        on: Option<Timestamp>,
    },
    /// The file or the ledger cannot be understood.
    Unreadable,
}

/// Where the window keeps its migration files, besides their ledgers.
pub fn folder(data_dir: &Path) -> PathBuf {
    data_dir.join(FOLDER)
}

/// All migrations of the data directory, the last changed first.
///
/// # Errors
/// When the folder cannot be read; one that is not there is empty.
pub async fn list(data_dir: &Path) -> std::io::Result<Vec<Entry>> {
    let folder = folder(data_dir);
    let (files, ledgers) = blocking(move || look_around(&folder)).await?;
    let mut entries = Vec::new();
    let mut known = HashSet::new();
    for (path, read) in files {
        let mut entry = Entry {
            name: String::new(),
            changed: changed(&path),
            file: Some(path),
            draft: None,
            state: State::Unreadable,
        };
        if let Ok(draft) = read {
            entry.name.clone_from(&draft.name);
            entry.state = State::Draft;
            if let Some(migration) = draft.migration() {
                let ledger = ledger_path(&migration, data_dir);
                entry.state = match look(&ledger).await {
                    Some(seen) => state(&seen),
                    None => State::Ready,
                };
                entry.changed = entry.changed.max(changed(&ledger));
                known.insert(ledger);
            }
            entry.draft = Some(draft);
        }
        entries.push(entry);
    }
    for path in ledgers.into_iter().filter(|path| !known.contains(path)) {
        let Some(seen) = look(&path).await else {
            continue;
        };
        // A ledger of a version that did not note whose it is cannot be opened from here.
        let Some(draft) =
            noted(&seen, notes::MIGRATION).and_then(|text| Draft::parse(text, Path::new("/")).ok())
        else {
            continue;
        };
        entries.push(Entry {
            name: draft.name.clone(),
            file: None,
            state: state(&seen),
            changed: changed(&path),
            draft: Some(draft),
        });
    }
    entries.sort_by(|a, b| b.changed.cmp(&a.changed).then(a.name.cmp(&b.name)));
    Ok(entries)
}

/// Writes `draft` into the data directory, all of it or nothing: over `file`, or as a new one.
///
/// # Errors
/// When it cannot be written.
pub async fn save(
    draft: Draft,
    file: Option<PathBuf>,
    data_dir: &Path,
) -> std::io::Result<PathBuf> {
    let folder = folder(data_dir);
    blocking(move || {
        std::fs::create_dir_all(&folder)?;
        let file = match file {
            Some(file) => file,
            None => free_name(&folder, &draft.name)?,
        };
        let mut part = file.clone().into_os_string();
        part.push(".part");
        std::fs::write(&part, draft.to_toml())?;
        std::fs::rename(&part, &file)?;
        Ok(file)
    })
    .await
}

/// Takes a migration off the list: its file, and its ledger. Nothing of it is left on this computer but
/// the secrets, which [`super::KeptSecrets`] forgets.
///
/// # Errors
/// When something cannot be removed.
pub async fn forget(entry: &Entry, data_dir: &Path) -> std::io::Result<()> {
    let ledger = entry.draft.as_ref().and_then(Draft::migration);
    let ledger = ledger.map(|migration| ledger_path(&migration, data_dir));
    let file = entry.file.clone();
    blocking(move || {
        for path in ledger.iter().flat_map(|ledger| parts(ledger)).chain(file) {
            match std::fs::remove_file(&path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    })
    .await
}

fn parts(ledger: &Path) -> Vec<PathBuf> {
    let with = |suffix: &str| {
        let mut path = ledger.as_os_str().to_owned();
        path.push(suffix);
        PathBuf::from(path)
    };
    let lock = ledger.with_extension("lock");
    vec![ledger.to_owned(), with("-wal"), with("-shm"), lock]
}

type Files = Vec<(PathBuf, Result<Draft, MigrationFileError>)>;

fn look_around(folder: &Path) -> std::io::Result<(Files, Vec<PathBuf>)> {
    let (mut files, mut ledgers) = (Vec::new(), Vec::new());
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Ok((files, ledgers));
        }
        Err(error) => return Err(error),
    };
    for entry in entries {
        let path = entry?.path();
        match path.extension().and_then(OsStr::to_str) {
            Some("toml") => {
                let draft = Draft::read(&path);
                files.push((path, draft));
            }
            Some("sqlite") => ledgers.push(path),
            _ => {}
        }
    }
    files.sort_by(|a, b| a.0.cmp(&b.0));
    ledgers.sort();
    Ok((files, ledgers))
}

async fn look(ledger: &Path) -> Option<Result<Glance, LedgerError>> {
    if !ledger.exists() {
        return None;
    }
    Some(glance(ledger, notes::ALL).await)
}

fn noted<'a>(seen: &'a Result<Glance, LedgerError>, note: &str) -> Option<&'a str> {
    let at = notes::ALL.iter().position(|one| *one == note)?;
    seen.as_ref().ok()?.notes.get(at)?.as_deref()
}

fn state(seen: &Result<Glance, LedgerError>) -> State {
    let Ok(glance) = seen else {
        return State::Unreadable;
    };
    match glance.run {
        RunState::NoPlan => State::Ready,
        RunState::Planned => State::Planned {
            items: glance.items,
            bytes: glance.bytes_planned,
        },
        RunState::Begun => State::Begun {
            settled: glance.settled,
            items: glance.items,
            bytes: glance.bytes,
            bytes_planned: glance.bytes.saturating_add(glance.bytes_left),
            waiting: noted(seen, notes::WAITING)
                .filter(|code| !code.is_empty())
                .map(str::to_owned),
        },
        RunState::Done => State::Done {
            items: glance.items,
            failed: glance.failed,
            on: noted(seen, notes::FINISHED).and_then(|moment| moment.parse().ok()),
        },
    }
}

fn changed(path: &Path) -> Option<SystemTime> {
    let wal = parts(path).into_iter().nth(1);
    let of = |path: &Path| path.metadata().and_then(|meta| meta.modified()).ok();
    of(path).max(wal.and_then(|wal| of(&wal)))
}

/// A file name that people recognise, and that no file has yet.
fn free_name(folder: &Path, name: &str) -> std::io::Result<PathBuf> {
    let stem = stem(name);
    for n in 1..NAMES {
        let path = folder.join(match n {
            1 => format!("{stem}.toml"),
            n => format!("{stem}-{n}.toml"),
        });
        if !path.exists() {
            return Ok(path);
        }
    }
    Err(std::io::ErrorKind::AlreadyExists.into())
}

/// Letters and digits without their accents, as every system can keep and every shell can type.
fn stem(name: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    use unicode_normalization::char::is_combining_mark;
    let mut stem = String::new();
    for c in name.nfd().filter(|c| !is_combining_mark(*c)) {
        if c.is_ascii_alphanumeric() {
            stem.push(c.to_ascii_lowercase());
        } else if !stem.ends_with('-') && !stem.is_empty() {
            stem.push('-');
        }
        if stem.len() >= 40 {
            break;
        }
    }
    match stem.trim_matches('-') {
        "" => "migration".to_owned(),
        stem => stem.to_owned(),
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> std::io::Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => Err(std::io::Error::other(error)),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::engine::{Engine, KeptSecrets};
    use crate::model::{FolderNames, SourceConfig, TargetConfig};

    fn draft(name: &str, from: Option<&Path>) -> Draft {
        Draft {
            name: name.to_owned(),
            source: from.map(|path| SourceConfig::Folder {
                path: path.to_owned(),
            }),
            target: from.map(|_| TargetConfig {
                url: "https://canard.example/".parse().unwrap(),
                user: "camille".into(),
                folder: "Archives".into(),
                password_command: None,
            }),
            ..Draft::default()
        }
    }

    async fn opened(draft: &Draft, data_dir: &Path) -> Engine {
        let names = FolderNames {
            shared_drives: "a".into(),
            shared_with_me: "b".into(),
            orphans: "c".into(),
        };
        let secrets = Arc::new(KeptSecrets::new(data_dir));
        Engine::open(draft.migration().unwrap(), data_dir, secrets, names)
            .await
            .unwrap()
    }

    #[tokio::test]
    async fn lists_what_the_window_and_the_command_line_began() {
        let home = tempfile::tempdir().unwrap();
        let home = home.path();
        assert_eq!(list(home).await.unwrap(), []);
        let unfinished = save(draft("L’été du Canard", None), None, home)
            .await
            .unwrap();
        assert_eq!(unfinished.file_name().unwrap(), "l-ete-du-canard.toml");
        let again = save(draft("L'été du canard !", None), None, home)
            .await
            .unwrap();
        assert_eq!(again.file_name().unwrap(), "l-ete-du-canard-2.toml");
        std::fs::remove_file(again).unwrap();

        // Begun with a file of elsewhere: known by its ledger alone.
        let elsewhere = draft("Du terminal", Some(home));
        opened(&elsewhere, home).await.close().await.unwrap();
        let found = list(home).await.unwrap();
        let of = |name: &str| found.iter().find(|entry| entry.name == name).unwrap();
        assert_eq!(found.len(), 2, "{found:?}");
        assert_eq!(of("L’été du Canard").state, State::Draft);
        assert_eq!(of("Du terminal").state, State::Ready);
        assert_eq!(of("Du terminal").draft.as_ref(), Some(&elsewhere));
        assert_eq!(of("Du terminal").file, None);

        // The window takes it over: it is still one migration.
        let file = save(elsewhere.clone(), None, home).await.unwrap();
        let held = opened(&elsewhere, home).await;
        let found = list(home).await.unwrap();
        assert_eq!(found.len(), 2, "{found:?}");
        let entry = found
            .iter()
            .find(|entry| entry.file.as_ref() == Some(&file));
        let entry = entry.unwrap().clone();
        assert_eq!(entry.state, State::Ready);
        held.close().await.unwrap();

        forget(&entry, home).await.unwrap();
        let found = list(home).await.unwrap();
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(std::fs::read_dir(folder(home)).unwrap().count(), 1);
    }

    #[tokio::test]
    async fn a_file_that_makes_no_sense_is_listed_as_such() {
        let home = tempfile::tempdir().unwrap();
        let folder = folder(home.path());
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("a.toml"), "[source]\nkind = 7").unwrap();
        let found = list(home.path()).await.unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].state, State::Unreadable);
    }
}
