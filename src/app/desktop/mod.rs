//! What the window asks of the desktop around it: not to fall asleep, and to tell whoever looks elsewhere.

mod awake;
mod notify;

pub use awake::{Awake, keep_awake};
pub use notify::notify;
