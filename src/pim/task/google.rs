//! Tasks of Google's Tasks API, as it tells them (`tasks#task`) and as Takeout keeps them.

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;

use crate::pim::build::{Builder, Property, kebab};
use crate::pim::calendar::{PRODUCT, derived};
use crate::pim::change::Converted;
use crate::pim::json::{beside, is_true, list, plain, text};

/// The UID that the task of this id has, so that subtasks find their parents.
pub fn uid(task_id: &str) -> String {
    format!("{task_id}@tasks.google.com")
}

/// What becomes of a task is made of these; the rest is kept as X- properties.
const KNOWN: [&str; 17] = [
    "kind",
    "id",
    "etag",
    "selfLink",
    "title",
    "notes",
    "status",
    "due",
    "completed",
    "updated",
    "parent",
    "position",
    "links",
    "hidden",
    "deleted",
    "webViewLink",
    "assignmentInfo",
];

/// Makes a VTODO of a task. Subtasks are related to their parent, and siblings sort as in Google's lists:
/// by `X-APPLE-SORT-ORDER`, which Nextcloud's tasks use.
pub fn from_task(task: &Value) -> Converted {
    let uid = match text(task, "id") {
        Some(id) => uid(id),
        None => derived(task.to_string().as_bytes()),
    };
    let title = text(task, "title").unwrap_or_default();
    let updated = instant(task, "updated").unwrap_or_default();
    let mut builder = Builder::new();
    builder
        .begin("VCALENDAR")
        .add(Property::raw("VERSION", "2.0"))
        .add(Property::raw("PRODID", PRODUCT))
        .begin("VTODO")
        .add(Property::text("UID", &uid))
        .add(Property::utc("DTSTAMP", updated))
        .add(Property::utc("LAST-MODIFIED", updated))
        .add(Property::text("SUMMARY", title))
        .add_text("DESCRIPTION", text(task, "notes"));
    state(&mut builder, task);
    if let Some(due) = text(task, "due") {
        match due.get(..10).and_then(|day| day.parse::<Date>().ok()) {
            Some(day) => builder.add(Property::date("DUE", day)),
            None => builder.extend(Property::text("X-GOOGLE-TASK-DUE", due)),
        };
    }
    if let Some(parent) = text(task, "parent") {
        builder.add(Property::text("RELATED-TO", &self::uid(parent)).with("RELTYPE", "PARENT"));
    }
    if let Some(position) = text(task, "position") {
        match order(position) {
            Some(order) => builder.add(Property::raw("X-APPLE-SORT-ORDER", order.to_string())),
            None => builder.extend(Property::text("X-GOOGLE-TASK-POSITION", position)),
        };
    }
    links(&mut builder, task);
    if let Some(Value::Object(rest)) = beside(task, &KNOWN) {
        for (key, value) in rest {
            let name = format!("X-GOOGLE-TASK-{}", kebab(&key));
            builder.extend(Property::text(name, &plain(&value)));
        }
    }
    builder.end("VTODO").end("VCALENDAR");
    let (text, extended, lost) = builder.into_parts();
    Converted {
        text,
        uid,
        name: title.to_owned(),
        extended,
        lost,
    }
}

fn state(builder: &mut Builder, task: &Value) {
    let is_deleted = is_true(task, "deleted");
    match text(task, "status") {
        _ if is_deleted => {
            builder.add(Property::raw("STATUS", "CANCELLED"));
            builder.extend(Property::raw("X-GOOGLE-TASK-DELETED", "TRUE"));
        }
        Some("completed") => {
            builder.add(Property::raw("STATUS", "COMPLETED"));
            builder.add(Property::raw("PERCENT-COMPLETE", "100"));
        }
        Some("needsAction") | None => {
            builder.add(Property::raw("STATUS", "NEEDS-ACTION"));
        }
        Some(other) => {
            builder.add(Property::raw("STATUS", "NEEDS-ACTION"));
            builder.extend(Property::text("X-GOOGLE-TASK-STATUS", other));
        }
    }
    if let Some(completed) = instant(task, "completed") {
        builder.add(Property::utc("COMPLETED", completed));
    }
    if is_true(task, "hidden") {
        builder.extend(Property::raw("X-GOOGLE-TASK-HIDDEN", "TRUE"));
    }
}

