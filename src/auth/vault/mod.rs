//! Where secrets live: in an encrypted file whose key is in the system's keychain or, where there is none,
//! comes from a passphrase.
//!
//! The keychain holds nothing but the key: Windows takes no more than 2560 bytes, less than some tokens.

mod error;
mod file;
mod keychain;
mod resolver;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use secrecy::SecretString;
use zeroize::Zeroizing;

pub use error::VaultError;
pub use resolver::{SecretError, SecretKind, SecretOwner, SecretResolver};

use file::{FILE, Key, KeySource, VaultFile};
use keychain::OpenKeychain;

/// The environment variable that stands in for a keychain.
pub const PASSPHRASE_VARIABLE: &str = "TRANSHUMANCE_VAULT_PASSPHRASE";

/// What somebody typed in this run of the program.
static TYPED: Mutex<Option<SecretString>> = Mutex::new(None);

/// Lets vaults be opened with a passphrase that somebody typed; that of [`PASSPHRASE_VARIABLE`] goes
/// first. `None` forgets it.
pub fn give_passphrase(passphrase: Option<SecretString>) {
    *TYPED.lock().unwrap_or_else(PoisonError::into_inner) = passphrase;
}

/// An open vault. Cheap to clone.
#[derive(Clone)]
pub struct Vault {
    dir: PathBuf,
    key: Key,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Vault")
            .field("dir", &self.dir)
            .finish_non_exhaustive()
    }
}

impl Vault {
    /// Opens the vault of a folder, or makes one: with the passphrase of [`PASSPHRASE_VARIABLE`] if it is
    /// set, else with the keychain.
    ///
    /// # Errors
    /// When there is neither, when they are not those that the vault was made with, or when the folder
    /// cannot be read or written. A damaged vault is left as it is.
    pub async fn open(dir: &Path) -> Result<Self, VaultError> {
        let passphrase = std::env::var(PASSPHRASE_VARIABLE)
            .ok()
            .filter(|passphrase| !passphrase.is_empty())
            .map(SecretString::from)
            .or_else(|| TYPED.lock().unwrap_or_else(PoisonError::into_inner).clone());
        Self::open_with(dir, passphrase, keychain::of_this_system()).await
    }

    async fn open_with(
        dir: &Path,
        passphrase: Option<SecretString>,
        keychain: OpenKeychain,
    ) -> Result<Self, VaultError> {
        let dir = dir.to_owned();
        blocking(move || {
            let _lock = file::lock(&dir)?;
            let key = match VaultFile::read(&dir)? {
                Some(vault) => unlock(&dir, &vault, passphrase.as_ref(), &keychain)?,
                None => make(&dir, passphrase.as_ref(), &keychain)?,
            };
            Ok(Self { dir, key })
        })
        .await
    }

    /// Whether a folder has a vault; none is made, no key is asked for.
    pub fn exists(dir: &Path) -> bool {
        dir.join(FILE).exists()
    }

    /// Moves a vault that no key opens any more out of the way, so that a new one can be made. Gives its
    /// new place; nothing is deleted.
    ///
    /// # Errors
    /// When it cannot be renamed.
    pub async fn set_aside(dir: &Path) -> Result<Option<PathBuf>, VaultError> {
        let dir = dir.to_owned();
        blocking(move || file::set_aside(&dir)).await
    }

    /// # Errors
    /// When the vault cannot be read or the secret not be decrypted.
    pub async fn get(&self, name: &str) -> Result<Option<SecretString>, VaultError> {
        let (vault, name) = (self.clone(), name.to_owned());
        blocking(move || match VaultFile::read(&vault.dir)? {
            Some(file) => file.get(&vault.dir, &vault.key, &name),
            None => Ok(None),
        })
        .await
    }

    /// # Errors
    /// When the vault cannot be read or written.
    pub async fn set(&self, name: &str, secret: &SecretString) -> Result<(), VaultError> {
        let (vault, name, secret) = (self.clone(), name.to_owned(), secret.clone());
        blocking(move || {
            vault.change(|file| {
                file.set(&vault.key, &name, &secret)?;
                Ok(true)
            })
        })
        .await
        .map(drop)
    }

    /// Whether there was one.
    ///
    /// # Errors
    /// When the vault cannot be read or written.
    pub async fn remove(&self, name: &str) -> Result<bool, VaultError> {
        let (vault, name) = (self.clone(), name.to_owned());
        blocking(move || vault.change(|file| Ok(file.remove(&name)))).await
    }

    /// Reads, changes and, when `change` says so, writes the file, with no other copy in between.
    fn change(
        &self,
        change: impl FnOnce(&mut VaultFile) -> Result<bool, VaultError>,
    ) -> Result<bool, VaultError> {
        let _lock = file::lock(&self.dir)?;
        let mut file = VaultFile::read(&self.dir)?.ok_or_else(|| VaultError::Io {
            path: self.dir.join(FILE),
            cause: std::io::ErrorKind::NotFound.into(),
        })?;
        let changed = change(&mut file)?;
        if changed {
            file.write(&self.dir)?;
        }
        Ok(changed)
    }
}

fn unlock(
    dir: &Path,
    vault: &VaultFile,
    passphrase: Option<&SecretString>,
    keychain: &OpenKeychain,
) -> Result<Key, VaultError> {
    let path = dir.join(FILE);
    match &vault.key {
        KeySource::Keychain { id } => {
            let stored = keychain::load(keychain, id)?;
            let key = stored.and_then(|key| Some(Zeroizing::new(key.as_slice().try_into().ok()?)));
            key.filter(|key| vault.fits(key))
                .ok_or(VaultError::KeyMissing { path })
        }
        source @ KeySource::Passphrase { .. } => {
            let passphrase =
                passphrase.ok_or_else(|| VaultError::PassphraseNeeded { path: path.clone() })?;
            let key = source
                .derive(passphrase)
                .ok_or_else(|| VaultError::Damaged {
                    path: path.clone(),
                    detail: "the passphrase's parameters".to_owned(),
                })?;
            if vault.fits(&key) {
                Ok(key)
            } else {
                Err(VaultError::WrongPassphrase { path })
            }
        }
    }
}

fn make(
    dir: &Path,
    passphrase: Option<&SecretString>,
    keychain: &OpenKeychain,
) -> Result<Key, VaultError> {
    let (source, key) = match passphrase {
        Some(passphrase) => {
            let source = KeySource::new_passphrase()?;
            let key = source
                .derive(passphrase)
                .ok_or_else(|| VaultError::Random("no key from this passphrase".to_owned()))?;
            (source, key)
        }
        None => {
            let key = file::random::<32>()?;
            let id = format!("vault {}", uuid::Uuid::new_v4());
            keychain::store(keychain, &id, key.as_slice())?;
            (KeySource::Keychain { id }, key)
        }
    };
    VaultFile::new(source, &key)?.write(dir)?;
    Ok(key)
}

/// Off the runtime's threads: keychains, key derivation, locks and commands all take their time, and the
/// Linux keychain panics on one of them.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, VaultError> + Send + 'static,
) -> Result<T, VaultError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| VaultError::Interrupted)?
}

#[cfg(test)]
mod tests;
