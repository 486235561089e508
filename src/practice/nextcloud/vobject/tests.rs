use super::*;

fn event(lines: &str) -> String {
    format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:u\r\nDTSTAMP:20260101T000000Z\r\n{lines}END:VEVENT\r\nEND:VCALENDAR\r\n"
    )
}

fn judged(text: &str) -> (bool, Option<String>) {
    let mut object = parse(text.as_bytes()).unwrap();
    let profile = match object.name.as_str() {
        "VCARD" => Profile::CardDav,
        _ => Profile::CalDav,
    };
    let found = validate(&mut object, profile);
    (found.repaired, found.refused)
}

#[test]
fn what_is_read_is_written() {
    let text = event(
        "DTSTART;TZID=Europe/Paris:20300101T100000\r\nATTENDEE;CN=\"A, B\";ROLE=CHAIR:mailto:a@b.example\r\nSUMMARY:Été\r\n",
    );
    assert_eq!(parse(text.as_bytes()).unwrap().serialize(), text.as_bytes());
    let long = event(&format!(
        "DTSTART:20300101T100000Z\r\nDESCRIPTION:{}\r\n",
        "é".repeat(100)
    ));
    let written = parse(long.as_bytes()).unwrap().serialize();
    assert!(
        written
            .split(|byte| *byte == b'\n')
            .all(|line| line.len() <= 76)
    );
    assert_eq!(parse(&written).unwrap(), parse(long.as_bytes()).unwrap());
}

#[test]
fn refuses_what_is_no_object() {
    for text in [
        "",
        "garbage",
        "BEGIN:VEVENT\r\nEND:VEVENT\r\n",
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VTODO\r\nEND:VCALENDAR\r\n",
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n",
        "BEGIN:VCARD\r\nX_FOO:1\r\nEND:VCARD\r\n",
        "BEGIN:VCARD\r\nFN\r\nEND:VCARD\r\n",
    ] {
        assert!(parse(text.as_bytes()).is_err(), "{text}");
    }
    // The end of the whole may be missing, and what follows it is not looked at.
    assert!(parse(b"BEGIN:VCARD\nFN:x\n").is_ok());
    assert!(parse("\u{feff}BEGIN:VCARD\nFN:x\nEND:VCARD\nrubbish".as_bytes()).is_ok());
    let deep = "BEGIN:X\n".repeat(100_000);
    assert!(parse(format!("BEGIN:VCALENDAR\n{deep}").as_bytes()).is_err());
}

#[test]
fn mends_what_can_be_mended() {
    assert_eq!(
        judged(&event("DTSTART:20300101T100000Z\r\n")),
        (false, None)
    );
    let no_uid = event("DTSTART:20300101T100000Z\r\n").replace("UID:u\r\n", "");
    assert_eq!(judged(&no_uid), (true, None));
    let rule = event("DTSTART:20300101T100000Z\r\nRRULE:FREQ=YEARLY;BYMONTH=13\r\n");
    let mut object = parse(rule.as_bytes()).unwrap();
    assert!(validate(&mut object, Profile::CalDav).repaired);
    assert!(
        String::from_utf8(object.serialize())
            .unwrap()
            .contains("RRULE:FREQ=YEARLY\r\n")
    );
    let card = "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:u\r\nN:B;A\r\nEND:VCARD\r\n";
    let mut object = parse(card.as_bytes()).unwrap();
    assert!(validate(&mut object, Profile::CardDav).repaired);
    let text = String::from_utf8(object.serialize()).unwrap();
    assert!(
        text.contains("N:B;A;;;\r\n") && text.contains("FN:A B\r\n"),
        "{text}"
    );
}

