//! What a Nextcloud does, trap by trap. Every test runs on the practice Nextcloud and, with
//! `TRANSHUMANCE_TEST_NEXTCLOUD_URL`, `_USER` and `_PASSWORD` (an app password), on a real one too: the
//! same code, so that the practice server stays faithful. On the real one each test works in a folder of
//! its own, which it removes without the trash, and none ever sends a wrong password.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

#[path = "contract/account.rs"]
mod account;
#[path = "contract/bulk.rs"]
mod bulk;
#[path = "contract/calendars.rs"]
mod calendars;
#[path = "contract/cards.rs"]
mod cards;
#[path = "contract/chunks.rs"]
mod chunks;
#[path = "contract/events.rs"]
mod events;
#[path = "contract/folders.rs"]
mod folders;
#[path = "contract/invitations.rs"]
mod invitations;
#[path = "contract/limits.rs"]
mod limits;
#[path = "contract/listing.rs"]
mod listing;
#[path = "contract/names.rs"]
mod names;
#[path = "contract/pim.rs"]
mod pim;
#[path = "contract/plain.rs"]
mod plain;
#[path = "contract/put.rs"]
mod put;
#[path = "contract/server.rs"]
mod server;
#[path = "contract/shares.rs"]
mod shares;
#[path = "contract/states.rs"]
mod states;
