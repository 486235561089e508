//! What others share: added to one's own files, or only shared.

use super::error::Failure;
use super::ids::{DriveRef, Locator};
use super::item::{Facet, facet, item_of};
use super::listing::Listing;
use super::survey::{SHARED_WITH_ME, Survey};
use super::token::Branch;
use super::wire::DriveItem;
use crate::model::{Item, ItemId, ItemKind, Reason, Space, SpaceId, SpaceKind};
use crate::source::SourceError;

/// Before the id of what is shared while "Shared with me" is not taken along.
const LEFT_OUT: &str = "shared:";

impl Survey<'_> {
    /// Something of others that was added to a drive: a shortcut where it is listed in its own place, else
    /// what it leads to.
    pub(super) async fn remote(
        &mut self,
        row: &DriveItem,
        listing: &mut Listing,
    ) -> Result<Item, SourceError> {
        let id = listing.drive.item(&row.id);
        let parent = listing.parent(row);
        let Some(locator) = row.remote_item.as_deref().and_then(place) else {
            return Ok(nowhere(row, id, &listing.space, parent));
        };
        if self.drives.contains(&locator.drive.key()) {
            return Ok(shortcut(row, id, &listing.space, parent, &locator));
        }
        let item = self
            .stand_in(row, id, &listing.space, parent, &locator)
            .await?;
        self.added.insert(locator.item_id());
        listing.shared.push(item.id.clone());
        if item.kind == ItemKind::Folder && item.obstacle.is_none() {
            listing.branches.push(Branch {
                top: locator,
                item: item.id.clone(),
            });
        }
        Ok(item)
    }

    /// What lies elsewhere, as the item `id` of this place.
    async fn stand_in(
        &mut self,
        row: &DriveItem,
        id: ItemId,
        space: &SpaceId,
        parent: Option<ItemId>,
        locator: &Locator,
    ) -> Result<Item, SourceError> {
        let remote = row.remote_item.as_deref();
        let told = remote.filter(|remote| matches!(facet(remote), Facet::Folder | Facet::Package));
        // Of files only the drive that they lie in knows the digest.
        let target = match told {
            Some(remote) => Ok(remote.clone()),
            None => self.client.item(locator).await.map_err(SourceError::from),
        };
        let mut item = match &target {
            Ok(target) if facet(target) != Facet::Deleted => {
                item_of(target, &locator.drive, space, parent)
            }
            Ok(_) => nowhere(row, id.clone(), space, parent),
            Err(SourceError::NotFound) => nowhere(row, id.clone(), space, parent),
            Err(SourceError::Forbidden { .. }) => Item {
                obstacle: Some(Reason::SourceForbidden),
                ..nowhere(row, id.clone(), space, parent)
            },
            Err(_) => return target.map(|_| nowhere(row, id.clone(), space, parent)),
        };
        item.id = id;
        // It may have another name here.
        if let Some(name) = row.name.as_ref().filter(|name| !name.is_empty()) {
            item.name.clone_from(name);
        }
        Ok(item)
    }

    /// What was added to a drive by an earlier time: what happens there is not among the drive's changes.
    pub(super) async fn look_again(
        &mut self,
        shared: Vec<ItemId>,
        listing: &mut Listing,
    ) -> Result<(), SourceError> {
        for id in shared {
            if listing.shared.contains(&id) {
                continue;
            }
            let Some(mut item) = self.sink.known(&id).await? else {
                continue;
            };
            let Some(locator) = Locator::read(&item.locator) else {
                continue;
            };
            self.added.insert(locator.item_id());
            listing.shared.push(id.clone());
            let target = self.client.item(&locator).await.map_err(SourceError::from);
            match target {
                Ok(target) if facet(&target) != Facet::Deleted => {
                    let (name, parent) = (item.name, item.parent);
                    item = item_of(&target, &locator.drive, &listing.space, parent);
                    (item.id, item.name) = (id.clone(), name);
                }
                Ok(_) | Err(SourceError::NotFound) => {
                    item.obstacle = Some(Reason::ShortcutDangling);
                }
                Err(SourceError::Forbidden { .. }) => {
                    item.obstacle = Some(Reason::SourceForbidden);
                }
                Err(error) => return Err(error),
            }
            if item.kind == ItemKind::Folder && item.obstacle.is_none() {
                listing.branches.push(Branch {
                    top: locator,
                    item: id.clone(),
                });
            }
            // With all below it, which is told anew.
            self.sink.gone(vec![id]).await?;
            self.sink.items(vec![item]).await?;
        }
        Ok(())
    }

    /// What was shared and not added anywhere. Microsoft ends this list in November 2027; without it these
    /// files are found only by those who add them to their own.
    pub(super) async fn shared_with_me(&mut self) -> Result<(), SourceError> {
        let space = Space {
            id: SpaceId::new(SHARED_WITH_ME),
            kind: SpaceKind::SharedWithMe,
            name: "Shared with me".to_owned(),
            change_token: None,
        };
        let id = space.id.clone();
        self.sink.space(space).await?;
        let query = [("allowexternal", "true")];
        let address = self
            .client
            .address(&["me", "drive", "sharedWithMe"], &query);
        let rows: Vec<DriveItem> = match self.client.all(&address).await {
            Ok(rows) => rows,
            Err(Failure::Api(error))
                if matches!(error.status, 400 | 403 | 404 | 405 | 410 | 501) =>
            {
                tracing::info!(
                    status = error.status,
                    "there is no list of what others share"
                );
                return Ok(());
            }
            Err(failure) => return Err(failure.into()),
        };
        for row in rows {
            self.shared_row(&row, &id).await?;
        }
        Ok(())
    }

    async fn shared_row(&mut self, row: &DriveItem, space: &SpaceId) -> Result<(), SourceError> {
        let Some(locator) = row.remote_item.as_deref().and_then(place) else {
            return Ok(());
        };
        let target = locator.item_id();
        if self.drives.contains(&locator.drive.key()) || !self.added.insert(target.clone()) {
            return Ok(());
        }
        if !self.shared_with_me {
            let remote = row.remote_item.as_deref().unwrap_or(row);
            let mut item = item_of(remote, &locator.drive, space, None);
            item.id = ItemId(format!("{LEFT_OUT}{target}"));
            if let Some(name) = &row.name {
                item.name.clone_from(name);
            }
            return self.sink.items(vec![item]).await;
        }
        let item = self.stand_in(row, target, space, None, &locator).await?;
        let folder = item.kind == ItemKind::Folder && item.obstacle.is_none();
        let branch = Branch {
            top: locator,
            item: item.id.clone(),
        };
        self.sink.items(vec![item]).await?;
        if folder {
            self.crawl(branch, space).await?;
        }
        Ok(())
    }
}

