use jiff::civil::date;
use jiff::tz::TimeZone;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::calendar::{Kind, info, occurrences, prepare};
use super::super::change::Converted;
use super::super::contact;
use super::super::meaning::{Format, differences};
use super::*;
use crate::practice::outlook::instances::instances;

mod ten_years;

fn lines(made: &Converted) -> Vec<String> {
    let text = String::from_utf8(made.text.clone()).unwrap();
    let unfolded = text.replace("\r\n ", "");
    unfolded.lines().map(str::to_owned).collect()
}

fn event_lines(event: &Value) -> (Vec<String>, Converted) {
    let made = from_event(event, None).unwrap();
    let prepared = prepare(&made.text).unwrap();
    let shown = String::from_utf8_lossy(&made.text);
    assert_eq!(prepared.changes, [], "{shown}");
    (lines(&made), made)
}

fn assert_lines(lines: &[String], wanted: &[&str]) {
    for line in wanted {
        assert!(
            lines.iter().any(|known| known == line),
            "{line}\n{lines:#?}"
        );
    }
}

fn series() -> Value {
    json!({
        "@odata.etag": "W/\"x\"", "id": "AAA=", "changeKey": "c", "iCalUId": "u1", "type": "seriesMaster", "subject": "Conseil",
        "body": {"contentType": "html", "content": "<html><body><p>Ordre &amp; jour</p></body></html>"}, "bodyPreview": "Ordre",
        "start": {"dateTime": "2026-01-05T17:00:00.0000000", "timeZone": "UTC"},
        "end": {"dateTime": "2026-01-05T18:30:00.0000000", "timeZone": "UTC"},
        "originalStartTimeZone": "Romance Standard Time", "originalEndTimeZone": "Romance Standard Time",
        "isAllDay": false, "isCancelled": false, "showAs": "oof", "sensitivity": "private", "importance": "high",
        "categories": ["Rouge", "Bureau, interne"], "isReminderOn": true, "reminderMinutesBeforeStart": 15,
        "createdDateTime": "2025-12-01T10:00:00Z", "lastModifiedDateTime": "2025-12-02T10:00:00.123Z",
        "location": {"displayName": "Salle 1", "coordinates": {"latitude": 45.5, "longitude": 5.25}},
        "locations": [{"displayName": "Salle 1", "coordinates": {"latitude": 45.5, "longitude": 5.25}}],
        "organizer": {"emailAddress": {"name": "Anne", "address": "anne@x.org"}},
        "attendees": [
            {"type": "required", "status": {"response": "accepted", "time": "2025-12-03T08:00:00Z"}, "emailAddress": {"name": "Bo, B", "address": "bo@x.org"}},
            {"type": "resource", "status": {"response": "none", "time": "0001-01-01T00:00:00Z"}, "emailAddress": {"name": "Salle", "address": "salle@x.org"}},
            {"type": "optional", "status": {"response": "tentativelyAccepted"}, "emailAddress": {"name": "C", "address": "c@x.org"}}],
        "responseRequested": true, "allowNewTimeProposals": false, "hideAttendees": true,
        "isOnlineMeeting": true, "onlineMeetingProvider": "teamsForBusiness",
        "onlineMeeting": {"joinUrl": "https://teams.microsoft.com/l/1", "conferenceId": "99"},
        "webLink": "https://outlook.office365.com/owa/?itemid=1",
        "attachments": [
            {"@odata.type": "#microsoft.graph.fileAttachment", "name": "pv.txt", "contentType": "text/plain", "contentBytes": "YQ=="},
            {"@odata.type": "#microsoft.graph.referenceAttachment", "name": "Budget", "sourceUrl": "https://x.sharepoint.com/b.xlsx"},
            {"@odata.type": "#microsoft.graph.itemAttachment", "name": "Courriel"}],
        "recurrence": {"pattern": {"type": "weekly", "interval": 1, "month": 0, "dayOfMonth": 0, "daysOfWeek": ["monday"], "firstDayOfWeek": "monday", "index": "first"},
            "range": {"type": "endDate", "startDate": "2026-01-05", "endDate": "2026-06-29", "recurrenceTimeZone": "Romance Standard Time", "numberOfOccurrences": 0}},
        "cancelledOccurrences": ["OID.AAA=.2026-02-02", "OID.AAA=.2026-04-06"],
        "exceptionOccurrences": [{"id": "BBB=", "iCalUId": "u1-x", "type": "exception", "seriesMasterId": "AAA=", "subject": "Conseil élargi",
            "originalStart": "2026-04-13T16:00:00Z", "originalStartTimeZone": "Romance Standard Time",
            "start": {"dateTime": "2026-04-14T16:00:00.0000000", "timeZone": "UTC"}, "end": {"dateTime": "2026-04-14T17:00:00.0000000", "timeZone": "UTC"},
            "showAs": "free", "sensitivity": "normal", "isReminderOn": false}]
    })
}

