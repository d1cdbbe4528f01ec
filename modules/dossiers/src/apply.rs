//! State and facts as a pure function of events: the live path and `verify` both go through here.

use crate::dossier::{Dossier, Outcome, PAPER, Status};
use crate::happening::{Filing, Happening, Place};
use base::{Id, Instant};
use facts::{Fact, flag};

/// Flags of a filing that every later fact of the dossier repeats.
const LASTING: i64 = flag::FULL_SERVICE | flag::FEE | flag::PAYABLE_ONLINE | flag::HAS_COMPONENTS | flag::REUSED;

/// What an event led to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcomes {
    pub facts: Vec<Fact>,
}

/// The event does not follow from the state: the log was changed behind the program's back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DoesNotFollow;

/// The state before anything happened to `id` but the filing in `filing`.
fn begin(id: Id, filing: &Filing, at: Instant) -> Dossier {
    Dossier {
        id,
        code: filing.code.clone(),
        procedure: filing.procedure,
        version: filing.version,
        field: filing.field.clone(),
        level: filing.level,
        channel: filing.channel,
        intake: filing.intake,
        competent: filing.competent,
        return_to: filing.return_to,
        account: filing.account,
        status: Status::Filed,
        step: 0,
        unit: filing.intake,
        handler: None,
        filed_at: at,
        answer_due_at: None,
        received_at: None,
        due_at: None,
        first_due_at: None,
        due_basis: String::new(),
        step_due_at: None,
        paused_at: None,
        supplements: 0,
        finished_at: None,
        returned_at: None,
        outcome: Outcome::None,
        flags: filing.flags,
        fee_dong: filing.fee_dong,
        paid_dong: 0,
        rating: None,
        head: audit::Head::default(),
    }
}

fn fact(dossier: &Dossier, measure: &'static str, at: Instant, flags: i64, qty: i64) -> Fact {
    Fact {
        measure,
        day: at.date(),
        agency: dossier.competent,
        level: dossier.level,
        field: dossier.field.clone(),
        channel: dossier.channel.code(),
        flags,
        qty,
        subject: dossier.id,
        procedure: dossier.procedure,
    }
}

fn place(dossier: &mut Dossier, place: &Place) {
    dossier.step = place.step;
    dossier.unit = place.unit;
    dossier.handler = place.handler;
    dossier.step_due_at = place.step_due_at;
}

/// Flags of the `settled` fact: what was true when the case was decided.
fn settled_flags(dossier: &Dossier, at: Instant) -> i64 {
    let mut flags = dossier.flags & LASTING;
    if let Some(due_at) = dossier.due_at {
        if at <= due_at {
            flags |= flag::ON_TIME;
        }
        if at.date() < due_at.date() {
            flags |= flag::EARLY;
        }
    }
    if dossier.flags & flag::PASSED != 0 {
        flags |= flag::PASSED;
        if dossier.flags & PAPER == 0 {
            flags |= flag::ELECTRONIC;
        }
    }
    if dossier.supplements > 0 {
        flags |= flag::SUPPLEMENTED;
    }
    if dossier.supplements > 1 {
        flags |= flag::SUPPLEMENTED_AGAIN;
    }
    match dossier.outcome {
        Outcome::Refused => flags |= flag::REFUSED,
        _ => flags |= dossier.flags & (flag::HAS_RESULT | flag::DIGITISED),
    }
    flags
}

