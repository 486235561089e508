//! The routes of `sharing` that read.

use serde_json::{Map, Value, json};

use super::super::world::{ACCOUNT, ASSOCIATION, PEOPLE};
use super::call::Call;
use super::error::{Answer, Refusal, reply};
use super::media::{give, readable};
use super::node::{ACCOUNT_ID, Key, Node, time};
use super::store::Store;

const TEAM_ID: &str = "dbtid:AAFdgehTzw7WlXhZJsbGCLePe8RvQGYDr-I";
/// Entries of one page; fewer than asked for, so that there is a second one.
const PAGE: usize = 2;

/// `sharing/list_folders`
pub(super) fn list_folders(call: &Call) -> Answer {
    let arg = call.rpc(&["limit", "actions"])?;
    arg.limit("limit", 1000)?;
    folders(call, 0)
}

/// `sharing/list_folders/continue`
pub(super) fn list_folders_continue(call: &Call) -> Answer {
    folders(call, place(call)?)
}

fn place(call: &Call) -> Result<usize, Refusal> {
    let arg = call.rpc(&["cursor"])?;
    let place = arg
        .needed("cursor")?
        .strip_prefix("AAS")
        .and_then(|text| text.parse().ok());
    place.ok_or_else(|| Refusal::endpoint(&["invalid_cursor"]))
}

fn folders(call: &Call, from: usize) -> Answer {
    let root = call.root()?;
    let store = call.shared.store();
    let all: Vec<Value> = store
        .shared_folders()
        .map(|node| folder(&store, &node, root))
        .collect();
    Ok(paged(&all, from))
}

fn paged(all: &[Value], from: usize) -> axum::response::Response {
    let page: Vec<&Value> = all.iter().skip(from).take(PAGE).collect();
    let mut answer = json!({"entries": page});
    let next = from + page.len();
    if let (true, Some(fields)) = (next < all.len(), answer.as_object_mut()) {
        fields.insert("cursor".into(), format!("AAS{next}").into());
    }
    reply(&answer)
}

fn policy() -> Value {
    json!({
        "acl_update_policy": {".tag": "owner"},
        "shared_link_policy": {".tag": "anyone"},
        "member_policy": {".tag": "anyone"},
        "resolved_member_policy": {".tag": "anyone"},
        "viewer_info_policy": {".tag": "enabled"},
    })
}

/// A `SharedFolderMetadata`; without paths where it is not mounted.
fn folder(store: &Store, node: &Node, root: Key) -> Value {
    let Some(shared) = node.shared() else {
        return Value::Null;
    };
    let mut fields = Map::new();
    let mut put = |name: &str, value: Value| {
        fields.insert(name.to_owned(), value);
    };
    put("shared_folder_id", shared.namespace.as_str().into());
    put("folder_id", node.id.as_str().into());
    put("name", node.name.as_str().into());
    put("is_team_folder", shared.is_team_folder.into());
    put("is_inside_team_folder", false.into());
    let access = if shared.read_only { "viewer" } else { "editor" };
    put("access_type", json!({".tag": access}));
    put("access_inheritance", json!({".tag": "inherit"}));
    put("owner_display_names", json!([PEOPLE[0].name]));
    if shared.is_team_folder {
        put("owner_team", json!({"id": TEAM_ID, "name": ASSOCIATION}));
    }
    put("policy", policy());
    put("preview_url", link("fo", node).into());
    put("time_invited", time(node.server_modified));
    if let Some(path) = store.path(node.key, root).filter(|path| !path.is_empty()) {
        put("path_lower", super::node::lower(&path).into());
        put("path_display", path.into());
    }
    Value::Object(fields)
}

fn link(kind: &str, node: &Node) -> String {
    let id = node.id.trim_start_matches("id:");
    format!(
        "https://www.dropbox.com/scl/{kind}/{id}/{}?dl=0",
        node.key.0
    )
}

