use iced::Element;
use iced::widget::{column, row};

use super::super::parts;
use super::guide::{self, CLIENTS_PAGE, PUBLISH_PAGE, guide, with_project};
use super::{Message, Phase, State, Stuck, Trouble, Wrong};
use crate::app::connect::{open_and_copy, place, plain_notice, waiting};
use crate::app::context::Context;
use crate::app::theme::space;
use crate::app::widget::{
    Choice, Field, Icon, Kind, Notice, Sort, busy, button, card, choices, field, icon_button,
    notice, paragraph, small,
};
use crate::auth::oauth::{ClientFileError, OAuthError, Refusal, is_google_client_id};
use crate::sentences::trouble;
use crate::source::google::{GoogleError, google_error};

/// Seconds of a day.
const DAY: u64 = 86_400;

impl State {
    pub fn view<'a>(&'a self, cx: &'a Context) -> Element<'a, Message> {
        if let Some(account) = &self.account {
            return column![]
                .push(self.ending(cx))
                .extend(parts::left_out(cx, &self.not_granted))
                .push(self.connected(cx, account))
                .spacing(space::LARGE)
                .into();
        }
        let content = match (&self.phase, &self.key) {
            (Phase::Waiting(state), _) => return self.waits(cx, state),
            (Phase::Checking, _) => busy("checking", cx.t("google-checking")),
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

    /// The guide to a key.
    fn key_page<'a>(&'a self, cx: &'a Context) -> Element<'a, Message> {
        let skip = (self.step < guide::LAST).then(|| {
            button(
                Kind::Quiet,
                cx.t("google-have-key"),
                Some(Message::StepChosen(guide::LAST)),
            )
            .id("have-key")
        });
        column![]
            .push(self.problem(cx))
            .push(paragraph(cx.t("google-key-why")))
            .push(skip)
            .push(guide(self, cx, || self.key_form(cx)))
            .spacing(space::MEDIUM)
            .into()
    }

    fn key_form<'a>(&'a self, cx: &'a Context) -> Element<'a, Message> {
        let practice = cx.practice.is_some().then(|| {
            button(
                Kind::Plain,
                cx.t("account-practice-key"),
                Some(Message::PracticeKeyTaken),
            )
            .id("practice-key")
        });
        let form = match self.by_hand {
            true => self.by_hand(cx),
            false => self.by_file(cx),
        };
        column![form].push(practice).spacing(space::MEDIUM).into()
    }

    fn by_file<'a>(&'a self, cx: &'a Context) -> Element<'a, Message> {
        let error = self.wrong.as_ref().map(|wrong| match wrong {
            Wrong::File(error) => cx.t(wrong_file(*error)),
            Wrong::Unreadable(cause) => {
                let cause = trouble::io_cause(cause, &cx.texts);
                cx.tr("google-file-unreadable", &[("cause", cause.into())])
            }
        });
        column![
            row![
                icon_button(
                    Kind::Primary,
                    Icon::File,
                    cx.t("google-open-file"),
                    Some(Message::FileAsked)
                )
                .id("open-file"),
                button(
                    Kind::Quiet,
                    cx.t("google-by-hand"),
                    Some(Message::ByHand(true))
                )
                .id("by-hand"),
            ]
            .spacing(space::SMALL)
            .wrap(),
            field(
                Field {
                    id: "json",
                    label: cx.t("google-paste"),
                    value: &self.pasted,
                    placeholder: "{\"installed\":{\"client_id\":…".to_owned(),
                    help: Some(cx.t("google-paste-help")),
                    error,
                    secret: false,
                },
                Some(Message::Pasted),
                None,
            ),
        ]
        .spacing(space::MEDIUM)
        .into()
    }

    fn by_hand<'a>(&'a self, cx: &'a Context) -> Element<'a, Message> {
        let (id, secret) = (self.id.trim(), self.secret.trim());
        let id_wrong = !id.is_empty() && !is_google_client_id(id);
        let swapped = is_google_client_id(secret) || id.starts_with("GOCSPX-");
        let id_error = match (swapped, id_wrong) {
            (true, _) => Some(cx.t("google-swapped")),
            (false, true) => Some(cx.t("google-id-wrong")),
            (false, false) => None,
        };
        let given = self.typed_is_right().then_some(Message::KeyGiven);
        column![
            field(
                Field {
                    id: "client-id",
                    label: cx.t("google-id"),
                    value: &self.id,
                    placeholder: "….apps.googleusercontent.com".to_owned(),
                    error: id_error,
                    ..Field::default()
                },
                Some(Message::IdTyped),
                None,
            ),
            field(
                Field {
                    id: "client-secret",
                    label: cx.t("google-secret"),
                    value: &self.secret,
                    placeholder: "GOCSPX-…".to_owned(),
                    help: Some(cx.t("google-secret-help")),
                    secret: true,
                    ..Field::default()
                },
                Some(Message::SecretTyped),
                given.clone(),
            ),
            row![
                button(Kind::Primary, cx.t("google-key-go"), given).id("key-go"),
                button(
                    Kind::Quiet,
                    cx.t("google-by-file"),
                    Some(Message::ByHand(false))
                )
                .id("by-file"),
            ]
            .spacing(space::SMALL)
            .wrap(),
        ]
        .spacing(space::MEDIUM)
        .into()
    }

    /// The key is there: what will happen in the browser.
    fn door<'a>(&'a self, cx: &'a Context) -> Element<'a, Message> {
        let id = self.key.as_ref().map(|key| key.id.clone());
        // Whoever has just read what is wrong has read this before.
        let words = self.trouble.is_none().then(|| {
            column![
                paragraph(cx.t("google-sign-in-words")),
                paragraph(cx.t("google-unverified-words")),
            ]
            .spacing(space::MEDIUM)
        });
        card(
            column![parts::key(
                cx,
                id.unwrap_or_default(),
                ["google-key-there", "google-other-key"],
                Message::OtherKey,
            ),]
            .push(words)
            .push(
                icon_button(
                    Kind::Primary,
                    Icon::Open,
                    cx.t("google-sign-in"),
                    Some(Message::SignInAsked),
                )
                .id("sign-in"),
            )
            .spacing(space::MEDIUM),
        )
        .into()
    }

    fn waits<'a>(
        &'a self,
        cx: &'a Context,
        state: &'a crate::app::connect::Waiting,
    ) -> Element<'a, Message> {
        let messages = [
            Message::PageOpenedAgain,
            Message::PageCopied,
            Message::Cancelled,
        ];
        let sign = if self.shows_help {
            Icon::Down
        } else {
            Icon::Right
        };
        let help = icon_button(
            Kind::Quiet,
            sign,
            cx.t("google-stuck"),
            Some(Message::HelpAsked),
        )
        .id("help");
        let more = column![help]
            .push(self.shows_help.then(|| self.help(cx)))
            .spacing(space::SMALL);
        let words = cx.t("google-waiting-words");
        waiting(cx, state, words, messages, Some(more.into()))
    }

