//! What Graph's documentation and people's reports say of mailboxes, of the practice one.

use std::time::Duration;

use futures::future::join_all;
use serde_json::json;

use super::*;
use crate::practice::outlook::Part;

impl Asking {
    /// The id of the thing that is called so.
    fn thing(&self, part: Part, name: &str) -> String {
        let found = |mailbox: &crate::practice::outlook::Mailbox| {
            mailbox.named(part, name).map(|(_, thing)| thing.id.clone())
        };
        self.control().mailbox(found).unwrap()
    }

    fn folder(&self, part: Part, name: &str) -> String {
        let found = |mailbox: &crate::practice::outlook::Mailbox| {
            mailbox.folder(part, name).map(|folder| folder.id.clone())
        };
        self.control().mailbox(found).unwrap()
    }

    async fn preferring(&self, path: &str, prefer: &str) -> (Option<String>, Value) {
        let url = self.url(&format!("v1.0/{path}"));
        let request = self.client.get(url).bearer_auth(&self.token);
        let answer = request.header("Prefer", prefer).send().await.unwrap();
        let applied = answer.headers().get("preference-applied");
        let applied = applied.map(|value| value.to_str().unwrap().to_owned());
        (applied, answer.json().await.unwrap())
    }
}

#[tokio::test]
async fn what_a_series_leaves_out_is_told_only_by_itself_and_by_name() {
    let asking = Asking::with(Account::Work, 80).await;
    let calendar = asking.folder(Part::Calendars, "Récurrences");
    let (rows, _) = asking
        .list(&format!("me/calendars/{calendar}/events"))
        .await;
    assert!(rows.len() > 40);
    for row in &rows {
        assert_eq!(row["type"], "seriesMaster");
        assert!(row.get("cancelledOccurrences").is_none());
    }
    let id = asking.thing(Part::Calendars, "Série n° 2");
    let (_, plain) = asking.get(&format!("me/events/{id}")).await;
    assert!(plain.get("exceptionOccurrences").is_none());
    assert!(plain.get("cancelledOccurrences").is_none());
    let path = format!(
        "me/events/{id}?$select=cancelledOccurrences,exceptionOccurrences,subject&$expand=exceptionOccurrences"
    );
    let (_, whole) = asking.get(&path).await;
    assert_eq!(whole["exceptionOccurrences"][0]["type"], "exception");
    let cancelled = whole["cancelledOccurrences"][0].as_str().unwrap();
    assert!(
        cancelled.starts_with("OID.") && whole.get("body").is_none(),
        "{whole}"
    );
    // The day that it names is not among the instances, and the exception is.
    let (rows, _) = asking
        .list(&format!("me/events/{id}/instances?startDateTime=2024-01-01T00:00:00Z&endDateTime=2025-01-01T00:00:00Z&$top=100"))
        .await;
    let starts: Vec<&str> = rows
        .iter()
        .map(|row| row["start"]["dateTime"].as_str().unwrap())
        .collect();
    let day = &cancelled[cancelled.len() - 10..];
    assert!(starts.len() > 50 && !starts.iter().any(|start| start.starts_with(day)));
    assert!(rows.iter().any(|row| row["type"] == "exception"));
}

#[tokio::test]
async fn answers_are_written_as_they_are_preferred() {
    let asking = Asking::with(Account::Work, 0).await;
    let id = asking.thing(Part::Calendars, "Conseil d'administration");
    let path = format!("me/events/{id}?$select=start,body");
    let (applied, event) = asking.preferring(&path, "respond-async").await;
    assert_eq!(applied, None);
    assert_eq!(
        event["start"],
        json!({"dateTime": "2026-04-02T16:00:00.0000000", "timeZone": "UTC"})
    );
    assert_eq!(event["body"]["contentType"], "html");
    assert_ne!(event["id"], json!(id));
    let prefer = "IdType=\"ImmutableId\", outlook.timezone=\"Romance Standard Time\", outlook.body-content-type=\"text\"";
    let (applied, event) = asking.preferring(&path, prefer).await;
    assert!(applied.unwrap().contains("Romance Standard Time"));
    assert_eq!(event["start"]["dateTime"], "2026-04-02T18:00:00.0000000");
    assert_eq!(
        event["body"]["content"],
        "Ordre du jour & budget : à relire"
    );
    assert_eq!(event["id"], json!(id));
    // Ten to the page unless more are asked for.
    let (_, page) = asking.get("me/events?$top=3").await;
    assert_eq!(page["value"].as_array().unwrap().len(), 3);
    assert!(
        page["@odata.nextLink"]
            .as_str()
            .unwrap()
            .contains("%24skip=3")
    );
    let (status, _) = asking.get("me/events?$top=5000").await;
    assert_eq!(status, 400);
}

