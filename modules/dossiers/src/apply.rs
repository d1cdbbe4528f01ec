//! State and facts as a pure function of events: the live path and `verify` both go through here.

use crate::dossier::{Dossier, Outcome, Passing, Status, mark};
use crate::happening::{Beginning, Clock, Filing, Happening, Place, Rules};
use crate::measures::{self as count, LASTING, flag};
use crate::opinion::{Opinion, OpinionState};
use crate::part::Part;
use base::{Id, Instant};
use facts::{Fact, Measure};

mod dates;
mod handing;
mod mishap;
mod moving;
mod opinions;
mod watch;

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
        unit: filing.intake,
        filed_at: at,
        flags: filing.flags | if filing.joined.is_some() { mark::LINKED } else { 0 },
        fee_dong: filing.fee_dong,
        part: filing.joined.as_ref().map(|joined| Part::of(id, joined)),
        ..Dossier::default()
    }
}

fn fact(dossier: &Dossier, measure: &'static Measure, at: Instant, flags: i64, qty: i64) -> Fact {
    Fact {
        field: dossier.field.clone(),
        channel: dossier.channel.code(),
        flags,
        qty,
        procedure: dossier.procedure,
        ..Fact::one(measure, at.date(), (dossier.competent, dossier.level), dossier.id)
    }
}

fn place(dossier: &mut Dossier, at: Instant, place: &Place) {
    dossier.step = place.step;
    dossier.unit = place.unit;
    dossier.handler = place.handler;
    dossier.step_due_at = place.step_due_at;
    handing::offer(dossier, at, place.offer.as_ref());
}

fn due(dossier: &mut Dossier, clock: &Clock) {
    dossier.due_at = Some(clock.due_at);
    dossier.due_basis.clone_from(&clock.basis);
    dossier.promised_at = clock.promised;
}

/// Flags of the `settled` fact: what was true when the case was decided, or ended late without a decision. What an earlier fact
/// said must come out the same when it is taken back, so they follow from the state alone.
fn settled_flags(dossier: &Dossier, at: Instant) -> i64 {
    let mut flags = dossier.flags & LASTING;
    if let Some(promised) = dossier.counted_by().filter(|_| dossier.flags & mark::LATE == 0) {
        // A later date given with an apology excuses.
        if at <= promised {
            flags |= flag::ON_TIME;
        } else if dossier.due_at.is_some_and(|due_at| at <= due_at) {
            flags |= flag::BY_LATER_DATE;
        }
        if at.date() < promised.date() {
            flags |= flag::EARLY;
        }
    }
    if dossier.flags & mark::PUT_OFF != 0 {
        flags |= flag::PUT_OFF;
    }
    if dossier.flags & mark::DATE_MOVED != 0 {
        flags |= flag::DATE_MOVED;
    }
    if dossier.flags & flag::PASSED != 0 {
        flags |= flag::PASSED;
        if dossier.flags & mark::PAPER == 0 {
            flags |= flag::ELECTRONIC;
        }
    }
    if dossier.flags & flag::BETWEEN != 0 {
        flags |= flag::BETWEEN;
        if dossier.flags & mark::BETWEEN_PAPER == 0 {
            flags |= flag::BETWEEN_ELECTRONIC;
        }
    }
    if dossier.supplements > 0 {
        flags |= flag::SUPPLEMENTED;
    }
    if dossier.supplements > 1 {
        flags |= flag::SUPPLEMENTED_AGAIN;
    }
    match dossier.outcome {
        Outcome::None => flags |= flag::UNDECIDED,
        Outcome::Refused => flags |= flag::REFUSED,
        Outcome::Granted => flags |= dossier.flags & (flag::HAS_RESULT | flag::DIGITISED),
    }
    flags
}

/// Whether it is late by what it is counted by: marked so, or past its promise while its clock ran, whatever later date excused it.
fn ends_late(dossier: &Dossier, at: Instant) -> bool {
    let ran_until = dossier.paused_at.unwrap_or(at);
    dossier.flags & mark::LATE != 0 || dossier.promised_at.is_some_and(|promised| ran_until > promised)
}

/// What ends late without a decision counts among the late ones: taking a dossier back, or stopping it, makes no figure better
/// (QĐ 766/QĐ-TTg, component 2.1: statuses 7 and 8 of received dossiers are ends like others).
fn late_end(dossier: &Dossier, at: Instant, rules: Rules) -> Option<Fact> {
    let counts = rules >= Rules::LateStaysLate && dossier.received_at.is_some() && ends_late(dossier, at);
    counts.then(|| fact(dossier, &count::SETTLED, at, settled_flags(dossier, at), 1))
}

