//! Identifiers that look like Dropbox's and say, to us, which item they are.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::super::content::mix;
use super::super::scramble::{scramble, unscramble};
use super::node::Key;

/// The identifiers of one practice world.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ids {
    seed: u64,
}

impl Ids {
    pub(super) const fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// `id:` and 22 characters.
    pub(super) fn id(self, key: Key) -> String {
        let code = scramble(key.0, self.seed);
        let bytes = [code.to_be_bytes(), mix(code, 1).to_be_bytes()].concat();
        format!("id:{}", URL_SAFE_NO_PAD.encode(bytes))
    }

    pub(super) fn key(self, id: &str) -> Option<Key> {
        let bytes = URL_SAFE_NO_PAD.decode(id.strip_prefix("id:")?).ok()?;
        let code = u64::from_be_bytes(*bytes.first_chunk::<8>()?);
        let key = Key(unscramble(code, self.seed));
        (self.id(key) == id).then_some(key)
    }

    /// The revision of an item's nth content: lower-case hexadecimal digits, nine and more.
    pub(super) fn rev(self, key: Key, version: u32) -> String {
        format!("{:016x}{version:04x}", scramble(key.0, !self.seed))
    }

    pub(super) fn read_rev(self, rev: &str) -> Option<(Key, u32)> {
        let (code, version) = rev.split_at_checked(16)?;
        let key = Key(unscramble(u64::from_str_radix(code, 16).ok()?, !self.seed));
        let version = u32::from_str_radix(version, 16).ok()?;
        (self.rev(key, version) == rev).then_some((key, version))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn are_read_back(seed: u64, key: u64, version in 0u32..70_000) {
            let (ids, key) = (Ids::new(seed), Key(key));
            let id = ids.id(key);
            prop_assert_eq!(id.len(), 25);
            prop_assert_eq!(ids.key(&id), Some(key));
            prop_assert_eq!(ids.read_rev(&ids.rev(key, version)), Some((key, version)));
        }

        #[test]
        fn anything_else_is_unknown(id in "\\PC{0,25}|id:[A-Za-z0-9_-]{22}", rev in "\\PC{0,19}") {
            prop_assert_eq!(Ids::new(1).key(&id), None);
            prop_assert_eq!(Ids::new(1).read_rev(&rev), None);
        }
    }
}
