use std::path::Path;

use serde::Serialize;
use toml::{Table, Value};

use super::migration::{Located, parse_draft, read_with};
use super::{
    Migration, MigrationFileError, Options, Scope, SourceConfig, TargetConfig, parse_rate,
};

/// A migration that may still lack an end: what the window fills in bit by bit, and how a migration file
/// is written. Holds no secret.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Draft {
    pub name: String,
    pub source: Option<SourceConfig>,
    pub target: Option<TargetConfig>,
    pub scope: Scope,
    pub options: Options,
}

#[derive(Serialize)]
struct File<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<Table>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<Table>,
    scope: &'a Scope,
    options: &'a Options,
}

impl Draft {
    /// Reads a migration file of which an end may be missing.
    ///
    /// # Errors
    /// Everything else that is wrong with it, with its line.
    pub fn read(path: &Path) -> Result<Self, MigrationFileError> {
        read_with(path, Self::parse)
    }

    pub(crate) fn parse(text: &str, base: &Path) -> Result<Self, Located> {
        parse_draft(text, base)
    }

    /// What there is to carry out, once both ends are known.
    pub fn migration(&self) -> Option<Migration> {
        Some(Migration {
            name: self.name.clone(),
            source: self.source.clone()?,
            target: self.target.clone()?,
            scope: self.scope.clone(),
            options: self.options.clone(),
            bandwidth: self.options.bandwidth.as_deref().and_then(parse_rate),
        })
    }

    /// The migration file. Paths are written in full, so that it means the same from everywhere.
    pub fn to_toml(&self) -> String {
        let file = File {
            name: &self.name,
            source: self.source.as_ref().map(source_table),
            target: self.target.as_ref().map(target_table),
            scope: &self.scope,
            options: &self.options,
        };
        // Tables of texts, lists and switches can always be written.
        toml::to_string(&file).unwrap_or_default()
    }
}

impl From<&Migration> for Draft {
    fn from(migration: &Migration) -> Self {
        Self {
            name: migration.name.clone(),
            source: Some(migration.source.clone()),
            target: Some(migration.target.clone()),
            scope: migration.scope.clone(),
            options: migration.options.clone(),
        }
    }
}

