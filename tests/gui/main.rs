//! The window without a screen: what each page says and does, in both languages, and what it looks like.
#![cfg(feature = "gui")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod choose;
mod controls;
mod dropbox;
mod journey;
mod microsoft;
mod moving;
mod pages;
mod passphrase;
mod person;
mod preview;
mod report;
mod settings;
mod source;
mod stage;
mod target;
mod world;
