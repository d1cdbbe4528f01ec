//! A cleaned view of a text that remembers where every character came from.
//!
//! The grammar never reads the input directly: marks of decomposed letters (NFD) are put together,
//! Markdown stars and escapes, HTML tags, footnote marks and invisible characters are left out. Each
//! character of the view knows its place in the input, so a quote is always an exact piece of it.

use crate::fold::{fold, patterns};
use unicode_normalization::UnicodeNormalization;

/// Characters of input that are read; the rest is left unread, so that memory stays bounded
/// (a page of text is about 3,000 characters, so this is over 10,000 pages).
pub(crate) const VIEW_CHARS_MAX: usize = 32 * 1024 * 1024;
/// Combining marks joined to one letter; more than this is noise, not Vietnamese.
const MARKS_MAX: usize = 4;
/// Longest number in words that is skipped behind its digits.
const SPELLED_CHARS_MAX: usize = 40;
/// Longest HTML tag that is skipped.
const TAG_CHARS_MAX: usize = 200;

patterns! {
    /// The head of a page of an official gazette, with its page number on either side.
    GAZETTE_HEAD = r"^\s?(?:\d{1,4}\s+)?công báo(?: chính phủ| [a-zWAEDOQU ]{2,24})?\s?/\s?số [\d +&,-]{1,40}/\s?ngày [\d./-]{5,12}(?:\s+\d{1,4})?\s?$";
}

/// The cleaned text. Indices count characters of the view; `flat` has one byte for each.
pub(crate) struct View<'a> {
    source: &'a str,
    chars: Vec<char>,
    flat: String,
    /// For each character: its first character in the input, its first byte, and the byte after it.
    place: Vec<(u32, u32, u32)>,
}

struct Builder {
    chars: Vec<char>,
    flat: String,
    place: Vec<(u32, u32, u32)>,
}

impl Builder {
    fn push(&mut self, c: char, place: (u32, u32, u32)) {
        let byte = fold(c);
        // A run of spaces counts once: doubled spaces come from justified PDF lines.
        if byte == b' ' && self.flat.ends_with([' ', '\n']) {
            return;
        }
        self.chars.push(if byte == b'\n' { '\n' } else { c });
        self.flat.push(byte as char);
        self.place.push(place);
    }

    /// Takes out the lines that a pattern matches: a page that turns in the middle of a sentence.
    fn drop_lines(&mut self, pattern: &crate::fold::Pattern) {
        let (mut at, mut keep) = (0, Vec::new());
        for line in self.flat.split_inclusive('\n') {
            if !pattern.is_match(line.trim_end_matches('\n')) {
                keep.push(at..at + line.len());
            }
            at += line.len();
        }
        let kept = |range: &std::ops::Range<usize>| range.clone();
        self.chars = keep.iter().map(kept).flat_map(|r| self.chars[r].iter().copied()).collect();
        self.place = keep.iter().map(kept).flat_map(|r| self.place[r].iter().copied()).collect();
        self.flat = keep.iter().map(kept).map(|r| &self.flat[r]).collect();
    }

    /// Two spellings of one word are read alike: *tỉ lệ* and *tỷ lệ*, *qui định* and *quy định*.
    fn one_spelling(&mut self) {
        let mut bytes = std::mem::take(&mut self.flat).into_bytes();
        let letter = |b: Option<&u8>| b.is_some_and(u8::is_ascii_alphabetic);
        for at in 1..bytes.len() {
            let ends = bytes[at] == b'i' && !letter(bytes.get(at + 1));
            if !ends {
                continue;
            }
            let one =
                matches!(bytes[at - 1], b't' | b'k' | b'l') && !letter(at.checked_sub(2).and_then(|i| bytes.get(i)));
            let two = at > 1 && &bytes[at - 2..at] == b"qu" && !letter(at.checked_sub(3).and_then(|i| bytes.get(i)));
            if one || two {
                bytes[at] = b'y';
            }
        }
        self.flat = String::from_utf8(bytes).unwrap_or_default();
    }

    fn at_line_start(&self) -> bool {
        self.flat.is_empty() || self.flat.ends_with('\n')
    }
}

