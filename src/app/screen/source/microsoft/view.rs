use iced::widget::{column, container, row, text as plain};
use iced::{Center, Element, Fill};

use super::super::parts;
use super::guide::{self, APPS_PAGE, guide};
use super::{AccountKind, Code, Message, Phase, State, Trouble};
use crate::app::a11y::{About, Live, Role};
use crate::app::connect::{Waiting, full_address, open_and_copy, place, plain_notice, waiting};
use crate::app::context::Context;
use crate::app::theme::{STRONG, size, space};
use crate::app::widget::{
    Choice, Field, Icon, Kind, Notice, Sort, busy, button, card, describe, field, heading, icon,
    icon_button, notice, paragraph, segments, small, strong,
};
use crate::auth::oauth::{ClientIdForm, OAuthError, Refusal};
use crate::sentences::trouble;
use crate::source::microsoft::{MicrosoftAccount, MicrosoftError, microsoft_error};

impl State {
    pub fn view<'a>(&'a self, cx: &'a Context) -> Element<'a, Message> {
        if let Some(account) = &self.account {
            let sites = self
                .has_sites()
                .then(|| self.sites.view(cx).map(Message::Sites));
            return column![]
                .extend(parts::left_out(cx, &self.not_granted))
                .push(self.connected(cx, account))
                .push(sites)
                .spacing(space::LARGE)
                .into();
        }
        let content = match (&self.phase, &self.key) {
            (Phase::Waiting(state), _) => return self.waits(cx, state),
            (Phase::Code(code), _) => return self.waits_for_code(cx, code),
            (Phase::Checking, _) => busy("checking", cx.t("microsoft-checking")),
            (Phase::Beginning, _) => busy("beginning", cx.t("account-beginning")),
            (Phase::Asking, Some(_)) => self.door(cx),
            (Phase::Asking, None) => return self.key_page(cx),
        };
        let refusal = self.refusal();
        let needs_administrator = matches!(
            refusal,
            Some(Refusal::AdminConsent { .. } | Refusal::AdminPolicy)
        );
        column![]
            .push(self.problem(cx))
            .push(needs_administrator.then(|| card(self.administrator(cx))))
            .push(content)
            .spacing(space::LARGE)
            .into()
    }

    /// The guide to a client id.
    fn key_page<'a>(&'a self, cx: &'a Context) -> Element<'a, Message> {
        let skip = (self.step < guide::LAST).then(|| {
            button(
                Kind::Quiet,
                cx.t("microsoft-have-id"),
                Some(Message::StepChosen(guide::LAST)),
            )
            .id("have-key")
        });
        column![]
            .push(self.problem(cx))
            .push(paragraph(cx.t("microsoft-why")))
            .push(skip)
            .push(guide(self, cx, || self.key_form(cx)))
            .spacing(space::MEDIUM)
            .into()
    }

