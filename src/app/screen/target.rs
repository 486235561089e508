//! Where the data goes.

use iced::Element;

use super::{Action, Screen};
use crate::app::connect::nextcloud::{self, Account, Connected, End, Outcome};
use crate::app::connect::plain_notice;
use crate::app::context::Context;
use crate::app::page::page;
use crate::app::passphrase::keep_trouble;
use crate::app::step::Step;
use crate::app::widget::Sort;
use crate::engine::Secret;
use crate::model::{SourceConfig, TargetConfig};

/// Where the files of a Google account arrive, unless somebody says otherwise.
const GOOGLE_FOLDER: &str = "Google Drive";
const MICROSOFT_FOLDER: &str = "OneDrive";
const DROPBOX_FOLDER: &str = "Dropbox";

#[derive(Debug, Default)]
pub struct State {
    nextcloud: nextcloud::State,
}

#[derive(Debug, Clone)]
pub enum Message {
    Nextcloud(nextcloud::Message),
    KeepAsked,
    Unlocked,
    Next,
    Back,
}

impl Screen for State {
    type Message = Message;

    fn enter(&mut self, cx: &mut Context) -> Action<Message> {
        let Some(target) = &cx.draft.target else {
            if let Some(practice) = &cx.practice {
                self.nextcloud.suggest(&practice.logins().nextcloud.url);
            }
            return Action::None;
        };
        let (url, user) = (target.url.clone(), target.user.clone());
        self.nextcloud
            .restore(&url, &user, Secret::TargetPassword, cx)
            .map(Message::Nextcloud)
    }

    fn update(&mut self, message: Message, cx: &mut Context) -> Action<Message> {
        match message {
            Message::Nextcloud(message) => match self.nextcloud.update(message, cx) {
                Outcome::Do(action) => return action.map(Message::Nextcloud),
                Outcome::Connected(account) => connected(*account, cx),
            },
            Message::KeepAsked => return Action::Unlock(Message::Unlocked),
            Message::Unlocked => cx.keep_trouble = None,
            Message::Next if self.is_ready(cx) => return Action::Go(Step::Choose),
            Message::Next => {}
            Message::Back => return Action::Go(Step::Source),
        }
        Action::None
    }

    fn view<'a>(&'a self, cx: &'a Context) -> Element<'a, Message> {
        let connected = self.nextcloud.connected();
        let next = self.is_ready(cx).then_some(Message::Next);
        let mut page = page(cx.t("target-title")).lead(cx.t("target-lead"));
        if let Some(connected) = connected {
            page = page
                .notice(
                    is_source(cx, connected)
                        .then(|| plain_notice(cx, Sort::Warning, cx.t("target-is-source"))),
                )
                .notice(room(cx, connected));
        }
        page.push(self.nextcloud.view(cx, End::Target).map(Message::Nextcloud))
            .push_maybe(keep_trouble(cx, Message::KeepAsked))
            .back(cx, Message::Back)
            .next(cx.t("go-on"), next)
            .view()
    }
}

impl State {
    /// The page of a sign-in that waits for the browser.
    pub const fn page(&self) -> Option<&url::Url> {
        self.nextcloud.page()
    }

    pub fn is_ready(&self, cx: &Context) -> bool {
        self.nextcloud.connected().is_some() && cx.draft.target.is_some()
    }
}

/// Takes the account into the draft.
fn connected(account: Account, cx: &mut Context) {
    let Connected { url, user, .. } = account.connected;
    let same = |target: &&TargetConfig| target.url == url && target.user == user;
    if cx.draft.target.as_ref().filter(same).is_none() {
        let folder = match cx.draft.target.take() {
            Some(target) => target.folder,
            None => folder_for(cx.draft.source.as_ref()),
        };
        cx.draft.target = Some(TargetConfig {
            url,
            user,
            folder,
            password_command: None,
        });
    }
    if !account.known {
        cx.keep_secret(Secret::TargetPassword, account.password);
    }
}

/// Where files arrive at first; the next page asks.
fn folder_for(source: Option<&SourceConfig>) -> String {
    match source {
        Some(SourceConfig::Folder { path }) => path
            .file_name()
            .map_or_else(String::new, |name| name.to_string_lossy().into_owned()),
        Some(SourceConfig::Nextcloud { url, .. }) => url.host_str().unwrap_or_default().to_owned(),
        Some(SourceConfig::Microsoft { .. }) => MICROSOFT_FOLDER.to_owned(),
        Some(SourceConfig::Dropbox { .. }) => DROPBOX_FOLDER.to_owned(),
        Some(SourceConfig::Google { .. } | SourceConfig::Takeout { .. }) | None => {
            GOOGLE_FOLDER.to_owned()
        }
    }
}

/// Whether everything would go back to where it comes from.
fn is_source(cx: &Context, target: &Connected) -> bool {
    match &cx.draft.source {
        Some(SourceConfig::Nextcloud { url, user, .. }) => {
            let same_server = url.host() == target.url.host()
                && url.port() == target.url.port()
                && url.path() == target.url.path();
            same_server && (*user == target.user || *user == target.info.user_id)
        }
        _ => false,
    }
}

/// What there is to know of the space before anything is planned.
fn room<'a>(cx: &'a Context, connected: &Connected) -> Option<Element<'a, Message>> {
    let (sort, key) = match connected.info.free {
        Some(0) => (Sort::Warning, "target-full"),
        Some(_) => return None,
        None => (Sort::Info, "target-room-unknown"),
    };
    Some(plain_notice(cx, sort, cx.t(key)))
}
