//! An item of a practice drive, and how Graph describes it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::super::content::Content;
use super::super::world::{ACCOUNT, person};

/// A file, a folder, a notebook or something of others in a practice drive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Node {
    pub id: String,
    /// The drive that it lies in.
    pub drive: String,
    pub name: String,
    /// `None`: the drive's top.
    pub parent: Option<String>,
    pub kind: NodeKind,
    /// What people see, in milliseconds since 1970; the service's own dates are later.
    pub created: i64,
    /// What people see, in milliseconds since 1970.
    pub modified: i64,
    pub version: u64,
    pub malware: bool,
    pub listing: Listing,
    pub owner: Owner,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum NodeKind {
    Folder,
    /// The Personal Vault; one that is not locked is a folder that only looks like it.
    Vault {
        locked: bool,
    },
    File {
        content: Content,
        media_type: String,
        stated: Stated,
    },
    /// A OneNote notebook; its sections lie in it.
    Notebook,
    /// An album of pictures that lie elsewhere.
    Album,
    /// Something of another drive that was added here.
    Remote(Remote),
}

/// What is published of a file's size and digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stated {
    /// Those of the bytes.
    Right,
    /// Everything but the digest.
    NoDigest,
    /// No digest until it was downloaded once.
    OnDownload,
    /// Size and digest are those of another content: that before SharePoint, or a phone, changed it.
    Other(Content),
    /// The size is right, the digest is of another content.
    OtherDigest(Content),
}

/// Where something of others really lies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remote {
    /// As the reference spells it.
    pub drive: String,
    pub drive_type: String,
    pub item: String,
}

/// In which lists an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Listing {
    All,
    /// In no list of changes, but among the children of its folder: a document with a retention label.
    Children,
    /// The same, and locked besides.
    Locked,
    /// Twice in a list of changes, first under an old name.
    Twice,
    /// Shared with the account and added nowhere.
    SharedWithMe,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Owner {
    Me,
    /// One of the world's people.
    Other(u64),
}

impl Node {
    pub(super) fn new(id: String, drive: &str, name: impl Into<String>, kind: NodeKind) -> Self {
        Self {
            id,
            drive: drive.to_owned(),
            name: name.into(),
            parent: None,
            kind,
            created: 0,
            modified: 0,
            version: 1,
            malware: false,
            listing: Listing::All,
            owner: Owner::Me,
        }
    }

    /// What children can lie in.
    pub fn is_folder(&self) -> bool {
        matches!(
            self.kind,
            NodeKind::Folder | NodeKind::Vault { .. } | NodeKind::Notebook
        )
    }

    /// The bytes of a file; nothing else has any.
    pub fn content(&self) -> Option<Content> {
        match self.kind {
            NodeKind::File { content, .. } => Some(content),
            _ => None,
        }
    }
}

/// What describing an item needs to know beyond the item.
pub(super) struct Context<'a> {
    pub drive_type: &'a str,
    /// The address of the drive's top in a browser.
    pub web: &'a str,
    /// The names from the top down, where the answer may have a path.
    pub path: Option<String>,
    pub children: u64,
    /// Whether it was downloaded before.
    pub downloaded: bool,
    pub digest: &'a dyn Fn(Content) -> String,
    /// Where its bytes are, where the answer may say so.
    pub download: Option<String>,
    /// What a remote item leads to.
    pub target: Option<Box<Value>>,
    /// Lists of changes for organisations leave some things out.
    pub sparse: bool,
}

/// The fields of a `driveItem`.
pub(super) fn describe(node: &Node, context: &Context<'_>) -> Value {
    let mut item = json!({
        "id": node.id,
        "name": node.name,
        "eTag": format!("\"{{{}}},{}\"", node.id, node.version),
        "createdDateTime": time(node.created.max(FOUNDED)),
        "lastModifiedDateTime": time(node.modified.max(FOUNDED)),
        "size": size(node),
        "webUrl": format!("{}/{}", context.web, encode(&node.name)),
        "createdBy": {"user": user(node.owner)},
        "fileSystemInfo": {
            "createdDateTime": time(node.created),
            "lastModifiedDateTime": time(node.modified),
        },
        "parentReference": parent(node, context),
    });
    let Some(fields) = item.as_object_mut() else {
        return item;
    };
    if !context.sparse {
        let tag = format!("\"c:{{{}}},{}\"", node.id, node.version);
        fields.insert("cTag".into(), tag.into());
        fields.insert("lastModifiedBy".into(), json!({"user": user(node.owner)}));
    }
    if node.parent.is_none() {
        fields.insert("root".into(), json!({}));
        fields.insert("name".into(), "root".into());
        fields.insert("webUrl".into(), context.web.into());
    }
    facets(fields, node, context);
    item
}

