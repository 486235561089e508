use serde::{Deserialize, Serialize};

use super::SpaceKind;

/// The format that native documents are exported to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DocumentFormat {
    #[default]
    Odf,
    Ooxml,
    Pdf,
}

/// What happens when the target already has something else at an item's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConflictPolicy {
    /// The arriving item gets another name; both stay.
    #[default]
    KeepBoth,
    /// What is there stays, the item is not moved.
    Skip,
    /// The newer of the two stays in place; Nextcloud keeps the older one as a version.
    ReplaceOlder,
}

/// `[scope]`: what is taken along.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Scope {
    pub files: bool,
    pub calendars: bool,
    pub contacts: bool,
    pub tasks: bool,
    /// Calendars that others shared with the account, as copies.
    pub shared_calendars: bool,
    /// Calendars of elsewhere that the account subscribes to, as subscriptions.
    pub subscribed_calendars: bool,
    /// Google: people it noted by itself from the mails exchanged.
    pub other_contacts: bool,
    /// Google: what others shared with the account.
    pub shared_with_me: bool,
    /// Google: the shared drives the account is a member of.
    pub shared_drives: bool,
    /// Nextcloud: folders and files received as shares.
    pub received_shares: bool,
    /// Nextcloud: storage of elsewhere that an administrator mounted.
    pub external_storage: bool,
    /// Glob patterns over the item's path at the source.
    pub exclude: Vec<String>,
}

impl Scope {
    /// Whether a space is taken that nobody ticked or unticked.
    pub const fn takes(&self, space: SpaceKind) -> bool {
        match space {
            SpaceKind::SharedWithMe => self.shared_with_me,
            SpaceKind::SharedDrive => self.shared_drives,
            SpaceKind::Own | SpaceKind::Orphans => self.files,
            SpaceKind::Calendars => self.calendars || self.tasks,
            SpaceKind::AddressBooks => self.contacts,
        }
    }
}

impl Default for Scope {
    fn default() -> Self {
        Self {
            files: true,
            calendars: true,
            contacts: true,
            tasks: true,
            shared_calendars: false,
            subscribed_calendars: true,
            other_contacts: false,
            shared_with_me: false,
            shared_drives: true,
            received_shares: false,
            external_storage: false,
            exclude: Vec::new(),
        }
    }
}

/// `[options]`: how it is taken along.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    pub documents: DocumentFormat,
    pub on_conflict: ConflictPolicy,
    /// Files ending in `.ics` and `.vcf` become calendars and contacts instead of being copied as files.
    pub import_calendar_files: bool,
    /// How many calendars and subscriptions an account may have, where an administrator allows more than
    /// Nextcloud's own [`super::MAX_CALENDARS`].
    pub calendars_at_most: Option<u32>,
    /// The same of address books; [`super::MAX_ADDRESS_BOOKS`].
    pub address_books_at_most: Option<u32>,
    /// Such as `5 MB/s`; see [`super::parse_rate`]. Absent: no limit.
    pub bandwidth: Option<String>,
}
