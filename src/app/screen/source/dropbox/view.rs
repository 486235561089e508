use iced::widget::{Column, column, row};
use iced::{Element, Fill};

use super::super::parts;
use super::guide::{self, APPS_PAGE, guide};
use super::{Message, Pasting, Phase, State, Trouble};
use crate::app::connect::{full_address, open_and_copy, place, plain_notice, waiting};
use crate::app::context::Context;
use crate::app::theme::space;
use crate::app::widget::{
    Field, Icon, Kind, Notice, Sort, busy, button, card, field, icon, icon_button, notice,
    paragraph, small,
};
use crate::auth::oauth::{OAuthError, Refusal, is_dropbox_app_key};
use crate::sentences::trouble;
use crate::source::dropbox::{DropboxAccount, DropboxError, dropbox_error};

impl State {
    pub fn view<'a>(&'a self, cx: &'a Context) -> Element<'a, Message> {
        if let Some(account) = &self.account {
            return connected(cx, account);
        }
        let content = match (&self.phase, &self.key) {
            (Phase::Waiting(state), _) => {
                let messages = [
                    Message::PageOpenedAgain,
                    Message::PageCopied,
                    Message::Cancelled,
                ];
                let help = Some(self.help(cx));
                return waiting(cx, state, cx.t("dropbox-waiting-words"), messages, help);
            }
            (Phase::Pasting(pasting), _) => return waits_for_code(cx, pasting),
            (Phase::Checking, _) => busy("checking", cx.t("dropbox-checking")),
            (Phase::Beginning, _) => busy("beginning", cx.t("account-beginning")),
            (Phase::Asking, Some(_)) => self.door(cx),
            (Phase::Asking, None) => return self.key_page(cx),
        };
        column![]
            .push(self.problem(cx))
            .push(content)
            .spacing(space::LARGE)
            .into()
    }

    /// The guide to an app key.
    fn key_page<'a>(&'a self, cx: &'a Context) -> Element<'a, Message> {
        let skip = (self.step < guide::LAST).then(|| {
            button(
                Kind::Quiet,
                cx.t("dropbox-have-key"),
                Some(Message::StepChosen(guide::LAST)),
            )
            .id("have-key")
        });
        column![]
            .push(self.problem(cx))
            .push(paragraph(cx.t("dropbox-why")))
            .push(skip)
            .push(guide(self, cx, || self.key_form(cx)))
            .spacing(space::MEDIUM)
            .into()
    }

    fn key_form<'a>(&'a self, cx: &'a Context) -> Element<'a, Message> {
        let id = self.id.trim();
        let given = is_dropbox_app_key(id).then_some(Message::KeyGiven);
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        let wrong = id.len() > 20 || !id.chars().all(plain);
        let practice = cx.practice.is_some().then(|| {
            button(
                Kind::Plain,
                cx.t("account-practice-key"),
                Some(Message::PracticeKeyTaken),
            )
            .id("practice-key")
        });
        column![
            field(
                Field {
                    id: "app-key",
                    label: cx.t("dropbox-key"),
                    value: &self.id,
                    help: Some(cx.t("dropbox-key-help")),
                    error: wrong.then(|| cx.t("dropbox-key-wrong")),
                    ..Field::default()
                },
                Some(Message::KeyTyped),
                given.clone(),
            ),
            row![button(Kind::Primary, cx.t("dropbox-key-go"), given).id("key-go")]
                .push(practice)
                .spacing(space::SMALL)
                .wrap(),
        ]
        .spacing(space::MEDIUM)
        .into()
    }

    /// The app key is there: what will happen in the browser.
    fn door<'a>(&'a self, cx: &'a Context) -> Element<'a, Message> {
        let id = self.key.as_ref().map(|key| key.id.clone());
        // Whoever has just read what is wrong has read this before.
        let words = self
            .trouble
            .is_none()
            .then(|| paragraph(cx.t("dropbox-sign-in-words")));
        card(
            column![parts::key(
                cx,
                id.unwrap_or_default(),
                ["dropbox-key-there", "dropbox-other-key"],
                Message::OtherKey,
            )]
            .push(words)
            .push(
                row![
                    icon_button(
                        Kind::Primary,
                        Icon::Open,
                        cx.t("dropbox-sign-in"),
                        Some(Message::SignInAsked),
                    )
                    .id("sign-in"),
                    button(
                        Kind::Quiet,
                        cx.t("dropbox-by-paste"),
                        Some(Message::PasteAsked)
                    )
                    .id("by-paste"),
                ]
                .spacing(space::SMALL)
                .wrap(),
            )
            .spacing(space::MEDIUM),
        )
        .into()
    }

    /// Dropbox's own refusals, which never come back here.
    fn help<'a>(&'a self, cx: &'a Context) -> Element<'a, Message> {
        let sign = match self.shows_help {
            true => Icon::Down,
            false => Icon::Right,
        };
        let asked = Some(Message::HelpAsked);
        let head = icon_button(Kind::Quiet, sign, cx.t("dropbox-stuck"), asked).id("help");
        let words = cx.t("dropbox-stuck-help");
        let lines = words
            .lines()
            .map(|line| paragraph(line.trim().to_owned()).into());
        let lines = Column::with_children(lines).spacing(space::SMALL);
        let help = self.shows_help.then(|| lines.push(self.console(cx)));
        column![head].push(help).spacing(space::SMALL).into()
    }