#[tokio::test]
async fn lists_of_changes_name_what_is_gone_and_end() {
    let asking = Asking::with(Account::Work, 160).await;
    let (_, folder) = asking
        .get("me/contacts?$top=1&$select=parentFolderId")
        .await;
    let folder = folder["value"][0]["parentFolderId"].as_str().unwrap();
    // Not listed with the others.
    let (folders, _) = asking.list("me/contactFolders").await;
    assert!(folders.iter().all(|known| known["id"] != folder));
    let first = format!("me/contactFolders/{folder}/contacts/delta?$select=displayName");
    let (rows, link) = asking.list(&first).await;
    assert_eq!(rows.len(), 23);
    let id = asking.thing(Part::Contacts, "Yann Le Goff");
    asking.control().change_mailbox(|mailbox, now| {
        assert!(mailbox.delete(&id, now));
    });
    let (rows, link) = asking.since(&link).await;
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["@removed"]["reason"], "deleted");
    assert_eq!(asking.since(&link).await.0.len(), 0);
    asking
        .control()
        .change_mailbox(|mailbox, _| mailbox.forget_changes());
    let answer = asking.send(link.parse().unwrap()).await;
    assert_eq!(answer.status(), StatusCode::GONE);
    let answer: Value = answer.json().await.unwrap();
    assert_eq!(answer["error"]["code"], "SyncStateNotFound");
}

#[tokio::test]
async fn four_requests_at_a_time_and_no_more() {
    let config = Config {
        latency: Duration::from_millis(200),
        ..Config::new(Account::Work, 1, 0)
    };
    let asking = Asking::of(config).await;
    let url = asking.url("v1.0/me/calendars");
    let answers = join_all((0..6).map(|_| asking.send(url.clone()))).await;
    let (through, stopped): (Vec<_>, Vec<_>) = answers
        .into_iter()
        .partition(|answer| answer.status() == StatusCode::OK);
    assert_eq!((through.len(), stopped.len()), (4, 2));
    for answer in stopped {
        assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(answer.headers()["retry-after"], "0.512");
    }
    assert_eq!(asking.control().requests()["too many at once"], 2);
    // The rest of Graph does not count.
    let url = asking.url("v1.0/me");
    let answers = join_all((0..6).map(|_| asking.send(url.clone()))).await;
    assert!(
        answers
            .iter()
            .all(|answer| answer.status() == StatusCode::OK)
    );
}

#[tokio::test]
async fn lists_attachments_and_pictures_have_their_oddities() {
    let asking = Asking::with(Account::Work, 0).await;
    asking.control().change_mailbox(|mailbox, _| {
        let list = mailbox.lists[1].clone();
        for number in 0..120 {
            let mut list = list.clone();
            list.id = format!("AAkA-list-{number}");
            mailbox.lists.push(list);
        }
    });
    let (_, lists) = asking.get("me/todo/lists").await;
    assert_eq!(lists["value"].as_array().unwrap().len(), 100);
    assert!(lists.get("@odata.nextLink").is_none());
    assert_eq!(asking.list("me/todo/lists/delta").await.0.len(), 124);

    let list = asking.folder(Part::Todo, "Tâches");
    let (rows, _) = asking.list(&format!("me/todo/lists/{list}/tasks")).await;
    assert!(rows.iter().all(|row| row.get("checklistItems").is_none()));
    let path = format!("me/todo/lists/{list}/tasks?$expand=checklistItems");
    let (rows, _) = asking.list(&path).await;
    assert_eq!(rows[0]["checklistItems"].as_array().unwrap().len(), 2);
    let task = asking.thing(Part::Todo, "Relire le contrat");
    let path = format!("me/todo/lists/{list}/tasks/{task}/attachments");
    let (_, listed) = asking.get(&path).await;
    assert!(listed["value"][0].get("contentBytes").is_none());
    let (_, one) = asking.get(&format!("{path}/AQ-1")).await;
    assert_eq!(one["contentBytes"], "Y29udHJhdA==");

    let id = asking.thing(Part::Contacts, "Noémie Lefèvre");
    let url = asking.url(&format!("v1.0/me/contacts/{id}/photo/$value"));
    let picture = asking.send(url).await.bytes().await.unwrap();
    assert!(picture.starts_with(b"\x89PNG"));
    let none = asking.folder(Part::Contacts, "Anciens");
    let (_, empty) = asking
        .get(&format!("me/contactFolders/{none}/contacts"))
        .await;
    assert_eq!(empty["value"], json!([]));
    let (status, error) = asking.get("me/events/AAkA-nonsense").await;
    assert_eq!(
        (status, error["error"]["code"].as_str()),
        (404, Some("ErrorItemNotFound"))
    );
    asking.control().set_scopes(&["User.Read", "Contacts.Read"]);
    assert_eq!(asking.get("me/calendars").await.0, 403);
    assert_eq!(asking.get("me/contactFolders").await.0, 200);
}
