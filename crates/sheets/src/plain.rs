//! Plain text: UTF-8 with or without its mark, UTF-16 with its mark. Older Vietnamese encodings
//! (windows-1258, TCVN3, VNI) cannot be told apart safely, so they are refused by name.

use crate::document::{Refusal, TEXT_BYTES_MAX};

/// Decodes bytes as Unicode text.
pub(crate) fn text(bytes: &[u8]) -> Result<String, Refusal> {
    let text = match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => utf8(rest)?,
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes)?,
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes)?,
        _ => utf8(bytes)?,
    };
    if text.contains('\0') {
        return Err(Refusal::Kind { found: "binary".into() });
    }
    if text.len() > TEXT_BYTES_MAX {
        return Err(Refusal::TextTooLong { max: TEXT_BYTES_MAX });
    }
    if text.trim().is_empty() {
        return Err(Refusal::Empty);
    }
    Ok(text)
}

fn utf8(bytes: &[u8]) -> Result<String, Refusal> {
    std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| Refusal::Encoding)
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, Refusal> {
    if !bytes.len().is_multiple_of(2) {
        return Err(Refusal::Encoding);
    }
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    char::decode_utf16(units).collect::<Result<String, _>>().map_err(|_| Refusal::Encoding)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unicode_is_read_with_and_without_a_mark() {
        assert_eq!(text("\u{feff}Đạt 80%".as_bytes()).unwrap(), "Đạt 80%");
        let le: Vec<u8> = [0xFF, 0xFE].into_iter().chain("Đạt".encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert_eq!(text(&le).unwrap(), "Đạt");
        let be: Vec<u8> = [0xFE, 0xFF].into_iter().chain("Đạt".encode_utf16().flat_map(u16::to_be_bytes)).collect();
        assert_eq!(text(&be).unwrap(), "Đạt");
    }

    #[test]
    fn other_encodings_and_binary_are_refused_by_name() {
        assert_eq!(text(b"K\xCA ho\xBAch").unwrap_err(), Refusal::Encoding);
        assert_eq!(text(&[0xFF, 0xFE, 0x00]).unwrap_err(), Refusal::Encoding);
        assert_eq!(text(&[0xFF, 0xFE, 0x00, 0xD8]).unwrap_err(), Refusal::Encoding);
        assert_eq!(text(b"abc\0def").unwrap_err().rule(), "kind");
    }
}
