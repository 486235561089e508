//! What changed since an earlier survey
//! (<https://developers.google.com/workspace/drive/api/guides/manage-changes>).

use super::client::Client;
use super::error::Failure;
use super::item::Locator;
use super::shared::{Branch, Growth};
use super::survey::{MY_DRIVE, SHARED_WITH_ME, Survey, left_out, place_in_drive, shared_space};
use super::token::ChangeToken;
use super::wire::{CHANGE_FIELDS, Change, ChangeList, File};
use crate::model::{Item, ItemId, ItemKind, Space, SpaceId};
use crate::source::SourceError;

impl Client {
    async fn changes(&self, token: &str, drive: Option<&str>) -> Result<ChangeList, Failure> {
        let mut query = vec![
            ("pageToken", token),
            ("pageSize", "1000"),
            ("includeRemoved", "true"),
            ("supportsAllDrives", "true"),
            ("fields", CHANGE_FIELDS),
        ];
        if let Some(drive) = drive {
            query.extend([("driveId", drive), ("includeItemsFromAllDrives", "true")]);
        }
        self.get(&["changes"], &query, &[]).await
    }
}

impl Survey<'_> {
    /// Tells of what changed since `earlier`. `false`: the server no longer knows that token, nothing was
    /// told, and everything has to be listed.
    pub(super) async fn changes(
        &mut self,
        space: &Space,
        drive: Option<&str>,
        earlier: ChangeToken,
    ) -> Result<bool, SourceError> {
        let mut page = match self.client.changes(&earlier.start, drive).await {
            Ok(page) => page,
            Err(failure) if failure.rejects_page_token() || failure.has_reason("notFound") => {
                tracing::info!(space = %space.id, "the change token is no longer known; listing all");
                return Ok(false);
            }
            Err(failure) => return Err(failure.into()),
        };
        let token = ChangeToken::new(earlier.start.clone(), false);
        self.begin(space.clone(), token).await?;
        self.sink.unchanged_unless_told(&space.id).await?;
        if drive.is_none() {
            let shared = shared_space();
            let id = shared.id.clone();
            self.sink.space(shared).await?;
            self.sink.unchanged_unless_told(&id).await?;
        }
        let start = loop {
            self.apply(page.changes, &space.id, drive).await?;
            page = match (page.next_page_token, page.new_start_page_token) {
                (Some(next), _) => self.client.changes(&next, drive).await?,
                (None, Some(start)) => break start,
                (None, None) => {
                    return Err(SourceError::protocol("changes without a next token"));
                }
            };
        };
        if let Some((_, token)) = self.spaces.get_mut(&space.id) {
            token.start = start;
        }
        for shortcut in earlier.outsiders {
            self.look_again(shortcut, &space.id, drive).await?;
        }
        Ok(true)
    }

    async fn apply(
        &mut self,
        changes: Vec<Change>,
        space: &SpaceId,
        drive: Option<&str>,
    ) -> Result<(), SourceError> {
        let mut gone = Vec::new();
        let mut items = Vec::new();
        let mut folders = Vec::new();
        for change in changes {
            let Some(id) = change.file_id.filter(|_| change.change_type != "drive") else {
                continue;
            };
            let file = change.file.filter(|_| !change.removed);
            match file.as_ref().and_then(|file| self.here(file, space, drive)) {
                Some(item) => {
                    // A folder that comes out of the trash need not bring its content into the changes.
                    if item.kind == ItemKind::Folder
                        && item.space == *space
                        && self.sink.known(&item.id).await?.is_none()
                    {
                        folders.push(item.clone());
                    }
                    items.push(item);
                }
                None => self.add_gone(&id, space, &mut gone).await?,
            }
        }
        self.sink.gone(gone).await?;
        self.sink.items(items).await?;
        for folder in folders {
            let branch = Branch {
                locator: Locator::read(&folder.locator),
                item: folder.id,
            };
            self.grow(branch, space, drive, Growth::InPlace).await?;
        }
        Ok(())
    }

    /// A changed file as an item, where it still lies in this space.
    fn here(&self, file: &File, space: &SpaceId, drive: Option<&str>) -> Option<Item> {
        match drive {
            None => self.place(file),
            Some(drive) if file.drive_id.as_deref() == Some(drive) => {
                place_in_drive(file, drive, space)
            }
            Some(_) => None,
        }
    }

    /// What left this space is gone, unless another space has told of it already.
    async fn add_gone(
        &mut self,
        id: &str,
        space: &SpaceId,
        gone: &mut Vec<ItemId>,
    ) -> Result<(), SourceError> {
        for id in [ItemId::new(id), left_out(id)] {
            if let Some(item) = self.sink.known(&id).await? {
                let of_account = space.0 == MY_DRIVE && item.space.0 == SHARED_WITH_ME;
                if item.space == *space || of_account {
                    gone.push(id);
                }
            }
        }
        Ok(())
    }

    /// Makes a resolved shortcut a shortcut again: what it points to is not among this space's changes.
    async fn look_again(
        &mut self,
        id: ItemId,
        space: &SpaceId,
        drive: Option<&str>,
    ) -> Result<(), SourceError> {
        let Some(known) = self.sink.known(&id).await? else {
            return Ok(());
        };
        let shortcut = if known.kind == ItemKind::Shortcut {
            Some(known)
        } else {
            match self.client.file(&Locator::new(id.as_str(), None)).await {
                Ok(file) => self.here(&file, space, drive),
                Err(failure) => match failure.into() {
                    SourceError::NotFound | SourceError::Forbidden { .. } => None,
                    error => return Err(error),
                },
            }
        };
        self.sink.gone(vec![id]).await?;
        self.sink.items(shortcut.into_iter().collect()).await
    }
}
