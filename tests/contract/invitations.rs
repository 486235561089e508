//! Nobody hears of what is moved: neither by mail nor in a calendar of their own.

use bytes::Bytes;
use futures::TryStreamExt as _;
use transhumance::dav::pim::{Kind, Listed, PimClient};
use transhumance::practice::nextcloud::{Mail, MailKind};

use crate::pim::{Shelf, event, md5, practice_shelf, with_calendar};
use crate::server::Practice;

/// The address that the account, or somebody else, is invited as.
async fn mail(pim: &PimClient) -> String {
    let homes = pim.homes().await.unwrap();
    let mut addresses = homes.addresses.into_iter();
    addresses.find(|a| a.starts_with("mailto:")).unwrap()
}

/// Everything in somebody else's calendar and box of invitations.
async fn theirs(other: &PimClient) -> Vec<Listed> {
    let home = other.homes().await.unwrap().calendars.unwrap();
    let mut all = Vec::new();
    for uri in ["personal", "inbox"] {
        let listed = other
            .list(Kind::Calendar, &format!("{home}/{uri}"))
            .await
            .unwrap();
        all.extend(listed.try_collect::<Vec<Listed>>().await.unwrap());
    }
    all
}

fn with_guests(uid: &str, organizer: &str, guests: &[&str], lines: &str) -> String {
    let guests: String = guests
        .iter()
        .map(|guest| format!("ATTENDEE;RSVP=TRUE:{guest}\r\n"))
        .collect();
    event(uid, &format!("ORGANIZER:{organizer}\r\n{guests}{lines}"))
}

#[tokio::test]
async fn storing_changing_and_removing_an_event_with_guests_tells_nobody() {
    with_calendar(|c| async move {
        let me = mail(&c.pim).await;
        let other = c.bench.other.clone().map(PimClient::nextcloud);
        let (guest, before) = match &other {
            Some(other) => (mail(other).await, theirs(other).await),
            None => ("mailto:nobody@example.invalid".to_owned(), Vec::new()),
        };
        let uid = uuid::Uuid::new_v4().to_string();
        let guests = [me.as_str(), &guest, "mailto:nobody@example.invalid"];
        let text = with_guests(&uid, &me, &guests, "");
        let stored = c.put("a.ics", &text).await.unwrap();
        assert_eq!(stored.etag, Some(md5(&text)), "it is stored as it is");
        let nextcloud = c.nextcloud();
        let later = Bytes::from(with_guests(&uid, &me, &guests[..2], "SEQUENCE:1\r\n"));
        let stored = nextcloud
            .put_object(&c.planned("a.ics"), &later, stored.etag.as_deref())
            .await
            .unwrap();
        let etag = Some(stored.etag.as_str());
        nextcloud
            .delete_object(&c.planned("a.ics"), etag)
            .await
            .unwrap();
        // What lies in the trash is purged as quietly.
        let trashed: Vec<_> = nextcloud.trashed_objects().try_collect().await.unwrap();
        let gone = trashed.iter().find(|one| one.uid == uid).unwrap();
        c.pim.purge(&gone.path).await.unwrap();
        let accepted = with_guests(&format!("{uid}-2"), &guest, &[], "").replace(
            "SUMMARY",
            &format!("ATTENDEE;PARTSTAT=ACCEPTED:{me}\r\nSUMMARY"),
        );
        c.put("b.ics", &accepted).await.unwrap();
        if let Some(other) = &other {
            assert_eq!(theirs(other).await, before);
        }
    })
    .await;
}

async fn outbox(practice: &Practice) -> Vec<(MailKind, String)> {
    let told = practice.server.control().outbox();
    let told: Vec<(MailKind, String)> = told
        .into_iter()
        .map(|Mail { kind, to, .. }| (kind, to))
        .collect();
    // Scripts see the same.
    let url = practice.server.url().join("practice/outbox").unwrap();
    let seen: serde_json::Value = reqwest::get(url).await.unwrap().json().await.unwrap();
    assert_eq!(seen.as_array().unwrap().len(), told.len());
    told
}

