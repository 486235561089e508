//! What a Nextcloud's refusal means for reading.

use std::future::Future;
use std::time::Duration;

use backon::{ExponentialBuilder, Retryable as _};

use crate::dav::DavError;
use crate::model::Reason;
use crate::source::SourceError;

const TIMES: usize = 3;
const FIRST_PAUSE: Duration = Duration::from_millis(300);
/// A longer pause than this is for the queue, which does other things meanwhile.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// What the Nextcloud said, where `error` is about the account or the server.
pub fn nextcloud_error(error: &SourceError) -> Option<&DavError> {
    let cause = match error {
        SourceError::Unauthorized { cause, .. }
        | SourceError::Temporary { cause, .. }
        | SourceError::Unreachable { cause, .. }
        | SourceError::Protocol { cause, .. } => cause.as_deref()?,
        _ => return None,
    };
    cause.downcast_ref()
}

impl From<DavError> for SourceError {
    fn from(error: DavError) -> Self {
        let detail = error.to_string();
        match error {
            DavError::NotFound => Self::NotFound,
            DavError::Changed => Self::Changed,
            DavError::Throttled { retry_after } => Self::Throttled { retry_after },
            // Our password is right: somebody else at the same internet address has mistyped theirs. It
            // passes, and asking meanwhile does no harm.
            DavError::BruteForced => Self::Throttled { retry_after: None },
            // A share whose owner switched the download off.
            DavError::Refused { status: 403, .. } => Self::Forbidden {
                reason: Reason::DownloadForbidden,
                detail,
            },
            DavError::Refused { .. } => Self::Forbidden {
                reason: Reason::SourceForbidden,
                detail,
            },
            DavError::Unauthorized
            | DavError::AccountDisabled
            | DavError::PasswordLoginForbidden => Self::Unauthorized {
                detail,
                cause: Some(error.into()),
            },
            DavError::Maintenance { .. }
            | DavError::Unreachable { .. }
            | DavError::Certificate { .. } => Self::Unreachable {
                detail,
                cause: Some(error.into()),
            },
            DavError::Temporary { .. } | DavError::Locked => Self::Temporary {
                detail,
                cause: Some(error.into()),
            },
            _ => Self::Protocol {
                detail,
                cause: Some(error.into()),
            },
        }
    }
}

/// The answer to a password that may be wrong, for which a lock-out must not be waited out by trying.
pub(super) fn at_sign_in(error: DavError) -> SourceError {
    match error {
        DavError::BruteForced => SourceError::Unauthorized {
            detail: error.to_string(),
            cause: Some(error.into()),
        },
        error => error.into(),
    }
}

/// Whether the same request may succeed later.
pub(super) const fn is_passing(error: &DavError) -> bool {
    error.is_passing() || matches!(error, DavError::BruteForced)
}

/// Repeats a short request while its trouble is a passing one.
pub(super) async fn retrying<T, F>(request: impl FnMut() -> F) -> Result<T, DavError>
where
    F: Future<Output = Result<T, DavError>>,
{
    let backoff = ExponentialBuilder::default()
        .with_min_delay(FIRST_PAUSE)
        .with_max_delay(LONGEST_PAUSE)
        .with_max_times(TIMES)
        .with_jitter();
    request
        .retry(backoff)
        .when(|error: &DavError| {
            // Maintenance lasts minutes; everybody is better served by hearing of it.
            is_passing(error) && !matches!(error, DavError::Maintenance { .. })
        })
        .adjust(|error: &DavError, delay| {
            let pause = error.retry_after().unwrap_or_default();
            delay
                .map(|delay| delay.max(pause))
                .filter(|_| pause <= LONGEST_PAUSE)
        })
        .await
}
