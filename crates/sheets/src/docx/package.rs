//! The parts of a Word package, found by its relations and unpacked within bounds.

use super::attribute;
use crate::document::Refusal;
use quick_xml::events::Event;
use quick_xml::reader::Reader;
use std::io::{Cursor, Read};
use zip::ZipArchive;

/// Largest body unpacked, in bytes: the XML of a 3,000-page document.
pub(super) const BODY_BYTES_MAX: usize = 128 * 1024 * 1024;
/// Largest list of styles or relations unpacked, in bytes.
const PART_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Entries of a package; real documents with pictures have a few hundred.
const ENTRIES_MAX: usize = 20_000;
/// Where Word itself puts the main part.
const MAIN: &str = "word/document.xml";

/// The main part and the styles of a document, as XML.
pub(super) struct Parts {
    pub(super) body: String,
    pub(super) styles: Option<String>,
}

/// Unpacks a package. What its relations name as the main part counts (Word Online writes
/// `word/document2.xml`), else the usual place.
pub(super) fn parts(bytes: &[u8]) -> Result<Parts, Refusal> {
    let mut package = ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
    if package.len() > ENTRIES_MAX {
        return Err(Refusal::TooManyEntries { max: ENTRIES_MAX });
    }
    let related = part(&mut package, "_rels/.rels", PART_BYTES_MAX)?;
    let main =
        related.and_then(|xml| target(&xml, "/officeDocument", "")).filter(|p| package.index_for_name(p).is_some());
    let main = main.unwrap_or_else(|| MAIN.to_owned());
    let Some(body) = part(&mut package, &main, BODY_BYTES_MAX)? else {
        return Err(Refusal::Kind { found: "ZIP".into() });
    };
    let (folder, name) = main.rsplit_once('/').unwrap_or(("", &main));
    let relations = part(&mut package, &format!("{folder}/_rels/{name}.rels"), PART_BYTES_MAX).unwrap_or_default();
    let styles =
        relations.and_then(|xml| target(&xml, "/styles", folder)).unwrap_or_else(|| format!("{folder}/styles.xml"));
    let styles = part(&mut package, &styles, PART_BYTES_MAX).unwrap_or_default();
    Ok(Parts { body, styles })
}

fn broken(e: zip::result::ZipError) -> Refusal {
    Refusal::Broken { what: e.to_string() }
}

/// One part as text, counting bytes as they come: the sizes a package states are not trusted.
fn part(package: &mut ZipArchive<Cursor<&[u8]>>, name: &str, max: usize) -> Result<Option<String>, Refusal> {
    let entry = match package.by_name(name) {
        Ok(entry) => entry,
        Err(zip::result::ZipError::FileNotFound) => return Ok(None),
        Err(e) => return Err(broken(e)),
    };
    if entry.encrypted() {
        return Err(Refusal::Locked);
    }
    let mut unpacked = Vec::new();
    entry.take(max as u64 + 1).read_to_end(&mut unpacked).map_err(|e| match e.kind() {
        // The memory of the reading process ends before the bound.
        std::io::ErrorKind::OutOfMemory => Refusal::Unpacked { max },
        _ => Refusal::Broken { what: e.to_string() },
    })?;
    if unpacked.len() > max {
        return Err(Refusal::Unpacked { max });
    }
    String::from_utf8(unpacked).map(Some).map_err(|_| Refusal::Encoding)
}

/// The part that a relation of a kind leads to, as a path in the package.
fn target(xml: &str, kind: &str, folder: &str) -> Option<String> {
    let mut reader = Reader::from_str(xml);
    loop {
        match reader.read_event().ok()? {
            Event::Eof => return None,
            Event::Start(start) | Event::Empty(start) if start.local_name().as_ref() == "Relationship" => {
                let outside = attribute(&start, "TargetMode").is_some_and(|m| m == "External");
                if !outside && attribute(&start, "Type").is_some_and(|t| t.ends_with(kind)) {
                    let named = attribute(&start, "Target")?;
                    return Some(match named.strip_prefix('/') {
                        Some(whole) => whole.to_owned(),
                        None if folder.is_empty() => named.trim_start_matches("./").to_owned(),
                        None => format!("{folder}/{}", named.trim_start_matches("./")),
                    });
                }
            }
            _ => {}
        }
    }
}
