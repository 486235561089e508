//! Transhumance moves an association's files, calendars, contacts and tasks out of a cloud that it does
//! not own into a Nextcloud of its choice, with a preview before and a proof after.
//!
//! The rooms and which may import which: `ARCHITECTURE.md`.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]
// The examples of Graph's JSON are long.
#![cfg_attr(test, recursion_limit = "256")]

#[cfg(feature = "gui")]
pub mod app;
pub mod auth;
pub mod cli;
pub mod dav;
pub mod engine;
pub mod hash;
pub mod i18n;
pub mod ledger;
pub mod model;
pub mod net;
pub mod pim;
pub mod plan;
pub mod practice;
pub mod preview;
pub mod sentences;
pub mod settings;
pub mod source;
pub mod survey;
pub mod target;
pub mod transfer;
pub mod verify;
