//! What in a PDF acts by itself, carries other files, or keeps readers out.
//!
//! No reader of PDF is asked for that: files are written so that readers disagree. Every name that stands in the file is looked
//! at, wherever it stands, also with its letters written as numbers (`/J#61vaScript`), and inside the packed streams that hold
//! objects. A word of a title that looks so is refused with it; that is the smaller harm.

use super::Unfit;
use flate2::read::ZlibDecoder;
use pdf_extract::Document;
use std::io::Read;

/// Longest name looked at, in bytes; PDF itself allows 127.
const NAME_BYTES_MAX: usize = 127;
/// One packed stream of objects, unpacked, in bytes; larger ones are written by nobody.
const OBJECTS_BYTES_MAX: u64 = 32 * 1024 * 1024;
/// How far a dictionary is looked at around the word that makes it interesting, in bytes.
const DICTIONARY_BYTES: usize = 2048;
/// How deep objects are looked into.
const DEPTH_MAX: usize = 64;

/// Names that act or carry, in PDF's own words. Links (`URI`) and places to jump to (`GoTo`) are no harm.
const ACTIVE: [&[u8]; 10] = [
    b"JavaScript",
    b"Launch",
    b"ImportData",
    b"SubmitForm",
    b"Rendition",
    b"RichMedia",
    b"GoToE",
    b"EmbeddedFile",
    b"EmbeddedFiles",
    b"XFA",
];

/// Refuses a PDF that acts, carries files or opens for nobody without a password.
pub(super) fn judge(bytes: &[u8]) -> Result<(), Unfit> {
    let mut locked = false;
    let mut found: Option<String> = None;
    look(bytes, &mut locked, &mut found);
    let mut places = vec![bytes.to_vec()];
    for objects in object_streams(bytes)? {
        look(&objects, &mut locked, &mut found);
        places.push(objects);
    }
    if locked {
        return unlocked(bytes);
    }
    match found.or_else(|| opens_with(&places)) {
        Some(found) => Err(Unfit::Active { found }),
        None => Ok(()),
    }
}

/// Every name of a piece of PDF.
fn names(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> + '_ {
    let slashes = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'/');
    slashes.map(|(at, _)| name_at(&bytes[at + 1..]))
}

/// The name that begins here, its numbers turned back into letters.
fn name_at(bytes: &[u8]) -> Vec<u8> {
    let mut name = Vec::new();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at).filter(|_| name.len() < NAME_BYTES_MAX) {
        if byte <= b' ' || b"()<>[]{}/%".contains(&byte) {
            break;
        }
        let digit = |n: usize| bytes.get(at + n).and_then(|byte| char::from(*byte).to_digit(16));
        match (byte, digit(1), digit(2)) {
            (b'#', Some(high), Some(low)) => {
                name.push((high * 16 + low) as u8);
                at += 3;
            }
            _ => {
                name.push(byte);
                at += 1;
            }
        }
    }
    name
}

fn look(bytes: &[u8], locked: &mut bool, found: &mut Option<String>) {
    for name in names(bytes) {
        if name == b"Encrypt" {
            *locked = true;
        } else if found.is_none() && ACTIVE.contains(&name.as_slice()) {
            *found = Some(String::from_utf8_lossy(&name).into_owned());
        }
    }
}

/// The streams that hold objects, unpacked. One that cannot be looked into hides what it holds and is refused.
fn object_streams(bytes: &[u8]) -> Result<Vec<Vec<u8>>, Unfit> {
    let hidden = || Unfit::Active { found: "ObjStm".to_owned() };
    let mut all = Vec::new();
    let mut left = OBJECTS_BYTES_MAX;
    let mut at = 0;
    while let Some(found) = find(bytes, at, b"stream") {
        at = found + 6;
        if bytes[..found].ends_with(b"end") {
            continue;
        }
        let before = &bytes[found.saturating_sub(DICTIONARY_BYTES)..found];
        let before = before.windows(3).rposition(|window| window == b"obj").map_or(before, |start| &before[start..]);
        let told: Vec<Vec<u8>> = names(before).collect();
        let has = |name: &[u8]| told.iter().any(|told| told == name);
        if !(has(b"ObjStm") || (has(b"First") && has(b"N"))) {
            continue;
        }
        let start = at + bytes[at..].iter().take(2).take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let end = find(bytes, start, b"endstream").unwrap_or(bytes.len());
        if !has(b"Filter") {
            // Not packed: looked at already where it stands.
            continue;
        }
        let other =
            [&b"LZWDecode"[..], b"ASCII85Decode", b"ASCIIHexDecode", b"Crypt", b"RunLengthDecode", b"A85", b"AHx"];
        if !(has(b"FlateDecode") || has(b"Fl")) || other.iter().any(|filter| has(filter)) {
            return Err(hidden());
        }
        let mut objects = Vec::new();
        // A stream cut short gives what it holds up to there, as it does to a viewer.
        let _ = ZlibDecoder::new(&bytes[start..end.max(start)]).take(left + 1).read_to_end(&mut objects);
        left = left.checked_sub(objects.len() as u64).ok_or_else(hidden)?;
        all.push(objects);
    }
    Ok(all)
}

