use std::path::{Path, PathBuf};

use async_trait::async_trait;
use secrecy::SecretString;
use url::Url;

use super::{Secret, SecretError, Secrets};
use crate::auth::vault::{self, SecretKind, SecretOwner, SecretResolver, Vault, VaultError};
use crate::model::{Migration, SourceConfig};

/// Where the vault lies in the data directory.
const FOLDER: &str = "secrets";
/// Stands for the real Google in the vault.
const GOOGLE: &str = "https://www.googleapis.com";
/// Stands for the real Microsoft in the vault.
const MICROSOFT: &str = "https://graph.microsoft.com";
const DROPBOX: &str = "https://www.dropbox.com/";

/// The secrets of this computer: from the environment, from a migration's `password_command`, or kept by
/// an earlier sign-in.
#[derive(Debug, Clone)]
pub struct KeptSecrets {
    folder: PathBuf,
    resolver: SecretResolver,
}

/// Nobody ever gave it.
#[derive(Debug, thiserror::Error)]
#[error("it was never given")]
pub struct NeverGiven;

impl KeptSecrets {
    pub fn new(data_dir: &Path) -> Self {
        let folder = data_dir.join(FOLDER);
        Self {
            resolver: SecretResolver::new(&folder),
            folder,
        }
    }

    /// Makes sure that secrets can be kept, before anybody is asked for one. A vault that its keychain has
    /// lost the key of is moved out of the way; its new place is given.
    ///
    /// # Errors
    /// When there is neither a keychain nor a passphrase, or the vault cannot be opened.
    pub async fn prepare(&self) -> Result<Option<PathBuf>, vault::SecretError> {
        match Vault::open(&self.folder).await {
            Ok(_) => Ok(None),
            Err(VaultError::KeyMissing { .. }) => {
                let aside = Vault::set_aside(&self.folder).await?;
                Vault::open(&self.folder).await?;
                Ok(aside)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// # Errors
    /// When a place that has it cannot be read.
    pub async fn find(
        &self,
        migration: &Migration,
        which: Secret,
    ) -> Result<Option<SecretString>, vault::SecretError> {
        let Some(place) = Place::of(migration, which) else {
            return Ok(None);
        };
        self.resolver
            .find(place.kind, &place.owner, place.command)
            .await
    }

    /// Keeps it for all migrations with the same server and account.
    ///
    /// # Errors
    /// When there is neither a keychain nor a passphrase, or the vault cannot be written.
    pub async fn keep(
        &self,
        migration: &Migration,
        which: Secret,
        secret: &SecretString,
    ) -> Result<(), vault::SecretError> {
        match Place::of(migration, which) {
            Some(place) => self.resolver.keep(place.kind, &place.owner, secret).await,
            None => Ok(()),
        }
    }

    /// Keeps a secret of a migration whose other end is not known yet, under the name of its draft.
    ///
    /// # Errors
    /// When there is neither a keychain nor a passphrase, or the vault cannot be written.
    pub async fn keep_early(
        &self,
        draft: &str,
        which: Secret,
        secret: &SecretString,
    ) -> Result<(), vault::SecretError> {
        match early(draft) {
            Some(owner) => self.resolver.keep(kind(which), &owner, secret).await,
            None => Ok(()),
        }
    }

    /// # Errors
    /// When the vault cannot be read.
    pub async fn find_early(
        &self,
        draft: &str,
        which: Secret,
    ) -> Result<Option<SecretString>, vault::SecretError> {
        match early(draft) {
            Some(owner) => self.resolver.kept(kind(which), &owner).await,
            None => Ok(None),
        }
    }

    /// Gives `migration` what was kept under the name of its draft. To be called whenever an end of it
    /// has changed: some secrets are known by both ends.
    ///
    /// # Errors
    /// When the vault cannot be read or written.
    pub async fn settle(
        &self,
        draft: &str,
        migration: &Migration,
    ) -> Result<(), vault::SecretError> {
        for which in Secret::ALL {
            if let Some(secret) = self.find_early(draft, which).await? {
                self.keep(migration, which, &secret).await?;
            }
        }
        Ok(())
    }

    /// Forgets what was kept under the name of a draft.
    ///
    /// # Errors
    /// When the vault cannot be read or written.
    pub async fn forget_early(&self, draft: &str) -> Result<(), vault::SecretError> {
        if let Some(owner) = early(draft) {
            for which in Secret::ALL {
                self.resolver.forget(kind(which), &owner).await?;
            }
        }
        Ok(())
    }

    /// Forgets it; whether it was kept.
    ///
    /// # Errors
    /// When the vault cannot be read or written.
    pub async fn forget(
        &self,
        migration: &Migration,
        which: Secret,
    ) -> Result<bool, vault::SecretError> {
        match Place::of(migration, which) {
            Some(place) => self.resolver.forget(place.kind, &place.owner).await,
            None => Ok(false),
        }
    }
}

#[async_trait]
impl Secrets for KeptSecrets {
    async fn secret(
        &self,
        migration: &Migration,
        which: Secret,
    ) -> Result<SecretString, SecretError> {
        let failed = |cause| SecretError { which, cause };
        self.find(migration, which)
            .await
            .map_err(|error| failed(error.into()))?
            .ok_or_else(|| failed(NeverGiven.into()))
    }

    async fn newest(
        &self,
        migration: &Migration,
        which: Secret,
    ) -> Result<Option<SecretString>, SecretError> {
        let Some(place) = Place::of(migration, which) else {
            return Ok(None);
        };
        self.resolver
            .newest(place.kind, &place.owner, place.command)
            .await
            .map_err(|error| SecretError {
                which,
                cause: error.into(),
            })
    }

    async fn renewed(
        &self,
        migration: &Migration,
        which: Secret,
        secret: &SecretString,
    ) -> Result<(), SecretError> {
        let Some(place) = Place::of(migration, which) else {
            return Ok(());
        };
        self.resolver
            .renew(place.kind, &place.owner, place.command, secret)
            .await
            .map_err(|error| SecretError {
                which,
                cause: error.into(),
            })
    }
}

/// Nobody's server: what is kept under it belongs to a draft.
fn early(draft: &str) -> Option<SecretOwner> {
    let nowhere = Url::parse("https://draft.invalid/").ok()?;
    Some(SecretOwner::new(&nowhere, draft))
}

const fn kind(which: Secret) -> SecretKind {
    match which {
        Secret::SourcePassword => SecretKind::SourcePassword,
        Secret::SourceRefreshToken => SecretKind::SourceRefreshToken,
        Secret::SourceClientSecret => SecretKind::SourceClientSecret,
        Secret::TargetPassword => SecretKind::TargetPassword,
    }
}

/// Under which name a migration's secret is kept, and the command that gives it instead.
struct Place<'a> {
    kind: SecretKind,
    owner: SecretOwner,
    command: Option<&'a str>,
}

impl<'a> Place<'a> {
    /// `None` where this migration has no such secret.
    fn of(migration: &'a Migration, which: Secret) -> Option<Self> {
        let target = &migration.target;
        if which == Secret::TargetPassword {
            return Some(Self {
                kind: SecretKind::TargetPassword,
                owner: SecretOwner::new(&target.url, &target.user),
                command: target.password_command.as_deref(),
            });
        }
        match (which, &migration.source) {
            (
                Secret::SourceClientSecret | Secret::SourceRefreshToken,
                SourceConfig::Google {
                    client_id,
                    endpoint,
                    password_command,
                },
            ) => {
                let google = Url::parse(GOOGLE).ok();
                let server = endpoint.as_ref().or(google.as_ref())?;
                let (kind, account) = match which {
                    Secret::SourceClientSecret => {
                        (SecretKind::SourceClientSecret, client_id.clone())
                    }
                    // One client id may serve several accounts, and the file does not name the account:
                    // the target tells them apart, lest one migration read another's account.
                    _ => (
                        SecretKind::SourceRefreshToken,
                        format!(
                            "{client_id} {} {} {}",
                            target.url, target.user, target.folder
                        ),
                    ),
                };
                Some(Self {
                    kind,
                    owner: SecretOwner::new(server, account),
                    command: password_command.as_deref(),
                })
            }
            (
                Secret::SourceRefreshToken,
                SourceConfig::Microsoft {
                    client_id,
                    tenant,
                    endpoint,
                    password_command,
                    ..
                },
            ) => {
                let microsoft = Url::parse(MICROSOFT).ok();
                let server = endpoint.as_ref().or(microsoft.as_ref())?;
                // As for Google; a sign-in for one tenant is none for another.
                let tenant = tenant.as_deref().unwrap_or_default();
                let account = format!(
                    "{client_id} {tenant} {} {} {}",
                    target.url, target.user, target.folder
                );
                Some(Self {
                    kind: SecretKind::SourceRefreshToken,
                    owner: SecretOwner::new(server, account),
                    command: password_command.as_deref(),
                })
            }
            (
                Secret::SourceRefreshToken,
                SourceConfig::Dropbox {
                    client_id,
                    endpoint,
                    password_command,
                },
            ) => {
                let dropbox = Url::parse(DROPBOX).ok();
                let server = endpoint.as_ref().or(dropbox.as_ref())?;
                // As for Google.
                let account = format!(
                    "{client_id} {} {} {}",
                    target.url, target.user, target.folder
                );
                Some(Self {
                    kind: SecretKind::SourceRefreshToken,
                    owner: SecretOwner::new(server, account),
                    command: password_command.as_deref(),
                })
            }
            (
                Secret::SourcePassword,
                SourceConfig::Nextcloud {
                    url,
                    user,
                    password_command,
                    ..
                },
            ) => Some(Self {
                kind: SecretKind::SourcePassword,
                owner: SecretOwner::new(url, user),
                command: password_command.as_deref(),
            }),
            _ => None,
        }
    }
}
