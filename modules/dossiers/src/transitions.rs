//! The state machine, as one table.
//!
//! Each row: in which statuses an action is possible, who may, and what it leads to. What an action demands besides (a
//! reason, an allowed step, a running clock) stands in [`crate::decide`], next to the rule's source.

use crate::dossier::Status;
use crate::happening::Rules;
use base::Permission;

/// What a person can do to a dossier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Verb {
    FileOnline,
    ReceiveAtCounter,
    ReceiveOnline,
    RefuseIntake,
    Assign,
    Forward,
    SendBack,
    RequestSupplement,
    CompleteSupplement,
    RequestPayment,
    RecordPayment,
    Approve,
    Refuse,
    Withdraw,
    Stop,
    ReturnResult,
    Rate,
}
base::closed_list!(Verb, {
    FileOnline => "file-online",
    ReceiveAtCounter => "receive-at-counter",
    ReceiveOnline => "receive-online",
    RefuseIntake => "refuse-intake",
    Assign => "assign",
    Forward => "forward",
    SendBack => "send-back",
    RequestSupplement => "request-supplement",
    CompleteSupplement => "complete-supplement",
    RequestPayment => "request-payment",
    RecordPayment => "record-payment",
    Approve => "approve",
    Refuse => "refuse",
    Withdraw => "withdraw",
    Stop => "stop",
    ReturnResult => "return-result",
    Rate => "rate",
});

/// Whose permission counts, and at which unit it must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// The citizen whose account filed it.
    Applicant,
    /// An official with that permission over the place of intake.
    AtIntake(Permission),
    /// … once the applicant's time for a supplement has run out.
    AtIntakeUnanswered(Permission),
    /// … over the place of return.
    AtReturn(Permission),
    /// … over the unit that holds it.
    AtUnit(Permission),
    /// The holder of the current step: the permission follows from the step's role.
    AtStep,
}

/// One row of the table. A rule that changes gets a row of its own: what happened before is judged by the row of its day.
#[derive(Debug, Clone, Copy)]
pub struct Transition {
    pub verb: Verb,
    /// The rules it came with.
    pub since: Rules,
    pub from: &'static [Status],
    /// Where it leads; more than one where the history decides.
    pub to: &'static [Status],
    pub who: &'static [Who],
}

use crate::rights::{ASSIGN_DOSSIER, PROCESS_DOSSIER, RECEIVE_DOSSIER, RETURN_RESULT};
use Rules::{First, LateStaysLate};
use Status::{Decided, Filed, IntakeRefused, Payment, Processing, Received, Returned, Stopped, Supplement, Withdrawn};
use Who::{Applicant, AtIntake, AtIntakeUnanswered, AtReturn, AtStep, AtUnit};

/// The table. An empty `from` makes a new dossier. Of several rows of a verb the last one that the rules know counts.
pub const TRANSITIONS: &[Transition] = &[
    Transition { verb: Verb::FileOnline, since: First, from: &[], to: &[Filed], who: &[Applicant] },
    Transition {
        verb: Verb::ReceiveAtCounter,
        since: First,
        from: &[],
        to: &[Received],
        who: &[AtIntake(RECEIVE_DOSSIER)],
    },
    Transition {
        verb: Verb::ReceiveOnline,
        since: First,
        from: &[Filed],
        to: &[Received],
        who: &[AtIntake(RECEIVE_DOSSIER)],
    },
    Transition {
        verb: Verb::RefuseIntake,
        since: First,
        from: &[Filed],
        to: &[IntakeRefused],
        who: &[AtIntake(RECEIVE_DOSSIER)],
    },
    Transition {
        verb: Verb::Assign,
        since: First,
        from: &[Received, Processing],
        to: &[Processing],
        who: &[AtUnit(ASSIGN_DOSSIER), AtUnit(PROCESS_DOSSIER)],
    },
    Transition { verb: Verb::Forward, since: First, from: &[Received, Processing], to: &[Processing], who: &[AtStep] },
    Transition { verb: Verb::SendBack, since: First, from: &[Processing], to: &[Processing], who: &[AtStep] },
    Transition {
        verb: Verb::RequestSupplement,
        since: First,
        from: &[Filed, Received, Processing],
        to: &[Supplement],
        who: &[AtStep, AtIntake(RECEIVE_DOSSIER)],
    },
    Transition {
        verb: Verb::CompleteSupplement,
        since: First,
        from: &[Supplement],
        to: &[Filed, Processing],
        who: &[Applicant, AtIntake(RECEIVE_DOSSIER)],
    },
    Transition {
        verb: Verb::RequestPayment,
        since: First,
        from: &[Received, Processing],
        to: &[Payment],
        who: &[AtStep],
    },
    Transition {
        verb: Verb::RecordPayment,
        since: First,
        from: &[Received, Processing, Payment, Decided],
        to: &[Received, Processing, Decided],
        who: &[Applicant, AtIntake(RECEIVE_DOSSIER), AtReturn(RETURN_RESULT)],
    },
    // Nobody says of himself that he has paid.
    Transition {
        verb: Verb::RecordPayment,
        since: LateStaysLate,
        from: &[Received, Processing, Payment, Decided],
        to: &[Received, Processing, Decided],
        who: &[AtIntake(RECEIVE_DOSSIER), AtReturn(RETURN_RESULT)],
    },
    Transition { verb: Verb::Approve, since: First, from: &[Received, Processing], to: &[Decided], who: &[AtStep] },
    Transition { verb: Verb::Refuse, since: First, from: &[Received, Processing], to: &[Decided], who: &[AtStep] },
    Transition {
        verb: Verb::Withdraw,
        since: First,
        from: &[Filed, Received, Processing, Supplement, Payment],
        to: &[Withdrawn],
        who: &[Applicant, AtIntake(RECEIVE_DOSSIER)],
    },
    Transition {
        verb: Verb::Stop,
        since: First,
        from: &[Received, Processing, Supplement, Payment],
        to: &[Stopped],
        who: &[AtStep, AtUnit(ASSIGN_DOSSIER)],
    },
    // The desk ends what the applicant left unanswered.
    Transition {
        verb: Verb::Stop,
        since: LateStaysLate,
        from: &[Received, Processing, Supplement, Payment],
        to: &[Stopped],
        who: &[AtStep, AtUnit(ASSIGN_DOSSIER), AtIntakeUnanswered(RECEIVE_DOSSIER)],
    },
    Transition {
        verb: Verb::ReturnResult,
        since: First,
        from: &[Decided],
        to: &[Returned],
        who: &[AtReturn(RETURN_RESULT)],
    },
    Transition {
        verb: Verb::Rate,
        since: First,
        from: &[Decided, Returned],
        to: &[Decided, Returned],
        who: &[Applicant],
    },
];

