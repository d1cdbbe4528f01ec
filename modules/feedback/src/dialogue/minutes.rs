//! The public minutes on paper: what everybody reads on the page, in the form of NĐ 30/2020/NĐ-CP, Mẫu 1.9.

use super::session::Dialogue;
use crate::rules::House;
use base::{Fault, Id, Instant};
use print::{Pdf, Sheet};
use serde::Serialize;
use std::collections::BTreeMap;

print::templates! {
    /// The minutes of a sitting, once they are public.
    pub MINUTES = "dialogue-minutes", include_str!("../../forms/minutes.typ");
}

/// A question with its answer, or a promise with what came of it: public words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Line {
    pub(crate) said: String,
    pub(crate) answer: String,
    pub(crate) unit: String,
    pub(crate) due: String,
    pub(crate) state: String,
}

/// What stands on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Minutes {
    code: String,
    above: String,
    unit: String,
    place: String,
    day: String,
    title: String,
    held: String,
    #[serde(rename = "where")]
    at: String,
    text: String,
    minutes: String,
    /// The day of printing: what came of promises by then.
    until: String,
    questions: Vec<Line>,
    commitments: Vec<Line>,
}

impl Minutes {
    /// Of a sitting with its words and lines; none before its minutes are public.
    pub(crate) fn of(
        house: &House,
        (code, d): (&str, &Dialogue),
        words: &BTreeMap<String, String>,
        (questions, commitments): (Vec<Line>, Vec<Line>),
        now: Instant,
    ) -> Option<Self> {
        let published = d.published_at?;
        let word = |name: &str| words.get(name).cloned().unwrap_or_default();
        let name = |id: Id| house.tree.get(id).map(|agency| agency.name.clone()).unwrap_or_default();
        let above = house.tree.get(d.agency).and_then(|agency| agency.parent);
        Some(Self {
            code: code.to_owned(),
            above: above.map(name).unwrap_or_default(),
            unit: name(d.agency),
            place: house.tree.place_of(d.agency),
            day: base::vn_date_words(published.date()),
            until: base::vn_date(now.date()),
            title: word("title"),
            held: base::vn_date_time(d.held_at),
            at: word("place"),
            text: word("text"),
            minutes: word("minutes"),
            questions,
            commitments,
        })
    }
}

/// Prints them.
///
/// # Errors
/// Those of [`print::print`].
pub(crate) async fn printed(minutes: &Minutes, now: Instant) -> Result<Pdf, Fault> {
    let title = format!("Biên bản đối thoại {}", minutes.code);
    print::print(MINUTES, Sheet { title: &title, subject: &minutes.code, at: now, data: minutes }).await
}