/// Applies one event. `dossier` is `None` only before the first. Returns the facts it gives rise to.
///
/// # Errors
/// [`DoesNotFollow`] where no action of this program could have written the event in this state.
pub fn apply(
    dossier: &mut Option<Dossier>,
    id: Id,
    at: Instant,
    happening: &Happening,
) -> Result<Outcomes, DoesNotFollow> {
    let mut facts = Vec::new();
    if let Happening::Filed { filing, .. } | Happening::Received { filing: Some(filing), .. } = happening {
        if dossier.is_some() {
            return Err(DoesNotFollow);
        }
        *dossier = Some(begin(id, filing, at));
    } else if dossier.as_ref().is_none_or(|now| !happening.verb().transition().from.contains(&now.status)) {
        return Err(DoesNotFollow);
    }
    let d = dossier.as_mut().ok_or(DoesNotFollow)?;
    match happening {
        Happening::Filed { answer_due_at, .. } => d.answer_due_at = Some(*answer_due_at),
        Happening::Received { clock, place: to, .. } => {
            d.status = Status::Received;
            d.received_at = Some(at);
            d.answer_due_at = None;
            d.due_at = Some(clock.due_at);
            d.first_due_at = Some(clock.due_at);
            d.due_basis.clone_from(&clock.basis);
            place(d, to);
            facts.push(fact(d, "received", at, d.flags & LASTING, 1));
        }
        Happening::IntakeRefused { .. } => {
            d.status = Status::IntakeRefused;
            d.finished_at = Some(at);
            facts.push(fact(d, "refused_intake", at, 0, 1));
        }
        Happening::Assigned { handler } => {
            d.status = Status::Processing;
            d.handler = Some(*handler);
        }
        Happening::Forwarded { place: to, electronic, .. } => {
            d.status = Status::Processing;
            d.flags |= flag::PASSED;
            if !electronic {
                d.flags |= PAPER;
            }
            place(d, to);
            facts.push(fact(d, "passed", at, if *electronic { flag::ELECTRONIC } else { 0 }, 1));
        }
        Happening::SentBack { place: to, .. } => {
            d.status = Status::Processing;
            place(d, to);
        }
        Happening::SupplementRequested { .. } => {
            d.status = Status::Supplement;
            d.paused_at = Some(at);
            d.supplements += 1;
            let again = if d.supplements > 1 { flag::SUPPLEMENTED_AGAIN } else { 0 };
            facts.push(fact(d, "supplement_requested", at, again, 1));
        }
        Happening::SupplementCompleted { clock, answer_due_at, .. } => {
            d.paused_at = None;
            match clock {
                Some(clock) => {
                    d.status = Status::Processing;
                    d.due_at = Some(clock.due_at);
                    d.due_basis.clone_from(&clock.basis);
                }
                None => {
                    d.status = Status::Filed;
                    d.answer_due_at = *answer_due_at;
                }
            }
        }
        Happening::PaymentRequested { amount_dong, .. } => {
            d.status = Status::Payment;
            d.paused_at = Some(at);
            d.fee_dong = *amount_dong;
        }
        Happening::Paid { amount_dong, online, clock, first_online } => {
            d.paid_dong += amount_dong;
            if d.status == Status::Payment {
                d.status = Status::Processing;
                d.paused_at = None;
            }
            if let Some(clock) = clock {
                d.due_at = Some(clock.due_at);
                d.due_basis.clone_from(&clock.basis);
            }
            let online_flag = if *online { flag::PAID_ONLINE } else { 0 };
            d.flags |= online_flag;
            facts.push(fact(d, "paid", at, d.flags & LASTING | online_flag, 1));
            if *first_online {
                facts.push(Fact {
                    channel: 0,
                    ..fact(d, "procedure_paid_online", at, flag::FEE | flag::PAID_ONLINE, 1)
                });
            }
        }
        Happening::Approved { digitised, unit, .. } => {
            d.status = Status::Decided;
            d.outcome = Outcome::Granted;
            d.finished_at = Some(at);
            d.step_due_at = None;
            d.unit = *unit;
            d.handler = None;
            if *digitised {
                d.flags |= flag::DIGITISED;
            }
            facts.push(fact(d, "settled", at, settled_flags(d, at), 1));
        }
        Happening::Refused { unit, .. } => {
            d.status = Status::Decided;
            d.outcome = Outcome::Refused;
            d.finished_at = Some(at);
            d.step_due_at = None;
            d.unit = *unit;
            d.handler = None;
            facts.push(fact(d, "settled", at, settled_flags(d, at), 1));
        }
        Happening::Withdrawn { .. } => {
            d.status = Status::Withdrawn;
            d.paused_at = None;
            d.finished_at = Some(at);
            facts.push(fact(d, "withdrawn", at, 0, 1));
        }
        Happening::Stopped { .. } => {
            d.status = Status::Stopped;
            d.paused_at = None;
            d.finished_at = Some(at);
            facts.push(fact(d, "stopped", at, 0, 1));
        }
        Happening::ResultReturned { digitised, .. } => {
            d.status = Status::Returned;
            d.returned_at = Some(at);
            if let (true, Some(finished_at), 0) = (*digitised, d.finished_at, d.flags & flag::DIGITISED) {
                // The scan came with the return: the settled fact is taken back and written again on its own day.
                facts.push(fact(d, "settled", finished_at, settled_flags(d, finished_at), -1));
                d.flags |= flag::DIGITISED;
                facts.push(fact(d, "settled", finished_at, settled_flags(d, finished_at), 1));
            }
            facts.push(fact(d, "returned", at, d.flags & flag::DIGITISED, 1));
        }
        Happening::Rated { score } => {
            d.rating = Some(*score);
            facts.push(fact(d, "rated", at, if *score >= 4 { flag::SATISFIED } else { 0 }, 1));
        }
    }
    Ok(Outcomes { facts })
}

#[cfg(test)]
mod tests;
