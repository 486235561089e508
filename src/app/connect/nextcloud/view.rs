use iced::widget::{column, row};
use iced::{Center, Element, Fill};

use super::{Connected, Message, Phase, Problem, State};
use crate::app::connect::{place, plain_notice, shown, waiting};
use crate::app::context::Context;
use crate::app::theme::space;
use crate::app::widget::{
    Field, Icon, Kind, Notice, Sort, busy, button, card, field, icon, icon_button, notice,
    paragraph, small, strong, text,
};
use crate::dav::DavError;
use crate::engine::sign_in::FoundNextcloud;
use crate::sentences::trouble;

/// Which end it is: what counts there is the space that is taken, or that is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    Source,
    Target,
}

impl State {
    pub fn view<'a>(&'a self, cx: &'a Context, end: End) -> Element<'a, Message> {
        if let Some(connected) = &self.connected {
            return account(cx, connected, end);
        }
        let content = match &self.phase {
            Phase::Waiting(state) => return self.waits(cx, state),
            Phase::Checking => busy("checking", cx.t("nextcloud-checking")),
            Phase::Beginning => busy("beginning", cx.t("nextcloud-beginning")),
            Phase::Asking | Phase::Looking => match &self.found {
                Some(found) => self.door(cx, found),
                None => self.question(cx),
            },
        };
        column![]
            .push(self.problem(cx))
            .push(content)
            .spacing(space::LARGE)
            .into()
    }

    fn question<'a>(&'a self, cx: &'a Context) -> Element<'a, Message> {
        let looking = matches!(self.phase, Phase::Looking);
        let asked = (!looking).then_some(Message::LookAsked);
        let below: Element<'a, Message> = match looking {
            true => busy("looking", cx.t("nextcloud-looking")),
            false => button(
                Kind::Primary,
                cx.t("nextcloud-look"),
                (!self.address.trim().is_empty()).then_some(Message::LookAsked),
            )
            .id("look")
            .into(),
        };
        let no_address = matches!(self.trouble, Some(Problem::NoAddress));
        column![
            field(
                Field {
                    id: "address",
                    label: cx.t("nextcloud-address"),
                    value: &self.address,
                    placeholder: cx.t("nextcloud-address-example"),
                    help: Some(cx.t("nextcloud-address-help")),
                    error: no_address.then(|| cx.t("nextcloud-no-address")),
                    ..Field::default()
                },
                (!looking).then_some(Message::AddressTyped),
                asked,
            ),
            below
        ]
        .spacing(space::MEDIUM)
        .into()
    }

    /// The server was found: how to get in.
    fn door<'a>(&'a self, cx: &'a Context, found: &'a FoundNextcloud) -> Element<'a, Message> {
        let name = row![
            icon(Icon::Cloud, 28.0, |c| c.primary),
            column![
                strong(found.name.clone()),
                small(cx.tr(
                    "nextcloud-at",
                    &[
                        ("host", shown(&found.url).into()),
                        ("version", found.version.as_str().into())
                    ]
                ))
            ]
            .spacing(2)
            .width(Fill),
            button(
                Kind::Quiet,
                cx.t("nextcloud-other-address"),
                Some(Message::OtherAddress)
            )
            .id("other-address"),
        ]
        .spacing(space::MEDIUM)
        .align_y(Center);
        let way: Element<'a, Message> = match self.by_password {
            true => self.password_form(cx),
            false => column![
                paragraph(cx.t("nextcloud-browser-words")),
                row![
                    icon_button(
                        Kind::Primary,
                        Icon::Open,
                        cx.t("nextcloud-sign-in"),
                        Some(Message::SignInAsked)
                    )
                    .id("sign-in"),
                    button(
                        Kind::Quiet,
                        cx.t("nextcloud-by-password"),
                        Some(Message::PasswordPreferred(true))
                    )
                    .id("by-password"),
                ]
                .spacing(space::SMALL)
                .wrap(),
            ]
            .spacing(space::MEDIUM)
            .into(),
        };
        card(
            column![name, way]
                .push(practice_hint(cx))
                .spacing(space::LARGE),
        )
        .into()
    }

    fn password_form<'a>(&'a self, cx: &'a Context) -> Element<'a, Message> {
        let ready = !self.user.trim().is_empty() && !self.password.trim().is_empty();
        column![
            paragraph(cx.t("nextcloud-password-words")),
            field(
                Field {
                    id: "user",
                    label: cx.t("nextcloud-user"),
                    value: &self.user,
                    help: Some(cx.t("nextcloud-user-help")),
                    ..Field::default()
                },
                Some(Message::UserTyped),
                None,
            ),
            field(
                Field {
                    id: "password",
                    label: cx.t("nextcloud-password"),
                    value: &self.password,
                    secret: true,
                    ..Field::default()
                },
                Some(Message::PasswordTyped),
                ready.then_some(Message::PasswordGiven),
            ),
            row![
                button(
                    Kind::Primary,
                    cx.t("nextcloud-password-go"),
                    ready.then_some(Message::PasswordGiven)
                )
                .id("password-go"),
                button(
                    Kind::Quiet,
                    cx.t("nextcloud-by-browser"),
                    Some(Message::PasswordPreferred(false))
                )
                .id("by-browser"),
            ]
            .spacing(space::SMALL)
            .wrap(),
        ]
        .spacing(space::MEDIUM)
        .into()
    }

    fn waits<'a>(
        &'a self,
        cx: &'a Context,
        state: &'a crate::app::connect::Waiting,
    ) -> Element<'a, Message> {
        let messages = [Message::PageOpened, Message::PageCopied, Message::Cancelled];
        let words = cx.t("nextcloud-waiting-words");
        waiting(cx, state, words, messages, practice_hint(cx))
    }

    fn problem<'a>(&'a self, cx: &'a Context) -> Option<Element<'a, Message>> {
        let (words, again) = match self.trouble.as_ref()? {
            Problem::NoAddress => return None,
            Problem::Dav { host, error } => {
                let host = place(host.clone());
                let words = trouble::dav(error, &host, &cx.texts).message;
                let message = match (&self.restoring, &self.found) {
                    (Some(_), None) if !matches!(**error, DavError::Unauthorized) => {
                        Some(Message::RestoreAsked)
                    }
                    _ => None,
                };
                (words, message)
            }
            Problem::Login { host, error } => {
                let host = place(host.clone());
                (trouble::login(error, &host, &cx.texts).message, None)
            }
            Problem::Vault(error) => {
                let words = trouble::vault(error, &cx.texts).message;
                (words, Some(Message::RestoreAsked))
            }
            Problem::SignedOut { host } => {
                let host = [("host", host.as_str().into())];
                (cx.tr("nextcloud-signed-out", &host), None)
            }
        };
        let actions = again.map(|again| {
            button(Kind::Plain, cx.t("try-again"), Some(again))
                .id("restore")
                .into()
        });
        Some(notice(
            Notice {
                sort: Sort::Error,
                words,
                actions: actions.into_iter().collect(),
            },
            &cx.texts,
        ))
    }
}

