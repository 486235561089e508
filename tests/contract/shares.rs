use futures::TryStreamExt as _;
use transhumance::dav::pim::{Access, Kind, Object, PimClient, PimError};

use crate::pim::{Shelf, calendar, event, with_calendar};
use crate::server::answer;

const ALARM: &str =
    "BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT15M\r\nDESCRIPTION:x\r\nEND:VALARM\r\n";

/// What somebody else shares, under the name that the account sees it by.
struct Received {
    theirs: PimClient,
    path: String,
    seen: String,
}

async fn receive(c: &Shelf, writable: bool) -> Option<Received> {
    let other = c.bench.other.clone()?;
    let theirs = PimClient::nextcloud(other);
    let id = theirs.dav().account().await.unwrap().id;
    let uri = format!("shared-{}", uuid::Uuid::new_v4().simple());
    let path = format!("calendars/{id}/{uri}");
    theirs
        .make_calendar(&path, &calendar("Marché"))
        .await
        .unwrap();
    let write = if writable { "<o:read-write/>" } else { "" };
    let body = format!(
        "<o:share xmlns:o=\"http://owncloud.org/ns\" xmlns:d=\"DAV:\"><o:set><d:href>principal:principals/users/{}</d:href>{write}</o:set></o:share>",
        c.bench.user_id
    );
    let place = theirs.place(&path).unwrap();
    let request = theirs
        .dav()
        .request(transhumance::dav::Lane::Api, http::Method::POST, &place)
        .await
        .unwrap()
        .header("Content-Type", "application/xml")
        .body(body);
    assert_eq!(answer(request).await.status, 200);
    let seen = format!("{}/{uri}_shared_by_{id}", c.home);
    Some(Received { theirs, path, seen })
}

impl Received {
    async fn put(&self, name: &str, text: &str) {
        use transhumance::dav::pim::Condition;
        let path = format!("{}/{name}", self.path);
        let text = text.to_owned().into();
        self.theirs
            .put(Kind::Calendar, &path, text, Condition::New)
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn what_others_share_to_be_read_hides_and_alters_things() {
    with_calendar(|c| async move {
        let Some(received) = receive(&c, false).await else {
            return;
        };
        received.put("plain.ics", &event("plain", "")).await;
        received.put("alarm.ics", &event("alarm", ALARM)).await;
        received
            .put("private.ics", &event("private", "CLASS:PRIVATE\r\n"))
            .await;
        received
            .put(
                "secret.ics",
                &event("secret", "CLASS:CONFIDENTIAL\r\nDESCRIPTION:secret\r\n"),
            )
            .await;
        let all = c.pim.calendars(&c.home).await.unwrap();
        let objects = c.pim.query(Kind::Calendar, &received.seen).await.unwrap();
        let mut objects: Vec<Object> = objects.try_collect().await.unwrap();
        let sent = event("mine", "").into();
        let new = transhumance::dav::pim::Condition::New;
        let path = format!("{}/x.ics", received.seen);
        let put = c.pim.put(Kind::Calendar, &path, sent, new).await;
        let plain = format!("{}/plain.ics", received.seen);
        let delete = c.raw("DELETE", &plain, &[], "").await;
        received.theirs.purge(&received.path).await.unwrap();

        let seen = all.iter().find(|one| one.path == received.seen).unwrap();
        let Access::Shared { owner, writable } = &seen.access else {
            panic!("{seen:?}");
        };
        assert!(!owner.is_empty() && !writable && !seen.writable);
        assert!(seen.name.as_deref().unwrap().starts_with("Marché ("));
        objects.sort_by(|a, b| a.path.cmp(&b.path));
        let [alarm, plain, secret] = &objects[..] else {
            panic!("{objects:?}");
        };
        assert!(plain.exact, "what is not altered is exact: {plain:?}");
        assert!(!alarm.exact && !secret.exact);
        let text = |object: &Object| String::from_utf8(object.text.to_vec()).unwrap();
        assert!(!text(alarm).contains("VALARM"));
        assert!(text(secret).contains("SUMMARY:Busy"));
        assert!(!text(secret).contains("DESCRIPTION"));
        assert!(put.is_err(), "{put:?}");
        assert_eq!(delete.status, 404, "as if it were not there");
    })
    .await;
}

#[tokio::test]
async fn what_others_share_to_be_written_takes_events() {
    with_calendar(|c| async move {
        let Some(received) = receive(&c, true).await else {
            return;
        };
        received.put("alarm.ics", &event("alarm", ALARM)).await;
        let all = c.pim.calendars(&c.home).await.unwrap();
        let sent = event("mine", "").into();
        let new = transhumance::dav::pim::Condition::New;
        let path = format!("{}/x.ics", received.seen);
        let put = c.pim.put(Kind::Calendar, &path, sent, new).await;
        let alarm = format!("{}/alarm.ics", received.seen);
        let alarm = c.pim.get(Kind::Calendar, &alarm).await.unwrap().unwrap();
        // One's own look at it goes, not the calendar.
        c.pim.delete(&received.seen, None).await.unwrap();
        let left = c.pim.calendars(&c.home).await.unwrap();
        let still = received.theirs.list(Kind::Calendar, &received.path).await;
        let still: Result<Vec<_>, PimError> = still.unwrap().try_collect().await;
        received.theirs.purge(&received.path).await.unwrap();

        let seen = all.iter().find(|one| one.path == received.seen).unwrap();
        assert!(matches!(seen.access, Access::Shared { writable: true, .. }));
        assert!(seen.writable);
        put.unwrap();
        assert!(String::from_utf8_lossy(&alarm.text).contains("VALARM"));
        assert!(left.iter().all(|one| one.path != received.seen));
        assert_eq!(still.unwrap().len(), 2);
    })
    .await;
}
