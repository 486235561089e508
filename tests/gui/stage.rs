//! A window on a stage: built in a folder of its own, looked at and operated without a screen.

use std::path::Path;
use std::time::Duration;

use futures::StreamExt;
use futures::stream::{BoxStream, SelectAll};
use iced::advanced::renderer::Headless;
use iced::advanced::widget::operation::{Focusable, Outcome, focusable};
use iced::advanced::widget::{Operation, operation};
use iced::widget::Id;
use iced::{Event, Rectangle, Size, Theme, keyboard};
use iced_test::Simulator;
use iced_test::runtime::UserInterface;
use iced_test::runtime::user_interface::Cache;
use tempfile::TempDir;
use transhumance::app::a11y::{self, About, Described};
use transhumance::app::{App, Context, Message, settings, theme};
use transhumance::i18n::Lang;
use transhumance::settings::{Appearance, Settings};

pub const SIZE: Size = Size::new(1024.0, 700.0);
/// So tall that nothing needs to be scrolled to.
pub const TALL: Size = Size::new(1024.0, 2200.0);
/// When nothing at all has happened for so long, a test has failed.
const PATIENCE: Duration = Duration::from_secs(30);

/// A window with a data directory that goes when it goes.
pub struct Stage {
    pub app: App,
    pub home: TempDir,
    pub size: Size,
    under_way: SelectAll<BoxStream<'static, iced_test::runtime::Action<Message>>>,
}

impl Stage {
    pub fn new(lang: Lang) -> Self {
        let home = tempfile::tempdir().unwrap();
        let preferred = Settings {
            language: Some(lang),
            welcomed: true,
            ..Settings::default()
        };
        let mut app = App::with(Context::new(home.path().to_owned(), preferred));
        // The tests are the person at the browser.
        app.cx.browser = |_| {};
        Self {
            app,
            home,
            size: SIZE,
            under_way: SelectAll::new(),
        }
    }

    /// Presses what has this id and handles everything that it leads to; see [`Self::play`].
    pub async fn press_until(&mut self, id: &'static str, enough: impl Fn(&App) -> bool) {
        let messages = self.operate(|ui| {
            ui.click(iced_test::selector::id(id))
                .unwrap_or_else(|error| panic!("{id}: {error}"));
        });
        assert!(!messages.is_empty(), "nothing happens on pressing {id}");
        for message in messages {
            self.play(message, &enough).await;
        }
    }

    /// Whether the page says the message of `key`, whatever its variables are.
    pub fn says_about(&self, key: &str) -> bool {
        const MARK: &str = "@@";
        let names = [
            "what", "cause", "host", "detail", "link", "path", "api", "team",
        ];
        let args = names.map(|name| (name, MARK.into()));
        let words = self.app.cx.tr(key, &args);
        let longest = words.split(MARK).max_by_key(|part| part.len());
        self.says(longest.unwrap().trim())
    }

    /// Whether the page says this: by text or by what readers are told.
    pub fn says(&self, words: &str) -> bool {
        let mut keyboard = Keyboard::new(self);
        let told = keyboard.seen().into_iter().any(|one| {
            one.about.name.contains(words)
                || one
                    .about
                    .description
                    .is_some_and(|description| description.contains(words))
        });
        told || self.ui().find(words).is_ok()
    }

    /// The message of `key`, as the window words it.
    pub fn t(&self, key: &str) -> String {
        self.app.cx.t(key)
    }

