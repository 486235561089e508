//! An item of the practice Dropbox, and how the API describes it (`files.stone` of
//! <https://github.com/dropbox/dropbox-api-spec>).

use serde_json::{Map, Value, json};

use super::super::content::Content;
use super::super::world::{Document, Native};

/// Which item it is; the two highest bits say of which series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Key(pub u64);

impl Key {
    /// The member's own folder: the home namespace.
    pub(super) const HOME: Self = Self(3 << 62);
    /// The team's space, which the member's folder and the team folders lie in.
    pub(super) const TEAM: Self = Self((3 << 62) + 1);
    const TRAP: u64 = 1 << 62;
    const MADE: u64 = 2 << 62;

    /// An entry of the seeded tree.
    pub(super) const fn tree(number: u64) -> Self {
        Self(number)
    }

    pub(super) const fn trap(number: u64) -> Self {
        Self(Self::TRAP | number)
    }

    /// Made while the server runs.
    pub(super) const fn made(number: u64) -> Self {
        Self(Self::MADE | number)
    }

    pub(super) const fn tree_number(self) -> Option<u64> {
        if self.0 < Self::TRAP {
            Some(self.0)
        } else {
            None
        }
    }
}

/// A file, folder or document of the practice Dropbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    pub(super) key: Key,
    /// `id:…`
    pub id: String,
    pub name: String,
    pub(super) parent: Option<Key>,
    pub kind: NodeKind,
    /// Seconds since 1970, as the computer said that put it there.
    pub client_modified: i64,
    /// Seconds since 1970.
    pub server_modified: i64,
    pub version: u32,
    pub obstacle: Obstacle,
    /// Whether the API publishes a `content_hash`.
    pub hashed: bool,
    pub paths: Paths,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NodeKind {
    Folder {
        /// The namespace whose top it is.
        shared: Option<Shared>,
        access: Access,
    },
    File {
        content: Content,
    },
    /// Something that is not downloaded but exported.
    Document(Exportable),
    /// A symbolic link that a desktop client put there.
    Symlink {
        target: String,
    },
}

/// A shared folder or a team folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shared {
    pub namespace: String,
    pub read_only: bool,
    pub is_team_folder: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    All,
    /// Only some folders in it can be seen.
    TraverseOnly,
    None,
}

/// A document and what it can be exported as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exportable {
    pub native: Native,
    /// What `export_info.export_as` says.
    pub export_as: Option<&'static str>,
    /// What `export_info.export_options` says.
    pub options: &'static [&'static str],
    pub seed: u64,
    /// Exports that come to nothing first, because the server is still busy making it.
    pub not_ready: u32,
    /// For web links: where they lead.
    pub link: Option<&'static str>,
}

/// Why a file cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    None,
    /// `path/restricted_content`: taken down at the demand of a rights holder or an authority.
    Restricted,
    /// `unsupported_file`, although nothing told of it before.
    Unsupported,
    /// `path/unsupported_content_type`
    UnsupportedType,
}

/// Which paths the API tells of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paths {
    Both,
    /// Only `path_display`.
    Display,
    Neither,
}

impl Node {
    pub(super) fn new(key: Key, id: String, name: impl Into<String>, kind: NodeKind) -> Self {
        Self {
            key,
            id,
            name: name.into(),
            parent: None,
            kind,
            client_modified: 0,
            server_modified: 0,
            version: 1,
            obstacle: Obstacle::None,
            hashed: true,
            paths: Paths::Both,
        }
    }

    pub fn is_folder(&self) -> bool {
        matches!(self.kind, NodeKind::Folder { .. })
    }

    /// The bytes of a file; nothing else has any.
    pub fn content(&self) -> Option<Content> {
        match self.kind {
            NodeKind::File { content } => Some(content),
            _ => None,
        }
    }

    pub(super) fn shared(&self) -> Option<&Shared> {
        match &self.kind {
            NodeKind::Folder { shared, .. } => shared.as_ref(),
            _ => None,
        }
    }
}

pub(super) const FOLDER: NodeKind = NodeKind::Folder {
    shared: None,
    access: Access::All,
};

/// What describing an item needs to know beyond the item.
pub(super) struct Context<'a> {
    /// Relative to the root of the request; `None` where the item is not below it.
    pub path: Option<&'a str>,
    pub rev: String,
    /// The shared folder that it lies in.
    pub inside: Option<&'a Shared>,
    pub hash: &'a dyn Fn(Content) -> String,
}

/// A `Metadata`, with its `.tag`.
pub(super) fn describe(node: &Node, context: &Context<'_>) -> Value {
    let mut fields = Map::new();
    fields.insert("name".into(), node.name.as_str().into());
    fields.insert("id".into(), node.id.as_str().into());
    add_paths(&mut fields, node, context.path);
    let tag = if node.is_folder() {
        add_folder_fields(&mut fields, node, context);
        "folder"
    } else {
        add_file_fields(&mut fields, node, context);
        "file"
    };
    fields.insert(".tag".into(), tag.into());
    Value::Object(fields)
}

fn add_paths(fields: &mut Map<String, Value>, node: &Node, path: Option<&str>) {
    let Some(path) = path else { return };
    if node.paths == Paths::Both {
        fields.insert("path_lower".into(), lower(path).into());
    }
    if node.paths != Paths::Neither {
        fields.insert("path_display".into(), display(node.key, path).into());
    }
}

