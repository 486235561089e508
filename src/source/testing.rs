//! What the sources' tests share.

use std::collections::BTreeMap;

use async_trait::async_trait;

use super::{SourceError, SurveySink};
use crate::model::{Item, ItemId, Space, SpaceId};

/// Keeps everything that a survey tells.
#[derive(Debug, Default)]
pub(super) struct Collector {
    /// As they were told, one after the other.
    pub(super) spaces: Vec<Space>,
    pub(super) items: BTreeMap<String, Item>,
    pub(super) pages: usize,
    pub(super) unchanged: Vec<SpaceId>,
}

#[async_trait]
impl SurveySink for Collector {
    async fn space(&mut self, space: Space) -> Result<(), SourceError> {
        self.spaces.push(space);
        Ok(())
    }

    async fn items(&mut self, items: Vec<Item>) -> Result<(), SourceError> {
        self.pages += 1;
        for item in items {
            self.items.insert(item.id.0.clone(), item);
        }
        Ok(())
    }

    async fn gone(&mut self, ids: Vec<ItemId>) -> Result<(), SourceError> {
        self.items
            .retain(|id, _| !ids.iter().any(|gone| gone.0 == *id));
        Ok(())
    }

    async fn gone_at(&mut self, space: &SpaceId, path: &str) -> Result<(), SourceError> {
        let below = format!("{path}/");
        self.items.retain(|_, item| {
            let at = item.path.as_deref().unwrap_or_default();
            item.space != *space || at != path && !at.starts_with(&below)
        });
        Ok(())
    }

    async fn unchanged_unless_told(&mut self, space: &SpaceId) -> Result<(), SourceError> {
        self.unchanged.push(space.clone());
        Ok(())
    }

    async fn listed_afresh(&mut self, space: &SpaceId) -> Result<(), SourceError> {
        self.unchanged.retain(|unchanged| unchanged != space);
        self.items.retain(|_, item| item.space != *space);
        Ok(())
    }

    async fn known(&mut self, id: &ItemId) -> Result<Option<Item>, SourceError> {
        Ok(self.items.get(id.as_str()).cloned())
    }

    async fn known_at(&mut self, space: &SpaceId, path: &str) -> Result<Option<Item>, SourceError> {
        let found = self
            .items
            .values()
            .find(|item| item.space == *space && item.path.as_deref() == Some(path));
        Ok(found.cloned())
    }

    async fn dangling_shortcuts(
        &mut self,
        _after: Option<&ItemId>,
        _limit: usize,
    ) -> Result<Vec<Item>, SourceError> {
        Ok(Vec::new())
    }

    async fn without_parent(
        &mut self,
        _space: &SpaceId,
        _after: Option<&ItemId>,
        _limit: usize,
    ) -> Result<Vec<Item>, SourceError> {
        Ok(Vec::new())
    }
}
