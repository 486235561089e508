//! A drive's flat list, and what changed in it since
//! (<https://learn.microsoft.com/graph/api/driveitem-delta>).

use std::collections::{BTreeSet, HashMap, HashSet};

use url::Url;

use super::error::Failure;
use super::ids::{DriveKind, DriveRef, Locator};
use super::item::{Facet, facet, item_of};
use super::pace::Cost;
use super::recount::Sketch;
use super::survey::Survey;
use super::token::{Branch, ChangeToken, fingerprint};
use super::wire::{DriveItem, Page};
use crate::model::{Item, ItemId, ItemKind, Reason, Space, SpaceId};
use crate::source::SourceError;

/// Lists that must begin anew more often than this have another trouble.
const MOST_RESTARTS: u8 = 5;
/// After this many deletions and new folders listing everything is quicker, and needs no memory.
const MOST_CHANGES: usize = 100_000;

/// One drive, on its way.
pub(super) struct Listing {
    pub(super) drive: DriveRef,
    pub(super) space: SpaceId,
    /// The id of its top.
    pub(super) root: ItemId,
    pub(super) by_changes: bool,
    /// Told as deleted. A folder's content may be told to have moved elsewhere after the folder itself was
    /// told to be gone, so that all of it waits for the end.
    deleted: BTreeSet<ItemId>,
    /// Folders that were not there before, how much lies in them, and what of that was told. One that was
    /// moved here from elsewhere, or restored, need not bring its content along.
    new_folders: HashMap<ItemId, NewFolder>,
    /// What of others was added to it, and is still to be crawled.
    pub(super) branches: Vec<Branch>,
    /// All that was added to it, by the items that stand for it here.
    pub(super) shared: Vec<ItemId>,
    /// Whether each folder's content was told, as far as that can be known without holding it.
    sketch: Option<Sketch>,
    /// How much lies directly at the top, where the list says so, and how much of it was told.
    top_count: Option<i64>,
    top_told: i64,
}

struct NewFolder {
    children: usize,
    told: HashSet<ItemId>,
    locator: Locator,
}

impl Listing {
    fn new(drive: &DriveRef, space: &SpaceId, root: &str) -> Self {
        Self {
            drive: drive.clone(),
            space: space.clone(),
            root: drive.item(root),
            by_changes: false,
            deleted: BTreeSet::new(),
            new_folders: HashMap::new(),
            branches: Vec::new(),
            shared: Vec::new(),
            sketch: None,
            top_count: None,
            top_told: 0,
        }
    }

    /// Forgets all, to begin with everything there is.
    fn begin(&mut self) {
        self.by_changes = false;
        self.deleted.clear();
        self.new_folders.clear();
        self.branches.clear();
        self.shared.clear();
        (self.top_count, self.top_told) = (None, 0);
        // What only SharePoint leaves out.
        self.sketch = (self.drive.kind != DriveKind::Personal).then(Sketch::new);
    }

    /// Whether there is more to remember than a survey of changes should.
    fn is_too_long(&self) -> bool {
        self.deleted.len() + self.new_folders.len() > MOST_CHANGES
    }

    /// `None` at the top.
    pub(super) fn parent(&self, row: &DriveItem) -> Option<ItemId> {
        let parent = row.parent_reference.as_ref()?.id.as_deref()?;
        let parent = self.drive.item(parent);
        (parent != self.root).then_some(parent)
    }
}

