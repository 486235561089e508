//! quickXorHash, the digest that OneDrive and SharePoint publish of every file
//! (<https://learn.microsoft.com/onedrive/developer/code-snippets/quickxorhash>): 160 bits, into which
//! byte `i` is rotated by 11·i places, and at the end the length. It finds damage, not forgery.

/// Bits, and also the bytes after which the rotations repeat: 11 and 160 have no common divisor.
const WIDTH: usize = 160;
const SHIFT: usize = 11;
/// Bytes of the digest.
pub(super) const DIGEST: usize = WIDTH / 8;
/// Bytes of a saved state: the folded digest and the length.
const SAVED: usize = DIGEST + 8;

/// A quickXorHash in the making.
#[derive(Clone)]
pub(super) struct QuickXor {
    /// What went before this was taken up again, already rotated.
    folded: [u8; DIGEST],
    /// All bytes that share a rotation, XORed, and rotated only at the end; eight of them in a word.
    columns: [u64; WIDTH / 8],
    /// Bytes so far.
    length: u64,
}

impl QuickXor {
    pub(super) const fn new() -> Self {
        Self {
            folded: [0; DIGEST],
            columns: [0; WIDTH / 8],
            length: 0,
        }
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        let column = usize::try_from(self.length % WIDTH as u64).unwrap_or(0);
        self.length = self.length.wrapping_add(bytes.len() as u64);
        let (head, rest) = bytes.split_at(bytes.len().min((WIDTH - column) % WIDTH));
        self.add(column, head);
        let mut rows = rest.chunks_exact(WIDTH);
        for row in &mut rows {
            let words = row.chunks_exact(8).filter_map(|word| word.first_chunk());
            for (column, word) in self.columns.iter_mut().zip(words) {
                *column ^= u64::from_le_bytes(*word);
            }
        }
        self.add(0, rows.remainder());
    }

    fn add(&mut self, column: usize, bytes: &[u8]) {
        for (column, byte) in (column..).zip(bytes) {
            if let Some(word) = self.columns.get_mut(column / 8) {
                *word ^= u64::from(*byte) << (column % 8 * 8);
            }
        }
    }

    pub(super) fn finish(&self) -> [u8; DIGEST] {
        let mut digest = self.fold();
        for (byte, length) in digest
            .iter_mut()
            .skip(DIGEST - 8)
            .zip(self.length.to_le_bytes())
        {
            *byte ^= length;
        }
        digest
    }

    /// The state after the bytes so far.
    pub(super) fn save(&self) -> [u8; SAVED] {
        let mut saved = [0; SAVED];
        let bytes = self.fold().into_iter().chain(self.length.to_le_bytes());
        for (to, from) in saved.iter_mut().zip(bytes) {
            *to = from;
        }
        saved
    }

    /// `None` where `saved` is not the length of a saved state; it has no other mark.
    pub(super) fn restore(saved: &[u8]) -> Option<Self> {
        let saved: &[u8; SAVED] = saved.try_into().ok()?;
        let (folded, length) = saved.split_first_chunk::<DIGEST>()?;
        Some(Self {
            folded: *folded,
            columns: [0; WIDTH / 8],
            length: u64::from_le_bytes(*length.first_chunk()?),
        })
    }

