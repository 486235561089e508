//! The handlers of the Drive API v3 that answer in JSON
//! (<https://developers.google.com/workspace/drive/api/reference/rest/v3>).

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, header};
use serde_json::{Map, Value, json};

use super::super::faults::mix_text;
use super::super::world::{ACCOUNT, Native};
use super::drive::{Corpora, Drive, Search};
use super::error::{ApiError, ok};
use super::fields::Mask;
use super::media;
use super::node::{Context, Node, Owner, Reach, describe, formats, native_type, time, user};
use super::oauth::Permit;
use super::query::Expr;
use super::state::Shared;
use super::traps::SharedDrive;

pub(super) type Params = HashMap<String, String>;
type Answer = Result<Response, ApiError>;

const FILE_DEFAULT: &str = "kind,id,name,mimeType,resourceKey";

/// `GET /drive/v3/files`
pub(super) async fn list(
    State(shared): State<Arc<Shared>>,
    Query(params): Query<Params>,
    headers: HeaderMap,
) -> Answer {
    shared.authorise(&headers, Permit::MetadataOnly)?;
    let default = format!("kind,incompleteSearch,nextPageToken,files({FILE_DEFAULT})");
    let mask = Mask::of(params.get("fields"), &default, "FileList")?;
    let size = page_size(&params)?;
    let drive = shared.drive();
    let search = search(&drive, &params)?;
    let bound = binding(&params);
    let from = match params.get("pageToken") {
        None => 0,
        Some(token) => page_position(token, bound).ok_or_else(|| ApiError::invalid("pageToken"))?,
    };
    let page = drive.page(&search, from, size);
    let mut list = Map::new();
    let mut put = |name: &str, value: Value| {
        if mask.get(name).is_some() {
            list.insert(name.to_owned(), value);
        }
    };
    put("kind", "drive#fileList".into());
    put(
        "incompleteSearch",
        (search.corpora == Corpora::AllDrives).into(),
    );
    if let Some(next) = page.next {
        put("nextPageToken", page_token(next, bound).into());
    }
    if let Some(mask) = mask.get("files") {
        let files = page.items.iter();
        let files = files.map(|(node, trashed)| file(&drive, node, *trashed, mask, &headers));
        put("files", files.collect());
    }
    Ok(ok(&Value::Object(list)))
}

fn search(drive: &Drive, params: &Params) -> Result<Search, ApiError> {
    let corpora = match (param(params, "corpora"), param(params, "driveId")) {
        ("" | "user", "") => Corpora::User,
        ("allDrives", "") => Corpora::AllDrives,
        ("drive", id) if !id.is_empty() => {
            shared_drive(drive, id)?;
            Corpora::Drive(id.to_owned())
        }
        ("" | "user" | "allDrives", _) | ("drive", _) => {
            return Err(ApiError::invalid("driveId"));
        }
        // `domain` needs an organisation, which the association is not.
        _ => return Err(ApiError::invalid("corpora")),
    };
    let all_drives = flag(params, "includeItemsFromAllDrives");
    if corpora != Corpora::User && !(all_drives && flag(params, "supportsAllDrives")) {
        return Err(ApiError::invalid("includeItemsFromAllDrives"));
    }
    let mut expr = match param(params, "q").trim() {
        "" => None,
        text => Some(Expr::parse(text)?),
    };
    if let Some(expr) = &mut expr {
        expr.resolve_root(drive.root());
    }
    Ok(Search {
        expr,
        corpora,
        all_drives,
    })
}

