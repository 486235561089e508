//! What the program is made of, and under which licences; written by `packaging/licences.py`.

use std::io::Read;

use flate2::read::GzDecoder;
use serde::Deserialize;

const FILE: &[u8] = include_bytes!("../../assets/licences.json.gz");

/// All parts, by name.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Licences {
    #[serde(rename = "crates")]
    pub parts: Vec<Part>,
    texts: Vec<String>,
}

/// One part: its name, its version, its licence as an SPDX expression, and which texts it comes with.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Part(pub String, pub String, pub String, Vec<usize>);

impl Licences {
    /// Unpacks them: a megabyte, some milliseconds.
    ///
    /// # Errors
    /// When the file is not what the script writes, which the tests would have found.
    pub fn read() -> std::io::Result<Self> {
        let mut text = String::new();
        GzDecoder::new(FILE).read_to_string(&mut text)?;
        Ok(serde_json::from_str(&text)?)
    }

    /// The texts that a part comes with, which may be none.
    pub fn texts<'a>(&'a self, part: &'a Part) -> impl Iterator<Item = &'a str> {
        let found = part.3.iter().filter_map(|n| self.texts.get(*n));
        found.map(String::as_str)
    }
}
