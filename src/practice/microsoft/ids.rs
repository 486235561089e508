//! Identifiers that look like Microsoft's and say, to us, which item they are: no table of a million is
//! needed.

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

/// How the items of a drive are called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Naming {
    /// `0123456789ABCDEF!1042`, behind the number of the drive.
    Personal(String),
    /// `01` and 32 letters and digits.
    SharePoint,
}

const NUMBER_BITS: u32 = 60;
/// RFC 4648, section 6.
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// Letters that hold 64 bits.
const LETTERS: usize = 13;
const ALL_LETTERS: usize = 32;
/// Personal items of each series are numbered from here.
const FIRST: [(Series, u64); 3] = [
    (Series::Trap, 101),
    (Series::Tree, 10_000),
    (Series::Made, 1 << 40),
];

impl Ids {
    pub(super) const fn new(seed: u64) -> Self {
        Self { seed }
    }

    pub(super) fn item(self, naming: &Naming, series: Series, number: u64) -> String {
        match naming {
            Naming::Personal(drive) => {
                let first = FIRST.iter().find(|(known, _)| *known == series);
                let first = first.map_or(0, |(_, first)| *first);
                format!("{}!{}", drive.to_uppercase(), first + number)
            }
            Naming::SharePoint => {
                let code = scramble(series.bits() | number, self.seed);
                let mut id = String::from("01");
                id.extend(letters(code).take(LETTERS));
                id.extend(
                    (1..)
                        .flat_map(|n| letters(mix(code, n)))
                        .take(ALL_LETTERS - LETTERS),
                );
                id
            }
        }
    }

    /// The number of the tree's entry that has this identifier.
    pub(super) fn tree_number(self, naming: &Naming, id: &str) -> Option<u64> {
        let number = match naming {
            Naming::Personal(_) => {
                let (_, number) = id.split_once('!')?;
                number.parse::<u64>().ok()?.checked_sub(10_000)?
            }
            Naming::SharePoint => {
                let code = number(id.get(2..2 + LETTERS)?)?;
                unscramble(code, self.seed) & ((1 << NUMBER_BITS) - 1)
            }
        };
        let same = self.item(naming, Series::Tree, number);
        same.eq_ignore_ascii_case(id).then_some(number)
    }

    /// Of a drive in SharePoint.
    pub(super) fn drive(self, nth: u64) -> String {
        let words = (0..6).flat_map(|n| mix(self.seed ^ 0xd21e, nth * 6 + n).to_be_bytes());
        format!("b!{}", URL_SAFE_NO_PAD.encode(words.collect::<Vec<u8>>()))
    }

    /// Of a personal drive: the first has lost its leading zero in places.
    pub(super) fn personal_drive(self, nth: u64) -> String {
        let number = mix(self.seed ^ 0xc1d, nth) >> 4;
        format!("{number:016x}")
    }

    pub(super) fn guid(self, nth: u64) -> String {
        let (a, b) = (mix(self.seed ^ 0x9d1d, nth), mix(self.seed ^ 0x9d1e, nth));
        uuid::Uuid::from_u64_pair(a, b).to_string()
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

/// 64 bits, the last letter holding four of them.
fn letters(value: u64) -> impl Iterator<Item = char> {
    let value = u128::from(value) << 1;
    (0..LETTERS).rev().map(move |place| {
        let letter = usize::try_from(value >> (5 * place) & 31).unwrap_or(0);
        BASE32.get(letter).copied().map_or('A', char::from)
    })
}

fn number(letters: &str) -> Option<u64> {
    let mut value = 0u128;
    for letter in letters.bytes() {
        let letter = letter.to_ascii_uppercase();
        let place = BASE32.iter().position(|known| *known == letter)?;
        value = value << 5 | place as u128;
    }
    u64::try_from(value >> 1).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn are_read_back(seed in any::<u64>(), number in 0u64..1 << 30) {
            let ids = Ids::new(seed);
            for naming in [Naming::SharePoint, Naming::Personal(ids.personal_drive(0))] {
                let id = ids.item(&naming, Series::Tree, number);
                prop_assert_eq!(ids.tree_number(&naming, &id), Some(number));
                prop_assert_eq!(ids.tree_number(&naming, &id.to_lowercase()), Some(number));
                let other = ids.item(&naming, Series::Trap, number % 9_000);
                prop_assert_eq!(ids.tree_number(&naming, &other), None);
            }
            prop_assert_eq!(ids.item(&Naming::SharePoint, Series::Tree, number).len(), 34);
            prop_assert_eq!(ids.drive(number).len(), 66);
            prop_assert_eq!(ids.personal_drive(number).len(), 16);
            prop_assert!(ids.personal_drive(number).starts_with('0'));
        }

        #[test]
        fn anything_else_is_unknown(id in "\\PC{0,40}|01[A-Z2-7]{32}") {
            prop_assert_eq!(Ids::new(1).tree_number(&Naming::SharePoint, &id), None);
        }
    }
}
