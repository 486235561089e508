//! The texts of events: Google's own, out of the whole calendar, with what only the API tells added.

use std::fs::File;
use std::io::{BufReader, Seek as _};
use std::sync::{Arc, PoisonError};

use bytes::Bytes;
use serde_json::Value;

use super::events::{digest, version};
use super::token::settings;
use super::wire::{CalendarEntry, DefaultReminder};
use crate::model::{Item, ItemId, Reason};
use crate::pim::calendar::CalendarFile;
use crate::pim::calendar::google::{Reminder, enrich, from_events};
use crate::source::google::client::{Api, Client};
use crate::source::google::error::Failure;
use crate::source::google::listing::MOST_RESTARTS;
use crate::source::spool::JsonSpool;
use crate::source::{SourceError, SourceObject};

/// Everything that the API tells of an event, but for what nobody moves.
const FIELDS: &str = "nextPageToken,items(id,iCalUID,etag,status,created,updated,summary,description,location,colorId,\
     creator,organizer,start,end,endTimeUnspecified,recurrence,recurringEventId,originalStartTime,transparency,\
     visibility,sequence,attendees,attendeesOmitted,extendedProperties,hangoutLink,conferenceData,reminders,source,\
     attachments,eventType,birthdayProperties,outOfOfficeProperties,focusTimeProperties,workingLocationProperties,\
     htmlLink)";

/// One calendar, kept in temporary files.
#[derive(Debug, Clone)]
pub(in super::super) struct Bodies(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    texts: CalendarFile,
    files: std::sync::Mutex<Files>,
    reminders: Vec<Reminder>,
    /// See [`settings`].
    settings: String,
}

#[derive(Debug)]
struct Files {
    calendar: File,
    events: JsonSpool,
}

impl Bodies {
    /// Fetches the calendar that a collection stands for.
    pub(in super::super) async fn fetch(
        client: &Client,
        calendar: &str,
    ) -> Result<Self, SourceError> {
        let path = ["users", "me", "calendarList", calendar];
        let query = [("fields", "id,defaultReminders")];
        let entry: CalendarEntry = client.ask(Api::Calendar, &path, &query).await?;
        // First what the API says: a text that is newer than its version is only moved again.
        let events = spool_events(client, calendar).await?;
        let file = tempfile::tempfile().map_err(Failure::Disk)?;
        client
            .fetch(Api::CalDav, &[calendar, "events"], &file, is_whole)
            .await?;
        let read = tokio::task::spawn_blocking(move || {
            let mut file = file;
            file.rewind()?;
            let texts = CalendarFile::read(BufReader::new(&file))?;
            Ok::<_, std::io::Error>((file, texts))
        });
        let (calendar, texts) = read
            .await
            .map_err(|error| SourceError::temporary(error.to_string()))?
            .map_err(Failure::Disk)?;
        Ok(Self(Arc::new(Inner {
            texts,
            files: std::sync::Mutex::new(Files { calendar, events }),
            reminders: entry.default_reminders.iter().map(reminder).collect(),
            settings: settings(&entry),
        })))
    }

    /// The texts of some events, by their items.
    pub(in super::super) async fn read(
        &self,
        wanted: Vec<Item>,
    ) -> Vec<(ItemId, Result<SourceObject, SourceError>)> {
        let inner = self.0.clone();
        let ids: Vec<ItemId> = wanted.iter().map(|item| item.id.clone()).collect();
        let read = tokio::task::spawn_blocking(move || {
            let mut files = inner.files.lock().unwrap_or_else(PoisonError::into_inner);
            let read = |item: Item| {
                let object = inner.object(&item, &mut files);
                (item.id, object)
            };
            wanted.into_iter().map(read).collect()
        });
        read.await.unwrap_or_else(|error| {
            let failed = |id| (id, Err(SourceError::temporary(error.to_string())));
            ids.into_iter().map(failed).collect()
        })
    }
}

