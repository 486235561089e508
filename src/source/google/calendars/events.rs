//! The events of one calendar: all of them, or what changed.
//!
//! The API gives a series and each occurrence that differs as events of their own, in any order. Together
//! they are one object, and its version is made of the ETags of all of them.

use std::collections::{BTreeMap, HashMap};

use sha2::{Digest as _, Sha256};

use super::token::{CalendarToken, settings};
use super::wire::{CalendarEntry, EVENT_FIELDS, Event, Events};
use super::{calendar_of, id_of};
use crate::model::{Item, ItemId, ItemKind, Space};
use crate::source::google::client::{Api, Client};
use crate::source::google::error::Failure;
use crate::source::google::listing::MOST_RESTARTS;
use crate::source::{SourceError, SurveySink};

/// Of so many changed series each is listed by itself; with more of them the whole calendar is.
const MOST_RELISTED: usize = 50;

pub(super) struct EventSurvey<'a> {
    pub(super) client: &'a Client,
    pub(super) sink: &'a mut dyn SurveySink,
    pub(super) calendar: &'a CalendarEntry,
    pub(super) space: Space,
}

/// What is known of a series while its parts come in.
#[derive(Debug, Default)]
struct Parts {
    version: u128,
    has_master: bool,
    /// The first occurrence that is there: where only some were shared, it stands for the series.
    stand_in: Option<Item>,
}

