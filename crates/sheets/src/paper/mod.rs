//! Papers as they are handed in: what a file really is, judged by its content, and whether it may be kept for others to open.
//! The name's ending must agree, so that nobody is handed a program under the name of a picture.

mod active;
mod office;
mod picture;

use crate::document::Refusal;
use crate::signature;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A kind of file that is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    Pdf,
    Png,
    Jpeg,
    Docx,
    Xlsx,
}
base::closed_list!(Kind, { Pdf => "PDF", Png => "PNG", Jpeg => "JPEG", Docx => "DOCX", Xlsx => "XLSX" });

impl Kind {
    /// The media type it is stored and sent under.
    pub fn media_type(self) -> &'static str {
        match self {
            Kind::Pdf => "application/pdf",
            Kind::Png => "image/png",
            Kind::Jpeg => "image/jpeg",
            Kind::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Kind::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }

    /// Whether a browser shows a file of this media type by itself, running nothing of it.
    pub fn is_looked_at(media_type: &str) -> bool {
        [Kind::Pdf, Kind::Png, Kind::Jpeg].iter().any(|kind| kind.media_type() == media_type)
    }

    /// The kind an ending promises. A JPEG goes by five of them: browsers on Windows write `.jfif`, older cameras `.jpe`.
    fn of_ending(ending: &str) -> Option<Kind> {
        Some(match ending.to_ascii_lowercase().as_str() {
            "pdf" => Kind::Pdf,
            "png" => Kind::Png,
            "jpg" | "jpeg" | "jpe" | "jfif" | "pjpeg" => Kind::Jpeg,
            "docx" => Kind::Docx,
            "xlsx" => Kind::Xlsx,
            _ => return None,
        })
    }
}

/// A file that may be kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    pub kind: Kind,
    /// The name to keep it under: another ending when the file was turned into another kind.
    pub name: String,
}

/// Why a file is not kept.
#[derive(Clone, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
pub enum Unfit {
    #[error("empty")]
    Empty,
    /// Of a kind that is not taken; which, when it can be told.
    #[error("kind {found}")]
    Kind { found: String },
    /// A photo as phones of one maker store it.
    #[error("HEIC")]
    Heic,
    /// Word or Excel before 2007, or OpenDocument: `found` says which.
    #[error("old office {found}")]
    OldOffice { found: String },
    /// A web page under the name of a document.
    #[error("web page {found}")]
    WebPage { found: String },
    #[error("ending disagrees with {found}")]
    Ending { found: String },
    #[error("locked")]
    Locked,
    #[error("macros")]
    Macros,
    /// A PDF that does something when it is opened, or carries other files: `found` is PDF's own word for it.
    #[error("active content {found}")]
    Active { found: String },
    /// A document that fetches something from elsewhere when it is opened: `found` says what and from where.
    #[error("fetches {found}")]
    Remote { found: String },
    #[error("picture over {megapixels} megapixels")]
    Pixels { megapixels: u64 },
    #[error("broken")]
    Broken,
    /// Its reading was stopped.
    #[error("{0}")]
    Stopped(Refusal),
}

/// Judges a whole file under the name it was handed in with. The bytes to keep instead, when they are others: a WEBP photo becomes
/// a JPEG, a JPEG photo is turned upright and made smaller when it is huge; what is fine is kept as it is.
///
/// It trusts no length and no count the file states, but time, memory and stack are bounded by the process it runs in
/// ([`crate::judge_apart`]).
///
/// # Errors
/// Why the file is not kept.
pub fn judge(bytes: &[u8], name: &str) -> Result<(Judged, Option<Vec<u8>>), Unfit> {
    if bytes.is_empty() {
        return Err(Unfit::Empty);
    }
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    let promised = Kind::of_ending(ending);
    let agreed = |kind: Kind| {
        if promised == Some(kind) { Ok(()) } else { Err(Unfit::Ending { found: kind.as_str().to_owned() }) }
    };
    let kept = |kind: Kind| Judged { kind, name: name.to_owned() };
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        agreed(Kind::Png)?;
        picture::png(bytes)?;
        return Ok((kept(Kind::Png), None));
    }
    if bytes.starts_with(b"\xFF\xD8\xFF") {
        agreed(Kind::Jpeg)?;
        return Ok((kept(Kind::Jpeg), picture::jpeg(bytes)?));
    }
    if bytes.starts_with(b"PK\x03\x04") {
        let kind = office::kind(bytes)?;
        agreed(kind)?;
        return Ok((kept(kind), None));
    }
    match signature::other(bytes) {
        Some("WEBP") => {
            // Photos from the web often go under the name of a JPEG; a JPEG is what it becomes.
            if promised != Some(Kind::Jpeg) && !ending.eq_ignore_ascii_case("webp") {
                return Err(Unfit::Ending { found: "WEBP".to_owned() });
            }
            let judged = Judged { kind: Kind::Jpeg, name: format!("{stem}.jpg") };
            return Ok((judged, Some(picture::webp(bytes)?)));
        }
        Some("HEIC" | "AVIF") => return Err(Unfit::Heic),
        Some("locked") => return Err(Unfit::Locked),
        Some(found @ "DOC/XLS") => return Err(Unfit::OldOffice { found: found.to_owned() }),
        Some(found @ ("HTML" | "MHTML")) => return Err(Unfit::WebPage { found: found.to_owned() }),
        Some("SVG" | "XML") | None if signature::pdf_at(bytes).is_some() => {}
        Some(found) => return Err(Unfit::Kind { found: found.to_owned() }),
        None => return Err(Unfit::Kind { found: String::new() }),
    }
    agreed(Kind::Pdf)?;
    active::judge(bytes)?;
    if !ends(bytes) {
        return Err(Unfit::Broken);
    }
    Ok((kept(Kind::Pdf), None))
}

