//! Calendars, contacts and tasks from the practice Google into the practice Nextcloud: everything arrives,
//! nobody hears of it, and an agenda looks the same on every day of a year.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use common::{Known, migration, open};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio_util::sync::CancellationToken;
use transhumance::engine::{Engine, Secret};
use transhumance::ledger::ReportRow;
use transhumance::model::{ItemKind, MoveDone, OutcomeKind, Reason, Scope, SourceConfig};
use transhumance::pim::calendar;
use transhumance::practice::google::{self, Amounts, Photo, Role};
use transhumance::practice::nextcloud;

const USER: &str = "camille";
const PASSWORD: &str = "Canard-bleu-2026";

struct Journey {
    google: google::Server,
    config: google::Config,
    nextcloud: nextcloud::Server,
    scope: Scope,
    data: tempfile::TempDir,
    _storage: tempfile::TempDir,
}

impl Journey {
    async fn new(amounts: Amounts, scope: Scope) -> Self {
        let config = google::Config {
            amounts,
            ..google::Config::new(7, 0)
        };
        let google = google::Server::start(config.clone()).await.unwrap();
        let storage = tempfile::tempdir().unwrap();
        let user = nextcloud::User::new(USER, PASSWORD);
        let nextcloud =
            nextcloud::Server::start(nextcloud::Config::new(storage.path(), vec![user]));
        Self {
            google,
            config,
            nextcloud: nextcloud.await.unwrap(),
            scope,
            data: tempfile::tempdir().unwrap(),
            _storage: storage,
        }
    }

    async fn engine(&self) -> Engine {
        let source = SourceConfig::Google {
            client_id: self.config.client_id.clone(),
            endpoint: Some(self.google.endpoint().clone()),
            password_command: None,
        };
        let mut migration = migration(source, &self.nextcloud.url(), USER, "Google Drive");
        migration.scope = self.scope.clone();
        let secrets = Known::default()
            .with(Secret::SourceClientSecret, &self.config.client_secret)
            .with(Secret::SourceRefreshToken, self.google.refresh_token())
            .with(Secret::TargetPassword, PASSWORD);
        open(migration, self.data.path(), secrets).await
    }

    async fn run(&self) -> (MoveDone, Vec<ReportRow>) {
        let engine = self.engine().await;
        let cancel = CancellationToken::new();
        let moved = engine.move_items(&cancel).await.unwrap();
        let verified = engine.verify(&cancel, &|_, _| {}).await.unwrap();
        let rows = engine.report_rows(0, 100_000, None).await.unwrap();
        engine.close().await.unwrap();
        assert!(moved.balanced, "{moved:?}");
        assert_eq!(
            (verified.mismatched, verified.missing),
            (0, 0),
            "{verified:?}"
        );
        assert_eq!(self.nextcloud.control().outbox(), [], "nobody hears of it");
        (moved, rows)
    }

    /// The texts in the Nextcloud's collection of this name.
    fn texts(&self, name: &str) -> Vec<Vec<u8>> {
        let control = self.nextcloud.control();
        let all = control.collections(USER);
        let found = all
            .iter()
            .find(|one| one.name.as_deref() == Some(name) && !one.in_trash);
        let found = found.unwrap_or_else(|| {
            panic!(
                "no collection {name} in {:?}",
                all.iter()
                    .map(|one| (&one.name, &one.path))
                    .collect::<Vec<_>>()
            )
        });
        let objects = control.objects(USER, &found.path).unwrap();
        objects
            .into_iter()
            .filter(|object| !object.in_trash)
            .map(|object| object.text)
            .collect()
    }
}

fn pim_only() -> Scope {
    Scope {
        files: false,
        ..Scope::default()
    }
}

fn outcomes(rows: &[ReportRow]) -> HashMap<(OutcomeKind, Option<Reason>), usize> {
    let mut counts = HashMap::new();
    for row in rows {
        *counts.entry((row.kind, row.reason)).or_insert(0) += 1;
    }
    counts
}

const AMOUNTS: Amounts = Amounts {
    events: 240,
    contacts: 60,
    tasks: 40,
};

/// When something takes place, by the identifier of its event.
type Agenda = BTreeMap<String, Vec<(Timestamp, Timestamp)>>;

fn sorted(mut agenda: Agenda) -> Agenda {
    for times in agenda.values_mut() {
        times.sort_unstable();
    }
    agenda
}

/// What Google shows of a calendar, expanded by the practice server.
fn at_google(journey: &Journey, calendar: &str, from: Timestamp, to: Timestamp) -> Agenda {
    let mut agenda = Agenda::new();
    for (uid, start, end) in journey.google.control().occurrences(calendar, from, to) {
        agenda
            .entry(uid)
            .or_default()
            .push((start.instant(), end.instant()));
    }
    sorted(agenda)
}

