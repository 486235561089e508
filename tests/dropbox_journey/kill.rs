//! The real binary, killed at random moments while both ends misbehave, started again each time: in the end
//! everything is there, once, and nothing is left over.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use transhumance::hash::digest;
use transhumance::model::HashAlgorithm;
use transhumance::practice::content::Content;
use transhumance::practice::dropbox;
use transhumance::practice::faults::Faults;
use transhumance::practice::nextcloud;

use crate::common::kill::{kill_again_and_again, run_to_its_end};

const KILLS: usize = 25;
const SEED: u64 = 20_261_126;

struct World {
    dropbox: dropbox::Server,
    nextcloud: nextcloud::Server,
    config: dropbox::Config,
    folder: tempfile::TempDir,
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = dropbox::Config::new(SEED, 200);
        config.faults = Faults::seeded(SEED, 0.03);
        config.latency = Duration::from_millis(10);
        let dropbox = dropbox::Server::start(config.clone()).await.unwrap();
        // Large enough for several chunks.
        let film = Content::noise(SEED, 80 << 20);
        let control = dropbox.control();
        control.add_file("home", "film.bin", film).unwrap();
        let users = vec![nextcloud::User::new("camille", "Canard-bleu-2026")];
        let mut cloud = nextcloud::Config::new(folder.path().join("nextcloud"), users);
        cloud.faults = Faults::seeded(SEED + 1, 0.05);
        cloud.latency = Duration::from_millis(25);
        Self {
            dropbox,
            nextcloud: nextcloud::Server::start(cloud).await.unwrap(),
            config,
            folder,
        }
    }

    fn migration(&self) -> PathBuf {
        let path = self.folder.path().join("migration.toml");
        let text = format!(
            "name = \"kill\"\n[source]\nkind = \"dropbox\"\nclient_id = \"{}\"\nendpoint = \"{}\"\n\
             [target]\nurl = \"{}\"\nuser = \"camille\"\nfolder = \"Dropbox\"\n\
             [scope]\nshared_with_me = true\n",
            self.config.client_id,
            self.dropbox.endpoint(),
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
                self.dropbox.refresh_token(),
            )
            .env("TRANSHUMANCE_TARGET_PASSWORD", "Canard-bleu-2026")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn survives_being_killed_again_and_again() {
    let world = World::new().await;
    let migration = world.migration();
    kill_again_and_again(SEED, KILLS, 1500, || world.start("move", &migration)).await;
    let (output, summary) = run_to_its_end(world.start("move", &migration)).await;
    assert_eq!(summary["balanced"], true, "{summary}");
    assert!(matches!(output.status.code(), Some(0 | 1)), "{summary}");
    let (output, _) = run_to_its_end(world.start("report", &migration)).await;
    let text = String::from_utf8(output.stdout).unwrap();
    let report: Vec<serde_json::Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    everything_is_there(&world, &report);
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
        let is_there = matches!(
            row["outcome"].as_str(),
            Some("moved" | "converted" | "linked" | "kept")
        );
        if !is_there || row["kind"] == "folder" {
            continue;
        }
        let path = row["target_path"].as_str().unwrap().to_owned();
        let found = there.get(&path);
        let (size, sha256) = found.unwrap_or_else(|| panic!("{path} is missing: {row}"));
        assert!(reported.insert(path.clone()), "{path} stands for two items");
        let node = world.dropbox.control().item(row["id"].as_str().unwrap());
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
