//! One decision for every item.

use crate::model::{
    Action, ConflictPolicy, Decision, DocumentFormat, HashValue, Item, ItemKind, LINK_EXTENSION,
    NameChange, OutcomeKind, Reason, SpaceKind, Step, TargetEntry, TargetRules, Timestamp,
    document_stem, export_extension, is_other_format, link_file,
};

use super::naming::{NameOf, Naming};
use super::seats::{Manners, Seat, Seats, Seeker, Taken};
use super::{
    Candidate, Chosen, FolderView, MovedBefore, Place, PlanOptions, Previous, TargetNow,
    estimated_export_bytes, join, source_path, split,
};

/// The server keeps paths with this in front, in a column of [`TargetRules::max_path_bytes`].
const PATH_PREFIX: &str = "/files/";
/// Nextcloud refuses earlier dates than 2 January 1970, so that is what such files get.
const EARLIEST_MODIFIED: i64 = 86_401;

/// An item on its way, and what it is at the target.
#[derive(Debug, Clone, Copy)]
pub(super) struct Guest<'a> {
    pub(super) item: &'a Item,
    form: Form,
}

/// What an item is at the target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Folder,
    File,
    Export {
        format: DocumentFormat,
        /// With its dot.
        ending: &'static str,
    },
    Link,
}

impl Guest<'_> {
    pub(super) fn is_folder(&self) -> bool {
        self.form == Form::Folder
    }

    fn name_of(&self) -> NameOf<'static> {
        match self.form {
            Form::Folder => NameOf::Folder,
            Form::File => NameOf::File,
            Form::Export { ending, .. } => NameOf::Made(ending),
            Form::Link => NameOf::Made(LINK_EXTENSION),
        }
    }

    /// What it is called, apart from an ending that only says what kind of document it is at the source.
    fn own_name(&self) -> &str {
        match (self.form, self.item.media_type.as_deref()) {
            (Form::Export { .. }, Some(media_type)) => document_stem(media_type, &self.item.name),
            _ => &self.item.name,
        }
    }

    fn is_other_format(&self) -> bool {
        match (self.form, self.item.media_type.as_deref()) {
            (Form::Export { format, .. }, Some(media_type)) => is_other_format(media_type, format),
            _ => false,
        }
    }

    fn bytes(&self) -> u64 {
        let item = self.item;
        match self.form {
            Form::Folder => 0,
            Form::File => item.size.unwrap_or(0),
            Form::Export { .. } => estimated_export_bytes(item.media_type.as_deref(), item.size),
            Form::Link => link_bytes(item),
        }
    }
}

fn link_bytes(item: &Item) -> u64 {
    let address = item.web_link.as_deref().unwrap_or_default();
    u64::try_from(link_file(address).len()).unwrap_or(u64::MAX)
}

/// What is known of a child before anyone looks for a name.
enum Stage<'a> {
    Settled(Decision),
    Seeks(Seeker<'a>, Option<Reason>),
}

pub(super) fn decide(
    view: &FolderView<'_>,
    rules: &TargetRules,
    options: &PlanOptions,
) -> Vec<Decision> {
    let naming = Naming::new(rules);
    let mut seats = Seats::new(&naming, view.present, view.claimed);
    let folder = match view.place {
        Place::At(folder) => folder,
        Place::Nowhere(_) => "",
    };

    let mut order: Vec<usize> = (0..view.children.len()).collect();
    order.sort_by_key(|at| view.children.get(*at).map(|child| &child.item.id));
    let mut stages: Vec<Option<Stage<'_>>> = view.children.iter().map(|_| None).collect();
    for at in order {
        if let (Some(child), Some(stage)) = (view.children.get(at), stages.get_mut(at)) {
            *stage = Some(first_look(
                child, view, folder, &naming, options, &mut seats,
            ));
        }
    }

    let mut seekers = Vec::new();
    let mut settled: Vec<Result<Decision, Option<Reason>>> = Vec::with_capacity(stages.len());
    for stage in stages.into_iter().flatten() {
        settled.push(match stage {
            Stage::Settled(decision) => Ok(decision),
            Stage::Seeks(seeker, conflict) => {
                seekers.push(seeker);
                Err(conflict)
            }
        });
    }
    let mut seated = seats.assign(&seekers).into_iter().zip(&seekers);
    settled
        .into_iter()
        .map(|decision| match decision {
            Ok(decision) => decision,
            Err(conflict) => match seated.next() {
                Some((seat, seeker)) => with_seat(seeker, seat, conflict, folder, rules, options),
                // There is a seat for every seeker.
                None => left_out(Reason::FolderLeftOut),
            },
        })
        .collect()
}

