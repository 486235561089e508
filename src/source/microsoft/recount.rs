//! What a list of SharePoint leaves out without a word: documents with a retention label
//! (<https://github.com/microsoftgraph/microsoft-graph-docs/issues/11561>). Folders say how much lies in
//! them, which is compared with what was told.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::error::Failure;
use super::ids::Locator;
use super::item::{Facet, facet};
use super::listing::Listing;
use super::pace::Cost;
use super::survey::Survey;
use super::token::Branch;
use super::wire::{DriveItem, Page};
use crate::model::{Item, ItemId, ItemKind, Reason};
use crate::source::SourceError;

/// Enough that two folders seldom share one, and one MiB in all.
const BUCKETS: usize = 1 << 18;
/// Folders whose number says more than there is, one after the other: then the numbers are what is wrong.
const MOST_IN_VAIN: u32 = 500;

/// How much lies in each folder less how much of it was told, in fixed memory: several folders share a
/// bucket. Where nothing is missing all are 0.
pub(super) struct Sketch(Vec<i32>);

impl Sketch {
    pub(super) fn new() -> Self {
        Self(vec![0; BUCKETS])
    }

    fn place(folder: &ItemId) -> usize {
        let mut hasher = DefaultHasher::new();
        folder.hash(&mut hasher);
        usize::try_from(hasher.finish() % BUCKETS as u64).unwrap_or(0)
    }

    pub(super) fn add(&mut self, folder: &ItemId, number: i64) {
        let number = i32::try_from(number).unwrap_or(i32::MAX);
        if let Some(bucket) = self.0.get_mut(Self::place(folder)) {
            *bucket = bucket.saturating_add(number);
        }
    }

    /// A folder was told, with the number of what lies in it.
    pub(super) fn folder(&mut self, id: &ItemId, row: &DriveItem) {
        let count = row.folder.as_ref().and_then(|folder| folder.child_count);
        self.add(id, count.unwrap_or(0));
    }

    /// Something was told that lies in the folder.
    pub(super) fn child(&mut self, folder: &ItemId) {
        self.add(folder, -1);
    }

    fn is_suspicious(&self, folder: &ItemId) -> bool {
        self.0
            .get(Self::place(folder))
            .is_some_and(|left| *left != 0)
    }

    fn is_even(&self) -> bool {
        self.0.iter().all(|left| *left == 0)
    }
}

impl Survey<'_> {
    /// Tells of what the list left out; whether that was nothing.
    pub(super) async fn recount(
        &mut self,
        listing: &mut Listing,
        sketch: &Sketch,
    ) -> Result<bool, SourceError> {
        if sketch.is_even() {
            return Ok(true);
        }
        tracing::info!(space = %listing.space, "folders hold more than was listed; looking into them");
        let mut complete = true;
        let mut in_vain = 0;
        let mut next = Some(self.client.delta(&listing.drive, None));
        while let Some(address) = next {
            let page: Page<DriveItem> = match self.client.get(&address, Cost::Two).await {
                Ok(page) => page,
                // Looked at as far as it goes; the next survey begins anew.
                Err(Failure::Resync(_)) => return Ok(false),
                Err(failure) => return Err(failure.into()),
            };
            for row in page.value {
                let of_this_drive = matches!(facet(&row), Facet::Folder | Facet::Root);
                let id = listing.drive.item(&row.id);
                if !of_this_drive || !sketch.is_suspicious(&id) || in_vain > MOST_IN_VAIN {
                    continue;
                }
                match self.missing_in(&row, listing).await? {
                    0 => in_vain += 1,
                    _ => {
                        in_vain = 0;
                        complete = false;
                    }
                }
            }
            next = match page.next_link {
                Some(link) => Some(self.client.link(&link)?),
                None => None,
            };
        }
        Ok(complete)
    }

    /// Tells of what lies in a folder and was not told; gives how much that was.
    async fn missing_in(
        &mut self,
        folder: &DriveItem,
        listing: &mut Listing,
    ) -> Result<usize, SourceError> {
        let folder = Locator::new(&listing.drive, &folder.id);
        let children: Vec<DriveItem> = match self.client.all(&self.client.children(&folder)).await {
            Ok(children) => children,
            Err(failure) => match failure.into() {
                // It went away, or is not for this account: the list has said so, or will.
                SourceError::NotFound | SourceError::Forbidden { .. } => return Ok(0),
                error => return Err(error),
            },
        };
        let mut missing = 0;
        for child in children {
            let id = listing.drive.item(&child.id);
            if self.sink.known(&id).await?.is_some() {
                continue;
            }
            missing += 1;
            let mut item = self.row(&child, listing).await?;
            if item.kind == ItemKind::File && item.obstacle.is_none() {
                item.obstacle = self.kept_back(&item).await?;
            }
            let top = Locator::new(&listing.drive, &child.id);
            let is_folder = facet(&child) == Facet::Folder && item.obstacle.is_none();
            let branch = Branch { top, item: id };
            self.sink.items(vec![item]).await?;
            if is_folder {
                self.crawl_by_children(branch, &listing.space).await?;
            }
        }
        Ok(missing)
    }

    /// Why a document that the list left out cannot be read, if it cannot.
    async fn kept_back(&mut self, item: &Item) -> Result<Option<Reason>, SourceError> {
        let Some(locator) = Locator::read(&item.locator) else {
            return Ok(None);
        };
        match self.client.probe(&locator).await {
            Ok(()) => Ok(None),
            Err(failure) => match failure.into() {
                SourceError::Forbidden { reason, .. } => Ok(Some(match reason {
                    Reason::SourceForbidden | Reason::SourceLocked => Reason::RetentionLocked,
                    reason => reason,
                })),
                SourceError::NotFound => Ok(Some(Reason::RetentionLocked)),
                error => Err(error),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(children: i64) -> DriveItem {
        serde_json::from_value(serde_json::json!({"id": "x", "folder": {"childCount": children}}))
            .unwrap()
    }

    #[test]
    fn what_is_missing_shows_and_nothing_else() {
        let mut sketch = Sketch::new();
        let ids: Vec<ItemId> = (0..1000).map(|n: u32| ItemId(n.to_string())).collect();
        // In any order.
        for (number, id) in ids.iter().enumerate() {
            (0..number % 7).for_each(|_| sketch.child(id));
            sketch.folder(id, &folder(i64::try_from(number % 7).unwrap()));
        }
        assert!(sketch.is_even());
        sketch.folder(&ids[17], &folder(1));
        assert!(!sketch.is_even());
        let suspicious = ids.iter().filter(|id| sketch.is_suspicious(id)).count();
        assert!((1..10).contains(&suspicious), "{suspicious}");
        assert!(sketch.is_suspicious(&ids[17]));
    }
}
