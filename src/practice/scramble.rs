//! Numbers that do not look like numbers: for identifiers that tell, to us, which item they are.

use super::content::mix;

const ROUNDS: [u64; 3] = [0x9e37_79b9, 0x85eb_ca6b, 0xc2b2_ae35];

/// A permutation of 64 bits: a Feistel network of three rounds.
pub fn scramble(value: u64, seed: u64) -> u64 {
    ROUNDS.iter().fold(value, |value, round| {
        let (left, right) = (value >> 32, value & 0xffff_ffff);
        (right << 32) | (left ^ (mix(seed ^ round, right) >> 32))
    })
}

/// What [`scramble`] made that value of.
pub fn unscramble(value: u64, seed: u64) -> u64 {
    ROUNDS.iter().rev().fold(value, |value, round| {
        let (left, right) = (value >> 32, value & 0xffff_ffff);
        ((right ^ (mix(seed ^ round, left) >> 32)) << 32) | left
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn is_read_back(value: u64, seed: u64) {
            prop_assert_eq!(unscramble(scramble(value, seed), seed), value);
        }
    }
}
