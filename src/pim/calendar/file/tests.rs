use std::fmt::Write as _;
use std::io::BufReader;

use super::*;

const ZONE: &str = "BEGIN:VTIMEZONE\r\nTZID:Europe/Paris\r\nBEGIN:STANDARD\r\nDTSTART:19701025T030000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n";

fn event(uid: &str, more: &str) -> String {
    format!(
        "BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTAMP:20240101T000000Z\r\nDTSTART:20240101T180000Z\r\n{more}END:VEVENT\r\n"
    )
}

fn calendar(inside: &str) -> String {
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Test//EN\r\n{inside}END:VCALENDAR\r\n")
}

fn texts(text: &str) -> Vec<String> {
    split(text.as_bytes())
        .into_iter()
        .map(|object| String::from_utf8(object.text).unwrap())
        .collect()
}

#[test]
fn one_object_stays_as_it_is() {
    let zoned = event(
        "1",
        "RDATE;TZID=Europe/Paris:20240102T180000\r\nX-ODD;A=\"b\":\\c\r\n",
    );
    let text = calendar(&format!("{ZONE}{zoned}"));
    assert_eq!(texts(&text), [text]);
}

#[test]
fn splits_by_uid_and_keeps_exceptions_with_their_series() {
    let early = event("1", "RECURRENCE-ID:20240108T180000Z\r\n");
    let other = event("2", "");
    let series = event("1", "RRULE:FREQ=WEEKLY\r\n");
    let late = event("1", "RECURRENCE-ID:20240115T180000Z\r\n");
    let found = texts(&calendar(&[&*early, &other, &series, &late].concat()));
    assert_eq!(
        found,
        [
            calendar(&[&*early, &series, &late].concat()),
            calendar(&other)
        ]
    );
}

#[test]
fn gives_each_object_the_zones_that_it_names() {
    let zoned = event("1", "RDATE;TZID=\"Europe/Paris\":20240102T180000\r\n");
    let plain = event("2", "");
    let found = texts(&calendar(&format!("{plain}{zoned}{ZONE}")));
    assert_eq!(
        found,
        [calendar(&plain), calendar(&format!("{ZONE}{zoned}"))]
    );
}

#[test]
fn tells_the_calendars_own_properties_from_those_of_objects() {
    let text = format!(
        "BEGIN:VCALENDAR\r\nPRODID:-//Google Inc//Google Calendar 70.9054//EN\r\nVERSION:2.0\r\nCALSCALE:GREGORIAN\r\n\
         METHOD:PUBLISH\r\nX-WR-CALNAME:Réunions\\, AMAP\r\nX-WR-TIMEZONE:Europe/Paris\r\nX-UNKNOWN:kept\r\n{}{}END:VCALENDAR\r\n",
        event("1", ""),
        event("2", "")
    );
    let file = CalendarFile::read(text.as_bytes()).unwrap();
    let header = file.header().unwrap();
    assert_eq!(header.name.as_deref(), Some("Réunions, AMAP"));
    assert_eq!(header.time_zone.as_deref(), Some("Europe/Paris"));
    assert_eq!(header.method.as_deref(), Some("PUBLISH"));
    assert_eq!(file.kinds().collect::<Vec<_>>(), [Kind::Event]);
    for object in texts(&text) {
        assert!(object.contains("CALSCALE:GREGORIAN\r\nX-UNKNOWN:kept\r\n"));
        assert!(!object.contains("METHOD") && !object.contains("X-WR-"));
    }
}

#[test]
fn a_series_that_was_exported_twice_is_two_objects() {
    let first = event("1", "SUMMARY:a\r\n");
    let second = event("1", "SUMMARY:b\r\n");
    let text = calendar(&format!("{first}{second}"));
    assert_eq!(texts(&text), [calendar(&first), calendar(&second)]);
    let file = CalendarFile::read(text.as_bytes()).unwrap();
    assert_eq!(file.find("1").collect::<Vec<_>>(), [0, 1]);
    assert_eq!(file.find("2").count(), 0);
}

#[test]
fn events_without_a_uid_are_each_their_own() {
    let one = event("1", "").replace("UID:1\r\n", "");
    assert_eq!(texts(&calendar(&format!("{one}{one}"))).len(), 2);
}

#[test]
fn joins_over_several_calendars_and_remembers_like_ones_once() {
    let series = calendar(&format!("{ZONE}{}", event("1", "RRULE:FREQ=DAILY\r\n")));
    let exception = calendar(&format!(
        "{ZONE}{}",
        event("1", "RECURRENCE-ID;TZID=Europe/Paris:20240102T180000\r\n")
    ));
    let other = calendar(&event("2", "")).replace("-//Test//EN", "-//Other//EN");
    let text = format!("{series}junk\r\n\r\n{exception}{other}");
    let file = CalendarFile::read(text.as_bytes()).unwrap();
    assert_eq!(file.calendars.len(), 2);
    let found = texts(&text);
    assert_eq!(found.len(), 2);
    assert_eq!(found[0].matches("BEGIN:VEVENT").count(), 2);
    assert_eq!(found[0].matches("BEGIN:VTIMEZONE").count(), 1);
    assert_eq!(found[1], other);
}

