//! Language, light and dark, size, bandwidth, where things lie, and who made this.

mod licences;

use std::sync::Arc;

use iced::widget::{column, row};
use iced::{Center, Element, Fill};

use super::{Action, Screen};
use crate::app::context::Context;
use crate::app::licences::Licences;
use crate::app::page::page;
use crate::app::theme::space;
use crate::app::widget::{
    Choice, Field, Icon, Kind, TableEvent, button, card, choices, field, heading, icon_button,
    paragraph, small, strong, text,
};
use crate::i18n::Lang;
use crate::model::parse_rate;
use crate::settings::{Appearance, Settings};
use licences::Shown;

#[derive(Debug, Default)]
pub struct State {
    /// What stands in the field, which need not make sense yet.
    bandwidth: String,
    /// The licences are shown instead.
    licences: Option<Shown>,
}

#[derive(Debug, Clone)]
pub enum Message {
    LanguageChosen(Option<Lang>),
    AppearanceChosen(Appearance),
    ZoomChosen(u16),
    BandwidthTyped(String),
    FolderAsked,
    LogsAsked,
    LicencesAsked,
    LicencesRead(Option<Arc<Licences>>),
    Licences(TableEvent),
    LicencesLeft,
    Left,
}

impl State {
    /// The licences are shown and have been read.
    pub fn shows_licences(&self) -> bool {
        self.licences.as_ref().is_some_and(Shown::is_read)
    }
}

impl Screen for State {
    type Message = Message;

    fn enter(&mut self, cx: &mut Context) -> Action<Message> {
        self.bandwidth = cx.settings.bandwidth.clone().unwrap_or_default();
        self.licences = None;
        Action::None
    }

    fn update(&mut self, message: Message, cx: &mut Context) -> Action<Message> {
        let mut settings = cx.settings.clone();
        match message {
            Message::LanguageChosen(language) => settings.language = language,
            Message::AppearanceChosen(appearance) => settings.appearance = appearance,
            Message::ZoomChosen(zoom) => settings.zoom = zoom,
            Message::BandwidthTyped(rate) => {
                let known = parse_rate(&rate).is_some();
                settings.bandwidth = known.then(|| rate.trim().to_owned());
                self.bandwidth = rate;
            }
            Message::FolderAsked => open_folder(&cx.data_dir),
            Message::LogsAsked => open_folder(&cx.data_dir.join("logs")),
            Message::LicencesAsked => {
                let (shown, read) = Shown::new();
                self.licences = Some(shown);
                return Action::Run(read);
            }
            Message::LicencesRead(Some(licences)) => {
                if let Some(shown) = &mut self.licences {
                    shown.have(licences);
                }
                return Action::None;
            }
            Message::Licences(event) => {
                let shown = self.licences.as_mut();
                return shown.map_or(Action::None, |shown| Action::Run(shown.update(event)));
            }
            Message::LicencesRead(None) | Message::LicencesLeft => {
                self.licences = None;
                return Action::None;
            }
            Message::Left => return Action::ShowSettings(false),
        }
        Action::Prefer(Box::new(settings))
    }

    fn escape(&self) -> Option<Message> {
        match self.licences {
            Some(_) => Some(Message::LicencesLeft),
            None => Some(Message::Left),
        }
    }

    fn view<'a>(&'a self, cx: &'a Context) -> Element<'a, Message> {
        if let Some(shown) = &self.licences {
            return shown.view(cx);
        }
        page(cx.t("settings-title"))
            .push(language(cx))
            .push(appearance(cx))
            .push(zoom(cx))
            .push(self.bandwidth(cx))
            .push(places(cx))
            .push(about(cx))
            .back(cx, Message::Left)
            .view()
    }
}

fn language<'a>(cx: &Context) -> Element<'a, Message> {
    let mut options = vec![Choice::new(None, cx.t("settings-language-system"))];
    // Each in its own language, for whoever cannot read this one.
    options.extend(
        [(Lang::Fr, "Français"), (Lang::En, "English")]
            .map(|(lang, name)| Choice::new(Some(lang), name)),
    );
    let name = cx.t("settings-language");
    let chosen = Some(&cx.settings.language);
    let options = choices(
        "language",
        name.clone(),
        options,
        chosen,
        Message::LanguageChosen,
    );
    column![heading(name), options].spacing(space::SMALL).into()
}

