use super::*;
use crate::pim::meaning::{Format, differences};

fn object(lines: &str) -> String {
    format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Test//EN\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20240101T000000Z\r\nDTSTART:20240108T180000Z\r\n{lines}END:VEVENT\r\nEND:VCALENDAR\r\n"
    )
}

/// What becomes of a text, and which rules did it. Whatever is prepared once needs nothing more.
fn prepared(text: &str) -> (String, Vec<Change>) {
    prepared_bytes(text.as_bytes())
}

fn prepared_bytes(text: &[u8]) -> (String, Vec<Change>) {
    let done = prepare(text).unwrap();
    let again = prepare(&done.text).unwrap();
    assert_eq!(
        again.changes,
        [],
        "{:?}",
        String::from_utf8_lossy(&done.text)
    );
    assert_eq!(again.text, done.text);
    (String::from_utf8(done.text).unwrap(), done.changes)
}

fn refused(text: &str) -> Defect {
    prepare(text.as_bytes()).unwrap_err().reason
}

#[test]
fn what_needs_no_rule_stays_byte_for_byte() {
    for text in [
        object(""),
        object("X-ODD;A=\"b;c\":d\\\r\nSUMMARY:fol\r\n ded\r\n\r\n"),
        object("").trim_end().to_owned(),
        format!("\r\n{}\r\n\r\n", object("")),
        object("BEGIN:VALARM\r\nACTION:AUDIO\r\nTRIGGER:PT0S\r\nEND:VALARM\r\n"),
        object("").replace("20240108T180000Z", "20240108T180000"),
        object("RRULE:FREQ=YEARLY;BYMONTHDAY=-1;BYMONTH=2;\r\n"),
    ] {
        assert_eq!(prepared(&text), (text.clone(), vec![]));
    }
}

#[test]
fn method_is_stripped() {
    let text = object("").replace("VERSION", "METHOD:REQUEST\r\nVERSION");
    assert_eq!(prepared(&text), (object(""), vec![Change::MethodStripped]));
}

#[test]
fn alarms_do_not_mail() {
    let mail = "BEGIN:VALARM\r\nACTION:EMAIL\r\nDESCRIPTION:Text\r\nSUMMARY:Subject\r\nATTENDEE:mailto:a@x\r\nTRIGGER:-P1D\r\nEND:VALARM\r\n";
    let shown = "BEGIN:VALARM\r\nACTION:DISPLAY\r\nDESCRIPTION:Text\r\nSUMMARY:Subject\r\nX-TRANSHUMANCE-ATTENDEE:mailto:a@x\r\nTRIGGER:-P1D\r\nEND:VALARM\r\n";
    assert_eq!(
        prepared(&object(mail)),
        (object(shown), vec![Change::MailAlarm])
    );
    // A screen needs words: the alarm's own, else the event's.
    let wordless = mail
        .replace("DESCRIPTION:Text\r\n", "")
        .replace("SUMMARY:Subject\r\n", "");
    let (text, _) = prepared(&object(&format!("SUMMARY:L\\, m\r\n{wordless}")));
    assert!(
        text.contains("BEGIN:VALARM\r\nDESCRIPTION:L\\, m\r\nACTION:DISPLAY\r\n"),
        "{text}"
    );
    let (text, _) = prepared(&object(&wordless));
    assert!(text.contains("DESCRIPTION:-\r\n"), "{text}");
    let (text, _) = prepared(&object(&mail.replace("EMAIL", "email ")));
    assert!(!text.to_uppercase().contains("EMAIL"), "{text}");
}

#[test]
fn alarms_without_what_they_need() {
    let (text, changes) = prepared(&object("BEGIN:VALARM\r\nTRIGGER:-PT5M\r\nEND:VALARM\r\n"));
    assert!(text.contains("ACTION:DISPLAY"));
    assert_eq!(changes, [Change::AlarmMended]);
    let (text, changes) = prepared(&object("BEGIN:VALARM\r\nACTION:DISPLAY\r\nEND:VALARM\r\n"));
    assert!(text.contains(
        "BEGIN:X-TRANSHUMANCE-VALARM\r\nACTION:DISPLAY\r\nEND:X-TRANSHUMANCE-VALARM\r\n"
    ));
    assert_eq!(changes, [Change::AlarmMended]);
}

