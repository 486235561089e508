use async_trait::async_trait;
use secrecy::SecretString;

/// Why a new refresh token could not be kept; never the token.
pub type KeepError = Box<dyn std::error::Error + Send + Sync>;

/// Where the refresh token lives between runs, for providers that give a new one at every use.
///
/// Several copies of the program may use the same sign-in. Each looks here before it asks for access, and
/// leaves here what it was given before anything is done with it: whoever comes next, or is started after
/// a crash, goes on with the newest.
#[async_trait]
pub trait TokenKeeper: std::fmt::Debug + Send + Sync {
    /// The newest that any copy has kept; `None` where there is none.
    ///
    /// # Errors
    /// When the place cannot be read.
    async fn newest(&self) -> Result<Option<SecretString>, KeepError>;

    /// Keeps it so that it survives a power cut.
    ///
    /// # Errors
    /// When the place cannot be written.
    async fn keep(&self, token: &SecretString) -> Result<(), KeepError>;
}
