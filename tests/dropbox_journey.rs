//! Whole migrations from the practice Dropbox through the engine: everything arrives, byte for byte; the
//! account balances; later runs move what changed and keep what people did meanwhile.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;
#[path = "dropbox_journey/kill.rs"]
mod kill;

use std::collections::BTreeSet;

use common::{Known, Target, migration, open};
use tokio_util::sync::CancellationToken;
use transhumance::engine::{Engine, Secret};
use transhumance::hash::digest;
use transhumance::ledger::ReportRow;
use transhumance::model::{
    HashAlgorithm, ItemKind, Migration, MoveDone, OutcomeKind, Proof, Reason, SourceConfig,
    VerifyDone,
};
use transhumance::practice::content::Content;
use transhumance::practice::dropbox::{self, AccountKind};
use transhumance::practice::faults::Faults;
use transhumance::practice::nextcloud;

/// A practice Dropbox, a practice Nextcloud, and an engine between them.
struct Journey {
    dropbox: dropbox::Server,
    config: dropbox::Config,
    nextcloud: nextcloud::Server,
    shared_with_me: bool,
    folder: tempfile::TempDir,
}

impl Journey {
    async fn new(account: AccountKind, items: u64, faults: f64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = dropbox::Config::new(7, items);
        config.account = account;
        if faults > 0.0 {
            config.faults = Faults::seeded(11, faults);
        }
        let dropbox = dropbox::Server::start(config.clone()).await.unwrap();
        let user = nextcloud::User::new("camille", "Canard-bleu-2026");
        let at = folder.path().join("nextcloud");
        let nextcloud = nextcloud::Server::start(nextcloud::Config::new(at, vec![user]));
        Self {
            dropbox,
            config,
            nextcloud: nextcloud.await.unwrap(),
            shared_with_me: true,
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
        let source = SourceConfig::Dropbox {
            client_id: self.config.client_id.clone(),
            endpoint: Some(self.dropbox.endpoint().clone()),
            password_command: None,
        };
        let mut migration = migration(source, &self.nextcloud.url(), "camille", "Dropbox");
        migration.scope.shared_with_me = self.shared_with_me;
        migration
    }

    async fn engine(&self) -> Engine {
        let secrets = Known::default()
            .with(Secret::SourceRefreshToken, self.dropbox.refresh_token())
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
        let files = self.target().files("Dropbox").await;
        let mut reported = BTreeSet::new();
        let mut compared = 0;
        for row in rows {
            let arrived = matches!(
                row.kind,
                OutcomeKind::Moved | OutcomeKind::Converted | OutcomeKind::Linked
            );
            if !arrived || row.item.kind == ItemKind::Folder {
                continue;
            }
            assert!(reported.insert(row.target_path.clone()), "{row:?} twice");
            let there = files.get(&row.target_path);
            let there = there.unwrap_or_else(|| panic!("{} is missing", row.target_path));
            let node = self.dropbox.control().item(&row.item.id.0);
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
        let id = self.dropbox.control().labelled(label).unwrap();
        let found = rows.iter().find(|row| row.item.id.0 == id);
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
async fn each_kind_of_account_arrives_in_any_weather() {
    for (account, faults) in [
        (AccountKind::Personal, 0.0),
        (AccountKind::Team, 0.1),
        (AccountKind::OldTeam, 0.1),
    ] {
        let journey = Journey::new(account, 60, faults).await;
        let (moved, verified, rows) = journey.run().await;
        journey.compare(&rows).await;
        let failed: Vec<&ReportRow> = rows
            .iter()
            .filter(|row| row.kind == OutcomeKind::Failed)
            .collect();
        let labels = ["restricted", "unsupported", "unsupported-type"];
        let expected = labels.map(|label| journey.row(&rows, label).n);
        assert_eq!(failed.iter().map(|row| row.n).collect::<Vec<_>>(), expected);
        for (label, reason) in [
            ("symlink", Reason::SymbolicLink),
            ("not-exportable", Reason::NotExportable),
            ("no-access", Reason::SourceForbidden),
            ("received-gone", Reason::SourceForbidden),
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
        assert_eq!(digests.at_source().algorithm, HashAlgorithm::Dropbox);
        let bare = journey.row(&rows, "no-hash");
        assert!(matches!(bare.proof, Some(Proof::Streamed(_))), "{bare:?}");
        for (label, path) in [
            ("paper", "Dropbox/Documents en ligne/Compte rendu.md"),
            ("paper-taken", "Dropbox/Documents en ligne/Notes (2).md"),
            ("gdoc", "Dropbox/Documents en ligne/Statuts.docx"),
            ("web", "Dropbox/Documents en ligne/Site de la ferme.url"),
        ] {
            let row = journey.row(&rows, label);
            assert_eq!(
                (row.kind, row.target_path.as_str()),
                (OutcomeKind::Converted, path)
            );
        }
        for (label, path) in [
            (
                "path-display",
                "Dropbox/Chemins Étranges/Sous-Dossier İ/Majuscules Seulement.TXT",
            ),
            (
                "in-unmounted",
                "Dropbox/Shared with me/Ancien projet/Bilan 2018.odt",
            ),
            ("received", "Dropbox/Shared with me/Devis.pdf"),
            (
                "deep-in-mounted",
                "Dropbox/Commission Légumes/Semis/Mars.txt",
            ),
        ] {
            assert_eq!(journey.row(&rows, label).target_path, path);
        }
        let team = match account {
            AccountKind::Personal => None,
            AccountKind::Team => Some("Dropbox/Shared drives/Terres communes/Archives/2019.txt"),
            AccountKind::OldTeam => Some("Dropbox/Terres communes/Archives/2019.txt"),
        };
        let there = rows.iter().any(|row| team == Some(&row.target_path));
        assert_eq!(there, team.is_some(), "{account:?}");
        // Documents, which have no digest, and the file without one.
        let documents = rows.iter().filter(|row| row.kind == OutcomeKind::Converted);
        assert_eq!(
            verified.weak as usize,
            documents.count() + 2,
            "{verified:?}"
        );
        assert!(moved.moved > 100, "{moved:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn later_runs_move_what_changed_and_keep_what_people_did() {
    let journey = Journey::new(AccountKind::Team, 0, 0.0).await;
    let control = journey.dropbox.control();
    let folder = control.add_folder("home", "Atelier").unwrap();
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
    let mounted = control.labelled("folder-in-mounted").unwrap();
    control.add_file(&mounted, "new there.bin", Content::noise(19, 500));
    let target = journey.target();
    let at = |name: &str| format!("Dropbox/Atelier/{name}");
    target.write(&at("edited.bin"), "edited by hand").await;
    target.write(&at("both.bin"), "edited by hand, too").await;

    control.forget_requests();
    let (second, _, rows) = journey.run().await;
    let asked = control.requests();
    assert!(
        asked.contains_key("files/list_folder/continue"),
        "{asked:?}"
    );
    assert_eq!(second.failed, 3, "{second:?}");
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

    // A cursor that is good for nothing any more means: all is listed, and nothing is moved for that.
    control.reset_cursors();
    let (third, ..) = journey.run().await;
    assert_eq!(
        (third.moved, third.linked, third.converted),
        (0, 0, 0),
        "{third:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_file_goes_up_in_chunks_and_on_where_it_stopped() {
    let journey = Journey::new(AccountKind::Personal, 0, 0.0).await;
    let control = journey.dropbox.control();
    let film = Content::noise(99, 90 << 20);
    let id = control.add_file("home", "film.bin", film).unwrap();
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

    control.expire_access_tokens();
    let (_, _, rows) = journey.run().await;
    let row = by_name(&rows, "film.bin");
    let Some(Proof::Full(digests)) = &row.proof else {
        panic!("{row:?}");
    };
    assert_eq!(digests.at_source().algorithm, HashAlgorithm::Dropbox);
    let found = journey.target().read(&row.target_path).await;
    let sha = |bytes: &[u8]| digest(HashAlgorithm::Sha256, bytes);
    assert_eq!(sha(&found), sha(&film.bytes(0, film.length)));
    assert!(control.item(&id).is_some());
}
