use crate::model::{HashValue, Timestamp};

/// RFC 4918, section 10.2. Nextcloud allows all three.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    Zero,
    One,
    Infinity,
}

impl Depth {
    pub(super) const fn header(self) -> &'static str {
        match self {
            Self::Zero => "0",
            Self::One => "1",
            Self::Infinity => "infinity",
        }
    }
}

macro_rules! props {
    ($($(#[$meta:meta])* $variant:ident = $prefix:literal $name:literal,)*) => {
        /// The properties that we ask for; the server computes only those that are named.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Prop { $($(#[$meta])* $variant,)* }

        impl Prop {
            pub(super) const fn qualified(self) -> &'static str {
                match self { $(Self::$variant => concat!($prefix, ":", $name),)* }
            }
        }
    };
}

props! {
    ResourceType = "d" "resourcetype",
    ETag = "d" "getetag",
    LastModified = "d" "getlastmodified",
    /// Files only; the only size that upload folders know.
    ContentLength = "d" "getcontentlength",
    ContentType = "d" "getcontenttype",
    QuotaAvailable = "d" "quota-available-bytes",
    QuotaUsed = "d" "quota-used-bytes",
    FileId = "oc" "fileid",
    /// Folders too: the sum of what lies in them.
    Size = "oc" "size",
    Checksums = "oc" "checksums",
    Favorite = "oc" "favorite",
    Permissions = "oc" "permissions",
    CreationTime = "nc" "creation_time",
    MountType = "nc" "mount-type",
    IsEncrypted = "nc" "is-encrypted",
}

impl Prop {
    /// Everything that a survey wants to know of files and folders.
    pub const SURVEY: &'static [Self] = &[
        Self::ResourceType,
        Self::ETag,
        Self::LastModified,
        Self::Size,
        Self::ContentType,
        Self::FileId,
        Self::Checksums,
        Self::Favorite,
        Self::Permissions,
        Self::CreationTime,
        Self::MountType,
        Self::IsEncrypted,
    ];

    pub(super) fn request_body(props: &[Self]) -> String {
        let mut body = String::from(concat!(
            r#"<?xml version="1.0" encoding="utf-8"?>"#,
            r#"<d:propfind xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns" xmlns:nc="http://nextcloud.org/ns"><d:prop>"#
        ));
        for prop in props {
            body.push('<');
            body.push_str(prop.qualified());
            body.push_str("/>");
        }
        body.push_str("</d:prop></d:propfind>");
        body
    }
}

/// One `d:response`: what a PROPFIND tells of a file or folder. A property that was not asked for, or
/// that the server does not know of this one, is `None` or empty.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DavEntry {
    /// Below `remote.php/dav/`, decoded, without outer slashes: `files/alice/été/a b.txt`.
    pub path: String,
    pub is_folder: bool,
    /// `oc:fileid`: stays the same when the entry is renamed or moved.
    pub file_id: Option<String>,
    /// Without its quotes.
    pub etag: Option<String>,
    /// Bytes; of a folder, of all that lies in it.
    pub size: Option<u64>,
    pub modified: Option<Timestamp>,
    /// `None` where the server knows none (it says 0).
    pub created: Option<Timestamp>,
    pub content_type: Option<String>,
    /// What a client once sent, or what the server computed when asked to; it does not say which.
    pub checksums: Vec<HashValue>,
    pub favourite: bool,
    /// `S` shared to me, `M` mounted, `G` may be read… (`oc:permissions`).
    pub permissions: Option<String>,
    /// Empty: the account's own; `shared`, `group` (a team folder), `external`.
    pub mount_type: Option<String>,
    /// End-to-end encrypted: only the clients of its owner can read it.
    pub is_encrypted: bool,
    /// Bytes; `None` where there is no limit, or none known (negative values).
    pub quota_available: Option<u64>,
    /// Bytes.
    pub quota_used: Option<u64>,
}

impl DavEntry {
    /// The path relative to the files of `user`; empty for their folder itself, `None` for what is not
    /// theirs.
    pub fn file_path(&self, user: &str) -> Option<&str> {
        let below = self.path.strip_prefix("files/")?.strip_prefix(user)?;
        if below.is_empty() {
            return Some("");
        }
        below.strip_prefix('/')
    }
}
