//! How it is taken along, in plain words.

use iced::Element;
use iced::widget::column;

use super::{Message, State};
use crate::app::context::Context;
use crate::app::theme::space;
use crate::app::widget::{Choice, Field, Tick, check, choices, field, heading};
use crate::model::{ConflictPolicy, DocumentFormat, SourceConfig, clean_folder};

impl State {
    pub(super) fn options<'a>(&'a self, cx: &'a Context, idle: bool) -> Element<'a, Message> {
        let scope = &cx.draft.scope;
        let boxed = |id: &'static str, on: bool, label: &str, help: &str, message: Message| {
            check(
                Tick::from(on),
                cx.t(label),
                Some(cx.t(help)),
                idle.then_some(message),
            )
            .id(id)
            .into()
        };
        let options = &cx.draft.options;
        let shared_calendars = || {
            boxed(
                "shared-calendars",
                scope.shared_calendars,
                "choose-shared-calendars",
                "choose-shared-calendars-help",
                Message::SharedCalendars,
            )
        };
        let subscribed_calendars = || {
            boxed(
                "subscribed-calendars",
                scope.subscribed_calendars,
                "choose-subscribed-calendars",
                "choose-subscribed-calendars-help",
                Message::SubscribedCalendars,
            )
        };
        let other_contacts = |help: &str| {
            boxed(
                "other-contacts",
                scope.other_contacts,
                "choose-other-contacts",
                help,
                Message::OtherContacts,
            )
        };
        let shared_with_me = || {
            boxed(
                "shared-with-me",
                scope.shared_with_me,
                "choose-shared-with-me",
                "choose-shared-with-me-help",
                Message::SharedWithMe,
            )
        };
        let boxes: Vec<Element<'a, Message>> = match &cx.draft.source {
            Some(SourceConfig::Microsoft { .. }) => vec![shared_with_me(), shared_calendars()],
            Some(SourceConfig::Google { .. }) => vec![
                shared_with_me(),
                shared_calendars(),
                subscribed_calendars(),
                other_contacts("choose-other-contacts-help"),
            ],
            Some(SourceConfig::Nextcloud { .. }) => vec![
                boxed(
                    "received-shares",
                    scope.received_shares,
                    "choose-received-shares",
                    "choose-received-shares-help",
                    Message::ReceivedShares,
                ),
                boxed(
                    "external-storage",
                    scope.external_storage,
                    "choose-external-storage",
                    "choose-external-storage-help",
                    Message::ExternalStorage,
                ),
                shared_calendars(),
                subscribed_calendars(),
            ],
            Some(SourceConfig::Folder { .. }) => vec![boxed(
                "calendar-files",
                options.import_calendar_files,
                "choose-calendar-files",
                "choose-calendar-files-help",
                Message::CalendarFiles,
            )],
            Some(SourceConfig::Takeout { .. }) => {
                vec![other_contacts("choose-other-contacts-takeout-help")]
            }
            Some(SourceConfig::Dropbox { .. }) => vec![shared_with_me()],
            None => Vec::new(),
        };
        let documents = matches!(cx.draft.source, Some(SourceConfig::Google { .. })).then(|| {
            column![
                heading(cx.t("choose-documents")),
                choices(
                    "documents",
                    cx.t("choose-documents"),
                    formats(cx, idle),
                    Some(&cx.draft.options.documents),
                    Message::DocumentsChosen,
                )
            ]
            .spacing(space::SMALL)
        });
        column![]
            .extend(boxes)
            .push(documents)
            .push(heading(cx.t("choose-conflict")))
            .push(choices(
                "conflict",
                cx.t("choose-conflict"),
                policies(cx, idle),
                Some(&cx.draft.options.on_conflict),
                Message::ConflictChosen,
            ))
            .push(self.folder(cx, idle))
            .spacing(space::MEDIUM)
            .into()
    }

    fn folder<'a>(&'a self, cx: &'a Context, idle: bool) -> Element<'a, Message> {
        let known = cx.draft.target.as_ref().map(|target| &target.folder);
        let value = match (&self.folder, known) {
            (Some(typed), _) => typed.as_str(),
            (None, Some(known)) => known.as_str(),
            (None, None) => "",
        };
        let error = (!self.folder_is_good(cx)).then(|| cx.t("choose-folder-wrong"));
        field(
            Field {
                id: "target-folder",
                label: cx.t("choose-folder"),
                value,
                help: Some(cx.t("choose-folder-help")),
                error,
                ..Field::default()
            },
            (idle && cx.practice.is_none()).then_some(Message::FolderTyped),
            None,
        )
    }

    pub(super) fn folder_is_good(&self, _cx: &Context) -> bool {
        self.folder
            .as_deref()
            .is_none_or(|typed| clean_folder(typed).is_some())
    }

    /// Takes over the folder that was typed; whether it is another one.
    pub(super) fn moves_to_another_folder(&self, cx: &mut Context) -> bool {
        let folder = self.folder.as_deref().and_then(clean_folder);
        match (folder, &mut cx.draft.target) {
            (Some(folder), Some(target)) if target.folder != folder => {
                target.folder = folder;
                true
            }
            _ => false,
        }
    }
}

fn formats(cx: &Context, idle: bool) -> Vec<Choice<DocumentFormat>> {
    let choice = |format, label: &str, help: &str| {
        Choice::new(format, cx.t(label))
            .help(cx.t(help))
            .enabled(idle)
    };
    vec![
        choice(
            DocumentFormat::Odf,
            "choose-documents-odf",
            "choose-documents-odf-help",
        ),
        choice(
            DocumentFormat::Ooxml,
            "choose-documents-ooxml",
            "choose-documents-ooxml-help",
        ),
        choice(
            DocumentFormat::Pdf,
            "choose-documents-pdf",
            "choose-documents-pdf-help",
        ),
    ]
}

fn policies(cx: &Context, idle: bool) -> Vec<Choice<ConflictPolicy>> {
    let choice = |policy, label: &str, help: &str| {
        Choice::new(policy, cx.t(label))
            .help(cx.t(help))
            .enabled(idle)
    };
    vec![
        choice(
            ConflictPolicy::KeepBoth,
            "choose-conflict-both",
            "choose-conflict-both-help",
        ),
        choice(
            ConflictPolicy::Skip,
            "choose-conflict-skip",
            "choose-conflict-skip-help",
        ),
        choice(
            ConflictPolicy::ReplaceOlder,
            "choose-conflict-newer",
            "choose-conflict-newer-help",
        ),
    ]
}
