//! Where each calendar and address book goes.

use std::collections::{HashMap, HashSet};

use unicode_normalization::UnicodeNormalization as _;

use super::super::decide::{blocked, kept, left_out};
use super::super::scope::source_path;
use super::super::{Chosen, Exclusions};
use super::names::{slug, told_apart};
use super::{PimOptions, by_id};
use crate::model::{
    Access, Action, Component, Decision, Item, ItemKind, NameChange, OutcomeKind, Reason, Standing,
    Step, TargetCollection,
};

/// What is decided on together, because the server limits and names it together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// Calendars, task lists and subscriptions.
    Calendars,
    AddressBooks,
}

impl Family {
    pub const fn of(kind: ItemKind) -> Option<Self> {
        match kind {
            ItemKind::Calendar | ItemKind::Subscription => Some(Self::Calendars),
            ItemKind::AddressBook => Some(Self::AddressBooks),
            _ => None,
        }
    }

    /// The folder of its collections' paths.
    const fn home(self) -> &'static str {
        match self {
            Self::Calendars => "/calendars",
            Self::AddressBooks => "/addressbooks",
        }
    }

    /// For a name that no address can hold.
    const fn plain_uri(self) -> &'static str {
        match self {
            Self::Calendars => "calendar",
            Self::AddressBooks => "address-book",
        }
    }
}

/// How many objects of each kind a collection of the source holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Holds {
    pub events: u64,
    pub tasks: u64,
    pub journals: u64,
}

/// A collection of the source and what the ledger knows of it.
#[derive(Debug, Clone)]
pub struct CollectionCandidate {
    pub item: Item,
    pub holds: Holds,
    /// Where an earlier plan put it; it stays there.
    pub place: Option<String>,
    /// An earlier run made it there.
    pub made: bool,
    /// Earlier runs put something into it there.
    pub used: bool,
    pub chosen: Chosen,
}

/// All collections of a family.
#[derive(Debug, Clone, Copy)]
pub struct CollectionsView<'a> {
    pub family: Family,
    pub candidates: &'a [CollectionCandidate],
    /// What the target has of the family, whosoever's it is.
    pub present: &'a [TargetCollection],
}

/// Decides on every collection: the same number, in the same order.
///
/// No two of them get one target path, and the order of the candidates changes nothing. Each keeps the
/// place of an earlier plan.
pub fn plan_collections(
    view: &CollectionsView<'_>,
    options: &PimOptions,
    exclude: &Exclusions,
) -> Vec<Decision> {
    let mut places = Places::new(view, options);
    let order = by_id(view.candidates, |candidate| &candidate.item);
    let mut decisions: HashMap<usize, Decision> = HashMap::with_capacity(order.len());
    let mut wanted = Vec::new();
    for (at, candidate) in order {
        match left(candidate, options, exclude) {
            Some(decision) => {
                decisions.insert(at, decision);
            }
            None => wanted.push((at, candidate)),
        }
    }
    // First those who have a place, then those whose like is there, then the others as their owner has
    // ordered them: what is over the limit comes last.
    let rounds: [Round<'_>; 2] = [Places::as_before, Places::as_there];
    for choose in rounds {
        wanted.retain(|(at, candidate)| match choose(&mut places, candidate) {
            None => true,
            Some(decision) => {
                decisions.insert(*at, decision);
                false
            }
        });
    }
    wanted.sort_by_key(|(_, candidate)| rank(&candidate.item));
    for (at, candidate) in wanted {
        let decision = places.made(candidate);
        decisions.insert(at, decision);
    }
    (0..view.candidates.len())
        .map(|at| {
            let decided = decisions.remove(&at);
            // Every candidate has been decided on.
            decided.unwrap_or_else(|| left_out(Reason::CollectionLeftOut))
        })
        .collect()
}

type Round<'a> = fn(&mut Places<'a>, &CollectionCandidate) -> Option<Decision>;

fn rank(item: &Item) -> (bool, i64, String, String) {
    let collection = item.collection.as_ref();
    (
        !collection.is_some_and(|collection| collection.primary),
        collection.and_then(|one| one.order).unwrap_or(i64::MAX),
        shown_name(&item.name),
        item.id.0.clone(),
    )
}

