//! Files that need no storage: content computed from a seed, from any position on.

use bytes::Bytes;
use futures::stream::{self, BoxStream, StreamExt as _};
use serde::{Deserialize, Serialize};

use crate::hash::StreamHasher;
use crate::model::{HashAlgorithm, HashValue};

/// Bytes of one piece of [`Content::stream`].
const PIECE: u64 = 64 * 1024;
/// Bytes of one line of [`Texture::Text`], its line feed counted.
const LINE: usize = 64;

/// What the bytes look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Texture {
    /// Like compressed data: nothing repeats.
    Noise,
    /// Numbered lines of UTF-8 that a person can read.
    Text,
}

/// The content of a practice file: the same three values always give the same bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Content {
    pub seed: u64,
    /// Bytes.
    pub length: u64,
    pub texture: Texture,
}

impl Content {
    pub const fn noise(seed: u64, length: u64) -> Self {
        Self {
            seed,
            length,
            texture: Texture::Noise,
        }
    }

    pub const fn text(seed: u64, length: u64) -> Self {
        Self {
            seed,
            length,
            texture: Texture::Text,
        }
    }

    /// The bytes from `from` up to, not including, `to`; fewer when the content ends before.
    pub fn bytes(&self, from: u64, to: u64) -> Bytes {
        let to = to.min(self.length);
        let wanted = usize::try_from(to.saturating_sub(from)).unwrap_or(usize::MAX);
        let mut bytes = Vec::with_capacity(wanted.saturating_add(LINE));
        let unit = match self.texture {
            Texture::Noise => 8,
            Texture::Text => LINE as u64,
        };
        let mut position = from / unit;
        let mut skip = usize::try_from(from % unit).unwrap_or(0);
        while bytes.len() < wanted {
            match self.texture {
                Texture::Noise => {
                    let word = mix(self.seed, position).to_le_bytes();
                    bytes.extend_from_slice(word.get(skip..).unwrap_or_default());
                }
                Texture::Text => {
                    let line = line(self.seed, position);
                    bytes.extend_from_slice(line.get(skip..).unwrap_or_default());
                }
            }
            skip = 0;
            position += 1;
        }
        bytes.truncate(wanted);
        Bytes::from(bytes)
    }

    /// Everything from `from` up to, not including, `to`, in pieces of at most 64 KiB.
    pub fn stream(self, from: u64, to: u64) -> BoxStream<'static, Bytes> {
        let to = to.min(self.length);
        stream::unfold(from, move |at| async move {
            (at < to).then(|| {
                let next = to.min(at + PIECE);
                (self.bytes(at, next), next)
            })
        })
        .boxed()
    }

    /// Digests of the whole content, made in one reading.
    pub fn digests(&self, algorithms: &[HashAlgorithm]) -> Vec<HashValue> {
        let mut hashers: Vec<_> = algorithms.iter().map(|a| StreamHasher::new(*a)).collect();
        let mut at = 0;
        while at < self.length {
            let bytes = self.bytes(at, at + PIECE);
            for hasher in &mut hashers {
                hasher.update(&bytes);
            }
            at += PIECE;
        }
        hashers.into_iter().map(StreamHasher::finish).collect()
    }
}

/// A well-spread number out of two (the finaliser of SplitMix64, public domain, by Sebastiano Vigna).
pub const fn mix(seed: u64, index: u64) -> u64 {
    let mut z = seed
        .wrapping_add(index.wrapping_mul(0x9e37_79b9_7f4a_7c15))
        .wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn line(seed: u64, number: u64) -> Vec<u8> {
    let mut line = format!("{:>7}  ", number + 1).into_bytes();
    line.extend_from_slice(super::world::sentence(mix(seed, number)).as_bytes());
    line.resize(LINE - 1, b' ');
    line.push(b'\n');
    line
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_content() -> impl Strategy<Value = Content> {
        (any::<u64>(), 0u64..400_000, any::<bool>()).prop_map(|(seed, length, text)| {
            if text {
                Content::text(seed, length)
            } else {
                Content::noise(seed, length)
            }
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn reads_the_same_from_anywhere(content in any_content(), a in 0u64..450_000, b in 0u64..450_000) {
            let whole = content.bytes(0, u64::MAX);
            prop_assert_eq!(whole.len() as u64, content.length);
            let (from, to) = (a.min(b), a.max(b));
            let cut = |at: u64| usize::try_from(at.min(content.length)).unwrap();
            let part = content.bytes(from, to);
            prop_assert_eq!(&part[..], &whole[cut(from)..cut(to)]);
        }
    }

    #[tokio::test]
    async fn streams_and_digests_what_it_reads() {
        let content = Content::noise(7, 200_001);
        let pieces: Vec<Bytes> = content.stream(5, u64::MAX).collect().await;
        assert!(
            pieces
                .iter()
                .all(|p| p.len() as u64 <= PIECE && !p.is_empty())
        );
        assert_eq!(pieces.concat(), content.bytes(5, u64::MAX));
        let all = [
            HashAlgorithm::Md5,
            HashAlgorithm::Sha1,
            HashAlgorithm::Sha256,
        ];
        let expected: Vec<_> = all
            .iter()
            .map(|a| crate::hash::digest(*a, &content.bytes(0, u64::MAX)))
            .collect();
        assert_eq!(content.digests(&all), expected);
    }

    #[test]
    fn text_can_be_read() {
        let text = Content::text(3, 640).bytes(0, 640);
        let text = std::str::from_utf8(&text).unwrap();
        assert_eq!(text.lines().count(), 10);
        assert!(text.starts_with("      1  "));
    }

    #[test]
    fn seeds_differ() {
        assert_ne!(
            Content::noise(1, 64).bytes(0, 64),
            Content::noise(2, 64).bytes(0, 64)
        );
    }
}
