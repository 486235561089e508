//! The real binary, killed at a hundred random moments while both ends misbehave, started again each time:
//! in the end everything is there, once, and nothing is left over. Of calendars and contacts, kill_calendars.rs
//! does the same.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use common::kill::{kill_again_and_again, run_to_its_end};
use transhumance::hash::digest;
use transhumance::model::HashAlgorithm;
use transhumance::practice::content::Content;
use transhumance::practice::faults::Faults;
use transhumance::practice::{google, nextcloud};

const KILLS: usize = 100;
const SEED: u64 = 20_261_122;

struct World {
    google: google::Server,
    nextcloud: nextcloud::Server,
    config: google::Config,
    folder: tempfile::TempDir,
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = google::Config::new(SEED, 250);
        config.faults = Faults::seeded(SEED, 0.03);
        config.latency = Duration::from_millis(10);
        let google = google::Server::start(config.clone()).await.unwrap();
        // Large enough for several chunks.
        let film = Content::noise(SEED, 80 << 20);
        google.control().add_file("root", "film.bin", film).unwrap();
        let users = vec![nextcloud::User::new("camille", "Canard-bleu-2026")];
        let mut config_nc = nextcloud::Config::new(folder.path().join("nextcloud"), users);
        config_nc.faults = Faults::seeded(SEED + 1, 0.05);
        config_nc.latency = Duration::from_millis(25);
        let nextcloud = nextcloud::Server::start(config_nc).await.unwrap();
        Self {
            google,
            nextcloud,
            config,
            folder,
        }
    }

    fn migration(&self) -> PathBuf {
        let path = self.folder.path().join("migration.toml");
        let text = format!(
            "name = \"kill\"\n[source]\nkind = \"google\"\nclient_id = \"{}\"\nendpoint = \"{}\"\n\
             [target]\nurl = \"{}\"\nuser = \"camille\"\nfolder = \"Drive\"\n[scope]\nshared_with_me = true\n\
             calendars = false\ncontacts = false\ntasks = false\n",
            self.config.client_id,
            self.google.endpoint(),
            self.nextcloud.url(),
        );
        std::fs::write(&path, text).unwrap();
        path
    }

    fn start(&self, migration: &Path) -> Child {
        Command::new(env!("CARGO_BIN_EXE_transhumance"))
            .arg("--data-dir")
            .arg(self.folder.path().join("data"))
            .args(["--json", "move"])
            .arg(migration)
            .env(
                "TRANSHUMANCE_SOURCE_CLIENT_SECRET",
                &self.config.client_secret,
            )
            .env(
                "TRANSHUMANCE_SOURCE_REFRESH_TOKEN",
                self.google.refresh_token(),
            )
            .env("TRANSHUMANCE_TARGET_PASSWORD", "Canard-bleu-2026")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    fn report(&self, migration: &Path) -> Vec<serde_json::Value> {
        let output = Command::new(env!("CARGO_BIN_EXE_transhumance"))
            .arg("--data-dir")
            .arg(self.folder.path().join("data"))
            .args(["--json", "report"])
            .arg(migration)
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn survives_a_hundred_kills() {
    let world = World::new().await;
    let migration = world.migration();
    kill_again_and_again(SEED, KILLS, 1500, || world.start(&migration)).await;
    let (output, summary) = run_to_its_end(world.start(&migration)).await;
    assert_eq!(summary["balanced"], true, "{summary}");
    assert!(matches!(output.status.code(), Some(0 | 1)), "{summary}");
    everything_is_there(&world, &migration);
}

fn everything_is_there(world: &World, migration: &Path) {
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
    let report = world.report(migration);
    for row in report.iter().filter(|row| row["event"] == "report.item") {
        let is_there = matches!(
            row["outcome"].as_str(),
            Some("moved" | "converted" | "linked" | "kept")
        );
        if !is_there || row["kind"] == "folder" {
            continue;
        }
        let path = row["target_path"].as_str().unwrap().to_owned();
        let (size, sha256) = there
            .get(&path)
            .unwrap_or_else(|| panic!("{path} is missing: {row}"));
        assert!(reported.insert(path.clone()), "{path} stands for two items");
        let id = row["id"].as_str().unwrap();
        if let Some(content) = content_of(world, id) {
            assert_eq!(*size, content.length, "{path}");
            let expected = digest(HashAlgorithm::Sha256, &content.bytes(0, content.length));
            assert_eq!(*sha256, expected.hex, "{path}");
            compared += 1;
        }
    }
    assert!(compared > 200, "only {compared} files were compared");
    let extra: Vec<&String> = there
        .keys()
        .filter(|path| !reported.contains(*path))
        .collect();
    assert!(extra.is_empty(), "nobody asked for {extra:?}");
}

fn content_of(world: &World, id: &str) -> Option<Content> {
    match world.google.control().item(id)?.0.kind {
        google::NodeKind::File { content, .. } => Some(content),
        _ => None,
    }
}
