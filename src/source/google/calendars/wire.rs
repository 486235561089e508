//! The parts of the Calendar API's answers that we ask for
//! (<https://developers.google.com/workspace/calendar/api/v3/reference>).

use serde::Deserialize;

pub(super) const LIST_FIELDS: &str = "nextPageToken,items(id,etag,summary,summaryOverride,description,timeZone,backgroundColor,\
     accessRole,primary,selected,hidden,deleted,dataOwner,defaultReminders)";

/// What a survey wants of an event.
macro_rules! event_fields {
    () => {
        "nextPageToken,nextSyncToken,items(id,iCalUID,etag,status,summary,updated,created,htmlLink,recurrence,\
         recurringEventId,reminders/useDefault)"
    };
}

pub(super) const EVENT_FIELDS: &str = event_fields!();

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct CalendarList {
    pub(super) items: Vec<CalendarEntry>,
    pub(super) next_page_token: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct CalendarEntry {
    pub(super) id: String,
    pub(super) etag: String,
    pub(super) summary: String,
    /// The account's own name for somebody else's calendar.
    pub(super) summary_override: Option<String>,
    pub(super) description: Option<String>,
    pub(super) time_zone: Option<String>,
    /// `#rrggbb`
    pub(super) background_color: Option<String>,
    pub(super) access_role: String,
    pub(super) primary: bool,
    pub(super) selected: bool,
    pub(super) hidden: bool,
    pub(super) deleted: bool,
    /// Whose calendar it is; only of those that are not an account's first.
    pub(super) data_owner: Option<String>,
    pub(super) default_reminders: Vec<DefaultReminder>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct DefaultReminder {
    /// `email` or `popup`
    pub(super) method: String,
    pub(super) minutes: u32,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Events {
    pub(super) items: Vec<Event>,
    pub(super) next_page_token: Option<String>,
    pub(super) next_sync_token: Option<String>,
}

/// A single event, a series, or an occurrence of a series that differs from it or is cancelled.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Event {
    pub(super) id: String,
    #[serde(rename = "iCalUID")]
    pub(super) ical_uid: Option<String>,
    pub(super) etag: String,
    pub(super) status: String,
    pub(super) summary: Option<String>,
    pub(super) updated: Option<String>,
    pub(super) created: Option<String>,
    pub(super) html_link: Option<String>,
    pub(super) recurrence: Vec<String>,
    /// Of an occurrence: the id of its series.
    pub(super) recurring_event_id: Option<String>,
    pub(super) reminders: Reminders,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Reminders {
    pub(super) use_default: bool,
}

impl Event {
    /// The id of the series, or of the single event, that this belongs to: what becomes one object.
    pub(super) fn base(&self) -> &str {
        self.recurring_event_id.as_deref().unwrap_or(&self.id)
    }

    pub(super) fn is_cancelled(&self) -> bool {
        self.status == "cancelled"
    }

    pub(super) fn is_single(&self) -> bool {
        self.recurrence.is_empty() && self.recurring_event_id.is_none()
    }
}
