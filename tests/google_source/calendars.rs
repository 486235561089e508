use std::collections::{BTreeMap, BTreeSet};

use futures::StreamExt as _;
use transhumance::model::{Access, Component, Item, ItemKind, Reason, Scope};
use transhumance::practice::faults::{Faults, Kind};
use transhumance::practice::google::{EventKind, Moment, Reminder, Series, Service, Status};
use transhumance::source::google::{GoogleError, GoogleSource, google_error};
use transhumance::source::{Source, SourceError, SourceObject};

use super::{Inventory, Practice};

pub(super) fn calendars_only() -> Scope {
    Scope {
        files: false,
        contacts: false,
        tasks: false,
        ..Scope::default()
    }
}

fn with_shared() -> Scope {
    Scope {
        shared_calendars: true,
        ..calendars_only()
    }
}

async fn survey(practice: &Practice) -> Inventory {
    practice.survey_with(&calendars_only()).await
}

/// The texts of objects, by their ids; asked for in batches as the mover does.
pub(super) async fn texts(
    source: &GoogleSource,
    inventory: &Inventory,
    collection: &str,
) -> BTreeMap<String, Result<SourceObject, SourceError>> {
    let collection = inventory.get(collection).clone();
    let items: Vec<Item> = inventory
        .below(collection.id.as_str())
        .into_iter()
        .cloned()
        .collect();
    let mut found = BTreeMap::new();
    for wanted in items.chunks(25) {
        let answers: Vec<_> = source.objects(&collection, wanted).collect().await;
        for (id, answer) in answers {
            assert!(found.insert(id.0, answer).is_none(), "one answer each");
        }
    }
    found
}

fn id(calendar: &str) -> String {
    format!("calendar:{calendar}")
}

fn calendar(practice: &Practice, name: &str) -> String {
    let found = practice.control().calendar(name);
    found.unwrap_or_else(|| panic!("no calendar {name}")).id
}

fn object(practice: &Practice, calendar: &str, summary: &str) -> (Series, String) {
    let series = practice.control().named(calendar, summary);
    let series = series.unwrap_or_else(|| panic!("no event {summary}"));
    let id = format!("{}/{}", id(calendar), series.id());
    (series, id)
}

/// What a survey of changes must come to: the same as a survey of everything.
async fn same_as_afresh(practice: &Practice, inventory: &Inventory, scope: &Scope) {
    let afresh = practice.survey_with(scope).await;
    for item in afresh.all() {
        assert_eq!(inventory.get(item.id.as_str()), item);
    }
    for item in inventory.all() {
        assert!(afresh.find(item.id.as_str()).is_some(), "{item:?}");
    }
}

