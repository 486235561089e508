//! What others own: where it belongs, and what lies in it.

use std::collections::HashMap;

use super::item::{Locator, is_folder};
use super::listing::Listing;
use super::survey::{MY_DRIVE, SHARED_WITH_ME, Survey, drive_id, folder_of_unplaced, left_out};
use super::wire::File;
use crate::model::{Item, ItemId, ItemKind, Reason, SpaceId};
use crate::source::SourceError;

const BATCH: usize = 500;
/// Drive allows a hundred levels in a shared drive; deeper than this it can only be a loop.
const DEEPEST: usize = 200;

/// A folder that is listed, and the item that stands for it: itself, or a shortcut to it.
#[derive(Debug, Clone)]
pub(super) struct Branch {
    pub(super) locator: Locator,
    pub(super) item: ItemId,
}

/// How the content of a folder is told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Growth {
    /// It lies where Drive shows it.
    InPlace,
    /// It is reached through a shortcut; what lies elsewhere already stays there.
    ThroughShortcut,
}

/// One batch of items that find their place.
#[derive(Default)]
struct Batch {
    /// By the id that they had before.
    placed: HashMap<ItemId, Item>,
    /// Ids that their items no longer have.
    gone: Vec<ItemId>,
    /// Folders whose content is still to be listed.
    branches: Vec<Item>,
}

impl Batch {
    fn placed_folder(&self, id: &str) -> Option<&Item> {
        let placed = self.placed.get(&left_out(id));
        placed.or_else(|| self.placed.get(&ItemId::new(id)))
    }
}