#[test]
fn what_is_cut_off_is_told_and_stops_nothing() {
    let whole = event("2", "");
    let cut = "BEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Half\r\nBEGIN:VALARM\r\nACTION:DISP\r\n";
    for text in [
        calendar(&format!("{cut}{whole}")),
        format!("{}{}", calendar(cut), calendar(&whole)),
        format!("{}{cut}", calendar(&whole)),
        format!("BEGIN:VCALENDAR\r\n{cut}{}", calendar(&whole)),
    ] {
        let found = split(text.as_bytes());
        let uids: Vec<_> = found
            .iter()
            .filter_map(|object| object.info.uid.as_deref())
            .collect();
        assert!(uids.contains(&"2"), "{text}: {uids:?}");
        if !text.ends_with(cut) {
            assert!(uids.contains(&"1"), "{text}: {uids:?}");
        }
    }
}

#[test]
fn an_alarm_without_an_end_does_not_swallow_the_next_event() {
    let open_alarm = event("1", "BEGIN:VALARM\r\nACTION:DISPLAY\r\n");
    let found = split(calendar(&format!("{open_alarm}{}", event("2", ""))).as_bytes());
    assert_eq!(found.len(), 2);
    assert_eq!(found[1].info.uid.as_deref(), Some("2"));
}

#[test]
fn what_no_calendar_takes_is_not_lost() {
    let busy = "BEGIN:VFREEBUSY\r\nUID:3\r\nEND:VFREEBUSY\r\n";
    let one = calendar(&format!("{busy}{}", event("1", "")));
    assert_eq!(texts(&one), [one]);
    let several = calendar(&format!("{busy}{}{}", event("1", ""), event("2", "")));
    let found = split(several.as_bytes());
    assert_eq!(found.len(), 3);
    assert_eq!(found[0].info.kind, None);
}

#[test]
fn takes_old_line_ends_and_a_byte_order_mark() {
    let text = calendar(&format!("{}{}", event("1", ""), event("2", "")));
    let expected = texts(&text);
    assert_eq!(texts(&format!("\u{feff}{text}")), expected);
    assert_eq!(texts(&text.replace("\r\n", "\r")), expected);
    assert_eq!(texts(&text.replace("\r\n", "\n")).len(), 2);
    assert_eq!(texts(&text.to_lowercase()).len(), 2);
    assert_eq!(
        texts(&text.replace("BEGIN:VEVENT", "BEGIN:\r\n VEVENT")).len(),
        2
    );
}

#[test]
fn recognises_files() {
    for text in [
        "BEGIN:VCALENDAR\r\n",
        "\u{feff}\r\nbegin:vcalendar\n",
        "BEGIN:VCALENDAR\rVERSION:2.0\r",
    ] {
        assert!(looks_like(text.as_bytes()), "{text}");
    }
    for text in ["", "BEGIN:VCARD\r\n", "BEGIN:VCALENDARS", "hello"] {
        assert!(!looks_like(text.as_bytes()), "{text}");
    }
}

/// Google's whole-calendar export has thousands of objects, exceptions anywhere: the index stays small and
/// every object is found.
#[test]
fn reads_a_large_export() {
    let mut text = String::from("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nX-WR-CALNAME:Large\r\n");
    for number in 0..3000 {
        let _ = write!(
            text,
            "{}",
            event(
                &format!("{number}@x"),
                "DESCRIPTION:words and more words\r\n"
            )
        );
    }
    for number in (0..3000).step_by(3) {
        let _ = write!(
            text,
            "{}",
            event(&format!("{number}@x"), "RECURRENCE-ID:20240102T180000Z\r\n")
        );
    }
    text.push_str("END:VCALENDAR\r\n");
    let file = CalendarFile::read(BufReader::new(text.as_bytes())).unwrap();
    assert_eq!(file.len(), 3000);
    let mut seen = 0;
    for (number, object) in file.objects(Cursor::new(&text)).enumerate() {
        let object = object.unwrap();
        assert_eq!(object.info.uid, Some(format!("{number}@x")));
        assert_eq!(object.info.exceptions, u32::from(number % 3 == 0));
        seen += 1;
    }
    assert_eq!(seen, 3000);
    let number = file.find("2999@x").next().unwrap();
    assert_eq!(
        file.object(number, &mut Cursor::new(&text))
            .unwrap()
            .info
            .uid
            .as_deref(),
        Some("2999@x")
    );
    assert!(file.object(3000, &mut Cursor::new(&text)).is_err());
}
