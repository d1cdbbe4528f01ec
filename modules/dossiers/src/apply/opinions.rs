//! What is asked of other units, and what they say.

use super::{DoesNotFollow, fact};
use crate::dossier::{Dossier, mark};
use crate::happening::{AskedOf, AtBranch, BranchPlace, Happening};
use crate::measures::{self as count, flag};
use crate::opinion::{Opinion, OpinionState};
use base::{Id, Instant};
use facts::Fact;

/// Asked of several units at once.
pub(super) fn asked(
    d: &mut Dossier,
    at: Instant,
    (by, due_at): (Id, Instant),
    of: &[AskedOf],
    branch: Option<&AtBranch>,
) -> Result<(), DoesNotFollow> {
    // A branch begins with one unit.
    if of.is_empty() || branch.is_some() && of.len() > 1 {
        return Err(DoesNotFollow);
    }
    for asked in of {
        d.opinion_n += 1;
        let AskedOf { unit, agency, level, consents } = *asked;
        let opinion = Opinion {
            n: d.opinion_n,
            unit,
            agency,
            level,
            asked_by: by,
            consents,
            asked_at: at,
            due_at,
            step: branch.map(|at| at.step.clone()).unwrap_or_default(),
            step_due_at: branch.map(|at| at.due_at),
            ..Opinion::default()
        };
        d.opinions.push(opinion);
    }
    d.flags |= mark::TO_SUM_UP;
    Ok(())
}

/// One that is waited for.
pub(super) fn open(d: &mut Dossier, n: i64) -> Result<&mut Opinion, DoesNotFollow> {
    let found = usize::try_from(n - 1).ok().and_then(|n| d.opinions.get_mut(n));
    found.filter(|opinion| opinion.is_open()).ok_or(DoesNotFollow)
}

/// A branch goes to another of its steps: with the unit of that one, and with nobody of it yet.
pub(super) fn goes(d: &mut Dossier, n: i64, to: &BranchPlace) -> Result<(), DoesNotFollow> {
    let opinion = open(d, n)?;
    if opinion.step.is_empty() || opinion.unit != to.from || opinion.step == to.at.step {
        return Err(DoesNotFollow);
    }
    (opinion.unit, opinion.agency, opinion.level, opinion.handler) = (to.unit, to.agency, to.level, None);
    opinion.step.clone_from(&to.at.step);
    opinion.step_due_at = Some(to.at.due_at);
    Ok(())
}

/// One ends. What was given or kept back counts for the agency that was asked.
pub(super) fn ends(
    d: &mut Dossier,
    at: Instant,
    n: i64,
    turns: impl FnOnce(&mut Opinion),
) -> Result<Option<Fact>, DoesNotFollow> {
    let opinion = open(d, n)?;
    opinion.ended_at = Some(at);
    turns(opinion);
    let (state, agency, level, due_at) = (opinion.state, opinion.agency, opinion.level, opinion.due_at);
    let in_time = match state {
        OpinionState::Given if at <= due_at => flag::ON_TIME,
        OpinionState::Given | OpinionState::Silent => 0,
        OpinionState::Asked | OpinionState::Misrouted | OpinionState::Dropped => return Ok(None),
    };
    Ok(Some(Fact { agency, level, ..fact(d, &count::OPINION, at, in_time, 1) }))
}

/// Whoever asked goes on without it: its day has passed in silence, or it is no longer wanted.
pub(super) fn without(d: &mut Dossier, at: Instant, n: i64) -> Result<Option<Fact>, DoesNotFollow> {
    ends(d, at, n, |opinion| {
        opinion.state = if at > opinion.due_at { OpinionState::Silent } else { OpinionState::Dropped };
    })
}

/// The dossier ends: nothing is waited for any more; and a note that goes on with it sums up what was said.
pub(super) fn after(d: &mut Dossier, at: Instant, happening: &Happening) {
    if !d.status.clock_runs() && !d.status.waits_for_applicant() {
        for opinion in d.opinions.iter_mut().filter(|opinion| opinion.is_open()) {
            (opinion.state, opinion.ended_at) = (OpinionState::Dropped, Some(at));
        }
        d.flags &= !mark::TO_SUM_UP;
    }
    if matches!(happening, Happening::Forwarded { note, .. } if !note.is_empty()) {
        d.flags &= !mark::TO_SUM_UP;
    }
}
