use serde_json::json;

use super::entry::{Standing, collection_item, standing};
use super::token::CalendarToken;
use super::wire::{CalendarEntry, Event};
use super::*;
use crate::model::{Access, ItemKind, Reason};

fn entry(fields: serde_json::Value) -> CalendarEntry {
    serde_json::from_value(fields).unwrap()
}

#[test]
fn calendars_are_known_by_role_and_by_the_form_of_their_id() {
    let of = |id: &str, role: &str| standing(&entry(json!({"id": id, "accessRole": role})));
    let group = "c_0123@group.calendar.google.com";
    assert_eq!(of(group, "owner"), Standing::Own);
    assert_eq!(of(group, "writer"), Standing::Shared { writable: true });
    assert_eq!(
        of(group, "writerWithoutPrivateAccess"),
        Standing::Shared { writable: true }
    );
    assert_eq!(of(group, "reader"), Standing::Shared { writable: false });
    assert_eq!(of(group, "freeBusyReader"), Standing::BusyOnly);
    assert_eq!(of(group, "none"), Standing::BusyOnly);
    assert_eq!(
        of("x1@import.calendar.google.com", "reader"),
        Standing::Imported
    );
    assert_eq!(
        of("addressbook#contacts@group.v.calendar.google.com", "reader"),
        Standing::Generated
    );
    assert_eq!(
        of("e_2_fr#weeknum@group.v.calendar.google.com", "reader"),
        Standing::Public(
            "https://calendar.google.com/calendar/ical/e%5F2%5Ffr%23weeknum%40group%2Ev%2Ecalendar%2Egoogle%2Ecom/public/basic.ics"
                .into()
        )
    );
    // A delegated account's own calendar may be one of somebody else.
    let primary = entry(json!({"id": "a@x.example", "accessRole": "writer", "primary": true}));
    assert_eq!(standing(&primary), Standing::Own);
}

#[test]
fn a_calendar_is_an_item_with_its_properties() {
    let item = collection_item(&entry(json!({
        "id": "noemie@x.example", "etag": "\"123\"", "summary": "noemie@x.example", "summaryOverride": "Noémie",
        "accessRole": "reader", "backgroundColor": "#9FE1E7", "timeZone": "Europe/Paris", "hidden": true,
        "selected": true, "defaultReminders": [{"method": "sms", "minutes": 5}, {"method": "email", "minutes": 60}],
    })));
    assert_eq!(
        (item.id.as_str(), item.name.as_str()),
        ("calendar:noemie@x.example", "Noémie")
    );
    assert_eq!(
        (item.kind, item.version.as_str()),
        (ItemKind::Calendar, "123")
    );
    let properties = item.collection.unwrap();
    assert_eq!(properties.colour.as_deref(), Some("#9fe1e7"));
    assert_eq!(
        properties.access,
        Access::Shared {
            owner: Some("noemie@x.example".into()),
            writable: false
        }
    );
    assert_eq!(properties.enabled, Some(false));
    let reminders: Vec<(u32, bool)> = properties
        .reminders
        .iter()
        .map(|one| (one.minutes_before, one.by_mail))
        .collect();
    assert_eq!(reminders, [(5, false), (60, true)]);
    let import = entry(json!({"id": "1@import.calendar.google.com", "accessRole": "reader"}));
    let item = collection_item(&import);
    assert_eq!(item.kind, ItemKind::Subscription);
    assert_eq!(item.obstacle, Some(Reason::SubscriptionAddressUnknown));
}

#[test]
fn a_token_is_read_as_it_was_written_and_holds_for_the_same_reminders() {
    let quiet = entry(json!({"id": "a"}));
    let loud = entry(json!({"id": "a", "defaultReminders": [{"method": "popup", "minutes": 10}]}));
    let token = CalendarToken::new("CPjE= x".into(), &quiet);
    let space = Space {
        id: SpaceId::new("calendar:a"),
        kind: SpaceKind::Calendars,
        name: String::new(),
        change_token: Some(token.to_text()),
    };
    let read = CalendarToken::of(std::slice::from_ref(&space), &space.id).unwrap();
    assert_eq!(read, token);
    assert!(read.holds_for(&quiet) && !read.holds_for(&loud));
    assert_eq!(CalendarToken::of(&[], &space.id), None);
}

#[test]
fn events_are_put_together_by_their_series() {
    let event = |fields| -> Event { serde_json::from_value(fields).unwrap() };
    let master = event(json!({"id": "m", "etag": "\"1\"", "recurrence": ["RRULE:FREQ=DAILY"]}));
    let other = event(
        json!({"id": "m_20260101", "recurringEventId": "m", "status": "cancelled", "etag": "\"2\""}),
    );
    let single = event(json!({"id": "s", "etag": "\"1\"", "reminders": {"useDefault": true}}));
    assert_eq!(
        (master.base(), other.base(), single.base()),
        ("m", "m", "s")
    );
    assert!(single.is_single() && !master.is_single() && !other.is_single());
    let (quiet, loud) = (
        entry(json!({"id": "a"})),
        entry(json!({"id": "a", "defaultReminders": [{"method": "popup", "minutes": 10}]})),
    );
    use super::events::part;
    assert_eq!(part(&master, &quiet), part(&master, &loud));
    assert_ne!(part(&single, &quiet), part(&single, &loud));
    assert_ne!(part(&master, &quiet), part(&other, &quiet));
}

#[test]
fn ids_lead_back_to_googles() {
    use super::events::event_ids;
    use crate::model::ItemId;
    let id = ItemId::new("calendar:ménage/2012@group.calendar.google.com/abc123");
    assert_eq!(
        event_ids(&id),
        Some(("ménage/2012@group.calendar.google.com", "abc123"))
    );
    assert_eq!(event_ids(&ItemId::new("calendar:x")), None);
    assert_eq!(event_ids(&ItemId::new("task:x/y")), None);
}
