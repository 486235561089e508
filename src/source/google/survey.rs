//! Everything there is, told page by page; nothing is held that grows with the number of items.
//!
//! 1. My Drive and the shared drives: one flat listing each, or what changed since the last survey.
//! 2. `shared.rs`: what others own finds its place, in one's own folders or in "Shared with me".
//! 3. `shortcuts.rs`: shortcuts to what is not listed are replaced by what they point to.

use std::collections::{BTreeMap, HashMap};

use super::client::Client;
use super::item::item_of;
use super::listing::Listing;
use super::token::ChangeToken;
use super::wire::{Drive, DriveList, File};
use crate::model::{Item, ItemId, ItemKind, Space, SpaceId, SpaceKind};
use crate::source::{SourceError, SurveySink};

pub(super) const MY_DRIVE: &str = "my-drive";
pub(super) const SHARED_WITH_ME: &str = "shared-with-me";

/// The parent of own files that lie in no folder: no item has this id, so that they are found as orphans.
const NO_FOLDER: &str = "orphan";
/// Before the id of an item's folder, until it is known whose folder that is.
const UNPLACED: &str = "unplaced:";
/// Before the id of what others own while "Shared with me" is not taken along. The files keep their own
/// ids free, so that a shortcut to one of them leads to something that is not listed, and is resolved.
const LEFT_OUT: &str = "shared:";

pub(super) struct Survey<'a> {
    pub(super) client: &'a Client,
    pub(super) sink: &'a mut dyn SurveySink,
    /// Whether "Shared with me" is taken along.
    pub(super) shared_with_me: bool,
    pub(super) shared_drives: bool,
    /// The id of My Drive's top.
    pub(super) root: String,
    /// Whether the account's own listing consists of changes only.
    pub(super) by_changes: bool,
    /// The spaces told of, and where their next survey goes on.
    pub(super) spaces: BTreeMap<SpaceId, (Space, ChangeToken)>,
    /// What shortcuts were resolved to, by its own id: the item that stands for it.
    pub(super) resolved: HashMap<String, ItemId>,
}

