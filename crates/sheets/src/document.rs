//! A document of any kind read as text.

use crate::{docx, pdf, plain, signature};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use thiserror::Error;

/// Largest file read, in bytes: a 1,000-page scan with a text layer is about 40 MB.
pub const DOCUMENT_BYTES_MAX: usize = 48 * 1024 * 1024;
/// Largest text that comes out, in bytes: over 10,000 pages.
pub const TEXT_BYTES_MAX: usize = 32 * 1024 * 1024;

/// What kind of file the text came from; told by its content, not by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Format {
    Plain,
    Markdown,
    Docx,
    Pdf,
}

/// The text of a document. Tables stand as rows between pipes, one row a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    pub text: String,
    pub format: Format,
}

/// Why a document is not read. Each names the rule and its bound.
#[derive(Clone, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
pub enum Refusal {
    #[error("tệp trống / the file is empty")]
    Empty,
    #[error("tệp lớn hơn {max} byte / the file is larger than {max} bytes")]
    TooLarge { max: usize },
    #[error("nội dung giải nén lớn hơn {max} byte / the unpacked content is larger than {max} bytes")]
    Unpacked { max: usize },
    #[error("văn bản đọc ra lớn hơn {max} byte / the text is larger than {max} bytes")]
    TextTooLong { max: usize },
    #[error("một ô của bảng dài hơn {max} byte / a table cell is longer than {max} bytes")]
    CellTooLong { max: usize },
    #[error("tệp nén có hơn {max} mục / the package has more than {max} entries")]
    TooManyEntries { max: usize },
    #[error("XML lồng nhau quá {max} cấp / the XML is nested deeper than {max} levels")]
    TooDeep { max: usize },
    #[error("bảng rộng hơn {max} cột / a table is wider than {max} columns")]
    TooWide { max: usize },
    #[error("PDF có hơn {max} trang / the PDF has more than {max} pages")]
    TooManyPages { max: usize },
    #[error("đọc tệp lâu hơn {max} giây / reading the file takes longer than {max} seconds")]
    TooSlow { max: u64 },
    #[error("đọc tệp cần hơn {max} byte bộ nhớ / reading the file takes more than {max} bytes of memory")]
    Memory { max: u64 },
    #[error(
        "tệp lồng nhau không dứt, như một hình tự vẽ chính nó / the file is nested without end, such as a form that draws itself"
    )]
    Endless,
    #[error("đang đọc quá nhiều tệp, hãy thử lại sau ít phút / too many files are being read, try again in a minute")]
    Busy,
    #[error("tiến trình đọc tệp không chạy được / the reading process does not start")]
    NotStarted,
    #[error(
        "PDF không có lớp chữ: hãy nhận dạng chữ (OCR) trước / the PDF has no text layer: recognise its text (OCR) first"
    )]
    NoTextLayer,
    #[error("tệp được đặt mật khẩu / the file is protected by a password")]
    Locked,
    #[error(
        "bảng mã không phải Unicode (UTF-8, UTF-16): hãy lưu lại bằng UTF-8 / the encoding is not Unicode (UTF-8, UTF-16): save it again as UTF-8"
    )]
    Encoding,
    #[error(
        "không đọc loại tệp này ({found}); hãy dùng DOCX, PDF có lớp chữ, TXT hoặc Markdown / this kind of file is not read ({found}); use DOCX, PDF with a text layer, TXT or Markdown"
    )]
    Kind { found: Cow<'static, str> },
    #[error(
        "văn bản dùng phông chữ cũ {font}, chưa đổi được sang Unicode: hãy đổi bảng mã rồi lưu lại / the text is in the old font {font}, which is not turned into Unicode: convert it and save again"
    )]
    Font { font: String },
    #[error("tệp hỏng: {what} / the file is broken: {what}")]
    Broken { what: String },
}

