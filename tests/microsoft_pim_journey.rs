//! Outlook's calendars and contacts, and To Do, from the practice Microsoft into the practice Nextcloud:
//! everything arrives, nobody hears of it, and an agenda looks the same on every day of ten years.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;
#[path = "microsoft_pim_journey/kill.rs"]
mod kill;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use common::{Known, migration, open};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::json;
use tokio_util::sync::CancellationToken;
use transhumance::engine::{Engine, Secret};
use transhumance::ledger::ReportRow;
use transhumance::model::{MoveDone, OutcomeKind, Reason, Scope, SourceConfig};
use transhumance::pim::calendar;
use transhumance::pim::outlook::original_uid;
use transhumance::practice::faults::Faults;
use transhumance::practice::microsoft::{self, Account};
use transhumance::practice::nextcloud;
use transhumance::practice::outlook::{Amounts, Part, Thing};

const USER: &str = "camille";
const PASSWORD: &str = "Canard-bleu-2026";

struct Journey {
    microsoft: microsoft::Server,
    config: microsoft::Config,
    nextcloud: nextcloud::Server,
    scope: Scope,
    data: tempfile::TempDir,
    _storage: tempfile::TempDir,
}

const AMOUNTS: Amounts = Amounts {
    events: 120,
    contacts: 50,
    tasks: 40,
};

fn pim_only() -> Scope {
    Scope {
        files: false,
        ..Scope::default()
    }
}

impl Journey {
    async fn new(account: Account, scope: Scope) -> Self {
        let config = microsoft::Config {
            amounts: AMOUNTS,
            // Long enough that requests meet.
            latency: Duration::from_millis(3),
            ..microsoft::Config::new(account, 7, 0)
        };
        let microsoft = microsoft::Server::start(config.clone()).await.unwrap();
        let storage = tempfile::tempdir().unwrap();
        let user = nextcloud::User::new(USER, PASSWORD);
        let nextcloud =
            nextcloud::Server::start(nextcloud::Config::new(storage.path(), vec![user]));
        Self {
            microsoft,
            config,
            nextcloud: nextcloud.await.unwrap(),
            scope,
            data: tempfile::tempdir().unwrap(),
            _storage: storage,
        }
    }

    async fn engine(&self) -> Engine {
        let source = SourceConfig::Microsoft {
            client_id: self.config.client_id.clone(),
            tenant: None,
            sites: Vec::new(),
            endpoint: Some(self.microsoft.endpoint().clone()),
            password_command: None,
        };
        let mut migration = migration(source, &self.nextcloud.url(), USER, "OneDrive");
        migration.scope = self.scope.clone();
        let secrets = Known::default()
            .with(Secret::SourceRefreshToken, self.microsoft.refresh_token())
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
        let requests = self.microsoft.control().requests();
        assert_eq!(requests.get("too many at once"), None, "{requests:?}");
        assert_eq!(requests.get("write"), None, "{requests:?}");
        assert_eq!(requests.get("unknown"), None, "{requests:?}");
        (moved, rows)
    }

    /// The texts in the Nextcloud's collection of this name.
    fn texts(&self, name: &str) -> Vec<String> {
        let control = self.nextcloud.control();
        let all = control.collections(USER);
        let found = all
            .iter()
            .find(|one| one.name.as_deref() == Some(name) && !one.in_trash);
        let found = found.unwrap_or_else(|| panic!("no collection {name}"));
        let objects = control.objects(USER, &found.path).unwrap();
        let there = objects.into_iter().filter(|object| !object.in_trash);
        there
            .map(|object| String::from_utf8(object.text).unwrap())
            .collect()
    }

    fn has(&self, name: &str, needle: &str) -> usize {
        let texts = self.texts(name);
        let texts = texts.iter().map(|text| text.replace("\r\n ", ""));
        texts.filter(|text| text.contains(needle)).count()
    }

    fn names(&self, part: Part) -> Vec<String> {
        self.microsoft.control().mailbox(|mailbox| {
            let folders = mailbox.folders(part);
            folders.map(|folder| folder.name().to_owned()).collect()
        })
    }

    fn things(&self, part: Part, name: &str) -> Vec<Thing> {
        self.microsoft.control().mailbox(|mailbox| {
            let folder = mailbox.folder(part, name).unwrap();
            folder.things().cloned().collect()
        })
    }

