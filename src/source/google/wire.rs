//! The parts of Drive's answers that we ask for
//! (<https://developers.google.com/workspace/drive/api/reference/rest/v3>).

use serde::Deserialize;

/// The fields of a file that a listing asks for; export links, which are long, only when needed.
macro_rules! file_fields {
    () => {
        "id,name,mimeType,parents,size,md5Checksum,sha1Checksum,sha256Checksum,createdTime,modifiedTime,\
         trashed,starred,ownedByMe,shortcutDetails(targetId,targetMimeType,targetResourceKey),\
         capabilities(canDownload),resourceKey,driveId,webViewLink,headRevisionId"
    };
}

pub(super) const FILE_FIELDS: &str = file_fields!();
pub(super) const LIST_FIELDS: &str =
    concat!("nextPageToken,incompleteSearch,files(", file_fields!(), ")");
pub(super) const CHANGE_FIELDS: &str = concat!(
    "nextPageToken,newStartPageToken,changes(changeType,removed,fileId,file(",
    file_fields!(),
    "))"
);

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct File {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) mime_type: String,
    /// At most one entry; absent where the account may not see the folder.
    pub(super) parents: Vec<String>,
    /// An int64, written as a string.
    pub(super) size: Option<String>,
    pub(super) md5_checksum: Option<String>,
    pub(super) sha1_checksum: Option<String>,
    pub(super) sha256_checksum: Option<String>,
    pub(super) created_time: Option<String>,
    pub(super) modified_time: Option<String>,
    pub(super) trashed: bool,
    pub(super) starred: bool,
    /// Absent in shared drives.
    pub(super) owned_by_me: Option<bool>,
    pub(super) shortcut_details: Option<ShortcutDetails>,
    pub(super) capabilities: Capabilities,
    pub(super) resource_key: Option<String>,
    pub(super) drive_id: Option<String>,
    pub(super) web_view_link: Option<String>,
    pub(super) head_revision_id: Option<String>,
    pub(super) export_links: std::collections::BTreeMap<String, String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct ShortcutDetails {
    pub(super) target_id: String,
    pub(super) target_mime_type: Option<String>,
    pub(super) target_resource_key: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Capabilities {
    pub(super) can_download: Option<bool>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct FileList {
    pub(super) next_page_token: Option<String>,
    pub(super) incomplete_search: bool,
    pub(super) files: Vec<File>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct ChangeList {
    pub(super) next_page_token: Option<String>,
    pub(super) new_start_page_token: Option<String>,
    pub(super) changes: Vec<Change>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Change {
    pub(super) change_type: String,
    pub(super) removed: bool,
    pub(super) file_id: Option<String>,
    pub(super) file: Option<File>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct DriveList {
    pub(super) next_page_token: Option<String>,
    pub(super) drives: Vec<Drive>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Drive {
    pub(super) id: String,
    pub(super) name: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StartPageToken {
    pub(super) start_page_token: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct About {
    pub(super) user: User,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct User {
    pub(super) display_name: String,
    pub(super) email_address: String,
}