/// Settles what needs no name: what is left out, and what keeps the place that it has from an earlier run.
fn first_look<'a>(
    child: &'a Candidate,
    view: &FolderView<'_>,
    folder: &str,
    naming: &Naming<'_>,
    options: &PlanOptions,
    seats: &mut Seats<'_>,
) -> Stage<'a> {
    if let Some(decision) = without_place(child, view, options) {
        return Stage::Settled(decision);
    }
    let guest = match form(child, options) {
        Ok(form) => Guest {
            item: &child.item,
            form,
        },
        Err(reason) => return Stage::Settled(left_out(reason)),
    };
    let mut conflict = None;
    let mut before = None;
    if let Some(previous) = &child.previous {
        match previous.moved.as_ref().map(|moved| later(&guest, moved)) {
            Some(Later::Settled(mut decision)) => {
                let name = seats.hold(&decision.target_path, folder);
                if let Some(name) = name {
                    decision.renamed = renamed_before(naming, &guest, name);
                    return Stage::Settled(decision);
                }
            }
            Some(Later::Twice(path)) => {
                // What was edited is nobody else's to replace.
                seats.hold(path, folder);
                conflict = Some(Reason::ChangedOnBothSides);
            }
            Some(Later::Afresh) => {}
            None => before = name_before(previous, folder),
        }
    }
    Stage::Seeks(
        Seeker {
            guest,
            name: naming.legal(guest.own_name(), guest.name_of()),
            before,
            manners: manners(&guest, conflict, options),
        },
        conflict,
    )
}

/// Why an item is called `name` at the target, as far as that can still be told.
fn renamed_before(naming: &Naming<'_>, guest: &Guest<'_>, name: &str) -> Option<NameChange> {
    if name.is_empty() || name == guest.item.name {
        return None;
    }
    let legal = naming.legal(guest.own_name(), guest.name_of());
    if legal.text == name {
        return legal.change;
    }
    // Neither a form of its name: it was renamed at one of the ends since.
    naming
        .is_form_of(&legal, name)
        .then_some(NameChange::Duplicate)
}

fn name_before<'a>(previous: &'a Previous, folder: &str) -> Option<&'a str> {
    let (parent, name) = split(&previous.target_path);
    (parent == folder && !name.is_empty()).then_some(name)
}

fn manners(guest: &Guest<'_>, conflict: Option<Reason>, options: &PlanOptions) -> Manners {
    if conflict.is_some() {
        return Manners::StepAside;
    }
    match options.on_conflict {
        ConflictPolicy::KeepBoth => Manners::StepAside,
        ConflictPolicy::Skip => Manners::Insist,
        ConflictPolicy::ReplaceOlder if guest.is_folder() => Manners::StepAside,
        ConflictPolicy::ReplaceOlder => Manners::Replace,
    }
}

/// The decision on what does not go anywhere.
fn without_place(
    child: &Candidate,
    view: &FolderView<'_>,
    options: &PlanOptions,
) -> Option<Decision> {
    let item = &child.item;
    if !options.files {
        return Some(left_out(Reason::FilesNotChosen));
    }
    match (child.chosen, view.space) {
        (Chosen::Left, _) => return Some(left_out(Reason::NotChosen)),
        (Chosen::ByScope, SpaceKind::SharedWithMe) if !options.shared_with_me => {
            return Some(left_out(Reason::SharedWithMe));
        }
        (Chosen::ByScope, SpaceKind::SharedDrive) if !options.shared_drives => {
            return Some(left_out(Reason::SharedDriveNotChosen));
        }
        _ => {}
    }
    if let Place::Nowhere(reason) = view.place {
        return Some(match reason {
            Reason::PathTooLong | Reason::NoSpace => blocked(reason),
            reason => left_out(reason),
        });
    }
    let path = source_path(view.source_path, &item.name);
    if options
        .exclude
        .exclude(&path, item.kind == ItemKind::Folder)
    {
        return Some(left_out(Reason::Excluded));
    }
    match item.obstacle {
        // The user wants it and it cannot be had: that is a failure, not a choice.
        Some(
            reason @ (Reason::Unreadable | Reason::ArchivePartDamaged | Reason::ArchivePartMissing),
        ) => Some(Decision {
            settled: Some(OutcomeKind::Failed),
            ..left_out(reason)
        }),
        Some(reason) => Some(left_out(reason)),
        None => None,
    }
}

