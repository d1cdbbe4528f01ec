//! PDF with a text layer.
//!
//! The reader below is not ours and was not written for hostile files: packed streams are measured first, pages and text
//! are bounded, panics caught. Time, memory and stack are bounded by the process it runs in (`apart.rs`).

use crate::document::{Refusal, TEXT_BYTES_MAX};
use flate2::read::ZlibDecoder;
use pdf_extract::{Document, OutputError, PlainTextOutput};
use std::io::{self, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Pages read at most.
const PAGES_MAX: usize = 3_000;
/// All packed streams together, unpacked, in bytes; pictures are not counted, they stay packed.
const STREAMS_BYTES_MAX: usize = 256 * 1024 * 1024;
/// One packed stream, unpacked, in bytes.
const STREAM_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Arrays or dictionaries opened in a row without anything between.
const NESTING_MAX: usize = 200;
/// A page of text has far more letters than this; a scan has page numbers at most.
const LETTERS_A_PAGE_MIN: usize = 12;

/// The text of a PDF, a blank line between pages.
pub(crate) fn text(bytes: &[u8]) -> Result<String, Refusal> {
    measure(bytes)?;
    // The reader panics on some broken files.
    let read = catch_unwind(AssertUnwindSafe(|| read(bytes)));
    read.unwrap_or_else(|_| Err(Refusal::Broken { what: "PDF".into() }))
}

fn read(bytes: &[u8]) -> Result<String, Refusal> {
    let broken = |e: &dyn std::fmt::Display| Refusal::Broken { what: e.to_string() };
    let mut document = Document::load_mem(bytes).map_err(|e| broken(&e))?;
    if document.is_encrypted() && document.decrypt("").is_err() {
        return Err(Refusal::Locked);
    }
    let pages = document.get_pages().len();
    if pages > PAGES_MAX {
        return Err(Refusal::TooManyPages { max: PAGES_MAX });
    }
    let mut out = Bounded { text: Vec::new(), over: false };
    let written = {
        let out: &mut dyn Write = &mut out;
        pdf_extract::output_doc(&document, &mut PlainTextOutput::new(out))
    };
    if out.over {
        return Err(Refusal::TextTooLong { max: TEXT_BYTES_MAX });
    }
    if let Err(e) = written {
        return Err(match e {
            OutputError::PdfError(e) => broken(&e),
            other => Refusal::Broken { what: format!("{other:?}").chars().take(120).collect() },
        });
    }
    let text = tidy(&String::from_utf8_lossy(&out.text));
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    if letters < LETTERS_A_PAGE_MIN * pages.clamp(1, 20) {
        return Err(Refusal::NoTextLayer);
    }
    Ok(text)
}

/// Takes text up to the bound, then refuses more.
struct Bounded {
    text: Vec<u8>,
    over: bool,
}

impl Write for Bounded {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        if self.text.len() + piece.len() > TEXT_BYTES_MAX {
            self.over = true;
            return Err(io::Error::other("text bound"));
        }
        self.text.extend_from_slice(piece);
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Justified lines have doubled spaces, and lines of one paragraph are set apart by blank lines.
fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut blank = 0;
    for line in text.lines() {
        let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
        if line.is_empty() {
            blank += 1;
            continue;
        }
        if blank > 1 && !out.is_empty() {
            out.push('\n');
        }
        blank = 0;
        out.push_str(&line);
        out.push('\n');
    }
    out
}

/// Unpacks every packed stream into nothing, counting: a bomb shows before any reader keeps it.
fn measure(bytes: &[u8]) -> Result<(), Refusal> {
    let mut total = 0usize;
    let mut at = 0usize;
    let mut nested = 0usize;
    for pair in bytes.windows(2) {
        match pair {
            b"[[" | b"<<" => nested += 1,
            [b' ' | b'\n' | b'\r', _] | [_, b' ' | b'\n' | b'\r'] => {}
            _ => nested = 0,
        }
        if nested > NESTING_MAX {
            return Err(Refusal::TooDeep { max: NESTING_MAX });
        }
    }
    while let Some(found) = find(bytes, at, b"stream") {
        let ends = bytes[..found].ends_with(b"end");
        at = found + 6;
        if ends {
            continue;
        }
        let dictionary = &bytes[found.saturating_sub(400)..found];
        let dictionary = match dictionary.windows(3).rposition(|w| w == b"obj") {
            Some(start) => &dictionary[start..],
            None => dictionary,
        };
        if dictionary.windows(11).filter(|w| *w == b"FlateDecode").count() > 1 {
            return Err(Refusal::Unpacked { max: STREAM_BYTES_MAX });
        }
        let picture = dictionary.windows(6).any(|w| w == b"/Image");
        if picture || !dictionary.windows(6).any(|w| w == b"Decode") && !dictionary.ends_with(b">>") {
            continue;
        }
        let start = at + bytes[at..].iter().take(2).take_while(|b| matches!(b, b'\r' | b'\n')).count();
        let size = unpacked(&bytes[start..]);
        if size > STREAM_BYTES_MAX {
            return Err(Refusal::Unpacked { max: STREAM_BYTES_MAX });
        }
        total += size;
        if total > STREAMS_BYTES_MAX {
            return Err(Refusal::Unpacked { max: STREAMS_BYTES_MAX });
        }
    }
    Ok(())
}

/// How much a packed stream holds, counted to one over the bound. A stream cut short or not packed at
/// all is the reader's to judge; what counts here is its size.
fn unpacked(packed: &[u8]) -> usize {
    let mut decoder = ZlibDecoder::new(packed).take(STREAM_BYTES_MAX as u64 + 1);
    let mut buffer = [0u8; 16 * 1024];
    let mut total = 0usize;
    while let Ok(read) = decoder.read(&mut buffer) {
        if read == 0 {
            break;
        }
        total += read;
    }
    total
}

fn find(bytes: &[u8], from: usize, word: &[u8]) -> Option<usize> {
    bytes.get(from..)?.windows(word.len()).position(|w| w == word).map(|at| from + at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::ZlibEncoder};

    /// A PDF of one page with the content stream given, built by hand.
    fn pdf(content: &[u8], packed: bool) -> Vec<u8> {
        let stream = if packed {
            let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
            encoder.write_all(content).unwrap();
            encoder.finish().unwrap()
        } else {
            content.to_vec()
        };
        let filter = if packed { "/Filter /FlateDecode " } else { "" };
        let mut objects: Vec<Vec<u8>> = vec![
            b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec(),
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>".to_vec(),
        ];
        let mut fourth = format!("<< {filter}/Length {} >>\nstream\n", stream.len()).into_bytes();
        fourth.extend_from_slice(&stream);
        fourth.extend_from_slice(b"\nendstream");
        objects.push(fourth);
        objects.push(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_vec());
        let mut out = b"%PDF-1.4\n".to_vec();
        let mut offsets = Vec::new();
        for (i, object) in objects.iter().enumerate() {
            offsets.push(out.len());
            out.extend_from_slice(format!("{} 0 obj\n", i + 1).as_bytes());
            out.extend_from_slice(object);
            out.extend_from_slice(b"\nendobj\n");
        }
        let xref = out.len();
        out.extend_from_slice(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).as_bytes());
        for offset in offsets {
            out.extend_from_slice(format!("{offset:010} 00000 n \n").as_bytes());
        }
        out.extend_from_slice(
            format!("trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{xref}\n%%EOF\n", objects.len() + 1).as_bytes(),
        );
        out
    }

    #[test]
    fn a_text_layer_is_read() {
        let content = b"BT /F1 12 Tf 72 720 Td (Toi thieu 80% ho so truc tuyen nam 2025) Tj ET";
        for packed in [false, true] {
            assert!(text(&pdf(content, packed)).unwrap().contains("80% ho so"), "packed {packed}");
        }
    }

    #[test]
    fn a_page_without_text_is_refused_as_a_scan() {
        assert_eq!(text(&pdf(b"0 0 595 842 re f", false)).unwrap_err(), Refusal::NoTextLayer);
    }

    #[test]
    fn a_stream_that_grows_without_end_is_refused_before_it_is_kept() {
        let bomb = pdf(&vec![b' '; STREAM_BYTES_MAX + 10], true);
        assert!(bomb.len() < 1024 * 1024);
        assert_eq!(text(&bomb).unwrap_err().rule(), "unpacked_bytes");
    }

    #[test]
    fn nested_and_broken_files_are_refused() {
        let nested = [b"%PDF-1.4\n1 0 obj\n".as_slice(), &b"[".repeat(NESTING_MAX + 5)].concat();
        assert_eq!(text(&nested).unwrap_err().rule(), "xml_depth");
        let whole = pdf(b"BT ET", false);
        assert_eq!(text(&whole[..60]).unwrap_err().rule(), "broken");
    }

    #[test]
    fn doubled_spaces_become_single() {
        assert_eq!(tidy("Tỷ  lệ   hồ sơ\n\nđạt  80%\n\n\n\nTrang 2"), "Tỷ lệ hồ sơ\nđạt 80%\n\nTrang 2\n");
    }
}
