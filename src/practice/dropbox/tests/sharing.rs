use super::*;

#[tokio::test]
async fn shared_folders_are_listed_mounted_or_not() {
    let asking = Asking::with(0).await;
    let mut page = asking
        .ok("sharing/list_folders", &json!({"limit": 1000}))
        .await;
    let mut all = Vec::new();
    loop {
        all.extend(page["entries"].as_array().unwrap().iter().cloned());
        let Some(cursor) = page["cursor"].as_str() else {
            break;
        };
        let cursor = json!({"cursor": cursor});
        page = asking.ok("sharing/list_folders/continue", &cursor).await;
    }
    let found = |id: &str| {
        all.iter()
            .find(|one| one["shared_folder_id"] == id)
            .unwrap()
    };
    assert_eq!(all.len(), 5);
    assert_eq!(found("84528192421")["path_lower"], "/commission légumes");
    assert!(found("84528192499").get("path_lower").is_none());
    assert_eq!(found("777001")["is_team_folder"], true);
    assert_eq!(found("84528192422")["access_type"][".tag"], "viewer");
    let members = asking
        .ok(
            "sharing/list_folder_members",
            &json!({"shared_folder_id": "84528192421"}),
        )
        .await;
    assert_eq!(members["users"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn received_files_are_read_by_their_links() {
    let asking = Asking::with(0).await;
    let first = asking
        .ok("sharing/list_received_files", &json!({"limit": 100}))
        .await;
    let cursor = json!({"cursor": first["cursor"]});
    let rest = asking
        .ok("sharing/list_received_files/continue", &cursor)
        .await;
    assert!(rest.get("cursor").is_none());
    let devis = &first["entries"][0];
    assert!(devis.get("path_lower").is_none());
    assert!(first["entries"][1].get("path_lower").is_some());
    let link = json!({"url": devis["preview_url"]});
    let metadata = asking.ok("sharing/get_shared_link_metadata", &link).await;
    let answer = asking.content("sharing/get_shared_link_file", &link);
    let answer = answer.send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(
        Some(answer.bytes().await.unwrap().len() as u64),
        metadata["size"].as_u64()
    );
    let gone = json!({"url": rest["entries"][0]["preview_url"]});
    let refused = asking
        .refused("sharing/get_shared_link_metadata", &gone)
        .await;
    assert_eq!(refused, (409, "shared_link_access_denied".into()));
}
