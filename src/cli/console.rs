//! The one way out to the terminal.

use std::io::Write;
use std::sync::Arc;

use serde::Serialize;

use super::args::{Common, Refusal};
use super::{Exit, Failure};
use crate::i18n::Texts;

/// Says what a command has to say: sentences for people, or JSON lines for scripts.
#[derive(Debug)]
pub struct Console {
    pub texts: Arc<Texts>,
    pub json: bool,
    pub quiet: bool,
}

#[derive(Serialize)]
struct ErrorLine<'a> {
    event: &'static str,
    code: &'a str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
}

impl Console {
    pub fn new(texts: Texts, common: &Common) -> Self {
        Self {
            texts: Arc::new(texts),
            json: common.json,
            quiet: common.quiet,
        }
    }

    /// A sentence for people, on standard output.
    pub fn say(&self, sentence: &str) {
        if !self.json && !self.quiet {
            print(sentence);
        }
    }

    /// A message of the catalogue, for people, on standard output.
    pub fn tell(&self, key: &str, args: &[(&str, crate::i18n::Value<'_>)]) {
        self.say(&self.texts.text(key, args));
    }

    /// How many there are of each, one below the other. What there is none of is left out.
    pub fn table(&self, rows: &[(u64, &str)]) {
        let rows: Vec<(String, &str)> = rows
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, key)| (self.texts.number(*count), *key))
            .collect();
        let width = rows.iter().map(|(count, _)| count.chars().count()).max();
        for (count, key) in &rows {
            let label = self.texts.text(key, &[]);
            self.say(&format!(
                "  {count:>width$}  {label}",
                width = width.unwrap_or(0)
            ));
        }
    }

    /// A line for scripts, on standard output.
    pub fn event(&self, event: &impl Serialize) {
        if self.json {
            print_json(event);
        }
    }

    /// What went wrong: always for people on standard error, and for scripts too.
    pub fn fail(&self, failure: &Failure) {
        complain(&failure.message);
        self.event(&ErrorLine {
            event: "error",
            code: failure.code,
            message: &failure.message,
            file: failure.file.as_ref().map(|file| file.display().to_string()),
            line: failure.line,
        });
    }
}

/// Help and version go to standard output, wrong usage to standard error.
pub fn refuse(refusal: &Refusal, json: bool) {
    if refusal.exit == Exit::Done {
        print(refusal.message.trim_end());
        return;
    }
    complain(&refusal.message);
    if json {
        print_json(&ErrorLine {
            event: "error",
            code: "usage",
            message: &refusal.message,
            file: None,
            line: None,
        });
    }
}

pub fn print_json(event: &impl Serialize) {
    if let Ok(line) = serde_json::to_string(event) {
        print(&line);
    }
}

/// A reader that went away (`| head`) must not stop a migration.
fn print(line: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}");
    let _ = out.flush();
}

pub fn complain(line: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}
