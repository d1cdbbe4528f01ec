//! Finding a procedure by what people type: with marks, without, with wrong ones, in capitals, in either Unicode form, with i for
//! y, words run together, a slip of the finger, by code, by field, in their own words (`data/search`). What is meant comes first:
//! the plain procedure before its copies and special cases.

mod near;
mod people;

use crate::version::Version;
use base::{clean, fold};
pub(crate) use near::Vocabulary;
use people::{Kind, PEOPLE};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Longest query that is looked at, in characters; the longest name has about 700 but nobody types it.
pub const QUERY_LEN_MAX: usize = 200;
/// Words of a query that count.
const WORDS_MAX: usize = 16;

/// What is searched of one version.
#[derive(Debug)]
pub(crate) struct Doc {
    code: String,
    name: Vec<String>,
    keywords: Vec<Vec<String>>,
    /// Field and code: words that help to find, but do not name the procedure.
    beside: Vec<String>,
    /// Words of name and keywords with their marks.
    marked: Vec<String>,
    /// Which special cases it is, by their place in the data.
    variants: Vec<usize>,
    /// What else it says, text by text: papers it asks for, papers it gives, conditions, who is free of the fee.
    says: Vec<Vec<String>>,
}

/// How well a version fits; smaller is better. Each part decides where the parts before it are equal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Rank {
    /// 0 its code; 1 meant by these words of people; 2 the words are in its name; 3 as beginnings; 4 with help of its field; 5 in what it says.
    class: u8,
    slips: u8,
    /// Words whose marks are others.
    marks: u8,
    /// The words do not stand together.
    apart: bool,
    /// It is a special case nobody asked for.
    special: u8,
    /// Words missing that nearly every name holds.
    soft: u8,
}

impl Rank {
    /// Its name holds not all the words: some only as beginnings of others, or in its field.
    pub(crate) fn is_vague(&self) -> bool {
        self.class > 2
    }
}

impl Doc {
    pub(crate) fn of(version: &Version) -> Doc {
        let name = keyed(&version.name);
        let keywords: Vec<Vec<String>> = version.keywords.split([',', ';']).map(keyed).collect();
        let held = |variant: &Vec<String>| name.windows(variant.len().max(1)).any(|window| window == variant);
        let variants =
            PEOPLE.variants.iter().enumerate().filter(|(_, variant)| held(variant)).map(|(at, _)| at).collect();
        let mut beside = keyed(&version.field_name);
        beside.push(version.code.to_lowercase());
        let marked = [&version.name, &version.keywords].into_iter().flat_map(|text| marked(text)).collect();
        let papers = version.components.iter().flat_map(|paper| [&paper.name, &paper.group]);
        let notes = version.channels.iter().flat_map(|terms| [&terms.limit_text, &terms.fee_text]);
        let results = version.results.iter().map(|result| &result.name);
        let says = papers.chain(notes).chain(results).map(|text| keyed(text));
        let mut says: Vec<Vec<String>> = says.chain(version.conditions.lines().map(keyed)).collect();
        says.retain(|text| !text.is_empty());
        Doc { code: version.code.clone(), name, keywords, beside, marked, variants, says }
    }

    pub(crate) fn teach(&self, vocabulary: &mut Vocabulary) {
        vocabulary.add(self.name.iter().chain(self.keywords.iter().flatten()).chain(&self.beside));
    }

    fn named(&self) -> impl Iterator<Item = &String> {
        self.name.iter().chain(self.keywords.iter().flatten())
    }

    /// How well a word is there: 0 whole, 1 as a beginning, 2 beside the name.
    fn has(&self, word: &str) -> Option<u8> {
        if self.named().any(|known| known == word) {
            Some(0)
        } else if self.named().any(|known| known.starts_with(word)) {
            Some(1)
        } else {
            self.beside.iter().any(|known| known.starts_with(word)).then_some(2)
        }
    }

    /// How well the best of what a term may mean is there, with its slips.
    fn meets(&self, term: &Term) -> Option<(u8, u8)> {
        match term {
            Term::Phrases(phrases) => phrases.iter().any(|phrase| self.holds_together(phrase)).then_some((0, 0)),
            Term::Words(words) => words
                .iter()
                .filter_map(|(word, slips)| Some((self.has(word)?, *slips)))
                .min_by_key(|(level, slips)| (*slips, *level)),
        }
    }