    /// Changes the thing that is called so.
    fn edit(&self, part: Part, name: &str, change: impl FnOnce(&mut Thing)) {
        self.microsoft.control().change_mailbox(|mailbox, now| {
            let id = mailbox.named(part, name).unwrap().1.id.clone();
            assert!(mailbox.edit(&id, now, change));
        });
    }

    /// Everything that is the account's own is there, once.
    fn assert_arrived(&self, examples: usize) {
        for name in ["Calendrier", "Récurrences", "Distributions"] {
            let expected: BTreeSet<String> = self
                .things(Part::Calendars, name)
                .iter()
                .map(|thing| original_uid(thing.told("iCalUId")))
                .collect();
            let texts = self.texts(name);
            let uid = |text: &String| calendar::info(text.as_bytes()).uid.unwrap();
            let found: BTreeSet<String> = texts.iter().map(uid).collect();
            assert_eq!((texts.len(), found), (expected.len(), expected), "{name}");
        }
        let steps = |thing: &Thing| thing.value["checklistItems"].as_array().unwrap().len();
        for name in ["Tâches", "Fête d'été"] {
            let things = self.things(Part::Todo, name);
            let expected = things.iter().map(|thing| 1 + steps(thing)).sum::<usize>();
            assert_eq!(self.texts(name).len(), expected, "{name}");
        }
        for name in self.names(Part::Contacts) {
            let more = if name == "Contacts" { examples } else { 0 };
            let expected = self.things(Part::Contacts, &name).len() + more;
            assert_eq!(self.texts(&name).len(), expected, "{name}");
        }
    }
}

fn outcomes(rows: &[ReportRow]) -> HashMap<(OutcomeKind, Option<Reason>), usize> {
    let mut counts = HashMap::new();
    for row in rows {
        *counts.entry((row.kind, row.reason)).or_insert(0) += 1;
    }
    counts
}

