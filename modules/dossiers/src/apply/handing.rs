//! What a hand-over leaves on a dossier: who has it, who answers for it, which papers follow.

use super::{fact, passed};
use crate::dossier::{Dossier, mark};
use crate::happening::{Happening, Offer, Place, Rules};
use crate::measures::{self as count, LASTING, flag};
use base::{Id, Instant};
use facts::Fact;

/// It goes to another unit, which is to take it; or it stays where it was taken.
pub(super) fn offer(d: &mut Dossier, at: Instant, offer: Option<&Offer>) {
    d.offered_at = offer.map(|_| at);
    d.take_by = offer.and_then(|offer| offer.take_by);
    d.sender = offer.map(|offer| offer.from);
    if let Some(Offer { from, papers_by: Some(by), take_by }) = offer {
        papers(d, Some((*from, *by)), take_by.is_some());
    }
}

/// Papers are on their way from a unit, until a moment; or none are.
fn papers(d: &mut Dossier, from: Option<(Id, Instant)>, between: bool) {
    (d.papers_from, d.papers_by) = from.unzip();
    d.flags &= !mark::PAPERS_BETWEEN;
    if between && from.is_some() {
        d.flags |= mark::PAPERS_BETWEEN;
    }
}

/// What an act means for the hand-over before it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Means {
    /// Nothing: it comes from outside, or is said by others.
    Nothing,
    /// Whoever looks at it and gives it to somebody has taken it, and can still give it back.
    Taken,
    /// Whoever does something to it where it lies has taken it for good.
    Worked,
    /// Whoever passes it on or decides it has had what came with it, papers too.
    Passed,
    /// It goes back as it came.
    Back,
    /// It has ended.
    Ended,
}

fn means(happening: &Happening) -> Means {
    use Happening::{
        Approved, Assigned, Drafted, DueMoved, Filed, Forwarded, HandedBack, IntakeRefused, MishapDismissed,
        MishapMended, MishapReported, Moved, OpinionAssigned, OpinionDeclined, OpinionForwarded, OpinionGiven,
        OpinionLeft, OpinionSentBack, OpinionsAsked, Paid, PaymentRequested, PutOff, Rated, Received, Redirected,
        Refused, ResultReturned, SentBack, SignatureAnswered, SignatureAsked, Stopped, SupplementCompleted,
        SupplementRequested, TakenOver, Withdrawn,
    };
    match happening {
        Filed { .. } | Received { .. } | IntakeRefused { .. } | SupplementCompleted { .. } => Means::Nothing,
        Paid { .. } | Rated { .. } | SupplementRequested { elsewhere: true, .. } => Means::Nothing,
        OpinionsAsked { by_process: true, .. } => Means::Nothing,
        OpinionAssigned { .. } | OpinionGiven { .. } | OpinionDeclined { .. } | OpinionLeft { .. } => Means::Nothing,
        OpinionForwarded { .. } | OpinionSentBack { .. } => Means::Nothing,
        // Whoever mends something has not worked on the case by that.
        MishapReported { .. } | MishapMended { .. } | MishapDismissed { .. } => Means::Nothing,
        // It goes on where it was going.
        Moved { .. } | DueMoved { .. } | SignatureAnswered { .. } | SignatureAsked { .. } => Means::Nothing,
        Assigned { .. } | TakenOver { .. } => Means::Taken,
        SupplementRequested { .. } | PaymentRequested { .. } | PutOff { .. } | OpinionsAsked { .. } => Means::Worked,
        Drafted { .. } => Means::Worked,
        Forwarded { .. } | SentBack { .. } | Redirected { .. } => Means::Passed,
        HandedBack { .. } => Means::Back,
        Approved { .. } | Refused { .. } | ResultReturned { .. } | Withdrawn { .. } | Stopped { .. } => Means::Ended,
    }
}