#[tokio::test]
async fn calendars_are_told_by_whose_they_are() {
    let practice = Practice::with(0).await;
    let inventory = survey(&practice).await;
    let get = |name: &str| inventory.get(&id(&calendar(&practice, name))).clone();
    let primary = get("camille@canard-bleu.example");
    let properties = primary.collection.clone().unwrap();
    assert_eq!(
        (primary.kind, properties.access, properties.primary),
        (ItemKind::Calendar, Access::Own, true)
    );
    assert_eq!(properties.components, [Component::Event]);
    assert_eq!(properties.time_zone.as_deref(), Some("Europe/Paris"));
    let reminders: Vec<(u32, bool)> = properties
        .reminders
        .iter()
        .map(|reminder| (reminder.minutes_before, reminder.by_mail))
        .collect();
    assert_eq!(reminders, [(10, false), (1_440, true)]);
    let distributions = get("Distributions").collection.unwrap();
    assert_eq!(distributions.colour.as_deref(), Some("#16a765"));
    assert!(
        distributions
            .description
            .unwrap()
            .contains("Une permanence")
    );
    assert_eq!(
        get("Réunions").name,
        "Réunions, AG & CA / bureau",
        "one's own name for it"
    );
    let hidden = get("Ménage / tâches");
    assert_eq!(hidden.collection.as_ref().unwrap().enabled, Some(false));
    assert_eq!(
        hidden.collection.unwrap().colour.as_deref(),
        Some("#abcdef")
    );
    assert_eq!(inventory.below(hidden.id.as_str()).len(), 1);

    let rooms = get("Mairie : salles");
    assert!(matches!(
        &rooms.collection.as_ref().unwrap().access,
        Access::Shared { owner: Some(owner), writable: true } if owner.contains("saint-ouen")
    ));
    assert!(inventory.below(rooms.id.as_str()).is_empty(), "not wanted");
    let farm = get("Ferme des Trois Chênes");
    assert!(matches!(
        farm.collection.unwrap().access,
        Access::Shared {
            writable: false,
            ..
        }
    ));
    let busy = get("yann@canard-bleu.example");
    assert_eq!(busy.obstacle, Some(Reason::FreeBusyOnly));
    let holidays = get("Jours fériés et autres fêtes en France");
    assert_eq!(
        (holidays.kind, holidays.obstacle),
        (ItemKind::Subscription, None)
    );
    assert_eq!(
        holidays.collection.unwrap().access,
        Access::Subscribed {
            url: "https://calendar.google.com/calendar/ical/fr%2Efrench%23holiday%40group%2Ev%2Ecalendar%2Egoogle%2Ecom/public/basic.ics".into()
        }
    );
    assert_eq!(
        get("Vacances scolaires").obstacle,
        Some(Reason::SubscriptionAddressUnknown)
    );
    assert_eq!(
        get("Anniversaires").obstacle,
        Some(Reason::GeneratedCollection)
    );
    let gone = practice.control().calendar("Vieux planning").unwrap();
    assert!(inventory.find(&id(&gone.id)).is_none());

    let wanted = practice.survey_with(&with_shared()).await;
    assert!(!wanted.below(rooms.id.as_str()).is_empty());
    assert!(wanted.below(busy.id.as_str()).is_empty());
}

/// The series of a calendar that are there, as the practice server has them.
fn expected(practice: &Practice, calendar: &str) -> BTreeMap<String, Series> {
    let all = practice.control().series(calendar);
    let there = all.into_iter().filter(|series| !series.is_deleted());
    there
        .map(|series| (format!("{}/{}", id(calendar), series.id()), series))
        .collect()
}

#[tokio::test]
async fn every_series_is_one_object_whatever_the_pages() {
    let practice = Practice::with(600).await;
    let whole = survey(&practice).await;
    for calendar in practice.control().calendars() {
        let own = calendar.role == transhumance::practice::google::Role::Owner;
        let found: BTreeSet<String> = whole
            .below(&id(&calendar.id))
            .iter()
            .map(|item| item.id.0.clone())
            .collect();
        let expected = expected(&practice, &calendar.id);
        if !own {
            continue;
        }
        assert_eq!(
            found,
            expected.keys().cloned().collect(),
            "{}",
            calendar.summary
        );
        for (id, series) in &expected {
            let item = whole.get(id);
            assert_eq!(item.uid.as_deref(), Some(series.uid()));
            assert_eq!(item.kind, ItemKind::Event);
            let name = series.events[0].summary.as_deref().unwrap_or_default();
            assert_eq!(
                item.name, name,
                "the series' name, not that of an occurrence"
            );
            assert!(item.modified.is_some() && item.web_link.is_some());
        }
    }
    let versions: BTreeSet<&String> = whole.all().map(|item| &item.version).collect();
    // Even of the one that lies in two calendars, whose reminders differ.
    assert_eq!(versions.len(), whole.all().count());
    practice.control().set_page_limit(7);
    let pages = survey(&practice).await;
    let all = |inventory: &Inventory| inventory.all().cloned().collect::<Vec<_>>();
    assert_eq!(all(&whole), all(&pages));
}

