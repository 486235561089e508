//! What the user ticked in the tree of the source.

use std::collections::{HashMap, HashSet};

use super::{ItemId, SpaceId};

/// Something that can be ticked.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Branch {
    /// All of a space.
    Space(SpaceId),
    /// A folder or a collection, with all that lies in it.
    Item(ItemId),
}

/// What was ticked or unticked, each with what it lies in. What is not named follows the nearest that is,
/// and a space that is not named follows the migration's scope.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    choices: HashMap<Branch, Chosen>,
    /// Folders that lie in something left out but hold something that is taken.
    open: HashSet<Branch>,
}

/// One tick.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    pub taken: bool,
    /// What it lies in, the nearest first; the last one is its space.
    pub above: Vec<Branch>,
    pub sum: Sum,
    /// Nobody unticked it: the scope leaves it out although what it lies in is taken.
    pub implied: bool,
}

/// What a branch holds at the source.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sum {
    /// Everything but folders and collections.
    pub items: u64,
    pub bytes: u64,
}

/// How much of a branch is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    All,
    Some,
    None,
}

impl Selection {
    pub fn new(choices: impl IntoIterator<Item = (Branch, Chosen)>) -> Self {
        let choices: HashMap<Branch, Chosen> = choices.into_iter().collect();
        let mut open = HashSet::new();
        for chosen in choices.values().filter(|chosen| chosen.taken) {
            for branch in &chosen.above {
                if choices.get(branch).is_some_and(|above| above.taken) {
                    break;
                }
                open.insert(branch.clone());
            }
        }
        Self { choices, open }
    }

    pub fn is_empty(&self) -> bool {
        self.choices.is_empty()
    }

    /// Whether the branch itself was ticked or unticked.
    pub fn choice(&self, branch: &Branch) -> Option<bool> {
        self.choices.get(branch).map(|chosen| chosen.taken)
    }

    /// What somebody ticked or unticked.
    pub fn choices(&self) -> Vec<(Branch, bool)> {
        let choices = self.choices.iter().filter(|(_, chosen)| !chosen.implied);
        choices
            .map(|(branch, chosen)| (branch.clone(), chosen.taken))
            .collect()
    }

    /// What is ticked or unticked within a branch.
    pub fn below(&self, branch: &Branch) -> Vec<Branch> {
        let within = self
            .choices
            .iter()
            .filter(|(_, chosen)| !chosen.implied && chosen.above.contains(branch));
        within.map(|(branch, _)| branch.clone()).collect()
    }

    /// Without what the scope leaves out within a branch: what somebody wants who ticks all of it.
    pub fn without_implied_in(&self, branch: &Branch) -> Self {
        let implied = |chosen: &Chosen| chosen.implied && chosen.above.contains(branch);
        let choices = self.choices.iter().filter(|(_, chosen)| !implied(chosen));
        Self::new(choices.map(|(branch, chosen)| (branch.clone(), chosen.clone())))
    }

    /// Whether something in it is taken although it is left out.
    pub fn is_open(&self, branch: &Branch) -> bool {
        self.open.contains(branch)
    }

    /// Whether a branch is taken that lies in `above` (the nearest first), in a space that is taken by
    /// itself or not.
    pub fn is_taken(&self, branch: &Branch, above: &[Branch], space_taken: bool) -> bool {
        std::iter::once(branch)
            .chain(above)
            .find_map(|branch| self.choice(branch))
            .unwrap_or(space_taken)
    }

    /// What of a branch is taken: how much, and its sum.
    pub fn share(
        &self,
        branch: &Branch,
        above: &[Branch],
        sum: Sum,
        space_taken: bool,
    ) -> (Share, Sum) {
        let taken = self.is_taken(branch, above, space_taken);
        let mut share = if taken { sum } else { Sum::default() };
        let mut mixed = false;
        for chosen in self.choices.values() {
            if !chosen.above.contains(branch) {
                continue;
            }
            let around = chosen
                .above
                .iter()
                .find_map(|branch| self.choice(branch))
                .unwrap_or(space_taken);
            mixed |= chosen.taken != taken;
            match (chosen.taken, around) {
                (true, false) => {
                    share.items += chosen.sum.items;
                    share.bytes += chosen.sum.bytes;
                }
                (false, true) => {
                    share.items = share.items.saturating_sub(chosen.sum.items);
                    share.bytes = share.bytes.saturating_sub(chosen.sum.bytes);
                }
                _ => {}
            }
        }
        let how = match (mixed, taken) {
            (true, _) => Share::Some,
            (false, true) => Share::All,
            (false, false) => Share::None,
        };
        (how, share)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(id: &str) -> Branch {
        Branch::Item(ItemId::new(id))
    }

    fn space() -> Branch {
        Branch::Space(SpaceId::new("s"))
    }

    fn chosen(taken: bool, above: &[&str], items: u64) -> Chosen {
        let above = above.iter().map(|id| item(id)).chain([space()]);
        Chosen {
            taken,
            above: above.collect(),
            sum: Sum {
                items,
                bytes: items * 10,
            },
            implied: false,
        }
    }

    const ALL: Sum = Sum {
        items: 100,
        bytes: 1000,
    };

    #[test]
    fn without_a_tick_everything_follows_its_space() {
        let none = Selection::default();
        assert_eq!(none.share(&space(), &[], ALL, true), (Share::All, ALL));
        assert_eq!(
            none.share(&space(), &[], ALL, false),
            (Share::None, Sum::default())
        );
    }

    #[test]
    fn a_tick_in_what_is_left_out_opens_the_way() {
        // s > a (30) > b (10) > c (4): a is left out, c is taken.
        let selection = Selection::new([
            (item("a"), chosen(false, &[], 30)),
            (item("c"), chosen(true, &["b", "a"], 4)),
        ]);
        assert_eq!(
            selection.share(&space(), &[], ALL, true),
            (
                Share::Some,
                Sum {
                    items: 74,
                    bytes: 740
                }
            )
        );
        let a = Sum {
            items: 30,
            bytes: 300,
        };
        assert_eq!(
            selection.share(&item("a"), &[space()], a, true),
            (
                Share::Some,
                Sum {
                    items: 4,
                    bytes: 40
                }
            )
        );
        assert!(selection.is_open(&item("a")) && selection.is_open(&item("b")));
        assert!(!selection.is_open(&item("c")));
        assert!(!selection.is_taken(&item("x"), &[item("b"), item("a"), space()], true));
        assert!(selection.is_taken(
            &item("y"),
            &[item("c"), item("b"), item("a"), space()],
            true
        ));
    }

    #[test]
    fn ticks_within_ticks_are_counted_once() {
        let selection = Selection::new([
            (item("a"), chosen(false, &[], 30)),
            (item("b"), chosen(true, &["a"], 10)),
            (item("c"), chosen(false, &["b", "a"], 4)),
        ]);
        let (share, sum) = selection.share(&space(), &[], ALL, true);
        assert_eq!((share, sum.items), (Share::Some, 76));
    }
}
