//! Large files on a fast line go up in one request.
//!
//! A chunked upload can be resumed, but the server writes every byte twice and reads it once more when it
//! joins the chunks. Where a whole file is sent in seconds, beginning again after a break costs less than
//! that.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// A file that takes longer than this goes up in chunks: what is lost when the line breaks.
const SOON: Duration = Duration::from_secs(20);
/// Larger files go up in chunks, however fast the line is.
const LARGEST: u64 = 8 << 30;
/// How much the latest upload counts.
const WEIGHT: f64 = 0.5;

/// What is known of the line to the target and of what it takes in one request.
#[derive(Debug, Default)]
pub(super) struct Swift(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Bytes a second of one upload, lately; `None`: not known yet.
    rate: Option<f64>,
    /// A file of this size was not taken in one request.
    too_large: Option<u64>,
}

impl Swift {
    /// Learns from an upload that went through.
    pub(super) fn sent(&self, bytes: u64, took: Duration) {
        let seconds = took.as_secs_f64();
        if seconds <= 0.0 {
            return;
        }
        let now = bytes as f64 / seconds;
        self.with(|state| {
            state.rate = Some(match state.rate {
                Some(before) => before + (now - before) * WEIGHT,
                None => now,
            });
        });
    }

    /// Whoever is on the way to the server takes no file of `size` in one request.
    pub(super) fn refused(&self, size: u64) {
        self.with(|state| {
            state.too_large = Some(state.too_large.map_or(size, |known| known.min(size)));
        });
    }

    /// Whether a file of `size` bytes is better sent in one request; `None`: nothing is known of the line
    /// yet.
    pub(super) fn suits(&self, size: u64) -> Option<bool> {
        self.with(|state| {
            if size > LARGEST || state.too_large.is_some_and(|limit| size >= limit) {
                return Some(false);
            }
            let rate = state.rate?;
            Some(size as f64 <= rate * SOON.as_secs_f64())
        })
    }

    fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MB: u64 = 1_000_000;

    #[test]
    fn only_what_is_sent_soon_goes_in_one_request() {
        let swift = Swift::default();
        assert_eq!(swift.suits(100 * MB), None);
        swift.sent(20 * MB, Duration::from_secs(1));
        assert_eq!(swift.suits(400 * MB), Some(true));
        assert_eq!(swift.suits(401 * MB), Some(false));
        // The line got slower.
        for _ in 0..10 {
            swift.sent(MB, Duration::from_secs(1));
        }
        assert_eq!(swift.suits(100 * MB), Some(false));
    }

    #[test]
    fn what_was_refused_is_not_tried_again() {
        let swift = Swift::default();
        swift.sent(1000 * MB, Duration::from_secs(1));
        assert_eq!(swift.suits(600 * MB), Some(true));
        swift.refused(500 * MB);
        assert_eq!(swift.suits(500 * MB), Some(false));
        assert_eq!(swift.suits(499 * MB), Some(true));
        assert_eq!(swift.suits(LARGEST + 1), Some(false));
    }
}
