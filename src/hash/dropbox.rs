use sha2::digest::common::hazmat::{SerializableState, SerializedState};
use sha2::{Digest, Sha256};

/// Bytes of a block.
const BLOCK: usize = 4 << 20;

/// Dropbox's `content_hash`: SHA-256 over the SHA-256 of each block of 4 MiB
/// (<https://www.dropbox.com/developers/reference/content-hash>).
#[derive(Clone)]
pub(super) struct ContentHash {
    /// Over the digests of whole blocks.
    blocks: Sha256,
    block: Sha256,
    /// Bytes in `block`; fewer than [`BLOCK`].
    filled: usize,
}

impl ContentHash {
    pub(super) fn new() -> Self {
        Self {
            blocks: Sha256::new(),
            block: Sha256::new(),
            filled: 0,
        }
    }

    pub(super) fn update(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(BLOCK - self.filled));
            self.block.update(now);
            self.filled += now.len();
            if self.filled == BLOCK {
                self.blocks.update(self.block.finalize_reset());
                self.filled = 0;
            }
            bytes = later;
        }
    }

    pub(super) fn finish(mut self) -> [u8; 32] {
        if self.filled > 0 {
            self.blocks.update(self.block.finalize());
        }
        self.blocks.finalize().into()
    }

    pub(super) fn save(&self) -> Vec<u8> {
        let filled = u32::try_from(self.filled).unwrap_or(u32::MAX);
        let mut saved = filled.to_be_bytes().to_vec();
        saved.extend_from_slice(&self.blocks.serialize());
        saved.extend_from_slice(&self.block.serialize());
        saved
    }

    pub(super) fn restore(saved: &[u8]) -> Option<Self> {
        let (filled, states) = saved.split_first_chunk()?;
        let filled = usize::try_from(u32::from_be_bytes(*filled)).ok()?;
        let (blocks, block) = states.split_at_checked(states.len() / 2)?;
        let state = |saved| {
            let saved = SerializedState::<Sha256>::try_from(saved).ok()?;
            Sha256::deserialize(&saved).ok()
        };
        Some(Self {
            blocks: state(blocks)?,
            block: state(block)?,
            filled: Some(filled).filter(|&filled| filled < BLOCK)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::hex;

    fn of(bytes: &[u8]) -> String {
        let mut hash = ContentHash::new();
        hash.update(bytes);
        hex(&hash.finish())
    }

    /// rclone's `backend/dropbox/dbhash/dbhash_test.go`, and Dropbox's own hasher.
    #[test]
    fn known_digests() {
        let all: Vec<u8> = (0..=255).collect();
        let a = |length: usize| vec![b'A'; length];
        let known = [
            (
                vec![],
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            ),
            (
                b"a".to_vec(),
                "bf5d3affb73efd2ec6c36ad3112dd933efed63c4e1cbffcfa88e2759c144f2d8",
            ),
            (
                b"hello world".to_vec(),
                "bc62d4b80d9e36da29c16c5d4d9f11731f36052c72401a76c23c0fb5a9b74423",
            ),
            (
                all,
                "60bd11c69262f84ddfea5f0d116d40af862c4dd8c2a92fb90e368b132e8fa89c",
            ),
            (
                a(BLOCK),
                "d4d63bac5b866c71620185392a8a6218ac1092454a2d16f820363b69852befa3",
            ),
            (
                a(BLOCK + 1),
                "8f553da8d00d0bf509d8470e242888be33019c20c0544811f5b2b89e98360b92",
            ),
            (
                a(2 * BLOCK + 1),
                "02c8a4aefc2bfc9036f89a7098001865885938ca580e5c9e5db672385edd303c",
            ),
        ];
        for (bytes, expected) in known {
            assert_eq!(of(&bytes), expected, "{} bytes", bytes.len());
        }
    }

    /// The worked example of Dropbox's own page: three blocks of a picture.
    #[test]
    fn the_digests_of_blocks_are_hashed() {
        let blocks = [
            "2a846fa617c3361fc117e1c5c1e1838c336b6a5cef982c1a2d9bdf68f2f1992a",
            "c68469027410ea393eba6551b9fa1e26db775f00eae70a0c3c129a0011a39cf9",
            "7376192de020925ce6c5ef5a8a0405e931b0a9a8c75517aacd9ca24a8a56818b",
        ];
        let mut hash = ContentHash::new();
        for block in blocks {
            let digest: Vec<u8> = (0..block.len())
                .step_by(2)
                .map(|at| u8::from_str_radix(&block[at..at + 2], 16).unwrap())
                .collect();
            hash.blocks.update(digest);
        }
        assert_eq!(
            hex(&hash.finish()),
            "485291fa0ee50c016982abbfa943957bcd231aae0492ccbaa22c58e3997b35e0"
        );
    }

    /// Cuts just before, at and after the end of a block, and twice in one block.
    #[test]
    fn goes_on_where_it_was_saved() {
        let bytes: Vec<u8> = (0..2 * BLOCK + 5).map(|n| (n % 251) as u8).collect();
        for cuts in [
            [0, 1],
            [BLOCK - 1, BLOCK],
            [BLOCK, BLOCK + 1],
            [7, 2 * BLOCK],
            [2 * BLOCK, 2 * BLOCK + 5],
        ] {
            let mut hash = ContentHash::new();
            let mut done = 0;
            for cut in cuts {
                hash.update(&bytes[done..cut]);
                done = cut;
                hash = ContentHash::restore(&hash.save()).unwrap();
            }
            hash.update(&bytes[done..]);
            assert_eq!(hex(&hash.finish()), of(&bytes), "{cuts:?}");
        }
    }

    #[test]
    fn refuses_a_damaged_state() {
        let saved = ContentHash::new().save();
        assert!(ContentHash::restore(&[]).is_none());
        assert!(ContentHash::restore(&saved[..saved.len() - 1]).is_none());
        let mut too_full = saved.clone();
        too_full[..4].copy_from_slice(&u32::to_be_bytes(BLOCK as u32));
        assert!(ContentHash::restore(&too_full).is_none());
    }
}
