//! Whole migrations of calendars, tasks and contacts, out of an old practice Nextcloud into another and, where
//! the environment names it, into a real one: everything arrives, byte for byte wherever no named rule says
//! otherwise; nobody is sent a mail; later runs move what changed and keep what people did meanwhile.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use std::collections::BTreeMap;
use std::path::Path;

use common::pim::{Pim, card, event, journal, line, new_calendar, object, task};
use common::{Known, Target, migration, open};
use tokio_util::sync::CancellationToken;
use transhumance::dav::pim::{Component, NewCalendar};
use transhumance::engine::{Engine, Secret};
use transhumance::ledger::ReportRow;
use transhumance::model::{
    ItemKind, Migration, MoveDone, OutcomeKind, Proof, Reason, SourceConfig, VerifyDone,
};
use transhumance::practice::nextcloud;

const PASSWORD: &str = "Canard-bleu-2026";
const OLD_MAIL: &str = "camille@canard-bleu.example";

/// An old Nextcloud, a new one, and an engine between them.
struct Journey {
    old: nextcloud::Server,
    source: Target,
    target: Target,
    /// Its outbox can be looked into.
    practice: Option<nextcloud::Control>,
    /// In every name, so that no two tests meet on a real server.
    tag: String,
    folder: tempfile::TempDir,
    change: fn(&mut Migration),
}

impl Journey {
    async fn new(target: Target, practice: Option<nextcloud::Control>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let old = server(&folder.path().join("old")).await;
        let source = Target {
            url: old.url(),
            user: "camille".into(),
            password: PASSWORD.into(),
        };
        Self {
            old,
            source,
            target,
            practice,
            tag: uuid::Uuid::new_v4().simple().to_string(),
            folder,
            change: |_| {},
        }
    }

    fn named(&self, name: &str) -> String {
        format!("{name} {}", self.tag)
    }

    fn uri(&self, name: &str) -> String {
        format!("{name}-{}", self.tag)
    }

    async fn engine(&self) -> Engine {
        let source = SourceConfig::Nextcloud {
            url: self.source.url.clone(),
            user: self.source.user.clone(),
            folder: String::new(),
            password_command: None,
        };
        let folder = format!("calendars {}", self.tag);
        let mut migration = migration(source, &self.target.url, &self.target.user, &folder);
        (self.change)(&mut migration);
        let secrets = Known::default()
            .with(Secret::SourcePassword, &self.source.password)
            .with(Secret::TargetPassword, &self.target.password);
        open(migration, &self.folder.path().join("data"), secrets).await
    }

    async fn run(&self) -> (MoveDone, VerifyDone, Vec<ReportRow>) {
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
        if let Some(practice) = &self.practice {
            assert_eq!(practice.outbox(), [], "somebody was sent a mail");
        }
        (moved, verified, rows)
    }

    /// The target's collections of this test are taken away for good.
    async fn clean_up(&self) {
        let pim = self.target.pim().await;
        for calendar in pim.calendars().await {
            if calendar.name.is_some_and(|name| name.contains(&self.tag)) {
                pim.purge(&calendar.path).await;
            }
        }
        let home = pim.homes.address_books.as_ref().unwrap();
        for book in pim.wire.address_books(home).await.unwrap() {
            if book.name.is_some_and(|name| name.contains(&self.tag)) {
                pim.purge(&book.path).await;
            }
        }
    }
}

async fn server(storage: &Path) -> nextcloud::Server {
    let user = nextcloud::User {
        mail: Some(OLD_MAIL.into()),
        ..nextcloud::User::new("camille", PASSWORD)
    };
    let config = nextcloud::Config::new(storage, vec![user]);
    nextcloud::Server::start(config).await.unwrap()
}

/// The practice Nextcloud always; a real one where the environment names it.
async fn on_every_target<F: Future<Output = ()>>(test: impl Fn(Journey) -> F) {
    let folder = tempfile::tempdir().unwrap();
    let server = server(&folder.path().join("new")).await;
    let target = Target {
        url: server.url(),
        user: "camille".into(),
        password: PASSWORD.into(),
    };
    test(Journey::new(target, Some(server.control())).await).await;
    if let Some(real) = Target::real() {
        let mails = std::env::var("TRANSHUMANCE_TEST_NEXTCLOUD_MAILS").ok();
        let sent = || {
            mails
                .as_ref()
                .map(|path| std::fs::read(path).unwrap().len())
        };
        let before = sent();
        test(Journey::new(real, None).await).await;
        assert_eq!(sent(), before, "somebody was sent a mail");
    }
}

