//! Finding a procedure by what people type: with marks, without, with wrong ones, in capitals, in either
//! Unicode form, by code, by field, with a slip of the finger.

use base::fold;
use unicode_normalization::UnicodeNormalization;

use crate::version::Version;

/// Longest query that is looked at, in characters; the longest name has about 700 but nobody types it.
pub const QUERY_LEN_MAX: usize = 200;

/// What is searched of one version.
#[derive(Debug)]
pub(crate) struct Doc {
    code: String,
    /// Name and keywords with their marks, lower-case NFC.
    exact_name: String,
    exact_keywords: String,
    /// Folded, each word led by one space and the whole ended by one.
    name: String,
    all: String,
}

/// How well a version fits; smaller is better.
pub(crate) type Rank = u8;

impl Doc {
    pub(crate) fn of(version: &Version) -> Doc {
        let all = format!("{} {} {} {}", version.name, version.keywords, version.field_name, version.code);
        Doc {
            code: version.code.clone(),
            exact_name: exact(&version.name),
            exact_keywords: exact(&version.keywords),
            name: spaced(&version.name),
            all: spaced(&all),
        }
    }
}

/// A query made ready.
pub(crate) struct Query {
    exact: String,
    phrase: String,
    words: Vec<String>,
}

impl Query {
    /// `None` when nothing is asked.
    pub(crate) fn new(text: &str) -> Option<Query> {
        let text: String = text.chars().take(QUERY_LEN_MAX).collect();
        let phrase = spaced(&text);
        let words: Vec<String> = phrase.split(' ').filter(|word| !word.is_empty()).map(|w| format!(" {w}")).collect();
        if words.is_empty() {
            return None;
        }
        Some(Query { exact: exact(&text), phrase: phrase.trim_end().to_owned(), words })
    }

    /// How well a version fits, every word being there at least as the beginning of one.
    pub(crate) fn rank(&self, doc: &Doc) -> Option<Rank> {
        if doc.code == self.exact {
            Some(0)
        } else if has_phrase(&doc.exact_name, &self.exact) {
            Some(1)
        } else if has_phrase(&doc.exact_keywords, &self.exact) {
            Some(2)
        } else if doc.name.contains(&self.phrase) {
            Some(3)
        } else if self.words.iter().all(|word| doc.name.contains(word.as_str())) {
            Some(4)
        } else if self.words.iter().all(|word| doc.all.contains(word.as_str())) {
            Some(5)
        } else {
            None
        }
    }

    /// The same, forgiving one slip in words of four letters, two in words of eight.
    pub(crate) fn rank_forgiving(&self, doc: &Doc) -> Option<Rank> {
        let words: Vec<&str> = doc.all.split(' ').filter(|word| !word.is_empty()).collect();
        let near = |wanted: &str| {
            let slips = match wanted.chars().count() {
                0..=3 => 0,
                4..=7 => 1,
                _ => 2,
            };
            words.iter().any(|word| distance(wanted, word) <= slips)
        };
        self.words.iter().all(|word| doc.all.contains(word.as_str()) || near(word.trim_start())).then_some(6)
    }
}

/// Lower-case NFC with single spaces: the words as they are properly written.
fn exact(text: &str) -> String {
    let lower: String = text.nfc().collect::<String>().to_lowercase();
    lower.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether the phrase stands in the text on word boundaries.
fn has_phrase(text: &str, phrase: &str) -> bool {
    text.match_indices(phrase).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + phrase.len()..].chars().next();
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}

/// Folded words, each led by a space, the whole ended by one; punctuation but the point inside a code is a break.
fn spaced(text: &str) -> String {
    let mut out = String::from(" ");
    for c in fold(text).chars() {
        if c.is_alphanumeric() || c == '.' {
            out.push(c);
        } else if !out.ends_with(' ') {
            out.push(' ');
        }
    }
    if !out.ends_with(' ') {
        out.push(' ');
    }
    out
}

/// Optimal string alignment distance; anything beyond 3 is reported as 4.
fn distance(a: &str, b: &str) -> usize {
    const FAR: usize = 4;
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) >= FAR {
        return FAR;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let change = usize::from(a[i - 1] != b[j - 1]);
            row[j] = (last[j] + 1).min(row[j - 1] + 1).min(last[j - 1] + change);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()].min(FAR)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_of_the_finger_are_counted() {
        assert_eq!(distance("khai", "khai"), 0);
        assert_eq!(distance("kahi", "khai"), 1);
        assert_eq!(distance("sinhh", "sinh"), 1);
        assert_eq!(distance("ket", "honhon"), 4);
    }

    #[test]
    fn a_phrase_stands_on_word_boundaries() {
        assert!(has_phrase("đăng ký khai sinh", "khai sinh"));
        assert!(!has_phrase("đăng ký khai sinhx", "khai sinh"));
        assert!(!has_phrase("xkhai sinh", "khai sinh"));
    }

    #[test]
    fn nothing_asked_is_no_query() {
        assert!(Query::new("  ").is_none());
        assert!(Query::new("...").is_some());
        assert!(Query::new("?!").is_none());
    }
}
