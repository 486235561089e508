use crate::dav::DavError;
use crate::model::Reason;

/// Why the target did not take something.
pub type TargetError = DavError;

impl DavError {
    /// The outcome's reason for an item that did not arrive. For [`Self::Body`] look at the cause: it is
    /// the source that failed.
    pub const fn reason(&self) -> Reason {
        match self {
            Self::Full { .. } => Reason::TargetFull,
            Self::Locked => Reason::TargetLocked,
            Self::TooLarge => Reason::TargetTooLarge,
            Self::Taken => Reason::TargetTaken,
            Self::Changed => Reason::TargetChanged,
            Self::ParentMissing => Reason::ParentFailed,
            Self::Body { .. } => Reason::SourceUnavailable,
            Self::Refused { .. } => Reason::TargetRefused,
            Self::Unauthorized
            | Self::AccountDisabled
            | Self::PasswordLoginForbidden
            | Self::BruteForced
            | Self::Throttled { .. }
            | Self::Maintenance { .. }
            | Self::NotNextcloud { .. }
            | Self::Redirected { .. }
            | Self::Insecure(_)
            | Self::Certificate { .. }
            | Self::Unreachable { .. }
            | Self::TooOld { .. }
            | Self::UntrustedDomain
            | Self::NotFound
            | Self::UploadGone
            | Self::UploadIncomplete { .. }
            | Self::HashMissing
            | Self::Temporary { .. }
            | Self::Protocol { .. } => Reason::TargetUnavailable,
        }
    }
}