/// What the item is at the target, or why it cannot be anything there.
fn form(child: &Candidate, options: &PlanOptions) -> Result<Form, Reason> {
    let item = &child.item;
    let link_or = |reason| item.web_link.as_ref().map(|_| Form::Link).ok_or(reason);
    match item.kind {
        ItemKind::Folder => Ok(Form::Folder),
        ItemKind::File => Ok(Form::File),
        ItemKind::Document => item
            .media_type
            .as_deref()
            .and_then(|media_type| export_extension(media_type, options.documents))
            .map(|ending| Form::Export {
                format: options.documents,
                ending,
            })
            .map_or_else(|| link_or(Reason::NotExportable), Ok),
        ItemKind::Webpage => link_or(Reason::NotExportable),
        ItemKind::Shortcut if child.shortcut_target_known => Err(Reason::ShortcutTargetMoved),
        ItemKind::Shortcut => link_or(Reason::ShortcutDangling),
        ItemKind::Special => Err(Reason::SpecialFile),
        // These have a plan of their own; among files they have no place.
        ItemKind::Calendar
        | ItemKind::Subscription
        | ItemKind::AddressBook
        | ItemKind::Event
        | ItemKind::Task
        | ItemKind::Journal
        | ItemKind::Contact => Err(Reason::CollectionLeftOut),
    }
}

/// What an earlier move means for this one.
enum Later<'a> {
    Settled(Decision),
    /// Changed at both ends: the source's version arrives beside the one at this path.
    Twice(&'a str),
    /// What is there is not this item any more.
    Afresh,
}

/// Source now, ledger, target now: what changed only at the source is updated, what was edited in the
/// Nextcloud is kept, what changed on both sides is kept twice.
fn later<'a>(guest: &Guest<'_>, moved: &'a MovedBefore) -> Later<'a> {
    let (entry, same_place) = match &moved.now {
        TargetNow::There(entry) => (entry, true),
        TargetNow::Elsewhere(entry) => (entry, false),
        TargetNow::Gone => return Later::Settled(left_out(Reason::DeletedAtTarget)),
    };
    if entry.is_folder != guest.is_folder() {
        return Later::Afresh;
    }
    let keep = |reason| Later::Settled(kept(&entry.path, reason));
    let unchanged = if same_place {
        Reason::AlreadyMoved
    } else {
        Reason::MovedAtTarget
    };
    // A folder's ETag tells of its content, which is looked at on its own.
    if guest.is_folder() {
        return keep(unchanged);
    }
    let edited = match &moved.target_etag {
        Some(etag) => Some(*etag != entry.etag),
        None => moved.hash.as_ref().and_then(|hash| {
            let now = comparable(&entry.checksums, hash)?;
            Some(now != hash)
        }),
    };
    if !changed_at_source(guest.item, moved) {
        return match edited {
            Some(true) => keep(Reason::EditedAtTarget),
            Some(false) | None => keep(unchanged),
        };
    }
    if same(guest, entry) == Some(Reason::SameContent) {
        return keep(Reason::SameContent);
    }
    match edited {
        Some(false) => {
            let mut decision = sent(guest, entry.path.clone(), Some(entry.etag.clone()));
            decision.reason = Some(Reason::ChangedAtSource);
            Later::Settled(decision)
        }
        // Where nobody knows, nothing is overwritten.
        Some(true) | None => Later::Twice(&entry.path),
    }
}

/// A version can change with the name or the date alone; the source's own digest knows better.
fn changed_at_source(item: &Item, moved: &MovedBefore) -> bool {
    if item.version == moved.source_version {
        return false;
    }
    let Some(now) = &item.hash else {
        return true;
    };
    let mut known = [&moved.source_hash, &moved.hash].into_iter().flatten();
    known
        .find(|then| then.algorithm == now.algorithm)
        .is_none_or(|then| now != then)
}

fn comparable<'a>(checksums: &'a [HashValue], with: &HashValue) -> Option<&'a HashValue> {
    checksums
        .iter()
        .find(|checksum| checksum.algorithm == with.algorithm)
}

