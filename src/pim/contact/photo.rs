//! Photos in cards.

use std::io::Cursor;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder as _, ImageReader, Limits, Rgb, RgbImage};

use crate::pim::build::Property;

/// The longest sides, in pixels, at which a photo that is too large is tried, and the quality of its JPEG.
const SIZES: [(u32, u8); 7] = [
    (1600, 88),
    (1200, 85),
    (1024, 85),
    (720, 80),
    (480, 80),
    (320, 75),
    (96, 70),
];

/// What decoding a photo may take, in bytes.
const MEMORY: u64 = 256 << 20;

/// PHOTO of a vCard 3.0 (RFC 2426, section 3.1.4).
pub(super) fn property(photo: &[u8]) -> Property {
    Property::raw("PHOTO", STANDARD.encode(photo))
        .with("ENCODING", "b")
        .with("TYPE", kind(photo))
}

/// PHOTO of a vCard 4.0 (RFC 6350, section 6.2.4).
pub(super) fn property_v4(photo: &[u8]) -> Property {
    let kind = kind(photo).to_ascii_lowercase();
    Property::raw(
        "PHOTO",
        format!("data:image/{kind};base64,{}", STANDARD.encode(photo)),
    )
}

/// What an image is, as TYPE names it; JPEG where it cannot be told.
pub(super) fn kind(photo: &[u8]) -> &'static str {
    match photo {
        [0x89, b'P', b'N', b'G', ..] => "PNG",
        [b'G', b'I', b'F', b'8', ..] => "GIF",
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => "WEBP",
        [b'B', b'M', ..] => "BMP",
        _ => "JPEG",
    }
}

pub(super) fn decode_base64(text: &str) -> Option<Vec<u8>> {
    let bare: String = text.chars().filter(|char| !char.is_whitespace()).collect();
    let padded = bare.trim_end_matches('=');
    base64::engine::general_purpose::STANDARD_NO_PAD
        .decode(padded)
        .ok()
}

/// The photo as a JPEG of at most so many bytes, as large as that allows; `None` for what is no JPEG or PNG,
/// or cannot be that small.
pub(super) fn smaller(photo: &[u8], at_most: usize) -> Option<Vec<u8>> {
    let image = decode(photo)?;
    SIZES.iter().find_map(|(side, quality)| {
        let scaled = if image.width().max(image.height()) > *side {
            image.resize(*side, *side, FilterType::Triangle)
        } else {
            image.clone()
        };
        let mut jpeg = Vec::new();
        JpegEncoder::new_with_quality(&mut jpeg, *quality)
            .encode_image(&on_white(&scaled))
            .ok()?;
        (jpeg.len() <= at_most).then_some(jpeg)
    })
}

fn decode(photo: &[u8]) -> Option<DynamicImage> {
    let mut reader = ImageReader::new(Cursor::new(photo))
        .with_guessed_format()
        .ok()?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(MEMORY);
    limits.max_image_width = Some(20_000);
    limits.max_image_height = Some(20_000);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().ok()?;
    let orientation = decoder.orientation().ok();
    let mut image = DynamicImage::from_decoder(decoder).ok()?;
    if let Some(orientation) = orientation {
        image.apply_orientation(orientation);
    }
    Some(image)
}

/// JPEG knows no transparency.
fn on_white(image: &DynamicImage) -> RgbImage {
    let rgba = image.to_rgba8();
    let mut flat = RgbImage::new(rgba.width(), rgba.height());
    for (flat, pixel) in flat.pixels_mut().zip(rgba.pixels()) {
        let [red, green, blue, alpha] = pixel.0.map(u16::from);
        let over = |channel: u16| {
            let blended = (channel * alpha + 255 * (255 - alpha)) / 255;
            u8::try_from(blended).unwrap_or(u8::MAX)
        };
        *flat = Rgb([over(red), over(green), over(blue)]);
    }
    flat
}

#[cfg(test)]
pub(crate) mod tests {
    use image::ImageFormat;

    use super::*;

    /// A picture that does not compress well.
    pub(crate) fn noise(side: u32, format: ImageFormat) -> Vec<u8> {
        let mut state = 1_u32;
        let image = image::RgbaImage::from_fn(side, side, |_, _| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let [a, b, c, _] = state.to_be_bytes();
            image::Rgba([a, b, c, 255])
        });
        let mut bytes = Cursor::new(Vec::new());
        let image = match format {
            ImageFormat::Jpeg => DynamicImage::ImageRgb8(DynamicImage::ImageRgba8(image).to_rgb8()),
            _ => DynamicImage::ImageRgba8(image),
        };
        image.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    #[test]
    fn photos_become_as_small_as_they_must() {
        for format in [ImageFormat::Png, ImageFormat::Jpeg] {
            let photo = noise(128, format);
            let small = smaller(&photo, 12_000).unwrap();
            assert!(small.len() <= 12_000);
            let decoded = image::load_from_memory(&small).unwrap();
            assert!(decoded.width() == decoded.height() && decoded.width() < 128);
            assert_eq!(smaller(&photo, 10), None);
        }
        assert_eq!(smaller(b"GIF89a", 20_000), None);
        assert_eq!(smaller(b"", 20_000), None);
    }

    #[test]
    fn transparency_becomes_white() {
        let clear = DynamicImage::ImageRgba8(image::RgbaImage::from_pixel(
            4,
            4,
            image::Rgba([0, 0, 0, 0]),
        ));
        assert_eq!(on_white(&clear).get_pixel(1, 1), &Rgb([255, 255, 255]));
    }

    #[test]
    fn kinds_are_told_by_their_first_bytes() {
        assert_eq!(kind(&noise(2, ImageFormat::Png)), "PNG");
        assert_eq!(kind(&noise(2, ImageFormat::Jpeg)), "JPEG");
        assert_eq!(kind(b"GIF89a"), "GIF");
        assert_eq!(kind(b"RIFF....WEBPVP8 "), "WEBP");
    }

    #[test]
    fn reads_base64_as_people_write_it() {
        assert_eq!(decode_base64("AA EC\r\n Aw=="), Some(vec![0, 1, 2, 3]));
        assert_eq!(decode_base64("AAECAw"), Some(vec![0, 1, 2, 3]));
        assert_eq!(decode_base64("?"), None);
    }
}