impl EventSurvey<'_> {
    pub(super) async fn run(
        &mut self,
        collection: Item,
        earlier: Option<CalendarToken>,
    ) -> Result<(), SourceError> {
        let earlier = earlier.filter(|earlier| earlier.holds_for(self.calendar));
        if let Some(earlier) = earlier
            && self.changes(&collection, &earlier).await?
        {
            return Ok(());
        }
        self.sink.space(self.space.clone()).await?;
        self.sink.items(vec![collection]).await?;
        let sync = self.everything().await?;
        self.finish(sync).await
    }

    /// Tells the space again, with where its next survey goes on.
    async fn finish(&mut self, sync: Option<String>) -> Result<(), SourceError> {
        let token = sync.map(|sync| CalendarToken::new(sync, self.calendar).to_text());
        let space = Space {
            change_token: token,
            ..self.space.clone()
        };
        self.sink.space(space).await
    }

    async fn everything(&mut self) -> Result<Option<String>, SourceError> {
        let mut series: HashMap<String, Parts> = HashMap::new();
        let mut token: Option<String> = None;
        let mut restarts = 0;
        loop {
            let mut query = Vec::from(LISTED);
            query.extend(token.as_deref().map(|token| ("pageToken", token)));
            let page = match list(self.client, &self.calendar.id, &query).await {
                Err(failure)
                    if token.is_some()
                        && restarts < MOST_RESTARTS
                        && failure.rejects_page_token() =>
                {
                    tracing::info!("a page token has ended; listing the calendar anew");
                    restarts += 1;
                    token = None;
                    // The parts come again.
                    series.clear();
                    continue;
                }
                page => page?,
            };
            let mut items = Vec::new();
            for event in &page.items {
                items.extend(self.take_in(event, &mut series));
            }
            self.sink.items(items).await?;
            token = page.next_page_token;
            if token.is_none() {
                self.versions(series).await?;
                return Ok(page.next_sync_token);
            }
        }
    }

    /// An event as an item, where it is one by itself; the version of a series is only known at the end.
    fn take_in(&self, event: &Event, series: &mut HashMap<String, Parts>) -> Option<Item> {
        if event.is_single() {
            return (!event.is_cancelled()).then(|| self.item(event, part(event, self.calendar)));
        }
        let parts = series.entry(event.base().to_owned()).or_default();
        parts.version ^= part(event, self.calendar);
        if event.is_cancelled() {
            return None;
        }
        if event.recurring_event_id.is_none() {
            parts.has_master = true;
            parts.stand_in = None;
            return Some(self.item(event, 0));
        }
        if !parts.has_master && parts.stand_in.is_none() {
            parts.stand_in = Some(self.item(event, 0));
        }
        None
    }

    async fn versions(&mut self, series: HashMap<String, Parts>) -> Result<(), SourceError> {
        for (base, parts) in series {
            let id = object_id(&self.calendar.id, &base);
            let mut sum = parts.version;
            let item = match self.sink.known(&id).await? {
                // Once a series, now a single event: it counts, too.
                Some(single) if !parts.has_master => {
                    sum ^= u128::from_str_radix(&single.version, 16).unwrap_or(0);
                    Some(single)
                }
                Some(master) => Some(master),
                None => parts.stand_in,
            };
            if let Some(mut item) = item {
                item.version = version(sum);
                self.sink.items(vec![item]).await?;
            }
        }
        Ok(())
    }

    fn item(&self, event: &Event, parts: u128) -> Item {
        let calendar = &self.calendar.id;
        let mut item = Item::new(
            self.space.id.clone(),
            object_id(calendar, event.base()).0,
            Some(ItemId(id_of(calendar))),
            event.summary.as_deref().unwrap_or_default(),
            ItemKind::Event,
        );
        let time = |text: &Option<String>| text.as_ref().and_then(|text| text.parse().ok());
        item.modified = time(&event.updated);
        item.created = time(&event.created);
        item.version = version(parts);
        item.uid.clone_from(&event.ical_uid);
        item.web_link = event
            .html_link
            .clone()
            .filter(|link| link.starts_with("https://"));
        item.media_type = Some("text/calendar".to_owned());
        event.base().clone_into(&mut item.locator);
        item
    }

    /// Tells of what changed. `false`: that is not known any more, or too much; nothing was told.
    async fn changes(
        &mut self,
        collection: &Item,
        earlier: &CalendarToken,
    ) -> Result<bool, SourceError> {
        let Some((changed, sync)) = self.changed(&earlier.sync).await? else {
            return Ok(false);
        };
        // Series of which only a part was told of, by their ids, with their UIDs where those are known.
        let mut partly: BTreeMap<&str, Option<String>> = BTreeMap::new();
        for event in &changed {
            if !event.is_single() {
                let uid = partly.entry(event.base()).or_default();
                if uid.is_none() {
                    uid.clone_from(&event.ical_uid);
                }
            }
        }
        if partly.len() > MOST_RELISTED {
            return Ok(false);
        }
        // Told now, so that what is known of the calendar can be asked; the new token comes at the end.
        self.space.change_token = Some(earlier.to_text());
        self.sink.space(self.space.clone()).await?;
        self.sink.unchanged_unless_told(&self.space.id).await?;
        self.sink.items(vec![collection.clone()]).await?;
        let mut gone = Vec::new();
        let mut items = Vec::new();
        for event in changed.iter().filter(|event| event.is_single()) {
            if partly.contains_key(event.base()) {
                continue;
            }
            match event.is_cancelled() {
                true => gone.push(object_id(&self.calendar.id, event.base())),
                false => items.push(self.item(event, part(event, self.calendar))),
            }
        }
        for (base, uid) in partly {
            let id = object_id(&self.calendar.id, base);
            let known = self.sink.known(&id).await?;
            let uid = uid.or_else(|| known.and_then(|item| item.uid));
            match self.series(base, uid.as_deref()).await? {
                Some(item) => items.push(item),
                None => gone.push(id),
            }
        }
        self.sink.gone(gone).await?;
        self.sink.items(items).await?;
        self.space.change_token = None;
        self.finish(sync).await?;
        Ok(true)
    }

    /// All changes since a token, and the next token; `None` where the server no longer knows it.
    async fn changed(
        &mut self,
        sync: &str,
    ) -> Result<Option<(Vec<Event>, Option<String>)>, SourceError> {
        let mut changed: Vec<Event> = Vec::new();
        let mut token: Option<String> = None;
        loop {
            let mut query = Vec::from(LISTED);
            query.push(("syncToken", sync));
            query.extend(token.as_deref().map(|token| ("pageToken", token)));
            let page = match list(self.client, &self.calendar.id, &query).await {
                Ok(page) => page,
                Err(failure) if failure.rejects_sync_token() || failure.rejects_page_token() => {
                    tracing::info!(calendar = %self.space.id, "the token is no longer known; listing all");
                    return Ok(None);
                }
                Err(failure) => return Err(failure.into()),
            };
            changed.extend(page.items);
            if changed.len() > MOST_CHANGED {
                return Ok(None);
            }
            token = page.next_page_token;
            if token.is_none() {
                return Ok(Some((changed, page.next_sync_token)));
            }
        }
    }

    /// A series as it is now, with all its parts; `None`: it is gone.
    async fn series(&mut self, base: &str, uid: Option<&str>) -> Result<Option<Item>, SourceError> {
        let Some(uid) = uid else { return Ok(None) };
        let parts = parts_of(self.client, &self.calendar.id, base, uid).await?;
        let there = || parts.iter().filter(|event| !event.is_cancelled());
        let master = there().find(|event| event.recurring_event_id.is_none());
        let sum = parts
            .iter()
            .fold(0, |sum, event| sum ^ part(event, self.calendar));
        Ok(master.or(there().next()).map(|event| self.item(event, sum)))
    }
}

