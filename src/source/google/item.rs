use super::wire::File;
use crate::model::{
    DocumentFormat, HashAlgorithm, HashValue, Item, ItemId, ItemKind, Reason, SpaceId,
    export_format,
};

const NATIVE: &str = "application/vnd.google-apps.";
pub(super) const FOLDER: &str = "application/vnd.google-apps.folder";
const SHORTCUT: &str = "application/vnd.google-apps.shortcut";

/// How Drive finds a file: its id and, for some that are shared by link, a resource key
/// (<https://developers.google.com/workspace/drive/api/guides/resource-keys>).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Locator {
    pub(super) id: String,
    key: Option<String>,
}

impl Locator {
    pub(super) fn new(id: impl Into<String>, key: Option<&str>) -> Self {
        Self {
            id: id.into(),
            key: key.filter(|key| !key.is_empty()).map(str::to_owned),
        }
    }

    pub(super) fn of(file: &File) -> Self {
        Self::new(file.id.clone(), file.resource_key.as_deref())
    }

    /// Reads what [`Self::to_text`] wrote into [`Item::locator`].
    pub(super) fn read(text: &str) -> Self {
        match text.split_once(' ') {
            Some((id, key)) => Self::new(id, Some(key)),
            None => Self::new(text, None),
        }
    }

    pub(super) fn to_text(&self) -> String {
        match &self.key {
            Some(key) => format!("{} {key}", self.id),
            None => self.id.clone(),
        }
    }

    /// Its part of `X-Goog-Drive-Resource-Keys`.
    pub(super) fn header(&self) -> Option<String> {
        let key = self.key.as_ref()?;
        let plain = |text: &str| text.bytes().all(|b| b.is_ascii_graphic() && b != b',');
        (plain(key) && plain(&self.id)).then(|| format!("{}/{key}", self.id))
    }
}

pub(super) fn is_folder(file: &File) -> bool {
    file.mime_type == FOLDER
}

pub(super) fn kind_of(file: &File) -> ItemKind {
    // Whatever it is called: what has a checksum is bytes that can be read.
    let is_blob = file.md5_checksum.is_some() || !file.mime_type.starts_with(NATIVE);
    match file.mime_type.as_str() {
        FOLDER => ItemKind::Folder,
        SHORTCUT => ItemKind::Shortcut,
        _ if is_blob => ItemKind::File,
        native if export_format(native, DocumentFormat::Pdf).is_some() => ItemKind::Document,
        _ => ItemKind::Webpage,
    }
}

/// What [`Item::version`] is. A blob's digest or revision tells of its content alone; a document has only
/// its modification time (its `version` also counts changes that no one sees).
pub(super) fn version_of(file: &File) -> String {
    let modified = file.modified_time.as_deref().unwrap_or_default();
    match kind_of(file) {
        ItemKind::File => match (&file.md5_checksum, &file.head_revision_id, &file.size) {
            (Some(md5), _, _) => md5.clone(),
            (None, Some(revision), _) => format!("{revision} {modified}"),
            (None, None, size) => format!("{} {modified}", size.as_deref().unwrap_or_default()),
        },
        ItemKind::Document => modified.to_owned(),
        ItemKind::Shortcut => file
            .shortcut_details
            .as_ref()
            .map(|details| details.target_id.clone())
            .unwrap_or_default(),
        ItemKind::Webpage => web_link(file),
        // A Drive knows no other kind.
        _ => String::new(),
    }
}

/// The file as an item of `space` below `parent`.
pub(super) fn item_of(file: &File, space: &SpaceId, parent: Option<ItemId>) -> Item {
    let kind = kind_of(file);
    let time = |text: &Option<String>| text.as_ref().and_then(|text| text.parse().ok());
    let mut item = Item::new(space.clone(), &file.id, parent, &file.name, kind);
    item.modified = time(&file.modified_time);
    item.created = time(&file.created_time);
    item.version = version_of(file);
    item.media_type = Some(file.mime_type.clone());
    item.favourite = file.starred;
    item.web_link = Some(web_link(file));
    item.locator = Locator::of(file).to_text();
    let may_download = file.capabilities.can_download.unwrap_or(true);
    match kind {
        ItemKind::File => {
            item.size = file.size.as_ref().and_then(|size| size.parse().ok());
            item.hash = hash_of(file);
            item.obstacle = (!may_download).then_some(Reason::DownloadForbidden);
        }
        ItemKind::Document => item.obstacle = (!may_download).then_some(Reason::DownloadForbidden),
        ItemKind::Shortcut => {
            let details = file.shortcut_details.clone().unwrap_or_default();
            item.media_type = details.target_mime_type;
            item.locator = Locator::new(
                details.target_id.clone(),
                details.target_resource_key.as_deref(),
            )
            .to_text();
            item.shortcut_target = Some(ItemId(details.target_id));
        }
        _ => {}
    }
    item
}

/// The digest that costs least to compare: Drive has MD5 for all, the others not for old files.
fn hash_of(file: &File) -> Option<HashValue> {
    [
        (HashAlgorithm::Md5, &file.md5_checksum),
        (HashAlgorithm::Sha1, &file.sha1_checksum),
        (HashAlgorithm::Sha256, &file.sha256_checksum),
    ]
    .into_iter()
    .find_map(|(algorithm, hex)| {
        let hex = hex.as_ref()?;
        format!("{}:{hex}", algorithm.name()).parse().ok()
    })
}

