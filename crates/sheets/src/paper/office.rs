//! Word and Excel packages, judged as Word and Excel open them: the list of content types, the main part the package names, and
//! what they fetch from elsewhere.

use super::{Kind, Unfit};
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;
use std::collections::HashMap;
use std::io::{Cursor, Read};
use zip::ZipArchive;

/// Entries of a package; real documents with pictures have a few hundred.
const ENTRIES_MAX: usize = 20_000;
/// The list of types and the relations of a package, unpacked, in bytes.
const LIST_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// All lists of relations of a package together, unpacked, in bytes.
const RELATIONS_BYTES_MAX: usize = 16 * 1024 * 1024;
/// How much of the main part is looked at: its first element stands within it.
const MAIN_BYTES: u64 = 64 * 1024;

const TYPES: &str = "[content_types].xml";
const RELATIONS: &str = "_rels/.rels";

/// Which of the two a package is.
pub(super) fn kind(bytes: &[u8]) -> Result<Kind, Unfit> {
    let mut package = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Unfit::Broken)?;
    if package.len() > ENTRIES_MAX {
        return Err(Unfit::Kind { found: "ZIP".to_owned() });
    }
    // Part names are compared without regard to capitals (ECMA-376 part 2, 6.2.2.3).
    let parts: HashMap<String, usize> =
        (0..package.len()).filter_map(|n| Some((package.name_for_index(n)?.ok()?.to_lowercase(), n))).collect();
    let entry = |name: &str| parts.get(name).copied();
    if let Some(found) = entry("mimetype").map(|n| unpacked(&mut package, n)).transpose()? {
        let found = String::from_utf8_lossy(&found);
        if let Some(open) = found.strip_prefix("application/vnd.oasis.opendocument.") {
            return Err(Unfit::OldOffice { found: format!("OpenDocument {}", open.trim()) });
        }
    }
    let other = || Unfit::Kind { found: "ZIP".to_owned() };
    let types = Types::read(&unpacked(&mut package, entry(TYPES).ok_or_else(other)?)?)?;
    let macros = |name: &String| name.ends_with("vbaproject.bin") || name.ends_with("vbadata.xml");
    if types.active || parts.keys().any(macros) {
        return Err(Unfit::Macros);
    }
    let relations = unpacked(&mut package, entry(RELATIONS).ok_or_else(other)?)?;
    let main = main_part(&relations)?.ok_or_else(other)?;
    let main_entry = entry(&main).ok_or(Unfit::Broken)?;
    begins_as_xml(&first_of(&mut package, main_entry)?)?;
    let mut left = RELATIONS_BYTES_MAX;
    let mut lists: Vec<(&String, &usize)> = parts.iter().filter(|(name, _)| name.ends_with(".rels")).collect();
    lists.sort();
    for (_, n) in lists {
        let list = unpacked(&mut package, *n)?;
        left = left.checked_sub(list.len()).ok_or(Unfit::Broken)?;
        fetches_nothing(&list)?;
    }
    let office = "application/vnd.openxmlformats-officedocument.";
    match types.of(&main).and_then(|found| found.strip_prefix(office)) {
        Some("wordprocessingml.document.main+xml") => Ok(Kind::Docx),
        Some("spreadsheetml.sheet.main+xml") => Ok(Kind::Xlsx),
        _ => Err(other()),
    }
}

/// One entry, up to its bound: the size a package states is not trusted.
fn unpacked(package: &mut ZipArchive<Cursor<&[u8]>>, n: usize) -> Result<Vec<u8>, Unfit> {
    let entry = match package.by_index(n) {
        Ok(entry) => entry,
        Err(zip::result::ZipError::UnsupportedArchive(why)) if why.contains("assword") => return Err(Unfit::Locked),
        Err(_) => return Err(Unfit::Broken),
    };
    if entry.encrypted() {
        return Err(Unfit::Locked);
    }
    let mut out = Vec::new();
    entry.take(LIST_BYTES_MAX + 1).read_to_end(&mut out).map_err(|_| Unfit::Broken)?;
    if out.len() as u64 > LIST_BYTES_MAX { Err(Unfit::Broken) } else { Ok(out) }
}