/// What the Nextcloud holds of it, expanded by another hand.
fn at_nextcloud(texts: &[Vec<u8>], from: Timestamp, to: Timestamp) -> Agenda {
    let mut agenda = Agenda::new();
    for text in texts {
        let uid = calendar::info(text).uid.unwrap();
        let times = calendar::occurrences(text, from, to, &TimeZone::UTC).unwrap();
        for one in times.into_iter().filter(|one| !one.cancelled) {
            agenda
                .entry(uid.clone())
                .or_default()
                .push((one.start, one.end));
        }
    }
    sorted(agenda)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_arrives_whole_and_nobody_hears_of_it() {
    let journey = Journey::new(AMOUNTS, pim_only()).await;
    let control = journey.google.control();
    // The card that Nextcloud gives everybody as an example, with its picture.
    let examples = journey.texts("Contacts").len();
    let (moved, rows) = journey.run().await;
    assert_eq!(moved.failed, 0, "{:?}", outcomes(&rows));
    let left: BTreeSet<(&str, Reason)> = rows
        .iter()
        .filter(|row| row.kind == OutcomeKind::Skipped)
        .filter_map(|row| Some((row.item.name.as_str(), row.reason?)))
        .collect();
    assert_eq!(
        left,
        BTreeSet::from([
            ("Anniversaires", Reason::GeneratedCollection),
            ("Ferme des Trois Chênes", Reason::SharedCalendar),
            ("Mairie : salles", Reason::SharedCalendar),
            ("Vacances scolaires", Reason::SubscriptionAddressUnknown),
            ("yann@canard-bleu.example", Reason::SharedCalendar),
        ])
    );
    // Every one of them, once.
    for calendar in control.calendars() {
        if calendar.role != Role::Owner {
            continue;
        }
        let name = calendar
            .summary_override
            .as_ref()
            .unwrap_or(&calendar.summary);
        let expected: BTreeSet<String> = control
            .series(&calendar.id)
            .iter()
            .map(|series| series.uid().to_owned())
            .collect();
        let texts = journey.texts(name);
        let found: BTreeSet<String> = texts
            .iter()
            .map(|text| calendar::info(text).uid.unwrap())
            .collect();
        assert_eq!((texts.len(), found), (expected.len(), expected), "{name}");
    }
    assert_eq!(
        journey.texts("Contacts").len(),
        examples + control.contacts().len()
    );
    for list in control.task_lists() {
        let there = list.tasks.iter().filter(|task| !task.deleted).count();
        assert_eq!(journey.texts(&list.title).len(), there, "{}", list.title);
    }
    let pictures = control
        .contacts()
        .iter()
        .filter(|one| !matches!(one.photo, Photo::Drawn))
        .count();
    let arrived = journey.texts("Contacts");
    let arrived = arrived
        .iter()
        .filter(|text| String::from_utf8_lossy(text).contains("PHOTO"));
    assert_eq!(arrived.count(), examples + pictures);
    let holidays = journey.nextcloud.control().collections(USER);
    let holidays = holidays
        .iter()
        .find(|one| {
            one.name
                .as_deref()
                .is_some_and(|name| name.starts_with("Jours fériés"))
        })
        .unwrap();
    assert!(holidays.source.as_ref().unwrap().contains("holiday"));

    // Nothing changed: a second run has nothing to do.
    let before: BTreeSet<Vec<u8>> = journey.texts("Distributions").into_iter().collect();
    let (again, rows) = journey.run().await;
    assert_eq!(again.failed, 0, "{:?}", outcomes(&rows));
    assert_eq!(before, journey.texts("Distributions").into_iter().collect());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_day_of_a_year_looks_the_same() {
    let scope = Scope {
        contacts: false,
        tasks: false,
        shared_calendars: true,
        ..pim_only()
    };
    let journey = Journey::new(AMOUNTS, scope).await;
    let (moved, rows) = journey.run().await;
    assert_eq!(moved.failed, 0, "{:?}", outcomes(&rows));
    let day = |text: &str| format!("{text}T00:00:00Z").parse::<Timestamp>().unwrap();
    let mut total = 0;
    for calendar in journey.google.control().calendars() {
        let moves = !calendar.deleted
            && calendar.role != Role::FreeBusyReader
            && !calendar.id.ends_with("@group.v.calendar.google.com")
            && !calendar.id.ends_with("@import.calendar.google.com");
        if !moves {
            continue;
        }
        let name = calendar
            .summary_override
            .as_ref()
            .unwrap_or(&calendar.summary);
        let texts = journey.texts(name);
        for year in [2025, 2026] {
            let (from, to) = (
                day(&format!("{year}-01-01")),
                day(&format!("{}-01-01", year + 1)),
            );
            let expected = at_google(&journey, &calendar.id, from, to);
            let found = at_nextcloud(&texts, from, to);
            for (uid, times) in &expected {
                assert_eq!(found.get(uid), Some(times), "{name} {year}: {uid}");
            }
            assert_eq!(found.len(), expected.len(), "{name} {year}");
            total += expected.values().map(Vec::len).sum::<usize>();
        }
    }
    assert!(total > 500, "{total}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn later_runs_move_what_changed_and_keep_what_was_edited() {
    let journey = Journey::new(AMOUNTS, pim_only()).await;
    let control = journey.google.control();
    journey.run().await;
    let primary = control.calendars()[0].id.clone();
    let single = control.named(&primary, "Pique-nique").unwrap();
    let fatou = control
        .contacts()
        .into_iter()
        .find(|one| {
            one.fields
                .get("names")
                .is_some_and(|n| n[0]["displayName"] == "Fatou Diallo")
        })
        .unwrap();
    let list = control.task_lists()[0].clone();
    control.edit_event(&primary, single.id(), |event| {
        event.summary = Some("Pique-nique au bord du Gué".into())
    });
    control.edit_contact(&fatou.resource_name(), |contact| {
        contact.fields.insert(
            "nicknames".into(),
            serde_json::json!([{"value": "Fatou de l'AMAP"}]),
        );
    });
    control.edit_task(&list.id, &list.tasks[0].id, |task| {
        task.title = "Rappeler la mairie".into()
    });
    // Somebody edits in the Nextcloud meanwhile.
    let nextcloud = journey.nextcloud.control();
    let collections = nextcloud.collections(USER);
    let distributions = collections
        .iter()
        .find(|one| one.name.as_deref() == Some("Distributions"))
        .unwrap();
    let edited = nextcloud
        .objects(USER, &distributions.path)
        .unwrap()
        .remove(0);
    let text = String::from_utf8(edited.text)
        .unwrap()
        .replacen("SUMMARY:", "SUMMARY:Relu : ", 1);
    nextcloud
        .write_object(USER, &distributions.path, &edited.name, text.as_bytes())
        .unwrap();

    let (moved, rows) = journey.run().await;
    assert_eq!(moved.failed, 0, "{:?}", outcomes(&rows));
    let has = |name: &str, needle: &str| {
        let texts = journey.texts(name);
        let texts = texts
            .iter()
            .map(|text| String::from_utf8_lossy(text).replace("\r\n ", ""));
        texts.filter(|text| text.contains(needle)).count()
    };
    assert_eq!(has(&primary, "Pique-nique au bord du Gué"), 1);
    assert_eq!(has(&primary, "SUMMARY:Pique-nique\r\n"), 0);
    assert_eq!(has("Contacts", "Fatou de l'AMAP"), 1);
    assert_eq!(has(&list.title, "SUMMARY:Rappeler la mairie"), 1);
    assert_eq!(has(&list.title, "SUMMARY:Appeler la mairie"), 0);
    assert_eq!(
        has("Distributions", "SUMMARY:Relu : "),
        1,
        "the edit is kept"
    );
    let kept = rows
        .iter()
        .filter(|row| row.reason == Some(Reason::EditedAtTarget))
        .count();
    assert_eq!(kept, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attachments_lead_to_the_files_that_moved_too() {
    let scope = Scope {
        contacts: false,
        tasks: false,
        // All but the budget's folder and the account's own calendar, which bears its address.
        exclude: vec!["[!Bc]*".to_owned(), "[!Bc]*/**".to_owned()],
        ..Scope::default()
    };
    let journey = Journey::new(
        Amounts {
            events: 0,
            contacts: 0,
            tasks: 0,
        },
        scope,
    )
    .await;
    let (_, rows) = journey.run().await;
    let control = journey.google.control();
    let pdf = control.labelled("budget-pdf").unwrap();
    let arrived = rows.iter().find(|row| row.item.id.0 == pdf).unwrap();
    assert_eq!(arrived.kind, OutcomeKind::Moved, "{arrived:?}");
    assert!(rows.iter().any(|row| row.item.kind == ItemKind::Event));
    let texts = journey.texts("camille@canard-bleu.example");
    let vote = texts
        .iter()
        .map(|text| String::from_utf8_lossy(text).replace("\r\n ", ""));
    let vote = vote
        .into_iter()
        .find(|text| text.contains("SUMMARY:Vote du budget"))
        .unwrap();
    let attached: Vec<&str> = vote
        .lines()
        .filter(|line| line.starts_with("ATTACH"))
        .collect();
    assert_eq!(attached.len(), 4, "{attached:?}");
    let host = journey.nextcloud.url().host_str().unwrap().to_owned();
    let moved = attached
        .iter()
        .filter(|line| line.contains(&host) && line.contains("/f/"))
        .count();
    // The document moved as a file, too; the other file is not here, and the pad never was.
    assert_eq!(moved, 2, "{attached:?}");
    assert!(
        attached
            .iter()
            .any(|line| line.contains("pads.canard-bleu.example"))
    );
}