/// An action at the opening other than going to a page: the word for it.
fn opens_with(places: &[Vec<u8>]) -> Option<String> {
    for place in places {
        let mut at = 0;
        while let Some(found) = find(place, at, b"/OpenAction") {
            at = found + 11;
            let rest = place[at..].trim_ascii_start();
            let action = if rest.starts_with(b"<<") { Some(rest) } else { referred(places, rest) };
            let dictionary = action.map(|action| &action[..action.len().min(DICTIONARY_BYTES)]);
            let dictionary = dictionary.map(|all| find(all, 0, b">>").map_or(all, |end| &all[..end]));
            let kinds = dictionary.into_iter().flat_map(names).collect::<Vec<_>>();
            let kind = kinds.windows(2).find(|pair| pair[0] == b"S").map(|pair| pair[1].clone());
            if let Some(kind) = kind.filter(|kind| kind != b"GoTo") {
                return Some(format!("OpenAction {}", String::from_utf8_lossy(&kind)));
            }
        }
    }
    None
}

/// The object a reference (`12 0 R`) means, where it stands in the open or in a stream of objects.
fn referred<'a>(places: &'a [Vec<u8>], reference: &[u8]) -> Option<&'a [u8]> {
    let digits = reference.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let number = std::str::from_utf8(&reference[..digits]).ok()?.parse::<u32>().ok()?;
    let (open, streams) = places.split_first()?;
    let heads = [format!("\n{number} 0 obj"), format!("\r{number} 0 obj")];
    if let Some(at) = heads.iter().find_map(|head| find(open, 0, head.as_bytes()).map(|at| at + head.len())) {
        return Some(&open[at..]);
    }
    streams.iter().find_map(|stream| {
        // Pairs of number and place, then the objects; the first object begins where the first word that is no number stands.
        let first = stream.iter().position(|byte| !byte.is_ascii_digit() && !byte.is_ascii_whitespace())?;
        let head = std::str::from_utf8(&stream[..first]).ok()?;
        let numbers: Vec<usize> = head.split_ascii_whitespace().map_while(|word| word.parse().ok()).collect();
        let place = numbers.chunks_exact(2).find(|pair| pair[0] == number as usize)?[1];
        stream.get(first + place..)
    })
}

/// An encrypted PDF that opens without a password (its maker forbids printing or the like) is judged by its opened objects.
fn unlocked(bytes: &[u8]) -> Result<(), Unfit> {
    let mut document = Document::load_mem(bytes).map_err(|_| Unfit::Locked)?;
    if document.is_encrypted() && !document.was_encrypted() && document.decrypt("").is_err() {
        return Err(Unfit::Locked);
    }
    for object in document.objects.values() {
        let mut found = None;
        seen(object, 0, &mut found);
        if let Some(found) = found {
            return Err(Unfit::Active { found });
        }
    }
    Ok(())
}

fn seen(object: &pdf_extract::Object, depth: usize, found: &mut Option<String>) {
    use pdf_extract::Object;
    if depth > DEPTH_MAX || found.is_some() {
        return;
    }
    let mut name = |name: &[u8]| {
        if ACTIVE.contains(&name) {
            *found = Some(String::from_utf8_lossy(name).into_owned());
        }
    };
    match object {
        Object::Name(one) => name(one),
        Object::Array(all) => all.iter().for_each(|one| seen(one, depth + 1, found)),
        Object::Dictionary(dictionary) | Object::Stream(pdf_extract::Stream { dict: dictionary, .. }) => {
            dictionary.iter().for_each(|(key, _)| name(key));
            dictionary.iter().for_each(|(_, one)| seen(one, depth + 1, found));
        }
        _ => {}
    }
}

