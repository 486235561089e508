//! An item of the practice Drive, and how Google describes it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::super::content::Content;
use super::super::world::{ACCOUNT, Native, Person, person};
use super::fields::Mask;
use crate::model::HashAlgorithm;

/// The media type of folders.
pub const FOLDER: &str = "application/vnd.google-apps.folder";
const SHORTCUT: &str = "application/vnd.google-apps.shortcut";

/// A file, folder, document, page or shortcut of the practice Drive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Node {
    pub id: String,
    pub name: String,
    /// As Drive says it: absent on items shared with me and on orphans; it may name a folder that this
    /// account cannot see.
    pub parent: Option<String>,
    pub kind: NodeKind,
    /// Milliseconds since 1970.
    pub created: i64,
    /// Milliseconds since 1970.
    pub modified: i64,
    pub version: u64,
    /// In the trash by itself, not only with its folder.
    pub trashed: bool,
    pub starred: bool,
    pub owner: Owner,
    /// The shared drive that it lies in.
    pub drive: Option<String>,
    /// Milliseconds since 1970.
    pub shared_with_me: Option<i64>,
    pub reach: Reach,
    /// Needed in `X-Goog-Drive-Resource-Keys`, where it is needed at all.
    pub resource_key: Option<String>,
    pub obstacle: Obstacle,
    pub description: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum NodeKind {
    Folder,
    File {
        content: Content,
        media_type: String,
        digests: Digests,
    },
    Document {
        native: Native,
        seed: u64,
        /// Whether two exports are the same bytes.
        stable: bool,
        /// Bytes that the export has on top.
        ballast: u64,
    },
    /// Something that is only a web page; the media type says what.
    Page(String),
    Shortcut {
        target: String,
        target_type: String,
        target_key: Option<String>,
    },
}

/// Which digests Drive publishes of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Digests {
    All,
    /// Old files have no SHA-1 and no SHA-256.
    Md5,
    None,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Owner {
    Me,
    /// One of the world's people.
    Other(u64),
}

/// Where an item turns up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reach {
    /// In the flat list of its space.
    Listed,
    /// Only in the list of its folder: what lies in a folder that is shared with me.
    InFolder,
    /// In no list: shared by a link that only a shortcut knows.
    ById,
}

/// Why a file cannot be downloaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Obstacle {
    None,
    /// Its owner forbids downloads, and `capabilities.canDownload` says so.
    NoDownload,
    /// Flagged as malware or spam; its owner may acknowledge that.
    Abusive,
    /// Downloaded too often of late.
    QuotaExceeded,
}

impl Node {
    /// An own, untroubled item.
    pub(super) fn new(id: String, name: impl Into<String>, kind: NodeKind) -> Self {
        Self {
            id,
            name: name.into(),
            parent: None,
            kind,
            created: 0,
            modified: 0,
            version: 1,
            trashed: false,
            starred: false,
            owner: Owner::Me,
            drive: None,
            shared_with_me: None,
            reach: Reach::Listed,
            resource_key: None,
            obstacle: Obstacle::None,
            description: None,
        }
    }

    pub fn is_folder(&self) -> bool {
        self.kind == NodeKind::Folder
    }

    pub fn mime_type(&self) -> &str {
        match &self.kind {
            NodeKind::Folder => FOLDER,
            NodeKind::File { media_type, .. } | NodeKind::Page(media_type) => media_type,
            NodeKind::Document { native, .. } => native_type(*native),
            NodeKind::Shortcut { .. } => SHORTCUT,
        }
    }

    /// The bytes of a file; nothing else has any.
    pub fn content(&self) -> Option<Content> {
        match self.kind {
            NodeKind::File { content, .. } => Some(content),
            _ => None,
        }
    }

    pub fn shortcut_target(&self) -> Option<&str> {
        match &self.kind {
            NodeKind::Shortcut { target, .. } => Some(target),
            _ => None,
        }
    }

    pub(super) fn owner(&self) -> Person {
        match self.owner {
            Owner::Me => ACCOUNT,
            Owner::Other(number) => person(number),
        }
    }

    pub(super) fn owner_is(&self, who: &str) -> bool {
        (who == "me" && self.owner == Owner::Me) || self.owner().mail == who
    }

    fn can_download(&self) -> bool {
        self.obstacle != Obstacle::NoDownload
    }

    fn can_edit(&self) -> bool {
        self.owner == Owner::Me || self.drive.is_some()
    }
}

/// The media type of a document of Google's own editors.
pub(super) const fn native_type(native: Native) -> &'static str {
    match native {
        Native::Text => "application/vnd.google-apps.document",
        Native::Sheet => "application/vnd.google-apps.spreadsheet",
        Native::Slides => "application/vnd.google-apps.presentation",
        Native::Drawing => "application/vnd.google-apps.drawing",
    }
}