#[tokio::test]
async fn whoever_does_not_ask_for_quiet_mails_every_guest() {
    let practice = Practice::start(|_| {}).await;
    let c: Shelf = practice_shelf(&practice, Kind::Calendar).await;
    let me = mail(&c.pim).await;
    let guests = [
        me.as_str(),
        "mailto:bob@example.org",
        "mailto:x@example.net",
    ];
    let text = with_guests("u", &me, &guests, "");
    let bob = PimClient::nextcloud(c.bench.other.clone().unwrap());
    let before = theirs(&bob).await.len();
    for quiet in [("Schedule-Reply", "F"), ("x-nc-scheduling", "false")] {
        let stored = c.raw("PUT", &c.at("quiet.ics"), &[quiet], &text).await;
        assert_eq!(
            stored.header("etag"),
            Some(format!("\"{}\"", md5(&text)).as_str())
        );
        assert_eq!(
            c.raw("DELETE", &c.at("quiet.ics"), &[quiet], "")
                .await
                .status,
            204
        );
        let trashed = c.pim.trashed(&c.home).await.unwrap();
        for one in trashed.try_collect::<Vec<_>>().await.unwrap() {
            c.pim.purge(&one.path).await.unwrap();
        }
    }
    assert_eq!(outbox(&practice).await, []);
    assert_eq!(theirs(&bob).await.len(), before);

    let stored = c.raw("PUT", &c.at("a.ics"), &[], &text).await;
    assert_eq!(stored.status, 201);
    assert_eq!(
        stored.header("etag"),
        None,
        "what became of the mails was added"
    );
    let both = |kind| {
        [
            (kind, "bob@example.org".to_owned()),
            (kind, "x@example.net".to_owned()),
        ]
    };
    assert_eq!(outbox(&practice).await, both(MailKind::Invitation));
    // One in the box, one in the calendar.
    assert_eq!(theirs(&bob).await.len(), before + 2);
    let refused = c.raw("PUT", &c.at("b.ics"), &[], &text).await;
    assert_eq!(refused.status, 400);
    assert_eq!(outbox(&practice).await.len(), 4, "the mails leave even so");
    assert_eq!(c.raw("DELETE", &c.at("a.ics"), &[], "").await.status, 204);
    assert_eq!(outbox(&practice).await[4..], both(MailKind::Cancellation));
    let over = text
        .replace("DTSTART:2031", "DTSTART:2021")
        .replace("UID:u", "UID:v");
    assert_eq!(c.raw("PUT", &c.at("c.ics"), &[], &over).await.status, 201);
    assert_eq!(
        outbox(&practice).await.len(),
        6,
        "nobody is mailed about what is over"
    );
    practice.server.stop().await;
}

#[tokio::test]
async fn an_alarm_by_mail_is_a_mail_of_later_whatever_the_headers() {
    let practice = Practice::start(|_| {}).await;
    let c = practice_shelf(&practice, Kind::Calendar).await;
    let me = mail(&c.pim).await;
    let alarm = |action: &str| {
        format!(
            "BEGIN:VALARM\r\nACTION:{action}\r\nTRIGGER:-P1D\r\nDESCRIPTION:x\r\nSUMMARY:x\r\nATTENDEE:mailto:y@example.net\r\nEND:VALARM\r\n"
        )
    };
    let text = |action: &str| with_guests("u", &me, &["mailto:x@example.net"], &alarm(action));
    c.put("a.ics", &text("EMAIL")).await.unwrap();
    let later = practice.server.control().outbox();
    assert_eq!(later.len(), 2, "{later:?}");
    assert!(
        later
            .iter()
            .all(|mail| mail.kind == MailKind::Alarm && mail.due.is_some())
    );
    let shown = Bytes::from(text("DISPLAY"));
    let nextcloud = c.nextcloud();
    nextcloud
        .put_object(&c.planned("a.ics"), &shown, Some(&md5(&text("EMAIL"))))
        .await
        .unwrap();
    assert_eq!(practice.server.control().outbox(), []);
    practice.server.stop().await;
}
