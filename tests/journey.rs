//! Whole migrations through the engine.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use common::{Known, migration, open};
use tokio_util::sync::CancellationToken;
use transhumance::engine::Secret;
use transhumance::model::SourceConfig;
use transhumance::practice::google;
use url::Url;

#[tokio::test]
#[ignore = "needs a real Nextcloud"]
async fn real() {
    tracing_subscriber::fmt()
        .with_env_filter("transhumance=debug")
        .with_writer(std::io::stderr)
        .init();
    let url: Url = std::env::var("TRANSHUMANCE_TEST_NEXTCLOUD_URL")
        .unwrap()
        .parse()
        .unwrap();
    let user = std::env::var("TRANSHUMANCE_TEST_NEXTCLOUD_USER").unwrap();
    let password = std::env::var("TRANSHUMANCE_TEST_NEXTCLOUD_PASSWORD").unwrap();
    let config = google::Config::new(7, 100);
    let (id, secret) = (config.client_id.clone(), config.client_secret.clone());
    let server = google::Server::start(config).await.unwrap();
    let source = SourceConfig::Google {
        client_id: id,
        endpoint: Some(server.endpoint().clone()),
        password_command: None,
    };
    let folder = format!("journey {}", std::process::id());
    let migration = migration(source, &url, &user, &folder);
    let secrets = || {
        Known::default()
            .with(Secret::SourceClientSecret, secret.clone())
            .with(Secret::SourceRefreshToken, server.refresh_token())
            .with(Secret::TargetPassword, password.clone())
    };
    let data = tempfile::tempdir().unwrap();
    let engine = open(migration, data.path(), secrets()).await;
    let cancel = CancellationToken::new();
    dbg!(engine.survey(&cancel).await.unwrap());
    dbg!(engine.preview(false, &cancel).await.unwrap());
    let totals = engine.plan_totals().await.unwrap();
    dbg!(totals.reasons);
    dbg!(engine.move_items(&cancel).await.unwrap());
    let mut after = 0;
    for row in engine.report_rows(after, 10000, None).await.unwrap() {
        after = row.n;
        eprintln!(
            "{:?} {:?} {:?} -> {:?} {:?} {:?} {:?}",
            row.kind,
            row.reason,
            row.item.name,
            row.target_path,
            row.renamed,
            row.proof.map(|p| p.code()),
            row.detail
        );
    }
    let _ = after;
    dbg!(
        engine
            .verify(&cancel, &|row, verdict| eprintln!(
                "verify {:?} {:?}",
                row.target_path, verdict
            ))
            .await
            .unwrap()
    );
    dbg!(engine.move_items(&cancel).await.unwrap());
    dbg!(engine.plan_totals().await.unwrap().reasons);
}
