//! What a calendar is to the account: its own, somebody else's, or one of elsewhere.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::id_of;
use super::wire::CalendarEntry;
use crate::model::{Access, Collection, Component, Item, ItemKind, Reason, Reminder, SpaceId};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Standing {
    Own,
    Shared {
        writable: bool,
    },
    /// Of others, who show only when they are busy.
    BusyOnly,
    /// One of Google's public calendars, with the address that anybody can read it at.
    Public(String),
    /// Read from an address that Google does not tell.
    Imported,
    /// Made out of the contacts.
    Generated,
}

/// Google's public calendars (holidays, weeks, sports) have ids `<name>#<kind>@group.v.calendar.google.com`,
/// those that were added by their address `<digits>@import.calendar.google.com`.
pub(super) fn standing(calendar: &CalendarEntry) -> Standing {
    let id = calendar.id.as_str();
    if id.ends_with("#contacts@group.v.calendar.google.com") {
        return Standing::Generated;
    }
    if id.ends_with("@group.v.calendar.google.com") {
        let coded = utf8_percent_encode(id, NON_ALPHANUMERIC);
        return Standing::Public(format!(
            "https://calendar.google.com/calendar/ical/{coded}/public/basic.ics"
        ));
    }
    if id.ends_with("@import.calendar.google.com") {
        return Standing::Imported;
    }
    match calendar.access_role.as_str() {
        "owner" => Standing::Own,
        _ if calendar.primary => Standing::Own,
        "writer" | "writerWithoutPrivateAccess" => Standing::Shared { writable: true },
        "reader" => Standing::Shared { writable: false },
        _ => Standing::BusyOnly,
    }
}

/// The calendar as an item.
pub(super) fn collection_item(calendar: &CalendarEntry) -> Item {
    let standing = standing(calendar);
    let kind = match standing {
        Standing::Public(_) | Standing::Imported => ItemKind::Subscription,
        _ => ItemKind::Calendar,
    };
    let space = SpaceId::new(id_of(&calendar.id));
    let mut item = Item::new(space, id_of(&calendar.id), None, name(calendar), kind);
    item.version = calendar.etag.trim_matches('"').to_owned();
    item.locator.clone_from(&calendar.id);
    item.obstacle = match standing {
        Standing::BusyOnly => Some(Reason::FreeBusyOnly),
        Standing::Imported => Some(Reason::SubscriptionAddressUnknown),
        Standing::Generated => Some(Reason::GeneratedCollection),
        _ => None,
    };
    let owner = || {
        // An account's first calendar has its mail address for an id.
        let owner = calendar.data_owner.clone();
        owner
            .or_else(|| (!calendar.id.contains("calendar.google.com")).then(|| calendar.id.clone()))
    };
    item.collection = Some(Collection {
        description: calendar.description.clone(),
        colour: calendar
            .background_color
            .as_deref()
            .map(str::to_ascii_lowercase),
        components: vec![Component::Event],
        time_zone: calendar.time_zone.clone(),
        access: match standing {
            Standing::Own | Standing::Generated => Access::Own,
            Standing::Shared { writable } => Access::Shared {
                owner: owner(),
                writable,
            },
            Standing::BusyOnly => Access::Shared {
                owner: owner(),
                writable: false,
            },
            Standing::Public(url) => Access::Subscribed { url },
            Standing::Imported => Access::Subscribed { url: String::new() },
        },
        primary: calendar.primary,
        enabled: Some(calendar.selected && !calendar.hidden),
        reminders: reminders(calendar),
        ..Collection::default()
    });
    item
}

pub(super) fn reminders(calendar: &CalendarEntry) -> Vec<Reminder> {
    let all = calendar.default_reminders.iter();
    all.map(|reminder| Reminder {
        minutes_before: reminder.minutes,
        by_mail: reminder.method == "email",
    })
    .collect()
}

fn name(calendar: &CalendarEntry) -> &str {
    let own = calendar.summary_override.as_deref();
    own.filter(|name| !name.trim().is_empty())
        .unwrap_or(&calendar.summary)
}
