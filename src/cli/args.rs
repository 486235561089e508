//! What the command line takes, and how it explains itself in the user's language.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::{Str, StyledStr};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{ArgAction, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

use super::Exit;
use crate::i18n::{Lang, Texts};

#[derive(Debug, Parser)]
#[command(
    name = "transhumance",
    version,
    disable_help_flag = true,
    disable_version_flag = true,
    disable_help_subcommand = true
)]
pub struct Args {
    #[command(flatten)]
    pub common: Common,
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What every command takes.
#[derive(Debug, Clone, clap::Args)]
pub struct Common {
    #[arg(long, global = true, value_name = "value-dir")]
    pub data_dir: Option<PathBuf>,
    #[arg(long, global = true, value_enum, hide_possible_values = true)]
    pub lang: Option<LangArg>,
    #[arg(long, global = true)]
    pub json: bool,
    #[arg(short, long, global = true)]
    pub quiet: bool,
    #[arg(short, long, global = true)]
    pub verbose: bool,
    #[arg(short, long, global = true, action = ArgAction::Help)]
    help: Option<bool>,
    #[arg(short = 'V', long, action = ArgAction::Version)]
    version: Option<bool>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum LangArg {
    Fr,
    En,
}

impl From<LangArg> for Lang {
    fn from(arg: LangArg) -> Self {
        match arg {
            LangArg::Fr => Self::Fr,
            LangArg::En => Self::En,
        }
    }
}

#[derive(Debug, Subcommand)]
pub enum Command {
    Practice(Practice),
    Init(File),
    Login(Login),
    Sites(File),
    Survey(File),
    Preview(Preview),
    Move(File),
    Verify(File),
    Report(File),
    Status(File),
}

#[derive(Debug, Clone, clap::Args)]
pub struct File {
    #[arg(value_name = "value-file")]
    pub file: PathBuf,
}

/// A whole practice migration, or only the servers.
#[derive(Debug, Clone, clap::Args)]
pub struct Practice {
    #[arg(long)]
    pub serve: bool,
    #[arg(long, value_name = "value-file", requires = "serve")]
    pub ready: Option<PathBuf>,
    #[arg(long, value_name = "N", default_value_t = 1, hide_default_value = true)]
    pub seed: u64,
    #[arg(
        long,
        value_name = "N",
        default_value_t = 300,
        hide_default_value = true
    )]
    pub items: u64,
    #[arg(long)]
    pub tiny: bool,
    #[arg(long, value_name = "value-size", value_parser = size, requires = "serve")]
    pub film: Option<u64>,
    #[arg(long, value_name = "N")]
    pub events: Option<u64>,
    #[arg(long, value_name = "N")]
    pub contacts: Option<u64>,
    #[arg(long, value_name = "value-faults", default_value = "some", hide_default_value = true, value_parser = share)]
    pub faults: f64,
    #[arg(
        long,
        value_name = "MS",
        default_value_t = 0,
        hide_default_value = true
    )]
    pub latency: u64,
    #[arg(long, value_name = "value-size", value_parser = size)]
    pub nextcloud_quota: Option<u64>,
    #[arg(long, value_name = "PORT")]
    pub google_port: Option<u16>,
    #[arg(long, value_name = "PORT")]
    pub microsoft_port: Option<u16>,
    #[arg(
        long,
        value_enum,
        value_name = "value-account",
        default_value = "work",
        hide_default_value = true,
        hide_possible_values = true
    )]
    pub microsoft_account: MicrosoftAccount,
    #[arg(long, value_name = "PORT")]
    pub dropbox_port: Option<u16>,
    #[arg(long, value_name = "PORT")]
    pub nextcloud_port: Option<u16>,
    #[arg(long)]
    pub fresh: bool,
}

/// Whose Microsoft account the practice one is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum MicrosoftAccount {
    Work,
    Personal,
}

