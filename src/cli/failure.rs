//! What stopped a command, in words.

use std::io;
use std::path::{Path, PathBuf};

use super::Exit;
use crate::i18n::Texts;

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

/// The system's own words are English; the usual ones are said in the user's language.
pub fn io_cause(error: &io::Error, texts: &Texts) -> String {
    let key = match error.kind() {
        io::ErrorKind::NotFound => "io-not-found",
        io::ErrorKind::PermissionDenied => "io-not-allowed",
        io::ErrorKind::ReadOnlyFilesystem => "io-read-only",
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "io-full",
        io::ErrorKind::AlreadyExists => "io-exists",
        io::ErrorKind::IsADirectory => "io-is-folder",
        io::ErrorKind::NotADirectory => "io-not-folder",
        io::ErrorKind::InvalidData => "io-not-text",
        _ => return error.to_string(),
    };
    texts.text(key, &[])
}
