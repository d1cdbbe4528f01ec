//! Opinions of other units on a dossier's page.

use crate::actions::House;
use crate::aside::{self, Words};
use crate::dossier::Dossier;
use crate::happening::Happening;
use crate::opinion::Opinion;
use base::{Id, Instant};
use i18n::L;
use std::collections::HashMap;

/// One of them as it is shown.
pub(super) struct Line {
    pub(super) unit: String,
    pub(super) asked: String,
    pub(super) due: String,
    /// `late`, `near`, `done`, for the badge.
    pub(super) state: &'static str,
    pub(super) word: String,
    pub(super) handler: String,
    /// Of a branch, the step it lies at, with its place in it and by when that one is to be done; empty for what is answered by itself.
    pub(super) step: String,
}

/// Where a branch stands.
fn step(l: L, version: &catalogue::Version, opinion: &Opinion) -> Option<String> {
    let (side, at) = version.branch_at(&opinion.step)?;
    let (name, of) = (side.step(at)?.name, side.then.len() + 1);
    let place = [("n", (at + 1).to_string()), ("of", of.to_string()), ("name", name)];
    let said = l.tr("dossier-branch-step", place);
    let due = opinion.step_due_at.filter(|_| opinion.is_open());
    let due = due.map(|due| l.tr("dossier-branch-step-due", [("due", base::vn_date_time(due))]));
    Some(std::iter::once(said).chain(due).collect::<Vec<_>>().join(", "))
}

/// Those of a dossier, the latest last.
pub(super) fn lines(l: L, d: &Dossier, house: &House, names: &HashMap<Id, String>, now: Instant) -> Vec<Line> {
    let version = house.shelf.version(d.version);
    let version = version.as_deref();
    let line = |opinion: &Opinion| Line {
        unit: house.tree.name(opinion.unit),
        asked: base::vn_date_time(opinion.asked_at),
        due: base::vn_date_time(opinion.due_at),
        state: match (opinion.is_open(), now > opinion.due_at) {
            (true, true) => "late",
            (true, false) => "near",
            (false, _) => "done",
        },
        word: match opinion.stance {
            Some(stance) => l.t(stance.key()),
            None if opinion.is_open() && now > opinion.due_at => l.t("dossier-opinion-overdue"),
            None => l.t(opinion.key()),
        },
        handler: opinion.handler.and_then(|id| names.get(&id).cloned()).unwrap_or_default(),
        step: version.and_then(|version| step(l, version, opinion)).unwrap_or_default(),
    };
    d.opinions.iter().map(line).collect()
}

/// What was asked, by the number of the opinion; the words stand beside the log, by the number of their event.
pub(super) fn questions(events: &[audit::Event], asides: &[(i64, String, String)]) -> HashMap<i64, String> {
    let (mut n, mut questions) = (0, HashMap::new());
    for event in events {
        let Ok(Happening::OpinionsAsked { of, .. }) = Happening::read(&event.data) else { continue };
        let words = asides.iter().find(|(of, kind, _)| *of == event.n && kind == aside::QUESTION);
        let question = words.map(|(.., data)| Words::read(data)).unwrap_or_default();
        for _ in of {
            n += 1;
            questions.insert(n, question.clone());
        }
    }
    questions
}
