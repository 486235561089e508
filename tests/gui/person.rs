//! The person at the browser, and the practice servers that they meet there.

use tempfile::TempDir;
use tokio::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};
use transhumance::auth::vault::give_passphrase;
use transhumance::practice::{google, nextcloud};
use url::Url;

pub const USER: &str = "camille";
pub const PASSWORD: &str = "canard-bleu-2026";

/// The passphrase is the whole program's: whoever needs that there is none, or another one, goes alone.
static VAULT: RwLock<()> = RwLock::const_new(());

/// Secrets can be kept as long as this is held.
pub async fn vault() -> RwLockReadGuard<'static, ()> {
    let open = VAULT.read().await;
    give_passphrase(Some("bergerie".into()));
    open
}

/// Nobody has given a passphrase as long as this is held.
pub async fn locked_vault() -> RwLockWriteGuard<'static, ()> {
    let alone = VAULT.write().await;
    give_passphrase(None);
    alone
}

pub async fn google() -> google::Server {
    google::Server::start(google::Config::new(1, 10))
        .await
        .unwrap()
}

pub async fn nextcloud() -> (nextcloud::Server, TempDir) {
    let storage = tempfile::tempdir().unwrap();
    let users = vec![nextcloud::User {
        quota: Some(1 << 30),
        ..nextcloud::User::new(USER, PASSWORD)
    }];
    let config = nextcloud::Config::new(storage.path(), users);
    (nextcloud::Server::start(config).await.unwrap(), storage)
}

fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}

/// Presses a button of a provider's consent page; gives the page that the browser ends on.
pub async fn at_consent(page: Url, action: &str) -> String {
    let form = [("action", action), ("scope", "all")];
    let answer = client().post(page).form(&form).send().await.unwrap();
    assert!(answer.status().is_success(), "{}", answer.status());
    answer.text().await.unwrap()
}

/// Signs in on the page of a Nextcloud and grants access.
pub async fn at_nextcloud(page: Url) {
    let token = page
        .path_segments()
        .unwrap()
        .next_back()
        .unwrap()
        .to_owned();
    let grant = page.join("/login/v2/grant").unwrap();
    let form = [
        ("token", token.as_str()),
        ("user", USER),
        ("password", PASSWORD),
    ];
    let answer = client().post(grant).form(&form).send().await.unwrap();
    assert!(answer.status().is_success(), "{}", answer.status());
}