/// Where an item of others lies.
fn place(remote: &DriveItem) -> Option<Locator> {
    let reference = remote.parent_reference.as_ref()?;
    let drive_id = reference.drive_id.as_deref()?;
    let kind = reference.drive_type.as_deref().unwrap_or_default();
    (!remote.id.is_empty()).then(|| Locator::new(&DriveRef::new(drive_id, kind), &remote.id))
}

fn shortcut(
    row: &DriveItem,
    id: ItemId,
    space: &SpaceId,
    parent: Option<ItemId>,
    locator: &Locator,
) -> Item {
    let name = row.name.clone().unwrap_or_default();
    let mut item = Item::new(space.clone(), id.0, parent, name, ItemKind::Shortcut);
    item.shortcut_target = Some(locator.item_id());
    item.version = locator.item_id().0;
    item.locator = locator.to_text();
    let remote = row.remote_item.as_deref();
    let page = row
        .web_url
        .as_ref()
        .or(remote.and_then(|r| r.web_url.as_ref()));
    item.web_link = page.filter(|page| page.starts_with("https://")).cloned();
    item
}

/// Something that was added and leads to nothing.
fn nowhere(row: &DriveItem, id: ItemId, space: &SpaceId, parent: Option<ItemId>) -> Item {
    let name = row.name.clone().unwrap_or_default();
    let mut item = Item::new(space.clone(), id.0, parent, name, ItemKind::Shortcut);
    item.obstacle = Some(Reason::ShortcutDangling);
    item
}
