use std::time::Duration;

use crate::ledger::LedgerError;
use crate::model::{HashValue, Reason};
use crate::source::SourceError;
use crate::target::TargetError;

/// What went wrong with one item.
#[derive(Debug, thiserror::Error)]
pub(super) enum Trouble {
    #[error("source: {0}")]
    Source(#[from] SourceError),
    #[error("target: {0}")]
    Target(#[from] TargetError),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The bytes that we streamed are not what the source says it has.
    #[error("the source says {expected}, what it sent is {streamed}")]
    SourceMismatch {
        expected: HashValue,
        streamed: HashValue,
    },
    /// The server has something else than the bytes that we streamed.
    #[error("sent {streamed}, the server received {received}")]
    TargetMismatch {
        streamed: HashValue,
        received: HashValue,
    },
    /// Something that this program did not write is at the target path.
    #[error("something else is at the target path")]
    Foreign,
    /// What was to be replaced is no longer what the plan saw.
    #[error("the target changed since the preview")]
    TargetChanged,
    /// The source's item is no longer what the survey saw.
    #[error("the source changed since the survey")]
    SourceChanged,
    /// A request was too long for the server, or for what stands before it: the next ones are shorter.
    #[error("too long a request")]
    TooLong,
    /// The server no longer has the chunks that were sent.
    #[error("the upload folder is gone")]
    UploadLost,
}

/// What is to be done about it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Cure {
    /// The item has failed.
    GiveUp,
    /// Try this item again.
    Retry { after: Duration },
    /// Nothing can go on until somebody does something.
    Stop,
}

/// Attempts at an item before it counts as failed; their pauses add up to some minutes.
const ATTEMPTS: u32 = 8;
/// A lock that a killed server process left behind lasts up to an hour (`filelocking.ttl`).
const ATTEMPTS_LOCKED: u32 = 40;
/// A host that asks to slow down gets all the time it wants, but one item must not wait for ever.
const ATTEMPTS_THROTTLED: u32 = 40;
/// Damage on the way is rare; three times in a row is no accident.
const ATTEMPTS_MISMATCH: u32 = 3;
const FIRST_PAUSE: Duration = Duration::from_millis(400);
const LONGEST_PAUSE: Duration = Duration::from_secs(120);

impl Trouble {
    /// `attempts`: how often the item was tried, this time included.
    pub(super) fn cure(&self, attempts: u32) -> Cure {
        let (passing, limit) = match self {
            Self::Ledger(_) => return Cure::Stop,
            Self::Source(SourceError::Unauthorized { .. } | SourceError::Ledger { .. }) => {
                return Cure::Stop;
            }
            Self::Target(error) if error.concerns_all() && !error.is_passing() => {
                return Cure::Stop;
            }
            Self::Source(SourceError::Throttled { .. }) => (true, ATTEMPTS_THROTTLED),
            Self::Source(error) => (error.is_passing(), ATTEMPTS),
            Self::Target(TargetError::Locked { .. }) => (true, ATTEMPTS_LOCKED),
            Self::Target(TargetError::Throttled { .. }) => (true, ATTEMPTS_THROTTLED),
            Self::Target(TargetError::ParentMissing { .. }) => (true, ATTEMPTS),
            Self::Target(error) => (error.is_passing(), ATTEMPTS),
            Self::SourceMismatch { .. } | Self::TargetMismatch { .. } => (true, ATTEMPTS_MISMATCH),
            Self::UploadLost | Self::TooLong => (true, ATTEMPTS),
            Self::Foreign | Self::TargetChanged | Self::SourceChanged => (false, 0),
        };
        if passing && attempts < limit {
            Cure::Retry {
                after: pause(attempts, self.retry_after()),
            }
        } else {
            Cure::GiveUp
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Source(error) => error.retry_after(),
            Self::Target(error) => error.retry_after(),
            _ => None,
        }
    }

    /// Whether the item is to blame, not the host: then it counts against the item's attempts.
    pub(super) fn is_hosts(&self) -> bool {
        match self {
            Self::Source(error) => error.concerns_all(),
            Self::Target(error) => error.concerns_all(),
            _ => false,
        }
    }

    /// Whether the same thing may go well a moment later.
    pub(super) fn mends_by_itself(&self) -> bool {
        match self {
            Self::Source(error) => error.is_passing() && !error.concerns_all(),
            Self::Target(error) => error.is_passing() && !error.concerns_all(),
            _ => false,
        }
    }

    pub(super) fn reason(&self) -> Reason {
        match self {
            Self::Source(error) => error.reason(),
            Self::Target(error) => error.reason(),
            Self::SourceMismatch { .. } | Self::TargetMismatch { .. } => Reason::HashMismatch,
            Self::Foreign => Reason::TargetTaken,
            Self::TargetChanged => Reason::TargetChanged,
            Self::SourceChanged => Reason::SourceChanged,
            Self::TooLong => Reason::TargetTooLarge,
            Self::UploadLost | Self::Ledger(_) => Reason::TargetUnavailable,
        }
    }
}

/// Grows by doubling, with jitter so that what failed together is not tried again together.
fn pause(attempts: u32, wanted: Option<Duration>) -> Duration {
    let grown = FIRST_PAUSE
        .saturating_mul(1 << attempts.saturating_sub(1).min(16))
        .min(LONGEST_PAUSE);
    let jittered = grown.mul_f64(rand::random_range(0.5..1.0));
    wanted.map_or(jittered, |wanted| wanted + jittered.min(FIRST_PAUSE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_keep_what_the_host_wants() {
        assert!(pause(1, None) <= FIRST_PAUSE);
        assert!(pause(30, None) <= LONGEST_PAUSE);
        assert!(pause(30, None) >= LONGEST_PAUSE / 2);
        let wanted = Duration::from_secs(30);
        assert!(pause(1, Some(wanted)) >= wanted);
    }

    #[test]
    fn what_never_helps_is_not_tried_again() {
        assert_eq!(Trouble::Foreign.cure(1), Cure::GiveUp);
        assert_eq!(Trouble::Source(SourceError::NotFound).cure(1), Cure::GiveUp);
        let unauthorized = SourceError::Unauthorized {
            detail: "invalid_grant".into(),
            cause: None,
        };
        assert_eq!(Trouble::Source(unauthorized).cure(1), Cure::Stop);
        let passing = || Trouble::Source(SourceError::temporary("reset"));
        assert!(matches!(passing().cure(1), Cure::Retry { .. }));
        assert_eq!(passing().cure(ATTEMPTS), Cure::GiveUp);
    }
}