/// The beginning of a part.
fn first_of(package: &mut ZipArchive<Cursor<&[u8]>>, n: usize) -> Result<Vec<u8>, Unfit> {
    let entry = package.by_index(n).map_err(|_| Unfit::Broken)?;
    let mut out = Vec::new();
    entry.take(MAIN_BYTES).read_to_end(&mut out).map_err(|_| Unfit::Broken)?;
    Ok(out)
}

/// A document is XML from its first byte to its first element, and declares no types of its own: with those a text of a
/// kilobyte unfolds to gigabytes or fetches a file of whoever opens it (ECMA-376 part 2, 6.2.5 forbids them).
fn begins_as_xml(first: &[u8]) -> Result<(), Unfit> {
    // Other encodings than UTF-8 are allowed and written by nobody; they are left to Word.
    if first.starts_with(b"\xFF\xFE") || first.starts_with(b"\xFE\xFF") {
        return Ok(());
    }
    let known = match std::str::from_utf8(first) {
        Ok(text) => text,
        // Cut in the middle of a letter.
        Err(error) => std::str::from_utf8(&first[..error.valid_up_to()]).unwrap_or_default(),
    };
    let mut reader = Reader::from_str(known);
    loop {
        match reader.read_event().map_err(|_| Unfit::Broken)? {
            Event::Start(_) | Event::Empty(_) => return Ok(()),
            Event::Text(text) if !text.trim_start_matches('\u{feff}').trim_ascii().is_empty() => {
                return Err(Unfit::Broken);
            }
            Event::DocType(_) | Event::Eof => return Err(Unfit::Broken),
            _ => {}
        }
    }
}

/// Refuses what a document fetches by itself from another machine when it is opened: a template with macros, a part, a picture that
/// tells who reads it or asks for the reader's password (`\\\\server\share`). Links wait for a click, linked workbooks for an answer,
/// and the template's place on the writer's own disk is nobody's harm.
fn fetches_nothing(xml: &[u8]) -> Result<(), Unfit> {
    let mut found = None;
    each(xml, |element| {
        let is_external = value(element, "TargetMode").is_some_and(|mode| mode.eq_ignore_ascii_case("external"));
        if element.local_name().as_ref() != "Relationship" || !is_external || found.is_some() {
            return;
        }
        let kind = value(element, "Type").unwrap_or_default();
        let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
        let target = value(element, "Target").unwrap_or_default();
        let waits = matches!(kind.as_str(), "hyperlink" | "externalLinkPath" | "externalLinkLong");
        let shown_from_the_web = kind == "image" && !is_share(&target);
        if !waits && !shown_from_the_web && is_elsewhere(&target) {
            found = Some(kind);
        }
    })?;
    found.map_or(Ok(()), |found| Err(Unfit::Remote { found }))
}

/// On another machine: with a scheme of the net, or a share.
fn is_elsewhere(target: &str) -> bool {
    let lower = target.trim().to_lowercase();
    let scheme = lower.split_once(':').map_or("", |(scheme, _)| scheme);
    // One letter is a drive.
    is_share(target) || (scheme.len() > 1 && scheme != "file")
}

/// `\\\\server\share`, `//server/share`, `file://server/share`, `file:///\\server\share`.
fn is_share(target: &str) -> bool {
    let slashes = target.trim().to_lowercase().replace("%5c", "\\").replace('\\', "/");
    let rest = slashes.strip_prefix("file:").unwrap_or(&slashes);
    let begun = rest.bytes().take_while(|byte| *byte == b'/').count();
    let on_a_drive = rest.as_bytes().get(begun + 1) == Some(&b':');
    let local = rest[begun..].starts_with("localhost/");
    (begun == 2 || begun >= 4) && !on_a_drive && !local
}

#[derive(Default)]
struct Types {
    by_part: HashMap<String, String>,
    by_ending: HashMap<String, String>,
    /// Some part is a macro, or the document is of the kind that has them.
    active: bool,
}

