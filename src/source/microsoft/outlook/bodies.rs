//! The texts of events, contacts and tasks, made of Graph's JSON.

use std::collections::VecDeque;
use std::sync::{Arc, PoisonError};

use bytes::Bytes;
use futures::stream::{self, BoxStream, StreamExt as _};
use serde_json::Value;
use tokio::sync::Mutex;

use super::attachments::attach;
use super::todo::{Place, complete, steps, text};
use super::{PREFER, calendars, contacts, todo};
use crate::model::{Item, ItemId, Reason};
use crate::pim::outlook::{from_contact, from_event, from_step, from_task, has_exceptions};
use crate::pim::{Broken, Converted};
use crate::source::microsoft::client::{Client, MAILBOX_AT_ONCE};
use crate::source::microsoft::wire::Page;
use crate::source::spool::JsonSpool;
use crate::source::{SourceError, SourceObject};

/// So few are asked for one by one; for more of them the whole collection is listed, many to the page.
const FEW: usize = 30;
/// Collections that are kept at once: one is moved after the other, and batches of the last one may still be
/// under way.
const MOST_KEPT: usize = 3;
/// Pages hold long descriptions.
const TO_THE_PAGE: (&str, &str) = ("$top", "100");
const LARGEST_PICTURE: usize = 16 * 1024 * 1024;

/// All of an event. What a series leaves out, and what it changes, has to be asked for by name.
const EVENT: &str = "id,changeKey,iCalUId,type,seriesMasterId,originalStart,originalStartTimeZone,\
    originalEndTimeZone,subject,body,start,end,isAllDay,isCancelled,isDraft,isOrganizer,organizer,attendees,\
    location,locations,showAs,sensitivity,importance,categories,isReminderOn,reminderMinutesBeforeStart,\
    hasAttachments,isOnlineMeeting,onlineMeetingProvider,onlineMeeting,onlineMeetingUrl,responseStatus,\
    responseRequested,hideAttendees,allowNewTimeProposals,transactionId,webLink,createdDateTime,\
    lastModifiedDateTime,recurrence,cancelledOccurrences,exceptionOccurrences";

/// What was fetched as a whole, to answer from it.
#[derive(Debug, Default)]
pub(in super::super) struct Kept(Mutex<VecDeque<(ItemId, Whole)>>);

type Whole = Arc<std::sync::Mutex<JsonSpool>>;

impl Kept {
    /// A survey makes it old.
    pub(in super::super) async fn forget(&self) {
        self.0.lock().await.clear();
    }

    /// The whole collection, where it is kept or worth it. Fetched once, however many ask at the same
    /// moment.
    async fn get(
        &self,
        client: &Client,
        collection: &Item,
        wanted: usize,
    ) -> Result<Option<Whole>, SourceError> {
        let mut kept = self.0.lock().await;
        if let Some((_, whole)) = kept.iter().find(|(id, _)| *id == collection.id) {
            return Ok(Some(whole.clone()));
        }
        if wanted <= FEW {
            return Ok(None);
        }
        let whole = Arc::new(std::sync::Mutex::new(fetch(client, collection).await?));
        kept.push_back((collection.id.clone(), whole.clone()));
        if kept.len() > MOST_KEPT {
            kept.pop_front();
        }
        Ok(Some(whole))
    }
}

/// Lists a collection into a temporary file.
async fn fetch(client: &Client, collection: &Item) -> Result<JsonSpool, SourceError> {
    let unreadable = |cause| SourceError::Unreadable { cause };
    let id = collection.locator.as_str();
    let mut next = Some(if calendars::calendar_of(&collection.id).is_some() {
        calendars::listing(client, id, &[TO_THE_PAGE])
    } else if todo::list_of(&collection.id).is_some() {
        todo::listing(client, id)
    } else {
        contacts::listing(client, id, &[TO_THE_PAGE])
    });
    let mut spool = JsonSpool::new().map_err(unreadable)?;
    while let Some(address) = next {
        let page: Page<Value> = client.ask(&address, PREFER).await?;
        let values = page.value.into_iter();
        let values = values.map(|value| (text(&value, "id").to_owned(), value));
        spool.add(values.collect()).map_err(unreadable)?;
        next = match page.next_link {
            Some(link) => Some(client.link(&link)?),
            None => None,
        };
    }
    Ok(spool)
}

type Answer = (ItemId, Result<SourceObject, SourceError>);

/// The texts of some objects of one collection.
pub(in super::super) fn read<'a>(
    client: &'a Client,
    kept: &'a Kept,
    collection: &'a Item,
    wanted: &'a [Item],
) -> BoxStream<'a, Answer> {
    let answers = async move {
        let whole = match kept.get(client, collection, wanted.len()).await {
            Ok(whole) => whole,
            Err(error) => return failed(wanted, error),
        };
        let reader = Reader {
            client,
            collection,
            whole,
        };
        let answers = stream::iter(wanted).map(move |item| {
            let reader = reader.clone();
            async move { (item.id.clone(), reader.object(item).await) }
        });
        // What concerns all is told once.
        let answers = answers.buffer_unordered(MAILBOX_AT_ONCE);
        let until = answers.scan(false, |ended, answer: Answer| {
            let go_on = !*ended;
            *ended = answer.1.as_ref().is_err_and(SourceError::concerns_all);
            std::future::ready(go_on.then_some(answer))
        });
        until.boxed()
    };
    stream::once(answers).flatten().boxed()
}

