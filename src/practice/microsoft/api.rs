//! The handlers of Graph that answer in JSON (<https://learn.microsoft.com/graph/api/overview>).

use std::collections::HashMap;
use std::sync::atomic::Ordering;

use axum::response::Response;
use http::HeaderMap;
use serde_json::{Value, json};

use super::super::world::ACCOUNT;
use super::Account;
use super::delta;
use super::error::{ApiError, ok};
use super::media;
use super::node::{Context, Listing, Node, NodeKind, describe};
use super::route::{DriveAt, Graph, ItemAt, What};
use super::state::Shared;
use super::store::Store;
use super::traps::{Drive, HOST, Site};

pub(super) type Params = HashMap<String, String>;
pub(super) type Answer = Result<Response, ApiError>;

const FILES: &[&str] = &[
    "Files.Read",
    "Files.Read.All",
    "Files.ReadWrite",
    "Files.ReadWrite.All",
];
const SITES: &[&str] = &["Sites.Read.All"];

/// One request, as far as it is needed.
pub(super) struct Request<'a> {
    pub shared: &'a Shared,
    pub params: &'a Params,
    pub headers: &'a HeaderMap,
}

impl Request<'_> {
    pub(super) fn answer(&self, call: &Graph) -> Answer {
        let wanted = match call {
            Graph::Me => &["User.Read"][..],
            Graph::Sites | Graph::Site(_) | Graph::SiteDrives(_) | Graph::GroupSite(_) => SITES,
            Graph::JoinedTeams => &["Team.ReadBasic.All"],
            Graph::Channels(_) => &["Channel.ReadBasic.All"],
            Graph::Mailbox(parts) => super::mailbox::permissions(parts),
            _ => FILES,
        };
        self.shared.authorise(self.headers, wanted)?;
        match call {
            Graph::Me => Ok(ok(&self.me())),
            Graph::Drives => self.drives(),
            Graph::Drive(at) => {
                let store = self.shared.store();
                Ok(ok(&self.drive_json(&store, self.drive(&store, at)?)))
            }
            Graph::Item(drive, item, what) => self.item(drive, item, what),
            Graph::SharedWithMe => self.shared_with_me(),
            Graph::Sites => self.sites(),
            Graph::Site(id) => {
                let store = self.shared.store();
                Ok(ok(&site_json(self.site(&store, id)?.1)))
            }
            Graph::SiteDrives(id) => self.site_drives(id),
            Graph::JoinedTeams => self.joined_teams(),
            Graph::Channels(team) => self.channels(team),
            Graph::FilesFolder(team, channel) => self.files_folder(team, channel),
            Graph::GroupSite(group) => self.group_site(group),
            Graph::Mailbox(parts) => super::mailbox::answer(self, parts),
            Graph::Unknown(path) => Err(ApiError::unknown_segment(path)),
        }
    }

    fn me(&self) -> Value {
        let personal = self.shared.client.account == Account::Personal;
        json!({
            "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#users/$entity",
            "id": format!("{:032x}", 0),
            "displayName": ACCOUNT.name,
            "givenName": "Camille",
            "surname": "Béranger",
            "mail": if personal { Value::Null } else { ACCOUNT.mail.into() },
            "userPrincipalName": ACCOUNT.mail,
            "businessPhones": [],
        })
    }

    /// A drive that is addressed in one of the ways.
    fn drive<'s>(&self, store: &'s Store, at: &DriveAt) -> Result<&'s Drive, ApiError> {
        let first = |site: usize| store.drives().iter().find(|drive| drive.site == Some(site));
        match at {
            DriveAt::Own if self.shared.no_drive.load(Ordering::Relaxed) => {
                Err(ApiError::no_drive())
            }
            DriveAt::Own => store.own().ok_or_else(ApiError::no_drive),
            DriveAt::Id(id) => store.drive(id).ok_or_else(ApiError::no_such_drive),
            DriveAt::Site(id) => {
                let (place, _) = self.site(store, id)?;
                first(place).ok_or_else(ApiError::not_found)
            }
            DriveAt::Group(id) => {
                let team = store.teams().iter().find(|team| team.id == *id);
                let team = team.ok_or_else(ApiError::not_found)?;
                first(team.site).ok_or_else(ApiError::not_found)
            }
        }
    }

    fn drive_json(&self, store: &Store, drive: &Drive) -> Value {
        let used = store.usage();
        json!({
            "id": drive.id,
            "name": drive.name,
            "driveType": drive.drive_type,
            "webUrl": drive.web,
            "createdDateTime": "2023-01-02T03:04:05Z",
            "lastModifiedDateTime": "2026-01-02T03:04:05Z",
            "owner": {"user": {"displayName": ACCOUNT.name, "email": ACCOUNT.mail}},
            "quota": {
                "total": 1_099_511_627_776_u64, "used": used, "deleted": 0,
                "remaining": 1_099_511_627_776_u64 - used, "state": "normal",
            },
        })
    }

    fn drives(&self) -> Answer {
        let store = self.shared.store();
        let own = store.own().into_iter();
        let drives: Vec<Value> = own.map(|drive| self.drive_json(&store, drive)).collect();
        Ok(ok(&json!({"value": drives})))
    }

    fn item(&self, drive: &DriveAt, at: &ItemAt, what: &What) -> Answer {
        let (drive, node) = {
            let store = self.shared.store();
            let drive = self.drive(&store, drive)?.clone();
            let node = find(&store, &drive, at)?;
            (drive, node)
        };
        match what {
            What::Itself => {
                let item = self.describe(&drive, &node, Depth::Whole);
                Ok(ok(&self.selected(item)))
            }
            What::Children => self.children(&drive, &node),
            What::Content => media::content(self.shared, &node),
            What::Delta(token) => delta::delta(self, &drive, &node, token.as_deref()),
            What::Permissions => Ok(ok(&json!({"value": [{
                "id": "1", "roles": ["owner"],
                "grantedToV2": {"user": {"displayName": ACCOUNT.name, "email": ACCOUNT.mail}},
            }]}))),
            What::Versions => {
                let time = super::node::time(node.modified);
                let version = json!({"id": "1.0", "lastModifiedDateTime": time});
                Ok(ok(&json!({"value": [version]})))
            }
        }
    }

    /// How an item is told of.
    pub(super) fn describe(&self, drive: &Drive, node: &Node, depth: Depth) -> Value {
        let store = self.shared.store();
        let whole = depth != Depth::Changes;
        let path = whole.then(|| format!("/drives/{}/root:{}", drive.id, store.path_above(node)));
        let file = matches!(node.kind, NodeKind::File { .. }) && !node.malware;
        let locked = node.listing == Listing::Locked;
        let context = Context {
            drive_type: drive.drive_type,
            web: &drive.web,
            path,
            children: store.child_count(node),
            downloaded: store.was_downloaded(&node.id),
            digest: &|content| store.digest(content),
            download: (whole && file && !locked).then(|| self.shared.link(&node.id)),
            target: self.target(&store, node).map(Box::new),
            sparse: depth == Depth::Changes && drive.drive_type != "personal",
        };
        describe(node, &context)
    }

    /// What something of others leads to, as far as its place knows.
    fn target(&self, store: &Store, node: &Node) -> Option<Value> {
        let NodeKind::Remote(remote) = &node.kind else {
            return None;
        };
        let mut value = json!({
            "id": remote.item,
            "parentReference": {"driveId": remote.drive, "driveType": remote.drive_type},
            "shared": {"scope": "users", "owner": {"user": {"displayName": "Noémie Lefèvre"}}},
        });
        let fields = value.as_object_mut()?;
        let target = store.find(&remote.item);
        // As it was when it was added, where it is gone by now.
        let facet = match target.as_ref().map(|target| &target.kind) {
            Some(NodeKind::File { media_type, .. }) => ("file", json!({"mimeType": media_type})),
            Some(NodeKind::Notebook) => ("package", json!({"type": "oneNote"})),
            _ => ("folder", json!({"childCount": 1})),
        };
        fields.insert(facet.0.to_owned(), facet.1);
        if let Some(target) = target {
            let drive = store.drive(&target.drive)?;
            let web = format!("{}/{}", drive.web, super::node::encode(&target.name));
            fields.insert("name".into(), target.name.as_str().into());
            fields.insert("webUrl".into(), web.into());
            fields.insert(
                "size".into(),
                target.content().map_or(0, |content| content.length).into(),
            );
            fields.insert(
                "fileSystemInfo".into(),
                json!({
                    "createdDateTime": super::node::time(target.created),
                    "lastModifiedDateTime": super::node::time(target.modified),
                }),
            );
        }
        Some(value)
    }

    /// Only the fields that are asked for; who asks for some gets no annotations.
    pub(super) fn selected(&self, mut item: Value) -> Value {
        let select = self.params.get("$select").or(self.params.get("select"));
        if let (Some(select), Some(fields)) = (select, item.as_object_mut()) {
            let wanted: Vec<&str> = select.split(',').map(str::trim).collect();
            fields.retain(|name, _| wanted.contains(&name.as_str()));
        }
        item
    }

    /// `$top`, within what is possible.
    pub(super) fn top(&self) -> usize {
        let top = self.params.get("$top").or(self.params.get("top"));
        let top = top.and_then(|top| top.parse::<usize>().ok());
        top.unwrap_or(200).clamp(1, 1_000)
    }

    fn children(&self, drive: &Drive, folder: &Node) -> Answer {
        match folder.kind {
            NodeKind::Vault { locked: true } => return Err(ApiError::vault()),
            _ if folder.is_folder() => {}
            _ => return Ok(ok(&json!({"value": []}))),
        }
        let mut children = self.shared.store().children(folder);
        let short = &self.shared.short_lists;
        let shorten = |left: u64| left.checked_sub(1);
        let (set, fetch) = (Ordering::Relaxed, Ordering::Relaxed);
        if !children.is_empty() && short.fetch_update(set, fetch, shorten).is_ok() {
            children.pop();
        }
        let skip = self
            .params
            .get("$skiptoken")
            .and_then(|skip| skip.parse().ok());
        let (skip, top) = (skip.unwrap_or(0), self.top());
        let rows = children.iter().skip(skip).take(top);
        let rows: Vec<Value> = rows
            .map(|node| self.selected(self.describe(drive, node, Depth::Row)))
            .collect();
        let mut page = json!({"@odata.count": children.len(), "value": rows});
        if skip + top < children.len()
            && let Some(page) = page.as_object_mut()
        {
            let mut more = vec![("$skiptoken", (skip + top).to_string())];
            more.push(("$top", top.to_string()));
            if let Some(select) = self.params.get("$select") {
                more.push(("$select", select.clone()));
            }
            let path = format!("drives/{}/items/{}/children", drive.id, folder.id);
            page.insert("@odata.nextLink".into(), self.link(&path, &more).into());
        }
        Ok(ok(&page))
    }

    /// An address of this server, for answers.
    pub(super) fn link(&self, path: &str, query: &[(&str, String)]) -> String {
        let base = self.shared.base(self.headers);
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(query)
            .finish();
        format!("{base}/v1.0/{path}?{query}")
    }

    fn shared_with_me(&self) -> Answer {
        if self.shared.no_shared_list.load(Ordering::Relaxed) {
            return Err(ApiError::new(410, "gone", "The API has been retired."));
        }
        let (drive, rows) = {
            let store = self.shared.store();
            let drive = self.drive(&store, &DriveAt::Own)?.clone();
            (drive, store.shared_with_me())
        };
        let rows: Vec<Value> = rows
            .iter()
            .map(|node| {
                let mut row = self.describe(&drive, node, Depth::Row);
                if let Some(fields) = row.as_object_mut() {
                    fields.remove("parentReference");
                    if let NodeKind::Remote(remote) = &node.kind {
                        fields.insert("id".into(), remote.item.as_str().into());
                    }
                }
                row
            })
            .collect();
        Ok(ok(&json!({"value": rows})))
    }

    fn only_work(&self) -> Result<(), ApiError> {
        match self.shared.client.account {
            Account::Work => Ok(()),
            Account::Personal => Err(ApiError::no_sites()),
        }
    }

    fn sites(&self) -> Answer {
        self.only_work()?;
        let wanted = self
            .params
            .get("search")
            .map(|text| text.trim_matches('*').to_lowercase());
        let wanted = wanted.unwrap_or_default();
        let store = self.shared.store();
        let sites = store.sites().iter().filter(|site| !site.hidden);
        let found: Vec<Value> = sites
            .filter(|site| site.name.to_lowercase().contains(&wanted))
            .map(site_json)
            .collect();
        Ok(ok(&json!({"value": found})))
    }

    fn site<'s>(&self, store: &'s Store, id: &str) -> Result<(usize, &'s Site), ApiError> {
        self.only_work()?;
        let (host, path) = id.split_once(':').unwrap_or((id, ""));
        let mut sites = store.sites().iter().enumerate();
        let found = sites.find(|(_, site)| {
            let by_path = host == HOST && site.path.eq_ignore_ascii_case(path);
            site.id.eq_ignore_ascii_case(id) || (by_path && !id.contains(','))
        });
        found.ok_or_else(|| ApiError::new(404, "itemNotFound", "Requested site could not be found"))
    }

    fn site_drives(&self, id: &str) -> Answer {
        let store = self.shared.store();
        let (place, _) = self.site(&store, id)?;
        let drives = store.drives().iter();
        let drives: Vec<Value> = drives
            .filter(|drive| drive.site == Some(place))
            .map(|drive| self.drive_json(&store, drive))
            .collect();
        Ok(ok(&json!({"value": drives})))
    }

    fn joined_teams(&self) -> Answer {
        self.only_work()?;
        let store = self.shared.store();
        let teams: Vec<Value> = store
            .teams()
            .iter()
            .map(|team| json!({"id": team.id, "displayName": team.name, "description": null}))
            .collect();
        Ok(ok(&json!({"@odata.count": teams.len(), "value": teams})))
    }

    fn channels(&self, id: &str) -> Answer {
        let store = self.shared.store();
        let team = store.teams().iter().find(|team| team.id == id);
        let team = team.ok_or_else(ApiError::not_found)?;
        let channels: Vec<Value> = team
            .channels
            .iter()
            .map(|channel| {
                json!({
                    "id": channel.id, "displayName": channel.name,
                    "membershipType": channel.membership,
                })
            })
            .collect();
        Ok(ok(&json!({"value": channels})))
    }

    fn files_folder(&self, team: &str, channel: &str) -> Answer {
        let (drive, node) = {
            let store = self.shared.store();
            let team = store.teams().iter().find(|known| known.id == team);
            let channel = team.and_then(|team| team.channels.iter().find(|c| c.id == channel));
            let folder = channel.and_then(|channel| channel.folder.as_ref());
            let node = folder.and_then(|folder| store.find(folder));
            let node = node.ok_or_else(ApiError::not_found)?;
            let drive = store.drive(&node.drive).ok_or_else(ApiError::not_found)?;
            (drive.clone(), node)
        };
        Ok(ok(&self.describe(&drive, &node, Depth::Whole)))
    }

    fn group_site(&self, group: &str) -> Answer {
        let store = self.shared.store();
        let team = store.teams().iter().find(|team| team.id == group);
        let site = team.and_then(|team| store.sites().get(team.site));
        Ok(ok(&site_json(site.ok_or_else(ApiError::not_found)?)))
    }
}

/// What is told of an item where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Depth {
    /// By itself.
    Whole,
    /// In a listing.
    Row,
    /// In a list of changes.
    Changes,
}

fn find(store: &Store, drive: &Drive, at: &ItemAt) -> Result<Node, ApiError> {
    let by_id = |id: &str| {
        let node = store.find(id).filter(|node| node.drive == drive.id);
        node.ok_or_else(ApiError::not_found)
    };
    match at {
        ItemAt::Root => by_id(&drive.root),
        ItemAt::Id(id) => by_id(id),
        ItemAt::Path(from, path) => {
            let from = by_id(from.as_deref().unwrap_or(&drive.root))?;
            store.by_path(from, path).ok_or_else(ApiError::not_found)
        }
    }
}

fn site_json(site: &Site) -> Value {
    let name = site.path.rsplit('/').next().unwrap_or_default();
    json!({
        "id": site.id,
        "name": name,
        "displayName": site.name,
        "webUrl": format!("https://{HOST}{}", site.path),
        "siteCollection": {"hostname": HOST},
    })
}
