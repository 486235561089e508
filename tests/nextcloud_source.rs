//! Reading a Nextcloud: a made-up space on the practice server, in fair and in foul weather, and a few
//! files on a real one where `TRANSHUMANCE_TEST_NEXTCLOUD_URL`, `_USER` and `_PASSWORD` (an app password)
//! name it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use std::collections::BTreeMap;

use async_trait::async_trait;
use common::{Known, Target, migration, open};
use futures::{StreamExt as _, TryStreamExt as _};
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;
use transhumance::engine::Secret;
use transhumance::hash::digest;
use transhumance::model::{
    HashAlgorithm, Item, ItemId, ItemKind, Reason, Scope, SourceConfig, Space, SpaceId, Timestamp,
};
use transhumance::practice::faults::{Faults, Kind};
use transhumance::practice::nextcloud::{Config, Control, Seeded, Server, User};
use transhumance::source::nextcloud::NextcloudSource;
use transhumance::source::{Source, SourceError, SurveySink};
use transhumance::target::{Body, Put};

/// Calendars and contacts have tests of their own.
fn files() -> Scope {
    Scope {
        calendars: false,
        contacts: false,
        tasks: false,
        ..Scope::default()
    }
}

/// What a survey tells, by id.
#[derive(Debug, Default)]
struct Found {
    space: Option<Space>,
    items: BTreeMap<String, Item>,
    unchanged: bool,
}

#[async_trait]
impl SurveySink for Found {
    async fn space(&mut self, space: Space) -> Result<(), SourceError> {
        self.space = Some(space);
        Ok(())
    }

    async fn items(&mut self, items: Vec<Item>) -> Result<(), SourceError> {
        assert!(items.len() <= 500, "page by page");
        self.items
            .extend(items.into_iter().map(|item| (item.id.0.clone(), item)));
        Ok(())
    }

    async fn gone(&mut self, _: Vec<ItemId>) -> Result<(), SourceError> {
        Ok(())
    }

    async fn gone_at(&mut self, _: &SpaceId, _: &str) -> Result<(), SourceError> {
        Ok(())
    }

    async fn unchanged_unless_told(&mut self, _: &SpaceId) -> Result<(), SourceError> {
        self.unchanged = true;
        Ok(())
    }

    async fn listed_afresh(&mut self, _: &SpaceId) -> Result<(), SourceError> {
        Ok(())
    }

    async fn known(&mut self, id: &ItemId) -> Result<Option<Item>, SourceError> {
        Ok(self.items.get(id.as_str()).cloned())
    }

    async fn known_at(&mut self, _: &SpaceId, _: &str) -> Result<Option<Item>, SourceError> {
        Ok(None)
    }

    async fn dangling_shortcuts(
        &mut self,
        _: Option<&ItemId>,
        _: usize,
    ) -> Result<Vec<Item>, SourceError> {
        Ok(Vec::new())
    }

    async fn without_parent(
        &mut self,
        _: &SpaceId,
        _: Option<&ItemId>,
        _: usize,
    ) -> Result<Vec<Item>, SourceError> {
        Ok(Vec::new())
    }
}

impl Found {
    async fn of(source: &NextcloudSource, since: &[Space]) -> Self {
        let mut found = Self::default();
        source.survey(since, &mut found).await.unwrap();
        found
    }

    /// Below the account's files.
    fn path(&self, item: &Item) -> String {
        match &item.parent {
            Some(parent) => format!("{}/{}", self.path(&self.items[parent.as_str()]), item.name),
            None => item.name.clone(),
        }
    }

    fn named(&self, name: &str) -> &Item {
        let mut named = self.items.values().filter(|item| item.name == name);
        let item = named.next().unwrap_or_else(|| panic!("no {name}"));
        assert!(named.next().is_none(), "two {name}");
        item
    }
}

async fn content(source: &NextcloudSource, item: &Item, from: u64) -> Result<Vec<u8>, SourceError> {
    let pieces: Vec<_> = source.read(item, from).await?.stream.try_collect().await?;
    Ok(pieces.concat())
}

/// As the queue does: again while the trouble is a passing one.
async fn patiently(source: &NextcloudSource, item: &Item) -> Vec<u8> {
    for _ in 0..10 {
        match content(source, item, 0).await {
            Ok(bytes) => return bytes,
            Err(error) if error.is_passing() => {}
            Err(error) => panic!("{}: {error}", item.name),
        }
    }
    panic!("{}: never in one piece", item.name);
}

