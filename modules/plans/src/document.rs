//! A document read as a plan: its items, their states, and where their quotes stand in the text.

use base::{Id, Instant};
use planreader::{Level, Metadata, Plan, Report, Target, Task};
use serde_json::Value as Json;

/// Longest text taken, in bytes: a thousand pages. A page shows the whole text.
pub const TEXT_BYTES_MAX: usize = 3 * 1024 * 1024;
/// Most items of one document.
pub const ITEMS_MAX: usize = 5_000;
/// Longest quote of an item a person adds or corrects, in letters.
pub const QUOTE_CHARS_MAX: usize = 4_000;

/// What an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Target,
    Task,
    Report,
}
base::closed_list!(Kind, { Target => "target", Task => "task", Report => "report" });

/// What a person made of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Read by the rules, looked at by nobody.
    Proposed,
    /// Taken as it was read (or added by a person).
    Accepted,
    /// Taken after a change.
    Corrected,
    /// Left out.
    Rejected,
}
base::closed_list!(State, {
    Proposed => "proposed",
    Accepted => "accepted",
    Corrected => "corrected",
    Rejected => "rejected",
});

impl State {
    /// Does it go into the programme?
    pub fn is_taken(self) -> bool {
        matches!(self, State::Accepted | State::Corrected)
    }

    /// The colour of its badge.
    pub fn colour(self) -> &'static str {
        match self {
            State::Proposed => "near",
            State::Accepted => "ontime",
            State::Corrected => "new",
            State::Rejected => "paused",
        }
    }
}

/// What an item says, in the records of the reader.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    Target(Target),
    Task(Task),
    Report(Report),
}

impl Body {
    pub fn kind(&self) -> Kind {
        match self {
            Body::Target(_) => Kind::Target,
            Body::Task(_) => Kind::Task,
            Body::Report(_) => Kind::Report,
        }
    }

    /// The exact piece of the text it rests on.
    pub fn quote(&self) -> &str {
        match self {
            Body::Target(one) => &one.quote,
            Body::Task(one) => &one.quote,
            Body::Report(one) => &one.quote,
        }
    }

    /// Where the quote begins, in characters of the text.
    pub fn offset(&self) -> usize {
        match self {
            Body::Target(one) => one.offset,
            Body::Task(one) => one.offset,
            Body::Report(one) => one.offset,
        }
    }

    /// From 0 to 1.
    pub fn confidence(&self) -> f64 {
        match self {
            Body::Target(one) => one.confidence,
            Body::Task(one) => one.confidence,
            Body::Report(one) => one.confidence,
        }
    }

    /// The rule that made it.
    pub fn reason(&self) -> &str {
        match self {
            Body::Target(one) => &one.reason,
            Body::Task(one) => &one.reason,
            Body::Report(one) => &one.reason,
        }
    }

    /// The tier a target is set for; none for the other kinds.
    pub fn level(&self) -> Option<Level> {
        match self {
            Body::Target(one) => one.level,
            _ => None,
        }
    }

    /// For the database and the log.
    pub fn to_json(&self) -> Result<Json, serde_json::Error> {
        match self {
            Body::Target(one) => serde_json::to_value(one),
            Body::Task(one) => serde_json::to_value(one),
            Body::Report(one) => serde_json::to_value(one),
        }
    }

    pub fn from_json(kind: Kind, json: Json) -> Result<Body, serde_json::Error> {
        Ok(match kind {
            Kind::Target => Body::Target(serde_json::from_value(json)?),
            Kind::Task => Body::Task(serde_json::from_value(json)?),
            Kind::Report => Body::Report(serde_json::from_value(json)?),
        })
    }
}

/// A record of a document.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// Its number in the document, from 1.
    pub n: i64,
    pub state: State,
    /// Added by a person, not by the reader.
    pub added: bool,
    pub body: Body,
    /// Why it was rejected; empty when nobody said.
    pub note: String,
    pub version: i64,
    /// Who changed it last; empty while nobody did.
    pub changed_name: String,
    pub changed_at: Option<Instant>,
}

/// A document without its items.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    pub id: Id,
    pub agency: Id,
    pub agency_path: String,
    pub file_name: String,
    pub format: String,
    /// The bytes as handed in, where they are kept.
    pub file: Option<Id>,
    pub text: String,
    pub metadata: Metadata,
    pub read_ms: i64,
    pub version: i64,
    pub read_by_name: String,
    pub read_at: Instant,
    /// The draft programme it was last saved as.
    pub draft: Option<i64>,
    pub saved_at: Option<Instant>,
}

impl Document {
    /// What people call it: its title, else its number, else the file's name.
    pub fn title(&self) -> &str {
        title_of(&self.metadata, &self.file_name)
    }
}

/// What people call a document: its title, else its number, else the file's name.
pub fn title_of<'a>(metadata: &'a Metadata, file_name: &'a str) -> &'a str {
    metadata.title.as_deref().or(metadata.number.as_deref()).filter(|text| !text.is_empty()).unwrap_or(file_name)
}

/// The records of a plan in the order of the text.
pub fn bodies(plan: Plan) -> Vec<Body> {
    let mut all: Vec<Body> = plan.targets.into_iter().map(Body::Target).collect();
    all.extend(plan.tasks.into_iter().map(Body::Task));
    all.extend(plan.reports.into_iter().map(Body::Report));
    all.sort_by_key(|body| (body.offset(), body.kind()));
    all
}

