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
mod stop;
mod work;

use std::ffi::OsString;

pub use args::message_keys;
use args::{Args, Command};
use console::Console;
use failure::Failure;

use crate::i18n::Texts;

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

/// Runs the command line `args`, of which the first is the program's own name.
pub fn run(args: &[OsString]) -> Exit {
    let texts = Texts::new(args::language(args));
    match args::parse(args, &texts) {
        Ok(args) => {
            let console = Console::new(texts, &args.common);
            match dispatch(&args, &console) {
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

fn dispatch(args: &Args, console: &Console) -> Result<Exit, Failure> {
    let texts = &console.texts;
    let Some(command) = &args.command else {
        let names = args::commands(&args::command(texts), texts);
        let message = texts.text("usage-no-command", &[("commands", names.into())]);
        return Err(Failure::new(Exit::BadUsage, "usage", message));
    };
    let common = &args.common;
    match command {
        Command::Practice(args) => practice::run(args, common, console),
        Command::Init(file) => init::run(&file.file, console),
        Command::Login(login) => login::run(login, common, console),
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
