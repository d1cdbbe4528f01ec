//! A branch of several steps beside a step of the process: from step to step by acts of those at it, answered at its last one only.

use super::{Office, check, in_words, theirs};
use crate::aside::{self, Aside, Words};
use crate::dossier::Dossier;
use crate::happening::{AtBranch, BranchPlace, Happening};
use crate::opinion::Opinion;
use crate::places::{Seen, unit_seen};
use crate::verbs::Verb;
use base::{Actor, Fault, Id, Instant, Limit};
use catalogue::{BranchStep, Side, StepUnit};

/// The branch that an opinion is, and its place there. A branch whose version does not stand is nobody's.
fn branch<'a>(opinion: &Opinion, office: &Office<'a>) -> Option<(&'a Side, usize)> {
    office.version.branch_at(&opinion.step)
}

/// The step of its branch that an opinion lies at; none where it is answered by itself.
pub(crate) fn step_of(opinion: &Opinion, office: &Office<'_>) -> Option<BranchStep> {
    branch(opinion, office).and_then(|(side, at)| side.step(at))
}

/// The step of the branch that is a dossier's opinion of that number.
pub fn step_of_branch(d: &Dossier, office: &Office<'_>, n: i64) -> Option<BranchStep> {
    d.opinions.iter().find(|opinion| opinion.n == n).and_then(|opinion| step_of(opinion, office))
}

/// The step behind it.
pub(crate) fn step_after(opinion: &Opinion, office: &Office<'_>) -> Option<BranchStep> {
    branch(opinion, office).and_then(|(side, at)| side.step(at + 1))
}

/// The step before it.
fn step_before(opinion: &Opinion, office: &Office<'_>) -> Option<BranchStep> {
    branch(opinion, office).and_then(|(side, at)| side.step(at.checked_sub(1)?))
}

/// Whether an act is possible where the opinion stands: it is answered at the end, and only whoever was asked first says that it was the wrong
/// one.
pub(super) fn allows(opinion: &Opinion, office: &Office<'_>, verb: Verb) -> bool {
    let (before, after) = (step_before(opinion, office).is_some(), step_after(opinion, office).is_some());
    match verb {
        Verb::GiveOpinion => !after,
        Verb::ForwardOpinion => after,
        Verb::SendBackOpinion => before,
        Verb::DeclineOpinion => !before,
        _ => true,
    }
}

/// By when a step is to be done that begins now.
pub(super) fn step_due(office: &Office<'_>, norm: Limit) -> Instant {
    office.calendar.due(office.now, norm, None).due_at
}

/// The unit that does a step of the branch. The head and the divisions are those of the agency that the branch has come to; where it goes to
/// another one, the process names that.
pub(crate) fn unit_of(d: &Dossier, office: &Office<'_>, agency: Id, unit: &StepUnit) -> Id {
    unit_seen(office.tree, Seen { competent: agency, ..office.seen(d.intake, d.competent) }, unit)
}

/// Where a branch goes: to a step of its own, with its time from now, and not later than all of it is wanted as long as that is ahead.
fn place(d: &Dossier, office: &Office<'_>, opinion: &Opinion, step: &BranchStep, agency: Id) -> Option<BranchPlace> {
    let unit = unit_of(d, office, agency, &step.unit);
    let agency = crate::decide::house(office.tree, unit)?;
    let level = office.tree.get(agency)?.level;
    let due = step_due(office, step.norm);
    let due_at = if opinion.due_at > office.now { due.min(opinion.due_at) } else { due };
    let at = AtBranch { step: step.id.clone(), due_at };
    Some(BranchPlace { at, from: opinion.unit, unit, agency, level })
}

/// Where a branch would go on to.
pub(crate) fn next_place(d: &Dossier, office: &Office<'_>, opinion: &Opinion) -> Option<BranchPlace> {
    place(d, office, opinion, &step_after(opinion, office)?, opinion.agency)
}

/// The agency that a step of the branch before this one was done at: seen from each step in turn, as it went.
fn agency_at(d: &Dossier, office: &Office<'_>, side: &Side, at: usize) -> Option<Id> {
    let mut agency = d.competent;
    for step in (0..=at).filter_map(|n| side.step(n)) {
        agency = crate::decide::house(office.tree, unit_of(d, office, agency, &step.unit))?;
    }
    Some(agency)
}

/// Passes a branch on to its next step, with what is proposed.
pub fn forward_opinion(
    d: &Dossier,
    actor: &Actor,
    office: &Office<'_>,
    n: Option<i64>,
    note: &str,
) -> Result<(Happening, Option<Aside>), Fault> {
    check(d, Verb::ForwardOpinion, actor, office)?;
    let opinion = theirs(d, actor, office, (Verb::ForwardOpinion, n))?;
    let to = next_place(d, office, opinion).ok_or_else(|| Fault::internal("a branch that leads nowhere"))?;
    let text = crate::decide::short("note", note)?;
    let words = (!text.is_empty()).then(|| Aside::of(aside::OPINION, &Words { text }));
    let digest = words.as_ref().map(Aside::digest);
    Ok((Happening::OpinionForwarded { n: opinion.n, to, text: digest, file: None }, words))
}

/// Sends a branch back to its step before, with a reason.
pub fn send_back_opinion(
    d: &Dossier,
    actor: &Actor,
    office: &Office<'_>,
    n: Option<i64>,
    why: &str,
) -> Result<Happening, Fault> {
    check(d, Verb::SendBackOpinion, actor, office)?;
    let opinion = theirs(d, actor, office, (Verb::SendBackOpinion, n))?;
    let nowhere = || Fault::internal("a branch that came from nowhere");
    let (side, at) = branch(opinion, office).ok_or_else(nowhere)?;
    let before = at.checked_sub(1).ok_or_else(nowhere)?;
    let step = side.step(before).ok_or_else(nowhere)?;
    // Seen from the agency that the step before that one lay with.
    let seen_from = match before.checked_sub(1) {
        Some(earlier) => agency_at(d, office, side, earlier).ok_or_else(nowhere)?,
        None => d.competent,
    };
    let to = place(d, office, opinion, &step, seen_from).ok_or_else(nowhere)?;
    Ok(Happening::OpinionSentBack { n: opinion.n, to, reason: in_words("reason", why)? })
}
