//! The words people use for procedures, read once from `data/search/words.toml`.

use super::{keyed, marked};
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::LazyLock;

const TEXT: &str = include_str!("../../../../data/search/words.toml");
/// Words of the longest phrase looked for.
const PHRASE_WORDS_MAX: usize = 6;

#[derive(Default, Deserialize)]
struct Data {
    #[serde(default)]
    stop: Vec<String>,
    #[serde(default)]
    soft: Vec<String>,
    #[serde(default)]
    variants: Vec<String>,
    #[serde(default)]
    word: Vec<Word>,
}

#[derive(Deserialize)]
struct Word {
    say: Vec<String>,
    means: Vec<String>,
    /// Said alone, and with these marks where some were typed.
    #[serde(default)]
    alone: Vec<String>,
    #[serde(default)]
    first: Vec<String>,
}

/// What a phrase means.
#[derive(Debug)]
pub(super) struct Meaning {
    /// Phrases of the law, any of which will do.
    pub(super) means: Vec<Vec<String>>,
    /// Codes of the procedures meant most.
    pub(super) first: Vec<String>,
}

/// What a phrase is.
#[derive(Debug)]
pub(super) enum Kind<'a> {
    Meant(&'a Meaning),
    /// Asks and names nothing.
    Stop,
    /// Nearly every name holds it.
    Soft,
}

/// Everything that is known of people's words.
#[derive(Default)]
pub(super) struct People {
    meanings: Vec<Meaning>,
    /// Phrase, written apart or together → place in `meanings`.
    said: HashMap<Vec<String>, usize>,
    /// Phrase, with its marks → place in `meanings`.
    alone: HashMap<Vec<String>, (Vec<String>, usize)>,
    stop: Vec<Vec<String>>,
    soft: Vec<Vec<String>>,
    pub(super) variants: Vec<Vec<String>>,
}

/// The shipped file is part of the program and a test reads it; should it be broken, words mean what they say.
pub(super) static PEOPLE: LazyLock<People> = LazyLock::new(|| People::of(toml::from_str(TEXT).unwrap_or_default()));

impl People {
    fn of(data: Data) -> People {
        let all = |texts: &[String]| texts.iter().map(|text| keyed(text)).collect::<Vec<_>>();
        let mut people =
            People { stop: all(&data.stop), soft: all(&data.soft), variants: all(&data.variants), ..People::default() };
        for (at, word) in data.word.iter().enumerate() {
            for phrase in all(&word.say) {
                if phrase.len() > 1 {
                    people.said.entry(vec![phrase.concat()]).or_insert(at);
                }
                people.said.insert(phrase, at);
            }
            people.alone.extend(word.alone.iter().map(|text| (keyed(text), (marked(text), at))));
            people.meanings.push(Meaning { means: all(&word.means), first: word.first.clone() });
        }
        people
    }

    /// What all the words of a question mean, where they mean it alone.
    pub(super) fn alone(&self, words: &[String], text: &str) -> Option<&Meaning> {
        let (marks, at) = self.alone.get(words)?;
        let fits = text.is_ascii() || marks.iter().all(|word| marked(text).contains(word));
        self.meanings.get(*at).filter(|_| fits)
    }

    /// The longest phrase known that begins the words: how many words it has, and what it is.
    pub(super) fn begins(&self, words: &[String]) -> Option<(usize, Kind<'_>)> {
        (1..=PHRASE_WORDS_MAX.min(words.len())).rev().find_map(|n| {
            let phrase = &words[..n];
            if let Some(meaning) = self.said.get(phrase).and_then(|at| self.meanings.get(*at)) {
                return Some((n, Kind::Meant(meaning)));
            }
            if self.stop.iter().any(|stop| stop == phrase) {
                return Some((n, Kind::Stop));
            }
            self.soft.iter().any(|soft| soft == phrase).then_some((n, Kind::Soft))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_words_are_whole_and_no_phrase_means_two_things() {
        let data: Data = toml::from_str(TEXT).unwrap();
        let mut seen: HashMap<Vec<String>, &str> = HashMap::new();
        for word in &data.word {
            assert!(!word.say.is_empty() && !word.means.is_empty());
            for phrase in &word.say {
                let words = keyed(phrase);
                assert!((1..=PHRASE_WORDS_MAX).contains(&words.len()), "{phrase}");
                assert_eq!(seen.insert(words, phrase), None, "{phrase}");
            }
        }
        assert!(data.word.len() > 20 && !data.stop.is_empty() && !data.soft.is_empty() && !data.variants.is_empty());
    }
}
