//! Everything there is, told page by page; nothing is held that grows with the number of items.
//!
//! 1. `listing.rs`: each drive by one flat list, or what changed in it since the last survey.
//! 2. `recount.rs`: what such a list left out.
//! 3. `shared.rs`, `crawl.rs`: what others share and was added to one's own files lies elsewhere.

use std::collections::HashSet;

use super::client::Client;
use super::ids::DriveRef;
use super::sites::Library;
use crate::model::{ItemId, Space, SpaceId, SpaceKind};
use crate::source::{SourceError, SurveySink};

pub(super) const OWN: &str = "onedrive";
pub(super) const SHARED_WITH_ME: &str = "shared-with-me";

pub(super) struct Survey<'a> {
    pub(super) client: &'a Client,
    pub(super) sink: &'a mut dyn SurveySink,
    /// Whether "Shared with me" is taken along.
    pub(super) shared_with_me: bool,
    /// The drives that are listed by themselves ([`DriveRef::key`]): what leads into them is a shortcut.
    pub(super) drives: HashSet<String>,
    /// What of others was found in one's own files already.
    pub(super) added: HashSet<ItemId>,
}

impl<'a> Survey<'a> {
    pub(super) fn new(
        client: &'a Client,
        sink: &'a mut dyn SurveySink,
        shared_with_me: bool,
    ) -> Self {
        Self {
            client,
            sink,
            shared_with_me,
            drives: HashSet::new(),
            added: HashSet::new(),
        }
    }

    pub(super) async fn run(
        &mut self,
        own: Option<DriveRef>,
        libraries: Vec<Library>,
        since: &[Space],
    ) -> Result<(), SourceError> {
        let all = libraries.iter().map(|library| &library.drive).chain(&own);
        self.drives = all.map(DriveRef::key).collect();
        if let Some(own) = &own {
            let space = Space {
                id: SpaceId::new(OWN),
                kind: SpaceKind::Own,
                name: "OneDrive".to_owned(),
                change_token: None,
            };
            self.drive(own, space, since).await?;
        }
        for library in libraries {
            let space = Space {
                id: SpaceId(format!("drive:{}", library.drive.key())),
                kind: SpaceKind::SharedDrive,
                name: library.name,
                change_token: None,
            };
            self.drive(&library.drive, space, since).await?;
        }
        match own {
            Some(_) => self.shared_with_me().await,
            None => Ok(()),
        }
    }
}