fn table(rows: impl IntoIterator<Item = (&'static str, Option<String>)>) -> Table {
    rows.into_iter()
        .filter_map(|(key, value)| Some((key.to_owned(), Value::String(value?))))
        .collect()
}

fn source_table(source: &SourceConfig) -> Table {
    match source {
        SourceConfig::Google {
            client_id,
            endpoint,
            password_command,
        } => table([
            ("kind", Some("google".to_owned())),
            ("client_id", Some(client_id.clone())),
            ("endpoint", endpoint.as_ref().map(ToString::to_string)),
            ("password_command", password_command.clone()),
        ]),
        SourceConfig::Dropbox {
            client_id,
            endpoint,
            password_command,
        } => table([
            ("kind", Some("dropbox".to_owned())),
            ("client_id", Some(client_id.clone())),
            ("endpoint", endpoint.as_ref().map(ToString::to_string)),
            ("password_command", password_command.clone()),
        ]),
        SourceConfig::Microsoft {
            client_id,
            tenant,
            sites,
            endpoint,
            password_command,
        } => {
            let mut table = table([
                ("kind", Some("microsoft".to_owned())),
                ("client_id", Some(client_id.clone())),
                ("tenant", tenant.clone()),
                ("endpoint", endpoint.as_ref().map(ToString::to_string)),
                ("password_command", password_command.clone()),
            ]);
            if !sites.is_empty() {
                let sites = sites.iter().cloned().map(Value::String).collect();
                table.insert("sites".to_owned(), Value::Array(sites));
            }
            table
        }
        SourceConfig::Nextcloud {
            url,
            user,
            folder,
            password_command,
        } => table([
            ("kind", Some("nextcloud".to_owned())),
            ("url", Some(url.to_string())),
            ("user", Some(user.clone())),
            ("folder", Some(folder.clone())),
            ("password_command", password_command.clone()),
        ]),
        SourceConfig::Folder { path } => local_table("folder", path),
        SourceConfig::Takeout { path } => local_table("takeout", path),
    }
}

fn local_table(kind: &str, path: &Path) -> Table {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    table([
        ("kind", Some(kind.to_owned())),
        ("path", Some(path.to_string_lossy().into_owned())),
    ])
}

fn target_table(target: &TargetConfig) -> Table {
    table([
        ("url", Some(target.url.to_string())),
        ("user", Some(target.user.clone())),
        ("folder", Some(target.folder.clone())),
        ("password_command", target.password_command.clone()),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ConflictPolicy, DocumentFormat};

    fn written_and_read(draft: &Draft) -> Draft {
        let text = draft.to_toml();
        Draft::parse(&text, Path::new("/")).unwrap_or_else(|e| panic!("{e:?} in\n{text}"))
    }

    #[test]
    fn what_is_written_is_what_is_read() {
        let here = std::env::temp_dir();
        let url = |text: &str| text.parse::<url::Url>().unwrap();
        let sources = [
            None,
            Some(SourceConfig::Google {
                client_id: "x.apps".into(),
                endpoint: Some(url("http://127.0.0.1:8021/")),
                password_command: Some("pass \"a\"".into()),
            }),
            Some(SourceConfig::Microsoft {
                client_id: "11111111-2222-3333-4444-555555555555".into(),
                tenant: Some("canard.example".into()),
                sites: vec![
                    "Équipe « A »".into(),
                    "https://canard.sharepoint.com/sites/b".into(),
                ],
                endpoint: None,
                password_command: None,
            }),
            Some(SourceConfig::Microsoft {
                client_id: "1".into(),
                tenant: None,
                sites: Vec::new(),
                endpoint: Some(url("http://127.0.0.1:8022/")),
                password_command: None,
            }),
            Some(SourceConfig::Dropbox {
                client_id: "canardbleu12345".into(),
                endpoint: Some(url("http://127.0.0.1:8023/")),
                password_command: Some("pass dropbox".into()),
            }),
            Some(SourceConfig::Nextcloud {
                url: url("https://old.example/cloud"),
                user: "zoé".into(),
                folder: "Bureau/2026".into(),
                password_command: None,
            }),
            Some(SourceConfig::Folder { path: here }),
        ];
        for source in sources {
            let draft = Draft {
                name: "L’AMAP « du » \"Canard\"\\bleu".into(),
                target: source.is_some().then(|| TargetConfig {
                    url: url("https://canard.example/"),
                    user: "camille".into(),
                    folder: "Google Drive".into(),
                    password_command: None,
                }),
                source,
                scope: Scope {
                    shared_with_me: true,
                    exclude: vec!["**/*.tmp".into()],
                    ..Scope::default()
                },
                options: Options {
                    documents: DocumentFormat::Pdf,
                    on_conflict: ConflictPolicy::ReplaceOlder,
                    bandwidth: Some("5 MB/s".into()),
                    import_calendar_files: true,
                    calendars_at_most: Some(60),
                    address_books_at_most: None,
                },
            };
            assert_eq!(written_and_read(&draft), draft);
            assert_eq!(draft.migration().is_some(), draft.source.is_some());
        }
        assert_eq!(written_and_read(&Draft::default()), Draft::default());
    }

    #[test]
    fn a_draft_is_the_file_of_its_migration() {
        let text = "name = \"a\"\n[source]\nkind = \"google\"\nclient_id = \"x\"\n\
                    [target]\nurl = \"https://a.example\"\nuser = \"u\"\n";
        let migration = Migration::parse(text, Path::new("/")).unwrap();
        let again = Migration::parse(&Draft::from(&migration).to_toml(), Path::new("/"));
        assert_eq!(again.unwrap(), migration);
    }
}
