//! How fast Microsoft may be asked.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use http::HeaderMap;

/// No request waits longer than this for its turn: past it, the limit is counted anew.
const LONGEST_GAP: Duration = Duration::from_secs(10);

/// What a request costs SharePoint, in resource units
/// (<https://learn.microsoft.com/sharepoint/dev/general-development/how-to-avoid-getting-throttled-or-blocked-in-sharepoint-online>).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cost {
    /// One item, a download, what changed since a token.
    One,
    /// A listing.
    Two,
}

impl Cost {
    const fn units(self) -> u32 {
        match self {
            Self::One => 1,
            Self::Two => 2,
        }
    }
}

/// Keeps all requests of an account within what the answers say is left.
#[derive(Debug, Default)]
pub(super) struct Pace(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Nothing is sent before.
    turn: Option<Instant>,
    /// Between two units, until then.
    gap: Option<(Duration, Instant)>,
}

impl Pace {
    /// Waits for a turn.
    pub(super) async fn wait(&self, cost: Cost) {
        let turn = self.lock().next(Instant::now(), cost);
        if let Some(turn) = turn {
            tokio::time::sleep_until(turn.into()).await;
        }
    }

    /// Takes in what an answer says: `Retry-After` holds for everything that this account asks; and from
    /// four fifths of a limit on, `RateLimit-*` tell what is left of it.
    pub(super) fn learn(&self, headers: &HeaderMap, retry_after: Option<Duration>) {
        let number =
            |name: &str| -> Option<f64> { headers.get(name)?.to_str().ok()?.trim().parse().ok() };
        let now = Instant::now();
        let mut state = self.lock();
        if let Some(wait) = retry_after {
            state.turn = state.turn.max(now.checked_add(wait));
        }
        if let (Some(left), Some(reset)) =
            (number("ratelimit-remaining"), number("ratelimit-reset"))
        {
            state.spread(now, left, reset);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn next(&mut self, now: Instant, cost: Cost) -> Option<Instant> {
        let gap = self
            .gap
            .filter(|(_, until)| now < *until)
            .map(|(gap, _)| gap * cost.units());
        let turn = self.turn.filter(|turn| now < *turn);
        self.turn = match gap {
            Some(gap) => turn.unwrap_or(now).checked_add(gap),
            None => turn,
        };
        turn
    }

    /// Spreads the `left` units over the `reset` seconds that they must last for.
    fn spread(&mut self, now: Instant, left: f64, reset: f64) {
        let Ok(reset) = Duration::try_from_secs_f64(reset.max(0.0)) else {
            return;
        };
        let units = left.max(1.0).min(f64::from(u32::MAX)) as u32;
        let gap = (reset / units).min(LONGEST_GAP);
        self.gap = now.checked_add(reset).map(|until| (gap, until));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect()
    }

    fn in_seconds(pace: &Pace, cost: Cost) -> f64 {
        let now = Instant::now();
        let turn = pace.lock().next(now, cost);
        turn.map_or(0.0, |turn: Instant| (turn - now).as_secs_f64())
    }

    #[test]
    fn a_pause_holds_for_everybody() {
        let pace = Pace::default();
        assert!(in_seconds(&pace, Cost::Two) <= 0.0);
        pace.learn(&HeaderMap::new(), Some(Duration::from_millis(2_128)));
        pace.learn(&HeaderMap::new(), Some(Duration::from_millis(500)));
        for _ in 0..3 {
            let wait = in_seconds(&pace, Cost::One);
            assert!((2.0..=2.128).contains(&wait), "{wait}");
        }
    }

    #[test]
    fn what_is_left_is_spread() {
        let pace = Pace::default();
        let left = headers(&[
            ("ratelimit-limit", "1200"),
            ("ratelimit-remaining", "120"),
            ("ratelimit-reset", "30"),
        ]);
        pace.learn(&left, None);
        let waits: Vec<f64> = [Cost::One, Cost::Two, Cost::One]
            .map(|cost| in_seconds(&pace, cost))
            .to_vec();
        // A quarter of a second a unit.
        let expected = [0.0, 0.25, 0.75];
        for (wait, expected) in waits.iter().zip(expected) {
            assert!(
                (expected - 0.05..=expected + 0.01).contains(wait),
                "{waits:?}"
            );
        }
        let none = headers(&[("ratelimit-remaining", "0"), ("ratelimit-reset", "3")]);
        let pace = Pace::default();
        pace.learn(&none, None);
        in_seconds(&pace, Cost::One);
        assert!(in_seconds(&pace, Cost::One) > 2.9);
    }

    #[test]
    fn nonsense_changes_nothing() {
        let pace = Pace::default();
        for odd in ["many", "-1", "nan", "1e300"] {
            let odd = HeaderMap::from_iter([
                ("ratelimit-remaining".parse().unwrap(), odd.parse().unwrap()),
                ("ratelimit-reset".parse().unwrap(), odd.parse().unwrap()),
            ]);
            pace.learn(&odd, None);
        }
        assert!(in_seconds(&pace, Cost::One) <= 0.0);
        assert!(in_seconds(&pace, Cost::One) <= 0.0);
    }
}
