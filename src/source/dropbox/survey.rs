//! Everything there is, told page by page; nothing is held that grows with the number of items.
//!
//! 1. The member's own files, with the shared folders that are mounted there.
//! 2. `team.rs`: the folders of the team's space.
//! 3. `shared.rs`: what others shared and is among no files yet.
//!
//! Each place is one recursive listing, or `changes.rs`: what changed since the last one. Of the paths that
//! Dropbox tells, only the last part is sure to be written as the owner wrote it
//! (`files.stone`, `Metadata.path_display`), so that paths only serve to find the folders, whose own names
//! count.

use std::collections::HashSet;

use super::client::{Client, Root};
use super::item::{Place, file_item, folder_item, folder_of};
use super::listing::Listing;
use super::parents::Parents;
use super::shared::obstacle;
use super::wire::{Account, Deleted, File, Folder, Metadata};
use crate::model::{Item, ItemId, ItemKind, Space, SpaceId, SpaceKind};
use crate::source::{SourceError, SurveySink};

pub(super) const HOME: &str = "home";
/// Before the path of an item's folder that was not told of yet.
const UNPLACED: &str = "at:";
/// Items of unknown folder that are looked at at a time.
const SOME: usize = 500;

pub(super) struct Survey<'a> {
    pub(super) client: &'a Client,
    pub(super) sink: &'a mut dyn SurveySink,
    pub(super) account: Account,
    /// Whether what others shared is taken along.
    pub(super) shared_with_me: bool,
    /// Whether the team's folders are.
    pub(super) shared_drives: bool,
    pub(super) parents: Parents,
    /// The paths of folders of this listing that another one has told of.
    twice: HashSet<String>,
}

impl<'a> Survey<'a> {
    pub(super) fn new(client: &'a Client, sink: &'a mut dyn SurveySink, account: Account) -> Self {
        Self {
            client,
            sink,
            account,
            shared_with_me: false,
            shared_drives: false,
            parents: Parents::default(),
            twice: HashSet::new(),
        }
    }

    pub(super) async fn run(&mut self, since: &[Space]) -> Result<(), SourceError> {
        let home = Space {
            id: SpaceId::new(HOME),
            kind: SpaceKind::Own,
            name: "Dropbox".to_owned(),
            change_token: None,
        };
        let place = Place {
            space: home.id.clone(),
            root: Root::Home,
            top: None,
            prefix: String::new(),
        };
        self.space(home, &place, since).await?;
        if self.shared_drives {
            self.team(since).await?;
        }
        self.shared(since).await
    }

    /// The root that shows everything: of a team that has a space of its own, that.
    pub(super) fn root(&self) -> Root {
        let info = &self.account.root_info;
        if info.root_namespace_id == info.home_namespace_id {
            Root::Home
        } else {
            Root::Team(info.root_namespace_id.clone())
        }
    }

    /// Tells of a space that one listing makes up.
    pub(super) async fn space(
        &mut self,
        space: Space,
        place: &Place,
        since: &[Space],
    ) -> Result<(), SourceError> {
        let earlier = since.iter().find(|earlier| earlier.id == space.id);
        let cursor = match earlier.and_then(|earlier| earlier.change_token.clone()) {
            Some(cursor) => self.changes(&space, place, cursor).await?,
            None => None,
        };
        let cursor = match cursor {
            Some(cursor) => Some(cursor),
            None => {
                self.sink.space(space.clone()).await?;
                self.sink.listed_afresh(&space.id).await?;
                self.begin();
                let listing = Listing::new(self.client, &place.root, "");
                let cursor = self.list(listing, place).await?;
                self.find_folders(place).await?;
                cursor
            }
        };
        self.sink
            .space(Space {
                change_token: cursor,
                ..space
            })
            .await
    }

    /// Tells of everything in a listing. Gives the cursor for a later survey, if there is one.
    pub(super) async fn list(
        &mut self,
        mut listing: Listing<'_>,
        place: &Place,
    ) -> Result<Option<String>, SourceError> {
        while let Some(page) = listing.next().await? {
            self.apply(page, place).await?;
        }
        Ok(listing.cursor())
    }

    pub(super) fn begin(&mut self) {
        self.parents.clear();
        self.twice.clear();
    }

    /// Tells of the entries of a page, in their order: the later ones count.
    pub(super) async fn apply(
        &mut self,
        entries: Vec<Metadata>,
        place: &Place,
    ) -> Result<(), SourceError> {
        let mut items = Vec::with_capacity(entries.len());
        for entry in entries {
            match entry {
                Metadata::File(file) => {
                    let item = self.file(&file, place, &mut items).await?;
                    items.extend(item);
                }
                Metadata::Folder(folder) => {
                    let item = self.folder(&folder, place, &mut items).await?;
                    items.extend(item);
                }
                Metadata::Deleted(deleted) => {
                    self.sink.items(std::mem::take(&mut items)).await?;
                    self.deleted(&deleted, place).await?;
                }
                Metadata::Other => {}
            }
        }
        self.sink.items(items).await
    }

