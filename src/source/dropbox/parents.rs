use std::collections::HashMap;

use crate::model::ItemId;

/// Paths and ids of this many folders are kept at hand, twice over.
const GENERATION: usize = 4096;

/// The folders that were told of lately, by their paths: a listing mostly tells of a folder shortly before
/// what lies in it, and the ledger knows the others.
#[derive(Debug, Default)]
pub(super) struct Parents {
    young: HashMap<String, ItemId>,
    old: HashMap<String, ItemId>,
}

impl Parents {
    pub(super) fn insert(&mut self, path: &str, id: ItemId) {
        if self.young.len() >= GENERATION {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(path.to_owned(), id);
    }

    pub(super) fn get(&mut self, path: &str) -> Option<ItemId> {
        if let Some(id) = self.young.get(path) {
            return Some(id.clone());
        }
        let id = self.old.get(path)?.clone();
        self.insert(path, id.clone());
        Some(id)
    }

    /// What lies where may be different from here on.
    pub(super) fn clear(&mut self) {
        self.young.clear();
        self.old.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_asked_for_lately_stays() {
        let mut parents = Parents::default();
        parents.insert("/a", ItemId::new("a"));
        parents.insert("/b", ItemId::new("b"));
        for n in 0..3 * GENERATION {
            parents.insert(&format!("/{n}"), ItemId::new("n"));
            assert_eq!(parents.get("/a"), Some(ItemId::new("a")));
        }
        assert_eq!(parents.get("/b"), None);
        assert!(parents.young.len() + parents.old.len() <= 2 * GENERATION);
        parents.clear();
        assert_eq!(parents.get("/a"), None);
    }
}
