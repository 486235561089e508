use transhumance::dav::DavError;
use transhumance::dav::pim::{
    Access, Components, Made, NewCalendar, NewSubscription, PimError, Settings, System,
};

use crate::pim::{calendar, event, object, with_calendar};

#[tokio::test]
async fn the_homes_are_found_from_the_entry_point() {
    with_calendar(|c| async move {
        let homes = c.pim.homes().await.unwrap();
        let id = &c.bench.user_id;
        assert_eq!(homes.principal, format!("principals/users/{id}"));
        assert_eq!(homes.calendars, Some(format!("calendars/{id}")));
        assert_eq!(
            homes.address_books,
            Some(format!("addressbooks/users/{id}"))
        );
        let own = homes.addresses.iter().filter(|a| a.starts_with("mailto:"));
        assert_eq!(own.count(), 1, "{:?}", homes.addresses);
        assert_eq!(
            homes.default_calendar,
            Some(format!("calendars/{id}/personal"))
        );
    })
    .await;
}

#[tokio::test]
async fn what_the_server_makes_by_itself_is_told_apart() {
    with_calendar(|c| async move {
        let all = c.pim.calendars(&c.home).await.unwrap();
        let of = |uri: &str| all.iter().find(|one| one.uri() == uri).cloned();
        for (uri, system) in [
            ("inbox", System::Inbox),
            ("outbox", System::Outbox),
            ("trashbin", System::Trash),
            ("contact_birthdays", System::Birthdays),
        ] {
            let found = of(uri).unwrap_or_else(|| panic!("{uri} is missing: {all:?}"));
            assert_eq!(found.access, Access::System(system));
            assert!(!found.writable);
        }
        let personal = of("personal").unwrap();
        assert_eq!(personal.access, Access::Own);
        assert!(personal.writable);
        let events = Components {
            events: true,
            ..Components::NONE
        };
        assert_eq!(personal.components, events, "it takes events only");
    })
    .await;
}

#[tokio::test]
async fn a_calendar_keeps_what_it_is_made_with() {
    with_calendar(|c| async move {
        let new = NewCalendar {
            name: "Été & <hiver> \"2026\"".into(),
            description: Some("Deux\nlignes".into()),
            colour: Some("#3b7a57".into()),
            order: Some(7),
            components: Components {
                events: true,
                tasks: true,
                journals: false,
            },
            time_zone: Some(
                "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VTIMEZONE\r\nTZID:Europe/Paris\r\nEND:VTIMEZONE\r\nEND:VCALENDAR\r\n"
                    .into(),
            ),
            transparent: true,
        };
        let path = format!("{}-2", c.path);
        assert_eq!(c.pim.make_calendar(&path, &new).await.unwrap(), Made::Created);
        let again = c.pim.make_calendar(&path, &new).await.unwrap();
        assert_eq!(again, Made::Existed);
        let all = c.pim.calendars(&c.home).await.unwrap();
        let made = all.into_iter().find(|one| one.path == path).unwrap();
        c.pim.purge(&path).await.unwrap();
        assert_eq!(made.name.as_deref(), Some("Été & <hiver> \"2026\""));
        assert_eq!(made.description.as_deref(), Some("Deux\nlignes"));
        assert_eq!(made.colour, new.colour);
        assert_eq!(made.order, new.order);
        assert_eq!(made.components, new.components);
        let zone = made.time_zone.unwrap();
        assert!(zone.contains("TZID:Europe/Paris"), "{zone:?}");
        assert!(made.transparent);
        assert_eq!(made.access, Access::Own);
        assert_eq!(made.enabled, None);
        assert!(made.ctag.is_some() && made.sync_token.is_some());
    })
    .await;
}

#[tokio::test]
async fn without_a_word_a_calendar_takes_everything() {
    with_calendar(|c| async move {
        let path = format!("{}-2", c.path);
        assert_eq!(c.raw("MKCALENDAR", &path, &[], "").await.status, 201);
        let all = c.pim.calendars(&c.home).await.unwrap();
        let made = all.into_iter().find(|one| one.path == path).unwrap();
        c.pim.purge(&path).await.unwrap();
        assert_eq!(made.components, Components::ALL);
        assert_eq!(made.name.as_deref(), Some(made.uri()));
        assert!(!made.transparent);
    })
    .await;
}

