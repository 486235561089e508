use image::ImageFormat;

use super::*;
use crate::pim::contact::info;
use crate::pim::contact::photo::tests::noise;

const PLENTY: Limits = Limits { card: 5_242_880 };

fn card(version: &str, lines: &str) -> String {
    format!("BEGIN:VCARD\r\nVERSION:{version}\r\nUID:1\r\n{lines}END:VCARD\r\n")
}

fn v3(lines: &str) -> String {
    card("3.0", &format!("FN:A\r\nN:A;;;;\r\n{lines}"))
}

/// What becomes of a text, and which rules did it. Whatever is prepared once needs nothing more.
fn prepared(text: &str) -> (String, Vec<Change>) {
    let done = prepare(text.as_bytes(), &PLENTY).unwrap();
    let again = prepare(&done.text, &PLENTY).unwrap();
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
    prepare(text.as_bytes(), &PLENTY).unwrap_err().reason
}

#[test]
fn what_needs_no_rule_stays_byte_for_byte() {
    for text in [
        v3(""),
        v3("").trim_end().to_owned(),
        v3("item1.TEL;TYPE=\"home,x\":1\r\nitem1.X-ABLabel:_$!<HomePage>!$_\r\nPHOTO;ENCODING=b;TYPE=JPEG:AAAA\r\n BBBB\r\nBDAY:1985-04-12\r\n"),
        card("4.0", "FN:A\r\nKIND:group\r\nMEMBER:urn:uuid:1\r\nBDAY:--0412\r\nPHOTO:data:image/png;base64,AAAA\r\nTEL;VALUE=uri:tel:+33\r\nRELATED;TYPE=spouse:x\r\n"),
        v3("BDAY;X-APPLE-OMIT-YEAR=1604:1604-04-12\r\nREV:2024-01-01T00:00:00Z\r\nX-ANY_thing:kept\r\n").replace("X-ANY_thing", "X-ANY-thing"),
    ] {
        assert_eq!(prepared(&text), (text.clone(), vec![]));
    }
}

#[test]
fn version_2_1_becomes_3_0() {
    let old = "BEGIN:VCARD\r\nVERSION:2.1\r\nUID:1\r\nN;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:D=E9;L=E9a;;;\r\nFN:Lea\r\nTEL;CELL:1\r\nPHOTO;JPEG;ENCODING=BASE64:AAAA\r\n BBBB\r\n\r\nEND:VCARD\r\n";
    let new = "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:1\r\nN:Dé;Léa;;;\r\nFN:Lea\r\nTEL;TYPE=CELL:1\r\nPHOTO;ENCODING=b;TYPE=JPEG:AAAABBBB\r\n\r\nEND:VCARD\r\n";
    assert_eq!(prepared(old), (new.to_owned(), vec![Change::Version21]));
    // No version at all, but its ways.
    let (text, changes) = prepared(&old.replace("VERSION:2.1\r\n", ""));
    assert!(text.contains("N:Dé;Léa;;;\r\n"));
    assert_eq!(changes, [Change::VersionAdded, Change::Version21]);
    // Raw bytes in the character set that the line names.
    let cyrillic = b"BEGIN:VCARD\r\nVERSION:2.1\r\nUID:1\r\nN;CHARSET=WINDOWS-1251:\xcc\xe8\xf0;;;;\r\nFN:x\r\nEND:VCARD\r\n";
    let done = prepare(cyrillic, &PLENTY).unwrap();
    assert!(
        String::from_utf8(done.text)
            .unwrap()
            .contains("N:Мир;;;;\r\n")
    );
    assert_eq!(done.changes, [Change::Charset, Change::Version21]);
}

#[test]
fn agents_and_photos_that_are_not_indented() {
    let old = "BEGIN:VCARD\r\nVERSION:2.1\r\nUID:1\r\nFN:A\r\nN:A;;;;\r\nAGENT:\r\nBEGIN:VCARD\r\nFN:B\r\nEND:VCARD\r\nEND:VCARD\r\n";
    let (text, changes) = prepared(old);
    assert!(
        text.contains("AGENT:BEGIN:VCARD\\nFN:B\\nEND:VCARD\\n\r\nEND:VCARD\r\n"),
        "{text}"
    );
    assert_eq!(changes, [Change::Version21]);
    let photo = "BEGIN:VCARD\r\nVERSION:2.1\r\nUID:1\r\nFN:A\r\nN:A;;;;\r\nPHOTO;BASE64;PNG:AAAA\r\nBBBB\r\nCC==\r\n\r\nEND:VCARD\r\n";
    let (text, changes) = prepared(photo);
    assert!(
        text.contains("PHOTO;ENCODING=b;TYPE=PNG:AAAABBBBCC==\r\n"),
        "{text}"
    );
    assert_eq!(changes, [Change::Version21, Change::EncodingMended]);
}