impl<'a> View<'a> {
    pub(crate) fn new(source: &'a str) -> View<'a> {
        let mut out = Builder { chars: Vec::new(), flat: String::new(), place: Vec::new() };
        let mut at = 0u32;
        let mut rest = source.char_indices().peekable();
        while let Some((byte, c)) = rest.next() {
            if at as usize >= VIEW_CHARS_MAX || byte > u32::MAX as usize {
                break;
            }
            let first = at;
            at += 1;
            let after = &source[byte + c.len_utf8()..];
            let place = (first, byte as u32, (byte + c.len_utf8()) as u32);
            if let Some(skip) = skipped(c, after, &out) {
                for _ in 0..skip.chars {
                    rest.next();
                    at += 1;
                }
                if let Some(instead) = skip.instead {
                    out.push(instead, place);
                }
                continue;
            }
            if is_mark(c) {
                continue;
            }
            if !rest.peek().is_some_and(|(_, m)| is_mark(*m)) {
                out.push(c, place);
                continue;
            }
            let mut cluster = String::from(c);
            let mut end = place.2;
            while let Some((mark_at, mark)) = rest.next_if(|(_, m)| is_mark(*m)) {
                at += 1;
                end = (mark_at + mark.len_utf8()) as u32;
                if cluster.chars().count() <= MARKS_MAX {
                    cluster.push(mark);
                }
            }
            if let Some(whole) = cluster.nfc().next() {
                out.push(whole, (first, place.1, end));
            }
        }
        if out.flat.contains("cOng bao") {
            out.drop_lines(&GAZETTE_HEAD);
        }
        out.one_spelling();
        View { source, chars: out.chars, flat: out.flat, place: out.place }
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.chars.len()
    }

    /// Folded text of a range; ranges outside the text are cut to it.
    pub(crate) fn flat(&self, start: usize, end: usize) -> &str {
        let end = end.min(self.flat.len());
        self.flat.get(start.min(end)..end).unwrap_or("")
    }

    pub(crate) fn all(&self) -> &str {
        &self.flat
    }

    /// Turns line ends inside a range into spaces: the lines of one paragraph read as one.
    pub(crate) fn join_lines(&mut self, breaks: &[usize]) {
        let mut bytes = std::mem::take(&mut self.flat).into_bytes();
        for &at in breaks {
            if let Some(byte) = bytes.get_mut(at) {
                *byte = b' ';
            }
        }
        self.flat = String::from_utf8(bytes).unwrap_or_default();
    }

    pub(crate) fn char(&self, at: usize) -> Option<char> {
        self.chars.get(at).copied()
    }

    /// The written form of a range (composed, spaces single), for names and cells.
    pub(crate) fn text(&self, start: usize, end: usize) -> String {
        let end = end.min(self.chars.len());
        let mut out = String::new();
        for &c in self.chars.get(start.min(end)..end).unwrap_or_default() {
            if c.is_whitespace() {
                if !out.is_empty() && !out.ends_with(' ') {
                    out.push(' ');
                }
            } else {
                out.push(c);
            }
        }
        out.truncate(out.trim_end().len());
        out
    }

    /// The exact piece of the input under a range, and its offset in characters of the input.
    pub(crate) fn quote(&self, start: usize, end: usize) -> (String, usize) {
        let (mut start, mut end) = (start, end.min(self.chars.len()));
        while start < end && self.chars[start].is_whitespace() {
            start += 1;
        }
        while end > start && self.chars[end - 1].is_whitespace() {
            end -= 1;
        }
        if start >= end {
            return (String::new(), 0);
        }
        let (offset, first, _) = self.place[start];
        let last = self.place[end - 1].2;
        (self.source.get(first as usize..last as usize).unwrap_or("").to_owned(), offset as usize)
    }
}

fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

/// What to leave out: how many further characters, and what stands instead.
struct Skip {
    chars: usize,
    instead: Option<char>,
}

fn skipped(c: char, after: &str, out: &Builder) -> Option<Skip> {
    let drop = |chars| Some(Skip { chars, instead: None });
    match c {
        '\r' | '\u{feff}' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '`' => drop(0),
        '⁰' | '¹' | '²' | '³' | '⁴'..='⁹' if !out.flat.ends_with('m') => drop(0),
        // A star that opens a line is a bullet, any other one is emphasis.
        '*' if out.at_line_start() && after.starts_with(' ') => Some(Skip { chars: 0, instead: Some('-') }),
        '*' => drop(0),
        '_' if after.starts_with('_') || out.flat.ends_with([' ', '\n']) || out.flat.is_empty() => drop(0),
        '\\' if after.starts_with(|n: char| n.is_ascii_punctuation()) => drop(0),
        '\\' => written_sign(after, &LATEX_SIGNS),
        // A formula's sign around "\geq 85": the number in it is what counts.
        '$' => drop(0),
        '[' if out.flat.ends_with(|p: char| p.is_ascii_alphanumeric() || ".,;:%)\"".contains(p)) => {
            footnote(after, ']').and_then(drop)
        }
        '(' if out.flat.trim_end_matches(' ').ends_with(|p: char| p.is_ascii_digit()) && spelled(after).is_some() => {
            spelled(after).and_then(drop)
        }
        '(' if out.flat.ends_with(|p: char| p.is_ascii_alphabetic() || p == '%') => footnote(after, ')').and_then(drop),
        '<' => tag(after),
        '&' => written_sign(after, &HTML_SIGNS),
        _ => None,
    }
}

/// Signs as HTML and as formulas of converted documents write them; the longer name first.
const HTML_SIGNS: [(&str, char); 9] = [
    ("nbsp;", ' '),
    ("amp;", '&'),
    ("ge;", '≥'),
    ("le;", '≤'),
    ("gt;", '>'),
    ("lt;", '<'),
    ("#8805;", '≥'),
    ("#8804;", '≤'),
    ("quot;", '"'),
];
const LATEX_SIGNS: [(&str, char); 6] =
    [("geqslant", '≥'), ("leqslant", '≤'), ("geq", '≥'), ("leq", '≤'), ("ge", '≥'), ("le", '≤')];

fn written_sign(after: &str, signs: &[(&str, char)]) -> Option<Skip> {
    let (name, sign) = signs.iter().find(|(name, _)| after.starts_with(name))?;
    Some(Skip { chars: name.len(), instead: Some(*sign) })
}

/// "05 (năm) ngày": the number said again in words, as far as its closing bracket.
fn spelled(after: &str) -> Option<usize> {
    const WORDS: [&str; 22] = [
        "không", "một", "hai", "ba", "bốn", "tư", "năm", "lăm", "sáu", "bảy", "bẩy", "tám", "chín", "mười", "mươi",
        "mốt", "trăm", "nghìn", "ngàn", "triệu", "linh", "lẻ",
    ];
    let inside: String = after.chars().take(SPELLED_CHARS_MAX).take_while(|c| *c != ')').collect();
    let length = inside.chars().count();
    let words = inside.nfc().collect::<String>().to_lowercase();
    let numbers = !words.trim().is_empty() && words.split_whitespace().all(|w| WORDS.contains(&w));
    (numbers && length < SPELLED_CHARS_MAX).then_some(length + 1)
}

/// `1]`, `^12]`, `a)` after an opening bracket: a footnote mark of one to three signs.
fn footnote(after: &str, close: char) -> Option<usize> {
    let mut digits = 0;
    for (i, c) in after.chars().take(6).enumerate() {
        match c {
            '^' if i == 0 && close == ']' => {}
            '*' => digits += 1,
            c if c.is_ascii_digit() => digits += 1,
            c if c == close && (1..=3).contains(&digits) => return Some(i + 1),
            _ => return None,
        }
    }
    None
}

/// An HTML tag: a line break reads as a space, a superscript note goes with its content.
fn tag(after: &str) -> Option<Skip> {
    if !after.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/') {
        return None;
    }
    let length = after.chars().take(TAG_CHARS_MAX).position(|c| c == '>')?;
    let inside: String = after.chars().take(length).collect::<String>().to_ascii_lowercase();
    if inside.contains('\n') {
        return None;
    }
    if inside == "sup" {
        let close = after.chars().take(length + 14).collect::<String>();
        if let Some(at) = close.find("</sup>") {
            return Some(Skip { chars: close[..at].chars().count() + 6, instead: None });
        }
    }
    let instead = inside.starts_with("br").then_some(' ');
    Some(Skip { chars: length + 1, instead })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn quote_of(text: &str, flat: &str) -> (String, usize) {
        let view = View::new(text);
        let folded = crate::fold::folded(flat);
        let at = view.all().find(&folded).expect("the phrase is in the view");
        view.quote(at, at + folded.len())
    }

