//! The handlers of the Tasks API v1 (<https://developers.google.com/workspace/tasks/reference/rest>).

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use http::HeaderMap;
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::super::error::{ApiError, ok};
use super::super::fields::Mask;
use super::super::service::{READ_TASKS, Service};
use super::super::state::Shared;
use super::args::{Args, Token};
use super::task::{Task, TaskList};

type Answer = Result<Response, ApiError>;

fn invalid(message: &str) -> ApiError {
    ApiError::new(400, "invalid", message).of(Service::Tasks)
}

fn not_found() -> ApiError {
    ApiError::new(404, "notFound", "Task list not found.").of(Service::Tasks)
}

fn mask(args: &Args, resource: &'static str) -> Result<Mask, ApiError> {
    Mask::parse(args.find("fields").unwrap_or("*"), resource)
        .map_err(|error| error.of(Service::Tasks))
}

fn known(args: &Args, names: &[&str]) -> Result<(), ApiError> {
    match args.unknown(names) {
        None => Ok(()),
        Some(name) => Err(invalid(&format!(
            "Invalid JSON payload received. Unknown name \"{name}\": Cannot bind query parameter. Field '{name}' could not be found in request message."
        ))),
    }
}

fn find<'a>(lists: &'a [TaskList], id: &str) -> Result<&'a TaskList, ApiError> {
    let found = match id {
        "@default" => lists.first(),
        id => lists.iter().find(|list| list.id == id),
    };
    found.ok_or_else(not_found)
}

/// `GET /tasks/v1/users/@me/lists`
pub(in super::super) async fn lists(
    State(shared): State<Arc<Shared>>,
    args: Args,
    headers: HeaderMap,
) -> Answer {
    shared.allow(&headers, Service::Tasks, READ_TASKS)?;
    known(&args, &["maxResults", "pageToken"])?;
    let mask = mask(&args, "tasks.TaskLists")?;
    let pim = shared.pim();
    let all: Vec<Value> = pim.tasks().iter().map(TaskList::json).collect();
    let answer = page(&args, "lists", &[], "tasks#taskLists", all, (1_000, 1_000))?;
    Ok(ok(&mask.prune(answer)))
}

/// `GET /tasks/v1/users/@me/lists/{list}`
pub(in super::super) async fn list(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    args: Args,
    headers: HeaderMap,
) -> Answer {
    shared.allow(&headers, Service::Tasks, READ_TASKS)?;
    let mask = mask(&args, "tasks.TaskList")?;
    let pim = shared.pim();
    Ok(ok(&mask.prune(find(pim.tasks(), &id)?.json())))
}

const LISTED: [&str; 11] = [
    "completedMax",
    "completedMin",
    "dueMax",
    "dueMin",
    "maxResults",
    "pageToken",
    "showAssigned",
    "showCompleted",
    "showDeleted",
    "showHidden",
    "updatedMin",
];

/// What a page token holds for.
const BINDING: [&str; 5] = [
    "showAssigned",
    "showCompleted",
    "showDeleted",
    "showHidden",
    "updatedMin",
];

/// `GET /tasks/v1/lists/{list}/tasks`
pub(in super::super) async fn tasks(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    args: Args,
    headers: HeaderMap,
) -> Answer {
    shared.allow(&headers, Service::Tasks, READ_TASKS)?;
    known(&args, &LISTED)?;
    let mask = mask(&args, "tasks.Tasks")?;
    let pim = shared.pim();
    let list = find(pim.tasks(), &id)?;
    let instant = |name: &str| match args.find(name) {
        None => Ok(None),
        Some(text) => text
            .parse::<Timestamp>()
            .map(|time| Some(time.as_millisecond()))
            .map_err(|_| invalid("Invalid value for: Invalid format")),
    };
    let updated_since = instant("updatedMin")?;
    let shows = |task: &&Task| {
        (args.get("showCompleted") != "false" || task.completed.is_none())
            && (args.flag("showHidden") || !task.hidden)
            && (args.flag("showDeleted") || !task.deleted)
            && (args.flag("showAssigned") || task.assigned_in.is_none())
            && updated_since.is_none_or(|since| task.updated >= since)
    };
    let all = list.listed().into_iter().filter(shows);
    let all: Vec<Value> = all.map(|task| task.json(&list.id)).collect();
    let answer = page(&args, &list.id, &BINDING, "tasks#tasks", all, (20, 100))?;
    Ok(ok(&mask.prune(answer)))
}

/// `GET /tasks/v1/lists/{list}/tasks/{task}`
pub(in super::super) async fn task(
    State(shared): State<Arc<Shared>>,
    Path((list, id)): Path<(String, String)>,
    args: Args,
    headers: HeaderMap,
) -> Answer {
    shared.allow(&headers, Service::Tasks, READ_TASKS)?;
    let mask = mask(&args, "tasks.Task")?;
    let pim = shared.pim();
    let list = find(pim.tasks(), &list)?;
    let task = list
        .tasks
        .iter()
        .find(|task| task.id == id)
        .ok_or_else(not_found)?;
    Ok(ok(&mask.prune(task.json(&list.id))))
}

/// One page out of all; `sizes`: what a page holds unless it is asked otherwise, and at the most.
fn page(
    args: &Args,
    place: &str,
    bound_by: &[&str],
    kind: &str,
    all: Vec<Value>,
    sizes: (usize, usize),
) -> Result<Value, ApiError> {
    let size = args.size("maxResults", sizes.0, sizes.1);
    let size = size.map_err(|()| invalid("Invalid value for: maxResults"))?;
    let bound = args.binding(place, bound_by);
    let from = match args.find("pageToken") {
        None => 0,
        Some(text) => {
            let token =
                Token::open(text, bound).map_err(|_| invalid("Invalid page token value."))?;
            usize::try_from(token.position).unwrap_or(usize::MAX)
        }
    };
    let next = from.saturating_add(size);
    let mut answer = Map::new();
    answer.insert("kind".into(), kind.into());
    answer.insert("etag".into(), format!("\"{bound:016x}\"").into());
    if next < all.len() {
        let token = Token {
            position: next as u64,
            sequence: 0,
            made: 0,
            epoch: 0,
        };
        answer.insert("nextPageToken".into(), token.seal(bound).into());
    }
    answer.insert(
        "items".into(),
        all.into_iter().skip(from).take(size).collect(),
    );
    Ok(Value::Object(answer))
}
