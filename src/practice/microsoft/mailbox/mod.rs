//! Outlook's calendars and contacts, and To Do (<https://learn.microsoft.com/graph/api/resources/calendar>,
//! <https://learn.microsoft.com/graph/api/resources/contact>,
//! <https://learn.microsoft.com/graph/api/resources/todo-overview>).

mod answers;
mod calendars;
mod contacts;
mod todo;

use std::sync::atomic::Ordering;

use axum::response::Response;
use http::HeaderValue;
use serde_json::Value;

use super::super::outlook::{Folder, Mailbox, Thing};
use super::api::{Answer, Request};
use super::error::{ApiError, ok};

/// Requests of one app to one mailbox at a time
/// (<https://learn.microsoft.com/graph/throttling-limits#outlook-service-limits>).
pub(super) const AT_ONCE: u64 = 4;

/// What comes after `me/`, where it belongs to the mailbox. Functions are written with and without their
/// namespace and brackets.
pub(super) fn read(path: &str) -> Option<Vec<String>> {
    let known = [
        "calendar",
        "calendars",
        "calendarGroups",
        "calendarView",
        "events",
        "contacts",
        "contactFolders",
        "todo",
    ];
    let parts: Vec<String> = path
        .split('/')
        .map(|part| {
            let part = percent_encoding::percent_decode_str(part).decode_utf8_lossy();
            let part = part.strip_suffix("()").unwrap_or(&part);
            let part = part.strip_prefix("microsoft.graph.").unwrap_or(part);
            part.to_owned()
        })
        .collect();
    let is_known = parts
        .first()
        .is_some_and(|first| known.contains(&first.as_str()));
    is_known.then_some(parts)
}

/// The name of an operation, for counts and faults.
pub(super) fn operation(parts: &[String]) -> &'static str {
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let of_event = |rest: &[&str]| match rest {
        [] => "event",
        ["instances"] => "instances",
        ["attachments", ..] => "attachments",
        _ => "unknown",
    };
    match parts.as_slice() {
        ["todo", "lists", rest @ ..] => match rest {
            [] | ["delta"] | [_] => "todoLists",
            [_, "tasks"] => "tasks",
            [_, "tasks", "delta"] => "tasksDelta",
            [_, "tasks", _] => "task",
            [_, "tasks", _, "attachments", ..] => "attachments",
            [_, "tasks", _, _] => "steps",
            _ => "unknown",
        },
        ["contacts"] | ["contactFolders", _, "contacts"] => "contacts",
        ["contactFolders", _, "contacts", "delta"] => "contactsDelta",
        ["contacts", _] | ["contactFolders", _, "contacts", _] => "contact",
        ["contacts", _, "photo", ..] | ["contactFolders", _, "contacts", _, "photo", ..] => "photo",
        ["contactFolders", ..] => "contactFolders",
        ["events"] | ["calendar", "events"] | ["calendars", _, "events"] => "events",
        ["events", _, rest @ ..]
        | ["calendar", "events", _, rest @ ..]
        | ["calendars", _, "events", _, rest @ ..] => of_event(rest),
        ["calendarView"] | ["calendar", "calendarView"] | ["calendars", _, "calendarView"] => {
            "calendarView"
        }
        ["calendar" | "calendars" | "calendarGroups", ..] => "calendars",
        _ => "unknown",
    }
}

/// The permissions of which one is needed.
pub(super) fn permissions(parts: &[String]) -> &'static [&'static str] {
    match parts.first().map(String::as_str) {
        Some("todo") => &["Tasks.Read", "Tasks.ReadWrite"],
        Some("contacts" | "contactFolders") => &["Contacts.Read"],
        _ => &["Calendars.Read", "Calendars.Read.Shared"],
    }
}

/// One request to the mailbox.
struct Asked<'a> {
    request: &'a Request<'a>,
    mailbox: &'a Mailbox,
}