fn facets(fields: &mut Map<String, Value>, node: &Node, context: &Context<'_>) {
    let folder = json!({"childCount": context.children, "view": {"viewType": "thumbnails"}});
    match &node.kind {
        NodeKind::Folder => {
            fields.insert("folder".into(), folder);
        }
        NodeKind::Vault { .. } => {
            fields.insert("folder".into(), json!({"childCount": 0}));
            fields.remove("webUrl");
        }
        NodeKind::Notebook => {
            fields.insert("package".into(), json!({"type": "oneNote"}));
        }
        NodeKind::Album => {
            fields.insert("bundle".into(), json!({"childCount": 3, "album": {}}));
        }
        NodeKind::File { media_type, .. } => {
            let mut file = json!({"mimeType": media_type});
            if let (Some(digest), Some(file)) = (digest(node, context), file.as_object_mut()) {
                file.insert("hashes".into(), json!({"quickXorHash": digest}));
            }
            fields.insert("file".into(), file);
            if let Some(download) = &context.download {
                let download = download.as_str().into();
                fields.insert("@microsoft.graph.downloadUrl".into(), download);
            }
        }
        NodeKind::Remote(_) => {
            fields.insert("size".into(), 0.into());
            if let Some(target) = &context.target {
                fields.insert("remoteItem".into(), (**target).clone());
            }
        }
    }
    if node.malware {
        let malware = json!({"description": "Trojan:Win32/Practice.A"});
        fields.insert("malware".into(), malware);
    }
}

fn parent(node: &Node, context: &Context<'_>) -> Value {
    let mut parent = json!({"driveId": node.drive, "driveType": context.drive_type});
    if let Some(fields) = parent.as_object_mut() {
        if let Some(id) = &node.parent {
            fields.insert("id".into(), id.as_str().into());
        }
        if let (Some(path), Some(_)) = (&context.path, &node.parent) {
            fields.insert("path".into(), path.as_str().into());
        }
    }
    parent
}

/// A row of a list of changes for something that is gone.
pub(super) fn deleted(node: &Node, drive_type: &str) -> Value {
    let mut row = json!({
        "id": node.id,
        "parentReference": {"driveId": node.drive, "driveType": drive_type, "id": node.parent},
        "deleted": {"state": "deleted"},
    });
    let Some(fields) = row.as_object_mut() else {
        return row;
    };
    if drive_type == "personal" {
        fields.insert("name".into(), node.name.as_str().into());
    }
    if node.content().is_some() {
        // All zeros, whatever it was.
        let zeros = json!({"hashes": {"quickXorHash": "AAAAAAAAAAAAAAAAAAAAAAAAAAA="}});
        fields.insert("file".into(), zeros);
        fields.insert("size".into(), 0.into());
    }
    row
}

/// Bytes, as stated.
fn size(node: &Node) -> u64 {
    match node.kind {
        NodeKind::File {
            stated: Stated::Other(other),
            ..
        } => other.length,
        NodeKind::File { content, .. } => content.length,
        _ => 0,
    }
}

fn digest(node: &Node, context: &Context<'_>) -> Option<String> {
    let NodeKind::File {
        content, stated, ..
    } = node.kind
    else {
        return None;
    };
    match stated {
        Stated::NoDigest => None,
        Stated::OnDownload if !context.downloaded => None,
        Stated::Right | Stated::OnDownload => Some((context.digest)(content)),
        Stated::Other(other) | Stated::OtherDigest(other) => Some((context.digest)(other)),
    }
}

fn user(owner: Owner) -> Value {
    let (name, nth) = match owner {
        Owner::Me => (ACCOUNT.name, 0),
        Owner::Other(number) => (person(number).name, number + 1),
    };
    json!({"displayName": name, "id": format!("{nth:032x}")})
}

/// 2023-01-02T03:04:05Z in milliseconds since 1970: before that, the service had nothing.
const FOUNDED: i64 = 1_672_628_645_000;

/// Milliseconds since 1970 as Graph writes them: whole seconds, in UTC.
pub(super) fn time(millis: i64) -> Value {
    let stamp = jiff::Timestamp::from_second(millis.div_euclid(1000)).unwrap_or_default();
    stamp.to_string().into()
}

pub(super) fn encode(name: &str) -> String {
    percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC).to_string()
}