impl Types {
    fn read(xml: &[u8]) -> Result<Types, Unfit> {
        let mut types = Types::default();
        each(xml, |element| {
            let kind = value(element, "ContentType").unwrap_or_default().to_lowercase();
            types.active |=
                kind.contains("macroenabled") || kind.contains("vbaproject") || kind.contains("ms-office.activex");
            match element.local_name().as_ref() {
                "Override" => {
                    let part = value(element, "PartName").unwrap_or_default();
                    types.by_part.insert(part.trim_start_matches('/').to_lowercase(), kind);
                }
                "Default" => {
                    types.by_ending.insert(value(element, "Extension").unwrap_or_default().to_lowercase(), kind);
                }
                _ => {}
            }
        })?;
        Ok(types)
    }

    fn of(&self, part: &str) -> Option<&str> {
        let by_ending = || part.rsplit_once('.').and_then(|(_, ending)| self.by_ending.get(ending));
        self.by_part.get(part).or_else(by_ending).map(String::as_str)
    }
}

/// The part the package's relations name as the document, in lower case.
fn main_part(xml: &[u8]) -> Result<Option<String>, Unfit> {
    let mut main = None;
    each(xml, |element| {
        let kind = value(element, "Type").unwrap_or_default();
        if element.local_name().as_ref() == "Relationship" && kind.ends_with("/officeDocument") {
            main = value(element, "Target").map(|target| target.trim_start_matches('/').to_lowercase());
        }
    })?;
    Ok(main)
}

