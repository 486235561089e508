//! Things in an order of their own: those that are computed from a number, what was changed of them, and
//! what was added.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

/// What can lie on a [`Shelf`].
pub(super) trait Thing: Clone {
    fn id(&self) -> &str;
    /// The number of the shelf's last change of it; 0: as it was made.
    fn changed(&self) -> u64;
}

/// Makes the thing of a number.
type Make<T> = Box<dyn Fn(u64) -> Option<T> + Send + Sync>;
/// The number of an identifier, where it is that of a made thing.
type Number = Box<dyn Fn(&str) -> Option<u64> + Send + Sync>;

pub(super) struct Shelf<T> {
    /// Things made by number, from 0 on.
    length: u64,
    make: Make<T>,
    number: Number,
    edits: Edits<T>,
    /// By the identifier: where it lies among what was added.
    added: HashMap<String, usize>,
}

/// What survives a restart.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Edits<T> {
    changed: BTreeMap<u64, T>,
    added: Vec<T>,
    sequence: u64,
}

impl<T> Default for Edits<T> {
    fn default() -> Self {
        Self {
            changed: BTreeMap::new(),
            added: Vec::new(),
            sequence: 0,
        }
    }
}

impl<T: Thing> Shelf<T> {
    pub(super) fn new(
        length: u64,
        make: impl Fn(u64) -> Option<T> + Send + Sync + 'static,
        number: impl Fn(&str) -> Option<u64> + Send + Sync + 'static,
        edits: Edits<T>,
    ) -> Self {
        let ids = edits.added.iter().enumerate();
        let added = ids
            .map(|(place, thing)| (thing.id().to_owned(), place))
            .collect();
        Self {
            length,
            make: Box::new(make),
            number: Box::new(number),
            edits,
            added,
        }
    }

    pub(super) fn edits(&self) -> &Edits<T> {
        &self.edits
    }

    /// The number of the last change.
    pub(super) fn sequence(&self) -> u64 {
        self.edits.sequence
    }

    pub(super) fn len(&self) -> u64 {
        self.length + self.edits.added.len() as u64
    }

    pub(super) fn at(&self, place: u64) -> Option<T> {
        if place >= self.length {
            let place = usize::try_from(place - self.length).ok()?;
            return self.edits.added.get(place).cloned();
        }
        match self.edits.changed.get(&place) {
            Some(thing) => Some(thing.clone()),
            None => (self.make)(place),
        }
    }

    pub(super) fn find(&self, id: &str) -> Option<T> {
        let place = match self.added.get(id) {
            Some(place) => self.length + *place as u64,
            None => (self.number)(id).filter(|number| *number < self.length)?,
        };
        self.at(place).filter(|thing| thing.id() == id)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = T> {
        (0..self.len()).filter_map(|place| self.at(place))
    }

    /// What was changed after `sequence`, oldest change first.
    pub(super) fn changed_since(&self, sequence: u64) -> Vec<T> {
        let all = self.edits.changed.values().chain(&self.edits.added);
        let mut found: Vec<T> = all
            .filter(|thing| thing.changed() > sequence)
            .cloned()
            .collect();
        found.sort_by_key(Thing::changed);
        found
    }

    /// Changes a thing; `change` is given the number of this change. `false`: there is none of this id.
    pub(super) fn edit(&mut self, id: &str, change: impl FnOnce(&mut T, u64)) -> bool {
        let Some(mut thing) = self.find(id) else {
            return false;
        };
        self.edits.sequence += 1;
        change(&mut thing, self.edits.sequence);
        match self.added.get(id) {
            Some(place) => {
                if let Some(kept) = self.edits.added.get_mut(*place) {
                    *kept = thing;
                }
            }
            None => {
                if let Some(number) = (self.number)(id) {
                    self.edits.changed.insert(number, thing);
                }
            }
        }
        true
    }

    /// Adds what `make` gives to the number of this change.
    pub(super) fn add(&mut self, make: impl FnOnce(u64) -> T) -> String {
        self.edits.sequence += 1;
        let thing = make(self.edits.sequence);
        let id = thing.id().to_owned();
        self.added.insert(id.clone(), self.edits.added.len());
        self.edits.added.push(thing);
        id
    }
}
