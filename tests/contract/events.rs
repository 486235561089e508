use bytes::Bytes;
use futures::TryStreamExt as _;
use transhumance::dav::DavError;
use transhumance::dav::pim::{
    Change, Condition, Fetched, Kind, Object, PimError, Settings, Trashed,
};
use transhumance::target::TargetError;
use transhumance::target::pim::ObjectProof;

use crate::pim::{Shelf, event, md5, object, with_calendar};

#[tokio::test]
async fn the_tag_of_an_event_is_the_md5_of_its_bytes() {
    with_calendar(|c| async move {
        let text = event("u", "X-UNKNOWN;A=\"b;c\":kept\\, as it is\r\n");
        let stored = c.put("a.ics", &text).await.unwrap();
        assert!(stored.created);
        assert_eq!(stored.etag.as_deref(), Some(md5(&text).as_str()));
        assert_eq!(stored.warning, None);
        let listed = c.list().await;
        assert_eq!(listed.len(), 1);
        assert_eq!(listed[0].etag, md5(&text));
        assert_eq!(listed[0].size, Some(text.len() as u64));
        let got = c
            .pim
            .get(Kind::Calendar, &c.at("a.ics"))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(got.text, text.as_bytes());
        assert!(got.exact);
        let none = c.pim.get(Kind::Calendar, &c.at("b.ics")).await.unwrap();
        assert_eq!(none, None);
    })
    .await;
}

