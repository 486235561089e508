use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::ids::{DriveKind, DriveRef, Locator};
use super::wire::{DriveItem, FileSystemInfo};
use crate::hash::hex;
use crate::model::{HashAlgorithm, HashValue, Item, ItemId, ItemKind, Reason, SpaceId, Timestamp};

/// What an item of a drive is, in the order in which its facets count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Facet {
    Deleted,
    Root,
    /// It lies in another drive.
    Remote,
    Package,
    Folder,
    File,
    /// An album, or something newer than this program.
    Other,
}

pub(super) fn facet(item: &DriveItem) -> Facet {
    if item.deleted.is_some() {
        Facet::Deleted
    } else if item.root.is_some() {
        Facet::Root
    } else if item.remote_item.is_some() {
        Facet::Remote
    } else if item.package.is_some() {
        Facet::Package
    } else if item.folder.is_some() {
        Facet::Folder
    } else if item.file.is_some() {
        Facet::File
    } else {
        Facet::Other
    }
}

/// The item of `drive` as one of `space` below `parent`.
pub(super) fn item_of(
    from: &DriveItem,
    drive: &DriveRef,
    space: &SpaceId,
    parent: Option<ItemId>,
) -> Item {
    let facet = facet(from);
    let kind = match facet {
        // What lies in a notebook comes as what lies in a folder.
        Facet::Folder | Facet::Package => ItemKind::Folder,
        Facet::File => ItemKind::File,
        _ => ItemKind::Webpage,
    };
    let name = from.name.clone().unwrap_or_default();
    let mut item = Item::new(space.clone(), drive.item(&from.id).0, parent, name, kind);
    let dates = from.file_system_info.as_ref();
    let date = |people: fn(&FileSystemInfo) -> &Option<String>, service: &Option<String>| {
        dates
            .and_then(|dates| time(people(dates).as_deref()))
            .or_else(|| time(service.as_deref()))
    };
    item.modified = date(
        |dates| &dates.last_modified_date_time,
        &from.last_modified_date_time,
    );
    item.created = date(|dates| &dates.created_date_time, &from.created_date_time);
    item.locator = Locator::new(drive, &from.id).to_text();
    item.web_link = web_link(from);
    match facet {
        Facet::File => {
            item.size = from.size.and_then(|size| u64::try_from(size).ok());
            item.media_type = from.file.as_ref().and_then(|file| file.mime_type.clone());
            item.hash = hash_of(from);
            item.version = version_of(from);
            item.obstacle = obstacle(from, &item);
        }
        Facet::Package => item.obstacle = Some(Reason::OneNote),
        Facet::Other => {
            item.version = item.web_link.clone().unwrap_or_default();
            item.obstacle = item.web_link.is_none().then_some(Reason::SpecialFile);
        }
        _ => {}
    }
    item
}

/// A date that is one: unknown ones are written as the first day of the year 1.
fn time(text: Option<&str>) -> Option<Timestamp> {
    let time: Timestamp = text?.parse().ok()?;
    let year_one = -62_135_596_800;
    (time.as_second() > year_one + 86_400).then_some(time)
}

fn web_link(item: &DriveItem) -> Option<String> {
    let link = item.web_url.as_ref()?;
    link.starts_with("https://").then(|| link.clone())
}

fn obstacle(from: &DriveItem, item: &Item) -> Option<Reason> {
    if from.malware.is_some() {
        return Some(Reason::Malware);
    }
    // Parts of a notebook have no digest, and what is handed out of them is not what was listed. One that
    // somebody uploaded as a file has one.
    let ending = ending(&item.name);
    let of_notebook = matches!(ending.as_str(), "one" | "onetoc2") && item.hash.is_none();
    of_notebook.then_some(Reason::OneNote)
}

fn ending(name: &str) -> String {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    ending.to_ascii_lowercase()
}

/// What [`Item::version`] of a file is: its digest; where there is none, size and date. `cTag` would be
/// better, but lists of changes leave it out for accounts of organisations, and `eTag` changes with names.
pub(super) fn version_of(item: &DriveItem) -> String {
    match hash_of(item) {
        Some(hash) => hash.to_string(),
        None => {
            let dates = item.file_system_info.as_ref();
            let date = dates.and_then(|dates| dates.last_modified_date_time.as_deref());
            let date = date.or(item.last_modified_date_time.as_deref());
            format!(
                "{} {}",
                item.size.unwrap_or_default(),
                date.unwrap_or_default()
            )
        }
    }
}

