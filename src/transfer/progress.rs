use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::model::Timestamp;

/// How many of the items under way are named.
const NAMED: usize = 6;
/// An item costs about as much time as so many bytes of content.
const ITEM_WEIGHT: u64 = 256 << 10;

/// What a move is doing, counted as it happens. Cheap to clone, readable at any time.
#[derive(Debug, Clone, Default)]
pub struct Progress(Arc<Counters>);

#[derive(Debug, Default)]
struct Counters {
    round: AtomicU64,
    items_done: AtomicU64,
    items_total: AtomicU64,
    bytes_done: AtomicU64,
    bytes_total: AtomicU64,
    bytes_sent: AtomicU64,
    failed: AtomicU64,
    flights: Mutex<Flights>,
    waiting: Mutex<Option<Timestamp>>,
}

#[derive(Debug, Default)]
struct Flights {
    under_way: BTreeMap<i64, Arc<Flight>>,
    /// Bytes that arrived, of items whose end is not written down yet.
    arrived: BTreeMap<i64, u64>,
}

impl Flights {
    /// What waits for others, as in a batch, is less telling than what moves.
    fn unfinished_first(&self) -> impl Iterator<Item = &Flight> {
        let of = |whole: bool| {
            let flights = self.under_way.values().map(AsRef::as_ref);
            flights.filter(move |flight: &&Flight| flight.is_whole() == whole)
        };
        of(false).chain(of(true))
    }
}

#[derive(Debug)]
struct Flight {
    name: String,
    bytes: AtomicU64,
    size: Option<u64>,
}

impl Flight {
    fn is_whole(&self) -> bool {
        let bytes = self.bytes.load(Ordering::Relaxed);
        self.size.is_some_and(|size| bytes >= size)
    }
}

/// An item under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InFlight {
    pub name: String,
    /// Bytes of it that have been sent.
    pub sent: u64,
    /// Bytes in all; `None` where that is only known at the end.
    pub size: Option<u64>,
}

/// The counters at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// Changes whenever the counters begin anew.
    pub round: u64,
    pub items_done: u64,
    pub items_total: u64,
    /// Bytes that arrived or are on their way, those of earlier runs of this plan included.
    pub bytes_done: u64,
    pub bytes_total: u64,
    /// Bytes that this run has sent, in vain or not.
    pub bytes_sent: u64,
    pub failed: u64,
    /// How many items are under way.
    pub under_way: u64,
    /// Some of them: first those of which something is still to come, the longest under way first.
    pub current: Vec<InFlight>,
    /// The target makes no more calendars or address books for now; it is asked again at this time.
    pub waiting: Option<Timestamp>,
}

impl Counts {
    /// How far it has come, as a part of a whole; see [`work_share`].
    pub fn share(&self) -> (u64, u64) {
        work_share(
            (self.items_done, self.items_total),
            (self.bytes_done, self.bytes_total),
        )
    }
}

/// How much of the work is done, as a part of a whole: items and bytes both take time, so both count.
pub fn work_share(items: (u64, u64), bytes: (u64, u64)) -> (u64, u64) {
    let weigh = |items: u64, bytes: u64| items.saturating_mul(ITEM_WEIGHT).saturating_add(bytes);
    let total = weigh(items.1, bytes.1);
    (weigh(items.0, bytes.0).min(total), total)
}

/// How far a plan has been carried out already, and how much there is in all.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Stand {
    pub(super) items: (u64, u64),
    pub(super) bytes: (u64, u64),
    pub(super) failed: u64,
}

impl Progress {
    pub fn expect(&self, items: u64, bytes: u64) {
        self.stand(Stand {
            items: (0, items),
            bytes: (0, bytes),
            failed: 0,
        });
    }

    pub(super) fn set_waiting(&self, until: Option<Timestamp>) {
        *self.waiting() = until;
    }