/// `GET /drive/v3/files/{id}`, with `alt=media` its content.
pub(super) async fn get(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    Query(params): Query<Params>,
    headers: HeaderMap,
) -> Answer {
    let content = match param(&params, "alt") {
        "" | "json" => false,
        "media" => true,
        _ => return Err(ApiError::invalid("alt")),
    };
    let wanted = if content {
        Permit::Content
    } else {
        Permit::MetadataOnly
    };
    shared.authorise(&headers, wanted)?;
    if content {
        let (node, _) = visible(&shared.drive(), &id, None, &headers)?;
        return media::download(&node, &params, &headers);
    }
    let (node, trashed) = visible(&shared.drive(), &id, Some(&params), &headers)?;
    let mask = Mask::of(params.get("fields"), FILE_DEFAULT, "File")?;
    Ok(ok(&file(&shared.drive(), &node, trashed, &mask, &headers)))
}

/// An item that this request may see. Content comes without `supportsAllDrives`, too (rclone never sends it
/// there): then there are no `params` to look at.
pub(super) fn visible(
    drive: &Drive,
    id: &str,
    params: Option<&Params>,
    headers: &HeaderMap,
) -> Result<(Node, bool), ApiError> {
    let (node, trashed) = drive.find(id).ok_or_else(|| ApiError::not_found(id))?;
    let drives = node.drive.is_none() || params.is_none_or(|p| flag(p, "supportsAllDrives"));
    let key = node.resource_key.as_ref().is_none_or(|key| {
        let sent = headers.get("x-goog-drive-resource-keys");
        let sent = sent
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let pair = format!("{id}/{key}");
        sent.split(',').any(|sent| sent.trim() == pair)
    });
    if drives && key {
        Ok((node, trashed))
    } else {
        Err(ApiError::not_found(id))
    }
}

fn file(drive: &Drive, node: &Node, trashed: bool, mask: &Mask, headers: &HeaderMap) -> Value {
    let docs = docs_base(headers);
    let context = Context {
        trashed,
        docs: &docs,
        digest: &|content, algorithm| drive.digest(content, algorithm),
    };
    describe(node, mask, &context)
}

/// Where export links lead: to Google's own host for those who reach us under Google's name, through a
/// proxy that ends TLS, else to this server.
fn docs_base(headers: &HeaderMap) -> String {
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    match host.unwrap_or("127.0.0.1") {
        host if host.contains("google") => "https://docs.google.com".to_owned(),
        host => format!("http://{host}"),
    }
}

/// Where pictures of people are, likewise.
pub(super) fn pictures_base(headers: &HeaderMap) -> String {
    match docs_base(headers) {
        base if base.starts_with("https://docs.google.com") => {
            "https://lh3.googleusercontent.com".to_owned()
        }
        base => base,
    }
}

/// `GET /drive/v3/about`
pub(super) async fn about(
    State(shared): State<Arc<Shared>>,
    Query(params): Query<Params>,
    headers: HeaderMap,
) -> Answer {
    shared.authorise(&headers, Permit::MetadataOnly)?;
    let fields = params.get("fields").ok_or_else(ApiError::fields_required)?;
    let mask = Mask::parse(fields, "About")?;
    let mut about = json!({
        "kind": "drive#about",
        "user": user(ACCOUNT),
        "appInstalled": false,
        "canCreateDrives": false,
        "maxUploadSize": "5242880000000",
        "exportFormats": export_formats(),
        "importFormats": {"text/plain": [native_type(Native::Text)]},
    });
    if let (Some(_), Some(about)) = (mask.get("storageQuota"), about.as_object_mut()) {
        let used = shared.drive().usage().to_string();
        let quota = json!({
            "limit": "16106127360000", "usage": used, "usageInDrive": used, "usageInDriveTrash": "0",
        });
        about.insert("storageQuota".into(), quota);
    }
    Ok(ok(&mask.prune(about)))
}

fn export_formats() -> Value {
    let all = [Native::Text, Native::Sheet, Native::Slides, Native::Drawing];
    let mut list: Map<String, Value> = all
        .into_iter()
        .map(|native| {
            let types: Vec<_> = formats(native).iter().map(|(name, _)| *name).collect();
            (native_type(native).to_owned(), json!(types))
        })
        .collect();
    for (kind, format) in [
        ("script", "application/vnd.google-apps.script+json"),
        ("jam", "application/pdf"),
        ("form", "application/zip"),
    ] {
        let name = format!("application/vnd.google-apps.{kind}");
        list.insert(name, json!([format]));
    }
    Value::Object(list)
}

