//! What is taken along: the tree of the source, and how it is taken.

mod branches;
mod options;

use std::sync::Arc;

use iced::widget::{column, container};
use iced::{Element, Task};

use self::branches::Branches;
use super::{Action, Screen, trouble};
use crate::app::context::{Command, Context, Done};
use crate::app::page::page;
use crate::app::step::Step;
use crate::app::theme::space;
use crate::app::widget::{Icon, Kind, TreeEvent, busy, heading, icon_button, live, small, tree};
use crate::engine::{Engine, EngineError, TreeNode};
use crate::model::{Branch, ConflictPolicy, DocumentFormat, Scope, Selection, SpaceKind};

/// The height of the tree, in logical pixels at a zoom of 100 %.
const TREE: f32 = 300.0;

#[derive(Debug, Default)]
pub struct State {
    branches: Branches,
    folder: Option<String>,
    /// Look at the preview as soon as the survey is done.
    goes_on: bool,
    /// What was ticked before the target's folder changed, for the ledger that belongs to the new one.
    carried: Option<Selection>,
    trouble: Option<Arc<EngineError>>,
}

#[derive(Debug, Clone)]
pub enum Message {
    Tree(TreeEvent),
    SpacesRead(Result<(Vec<TreeNode>, Selection), Arc<EngineError>>),
    BranchesRead(Branch, Result<Vec<TreeNode>, Arc<EngineError>>),
    Ticked(Result<Selection, Arc<EngineError>>),
    Carried(Result<(), Arc<EngineError>>),
    SharedWithMe,
    ReceivedShares,
    ExternalStorage,
    SharedCalendars,
    SubscribedCalendars,
    OtherContacts,
    CalendarFiles,
    DocumentsChosen(DocumentFormat),
    ConflictChosen(ConflictPolicy),
    FolderTyped(String),
    Again,
    Next,
    Back,
}

impl Screen for State {
    type Message = Message;

    fn enter(&mut self, cx: &mut Context) -> Action<Message> {
        match cx.status() {
            Some(status) if !status.surveyed && cx.trouble.is_none() => Action::Do(Command::Survey),
            Some(status) if status.surveyed && self.branches.is_empty() => read_spaces(cx),
            _ => Action::None,
        }
    }

    fn finished(
        &mut self,
        command: Command,
        result: &Result<Done, Arc<EngineError>>,
        cx: &mut Context,
    ) -> Action<Message> {
        match (command, result) {
            (Command::Survey, Ok(_)) => {
                if let (Some(carried), Some(engine)) = (self.carried.take(), engine(cx)) {
                    return Action::Run(Task::perform(
                        async move { engine.choose_as(&carried).await },
                        |done| Message::Carried(done.map_err(Arc::new)),
                    ));
                }
                let read = read_spaces(cx);
                match std::mem::take(&mut self.goes_on) {
                    true => Action::Many(vec![read, Action::Do(Command::Preview)]),
                    false => read,
                }
            }
            (Command::Preview, Ok(_)) => Action::Go(Step::Preview),
            _ => {
                self.goes_on = false;
                Action::None
            }
        }
    }