/// The digest that is published, the one that a Nextcloud can compute too first.
fn hash_of(item: &DriveItem) -> Option<HashValue> {
    let hashes = item.file.as_ref()?.hashes.as_ref()?;
    let hexadecimal = |algorithm: HashAlgorithm, text: &Option<String>| {
        let text = text.as_deref()?;
        format!("{}:{text}", algorithm.name()).parse().ok()
    };
    hexadecimal(HashAlgorithm::Sha256, &hashes.sha256_hash)
        .or_else(|| hexadecimal(HashAlgorithm::Sha1, &hashes.sha1_hash))
        .or_else(|| {
            let bytes = STANDARD.decode(hashes.quick_xor_hash.as_deref()?).ok()?;
            // The length goes into it, so that only empty files have all zeros; others have it where
            // Microsoft does not know it.
            let known = item.size == Some(0) || bytes.iter().any(|byte| *byte != 0);
            let right = bytes.len() == 20 && known;
            right.then(|| HashValue::new(HashAlgorithm::QuickXor, hex(&bytes)))
        })
}

/// Whether what is published of a file (its size, its digest) is known to be that of the bytes which are
/// handed out. SharePoint rewrites documents and pictures when they are uploaded and need not publish
/// that; protected documents are handed out unprotected
/// (<https://github.com/OneDrive/onedrive-api-docs/issues/935>); of a live photo only the picture is
/// handed out while the film is counted (<https://github.com/abraunegg/onedrive/issues/2471>).
pub(super) fn vouches_for(item: &Item) -> bool {
    let kind = Locator::read(&item.locator).map(|locator| locator.drive.kind);
    match (kind, ending(&item.name).as_str()) {
        (Some(DriveKind::Library) | None, _) | (_, "heic") => false,
        (Some(DriveKind::Personal), _) => true,
        (Some(DriveKind::Business), ending) => !REWRITTEN.contains(&ending),
    }
}

