//! How long it takes and how large it gets, before anything is measured and after.

use std::time::Duration;

/// What there is to do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Workload {
    pub folders: u64,
    /// Files and link files.
    pub files: u64,
    /// Documents that are exported.
    pub exports: u64,
    /// Bytes of files.
    pub bytes: u64,
}

/// How fast it goes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rates {
    pub folders_per_second: f64,
    /// Files so small that only their number counts.
    pub files_per_second: f64,
    pub exports_per_second: f64,
    pub bytes_per_second: f64,
}

/// The slowest and the fastest that a measurement is believed to be, against what was assumed.
const BELIEVED: std::ops::RangeInclusive<f64> = 0.02..=50.0;

impl Default for Rates {
    /// Cautious assumptions for an association's hosting: a shared Nextcloud takes 10 to 15 small files
    /// a second, a home line sends 20 Mbit/s, an export takes a second and three run at once.
    fn default() -> Self {
        Self {
            folders_per_second: 8.0,
            files_per_second: 10.0,
            exports_per_second: 3.0,
            bytes_per_second: 2_500_000.0,
        }
    }
}

impl Rates {
    /// How long `work` takes, never faster than `limit` (bytes a second).
    pub fn duration(&self, work: &Workload, limit: Option<u64>) -> Duration {
        let bytes_per_second = match limit {
            Some(limit) => self.bytes_per_second.min(limit as f64),
            None => self.bytes_per_second,
        };
        let seconds = ratio(work.folders, self.folders_per_second)
            + ratio(work.files, self.files_per_second)
            + ratio(work.exports, self.exports_per_second)
            + ratio(work.bytes, bytes_per_second);
        Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)
    }

    /// These rates, corrected by how long `done` really took. Before there is something to learn from,
    /// they stay as they are.
    #[must_use]
    pub fn corrected(&self, done: &Workload, took: Duration) -> Self {
        let expected = self.duration(done, None).as_secs_f64();
        let took = took.as_secs_f64();
        if expected < 1.0 || took < 1.0 {
            return *self;
        }
        let faster = (expected / took).clamp(*BELIEVED.start(), *BELIEVED.end());
        Self {
            folders_per_second: self.folders_per_second * faster,
            files_per_second: self.files_per_second * faster,
            exports_per_second: self.exports_per_second * faster,
            bytes_per_second: self.bytes_per_second * faster,
        }
    }
}

fn ratio(amount: u64, per_second: f64) -> f64 {
    if amount == 0 {
        return 0.0;
    }
    amount as f64 / per_second.max(f64::MIN_POSITIVE)
}

/// How many calendars and subscriptions, and how many address books, a Nextcloud makes in an hour
/// (`rateLimitCalendarCreation`, `rateLimitAddressBookCreation` of its `dav` app).
const CREATIONS_AN_HOUR: u64 = 10;

/// How long a Nextcloud may make wait for that many calendars (with subscriptions) and address books. Some
/// do not: where the limit is switched off, or not held against apps.
pub fn creation_wait(calendars: u64, address_books: u64) -> Duration {
    // Each has a limit of its own.
    let hours = |count: u64| count.saturating_sub(1) / CREATIONS_AN_HOUR;
    let seconds = 3600_u64.saturating_mul(hours(calendars).max(hours(address_books)));
    Duration::from_secs(seconds)
}

/// What an exported document takes at the target, in bytes: what the source says of it, else what such
/// documents take as a rule (text and tables tens of kilobytes, slides with pictures a megabyte).
pub fn estimated_export_bytes(media_type: Option<&str>, size: Option<u64>) -> u64 {
    let kind = media_type
        .and_then(|media_type| media_type.rsplit_once('.'))
        .map_or("", |(_, kind)| kind);
    let usual = match kind {
        "presentation" => 1_000_000,
        "document" | "spreadsheet" => 60_000,
        "drawing" => 100_000,
        _ => 20_000,
    };
    size.unwrap_or(usual)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORK: Workload = Workload {
        folders: 80,
        files: 1_000,
        exports: 30,
        bytes: 250_000_000,
    };

    #[test]
    fn adds_up_what_there_is_to_do() {
        let seconds = Rates::default().duration(&WORK, None).as_secs_f64();
        assert!((seconds - (10.0 + 100.0 + 10.0 + 100.0)).abs() < 1e-6);
        assert_eq!(
            Rates::default().duration(&Workload::default(), None),
            Duration::ZERO
        );
    }

    #[test]
    fn only_so_many_calendars_are_made_an_hour() {
        for (calendars, books, hours) in [(0, 0, 0), (10, 10, 0), (11, 0, 1), (30, 10, 2)] {
            assert_eq!(
                creation_wait(calendars, books),
                Duration::from_secs(hours * 3600)
            );
        }
    }

    #[test]
    fn a_limit_slows_down_and_never_speeds_up() {
        let rates = Rates::default();
        let free = rates.duration(&WORK, None);
        assert_eq!(rates.duration(&WORK, Some(100_000_000)), free);
        assert!(rates.duration(&WORK, Some(100_000)).as_secs() > 2_500);
        assert_eq!(rates.duration(&WORK, Some(0)), Duration::MAX);
    }

    #[test]
    fn learns_from_what_was_measured() {
        let rates = Rates::default();
        let expected = rates.duration(&WORK, None);
        let twice_as_fast = rates.corrected(&WORK, expected / 2);
        let again = twice_as_fast.duration(&WORK, None).as_secs_f64();
        assert!((again - expected.as_secs_f64() / 2.0).abs() < 1e-6);
    }

    #[test]
    fn learns_nothing_from_next_to_nothing() {
        let rates = Rates::default();
        let one = Workload {
            files: 1,
            ..Workload::default()
        };
        assert_eq!(rates.corrected(&one, Duration::from_secs(60)), rates);
        assert_eq!(rates.corrected(&WORK, Duration::ZERO), rates);
    }
}
