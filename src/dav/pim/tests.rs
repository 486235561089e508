use proptest::prelude::*;
use tokio_util::io::StreamReader;

use super::super::multistatus::{Answer, Multistatus, Record};
use super::collections::{address_book, calendar};
use super::record::{CollectionRecord, ObjectRecord};
use super::*;

const HEAD: &str = r#"<?xml version="1.0"?><d:multistatus xmlns:d="DAV:" xmlns:s="http://sabredav.org/ns" xmlns:cal="urn:ietf:params:xml:ns:caldav" xmlns:cs="http://calendarserver.org/ns/" xmlns:card="urn:ietf:params:xml:ns:carddav" xmlns:oc="http://owncloud.org/ns" xmlns:nc="http://nextcloud.org/ns">"#;

/// As Nextcloud 34.0.1 answers.
fn response(uri: &str, props: &str, missing: &str) -> String {
    format!(
        "<d:response><d:href>/remote.php/dav/calendars/alice/{uri}/</d:href><d:propstat><d:prop>{props}</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat><d:propstat><d:prop>{missing}</d:prop><d:status>HTTP/1.1 404 Not Found</d:status></d:propstat></d:response>"
    )
}

fn reader<T: Record>(
    bytes: Vec<u8>,
    piece: usize,
) -> Multistatus<impl tokio::io::AsyncBufRead + Unpin + Send, T> {
    let pieces: Vec<std::io::Result<Bytes>> = bytes
        .chunks(piece)
        .map(|piece| Ok(Bytes::copy_from_slice(piece)))
        .collect();
    Multistatus::new(StreamReader::new(futures::stream::iter(pieces)))
}

async fn all<T: Record>(text: &str) -> Vec<Answer<T>> {
    let mut found = Vec::new();
    let mut answers = reader::<T>(text.as_bytes().to_vec(), 7);
    while let Some(answer) = answers.next().await.unwrap() {
        found.push(answer);
    }
    found
}

async fn calendars(responses: &str) -> Vec<Calendar> {
    let answers = all::<CollectionRecord>(&format!("{HEAD}{responses}</d:multistatus>")).await;
    answers
        .into_iter()
        .filter_map(|answer| calendar(answer.entry, "calendars/alice"))
        .collect()
}

const CALENDAR: &str = "<d:resourcetype><d:collection/><cal:calendar/></d:resourcetype>";
const ALICE: &str = "<d:owner><d:href>/remote.php/dav/principals/users/alice/</d:href></d:owner>";

#[tokio::test]
async fn every_property_of_a_calendar_is_read() {
    let props = format!(
        r#"{CALENDAR}<d:displayname>Été &amp; hiver</d:displayname>{ALICE}<d:current-user-privilege-set><d:privilege><d:read/></d:privilege><d:privilege><d:write/></d:privilege></d:current-user-privilege-set><d:sync-token>http://sabre.io/ns/sync/2</d:sync-token><cal:supported-calendar-component-set><cal:comp name="VEVENT"/><cal:comp name="VTODO"></cal:comp><cal:comp name="VOTHER"/></cal:supported-calendar-component-set><cal:schedule-calendar-transp><cal:transparent/></cal:schedule-calendar-transp><x1:calendar-color xmlns:x1="http://apple.com/ns/ical/">#00679e</x1:calendar-color><x1:calendar-order xmlns:x1="http://apple.com/ns/ical/">3</x1:calendar-order><cal:calendar-timezone>BEGIN:VCALENDAR&#13;
END:VCALENDAR&#13;
</cal:calendar-timezone><cs:getctag>http://sabre.io/ns/sync/2</cs:getctag><oc:owner-principal>principals/users/alice</oc:owner-principal><oc:calendar-enabled>0</oc:calendar-enabled>"#
    );
    let missing = r#"<cal:calendar-description/><cs:source/><oc:read-only/><x2:deleted-at xmlns:x2="http://nextcloud.com/ns"/>"#;
    let found = calendars(&response("personal", &props, missing)).await;
    let wanted = Calendar {
        path: "calendars/alice/personal".into(),
        name: Some("Été & hiver".into()),
        colour: Some("#00679e".into()),
        order: Some(3),
        description: None,
        components: Components {
            events: true,
            tasks: true,
            journals: false,
        },
        time_zone: Some("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n".into()),
        access: Access::Own,
        writable: true,
        enabled: Some(false),
        transparent: true,
        ctag: Some("http://sabre.io/ns/sync/2".into()),
        sync_token: Some("http://sabre.io/ns/sync/2".into()),
    };
    assert_eq!(found, [wanted]);
}

