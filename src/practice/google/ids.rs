//! Identifiers that look like Drive's and say, to us, which item they are: no table of a million is needed.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::super::content::mix;
use super::super::scramble::{scramble, unscramble};

/// The identifiers of one practice world.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ids {
    seed: u64,
}

/// What an identifier stands for, apart from the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Series {
    /// An entry of the seeded tree.
    Tree,
    /// A trap.
    Trap,
    /// Made while the server runs.
    Made,
}

const NUMBER_BITS: u32 = 60;

impl Ids {
    pub(super) const fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// 33 characters, as most files have; 44 for Google's own documents.
    pub(super) fn encode(self, series: Series, number: u64, document: bool) -> String {
        let code = scramble(series.bits() | number, self.seed);
        let mut bytes = [0; 32];
        let words = [code, mix(code, 1), mix(code, 2), mix(code, 3)];
        for (place, word) in bytes.chunks_exact_mut(8).zip(words) {
            place.copy_from_slice(&word.to_be_bytes());
        }
        let mut id = String::with_capacity(44);
        id.push('1');
        URL_SAFE_NO_PAD.encode_string(bytes, &mut id);
        id.truncate(if document { 44 } else { 33 });
        id
    }

    /// The number of the tree's entry that has this identifier, and whether it is one of a document.
    pub(super) fn tree_number(self, id: &str) -> Option<(u64, bool)> {
        let document = match id.len() {
            33 => false,
            44 => true,
            _ => return None,
        };
        // 8 bytes are 10 characters and a part of the 11th, which the next byte fills.
        let bytes = URL_SAFE_NO_PAD.decode(id.get(1..13)?).ok()?;
        let code = u64::from_be_bytes(*bytes.first_chunk::<8>()?);
        let value = unscramble(code, self.seed);
        let number = value & ((1 << NUMBER_BITS) - 1);
        (self.encode(Series::Tree, number, document) == id).then_some((number, document))
    }

    /// The root of My Drive, or of the nth shared drive (which is the shared drive's own id).
    pub(super) fn root(self, nth: u64) -> String {
        let word = mix(self.seed ^ 0x0a00, nth).to_be_bytes();
        format!(
            "0A{}Uk9PVA",
            URL_SAFE_NO_PAD.encode(word).get(..11).unwrap_or_default()
        )
    }
}

impl Series {
    const fn bits(self) -> u64 {
        match self {
            Self::Tree => 0,
            Self::Trap => 1 << NUMBER_BITS,
            Self::Made => 2 << NUMBER_BITS,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn are_read_back(seed in any::<u64>(), number in 0u64..1 << NUMBER_BITS, document: bool) {
            let ids = Ids::new(seed);
            let id = ids.encode(Series::Tree, number, document);
            prop_assert_eq!(id.len(), if document { 44 } else { 33 });
            prop_assert_eq!(ids.tree_number(&id), Some((number, document)));
            let other = ids.encode(Series::Trap, number, document);
            prop_assert_eq!(ids.tree_number(&other), None);
        }

        #[test]
        fn anything_else_is_unknown(id in "\\PC{0,44}|1[A-Za-z0-9_-]{32}") {
            prop_assert_eq!(Ids::new(1).tree_number(&id), None);
        }
    }
}