/// The share of requests that are hit by a fault: by name, or between 0 and 1.
fn share(text: &str) -> Result<f64, String> {
    match text {
        "off" => Ok(0.0),
        "some" => Ok(0.02),
        "many" => Ok(0.15),
        number => match number.parse() {
            Ok(share) if (0.0..=1.0).contains(&share) => Ok(share),
            _ => Err("off, some, many, 0 … 1".to_owned()),
        },
    }
}

/// Bytes: `500 MB`, `1,5 Go`.
fn size(text: &str) -> Result<u64, String> {
    crate::model::parse_rate(text).ok_or_else(|| "500 MB, 1.5 GB".to_owned())
}

#[derive(Debug, Clone, clap::Args)]
pub struct Login {
    #[command(flatten)]
    pub file: File,
    #[arg(value_enum, value_name = "source|target", hide_possible_values = true)]
    pub end: End,
    #[arg(long)]
    pub device: bool,
    #[arg(long, conflicts_with = "device")]
    pub revoke: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum End {
    Source,
    Target,
}

impl From<End> for crate::engine::sign_in::End {
    fn from(end: End) -> Self {
        match end {
            End::Source => Self::Source,
            End::Target => Self::Target,
        }
    }
}

#[derive(Debug, Clone, clap::Args)]
pub struct Preview {
    #[command(flatten)]
    pub file: File,
    #[arg(long)]
    pub offline: bool,
}

/// The language of this run: `--lang` wherever it stands, else the system's. Needed before the arguments
/// are parsed, because what is wrong with them is said in it.
pub fn language(args: &[OsString]) -> Lang {
    let mut args = args.iter().filter_map(|arg| arg.to_str());
    while let Some(arg) = args.next() {
        let value = match arg {
            "--" => break,
            "--lang" => args.next(),
            _ => arg.strip_prefix("--lang="),
        };
        if let Some(lang) = value.and_then(Lang::from_code) {
            return lang;
        }
    }
    Lang::of_the_system()
}

/// Reads the arguments. Help and version, or what is wrong, come back as what to print and how to exit.
pub fn parse(args: &[OsString], texts: &Texts) -> Result<Args, Refusal> {
    let mut command = command(texts);
    command
        .try_get_matches_from_mut(args)
        .and_then(|matches| Args::from_arg_matches(&matches))
        .map_err(|error| Refusal::new(&error, &mut command, texts))
}

/// Why there is nothing to run.
#[derive(Debug)]
pub struct Refusal {
    pub message: String,
    pub exit: Exit,
}

impl Refusal {
    fn new(error: &clap::Error, command: &mut clap::Command, texts: &Texts) -> Self {
        match error.kind() {
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Self {
                message: error.to_string(),
                exit: Exit::Done,
            },
            _ => Self {
                message: usage_error(error, command, texts),
                exit: Exit::BadUsage,
            },
        }
    }
}

/// clap says what is wrong in English only, but it also says it in parts.
fn usage_error(error: &clap::Error, command: &mut clap::Command, texts: &Texts) -> String {
    let part = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        Some(ContextValue::Strings(texts)) => Some(texts.join(", ")),
        Some(ContextValue::StyledStr(text)) => Some(text.to_string()),
        _ => None,
    };
    let arg = part(ContextKind::InvalidArg).unwrap_or_default();
    let value = part(ContextKind::InvalidValue).unwrap_or_default();
    let name = part(ContextKind::InvalidSubcommand).unwrap_or_default();
    let sentence = match error.kind() {
        ErrorKind::UnknownArgument => texts.text("usage-unknown", &[("arg", arg.into())]),
        ErrorKind::InvalidSubcommand => {
            texts.text("usage-unknown-command", &[("name", name.into())])
        }
        ErrorKind::MissingRequiredArgument => texts.text("usage-missing", &[("arg", arg.into())]),
        ErrorKind::InvalidValue if value.is_empty() => {
            texts.text("usage-missing-value", &[("arg", arg.into())])
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let args = [("arg", arg.into()), ("value", value.into())];
            texts.text("usage-bad-value", &args)
        }
        ErrorKind::ArgumentConflict => texts.text("usage-conflict", &[("arg", arg.into())]),
        _ => texts.text("usage-other", &[]),
    };
    let mut lines = vec![sentence];
    if let Some(allowed) = part(ContextKind::ValidValue).filter(|allowed| !allowed.is_empty()) {
        lines.push(texts.text("usage-allowed", &[("values", allowed.into())]));
    }
    let meant = [
        ContextKind::SuggestedArg,
        ContextKind::SuggestedSubcommand,
        ContextKind::SuggestedValue,
    ];
    if let Some(meant) = meant.into_iter().find_map(part) {
        lines.push(texts.text("usage-did-you-mean", &[("meant", meant.into())]));
    }
    if let ErrorKind::InvalidSubcommand = error.kind() {
        lines.push(commands(command, texts));
    }
    lines.push(texts.text("usage-help", &[]));
    lines.join("\n")
}

