//! The parts of Dropbox's answers that we need (`*.stone` of
//! <https://github.com/dropbox/dropbox-api-spec>).

use serde::{Deserialize, Serialize};

/// What a listing tells of.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = ".tag", rename_all = "snake_case")]
pub(super) enum Metadata {
    File(Box<File>),
    Folder(Folder),
    Deleted(Deleted),
    /// What comes to exist later.
    #[serde(other)]
    Other,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct File {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) path_lower: Option<String>,
    pub(super) path_display: Option<String>,
    /// What the computer said that put it there.
    pub(super) client_modified: Option<String>,
    pub(super) rev: String,
    pub(super) size: u64,
    pub(super) content_hash: Option<String>,
    /// Absent: yes.
    pub(super) is_downloadable: Option<bool>,
    pub(super) export_info: Option<ExportInfo>,
    pub(super) symlink_info: Option<SymlinkInfo>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct ExportInfo {
    /// Not always one of the options.
    pub(super) export_as: Option<String>,
    pub(super) export_options: Option<Vec<String>>,
}

#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct SymlinkInfo {}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Folder {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) path_lower: Option<String>,
    pub(super) path_display: Option<String>,
    pub(super) sharing_info: Option<FolderSharingInfo>,
}

impl Folder {
    /// The namespace whose top it is.
    pub(super) fn namespace(&self) -> Option<&String> {
        self.sharing_info.as_ref()?.shared_folder_id.as_ref()
    }

    pub(super) fn is_closed(&self) -> bool {
        self.sharing_info
            .as_ref()
            .is_some_and(|info| info.no_access)
    }
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct FolderSharingInfo {
    /// It is the top of this shared folder.
    pub(super) shared_folder_id: Option<String>,
    pub(super) no_access: bool,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Deleted {
    pub(super) path_lower: Option<String>,
    pub(super) path_display: Option<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct ListFolderArg<'a> {
    pub(super) path: &'a str,
    pub(super) recursive: bool,
    pub(super) include_mounted_folders: bool,
    pub(super) include_non_downloadable_files: bool,
    pub(super) limit: u32,
}

#[derive(Debug, Deserialize)]
pub(super) struct ListFolderResult {
    pub(super) entries: Vec<Metadata>,
    pub(super) cursor: String,
    pub(super) has_more: bool,
}

#[derive(Debug, Serialize)]
pub(super) struct CursorArg<'a> {
    pub(super) cursor: &'a str,
}

#[derive(Debug, Serialize)]
pub(super) struct PathArg<'a> {
    pub(super) path: &'a str,
}

#[derive(Debug, Serialize)]
pub(super) struct ExportArg<'a> {
    pub(super) path: &'a str,
    pub(super) export_format: &'a str,
}

#[derive(Debug, Serialize)]
pub(super) struct UrlArg<'a> {
    pub(super) url: &'a str,
}

#[derive(Debug, Serialize)]
pub(super) struct LimitArg {
    pub(super) limit: u32,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Account {
    pub(super) email: String,
    pub(super) name: Name,
    pub(super) team: Option<Team>,
    pub(super) root_info: RootInfo,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Name {
    pub(super) display_name: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Team {
    pub(super) name: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(super) struct RootInfo {
    pub(super) root_namespace_id: String,
    pub(super) home_namespace_id: String,
    /// Where the member's folder lies in the team's space.
    pub(super) home_path: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Paged<T> {
    pub(super) entries: Vec<T>,
    #[serde(default)]
    pub(super) cursor: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct SharedFolder {
    pub(super) shared_folder_id: String,
    pub(super) folder_id: Option<String>,
    pub(super) name: String,
    /// Absent: it is mounted nowhere.
    pub(super) path_lower: Option<String>,
    pub(super) is_team_folder: bool,
    pub(super) is_inside_team_folder: bool,
    pub(super) parent_shared_folder_id: Option<String>,
    pub(super) access_type: Tagged,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Tagged {
    #[serde(rename = ".tag")]
    pub(super) tag: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct ReceivedFile {
    pub(super) id: String,
    pub(super) name: String,
    /// Present: it is in the account's own files already.
    pub(super) path_lower: Option<String>,
    pub(super) preview_url: String,
}

/// What a shared link leads to.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct LinkMetadata {
    #[serde(rename = ".tag")]
    pub(super) tag: String,
    pub(super) rev: String,
    pub(super) size: u64,
    pub(super) client_modified: Option<String>,
}

/// What comes with an export, in a header.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ExportResult {
    pub(super) export_metadata: ExportMetadata,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ExportMetadata {
    pub(super) export_hash: Option<String>,
}

/// What a web link exports to.
#[derive(Debug, Deserialize)]
pub(super) struct WebLink {
    pub(super) url: String,
}
