use std::time::Duration;

use super::super::error::DavError;
use super::super::path::BadPath;
use super::super::refusal::Refusal;

/// How long a limit of so many collections an hour lasts at most; the server does not say.
const AN_HOUR: Duration = Duration::from_secs(3600);

/// Why a server did not do what was asked with a calendar, an address book or an object in one. Told apart
/// by status and exception class, as [`DavError`].
#[derive(Debug, thiserror::Error)]
pub enum PimError {
    /// What any other request meets, too.
    #[error(transparent)]
    Dav(DavError),
    /// The account may have no more calendars (subscriptions counted) or address books.
    #[error("the account may have no more of these: {detail}")]
    LimitReached { detail: String },
    /// Too many collections made within the hour.
    #[error("too many made within the hour")]
    RateLimited {
        /// As the server says, else an hour, which is the longest that it can be.
        retry_after: Duration,
    },
    /// Another object of this collection has the UID.
    #[error("the UID is taken in this collection")]
    UidExists,
    /// The server's database refuses the UID: Nextcloud does so when a deleted object of that UID lies in
    /// the trash of the calendar.
    #[error("the UID is taken, perhaps by what lies in the trash: {detail}")]
    UidInTrash { detail: String },
    /// The calendar takes no objects of this kind (`personal` takes no tasks).
    #[error("the calendar takes no such component: {detail}")]
    UnsupportedComponent { detail: String },
    /// More bytes than the server takes for one object.
    #[error("the object is too large: {detail}")]
    TooLarge { detail: String },
    /// Not what the server takes for iCalendar or vCard.
    #[error("not valid for the server: {detail}")]
    Unsupported { detail: String },
    /// A series that excludes all its own occurrences.
    #[error("a series without an occurrence: {detail}")]
    NoInstances { detail: String },
    /// A rule of recurrence that the server cannot follow.
    #[error("a rule that the server cannot follow: {detail}")]
    BadRule { detail: String },
    /// The collection or the object may not be written.
    #[error("may not be written: {detail}")]
    ReadOnly { detail: String },
    /// The token is unknown, or too old: everything must be listed anew.
    #[error("the sync token is no longer good")]
    InvalidSyncToken,
}

impl PimError {
    /// What a refusal means where the request has no meaning of its own for it.
    pub(super) fn of(refusal: Refusal) -> Self {
        let detail = refusal.describe();
        match refusal.status.as_u16() {
            // RFC 6578, section 3.2; in Sabre's words, too.
            403 | 409 if refusal.names_condition("valid-sync-token") => Self::InvalidSyncToken,
            403 if refusal.names_condition("supported-calendar-component") => {
                Self::UnsupportedComponent { detail }
            }
            415 => Self::Unsupported { detail },
            _ => Self::Dav(refusal.into_error()),
        }
    }

    /// What a refused creation of a collection means.
    pub(super) fn of_creation(refusal: Refusal) -> Self {
        match refusal.status.as_u16() {
            // The same class as the lock-out after failed logins, which has no words.
            429 if !refusal.message.is_empty() || refusal.exception.is_empty() => {
                Self::RateLimited {
                    retry_after: refusal.retry_after().unwrap_or(AN_HOUR),
                }
            }
            403 if refusal.is_exception(&["Forbidden"]) => Self::LimitReached {
                detail: refusal.describe(),
            },
            405 => Self::Dav(DavError::Taken),
            409 => Self::Dav(DavError::ParentMissing),
            _ => Self::of(refusal),
        }
    }

    /// What a refused PUT means.
    pub(super) fn of_put(refusal: Refusal, replaces: bool) -> Self {
        let detail = refusal.describe();
        // The preconditions of RFC 4791, section 5.3.2.1, and RFC 6352, section 6.3.2.1.
        if refusal.names_condition("no-uid-conflict") {
            return Self::UidExists;
        }
        if refusal.names_condition("max-resource-size") {
            return Self::TooLarge { detail };
        }
        match refusal.status.as_u16() {
            // Sabre names none of them.
            400 if refusal.is_exception(&["BadRequest"]) => Self::UidExists,
            // Sabre's own rule for objects; a proxy's limit is DavError::TooLarge.
            403 if refusal.is_exception(&["Forbidden"]) && is_size(&refusal) => {
                Self::TooLarge { detail }
            }
            403 if refusal.names_condition("supported-calendar-component") => {
                Self::UnsupportedComponent { detail }
            }
            // VObject's own words, which are not translated.
            403 if refusal.message.contains("valid instances") => Self::NoInstances { detail },
            403 => Self::ReadOnly { detail },
            404 | 409 => Self::Dav(DavError::ParentMissing),
            412 if replaces => Self::Dav(DavError::Changed),
            412 => Self::Dav(DavError::Taken),
            500 if is_unique(&refusal) => Self::UidInTrash { detail },
            500 if refusal.is_exception(&["InvalidDataException"]) => Self::BadRule { detail },
            _ => Self::of(refusal),
        }
    }

    /// Whether the same request may succeed later without anybody doing anything.
    pub const fn is_passing(&self) -> bool {
        match self {
            Self::Dav(error) => error.is_passing(),
            Self::RateLimited { .. } => true,
            _ => false,
        }
    }

    /// Whether every other request to this server will meet the same.
    pub const fn concerns_all(&self) -> bool {
        match self {
            Self::Dav(error) => error.concerns_all(),
            _ => false,
        }
    }

    /// Whether the server may have done what was asked although it did not say so.
    pub const fn may_have_happened(&self) -> bool {
        match self {
            Self::Dav(error) => error.may_have_happened(),
            _ => false,
        }
    }

    /// How long the server wants peace.
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Dav(error) => error.retry_after(),
            Self::RateLimited { retry_after } => Some(*retry_after),
            _ => None,
        }
    }
}

/// "VEvent or VTodo object exceeds 10485760 bytes", "VCard object exceeds 5242880 bytes": not translated,
/// and the only refusal of this class that names bytes.
fn is_size(refusal: &Refusal) -> bool {
    refusal.message.contains("exceeds") && refusal.message.contains("bytes")
}

/// A unique index of the database was hit: by its class, or by SQLSTATE 23000 and 23505, which the words of
/// every database driver begin with.
fn is_unique(refusal: &Refusal) -> bool {
    refusal.is_exception(&["UniqueConstraintViolationException"])
        || ["SQLSTATE[23000]", "SQLSTATE[23505]"]
            .iter()
            .any(|state| refusal.message.contains(state))
}

impl From<DavError> for PimError {
    fn from(error: DavError) -> Self {
        Self::Dav(error)
    }
}

impl From<BadPath> for PimError {
    fn from(error: BadPath) -> Self {
        Self::Dav(error.into())
    }
}
