//! The window: thin screens over the engine. Nothing else in the crate needs iced.

pub mod a11y;
pub mod connect;
mod context;
mod desktop;
mod journey;
mod keys;
mod licences;
mod page;
pub mod passphrase;
mod rail;
pub mod screen;
mod state;
mod step;
pub mod theme;
pub mod widget;

use std::borrow::Cow;
use std::path::PathBuf;

use iced::{Program, Settings, Size, Theme, window};

pub use context::{
    Command, Context, Done, DraftSecrets, Open, Practice, Results, Running, practice_folder,
};
pub use keys::Shortcut;
pub use licences::{Licences, Part};
pub use page::{Page, page};
pub use state::{App, Message};
pub use step::Step;

use crate::i18n::Lang;
use theme::{FONT, FONT_FILES, size};

/// As the desktop's own files name it.
const ID: &str = "org.transhumance.Transhumance";
const SIZE: Size = Size::new(1100.0, 760.0);
const SMALLEST: Size = Size::new(760.0, 520.0);

/// What the window starts with.
#[derive(Debug, Clone)]
pub struct Launch {
    pub data_dir: PathBuf,
    /// For this run, whatever the preferences say.
    pub lang: Option<Lang>,
}

/// Why there is no window.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// There is no screen to show it on.
    #[error("there is no display")]
    NoDisplay,
    #[error("the window cannot be opened: {0}")]
    Failed(String),
}

/// Opens the window and stays until it is closed.
///
/// # Errors
/// When it cannot be opened, or something in it went so wrong that it had to close. What the engine had
/// done is in the ledger either way.
pub fn run(launch: Launch) -> Result<(), StartError> {
    if !has_display() {
        return Err(StartError::NoDisplay);
    }
    // Without a display server that answers, winit panics instead of giving an error. What it says is for
    // the log; a person gets a sentence.
    std::panic::set_hook(Box::new(|panic| tracing::error!("{panic}")));
    tracing::info!(version = env!("CARGO_PKG_VERSION"), "the window opens");
    let outcome =
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| application(launch).run()));
    drop(std::panic::take_hook());
    tracing::info!("the window is closed");
    match outcome {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(StartError::Failed(error.to_string())),
        Err(panic) => {
            let words = panic
                .downcast_ref::<String>()
                .map(String::as_str)
                .or_else(|| panic.downcast_ref::<&str>().copied());
            Err(StartError::Failed(words.unwrap_or_default().to_owned()))
        }
    }
}

fn has_display() -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(all(unix, not(target_os = "macos")))
        || ["DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET"]
            .into_iter()
            .any(set)
}

/// The program that [`run`] runs.
pub fn application(
    launch: Launch,
) -> iced::Application<impl Program<State = App, Message = Message, Theme = Theme>> {
    iced::application(move || App::new(launch.clone()), App::update, App::view)
        .settings(settings())
        .window(window::Settings {
            size: SIZE,
            min_size: Some(SMALLEST),
            icon: icon(),
            exit_on_close_request: false,
            #[cfg(target_os = "linux")]
            platform_specific: window::settings::PlatformSpecific {
                application_id: ID.to_owned(),
                ..window::settings::PlatformSpecific::default()
            },
            ..window::Settings::default()
        })
        .title(App::title)
        .theme(App::theme)
        .scale_factor(App::zoom)
        .subscription(App::subscription)
}

/// The embedded fonts and the size of text; tests need them too.
pub fn settings() -> Settings {
    Settings {
        id: Some(ID.to_owned()),
        fonts: FONT_FILES.map(Cow::Borrowed).to_vec(),
        default_font: FONT,
        default_text_size: size::TEXT.into(),
        ..Settings::default()
    }
}

/// `assets/icon.svg`, drawn by `assets/icons/draw.sh`: 64 × 64 pixels, four bytes each.
fn icon() -> Option<window::Icon> {
    const PIXELS: &[u8] = include_bytes!("../../assets/icon-64.rgba");
    window::icon::from_rgba(PIXELS.to_vec(), 64, 64).ok()
}
