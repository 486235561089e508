//! The binary as people and scripts run it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod login;
mod microsoft;
mod practice;
mod refusals;
mod run;
mod served;
mod usage;