impl Inner {
    fn object(&self, item: &Item, files: &mut Files) -> Result<SourceObject, SourceError> {
        let unreadable = |cause| SourceError::Unreadable { cause };
        let events = files.events.get(&item.locator).map_err(unreadable)?;
        let there = events
            .iter()
            .any(|event| text(event, "status") != "cancelled");
        if !there {
            return Err(SourceError::NotFound);
        }
        let version = version(events.iter().fold(0, |sum, event| sum ^ self.part(event)));
        let uid = events
            .iter()
            .map(|event| text(event, "iCalUID"))
            .find(|uid| !uid.is_empty());
        let uid = uid.or(item.uid.as_deref()).unwrap_or_default();
        let Some(object) = self.text(uid, files).map_err(unreadable)? else {
            // Not everything that the API tells of is in the calendar's text.
            let made =
                from_events(&events, &self.reminders).map_err(|broken| broken_object(&broken))?;
            return Ok(SourceObject {
                text: Bytes::from(made.text),
                version,
                converted: true,
                lost: made.lost,
            });
        };
        // What cannot be read as iCalendar goes on as it is: whoever prepares it sets it aside with its text.
        let (text, converted) = match enrich(&object, &events, &self.reminders) {
            Ok(enriched) => (enriched.text, enriched.added > 0),
            Err(_) => (object, false),
        };
        Ok(SourceObject {
            text: Bytes::from(text),
            version,
            converted,
            lost: 0,
        })
    }

    /// What Google itself writes of an event.
    fn text(&self, uid: &str, files: &mut Files) -> std::io::Result<Option<Vec<u8>>> {
        for place in self.texts.find(uid) {
            let object = self.texts.object(place, &mut files.calendar)?;
            if object.info.uid.as_deref() == Some(uid) {
                return Ok(Some(object.text));
            }
        }
        Ok(None)
    }

    /// As the survey makes it of the same event.
    fn part(&self, event: &Value) -> u128 {
        let default = event
            .get("reminders")
            .and_then(|reminders| reminders.get("useDefault"));
        let depends = default.and_then(Value::as_bool).unwrap_or(false);
        let settings = if depends { self.settings.as_str() } else { "" };
        digest(text(event, "id"), text(event, "etag"), settings)
    }
}

fn broken_object(broken: &crate::pim::Broken) -> SourceError {
    SourceError::Forbidden {
        reason: Reason::BrokenObject,
        detail: broken.to_string(),
    }
}

fn text<'a>(event: &'a Value, name: &str) -> &'a str {
    event.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn reminder(reminder: &DefaultReminder) -> Reminder {
    Reminder {
        minutes_before: reminder.minutes,
        by_mail: reminder.method == "email",
    }
}

/// Nothing says beforehand how long a calendar is, so its end has to be there.
fn is_whole(tail: &[u8]) -> bool {
    tail.trim_ascii_end().ends_with(b"END:VCALENDAR")
}

/// Every event of a calendar, under the id of its series.
async fn spool_events(client: &Client, calendar: &str) -> Result<JsonSpool, SourceError> {
    #[derive(Debug, Default, serde::Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct Page {
        items: Vec<Value>,
        next_page_token: Option<String>,
    }

    let mut spool = JsonSpool::new().map_err(Failure::Disk)?;
    let mut token: Option<String> = None;
    let mut restarts = 0;
    loop {
        let mut query = vec![
            ("maxResults", "1000"),
            ("singleEvents", "false"),
            ("showDeleted", "false"),
            ("fields", FIELDS),
        ];
        query.extend(token.as_deref().map(|token| ("pageToken", token)));
        let path = ["calendars", calendar, "events"];
        let page: Page = match client.ask(Api::Calendar, &path, &query).await {
            Ok(page) => page,
            Err(failure)
                if token.is_some() && restarts < MOST_RESTARTS && failure.rejects_page_token() =>
            {
                restarts += 1;
                token = None;
                spool = JsonSpool::new().map_err(Failure::Disk)?;
                continue;
            }
            Err(failure) => return Err(failure.into()),
        };
        let values = page.items.into_iter().map(|event| {
            let series = text(&event, "recurringEventId");
            let base = if series.is_empty() {
                text(&event, "id")
            } else {
                series
            };
            (base.to_owned(), event)
        });
        spool.add(values.collect()).map_err(Failure::Disk)?;
        token = page.next_page_token;
        if token.is_none() {
            return Ok(spool);
        }
    }
}
