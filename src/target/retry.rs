use std::future::Future;
use std::time::Duration;

use backon::{ExponentialBuilder, Retryable as _};

use super::{Nextcloud, TargetError};

const TIMES: usize = 3;
/// A longer pause than this is for the queue, which does other things meanwhile.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

impl Nextcloud {
    /// Repeats a short request that may be repeated, while its trouble is a passing one.
    pub(super) async fn retrying<T, F>(&self, request: impl FnMut() -> F) -> Result<T, TargetError>
    where
        F: Future<Output = Result<T, TargetError>>,
    {
        let backoff = ExponentialBuilder::default()
            .with_min_delay(self.patience.first_retry)
            .with_max_delay(LONGEST_PAUSE)
            .with_max_times(TIMES)
            .with_jitter();
        request
            .retry(backoff)
            .when(|error: &TargetError| {
                // Maintenance lasts minutes; everybody is better served by hearing of it.
                error.is_passing() && !matches!(error, TargetError::Maintenance { .. })
            })
            .adjust(|error: &TargetError, delay| {
                let pause = error.retry_after().unwrap_or_default();
                delay
                    .map(|delay| delay.max(pause))
                    .filter(|_| pause <= LONGEST_PAUSE)
            })
            .await
    }
}
