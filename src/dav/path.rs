use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// RFC 3986, section 2.3: everything but the unreserved characters is encoded.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A path that no address can name: it has an empty segment, or one that is `.` or `..`, which every
/// URL parser resolves away, encoded or not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a path that an address can name")]
pub struct BadPath;

/// A path below the server's address, already percent-encoded segment by segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DavPath(String);

impl DavPath {
    /// `remote.php/dav/` itself.
    pub fn root() -> Self {
        Self("remote.php/dav".into())
    }

    /// A path below an entry point, `""` for that itself.
    ///
    /// # Errors
    /// When a segment is empty, `.` or `..`.
    pub(super) fn below(entry: &str, path: &str) -> Result<Self, BadPath> {
        let entry = Self(entry.to_owned());
        if entry.0.is_empty() && !path.is_empty() {
            return Ok(Self(encode_path(path)?));
        }
        entry.join(path.trim_matches('/'))
    }

    /// A file or folder of `user`, by the account's id; `path` relative to the account's files, `""` for
    /// all of them.
    ///
    /// # Errors
    /// When a segment is empty, `.` or `..`.
    pub fn files(user: &str, path: &str) -> Result<Self, BadPath> {
        Self::root().segment("files")?.segment(user)?.join(path)
    }

    /// The folder of a chunked upload.
    ///
    /// # Errors
    /// When `upload` is not one name.
    pub fn upload(user: &str, upload: &str) -> Result<Self, BadPath> {
        Self::root()
            .segment("uploads")?
            .segment(user)?
            .segment(upload)
    }

    /// This path and a relative one, which may have several segments or none.
    ///
    /// # Errors
    /// When a segment is empty, `.` or `..`.
    pub fn join(mut self, path: &str) -> Result<Self, BadPath> {
        if !path.is_empty() {
            self.0.push('/');
            self.0.push_str(&encode_path(path)?);
        }
        Ok(self)
    }

    /// This path and one name below it, in which `/` is a character like any other.
    ///
    /// # Errors
    /// When the name is empty, `.` or `..`.
    pub fn segment(mut self, name: &str) -> Result<Self, BadPath> {
        if matches!(name, "" | "." | "..") {
            return Err(BadPath);
        }
        self.0.push('/');
        self.0.extend(utf8_percent_encode(name, SEGMENT));
        Ok(self)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DavPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Percent-encodes each segment of a relative path; outer slashes are dropped.
///
/// # Errors
/// When a segment is empty, `.` or `..`.
pub fn encode_path(path: &str) -> Result<String, BadPath> {
    let mut encoded = String::with_capacity(path.len() + path.len() / 4);
    for segment in path.trim_matches('/').split('/') {
        if matches!(segment, "" | "." | "..") {
            return Err(BadPath);
        }
        if !encoded.is_empty() {
            encoded.push('/');
        }
        encoded.extend(utf8_percent_encode(segment, SEGMENT));
    }
    Ok(encoded)
}

/// What a `href` names below `remote.php/dav/`, decoded, without outer slashes. A server in a sub-path,
/// or behind a proxy that maps one, answers with another beginning than we asked with, so only what
/// follows the entry point counts.
pub(super) fn decode_href(href: &str) -> String {
    const ENTRY: &str = "/remote.php/dav/";
    let below = match href.find(ENTRY) {
        Some(at) => href.get(at + ENTRY.len()..).unwrap_or_default(),
        None => href,
    };
    percent_decode_str(below.trim_matches('/'))
        .decode_utf8_lossy()
        .into_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn encodes_what_addresses_would_eat() {
        let path = encode_path("/Fête #1?/50% a+b%20é.txt").unwrap();
        assert_eq!(path, "F%C3%AAte%20%231%3F/50%25%20a%2Bb%2520%C3%A9.txt");
    }

    #[test]
    fn refuses_what_no_address_can_name() {
        for path in ["a/../b", "..", "a/./b", "a//b", ""] {
            assert_eq!(encode_path(path), Err(BadPath), "{path}");
        }
        assert!(encode_path("...").is_ok());
    }

    #[test]
    fn a_user_id_is_one_segment() {
        let path = DavPath::files("jean.dupont@asso.org", "é").unwrap();
        assert_eq!(
            path.as_str(),
            "remote.php/dav/files/jean.dupont%40asso.org/%C3%A9"
        );
        assert!(DavPath::upload("alice", "..").is_err());
    }

    #[test]
    fn reads_a_href_of_any_form() {
        for href in [
            "/remote.php/dav/files/alice/%c3%a9t%c3%a9/a:b%20c/",
            "/nextcloud/remote.php/dav/files/alice/%C3%A9t%C3%A9/a%3Ab%20c",
            "https://canard.example/remote.php/dav/files/alice/%c3%a9t%c3%a9/a:b%20c",
        ] {
            assert_eq!(decode_href(href), "files/alice/été/a:b c");
        }
        assert_eq!(
            decode_href("/remote.php/dav/files/a/%ff"),
            "files/a/\u{fffd}"
        );
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_decoded(path in "[^/.\0]{1,20}(/[^/.\0]{1,20}){0,3}") {
            let path = DavPath::files("alice", &path).map(|encoded| (encoded, path.clone()));
            if let Ok((encoded, path)) = path {
                prop_assert_eq!(decode_href(&format!("/{encoded}/")), format!("files/alice/{path}"));
            }
        }
    }
}
