use std::sync::Arc;

use keyring_core::Entry;
use keyring_core::api::CredentialStore;
use zeroize::Zeroizing;

use super::VaultError;
use crate::net::PRODUCT;

/// What opens the keychain. Everything on it blocks, and on Linux it must not run on a thread of the
/// async runtime.
pub(super) type OpenKeychain =
    Arc<dyn Fn() -> keyring_core::Result<Arc<CredentialStore>> + Send + Sync>;

/// The keychain of this system.
pub(super) fn of_this_system() -> OpenKeychain {
    Arc::new(open)
}

#[cfg(target_os = "linux")]
fn open() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(zbus_secret_service_keyring_store::Store::new()?)
}

#[cfg(windows)]
fn open() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(windows_native_keyring_store::Store::new()?)
}

#[cfg(target_os = "macos")]
fn open() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(apple_native_keyring_store::keychain::Store::new()?)
}

#[cfg(not(any(target_os = "linux", windows, target_os = "macos")))]
fn open() -> keyring_core::Result<Arc<CredentialStore>> {
    Err(keyring_core::Error::NotSupportedByStore(
        "no keychain is known for this system".to_owned(),
    ))
}

fn entry(open: &OpenKeychain, vault: &str) -> Result<Entry, VaultError> {
    let store = open().map_err(|error| VaultError::NoKeychain {
        detail: describe(&error),
    })?;
    store
        .build(PRODUCT, vault, None)
        .map_err(|error| no_access(&error))
}

/// The key of a vault; `None` where the keychain does not have it.
pub(super) fn load(
    open: &OpenKeychain,
    vault: &str,
) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
    match entry(open, vault)?.get_secret() {
        Ok(key) => Ok(Some(Zeroizing::new(key))),
        Err(keyring_core::Error::NoEntry) => Ok(None),
        Err(error) => Err(no_access(&error)),
    }
}

pub(super) fn store(open: &OpenKeychain, vault: &str, key: &[u8]) -> Result<(), VaultError> {
    // Some Linux desktops have a bus but no keychain on it, which only shows here.
    let entry = entry(open, vault)?;
    entry
        .set_secret(key)
        .map_err(|error| VaultError::NoKeychain {
            detail: describe(&error),
        })
}

fn no_access(error: &keyring_core::Error) -> VaultError {
    VaultError::KeychainLocked {
        detail: describe(error),
    }
}

/// In words, because the error's own fields may hold what the keychain gave.
fn describe(error: &keyring_core::Error) -> String {
    match error {
        keyring_core::Error::BadEncoding(_) | keyring_core::Error::BadDataFormat(..) => {
            "the stored key is malformed".to_owned()
        }
        error => error.to_string(),
    }
}
