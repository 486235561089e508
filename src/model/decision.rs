use super::{DocumentFormat, NameChange, OutcomeKind, Reason};

/// What becomes of an item, in the words of the preview. Every item has exactly one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    Move,
    /// Export a native document to a file.
    Convert,
    /// Write a small link file in its place.
    Link,
    /// It is there already.
    Keep,
    /// Leave it, for the reason given.
    Skip,
    /// Something else is in its place; the decision's [`Step`] is how the policy settles it.
    Conflict,
    /// It does not fit.
    Block,
}

impl Action {
    pub const ALL: [Self; 7] = [
        Self::Move,
        Self::Convert,
        Self::Link,
        Self::Keep,
        Self::Skip,
        Self::Conflict,
        Self::Block,
    ];

    /// The stable code that the ledger keeps, also the key of the JSON summary.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Move => "move",
            Self::Convert => "convert",
            Self::Link => "link",
            Self::Keep => "keep",
            Self::Skip => "skip",
            Self::Conflict => "conflict",
            Self::Block => "block",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.code() == code)
    }
}

/// What `move` does to carry a decision out.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// Nothing: the outcome is settled by the decision alone.
    Nothing,
    /// Make sure that the folder is there.
    MakeFolder,
    /// Send the bytes. `replace` is the ETag of what may be replaced; `None`: the place must be free.
    Upload { replace: Option<String> },
    /// Export, then send the bytes.
    Export {
        format: DocumentFormat,
        replace: Option<String>,
    },
    /// Send a link file.
    WriteLink { replace: Option<String> },
    /// Make a calendar, a subscription or an address book that is called `name`.
    MakeCollection { name: String },
    /// Put a calendar object or a card at its place. `replace` is the ETag of what may be replaced.
    PutObject {
        replace: Option<String>,
        /// Give it this UID instead of its own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        uid: Option<String>,
        /// The path of an object with the same UID: where both mean the same, nothing is put.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unless_same_as: Option<String>,
    },
}

/// What the plan says of one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    pub action: Action,
    pub reason: Option<Reason>,
    pub step: Step,
    /// Relative to the account's files, without a leading `/`; of collections and objects `/calendars/…` or
    /// `/addressbooks/…`; empty where the item has no place there.
    pub target_path: String,
    pub renamed: Option<NameChange>,
    /// Bytes that this decision adds at the target, an estimate for exports and links.
    pub bytes: u64,
    /// What the outcome is when [`Step::Nothing`] is all there is to do.
    pub settled: Option<OutcomeKind>,
}
