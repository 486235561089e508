//! Taking the program's access back, at the servers and here.

use std::sync::Arc;

use iced::widget::{Column, column, row};
use iced::{Element, Task};

use super::{Action, Message};
use crate::app::context::Context;
use crate::app::theme::space;
use crate::app::widget::{
    Dialog, Icon, Kind, Notice, Sort, Tick, busy, button, card, check, heading, icon_button,
    notice, paragraph, small,
};
use crate::engine::sign_in::{End, SignOutError, SignedOut, sign_out};
use crate::model::{Migration, SourceConfig};
use crate::sentences::trouble::{self, Ends};

const ENDS: [End; 2] = [End::Source, End::Target];

#[derive(Debug, Default)]
pub struct Access {
    /// What is ticked in the question, source first; `None`: nothing is asked.
    asks: Option<[bool; 2]>,
    source: Left,
    target: Left,
}

/// How far leaving one end has come.
#[derive(Debug, Default)]
enum Left {
    #[default]
    Not,
    Leaving,
    Done,
    /// It is forgotten here; people can end it there.
    OnlyHere,
    Failed(Arc<SignOutError>),
}

/// The ends that there is something to sign out of.
fn ends(migration: &Migration) -> impl Iterator<Item = End> {
    let local = matches!(
        migration.source,
        SourceConfig::Folder { .. } | SourceConfig::Takeout { .. }
    );
    ENDS.into_iter()
        .filter(move |end| *end == End::Target || !local)
}

impl Access {
    pub const fn asks(&self) -> bool {
        self.asks.is_some()
    }

    fn of(&self, end: End) -> &Left {
        match end {
            End::Source => &self.source,
            End::Target => &self.target,
        }
    }

    fn set(&mut self, end: End, left: Left) {
        match end {
            End::Source => self.source = left,
            End::Target => self.target = left,
        }
    }

    /// Asks; what is left already is not offered again.
    pub fn ask(&mut self, cx: &Context) {
        let Some(migration) = cx.migration() else {
            return;
        };
        let there: Vec<End> = ends(&migration).collect();
        self.asks = Some(ENDS.map(|end| {
            there.contains(&end)
                && !matches!(self.of(end), Left::Done | Left::OnlyHere | Left::Leaving)
        }));
    }

    pub fn tick(&mut self, end: End) {
        if let Some([source, target]) = &mut self.asks {
            match end {
                End::Source => *source = !*source,
                End::Target => *target = !*target,
            }
        }
    }

    pub fn answer(&mut self, yes: bool, cx: &Context) -> Action<Message> {
        let (Some(ticked), true, Some(migration)) = (self.asks.take(), yes, cx.migration()) else {
            return Action::None;
        };
        let ends = ENDS.into_iter().zip(ticked);
        let tasks: Vec<_> = ends
            .filter(|(_, ticked)| *ticked)
            .map(|(end, _)| {
                self.set(end, Left::Leaving);
                let (migration, secrets) = (migration.clone(), cx.secrets.clone());
                Action::Run(Task::future(async move {
                    let result = sign_out(&migration, end, &secrets).await;
                    Message::SignedOut(end, result.map_err(Arc::new))
                }))
            })
            .collect();
        Action::Many(tasks)
    }

    pub fn signed_out(&mut self, end: End, result: Result<SignedOut, Arc<SignOutError>>) {
        let left = match result {
            Ok(SignedOut::Everywhere) => Left::Done,
            Ok(SignedOut::OnlyHere) => Left::OnlyHere,
            Err(error) => Left::Failed(error),
        };
        self.set(end, left);
    }

