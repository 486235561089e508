//! Paths below the root as text, whatever bytes they are made of.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, percent_encode};

use crate::model::ItemId;

/// What RFC 3986 (section 2.3) calls unreserved stays readable.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The path of `name` in `parent`: each name percent-encoded byte by byte, joined with `/`.
pub(super) fn of(parent: Option<&ItemId>, name: &OsStr) -> String {
    let name = percent_encode(&bytes_of(name), ENCODED).to_string();
    match parent {
        Some(parent) => format!("{parent}/{name}"),
        None => name,
    }
}

/// The file that `locator` means; `None` where it would lead out of `root`.
pub(in super::super) fn path_below(root: &Path, locator: &str) -> Option<PathBuf> {
    let mut path = root.to_owned();
    for part in locator.split('/') {
        let bytes: Vec<u8> = percent_decode_str(part).collect();
        let leads_out = matches!(bytes.as_slice(), b"" | b"." | b"..")
            || bytes.iter().any(|byte| is_separator(*byte));
        if leads_out {
            return None;
        }
        path.push(name_of(bytes)?);
    }
    Some(path)
}

fn is_separator(byte: u8) -> bool {
    byte == 0 || std::path::is_separator(char::from(byte))
}

#[cfg(unix)]
fn bytes_of(name: &OsStr) -> Vec<u8> {
    use std::os::unix::ffi::OsStrExt as _;
    name.as_bytes().to_vec()
}

#[cfg(unix)]
fn name_of(bytes: Vec<u8>) -> Option<OsString> {
    use std::os::unix::ffi::OsStringExt as _;
    Some(OsString::from_vec(bytes))
}

/// Whether [`path_below`] leads back to a file of this name.
#[cfg(unix)]
pub(super) fn can_be_found_again(_name: &OsStr) -> bool {
    true
}

// Windows names are UTF-16; those with half a character have no bytes that safe code could read back.
#[cfg(not(unix))]
fn bytes_of(name: &OsStr) -> Vec<u8> {
    name.to_string_lossy().into_owned().into_bytes()
}

#[cfg(not(unix))]
fn name_of(bytes: Vec<u8>) -> Option<OsString> {
    String::from_utf8(bytes).ok().map(OsString::from)
}

#[cfg(not(unix))]
pub(super) fn can_be_found_again(name: &OsStr) -> bool {
    name.to_str().is_some()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn never_leads_out() {
        let root = Path::new("/root");
        for locator in [
            "",
            "..",
            "a/..",
            "a//b",
            "/etc",
            ".",
            "%2e%2e",
            "a%2F..%2Fb",
            "a%00b",
        ] {
            assert_eq!(path_below(root, locator), None, "{locator}");
        }
        assert_eq!(path_below(root, "a/b%20c"), Some("/root/a/b c".into()));
    }

    #[cfg(unix)]
    proptest! {
        #[test]
        fn every_name_is_found_again(names in prop::collection::vec(prop::collection::vec(1u8.., 1..12), 1..4)) {
            let mut path = PathBuf::from("/root");
            let mut id: Option<ItemId> = None;
            for bytes in names {
                prop_assume!(!bytes.contains(&b'/') && bytes != b"." && bytes != b"..");
                let name = name_of(bytes).unwrap();
                id = Some(ItemId::new(of(id.as_ref(), &name)));
                path.push(name);
            }
            prop_assert_eq!(path_below(Path::new("/root"), id.unwrap().as_str()), Some(path));
        }
    }
}