    fn update(&mut self, message: Message, cx: &mut Context) -> Action<Message> {
        match message {
            Message::Tree(event) => return self.in_tree(event, cx),
            Message::SpacesRead(Ok((spaces, selection))) => {
                self.branches.set_spaces(spaces, selection);
            }
            Message::BranchesRead(branch, Ok(nodes)) => self.branches.open(&branch, nodes),
            Message::Ticked(Ok(selection)) => {
                self.branches.selection = selection;
                cx.done.preview = None;
            }
            Message::Carried(Ok(())) => {
                self.goes_on = false;
                return Action::Many(vec![read_spaces(cx), Action::Do(Command::Preview)]);
            }
            Message::SpacesRead(Err(error))
            | Message::Carried(Err(error))
            | Message::BranchesRead(_, Err(error))
            | Message::Ticked(Err(error)) => self.trouble = Some(error),
            Message::SharedWithMe => flip(&mut cx.draft.scope.shared_with_me),
            Message::ReceivedShares => flip(&mut cx.draft.scope.received_shares),
            Message::ExternalStorage => flip(&mut cx.draft.scope.external_storage),
            Message::SharedCalendars => {
                flip(&mut cx.draft.scope.shared_calendars);
                return read_selection(cx);
            }
            Message::SubscribedCalendars => {
                flip(&mut cx.draft.scope.subscribed_calendars);
                return read_selection(cx);
            }
            Message::OtherContacts => flip(&mut cx.draft.scope.other_contacts),
            Message::CalendarFiles => flip(&mut cx.draft.options.import_calendar_files),
            Message::DocumentsChosen(format) => cx.draft.options.documents = format,
            Message::ConflictChosen(policy) => cx.draft.options.on_conflict = policy,
            Message::FolderTyped(folder) => self.folder = Some(folder),
            Message::Again => return Action::Do(Command::Survey),
            Message::Next => {
                if self.moves_to_another_folder(cx) {
                    // Another folder is another migration, with a ledger of its own.
                    self.carried = Some(std::mem::take(&mut self.branches).selection);
                    self.goes_on = true;
                    return Action::Go(Step::Choose);
                }
                let listed = cx.open.as_ref().map(|open| open.engine.migration());
                // These decide what is listed.
                if listed.is_some_and(|listed| {
                    listed.scope == cx.draft.scope
                        && listed.options.import_calendar_files
                            == cx.draft.options.import_calendar_files
                }) {
                    return Action::Do(Command::Preview);
                }
                self.goes_on = true;
                return Action::Do(Command::Survey);
            }
            Message::Back => return Action::Go(Step::Target),
        }
        Action::None
    }

    fn view<'a>(&'a self, cx: &'a Context) -> Element<'a, Message> {
        let surveyed = cx.status().is_some_and(|status| status.surveyed);
        let running = cx.running();
        let idle = running.is_none();
        let own_trouble = self.trouble.as_deref().map(|error| {
            crate::app::widget::notice(
                crate::app::widget::Notice {
                    sort: crate::app::widget::Sort::Error,
                    words: cx.say_trouble(error).message,
                    actions: Vec::new(),
                },
                &cx.texts,
            )
        });
        let again = icon_button(
            Kind::Plain,
            Icon::Retry,
            cx.t("try-again"),
            idle.then_some(Message::Again),
        )
        .id("again");
        page(cx.t("choose-title"))
            .lead(cx.t("choose-lead"))
            .notice(trouble(cx, vec![again.into()]))
            .notice(own_trouble)
            .push(self.state_of_things(cx, running))
            .push_maybe((surveyed && !self.branches.is_empty()).then(|| self.tree(cx)))
            .push_maybe(surveyed.then(|| self.options(cx, idle)))
            .back(cx, Message::Back)
            .next(
                cx.t("choose-next"),
                (surveyed && idle && self.folder_is_good(cx)).then_some(Message::Next),
            )
            .view()
    }
}

/// What stands for a part of the scope is written there, so that the command line knows it too.
fn widen(scope: &mut Scope, space: Option<SpaceKind>, taken: bool) {
    match space {
        Some(SpaceKind::SharedWithMe) => scope.shared_with_me = taken,
        Some(SpaceKind::Own) if taken => scope.files = true,
        Some(SpaceKind::Calendars) if taken => (scope.calendars, scope.tasks) = (true, true),
        Some(SpaceKind::AddressBooks) if taken => scope.contacts = true,
        _ => {}
    }
}

fn flip(flag: &mut bool) {
    *flag = !*flag;
}

fn engine(cx: &Context) -> Option<Arc<Engine>> {
    Some(cx.open.as_ref()?.engine.clone())
}