/// Passed on from one unit to another, by wire or on paper.
fn passed(dossier: &mut Dossier, electronic: bool, between: bool) {
    dossier.flags |= flag::PASSED;
    if !electronic {
        dossier.flags |= mark::PAPER;
    }
    if between {
        passed_between(dossier, if electronic { Passing::Electronic } else { Passing::Paper });
    }
}

fn passed_between(dossier: &mut Dossier, passing: Passing) {
    dossier.flags |= flag::BETWEEN;
    if passing == Passing::Paper {
        dossier.flags |= mark::BETWEEN_PAPER;
    }
}

/// Who acted, where an event of these rules counts for the official: no applicant who takes his dossier back, and nobody for what was
/// written before it was kept.
fn official((rules, actor): (Rules, Option<Id>), happening: &Happening) -> Option<Id> {
    let citizens = matches!(happening, Happening::Filed { .. } | Happening::Withdrawn { .. } | Happening::Rated { .. });
    actor.filter(|_| rules >= Rules::AmountsCount && !citizens)
}

/// Whether it happened by itself, with another of those that were filed together: nobody's act, and no refusal at a desk.
fn by_itself(before: Option<&Dossier>, happening: &Happening) -> bool {
    match happening {
        Happening::Received { part: Some(Beginning::With { .. }), .. } => true,
        Happening::IntakeRefused { .. } => before.is_some_and(Dossier::waits_for_others),
        _ => false,
    }
}

/// What is due from now on, against what was.
fn fee_due(dossier: &Dossier, at: Instant, rules: Rules, more: i64) -> Option<Fact> {
    let counts = rules >= Rules::AmountsCount && more != 0;
    counts.then(|| fact(dossier, &count::FEE_DUE, at, dossier.flags & LASTING, more))
}

