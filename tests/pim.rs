//! iCalendar and vCard as they are met in the wild: what is prepared is accepted, means the same, and needs
//! nothing more; what need not change stays byte for byte.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::path::{Path, PathBuf};

use transhumance::pim::{Broken, Change, Defect, calendar, contact};

fn seeds(kind: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/pim/seeds")
        .join(kind);
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    let named = |path: PathBuf| {
        (
            path.file_name().unwrap().to_string_lossy().into_owned(),
            std::fs::read(path).unwrap(),
        )
    };
    paths.into_iter().map(named).collect()
}

fn seed(kind: &str, name: &str) -> Vec<u8> {
    let all = seeds(kind);
    all.into_iter().find(|(known, _)| known == name).unwrap().1
}

/// Which rules each seed needs: none of them more than these.
#[test]
fn calendar_seeds_need_what_they_need() {
    use Change::*;
    let expected: [(&str, Result<&[Change], Defect>); 19] = [
        ("blank-lines.ics", Ok(&[Stray])),
        ("bom-and-lf.ics", Ok(&[ByteOrderMark, LineEnds])),
        ("custom-zone.ics", Ok(&[])),
        ("cut-off.ics", Err(Defect::Unbalanced)),
        ("due-before-start.ics", Ok(&[ZoneAdded, UnreadableKept])),
        ("floating.ics", Ok(&[])),
        ("gnarly.ics", Ok(&[])),
        ("google-export.ics", Err(Defect::Several)),
        ("journal.ics", Ok(&[])),
        ("latin1.ics", Ok(&[Charset])),
        ("long-uid.ics", Ok(&[UidShortened])),
        ("old-vcalendar.ics", Err(Defect::Version)),
        (
            "poor.ics",
            Ok(&[
                LineEnds,
                UidAdded,
                StampAdded,
                ProductAdded,
                VersionAdded,
                DateMended,
            ]),
        ),
        ("quoted-printable.ics", Ok(&[EncodingMended])),
        (
            "repeated.ics",
            Ok(&[
                NameMended,
                AlarmMended,
                DuplicateDropped,
                RepeatedKept,
                UnreadableKept,
            ]),
        ),
        ("task.ics", Ok(&[])),
        ("utf16.ics", Ok(&[Charset])),
        ("windows-zone-without-definition.ics", Ok(&[ZoneAdded])),
        ("wrong-definition.ics", Ok(&[ZoneMended])),
    ];
    for (name, expected) in expected {
        let text = seed("calendar", name);
        match (calendar::prepare(&text), expected) {
            (Ok(done), Ok(changes)) => {
                assert_eq!(done.changes, changes, "{name}");
                assert_eq!(done.changes.is_empty(), done.text == text, "{name}");
            }
            (Err(Broken { reason, .. }), Err(expected)) => assert_eq!(reason, expected, "{name}"),
            (done, _) => panic!("{name}: {done:?}"),
        }
    }
}

/// Whatever a fuzzer or a person ever found: nothing panics, and what is prepared once is prepared for good.
#[test]
fn every_calendar_seed_is_prepared_once_and_for_all() {
    for (name, text) in seeds("calendar") {
        for object in calendar::split(&text)
            .into_iter()
            .map(|object| object.text)
            .chain([text.clone()])
        {
            calendar::info(&object);
            if let Ok(done) = calendar::prepare(&object) {
                let again = calendar::prepare(&done.text).unwrap();
                assert_eq!(again.changes, [], "{name}");
                assert_eq!(again.text, done.text, "{name}");
            }
        }
    }
}

#[test]
fn a_google_export_is_split_into_series() {
    let text = seed("calendar", "google-export.ics");
    let objects = calendar::split(&text);
    let told: Vec<_> = objects
        .iter()
        .map(|object| {
            (
                object.info.summary.as_str(),
                object.info.recurring,
                object.info.exceptions,
            )
        })
        .collect();
    assert_eq!(told, [("Distribution", true, 1), ("Fête", false, 0)]);
    let changes: Vec<_> = objects
        .iter()
        .map(|object| calendar::prepare(&object.text).unwrap().changes)
        .collect();
    assert_eq!(changes, [vec![Change::MailAlarm], vec![]]);
}

#[test]
fn card_seeds_need_what_they_need() {
    use Change::*;
    let limits = contact::Limits::default();
    let expected: [(&str, Result<&[Change], Defect>); 11] = [
        ("agent.vcf", Ok(&[Version21])),
        ("android-2.1.vcf", Ok(&[UidAdded, Version21])),
        ("cut-off.vcf", Err(Defect::Unbalanced)),
        ("gnarly-3.vcf", Ok(&[])),
        ("gnarly-4.vcf", Ok(&[])),
        ("google-takeout.vcf", Ok(&[UidAdded])),
        ("latin1.vcf", Ok(&[Charset])),
        (
            "nokia-2.1.vcf",
            Ok(&[
                Charset,
                UidAdded,
                Version21,
                NameAdded,
                ComponentsAdded,
                EncodingMended,
            ]),
        ),
        (
            "odd.vcf",
            Ok(&[
                NameMended,
                RepeatedKept,
                UnreadableKept,
                ComponentsAdded,
                EncodingMended,
            ]),
        ),
        (
            "poor.vcf",
            Ok(&[
                LineEnds,
                UidAdded,
                VersionAdded,
                NameAdded,
                StructuredNameAdded,
            ]),
        ),
        ("several.vcf", Err(Defect::Several)),
    ];
    for (name, expected) in expected {
        let text = seed("card", name);
        match (contact::prepare(&text, &limits), expected) {
            (Ok(done), Ok(changes)) => {
                assert_eq!(done.changes, changes, "{name}");
                assert_eq!(done.changes.is_empty(), done.text == text, "{name}");
            }
            (Err(Broken { reason, .. }), Err(expected)) => assert_eq!(reason, expected, "{name}"),
            (done, _) => panic!("{name}: {done:?}"),
        }
    }
}

#[test]
fn every_card_seed_is_prepared_once_and_for_all() {
    let limits = contact::Limits::default();
    for (name, text) in seeds("card") {
        for card in contact::split(&text)
            .into_iter()
            .map(|card| card.text)
            .chain([text.clone()])
        {
            contact::info(&card);
            if let Ok(done) = contact::prepare(&card, &limits) {
                let again = contact::prepare(&done.text, &limits).unwrap();
                assert_eq!(again.changes, [], "{name}");
                assert_eq!(again.text, done.text, "{name}");
            }
        }
    }
}