#[tokio::test]
async fn versions_change_with_what_would_move() {
    let practice = Practice::with(0).await;
    let control = practice.control();
    let distributions = calendar(&practice, "Distributions");
    let before = survey(&practice).await;
    let (series, weekly) = object(&practice, &distributions, "Distribution des paniers");
    let (_, other) = object(&practice, &distributions, "Loyer");
    // Reminders do not change an event's date.
    assert!(control.edit_event(&distributions, series.id(), |event| {
        event.reminders = Some(vec![Reminder {
            mail: false,
            minutes: 5,
        }]);
    }));
    let after = survey(&practice).await;
    assert_ne!(before.get(&weekly).version, after.get(&weekly).version);
    assert_eq!(before.get(&other).version, after.get(&other).version);
    // Nor do changed occurrences change their series.
    let exception = series.exceptions()[3].id.clone();
    assert!(control.edit_event(&distributions, &exception, |event| event.location = None));
    let later = survey(&practice).await;
    assert_ne!(later.get(&weekly).version, after.get(&weekly).version);
    // The calendar's own reminders count where an event has none of its own.
    assert!(control.edit_calendar(&distributions, |calendar| {
        calendar.default_reminders.clear()
    }));
    let last = survey(&practice).await;
    assert_ne!(last.get(&other).version, later.get(&other).version);
}

#[tokio::test]
async fn a_second_survey_asks_only_for_changes() {
    let practice = Practice::with(800).await;
    let control = practice.control();
    let source = practice.source_with(&calendars_only());
    let mut inventory = Inventory::default();
    inventory.survey(&source).await.unwrap();
    let distributions = calendar(&practice, "Distributions");
    let primary = calendar(&practice, "camille@canard-bleu.example");

    let (weekly, weekly_id) = object(&practice, &distributions, "Distribution des paniers");
    let (single, single_id) = object(&practice, &primary, "Pique-nique");
    let (rent, rent_id) = object(&practice, &distributions, "Loyer");
    let (guests, guests_id) = object(&practice, &primary, "Comité de pilotage");
    let (_, orphan_id) = object(&practice, &primary, "Conseil de quartier");
    let original = Moment::At {
        local: "2026-11-05T18:00:00".parse().unwrap(),
        zone: "Europe/Paris".into(),
    };
    assert!(
        control.except(&distributions, weekly.id(), &original, |event| event
            .summary =
            Some("Ailleurs".into()))
    );
    assert!(control.delete_event(&primary, single.id()));
    assert!(control.delete_event(&distributions, rent.id()));
    assert!(
        control.edit_event(&primary, guests.id(), |event| event.guests[3].answer =
            "accepted".into())
    );
    let orphan = control.named(&primary, "Conseil de quartier").unwrap();
    for event in &orphan.events {
        assert!(control.delete_event(&primary, &event.id));
    }
    let added = control
        .add_series(&distributions, &guests, "0123456789abcdefghijklmnop")
        .unwrap();

    control.forget_requests();
    let before = inventory.get(&weekly_id).version.clone();
    let guests_before = inventory.get(&guests_id).version.clone();
    inventory.survey(&source).await.unwrap();
    let asked = control.requests();
    // One for each own calendar, and one for the series.
    assert!(asked["events.list"] < 10, "{asked:?}");
    assert_ne!(inventory.get(&weekly_id).version, before);
    assert_ne!(inventory.get(&guests_id).version, guests_before);
    for gone in [&single_id, &rent_id, &orphan_id] {
        assert!(inventory.find(gone).is_none(), "{gone}");
    }
    assert_eq!(
        inventory
            .get(&format!("{}/{added}", id(&distributions)))
            .name,
        "Comité de pilotage"
    );
    same_as_afresh(&practice, &inventory, &calendars_only()).await;

    // Nothing more happened.
    inventory.survey(&source).await.unwrap();
    same_as_afresh(&practice, &inventory, &calendars_only()).await;
    // A series that becomes a single event, and one that is taken away.
    assert!(control.edit_event(&distributions, weekly.id(), |event| {
        event.recurrence.clear()
    }));
    let meetings = calendar(&practice, "Réunions");
    assert!(control.edit_calendar(&meetings, |calendar| calendar.deleted = true));
    inventory.survey(&source).await.unwrap();
    assert!(inventory.find(&id(&meetings)).is_none());
    same_as_afresh(&practice, &inventory, &calendars_only()).await;
}

