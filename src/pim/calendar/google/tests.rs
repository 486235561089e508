use serde_json::json;

use super::*;
use crate::pim::Defect;
use crate::pim::calendar::{info, occurrences, prepare};
use crate::pim::meaning::{Format, differences};

const TEN_MINUTES: [Reminder; 2] = [
    Reminder {
        minutes_before: 10,
        by_mail: false,
    },
    Reminder {
        minutes_before: 0,
        by_mail: true,
    },
];

fn object(lines: &str) -> String {
    format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Google Inc//Google Calendar 70.9054//EN\r\n{lines}END:VCALENDAR\r\n"
    )
}

fn event(lines: &str) -> String {
    format!(
        "BEGIN:VEVENT\r\nDTSTART:20240301T170000Z\r\nDTSTAMP:20240101T000000Z\r\nUID:a@google.com\r\n{lines}END:VEVENT\r\n"
    )
}

fn unfolded(text: &[u8]) -> String {
    String::from_utf8(text.to_vec())
        .unwrap()
        .replace("\r\n ", "")
}

fn rich() -> Value {
    json!({
        "id": "a", "iCalUID": "a@google.com", "status": "confirmed", "summary": "Conseil, élargi", "description": "<b>Ordre</b> du jour",
        "colorId": "11", "eventType": "focusTime", "focusTimeProperties": {"chatStatus": "doNotDisturb"},
        "attachments": [{"fileId": "1", "fileUrl": "https://drive.google.com/open?id=1", "title": "Ordre du jour, v2", "mimeType": "application/pdf"},
                        {"fileUrl": "https://drive.google.com/open?id=2", "title": "Autre"}],
        "hangoutLink": "https://meet.google.com/abc",
        "conferenceData": {"entryPoints": [{"entryPointType": "video", "uri": "https://meet.google.com/abc", "label": "meet.google.com/abc"},
            {"entryPointType": "phone", "uri": "tel:+33-1", "pin": "123"}, {"entryPointType": "more", "uri": "https://tel.meet/abc"}], "conferenceId": "abc"},
        "extendedProperties": {"private": {"k;1": "v"}, "shared": {"s": "t"}},
        "guestsCanModify": true, "guestsCanInviteOthers": true, "source": {"url": "https://source", "title": "Page"},
        "creator": {"email": "c@x"}, "organizer": {"email": "o@x"},
        "reminders": {"useDefault": true}
    })
}

#[test]
fn adds_what_the_api_knows_and_changes_nothing_else() {
    let before = object(&event(
        "SUMMARY:Conseil\\, élargi\r\nATTACH:https://drive.google.com/open?id=1\r\nX-GOOGLE-CONFERENCE:https://meet.google.com/abc\r\n",
    ));
    let done = enrich(before.as_bytes(), &[rich()], &TEN_MINUTES).unwrap();
    let text = unfolded(&done.text);
    for line in [
        "ATTACH;FILENAME=\"Ordre du jour, v2\";FMTTYPE=application/pdf:https://drive.google.com/open?id=1",
        "ATTACH;FILENAME=Autre:https://drive.google.com/open?id=2",
        "CONFERENCE;VALUE=URI;FEATURE=AUDIO,VIDEO;LABEL=meet.google.com/abc:https://meet.google.com/abc",
        "CONFERENCE;VALUE=URI;FEATURE=AUDIO,PHONE:tel:+33-1",
        "COLOR:crimson",
        "X-GOOGLE-COLOR-ID:11",
        "X-GOOGLE-EVENT-TYPE:focusTime",
        "X-GOOGLE-FOCUS-TIME-PROPERTIES:{\"chatStatus\":\"doNotDisturb\"}",
        "X-ALT-DESC;FMTTYPE=text/html:<b>Ordre</b> du jour",
        "X-GOOGLE-PRIVATE-PROPERTY;X-KEY=\"k;1\":v",
        "X-GOOGLE-SHARED-PROPERTY;X-KEY=s:t",
        "X-GOOGLE-GUESTS-CAN-MODIFY:TRUE",
        "URL:https://source",
        "X-GOOGLE-SOURCE-TITLE:Page",
        "X-GOOGLE-CREATOR:mailto:c@x",
        "BEGIN:VALARM\r\nACTION:DISPLAY\r\nDESCRIPTION:Conseil\\, élargi\r\nTRIGGER:-PT10M\r\nX-DEFAULT-ALARM:TRUE\r\nEND:VALARM",
        "BEGIN:VALARM\r\nACTION:EMAIL\r\nDESCRIPTION:Conseil\\, élargi\r\nSUMMARY:Conseil\\, élargi\r\nTRIGGER:PT0S\r\nX-DEFAULT-ALARM:TRUE\r\nEND:VALARM",
    ] {
        assert!(text.contains(&format!("{line}\r\n")), "{line}\nin {text}");
    }
    assert!(text.contains("X-GOOGLE-CONFDATA:") && text.contains("\"pin\":\"123\""));
    assert_eq!(text.matches("X-GOOGLE-CONFERENCE").count(), 1);
    assert!(!text.contains("GUESTS-CAN-INVITE"));
    // Everything that was said is said still.
    let missing: Vec<_> = differences(Format::Calendar, before.as_bytes(), &done.text)
        .into_iter()
        .filter(|one| !one.sent.is_empty() && !one.property.ends_with("ATTACH"))
        .collect();
    assert_eq!(missing, []);
    // A second time, there is nothing to add.
    let again = enrich(&done.text, &[rich()], &TEN_MINUTES).unwrap();
    assert_eq!((again.text, again.added), (done.text.clone(), 0));
    let prepared = prepare(&done.text).unwrap();
    assert_eq!(prepared.changes, [Change::MailAlarm]);
}

