use std::fmt;

use super::super::error::DavError;
use super::super::props::Depth;
use super::super::xml::Tag;
use super::record::CollectionRecord;
use super::{PimClient, PimError, propfind};

/// The kinds of objects that a calendar may hold and that people make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Component {
    Event,
    Task,
    Journal,
}

impl Component {
    pub const ALL: [Self; 3] = [Self::Event, Self::Task, Self::Journal];

    /// RFC 5545, section 3.6.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Event => "VEVENT",
            Self::Task => "VTODO",
            Self::Journal => "VJOURNAL",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|one| one.name().eq_ignore_ascii_case(name.trim()))
    }
}

/// Which of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Components {
    pub events: bool,
    pub tasks: bool,
    pub journals: bool,
}

impl Components {
    pub const ALL: Self = Self {
        events: true,
        tasks: true,
        journals: true,
    };
    pub const NONE: Self = Self {
        events: false,
        tasks: false,
        journals: false,
    };

    pub const fn has(self, component: Component) -> bool {
        match component {
            Component::Event => self.events,
            Component::Task => self.tasks,
            Component::Journal => self.journals,
        }
    }

    /// Whether everything in `needed` is in this, too.
    pub fn cover(self, needed: Self) -> bool {
        needed.iter().all(|component| self.has(component))
    }

    pub fn iter(self) -> impl Iterator<Item = Component> {
        Component::ALL.into_iter().filter(move |one| self.has(*one))
    }
}

impl FromIterator<Component> for Components {
    fn from_iter<T: IntoIterator<Item = Component>>(all: T) -> Self {
        let mut set = Self::NONE;
        for component in all {
            match component {
                Component::Event => set.events = true,
                Component::Task => set.tasks = true,
                Component::Journal => set.journals = true,
            }
        }
        set
    }
}

impl fmt::Display for Components {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (nth, component) in self.iter().enumerate() {
            f.write_str(if nth == 0 { "" } else { "," })?;
            f.write_str(component.name())?;
        }
        Ok(())
    }
}

/// Whose a collection is, as far as that decides what to do with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    Own,
    /// Of somebody else, who shares it.
    Shared {
        /// The owner's name where the server tells it, else the last part of the owner's principal.
        owner: String,
        writable: bool,
    },
    /// The server, or the client, fetches it from elsewhere.
    Subscribed {
        url: String,
    },
    /// Made or kept by the server itself: nothing to move, nothing to write to.
    System(System),
    /// In the trash as a whole.
    Deleted,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum System {
    Inbox,
    Outbox,
    Trash,
    /// Birthdays out of the address books.
    Birthdays,
    /// All accounts of the server.
    Accounts,
    /// People whom one has written to.
    RecentContacts,
    /// Another app's (Deck's boards, for one).
    App,
}

/// A calendar, as a list of calendars tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// `calendars/alice/personal`
    pub path: String,
    pub name: Option<String>,
    /// `#rrggbb` or `#rrggbbaa`, or whatever a client once wrote.
    pub colour: Option<String>,
    pub order: Option<i64>,
    pub description: Option<String>,
    pub components: Components,
    /// iCalendar with one `VTIMEZONE`.
    pub time_zone: Option<String>,
    pub access: Access,
    /// Whether objects may be put into it.
    pub writable: bool,
    /// Whether Nextcloud shows it; `None` where nobody has said.
    pub enabled: Option<bool>,
    /// Its events leave their time free (RFC 6638, section 9.1).
    pub transparent: bool,
    /// Changes with everything in it.
    pub ctag: Option<String>,
    pub sync_token: Option<String>,
}

/// An address book, as a list of address books tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressBook {
    /// `addressbooks/users/alice/contacts`
    pub path: String,
    pub name: Option<String>,
    pub description: Option<String>,
    pub access: Access,
    /// Whether cards may be put into it.
    pub writable: bool,
    pub ctag: Option<String>,
    pub sync_token: Option<String>,
}

impl Calendar {
    /// The last part of its path.
    pub fn uri(&self) -> &str {
        last(&self.path)
    }
}

impl AddressBook {
    /// The last part of its path.
    pub fn uri(&self) -> &str {
        last(&self.path)
    }
}

pub(super) fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}

const CALENDAR_PROPS: &[&str] = &[
    "d:resourcetype",
    "d:displayname",
    "d:owner",
    "d:current-user-privilege-set",
    "d:sync-token",
    "cal:calendar-description",
    "cal:calendar-timezone",
    "cal:supported-calendar-component-set",
    "cal:schedule-calendar-transp",
    "ical:calendar-color",
    "ical:calendar-order",
    "cs:getctag",
    "cs:source",
    "oc:owner-principal",
    "oc:read-only",
    "oc:calendar-enabled",
    "x:owner-displayname",
    "x:deleted-at",
];

const ADDRESS_BOOK_PROPS: &[&str] = &[
    "d:resourcetype",
    "d:displayname",
    "d:owner",
    "d:current-user-privilege-set",
    "d:sync-token",
    "card:addressbook-description",
    "cs:getctag",
    "oc:owner-principal",
    "oc:read-only",
    "x:owner-displayname",
];