/// The decision on what stays where it is.
fn left(
    candidate: &CollectionCandidate,
    options: &PimOptions,
    exclude: &Exclusions,
) -> Option<Decision> {
    let item = &candidate.item;
    if let Some(reason) = not_chosen(candidate, options) {
        return Some(left_out(reason));
    }
    if exclude.exclude(&source_path("", &item.name), true) {
        return Some(left_out(Reason::Excluded));
    }
    match item.obstacle {
        Some(reason @ (Reason::Unreadable | Reason::ArchivePartDamaged)) => Some(Decision {
            settled: Some(OutcomeKind::Failed),
            ..left_out(reason)
        }),
        Some(reason) => Some(left_out(reason)),
        None => None,
    }
}

fn not_chosen(candidate: &CollectionCandidate, options: &PimOptions) -> Option<Reason> {
    let item = &candidate.item;
    if candidate.chosen == Chosen::Left {
        return Some(Reason::NotChosen);
    }
    // Ticked for itself, it comes along whosoever's it is.
    let ticked = candidate.chosen == Chosen::Taken;
    match item.kind {
        ItemKind::AddressBook if !options.contacts => return Some(Reason::ContactsNotChosen),
        ItemKind::Subscription if !options.calendars => return Some(Reason::CalendarsNotChosen),
        ItemKind::Subscription if !options.subscribed_calendars && !ticked => {
            return Some(Reason::SubscribedCalendar);
        }
        ItemKind::Calendar if is_task_list(candidate) && options.tasks => {}
        ItemKind::Calendar if is_task_list(candidate) => return Some(Reason::TasksNotChosen),
        // The tasks of a calendar that holds both come along without its events.
        ItemKind::Calendar
            if !options.calendars && (!options.tasks || candidate.holds.tasks == 0) =>
        {
            return Some(Reason::CalendarsNotChosen);
        }
        _ => {}
    }
    let shared = item
        .collection
        .as_ref()
        .is_some_and(|collection| matches!(collection.access, Access::Shared { .. }));
    (shared && !options.shared_calendars && !ticked).then_some(Reason::SharedCalendar)
}

fn is_task_list(candidate: &CollectionCandidate) -> bool {
    let holds = candidate.holds;
    let components = components(&candidate.item);
    components == [Component::Todo]
        || (holds.tasks > 0
            && holds.events + holds.journals == 0
            && !components.contains(&Component::Event))
}

fn components(item: &Item) -> &[Component] {
    item.collection
        .as_ref()
        .map_or(&[], |collection| &collection.components)
}

/// What a calendar of the target must take to hold what comes from this one.
fn needed(candidate: &CollectionCandidate, options: &PimOptions) -> Vec<Component> {
    let holds = candidate.holds;
    let counts = [
        (Component::Event, holds.events),
        (Component::Todo, holds.tasks),
        (Component::Journal, holds.journals),
    ];
    let held: Vec<Component> = counts
        .into_iter()
        .filter(|(component, count)| *count > 0 && options.wants(component.item_kind()))
        .map(|(component, _)| component)
        .collect();
    if !held.is_empty() {
        return held;
    }
    if is_task_list(candidate) {
        vec![Component::Todo]
    } else {
        vec![Component::Event]
    }
}

/// Whether the plan may put what is in `item` into `there`: everything that could be looked at beforehand is
/// in such collections and in those of earlier plans.
pub fn may_be_same_collection(item: &Item, there: &TargetCollection) -> bool {
    there.kind == item.kind
        && there.kind != ItemKind::Subscription
        && shown_name(&there.name) == shown_name(&item.name)
}

/// A name as people compare it.
fn shown_name(name: &str) -> String {
    let name: String = name.nfc().filter(|c| !c.is_control()).collect();
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Which places are taken, and by what.
struct Places<'a> {
    family: Family,
    options: &'a PimOptions,
    present: HashMap<&'a str, &'a TargetCollection>,
    /// Paths of the target that are somebody's, or given to a candidate.
    taken: HashSet<String>,
    /// Paths of the target that a candidate uses.
    used: HashSet<String>,
    /// Display names that the account sees at the target.
    names: HashSet<String>,
    /// How many more may be made.
    room: u64,
}

impl<'a> Places<'a> {
    fn new(view: &CollectionsView<'a>, options: &'a PimOptions) -> Self {
        let at_most = match view.family {
            Family::Calendars => options.calendars_at_most,
            Family::AddressBooks => options.address_books_at_most,
        };
        // What lies in the trash still counts for the server.
        let counted = view
            .present
            .iter()
            .filter(|one| matches!(one.standing, Standing::Own | Standing::Trashed))
            .count();
        let counted = u64::try_from(counted).unwrap_or(u64::MAX);
        let kept = view.candidates.iter().filter_map(|one| one.place.clone());
        Self {
            family: view.family,
            options,
            present: view
                .present
                .iter()
                .map(|one| (one.path.as_str(), one))
                .collect(),
            taken: view
                .present
                .iter()
                .map(|one| one.path.clone())
                .chain(kept)
                .collect(),
            used: HashSet::new(),
            names: view
                .present
                .iter()
                .filter(|one| one.standing != Standing::Trashed)
                .map(|one| shown_name(&one.name))
                .collect(),
            room: u64::from(at_most).saturating_sub(counted),
        }
    }

