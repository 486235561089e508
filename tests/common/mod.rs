//! What the tests of whole journeys share.
#![allow(dead_code, clippy::unwrap_used, clippy::panic)]

pub mod kill;
pub mod pim;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use futures::TryStreamExt as _;
use secrecy::SecretString;
use transhumance::engine::{Engine, Secret, SecretError, Secrets};
use transhumance::model::{
    FolderNames, Migration, Options, Scope, SourceConfig, TargetConfig, TargetEntry,
};
use transhumance::target::{Depth, Nextcloud};
use url::Url;

/// Secrets that a test knows.
#[derive(Debug, Default)]
pub struct Known(pub BTreeMap<&'static str, String>);

impl Known {
    pub fn with(mut self, which: Secret, value: impl Into<String>) -> Self {
        self.0.insert(name(which), value.into());
        self
    }
}

fn name(which: Secret) -> &'static str {
    match which {
        Secret::SourcePassword => "source password",
        Secret::SourceRefreshToken => "refresh token",
        Secret::SourceClientSecret => "client secret",
        Secret::TargetPassword => "target password",
    }
}

#[async_trait]
impl Secrets for Known {
    async fn secret(&self, _: &Migration, which: Secret) -> Result<SecretString, SecretError> {
        let known = self.0.get(name(which)).cloned();
        known.map(SecretString::from).ok_or_else(|| SecretError {
            which,
            cause: "not told to this test".into(),
        })
    }
}

pub fn migration(source: SourceConfig, target: &Url, user: &str, folder: &str) -> Migration {
    Migration {
        name: "test".into(),
        source,
        target: TargetConfig {
            url: target.clone(),
            user: user.into(),
            folder: folder.into(),
            password_command: None,
        },
        scope: Scope::default(),
        options: Options::default(),
        bandwidth: None,
    }
}

pub fn names() -> FolderNames {
    FolderNames {
        shared_drives: "Shared drives".into(),
        shared_with_me: "Shared with me".into(),
        orphans: "Orphans".into(),
    }
}

pub async fn open(migration: Migration, data: &Path, secrets: Known) -> Engine {
    Engine::open(migration, data, Arc::new(secrets), names())
        .await
        .unwrap()
}

/// A Nextcloud that a whole migration goes into.
#[derive(Debug, Clone)]
pub struct Target {
    pub url: Url,
    pub user: String,
    pub password: String,
}

impl Target {
    /// The real one, where the environment names it.
    pub fn real() -> Option<Self> {
        let variable = |name: &str| std::env::var(format!("TRANSHUMANCE_TEST_NEXTCLOUD_{name}"));
        Some(Self {
            url: variable("URL").ok()?.parse().unwrap(),
            user: variable("USER").unwrap(),
            password: variable("PASSWORD").unwrap(),
        })
    }

    pub fn nextcloud(&self) -> Nextcloud {
        Nextcloud::new(&self.url, &self.user, self.password.clone().into()).unwrap()
    }

    /// Every file below `folder`, by its path.
    pub async fn files(&self, folder: &str) -> BTreeMap<String, TargetEntry> {
        let nextcloud = self.nextcloud();
        nextcloud.connect().await.unwrap();
        let entries: Vec<TargetEntry> = nextcloud
            .list(folder, Depth::Infinity)
            .try_collect()
            .await
            .unwrap();
        entries
            .into_iter()
            .filter(|entry| !entry.is_folder)
            .map(|entry| (entry.path.clone(), entry))
            .collect()
    }

    fn address(&self, path: &str) -> Url {
        let mut url = self.url.clone();
        url.path_segments_mut()
            .unwrap()
            .pop_if_empty()
            .extend(["remote.php", "dav", "files", &self.user])
            .extend(path.split('/'));
        url
    }

    pub async fn read(&self, path: &str) -> Vec<u8> {
        let answer = reqwest::Client::new()
            .get(self.address(path))
            .basic_auth(&self.user, Some(&self.password))
            .send()
            .await
            .unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.bytes().await.unwrap().to_vec()
    }

    /// What a person does in the Nextcloud.
    pub async fn write(&self, path: &str, bytes: &str) {
        let answer = reqwest::Client::new()
            .put(self.address(path))
            .basic_auth(&self.user, Some(&self.password))
            .body(bytes.to_owned())
            .send()
            .await
            .unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
    }

    /// What a dying disk does: other bytes under the old date (seconds since 1970).
    pub async fn damage(&self, path: &str, bytes: &str, modified: i64) {
        let answer = reqwest::Client::new()
            .put(self.address(path))
            .header("X-OC-MTime", modified)
            .basic_auth(&self.user, Some(&self.password))
            .body(bytes.to_owned())
            .send()
            .await
            .unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
    }

    pub async fn rename(&self, from: &str, to: &str) {
        let answer = reqwest::Client::new()
            .request("MOVE".parse().unwrap(), self.address(from))
            .header("Destination", self.address(to).as_str())
            .basic_auth(&self.user, Some(&self.password))
            .send()
            .await
            .unwrap();
        assert!(answer.status().is_success(), "{from}: {}", answer.status());
    }

    pub async fn remove(&self, path: &str) {
        let answer = reqwest::Client::new()
            .delete(self.address(path))
            .header("X-NC-Skip-Trashbin", "true")
            .basic_auth(&self.user, Some(&self.password))
            .send()
            .await
            .unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
    }
}
