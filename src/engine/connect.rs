use std::sync::Arc;

use async_trait::async_trait;
use secrecy::SecretString;

use super::EngineError;
use crate::auth::oauth::{ClientCredentials, Provider, TokenSource};
use crate::model::{Migration, SourceConfig, TargetInfo};
use crate::source::folder::FolderSource;
use crate::source::google::GoogleSource;
use crate::source::nextcloud::NextcloudSource;
use crate::source::takeout::TakeoutSource;
use crate::source::{Source, SourceError};
use crate::target::Nextcloud;

/// What has to be known to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Secret {
    SourcePassword,
    SourceRefreshToken,
    SourceClientSecret,
    TargetPassword,
}

impl Secret {
    pub const ALL: [Self; 4] = [
        Self::SourcePassword,
        Self::SourceRefreshToken,
        Self::SourceClientSecret,
        Self::TargetPassword,
    ];
}

/// Where secrets come from: the environment, a command, the vault.
#[async_trait]
pub trait Secrets: Send + Sync {
    /// # Errors
    /// When it is nowhere to be found; the cause never holds a secret.
    async fn secret(
        &self,
        migration: &Migration,
        which: Secret,
    ) -> Result<SecretString, SecretError>;
}

#[derive(Debug, thiserror::Error)]
#[error("{which:?} is not known: {cause}")]
pub struct SecretError {
    pub which: Secret,
    #[source]
    pub cause: Box<dyn std::error::Error + Send + Sync>,
}

/// Opens the source and makes sure that it can be read.
pub(super) async fn source(
    migration: &Migration,
    secrets: &dyn Secrets,
) -> Result<Arc<dyn Source>, EngineError> {
    let source: Arc<dyn Source> = match &migration.source {
        SourceConfig::Google {
            client_id,
            endpoint,
            ..
        } => {
            let secret = secrets
                .secret(migration, Secret::SourceClientSecret)
                .await?;
            let refresh = secrets
                .secret(migration, Secret::SourceRefreshToken)
                .await?;
            let provider =
                Provider::google_for(&migration.scope, endpoint.as_ref()).map_err(unusable)?;
            let client = ClientCredentials {
                id: client_id.clone(),
                secret: Some(secret),
            };
            let tokens = TokenSource::headless(provider, client, refresh).map_err(unusable)?;
            let drive =
                GoogleSource::new(endpoint.as_ref(), tokens, &migration.scope).map_err(unusable)?;
            Arc::new(drive)
        }
        SourceConfig::Folder { path } => {
            let folder = FolderSource::new(path.clone());
            Arc::new(if migration.options.import_calendar_files {
                folder.importing(&migration.scope)
            } else {
                folder
            })
        }
        SourceConfig::Takeout { path } => {
            Arc::new(TakeoutSource::new(path.clone()).scoped(&migration.scope))
        }
        SourceConfig::Nextcloud {
            url, user, folder, ..
        } => {
            let password = secrets.secret(migration, Secret::SourcePassword).await?;
            let source = NextcloudSource::new(url, user, &password, folder, &migration.scope)
                .map_err(EngineError::Source)?;
            Arc::new(source)
        }
    };
    source.check().await.map_err(EngineError::Source)?;
    Ok(source)
}

fn unusable(error: impl std::error::Error + Send + Sync + 'static) -> EngineError {
    EngineError::Source(SourceError::Protocol {
        detail: error.to_string(),
        cause: Some(Box::new(error)),
    })
}

/// Signs in to the target and reads what it is and what it takes.
pub(super) async fn target(
    migration: &Migration,
    secrets: &dyn Secrets,
) -> Result<(Nextcloud, TargetInfo), EngineError> {
    let password = secrets.secret(migration, Secret::TargetPassword).await?;
    let config = &migration.target;
    let target =
        Nextcloud::new(&config.url, &config.user, password).map_err(EngineError::Target)?;
    let info = target.connect().await.map_err(EngineError::Target)?;
    Ok((target, info))
}
