use std::collections::BTreeMap;
use std::path::Path;

use futures::StreamExt as _;

use super::super::TakeoutSource;
use super::super::tests::{Write, part, read, surveyed, write_tgz, write_zip};
use crate::model::{Component, Item, ItemKind, Reason, Scope, SpaceKind};
use crate::source::testing::Collector;
use crate::source::{Source as _, SourceError, SourceObject};

type File = (&'static str, Vec<u8>);

fn calendar(header: &str, content: &str) -> Vec<u8> {
    format!(
        "BEGIN:VCALENDAR\r\nPRODID:-//Google Inc//Google Calendar 70.9054//EN\r\nVERSION:2.0\r\n\
         METHOD:PUBLISH\r\n{header}{content}END:VCALENDAR\r\n"
    )
    .into_bytes()
}

fn event(uid: &str, more: &str) -> String {
    format!(
        "BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:20310101T100000Z\r\n\
         SUMMARY:{uid}\r\n{more}END:VEVENT\r\n"
    )
}

fn card(name: &str, more: &str) -> String {
    format!("BEGIN:VCARD\r\nVERSION:3.0\r\nFN:{name}\r\nN:{name};;;;\r\n{more}END:VCARD\r\n")
}

const MINE: &str = "CATEGORIES:myContacts\r\n";
const PORTRAYED: &str =
    "TEL:1\r\nPHOTO:https://lh3.googleusercontent.com/x\r\nCATEGORIES:myContacts\r\n";
const TASKS: &str = r#"{"kind":"tasks#taskLists","items":[
 {"kind":"tasks#taskList","id":"L1","title":"Courses","items":[
  {"kind":"tasks#task","id":"t1","title":"Farine","status":"needsAction","updated":"2026-01-02T03:04:05.000Z","position":"1"},
  {"kind":"tasks#task","id":"t2","title":"Bio","parent":"t1","status":"completed","position":"2"},
  {"kind":"tasks#task","id":"t3","title":"Effacée","deleted":true}]},
 {"kind":"tasks#taskList","id":"L2","title":"Vide"}]}"#;

fn photo(byte: u8) -> Vec<u8> {
    [&[0xff, 0xd8, 0xff, 0xe0][..], &[byte; 3000]].concat()
}

/// Two parts, over which everything is scattered.
fn parts() -> [Vec<File>; 2] {
    let bureau = event("series", "RRULE:FREQ=WEEKLY\r\n")
        + &event("once", "")
        + &event("series", "RECURRENCE-ID:20310108T100000Z\r\n");
    let header = "X-WR-CALNAME:Bureau\r\nX-WR-TIMEZONE:Europe/Paris\r\n";
    let all = [
        card("Zoé O'Brien", MINE),
        card("Jean", PORTRAYED),
        card("Jean", "TEL:2\r\nCATEGORIES:Bureau,myContacts\r\n"),
        card("Jean", &PORTRAYED.replace("TEL:1", "TEL:3")),
        card("Liste de diffusion", "EMAIL:l@example.org\r\n"),
        card("Avec UID", &format!("UID:u1\r\n{MINE}")),
    ]
    .concat();
    let label = [
        card("Jean", "TEL:2\r\nCATEGORIES:Bureau,myContacts\r\n"),
        card("Avec UID", "UID:u1\r\n"),
        card("Seulement ici", "TEL:9\r\nCATEGORIES:Bureau\r\n"),
    ]
    .concat();
    [
        vec![
            ("Takeout/archive_browser.html", b"<html>".to_vec()),
            (
                "Takeout/Agenda/camille@example.org.ics",
                calendar(header, &bureau),
            ),
            ("Takeout/Contacts/Tous les contacts/Jean(1).jpg", photo(3)),
            (
                "Takeout/Contacts/Tous les contacts/Tous les contacts.vcf",
                all.into_bytes(),
            ),
            (
                "Takeout/Drive/invitation.ics",
                calendar("", &event("drive", "")),
            ),
            ("Takeout/Keep/note.json", b"{\"title\":\"note\"}".to_vec()),
        ],
        vec![
            (
                "Takeout/Agenda/F\u{ea}tes_ bals.ics",
                calendar("", &event("bal", "")),
            ),
            (
                "Takeout/Agenda/vide.ics",
                calendar("X-WR-CALNAME:Vide\r\n", ""),
            ),
            ("Takeout/Agenda/page.ics", b"<html>Sorry".to_vec()),
            ("Takeout/Contacts/Tous les contacts/Jean.jpg", photo(1)),
            (
                "Takeout/Contacts/Tous les contacts/Zo\u{e9} O_Brien.jpg",
                photo(2),
            ),
            ("Takeout/Contacts/Tous les contacts/inconnue.jpg", photo(4)),
            ("Takeout/Contacts/Bureau/Bureau.vcf", label.into_bytes()),
            ("Takeout/Contacts/Personne/Personne.vcf", Vec::new()),
            ("Takeout/T\u{e2}ches/Tasks.json", TASKS.into()),
            ("Takeout/Google Photos/2020/Jean.jpg", photo(9)),
        ],
    ]
}