impl Refusal {
    /// A stable name of the rule, for logs and tests.
    pub fn rule(&self) -> &'static str {
        match self {
            Refusal::Empty => "empty",
            Refusal::TooLarge { .. } => "file_bytes",
            Refusal::Unpacked { .. } => "unpacked_bytes",
            Refusal::TextTooLong { .. } => "text_bytes",
            Refusal::CellTooLong { .. } => "cell_bytes",
            Refusal::TooManyEntries { .. } => "entries",
            Refusal::TooDeep { .. } => "xml_depth",
            Refusal::TooWide { .. } => "columns",
            Refusal::TooManyPages { .. } => "pages",
            Refusal::TooSlow { .. } => "seconds",
            Refusal::Memory { .. } => "memory",
            Refusal::Endless => "nesting",
            Refusal::Busy => "busy",
            Refusal::NotStarted => "process",
            Refusal::NoTextLayer => "text_layer",
            Refusal::Locked => "password",
            Refusal::Encoding => "encoding",
            Refusal::Kind { .. } => "kind",
            Refusal::Font { .. } => "font",
            Refusal::Broken { .. } => "broken",
        }
    }
}

/// Reads a document as text, within bounds of size; those of memory, time and stack are the process's, so a file somebody else
/// handed in is read by [`crate::read_apart`]. The name is only used to tell Markdown from plain text.
pub fn read_document(bytes: &[u8], file_name: Option<&str>) -> Result<Text, Refusal> {
    if bytes.is_empty() {
        return Err(Refusal::Empty);
    }
    if bytes.len() > DOCUMENT_BYTES_MAX {
        return Err(Refusal::TooLarge { max: DOCUMENT_BYTES_MAX });
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return Ok(Text { text: docx::text(bytes)?, format: Format::Docx });
    }
    if signature::pdf_at(bytes).is_some() {
        return Ok(Text { text: pdf::text(bytes)?, format: Format::Pdf });
    }
    match signature::other(bytes) {
        Some("locked") => return Err(Refusal::Locked),
        Some(found) => return Err(Refusal::Kind { found: found.into() }),
        None => {}
    }
    let text = plain::text(bytes)?;
    let name = file_name.unwrap_or("").to_ascii_lowercase();
    let format = if name.ends_with(".md") || name.ends_with(".markdown") { Format::Markdown } else { Format::Plain };
    Ok(Text { text, format })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_told_by_its_content() {
        assert_eq!(read_document("Kế hoạch".as_bytes(), Some("a.txt")).unwrap().format, Format::Plain);
        assert_eq!(read_document("# Kế hoạch".as_bytes(), Some("A.MD")).unwrap().format, Format::Markdown);
        assert_eq!(read_document(b"\xD0\xCF\x11\xE0\xA1\xB1", Some("a.docx")).unwrap_err().rule(), "kind");
        assert_eq!(read_document(b"", None).unwrap_err(), Refusal::Empty);
    }

    #[test]
    fn a_web_page_is_refused_as_one_whatever_its_name() {
        let page = "<!DOCTYPE html><html lang=\"vi\"><body><p>- Tối thiểu 85% hồ sơ trực tuyến.</p></body></html>";
        let archive = "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=\"x\"\r\n\r\n--x\r\n";
        for (bytes, found) in [(page, "HTML"), (archive, "MHTML")] {
            for name in ["a.pdf", "a.doc", "a.txt"] {
                assert_eq!(
                    read_document(bytes.as_bytes(), Some(name)).unwrap_err(),
                    Refusal::Kind { found: found.into() }
                );
            }
        }
    }

    #[test]
    fn a_file_over_the_bound_is_refused_with_the_bound() {
        let refusal = read_document(&vec![b'a'; DOCUMENT_BYTES_MAX + 1], None).unwrap_err();
        assert_eq!(refusal.rule(), "file_bytes");
        assert!(refusal.to_string().contains(&DOCUMENT_BYTES_MAX.to_string()));
    }
}
