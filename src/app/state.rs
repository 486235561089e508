//! The whole window: every screen's state at once, so that going back finds everything as it was.

use std::sync::Arc;

use iced::advanced::widget::operate;
use iced::theme::Mode;
use iced::widget::{column, container, row};
use iced::{Element, Fill, Subscription, Task, Theme, keyboard, mouse, window};
use tokio_stream::StreamExt;
use tokio_stream::wrappers::{ReceiverStream, WatchStream};

use super::Launch;
use super::a11y::{self, Reader, TreeUpdate};
use super::context::{Command, Context};
use super::journey::{Commanded, Opened, Practising, Saved};
use super::keys::{Shortcut, shortcut};
use super::passphrase;
use super::rail::rail;
use super::screen::{
    Action, Screen, choose, moving, preview, report, settings, source, target, welcome,
};
use super::step::Step;
use super::theme::{self, space};
use super::widget::{Icon, icon, reveal, strong};
use crate::engine::Snapshot;
use crate::settings::Settings;

/// The window.
#[derive(Debug)]
pub struct App {
    pub cx: Context,
    pub step: Step,
    /// The preferences are shown instead of the step.
    pub shows_settings: bool,
    pub welcome: welcome::State,
    pub source: source::State,
    pub target: target::State,
    pub choose: choose::State,
    pub preview: preview::State,
    pub moving: moving::State,
    pub report: report::State,
    pub settings: settings::State,
    /// A passphrase is asked for, over whatever is shown.
    pub passphrase: Option<passphrase::State>,
    /// What the system is set to.
    mode: Mode,
    reader: Option<Reader>,
    pub(super) journey: super::journey::Journey,
}

#[derive(Debug, Clone)]
pub enum Message {
    Welcome(welcome::Message),
    Source(source::Message),
    Target(target::Message),
    Choose(choose::Message),
    Preview(preview::Message),
    Moving(moving::Message),
    Report(report::Message),
    Settings(settings::Message),
    /// A station of the rail was pressed.
    StepChosen(Step),
    SettingsAsked,
    Pressed(Shortcut),
    SystemTheme(Mode),
    WindowFocused(bool),
    /// Things are elsewhere in the window now, which readers must know.
    Scrolled,
    CloseAsked,
    Reader(a11y::Event),
    TreeRead(TreeUpdate),
    /// What the engine of this number is doing.
    Snapshot(u64, Snapshot),
    Opened(Opened),
    Commanded(Commanded),
    Saved(Saved),
    Practising(Practising),
    Passphrase(passphrase::Message),
    /// The vault is open now: do again what it was needed for.
    OpenAgain,
    CommandAgain(Command),
    KeepAgain,
    /// Everything is in order; the window can go.
    Closed,
}

impl App {
    pub fn new(launch: Launch) -> (Self, Task<Message>) {
        let mut settings = Settings::read(&launch.data_dir);
        if launch.lang.is_some() {
            settings.language = launch.lang;
        }
        let cx = Context::new(launch.data_dir, settings);
        let (reader, events) = Reader::new();
        let mut app = Self::with(cx);
        app.reader = Some(reader);
        let entered = app.enter();
        let tasks = Task::batch([
            entered,
            iced::system::theme().map(Message::SystemTheme),
            Task::run(ReceiverStream::new(events), Message::Reader),
        ]);
        (app, tasks)
    }

    /// A window without a reader's bridge, as tests need it.
    pub fn with(cx: Context) -> Self {
        Self {
            step: Step::Welcome,
            shows_settings: false,
            welcome: welcome::State::default(),
            source: source::State::default(),
            target: target::State::default(),
            choose: choose::State::default(),
            preview: preview::State::default(),
            moving: moving::State::default(),
            report: report::State::default(),
            settings: settings::State::default(),
            passphrase: None,
            mode: Mode::None,
            reader: None,
            journey: super::journey::Journey::default(),
            cx,
        }
    }

    pub fn title(&self) -> String {
        match self.cx.draft.name.as_str() {
            "" => self.cx.t("window-title"),
            name => self
                .cx
                .tr("window-title-of", &[("name", name.to_owned().into())]),
        }
    }

    pub fn theme(&self) -> Theme {
        theme::of(self.cx.settings.appearance, self.mode)
    }

    pub fn zoom(&self) -> f32 {
        f32::from(self.cx.settings.zoom) / 100.0
    }

