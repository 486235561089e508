use std::fmt;

use super::{Collection, HashValue, Reason, SpaceId, Timestamp};

/// The source's own identifier of an item, unique within one migration's source.
///
/// Never a path and never a name where the source has something better: a Drive allows two files of one
/// name in a folder, a name with `/` in it, and files with no parent.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ItemId(pub String);

impl ItemId {
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ItemId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ItemKind {
    Folder,
    /// Bytes with a known size that can be read from any position.
    File,
    /// A document that lives only in the cloud's own editor and is exported to a file; its size is not
    /// known beforehand and two exports need not be the same bytes.
    Document,
    /// Something that only exists as a web page (a form, a site, a map): a small link file replaces it.
    Webpage,
    /// A pointer to another item of the source.
    Shortcut,
    /// Something that cannot be a file elsewhere: a symbolic link, a socket, a device.
    Special,
    /// A collection of calendar objects (RFC 4791): events, tasks, journal entries. A task list is a
    /// calendar whose components are tasks only.
    Calendar,
    /// A calendar of elsewhere that the account subscribes to; it moves as a subscription, never as a copy.
    Subscription,
    AddressBook,
    /// One calendar object resource: an event, or a series with all its exceptions.
    Event,
    /// A VTODO.
    Task,
    /// A VJOURNAL.
    Journal,
    /// A card.
    Contact,
}

impl ItemKind {
    pub const ALL: [Self; 13] = [
        Self::Folder,
        Self::File,
        Self::Document,
        Self::Webpage,
        Self::Shortcut,
        Self::Special,
        Self::Calendar,
        Self::Subscription,
        Self::AddressBook,
        Self::Event,
        Self::Task,
        Self::Journal,
        Self::Contact,
    ];

    /// The stable code that the ledger keeps.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Folder => "folder",
            Self::File => "file",
            Self::Document => "document",
            Self::Webpage => "webpage",
            Self::Shortcut => "shortcut",
            Self::Special => "special",
            Self::Calendar => "calendar",
            Self::Subscription => "subscription",
            Self::AddressBook => "address-book",
            Self::Event => "event",
            Self::Task => "task",
            Self::Journal => "journal",
            Self::Contact => "contact",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// Whether it is a calendar, a subscription or an address book.
    pub const fn is_collection(self) -> bool {
        matches!(
            self,
            Self::Calendar | Self::Subscription | Self::AddressBook
        )
    }

    /// Whether it is what lies in a calendar or an address book.
    pub const fn is_object(self) -> bool {
        matches!(
            self,
            Self::Event | Self::Task | Self::Journal | Self::Contact
        )
    }
}

/// One thing that the survey found at the source.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    pub id: ItemId,
    pub space: SpaceId,
    /// `None` where the item lies at the top of its space.
    pub parent: Option<ItemId>,
    /// As the source shows it: may hold `/`, control characters, anything.
    pub name: String,
    pub kind: ItemKind,
    /// Bytes; `None` where the source does not know it (folders, exports).
    pub size: Option<u64>,
    pub modified: Option<Timestamp>,
    pub created: Option<Timestamp>,
    /// The digest that the source itself publishes of the content.
    pub hash: Option<HashValue>,
    /// Changes whenever the content changes, and only then where the source can tell (an ETag, a
    /// revision, a digest, else modification time and size).
    pub version: String,
    pub media_type: Option<String>,
    pub favourite: bool,
    /// The page to open in a browser, for link files and reports.
    pub web_link: Option<String>,
    /// What a shortcut points to.
    pub shortcut_target: Option<ItemId>,
    /// Why this item cannot be moved, where the source already knows.
    pub obstacle: Option<Reason>,
    /// Of calendars, subscriptions and address books only.
    pub collection: Option<Collection>,
    /// The UID of a calendar object or of a card, where the survey knows it.
    pub uid: Option<String>,
    /// What the source's own module needs to find the content again; opaque to everyone else.
    pub locator: String,
    /// For sources that tell by path only what is no longer there: the path, in the form in which the source
    /// compares paths. Of two items of a space with the same one, what was told of first is gone.
    pub path: Option<String>,
}

impl Item {
    /// An item with nothing but its place, its name and its kind.
    pub fn new(
        space: SpaceId,
        id: impl Into<String>,
        parent: Option<ItemId>,
        name: impl Into<String>,
        kind: ItemKind,
    ) -> Self {
        Self {
            id: ItemId::new(id),
            space,
            parent,
            name: name.into(),
            kind,
            size: None,
            modified: None,
            created: None,
            hash: None,
            version: String::new(),
            media_type: None,
            favourite: false,
            web_link: None,
            shortcut_target: None,
            obstacle: None,
            collection: None,
            uid: None,
            locator: String::new(),
            path: None,
        }
    }
}