fn each(xml: &[u8], mut act: impl FnMut(&BytesStart)) -> Result<(), Unfit> {
    let text = std::str::from_utf8(xml).map_err(|_| Unfit::Broken)?;
    let mut reader = Reader::from_str(text);
    loop {
        match reader.read_event().map_err(|_| Unfit::Broken)? {
            Event::Start(element) | Event::Empty(element) => act(&element),
            Event::DocType(_) => return Err(Unfit::Broken),
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

fn value(element: &BytesStart, name: &str) -> Option<String> {
    element.attributes().flatten().find(|a| a.key.local_name().as_ref() == name).map(|a| a.value.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";
    const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml";

    fn package(parts: &[(&str, &str)]) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in parts {
            zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            zip.write_all(content.as_bytes()).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn office(main: &str, kind: &str, more: &[(&str, &str)]) -> Vec<u8> {
        let types = format!(
            "<Types><Default Extension=\"xml\" ContentType=\"application/xml\"/><Override PartName=\"/{main}\" ContentType=\"{kind}\"/></Types>"
        );
        let relations = format!(
            "<Relationships><Relationship Id=\"r1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"{main}\"/></Relationships>"
        );
        let mut parts = vec![("[Content_Types].xml", types.as_str()), ("_rels/.rels", &relations), (main, "<x/>")];
        parts.extend_from_slice(more);
        package(&parts)
    }

    #[test]
    fn the_kind_is_that_of_the_part_the_package_names() {
        assert_eq!(kind(&office("word/document.xml", DOCX, &[])), Ok(Kind::Docx));
        assert_eq!(kind(&office("word/document2.xml", DOCX, &[])), Ok(Kind::Docx));
        assert_eq!(kind(&office("xl/workbook.xml", XLSX, &[])), Ok(Kind::Xlsx));
    }

    #[test]
    fn bytes_that_only_look_like_a_package_are_none() {
        assert_eq!(kind(b"PK\x03\x04 word/document.xml [Content_Types].xml"), Err(Unfit::Broken));
        let zip = Unfit::Kind { found: "ZIP".to_owned() };
        assert_eq!(kind(&package(&[("word/document.xml", "<x/>")])), Err(zip.clone()));
        assert_eq!(kind(&package(&[("[Content_Types].xml", "<Types/>"), ("word/document.xml", "")])), Err(zip.clone()));
        assert_eq!(kind(&package(&[("readme.txt", "")])), Err(zip));
        let whole = office("word/document.xml", DOCX, &[]);
        assert_eq!(kind(&whole[..whole.len() / 2]), Err(Unfit::Broken));
    }

    #[test]
    fn macros_are_found_in_any_capitals_and_by_their_type() {
        assert_eq!(kind(&office("word/document.xml", DOCX, &[("word/VBAPROJECT.BIN", "x")])), Err(Unfit::Macros));
        let enabled = "application/vnd.ms-word.document.macroEnabled.main+xml";
        assert_eq!(kind(&office("word/document.xml", enabled, &[])), Err(Unfit::Macros));
        let sheet = "application/vnd.ms-excel.sheet.macroEnabled.main+xml";
        assert_eq!(kind(&office("xl/workbook.xml", sheet, &[])), Err(Unfit::Macros));
    }

    #[test]
    fn what_is_fetched_from_elsewhere_at_the_opening_is_named_and_what_waits_for_a_click_is_no_harm() {
        let related = |kind: &str, target: &str| {
            let relations = format!(
                "<Relationships><Relationship Id=\"a\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}\" Target=\"{target}\" TargetMode=\"External\"/></Relationships>"
            );
            super::kind(&office("word/document.xml", DOCX, &[("word/_rels/settings.xml.rels", &relations)]))
        };
        for (what, target) in [
            ("attachedTemplate", "http://example.vn/x.dotm"),
            ("attachedTemplate", "\\\\example.vn\\x\\y.dotm"),
            ("attachedTemplate", "file://example.vn/x.dotm"),
            ("attachedTemplate", "file:///\\\\example.vn\\x.dotm"),
            ("attachedTemplate", "mhtml:http://example.vn/x!y"),
            ("oleObject", "https://example.vn/a"),
            ("frame", "//example.vn/a"),
            ("image", "file://example.vn/a.png"),
        ] {
            assert_eq!(related(what, target), Err(Unfit::Remote { found: what.to_owned() }), "{target}");
        }
        for (what, target) in [
            ("hyperlink", "https://example.vn"),
            ("hyperlink", "mailto:a@example.vn"),
            ("attachedTemplate", "file:///C:\\Users\\lan\\AppData\\Roaming\\Microsoft\\Templates\\mau.dotx"),
            ("attachedTemplate", "C:\\mau\\mau.dot"),
            ("attachedTemplate", "Normal.dotm"),
            ("externalLinkPath", "https://example.vn/so-lieu.xlsx"),
            ("image", "https://example.vn/logo.png"),
        ] {
            assert_eq!(related(what, target), Ok(Kind::Docx), "{what} {target}");
        }
    }

    #[test]
    fn a_document_that_is_no_xml_or_declares_types_of_its_own_is_broken() {
        let types = format!("<Types><Override PartName=\"/word/document.xml\" ContentType=\"{DOCX}\"/></Types>");
        let relations = "<Relationships><Relationship Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"word/document.xml\"/></Relationships>";
        let of = |main: &str| {
            super::kind(&package(&[
                ("[Content_Types].xml", &types),
                ("_rels/.rels", relations),
                ("word/document.xml", main),
            ]))
        };
        let long = format!("<?xml version=\"1.0\"?>\n<w:document>{}", "ạ".repeat(40_000));
        for fine in ["<x/>", "\u{feff}<?xml version=\"1.0\"?><!-- . --><w:document/>", &long] {
            assert_eq!(of(fine), Ok(Kind::Docx));
        }
        for broken in ["", "\0\0\0", "Kế hoạch", "<!DOCTYPE d [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><d>&a;</d>"]
        {
            assert_eq!(of(broken), Err(Unfit::Broken), "{broken:?}");
        }
    }

    #[test]
    fn an_open_document_is_told_by_its_name() {
        let odt = package(&[("mimetype", "application/vnd.oasis.opendocument.text"), ("content.xml", "<x/>")]);
        assert_eq!(kind(&odt), Err(Unfit::OldOffice { found: "OpenDocument text".to_owned() }));
    }
}