impl Survey<'_> {
    /// Gives every item that others own its place: below a folder of one's own, or in "Shared with me".
    pub(super) async fn place_shared(&mut self) -> Result<(), SourceError> {
        let space = SpaceId::new(SHARED_WITH_ME);
        let mut after: Option<ItemId> = None;
        loop {
            let found = self
                .sink
                .without_parent(&space, after.as_ref(), BATCH)
                .await?;
            let Some(last) = found.last() else {
                return Ok(());
            };
            after = Some(last.id.clone());
            let mut batch = Batch::default();
            for item in found {
                self.place_chain(item, &mut batch).await?;
            }
            self.sink.gone(batch.gone).await?;
            self.sink
                .items(batch.placed.into_values().collect())
                .await?;
            for folder in batch.branches {
                let branch = Branch {
                    locator: Locator::read(&folder.locator),
                    item: folder.id,
                };
                self.grow(branch, &folder.space, None, Growth::InPlace)
                    .await?;
            }
        }
    }

    /// Places an item and all folders above it that have no place yet.
    async fn place_chain(&mut self, item: Item, batch: &mut Batch) -> Result<(), SourceError> {
        if batch.placed.contains_key(&item.id) {
            return Ok(());
        }
        let mut chain = vec![item];
        let mut above = None;
        // What is below a folder of others is told of when that folder is listed.
        let mut own_above = true;
        while let Some(folder) = chain.last().and_then(folder_of_unplaced) {
            if let Some(placed) = batch.placed_folder(folder) {
                above = Some(placed.clone());
                own_above = false;
                break;
            }
            let Some(found) = self.known_by_drive_id(folder).await? else {
                break;
            };
            if folder_of_unplaced(&found).is_none() {
                own_above = found.space.0 == MY_DRIVE;
                above = Some(found);
                break;
            }
            let is_loop = chain.iter().any(|item| item.id == found.id);
            if is_loop || chain.len() > DEEPEST {
                break;
            }
            chain.push(found);
        }
        while let Some(mut item) = chain.pop() {
            if folder_of_unplaced(&item).is_none() {
                continue;
            }
            let before = item.id.clone();
            self.put_below(&mut item, above.as_ref(), &mut batch.gone)
                .await?;
            let taken = item.space.0 == MY_DRIVE || self.shared_with_me;
            if own_above && taken && item.kind == ItemKind::Folder {
                batch.branches.push(item.clone());
            }
            own_above = false;
            batch.placed.insert(before, item.clone());
            above = Some(item);
        }
        Ok(())
    }

    /// Puts an item below `above`, or at the top of "Shared with me".
    async fn put_below(
        &mut self,
        item: &mut Item,
        above: Option<&Item>,
        gone: &mut Vec<ItemId>,
    ) -> Result<(), SourceError> {
        let own_id = ItemId::new(drive_id(&item.id));
        item.parent = above.map(|above| above.id.clone());
        match above {
            Some(above) if above.space.0 == MY_DRIVE => {
                item.space = above.space.clone();
                if item.id != own_id {
                    gone.push(std::mem::replace(&mut item.id, own_id));
                }
            }
            _ => {
                // It lay in a folder of one's own when it was surveyed the last time.
                if self.by_changes && item.id != own_id && self.sink.known(&own_id).await?.is_some()
                {
                    gone.push(own_id);
                }
            }
        }
        Ok(())
    }

    pub(super) async fn known_by_drive_id(
        &mut self,
        id: &str,
    ) -> Result<Option<Item>, SourceError> {
        if id.is_empty() {
            return Ok(None);
        }
        match self.sink.known(&ItemId::new(id)).await? {
            None if !self.shared_with_me => self.sink.known(&left_out(id)).await,
            found => Ok(found),
        }
    }

    /// Tells of all that lies in a folder, listing one folder after the other: descendants of what is
    /// shared need not be in the account's own listing. Holds one page, and the siblings of each level.
    pub(super) async fn grow(
        &mut self,
        top: Branch,
        space: &SpaceId,
        drive: Option<&str>,
        growth: Growth,
    ) -> Result<(), SourceError> {
        let mut path: Vec<String> = Vec::new();
        let mut levels = vec![vec![top]];
        while let Some(waiting) = levels.last_mut() {
            let Some(branch) = waiting.pop() else {
                levels.pop();
                path.pop();
                continue;
            };
            path.push(branch.locator.id.clone());
            let below = self.grow_one(&branch, space, drive, growth, &path).await?;
            levels.push(below);
        }
        Ok(())
    }

    /// One folder; gives the folders in it.
    async fn grow_one(
        &mut self,
        branch: &Branch,
        space: &SpaceId,
        drive: Option<&str>,
        growth: Growth,
        path: &[String],
    ) -> Result<Vec<Branch>, SourceError> {
        let mut below = Vec::new();
        let mut listing = Listing::of_folder(self.client, &branch.locator, drive);
        loop {
            let page = match listing.next().await {
                Ok(Some(page)) => page,
                Ok(None) => return Ok(below),
                Err(SourceError::NotFound | SourceError::Forbidden { .. }) => {
                    self.close(&branch.item).await?;
                    return Ok(below);
                }
                Err(error) => return Err(error),
            };
            let mut items = Vec::with_capacity(page.len());
            for file in page.iter().filter(|file| !file.trashed) {
                let Some(mut item) = self.child(file, branch, space, growth).await? else {
                    continue;
                };
                if is_folder(file) && item.kind == ItemKind::Folder {
                    if path.len() >= DEEPEST || path.contains(&file.id) {
                        item.obstacle = Some(Reason::ShortcutLoop);
                    } else {
                        below.push(Branch {
                            locator: Locator::of(file),
                            item: item.id.clone(),
                        });
                    }
                }
                items.push(item);
            }
            self.sink.items(items).await?;
        }
    }

    /// What is found in a folder, as an item; `None` where it stays elsewhere.
    async fn child(
        &mut self,
        file: &File,
        branch: &Branch,
        space: &SpaceId,
        growth: Growth,
    ) -> Result<Option<Item>, SourceError> {
        if growth == Growth::ThroughShortcut {
            return self.child_through_shortcut(file, branch, space).await;
        }
        let left_out = left_out(&file.id);
        if !self.shared_with_me
            && file.owned_by_me == Some(false)
            && self.sink.known(&left_out).await?.is_some()
        {
            self.sink.gone(vec![left_out]).await?;
        }
        let parent = Some(branch.item.clone());
        Ok(Some(super::item::item_of(file, space, parent)))
    }

    /// Marks a folder that Drive shows but does not let us list.
    async fn close(&mut self, folder: &ItemId) -> Result<(), SourceError> {
        if let Some(mut item) = self.sink.known(folder).await? {
            item.obstacle = Some(Reason::SourceForbidden);
            self.sink.items(vec![item]).await?;
        }
        Ok(())
    }
}