#[test]
fn what_an_object_says_already_is_right() {
    let before = object(&event(
        "COLOR:red\r\nURL:https://own\r\nBEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT5M\r\nEND:VALARM\r\n",
    ));
    let done = enrich(before.as_bytes(), &[rich()], &TEN_MINUTES).unwrap();
    let text = unfolded(&done.text);
    assert!(
        !text.contains("crimson")
            && !text.contains("https://source")
            && text.matches("BEGIN:VALARM").count() == 1
    );
    for events in [&[][..], &[json!({"id": "x", "recurringEventId": "y"})]] {
        let same = enrich(before.as_bytes(), events, &TEN_MINUTES).unwrap();
        assert_eq!((same.text, same.added), (before.clone().into_bytes(), 0));
    }
    assert!(enrich(b"broken", &[], &[]).is_err());
}

#[test]
fn exceptions_are_found_by_their_time() {
    let series = event("RRULE:FREQ=WEEKLY\r\n");
    let exception = event("RECURRENCE-ID;TZID=Europe/Paris:20240308T180000\r\n");
    let day = event("RECURRENCE-ID;VALUE=DATE:20240315\r\n")
        .replace("DTSTART:20240301T170000Z", "DTSTART;VALUE=DATE:20240315");
    let before = object(&format!("{series}{exception}{day}"));
    let events = [
        json!({"id": "a", "iCalUID": "a@google.com", "reminders": {"useDefault": false}}),
        json!({"id": "a_1", "recurringEventId": "a", "colorId": "2", "originalStartTime": {"dateTime": "2024-03-08T12:00:00-05:00", "timeZone": "America/New_York"}, "reminders": {"overrides": [{"method": "popup", "minutes": 30}]}}),
        json!({"id": "a_2", "recurringEventId": "a", "colorId": "3", "originalStartTime": {"date": "2024-03-15"}, "reminders": {"useDefault": true}}),
    ];
    let done = enrich(before.as_bytes(), &events, &TEN_MINUTES).unwrap();
    let text = unfolded(&done.text);
    let parts: Vec<&str> = text.split("BEGIN:VEVENT").collect();
    assert!(!parts[1].contains("COLOR") && !parts[1].contains("VALARM"));
    assert!(parts[2].contains("COLOR:mediumseagreen") && parts[2].contains("TRIGGER:-PT30M"));
    // What Google reminds of whole days by is nowhere told.
    assert!(parts[3].contains("COLOR:darkorchid") && !parts[3].contains("VALARM"));
}

