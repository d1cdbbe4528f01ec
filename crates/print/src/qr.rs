//! QR codes as drawings.

use qrcode::render::svg::Color;
use qrcode::{EcLevel, QrCode};

/// Longest text of a code, in bytes: more makes squares too small for a telephone at the size printed.
pub const QR_BYTES_MAX: usize = 500;

/// A text as an SVG drawing that a template puts in with `qr-image`; empty where it is too long for a code.
pub fn qr(text: &str) -> String {
    if text.len() > QR_BYTES_MAX {
        return String::new();
    }
    let Ok(code) = QrCode::with_error_correction_level(text.as_bytes(), EcLevel::M) else { return String::new() };
    code.render::<Color<'_>>().min_dimensions(100, 100).quiet_zone(true).build()
}
