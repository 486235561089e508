use std::env::VarError;
use std::io::Read as _;
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::SecretString;
use url::Url;
use zeroize::Zeroizing;

use super::{Vault, VaultError, blocking};

/// More than any password; a command that prints more is the wrong command.
const LONGEST_OUTPUT: u64 = 64 * 1024;
/// Tells a `password_command` which secret is wanted, for sources that need two.
const WANTED_VARIABLE: &str = "TRANSHUMANCE_SECRET";

/// A secret that a migration needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SecretKind {
    SourcePassword,
    SourceRefreshToken,
    SourceClientSecret,
    TargetPassword,
}

impl SecretKind {
    /// The stable code: part of the vault's names, and what a `password_command` is told.
    pub const fn code(self) -> &'static str {
        match self {
            Self::SourcePassword => "source-password",
            Self::SourceRefreshToken => "source-refresh-token",
            Self::SourceClientSecret => "source-client-secret",
            Self::TargetPassword => "target-password",
        }
    }

    /// The environment variable that gives it without a person at hand.
    pub const fn variable(self) -> &'static str {
        match self {
            Self::SourcePassword => "TRANSHUMANCE_SOURCE_PASSWORD",
            Self::SourceRefreshToken => "TRANSHUMANCE_SOURCE_REFRESH_TOKEN",
            Self::SourceClientSecret => "TRANSHUMANCE_SOURCE_CLIENT_SECRET",
            Self::TargetPassword => "TRANSHUMANCE_TARGET_PASSWORD",
        }
    }
}

/// Whose secret it is. A secret is found again only for the same server and the same account, so that a
/// migration file with another address never gets it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SecretOwner {
    server: String,
    account: String,
}

impl SecretOwner {
    /// `server`: its base address. `account`: the login, or the client id, and whatever else tells two
    /// accounts on one server apart.
    pub fn new(server: &Url, account: impl Into<String>) -> Self {
        Self {
            server: crate::net::redact_url(server)
                .trim_end_matches('/')
                .to_owned(),
            account: account.into(),
        }
    }

    pub(super) fn name(&self, kind: SecretKind) -> String {
        // Encoded, so that no account can be written that looks like another server.
        let encode = |text| utf8_percent_encode(text, NON_ALPHANUMERIC);
        format!(
            "{} {} {}",
            kind.code(),
            encode(&self.server),
            encode(&self.account)
        )
    }
}

