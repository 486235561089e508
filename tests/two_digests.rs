//! Sources whose digests no Nextcloud computes: both the source's and the target's are taken of one stream,
//! and only if both are right is anything proved. Stopped, resumed, damaged and interrupted transfers
//! included.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use common::{Target, names};
use futures::StreamExt as _;
use tokio_util::sync::CancellationToken;
use transhumance::hash::{digest, digests};
use transhumance::ledger::{Claim, Ledger, ReportRow, SavedUpload, Task, UploadPhase};
use transhumance::model::{
    Algorithms, Digests, HashAlgorithm, HashValue, Item, ItemKind, Options, OutcomeKind, Proof,
    Reason, Scope, Selection, Space, SpaceId, SpaceKind, TargetInfo, VerifyDone,
};
use transhumance::net::Bandwidth;
use transhumance::plan::PlanOptions;
use transhumance::practice::content::Content;
use transhumance::practice::nextcloud;
use transhumance::preview::Planner;
use transhumance::source::{Content as Reading, Source, SourceAccount, SourceError, SurveySink};
use transhumance::survey::{survey_source, survey_target};
use transhumance::target::Nextcloud;
use transhumance::transfer::{Mover, MoverParts, Progress};
use transhumance::verify::Verifier;

const MIB: u64 = 1 << 20;

/// A source that publishes digests by one algorithm, and remembers from where it was read.
struct Shelf {
    algorithm: HashAlgorithm,
    files: Mutex<Vec<(String, Content)>>,
    /// Part of every version.
    edition: AtomicU64,
    /// Whose published digest is not that of its bytes.
    misstated: Mutex<Option<String>>,
    read: Mutex<Vec<(String, u64)>>,
}

impl Shelf {
    fn new(algorithm: HashAlgorithm, files: &[(&str, u64)]) -> Self {
        let content = |(n, (name, length)): (u64, &(&str, u64))| {
            ((*name).to_owned(), Content::noise(n, *length))
        };
        Self {
            algorithm,
            files: Mutex::new((1..).zip(files).map(content).collect()),
            edition: AtomicU64::new(1),
            misstated: Mutex::default(),
            read: Mutex::default(),
        }
    }

    fn content(&self, name: &str) -> Content {
        let files = self.files.lock().unwrap();
        files.iter().find(|(known, _)| known == name).unwrap().1
    }

    fn item(&self, name: &str) -> Item {
        let content = self.content(name);
        let misstated = self.misstated.lock().unwrap().as_deref() == Some(name);
        let hash = if misstated {
            digest(self.algorithm, b"something else")
        } else {
            content.digests(&[self.algorithm]).remove(0)
        };
        let mut item = Item::new(SpaceId::new("shelf"), name, None, name, ItemKind::File);
        item.size = Some(content.length);
        item.modified = transhumance::model::Timestamp::from_second(1_700_000_000).ok();
        let edition = self.edition.load(Ordering::Relaxed);
        item.version = format!("{edition} {}", hash.hex);
        item.hash = Some(hash);
        item
    }
}

#[async_trait]
impl Source for Shelf {
    async fn check(&self) -> Result<SourceAccount, SourceError> {
        let name = "a shelf".into();
        Ok(SourceAccount { name })
    }

    async fn survey(&self, _: &[Space], sink: &mut dyn SurveySink) -> Result<(), SourceError> {
        let id = SpaceId::new("shelf");
        sink.space(Space {
            id,
            kind: SpaceKind::Own,
            name: "shelf".into(),
            change_token: None,
        })
        .await?;
        let names: Vec<String> = self
            .files
            .lock()
            .unwrap()
            .iter()
            .map(|(name, _)| name.clone())
            .collect();
        sink.items(names.iter().map(|name| self.item(name)).collect())
            .await
    }

    async fn read(&self, item: &Item, from: u64) -> Result<Reading, SourceError> {
        self.read.lock().unwrap().push((item.name.clone(), from));
        let content = self.content(&item.name);
        Ok(Reading {
            length: Some(content.length - from),
            stream: content.stream(from, u64::MAX).map(Ok).boxed(),
        })
    }