/// A made-up space of `items`, and whoever reads it.
struct World {
    server: Server,
    seeded: Seeded,
    source: NextcloudSource,
    _storage: tempfile::TempDir,
}

impl World {
    async fn new(items: u64, scope: &Scope, faults: Faults) -> Self {
        let storage = tempfile::tempdir().unwrap();
        let seeded = Seeded::with_largest(11, items, 300_000);
        let mut user = User::new("vieux", "secret");
        user.login_name = "vieux@asso.example".into();
        user.space = Some(seeded.clone());
        let mut config = Config::new(storage.path(), vec![user]);
        config.faults = faults;
        let server = Server::start(config).await.unwrap();
        let password = SecretString::from("secret");
        let login = "vieux@asso.example";
        let source = NextcloudSource::new(&server.url(), login, &password, "", scope).unwrap();
        Self {
            server,
            seeded,
            source,
            _storage: storage,
        }
    }

    fn control(&self) -> Control {
        self.server.control()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_whole_space_is_found_and_read() {
    let world = World::new(700, &files(), Faults::none()).await;
    let account = world.source.check().await.unwrap();
    assert_eq!(account.name, "vieux@asso.example");
    let found = Found::of(&world.source, &[]).await;

    let counts = world.seeded.counts();
    let of = |reason| {
        let with = found.items.values().filter(|i| i.obstacle == Some(reason));
        with.count() as u64
    };
    // One item for what each person shared, one for each storage of elsewhere.
    assert_eq!(
        (of(Reason::ReceivedShare), of(Reason::ExternalStorage)),
        (2, 1)
    );
    let taken = found.items.values().filter(|item| item.obstacle.is_none());
    let team = 2;
    assert_eq!(taken.count() as u64, counts.folders + counts.files + team);
    assert!(found.items.values().any(|item| item.favourite));

    let mut theirs: BTreeMap<String, _> = tokio::task::spawn_blocking({
        let control = world.control();
        move || {
            let files = control.files("vieux").map(Result::unwrap);
            files.map(|file| (file.path.clone(), file)).collect()
        }
    })
    .await
    .unwrap();
    for item in found.items.values() {
        let path = found.path(item);
        let there = theirs.remove(&path).unwrap_or_else(|| panic!("no {path}"));
        assert_eq!(there.folder, item.kind == ItemKind::Folder, "{path}");
        assert_eq!(there.favourite, item.favourite, "{path}");
        assert_eq!(there.etag, item.version, "{path}");
        assert_eq!(Some(there.mtime), item.modified.map(Timestamp::as_second));
        assert_eq!(there.created, item.created.map_or(0, Timestamp::as_second));
        if item.kind == ItemKind::File && item.obstacle.is_none() {
            let bytes = content(&world.source, item, 0).await.unwrap();
            let sha256 = digest(HashAlgorithm::Sha256, &bytes).hex;
            assert_eq!(
                (Some(there.size), there.sha256),
                (item.size, sha256),
                "{path}"
            );
            let half = bytes.len() / 2;
            let rest = content(&world.source, item, half as u64).await.unwrap();
            assert_eq!(rest, bytes[half..], "{path}");
        }
    }
    // What is left out is what lies in the shares and on the storage of elsewhere.
    assert_eq!(
        theirs.len() as u64,
        counts.received + counts.mounted - team - 3
    );

    let again = Found::of(&world.source, &[found.space.unwrap()]).await;
    assert!(again.unchanged && again.items.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn shares_and_storages_come_along_when_asked_for() {
    let scope = Scope {
        received_shares: true,
        external_storage: true,
        ..files()
    };
    let world = World::new(100, &scope, Faults::none()).await;
    let found = Found::of(&world.source, &[]).await;
    assert_eq!(found.items.len() as u64, world.seeded.counts().items());
    let beach = found.named("plage.jpg");
    assert_eq!(found.path(beach), "Partagé par Bob/Photos de Bob/plage.jpg");
    assert_eq!(
        content(&world.source, beach, 0).await.unwrap().len(),
        40_000
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_weather_loses_nothing() {
    let kinds = [
        Kind::TooManyRequests,
        Kind::Unavailable,
        Kind::ServerError,
        Kind::ResetBefore,
        Kind::ShortBody,
        Kind::CloseAfter,
    ];
    let fair = World::new(300, &files(), Faults::none()).await;
    let expected = Found::of(&fair.source, &[]).await;
    let shown = |found: &Found| {
        let items = found.items.values();
        let shown = items.map(|item| (found.path(item), item.version.clone(), item.obstacle));
        shown.collect::<Vec<_>>()
    };
    for seed in 0..2 {
        let faults = Faults::seeded_only(seed, 0.6, kinds);
        let world = World::new(300, &files(), faults).await;
        let found = Found::of(&world.source, &[]).await;
        assert_eq!(shown(&found), shown(&expected), "seed {seed}");
        let files = found.items.values().filter(|item| {
            item.kind == ItemKind::File && item.obstacle.is_none() && item.size < Some(20_000)
        });
        for item in files.take(12) {
            let bytes = patiently(&world.source, item).await;
            assert_eq!(Some(bytes.len() as u64), item.size, "{}", item.name);
        }
        assert!(world.control().faults().hits() > 2, "seed {seed}");
    }
}

#[tokio::test]
async fn a_wrong_password_is_tried_once() {
    let world = World::new(10, &files(), Faults::none()).await;
    let wrong = SecretString::from("wrong");
    let url = world.server.url();
    let scope = files();
    let source = NextcloudSource::new(&url, "vieux@asso.example", &wrong, "", &scope).unwrap();
    let error = source.check().await.unwrap_err();
    assert!(matches!(error, SourceError::Unauthorized { .. }), "{error}");
    assert_eq!(world.control().failed_logins(), 1);
}

#[tokio::test]
async fn maintenance_is_a_passing_trouble() {
    let world = World::new(10, &files(), Faults::none()).await;
    world.control().set_maintenance(true);
    let error = world.source.check().await.unwrap_err();
    assert!(error.is_passing(), "{error}");
    world.control().set_maintenance(false);
    world.source.check().await.unwrap();
}

/// The practice server, and the real one where there is one.
async fn every_target(storage: &tempfile::TempDir) -> (Server, Vec<Target>) {
    let users = vec![User::new("camille", "secret")];
    let config = Config::new(storage.path(), users);
    let server = Server::start(config).await.unwrap();
    let practice = Target {
        url: server.url(),
        user: "camille".into(),
        password: "secret".into(),
    };
    (
        server,
        std::iter::once(practice).chain(Target::real()).collect(),
    )
}

async fn put(target: &Target, path: &str, bytes: &'static str) {
    let put = Put {
        path,
        modified: Some(Timestamp::from_second(1_234_567_890).unwrap()),
        created: Some(Timestamp::from_second(1_200_000_000).unwrap()),
        hash: HashAlgorithm::Sha256,
        replace: None,
    };
    let body = Body::from_bytes(bytes::Bytes::from_static(bytes.as_bytes()));
    target.nextcloud().put(&put, body).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reads_what_it_has_seen_and_nothing_else() {
    let storage = tempfile::tempdir().unwrap();
    let (_server, targets) = every_target(&storage).await;
    for target in targets {
        let nextcloud = target.nextcloud();
        nextcloud.connect().await.unwrap();
        let folder = format!("source {} & %25 é", uuid::Uuid::new_v4().simple());
        nextcloud.make_folder(&folder).await.unwrap();
        nextcloud
            .make_folder(&format!("{folder}/empty"))
            .await
            .unwrap();
        nextcloud
            .make_folder(&format!("{folder}/a#b"))
            .await
            .unwrap();
        let name = format!("{folder}/a#b/compte rendu été 100 %.txt");
        put(&target, &name, "premier").await;
        put(&target, &format!("{folder}/zero"), "").await;

        // As a task, so that the folder goes whatever becomes of the test.
        let test = tokio::spawn(read_what_was_seen(target.clone(), folder.clone(), name));
        let result = test.await;
        nextcloud.delete(&folder).await.unwrap();
        if let Err(error) = result {
            std::panic::resume_unwind(error.into_panic());
        }
    }
}

async fn read_what_was_seen(target: Target, folder: String, name: String) {
    let password = SecretString::from(target.password.clone());
    let scope = files();
    let source =
        NextcloudSource::new(&target.url, &target.user, &password, &folder, &scope).unwrap();
    source.check().await.unwrap();
    let found = Found::of(&source, &[]).await;
    assert_eq!(found.items.len(), 4);
    assert_eq!(found.named("empty").kind, ItemKind::Folder);
    let report = found.named("compte rendu été 100 %.txt");
    assert_eq!(report.parent, Some(found.named("a#b").id.clone()));
    assert_eq!(report.size, Some(7));
    assert_eq!(report.modified.unwrap().as_second(), 1_234_567_890);
    assert_eq!(report.created.unwrap().as_second(), 1_200_000_000);
    assert_eq!(content(&source, report, 0).await.unwrap(), b"premier");
    assert_eq!(content(&source, report, 3).await.unwrap(), b"mier");
    assert_eq!(content(&source, report, 7).await.unwrap(), b"");
    let zero = found.named("zero");
    assert_eq!(content(&source, zero, 0).await.unwrap(), b"");

    let space = found.space.clone().unwrap();
    let again = Found::of(&source, std::slice::from_ref(&space)).await;
    assert!(again.unchanged);

    // Somebody writes a new version meanwhile.
    target.write(&name, "second").await;
    let now = source.version_now(report).await.unwrap().unwrap();
    assert_ne!(now, report.version);
    let old = content(&source, report, 0).await;
    assert!(matches!(old, Err(SourceError::Changed)));
    let rest = content(&source, report, 3).await;
    assert!(matches!(rest, Err(SourceError::Changed)));
    let again = Found::of(&source, &[space]).await;
    assert!(!again.unchanged);
    let report = again.named("compte rendu été 100 %.txt");
    assert_eq!(report.version, now);
    assert_eq!(content(&source, report, 0).await.unwrap(), b"second");

    target.nextcloud().delete(&name).await.unwrap();
    assert_eq!(source.version_now(report).await.unwrap(), None);
    let gone = content(&source, report, 0).await;
    assert!(matches!(gone, Err(SourceError::NotFound)));
}

#[tokio::test]
async fn a_home_that_is_not_there_is_said_so() {
    let world = World::new(10, &files(), Faults::none()).await;
    let url = world.server.url();
    let password = SecretString::from("secret");
    let (login, scope) = ("vieux@asso.example", files());
    let source = NextcloudSource::new(&url, login, &password, "No such", &scope).unwrap();
    assert!(matches!(source.check().await, Err(SourceError::NotFound)));
}

/// From one Nextcloud into another, with the engine.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_whole_space_moves() {
    let old = World::new(160, &files(), Faults::none()).await;
    let storage = tempfile::tempdir().unwrap();
    let (server, targets) = every_target(&storage).await;
    let target = &targets[0];
    let source = SourceConfig::Nextcloud {
        url: old.server.url(),
        user: "vieux@asso.example".into(),
        folder: String::new(),
        password_command: None,
    };
    let data = tempfile::tempdir().unwrap();
    let secrets = || {
        Known::default()
            .with(Secret::SourcePassword, "secret")
            .with(Secret::TargetPassword, &target.password)
    };
    let mut migration = migration(source, &target.url, &target.user, "Old");
    migration.scope = files();
    let cancel = CancellationToken::new();

    let engine = open(migration.clone(), data.path(), secrets()).await;
    let moved = engine.move_items(&cancel).await.unwrap();
    assert!(moved.balanced, "{moved:?}");
    assert_eq!((moved.failed, moved.skipped), (0, 3), "{moved:?}");
    engine.close().await.unwrap();

    let found = Found::of(&old.source, &[]).await;
    let mut arrived: BTreeMap<String, u64> = BTreeMap::new();
    let files = server.control().files("camille").map(Result::unwrap);
    for file in files.filter(|file| !file.folder) {
        *arrived.entry(file.sha256).or_default() += 1;
    }
    let taken = found
        .items
        .values()
        .filter(|item| item.kind == ItemKind::File && item.obstacle.is_none());
    let mut digests = futures::stream::iter(taken)
        .map(|item| async { digest(HashAlgorithm::Sha256, &patiently(&old.source, item).await) })
        .buffered(4);
    while let Some(sha256) = digests.next().await {
        let count = arrived.get_mut(&sha256.hex).expect("it has arrived");
        *count -= 1;
    }
    assert!(arrived.values().all(|count| *count == 0), "nothing else");

    // A second run finds nothing to do.
    let engine = open(migration, data.path(), secrets()).await;
    let again = engine.move_items(&cancel).await.unwrap();
    assert!(again.balanced && again.moved == 0, "{again:?}");
    engine.close().await.unwrap();
}