#[tokio::test]
async fn conditions_hold() {
    with_calendar(|c| async move {
        let (one, two) = (event("u", ""), event("u", "SEQUENCE:1\r\n"));
        c.put("a.ics", &one).await.unwrap();
        let again = c.put("a.ics", &one).await;
        assert!(
            matches!(again, Err(PimError::Dav(DavError::Taken))),
            "{again:?}"
        );
        let put = |text: &str, etag: &str| {
            let (text, etag) = (Bytes::copy_from_slice(text.as_bytes()), etag.to_owned());
            let c = c.clone();
            async move {
                c.pim
                    .put(c.kind, &c.at("a.ics"), text, Condition::Is(&etag))
                    .await
            }
        };
        let stale = put(&two, "nothing").await;
        assert!(
            matches!(stale, Err(PimError::Dav(DavError::Changed))),
            "{stale:?}"
        );
        let stored = put(&two, &md5(&one)).await.unwrap();
        assert!(!stored.created);
        assert_eq!(stored.etag, Some(md5(&two)));
        let stale = c.pim.delete(&c.at("a.ics"), Some(&md5(&one))).await;
        assert!(
            matches!(stale, Err(PimError::Dav(DavError::Changed))),
            "{stale:?}"
        );
        c.pim
            .delete(&c.at("a.ics"), Some(&md5(&two)))
            .await
            .unwrap();
        c.pim.delete(&c.at("a.ics"), None).await.unwrap();
        assert_eq!(c.names().await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn a_uid_is_there_once_in_a_calendar() {
    with_calendar(|c| async move {
        c.put("a.ics", &event("same", "")).await.unwrap();
        let second = c.put("b.ics", &event("same", "")).await;
        assert!(matches!(second, Err(PimError::UidExists)), "{second:?}");
        let other = format!("{}-2", c.path);
        c.make_at(&other).await;
        let text = Bytes::from(event("same", ""));
        let elsewhere = c
            .pim
            .put(c.kind, &format!("{other}/a.ics"), text, Condition::New)
            .await;
        c.pim.purge(&other).await.unwrap();
        assert!(elsewhere.unwrap().created);
        let found = c.pim.find_uid(c.kind, &c.path, "same").await.unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].path, c.at("a.ics"));
        assert_eq!(found[0].etag, md5(&event("same", "")));
        for other in ["sam", "SAME", "nothing"] {
            let found = c.pim.find_uid(c.kind, &c.path, other).await.unwrap();
            assert_eq!(found, [], "{other}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_repaired_has_no_tag() {
    with_calendar(|c| async move {
        let good = event("u", "");
        for (name, text) in [
            ("no-uid", good.replace("UID:u\r\n", "")),
            (
                "no-stamp",
                event("s", "").replace("DTSTAMP:20260101T000000Z\r\n", ""),
            ),
            (
                "no-product",
                event("p", "").replace("PRODID:-//Transhumance//Test//EN\r\n", ""),
            ),
            ("month-13", event("m", "RRULE:FREQ=YEARLY;BYMONTH=13\r\n")),
        ] {
            let stored = c.put(&format!("{name}.ics"), &text).await.unwrap();
            assert_eq!(stored.etag, None, "{name}");
            assert!(stored.warning.is_some(), "{name}");
            let now = c.one(&format!("{name}.ics")).await;
            assert!(now.exact, "what is there can be read exactly: {name}");
            assert_ne!(now.text, text.as_bytes(), "{name}");
        }
    })
    .await;
}

#[tokio::test]
async fn latin_1_is_mended_too() {
    with_calendar(|c| async move {
        let text = event("u", "");
        let latin: Vec<u8> = text
            .chars()
            .filter_map(|c| u8::try_from(u32::from(c)).ok())
            .collect();
        let stored = c
            .pim
            .put(c.kind, &c.at("a.ics"), latin.into(), Condition::New)
            .await
            .unwrap();
        assert_eq!(stored.etag, None);
        let now = String::from_utf8(c.one("a.ics").await.text.to_vec()).unwrap();
        assert!(now.contains("SUMMARY:Été"), "{now}");
    })
    .await;
}

#[tokio::test]
async fn odd_but_stored_byte_for_byte() {
    with_calendar(|c| async move {
        let good = |uid: &str, lines: &str| event(uid, lines);
        for (name, text) in [
            ("lf.ics", good("lf", "").replace("\r\n", "\n")),
            ("bom.ics", format!("\u{feff}{}", good("bom", ""))),
            ("backwards.ics", good("back", "DTEND:20200101T100000Z\r\n")),
            (
                "zone.ics",
                good("zone", "").replace("DTSTART:2031", "DTSTART;TZID=Mars/Olympus:2031"),
            ),
            (
                "orphan.ics",
                good("orphan", "RECURRENCE-ID:20310102T100000Z\r\n"),
            ),
            (
                "1901.ics",
                good("old", "").replace("DTSTART:2031", "DTSTART:1901"),
            ),
            (
                "inline.ics",
                good("inline", "ATTACH;ENCODING=BASE64;VALUE=BINARY:AAAA\r\n"),
            ),
            ("no-ending", good("noend", "")),
            ("été #1 100% a+b.ics", good("name", "")),
            ("long-uid.ics", good(&"u".repeat(300), "")),
        ] {
            let stored = c.put(name, &text).await;
            let stored = stored.unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(stored.etag, Some(md5(&text)), "{name}");
            let got = c.one(name).await;
            assert!(got.exact, "{name}");
            assert_eq!(got.text, text.as_bytes(), "{name}");
        }
        assert_eq!(c.names().await.len(), 10);
    })
    .await;
}

#[tokio::test]
async fn what_is_no_event_is_refused() {
    with_calendar(|c| async move {
        let two = |a: &str, b: &str| {
            let second = b.split_once("Test//EN\r\n").unwrap().1;
            a.replace("END:VCALENDAR\r\n", "") + second
        };
        for (name, text) in [
            ("garbage", "garbage".to_owned()),
            ("empty", String::new()),
            ("two-uids", two(&event("a", ""), &event("b", ""))),
            ("two-masters", two(&event("a", ""), &event("a", ""))),
            ("two-kinds", two(&event("a", ""), &object("VTODO", "a", ""))),
            ("no-start", object("VEVENT", "a", "")),
            (
                "method",
                event("a", "").replace("VERSION:2.0\r\n", "VERSION:2.0\r\nMETHOD:PUBLISH\r\n"),
            ),
            ("bad-date", object("VEVENT", "a", "DTSTART:soon\r\n")),
        ] {
            let refused = c.put(&format!("{name}.ics"), &text).await;
            assert!(
                matches!(refused, Err(PimError::Unsupported { .. })),
                "{name}: {refused:?}"
            );
        }
        let no_instance = event(
            "n",
            "RRULE:FREQ=DAILY;COUNT=1\r\nEXDATE:20310101T100000Z\r\n",
        );
        let refused = c.put("n.ics", &no_instance).await;
        assert!(
            matches!(refused, Err(PimError::NoInstances { .. })),
            "{refused:?}"
        );
        let rule = c.put("r.ics", &event("r", "RRULE:FREQ=FOO\r\n")).await;
        assert!(matches!(rule, Err(PimError::BadRule { .. })), "{rule:?}");
        let missing = format!("{}-no/a.ics", c.path);
        let text = Bytes::from(event("a", ""));
        let missing = c.pim.put(c.kind, &missing, text, Condition::New).await;
        assert!(
            matches!(missing, Err(PimError::Dav(DavError::ParentMissing))),
            "{missing:?}"
        );
        assert_eq!(c.names().await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn an_event_of_more_than_ten_mebibytes_is_too_large() {
    with_calendar(|c| async move {
        let line = format!("DESCRIPTION:{}\r\n", "x".repeat(10_485_760));
        let refused = c.put("a.ics", &event("u", &line)).await;
        assert!(
            matches!(refused, Err(PimError::TooLarge { .. })),
            "{refused:?}"
        );
    })
    .await;
}

#[tokio::test]
async fn a_batch_gives_back_every_byte_and_tells_what_is_missing() {
    with_calendar(|c| async move {
        let crlf = event("crlf", "");
        let lf = event("lf", "").replace("\r\n", "\n");
        c.put("crlf.ics", &crlf).await.unwrap();
        c.put("lf.ics", &lf).await.unwrap();
        c.put("other.ics", &event("other", "")).await.unwrap();
        let mut fetched = c.fetch(&["lf.ics", "gone.ics", "crlf.ics", "never"]).await;
        fetched.sort_by_key(|one| match one {
            Fetched::Found(object) => object.path.clone(),
            Fetched::Missing(path) => path.clone(),
        });
        let found = |name: &str, text: &str| {
            Fetched::Found(Object {
                path: c.at(name),
                etag: md5(text),
                text: Bytes::copy_from_slice(text.as_bytes()),
                exact: true,
            })
        };
        assert_eq!(
            fetched,
            [
                found("crlf.ics", &crlf),
                Fetched::Missing(c.at("gone.ics")),
                found("lf.ics", &lf),
                Fetched::Missing(c.at("never")),
            ]
        );
        assert_eq!(c.fetch(&[]).await, []);
        // What is missing is not mentioned by the server.
        let hrefs = format!(
            "<c:calendar-multiget xmlns:d=\"DAV:\" xmlns:c=\"urn:ietf:params:xml:ns:caldav\"><d:prop><d:getetag/></d:prop><d:href>/remote.php/dav/{}</d:href></c:calendar-multiget>",
            c.at("gone.ics")
        );
        let answer = c.raw("REPORT", &c.path, &[("Depth", "1")], &hrefs).await;
        assert_eq!(answer.status, 207);
        assert!(!answer.body.contains("gone.ics"), "{}", answer.body);
        let all = c.pim.query(c.kind, &c.path).await.unwrap();
        let all: Vec<Object> = all.try_collect().await.unwrap();
        assert_eq!(all.len(), 3);
        assert!(all.iter().all(|object| object.exact));
    })
    .await;
}

/// What lies in the trash of the calendar.
async fn trashed(c: &Shelf) -> Vec<Trashed> {
    let uri = c.path.rsplit('/').next().unwrap();
    let all = c.pim.trashed(&c.home).await.unwrap();
    let all: Vec<Trashed> = all.try_collect().await.unwrap();
    all.into_iter()
        .filter(|one| one.calendar.as_deref() == Some(uri))
        .collect()
}

#[tokio::test]
async fn a_deleted_event_blocks_its_uid_until_it_is_purged() {
    with_calendar(|c| async move {
        let text = event("u", "");
        c.put("a.ics", &text).await.unwrap();
        c.pim.delete(&c.at("a.ics"), None).await.unwrap();
        assert_eq!(c.names().await, [""; 0]);
        let gone = trashed(&c).await;
        assert_eq!(gone.len(), 1);
        assert_eq!(gone[0].uid, "u");
        for name in ["a.ics", "b.ics"] {
            let refused = c.put(name, &text).await;
            // Mended in releases after 34.0.1, where it is stored.
            match refused {
                Err(PimError::UidInTrash { .. }) => {}
                other => panic!("{other:?}"),
            }
        }
        let sent = Bytes::from(text.clone());
        let refused = c
            .nextcloud()
            .put_object(&c.planned("a.ics"), &sent, None)
            .await;
        assert!(
            matches!(refused, Err(PimError::UidInTrash { .. })),
            "{refused:?}"
        );
        let mut seen = c.nextcloud().trashed_objects();
        let mut known = false;
        while let Some(one) = seen.try_next().await.unwrap() {
            known |= one.uid == "u" && c.planned.ends_with(one.calendar.as_deref().unwrap());
        }
        assert!(known);
        c.pim.purge(&gone[0].path).await.unwrap();
        assert_eq!(trashed(&c).await, []);
        c.put("a.ics", &text).await.unwrap();
        // The word that spares whole calendars the trash says nothing for objects.
        c.pim.purge(&c.at("a.ics")).await.unwrap();
        assert_eq!(trashed(&c).await.len(), 1);
    })
    .await;
}

async fn changes(c: &Shelf, token: Option<&str>) -> Result<(Vec<Change>, String), PimError> {
    let all = c.pim.changes(&c.path, token).await?;
    let mut all: Vec<Change> = all.try_collect().await?;
    match all.pop() {
        Some(Change::Token(token)) => Ok((all, token)),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn changes_are_told_from_a_token_on() {
    with_calendar(|c| async move {
        let (all, empty) = changes(&c, None).await.unwrap();
        assert_eq!(all, []);
        c.put("a.ics", &event("a", "")).await.unwrap();
        c.put("b.ics", &event("b", "")).await.unwrap();
        let (all, token) = changes(&c, Some(&empty)).await.unwrap();
        assert_eq!(all.len(), 2);
        let later = event("a", "SEQUENCE:1\r\n");
        let before = md5(&event("a", ""));
        let text = Bytes::from(later.clone());
        c.pim
            .put(c.kind, &c.at("a.ics"), text, Condition::Is(&before))
            .await
            .unwrap();
        c.pim.delete(&c.at("b.ics"), None).await.unwrap();
        let (all, now) = changes(&c, Some(&token)).await.unwrap();
        assert!(all.contains(&Change::Gone(c.at("b.ics"))), "{all:?}");
        let changed = all.iter().find_map(|change| match change {
            Change::There(listed) => Some((listed.path.clone(), listed.etag.clone())),
            _ => None,
        });
        assert_eq!(changed, Some((c.at("a.ics"), md5(&later))));
        assert_eq!(
            changes(&c, Some(&now)).await.unwrap(),
            (vec![], now.clone())
        );
        let (all, _) = changes(&c, None).await.unwrap();
        assert_eq!(all.len(), 1);
        let garbage = changes(&c, Some("garbage")).await;
        assert!(
            matches!(garbage, Err(PimError::InvalidSyncToken)),
            "{garbage:?}"
        );
        assert_eq!(c.seen().await.sync_token, Some(now.clone()));
        // The calendar's own properties change its token, and are no object.
        let order = Settings {
            order: Some(4),
            ..Settings::default()
        };
        c.pim.set(&c.path, &order).await.unwrap();
        let (all, later) = changes(&c, Some(&now)).await.unwrap();
        assert_eq!(all, []);
        assert_ne!(later, now);
    })
    .await;
}

#[tokio::test]
async fn the_facade_proves_what_it_stores() {
    with_calendar(|c| async move {
        let nextcloud = c.nextcloud();
        let text = Bytes::from(event("u", ""));
        let path = c.planned("a.ics");
        let stored = nextcloud.put_object(&path, &text, None).await.unwrap();
        assert_eq!(stored.proof, ObjectProof::Exact);
        assert_eq!(stored.etag, md5(&event("u", "")));
        // Doing it again changes nothing.
        let again = nextcloud.put_object(&path, &text, None).await.unwrap();
        assert_eq!(again, stored);
        let other = Bytes::from(event("u", "SEQUENCE:1\r\n"));
        let taken = nextcloud.put_object(&path, &other, None).await;
        assert!(
            matches!(taken, Err(PimError::Dav(TargetError::Taken))),
            "{taken:?}"
        );
        let replaced = nextcloud
            .put_object(&path, &other, Some(&stored.etag))
            .await;
        assert_eq!(replaced.unwrap().proof, ObjectProof::Exact);
        let stale = nextcloud.put_object(&path, &text, Some(&stored.etag)).await;
        assert!(
            matches!(stale, Err(PimError::Dav(TargetError::Changed))),
            "{stale:?}"
        );
        let broken =
            Bytes::from(event("v", "").replace("PRODID:-//Transhumance//Test//EN\r\n", ""));
        let mended = nextcloud
            .put_object(&c.planned("b.ics"), &broken, None)
            .await
            .unwrap();
        let ObjectProof::Rewritten(now) = &mended.proof else {
            panic!("{mended:?}");
        };
        assert!(String::from_utf8_lossy(now).contains("PRODID:"));
        let got = nextcloud
            .object(&c.planned("b.ics"))
            .await
            .unwrap()
            .unwrap();
        assert_eq!((got.text, got.etag), (now.clone(), mended.etag));
        let listed: Vec<_> = nextcloud.objects(&c.planned).try_collect().await.unwrap();
        let mut paths: Vec<_> = listed.into_iter().map(|one| one.path).collect();
        paths.sort();
        assert_eq!(paths, [c.planned("a.ics"), c.planned("b.ics")]);
        let calendars = nextcloud.calendars().await.unwrap();
        assert!(calendars.iter().any(|one| one.path == c.planned));
        let found = nextcloud.find_uid(&c.planned, "v").await.unwrap();
        assert_eq!(found[0].path, c.planned("b.ics"));
        let fetched = nextcloud.fetch_objects(&c.planned, &paths).await.unwrap();
        let fetched: Vec<Fetched> = fetched.try_collect().await.unwrap();
        assert_eq!(fetched.len(), 2);
        nextcloud.delete_object(&path, None).await.unwrap();
        assert_eq!(nextcloud.object(&path).await.unwrap(), None);
    })
    .await;
}
