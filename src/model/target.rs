use super::{HashValue, Timestamp};

/// What a file or folder at the target looks like; the path is relative to the account's files, without
/// a leading `/`, in Unicode NFC, decoded.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetEntry {
    pub path: String,
    pub is_folder: bool,
    /// Bytes.
    pub size: u64,
    pub etag: String,
    /// `oc:fileid`: stays the same when the entry is renamed or moved.
    pub file_id: Option<String>,
    pub modified: Option<Timestamp>,
    /// The checksums that the server stores. A client may have sent them unverified, so they only ever
    /// say "probably the same", never "proved".
    pub checksums: Vec<HashValue>,
}

/// Which names the server takes, from its capabilities. The defaults are Nextcloud 34's own.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TargetRules {
    pub forbidden_names: Vec<String>,
    pub forbidden_basenames: Vec<String>,
    pub forbidden_characters: Vec<char>,
    pub forbidden_extensions: Vec<String>,
    /// Unicode characters in one name.
    pub max_name_chars: usize,
    /// UTF-8 bytes in one name.
    pub max_name_bytes: usize,
    /// UTF-8 bytes in a whole path.
    pub max_path_bytes: usize,
}

impl Default for TargetRules {
    fn default() -> Self {
        Self {
            forbidden_names: vec![".htaccess".into()],
            forbidden_basenames: Vec::new(),
            forbidden_characters: vec!['\\', '/'],
            forbidden_extensions: vec![".filepart".into(), ".part".into()],
            max_name_chars: 250,
            // Measured on a real server: it refuses more than 250 *bytes*, whatever its documentation says.
            max_name_bytes: 250,
            max_path_bytes: 4000,
        }
    }
}

/// Whether `POST /remote.php/dav/bulk` is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum BulkSupport {
    Offered,
    Absent,
}

/// What the server says of chunked upload v2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ChunkedSupport {
    /// Bytes.
    pub max_chunk: u64,
    pub max_parallel: usize,
}

/// What is known of the target before anything is moved.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TargetInfo {
    /// `34.0.1`
    pub version: String,
    /// The name the space shows (its theming name).
    pub name: String,
    /// The account's id, which paths use; not always the name it logs in with.
    pub user_id: String,
    /// Bytes; `None` where there is no limit.
    pub free: Option<u64>,
    /// Bytes.
    pub used: u64,
    pub rules: TargetRules,
    pub bulk: BulkSupport,
    pub chunked: Option<ChunkedSupport>,
}
