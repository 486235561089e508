//! VTODOs of To Do's tasks, and of the steps in them.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use serde_json::Value;

use super::super::build::{Builder, Property};
use super::super::calendar::{self, PRODUCT, derived};
use super::super::change::{Broken, Converted};
use super::super::json::{beside, is_true, list, plain, text};
use super::attach::attachments;
use super::rule::Rule;
use super::{Zone, alarm, body, categories, importance, instant, instant_of, local_time, rest};

/// What becomes of a task is made of these; the rest is kept as X- properties.
const KNOWN: [&str; 20] = [
    "id",
    "title",
    "body",
    "bodyLastModifiedDateTime",
    "status",
    "importance",
    "categories",
    "createdDateTime",
    "lastModifiedDateTime",
    "startDateTime",
    "dueDateTime",
    "completedDateTime",
    "isReminderOn",
    "reminderDateTime",
    "recurrence",
    "checklistItems",
    "linkedResources",
    "hasAttachments",
    "attachments",
    "attachmentSessions",
];

/// The UID that the task of this id has. To Do's ids differ by case alone, which some databases do not see.
pub fn task_uid(task_id: &str) -> String {
    derived(format!("todo/{task_id}").as_bytes())
}

/// The UID that a step of a task has.
pub fn step_uid(task_id: &str, step_id: &str) -> String {
    derived(format!("todo/{task_id}/{step_id}").as_bytes())
}

/// Makes a VTODO of a task. Its steps are objects of their own, see [`from_step`].
///
/// # Errors
/// [`super::super::Defect::Rule`] for a pattern that is none of Graph's.
pub fn from_task(task: &Value) -> Result<Converted, Broken> {
    let uid = match text(task, "id") {
        Some(id) => task_uid(id),
        None => derived(task.to_string().as_bytes()),
    };
    let title = text(task, "title").unwrap_or_default();
    let mut builder = Builder::new();
    begin(&mut builder, task, &uid, title);
    body(&mut builder, task);
    times(&mut builder, task)?;
    status(&mut builder, task);
    importance(&mut builder, task);
    categories(&mut builder, task);
    links(&mut builder, task);
    attachments(&mut builder, task);
    rest(&mut builder, task, &KNOWN, "X-MICROSOFT-TODO-");
    if is_true(task, "isReminderOn")
        && let Some(at) = task.get("reminderDateTime").and_then(instant_of)
    {
        let trigger = Property::utc("TRIGGER", at).with("VALUE", "DATE-TIME");
        alarm(&mut builder, title, trigger);
    }
    finish(builder, uid, title)
}

/// Makes a VTODO of a step (`checklistItem`) of a task: a task below it. `place` counts the steps from 0.
///
/// # Errors
/// None that a step can cause.
pub fn from_step(task: &Value, step: &Value, place: usize) -> Result<Converted, Broken> {
    let task_id = text(task, "id").unwrap_or_default();
    let uid = match text(step, "id") {
        Some(id) => step_uid(task_id, id),
        None => derived(format!("{task_id}{step}").as_bytes()),
    };
    let title = text(step, "displayName").unwrap_or_default();
    let mut builder = Builder::new();
    begin(&mut builder, step, &uid, title);
    let parent = task_uid(task_id);
    builder.add(Property::text("RELATED-TO", &parent).with("RELTYPE", "PARENT"));
    if is_true(step, "isChecked") {
        done(&mut builder, instant(step, "checkedDateTime"));
    } else {
        builder.add(Property::raw("STATUS", "NEEDS-ACTION"));
    }
    builder.add(Property::raw("X-APPLE-SORT-ORDER", place.to_string()));
    let known = [
        "id",
        "displayName",
        "createdDateTime",
        "isChecked",
        "checkedDateTime",
    ];
    rest(&mut builder, step, &known, "X-MICROSOFT-TODO-");
    finish(builder, uid, title)
}

fn begin(builder: &mut Builder, owner: &Value, uid: &str, title: &str) {
    let created = instant(owner, "createdDateTime");
    let modified = instant(owner, "lastModifiedDateTime").or(created);
    let stamp = modified.unwrap_or_default();
    builder
        .begin("VCALENDAR")
        .add(Property::raw("VERSION", "2.0"))
        .add(Property::raw("PRODID", PRODUCT))
        .begin("VTODO")
        .add(Property::text("UID", uid))
        .add(Property::utc("DTSTAMP", stamp))
        .add(Property::utc("LAST-MODIFIED", stamp));
    if let Some(created) = created {
        builder.add(Property::utc("CREATED", created));
    }
    builder.add(Property::text("SUMMARY", title));
}

