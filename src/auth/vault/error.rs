use std::path::PathBuf;

/// Why a secret could not be kept or found again. No variant ever holds one.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The system has no keychain that answers (on Linux: no session bus or no secret service on it), and
    /// there is no passphrase in [`super::PASSPHRASE_VARIABLE`] either.
    #[error("no keychain: {detail}")]
    NoKeychain { detail: String },
    /// There is a keychain, but it is locked or said no.
    #[error("the keychain gives no access: {detail}")]
    KeychainLocked { detail: String },
    /// The keychain no longer has the key of this vault (another computer, a new keychain): its secrets
    /// are lost. See [`super::Vault::set_aside`].
    #[error("the keychain has no key for {}", path.display())]
    KeyMissing { path: PathBuf },
    /// The vault was made with a passphrase, and none is given.
    #[error("{} needs its passphrase", path.display())]
    PassphraseNeeded { path: PathBuf },
    #[error("the passphrase does not open {}", path.display())]
    WrongPassphrase { path: PathBuf },
    /// Something that is no vault, or one that was changed by something else.
    #[error("{} is damaged: {detail}", path.display())]
    Damaged { path: PathBuf, detail: String },
    /// Written by a newer version of this program.
    #[error("{} is of version {version}, newer than this program", path.display())]
    Newer { path: PathBuf, version: u32 },
    #[error("{}: {cause}", path.display())]
    Io {
        path: PathBuf,
        #[source]
        cause: std::io::Error,
    },
    #[error("the system gives no random numbers: {0}")]
    Random(String),
    #[error("interrupted")]
    Interrupted,
}
