use serde_json::{Value, json};

use super::super::tests::Asking;
use super::super::{Config, Service};
use super::*;

mod calendars;
mod dav;
mod persons;
mod tasks;

/// A server with seeded things, too.
async fn asking(events: u64, contacts: u64) -> Asking {
    let amounts = Amounts {
        events,
        contacts,
        tasks: 30,
    };
    Asking::of(Config {
        amounts,
        ..Config::new(1, 0)
    })
    .await
}

/// All items of a list, with what came on its last page.
async fn all(
    asking: &Asking,
    path: &str,
    query: &[(&str, &str)],
    name: &str,
) -> (Vec<Value>, Value) {
    let mut items = Vec::new();
    let mut token = String::new();
    loop {
        let mut query = query.to_vec();
        if !token.is_empty() {
            query.push(("pageToken", &token));
        }
        let page = asking.ok(path, &query).await;
        items.extend(page[name].as_array().cloned().unwrap_or_default());
        match page["nextPageToken"].as_str() {
            Some(next) => token = next.to_owned(),
            None => return (items, page),
        }
    }
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

#[tokio::test]
async fn each_service_wants_its_own_scope_and_its_own_switch() {
    let asking = asking(0, 0).await;
    let control = asking.server.control();
    for (service, path, reads) in [
        (
            Service::Calendar,
            "calendar/v3/users/me/calendarList",
            "calendar",
        ),
        (
            Service::People,
            "v1/people/me/connections?personFields=names",
            "contacts",
        ),
        (
            Service::People,
            "v1/otherContacts?readMask=names",
            "contacts.other",
        ),
        (Service::Tasks, "tasks/v1/users/@me/lists", "tasks"),
    ] {
        control.set_service_enabled(service, false);
        let (status, answer) = asking.get(path, &[]).await;
        let error = &answer["error"];
        assert_eq!(
            (status, text(error, "status")),
            (403, "PERMISSION_DENIED"),
            "{path}"
        );
        assert_eq!(error["details"][0]["reason"], "SERVICE_DISABLED");
        assert_eq!(error["details"][0]["metadata"]["service"], service.host());
        assert!(text(error, "message").contains("has not been used in project"));
        control.set_service_enabled(service, true);
        let scope = format!("https://www.googleapis.com/auth/{reads}.readonly");
        control.set_scopes(&["https://www.googleapis.com/auth/drive.readonly"]);
        let (status, answer) = asking.get(path, &[]).await;
        let error = &answer["error"];
        assert_eq!(status, 403);
        assert_eq!(
            error["details"][0]["reason"],
            "ACCESS_TOKEN_SCOPE_INSUFFICIENT"
        );
        control.set_scopes(&[&scope]);
        asking.ok(path, &[]).await;
    }
    let path = "v1/people/me/connections?personFields=names";
    let bare = asking.client.get(asking.url(path)).send().await.unwrap();
    assert_eq!(bare.status(), 401);
    let answer: Value = bare.json().await.unwrap();
    assert_eq!(
        answer["error"]["details"][0]["reason"],
        "CREDENTIALS_MISSING"
    );
    assert_eq!(
        answer["error"]["errors"],
        Value::Null,
        "newer APIs have none"
    );
}

#[tokio::test]
async fn nothing_can_be_written() {
    let asking = asking(0, 0).await;
    for path in [
        "calendar/v3/calendars/primary/events",
        "tasks/v1/users/@me/lists",
        "v1/contactGroups",
    ] {
        let request = asking
            .client
            .post(asking.url(path))
            .bearer_auth(&asking.token);
        let answer = request.json(&json!({})).send().await.unwrap();
        assert_eq!(answer.status(), 403, "{path}");
    }
    assert_eq!(asking.server.control().requests()["write"], 3);
}