fn find(bytes: &[u8], from: usize, word: &[u8]) -> Option<usize> {
    bytes.get(from..)?.windows(word.len()).position(|window| window == word).map(|at| from + at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::ZlibEncoder};
    use std::io::Write as _;

    fn found(body: &[u8]) -> Option<String> {
        match judge(&[b"%PDF-1.7\n".as_slice(), body].concat()) {
            Ok(()) => None,
            Err(Unfit::Active { found }) => Some(found),
            Err(other) => panic!("{other:?}"),
        }
    }

    fn packed(objects: &[u8], head: &str) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(objects).unwrap();
        let packed = encoder.finish().unwrap();
        let mut out = format!("5 0 obj\n<< {head} /Length {} >>\nstream\n", packed.len()).into_bytes();
        out.extend_from_slice(&packed);
        out.extend_from_slice(b"\nendstream\nendobj\n");
        out
    }

    #[test]
    fn what_acts_or_carries_files_is_named() {
        let cases: [(&[u8], &str); 7] = [
            (b"1 0 obj<</S /JavaScript /JS (app.alert\\(1\\))>>endobj", "JavaScript"),
            (b"1 0 obj<</S/J#61vaScript/JS(x)>>endobj", "JavaScript"),
            (b"1 0 obj<</S /Launch /F (cmd.exe)>>endobj", "Launch"),
            (b"1 0 obj<</Names <</EmbeddedFiles 2 0 R>>>>endobj", "EmbeddedFiles"),
            (b"1 0 obj<</AcroForm <</XFA 3 0 R>>>>endobj", "XFA"),
            (b"1 0 obj<</OpenAction << /S /URI /URI (http://example.vn) >> >>endobj", "OpenAction URI"),
            (b"1 0 obj<</OpenAction 2 0 R>>endobj\n2 0 obj<</S /GoToR /F (b.pdf)>>endobj", "OpenAction GoToR"),
        ];
        for (body, what) in cases {
            assert_eq!(found(body).as_deref(), Some(what));
        }
    }

    #[test]
    fn links_pages_to_open_at_and_words_of_the_text_are_no_harm() {
        assert_eq!(
            found(b"1 0 obj<</OpenAction [3 0 R /FitH null] /A <</S /URI /URI (http://example.vn)>> >>endobj"),
            None
        );
        assert_eq!(found(b"1 0 obj<</OpenAction <</S /GoTo /D [3 0 R /Fit]>> /EncryptMetadata true>>endobj"), None);
        assert_eq!(found(&packed(b"BT (/JavaScript) Tj ET", "/Filter /FlateDecode")), None);
    }

    #[test]
    fn objects_inside_packed_streams_are_looked_at() {
        let script = b"7 0 <</S /JavaScript /JS (x)>>";
        assert_eq!(
            found(&packed(script, "/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode")).as_deref(),
            Some("JavaScript")
        );
        assert_eq!(found(&packed(script, "/Type /Obj#53tm /N 1 /First 4 /Filter/Fl")).as_deref(), Some("JavaScript"));
        let hidden = packed(script, "/Type /ObjStm /N 1 /First 4 /Filter [/ASCII85Decode /FlateDecode]");
        assert_eq!(found(&hidden).as_deref(), Some("ObjStm"));
        let opened = [
            packed(b"7 0 <</S /URI /URI (x)>>", "/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode"),
            b"1 0 obj<</OpenAction 7 0 R>>endobj".to_vec(),
        ];
        assert_eq!(found(&opened.concat()).as_deref(), Some("OpenAction URI"));
    }

    #[test]
    fn a_pdf_under_a_password_is_locked() {
        let locked = b"%PDF-1.7\n5 0 obj\n<</Filter /Standard /V 5 /R 6>>\nendobj\ntrailer <</Encrypt 5 0 R>>";
        assert_eq!(judge(locked), Err(Unfit::Locked));
    }

    /// A PDF whose maker forbids changes: encrypted, and open to everybody who has no password.
    fn forbidding(action: &[u8], password: &str) -> Vec<u8> {
        use pdf_extract::{Dictionary, EncryptionState, EncryptionVersion, Object, Permissions};
        let name = |word: &str| Object::Name(word.as_bytes().to_vec());
        let mut document = Document::with_version("1.4");
        let pages = [("Type", name("Pages")), ("Kids", Object::Array(vec![])), ("Count", Object::Integer(0))];
        let pages = document.add_object(Dictionary::from_iter(pages));
        let catalog = [("Type", name("Catalog")), ("Pages", Object::Reference(pages))];
        let catalog = document.add_object(Dictionary::from_iter(catalog));
        document.trailer.set("Root", Object::Reference(catalog));
        let id = Object::string_literal("0123456789abcdef");
        document.trailer.set("ID", Object::Array(vec![id.clone(), id]));
        document.add_object(Object::Name(action.to_vec()));
        let version = EncryptionVersion::V2 {
            document: &document,
            owner_password: "owner",
            user_password: password,
            key_length: 128,
            permissions: Permissions::COPYABLE,
        };
        let state = EncryptionState::try_from(version).unwrap();
        document.encrypt(&state).unwrap();
        let mut out = Vec::new();
        document.save_to(&mut out).unwrap();
        out
    }

    #[test]
    fn a_pdf_that_only_forbids_changes_opens_for_everybody_and_is_judged_like_any_other() {
        assert_eq!(judge(&forbidding(b"GoTo", "")), Ok(()));
        assert_eq!(judge(&forbidding(b"Launch", "")), Err(Unfit::Active { found: "Launch".to_owned() }));
        assert_eq!(judge(&forbidding(b"GoTo", "secret")), Err(Unfit::Locked));
    }
}