    fn holds_together(&self, words: &[String]) -> bool {
        let inside = |text: &[String]| text.windows(words.len().max(1)).any(|window| window == words);
        words.is_empty() || inside(&self.name) || self.keywords.iter().any(|phrase| inside(phrase))
    }
}

/// One thing asked for.
#[derive(Clone, Debug)]
enum Term {
    /// Any of these, the words together.
    Phrases(Vec<Vec<String>>),
    /// Any of these words, each with the slips it takes.
    Words(Vec<(String, u8)>),
}

/// A query made ready.
#[derive(Clone, Debug, Default)]
pub(crate) struct Query {
    code: String,
    /// Every procedure meant by words of people in it.
    meant: Vec<String>,
    /// Procedures meant by these words of people.
    first: Vec<String>,
    terms: Vec<Term>,
    soft: Vec<String>,
    /// The words asked for as they were typed, without what only asks.
    hard: Vec<String>,
    /// The same with their marks, where some were typed.
    marked: Vec<String>,
    asked: Vec<String>,
}

impl Query {
    /// `None` when nothing is asked that a procedure could have.
    pub(crate) fn new(text: &str, vocabulary: &Vocabulary) -> Option<Query> {
        let text = clean::soft_line(&text.chars().take(QUERY_LEN_MAX).collect::<String>());
        let mut words = Vec::new();
        for word in keyed(&text).into_iter().take(WORDS_MAX) {
            match vocabulary.apart(&word).filter(|_| PEOPLE.begins(std::slice::from_ref(&word)).is_none()) {
                Some(parts) => words.extend(parts),
                None => words.push(word),
            }
        }
        if words.is_empty() {
            return None;
        }
        let mut query = Query { code: text.to_uppercase(), asked: words.clone(), ..Query::default() };
        query.read(&words, &text);
        Some(query)
    }

    fn read(&mut self, words: &[String], text: &str) {
        let (mut at, mut stopped) = (0, Vec::new());
        while at < words.len() {
            let rest = &words[at..];
            let n = match PEOPLE.begins(rest) {
                Some((n, Kind::Meant(meaning))) => {
                    let said = rest[..n].to_vec();
                    self.terms.push(Term::Phrases(meaning.means.iter().cloned().chain([said]).collect()));
                    self.first.extend(meaning.first.iter().cloned());
                    n
                }
                Some((n, Kind::Stop)) => {
                    stopped.extend_from_slice(&rest[..n]);
                    n
                }
                Some((n, Kind::Soft)) => {
                    self.soft.extend_from_slice(&rest[..n]);
                    n
                }
                None => {
                    self.hard.push(rest[0].clone());
                    1
                }
            };
            at += n;
        }
        // A word of one syllable is many words without its marks: it means this only where it is all that is asked.
        if let Some(meaning) = PEOPLE.alone(&self.hard, text).filter(|_| self.terms.is_empty()) {
            let said = std::mem::take(&mut self.hard);
            self.terms.push(Term::Phrases(meaning.means.iter().cloned().chain([said]).collect()));
            self.first.clone_from(&meaning.first);
        }
        self.meant.clone_from(&self.first);
        // Words of people stand for the whole question or they are one condition among others.
        if !self.hard.is_empty() || self.terms.len() > 1 {
            self.first.clear();
        }
        if self.hard.is_empty() && self.terms.is_empty() {
            self.hard = if self.soft.is_empty() { stopped } else { std::mem::take(&mut self.soft) };
        }
        self.terms.extend(self.hard.iter().map(|word| Term::Words(vec![(word.clone(), 0)])));
        if !text.is_ascii() {
            self.marked = marked(text).into_iter().filter(|word| self.hard.contains(&plain(word))).collect();
        }
    }

    /// How well a version fits, every word being there at least as the beginning of one.
    pub(crate) fn rank(&self, doc: &Doc) -> Option<Rank> {
        let special = doc.variants.iter().filter(|at| !self.asks_for(**at)).count();
        let mut rank = Rank {
            class: 0,
            slips: 0,
            marks: count(self.marked.iter().filter(|word| !doc.marked.contains(word)).count()),
            apart: !doc.holds_together(&self.hard),
            special: count(special),
            soft: count(self.soft.iter().filter(|word| !doc.named().any(|known| known == *word)).count()),
        };
        if doc.code.to_uppercase() == self.code {
            return Some(rank);
        }
        if let Some(place) = self.first.iter().position(|code| *code == doc.code) {
            return Some(Rank { class: 1, slips: count(place), ..rank });
        }
        let mut right = self.terms.len() < 2;
        for term in &self.terms {
            let (level, slips) = doc.meets(term)?;
            right |= slips == 0;
            rank.class = rank.class.max(2 + level);
            rank.slips = rank.slips.saturating_add(slips);
        }
        // A slip in every word is another question.
        right.then_some(rank)
    }

