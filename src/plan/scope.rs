//! What the user left out.

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};
use unicode_normalization::UnicodeNormalization as _;

/// Stands for a `/` inside a name when paths are matched.
const SLASH_IN_NAME: char = '\u{2215}';

/// A pattern of `exclude` that is not a glob.
#[derive(Debug, thiserror::Error)]
#[error("not a pattern: {pattern}")]
pub struct ExcludeError {
    pub pattern: String,
    #[source]
    pub cause: globset::Error,
}

/// The patterns of [`crate::model::Scope::exclude`].
///
/// As in `.gitignore`: `*` and `?` stay within a name, `**` crosses folders; a pattern without `/` holds
/// at any depth, one with a `/` from the top of each space. `folder/**` leaves the folder itself out, too,
/// so that it does not arrive empty.
#[derive(Debug, Clone, Default)]
pub struct Exclusions {
    any: GlobSet,
    folders: GlobSet,
}

impl Exclusions {
    /// # Errors
    /// When a pattern is not a glob.
    pub fn new(patterns: &[String]) -> Result<Self, ExcludeError> {
        let mut any = GlobSetBuilder::new();
        let mut folders = GlobSetBuilder::new();
        for pattern in patterns {
            let fail = |cause| ExcludeError {
                pattern: pattern.clone(),
                cause,
            };
            let whole: String = pattern.nfc().collect();
            let folder = whole.strip_suffix("/**").or(whole.strip_suffix('/'));
            if let Some(folder) = folder.filter(|folder| !folder.is_empty()) {
                folders.add(glob(folder, whole.contains("/**")).map_err(fail)?);
            }
            any.add(glob(&whole, false).map_err(fail)?);
        }
        let fail = |cause| ExcludeError {
            pattern: String::new(),
            cause,
        };
        Ok(Self {
            any: any.build().map_err(fail)?,
            folders: folders.build().map_err(fail)?,
        })
    }

    /// Whether the item at `path` (as [`source_path`] makes it) is left out.
    pub fn exclude(&self, path: &str, is_folder: bool) -> bool {
        self.any.is_match(path) || (is_folder && self.folders.is_match(path))
    }
}

/// `anchored`: from the top, even where the pattern holds no `/`.
fn glob(pattern: &str, anchored: bool) -> Result<Glob, globset::Error> {
    let pattern = match pattern.strip_prefix('/') {
        Some(rest) => rest.to_owned(),
        None if anchored || pattern.contains('/') => pattern.to_owned(),
        None => format!("**/{pattern}"),
    };
    GlobBuilder::new(&pattern).literal_separator(true).build()
}

/// The path of `name` in the folder at `parent` (empty at the top of a space), to match patterns with: in
/// Unicode NFC, a `/` inside the name replaced by `∕` (U+2215).
pub fn source_path(parent: &str, name: &str) -> String {
    let name: String = name
        .nfc()
        .map(|c| if c == '/' { SLASH_IN_NAME } else { c })
        .collect();
    super::join(parent, &name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn excludes(pattern: &str, path: &str, is_folder: bool) -> bool {
        Exclusions::new(&[pattern.to_owned()])
            .unwrap()
            .exclude(path, is_folder)
    }

    #[test]
    fn a_folder_goes_with_its_content() {
        let pattern = "**/node_modules/**";
        assert!(excludes(pattern, "node_modules", true));
        assert!(excludes(pattern, "site/node_modules", true));
        assert!(excludes(pattern, "site/node_modules/x.js", false));
        assert!(!excludes(pattern, "site/node_modules", false));
        assert!(!excludes(pattern, "site/node_modules2", true));
    }

    #[test]
    fn patterns_without_a_slash_hold_everywhere_the_others_from_the_top() {
        assert!(excludes("*.tmp", "a/b/c.tmp", false));
        assert!(excludes("/*.tmp", "c.tmp", false));
        assert!(!excludes("/*.tmp", "a/c.tmp", false));
        assert!(excludes("Privé/*", "Privé/x", false));
        assert!(!excludes("Privé/*", "autre/Privé/x", false));
        assert!(!excludes("Privé/**", "autre/Privé", true));
        assert!(excludes("Cache/", "a/Cache", true));
        assert!(!excludes("Cache/", "a/Cache", false));
    }

    #[test]
    fn a_slash_in_a_name_is_no_folder() {
        let path = source_path("Bureau", "12/03/2024");
        assert_eq!(path.matches('/').count(), 1);
        assert!(!excludes("Bureau/12/**", &path, true));
        assert!(excludes("Bureau/*", &path, true));
    }

    #[test]
    fn both_unicode_forms_are_one() {
        assert!(excludes(
            "e\u{301}t\u{e9}",
            &source_path("", "\u{e9}te\u{301}"),
            false
        ));
    }

    #[test]
    fn refuses_what_is_no_pattern() {
        assert_eq!(
            Exclusions::new(&["a{".into()]).unwrap_err().pattern,
            "a{".to_owned()
        );
    }
}
