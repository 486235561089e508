//! Where the data comes from: one file for each kind of place.

mod dropbox;
mod folder;
mod google;
mod microsoft;
mod nextcloud;
mod parts;
mod pick;
mod takeout;

use iced::widget::{column, row};
use iced::{Center, Element, Fill};

pub use dropbox::Message as DropboxMessage;
pub use folder::Message as FolderMessage;
pub use google::{Message as GoogleMessage, Stuck as GoogleStuck, Trouble as GoogleTrouble};
pub use microsoft::{
    AccountKind as MicrosoftKind, Message as MicrosoftMessage, SitesMessage as MicrosoftSites,
};
pub use nextcloud::Message as NextcloudMessage;
pub use takeout::Message as TakeoutMessage;

use super::{Action, Screen};
use crate::app::context::Context;
use crate::app::page::page;
use crate::app::passphrase::keep_trouble;
use crate::app::step::Step;
use crate::app::theme::space;
use crate::app::widget::{
    Choice, Field, Icon, Kind as Weight, button, card, choices, field, icon, reveal, small, strong,
};
use crate::model::SourceConfig;

#[derive(Debug, Default)]
pub struct State {
    /// What was chosen; `None`: that is the question.
    kind: Option<Kind>,
    google: google::State,
    microsoft: microsoft::State,
    dropbox: dropbox::State,
    nextcloud: nextcloud::State,
    folder: folder::State,
    takeout: takeout::State,
}

/// What data can come from. A new one is a variant, its words, and a file with its own state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Google,
    Microsoft,
    Dropbox,
    Nextcloud,
    Folder,
    Takeout,
}

#[derive(Debug, Clone)]
pub enum Message {
    KindChosen(Kind),
    /// Show all kinds again.
    KindAsked,
    NameTyped(String),
    Google(google::Message),
    Microsoft(microsoft::Message),
    Dropbox(dropbox::Message),
    Nextcloud(nextcloud::Message),
    Folder(folder::Message),
    Takeout(takeout::Message),
    KeepAsked,
    Unlocked,
    Next,
    Back,
}

impl Kind {
    const ALL: [Self; 6] = [
        Self::Google,
        Self::Microsoft,
        Self::Dropbox,
        Self::Nextcloud,
        Self::Folder,
        Self::Takeout,
    ];

    const fn of(source: &SourceConfig) -> Self {
        match source {
            SourceConfig::Google { .. } => Self::Google,
            SourceConfig::Microsoft { .. } => Self::Microsoft,
            SourceConfig::Dropbox { .. } => Self::Dropbox,
            SourceConfig::Nextcloud { .. } => Self::Nextcloud,
            SourceConfig::Folder { .. } => Self::Folder,
            SourceConfig::Takeout { .. } => Self::Takeout,
        }
    }

    const fn icon(self) -> Icon {
        match self {
            Self::Google | Self::Microsoft | Self::Dropbox | Self::Nextcloud => Icon::Cloud,
            Self::Folder => Icon::Folder,
            Self::Takeout => Icon::File,
        }
    }

    /// Its name, and what it is.
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Google => ("source-google", "source-google-help"),
            Self::Microsoft => ("source-microsoft", "source-microsoft-help"),
            Self::Dropbox => ("source-dropbox", "source-dropbox-help"),
            Self::Nextcloud => ("source-nextcloud", "source-nextcloud-help"),
            Self::Folder => ("source-folder", "source-folder-help"),
            Self::Takeout => ("source-takeout", "source-takeout-help"),
        }
    }
}

impl Screen for State {
    type Message = Message;

    fn enter(&mut self, cx: &mut Context) -> Action<Message> {
        if self.kind.is_none() {
            self.kind = cx.draft.source.as_ref().map(Kind::of);
        }
        self.enter_kind(cx)
    }

    fn update(&mut self, message: Message, cx: &mut Context) -> Action<Message> {
        match message {
            Message::KindChosen(kind) => {
                self.kind = Some(kind);
                return self.enter_kind(cx);
            }
            Message::KindAsked => {
                self.kind = None;
                return Action::Run(reveal::unfocus());
            }
            Message::NameTyped(name) => cx.draft.name = name,
            Message::Google(message) => {
                return self.google.update(message, cx).map(Message::Google);
            }
            Message::Microsoft(message) => {
                return self.microsoft.update(message, cx).map(Message::Microsoft);
            }
            Message::Dropbox(message) => {
                return self.dropbox.update(message, cx).map(Message::Dropbox);
            }
            Message::Nextcloud(message) => {
                return self.nextcloud.update(message, cx).map(Message::Nextcloud);
            }
            Message::Folder(message) => {
                return self.folder.update(message, cx).map(Message::Folder);
            }
            Message::Takeout(message) => {
                return self.takeout.update(message, cx).map(Message::Takeout);
            }
            Message::KeepAsked => return Action::Unlock(Message::Unlocked),
            Message::Unlocked => cx.keep_trouble = None,
            Message::Next if self.is_ready(cx) => return Action::Go(Step::Target),
            Message::Next => {}
            Message::Back => return Action::Go(Step::Welcome),
        }
        Action::None
    }

