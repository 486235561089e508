//! An archive that Google made on request (Takeout): zip or tgz, in one or more parts, read as it lies
//! there, without unpacking it to the disk; or the folder that it was unpacked into.
//!
//! There is no specification; facts/google.md (section 5) collects what is known.

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use futures::stream::{self, BoxStream, StreamExt as _};
use tokio::sync::{OnceCell, mpsc};

use self::entry::{Entry, Lies, PartError};
use self::parts::{Export, Packing, Part};
use self::pim::{Files, Gathered, Opener, Stray, Tell};
use self::tgz::Streams;
use super::{Content, Source, SourceAccount, SourceError, SourceObject, SurveySink};
use crate::model::{Item, ItemId, Reason, Scope, Space, SpaceId, SpaceKind};

pub use parts::{LookedAt, LookedPart};

mod entry;
mod inventory;
mod parts;
mod pim;
mod tgz;
mod unpacked;
mod zip;

/// The one space of an export.
const SPACE: &str = "takeout";
/// Entries that wait for the ledger, and pieces of a file that wait to be sent, at most.
const WAITING: usize = 4;
/// Entries that are handed on together.
const PAGE: usize = 500;

/// A Takeout export on this computer.
#[derive(Clone)]
pub struct TakeoutSource {
    path: PathBuf,
    scope: Scope,
    export: Arc<OnceCell<Export>>,
    streams: Arc<Streams>,
    opener: Arc<OnceCell<Opener>>,
    files: Files,
}

impl std::fmt::Debug for TakeoutSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TakeoutSource")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

impl TakeoutSource {
    /// `path`: one of the parts, the folder that holds them, or the unpacked folder.
    pub fn new(path: PathBuf) -> Self {
        Self {
            path,
            scope: Scope::default(),
            export: Arc::default(),
            streams: Arc::default(),
            opener: Arc::default(),
            files: Files::default(),
        }
    }

    /// Takes along what `scope` wants; without it, what it wants by default.
    #[must_use]
    pub fn scoped(mut self, scope: &Scope) -> Self {
        self.scope = scope.clone();
        self
    }

    /// Which parts there are, before anything is listed: quick, and off the runtime's threads.
    ///
    /// # Errors
    /// When the place cannot be read.
    pub async fn look(&self) -> Result<LookedAt, SourceError> {
        Ok(LookedAt::of(self.export().await?))
    }

    async fn export(&self) -> Result<&Export, SourceError> {
        self.export
            .get_or_try_init(|| async {
                let path = self.path.clone();
                tokio::task::spawn_blocking(move || Export::find(&path))
                    .await
                    .map_err(|error| SourceError::protocol(error.to_string()))?
                    .map_err(|cause| SourceError::Unreachable {
                        detail: self.path.display().to_string(),
                        cause: Some(Box::new(cause)),
                    })
            })
            .await
    }

    async fn opener(&self) -> Result<&Opener, SourceError> {
        let export = self.export().await?;
        let opener = self
            .opener
            .get_or_init(|| async {
                let (parts, root) = match export {
                    Export::Unpacked(folder) => (&[][..], Some(unpacked::root(folder))),
                    Export::Packed { parts, .. } => (parts.as_slice(), None),
                };
                Opener::new(parts, &self.streams, root)
            })
            .await;
        Ok(opener)
    }

    /// What people call it.
    fn name(&self) -> String {
        self.path.file_name().map_or_else(
            || self.path.display().to_string(),
            |name| name.to_string_lossy().into_owned(),
        )
    }

