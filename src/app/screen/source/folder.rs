//! A folder on this computer.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use iced::widget::{column, row};
use iced::{Center, Element, Task};

use super::super::Action;
use super::pick;
use crate::app::connect::plain_notice;
use crate::app::context::Context;
use crate::app::theme::space;
use crate::app::widget::{Field, Icon, Kind, Sort, field, icon_button, live};
use crate::model::SourceConfig;
use crate::sentences::trouble::io_cause;

#[derive(Debug, Default)]
pub struct State {
    typed: String,
    /// What was found where the text says.
    found: Option<Found>,
    /// Answers to earlier questions are ignored.
    attempt: u64,
}

/// What lies at a path.
#[derive(Debug, Clone)]
pub enum Found {
    /// Entries that lie directly in it.
    Folder {
        entries: u64,
    },
    Missing,
    File,
    Unreadable(Arc<io::Error>),
}

#[derive(Debug, Clone)]
pub enum Message {
    Typed(String),
    PickAsked,
    Picked(Option<PathBuf>),
    Checked(u64, Found),
}

impl State {
    pub fn enter(&mut self, cx: &mut Context) -> Action<Message> {
        match &cx.draft.source {
            Some(SourceConfig::Folder { path }) if self.typed.is_empty() => {
                self.typed = path.display().to_string();
                self.check()
            }
            _ => Action::None,
        }
    }

    pub const fn is_ready(&self) -> bool {
        matches!(self.found, Some(Found::Folder { .. }))
    }

    pub fn update(&mut self, message: Message, cx: &mut Context) -> Action<Message> {
        match message {
            Message::Typed(typed) => {
                self.typed = typed;
                return self.check();
            }
            Message::PickAsked => {
                let title = cx.t("source-folder-pick");
                return Action::Run(Task::perform(pick::folder(title), Message::Picked));
            }
            Message::Picked(Some(path)) => {
                self.typed = path.display().to_string();
                return self.check();
            }
            Message::Picked(None) => {}
            Message::Checked(attempt, found) if attempt == self.attempt => {
                if let (Found::Folder { .. }, Some(path)) = (&found, pick::path(&self.typed)) {
                    // Written in full: the migration must mean the same from everywhere.
                    let path = std::path::absolute(&path).unwrap_or(path);
                    cx.draft.source = Some(SourceConfig::Folder { path });
                }
                self.found = Some(found);
            }
            Message::Checked(..) => {}
        }
        Action::None
    }

    fn check(&mut self) -> Action<Message> {
        self.attempt += 1;
        self.found = None;
        let Some(path) = pick::path(&self.typed) else {
            return Action::None;
        };
        let attempt = self.attempt;
        Action::Run(Task::future(async move {
            let found = tokio::task::spawn_blocking(move || look_at(&path)).await;
            let found = found.unwrap_or_else(|error| Found::Unreadable(Arc::new(error.into())));
            Message::Checked(attempt, found)
        }))
    }

    pub fn view<'a>(&'a self, cx: &'a Context) -> Element<'a, Message> {
        let what = [("what", self.typed.as_str().into())];
        let error = match &self.found {
            Some(Found::Missing) => Some(cx.tr("source-folder-missing", &what)),
            Some(Found::File) => Some(cx.tr("source-folder-file", &what)),
            Some(Found::Unreadable(cause)) => {
                let cause = ("cause", io_cause(cause, &cx.texts).into());
                Some(cx.tr("source-folder-unreadable", &[cause]))
            }
            Some(Found::Folder { .. }) | None => None,
        };
        let found: Option<Element<'a, Message>> = match &self.found {
            Some(Found::Folder { entries: 0 }) => {
                Some(plain_notice(cx, Sort::Warning, cx.t("source-folder-empty")))
            }
            Some(Found::Folder { entries }) => {
                let n = [("n", (*entries).into())];
                Some(live("found", cx.tr("source-folder-found", &n)))
            }
            _ => None,
        };
        let entry = field(
            Field {
                id: "folder",
                label: cx.t("source-folder-path"),
                value: &self.typed,
                help: Some(cx.t("source-folder-path-help")),
                error,
                ..Field::default()
            },
            Some(Message::Typed),
            None,
        );
        let choose = icon_button(
            Kind::Plain,
            Icon::Folder,
            cx.t("source-folder-choose"),
            Some(Message::PickAsked),
        )
        .id("pick");
        column![row![choose].align_y(Center), entry]
            .push(found)
            .spacing(space::MEDIUM)
            .into()
    }
}

fn look_at(path: &Path) -> Found {
    let unreadable = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => Found::Missing,
        io::ErrorKind::NotADirectory => Found::File,
        _ => Found::Unreadable(Arc::new(error)),
    };
    match std::fs::metadata(path) {
        Ok(about) if !about.is_dir() => Found::File,
        Ok(_) => match std::fs::read_dir(path) {
            Ok(entries) => Found::Folder {
                entries: entries.count() as u64,
            },
            Err(error) => unreadable(error),
        },
        Err(error) => unreadable(error),
    }
}