#[tokio::test]
async fn a_token_that_is_no_longer_known_lists_everything() {
    let practice = Practice::with(200).await;
    let control = practice.control();
    let source = practice.source_with(&calendars_only());
    let mut inventory = Inventory::default();
    inventory.survey(&source).await.unwrap();
    let distributions = calendar(&practice, "Distributions");
    let (rent, rent_id) = object(&practice, &distributions, "Loyer");
    control.delete_event(&distributions, rent.id());
    control.expire_sync_tokens();
    inventory.survey(&source).await.unwrap();
    assert!(inventory.find(&rent_id).is_none());
    same_as_afresh(&practice, &inventory, &calendars_only()).await;
    for token in ["nonsense", "0000000000000000 nonsense"] {
        inventory.forget_tokens(token);
        inventory.survey(&source).await.unwrap();
        same_as_afresh(&practice, &inventory, &calendars_only()).await;
    }
    // Wanting those of others later, and the calendar's reminders changed.
    let source = practice.source_with(&with_shared());
    inventory.survey(&source).await.unwrap();
    same_as_afresh(&practice, &inventory, &with_shared()).await;
    assert!(control.edit_calendar(&distributions, |calendar| {
        calendar.default_reminders.clear()
    }));
    inventory.survey(&source).await.unwrap();
    same_as_afresh(&practice, &inventory, &with_shared()).await;
}

#[tokio::test]
async fn many_changes_list_everything() {
    let practice = Practice::with(2_000).await;
    let control = practice.control();
    let source = practice.source_with(&calendars_only());
    let mut inventory = Inventory::default();
    inventory.survey(&source).await.unwrap();
    let distributions = calendar(&practice, "Distributions");
    let series = control.series(&distributions);
    let recurring = series.iter().filter(|series| series.events.len() > 1);
    let mut count = 0;
    for series in recurring {
        control.edit_event(&distributions, series.id(), |event| {
            event.location = Some("Ici".into())
        });
        count += 1;
    }
    assert!(count > 20, "{count}");
    inventory.survey(&source).await.unwrap();
    same_as_afresh(&practice, &inventory, &calendars_only()).await;
}

#[tokio::test]
async fn a_survey_gets_through_bad_weather() {
    let practice = Practice::with(300).await;
    practice.control().set_page_limit(10);
    let calm: Vec<_> = survey(&practice).await.all().cloned().collect();
    let passing = [
        Kind::Unavailable,
        Kind::ServerError,
        Kind::ResetBefore,
        Kind::ResetAfter,
        Kind::ShortBody,
        Kind::CloseAfter,
        Kind::GatewayTimeout,
    ];
    let faults = Faults::seeded_only(11, 0.4, passing);
    practice.control().set_faults(faults.clone());
    let rough: Vec<_> = survey(&practice).await.all().cloned().collect();
    assert!(faults.hits() > 5, "{}", faults.hits());
    assert_eq!(calm, rough);
}

#[tokio::test]
async fn an_api_that_is_not_enabled_is_named() {
    let practice = Practice::with(0).await;
    for (service, name) in [
        (Service::Calendar, "Google Calendar API"),
        (Service::CalDav, "CalDAV API"),
    ] {
        practice.control().set_service_enabled(service, false);
        let mut inventory = Inventory::default();
        let error = inventory
            .survey(&practice.source_with(&calendars_only()))
            .await
            .unwrap_err();
        assert!(
            matches!(
                google_error(&error),
                Some(GoogleError::ApiNotEnabled { api, link: Some(link), .. })
                    if api == name && link.starts_with("https://console.")
            ),
            "{error:?}"
        );
        practice.control().set_service_enabled(service, true);
    }
}

