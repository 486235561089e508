//! My migrations, a new one, and the rehearsal; the first time, what will happen and what never will.

use std::sync::Arc;

use iced::widget::{Column, column, container, row, space as gap};
use iced::{Center, Element, Fill, Task};

use super::{Action, Screen};
use crate::app::context::{Context, practice_folder};
use crate::app::page::page;
use crate::app::theme::space;
use crate::app::widget::{
    Dialog, Icon, Kind, Notice, Sort, button, card, dialog, heading, icon, icon_button, notice,
    paragraph, progress, small, strong,
};
use crate::engine::migrations::{self, Entry, State as Came};
use crate::engine::rehearsal::{RehearsalError, is_unfinished};
use crate::i18n::Texts;
use crate::model::{Draft, SourceConfig};
use crate::settings::Settings;
use crate::transfer::work_share;

#[derive(Debug, Default)]
pub struct State {
    /// `None`: still being looked for.
    entries: Option<Result<Vec<Entry>, Arc<std::io::Error>>>,
    /// A rehearsal was begun and not finished.
    can_resume_practice: bool,
    practice_trouble: Option<Arc<RehearsalError>>,
    /// The servers of the rehearsal are being started.
    practising: bool,
    /// Which one is to be forgotten, if that is really wanted.
    forgetting: Option<Entry>,
}

#[derive(Debug, Clone)]
pub enum Message {
    Listed(Result<Vec<Entry>, Arc<std::io::Error>>),
    ListAsked,
    Understood,
    NewAsked,
    PracticeAsked { fresh: bool },
    Chosen(usize),
    ForgetAsked(usize),
    ForgetAnswered(bool),
    Forgotten(Result<(), Arc<std::io::Error>>),
}

impl State {
    /// The rehearsal could not be begun.
    pub fn set_practice_trouble(&mut self, error: Arc<RehearsalError>) {
        self.practising = false;
        self.practice_trouble = Some(error);
    }

    fn list(&self, cx: &Context) -> Action<Message> {
        let data_dir = cx.data_dir.clone();
        Action::Run(Task::future(async move {
            let listed = migrations::list(&data_dir).await;
            Message::Listed(listed.map_err(Arc::new))
        }))
    }

    fn entry(&self, n: usize) -> Option<&Entry> {
        self.entries.as_ref()?.as_ref().ok()?.get(n)
    }

    fn forget(&mut self, cx: &Context) -> Action<Message> {
        let Some(entry) = self.forgetting.take() else {
            return Action::None;
        };
        let (data_dir, secrets) = (cx.data_dir.clone(), cx.secrets.clone());
        Action::Run(Task::future(async move {
            if let Some(draft) = entry.file.as_deref().and_then(std::path::Path::file_stem)
                && let Err(error) = secrets.forget_early(&draft.to_string_lossy()).await
            {
                tracing::warn!("a draft's secrets cannot be forgotten: {error}");
            }
            let forgotten = migrations::forget(&entry, &data_dir).await;
            Message::Forgotten(forgotten.map_err(Arc::new))
        }))
    }
}

impl Screen for State {
    type Message = Message;

    fn enter(&mut self, cx: &mut Context) -> Action<Message> {
        self.practising = false;
        self.can_resume_practice =
            cx.practice.is_none() && is_unfinished(&practice_folder(&cx.data_dir));
        self.list(cx)
    }

    fn update(&mut self, message: Message, cx: &mut Context) -> Action<Message> {
        match message {
            Message::Listed(entries) => self.entries = Some(entries),
            Message::ListAsked => return self.list(cx),
            Message::Understood => {
                return Action::Prefer(Box::new(Settings {
                    welcomed: true,
                    ..cx.settings.clone()
                }));
            }
            Message::NewAsked => return Action::New,
            Message::PracticeAsked { fresh } => {
                self.practising = true;
                self.practice_trouble = None;
                return Action::Practise { fresh };
            }
            Message::Chosen(n) => {
                if let Some(entry) = self.entry(n) {
                    return Action::Open(Box::new(entry.clone()));
                }
            }
            Message::ForgetAsked(n) => self.forgetting = self.entry(n).cloned(),
            Message::ForgetAnswered(true) => return self.forget(cx),
            Message::ForgetAnswered(false) => self.forgetting = None,
            Message::Forgotten(result) => {
                if let Err(error) = result {
                    self.entries = Some(Err(error));
                    return Action::None;
                }
                return self.list(cx);
            }
        }
        Action::None
    }

    fn escape(&self) -> Option<Message> {
        self.forgetting
            .is_some()
            .then_some(Message::ForgetAnswered(false))
    }

