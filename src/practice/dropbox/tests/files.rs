use super::*;

#[tokio::test]
async fn lists_everything_by_cursor_with_an_empty_page_on_the_way() {
    let asking = Asking::with(300).await;
    let arg = json!({"path": "", "recursive": true, "limit": 50});
    let first = asking.ok("files/list_folder", &arg).await;
    let cursor = json!({"cursor": first["cursor"]});
    let second = asking.ok("files/list_folder/continue", &cursor).await;
    assert_eq!(second["entries"], json!([]));
    assert_eq!(second["has_more"], true);
    let (entries, _) = asking.list(&arg).await;
    assert!(entries.len() > 370, "{}", entries.len());
    let (same, cursor) = asking.list(&whole()).await;
    assert_eq!(entries, same);
    assert!(asking.changes(&cursor).await.0.is_empty());
}

#[tokio::test]
async fn describes_files_and_folders() {
    let asking = Asking::with(0).await;
    let plain = asking
        .ok("files/get_metadata", &json!({"path": asking.id("plain")}))
        .await;
    assert_eq!(plain[".tag"], "file");
    assert_eq!(plain["path_lower"], "/vieux fichiers/ordinaire.txt");
    assert_eq!(plain["is_downloadable"], true);
    assert_eq!(text(&plain, "content_hash").len(), 64);
    assert!(text(&plain, "client_modified") < text(&plain, "server_modified"));
    let by = |path: String| json!({"path": path});
    let rev = by(format!("rev:{}", text(&plain, "rev")));
    assert_eq!(asking.ok("files/get_metadata", &rev).await, plain);
    let path = by("//vieux FICHIERS//Ordinaire.txt".into());
    assert_eq!(asking.ok("files/get_metadata", &path).await, plain);
    let namespace = by("ns:3235641/Vieux fichiers/ordinaire.txt".into());
    assert_eq!(asking.ok("files/get_metadata", &namespace).await, plain);

    let folder = asking
        .ok(
            "files/get_metadata",
            &json!({"path": "/Commission Légumes"}),
        )
        .await;
    assert_eq!(folder["sharing_info"]["shared_folder_id"], "84528192421");
    let inner = asking
        .ok(
            "files/get_metadata",
            &json!({"path": "/commission légumes/semis/mars.txt"}),
        )
        .await;
    assert_eq!(
        inner["sharing_info"]["parent_shared_folder_id"],
        "84528192421"
    );
}

#[tokio::test]
async fn errors_are_told_as_dropbox_tells_them() {
    let asking = Asking::with(0).await;
    let list = |path: &str| json!({"path": path});
    for (route, arg, expected) in [
        ("files/get_metadata", list("/nope"), "path/not_found"),
        ("files/list_folder", list("/nope"), "path/not_found"),
        (
            "files/list_folder",
            list("/Vieux fichiers/ordinaire.txt"),
            "path/not_folder",
        ),
        (
            "files/get_metadata",
            list("rev:0123456789"),
            "path/not_found",
        ),
    ] {
        assert_eq!(asking.refused(route, &arg).await, (409, expected.into()));
    }
    for (route, arg, words) in [
        (
            "files/list_folder",
            list("/"),
            "Specify the root folder as an empty string",
        ),
        (
            "files/get_metadata",
            list(""),
            "The root folder is unsupported",
        ),
        (
            "files/list_folder",
            json!({"path": "", "limit": 2001}),
            "out of range",
        ),
        (
            "files/list_folder",
            json!({"path": "", "no": 1}),
            "unknown field",
        ),
        ("files/list_folder", json!({}), "missing required field"),
        (
            "files/list_folder/continue",
            json!({"cursor": "AAEx"}),
            "Invalid \"cursor\"",
        ),
        ("files/nonsense", json!({}), "Unknown API function"),
    ] {
        let (status, answer) = asking.rpc(route, &arg).await;
        assert_eq!(status, 400, "{route}");
        assert!(answer.as_str().unwrap().contains(words), "{answer}");
    }
}

#[tokio::test]
async fn a_path_root_is_another_top() {
    let asking = Asking::with(0).await;
    let list = async |header: Value| {
        let body = json!({"path": ""}).to_string();
        let request = asking.request("files/list_folder", body);
        asking
            .send(request.header("Dropbox-API-Path-Root", header.to_string()))
            .await
    };
    let names = |answer: &Value| -> Vec<String> {
        let entries = answer["entries"].as_array().unwrap();
        entries
            .iter()
            .map(|entry| text(entry, "name").to_owned())
            .collect()
    };
    let account = asking.ok("users/get_current_account", &Value::Null).await;
    let root = &account["root_info"];
    assert_eq!(root[".tag"], "team");
    let (status, team) = list(json!({".tag": "root", "root": root["root_namespace_id"]})).await;
    assert_eq!(status, 200, "{team}");
    let found = names(&team);
    for name in ["Terres communes", "Camille Béranger", "Charte.pdf"] {
        assert!(found.contains(&name.to_owned()), "{found:?}");
    }
    let (_, folder) = list(json!({".tag": "namespace_id", "namespace_id": "777001"})).await;
    assert_eq!(names(&folder), ["Plan.pdf", "Archives"]);
    assert_eq!(folder["entries"][0]["path_lower"], "/plan.pdf");
    let (_, home) = list(json!({".tag": "home"})).await;
    assert!(names(&home).contains(&"Vieux fichiers".to_owned()));

    let (status, refused) = list(json!({".tag": "root", "root": "1"})).await;
    assert_eq!(
        (status, tags(&refused).as_str()),
        (422, "invalid_root/team")
    );
    assert_eq!(refused["error"]["invalid_root"], *root);
    let (status, refused) = list(json!({".tag": "namespace_id", "namespace_id": "1"})).await;
    assert_eq!((status, tags(&refused).as_str()), (422, "no_permission"));
}