fn web_link(file: &File) -> String {
    match &file.web_view_link {
        Some(link) if link.starts_with("https://") || link.starts_with("http://") => link.clone(),
        _ => page_of(&file.id),
    }
}

/// The address under which Drive opens anything.
pub(super) fn page_of(id: &str) -> String {
    let mut address = String::from("https://drive.google.com/open?id=");
    address.extend(percent_encoding::utf8_percent_encode(
        id,
        percent_encoding::NON_ALPHANUMERIC,
    ));
    address
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn file(fields: Value) -> File {
        serde_json::from_value(fields).unwrap()
    }

    fn item(fields: Value) -> Item {
        item_of(&file(fields), &SpaceId::new("s"), None)
    }

    #[test]
    fn a_blob_has_its_size_times_and_cheapest_digest() {
        let item = item(
            json!({"id": "1f", "name": "a/b.txt", "mimeType": "text/plain", "size": "12000",
            "md5Checksum": "0cc175b9c0f1b6a831c399e269772661", "sha1Checksum": "ab", "starred": true,
            "createdTime": "2024-01-02T03:04:05.678Z", "modifiedTime": "2024-05-06T07:08:09.123Z",
            "resourceKey": "0-k", "webViewLink": "https://drive.google.com/file/d/1f/view"}),
        );
        assert_eq!(item.kind, ItemKind::File);
        assert_eq!(item.size, Some(12_000));
        assert_eq!(item.name, "a/b.txt");
        assert!(item.favourite);
        assert_eq!(
            item.hash.unwrap().to_string(),
            "md5:0cc175b9c0f1b6a831c399e269772661"
        );
        assert_eq!(item.version, "0cc175b9c0f1b6a831c399e269772661");
        assert_eq!(item.modified.unwrap().as_millisecond(), 1_714_979_289_123);
        let locator = Locator::read(&item.locator);
        assert_eq!(locator.header().as_deref(), Some("1f/0-k"));
    }

    #[test]
    fn other_digests_and_versions_stand_in() {
        let sha1 = "a9993e364706816aba3e25717850c26c9cd0d89d";
        let old = item(
            json!({"id": "1", "mimeType": "image/png", "size": "1", "sha1Checksum": sha1,
            "headRevisionId": "r1", "modifiedTime": "2024-05-06T07:08:09.123Z"}),
        );
        assert_eq!(old.hash.unwrap().to_string(), format!("sha1:{sha1}"));
        assert_eq!(old.version, "r1 2024-05-06T07:08:09.123Z");
        let bare =
            item(json!({"id": "1", "mimeType": "image/png", "size": "1", "md5Checksum": ""}));
        assert_eq!(bare.hash, None);
    }

    #[test]
    fn kinds() {
        let kind = |mime: &str| kind_of(&file(json!({"id": "1", "mimeType": mime})));
        for native in [
            "document",
            "spreadsheet",
            "presentation",
            "drawing",
            "script",
        ] {
            assert_eq!(kind(&format!("{NATIVE}{native}")), ItemKind::Document);
        }
        for page in [
            "form",
            "site",
            "map",
            "jam",
            "vid",
            "fusiontable",
            "drive-sdk.42",
        ] {
            assert_eq!(kind(&format!("{NATIVE}{page}")), ItemKind::Webpage);
        }
        assert_eq!(kind(FOLDER), ItemKind::Folder);
        assert_eq!(kind("application/pdf"), ItemKind::File);
        assert_eq!(kind(""), ItemKind::File);
        let video = json!({"id": "1", "mimeType": "application/vnd.google-apps.video",
            "md5Checksum": "0cc175b9c0f1b6a831c399e269772661"});
        assert_eq!(kind_of(&file(video)), ItemKind::File);
    }

    #[test]
    fn documents_have_no_size_and_pages_have_a_link() {
        let document = item(
            json!({"id": "1d", "mimeType": "application/vnd.google-apps.document",
            "size": "1024", "modifiedTime": "2024-05-06T07:08:09.123Z", "version": "7",
            "capabilities": {"canDownload": false}}),
        );
        assert_eq!(document.size, None);
        assert_eq!(document.version, "2024-05-06T07:08:09.123Z");
        assert_eq!(document.obstacle, Some(Reason::DownloadForbidden));
        let form = item(
            json!({"id": "1 f", "mimeType": "application/vnd.google-apps.form",
            "webViewLink": "javascript:alert(1)"}),
        );
        assert_eq!(
            form.web_link.as_deref(),
            Some("https://drive.google.com/open?id=1%20f")
        );
    }

    #[test]
    fn a_shortcut_leads_to_its_target() {
        let item = item(json!({"id": "1s", "mimeType": SHORTCUT, "shortcutDetails":
            {"targetId": "1t", "targetMimeType": "text/plain", "targetResourceKey": "k"}}));
        assert_eq!(item.kind, ItemKind::Shortcut);
        assert_eq!(item.shortcut_target, Some(ItemId::new("1t")));
        assert_eq!(item.media_type.as_deref(), Some("text/plain"));
        assert_eq!(item.locator, "1t k");
    }
}
