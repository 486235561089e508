//! Shortcuts to what is not among the items: once each, and only one step far.

use futures::stream::{self, StreamExt as _};

use super::client::Client;
use super::item::{Locator, is_folder, item_of, page_of};
use super::shared::{Branch, Growth};
use super::survey::{SHARED_WITH_ME, Survey, drive_id, drive_space};
use super::wire::File;
use crate::model::{Item, ItemId, ItemKind, Reason, SpaceId};
use crate::source::SourceError;

const BATCH: usize = 200;
const AT_ONCE: usize = 8;
/// Beyond this many targets outside, a second shortcut to one of them is no longer noticed and brings a
/// second copy: better than memory that grows without an end.
const MOST_RESOLVED: usize = 10_000;
const DEEPEST: usize = 200;

impl Survey<'_> {
    /// Replaces shortcuts whose target is not listed by what they point to.
    pub(super) async fn resolve_shortcuts(&mut self) -> Result<(), SourceError> {
        // Folders first: a file in one of them then needs no shortcut of its own.
        for folders in [true, false] {
            let mut after: Option<ItemId> = None;
            loop {
                let found = self.sink.dangling_shortcuts(after.as_ref(), BATCH).await?;
                let Some(last) = found.last() else {
                    break;
                };
                after = Some(last.id.clone());
                self.resolve_batch(found, folders).await?;
            }
        }
        Ok(())
    }

    async fn resolve_batch(&mut self, found: Vec<Item>, folders: bool) -> Result<(), SourceError> {
        let wanted = |item: &Item| {
            let is_folder = item.media_type.as_deref() == Some(super::item::FOLDER);
            let left_out = item.space.0 == SHARED_WITH_ME && !self.shared_with_me;
            is_folder == folders && !left_out
        };
        let found: Vec<Item> = found.into_iter().filter(wanted).collect();
        let client: &Client = self.client;
        let mut targets = stream::iter(found)
            .map(|shortcut| async move {
                let target = client.file(&Locator::read(&shortcut.locator)).await;
                (shortcut, target)
            })
            .buffered(AT_ONCE);
        while let Some((shortcut, target)) = targets.next().await {
            match target.map_err(SourceError::from) {
                Ok(target) => self.resolve(shortcut, target).await?,
                Err(SourceError::NotFound | SourceError::Forbidden { .. }) => {
                    self.obstruct(shortcut, Reason::ShortcutDangling).await?;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    async fn resolve(&mut self, shortcut: Item, target: File) -> Result<(), SourceError> {
        if target.trashed {
            return self.obstruct(shortcut, Reason::ShortcutDangling).await;
        }
        if let Some(reason) = self.reason_not_to_follow(&shortcut, &target).await? {
            return self.obstruct(shortcut, reason).await;
        }
        // A folder that was resolved a moment ago may have brought it.
        if self.sink.known(&ItemId::new(&target.id)).await?.is_some() {
            return Ok(());
        }
        if let Some(first) = self.resolved.get(&target.id) {
            let mut again = shortcut;
            again.shortcut_target = Some(first.clone());
            again.obstacle = None;
            return self.sink.items(vec![again]).await;
        }
        let mut item = item_of(&target, &shortcut.space, shortcut.parent);
        item.id = shortcut.id;
        item.name = shortcut.name;
        item.favourite |= shortcut.favourite;
        item.shortcut_target = None;
        if self.resolved.len() < MOST_RESOLVED {
            self.resolved.insert(target.id.clone(), item.id.clone());
        }
        if let Some((_, token)) = self.spaces.get_mut(&item.space) {
            token.add_outsider(item.id.clone());
        }
        let branch = Branch {
            locator: locator_with_key(&target, &shortcut.locator),
            item: item.id.clone(),
        };
        item.locator = branch.locator.to_text();
        let space = item.space.clone();
        self.sink.items(vec![item]).await?;
        if is_folder(&target) {
            let drive = target.drive_id.as_deref();
            self.grow(branch, &space, drive, Growth::ThroughShortcut)
                .await?;
        }
        Ok(())
    }

    /// Why a target is not taken in the shortcut's place although it is there.
    async fn reason_not_to_follow(
        &mut self,
        shortcut: &Item,
        target: &File,
    ) -> Result<Option<Reason>, SourceError> {
        let whole_drive = target.drive_id.as_ref() == Some(&target.id);
        if target.id == self.root || target.shortcut_details.is_some() {
            return Ok(Some(Reason::ShortcutLoop));
        }
        if whole_drive && shortcut.space == drive_space(&target.id) {
            return Ok(Some(Reason::ShortcutLoop));
        }
        if whole_drive && self.spaces.contains_key(&drive_space(&target.id)) {
            return Ok(Some(Reason::ShortcutTargetMoved));
        }
        let inside = is_folder(target) && self.lies_in(shortcut, &target.id).await?;
        Ok(inside.then_some(Reason::ShortcutLoop))
    }

    /// Whether the folder `id` is above an item.
    async fn lies_in(&mut self, item: &Item, id: &str) -> Result<bool, SourceError> {
        let mut parent = item.parent.clone();
        for _ in 0..DEEPEST {
            let Some(above) = parent else {
                return Ok(false);
            };
            if drive_id(&above) == id {
                return Ok(true);
            }
            parent = self.sink.known(&above).await?.and_then(|item| item.parent);
        }
        Ok(true)
    }

    async fn obstruct(&mut self, mut shortcut: Item, reason: Reason) -> Result<(), SourceError> {
        shortcut.obstacle = Some(reason);
        self.sink.items(vec![shortcut]).await
    }

    /// What lies in a folder that a shortcut led to.
    pub(super) async fn child_through_shortcut(
        &mut self,
        file: &File,
        branch: &Branch,
        space: &SpaceId,
    ) -> Result<Option<Item>, SourceError> {
        if let Some(known) = self.sink.known(&ItemId::new(&file.id)).await? {
            let here = known.parent.is_some_and(|parent| {
                parent == branch.item || parent.as_str() == branch.locator.id
            });
            if !here {
                return Ok(None);
            }
        }
        let mut item = item_of(file, space, Some(branch.item.clone()));
        if let Some(stand_in) = self.resolved.get(&file.id) {
            item.kind = ItemKind::Shortcut;
            item.shortcut_target = Some(stand_in.clone());
        } else if let Some(target) = item.shortcut_target.clone()
            && self.sink.known(&target).await?.is_none()
        {
            // A shortcut outside is not followed again; a link to its page loses nothing.
            item.kind = ItemKind::Webpage;
            item.shortcut_target = None;
            item.version = target.0.clone();
            item.web_link = Some(page_of(&target.0));
        }
        Ok(Some(item))
    }
}

/// The target's locator; its key may be known to the shortcut only.
fn locator_with_key(target: &File, shortcut_locator: &str) -> Locator {
    match &target.resource_key {
        Some(_) => Locator::of(target),
        None => Locator::read(shortcut_locator),
    }
}
