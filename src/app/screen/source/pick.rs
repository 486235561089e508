//! The system's own dialogs for choosing files, and paths as people type them.

use std::path::PathBuf;

use rfd::AsyncFileDialog;

/// Asks for a folder. `None`: none was chosen, or the system has no such dialog.
pub async fn folder(title: String) -> Option<PathBuf> {
    let chosen = AsyncFileDialog::new()
        .set_title(title)
        .pick_folder()
        .await?;
    Some(chosen.path().to_owned())
}

/// Asks for archives, one or more.
pub async fn archives(title: String, sort: String) -> Vec<PathBuf> {
    let chosen = AsyncFileDialog::new()
        .set_title(title)
        .add_filter(sort, &["zip", "tgz", "gz"])
        .pick_files()
        .await;
    let chosen = chosen.unwrap_or_default();
    chosen.iter().map(|file| file.path().to_owned()).collect()
}

/// Asks for a JSON file.
pub async fn json(title: String) -> Option<PathBuf> {
    let chosen = AsyncFileDialog::new()
        .set_title(title)
        .add_filter("JSON", &["json"])
        .pick_file()
        .await?;
    Some(chosen.path().to_owned())
}

/// The path that somebody typed or pasted: in quotes, as a `file://` address, or from the home folder (`~`).
pub fn path(text: &str) -> Option<PathBuf> {
    let text = text.trim().trim_matches(['"', '\'']).trim();
    if text.is_empty() {
        return None;
    }
    if text.starts_with("file://") {
        return url::Url::parse(text).ok()?.to_file_path().ok();
    }
    let below_home = text.strip_prefix('~').map(|rest| rest.strip_prefix('/'));
    match (below_home, directories::BaseDirs::new()) {
        (Some(rest), Some(dirs)) if rest.is_some() || text == "~" => {
            Some(dirs.home_dir().join(rest.unwrap_or_default()))
        }
        _ => Some(PathBuf::from(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_taken_as_people_write_them() {
        assert_eq!(path("  "), None);
        assert_eq!(path(" \"/tmp/a b\" "), Some("/tmp/a b".into()));
        assert_eq!(path("file:///tmp/a%20b"), Some("/tmp/a b".into()));
        let home = directories::BaseDirs::new().unwrap();
        assert_eq!(path("~/x"), Some(home.home_dir().join("x")));
        assert_eq!(path("~"), Some(home.home_dir().to_owned()));
        assert_eq!(path("~other/x"), Some("~other/x".into()));
    }
}