/// Where a quote stands in a text, in characters; the place nearest to `near` where it stands more than once.
pub fn locate(text: &str, quote: &str, near: usize) -> Option<usize> {
    if quote.is_empty() {
        return None;
    }
    let (mut best, mut chars, mut last) = (None::<usize>, 0, 0);
    for (at, _) in text.match_indices(quote) {
        chars += text[last..at].chars().count();
        last = at;
        if best.is_none_or(|best| chars.abs_diff(near) < best.abs_diff(near)) {
            best = Some(chars);
        }
    }
    best
}

/// The piece from one passage to the end of another after it, at most [`QUOTE_CHARS_MAX`] letters.
pub fn between<'a>(text: &'a str, first: &str, last: &str) -> Option<&'a str> {
    if first.is_empty() || last.is_empty() {
        return None;
    }
    text.match_indices(first)
        .filter_map(|(start, _)| {
            // The end may lie inside the beginning ("80% hồ sơ" … "hồ sơ"), not before it.
            let end = start + text[start..].find(last)? + last.len();
            let end = end.max(start + first.len());
            Some(&text[start..end])
        })
        .filter(|piece| piece.chars().count() <= QUOTE_CHARS_MAX)
        .min_by_key(|piece| piece.len())
}

/// The number of the heading a place stands under: `II.2.a`. Empty where nothing is numbered.
pub fn clause_at(text: &str, offset: usize) -> String {
    let mut path: Vec<(u8, String)> = Vec::new();
    let mut seen = 0;
    for line in text.split_inclusive('\n') {
        if seen > offset {
            break;
        }
        seen += line.chars().count();
        if let Some((rank, mark)) = mark_of(line) {
            path.retain(|(known, _)| *known < rank);
            // "2.1" under "2" adds its own last number; without the heading it stands whole.
            let named = path.last().is_some_and(|(known, _)| (1..10).contains(known));
            let own = if named { mark.rsplit('.').next().unwrap_or(&mark).to_owned() } else { mark };
            path.push((rank, own));
        }
    }
    path.into_iter().map(|(_, mark)| mark).collect::<Vec<_>>().join(".")
}

/// The mark a line begins with, and how deep it is: Roman, `1.`, `1.1.`, `a)`.
fn mark_of(line: &str) -> Option<(u8, String)> {
    let line = line.trim_start_matches([' ', '\t', '*', '#', '|', '\\', '\u{a0}']);
    let end = line.find(|c: char| !(c.is_ascii_alphanumeric() || c == '.' || c == 'đ'))?;
    let (head, rest) = line.split_at(end);
    let closed = head.ends_with('.') || rest.starts_with([')', '/']) || rest.starts_with("\\)");
    let mark = head.trim_end_matches('.');
    if !closed || mark.is_empty() || mark.len() > 8 {
        return None;
    }
    let parts = mark.split('.').count() as u8;
    if mark.bytes().all(|byte| b"IVX".contains(&byte)) {
        return Some((0, mark.to_owned()));
    }
    let digits = |part: &str| (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    if mark.split('.').all(digits) {
        return Some((parts, mark.to_owned()));
    }
    let letter = mark.chars().count() == 1 && mark.chars().all(|c| c.is_ascii_lowercase() || c == 'đ');
    letter.then(|| (10, mark.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_quote_that_stands_twice_is_found_nearest_to_where_it_was_chosen() {
        let text = "Đạt 80% hồ sơ. Giữ 80% hồ sơ.";
        assert_eq!(locate(text, "80% hồ sơ", 0), Some(4));
        assert_eq!(locate(text, "80% hồ sơ", 20), Some(19));
        assert_eq!(locate(text, "90%", 0), None);
        assert_eq!(locate(text, "", 0), None);
    }

    #[test]
    fn the_shortest_piece_between_two_passages_is_taken() {
        let text = "Đến năm 2025 có 80% hồ sơ. Đến năm 2030 có 90% hồ sơ.";
        assert_eq!(between(text, "Đến năm 2030", "hồ sơ"), Some("Đến năm 2030 có 90% hồ sơ"));
        assert_eq!(between(text, "80% hồ sơ", "hồ sơ"), Some("80% hồ sơ"));
        assert_eq!(between(text, "90%", "Đến năm"), None);
    }

    #[test]
    fn a_place_knows_the_headings_it_stands_under() {
        let text =
            "II. MỤC TIÊU\n1. Chung\nabc\n2. Cụ thể\n2.1. Đến năm 2025\na) Thể chế\nĐạt 80%\nIII. TỔ CHỨC\nĐạt 90%";
        let at = |word: &str| clause_at(text, locate(text, word, 0).unwrap());
        assert_eq!(at("80%"), "II.2.1.a");
        assert_eq!(at("90%"), "III");
        assert_eq!(clause_at("2021. Năm ấy\nkhông số", 14), "");
    }

    proptest! {
        #[test]
        fn what_is_located_stands_there(text in "[ab\u{1ea1}\n ]{0,60}", from in 0usize..60, len in 1usize..8, near in 0usize..60) {
            let quote: String = text.chars().skip(from).take(len).collect();
            if let Some(at) = locate(&text, &quote, near) {
                prop_assert_eq!(text.chars().skip(at).take(quote.chars().count()).collect::<String>(), quote);
            } else {
                prop_assert!(quote.is_empty());
            }
        }
    }
}
