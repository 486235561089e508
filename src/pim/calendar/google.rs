//! Events of Google's Calendar API v3.

use serde_json::Value;

use crate::pim::{Broken, Converted};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reminder {
    pub minutes_before: u32,
    pub by_mail: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enriched {
    pub text: Vec<u8>,
    pub added: u32,
}

pub fn enrich(_text: &[u8], _events: &[Value], _default: &[Reminder]) -> Result<Enriched, Broken> {
    todo!()
}
pub fn from_events(_events: &[Value], _default: &[Reminder]) -> Result<Converted, Broken> {
    todo!()
}