/// Whether what the target has is what the item would become, and how we know.
pub(super) fn same(guest: &Guest<'_>, entry: &TargetEntry) -> Option<Reason> {
    if entry.is_folder != guest.is_folder() {
        return None;
    }
    let item = guest.item;
    let size = match guest.form {
        Form::Folder => return Some(Reason::FolderExists),
        Form::File => Some(item.size?),
        Form::Link => Some(link_bytes(item)),
        // No two exports need be the same bytes: the document's date is all there is.
        Form::Export { .. } => None,
    };
    if size.is_some_and(|size| size != entry.size) {
        return None;
    }
    if guest.form == Form::File
        && let Some(hash) = &item.hash
        && let Some(there) = comparable(&entry.checksums, hash)
    {
        return (there == hash).then_some(Reason::SameContent);
    }
    let seconds = |moment: Timestamp| moment.as_second().max(EARLIEST_MODIFIED);
    let ours = item.modified.map(seconds)?;
    let theirs = entry.modified.map(seconds)?;
    (ours == theirs).then_some(Reason::SameSizeAndDate)
}

fn with_seat(
    seeker: &Seeker<'_>,
    seat: Seat<'_>,
    conflict: Option<Reason>,
    folder: &str,
    rules: &TargetRules,
    options: &PlanOptions,
) -> Decision {
    let guest = &seeker.guest;
    let path = join(folder, &seat.name);
    let mut decision = match seat.taken {
        Taken::Same(entry, reason) => kept(&entry.path, reason),
        Taken::ByOther(entry) => settled_by_policy(guest, entry, path, options),
        Taken::Free | Taken::SteppedAside => {
            if path.len() + PATH_PREFIX.len() > rules.max_path_bytes {
                return blocked(Reason::PathTooLong);
            }
            let mut decision = sent(guest, path, None);
            let taken = matches!(seat.taken, Taken::SteppedAside).then_some(Reason::NameTaken);
            if let Some(reason) = conflict.or(taken) {
                decision.action = Action::Conflict;
                decision.reason = Some(reason);
            }
            decision
        }
    };
    decision.renamed = match seat.change {
        Some(NameChange::Duplicate) if conflict.is_some() => Some(NameChange::TakenAtTarget),
        change => change,
    };
    decision
}

/// Something else is in the item's place, and the policy is not to put it beside.
fn settled_by_policy(
    guest: &Guest<'_>,
    entry: &TargetEntry,
    path: String,
    options: &PlanOptions,
) -> Decision {
    let newer = match (guest.item.modified, entry.modified) {
        (Some(ours), Some(theirs)) => ours.as_second() > theirs.as_second(),
        // Where nobody knows, nothing is overwritten.
        _ => false,
    };
    let replaces = options.on_conflict == ConflictPolicy::ReplaceOlder && newer;
    let decision = if replaces {
        sent(guest, path, Some(entry.etag.clone()))
    } else {
        Decision {
            target_path: path,
            ..left_out(Reason::NameTaken)
        }
    };
    Decision {
        action: Action::Conflict,
        reason: Some(Reason::NameTaken),
        ..decision
    }
}

fn sent(guest: &Guest<'_>, target_path: String, replace: Option<String>) -> Decision {
    let (action, step) = match guest.form {
        Form::Folder => (Action::Move, Step::MakeFolder),
        Form::File => (Action::Move, Step::Upload { replace }),
        Form::Export { format, .. } => (Action::Convert, Step::Export { format, replace }),
        Form::Link => (Action::Link, Step::WriteLink { replace }),
    };
    Decision {
        action,
        reason: guest.is_other_format().then_some(Reason::OtherFormat),
        step,
        target_path,
        renamed: None,
        bytes: guest.bytes(),
        settled: None,
    }
}

pub(super) fn kept(path: &str, reason: Reason) -> Decision {
    Decision {
        action: Action::Keep,
        reason: Some(reason),
        step: Step::Nothing,
        target_path: path.to_owned(),
        renamed: None,
        bytes: 0,
        settled: Some(OutcomeKind::Kept),
    }
}

pub(super) fn left_out(reason: Reason) -> Decision {
    Decision {
        action: Action::Skip,
        reason: Some(reason),
        step: Step::Nothing,
        target_path: String::new(),
        renamed: None,
        bytes: 0,
        settled: Some(OutcomeKind::Skipped),
    }
}

/// The user wants it and it does not arrive: a failure.
pub(super) fn blocked(reason: Reason) -> Decision {
    Decision {
        action: Action::Block,
        settled: Some(OutcomeKind::Failed),
        ..left_out(reason)
    }
}
