//! The wording of papers as dated data: what a result of a procedure says, and the pieces of the printed forms that a province may change.
//!
//! A text and never a program: it has named places, [`place`], which are filled from a dossier, and one form of the program sets it
//! (`forms/result.typ`). What comes with the program is the beginning ([`shipped`]); every later version is a row of [`template`], proposed by
//! one person and announced by another.

pub mod pages;
pub mod place;
mod preview;
pub mod shipped;
pub mod store;
pub mod template;

pub use shipped::{Current, current_of};
pub use template::{Stage, Template};

use base::Problem;
use serde::{Deserialize, Serialize};

/// What a wording is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Paper {
    /// Quyết định.
    #[default]
    Decision,
    /// Giấy xác nhận, trích lục.
    Confirmation,
    /// Giấy phép.
    Permit,
    /// Văn bản từ chối giải quyết.
    RefusalLetter,
    /// Forms 01 to 07.
    Receipt,
    Supplement,
    Refusal,
    Apology,
    Stop,
    Control,
    Register,
}
base::closed_list!(Paper, "dossier-wording-paper", {
    Decision => "decision",
    Confirmation => "confirmation",
    Permit => "permit",
    RefusalLetter => "refusal-letter",
    Receipt => "receipt",
    Supplement => "supplement",
    Refusal => "refusal",
    Apology => "apology",
    Stop => "stop",
    Control => "control",
    Register => "register",
});

impl Paper {
    /// The words of what a dossier can result in.
    pub const RESULTS: &'static [&'static str] = &["decision", "confirmation", "permit", "refusal-letter"];
    /// The words of the printed forms.
    pub const FORMS: &'static [&'static str] =
        &["receipt", "supplement", "refusal", "apology", "stop", "control", "register"];

    /// Whether a dossier can result in it: it is drafted, approved and numbered.
    pub fn is_result(self) -> bool {
        Self::RESULTS.contains(&self.as_str())
    }

    /// Whether it says no.
    pub fn refuses(self) -> bool {
        self == Self::RefusalLetter
    }

    /// Fluent key of its name.
    pub fn key(self) -> String {
        format!("wording-paper-{}", self.as_str())
    }
}

/// Longest pieces, in letters.
pub const LINE_MAX: usize = 300;
pub const LIST_MAX: usize = 4_000;
pub const TEXT_MAX: usize = 20_000;
pub const SYMBOL_MAX: usize = 30;

/// The pieces of a paper. Of a result: title, what it is about, bases, text, receivers, who signs, the symbol behind its number. Of a form:
/// a line under the agency's name, a closing note, small print at the foot.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Pieces {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub title: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub about: String,
    /// `Căn cứ …`, one a line.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub bases: String,
    /// Articles or body, a paragraph a line.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub text: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub receivers: String,
    /// The post of who signs, `CHỦ TỊCH`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub signer: String,
    /// `QĐ-UBND`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub symbol: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub top: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub closing: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub footer: String,
}

/// The names of a result's pieces, in the order they stand on the paper, each with its longest text.
pub const OF_RESULTS: [(&str, usize); 7] = [
    ("title", LINE_MAX),
    ("about", LINE_MAX),
    ("bases", LIST_MAX),
    ("text", TEXT_MAX),
    ("receivers", LIST_MAX),
    ("signer", LINE_MAX),
    ("symbol", SYMBOL_MAX),
];
/// Those of a form.
pub const OF_FORMS: [(&str, usize); 3] = [("top", LINE_MAX), ("closing", LIST_MAX), ("footer", LINE_MAX)];

