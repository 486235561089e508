use std::time::{Duration, Instant};

use crate::transfer::Counts;

/// What the program is busy with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Phase {
    #[default]
    Idle,
    Connecting,
    SurveyingSource,
    SurveyingTarget,
    Planning,
    Moving,
    Verifying,
}

impl Phase {
    pub const ALL: [Self; 7] = [
        Self::Idle,
        Self::Connecting,
        Self::SurveyingSource,
        Self::SurveyingTarget,
        Self::Planning,
        Self::Moving,
        Self::Verifying,
    ];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Connecting => "connecting",
            Self::SurveyingSource => "surveying-source",
            Self::SurveyingTarget => "surveying-target",
            Self::Planning => "planning",
            Self::Moving => "moving",
            Self::Verifying => "verifying",
        }
    }
}

/// The state of things at one moment, for a screen or a progress bar.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Snapshot {
    pub phase: Phase,
    /// Items found, planned, moved or verified so far, whatever the phase does.
    pub counts: Counts,
    /// Bytes a second, lately.
    pub rate: f64,
    pub left: Option<Duration>,
    pub elapsed: Duration,
}

/// How fast it has been going lately, and how long it takes from here.
#[derive(Debug)]
pub(super) struct Pace {
    started: Instant,
    last: Instant,
    last_bytes: u64,
    last_items: u64,
    /// Of the counters; when it changes they began anew.
    round: u64,
    byte_rate: f64,
    item_rate: f64,
}

/// The time over which a rate forgets, in seconds.
const MEMORY: f64 = 8.0;

impl Pace {
    pub(super) fn new(now: Instant, counts: &Counts) -> Self {
        Self {
            started: now,
            last: now,
            last_bytes: counts.bytes_sent,
            last_items: counts.items_done,
            round: counts.round,
            byte_rate: 0.0,
            item_rate: 0.0,
        }
    }

    pub(super) fn measure(&mut self, phase: Phase, counts: Counts, now: Instant) -> Snapshot {
        if self.round != counts.round {
            *self = Self {
                started: self.started,
                ..Self::new(now, &counts)
            };
        }
        let span = now.duration_since(self.last).as_secs_f64();
        if span > 0.0 {
            let weight = 1.0 - (-span / MEMORY).exp();
            let bytes = counts.bytes_sent.saturating_sub(self.last_bytes) as f64 / span;
            let items = counts.items_done.saturating_sub(self.last_items) as f64 / span;
            self.byte_rate += (bytes - self.byte_rate) * weight;
            self.item_rate += (items - self.item_rate) * weight;
            (self.last, self.last_bytes, self.last_items) =
                (now, counts.bytes_sent, counts.items_done);
        }
        let left = |done: u64, total: u64, rate: f64| {
            let missing = total.saturating_sub(done) as f64;
            if missing == 0.0 {
                Some(0.0)
            } else {
                (rate > 0.0).then(|| missing / rate)
            }
        };
        let items = left(counts.items_done, counts.items_total, self.item_rate);
        let bytes = left(counts.bytes_done, counts.bytes_total, self.byte_rate);
        let elapsed = now.duration_since(self.started);
        // Nothing can be said of the first moments.
        let seconds = match (items, bytes) {
            (Some(items), Some(bytes)) if elapsed > Duration::from_secs(3) => {
                Some(items.max(bytes))
            }
            _ => None,
        };
        Snapshot {
            phase,
            counts,
            rate: self.byte_rate,
            left: seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()),
            elapsed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_the_time_left() {
        let start = Instant::now();
        let mut counts = Counts {
            items_total: 100,
            bytes_total: 100_000,
            ..Counts::default()
        };
        let mut pace = Pace::new(start, &counts);
        let mut last = Snapshot::default();
        for second in 1..=60 {
            counts.items_done = second;
            counts.bytes_done = second * 1000;
            counts.bytes_sent = second * 1000;
            let now = start + Duration::from_secs(second);
            last = pace.measure(Phase::Moving, counts.clone(), now);
        }
        assert!((last.rate - 1000.0).abs() < 10.0, "{}", last.rate);
        let left = last.left.unwrap().as_secs_f64();
        assert!((left - 40.0).abs() < 1.0, "{left}");
    }
}