#[test]
fn missing_uids_are_always_the_same() {
    let text = object("").replace("UID:1\r\n", "");
    let (first, changes) = prepared(&text);
    assert_eq!(changes, [Change::UidAdded]);
    assert_eq!(prepared(&text).0, first);
    let (other, _) = prepared(&text.replace("18", "19"));
    let uid = |text: &str| crate::pim::calendar::info(text.as_bytes()).uid.unwrap();
    assert_ne!(uid(&first), uid(&other));
    // An exception that lost its UID has its series'.
    let exception = "BEGIN:VEVENT\r\nRECURRENCE-ID:20240108T180000Z\r\nDTSTAMP:20240101T000000Z\r\nDTSTART:20240108T190000Z\r\nEND:VEVENT\r\nEND:VCALENDAR";
    let (both, _) = prepared(&object("RRULE:FREQ=DAILY\r\n").replace("END:VCALENDAR", exception));
    assert_eq!(both.matches("UID:1\r\n").count(), 2);
}

#[test]
fn stamps_come_from_what_the_object_says() {
    for (lines, expected) in [
        (
            "LAST-MODIFIED:20240303T030303Z\r\nCREATED:20230101T000000Z\r\n",
            "20240303T030303Z",
        ),
        ("CREATED:20230101T000000Z\r\n", "20230101T000000Z"),
        ("", "20240108T180000Z"),
    ] {
        let text = object(lines).replace("DTSTAMP:20240101T000000Z\r\n", "");
        let (text, changes) = prepared(&text);
        assert!(text.contains(&format!("DTSTAMP:{expected}\r\n")), "{text}");
        assert_eq!(changes, [Change::StampAdded]);
    }
    let (text, changes) =
        prepared(&object("").replace("DTSTAMP:20240101T000000Z", "DTSTAMP:20240101"));
    assert!(text.contains("DTSTAMP:20240101T000000Z"));
    assert_eq!(changes, [Change::DateMended]);
}

#[test]
fn bytes_that_are_not_utf_8() {
    let (text, changes) = prepared_bytes(
        &object("SUMMARY:F\u{0}te\r\n")
            .bytes()
            .map(|byte| if byte == 0 { 0xEA } else { byte })
            .collect::<Vec<_>>(),
    );
    assert!(text.contains("SUMMARY:Fête\r\n"));
    assert_eq!(changes, [Change::Charset]);
    // A fold inside a character is no fault.
    let folded = object("SUMMARY:F@te\r\n").replace('@', "\u{1}");
    let folded: Vec<u8> = folded
        .bytes()
        .flat_map(|byte| {
            if byte == 1 {
                b"\xC3\r\n \xAA".to_vec()
            } else {
                vec![byte]
            }
        })
        .collect();
    let done = prepare(&folded).unwrap();
    assert_eq!((done.text, done.changes), (folded, vec![]));
    let (text, changes) = prepared(&object("SUMMARY:a\u{8}b\r\n c\r\n"));
    assert!(text.contains("SUMMARY:ab\r\n c\r\n"));
    assert_eq!(changes, [Change::ControlCharacters]);
}

#[test]
fn utf_16_and_old_macintoshes() {
    let text = object("SUMMARY:Fête\r\n");
    let utf_16: Vec<u8> = format!("\u{feff}{text}")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_eq!(
        prepared_bytes(&utf_16),
        (text.clone(), vec![Change::Charset])
    );
    assert_eq!(
        prepared(&text.replace("\r\n", "\r")),
        (text.clone(), vec![Change::LineEnds])
    );
    assert_eq!(
        prepared(&text.replace("\r\n", "\n")),
        (text.clone(), vec![Change::LineEnds])
    );
    assert_eq!(
        prepared(&text.replace("\r\n", "\r\r\n")),
        (text, vec![Change::LineEnds])
    );
}