#[test]
fn refuses_what_cannot() {
    let two = event("DTSTART:20300101T100000Z\r\n");
    let other = two.replace("UID:u", "UID:v");
    let both = two.replace("END:VCALENDAR\r\n", "") + other.split_once("PRODID:x\r\n").unwrap().1;
    let twice = two.replace("END:VCALENDAR\r\n", "") + two.split_once("PRODID:x\r\n").unwrap().1;
    for text in [
        event(""),
        event("DTSTART:yesterday\r\n"),
        both,
        twice,
        two.replace("VERSION:2.0", "VERSION:1.0"),
        two.replace("PRODID:x\r\n", "PRODID:x\r\nMETHOD:PUBLISH\r\n"),
        "BEGIN:VCARD\r\nVERSION:2.1\r\nUID:u\r\nFN:x\r\nEND:VCARD\r\n".to_owned(),
        "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:u\r\nEND:VCARD\r\n".to_owned(),
        "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:u\r\nFN:x\r\nBDAY:yesterday\r\nEND:VCARD\r\n".to_owned(),
        "BEGIN:VCARD\r\nVERSION:4.0\r\nUID:u\r\nFN:x\r\nPHOTO;ENCODING=b:aaaa\r\nEND:VCARD\r\n"
            .to_owned(),
    ] {
        assert!(judged(&text).1.is_some(), "{text}");
    }
}

#[test]
fn cards_lose_their_kind_in_version_3() {
    let card = b"BEGIN:VCARD\r\nVERSION:4.0\r\nUID:u\r\nFN:G\r\nKIND:group\r\nMEMBER:urn:uuid:c\r\nPHOTO:data:image/jpeg;base64,/9j/4AAQ\r\nEND:VCARD\r\n";
    assert_eq!(convert(card, Version::Four), card);
    assert_eq!(
        String::from_utf8(convert(card, Version::Three)).unwrap(),
        "BEGIN:VCARD\r\nVERSION:3.0\r\nPRODID:-//Sabre//Sabre VObject 4.5.6//EN\r\nUID:u\r\nFN:G\r\nX-ADDRESSBOOKSERVER-KIND:GROUP\r\nX-ADDRESSBOOKSERVER-MEMBER:urn:uuid:c\r\nPHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQ\r\nEND:VCARD\r\n"
    );
}

#[test]
fn knows_the_last_occurrence() {
    let last = |lines: &str| last_occurrence(&parse(event(lines).as_bytes()).unwrap());
    let at = |text: &str| parse_time(text, None);
    assert_eq!(
        last("DTSTART:20300101T100000Z\r\nDURATION:PT1H\r\n"),
        Ok(at("20300101T110000Z"))
    );
    assert_eq!(
        last("DTSTART;VALUE=DATE:20300101\r\n"),
        Ok(at("20300102T000000Z"))
    );
    let paris =
        "DTSTART;TZID=Europe/Paris:20300701T100000\r\nDTEND;TZID=Europe/Paris:20300701T110000\r\n";
    assert_eq!(
        last(&format!("{paris}RRULE:FREQ=DAILY;COUNT=3\r\n")),
        Ok(at("20300703T090000Z"))
    );
    assert_eq!(
        last("DTSTART:20200101T100000Z\r\nRRULE:FREQ=WEEKLY\r\n"),
        Ok(at("20380101T000000Z"))
    );
    assert_eq!(
        last("DTSTART:20300101T100000Z\r\nRRULE:FREQ=DAILY;COUNT=1\r\nEXDATE:20300101T100000Z\r\n"),
        Err(recur::RuleError::NoInstances)
    );
    assert!(matches!(
        last("DTSTART:20300101T100000Z\r\nRRULE:FREQ=FOO\r\n"),
        Err(recur::RuleError::Invalid(_))
    ));
}

proptest::proptest! {
    #[test]
    fn never_panics(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300)) {
        for start in ["", "BEGIN:VCALENDAR\nBEGIN:VEVENT\n", "BEGIN:VCARD\n"] {
            let text = [start.as_bytes(), &bytes].concat();
            if let Ok(mut object) = parse(&text) {
                validate(&mut object, Profile::CalDav);
                validate(&mut object, Profile::CardDav);
                let _ = last_occurrence(&object);
                convert(&object.serialize(), Version::Three);
                convert(&object.serialize(), Version::Four);
            }
        }
    }
}