    async fn version_now(&self, item: &Item) -> Result<Option<String>, SourceError> {
        Ok(Some(self.item(&item.name).version))
    }
}

/// A shelf and a practice Nextcloud.
struct World {
    shelf: Arc<Shelf>,
    server: nextcloud::Server,
    target: Nextcloud,
    info: TargetInfo,
    ledger: Ledger,
    folder: tempfile::TempDir,
}

impl World {
    async fn new(shelf: Shelf) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let users = vec![nextcloud::User::new("camille", "Canard-bleu-2026")];
        let config = nextcloud::Config::new(folder.path().join("nextcloud"), users);
        let server = nextcloud::Server::start(config).await.unwrap();
        let target = Target {
            url: server.url(),
            user: "camille".into(),
            password: "Canard-bleu-2026".into(),
        };
        let target = target.nextcloud();
        let info = target.connect().await.unwrap();
        Self {
            shelf: Arc::new(shelf),
            server,
            target,
            info,
            ledger: open(folder.path()).await,
            folder,
        }
    }

    async fn plan(&self) {
        let cancel = CancellationToken::new();
        survey_target(&self.target, "", &self.ledger, &cancel)
            .await
            .unwrap();
        let surveyed = survey_source(self.shelf.as_ref(), &self.ledger, &cancel, &|_| {}).await;
        surveyed.unwrap().finish(&self.ledger).await.unwrap();
        let planner = Planner {
            rules: self.info.rules.clone(),
            options: PlanOptions::new(&Options::default(), &Scope::default()).unwrap(),
            target_folder: String::new(),
            names: names(),
            selection: Selection::default(),
        };
        let progress = Progress::default();
        planner.run(&self.ledger, &progress, &cancel).await.unwrap();
    }

    fn mover(&self, progress: &Progress, cancel: &CancellationToken) -> Mover {
        Mover::new(MoverParts {
            ledger: self.ledger.clone(),
            source: self.shelf.clone(),
            target: self.target.clone(),
            info: self.info.clone(),
            bandwidth: Bandwidth::new(None),
            progress: progress.clone(),
            cancel: cancel.clone(),
            set_aside: self.folder.path().join("set-aside"),
        })
    }

    async fn carry_out(&self) -> Vec<ReportRow> {
        assert!(self.ledger.begin_run().await.unwrap());
        let mover = self.mover(&Progress::default(), &CancellationToken::new());
        mover.run().await.unwrap();
        assert!(self.ledger.balance().await.unwrap().is_balanced());
        self.rows().await
    }

    async fn rows(&self) -> Vec<ReportRow> {
        self.ledger.report_rows(0, 1000, None).await.unwrap()
    }

    async fn verify(&self) -> VerifyDone {
        let cancel = CancellationToken::new();
        survey_target(&self.target, "", &self.ledger, &cancel)
            .await
            .unwrap();
        let verifier = Verifier {
            ledger: self.ledger.clone(),
            target: self.target.clone(),
            reread: None,
            progress: Progress::default(),
        };
        verifier.run(&cancel, &|_, _| {}).await.unwrap()
    }

    /// What the practice Nextcloud itself says that it stores.
    fn stored(&self, name: &str) -> Option<String> {
        let files = self.server.control().files("camille");
        let mut files = files.into_iter().map(Result::unwrap);
        files.find(|file| file.path == name).map(|file| file.sha256)
    }

    fn assert_arrived(&self, row: &ReportRow) {
        let content = self.shelf.content(&row.item.name);
        let [sha256, sha1, published] = <[HashValue; 3]>::try_from(content.digests(&[
            HashAlgorithm::Sha256,
            HashAlgorithm::Sha1,
            self.shelf.algorithm,
        ]))
        .unwrap();
        assert_eq!(self.stored(&row.target_path), Some(sha256.hex));
        let both = Digests {
            target: sha1,
            source: Some(published),
        };
        assert_eq!(row.proof, Some(Proof::Full(both)), "{}", row.item.name);
    }
}

