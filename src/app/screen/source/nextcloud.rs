//! Another Nextcloud.

use iced::Element;

use super::super::Action;
use crate::app::connect::nextcloud::{self, Account, Connected, End, Outcome};
use crate::app::context::Context;
use crate::engine::Secret;
use crate::model::SourceConfig;

pub use crate::app::connect::nextcloud::Message;

#[derive(Debug, Default)]
pub struct State(nextcloud::State);

impl State {
    pub fn enter(&mut self, cx: &mut Context) -> Action<Message> {
        if let Some(SourceConfig::Nextcloud { url, user, .. }) = &cx.draft.source {
            return self.0.restore(url, user, Secret::SourcePassword, cx);
        }
        if let Some(practice) = &cx.practice {
            self.0.suggest(&practice.logins().old_nextcloud.url);
        }
        Action::None
    }

    pub fn update(&mut self, message: Message, cx: &mut Context) -> Action<Message> {
        match self.0.update(message, cx) {
            Outcome::Do(action) => action,
            Outcome::Connected(account) => {
                connected(*account, cx);
                Action::None
            }
        }
    }

    pub const fn page(&self) -> Option<&url::Url> {
        self.0.page()
    }

    pub const fn is_ready(&self) -> bool {
        self.0.connected().is_some()
    }

    pub fn view<'a>(&'a self, cx: &'a Context) -> Element<'a, Message> {
        self.0.view(cx, End::Source)
    }
}

/// Takes the account into the draft.
fn connected(account: Account, cx: &mut Context) {
    let Connected { url, user, .. } = account.connected;
    let is_known = matches!(
        &cx.draft.source,
        Some(SourceConfig::Nextcloud { url: known, user: who, .. }) if *known == url && *who == user
    );
    if !is_known {
        cx.draft.source = Some(SourceConfig::Nextcloud {
            url,
            user,
            folder: String::new(),
            password_command: None,
        });
    }
    if !account.known {
        cx.keep_secret(Secret::SourcePassword, account.password);
    }
}
