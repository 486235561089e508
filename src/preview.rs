//! Makes the plan from the ledger, folder by folder, and writes it back: the one bridge between the pure
//! plan and what is stored.

mod pim;

use std::collections::{BTreeMap, HashSet};

use tokio_util::sync::CancellationToken;

use crate::ledger::{FolderToPlan, Ledger, LedgerError, Placed, PlannedItem};
use crate::model::{
    Branch, Decision, FolderNames, Item, ItemKind, Selection, Space, SpaceId, SpaceKind,
    TargetRules,
};
use crate::plan::{
    Candidate, Chosen, FolderView, MovedBefore, Place, PlanOptions, Previous, TargetNow,
    place_inside, plan_folder, source_path, tops_of_spaces,
};
use crate::transfer::Progress;

/// Why there is no plan.
#[derive(Debug, thiserror::Error)]
pub enum PreviewError {
    #[error("stopped on request")]
    Cancelled,
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// Everything that a plan is made from, beside the ledger.
#[derive(Debug, Clone)]
pub struct Planner {
    pub rules: TargetRules,
    pub options: PlanOptions,
    /// Where everything arrives, relative to the account's files.
    pub target_folder: String,
    pub names: FolderNames,
    /// What the user ticked in the tree.
    pub selection: Selection,
}

/// Where each space's content went in earlier plans; it stays.
const TOPS: &str = "plan.tops";
/// Not a space of the source: what lies in no known folder.
const ORPHANS: &str = "orphans";
/// Decisions that are written at a time.
const PAGE: usize = 1000;

/// A folder that is still to be planned.
struct Pending {
    folder: FolderToPlan,
    space: SpaceKind,
    place: Where,
    /// As [`source_path`] makes it.
    source_path: String,
    /// The first folder of the path, for sums.
    top: String,
    depth: u32,
    /// Names that other tops take.
    claimed: Vec<String>,
    /// What was ticked of it, or of what it lies in; `None`: nothing.
    ticked: Option<bool>,
}

enum Where {
    At(String),
    Nowhere(crate::model::Reason),
}

impl Planner {
    /// Makes the whole plan anew. Only one folder's items are held at a time.
    ///
    /// # Errors
    /// Those of the ledger, or a request to stop; then there is no plan.
    pub async fn run(
        &self,
        ledger: &Ledger,
        progress: &Progress,
        cancel: &CancellationToken,
    ) -> Result<(), PreviewError> {
        let plan = ledger.begin_plan().await?;
        let totals = ledger.survey_totals().await?;
        progress.expect(totals.items(), 0);
        self.run_pim(ledger, progress, cancel).await?;
        // Depth first, so that what waits is at most the siblings along one path.
        let mut pending = self.tops(ledger).await?;
        let mut decided = Vec::new();
        loop {
            while let Some(next) = pending.pop() {
                if cancel.is_cancelled() {
                    return Err(PreviewError::Cancelled);
                }
                let items = ledger.children(next.folder.clone()).await?;
                let below = self.plan_items(ledger, &next, items, &mut decided).await?;
                pending.extend(below);
                if decided.len() >= PAGE {
                    progress.items_seen(decided.len());
                    ledger.write_decisions(std::mem::take(&mut decided)).await?;
                }
            }
            progress.items_seen(decided.len());
            ledger.write_decisions(std::mem::take(&mut decided)).await?;
            // Folders that lie in each other are reached from no top.
            match ledger.break_folder_loop().await? {
                None => break,
                Some(lost) => {
                    let found = ledger.planned_item(&lost).await?;
                    let Some(item) = found else { break };
                    let top = self.orphans_top(ledger).await?;
                    let items = vec![item];
                    pending.extend(self.plan_items(ledger, &top, items, &mut decided).await?);
                }
            }
        }
        ledger.finish_plan(plan).await?;
        Ok(())
    }

    async fn tops(&self, ledger: &Ledger) -> Result<Vec<Pending>, PreviewError> {
        let mut spaces = ledger.spaces().await?;
        spaces.retain(|space| !space.kind.is_pim());
        // Without any, its name is not taken from the user's own folders.
        if ledger.has_orphans().await? {
            spaces.push(Space {
                id: SpaceId::new(ORPHANS),
                kind: SpaceKind::Orphans,
                name: self.names.orphans.clone(),
                change_token: None,
            });
        }
        let before: BTreeMap<String, String> = match ledger.note(TOPS).await? {
            Some(text) => serde_json::from_str(&text).unwrap_or_default(),
            None => BTreeMap::new(),
        };
        let (tops, claimed) = tops_of_spaces(
            &spaces,
            |space| before.get(&space.0).cloned(),
            &self.target_folder,
            &self.names,
            &self.rules,
        );
        let mut known = before;
        let mut pending = Vec::new();
        for (space, top) in spaces.iter().zip(tops) {
            known.insert(space.id.0.clone(), top.path.clone());
            let is_own = space.kind == SpaceKind::Own;
            pending.push(Pending {
                folder: match space.kind {
                    SpaceKind::Orphans => FolderToPlan::Orphans,
                    _ => FolderToPlan::Top(space.id.clone()),
                },
                space: space.kind,
                depth: depth_of(&top.path),
                place: Where::At(top.path),
                source_path: String::new(),
                top: if is_own {
                    String::new()
                } else {
                    space.name.clone()
                },
                claimed: if is_own { claimed.clone() } else { Vec::new() },
                ticked: self.selection.choice(&Branch::Space(space.id.clone())),
            });
        }
        let known = serde_json::to_string(&known).unwrap_or_default();
        ledger.set_note(TOPS, known).await?;
        Ok(pending)
    }

