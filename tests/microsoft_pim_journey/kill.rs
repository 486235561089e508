//! The real binary, killed at random moments while both ends misbehave: in the end everything is there, once,
//! and nobody was sent a mail.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use transhumance::pim::calendar;
use transhumance::pim::outlook::original_uid;
use transhumance::practice::faults::Faults;
use transhumance::practice::microsoft::{self, Account};
use transhumance::practice::nextcloud;
use transhumance::practice::outlook::{Amounts, Part};

use crate::common::kill::{kill_again_and_again, run_to_its_end};

const KILLS: usize = 20;
const SEED: u64 = 20_261_126;
const PASSWORD: &str = "Canard-bleu-2026";

struct World {
    microsoft: microsoft::Server,
    nextcloud: nextcloud::Server,
    config: microsoft::Config,
    folder: tempfile::TempDir,
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = microsoft::Config {
            amounts: Amounts {
                events: 150,
                contacts: 60,
                tasks: 40,
            },
            faults: Faults::seeded(SEED, 0.03),
            latency: Duration::from_millis(5),
            ..microsoft::Config::new(Account::Work, SEED, 0)
        };
        let microsoft = microsoft::Server::start(config.clone()).await.unwrap();
        let users = vec![nextcloud::User::new("camille", PASSWORD)];
        let mut cloud = nextcloud::Config::new(folder.path().join("nextcloud"), users);
        cloud.faults = Faults::seeded(SEED + 1, 0.05);
        cloud.latency = Duration::from_millis(10);
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
             [target]\nurl = \"{}\"\nuser = \"camille\"\nfolder = \"OneDrive\"\n[scope]\nfiles = false\n",
            self.config.client_id,
            self.microsoft.endpoint(),
            self.nextcloud.url(),
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
            .env(
                "TRANSHUMANCE_SOURCE_REFRESH_TOKEN",
                self.microsoft.refresh_token(),
            )
            .env("TRANSHUMANCE_TARGET_PASSWORD", PASSWORD)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// The UIDs in the Nextcloud's collection of this name.
    fn uids(&self, name: &str) -> Vec<String> {
        let control = self.nextcloud.control();
        let mut found = control.collections("camille").into_iter();
        let found = found
            .find(|one| one.name.as_deref() == Some(name) && !one.in_trash)
            .unwrap_or_else(|| panic!("no collection {name}"));
        let objects = control.objects("camille", &found.path).unwrap();
        let there = objects.into_iter().filter(|object| !object.in_trash);
        there
            .map(|object| calendar::info(&object.text).uid.unwrap_or(object.name))
            .collect()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn survives_kills() {
    let world = World::new().await;
    let migration = world.migration();
    kill_again_and_again(SEED, KILLS, 1500, || world.run("move", &migration)).await;
    let (output, summary) = run_to_its_end(world.run("move", &migration)).await;
    assert_eq!(summary["balanced"], true, "{summary}");
    assert!(matches!(output.status.code(), Some(0 | 1)), "{summary}");
    let (_, verified) = run_to_its_end(world.run("verify", &migration)).await;
    assert_eq!(verified["missing"], 0, "{verified}");
    assert_eq!(verified["mismatched"], 0, "{verified}");
    assert_eq!(verified["proved"], verified["items"], "{verified}");

    let mailbox = world.microsoft.control().mailbox(Clone::clone);
    for name in ["Calendrier", "Récurrences", "Distributions"] {
        let folder = mailbox.folder(Part::Calendars, name).unwrap();
        let things = folder.things();
        let expected: BTreeSet<String> = things
            .map(|thing| original_uid(thing.told("iCalUId")))
            .collect();
        let found = world.uids(name);
        let once: BTreeSet<String> = found.iter().cloned().collect();
        assert_eq!((found.len(), once), (expected.len(), expected), "{name}");
    }
    for name in ["Fournisseurs", "Maraîchers"] {
        assert_eq!(world.uids(name).len(), 1, "{name}");
    }
    let own = mailbox.folder(Part::Contacts, "Contacts").unwrap();
    // The card that Nextcloud gives everybody as an example.
    assert_eq!(world.uids("Contacts").len(), own.things().count() + 1);
    let tasks = mailbox.folder(Part::Todo, "Tâches").unwrap().things();
    let steps = |list: &serde_json::Value| list.as_array().map_or(0, Vec::len);
    let tasks = tasks.map(|task| 1 + steps(&task.value["checklistItems"]));
    assert_eq!(world.uids("Tâches").len(), tasks.sum::<usize>());
    let outbox = world.nextcloud.control().outbox();
    assert_eq!(outbox, [], "somebody was sent a mail");
}