#[test]
fn dates_say_that_they_are_dates() {
    for (given, expected) in [
        ("DTSTART:20240108\r\n", "DTSTART;VALUE=DATE:20240108\r\n"),
        (
            "DTSTART;TZID=Europe/Paris:20240108\r\n",
            "DTSTART;VALUE=DATE:20240108\r\n",
        ),
        (
            "DTSTART;VALUE=DATE:20240108T000000\r\n",
            "DTSTART;VALUE=DATE:20240108\r\n",
        ),
        (
            "DTSTART: 20240108T180000Z \r\n",
            "DTSTART:20240108T180000Z\r\n",
        ),
    ] {
        let (text, changes) = prepared(&object("").replace("DTSTART:20240108T180000Z\r\n", given));
        assert!(text.contains(expected), "{text}");
        assert_eq!(changes, [Change::DateMended]);
    }
    let (text, changes) = prepared(&object("LAST-MODIFIED:yesterday\r\nEXDATE:,\r\n"));
    assert!(text.contains("X-TRANSHUMANCE-LAST-MODIFIED:yesterday\r\nX-TRANSHUMANCE-EXDATE:,\r\n"));
    assert_eq!(changes, [Change::UnreadableKept]);
    assert_eq!(
        refused(&object("").replace("20240108T180000Z", "soon")),
        Defect::Start
    );
    assert_eq!(
        refused(&object("").replace("DTSTART:20240108T180000Z\r\n", "")),
        Defect::Start
    );
}

#[test]
fn what_stands_twice() {
    let (text, changes) = prepared(&object(
        "SUMMARY:a\r\nSUMMARY:a\r\nUID:1\r\nSUMMARY:b\r\nRRULE:FREQ=DAILY\r\nRRULE:FREQ=DAILY\r\n",
    ));
    assert!(
        text.contains("SUMMARY:a\r\nX-TRANSHUMANCE-SUMMARY:b\r\nRRULE:FREQ=DAILY\r\nEND"),
        "{text}"
    );
    assert_eq!(changes, [Change::DuplicateDropped, Change::RepeatedKept]);
    assert_eq!(
        refused(&object("RRULE:FREQ=DAILY\r\nRRULE:FREQ=WEEKLY\r\n")),
        Defect::Rule
    );
}

#[test]
fn long_uids_are_kept_beside_short_ones() {
    let long = "x".repeat(256);
    let text = object("").replace("UID:1", &format!("UID:{long}"));
    let (text, changes) = prepared(&text);
    assert_eq!(changes, [Change::UidShortened]);
    assert_eq!(
        crate::pim::calendar::info(text.as_bytes())
            .uid
            .unwrap()
            .len(),
        36
    );
    assert!(
        text.replace("\r\n ", "")
            .contains(&format!("X-TRANSHUMANCE-UID:{long}\r\n"))
    );
}

#[test]
fn tasks_are_not_due_before_they_start() {
    let task = |lines: &str| {
        object(lines)
            .replace("VEVENT", "VTODO")
            .replacen("DTSTART:20240108T180000Z\r\n", "", 1)
    };
    let (text, changes) = prepared(&task(
        "DTSTART:20240108T180000Z\r\nDUE:20240107T180000Z\r\n",
    ));
    assert!(text.contains("X-TRANSHUMANCE-DTSTART:20240108T180000Z\r\nDUE:"));
    assert_eq!(changes, [Change::UnreadableKept]);
    let (text, _) = prepared(&task(
        "DTSTART:20240108T180000Z\r\nDUE;VALUE=DATE:20240109\r\nRRULE:FREQ=DAILY\r\n",
    ));
    assert!(text.contains("X-TRANSHUMANCE-DUE;VALUE=DATE:20240109\r\n"));
    let fine = task("DTSTART:20240108T180000Z\r\nDUE:20240108T180000Z\r\n");
    assert_eq!(prepared(&fine), (fine.clone(), vec![]));
}

#[test]
fn names_and_strays() {
    let (text, changes) = prepared(&object("X_MOZ_GENERATION:3\r\nX-É:4\r\n"));
    assert!(text.contains("X-MOZ-GENERATION:3\r\nX--:4\r\n"), "{text}");
    assert_eq!(changes, [Change::NameMended]);
    let (text, changes) = prepared(&format!(
        "X-BEFORE:1\r\n{}after\r\n",
        object("DESCRIPTION:a\r\n\r\n b\r\n")
    ));
    assert!(text.starts_with("BEGIN:VCALENDAR") && text.ends_with("END:VCALENDAR\r\n"));
    assert!(text.contains("DESCRIPTION:a\r\n b\r\n"));
    assert_eq!(changes, [Change::Stray]);
    let cut = object("").replace("END:VCALENDAR\r\n", "");
    assert_eq!(prepared(&cut), (object(""), vec![Change::EndAdded]));
    assert_eq!(
        prepared(cut.trim_end()),
        (object(""), vec![Change::EndAdded])
    );
}

