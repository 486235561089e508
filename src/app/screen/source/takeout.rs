//! An archive that Google made on request.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use iced::widget::{Column, column, row, text::Wrapping};
use iced::{Center, Element, Fill, Task};
use url::Url;

use super::super::Action;
use super::pick;
use crate::app::a11y::{About, Role};
use crate::app::connect::{open_and_copy, place, plain_notice};
use crate::app::context::Context;
use crate::app::theme::space;
use crate::app::widget::{
    Field, Icon, Kind, Sort, card, describe, field, icon, icon_button, paragraph, small, strong,
    text,
};
use crate::model::SourceConfig;
use crate::sentences::trouble;
use crate::source::SourceError;
use crate::source::takeout::{LookedAt, LookedPart, TakeoutSource};

/// Where Google makes such archives.
const PAGE: &str = "https://takeout.google.com/settings/takeout/custom/drive";

#[derive(Debug, Default)]
pub struct State {
    typed: String,
    /// The archives that were chosen in the dialog, which may be of more than one export.
    chosen: Vec<PathBuf>,
    found: Option<Result<LookedAt, Arc<SourceError>>>,
    copied: bool,
    attempt: u64,
}

#[derive(Debug, Clone)]
pub enum Message {
    PageOpened,
    PageCopied,
    ArchivesAsked,
    ArchivesPicked(Vec<PathBuf>),
    FolderAsked,
    FolderPicked(Option<PathBuf>),
    Typed(String),
    Looked(u64, Result<LookedAt, Arc<SourceError>>),
}

impl State {
    pub fn enter(&mut self, cx: &mut Context) -> Action<Message> {
        match &cx.draft.source {
            Some(SourceConfig::Takeout { path }) if self.typed.is_empty() => {
                self.typed = path.display().to_string();
                self.look()
            }
            _ => Action::None,
        }
    }

    pub fn is_ready(&self) -> bool {
        match &self.found {
            Some(Ok(LookedAt::Packed { parts, .. })) => parts.iter().any(|part| !part.damaged),
            Some(Ok(LookedAt::Unpacked { is_takeout })) => *is_takeout,
            Some(Err(_)) | None => false,
        }
    }

    pub fn update(&mut self, message: Message, cx: &mut Context) -> Action<Message> {
        match message {
            Message::PageOpened => {
                if let Ok(page) = Url::parse(PAGE) {
                    (cx.browser)(&page);
                }
            }
            Message::PageCopied => {
                self.copied = true;
                return Action::Run(iced::clipboard::write(PAGE.to_owned()));
            }
            Message::ArchivesAsked => {
                let (title, sort) = (cx.t("takeout-pick"), cx.t("takeout-archives"));
                let picked = pick::archives(title, sort);
                return Action::Run(Task::perform(picked, Message::ArchivesPicked));
            }
            Message::ArchivesPicked(chosen) => {
                if let Some(first) = chosen.first() {
                    self.typed = first.display().to_string();
                    self.chosen = chosen;
                    return self.look();
                }
            }
            Message::FolderAsked => {
                let title = cx.t("takeout-pick-folder");
                return Action::Run(Task::perform(pick::folder(title), Message::FolderPicked));
            }
            Message::FolderPicked(Some(path)) => {
                return self.typed(path.display().to_string());
            }
            Message::FolderPicked(None) => {}
            Message::Typed(typed) => return self.typed(typed),
            Message::Looked(attempt, found) if attempt == self.attempt => {
                self.found = Some(found);
                if let (true, Some(path)) = (self.is_ready(), pick::path(&self.typed)) {
                    let path = std::path::absolute(&path).unwrap_or(path);
                    cx.draft.source = Some(SourceConfig::Takeout { path });
                }
            }
            Message::Looked(..) => {}
        }
        Action::None
    }

    fn typed(&mut self, typed: String) -> Action<Message> {
        self.typed = typed;
        self.chosen = Vec::new();
        self.look()
    }

    fn look(&mut self) -> Action<Message> {
        self.attempt += 1;
        self.found = None;
        let Some(path) = pick::path(&self.typed) else {
            return Action::None;
        };
        let attempt = self.attempt;
        Action::Run(Task::future(async move {
            let found = TakeoutSource::new(path).look().await;
            Message::Looked(attempt, found.map_err(Arc::new))
        }))
    }

