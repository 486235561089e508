//! What the practice Nextcloud answers, checked over HTTP; each expectation was seen on a real 34.0.1.

use std::path::Path;
use std::time::Duration;

use super::*;

/// For a person, or for another client: serves what `PRACTICE_DIR` holds until `PRACTICE_DIR/stop`
/// appears.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "serves until it is told to stop"]
async fn serve() {
    let directory = std::env::var("PRACTICE_DIR").unwrap();
    let directory = Path::new(&directory);
    let mut old = User::new("old", "secret");
    old.space = Some(Seeded::new(1, 2_000));
    let users = vec![
        User::new("camille", "secret"),
        User::new("bob", "secret"),
        old,
    ];
    let mut config = Config::new(directory.join("storage"), users);
    config.port = Some(8095);
    let server = Server::start(config).await.unwrap();
    std::fs::write(directory.join("url"), server.url().as_str()).unwrap();
    while !directory.join("stop").exists() {
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    server.stop().await;
}
