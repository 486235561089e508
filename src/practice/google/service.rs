//! Which of Google's APIs a request is for, and what it takes to use it.

use serde::{Deserialize, Serialize};

/// One of Google's APIs. Each is enabled in a project by itself, and has scopes of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Service {
    Drive,
    Calendar,
    CalDav,
    People,
    Tasks,
}

pub(super) const CALENDAR_READONLY: &str = "https://www.googleapis.com/auth/calendar.readonly";
pub(super) const CONTACTS_READONLY: &str = "https://www.googleapis.com/auth/contacts.readonly";
pub(super) const OTHER_CONTACTS_READONLY: &str =
    "https://www.googleapis.com/auth/contacts.other.readonly";
pub(super) const TASKS_READONLY: &str = "https://www.googleapis.com/auth/tasks.readonly";

/// Any of these scopes lets one read calendars and their events.
pub(super) const READ_CALENDARS: &[&str] = &[
    CALENDAR_READONLY,
    "https://www.googleapis.com/auth/calendar",
];
/// What CalDAV wants for finding things: its clients ask for writing, too.
pub(super) const READ_EVENTS: &[&str] = &[
    CALENDAR_READONLY,
    "https://www.googleapis.com/auth/calendar",
    "https://www.googleapis.com/auth/calendar.events",
    "https://www.googleapis.com/auth/calendar.events.readonly",
];
pub(super) const READ_CONTACTS: &[&str] = &[
    CONTACTS_READONLY,
    "https://www.googleapis.com/auth/contacts",
];
pub(super) const READ_OTHER_CONTACTS: &[&str] = &[OTHER_CONTACTS_READONLY];
pub(super) const READ_TASKS: &[&str] = &[TASKS_READONLY, "https://www.googleapis.com/auth/tasks"];

impl Service {
    /// The service's name in Google's own terms.
    pub(super) const fn host(self) -> &'static str {
        match self {
            Self::Drive => "drive.googleapis.com",
            // The Calendar API is still known by the name of its JSON form.
            Self::Calendar => "calendar-json.googleapis.com",
            Self::CalDav => "caldav.googleapis.com",
            Self::People => "people.googleapis.com",
            Self::Tasks => "tasks.googleapis.com",
        }
    }

    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::Drive => "Google Drive API",
            Self::Calendar => "Google Calendar API",
            Self::CalDav => "CalDAV API",
            Self::People => "People API",
            Self::Tasks => "Google Tasks API",
        }
    }

    /// The service that a path belongs to.
    pub(super) fn of(path: &str) -> Self {
        let within = |prefix: &str| path.starts_with(prefix);
        if within("/calendar/v3/") {
            Self::Calendar
        } else if within("/caldav/") || within("/.well-known/caldav") {
            Self::CalDav
        } else if within("/v1/") {
            Self::People
        } else if within("/tasks/v1/") {
            Self::Tasks
        } else {
            Self::Drive
        }
    }
}
