//! Photos and scans. What is fine is kept as it came; a WEBP photo becomes a JPEG, a photo that lies on its side is turned as the
//! camera says, a huge one is made smaller. Bounds are in decoded bytes, told by the head before a point is read.

use super::Unfit;
use image::codecs::{jpeg, webp};
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder};
use std::io::Cursor;

/// Most a picture may take decoded, in bytes: 50 megapixels in colour, what the cameras of phones make.
const DECODED_BYTES_MAX: u64 = 150 * 1024 * 1024;
/// Points a JPEG is kept with, in megapixels: a page at 600 dots an inch has 35.
const KEPT_MEGAPIXELS: u64 = 40;
/// The longer side of a photo that had to be made smaller or was turned while large, in points: letters of a photographed page
/// stay readable.
const SIDE_MAX: u32 = 4_096;
/// Points above which a photo is made smaller before it is turned: both copies stand in memory then.
const TURNED_PIXELS_MAX: u64 = 20_000_000;
/// JPEG quality of what is written anew.
const QUALITY: u8 = 90;
/// A PNG is not decoded here, but whoever opens it must.
const PNG_MEGAPIXELS_MAX: u64 = 100;

/// A PNG is kept as it is, when its head is one and its size that of a scan.
pub(super) fn png(bytes: &[u8]) -> Result<(), Unfit> {
    // Signature, length, "IHDR", width, height (PNG 1.2, 3.2 and 4.1.1).
    let side = |at: usize| bytes.get(at..at + 4).and_then(|four| four.try_into().ok()).map(u32::from_be_bytes);
    if bytes.get(12..16) != Some(b"IHDR") {
        return Err(Unfit::Broken);
    }
    let (Some(width), Some(height)) = (side(16), side(20)) else { return Err(Unfit::Broken) };
    if width == 0 || height == 0 {
        return Err(Unfit::Broken);
    }
    if u64::from(width) * u64::from(height) > PNG_MEGAPIXELS_MAX * 1_000_000 {
        return Err(Unfit::Pixels { megapixels: PNG_MEGAPIXELS_MAX });
    }
    Ok(())
}

/// The bytes to keep instead, when a JPEG lies on its side or is huge.
pub(super) fn jpeg(bytes: &[u8]) -> Result<Option<Vec<u8>>, Unfit> {
    let mut decoder = jpeg::JpegDecoder::new(Cursor::new(bytes)).map_err(|_| Unfit::Broken)?;
    let (width, height) = decoder.dimensions();
    if width == 0 || height == 0 {
        return Err(Unfit::Broken);
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let huge = u64::from(width) * u64::from(height) > KEPT_MEGAPIXELS * 1_000_000;
    if orientation == Orientation::NoTransforms && !huge {
        return Ok(None);
    }
    written(decoder, orientation, huge).map(Some)
}

/// A WEBP photo as JPEG.
pub(super) fn webp(bytes: &[u8]) -> Result<Vec<u8>, Unfit> {
    let mut decoder = webp::WebPDecoder::new(Cursor::new(bytes)).map_err(|_| Unfit::Broken)?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    written(decoder, orientation, false)
}

fn written(decoder: impl ImageDecoder, orientation: Orientation, huge: bool) -> Result<Vec<u8>, Unfit> {
    if decoder.total_bytes() > DECODED_BYTES_MAX {
        return Err(Unfit::Pixels { megapixels: DECODED_BYTES_MAX / 3_000_000 });
    }
    let (width, height) = decoder.dimensions();
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|_| Unfit::Broken)?;
    if huge || u64::from(width) * u64::from(height) > TURNED_PIXELS_MAX {
        picture = picture.thumbnail(SIDE_MAX, SIDE_MAX);
    }
    picture.apply_orientation(orientation);
    // JPEG has no see-through points; whatever was behind them was to be paper.
    let picture = if picture.color().has_alpha() { on_white(&picture) } else { picture };
    let mut out = Vec::new();
    let encoder = jpeg::JpegEncoder::new_with_quality(&mut out, QUALITY);
    let plain =
        if picture.color().has_color() { picture.to_rgb8().into() } else { DynamicImage::from(picture.to_luma8()) };
    plain.write_with_encoder(encoder).map_err(|_| Unfit::Broken)?;
    Ok(out)
}

