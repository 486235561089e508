//! `transhumance init FILE`: a migration file to fill in.

use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::Path;

use super::console::Console;
use super::{Exit, Failure};
use crate::i18n::Texts;

/// A line of the file: a comment in the user's language, or TOML as it is.
enum Line {
    /// The key of a message, set as a comment.
    Comment(&'static str),
    Toml(&'static str),
    /// TOML whose value is a message: `name = "…"`.
    Text(&'static str, &'static str),
}

use Line::{Comment, Text, Toml};

const LINES: &[Line] = &[
    Comment("init-head"),
    Toml(""),
    Comment("init-name"),
    Text("name = ", "init-example-name"),
    Toml(""),
    Toml("[source]"),
    Comment("init-kind"),
    Toml("kind = \"google\""),
    Comment("init-client-id"),
    Toml("client_id = \"000000000000-example.apps.googleusercontent.com\""),
    Comment("init-source-microsoft"),
    Toml("# kind = \"microsoft\""),
    Toml("# client_id = \"00000000-0000-0000-0000-000000000000\""),
    Comment("init-tenant"),
    Toml("# tenant = \"organizations\""),
    Comment("init-sites"),
    Toml("# sites = [\"https://canard.sharepoint.com/sites/Bureau\"]"),
    Comment("init-source-dropbox"),
    Toml("# kind = \"dropbox\""),
    Toml("# client_id = \"abcdefghijklmno\""),
    Comment("init-source-nextcloud"),
    Toml("# kind = \"nextcloud\""),
    Toml("# url = \"https://old.example\""),
    Toml("# user = \"camille\""),
    Toml("# folder = \"\""),
    Comment("init-source-folder"),
    Toml("# kind = \"folder\""),
    Toml("# path = \"/home/camille/Documents\""),
    Comment("init-source-takeout"),
    Toml("# kind = \"takeout\""),
    Toml("# path = \"/home/camille/Downloads/takeout-20260131T101500Z-1-001.zip\""),
    Comment("init-password-command"),
    Toml("# password_command = \"pass show transhumance/source\""),
    Toml(""),
    Toml("[target]"),
    Comment("init-target-url"),
    Toml("url = \"https://cloud.example\""),
    Comment("init-target-user"),
    Toml("user = \"camille\""),
    Comment("init-target-folder"),
    Toml("folder = \"Google Drive\""),
    Toml("# password_command = \"pass show transhumance/target\""),
    Toml(""),
    Toml("[scope]"),
    Comment("init-files"),
    Toml("files = true"),
    Toml("calendars = true"),
    Toml("contacts = true"),
    Toml("tasks = true"),
    Comment("init-shared-calendars"),
    Toml("shared_calendars = false"),
    Comment("init-subscribed-calendars"),
    Toml("subscribed_calendars = true"),
    Comment("init-other-contacts"),
    Toml("other_contacts = false"),
    Comment("init-shared-with-me"),
    Toml("shared_with_me = false"),
    Comment("init-shared-drives"),
    Toml("shared_drives = true"),
    Comment("init-received-shares"),
    Toml("received_shares = false"),
    Comment("init-external-storage"),
    Toml("external_storage = false"),
    Comment("init-exclude"),
    Toml("exclude = [\"**/node_modules/**\"]"),
    Toml(""),
    Toml("[options]"),
    Comment("init-documents"),
    Toml("documents = \"odf\""),
    Comment("init-on-conflict"),
    Toml("on_conflict = \"keep-both\""),
    Comment("init-import-calendar-files"),
    Toml("import_calendar_files = false"),
    Comment("init-at-most"),
    Toml("# calendars_at_most = 30"),
    Toml("# address_books_at_most = 10"),
    Comment("init-bandwidth"),
    Toml("# bandwidth = \"5 MB/s\""),
];

/// Writes a commented migration file; never over one that is there.
pub fn run(path: &Path, console: &Console) -> Result<Exit, Failure> {
    let texts = &console.texts;
    let failed = |key: &str, cause| Failure::local(key, path, &cause, texts);
    let mut file = File::create_new(path).map_err(|cause| match cause.kind() {
        ErrorKind::AlreadyExists => failed("init-exists", cause),
        _ => failed("init-unwritable", cause),
    })?;
    if let Err(cause) = file.write_all(template(texts).as_bytes()) {
        // Half a file (the disk is full) would stand in the way of the next try.
        let _ = std::fs::remove_file(path);
        return Err(failed("init-unwritable", cause));
    }
    let shown = path.display().to_string();
    console.tell("init-done", &[("path", shown.as_str().into())]);
    console.event(&serde_json::json!({"event": "init.done", "file": shown}));
    Ok(Exit::Done)
}

fn template(texts: &Texts) -> String {
    let mut file = String::new();
    for line in LINES {
        match line {
            Comment(key) => {
                for line in texts.text(key, &[]).lines() {
                    file.push_str("# ");
                    file.push_str(line);
                    file.push('\n');
                }
            }
            Toml(toml) => {
                file.push_str(toml);
                file.push('\n');
            }
            Text(key, message) => {
                let value = toml::Value::from(texts.text(message, &[]));
                file.push_str(&format!("{key}{value}\n"));
            }
        }
    }
    file
}
