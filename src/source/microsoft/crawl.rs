//! Folders that lie in drives of others: listed by themselves, below the item that stands for them.

use super::error::Failure;
use super::ids::{DriveKind, Locator};
use super::item::{Facet, facet, item_of};
use super::pace::Cost;
use super::survey::Survey;
use super::token::Branch;
use super::wire::{DriveItem, Page};
use crate::model::{Item, ItemId, ItemKind, Reason, SpaceId};
use crate::source::SourceError;

/// OneDrive allows paths of 400 characters: what is deeper can only be a loop.
const DEEPEST: usize = 250;
const MOST_RESTARTS: u8 = 5;
/// A folder whose list comes short more often than this has a wrong number.
const MOST_LISTINGS: u8 = 3;

impl Survey<'_> {
    /// Tells of all that lies in a folder of others. One that cannot be read any more is marked.
    pub(super) async fn crawl(
        &mut self,
        branch: Branch,
        space: &SpaceId,
    ) -> Result<(), SourceError> {
        // Personal drives list any folder with all below it, and miss nothing that changes meanwhile;
        // others only their top.
        if branch.top.drive.kind == DriveKind::Personal
            && self.crawl_by_list(&branch, space).await?
        {
            return Ok(());
        }
        self.crawl_by_children(branch, space).await
    }

    /// By one flat list; `false`: this folder has none.
    async fn crawl_by_list(
        &mut self,
        branch: &Branch,
        space: &SpaceId,
    ) -> Result<bool, SourceError> {
        let drive = &branch.top.drive;
        let top = branch.top.item_id();
        let beginning = self.client.delta(drive, Some(&branch.top.item));
        let mut address = beginning.clone();
        let mut first = true;
        let mut restarts = 0;
        loop {
            let page: Page<DriveItem> = match self.client.get(&address, Cost::Two).await {
                Ok(page) => page,
                Err(failure) if failure.resync().is_some() && restarts < MOST_RESTARTS => {
                    restarts += 1;
                    address = beginning.clone();
                    continue;
                }
                Err(Failure::Api(error)) if first && matches!(error.status, 400 | 403 | 404) => {
                    return Ok(false);
                }
                Err(failure) => return Err(failure.into()),
            };
            first = false;
            let mut items = Vec::with_capacity(page.value.len());
            for row in page.value {
                let id = drive.item(&row.id);
                if id == top || matches!(facet(&row), Facet::Deleted | Facet::Root) {
                    continue;
                }
                let parent = row
                    .parent_reference
                    .as_ref()
                    .and_then(|up| up.id.as_deref());
                let parent = parent.map(|parent| drive.item(parent));
                let parent = parent.filter(|parent| *parent != top);
                let parent = parent.unwrap_or_else(|| branch.item.clone());
                items.push(below(&row, branch, space, parent));
            }
            self.sink.items(items).await?;
            match page.next_link {
                Some(link) => address = self.client.link(&link)?,
                None => return Ok(true),
            }
        }
    }

    /// One folder after the other. Holds one page, and the siblings of each level.
    pub(super) async fn crawl_by_children(
        &mut self,
        branch: Branch,
        space: &SpaceId,
    ) -> Result<(), SourceError> {
        let mut path: Vec<ItemId> = Vec::new();
        let mut levels = vec![vec![(branch, None)]];
        while let Some(waiting) = levels.last_mut() {
            let Some((branch, children)) = waiting.pop() else {
                levels.pop();
                path.pop();
                continue;
            };
            path.push(branch.top.item_id());
            let below = self.folder(&branch, children, space, &path).await?;
            levels.push(below);
        }
        Ok(())
    }

    /// One folder, with `children` in it if that is known; gives the folders in it.
    async fn folder(
        &mut self,
        branch: &Branch,
        children: Option<i64>,
        space: &SpaceId,
        path: &[ItemId],
    ) -> Result<Vec<(Branch, Option<i64>)>, SourceError> {
        let children = match children {
            Some(children) => Some(children),
            None => self.child_count(&branch.top).await?,
        };
        let mut tries = 0;
        loop {
            let (seen, below) = match self.list(branch, space, path).await {
                Ok(listed) => listed,
                Err(error @ (SourceError::NotFound | SourceError::Forbidden { .. })) => {
                    self.close(&branch.item, &error).await?;
                    return Ok(Vec::new());
                }
                Err(error) => return Err(error),
            };
            // Pages of children may leave some out while others write there.
            tries += 1;
            if children.is_none_or(|children| seen >= children) || tries >= MOST_LISTINGS {
                return Ok(below);
            }
        }
    }

    /// How much lies in a folder, if that can be known.
    async fn child_count(&mut self, folder: &Locator) -> Result<Option<i64>, SourceError> {
        match self.client.item(folder).await {
            Ok(item) => Ok(item.folder.and_then(|folder| folder.child_count)),
            // The list will say so, too.
            Err(Failure::Api(error)) if matches!(error.status, 403 | 404) => Ok(None),
            Err(failure) => Err(failure.into()),
        }
    }

    async fn list(
        &mut self,
        branch: &Branch,
        space: &SpaceId,
        path: &[ItemId],
    ) -> Result<(i64, Vec<(Branch, Option<i64>)>), SourceError> {
        let mut seen = 0;
        let mut folders = Vec::new();
        let mut next = Some(self.client.children(&branch.top));
        while let Some(address) = next {
            let page: Page<DriveItem> = self.client.get(&address, Cost::Two).await?;
            let mut items = Vec::with_capacity(page.value.len());
            for row in page.value {
                seen += 1;
                if facet(&row) == Facet::Deleted {
                    continue;
                }
                let mut item = below(&row, branch, space, branch.item.clone());
                if facet(&row) == Facet::Folder {
                    let top = Locator::new(&branch.top.drive, &row.id);
                    if path.len() >= DEEPEST || path.contains(&top.item_id()) {
                        item.obstacle = Some(Reason::ShortcutLoop);
                    } else {
                        let count = row.folder.as_ref().and_then(|folder| folder.child_count);
                        let item = item.id.clone();
                        folders.push((Branch { top, item }, count));
                    }
                }
                items.push(item);
            }
            self.sink.items(items).await?;
            next = match page.next_link {
                Some(link) => Some(self.client.link(&link)?),
                None => None,
            };
        }
        Ok((seen, folders))
    }

    /// Marks what was shared and cannot be read.
    pub(super) async fn close(
        &mut self,
        id: &ItemId,
        error: &SourceError,
    ) -> Result<(), SourceError> {
        if let Some(mut item) = self.sink.known(id).await? {
            item.obstacle = Some(match error {
                SourceError::NotFound => Reason::ShortcutDangling,
                _ => Reason::SourceForbidden,
            });
            self.sink.items(vec![item]).await?;
        }
        Ok(())
    }
}

/// Something in a folder of others. What leads on to a third drive is not followed: a link to its page
/// loses nothing.
fn below(row: &DriveItem, branch: &Branch, space: &SpaceId, parent: ItemId) -> Item {
    let mut item = item_of(row, &branch.top.drive, space, Some(parent));
    if let Some(remote) = &row.remote_item {
        let page = row.web_url.as_ref().or(remote.web_url.as_ref());
        let page = page.filter(|page| page.starts_with("https://")).cloned();
        item.kind = ItemKind::Webpage;
        item.obstacle = page.is_none().then_some(Reason::ShortcutDangling);
        item.version = page.clone().unwrap_or_default();
        item.web_link = page;
    }
    item
}