#[tokio::test]
async fn whether_it_is_shown_can_only_be_set_afterwards() {
    with_calendar(|c| async move {
        assert_eq!(c.seen().await.enabled, None);
        let settings = Settings {
            enabled: Some(false),
            colour: Some("#112233".into()),
            order: Some(3),
            name: Some("Autre".into()),
            description: Some("Dit".into()),
        };
        c.pim.set(&c.path, &settings).await.unwrap();
        let seen = c.seen().await;
        assert_eq!(seen.enabled, Some(false));
        assert_eq!(seen.colour.as_deref(), Some("#112233"));
        assert_eq!(seen.order, Some(3));
        assert_eq!(seen.name.as_deref(), Some("Autre"));
        assert_eq!(seen.description.as_deref(), Some("Dit"));
        let missing = c.pim.set(&format!("{}-no", c.path), &settings).await;
        assert!(matches!(missing, Err(PimError::Dav(DavError::NotFound))));
        c.pim.set(&c.path, &Settings::default()).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_subscription_stays_one() {
    with_calendar(|c| async move {
        let path = format!("{}-sub", c.path);
        let new = NewSubscription {
            name: "Vacances".into(),
            url: "https://calendriers.example/zone-c.ics?a=1&b=2".into(),
            colour: Some("#ff9f1c".into()),
            order: Some(9),
        };
        assert_eq!(c.pim.subscribe(&path, &new).await.unwrap(), Made::Created);
        assert_eq!(c.pim.subscribe(&path, &new).await.unwrap(), Made::Existed);
        let all = c.pim.calendars(&c.home).await.unwrap();
        let put = c
            .raw("PUT", &format!("{path}/a.ics"), &[], &event("u", ""))
            .await;
        c.pim.purge(&path).await.unwrap();
        let made = all.into_iter().find(|one| one.path == path).unwrap();
        let url = new.url.clone();
        assert_eq!(made.access, Access::Subscribed { url });
        assert!(!made.writable);
        assert_eq!(made.name.as_deref(), Some("Vacances"));
        assert_eq!(made.colour, new.colour);
        assert!(put.status >= 400, "nothing can be put into it: {put:?}");
    })
    .await;
}

#[tokio::test]
async fn a_deleted_calendar_is_in_the_way_of_a_new_one() {
    with_calendar(|c| async move {
        c.put("a.ics", &event("u", "")).await.unwrap();
        c.pim.delete(&c.path, None).await.unwrap();
        let seen = c.seen().await;
        assert_eq!(seen.access, Access::Deleted);
        assert!(!seen.writable);
        let made = c.pim.make_calendar(&c.path, &calendar("x")).await.unwrap();
        assert_eq!(made, Made::Existed);
        // Its former objects are not told as deleted ones.
        use futures::TryStreamExt as _;
        let trashed = c.pim.trashed(&c.home).await.unwrap();
        let trashed: Vec<_> = trashed.try_collect().await.unwrap();
        let uri = seen.uri();
        assert!(
            trashed
                .iter()
                .all(|one| one.calendar.as_deref() != Some(uri))
        );
    })
    .await;
}

#[tokio::test]
async fn nothing_can_be_made_where_nothing_belongs() {
    with_calendar(|c| async move {
        let nested = c
            .pim
            .make_calendar(&format!("{}-no/x", c.path), &calendar("x"))
            .await;
        assert!(nested.is_err(), "{nested:?}");
        for reserved in ["inbox", "outbox", "trashbin", "contact_birthdays"] {
            let path = format!("{}/{reserved}", c.home);
            let made = c.pim.make_calendar(&path, &calendar("x")).await.unwrap();
            assert_eq!(made, Made::Existed, "{reserved}");
        }
        let plain = c.raw("MKCOL", &format!("{}-2", c.path), &[], "").await;
        assert_eq!(plain.status, 403);
        assert_eq!(plain.exception, "InvalidResourceType");
        let missing = format!("{}-no", c.path);
        let listed = c.pim.list(c.kind, &missing).await;
        assert!(matches!(
            listed.err(),
            Some(PimError::Dav(DavError::NotFound))
        ));
    })
    .await;
}

#[tokio::test]
async fn a_calendar_takes_what_it_says() {
    with_calendar(|c| async move {
        let personal = format!("{}/personal/contract-task.ics", c.home);
        let task = object("VTODO", "contract-task", "DUE:20310101T100000Z\r\n");
        let refused = c
            .raw("PUT", &personal, &[("Schedule-Reply", "F")], &task)
            .await;
        assert_eq!(refused.status, 403);
        assert_eq!(refused.exception, "InvalidComponentType");
        for (name, component) in [("t", "VTODO"), ("j", "VJOURNAL")] {
            let text = object(component, name, "");
            c.put(&format!("{name}.ics"), &text).await.unwrap();
        }
        let free = c.put("f.ics", &object("VFREEBUSY", "f", "")).await;
        assert!(
            matches!(free, Err(PimError::UnsupportedComponent { .. })),
            "{free:?}"
        );
        let birthdays = format!("{}/contact_birthdays/x.ics", c.home);
        let refused = c.raw("PUT", &birthdays, &[], &event("x", "")).await;
        assert_eq!(refused.status, 403);
    })
    .await;
}