    fn console<'a>(&'a self, cx: &'a Context) -> Element<'a, Message> {
        let is_copied = self.copied.as_deref() == Some(APPS_PAGE);
        open_and_copy(
            cx,
            "console",
            &cx.t("dropbox-console"),
            Message::PageOpened(APPS_PAGE.to_owned()),
            (Message::Copied(APPS_PAGE.to_owned()), is_copied),
        )
    }

    fn refusal(&self) -> Option<&Refusal> {
        match self.trouble.as_ref()? {
            Trouble::OAuth(error) => error.refusal(),
            Trouble::Files(error) => match dropbox_error(error)? {
                DropboxError::SignIn(error) => error.refusal(),
                _ => None,
            },
            Trouble::Vault(_) | Trouble::SignedOut => None,
        }
    }

    fn problem<'a>(&'a self, cx: &'a Context) -> Option<Element<'a, Message>> {
        let dropbox = place("Dropbox".to_owned());
        let trouble = self.trouble.as_ref()?;
        let again = match trouble {
            Trouble::Vault(_) => true,
            Trouble::Files(_) => self.refusal().is_none(),
            Trouble::OAuth(_) | Trouble::SignedOut => false,
        };
        let again = again.then(|| {
            button(
                Kind::Plain,
                cx.t("account-check-again"),
                Some(Message::TryAgain),
            )
            .id("restore")
            .into()
        });
        let mut actions: Vec<Element<'a, Message>> = Vec::new();
        actions.extend(self.mend(cx));
        actions.extend(again);
        let words = match trouble {
            Trouble::SignedOut => cx.t("dropbox-signed-out"),
            Trouble::Vault(error) => trouble::vault(error, &cx.texts).message,
            Trouble::OAuth(error) => trouble::dropbox::oauth(error, &dropbox, &cx.texts).message,
            Trouble::Files(error) => trouble::source(error, &dropbox, &cx.texts).message,
        };
        let sort = match trouble {
            Trouble::OAuth(error) if matches!(**error, OAuthError::Cancelled) => Sort::Info,
            Trouble::SignedOut => Sort::Info,
            _ => Sort::Error,
        };
        Some(notice(
            Notice {
                sort,
                words,
                actions,
            },
            &cx.texts,
        ))
    }

    /// Where a refusal can be mended.
    fn mend<'a>(&'a self, cx: &'a Context) -> Option<Element<'a, Message>> {
        let in_console = match self.trouble.as_ref()? {
            Trouble::Files(error)
                if matches!(
                    dropbox_error(error),
                    Some(DropboxError::ScopeMissing { .. })
                ) =>
            {
                true
            }
            _ => matches!(
                self.refusal()?,
                Refusal::UnknownClient { .. }
                    | Refusal::DeletedClient
                    | Refusal::RedirectMismatch
                    | Refusal::ScopeMissing { .. }
            ),
        };
        in_console.then(|| self.console(cx))
    }
}

fn waits_for_code<'a>(cx: &'a Context, state: &'a Pasting) -> Element<'a, Message> {
    let given = (!state.typed.trim().is_empty()).then_some(Message::CodeGiven);
    card(
        column![
            paragraph(cx.t("dropbox-paste-words")),
            full_address(state.waiting.page.as_str()),
            open_and_copy(
                cx,
                "page",
                &cx.t("waiting-page"),
                Message::PageOpenedAgain,
                (Message::PageCopied, state.waiting.copied)
            ),
            field(
                Field {
                    id: "code",
                    label: cx.t("dropbox-code"),
                    value: &state.typed,
                    help: Some(cx.t("dropbox-code-help")),
                    ..Field::default()
                },
                Some(Message::CodeTyped),
                given.clone(),
            ),
            row![
                button(Kind::Primary, cx.t("dropbox-code-go"), given).id("code-go"),
                icon_button(
                    Kind::Danger,
                    Icon::Stop,
                    cx.t("waiting-cancel"),
                    Some(Message::Cancelled)
                )
                .id("cancel"),
            ]
            .spacing(space::SMALL)
            .wrap(),
        ]
        .spacing(space::MEDIUM),
    )
    .into()
}

fn connected<'a>(cx: &'a Context, account: &DropboxAccount) -> Element<'a, Message> {
    let line = |sign, words: String| -> Element<'a, Message> {
        row![
            icon(sign, 22.0, |c| c.primary),
            paragraph(words).width(Fill)
        ]
        .spacing(space::SMALL)
        .into()
    };
    let mut more = vec![line(Icon::Folder, cx.t("dropbox-what"))];
    if let Some(team) = &account.team {
        let team = [("team", team.as_str().into())];
        more.push(line(Icon::People, cx.tr("dropbox-what-team", &team)));
    }
    more.push(small(cx.t("dropbox-read-only")).into());
    if cx.practice.is_some() {
        more.push(plain_notice(cx, Sort::Info, cx.t("dropbox-practice-words")));
    }
    parts::signed_in(
        cx,
        account.name.clone(),
        ["dropbox-connected", "account-other"],
        more,
        Message::OtherAccount,
    )
}
