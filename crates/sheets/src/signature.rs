//! What a file is by its first bytes, for the kinds that are not read.

/// A PDF may have a byte order mark, an empty line or a mail's head before it: readers look through so many bytes, and so do we,
/// everywhere alike (ISO 32000, implementation note 13).
const PDF_WITHIN: usize = 1024;
/// The head of a web page or a mail is looked for in so many bytes.
const HEAD_BYTES: usize = 2048;

/// Where `%PDF-` stands, when it stands near the beginning.
pub(crate) fn pdf_at(bytes: &[u8]) -> Option<usize> {
    let head = &bytes[..bytes.len().min(PDF_WITHIN)];
    head.windows(5).position(|window| window == b"%PDF-")
}

/// The kind of a file that is neither PDF nor a package, when its first bytes tell; "locked" for an Office file under a password.
pub(crate) fn other(bytes: &[u8]) -> Option<&'static str> {
    const KINDS: &[(&[u8], &str)] = &[
        (b"{\\rtf", "RTF"),
        (b"\x89PNG", "PNG"),
        (b"\xFF\xD8\xFF", "JPEG"),
        (b"GIF8", "GIF"),
        (b"II*\0", "TIFF"),
        (b"MM\0*", "TIFF"),
        (b"BM", "BMP"),
        (b"\x1F\x8B", "GZIP"),
        (b"7z\xBC\xAF", "7Z"),
        (b"Rar!", "RAR"),
        (b"MZ", "EXE"),
        (b"\x7FELF", "ELF"),
    ];
    if bytes.starts_with(b"\xD0\xCF\x11\xE0") {
        return Some(old_office(bytes));
    }
    if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        return Some("WEBP");
    }
    if bytes.get(4..8) == Some(b"ftyp") {
        return Some(film_or_photo(bytes.get(8..12).unwrap_or_default()));
    }
    // Two letters are also the beginning of a word: these two kinds have a byte below 32 soon after.
    let binary = bytes.iter().take(64).any(|b| *b == 0);
    let by_magic = KINDS.iter().find(|(magic, _)| bytes.starts_with(magic) && (magic.len() > 2 || binary));
    by_magic.map(|(_, name)| *name).or_else(|| marked_up(bytes))
}

/// An old Word or Excel file, or a new one that was put under a password: that one is kept inside the old container.
fn old_office(bytes: &[u8]) -> &'static str {
    let utf16: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    if bytes.windows(utf16.len()).any(|window| window == utf16) { "locked" } else { "DOC/XLS" }
}

/// ISO base media: photos of phones, films. `brand` is the four letters that tell which.
fn film_or_photo(brand: &[u8]) -> &'static str {
    match brand {
        b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"mif1" | b"msf1" => "HEIC",
        b"avif" | b"avis" => "AVIF",
        _ => "MP4",
    }
}

/// Web pages, mail archives of web pages and Word's own XML, which people save under the name of a document.
fn marked_up(bytes: &[u8]) -> Option<&'static str> {
    let head = &bytes[..bytes.len().min(HEAD_BYTES)];
    let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    // UTF-16 is read by its even or odd bytes: marks are ASCII.
    let head: Vec<u8> = match head {
        [0xFF, 0xFE, rest @ ..] => rest.iter().step_by(2).copied().collect(),
        [0xFE, 0xFF, rest @ ..] => rest.iter().skip(1).step_by(2).copied().collect(),
        other => other.to_vec(),
    };
    let head = head.to_ascii_lowercase();
    let begin: &[u8] = head.trim_ascii_start();
    let has = |wanted: &[u8]| head.windows(wanted.len()).any(|window| window == wanted);
    if begin.starts_with(b"mime-version:") || begin.starts_with(b"from:") && has(b"\nmime-version:") {
        return Some("MHTML");
    }
    const PAGES: [&[u8]; 6] = [b"<!doctype html", b"<html", b"<head>", b"<body", b"<meta ", b"<div"];
    if PAGES.iter().any(|mark| begin.starts_with(mark)) || begin.starts_with(b"<!--") && has(b"<html") {
        return Some("HTML");
    }
    if begin.starts_with(b"<?xml") {
        return Some(match () {
            () if has(b"<html") => "HTML",
            () if has(b"<svg") => "SVG",
            () => "XML",
        });
    }
    begin.starts_with(b"<svg").then_some("SVG")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_that_are_not_read_have_their_name() {
        let locked: Vec<u8> = b"\xD0\xCF\x11\xE0"
            .iter()
            .copied()
            .chain("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        let cases: [(&[u8], &str); 10] = [
            (b"\xD0\xCF\x11\xE0\xA1\xB1", "DOC/XLS"),
            (&locked, "locked"),
            (b"\0\0\0\x18ftypheic\0\0\0\0", "HEIC"),
            (b"\0\0\0\x18ftypmif1\0\0\0\0", "HEIC"),
            (b"RIFF\x10\0\0\0WEBPVP8 ", "WEBP"),
            (b"\xEF\xBB\xBF\r\n <HTML><body>", "HTML"),
            (b"<!-- saved from url --><html>", "HTML"),
            (b"MIME-Version: 1.0\r\nContent-Type: multipart/related", "MHTML"),
            (b"<?xml version=\"1.0\"?><?mso-application progid=\"Word.Document\"?>", "XML"),
            (b"MZ\x90\0\x03", "EXE"),
        ];
        for (bytes, kind) in cases {
            assert_eq!(other(bytes), Some(kind));
        }
        let wide: Vec<u8> =
            [0xFF, 0xFE].into_iter().chain("<html>".encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert_eq!(other(&wide), Some("HTML"));
        for text in ["MZ là ký hiệu của phòng", "BM 01: Biểu mẫu", "# Kế hoạch", "<2% hồ sơ quá hạn"]
        {
            assert_eq!(other(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn a_mark_or_an_empty_line_before_a_pdf_changes_nothing() {
        assert_eq!(pdf_at(b"%PDF-1.4"), Some(0));
        assert_eq!(pdf_at(b"\xEF\xBB\xBF%PDF-1.4"), Some(3));
        assert_eq!(pdf_at(b"\r\n\r\n%PDF-1.4"), Some(4));
        assert_eq!(pdf_at(&[b" ".repeat(2000).as_slice(), b"%PDF-1.4"].concat()), None);
    }
}