fn borrowed(files: &[File]) -> Vec<(&str, &[u8])> {
    files
        .iter()
        .map(|(name, bytes)| (*name, bytes.as_slice()))
        .collect()
}

/// The export packed in one of the ways, or unpacked.
fn write(folder: &Path, how: Option<(Write, &str)>, parts: &[Vec<File>; 2]) {
    for (number, files) in (1..).zip(parts) {
        match how {
            Some((write, ending)) => write(&part(folder, number, ending), &borrowed(files)),
            None => {
                for (name, bytes) in files {
                    let path = folder.join(name);
                    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                    std::fs::write(path, bytes).unwrap();
                }
            }
        }
    }
}

const WAYS: [Option<(Write, &str)>; 3] = [
    Some((write_zip as Write, "zip")),
    Some((write_tgz as Write, "tgz")),
    None,
];

fn inside<'a>(found: &'a Collector, collection: &str) -> Vec<&'a Item> {
    found
        .items
        .values()
        .filter(|item| item.parent.as_ref().is_some_and(|id| id.0 == collection))
        .collect()
}

fn names(items: &[&Item]) -> Vec<String> {
    let mut names: Vec<_> = items.iter().map(|item| item.name.clone()).collect();
    names.sort();
    names
}

async fn objects(
    source: &TakeoutSource,
    found: &Collector,
    collection: &str,
) -> BTreeMap<String, Result<SourceObject, SourceError>> {
    let wanted: Vec<Item> = inside(found, collection).into_iter().cloned().collect();
    let collection = &found.items[collection];
    let answers: Vec<_> = source.objects(collection, &wanted).collect().await;
    assert_eq!(answers.len(), wanted.len());
    answers
        .into_iter()
        .map(|(id, object)| (id.0, object))
        .collect()
}

fn text(object: &Result<SourceObject, SourceError>) -> String {
    String::from_utf8(object.as_ref().unwrap().text.to_vec()).unwrap()
}

#[tokio::test]
async fn calendars_contacts_and_tasks_come_out_of_every_packing_alike() {
    let mut before: Option<BTreeMap<String, (String, Option<String>)>> = None;
    for how in WAYS {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), how, &parts());
        let (source, found) = surveyed(folder.path()).await;
        let kinds: Vec<_> = found.spaces.iter().map(|space| space.kind).collect();
        assert_eq!(
            kinds,
            [
                SpaceKind::Own,
                SpaceKind::Calendars,
                SpaceKind::AddressBooks
            ]
        );

        let mut files: Vec<&str> = found
            .items
            .values()
            .filter(|item| matches!(item.kind, ItemKind::File | ItemKind::Folder))
            .map(|item| item.name.as_str())
            .collect();
        files.sort_unstable();
        assert_eq!(
            files,
            [
                "2020",
                "Agenda",
                "Contacts",
                "Google Photos",
                "Jean.jpg",
                "Keep",
                "Tous les contacts",
                "archive_browser.html",
                "inconnue.jpg",
                "invitation.ics",
                "note.json",
                "page.ics",
            ]
        );
        let stray = found
            .items
            .values()
            .find(|item| item.name == "inconnue.jpg");
        assert_eq!(read(&source, stray.unwrap(), 0).await.unwrap(), photo(4));

        calendars(&source, &found).await;
        contacts(&source, &found).await;
        tasks(&source, &found).await;

        // The same export, packed otherwise, is no other export.
        let told: BTreeMap<_, _> = found
            .items
            .values()
            .filter(|item| item.kind.is_object() || item.kind.is_collection())
            .map(|item| (item.id.0.clone(), (item.version.clone(), item.uid.clone())))
            .collect();
        if let Some(before) = &before {
            assert_eq!(&told, before);
        }
        before = Some(told);
    }
}