/// What an act does to the hand-over before it, and what is counted of that. Before the act's own effect.
pub(super) fn before(d: &mut Dossier, at: Instant, happening: &Happening) -> Option<Fact> {
    let means = means(happening);
    if means == Means::Nothing {
        return None;
    }
    // What is given back, or ends before anybody looked at it, was taken by nobody.
    let ends = matches!(happening, Happening::Withdrawn { .. } | Happening::Stopped { .. });
    let taken = means != Means::Back && !ends;
    let counted = d.take_by.filter(|_| taken && d.offered_at.is_some()).map(|take_by| {
        let in_time = if at <= take_by { flag::ON_TIME } else { 0 };
        fact(d, &count::TAKEN_OVER, at, in_time, 1)
    });
    (d.offered_at, d.take_by) = (None, None);
    if means != Means::Taken {
        d.sender = None;
    }
    if matches!(means, Means::Passed | Means::Ended) {
        d.flags &= !mark::MISROUTED;
    }
    let came = matches!(happening, Happening::TakenOver { papers: true });
    if came || matches!(means, Means::Passed | Means::Back | Means::Ended) {
        papers(d, None, false);
    }
    counted
}

/// Given back as misrouted: it lies with whoever sent it, who is to send it on.
pub(super) fn handed_back(d: &mut Dossier, at: Instant, to: &Place, papers_by: Option<Instant>) -> Fact {
    d.flags |= mark::MISROUTED;
    let (back, from) = (fact(d, &count::HANDED_BACK, at, 0, 1), d.unit);
    super::place(d, at, to);
    // Between which agencies it goes back is no figure of anybody's.
    papers(d, papers_by.map(|by| (from, by)), false);
    back
}

/// Where it goes instead, by whose hand.
pub(super) struct Elsewhere<'a> {
    pub(super) place: &'a Place,
    pub(super) electronic: bool,
    pub(super) between: bool,
    /// The agency that is competent now, where that is another one.
    pub(super) competent: Option<Id>,
    pub(super) division: Option<Id>,
}

/// Sent on to where it belongs. What was counted for the agency that was taken for the competent one moves: the receipt on its own day
/// and with whoever received it, amounts on the day of the move and with nobody – who took the money did.
pub(super) fn redirected(d: &mut Dossier, at: Instant, rules: Rules, to: &Elsewhere<'_>) -> Vec<Fact> {
    let mut facts = Vec::new();
    passed(d, to.electronic, to.between);
    if let Some(agency) = to.competent {
        facts.extend(counted_so_far(d, at, rules, -1));
        // Where the result was to go out at the wrong agency, it goes out at the right one.
        if d.return_to == d.competent && d.return_to != d.intake {
            d.return_to = agency;
        }
        d.competent = agency;
        facts.extend(counted_so_far(d, at, rules, 1));
    }
    d.division = to.division;
    super::place(d, at, to.place);
    facts
}

/// Agencies were reorganised: whoever it came from, and whoever has its papers, is another unit now. What came from the very unit that is to take
/// it has been taken; within one agency no clock runs.
pub(super) fn followed(d: &mut Dossier, (sender, papers_from): (Option<Id>, Option<Id>), within: bool) {
    (d.sender, d.papers_from) = (sender, papers_from);
    if within {
        d.take_by = None;
        d.flags &= !mark::PAPERS_BETWEEN;
    }
    if d.sender == Some(d.unit) {
        (d.offered_at, d.take_by, d.sender) = (None, None, None);
    }
    if d.papers_from == Some(d.unit) {
        papers(d, None, false);
    }
}

/// What its receipt and its money count for the agency it is with: once more, or back. Of a case that was carried over from an agency that
/// ended, those stay where they were counted, and it is carried on.
fn counted_so_far(d: &Dossier, at: Instant, rules: Rules, sign: i64) -> Vec<Fact> {
    if d.flags & mark::CARRIED != 0 {
        return vec![super::moving::carried(d, at, sign)];
    }
    let lasting = d.flags & LASTING;
    let received = d
        .received_at
        .map(|received| Fact { official: d.received_by, ..fact(d, &count::RECEIVED, received, lasting, sign) });
    let amount = |measure, dong: i64| {
        let counts = rules >= Rules::AmountsCount && dong != 0;
        counts.then(|| fact(d, measure, at, lasting, sign * dong))
    };
    let amounts = [amount(&count::FEE_DUE, d.fee_dong), amount(&count::FEE_PAID, d.paid_dong)];
    received.into_iter().chain(amounts.into_iter().flatten()).collect()
}
