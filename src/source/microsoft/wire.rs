//! The parts of Graph's answers that we ask for
//! (<https://learn.microsoft.com/graph/api/resources/driveitem>).

use serde::Deserialize;

/// What is asked for of every item. A listing by `delta` never has `parentReference.path`, and leaves some
/// of these out where the account is one of an organisation.
pub(super) const ITEM_FIELDS: &str = "id,name,size,eTag,webUrl,createdDateTime,lastModifiedDateTime,\
     parentReference,fileSystemInfo,file,folder,package,remoteItem,deleted,malware,root,specialFolder,bundle";

/// A page of a collection (<https://learn.microsoft.com/graph/paging>).
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "T: Deserialize<'de>"))]
pub(super) struct Page<T> {
    pub(super) value: Vec<T>,
    #[serde(rename = "@odata.nextLink", default)]
    pub(super) next_link: Option<String>,
    #[serde(rename = "@odata.deltaLink", default)]
    pub(super) delta_link: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct DriveItem {
    pub(super) id: String,
    /// Absent on deleted items.
    pub(super) name: Option<String>,
    pub(super) size: Option<i64>,
    pub(super) e_tag: Option<String>,
    pub(super) web_url: Option<String>,
    pub(super) created_date_time: Option<String>,
    pub(super) last_modified_date_time: Option<String>,
    pub(super) parent_reference: Option<Reference>,
    /// The dates that people see; those of the item itself are the service's.
    pub(super) file_system_info: Option<FileSystemInfo>,
    pub(super) file: Option<FileFacet>,
    pub(super) folder: Option<FolderFacet>,
    pub(super) package: Option<Package>,
    /// Where it really lies, of what others share and was added to one's own files.
    pub(super) remote_item: Option<Box<DriveItem>>,
    pub(super) deleted: Option<Present>,
    pub(super) malware: Option<Present>,
    pub(super) root: Option<Present>,
    pub(super) special_folder: Option<SpecialFolder>,
    /// An album: it holds nothing of its own.
    pub(super) bundle: Option<Present>,
}

/// A facet that says all by being there.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
pub(super) struct Present {}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Reference {
    pub(super) drive_id: Option<String>,
    pub(super) drive_type: Option<String>,
    pub(super) id: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct FileSystemInfo {
    pub(super) created_date_time: Option<String>,
    pub(super) last_modified_date_time: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct FileFacet {
    pub(super) mime_type: Option<String>,
    pub(super) hashes: Option<Hashes>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Hashes {
    /// In Base64; the only one that there is by now.
    pub(super) quick_xor_hash: Option<String>,
    pub(super) sha1_hash: Option<String>,
    pub(super) sha256_hash: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct FolderFacet {
    pub(super) child_count: Option<i64>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Package {
    #[serde(rename = "type")]
    pub(super) kind: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct SpecialFolder {
    pub(super) name: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Drive {
    pub(super) id: String,
    pub(super) drive_type: String,
    pub(super) name: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct User {
    pub(super) display_name: Option<String>,
    pub(super) mail: Option<String>,
    pub(super) user_principal_name: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Site {
    pub(super) id: String,
    pub(super) display_name: Option<String>,
    pub(super) name: Option<String>,
    pub(super) web_url: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Team {
    pub(super) id: String,
    pub(super) display_name: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Channel {
    pub(super) id: String,
    pub(super) display_name: Option<String>,
    /// `standard`, `private`, `shared` or `unknownFutureValue`.
    pub(super) membership_type: Option<String>,
}