    fn view<'a>(&'a self, cx: &'a Context) -> Element<'a, Message> {
        let first_time = !cx.settings.welcomed;
        let base = if first_time {
            page(cx.t("welcome-first-title"))
                .lead(cx.t("welcome-first-lead"))
                .push(promises(cx))
                .next(cx.t("welcome-understood"), Some(Message::Understood))
        } else {
            page(cx.t("welcome-title"))
                .lead(cx.t("welcome-lead"))
                .notice(self.trouble(cx))
                .push(self.doors(cx))
                .push_maybe(self.entries(cx))
        };
        dialog(base.view(), self.dialog(cx))
    }
}

impl State {
    fn trouble<'a>(&'a self, cx: &'a Context) -> Option<Element<'a, Message>> {
        let error = self.practice_trouble.as_deref()?;
        let words = match error {
            RehearsalError::InUse => cx.t("practice-in-use"),
            RehearsalError::Storage { path, cause } => {
                unusable(cx, "data-dir-unwritable", path, cause)
            }
            RehearsalError::Listen(cause) => {
                let folder = practice_folder(&cx.data_dir);
                unusable(cx, "practice-no-port", &folder, cause)
            }
        };
        let again = Message::PracticeAsked { fresh: true };
        let actions = vec![button(Kind::Plain, cx.t("practice-fresh"), Some(again)).into()];
        let sort = Sort::Error;
        Some(notice(
            Notice {
                sort,
                words,
                actions,
            },
            &cx.texts,
        ))
    }

    /// The two ways in: for real, and as a rehearsal.
    fn doors<'a>(&'a self, cx: &'a Context) -> Element<'a, Message> {
        let new = button(Kind::Primary, cx.t("welcome-new"), Some(Message::NewAsked)).id("new");
        let (label, fresh) = match self.can_resume_practice {
            true => ("practice-resume", false),
            false => ("practice-start", true),
        };
        let asked = (!self.practising).then_some(Message::PracticeAsked { fresh });
        let practise = button(Kind::Plain, cx.t(label), asked).id("practise");
        let again = self.can_resume_practice.then(|| {
            let asked = (!self.practising).then_some(Message::PracticeAsked { fresh: true });
            button(Kind::Quiet, cx.t("practice-fresh"), asked).id("practise-fresh")
        });
        let door = |sign: Icon, title: &str, words: &str, buttons: Element<'a, Message>| {
            card(
                column![
                    row![icon(sign, 28.0, |c| c.primary), heading(cx.t(title))]
                        .spacing(space::MEDIUM)
                        .align_y(Center),
                    paragraph(cx.t(words)),
                    buttons
                ]
                .spacing(space::MEDIUM),
            )
        };
        let practice = row![practise].push(again).spacing(space::SMALL).wrap();
        column![
            door(
                Icon::Plus,
                "welcome-new-title",
                "welcome-new-words",
                new.into()
            ),
            door(
                Icon::Practice,
                "practice-title",
                "practice-words",
                practice.into()
            ),
        ]
        .spacing(space::MEDIUM)
        .into()
    }

    fn entries<'a>(&'a self, cx: &'a Context) -> Option<Element<'a, Message>> {
        let entries = match self.entries.as_ref()? {
            Ok(entries) if entries.is_empty() => return None,
            Ok(entries) => entries,
            Err(error) => {
                let words = unusable(cx, "data-dir-unwritable", &cx.data_dir, error);
                let again = Some(Message::ListAsked);
                let actions = vec![button(Kind::Plain, cx.t("try-again"), again).into()];
                let sort = Sort::Error;
                return Some(notice(
                    Notice {
                        sort,
                        words,
                        actions,
                    },
                    &cx.texts,
                ));
            }
        };
        let entries = entries.iter().enumerate();
        let cards =
            entries.map(|(n, entry)| card(line(cx, n, entry)).padding(space::MEDIUM + 4.0).into());
        Some(
            column![
                heading(cx.t("welcome-mine")),
                Column::with_children(cards).spacing(space::MEDIUM)
            ]
            .spacing(space::MEDIUM)
            .into(),
        )
    }

    fn dialog<'a>(&'a self, cx: &'a Context) -> Option<Dialog<'a, Message>> {
        let entry = self.forgetting.as_ref()?;
        let name = ("name", name(cx, entry).into());
        let no = Some(Message::ForgetAnswered(false));
        let yes = Some(Message::ForgetAnswered(true));
        Some(Dialog {
            title: cx.tr("forget-title", &[name]),
            words: cx.t("forget-words"),
            content: None,
            actions: vec![
                button(Kind::Danger, cx.t("forget-yes"), yes)
                    .id("forget-yes")
                    .into(),
                button(Kind::Primary, cx.t("forget-no"), no)
                    .id("forget-no")
                    .into(),
            ],
        })
    }
}