    async fn survey_parts(
        &self,
        parts: &[Part],
        missing: &[String],
        sink: &mut dyn SurveySink,
    ) -> Result<(), SourceError> {
        let mut inventory = inventory::Inventory::new(SpaceId::new(SPACE));
        let mut gathered = Gathered::default();
        for part in parts {
            let (pages, mut arriving) = mpsc::channel::<Vec<Entry>>(WAITING);
            let reading = part.clone();
            let listing = tokio::task::spawn_blocking(move || list(&reading, &pages));
            while let Some(page) = arriving.recv().await {
                let mut items = Vec::with_capacity(page.len());
                for entry in page {
                    let file = gathered.take(entry).map_err(unreadable)?;
                    items.extend(file.into_iter().flat_map(|file| inventory.items(file)));
                }
                sink.items(items).await?;
            }
            let listed = listing
                .await
                .map_err(|error| SourceError::protocol(error.to_string()))?;
            if let Err(error) = listed {
                tracing::warn!(part = part.name, %error, "a part cannot be read to its end");
                let item = inventory.part(&part.name, Reason::ArchivePartDamaged);
                sink.items(vec![item]).await?;
            }
        }
        let missing = missing
            .iter()
            .map(|name| inventory.part(name, Reason::ArchivePartMissing))
            .collect();
        sink.items(missing).await?;
        let stray = move |stray| match stray {
            Stray::Entry(entry) => inventory.items(*entry),
            Stray::Item(item) => vec![*item],
        };
        self.tell_gathered(gathered, stray, sink).await
    }

    /// Tells of calendars, contacts and tasks, and of the pictures that are no contact's: `stray` makes
    /// files of these.
    async fn tell_gathered(
        &self,
        mut gathered: Gathered,
        mut stray: impl FnMut(Stray) -> Vec<Item> + Send + 'static,
        sink: &mut dyn SurveySink,
    ) -> Result<(), SourceError> {
        for space in Tell::spaces(&gathered, &self.name()) {
            sink.space(space).await?;
        }
        let (pages, mut arriving) = mpsc::channel::<Vec<Item>>(WAITING);
        let (opener, scope) = (self.opener().await?.clone(), self.scope.clone());
        let telling = tokio::task::spawn_blocking(move || {
            let mut page = Vec::with_capacity(PAGE);
            let mut take = |item| {
                page.push(item);
                page.len() < PAGE || pages.blocking_send(std::mem::take(&mut page)).is_ok()
            };
            let sorted = gathered.sort_pictures(&mut |entry| {
                let items = stray(Stray::Entry(Box::new(entry)));
                items.into_iter().all(&mut take)
            });
            if sorted.is_ok() {
                Tell::new(&opener, &scope, &mut stray).all(gathered, &mut take);
            }
            let _ = pages.blocking_send(page);
            sorted
        });
        while let Some(page) = arriving.recv().await {
            sink.items(page).await?;
        }
        let told = telling.await;
        told.map_err(|error| SourceError::protocol(error.to_string()))?
            .map_err(unreadable)
    }

    fn part<'a>(&self, parts: &'a [Part], name: &str) -> Result<&'a Part, SourceError> {
        parts
            .iter()
            .find(|part| part.name == name)
            .ok_or(SourceError::NotFound)
    }
}

/// Lists one part in pages; stops when nobody takes them any more.
fn list(part: &Part, pages: &mpsc::Sender<Vec<Entry>>) -> Result<(), PartError> {
    let mut page = Vec::with_capacity(PAGE);
    let mut take = |entry| {
        page.push(entry);
        page.len() < PAGE || pages.blocking_send(std::mem::take(&mut page)).is_ok()
    };
    let listed = match part.packing {
        Some(Packing::Zip) => zip::list(&part.path, &part.name, &mut take),
        Some(Packing::Tgz) => tgz::list(&part.path, &part.name, &mut take),
        None => Err(PartError::Damaged("neither a zip nor a tgz".into())),
    };
    let _ = pages.blocking_send(page);
    listed
}

#[async_trait]
impl Source for TakeoutSource {
    async fn check(&self) -> Result<SourceAccount, SourceError> {
        self.export().await?;
        Ok(SourceAccount {
            name: self.path.display().to_string(),
        })
    }