    fn waiting(&self) -> MutexGuard<'_, Option<Timestamp>> {
        self.0
            .waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts on from what earlier runs have done.
    pub(super) fn stand(&self, stand: Stand) {
        let counters = &self.0;
        counters.items_done.store(stand.items.0, Ordering::Relaxed);
        counters.items_total.store(stand.items.1, Ordering::Relaxed);
        counters.bytes_done.store(stand.bytes.0, Ordering::Relaxed);
        counters.bytes_total.store(stand.bytes.1, Ordering::Relaxed);
        counters.bytes_sent.store(0, Ordering::Relaxed);
        counters.failed.store(stand.failed, Ordering::Relaxed);
        counters.round.fetch_add(1, Ordering::Relaxed);
        self.set_waiting(None);
    }

    pub fn counts(&self) -> Counts {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let counters = &self.0;
        let flights = self.flights();
        Counts {
            round: read(&counters.round),
            items_done: read(&counters.items_done),
            items_total: read(&counters.items_total),
            bytes_done: read(&counters.bytes_done),
            bytes_total: read(&counters.bytes_total),
            bytes_sent: read(&counters.bytes_sent),
            failed: read(&counters.failed),
            waiting: *self.waiting(),
            under_way: flights.under_way.len() as u64,
            current: flights
                .unfinished_first()
                .take(NAMED)
                .map(|flight| InFlight {
                    name: flight.name.clone(),
                    sent: read(&flight.bytes),
                    size: flight.size,
                })
                .collect(),
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

    /// Items that had failed are to be tried again.
    pub fn tried_again(&self, items: u64, bytes: u64) {
        less(&self.0.items_done, items);
        less(&self.0.failed, items);
        self.0.bytes_total.fetch_add(bytes, Ordering::Relaxed);
    }

    /// An item that came to its end, for which `planned` bytes were expected.
    pub(super) fn item_done(&self, n: i64, failed: bool, planned: u64) {
        let arrived = self.flights().arrived.remove(&n).unwrap_or(0);
        // What was expected was an estimate, or nothing came of it.
        if arrived >= planned {
            let more = arrived - planned;
            self.0.bytes_total.fetch_add(more, Ordering::Relaxed);
        } else {
            less(&self.0.bytes_total, planned - arrived);
        }
        self.0.items_done.fetch_add(1, Ordering::Relaxed);
        if failed {
            self.0.failed.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Items that failed without having been tried: what they were to lie in could not be made.
    pub(super) fn others_failed(&self, items: u64) {
        self.0.items_done.fetch_add(items, Ordering::Relaxed);
        self.0.failed.fetch_add(items, Ordering::Relaxed);
    }

    /// Begins to count the bytes of one item.
    pub(super) fn begin(&self, n: i64, name: &str, size: Option<u64>) -> ItemProgress {
        let flight = Arc::new(Flight {
            name: name.to_owned(),
            bytes: AtomicU64::new(0),
            size,
        });
        let mut flights = self.flights();
        flights.under_way.insert(n, flight.clone());
        // What an earlier attempt brought did not count after all.
        if let Some(in_vain) = flights.arrived.remove(&n) {
            less(&self.0.bytes_done, in_vain);
        }
        ItemProgress(Arc::new(ItemBytes {
            progress: self.clone(),
            n,
            flight,
        }))
    }

    fn flights(&self) -> MutexGuard<'_, Flights> {
        self.0
            .flights
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

fn less(counter: &AtomicU64, by: u64) {
    let subtract = |value: u64| Some(value.saturating_sub(by));
    // The closure always gives something, so this never fails.
    let _ = counter.fetch_update(Ordering::Relaxed, Ordering::Relaxed, subtract);
}

/// Counts the bytes of one attempt; an attempt that comes to nothing takes them back.
#[derive(Debug, Clone)]
pub(super) struct ItemProgress(Arc<ItemBytes>);

#[derive(Debug)]
struct ItemBytes {
    progress: Progress,
    n: i64,
    flight: Arc<Flight>,
}

impl ItemProgress {
    /// Bytes that go out, and count as soon as they do.
    pub(super) fn add(&self, bytes: usize) {
        self.already(bytes as u64);
        self.went_out(bytes as u64);
    }

    /// Bytes that go out, and count once they are acknowledged.
    pub(super) fn went_out(&self, bytes: u64) {
        let counters = &self.0.progress.0;
        counters.bytes_sent.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Bytes that are acknowledged, now or by an earlier attempt.
    pub(super) fn already(&self, bytes: u64) {
        self.0.flight.bytes.fetch_add(bytes, Ordering::Relaxed);
        let counters = &self.0.progress.0;
        counters.bytes_done.fetch_add(bytes, Ordering::Relaxed);
    }

    /// These bytes have arrived for good.
    pub(super) fn keep(&self) {
        let bytes = self.0.flight.bytes.swap(0, Ordering::Relaxed);
        self.0.progress.flights().arrived.insert(self.0.n, bytes);
    }
}

impl Drop for ItemBytes {
    fn drop(&mut self) {
        let lost = self.flight.bytes.load(Ordering::Relaxed);
        less(&self.progress.0.bytes_done, lost);
        let mut flights = self.progress.flights();
        let ours = flights.under_way.get(&self.n);
        if ours.is_some_and(|flight| Arc::ptr_eq(flight, &self.flight)) {
            flights.under_way.remove(&self.n);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(progress: &Progress) -> (u64, u64) {
        let counts = progress.counts();
        (counts.bytes_done, counts.bytes_total)
    }

    #[test]
    fn an_attempt_that_fails_takes_its_bytes_back() {
        let progress = Progress::default();
        progress.expect(2, 20);
        let item = progress.begin(1, "a", Some(10));
        item.add(4);
        let under_way = InFlight {
            name: "a".into(),
            sent: 4,
            size: Some(10),
        };
        assert_eq!(progress.counts().current, [under_way]);
        drop(item);
        assert_eq!(bytes(&progress), (0, 20));
        let item = progress.begin(1, "a", Some(10));
        item.add(10);
        item.keep();
        drop(item);
        assert_eq!(bytes(&progress), (10, 20));
        let counts = progress.counts();
        assert!(counts.current.is_empty());
        assert_eq!(counts.bytes_sent, 14, "what went out in vain went out");

        // It arrived damaged, and is sent again.
        let item = progress.begin(1, "a", Some(10));
        assert_eq!(bytes(&progress), (0, 20));
        item.add(10);
        item.keep();
        progress.item_done(1, false, 10);
        assert_eq!(bytes(&progress), (10, 20));
    }

    #[test]
    fn all_of_it_is_done_in_the_end_whatever_was_expected() {
        let progress = Progress::default();
        progress.expect(3, 300);
        // An export was smaller than guessed, another larger, and a file failed.
        for (n, planned, arrived) in [(1, 100, 40), (2, 100, 180)] {
            let item = progress.begin(n, "export", None);
            item.add(arrived);
            item.keep();
            progress.item_done(n, false, planned);
        }
        progress.item_done(3, true, 100);
        assert_eq!(bytes(&progress), (220, 220));
        let counts = progress.counts();
        assert_eq!((counts.items_done, counts.failed), (3, 1));
        assert_eq!(counts.share().0, counts.share().1);

        progress.tried_again(1, 100);
        let counts = progress.counts();
        assert_eq!((counts.items_done, counts.failed), (2, 0));
        assert_eq!(bytes(&progress), (220, 320));
    }

    #[test]
    fn items_and_bytes_both_count() {
        // A thousand empty folders, and a large file that has not begun.
        let (done, total) = work_share((1000, 1001), (0, 1 << 30));
        assert!(done * 10 < total * 3, "{done} of {total}");
        assert_eq!(work_share((5, 5), (9, 7)), work_share((5, 5), (7, 7)));
    }
}