/// `sharing/list_folder_members`
pub(super) fn list_folder_members(call: &Call) -> Answer {
    let arg = call.rpc(&["shared_folder_id", "actions", "limit"])?;
    let wanted = arg.needed("shared_folder_id")?;
    let store = call.shared.store();
    let found = store.shared_folders().any(|node| {
        node.shared()
            .is_some_and(|shared| shared.namespace == wanted)
    });
    if !found {
        return Err(Refusal::endpoint(&["access_error", "invalid_id"]));
    }
    let user = |mail: &str, name: &str, id: &str, access: &str| {
        json!({
            "access_type": {".tag": access}, "is_inherited": false, "permissions": [],
            "user": {"account_id": id, "email": mail, "display_name": name, "same_team": true},
        })
    };
    let other = "dbid:AAEufNrMPSPe0dMQijRP0N_aZtBJRm26W4Q";
    Ok(reply(&json!({
        "users": [
            user(PEOPLE[0].mail, PEOPLE[0].name, other, "owner"),
            user(ACCOUNT.mail, ACCOUNT.name, ACCOUNT_ID, "editor"),
        ],
        "groups": [], "invitees": [{
            "access_type": {".tag": "viewer"}, "is_inherited": false, "permissions": [],
            "invitee": {".tag": "email", "email": PEOPLE[5].mail},
        }],
    })))
}

/// `sharing/list_received_files`
pub(super) fn list_received_files(call: &Call) -> Answer {
    let arg = call.rpc(&["limit", "actions"])?;
    arg.limit("limit", 300)?;
    received(call, 0)
}

/// `sharing/list_received_files/continue`
pub(super) fn list_received_files_continue(call: &Call) -> Answer {
    received(call, place(call)?)
}

fn received(call: &Call, from: usize) -> Answer {
    let root = call.root()?;
    let store = call.shared.store();
    let all: Vec<Value> = store
        .received()
        .map(|node| {
            let mut entry = json!({
                "id": node.id, "name": node.name, "policy": policy(), "permissions": [],
                "owner_display_names": [PEOPLE[5].name], "access_type": {".tag": "viewer"},
                "preview_url": link("fi", &node), "time_invited": time(node.server_modified),
            });
            let path = store.path(node.key, root);
            if let (Some(path), Some(entry)) = (path, entry.as_object_mut()) {
                entry.insert("path_lower".into(), super::node::lower(&path).into());
                entry.insert("path_display".into(), path.into());
            }
            entry
        })
        .collect();
    Ok(paged(&all, from))
}

/// `sharing/list_shared_links`: none is made here.
pub(super) fn list_shared_links(call: &Call) -> Answer {
    call.rpc(&["path", "cursor", "direct_only"])?;
    Ok(reply(&json!({"links": [], "has_more": false})))
}

fn linked(store: &Store, url: &str) -> Result<Node, Refusal> {
    let found = store.received().find(|node| link("fi", node) == url);
    let node = found.ok_or_else(|| Refusal::endpoint(&["shared_link_not_found"]))?;
    if readable(&node).is_err() {
        return Err(Refusal::endpoint(&["shared_link_access_denied"]));
    }
    Ok(node)
}

/// A `FileLinkMetadata`, with its tag.
fn link_metadata(store: &Store, node: &Node) -> Value {
    json!({
        ".tag": "file", "url": link("fi", node), "id": node.id, "name": node.name,
        "client_modified": time(node.client_modified), "server_modified": time(node.server_modified),
        "rev": store.ids.rev(node.key, node.version),
        "size": node.content().map_or(0, |content| content.length),
        "link_permissions": {
            "can_revoke": false, "resolved_visibility": {".tag": "public"}, "visibility_policies": [],
            "can_set_expiry": false, "can_remove_expiry": false, "allow_download": true,
            "can_allow_download": false, "can_disallow_download": false, "allow_comments": true,
            "team_restricts_comments": false,
        },
    })
}

/// `sharing/get_shared_link_metadata`
pub(super) fn get_shared_link_metadata(call: &Call) -> Answer {
    let arg = call.rpc(&["url", "path", "link_password"])?;
    let store = call.shared.store();
    let node = linked(&store, arg.needed("url")?)?;
    Ok(reply(&link_metadata(&store, &node)))
}

/// `sharing/get_shared_link_file`
pub(super) fn get_shared_link_file(call: &Call) -> Answer {
    let arg = call.download(&["url", "path", "link_password"])?;
    let store = call.shared.store();
    let node = linked(&store, arg.needed("url")?)?;
    let content = readable(&node)?;
    let result = link_metadata(&store, &node);
    drop(store);
    give(call, content, &result)
}
