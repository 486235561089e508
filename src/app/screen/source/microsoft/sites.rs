//! The SharePoint sites and teams that are taken along: which there are, and which were chosen.

use std::sync::Arc;

use iced::widget::{Column, column};
use iced::{Element, Task};

use super::super::super::Action;
use crate::app::connect::place;
use crate::app::context::Context;
use crate::app::theme::space;
use crate::app::widget::{
    Field, Kind, Notice, Sort, Tick, busy, button, card, check, field, heading, live, notice,
    paragraph, small,
};
use crate::auth::oauth::TokenSource;
use crate::engine::{Secret, sign_in};
use crate::model::SourceConfig;
use crate::sentences::trouble;
use crate::source::SourceError;
use crate::source::microsoft::Site;

/// Rows that are shown; the filter finds the others.
const SHOWN: usize = 50;

#[derive(Debug, Default)]
pub struct State {
    list: List,
    filter: String,
    /// Answers to earlier questions are ignored.
    attempt: u64,
}

#[derive(Debug, Default)]
enum List {
    #[default]
    Unasked,
    Asked,
    There(Vec<Site>),
    Failed(Arc<SourceError>),
}

#[derive(Debug, Clone)]
pub enum Message {
    Listed(u64, Listed),
    FilterTyped(String),
    /// Taken along, or not any more; by its address, or as the migration file has it.
    Toggled(String),
    ListAgain,
}

/// What was found, and a refresh token that took the place of the one that was kept.
#[derive(Debug, Clone)]
pub struct Listed {
    sites: Result<Vec<Site>, Arc<SourceError>>,
    newer: Option<secrecy::SecretString>,
}

/// As the migration has them.
pub fn chosen(cx: &Context) -> &[String] {
    match &cx.draft.source {
        Some(SourceConfig::Microsoft { sites, .. }) => sites,
        _ => &[],
    }
}

/// Whether the migration means this site: by its address, its id or its name.
fn means(wanted: &str, site: &Site) -> bool {
    let wanted = wanted.trim().trim_end_matches('/').to_lowercase();
    [&site.address, &site.id, &site.name]
        .iter()
        .any(|name| name.trim_end_matches('/').to_lowercase() == wanted)
}

impl State {
    pub fn list(&mut self, tokens: TokenSource, cx: &Context) -> Action<Message> {
        self.list = List::Asked;
        self.attempt += 1;
        let (attempt, endpoint) = (self.attempt, super::endpoint(cx));
        Action::Run(Task::future(async move {
            let before = tokens.refresh_token().await;
            let sites = sign_in::sites_of_microsoft(tokens.clone(), endpoint.as_ref()).await;
            let newer = super::newer(&before, tokens.refresh_token().await);
            let sites = sites.map_err(Arc::new);
            Message::Listed(attempt, Listed { sites, newer })
        }))
    }

    pub fn update(
        &mut self,
        message: Message,
        tokens: Option<TokenSource>,
        cx: &mut Context,
    ) -> Action<Message> {
        match message {
            Message::Listed(attempt, listed) if attempt == self.attempt => {
                if let Some(newer) = listed.newer {
                    cx.keep_secret(Secret::SourceRefreshToken, newer);
                }
                self.list = match listed.sites {
                    Ok(sites) => List::There(sites),
                    Err(error) => List::Failed(error),
                };
            }
            Message::Listed(..) => {}
            Message::FilterTyped(filter) => self.filter = filter,
            Message::Toggled(wanted) => self.toggle(wanted, cx),
            Message::ListAgain => {
                if let Some(tokens) = tokens {
                    return self.list(tokens, cx);
                }
            }
        }
        Action::None
    }

    fn toggle(&self, wanted: String, cx: &mut Context) {
        let Some(SourceConfig::Microsoft { sites, .. }) = &mut cx.draft.source else {
            return;
        };
        let site = self.there().iter().find(|site| site.address == wanted);
        let before = sites.len();
        sites.retain(|one| *one != wanted && !site.is_some_and(|site| means(one, site)));
        if sites.len() == before {
            sites.push(wanted);
        }
    }

    fn there(&self) -> &[Site] {
        match &self.list {
            List::There(sites) => sites,
            _ => &[],
        }
    }

