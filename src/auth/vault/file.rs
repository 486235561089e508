//! The vault's file: which key opens it, and the encrypted secrets.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::VaultError;

pub(super) const FILE: &str = "vault.json";
const LOCK: &str = "vault.lock";
const VERSION: u32 = 1;
/// Before each name in the authenticated data, so that nothing encrypted elsewhere passes for a secret.
const CONTEXT: &[u8] = b"transhumance vault 1\0";
/// The name of the entry that tells whether the key is right; secrets have longer ones.
const CHECK: &str = "";
const NONCE: usize = 24;

pub(super) type Key = Zeroizing<[u8; 32]>;

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct VaultFile {
    version: u32,
    pub(super) key: KeySource,
    check: Sealed,
    secrets: BTreeMap<String, Sealed>,
}

/// Where the key comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "kebab-case")]
pub(super) enum KeySource {
    /// The keychain has it under this id.
    Keychain { id: String },
    /// From a passphrase (RFC 9106); kept with the parameters that made it, so that they may change.
    Passphrase {
        memory_kib: u32,
        passes: u32,
        lanes: u32,
        salt: String,
    },
}

/// XChaCha20-Poly1305 with a random nonce
/// (<https://datatracker.ietf.org/doc/html/draft-irtf-cfrg-xchacha>); both in Base64.
#[derive(Debug, Serialize, Deserialize)]
struct Sealed {
    nonce: String,
    text: String,
}

impl KeySource {
    /// 64 MiB and three passes: RFC 9106's second recommended option, with one lane for old machines.
    pub(super) fn new_passphrase() -> Result<Self, VaultError> {
        Ok(Self::Passphrase {
            memory_kib: 64 * 1024,
            passes: 3,
            lanes: 1,
            salt: BASE64.encode(random::<16>()?.as_slice()),
        })
    }

    /// The key of a passphrase; `None` where the parameters make no sense.
    pub(super) fn derive(&self, passphrase: &SecretString) -> Option<Key> {
        let Self::Passphrase {
            memory_kib,
            passes,
            lanes,
            salt,
        } = self
        else {
            return None;
        };
        // A file that somebody else wrote must not eat the computer.
        if *memory_kib > 1024 * 1024 || *passes > 64 || *lanes > 16 {
            return None;
        }
        let params = Params::new(*memory_kib, *passes, *lanes, Some(32)).ok()?;
        let salt = BASE64.decode(salt).ok()?;
        let mut key = Key::default();
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(
                passphrase.expose_secret().as_bytes(),
                &salt,
                key.as_mut_slice(),
            )
            .ok()?;
        Some(key)
    }
}

impl VaultFile {
    pub(super) fn new(source: KeySource, key: &Key) -> Result<Self, VaultError> {
        Ok(Self {
            version: VERSION,
            key: source,
            check: Sealed::seal(key, CHECK, b"")?,
            secrets: BTreeMap::new(),
        })
    }

