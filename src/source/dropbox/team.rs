//! The space of a team: its folders are spaces of their own
//! (<https://developers.dropbox.com/dbx-team-files-guide>).

use super::client::Root;
use super::item::Place;
use super::listing::{Listing, TopListing};
use super::survey::Survey;
use super::wire::{Folder, Metadata};
use crate::model::{Space, SpaceId, SpaceKind};
use crate::source::SourceError;

/// What lies directly in a team's space.
#[derive(Debug, Default)]
struct Top {
    /// Team folders.
    folders: Vec<Folder>,
    /// What else there is.
    rest: Vec<Metadata>,
}

impl Survey<'_> {
    /// Tells of what lies in the team's space besides the member's own folder.
    pub(super) async fn team(&mut self, since: &[Space]) -> Result<(), SourceError> {
        let root = self.root();
        let Root::Team(namespace) = &root else {
            return Ok(());
        };
        let mut top = Top::default();
        let mut listing = TopListing::new(self.client, &root);
        while let Some(page) = listing.next().await? {
            for entry in page {
                self.sort(entry, &mut top);
            }
        }
        if !top.rest.is_empty() {
            self.rest_of_team(top.rest, namespace).await?;
        }
        for folder in top.folders {
            self.team_folder(folder, since).await?;
        }
        Ok(())
    }

    fn sort(&self, entry: Metadata, top: &mut Top) {
        let Metadata::Folder(folder) = entry else {
            top.rest.push(entry);
            return;
        };
        let home = &self.account.root_info;
        let path = home.home_path.as_ref().map(|path| path.to_lowercase());
        let namespace = folder.namespace();
        if namespace == Some(&home.home_namespace_id) || path.is_some() && path == folder.path_lower
        {
            // Listed already.
        } else if namespace.is_some() {
            top.folders.push(folder);
        } else {
            top.rest.push(Metadata::Folder(folder));
        }
    }

    /// Files and plain folders beside the team folders.
    async fn rest_of_team(
        &mut self,
        rest: Vec<Metadata>,
        namespace: &str,
    ) -> Result<(), SourceError> {
        let name = self.account.team.as_ref().map(|team| team.name.clone());
        let space = Space {
            id: SpaceId(format!("team:{namespace}")),
            kind: SpaceKind::SharedDrive,
            name: name.unwrap_or_default(),
            change_token: None,
        };
        let place = Place {
            space: space.id.clone(),
            root: Root::Team(namespace.to_owned()),
            top: None,
            prefix: String::new(),
        };
        self.sink.space(space).await?;
        self.begin();
        self.apply(rest.clone(), &place).await?;
        for entry in rest {
            if let Metadata::Folder(folder) = entry {
                let path = folder.path_lower.as_ref().unwrap_or(&folder.id);
                let listing = Listing::new(self.client, &place.root, path);
                if let Err(error) = self.list(listing, &place).await {
                    self.tell_closed(&folder, &place, error).await?;
                }
            }
        }
        self.find_folders(&place).await
    }

    async fn team_folder(&mut self, folder: Folder, since: &[Space]) -> Result<(), SourceError> {
        let Some(namespace) = folder.namespace() else {
            return Ok(());
        };
        let (space, root) = team_folder(namespace, &folder.name);
        let place = Place {
            space: space.id.clone(),
            root,
            top: None,
            prefix: String::new(),
        };
        if folder.is_closed() {
            self.sink.space(space).await?;
            return self.apply(vec![Metadata::Folder(folder)], &place).await;
        }
        match self.space(space, &place, since).await {
            Ok(()) => Ok(()),
            Err(error) => self.tell_closed(&folder, &place, error).await,
        }
    }
}

/// The space that a team folder is.
pub(super) fn team_folder(namespace: &str, name: &str) -> (Space, Root) {
    let space = Space {
        id: SpaceId(format!("folder:{namespace}")),
        kind: SpaceKind::SharedDrive,
        name: name.to_owned(),
        change_token: None,
    };
    (space, Root::Namespace(namespace.to_owned()))
}