#[test]
fn a_series_keeps_all_that_it_says() {
    let (lines, made) = event_lines(&series());
    assert_lines(
        &lines,
        &[
            "UID:u1",
            "DTSTAMP:20251202T100000Z",
            "CREATED:20251201T100000Z",
            "DTSTART;TZID=Europe/Paris:20260105T180000",
            "DTEND;TZID=Europe/Paris:20260105T193000",
            "RRULE:FREQ=WEEKLY;BYDAY=MO;WKST=MO;UNTIL=20260629T215959Z",
            "EXDATE;TZID=Europe/Paris:20260202T180000",
            "EXDATE;TZID=Europe/Paris:20260406T180000",
            "RECURRENCE-ID;TZID=Europe/Paris:20260413T180000",
            "DTSTART;TZID=Europe/Paris:20260414T180000",
            "SUMMARY:Conseil",
            "DESCRIPTION:Ordre & jour",
            "X-ALT-DESC;FMTTYPE=text/html:<html><body><p>Ordre &amp\\; jour</p></body></html>",
            "LOCATION:Salle 1",
            "GEO:45.5;5.25",
            "CLASS:PRIVATE",
            "PRIORITY:1",
            "TRANSP:OPAQUE",
            "TRANSP:TRANSPARENT",
            "X-MICROSOFT-CDO-BUSYSTATUS:OOF",
            "X-MICROSOFT-CDO-BUSYSTATUS:FREE",
            "CATEGORIES:Rouge,Bureau\\, interne",
            "ORGANIZER;CN=Anne:mailto:anne@x.org",
            "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;CN=\"Bo, B\";X-REPLYTIME=20251203T080000Z:mailto:bo@x.org",
            "ATTENDEE;CUTYPE=RESOURCE;ROLE=NON-PARTICIPANT;PARTSTAT=NEEDS-ACTION;CN=Salle;RSVP=TRUE:mailto:salle@x.org",
            "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=OPT-PARTICIPANT;PARTSTAT=TENTATIVE;CN=C:mailto:c@x.org",
            "X-MICROSOFT-DISALLOW-COUNTER:TRUE",
            "X-MICROSOFT-HIDE-ATTENDEES:true",
            "X-MICROSOFT-ONLINEMEETING:{\"conferenceId\":\"99\"}",
            "CONFERENCE;VALUE=URI;FEATURE=AUDIO,VIDEO;LABEL=Microsoft Teams:https://teams.microsoft.com/l/1",
            "ATTACH;VALUE=BINARY;ENCODING=BASE64;FMTTYPE=text/plain;FILENAME=pv.txt:YQ==",
            "ATTACH;FILENAME=Budget:https://x.sharepoint.com/b.xlsx",
            "X-MICROSOFT-ATTACHMENT;X-TYPE=#microsoft.graph.itemAttachment:Courriel",
            "TRIGGER:-PT15M",
            "ACTION:DISPLAY",
        ],
    );
    assert_eq!((made.lost, made.name.as_str()), (1, "Conseil"));
    assert_eq!(
        lines.iter().filter(|line| *line == "BEGIN:VALARM").count(),
        1
    );
}

#[test]
fn whole_days_are_days_whatever_zone_stands_beside_them() {
    let mut event = series();
    let fields = event.as_object_mut().unwrap();
    fields.insert("isAllDay".into(), json!(true));
    fields.insert(
        "originalStartTimeZone".into(),
        json!("Pacific Standard Time"),
    );
    fields.insert(
        "start".into(),
        json!({"dateTime": "2026-01-05T00:00:00.0000000", "timeZone": "UTC"}),
    );
    fields.insert(
        "end".into(),
        json!({"dateTime": "2026-01-06T00:00:00.0000000", "timeZone": "UTC"}),
    );
    fields.insert("exceptionOccurrences".into(), json!([{"isAllDay": true, "originalStart": "2026-04-13T00:00:00Z",
        "start": {"dateTime": "2026-04-14T00:00:00", "timeZone": "UTC"}, "end": {"dateTime": "2026-04-15T00:00:00", "timeZone": "UTC"}}]));
    let (lines, _) = event_lines(&event);
    assert_lines(
        &lines,
        &[
            "DTSTART;VALUE=DATE:20260105",
            "DTEND;VALUE=DATE:20260106",
            "RRULE:FREQ=WEEKLY;BYDAY=MO;WKST=MO;UNTIL=20260629",
            "EXDATE;VALUE=DATE:20260202",
            "RECURRENCE-ID;VALUE=DATE:20260413",
            "DTSTART;VALUE=DATE:20260414",
        ],
    );
}

