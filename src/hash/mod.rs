//! Streaming digests whose state can be saved and taken up again after a crash.

mod both;
mod dropbox;
mod quickxor;

pub use both::{BothHasher, digests};
use dropbox::ContentHash;
use md5::Md5;
use quickxor::QuickXor;
use sha1::Sha1;
use sha2::digest::common::hazmat::{SerializableState, SerializedState};
use sha2::{Digest, Sha256};

use crate::model::{HashAlgorithm, HashValue};

/// A digest in the making.
#[derive(Clone)]
pub struct StreamHasher(State);

#[derive(Clone)]
enum State {
    Md5(Md5),
    Sha1(Sha1),
    Sha256(Sha256),
    Dropbox(ContentHash),
    QuickXor(QuickXor),
}

/// A saved state that is not one of this algorithm's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the saved state of a {} digest is damaged", .0.name())]
pub struct RestoreError(pub HashAlgorithm);

impl StreamHasher {
    pub fn new(algorithm: HashAlgorithm) -> Self {
        Self(match algorithm {
            HashAlgorithm::Md5 => State::Md5(Md5::new()),
            HashAlgorithm::Sha1 => State::Sha1(Sha1::new()),
            HashAlgorithm::Sha256 => State::Sha256(Sha256::new()),
            HashAlgorithm::Dropbox => State::Dropbox(ContentHash::new()),
            HashAlgorithm::QuickXor => State::QuickXor(QuickXor::new()),
        })
    }

    pub fn algorithm(&self) -> HashAlgorithm {
        match self.0 {
            State::Md5(_) => HashAlgorithm::Md5,
            State::Sha1(_) => HashAlgorithm::Sha1,
            State::Sha256(_) => HashAlgorithm::Sha256,
            State::Dropbox(_) => HashAlgorithm::Dropbox,
            State::QuickXor(_) => HashAlgorithm::QuickXor,
        }
    }

    pub fn update(&mut self, bytes: &[u8]) {
        match &mut self.0 {
            State::Md5(state) => state.update(bytes),
            State::Sha1(state) => state.update(bytes),
            State::Sha256(state) => state.update(bytes),
            State::Dropbox(state) => state.update(bytes),
            State::QuickXor(state) => state.update(bytes),
        }
    }

    pub fn finish(self) -> HashValue {
        let algorithm = self.algorithm();
        let hex = match self.0 {
            State::Md5(state) => hex(&state.finalize()),
            State::Sha1(state) => hex(&state.finalize()),
            State::Sha256(state) => hex(&state.finalize()),
            State::Dropbox(state) => hex(&state.finish()),
            State::QuickXor(state) => hex(&state.finish()),
        };
        HashValue { algorithm, hex }
    }

    /// The state after the bytes so far, to go on from with [`Self::restore`]. It holds up to one block
    /// (64 bytes) of the content.
    pub fn save(&self) -> Vec<u8> {
        match &self.0 {
            State::Md5(state) => state.serialize().to_vec(),
            State::Sha1(state) => state.serialize().to_vec(),
            State::Sha256(state) => state.serialize().to_vec(),
            State::Dropbox(state) => state.save(),
            State::QuickXor(state) => state.save().to_vec(),
        }
    }

    /// # Errors
    /// When `saved` was not made by [`Self::save`] of the same algorithm.
    pub fn restore(algorithm: HashAlgorithm, saved: &[u8]) -> Result<Self, RestoreError> {
        fn from<S: SerializableState>(saved: &[u8]) -> Option<S> {
            let saved = SerializedState::<S>::try_from(saved).ok()?;
            S::deserialize(&saved).ok()
        }
        let state = match algorithm {
            HashAlgorithm::Md5 => from(saved).map(State::Md5),
            HashAlgorithm::Sha1 => from(saved).map(State::Sha1),
            HashAlgorithm::Sha256 => from(saved).map(State::Sha256),
            HashAlgorithm::Dropbox => ContentHash::restore(saved).map(State::Dropbox),
            HashAlgorithm::QuickXor => QuickXor::restore(saved).map(State::QuickXor),
        };
        state.map(Self).ok_or(RestoreError(algorithm))
    }
}

impl std::fmt::Debug for StreamHasher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "StreamHasher({})", self.algorithm().name())
    }
}

/// The digest of bytes that are all there.
pub fn digest(algorithm: HashAlgorithm, bytes: &[u8]) -> HashValue {
    let mut hasher = StreamHasher::new(algorithm);
    hasher.update(bytes);
    hasher.finish()
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_digests() {
        // RFC 1321 A.5, RFC 3174 and FIPS 180-2: "abc"
        let known = [
            "md5:900150983cd24fb0d6963f7d28e17f72",
            "sha1:a9993e364706816aba3e25717850c26c9cd0d89d",
            "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            // SHA-256 of the line before, as bytes.
            "dropbox:4f8b42c22dd3729b519ba6f68d2da7cc5b2d606d05daed5ad5128cc03e6c6358",
            // Worked out by hand: 0x61, 0x62 << 11, 0x63 << 22, and the length.
            "quickxor:6110c31800000000000000000300000000000000",
        ];
        for (algorithm, expected) in HashAlgorithm::ALL.into_iter().zip(known) {
            assert_eq!(digest(algorithm, b"abc").to_string(), expected);
        }
    }

    #[test]
    fn refuses_a_damaged_state() {
        for algorithm in HashAlgorithm::ALL {
            assert!(StreamHasher::restore(algorithm, b"short").is_err());
        }
    }

    proptest! {
        #[test]
        fn goes_on_where_it_was_saved(bytes in proptest::collection::vec(any::<u8>(), 0..500), cut in 0usize..500) {
            let (before, after) = bytes.split_at(cut.min(bytes.len()));
            for algorithm in HashAlgorithm::ALL {
                let mut hasher = StreamHasher::new(algorithm);
                hasher.update(before);
                let mut resumed = StreamHasher::restore(algorithm, &hasher.save()).unwrap();
                resumed.update(after);
                prop_assert_eq!(resumed.finish(), digest(algorithm, &bytes));
            }
        }
    }
}
