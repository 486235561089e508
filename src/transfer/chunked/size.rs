//! How large a chunk is: what a server takes in a few seconds, so that its cost of a request does not count
//! and a broken connection costs no more than that.

use super::MIB;

/// Sent as long as nobody knows how fast the server is.
pub(in crate::transfer) const FIRST: u64 = 8 * MIB;
/// Sent to find out how fast the server is, before all else.
pub(in crate::transfer) const PROBE: u64 = 16 * MIB;
/// Object storage takes no smaller part, but for the last (Nextcloud's developer manual, "Chunked file
/// upload").
pub(in crate::transfer) const LEAST: u64 = 5 * MIB;
/// Beyond this, the cost of a request is nothing next to that of its bytes.
const LARGEST: u64 = 96 * MIB;
/// The server takes no more parts than these.
const MOST_CHUNKS: u64 = 10_000;
/// Seconds that a chunk may be on its way.
const LASTS: f64 = 5.0;

/// Bytes of the next chunk of a file of `total`. `rate`: bytes a second of what went up last; `most`: what
/// the server, or what stands before it, takes in one request.
pub(in crate::transfer) fn of_chunk(rate: Option<u64>, total: u64, most: u64) -> u64 {
    let wanted = rate.map_or(FIRST, |rate| (rate as f64 * LASTS) as u64);
    wanted
        .clamp(FIRST, LARGEST)
        .min(most.max(LEAST))
        // Otherwise it could not go up at all.
        .max(total.div_ceil(MOST_CHUNKS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_the_rate_within_what_is_taken() {
        let most = 100 * MIB;
        assert_eq!(of_chunk(None, 1 << 30, most), FIRST);
        assert_eq!(of_chunk(Some(100_000), 1 << 30, most), FIRST);
        assert_eq!(of_chunk(Some(4_000_000), 1 << 30, most), 20_000_000);
        assert_eq!(of_chunk(Some(1 << 40), 1 << 30, most), LARGEST);
        assert_eq!(of_chunk(Some(1 << 40), 1 << 30, 10 * MIB), 10 * MIB);
        assert_eq!(of_chunk(None, 1 << 30, MIB), LEAST);
        let total = 3 << 40;
        assert!(of_chunk(None, total, most) * MOST_CHUNKS >= total);
    }
}
