//! Address object resources (RFC 6352, section 5.1).

use std::io::{self, BufRead};

use super::{Broken, Prepared};

pub mod google;

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CardInfo {
    pub uid: Option<String>,
    pub name: String,
    pub version: Option<String>,
    pub group: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    pub text: Vec<u8>,
    pub info: CardInfo,
}

/// What the target takes, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub card: usize,
}

pub fn cards(_file: impl BufRead) -> impl Iterator<Item = io::Result<Card>> {
    std::iter::empty()
}
pub fn looks_like(_start: &[u8]) -> bool {
    todo!()
}
pub fn info(_text: &[u8]) -> CardInfo {
    todo!()
}
pub fn split(_text: &[u8]) -> Vec<Card> {
    todo!()
}
pub fn prepare(_text: &[u8], _limits: &Limits) -> Result<Prepared, Broken> {
    todo!()
}
pub fn set_uid(_text: &[u8], _uid: &str) -> Result<Vec<u8>, Broken> {
    todo!()
}
pub fn add_photo(_text: &[u8], _photo: &[u8]) -> Result<Vec<u8>, Broken> {
    todo!()
}