/// Endings of what SharePoint rewrites.
const REWRITTEN: [&str; 20] = [
    "doc", "docm", "docx", "dotm", "dotx", "htm", "html", "jpeg", "jpg", "pdf", "potm", "potx",
    "ppsx", "ppt", "pptm", "pptx", "xls", "xlsb", "xlsm", "xlsx",
];

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(fields: Value) -> DriveItem {
        serde_json::from_value(fields).unwrap()
    }

    fn item_in(drive_type: &str, fields: Value) -> Item {
        let drive = DriveRef::new("B!d", drive_type);
        item_of(&read(fields), &drive, &SpaceId::new("s"), None)
    }

    fn item(fields: Value) -> Item {
        item_in("business", fields)
    }

    #[test]
    fn a_file_has_its_size_peoples_dates_and_digest() {
        let item = item(json!({"id": "01A", "name": "a.txt", "size": 11,
            "createdDateTime": "2026-01-02T03:04:05Z", "lastModifiedDateTime": "2026-02-03T04:05:06Z",
            "fileSystemInfo": {"createdDateTime": "2014-01-02T03:04:05Z", "lastModifiedDateTime": "2015-02-03T04:05:06Z"},
            "webUrl": "https://x/a.txt",
            "file": {"mimeType": "text/plain", "hashes": {"quickXorHash": "aCgDG9jwBhDc4Q1yawMZAAAAAAA="}}}));
        assert_eq!(item.kind, ItemKind::File);
        assert_eq!(item.id.0, "b!d:01a");
        assert_eq!(item.size, Some(11));
        assert_eq!(item.modified.unwrap().to_string(), "2015-02-03T04:05:06Z");
        assert_eq!(item.created.unwrap().to_string(), "2014-01-02T03:04:05Z");
        let hash = "quickxor:6828031bd8f00610dce10d726b03190000000000";
        assert_eq!(item.hash.unwrap().to_string(), hash);
        assert_eq!(item.version, hash);
    }

    #[test]
    fn a_digest_that_is_none_is_not_taken_for_one() {
        let zeros = "AAAAAAAAAAAAAAAAAAAAAAAAAAA=";
        let of = |size: i64, hash: &str| {
            let hashes = json!({"quickXorHash": hash});
            item(
                json!({"id": "1", "name": "a", "size": size, "file": {"hashes": hashes},
                "fileSystemInfo": {"lastModifiedDateTime": "2015-02-03T04:05:06Z"}}),
            )
        };
        assert_eq!(of(5, zeros).hash, None);
        assert!(of(0, zeros).hash.is_some());
        assert_eq!(of(5, "not Base64").hash, None);
        assert_eq!(of(5, "AQ==").hash, None);
        assert_eq!(of(5, "").version, "5 2015-02-03T04:05:06Z");
        let sha1 = "a9993e364706816aba3e25717850c26c9cd0d89d";
        let old = item(json!({"id": "1", "size": 3,
            "file": {"hashes": {"quickXorHash": "aCgDG9jwBhDc4Q1yawMZAAAAAAA=", "sha1Hash": sha1.to_uppercase()}}}));
        assert_eq!(old.hash.unwrap().to_string(), format!("sha1:{sha1}"));
    }

    #[test]
    fn facets_count_in_their_order() {
        let cases = [
            (json!({"deleted": {}, "file": {}}), Facet::Deleted),
            (
                json!({"remoteItem": {"id": "x"}, "folder": {}}),
                Facet::Remote,
            ),
            (json!({"package": {"type": "oneNote"}}), Facet::Package),
            (json!({"root": {}, "folder": {}}), Facet::Root),
            (
                json!({"folder": {"childCount": 3}, "specialFolder": {"name": "documents"}}),
                Facet::Folder,
            ),
            (
                json!({"file": {}, "malware": {"description": "x"}}),
                Facet::File,
            ),
            (json!({"bundle": {"childCount": 3}}), Facet::Other),
        ];
        for (fields, expected) in cases {
            assert_eq!(facet(&read(fields.clone())), expected, "{fields}");
        }
    }

    #[test]
    fn what_cannot_be_moved_is_known() {
        let file = json!({"hashes": {"quickXorHash": "aCgDG9jwBhDc4Q1yawMZAAAAAAA="}});
        let obstacle = |fields: Value| item(fields).obstacle;
        let notebook = json!({"id": "1", "name": "Notes", "package": {"type": "oneNote"}});
        assert_eq!(obstacle(notebook), Some(Reason::OneNote));
        for name in ["Réunions.one", "Open Notebook.ONETOC2"] {
            let section = json!({"id": "1", "name": name, "size": 5, "file": {}});
            assert_eq!(obstacle(section), Some(Reason::OneNote), "{name}");
        }
        let uploaded = json!({"id": "1", "name": "old.one", "size": 11, "file": file});
        assert_eq!(obstacle(uploaded), None);
        let virus = json!({"id": "1", "name": "a.exe", "size": 11, "file": file, "malware": {}});
        assert_eq!(obstacle(virus), Some(Reason::Malware));
        let album =
            item(json!({"id": "1", "name": "Album", "bundle": {}, "webUrl": "https://x/y"}));
        assert_eq!((album.kind, album.obstacle), (ItemKind::Webpage, None));
        let unknown = item(json!({"id": "1", "name": "?", "webUrl": "javascript:x"}));
        assert_eq!(unknown.obstacle, Some(Reason::SpecialFile));
    }

    #[test]
    fn unknown_dates_are_no_dates() {
        let item = item(json!({"id": "1", "name": "a", "file": {},
            "fileSystemInfo": {"lastModifiedDateTime": "0001-01-01T00:00:00Z"},
            "lastModifiedDateTime": "2015-02-03T04:05:06Z"}));
        assert_eq!(item.modified.unwrap().to_string(), "2015-02-03T04:05:06Z");
        assert_eq!(item.created, None);
    }

    #[test]
    fn who_is_believed() {
        let file = |drive_type: &str, name: &str| {
            let item = item_in(drive_type, json!({"id": "1", "name": name, "file": {}}));
            vouches_for(&item)
        };
        assert!(!file("documentLibrary", "data.json"));
        assert!(file("business", "data.json"));
        assert!(!file("business", "Budget.XLSX"));
        // A newer personal account, whose drive is in SharePoint.
        assert!(!file("personal", "Budget.docx"));
        let drive = DriveRef::new("0123456789abcdef", "personal");
        let of = |name: &str| {
            let fields = json!({"id": "1", "name": name, "file": {}});
            vouches_for(&item_of(&read(fields), &drive, &SpaceId::new("s"), None))
        };
        assert!(of("Budget.docx"));
        assert!(!of("IMG_0001.HEIC"));
    }
}
