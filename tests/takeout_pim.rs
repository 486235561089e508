//! Whole migrations of an archive of Google Takeout into a practice Nextcloud: its calendars, contacts and
//! tasks arrive once each, whatever it is packed as, beside the files of the Drive; nobody is sent a mail; a
//! later export moves what changed and keeps what people did meanwhile.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use common::pim::Pim;
use common::{Known, Target, migration, open};
use tokio_util::sync::CancellationToken;
use transhumance::engine::{Engine, NodeKind, Secret};
use transhumance::ledger::ReportRow;
use transhumance::model::{
    ItemKind, Migration, MoveDone, OutcomeKind, Proof, Reason, Scope, SourceConfig, SpaceKind,
};
use transhumance::practice::nextcloud;

const PASSWORD: &str = "Canard-bleu-2026";

/// A file's path in the archive, and its bytes.
type Entry = (String, Vec<u8>);

fn write_zip(path: &Path, files: &[Entry]) {
    let mut archive = rawzip::ZipArchiveWriter::new(File::create(path).unwrap());
    for (name, bytes) in files {
        let (mut entry, config) = archive
            .new_file(name)
            .compression_method(rawzip::CompressionMethod::DEFLATE)
            .start()
            .unwrap();
        let encoder = flate2::write::DeflateEncoder::new(&mut entry, flate2::Compression::fast());
        let mut writer = config.wrap(encoder);
        writer.write_all(bytes).unwrap();
        let (encoder, output) = writer.finish().unwrap();
        encoder.finish().unwrap();
        entry.finish(output).unwrap();
    }
    archive.finish().unwrap();
}

fn write_tgz(path: &Path, files: &[Entry]) {
    let file = File::create(path).unwrap();
    let encoder = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
    let mut builder = tar::Builder::new(encoder);
    for (name, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mtime(1_700_000_000);
        header.set_mode(0o644);
        builder
            .append_data(&mut header, name, bytes.as_slice())
            .unwrap();
    }
    builder.into_inner().unwrap().finish().unwrap();
}

type Pack = fn(&Path, &[Entry]);
const PACKED: [(Pack, &str); 2] = [(write_zip, "zip"), (write_tgz, "tgz")];

/// A practice Nextcloud, and an archive beside it.
struct Journey {
    _server: nextcloud::Server,
    control: nextcloud::Control,
    target: Target,
    folder: tempfile::TempDir,
    change: fn(&mut Migration),
}

impl Journey {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("archive")).unwrap();
        let user = nextcloud::User {
            mail: Some("camille@canard-bleu.example".into()),
            ..nextcloud::User::new("camille", PASSWORD)
        };
        let config = nextcloud::Config::new(folder.path().join("new"), vec![user]);
        let server = nextcloud::Server::start(config).await.unwrap();
        Self {
            control: server.control(),
            target: Target {
                url: server.url(),
                user: "camille".into(),
                password: PASSWORD.into(),
            },
            _server: server,
            folder,
            change: |_| {},
        }
    }

    /// Puts the parts of an export of that day there.
    fn export(&self, day: u32, (pack, ending): (Pack, &str), parts: &[Vec<Entry>]) {
        for (number, files) in (1..).zip(parts) {
            let name = format!("takeout-202601{day:02}T101500Z-1-{number:03}.{ending}");
            pack(&self.folder.path().join("archive").join(name), files);
        }
    }

    async fn engine(&self) -> Engine {
        let path = self.folder.path().join("archive");
        let source = SourceConfig::Takeout { path };
        let mut migration = migration(source, &self.target.url, &self.target.user, "Archive");
        (self.change)(&mut migration);
        let secrets = Known::default().with(Secret::TargetPassword, PASSWORD);
        open(migration, &self.folder.path().join("data"), secrets).await
    }

    async fn run(&self) -> (MoveDone, Vec<ReportRow>) {
        let engine = self.engine().await;
        let cancel = CancellationToken::new();
        let moved = engine.move_items(&cancel).await.unwrap();
        let verified = engine.verify(&cancel, &|_, _| {}).await.unwrap();
        let rows = engine.report_rows(0, 100_000, None).await.unwrap();
        engine.close().await.unwrap();
        assert!(moved.balanced, "{moved:?}");
        assert_eq!(moved.items as usize, rows.len());
        assert_eq!(
            (verified.mismatched, verified.missing),
            (0, 0),
            "{verified:?}"
        );
        assert_eq!(self.control.outbox(), [], "somebody was sent a mail");
        (moved, rows)
    }

    async fn pim(&self) -> Pim {
        self.target.pim().await
    }

    async fn files(&self) -> Vec<String> {
        let files = self.target.files("Archive").await;
        files.into_keys().collect()
    }
}