    async fn file(
        &mut self,
        file: &File,
        place: &Place,
        before: &mut Vec<Item>,
    ) -> Result<Option<Item>, SourceError> {
        let path = place.path(file.path_lower.as_deref(), file.path_display.as_deref());
        if self.is_told_elsewhere(path.as_deref()) {
            return Ok(None);
        }
        let mut item = file_item(file, place, path);
        item.parent = self.parent_of(&item, place, before).await?;
        Ok(Some(item))
    }

    async fn folder(
        &mut self,
        folder: &Folder,
        place: &Place,
        before: &mut Vec<Item>,
    ) -> Result<Option<Item>, SourceError> {
        let path = place.path(folder.path_lower.as_deref(), folder.path_display.as_deref());
        if let Some(path) = &path {
            // The top of the listing itself.
            if path.trim_end_matches('/') == place.prefix {
                return Ok(None);
            }
            if self.is_told_elsewhere(Some(path)) || self.is_in_two_places(folder, place).await? {
                self.twice.insert(path.clone());
                return Ok(None);
            }
        }
        let mut item = folder_item(folder, place, path);
        item.parent = self.parent_of(&item, place, before).await?;
        if let Some(path) = &item.path {
            self.parents.insert(path, item.id.clone());
        }
        Ok(Some(item))
    }

    /// Tells of a folder that cannot be listed although others can.
    ///
    /// # Errors
    /// With the error itself, where all others will meet it too.
    pub(super) async fn tell_closed(
        &mut self,
        folder: &Folder,
        place: &Place,
        error: SourceError,
    ) -> Result<(), SourceError> {
        let path = place.path(folder.path_lower.as_deref(), folder.path_display.as_deref());
        let mut item = folder_item(folder, place, path);
        item.obstacle = Some(obstacle(error)?);
        self.sink.items(vec![item]).await
    }

    /// A shared folder can be reached in more than one way; the first one counts.
    async fn is_in_two_places(
        &mut self,
        folder: &Folder,
        place: &Place,
    ) -> Result<bool, SourceError> {
        if folder.namespace().is_none() {
            return Ok(false);
        }
        let known = self.sink.known(&ItemId::new(&folder.id)).await?;
        Ok(known.is_some_and(|known| known.space != place.space))
    }

    fn is_told_elsewhere(&self, path: Option<&str>) -> bool {
        if self.twice.is_empty() {
            return false;
        }
        let mut rest = path;
        while let Some(path) = rest {
            if self.twice.contains(path) {
                return true;
            }
            rest = path.rsplit_once('/').map(|(folder, _)| folder);
        }
        false
    }

    async fn deleted(&mut self, deleted: &Deleted, place: &Place) -> Result<(), SourceError> {
        let (lower, display) = (&deleted.path_lower, &deleted.path_display);
        let Some(path) = place.path(lower.as_deref(), display.as_deref()) else {
            return Ok(());
        };
        self.twice.remove(&path);
        self.parents.clear();
        self.sink.gone_at(&place.space, &path).await
    }

    /// The folder of an item. `before`: told of, but not to the sink yet.
    async fn parent_of(
        &mut self,
        item: &Item,
        place: &Place,
        before: &mut Vec<Item>,
    ) -> Result<Option<ItemId>, SourceError> {
        // Nobody knows where: no folder has this id, so that it is found as an orphan.
        let Some(path) = &item.path else {
            return Ok(Some(unplaced("")));
        };
        if item.kind != ItemKind::Folder && self.parents.get(path).is_some() {
            // Something else than a folder is there now.
            self.parents.clear();
        }
        let Some(folder) = folder_of(path, place) else {
            return Ok(place.top.clone());
        };
        if let Some(id) = self.parents.get(folder) {
            return Ok(Some(id));
        }
        self.sink.items(std::mem::take(before)).await?;
        match self.sink.known_at(&place.space, folder).await? {
            Some(known) if known.kind == ItemKind::Folder => {
                self.parents.insert(folder, known.id.clone());
                Ok(Some(known.id))
            }
            _ => Ok(Some(unplaced(folder))),
        }
    }

    /// After the last page: items that came before their folders find them.
    pub(super) async fn find_folders(&mut self, place: &Place) -> Result<(), SourceError> {
        let mut after: Option<ItemId> = None;
        loop {
            let page = self
                .sink
                .without_parent(&place.space, after.as_ref(), SOME)
                .await?;
            let Some(last) = page.last() else {
                return Ok(());
            };
            after = Some(last.id.clone());
            let mut found = Vec::new();
            for mut item in page {
                let folder = item.path.as_deref().and_then(|path| folder_of(path, place));
                let Some(folder) = folder else {
                    continue;
                };
                if let Some(known) = self.sink.known_at(&place.space, folder).await? {
                    item.parent = Some(known.id);
                    found.push(item);
                }
            }
            self.sink.items(found).await?;
        }
    }
}

fn unplaced(folder: &str) -> ItemId {
    ItemId(format!("{UNPLACED}{folder}"))
}