/// A collection that is gone is so for all; any other trouble is told once, and the rest is asked for again.
fn failed<'a>(wanted: &'a [Item], error: SourceError) -> BoxStream<'a, Answer> {
    if matches!(error, SourceError::NotFound) {
        let gone = wanted
            .iter()
            .map(|item| (item.id.clone(), Err(SourceError::NotFound)));
        return stream::iter(gone).boxed();
    }
    let told = wanted.first().map(|item| (item.id.clone(), Err(error)));
    stream::iter(told).boxed()
}

#[derive(Clone)]
struct Reader<'a> {
    client: &'a Client,
    collection: &'a Item,
    whole: Option<Whole>,
}

impl Reader<'_> {
    async fn object(&self, item: &Item) -> Result<SourceObject, SourceError> {
        let of_task = Place::read(&item.locator).filter(|_| item.id.as_str().starts_with("task:"));
        if let Some(place) = of_task {
            return self.task(place).await;
        }
        match item.kind {
            crate::model::ItemKind::Contact => self.contact(&item.locator).await,
            _ => self.event(&item.locator).await,
        }
    }

    /// What the whole collection has under an id.
    fn kept(&self, id: &str) -> Result<Option<Value>, SourceError> {
        let Some(whole) = &self.whole else {
            return Ok(None);
        };
        let mut whole = whole.lock().unwrap_or_else(PoisonError::into_inner);
        let found = whole.get(id);
        let found = found.map_err(|cause| SourceError::Unreadable { cause })?;
        // One that moved on to another page while the pages were read comes twice.
        Ok(found.into_iter().next_back())
    }

    async fn event(&self, id: &str) -> Result<SourceObject, SourceError> {
        // Those of others are found in their calendar only.
        let calendar = self.collection.locator.as_str();
        let path = ["me", "calendars", calendar, "events", id];
        let mut event = match self.kept(id)?.filter(|event| !has_exceptions(event)) {
            Some(event) => event,
            None => {
                let query = [("$select", EVENT), ("$expand", "exceptionOccurrences")];
                let address = self.client.address(&path, &query);
                self.client.ask(&address, PREFER).await?
            }
        };
        complete(self.client, &mut event, "exceptionOccurrences").await?;
        attach(self.client, &mut event, &path).await?;
        let exceptions = event.get_mut("exceptionOccurrences");
        for exception in exceptions
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
        {
            let id = text(exception, "id").to_owned();
            let path = ["me", "calendars", calendar, "events", &id];
            attach(self.client, exception, &path).await?;
        }
        let version = calendars::version(&event);
        // Without the mailbox's settings, which are a permission of their own.
        object(from_event(&event, None), version)
    }

    async fn contact(&self, id: &str) -> Result<SourceObject, SourceError> {
        let contact = match self.kept(id)? {
            Some(contact) => contact,
            None => {
                let address = self.client.address(&["me", "contacts", id], &[]);
                self.client.ask(&address, PREFER).await?
            }
        };
        let version = contacts::version(&contact);
        let picture = contacts::picture(self.client, id, LARGEST_PICTURE).await?;
        match from_contact(&contact, picture.as_deref()) {
            // A picture that is none does not keep the card from moving.
            Err(_) if picture.is_some() => {
                let mut object = object(from_contact(&contact, None), version)?;
                object.lost += 1;
                Ok(object)
            }
            made => object(made, version),
        }
    }

    async fn task(&self, place: Place<'_>) -> Result<SourceObject, SourceError> {
        let mut task = match self.kept(place.task)? {
            Some(mut task) => {
                complete(self.client, &mut task, "checklistItems").await?;
                task
            }
            None => place.fetch(self.client).await?,
        };
        if let Some(step) = place.step {
            let mut steps = steps(&task).iter().enumerate();
            let found = steps.find(|(_, known)| text(known, "id") == step);
            let (at, step) = found.ok_or(SourceError::NotFound)?;
            let version = todo::step_version(step, at);
            return object(from_step(&task, step, at), version);
        }
        let path = ["me", "todo", "lists", place.list, "tasks", place.task];
        attach(self.client, &mut task, &path).await?;
        let version = todo::version(&task);
        object(from_task(&task), version)
    }
}

fn object(made: Result<Converted, Broken>, version: String) -> Result<SourceObject, SourceError> {
    let made = made.map_err(|broken| SourceError::Forbidden {
        reason: Reason::BrokenObject,
        detail: broken.to_string(),
    })?;
    Ok(SourceObject {
        text: Bytes::from(made.text),
        version,
        converted: true,
        lost: made.lost,
    })
}