fn calendar(header: &str, content: &[String]) -> Vec<u8> {
    let content = content.concat();
    format!(
        "BEGIN:VCALENDAR\r\nPRODID:-//Google Inc//Google Calendar 70.9054//EN\r\nVERSION:2.0\r\n\
         CALSCALE:GREGORIAN\r\nMETHOD:PUBLISH\r\n{header}{content}END:VCALENDAR\r\n"
    )
    .into_bytes()
}

fn event(uid: &str, summary: &str, more: &str) -> String {
    format!(
        "BEGIN:VEVENT\r\nDTSTART:20310102T173000Z\r\nDTEND:20310102T190000Z\r\n\
         DTSTAMP:20260101T000000Z\r\nUID:{uid}\r\nSUMMARY:{summary}\r\n{more}END:VEVENT\r\n"
    )
}

fn card(name: &str, more: &str) -> String {
    format!("BEGIN:VCARD\r\nVERSION:3.0\r\nFN:{name}\r\nN:{name};;;;\r\n{more}END:VCARD\r\n")
}

/// What Google gives someone whom somebody put among the contacts.
const MINE: &str = "CATEGORIES:myContacts\r\n";

fn photo(red: u8) -> Vec<u8> {
    let mut jpeg = std::io::Cursor::new(Vec::new());
    image::RgbImage::from_pixel(8, 8, image::Rgb([red, 20, 30]))
        .write_to(&mut jpeg, image::ImageFormat::Jpeg)
        .unwrap();
    jpeg.into_inner()
}

/// A task list with a subtask of something done.
fn tasks(title: &str) -> Vec<u8> {
    serde_json::json!({"kind": "tasks#taskLists", "items": [{
    "kind": "tasks#taskList", "id": "L1", "title": "Courses", "updated": "2026-01-02T03:04:05.000Z",
    "items": [
        {"kind": "tasks#task", "id": "t1", "title": title, "status": "needsAction",
         "updated": "2026-01-02T03:04:05.000Z", "position": "00000000000000000001",
         "due": "2031-02-03T00:00:00.000Z"},
        {"kind": "tasks#task", "id": "t2", "title": "Bio", "parent": "t1", "status": "completed",
         "completed": "2026-01-02T03:04:05.000Z", "updated": "2026-01-02T03:04:05.000Z",
         "position": "00000000000000000002"},
    ]}]})
    .to_string()
    .into_bytes()
}

fn at(path: &str, bytes: impl Into<Vec<u8>>) -> Entry {
    (format!("Takeout/{path}"), bytes.into())
}

