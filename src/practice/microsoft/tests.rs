use std::collections::{BTreeSet, HashMap};

use http::StatusCode;
use serde_json::Value;

use super::*;
use crate::hash::digest;
use crate::model::HashAlgorithm;
use crate::practice::content::Content;
use crate::practice::faults::Fault;

#[path = "tests/mailbox.rs"]
mod mailbox;
#[path = "tests/sign_in.rs"]
mod sign_in;

/// A server and someone who asks it.
struct Asking {
    server: Server,
    client: reqwest::Client,
    token: String,
    config: Config,
}

impl Asking {
    async fn of(config: Config) -> Self {
        let server = Server::start(config.clone()).await.unwrap();
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        let mut asking = Self {
            server,
            client,
            token: String::new(),
            config,
        };
        let token = asking.server.refresh_token().to_owned();
        let (status, answer) = asking.refresh("common", &token).await;
        assert_eq!(status, 200, "{answer}");
        asking.token = answer["access_token"].as_str().unwrap().to_owned();
        asking
    }

    async fn with(account: Account, items: u64) -> Self {
        Self::of(Config {
            sizes: Sizes::Tiny,
            ..Config::new(account, 1, items)
        })
        .await
    }

    fn control(&self) -> &Control {
        self.server.control()
    }

    fn url(&self, path: &str) -> Url {
        self.server.endpoint().join(path).unwrap()
    }

    fn id(&self, label: &str) -> String {
        self.control()
            .labelled(label)
            .unwrap_or_else(|| panic!("{label}"))
    }

    fn own(&self) -> Drive {
        self.control().drives().remove(0)
    }

    fn drive_of(&self, label: &str) -> String {
        self.control().item(&self.id(label)).unwrap().drive
    }

