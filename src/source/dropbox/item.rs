use serde::{Deserialize, Serialize};

use super::client::Root;
use super::wire::{ExportInfo, File, Folder};
use crate::model::{
    HashAlgorithm, HashValue, Item, ItemId, ItemKind, Reason, SpaceId, Timestamp, dropbox_document,
};

/// How Dropbox finds the content of an item: [`Item::locator`] as this source writes it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Locator {
    /// The namespace in whose name it is asked for; none: the member's home.
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<String>,
    /// The content as it was surveyed.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) rev: String,
    /// For files that are shared by themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) link: Option<String>,
}

impl Locator {
    pub(super) fn new(root: &Root, rev: &str) -> Self {
        let namespace = match root {
            Root::Home => None,
            // An id or a revision needs no path: any root that may be read will do, and a namespace does
            // not change with the team.
            Root::Team(id) | Root::Namespace(id) => Some(id.clone()),
        };
        Self {
            namespace,
            rev: rev.to_owned(),
            link: None,
        }
    }

    pub(super) fn of_link(url: &str, rev: &str) -> Self {
        Self {
            namespace: None,
            rev: rev.to_owned(),
            link: Some(url.to_owned()),
        }
    }

    pub(super) fn read(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_default()
    }

    pub(super) fn to_text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    pub(super) fn root(&self) -> Root {
        self.namespace.clone().map_or(Root::Home, Root::Namespace)
    }
}

/// Where the entries of a listing belong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) space: SpaceId,
    pub(super) root: Root,
    /// What stands for the top, where it is an item itself.
    pub(super) top: Option<ItemId>,
    /// Before the paths, where several listings make up one space.
    pub(super) prefix: String,
}

impl Place {
    /// The path as this source compares it; `None` where Dropbox tells of none.
    pub(super) fn path(&self, lower: Option<&str>, display: Option<&str>) -> Option<String> {
        let path = match (lower, display) {
            (Some(lower), _) => lower.to_owned(),
            (None, Some(display)) => display.to_lowercase(),
            (None, None) => return None,
        };
        Some(format!("{}{path}", self.prefix))
    }
}

/// The folder that something at `path` lies in; `None` at the top.
pub(super) fn folder_of<'p>(path: &'p str, place: &Place) -> Option<&'p str> {
    let (folder, _) = path.rsplit_once('/')?;
    (folder.len() > place.prefix.len()).then_some(folder)
}

/// A file's content decides; where there is no digest of it, its revision.
pub(super) fn version_of(file: &File) -> String {
    match hash_of(file) {
        Some(hash) if kind_of(file) == ItemKind::File => hash.hex,
        _ => file.rev.clone(),
    }
}

fn kind_of(file: &File) -> ItemKind {
    if file.symlink_info.is_some() {
        ItemKind::Special
    } else if file.is_downloadable == Some(false) {
        ItemKind::Document
    } else {
        ItemKind::File
    }
}

fn hash_of(file: &File) -> Option<HashValue> {
    let hex = file.content_hash.as_ref()?;
    format!("{}:{hex}", HashAlgorithm::Dropbox.name())
        .parse()
        .ok()
}

pub(super) fn time(text: Option<&String>) -> Option<Timestamp> {
    text.and_then(|text| text.parse().ok())
}

/// A file as an item at `path`, without its folder yet.
pub(super) fn file_item(file: &File, place: &Place, path: Option<String>) -> Item {
    let kind = kind_of(file);
    let mut item = Item::new(place.space.clone(), &file.id, None, &file.name, kind);
    item.modified = time(file.client_modified.as_ref());
    item.version = version_of(file);
    item.locator = Locator::new(&place.root, &file.rev).to_text();
    item.path = path;
    match kind {
        ItemKind::File => {
            item.size = Some(file.size);
            item.hash = hash_of(file);
        }
        ItemKind::Document => {
            let formats = formats(file.export_info.as_ref());
            if formats.is_empty() {
                item.obstacle = Some(Reason::NotExportable);
            } else {
                item.media_type = Some(dropbox_document(&formats));
            }
        }
        _ => item.obstacle = Some(Reason::SymbolicLink),
    }
    item
}

/// What a document can be exported as: some formats are told in one of the two places only.
fn formats(info: Option<&ExportInfo>) -> Vec<&str> {
    let Some(info) = info else {
        return Vec::new();
    };
    let mut formats: Vec<&str> = Vec::new();
    let options = info.export_options.iter().flatten();
    for format in info.export_as.iter().chain(options) {
        if !format.is_empty() && !formats.contains(&format.as_str()) {
            formats.push(format);
        }
    }
    formats
}