impl PimClient {
    /// Every calendar in `home`, with what only looks like one told apart: see [`Calendar::access`].
    ///
    /// # Errors
    /// Those that a request can meet.
    pub async fn calendars(&self, home: &str) -> Result<Vec<Calendar>, PimError> {
        let found = self.children(home, CALENDAR_PROPS).await?;
        Ok(found
            .into_iter()
            .filter_map(|record| calendar(record, home))
            .collect())
    }

    /// Every address book in `home`, likewise.
    ///
    /// # Errors
    /// Those that a request can meet.
    pub async fn address_books(&self, home: &str) -> Result<Vec<AddressBook>, PimError> {
        let found = self.children(home, ADDRESS_BOOK_PROPS).await?;
        Ok(found
            .into_iter()
            .filter_map(|record| address_book(record, home))
            .collect())
    }

    /// The collections in a home. They are a handful: only what lies in them is many.
    async fn children(
        &self,
        home: &str,
        props: &[&str],
    ) -> Result<Vec<CollectionRecord>, PimError> {
        const MOST: usize = 10_000;
        let mut answers = self
            .multistatus::<CollectionRecord>("PROPFIND", home, Some(Depth::One), propfind(props))
            .await?;
        let mut found = Vec::new();
        while let Some(answer) = answers.next().await? {
            if answer.status.is_some_and(|status| status >= 300) || answer.entry.path == home {
                continue;
            }
            if found.len() == MOST {
                return Err(DavError::protocol("more calendars than anybody has").into());
            }
            found.push(answer.entry);
        }
        Ok(found)
    }
}

/// `None` for what is no calendar in any sense.
pub(super) fn calendar(record: CollectionRecord, home: &str) -> Option<Calendar> {
    let is = |tag| record.types.contains(&tag);
    let system = match last(&record.path) {
        _ if is(Tag::Inbox) => Some(System::Inbox),
        _ if is(Tag::Outbox) => Some(System::Outbox),
        _ if is(Tag::TrashBin) => Some(System::Trash),
        "inbox" => Some(System::Inbox),
        "outbox" => Some(System::Outbox),
        "trashbin" => Some(System::Trash),
        "contact_birthdays" => Some(System::Birthdays),
        // ExternalCalendar.php: `app-generated--deck--board-3`
        uri if uri.starts_with("app-generated--") => Some(System::App),
        _ => None,
    };
    let access = match system {
        Some(system) => Access::System(system),
        None if is(Tag::DeletedCalendar) || record.deleted => Access::Deleted,
        None if is(Tag::Subscribed) => Access::Subscribed {
            url: record.source.clone().unwrap_or_default(),
        },
        None if is(Tag::Calendar) => whose(&record, home),
        None => return None,
    };
    let components = match &record.components {
        // RFC 4791, section 5.2.3: all of them.
        None => Components::ALL,
        Some(named) => named.iter().copied().collect(),
    };
    Some(Calendar {
        writable: is_writable(&access, &record),
        components,
        access,
        path: record.path,
        name: record.name,
        colour: record.colour,
        order: record.order,
        description: record.description,
        time_zone: record.time_zone,
        enabled: record.enabled,
        transparent: record.transparent.unwrap_or(false),
        ctag: record.ctag,
        sync_token: record.sync_token,
    })
}

pub(super) fn address_book(record: CollectionRecord, home: &str) -> Option<AddressBook> {
    if !record.types.contains(&Tag::AddressBook) {
        return None;
    }
    let access = match last(&record.path) {
        "z-server-generated--system" | "system" if record.read_only == Some(true) => {
            Access::System(System::Accounts)
        }
        "z-app-generated--contactsinteraction--recent" => Access::System(System::RecentContacts),
        // ExternalAddressBook.php
        uri if uri.starts_with("z-app-generated--") => Access::System(System::App),
        uri if uri.starts_with("z-server-generated--") => Access::System(System::Accounts),
        _ => whose(&record, home),
    };
    Some(AddressBook {
        writable: is_writable(&access, &record),
        access,
        path: record.path,
        name: record.name,
        description: record.description,
        ctag: record.ctag,
        sync_token: record.sync_token,
    })
}

fn whose(record: &CollectionRecord, home: &str) -> Access {
    let owner = record.owner.as_deref().unwrap_or_default();
    // A principal and a home end in the account's id; a server that names no owner has only own ones.
    if owner.is_empty() || last(owner) == last(home) {
        return Access::Own;
    }
    let named = record.owner_name.as_deref().filter(|name| !name.is_empty());
    Access::Shared {
        owner: named.unwrap_or(last(owner)).to_owned(),
        writable: may_write(record),
    }
}

fn is_writable(access: &Access, record: &CollectionRecord) -> bool {
    matches!(access, Access::Own | Access::Shared { .. }) && may_write(record)
}

fn may_write(record: &CollectionRecord) -> bool {
    if record.read_only == Some(true) {
        return false;
    }
    const ANY: [Tag; 4] = [Tag::Write, Tag::WriteContent, Tag::Bind, Tag::All];
    record
        .privileges
        .as_ref()
        .is_none_or(|privileges| privileges.iter().any(|one| ANY.contains(one)))
}