    /// Google's own refusals, which never come back here.
    fn help<'a>(&'a self, cx: &'a Context) -> Element<'a, Message> {
        let options = STUCK.map(|(stuck, label, help)| {
            let choice = Choice::new(stuck, cx.t(label));
            match self.stuck == Some(stuck) {
                true => choice.help(cx.t(help)),
                false => choice,
            }
        });
        let name = cx.t("google-stuck-which");
        let options = choices(
            "stuck",
            name,
            options.to_vec(),
            self.stuck.as_ref(),
            Message::Stuck,
        );
        let page = match self.stuck {
            Some(Stuck::AccessDenied) => Some((PUBLISH_PAGE, "google-step-publish")),
            Some(Stuck::WrongType | Stuck::UnknownClient) => {
                Some((CLIENTS_PAGE, "google-step-client"))
            }
            _ => None,
        };
        let page = page.map(|(page, title)| self.console(cx, page, &cx.t(title)));
        let letter = matches!(self.stuck, Some(Stuck::AdminPolicy)).then(|| self.letter(cx));
        column![options]
            .push(page)
            .push(letter)
            .spacing(space::MEDIUM)
            .into()
    }

    /// A page of the console, to be opened or copied.
    fn console<'a>(&'a self, cx: &'a Context, page: &str, title: &str) -> Element<'a, Message> {
        let page = with_project(page, self);
        let is_copied = self.copied.as_ref() == Some(&page);
        open_and_copy(
            cx,
            "console",
            title,
            Message::PageOpened(page.clone()),
            (Message::Copied(page), is_copied),
        )
    }

    /// What to write to the administrator.
    fn letter<'a>(&'a self, cx: &'a Context) -> Element<'a, Message> {
        let id = match &self.key {
            Some(key) => key.id.clone(),
            None => self.id.clone(),
        };
        let args = [("id", id.into()), ("page", guide::ADMIN_PAGE.into())];
        let letter = cx.tr("google-letter", &args);
        let label = match self.copied.as_ref() == Some(&letter) {
            true => "page-copied",
            false => "google-letter-copy",
        };
        icon_button(
            Kind::Plain,
            Icon::Copy,
            cx.t(label),
            Some(Message::Copied(letter)),
        )
        .id("letter")
        .into()
    }