pub(super) fn folder_item(folder: &Folder, place: &Place, path: Option<String>) -> Item {
    let kind = ItemKind::Folder;
    let mut item = Item::new(place.space.clone(), &folder.id, None, &folder.name, kind);
    item.locator = Locator::new(&place.root, "").to_text();
    item.path = path;
    item.obstacle = folder.is_closed().then_some(Reason::SourceForbidden);
    item
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::wire::Metadata;
    use super::*;

    fn place() -> Place {
        Place {
            space: SpaceId::new("home"),
            root: Root::Home,
            top: None,
            prefix: String::new(),
        }
    }

    fn item(fields: Value) -> Item {
        let place = place();
        match serde_json::from_value(fields).unwrap() {
            Metadata::File(file) => {
                let path = place.path(file.path_lower.as_deref(), file.path_display.as_deref());
                file_item(&file, &place, path)
            }
            Metadata::Folder(folder) => folder_item(&folder, &place, None),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_file_is_dated_by_its_owner_and_known_by_its_content() {
        let hash = "bc62d4b80d9e36da29c16c5d4d9f11731f36052c72401a76c23c0fb5a9b74423";
        let file = item(
            json!({".tag": "file", "name": "a.TXT", "id": "id:1", "rev": "0123456789",
            "path_lower": "/docs/a.txt", "path_display": "/DOCS/a.TXT", "size": 11,
            "client_modified": "2015-02-03T04:05:06Z", "server_modified": "2024-02-03T04:05:07Z",
            "content_hash": hash, "new_field": {"x": 1}}),
        );
        assert_eq!(file.kind, ItemKind::File);
        assert_eq!(file.modified.unwrap().to_string(), "2015-02-03T04:05:06Z");
        assert_eq!(file.version, hash);
        assert_eq!(file.hash.unwrap().to_string(), format!("dropbox:{hash}"));
        assert_eq!((file.size, file.name.as_str()), (Some(11), "a.TXT"));
        assert_eq!(file.path.as_deref(), Some("/docs/a.txt"));
        let locator = Locator::read(&file.locator);
        assert_eq!(locator.rev, "0123456789");
        assert_eq!(locator.root(), Root::Home);
    }

    #[test]
    fn without_a_digest_the_revision_decides() {
        for hash in [json!(null), json!("nonsense")] {
            let file = item(
                json!({".tag": "file", "id": "id:1", "rev": "0123456789", "size": 1,
                "content_hash": hash}),
            );
            assert_eq!(file.hash, None);
            assert_eq!(file.version, "0123456789");
            assert_eq!(file.path, None);
        }
    }

    #[test]
    fn documents_have_formats_of_both_places() {
        let document = |info: Value| {
            item(
                json!({".tag": "file", "name": "n.paper", "id": "id:1", "rev": "0123456789", "size": 2,
                "is_downloadable": false, "export_info": info,
                "content_hash": "bc62d4b80d9e36da29c16c5d4d9f11731f36052c72401a76c23c0fb5a9b74423"}),
            )
        };
        let paper = document(json!({"export_as": "html", "export_options": ["html", "markdown"]}));
        assert_eq!(paper.kind, ItemKind::Document);
        assert_eq!((paper.size, paper.hash), (None, None));
        // The digest of the stub says nothing of the document.
        assert_eq!(paper.version, "0123456789");
        assert_eq!(
            paper.media_type,
            Some(dropbox_document(&["html", "markdown"]))
        );
        let other = document(json!({"export_as": "markdown", "export_options": ["html"]}));
        assert_eq!(
            other.media_type,
            Some(dropbox_document(&["markdown", "html"]))
        );
        for nothing in [json!(null), json!({}), json!({"export_as": ""})] {
            assert_eq!(document(nothing).obstacle, Some(Reason::NotExportable));
        }
    }

    #[test]
    fn what_is_no_file_is_named() {
        let link = item(json!({".tag": "file", "id": "id:1", "symlink_info": {"target": "/etc"}}));
        assert_eq!(
            (link.kind, link.obstacle),
            (ItemKind::Special, Some(Reason::SymbolicLink))
        );
        let closed = item(json!({".tag": "folder", "id": "id:2", "name": "x",
            "sharing_info": {"read_only": true, "no_access": true}}));
        assert_eq!(closed.obstacle, Some(Reason::SourceForbidden));
    }

    #[test]
    fn paths_are_compared_in_small_letters() {
        let mut place = place();
        assert_eq!(
            place.path(Some("/a/b"), Some("/A/b")).as_deref(),
            Some("/a/b")
        );
        assert_eq!(place.path(None, Some("/Été/B")).as_deref(), Some("/été/b"));
        assert_eq!(place.path(None, None), None);
        assert_eq!(folder_of("/a/b", &place), Some("/a"));
        assert_eq!(folder_of("/a", &place), None);
        place.prefix = "ns:7".into();
        let path = place.path(Some("/a/b"), None).unwrap();
        assert_eq!(folder_of(&path, &place), Some("ns:7/a"));
        assert_eq!(folder_of("ns:7/a", &place), None);
    }

    #[test]
    fn unknown_kinds_are_passed_over() {
        let entry: Metadata = serde_json::from_value(json!({".tag": "hologram", "x": 1})).unwrap();
        assert!(matches!(entry, Metadata::Other));
    }

    #[test]
    fn locators_are_read_as_they_were_written() {
        for locator in [
            Locator::default(),
            Locator::new(&Root::Namespace("8".into()), "0123456789"),
            Locator::of_link("https://www.dropbox.com/scl/fi/x", "0123456789"),
        ] {
            assert_eq!(Locator::read(&locator.to_text()), locator);
        }
        assert_eq!(Locator::read("nonsense"), Locator::default());
    }
}
