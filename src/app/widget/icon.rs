//! Small drawings. They only ever stand beside words.

use std::sync::LazyLock;

use iced::widget::svg;
use iced::{Color, Element};

use crate::app::theme::{Colours, colours};

macro_rules! icons {
    ($($name:ident = $file:literal),+ $(,)?) => {
        /// A drawing of `assets/icons/`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Icon {
            $($name),+
        }

        fn handle(icon: Icon) -> svg::Handle {
            match icon {
                $(Icon::$name => {
                    static HANDLE: LazyLock<svg::Handle> = LazyLock::new(|| {
                        let file: &[u8] =
                            include_bytes!(concat!("../../../assets/icons/", $file, ".svg"));
                        svg::Handle::from_memory(file)
                    });
                    HANDLE.clone()
                })+
            }
        }
    };
}

icons! {
    Back = "back",
    Box = "box",
    BoxOn = "box-on",
    BoxPart = "box-part",
    Calendar = "calendar",
    Check = "check",
    Close = "close",
    Cloud = "cloud",
    Copy = "copy",
    Dash = "dash",
    Dot = "dot",
    Down = "down",
    Error = "error",
    File = "file",
    Folder = "folder",
    Info = "info",
    Next = "next",
    Open = "open",
    Pause = "pause",
    People = "people",
    Play = "play",
    Plus = "plus",
    Practice = "practice",
    Retry = "retry",
    Right = "right",
    Ring = "ring",
    RingOn = "ring-on",
    Search = "search",
    Settings = "settings",
    Stop = "stop",
    Success = "success",
    Trash = "trash",
    Up = "up",
    Warning = "warning",
}

/// Which of the colours something is drawn in.
pub type Tone = fn(&Colours) -> Color;

/// `icon` as a square of `side` logical pixels.
pub fn icon<'a, Message: 'a>(icon: Icon, side: f32, tone: Tone) -> Element<'a, Message> {
    svg(handle(icon))
        .width(side)
        .height(side)
        .style(move |theme, _| svg::Style {
            color: Some(tone(colours(theme))),
        })
        .into()
}

/// The program's own sign, in its own colours.
pub fn sign<'a, Message: 'a>(side: f32) -> Element<'a, Message> {
    static SIGN: LazyLock<svg::Handle> = LazyLock::new(|| {
        let file: &[u8] = include_bytes!("../../../assets/icon.svg");
        svg::Handle::from_memory(file)
    });
    svg(SIGN.clone()).width(side).height(side).into()
}
