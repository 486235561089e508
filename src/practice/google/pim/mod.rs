//! What the practice account has beside files: calendars, contacts, tasks.

mod agenda;
mod args;
mod caldav;
mod caldav_xml;
mod calendar;
mod calendar_api;
mod contact;
mod control;
mod event;
mod event_json;
mod ics;
mod listing;
mod moment;
mod people;
mod people_api;
mod photo;
mod recur;
mod seeded;
mod shelf;
mod task;
mod tasks_api;
mod zones;

use std::sync::Arc;

use axum::Router;
use axum::routing::{any, get};
use serde::{Deserialize, Serialize};

pub use calendar::{Calendar, Role};
pub use contact::{Contact, Group, Photo};
pub use event::{
    Attachment, Conference, Event, EventKind, Guest, Reminder, Series, Status, Visibility,
};
pub use moment::Moment;
pub use task::{Task, TaskList};

use super::drive::Drive;
use super::node::web_view;
use super::state::Shared;
use calendar::{CalendarEdits, CalendarEditsOf, Calendars};
use contact::{ContactEdits, ContactEditsOf, Contacts};

/// How many seeded things there are, besides those that are there once each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amounts {
    /// Series and single events, in three calendars.
    pub events: u64,
    pub contacts: u64,
    pub tasks: u64,
}

impl Amounts {
    /// What the association would have beside so many files.
    pub fn beside(items: u64) -> Self {
        Self {
            events: (items / 4).min(1_000),
            contacts: (items / 8).min(500),
            tasks: (items / 16).min(200),
        }
    }
}

/// Calendars, contacts and tasks.
pub(super) struct Pim {
    calendars: Calendars,
    contacts: Contacts,
    tasks: Vec<TaskList>,
    /// Tokens of before are no longer known.
    sync_epoch: u64,
}

/// What survives a restart.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct PimEdits {
    calendars: CalendarEdits,
    contacts: ContactEdits,
    tasks: Option<Vec<TaskList>>,
    sync_epoch: u64,
}

/// [`PimEdits`] to be written.
#[derive(Serialize)]
pub(super) struct PimEditsOf<'a> {
    calendars: CalendarEditsOf<'a>,
    contacts: ContactEditsOf<'a>,
    tasks: &'a [TaskList],
    sync_epoch: u64,
}

impl Pim {
    pub(super) fn new(config: &super::Config, drive: &Drive, edits: PimEdits) -> Self {
        let (seed, amounts) = (config.seed, config.amounts);
        let file = |label: &str| {
            let node = drive.labelled(label).and_then(|id| drive.find(id));
            node.map(|(node, _)| (node.id.clone(), web_view(&node)))
                .unwrap_or_default()
        };
        let files = agenda::Files {
            pdf: file("budget-pdf"),
            document: file("doc-budget"),
            unseen: file("outside-file"),
        };
        Self {
            calendars: Calendars::new(seed, amounts.events, &files, edits.calendars),
            contacts: Contacts::new(seed, amounts.contacts, edits.contacts),
            tasks: edits
                .tasks
                .unwrap_or_else(|| task::lists(seed, amounts.tasks, &files.document.0)),
            sync_epoch: edits.sync_epoch,
        }
    }

    pub(super) fn edits(&self) -> PimEditsOf<'_> {
        PimEditsOf {
            calendars: self.calendars.edits(),
            contacts: self.contacts.edits(),
            tasks: &self.tasks,
            sync_epoch: self.sync_epoch,
        }
    }

    fn calendars(&self) -> &Calendars {
        &self.calendars
    }

    fn contacts(&self) -> &Contacts {
        &self.contacts
    }

    fn tasks(&self) -> &[TaskList] {
        &self.tasks
    }

    fn sync_epoch(&self) -> u64 {
        self.sync_epoch
    }
}

/// The addresses of the Calendar API, CalDAV, the People API and the Tasks API.
pub(super) fn routes() -> Router<Arc<Shared>> {
    let lists = "/tasks/v1/users/@me/lists";
    Router::new()
        .route(
            "/calendar/v3/users/me/calendarList",
            get(calendar_api::list),
        )
        .route(
            "/calendar/v3/users/me/calendarList/{id}",
            get(calendar_api::entry),
        )
        .route(
            "/calendar/v3/users/me/settings",
            get(calendar_api::settings),
        )
        .route("/calendar/v3/colors", get(calendar_api::colors))
        .route("/calendar/v3/calendars/{id}", get(calendar_api::calendar))
        .route(
            "/calendar/v3/calendars/{id}/events",
            get(calendar_api::events),
        )
        .route(
            "/calendar/v3/calendars/{id}/events/{event}",
            get(calendar_api::event),
        )
        .route(
            "/calendar/v3/calendars/{id}/events/{event}/instances",
            get(calendar_api::instances),
        )
        .route("/caldav/v2", any(caldav::root))
        .route("/caldav/v2/", any(caldav::root))
        .route("/caldav/v2/{id}/", any(caldav::principal))
        .route("/caldav/v2/{id}/user", any(caldav::principal))
        .route("/caldav/v2/{id}/user/", any(caldav::principal))
        .route("/caldav/v2/{id}/events", any(caldav::events_collection))
        .route("/caldav/v2/{id}/events/", any(caldav::events_collection))
        .route("/caldav/v2/{id}/events/{name}", any(caldav::object))
        .route("/v1/people/me/connections", get(people_api::connections))
        .route("/v1/people:batchGet", get(people_api::batch))
        .route("/v1/people/{id}", get(people_api::person))
        .route("/v1/contactGroups", get(people_api::groups))
        .route("/v1/contactGroups/{id}", get(people_api::group))
        .route("/v1/otherContacts", get(people_api::other_contacts))
        .route("/contacts/{*rest}", get(people_api::picture))
        .route("/a-/{*rest}", get(people_api::picture))
        .route("/cm/{*rest}", get(people_api::picture))
        .route(lists, get(tasks_api::lists))
        .route(&format!("{lists}/{{list}}"), get(tasks_api::list))
        .route("/tasks/v1/lists/{list}/tasks", get(tasks_api::tasks))
        .route("/tasks/v1/lists/{list}/tasks/{task}", get(tasks_api::task))
}

#[cfg(test)]
mod tests;