/// What describing an item needs to know beyond the item.
pub(super) struct Context<'a> {
    /// Whether it lies in the trash, itself or with its folder.
    pub trashed: bool,
    /// Where the export links lead.
    pub docs: &'a str,
    pub digest: &'a dyn Fn(Content, HashAlgorithm) -> String,
}

/// The wanted fields of a `File` resource; those that Drive would not give are absent.
pub(super) fn describe(node: &Node, mask: &Mask, context: &Context<'_>) -> Value {
    let mut fields = Map::new();
    for (name, inner) in mask.names("File") {
        if let Some(value) = field(node, name, inner, context) {
            fields.insert(name.to_owned(), inner.prune(value));
        }
    }
    Value::Object(fields)
}

fn field(node: &Node, name: &str, mask: &Mask, context: &Context<'_>) -> Option<Value> {
    let id = &node.id;
    let own = node.drive.is_none();
    Some(match name {
        "kind" => "drive#file".into(),
        "id" => id.as_str().into(),
        "name" => node.name.as_str().into(),
        "mimeType" => node.mime_type().into(),
        "parents" => json!([node.parent.as_ref()?]),
        "createdTime" => time(node.created),
        "modifiedTime" => time(node.modified),
        "trashed" => context.trashed.into(),
        "explicitlyTrashed" => node.trashed.into(),
        "starred" => node.starred.into(),
        "version" => node.version.to_string().into(),
        "description" => node.description.as_deref()?.into(),
        "spaces" => json!(["drive"]),
        "driveId" | "teamDriveId" => node.drive.as_deref()?.into(),
        "resourceKey" => node.resource_key.as_deref()?.into(),
        "owners" if own => json!([user(node.owner())]),
        "ownedByMe" if own => (node.owner == Owner::Me).into(),
        "shared" if own => (node.owner != Owner::Me || node.shared_with_me.is_some()).into(),
        "sharedWithMeTime" => time(node.shared_with_me?),
        "sharingUser" if node.shared_with_me.is_some() => user(node.owner()),
        "lastModifyingUser" => user(node.owner()),
        "modifiedByMe" => (node.owner == Owner::Me).into(),
        "webViewLink" => web_view(node).into(),
        "webContentLink" if node.content().is_some() && node.can_download() => {
            format!("https://drive.google.com/uc?id={id}&export=download").into()
        }
        "iconLink" => "https://drive-thirdparty.googleusercontent.com/16/type/file".into(),
        "capabilities" => capabilities(node, mask),
        "permissions" if own && node.owner == Owner::Me => json!([owner_permission(ACCOUNT)]),
        "permissionIds" if own && node.owner == Owner::Me => {
            json!([permission_id(ACCOUNT)])
        }
        "copyRequiresWriterPermission" => (!node.can_download()).into(),
        "shortcutDetails" => shortcut_details(node)?,
        "exportLinks" => export_links(node, context.docs)?,
        _ => return blob_field(node, name, context),
    })
}

/// Fields that only things with a size have.
fn blob_field(node: &Node, name: &str, context: &Context<'_>) -> Option<Value> {
    if let NodeKind::Document { ballast, .. } = node.kind {
        return matches!(name, "size" | "quotaBytesUsed")
            .then(|| (1_024 + ballast).to_string().into());
    }
    let NodeKind::File {
        content, digests, ..
    } = node.kind
    else {
        return (name == "quotaBytesUsed").then(|| "0".into());
    };
    let digest = |algorithm| Some((context.digest)(content, algorithm).into());
    match name {
        "size" | "quotaBytesUsed" => Some(content.length.to_string().into()),
        "md5Checksum" if digests != Digests::None => digest(HashAlgorithm::Md5),
        "sha1Checksum" if digests == Digests::All => digest(HashAlgorithm::Sha1),
        "sha256Checksum" if digests == Digests::All => digest(HashAlgorithm::Sha256),
        "originalFilename" => Some(node.name.as_str().into()),
        "fileExtension" | "fullFileExtension" => {
            let extension = node.name.rsplit_once('.').map_or("", |(_, e)| e);
            Some(extension.into())
        }
        "headRevisionId" => Some(format!("0B{:x}v{}", content.seed, node.version).into()),
        _ => None,
    }
}

fn capabilities(node: &Node, mask: &Mask) -> Value {
    let all = mask.names("FileCapabilities").into_iter();
    all.map(|(name, _)| {
        let may = match name {
            "canDownload" | "canCopy" => node.can_download(),
            "canListChildren" => node.is_folder(),
            _ => node.can_edit(),
        };
        (name.to_owned(), Value::Bool(may))
    })
    .collect()
}

