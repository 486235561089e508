//! A folder of this computer, an external disk or a mounted share.

use std::ffi::OsString;
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures::stream::{self, BoxStream, StreamExt as _};
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use tokio::sync::mpsc;

use self::import::{Importer, Imports, LastIndex};
pub(super) use self::locator::path_below;
use super::{Content, Source, SourceAccount, SourceError, SourceObject, SurveySink};
use crate::model::{Item, ItemId, ItemKind, Reason, Scope, Space, SpaceId, SpaceKind, Timestamp};

mod import;
mod locator;

/// The one space of a folder.
const SPACE: &str = "folder";
/// Items that are handed on together.
const PAGE: usize = 500;
/// Pages that wait for the ledger at most.
const PAGES_WAITING: usize = 4;
/// Bytes that are read at a time.
const PIECE: usize = 256 * 1024;
/// Folders within folders that are listed at once; each holds a file handle open. Further down, a
/// folder's names are read at once instead.
const OPEN_FOLDERS: usize = 128;

/// Reads the files below one folder. Symbolic links are reported and not followed.
///
/// A file's id is its path below the root, so that a file that was renamed is another item, as it is to
/// every program that has nothing but paths.
#[derive(Debug, Clone)]
pub struct FolderSource {
    root: PathBuf,
    imports: Imports,
    last_index: LastIndex,
}

impl FolderSource {
    pub fn new(root: PathBuf) -> Self {
        Self {
            root,
            imports: Imports::NONE,
            last_index: LastIndex::default(),
        }
    }

    /// Files with calendars and contacts become these, as far as `scope` wants them.
    #[must_use]
    pub fn importing(mut self, scope: &Scope) -> Self {
        self.imports = Imports::of(scope);
        self
    }

    fn path(&self, item: &Item) -> Result<PathBuf, SourceError> {
        locator::path_below(&self.root, &item.locator)
            .ok_or_else(|| SourceError::protocol("a path that leads out of the folder"))
    }

    fn failure(&self, cause: io::Error) -> SourceError {
        failure(&self.root, cause)
    }
}

/// A file that is missing is gone; a whole folder that is missing is a disk that was unplugged.
pub(super) fn failure(root: &Path, cause: io::Error) -> SourceError {
    if cause.kind() != io::ErrorKind::NotFound {
        return SourceError::Unreadable { cause };
    }
    if root.is_dir() {
        return SourceError::NotFound;
    }
    SourceError::Unreachable {
        detail: "the folder is not there".into(),
        cause: Some(Box::new(cause)),
    }
}

#[async_trait]
impl Source for FolderSource {
    async fn check(&self) -> Result<SourceAccount, SourceError> {
        // Follows a link: the user named this one.
        match tokio::fs::read_dir(&self.root).await {
            Ok(_) => Ok(SourceAccount {
                name: self.root.display().to_string(),
            }),
            Err(cause) => Err(self.failure(cause)),
        }
    }

    async fn survey(&self, _since: &[Space], sink: &mut dyn SurveySink) -> Result<(), SourceError> {
        let name = self.root.file_name().map_or_else(
            || self.root.display().to_string(),
            |name| name.to_string_lossy().into_owned(),
        );
        sink.space(Space {
            id: SpaceId::new(SPACE),
            kind: SpaceKind::Own,
            name: name.clone(),
            change_token: None,
        })
        .await?;
        for space in self.imports.spaces(&name) {
            sink.space(space).await?;
        }
        let (pages, mut arriving) = mpsc::channel::<Vec<Item>>(PAGES_WAITING);
        let (root, imports) = (self.root.clone(), self.imports);
        let walk =
            tokio::task::spawn_blocking(move || {
                let mut page = Vec::with_capacity(PAGE);
                let mut importer = Importer::new(&root, imports);
                let mut tell = |item| {
                    page.push(item);
                    page.len() < PAGE || pages.blocking_send(std::mem::take(&mut page)).is_ok()
                };
                let walked = walk(&root, &names_in, &mut |item| match importer
                    .import(&item, &mut tell)
                {
                    Some(goes_on) => goes_on,
                    None => tell(item),
                });
                let _ = pages.blocking_send(page);
                walked
            });
        while let Some(page) = arriving.recv().await {
            sink.items(page).await?;
        }
        match walk.await {
            Ok(walked) => walked.map_err(|cause| self.failure(cause)),
            Err(error) => Err(SourceError::protocol(format!(
                "the walk broke off: {error}"
            ))),
        }
    }