fn finish(mut builder: Builder, uid: String, title: &str) -> Result<Converted, Broken> {
    builder.end("VTODO").end("VCALENDAR");
    let (object, extended, lost) = builder.into_parts();
    Ok(Converted {
        text: calendar::defined(&object, calendar::Kind::Task)?,
        uid,
        name: title.to_owned(),
        extended,
        lost,
    })
}

/// To Do knows days; the time beside them is midnight somewhere.
enum When {
    Day(Date),
    Time(Timestamp, Option<Zone>),
}

impl When {
    fn read(value: &Value) -> Option<Self> {
        let (local, zone) = local_time(value)?;
        if local.time() == Time::midnight() {
            return Some(Self::Day(local.date()));
        }
        Some(Self::Time(instant_of(value)?, zone))
    }

    fn property(&self, name: &str) -> Property {
        match self {
            Self::Day(day) => Property::date(name, *day),
            Self::Time(instant, Some(zone)) => zone.property(name, *instant),
            Self::Time(instant, None) => Property::utc(name, *instant),
        }
    }
}

fn times(builder: &mut Builder, task: &Value) -> Result<(), Broken> {
    let when = |key: &str| task.get(key).and_then(When::read);
    let (start, due) = (when("startDateTime"), when("dueDateTime"));
    let rule = task.get("recurrence").filter(|rule| rule.is_object());
    let Some(rule) = rule.map(Rule::read).transpose()? else {
        for (name, when) in [("DTSTART", &start), ("DUE", &due)] {
            if let Some(when) = when {
                builder.add(when.property(name));
            }
        }
        return Ok(());
    };
    // RFC 5545 counts a series from its start, To Do from the day on which the task is due.
    let anchor = due.as_ref().or(start.as_ref());
    let range = task.get("recurrence").and_then(|rule| rule.get("range"));
    let Some(anchor) = anchor else {
        builder.lose();
        builder.extend(Property::text(
            "X-MICROSOFT-TODO-RECURRENCE",
            &plain(task.get("recurrence").unwrap_or(&Value::Null)),
        ));
        return Ok(());
    };
    builder.add(anchor.property("DTSTART"));
    if let Some(due) = &due {
        builder.add(due.property("DUE"));
        if start.is_some() {
            let start = task.get("startDateTime").unwrap_or(&Value::Null);
            builder.extend(Property::text("X-MICROSOFT-TODO-START", &plain(start)));
        }
    }
    let zone = range
        .and_then(|range| text(range, "recurrenceTimeZone"))
        .and_then(Zone::named)
        .or_else(|| Zone::named("UTC"));
    let until = match anchor {
        When::Day(_) => None,
        When::Time(..) => zone.as_ref(),
    };
    builder.add(Property::raw("RRULE", rule.text(until)));
    Ok(())
}

fn done(builder: &mut Builder, at: Option<Timestamp>) {
    builder
        .add(Property::raw("STATUS", "COMPLETED"))
        .add(Property::raw("PERCENT-COMPLETE", "100"));
    if let Some(at) = at {
        builder.add(Property::utc("COMPLETED", at));
    }
}

fn status(builder: &mut Builder, task: &Value) {
    match text(task, "status") {
        Some("completed") => {
            done(builder, task.get("completedDateTime").and_then(instant_of));
        }
        Some("inProgress") => {
            builder.add(Property::raw("STATUS", "IN-PROCESS"));
        }
        None | Some("notStarted") => {
            builder.add(Property::raw("STATUS", "NEEDS-ACTION"));
        }
        Some(other) => {
            builder.add(Property::raw("STATUS", "NEEDS-ACTION"));
            builder.extend(Property::text("X-MICROSOFT-TODO-STATUS", other));
        }
    }
}

/// The mail or the page that a task is about.
fn links(builder: &mut Builder, task: &Value) {
    let mut is_first = true;
    for link in list(task, "linkedResources") {
        let Some(address) = text(link, "webUrl") else {
            if let Some(rest) = beside(link, &["id"]) {
                builder.extend(Property::text("X-MICROSOFT-TODO-LINK", &plain(&rest)));
            }
            continue;
        };
        if std::mem::take(&mut is_first) {
            builder.add(Property::uri("URL", address));
        }
        builder.add(
            Property::uri("ATTACH", address)
                .with_some("FILENAME", text(link, "displayName"))
                .with_some("X-APPLICATION", text(link, "applicationName"))
                .with_some("X-EXTERNAL-ID", text(link, "externalId")),
        );
    }
}