/// Shorter files are not asked for their end: they hold no page anybody could miss.
const PDF_BYTES_SURE: usize = 1024;
/// Where the end of a PDF is looked for: readers look for it in the last kilobyte, and some writers let a few more follow.
const PDF_END_BYTES: usize = 16 * 1024;

/// Whether a PDF has come to its end. One that was cut off on its way, or holds anything else behind its first line, opens for the
/// one officer and not for the other.
fn ends(bytes: &[u8]) -> bool {
    // Some programs fill a file up with blanks or zeros.
    let filled = bytes.iter().rev().take_while(|byte| byte.is_ascii_whitespace() || **byte == 0).count();
    let told = &bytes[..bytes.len() - filled];
    let last = &told[told.len().saturating_sub(PDF_END_BYTES)..];
    let has = |word: &[u8]| last.windows(word.len()).any(|window| window == word);
    bytes.len() < PDF_BYTES_SURE || has(b"%%EOF") || has(b"startxref")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pdf_that_was_cut_off_or_is_none_behind_its_first_line_is_broken() {
        let whole = |body: usize| [b"%PDF-1.7\n".as_slice(), &vec![b'x'; body], b"\nstartxref\n9\n%%EOF\n"].concat();
        assert!(judge(&whole(50_000), "a.pdf").is_ok());
        for follows in [vec![0; 200_000], vec![b' '; 200_000], vec![7; 4_000]] {
            let followed = [whole(50_000), follows].concat();
            assert!(judge(&followed, "a.pdf").is_ok(), "what follows the end harms nobody");
        }
        // The first half of a file made for the web names an end of its own, near its beginning.
        let linear = [whole(2_000), whole(200_000)].concat();
        assert!(judge(&linear, "a.pdf").is_ok());
        for broken in [&whole(50_000)[..25_000], &linear[..100_000], &[b"%PDF-1.4\n".as_slice(), &[7; 9_000]].concat()]
        {
            assert_eq!(judge(broken, "a.pdf").unwrap_err(), Unfit::Broken);
        }
    }

    #[test]
    fn a_program_or_a_web_page_under_another_name_is_refused_by_what_it_is() {
        let refused = |bytes: &[u8], name: &str| judge(bytes, name).unwrap_err();
        assert_eq!(refused(b"MZ\x90\0\x03", "anh.png"), Unfit::Kind { found: "EXE".to_owned() });
        assert_eq!(refused(b"<html><script>", "a.pdf"), Unfit::WebPage { found: "HTML".to_owned() });
        assert_eq!(refused(b"MIME-Version: 1.0\r\n\r\n", "a.doc"), Unfit::WebPage { found: "MHTML".to_owned() });
        assert_eq!(refused(b"\xD0\xCF\x11\xE0\xA1\xB1", "a.doc"), Unfit::OldOffice { found: "DOC/XLS".to_owned() });
        assert_eq!(refused(b"\0\0\0\x18ftypheic\0\0\0\0", "IMG_1.HEIC"), Unfit::Heic);
        assert_eq!(refused(b"<svg xmlns=''/>", "a.svg"), Unfit::Kind { found: "SVG".to_owned() });
        assert_eq!(refused("chữ thường".as_bytes(), "a.pdf"), Unfit::Kind { found: String::new() });
        assert_eq!(refused(b"", "a.pdf"), Unfit::Empty);
    }

    #[test]
    fn the_ending_must_agree_with_the_content() {
        for name in ["a.png", "a.pdf.exe", "pdf"] {
            assert_eq!(judge(b"%PDF-1.7", name).unwrap_err(), Unfit::Ending { found: "PDF".to_owned() }, "{name}");
        }
        assert_eq!(judge(b"%PDF-1.7\n...", "Giấy.PDF").unwrap().0.kind, Kind::Pdf);
    }

    #[test]
    fn a_pdf_with_a_mark_or_an_empty_line_before_it_is_a_pdf() {
        for before in [b"\xEF\xBB\xBF".as_slice(), b"\n", b"\r\n\r\n"] {
            let bytes = [before, b"%PDF-1.3\n1 0 obj<<>>endobj"].concat();
            assert_eq!(judge(&bytes, "a.pdf").unwrap(), (Judged { kind: Kind::Pdf, name: "a.pdf".to_owned() }, None));
        }
    }
}
