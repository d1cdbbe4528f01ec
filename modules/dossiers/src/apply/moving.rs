//! What a reorganisation of agencies leaves on an open dossier (decision 0037): it goes on where its unit's work goes, with its code, its dates
//! and whoever works on it. What was counted stays; the open case itself is carried from the one agency to the other.

use super::{DoesNotFollow, fact, handing};
use crate::dossier::{Dossier, Status, mark};
use crate::measures::{self as count, LASTING};
use base::{Id, Instant};
use facts::Fact;

/// Whether it is an open case in the figures: received, and neither settled nor ended.
pub(crate) fn is_open_case(d: &Dossier) -> bool {
    // A supplement may be asked for before intake.
    d.received_at.is_some()
        && matches!(d.status, Status::Received | Status::Processing | Status::Supplement | Status::Payment)
}

/// The open case leaves an agency (−1), or comes to one (+1).
pub(super) fn carried(d: &Dossier, at: Instant, sign: i64) -> Fact {
    fact(d, &count::CARRIED, at, d.flags & LASTING, sign)
}

/// Each of its units that ended is followed by the one that takes its work on; `within`: whoever handed it over and whoever is to take it are of
/// one agency from now on.
pub(super) fn moved(
    d: &mut Dossier,
    at: Instant,
    units: &[(Id, Id)],
    within: bool,
) -> Result<Vec<Fact>, DoesNotFollow> {
    let before = d.clone();
    let to = |unit: Id| units.iter().find(|(old, _)| *old == unit).map_or(unit, |(_, new)| *new);
    let mut facts = Vec::new();
    let competent = to(d.competent);
    if competent != d.competent {
        if is_open_case(d) {
            facts.push(carried(d, at, -1));
        }
        // What its decision counts for stays where it was decided.
        if d.status == Status::Decided {
            d.settled_for = d.settled_for.or(Some(d.competent));
        }
        if d.received_at.is_some() {
            d.flags |= mark::CARRIED;
        }
        d.competent = competent;
        if is_open_case(d) {
            facts.push(carried(d, at, 1));
        }
    }
    let intake = to(d.intake);
    if intake != d.intake {
        d.first_intake = d.first_intake.or(Some(d.intake));
        d.intake = intake;
    }
    d.return_to = to(d.return_to);
    d.unit = to(d.unit);
    d.division = d.division.map(to);
    handing::followed(d, (d.sender.map(to), d.papers_from.map(to)), within);
    for opinion in d.opinions.iter_mut().filter(|opinion| opinion.is_open()) {
        opinion.unit = to(opinion.unit);
        opinion.agency = to(opinion.agency);
        opinion.asked_by = to(opinion.asked_by);
    }
    if *d == before { Err(DoesNotFollow) } else { Ok(facts) }
}

#[cfg(test)]
mod tests;
