//! How many calendars and address books there may be, and how fast. On the practice server alone: on a
//! real one it would take an hour to get over.

use std::time::Duration;

use futures::TryStreamExt as _;
use transhumance::dav::pim::{Condition, Kind, Made, PimError};
use transhumance::practice::faults::{Fault, Faults};
use transhumance::practice::nextcloud::Limits;
use transhumance::target::pim::ObjectProof;

use crate::pim::{book, calendar, card, event, md5, practice_shelf};
use crate::server::{HASTE, PASSWORD, Practice};

#[tokio::test]
async fn whoever_keeps_no_cookie_meets_no_limit() {
    let practice = Practice::start(|_| {}).await;
    let c = practice_shelf(&practice, Kind::Calendar).await;
    for number in 0..35 {
        let path = format!("{}-{number}", c.path);
        let made = c.pim.make_calendar(&path, &calendar("x")).await.unwrap();
        assert_eq!(made, Made::Created);
    }
    let cookie = [("Cookie", "session=1")];
    let refused = c
        .raw("MKCALENDAR", &format!("{}-x", c.path), &cookie, "")
        .await;
    assert_eq!(
        (refused.status, refused.exception.as_str()),
        (403, "Forbidden")
    );
    practice.server.stop().await;
}

#[tokio::test]
async fn ten_an_hour_with_a_cookie() {
    let practice = Practice::start(|_| {}).await;
    let c = practice_shelf(&practice, Kind::Calendar).await;
    let cookie = [("Cookie", "session=1")];
    for number in 0..11 {
        let path = format!("{}-{number}", c.path);
        let made = c.raw("MKCALENDAR", &path, &cookie, "").await;
        let wanted = if number < 10 { 201 } else { 429 };
        assert_eq!(made.status, wanted, "{number}: {made:?}");
    }
    practice.server.stop().await;
}

#[tokio::test]
async fn limits_are_told_apart() {
    let limits = Limits {
        always: true,
        ..Limits::default()
    };
    let practice = Practice::start(|config| config.limits = limits).await;
    let c = practice_shelf(&practice, Kind::Calendar).await;
    let b = practice_shelf(&practice, Kind::AddressBook).await;
    // One each is made already.
    for number in 0..9 {
        let path = format!("{}-{number}", c.path);
        c.pim.make_calendar(&path, &calendar("x")).await.unwrap();
    }
    let nextcloud = practice.nextcloud(PASSWORD);
    let refused = nextcloud
        .make_calendar("/calendars/more", &calendar("x"))
        .await
        .unwrap_err();
    assert!(
        matches!(refused, PimError::RateLimited { .. }),
        "{refused:?}"
    );
    assert!(refused.is_passing());
    assert_eq!(refused.retry_after(), Some(Duration::from_secs(3600)));
    practice.server.control().set_limits(Limits {
        an_hour: 1000,
        calendars: 11,
        address_books: 2,
        ..limits
    });
    // `personal` is the eleventh, and what lies in the trash counts.
    c.pim.delete(&c.path, None).await.unwrap();
    let refused = nextcloud
        .make_calendar("/calendars/more", &calendar("x"))
        .await;
    assert!(
        matches!(refused, Err(PimError::LimitReached { .. })),
        "{refused:?}"
    );
    let path = format!("{}-2", b.path);
    let refused = b.pim.make_address_book(&path, &book("x")).await;
    assert!(
        matches!(refused, Err(PimError::LimitReached { .. })),
        "{refused:?}"
    );
    practice.server.stop().await;
}

#[tokio::test]
async fn what_was_done_though_the_answer_was_lost_counts_as_done() {
    let practice = Practice::start(|_| {}).await;
    let c = practice_shelf(&practice, Kind::Calendar).await;
    let nextcloud = practice.nextcloud(PASSWORD);
    let control = practice.server.control();
    let text = event("u", "").into();
    for (fault, stored) in [
        (Fault::ResetBefore, false),
        (Fault::ServerError, false),
        (Fault::ResetAfter, true),
    ] {
        control.set_faults(Faults::none().then("PUT /", fault, 1));
        let put = nextcloud.put_object(&c.planned("a.ics"), &text, None).await;
        match put {
            Ok(put) if stored => assert_eq!(put.proof, ObjectProof::Exact),
            Err(error) if !stored => assert!(error.is_passing(), "{error:?}"),
            other => panic!("{fault:?}: {other:?}"),
        }
    }
    control.set_faults(Faults::none().then("MKCALENDAR /", Fault::ResetAfter, 1));
    let made = nextcloud
        .make_calendar("/calendars/once", &calendar("x"))
        .await;
    assert_eq!(
        made.unwrap(),
        Made::Existed,
        "it was this very request that made it"
    );
    practice.server.stop().await;
}