/// Two parts of an account that speaks French, with everything scattered over them.
fn export(conseil: &str, zoe: &str, task: &str) -> Vec<Vec<Entry>> {
    let mut bureau = vec![
        event(
            "distribution",
            "Distribution",
            "RRULE:FREQ=WEEKLY;COUNT=9\r\nATTENDEE;CN=Fatou:mailto:fatou@canard-bleu.example\r\n\
             ORGANIZER;CN=Camille:mailto:camille@canard-bleu.example\r\n\
             BEGIN:VALARM\r\nACTION:EMAIL\r\nTRIGGER:-PT1H\r\nSUMMARY:Bientôt\r\n\
             DESCRIPTION:Bientôt\r\nATTENDEE:mailto:camille@canard-bleu.example\r\nEND:VALARM\r\n",
        ),
        event("conseil", conseil, ""),
    ];
    bureau.extend((0..60).map(|n| event(&format!("n{n}"), &format!("Numéro {n}"), "")));
    bureau.push(event(
        "distribution",
        "Distribution (déplacée)",
        "RECURRENCE-ID:20310109T173000Z\r\n",
    ));
    // Beyond repair.
    bureau.push("BEGIN:VEVENT\r\nUID:coupé\r\nSUMMARY:Coupé\r\n".into());
    let portrayed = |tel: &str| {
        format!("TEL:{tel}\r\nPHOTO:https://lh3.googleusercontent.com/contacts/x\r\n{MINE}")
    };
    let two = "TEL:2\r\nCATEGORIES:Bureau,myContacts\r\n";
    let all = [
        card("Zoé O'Brien", &format!("NOTE:{zoe}\r\n{MINE}")),
        card("Jean", &portrayed("1")),
        card("Jean", two),
        card("Jean", &portrayed("3")),
        card("Liste", "EMAIL:liste@example.org\r\n"),
        "BEGIN:VCARD\r\nVERSION:3.0\r\nCATEGORIES:myContacts\r\nEMAIL:sans.nom@example.org\r\nEND:VCARD\r\n"
            .into(),
        card("Avec UID", &format!("UID:fiche-1\r\n{MINE}")),
    ];
    let label = [
        card("Jean", two),
        card("Avec UID", &format!("UID:fiche-1\r\n{MINE}")),
    ];
    let contacts = "Contacts/Tous les contacts";
    vec![
        vec![
            at("archive_browser.html", "<html>"),
            at(
                "Agenda/camille@canard-bleu.example.ics",
                calendar(
                    "X-WR-CALNAME:Bureau\r\nX-WR-TIMEZONE:Europe/Paris\r\n",
                    &bureau,
                ),
            ),
            at(&format!("{contacts}/Jean(1).jpg"), photo(200)),
            at("Contacts/Bureau/Bureau.vcf", label.concat()),
            at("Contacts/Bureau/Jean.jpg", photo(9)),
            at(
                "Drive/invitation.ics",
                calendar("", &[event("drive", "Drive", "")]),
            ),
        ],
        vec![
            at(
                "Agenda/Fête_ _ bal.ics",
                calendar(
                    "",
                    &[event("bal", "Bal", ""), event("conseil", "Ailleurs", "")],
                ),
            ),
            at(&format!("{contacts}/Tous les contacts.vcf"), all.concat()),
            at(&format!("{contacts}/Jean.jpg"), photo(100)),
            at("Contacts/Personne/Personne.vcf", ""),
            at("Tâches/Tasks.json", tasks(task)),
            at("Drive/Notes/a.txt", "a"),
        ],
    ]
}

fn named<'a>(rows: &'a [ReportRow], name: &str) -> Vec<&'a ReportRow> {
    rows.iter().filter(|row| row.item.name == name).collect()
}

fn by_name<'a>(rows: &'a [ReportRow], name: &str) -> &'a ReportRow {
    let found = named(rows, name);
    assert_eq!(found.len(), 1, "{name}");
    found[0]
}

