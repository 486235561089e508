//! Tasks as VTODOs, made out of the JSON of their list.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use serde::Deserialize as _;
use serde_json::Value;

use super::{SHOWN, Task, task_ids, version};
use crate::model::{Item, ItemId};
use crate::pim::task::google::from_task;
use crate::source::google::client::{Api, Client};
use crate::source::google::error::Failure;
use crate::source::spool::JsonSpool;
use crate::source::{SourceError, SourceObject};

/// One list, kept in a temporary file: the API gives tasks by the page only.
#[derive(Debug, Clone)]
pub(in super::super) struct TaskBodies {
    tasks: Arc<Mutex<JsonSpool>>,
}

impl TaskBodies {
    /// Fetches the list that a collection stands for.
    pub(in super::super) async fn fetch(client: &Client, list: &Item) -> Result<Self, SourceError> {
        #[derive(Debug, Default, serde::Deserialize)]
        #[serde(rename_all = "camelCase", default)]
        struct Page {
            items: Vec<Value>,
            next_page_token: Option<String>,
        }

        let mut tasks = JsonSpool::new().map_err(Failure::Disk)?;
        let mut token: Option<String> = None;
        loop {
            let mut query = Vec::from(SHOWN);
            query.extend(token.as_deref().map(|token| ("pageToken", token)));
            let path = ["lists", list.locator.as_str(), "tasks"];
            let page: Page = client.ask(Api::Tasks, &path, &query).await?;
            let values = page.items.into_iter().map(|task| {
                let id = task.get("id").and_then(Value::as_str).unwrap_or_default();
                (id.to_owned(), task)
            });
            tasks.add(values.collect()).map_err(Failure::Disk)?;
            token = page.next_page_token;
            if token.is_none() {
                break;
            }
        }
        Ok(Self {
            tasks: Arc::new(Mutex::new(tasks)),
        })
    }

    pub(in super::super) fn read(
        &self,
        wanted: Vec<Item>,
    ) -> Vec<(ItemId, Result<SourceObject, SourceError>)> {
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        let read = |item: Item| {
            let object = self.object(&item, &mut tasks);
            (item.id, object)
        };
        wanted.into_iter().map(read).collect()
    }

    fn object(&self, item: &Item, tasks: &mut JsonSpool) -> Result<SourceObject, SourceError> {
        let (_, id) = task_ids(item).ok_or(SourceError::NotFound)?;
        let found = tasks
            .get(id)
            .map_err(|cause| SourceError::Unreadable { cause })?;
        // One that moved on to another page while the pages were read comes twice.
        let found = found.into_iter().next_back().ok_or(SourceError::NotFound)?;
        let task =
            Task::deserialize(&found).map_err(|_| SourceError::protocol("a task that is none"))?;
        if task.deleted {
            return Err(SourceError::NotFound);
        }
        let made = from_task(&found);
        Ok(SourceObject {
            text: Bytes::from(made.text),
            version: version(&task),
            converted: true,
            lost: made.lost,
        })
    }
}
