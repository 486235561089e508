use super::super::content::mix;

/// Squares on each side of the pattern.
const SQUARES: u64 = 6;

/// A picture of a person as a PNG (<https://www.w3.org/TR/png-3/>): a pattern out of a seed, `size` by
/// `size` pixels of three bytes, not compressed.
pub fn portrait(seed: u64, size: u16) -> Vec<u8> {
    let side = u64::from(size.max(1));
    let mut rows = Vec::new();
    for y in 0..side {
        // No filter.
        rows.push(0);
        for x in 0..side {
            // Both halves are alike, as faces are.
            let column = (x * SQUARES / side).min(SQUARES - 1 - x * SQUARES / side);
            let square = mix(seed, y * SQUARES / side * SQUARES + column);
            let [r, g, b, ..] = mix(seed, square % 3).to_be_bytes();
            let grain = (mix(seed ^ x, y) % 16) as u8;
            rows.extend([r, g, b].map(|colour| colour.saturating_sub(grain)));
        }
    }
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut head = Vec::new();
    head.extend(u32::from(size.max(1)).to_be_bytes());
    head.extend(u32::from(size.max(1)).to_be_bytes());
    head.extend([8, 2, 0, 0, 0]);
    chunk(&mut png, b"IHDR", &head);
    chunk(&mut png, b"IDAT", &stored(&rows));
    chunk(&mut png, b"IEND", &[]);
    png
}

fn chunk(png: &mut Vec<u8>, name: &[u8; 4], data: &[u8]) {
    png.extend(u32::try_from(data.len()).unwrap_or(0).to_be_bytes());
    let from = png.len();
    png.extend(name);
    png.extend(data);
    let sum = crc(png.get(from..).unwrap_or_default());
    png.extend(sum.to_be_bytes());
}

/// RFC 1950 and 1951, in blocks that are not compressed.
fn stored(data: &[u8]) -> Vec<u8> {
    let mut out = vec![0x78, 0x01];
    let mut blocks = data.chunks(usize::from(u16::MAX)).peekable();
    while let Some(block) = blocks.next() {
        let length = u16::try_from(block.len()).unwrap_or(0);
        out.push(u8::from(blocks.peek().is_none()));
        out.extend(length.to_le_bytes());
        out.extend((!length).to_le_bytes());
        out.extend(block);
    }
    let (mut a, mut b) = (1_u32, 0_u32);
    for byte in data {
        a = (a + u32::from(*byte)) % 65_521;
        b = (b + a) % 65_521;
    }
    out.extend((b << 16 | a).to_be_bytes());
    out
}

fn crc(bytes: &[u8]) -> u32 {
    let mut sum = u32::MAX;
    for byte in bytes {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = (sum >> 1) ^ (0xedb8_8320 & (sum & 1).wrapping_neg());
        }
    }
    !sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_a_png() {
        let png = portrait(1, 40);
        assert!(png.starts_with(b"\x89PNG\r\n\x1a\n"));
        assert!(png.ends_with(&[0xae, 0x42, 0x60, 0x82]), "the CRC of IEND");
        assert!(png.len() > 40 * 40 * 3);
        assert_ne!(png, portrait(2, 40));
    }
}