    pub fn view<'a>(&'a self, cx: &'a Context) -> Element<'a, Message> {
        let make = card(
            column![
                paragraph(cx.t("takeout-words")),
                open_and_copy(
                    cx,
                    "takeout",
                    "Google Takeout",
                    Message::PageOpened,
                    (Message::PageCopied, self.copied)
                )
            ]
            .spacing(space::MEDIUM),
        );
        let choose = row![
            icon_button(
                Kind::Plain,
                Icon::File,
                cx.t("takeout-choose"),
                Some(Message::ArchivesAsked)
            )
            .id("pick-archives"),
            icon_button(
                Kind::Plain,
                Icon::Folder,
                cx.t("takeout-choose-folder"),
                Some(Message::FolderAsked)
            )
            .id("pick-folder"),
        ]
        .spacing(space::SMALL)
        .wrap();
        let entry = field(
            Field {
                id: "archive",
                label: cx.t("takeout-path"),
                value: &self.typed,
                help: Some(cx.t("takeout-path-help")),
                error: self.error(cx),
                ..Field::default()
            },
            Some(Message::Typed),
            None,
        );
        column![make, choose, entry]
            .push(self.listed(cx))
            .spacing(space::LARGE)
            .into()
    }

    fn error(&self, cx: &Context) -> Option<String> {
        match self.found.as_ref()? {
            Ok(LookedAt::Unpacked { is_takeout: false }) => Some(cx.t("takeout-nothing")),
            Ok(_) => None,
            Err(error) => Some(match missing(error) {
                true => cx.tr("takeout-missing", &[("what", self.typed.as_str().into())]),
                false => {
                    let host = place(self.typed.clone());
                    trouble::source(error, &host, &cx.texts).message
                }
            }),
        }
    }

    fn listed<'a>(&'a self, cx: &'a Context) -> Option<Element<'a, Message>> {
        let (parts, missing) = match self.found.as_ref()?.as_ref().ok()? {
            LookedAt::Unpacked { is_takeout: true } => {
                return Some(plain_notice(cx, Sort::Success, cx.t("takeout-unpacked")));
            }
            LookedAt::Unpacked { .. } => return None,
            LookedAt::Packed { parts, missing } => (parts, missing),
        };
        let n = [("n", (parts.len() as u64).into())];
        let lines = parts.iter().map(|part| line(cx, part));
        let gaps = missing.iter().map(|name| gap(cx, name));
        let list = Column::with_children(lines.chain(gaps)).spacing(space::SMALL);
        let about = About::group(Role::List, cx.tr("takeout-parts", &n));
        let astray: Vec<String> = self.astray(parts);
        Some(
            column![card(
                column![
                    strong(cx.tr("takeout-parts", &n)),
                    describe(list, about),
                    small(cx.t("takeout-parts-help"))
                ]
                .spacing(space::MEDIUM)
            )]
            .push((!missing.is_empty()).then(|| {
                let names = [
                    ("n", (missing.len() as u64).into()),
                    ("names", missing.join(", ").into()),
                ];
                plain_notice(cx, Sort::Warning, cx.tr("takeout-gaps", &names))
            }))
            .push((!astray.is_empty()).then(|| {
                let names = [("names", astray.join(", ").into())];
                plain_notice(cx, Sort::Warning, cx.tr("takeout-astray", &names))
            }))
            .spacing(space::MEDIUM)
            .into(),
        )
    }

    /// What was chosen and does not belong to the export that was found.
    fn astray(&self, parts: &[LookedPart]) -> Vec<String> {
        let is_part = |path: &Path| parts.iter().any(|part| part.path == path);
        let astray = self.chosen.iter().filter(|path| !is_part(path));
        astray
            .map(|path| {
                path.file_name()
                    .map_or_else(String::new, |name| name.to_string_lossy().into_owned())
            })
            .collect()
    }
}

fn missing(error: &SourceError) -> bool {
    let SourceError::Unreachable {
        cause: Some(cause), ..
    } = error
    else {
        return false;
    };
    cause
        .downcast_ref::<std::io::Error>()
        .is_some_and(|error| error.kind() == std::io::ErrorKind::NotFound)
}

fn line<'a>(cx: &Context, part: &'a LookedPart) -> Element<'a, Message> {
    let (sign, words): (Element<'a, Message>, String) = match part.damaged {
        true => (
            icon(Icon::Error, 20.0, |c| c.danger),
            cx.t("takeout-part-damaged"),
        ),
        false => (
            icon(Icon::Success, 20.0, |c| c.success),
            cx.texts.bytes(part.size),
        ),
    };
    entry(sign, &part.name, words)
}

fn gap<'a>(cx: &Context, name: &'a str) -> Element<'a, Message> {
    let sign = icon(Icon::Warning, 20.0, |c| c.warning);
    entry(sign, name, cx.t("takeout-part-missing"))
}

fn entry<'a>(sign: Element<'a, Message>, name: &'a str, words: String) -> Element<'a, Message> {
    let about = About::new(Role::ListItem, format!("{name}, {words}"));
    let line = row![
        sign,
        text(name).wrapping(Wrapping::WordOrGlyph).width(Fill),
        small(words)
    ]
    .spacing(space::SMALL)
    .align_y(Center);
    describe(line, about).into()
}