    async fn survey(&self, since: &[Space], sink: &mut dyn SurveySink) -> Result<(), SourceError> {
        match self.export().await? {
            Export::Unpacked(folder) => {
                let mut lifted = unpacked::Lifted::new(&mut *sink, unpacked::root(folder));
                unpacked::source(folder).survey(since, &mut lifted).await?;
                let (gathered, mut folders) = lifted.finish().await?;
                let stray = move |stray| match stray {
                    Stray::Item(item) => folders.with_item(*item),
                    Stray::Entry(_) => Vec::new(),
                };
                self.tell_gathered(gathered, stray, sink).await
            }
            Export::Packed { parts, missing } => {
                sink.space(Space {
                    id: SpaceId::new(SPACE),
                    kind: SpaceKind::Own,
                    name: self.name(),
                    change_token: None,
                })
                .await?;
                self.survey_parts(parts, missing, sink).await
            }
        }
    }

    async fn read(&self, item: &Item, from: u64) -> Result<Content, SourceError> {
        let parts = match self.export().await? {
            Export::Unpacked(folder) => {
                return unpacked::source(folder).read(item, from).await;
            }
            Export::Packed { parts, .. } => parts,
        };
        let lies: Lies = serde_json::from_str(&item.locator)
            .map_err(|_| SourceError::protocol("a place in the archive that makes no sense"))?;
        let (part, size) = match &lies {
            Lies::Zip { part, size, .. } | Lies::Tgz { part, size, .. } => {
                (self.part(parts, part)?, *size)
            }
        };
        let left = size.checked_sub(from).ok_or(SourceError::Changed)?;
        let path = part.path.clone();
        let streams = Arc::clone(&self.streams);
        let (pieces, arriving) = mpsc::channel(WAITING);
        tokio::task::spawn_blocking(move || {
            let mut take = |piece| pieces.blocking_send(piece).is_ok();
            if let Err(error) = read_packed(&path, &lies, from, &streams, &mut take) {
                let _ = pieces.blocking_send(Err(error));
            }
        });
        let stream = stream::unfold(arriving, |mut arriving| async move {
            let piece = arriving.recv().await?;
            Some((piece.map_err(of_part), arriving))
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
        let answers = async move {
            let opener = match self.opener().await {
                Ok(opener) => opener.clone(),
                Err(error) => {
                    let first = wanted.first().map(|item| (item.id.clone(), Err(error)));
                    return stream::iter(first).boxed();
                }
            };
            let (answers, arriving) = mpsc::channel(1);
            let (files, wanted) = (self.files.clone(), wanted.to_vec());
            tokio::task::spawn_blocking(move || {
                pim::read_objects(&opener, &files, wanted, &answers);
            });
            stream::unfold(arriving, |mut arriving| async move {
                Some((arriving.recv().await?, arriving))
            })
            .boxed()
        };
        stream::once(answers).flatten().boxed()
    }

    async fn version_now(&self, item: &Item) -> Result<Option<String>, SourceError> {
        match self.export().await? {
            Export::Unpacked(folder) => unpacked::source(folder).version_now(item).await,
            // An archive does not change.
            Export::Packed { .. } => Ok(Some(item.version.clone())),
        }
    }
}

/// Gives the content of an entry of a part from byte `from` on.
fn read_packed(
    part: &std::path::Path,
    lies: &Lies,
    from: u64,
    streams: &Streams,
    take: entry::Pieces<'_>,
) -> Result<(), PartError> {
    match lies {
        Lies::Tgz { at, size, .. } => streams.read(part, *at, *size, from, take),
        Lies::Zip {
            at,
            packed,
            size,
            method,
            crc,
            ..
        } => {
            let place = zip::Place {
                at: *at,
                packed: *packed,
                size: *size,
                method: *method,
                crc: *crc,
            };
            zip::read(part, place, from, take)
        }
    }
}

fn unreadable(cause: std::io::Error) -> SourceError {
    SourceError::Unreadable { cause }
}

fn of_part(error: PartError) -> SourceError {
    match error {
        PartError::Unreadable(cause) => SourceError::Unreadable { cause },
        PartError::Damaged(detail) => SourceError::Forbidden {
            reason: Reason::ArchivePartDamaged,
            detail,
        },
    }
}

#[cfg(test)]
mod tests;
