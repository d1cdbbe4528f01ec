//! What an emergency decision leaves on an undecided dossier (decision 0039): every date that was ahead moves past the closed days. The date
//! that figures judge by is the first one or the new one, as the rule of the decision's day has it.

use super::{DoesNotFollow, due};
use crate::dossier::{Dossier, mark};
use crate::happening::{DatesMoved, PromiseMoved};
use base::calendar::{Basis, Manner};
use base::{Instant, PausePolicy};
use organisation::closing::CountedBy;

/// Moves a date that is there to a later one.
fn later(date: &mut Option<Instant>, to: Option<Instant>) -> Result<(), DoesNotFollow> {
    match (*date, to) {
        (_, None) => Ok(()),
        (Some(was), Some(to)) if to > was => {
            *date = Some(to);
            Ok(())
        }
        _ => Err(DoesNotFollow),
    }
}

/// Whether a due date was counted from a receipt and not moved since: what passed it is late by it alone.
fn is_from_scratch(basis: &str) -> bool {
    let manner = basis.parse::<Basis>().map(|basis| basis.manner);
    matches!(manner, Ok(Manner::First | Manner::Pause { policy: PausePolicy::Restart, .. }))
}

fn promise(d: &mut Dossier, counted_by: CountedBy, promise: &PromiseMoved) -> Result<(), DoesNotFollow> {
    let PromiseMoved { was, clock } = promise;
    // From what it was, to a later one.
    if d.due_at != Some(*was) || clock.due_at <= *was {
        return Err(DoesNotFollow);
    }
    match counted_by {
        CountedBy::Original if clock.promised != d.counted_by() => return Err(DoesNotFollow),
        // Passed on a closed day, it was not late; unless it was for another reason.
        CountedBy::Moved if d.flags & mark::HOLLOW == 0 && is_from_scratch(&d.due_basis) => {
            d.flags &= !mark::LATE;
        }
        _ => {}
    }
    due(d, clock);
    d.flags |= mark::DATE_MOVED;
    Ok(())
}

/// Moves the dates, each from where it stands.
pub(super) fn moved(d: &mut Dossier, counted_by: CountedBy, dates: &DatesMoved) -> Result<(), DoesNotFollow> {
    if !dates.any() {
        return Err(DoesNotFollow);
    }
    if let Some(moved) = &dates.promise {
        promise(d, counted_by, moved)?;
    }
    later(&mut d.answer_due_at, dates.answer_due_at)?;
    later(&mut d.step_due_at, dates.step_due_at)?;
    later(&mut d.take_by, dates.take_by)?;
    later(&mut d.papers_by, dates.papers_by)?;
    if let Some(until) = dates.asked_until {
        if d.asked_until.is_none_or(|was| until <= was) {
            return Err(DoesNotFollow);
        }
        d.asked_until = Some(until);
    }
    if let Some(to) = dates.together {
        let part = d.part.as_mut().filter(|part| part.leads()).ok_or(DoesNotFollow)?;
        later(&mut part.due_at, Some(to))?;
    }
    for (n, to) in &dates.opinions {
        let opinion = d.opinions.iter_mut().find(|opinion| opinion.n == *n && opinion.is_open());
        let opinion = opinion.filter(|opinion| *to > opinion.due_at).ok_or(DoesNotFollow)?;
        opinion.due_at = *to;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
