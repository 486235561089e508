//! The command line: what scripts and people without a window use.

mod args;
mod console;
mod failure;
mod home;
mod init;
mod log;
mod login;
mod practice;
mod progress;
mod session;
mod sites;
mod stop;
mod work;

use std::ffi::OsString;
use std::path::PathBuf;

pub use args::message_keys;
use args::{Args, Command, Common};
use console::Console;
use failure::Failure;
use session::Home;

use crate::i18n::{Lang, Texts};
use crate::sentences::trouble::one_line;

/// How a command ends, as scripts see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Everything was done.
    Done,
    /// Done, but some items failed.
    SomeFailed,
    /// Bad usage, or a bad migration file.
    BadUsage,
    /// Could not connect, or not authorised.
    NoConnection,
    /// Stopped early; the same command goes on.
    Stopped,
}

impl From<Exit> for u8 {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Done => 0,
            Exit::SomeFailed => 1,
            Exit::BadUsage => 2,
            Exit::NoConnection => 3,
            Exit::Stopped => 4,
        }
    }
}

/// What the window is opened with.
#[derive(Debug, Clone)]
pub struct WindowRequest {
    pub data_dir: PathBuf,
    /// For this run, whatever the preferences say.
    pub lang: Option<Lang>,
}

/// Opens the window and stays until it is closed.
pub type Window = fn(WindowRequest) -> Result<(), NoWindow>;

/// Why there was no window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoWindow {
    NoDisplay,
    /// What went wrong, for the technically minded.
    Failed(String),
}

/// Runs the command line `args`, of which the first is the program's own name. `window` is what it does
/// without a command; `None`: this program has no window.
pub fn run(args: &[OsString], window: Option<Window>) -> Exit {
    let texts = Texts::new(args::language(args));
    match args::parse(args, &texts) {
        Ok(args) => {
            let console = Console::new(texts, &args.common);
            match dispatch(&args, &console, window) {
                Ok(exit) => exit,
                Err(failure) => {
                    console.fail(&failure);
                    failure.exit
                }
            }
        }
        Err(refusal) => {
            // The arguments could not be read, so whether they ask for JSON is looked up by hand.
            let json = args.iter().any(|arg| arg == "--json");
            console::refuse(&refusal, json);
            refusal.exit
        }
    }
}

fn dispatch(args: &Args, console: &Console, window: Option<Window>) -> Result<Exit, Failure> {
    let texts = &console.texts;
    let common = &args.common;
    let Some(command) = &args.command else {
        return match window {
            // Whoever asks for JSON reads no window.
            Some(window) if !common.json => open_window(window, common, console),
            _ => {
                let names = args::commands(&args::command(texts), texts);
                let message = texts.text("usage-no-command", &[("commands", names.into())]);
                Err(Failure::new(Exit::BadUsage, "usage", message))
            }
        };
    };
    match command {
        Command::Practice(args) => practice::run(args, common, console),
        Command::Init(file) => init::run(&file.file, console),
        Command::Login(login) => login::run(login, common, console),
        Command::Sites(file) => sites::run(&file.file, common, console),
        Command::Survey(file) => session::work_on(&file.file, common, console, async |work| {
            work.survey().await
        }),
        Command::Preview(preview) => {
            session::work_on(&preview.file.file, common, console, async |work| {
                work.preview(preview.offline).await
            })
        }
        Command::Move(file) => session::work_on(&file.file, common, console, async |work| {
            work.move_items().await
        }),
        Command::Verify(file) => session::work_on(&file.file, common, console, async |work| {
            work.verify().await
        }),
        Command::Report(file) => session::work_on(&file.file, common, console, async |work| {
            work.report().await
        }),
        Command::Status(file) => session::work_on(&file.file, common, console, async |work| {
            work.status().await
        }),
    }
}

fn open_window(window: Window, common: &Common, console: &Console) -> Result<Exit, Failure> {
    let texts = &console.texts;
    let home = Home::open(common, texts)?;
    let request = WindowRequest {
        data_dir: home.data_dir.clone(),
        lang: common.lang.map(Into::into),
    };
    let message = match window(request) {
        Ok(()) => return Ok(Exit::Done),
        Err(NoWindow::NoDisplay) => texts.text("window-no-display", &[]),
        Err(NoWindow::Failed(detail)) => {
            let detail = one_line(&detail);
            texts.text("window-failed", &[("detail", detail.into())])
        }
    };
    Err(Failure::new(Exit::BadUsage, "window", message))
}
