//! What others shared with the account and is not among its files: shared folders that are mounted
//! nowhere, single files.

use std::collections::HashSet;

use serde::de::DeserializeOwned;

use super::client::Root;
use super::error::Failure;
use super::item::{Locator, Place, time};
use super::listing::Listing;
use super::survey::Survey;
use super::team::team_folder;
use super::wire::{Folder, LinkMetadata, ReceivedFile, SharedFolder, UrlArg};
use crate::model::{Item, ItemId, ItemKind, Reason, Space, SpaceId, SpaceKind};
use crate::source::SourceError;

const SHARED_WITH_ME: &str = "shared-with-me";
/// The most that one call gives.
const FOLDERS: u32 = 1000;
const FILES: u32 = 300;

impl Survey<'_> {
    pub(super) async fn shared(&mut self, since: &[Space]) -> Result<(), SourceError> {
        let space = Space {
            id: SpaceId::new(SHARED_WITH_ME),
            kind: SpaceKind::SharedWithMe,
            name: "Shared with me".to_owned(),
            change_token: None,
        };
        self.sink.space(space).await?;
        for folder in self.unmounted().await? {
            self.unmounted_folder(&folder, since).await?;
        }
        self.received_files().await
    }

    /// All the pages of a list.
    async fn all<T: DeserializeOwned>(
        &mut self,
        route: &str,
        limit: u32,
    ) -> Result<Vec<T>, SourceError> {
        let root = self.root();
        let mut all = Vec::new();
        let mut cursor: Option<String> = None;
        loop {
            let page = self
                .client
                .list(route, &root, limit, cursor.as_deref())
                .await?;
            all.extend(page.entries);
            cursor = page.cursor.filter(|cursor| !cursor.is_empty());
            if cursor.is_none() {
                return Ok(all);
            }
        }
    }

    /// Shared folders that no listing shows, without those in others of them.
    async fn unmounted(&mut self) -> Result<Vec<SharedFolder>, SourceError> {
        let all: Vec<SharedFolder> = self.all("sharing/list_folders", FOLDERS).await?;
        let ids: HashSet<String> = all
            .iter()
            .map(|folder| folder.shared_folder_id.clone())
            .collect();
        let apart = |folder: &SharedFolder| {
            let parent = folder.parent_shared_folder_id.as_ref();
            folder.path_lower.is_none() && parent.is_none_or(|parent| !ids.contains(parent))
        };
        Ok(all.into_iter().filter(apart).collect())
    }

    async fn unmounted_folder(
        &mut self,
        shared: &SharedFolder,
        since: &[Space],
    ) -> Result<(), SourceError> {
        let namespace = &shared.shared_folder_id;
        let id = match &shared.folder_id {
            Some(id) => ItemId::new(id),
            None => ItemId(format!("shared_folder:{namespace}")),
        };
        let is_team_folder = shared.is_team_folder || shared.is_inside_team_folder;
        let (space, root) = team_folder(namespace, &shared.name);
        // The whole team's folders were told of where they are wanted.
        let told = self.sink.known(&id).await?.is_some();
        if told || is_team_folder && matches!(self.root(), Root::Team(_)) {
            return Ok(());
        }
        if is_team_folder {
            // In a team of the older kind, a folder that this member took out of the own files.
            if !self.shared_drives {
                return Ok(());
            }
            let place = Place {
                space: space.id.clone(),
                root,
                top: None,
                prefix: String::new(),
            };
            return match self.space(space, &place, since).await {
                Ok(()) => Ok(()),
                Err(error) => self.tell_closed(&shared.as_folder(), &place, error).await,
            };
        }
        self.branch(shared, id, root).await
    }

    /// A shared folder as a branch of "Shared with me".
    async fn branch(
        &mut self,
        shared: &SharedFolder,
        id: ItemId,
        root: Root,
    ) -> Result<(), SourceError> {
        let space = SpaceId::new(SHARED_WITH_ME);
        let prefix = format!("ns:{}", shared.shared_folder_id);
        let mut top = Item::new(
            space.clone(),
            id.as_str(),
            None,
            &shared.name,
            ItemKind::Folder,
        );
        top.path = Some(prefix.clone());
        top.locator = Locator::new(&root, "").to_text();
        if shared.access_type.tag == "no_access" {
            top.obstacle = Some(Reason::SourceForbidden);
        }
        let is_open = top.obstacle.is_none();
        self.sink.items(vec![top.clone()]).await?;
        if !self.shared_with_me || !is_open {
            return Ok(());
        }
        let place = Place {
            space,
            root,
            top: Some(id),
            prefix,
        };
        self.begin();
        let listing = Listing::new(self.client, &place.root, "");
        match self.list(listing, &place).await {
            Ok(_) => Ok(()),
            Err(error) => {
                top.obstacle = Some(obstacle(error)?);
                self.sink.items(vec![top]).await
            }
        }
    }

    async fn received_files(&mut self) -> Result<(), SourceError> {
        let root = self.root();
        let mut cursor: Option<String> = None;
        loop {
            let page = self
                .client
                .list(
                    "sharing/list_received_files",
                    &root,
                    FILES,
                    cursor.as_deref(),
                )
                .await?;
            for file in page.entries {
                self.received_file(file).await?;
            }
            cursor = page.cursor.filter(|cursor| !cursor.is_empty());
            if cursor.is_none() {
                return Ok(());
            }
        }
    }

    async fn received_file(&mut self, file: ReceivedFile) -> Result<(), SourceError> {
        let id = ItemId::new(&file.id);
        if file.path_lower.is_some() || self.sink.known(&id).await?.is_some() {
            return Ok(());
        }
        let space = SpaceId::new(SHARED_WITH_ME);
        let mut item = Item::new(space, &file.id, None, &file.name, ItemKind::File);
        item.locator = Locator::of_link(&file.preview_url, "").to_text();
        if self.shared_with_me {
            match self
                .linked(&file.preview_url)
                .await
                .map_err(SourceError::from)
            {
                Ok(Some(found)) => {
                    item.size = Some(found.size);
                    item.modified = time(found.client_modified.as_ref());
                    item.locator = Locator::of_link(&file.preview_url, &found.rev).to_text();
                    item.version = found.rev;
                }
                Ok(None) => item.obstacle = Some(Reason::SourceForbidden),
                Err(error) => item.obstacle = Some(obstacle(error)?),
            }
        }
        self.sink.items(vec![item]).await
    }

    async fn linked(&mut self, url: &str) -> Result<Option<LinkMetadata>, Failure> {
        let route = "sharing/get_shared_link_metadata";
        let found: LinkMetadata = self.client.rpc(route, &Root::Home, &UrlArg { url }).await?;
        Ok((found.tag == "file").then_some(found))
    }
}

impl SharedFolder {
    fn as_folder(&self) -> Folder {
        Folder {
            id: match &self.folder_id {
                Some(id) => id.clone(),
                None => format!("shared_folder:{}", self.shared_folder_id),
            },
            name: self.name.clone(),
            ..Folder::default()
        }
    }
}

/// What cannot be read although others can.
///
/// # Errors
/// With the error itself, where all others will meet it too.
pub(super) fn obstacle(error: SourceError) -> Result<Reason, SourceError> {
    match error {
        SourceError::Forbidden { reason, .. } => Ok(reason),
        SourceError::NotFound | SourceError::NotExportable => Ok(Reason::SourceForbidden),
        error => Err(error),
    }
}
