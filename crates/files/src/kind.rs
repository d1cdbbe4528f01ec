//! Which kinds of file are taken, judged by the bytes. The name's extension must agree, so that nobody is handed a
//! program under the name of a picture.

use base::{Fault, Problem};

/// A kind of file that is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Pdf,
    Png,
    Jpeg,
    Docx,
    Xlsx,
}

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

    /// What people call it.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Pdf => "PDF",
            Kind::Png => "PNG",
            Kind::Jpeg => "JPEG",
            Kind::Docx => "DOCX",
            Kind::Xlsx => "XLSX",
        }
    }

    fn of_extension(extension: &str) -> Option<Kind> {
        Some(match extension.to_ascii_lowercase().as_str() {
            "pdf" => Kind::Pdf,
            "png" => Kind::Png,
            "jpg" | "jpeg" => Kind::Jpeg,
            "docx" => Kind::Docx,
            "xlsx" => Kind::Xlsx,
            _ => return None,
        })
    }

    /// The kind of a whole file's bytes under the name it was handed in with. Faults: 415 naming what is wrong.
    pub fn of(bytes: &[u8], name: &str) -> Result<Kind, Fault> {
        let refused = |code| Fault::UnsupportedType(Problem::new(code).arg("name", name));
        if bytes.is_empty() {
            return Err(Fault::invalid(Problem::new("files-empty").arg("name", name)));
        }
        let kind = if infer::image::is_png(bytes) {
            Kind::Png
        } else if infer::image::is_jpeg(bytes) {
            Kind::Jpeg
        } else if bytes.starts_with(b"%PDF-") {
            Kind::Pdf
        } else if bytes.starts_with(b"PK\x03\x04") {
            if holds(bytes, b"vbaProject.bin") {
                return Err(refused("files-macros-refused"));
            }
            // The parts' names stand in the clear in the archive's directory, wherever the writer put them.
            let is_docx = holds(bytes, b"word/document.xml");
            let is_xlsx = holds(bytes, b"xl/workbook.xml");
            match (is_docx, is_xlsx) {
                (true, false) => Kind::Docx,
                (false, true) => Kind::Xlsx,
                _ => return Err(refused("files-type-refused")),
            }
        } else {
            return Err(refused("files-type-refused"));
        };
        let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
        if Kind::of_extension(extension) == Some(kind) {
            return Ok(kind);
        }
        let problem = Problem::new("files-extension-disagrees").arg("name", name).arg("found", kind.as_str());
        Err(Fault::UnsupportedType(problem))
    }
}

fn holds(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use std::io::{Cursor, Write as _};

    pub(crate) fn archive(names: &[&str]) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for name in names {
            zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            zip.write_all(b"<x/>").unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn code(result: Result<Kind, Fault>) -> &'static str {
        match result {
            Err(Fault::UnsupportedType(p)) => p.code,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_five_kinds_are_told_by_their_bytes() {
        assert_eq!(Kind::of(b"%PDF-1.7\n...", "Giấy.PDF").unwrap(), Kind::Pdf);
        assert_eq!(Kind::of(b"\x89PNG\r\n\x1a\n....", "a.png").unwrap(), Kind::Png);
        assert_eq!(Kind::of(b"\xff\xd8\xff\xe0....", "a.jpg").unwrap(), Kind::Jpeg);
        let docx = archive(&["docProps/app.xml", "[Content_Types].xml", "word/document.xml"]);
        assert_eq!(Kind::of(&docx, "a.docx").unwrap(), Kind::Docx);
        assert_eq!(Kind::of(&archive(&["[Content_Types].xml", "xl/workbook.xml"]), "a.xlsx").unwrap(), Kind::Xlsx);
    }

    #[test]
    fn a_program_named_as_a_picture_is_refused() {
        assert_eq!(code(Kind::of(b"MZ\x90\x00", "anh.png")), "files-type-refused");
        assert_eq!(code(Kind::of(b"<html><script>", "a.pdf")), "files-type-refused");
        assert_eq!(code(Kind::of(b"<svg xmlns=''/>", "a.svg")), "files-type-refused");
    }

    #[test]
    fn the_extension_must_agree_with_the_content() {
        assert_eq!(code(Kind::of(b"%PDF-1.7", "a.png")), "files-extension-disagrees");
        assert_eq!(code(Kind::of(b"%PDF-1.7", "a.pdf.exe")), "files-extension-disagrees");
        assert_eq!(code(Kind::of(b"%PDF-1.7", "pdf")), "files-extension-disagrees");
    }

    #[test]
    fn macros_and_other_archives_are_refused() {
        assert_eq!(
            code(Kind::of(&archive(&["word/document.xml", "word/vbaProject.bin"]), "a.docx")),
            "files-macros-refused"
        );
        assert_eq!(code(Kind::of(&archive(&["readme.txt"]), "a.docx")), "files-type-refused");
    }
}
