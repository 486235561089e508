//! Whether everything has room at the target, and what would have.

/// What a server needs beside the content: creating a folder or an empty file is refused when fewer than
/// 4 KiB are left. Bytes.
const HEADROOM: u64 = 1024 * 1024;

/// What one top-level folder adds at the target (or everything that lies in none).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What people know it by.
    pub name: String,
    /// Bytes that its decisions add, exports estimated.
    pub bytes: u64,
}

/// Whether it fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fit {
    /// Bytes that the whole plan adds.
    pub needed: u64,
    /// Bytes that are free; `None` where there is no limit.
    pub free: Option<u64>,
    /// What could be left out so that the rest fits, the largest first; empty when everything fits.
    pub leave_out: Vec<Part>,
}

impl Fit {
    pub const fn fits(&self) -> bool {
        self.missing() == 0
    }

    /// Bytes that are missing.
    pub const fn missing(&self) -> u64 {
        match self.free {
            Some(free) if self.needed > 0 => {
                self.needed.saturating_add(HEADROOM).saturating_sub(free)
            }
            _ => 0,
        }
    }
}

/// Compares what is needed with what is free (bytes).
///
/// What to leave out is one part if one is enough, the smallest such; else the largest parts one after
/// the other until one more is enough.
pub fn fit(parts: &[Part], free: Option<u64>) -> Fit {
    let needed = parts
        .iter()
        .fold(0, |sum: u64, part| sum.saturating_add(part.bytes));
    let mut fit = Fit {
        needed,
        free,
        leave_out: Vec::new(),
    };
    let mut missing = fit.missing();
    let mut rest: Vec<&Part> = parts.iter().filter(|part| part.bytes > 0).collect();
    // The smallest first; by name where equal, so that the advice is always the same.
    rest.sort_by(|a, b| a.bytes.cmp(&b.bytes).then_with(|| b.name.cmp(&a.name)));
    while missing > 0 {
        let enough = rest.iter().position(|part| part.bytes >= missing);
        let at = enough.unwrap_or(rest.len().saturating_sub(1));
        if at >= rest.len() {
            break;
        }
        let part = rest.remove(at);
        missing = missing.saturating_sub(part.bytes);
        fit.leave_out.push(part.clone());
    }
    fit
}

#[cfg(test)]
mod tests {
    use super::*;

    const MB: u64 = 1024 * 1024;

    fn parts(sizes: &[(&str, u64)]) -> Vec<Part> {
        sizes
            .iter()
            .map(|(name, megabytes)| Part {
                name: (*name).to_owned(),
                bytes: megabytes * MB,
            })
            .collect()
    }

    fn advice(sizes: &[(&str, u64)], free: u64) -> Vec<String> {
        let fit = fit(&parts(sizes), Some(free * MB));
        fit.leave_out.into_iter().map(|part| part.name).collect()
    }

    #[test]
    fn without_a_limit_everything_fits() {
        let fit = fit(&parts(&[("a", 10_000)]), None);
        assert!(fit.fits() && fit.leave_out.is_empty());
    }

    #[test]
    fn nothing_to_move_fits_into_a_full_space() {
        assert!(fit(&[], Some(0)).fits());
    }

    #[test]
    fn names_the_smallest_part_that_is_enough() {
        let all = [("photos", 500), ("videos", 900), ("minutes", 5)];
        assert_eq!(advice(&all, 2000), Vec::<String>::new());
        assert_eq!(advice(&all, 1000), ["photos"]);
        assert_eq!(advice(&all, 600), ["videos"]);
    }

    #[test]
    fn names_several_where_one_is_not_enough() {
        let all = [("a", 500), ("b", 900), ("c", 5)];
        assert_eq!(advice(&all, 100), ["b", "a"]);
        assert_eq!(advice(&all, 0), ["b", "a", "c"]);
    }

    #[test]
    fn keeps_headroom() {
        let exact = fit(&parts(&[("a", 10)]), Some(10 * MB));
        assert_eq!((exact.fits(), exact.missing()), (false, MB));
        assert!(fit(&parts(&[("a", 10)]), Some(11 * MB)).fits());
    }

    #[test]
    fn the_order_of_the_parts_changes_nothing() {
        let mut all = parts(&[("a", 7), ("b", 7), ("c", 3), ("d", 9)]);
        let first = fit(&all, Some(8 * MB));
        all.reverse();
        assert_eq!(fit(&all, Some(8 * MB)), first);
    }
}
