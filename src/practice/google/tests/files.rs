use std::collections::BTreeSet;

use super::*;

const NATIVE: &str = "application/vnd.google-apps.";

#[tokio::test]
async fn the_flat_list_has_what_google_lists() {
    let asking = Asking::with(300).await;
    let fields = "nextPageToken,incompleteSearch,files(*)";
    let files = asking
        .all(&[
            ("q", "trashed=false"),
            ("pageSize", "70"),
            ("fields", fields),
        ])
        .await;
    let ids: BTreeSet<&str> = files.iter().map(|f| f["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), files.len());
    let has = |label: &str| ids.contains(asking.id(label).as_str());
    for label in [
        "twin-1",
        "orphan",
        "orphan-elsewhere",
        "shared-folder",
        "shared-keyed",
        "form",
        "own-in-shared-folder",
        "name-empty",
        "shortcut-dangling",
        "abusive",
    ] {
        assert!(has(label), "{label}");
    }
    for label in [
        "trashed",
        "in-trashed-folder",
        "in-shared-folder",
        "outside-file",
        "in-outside-folder",
        "drive-file",
    ] {
        assert!(!has(label), "{label}");
    }
    let sum = asking
        .server
        .control()
        .items()
        .filter(|(node, trashed)| node.drive.is_none() && !trashed);
    assert_eq!(sum.count(), files.len());
    for file in &files {
        check_types(file);
    }
}

/// What the reference says of each field's type, and of when it is there.
fn check_types(file: &Value) {
    let mime = file["mimeType"].as_str().unwrap();
    let native = mime.starts_with(NATIVE);
    let folder = mime == FOLDER;
    assert_eq!(file["kind"], "drive#file");
    assert!(
        file["version"].is_string() && file["trashed"].is_boolean(),
        "{file}"
    );
    let sized = !native
        || ["document", "spreadsheet", "presentation", "drawing"]
            .iter()
            .any(|k| mime.ends_with(k));
    assert_eq!(
        file.get("size").is_some_and(Value::is_string),
        sized,
        "{file}"
    );
    assert!(!(native && file.get("md5Checksum").is_some()));
    if let Some(parents) = file.get("parents") {
        assert_eq!(parents.as_array().unwrap().len(), 1);
    }
    let shared = file.get("sharedWithMeTime").is_some();
    assert!(!(shared && file.get("parents").is_some()));
    assert_eq!(file["ownedByMe"], file["owners"][0]["me"]);
    for time in ["createdTime", "modifiedTime"] {
        let text = file[time].as_str().unwrap();
        assert!(text.ends_with('Z') && text.parse::<jiff::Timestamp>().is_ok());
        assert_eq!(text.split('.').nth(1).unwrap().len(), 4, "{text}");
    }
    assert_eq!(
        file.get("shortcutDetails").is_some(),
        mime.ends_with(".shortcut")
    );
    let link = file["webViewLink"].as_str().unwrap();
    assert!(link.starts_with("https://") && link.contains(file["id"].as_str().unwrap()));
    assert_eq!(folder, link.contains("/folders/"));
}

#[tokio::test]
async fn fields_are_selected() {
    let asking = Asking::with(0).await;
    let path = format!("drive/v3/files/{}", asking.id("starred"));
    let default = asking.ok(&path, &[]).await;
    let keys: Vec<_> = default.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["id", "kind", "mimeType", "name"]);
    let some = asking
        .ok(
            &path,
            &[(
                "fields",
                "starred,owners/emailAddress,capabilities(canDownload)",
            )],
        )
        .await;
    let expected = json!({
        "starred": true, "owners": [{"emailAddress": asking.server.account()}],
        "capabilities": {"canDownload": true},
    });
    assert_eq!(some, expected);
    let list = asking.ok("drive/v3/files", &[("pageSize", "1")]).await;
    assert_eq!(list["kind"], "drive#fileList");
    assert_eq!(list["incompleteSearch"], false);
    let wrong = [("fields", "files(id,nom)")];
    let (status, answer) = asking.get("drive/v3/files", &wrong).await;
    assert_eq!(
        explain(status, &answer),
        failure(400, "invalidParameter", "fields")
    );
    assert_eq!(answer["error"]["message"], "Invalid field selection nom");
}

#[tokio::test]
async fn searches() {
    let asking = Asking::with(200).await;
    let find = async |q: &str| {
        let query = [
            ("q", q),
            ("pageSize", "1000"),
            ("fields", "nextPageToken,files(id,name,starred)"),
        ];
        asking.all(&query).await
    };
    let names = async |q: &str| {
        let found = find(q).await;
        let names = found.iter().map(|f| f["name"].as_str().unwrap().to_owned());
        names.collect::<Vec<_>>()
    };
    let twins = format!("'{}' in parents and trashed=false", asking.id("twins"));
    assert_eq!(find(&twins).await.len(), 12);
    let name = "name = 'photo DE groupe.jpg'";
    assert_eq!(names(name).await, ["Photo de groupe.jpg"; 3]);
    let root = asking.ok("drive/v3/files/root", &[("fields", "id")]).await;
    let root = root["id"].as_str().unwrap().to_owned();
    assert!(root.starts_with("0A") && root.ends_with("Uk9PVA"));
    let by_alias = find("'root' in parents and trashed = false").await;
    assert_eq!(
        find(&format!("trashed=false and '{root}' in parents")).await,
        by_alias
    );
    assert!(by_alias.len() > 15);
    let both = format!(
        "('{root}' in parents or '{}' in parents) and trashed=false",
        asking.id("twins")
    );
    assert_eq!(find(&both).await.len(), by_alias.len() + 12);
    let shared = names("sharedWithMe = true").await;
    assert_eq!(shared.len(), 5);
    assert!(shared.contains(&"Mairie 2024".to_owned()));
    let inside = format!("'{}' in parents", asking.id("shared-folder"));
    assert_eq!(find(&inside).await.len(), 3);
    let trashed = names("trashed = true").await;
    assert!(trashed.contains(&"jeté avec son dossier.txt".to_owned()));
    assert_eq!(trashed.len(), 4);
    assert!(
        find("starred = true")
            .await
            .iter()
            .all(|f| f["starred"] == true)
    );
    let late = names("modifiedTime > '2038-01-19T03:14:07'").await;
    assert_eq!(late, ["rendez-vous de 2040.txt"]);
    let early = names("modifiedTime < '1970-01-02T00:00:00Z'").await;
    assert_eq!(early.len(), 2);
    let folders = format!("mimeType = '{FOLDER}'");
    let others = format!("mimeType != '{FOLDER}'");
    assert_eq!(
        find(&folders).await.len() + find(&others).await.len(),
        find("").await.len()
    );
    assert!(find("not 'me' in owners").await.len() >= 5);
    let bad = asking
        .error("drive/v3/files", &[("q", "name is 'x'")])
        .await;
    assert_eq!(bad, failure(400, "invalid", "q"));
}

#[tokio::test]
async fn pages_hang_together() {
    let asking = Asking::with(100).await;
    let query = [("q", "trashed=false"), ("pageSize", "10"), ("fields", "*")];
    let page = asking.ok("drive/v3/files", &query).await;
    assert_eq!(page["files"].as_array().unwrap().len(), 10);
    let token = page["nextPageToken"].as_str().unwrap();
    let other = [("q", "trashed=true"), ("pageToken", token)];
    let refused = failure(400, "invalid", "pageToken");
    assert_eq!(asking.error("drive/v3/files", &other).await, refused);
    let other = [("pageToken", "~!!~garbage")];
    assert_eq!(asking.error("drive/v3/files", &other).await, refused);
    for size in ["0", "-1", "many"] {
        let refused = failure(400, "invalidParameter", "pageSize");
        assert_eq!(
            asking.error("drive/v3/files", &[("pageSize", size)]).await,
            refused
        );
    }
    let all = asking.ok("drive/v3/files", &[("pageSize", "5000")]).await;
    assert!(all["files"].as_array().unwrap().len() > 200);
}

#[tokio::test]
async fn shared_drives() {
    let asking = Asking::with(50).await;
    let list = asking.ok("drive/v3/drives", &[("pageSize", "1")]).await;
    assert_eq!(list["kind"], "drive#driveList");
    let next = list["nextPageToken"].as_str().unwrap();
    let more = asking.ok("drive/v3/drives", &[("pageToken", next)]).await;
    assert_eq!(
        more["drives"][0]["name"],
        " Coopérative : Terres/Communes ? "
    );
    let id = list["drives"][0]["id"].as_str().unwrap();
    let query = [
        ("corpora", "drive"),
        ("driveId", id),
        ("includeItemsFromAllDrives", "true"),
        ("supportsAllDrives", "true"),
        ("q", "trashed=false"),
        ("fields", "files(*)"),
    ];
    let files = asking.all(&query).await;
    assert_eq!(files.len(), 7);
    for file in &files {
        assert_eq!(file["driveId"], id);
        for absent in ["owners", "ownedByMe", "shared", "permissions"] {
            assert!(file.get(absent).is_none(), "{absent}");
        }
    }
    let refused = asking.error("drive/v3/files", &query[..2]).await;
    assert_eq!(
        refused,
        failure(400, "invalid", "includeItemsFromAllDrives")
    );
    let mut unknown = query;
    unknown[1].1 = "0Anothing";
    assert_eq!(
        asking.error("drive/v3/files", &unknown).await,
        failure(404, "notFound", "driveId")
    );
    let path = format!("drive/v3/files/{}", files[0]["id"].as_str().unwrap());
    assert_eq!(
        asking.error(&path, &[]).await,
        failure(404, "notFound", "fileId")
    );
    asking.ok(&path, &[("supportsAllDrives", "true")]).await;
    let file = format!("drive/v3/files/{}", asking.id("drive-file"));
    let media = asking.request(&file, &[("alt", "media")]).send().await;
    assert_eq!(media.unwrap().status(), 200);
    let root = asking
        .ok(
            &format!("drive/v3/files/{id}"),
            &[("supportsAllDrives", "true")],
        )
        .await;
    assert_eq!(
        (&root["id"], &root["mimeType"]),
        (&json!(id), &json!(FOLDER))
    );
    asking.ok(&format!("drive/v3/drives/{id}"), &[]).await;
    // rclone asks so: no corpora, but a folder of a shared drive
    let q = format!("'{id}' in parents and trashed=false");
    let inside = [
        ("q", q.as_str()),
        ("includeItemsFromAllDrives", "true"),
        ("supportsAllDrives", "true"),
    ];
    assert_eq!(asking.all(&inside).await.len(), 5);
    assert!(asking.all(&inside[..1]).await.is_empty());
}

#[tokio::test]
async fn about_needs_fields() {
    let asking = Asking::with(50).await;
    let refused = asking.error("drive/v3/about", &[]).await;
    assert_eq!(refused, failure(400, "required", "fields"));
    let about = asking
        .ok(
            "drive/v3/about",
            &[("fields", "user,exportFormats,storageQuota")],
        )
        .await;
    assert_eq!(about["user"]["emailAddress"], asking.server.account());
    let formats = about["exportFormats"][format!("{NATIVE}document")]
        .as_array()
        .unwrap();
    assert!(formats.contains(&json!("application/vnd.oasis.opendocument.text")));
    let used: u64 = about["storageQuota"]["usage"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    let own = asking
        .server
        .control()
        .items()
        .filter(|(node, _)| node.owner == Owner::Me);
    let sum: u64 = own
        .filter_map(|(node, _)| node.content())
        .map(|c| c.length)
        .sum();
    assert_eq!(used, sum);
}

#[tokio::test]
async fn changes_are_told() {
    let asking = Asking::with(100).await;
    let control = asking.server.control();
    let start = asking.ok("drive/v3/changes/startPageToken", &[]).await;
    assert_eq!(start["kind"], "drive#startPageToken");
    let start = start["startPageToken"].as_str().unwrap().to_owned();
    let fields = "nextPageToken,newStartPageToken,changes(changeType,removed,fileId,time,file(name,trashed,md5Checksum))";
    let changes = async |token: &str, size: &str| {
        let query = [("pageToken", token), ("pageSize", size), ("fields", fields)];
        asking.ok("drive/v3/changes", &query).await
    };
    let none = changes(&start, "100").await;
    assert_eq!(none, json!({"newStartPageToken": start, "changes": []}));

    let file = asking.id("twin-1");
    let content = Content::text(99, 500);
    assert!(control.rename(&file, "Autre nom.jpg"));
    assert!(control.rewrite(&file, content));
    assert!(control.trash(&asking.id("starred")));
    assert!(control.delete(&asking.id("described")));
    let made = control.add_file("root", "neuf.bin", content).unwrap();
    assert!(!control.rename("nothing", "x"));

    let first = changes(&start, "2").await;
    assert!(first.get("newStartPageToken").is_none());
    let rest = changes(first["nextPageToken"].as_str().unwrap(), "100").await;
    let mut all = first["changes"].as_array().unwrap().clone();
    all.extend(rest["changes"].as_array().unwrap().iter().cloned());
    let told: Vec<_> = all
        .iter()
        .map(|c| (c["fileId"].as_str().unwrap(), c["removed"] == true))
        .collect();
    let (starred, described) = (asking.id("starred"), asking.id("described"));
    assert_eq!(
        told,
        [
            (&*file, false),
            (&*starred, false),
            (&*described, true),
            (&*made, false)
        ]
    );
    assert_eq!(all[0]["file"]["name"], "Autre nom.jpg");
    let md5 = digest(HashAlgorithm::Md5, &content.bytes(0, 500));
    assert_eq!(all[0]["file"]["md5Checksum"], md5.hex);
    assert_eq!(all[1]["file"]["trashed"], true);
    assert!(all[2].get("file").is_none());
    let end = rest["newStartPageToken"].as_str().unwrap();
    assert_eq!(changes(end, "100").await["changes"], json!([]));
    for (token, reason) in [("99999", "invalid"), ("x", "invalid"), ("1", "invalid")] {
        let refused = asking
            .error("drive/v3/changes", &[("pageToken", token)])
            .await;
        assert_eq!(refused, failure(400, reason, "pageToken"));
    }
    let refused = asking.error("drive/v3/changes", &[]).await;
    assert_eq!(refused, failure(400, "required", "pageToken"));
}

#[tokio::test]
async fn each_drive_has_its_changes() {
    let asking = Asking::with(0).await;
    let control = asking.server.control();
    let drive = control.drives()[0].id.clone();
    let of_drive = [("driveId", &*drive), ("supportsAllDrives", "true")];
    let start = asking
        .ok("drive/v3/changes/startPageToken", &of_drive)
        .await;
    let start = start["startPageToken"].as_str().unwrap();
    let made = control.add_folder(&drive, "Neuf").unwrap();
    control.add_folder("root", "Neuf").unwrap();
    let count = async |extra: &[(&str, &str)]| {
        let mut query = vec![("pageToken", start)];
        query.extend(extra);
        let found = asking.ok("drive/v3/changes", &query).await;
        found["changes"].as_array().unwrap().clone()
    };
    let found = count(&of_drive).await;
    assert_eq!((found.len(), &found[0]["fileId"]), (1, &json!(made)));
    assert_eq!(count(&[]).await.len(), 1);
    assert_eq!(
        count(&[("includeItemsFromAllDrives", "true")]).await.len(),
        2
    );
}

#[tokio::test]
async fn resource_keys_are_needed() {
    let asking = Asking::with(0).await;
    let shortcut = format!("drive/v3/files/{}", asking.id("shortcut-keyed"));
    let shortcut = asking.ok(&shortcut, &[("fields", "shortcutDetails")]).await;
    let details = &shortcut["shortcutDetails"];
    let target = details["targetId"].as_str().unwrap();
    let key = details["targetResourceKey"].as_str().unwrap();
    let path = format!("drive/v3/files/{target}");
    assert_eq!(
        asking.error(&path, &[]).await,
        failure(404, "notFound", "fileId")
    );
    for (sent, status) in [
        (format!("{target}/{key}"), 200),
        (format!("x/y, {target}/{key}"), 200),
        (format!("{target}/wrong"), 404),
    ] {
        for query in [&[][..], &[("alt", "media")]] {
            let request = asking.request(&path, query);
            let request = request.header("X-Goog-Drive-Resource-Keys", &sent);
            assert_eq!(request.send().await.unwrap().status(), status, "{sent}");
        }
    }
    let dangling = format!("drive/v3/files/{}", asking.id("shortcut-dangling"));
    let dangling = asking.ok(&dangling, &[("fields", "shortcutDetails")]).await;
    let target = dangling["shortcutDetails"]["targetId"].as_str().unwrap();
    let (status, answer) = asking.get(&format!("drive/v3/files/{target}"), &[]).await;
    assert_eq!(status, 404);
    assert_eq!(
        answer["error"]["message"],
        format!("File not found: {target}.")
    );
}

#[tokio::test]
async fn permissions_and_other_addresses() {
    let asking = Asking::with(0).await;
    let path = format!("drive/v3/files/{}/permissions", asking.id("starred"));
    let list = asking.ok(&path, &[]).await;
    assert_eq!(list["permissions"][0]["role"], "owner");
    let path = format!("drive/v3/files/{}/permissions", asking.id("shared-file"));
    assert_eq!(
        asking.error(&path, &[]).await,
        failure(403, "insufficientFilePermissions", "")
    );
    let other = asking
        .client
        .get(asking.url("drive/v3/nothing"))
        .send()
        .await
        .unwrap();
    assert_eq!(other.status(), 404);
    let write = asking
        .client
        .delete(asking.url(&format!("drive/v3/files/{}", asking.id("starred"))));
    assert_eq!(write.send().await.unwrap().status(), 403);
    assert_eq!(asking.server.control().requests()["write"], 1);
}

#[tokio::test]
async fn one_seed_gives_one_world() {
    let listed = async |seed: u64| {
        let asking = Asking::of(Config::new(seed, 120)).await;
        let query = [(
            "fields",
            "nextPageToken,files(id,name,parents,size,md5Checksum,modifiedTime)",
        )];
        asking.all(&query).await
    };
    let one = listed(4).await;
    assert_eq!(one, listed(4).await);
    assert_ne!(one, listed(5).await);
}

#[tokio::test]
async fn a_million_items_are_listed_page_by_page() {
    let asking = Asking::with(1_000_000).await;
    let fields = "nextPageToken,files(id,name,parents,size,md5Checksum,sha256Checksum)";
    let query = [
        ("q", "trashed=false"),
        ("pageSize", "1000"),
        ("fields", fields),
    ];
    let mut token = String::new();
    let mut seen = BTreeSet::new();
    for _ in 0..3 {
        let mut query = query.to_vec();
        if !token.is_empty() {
            query.push(("pageToken", &token));
        }
        let page = asking.ok("drive/v3/files", &query).await;
        let files = page["files"].as_array().unwrap();
        assert_eq!(files.len(), 1_000);
        for file in files {
            assert!(seen.insert(file["id"].as_str().unwrap().to_owned()));
        }
        token = page["nextPageToken"].as_str().unwrap().to_owned();
    }
    // Any of them is found by its id and in its folder.
    let last = seen.last().unwrap();
    let file = asking
        .ok(
            &format!("drive/v3/files/{last}"),
            &[("fields", "parents,name")],
        )
        .await;
    let parent = file["parents"][0].as_str().unwrap();
    let inside = format!("'{parent}' in parents and trashed=false");
    let inside = asking.all(&[("q", &*inside), ("pageSize", "1000")]).await;
    assert!(inside.iter().any(|sibling| sibling["id"] == **last));
}
