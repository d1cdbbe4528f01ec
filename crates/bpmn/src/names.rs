//! Names and texts between XML and us.

/// A name on one line: pieces without the spaces, line ends and control characters between them.
pub(crate) fn one_line(text: &str) -> String {
    let shown: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).filter(|c| is_xml(*c)).collect();
    shown.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text of several lines, without spaces around it.
pub(crate) fn lines(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.chars().filter(|c| is_xml(*c)).collect::<String>().trim().to_owned()
}

/// Characters that XML 1.0 can hold.
pub(crate) fn is_xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

/// A name that an attribute can have wherever it is written.
pub(crate) fn is_key(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(&b))
}

/// National code of a procedure: group digit, point, six digits.
pub(crate) fn is_code(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 8 && bytes[1] == b'.' && bytes.iter().enumerate().all(|(at, b)| at == 1 || b.is_ascii_digit())
}

/// An id as XML takes it. Ids there begin with a letter and have no spaces; other characters are written by their number
/// (`_x0031_.001193`), as spreadsheets and .NET do, so that any id of ours comes back as it was.
pub(crate) fn id_out(id: &str) -> String {
    let mut out = String::with_capacity(id.len());
    for (at, c) in id.char_indices() {
        let plain = c.is_ascii_alphabetic() || (at > 0 && (c.is_ascii_digit() || matches!(c, '-' | '.')));
        // An underscore that could begin such a number is written by its own.
        if plain || (c == '_' && !id[at + 1..].starts_with('x')) {
            out.push(c);
        } else {
            out.push_str(&format!("_x{:04X}_", u32::from(c)));
        }
    }
    out
}

/// The id that [`id_out`] wrote, and any other as it stands.
pub(crate) fn id_in(id: &str) -> String {
    let id = id.trim();
    let mut out = String::with_capacity(id.len());
    let mut rest = id;
    while let Some(c) = rest.chars().next() {
        match coded(rest) {
            Some((c, length)) => {
                out.push(c);
                rest = &rest[length..];
            }
            None => {
                out.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    out
}

/// The character written by its number at the head of the text, and how many bytes that takes.
fn coded(text: &str) -> Option<(char, usize)> {
    let digits = text.strip_prefix("_x")?.split_once('_')?.0;
    let well =
        (4..=6).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit() || (b'A'..=b'F').contains(&b));
    let c = u32::from_str_radix(digits, 16).ok().and_then(char::from_u32).filter(|_| well)?;
    Some((c, digits.len() + 3))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ids_that_xml_takes_stay_as_they_are() {
        for id in ["check", "_6-650", "sid-bdb880ac-c464", "Activity_1ke2ixr", "a.b_c", "x_"] {
            assert_eq!((id_out(id).as_str(), id_in(id).as_str()), (id, id));
        }
        assert_eq!(id_out("1.001193"), "_x0031_.001193");
        assert_eq!(id_in("1.001193"), "1.001193");
        assert_eq!(id_in(&id_out("_x0041é")), "_x0041é");
    }

    proptest! {
        #[test]
        fn any_id_comes_back(id in "\\PC{1,12}|[_x0-9A-F]{1,20}") {
            let out = id_out(&id);
            prop_assert!(out.starts_with(|c: char| c == '_' || c.is_ascii_alphabetic()), "{out}");
            prop_assert!(out.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(&b)), "{out}");
            prop_assert_eq!(id_in(&out), id);
        }
    }
}