    #[test]
    fn decomposed_letters_are_quoted_as_they_stand_in_the_input() {
        let text: String = "Đến năm 2025, tối thiểu 80%".nfd().collect();
        let (quote, offset) = quote_of(&text, "tối thiểu 80%");
        assert_eq!(quote.nfc().collect::<String>(), "tối thiểu 80%");
        assert_eq!(text.chars().skip(offset).take(quote.chars().count()).collect::<String>(), quote);
    }

    #[test]
    fn stars_escapes_and_footnote_marks_do_not_interrupt_words() {
        assert_eq!(quote_of("đạt **tối thiểu** 80\\% hồ sơ[1]", "tối thiểu 80%").0, "tối thiểu** 80\\%");
        assert_eq!(View::new("hài lòng(2) đạt 90%³").all(), crate::fold::folded("hài lòng đạt 90%"));
        assert_eq!(View::new("một<br/>hai<sup>3</sup>").all(), crate::fold::folded("một hai"));
    }

    #[test]
    fn signs_written_as_names_are_signs() {
        for text in ["đạt &ge;85%", "đạt $\\geq$85\\%", "đạt ≥85%", "đạt \\ge85%"] {
            assert_eq!(View::new(text).all(), crate::fold::folded("đạt ≥85%"), "{text}");
        }
        assert_eq!(View::new("&lt; 5%, A&amp;B").all(), crate::fold::folded("< 5%, A&B"));
    }

