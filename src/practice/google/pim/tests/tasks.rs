use super::*;

const LISTS: &str = "tasks/v1/users/@me/lists";

#[tokio::test]
async fn only_what_is_asked_for_is_shown() {
    let asking = asking(0, 0).await;
    let lists = asking.ok(LISTS, &[]).await;
    assert_eq!(lists["kind"], "tasks#taskLists");
    assert_eq!(lists["items"].as_array().unwrap().len(), 4);
    let first = &lists["items"][0];
    let path = format!("tasks/v1/lists/{}/tasks", text(first, "id"));
    let shown = asking.ok(&path, &[]).await["items"]
        .as_array()
        .unwrap()
        .len();
    let everything = [
        ("showHidden", "true"),
        ("showAssigned", "true"),
        ("showDeleted", "true"),
        ("maxResults", "100"),
    ];
    let (tasks, _) = all(&asking, &path, &everything, "items").await;
    // Two hidden, one deleted, one assigned.
    assert_eq!(tasks.len(), shown + 4);
    let open = asking.ok(&path, &[("showCompleted", "false")]).await;
    assert!(
        open["items"]
            .as_array()
            .unwrap()
            .iter()
            .all(|task| task["status"] == "needsAction")
    );
    let default = asking.ok("tasks/v1/lists/@default/tasks", &[]).await;
    assert_eq!(default["items"].as_array().unwrap().len(), shown);
    let meeting = tasks
        .iter()
        .find(|task| text(task, "title") == "Préparer l'assemblée générale")
        .unwrap();
    assert_eq!(meeting["due"], "2027-03-20T00:00:00.000Z");
    let below: Vec<&Value> = tasks
        .iter()
        .filter(|task| task["parent"] == meeting["id"])
        .collect();
    assert_eq!(below.len(), 3);
    let one = asking
        .ok(&format!("{path}/{}", text(meeting, "id")), &[])
        .await;
    assert_eq!(one["notes"], meeting["notes"]);
    let (status, _) = asking.get("tasks/v1/lists/nonsense/tasks", &[]).await;
    assert_eq!(status, 404);
}

#[tokio::test]
async fn pages_hold_every_task_once() {
    let asking = asking(0, 0).await;
    let lists = asking.ok(LISTS, &[]).await;
    let path = format!("tasks/v1/lists/{}/tasks", text(&lists["items"][3], "id"));
    let query = [("showHidden", "true"), ("showAssigned", "true")];
    let (few, _) = all(&asking, &path, &query, "items").await;
    let mut more = query.to_vec();
    more.push(("maxResults", "7"));
    let (many, _) = all(&asking, &path, &more, "items").await;
    assert_eq!((few.len(), &few), (30, &many));
    let page = asking.ok(&path, &query).await;
    assert_eq!(page["items"].as_array().unwrap().len(), 20);
}
