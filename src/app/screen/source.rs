//! Where the data comes from.

use iced::Element;
use iced::widget::column;

use super::{Action, Screen};
use crate::app::context::Context;
use crate::app::page::page;
use crate::app::step::Step;
use crate::app::theme::space;
use crate::app::widget::{Field, card, field, paragraph, strong};
use crate::model::SourceConfig;

#[derive(Debug, Default)]
pub struct State {
    folder: String,
    missing: bool,
}

#[derive(Debug, Clone)]
pub enum Message {
    NameTyped(String),
    FolderTyped(String),
    Next,
    Back,
}

impl Screen for State {
    type Message = Message;

    fn enter(&mut self, cx: &mut Context) -> Action<Message> {
        if let Some(SourceConfig::Folder { path }) = &cx.draft.source {
            self.folder = path.display().to_string();
        }
        Action::None
    }

    fn update(&mut self, message: Message, cx: &mut Context) -> Action<Message> {
        match message {
            Message::NameTyped(name) => cx.draft.name = name,
            Message::FolderTyped(folder) => {
                self.folder = folder;
                self.missing = false;
            }
            Message::Next => {
                if !self.folder.is_empty() && cx.practice.is_none() {
                    let path = std::path::PathBuf::from(self.folder.trim());
                    self.missing = !path.is_dir();
                    if self.missing {
                        return Action::None;
                    }
                    cx.draft.source = Some(SourceConfig::Folder { path });
                }
                return Action::Go(Step::Target);
            }
            Message::Back => return Action::Go(Step::Welcome),
        }
        Action::None
    }

    fn view<'a>(&'a self, cx: &'a Context) -> Element<'a, Message> {
        let content: Element<'a, Message> = match &cx.draft.source {
            Some(SourceConfig::Google { endpoint, .. }) => {
                let at = endpoint.as_ref().map(ToString::to_string);
                card(
                    column![strong("Google Drive")]
                        .push(at.map(paragraph))
                        .spacing(space::SMALL),
                )
                .into()
            }
            _ => field(
                Field {
                    id: "folder",
                    label: cx.t("source-folder"),
                    value: &self.folder,
                    error: self
                        .missing
                        .then(|| cx.tr("file-missing-folder", &[("what", (&self.folder).into())])),
                    ..Field::default()
                },
                Some(Message::FolderTyped),
                Some(Message::Next),
            ),
        };
        let ready = cx.draft.source.is_some() || !self.folder.trim().is_empty();
        page(cx.t("source-title"))
            .lead(cx.t("source-lead"))
            .push(field(
                Field {
                    id: "name",
                    label: cx.t("source-name"),
                    value: &cx.draft.name,
                    help: Some(cx.t("source-name-help")),
                    ..Field::default()
                },
                cx.practice.is_none().then_some(Message::NameTyped),
                None,
            ))
            .push(content)
            .back(cx, Message::Back)
            .next(cx.t("go-on"), ready.then_some(Message::Next))
            .view()
    }
}
