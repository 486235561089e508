//! What answers at an address is not always a Nextcloud in good health. Each test has a server of its own
//! that misbehaves in one way; what a Nextcloud does by itself is in `contract.rs`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

#[path = "strange_servers/connecting.rs"]
mod connecting;
#[path = "strange_servers/listing.rs"]
mod listing;
#[path = "strange_servers/login.rs"]
mod login;
#[path = "strange_servers/stranger.rs"]
mod stranger;
#[path = "strange_servers/transfers.rs"]
mod transfers;
