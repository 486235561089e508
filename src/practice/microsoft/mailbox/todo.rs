use serde_json::{Value, json};

use super::super::super::outlook::{Folder, Part, Thing};
use super::super::api::Answer;
use super::super::error::{ApiError, ok};
use super::{Asked, answers, without};

/// The plain listing of lists ends here, and says nothing of it.
const MOST_LISTS: usize = 100;
const HIDDEN: [&str; 3] = ["checklistItems", "linkedResources", "attachments"];

impl Asked<'_> {
    pub(super) fn todo(&self, parts: &[&str]) -> Answer {
        match parts {
            ["lists"] => {
                let lists = self.mailbox.folders(Part::Todo).take(MOST_LISTS);
                let rows: Vec<Value> = lists.map(list_json).collect();
                Ok(ok(&answers::collection("me/todo/lists", rows)))
            }
            ["lists", "delta"] => {
                let lists = self.mailbox.part(Part::Todo);
                let rows = lists.iter();
                let rows: Vec<(&str, u64, bool)> = rows
                    .map(|list| (list.id.as_str(), list.changed, list.deleted))
                    .collect();
                self.delta("me/todo/lists/delta", &rows, |at| {
                    lists.get(at).map(list_json).unwrap_or_default()
                })
            }
            ["lists", id] => self.one(list_json(self.list(id)?)),
            ["lists", id, "tasks"] => self.tasks(self.list(id)?),
            ["lists", id, "tasks", "delta"] => {
                let list = self.list(id)?;
                let rows = list.things.iter();
                let rows: Vec<(&str, u64, bool)> = rows
                    .map(|task| (task.id.as_str(), task.changed, task.deleted))
                    .collect();
                let path = format!("me/todo/lists/{id}/tasks/delta");
                self.delta(&path, &rows, |at| {
                    let task = list.things.get(at);
                    task.map(|task| without(task.told_now(), &HIDDEN))
                        .unwrap_or_default()
                })
            }
            ["lists", list, "tasks", id, rest @ ..] => {
                let (_, task) = self.find(self.mailbox.part(Part::Todo), Some(list), id)?;
                self.task(task, rest)
            }
            _ => Err(ApiError::unknown_segment("todo")),
        }
    }

    fn list(&self, id: &str) -> Result<&Folder, ApiError> {
        let mut lists = self.mailbox.folders(Part::Todo);
        lists
            .find(|list| list.id == id)
            .ok_or_else(ApiError::no_such_thing)
    }

    fn tasks(&self, list: &Folder) -> Answer {
        let rows = list.things().map(|task| self.expanded(task));
        let path = format!("me/todo/lists/{}/tasks", list.id);
        self.page(&path, rows.collect(), 20)
    }

    /// With what is asked for by `$expand`.
    fn expanded(&self, task: &Thing) -> Value {
        let expand = self.param("$expand").unwrap_or_default();
        let asked = |name: &&str| !expand.split(',').any(|one| one.trim() == *name);
        let hidden: Vec<&str> = HIDDEN.into_iter().filter(asked).collect();
        without(task.told_now(), &hidden)
    }

    fn task(&self, task: &Thing, rest: &[&str]) -> Answer {
        let part = |name: &str| {
            let rows = task.value.get(name).and_then(Value::as_array).cloned();
            Ok(ok(&answers::collection(name, rows.unwrap_or_default())))
        };
        match rest {
            [] => self.one(self.expanded(task)),
            ["checklistItems"] => part("checklistItems"),
            ["linkedResources"] => part("linkedResources"),
            ["attachments", rest @ ..] => {
                answers::attachments(task.value.get("attachments"), rest, false)
            }
            _ => Err(ApiError::unknown_segment("task")),
        }
    }
}

fn list_json(list: &Folder) -> Value {
    let mut value = list.value.clone();
    if let Some(fields) = value.as_object_mut() {
        let key = super::super::super::outlook::change_key_of(&list.id, list.revision);
        fields.insert("@odata.etag".into(), json!(format!("W/\"{key}\"")));
        fields.insert("id".into(), list.id.as_str().into());
    }
    value
}