    async fn read(&self, item: &Item, from: u64) -> Result<Content, SourceError> {
        let path = self.path(item)?;
        // Before opening: a pipe in the file's place would be waited for without end.
        let found = tokio::fs::symlink_metadata(&path).await;
        expect_same(&found.map_err(|cause| self.failure(cause))?, item)?;
        let mut file = File::open(&path)
            .await
            .map_err(|cause| self.failure(cause))?;
        let metadata = file.metadata().await.map_err(unreadable)?;
        expect_same(&metadata, item)?;
        let left = metadata
            .len()
            .checked_sub(from)
            .ok_or(SourceError::Changed)?;
        if from > 0 {
            file.seek(io::SeekFrom::Start(from))
                .await
                .map_err(unreadable)?;
        }
        let reading = Reading {
            file,
            left,
            item: item.clone(),
        };
        let stream = stream::try_unfold(reading, |mut reading| async move {
            let piece = reading.piece().await?;
            Ok(piece.map(|piece| (piece, reading)))
        });
        Ok(Content {
            length: Some(left),
            stream: stream.boxed(),
        })
    }

    fn objects<'a>(
        &'a self,
        _collection: &'a Item,
        wanted: &'a [Item],
    ) -> BoxStream<'a, (ItemId, Result<SourceObject, SourceError>)> {
        let (answers, arriving) = mpsc::channel(1);
        let (root, last, wanted) = (self.root.clone(), self.last_index.clone(), wanted.to_vec());
        tokio::task::spawn_blocking(move || {
            let failure = |cause| failure(&root, cause);
            import::read_objects(&root, &last, wanted, &failure, &answers);
        });
        stream::unfold(arriving, |mut arriving| async move {
            Some((arriving.recv().await?, arriving))
        })
        .boxed()
    }

    async fn version_now(&self, item: &Item) -> Result<Option<String>, SourceError> {
        match tokio::fs::symlink_metadata(self.path(item)?).await {
            Ok(metadata) => Ok(Some(version(&metadata))),
            Err(cause) => match self.failure(cause) {
                SourceError::NotFound => Ok(None),
                error => Err(error),
            },
        }
    }
}

/// A file on its way.
struct Reading {
    file: File,
    /// Bytes still to come.
    left: u64,
    item: Item,
}

impl Reading {
    async fn piece(&mut self) -> Result<Option<Bytes>, SourceError> {
        if self.left == 0 {
            return Ok(None);
        }
        let wanted = usize::try_from(self.left).map_or(PIECE, |left| left.min(PIECE));
        let mut piece = BytesMut::with_capacity(wanted);
        while piece.len() < wanted {
            let rest = (wanted - piece.len()) as u64;
            let mut limited = (&mut self.file).take(rest);
            if limited.read_buf(&mut piece).await.map_err(unreadable)? == 0 {
                // Shorter than it was.
                return Err(SourceError::Changed);
            }
        }
        self.left = self.left.saturating_sub(piece.len() as u64);
        if self.left == 0 {
            // With the last piece, not after it: who knows the length does not ask for more.
            let now = self.file.metadata().await.map_err(unreadable)?;
            expect_same(&now, &self.item)?;
        }
        Ok(Some(piece.freeze()))
    }
}

fn unreadable(cause: io::Error) -> SourceError {
    SourceError::Unreadable { cause }
}

fn expect_same(metadata: &Metadata, item: &Item) -> Result<(), SourceError> {
    if metadata.is_file() && version(metadata) == item.version {
        Ok(())
    } else {
        Err(SourceError::Changed)
    }
}

/// The time of the last change, in nanoseconds, and the size.
pub(super) fn version(metadata: &Metadata) -> String {
    let nanoseconds = modified(metadata).map_or(0, Timestamp::as_nanosecond);
    format!("{nanoseconds}-{}", metadata.len())
}

fn modified(metadata: &Metadata) -> Option<Timestamp> {
    Timestamp::try_from(metadata.modified().ok()?).ok()
}

