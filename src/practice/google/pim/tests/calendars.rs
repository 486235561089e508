use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::practice::google::{EventKind, Moment, Status};

const EVENTS: &str = "calendar/v3/calendars/primary/events";

fn of(calendar: &str) -> String {
    let id: String = url::form_urlencoded::byte_serialize(calendar.as_bytes()).collect();
    format!("calendar/v3/calendars/{}/events", id.replace('+', "%20"))
}

#[tokio::test]
async fn the_list_of_calendars_tells_own_from_others() {
    let asking = asking(0, 0).await;
    let path = "calendar/v3/users/me/calendarList";
    let (shown, _) = all(&asking, path, &[], "items").await;
    let (hidden, last) = all(
        &asking,
        path,
        &[("showHidden", "true"), ("maxResults", "3")],
        "items",
    )
    .await;
    assert_eq!(hidden.len(), shown.len() + 1);
    assert_eq!(
        hidden.iter().filter(|one| one["primary"] == true).count(),
        1
    );
    let roles: BTreeMap<&str, usize> = hidden.iter().fold(BTreeMap::new(), |mut roles, one| {
        *roles.entry(text(one, "accessRole")).or_default() += 1;
        roles
    });
    assert_eq!(roles["owner"], 5);
    assert_eq!((roles["writer"], roles["freeBusyReader"]), (1, 1));
    let own = asking.ok(&format!("{path}/primary"), &[]).await;
    assert_eq!(own["id"], "camille@canard-bleu.example");
    assert_eq!(
        own["defaultReminders"][1],
        json!({"method": "email", "minutes": 1440})
    );
    // What changed since.
    let token = text(&last, "nextSyncToken").to_owned();
    let query = [("syncToken", token.as_str()), ("showHidden", "true")];
    let calm = asking.ok(path, &query).await;
    assert_eq!(calm["items"], json!([]));
    let control = asking.server.control();
    let meetings = control.calendar("Réunions").unwrap();
    control.edit_calendar(&meetings.id, |calendar| calendar.deleted = true);
    let changed = asking.ok(path, &query).await;
    assert_eq!(changed["items"][0]["deleted"], true);
    control.expire_sync_tokens();
    let error = asking.error(path, &query).await;
    assert_eq!(error, (410, "fullSyncRequired".into(), "syncToken".into()));
    let error = asking.error(path, &[("syncToken", "nonsense")]).await;
    assert_eq!(error, (400, "invalid".into(), "syncToken".into()));
    let error = asking.error(path, &[("maxResults", "0")]).await;
    assert_eq!(error, (400, "invalid".into(), "maxResults".into()));
    let gone = asking
        .error("calendar/v3/users/me/calendarList/nobody@x.example", &[])
        .await;
    assert_eq!(gone.0, 404);
}

#[tokio::test]
async fn pages_hold_every_event_once_and_exceptions_lie_anywhere() {
    let asking = asking(400, 0).await;
    let distributions = asking.server.control().calendar("Distributions").unwrap();
    let path = of(&distributions.id);
    let (whole, last) = all(&asking, &path, &[("maxResults", "2500")], "items").await;
    assert!(last["nextSyncToken"].is_string());
    let (pages, _) = all(&asking, &path, &[("maxResults", "7")], "items").await;
    assert_eq!(whole, pages);
    let ids: BTreeSet<&str> = whole.iter().map(|event| text(event, "id")).collect();
    assert_eq!(ids.len(), whole.len());
    let place = |id: &str| whole.iter().position(|event| text(event, "id") == id);
    let exceptions = whole
        .iter()
        .enumerate()
        .filter(|(_, event)| event["recurringEventId"].is_string());
    let (mut before, mut after) = (0, 0);
    for (at, event) in exceptions {
        match place(text(event, "recurringEventId")).unwrap() {
            master if master < at => after += 1,
            _ => before += 1,
        }
        assert!(event["originalStartTime"].is_object());
    }
    assert!(before > 5 && after > 20, "{before} {after}");
    let expected = asking.server.control().series(&distributions.id);
    let expected: usize = expected.iter().map(|series| series.events.len()).sum();
    assert_eq!(whole.len(), expected);
}