impl Pieces {
    /// As typed, under the pieces' names.
    pub fn typed<'a>(text: impl Fn(&'static str) -> &'a str) -> Self {
        let mut pieces = Self::default();
        for (name, _) in OF_RESULTS.into_iter().chain(OF_FORMS) {
            if let Some(piece) = pieces.piece(name) {
                text(name).trim().clone_into(piece);
            }
        }
        pieces
    }

    fn piece(&mut self, name: &str) -> Option<&mut String> {
        Some(match name {
            "title" => &mut self.title,
            "about" => &mut self.about,
            "bases" => &mut self.bases,
            "text" => &mut self.text,
            "receivers" => &mut self.receivers,
            "signer" => &mut self.signer,
            "symbol" => &mut self.symbol,
            "top" => &mut self.top,
            "closing" => &mut self.closing,
            "footer" => &mut self.footer,
            _ => return None,
        })
    }

    /// A piece by its name.
    pub fn get(&self, name: &str) -> &str {
        match name {
            "title" => &self.title,
            "about" => &self.about,
            "bases" => &self.bases,
            "text" => &self.text,
            "receivers" => &self.receivers,
            "signer" => &self.signer,
            "symbol" => &self.symbol,
            "top" => &self.top,
            "closing" => &self.closing,
            "footer" => &self.footer,
            _ => "",
        }
    }

    /// Whether nothing was said.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Every piece after `change`.
    #[must_use]
    pub fn map(&self, change: impl Fn(&str) -> String) -> Self {
        let mut pieces = self.clone();
        for (name, _) in OF_RESULTS.into_iter().chain(OF_FORMS) {
            if let Some(piece) = pieces.piece(name) {
                *piece = change(piece);
            }
        }
        pieces
    }

    /// What is wrong with the wording of a paper, each at its piece: what is missing or too long, and places that nothing fills. `answers`:
    /// names of the procedure's form; none for a wording of many procedures.
    pub fn problems(&self, paper: Paper, answers: Option<&[&str]>) -> Vec<Problem> {
        let mut problems = Vec::new();
        let (own, others) = match paper.is_result() {
            true => (&OF_RESULTS[..], &OF_FORMS[..]),
            false => (&OF_FORMS[..], &OF_RESULTS[..]),
        };
        for (name, most) in own {
            let text = self.get(name);
            if text.chars().count() > *most {
                problems.push(Problem::too_long(*most).field(*name));
            }
            // What a form's pieces say is the same for all, and a result's symbol and signer are no sentences.
            let places = paper.is_result() && *name != "symbol";
            problems.extend(place::problems(text, places.then_some(answers)).into_iter().map(|one| one.field(*name)));
        }
        if paper.is_result() {
            let needed = ["title", "text", "signer", "symbol"].into_iter().filter(|name| self.get(name).is_empty());
            problems.extend(needed.map(|name| Problem::new("wording-piece-required").field(name)));
            let fits = |c: char| c.is_alphanumeric() || matches!(c, '-' | '.' | '&');
            if !self.symbol.chars().all(fits) {
                problems.push(Problem::new("wording-symbol").field("symbol").rule("NĐ 30/2020/NĐ-CP"));
            }
        } else if own.iter().all(|(name, _)| self.get(name).is_empty()) {
            problems.push(Problem::new("wording-nothing-said").field("closing"));
        }
        let foreign = others.iter().find(|(name, _)| !self.get(name).is_empty());
        problems.extend(foreign.map(|(name, _)| Problem::new("wording-piece-foreign").field(*name)));
        problems
    }
}

#[cfg(test)]
mod life;

#[cfg(test)]
mod tests {
    use super::*;

    fn decision() -> Pieces {
        Pieces {
            title: "Quyết định".to_owned(),
            text: "Điều 1. Cho phép {owner}.".to_owned(),
            signer: "Chủ tịch".to_owned(),
            symbol: "QĐ-UBND".to_owned(),
            ..Pieces::default()
        }
    }

    fn codes(problems: &[Problem]) -> Vec<(&str, &str)> {
        problems.iter().map(|one| (one.code, one.field.as_deref().unwrap_or_default())).collect()
    }

    #[test]
    fn papers_are_results_or_forms() {
        let (results, forms): (Vec<Paper>, Vec<Paper>) = Paper::ALL.into_iter().partition(|paper| paper.is_result());
        assert_eq!(results.iter().map(|one| one.as_str()).collect::<Vec<_>>(), Paper::RESULTS);
        assert_eq!(forms.iter().map(|one| one.as_str()).collect::<Vec<_>>(), Paper::FORMS);
    }

    #[test]
    fn each_piece_is_judged_at_its_own_field() {
        assert_eq!(codes(&decision().problems(Paper::Decision, None)), []);
        let none = Pieces::default().problems(Paper::Permit, None);
        let wanted = ["title", "text", "signer", "symbol"].map(|name| ("wording-piece-required", name));
        assert_eq!(codes(&none), wanted);
        let long = Pieces { about: "x".repeat(LINE_MAX + 1), ..decision() };
        assert_eq!(codes(&long.problems(Paper::Decision, None)), [("base-text-long", "about")]);
        let symbol = Pieces { symbol: "QĐ/UBND".to_owned(), ..decision() };
        assert_eq!(codes(&symbol.problems(Paper::Decision, None)), [("wording-symbol", "symbol")]);
        let footer = Pieces { footer: "Điện thoại".to_owned(), ..decision() };
        assert_eq!(codes(&footer.problems(Paper::Decision, None)), [("wording-piece-foreign", "footer")]);
    }

    #[test]
    fn a_form_says_something_of_its_own_and_fills_no_places() {
        let of = |closing: &str| Pieces { closing: closing.to_owned(), ..Pieces::default() };
        assert_eq!(codes(&of("").problems(Paper::Receipt, None)), [("wording-nothing-said", "closing")]);
        assert_eq!(codes(&of("Mang theo giấy này.").problems(Paper::Receipt, None)), []);
        assert_eq!(codes(&of("Chào {owner}").problems(Paper::Receipt, None)), [("wording-place-unknown", "closing")]);
    }

    #[test]
    fn what_was_typed_is_kept_under_its_name() {
        let typed = Pieces::typed(|name| if name == "bases" { " a " } else { "" });
        assert_eq!(typed, Pieces { bases: "a".to_owned(), ..Pieces::default() });
        let all = Pieces::typed(|name| name);
        assert!(OF_RESULTS.into_iter().chain(OF_FORMS).all(|(name, _)| all.get(name) == name));
    }
}
