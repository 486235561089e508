//! Whole migrations from the practice Microsoft through the engine: everything arrives, byte for byte; the
//! account balances; later runs move what changed and keep what people did meanwhile.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;
#[path = "microsoft_journey/kill.rs"]
mod kill;

use std::collections::BTreeSet;

use common::{Known, Target, migration, open};
use tokio_util::sync::CancellationToken;
use transhumance::engine::{Engine, Secret};
use transhumance::hash::digest;
use transhumance::ledger::ReportRow;
use transhumance::model::{
    HashAlgorithm, ItemKind, Migration, MoveDone, OutcomeKind, Proof, Reason, Scope, SourceConfig,
    VerifyDone,
};
use transhumance::practice::content::Content;
use transhumance::practice::faults::Faults;
use transhumance::practice::microsoft::{self, Account};
use transhumance::practice::nextcloud;

const HARVEST: &str = "https://canard-bleu.sharepoint.example/sites/Recoltes";

/// A practice Microsoft, a practice Nextcloud, and an engine between them.
struct Journey {
    microsoft: microsoft::Server,
    config: microsoft::Config,
    nextcloud: nextcloud::Server,
    sites: Vec<String>,
    shared_with_me: bool,
    folder: tempfile::TempDir,
}

impl Journey {
    async fn new(account: Account, items: u64, faults: f64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = microsoft::Config::new(account, 7, items);
        if faults > 0.0 {
            config.faults = Faults::seeded(11, faults);
        }
        let microsoft = microsoft::Server::start(config.clone()).await.unwrap();
        let user = nextcloud::User::new("camille", "Canard-bleu-2026");
        let at = folder.path().join("nextcloud");
        let nextcloud = nextcloud::Server::start(nextcloud::Config::new(at, vec![user]));
        Self {
            microsoft,
            config,
            nextcloud: nextcloud.await.unwrap(),
            sites: Vec::new(),
            shared_with_me: false,
            folder,
        }
    }

    fn target(&self) -> Target {
        Target {
            url: self.nextcloud.url(),
            user: "camille".into(),
            password: "Canard-bleu-2026".into(),
        }
    }

    fn migration(&self) -> Migration {
        let source = SourceConfig::Microsoft {
            client_id: self.config.client_id.clone(),
            tenant: None,
            sites: self.sites.clone(),
            endpoint: Some(self.microsoft.endpoint().clone()),
            password_command: None,
        };
        let mut migration = migration(source, &self.nextcloud.url(), "camille", "OneDrive");
        migration.scope = Scope {
            calendars: false,
            contacts: false,
            tasks: false,
            shared_with_me: self.shared_with_me,
            ..Scope::default()
        };
        migration
    }

    async fn engine(&self) -> Engine {
        let secrets = Known::default()
            .with(Secret::SourceRefreshToken, self.microsoft.refresh_token())
            .with(Secret::TargetPassword, "Canard-bleu-2026");
        open(self.migration(), &self.folder.path().join("data"), secrets).await
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
        (moved, verified, rows)
    }

    /// What arrived is what the source has, and there is nothing else.
    async fn compare(&self, rows: &[ReportRow]) {
        let files = self.target().files("OneDrive").await;
        let mut reported = BTreeSet::new();
        let mut compared = 0;
        for row in rows {
            let arrived = matches!(row.kind, OutcomeKind::Moved | OutcomeKind::Linked);
            if !arrived || row.item.kind == ItemKind::Folder {
                continue;
            }
            assert!(reported.insert(row.target_path.clone()), "{row:?} twice");
            let there = files.get(&row.target_path);
            let there = there.unwrap_or_else(|| panic!("{} is missing", row.target_path));
            let raw = row.item.locator.rsplit(' ').next().unwrap();
            let node = self.microsoft.control().item(raw);
            let Some(content) = node.and_then(|node| node.content()) else {
                continue;
            };
            assert_eq!(there.size, content.length, "{}", row.target_path);
            let found = self.target().read(&row.target_path).await;
            let expected = content.bytes(0, content.length);
            let sha = |bytes: &[u8]| digest(HashAlgorithm::Sha256, bytes);
            assert_eq!(sha(&found), sha(&expected), "{}", row.target_path);
            let (wanted, _) = transhumance::target::clamp_modified(row.item.modified.unwrap());
            let date = there.modified.map(|time| time.as_second());
            assert_eq!(date, Some(wanted), "{}", row.target_path);
            compared += 1;
        }
        let there: BTreeSet<String> = files.into_keys().collect();
        assert_eq!(there, reported);
        assert!(compared > 40, "{compared}");
    }