    fn key_form<'a>(&'a self, cx: &'a Context) -> Element<'a, Message> {
        let form = self.id_form();
        let given = (form == ClientIdForm::Right).then_some(Message::KeyGiven);
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
                    id: "client-id",
                    label: cx.t("microsoft-id"),
                    value: &self.id,
                    placeholder: "00000000-0000-0000-0000-000000000000".to_owned(),
                    help: Some(cx.t("microsoft-id-help")),
                    error: (form == ClientIdForm::Wrong).then(|| cx.t("microsoft-id-wrong")),
                    secret: false,
                },
                Some(Message::IdTyped),
                given.clone(),
            ),
            row![button(Kind::Primary, cx.t("microsoft-id-go"), given).id("key-go")]
                .push(practice)
                .spacing(space::SMALL)
                .wrap(),
        ]
        .spacing(space::MEDIUM)
        .into()
    }

    /// The client id is there: whose account, and what will happen in the browser.
    fn door<'a>(&'a self, cx: &'a Context) -> Element<'a, Message> {
        let id = self.key.as_ref().map(|key| key.id.clone());
        // Whoever has just read what is wrong has read this before.
        let words = self
            .trouble
            .is_none()
            .then(|| paragraph(cx.t("microsoft-sign-in-words")));
        let may = self.domain_is_right();
        card(
            column![parts::key(
                cx,
                id.unwrap_or_default(),
                ["microsoft-id-there", "microsoft-other-id"],
                Message::OtherKey,
            )]
            .push(self.kinds(cx))
            .push(words)
            .push(
                row![
                    icon_button(
                        Kind::Primary,
                        Icon::Open,
                        cx.t("microsoft-sign-in"),
                        may.then_some(Message::SignInAsked),
                    )
                    .id("sign-in"),
                    button(
                        Kind::Quiet,
                        cx.t("microsoft-by-code"),
                        may.then_some(Message::CodeAsked)
                    )
                    .id("by-code"),
                ]
                .spacing(space::SMALL)
                .wrap(),
            )
            .push(self.domain(cx))
            .spacing(space::MEDIUM),
        )
        .into()
    }

    fn kinds<'a>(&'a self, cx: &'a Context) -> Element<'a, Message> {
        let options = KINDS.map(|(kind, label, _)| Choice::new(kind, cx.t(label)));
        let help = KINDS.iter().find(|(kind, ..)| *kind == self.kind);
        let help = help.map(|(_, _, help)| small(cx.t(help)));
        let name = cx.t("microsoft-kinds");
        let options = segments(
            "account",
            name.clone(),
            options.to_vec(),
            Some(&self.kind),
            Message::AccountChosen,
        );
        column![strong(name), options]
            .push(help)
            .spacing(space::SMALL)
            .into()
    }

    /// Seldom needed, so it stands last.
    fn domain<'a>(&'a self, cx: &'a Context) -> Option<Element<'a, Message>> {
        (self.kind == AccountKind::Organisation).then(|| {
            field(
                Field {
                    id: "domain",
                    label: cx.t("microsoft-domain"),
                    value: &self.domain,
                    help: Some(cx.t("microsoft-domain-help")),
                    error: (!self.domain_is_right()).then(|| cx.t("microsoft-domain-wrong")),
                    ..Field::default()
                },
                Some(Message::DomainTyped),
                Some(Message::SignInAsked),
            )
        })
    }

    fn waits<'a>(&'a self, cx: &'a Context, state: &'a Waiting) -> Element<'a, Message> {
        let messages = [
            Message::PageOpenedAgain,
            Message::PageCopied,
            Message::Cancelled,
        ];
        let words = cx.t("microsoft-waiting-words");
        waiting(cx, state, words, messages, Some(self.help(cx)))
    }

    /// Where only an administrator may allow it, Microsoft's page need not come back.
    fn help<'a>(&'a self, cx: &'a Context) -> Element<'a, Message> {
        let sign = match self.shows_help {
            true => Icon::Down,
            false => Icon::Right,
        };
        let asked = Some(Message::HelpAsked);
        let head = icon_button(Kind::Quiet, sign, cx.t("microsoft-approval"), asked).id("help");
        column![head]
            .push(self.shows_help.then(|| self.administrator(cx)))
            .spacing(space::SMALL)
            .into()
    }

    fn waits_for_code<'a>(&'a self, cx: &'a Context, state: &'a Code) -> Element<'a, Message> {
        let minutes = [("n", state.minutes.into())];
        let is_copied = self.copied.as_ref() == Some(&state.code);
        let (sign, label) = match is_copied {
            true => (Icon::Check, "page-copied"),
            false => (Icon::Copy, "microsoft-code-copy"),
        };
        let about = About {
            live: Some(Live::Polite),
            ..About::new(
                Role::Status,
                cx.tr(
                    "microsoft-code-name",
                    &[("code", state.code.as_str().into())],
                ),
            )
        };
        let code = plain(state.code.as_str()).size(size::TITLE).font(STRONG);
        card(
            column![
                busy("waiting", cx.t("microsoft-code-waiting")),
                paragraph(cx.tr("microsoft-code-words", &minutes)),
                full_address(state.waiting.page.as_str()),
                open_and_copy(
                    cx,
                    "page",
                    &cx.t("waiting-page"),
                    Message::PageOpenedAgain,
                    (Message::PageCopied, state.waiting.copied)
                ),
                row![
                    describe(container(code).padding([4.0, 0.0]), about).id("code"),
                    icon_button(
                        Kind::Plain,
                        sign,
                        cx.t(label),
                        Some(Message::Copied(state.code.clone()))
                    )
                    .id("copy-code"),
                ]
                .spacing(space::LARGE)
                .align_y(Center)
                .wrap(),
                icon_button(
                    Kind::Danger,
                    Icon::Stop,
                    cx.t("waiting-cancel"),
                    Some(Message::Cancelled)
                )
                .id("cancel"),
                self.help(cx),
            ]
            .spacing(space::MEDIUM),
        )
        .into()
    }

    /// The page on which an administrator allows it, and a letter to them.
    fn administrator<'a>(&'a self, cx: &'a Context) -> Element<'a, Message> {
        let page = self
            .key
            .as_ref()
            .and_then(|key| self.app(key).admin_consent_page());
        let (Some(key), Some(page)) = (&self.key, page) else {
            return column![].into();
        };
        let page = page.to_string();
        let target = match &cx.draft.target {
            Some(target) => target.url.to_string(),
            None => cx.t("microsoft-letter-target"),
        };
        let args = [
            ("link", page.as_str().into()),
            ("client", key.id.as_str().into()),
            ("target", target.into()),
        ];
        let letter = cx.tr("microsoft-letter", &args);
        let copied = |text: &str| self.copied.as_deref() == Some(text);
        let (sign, label) = match copied(&letter) {
            true => (Icon::Check, "page-copied"),
            false => (Icon::Copy, "microsoft-letter-copy"),
        };
        let link_copied = copied(&page);
        column![
            heading(cx.t("microsoft-administrator")),
            paragraph(cx.t("microsoft-administrator-words")),
            row![
                icon_button(
                    Kind::Primary,
                    sign,
                    cx.t(label),
                    Some(Message::Copied(letter.clone()))
                )
                .id("letter"),
                open_and_copy(
                    cx,
                    "consent",
                    &cx.t("microsoft-consent-page"),
                    Message::PageOpened(page.clone()),
                    (Message::Copied(page), link_copied)
                ),
            ]
            .spacing(space::SMALL)
            .wrap(),
            full_address(&letter),
        ]
        .spacing(space::MEDIUM)
        .into()
    }

    fn refusal(&self) -> Option<&Refusal> {
        match self.trouble.as_ref()? {
            Trouble::OAuth(error) => error.refusal(),
            Trouble::Files(error) => match microsoft_error(error)? {
                MicrosoftError::SignIn(error) => error.refusal(),
                _ => None,
            },
            Trouble::Vault(_) | Trouble::SignedOut => None,
        }
    }

    fn problem<'a>(&'a self, cx: &'a Context) -> Option<Element<'a, Message>> {
        let microsoft = place("Microsoft".to_owned());
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
            Trouble::SignedOut => cx.t("microsoft-signed-out"),
            Trouble::Vault(error) => trouble::vault(error, &cx.texts).message,
            Trouble::OAuth(error) => {
                trouble::microsoft::oauth(error, &microsoft, &cx.texts).message
            }
            Trouble::Files(error) => trouble::source(error, &microsoft, &cx.texts).message,
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
        match self.refusal()? {
            Refusal::UnknownClient { .. }
            | Refusal::DeletedClient
            | Refusal::RedirectMismatch
            | Refusal::NotPublicClient { .. }
            | Refusal::ClientSecretMissing
            | Refusal::WrongAccountType { .. } => {
                let is_copied = self.copied.as_deref() == Some(APPS_PAGE);
                Some(open_and_copy(
                    cx,
                    "console",
                    &cx.t("microsoft-step-open"),
                    Message::PageOpened(APPS_PAGE.to_owned()),
                    (Message::Copied(APPS_PAGE.to_owned()), is_copied),
                ))
            }
            _ => None,
        }
    }

    fn connected<'a>(
        &'a self,
        cx: &'a Context,
        account: &'a MicrosoftAccount,
    ) -> Element<'a, Message> {
        let mut more: Vec<Element<'a, Message>> = Vec::new();
        let what = match account.is_personal {
            true => "microsoft-what-personal",
            false => "microsoft-what-work",
        };
        more.push(
            row![
                icon(Icon::Folder, 22.0, |c| c.primary),
                paragraph(cx.t(what)).width(Fill)
            ]
            .spacing(space::SMALL)
            .into(),
        );
        if !account.is_personal && !self.has_sites() {
            let asked = button(
                Kind::Plain,
                cx.t("microsoft-sites-sign-in"),
                Some(Message::SitesAsked),
            );
            more.push(notice(
                Notice {
                    sort: Sort::Info,
                    words: cx.t("microsoft-sites-ask"),
                    actions: vec![asked.id("ask-sites").into()],
                },
                &cx.texts,
            ));
        }
        more.push(small(cx.t("microsoft-read-only")).into());
        if cx.practice.is_some() {
            more.push(plain_notice(
                cx,
                Sort::Info,
                cx.t("microsoft-practice-words"),
            ));
        }
        parts::signed_in(
            cx,
            account.name.clone(),
            ["microsoft-connected", "account-other"],
            more,
            Message::OtherAccount,
        )
    }
}

const KINDS: [(AccountKind, &str, &str); 3] = [
    (
        AccountKind::Personal,
        "microsoft-kind-personal",
        "microsoft-kind-personal-help",
    ),
    (
        AccountKind::Organisation,
        "microsoft-kind-work",
        "microsoft-kind-work-help",
    ),
    (
        AccountKind::Any,
        "microsoft-kind-any",
        "microsoft-kind-any-help",
    ),
];