/// The letters of a path as Dropbox compares them.
pub(super) fn lower(text: &str) -> String {
    text.to_lowercase()
}

/// Only the last part is reliably written as people wrote it; what stands before comes from whoever asked
/// last.
fn display(key: Key, path: &str) -> String {
    let Some((folder, name)) = path.rsplit_once('/') else {
        return path.to_owned();
    };
    match key.0 % 5 {
        0 => format!("{}/{name}", folder.to_lowercase()),
        1 => format!("{}/{name}", folder.to_uppercase()),
        _ => path.to_owned(),
    }
}

fn add_folder_fields(fields: &mut Map<String, Value>, node: &Node, context: &Context<'_>) {
    let NodeKind::Folder { shared, access } = &node.kind else {
        return;
    };
    let above = context
        .inside
        .filter(|inside| Some(*inside) != shared.as_ref());
    if shared.is_none() && above.is_none() && *access == Access::All {
        return;
    }
    let read_only = shared.as_ref().or(above).is_some_and(|one| one.read_only);
    let mut info = json!({
        "read_only": read_only,
        "traverse_only": *access == Access::TraverseOnly,
        "no_access": *access == Access::None,
    });
    if let Some(info) = info.as_object_mut() {
        if let Some(shared) = shared {
            let namespace = shared.namespace.as_str();
            info.insert("shared_folder_id".into(), namespace.into());
            fields.insert("shared_folder_id".into(), namespace.into());
        }
        if let Some(above) = above {
            let namespace = above.namespace.as_str();
            info.insert("parent_shared_folder_id".into(), namespace.into());
        }
    }
    fields.insert("sharing_info".into(), info);
}

fn add_file_fields(fields: &mut Map<String, Value>, node: &Node, context: &Context<'_>) {
    let mut put = |name: &str, value: Value| {
        fields.insert(name.to_owned(), value);
    };
    put("client_modified", time(node.client_modified));
    put("server_modified", time(node.server_modified));
    put("rev", context.rev.as_str().into());
    put("size", size(node).into());
    put(
        "is_downloadable",
        (!matches!(node.kind, NodeKind::Document(_))).into(),
    );
    if let Some(inside) = context.inside {
        let info = json!({
            "read_only": inside.read_only,
            "parent_shared_folder_id": inside.namespace,
            "modified_by": ACCOUNT_ID,
        });
        put("sharing_info", info);
    }
    match &node.kind {
        NodeKind::File { content } if node.hashed => {
            put("content_hash", (context.hash)(*content).into());
        }
        NodeKind::Document(document) => {
            let mut info = Map::new();
            if let Some(format) = document.export_as {
                info.insert("export_as".into(), format.into());
            }
            if !document.options.is_empty() {
                info.insert("export_options".into(), json!(document.options));
            }
            // "This filed must be set if `is_downloadable` is set to false" (files.stone).
            put("export_info", Value::Object(info));
            let stub = Content::noise(document.seed, u64::from(node.version));
            put("content_hash", (context.hash)(stub).into());
        }
        NodeKind::Symlink { target } => put("symlink_info", json!({"target": target})),
        _ => {}
    }
}

/// Bytes; of a document, those of the stub that stands for it.
fn size(node: &Node) -> u64 {
    match &node.kind {
        NodeKind::File { content } => content.length,
        NodeKind::Document(_) => u64::from(node.version),
        NodeKind::Symlink { target } => target.len() as u64,
        NodeKind::Folder { .. } => 0,
    }
}

/// A document in one of its formats; `None` where it has no such format.
pub(super) fn exported(node: &Node, format: &str) -> Option<Vec<u8>> {
    let NodeKind::Document(document) = &node.kind else {
        return None;
    };
    if document.export_as != Some(format) && !document.options.contains(&format) {
        return None;
    }
    if let (Some(link), "url") = (document.link, format) {
        return Some(json!({"url": link}).to_string().into_bytes());
    }
    let extension = if format == "markdown" { "md" } else { format };
    // What was edited reads differently.
    let seed = super::super::content::mix(document.seed, node.version.into());
    Document {
        kind: document.native,
        title: stem(&node.name).to_owned(),
        seed,
        exported: None,
        ballast: 0,
    }
    .export(extension)
}

pub(super) fn stem(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// `%Y-%m-%dT%H:%M:%SZ`
pub(super) fn time(seconds: i64) -> Value {
    jiff::Timestamp::from_second(seconds)
        .map(|stamp| format!("{stamp:.0}"))
        .unwrap_or_default()
        .into()
}

/// Exactly 40 characters.
pub(super) const ACCOUNT_ID: &str = "dbid:AAH4f99T0taONIb-OurWxbNQ6ywGRopQngc";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_whole_seconds() {
        assert_eq!(time(1_706_933_106), "2024-02-03T04:05:06Z");
        assert_eq!(time(-86_400), "1969-12-31T00:00:00Z");
    }

    #[test]
    fn account_ids_are_as_long_as_the_real_ones() {
        assert_eq!(ACCOUNT_ID.len(), 40);
    }
}
