use std::sync::Arc;

use super::EngineError;
use super::sign_in::{DropboxApp, MicrosoftApp};
use crate::auth::oauth::{
    ClientCredentials, KeepError, Provider, Tenant, TokenKeeper, TokenSource,
};
use crate::model::{Migration, SourceConfig, TargetInfo};
use crate::source::dropbox::Dropbox;
use crate::source::folder::FolderSource;
use crate::source::google::GoogleSource;
use crate::source::microsoft::{MicrosoftFiles, Site};
use crate::source::nextcloud::NextcloudSource;
use crate::source::takeout::TakeoutSource;
use crate::source::{Source, SourceError};
use crate::target::Nextcloud;
use async_trait::async_trait;
use secrecy::SecretString;

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

    /// What [`Self::secret`] would give now, if it comes from a place of ours, where another copy of the
    /// program may have left a newer one meanwhile.
    ///
    /// # Errors
    /// When that place cannot be read.
    async fn newest(
        &self,
        migration: &Migration,
        which: Secret,
    ) -> Result<Option<SecretString>, SecretError> {
        let _ = (migration, which);
        Ok(None)
    }

    /// A newer one took the place of what [`Self::secret`] gave. It is kept where that came from, if that
    /// is a place of ours; elsewhere nothing happens.
    ///
    /// # Errors
    /// When that place cannot be written.
    async fn renewed(
        &self,
        migration: &Migration,
        which: Secret,
        secret: &SecretString,
    ) -> Result<(), SecretError> {
        let _ = (migration, which, secret);
        Ok(())
    }
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
    secrets: &Arc<dyn Secrets>,
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
        SourceConfig::Microsoft {
            client_id,
            tenant,
            sites,
            endpoint,
            ..
        } => {
            let app = MicrosoftApp {
                client_id,
                tenant: Tenant::new(tenant.as_deref(), !sites.is_empty()),
                wanted: &migration.scope,
                endpoint: endpoint.as_ref(),
            };
            Arc::new(microsoft_files(&app, migration, sites, secrets).await?)
        }
        SourceConfig::Dropbox {
            client_id,
            endpoint,
            ..
        } => {
            let refresh = secrets
                .secret(migration, Secret::SourceRefreshToken)
                .await?;
            let app = DropboxApp {
                client_id,
                endpoint: endpoint.as_ref(),
            };
            let tokens = app.access(refresh).map_err(unusable)?;
            let dropbox = Dropbox::new(app.endpoint, tokens, &migration.scope).map_err(unusable)?;
            Arc::new(dropbox)
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

/// The files of a Microsoft account that was signed in to.
async fn microsoft_files(
    app: &MicrosoftApp<'_>,
    migration: &Migration,
    sites: &[String],
    secrets: &Arc<dyn Secrets>,
) -> Result<MicrosoftFiles, EngineError> {
    let refresh = secrets
        .secret(migration, Secret::SourceRefreshToken)
        .await?;
    let provider = app.provider().map_err(unusable)?;
    let keeper = Arc::new(Keeper {
        migration: migration.clone(),
        secrets: secrets.clone(),
    });
    let tokens = TokenSource::kept(provider, app.client(), refresh, keeper).map_err(unusable)?;
    MicrosoftFiles::new(app.endpoint, tokens, sites, &migration.scope).map_err(unusable)
}

/// The SharePoint sites and teams that a migration's Microsoft account sees, to choose from.
///
/// # Errors
/// When the source is no Microsoft account, is not signed in to, or is a personal account.
pub async fn microsoft_sites(
    migration: &Migration,
    secrets: &Arc<dyn Secrets>,
) -> Result<Vec<Site>, EngineError> {
    let SourceConfig::Microsoft {
        client_id,
        tenant,
        endpoint,
        ..
    } = &migration.source
    else {
        return Err(EngineError::Internal("only Microsoft has sites".into()));
    };
    let app = MicrosoftApp {
        client_id,
        tenant: Tenant::new(tenant.as_deref(), true),
        wanted: &migration.scope,
        endpoint: endpoint.as_ref(),
    };
    let files = microsoft_files(&app, migration, &[], secrets).await?;
    files.sites().await.map_err(EngineError::Source)
}

/// Leaves renewed refresh tokens where the migration's secrets are.
struct Keeper {
    migration: Migration,
    secrets: Arc<dyn Secrets>,
}

impl std::fmt::Debug for Keeper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keeper").finish_non_exhaustive()
    }
}

#[async_trait]
impl TokenKeeper for Keeper {
    async fn newest(&self) -> Result<Option<SecretString>, KeepError> {
        let which = Secret::SourceRefreshToken;
        Ok(self.secrets.newest(&self.migration, which).await?)
    }

    async fn keep(&self, token: &SecretString) -> Result<(), KeepError> {
        let which = Secret::SourceRefreshToken;
        Ok(self.secrets.renewed(&self.migration, which, token).await?)
    }
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
