use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use serde_json::{Value, json};

use super::super::super::content::mix;
use super::super::super::world::sentence;
use super::super::{Folder, Thing};
use super::{id, millis};

/// To Do knows days: what it gives is midnight.
fn day(day: Date) -> Value {
    json!({"dateTime": format!("{day}T00:00:00.0000000"), "timeZone": "UTC"})
}

fn task(seed: u64, kind: &str, number: u64, title: &str) -> Thing {
    let value = json!({
        "importance": "normal", "isReminderOn": false, "status": "notStarted", "title": title,
        "createdDateTime": "2025-09-01T08:00:00.1234567Z", "hasAttachments": false, "categories": [],
        "body": {"content": "", "contentType": "text"},
        "checklistItems": [], "linkedResources": [], "attachments": [],
    });
    let modified = millis("2025-09-02T08:00:00Z") + i64::try_from(number).unwrap_or(0) * 1_000;
    Thing::new(id(seed, kind, number), value, modified)
}

fn list(seed: u64, number: u64, name: &str, known: &str) -> Folder {
    let value = json!({"displayName": name, "isOwner": true, "isShared": false, "wellknownListName": known});
    Folder::new(id(seed, "list", number), value)
}

pub(super) fn all(seed: u64, tasks: u64) -> Vec<Folder> {
    let mut own = list(seed, 0, "Tâches", "defaultList");
    own.things = traps(seed);
    own.things
        .extend((0..tasks).map(|number| plain(seed, number)));
    let mut party = list(seed, 1, "Fête d'été", "none");
    party.things = vec![
        task(seed, "party", 0, "Réserver la salle"),
        task(seed, "party", 1, "Louer les tables"),
    ];
    let flagged = list(seed, 2, "E-mails avec indicateur", "flaggedEmails");
    let mut theirs = list(seed, 3, "Courses de Yann", "none");
    if let Some(fields) = theirs.value.as_object_mut() {
        fields.insert("isOwner".into(), false.into());
        fields.insert("isShared".into(), true.into());
    }
    theirs.things = vec![task(seed, "theirs", 0, "Farine")];
    vec![own, party, flagged, theirs]
}

fn traps(seed: u64) -> Vec<Thing> {
    let key = |number, title| task(seed, "task", number, title);
    let mut call = key(0, "Appeler la mairie");
    call.set("dueDateTime", day(date(2026, 4, 10)));
    call.set("importance", "high");
    call.set(
        "body",
        json!({"content": "Salle des fêtes ; demander la sono", "contentType": "text"}),
    );
    call.set("isReminderOn", true);
    call.set(
        "reminderDateTime",
        json!({"dateTime": "2026-04-09T07:00:00.0000000", "timeZone": "UTC"}),
    );
    call.set("checklistItems", json!([
        {"id": "5f1a-1", "displayName": "Trouver le numéro", "createdDateTime": "2025-09-01T08:00:00Z",
            "isChecked": true, "checkedDateTime": "2025-09-03T08:00:00Z"},
        {"id": "5f1a-2", "displayName": "Noter la réponse", "createdDateTime": "2025-09-01T08:01:00Z", "isChecked": false},
    ]));
    call.set(
        "linkedResources",
        json!([{"id": "l1", "webUrl": "https://mairie.example/salles",
        "applicationName": "Navigateur", "displayName": "Salles", "externalId": "42"}]),
    );
    let mut again = key(1, "Relever le compteur");
    again.set("dueDateTime", day(date(2026, 1, 31)));
    again.set("recurrence", json!({
        "pattern": {"type": "absoluteMonthly", "interval": 1, "month": 0, "dayOfMonth": 31, "daysOfWeek": [],
            "firstDayOfWeek": "sunday", "index": "first"},
        "range": {"type": "noEnd", "startDate": "2026-01-31", "endDate": "0001-01-01",
            "recurrenceTimeZone": "UTC", "numberOfOccurrences": 0}}));
    let mut done = key(2, "Payer l'assurance");
    done.set("status", "completed");
    done.set("completedDateTime", day(date(2025, 10, 1)));
    let mut attached = key(3, "Relire le contrat");
    attached.set("hasAttachments", true);
    attached.set("status", "waitingOnOthers");
    attached.set("attachments", json!([{"@odata.type": "#microsoft.graph.taskFileAttachment", "id": "AQ-1",
        "name": "contrat.txt", "contentType": "text/plain", "size": 7, "lastModifiedDateTime": "2025-09-02T08:00:00Z",
        "contentBytes": "Y29udHJhdA=="}]));
    vec![call, again, done, attached]
}

fn plain(seed: u64, number: u64) -> Thing {
    let random = mix(seed ^ 0x70d0, number);
    let mut thing = task(
        seed,
        "plain-task",
        number,
        &format!("{} ({})", sentence(random), number + 1),
    );
    if random.is_multiple_of(2) {
        let after = i64::try_from(random % 300).unwrap_or(0);
        thing.set(
            "dueDateTime",
            day(date(2026, 1, 1).saturating_add(after.days())),
        );
    }
    if random.is_multiple_of(4) {
        let step = |place: u64| {
            json!({"id": format!("{number:x}-{place}"), "displayName": format!("Étape {}", place + 1),
                "createdDateTime": "2025-09-01T08:00:00Z", "isChecked": false})
        };
        thing.set(
            "checklistItems",
            Value::Array((0..1 + random % 3).map(step).collect()),
        );
    }
    thing
}
