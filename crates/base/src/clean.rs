//! Text from outside, made clean before anything judges, keeps or looks for it. Forms, API bodies, addresses and imports all
//! come through here, so that the same word typed, pasted or imported is the same word.
//!
//! Cleaning by rule, without asking: letters nobody can see are taken out, every kind of blank becomes a space, runs of blanks
//! become one and the ends are trimmed, composed letters are put together (NFC, the form of TCVN 6909:2001), and the Icelandic
//! `Ð`, which old keyboards give for `Đ`, becomes `Đ`. Refused: control characters. Nobody types them, and what they stand
//! for is not known.

use crate::Problem;
use unicode_normalization::UnicodeNormalization;

/// A text of one line: a name, an address, a number. Line breaks and tabs become blanks.
///
/// # Errors
/// `base-text-control` when a control character is in it.
pub fn line(text: &str) -> Result<String, Problem> {
    refuse_control(text)?;
    Ok(soft_line(text))
}

/// A text of one line that is only looked for, never kept: control characters are blanks as well.
pub fn soft_line(text: &str) -> String {
    if text.is_ascii() {
        return joined(text.split(|c: char| c.is_ascii_control() || c == ' '), " ");
    }
    let seen: String = letters(text).map(|c| if c.is_control() || is_break(c) { ' ' } else { c }).nfc().collect();
    joined(seen.split(' '), " ")
}

/// A text of several lines: a reason, a note. Each line is cleaned like [`line`]; at most one empty line stays between two.
///
/// # Errors
/// `base-text-control` when a control character is in it.
pub fn lines(text: &str) -> Result<String, Problem> {
    refuse_control(text)?;
    let text = text.replace("\r\n", "\n");
    let mut out = String::with_capacity(text.len());
    let mut empty = 0;
    for line in text.split(is_break).map(soft_line) {
        if line.is_empty() {
            empty += 1;
            continue;
        }
        if !out.is_empty() {
            out.push_str(if empty > 0 { "\n\n" } else { "\n" });
        }
        out.push_str(&line);
        empty = 0;
    }
    Ok(out)
}

/// A text whose blanks mean something (a quotation that must be found again, a record as JSON): only what nobody can see goes.
///
/// # Errors
/// `base-text-control` when a control character is in it.
pub fn verbatim(text: &str) -> Result<String, Problem> {
    refuse_control(text)?;
    Ok(letters(&text.replace("\r\n", "\n")).nfc().collect())
}

/// Whether a text holds something that no cleaned text holds: a control character (line breaks and tabs aside), or a letter
/// that nobody can see.
pub fn has_forbidden(text: &str) -> bool {
    text.chars().any(|c| is_invisible(c) || is_refused(c))
}

fn refuse_control(text: &str) -> Result<(), Problem> {
    match text.chars().find(|c| is_refused(*c)) {
        Some(c) => Err(Problem::new("base-text-control").arg("code", format!("U+{:04X}", u32::from(c)))),
        None => Ok(()),
    }
}

/// What can be seen, each kind of blank as a space, breaks as they are.
fn letters(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().filter(|c| !is_invisible(*c)).map(|c| match c {
        // Eth and the African D look like Đ and are typed for it.
        '\u{d0}' | '\u{189}' => 'Đ',
        '\u{f0}' | '\u{256}' => 'đ',
        c if is_break(c) || c == '\t' => c,
        c if is_blank(c) => ' ',
        c => c,
    })
}

fn joined<'a>(pieces: impl Iterator<Item = &'a str>, between: &str) -> String {
    let mut out = String::new();
    for piece in pieces.filter(|piece| !piece.is_empty()) {
        if !out.is_empty() {
            out.push_str(between);
        }
        out.push_str(piece);
    }
    out
}

