//! The real binary moves calendars and contacts, killed again and again while both ends misbehave: in the end
//! each object is there once, nothing is left over, and nobody was sent a mail.
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
use transhumance::practice::faults::Faults;
use transhumance::practice::nextcloud::{self, Control, ObjectState};

const KILLS: usize = 40;
const SEED: u64 = 20_261_125;
const PASSWORD: &str = "Canard-bleu-2026";

struct World {
    old: nextcloud::Server,
    new: nextcloud::Server,
    folder: tempfile::TempDir,
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let old = nextcloud::User {
            mail: Some("camille@canard-bleu.example".into()),
            agenda: Some(nextcloud::Agenda {
                seed: SEED,
                events: 250,
                tasks: 60,
                contacts: 120,
            }),
            ..nextcloud::User::new("camille", PASSWORD)
        };
        let mut config = nextcloud::Config::new(folder.path().join("old"), vec![old]);
        config.faults = Faults::seeded(SEED, 0.03);
        let old = nextcloud::Server::start(config).await.unwrap();
        let new = nextcloud::User {
            mail: Some("camille@canard-bleu.example".into()),
            ..nextcloud::User::new("camille", PASSWORD)
        };
        let mut config = nextcloud::Config::new(folder.path().join("new"), vec![new]);
        config.faults = Faults::seeded(SEED + 1, 0.05);
        config.latency = Duration::from_millis(20);
        let new = nextcloud::Server::start(config).await.unwrap();
        Self { old, new, folder }
    }

    fn migration(&self) -> PathBuf {
        let path = self.folder.path().join("migration.toml");
        let text = format!(
            "name = \"kill\"\n[source]\nkind = \"nextcloud\"\nurl = \"{}\"\nuser = \"camille\"\n\
             [target]\nurl = \"{}\"\nuser = \"camille\"\nfolder = \"Old\"\n",
            self.old.url(),
            self.new.url(),
        );
        std::fs::write(&path, text).unwrap();
        path
    }

    fn run(&self, command: &str, migration: &Path) -> Child {
        Command::new(env!("CARGO_BIN_EXE_transhumance"))
            .arg("--data-dir")
            .arg(self.folder.path().join("data"))
            .args(["--json", command])
            .arg(migration)
            .env("TRANSHUMANCE_SOURCE_PASSWORD", PASSWORD)
            .env("TRANSHUMANCE_TARGET_PASSWORD", PASSWORD)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn survives_kills() {
    let world = World::new().await;
    let migration = world.migration();
    kill_again_and_again(SEED, KILLS, 1200, || world.run("move", &migration)).await;
    let (output, summary) = run_to_its_end(world.run("move", &migration)).await;
    assert_eq!(summary["balanced"], true, "{summary}");
    assert!(matches!(output.status.code(), Some(0 | 1)), "{summary}");
    let (_, verified) = run_to_its_end(world.run("verify", &migration)).await;
    assert_eq!(verified["missing"], 0, "{verified}");
    assert_eq!(verified["mismatched"], 0, "{verified}");
    assert_eq!(verified["proved"], verified["items"], "{verified}");
    let report = world.run("report", &migration).wait_with_output().unwrap();
    let report: Vec<serde_json::Value> = String::from_utf8(report.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    everything_is_there(&world, &report);
}

/// Every object of an account that is not in the trash, by the path that the plan gives it.
fn objects(control: &Control) -> BTreeMap<String, ObjectState> {
    let mut found = BTreeMap::new();
    for collection in control.collections("camille") {
        if collection.in_trash {
            continue;
        }
        for object in control.objects("camille", &collection.path).unwrap() {
            if !object.in_trash {
                found.insert(format!("{}/{}", collection.path, object.name), object);
            }
        }
    }
    found
}

fn everything_is_there(world: &World, report: &[serde_json::Value]) {
    let (old, new) = (world.old.control(), world.new.control());
    let before = objects(&old);
    let mut there = objects(&new);
    let mut compared = 0;
    let mut targets = BTreeSet::new();
    for row in report.iter().filter(|row| row["event"] == "report.item") {
        let is_object =
            ["event", "task", "journal", "contact"].contains(&row["kind"].as_str().unwrap());
        if !is_object || !["moved", "kept"].contains(&row["outcome"].as_str().unwrap()) {
            continue;
        }
        let target = row["target_path"].as_str().unwrap();
        assert!(targets.insert(target), "{target} stands for two items");
        let arrived = there
            .remove(target)
            .unwrap_or_else(|| panic!("{target} is missing: {row}"));
        // `calendars/camille/bureau/x.ics` and `addressbooks/users/camille/livre/y.vcf`.
        let id = row["id"].as_str().unwrap();
        let source = format!(
            "/{}",
            id.replacen("users/", "", 1).replacen("/camille", "", 1)
        );
        let left = &before[&source];
        // A UID that no database holds is shortened by a named rule.
        let shortened = left.uid.len() > 200;
        assert!(arrived.uid == left.uid || shortened, "{row}");
        if row["proof"] == "full" {
            assert_eq!(arrived.text, left.text, "{id}");
            compared += 1;
        }
    }
    assert!(compared > 300, "only {compared} objects were compared");
    // What a new account has by itself.
    let extra: Vec<&String> = there.keys().collect();
    let samples = [
        "/calendars/personal/",
        "/calendars/contact_birthdays/",
        "/addressbooks/contacts/",
    ];
    let strange = extra
        .iter()
        .filter(|path| !samples.iter().any(|sample| path.starts_with(sample)));
    assert_eq!(strange.count(), 0, "nobody asked for {extra:?}");
    assert_eq!(new.outbox(), [], "somebody was sent a mail");
}
