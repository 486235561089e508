//! What the tests of whole journeys share.
#![allow(dead_code)]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use secrecy::SecretString;
use transhumance::engine::{Engine, Secret, SecretError, Secrets};
use transhumance::model::{FolderNames, Migration, Options, Scope, SourceConfig, TargetConfig};
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
