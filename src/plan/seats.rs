//! Who gets which name in a folder.

use std::collections::{HashMap, HashSet};

use crate::model::{Item, NameChange, Reason, TargetEntry, Timestamp};

use super::decide::{Guest, same};
use super::naming::{LegalName, Naming, name_key};

/// What an item gets.
#[derive(Debug)]
pub(super) struct Seat<'a> {
    pub(super) name: String,
    pub(super) change: Option<NameChange>,
    pub(super) taken: Taken<'a>,
}

/// What stands in an item's way.
#[derive(Debug, Clone, Copy)]
pub(super) enum Taken<'a> {
    Free,
    /// What is there is what would be moved.
    Same(&'a TargetEntry, Reason),
    /// Something else is there, and the policy leaves the decision to the place itself.
    ByOther(&'a TargetEntry),
    /// Something else is there, so the item gets another name.
    SteppedAside,
}

/// How a taken place is settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manners {
    /// The arriving item gets another name.
    StepAside,
    /// It does not, even where the place is of another kind (a folder in a file's place).
    Insist,
    /// It does not, where both are files.
    Replace,
}

/// One who looks for a place.
#[derive(Debug)]
pub(super) struct Seeker<'a> {
    pub(super) guest: Guest<'a>,
    pub(super) name: LegalName,
    /// The name that an earlier plan gave.
    pub(super) before: Option<&'a str>,
    pub(super) manners: Manners,
}

/// One way to choose a seat; `None` where it has none for this one.
type Round<'a> = fn(&Seats<'a>, &Seeker<'a>) -> Option<(String, Taken<'a>)>;

/// The names of one folder at the target.
#[derive(Debug)]
pub(super) struct Seats<'a> {
    naming: &'a Naming<'a>,
    present: HashMap<String, Vec<&'a TargetEntry>>,
    claimed: HashSet<String>,
    /// The very names that are kept from an earlier run.
    held: HashSet<String>,
    /// Where to go on counting, so that a thousand items of one name do not count from 2 each.
    next_number: HashMap<String, u32>,
}

impl<'a> Seats<'a> {
    pub(super) fn new(
        naming: &'a Naming<'a>,
        present: &'a [TargetEntry],
        claimed: &[String],
    ) -> Self {
        let mut by_key: HashMap<String, Vec<&TargetEntry>> = HashMap::new();
        for entry in present {
            let (_, name) = super::split(&entry.path);
            by_key.entry(name_key(name)).or_default().push(entry);
        }
        Self {
            naming,
            present: by_key,
            claimed: claimed.iter().map(|name| name_key(name)).collect(),
            held: HashSet::new(),
            next_number: HashMap::new(),
        }
    }

    fn claim(&mut self, name: &str) {
        self.claimed.insert(name_key(name));
    }