impl Survey<'_> {
    /// Tells of a drive: of what changed, where an earlier survey says since when.
    pub(super) async fn drive(
        &mut self,
        drive: &DriveRef,
        space: Space,
        since: &[Space],
    ) -> Result<(), SourceError> {
        let root = self.client.root(drive).await?;
        let mut listing = Listing::new(drive, &space.id, &root.id);
        let drives = fingerprint(&self.drives);
        let earlier = ChangeToken::of(since, &space.id).filter(|token| token.drives == drives);
        self.sink.space(space.clone()).await?;
        let link = self.pages(&mut listing, earlier.as_ref()).await?;

        let deleted = std::mem::take(&mut listing.deleted);
        self.sink.gone(deleted.into_iter().collect()).await?;
        self.look_into_new_folders(&mut listing).await?;
        let complete = match listing.sketch.take() {
            Some(mut sketch) => {
                if let Some(count) = listing.top_count {
                    sketch.add(&listing.root, count - listing.top_told);
                }
                self.recount(&mut listing, &sketch).await?
            }
            None => true,
        };
        if let Some(earlier) = earlier.filter(|_| listing.by_changes) {
            self.look_again(earlier.shared, &mut listing).await?;
        }
        for branch in std::mem::take(&mut listing.branches) {
            self.crawl(branch, &listing.space).await?;
        }
        let token = ChangeToken {
            link,
            drives,
            shared: listing.shared,
        };
        // What the list leaves out, it leaves out of the changes too.
        let change_token = token.to_text().filter(|_| complete);
        self.sink
            .space(Space {
                change_token,
                ..space
            })
            .await
    }

    /// All pages of the list; gives the link from which the next survey goes on.
    async fn pages(
        &mut self,
        listing: &mut Listing,
        earlier: Option<&ChangeToken>,
    ) -> Result<Url, SourceError> {
        let beginning = self.client.delta(&listing.drive, None);
        listing.begin();
        let mut address = beginning.clone();
        // A link of elsewhere belongs to another endpoint: all is listed.
        if let Some(link) = earlier.and_then(|token| self.client.link(token.link.as_str()).ok()) {
            address = link;
            listing.by_changes = true;
            listing.sketch = None;
        }
        let mut restarts = 0;
        let mut told = false;
        loop {
            let cost = match listing.by_changes {
                true => Cost::One,
                false => Cost::Two,
            };
            let page: Result<Page<DriveItem>, Failure> = self.client.get(&address, cost).await;
            let anew = match page {
                Ok(page) => {
                    if listing.by_changes && !told {
                        self.sink.unchanged_unless_told(&listing.space).await?;
                    }
                    told = true;
                    self.take(page.value, listing).await?;
                    match (page.next_link, page.delta_link) {
                        _ if listing.by_changes && listing.is_too_long() => beginning.clone(),
                        (Some(next), _) => {
                            address = self.client.link(&next)?;
                            continue;
                        }
                        (None, Some(link)) => return Ok(self.client.link(&link)?),
                        (None, None) => {
                            return Err(SourceError::protocol("a list without an end"));
                        }
                    }
                }
                Err(failure) => match failure.resync() {
                    Some(location) => {
                        let location = location.and_then(|link| self.client.link(link).ok());
                        location.unwrap_or_else(|| beginning.clone())
                    }
                    // A link that is no longer understood.
                    None if listing.by_changes && matches!(failure.status(), Some(400 | 404)) => {
                        beginning.clone()
                    }
                    None => return Err(failure.into()),
                },
            };
            restarts += 1;
            if restarts > MOST_RESTARTS {
                return Err(SourceError::temporary(
                    "the list of the drive begins anew again and again",
                ));
            }
            tracing::info!(space = %listing.space, "the drive is listed anew");
            if told {
                self.sink.listed_afresh(&listing.space).await?;
            }
            told = false;
            listing.begin();
            address = anew;
        }
    }

    async fn take(
        &mut self,
        rows: Vec<DriveItem>,
        listing: &mut Listing,
    ) -> Result<(), SourceError> {
        let mut items = Vec::with_capacity(rows.len());
        for row in rows {
            let id = listing.drive.item(&row.id);
            match facet(&row) {
                Facet::Root => {
                    listing.top_count = row.folder.and_then(|folder| folder.child_count);
                    continue;
                }
                // Some lists have the top without its facet.
                _ if id == listing.root => continue,
                Facet::Deleted => {
                    listing.deleted.insert(id);
                    continue;
                }
                _ => {}
            }
            // The last word counts.
            listing.deleted.remove(&id);
            let item = self.row(&row, listing).await?;
            self.count(&row, &item, listing).await?;
            items.push(item);
        }
        self.sink.items(items).await
    }

    /// A row of the drive as an item.
    pub(super) async fn row(
        &mut self,
        row: &DriveItem,
        listing: &mut Listing,
    ) -> Result<Item, SourceError> {
        if facet(row) == Facet::Remote {
            return self.remote(row, listing).await;
        }
        let mut item = item_of(row, &listing.drive, &listing.space, listing.parent(row));
        if item.kind == ItemKind::Folder && self.is_vault(row, listing).await? {
            item.obstacle = Some(Reason::PersonalVault);
        }
        Ok(item)
    }

    /// The Personal Vault: a folder at the top of a personal drive that says nothing of itself, has any
    /// name, and cannot be listed (<https://github.com/OneDrive/onedrive-api-docs/issues/1905>).
    async fn is_vault(&mut self, row: &DriveItem, listing: &Listing) -> Result<bool, SourceError> {
        let special = row.special_folder.as_ref();
        let marked = special.is_some_and(|special| special.name.eq_ignore_ascii_case("vault"));
        let suspicious = row.web_url.is_none() && row.size.unwrap_or(0) == 0;
        let at_the_top = row.folder.is_some() && listing.parent(row).is_none();
        if listing.drive.kind == DriveKind::Library || !at_the_top || !(marked || suspicious) {
            return Ok(false);
        }
        let folder = Locator::new(&listing.drive, &row.id);
        let address = self.client.children(&folder);
        let page: Result<Page<DriveItem>, Failure> = self.client.get(&address, Cost::Two).await;
        match page {
            Ok(_) => Ok(false),
            Err(failure) if matches!(failure.status(), Some(400 | 403 | 404 | 423)) => Ok(true),
            Err(failure) => Err(failure.into()),
        }
    }

    /// Keeps count of what was told of each folder.
    async fn count(
        &mut self,
        row: &DriveItem,
        item: &Item,
        listing: &mut Listing,
    ) -> Result<(), SourceError> {
        if let Some(sketch) = &mut listing.sketch {
            if row.folder.is_some() && row.remote_item.is_none() {
                sketch.folder(&item.id, row);
            }
            match &item.parent {
                Some(parent) => sketch.child(parent),
                None => listing.top_told += 1,
            }
        }
        if !listing.by_changes {
            return Ok(());
        }
        if let Some(parent) = &item.parent
            && let Some(folder) = listing.new_folders.get_mut(parent)
        {
            folder.told.insert(item.id.clone());
        }
        let children = row.folder.as_ref().and_then(|folder| folder.child_count);
        let children = children.and_then(|count| usize::try_from(count).ok());
        if facet(row) == Facet::Folder
            && children.is_some_and(|count| count > 0)
            && self.sink.known(&item.id).await?.is_none()
        {
            let folder = NewFolder {
                children: children.unwrap_or(0),
                told: HashSet::new(),
                locator: Locator::new(&listing.drive, &row.id),
            };
            listing.new_folders.insert(item.id.clone(), folder);
        }
        Ok(())
    }

    async fn look_into_new_folders(&mut self, listing: &mut Listing) -> Result<(), SourceError> {
        for (id, folder) in std::mem::take(&mut listing.new_folders) {
            if folder.told.len() < folder.children {
                let branch = Branch {
                    top: folder.locator,
                    item: id,
                };
                self.crawl_by_children(branch, &listing.space).await?;
            }
        }
        Ok(())
    }
}
