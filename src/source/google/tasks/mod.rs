//! Task lists and tasks, by the Tasks API v1
//! (<https://developers.google.com/workspace/tasks/reference/rest>). It has no token for changes: every
//! survey lists everything.

mod bodies;

use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use super::client::{Api, Client};
use super::error::Failure;
use crate::model::{Collection, Component, Item, ItemId, ItemKind, Space, SpaceId, SpaceKind};
use crate::source::{SourceError, SurveySink};

pub(super) use self::bodies::TaskBodies;

const SPACE: &str = "tasks";
const PREFIX: &str = "tasklist:";

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Lists {
    items: Vec<List>,
    next_page_token: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct List {
    id: String,
    title: String,
    etag: String,
}

/// Also what the version is made of: the place of a task changes without its own ETag.
const TASK_FIELDS: &str =
    "nextPageToken,items(id,etag,title,updated,parent,position,deleted,webViewLink)";

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Tasks {
    items: Vec<Task>,
    next_page_token: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Task {
    id: String,
    etag: String,
    title: String,
    updated: Option<String>,
    parent: Option<String>,
    position: Option<String>,
    deleted: bool,
    web_view_link: Option<String>,
}

/// Tells of all lists and tasks, done and hidden ones included.
pub(super) async fn survey(client: &Client, sink: &mut dyn SurveySink) -> Result<(), SourceError> {
    let space = SpaceId::new(SPACE);
    sink.space(Space {
        id: space.clone(),
        kind: SpaceKind::Calendars,
        name: "Google Tasks".to_owned(),
        change_token: None,
    })
    .await?;
    let mut token: Option<String> = None;
    loop {
        let mut query = vec![("maxResults", "1000")];
        query.extend(token.as_deref().map(|token| ("pageToken", token)));
        let path = ["users", "@me", "lists"];
        let page: Lists = client.ask(Api::Tasks, &path, &query).await?;
        for list in page.items {
            sink.items(vec![collection_item(&space, &list)]).await?;
            survey_list(client, &space, &list, sink).await?;
        }
        token = page.next_page_token;
        if token.is_none() {
            return Ok(());
        }
    }
}

fn collection_item(space: &SpaceId, list: &List) -> Item {
    let id = format!("{PREFIX}{}", list.id);
    let mut item = Item::new(space.clone(), id, None, &list.title, ItemKind::Calendar);
    item.version = list.etag.trim_matches('"').to_owned();
    item.locator.clone_from(&list.id);
    item.collection = Some(Collection {
        components: vec![Component::Todo],
        ..Collection::default()
    });
    item
}

async fn survey_list(
    client: &Client,
    space: &SpaceId,
    list: &List,
    sink: &mut dyn SurveySink,
) -> Result<(), SourceError> {
    let mut token: Option<String> = None;
    loop {
        let mut query = Vec::from(SHOWN);
        query.push(("fields", TASK_FIELDS));
        query.extend(token.as_deref().map(|token| ("pageToken", token)));
        let path = ["lists", &list.id, "tasks"];
        let page: Tasks = client.ask(Api::Tasks, &path, &query).await?;
        let tasks = page.items.iter().filter(|task| !task.deleted);
        sink.items(tasks.map(|task| item(space, &list.id, task)).collect())
            .await?;
        token = page.next_page_token;
        if token.is_none() {
            return Ok(());
        }
    }
}

/// `showHidden` brings those that were done in Google's own pages.
const SHOWN: [(&str, &str); 4] = [
    ("maxResults", "100"),
    ("showCompleted", "true"),
    ("showHidden", "true"),
    ("showAssigned", "true"),
];

fn item(space: &SpaceId, list: &str, task: &Task) -> Item {
    let parent = ItemId(format!("{PREFIX}{list}"));
    let id = format!("task:{list}/{}", task.id);
    let mut item = Item::new(space.clone(), id, Some(parent), &task.title, ItemKind::Task);
    item.modified = task.updated.as_ref().and_then(|text| text.parse().ok());
    item.version = version(task);
    item.uid = Some(crate::pim::task::google::uid(&task.id));
    item.media_type = Some("text/calendar".to_owned());
    item.web_link = task
        .web_view_link
        .clone()
        .filter(|link| link.starts_with("https://"));
    item.locator.clone_from(&task.id);
    item
}

fn version(task: &Task) -> String {
    let mut digest = Sha256::new();
    let texts = [
        Some(&task.etag),
        task.parent.as_ref(),
        task.position.as_ref(),
    ];
    for text in texts {
        digest.update(text.map_or("", String::as_str));
        digest.update([0]);
    }
    let digest = digest.finalize();
    digest
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Google's ids of the list and of the task that an item stands for.
fn task_ids(item: &Item) -> Option<(&str, &str)> {
    let list = item.parent.as_ref()?.as_str().strip_prefix(PREFIX)?;
    Some((list, item.locator.as_str()))
}

/// What a task's version is now; `None`: it is gone.
pub(super) async fn version_now(
    client: &Client,
    item: &Item,
) -> Result<Option<String>, SourceError> {
    let Some((list, task)) = task_ids(item) else {
        return Ok(None);
    };
    let path = ["lists", list, "tasks", task];
    match client.ask::<Task>(Api::Tasks, &path, &[]).await {
        Ok(task) if task.deleted => Ok(None),
        Ok(task) => Ok(Some(version(&task))),
        Err(Failure::Api(error)) if error.status == 404 => Ok(None),
        Err(failure) => Err(failure.into()),
    }
}