#[tokio::test]
async fn an_event_has_what_people_gave_it() {
    let asking = asking(0, 0).await;
    let (events, _) = all(&asking, EVENTS, &[], "items").await;
    let named = |name: &str| {
        events
            .iter()
            .find(|event| text(event, "summary") == name)
            .unwrap()
    };
    let guests = named("Comité de pilotage");
    assert_eq!(guests["attendees"].as_array().unwrap().len(), 7);
    assert_eq!(guests["attendees"][1]["responseStatus"], "declined");
    assert!(text(&guests["attendees"][1], "comment").contains("train"));
    assert_eq!(guests["attendees"][5]["resource"], true);
    assert_eq!(guests["reminders"], json!({"useDefault": true}));
    let single = named("Visite de la ferme");
    assert_eq!(
        single["start"],
        json!({"dateTime": "2026-03-14T14:30:00+01:00", "timeZone": "Europe/Paris"})
    );
    assert_eq!(
        named("Fête du printemps")["end"],
        json!({"date": "2026-03-22"})
    );
    let meet = &named("Réunion à distance")["conferenceData"];
    assert_eq!(
        meet["entryPoints"][0]["uri"],
        "https://meet.google.com/cnb-leuc-ard"
    );
    assert_eq!(meet["entryPoints"].as_array().unwrap().len(), 3);
    let attached = &named("Vote du budget")["attachments"];
    assert_eq!(attached[0]["fileId"], asking.id("budget-pdf"));
    assert_eq!(attached[3]["fileId"], Value::Null);
    assert_eq!(
        text(named("Compte rendu en ligne"), "description")
            .chars()
            .count(),
        8_192
    );
    assert_eq!(named("Sieste")["reminders"], json!({"useDefault": false}));
    let flight = named("Vol pour Montréal");
    assert_eq!(flight["end"]["timeZone"], "America/Montreal");
    // An invitation to two occurrences of a series that is not here.
    let orphans: Vec<&Value> = events
        .iter()
        .filter(|event| text(event, "iCalUID").starts_with("conseil-2026"))
        .collect();
    assert_eq!(orphans.len(), 2);
    let series = text(orphans[0], "recurringEventId");
    assert!(events.iter().all(|event| text(event, "id") != series));
    let kinds: BTreeSet<&str> = events
        .iter()
        .map(|event| text(event, "eventType"))
        .collect();
    assert_eq!(kinds.len(), 6, "{kinds:?}");
    let query = [("eventTypes", "birthday"), ("eventTypes", "focusTime")];
    let (some, _) = all(&asking, EVENTS, &query, "items").await;
    assert_eq!(some.len(), 3);
}

#[tokio::test]
async fn changes_come_by_the_token_and_deleted_events_say_hardly_anything() {
    let asking = asking(40, 0).await;
    let control = asking.server.control();
    let calendar = control.calendar("Distributions").unwrap().id;
    let path = of(&calendar);
    let (_, last) = all(&asking, &path, &[], "items").await;
    let token = text(&last, "nextSyncToken").to_owned();
    let series = control
        .named(&calendar, "Distribution des paniers")
        .unwrap();
    let single = control.named(&calendar, "Inventaire du local").unwrap();
    let seeded = control.series(&calendar).pop().unwrap();
    assert!(control.delete_event(&calendar, single.id()));
    let original = Moment::At {
        local: "2026-02-05T18:00:00".parse().unwrap(),
        zone: "Europe/Paris".into(),
    };
    assert!(
        control.except(&calendar, series.id(), &original, |event| event.status =
            Status::Cancelled)
    );
    assert!(
        control.edit_event(&calendar, seeded.id(), |event| event.summary =
            Some("Autre".into()))
    );
    let added = control
        .add_series(&calendar, &seeded, "0123456789abcdefghijklmnop")
        .unwrap();
    let (changed, last) = all(
        &asking,
        &path,
        &[("syncToken", &token), ("maxResults", "2")],
        "items",
    )
    .await;
    let kinds: Vec<(&str, &str)> = changed
        .iter()
        .map(|e| (text(e, "id"), text(e, "status")))
        .collect();
    let cancelled = format!("{}_20260205T170000Z", series.id());
    assert_eq!(
        kinds.iter().take(4).copied().collect::<Vec<_>>(),
        [
            (single.id(), "cancelled"),
            (cancelled.as_str(), "cancelled"),
            (seeded.id(), "confirmed"),
            (added.as_str(), "confirmed"),
        ]
    );
    assert_eq!(changed[0].get("iCalUID"), None);
    assert_eq!(text(&changed[1], "recurringEventId"), series.id());
    let token = text(&last, "nextSyncToken").to_owned();
    let calm = asking.ok(&path, &[("syncToken", &token)]).await;
    assert_eq!(calm["items"], json!([]));
    let error = asking
        .error(
            &path,
            &[("syncToken", &token), ("timeMin", "2026-01-01T00:00:00Z")],
        )
        .await;
    assert_eq!((error.0, error.1.as_str()), (400, "badRequest"));
    let error = asking
        .error(&path, &[("syncToken", &token), ("singleEvents", "true")])
        .await;
    assert_eq!((error.0, error.1.as_str()), (400, "badRequest"));
    control.expire_sync_tokens();
    let error = asking.error(&path, &[("syncToken", &token)]).await;
    assert_eq!(error, (410, "fullSyncRequired".into(), "syncToken".into()));
}