/// The mail, the document or the page that a task is about.
fn links(builder: &mut Builder, task: &Value) {
    for link in list(task, "links") {
        let Some(address) = text(link, "link") else {
            if let Some(rest) = beside(link, &[]) {
                builder.extend(Property::text("X-GOOGLE-TASK-LINK", &plain(&rest)));
            }
            continue;
        };
        let attach = Property::uri("ATTACH", address)
            .with_some("FILENAME", text(link, "description"))
            .with_some("X-GOOGLE-LINK-TYPE", text(link, "type"));
        builder.add(attach);
    }
    if let Some(page) = text(task, "webViewLink") {
        builder.add(Property::uri("URL", page));
    }
    let Some(assignment) = task.get("assignmentInfo") else {
        return;
    };
    if let Some(address) = text(assignment, "linkToTask") {
        let kind = text(assignment, "surfaceType");
        builder.add(Property::uri("ATTACH", address).with_some("X-GOOGLE-LINK-TYPE", kind));
    }
    if let Some(rest) = beside(assignment, &["linkToTask", "surfaceType"]) {
        builder.extend(Property::text("X-GOOGLE-TASK-ASSIGNMENT", &plain(&rest)));
    }
}

/// Google's positions are digits with zeros before them and sort as texts; JavaScript counts up to 2^53.
fn order(position: &str) -> Option<u64> {
    let order: u64 = position.parse().ok()?;
    (order < 1 << 53).then_some(order)
}

fn instant(task: &Value, key: &str) -> Option<Timestamp> {
    text(task, key)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::pim::calendar::{Kind, info, prepare};

    fn lines(task: &Value) -> (Vec<String>, Converted) {
        let made = from_task(task);
        let prepared = prepare(&made.text).unwrap();
        assert_eq!(
            prepared.changes,
            [],
            "{}",
            String::from_utf8_lossy(&made.text)
        );
        let text = String::from_utf8(made.text.clone())
            .unwrap()
            .replace("\r\n ", "");
        (text.lines().map(str::to_owned).collect(), made)
    }

    #[test]
    fn a_task_keeps_all_that_it_says() {
        let (lines, made) = lines(&json!({
            "kind": "tasks#task", "id": "MTIz", "etag": "\"x\"", "selfLink": "https://x", "title": "Graines, semis",
            "notes": "Un\nDeux", "status": "completed", "due": "2024-03-01T00:00:00.000Z",
            "completed": "2024-02-28T10:00:00.000Z", "updated": "2024-02-28T10:00:01.000Z", "parent": "MTIy",
            "position": "00000000000000000007", "hidden": true, "webViewLink": "https://tasks.google.com/task/MTIz",
            "links": [{"type": "email", "description": "Re: graines", "link": "https://mail.google.com/mail/#all/1"}],
            "assignmentInfo": {"surfaceType": "DOCUMENT", "linkToTask": "https://docs.google.com/d/1", "driveResourceInfo": {"driveFileId": "1"}},
            "somethingNew": {"a": 1}
        }));
        for line in [
            "UID:MTIz@tasks.google.com",
            "DTSTAMP:20240228T100001Z",
            "SUMMARY:Graines\\, semis",
            "DESCRIPTION:Un\\nDeux",
            "STATUS:COMPLETED",
            "PERCENT-COMPLETE:100",
            "COMPLETED:20240228T100000Z",
            "DUE;VALUE=DATE:20240301",
            "RELATED-TO;RELTYPE=PARENT:MTIy@tasks.google.com",
            "X-APPLE-SORT-ORDER:7",
            "ATTACH;FILENAME=\"Re: graines\";X-GOOGLE-LINK-TYPE=email:https://mail.google.com/mail/#all/1",
            "URL:https://tasks.google.com/task/MTIz",
            "ATTACH;X-GOOGLE-LINK-TYPE=DOCUMENT:https://docs.google.com/d/1",
        ] {
            assert!(lines.iter().any(|known| known == line), "{line}: {lines:?}");
        }
        assert_eq!(
            made.extended,
            [
                "X-GOOGLE-TASK-ASSIGNMENT",
                "X-GOOGLE-TASK-HIDDEN",
                "X-GOOGLE-TASK-SOMETHING-NEW"
            ]
        );
        assert_eq!(made.lost, 0);
    }

    #[test]
    fn a_task_that_says_little_is_one_all_the_same() {
        for task in [
            json!({}),
            json!({"id": "1", "title": ""}),
            json!({"id": "1", "status": "odd", "due": "soon", "position": "last", "deleted": true, "links": [{"type": "x"}]}),
        ] {
            let (_, made) = lines(&task);
            assert_eq!(info(&made.text).kind, Some(Kind::Task));
        }
    }
}