async fn calendars(source: &TakeoutSource, found: &Collector) {
    let id = "calendar:Agenda/camille@example.org.ics";
    let bureau = &found.items[id];
    assert_eq!(
        (bureau.name.as_str(), bureau.kind),
        ("Bureau", ItemKind::Calendar)
    );
    let about = bureau.collection.as_ref().unwrap();
    assert_eq!(about.time_zone.as_deref(), Some("Europe/Paris"));
    assert_eq!(about.components, [Component::Event]);
    assert_eq!(names(&inside(found, id)), ["once", "series"]);
    let texts = objects(source, found, id).await;
    let series = texts
        .iter()
        .find(|(id, _)| id.ends_with(":series"))
        .map(|(_, object)| text(object))
        .unwrap();
    assert_eq!(series.matches("BEGIN:VEVENT").count(), 2);
    assert!(series.contains("RECURRENCE-ID:") && !series.contains("METHOD"));

    let id = "calendar:Agenda/F\u{ea}tes_ bals.ics";
    assert_eq!(found.items[id].name, "F\u{ea}tes_ bals");
    assert_eq!(names(&inside(found, id)), ["bal"]);
    let empty = &found.items["calendar:Agenda/vide.ics"];
    assert_eq!(empty.name, "Vide");
    assert!(inside(found, empty.id.as_str()).is_empty());
}

async fn contacts(source: &TakeoutSource, found: &Collector) {
    let own = "contacts:Contacts";
    assert_eq!(
        names(&inside(found, own)),
        [
            "Avec UID",
            "Jean",
            "Jean",
            "Jean",
            "Seulement ici",
            "Zoé O'Brien"
        ]
    );
    let texts = objects(source, found, own).await;
    let given: Vec<(String, bool)> = texts
        .values()
        .map(|object| {
            let text = text(object);
            assert_eq!(text.matches("\r\nUID:").count(), 1, "{text}");
            let tel = text.lines().find(|line| line.starts_with("TEL"));
            (
                tel.unwrap_or_default().to_owned(),
                text.contains("ENCODING=b"),
            )
        })
        .collect();
    let portrayed: Vec<&str> = given
        .iter()
        .filter(|(_, portrayed)| *portrayed)
        .map(|(tel, _)| tel.as_str())
        .collect();
    // Those of Jean who say that they have a photo, and Zoé.
    assert_eq!(portrayed, ["TEL:1", "TEL:3", ""], "{given:?}");
    let mut uids: Vec<_> = inside(found, own)
        .iter()
        .map(|item| item.uid.clone())
        .collect();
    uids.sort();
    uids.dedup();
    assert_eq!(uids.len(), 6);

    let others = "contacts-other:Contacts";
    assert_eq!(found.items[others].obstacle, Some(Reason::OtherContacts));
    let others = inside(found, others);
    assert_eq!(names(&others), ["Liste de diffusion"]);
    assert_eq!(others[0].obstacle, Some(Reason::OtherContacts));
}

async fn tasks(source: &TakeoutSource, found: &Collector) {
    let list = &found.items["tasklist:L1"];
    assert_eq!(list.name, "Courses");
    assert_eq!(
        list.collection.as_ref().unwrap().components,
        [Component::Todo]
    );
    assert_eq!(names(&inside(found, "tasklist:L1")), ["Bio", "Farine"]);
    assert!(inside(found, "tasklist:L2").is_empty());
    let texts = objects(source, found, "tasklist:L1").await;
    let bio = &texts["task:L1/t2"];
    assert!(text(bio).contains("RELATED-TO;RELTYPE=PARENT:t1@tasks.google.com"));
    assert!(bio.as_ref().unwrap().converted);
    assert_eq!(
        found.items["task:L1/t2"].uid.as_deref(),
        Some("t2@tasks.google.com")
    );
}

#[tokio::test]
async fn other_contacts_come_where_they_are_wanted() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), WAYS[0], &parts());
    let scope = Scope {
        other_contacts: true,
        ..Scope::default()
    };
    let source = TakeoutSource::new(folder.path().to_owned()).scoped(&scope);
    let mut found = Collector::default();
    source.survey(&[], &mut found).await.unwrap();
    let others = "contacts-other:Contacts";
    assert_eq!(found.items[others].obstacle, None);
    let texts = objects(&source, &found, others).await;
    assert_eq!(texts.len(), 1);
    assert!(text(texts.values().next().unwrap()).contains("EMAIL:l@example.org"));
}

