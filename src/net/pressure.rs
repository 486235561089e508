use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

/// How many requests one host gets at once. It rises while that helps, and halves when the host says
/// that it is too much: additive increase, multiplicative decrease (RFC 5681 does the same for TCP).
#[derive(Debug, Clone)]
pub struct Pressure(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug)]
struct State {
    limit: f64,
    max: usize,
    in_flight: usize,
    /// Nothing starts before.
    paused_until: Option<Instant>,
    last_cut: Option<Instant>,
    /// The shortest recent cost of a unit of work, in seconds: what the host needs when it is at ease.
    ease: Option<f64>,
    /// Units of work a second in the current window, to see whether more at once brings more.
    window: Window,
    best_rate: f64,
}

#[derive(Debug)]
struct Window {
    started: Instant,
    units: f64,
}

/// What an answer says of the host.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Verdict {
    /// It served `units` of work (files, say).
    Fine { units: f64 },
    /// Nothing to learn from (our own fault, or the item's).
    Neutral,
    /// Too much: 429, 503, a timeout; with how long the host wants peace.
    TooMuch { pause: Option<Duration> },
}

const START: f64 = 3.0;
/// A second cut within this time answers the same overload.
const CUT_PAUSE: Duration = Duration::from_secs(2);
const WINDOW: Duration = Duration::from_secs(2);
/// A unit that takes this many times its ease says that requests queue up at the host.
const QUEUEING: f64 = 4.0;

impl Pressure {
    /// At most `max` at once.
    pub fn new(max: usize) -> Self {
        let max = max.max(1);
        Self(Arc::new(Shared {
            state: Mutex::new(State {
                limit: START.min(max as f64),
                max,
                in_flight: 0,
                paused_until: None,
                last_cut: None,
                ease: None,
                window: Window {
                    started: Instant::now(),
                    units: 0.0,
                },
                best_rate: 0.0,
            }),
            changed: Notify::new(),
        }))
    }

    /// Waits for a place. Give the verdict to [`Permit::done`].
    pub async fn acquire(&self) -> Permit {
        loop {
            let changed = self.0.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            let pause = {
                let mut state = self.lock();
                let now = Instant::now();
                match state.paused_until {
                    Some(until) if until > now => Some(until),
                    _ => {
                        state.paused_until = None;
                        if state.in_flight < (state.limit as usize).max(1) {
                            state.in_flight += 1;
                            return Permit {
                                pressure: self.clone(),
                                started: now,
                                done: false,
                            };
                        }
                        None
                    }
                }
            };
            match pause {
                Some(until) => tokio::select! {
                    () = tokio::time::sleep_until(until.into()) => {}
                    () = changed => {}
                },
                None => changed.await,
            }
        }
    }

    /// How many requests may be under way at once now.
    pub fn limit(&self) -> usize {
        (self.lock().limit as usize).max(1)
    }

    pub fn in_flight(&self) -> usize {
        self.lock().in_flight
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn finish(&self, elapsed: Duration, verdict: Verdict) {
        let mut state = self.lock();
        state.in_flight = state.in_flight.saturating_sub(1);
        let now = Instant::now();
        match verdict {
            Verdict::Fine { units } => state.served(now, elapsed, units),
            Verdict::Neutral => {}
            Verdict::TooMuch { pause } => {
                state.cut(now);
                if let Some(pause) = pause {
                    let until = now + pause;
                    state.paused_until = state.paused_until.max(Some(until));
                }
            }
        }
        drop(state);
        self.0.changed.notify_waiters();
    }
}

impl State {
    fn served(&mut self, now: Instant, elapsed: Duration, units: f64) {
        let cost = elapsed.as_secs_f64() / units.max(1.0);
        let ease = self.ease.map_or(cost, |ease| {
            // Forgets slowly, so that one lucky answer does not count for ever.
            (ease * 1.01).min(cost)
        });
        self.ease = Some(ease);
        self.window.units += units;
        let span = now.duration_since(self.window.started);
        let queueing = cost > ease * QUEUEING && elapsed > Duration::from_millis(500);
        if span >= WINDOW {
            let rate = self.window.units / span.as_secs_f64();
            // More at once that does not bring more only makes others wait.
            if queueing && rate < self.best_rate * 1.05 && self.limit > START {
                self.limit -= 1.0;
            }
            self.best_rate = (self.best_rate * 0.95).max(rate);
            self.window = Window {
                started: now,
                units: 0.0,
            };
        }
        if !queueing && self.in_flight + 1 >= self.limit as usize {
            self.limit = (self.limit + 1.0 / self.limit).min(self.max as f64);
        }
    }

    fn cut(&mut self, now: Instant) {
        let recent = self
            .last_cut
            .is_some_and(|cut| now.duration_since(cut) < CUT_PAUSE);
        if !recent {
            self.limit = (self.limit / 2.0).max(1.0);
            self.last_cut = Some(now);
        }
    }
}

/// A place among the requests under way; dropping it without a verdict gives it back.
#[derive(Debug)]
pub struct Permit {
    pressure: Pressure,
    started: Instant,
    done: bool,
}

impl Permit {
    pub fn done(mut self, verdict: Verdict) {
        self.done = true;
        self.pressure.finish(self.started.elapsed(), verdict);
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if !self.done {
            self.pressure.finish(Duration::ZERO, Verdict::Neutral);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn rises_while_the_host_is_at_ease() {
        let pressure = Pressure::new(8);
        let before = pressure.limit();
        for _ in 0..100 {
            let mut permits = Vec::new();
            for _ in 0..pressure.limit() {
                permits.push(pressure.acquire().await);
            }
            for permit in permits {
                permit.done(Verdict::Fine { units: 1.0 });
            }
        }
        assert!(pressure.limit() > before);
        assert!(pressure.limit() <= 8);
    }

    #[tokio::test]
    async fn halves_once_for_one_overload() {
        let pressure = Pressure::new(8);
        pressure.lock().limit = 8.0;
        let one = pressure.acquire().await;
        let two = pressure.acquire().await;
        one.done(Verdict::TooMuch { pause: None });
        two.done(Verdict::TooMuch { pause: None });
        assert_eq!(pressure.limit(), 4);
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_holds_for_the_whole_host() {
        let pressure = Pressure::new(2);
        let permit = pressure.acquire().await;
        permit.done(Verdict::TooMuch {
            pause: Some(Duration::from_secs(60)),
        });
        let waiting = tokio::time::timeout(Duration::from_secs(1), pressure.acquire()).await;
        assert!(waiting.is_err());
    }

    #[tokio::test]
    async fn a_dropped_permit_gives_its_place_back() {
        let pressure = Pressure::new(1);
        drop(pressure.acquire().await);
        let _permit = pressure.acquire().await;
        assert_eq!(pressure.in_flight(), 1);
    }
}
