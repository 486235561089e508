use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Spanned;
use url::{Host, Url};

use super::{Draft, Options, Scope};

/// What the user asked for, read from a migration file. Holds no secret.
#[derive(Debug, Clone, PartialEq)]
pub struct Migration {
    pub name: String,
    pub source: SourceConfig,
    pub target: TargetConfig,
    pub scope: Scope,
    pub options: Options,
    /// Bytes a second, from [`Options::bandwidth`].
    pub bandwidth: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourceConfig {
    Google {
        client_id: String,
        /// A practice server, on loopback only.
        endpoint: Option<Url>,
        password_command: Option<String>,
    },
    Microsoft {
        client_id: String,
        /// `common`, `organizations`, `consumers`, or an organisation's own domain or GUID. Absent: any
        /// account.
        tenant: Option<String>,
        /// Addresses, ids or names of SharePoint sites and teams.
        sites: Vec<String>,
        /// A practice server, on loopback only.
        endpoint: Option<Url>,
        password_command: Option<String>,
    },
    Dropbox {
        /// The app key.
        client_id: String,
        /// A practice server, on loopback only.
        endpoint: Option<Url>,
        password_command: Option<String>,
    },
    Nextcloud {
        url: Url,
        user: String,
        /// Where to start, relative to the account's files; empty for everything.
        folder: String,
        password_command: Option<String>,
    },
    Folder {
        path: PathBuf,
    },
    /// An archive that Google made on request.
    Takeout {
        /// One of its parts, the folder that holds them, or the folder that they were unpacked into.
        path: PathBuf,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetConfig {
    pub url: Url,
    pub user: String,
    /// Where files arrive, relative to the account's files, without leading or trailing `/`.
    pub folder: String,
    pub password_command: Option<String>,
}

/// A migration file that cannot be used: which line, and what is wrong with it.
#[derive(Debug, thiserror::Error)]
#[error("{}: {problem}", path.display())]
pub struct MigrationFileError {
    pub path: PathBuf,
    /// 1-based.
    pub line: Option<usize>,
    pub problem: MigrationProblem,
}

#[derive(Debug, thiserror::Error)]
pub enum MigrationProblem {
    #[error("cannot be read: {0}")]
    Unreadable(#[source] std::io::Error),
    #[error("not TOML: {0}")]
    Syntax(String),
    #[error("unknown key `{0}`")]
    UnknownKey(String),
    #[error("missing key `{0}`")]
    MissingKey(String),
    #[error("the value of a key has the wrong type or is not one of those allowed: {0}")]
    WrongValue(String),
    #[error("unknown source kind `{0}`")]
    UnknownKind(String),
    #[error("key `{key}` does not belong to a source of kind `{kind}`")]
    ForeignKey { key: String, kind: String },
    #[error("not a web address: `{0}`")]
    BadUrl(String),
    #[error("`{0}` is not encrypted: http:// is allowed to this computer only")]
    InsecureUrl(String),
    #[error("`{0}` holds a password; secrets do not belong into a migration file")]
    SecretInUrl(String),
    #[error("`endpoint` must be on this computer (127.0.0.1), not `{0}`")]
    EndpointNotLoopback(String),
    #[error("not a rate: `{0}`")]
    BadRate(String),
    #[error("not a pattern: `{0}`")]
    BadPattern(String),
    #[error("not a folder inside the target: `{0}`")]
    BadFolder(String),
    #[error("not a tenant: `{0}`")]
    BadTenant(String),
    #[error("the folder `{0}` does not exist")]
    MissingFolder(String),
    #[error("there is no archive at `{0}`")]
    MissingArchive(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMigration {
    name: Option<String>,
    source: Option<Spanned<RawSource>>,
    target: Option<Spanned<RawTarget>>,
    #[serde(default)]
    scope: Option<Spanned<Scope>>,
    #[serde(default)]
    options: Option<Spanned<Options>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSource {
    kind: Spanned<String>,
    client_id: Option<Spanned<String>>,
    url: Option<Spanned<String>>,
    user: Option<Spanned<String>>,
    path: Option<Spanned<String>>,
    folder: Option<Spanned<String>>,
    endpoint: Option<Spanned<String>>,
    password_command: Option<Spanned<String>>,
    tenant: Option<Spanned<String>>,
    sites: Option<Spanned<Vec<String>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTarget {
    url: Spanned<String>,
    user: String,
    #[serde(default)]
    folder: Option<Spanned<String>>,
    password_command: Option<String>,
}

/// A problem and the byte where it lies in the file.
pub(crate) type Located = (Option<usize>, MigrationProblem);

impl Migration {
    /// Reads and checks a migration file.
    ///
    /// # Errors
    /// Everything that is wrong with the file itself, with its line; nothing is connected to.
    pub fn read(path: &Path) -> Result<Self, MigrationFileError> {
        read_with(path, Self::parse)
    }

    /// The same of a text, whose relative paths are those of the folder `base`.
    pub(crate) fn parse(text: &str, base: &Path) -> Result<Self, Located> {
        let draft = Draft::parse(text, base)?;
        let missing = |key: &str| (Some(0), MigrationProblem::MissingKey(key.to_owned()));
        let bandwidth = draft.options.bandwidth.as_deref().and_then(parse_rate);
        Ok(Self {
            name: draft.name,
            source: draft.source.ok_or_else(|| missing("source"))?,
            target: draft.target.ok_or_else(|| missing("target"))?,
            scope: draft.scope,
            options: draft.options,
            bandwidth,
        })
    }
}

impl Migration {
    /// The same ends with other choices.
    pub fn with(&self, scope: &Scope, options: &Options) -> Self {
        Self {
            scope: scope.clone(),
            options: options.clone(),
            bandwidth: options.bandwidth.as_deref().and_then(parse_rate),
            ..self.clone()
        }
    }
}

/// Reads a file with `parse`, and says in which line it went wrong.
pub(super) fn read_with<T>(
    path: &Path,
    parse: impl FnOnce(&str, &Path) -> Result<T, Located>,
) -> Result<T, MigrationFileError> {
    let fail = |line, problem| MigrationFileError {
        path: path.to_owned(),
        line,
        problem,
    };
    let text = std::fs::read_to_string(path)
        .map_err(|error| fail(None, MigrationProblem::Unreadable(error)))?;
    let base = path.parent().unwrap_or(Path::new(""));
    parse(&text, base).map_err(|(at, problem)| {
        let line = at.map(|at| {
            let before = text.as_bytes().get(..at).unwrap_or_default();
            before.iter().filter(|&&b| b == b'\n').count() + 1
        });
        fail(line, problem)
    })
}

pub(super) fn parse_draft(text: &str, base: &Path) -> Result<Draft, Located> {
    let raw: RawMigration = toml::from_str(text).map_err(|error| classify(&error))?;
    let source = raw.source.map(|source| read_source(source, base));
    let target = raw.target.map(|target| read_target(target.into_inner()));
    let (scope_at, scope) = match raw.scope {
        Some(scope) => (Some(scope.span().start), scope.into_inner()),
        None => (None, Scope::default()),
    };
    for pattern in &scope.exclude {
        if globset::Glob::new(pattern).is_err() {
            let at = find_from(text, scope_at, pattern);
            return Err((at, MigrationProblem::BadPattern(pattern.clone())));
        }
    }
    let (options_at, options) = match raw.options {
        Some(options) => (Some(options.span().start), options.into_inner()),
        None => (None, Options::default()),
    };
    if let Some(rate) = &options.bandwidth
        && parse_rate(rate).is_none()
    {
        let at = find_from(text, options_at, rate);
        return Err((at, MigrationProblem::BadRate(rate.clone())));
    }
    Ok(Draft {
        name: raw.name.unwrap_or_default(),
        source: source.transpose()?,
        target: target.transpose()?,
        scope,
        options,
    })
}

/// Where `needle` stands in the file, at or after `from`.
fn find_from(text: &str, from: Option<usize>, needle: &str) -> Option<usize> {
    let from = from.unwrap_or(0);
    text.get(from..)
        .and_then(|rest| rest.find(needle))
        .map(|at| from + at)
        .or(Some(from))
}

/// Tells apart what serde and the TOML parser only say in English prose.
fn classify(error: &toml::de::Error) -> Located {
    let at = error.span().map(|span| span.start);
    let message = error.message();
    let quoted = || message.split('`').nth(1).unwrap_or_default().to_owned();
    let problem = if message.starts_with("unknown field") {
        MigrationProblem::UnknownKey(quoted())
    } else if message.starts_with("missing field") {
        MigrationProblem::MissingKey(quoted())
    } else if message.starts_with("invalid type")
        || message.starts_with("unknown variant")
        || message.starts_with("invalid value")
    {
        MigrationProblem::WrongValue(message.to_owned())
    } else {
        MigrationProblem::Syntax(message.to_owned())
    };
    (at, problem)
}

fn read_source(raw: Spanned<RawSource>, base: &Path) -> Result<SourceConfig, Located> {
    let table_at = raw.span().start;
    let raw = raw.into_inner();
    let kind_at = raw.kind.span().start;
    let kind = raw.kind.into_inner();
    let missing = |key: &str| (Some(table_at), MigrationProblem::MissingKey(key.to_owned()));
    let allowed: &[&str] = match kind.as_str() {
        "google" | "dropbox" => &["client_id", "endpoint", "password_command"],
        "microsoft" => &[
            "client_id",
            "tenant",
            "sites",
            "endpoint",
            "password_command",
        ],
        "nextcloud" => &["url", "user", "folder", "password_command"],
        "folder" | "takeout" => &["path"],
        _ => return Err((Some(kind_at), MigrationProblem::UnknownKind(kind))),
    };
    let place = |text: &Option<Spanned<String>>| text.as_ref().map(|text| text.span().start);
    let present = [
        ("client_id", place(&raw.client_id)),
        ("url", place(&raw.url)),
        ("user", place(&raw.user)),
        ("path", place(&raw.path)),
        ("folder", place(&raw.folder)),
        ("endpoint", place(&raw.endpoint)),
        ("password_command", place(&raw.password_command)),
        ("tenant", place(&raw.tenant)),
        ("sites", raw.sites.as_ref().map(|sites| sites.span().start)),
    ];
    for (key, at) in present {
        if at.is_some() && !allowed.contains(&key) {
            let key = key.to_owned();
            return Err((at, MigrationProblem::ForeignKey { key, kind }));
        }
    }
    let password_command = raw.password_command.map(Spanned::into_inner);
    match kind.as_str() {
        "google" => Ok(SourceConfig::Google {
            client_id: raw
                .client_id
                .ok_or_else(|| missing("client_id"))?
                .into_inner(),
            endpoint: raw.endpoint.map(read_endpoint).transpose()?,
            password_command,
        }),
        "microsoft" => Ok(SourceConfig::Microsoft {
            client_id: raw
                .client_id
                .ok_or_else(|| missing("client_id"))?
                .into_inner(),
            tenant: raw.tenant.map(read_tenant).transpose()?,
            sites: raw.sites.map(Spanned::into_inner).unwrap_or_default(),
            endpoint: raw.endpoint.map(read_endpoint).transpose()?,
            password_command,
        }),
        "dropbox" => Ok(SourceConfig::Dropbox {
            client_id: raw
                .client_id
                .ok_or_else(|| missing("client_id"))?
                .into_inner(),
            endpoint: raw.endpoint.map(read_endpoint).transpose()?,
            password_command,
        }),
        "nextcloud" => Ok(SourceConfig::Nextcloud {
            url: read_url(raw.url.ok_or_else(|| missing("url"))?)?,
            user: raw.user.ok_or_else(|| missing("user"))?.into_inner(),
            folder: raw.folder.map(read_folder).transpose()?.unwrap_or_default(),
            password_command,
        }),
        _ => {
            let path = raw.path.ok_or_else(|| missing("path"))?;
            let at = path.span().start;
            let path = base.join(path.into_inner());
            let shown = || path.display().to_string();
            if kind == "takeout" {
                return if path.exists() {
                    Ok(SourceConfig::Takeout { path })
                } else {
                    Err((Some(at), MigrationProblem::MissingArchive(shown())))
                };
            }
            if !path.is_dir() {
                return Err((Some(at), MigrationProblem::MissingFolder(shown())));
            }
            Ok(SourceConfig::Folder { path })
        }
    }
}

fn read_target(raw: RawTarget) -> Result<TargetConfig, Located> {
    Ok(TargetConfig {
        url: read_url(raw.url)?,
        user: raw.user,
        folder: raw.folder.map(read_folder).transpose()?.unwrap_or_default(),
        password_command: raw.password_command,
    })
}

/// A base address: `https://`, or `http://` on this computer; no user, password, query or fragment.
fn read_url(raw: Spanned<String>) -> Result<Url, Located> {
    let at = Some(raw.span().start);
    let text = raw.into_inner();
    let Ok(mut url) = Url::parse(&text) else {
        return Err((at, MigrationProblem::BadUrl(text)));
    };
    if url.password().is_some() || !url.username().is_empty() {
        let _ = url.set_password(None);
        let _ = url.set_username("");
        return Err((at, MigrationProblem::SecretInUrl(url.to_string())));
    }
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&url) => {}
        "http" => return Err((at, MigrationProblem::InsecureUrl(text))),
        _ => return Err((at, MigrationProblem::BadUrl(text))),
    }
    if url.query().is_some() || url.fragment().is_some() || url.host().is_none() {
        return Err((at, MigrationProblem::BadUrl(text)));
    }
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&path);
    Ok(url)
}

fn read_endpoint(raw: Spanned<String>) -> Result<Url, Located> {
    let at = Some(raw.span().start);
    let url = read_url(raw)?;
    if is_loopback(&url) {
        Ok(url)
    } else {
        Err((at, MigrationProblem::EndpointNotLoopback(url.to_string())))
    }
}

/// A part of an address: letters, digits, dots and hyphens.
fn read_tenant(raw: Spanned<String>) -> Result<String, Located> {
    let at = Some(raw.span().start);
    let text = raw.into_inner();
    match is_tenant(&text) {
        true => Ok(text),
        false => Err((at, MigrationProblem::BadTenant(text))),
    }
}

/// Whether this may be Microsoft's name for some accounts: a word of its own, a domain or a GUID.
pub fn is_tenant(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    !text.is_empty() && text.len() <= 253 && text.chars().all(plain)
}

fn read_folder(raw: Spanned<String>) -> Result<String, Located> {
    let at = Some(raw.span().start);
    let text = raw.into_inner();
    clean_folder(&text).ok_or((at, MigrationProblem::BadFolder(text)))
}

/// A folder inside of an account's files, without leading, trailing and double `/`; `None` where it leads
/// out of them or cannot exist.
pub fn clean_folder(text: &str) -> Option<String> {
    let segments: Vec<&str> = text.split('/').filter(|part| !part.is_empty()).collect();
    let bad = |part: &&str| {
        matches!(*part, "." | "..") || part.chars().any(|c| c.is_control() || c == '\\')
    };
    (!segments.iter().any(bad)).then(|| segments.join("/"))
}

/// Whether the address is on this computer, where no encryption is needed.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        None => false,
    }
}

/// Reads `5 MB/s`, `800 Ko/s`, `1.5 Mo/s` or `0,5 GB/s` as bytes a second (units of 1000).
pub fn parse_rate(text: &str) -> Option<u64> {
    let text = text.trim();
    let text = text.strip_suffix("/s").unwrap_or(text).trim_end();
    let digits = text.find(|c: char| c.is_alphabetic())?;
    let (number, unit) = text.split_at_checked(digits)?;
    let number: f64 = number.trim().replace(',', ".").parse().ok()?;
    let scale = match unit.to_ascii_lowercase().as_str() {
        "b" | "o" => 1.0,
        "kb" | "ko" => 1e3,
        "mb" | "mo" => 1e6,
        "gb" | "go" => 1e9,
        _ => return None,
    };
    let rate = number * scale;
    // Below 1 kB/s nothing would ever finish, and requests would time out.
    (rate.is_finite() && (1e3..=1e12).contains(&rate)).then_some(rate as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
name = "AMAP du Canard bleu"
[source]
kind = "google"
client_id = "x"
[target]
url = "https://canard.example/"
user = "camille"
folder = "/Google Drive/"
[options]
bandwidth = "5 MB/s"
"#;

    fn problem(text: &str) -> (Option<usize>, String) {
        let (at, problem) = Migration::parse(text, Path::new("/")).expect_err("a problem");
        let line = at.map(|at| text[..at].matches('\n').count() + 1);
        (line, format!("{problem:?}"))
    }

    #[test]
    fn reads_the_example() {
        let migration = Migration::parse(GOOD, Path::new("/")).expect("a migration");
        assert_eq!(migration.target.folder, "Google Drive");
        assert_eq!(migration.bandwidth, Some(5_000_000));
        assert!(!migration.scope.shared_with_me);
    }

    #[test]
    fn reads_a_microsoft_source() {
        let more = "tenant = \"canard.example\"\nsites = [\"https://canard.sharepoint.com/sites/CA\", \"Bureau\"]";
        let text = GOOD
            .replace("\"google\"", "\"microsoft\"")
            .replace("client_id = \"x\"", &format!("client_id = \"x\"\n{more}"));
        let migration = Migration::parse(&text, Path::new("/")).expect("a migration");
        let SourceConfig::Microsoft { tenant, sites, .. } = migration.source else {
            panic!("{:?}", migration.source);
        };
        assert_eq!(tenant.as_deref(), Some("canard.example"));
        assert_eq!(sites.len(), 2);
        let (line, found) = problem(&text.replace("canard.example\"\nsites", "a/b\"\nsites"));
        assert_eq!((line, found.as_str()), (Some(6), "BadTenant(\"a/b\")"));
        let (line, found) = problem(&text.replace("microsoft", "google"));
        assert_eq!(line, Some(6));
        assert!(found.contains("ForeignKey"), "{found}");
    }

    #[test]
    fn names_the_line_of_each_problem() {
        let cases = [
            (
                GOOD.replace("client_id", "clientid"),
                5,
                "UnknownKey(\"clientid\")",
            ),
            (GOOD.replace("google", "gogle"), 4, "UnknownKind(\"gogle\")"),
            (
                GOOD.replace("https://canard.example/", "canard"),
                7,
                "BadUrl",
            ),
            (GOOD.replace("https", "http"), 7, "InsecureUrl"),
            (
                GOOD.replace("https://", "https://a:secret@"),
                7,
                "SecretInUrl(\"https://canard",
            ),
            (GOOD.replace("5 MB/s", "fast"), 11, "BadRate"),
            (GOOD.replace("/Google Drive/", "../x"), 9, "BadFolder"),
            (
                GOOD.replace("[options]", "[scope]\nexclude = [\"a{\"]\n[options]"),
                11,
                "BadPattern",
            ),
            (
                GOOD.replace("client_id = \"x\"", "path = \"x\""),
                5,
                "ForeignKey",
            ),
            (
                GOOD.replace("user = \"camille\"", ""),
                6,
                "MissingKey(\"user\")",
            ),
            (GOOD.replace("name = ", "name "), 2, "Syntax"),
            (
                GOOD.replace(
                    "[target]",
                    "endpoint = \"https://google.example\"\n[target]",
                ),
                6,
                "EndpointNotLoopback",
            ),
        ];
        for (text, line, words) in cases {
            let (at, found) = problem(&text);
            assert!(found.contains(words), "{found} for {words}");
            assert_eq!(at, Some(line), "{found}");
        }
    }

    #[test]
    fn reads_rates_as_people_write_them() {
        assert_eq!(parse_rate("5 MB/s"), Some(5_000_000));
        assert_eq!(parse_rate("1,5 Mo/s"), Some(1_500_000));
        assert_eq!(parse_rate("800ko/s"), Some(800_000));
        for bad in [
            "",
            "5",
            "MB/s",
            "-1 MB/s",
            "0 MB/s",
            "5 parsecs",
            "1e99 GB/s",
        ] {
            assert_eq!(parse_rate(bad), None, "{bad}");
        }
    }
}