    pub fn ui(&self) -> Simulator<'_, Message> {
        Simulator::with_size(settings(), self.size, self.app.view())
    }

    /// The page says the message of `key`.
    pub fn find(&self, key: &str) {
        self.find_words(&self.t(key));
    }

    pub fn find_words(&self, words: &str) {
        let found = self.ui().find(words).map(drop);
        found.unwrap_or_else(|error| panic!("“{words}”: {error}"));
    }

    /// A row of a table on the page says the message of `key`, however much of it can be seen.
    pub fn find_in_rows(&self, key: &str) {
        let words = self.t(key);
        let seen = Keyboard::new(self).seen();
        let mut rows = seen.iter().filter(|one| one.about.role == a11y::Role::Row);
        assert!(rows.any(|row| row.about.name.contains(&words)), "{words}");
    }

    /// What is operated, as messages; they are not handled yet.
    pub fn operate(&self, with: impl FnOnce(&mut Simulator<'_, Message>)) -> Vec<Message> {
        let mut ui = self.ui();
        with(&mut ui);
        ui.into_messages().collect()
    }

    /// Presses what has this id with the mouse, and lets the window handle it. Tasks are not run.
    pub fn press(&mut self, id: &'static str) {
        let messages = self.operate(|ui| {
            ui.click(iced_test::selector::id(id))
                .unwrap_or_else(|error| panic!("{id}: {error}"));
        });
        assert!(!messages.is_empty(), "nothing happens on pressing {id}");
        for message in messages {
            let _ = self.app.update(message);
        }
    }

    /// Handles a message and everything that it leads to, until nothing is left to do or `enough`; what is
    /// still under way then goes on with the next call. Watches (subscriptions) are not run.
    pub async fn play(&mut self, message: Message, enough: impl Fn(&App) -> bool) {
        self.hand(message);
        while !enough(&self.app) {
            let Some(action) = self.under_way.next().await else {
                return;
            };
            // What concerns widgets and windows has no effect here.
            if let iced_test::runtime::Action::Output(message) = action {
                self.hand(message);
            }
        }
    }

    /// The same, and the engine's snapshots are watched, as the window does.
    pub async fn play_watching(&mut self, message: Message, enough: impl Fn(&App) -> bool) {
        self.hand(message);
        let mut watched = None;
        while !enough(&self.app) {
            let open = self.app.cx.open.as_ref();
            let number = open.map(|open| open.number());
            if watched.as_ref().map(|(number, _)| *number) != number {
                watched = open.map(|open| (open.number(), open.engine.snapshots()));
            }
            let snapshot = async {
                let Some((number, snapshots)) = &mut watched else {
                    return std::future::pending().await;
                };
                if snapshots.changed().await.is_err() {
                    return std::future::pending().await;
                }
                Message::Snapshot(*number, snapshots.borrow_and_update().clone())
            };
            let message = tokio::select! {
                Some(action) = self.under_way.next() => match action {
                    iced_test::runtime::Action::Output(message) => message,
                    _ => continue,
                },
                message = snapshot => message,
                () = tokio::time::sleep(PATIENCE) => panic!("nothing happens any more"),
            };
            self.hand(message);
        }
    }

    fn hand(&mut self, message: Message) {
        let task = self.app.update(message);
        self.under_way
            .extend(iced_test::runtime::task::into_stream(task));
    }

    /// Presses what has this id, and plays what that leads to to its end.
    pub async fn press_and_play(&mut self, id: &'static str) {
        let messages = self.operate(|ui| {
            ui.click(iced_test::selector::id(id))
                .unwrap_or_else(|error| panic!("{id}: {error}"));
        });
        for message in messages {
            self.play(message, |_| false).await;
        }
    }

    /// Presses what has this id, and plays what that leads to.
    pub async fn press_and_watch(&mut self, id: &'static str, enough: impl Fn(&App) -> bool) {
        let messages = self.operate(|ui| {
            ui.click(iced_test::selector::id(id))
                .unwrap_or_else(|error| panic!("{id}: {error}"));
        });
        let Ok([message]) = <[Message; 1]>::try_from(messages) else {
            panic!("pressing {id} does not send one message");
        };
        self.play_watching(message, enough).await;
    }

    /// Compares pictures of the page, light and dark, with the digests of `tests/snapshots/`. One that is
    /// missing or differs fails the test; `TRANSHUMANCE_UPDATE_SNAPSHOTS=1` makes them anew, with the
    /// pictures to look at in `target/snapshots/`. Only on Linux: elsewhere the same letters are drawn a little differently.
    pub fn assert_looks(&self, name: &str) {
        if !cfg!(target_os = "linux") {
            return;
        }
        for appearance in [Appearance::Light, Appearance::Dark] {
            let theme = theme::of(appearance, iced::theme::Mode::None);
            let lang = self.app.cx.texts.lang().code();
            let file = format!("{name}-{lang}-{}", appearance.code());
            self.compare(&file, &theme);
        }
    }

    fn compare(&self, name: &str, theme: &Theme) {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let known = root.join("tests/snapshots").join(name);
        let hash = known.with_file_name(format!("{name}-tiny-skia.sha256"));
        let update = std::env::var_os("TRANSHUMANCE_UPDATE_SNAPSHOTS").is_some();
        if update {
            let _ = std::fs::remove_file(&hash);
        }
        let snapshot = self.ui().snapshot(theme).unwrap();
        // `matches_hash` writes what is missing.
        let same = (update || hash.exists()) && snapshot.matches_hash(&known).unwrap();
        if same && !update {
            return;
        }
        // For whoever looks at it.
        let picture = root.join("target/snapshots").join(name);
        let drawn = picture.with_file_name(format!("{name}-tiny-skia.png"));
        let _ = std::fs::remove_file(&drawn);
        snapshot.matches_image(&picture).unwrap();
        assert!(
            same,
            "{name} does not look as it did: see {}. If that is as it should be: \
             TRANSHUMANCE_UPDATE_SNAPSHOTS=1 cargo test --test gui",
            drawn.display()
        );
    }
}