fn by_name<'a>(rows: &'a [ReportRow], name: &str) -> &'a ReportRow {
    let mut found = rows.iter().filter(|row| row.item.name == name);
    let row = found
        .next()
        .unwrap_or_else(|| panic!("{name} has no outcome"));
    assert!(found.next().is_none(), "two outcomes of {name}");
    row
}

fn outcome(rows: &[ReportRow], name: &str) -> (OutcomeKind, Option<Reason>) {
    let row = by_name(rows, name);
    (row.kind, row.reason)
}

/// A series on Thursdays with what people do to series, invited and reminded by mail.
fn series(uid: &str, organiser: &str) -> String {
    let lines = [
        "BEGIN:VCALENDAR".to_owned(),
        "VERSION:2.0".into(),
        "PRODID:-//Canard bleu//Tests//FR".into(),
        "CALSCALE:GREGORIAN".into(),
        PARIS.trim_end().replace('\n', "\r\n"),
        "BEGIN:VEVENT".into(),
        format!("UID:{uid}"),
        "DTSTAMP:20260101T000000Z".into(),
        "SUMMARY:Distribution".into(),
        "DTSTART;TZID=Europe/Paris:20310102T183000".into(),
        "DTEND;TZID=Europe/Paris:20310102T200000".into(),
        "RRULE:FREQ=WEEKLY;COUNT=20".into(),
        "EXDATE;TZID=Europe/Paris:20310109T183000".into(),
        format!("ORGANIZER;CN=Camille:mailto:{organiser}"),
        "ATTENDEE;CN=Fatou;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:fatou@canard-bleu.example".into(),
        "ATTENDEE;CN=Yann;PARTSTAT=ACCEPTED:mailto:yann@canard-bleu.example".into(),
        "X-CANARD;X-COULEUR=bleu:un texte qui est assez long pour que sa ligne soit ".into(),
        " pliée\\, et avec des accents".into(),
        "BEGIN:VALARM".into(),
        "ACTION:EMAIL".into(),
        "TRIGGER:-PT1H".into(),
        "SUMMARY:Bientôt".into(),
        "DESCRIPTION:Bientôt".into(),
        format!("ATTENDEE:mailto:{organiser}"),
        "END:VALARM".into(),
        "END:VEVENT".into(),
        "BEGIN:VEVENT".into(),
        format!("UID:{uid}"),
        "DTSTAMP:20260101T000000Z".into(),
        "RECURRENCE-ID;TZID=Europe/Paris:20310116T183000".into(),
        "SUMMARY:Distribution (déplacée)".into(),
        "DTSTART;TZID=Europe/Paris:20310117T183000".into(),
        "DTEND;TZID=Europe/Paris:20310117T200000".into(),
        format!("ORGANIZER;CN=Camille:mailto:{organiser}"),
        "ATTENDEE;CN=Fatou;PARTSTAT=DECLINED:mailto:fatou@canard-bleu.example".into(),
        "END:VEVENT".into(),
        "END:VCALENDAR".into(),
    ];
    lines.join("\r\n") + "\r\n"
}

const PARIS: &str = "BEGIN:VTIMEZONE
TZID:Europe/Paris
BEGIN:STANDARD
TZNAME:CET
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
BEGIN:DAYLIGHT
TZNAME:CEST
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
END:VTIMEZONE
";

