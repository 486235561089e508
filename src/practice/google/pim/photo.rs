//! Pictures of people: a pattern out of a seed, as a PNG (<https://www.w3.org/TR/png-3/>) of two colours.

use super::super::super::content::mix;

/// Squares on each side of the pattern.
const SQUARES: u32 = 8;

/// A picture of `size` by `size` pixels.
pub(super) fn png(seed: u64, size: u32) -> Vec<u8> {
    let size = size.clamp(1, 2_048);
    let mut rows = Vec::new();
    for y in 0..size {
        // No filter.
        rows.push(0);
        let mut byte = 0u8;
        for x in 0..size {
            byte = byte << 1 | u8::from(dark(seed, x * SQUARES / size, y * SQUARES / size));
            if x % 8 == 7 {
                rows.push(byte);
                byte = 0;
            }
        }
        if !size.is_multiple_of(8) {
            rows.push(byte << (8 - size % 8));
        }
    }
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut head = Vec::new();
    head.extend(size.to_be_bytes());
    head.extend(size.to_be_bytes());
    // One bit for each pixel, out of a palette.
    head.extend([1, 3, 0, 0, 0]);
    chunk(&mut png, b"IHDR", &head);
    let [r, g, b, ..] = mix(seed, 9).to_be_bytes();
    chunk(
        &mut png,
        b"PLTE",
        &[r, g, b, 255 - r / 4, 255 - g / 4, 255 - b / 4],
    );
    chunk(&mut png, b"IDAT", &zlib(&rows));
    chunk(&mut png, b"IEND", &[]);
    png
}

/// Both halves are alike, as faces are.
fn dark(seed: u64, x: u32, y: u32) -> bool {
    let x = x.min(SQUARES - 1 - x.min(SQUARES - 1));
    mix(seed, u64::from(y * SQUARES + x)) & 1 == 1
}

fn chunk(png: &mut Vec<u8>, name: &[u8; 4], data: &[u8]) {
    png.extend(u32::try_from(data.len()).unwrap_or(0).to_be_bytes());
    let from = png.len();
    png.extend(name);
    png.extend(data);
    let sum = crc(png.get(from..).unwrap_or_default());
    png.extend(sum.to_be_bytes());
}

fn crc(bytes: &[u8]) -> u32 {
    let step = |crc: u32| match crc & 1 {
        1 => 0xedb8_8320 ^ (crc >> 1),
        _ => crc >> 1,
    };
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| step(crc))
    })
}

/// Blocks that are only stored (RFC 1950, RFC 1951).
fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut packed = vec![0x78, 0x01];
    let blocks = bytes.chunks(65_535);
    let last = blocks.len();
    for (number, block) in blocks.enumerate() {
        let length = u16::try_from(block.len()).unwrap_or(u16::MAX);
        packed.push(u8::from(number + 1 == last));
        packed.extend(length.to_le_bytes());
        packed.extend((!length).to_le_bytes());
        packed.extend(block);
    }
    let (mut a, mut b) = (1u32, 0u32);
    for byte in bytes {
        a = (a + u32::from(*byte)) % 65_521;
        b = (b + a) % 65_521;
    }
    packed.extend((b << 16 | a).to_be_bytes());
    packed
}