/// The end of a line: of Unix, Windows and old Mac, form feed, next line, the separators of Unicode.
fn is_break(c: char) -> bool {
    matches!(c, '\n' | '\u{b}' | '\u{c}' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Any blank, the empty Braille cell among them.
fn is_blank(c: char) -> bool {
    c.is_whitespace() || c == '\u{2800}'
}

fn is_refused(c: char) -> bool {
    c.is_control() && !is_break(c) && c != '\t'
}

/// Letters without a shape of their own: joiners, direction marks and overrides, fillers, selectors, tags, the soft hyphen,
/// and code points that are no characters.
pub fn is_invisible(c: char) -> bool {
    matches!(u32::from(c),
        0xAD | 0x34F | 0x61C | 0x115F..=0x1160 | 0x17B4..=0x17B5 | 0x180B..=0x180F
        | 0x200B..=0x200F | 0x202A..=0x202E | 0x2060..=0x206F | 0x3164
        | 0xFDD0..=0xFDEF | 0xFE00..=0xFE0F | 0xFEFF | 0xFFA0 | 0xFFF0..=0xFFFB
        | 0x1BCA0..=0x1BCA3 | 0x1D173..=0x1D17A | 0xE0000..=0xE0FFF)
        || u32::from(c) & 0xFFFE == 0xFFFE
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_nobody_can_see_goes_and_every_blank_is_a_space() {
        for (typed, clean) in [
            ("  Nguyễn \u{a0} Thị\tLan ", "Nguyễn Thị Lan"),
            ("Nguyễn\u{200b}Thị", "NguyễnThị"),
            ("\u{202e}nac\u{202c}", "nac"),
            ("\u{200b}\u{feff}\u{3164}\u{2800}", ""),
            ("đường\r\n3/2\u{2028}quận", "đường 3/2 quận"),
            ("Ðặng Thị Ðào", "Đặng Thị Đào"),
            ("ða", "đa"),
            ("Nguye\u{302}\u{303}n", "Nguyễn"),
            ("e\u{200d}\u{302}\u{ad}\u{301}", "ế"),
            ("a\u{fe0f}\u{e0041}b", "ab"),
        ] {
            assert_eq!(line(typed).unwrap(), clean, "{typed:?}");
        }
    }

    #[test]
    fn a_control_character_is_refused_and_named_and_in_a_search_it_is_a_blank() {
        for (typed, code) in [("A\0B", "U+0000"), ("A\u{7}", "U+0007"), ("\u{7f}", "U+007F"), ("\u{9b}1m", "U+009B")] {
            let problem = line(typed).unwrap_err();
            assert_eq!((problem.code, problem.args[0].1.as_str()), ("base-text-control", code));
            assert!(lines(typed).is_err() && verbatim(typed).is_err());
        }
        assert_eq!(soft_line("A\0B"), "A B");
        assert_eq!(soft_line("Ð\0ào"), "Đ ào");
    }

    #[test]
    fn several_lines_stay_lines_and_a_quotation_keeps_its_blanks() {
        assert_eq!(
            lines(" Thiếu:\r\n\r\n\r\n  - giấy   khai sinh \r- ảnh\u{200b}\n").unwrap(),
            "Thiếu:\n\n- giấy khai sinh\n- ảnh"
        );
        assert_eq!(lines(" \n \u{200b}\n").unwrap(), "");
        assert_eq!(verbatim("{\r\n  \"a\":\u{a0}1\u{feff}\n}").unwrap(), "{\n  \"a\": 1\n}");
    }

    proptest! {
        #[test]
        fn cleaning_twice_is_cleaning_once(s in any::<String>()) {
            let soft = soft_line(&s);
            prop_assert_eq!(soft_line(&soft), soft.clone());
            prop_assert_eq!(line(&soft).unwrap(), soft);
            for clean in [lines, verbatim] {
                if let Ok(once) = clean(&s) {
                    prop_assert_eq!(clean(&once).unwrap(), once);
                }
            }
        }

        #[test]
        fn a_cleaned_text_is_never_longer_and_holds_nothing_forbidden(s in any::<String>()) {
            // A few old letters are written as two by Unicode's own rule; counted that way nothing grows.
            let letters = s.nfd().count();
            let all = [Ok(soft_line(&s)), line(&s), lines(&s), verbatim(&s)];
            for clean in all.into_iter().flatten() {
                prop_assert!(clean.nfd().count() <= letters);
                prop_assert!(!has_forbidden(&clean));
            }
            let one = soft_line(&s);
            prop_assert!(!one.starts_with(' ') && !one.ends_with(' ') && !one.contains("  ") && !one.contains('\n'));
        }

        #[test]
        fn invisible_letters_anywhere_change_nothing(
            s in "[A-Za-zĐđạêộ ]{1,20}", at in 0usize..20,
            hidden in prop::sample::select(vec!['\u{200b}', '\u{202e}', '\u{2066}', '\u{feff}', '\u{ad}', '\u{fe0f}', '\u{e0061}', '\u{3164}']),
        ) {
            let mut letters: Vec<char> = s.chars().collect();
            letters.insert(at.min(letters.len()), hidden);
            let spoiled: String = letters.into_iter().collect();
            prop_assert_eq!(line(&spoiled).unwrap(), line(&s).unwrap());
            prop_assert_eq!(crate::fold(&spoiled), crate::fold(&s));
        }
    }
}