    pub fn view<'a>(&'a self, cx: &'a Context) -> Element<'a, Message> {
        let content: Element<'a, Message> = match &self.list {
            List::Unasked | List::Asked => busy("listing-sites", cx.t("sites-listing")),
            List::Failed(error) => failed(cx, error),
            List::There(sites) if sites.is_empty() => paragraph(cx.t("sites-none")).into(),
            List::There(sites) => self.rows(sites, cx),
        };
        card(
            column![
                heading(cx.t("sites-title")),
                paragraph(cx.t("sites-words")),
                content,
            ]
            .push(self.astray(cx))
            .spacing(space::MEDIUM),
        )
        .into()
    }

    fn rows<'a>(&'a self, sites: &'a [Site], cx: &'a Context) -> Element<'a, Message> {
        let wanted = self.filter.trim().to_lowercase();
        let found = sites.iter().filter(|site| {
            let has = |text: &str| text.to_lowercase().contains(&wanted);
            has(&site.name) || has(&site.address)
        });
        let found: Vec<&Site> = found.collect();
        let filter = field(
            Field {
                id: "sites-filter",
                label: cx.t("sites-filter"),
                value: &self.filter,
                ..Field::default()
            },
            Some(Message::FilterTyped),
            None,
        );
        let rows = found.iter().take(SHOWN).enumerate().map(|(n, site)| {
            let on = chosen(cx).iter().any(|one| means(one, site));
            let sort = match site.is_team {
                true => "sites-is-team",
                false => "sites-is-site",
            };
            let help = cx.tr(sort, &[("address", site.address.as_str().into())]);
            let toggled = Message::Toggled(site.address.clone());
            check(
                Tick::from(on),
                site.name.as_str(),
                Some(help),
                Some(toggled),
            )
            .id(format!("site-{n}"))
            .into()
        });
        let rest = found.len().saturating_sub(SHOWN);
        let rest = (rest > 0).then(|| {
            let n = [("n", (rest as u64).into())];
            small(cx.tr("sites-more", &n))
        });
        let nothing = found
            .is_empty()
            .then(|| paragraph(cx.t("sites-nothing-found")));
        let count = [("n", (chosen(cx).len() as u64).into())];
        column![filter]
            .push(nothing)
            .push(Column::with_children(rows).spacing(space::TINY))
            .push(rest)
            .push(live("sites-chosen", cx.tr("sites-chosen", &count)))
            .spacing(space::SMALL)
            .into()
    }

    /// What the migration names and the account does not see.
    fn astray<'a>(&'a self, cx: &'a Context) -> Option<Element<'a, Message>> {
        let List::There(sites) = &self.list else {
            return None;
        };
        let astray = chosen(cx)
            .iter()
            .filter(|one| !sites.iter().any(|site| means(one, site)));
        let rows: Vec<Element<'a, Message>> = astray
            .enumerate()
            .map(|(n, one)| {
                let toggled = Message::Toggled(one.clone());
                check(Tick::On, one.as_str(), None, Some(toggled))
                    .id(format!("site-astray-{n}"))
                    .into()
            })
            .collect();
        if rows.is_empty() {
            return None;
        }
        let told = notice(
            Notice {
                sort: Sort::Warning,
                words: cx.t("sites-astray"),
                actions: Vec::new(),
            },
            &cx.texts,
        );
        let rows = Column::with_children(rows).spacing(space::TINY);
        Some(column![told, rows].spacing(space::SMALL).into())
    }
}

fn failed<'a>(cx: &'a Context, error: &SourceError) -> Element<'a, Message> {
    let microsoft = place("Microsoft".to_owned());
    let again = button(
        Kind::Plain,
        cx.t("account-check-again"),
        Some(Message::ListAgain),
    );
    notice(
        Notice {
            sort: Sort::Error,
            words: trouble::source(error, &microsoft, &cx.texts).message,
            actions: vec![again.id("list-again").into()],
        },
        &cx.texts,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_is_meant_by_address_id_or_name() {
        let site = Site {
            id: "canard.sharepoint.com,1,2".into(),
            name: "Équipe Jardin".into(),
            address: "https://canard.sharepoint.com/sites/jardin".into(),
            is_team: true,
        };
        for wanted in [
            "https://canard.sharepoint.com/sites/Jardin/",
            "canard.sharepoint.com,1,2",
            " équipe jardin",
        ] {
            assert!(means(wanted, &site), "{wanted}");
        }
        assert!(!means("jardin", &site));
    }
}