    /// Rotates each column into its place, the least significant byte first.
    fn fold(&self) -> [u8; DIGEST] {
        let mut digest = self.folded;
        let columns = self.columns.iter().flat_map(|word| word.to_le_bytes());
        for (number, column) in columns.enumerate() {
            let at = number * SHIFT % WIDTH;
            let shifted = u16::from(column) << (at % 8);
            for (place, part) in (at / 8..).zip(shifted.to_le_bytes()) {
                if let Some(byte) = digest.get_mut(place % DIGEST) {
                    *byte ^= part;
                }
            }
        }
        digest
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use proptest::prelude::*;

    use super::*;

    fn of(bytes: &[u8]) -> String {
        let mut hash = QuickXor::new();
        hash.update(bytes);
        STANDARD.encode(hash.finish())
    }

    /// Content and digest, both in Base64: from rclone's tests (backend/onedrive/quickxorhash, MIT), made
    /// there with Microsoft's own code.
    const VECTORS: &[(&str, &str)] = &[
        ("", "AAAAAAAAAAAAAAAAAAAAAAAAAAA="),
        ("Sg==", "SgAAAAAAAAAAAAAAAQAAAAAAAAA="),
        ("qaApEj66lw==", "qQBFCiTgA11cAgAABwAAAAAAAAA="),
        ("/aNzzCFPS/A=", "/RjFHJgRgicsAR4ACAAAAAAAAAA="),
        ("gQaybEqS/4UlDc8e4IJm", "gDCALNigBEn8oxAlZ8AzPAAOQZg="),
        ("2fuxhBJXtpWFe8dOfdGeHw==", "O9tHLAghgSvYohKFyMMxnNCHaHg="),
        (
            "T6LYJIfDh81JrAK309H2JMJTXis=",
            "zBTHrspn3mEcohlJdIUAbjGNaNg=",
        ),
        (
            "DWAAX5/CIfrmErgZa8ot6ZraeSbu",
            "LR2Z0PjuRYGKQB/mhQAuMrAGZbQ=",
        ),
        (
            "PwXNnutoLLmxD8TTog52k8cQkukmT87TTnDipKLHQw==",
            "PTaGs7yV3FUyBy/SfU6xJRlCJlI=",
        ),
        (
            "NbYXsp5/K6mR+NmHwExjvWeWDJFnXTKWVlzYHoesp2E=",
            "wjuAuWDiq04qDt1R8hHWDDcwVoQ=",
        ),
        (
            "L+LSB8kmGMnHaWVA5P/+qFnfQliXvgJW7d2JGAgT6+koi5NQujFW1bwQVoXrBVyob/gBxGizUoJMgid5gGNo",
            "ndX/KZBtFoeO3xKeo1ajO/Jy+rY=",
        ),
        (
            "Mb7EGva2rEE5fENDL85P+BsapHEEjv2/siVhKjvAQe02feExVOQSkfmuYzU/kTF1MaKjPmKF/w+cbvwfdWL8aQ==",
            "n1anP5NfvD4XDYWIeRPW3ZkPv1Y=",
        ),
        (
            "jyibxJSzO6ZiZ0O1qe3tG/bvIAYssvukh9suIT5wEy1JBINVgPiqdsTW0cOpP0aUfP7mgqLfADkzI/m/GgCuVhr8oFLrOCoTx1/psBOWwhltCbhUx51Icm9aH8tY4Z3ccU+6BKpYQkLCy0B/A9Zc",
            "hZfLIilSITC6N3e3tQ/iSgEzkto=",
        ),
        (
            "ikwCorI7PKWz17EI50jZCGbV9JU2E8bXVfxNMg5zdmqSZ2NlsQPp0kqYIPjzwTg1MBtfWPg53k0h0P2naJNEVgrqpoHTfV2b3pJ4m0zYPTJmUX4Bg/lOxcnCxAYKU29Y5F0U8Quz7ZXFBEweftXxJ7RS4r6N7BzJrPsLhY7hgck=",
            "imAoFvCWlDn4yVw3/oq1PDbbm6U=",
        ),
        (
            "PfxMcUd0vIW6VbHG/uj/Y0W6qEoKmyBD0nYebEKazKaKG+UaDqBEcmQjbfQeVnVLuodMoPp7P7TR1htX5n2VnkHh22xDyoJ8C/ZQKiSNqQfXvh83judf4RVr9exJCud8Uvgip6aVZTaPrJHVjQhMCp/dEnGvqg0oN5OVkM2qqAXvA0teKUDhgNM71sDBVBCGXxNOR2bpbD1iM4dnuT0ey4L+loXEHTL0fqMeUcEi2asgImnlNakwenDzz0x57aBwyq3AspCFGB1ncX4yYCr/OaCcS5OKi/00WH+wNQU3",
            "QX/YEpG0gDsmhEpCdWhsxDzsfVE=",
        ),
        (
            "qwGf2ESubE5jOUHHyc94ORczFYYbc2OmEzo+hBIyzJiNwAzC8PvJqtTzwkWkSslgHFGWQZR2BV5+uYTrYT7HVwRM40vqfj0dBgeDENyTenIOL1LHkjtDKoXEnQ0mXAHoJ8PjbNC93zi5TovVRXTNzfGEs5dpWVqxUzb5lc7dwkyvOluBw482mQ4xrzYyIY1t+//OrNi1ObGXuUw2jBQOFfJVj2Y6BOyYmfB1y36eBxi3zxeG5d5NYjm2GSh6e08QMAwu3zrINcqIzLOuNIiGXBtl7DjKt7b5wqi4oFiRpZsCyx2smhSrdrtK/CkdU6nDN+34vSR/M8rZpWQdBE7a8g==",
            "WYT9JY3JIo/pEBp+tIM6Gt2nyTM=",
        ),
        (
            "w0LGhqU1WXFbdavqDE4kAjEzWLGGzmTNikzqnsiXHx2KRReKVTxkv27u3UcEz9+lbMvYl4xFf2Z4aE1xRBBNd1Ke5C0zToSaYw5o4B/7X99nKK2/XaUX1byLow2aju2XJl2OpKpJg+tSJ2fmjIJTkfuYUz574dFX6/VXxSxwGH/xQEAKS5TCsBK3CwnuG1p5SAsQq3gGVozDWyjEBcWDMdy8/AIFrj/y03Lfc/RNRCQTAfZbnf2QwV7sluw4fH3XJr07UoD0YqN+7XZzidtrwqMY26fpLZnyZjnBEt1FAZWO7RnKG5asg8xRk9YaDdedXdQSJAOy6bWEWlABj+tVAigBxavaluUH8LOj+yfCFldJjNLdi90fVHkUD/m4Mr5OtmupNMXPwuG3EQlqWUVpQoYpUYKLsk7a5Mvg6UFkiH596y5IbJEVCI1Kb3D1",
            "e3+wo77iKcILiZegnzyUNcjCdoQ=",
        ),
    ];

    #[test]
    fn known_digests() {
        for (content, digest) in VECTORS {
            let content = STANDARD.decode(content).unwrap();
            assert_eq!(of(&content), *digest, "{} bytes", content.len());
        }
        let all: Vec<u8> = (0..=255).collect();
        for (content, digest) in [
            (&b"a"[..], "YQAAAAAAAAAAAAAAAQAAAAAAAAA="),
            (b"hello world", "aCgDG9jwBhDc4Q1yawMZAAAAAAA="),
            (
                b"The quick brown fox jumps over the lazy dog",
                "bMSlbysmxJL6S75XwfMcQZOpcr4=",
            ),
            (&all, "QkGEfSisZcA7k+FCh71r2dbCayY="),
            (&[b'A'; 1000], "QAQiEIEIRCACEYhA7CEQwAAGMIA="),
        ] {
            assert_eq!(of(content), digest, "{} bytes", content.len());
        }
    }

    #[test]
    fn refuses_what_is_no_state() {
        for saved in [&b""[..], &[0; SAVED - 1], &[0; SAVED + 1]] {
            assert!(QuickXor::restore(saved).is_none());
        }
    }

    /// Bit by bit, as the definition has it.
    fn by_definition(bytes: &[u8]) -> [u8; DIGEST] {
        let mut bits = [false; WIDTH];
        let mut flip = |at: usize, byte: u8| {
            for bit in 0..8 {
                bits[(at + bit) % WIDTH] ^= byte >> bit & 1 == 1;
            }
        };
        for (number, byte) in bytes.iter().enumerate() {
            flip(number * SHIFT % WIDTH, *byte);
        }
        for (number, byte) in (bytes.len() as u64).to_le_bytes().into_iter().enumerate() {
            flip(WIDTH - 64 + 8 * number, byte);
        }
        let mut digest = [0; DIGEST];
        for (at, bit) in bits.into_iter().enumerate() {
            digest[at / 8] |= u8::from(bit) << (at % 8);
        }
        digest
    }

    proptest! {
        #[test]
        fn is_the_same_however_it_is_cut_and_resumed(
            bytes in proptest::collection::vec(any::<u8>(), 0..1000),
            cuts in proptest::collection::vec(0usize..1000, 0..4),
        ) {
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(bytes.len())).collect();
            cuts.sort_unstable();
            let mut hash = QuickXor::new();
            let mut from = 0;
            for cut in cuts {
                hash.update(&bytes[from..cut]);
                hash = QuickXor::restore(&hash.save()).unwrap();
                from = cut;
            }
            hash.update(&bytes[from..]);
            prop_assert_eq!(hash.finish(), by_definition(&bytes));
        }
    }
}
