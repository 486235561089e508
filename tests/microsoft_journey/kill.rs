//! The real binary, killed at random moments while both ends misbehave, started again each time: in the end
//! everything is there, once, and nothing is left over.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rand::{Rng as _, SeedableRng as _};
use transhumance::hash::digest;
use transhumance::model::HashAlgorithm;
use transhumance::practice::content::Content;
use transhumance::practice::faults::Faults;
use transhumance::practice::microsoft::{self, Account};
use transhumance::practice::nextcloud;

const KILLS: usize = 25;
const SEED: u64 = 20_261_125;

struct World {
    microsoft: microsoft::Server,
    nextcloud: nextcloud::Server,
    config: microsoft::Config,
    folder: tempfile::TempDir,
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = microsoft::Config::new(Account::Work, SEED, 200);
        config.faults = Faults::seeded(SEED, 0.03);
        config.latency = Duration::from_millis(10);
        let microsoft = microsoft::Server::start(config.clone()).await.unwrap();
        // Large enough for several chunks.
        let film = Content::noise(SEED, 80 << 20);
        let control = microsoft.control();
        control.add_file("root", "film.bin", film).unwrap();
        let users = vec![nextcloud::User::new("camille", "Canard-bleu-2026")];
        let mut cloud = nextcloud::Config::new(folder.path().join("nextcloud"), users);
        cloud.faults = Faults::seeded(SEED + 1, 0.05);
        cloud.latency = Duration::from_millis(25);
        Self {
            microsoft,
            nextcloud: nextcloud::Server::start(cloud).await.unwrap(),
            config,
            folder,
        }
    }

    fn migration(&self) -> PathBuf {
        let path = self.folder.path().join("migration.toml");
        let text = format!(
            "name = \"kill\"\n[source]\nkind = \"microsoft\"\nclient_id = \"{}\"\nendpoint = \"{}\"\n\
             sites = [\"Commission Légumes\"]\n[target]\nurl = \"{}\"\nuser = \"camille\"\n\
             folder = \"OneDrive\"\n[scope]\nshared_with_me = true\ncalendars = false\n\
             contacts = false\ntasks = false\n",
            self.config.client_id,
            self.microsoft.endpoint(),
            self.nextcloud.url(),
        );
        std::fs::write(&path, text).unwrap();
        path
    }

    fn start(&self, command: &str, migration: &Path) -> Child {
        Command::new(env!("CARGO_BIN_EXE_transhumance"))
            .arg("--data-dir")
            .arg(self.folder.path().join("data"))
            .args(["--json", command])
            .arg(migration)
            .env(
                "TRANSHUMANCE_SOURCE_REFRESH_TOKEN",
                self.microsoft.refresh_token(),
            )
            .env("TRANSHUMANCE_TARGET_PASSWORD", "Canard-bleu-2026")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// The lines of a command that comes to its end.
    async fn lines(&self, command: &str, migration: &Path) -> (i32, Vec<serde_json::Value>) {
        let child = self.start(command, migration);
        let output = tokio::task::spawn_blocking(|| child.wait_with_output())
            .await
            .unwrap()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
        (output.status.code().unwrap(), lines.collect())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn survives_being_killed_again_and_again() {
    let world = World::new().await;
    let migration = world.migration();
    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(SEED);
    let mut killed = 0;
    let mut ended = 0;
    while killed < KILLS {
        let mut child = world.start("move", &migration);
        let moment = Duration::from_millis(random.random_range(30..1500));
        match wait_for(&mut child, moment).await {
            None => {
                child.kill().unwrap();
                child.wait().unwrap();
                killed += 1;
            }
            // It came to its end before its moment; a next run has only to look for changes.
            Some(code) => {
                assert!(matches!(code, 0 | 1), "{code}");
                ended += 1;
                assert!(ended < 10 * KILLS, "it always ends before it can be killed");
            }
        }
    }
    let (code, lines) = world.lines("move", &migration).await;
    let summary = lines.last().unwrap();
    assert_eq!(summary["balanced"], true, "{summary}");
    assert!(matches!(code, 0 | 1), "{summary}");
    let (_, report) = world.lines("report", &migration).await;
    everything_is_there(&world, &report);
    assert_eq!(world.microsoft.control().leaked_tokens(), 0);
}

async fn wait_for(child: &mut Child, moment: Duration) -> Option<i32> {
    let until = Instant::now() + moment;
    while Instant::now() < until {
        if let Some(status) = child.try_wait().unwrap() {
            return Some(status.code().unwrap_or(-1));
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    None
}

fn everything_is_there(world: &World, report: &[serde_json::Value]) {
    let control = world.nextcloud.control();
    let left = control.uploads("camille");
    assert!(left.is_empty(), "uploads are left over: {left:?}");
    let mut there: BTreeMap<String, (u64, String)> = BTreeMap::new();
    for file in control.files("camille") {
        let file = file.unwrap();
        if !file.folder {
            there.insert(file.path.clone(), (file.size, file.sha256));
        }
    }
    let mut reported = BTreeSet::new();
    let mut compared = 0;
    for row in report.iter().filter(|row| row["event"] == "report.item") {
        let is_there = matches!(row["outcome"].as_str(), Some("moved" | "linked" | "kept"));
        if !is_there || row["kind"] == "folder" {
            continue;
        }
        let path = row["target_path"].as_str().unwrap().to_owned();
        let found = there.get(&path);
        let (size, sha256) = found.unwrap_or_else(|| panic!("{path} is missing: {row}"));
        assert!(reported.insert(path.clone()), "{path} stands for two items");
        let id = row["id"].as_str().unwrap().rsplit(':').next().unwrap();
        let node = world.microsoft.control().item(id);
        if let Some(content) = node.and_then(|node| node.content()) {
            assert_eq!(*size, content.length, "{path}");
            let expected = digest(HashAlgorithm::Sha256, &content.bytes(0, content.length));
            assert_eq!(*sha256, expected.hex, "{path}");
            compared += 1;
        }
    }
    assert!(compared > 180, "only {compared} files were compared");
    let extra: Vec<&String> = there
        .keys()
        .filter(|path| !reported.contains(*path))
        .collect();
    assert!(extra.is_empty(), "nobody asked for {extra:?}");
}