    /// Reads the vault of a folder; `None` where there is none yet.
    pub(super) fn read(dir: &Path) -> Result<Option<Self>, VaultError> {
        #[derive(Deserialize)]
        struct Versioned {
            version: u32,
        }
        let path = dir.join(FILE);
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(cause) => return Err(VaultError::Io { path, cause }),
        };
        let damaged = |error: serde_json::Error| VaultError::Damaged {
            path: path.clone(),
            detail: format!("line {}, column {}", error.line(), error.column()),
        };
        let Versioned { version } = serde_json::from_slice(&text).map_err(damaged)?;
        if version > VERSION {
            return Err(VaultError::Newer { path, version });
        }
        serde_json::from_slice(&text).map(Some).map_err(damaged)
    }

    /// Replaces the vault of a folder in one step: a power cut leaves the old one or the new one.
    pub(super) fn write(&self, dir: &Path) -> Result<(), VaultError> {
        let (path, new) = (dir.join(FILE), dir.join("vault.json.new"));
        let result = (|| {
            match fs::remove_file(&new) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            let mut file = create_private(&new)?;
            serde_json::to_writer_pretty(&mut file, self)?;
            file.write_all(b"\n")?;
            file.sync_all()?;
            fs::rename(&new, &path)?;
            sync_folder(dir)
        })();
        result.map_err(|cause| VaultError::Io { path, cause })
    }

    pub(super) fn fits(&self, key: &Key) -> bool {
        self.check.open(key, CHECK).is_some()
    }

    pub(super) fn get(
        &self,
        dir: &Path,
        key: &Key,
        name: &str,
    ) -> Result<Option<SecretString>, VaultError> {
        let Some(sealed) = self.secrets.get(name) else {
            return Ok(None);
        };
        let text = sealed.open(key, name).and_then(|text| {
            let text = std::str::from_utf8(&text).ok()?;
            Some(SecretString::from(text))
        });
        text.map(Some).ok_or_else(|| VaultError::Damaged {
            path: dir.join(FILE),
            detail: "a secret cannot be decrypted".to_owned(),
        })
    }

    pub(super) fn set(
        &mut self,
        key: &Key,
        name: &str,
        secret: &SecretString,
    ) -> Result<(), VaultError> {
        let sealed = Sealed::seal(key, name, secret.expose_secret().as_bytes())?;
        self.secrets.insert(name.to_owned(), sealed);
        Ok(())
    }

    pub(super) fn remove(&mut self, name: &str) -> bool {
        self.secrets.remove(name).is_some()
    }
}

impl Sealed {
    fn seal(key: &Key, name: &str, text: &[u8]) -> Result<Self, VaultError> {
        let nonce = random::<NONCE>()?;
        let aad = [CONTEXT, name.as_bytes()].concat();
        let payload = Payload {
            msg: text,
            aad: &aad,
        };
        let cipher = XChaCha20Poly1305::new(&(**key).into());
        let text = cipher
            .encrypt(&XNonce::from(*nonce), payload)
            .map_err(|_| VaultError::Random("the secret is too long to encrypt".to_owned()))?;
        Ok(Self {
            nonce: BASE64.encode(nonce.as_slice()),
            text: BASE64.encode(text),
        })
    }

    fn open(&self, key: &Key, name: &str) -> Option<Zeroizing<Vec<u8>>> {
        let nonce: [u8; NONCE] = BASE64.decode(&self.nonce).ok()?.try_into().ok()?;
        let text = BASE64.decode(&self.text).ok()?;
        let aad = [CONTEXT, name.as_bytes()].concat();
        let payload = Payload {
            msg: &text,
            aad: &aad,
        };
        let cipher = XChaCha20Poly1305::new(&(**key).into());
        let opened = cipher.decrypt(&XNonce::from(nonce), payload).ok()?;
        Some(Zeroizing::new(opened))
    }
}

pub(super) fn random<const N: usize>() -> Result<Zeroizing<[u8; N]>, VaultError> {
    let mut bytes = Zeroizing::new([0; N]);
    getrandom::fill(bytes.as_mut_slice()).map_err(|error| VaultError::Random(error.to_string()))?;
    Ok(bytes)
}

/// Keeps other running copies from writing the vault at the same time, for as long as it lives.
pub(super) fn lock(dir: &Path) -> Result<File, VaultError> {
    let path = dir.join(LOCK);
    let locked = (|| {
        fs::create_dir_all(dir)?;
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true);
        let file = options.open(&path)?;
        file.lock()?;
        Ok(file)
    })();
    locked.map_err(|cause| VaultError::Io { path, cause })
}

/// Moves a vault out of the way under a name that is free.
pub(super) fn set_aside(dir: &Path) -> Result<Option<PathBuf>, VaultError> {
    let _lock = lock(dir)?;
    let path = dir.join(FILE);
    if !path.exists() {
        return Ok(None);
    }
    let aside = (1..)
        .map(|n: u32| dir.join(format!("vault-unusable-{n}.json")))
        .find(|aside| !aside.exists());
    let Some(aside) = aside else {
        return Ok(None);
    };
    match fs::rename(&path, &aside) {
        Ok(()) => Ok(Some(aside)),
        Err(cause) => Err(VaultError::Io { path, cause }),
    }
}

fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(unix)]
fn sync_folder(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}
