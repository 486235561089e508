//! What a calendar, a task list or an address book is, beside what lies in it.

use serde::{Deserialize, Serialize};

use super::ItemKind;

/// Calendars and subscriptions that an account may have, unless its administrator says otherwise
/// (`maximumCalendarsSubscriptions` of Nextcloud's `dav` app); birthdays and shared ones do not count.
pub const MAX_CALENDARS: u32 = 30;
/// Likewise of address books (`maximumAdressbooks`).
pub const MAX_ADDRESS_BOOKS: u32 = 10;

/// The properties of a collection of calendar objects or cards that have no place in [`super::Item`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Collection {
    pub description: Option<String>,
    /// `#rrggbb`
    pub colour: Option<String>,
    /// Where it stands among its like: `calendar-order`, ascending.
    pub order: Option<i64>,
    /// What a calendar takes (`supported-calendar-component-set`, RFC 4791, section 5.2.3), not what it
    /// holds; empty for address books, and where the source does not say.
    pub components: Vec<Component>,
    /// An IANA name, or a whole iCalendar object with one VTIMEZONE where the source gives one
    /// (`calendar-timezone`, RFC 4791, section 5.2.2).
    pub time_zone: Option<String>,
    pub access: Access,
    /// The account's main calendar, or its main address book.
    pub primary: bool,
    /// Whether its owner had it shown; `None` where the source does not say.
    pub enabled: Option<bool>,
    /// Calendar objects are not taken into account for free and busy (`schedule-calendar-transp`,
    /// RFC 6638, section 9.1).
    pub transparent: bool,
    /// Reminders that every event has that names none of its own.
    pub reminders: Vec<Reminder>,
}

/// The kinds of iCalendar components that a calendar can take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Component {
    #[serde(rename = "VEVENT")]
    Event,
    #[serde(rename = "VTODO")]
    Todo,
    #[serde(rename = "VJOURNAL")]
    Journal,
}

impl Component {
    pub const ALL: [Self; 3] = [Self::Event, Self::Todo, Self::Journal];

    /// Its name in iCalendar (RFC 5545, section 3.6).
    pub const fn name(self) -> &'static str {
        match self {
            Self::Event => "VEVENT",
            Self::Todo => "VTODO",
            Self::Journal => "VJOURNAL",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|component| component.name().eq_ignore_ascii_case(name))
    }

    /// What an object of this component is called among the items.
    pub const fn item_kind(self) -> ItemKind {
        match self {
            Self::Event => ItemKind::Event,
            Self::Todo => ItemKind::Task,
            Self::Journal => ItemKind::Journal,
        }
    }
}

/// Whose a collection is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Access {
    #[default]
    Own,
    /// Somebody else's, who shared it with the account.
    Shared {
        /// A name or a mail address, for people.
        owner: Option<String>,
        writable: bool,
    },
    /// A calendar of elsewhere that is read by its address.
    Subscribed { url: String },
}

/// A default reminder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reminder {
    pub minutes_before: u32,
    /// By mail; otherwise on the screen.
    pub by_mail: bool,
}

/// A calendar, a subscription or an address book that the target has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetCollection {
    /// `/calendars/<uri>` or `/addressbooks/<uri>`, below the account's home of that kind, decoded,
    /// without a final `/`.
    pub path: String,
    /// [`ItemKind::Calendar`], [`ItemKind::Subscription`] or [`ItemKind::AddressBook`].
    pub kind: ItemKind,
    /// Its display name.
    pub name: String,
    /// What a calendar takes; empty: everything.
    pub components: Vec<Component>,
    pub standing: Standing,
    /// What a subscription reads.
    pub subscribed_to: Option<String>,
}

/// What may be done with a collection of the target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// The account's own; things may be put there.
    Own,
    /// Somebody else's, who shares it.
    Shared,
    /// The server's own: birthdays, all accounts, another app's.
    Generated,
    /// In the trash as a whole. Its path stays taken, and Nextcloud goes on to count it.
    Trashed,
}

impl Standing {
    pub const ALL: [Self; 4] = [Self::Own, Self::Shared, Self::Generated, Self::Trashed];

    /// The stable code that the ledger keeps.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Shared => "shared",
            Self::Generated => "generated",
            Self::Trashed => "trashed",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|standing| standing.code() == code)
    }
}

impl TargetCollection {
    pub fn takes(&self, component: Component) -> bool {
        self.components.is_empty() || self.components.contains(&component)
    }
}

/// A calendar object or a card that the target has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetObject {
    /// `/calendars/<uri>/<name>`, decoded.
    pub path: String,
    pub etag: String,
    /// Where it is known.
    pub uid: Option<String>,
}

impl TargetObject {
    /// The [`TargetCollection::path`] that it lies in.
    pub fn collection(&self) -> &str {
        collection_of(&self.path)
    }
}

/// The collection that the object at `path` lies in.
pub fn collection_of(path: &str) -> &str {
    path.rsplit_once('/')
        .map_or("", |(collection, _)| collection)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn survives_the_ledger() {
        let collection = Collection {
            colour: Some("#00ff7f".into()),
            components: vec![Component::Event, Component::Todo],
            access: Access::Shared {
                owner: Some("noemie".into()),
                writable: false,
            },
            reminders: vec![Reminder {
                minutes_before: 10,
                by_mail: true,
            }],
            ..Collection::default()
        };
        let text = serde_json::to_string(&collection).unwrap();
        assert!(text.contains("VTODO"), "{text}");
        assert_eq!(
            serde_json::from_str::<Collection>(&text).unwrap(),
            collection
        );
        assert_eq!(
            serde_json::from_str::<Collection>("{}").unwrap(),
            Collection::default()
        );
    }
}
