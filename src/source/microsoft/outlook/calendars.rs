//! Calendars and their events (<https://learn.microsoft.com/graph/api/resources/calendar>).
//!
//! Graph lists the changes of a window of days only, so every survey lists all events, briefly: a thousand
//! to the page. A series changes with its exceptions, which are kept in it (MS-OXOCAL, section 2.2.10).

use std::collections::BTreeSet;

use serde_json::Value;
use url::Url;

use super::wire::{Calendar, Event};
use super::{PREFER, Stopped, opened};
use crate::model::{
    Access, Collection, Component, Item, ItemId, ItemKind, Reason, Scope, Space, SpaceId, SpaceKind,
};
use crate::pim::outlook::original_uid;
use crate::source::SurveySink;
use crate::source::microsoft::client::Client;
use crate::source::microsoft::error::Failure;
use crate::source::microsoft::wire::Page;

const SPACE: &str = "outlook-calendars";
const PREFIX: &str = "calendar:";

/// What a survey asks of every event.
const SURVEYED: &str =
    "id,changeKey,iCalUId,subject,createdDateTime,lastModifiedDateTime,seriesMasterId,webLink";

/// What Outlook calls the calendar that it fills with birthdays, in the languages that we met.
const BIRTHDAYS: [&str; 8] = [
    "anniversaires",
    "birthdays",
    "birthday",
    "geburtstage",
    "cumpleaños",
    "compleanni",
    "aniversários",
    "verjaardagen",
];

/// Graph's id of the calendar that a collection stands for.
pub(super) fn calendar_of(collection: &ItemId) -> Option<&str> {
    collection.as_str().strip_prefix(PREFIX)
}

/// Tells of all calendars, and of the events of those that are wanted.
pub(super) async fn survey(
    client: &Client,
    scope: &Scope,
    sink: &mut dyn SurveySink,
) -> Result<(), Stopped> {
    let first = client.address(&["me", "calendars"], &[("$top", "100")]);
    let calendars: Vec<Calendar> = opened(client.ask_all(&first, PREFER).await)?;
    sink.space(Space {
        id: SpaceId::new(SPACE),
        kind: SpaceKind::Calendars,
        name: "Outlook".to_owned(),
        change_token: None,
    })
    .await?;
    let own = calendars.iter().find(|one| one.is_default_calendar);
    let own = own
        .or(calendars.first())
        .and_then(address)
        .map(str::to_owned);
    let mut told = BTreeSet::new();
    for calendar in &calendars {
        if !told.insert(calendar.id.as_str()) {
            continue;
        }
        let standing = standing(calendar, own.as_deref());
        let mut item = collection_item(calendar, &standing);
        let wanted = match standing {
            Standing::Own => true,
            Standing::Shared => scope.shared_calendars,
            Standing::Generated | Standing::Filled => false,
        };
        if !wanted {
            sink.items(vec![item]).await?;
            continue;
        }
        match events(client, calendar, &item, sink).await {
            Ok(()) => {}
            // Listed, and yet not to be had: shared without a right, or left over from a move of the mailbox.
            Err(Stopped::Closed(_)) if !calendar.is_default_calendar => {
                item.obstacle = Some(Reason::SourceForbidden);
                sink.items(vec![item]).await?;
            }
            Err(stopped) => return Err(stopped),
        }
    }
    Ok(())
}

async fn events(
    client: &Client,
    calendar: &Calendar,
    item: &Item,
    sink: &mut dyn SurveySink,
) -> Result<(), Stopped> {
    let mut next = Some(listing(
        client,
        &calendar.id,
        &[("$select", SURVEYED), ("$top", "999")],
    ));
    let mut is_first = true;
    while let Some(address) = next {
        let page: Result<Page<Event>, Failure> = client.ask(&address, PREFER).await;
        let page = match is_first {
            true => opened(page)?,
            false => page?,
        };
        if is_first {
            sink.items(vec![item.clone()]).await?;
        }
        is_first = false;
        let events = page.value.iter();
        let events = events.filter(|event| event.series_master_id.is_none());
        sink.items(events.map(|event| event_item(event, item)).collect())
            .await?;
        next = match page.next_link {
            Some(link) => Some(client.link(&link)?),
            None => None,
        };
    }
    Ok(())
}

/// Where the events of a calendar are listed: single ones and series.
pub(super) fn listing(client: &Client, calendar: &str, query: &[(&str, &str)]) -> Url {
    client.address(&["me", "calendars", calendar, "events"], query)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Own,
    /// Somebody else's.
    Shared,
    /// Birthdays, out of the contacts.
    Generated,
    /// Nobody writes there: Outlook fills it from an address that it does not tell.
    Filled,
}

fn standing(calendar: &Calendar, own: Option<&str>) -> Standing {
    let is_own = match (address(calendar), own) {
        (Some(address), Some(own)) => address.eq_ignore_ascii_case(own),
        _ => true,
    };
    if calendar.is_default_calendar {
        return Standing::Own;
    }
    match (is_own, calendar.can_edit.unwrap_or(true)) {
        (false, _) => Standing::Shared,
        (true, true) => Standing::Own,
        (true, false) if BIRTHDAYS.contains(&calendar.name.to_lowercase().as_str()) => {
            Standing::Generated
        }
        (true, false) => Standing::Filled,
    }
}

