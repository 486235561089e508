//! What the engine's errors mean to a person, and what to do about each.

pub mod dropbox;
pub mod microsoft;

use std::error::Error;
use std::io;
use std::path::PathBuf;

use crate::auth::login_flow::LoginError;
use crate::auth::oauth::{OAuthError, Refusal};
use crate::auth::vault::{SecretError, VaultError};
use crate::dav::{DavError, NotNextcloud};
use crate::engine::{DoesNotFit, EngineError, Secret};
use crate::i18n::{Texts, Value};
use crate::ledger::LedgerError;
use crate::model::{Migration, SourceConfig};
use crate::source::SourceError;
use crate::source::dropbox::dropbox_error;
use crate::source::google::{GoogleError, google_error};
use crate::source::microsoft::microsoft_error;

/// What sort of end it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Something of this computer, or of the migration file.
    Usage,
    /// Could not connect, or not authorised.
    Connection,
    /// Stopped early; it can go on.
    Stopped,
}

/// Why something could not be done, ready to be said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    pub kind: Kind,
    /// A stable word for scripts.
    pub code: &'static str,
    /// What happened and what to do next, in the user's language.
    pub message: String,
    pub file: Option<PathBuf>,
}

impl Trouble {
    pub fn new(kind: Kind, code: &'static str, message: String) -> Self {
        Self {
            kind,
            code,
            message,
            file: None,
        }
    }
}

/// The system's own words are English; the usual ones are said in the user's language.
pub fn io_cause(error: &io::Error, texts: &Texts) -> String {
    let key = match error.kind() {
        io::ErrorKind::NotFound => "io-not-found",
        io::ErrorKind::PermissionDenied => "io-not-allowed",
        io::ErrorKind::ReadOnlyFilesystem => "io-read-only",
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "io-full",
        io::ErrorKind::AlreadyExists => "io-exists",
        io::ErrorKind::IsADirectory => "io-is-folder",
        io::ErrorKind::NotADirectory => "io-not-folder",
        io::ErrorKind::InvalidData => "io-not-text",
        _ => return error.to_string(),
    };
    texts.text(key, &[])
}

/// Where the trouble is, and how to sign in there again.
#[derive(Debug, Clone)]
pub struct Place {
    /// The server's address, as the migration file has it, or a folder.
    pub host: String,
    /// The command that signs in again.
    pub login: String,
    /// Whether there is anything to sign in to: a folder of this computer is just there.
    pub needs_sign_in: bool,
}

/// Both ends of a migration, and what people type to name it.
#[derive(Debug, Clone)]
pub struct Ends {
    pub source: Place,
    pub target: Place,
    pub file: String,
}

impl Ends {
    /// Of a migration that is not there yet.
    pub fn nowhere() -> Self {
        let place = Place {
            host: String::new(),
            login: String::new(),
            needs_sign_in: true,
        };
        Self {
            source: place.clone(),
            target: place,
            file: String::new(),
        }
    }

    pub fn of(migration: &Migration, file: &str) -> Self {
        let (host, needs_sign_in) = match &migration.source {
            SourceConfig::Google { .. } => ("Google".to_owned(), true),
            SourceConfig::Microsoft { .. } => ("Microsoft".to_owned(), true),
            SourceConfig::Dropbox { .. } => ("Dropbox".to_owned(), true),
            SourceConfig::Nextcloud { url, .. } => (url.to_string(), true),
            SourceConfig::Folder { path } | SourceConfig::Takeout { path } => {
                (path.display().to_string(), false)
            }
        };
        Self {
            source: Place {
                host,
                login: format!("transhumance login {file} source"),
                needs_sign_in,
            },
            target: Place {
                host: migration.target.url.to_string(),
                login: format!("transhumance login {file} target"),
                needs_sign_in: true,
            },
            file: file.to_owned(),
        }
    }
}

/// One error on its way to a sentence.
struct Case<'a> {
    place: &'a Place,
    texts: &'a Texts,
}

