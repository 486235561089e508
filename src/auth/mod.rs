//! Who may read and who may write: sign-ins, and where their secrets live.

pub mod login_flow;
pub mod oauth;
pub mod vault;
