use std::time::Duration;

use crate::dav::pim::PimError;
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
    /// What only calendars and address books meet.
    #[error("target: {0}")]
    Pim(#[source] PimError),
    /// The account may have no more calendars or address books.
    #[error("the target: {detail}")]
    Limit { reason: Reason, detail: String },
    /// The calendar or address book is not there any more.
    #[error("the collection is gone")]
    CollectionMissing,
    #[error("{bytes} bytes")]
    ObjectTooLarge { bytes: u64 },
    /// No rule mends it, or the server does not take it.
    #[error("{defect}: {detail}; {saved}")]
    Broken {
        defect: &'static str,
        detail: String,
        /// Where its text was kept.
        saved: String,
    },
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
/// A Nextcloud makes ten calendars an hour; whoever has thirty waits for hours.
const ATTEMPTS_CREATION: u32 = 60;
const CREATION_PAUSE: Duration = Duration::from_secs(300);
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
            Self::Pim(PimError::RateLimited { .. }) => (true, ATTEMPTS_CREATION),
            Self::Pim(error) => (error.is_passing(), ATTEMPTS),
            Self::Foreign
            | Self::TargetChanged
            | Self::SourceChanged
            | Self::Limit { .. }
            | Self::CollectionMissing
            | Self::ObjectTooLarge { .. }
            | Self::Broken { .. } => (false, 0),
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
            // The limit may end at any moment of the hour that it lasts.
            Self::Pim(PimError::RateLimited { retry_after }) => {
                Some((*retry_after).min(CREATION_PAUSE))
            }
            Self::Pim(error) => error.retry_after(),
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

    /// What a request about calendars or address books met.
    pub(super) fn of_pim(error: PimError) -> Self {
        match error {
            PimError::Dav(error) => Self::Target(error),
            error => Self::Pim(error),
        }
    }

    /// Whether the server makes no more calendars or address books for now.
    pub(super) const fn waits_for_creation(&self) -> bool {
        matches!(self, Self::Pim(PimError::RateLimited { .. }))
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
            Self::Pim(error) => match error {
                PimError::UidExists => Reason::UidTaken,
                PimError::UidInTrash { .. } => Reason::UidInTrash,
                PimError::TooLarge { .. } => Reason::ObjectTooLarge,
                PimError::Unsupported { .. }
                | PimError::NoInstances { .. }
                | PimError::UnsupportedComponent { .. } => Reason::BrokenObject,
                PimError::ReadOnly { .. } => Reason::TargetRefused,
                _ => Reason::TargetUnavailable,
            },
            Self::Limit { reason, .. } => *reason,
            Self::CollectionMissing => Reason::CollectionFailed,
            Self::ObjectTooLarge { .. } => Reason::ObjectTooLarge,
            Self::Broken { .. } => Reason::BrokenObject,
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