    pub fn update(&mut self, message: Message) -> Task<Message> {
        if let Message::TreeRead(tree) = message {
            if let Some(reader) = &mut self.reader {
                reader.show(tree);
            }
            return Task::none();
        }
        let task = self.handle(message);
        match &self.reader {
            // At once, for some tasks take as long as somebody takes in the browser; and when it has moved
            // the keyboard.
            Some(reader) if reader.is_active() => {
                Task::batch([self.read_tree(), task.chain(self.read_tree())])
            }
            _ => task,
        }
    }

    fn read_tree(&self) -> Task<Message> {
        let harvest = a11y::harvest(self.title(), self.zoom());
        operate(harvest).map(Message::TreeRead)
    }

    fn handle(&mut self, message: Message) -> Task<Message> {
        match message {
            Message::Welcome(message) => {
                let action = self.welcome.update(message, &mut self.cx);
                self.perform(action, Message::Welcome)
            }
            Message::Source(message) => {
                let action = self.source.update(message, &mut self.cx);
                self.perform(action, Message::Source)
            }
            Message::Target(message) => {
                let action = self.target.update(message, &mut self.cx);
                self.perform(action, Message::Target)
            }
            Message::Choose(message) => {
                let action = self.choose.update(message, &mut self.cx);
                self.perform(action, Message::Choose)
            }
            Message::Preview(message) => {
                let action = self.preview.update(message, &mut self.cx);
                self.perform(action, Message::Preview)
            }
            Message::Moving(message) => {
                let action = self.moving.update(message, &mut self.cx);
                self.perform(action, Message::Moving)
            }
            Message::Report(message) => {
                let action = self.report.update(message, &mut self.cx);
                self.perform(action, Message::Report)
            }
            Message::Settings(message) => {
                let action = self.settings.update(message, &mut self.cx);
                self.perform(action, Message::Settings)
            }
            Message::StepChosen(step) => self.go(step),
            Message::SettingsAsked => self.show_settings(true),
            Message::Pressed(shortcut) => self.pressed(shortcut),
            Message::SystemTheme(mode) => {
                self.mode = mode;
                Task::none()
            }
            Message::WindowFocused(focused) => {
                self.cx.focused = focused;
                if let Some(reader) = &mut self.reader {
                    reader.set_window_focused(focused);
                }
                Task::none()
            }
            Message::Reader(event) => match event {
                a11y::Event::Began => self.read_tree(),
                a11y::Event::Ended => Task::none(),
                a11y::Event::Asked(request) => operate(a11y::act(*request)).map(Message::TreeRead),
            },
            Message::TreeRead(_) | Message::Scrolled => Task::none(),
            Message::CloseAsked => self.close(),
            Message::Closed => iced::exit(),
            Message::Snapshot(number, snapshot) => {
                self.snapshot(number, snapshot);
                let action = self.moving.observed(&mut self.cx);
                self.perform(action, Message::Moving)
            }
            Message::Opened(opened) => self.opened(opened),
            Message::Commanded(commanded) => {
                let told = moving::tell_the_end(commanded.command, &commanded.result, &self.cx);
                let ended = self.commanded(commanded);
                let action = self.moving.observed(&mut self.cx);
                let observed = self.perform(action, Message::Moving);
                Task::batch([ended, told.discard(), observed])
            }
            Message::Saved(saved) => self.saved(saved),
            Message::Practising(practising) => self.practising(practising),
            Message::Passphrase(message) => self.passphrase(message),
            Message::OpenAgain => self.make_ready(),
            Message::CommandAgain(command) => self.command(command),
            Message::KeepAgain => self.keep_again(),
        }
    }

