use std::future::Future;
use std::time::Duration;

use backon::{ExponentialBuilder, Retryable as _};

use super::{Nextcloud, Patience, TargetError};
use crate::dav::pim::PimError;

const TIMES: usize = 3;
/// A longer pause than this is for the queue, which does other things meanwhile.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// An error that a repetition may get over.
pub(super) trait Passing {
    fn passes(&self) -> bool;
    fn pause(&self) -> Duration;
}

impl Passing for TargetError {
    fn passes(&self) -> bool {
        // Maintenance lasts minutes; everybody is better served by hearing of it.
        self.is_passing() && !matches!(self, Self::Maintenance { .. })
    }

    fn pause(&self) -> Duration {
        self.retry_after().unwrap_or_default()
    }
}

impl Passing for PimError {
    fn passes(&self) -> bool {
        match self {
            Self::Dav(error) => error.passes(),
            _ => self.is_passing(),
        }
    }

    fn pause(&self) -> Duration {
        self.retry_after().unwrap_or_default()
    }
}

impl Nextcloud {
    /// Repeats a short request that may be repeated, while its trouble is a passing one.
    pub(super) async fn retrying<T, E, F>(&self, request: impl FnMut() -> F) -> Result<T, E>
    where
        E: Passing,
        F: Future<Output = Result<T, E>>,
    {
        repeat(self.patience, request).await
    }
}

async fn repeat<T, E, F>(patience: Patience, request: impl FnMut() -> F) -> Result<T, E>
where
    E: Passing,
    F: Future<Output = Result<T, E>>,
{
    let backoff = ExponentialBuilder::default()
        .with_min_delay(patience.first_retry)
        .with_max_delay(LONGEST_PAUSE)
        .with_max_times(TIMES)
        .with_jitter();
    request
        .retry(backoff)
        .when(Passing::passes)
        .adjust(|error: &E, delay| {
            let pause = error.pause();
            delay
                .map(|delay| delay.max(pause))
                .filter(|_| pause <= LONGEST_PAUSE)
        })
        .await
}
