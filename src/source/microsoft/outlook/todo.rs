//! To Do's lists and tasks (<https://learn.microsoft.com/graph/api/resources/todo-overview>). The steps of a
//! task are tasks below it. Every survey lists everything: that a step changed is not told of its task.

use serde_json::Value;
use url::Url;

use super::wire::TaskList;
use super::{PREFER, Stopped, digest, opened};
use crate::model::{
    Access, Collection, Component, Item, ItemId, ItemKind, Scope, Space, SpaceId, SpaceKind,
};
use crate::pim::outlook::{step_uid, task_uid};
use crate::source::microsoft::client::Client;
use crate::source::microsoft::error::Failure;
use crate::source::microsoft::wire::Page;
use crate::source::{SourceError, SurveySink};

const SPACE: &str = "todo";
const PREFIX: &str = "tasklist:";
/// A list that is filled with mails.
const FLAGGED: &str = "flaggedEmails";
const LISTED: [(&str, &str); 2] = [
    ("$expand", "checklistItems,linkedResources"),
    ("$top", "100"),
];

/// Graph's id of the list that a collection stands for.
pub(super) fn list_of(collection: &ItemId) -> Option<&str> {
    collection.as_str().strip_prefix(PREFIX)
}

/// Tells of all lists, tasks and steps.
pub(super) async fn survey(
    client: &Client,
    scope: &Scope,
    sink: &mut dyn SurveySink,
) -> Result<(), Stopped> {
    // The plain listing ends after a hundred, and says nothing of it.
    let first = client.address(&["me", "todo", "lists", "delta"], &[]);
    let lists: Vec<TaskList> = opened(client.ask_all(&first, PREFER).await)?;
    sink.space(Space {
        id: SpaceId::new(SPACE),
        kind: SpaceKind::Calendars,
        name: "Microsoft To Do".to_owned(),
        change_token: None,
    })
    .await?;
    for list in lists.iter().filter(|list| list.removed.is_none()) {
        let collection = collection_item(list);
        let shared = collection.collection.as_ref();
        let shared = shared.is_some_and(|it| matches!(it.access, Access::Shared { .. }));
        if shared && !scope.shared_calendars {
            sink.items(vec![collection]).await?;
        } else {
            survey_list(client, list, collection, sink).await?;
        }
    }
    Ok(())
}

async fn survey_list(
    client: &Client,
    list: &TaskList,
    collection: Item,
    sink: &mut dyn SurveySink,
) -> Result<(), SourceError> {
    let mut next = Some(listing(client, &list.id));
    let mut is_told = false;
    while let Some(address) = next {
        let page: Page<Value> = client.ask(&address, PREFER).await?;
        let flagged = list.wellknown_list_name.as_deref() == Some(FLAGGED);
        if flagged && page.value.is_empty() && !is_told && page.next_link.is_none() {
            // Everybody has it, and hardly anybody uses it.
            return Ok(());
        }
        if !is_told {
            sink.items(vec![collection.clone()]).await?;
        }
        is_told = true;
        let mut items = Vec::new();
        for mut task in page.value {
            complete(client, &mut task, "checklistItems").await?;
            items.extend(task_items(&task, &list.id, &collection));
        }
        sink.items(items).await?;
        next = match page.next_link {
            Some(link) => Some(client.link(&link)?),
            None => None,
        };
    }
    Ok(())
}

fn collection_item(list: &TaskList) -> Item {
    let id = format!("{PREFIX}{}", list.id);
    let mut item = Item::new(
        SpaceId::new(SPACE),
        id,
        None,
        &list.display_name,
        ItemKind::Calendar,
    );
    item.version = list.etag.clone().unwrap_or_default();
    item.locator.clone_from(&list.id);
    let theirs = list.is_owner == Some(false) && list.is_shared != Some(false);
    item.collection = Some(Collection {
        components: vec![Component::Todo],
        access: match theirs {
            true => Access::Shared {
                owner: None,
                writable: true,
            },
            false => Access::Own,
        },
        ..Collection::default()
    });
    item
}

/// Where the tasks of a list are listed, with their steps.
pub(super) fn listing(client: &Client, list: &str) -> Url {
    client.address(&["me", "todo", "lists", list, "tasks"], &LISTED)
}

/// Fetches what an expanded collection holds beyond its first page.
pub(super) async fn complete(client: &Client, owner: &mut Value, key: &str) -> Result<(), Failure> {
    let link = owner
        .get(format!("{key}@odata.nextLink"))
        .and_then(Value::as_str);
    let Some(link) = link else { return Ok(()) };
    let rest: Vec<Value> = client.ask_all(&client.link(link)?, PREFER).await?;
    if let Some(Value::Array(first)) = owner.get_mut(key) {
        first.extend(rest);
    }
    Ok(())
}

