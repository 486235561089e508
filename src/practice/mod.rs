//! Practice servers on loopback: faithful enough that independent clients accept them, deterministic, and
//! able to misbehave from a seed. They are part of the program, for rehearsals, and the ground of the
//! tests.

pub mod content;
pub mod dropbox;
pub mod faults;
pub mod google;
pub mod microsoft;
pub mod nextcloud;
pub mod outlook;
mod scramble;
pub mod servers;
pub mod wire;
pub mod world;
