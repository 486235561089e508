//! iCalendar and vCard text: split, repaired by named rules only, made from what Google and Microsoft say
//! in JSON, expanded and compared.
//!
//! Pure: no clock, no disk, no network. What no rule touches stays as it is, byte for byte, unknown
//! properties and components included; every rule that touched a text is told as a [`Change`].

#![allow(clippy::todo)]

pub mod build;
pub mod calendar;
mod change;
pub mod contact;
mod html;
mod json;
mod line;
pub mod meaning;
mod mend;
mod moment;
pub mod outlook;
mod quoted;
mod reader;
pub mod task;
#[cfg(test)]
mod testing;
pub mod zones;

pub use change::{Broken, Change, Converted, Defect, Prepared};
