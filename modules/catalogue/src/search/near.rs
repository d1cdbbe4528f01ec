//! Words that are nearly right: run together, or with a slip of the finger.

use std::collections::BTreeSet;

/// Longest word that is taken apart or corrected, in letters.
const WORD_LEN_MAX: usize = 40;
/// Words shorter than this are not taken apart: nearly every short one could be.
const TOGETHER_LEN_MIN: usize = 6;

/// Every word the register holds.
#[derive(Debug, Default)]
pub(crate) struct Vocabulary(BTreeSet<String>);

impl Vocabulary {
    pub(super) fn add<'a>(&mut self, words: impl IntoIterator<Item = &'a String>) {
        for word in words {
            if !self.0.contains(word) {
                self.0.insert(word.clone());
            }
        }
    }

    /// Whether some word is this one or begins with it.
    pub(super) fn knows(&self, word: &str) -> bool {
        self.0.range(word.to_owned()..).next().is_some_and(|found| found.starts_with(word))
    }

    /// A word nobody knows as the known ones it is made of: `khaisinh` is `khai sinh`.
    pub(super) fn apart(&self, word: &str) -> Option<Vec<String>> {
        let may = word.is_ascii() && (TOGETHER_LEN_MIN..=WORD_LEN_MAX).contains(&word.len()) && !self.knows(word);
        if may { self.split(word, 6) } else { None }
    }

    fn split(&self, word: &str, parts: usize) -> Option<Vec<String>> {
        if word.is_empty() {
            return Some(Vec::new());
        }
        (2..=word.len()).rev().filter(|_| parts > 0).find_map(|end| {
            let (first, rest) = word.split_at(end);
            if !self.0.contains(first) {
                return None;
            }
            let mut all = self.split(rest, parts - 1)?;
            all.insert(0, first.to_owned());
            Some(all)
        })
    }

    /// Words within a slip of the finger, each with the number of slips: one in three letters, two in seven.
    pub(super) fn near(&self, word: &str) -> Vec<(String, u8)> {
        let letters: Vec<char> = word.chars().take(WORD_LEN_MAX).collect();
        let slips = match letters.len() {
            0..=2 => return Vec::new(),
            3..=6 => 1,
            _ => 2,
        };
        let mut found: Vec<(String, u8)> = Vec::new();
        for known in &self.0 {
            if known.len().abs_diff(word.len()) <= 2 * slips {
                let far = distance(&letters, known, slips);
                if far <= slips {
                    found.push((known.clone(), far as u8));
                }
            }
        }
        found
    }
}

/// Optimal string alignment distance; anything beyond `max` is reported as `max + 1`.
fn distance(a: &[char], b: &str, max: usize) -> usize {
    let b: Vec<char> = b.chars().collect();
    if a.len().abs_diff(b.len()) > max {
        return max + 1;
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
        if row.iter().all(|far| *far > max) {
            return max + 1;
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()].min(max + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn far(a: &str, b: &str) -> usize {
        distance(&a.chars().collect::<Vec<_>>(), b, 3)
    }

    #[test]
    fn slips_of_the_finger_are_counted() {
        assert_eq!(far("khai", "khai"), 0);
        assert_eq!(far("kahi", "khai"), 1);
        assert_eq!(far("sinhh", "sinh"), 1);
        assert_eq!(far("sih", "sinh"), 1);
        assert_eq!(far("ket", "honhon"), 4);
    }

    #[test]
    fn words_run_together_are_taken_apart_and_short_ones_are_left() {
        let mut known = Vocabulary::default();
        known.add(&["khai", "sinh", "dang", "ki", "ka", "hi"].map(str::to_owned));
        assert_eq!(known.apart("khaisinh"), Some(vec!["khai".to_owned(), "sinh".to_owned()]));
        assert_eq!(known.apart("dangkikhaisinh").map(|parts| parts.len()), Some(4));
        assert_eq!(known.apart("kahi"), None);
        assert_eq!(known.apart("khaisixx"), None);
        assert_eq!(known.near("sih"), [("sinh".to_owned(), 1)]);
        assert!(known.knows("kha") && !known.knows("zz"));
    }
}
