use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::model::Timestamp;

/// What a move is doing, counted as it happens. Cheap to clone, readable at any time.
#[derive(Debug, Clone, Default)]
pub struct Progress(Arc<Counters>);

#[derive(Debug, Default)]
struct Counters {
    items_done: AtomicU64,
    items_total: AtomicU64,
    bytes_done: AtomicU64,
    bytes_total: AtomicU64,
    failed: AtomicU64,
    current: Mutex<BTreeMap<i64, String>>,
    waiting: Mutex<Option<Timestamp>>,
}

/// The counters at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    pub items_done: u64,
    pub items_total: u64,
    pub bytes_done: u64,
    pub bytes_total: u64,
    pub failed: u64,
    /// Names of some of what is moving now.
    pub current: Vec<String>,
    /// The target makes no more calendars or address books for now; it is asked again at this time.
    pub waiting: Option<Timestamp>,
}

impl Progress {
    pub fn expect(&self, items: u64, bytes: u64) {
        self.0.items_total.store(items, Ordering::Relaxed);
        self.0.bytes_total.store(bytes, Ordering::Relaxed);
        self.0.items_done.store(0, Ordering::Relaxed);
        self.0.bytes_done.store(0, Ordering::Relaxed);
        self.0.failed.store(0, Ordering::Relaxed);
        self.set_waiting(None);
    }

    pub(super) fn set_waiting(&self, until: Option<Timestamp>) {
        let mut waiting = self
            .0
            .waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *waiting = until;
    }

    pub fn counts(&self) -> Counts {
        let current = self
            .0
            .current
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        Counts {
            items_done: self.0.items_done.load(Ordering::Relaxed),
            items_total: self.0.items_total.load(Ordering::Relaxed),
            bytes_done: self.0.bytes_done.load(Ordering::Relaxed),
            bytes_total: self.0.bytes_total.load(Ordering::Relaxed),
            failed: self.0.failed.load(Ordering::Relaxed),
            current: current.values().take(4).cloned().collect(),
            waiting: *self
                .0
                .waiting
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        }
    }

    /// How many items a survey has found so far.
    pub fn set_items(&self, items: u64) {
        self.0.items_done.store(items, Ordering::Relaxed);
    }

    /// Items that a plan or a second look has seen.
    pub fn items_seen(&self, items: usize) {
        self.0.items_done.fetch_add(items as u64, Ordering::Relaxed);
    }

    /// An item that came to its end.
    pub(super) fn item_done(&self, failed: bool) {
        self.0.items_done.fetch_add(1, Ordering::Relaxed);
        if failed {
            self.0.failed.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Begins to count the bytes of one item.
    pub(super) fn begin(&self, n: i64, name: &str) -> ItemProgress {
        let mut current = self
            .0
            .current
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        current.insert(n, name.to_owned());
        ItemProgress(Arc::new(ItemBytes {
            progress: self.clone(),
            n,
            bytes: AtomicU64::new(0),
        }))
    }
}

/// Counts the bytes of one attempt; an attempt that comes to nothing takes them back.
#[derive(Debug, Clone)]
pub(super) struct ItemProgress(Arc<ItemBytes>);

#[derive(Debug)]
struct ItemBytes {
    progress: Progress,
    n: i64,
    bytes: AtomicU64,
}

impl ItemProgress {
    pub(super) fn add(&self, bytes: usize) {
        let bytes = bytes as u64;
        self.0.bytes.fetch_add(bytes, Ordering::Relaxed);
        let counters = &self.0.progress.0;
        counters.bytes_done.fetch_add(bytes, Ordering::Relaxed);
    }

    /// These bytes have arrived for good.
    pub(super) fn keep(&self) {
        self.0.bytes.store(0, Ordering::Relaxed);
    }
}

impl Drop for ItemBytes {
    fn drop(&mut self) {
        let counters = &self.progress.0;
        let lost = self.bytes.load(Ordering::Relaxed);
        counters.bytes_done.fetch_sub(lost, Ordering::Relaxed);
        let mut current = counters
            .current
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        current.remove(&self.n);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attempt_that_fails_takes_its_bytes_back() {
        let progress = Progress::default();
        progress.expect(2, 20);
        let item = progress.begin(1, "a");
        item.add(10);
        assert_eq!(progress.counts().current, ["a"]);
        drop(item);
        assert_eq!(progress.counts().bytes_done, 0);
        let item = progress.begin(1, "a");
        item.add(10);
        item.keep();
        drop(item);
        assert_eq!(progress.counts().bytes_done, 10);
        assert!(progress.counts().current.is_empty());
    }
}