impl Survey<'_> {
    pub(super) async fn run(&mut self, since: &[Space]) -> Result<(), SourceError> {
        self.my_drive(since).await?;
        if self.shared_drives {
            self.all_shared_drives(since).await?;
        }
        self.place_shared().await?;
        self.resolve_shortcuts().await?;
        // Only now is it known which shortcuts a survey of changes has to look at again.
        for (mut space, token) in std::mem::take(&mut self.spaces).into_values() {
            space.change_token = token.to_text();
            self.sink.space(space).await?;
        }
        Ok(())
    }

    async fn my_drive(&mut self, since: &[Space]) -> Result<(), SourceError> {
        let space = Space {
            id: SpaceId::new(MY_DRIVE),
            kind: SpaceKind::Own,
            name: "My Drive".to_owned(),
            change_token: None,
        };
        // What happens inside a folder of others is not reliably among the account's changes.
        if !self.shared_with_me
            && let Some(earlier) = ChangeToken::of(since, &space.id)
            && !earlier.shared_with_me
        {
            self.by_changes = true;
            if self.changes(&space, None, earlier).await? {
                return Ok(());
            }
            self.by_changes = false;
        }
        // Before the listing: what changes meanwhile is told twice rather than never.
        let start = self.client.start_page_token(None).await?;
        self.begin(space, ChangeToken::new(start, self.shared_with_me))
            .await?;
        self.sink.space(shared_space()).await?;
        let mut listing = Listing::of_account(self.client);
        while let Some(page) = listing.next().await? {
            let items = page.iter().filter_map(|file| self.place(file)).collect();
            self.sink.items(items).await?;
        }
        Ok(())
    }

    async fn all_shared_drives(&mut self, since: &[Space]) -> Result<(), SourceError> {
        let mut token: Option<String> = None;
        loop {
            let mut query = vec![
                ("pageSize", "100"),
                ("fields", "nextPageToken,drives(id,name)"),
            ];
            query.extend(token.as_deref().map(|token| ("pageToken", token)));
            let page: DriveList = self.client.get(&["drives"], &query, &[]).await?;
            for drive in page.drives {
                self.shared_drive(drive, since).await?;
            }
            token = page.next_page_token;
            if token.is_none() {
                return Ok(());
            }
        }
    }

    async fn shared_drive(&mut self, drive: Drive, since: &[Space]) -> Result<(), SourceError> {
        let space = Space {
            id: drive_space(&drive.id),
            kind: SpaceKind::SharedDrive,
            name: drive.name,
            change_token: None,
        };
        if let Some(earlier) = ChangeToken::of(since, &space.id)
            && self.changes(&space, Some(&drive.id), earlier).await?
        {
            return Ok(());
        }
        let start = self.client.start_page_token(Some(&drive.id)).await?;
        let id = space.id.clone();
        self.begin(space, ChangeToken::new(start, false)).await?;
        let mut listing = Listing::of_drive(self.client, &drive.id);
        while let Some(page) = listing.next().await? {
            let place = |file| place_in_drive(file, &drive.id, &id);
            self.sink
                .items(page.iter().filter_map(place).collect())
                .await?;
        }
        Ok(())
    }

    /// Tells of a space, and remembers it for the end of the survey.
    pub(super) async fn begin(
        &mut self,
        space: Space,
        token: ChangeToken,
    ) -> Result<(), SourceError> {
        let told = Space {
            change_token: token.to_text(),
            ..space.clone()
        };
        self.spaces.insert(space.id.clone(), (space, token));
        self.sink.space(told).await
    }

    /// A file of the account's own listing as an item. What others own has its place only for now, until
    /// all folders are known.
    pub(super) fn place(&self, file: &File) -> Option<Item> {
        if file.trashed || file.drive_id.is_some() || file.id == self.root {
            return None;
        }
        let own = SpaceId::new(MY_DRIVE);
        let parent = file.parents.first();
        let owned = file.owned_by_me.unwrap_or(true);
        Some(match parent {
            Some(parent) if *parent == self.root => item_of(file, &own, None),
            Some(parent) if owned => item_of(file, &own, Some(ItemId::new(parent))),
            None if owned => item_of(file, &own, Some(ItemId::new(NO_FOLDER))),
            parent => self.shared_item(file, parent.map(String::as_str)),
        })
    }

    fn shared_item(&self, file: &File, parent: Option<&str>) -> Item {
        let mut item = item_of(file, &SpaceId::new(SHARED_WITH_ME), None);
        let is_branch = self.shared_with_me && item.kind == ItemKind::Folder;
        if parent.is_some() || is_branch || self.by_changes {
            item.parent = Some(unplaced(parent.unwrap_or_default()));
        }
        if !self.shared_with_me {
            item.id = left_out(&file.id);
        }
        item
    }
}

/// A file of a shared drive as an item; the drive itself is the top.
pub(super) fn place_in_drive(file: &File, drive: &str, space: &SpaceId) -> Option<Item> {
    if file.trashed || file.id == drive {
        return None;
    }
    let parent = file.parents.first().filter(|parent| *parent != drive);
    Some(item_of(file, space, parent.map(ItemId::new)))
}

pub(super) fn drive_space(drive: &str) -> SpaceId {
    SpaceId(format!("drive:{drive}"))
}

pub(super) fn shared_space() -> Space {
    Space {
        id: SpaceId::new(SHARED_WITH_ME),
        kind: SpaceKind::SharedWithMe,
        name: "Shared with me".to_owned(),
        change_token: None,
    }
}

fn unplaced(parent: &str) -> ItemId {
    ItemId(format!("{UNPLACED}{parent}"))
}

/// The id of the folder of an item that has no place yet; empty where Drive shows none.
pub(super) fn folder_of_unplaced(item: &Item) -> Option<&str> {
    item.parent.as_ref()?.as_str().strip_prefix(UNPLACED)
}

pub(super) fn left_out(id: &str) -> ItemId {
    ItemId(format!("{LEFT_OUT}{id}"))
}

/// Drive's own id of an item.
pub(super) fn drive_id(id: &ItemId) -> &str {
    id.as_str().strip_prefix(LEFT_OUT).unwrap_or(id.as_str())
}
