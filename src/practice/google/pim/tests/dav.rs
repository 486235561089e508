use super::*;
use crate::practice::google::Status;

/// A request of WebDAV.
async fn dav(asking: &Asking, method: &str, path: &str, body: &str) -> (u16, String) {
    let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
    let request = asking
        .client
        .request(method, asking.url(path))
        .header("Depth", "1");
    let answer = request
        .bearer_auth(&asking.token)
        .body(body.to_owned())
        .send()
        .await
        .unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

fn of(calendar: &str) -> String {
    let id = percent_encoding::utf8_percent_encode(calendar, percent_encoding::NON_ALPHANUMERIC);
    format!("caldav/v2/{id}/events")
}

/// Content lines, unfolded.
fn lines(text: &str) -> Vec<String> {
    let unfolded = text.replace("\r\n ", "");
    unfolded.split("\r\n").map(str::to_owned).collect()
}

#[tokio::test]
async fn a_plain_get_is_the_whole_calendar() {
    let asking = asking(500, 0).await;
    let control = asking.server.control();
    for calendar in control.calendars() {
        let (status, text) = dav(&asking, "GET", &of(&calendar.id), "").await;
        if calendar.deleted || calendar.role == crate::practice::google::Role::FreeBusyReader {
            assert!(matches!(status, 403 | 404), "{}", calendar.summary);
            assert!(text.contains("<D:error xmlns:D=\"DAV:\"/>"), "{text}");
            continue;
        }
        assert_eq!(status, 200);
        assert!(text.split("\r\n").all(|line| line.len() <= 75));
        let lines = lines(&text);
        assert_eq!(
            lines[1],
            "PRODID:-//Google Inc//Google Calendar 70.9054//EN"
        );
        assert_eq!(lines.last().map(String::as_str), Some(""));
        let count = |line: &str| lines.iter().filter(|one| *one == line).count();
        assert_eq!((count("BEGIN:VCALENDAR"), count("END:VCALENDAR")), (1, 1));
        let expected: usize = control
            .series(&calendar.id)
            .iter()
            .filter(|series| !matches!(series.events[0].kind, EventKind::WorkingLocation(_)))
            .map(|series| {
                series
                    .events
                    .iter()
                    .filter(|event| event.status != Status::Cancelled)
                    .count()
            })
            .sum();
        assert_eq!(count("BEGIN:VEVENT"), expected, "{}", calendar.summary);
        // Every zone that is named is there.
        let zones: Vec<&str> = lines
            .iter()
            .filter_map(|line| line.strip_prefix("TZID:"))
            .collect();
        for line in &lines {
            if let Some((_, rest)) = line.split_once(";TZID=") {
                let zone = rest.split([':', ';']).next().unwrap();
                assert!(zones.contains(&zone), "{line}");
            }
        }
    }
    let own = control.calendars()[0].id.clone();
    let (_, text) = dav(&asking, "GET", &of(&own), "").await;
    let lines = lines(&text);
    let has = |line: &str| assert!(lines.iter().any(|one| one == line), "{line}");
    has("DTSTART:20260314T133000Z");
    has("X-GOOGLE-CONFERENCE:https://meet.google.com/cnb-leuc-ard");
    has("SUMMARY:Réunion \\; bureau\\, CA \\\\ \"élargi\" : 🦆\u{200d}💙 <b>urgent</b> & co");
    has("TRIGGER:-P28DT0H0M0S");
    has("RECURRENCE-ID;TZID=Europe/Paris:20260219T183000");
    assert!(!text.contains("Domicile"), "where somebody works");
}

#[tokio::test]
async fn clients_find_their_way() {
    let asking = asking(30, 0).await;
    let (status, text) = dav(&asking, "PROPFIND", "caldav/v2/", "<d:propfind xmlns:d=\"DAV:\"><d:prop><d:current-user-principal/><d:nonsense/></d:prop></d:propfind>").await;
    assert_eq!(status, 207);
    assert!(
        text.contains("<D:href>/caldav/v2/camille%40canard-bleu.example/user</D:href>"),
        "{text}"
    );
    assert!(text.contains("404 Not Found"), "{text}");
    let home = "caldav/v2/camille%40canard-bleu.example/";
    let (_, text) = dav(&asking, "PROPFIND", home, "").await;
    assert_eq!(
        text.matches("<caldav:calendar/>").count(),
        4,
        "own ones that are not hidden: {text}"
    );
    let events = format!("{home}events/");
    let ask = "<d:propfind xmlns:d=\"DAV:\"><d:prop><d:getetag/><d:getcontenttype/></d:prop></d:propfind>";
    let (_, text) = dav(&asking, "PROPFIND", &events, ask).await;
    let hrefs: Vec<&str> = text
        .split("<D:href>")
        .filter_map(|part| part.split_once("</D:href>").map(|(href, _)| href))
        .filter(|href| href.ends_with(".ics"))
        .collect();
    assert!(hrefs.len() > 40, "{}", hrefs.len());
    let wanted: String = hrefs
        .iter()
        .take(3)
        .map(|href| format!("<d:href>{href}</d:href>"))
        .collect();
    let ask = format!(
        "<c:calendar-multiget xmlns:d=\"DAV:\" xmlns:c=\"urn:ietf:params:xml:ns:caldav\"><d:prop><d:getetag/><c:calendar-data/></d:prop>{wanted}<d:href>/caldav/v2/x/events/nobody.ics</d:href></c:calendar-multiget>"
    );
    let (status, text) = dav(&asking, "REPORT", &events, &ask).await;
    assert_eq!(
        (status, text.matches("BEGIN:VCALENDAR").count()),
        (207, 3),
        "{text}"
    );
    assert!(
        text.contains(
            "nobody.ics</D:href><D:status>HTTP/1.1 404 Not Found</D:status></D:response>"
        )
    );
    let (status, text) = dav(&asking, "GET", hrefs[0].trim_start_matches('/'), "").await;
    assert_eq!((status, text.matches("BEGIN:VCALENDAR").count()), (200, 1));
    let ask = "<c:calendar-query xmlns:d=\"DAV:\" xmlns:c=\"urn:ietf:params:xml:ns:caldav\"><d:prop><d:getetag/></d:prop><c:filter><c:comp-filter name=\"VCALENDAR\"><c:comp-filter name=\"VEVENT\"><c:time-range start=\"20260314T000000Z\" end=\"20260315T000000Z\"/></c:comp-filter></c:comp-filter></c:filter></c:calendar-query>";
    let (_, text) = dav(&asking, "REPORT", &events, ask).await;
    assert_eq!(text.matches("getetag").count() / 2, 1, "{text}");
    let (status, _) = dav(&asking, "PUT", &format!("{events}x.ics"), "x").await;
    assert_eq!(status, 403);
    let (status, _) = dav(&asking, "MKCALENDAR", home, "").await;
    assert_eq!(status, 405);
}

#[tokio::test]
async fn a_synchronisation_tells_what_changed() {
    let asking = asking(30, 0).await;
    let control = asking.server.control();
    let calendar = control.calendar("Distributions").unwrap().id;
    let ask = |token: &str| {
        format!(
            "<d:sync-collection xmlns:d=\"DAV:\"><d:sync-token>{token}</d:sync-token><d:sync-level>1</d:sync-level><d:prop><d:getetag/></d:prop></d:sync-collection>"
        )
    };
    let (_, text) = dav(&asking, "REPORT", &of(&calendar), &ask("")).await;
    let token = text
        .split("<D:sync-token>")
        .nth(1)
        .unwrap()
        .split('<')
        .next()
        .unwrap()
        .to_owned();
    let single = control.named(&calendar, "Inventaire du local").unwrap();
    control.delete_event(&calendar, single.id());
    let (_, text) = dav(&asking, "REPORT", &of(&calendar), &ask(&token)).await;
    assert_eq!(text.matches("<D:response>").count(), 1);
    assert!(text.contains("HTTP/1.1 404 Not Found"));
    let (status, _) = dav(&asking, "REPORT", &of(&calendar), &ask("nonsense")).await;
    assert_eq!(status, 403);
}

#[tokio::test]
async fn errors_are_xml() {
    let asking = asking(0, 0).await;
    let path = of("camille@canard-bleu.example");
    let control = asking.server.control();
    control.set_service_enabled(Service::CalDav, false);
    let answer = asking
        .client
        .get(asking.url(&path))
        .bearer_auth(&asking.token)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 403);
    assert_eq!(
        answer.headers()["content-type"],
        "application/vnd.google.gdata.error+xml; charset=UTF-8"
    );
    let text = answer.text().await.unwrap();
    assert!(text.contains("<code>accessNotConfigured</code>"), "{text}");
    control.set_service_enabled(Service::CalDav, true);
    let answer = asking
        .client
        .get(asking.url(&path))
        .basic_auth("camille", Some("x"))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 401);
    assert!(!answer.headers().contains_key("www-authenticate"));
}