fn on_white(picture: &DynamicImage) -> DynamicImage {
    let mut paper = image::RgbImage::new(picture.width(), picture.height());
    for (to, from) in paper.pixels_mut().zip(picture.to_rgba8().pixels()) {
        let [red, green, blue, alpha] = from.0.map(u16::from);
        let mix = |colour: u16| ((colour * alpha + 255 * (255 - alpha)) / 255) as u8;
        to.0 = [mix(red), mix(green), mix(blue)];
    }
    paper.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{ImageEncoder, RgbImage};

    /// A JPEG, the left half black and the right half white, with the camera's word on how it was held.
    fn photo(width: u32, height: u32, orientation: Option<u8>) -> Vec<u8> {
        let picture = RgbImage::from_fn(width, height, |x, _| image::Rgb([if x < width / 2 { 0 } else { 255 }; 3]));
        let mut out = Vec::new();
        let mut encoder = jpeg::JpegEncoder::new_with_quality(&mut out, 90);
        if let Some(orientation) = orientation {
            // A little-endian directory with the one entry 0x0112.
            let mut exif = b"II\x2a\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
            exif.extend_from_slice(&[orientation, 0, 0, 0, 0, 0, 0, 0]);
            encoder.set_exif_metadata(exif).unwrap();
        }
        encoder.write_image(&picture, width, height, image::ExtendedColorType::Rgb8).unwrap();
        out
    }

    #[test]
    fn an_upright_photo_is_kept_byte_for_byte() {
        assert_eq!(jpeg(&photo(64, 32, None)), Ok(None));
        assert_eq!(jpeg(&photo(64, 32, Some(1))), Ok(None));
    }

    #[test]
    fn a_photo_on_its_side_is_turned_as_the_camera_says_and_stays_so() {
        let turned = jpeg(&photo(64, 32, Some(6))).unwrap().expect("turned");
        assert_eq!(jpeg(&turned), Ok(None), "turned once");
        let picture = image::load_from_memory(&turned).unwrap().to_luma8();
        assert_eq!(picture.dimensions(), (32, 64));
        assert!(picture.get_pixel(16, 4).0[0] < 40 && picture.get_pixel(16, 60).0[0] > 215, "the left became the top");
    }

    #[test]
    fn a_webp_photo_becomes_a_jpeg_of_its_size_on_white() {
        let see_through = image::RgbaImage::from_pixel(20, 10, image::Rgba([200, 0, 0, 0]));
        let mut bytes = Vec::new();
        image::codecs::webp::WebPEncoder::new_lossless(&mut bytes)
            .write_image(&see_through, 20, 10, image::ExtendedColorType::Rgba8)
            .unwrap();
        let picture = image::load_from_memory(&webp(&bytes).unwrap()).unwrap().to_rgb8();
        assert_eq!(picture.dimensions(), (20, 10));
        assert!(picture.get_pixel(5, 5).0.iter().all(|colour| *colour > 250));
    }

    #[test]
    fn a_head_that_promises_endless_points_is_refused_before_one_is_read() {
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
        bytes.extend_from_slice(&100_000_u32.to_be_bytes());
        bytes.extend_from_slice(&100_000_u32.to_be_bytes());
        assert_eq!(png(&bytes), Err(Unfit::Pixels { megapixels: PNG_MEGAPIXELS_MAX }));
        assert_eq!(png(b"\x89PNG\r\n\x1a\n...."), Err(Unfit::Broken));
        assert_eq!(jpeg(b"\xff\xd8\xff\xe0...."), Err(Unfit::Broken));
    }
}