#[test]
fn an_event_of_json_alone() {
    let events = [
        json!({
            "id": "a", "iCalUID": "a@google.com", "status": "tentative", "created": "2023-01-01T10:00:00.000Z", "updated": "2024-02-01T10:00:00.123Z",
            "summary": "Distribution", "location": "Salle; 1", "description": "Un\nDeux",
            "start": {"dateTime": "2024-03-06T18:00:00+01:00", "timeZone": "Europe/Paris"}, "end": {"dateTime": "2024-03-06T19:30:00+01:00", "timeZone": "Europe/Paris"},
            "recurrence": ["EXDATE;TZID=Europe/Paris:20240313T180000", "RRULE:FREQ=WEEKLY;BYDAY=WE", "ODD"],
            "transparency": "transparent", "visibility": "private", "sequence": 3, "somethingNew": [1],
            "organizer": {"email": "o@x", "displayName": "Org; a"},
            "attendees": [{"email": "l@x", "displayName": "Léa", "responseStatus": "accepted", "comment": "oui: \"bien\"", "additionalGuests": 2, "optional": true},
                {"email": "room@x", "resource": true}, {"displayName": "Sans adresse"}],
            "reminders": {"useDefault": true}
        }),
        json!({"id": "a_1", "recurringEventId": "a", "iCalUID": "a@google.com", "status": "cancelled", "originalStartTime": {"dateTime": "2024-03-20T18:00:00+01:00", "timeZone": "Europe/Paris"}}),
        json!({"id": "a_2", "recurringEventId": "a", "iCalUID": "a@google.com", "summary": "Plus tard", "originalStartTime": {"dateTime": "2024-04-03T18:00:00+02:00"},
            "start": {"dateTime": "2024-04-03T20:00:00+02:00", "timeZone": "Europe/Paris"}, "end": {"dateTime": "2024-04-03T21:00:00+02:00", "timeZone": "Europe/Paris"}}),
    ];
    let made = from_events(&events, &TEN_MINUTES[..1]).unwrap();
    let text = unfolded(&made.text);
    for line in [
        "UID:a@google.com",
        "DTSTAMP:20240201T100000Z",
        "CREATED:20230101T100000Z",
        "DTSTART;TZID=Europe/Paris:20240306T180000",
        "DTEND;TZID=Europe/Paris:20240306T193000",
        "RRULE:FREQ=WEEKLY;BYDAY=WE",
        "EXDATE;TZID=Europe/Paris:20240313T180000",
        "EXDATE;TZID=Europe/Paris:20240320T180000",
        "RECURRENCE-ID;TZID=Europe/Paris:20240403T180000",
        "STATUS:TENTATIVE",
        "TRANSP:TRANSPARENT",
        "CLASS:PRIVATE",
        "SEQUENCE:3",
        "LOCATION:Salle\\; 1",
        "ORGANIZER;CN=\"Org; a\":mailto:o@x",
        "X-GOOGLE-RECURRENCE:ODD",
        "X-GOOGLE-SOMETHING-NEW:[1]",
        "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=OPT-PARTICIPANT;PARTSTAT=ACCEPTED;CN=Léa;X-NUM-GUESTS=2;X-RESPONSE-COMMENT=\"oui: ^'bien^'\":mailto:l@x",
        "ATTENDEE;CUTYPE=RESOURCE;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;X-NUM-GUESTS=0:mailto:room@x",
        "TRIGGER:-PT10M",
        "TZID:Europe/Paris",
    ] {
        assert!(text.contains(&format!("{line}\r\n")), "{line}\nin {text}");
    }
    assert_eq!(
        made.extended,
        [
            "X-GOOGLE-ATTENDEE",
            "X-GOOGLE-RECURRENCE",
            "X-GOOGLE-SOMETHING-NEW"
        ]
    );
    assert_eq!(prepare(&made.text).unwrap().changes, []);
    assert_eq!(info(&made.text).exceptions, 1);
    let paris = crate::pim::zones::time_zone("Europe/Paris").unwrap();
    let found = occurrences(
        &made.text,
        "2024-03-01T00:00:00Z".parse().unwrap(),
        "2024-04-11T00:00:00Z".parse().unwrap(),
        &paris,
    )
    .unwrap();
    let starts: Vec<String> = found
        .iter()
        .map(|one| paris.to_datetime(one.start).to_string())
        .collect();
    assert_eq!(
        starts,
        [
            "2024-03-06T18:00:00",
            "2024-03-27T18:00:00",
            "2024-04-03T20:00:00",
            "2024-04-10T18:00:00"
        ]
    );
}

#[test]
fn events_of_days_and_events_that_say_little() {
    let made = from_events(
        &[json!({"id": "b", "start": {"date": "2024-03-01"}, "end": {"date": "2024-03-02"}})],
        &TEN_MINUTES,
    )
    .unwrap();
    let text = unfolded(&made.text);
    assert!(
        text.contains("UID:b@google.com\r\n")
            && text.contains("DTSTART;VALUE=DATE:20240301\r\n")
            && !text.contains("VTIMEZONE")
    );
    assert_eq!(prepare(&made.text).unwrap().changes, []);
    assert_eq!(from_events(&[], &[]).unwrap_err().reason, Defect::Component);
    assert_eq!(
        from_events(&[json!({"id": "b", "start": {"date": "soon"}})], &[])
            .unwrap_err()
            .reason,
        Defect::Start
    );
    assert_eq!(
        from_events(&[json!(3)], &[]).unwrap_err().reason,
        Defect::Start
    );
}