    /// The same question by its words of people alone: `mở quán cà phê` asks for what `mở quán` means, and no name tells of coffee.
    /// `None` where there are none, or nothing else.
    pub(crate) fn meant(&self) -> Option<Query> {
        let mut meant = self.clone();
        meant.terms.retain(|term| matches!(term, Term::Phrases(_)));
        if meant.terms.is_empty() || self.hard.is_empty() {
            return None;
        }
        meant.soft.append(&mut meant.hard);
        meant.first.clone_from(&self.meant);
        Some(meant)
    }

    /// How well a version fits that names none of it, but says it: the words asked for stand together in one of its texts.
    pub(crate) fn rank_said(&self, doc: &Doc) -> Option<Rank> {
        let said = |words: &[String]| doc.says.iter().any(|text| text.windows(words.len().max(1)).any(|w| w == words));
        let phrases = self.terms.iter().all(|term| match term {
            Term::Phrases(phrases) => phrases.iter().any(|phrase| said(phrase) || doc.holds_together(phrase)),
            Term::Words(_) => true,
        });
        let special = count(doc.variants.iter().filter(|at| !self.asks_for(**at)).count());
        let all = phrases && !self.hard.is_empty() && said(&self.hard);
        all.then_some(Rank { class: 5, special, ..Rank::default() })
    }

    fn asks_for(&self, variant: usize) -> bool {
        PEOPLE.variants.get(variant).is_some_and(|words| words.iter().all(|word| self.asked.contains(word)))
    }

    /// The same question forgiving slips of the finger: in words nobody knows, or, `wide`, in every word.
    pub(crate) fn forgiving(mut self, vocabulary: &Vocabulary, wide: bool) -> Query {
        for term in &mut self.terms {
            let Term::Words(words) = term else { continue };
            let Some((word, 0)) = words.first().cloned() else { continue };
            if wide || !vocabulary.knows(&word) {
                words.truncate(1);
                words.extend(vocabulary.near(&word));
            }
        }
        self
    }
}

fn count(n: usize) -> u8 {
    u8::try_from(n).unwrap_or(u8::MAX)
}

/// Words as they are compared: folded, i for y (`kí` and `ký` are one word); a point stays inside a code.
fn keyed(text: &str) -> Vec<String> {
    let folded = fold(text).replace('y', "i");
    let words = folded.split(|c: char| !c.is_alphanumeric() && c != '.').map(|word| word.trim_matches('.'));
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Words with their marks, the tone wherever in the word it stands (`hoà` and `hòa` are one word).
fn marked(text: &str) -> Vec<String> {
    let lower = clean::soft_line(text).to_lowercase().nfd().collect::<String>().replace('y', "i");
    let words = lower.split(|c: char| !c.is_alphanumeric() && !is_combining_mark(c) && c != '.');
    words
        .filter(|word| !word.is_empty())
        .map(|word| {
            let is_tone = |c: &char| matches!(c, '\u{300}' | '\u{301}' | '\u{303}' | '\u{309}' | '\u{323}');
            let tones: String = word.chars().filter(is_tone).collect();
            format!("{}{tones}", word.chars().filter(|c| !is_tone(c)).collect::<String>())
        })
        .collect()
}

fn plain(word: &str) -> String {
    fold(word).replace('y', "i")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_compared_without_marks_and_i_is_y() {
        assert_eq!(keyed("Đăng KÍ, khai-sinh"), keyed("dang ky khai sinh"));
        assert_eq!(keyed("1.001193."), ["1.001193"]);
        assert_eq!(marked("hoà giải"), marked("hòa giải"));
        assert_eq!(marked("đăng kí"), marked("đăng ký"));
        assert_ne!(marked("khai tử"), marked("khai tư"));
    }

    #[test]
    fn nothing_asked_is_no_query() {
        let known = Vocabulary::default();
        for nothing in ["  ", "...", "?!", "%", "🙂", "\u{200b}"] {
            assert!(Query::new(nothing, &known).is_none(), "{nothing:?}");
        }
        assert!(Query::new("thủ tục", &known).is_some());
    }
}
