//! What becomes of every item, and where it goes: a pure function of what both ends hold, of what the
//! server takes and of what the user chose. No clock, no network, no disk; the same input gives the same
//! plan.
//!
//! The plan is made folder by folder, so that only one folder's children are held at a time:
//!
//! 1. [`tops_of_spaces`] says where each space of the source begins at the target.
//! 2. [`plan_folder`] decides on the children of one folder (or of the top of a space).
//! 3. [`place_inside`] of a folder's decision is the [`FolderView::place`] of its own children, and
//!    [`source_path`] their path for the user's exclusions.
//! 4. [`plan_collections`] and [`plan_objects`] do the same for calendars and address books.
//! 5. [`fit`] says whether all of it has room, and [`Rates`] how long it takes.

mod decide;
mod estimate;
mod fit;
mod naming;
mod pim;
mod scope;
mod seats;
mod spaces;

use crate::model::{
    ConflictPolicy, Decision, DocumentFormat, HashValue, Item, Options, Reason, Scope, SpaceKind,
    TargetEntry, TargetRules,
};

pub use estimate::{Rates, Workload, creation_wait, estimated_export_bytes};
pub use fit::{Fit, Part, fit};
pub use pim::{
    CollectionCandidate, CollectionsView, Family, Holds, LARGEST_CALENDAR_OBJECT, MovedObject,
    ObjectCandidate, ObjectsView, PimOptions, Twin, derived_uid, may_be_same_collection,
    object_name, plan_collections, plan_objects,
};
pub use scope::{ExcludeError, Exclusions, source_path};
pub use spaces::{Top, tops_of_spaces};

/// One folder of the source, or the top of a space, as the plan sees it.
#[derive(Debug, Clone, Copy)]
pub struct FolderView<'a> {
    pub space: SpaceKind,
    /// Where the content of this folder goes; for a folder that is not the top of its space, what
    /// [`place_inside`] says of its decision.
    pub place: Place<'a>,
    /// The folder's path at the source, as [`source_path`] makes it; empty at the top of a space.
    pub source_path: &'a str,
    pub children: &'a [Candidate],
    /// What the target has in that folder already; empty where the folder is not there.
    pub present: &'a [TargetEntry],
    /// Names in that folder that belong to items which are not among `children`: the tops of other
    /// spaces, and what was moved earlier and lies elsewhere at the source today. Nothing of `children`
    /// is put there, and what the target has there is not taken for one of them.
    pub claimed: &'a [String],
}

/// Where a folder's content goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place<'a> {
    /// Relative to the account's files, without a leading `/`; empty for the top.
    At(&'a str),
    /// Nowhere: the folder itself is not moved, for this reason.
    Nowhere(Reason),
}

/// An item and what the ledger knows of it.
#[derive(Debug, Clone)]
pub struct Candidate {
    pub item: Item,
    pub previous: Option<Previous>,
    /// For shortcuts: what it points to is among the items, and so is moved in its own place.
    pub shortcut_target_known: bool,
    pub chosen: Chosen,
}

/// What the user ticked of an item, or of what it lies in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Chosen {
    /// Nothing: the scope says.
    #[default]
    ByScope,
    Taken,
    Left,
    /// A folder that is left out but for something in it.
    Opened,
}

/// What an earlier plan decided and an earlier run did with an item.
#[derive(Debug, Clone, PartialEq)]
pub struct Previous {
    /// Where the item was to go; empty where it had no place.
    pub target_path: String,
    /// What arrived there, if anything did.
    pub moved: Option<MovedBefore>,
}

/// What an earlier run moved.
#[derive(Debug, Clone, PartialEq)]
pub struct MovedBefore {
    /// The [`Item::version`] that was moved.
    pub source_version: String,
    /// The ETag that the target gave to it.
    pub target_etag: Option<String>,
    /// The digest of what arrived.
    pub hash: Option<HashValue>,
    /// The source's own of the same content, where it is of an algorithm that no target knows.
    pub source_hash: Option<HashValue>,
    /// What the target has of it now.
    pub now: TargetNow,
}

/// What became of something that was moved earlier, at the target.
#[derive(Debug, Clone, PartialEq)]
pub enum TargetNow {
    /// It is where it was put.
    There(TargetEntry),
    /// Somebody renamed or moved it: the entry with the same `oc:fileid`.
    Elsewhere(TargetEntry),
    Gone,
}

/// What the user chose, ready for use.
#[derive(Debug, Clone)]
pub struct PlanOptions {
    pub documents: DocumentFormat,
    pub on_conflict: ConflictPolicy,
    pub files: bool,
    pub shared_with_me: bool,
    pub shared_drives: bool,
    pub exclude: Exclusions,
    pub pim: PimOptions,
}

impl PlanOptions {
    /// # Errors
    /// When a pattern of [`Scope::exclude`] is not a glob.
    pub fn new(options: &Options, scope: &Scope) -> Result<Self, ExcludeError> {
        Ok(Self {
            documents: options.documents,
            on_conflict: options.on_conflict,
            files: scope.files,
            shared_with_me: scope.shared_with_me,
            shared_drives: scope.shared_drives,
            exclude: Exclusions::new(&scope.exclude)?,
            pim: PimOptions::new(options, scope),
        })
    }
}

/// Decides on every child of a folder: the same number, in the same order.
///
/// No two of them get one target path, not even one that differs in upper and lower case or in Unicode
/// form only, and the order of the children changes nothing. An item that was moved before keeps its
/// place at the target, whatever it is called at the source by now.
pub fn plan_folder(
    view: &FolderView<'_>,
    rules: &TargetRules,
    options: &PlanOptions,
) -> Vec<Decision> {
    decide::decide(view, rules, options)
}

/// Where the content of a folder goes, from the folder's own decision.
pub fn place_inside(decision: &Decision) -> Place<'_> {
    use crate::model::{Action, OutcomeKind};
    match (decision.action, decision.settled) {
        // What does not fit keeps its content from fitting; all else that is left out is left out with it.
        (Action::Block, _) => Place::Nowhere(decision.reason.unwrap_or(Reason::PathTooLong)),
        (_, Some(OutcomeKind::Skipped | OutcomeKind::Failed)) => {
            Place::Nowhere(Reason::FolderLeftOut)
        }
        _ => Place::At(&decision.target_path),
    }
}

/// `name` in the folder `parent`; both relative to the account's files.
fn join(parent: &str, name: &str) -> String {
    if parent.is_empty() {
        name.to_owned()
    } else {
        format!("{parent}/{name}")
    }
}

/// The folder and the name of a path.
fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
