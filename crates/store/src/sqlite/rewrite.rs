//! `$1` → `?1`.
//!
//! SQLite takes `$2, $1` for two *names* and numbers them as they appear, so binding by position would swap them
//! silently. `?2, ?1` are numbers.

use std::collections::HashMap;
use std::sync::Arc;

/// Texts kept; a program has some hundreds.
const CACHE_MAX: usize = 1024;

/// Rewrites each text once, and remembers the names of its columns.
#[derive(Default)]
pub(crate) struct Rewriter {
    places: HashMap<Box<str>, usize>,
    known: Vec<Known>,
}

/// What is known of a text.
pub(crate) struct Known {
    pub(crate) sql: Box<str>,
    /// Of its last answer.
    pub(crate) columns: Arc<[String]>,
}

impl Rewriter {
    pub(crate) fn rewrite(&mut self, text: &str) -> &mut Known {
        let at = match self.places.get(text) {
            Some(&at) => at,
            None => {
                if self.known.len() >= CACHE_MAX {
                    self.places.clear();
                    self.known.clear();
                }
                self.places.insert(text.into(), self.known.len());
                self.known.push(Known { sql: rewrite(text).into(), columns: Arc::default() });
                self.known.len() - 1
            }
        };
        &mut self.known[at]
    }
}

/// Every `$` that is followed by a digit and stands outside of strings, quoted names and comments becomes `?`.
pub(crate) fn rewrite(text: &str) -> String {
    let mut out = text.as_bytes().to_vec();
    let mut at = 0;
    while let Some(&byte) = out.get(at) {
        let next = out.get(at + 1).copied();
        at = match (byte, next) {
            (b'\'' | b'"' | b'`', _) => after(&out, at + 1, &[byte]),
            (b'[', _) => after(&out, at + 1, b"]"),
            (b'-', Some(b'-')) => after(&out, at + 2, b"\n"),
            (b'/', Some(b'*')) => after(&out, at + 2, b"*/"),
            (b'$', Some(b'0'..=b'9')) => {
                out[at] = b'?';
                at + 1
            }
            // A name may contain `$`; skip it whole.
            (b'a'..=b'z' | b'A'..=b'Z' | b'_' | 0x80.., _) => {
                let is_word = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'$' | 0x80..);
                at + out[at..].iter().take_while(|b| is_word(b)).count()
            }
            _ => at + 1,
        };
    }
    // Only ASCII bytes were replaced by ASCII bytes.
    String::from_utf8(out).unwrap_or_else(|_| text.to_string())
}

/// The position after the next `end`; a doubled quote begins another string right away, which comes to the same.
fn after(text: &[u8], from: usize, end: &[u8]) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    rest.windows(end.len()).position(|w| w == end).map_or(text.len(), |found| from + found + end.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_and_only_parameters_change() {
        for (text, wanted) in [
            ("SELECT $2, $1, $10", "SELECT ?2, ?1, ?10"),
            ("SELECT '$1', 'it''s $2', $1", "SELECT '$1', 'it''s $2', ?1"),
            ("SELECT \"a$1\", `b$1`, [c$1], $3", "SELECT \"a$1\", `b$1`, [c$1], ?3"),
            ("SELECT $1 -- not $2\n, $2 /* nor $3 */ + $3", "SELECT ?1 -- not $2\n, ?2 /* nor $3 */ + ?3"),
            ("SELECT price$1, giá$1 FROM t WHERE a=$1", "SELECT price$1, giá$1 FROM t WHERE a=?1"),
            ("SELECT 'Đồng $1", "SELECT 'Đồng $1"),
            ("SELECT '$.path' -> $1", "SELECT '$.path' -> ?1"),
            ("", ""),
        ] {
            assert_eq!(rewrite(text), wanted);
        }
    }

    #[test]
    fn a_text_is_rewritten_once_and_the_cache_stays_bounded() {
        let mut rewriter = Rewriter::default();
        for n in 0..3 * CACHE_MAX {
            let text = format!("SELECT {n}, $1");
            assert_eq!(*rewriter.rewrite(&text).sql, format!("SELECT {n}, ?1"));
            assert_eq!(*rewriter.rewrite(&text).sql, format!("SELECT {n}, ?1"));
            assert!(rewriter.known.len() <= CACHE_MAX);
        }
    }
}
