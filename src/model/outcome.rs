use super::{Digests, HashValue, Reason};

/// How an item ended. Every item of a finished migration has exactly one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OutcomeKind {
    Moved,
    Converted,
    Linked,
    Kept,
    Skipped,
    Failed,
}

impl OutcomeKind {
    pub const ALL: [Self; 6] = [
        Self::Moved,
        Self::Converted,
        Self::Linked,
        Self::Kept,
        Self::Skipped,
        Self::Failed,
    ];

    /// The stable code that the ledger keeps, also the key of the JSON summary.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Moved => "moved",
            Self::Converted => "converted",
            Self::Linked => "linked",
            Self::Kept => "kept",
            Self::Skipped => "skipped",
            Self::Failed => "failed",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// How we know that what arrived is what left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// The source's own digest = that of the bytes we streamed = the one the server computed. Where no
    /// server knows the source's algorithm, both digests are of the same stream.
    Full(Digests),
    /// The source publishes no digest: that of the bytes we streamed = the one the server computed.
    /// For a local folder, whose bytes we read ourselves, there is nothing stronger.
    Streamed(HashValue),
    /// A calendar object or a card that the server wrote in its own way: read back, it means the same.
    /// The digest is that of what the server stores.
    Meaning(HashValue),
    /// Same size and date; no digest was compared.
    SizeAndDate,
    /// A folder or a collection: the server acknowledged it.
    Acknowledged,
}

impl Proof {
    /// The stable code that the ledger keeps.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Full(_) => "full",
            Self::Streamed(_) => "streamed",
            Self::Meaning(_) => "meaning",
            Self::SizeAndDate => "size-and-date",
            Self::Acknowledged => "acknowledged",
        }
    }

    /// What the server computed.
    pub const fn hash(&self) -> Option<&HashValue> {
        match self {
            Self::Full(digests) => Some(&digests.target),
            Self::Streamed(hash) | Self::Meaning(hash) => Some(hash),
            Self::SizeAndDate | Self::Acknowledged => None,
        }
    }

    /// The source's own digest, which was found to be right.
    pub fn source_hash(&self) -> Option<&HashValue> {
        match self {
            Self::Full(digests) => Some(digests.at_source()),
            Self::Streamed(_) | Self::Meaning(_) | Self::SizeAndDate | Self::Acknowledged => None,
        }
    }

    /// `source`: the source's digest, where it is of another algorithm than `hash`.
    pub fn from_parts(
        code: &str,
        hash: Option<HashValue>,
        source: Option<HashValue>,
    ) -> Option<Self> {
        match (code, hash) {
            ("full", Some(target)) => {
                let source = source.filter(|source| source.algorithm != target.algorithm);
                Some(Self::Full(Digests { target, source }))
            }
            ("streamed", Some(hash)) => Some(Self::Streamed(hash)),
            ("meaning", Some(hash)) => Some(Self::Meaning(hash)),
            ("size-and-date", _) => Some(Self::SizeAndDate),
            ("acknowledged", _) => Some(Self::Acknowledged),
            _ => None,
        }
    }
}

/// What became of one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    pub kind: OutcomeKind,
    pub reason: Option<Reason>,
    /// For the technically minded: status, both digests, the system's words. Never a secret.
    pub detail: Option<String>,
    pub proof: Option<Proof>,
    /// Bytes that arrived.
    pub bytes: u64,
    /// The source's version that was moved, for the next run.
    pub source_version: Option<String>,
    pub target_etag: Option<String>,
    pub target_file_id: Option<String>,
}

impl Outcome {
    /// An outcome that moved nothing.
    pub fn settled(kind: OutcomeKind, reason: Option<Reason>) -> Self {
        Self {
            kind,
            reason,
            detail: None,
            proof: None,
            bytes: 0,
            source_version: None,
            target_etag: None,
            target_file_id: None,
        }
    }

    pub fn failed(reason: Reason, detail: impl Into<String>) -> Self {
        Self {
            detail: Some(detail.into()),
            ..Self::settled(OutcomeKind::Failed, Some(reason))
        }
    }
}
