//! The folder that an export was unpacked into.

use std::path::Path;

use async_trait::async_trait;

use super::super::folder::FolderSource;
use super::super::{SourceError, SurveySink};
use super::inventory::is_drive;
use crate::model::{Item, ItemId, Space, SpaceId};

const TOP: &str = "Takeout";

/// Reads what lies in the folder, or in the `Takeout` in it.
pub(super) fn source(folder: &Path) -> FolderSource {
    let below = folder.join(TOP);
    FolderSource::new(if below.is_dir() {
        below
    } else {
        folder.to_owned()
    })
}

/// Lifts what lies in My Drive's folder to the top, as the packed parts have it.
pub(super) struct Lifted<'a>(pub(super) &'a mut dyn SurveySink);

/// The id of a folder at the top is its percent-encoded name.
fn is_drive_id(id: &ItemId) -> bool {
    let name = percent_encoding::percent_decode_str(id.as_str()).decode_utf8_lossy();
    is_drive(&name)
}

#[async_trait]
impl SurveySink for Lifted<'_> {
    async fn space(&mut self, space: Space) -> Result<(), SourceError> {
        self.0.space(space).await
    }

    async fn items(&mut self, items: Vec<Item>) -> Result<(), SourceError> {
        let lifted = items
            .into_iter()
            .filter(|item| item.parent.is_some() || !is_drive_id(&item.id))
            .map(|mut item| {
                item.parent = item.parent.filter(|parent| !is_drive_id(parent));
                item
            })
            .collect();
        self.0.items(lifted).await
    }

    async fn gone(&mut self, ids: Vec<ItemId>) -> Result<(), SourceError> {
        self.0.gone(ids).await
    }

    async fn gone_at(&mut self, space: &SpaceId, path: &str) -> Result<(), SourceError> {
        self.0.gone_at(space, path).await
    }

    async fn unchanged_unless_told(&mut self, space: &SpaceId) -> Result<(), SourceError> {
        self.0.unchanged_unless_told(space).await
    }

    async fn listed_afresh(&mut self, space: &SpaceId) -> Result<(), SourceError> {
        self.0.listed_afresh(space).await
    }

    async fn known(&mut self, id: &ItemId) -> Result<Option<Item>, SourceError> {
        self.0.known(id).await
    }

    async fn known_at(&mut self, space: &SpaceId, path: &str) -> Result<Option<Item>, SourceError> {
        self.0.known_at(space, path).await
    }

    async fn dangling_shortcuts(
        &mut self,
        after: Option<&ItemId>,
        limit: usize,
    ) -> Result<Vec<Item>, SourceError> {
        self.0.dangling_shortcuts(after, limit).await
    }

    async fn without_parent(
        &mut self,
        space: &SpaceId,
        after: Option<&ItemId>,
        limit: usize,
    ) -> Result<Vec<Item>, SourceError> {
        self.0.without_parent(space, after, limit).await
    }
}
