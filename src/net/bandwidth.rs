use std::num::NonZeroU32;
use std::sync::{Arc, RwLock};

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};

/// Bytes that pass at once at the most; small enough that a limit is kept smoothly.
const CELL: u32 = 16 * 1024;

/// A limit on the bytes a second of everything that shares it; it can be changed while running.
#[derive(Debug, Clone, Default)]
pub struct Bandwidth(Arc<RwLock<Option<Arc<DefaultDirectRateLimiter>>>>);

impl Bandwidth {
    /// `None`: no limit.
    pub fn new(bytes_per_second: Option<u64>) -> Self {
        let bandwidth = Self::default();
        bandwidth.set(bytes_per_second);
        bandwidth
    }

    /// Changes the limit for what is still to come. Bytes a second; above 4 GB/s counts as no limit.
    pub fn set(&self, bytes_per_second: Option<u64>) {
        let limiter = bytes_per_second
            .and_then(|rate| u32::try_from(rate.max(1)).ok())
            .and_then(NonZeroU32::new)
            .map(|rate| {
                let burst = NonZeroU32::new(CELL).unwrap_or(NonZeroU32::MIN);
                Arc::new(RateLimiter::direct(
                    Quota::per_second(rate).allow_burst(burst),
                ))
            });
        if let Ok(mut slot) = self.0.write() {
            *slot = limiter;
        }
    }

    pub fn is_limited(&self) -> bool {
        self.0.read().is_ok_and(|slot| slot.is_some())
    }

    /// Waits until `bytes` more may pass.
    pub async fn pass(&self, bytes: usize) {
        let mut left = bytes;
        while left > 0 {
            // Read anew for each cell, so that a change works in the middle of a large piece.
            let limiter = match self.0.read() {
                Ok(slot) => slot.clone(),
                Err(_) => None,
            };
            let Some(limiter) = limiter else { return };
            let cell = left.min(CELL as usize);
            if let Some(cell) = u32::try_from(cell).ok().and_then(NonZeroU32::new) {
                // Errors only for more than one burst, which a cell never is.
                let _ = limiter.until_n_ready(cell).await;
            }
            left -= cell;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[tokio::test]
    async fn keeps_its_rate_and_can_be_changed() {
        let bandwidth = Bandwidth::new(Some(4_000_000));
        let start = Instant::now();
        bandwidth.pass(1_000_000).await;
        let slow = start.elapsed().as_secs_f64();
        // Never faster than the limit; how much slower depends on the machine.
        assert!(slow >= 0.23, "{slow}");
        bandwidth.set(None);
        assert!(!bandwidth.is_limited());
        bandwidth.pass(1_000_000_000).await;
    }
}