#[tokio::test]
async fn whose_a_calendar_is() {
    let owner =
        |id: &str| format!("<oc:owner-principal>principals/users/{id}</oc:owner-principal>");
    let bob = owner("bob");
    let named =
        r#"<x:owner-displayname xmlns:x="http://nextcloud.com/ns">Bob B.</x:owner-displayname>"#;
    let trashed = r#"<d:resourcetype><d:collection/><x:deleted-calendar xmlns:x="http://nextcloud.com/ns"/></d:resourcetype>"#;
    let subscribed = "<d:resourcetype><d:collection/><cs:subscribed/></d:resourcetype><cs:source><d:href>https://x.example/a.ics</d:href></cs:source>";
    let shared = |owner: &str, writable| Access::Shared {
        owner: owner.into(),
        writable,
    };
    for (uri, props, wanted) in [
        ("a", format!("{CALENDAR}{ALICE}"), Some(Access::Own)),
        ("a", CALENDAR.to_owned(), Some(Access::Own)),
        (
            "a",
            format!("{CALENDAR}{ALICE}{bob}{named}<oc:read-only>1</oc:read-only>"),
            Some(shared("Bob B.", false)),
        ),
        (
            "a",
            format!("{CALENDAR}{bob}<oc:read-only></oc:read-only>"),
            Some(shared("bob", true)),
        ),
        ("a", trashed.to_owned(), Some(Access::Deleted)),
        (
            "a",
            subscribed.to_owned(),
            Some(Access::Subscribed {
                url: "https://x.example/a.ics".into(),
            }),
        ),
        (
            "contact_birthdays",
            format!("{CALENDAR}{ALICE}"),
            Some(Access::System(System::Birthdays)),
        ),
        (
            "app-generated--deck--board-1",
            CALENDAR.to_owned(),
            Some(Access::System(System::App)),
        ),
        (
            "inbox",
            "<d:resourcetype><d:collection/><cal:schedule-inbox/></d:resourcetype>".to_owned(),
            Some(Access::System(System::Inbox)),
        ),
        (
            "a",
            "<d:resourcetype><d:collection/></d:resourcetype>".to_owned(),
            None,
        ),
    ] {
        let found = calendars(&response(uri, &props, "")).await;
        let access = found.into_iter().next().map(|one| one.access);
        assert_eq!(access, wanted, "{props}");
    }
}

#[tokio::test]
async fn an_object_comes_with_its_carriage_returns() {
    let text = format!(
        "{HEAD}<d:response><d:href>/remote.php/dav/addressbooks/users/alice/contacts/a%20b.vcf</d:href><d:propstat><d:prop><d:getetag>&quot;tag&quot;</d:getetag><card:address-data>BEGIN:VCARD&#13;\nNOTE:a&amp;b&lt;c&#13;\nEND:VCARD&#13;\n</card:address-data></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response></d:multistatus>"
    );
    let found = all::<ObjectRecord>(&text).await;
    let [Answer { entry, .. }] = &found[..] else {
        panic!("{found:?}");
    };
    assert_eq!(entry.path, "addressbooks/users/alice/contacts/a b.vcf");
    assert_eq!(entry.etag.as_deref(), Some("tag"));
    assert_eq!(
        entry.data.as_deref(),
        Some("BEGIN:VCARD\r\nNOTE:a&b<c\r\nEND:VCARD\r\n")
    );
}

#[tokio::test]
async fn elements_within_elements_have_an_end() {
    let deep = "<a>".repeat(100_000);
    let text = format!("{HEAD}<d:response>{deep}");
    let mut answers = reader::<ObjectRecord>(text.into_bytes(), 4096);
    assert!(answers.next().await.is_err());
    assert!(matches!(answers.next().await, Ok(None)));
}

#[tokio::test]
async fn the_token_stands_behind_the_changes() {
    let text = format!(
        "{HEAD}\n <d:response>\n  <d:href>/remote.php/dav/calendars/a/b/c</d:href>\n  <d:status>HTTP/1.1 404 Not Found</d:status>\n </d:response>\n <d:sync-token>http://sabre.io/ns/sync/19</d:sync-token>\n</d:multistatus>"
    );
    let mut answers = reader::<ObjectRecord>(text.into_bytes(), 10);
    let gone = answers.next().await.unwrap().unwrap();
    assert_eq!(
        (gone.status, gone.entry.path.as_str()),
        (Some(404), "calendars/a/b/c")
    );
    assert!(answers.next().await.unwrap().is_none());
    assert_eq!(answers.sync_token(), Some("http://sabre.io/ns/sync/19"));
}

/// Reads to the end, whatever comes.
async fn read_all<T: Record>(bytes: Vec<u8>, piece: usize, each: impl Fn(T)) {
    let mut answers = reader::<T>(bytes, piece);
    while let Ok(Some(answer)) = answers.next().await {
        each(answer.entry);
    }
}

proptest! {
    #[test]
    fn no_answer_makes_it_panic(
        bytes in proptest::collection::vec(any::<u8>(), 0..400),
        at in 0_usize..2000,
        piece in 1_usize..64,
    ) {
        let good = format!(
            "{HEAD}{}</d:multistatus>",
            response("x", &format!("{CALENDAR}{ALICE}<cal:comp name=\"VEVENT\"/>"), "")
        );
        let mut spoiled = good.into_bytes();
        let at = at.min(spoiled.len());
        spoiled.splice(at..at, bytes.iter().copied());
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            for bytes in [bytes, spoiled] {
                read_all::<CollectionRecord>(bytes.clone(), piece, |record| {
                    let _ = calendar(record, "calendars/alice");
                })
                .await;
                read_all::<CollectionRecord>(bytes.clone(), piece, |record| {
                    let _ = address_book(record, "x");
                })
                .await;
                let _ = uid_of(&bytes);
                read_all::<ObjectRecord>(bytes, piece, drop).await;
            }
        });
    }
}
