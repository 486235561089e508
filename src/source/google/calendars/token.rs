use sha2::{Digest as _, Sha256};

use super::wire::CalendarEntry;
use crate::model::{Space, SpaceId};

/// Where the next survey of a calendar goes on: Google's own token, and a digest of what else the events'
/// versions depend on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CalendarToken {
    pub(super) sync: String,
    settings: String,
}

impl CalendarToken {
    pub(super) fn new(sync: String, calendar: &CalendarEntry) -> Self {
        Self {
            sync,
            settings: settings(calendar),
        }
    }

    pub(super) fn of(since: &[Space], space: &SpaceId) -> Option<Self> {
        let earlier = since.iter().find(|earlier| earlier.id == *space)?;
        let (settings, sync) = earlier.change_token.as_deref()?.split_once(' ')?;
        Some(Self {
            sync: sync.to_owned(),
            settings: settings.to_owned(),
        })
    }

    pub(super) fn holds_for(&self, calendar: &CalendarEntry) -> bool {
        self.settings == settings(calendar)
    }

    pub(super) fn to_text(&self) -> String {
        format!("{} {}", self.settings, self.sync)
    }
}

/// The calendar's own reminders, which all events have that name none: no event changes with them.
pub(super) fn settings(calendar: &CalendarEntry) -> String {
    let mut digest = Sha256::new();
    for reminder in &calendar.default_reminders {
        digest.update(format!("{} {}\n", reminder.method, reminder.minutes));
    }
    let digest = digest.finalize();
    digest
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