/// What a volunteer must know before anything else.
fn promises<'a>(cx: &'a Context) -> Element<'a, Message> {
    let lines = [
        (Icon::Next, "promise-what"),
        (Icon::Success, "promise-never"),
        (Icon::Success, "promise-others"),
        (Icon::Info, "promise-time"),
    ];
    let lines = lines.into_iter().map(|(sign, key)| {
        row![
            icon(sign, 26.0, |c| c.primary),
            paragraph(cx.t(key)).width(Fill)
        ]
        .spacing(space::MEDIUM)
        .into()
    });
    card(Column::with_children(lines).spacing(space::LARGE)).into()
}

fn line<'a>(cx: &'a Context, n: usize, entry: &'a Entry) -> Element<'a, Message> {
    let title = strong(name(cx, entry));
    let way = entry.draft.as_ref().and_then(|draft| way(cx, draft));
    let state = small(state(entry, &cx.texts));
    let open = entry.draft.is_some().then_some(Message::Chosen(n));
    let label = match entry.state {
        Came::Done { .. } => "entry-look",
        _ => "entry-continue",
    };
    let name = ("name", name(cx, entry).into());
    let bar = match &entry.state {
        Came::Begun {
            settled,
            items,
            bytes,
            bytes_planned,
            ..
        } => {
            let (done, total) = work_share((*settled, *items), (*bytes, *bytes_planned));
            let words = cx.texts.percent(done, total);
            Some(progress(cx.t("entry-progress"), done, total, words))
        }
        _ => None,
    };
    let buttons = row![
        gap().width(Fill),
        icon_button(
            Kind::Quiet,
            Icon::Trash,
            cx.t("entry-forget"),
            Some(Message::ForgetAsked(n))
        )
        .name(cx.tr("entry-forget-of", std::slice::from_ref(&name)))
        .id(format!("forget-{n}")),
        button(Kind::Plain, cx.t(label), open)
            .name(cx.tr("entry-open-of", &[name]))
            .id(format!("open-{n}")),
    ]
    .spacing(space::SMALL);
    column![title]
        .push(way.map(small))
        .push(state)
        .push(bar)
        .push(container(buttons).width(Fill))
        .spacing(6)
        .into()
}

/// What people call it.
fn name(cx: &Context, entry: &Entry) -> String {
    if !entry.name.is_empty() {
        return entry.name.clone();
    }
    match entry.draft.as_ref().and_then(|draft| way(cx, draft)) {
        Some(way) => way,
        None => cx.t("entry-nameless"),
    }
}

/// From where to where.
fn way(cx: &Context, draft: &Draft) -> Option<String> {
    let from = match draft.source.as_ref()? {
        SourceConfig::Google { .. } => "Google Drive".to_owned(),
        SourceConfig::Microsoft { .. } => "Microsoft OneDrive".to_owned(),
        SourceConfig::Dropbox { .. } => "Dropbox".to_owned(),
        SourceConfig::Nextcloud { url, .. } => url.host_str()?.to_owned(),
        SourceConfig::Folder { path } | SourceConfig::Takeout { path } => {
            path.display().to_string()
        }
    };
    let to = match &draft.target {
        Some(target) => target.url.host_str()?.to_owned(),
        None => return Some(cx.tr("entry-from", &[("from", from.into())])),
    };
    Some(cx.tr("entry-way", &[("from", from.into()), ("to", to.into())]))
}

/// How far it has come, in words.
fn state(entry: &Entry, texts: &Texts) -> String {
    let say = |key: &str| texts.text(key, &[]);
    match &entry.state {
        Came::Draft => say("entry-draft"),
        Came::Ready => say("entry-ready"),
        Came::Planned { items, bytes } => texts.text(
            "entry-planned",
            &[
                ("items", texts.items(*items).into()),
                ("size", texts.bytes(*bytes).into()),
            ],
        ),
        Came::Begun {
            settled,
            items,
            bytes,
            bytes_planned,
            waiting,
        } => {
            // As the page of the move counts it.
            let (done, total) = work_share((*settled, *items), (*bytes, *bytes_planned));
            texts.text(
                match waiting {
                    Some(_) => "entry-waiting",
                    None => "entry-begun",
                },
                &[("percent", texts.percent(done, total).into())],
            )
        }
        Came::Done { items, failed, on } => {
            let items = ("items", texts.items(*items).into());
            let day = on.map(|on| texts.day(on));
            match (failed, day) {
                (0, Some(day)) => texts.text("entry-done-on", &[items, ("day", day.into())]),
                (0, None) => texts.text("entry-done", &[items]),
                (failed, _) => texts.text("entry-done-failed", &[items, ("n", (*failed).into())]),
            }
        }
        Came::Unreadable => say("entry-unreadable"),
    }
}

fn unusable(cx: &Context, key: &str, path: &std::path::Path, cause: &std::io::Error) -> String {
    let cause = crate::sentences::trouble::io_cause(cause, &cx.texts);
    let path = path.display().to_string();
    cx.tr(key, &[("path", path.into()), ("cause", cause.into())])
}