/// `GET /drive/v3/drives`
pub(super) async fn drives(
    State(shared): State<Arc<Shared>>,
    Query(params): Query<Params>,
    headers: HeaderMap,
) -> Answer {
    shared.authorise(&headers, Permit::MetadataOnly)?;
    let default = "kind,nextPageToken,drives(kind,id,name)";
    let mask = Mask::of(params.get("fields"), default, "DriveList")?;
    let size = page_size(&params)?.min(100);
    let from = match params.get("pageToken") {
        None => 0,
        Some(token) => page_position(token, 0)
            .and_then(|position| usize::try_from(position).ok())
            .ok_or_else(|| ApiError::invalid("pageToken"))?,
    };
    let drive = shared.drive();
    let all = drive.drives();
    let page: Vec<Value> = all.iter().skip(from).take(size).map(drive_json).collect();
    let mut list = json!({"kind": "drive#driveList", "drives": page});
    let next = from.saturating_add(size);
    if let (true, Some(list)) = (next < all.len(), list.as_object_mut()) {
        list.insert("nextPageToken".into(), page_token(next as u64, 0).into());
    }
    Ok(ok(&mask.prune(list)))
}

/// `GET /drive/v3/drives/{id}`
pub(super) async fn one_drive(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    Query(params): Query<Params>,
    headers: HeaderMap,
) -> Answer {
    shared.authorise(&headers, Permit::MetadataOnly)?;
    let mask = Mask::of(params.get("fields"), "kind,id,name", "Drive")?;
    let drive = shared.drive();
    Ok(ok(&mask.prune(drive_json(shared_drive(&drive, &id)?))))
}

fn drive_json(drive: &SharedDrive) -> Value {
    json!({
        "kind": "drive#drive", "id": drive.id, "name": drive.name, "hidden": false,
        "createdTime": "2023-02-03T04:05:06.789Z",
    })
}

fn shared_drive<'a>(drive: &'a Drive, id: &str) -> Result<&'a SharedDrive, ApiError> {
    let found = drive.drives().iter().find(|drive| drive.id == id);
    found.ok_or_else(|| ApiError::drive_not_found(id))
}

/// `GET /drive/v3/changes/startPageToken`
pub(super) async fn start_page_token(
    State(shared): State<Arc<Shared>>,
    Query(params): Query<Params>,
    headers: HeaderMap,
) -> Answer {
    shared.authorise(&headers, Permit::MetadataOnly)?;
    let mask = Mask::of(params.get("fields"), "*", "StartPageToken")?;
    let drive = shared.drive();
    change_drive(&drive, &params)?;
    let token = drive.change_token().to_string();
    let answer = json!({"kind": "drive#startPageToken", "startPageToken": token});
    Ok(ok(&mask.prune(answer)))
}