    async fn orphans_top(&self, ledger: &Ledger) -> Result<Pending, PreviewError> {
        let tops = self.tops(ledger).await?;
        let found = tops
            .into_iter()
            .find(|top| top.folder == FolderToPlan::Orphans);
        Ok(found.unwrap_or_else(|| Pending {
            folder: FolderToPlan::Orphans,
            space: SpaceKind::Orphans,
            place: Where::At(self.target_folder.clone()),
            source_path: String::new(),
            top: String::new(),
            depth: 0,
            claimed: Vec::new(),
            ticked: None,
        }))
    }

    /// What was ticked of an item that lies in something of which `above` was ticked.
    fn chosen(&self, item: &Item, above: Option<bool>) -> Chosen {
        if self.selection.is_empty() {
            return Chosen::ByScope;
        }
        let branch = Branch::Item(item.id.clone());
        let opened = item.kind == ItemKind::Folder && self.selection.is_open(&branch);
        match (self.selection.choice(&branch).or(above), opened) {
            (Some(true), _) => Chosen::Taken,
            (Some(false), false) => Chosen::Left,
            // In a space that is left out by the scope, too.
            (Some(false) | None, true) => Chosen::Opened,
            (None, false) => Chosen::ByScope,
        }
    }

    /// Plans what lies in one folder, and says which folders come next.
    async fn plan_items(
        &self,
        ledger: &Ledger,
        folder: &Pending,
        items: Vec<PlannedItem>,
        decided: &mut Vec<Placed>,
    ) -> Result<Vec<Pending>, PreviewError> {
        if items.is_empty() {
            return Ok(Vec::new());
        }
        let mut claimed = folder.claimed.clone();
        let (place, present) = match &folder.place {
            Where::Nowhere(reason) => (Place::Nowhere(*reason), Vec::new()),
            Where::At(path) => {
                let mine: HashSet<i64> = items.iter().map(|item| item.n).collect();
                let moved = ledger.moved_into(path.clone()).await?;
                claimed.extend(
                    moved
                        .iter()
                        .filter(|(n, _)| !mine.contains(n))
                        .map(|(_, path)| name_of(path).to_owned()),
                );
                let present = ledger.target_children(path.clone()).await?;
                (Place::At(path), present)
            }
        };
        let (numbers, candidates): (Vec<i64>, Vec<Candidate>) = items
            .into_iter()
            .map(|item| {
                let chosen = self.chosen(&item.item, folder.ticked);
                candidate(item, chosen)
            })
            .unzip();
        let view = FolderView {
            space: folder.space,
            place,
            source_path: &folder.source_path,
            children: &candidates,
            present: &present,
            claimed: &claimed,
        };
        let decisions = plan_folder(&view, &self.rules, &self.options);
        let mut below = Vec::new();
        for (candidate, decision) in candidates.iter().zip(&decisions) {
            if candidate.item.kind == ItemKind::Folder {
                let branch = Branch::Item(candidate.item.id.clone());
                let ticked = self.selection.choice(&branch).or(folder.ticked);
                below.push(inside(folder, candidate, decision, ticked));
            }
        }
        let names = candidates.into_iter().map(|candidate| candidate.item.name);
        decided.extend(numbers.into_iter().zip(decisions).zip(names).map(
            |((n, decision), name)| Placed {
                n,
                decision,
                top: if folder.top.is_empty() {
                    name
                } else {
                    folder.top.clone()
                },
                depth: folder.depth,
            },
        ));
        Ok(below)
    }
}

/// The folder of a decision, as the place where its own content goes.
fn inside(
    parent: &Pending,
    candidate: &Candidate,
    decision: &Decision,
    ticked: Option<bool>,
) -> Pending {
    let name = &candidate.item.name;
    Pending {
        folder: FolderToPlan::Folder(candidate.item.id.clone()),
        space: parent.space,
        place: match place_inside(decision) {
            Place::At(path) => Where::At(path.to_owned()),
            Place::Nowhere(reason) => Where::Nowhere(reason),
        },
        source_path: source_path(&parent.source_path, name),
        top: if parent.top.is_empty() {
            name.clone()
        } else {
            parent.top.clone()
        },
        depth: parent.depth + 1,
        claimed: Vec::new(),
        ticked,
    }
}

fn candidate(planned: PlannedItem, chosen: Chosen) -> (i64, Candidate) {
    let previous = planned.moved.map(|moved| Previous {
        target_path: moved.target_path,
        moved: Some(MovedBefore {
            source_version: moved.source_version,
            target_etag: moved.target_etag,
            hash: moved.hash,
            source_hash: moved.source_hash,
            now: match (moved.there, moved.elsewhere) {
                (Some(entry), _) => TargetNow::There(entry),
                (None, Some(entry)) => TargetNow::Elsewhere(entry),
                (None, None) => TargetNow::Gone,
            },
        }),
    });
    let candidate = Candidate {
        item: planned.item,
        previous,
        shortcut_target_known: planned.shortcut_target_known,
        chosen,
    };
    (planned.n, candidate)
}

fn name_of(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

fn depth_of(path: &str) -> u32 {
    let segments = path.split('/').filter(|part| !part.is_empty()).count();
    u32::try_from(segments).unwrap_or(u32::MAX)
}