#[tokio::test]
async fn bad_weather_loses_nothing() {
    let practice = Practice::start(|config| config.faults = Faults::seeded(3, 0.3)).await;
    let nextcloud = practice.nextcloud(PASSWORD).with_patience(HASTE);
    let calendar_path = "/calendars/storm";
    let book_path = "/addressbooks/storm";
    nextcloud
        .make_calendar(calendar_path, &calendar("x"))
        .await
        .unwrap();
    nextcloud
        .make_address_book(book_path, &book("x"))
        .await
        .unwrap();
    for number in 0..12 {
        let uid = format!("u{number}");
        for (path, text) in [
            (format!("{calendar_path}/{uid}.ics"), event(&uid, "")),
            (format!("{book_path}/{uid}.vcf"), card("4.0", &uid, "")),
        ] {
            let wanted = md5(&text);
            let text = text.into();
            let mut tries = 0;
            let stored = loop {
                match nextcloud.put_object(&path, &text, None).await {
                    Ok(stored) => break stored,
                    Err(error) if error.is_passing() && tries < 10 => tries += 1,
                    Err(error) => panic!("{path}: {error:?}"),
                }
            };
            assert_eq!(stored.proof, ObjectProof::Exact);
            assert_eq!(stored.etag, wanted);
        }
    }
    let mut tries = 0;
    for path in [calendar_path, book_path] {
        let all = loop {
            let listed: Result<Vec<_>, PimError> = nextcloud.objects(path).try_collect().await;
            match listed {
                Ok(all) => break all,
                Err(error) if error.is_passing() && tries < 10 => tries += 1,
                Err(error) => panic!("{path}: {error:?}"),
            }
        };
        assert_eq!(all.len(), 12);
    }
    let control = practice.server.control();
    assert_eq!(control.outbox(), []);
    let collections = control.collections("alice");
    let stormy = collections
        .iter()
        .filter(|one| one.path.ends_with("/storm"));
    assert_eq!(stormy.map(|one| one.objects).collect::<Vec<_>>(), [12, 12]);
    practice.server.stop().await;
}

#[tokio::test]
async fn a_large_book_is_listed_in_pages() {
    let practice = Practice::start(|_| {}).await;
    let b = practice_shelf(&practice, Kind::AddressBook).await;
    let control = practice.server.control();
    for number in 0..1001 {
        let text = card("3.0", &format!("u{number}"), "");
        let name = format!("{number}.vcf");
        control
            .write_object("alice", &b.planned, &name, text.as_bytes())
            .unwrap();
    }
    control.forget_requests();
    let mut names = b.names().await;
    names.dedup();
    assert_eq!(names.len(), 1001);
    let asked = control.requests();
    assert_eq!(asked.get("REPORT"), Some(&3));
    assert_eq!(asked.get("PROPFIND"), None);
    practice.server.stop().await;
}

#[tokio::test]
async fn what_is_stored_outlives_the_server() {
    let practice = Practice::start(|_| {}).await;
    let c = practice_shelf(&practice, Kind::Calendar).await;
    let text = event("u", "");
    c.put("a.ics", &text).await.unwrap();
    c.put("b.ics", &event("v", "")).await.unwrap();
    c.pim.delete(&c.at("b.ics"), None).await.unwrap();
    let uri = c.path.rsplit('/').next().unwrap().to_owned();
    let path = format!("/calendars/{uri}");
    let before = practice.server.control().objects("alice", &path).unwrap();
    assert_eq!(before.len(), 2);
    let changes = |pim: transhumance::dav::pim::PimClient, path: String| async move {
        let changes = pim.changes(&path, None).await.unwrap();
        changes.try_collect::<Vec<_>>().await.unwrap()
    };
    let told = changes(c.pim.clone(), c.path.clone()).await;
    let mut practice = practice;
    for _ in 0..2 {
        practice = practice.again().await;
        let c2 = practice.bench().await;
        let pim = transhumance::dav::pim::PimClient::nextcloud(c2.dav.clone());
        assert_eq!(
            practice.server.control().objects("alice", &path).unwrap(),
            before
        );
        assert_eq!(changes(pim.clone(), c.path.clone()).await, told);
        let taken = pim
            .put(
                Kind::Calendar,
                &c.at("a.ics"),
                text.clone().into(),
                Condition::New,
            )
            .await;
        assert!(taken.is_err());
    }
    practice.server.stop().await;
}