    #[test]
    fn the_head_of_a_gazette_page_does_not_cut_a_sentence() {
        let text = "trong đó các nhóm\n28 CÔNG BÁO/Số 1535 + 1536/Ngày 30-12-2024\ndân cư vùng sâu";
        assert_eq!(View::new(text).all(), crate::fold::folded("trong đó các nhóm\ndân cư vùng sâu"));
        assert_eq!(quote_of(text, "nhóm\ndân cư").0, "nhóm\n28 CÔNG BÁO/Số 1535 + 1536/Ngày 30-12-2024\ndân cư");
        let kept = "Đăng Công báo tỉnh/Số 5 trong năm";
        assert_eq!(View::new(kept).all(), crate::fold::folded(kept));
    }

    #[test]
    fn a_number_said_again_in_words_and_a_second_spelling_fall_away() {
        assert_eq!(View::new("không quá 05 (năm) ngày").all(), crate::fold::folded("không quá 05 ngày"));
        assert_eq!(View::new("40 (bốn mươi) hồ sơ").all(), crate::fold::folded("40 hồ sơ"));
        assert_eq!(
            View::new("80% (năm 2026), 5 (một số) xã").all(),
            crate::fold::folded("80% (năm 2026), 5 (một số) xã")
        );
        assert_eq!(
            View::new("Tỉ lệ qui định, đăng kí, chi thi").all(),
            crate::fold::folded("Tỷ lệ quy định, đăng ký, chi thi")
        );
    }

    #[test]
    fn numbering_in_brackets_is_kept() {
        assert_eq!(View::new("(1) Đến năm").all(), crate::fold::folded("(1) Đến năm"));
    }

    proptest! {
        #[test]
        fn any_quote_is_found_at_its_offset(text in "\\PC{0,60}", a in 0usize..60, b in 0usize..60) {
            let view = View::new(&text);
            let (a, b) = (a.min(b).min(view.len()), a.max(b).min(view.len()));
            let (quote, offset) = view.quote(a, b);
            let at: String = text.chars().skip(offset).take(quote.chars().count()).collect();
            prop_assert_eq!(at, quote);
        }
    }
}