pub(super) fn answer(request: &Request<'_>, parts: &[String]) -> Answer {
    if request.shared.no_mailbox.load(Ordering::Relaxed) {
        return Err(ApiError::no_mailbox());
    }
    let mailbox = request.shared.mailbox();
    let asked = Asked {
        request,
        mailbox: &mailbox,
    };
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    match parts.first().copied() {
        Some("todo") => asked.todo(parts.get(1..).unwrap_or_default()),
        Some("contacts" | "contactFolders") => asked.contacts(&parts),
        _ => asked.calendars(&parts),
    }
}

impl Asked<'_> {
    fn param(&self, name: &str) -> Option<&str> {
        let params = self.request.params;
        let bare = name.trim_start_matches('$');
        let found = params.get(name).or_else(|| params.get(bare));
        found.map(String::as_str)
    }

    /// A preference, such as `outlook.timezone` (RFC 7240).
    fn preference(&self, name: &str) -> Option<String> {
        let headers = self.request.headers.get_all("prefer").iter();
        let texts = headers.filter_map(|value| value.to_str().ok());
        let all = texts.flat_map(|text| text.split(','));
        all.filter_map(|one| one.trim().split_once('='))
            .find(|(known, _)| known.trim().eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim().trim_matches('"').to_owned())
    }

    fn is_immutable(&self) -> bool {
        self.preference("IdType").as_deref() == Some("ImmutableId")
    }

    /// The id as it is told: without being asked for one that stays, it changes with the folder.
    fn shown_id(&self, folder: &Folder, id: &str) -> String {
        match id.strip_prefix("AAkALg") {
            Some(rest) if !self.is_immutable() => {
                let place = super::super::faults::mix_text(1, &folder.id);
                format!("AAMkAG{place:016x}{rest}")
            }
            _ => id.to_owned(),
        }
    }

    fn is_id_of(&self, folder: &Folder, thing: &Thing, id: &str) -> bool {
        thing.id == id || self.shown_id(folder, &thing.id) == id
    }

    /// A thing of a folder, or of any where none is named.
    fn find<'s>(
        &'s self,
        folders: &'s [Folder],
        folder: Option<&str>,
        id: &str,
    ) -> Result<(&'s Folder, &'s Thing), ApiError> {
        let there = folders.iter().filter(|known| !known.deleted);
        let mut within = there.filter(|known| folder.is_none_or(|folder| known.id == folder));
        let found = within.find_map(|known| {
            let mut things = known.things();
            let thing = things.find(|thing| self.is_id_of(known, thing, id))?;
            Some((known, thing))
        });
        found.ok_or_else(ApiError::no_such_thing)
    }

    /// Only the fields that are asked for, and what is always there.
    fn selected(&self, mut value: Value) -> Value {
        if let (Some(select), Some(fields)) = (self.param("$select"), value.as_object_mut()) {
            let wanted: Vec<&str> = select.split(',').map(str::trim).collect();
            fields.retain(|name, _| {
                name.starts_with('@') || name == "id" || wanted.contains(&name.as_str())
            });
        }
        value
    }

    /// A page of rows: `$top` and `$skip`, with the link to the next one.
    fn page(&self, path: &str, rows: Vec<Value>, usual: usize) -> Answer {
        let number = |name: &str| self.param(name).and_then(|text| text.parse::<usize>().ok());
        let preferred = self.preference("odata.maxpagesize");
        let preferred = preferred.and_then(|text| text.parse().ok());
        let top = number("$top").or(preferred).unwrap_or(usual);
        if number("$top").is_some_and(|top| top == 0 || top > 1_000) {
            return Err(ApiError::bad_query("$top"));
        }
        let top = top.clamp(1, self.request.shared.page_limit());
        let skip = number("$skip").unwrap_or(0);
        let more = rows.len() > skip.saturating_add(top);
        let rows: Vec<Value> = rows.into_iter().skip(skip).take(top).collect();
        let mut body = answers::collection(path, rows);
        if let (true, Some(body)) = (more, body.as_object_mut()) {
            let mut query: Vec<(&str, String)> = self
                .request
                .params
                .iter()
                .filter(|(name, _)| !matches!(name.as_str(), "$skip" | "skip"))
                .map(|(name, value)| (name.as_str(), value.clone()))
                .collect();
            query.push(("$skip", (skip + top).to_string()));
            let link = self.request.link(path, &query);
            body.insert("@odata.nextLink".into(), link.into());
        }
        Ok(self.applied(ok(&body)))
    }

    /// One thing by itself.
    fn one(&self, value: Value) -> Answer {
        Ok(self.applied(ok(&self.selected(value))))
    }

    /// Tells which preferences were followed.
    fn applied(&self, mut answer: Response) -> Response {
        let known = ["outlook.timezone", "outlook.body-content-type", "IdType"];
        let applied: Vec<String> = known
            .iter()
            .filter_map(|name| Some(format!("{name}=\"{}\"", self.preference(name)?)))
            .collect();
        if let (false, Ok(value)) = (
            applied.is_empty(),
            HeaderValue::from_str(&applied.join(", ")),
        ) {
            answer.headers_mut().insert("preference-applied", value);
        }
        answer
    }

    /// All that a folder holds page by page, then what changed since. `row` makes a row of what is there.
    fn delta(
        &self,
        path: &str,
        things: &[(&str, u64, bool)],
        row: impl Fn(usize) -> Value,
    ) -> Answer {
        let text = self.param("$deltatoken").or(self.param("$skiptoken"));
        let mut place = match text {
            None => answers::Place::beginning(self.mailbox),
            Some(text) => answers::Place::read(text).ok_or_else(ApiError::unknown_sync_state)?,
        };
        if self.param("$deltatoken").is_some() {
            place.began = self.mailbox.sequence;
        }
        if place.epoch != self.mailbox.epoch {
            return Err(ApiError::unknown_sync_state());
        }
        let wanted = |changed: u64, deleted: bool| match place.since {
            None => !deleted,
            Some(since) => changed > since,
        };
        let found: Vec<usize> = things
            .iter()
            .enumerate()
            .filter(|(_, (_, changed, deleted))| wanted(*changed, *deleted))
            .map(|(at, _)| at)
            .collect();
        let preferred = self.preference("odata.maxpagesize");
        let top = preferred.and_then(|text| text.parse().ok()).unwrap_or(10);
        let top: usize = usize::clamp(top, 1, 200.min(self.request.shared.page_limit()));
        let rows = found.iter().skip(place.skip).take(top).filter_map(|at| {
            let (id, _, deleted) = things.get(*at)?;
            Some(match deleted {
                true => serde_json::json!({"@odata.type": "#microsoft.graph.entity", "id": id,
                    "@removed": {"reason": "deleted"}}),
                false => row(*at),
            })
        });
        let mut body = answers::collection(path, rows.collect());
        let (name, next) = match place.skip.saturating_add(top) < found.len() {
            true => ("@odata.nextLink", place.further(top)),
            false => ("@odata.deltaLink", place.after()),
        };
        let parameter = match name {
            "@odata.nextLink" => "$skiptoken",
            _ => "$deltatoken",
        };
        let mut query = vec![(parameter, next.to_text())];
        query.extend(
            self.param("$select")
                .map(|select| ("$select", select.to_owned())),
        );
        if let Some(body) = body.as_object_mut() {
            body.insert(name.into(), self.request.link(path, &query).into());
        }
        Ok(self.applied(ok(&body)))
    }
}

/// Takes out what is told only to whoever asks for it.
fn without(mut value: Value, hidden: &[&str]) -> Value {
    if let Some(fields) = value.as_object_mut() {
        for name in hidden {
            fields.remove(*name);
        }
    }
    value
}