    /// The place that it has from an earlier plan.
    fn as_before(&mut self, candidate: &CollectionCandidate) -> Option<Decision> {
        let place = candidate.place.as_ref()?;
        let there = self.present.get(place.as_str()).copied();
        let there = there.filter(|one| one.standing != Standing::Trashed);
        match there {
            Some(one) if one.standing == Standing::Own && self.used.insert(place.clone()) => {
                let reason = if candidate.made {
                    Reason::AlreadyMoved
                } else {
                    Reason::CollectionExists
                };
                Some(kept(place, reason))
            }
            None if candidate.made || candidate.used => {
                self.used.insert(place.clone());
                Some(left_out(Reason::DeletedAtTarget))
            }
            // Planned, and never carried out; or not the account's own any more.
            _ => None,
        }
    }

    /// The target's collection of the same name, where it takes everything that comes.
    fn as_there(&mut self, candidate: &CollectionCandidate) -> Option<Decision> {
        let item = &candidate.item;
        let name = shown_name(&item.name);
        let address = match item.collection.as_ref().map(|one| &one.access) {
            Some(Access::Subscribed { url }) => Some(url.as_str()),
            _ => None,
        };
        let needed = needed(candidate, self.options);
        let mut fitting: Vec<&TargetCollection> = self
            .present
            .values()
            .copied()
            .filter(|one| one.standing == Standing::Own && one.kind == item.kind)
            .filter(|one| !self.used.contains(&one.path))
            .filter(|one| match item.kind {
                ItemKind::Subscription => {
                    address.is_some() && one.subscribed_to.as_deref() == address
                }
                ItemKind::Calendar => {
                    shown_name(&one.name) == name && needed.iter().all(|part| one.takes(*part))
                }
                _ => shown_name(&one.name) == name,
            })
            .collect();
        fitting.sort_by(|a, b| a.path.cmp(&b.path));
        let found = fitting.first()?;
        self.used.insert(found.path.clone());
        Some(kept(&found.path, Reason::CollectionExists))
    }

    /// One of its own.
    fn made(&mut self, candidate: &CollectionCandidate) -> Decision {
        let item = &candidate.item;
        if self.room == 0 {
            return blocked(match self.family {
                Family::Calendars => Reason::TooManyCalendars,
                Family::AddressBooks => Reason::TooManyAddressBooks,
            });
        }
        self.room -= 1;
        let (name, renamed) = self.free_name(&item.name);
        Decision {
            action: Action::Move,
            reason: None,
            step: Step::MakeCollection { name },
            target_path: self.free_path(candidate),
            renamed,
            bytes: 0,
            settled: None,
        }
    }

    fn free_path(&mut self, candidate: &CollectionCandidate) -> String {
        let home = self.family.home();
        // Planned earlier, and still free.
        if let Some(place) = &candidate.place
            && !self.present.contains_key(place.as_str())
            && !self.used.contains(place)
        {
            self.used.insert(place.clone());
            return place.clone();
        }
        let item = &candidate.item;
        let slug = slug(&item.name, self.family.plain_uri());
        let uri = told_apart(&slug, item.id.as_str(), |uri| {
            !self.taken.contains(&format!("{home}/{uri}"))
        });
        let path = format!("{home}/{uri}");
        self.taken.insert(path.clone());
        path
    }

    /// People choose by the name, so no two have one.
    fn free_name(&mut self, name: &str) -> (String, Option<NameChange>) {
        let wanted = shown_name(name);
        let (base, empty) = if wanted.is_empty() {
            (self.family.plain_uri().to_owned(), Some(NameChange::Empty))
        } else {
            (wanted, None)
        };
        if self.names.insert(base.clone()) {
            return (base, empty);
        }
        let there = self
            .present
            .values()
            .any(|one| one.standing != Standing::Trashed && shown_name(&one.name) == base);
        let change = if there {
            NameChange::TakenAtTarget
        } else {
            NameChange::Duplicate
        };
        let free = (2..u32::MAX)
            .map(|number| format!("{base} ({number})"))
            .find(|name| !self.names.contains(name))
            .unwrap_or(base);
        self.names.insert(free.clone());
        (free, Some(change))
    }
}