fn appearance<'a>(cx: &Context) -> Element<'a, Message> {
    let options = [
        (Appearance::System, "settings-appearance-system"),
        (Appearance::Light, "settings-appearance-light"),
        (Appearance::Dark, "settings-appearance-dark"),
    ]
    .map(|(value, key)| Choice::new(value, cx.t(key)));
    let name = cx.t("settings-appearance");
    let chosen = Some(&cx.settings.appearance);
    let options = choices(
        "appearance",
        name.clone(),
        options.to_vec(),
        chosen,
        Message::AppearanceChosen,
    );
    column![heading(name), options].spacing(space::SMALL).into()
}

fn zoom<'a>(cx: &Context) -> Element<'a, Message> {
    let settings = &cx.settings;
    let to = |zoom: u16| (zoom != settings.zoom).then_some(Message::ZoomChosen(zoom));
    let percent = cx.texts.percent(u64::from(settings.zoom), 100);
    let percent = match settings.zoom {
        0..=100 => percent,
        // More than all of it is said as it is.
        zoom => cx.tr(
            "unit-percent",
            &[("n", cx.texts.number(zoom.into()).into())],
        ),
    };
    column![
        heading(cx.t("settings-zoom")),
        row![
            button(
                Kind::Plain,
                cx.t("settings-smaller"),
                to(settings.zoomed(false))
            )
            .id("smaller"),
            strong(percent),
            button(
                Kind::Plain,
                cx.t("settings-larger"),
                to(settings.zoomed(true))
            )
            .id("larger"),
            button(
                Kind::Quiet,
                cx.t("settings-usual"),
                to(Settings::default().zoom)
            )
            .id("usual"),
        ]
        .spacing(space::MEDIUM)
        .align_y(Center),
        small(cx.t("settings-zoom-help")),
    ]
    .spacing(space::SMALL)
    .into()
}

impl State {
    fn bandwidth<'a>(&'a self, cx: &Context) -> Element<'a, Message> {
        let wrong = !self.bandwidth.trim().is_empty() && parse_rate(&self.bandwidth).is_none();
        let entry = field(
            Field {
                id: "bandwidth",
                label: cx.t("settings-bandwidth-label"),
                value: &self.bandwidth,
                placeholder: cx.t("settings-bandwidth-none"),
                help: Some(cx.t("settings-bandwidth-help")),
                error: wrong.then(|| cx.t("settings-bandwidth-wrong")),
                ..Field::default()
            },
            Some(Message::BandwidthTyped),
            None,
        );
        column![heading(cx.t("settings-bandwidth")), entry]
            .spacing(space::SMALL)
            .into()
    }
}

fn places<'a>(cx: &Context) -> Element<'a, Message> {
    let place = |words: &str, path: String, label: &str, message, id: &'static str| {
        row![
            column![text(cx.t(words)), small(path)]
                .spacing(2)
                .width(Fill),
            icon_button(Kind::Plain, Icon::Folder, cx.t(label), Some(message)).id(id),
        ]
        .spacing(space::MEDIUM)
        .align_y(Center)
    };
    let logs = cx.data_dir.join("logs");
    card(
        column![
            heading(cx.t("settings-places")),
            place(
                "settings-data",
                cx.data_dir.display().to_string(),
                "settings-open-data",
                Message::FolderAsked,
                "open-data"
            ),
            place(
                "settings-logs",
                logs.display().to_string(),
                "settings-open-logs",
                Message::LogsAsked,
                "open-logs"
            ),
            paragraph(cx.t("settings-logs-words")),
        ]
        .spacing(space::MEDIUM),
    )
    .into()
}

fn about<'a>(cx: &Context) -> Element<'a, Message> {
    let version = [("version", env!("CARGO_PKG_VERSION").into())];
    let asked = Some(Message::LicencesAsked);
    let licences = icon_button(Kind::Plain, Icon::Info, cx.t("about-licences"), asked);
    card(
        column![
            heading(cx.t("settings-about")),
            paragraph(cx.tr("about-version", &version)),
            paragraph(cx.t("about-licence")),
            paragraph(cx.t("about-font")),
            paragraph(cx.t("about-parts")),
            row![licences.id("licences")],
        ]
        .spacing(space::SMALL),
    )
    .into()
}

fn open_folder(folder: &std::path::Path) {
    if let Err(error) = open::that_detached(folder) {
        tracing::info!("nothing shows the folder: {error}");
    }
}
