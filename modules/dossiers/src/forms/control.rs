//! Form 06: every hand-over of a dossier, with the time of each step kept or not.

use super::{Head, Read, Words};
use crate::dossier::{Dossier, mark};
use crate::happening::Happening;
use crate::pages::said_by;
use crate::wording::Paper;
use base::{Fault, Id, Instant};
use serde::Serialize;

/// One hand-over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Row {
    giver: String,
    receiver: String,
    /// `09 giờ 05 phút, ngày …`
    at: String,
    /// By when the giver's step was to be done; empty where nothing was laid down.
    due: String,
    /// Before time, on the day, late; empty where there is no `due`.
    result: String,
    note: String,
}

/// The form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Control {
    #[serde(flatten)]
    head: Head,
    competent: String,
    received: String,
    due: String,
    /// Where it was put off with an apology: the later date.
    later: String,
    /// Where an emergency decision moved it: likewise.
    moved: String,
    rows: Vec<Row>,
}

const APPLICANT: &str = "Người nộp hồ sơ";

/// How a moment lies to the one laid down: "early" is on a day before, as the figures count it.
fn result(at: Instant, due: Option<Instant>) -> &'static str {
    match due {
        None => "",
        Some(due) if at.date() < due.date() => "Trước hạn",
        Some(due) if at <= due => "Đúng hạn",
        Some(_) => "Quá hạn",
    }
}

/// A person of a unit, or the unit where nobody is named.
fn who(person: String, unit: &str) -> String {
    let parts = [person.as_str(), unit];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

impl Control {
    pub(super) fn of(words: Words<'_>, read: &Read) -> Result<Option<Self>, Fault> {
        let d = &read.loaded.dossier;
        let Some(received) = d.received_at else { return Ok(None) };
        Ok(Some(Self {
            head: Head::of(words, read, Paper::Control, received)?,
            competent: words.house.tree.name(d.competent),
            received: base::vn_moment_words(received),
            due: d.counted_by().map(base::vn_moment_words).unwrap_or_default(),
            later: dated(d, mark::PUT_OFF),
            moved: dated(d, mark::DATE_MOVED),
            rows: rows(words, read),
        }))
    }
}

/// The date of now, where it is a later one and for that reason.
fn dated(d: &Dossier, reason: i64) -> String {
    let later = d.flags & reason != 0 && (d.promised_at.is_some() || reason == mark::DATE_MOVED);
    d.due_at.filter(|_| later).map(base::vn_moment_words).unwrap_or_default()
}

fn rows(words: Words<'_>, read: &Read) -> Vec<Row> {
    let tree = &words.house.tree;
    let unit_name = |id: Id| tree.name(id);
    // Where it lies and by when that step is to be done.
    let (mut unit, mut step_due) = (read.loaded.dossier.intake, None::<Instant>);
    let mut rows = Vec::new();
    for event in &read.events {
        let Ok(happening) = Happening::read(&event.data) else { continue };
        let acting = event.agency.unwrap_or(unit);
        let giver = who(said_by(words.l, event, &read.names), &unit_name(acting));
        let note = happening.words().to_owned();
        let (giver, receiver, due, note) = match &happening {
            Happening::Received { place, .. } => {
                let receiver = who(read.name(place.handler), &unit_name(place.unit));
                let row = (giver, receiver, None, words.l.t("dossier-event-received"));
                (unit, step_due) = (place.unit, place.step_due_at);
                row
            }
            Happening::OpinionsAsked { of, .. } => {
                let units = of.iter().map(|asked| unit_name(asked.unit)).collect::<Vec<_>>().join(", ");
                (giver, units, None, words.l.t("dossier-event-opinions-asked"))
            }
            Happening::OpinionGiven { .. } | Happening::OpinionDeclined { .. } => {
                (giver, unit_name(unit), None, words.l.t(format!("dossier-event-{}", event.kind)))
            }
            Happening::OpinionForwarded { to, .. } | Happening::OpinionSentBack { to, .. } => {
                (giver, unit_name(to.unit), None, words.l.t(format!("dossier-event-{}", event.kind)))
            }
            // Who took it, and when, is what the slip is for.
            Happening::TakenOver { .. } => (giver.clone(), giver, None, words.l.t("dossier-event-taken-over")),
            Happening::Assigned { handler } => {
                (giver, who(read.name(Some(*handler)), &unit_name(unit)), None, words.l.t("dossier-event-assigned"))
            }
            Happening::Forwarded { place, .. }
            | Happening::SentBack { place, .. }
            | Happening::HandedBack { place, .. }
            | Happening::Redirected { place, .. } => {
                let receiver = who(read.name(place.handler), &unit_name(place.unit));
                let key = format!("dossier-event-{}", event.kind);
                let said = [words.l.t(key), note].into_iter().filter(|part| !part.is_empty());
                let row = (giver, receiver, step_due, said.collect::<Vec<_>>().join(": "));
                (unit, step_due) = (place.unit, place.step_due_at);
                row
            }
            // While the applicant is waited for no step's time runs, and none is counted afterwards.
            Happening::SupplementRequested { .. } | Happening::PaymentRequested { .. } => {
                let row = (giver, APPLICANT.to_owned(), step_due, words.l.t(format!("dossier-event-{}", event.kind)));
                step_due = None;
                row
            }
            Happening::SupplementCompleted { .. } => {
                (APPLICANT.to_owned(), unit_name(unit), None, words.l.t("dossier-event-supplement-completed"))
            }
            Happening::Approved { unit: desk, .. } | Happening::Refused { unit: desk, .. } => {
                let row = (giver, unit_name(*desk), step_due, words.l.t(format!("dossier-event-{}", event.kind)));
                (unit, step_due) = (*desk, None);
                row
            }
            Happening::ResultReturned { .. } => {
                (giver, APPLICANT.to_owned(), None, words.l.t("dossier-event-result-returned"))
            }
            Happening::DueMoved { dates, .. } => {
                step_due = dates.step_due_at.or(step_due);
                continue;
            }
            _ => continue,
        };
        rows.push(Row {
            giver,
            receiver,
            at: base::vn_moment_words(event.at),
            due: due.map(base::vn_date_time).unwrap_or_default(),
            result: result(event.at, due).to_owned(),
            note,
        });
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::DateTime;

    #[test]
    fn early_is_a_day_before_and_on_time_the_same_day() {
        let at = |day, hour| Instant::from_local(DateTime::constant(2026, 11, day, hour, 0, 0, 0));
        let due = Some(at(25, 16));
        assert_eq!(
            [at(24, 17), at(25, 16), at(25, 17)].map(|moment| result(moment, due)),
            ["Trước hạn", "Đúng hạn", "Quá hạn"]
        );
        assert_eq!(result(at(25, 17), None), "");
    }
}
