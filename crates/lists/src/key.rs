//! A place in a list: the values that its rows are ordered by, as an address carries them.

use base::{Id, Instant};

/// Letters of an address's `after` that can mean a place.
const TEXT_MAX: usize = 120;

/// After which row a page begins: the values of the index that the list runs along, as they stand in the last row shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// Moments and ids, in the order of the index.
    pub numbers: Vec<i64>,
    /// A word that tells rows of the same numbers apart; mostly empty.
    pub word: String,
}

/// What the keys of one list look like; anything else in an address is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// How many numbers.
    pub numbers: usize,
    /// Whether a word follows.
    pub word: bool,
}

impl Shape {
    /// Ids alone.
    pub const ID: Shape = Shape { numbers: 1, word: false };
    /// A moment and an id.
    pub const AT: Shape = Shape { numbers: 2, word: false };
    /// A moment, an id and a word.
    pub const AT_WORD: Shape = Shape { numbers: 2, word: true };

    /// Reads what [`Key::text`] wrote; none for anything else.
    pub fn read(self, text: &str) -> Option<Key> {
        if text.len() > TEXT_MAX {
            return None;
        }
        let mut parts = text.splitn(self.numbers + usize::from(self.word), '-');
        let number = |part: &str| part.starts_with(|c: char| c.is_ascii_digit()).then(|| part.parse::<i64>().ok());
        let numbers: Vec<i64> = parts.by_ref().take(self.numbers).filter_map(number).flatten().collect();
        let word = parts.next().unwrap_or_default();
        let fits = numbers.len() == self.numbers
            && self.word != word.is_empty()
            && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        fits.then(|| Key { numbers, word: word.to_owned() })
    }
}

impl Key {
    /// The place after a row known by its id.
    pub fn id(id: Id) -> Key {
        Key { numbers: vec![id.0], word: String::new() }
    }

    /// The place after a row known by a moment and its id.
    pub fn at(at: Instant, id: Id) -> Key {
        Key { numbers: vec![at.0, id.0], word: String::new() }
    }

    /// As an address carries it.
    pub fn text(&self) -> String {
        let mut parts: Vec<String> = self.numbers.iter().map(i64::to_string).collect();
        parts.extend((!self.word.is_empty()).then(|| self.word.clone()));
        parts.join("-")
    }

    /// The nth number; the largest there is where the key has fewer.
    pub fn number(&self, n: usize) -> i64 {
        self.numbers.get(n).copied().unwrap_or(i64::MAX)
    }
}

/// Rows of several ranges of an index, each in the order of the list: the first `limit` of all, by their keys.
pub fn merge<T, K: Ord>(lanes: Vec<Vec<T>>, limit: usize, key: impl Fn(&T) -> K) -> Vec<T> {
    let mut all: Vec<T> = lanes.into_iter().flatten().collect();
    all.sort_by_key(key);
    all.truncate(limit);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_as_it_was_written_and_nothing_else_is() {
        let due = Key { numbers: vec![1_800_000_000_000, 77], word: "petition-answer".to_owned() };
        assert_eq!(Shape::AT_WORD.read(&due.text()), Some(due));
        assert_eq!(Shape::ID.read("77"), Some(Key::id(Id(77))));
        let wrong = ["", "-", "7", "7-", "7-8-x", "-7-8", "7-x", "7-99999999999999999999", "7-8; DROP TABLE petition"];
        for text in wrong {
            assert_eq!(Shape::AT.read(text), None, "{text}");
        }
        for text in ["7-8", "7-8-", "7-8-A", "7-8-ă"] {
            assert_eq!(Shape::AT_WORD.read(text), None, "{text}");
        }
        assert_eq!(Shape::ID.read(&"9".repeat(10_000)), None);
    }
}