/// A control, as a screen reader is told of it.
#[derive(Debug, Clone)]
pub struct Seen {
    pub about: About,
    pub operable: bool,
    /// Whether Tab can reach it.
    pub takes_focus: bool,
    pub focused: bool,
}

/// A page with the keyboard: the simulator knows no Tab.
pub struct Keyboard<'a> {
    ui: UserInterface<'a, Message, Theme, iced::Renderer>,
    renderer: iced::Renderer,
}

impl<'a> Keyboard<'a> {
    pub fn new(stage: &'a Stage) -> Self {
        let font = settings().default_font;
        let renderer = <iced::Renderer as Headless>::new(font, 16.into(), Some("tiny-skia"));
        let mut renderer = futures::executor::block_on(renderer).unwrap();
        let view = stage.app.view();
        let ui = UserInterface::build(view, stage.size, Cache::default(), &mut renderer);
        Self { ui, renderer }
    }

    /// Presses Tab, or Shift and Tab, and gives what has the keyboard now.
    pub fn tab(&mut self, back: bool) -> Option<Seen> {
        let mut next: Box<dyn Operation> = match back {
            false => Box::new(focusable::focus_next()),
            true => Box::new(focusable::focus_previous()),
        };
        loop {
            self.ui.operate(&self.renderer, next.as_mut());
            match next.finish() {
                Outcome::Chain(chained) => next = chained,
                _ => break,
            }
        }
        self.seen().into_iter().find(|seen| seen.focused)
    }

    /// Everything that describes itself, in reading order.
    pub fn seen(&mut self) -> Vec<Seen> {
        let mut look = Look::default();
        self.ui.operate(&self.renderer, &mut look);
        look.0
    }

    /// What a screen reader is handed.
    pub fn tree(&mut self, title: &str) -> a11y::TreeUpdate {
        let mut harvest = a11y::harvest(title.to_owned(), 1.0);
        self.ui
            .operate(&self.renderer, &mut operation::black_box(&mut harvest));
        match harvest.finish() {
            Outcome::Some(tree) => tree,
            _ => panic!("no tree"),
        }
    }

    /// Presses a key where the keyboard is, and gives what that sends.
    pub fn press(&mut self, key: keyboard::key::Named) -> Vec<Message> {
        let events: Vec<Event> =
            iced_test::simulator::tap_key(keyboard::Key::Named(key), None).collect();
        let mut messages = Vec::new();
        let _ = self.ui.update(
            &events,
            iced::mouse::Cursor::Unavailable,
            &mut self.renderer,
            &mut iced::advanced::clipboard::Null,
            &mut messages,
        );
        messages
    }
}

#[derive(Default)]
struct Look(Vec<Seen>);

impl Operation for Look {
    fn traverse(&mut self, operate: &mut dyn FnMut(&mut dyn Operation)) {
        operate(self);
    }

    fn custom(&mut self, _: Option<&Id>, _: Rectangle, state: &mut dyn std::any::Any) {
        if let Some(described) = state.downcast_mut::<Described>() {
            self.0.push(Seen {
                about: described.about.clone(),
                operable: described.operable && !described.about.disabled,
                takes_focus: false,
                focused: false,
            });
        }
    }

    fn focusable(&mut self, id: Option<&Id>, _: Rectangle, state: &mut dyn Focusable) {
        match self.0.last_mut() {
            Some(last) => {
                last.takes_focus = true;
                last.focused |= state.is_focused();
            }
            None => panic!("{id:?} takes the keyboard without saying what it is"),
        }
    }
}