    fn row<'a>(&self, rows: &'a [ReportRow], label: &str) -> &'a ReportRow {
        let raw = self.microsoft.control().labelled(label).unwrap();
        let end = format!(":{}", raw.to_lowercase());
        let found = rows.iter().find(|row| row.item.id.0.ends_with(&end));
        found.unwrap_or_else(|| panic!("no row for {label}"))
    }
}

fn by_name<'a>(rows: &'a [ReportRow], name: &str) -> &'a ReportRow {
    let mut found = rows.iter().filter(|row| row.item.name == name);
    let row = found.next().unwrap_or_else(|| panic!("no {name}"));
    assert!(found.next().is_none(), "{name} twice");
    row
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_personal_account_arrives_in_any_weather() {
    for faults in [0.0, 0.1] {
        let journey = Journey::new(Account::Personal, 60, faults).await;
        let (moved, verified, rows) = journey.run().await;
        journey.compare(&rows).await;
        let failed: Vec<&ReportRow> = rows
            .iter()
            .filter(|row| row.kind == OutcomeKind::Failed)
            .collect();
        assert!(failed.is_empty(), "{failed:?}");
        for (label, reason) in [
            ("vault", Reason::PersonalVault),
            ("notebook", Reason::OneNote),
            ("loose-section", Reason::OneNote),
            ("malware", Reason::Malware),
            ("added-nowhere", Reason::ShortcutDangling),
            ("added-own", Reason::ShortcutTargetMoved),
        ] {
            let row = journey.row(&rows, label);
            assert_eq!(
                (row.kind, row.reason),
                (OutcomeKind::Skipped, Some(reason)),
                "{label}"
            );
        }
        let plain = journey.row(&rows, "plain");
        let Some(Proof::Full(digests)) = &plain.proof else {
            panic!("{plain:?}");
        };
        assert_eq!(digests.at_source().algorithm, HashAlgorithm::QuickXor);
        let bare = journey.row(&rows, "no-digest");
        assert!(matches!(bare.proof, Some(Proof::Streamed(_))), "{bare:?}");
        let photo = journey.row(&rows, "live-photo");
        assert_eq!(photo.reason, Some(Reason::SourceMisstated));
        // Those without a digest, and the one whose digest is of something else.
        assert_eq!(verified.weak, 3, "{verified:?}");
        assert_eq!(journey.microsoft.control().leaked_tokens(), 0);
        assert!(moved.moved > 100, "{moved:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sites_arrive_with_what_sharepoint_misstates() {
    let mut journey = Journey::new(Account::Work, 30, 0.0).await;
    journey.sites = vec![HARVEST.to_owned(), "Commission Légumes".to_owned()];
    journey.shared_with_me = true;
    let (_, _, rows) = journey.run().await;
    journey.compare(&rows).await;
    for label in [
        "wrong-size",
        "wrong-digest",
        "wrong-size-large",
        "live-photo",
    ] {
        let row = journey.row(&rows, label);
        assert_eq!(
            (row.kind, row.reason),
            (OutcomeKind::Moved, Some(Reason::SourceMisstated)),
            "{label}: {row:?}"
        );
        assert!(matches!(row.proof, Some(Proof::Streamed(_))), "{row:?}");
        assert!(
            row.detail.as_deref().unwrap().contains("quickxor:"),
            "{row:?}"
        );
    }
    let locked = journey.row(&rows, "labelled-locked");
    assert_eq!(locked.reason, Some(Reason::RetentionLocked));
    let labelled = journey.row(&rows, "labelled");
    assert_eq!(labelled.kind, OutcomeKind::Moved);
    let private = journey.row(&rows, "in-bureau");
    assert_eq!(
        private.target_path,
        "OneDrive/Shared drives/Commission Légumes – Bureau/Bureau/Budget confidentiel.txt"
    );
    let renamed = journey.row(&rows, "in-second-library");
    assert!(renamed.target_path.contains("Photos"), "{renamed:?}");

    let (second, _, rows) = journey.run().await;
    assert_eq!((second.moved, second.failed), (0, 0), "{second:?}");
    let again = journey.row(&rows, "wrong-size");
    assert_eq!(again.kind, OutcomeKind::Kept, "{again:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn later_runs_move_what_changed_and_keep_what_people_did() {
    let journey = Journey::new(Account::Work, 0, 0.0).await;
    let control = journey.microsoft.control();
    let folder = control.add_folder("root", "Atelier").unwrap();
    let add = |name: &str, seed| {
        control
            .add_file(&folder, name, Content::noise(seed, 3000))
            .unwrap()
    };
    let changed = add("changed.bin", 1);
    let renamed = add("renamed.bin", 2);
    let deleted = add("deleted-there.bin", 3);
    let both = add("both.bin", 4);
    add("edited.bin", 5);
    let (_, _, rows) = journey.run().await;
    journey.compare(&rows).await;

    control.rewrite(&changed, Content::noise(11, 4000));
    control.rename(&renamed, "other name.bin");
    control.delete(&deleted);
    control.rewrite(&both, Content::noise(14, 4000));
    control.add_file(&folder, "new.bin", Content::noise(18, 500));
    let outside = control.labelled("outside-inner").unwrap();
    control.add_file(&outside, "new there.bin", Content::noise(19, 500));
    let target = journey.target();
    let at = |name: &str| format!("OneDrive/Atelier/{name}");
    target.write(&at("edited.bin"), "edited by hand").await;
    target.write(&at("both.bin"), "edited by hand, too").await;

    control.forget_requests();
    let (second, _, rows) = journey.run().await;
    assert!(control.requests()["delta"] <= 2, "{:?}", control.requests());
    assert_eq!(second.failed, 0, "{second:?}");
    let outcome = |name: &str| {
        let row = by_name(&rows, name);
        (row.kind, row.reason)
    };
    assert_eq!(
        outcome("changed.bin"),
        (OutcomeKind::Moved, Some(Reason::ChangedAtSource))
    );
    assert_eq!(outcome("other name.bin").0, OutcomeKind::Kept);
    assert_eq!(outcome("new.bin"), (OutcomeKind::Moved, None));
    assert_eq!(outcome("new there.bin"), (OutcomeKind::Moved, None));
    assert_eq!(
        outcome("edited.bin"),
        (OutcomeKind::Kept, Some(Reason::EditedAtTarget))
    );
    assert_eq!(
        outcome("both.bin"),
        (OutcomeKind::Moved, Some(Reason::ChangedOnBothSides))
    );
    assert!(!rows.iter().any(|row| row.item.name == "deleted-there.bin"));
    let read = async |name: &str| target.read(&at(name)).await;
    assert_eq!(
        read("changed.bin").await,
        Content::noise(11, 4000).bytes(0, 4000)
    );
    assert_eq!(read("edited.bin").await, b"edited by hand");
    assert_eq!(
        read("both (2).bin").await,
        Content::noise(14, 4000).bytes(0, 4000)
    );

    let (third, ..) = journey.run().await;
    assert_eq!((third.moved, third.linked), (0, 0), "{third:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_file_goes_up_in_chunks_and_on_where_it_stopped() {
    let journey = Journey::new(Account::Personal, 0, 0.0).await;
    let control = journey.microsoft.control();
    let film = Content::noise(99, 90 << 20);
    let id = control.add_file("root", "film.bin", film).unwrap();
    let engine = journey.engine().await;
    let cancel = CancellationToken::new();
    let mut snapshots = engine.snapshots();
    let stop = cancel.clone();
    let watching = tokio::spawn(async move {
        while snapshots.changed().await.is_ok() {
            if snapshots.borrow().counts.bytes_done > 40 << 20 {
                stop.cancel();
            }
        }
    });
    let stopped = engine.move_items(&cancel).await;
    assert!(stopped.is_err(), "{stopped:?}");
    engine.close().await.unwrap();
    watching.await.unwrap();

    // The address of before has ended; whoever goes on asks for another one.
    control.expire_links();
    let (_, _, rows) = journey.run().await;
    let row = by_name(&rows, "film.bin");
    assert!(matches!(row.proof, Some(Proof::Full(_))), "{row:?}");
    let found = journey.target().read(&row.target_path).await;
    let sha = |bytes: &[u8]| digest(HashAlgorithm::Sha256, bytes);
    assert_eq!(sha(&found), sha(&film.bytes(0, film.length)));
    assert!(control.item(&id).is_some());
}
