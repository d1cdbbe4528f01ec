//! What is filed once and settled at several agencies (thủ tục hành chính liên thông): a leading dossier, and others that begin with it or
//! when those before them are granted. Each is a case of its own agency, with its own clock and its own figures (decision 0035); what they
//! come to is handed out together, with the leading one.

use crate::dossier::{Dossier, Outcome, Status, mark};
use crate::happening::Joined;
use base::{Id, Instant};

/// A dossier's part in what was filed together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Part {
    /// Code of the group of linked procedures.
    pub linked: String,
    /// The leading dossier; its own id for itself.
    pub lead: Id,
    /// Its place; the leading one stands at 0.
    pub n: i64,
    /// Places of those that must be granted first.
    pub after: Vec<i64>,
    /// By when all of it is promised; of the leading one, once it is received.
    pub due_at: Option<Instant>,
}

impl Part {
    /// As a filing says it.
    pub(crate) fn of(id: Id, joined: &Joined) -> Self {
        Self {
            linked: joined.linked.clone(),
            lead: joined.lead.unwrap_or(id),
            n: joined.n,
            after: joined.after.clone(),
            due_at: None,
        }
    }

    pub fn leads(&self) -> bool {
        self.n == 0
    }
}

impl Dossier {
    /// It begins by itself, with others: nobody receives or refuses it.
    pub fn waits_for_others(&self) -> bool {
        // Told by the row alone: lists do not read the part.
        self.status == Status::Filed && self.answer_due_at.is_none() && self.flags & mark::LINKED != 0
    }
}

/// What happens by itself to one that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    /// Everything it waited for is granted; the last of it is the one at this place.
    Begins(i64),
    /// What it waited for will not be: the one at this place ended otherwise.
    Falls(i64),
}

/// Ended without being granted.
fn in_vain(d: &Dossier) -> bool {
    match d.status {
        Status::IntakeRefused | Status::Withdrawn | Status::Stopped => true,
        _ => d.outcome == Outcome::Refused,
    }
}

/// The first of them, in their order, to which something happens by itself now.
pub(crate) fn next(parts: &[&Dossier]) -> Option<(Id, Turn)> {
    let lead = parts.first()?;
    parts.iter().filter(|one| one.waits_for_others()).find_map(|one| {
        let after = one.part.as_ref().map_or(&[][..], |part| part.after.as_slice());
        let before = || after.iter().filter_map(|n| parts.get(usize::try_from(*n).ok()?).map(|part| (*n, part)));
        let turn = if let Some((n, _)) = before().find(|(_, part)| in_vain(part)) {
            Turn::Falls(n)
        } else if after.is_empty() && in_vain(lead) {
            Turn::Falls(0)
        } else if lead.received_at.is_some() && before().all(|(_, part)| part.outcome == Outcome::Granted) {
            Turn::Begins(after.last().copied().unwrap_or(0))
        } else {
            return None;
        };
        Some((one.id, turn))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(n: i64, after: &[i64], status: Status, outcome: Outcome) -> Dossier {
        let part = Part { linked: "2.000986".into(), lead: Id(1), n, after: after.to_vec(), due_at: None };
        let received_at = (status != Status::Filed).then_some(Instant(1));
        let answer_due_at = (n == 0).then_some(Instant(2));
        let flags = mark::LINKED;
        Dossier {
            id: Id(1 + n),
            status,
            outcome,
            received_at,
            answer_due_at,
            flags,
            part: Some(part),
            ..Dossier::default()
        }
    }

    fn turn(parts: &[Dossier]) -> Option<(Id, Turn)> {
        next(&parts.iter().collect::<Vec<_>>())
    }

    const NONE: Outcome = Outcome::None;

    #[test]
    fn what_waits_begins_when_all_of_it_is_granted_and_not_before() {
        let residence = || one(1, &[0], Status::Filed, NONE);
        let card = || one(2, &[0, 1], Status::Filed, NONE);
        let with = |birth: Dossier| vec![birth, residence(), card()];
        assert_eq!(turn(&with(one(0, &[], Status::Processing, NONE))), None);
        let granted = one(0, &[], Status::Decided, Outcome::Granted);
        assert_eq!(turn(&with(granted.clone())), Some((Id(2), Turn::Begins(0))));
        let working = one(1, &[0], Status::Processing, NONE);
        assert_eq!(turn(&[granted.clone(), working, card()]), None);
        let both = [granted, one(1, &[0], Status::Decided, Outcome::Granted), card()];
        assert_eq!(turn(&both), Some((Id(3), Turn::Begins(1))));
    }

    #[test]
    fn what_waits_for_nothing_begins_when_the_leading_one_is_received() {
        let at_once = || one(1, &[], Status::Filed, NONE);
        assert_eq!(turn(&[one(0, &[], Status::Filed, NONE), at_once()]), None);
        assert_eq!(turn(&[one(0, &[], Status::Received, NONE), at_once()]), Some((Id(2), Turn::Begins(0))));
        assert_eq!(turn(&[one(0, &[], Status::IntakeRefused, NONE), at_once()]), Some((Id(2), Turn::Falls(0))));
    }

    #[test]
    fn what_waits_falls_with_what_it_waits_for_however_that_ended() {
        for (status, outcome) in [
            (Status::Decided, Outcome::Refused),
            (Status::Returned, Outcome::Refused),
            (Status::Withdrawn, NONE),
            (Status::Stopped, NONE),
        ] {
            let parts = [one(0, &[], status, outcome), one(1, &[0], Status::Filed, NONE)];
            assert_eq!(turn(&parts), Some((Id(2), Turn::Falls(0))), "{status:?}");
        }
        // One that fell takes along what waited for it.
        let parts = [
            one(0, &[], Status::Decided, Outcome::Granted),
            one(1, &[0], Status::IntakeRefused, NONE),
            one(2, &[0, 1], Status::Filed, NONE),
        ];
        assert_eq!(turn(&parts), Some((Id(3), Turn::Falls(1))));
    }
}
