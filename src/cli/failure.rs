//! What stopped a command, in words.

use std::io;
use std::path::{Path, PathBuf};

use super::Exit;
use crate::i18n::{Texts, Value};
use crate::model::{MigrationFileError, MigrationProblem};
use crate::sentences::trouble::{Kind, Trouble, io_cause, one_line};

/// Why a command could not do what it was asked, ready to be said.
#[derive(Debug)]
pub struct Failure {
    pub exit: Exit,
    /// A stable word for scripts.
    pub code: &'static str,
    /// What happened and what to do next, in the user's language.
    pub message: String,
    pub file: Option<PathBuf>,
    /// 1-based.
    pub line: Option<usize>,
}

impl Failure {
    pub fn new(exit: Exit, code: &'static str, message: String) -> Self {
        Self {
            exit,
            code,
            message,
            file: None,
            line: None,
        }
    }

    /// A migration file that cannot be used: `file:line: what is wrong, and what to do`.
    pub fn migration_file(error: &MigrationFileError, texts: &Texts) -> Self {
        let mut place = error.path.display().to_string();
        if let Some(line) = error.line {
            place = format!("{place}:{line}");
        }
        let message = format!("{place}: {}", problem(&error.problem, texts));
        Self {
            file: Some(error.path.clone()),
            line: error.line,
            ..Self::new(Exit::BadUsage, "migration-file", message)
        }
    }

    /// A file or folder of this computer that cannot be used.
    pub fn local(key: &str, path: &Path, cause: &io::Error, texts: &Texts) -> Self {
        let args = [
            ("path", path.display().to_string().into()),
            ("cause", io_cause(cause, texts).into()),
        ];
        Self {
            file: Some(path.to_owned()),
            ..Self::new(Exit::BadUsage, "local", texts.text(key, &args))
        }
    }
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        let exit = match trouble.kind {
            Kind::Usage => Exit::BadUsage,
            Kind::Connection => Exit::NoConnection,
            Kind::Stopped => Exit::Stopped,
        };
        Self {
            file: trouble.file,
            ..Self::new(exit, trouble.code, trouble.message)
        }
    }
}

fn problem(problem: &MigrationProblem, texts: &Texts) -> String {
    let say = |key: &str, what: &str| texts.text(key, &[("what", what.into())]);
    match problem {
        MigrationProblem::Unreadable(error) => say("file-unreadable", &io_cause(error, texts)),
        MigrationProblem::Syntax(detail) => say("file-syntax", &one_line(detail)),
        MigrationProblem::UnknownKey(key) => say("file-unknown-key", key),
        MigrationProblem::MissingKey(key) => say("file-missing-key", key),
        MigrationProblem::WrongValue(detail) => wrong_value(detail, texts),
        MigrationProblem::UnknownKind(kind) => say("file-unknown-kind", kind),
        MigrationProblem::ForeignKey { key, kind } => {
            let args = [("what", Value::from(key)), ("kind", Value::from(kind))];
            texts.text("file-foreign-key", &args)
        }
        MigrationProblem::BadUrl(url) => say("file-bad-url", url),
        MigrationProblem::InsecureUrl(url) => say("file-insecure-url", url),
        MigrationProblem::SecretInUrl(url) => say("file-secret-in-url", url),
        MigrationProblem::EndpointNotLoopback(url) => say("file-endpoint", url),
        MigrationProblem::BadRate(rate) => say("file-bad-rate", rate),
        MigrationProblem::BadPattern(pattern) => say("file-bad-pattern", pattern),
        MigrationProblem::BadFolder(folder) => say("file-bad-folder", folder),
        MigrationProblem::BadTenant(tenant) => say("file-bad-tenant", tenant),
        MigrationProblem::MissingFolder(folder) => say("file-missing-folder", folder),
        MigrationProblem::MissingArchive(path) => say("file-missing-archive", path),
    }
}

/// What serde says of a value, such as ``unknown variant `doc`, expected one of `odf`, `pdf` `` or
/// `invalid type: string "yes", expected a boolean`, taken apart and said again.
fn wrong_value(detail: &str, texts: &Texts) -> String {
    let allowed: Vec<&str> = detail.split('`').skip(1).step_by(2).collect();
    if let (true, Some((value, allowed))) =
        (detail.starts_with("unknown variant"), allowed.split_first())
    {
        let args = [
            ("what", Value::from(*value)),
            ("allowed", allowed.join(", ").into()),
        ];
        return texts.text("file-wrong-choice", &args);
    }
    let key = match detail.rsplit_once("expected ").map(|(_, kind)| kind) {
        Some("a boolean") => "file-wants-boolean",
        Some("a string") => "file-wants-text",
        Some("a sequence") => "file-wants-list",
        Some(kind) if kind.starts_with("struct") || kind == "a map" => "file-wants-section",
        _ => return texts.text("file-wrong-value", &[("what", one_line(detail).into())]),
    };
    texts.text(key, &[])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;

    #[test]
    fn takes_apart_what_serde_says() {
        let texts = Texts::new(Lang::Fr);
        let choice = wrong_value(
            "unknown variant `doc`, expected one of `odf`, `pdf`",
            &texts,
        );
        assert!(
            choice.contains("doc") && choice.contains("odf, pdf"),
            "{choice}"
        );
        let boolean = wrong_value("invalid type: string \"yes\", expected a boolean", &texts);
        assert!(boolean.contains("true"), "{boolean}");
        let other = wrong_value("invalid value: something\nelse", &texts);
        assert!(other.contains("something else"), "{other}");
    }
}
