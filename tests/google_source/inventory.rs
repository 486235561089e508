//! What a survey told, held in memory, with the rules of the ledger.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use transhumance::model::{Item, ItemId, Space, SpaceId};
use transhumance::source::{Source, SourceError, SurveySink};

#[derive(Debug, Default)]
pub struct Inventory {
    known: BTreeMap<ItemId, Row>,
    spaces: BTreeMap<SpaceId, Space>,
    /// The oldest survey that still counts, of each space.
    since: BTreeMap<SpaceId, u32>,
    before: BTreeMap<SpaceId, u32>,
    survey: u32,
}

#[derive(Debug)]
struct Row {
    item: Item,
    survey: u32,
    gone: bool,
}

impl Inventory {
    /// Surveys, going on from the survey before where the source can.
    pub async fn survey(&mut self, source: &dyn Source) -> Result<(), SourceError> {
        let earlier: Vec<Space> = self.spaces.values().cloned().collect();
        self.survey += 1;
        self.before = std::mem::take(&mut self.since);
        self.spaces.clear();
        source.survey(&earlier, self).await?;
        let there: BTreeSet<ItemId> = self.all().map(|item| item.id.clone()).collect();
        self.known.retain(|id, _| there.contains(id));
        Ok(())
    }

    fn counts(&self, row: &Row) -> bool {
        let since = self.since.get(&row.item.space);
        !row.gone && since.is_some_and(|since| row.survey >= *since)
    }

    pub fn all(&self) -> impl Iterator<Item = &Item> {
        self.known
            .values()
            .filter(|row| self.counts(row))
            .map(|row| &row.item)
    }

    pub fn find(&self, id: &str) -> Option<&Item> {
        let row = self.known.get(&ItemId::new(id))?;
        self.counts(row).then_some(&row.item)
    }

    pub fn get(&self, id: &str) -> &Item {
        self.find(id).unwrap_or_else(|| panic!("no item {id}"))
    }

    pub fn space_of(&self, id: &str) -> Option<&Space> {
        self.spaces.get(&SpaceId::new(id))
    }

    /// As if the server no longer knew where to go on.
    pub fn forget_tokens(&mut self, instead: &str) {
        for space in self.spaces.values_mut() {
            space.change_token = Some(instead.to_owned());
        }
    }

    pub fn below(&self, folder: &str) -> Vec<&Item> {
        let folder = ItemId::new(folder);
        self.all()
            .filter(|item| item.parent.as_ref() == Some(&folder))
            .collect()
    }

    fn has(&self, id: &ItemId) -> bool {
        self.find(id.as_str()).is_some()
    }

    fn page(
        &self,
        after: Option<&ItemId>,
        limit: usize,
        wanted: impl Fn(&Item) -> bool,
    ) -> Vec<Item> {
        self.all()
            .filter(|item| after.is_none_or(|after| item.id > *after) && wanted(item))
            .take(limit)
            .cloned()
            .collect()
    }
}

#[async_trait]
impl SurveySink for Inventory {
    async fn space(&mut self, space: Space) -> Result<(), SourceError> {
        self.since.entry(space.id.clone()).or_insert(self.survey);
        self.spaces.insert(space.id.clone(), space);
        Ok(())
    }

    async fn items(&mut self, items: Vec<Item>) -> Result<(), SourceError> {
        for item in items {
            assert!(self.spaces.contains_key(&item.space), "{item:?}");
            assert!(!item.id.as_str().is_empty());
            let row = Row {
                survey: self.survey,
                gone: false,
                item,
            };
            self.known.insert(row.item.id.clone(), row);
        }
        Ok(())
    }

    async fn gone(&mut self, ids: Vec<ItemId>) -> Result<(), SourceError> {
        let mut ids = ids;
        while let Some(id) = ids.pop() {
            if let Some(row) = self.known.get_mut(&id) {
                row.gone = true;
            }
            for row in self.known.values_mut() {
                if row.item.parent.as_ref() == Some(&id) && !row.gone {
                    row.gone = true;
                    ids.push(row.item.id.clone());
                }
            }
        }
        Ok(())
    }

    async fn gone_at(&mut self, _: &SpaceId, _: &str) -> Result<(), SourceError> {
        Ok(())
    }

    async fn unchanged_unless_told(&mut self, space: &SpaceId) -> Result<(), SourceError> {
        if let Some(before) = self.before.get(space) {
            self.since.insert(space.clone(), *before);
        }
        Ok(())
    }

    async fn listed_afresh(&mut self, space: &SpaceId) -> Result<(), SourceError> {
        self.since.insert(space.clone(), self.survey);
        Ok(())
    }

    async fn known(&mut self, id: &ItemId) -> Result<Option<Item>, SourceError> {
        Ok(self.find(id.as_str()).cloned())
    }

    async fn known_at(&mut self, _: &SpaceId, _: &str) -> Result<Option<Item>, SourceError> {
        Ok(None)
    }

    async fn dangling_shortcuts(
        &mut self,
        after: Option<&ItemId>,
        limit: usize,
    ) -> Result<Vec<Item>, SourceError> {
        Ok(self.page(after, limit, |item| {
            let target = item.shortcut_target.as_ref();
            target.is_some_and(|target| !self.has(target))
        }))
    }

    async fn without_parent(
        &mut self,
        space: &SpaceId,
        after: Option<&ItemId>,
        limit: usize,
    ) -> Result<Vec<Item>, SourceError> {
        Ok(self.page(after, limit, |item| {
            let parent = item.parent.as_ref();
            item.space == *space && parent.is_some_and(|parent| !self.has(parent))
        }))
    }
}
