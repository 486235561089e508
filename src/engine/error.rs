use crate::dav::pim::PimError;
use crate::ledger::LedgerError;
use crate::plan::ExcludeError;
use crate::source::SourceError;
use crate::survey::SurveyError;
use crate::target::TargetError;
use crate::transfer::Stop;

/// Why a command could not be carried out.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    #[error("stopped on request")]
    Cancelled,
    #[error("the source: {0}")]
    Source(#[source] SourceError),
    #[error("the target: {0}")]
    Target(#[source] TargetError),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    #[error(transparent)]
    Secret(#[from] super::SecretError),
    #[error(transparent)]
    Exclude(#[from] ExcludeError),
    /// Without a survey of an earlier time there is nothing to plan from.
    #[error("nothing has been surveyed yet")]
    NotSurveyed,
    /// It would not fit.
    #[error("{} bytes do not fit into {}", .0.needed, .0.free)]
    DoesNotFit(Box<DoesNotFit>),
    /// The move began and stopped because of something that somebody must see to; it can be resumed.
    #[error("stopped early: {0}")]
    StoppedEarly(#[source] Box<EngineError>),
    #[error("internal: {0}")]
    Internal(String),
}

impl EngineError {
    /// A stable word for what it is about.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Cancelled => "stopped",
            Self::Source(_) => "source",
            Self::Target(_) => "nextcloud",
            Self::Ledger(_) => "ledger",
            Self::Secret(_) => "secret",
            Self::Exclude(_) => "migration-file",
            Self::NotSurveyed => "not-surveyed",
            Self::DoesNotFit(_) => "does-not-fit",
            Self::StoppedEarly(error) => error.code(),
            Self::Internal(_) => "internal",
        }
    }
}

/// What would fit into the target and what would not, by folder at the top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DoesNotFit {
    /// Bytes.
    pub needed: u64,
    /// Bytes.
    pub free: u64,
    /// Names and bytes of what would fit together.
    pub would_fit: Vec<(String, u64)>,
    /// Names and bytes of what would have to stay.
    pub would_not: Vec<(String, u64)>,
}

impl From<SurveyError> for EngineError {
    fn from(error: SurveyError) -> Self {
        match error {
            SurveyError::Cancelled => Self::Cancelled,
            SurveyError::Source(error) => Self::Source(error),
            SurveyError::Target(error) | SurveyError::Pim(PimError::Dav(error)) => {
                Self::Target(error)
            }
            SurveyError::Pim(error) => Self::Target(TargetError::protocol(error.to_string())),
            SurveyError::Ledger(error) => Self::Ledger(error),
        }
    }
}

impl From<Stop> for EngineError {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Cancelled => Self::Cancelled,
            Stop::Source(error) => Self::Source(error),
            Stop::Target(error) => Self::Target(error),
            Stop::Ledger(error) => Self::Ledger(error),
            Stop::Worker => Self::Internal("a worker ended unexpectedly".into()),
        }
    }
}
