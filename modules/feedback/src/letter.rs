//! The answer to a petition as a letter, for whoever sent it and for the office.

use crate::petition::Petition;
use crate::rules::{House, topic_name};
use base::{Fault, Id, Instant, Lang};
use print::{Pdf, Sheet};
use serde::Serialize;
use std::collections::BTreeMap;

print::templates! {
    /// What the head approved, as a letter.
    pub ANSWER = "petition-answer", include_str!("../forms/answer.typ");
}

/// What stands in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Letter {
    code: String,
    /// The agency above the one that answers, and that one.
    above: String,
    unit: String,
    place: String,
    day: String,
    /// Empty for a sender without a name.
    name: String,
    sent: String,
    topic: String,
    /// Where it happened, as the sender wrote.
    at: String,
    text: String,
    answer: String,
    /// When it was approved, and by whom.
    approved: String,
    head: String,
}

impl Letter {
    /// Of a petition with its words; none before it is answered.
    pub(crate) fn of(
        house: &House,
        code: &str,
        p: &Petition,
        words: &BTreeMap<String, String>,
        head: String,
    ) -> Option<Self> {
        let word = |name: &str| words.get(name).cloned().unwrap_or_default();
        let (at, answer) = (p.answered_at?, word("answer"));
        if answer.is_empty() {
            return None;
        }
        let agency = p.approver.unwrap_or(p.unit);
        let name = |id: Id| house.tree.get(id).map(|agency| agency.name.clone()).unwrap_or_default();
        let above = house.tree.get(agency).and_then(|agency| agency.parent);
        Some(Self {
            code: code.to_owned(),
            above: above.map(name).unwrap_or_default(),
            unit: name(agency),
            place: house.tree.place_of(agency),
            day: base::vn_date_words(at.date()),
            name: word("name"),
            sent: base::vn_date(p.sent_at.date()),
            topic: topic_name(&p.topic, Lang::Vi),
            at: word("place"),
            text: word("text"),
            answer,
            approved: base::vn_date_time(at),
            head,
        })
    }
}

/// Who approved the answer that stands: the account of the last approval.
pub(crate) fn approved_by(events: &[audit::Event]) -> Option<Id> {
    events
        .iter()
        .rev()
        .find(|event| ["approve", "answer-with"].contains(&event.kind.as_str()))
        .and_then(|event| event.actor)
}

/// Prints it.
///
/// # Errors
/// Those of [`print::print`].
pub(crate) async fn printed(letter: &Letter, now: Instant) -> Result<Pdf, Fault> {
    let title = format!("Trả lời phản ánh, kiến nghị {}", letter.code);
    print::print(ANSWER, Sheet { title: &title, subject: &letter.code, at: now, data: letter }).await
}