#[test]
fn what_no_rule_mends() {
    let two = object("").replace("END:VCALENDAR\r\n", "")
        + &object("")
            .replace("BEGIN:VCALENDAR\r\n", "")
            .replace("UID:1", "UID:2");
    for (text, reason) in [
        (String::new(), Defect::Empty),
        ("\r\n".to_owned(), Defect::Empty),
        ("hello".to_owned(), Defect::NotThis),
        ("BEGIN:VCARD\r\nEND:VCARD\r\n".to_owned(), Defect::NotThis),
        (object("no colon here\r\n"), Defect::Line),
        (object("BEGIN:VALARM\r\n"), Defect::Unbalanced),
        (object("").replace("END:VEVENT\r\n", ""), Defect::Unbalanced),
        ("BEGIN:VCALENDAR\r\n".repeat(100), Defect::Unbalanced),
        (format!("{}{}", object(""), object("")), Defect::Several),
        (two, Defect::Several),
        (
            object("").replace("VERSION:2.0", "VERSION:1.0"),
            Defect::Version,
        ),
        (object("").replace("VEVENT", "VFREEBUSY"), Defect::Component),
        (object("RRULE:FREQ=FORTNIGHTLY\r\n"), Defect::Rule),
        (object("RRULE:COUNT=3\r\n"), Defect::Rule),
    ] {
        assert_eq!(refused(&text), reason, "{text}");
    }
}

#[test]
fn zones_are_defined_where_they_are_missing() {
    let zoned = |tzid: &str| {
        object("RRULE:FREQ=WEEKLY\r\n").replace(
            "DTSTART:20240108T180000Z",
            &format!("DTSTART;TZID={tzid}:20240108T180000"),
        )
    };
    for (tzid, name) in [
        ("Europe/Paris", "Europe/Paris"),
        ("Romance Standard Time", "Europe/Paris"),
        ("\"(UTC+01:00) Brussels, Paris\"", "Europe/Brussels"),
    ] {
        let (text, changes) = prepared(&zoned(tzid));
        assert_eq!(changes, [Change::ZoneAdded]);
        assert!(
            text.contains(&format!("X-LIC-LOCATION:{name}\r\n")),
            "{text}"
        );
        assert!(
            text.contains(&format!("DTSTART;TZID={tzid}:20240108T180000\r\n")),
            "{text}"
        );
        assert!(text.find("END:VTIMEZONE") < text.find("BEGIN:VEVENT"));
        assert_eq!(
            differences(Format::Calendar, zoned(tzid).as_bytes(), text.as_bytes()),
            []
        );
    }
    let unknown = zoned("Customized Time Zone");
    assert_eq!(prepared(&unknown), (unknown.clone(), vec![]));
}

#[test]
fn definitions_that_disagree_are_mended_and_others_left_alone() {
    let paris = crate::pim::zones::vtimezone("Europe/Paris", "Europe/Paris", 2020..=2030).unwrap();
    let with = |zone: &str, lines: &str| {
        object(lines)
            .replace(
                "DTSTART:20240108T180000Z",
                "DTSTART;TZID=Europe/Paris:20240108T180000",
            )
            .replace("BEGIN:VEVENT", &format!("{zone}BEGIN:VEVENT"))
    };
    let right = with(&paris, "RRULE:FREQ=WEEKLY\r\n");
    assert_eq!(prepared(&right), (right.clone(), vec![]));
    let wrong = with(
        &paris.replace("BYMONTH=3", "BYMONTH=4"),
        "RRULE:FREQ=WEEKLY\r\n",
    );
    let (text, changes) = prepared(&wrong);
    assert_eq!(changes, [Change::ZoneMended]);
    assert_eq!(text.matches("BEGIN:VTIMEZONE").count(), 1);
    assert!(text.contains("BYMONTH=3"));
    // It is wrong in April only, and this meeting is in January only.
    let harmless = with(&paris.replace("BYMONTH=3", "BYMONTH=4"), "");
    assert_eq!(prepared(&harmless), (harmless.clone(), vec![]));
}

#[test]
fn another_uid_and_nothing_else() {
    let text = object("SUMMARY:a\r\n") + "\r\n";
    let renamed = set_uid(text.as_bytes(), "x,y").unwrap();
    assert_eq!(renamed, text.replace("UID:1", "UID:x\\,y").into_bytes());
    assert!(set_uid(b"", "x").is_err());
}
