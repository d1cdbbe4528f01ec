//! What was filed together with a dossier, on its page.

use super::moment;
use super::track::state_of;
use crate::actions::{House, Told};
use crate::dossier::{Status, state_key};
use i18n::L;

/// One of them.
pub(super) struct Line {
    pub code: String,
    pub procedure: String,
    pub body: String,
    pub state: &'static str,
    pub word: String,
    /// Due by when, or what it waits for.
    pub more: String,
    pub leads: bool,
    /// A fee that has not been received.
    pub owes: String,
    /// The one whose page it is.
    pub here: bool,
}

pub(super) fn lines(l: L, told: &[Told], house: &House, here: &str) -> Vec<Line> {
    let line = |one: &Told| Line {
        code: one.code.clone(),
        procedure: house.shelf.version(one.version).map(|version| version.name.clone()).unwrap_or_default(),
        body: house.tree.name(one.competent),
        state: if one.status == Status::Filed { "waiting" } else { state_of(one.status) },
        word: l.t(state_key(one.status, one.outcome)),
        more: match (one.waits_for.is_empty(), one.due_at) {
            (false, _) => l.tr("dossier-together-waits", [("codes", one.waits_for.join(", "))]),
            (true, Some(_)) if one.status.is_open() => l.tr("dossier-together-due", [("due", moment(one.due_at))]),
            _ => String::new(),
        },
        leads: one.leads,
        owes: match one.owes_dong {
            owes if owes > 0 && one.status.is_open() && one.status != Status::Filed => base::Dong(owes).to_string(),
            _ => String::new(),
        },
        here: one.code == here,
    };
    told.iter().map(line).collect()
}
