//! What all screens are made of. Every control takes the keyboard and tells screen readers what it is.

mod busy;
mod button;
mod choice;
mod control;
mod dialog;
mod field;
mod icon;
mod inert;
mod notice;
mod progress;
pub mod reveal;
mod segments;
pub mod table;
mod tree;
mod words;

pub use busy::busy;
pub use button::{Kind, button, forward_button, icon_button, link, pressable};
pub use choice::{Choice, Tick, check, choices};
pub use control::{Control, control, describe, input};
pub use dialog::{Dialog, dialog};
pub use field::{Field, field};
pub use icon::{Icon, Tone, icon, sign};
pub use inert::inert;
pub use notice::{Notice, Sort, notice};
pub use progress::progress;
pub use segments::segments;
pub use table::{Column, Table, TableEvent, table};
pub use tree::{Branch, TreeEvent, tree};
pub use words::{card, heading, live, muted, paragraph, scrollbar, small, strong, text};