fn read_spaces(cx: &Context) -> Action<Message> {
    let Some(engine) = engine(cx) else {
        return Action::None;
    };
    let scope = cx.draft.scope.clone();
    Action::Run(Task::perform(
        async move {
            let spaces = engine.tree(None).await?;
            Ok((spaces, engine.selection(scope).await?))
        },
        |read: Result<_, EngineError>| Message::SpacesRead(read.map_err(Arc::new)),
    ))
}

/// What the scope leaves out by itself has changed.
fn read_selection(cx: &Context) -> Action<Message> {
    let Some(engine) = engine(cx) else {
        return Action::None;
    };
    let scope = cx.draft.scope.clone();
    Action::Run(Task::perform(
        async move { engine.selection(scope).await },
        |read| Message::Ticked(read.map_err(Arc::new)),
    ))
}

impl State {
    fn in_tree(&mut self, event: TreeEvent, cx: &mut Context) -> Action<Message> {
        match event {
            TreeEvent::Moved(event) => Action::Run(self.branches.table.update(event)),
            TreeEvent::Closed(at) => {
                self.branches.close(at);
                Action::None
            }
            TreeEvent::Opened(at) => {
                let (Some(engine), Some(branch)) = (engine(cx), self.branches.branch(at).cloned())
                else {
                    return Action::None;
                };
                Action::Run(Task::perform(
                    async move {
                        let nodes = engine.tree(Some(branch.clone())).await;
                        (branch, nodes)
                    },
                    |(branch, nodes)| Message::BranchesRead(branch, nodes.map_err(Arc::new)),
                ))
            }
            TreeEvent::Ticked(at) => self.tick(at, cx),
        }
    }

    fn tick(&mut self, at: usize, cx: &mut Context) -> Action<Message> {
        // While the plan is made or carried out, it must not change below it.
        if cx.running().is_some() {
            return Action::None;
        }
        let (Some(engine), Some(branch)) = (engine(cx), self.branches.branch(at).cloned()) else {
            return Action::None;
        };
        let scope = &mut cx.draft.scope;
        let taken = self.branches.takes(at, scope);
        widen(scope, self.branches.space(at), taken);
        let scope = scope.clone();
        Action::Run(Task::perform(
            async move { engine.choose(branch, taken, scope).await },
            |ticked| Message::Ticked(ticked.map_err(Arc::new)),
        ))
    }

    fn state_of_things<'a>(
        &self,
        cx: &'a Context,
        running: Option<Command>,
    ) -> Element<'a, Message> {
        match running {
            Some(Command::Survey) => {
                let found = cx
                    .snapshot()
                    .map_or(0, |snapshot| snapshot.counts.items_done);
                let items = [("items", cx.texts.items(found).into())];
                busy("survey", cx.tr("choose-surveying", &items))
            }
            Some(_) => busy("plan", cx.t("choose-planning")),
            None if self.branches.is_empty() => {
                let items = cx.status().map_or(0, |status| status.items);
                let items = [("items", cx.texts.items(items).into())];
                live("survey", cx.tr("choose-found", &items))
            }
            None => {
                let total = self.branches.total(&cx.draft.scope);
                let told = [
                    ("items", cx.texts.items(total.items).into()),
                    ("size", cx.texts.bytes(total.bytes).into()),
                ];
                live("survey", cx.tr("choose-chosen", &told))
            }
        }
    }

    fn tree<'a>(&'a self, cx: &'a Context) -> Element<'a, Message> {
        let branches = &self.branches;
        let tree = tree(
            &branches.table,
            cx.t("choose-tree"),
            move |at| branches.show(at, &cx.draft.scope, &cx.texts),
            Message::Tree,
        );
        column![
            heading(cx.t("choose-tree")),
            small(cx.t("choose-tree-help")),
            container(tree).height(TREE)
        ]
        .spacing(space::SMALL)
        .into()
    }
}
