use std::fmt;

/// Identifies a [`Space`] within one migration.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SpaceId(pub String);

impl SpaceId {
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }
}

impl fmt::Display for SpaceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SpaceKind {
    /// The account's own files; they arrive at the top of the target folder.
    Own,
    /// A shared drive; each arrives in a folder of its own below [`FolderNames::shared_drives`].
    SharedDrive,
    /// What others shared with the account; arrives in [`FolderNames::shared_with_me`].
    SharedWithMe,
    /// Own items that lie in no folder; they arrive in [`FolderNames::orphans`].
    Orphans,
    /// Calendars and task lists: the collections are its top items, what they hold has them for a parent.
    Calendars,
    /// Address books, likewise.
    AddressBooks,
}

impl SpaceKind {
    pub const ALL: [Self; 6] = [
        Self::Own,
        Self::SharedDrive,
        Self::SharedWithMe,
        Self::Orphans,
        Self::Calendars,
        Self::AddressBooks,
    ];

    /// The stable code that the ledger keeps.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::SharedDrive => "shared-drive",
            Self::SharedWithMe => "shared-with-me",
            Self::Orphans => "orphans",
            Self::Calendars => "calendars",
            Self::AddressBooks => "address-books",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// Whether its items are collections and objects, not files.
    pub const fn is_pim(self) -> bool {
        matches!(self, Self::Calendars | Self::AddressBooks)
    }
}

/// A tree of items with a top of its own: My Drive, a shared drive, a Nextcloud account's files, its
/// calendars.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Space {
    pub id: SpaceId,
    pub kind: SpaceKind,
    /// What people call it at the source.
    pub name: String,
    /// Where the next survey can go on from, in the source's own terms (Drive's `changes` token).
    pub change_token: Option<String>,
}

/// What the folders are called that do not exist at the source, in the language of the migration's owner.
/// Chosen once, at the first survey, and kept from then on.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct FolderNames {
    pub shared_drives: String,
    pub shared_with_me: String,
    pub orphans: String,
}
