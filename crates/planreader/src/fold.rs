//! Letters folded to one ASCII byte each, and patterns written in Vietnamese over them.
//!
//! Scanned documents lose tone marks first (*tối thiếu* for *tối thiểu*, *Đên* for *Đến*) and the two
//! schools of tone placement (*hoá*, *hóa*) disagree, so the grammar reads letters without tones. The
//! vowels and the *đ* stay distinct, or *đạt* and *đất* would fall together. Because a folded character
//! is one byte, an index in folded text is also an index of characters.

use regex::Regex;
use unicode_normalization::char::decompose_canonical;

/// The folded byte of a character: tones and case are gone, `â ă ê ô ơ ư đ` become `A W E O Q U D`
/// (capitals are free, as every capital is lowered), `≥` and `≤` become signs that are no letters (a number may
/// stand right after them), `‰` is `P`, anything unknown is `~`.
pub(crate) fn fold(c: char) -> u8 {
    if c.is_ascii() {
        return match c {
            '\n' => b'\n',
            c if c.is_ascii_control() => b' ',
            c => c.to_ascii_lowercase() as u8,
        };
    }
    match c {
        'đ' | 'Đ' | 'ð' | 'Ð' => return b'D',
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe63}' | '\u{ff0d}' => return b'-',
        '•' | '●' | '▪' | '■' | '◦' | '·' | '\u{f0b7}' | '\u{f02d}' | '►' | '➢' | '✓' | '❖' => {
            return b'-';
        }
        '“' | '”' | '„' | '«' | '»' | '″' => return b'"',
        '‘' | '’' | '‚' | '′' => return b'\'',
        '≥' | '⩾' | '≧' | '\u{f0b3}' => return 1,
        '≤' | '⩽' | '≦' | '\u{f0a3}' => return 2,
        '＞' => return b'>',
        '＜' => return b'<',
        '…' => return b'.',
        '％' => return b'%',
        '‰' => return b'P',
        '＋' => return b'+',
        '\u{2028}' | '\u{2029}' | '\u{85}' => return b'\n',
        '\u{ff10}'..='\u{ff19}' => return b'0' + (c as u32 - 0xff10) as u8,
        c if c.is_whitespace() => return b' ',
        _ => {}
    }
    let (mut base, mut mark) = (0u8, 0u8);
    decompose_canonical(c, |part| match part {
        'a'..='z' | 'A'..='Z' => base = part.to_ascii_lowercase() as u8,
        '\u{302}' => mark = b'^',
        '\u{306}' => mark = b'u',
        '\u{31b}' => mark = b'+',
        _ => {}
    });
    match (base, mark) {
        (0, _) => b'~',
        (b'a', b'^') => b'A',
        (b'a', b'u') => b'W',
        (b'e', b'^') => b'E',
        (b'o', b'^') => b'O',
        (b'o', b'+') => b'Q',
        (b'u', b'+') => b'U',
        (base, _) => base,
    }
}

/// Folds a whole string, character by character.
pub(crate) fn folded(text: &str) -> String {
    text.chars().map(|c| fold(c) as char).collect()
}

/// A regular expression written in plain Vietnamese and matched against folded text.
/// A pattern that does not compile matches nothing; a test of each file asks for every pattern.
pub(crate) struct Pattern(Option<Regex>);

impl Pattern {
    pub(crate) fn new(source: &str) -> Pattern {
        let source: String = source.chars().map(|c| if c.is_ascii() { c } else { fold(c) as char }).collect();
        Pattern(Regex::new(&source).ok())
    }

    #[cfg(test)]
    pub(crate) fn compiles(&self) -> bool {
        self.0.is_some()
    }

    pub(crate) fn is_match(&self, flat: &str) -> bool {
        self.0.as_ref().is_some_and(|r| r.is_match(flat))
    }

    /// First match as a range of characters.
    pub(crate) fn find(&self, flat: &str) -> Option<(usize, usize)> {
        self.0.as_ref()?.find(flat).map(|m| (m.start(), m.end()))
    }

    /// Every match, left to right.
    pub(crate) fn all(&self, flat: &str) -> Vec<(usize, usize)> {
        self.0.as_ref().map(|r| r.find_iter(flat).map(|m| (m.start(), m.end())).collect()).unwrap_or_default()
    }

    /// Last match.
    pub(crate) fn last(&self, flat: &str) -> Option<(usize, usize)> {
        self.0.as_ref()?.find_iter(flat).last().map(|m| (m.start(), m.end()))
    }

    /// Groups of the first match: the range of each group that took part.
    pub(crate) fn groups(&self, flat: &str) -> Option<Vec<Option<(usize, usize)>>> {
        let found = self.0.as_ref()?.captures(flat)?;
        Some(found.iter().map(|g| g.map(|m| (m.start(), m.end()))).collect())
    }

    /// Groups of every match.
    pub(crate) fn all_groups(&self, flat: &str) -> Vec<Vec<Option<(usize, usize)>>> {
        let Some(regex) = &self.0 else { return Vec::new() };
        regex.captures_iter(flat).map(|c| c.iter().map(|g| g.map(|m| (m.start(), m.end()))).collect()).collect()
    }
}

/// Declares lazily compiled patterns and a test that all of them compile.
macro_rules! patterns {
    ($($(#[$meta:meta])* $name:ident = $source:expr;)*) => {
        $($(#[$meta])* static $name: std::sync::LazyLock<$crate::fold::Pattern> =
            std::sync::LazyLock::new(|| $crate::fold::Pattern::new($source));)*

        #[cfg(test)]
        mod pattern_tests {
            #[test]
            fn every_pattern_of_this_file_compiles() {
                $(assert!(super::$name.compiles(), "{} does not compile", stringify!($name));)*
            }
        }
    };
}
pub(crate) use patterns;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tones_and_case_fall_away_but_vowels_stay_apart() {
        assert_eq!(folded("Đến ĐẾN Đên"), "DEn DEn DEn");
        assert_ne!(folded("đạt"), folded("đất"));
        assert_eq!(folded("Uỷ ban"), folded("ủy ban"));
        assert_eq!(folded("thiếu"), folded("thiểu"));
    }

    #[test]
    fn each_character_becomes_exactly_one_byte() {
        let text = "Ủy ban – “tỉnh” ≥ 80％ 中 🙂";
        assert_eq!(folded(text).len(), text.chars().count());
    }

    #[test]
    fn signs_of_bounds_are_no_letters() {
        assert!(folded("≥85").bytes().next().is_some_and(|b| !b.is_ascii_alphanumeric()));
        assert!(Pattern::new("≤\\s?$").is_match(&folded("tỷ lệ ≤")));
    }

    #[test]
    fn patterns_are_written_in_vietnamese() {
        let pattern = Pattern::new(r"tối thiểu\s+\d+");
        assert!(pattern.is_match(&folded("đạt TỐI THIẾU 80%")));
        assert!(!pattern.is_match(&folded("tới thiều 80%")) || pattern.compiles());
    }

    #[test]
    fn a_pattern_that_does_not_compile_matches_nothing() {
        assert!(!Pattern::new("(").is_match("("));
    }
}
