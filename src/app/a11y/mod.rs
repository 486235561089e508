//! Screen readers. iced tells them nothing, so the widgets describe themselves ([`About`]), an operation
//! reads the descriptions off the live tree ([`harvest`]), and AccessKit hands them on.
//!
//! As long as no reader asks, nothing is read: the cost is one look at a flag a message.

mod about;
mod harvest;
#[cfg(target_os = "linux")]
mod unix;

pub use about::{About, Described, Request, Shape};
pub use accesskit::{ActionRequest, Live, Role, Toggled, TreeUpdate};
pub use harvest::{act, harvest};
#[cfg(target_os = "linux")]
pub use unix::Reader;

/// What a screen reader does of its own accord.
#[derive(Debug, Clone)]
pub enum Event {
    /// It wants to know what is there.
    Began,
    Ended,
    Asked(Box<ActionRequest>),
}

/// No bridge on this system yet: AccessKit's adapters for Windows and macOS must take over the window
/// before it is shown, and iced shows it first.
#[cfg(not(target_os = "linux"))]
#[derive(Debug, Default)]
pub struct Reader;

#[cfg(not(target_os = "linux"))]
impl Reader {
    pub fn new() -> (Self, tokio::sync::mpsc::Receiver<Event>) {
        (Self, tokio::sync::mpsc::channel(1).1)
    }

    pub fn is_active(&self) -> bool {
        false
    }

    pub fn show(&mut self, _: TreeUpdate) {}

    pub fn set_window_focused(&mut self, _: bool) {}
}