/// Windows and macOS keep the date of creation when a file is copied; Linux gives the date at which this
/// copy came onto this disk, which would be wrong for nearly every file.
fn created(metadata: &Metadata) -> Option<Timestamp> {
    if cfg!(any(windows, target_os = "macos")) {
        Timestamp::try_from(metadata.created().ok()?).ok()
    } else {
        None
    }
}

type Names = Box<dyn Iterator<Item = io::Result<OsString>>>;

fn names_in(folder: &Path) -> io::Result<Names> {
    let entries = fs::read_dir(folder)?;
    Ok(Box::new(
        entries.map(|entry| entry.map(|entry| entry.file_name())),
    ))
}

/// A folder that is being listed.
struct Level {
    names: Names,
    path: PathBuf,
    /// `None` for the root.
    item: Option<Item>,
    id: Option<ItemId>,
}

/// Tells `take` of everything below `root`, folder by folder and depth first, until it says `false`.
/// Memory does not grow with the number of entries, only with the depth.
///
/// # Errors
/// When the root itself cannot be listed; whatever else cannot be is told of with its obstacle.
fn walk(
    root: &Path,
    list: &dyn Fn(&Path) -> io::Result<Names>,
    take: &mut dyn FnMut(Item) -> bool,
) -> io::Result<()> {
    let mut levels = vec![Level {
        names: list(root)?,
        path: root.to_owned(),
        item: None,
        id: None,
    }];
    while let Some(level) = levels.last_mut() {
        let name = match level.names.next() {
            Some(Ok(name)) => name,
            Some(Err(error)) => {
                // The rest of this folder is not known, so it must not pass for whole.
                let Some(mut folder) = level.item.take() else {
                    return Err(error);
                };
                folder.obstacle = Some(Reason::Unreadable);
                levels.pop();
                if !take(folder) {
                    return Ok(());
                }
                continue;
            }
            None => {
                levels.pop();
                continue;
            }
        };
        let path = level.path.join(&name);
        let Some(mut item) = item(level.id.as_ref(), &name, &path) else {
            continue;
        };
        let mut below = None;
        if item.kind == ItemKind::Folder && item.obstacle.is_none() {
            match open(&path, list, levels.len()) {
                Ok(names) => below = Some(names),
                Err(_) => item.obstacle = Some(Reason::Unreadable),
            }
        }
        if !take(item.clone()) {
            return Ok(());
        }
        if let Some(names) = below {
            levels.push(Level {
                names,
                path,
                id: Some(item.id.clone()),
                item: Some(item),
            });
        }
    }
    Ok(())
}

fn open(
    folder: &Path,
    list: &dyn Fn(&Path) -> io::Result<Names>,
    depth: usize,
) -> io::Result<Names> {
    let names = list(folder)?;
    if depth < OPEN_FOLDERS {
        return Ok(names);
    }
    let names: Vec<io::Result<OsString>> = names.collect();
    Ok(Box::new(names.into_iter()))
}

/// `None` where it is gone by now.
fn item(parent: Option<&ItemId>, name: &OsString, path: &Path) -> Option<Item> {
    let found = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
        found => found,
    };
    let kind = match found.as_ref().map(Metadata::file_type) {
        Ok(kind) if kind.is_dir() => ItemKind::Folder,
        Ok(kind) if kind.is_file() => ItemKind::File,
        Ok(_) => ItemKind::Special,
        Err(_) => ItemKind::File,
    };
    let id = locator::of(parent, name);
    let shown = name.to_string_lossy();
    let mut item = Item::new(SpaceId::new(SPACE), id, parent.cloned(), shown, kind);
    item.locator = item.id.0.clone();
    match found {
        Ok(metadata) => {
            item.modified = modified(&metadata);
            item.created = created(&metadata);
            item.version = version(&metadata);
            item.size = (kind == ItemKind::File).then_some(metadata.len());
            item.obstacle = match kind {
                ItemKind::Special if metadata.is_symlink() => Some(Reason::SymbolicLink),
                ItemKind::Special => Some(Reason::SpecialFile),
                _ => None,
            };
        }
        Err(_) => item.obstacle = Some(Reason::Unreadable),
    }
    if !locator::can_be_found_again(name) {
        item.obstacle = Some(Reason::Unreadable);
    }
    Some(item)
}

#[cfg(test)]
mod import_tests;
#[cfg(test)]
mod tests;
