//! Whole migrations through the engine: everything arrives, byte for byte; the account balances; later
//! runs move what changed and keep what people did meanwhile. On the practice Nextcloud, and on a real one
//! where the environment names it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use common::{Known, Target, migration, open};
use tokio_util::sync::CancellationToken;
use transhumance::engine::{Engine, Secret};
use transhumance::hash::digest;
use transhumance::ledger::ReportRow;
use transhumance::model::{
    HashAlgorithm, ItemKind, MoveDone, OutcomeKind, Reason, SourceConfig, VerifyDone,
};
use transhumance::practice::content::Content;
use transhumance::practice::{google, nextcloud};

/// A practice Google, a target folder of its own, and an engine between them.
struct Journey {
    google: google::Server,
    config: google::Config,
    target: Target,
    folder: String,
    data: tempfile::TempDir,
}

impl Journey {
    async fn new(target: Target, items: u64) -> Self {
        let config = google::Config::new(7, items);
        let google = google::Server::start(config.clone()).await.unwrap();
        Self {
            google,
            config,
            target,
            folder: format!("journey {}", uuid::Uuid::new_v4().simple()),
            data: tempfile::tempdir().unwrap(),
        }
    }

    async fn engine(&self) -> Engine {
        let source = SourceConfig::Google {
            client_id: self.config.client_id.clone(),
            endpoint: Some(self.google.endpoint().clone()),
            password_command: None,
        };
        let migration = migration(source, &self.target.url, &self.target.user, &self.folder);
        let secrets = Known::default()
            .with(Secret::SourceClientSecret, &self.config.client_secret)
            .with(Secret::SourceRefreshToken, self.google.refresh_token())
            .with(Secret::TargetPassword, &self.target.password);
        open(migration, self.data.path(), secrets).await
    }

    async fn run(&self) -> (MoveDone, VerifyDone, Vec<ReportRow>) {
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
        (moved, verified, rows)
    }

    /// What arrived is what the source has, and there is nothing else.
    async fn compare(&self, rows: &[ReportRow]) {
        let files = self.target.files(&self.folder).await;
        let mut reported = BTreeSet::new();
        for row in rows {
            let arrived = matches!(
                row.kind,
                OutcomeKind::Moved | OutcomeKind::Converted | OutcomeKind::Linked
            );
            // Calendars and contacts have a journey of their own: tests/google_pim_journey.rs.
            let kind = row.item.kind;
            if !arrived || kind == ItemKind::Folder || kind.is_collection() || kind.is_object() {
                continue;
            }
            assert!(
                reported.insert(row.target_path.clone()),
                "{} twice",
                row.target_path
            );
            let there = files.get(&row.target_path);
            let there = there.unwrap_or_else(|| panic!("{} is missing", row.target_path));
            let Some(expected) = self.bytes(&row.item.id.0) else {
                continue;
            };
            assert_eq!(there.size, expected.len() as u64, "{}", row.target_path);
            let found = self.target.read(&row.target_path).await;
            let sha = |bytes: &[u8]| digest(HashAlgorithm::Sha256, bytes);
            assert_eq!(sha(&found), sha(&expected), "{}", row.target_path);
            if let Some(modified) = row.item.modified {
                let (wanted, _) = transhumance::target::clamp_modified(modified);
                let date = there.modified.map(|time| time.as_second());
                assert_eq!(date, Some(wanted), "{}", row.target_path);
            }
        }
        let there: BTreeSet<String> = files.into_keys().collect();
        assert_eq!(there, reported);
    }

    /// The bytes of a file at the source.
    fn bytes(&self, id: &str) -> Option<Vec<u8>> {
        let (node, _) = self.google.control().item(id)?;
        match node.kind {
            google::NodeKind::File { content, .. } => {
                Some(content.bytes(0, content.length).to_vec())
            }
            _ => None,
        }
    }
}

