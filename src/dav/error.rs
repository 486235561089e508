use std::time::Duration;

use super::path::BadPath;
use crate::net::{NetError, describe, is_certificate_error};

/// A cause that only needs to be told.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Something else than a Nextcloud answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotNextcloud {
    /// A page that asks for a login: a portal in front of the server, another program.
    LoginPage,
    /// Another web page.
    Html,
    /// Something else; the status and what it looks like.
    Other(String),
}

/// Why a Nextcloud did not do what was asked, sorted by what can be done about it. Told apart by status
/// and by the server's exception class, never by its words: those come in the account's language.
#[derive(Debug, thiserror::Error)]
pub enum DavError {
    /// The name or the password is wrong, or the app password was revoked. Never ask again with it: ten
    /// failures lock out everybody at the same internet address.
    #[error("not signed in")]
    Unauthorized,
    #[error("the account is disabled")]
    AccountDisabled,
    /// The server takes app passwords only (two-factor authentication, or the administrator's choice).
    #[error("the server takes app passwords only")]
    PasswordLoginForbidden,
    /// Too many failed logins from this internet address, ours or somebody else's; passes by itself
    /// after up to 30 minutes.
    #[error("too many failed logins from this internet address")]
    BruteForced,
    #[error("asked to slow down")]
    Throttled { retry_after: Option<Duration> },
    #[error("in maintenance")]
    Maintenance { retry_after: Option<Duration> },
    #[error("not a Nextcloud: {what:?}")]
    NotNextcloud { what: NotNextcloud },
    /// The server sends us elsewhere; the address without its query.
    #[error("redirected to {to}")]
    Redirected { to: String },
    #[error("{0} is not encrypted and not on this computer")]
    Insecure(String),
    #[error("its certificate is not trusted: {detail}")]
    Certificate {
        detail: String,
        #[source]
        cause: BoxError,
    },
    /// No connection at all: name or network.
    #[error("cannot be reached: {detail}")]
    Unreachable {
        detail: String,
        #[source]
        cause: BoxError,
    },
    /// Older than Nextcloud 28.
    #[error("Nextcloud {version} is too old")]
    TooOld { version: String },
    /// The server does not know itself by the name in its address (`trusted_domains`).
    #[error("the server refuses this host name")]
    UntrustedDomain,
    #[error("not there")]
    NotFound,
    /// Something is at this place already, or a file is where a folder should be.
    #[error("the place is taken")]
    Taken,
    /// It is no longer the version that we meant.
    #[error("it has changed meanwhile")]
    Changed,
    #[error("locked")]
    Locked,
    /// The quota, or the disk.
    #[error("no space left: {detail}")]
    Full { detail: String },
    /// A proxy in front of the server takes no request of this length.
    #[error("too large for the server's front")]
    TooLarge,
    #[error("the folder it belongs in is missing")]
    ParentMissing,
    /// The server has thrown away the upload folder (it does so after a day at rest).
    #[error("the server no longer has this upload")]
    UploadGone,
    /// The pieces that the server has do not make the whole.
    #[error("the upload is incomplete: {detail}")]
    UploadIncomplete { detail: String },
    /// For this one item, now and later.
    #[error("refused with {status} {exception}: {detail}")]
    Refused {
        status: u16,
        /// The server's exception class; empty where it names none.
        exception: String,
        /// The server's words, in the account's language.
        detail: String,
    },
    /// The server did not say the digest that it was asked for.
    #[error("the server computed no checksum")]
    HashMissing,
    /// What was to be sent could not be read to its end; the target has no part in it.
    #[error("the content could not be read: {cause}")]
    Body {
        #[source]
        cause: BoxError,
    },
    /// A passing trouble: a server error, a broken connection, a timeout. What was asked may have been
    /// done nevertheless.
    #[error("a passing trouble: {detail}")]
    Temporary {
        detail: String,
        #[source]
        cause: Option<BoxError>,
    },
    #[error("an answer that we do not understand: {detail}")]
    Protocol {
        detail: String,
        #[source]
        cause: Option<BoxError>,
    },
}

impl DavError {
    pub fn temporary(detail: impl Into<String>) -> Self {
        Self::Temporary {
            detail: detail.into(),
            cause: None,
        }
    }

    pub fn protocol(detail: impl Into<String>) -> Self {
        Self::Protocol {
            detail: detail.into(),
            cause: None,
        }
    }

    /// Whether the same request may succeed later without anybody doing anything.
    pub const fn is_passing(&self) -> bool {
        matches!(
            self,
            Self::Throttled { .. }
                | Self::Maintenance { .. }
                | Self::Unreachable { .. }
                | Self::Locked
                | Self::UploadGone
                | Self::UploadIncomplete { .. }
                | Self::Temporary { .. }
        )
    }

    /// Whether every other request to this server will meet the same.
    pub const fn concerns_all(&self) -> bool {
        matches!(
            self,
            Self::Unauthorized
                | Self::AccountDisabled
                | Self::PasswordLoginForbidden
                | Self::BruteForced
                | Self::Maintenance { .. }
                | Self::NotNextcloud { .. }
                | Self::Redirected { .. }
                | Self::Insecure(_)
                | Self::Certificate { .. }
                | Self::Unreachable { .. }
                | Self::TooOld { .. }
                | Self::UntrustedDomain
        )
    }

    /// Whether the server may have done what was asked although it did not say so. Before asking again,
    /// look: a second attempt that must not overwrite would meet the first one's file.
    pub const fn may_have_happened(&self) -> bool {
        matches!(
            self,
            Self::Temporary { .. } | Self::Locked | Self::Protocol { .. } | Self::HashMissing
        )
    }

    /// How long the server wants peace.
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Throttled { retry_after } | Self::Maintenance { retry_after } => *retry_after,
            _ => None,
        }
    }

    /// What a request met that got no answer.
    pub(crate) fn wire(error: reqwest::Error) -> Self {
        // The address may hold a token (Login Flow v2); the causes do not repeat it.
        let error = error.without_url();
        let detail = describe(&error);
        if is_certificate_error(&error) {
            return Self::Certificate {
                detail,
                cause: error.into(),
            };
        }
        if error.is_connect() {
            return Self::Unreachable {
                detail,
                cause: error.into(),
            };
        }
        let cause = Some(error.into());
        Self::Temporary { detail, cause }
    }
}

impl From<BadPath> for DavError {
    fn from(error: BadPath) -> Self {
        Self::Refused {
            status: 0,
            exception: String::new(),
            detail: error.to_string(),
        }
    }
}

impl From<NetError> for DavError {
    fn from(error: NetError) -> Self {
        match error {
            NetError::Insecure(address) => Self::Insecure(address),
            NetError::Setup(_) => Self::Protocol {
                detail: error.to_string(),
                cause: Some(error.into()),
            },
        }
    }
}

impl From<reqwest_dav::Error> for DavError {
    fn from(error: reqwest_dav::Error) -> Self {
        match error {
            reqwest_dav::Error::Reqwest(error) => Self::wire(error),
            other => Self::Protocol {
                detail: other.to_string(),
                cause: Some(other.into()),
            },
        }
    }
}