#[test]
fn a_zone_that_only_the_mailbox_knows_is_that_of_its_settings() {
    let mut event = series();
    event["originalStartTimeZone"] = json!("tzone://Microsoft/Custom");
    event["recurrence"]["range"]["recurrenceTimeZone"] = json!("tzone://Microsoft/Custom");
    let made = from_event(&event, Some("W. Europe Standard Time")).unwrap();
    assert_lines(
        &lines(&made),
        &["DTSTART;TZID=Europe/Berlin:20260105T180000"],
    );
    let made = from_event(&event, None).unwrap();
    assert_lines(&lines(&made), &["DTSTART:20260105T170000Z"]);
}

#[test]
fn what_cannot_be_an_event_is_told() {
    for (broken, defect) in [
        (json!({}), Defect::Start),
        (json!({"start": {"dateTime": "soon"}}), Defect::Start),
        (
            json!({"start": {"dateTime": "2026-01-05T00:00:00"}, "recurrence": {"pattern": {"type": "lunar"}}}),
            Defect::Rule,
        ),
    ] {
        assert_eq!(from_event(&broken, None).unwrap_err().reason, defect);
    }
}

use super::super::change::Defect;

#[test]
fn a_contact_keeps_all_that_it_says() {
    let contact = json!({
        "@odata.etag": "W/\"x\"", "id": "AAc=", "parentFolderId": "f", "displayName": "Bo Ek", "surname": "Ek", "givenName": "Bo", "title": "Dr",
        "generation": "Jr", "nickName": "B, o", "fileAs": "Ek, Bo", "initials": "B.E.", "yomiGivenName": "ぼ",
        "emailAddresses": [{"name": "Bo Ek", "address": "bo@x.org"}, {"name": "b2@x.org", "address": "b2@x.org"}],
        "primaryEmailAddress": {"address": "BO@x.org"},
        "businessPhones": ["+33 1"], "homePhones": ["+33 2"], "mobilePhone": "+33 6", "imAddresses": ["bo@jabber.org", "sip:bo@x.org"],
        "businessAddress": {"street": "1, rue X", "city": "Lyon", "state": "", "postalCode": "69001", "countryOrRegion": "France"}, "homeAddress": {},
        "companyName": "ACME", "department": "Dev", "officeLocation": "B12", "jobTitle": "Chef", "profession": "Ingénieure",
        "birthday": "1604-02-29T11:59:00Z", "businessHomePage": "https://x.org", "personalNotes": "Un\nDeux", "categories": ["Amis"],
        "spouseName": "Al", "children": ["C1", "C2"], "manager": "M", "assistantName": "A", "lastModifiedDateTime": "2026-01-01T00:00:00Z", "flag": {"flagStatus": "flagged"}
    });
    let photo = b"\xff\xd8\xff\xe0picture";
    let made = from_contact(&contact, Some(photo)).unwrap();
    let prepared = contact::prepare(&made.text, &contact::Limits::default()).unwrap();
    assert_eq!(
        prepared.changes,
        [],
        "{}",
        String::from_utf8_lossy(&made.text)
    );
    let uid = format!("UID:{}", contact_uid("AAc="));
    assert_lines(
        &lines(&made),
        &[
            &uid,
            "FN:Bo Ek",
            "N:Ek;Bo;;Dr;Jr",
            "NICKNAME:B\\, o",
            "X-FILE-AS:Ek\\, Bo",
            "EMAIL;TYPE=INTERNET;X-DISPLAY-NAME=Bo Ek:bo@x.org",
            "EMAIL;TYPE=INTERNET:b2@x.org",
            "TEL;TYPE=WORK,VOICE:+33 1",
            "TEL;TYPE=HOME,VOICE:+33 2",
            "TEL;TYPE=CELL:+33 6",
            "IMPP:im:bo@jabber.org",
            "IMPP:sip:bo@x.org",
            "ADR;TYPE=WORK:;;1\\, rue X;Lyon;;69001;France",
            "ORG:ACME;Dev",
            "TITLE:Chef",
            "ROLE:Ingénieure",
            "BDAY;X-APPLE-OMIT-YEAR=1604;VALUE=DATE:1604-02-29",
            "URL;TYPE=WORK:https://x.org",
            "NOTE:Un\\nDeux",
            "CATEGORIES:Amis",
            "X-SPOUSE:Al",
            "X-MANAGER:M",
            "REV:20260101T000000Z",
            "X-MICROSOFT-FLAG:{\"flagStatus\":\"flagged\"}",
        ],
    );
    assert_eq!(
        lines(&made)
            .iter()
            .filter(|line| line.starts_with("EMAIL"))
            .count(),
        2
    );
    assert!(lines(&made).iter().any(|line| line.starts_with("PHOTO")));
    assert_eq!(made.lost, 0);
}