/// What arrived in the book of that name, which a Nextcloud has from the first, with someone in it.
async fn contacts(new: &Pim) -> BTreeMap<String, String> {
    let mut cards = new.texts(&new.book_named("Contacts").await).await;
    cards.retain(|_, card| !card.contains("FN:Leon Green"));
    cards
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_arrives_once_out_of_every_packing() {
    for how in PACKED {
        let journey = Journey::new().await;
        journey.export(1, how, &export("Conseil", "amie", "Farine"));
        let (moved, rows) = journey.run().await;
        let failed: Vec<_> = rows
            .iter()
            .filter(|row| row.kind == OutcomeKind::Failed)
            .map(|row| (row.item.name.as_str(), row.reason))
            .collect();
        assert_eq!(failed, [("Coupé", Some(Reason::BrokenObject))]);
        assert_eq!(moved.failed, 1);

        let new = journey.pim().await;
        let bureau = new.calendar_named("Bureau").await;
        let texts = new.texts(&bureau.path).await;
        assert_eq!(texts.len(), 62, "{:?}", texts.keys());
        let series = &texts["distribution"];
        assert_eq!(series.matches("BEGIN:VEVENT").count(), 2);
        assert!(series.contains("ACTION:DISPLAY") && !series.contains("METHOD"));
        let row = by_name(&rows, "Numéro 7");
        assert!(matches!(row.proof, Some(Proof::Full(_))), "{row:?}");
        // A name that Google could not write as a file's.
        let bal = new.calendar_named("Fête_ _ bal").await;
        let texts = new.texts(&bal.path).await;
        assert_eq!(texts.keys().collect::<Vec<_>>(), ["bal", "conseil"]);

        let courses = new.calendar_named("Courses").await;
        let texts = new.texts(&courses.path).await;
        assert_eq!(texts.len(), 2);
        assert!(texts["t2@tasks.google.com"].contains("RELATED-TO;RELTYPE=PARENT:t1@tasks"));
        assert!(texts["t1@tasks.google.com"].contains("DUE;VALUE=DATE:20310203"));

        let cards = contacts(&new).await;
        assert_eq!(cards.len(), 6, "{:?}", cards.keys());
        assert!(cards["fiche-1"].contains("FN:Avec UID"));
        let photo_of = |tel: &str| {
            let card = cards.values().find(|card| card.contains(tel)).unwrap();
            card.replace("\r\n ", "")
                .lines()
                .find_map(|line| line.strip_prefix("PHOTO;").map(str::to_owned))
        };
        use base64::Engine as _;
        let base64 = |bytes| base64::engine::general_purpose::STANDARD.encode(bytes);
        assert!(photo_of("TEL:1").unwrap().ends_with(&base64(photo(100))));
        assert_eq!(photo_of("TEL:2"), None);
        assert!(photo_of("TEL:3").unwrap().ends_with(&base64(photo(200))));
        assert!(
            cards
                .values()
                .any(|card| card.contains("FN:sans.nom@example.org"))
        );
        let other = by_name(&rows, "Liste");
        assert_eq!(
            (other.kind, other.reason),
            (OutcomeKind::Skipped, Some(Reason::CollectionLeftOut))
        );

        // The picture of a label's folder that is nobody's there arrives as what it is.
        assert_eq!(
            journey.files().await,
            [
                "Archive/Contacts/Bureau/Jean.jpg",
                "Archive/Notes/a.txt",
                "Archive/archive_browser.html",
                "Archive/invitation.ics",
            ]
        );

        let (again, _) = journey.run().await;
        assert_eq!((again.moved, again.failed), (0, 1), "{again:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_newer_export_moves_what_changed_and_keeps_what_people_did() {
    let journey = Journey::new().await;
    journey.export(1, PACKED[0], &export("Conseil", "amie", "Farine"));
    let (_, rows) = journey.run().await;
    let new = journey.pim().await;
    let bureau = new.calendar_named("Bureau").await.path;
    let edited = by_name(&rows, "Numéro 5").target_path.clone();
    let edited = format!("{bureau}/{}", edited.rsplit('/').next().unwrap());
    new.put(&edited, &common::pim::event("n5", "Numéro 5 à la main", 6))
        .await;

    // Packed otherwise, too: that makes no difference.
    journey.export(
        9,
        PACKED[1],
        &export("Conseil élargi", "amie de Jean", "Farine T80"),
    );
    let (second, rows) = journey.run().await;
    let moved: Vec<_> = rows
        .iter()
        .filter(|row| row.kind == OutcomeKind::Moved && row.reason.is_some())
        .filter(|row| row.item.kind.is_object())
        .map(|row| (row.item.name.as_str(), row.reason))
        .collect();
    let changed = Some(Reason::ObjectChangedAtSource);
    for name in ["Conseil élargi", "Zoé O'Brien", "Farine T80"] {
        assert!(moved.contains(&(name, changed)), "{name}: {moved:?}");
    }
    assert_eq!(moved.len(), 3, "{moved:?}");
    assert_eq!(second.failed, 1);
    assert_eq!(
        by_name(&rows, "Numéro 5").reason,
        Some(Reason::EditedAtTarget)
    );

    let texts = new.texts(&bureau).await;
    assert_eq!(texts.len(), 62);
    assert!(texts["conseil"].contains("SUMMARY:Conseil élargi"));
    assert!(texts["n5"].contains("à la main"));
    let cards = contacts(&new).await;
    assert_eq!(cards.len(), 6);
    assert!(
        cards
            .values()
            .any(|card| card.contains("NOTE:amie de Jean"))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_what_is_wanted_comes() {
    let mut journey = Journey::new().await;
    journey.change = |migration| {
        migration.scope.files = false;
        migration.scope.calendars = false;
        migration.scope.other_contacts = true;
    };
    journey.export(1, PACKED[0], &export("Conseil", "amie", "Farine"));
    let (moved, rows) = journey.run().await;
    assert_eq!(moved.failed, 0);
    assert_eq!(journey.files().await, Vec::<String>::new());
    let arrived = |kind| {
        let of_kind = rows.iter().filter(|row| row.item.kind == kind);
        of_kind.filter(|row| row.kind == OutcomeKind::Moved).count()
    };
    assert_eq!(arrived(ItemKind::Event), 0);
    assert_eq!(arrived(ItemKind::Task), 2);
    assert_eq!(arrived(ItemKind::Contact), 7);
    let new = journey.pim().await;
    let others = new.texts(&new.book_named("Other contacts").await).await;
    assert!(others.into_values().next().unwrap().contains("FN:Liste"));
}

/// What the window shows to be ticked.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_calendar_and_list_can_be_chosen() {
    let journey = Journey::new().await;
    journey.export(1, PACKED[1], &export("Conseil", "amie", "Farine"));
    let engine = journey.engine().await;
    engine.survey(&CancellationToken::new()).await.unwrap();
    let spaces = engine.tree(None).await.unwrap();
    let calendars = spaces
        .iter()
        .find(|node| node.kind == NodeKind::Space(SpaceKind::Calendars))
        .unwrap();
    assert!(calendars.has_branches);
    assert!(
        spaces
            .iter()
            .any(|node| node.kind == NodeKind::Space(SpaceKind::AddressBooks))
    );
    let shown = engine.tree(Some(calendars.branch.clone())).await.unwrap();
    let mut names: Vec<_> = shown.iter().map(|node| node.name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["Bureau", "Courses", "Fête_ _ bal"]);
    let bal = shown
        .iter()
        .find(|node| node.name == "Fête_ _ bal")
        .unwrap();
    let scope = Scope::default();
    engine
        .choose(bal.branch.clone(), false, scope)
        .await
        .unwrap();
    engine.close().await.unwrap();

    let (_, rows) = journey.run().await;
    let row = by_name(&rows, "Fête_ _ bal");
    assert_eq!(
        (row.kind, row.reason),
        (OutcomeKind::Skipped, Some(Reason::NotChosen))
    );
    assert_eq!(by_name(&rows, "Bal").kind, OutcomeKind::Skipped);
    assert_eq!(by_name(&rows, "Conseil").kind, OutcomeKind::Moved);
}