    fn perform<M: Send + 'static>(
        &mut self,
        action: Action<M>,
        wrap: fn(M) -> Message,
    ) -> Task<Message> {
        let task = match action {
            Action::None => Task::none(),
            Action::Run(task) => task.map(wrap),
            Action::Go(step) => self.go(step),
            Action::New => self.begin(),
            Action::Open(entry) => self.open_entry(*entry),
            Action::Practise { fresh } => self.practise(fresh),
            Action::Do(command) => self.command(command),
            Action::Stop => {
                self.stop();
                Task::none()
            }
            Action::Prefer(settings) => {
                self.prefer(*settings);
                Task::none()
            }
            Action::ShowSettings(show) => self.show_settings(show),
            Action::Unlock(then) => self.unlock(wrap(then)),
            Action::Many(actions) => {
                let tasks: Vec<_> = actions
                    .into_iter()
                    .map(|action| self.perform(action, wrap))
                    .collect();
                Task::batch(tasks)
            }
        };
        Task::batch([task, self.save_changes()])
    }

    /// To another station, if it can be gone to.
    pub fn go(&mut self, step: Step) -> Task<Message> {
        if !self.cx.is_reachable(step) {
            return Task::none();
        }
        self.step = step;
        self.shows_settings = false;
        let ready = self.make_ready();
        Task::batch([ready, self.enter(), reveal::from_the_top()])
    }

    fn show_settings(&mut self, show: bool) -> Task<Message> {
        self.shows_settings = show;
        Task::batch([self.enter(), reveal::from_the_top()])
    }

    /// Tells the screen that it is shown now.
    pub(super) fn enter(&mut self) -> Task<Message> {
        if self.shows_settings {
            let action = self.settings.enter(&mut self.cx);
            return self.perform(action, Message::Settings);
        }
        match self.step {
            Step::Welcome => {
                let action = self.welcome.enter(&mut self.cx);
                self.perform(action, Message::Welcome)
            }
            Step::Source => {
                let action = self.source.enter(&mut self.cx);
                self.perform(action, Message::Source)
            }
            Step::Target => {
                let action = self.target.enter(&mut self.cx);
                self.perform(action, Message::Target)
            }
            Step::Choose => {
                let action = self.choose.enter(&mut self.cx);
                self.perform(action, Message::Choose)
            }
            Step::Preview => {
                let action = self.preview.enter(&mut self.cx);
                self.perform(action, Message::Preview)
            }
            Step::Move => {
                let action = self.moving.enter(&mut self.cx);
                self.perform(action, Message::Moving)
            }
            Step::Report => {
                let action = self.report.enter(&mut self.cx);
                self.perform(action, Message::Report)
            }
        }
    }

    /// Tells the screen that is shown how a command ended.
    pub(super) fn tell_finished(&mut self, ended: &Commanded) -> Task<Message> {
        let (command, result) = (ended.command, &ended.result);
        let cx = &mut self.cx;
        match self.step {
            Step::Welcome => {
                let action = self.welcome.finished(command, result, cx);
                self.perform(action, Message::Welcome)
            }
            Step::Source => {
                let action = self.source.finished(command, result, cx);
                self.perform(action, Message::Source)
            }
            Step::Target => {
                let action = self.target.finished(command, result, cx);
                self.perform(action, Message::Target)
            }
            Step::Choose => {
                let action = self.choose.finished(command, result, cx);
                self.perform(action, Message::Choose)
            }
            Step::Preview => {
                let action = self.preview.finished(command, result, cx);
                self.perform(action, Message::Preview)
            }
            Step::Move => {
                let action = self.moving.finished(command, result, cx);
                self.perform(action, Message::Moving)
            }
            Step::Report => {
                let action = self.report.finished(command, result, cx);
                self.perform(action, Message::Report)
            }
        }
    }

    fn pressed(&mut self, shortcut: Shortcut) -> Task<Message> {
        match shortcut {
            Shortcut::Tab { back } => return reveal::move_focus(back),
            Shortcut::Escape => {
                return match self.escape() {
                    Some(message) => self.handle(message),
                    None => reveal::unfocus(),
                };
            }
            Shortcut::Larger => self.zoom_to(self.cx.settings.zoomed(true)),
            Shortcut::Smaller => self.zoom_to(self.cx.settings.zoomed(false)),
            Shortcut::UsualSize => self.zoom_to(Settings::default().zoom),
        }
        Task::none()
    }

    fn escape(&self) -> Option<Message> {
        if let Some(passphrase) = &self.passphrase {
            return passphrase.escape().map(Message::Passphrase);
        }
        if self.shows_settings {
            return self.settings.escape().map(Message::Settings);
        }
        match self.step {
            Step::Welcome => self.welcome.escape().map(Message::Welcome),
            Step::Source => self.source.escape().map(Message::Source),
            Step::Target => self.target.escape().map(Message::Target),
            Step::Choose => self.choose.escape().map(Message::Choose),
            Step::Preview => self.preview.escape().map(Message::Preview),
            Step::Move => self.moving.escape().map(Message::Moving),
            Step::Report => self.report.escape().map(Message::Report),
        }
    }

    fn zoom_to(&mut self, zoom: u16) {
        let settings = Settings {
            zoom,
            ..self.cx.settings.clone()
        };
        self.prefer(settings);
    }

    /// Changes the preferences, at once and for good.
    fn prefer(&mut self, settings: Settings) {
        if settings.lang() != self.cx.texts.lang() {
            self.cx.texts = crate::i18n::Texts::for_window(settings.lang());
        }
        self.cx.settings = settings;
        // A few dozen bytes: less than a frame.
        if let Err(error) = self.cx.settings.write(&self.cx.data_dir) {
            tracing::warn!("the preferences cannot be kept: {error}");
        }
    }

    pub fn view(&self) -> Element<'_, Message> {
        let cx = &self.cx;
        let page = if self.shows_settings {
            self.settings.view(cx).map(Message::Settings)
        } else {
            match self.step {
                Step::Welcome => self.welcome.view(cx).map(Message::Welcome),
                Step::Source => self.source.view(cx).map(Message::Source),
                Step::Target => self.target.view(cx).map(Message::Target),
                Step::Choose => self.choose.view(cx).map(Message::Choose),
                Step::Preview => self.preview.view(cx).map(Message::Preview),
                Step::Move => self.moving.view(cx).map(Message::Moving),
                Step::Report => self.report.view(cx).map(Message::Report),
            }
        };
        let step = (!self.shows_settings).then_some(self.step);
        let rail = rail(cx, step, Message::StepChosen, Message::SettingsAsked);
        let page = column![]
            .push(cx.practice.is_some().then(|| practice_banner(cx)))
            .push(container(page).width(Fill).height(Fill));
        passphrase::over(row![rail, page].into(), self.passphrase.as_ref(), cx)
    }

    pub fn subscription(&self) -> Subscription<Message> {
        let keys = keyboard::listen().filter_map(|event| shortcut(&event).map(Message::Pressed));
        let focus = iced::event::listen_with(|event, _, _| match event {
            iced::Event::Window(window::Event::Focused) => Some(Message::WindowFocused(true)),
            iced::Event::Window(window::Event::Unfocused) => Some(Message::WindowFocused(false)),
            _ => None,
        });
        let reads = self.reader.as_ref().is_some_and(Reader::is_active);
        let scrolls = match reads {
            true => iced::event::listen_with(|event, _, _| match event {
                iced::Event::Mouse(mouse::Event::WheelScrolled { .. }) => Some(Message::Scrolled),
                _ => None,
            }),
            false => Subscription::none(),
        };
        Subscription::batch([
            keys,
            focus,
            scrolls,
            window::close_requests().map(|_| Message::CloseAsked),
            iced::system::theme_changes().map(Message::SystemTheme),
            self.watch(),
        ])
    }

    /// The engine's snapshots, as long as it is open.
    fn watch(&self) -> Subscription<Message> {
        let Some(open) = &self.cx.open else {
            return Subscription::none();
        };
        let watched = Watched {
            number: open.number,
            snapshots: open.engine.snapshots(),
        };
        Subscription::run_with(watched, |watched| {
            let number = watched.number;
            WatchStream::new(watched.snapshots.clone())
                .map(move |snapshot| Message::Snapshot(number, snapshot))
        })
    }
}

/// An engine to watch, known by its number.
struct Watched {
    number: u64,
    snapshots: tokio::sync::watch::Receiver<Snapshot>,
}

impl std::hash::Hash for Watched {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.number.hash(state);
    }
}

/// Nobody may take a rehearsal for the real thing, nor the real thing for a rehearsal.
fn practice_banner<'a>(cx: &Context) -> Element<'a, Message> {
    container(
        row![
            icon(Icon::Practice, 22.0, |c| c.warning),
            strong(cx.t("practice-banner"))
        ]
        .spacing(space::MEDIUM)
        .align_y(iced::Center),
    )
    .padding([10.0, space::HUGE])
    .width(Fill)
    .style(|theme: &Theme| {
        let c = theme::colours(theme);
        container::Style {
            background: Some(c.warning_soft.into()),
            text_color: Some(c.text),
            ..container::Style::default()
        }
    })
    .into()
}

/// Errors go in messages, which must be cloned.
pub(super) fn shared<E>(error: E) -> Arc<E> {
    Arc::new(error)
}
