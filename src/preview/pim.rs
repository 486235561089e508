//! The same for calendars, address books and what lies in them.

use tokio_util::sync::CancellationToken;

use super::{PAGE, Planner, PreviewError};
use crate::ledger::{Ledger, ObjectMoved, Placed, PlannedCollection, PlannedObject};
use crate::model::{Branch, Decision, Item, Selection};
use crate::plan::{
    Chosen, CollectionCandidate, CollectionsView, Family, Holds, MovedObject, ObjectCandidate,
    ObjectsView, Place, Twin, object_name, place_inside, plan_collections, plan_objects,
};
use crate::transfer::Progress;

impl Planner {
    /// Plans every collection, then page by page what lies in each.
    pub(super) async fn run_pim(
        &self,
        ledger: &Ledger,
        progress: &Progress,
        cancel: &CancellationToken,
    ) -> Result<(), PreviewError> {
        let collections = ledger.collections().await?;
        let present = ledger.target_collections().await?;
        let (calendars, books): (Vec<_>, Vec<_>) = collections
            .into_iter()
            .partition(|one| Family::of(one.item.kind) == Some(Family::Calendars));
        for (family, collections) in [
            (Family::Calendars, calendars),
            (Family::AddressBooks, books),
        ] {
            let (numbers, candidates): (Vec<i64>, Vec<CollectionCandidate>) = collections
                .into_iter()
                .map(|one| {
                    let chosen = chosen(&self.selection, &one.item);
                    candidate(one, chosen)
                })
                .unzip();
            let present: Vec<_> = present
                .iter()
                .filter(|one| Family::of(one.kind) == Some(family))
                .cloned()
                .collect();
            let view = CollectionsView {
                family,
                candidates: &candidates,
                present: &present,
            };
            let decisions = plan_collections(&view, &self.options.pim, &self.options.exclude);
            let places = numbers.iter().copied().zip(&decisions);
            let places = places
                .filter(|(_, decision)| !decision.target_path.is_empty())
                .map(|(n, decision)| (n, decision.target_path.clone()))
                .collect();
            ledger.set_collection_places(places).await?;
            let placed = numbers.iter().zip(&candidates).zip(&decisions);
            let placed = placed
                .map(|((n, candidate), decision)| placed_in(*n, &candidate.item, decision.clone()))
                .collect();
            ledger.write_decisions(placed).await?;
            progress.items_seen(numbers.len());
            for (candidate, decision) in candidates.iter().zip(&decisions) {
                self.plan_objects_of(&candidate.item, decision, ledger, progress, cancel)
                    .await?;
            }
        }
        Ok(())
    }

    async fn plan_objects_of(
        &self,
        collection: &Item,
        decision: &Decision,
        ledger: &Ledger,
        progress: &Progress,
        cancel: &CancellationToken,
    ) -> Result<(), PreviewError> {
        let place = place_inside(decision);
        let path = match place {
            Place::At(path) => Some(path.to_owned()),
            Place::Nowhere(_) => None,
        };
        let limit = u32::try_from(PAGE).unwrap_or(u32::MAX);
        let mut after = i64::MIN;
        loop {
            if cancel.is_cancelled() {
                return Err(PreviewError::Cancelled);
            }
            let objects = ledger
                .collection_objects(&collection.id, path.clone(), after, limit)
                .await?;
            let Some(last) = objects.last() else {
                return Ok(());
            };
            after = last.n;
            let (numbers, candidates): (Vec<i64>, Vec<ObjectCandidate>) = objects
                .into_iter()
                .map(|object| object_candidate(object, path.as_deref()))
                .unzip();
            let view = ObjectsView {
                place,
                candidates: &candidates,
            };
            let decisions = plan_objects(&view, &self.options.pim, self.options.on_conflict);
            let placed = numbers.into_iter().zip(decisions);
            let placed: Vec<Placed> = placed
                .map(|(n, decision)| placed_in(n, collection, decision))
                .collect();
            progress.items_seen(placed.len());
            ledger.write_decisions(placed).await?;
        }
    }
}

fn placed_in(n: i64, collection: &Item, decision: Decision) -> Placed {
    Placed {
        n,
        decision,
        top: collection.name.clone(),
        depth: 0,
    }
}

/// A tick on the space says nothing of those collections in it that the scope leaves out.
fn chosen(selection: &Selection, collection: &Item) -> Chosen {
    let own = selection.choice(&Branch::Item(collection.id.clone()));
    let space = selection.choice(&Branch::Space(collection.space.clone()));
    match (own, space) {
        (Some(true), _) => Chosen::Taken,
        (Some(false), _) | (None, Some(false)) => Chosen::Left,
        (None, _) => Chosen::ByScope,
    }
}

fn candidate(planned: PlannedCollection, chosen: Chosen) -> (i64, CollectionCandidate) {
    let candidate = CollectionCandidate {
        chosen,
        holds: Holds {
            events: planned.events,
            tasks: planned.tasks,
            journals: planned.journals,
        },
        place: planned.place,
        made: planned.made,
        used: planned.used,
        item: planned.item,
    };
    (planned.n, candidate)
}

fn object_candidate(planned: PlannedObject, place: Option<&str>) -> (i64, ObjectCandidate) {
    let item = planned.item;
    let twin = planned.twin.map(|(version, moved_to)| Twin {
        version,
        target_path: moved_to.unwrap_or_else(|| {
            let uid = item.uid.as_deref().unwrap_or_default();
            let place = place.unwrap_or_default();
            format!("{place}/{}", object_name(uid, item.kind))
        }),
    });
    let candidate = ObjectCandidate {
        moved: planned.moved.map(moved_object),
        twin,
        same_uid: planned.same_uid,
        in_trash: planned.in_trash,
        item,
    };
    (planned.n, candidate)
}

fn moved_object(moved: ObjectMoved) -> MovedObject {
    MovedObject {
        target_path: moved.target_path,
        source_version: moved.source_version,
        target_etag: moved.target_etag,
        uid: moved.uid,
        now: moved.now,
    }
}