#[tokio::test]
async fn a_newer_export_changes_what_changed() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), WAYS[0], &parts());
    let (_, before) = surveyed(folder.path()).await;

    let newer = tempfile::tempdir().unwrap();
    let mut changed = parts();
    for (name, bytes) in changed.iter_mut().flatten() {
        let old = String::from_utf8_lossy(bytes).into_owned();
        let new = match *name {
            "Takeout/Contacts/Tous les contacts/Jean.jpg" => {
                *bytes = photo(7);
                continue;
            }
            name if name.ends_with("Tous les contacts.vcf") => {
                old.replace("N:Zoé O'Brien;;;;\r\n", "N:Zoé O'Brien;;;;\r\nTEL:7\r\n")
            }
            name if name.ends_with("camille@example.org.ics") => {
                old.replace("SUMMARY:once", "SUMMARY:twice")
            }
            name if name.ends_with("Tasks.json") => old.replace("Farine", "Farine T80"),
            _ => continue,
        };
        assert_ne!(old, new, "{name}");
        *bytes = new.into_bytes();
    }
    write(newer.path(), WAYS[1], &changed);
    let (_, after) = surveyed(newer.path()).await;
    let objects = |found: &Collector| -> BTreeMap<String, String> {
        found
            .items
            .values()
            .filter(|item| item.kind.is_object())
            .map(|item| (item.id.0.clone(), item.version.clone()))
            .collect()
    };
    let (before, after) = (objects(&before), objects(&after));
    assert!(before.keys().eq(after.keys()));
    let differ: Vec<&str> = before
        .iter()
        .filter(|(id, version)| after[*id] != **version)
        .map(|(id, _)| id.as_str())
        .collect();
    assert_eq!(
        differ,
        [
            "contact:Contacts/name:Jean",
            "contact:Contacts/name:Zoé O'Brien",
            "object:Agenda/camille@example.org.ics#event:once",
            "task:L1/t1",
        ]
    );
}

#[tokio::test]
async fn what_is_damaged_is_told_and_stops_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = part(folder.path(), 1, "zip");
    let long = calendar(
        "",
        &(0..400)
            .map(|n| event(&format!("e{n}"), ""))
            .collect::<String>(),
    );
    let tasks = &TASKS[..TASKS.find(r#"{"kind":"tasks#task","id":"t3""#).unwrap()];
    let files: Vec<(&str, &[u8])> = vec![
        (
            "Takeout/Calendar/whole.ics",
            b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
        ),
        // Stored, not deflated.
        ("Takeout/Calendar/flipped.ics", &long),
        ("Takeout/Tasks/Tasks.json", tasks.as_bytes()),
    ];
    write_zip(&path, &files);
    let mut bytes = std::fs::read(&path).unwrap();
    let at = bytes.windows(4).position(|four| four == b"e399").unwrap();
    bytes[at] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let (_, found) = surveyed(folder.path()).await;
    let obstacles: Vec<_> = found
        .items
        .values()
        .filter_map(|item| Some((item.id.0.as_str(), item.obstacle?)))
        .collect();
    assert_eq!(
        obstacles,
        [
            ("calendar:Calendar/flipped.ics", Reason::ArchivePartDamaged),
            ("tasklists:Tasks/Tasks.json", Reason::ArchivePartDamaged),
        ]
    );
    assert_eq!(names(&inside(&found, "tasklist:L1")), ["Bio", "Farine"]);
    assert!(found.items.contains_key("calendar:Calendar/whole.ics"));
}

#[tokio::test]
async fn a_damaged_photo_leaves_the_card() {
    let folder = tempfile::tempdir().unwrap();
    let path = part(folder.path(), 1, "zip");
    let cards = card("Zoé", MINE);
    let files: Vec<(&str, &[u8])> = vec![
        ("Takeout/Contacts/Alle/Alle.vcf", cards.as_bytes()),
        ("Takeout/Contacts/Alle/Zoé.jpg", &[5; 9000]),
    ];
    write_zip(&path, &files);
    let mut bytes = std::fs::read(&path).unwrap();
    let at = bytes.windows(9000).position(|w| w == [5; 9000]).unwrap();
    bytes[at + 10] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let (source, found) = surveyed(folder.path()).await;
    let texts = objects(&source, &found, "contacts:Contacts").await;
    let object = texts.values().next().unwrap().as_ref().unwrap();
    assert_eq!(object.lost, 1);
    assert!(!String::from_utf8_lossy(&object.text).contains("PHOTO"));
}

#[tokio::test]
async fn an_unpacked_file_that_changed_is_not_taken_for_the_old_one() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), WAYS[2], &parts());
    let (source, found) = surveyed(folder.path()).await;
    let id = "calendar:Agenda/camille@example.org.ics";
    let path = folder.path().join("Takeout/Agenda/camille@example.org.ics");
    std::fs::write(path, calendar("", &event("other", ""))).unwrap();
    for object in objects(&source, &found, id).await.values() {
        assert!(matches!(object, Err(SourceError::Changed)), "{object:?}");
    }
}