impl Verb {
    /// Every verb, in the order of the table.
    pub fn all() -> impl Iterator<Item = Self> {
        TRANSITIONS.iter().filter(|row| row.since == Rules::First).map(|row| row.verb)
    }

    /// Its row under the rules of now.
    pub fn transition(self) -> &'static Transition {
        self.under(Rules::NOW)
    }

    /// Its row under the rules of an event.
    pub fn under(self, rules: Rules) -> &'static Transition {
        let known = TRANSITIONS.iter().filter(|row| row.verb == self && row.since <= rules);
        // Every verb has a row of the first rules (tested), so the fallback is never taken.
        known.max_by_key(|row| row.since).unwrap_or(&TRANSITIONS[0])
    }

    /// Fluent key of its name.
    pub fn key(self) -> String {
        format!("dossier-act-{}", self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_verb_has_one_row_of_the_first_rules_and_at_most_one_of_each_later() {
        let rows: BTreeSet<(Verb, Rules)> = TRANSITIONS.iter().map(|row| (row.verb, row.since)).collect();
        assert_eq!(rows.len(), TRANSITIONS.len());
        for row in TRANSITIONS {
            assert_eq!(Verb::read(row.verb.as_str()), Some(row.verb));
            assert_eq!(row.verb.transition().verb, row.verb);
            assert_eq!(row.verb.under(row.since).since, row.since);
            assert!(rows.contains(&(row.verb, First)), "{:?}", row.verb);
        }
        assert_eq!(Verb::RecordPayment.under(First).who[0], Applicant, "the past keeps its rules");
        assert!(!Verb::RecordPayment.transition().who.contains(&Applicant));
    }

    /// As the table of the README writes it: a permission by its name.
    fn said(who: &Who) -> String {
        match who {
            Applicant => "Applicant".to_owned(),
            AtStep => "AtStep".to_owned(),
            AtIntake(right) => format!("AtIntake({})", right.name),
            AtIntakeUnanswered(right) => format!("AtIntakeUnanswered({})", right.name),
            Who::AtReturn(right) => format!("AtReturn({})", right.name),
            AtUnit(right) => format!("AtUnit({})", right.name),
        }
    }

    #[test]
    fn the_readme_shows_this_very_table() {
        let readme = include_str!("../README.md");
        let list = |words: Vec<String>| if words.is_empty() { "(new)".to_owned() } else { words.join(", ") };
        for row in TRANSITIONS {
            let from = list(row.from.iter().map(|status| format!("{status:?}")).collect());
            let to = list(row.to.iter().map(|status| format!("{status:?}")).collect());
            let who = list(row.who.iter().map(said).collect());
            let since = row.since as i64;
            let line = format!("| `{}` | {since} | {from} | {to} | {who} |", row.verb.as_str());
            assert!(readme.contains(&line), "not in README.md:\n{line}");
        }
        assert_eq!(readme.lines().filter(|line| line.starts_with("| `")).count(), TRANSITIONS.len());
    }

    #[test]
    fn every_status_is_reached_and_closed_ones_are_never_left_but_to_be_rated() {
        let reached: BTreeSet<Status> = TRANSITIONS.iter().flat_map(|row| row.to).copied().collect();
        assert_eq!(reached.len(), Status::ALL.len());
        for row in TRANSITIONS.iter().filter(|row| row.verb != Verb::Rate) {
            assert!(row.from.iter().all(|status| status.is_open()), "{:?}", row.verb);
        }
    }

    #[test]
    fn from_every_open_status_a_way_leads_to_the_end() {
        for status in Status::ALL.into_iter().filter(|status| status.is_open()) {
            let mut seen = BTreeSet::from([status]);
            let mut queue = vec![status];
            while let Some(at) = queue.pop() {
                for row in TRANSITIONS.iter().filter(|row| row.from.contains(&at)) {
                    queue.extend(row.to.iter().copied().filter(|to| seen.insert(*to)));
                }
            }
            assert!(seen.contains(&Returned), "{status:?}");
        }
    }
}
