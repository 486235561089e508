use std::time::Duration;

use crate::model::Reason;

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why a source could not be read, sorted by what can be done about it.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The sign-in is no longer valid; nothing of this source can be read until the user signs in again.
    #[error("not signed in: {detail}")]
    Unauthorized {
        /// The provider's own words or code (`invalid_grant`).
        detail: String,
        #[source]
        cause: Option<Cause>,
    },
    /// This one item may not be read, now or later.
    #[error("may not be read ({reason}): {detail}")]
    Forbidden { reason: Reason, detail: String },
    #[error("no longer there")]
    NotFound,
    #[error("cannot be exported")]
    NotExportable,
    /// It is not what the survey saw.
    #[error("changed while it was read")]
    Changed,
    /// A local file or folder that the system refuses to read.
    #[error("cannot be read: {cause}")]
    Unreadable {
        #[source]
        cause: std::io::Error,
    },
    /// Too many requests: the whole host wants a pause.
    #[error("asked to slow down")]
    Throttled { retry_after: Option<Duration> },
    /// A passing trouble: a server error, a broken connection, a short body.
    #[error("a passing trouble: {detail}")]
    Temporary {
        detail: String,
        #[source]
        cause: Option<Cause>,
    },
    /// No connection at all: name, network, certificate.
    #[error("cannot be reached: {detail}")]
    Unreachable {
        detail: String,
        #[source]
        cause: Option<Cause>,
    },
    /// An answer that we do not understand, or a configuration that cannot work (an API not enabled, a
    /// scope not granted): trying again does not help.
    #[error("an answer that we do not understand: {detail}")]
    Protocol {
        detail: String,
        #[source]
        cause: Option<Cause>,
    },
    /// What was found could not be kept (the local disk is full, say).
    #[error("the ledger: {cause}")]
    Ledger {
        #[source]
        cause: Cause,
    },
}

impl SourceError {
    pub fn temporary(detail: impl Into<String>) -> Self {
        Self::Temporary {
            detail: detail.into(),
            cause: None,
        }
    }

    pub fn protocol(detail: impl Into<String>) -> Self {
        Self::Protocol {
            detail: detail.into(),
            cause: None,
        }
    }

    /// Whether the same request may succeed later without anybody doing anything.
    pub const fn is_passing(&self) -> bool {
        matches!(
            self,
            Self::Throttled { .. } | Self::Temporary { .. } | Self::Unreachable { .. }
        )
    }

    /// Whether every other item of this source will meet the same.
    pub const fn concerns_all(&self) -> bool {
        matches!(
            self,
            Self::Unauthorized { .. } | Self::Unreachable { .. } | Self::Ledger { .. }
        )
    }

    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Throttled { retry_after } => *retry_after,
            _ => None,
        }
    }
}