    fn view<'a>(&'a self, cx: &'a Context) -> Element<'a, Message> {
        let next = self.is_ready(cx).then_some(Message::Next);
        let base = page(cx.t("source-title")).lead(cx.t("source-lead"));
        let base = match self.kind {
            None => base.push(kinds(cx)),
            Some(kind) => base
                .push(head(cx, kind))
                .push(self.kind_view(kind, cx))
                .push_maybe(keep_trouble(cx, Message::KeepAsked))
                .push_maybe(self.is_ready(cx).then(|| name(cx))),
        };
        base.back(cx, Message::Back)
            .next(cx.t("go-on"), next)
            .view()
    }
}

impl State {
    fn enter_kind(&mut self, cx: &mut Context) -> Action<Message> {
        match self.kind {
            Some(Kind::Google) => self.google.enter(cx).map(Message::Google),
            Some(Kind::Microsoft) => self.microsoft.enter(cx).map(Message::Microsoft),
            Some(Kind::Dropbox) => self.dropbox.enter(cx).map(Message::Dropbox),
            Some(Kind::Nextcloud) => self.nextcloud.enter(cx).map(Message::Nextcloud),
            Some(Kind::Folder) => self.folder.enter(cx).map(Message::Folder),
            Some(Kind::Takeout) => self.takeout.enter(cx).map(Message::Takeout),
            None => Action::None,
        }
    }

    fn kind_view<'a>(&'a self, kind: Kind, cx: &'a Context) -> Element<'a, Message> {
        match kind {
            Kind::Google => self.google.view(cx).map(Message::Google),
            Kind::Microsoft => self.microsoft.view(cx).map(Message::Microsoft),
            Kind::Dropbox => self.dropbox.view(cx).map(Message::Dropbox),
            Kind::Nextcloud => self.nextcloud.view(cx).map(Message::Nextcloud),
            Kind::Folder => self.folder.view(cx).map(Message::Folder),
            Kind::Takeout => self.takeout.view(cx).map(Message::Takeout),
        }
    }

    /// The page of a sign-in that waits for the browser.
    pub fn page(&self) -> Option<&url::Url> {
        match self.kind {
            Some(Kind::Google) => self.google.page(),
            Some(Kind::Microsoft) => self.microsoft.page(),
            Some(Kind::Dropbox) => self.dropbox.page(),
            Some(Kind::Nextcloud) => self.nextcloud.page(),
            _ => None,
        }
    }

    /// The code that is to be entered in a browser elsewhere.
    pub fn code(&self) -> Option<&str> {
        match self.kind {
            Some(Kind::Microsoft) => self.microsoft.code(),
            _ => None,
        }
    }

    /// Whether what was chosen is there and can be read.
    pub fn is_ready(&self, cx: &Context) -> bool {
        let same = cx.draft.source.as_ref().map(Kind::of) == self.kind;
        same && match self.kind {
            Some(Kind::Google) => self.google.is_ready(),
            Some(Kind::Microsoft) => self.microsoft.is_ready(),
            Some(Kind::Dropbox) => self.dropbox.is_ready(),
            Some(Kind::Nextcloud) => self.nextcloud.is_ready(),
            Some(Kind::Folder) => self.folder.is_ready(),
            Some(Kind::Takeout) => self.takeout.is_ready(),
            None => false,
        }
    }
}

fn kinds<'a>(cx: &Context) -> Element<'a, Message> {
    let options = Kind::ALL.map(|kind| {
        let (name, help) = kind.words();
        Choice::new(kind, cx.t(name)).help(cx.t(help))
    });
    let name = cx.t("source-kinds");
    choices("kind", name, options.to_vec(), None, Message::KindChosen)
}

/// What was chosen, and the way back to the choice.
fn head<'a>(cx: &Context, kind: Kind) -> Element<'a, Message> {
    let (name, help) = kind.words();
    card(
        row![
            icon(kind.icon(), 32.0, |c| c.primary),
            column![strong(cx.t(name)), small(cx.t(help))]
                .spacing(2)
                .width(Fill),
            button(
                Weight::Plain,
                cx.t("source-other"),
                Some(Message::KindAsked)
            )
            .name(cx.t("source-other-name"))
            .id("other-kind"),
        ]
        .spacing(space::MEDIUM)
        .align_y(Center),
    )
    .padding([14.0, 18.0])
    .into()
}

fn name<'a>(cx: &'a Context) -> Element<'a, Message> {
    field(
        Field {
            id: "name",
            label: cx.t("source-name"),
            value: &cx.draft.name,
            help: Some(cx.t("source-name-help")),
            ..Field::default()
        },
        cx.practice.is_none().then_some(Message::NameTyped),
        Some(Message::Next),
    )
}