/// The mail address of the target's account, who must not be taken for the organiser.
fn organiser(journey: &Journey) -> String {
    match journey.practice {
        Some(_) => OLD_MAIL.into(),
        None => format!("{}@example.org", journey.target.user),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_arrives_and_nobody_is_sent_a_mail() {
    on_every_target(|journey| async move {
        let old = journey.source.pim().await;
        let bureau = NewCalendar {
            description: Some("Réunions & distributions".into()),
            colour: Some("#336699".into()),
            order: Some(4),
            ..new_calendar(&journey.named("Bureau"))
        };
        let bureau = old.make_calendar("bureau", &bureau).await;
        old.hide(&bureau).await;
        let lists = NewCalendar {
            components: [Component::Task].into_iter().collect(),
            ..new_calendar(&journey.named("À faire"))
        };
        let lists = old.make_calendar("a-faire", &lists).await;
        old.subscribe(
            "vacances",
            &journey.named("Vacances"),
            "https://vacances.example/a.ics",
        )
        .await;
        let book = old
            .make_book("adherents", &journey.named("Adhérent·es"))
            .await;

        let mut written: BTreeMap<String, String> = BTreeMap::new();
        let mut put = Vec::new();
        for n in 1..=40 {
            let (uid, name) = (format!("conseil-{n}"), format!("Conseil {n}"));
            let text = event(&uid, &name, 1 + n % 28);
            put.push((format!("{bureau}/{n}.ics"), text.clone()));
            written.insert(uid, text);
        }
        let distribution = series("distribution", &organiser(&journey));
        put.push((format!("{bureau}/distribution.ics"), distribution.clone()));
        for (uid, text) in [
            ("mixte", task("mixte", "Clés du local")),
            ("carnet", journal("carnet", "Carnet de bord")),
        ] {
            put.push((format!("{bureau}/{uid}.ics"), text.clone()));
            written.insert(uid.into(), text);
        }
        let shopping = task("courses", "Acheter des cagettes");
        put.push((format!("{lists}/courses.ics"), shopping.clone()));
        let (three, four) = (
            card("3.0", "fiche-3", "Noémie"),
            card("4.0", "fiche-4", "Ferme des Trois Chênes").replace("X-C", "KIND:org\r\nX-C"),
        );
        put.push((format!("{book}/3.vcf"), three.clone()));
        put.push((format!("{book}/4.vcf"), four.clone()));
        for (path, text) in &put {
            old.put(path, text).await;
        }

        let (moved, verified, rows) = journey.run().await;
        assert_eq!(moved.failed, 0, "{:?}", failed(&rows));
        assert_eq!(verified.proved, verified.items, "{verified:?}");
        let new = journey.target.pim().await;
        let there = new.calendar_named(&journey.named("Bureau")).await;
        assert_eq!(there.colour.as_deref(), Some("#336699"));
        assert_eq!(there.order, Some(4));
        assert_eq!(
            there.description.as_deref(),
            Some("Réunions & distributions")
        );
        assert_eq!(there.enabled, Some(false));
        let mut texts = new.texts(&there.path).await;
        let arrived = texts.remove("distribution").unwrap();
        assert_eq!(texts, written);
        // The one rule that had something to do.
        assert!(!arrived.contains("ACTION:EMAIL") && arrived.contains("ACTION:DISPLAY"));
        for line in distribution.lines().filter(|line| !line.contains("EMAIL")) {
            assert!(arrived.contains(line), "{line} is missing in\n{arrived}");
        }
        let row = by_name(&rows, "Distribution");
        assert!(matches!(row.proof, Some(Proof::Streamed(_))), "{row:?}");
        assert!(row.detail.as_ref().unwrap().contains("mail-alarm"));
        let row = by_name(&rows, "Conseil 7");
        assert!(matches!(row.proof, Some(Proof::Full(_))), "{row:?}");

        let there = new.calendar_named(&journey.named("À faire")).await;
        assert_eq!(
            there.components.iter().collect::<Vec<_>>(),
            [Component::Task]
        );
        assert_eq!(new.texts(&there.path).await["courses"], shopping);
        let there = new.calendar_named(&journey.named("Vacances")).await;
        assert_eq!(
            there.access,
            transhumance::dav::pim::Access::Subscribed {
                url: "https://vacances.example/a.ics".into()
            }
        );
        let there = new.book_named(&journey.named("Adhérent·es")).await;
        let cards = new.texts(&there).await;
        assert_eq!((&cards["fiche-3"], &cards["fiche-4"]), (&three, &four));

        let (again, ..) = journey.run().await;
        assert_eq!((again.moved, again.failed), (0, 0), "{again:?}");
        journey.clean_up().await;
    })
    .await;
}

fn failed(rows: &[ReportRow]) -> Vec<(&str, Option<Reason>, Option<&str>)> {
    rows.iter()
        .filter(|row| row.kind == OutcomeKind::Failed)
        .map(|row| (row.item.name.as_str(), row.reason, row.detail.as_deref()))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn later_runs_move_what_changed_and_keep_what_people_did() {
    on_every_target(|journey| async move {
        let old = journey.source.pim().await;
        let calendar = new_calendar(&journey.named("Bureau"));
        let calendar = old.make_calendar("bureau", &calendar).await;
        let book = old.make_book("livre", &journey.named("Livre")).await;
        let at = |uid: &str| format!("{calendar}/{uid}.ics");
        for uid in ["changed", "edited", "both", "deleted", "gone", "kept"] {
            old.put(&at(uid), &event(uid, uid, 5)).await;
        }
        old.put(&format!("{book}/z.vcf"), &card("3.0", "z", "Zoé"))
            .await;
        let (first, ..) = journey.run().await;
        assert_eq!(first.failed, 0);

        let new = journey.target.pim().await;
        let there = new.calendar_named(&journey.named("Bureau")).await.path;
        let place = |rows: &[ReportRow], name: &str| {
            let row = by_name(rows, name);
            let name = row.target_path.rsplit('/').next().unwrap().to_owned();
            format!("{there}/{name}")
        };
        let (_, _, rows) = journey.run().await;
        new.put(
            &place(&rows, "edited"),
            &event("edited", "edited by hand", 6),
        )
        .await;
        new.put(&place(&rows, "both"), &event("both", "both by hand", 6))
            .await;
        new.delete(&place(&rows, "deleted")).await;
        old.put(&at("changed"), &event("changed", "changed", 7))
            .await;
        old.put(&at("both"), &event("both", "both", 7)).await;
        old.put(&at("deleted"), &event("deleted", "deleted", 7))
            .await;
        old.put(&at("new"), &event("new", "new", 7)).await;
        old.delete(&at("gone")).await;
        old.put(&format!("{book}/z.vcf"), &card("4.0", "z", "Zoé L."))
            .await;

        let (second, _, rows) = journey.run().await;
        assert_eq!(second.failed, 0, "{:?}", failed(&rows));
        assert_eq!(
            outcome(&rows, "changed"),
            (OutcomeKind::Moved, Some(Reason::ObjectChangedAtSource))
        );
        assert_eq!(
            outcome(&rows, "edited"),
            (OutcomeKind::Kept, Some(Reason::EditedAtTarget))
        );
        assert_eq!(
            outcome(&rows, "both"),
            (OutcomeKind::Moved, Some(Reason::ChangedOnBothSides))
        );
        assert_eq!(
            outcome(&rows, "deleted"),
            (OutcomeKind::Skipped, Some(Reason::DeletedAtTarget))
        );
        assert_eq!(outcome(&rows, "new"), (OutcomeKind::Moved, None));
        assert_eq!(
            outcome(&rows, "kept"),
            (OutcomeKind::Kept, Some(Reason::AlreadyMoved))
        );
        assert!(!rows.iter().any(|row| row.item.name == "gone"));
        let texts = new.texts(&there).await;
        assert_eq!(texts["changed"], event("changed", "changed", 7));
        assert_eq!(texts["edited"], event("edited", "edited by hand", 6));
        assert_eq!(texts["both"], event("both", "both by hand", 6));
        // Nothing is deleted at the target.
        assert_eq!(texts["gone"], event("gone", "gone", 5));
        assert!(!texts.contains_key("deleted"));
        let beside: Vec<&String> = texts
            .values()
            .filter(|text| line(text, "SUMMARY:") == Some("both"))
            .collect();
        assert_eq!(beside.len(), 1, "{texts:?}");
        let uid = line(beside[0], "UID:").unwrap();
        assert_ne!(uid, "both");
        assert_eq!(*beside[0], event(uid, "both", 7));
        let book = new.book_named(&journey.named("Livre")).await;
        assert_eq!(new.texts(&book).await["z"], card("4.0", "z", "Zoé L."));

        let (third, ..) = journey.run().await;
        assert_eq!((third.moved, third.failed), (0, 0), "{third:?}");
        // The one beside is ours, too.
        old.put(&at("both"), &event("both", "both again", 8)).await;
        let (fourth, _, rows) = journey.run().await;
        assert_eq!((fourth.moved, fourth.failed), (1, 0), "{fourth:?}");
        assert_eq!(
            outcome(&rows, "both again").1,
            Some(Reason::ObjectChangedAtSource)
        );
        assert_eq!(new.texts(&there).await[uid], event(uid, "both again", 8));
        journey.clean_up().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_there_already_is_not_moved_twice() {
    on_every_target(|journey| async move {
        let (old, new) = (journey.source.pim().await, journey.target.pim().await);
        let name = journey.named("Bureau");
        let from = old.make_calendar("bureau", &new_calendar(&name)).await;
        let there = new
            .make_calendar(&journey.uri("theirs"), &new_calendar(&name))
            .await;
        let put = async |pim: &Pim, place: &str, uid: &str, day: u32| {
            pim.put(
                &format!("{place}/{uid} of {day}.ics"),
                &event(uid, uid, day),
            )
            .await;
        };
        put(&old, &from, "same", 5).await;
        put(&new, &there, "same", 5).await;
        put(&old, &from, "other", 5).await;
        put(&new, &there, "other", 6).await;
        put(&old, &from, "trashed", 5).await;
        put(&new, &there, "trashed", 5).await;
        new.delete(&format!("{there}/trashed of 5.ics")).await;
        put(&old, &from, "new", 5).await;

        let (moved, _, rows) = journey.run().await;
        assert_eq!(moved.failed, 0, "{:?}", failed(&rows));
        assert_eq!(
            outcome(&rows, &name),
            (OutcomeKind::Kept, Some(Reason::CollectionExists))
        );
        assert_eq!(
            outcome(&rows, "same"),
            (OutcomeKind::Kept, Some(Reason::SameObject))
        );
        assert_eq!(
            outcome(&rows, "other"),
            (OutcomeKind::Moved, Some(Reason::UidTaken))
        );
        assert_eq!(
            outcome(&rows, "trashed"),
            (OutcomeKind::Skipped, Some(Reason::UidInTrash))
        );
        assert_eq!(outcome(&rows, "new"), (OutcomeKind::Moved, None));
        let texts = new.texts(&there).await;
        assert_eq!(texts.len(), 4, "{texts:?}");
        assert_eq!(texts["other"], event("other", "other", 6));

        let (again, _, rows) = journey.run().await;
        assert_eq!((again.moved, again.failed), (0, 0), "{again:?}");
        // From then on it counts as moved: deleted, it does not come back.
        assert_eq!(outcome(&rows, "same").1, Some(Reason::AlreadyMoved));
        new.purge(&there).await;
        let (third, _, rows) = journey.run_after_loss().await;
        assert_eq!((third.moved, third.failed), (0, 0), "{third:?}");
        assert_eq!(outcome(&rows, "same").0, OutcomeKind::Skipped);
        journey.clean_up().await;
    })
    .await;
}

impl Journey {
    /// Without a second look, which would miss what was deleted.
    async fn run_after_loss(&self) -> (MoveDone, (), Vec<ReportRow>) {
        let engine = self.engine().await;
        let cancel = CancellationToken::new();
        let moved = engine.move_items(&cancel).await.unwrap();
        let rows = engine.report_rows(0, 100_000, None).await.unwrap();
        engine.close().await.unwrap();
        assert!(moved.balanced, "{moved:?}");
        (moved, (), rows)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attachments_lead_to_the_moved_files() {
    on_every_target(|journey| async move {
        journey.source.write("plan.txt", "le plan").await;
        let there = journey.source.nextcloud().stat("plan.txt").await.unwrap();
        let id = there.unwrap().file_id.unwrap();
        let old = journey.source.pim().await;
        let calendar = new_calendar(&journey.named("Bureau"));
        let calendar = old.make_calendar("bureau", &calendar).await;
        let text = object(
            "VEVENT",
            "with-files",
            "Conseil",
            &[
                "DTSTART:20310105T100000Z",
                &format!("ATTACH;FMTTYPE=text/plain;FILENAME=/plan.txt;X-NC-FILE-ID={id}:/f/{id}"),
                "ATTACH:https://elsewhere.example/f/12",
            ],
        );
        old.put(&format!("{calendar}/a.ics"), &text).await;
        let (moved, _, rows) = journey.run().await;
        assert_eq!(moved.failed, 0, "{:?}", failed(&rows));
        let path = &by_name(&rows, "plan.txt").target_path;
        let entry = journey
            .target
            .nextcloud()
            .stat(path)
            .await
            .unwrap()
            .unwrap();
        let file_id = entry.file_id.unwrap();
        let new = journey.target.pim().await;
        let there = new.calendar_named(&journey.named("Bureau")).await;
        let arrived = &new.texts(&there.path).await["with-files"];
        let unfolded = arrived.replace("\r\n ", "");
        let base = journey.target.url.as_str().trim_end_matches('/');
        assert!(
            unfolded.contains(&format!(":{base}/index.php/f/{file_id}\r\n")),
            "{unfolded}"
        );
        assert!(
            unfolded.contains(&format!("X-NC-FILE-ID={file_id}")),
            "{unfolded}"
        );
        assert!(unfolded.contains("ATTACH:https://elsewhere.example/f/12"));
        journey.clean_up().await;
        journey.target.remove(path.split('/').next().unwrap()).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_chosen_stays() {
    on_every_target(|mut journey| async move {
        journey.change = |migration| {
            migration.scope.calendars = false;
            migration.scope.contacts = false;
        };
        let old = journey.source.pim().await;
        let mixed = new_calendar(&journey.named("Mixte"));
        let mixed = old.make_calendar("mixte", &mixed).await;
        old.put(&format!("{mixed}/e.ics"), &event("e", "an event", 3))
            .await;
        old.put(&format!("{mixed}/t.ics"), &task("t", "a task"))
            .await;
        let book = old.make_book("livre", &journey.named("Livre")).await;
        old.put(&format!("{book}/z.vcf"), &card("3.0", "z", "Zoé"))
            .await;
        let (moved, _, rows) = journey.run().await;
        assert_eq!(moved.failed, 0, "{:?}", failed(&rows));
        assert_eq!(
            outcome(&rows, "an event"),
            (OutcomeKind::Skipped, Some(Reason::CalendarsNotChosen))
        );
        assert_eq!(outcome(&rows, "a task"), (OutcomeKind::Moved, None));
        assert!(!rows.iter().any(|row| row.item.kind == ItemKind::Contact));
        journey.clean_up().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broken_object_stops_nobody_and_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let server = server(&folder.path().join("new")).await;
    let target = Target {
        url: server.url(),
        user: "camille".into(),
        password: PASSWORD.into(),
    };
    let journey = Journey::new(target, Some(server.control())).await;
    let old = journey.source.pim().await;
    let calendar = old.make_calendar("bureau", &new_calendar("Bureau")).await;
    old.put(&format!("{calendar}/a.ics"), &event("a", "whole", 3))
        .await;
    let broken = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:b\r\nSUMMARY:broken\r\nEND:VCALENDAR\r\n";
    let control = journey.old.control();
    control
        .write_object("camille", "/calendars/bureau", "b.ics", broken.as_bytes())
        .unwrap();
    let (moved, _, rows) = journey.run().await;
    assert_eq!(moved.failed, 1, "{:?}", failed(&rows));
    assert_eq!(outcome(&rows, "whole").0, OutcomeKind::Moved);
    let row = rows.iter().find(|row| row.kind == OutcomeKind::Failed);
    let row = row.unwrap();
    assert_eq!(row.reason, Some(Reason::BrokenObject));
    let detail = row.detail.as_ref().unwrap();
    let saved = detail.split("saved as ").nth(1).unwrap();
    assert!(Path::new(saved).starts_with(journey.folder.path().join("data/set-aside")));
    assert_eq!(std::fs::read_to_string(saved).unwrap(), broken);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_limit_of_the_server_is_waited_for_while_the_rest_moves() {
    let folder = tempfile::tempdir().unwrap();
    let server = server(&folder.path().join("new")).await;
    let control = server.control();
    let limits = nextcloud::Limits {
        always: true,
        an_hour: 2,
        ..nextcloud::Limits::default()
    };
    control.set_limits(limits);
    let target = Target {
        url: server.url(),
        user: "camille".into(),
        password: PASSWORD.into(),
    };
    let journey = Journey::new(target, Some(server.control())).await;
    let old = journey.source.pim().await;
    for n in 0..5 {
        let name = format!("Calendar {n}");
        let place = old
            .make_calendar(&format!("c{n}"), &new_calendar(&name))
            .await;
        let uid = format!("uid-{n}");
        old.put(&format!("{place}/a.ics"), &event(&uid, &uid, 3))
            .await;
    }
    let engine = journey.engine().await;
    let cancel = CancellationToken::new();
    let mut snapshots = engine.snapshots();
    let watching = tokio::spawn(async move {
        // It says what it waits for, and the objects of the two that there are have arrived meanwhile.
        while snapshots.changed().await.is_ok() {
            let counts = snapshots.borrow().counts.clone();
            if counts.waiting.is_some() && counts.items_done >= 4 {
                control.set_limits(nextcloud::Limits::default());
                return true;
            }
        }
        false
    });
    let moving = tokio::time::timeout(
        std::time::Duration::from_secs(120),
        engine.move_items(&cancel),
    );
    let waited = tokio::select! {
        waited = watching => waited.unwrap(),
        done = moving => panic!("it did not wait: {done:?}"),
    };
    assert!(waited);
    engine.close().await.unwrap();
    // Started again, it asks at once.
    let (moved, ..) = journey.run().await;
    assert_eq!(moved.failed, 0, "{moved:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calendar_files_of_a_folder_become_calendars() {
    let data = tempfile::tempdir().unwrap();
    let server = server(&data.path().join("new")).await;
    let target = Target {
        url: server.url(),
        user: "camille".into(),
        password: PASSWORD.into(),
    };
    let from = data.path().join("from");
    std::fs::create_dir_all(&from).unwrap();
    let body = |text: &str| {
        let text = text.split("BEGIN:VEVENT").nth(1).unwrap();
        format!(
            "BEGIN:VEVENT{}",
            text.split("END:VCALENDAR").next().unwrap()
        )
    };
    let (one, two) = (event("one", "Conseil", 3), event("two", "Bal", 4));
    let export = one.replace("END:VCALENDAR", &format!("{}END:VCALENDAR", body(&two)));
    std::fs::write(from.join("Bureau.ics"), &export).unwrap();
    // As old programs wrote them.
    let old = "BEGIN:VCARD\nVERSION:2.1\nN:Lef\u{e8}vre;No\u{e9}mie\nTEL;HOME:123\nEND:VCARD\n";
    let latin: Vec<u8> = old
        .chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap())
        .collect();
    std::fs::write(from.join("noemie.vcf"), latin).unwrap();
    std::fs::write(from.join("letter.txt"), "a letter").unwrap();
    let config = SourceConfig::Folder { path: from };
    let mut migration = migration(config, &target.url, &target.user, "Old");
    migration.options.import_calendar_files = true;
    let secrets = Known::default().with(Secret::TargetPassword, PASSWORD);
    let engine = open(migration, &data.path().join("data"), secrets).await;
    let cancel = CancellationToken::new();
    let moved = engine.move_items(&cancel).await.unwrap();
    let verified = engine.verify(&cancel, &|_, _| {}).await.unwrap();
    let rows = engine.report_rows(0, 1000, None).await.unwrap();
    engine.close().await.unwrap();
    assert!(moved.balanced && moved.failed == 0, "{:?}", failed(&rows));
    assert_eq!(verified.proved, verified.items, "{verified:?}");
    let new = target.pim().await;
    let calendar = new.calendar_named("Bureau").await;
    let texts = new.texts(&calendar.path).await;
    assert_eq!((&texts["one"], &texts["two"]), (&one, &two));
    let cards = new.texts(&new.book_named("from").await).await;
    let card = cards.values().next().unwrap();
    assert!(
        card.contains("VERSION:3.0") && card.contains("Noémie"),
        "{card}"
    );
    assert_eq!(target.files("Old").await.len(), 1);
    assert_eq!(server.control().outbox(), []);
}