    fn problem<'a>(&'a self, cx: &'a Context) -> Option<Element<'a, Message>> {
        let google = place("Google".to_owned());
        let again = || {
            button(
                Kind::Plain,
                cx.t("account-check-again"),
                Some(Message::TryAgain),
            )
            .id("restore")
            .into()
        };
        let mut actions: Vec<Element<'a, Message>> = Vec::new();
        let words = match self.trouble.as_ref()? {
            Trouble::SignedOut => cx.t("google-signed-out"),
            Trouble::Vault(error) => {
                actions.push(again());
                trouble::vault(error, &cx.texts).message
            }
            Trouble::OAuth(error) => {
                actions.extend(self.mend(cx, error));
                trouble::oauth(error, &google, &cx.texts).message
            }
            Trouble::Drive(error) => {
                match google_error(error) {
                    Some(GoogleError::ApiNotEnabled { link, .. }) => {
                        let page = link.as_deref().unwrap_or(API_PAGE);
                        actions.push(self.exact(cx, page, &cx.t("google-step-api")));
                        actions.push(again());
                    }
                    Some(GoogleError::SignIn(error)) => actions.extend(self.mend(cx, error)),
                    _ => actions.push(again()),
                }
                trouble::source(error, &google, &cx.texts).message
            }
        };
        let sort = match &self.trouble {
            Some(Trouble::OAuth(error)) if matches!(**error, OAuthError::Cancelled) => Sort::Info,
            Some(Trouble::SignedOut) => Sort::Info,
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
    fn mend<'a>(&'a self, cx: &'a Context, error: &OAuthError) -> Option<Element<'a, Message>> {
        match error.refusal()? {
            Refusal::AdminPolicy => Some(self.letter(cx)),
            Refusal::UnknownClient { .. }
            | Refusal::DeletedClient
            | Refusal::RedirectMismatch
            | Refusal::OrgInternal => {
                Some(self.console(cx, CLIENTS_PAGE, &cx.t("google-step-client")))
            }
            Refusal::SignInAgain { .. } => {
                Some(self.console(cx, PUBLISH_PAGE, &cx.t("google-step-publish")))
            }
            _ => None,
        }
    }

    /// A page whose address is complete.
    fn exact<'a>(&'a self, cx: &'a Context, page: &str, title: &str) -> Element<'a, Message> {
        let is_copied = self.copied.as_deref() == Some(page);
        open_and_copy(
            cx,
            "console",
            title,
            Message::PageOpened(page.to_owned()),
            (Message::Copied(page.to_owned()), is_copied),
        )
    }

    /// The project is in testing: the sign-in will end.
    fn ending<'a>(&'a self, cx: &'a Context) -> Option<Element<'a, Message>> {
        let seconds = self.ends_in?.as_secs();
        // A day that has begun counts: Google says one second less than seven days.
        let days = seconds.div_ceil(DAY);
        let words = cx.tr("google-testing", &[("n", days.into())]);
        let actions = vec![
            self.console(cx, PUBLISH_PAGE, &cx.t("google-step-publish")),
            button(
                Kind::Plain,
                cx.t("google-sign-in-again"),
                Some(Message::SignInAsked),
            )
            .id("sign-in-again")
            .into(),
        ];
        Some(notice(
            Notice {
                sort: Sort::Warning,
                words,
                actions,
            },
            &cx.texts,
        ))
    }

    fn connected<'a>(&'a self, cx: &'a Context, account: &str) -> Element<'a, Message> {
        let mut more: Vec<Element<'a, Message>> = vec![small(cx.t("google-read-only")).into()];
        if cx.practice.is_some() {
            more.push(plain_notice(cx, Sort::Info, cx.t("google-practice-words")));
        }
        parts::signed_in(
            cx,
            account.to_owned(),
            ["google-connected", "account-other"],
            more,
            Message::OtherAccount,
        )
    }
}

const API_PAGE: &str = "https://console.cloud.google.com/apis/library/drive.googleapis.com";

const STUCK: [(Stuck, &str, &str); 6] = [
    (
        Stuck::Unverified,
        "google-stuck-unverified",
        "google-stuck-unverified-help",
    ),
    (
        Stuck::AccessDenied,
        "google-stuck-denied",
        "google-stuck-denied-help",
    ),
    (
        Stuck::WrongType,
        "google-stuck-type",
        "google-stuck-type-help",
    ),
    (
        Stuck::UnknownClient,
        "google-stuck-client",
        "google-stuck-client-help",
    ),
    (
        Stuck::AdminPolicy,
        "google-stuck-admin",
        "google-stuck-admin-help",
    ),
    (
        Stuck::OrgInternal,
        "google-stuck-internal",
        "google-stuck-internal-help",
    ),
];

const fn wrong_file(error: ClientFileError) -> &'static str {
    match error {
        ClientFileError::Empty | ClientFileError::NotJson => "google-file-not-json",
        ClientFileError::WebClient => "google-file-web",
        ClientFileError::ServiceAccount => "google-file-service",
        ClientFileError::SomethingElse => "google-file-else",
        ClientFileError::NoSecret => "google-file-no-secret",
    }
}