#[test]
fn names_are_made_of_what_there_is() {
    for (lines, expected, change) in [
        (
            "N:Martin;Léa;;;\r\n",
            "FN:Léa Martin\r\n",
            vec![Change::NameAdded],
        ),
        (
            "ORG:AMAP\r\n",
            "FN:AMAP\r\nN:AMAP;;;;\r\n",
            vec![Change::NameAdded, Change::StructuredNameAdded],
        ),
        (
            "EMAIL:a@x\r\n",
            "FN:a@x\r\n",
            vec![Change::NameAdded, Change::StructuredNameAdded],
        ),
        (
            "NOTE:x\r\n",
            "FN:?\r\n",
            vec![Change::NameAdded, Change::StructuredNameAdded],
        ),
        (
            "FN:L\\, M\r\n",
            "N:L\\, M;;;;\r\n",
            vec![Change::StructuredNameAdded],
        ),
    ] {
        let (text, changes) = prepared(&card("3.0", lines));
        assert!(text.contains(expected), "{text}");
        assert_eq!(changes, change, "{text}");
    }
    assert_eq!(prepared(&card("4.0", "FN:A\r\n")).1, []);
    assert_eq!(refused(&card("3.0", "")), Defect::Nameless);
    assert_eq!(
        refused(&card("3.0", "REV:2024\r\nN:;;;;\r\n")),
        Defect::Nameless
    );
}

#[test]
fn missing_uids_are_always_the_same() {
    let text = v3("").replace("UID:1\r\n", "");
    let (first, changes) = prepared(&text);
    assert_eq!(changes, [Change::UidAdded]);
    assert_eq!(prepared(&text).0, first);
    assert_ne!(
        info(prepared(&text.replace("FN:A", "FN:B")).0.as_bytes()).uid,
        info(first.as_bytes()).uid
    );
    let long = v3("").replace("UID:1", &format!("UID:{}", "é".repeat(256)));
    let (text, changes) = prepared(&long);
    assert!(text.contains("X-TRANSHUMANCE-UID:é"));
    assert_eq!(changes, [Change::UidShortened]);
}

#[test]
fn encodings_of_other_versions() {
    for (version, line, expected) in [
        (
            "3.0",
            "PHOTO;ENCODING=BASE64;TYPE=JPEG:AAAA\r\n",
            "PHOTO;ENCODING=b;TYPE=JPEG:AAAA\r\n",
        ),
        ("3.0", "PHOTO;BASE64:AAAA\r\n", "PHOTO;ENCODING=b:AAAA\r\n"),
        (
            "3.0",
            "NOTE;ENCODING=QUOTED-PRINTABLE:L=C3=A9a\r\n",
            "NOTE:Léa\r\n",
        ),
        ("3.0", "NOTE;ENCODING=8BIT:x\r\n", "NOTE:x\r\n"),
        (
            "4.0",
            "PHOTO;ENCODING=b;TYPE=PNG:AAAA\r\n",
            "PHOTO:data:image/png;base64,AAAA\r\n",
        ),
        (
            "4.0",
            "KEY;ENCODING=b;TYPE=application/pgp-keys:AAAA\r\n",
            "KEY:data:application/pgp-keys;base64,AAAA\r\n",
        ),
        (
            "4.0",
            "NOTE;ENCODING=QUOTED-PRINTABLE:L=C3=A9a\r\n",
            "NOTE:Léa\r\n",
        ),
    ] {
        let (text, changes) = prepared(&card(version, &format!("FN:A\r\nN:A;;;;\r\n{line}")));
        assert!(text.contains(expected), "{text}");
        assert_eq!(changes, [Change::EncodingMended], "{line}");
    }
}

#[test]
fn dates_that_a_nextcloud_reads() {
    for date in [
        "19850412",
        "1985-04-12",
        "1985-04",
        "1985",
        "--0412",
        "--04-12",
        "--04",
        "---12",
        "",
        "T102200",
        "19850412T102200Z",
        "1985-04-12T10:22:00Z",
        "1985-04-12T10:22:00.123+01:00",
        "19850412T1022-0800",
    ] {
        assert!(is_date(date), "{date}");
    }
    for date in [
        "12.04.1985",
        "1985-4-12",
        "soon",
        "1985-04-12 10:22",
        "1985-04-12T10:2200",
        "85-04-12",
        "é",
        "1985-04-12T",
    ] {
        assert!(!is_date(date), "{date}");
    }
    let (text, changes) = prepared(&v3("BDAY:12 avril\r\n"));
    assert!(text.contains("X-TRANSHUMANCE-BDAY:12 avril\r\n"));
    assert_eq!(changes, [Change::UnreadableKept]);
    assert_eq!(
        prepared(&v3("BDAY: 1985-04-12\r\n")),
        (v3("BDAY:1985-04-12\r\n"), vec![Change::DateMended])
    );
    let text = v3("BDAY;VALUE=text:vers 1985\r\n");
    assert_eq!(prepared(&text), (text.clone(), vec![]));
}