/// Applies one event by the rules it was written under, and by whom. `dossier` is `None` only before the first. Returns the facts it
/// gives rise to.
///
/// # Errors
/// [`DoesNotFollow`] where no action of this program could have written the event in this state.
pub fn apply(
    dossier: &mut Option<Dossier>,
    id: Id,
    at: Instant,
    (rules, actor): (Rules, Option<Id>),
    happening: &Happening,
) -> Result<Outcomes, DoesNotFollow> {
    let mut facts = Vec::new();
    let official = official((rules, actor), happening).filter(|_| !by_itself(dossier.as_ref(), happening));
    if let Happening::Filed { filing, .. } | Happening::Received { filing: Some(filing), .. } = happening {
        if dossier.is_some() {
            return Err(DoesNotFollow);
        }
        *dossier = Some(begin(id, filing, at));
    } else if dossier.as_ref().is_none_or(|now| !happening.verb().under(rules).from.contains(&now.status)) {
        return Err(DoesNotFollow);
    }
    let d = dossier.as_mut().ok_or(DoesNotFollow)?;
    if rules >= Rules::LateStaysLate {
        watch::watch(d, at, happening);
    }
    let was_misrouted = d.flags & mark::MISROUTED != 0;
    facts.extend(handing::before(d, at, happening));
    // What moves to another agency says itself whose it is.
    let mut moved = Vec::new();
    match happening {
        Happening::Filed { answer_due_at, .. } => d.answer_due_at = *answer_due_at,
        // What came by post may not have come after it was entered.
        Happening::Received { post: Some(post), .. } if post.handed_at > at => return Err(DoesNotFollow),
        Happening::Received { part: Some(_), .. } if d.part.is_none() => return Err(DoesNotFollow),
        Happening::Received { clock, place: to, between, post, part, .. } => {
            let received = post.as_ref().map_or(at, |post| post.handed_at);
            d.status = Status::Received;
            d.received_at = Some(received);
            d.answer_due_at = None;
            due(d, clock);
            d.first_due_at = Some(clock.due_at);
            place(d, at, to);
            d.received_by = official.filter(|_| to.offer.is_some());
            if to.offer.is_some_and(|offer| offer.papers_by.is_some()) {
                d.flags |= mark::ON_PAPER;
            }
            if let Some(passing) = between {
                passed_between(d, *passing);
            }
            if let (Some(Beginning::Leading { due_at, .. }), Some(leading)) = (part, &mut d.part) {
                leading.due_at = Some(*due_at);
            }
            facts.push(fact(d, &count::RECEIVED, received, d.flags & LASTING, 1));
            facts.extend(fee_due(d, at, rules, d.fee_dong));
        }
        Happening::IntakeRefused { .. } => {
            // What never began was refused by nobody.
            if !d.waits_for_others() {
                facts.push(fact(d, &count::REFUSED_INTAKE, at, 0, 1));
            }
            d.status = Status::IntakeRefused;
            d.finished_at = Some(at);
        }
        Happening::Assigned { handler } => {
            d.status = Status::Processing;
            d.handler = Some(*handler);
        }
        Happening::Forwarded { place: to, electronic, between, .. } => {
            d.status = Status::Processing;
            passed(d, *electronic, *between);
            place(d, at, to);
            facts.push(fact(d, &count::HANDED_ON, at, if *electronic { flag::ELECTRONIC } else { 0 }, 1));
        }
        Happening::SentBack { place: to, .. } => {
            d.status = Status::Processing;
            place(d, at, to);
        }
        // What was done before is all there is to it.
        Happening::TakenOver { .. } => {}
        Happening::HandedBack { .. } if d.flags & mark::MISROUTED != 0 => return Err(DoesNotFollow),
        Happening::HandedBack { place: to, papers_by, .. } => {
            facts.push(handing::handed_back(d, at, to, *papers_by));
        }
        Happening::Redirected { .. } if !was_misrouted => return Err(DoesNotFollow),
        Happening::Redirected { place: to, electronic, between, competent, division, .. } => {
            let (electronic, between, competent, division) = (*electronic, *between, *competent, *division);
            let to = handing::Elsewhere { place: to, electronic, between, competent, division };
            moved = handing::redirected(d, at, rules, &to);
            facts.push(fact(d, &count::HANDED_ON, at, if electronic { flag::ELECTRONIC } else { 0 }, 1));
        }
        Happening::OpinionsAsked { by, of, due_at, by_process, branch, .. } => {
            if !by_process {
                d.status = Status::Processing;
            }
            opinions::asked(d, at, (*by, *due_at), of, branch.as_ref())?;
        }
        Happening::OpinionAssigned { n, handler } => opinions::open(d, *n)?.handler = Some(*handler),
        Happening::OpinionGiven { n, stance, .. } => {
            let given = |opinion: &mut Opinion| {
                (opinion.state, opinion.stance) = (OpinionState::Given, Some(*stance));
            };
            facts.extend(opinions::ends(d, at, *n, given)?);
        }
        Happening::OpinionDeclined { n, .. } => {
            facts.extend(opinions::ends(d, at, *n, |opinion| opinion.state = OpinionState::Misrouted)?);
        }
        Happening::OpinionLeft { n, .. } => facts.extend(opinions::without(d, at, *n)?),
        Happening::OpinionForwarded { n, to, .. } | Happening::OpinionSentBack { n, to, .. } => {
            opinions::goes(d, *n, to)?;
        }
        Happening::SupplementRequested { asked, .. } => {
            d.status = Status::Supplement;
            d.asked_until = asked.as_ref().map(|asked| asked.until);
            d.paused_at = Some(at);
            d.supplements += 1;
            let again = if d.supplements > 1 { flag::SUPPLEMENTED_AGAIN } else { 0 };
            facts.push(fact(d, &count::ASKED, at, again, 1));
        }
        Happening::SupplementCompleted { clock, answer_due_at, .. } => {
            d.paused_at = None;
            d.asked_until = None;
            match clock {
                Some(clock) => {
                    d.status = Status::Processing;
                    due(d, clock);
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
            facts.extend(fee_due(d, at, rules, amount_dong.saturating_sub(d.fee_dong)));
            d.fee_dong = *amount_dong;
        }
        // Nothing pays online: an event that says so is not this program's.
        Happening::Paid { online, first_online, .. } if rules >= Rules::LateStaysLate && (*online || *first_online) => {
            return Err(DoesNotFollow);
        }
        Happening::Paid { amount_dong, online, clock, first_online } => {
            d.paid_dong += amount_dong;
            if d.status == Status::Payment {
                d.status = Status::Processing;
                d.paused_at = None;
            }
            if let Some(clock) = clock {
                due(d, clock);
            }
            let online_flag = if *online { flag::PAID_ONLINE } else { 0 };
            d.flags |= online_flag;
            facts.push(fact(d, &count::PAID, at, d.flags & LASTING | online_flag, 1));
            if rules >= Rules::AmountsCount && *amount_dong != 0 {
                facts.push(fact(d, &count::FEE_PAID, at, d.flags & LASTING, *amount_dong));
            }
            if *first_online {
                facts.push(Fact {
                    channel: 0,
                    ..fact(d, &count::PAID_ONLINE_FIRST, at, flag::FEE | flag::PAID_ONLINE, 1)
                });
            }
        }
        // Once, to a later date.
        Happening::PutOff { clock, .. }
            if d.flags & mark::PUT_OFF != 0 || clock.promised.is_some() || Some(clock.due_at) <= d.due_at =>
        {
            return Err(DoesNotFollow);
        }
        Happening::PutOff { clock, .. } => {
            // Where an emergency decision moved it before, by what it was counted then.
            let promised = d.counted_by();
            due(d, clock);
            d.promised_at = promised;
            d.flags |= mark::PUT_OFF;
            facts.push(fact(d, &count::LATER, at, d.flags & LASTING, 1));
        }
        Happening::Approved { digitised, unit, offer, .. } => {
            d.status = Status::Decided;
            d.outcome = Outcome::Granted;
            d.decided_by = official;
            d.finished_at = Some(at);
            d.step_due_at = None;
            d.unit = *unit;
            d.handler = None;
            handing::offer(d, at, offer.as_ref());
            if *digitised {
                d.flags |= flag::DIGITISED;
            }
            facts.push(fact(d, &count::SETTLED, at, settled_flags(d, at), 1));
        }
        Happening::Refused { unit, offer, .. } => {
            d.status = Status::Decided;
            d.outcome = Outcome::Refused;
            d.decided_by = official;
            d.finished_at = Some(at);
            d.step_due_at = None;
            d.unit = *unit;
            d.handler = None;
            handing::offer(d, at, offer.as_ref());
            facts.push(fact(d, &count::SETTLED, at, settled_flags(d, at), 1));
        }
        Happening::Withdrawn { .. } => {
            facts.push(fact(d, &count::WITHDRAWN, at, 0, 1));
            facts.extend(late_end(d, at, rules));
            d.status = Status::Withdrawn;
            d.paused_at = None;
            d.asked_until = None;
            d.finished_at = Some(at);
        }
        Happening::Stopped { .. } => {
            facts.push(fact(d, &count::STOPPED, at, 0, 1));
            facts.extend(late_end(d, at, rules));
            d.status = Status::Stopped;
            d.decided_by = official;
            d.paused_at = None;
            d.asked_until = None;
            d.finished_at = Some(at);
        }
        Happening::ResultReturned { digitised, .. } => {
            d.status = Status::Returned;
            d.returned_at = Some(at);
            if let (true, Some(finished_at), 0) = (*digitised, d.finished_at, d.flags & flag::DIGITISED) {
                // The scan came with the return: the settled fact is taken back and written again on its own day.
                // By the agency that decided it, where it has moved since.
                let agency = d.settled_for.unwrap_or(d.competent);
                let settled = |d: &Dossier, sign| Fact {
                    agency,
                    ..fact(d, &count::SETTLED, finished_at, settled_flags(d, finished_at), sign)
                };
                facts.push(settled(d, -1));
                d.flags |= flag::DIGITISED;
                facts.push(settled(d, 1));
            }
            facts.push(fact(d, &count::RETURNED, at, d.flags & flag::DIGITISED, 1));
        }
        Happening::Rated { score } => {
            d.rating = Some(*score);
            facts.push(fact(d, &count::RATED, at, rated_fact::flags(*score), 1));
        }
        Happening::MishapReported { mishap, until, .. } => facts.push(mishap::reported(d, at, *mishap, *until)?),
        Happening::MishapMended { .. } => facts.push(mishap::mended(d, at)?),
        Happening::MishapDismissed { .. } => facts.push(mishap::dismissed(d, at)?),
        Happening::Moved { units, within, .. } => moved = moving::moved(d, at, units, *within)?,
        Happening::DueMoved { counted_by, dates, .. } => dates::moved(d, *counted_by, dates)?,
        Happening::Drafted { .. } => {
            d.status = Status::Processing;
            d.flags |= mark::WRITTEN;
        }
        Happening::SignatureAnswered { .. } | Happening::SignatureAsked { .. } => {}
    }
    crate::written::follow(&mut d.written, happening).ok_or(DoesNotFollow)?;
    opinions::after(d, at, happening);
    for fact in facts.iter_mut().filter(|fact| fact.measure.by_official) {
        // What is taken back and written again, and what it settled as, stays with whoever decided; what somebody kept back is no figure
        // of whoever went on without it.
        fact.official = match happening {
            Happening::OpinionLeft { .. } => None,
            _ if fact.measure == &count::SETTLED => d.decided_by,
            _ => official,
        };
    }
    facts.extend(moved);
    Ok(Outcomes { facts })
}

/// What a rating counts as, by event or by code.
pub(crate) mod rated_fact {
    use crate::measures::flag;

    /// Satisfied from "satisfied" on.
    pub const fn flags(score: i64) -> i64 {
        if score >= 4 { flag::SATISFIED } else { 0 }
    }
}

#[cfg(test)]
mod counted;
#[cfg(test)]
mod ends;
#[cfg(test)]
mod tests;