fn address(calendar: &Calendar) -> Option<&str> {
    let owner = calendar.owner.as_ref()?;
    owner
        .address
        .as_deref()
        .filter(|address| !address.is_empty())
}

fn collection_item(calendar: &Calendar, standing: &Standing) -> Item {
    let kind = match standing {
        Standing::Filled => ItemKind::Subscription,
        _ => ItemKind::Calendar,
    };
    let id = format!("{PREFIX}{}", calendar.id);
    let mut item = Item::new(SpaceId::new(SPACE), id, None, &calendar.name, kind);
    item.version = calendar.change_key.clone().unwrap_or_default();
    item.locator.clone_from(&calendar.id);
    item.obstacle = match standing {
        Standing::Generated => Some(Reason::GeneratedCollection),
        Standing::Filled => Some(Reason::SubscriptionAddressUnknown),
        _ => None,
    };
    let owner = calendar.owner.as_ref();
    let owner = owner.and_then(|owner| owner.name.clone().or_else(|| owner.address.clone()));
    let colour = calendar
        .hex_color
        .as_deref()
        .filter(|colour| is_colour(colour));
    item.collection = Some(Collection {
        colour: colour.map(str::to_ascii_lowercase),
        components: vec![Component::Event],
        access: match standing {
            Standing::Own | Standing::Generated => Access::Own,
            Standing::Shared => Access::Shared {
                owner,
                writable: calendar.can_edit.unwrap_or(false),
            },
            Standing::Filled => Access::Subscribed { url: String::new() },
        },
        primary: calendar.is_default_calendar,
        ..Collection::default()
    });
    item
}

fn is_colour(text: &str) -> bool {
    let digits = text.strip_prefix('#').unwrap_or_default();
    digits.len() == 6 && digits.chars().all(|c| c.is_ascii_hexdigit())
}

fn event_item(event: &Event, collection: &Item) -> Item {
    let id = format!("event:{}/{}", collection.locator, event.id);
    let mut item = Item::new(
        collection.space.clone(),
        id,
        Some(collection.id.clone()),
        event.subject.as_deref().unwrap_or_default(),
        ItemKind::Event,
    );
    let time = |text: &Option<String>| text.as_ref().and_then(|text| text.parse().ok());
    item.modified = time(&event.last_modified_date_time);
    item.created = time(&event.created_date_time);
    item.version = event.change_key.clone().unwrap_or_default();
    item.uid = event.i_cal_u_id.as_deref().map(original_uid);
    item.web_link = event
        .web_link
        .clone()
        .filter(|link| link.starts_with("https://"));
    item.media_type = Some("text/calendar".to_owned());
    item.locator.clone_from(&event.id);
    item
}

/// Of an event as Graph gives it.
pub(super) fn version(event: &Value) -> String {
    let key = event.get("changeKey").and_then(Value::as_str);
    key.unwrap_or_default().to_owned()
}

pub(super) async fn version_now(client: &Client, item: &Item) -> Result<Option<String>, Failure> {
    let calendar = item.parent.as_ref().and_then(calendar_of);
    let Some(calendar) = calendar else {
        return Ok(None);
    };
    let path = ["me", "calendars", calendar, "events", &item.locator];
    let address = client.address(&path, &[("$select", "id,changeKey")]);
    let event: Event = client.ask(&address, PREFER).await?;
    Ok(event.change_key)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn calendar(value: Value) -> Calendar {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn calendars_are_told_apart_by_owner_and_by_who_may_write() {
        let me = json!({"name": "Me", "address": "Me@example.org"});
        let of = |name: &str, edit: bool, owner: &Value| {
            calendar(json!({"id": name, "name": name, "canEdit": edit, "owner": owner}))
        };
        let own = Some("me@example.org");
        let other = json!({"name": "Yann", "address": "yann@example.org"});
        let cases = [
            (of("Réunions", true, &me), Standing::Own),
            (of("Anniversaires", false, &me), Standing::Generated),
            (of("United States holidays", false, &me), Standing::Filled),
            (of("Ferme", false, &other), Standing::Shared),
            (of("Ferme", true, &other), Standing::Shared),
            (of("Sans propriétaire", true, &Value::Null), Standing::Own),
        ];
        for (calendar, expected) in cases {
            assert_eq!(standing(&calendar, own), expected, "{}", calendar.name);
        }
    }

    #[test]
    fn a_colour_that_nobody_chose_is_none() {
        let colour = |text: &str| {
            let calendar = calendar(json!({"id": "a", "name": "a", "hexColor": text}));
            let item = collection_item(&calendar, &Standing::Own);
            item.collection.and_then(|collection| collection.colour)
        };
        assert_eq!(colour("#7BD148").as_deref(), Some("#7bd148"));
        for odd in ["", "auto", "#12", "#12345g", "123456"] {
            assert_eq!(colour(odd), None, "{odd}");
        }
    }
}
