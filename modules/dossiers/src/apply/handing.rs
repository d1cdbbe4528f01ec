//! What a hand-over leaves on a dossier: who has it, who answers for it, which papers follow.

use super::{fact, passed_between};
use crate::dossier::{Dossier, Passing, mark};
use crate::happening::{Happening, Offer, Place, Rules};
use crate::measures::{self as count, LASTING, flag};
use base::{Id, Instant};
use facts::Fact;

/// It goes to another unit, which is to take it; or it stays where it was taken.
pub(super) fn offer(d: &mut Dossier, at: Instant, offer: Option<&Offer>) {
    d.offered_at = offer.map(|_| at);
    d.take_by = offer.and_then(|offer| offer.take_by);
    d.sender = offer.map(|offer| offer.from);
    if let Some(Offer { from, papers_by: Some(by), .. }) = offer {
        (d.papers_by, d.papers_from) = (Some(*by), Some(*from));
    }
}

/// Whoever does something to it where it lies has taken it, said or not. What is done elsewhere – by the applicant, at the desk where
/// money is paid – takes nothing.
fn takes(happening: &Happening) -> bool {
    use Happening::{
        Approved, Assigned, Filed, Forwarded, HandedBack, IntakeRefused, OpinionAssigned, OpinionDeclined,
        OpinionGiven, OpinionLeft, OpinionsAsked, Paid, PaymentRequested, PutOff, Rated, Received, Redirected, Refused,
        ResultReturned, SentBack, Stopped, SupplementCompleted, SupplementRequested, TakenOver, Withdrawn,
    };
    match happening {
        Assigned { .. } | Forwarded { .. } | SentBack { .. } | TakenOver { .. } | SupplementRequested { .. } => true,
        PaymentRequested { .. } | PutOff { .. } | Approved { .. } | Refused { .. } | ResultReturned { .. } => true,
        Filed { .. } | Received { .. } | IntakeRefused { .. } | SupplementCompleted { .. } | Paid { .. } => false,
        OpinionsAsked { .. } => true,
        // Said by others, or about what others say.
        OpinionAssigned { .. } | OpinionGiven { .. } | OpinionDeclined { .. } | OpinionLeft { .. } => false,
        HandedBack { .. } | Redirected { .. } | Withdrawn { .. } | Stopped { .. } | Rated { .. } => false,
    }
}

/// What an act means for the hand-over before it, and what is counted of it. Before the act's own effect.
pub(super) fn before(d: &mut Dossier, at: Instant, happening: &Happening) -> Option<Fact> {
    let taken = takes(happening) && d.offered_at.is_some();
    let counted = d.take_by.filter(|_| taken).map(|take_by| {
        let in_time = if at <= take_by { flag::ON_TIME } else { 0 };
        fact(d, &count::TAKEN_OVER, at, in_time, 1)
    });
    if taken {
        (d.offered_at, d.take_by) = (None, None);
    }
    match happening {
        // Looking at it, giving it to somebody, what comes from outside: it can still be given back.
        Happening::TakenOver { .. }
        | Happening::Assigned { .. }
        | Happening::SupplementCompleted { .. }
        | Happening::Paid { .. }
        | Happening::OpinionAssigned { .. }
        | Happening::OpinionGiven { .. }
        | Happening::OpinionDeclined { .. }
        | Happening::OpinionLeft { .. }
        | Happening::Rated { .. } => {}
        _ => d.sender = None,
    }
    let ends = matches!(
        happening,
        Happening::Approved { .. }
            | Happening::Refused { .. }
            | Happening::Withdrawn { .. }
            | Happening::Stopped { .. }
            | Happening::ResultReturned { .. }
    );
    if ends {
        (d.offered_at, d.take_by) = (None, None);
        d.flags &= !mark::MISROUTED;
    }
    if ends || matches!(happening, Happening::TakenOver { papers: true } | Happening::HandedBack { .. }) {
        (d.papers_by, d.papers_from) = (None, None);
    }
    if matches!(happening, Happening::Forwarded { .. }) {
        d.flags &= !mark::MISROUTED;
    }
    counted
}

/// Given back as misrouted: it lies with whoever sent it, who is to send it on.
pub(super) fn handed_back(d: &mut Dossier, at: Instant, to: &Place) -> Fact {
    d.flags |= mark::MISROUTED;
    let back = fact(d, &count::HANDED_BACK, at, 0, 1);
    super::place(d, at, to);
    back
}

/// Where it goes instead, by whose hand.
pub(super) struct Elsewhere<'a> {
    pub(super) place: &'a Place,
    pub(super) electronic: bool,
    pub(super) between: bool,
    /// The agency that is competent now, where that is another one.
    pub(super) competent: Option<Id>,
}

/// Sent on to where it belongs. What was counted for the agency that was taken for the competent one moves: the receipt on its own day
/// and with whoever received it, amounts on the day of the move.
pub(super) fn redirected(d: &mut Dossier, at: Instant, rules: Rules, to: &Elsewhere<'_>, facts: &mut Vec<Fact>) {
    d.flags &= !mark::MISROUTED;
    d.flags |= flag::PASSED;
    if !to.electronic {
        d.flags |= mark::PAPER;
    }
    if to.between {
        passed_between(d, if to.electronic { Passing::Electronic } else { Passing::Paper });
    }
    if let Some(agency) = to.competent {
        facts.extend(counted_so_far(d, at, rules, -1));
        d.competent = agency;
        facts.extend(counted_so_far(d, at, rules, 1));
    }
    super::place(d, at, to.place);
    facts.push(fact(d, &count::HANDED_ON, at, if to.electronic { flag::ELECTRONIC } else { 0 }, 1));
}

/// What its receipt and its money count for the agency it is with: once more, or back.
fn counted_so_far(d: &Dossier, at: Instant, rules: Rules, sign: i64) -> Vec<Fact> {
    let lasting = d.flags & LASTING;
    let received = d
        .received_at
        .map(|received| Fact { official: d.received_by, ..fact(d, &count::RECEIVED, received, lasting, sign) });
    let amount = |measure, dong: i64| {
        let counts = rules >= Rules::AmountsCount && dong != 0;
        counts.then(|| Fact { official: d.received_by, ..fact(d, measure, at, lasting, sign * dong) })
    };
    let amounts = [amount(&count::FEE_DUE, d.fee_dong), amount(&count::FEE_PAID, d.paid_dong)];
    received.into_iter().chain(amounts.into_iter().flatten()).collect()
}