impl Case<'_> {
    /// The message of `key`. Messages take of the variables what they need.
    fn say(&self, key: &str, more: &[(&str, Value<'_>)]) -> String {
        let mut args = vec![
            ("host", Value::from(&self.place.host)),
            ("login", Value::from(&self.place.login)),
        ];
        args.extend_from_slice(more);
        self.texts.text(key, &args)
    }

    fn detail(&self, key: &str, detail: &str) -> String {
        let detail = match detail {
            "" => self.texts.text("detail-none", &[]),
            detail => one_line(detail),
        };
        self.say(key, &[("detail", detail.into())])
    }
}

/// Why a command was not carried out.
pub fn engine(error: &EngineError, ends: &Ends, texts: &Texts) -> Trouble {
    let trouble = |kind, code, key: &str, args: &[(&str, Value<'_>)]| {
        Trouble::new(kind, code, texts.text(key, args))
    };
    match error {
        EngineError::Cancelled => trouble(Kind::Stopped, "stopped", "engine-cancelled", &[]),
        EngineError::Source(error) => source(error, &ends.source, texts),
        EngineError::Target(error) => dav(error, &ends.target, texts),
        EngineError::Ledger(error) => ledger(error, texts),
        EngineError::Secret(error) => {
            let place = match error.which {
                Secret::TargetPassword => &ends.target,
                _ => &ends.source,
            };
            match error.cause.downcast_ref::<SecretError>() {
                Some(error) => vault(error, texts),
                None => secret(error.which, place, texts),
            }
        }
        EngineError::Exclude(error) => {
            let args = [("detail", one_line(&error.to_string()).into())];
            trouble(Kind::Usage, "migration-file", "engine-exclude", &args)
        }
        EngineError::NotSurveyed => {
            let args = [("file", Value::from(&ends.file))];
            trouble(Kind::Usage, "not-surveyed", "engine-not-surveyed", &args)
        }
        EngineError::DoesNotFit(fit) => does_not_fit(fit, texts),
        EngineError::StoppedEarly(error) => {
            let why = engine(error, ends, texts);
            let args = [("why", why.message.into())];
            // A full disk of this computer stays what it is, whenever it is noticed.
            let kind = match why.kind {
                Kind::Usage => Kind::Usage,
                _ => Kind::Stopped,
            };
            trouble(kind, why.code, "engine-stopped-early", &args)
        }
        EngineError::Internal(detail) => {
            let args = [("detail", one_line(detail).into())];
            trouble(Kind::Stopped, "internal", "engine-internal", &args)
        }
    }
}

fn does_not_fit(fit: &DoesNotFit, texts: &Texts) -> Trouble {
    let names = |parts: &[(String, u64)]| {
        let parts = parts
            .iter()
            .map(|(name, bytes)| format!("{name} ({})", texts.bytes(*bytes)));
        parts.collect::<Vec<_>>().join(", ")
    };
    let args = [
        ("needed", Value::from(texts.bytes(fit.needed))),
        ("free", texts.bytes(fit.free).into()),
    ];
    let mut message = texts.text("fit-refused", &args);
    for (key, parts) in [
        ("fit-would", &fit.would_fit),
        ("fit-would-not", &fit.would_not),
    ] {
        if !parts.is_empty() {
            message.push('\n');
            message.push_str(&texts.text(key, &[("names", names(parts).into())]));
        }
    }
    Trouble::new(Kind::Stopped, "does-not-fit", message)
}

/// A secret that nobody ever gave.
pub fn secret(which: Secret, place: &Place, texts: &Texts) -> Trouble {
    let key = match which {
        Secret::SourcePassword => "secret-source-password",
        Secret::SourceClientSecret => "secret-source-client-secret",
        Secret::SourceRefreshToken => "secret-source-refresh-token",
        Secret::TargetPassword => "secret-target-password",
    };
    let message = Case { place, texts }.say(key, &[]);
    Trouble::new(Kind::Connection, "secret", message)
}

/// Why secrets cannot be kept or found.
pub fn vault(error: &SecretError, texts: &Texts) -> Trouble {
    let say = |key: &str, args: &[(&str, Value<'_>)]| texts.text(key, args);
    let path = |path: &std::path::Path| ("path", Value::from(path.display().to_string()));
    let detail = |detail: &str| ("detail", Value::from(one_line(detail)));
    let message = match error {
        SecretError::Vault(error) => match error {
            VaultError::NoKeychain { .. } => say("vault-no-keychain", &[]),
            VaultError::KeychainLocked { .. } => say("vault-locked", &[]),
            VaultError::KeyMissing { path: at } => say("vault-key-missing", &[path(at)]),
            VaultError::PassphraseNeeded { .. } => say("vault-passphrase-needed", &[]),
            VaultError::WrongPassphrase { path: at } => say("vault-wrong-passphrase", &[path(at)]),
            VaultError::Damaged { path: at, .. } => say("vault-damaged", &[path(at)]),
            VaultError::Newer { path: at, .. } => say("ledger-newer", &[path(at)]),
            VaultError::Io { path: at, cause } => {
                let cause = ("cause", Value::from(io_cause(cause, texts)));
                say("vault-io", &[path(at), cause])
            }
            VaultError::Random(_) | VaultError::Interrupted => {
                say("engine-internal", &[detail(&error.to_string())])
            }
        },
        SecretError::CommandNotRun(cause) => {
            let cause = io_cause(cause, texts);
            say("password-command-failed", &[("detail", cause.into())])
        }
        SecretError::CommandFailed(status) => {
            say("password-command-failed", &[detail(&status.to_string())])
        }
        SecretError::CommandSilent => say("password-command-silent", &[]),
        SecretError::NotText => say("secret-not-text", &[]),
    };
    Trouble::new(Kind::Connection, "secret", message)
}

/// What a Nextcloud said, or did not say.
pub fn dav(error: &DavError, place: &Place, texts: &Texts) -> Trouble {
    let case = Case { place, texts };
    let message = match error {
        DavError::Unauthorized => case.say("dav-unauthorized", &[]),
        DavError::AccountDisabled => case.say("dav-account-disabled", &[]),
        DavError::PasswordLoginForbidden => case.say("dav-app-password", &[]),
        DavError::BruteForced => case.say("dav-brute-forced", &[]),
        DavError::Throttled { .. } => case.say("dav-throttled", &[]),
        DavError::Maintenance { .. } => case.say("dav-maintenance", &[]),
        DavError::NotNextcloud { what } => match what {
            NotNextcloud::LoginPage => case.say("dav-login-page", &[]),
            NotNextcloud::Html => case.say("dav-web-page", &[]),
            NotNextcloud::Other(what) => case.detail("dav-not-nextcloud", what),
        },
        DavError::Redirected { to } => case.say("dav-redirected", &[("to", to.into())]),
        DavError::Insecure(_) => case.say("dav-insecure", &[]),
        DavError::Certificate { detail, .. } => case.detail("dav-certificate", detail),
        DavError::Unreachable { detail, .. } => case.detail("dav-unreachable", detail),
        DavError::TooOld { version } => case.say("dav-too-old", &[("version", version.into())]),
        DavError::UntrustedDomain => case.say("dav-untrusted-domain", &[]),
        DavError::NotFound | DavError::ParentMissing => case.say("dav-not-found", &[]),
        DavError::Full { .. } => case.say("dav-full", &[]),
        DavError::Refused { .. }
        | DavError::Taken
        | DavError::Changed
        | DavError::TooLarge
        | DavError::Locked => case.detail("dav-refused", &error.to_string()),
        DavError::Temporary { .. }
        | DavError::UploadGone
        | DavError::UploadIncomplete { .. }
        | DavError::Body { .. } => case.detail("dav-temporary", &error.to_string()),
        DavError::HashMissing | DavError::Protocol { .. } => {
            case.detail("dav-protocol", &error.to_string())
        }
    };
    Trouble::new(Kind::Connection, "nextcloud", message)
}

/// Why a sign-in to a Nextcloud did not come about.
pub fn login(error: &LoginError, place: &Place, texts: &Texts) -> Trouble {
    let case = Case { place, texts };
    let message = match error {
        LoginError::Insecure(_) => case.say("dav-insecure", &[]),
        LoginError::Certificate { detail, .. } => case.detail("dav-certificate", detail),
        LoginError::Unreachable { detail, .. } => case.detail("dav-unreachable", detail),
        LoginError::Redirected { to } => case.say("dav-redirected", &[("to", to.into())]),
        LoginError::NotNextcloud { status } => {
            case.detail("dav-not-nextcloud", &format!("HTTP {status}"))
        }
        LoginError::ProgramRefused => case.say("login-program-refused", &[]),
        LoginError::Maintenance => case.say("dav-maintenance", &[]),
        LoginError::BruteForced => case.say("dav-brute-forced", &[]),
        LoginError::Expired => case.say("login-expired", &[]),
        LoginError::Cancelled => case.say("login-cancelled", &[]),
        LoginError::Server { status } => case.detail("dav-temporary", &format!("HTTP {status}")),
    };
    let kind = match error {
        LoginError::Cancelled => Kind::Stopped,
        _ => Kind::Connection,
    };
    Trouble::new(kind, "login", message)
}

/// Why there is no access to Google.
pub fn oauth(error: &OAuthError, place: &Place, texts: &Texts) -> Trouble {
    let case = Case { place, texts };
    let message = match error {
        OAuthError::Refused(refusal) => refused(refusal, &case),
        OAuthError::Cancelled => case.say("login-cancelled", &[]),
        OAuthError::Listener(cause) => {
            let cause = io_cause(cause, texts);
            case.say("oauth-listener", &[("cause", cause.into())])
        }
        OAuthError::Throttled { .. } | OAuthError::Unavailable { .. } => {
            case.say("oauth-unavailable", &[])
        }
        OAuthError::Unreachable { detail, .. } => case.detail("oauth-unreachable", detail),
        OAuthError::Protocol(detail) => case.detail("oauth-protocol", detail),
        OAuthError::Net(error) => case.detail("oauth-protocol", &error.to_string()),
    };
    let kind = match error {
        OAuthError::Cancelled => Kind::Stopped,
        _ => Kind::Connection,
    };
    Trouble::new(kind, "login", message)
}

fn refused(refusal: &Refusal, case: &Case<'_>) -> String {
    match refusal {
        Refusal::AccessDenied => case.say("oauth-access-denied", &[]),
        Refusal::SignInAgain { detail } => case.detail("oauth-sign-in-again", detail),
        Refusal::UnknownClient { detail } => case.detail("oauth-unknown-client", detail),
        Refusal::DeletedClient => case.say("oauth-deleted-client", &[]),
        Refusal::AdminPolicy => case.say("oauth-admin-policy", &[]),
        Refusal::OrgInternal => case.say("oauth-org-internal", &[]),
        Refusal::RedirectMismatch => case.say("oauth-redirect-mismatch", &[]),
        Refusal::ClientSecretMissing => case.say("oauth-secret-missing", &[]),
        Refusal::ScopeMissing { missing } => {
            case.detail("oauth-scope-missing", &missing.join(", "))
        }
        Refusal::NoRefreshToken => case.say("oauth-no-refresh-token", &[]),
        // Which Google never says in these words.
        Refusal::AdminConsent { .. }
        | Refusal::WrongAccountType { .. }
        | Refusal::NotPublicClient { .. }
        | Refusal::DeviceCodeExpired
        | Refusal::Other { .. } => case.detail("oauth-other", &refusal.to_string()),
    }
}

/// Why the source as a whole cannot be read.
pub fn source(error: &SourceError, place: &Place, texts: &Texts) -> Trouble {
    // The provider's own error tells more than its sort.
    if let Some(error) = google_error(error) {
        return google(error, place, texts);
    }
    if let Some(error) = microsoft_error(error) {
        return microsoft::account(error, place, texts);
    }
    if let Some(error) = dropbox_error(error) {
        return dropbox::account(error, place, texts);
    }
    if let Some(error) = cause_of::<DavError>(error) {
        return dav(error, place, texts);
    }
    if let Some(error) = cause_of::<LedgerError>(error) {
        return ledger(error, texts);
    }
    let case = Case { place, texts };
    let message = match error {
        SourceError::Unauthorized { detail, .. } => case.detail("source-unauthorized", detail),
        SourceError::Forbidden { detail, .. } => case.detail("source-forbidden", detail),
        SourceError::NotFound => case.say("source-gone", &[]),
        SourceError::Unreadable { cause } => {
            let cause = io_cause(cause, texts);
            let message = case.say("source-unreadable", &[("cause", cause.into())]);
            return Trouble::new(Kind::Usage, "source", message);
        }
        SourceError::Throttled { .. } | SourceError::Temporary { .. } | SourceError::Changed => {
            case.detail("source-temporary", &error.to_string())
        }
        SourceError::Unreachable { detail, .. } => case.detail("source-unreachable", detail),
        SourceError::NotExportable | SourceError::Protocol { .. } | SourceError::Ledger { .. } => {
            case.detail("source-protocol", &error.to_string())
        }
    };
    Trouble::new(Kind::Connection, "source", message)
}

fn google(error: &GoogleError, place: &Place, texts: &Texts) -> Trouble {
    let case = Case { place, texts };
    let message = match error {
        GoogleError::SignIn(error) => return oauth(error, place, texts),
        GoogleError::ScopeMissing { .. } => case.say("google-scope-missing", &[]),
        GoogleError::ApiNotEnabled { api, link, .. } => {
            let link = link
                .as_deref()
                .unwrap_or("https://console.cloud.google.com/apis/library");
            let args = [("api", api.as_str().into()), ("link", link.into())];
            case.say("google-api-not-enabled", &args)
        }
        GoogleError::TokenRejected { message } => case.detail("oauth-sign-in-again", message),
        GoogleError::Other { .. } => case.detail("google-other", &error.to_string()),
    };
    Trouble::new(Kind::Connection, "google", message)
}

/// Why the migration's own state cannot be used.
pub fn ledger(error: &LedgerError, texts: &Texts) -> Trouble {
    let shown = |path: &std::path::Path| path.display().to_string();
    let (key, path, more) = match error {
        LedgerError::InUse { path } => ("ledger-in-use", Some(path), None),
        LedgerError::Newer { path } => ("ledger-newer", Some(path), None),
        LedgerError::Damaged { path, kept_as } => {
            ("ledger-damaged", Some(path), Some(("kept", shown(kept_as))))
        }
        LedgerError::NotWritable { path, cause } => {
            let cause = io_cause(cause, texts);
            ("ledger-not-writable", Some(path), Some(("cause", cause)))
        }
        LedgerError::DiskFull { path } => ("ledger-disk-full", Some(path), None),
        LedgerError::Database { path, cause } => {
            let detail = one_line(&cause.to_string());
            ("ledger-database", Some(path), Some(("detail", detail)))
        }
        LedgerError::Closed => ("ledger-database", None, Some(("detail", error.to_string()))),
    };
    let mut args = vec![(
        "path",
        Value::from(path.map_or_else(String::new, |path| shown(path))),
    )];
    args.extend(more.map(|(name, value)| (name, Value::from(value))));
    Trouble {
        file: path.cloned(),
        ..Trouble::new(Kind::Usage, "ledger", texts.text(key, &args))
    }
}

/// The first error of type `E` among the causes of `error`.
fn cause_of<E: Error + 'static>(error: &dyn Error) -> Option<&E> {
    let mut cause = error.source();
    while let Some(error) = cause {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        cause = error.source();
    }
    None
}

pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