/// `GET /drive/v3/changes`
pub(super) async fn changes(
    State(shared): State<Arc<Shared>>,
    Query(params): Query<Params>,
    headers: HeaderMap,
) -> Answer {
    shared.authorise(&headers, Permit::MetadataOnly)?;
    let default = format!(
        "kind,nextPageToken,newStartPageToken,changes(kind,type,changeType,time,removed,fileId,file({FILE_DEFAULT}))"
    );
    let mask = Mask::of(params.get("fields"), &default, "ChangeList")?;
    let size = page_size(&params)?;
    let token = params
        .get("pageToken")
        .ok_or_else(|| ApiError::required("pageToken"))?;
    let token = token.parse().map_err(|_| ApiError::invalid("pageToken"))?;
    let drive = shared.drive();
    let only = change_drive(&drive, &params)?;
    let with_drives = flag(&params, "includeItemsFromAllDrives");
    let wanted = |change: &super::drive::Change| match &only {
        Some(_) => change.drive == only,
        None => change.drive.is_none() || with_drives,
    };
    let (found, next) = drive
        .changes(token, size, wanted)
        .ok_or_else(|| ApiError::invalid("pageToken"))?;
    let keep_removed = param(&params, "includeRemoved") != "false";
    let mut list = Vec::new();
    for change in found {
        let item = drive.find(&change.file);
        if item.is_none() && !keep_removed {
            continue;
        }
        let mut entry = json!({
            "kind": "drive#change", "type": "file", "changeType": "file",
            "fileId": change.file, "removed": item.is_none(), "time": time(change.time),
        });
        let inner = mask.get("changes").and_then(|mask| mask.get("file"));
        if let (Some((node, trashed)), Some(inner), Some(entry)) =
            (item, inner, entry.as_object_mut())
        {
            let described = file(&drive, &node, trashed, inner, &headers);
            entry.insert("file".into(), described);
        }
        list.push(entry);
    }
    let name = if next < drive.change_token() {
        "nextPageToken"
    } else {
        "newStartPageToken"
    };
    let answer = json!({"kind": "drive#changeList", name: next.to_string(), "changes": list});
    Ok(ok(&mask.prune(answer)))
}

/// The shared drive whose changes are asked for.
fn change_drive(drive: &Drive, params: &Params) -> Result<Option<String>, ApiError> {
    match param(params, "driveId") {
        "" => Ok(None),
        _ if !flag(params, "supportsAllDrives") => Err(ApiError::invalid("supportsAllDrives")),
        id => Ok(Some(shared_drive(drive, id)?.id.clone())),
    }
}

/// `GET /drive/v3/files/{id}/permissions`
pub(super) async fn permissions(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    Query(params): Query<Params>,
    headers: HeaderMap,
) -> Answer {
    shared.authorise(&headers, Permit::MetadataOnly)?;
    let default = "kind,nextPageToken,permissions(kind,id,type,role)";
    let mask = Mask::of(params.get("fields"), default, "PermissionList")?;
    let (node, _) = visible(&shared.drive(), &id, Some(&params), &headers)?;
    if node.owner != Owner::Me || node.reach == Reach::ById {
        let message = "The user does not have sufficient permissions for this file.";
        return Err(ApiError::new(403, "insufficientFilePermissions", message));
    }
    let owner = super::node::owner_permission(node.owner());
    let answer = json!({"kind": "drive#permissionList", "permissions": [owner]});
    Ok(ok(&mask.prune(answer)))
}

pub(super) fn param<'a>(params: &'a Params, name: &str) -> &'a str {
    params.get(name).map_or("", String::as_str)
}

pub(super) fn flag(params: &Params, name: &str) -> bool {
    param(params, name) == "true"
}

/// From 1 on; more than 1000 counts as 1000.
fn page_size(params: &Params) -> Result<usize, ApiError> {
    match params.get("pageSize") {
        None => Ok(100),
        Some(text) => match text.parse::<usize>() {
            Ok(size) if size > 0 => Ok(size.min(1_000)),
            _ => Err(ApiError::out_of_range("pageSize", text)),
        },
    }
}

/// A page token holds only for the search that it was given for.
fn binding(params: &Params) -> u64 {
    let text = ["q", "corpora", "driveId"].map(|name| param(params, name));
    mix_text(0x70a6e, &text.join("\n"))
}

fn page_token(position: u64, bound: u64) -> String {
    let mut bytes = position.to_be_bytes().to_vec();
    bytes.extend(super::super::content::mix(bound, position).to_be_bytes());
    format!("~!!~{}", URL_SAFE_NO_PAD.encode(bytes))
}

fn page_position(token: &str, bound: u64) -> Option<u64> {
    let bytes = URL_SAFE_NO_PAD.decode(token.strip_prefix("~!!~")?).ok()?;
    let position = u64::from_be_bytes(*bytes.first_chunk::<8>()?);
    (page_token(position, bound) == token).then_some(position)
}