/// The names of the commands, in a sentence.
pub fn commands(command: &clap::Command, texts: &Texts) -> String {
    let names: Vec<&str> = command
        .get_subcommands()
        .map(clap::Command::get_name)
        .collect();
    texts.text("usage-commands", &[("names", names.join(", ").into())])
}

/// The whole command line, explained in the language of `texts`.
pub fn command(texts: &Texts) -> clap::Command {
    let text = |key: &str| StyledStr::from(texts.text(key, &[]));
    explain(Args::command(), "help", &text).about(text("help-about"))
}

fn explain(
    command: clap::Command,
    prefix: &str,
    text: &dyn Fn(&str) -> StyledStr,
) -> clap::Command {
    let template = format!(
        "{{about-with-newline}}\n{} {{usage}}\n\n{{all-args}}",
        text("help-usage")
    );
    let placeholder = |name: &str| Str::from(text(&format!("help-{name}")).to_string());
    command
        .help_template(template)
        .subcommand_help_heading(placeholder("commands"))
        .subcommand_value_name(placeholder("command"))
        .mut_args(|arg| {
            let heading = if arg.is_positional() {
                "arguments"
            } else {
                "options"
            };
            let id = arg.get_id().as_str().replace('_', "-");
            let values: Vec<Str> = arg
                .get_value_names()
                .unwrap_or_default()
                .iter()
                .map(|name| match name.as_str() {
                    name if name.starts_with("value-") => placeholder(name),
                    name => Str::from(name.to_owned()),
                })
                .collect();
            let key = match prefix {
                "help" => format!("help-{id}"),
                _ if id == "file" => "help-file".to_owned(),
                _ => format!("{prefix}-{id}"),
            };
            let arg = arg.help(text(&key)).help_heading(placeholder(heading));
            if values.is_empty() {
                arg
            } else {
                arg.value_names(values)
            }
        })
        .mut_subcommands(|sub| {
            let prefix = format!("{prefix}-{}", sub.get_name());
            let about = text(&prefix);
            explain(sub, &prefix, text).about(about)
        })
}

/// The keys of the messages that [`command`] asks for, for the test that none is missing or unused.
pub fn message_keys() -> Vec<String> {
    let keys = std::cell::RefCell::new(vec!["help-about".to_owned()]);
    explain(Args::command(), "help", &|key| {
        keys.borrow_mut().push(key.to_owned());
        StyledStr::from(key.to_owned())
    });
    keys.into_inner()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn os(args: &[&str]) -> Vec<OsString> {
        args.iter().map(OsString::from).collect()
    }

    #[test]
    fn clap_accepts_the_definition() {
        command(&Texts::new(Lang::En)).debug_assert();
    }

    #[test]
    fn finds_the_language_before_parsing() {
        assert_eq!(language(&os(&["t", "move", "x", "--lang", "fr"])), Lang::Fr);
        assert_eq!(language(&os(&["t", "--lang=en", "--nonsense"])), Lang::En);
    }
}