async fn practice_nextcloud(folder: &Path) -> (nextcloud::Server, Target) {
    let user = nextcloud::User::new("camille", "Canard-bleu-2026");
    let config = nextcloud::Config::new(folder, vec![user]);
    let server = nextcloud::Server::start(config).await.unwrap();
    let target = Target {
        url: server.url(),
        user: "camille".into(),
        password: "Canard-bleu-2026".into(),
    };
    (server, target)
}

/// The practice Nextcloud always; a real one where the environment names it.
async fn on_every_target<F: Future<Output = ()>>(journey: impl Fn(Target) -> F) {
    let folder = tempfile::tempdir().unwrap();
    let (_server, target) = practice_nextcloud(folder.path()).await;
    journey(target).await;
    if let Some(real) = Target::real() {
        journey(real).await;
    }
}

fn by_name<'a>(rows: &'a [ReportRow], name: &str) -> &'a ReportRow {
    let found = rows.iter().find(|row| row.item.name == name);
    found.unwrap_or_else(|| panic!("{name} has no outcome"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_messy_drive_arrives_whole() {
    on_every_target(|target| async move {
        let journey = Journey::new(target, 60).await;
        let (moved, _, rows) = journey.run().await;
        journey.compare(&rows).await;
        assert_eq!(moved.items as usize, rows.len());
        // What the source itself refuses, and nothing else.
        let failed: BTreeMap<&str, Option<Reason>> = rows
            .iter()
            .filter(|row| row.kind == OutcomeKind::Failed)
            .map(|row| (row.item.name.as_str(), row.reason))
            .collect();
        for reason in failed.values() {
            assert!(
                matches!(
                    reason,
                    Some(Reason::FlaggedAsAbuse | Reason::DownloadQuota | Reason::NotExportable)
                ),
                "{failed:?}"
            );
        }
        journey.target.remove(&journey.folder).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn later_runs_move_what_changed_and_keep_what_people_did() {
    on_every_target(|target| async move {
        let journey = Journey::new(target, 0).await;
        let google = journey.google.control();
        let folder = google.add_folder("root", "Atelier").unwrap();
        let add = |name: &str, seed| {
            google
                .add_file(&folder, name, Content::noise(seed, 3000))
                .unwrap()
        };
        let changed = add("changed.bin", 1);
        let renamed = add("renamed.bin", 2);
        let trashed = add("trashed.bin", 3);
        let both = add("both.bin", 4);
        add("edited.bin", 5);
        add("moved.bin", 6);
        add("deleted.bin", 7);
        let (_, _, rows) = journey.run().await;
        journey.compare(&rows).await;

        let (nothing, ..) = journey.run().await;
        assert_eq!(
            (nothing.moved, nothing.converted, nothing.linked),
            (0, 0, 0)
        );

        google.rewrite(&changed, Content::noise(11, 4000));
        google.rename(&renamed, "other name.bin");
        google.trash(&trashed);
        google.rewrite(&both, Content::noise(14, 4000));
        google.add_file(&folder, "new.bin", Content::noise(18, 500));
        let at = |name: &str| format!("{}/Atelier/{name}", journey.folder);
        journey
            .target
            .write(&at("edited.bin"), "edited by hand")
            .await;
        journey
            .target
            .write(&at("both.bin"), "edited by hand, too")
            .await;
        journey
            .target
            .rename(&at("moved.bin"), &at("elsewhere.bin"))
            .await;
        journey.target.remove(&at("deleted.bin")).await;

        let (second, _, rows) = journey.run().await;
        assert_eq!(second.failed, nothing.failed, "{second:?}");
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
        assert_eq!(
            outcome("edited.bin"),
            (OutcomeKind::Kept, Some(Reason::EditedAtTarget))
        );
        assert_eq!(
            outcome("moved.bin"),
            (OutcomeKind::Kept, Some(Reason::MovedAtTarget))
        );
        assert_eq!(outcome("deleted.bin").1, Some(Reason::DeletedAtTarget));
        assert_eq!(
            outcome("both.bin"),
            (OutcomeKind::Moved, Some(Reason::ChangedOnBothSides))
        );
        assert!(!rows.iter().any(|row| row.item.name == "trashed.bin"));

        let read = |name: &str| {
            let path = at(name);
            let target = journey.target.clone();
            async move { target.read(&path).await }
        };
        assert_eq!(
            read("changed.bin").await,
            Content::noise(11, 4000).bytes(0, 4000)
        );
        assert_eq!(read("edited.bin").await, b"edited by hand");
        assert_eq!(read("both.bin").await, b"edited by hand, too");
        assert_eq!(
            read("both (2).bin").await,
            Content::noise(14, 4000).bytes(0, 4000)
        );
        // Nothing is deleted at the target.
        assert_eq!(
            read("trashed.bin").await,
            Content::noise(3, 3000).bytes(0, 3000)
        );

        let (third, ..) = journey.run().await;
        assert_eq!(
            (third.moved, third.converted, third.linked),
            (0, 0, 0),
            "{third:?}"
        );
        journey.target.remove(&journey.folder).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_file_goes_up_in_chunks_and_on_where_it_stopped() {
    on_every_target(|target| async move {
        let journey = Journey::new(target, 0).await;
        let google = journey.google.control();
        let length = 90 << 20;
        google
            .add_file("root", "film.bin", Content::noise(99, length))
            .unwrap();
        stopped_in_the_middle(&journey).await;
        let (moved, _, rows) = journey.run().await;
        let film = by_name(&rows, "film.bin");
        assert_eq!(film.kind, OutcomeKind::Moved, "{film:?}");
        assert_eq!(moved.items as usize, rows.len());
        let found = journey.target.read(&film.target_path).await;
        let expected = Content::noise(99, length).bytes(0, length);
        let sha = |bytes: &[u8]| digest(HashAlgorithm::Sha256, bytes);
        assert_eq!(sha(&found), sha(&expected));
        journey.target.remove(&journey.folder).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_chunk_that_arrived_is_not_sent_again() {
    let folder = tempfile::tempdir().unwrap();
    let (server, target) = practice_nextcloud(folder.path()).await;
    let control = server.control();
    let (source, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let film = Content::noise(4, 60 << 20).bytes(0, 60 << 20);
    std::fs::write(source.path().join("film.bin"), &film).unwrap();
    let cancel = CancellationToken::new();
    let (stop, watched) = (cancel.clone(), control.clone());
    let watching = tokio::spawn(async move {
        let first = |upload: &nextcloud::LeftUpload| {
            let mut names = upload.chunks.iter().map(|(name, _)| name.as_str());
            names.any(|name| name == "00001")
        };
        while !watched.uploads("camille").iter().any(first) {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        // Longer than what is under way may go on for: nothing more comes to its end.
        watched.set_latency(Duration::from_secs(8));
        stop.cancel();
    });
    let engine = folder_engine(source.path(), data.path(), &target, "arrived").await;
    let stopped = engine.move_items(&cancel).await;
    assert!(stopped.is_err(), "{stopped:?}");
    engine.close().await.unwrap();
    watching.await.unwrap();
    assert_eq!(control.uploads("camille").len(), 1);
    control.set_latency(Duration::ZERO);
    let engine = folder_engine(source.path(), data.path(), &target, "arrived").await;
    let moved = engine.move_items(&CancellationToken::new()).await.unwrap();
    engine.close().await.unwrap();
    assert_eq!((moved.moved, moved.failed), (1, 0), "{moved:?}");
    assert_eq!(target.read("arrived/film.bin").await, film);
    let first_chunks = control
        .last_requests()
        .into_iter()
        .filter(|seen| seen.method == "PUT" && seen.path.ends_with("/00001"))
        .count();
    assert_eq!(first_chunks, 1, "it was there already");
    assert!(control.uploads("camille").is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_proxy_that_takes_little_at_once_gets_little() {
    let folder = tempfile::tempdir().unwrap();
    let (server, target) = practice_nextcloud(folder.path()).await;
    server.control().set_longest_body(Some(6 << 20));
    let source = tempfile::tempdir().unwrap();
    let film = Content::noise(1, 25 << 20).bytes(0, 25 << 20);
    let photo = Content::noise(2, 10 << 20).bytes(0, 10 << 20);
    std::fs::write(source.path().join("film.bin"), &film).unwrap();
    std::fs::write(source.path().join("photo.bin"), &photo).unwrap();
    let moved = move_folder(source.path(), &target, "arrived").await;
    assert_eq!((moved.moved, moved.failed), (2, 0), "{moved:?}");
    assert_eq!(target.read("arrived/film.bin").await, film);
    assert_eq!(target.read("arrived/photo.bin").await, photo);
    assert!(server.control().uploads("camille").is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn damage_is_found_and_mended() {
    on_every_target(|target| async move {
        let journey = Journey::new(target, 0).await;
        let google = journey.google.control();
        let content = Content::noise(5, 3000);
        google.add_file("root", "minutes.bin", content).unwrap();
        let (_, _, rows) = journey.run().await;
        let row = by_name(&rows, "minutes.bin");
        let modified = row.item.modified.unwrap().as_second();
        journey
            .target
            .damage(&row.target_path, "rotten", modified)
            .await;
        let engine = journey.engine().await;
        let cancel = CancellationToken::new();
        let found = engine.verify(&cancel, &|_, _| {}).await.unwrap();
        assert_eq!((found.mismatched, found.missing), (1, 0), "{found:?}");
        engine.close().await.unwrap();
        journey.run().await;
        let mended = journey.target.read(&row.target_path).await;
        assert_eq!(mended, content.bytes(0, 3000));
        journey.target.remove(&journey.folder).await;
    })
    .await;
}

/// Stops as soon as some of the large file has been acknowledged.
async fn stopped_in_the_middle(journey: &Journey) {
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
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_arrives_whole() {
    on_every_target(|target| async move {
        let source = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(source.path().join("vide/plus vide")).unwrap();
        std::fs::create_dir_all(source.path().join("Été")).unwrap();
        for number in 0..150 {
            let path = source.path().join(format!("Été/fichier {number}.txt"));
            std::fs::write(path, format!("numéro {number}")).unwrap();
        }
        std::fs::write(source.path().join("nul"), b"").unwrap();
        let folder = format!("folder {}", uuid::Uuid::new_v4().simple());
        let moved = move_folder(source.path(), &target, &folder).await;
        assert_eq!((moved.moved, moved.failed), (154, 0), "{moved:?}");
        let files = target.files(&folder).await;
        assert_eq!(files.len(), 151);
        assert_eq!(
            target.read(&format!("{folder}/Été/fichier 77.txt")).await,
            "numéro 77".as_bytes()
        );
        target.remove(&folder).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_file_arrives_where_no_folder_is_yet() {
    on_every_target(|target| async move {
        let source = tempfile::tempdir().unwrap();
        let content = Content::noise(3, 30 << 20).bytes(0, 30 << 20);
        std::fs::write(source.path().join("film.bin"), &content).unwrap();
        let folder = format!("folder {}", uuid::Uuid::new_v4().simple());
        let inside = format!("{folder}/not there yet");
        let moved = move_folder(source.path(), &target, &inside).await;
        assert_eq!((moved.moved, moved.failed), (1, 0), "{moved:?}");
        assert_eq!(target.read(&format!("{inside}/film.bin")).await, content);
        target.remove(&folder).await;
    })
    .await;
}

async fn folder_engine(source: &Path, data: &Path, target: &Target, folder: &str) -> Engine {
    let config = SourceConfig::Folder {
        path: source.to_owned(),
    };
    let migration = migration(config, &target.url, &target.user, folder);
    let secrets = Known::default().with(Secret::TargetPassword, &target.password);
    open(migration, data, secrets).await
}

async fn move_folder(source: &Path, target: &Target, folder: &str) -> MoveDone {
    let data = tempfile::tempdir().unwrap();
    let engine = folder_engine(source, data.path(), target, folder).await;
    let cancel = CancellationToken::new();
    let moved = engine.move_items(&cancel).await.unwrap();
    let verified = engine.verify(&cancel, &|_, _| {}).await.unwrap();
    assert_eq!(verified.proved, verified.items, "{verified:?}");
    moved
}