#[test]
fn what_stands_twice_and_what_is_too_short() {
    let (text, changes) = prepared(&v3("FN:B\r\nUID:1\r\nREV:1\r\nREV:2\r\n"));
    assert!(
        text.contains("X-TRANSHUMANCE-FN:B\r\nREV:1\r\nX-TRANSHUMANCE-REV:2\r\n"),
        "{text}"
    );
    assert_eq!(changes, [Change::DuplicateDropped, Change::RepeatedKept]);
    let (text, changes) = prepared(&v3("ADR:;;rue\r\n").replace("N:A;;;;", "N:A;B"));
    assert!(text.contains("N:A;B;;;\r\nADR:;;rue;;;;\r\n"), "{text}");
    assert_eq!(changes, [Change::ComponentsAdded]);
}

#[test]
fn what_no_rule_mends() {
    for (text, reason) in [
        (String::new(), Defect::Empty),
        ("hello\r\n".to_owned(), Defect::NotThis),
        (v3("no colon\r\n"), Defect::Line),
        (v3("").repeat(2), Defect::Several),
        (card("5.0", "FN:A\r\n"), Defect::Version),
        (v3("BEGIN:VCARD\r\nBEGIN:VCARD\r\n"), Defect::Unbalanced),
    ] {
        assert_eq!(refused(&text), reason, "{text}");
    }
    // What is cut off may lack more than its end.
    assert_eq!(
        refused(&v3("").replace("END:VCARD\r\n", "")),
        Defect::Unbalanced
    );
}

#[test]
fn photos_are_made_smaller_until_the_card_fits() {
    let limits = Limits { card: 20_000 };
    let photo = noise(160, ImageFormat::Jpeg);
    for version in ["3.0", "4.0"] {
        let text = card(version, "FN:A\r\nN:A;;;;\r\nNOTE:kept\r\n");
        let text = add_photo(text.as_bytes(), &photo).unwrap();
        assert!(text.len() > limits.card);
        let done = prepare(&text, &limits).unwrap();
        assert!(done.text.len() <= limits.card);
        assert_eq!(done.changes, [Change::PhotoScaled]);
        let text = String::from_utf8(done.text.clone()).unwrap();
        assert!(text.contains("NOTE:kept\r\n"));
        assert_eq!(prepare(&done.text, &limits).unwrap().changes, []);
        let lines = crate::pim::line::lines(&done.text);
        let small = embedded(lines.iter().find(|line| line.is("PHOTO")).unwrap()).unwrap();
        assert!(image::load_from_memory(&small).is_ok());
    }
    let stubborn = v3(&format!("NOTE:{}\r\n", "x".repeat(50_000)));
    assert_eq!(
        prepare(stubborn.as_bytes(), &limits).unwrap_err().reason,
        Defect::TooLarge
    );
}

#[test]
fn photos_beside_cards() {
    let photo = noise(4, ImageFormat::Png);
    let with = add_photo(
        v3("PHOTO:https://lh3.googleusercontent.com/x\r\n").as_bytes(),
        &photo,
    )
    .unwrap();
    let text = String::from_utf8(with.clone()).unwrap();
    assert!(text.contains("PHOTO;ENCODING=b;TYPE=PNG:") && !text.contains("https"));
    assert_eq!(add_photo(&with, b"another").unwrap(), with);
    let with = add_photo(v3("").as_bytes(), &photo).unwrap();
    assert_eq!(prepare(&with, &PLENTY).unwrap().changes, []);
    assert!(add_photo(b"", &photo).is_err());
}

#[test]
fn another_uid_and_nothing_else() {
    let text = v3("X-ODD:1\r\n");
    assert_eq!(
        set_uid(text.as_bytes(), "2").unwrap(),
        text.replace("UID:1", "UID:2").into_bytes()
    );
    let without = text.replace("UID:1\r\n", "");
    assert_eq!(
        info(&set_uid(without.as_bytes(), "2").unwrap())
            .uid
            .as_deref(),
        Some("2")
    );
}