#[tokio::test]
async fn what_moved_away_meanwhile_is_told_as_gone() {
    let practice = Practice::with(0).await;
    let source = practice.source_with(&calendars_only());
    let mut inventory = Inventory::default();
    inventory.survey(&source).await.unwrap();
    let distributions = calendar(&practice, "Distributions");
    let (rent, rent_id) = object(&practice, &distributions, "Loyer");
    practice.control().delete_event(&distributions, rent.id());
    let found = texts(&source, &inventory, &id(&distributions)).await;
    assert!(matches!(found[&rent_id], Err(SourceError::NotFound)));
    assert!(found.values().filter(|answer| answer.is_err()).count() == 1);
    let meetings = calendar(&practice, "Réunions");
    practice
        .control()
        .edit_calendar(&meetings, |calendar| calendar.deleted = true);
    let found = texts(&source, &inventory, &id(&meetings)).await;
    assert!(!found.is_empty());
    assert!(
        found
            .values()
            .all(|answer| matches!(answer, Err(SourceError::NotFound)))
    );
}

#[tokio::test]
async fn texts_are_googles_own_with_the_rest_added() {
    let practice = Practice::with(100).await;
    let source = practice.source_with(&with_shared());
    let mut inventory = Inventory::default();
    inventory.survey(&source).await.unwrap();
    let mut converted = 0;
    for calendar in practice.control().calendars() {
        if inventory.find(&id(&calendar.id)).is_none() {
            continue;
        }
        let expected = expected(&practice, &calendar.id);
        for (object, answer) in texts(&source, &inventory, &id(&calendar.id)).await {
            let answer = answer.unwrap();
            let series = &expected[&object];
            assert_eq!(answer.version, inventory.get(&object).version, "{object}");
            let text = String::from_utf8(answer.text.to_vec()).unwrap();
            let there = series
                .events
                .iter()
                .filter(|event| event.status != Status::Cancelled);
            let count = text.matches("BEGIN:VEVENT").count();
            assert_eq!(count, there.clone().count(), "{text}");
            assert_eq!(text.matches("BEGIN:VCALENDAR").count(), 1);
            let unfolded = text.replace("\r\n ", "");
            assert!(
                unfolded.contains(&format!("UID:{}\r\n", series.uid())),
                "{text}"
            );
            converted += usize::from(answer.converted);
            if let EventKind::WorkingLocation(_) = series.events[0].kind {
                assert!(answer.converted, "not in the calendar's own text");
            }
        }
    }
    assert!(converted > 0);
    // One listing and one text of each calendar, however many batches.
    practice.control().forget_requests();
    let distributions = id(&calendar(&practice, "Distributions"));
    let again = practice.source_with(&calendars_only());
    texts(&again, &inventory, &distributions).await;
    assert_eq!(practice.control().requests()["caldav.get"], 1);
}

#[tokio::test]
async fn texts_come_through_bad_weather() {
    let practice = Practice::with(400).await;
    let mut inventory = Inventory::default();
    inventory
        .survey(&practice.source_with(&calendars_only()))
        .await
        .unwrap();
    let distributions = id(&calendar(&practice, "Distributions"));
    let calm = texts(
        &practice.source_with(&calendars_only()),
        &inventory,
        &distributions,
    )
    .await;
    let passing = [
        Kind::Unavailable,
        Kind::ResetBefore,
        Kind::ShortBody,
        Kind::CloseAfter,
    ];
    for seed in 0..4 {
        practice
            .control()
            .set_faults(Faults::seeded_only(seed, 0.7, passing));
        let rough = texts(
            &practice.source_with(&calendars_only()),
            &inventory,
            &distributions,
        )
        .await;
        for (id, object) in &calm {
            let lines = |text: &[u8]| String::from_utf8(text.to_vec()).unwrap();
            // Each answer is stamped with its own time.
            let plain = |text: String| {
                text.lines()
                    .filter(|line| !line.starts_with("DTSTAMP"))
                    .map(str::to_owned)
                    .collect::<Vec<_>>()
            };
            let (calm, rough) = (object.as_ref().unwrap(), rough[id].as_ref().unwrap());
            assert_eq!(plain(lines(&calm.text)), plain(lines(&rough.text)));
            assert_eq!(calm.version, rough.version);
        }
    }
}