fn shortcut_details(node: &Node) -> Option<Value> {
    let NodeKind::Shortcut {
        target,
        target_type,
        target_key,
    } = &node.kind
    else {
        return None;
    };
    let mut details = json!({"targetId": target, "targetMimeType": target_type});
    if let (Some(key), Some(details)) = (target_key, details.as_object_mut()) {
        details.insert("targetResourceKey".into(), key.as_str().into());
    }
    Some(details)
}

fn export_links(node: &Node, docs: &str) -> Option<Value> {
    let NodeKind::Document { native, .. } = node.kind else {
        return None;
    };
    let place = match native {
        Native::Text => "feeds/download/documents/export/Export",
        Native::Sheet => "spreadsheets/export",
        Native::Slides => "feeds/download/presentations/Export",
        Native::Drawing => "feeds/download/drawings/Export",
    };
    let links: Map<_, _> = formats(native)
        .iter()
        .map(|(media_type, extension)| {
            let link = format!("{docs}/{place}?id={}&exportFormat={extension}", node.id);
            ((*media_type).to_owned(), link.into())
        })
        .collect();
    Some(Value::Object(links))
}

/// What a document can be exported as: media type and file name ending
/// (developers.google.com/workspace/drive/api/guides/ref-export-formats).
pub(super) const fn formats(native: Native) -> &'static [(&'static str, &'static str)] {
    match native {
        Native::Text => &[
            ("application/rtf", "rtf"),
            ("application/vnd.oasis.opendocument.text", "odt"),
            ("text/html", "html"),
            ("application/pdf", "pdf"),
            ("text/markdown", "md"),
            ("text/x-markdown", "md"),
            ("application/epub+zip", "epub"),
            ("application/zip", "zip"),
            (
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
                "docx",
            ),
            ("text/plain", "txt"),
        ],
        Native::Sheet => &[
            ("application/vnd.oasis.opendocument.spreadsheet", "ods"),
            ("text/tab-separated-values", "tsv"),
            ("application/pdf", "pdf"),
            (
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                "xlsx",
            ),
            ("text/csv", "csv"),
            ("application/zip", "zip"),
            ("application/x-vnd.oasis.opendocument.spreadsheet", "ods"),
        ],
        Native::Slides => &[
            ("application/vnd.oasis.opendocument.presentation", "odp"),
            ("application/pdf", "pdf"),
            (
                "application/vnd.openxmlformats-officedocument.presentationml.presentation",
                "pptx",
            ),
            ("text/plain", "txt"),
        ],
        Native::Drawing => &[
            ("image/svg+xml", "svg"),
            ("image/png", "png"),
            ("application/pdf", "pdf"),
            ("image/jpeg", "jpg"),
        ],
    }
}

pub(super) fn web_view(node: &Node) -> String {
    let id = &node.id;
    let kind = node
        .mime_type()
        .strip_prefix("application/vnd.google-apps.")
        .unwrap_or("file");
    match kind {
        "folder" => format!("https://drive.google.com/drive/folders/{id}"),
        "document" | "spreadsheet" | "presentation" | "drawing" | "form" | "vid" => {
            let place = match kind {
                "spreadsheet" => "spreadsheets",
                "drawing" => "drawings",
                "form" => "forms",
                "vid" => "videos",
                other => other,
            };
            format!("https://docs.google.com/{place}/d/{id}/edit?usp=drivesdk")
        }
        "site" => format!("https://sites.google.com/d/{id}/edit?usp=drivesdk"),
        "map" => format!("https://www.google.com/maps/d/edit?mid={id}&usp=drivesdk"),
        "jam" => format!("https://jamboard.google.com/d/{id}/edit?usp=drivesdk"),
        "script" => format!("https://script.google.com/d/{id}/edit?usp=drivesdk"),
        _ => format!("https://drive.google.com/file/d/{id}/view?usp=drivesdk"),
    }
}

/// A `User` resource.
pub(super) fn user(person: Person) -> Value {
    json!({
        "kind": "drive#user",
        "displayName": person.name,
        "me": person == ACCOUNT,
        "permissionId": permission_id(person),
        "emailAddress": person.mail,
    })
}

/// A `Permission` resource of an owner.
pub(super) fn owner_permission(person: Person) -> Value {
    json!({
        "kind": "drive#permission",
        "id": permission_id(person),
        "type": "user",
        "role": "owner",
        "emailAddress": person.mail,
        "displayName": person.name,
        "deleted": false,
        "pendingOwner": false,
    })
}

fn permission_id(person: Person) -> String {
    let number = person.mail.bytes().fold(7, |sum, byte| {
        super::super::content::mix(sum, u64::from(byte))
    });
    format!("{number:020}")
}

/// RFC 3339 with milliseconds, as Drive writes it.
pub(super) fn time(millis: i64) -> Value {
    jiff::Timestamp::from_millisecond(millis)
        .map(|stamp| format!("{stamp:.3}"))
        .unwrap_or_default()
        .into()
}