/// Changes are held; with more of them the whole calendar is listed, which is quicker, too.
const MOST_CHANGED: usize = 5_000;

/// The parameters of a listing, which are the same for one of changes.
const LISTED: [(&str, &str); 4] = [
    ("maxResults", "2500"),
    ("singleEvents", "false"),
    ("showDeleted", "false"),
    ("fields", EVENT_FIELDS),
];

async fn list(client: &Client, calendar: &str, query: &[(&str, &str)]) -> Result<Events, Failure> {
    let path = ["calendars", calendar, "events"];
    client.ask(Api::Calendar, &path, query).await
}

/// All events of the API that together are one object.
async fn parts_of(
    client: &Client,
    calendar: &str,
    base: &str,
    uid: &str,
) -> Result<Vec<Event>, Failure> {
    let mut parts = Vec::new();
    let mut token: Option<String> = None;
    loop {
        let mut query = Vec::from(LISTED);
        query.push(("iCalUID", uid));
        query.extend(token.as_deref().map(|token| ("pageToken", token)));
        let page = list(client, calendar, &query).await?;
        parts.extend(page.items.into_iter().filter(|event| event.base() == base));
        token = page.next_page_token;
        if token.is_none() {
            return Ok(parts);
        }
    }
}

/// What an object's version is now; `None`: it is gone.
pub(in super::super) async fn version_now(
    client: &Client,
    item: &Item,
) -> Result<Option<String>, SourceError> {
    let (Some((calendar, base)), Some(uid)) = (event_ids(&item.id), item.uid.as_deref()) else {
        return Ok(None);
    };
    let path = ["users", "me", "calendarList", calendar];
    let query = [("fields", "id,defaultReminders")];
    let entry: CalendarEntry = match client.ask(Api::Calendar, &path, &query).await {
        Ok(entry) => entry,
        Err(Failure::Api(error)) if error.status == 404 => return Ok(None),
        Err(failure) => return Err(failure.into()),
    };
    let parts = parts_of(client, calendar, base, uid).await?;
    let told = parts.iter().any(|event| !event.is_cancelled());
    let sum = parts.iter().fold(0, |sum, event| sum ^ part(event, &entry));
    Ok(told.then(|| version(sum)))
}

fn object_id(calendar: &str, base: &str) -> ItemId {
    ItemId(format!("{}/{base}", id_of(calendar)))
}

/// Google's ids of the calendar and of the series or event that an item stands for.
pub(in super::super) fn event_ids(id: &ItemId) -> Option<(&str, &str)> {
    // A calendar's id may have a `/`, an event's has none.
    let (calendar, base) = id.as_str().rsplit_once('/')?;
    Some((calendar_of(calendar)?, base))
}

/// What an event of the API adds to the version of its object. They come in any order, so they are put
/// together by XOR.
pub(super) fn part(event: &Event, calendar: &CalendarEntry) -> u128 {
    let settings = settings(calendar);
    let depends = event.reminders.use_default.then_some(settings.as_str());
    digest(&event.id, &event.etag, depends.unwrap_or_default())
}

pub(super) fn digest(id: &str, etag: &str, settings: &str) -> u128 {
    let mut digest = Sha256::new();
    for text in [id, etag, settings] {
        digest.update(text);
        digest.update([0]);
    }
    let digest = digest.finalize();
    digest
        .first_chunk::<16>()
        .map_or(0, |bytes| u128::from_be_bytes(*bytes))
}

pub(super) fn version(sum: u128) -> String {
    format!("{sum:032x}")
}