/// The account of a rehearsal, for whoever goes through the sign-in for real.
fn practice_hint<'a>(cx: &Context) -> Option<Element<'a, Message>> {
    let login = &cx.practice.as_ref()?.logins().nextcloud;
    let args = [
        ("user", login.user.as_str().into()),
        ("password", login.password.as_str().into()),
    ];
    let words = cx.tr("nextcloud-practice-login", &args);
    Some(plain_notice(cx, Sort::Info, words))
}

fn account<'a>(cx: &'a Context, connected: &'a Connected, end: End) -> Element<'a, Message> {
    let info = &connected.info;
    let line = |key: &str, args: &[(&str, crate::i18n::Value<'_>)]| text(cx.tr(key, args));
    let room = match (end, info.free) {
        (End::Source, _) => line(
            "nextcloud-used",
            &[("size", cx.texts.bytes(info.used).into())],
        ),
        (End::Target, Some(free)) => {
            line("nextcloud-free", &[("size", cx.texts.bytes(free).into())])
        }
        (End::Target, None) => line("nextcloud-free-unknown", &[]),
    };
    let at = cx.tr(
        "nextcloud-at",
        &[
            ("host", shown(&connected.url).into()),
            ("version", info.version.as_str().into()),
        ],
    );
    card(
        column![
            row![
                icon(Icon::Success, 28.0, |c| c.success),
                column![
                    strong(cx.tr(
                        "nextcloud-connected",
                        &[("name", info.name.as_str().into())]
                    )),
                    small(at)
                ]
                .spacing(2)
                .width(Fill),
            ]
            .spacing(space::MEDIUM)
            .align_y(Center),
            column![
                line(
                    "nextcloud-account",
                    &[("user", connected.user.as_str().into())]
                ),
                room,
            ]
            .spacing(space::TINY),
            button(
                Kind::Plain,
                cx.t("nextcloud-other-account"),
                Some(Message::OtherAccount)
            )
            .id("other-account"),
        ]
        .spacing(space::MEDIUM),
    )
    .into()
}
