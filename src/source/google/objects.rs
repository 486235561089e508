//! The texts of events, contacts and tasks, and what is told where they may not be read.

use std::collections::VecDeque;

use futures::stream::{self, BoxStream, StreamExt as _};
use tokio::sync::Mutex;

use super::calendars::{self, Bodies};
use super::client::Client;
use super::people::{self, Labels};
use super::tasks::TaskBodies;
use crate::model::{
    Collection, Component, Item, ItemId, ItemKind, Reason, Space, SpaceId, SpaceKind,
};
use crate::source::{SourceError, SourceObject, SurveySink};

/// Collections that are kept at once: one is moved after the other, and batches of the last one may still be
/// under way.
const MOST_KEPT: usize = 3;

/// What was fetched as a whole, to answer from it.
#[derive(Debug, Default)]
pub(super) struct Kept(Mutex<VecDeque<(ItemId, Body)>>);

#[derive(Debug, Clone)]
enum Body {
    Calendar(Bodies),
    Tasks(TaskBodies),
    Labels(std::sync::Arc<Labels>),
}

impl Kept {
    /// A survey makes it old.
    pub(super) async fn forget(&self) {
        self.0.lock().await.clear();
    }

    /// Fetched once, however many ask at the same moment.
    async fn get(&self, client: &Client, collection: &Item) -> Result<Body, SourceError> {
        let mut kept = self.0.lock().await;
        if let Some((_, body)) = kept.iter().find(|(id, _)| *id == collection.id) {
            return Ok(body.clone());
        }
        let body = fetch(client, collection).await?;
        kept.push_back((collection.id.clone(), body.clone()));
        if kept.len() > MOST_KEPT {
            kept.pop_front();
        }
        Ok(body)
    }
}

async fn fetch(client: &Client, collection: &Item) -> Result<Body, SourceError> {
    if collection.id.as_str() == people::CONTACTS {
        let labels = Labels::list(client).await?;
        return Ok(Body::Labels(std::sync::Arc::new(labels)));
    }
    match calendars::calendar_of(collection.id.as_str()) {
        Some(calendar) => Ok(Body::Calendar(Bodies::fetch(client, calendar).await?)),
        None => Ok(Body::Tasks(TaskBodies::fetch(client, collection).await?)),
    }
}

type Answer = (ItemId, Result<SourceObject, SourceError>);

/// The texts of some objects of one collection.
pub(super) fn read<'a>(
    client: &'a Client,
    kept: &'a Kept,
    collection: &'a Item,
    wanted: &'a [Item],
) -> BoxStream<'a, Answer> {
    if collection.id.as_str() == people::OTHERS {
        return people::of_others(client, wanted);
    }
    let answers = async move {
        let body = match kept.get(client, collection).await {
            Ok(body) => body,
            Err(error) => return failed(wanted, error),
        };
        match body {
            Body::Calendar(bodies) => stream::iter(bodies.read(wanted.to_vec()).await).boxed(),
            Body::Tasks(tasks) => stream::iter(tasks.read(wanted.to_vec())).boxed(),
            Body::Labels(labels) => people::of_own(client, labels, wanted),
        }
    };
    stream::once(answers).flatten().boxed()
}

/// A calendar that is gone is so for all; any other trouble is told once, and the rest is asked for again.
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

/// A part of the account that has a box of its own on the consent page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Files,
    Calendars,
    Contacts,
    OtherContacts,
    Tasks,
}

/// Tells of a part that the user did not allow to be read, so that the account of the migration names it.
pub(super) async fn tell_refused(part: Part, sink: &mut dyn SurveySink) -> Result<(), SourceError> {
    let (name, kind, space) = match part {
        Part::Files => ("Google Drive", ItemKind::Folder, SpaceKind::Own),
        Part::Calendars => ("Google Calendar", ItemKind::Calendar, SpaceKind::Calendars),
        Part::Contacts => (
            "Google Contacts",
            ItemKind::AddressBook,
            SpaceKind::AddressBooks,
        ),
        Part::OtherContacts => (
            "Google Contacts: other contacts",
            ItemKind::AddressBook,
            SpaceKind::AddressBooks,
        ),
        Part::Tasks => ("Google Tasks", ItemKind::Calendar, SpaceKind::Calendars),
    };
    let id = format!("not-granted:{name}");
    sink.space(Space {
        id: SpaceId::new(&id),
        kind: space,
        name: name.to_owned(),
        change_token: None,
    })
    .await?;
    let mut item = Item::new(SpaceId::new(&id), &id, None, name, kind);
    item.obstacle = Some(Reason::NotGranted);
    let components = match part {
        Part::Calendars => vec![Component::Event],
        Part::Tasks => vec![Component::Todo],
        _ => Vec::new(),
    };
    item.collection = kind.is_collection().then(|| Collection {
        components,
        ..Collection::default()
    });
    sink.items(vec![item]).await
}