async fn open(folder: &Path) -> Ledger {
    Ledger::open(&folder.join("ledger.sqlite")).await.unwrap()
}

/// Every algorithm that no Nextcloud computes.
async fn for_each<F: Future<Output = ()>>(test: impl Fn(HashAlgorithm) -> F) {
    let others = HashAlgorithm::ALL
        .into_iter()
        .filter(|algorithm| !algorithm.is_nextclouds());
    for algorithm in others {
        test(algorithm).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_is_proved_by_both() {
    for_each(|algorithm| async move {
        // In bulk, by PUT, and in one full chunk.
        let files = [
            ("empty", 0),
            ("small", 5000),
            ("block", 4 * MIB),
            ("more", 4 * MIB + 1),
            ("large", 24 * MIB),
        ];
        let world = World::new(Shelf::new(algorithm, &files)).await;
        world.plan().await;
        let rows = world.carry_out().await;
        assert_eq!(rows.len(), files.len());
        for row in &rows {
            assert_eq!(row.kind, OutcomeKind::Moved, "{row:?}");
            world.assert_arrived(row);
        }
        let verified = world.verify().await;
        assert_eq!(verified.proved, files.len() as u64, "{verified:?}");

        // A later run keeps everything, and a second look proves it as strongly.
        world.plan().await;
        let rows = world.carry_out().await;
        for row in &rows {
            assert_eq!(row.reason, Some(Reason::AlreadyMoved), "{row:?}");
        }
        let verified = world.verify().await;
        assert_eq!(verified.proved, files.len() as u64, "{verified:?}");
        for row in &world.rows().await {
            world.assert_arrived(row);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopped_upload_goes_on_with_both() {
    for_each(|algorithm| async move {
        let world = World::new(Shelf::new(algorithm, &[("film", 60 * MIB)])).await;
        world.plan().await;
        assert!(world.ledger.begin_run().await.unwrap());
        let progress = Progress::default();
        let mover = world.mover(&progress, &CancellationToken::new());
        let enough = async {
            while progress.counts().bytes_done < 24 * MIB {
                tokio::task::yield_now().await;
            }
        };
        // As if killed.
        tokio::select! {
            done = mover.run() => panic!("it was over too soon: {done:?}"),
            () = enough => {}
        }
        let chunks = world.server.control().uploads("camille");
        assert_eq!(chunks.len(), 1, "{chunks:?}");

        world.shelf.read.lock().unwrap().clear();
        let rows = world.carry_out().await;
        assert_eq!(rows[0].kind, OutcomeKind::Moved, "{rows:?}");
        world.assert_arrived(&rows[0]);
        let read = world.shelf.read.lock().unwrap().clone();
        assert!(
            read.iter().all(|(_, from)| *from > 0),
            "what had arrived was read again: {read:?}"
        );
        assert_eq!(world.verify().await.proved, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_source_that_misstates_its_digest_proves_nothing() {
    for_each(|algorithm| async move {
        for (name, length) in [("small", 5000), ("medium", 700_000), ("large", 17 * MIB)] {
            let shelf = Shelf::new(algorithm, &[(name, length), ("right", 100)]);
            *shelf.misstated.lock().unwrap() = Some(name.into());
            let world = World::new(shelf).await;
            world.plan().await;
            let rows = world.carry_out().await;
            let wrong = rows.iter().find(|row| row.item.name == name).unwrap();
            assert_eq!(wrong.kind, OutcomeKind::Failed, "{wrong:?}");
            assert_eq!(wrong.reason, Some(Reason::HashMismatch));
            let detail = wrong.detail.as_deref().unwrap();
            assert_eq!(detail.matches(algorithm.name()).count(), 2, "{detail}");
            assert_eq!(world.stored(name), None, "what arrived is taken away again");
            assert!(world.server.control().uploads("camille").is_empty());
            let right = rows.iter().find(|row| row.item.name == "right").unwrap();
            world.assert_arrived(right);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_interrupted_attempt_left_is_recognised() {
    for_each(|algorithm| async move {
        let files = [("whole", 700_000), ("joined", 17 * MIB)];
        let world = World::new(Shelf::new(algorithm, &files)).await;
        world.plan().await;
        assert!(world.ledger.begin_run().await.unwrap());
        let Claim::Jobs(jobs) = world
            .ledger
            .claim(Task::Content, 10, i64::MAX)
            .await
            .unwrap()
        else {
            panic!("no jobs");
        };
        // Both arrived, but the program ended before it could write that down.
        let algorithms = Algorithms::comparing(Some(algorithm));
        for job in &jobs {
            let content = world.shelf.content(&job.item.name);
            let bytes = content.bytes(0, u64::MAX);
            let put = transhumance::target::Put {
                path: &job.decision.target_path,
                modified: job.item.modified,
                created: None,
                hash: HashAlgorithm::Sha1,
                replace: None,
            };
            let body = transhumance::target::Body::from_bytes(bytes.clone());
            world.target.put(&put, body).await.unwrap();
            if job.item.name == "joined" {
                let saved = SavedUpload {
                    upload_id: "transhumance-gone".into(),
                    total: content.length,
                    algorithms,
                    source_version: job.item.version.clone(),
                    target_path: job.decision.target_path.clone(),
                    phase: UploadPhase::Sending,
                    chunks: Vec::new(),
                };
                world.ledger.save_upload(job.n, saved).await.unwrap();
                let streamed = digests(algorithms, &bytes);
                world.ledger.assembling(job.n, streamed).await.unwrap();
            }
        }
        let rows = world.carry_out().await;
        for row in &rows {
            assert_eq!(row.kind, OutcomeKind::Moved, "{row:?}");
            world.assert_arrived(row);
        }
        // One had to be read again to know; of the other the ledger knew.
        let read = world.shelf.read.lock().unwrap().clone();
        assert_eq!(read, [("whole".to_owned(), 0)]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn damage_at_the_target_is_found_and_mended() {
    for_each(|algorithm| async move {
        let world = World::new(Shelf::new(algorithm, &[("minutes", 5000)])).await;
        world.plan().await;
        let rows = world.carry_out().await;
        let damaged = Content::noise(77, 5000).bytes(0, 5000);
        let entry = world.target.stat("minutes").await.unwrap().unwrap();
        let put = transhumance::target::Put {
            path: "minutes",
            modified: rows[0].item.modified,
            created: None,
            hash: HashAlgorithm::Sha1,
            replace: Some(&entry.etag),
        };
        let body = transhumance::target::Body::from_bytes(damaged);
        world.target.put(&put, body).await.unwrap();
        let verified = world.verify().await;
        assert_eq!(verified.mismatched, 1, "{verified:?}");
        // Neither version nor digest changed at the source; it is sent again all the same.
        world.plan().await;
        let rows = world.carry_out().await;
        assert_eq!(rows[0].kind, OutcomeKind::Moved, "{rows:?}");
        world.assert_arrived(&rows[0]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_at_the_source_is_told_by_its_own_digest() {
    for_each(|algorithm| async move {
        let shelf = Shelf::new(algorithm, &[("same", 5000), ("other", 5000)]);
        let world = World::new(shelf).await;
        world.plan().await;
        world.carry_out().await;
        // Both have another version now, but only one has other bytes.
        world.shelf.edition.fetch_add(1, Ordering::Relaxed);
        world.shelf.files.lock().unwrap()[1].1 = Content::noise(99, 5000);
        world.plan().await;
        let rows = world.carry_out().await;
        assert_eq!(rows[0].reason, Some(Reason::AlreadyMoved), "{rows:?}");
        assert_eq!(rows[1].reason, Some(Reason::ChangedAtSource), "{rows:?}");
        world.assert_arrived(&rows[1]);
        assert_eq!(world.verify().await.proved, 2);
    })
    .await;
}