#[tokio::test]
async fn single_events_and_instances_are_the_same_occurrences() {
    let asking = asking(60, 0).await;
    let year = [
        ("timeMin", "2026-01-01T00:00:00Z"),
        ("timeMax", "2027-01-01T00:00:00Z"),
    ];
    for name in ["Distributions", "Réunions", "Jumelage Québec 🍁"] {
        let calendar = asking.server.control().calendar(name).unwrap();
        let path = of(&calendar.id);
        let mut query = year.to_vec();
        query.extend([
            ("singleEvents", "true"),
            ("orderBy", "startTime"),
            ("maxResults", "100"),
        ]);
        let (single, _) = all(&asking, &path, &query, "items").await;
        let (listed, _) = all(&asking, &path, &[], "items").await;
        let mut instances = Vec::new();
        for event in listed
            .iter()
            .filter(|event| event["recurringEventId"].is_null())
        {
            let path = format!("{path}/{}/instances", text(event, "id"));
            let (found, _) = all(&asking, &path, &year, "items").await;
            instances.extend(found);
        }
        let key = |event: &Value| {
            (
                event["start"].to_string(),
                event["end"].to_string(),
                text(event, "iCalUID").to_owned(),
            )
        };
        let single: BTreeSet<_> = single.iter().map(key).collect();
        let instances: BTreeSet<_> = instances.iter().map(key).collect();
        assert!(single.len() > 20, "{name}");
        assert_eq!(single, instances, "{name}");
    }
    let error = asking.error(EVENTS, &[("orderBy", "startTime")]).await;
    assert_eq!((error.0, error.1.as_str()), (400, "badRequest"));
}

#[tokio::test]
async fn readers_do_not_see_what_is_private() {
    let asking = asking(0, 0).await;
    let control = asking.server.control();
    let farm = control.calendar("Ferme des Trois Chênes").unwrap();
    let (events, _) = all(&asking, &of(&farm.id), &[], "items").await;
    assert_eq!(
        events
            .iter()
            .filter(|event| event.get("summary").is_none())
            .count(),
        1
    );
    let rooms = control.calendar("Mairie : salles").unwrap();
    let (events, _) = all(&asking, &of(&rooms.id), &[], "items").await;
    assert!(events.iter().all(|event| event.get("summary").is_some()));
    let (events, last) = all(&asking, &of("yann@canard-bleu.example"), &[], "items").await;
    assert_eq!(text(&last, "accessRole"), "freeBusyReader");
    assert!(
        events
            .iter()
            .all(|event| event.get("summary").is_none() && event.get("start").is_some())
    );
}

#[tokio::test]
async fn edits_outlive_the_server() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config {
        storage: Some(folder.path().to_owned()),
        ..Config::new(3, 100)
    };
    let asking = Asking::of(config.clone()).await;
    let control = asking.server.control().clone();
    let calendar = control.calendar("Distributions").unwrap().id;
    let series = control.series(&calendar).pop().unwrap();
    control.edit_event(&calendar, series.id(), |event| {
        event.kind = EventKind::FocusTime
    });
    let contact = control.contacts().pop().unwrap().resource_name();
    control.delete_contact(&contact);
    let list = control.task_lists()[0].clone();
    control.edit_task(&list.id, &list.tasks[0].id, |task| {
        task.title = "Autre".into()
    });
    asking.server.stop().await;
    let asking = Asking::of(config).await;
    let control = asking.server.control();
    assert_eq!(
        control.series(&calendar).pop().unwrap().events[0].kind,
        EventKind::FocusTime
    );
    assert!(control.contacts().pop().unwrap().deleted);
    assert_eq!(control.task_lists()[0].tasks[0].title, "Autre");
}
