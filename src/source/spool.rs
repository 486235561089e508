//! Answers that come as a whole and are asked for bit by bit: kept in temporary files, which the system
//! takes away by itself.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};

use serde_json::Value;

/// JSON values under keys, several under one.
#[derive(Debug)]
pub(super) struct JsonSpool {
    file: File,
    end: u64,
    /// Where the values of a key lie: place and length.
    index: HashMap<String, Vec<(u64, u32)>>,
}

impl JsonSpool {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self {
            file: tempfile::tempfile()?,
            end: 0,
            index: HashMap::new(),
        })
    }

    /// Adds values, each under its key.
    pub(super) fn add(&mut self, values: Vec<(String, Value)>) -> io::Result<()> {
        let mut text = Vec::new();
        let begin = self.end;
        for (key, value) in values {
            let from = text.len();
            serde_json::to_writer(&mut text, &value)?;
            let length = u32::try_from(text.len() - from).map_err(io::Error::other)?;
            let place = begin + from as u64;
            self.index.entry(key).or_default().push((place, length));
        }
        self.file.seek(SeekFrom::Start(begin))?;
        self.file.write_all(&text)?;
        self.end += text.len() as u64;
        Ok(())
    }

    /// All values of a key, in the order in which they were added.
    pub(super) fn get(&mut self, key: &str) -> io::Result<Vec<Value>> {
        let places = self.index.get(key).cloned().unwrap_or_default();
        let mut values = Vec::new();
        for (place, length) in places {
            let mut text = vec![0; usize::try_from(length).unwrap_or(0)];
            self.file.seek(SeekFrom::Start(place))?;
            self.file.read_exact(&mut text)?;
            values.push(serde_json::from_slice(&text)?);
        }
        Ok(values)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn gives_back_what_was_put_in() {
        let mut spool = JsonSpool::new().unwrap();
        let value = |key: &str, n: u32| (key.to_owned(), json!({"n": n, "é": "\n"}));
        spool.add(vec![value("a", 1), value("b", 2)]).unwrap();
        assert_eq!(spool.get("b").unwrap(), [json!({"n": 2, "é": "\n"})]);
        spool.add(vec![value("a", 3)]).unwrap();
        let both: Vec<u64> = spool
            .get("a")
            .unwrap()
            .iter()
            .map(|v| v["n"].as_u64().unwrap())
            .collect();
        assert_eq!(both, [1, 3]);
        assert!(spool.get("c").unwrap().is_empty());
    }
}
