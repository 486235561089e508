//! Calendars and events: found by the Calendar API v3, read by CalDAV.
//!
//! Google writes an event as iCalendar only by CalDAV, and tells of links, colours and kinds of events only
//! by the API. So the survey lists by the API, which has tokens for changes, and what moves is Google's own
//! text with the rest added to it.

mod bodies;
mod entry;
mod events;
mod token;
mod wire;

use std::collections::BTreeSet;

use self::entry::{Standing, collection_item, standing};
use self::events::EventSurvey;
use self::token::CalendarToken;
use self::wire::{CalendarEntry, CalendarList};
use super::client::{Api, Client};
use super::error::Failure;
use super::listing::MOST_RESTARTS;
use crate::model::{Scope, Space, SpaceId, SpaceKind};
use crate::source::{SourceError, SurveySink};

pub(super) use self::bodies::Bodies;
pub(super) use self::events::version_now;

const PREFIX: &str = "calendar:";

/// The space of a calendar, and its collection's id.
pub(super) fn id_of(calendar: &str) -> String {
    format!("{PREFIX}{calendar}")
}

/// Google's id of the calendar that a collection stands for.
pub(super) fn calendar_of(collection: &str) -> Option<&str> {
    collection.strip_prefix(PREFIX)
}

/// Tells of all calendars, and of the events of those that are wanted.
pub(super) async fn survey(
    client: &Client,
    scope: &Scope,
    since: &[Space],
    sink: &mut dyn SurveySink,
) -> Result<(), SourceError> {
    let calendars = list(client).await?;
    if let Some(primary) = calendars.iter().find(|calendar| calendar.primary) {
        // CalDAV is enabled by itself: better to know now than at the first event.
        client.probe(Api::CalDav, &[&primary.id, "events"]).await?;
    }
    let mut told = BTreeSet::new();
    for calendar in calendars {
        if calendar.deleted || !told.insert(calendar.id.clone()) {
            continue;
        }
        let item = collection_item(&calendar);
        let space = Space {
            id: SpaceId::new(id_of(&calendar.id)),
            kind: SpaceKind::Calendars,
            name: item.name.clone(),
            change_token: None,
        };
        let wanted = match standing(&calendar) {
            Standing::Own => true,
            Standing::Shared { .. } => scope.shared_calendars,
            _ => false,
        };
        if !wanted {
            sink.space(space).await?;
            sink.items(vec![item]).await?;
            continue;
        }
        let mut survey = EventSurvey {
            client,
            sink: &mut *sink,
            calendar: &calendar,
            space,
        };
        let earlier = CalendarToken::of(since, &survey.space.id);
        survey.run(item, earlier).await?;
    }
    Ok(())
}

/// The account's list of calendars, hidden ones included: some hundreds at the most.
async fn list(client: &Client) -> Result<Vec<CalendarEntry>, SourceError> {
    let mut all = Vec::new();
    let mut token: Option<String> = None;
    let mut restarts = 0;
    loop {
        let mut query = vec![
            ("maxResults", "250"),
            ("showHidden", "true"),
            ("fields", wire::LIST_FIELDS),
        ];
        query.extend(token.as_deref().map(|token| ("pageToken", token)));
        let path = ["users", "me", "calendarList"];
        let page: Result<CalendarList, Failure> = client.ask(Api::Calendar, &path, &query).await;
        match page {
            Ok(page) => {
                all.extend(page.items);
                token = page.next_page_token;
                if token.is_none() {
                    return Ok(all);
                }
            }
            Err(failure)
                if token.is_some() && restarts < MOST_RESTARTS && failure.rejects_page_token() =>
            {
                restarts += 1;
                token = None;
            }
            Err(failure) => return Err(failure.into()),
        }
    }
}

/// Whose account it is: its own calendar has the account's mail address for an id.
pub(super) async fn account(client: &Client, times: usize) -> Result<String, Failure> {
    let path = ["users", "me", "calendarList", "primary"];
    let query = [("fields", "id")];
    let entry: CalendarEntry = client
        .ask_patiently(times, Api::Calendar, &path, &query)
        .await?;
    Ok(entry.id)
}

#[cfg(test)]
mod tests;