#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    #[error(transparent)]
    Vault(#[from] VaultError),
    #[error("the password command could not be run: {0}")]
    CommandNotRun(#[source] std::io::Error),
    /// Its output is not shown: it may be the secret.
    #[error("the password command failed: {0}")]
    CommandFailed(ExitStatus),
    #[error("the password command printed nothing")]
    CommandSilent,
    #[error("the secret is not UTF-8 text, or too long")]
    NotText,
}

/// Finds the secrets of migrations: in the environment, else from the migration's `password_command`,
/// else in the vault.
#[derive(Debug, Clone)]
pub struct SecretResolver {
    dir: PathBuf,
}

impl SecretResolver {
    /// `dir`: the folder of the vault.
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into() }
    }

    /// The secret; `None` where nobody ever gave it.
    ///
    /// # Errors
    /// When a place that has it cannot be read. Nothing of the secret is ever part of the error.
    pub async fn find(
        &self,
        kind: SecretKind,
        owner: &SecretOwner,
        command: Option<&str>,
    ) -> Result<Option<SecretString>, SecretError> {
        let variable = std::env::var(kind.variable());
        self.find_with(variable, kind, owner, command).await
    }

    pub(super) async fn find_with(
        &self,
        variable: Result<String, VarError>,
        kind: SecretKind,
        owner: &SecretOwner,
        command: Option<&str>,
    ) -> Result<Option<SecretString>, SecretError> {
        match variable {
            Ok(secret) if !secret.is_empty() => return Ok(Some(secret.into())),
            Err(VarError::NotUnicode(_)) => return Err(SecretError::NotText),
            Ok(_) | Err(VarError::NotPresent) => {}
        }
        if let Some(command) = command {
            let command = command.to_owned();
            let secret = blocking(move || Ok(run(&command, kind))).await??;
            return Ok(Some(secret));
        }
        self.kept(kind, owner).await
    }

    /// The secret that the vault has, whatever the environment says.
    ///
    /// # Errors
    /// When the vault cannot be read.
    pub async fn kept(
        &self,
        kind: SecretKind,
        owner: &SecretOwner,
    ) -> Result<Option<SecretString>, SecretError> {
        // Without a vault there is no reason to wake the keychain.
        if !Vault::exists(&self.dir) {
            return Ok(None);
        }
        let vault = Vault::open(&self.dir).await?;
        Ok(vault.get(&owner.name(kind)).await?)
    }

    /// Keeps a secret in the vault.
    ///
    /// # Errors
    /// When there is neither a keychain nor a passphrase, or the vault cannot be written.
    pub async fn keep(
        &self,
        kind: SecretKind,
        owner: &SecretOwner,
        secret: &SecretString,
    ) -> Result<(), SecretError> {
        let vault = Vault::open(&self.dir).await?;
        Ok(vault.set(&owner.name(kind), secret).await?)
    }

    /// What the vault has, where [`Self::find`] would look there.
    ///
    /// # Errors
    /// When the vault cannot be read.
    pub async fn newest(
        &self,
        kind: SecretKind,
        owner: &SecretOwner,
        command: Option<&str>,
    ) -> Result<Option<SecretString>, SecretError> {
        if self.is_from_elsewhere(kind, command) {
            return Ok(None);
        }
        self.kept(kind, owner).await
    }

    /// Keeps a newer secret where [`Self::find`] found the one before it, if that was the vault: what came
    /// from the environment or from a command is not ours to replace.
    ///
    /// # Errors
    /// When the vault cannot be read or written.
    pub async fn renew(
        &self,
        kind: SecretKind,
        owner: &SecretOwner,
        command: Option<&str>,
        secret: &SecretString,
    ) -> Result<(), SecretError> {
        if self.is_from_elsewhere(kind, command) {
            return Ok(());
        }
        self.keep(kind, owner, secret).await
    }

    fn is_from_elsewhere(&self, kind: SecretKind, command: Option<&str>) -> bool {
        let variable = std::env::var_os(kind.variable());
        command.is_some()
            || variable.is_some_and(|secret| !secret.is_empty())
            || !Vault::exists(&self.dir)
    }

    /// Forgets a secret; whether there was one.
    ///
    /// # Errors
    /// When the vault cannot be read or written.
    pub async fn forget(&self, kind: SecretKind, owner: &SecretOwner) -> Result<bool, SecretError> {
        if !Vault::exists(&self.dir) {
            return Ok(false);
        }
        let vault = Vault::open(&self.dir).await?;
        Ok(vault.remove(&owner.name(kind)).await?)
    }
}

/// The first line of what a command prints. Its errors go where ours go.
fn run(command: &str, kind: SecretKind) -> Result<SecretString, SecretError> {
    let mut child = shell(command)
        .env(WANTED_VARIABLE, kind.code())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(SecretError::CommandNotRun)?;
    let mut output = Zeroizing::new(Vec::new());
    let read = match child.stdout.take() {
        Some(pipe) => pipe.take(LONGEST_OUTPUT + 1).read_to_end(&mut output),
        None => Ok(0),
    };
    let status = child.wait().map_err(SecretError::CommandNotRun)?;
    read.map_err(SecretError::CommandNotRun)?;
    if output.len() as u64 > LONGEST_OUTPUT {
        return Err(SecretError::NotText);
    }
    if !status.success() {
        return Err(SecretError::CommandFailed(status));
    }
    let text = std::str::from_utf8(&output).map_err(|_| SecretError::NotText)?;
    match text.lines().next() {
        Some(line) if !line.is_empty() => Ok(SecretString::from(line)),
        _ => Err(SecretError::CommandSilent),
    }
}

#[cfg(unix)]
fn shell(command: &str) -> Command {
    let mut shell = Command::new("/bin/sh");
    shell.arg("-c").arg(command);
    shell
}

#[cfg(windows)]
fn shell(command: &str) -> Command {
    use std::os::windows::process::CommandExt as _;
    let mut shell = Command::new("cmd");
    // As it stands: `cmd` has other rules for quotes than programs have.
    shell.arg("/C").raw_arg(command);
    shell
}