    /// Keeps the place of something that an earlier run moved, and gives its name; `None` where another
    /// item has that very place.
    pub(super) fn hold<'p>(&mut self, path: &'p str, folder: &str) -> Option<&'p str> {
        let (parent, name) = super::split(path);
        if path.is_empty() || parent != folder {
            return Some(name);
        }
        // Two that differ in case only are there already, whoever named them so: both stay.
        self.claim(name);
        self.held.insert(name.to_owned()).then_some(name)
    }

    /// A seat for everyone, in the order of `seekers`, whatever that order is.
    ///
    /// First those who were given a name before and can keep it, then those whose very content the target
    /// has in their place, then by [`rank`] those whose name is free; the others get a number.
    pub(super) fn assign(&mut self, seekers: &[Seeker<'a>]) -> Vec<Seat<'a>> {
        let mut order: Vec<(usize, &Seeker<'a>)> = seekers.iter().enumerate().collect();
        order.sort_by_cached_key(|(_, seeker)| rank(seeker));
        let mut seats: HashMap<usize, Seat<'a>> = HashMap::with_capacity(seekers.len());
        let rounds: [Round<'a>; 3] = [Self::as_before, Self::as_there, Self::as_named];
        let mut own_base = HashSet::new();
        for choose in rounds {
            for (at, seeker) in &order {
                if seats.contains_key(at) {
                    continue;
                }
                if let Some((name, taken)) = choose(self, seeker) {
                    self.claim(&name);
                    if name_key(&name) == name_key(&seeker.name.text) {
                        own_base.insert(*at);
                    }
                    let change = seeker.name.change;
                    seats.insert(
                        *at,
                        Seat {
                            name,
                            change,
                            taken,
                        },
                    );
                }
            }
        }
        for (at, seeker) in &order {
            if !seats.contains_key(at) {
                let seat = self.numbered(seeker);
                self.claim(&seat.name);
                seats.insert(*at, seat);
            }
        }
        self.explain(seekers, &mut seats, &own_base);
        (0..seekers.len())
            .filter_map(|at| seats.remove(&at))
            .collect()
    }

    /// Who was given a name before that still fits keeps it.
    fn as_before(&self, seeker: &Seeker<'a>) -> Option<(String, Taken<'a>)> {
        let name = seeker.before?;
        if self.claimed.contains(&name_key(name))
            || !self.naming.is_legal(name)
            || !self.naming.is_form_of(&seeker.name, name)
        {
            return None;
        }
        if seeker.manners != Manners::StepAside
            && name != seeker.name.text
            && self.entry(&seeker.name.text).is_some()
        {
            return None;
        }
        match self.entry(name) {
            None => Some((name.to_owned(), Taken::Free)),
            Some(entry) => self.same(seeker, entry),
        }
    }

    /// The target has it already.
    fn as_there(&self, seeker: &Seeker<'a>) -> Option<(String, Taken<'a>)> {
        let name = &seeker.name.text;
        if self.claimed.contains(&name_key(name)) {
            return None;
        }
        self.entries(name)
            .find_map(|entry| self.same(seeker, entry))
    }

    fn as_named(&self, seeker: &Seeker<'a>) -> Option<(String, Taken<'a>)> {
        let name = &seeker.name.text;
        if self.claimed.contains(&name_key(name)) {
            return None;
        }
        let taken = match self.entry(name) {
            None => Taken::Free,
            Some(entry) => {
                let same_kind = entry.is_folder == seeker.guest.is_folder();
                let same_name = super::split(&entry.path).1 == name;
                match seeker.manners {
                    Manners::Insist => Taken::ByOther(entry),
                    Manners::Replace if same_kind && same_name => Taken::ByOther(entry),
                    Manners::Replace | Manners::StepAside => return None,
                }
            }
        };
        Some((name.clone(), taken))
    }

    fn numbered(&mut self, seeker: &Seeker<'a>) -> Seat<'a> {
        let key = name_key(&seeker.name.text);
        let mut number = self.next_number.get(&key).copied().unwrap_or(2);
        let mut all_claimed = true;
        loop {
            let candidate = self.naming.numbered(&seeker.name, number);
            // A rule of the server that no numbered form meets: it refuses whatever we try.
            let name = candidate.unwrap_or_else(|| format!("_ ({number})"));
            number = number.saturating_add(1);
            if self.claimed.contains(&name_key(&name)) {
                if all_claimed {
                    self.next_number.insert(key.clone(), number);
                }
                continue;
            }
            all_claimed = false;
            let taken = match self.entry(&name) {
                None => Taken::SteppedAside,
                Some(entry) => match self.same(seeker, entry) {
                    Some((_, taken)) => taken,
                    None => continue,
                },
            };
            return Seat {
                name,
                change: None,
                taken,
            };
        }
    }

    /// Says of everyone with a numbered name what was in the way: another item, or something at the
    /// target. That is known only when all sit.
    fn explain(
        &self,
        seekers: &[Seeker<'a>],
        seats: &mut HashMap<usize, Seat<'a>>,
        own_base: &HashSet<usize>,
    ) {
        let mut sitting: HashMap<String, &str> = HashMap::new();
        for (at, seeker) in seekers.iter().enumerate() {
            if own_base.contains(&at) {
                sitting.insert(name_key(&seeker.name.text), &seeker.name.text);
            }
        }
        for (at, seeker) in seekers.iter().enumerate() {
            let Some(seat) = seats.get_mut(&at) else {
                continue;
            };
            if own_base.contains(&at) {
                if seat.name != seeker.name.text {
                    seat.change = Some(NameChange::CaseDuplicate);
                }
                continue;
            }
            let key = name_key(&seeker.name.text);
            let by_item = self.claimed.contains(&key);
            let by_target = !by_item && self.entry(&seeker.name.text).is_some();
            seat.change = Some(match sitting.get(&key) {
                Some(other) if **other != *seeker.name.text => NameChange::CaseDuplicate,
                _ if by_target => NameChange::TakenAtTarget,
                _ => NameChange::Duplicate,
            });
            seat.taken = match seat.taken {
                Taken::Free | Taken::SteppedAside if by_target => Taken::SteppedAside,
                Taken::SteppedAside => Taken::Free,
                other => other,
            };
        }
    }

    fn same(&self, seeker: &Seeker<'a>, entry: &'a TargetEntry) -> Option<(String, Taken<'a>)> {
        let reason = same(&seeker.guest, entry)?;
        let (_, name) = super::split(&entry.path);
        Some((name.to_owned(), Taken::Same(entry, reason)))
    }

    fn entries(&self, name: &str) -> impl Iterator<Item = &'a TargetEntry> {
        let mut entries = self
            .present
            .get(&name_key(name))
            .cloned()
            .unwrap_or_default();
        // The exact name first; the rest by name, so that their order in the listing does not matter.
        entries.sort_by(|a, b| {
            let key = |entry: &TargetEntry| {
                let other = super::split(&entry.path).1;
                (other != name, other.to_owned())
            };
            key(a).cmp(&key(b))
        });
        entries.into_iter()
    }

    fn entry(&self, name: &str) -> Option<&'a TargetEntry> {
        self.entries(name).next()
    }
}

/// Who comes first: those whose name needs no change, then the older, then by id.
fn rank<'a>(seeker: &Seeker<'a>) -> (bool, Timestamp, &'a str) {
    let item: &Item = seeker.guest.item;
    (
        seeker.name.text != item.name,
        item.created.unwrap_or(Timestamp::MAX),
        item.id.as_str(),
    )
}