    pub fn view<'a>(&'a self, cx: &'a Context) -> Option<Element<'a, Message>> {
        let migration = cx.migration()?;
        if cx.practice.is_some() {
            return None;
        }
        let places = Ends::of(&migration, &migration.name);
        let mut lines: Vec<Element<'a, Message>> = Vec::new();
        let mut open = false;
        for end in ends(&migration) {
            let place = match end {
                End::Source => &places.source,
                End::Target => &places.target,
            };
            let host = [("host", place.host.clone().into())];
            match self.of(end) {
                Left::Not => open = true,
                Left::Leaving => lines.push(busy(leaving_id(end), cx.tr("access-leaving", &host))),
                Left::Done => lines.push(said(Sort::Success, cx.tr("access-left", &host), cx)),
                Left::OnlyHere => {
                    let words = cx.t("microsoft-revoke-by-hand");
                    lines.push(said(Sort::Info, words, cx));
                }
                Left::Failed(error) => {
                    open = true;
                    let cause = match &**error {
                        SignOutError::Nextcloud(error) => trouble::dav(error, place, &cx.texts),
                        SignOutError::Provider(error) => match &migration.source {
                            SourceConfig::Dropbox { .. } => {
                                trouble::dropbox::oauth(error, place, &cx.texts)
                            }
                            _ => trouble::oauth(error, place, &cx.texts),
                        },
                        SignOutError::Vault(error) => trouble::vault(error, &cx.texts),
                    };
                    let by_hand = cx.t(match (end, &migration.source) {
                        (End::Source, SourceConfig::Google { .. }) => "access-by-hand-google",
                        (End::Source, SourceConfig::Dropbox { .. }) => "access-by-hand-dropbox",
                        _ => "access-by-hand-nextcloud",
                    });
                    let words = cx.tr("access-failed", &host);
                    let words = format!("{words} {}\n{by_hand}", cause.message);
                    lines.push(said(Sort::Warning, words, cx));
                }
            }
        }
        let asked = (open && cx.running().is_none()).then_some(Message::SignOutAsked);
        let leave = icon_button(Kind::Plain, Icon::Close, cx.t("access-leave"), asked);
        let leave = open.then(|| row![leave.id("sign-out")]);
        let lines = (!lines.is_empty()).then(|| Column::with_children(lines).spacing(space::SMALL));
        Some(
            card(
                column![
                    heading(cx.t("access-title")),
                    paragraph(cx.t("access-words")),
                ]
                .push(lines)
                .push(leave)
                .spacing(space::MEDIUM),
            )
            .into(),
        )
    }

    pub fn dialog<'a>(&self, cx: &'a Context) -> Option<Dialog<'a, Message>> {
        let [source, target] = self.asks?;
        let migration = cx.migration()?;
        let places = Ends::of(&migration, &migration.name);
        let boxes = ends(&migration).map(|end| {
            let (ticked, place, id) = match end {
                End::Source => (source, &places.source, "leave-source"),
                End::Target => (target, &places.target, "leave-target"),
            };
            let can = !matches!(self.of(end), Left::Done | Left::Leaving);
            let label = cx.tr("access-of", &[("host", place.host.clone().into())]);
            let ticks = can.then_some(Message::EndTicked(end));
            check(Tick::from(ticked), label, None, ticks).id(id).into()
        });
        let boxes = Column::with_children(boxes)
            .push(small(cx.t("access-others")))
            .spacing(space::SMALL);
        let yes = (source || target).then_some(Message::SignOutAnswered(true));
        let no = Some(Message::SignOutAnswered(false));
        Some(Dialog {
            title: cx.t("access-ask"),
            words: cx.t("access-ask-words"),
            content: Some(boxes.into()),
            actions: vec![
                button(Kind::Danger, cx.t("access-yes"), yes)
                    .id("sign-out-yes")
                    .into(),
                button(Kind::Primary, cx.t("access-no"), no)
                    .id("sign-out-no")
                    .into(),
            ],
        })
    }
}

const fn leaving_id(end: End) -> &'static str {
    match end {
        End::Source => "leaving-source",
        End::Target => "leaving-target",
    }
}

fn said<'a>(sort: Sort, words: String, cx: &'a Context) -> Element<'a, Message> {
    let actions = Vec::new();
    notice(
        Notice {
            sort,
            words,
            actions,
        },
        &cx.texts,
    )
}