    async fn post(&self, path: &str, form: &[(&str, &str)]) -> (u16, Value) {
        let answer = self.client.post(self.url(path)).form(form).send().await;
        let answer = answer.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    async fn refresh(&self, tenant: &str, token: &str) -> (u16, Value) {
        let form = [
            ("grant_type", "refresh_token"),
            ("client_id", &self.config.client_id),
            ("refresh_token", token),
        ];
        self.post(&format!("{tenant}/oauth2/v2.0/token"), &form)
            .await
    }

    async fn send(&self, url: Url) -> reqwest::Response {
        self.client
            .get(url)
            .bearer_auth(&self.token)
            .header("Prefer", "Include-Feature=AddToOneDrive")
            .send()
            .await
            .unwrap()
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        let answer = self.send(self.url(&format!("v1.0/{path}"))).await;
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    /// All rows of a list, and where it goes on.
    async fn list(&self, first: &str) -> (Vec<Value>, String) {
        let mut rows = Vec::new();
        let mut url = self.url(&format!("v1.0/{first}"));
        loop {
            let page: Value = self.send(url).await.json().await.unwrap();
            rows.extend(page["value"].as_array().unwrap().iter().cloned());
            match page["@odata.nextLink"].as_str() {
                Some(next) => url = next.parse().unwrap(),
                None => {
                    let last = page["@odata.deltaLink"].as_str();
                    return (rows, last.unwrap_or_default().to_owned());
                }
            }
        }
    }

    async fn since(&self, link: &str) -> (Vec<Value>, String) {
        let path = link.split_once("/v1.0/").unwrap().1;
        self.list(path).await
    }
}

fn by_id(rows: &[Value]) -> HashMap<&str, &Value> {
    let last = rows.iter().map(|row| (row["id"].as_str().unwrap(), row));
    last.collect()
}

#[tokio::test]
async fn a_list_of_changes_has_everything_and_its_traps() {
    for account in [Account::Work, Account::Personal] {
        let asking = Asking::with(account, 1_300).await;
        asking.control().children_first();
        let (rows, link) = asking.list("me/drive/root/delta?$top=400").await;
        assert!(link.contains("token="), "{link}");
        let found = by_id(&rows);
        let expected = asking.control().items(&asking.own());
        let ids: BTreeSet<&str> = expected.iter().map(|node| node.id.as_str()).collect();
        assert_eq!(found.keys().copied().collect::<BTreeSet<_>>(), ids);
        assert!(found.len() > 1_330, "{}", found.len());
        for row in &rows {
            assert_eq!(row["parentReference"].get("path"), None);
            let sparse = account == Account::Work;
            assert_eq!(row.get("cTag").is_none(), sparse, "{row}");
        }
        // Children before their folders, and one item twice.
        let place = |id: &str| rows.iter().position(|row| row["id"] == id).unwrap();
        assert!(place(&asking.id("in-saved")) < place(&asking.id("saved")));
        let renamed = asking.id("renamed");
        let names: Vec<&Value> = rows
            .iter()
            .filter(|row| row["id"] == renamed)
            .map(|row| &row["name"])
            .collect();
        assert_eq!(names, ["ancien nom.txt", "nouveau nom.txt"]);
        let root = found[asking.own().root.as_str()];
        assert!(root["root"].is_object());
        assert!(found[asking.id("notebook").as_str()]["package"]["type"] == "oneNote");
        assert!(found[asking.id("malware").as_str()]["malware"].is_object());
        let remote = &found[asking.id("added-folder").as_str()]["remoteItem"];
        assert_eq!(remote["id"], asking.id("outside-folder"));
    }
}

#[tokio::test]
async fn shared_folders_come_only_to_those_who_ask() {
    let asking = Asking::with(Account::Personal, 0).await;
    let url = asking.url("v1.0/me/drive/root/delta");
    let answer = asking.client.get(url).bearer_auth(&asking.token).send();
    let page: Value = answer.await.unwrap().json().await.unwrap();
    let rows = page["value"].as_array().unwrap();
    assert!(rows.iter().all(|row| row.get("remoteItem").is_none()));
}

#[tokio::test]
async fn changes_are_told_once_deletions_first() {
    let asking = Asking::with(Account::Work, 50).await;
    let control = asking.control();
    let (_, link) = asking.list("me/drive/root/delta").await;
    let (nothing, link) = asking.since(&link).await;
    assert_eq!(nothing.len(), 0);

    assert!(control.rename(&asking.id("plain"), "autre.bin"));
    assert!(control.move_to(&asking.id("saved"), &asking.id("changing")));
    assert!(control.delete(&asking.id("doomed")));
    let added = control
        .add_file("root", "neuf.bin", Content::noise(1, 10))
        .unwrap();
    let (rows, link) = asking.since(&link).await;
    let found = by_id(&rows);
    assert_eq!(found.len(), rows.len());
    assert_eq!(rows[0]["id"], asking.id("doomed"));
    assert_eq!(rows[0]["deleted"]["state"], "deleted");
    assert_eq!(rows[0].get("name"), None);
    assert_eq!(found[asking.id("plain").as_str()]["name"], "autre.bin");
    assert_eq!(found[added.as_str()]["size"], 10);
    // The folders above come along.
    assert!(found.contains_key(asking.id("contents").as_str()));
    for label in ["in-saved", "below-saved", "in-doomed"] {
        assert!(!found.contains_key(asking.id(label).as_str()), "{label}");
    }
    assert!(control.item(&asking.id("in-saved")).is_some());
    assert!(control.item(&asking.id("in-doomed")).is_none());

    let file = asking.id("one-byte");
    assert!(control.delete(&file));
    let (rows, link) = asking.since(&link).await;
    assert_eq!(rows.len(), 1);
    assert_eq!(
        rows[0]["file"]["hashes"]["quickXorHash"],
        "AAAAAAAAAAAAAAAAAAAAAAAAAAA="
    );

    control.forget_changes();
    let answer = asking.send(link.parse().unwrap()).await;
    assert_eq!(answer.status(), StatusCode::GONE);
    let fresh = answer.headers()["location"].to_str().unwrap().to_owned();
    let error: Value = answer.json().await.unwrap();
    let code = &error["error"]["innerError"]["code"];
    assert_eq!(code, "resyncChangesApplyDifferences");
    let (rows, _) = asking.since(&fresh).await;
    assert!(rows.len() > 80, "{}", rows.len());
    let (status, error) = asking.get("me/drive/root/delta?token=nonsense").await;
    assert_eq!(
        (status, &error["error"]["code"]),
        (400, &"invalidRequest".into())
    );
}

#[tokio::test]
async fn only_personal_drives_list_a_folder_whole() {
    for (account, wanted) in [(Account::Personal, 200), (Account::Work, 400)] {
        let asking = Asking::with(account, 0).await;
        let drive = asking.drive_of("outside-folder");
        let folder = asking.id("outside-folder");
        let path = format!("drives/{drive}/items/{folder}/delta");
        let (status, page) = asking.get(&path).await;
        assert_eq!(status, wanted, "{page}");
        if status == 200 {
            let rows = page["value"].as_array().unwrap();
            let found = by_id(rows);
            assert_eq!(found.len(), 5);
            assert!(found.contains_key(asking.id("in-outside-inner").as_str()));
        }
    }
}

#[tokio::test]
async fn every_file_is_as_stated_but_for_the_traps() {
    for account in [Account::Work, Account::Personal] {
        let asking = Asking::with(account, 60).await;
        let drives = asking.control().drives();
        let wrong: Vec<String> = [
            "live-photo",
            "wrong-size",
            "wrong-digest",
            "wrong-size-large",
        ]
        .iter()
        .filter_map(|label| asking.control().labelled(label))
        .collect();
        let mut compared = 0;
        for drive in &drives {
            let path = format!("drives/{}/root/delta", drive.id);
            let (rows, _) = asking.list(&path).await;
            for row in rows.iter().filter(|row| row["file"].is_object()) {
                let id = row["id"].as_str().unwrap();
                let path = format!("v1.0/drives/{}/items/{id}/content", drive.id);
                let handed = asking.send(asking.url(&path)).await;
                if row["malware"].is_object() {
                    assert_eq!(handed.status(), 403);
                    assert!(handed.headers().contains_key("x-virus-infected"));
                    continue;
                }
                assert_eq!(handed.status(), StatusCode::FOUND, "{row}");
                let location: Url = handed.headers()["location"]
                    .to_str()
                    .unwrap()
                    .parse()
                    .unwrap();
                assert_ne!(location.port(), asking.server.endpoint().port());
                let bytes = asking.client.get(location).send().await.unwrap();
                let bytes = bytes.bytes().await.unwrap();
                let hash = digest(HashAlgorithm::QuickXor, &bytes);
                let stated = row["file"]["hashes"]["quickXorHash"].as_str();
                let stated = stated.map(base64_hex);
                if wrong.contains(&id.to_owned()) {
                    assert_ne!(stated, Some(hash.hex), "{row}");
                } else if let Some(stated) = stated {
                    assert_eq!(stated, hash.hex, "{row}");
                    assert_eq!(row["size"], bytes.len(), "{row}");
                    compared += 1;
                }
            }
        }
        assert!(compared > 80, "{compared}");
    }
}

fn base64_hex(text: &str) -> String {
    use base64::Engine as _;
    let bytes = base64::engine::general_purpose::STANDARD
        .decode(text)
        .unwrap();
    crate::hash::hex(&bytes)
}

#[tokio::test]
async fn the_download_host_wants_its_key_and_no_token() {
    let asking = Asking::with(Account::Work, 0).await;
    let (_, item) = asking
        .get(&format!("me/drive/items/{}", asking.id("plain")))
        .await;
    let link = item["@microsoft.graph.downloadUrl"].as_str().unwrap();
    let get = |range: &str| {
        let request = asking.client.get(link);
        match range {
            "" => request,
            range => request.header("Range", range),
        }
    };
    let whole = get("").send().await.unwrap();
    assert_eq!(whole.status(), 200);
    let whole = whole.bytes().await.unwrap();
    let part = get("bytes=100-199").send().await.unwrap();
    assert_eq!(part.status(), 206);
    let place = format!("bytes 100-199/{}", whole.len());
    assert_eq!(part.headers()["content-range"].to_str().unwrap(), place);
    assert_eq!(part.bytes().await.unwrap(), whole[100..200]);
    let beyond = get("bytes=9999999-").send().await.unwrap();
    assert_eq!(beyond.status(), 416);

    let leaked = get("").bearer_auth(&asking.token).send().await.unwrap();
    assert_eq!(leaked.status(), 401);
    assert_eq!(asking.control().leaked_tokens(), 1);
    let forged = link.replace("tempauth=", "tempauth=0");
    let forged = asking.client.get(forged).send().await.unwrap();
    assert_eq!(forged.status(), 401);
    asking.control().set_no_ranges(true);
    assert_eq!(get("bytes=100-199").send().await.unwrap().status(), 200);
    asking.control().expire_links();
    assert_eq!(get("").send().await.unwrap().status(), 401);
}

#[tokio::test]
async fn what_cannot_be_had_is_refused_in_their_words() {
    let personal = Asking::with(Account::Personal, 0).await;
    let vault = format!("me/drive/items/{}/children", personal.id("vault"));
    let (status, error) = personal.get(&vault).await;
    assert_eq!(status, 400);
    assert_eq!(error["error"]["message"], "ObjectHandle is Invalid");
    let (status, _) = personal.get("sites?search=*").await;
    assert_eq!(status, 403, "not among what was allowed");

    let work = Asking::with(Account::Work, 0).await;
    let library = work.drive_of("labelled");
    let path = format!(
        "drives/{library}/items/{}/children",
        work.id("labelled-folder")
    );
    let (_, children) = work.get(&path).await;
    assert_eq!(children["value"].as_array().unwrap().len(), 3);
    let (rows, _) = work.list(&format!("drives/{library}/root/delta")).await;
    let found = by_id(&rows);
    assert_eq!(
        found[work.id("labelled-folder").as_str()]["folder"]["childCount"],
        3
    );
    assert!(!found.contains_key(work.id("labelled").as_str()));
    let locked = format!(
        "drives/{library}/items/{}/content",
        work.id("labelled-locked")
    );
    assert_eq!(work.get(&locked).await.0, 423);

    for (path, status, code) in [
        ("me/drive/items/nonsense", 404, "itemNotFound"),
        ("drives/nonsense/root", 400, "invalidRequest"),
        ("me/nonsense", 400, "BadRequest"),
    ] {
        let (found, error) = work.get(path).await;
        assert_eq!(
            (found, &error["error"]["code"]),
            (status, &code.into()),
            "{path}"
        );
    }
    let write = work.client.delete(work.url("v1.0/me/drive/items/x"));
    assert_eq!(write.send().await.unwrap().status(), 403);
    let nobody = work
        .client
        .get(work.url("v1.0/me/drive"))
        .send()
        .await
        .unwrap();
    assert_eq!(nobody.status(), 401);
}

#[tokio::test]
async fn sites_teams_and_paths() {
    let asking = Asking::with(Account::Work, 20).await;
    let (_, sites) = asking.get("sites?search=*").await;
    let names: Vec<&str> = sites["value"]
        .as_array()
        .unwrap()
        .iter()
        .map(|site| site["displayName"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "AMAP du Canard bleu",
            "Récoltes et paniers",
            "Commission Légumes"
        ]
    );
    let (_, site) = asking
        .get("sites/canard-bleu.sharepoint.example:/sites/Recoltes")
        .await;
    let id = site["id"].as_str().unwrap();
    let (_, drives) = asking.get(&format!("sites/{id}/drives")).await;
    assert_eq!(drives["value"].as_array().unwrap().len(), 2);

    let (_, teams) = asking.get("me/joinedTeams").await;
    let team = teams["value"][0]["id"].as_str().unwrap();
    let (_, channels) = asking.get(&format!("teams/{team}/channels")).await;
    let channels = channels["value"].as_array().unwrap();
    assert_eq!(channels.len(), 4);
    let folder = |nth: usize| {
        let channel = channels[nth]["id"].as_str().unwrap();
        format!("teams/{team}/channels/{channel}/filesFolder")
    };
    let (_, general) = asking.get(&folder(0)).await;
    let (_, bureau) = asking.get(&folder(2)).await;
    let drive = |folder: &Value| folder["parentReference"]["driveId"].clone();
    assert_ne!(drive(&general), drive(&bureau));
    assert_eq!(asking.get(&folder(3)).await.0, 404);

    let (_, item) = asking
        .get("me/drive/root:/vieux%20fichiers/un%20octet.bin")
        .await;
    assert_eq!(item["id"], asking.id("one-byte"));
    let (_, page) = asking.get("me/drive/root/children?$top=3").await;
    assert!(page["@odata.nextLink"].is_string());
    let (all, _) = asking.list("me/drive/root/children?$top=3").await;
    assert_eq!(all.len(), asking.control().children("root").len());
}

#[tokio::test]
async fn limits_are_announced_and_kept() {
    let asking = Asking::with(Account::Work, 0).await;
    let window = std::time::Duration::from_secs(60);
    asking.control().set_rate_limit(Some((10, window)));
    let mut statuses = Vec::new();
    for _ in 0..12 {
        let answer = asking.send(asking.url("v1.0/me/drive")).await;
        let left = answer.headers().get("ratelimit-remaining");
        statuses.push((answer.status().as_u16(), left.is_some()));
    }
    assert_eq!(statuses[6], (200, false));
    assert_eq!(statuses[7], (200, true));
    assert_eq!(statuses[9], (200, true));
    assert_eq!(statuses[10], (429, true));
    let faults = Faults::none().then(
        "item ",
        Fault::TooManyRequests {
            retry_after: Some(3),
        },
        1,
    );
    asking.control().set_rate_limit(None);
    asking.control().set_faults(faults);
    let answer = asking.send(asking.url("v1.0/me/drive/root")).await;
    assert_eq!(answer.status(), 429);
    assert_eq!(answer.headers()["retry-after"], "2.128");
}

#[tokio::test]
async fn a_restart_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config {
        storage: Some(folder.path().to_owned()),
        ..Config::new(Account::Work, 4, 30)
    };
    let asking = Asking::of(config.clone()).await;
    let added = asking
        .control()
        .add_file("root", "reste.bin", Content::noise(3, 33))
        .unwrap();
    let (_, answer) = asking
        .refresh("common", asking.server.refresh_token())
        .await;
    let token = answer["refresh_token"].as_str().unwrap().to_owned();
    asking.server.stop().await;
    let again = Asking::of(config).await;
    assert!(again.control().item(&added).is_some());
    assert_eq!(again.refresh("common", &token).await.0, 200);
}