fn skipped(rows: &[ReportRow]) -> BTreeSet<(&str, Reason)> {
    rows.iter()
        .filter(|row| row.kind == OutcomeKind::Skipped)
        .filter_map(|row| Some((row.item.name.as_str(), row.reason?)))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_arrives_whole_and_nobody_hears_of_it() {
    let journey = Journey::new(Account::Work, pim_only()).await;
    let control = journey.microsoft.control();
    // The card that Nextcloud gives everybody as an example, with its picture.
    let examples = journey.texts("Contacts").len();
    let (moved, rows) = journey.run().await;
    assert_eq!(moved.failed, 0, "{:?}", outcomes(&rows));
    assert_eq!(
        skipped(&rows),
        BTreeSet::from([
            ("Anniversaires", Reason::GeneratedCollection),
            ("Courses de Yann", Reason::SharedCalendar),
            ("Ferme des Trois Chênes", Reason::SharedCalendar),
            ("Jours fériés en France", Reason::SubscriptionAddressUnknown),
        ])
    );
    journey.assert_arrived(examples);
    let pictures = journey.things(Part::Contacts, "Contacts");
    let pictures = pictures.iter().filter(|one| one.picture.is_some()).count();
    assert!(pictures > 2);
    assert_eq!(journey.has("Contacts", "\r\nPHOTO"), examples + pictures);
    for needle in [
        "FILENAME=budget.csv:cG9zdGU7",
        "X-MICROSOFT-ATTACHMENT;X-TYPE=#microsoft.graph.itemAttachment:Courriel de la mairie",
        "UID:reunion-2026@mairie.example",
        "PARTSTAT=DECLINED",
        "STATUS:CANCELLED",
    ] {
        assert_eq!(journey.has("Calendrier", needle), 1, "{needle}");
    }
    for needle in [
        "RELATED-TO;RELTYPE=PARENT",
        "RRULE:FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1",
        "FILENAME=contrat.txt:Y29udHJhdA==",
    ] {
        assert!(journey.has("Tâches", needle) > 0, "{needle}");
    }

    // Nothing changed: a second run asks what changed, and moves nothing.
    control.forget_requests();
    let (again, rows) = journey.run().await;
    assert_eq!(again.failed, 0, "{:?}", outcomes(&rows));
    let requests = control.requests();
    for operation in ["event", "photo", "contact", "task", "attachments"] {
        assert_eq!(requests.get(operation), None, "{operation}: {requests:?}");
    }
    // One to look whose folder it is.
    assert_eq!(requests.get("contacts"), Some(&1), "{requests:?}");
    assert_eq!(requests.get("contactsDelta"), Some(&4), "{requests:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_day_of_ten_years_looks_the_same() {
    let scope = Scope {
        contacts: false,
        tasks: false,
        shared_calendars: true,
        ..pim_only()
    };
    let journey = Journey::new(Account::Work, scope).await;
    let (moved, rows) = journey.run().await;
    assert_eq!(moved.failed, 0, "{:?}", outcomes(&rows));
    let (from, to) = ("2024-01-01T00:00:00Z", "2034-01-01T00:00:00Z");
    let (from, to): (Timestamp, Timestamp) = (from.parse().unwrap(), to.parse().unwrap());
    let mut total = 0;
    for name in [
        "Calendrier",
        "Récurrences",
        "Distributions",
        "Ferme des Trois Chênes",
    ] {
        let mut found = BTreeMap::new();
        for text in journey.texts(name) {
            let uid = calendar::info(text.as_bytes()).uid.unwrap();
            let times = calendar::occurrences(text.as_bytes(), from, to, &TimeZone::UTC).unwrap();
            let mut times: Vec<(Timestamp, Timestamp)> =
                times.iter().map(|one| (one.start, one.end)).collect();
            times.sort_unstable();
            found.insert(uid, times);
        }
        for thing in journey.things(Part::Calendars, name) {
            let mut expected: Vec<(Timestamp, Timestamp)> = thing
                .occurrences(from, to)
                .iter()
                .map(|one| (one.start, one.end))
                .collect();
            expected.sort_unstable();
            let uid = original_uid(thing.told("iCalUId"));
            let subject = thing.told("subject");
            assert_eq!(
                found.get(&uid),
                Some(&expected),
                "{subject}: {}",
                thing.value
            );
            total += expected.len();
        }
    }
    assert!(total > 5_000, "{total}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn later_runs_move_what_changed_and_keep_what_was_edited() {
    let journey = Journey::new(Account::Work, pim_only()).await;
    let control = journey.microsoft.control();
    journey.run().await;
    journey.edit(Part::Calendars, "Foire aux plants", |event| {
        event.set("subject", "Foire aux plants et au miel");
    });
    // What changes of a series is in the series.
    let series = journey.things(Part::Calendars, "Récurrences");
    let series = series
        .iter()
        .find(|one| one.told("subject") == "Série n° 3");
    let day = series.unwrap().value["recurrence"]["range"]["startDate"].clone();
    let day: jiff::civil::Date = day.as_str().unwrap().parse().unwrap();
    journey.edit(Part::Calendars, "Série n° 3", |event| event.cancel(day));
    journey.edit(Part::Contacts, "Noémie Lefèvre", |contact| {
        contact.set("nickName", "Nono");
        contact.picture = None;
    });
    journey.edit(Part::Contacts, "GAEC du Gué", |contact| {
        contact.deleted = true
    });
    journey.edit(Part::Todo, "Appeler la mairie", |task| {
        task.value["checklistItems"][1]["isChecked"] = json!(true);
    });
    let added =
        control.change_mailbox(|mailbox, now| mailbox.add_like(Part::Calendars, "Congés", now));
    assert!(added.is_some());
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

    control.forget_requests();
    let (moved, rows) = journey.run().await;
    assert_eq!(moved.failed, 0, "{:?}", outcomes(&rows));
    let requests = control.requests();
    assert_eq!(requests.get("event"), Some(&3), "{requests:?}");
    assert_eq!(requests.get("photo"), Some(&1), "{requests:?}");
    assert_eq!(
        journey.has("Calendrier", "SUMMARY:Foire aux plants et au miel"),
        1
    );
    assert_eq!(journey.has("Calendrier", "SUMMARY:Foire aux plants\r\n"), 0);
    assert_eq!(journey.has("Calendrier", "SUMMARY:Congés"), 2);
    let first = format!("EXDATE;TZID=Australia/Sydney:{}", day.strftime("%Y%m%d"));
    assert_eq!(journey.has("Récurrences", &first), 1, "{first}");
    let nono = journey.texts("Contacts");
    let nono = nono.iter().find(|text| text.contains("NICKNAME:Nono"));
    assert!(!nono.unwrap().contains("PHOTO"));
    let step = journey.texts("Tâches");
    let step = step.iter().find(|text| text.contains("Noter la réponse"));
    assert!(step.unwrap().contains("STATUS:COMPLETED"));
    assert_eq!(
        journey.has("Distributions", "SUMMARY:Relu : "),
        1,
        "the edit is kept"
    );
    // Nothing is ever deleted in the Nextcloud.
    assert_eq!(journey.texts("Maraîchers").len(), 1);

    // Lists of changes that are no longer known are listed anew; nothing moves twice.
    control.change_mailbox(|mailbox, _| mailbox.forget_changes());
    control.forget_requests();
    let (moved, rows) = journey.run().await;
    assert_eq!(moved.failed, 0, "{:?}", outcomes(&rows));
    let requests = control.requests();
    assert_eq!(requests.get("event"), None, "{requests:?}");
    assert_eq!(requests.get("photo"), None, "{requests:?}");
    assert_eq!(requests.get("contact"), None, "{requests:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_weather_and_short_pages_lose_nothing() {
    let journey = Journey::new(Account::Personal, pim_only()).await;
    let control = journey.microsoft.control();
    let examples = journey.texts("Contacts").len();
    control.set_faults(Faults::seeded(5, 0.05));
    control.set_page_limit(7);
    let (moved, rows) = journey.run().await;
    assert_eq!(moved.failed, 0, "{:?}", outcomes(&rows));
    journey.assert_arrived(examples);
    // Personal accounts have no pictures in v1.0.
    assert_eq!(journey.has("Contacts", "\r\nPHOTO"), examples);
    let before = journey.texts("Récurrences").len();
    let (again, rows) = journey.run().await;
    assert_eq!(again.failed, 0, "{:?}", outcomes(&rows));
    assert_eq!(journey.texts("Récurrences").len(), before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_sign_in_does_not_cover_is_named() {
    let journey = Journey::new(Account::Work, pim_only()).await;
    let control = journey.microsoft.control();
    // As one of before calendars could move, with contacts since.
    let covered = [
        "offline_access",
        "User.Read",
        "Files.Read.All",
        "Contacts.Read",
    ];
    control.set_scopes(&covered);
    let (moved, rows) = journey.run().await;
    assert_eq!(moved.failed, 0, "{:?}", outcomes(&rows));
    assert_eq!(
        skipped(&rows),
        BTreeSet::from([
            ("Microsoft To Do", Reason::NotGranted),
            ("Outlook", Reason::NotGranted),
        ])
    );
    assert!(journey.texts("Contacts").len() > 50);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_opened_is_named_and_stops_nothing() {
    let scope = Scope {
        shared_calendars: true,
        ..pim_only()
    };
    let journey = Journey::new(Account::Work, scope).await;
    let control = journey.microsoft.control();
    // Accounts of organisations without a licence for Exchange.
    control.set_no_mailbox(true);
    let (moved, rows) = journey.run().await;
    let named = |rows: &[ReportRow]| -> BTreeSet<String> {
        let closed = rows.iter();
        let closed = closed.filter(|row| row.reason == Some(Reason::SourceForbidden));
        closed.map(|row| row.item.name.clone()).collect()
    };
    let all = ["Microsoft To Do", "Outlook", "Outlook: contacts"];
    assert_eq!(moved.items as usize, rows.len());
    assert_eq!(named(&rows), all.map(str::to_owned).into());
    // With a mailbox, and one calendar that is listed and gone.
    control.set_no_mailbox(false);
    control.change_mailbox(|mailbox, _| {
        let id = mailbox
            .folder(Part::Calendars, "Distributions")
            .unwrap()
            .id
            .clone();
        assert!(mailbox.edit_folder(&id, |folder| folder.value["ghost"] = json!(true)));
    });
    let (_, rows) = journey.run().await;
    assert_eq!(named(&rows), BTreeSet::from(["Distributions".to_owned()]));
    assert!(journey.texts("Récurrences").len() > 40);
    assert_eq!(journey.texts("Ferme des Trois Chênes").len(), 2);
}

/// The series of the practice server's calendar are of all patterns, and begin on all kinds of days.
#[test]
fn every_pattern_is_in_the_practice_mailbox() {
    let mailbox = transhumance::practice::outlook::Mailbox::new(7, AMOUNTS);
    let folder = mailbox.folder(Part::Calendars, "Récurrences").unwrap();
    let kinds: BTreeSet<(String, String)> = folder
        .things()
        .map(|thing| {
            let pattern = &thing.value["recurrence"]["pattern"]["type"];
            let range = &thing.value["recurrence"]["range"]["type"];
            (
                pattern.as_str().unwrap().to_owned(),
                range.as_str().unwrap().to_owned(),
            )
        })
        .collect();
    assert!(kinds.len() >= 15, "{kinds:?}");
}
