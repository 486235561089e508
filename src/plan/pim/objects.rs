//! What becomes of each event, task and card.

use uuid::Uuid;

use super::super::Place;
use super::super::decide::{blocked, kept, left_out};
use super::PimOptions;
use super::names::short_hash;
use crate::model::{
    Action, ConflictPolicy, Decision, Item, ItemKind, OutcomeKind, Reason, Step, TargetObject,
};

/// Bytes: what a Nextcloud takes of one calendar object (`max-resource-size` is less than that, and not
/// what it holds to). Cards have a limit, too, but their photos are scaled down.
pub const LARGEST_CALENDAR_OBJECT: u64 = 10_485_760;

/// Some objects of one collection.
#[derive(Debug, Clone, Copy)]
pub struct ObjectsView<'a> {
    /// The target path of the collection, or why it has none: see [`super::super::place_inside`].
    pub place: Place<'a>,
    pub candidates: &'a [ObjectCandidate],
}

/// An object and what the ledger knows of it.
#[derive(Debug, Clone)]
pub struct ObjectCandidate {
    pub item: Item,
    pub moved: Option<MovedObject>,
    /// Of the same UID in the same collection of the source, and told of earlier.
    pub twin: Option<Twin>,
    /// What the target's collection has of this UID that this program did not put there.
    pub same_uid: Option<TargetObject>,
    /// The target's trash has an object of this UID out of the collection.
    pub in_trash: bool,
}

/// An object that an earlier run put at the target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MovedObject {
    pub target_path: String,
    pub source_version: String,
    pub target_etag: Option<String>,
    /// What it was given in place of its own.
    pub uid: Option<String>,
    /// What the target has at the path now; `None`: nothing.
    pub now: Option<TargetObject>,
}

/// Another object of the source with the same UID.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Twin {
    pub version: String,
    /// Where it goes.
    pub target_path: String,
}

/// Decides on each object: the same number, in the same order. What one of them gets does not depend on
/// the others.
pub fn plan_objects(
    view: &ObjectsView<'_>,
    options: &PimOptions,
    on_conflict: ConflictPolicy,
) -> Vec<Decision> {
    view.candidates
        .iter()
        .map(|candidate| decide(candidate, view.place, options, on_conflict))
        .collect()
}

fn decide(
    candidate: &ObjectCandidate,
    place: Place<'_>,
    options: &PimOptions,
    on_conflict: ConflictPolicy,
) -> Decision {
    let item = &candidate.item;
    if !options.wants(item.kind) {
        return left_out(match item.kind {
            ItemKind::Task => Reason::TasksNotChosen,
            ItemKind::Contact => Reason::ContactsNotChosen,
            _ => Reason::CalendarsNotChosen,
        });
    }
    let collection = match place {
        Place::At(collection) => collection,
        Place::Nowhere(reason @ (Reason::TooManyCalendars | Reason::TooManyAddressBooks)) => {
            return blocked(reason);
        }
        Place::Nowhere(_) => return left_out(Reason::CollectionLeftOut),
    };
    match item.obstacle {
        // The user wants it and it cannot be had: that is a failure, not a choice.
        Some(reason @ (Reason::Unreadable | Reason::ArchivePartDamaged)) => {
            return Decision {
                settled: Some(OutcomeKind::Failed),
                ..left_out(reason)
            };
        }
        Some(reason) => return left_out(reason),
        None => {}
    }
    if item.kind != ItemKind::Contact && item.size.is_some_and(|n| n > LARGEST_CALENDAR_OBJECT) {
        return blocked(Reason::ObjectTooLarge);
    }
    match &candidate.moved {
        Some(moved) => later(item, moved, collection),
        None => first(candidate, collection, on_conflict),
    }
}

/// Of what no earlier run put at the target.
fn first(candidate: &ObjectCandidate, collection: &str, on_conflict: ConflictPolicy) -> Decision {
    let item = &candidate.item;
    if let Some(twin) = &candidate.twin {
        if twin.version == item.version && !item.version.is_empty() {
            return left_out(Reason::DuplicateUid);
        }
        return beside(item, collection, Reason::UidTaken, &twin.target_path);
    }
    if let Some(there) = &candidate.same_uid {
        // Both are the digest of the text at a Nextcloud.
        if there.etag == item.version && !item.version.is_empty() {
            return kept(&there.path, Reason::SameObject);
        }
        return match on_conflict {
            ConflictPolicy::Skip => Decision {
                action: Action::Conflict,
                target_path: there.path.clone(),
                ..left_out(Reason::UidTaken)
            },
            // A Nextcloud keeps no older version of an object: what is there is never replaced.
            ConflictPolicy::KeepBoth | ConflictPolicy::ReplaceOlder => {
                beside(item, collection, Reason::UidTaken, &there.path)
            }
        };
    }
    if candidate.in_trash {
        return left_out(Reason::UidInTrash);
    }
    let uid = item.uid.as_deref().unwrap_or(item.id.as_str());
    put(item, path(collection, uid, item.kind), None, None)
}

/// Source now, ledger, target now: what changed only at the source is updated, what was edited in the
/// Nextcloud is kept, what changed on both sides is kept twice.
fn later(item: &Item, moved: &MovedObject, collection: &str) -> Decision {
    let Some(now) = &moved.now else {
        return left_out(Reason::DeletedAtTarget);
    };
    let edited = moved.target_etag.as_ref() != Some(&now.etag);
    let changed = item.version != moved.source_version;
    match (changed, edited) {
        (false, false) => kept(&now.path, Reason::AlreadyMoved),
        (false, true) => kept(&now.path, Reason::EditedAtTarget),
        (true, _) if now.etag == item.version && !item.version.is_empty() => {
            kept(&now.path, Reason::SameObject)
        }
        (true, false) => Decision {
            reason: Some(Reason::ObjectChangedAtSource),
            ..put(
                item,
                now.path.clone(),
                Some(now.etag.clone()),
                moved.uid.clone(),
            )
        },
        (true, true) => beside(item, collection, Reason::ChangedOnBothSides, &now.path),
    }
}

/// With another UID, since a collection takes each but once.
fn beside(item: &Item, collection: &str, reason: Reason, other: &str) -> Decision {
    let uid = derived_uid(item);
    let mut decision = put(item, path(collection, &uid, item.kind), None, Some(uid));
    decision.action = Action::Conflict;
    decision.reason = Some(reason);
    if let Step::PutObject { unless_same_as, .. } = &mut decision.step {
        *unless_same_as = Some(other.to_owned());
    }
    decision
}

fn put(item: &Item, target_path: String, replace: Option<String>, uid: Option<String>) -> Decision {
    Decision {
        action: Action::Move,
        reason: None,
        step: Step::PutObject {
            replace,
            uid,
            unless_same_as: None,
        },
        target_path,
        renamed: None,
        bytes: item.size.unwrap_or(0),
        settled: None,
    }
}

fn path(collection: &str, uid: &str, kind: ItemKind) -> String {
    format!("{collection}/{}", object_name(uid, kind))
}

/// What an object of this UID is called in its collection: no UID is too long for it, and none has
/// characters that an address cannot hold.
pub fn object_name(uid: &str, kind: ItemKind) -> String {
    let ending = if kind == ItemKind::Contact {
        "vcf"
    } else {
        "ics"
    };
    format!("{}.{ending}", short_hash(uid))
}

/// The UID that this version of an item gets beside another object that has its own.
pub fn derived_uid(item: &Item) -> String {
    let name = format!("transhumance {} {}", item.id, item.version);
    Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes()).to_string()
}