pub(super) fn text<'v>(owner: &'v Value, key: &str) -> &'v str {
    owner.get(key).and_then(Value::as_str).unwrap_or_default()
}

pub(super) fn steps(task: &Value) -> &[Value] {
    let steps = task.get("checklistItems").and_then(Value::as_array);
    steps.map(Vec::as_slice).unwrap_or_default()
}

/// A task and its steps.
fn task_items(task: &Value, list: &str, collection: &Item) -> Vec<Item> {
    let id = text(task, "id");
    let item = |below: String, name: &str| {
        let parent = Some(collection.id.clone());
        let id = format!("task:{list}/{below}");
        let kind = ItemKind::Task;
        let mut item = Item::new(collection.space.clone(), id, parent, name, kind);
        item.media_type = Some("text/calendar".to_owned());
        item.modified = text(task, "lastModifiedDateTime").parse().ok();
        item
    };
    let mut own = item(id.to_owned(), text(task, "title"));
    own.created = text(task, "createdDateTime").parse().ok();
    own.version = version(task);
    own.uid = Some(task_uid(id));
    own.locator = Place::of(list, id, None);
    let mut items = vec![own];
    for (place, step) in steps(task).iter().enumerate() {
        let step_id = text(step, "id");
        let name = text(step, "displayName");
        let mut below = item(format!("{id}/{step_id}"), name);
        below.created = text(step, "createdDateTime").parse().ok();
        below.version = step_version(step, place);
        below.uid = Some(step_uid(id, step_id));
        below.locator = Place::of(list, id, Some(step_id));
        items.push(below);
    }
    items
}

/// How a task or a step is found again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place<'a> {
    pub(super) list: &'a str,
    pub(super) task: &'a str,
    pub(super) step: Option<&'a str>,
}

impl<'a> Place<'a> {
    fn of(list: &str, task: &str, step: Option<&str>) -> String {
        // No id of theirs has a space in it.
        match step {
            Some(step) => format!("{list} {task} {step}"),
            None => format!("{list} {task}"),
        }
    }

    pub(super) fn read(locator: &'a str) -> Option<Self> {
        let mut words = locator.split(' ');
        Some(Self {
            list: words.next()?,
            task: words.next()?,
            step: words.next(),
        })
    }

    /// Asks for the task, with its steps.
    pub(super) async fn fetch(self, client: &Client) -> Result<Value, Failure> {
        let path = ["me", "todo", "lists", self.list, "tasks", self.task];
        let address = client.address(&path, &LISTED[..1]);
        let mut task: Value = client.ask(&address, PREFER).await?;
        complete(client, &mut task, "checklistItems").await?;
        Ok(task)
    }
}

/// Of a task as Graph gives it, without its steps.
pub(super) fn version(task: &Value) -> String {
    text(task, "@odata.etag").to_owned()
}

pub(super) fn step_version(step: &Value, place: usize) -> String {
    digest(&[&step.to_string(), &place.to_string()])
}

pub(super) async fn version_now(client: &Client, item: &Item) -> Result<Option<String>, Failure> {
    let Some(place) = Place::read(&item.locator) else {
        return Ok(None);
    };
    let task = place.fetch(client).await?;
    let Some(step) = place.step else {
        return Ok(Some(version(&task)));
    };
    let mut steps = steps(&task).iter().enumerate();
    let found = steps.find(|(_, known)| text(known, "id") == step);
    Ok(found.map(|(at, step)| step_version(step, at)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn steps_are_tasks_of_their_own() {
        let list = TaskList {
            id: "L=".into(),
            ..TaskList::default()
        };
        let task = json!({"@odata.etag": "W/\"1\"", "id": "T=", "title": "Appeler",
            "checklistItems": [{"id": "s1", "displayName": "Un"}, {"id": "s2", "displayName": "Deux"}]});
        let items = task_items(&task, "L=", &collection_item(&list));
        let names: Vec<&str> = items.iter().map(|item| item.name.as_str()).collect();
        assert_eq!(names, ["Appeler", "Un", "Deux"]);
        let place = Place::read(&items[2].locator).unwrap();
        assert_eq!(
            (place.list, place.task, place.step),
            ("L=", "T=", Some("s2"))
        );
        assert_eq!(Place::read(&items[0].locator).unwrap().step, None);
        // A step that goes to another place is another text.
        assert_ne!(
            items[2].version,
            step_version(&task["checklistItems"][1], 0)
        );
    }
}