#[tokio::test]
async fn personal_accounts_and_older_teams_have_one_root() {
    for (account, folders) in [(AccountKind::Personal, 0), (AccountKind::OldTeam, 2)] {
        let config = Config {
            account,
            ..Config::new(1, 0)
        };
        let asking = Asking::of(config).await;
        let me = asking.ok("users/get_current_account", &Value::Null).await;
        let root = &me["root_info"];
        assert_eq!(root["root_namespace_id"], root["home_namespace_id"]);
        let (entries, _) = asking.list(&json!({"path": ""})).await;
        let is_team = |entry: &&Value| {
            let id = entry["sharing_info"]["shared_folder_id"].as_str();
            id.is_some_and(|id| id.starts_with("777"))
        };
        assert_eq!(entries.iter().filter(is_team).count(), folders);
    }
}

#[tokio::test]
async fn changes_are_told_by_cursor() {
    let asking = Asking::with(0).await;
    let control = asking.control();
    let (_, cursor) = asking.list(&whole()).await;
    let plain = asking.id("plain");
    assert!(control.rewrite(&plain, Content::noise(5, 5)));
    assert!(control.rename(&asking.id("other"), "autrement.txt"));
    let names = asking.id("names");
    assert!(control.delete(&names));
    let replaced = control
        .replace_by_file(&asking.id("one-byte"), Content::noise(1, 2))
        .unwrap();
    assert_ne!(replaced, asking.id("one-byte"));
    let (changes, after) = asking.changes(&cursor).await;
    let told: Vec<(&str, &str)> = changes
        .iter()
        .map(|entry| (text(entry, ".tag"), text(entry, "path_lower")))
        .collect();
    assert_eq!(
        told,
        [
            ("file", "/vieux fichiers/ordinaire.txt"),
            ("deleted", "/vieux fichiers/autre.txt"),
            ("file", "/vieux fichiers/autrement.txt"),
            ("deleted", "/noms impossibles"),
            ("file", "/vieux fichiers/un octet.bin"),
        ]
    );
    assert_eq!(changes[0]["size"], 5);
    assert!(changes[1].get("id").is_none());
    assert!(asking.changes(&after).await.0.is_empty());
    let latest = asking
        .ok("files/list_folder/get_latest_cursor", &whole())
        .await;
    assert!(asking.changes(text(&latest, "cursor")).await.0.is_empty());
    let poll = json!({"cursor": cursor, "timeout": 30});
    let (_, answer) = asking.rpc("files/list_folder/longpoll", &poll).await;
    assert_eq!(answer["changes"], true);

    control.reset_cursors();
    let refused = asking
        .refused("files/list_folder/continue", &json!({"cursor": after}))
        .await;
    assert_eq!(refused, (409, "reset".into()));
}

#[tokio::test]
async fn what_is_mounted_can_be_left_out() {
    let asking = Asking::with(0).await;
    let arg = json!({"path": "", "recursive": true, "include_mounted_folders": false,
        "include_non_downloadable_files": false});
    let (entries, _) = asking.list(&arg).await;
    let path = |wanted: &str| {
        entries
            .iter()
            .any(|entry| text(entry, "path_lower") == wanted)
    };
    assert!(path("/commission légumes"));
    assert!(!path("/commission légumes/tomates.txt"));
    assert!(
        !entries
            .iter()
            .any(|entry| entry["is_downloadable"] == false)
    );
}

/// Only the last part of `path_display` can be relied on.
#[tokio::test]
async fn paths_come_in_all_kinds_of_letters() {
    let asking = Asking::with(60).await;
    let (entries, _) = asking.list(&whole()).await;
    let mut others = 0;
    for entry in &entries {
        let display = text(entry, "path_display");
        if display.is_empty() {
            continue;
        }
        let (folder, last) = display.rsplit_once('/').unwrap();
        assert_eq!(last, text(entry, "name"));
        others += usize::from(
            entries
                .iter()
                .all(|other| text(other, "path_display") != folder),
        );
    }
    assert!(others > 10, "{others}");
    let both = entries
        .iter()
        .filter(|entry| entry.get("path_lower").is_none())
        .count();
    assert_eq!(both, 2);
}