#[test]
fn a_task_keeps_all_that_it_says_and_its_steps_are_below_it() {
    let task = json!({
        "id": "T1", "title": "Semis", "body": {"content": "Note", "contentType": "text"}, "status": "waitingOnOthers", "importance": "low",
        "categories": ["Jardin"], "createdDateTime": "2026-01-01T00:00:00Z", "lastModifiedDateTime": "2026-01-02T00:00:00Z",
        "dueDateTime": {"dateTime": "2026-01-31T00:00:00.0000000", "timeZone": "UTC"},
        "isReminderOn": true, "reminderDateTime": {"dateTime": "2026-01-31T09:00:00.0000000", "timeZone": "Romance Standard Time"},
        "recurrence": {"pattern": {"type": "absoluteMonthly", "interval": 1, "dayOfMonth": 31}, "range": {"type": "noEnd", "startDate": "2026-01-31"}},
        "linkedResources": [{"webUrl": "https://x.org/m", "applicationName": "Mail", "displayName": "Re: semis", "externalId": "e"}],
        "checklistItems": [{"id": "S1", "displayName": "Terre", "isChecked": true, "checkedDateTime": "2026-01-03T00:00:00Z", "createdDateTime": "2026-01-01T00:00:00Z"}]
    });
    let made = from_task(&task).unwrap();
    let prepared = prepare(&made.text).unwrap();
    assert_eq!(
        prepared.changes,
        [],
        "{}",
        String::from_utf8_lossy(&made.text)
    );
    assert_eq!(info(&made.text).kind, Some(Kind::Task));
    assert_lines(
        &lines(&made),
        &[
            "SUMMARY:Semis",
            "DESCRIPTION:Note",
            "DTSTART;VALUE=DATE:20260131",
            "DUE;VALUE=DATE:20260131",
            "RRULE:FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1",
            "STATUS:NEEDS-ACTION",
            "X-MICROSOFT-TODO-STATUS:waitingOnOthers",
            "PRIORITY:9",
            "CATEGORIES:Jardin",
            "URL:https://x.org/m",
            "TRIGGER;VALUE=DATE-TIME:20260131T080000Z",
        ],
    );
    let step = from_step(&task, &task["checklistItems"][0], 0).unwrap();
    let parent = format!("RELATED-TO;RELTYPE=PARENT:{}", task_uid("T1"));
    assert_lines(
        &lines(&step),
        &[
            &parent,
            "SUMMARY:Terre",
            "STATUS:COMPLETED",
            "COMPLETED:20260103T000000Z",
        ],
    );
    assert_eq!(prepare(&step.text).unwrap().changes, []);
}

/// Any JSON of the right shape, with any texts.
fn strange() -> impl Strategy<Value = Value> {
    (
        any::<[String; 6]>(),
        any::<bool>(),
        -10_000_i64..10_000,
        prop::sample::select(vec!["free", "busy", "oof", "?"]),
    )
        .prop_map(|(words, yes, number, shown)| {
            json!({
                "id": words[0], "iCalUId": words[1], "subject": words[2], "title": words[2], "displayName": words[2],
                "surname": words[3], "body": {"contentType": if yes { "html" } else { "text" }, "content": words[3]},
                "start": {"dateTime": "2026-03-29T02:30:00", "timeZone": words[4]}, "end": {"dateTime": "2026-03-29T03:30:00", "timeZone": "UTC"},
                "dueDateTime": {"dateTime": "2026-03-29T02:30:00", "timeZone": words[4]},
                "isAllDay": yes, "showAs": shown, "categories": [words[5], words[4]], "isReminderOn": yes, "reminderMinutesBeforeStart": number,
                "attendees": [{"emailAddress": {"name": words[0], "address": words[5]}}], "organizer": {"emailAddress": {"address": words[3]}},
                "location": {"displayName": words[1]}, "imAddresses": [words[0]], "birthday": words[1], "personalNotes": words[4], "children": [words[2]],
                "homeAddress": {"street": words[3]}, "surprise": {"a": words[0]},
                "linkedResources": [{"webUrl": words[0], "displayName": words[1]}], "attachments": [{"name": words[2], "contentBytes": "YQ==", "contentType": words[3]}]
            })
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn anything_becomes_text_that_needs_no_repair_or_only_small_ones(json in strange()) {
        let texts = [from_event(&json, None).unwrap(), from_task(&json).unwrap(), from_step(&json, &json, 1).unwrap()];
        for made in texts {
            let prepared = prepare(&made.text).unwrap();
            prop_assert!(prepare(&prepared.text).unwrap().changes.is_empty());
            prop_assert!(differences(Format::Calendar, &prepared.text, &prepared.text).is_empty());
        }
        let card = from_contact(&json, None).unwrap();
        let prepared = contact::prepare(&card.text, &contact::Limits::default()).unwrap();
        prop_assert!(contact::prepare(&prepared.text, &contact::Limits::default()).unwrap().changes.is_empty());
    }
}
