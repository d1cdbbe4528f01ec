//! What several rows of the table name alike: where a verb is possible, who may, what is asked for.

use super::LONG;
use crate::dossier::Status::{
    self, Decided, Filed, Payment, Processing, Received, Returned, Stopped, Supplement, Withdrawn,
};
use crate::happening::Rules;
use crate::rights::{APPROVE_DOSSIER, ASSIGN_DOSSIER, PROCESS_DOSSIER, RECEIVE_DOSSIER, RETURN_RESULT};
use crate::verbs::Rule;
use crate::verbs::Who::{self, Applicant, AtAsked, AtCompetent, AtIntake, AtStep, AtUnit};
use records::{Ask, Field};

/// One of the first rules.
pub(super) const fn rule(from: &'static [Status], to: &'static [Status], who: &'static [Who]) -> Rule {
    Rule { since: Rules::First, from, to, who }
}

/// Whatever is not over.
pub(super) const OPEN: &[Status] = &[Filed, Received, Processing, Supplement, Payment, Decided];
/// After it was handed out too, and papers that were to be given back: errors are found by whoever reads the result.
pub(super) const ONCE_RECEIVED: &[Status] =
    &[Received, Processing, Supplement, Payment, Decided, Returned, Withdrawn, Stopped];
/// Whoever works on it, or heads who does; after the decision, whoever decides for the agency.
pub(super) const MENDING: &[Who] = &[AtStep, AtUnit(ASSIGN_DOSSIER), AtCompetent(APPROVE_DOSSIER)];
/// Whatever is not decided.
pub(super) const UNDECIDED: &[Status] = &[Filed, Received, Processing, Supplement, Payment];
pub(super) const WITH_AN_OFFICER: &[Status] = &[Received, Processing];
/// Papers come while the applicant is waited for, and results when it is decided.
pub(super) const TAKEN_WHILE: &[Status] = &[Received, Processing, Supplement, Payment, Decided];
/// Whoever works where it lies.
pub(super) const WHERE_IT_LIES: &[Who] = &[
    AtUnit(PROCESS_DOSSIER),
    AtUnit(ASSIGN_DOSSIER),
    AtUnit(APPROVE_DOSSIER),
    AtUnit(RECEIVE_DOSSIER),
    AtUnit(RETURN_RESULT),
];
/// Whoever holds it, or gives it to others: who asks other units, and sums up what they say.
pub(super) const LEADING: &[Who] = &[AtStep, AtUnit(ASSIGN_DOSSIER)];
/// Whoever speaks for a unit that is asked.
pub(super) const ASKED: &[Who] = &[AtAsked(PROCESS_DOSSIER), AtAsked(ASSIGN_DOSSIER), AtAsked(APPROVE_DOSSIER)];
/// Others go on thinking while the applicant is waited for.
pub(super) const WHILE_ASKED: &[Status] = &[Received, Processing, Supplement, Payment];
pub(super) const DESK: &[Who] = &[AtIntake(RECEIVE_DOSSIER)];
pub(super) const APPLICANT_OR_DESK: &[Who] = &[Applicant, AtIntake(RECEIVE_DOSSIER)];

pub(super) const REASON: Field = Field::lines("reason", LONG);
pub(super) const NOTE: Field = Field::lines("note", LONG).optional();
pub(super) const OPINION: Field = Field::choice("opinion", Ask::Number(1, 1_000))
    .optional()
    .about("the number of the opinion, where several are waited for");
pub(super) const ISSUE: Field =
    Field::check("issue").about("the letter that was written is the refusal: it is numbered, dated and frozen");
/// Where a signature may still be on its way.
pub(super) const SETTLED: &[Status] = &[Decided, Returned];
pub(super) const HANDLER: Field = Field::choice("handler", Ask::Person);
