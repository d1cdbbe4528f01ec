//! What can be done to a dossier: one row for each verb. Rule, proof, page, API, buttons and picture follow from it.
//!
//! A new verb is a word in [`Verb`], a row of [`table`], its rule ([`crate::decide`], or [`crate::actions`] where the rule looks things
//! up), its event and what that does ([`crate::happening`], [`crate::apply`]), and its words in both languages.

use crate::actions::{Case, Done};
use crate::decide::Office;
use crate::dossier::{Dossier, Status};
use crate::happening::Rules;
use ::store::BoxFuture;
use base::{Actor, Fault, Permission};
use records::{Ask, Drawn, Field, draw};

mod table;

pub use table::TABLE;

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
    TakeOver,
    HandBack,
    Redirect,
    AskOpinions,
    AssignOpinion,
    GiveOpinion,
    DeclineOpinion,
    GoOnWithout,
    RequestSupplement,
    CompleteSupplement,
    RequestPayment,
    RecordPayment,
    PutOff,
    Approve,
    Refuse,
    Withdraw,
    Stop,
    ReturnResult,
    Rate,
    /// Something went wrong by the office's own doing: an apology, and a day by which it is mended.
    ReportMishap,
    MendMishap,
    DismissMishap,
    /// With its agencies, when they are reorganised: nobody's act on one dossier.
    Move,
    ForwardOpinion,
    SendBackOpinion,
    /// Past days that an emergency decision closed: nobody's act on one dossier.
    MoveDue,
    Draft,
    /// The answer to a request for a signature: nobody's act.
    Sign,
    SignAgain,
}
base::closed_list!(Verb, {
    FileOnline => "file-online",
    ReceiveAtCounter => "receive-at-counter",
    ReceiveOnline => "receive-online",
    RefuseIntake => "refuse-intake",
    Assign => "assign",
    Forward => "forward",
    SendBack => "send-back",
    TakeOver => "take-over",
    HandBack => "hand-back",
    Redirect => "redirect",
    AskOpinions => "ask-opinions",
    AssignOpinion => "assign-opinion",
    GiveOpinion => "give-opinion",
    DeclineOpinion => "decline-opinion",
    GoOnWithout => "go-on-without",
    RequestSupplement => "request-supplement",
    CompleteSupplement => "complete-supplement",
    RequestPayment => "request-payment",
    RecordPayment => "record-payment",
    PutOff => "put-off",
    Approve => "approve",
    Refuse => "refuse",
    Withdraw => "withdraw",
    Stop => "stop",
    ReturnResult => "return-result",
    Rate => "rate",
    ReportMishap => "report-mishap",
    MendMishap => "mend-mishap",
    DismissMishap => "dismiss-mishap",
    Move => "move",
    ForwardOpinion => "forward-opinion",
    SendBackOpinion => "send-back-opinion",
    MoveDue => "move-due",
    Draft => "draft",
    Sign => "sign",
    SignAgain => "sign-again",
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
    /// … over the agency that is competent, wherever it lies.
    AtCompetent(Permission),
    /// … over a unit that is asked for an opinion.
    AtAsked(Permission),
    /// The holder of the current step: the permission follows from the step's role.
    AtStep,
}

/// When a verb is possible, who may, and where it leads. A rule that changes gets a row of its own: what happened before is judged by the
/// row of its day.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// The rules it came with.
    pub since: Rules,
    /// Nowhere: it makes a new dossier.
    pub from: &'static [Status],
    /// Where it leads; more than one where the history decides.
    pub to: &'static [Status],
    pub who: &'static [Who],
}

/// What a verb does: its event, by its rule, or why not.
pub type Does = for<'a> fn(&'a Case<'a>) -> BoxFuture<'a, Result<Done, Fault>>;

/// One verb.
pub struct Row {
    pub verb: Verb,
    /// The word of the event it leaves; part of the records.
    pub event: &'static str,
    /// The first rule, and each change of it.
    pub rules: &'static [Rule],
    /// What it asks for: the form of the page and the body of the API. What the words must say is judged by its rule.
    pub asks: &'static [Field],
    pub does: Does,
    /// The word without which a step of the internal process does not allow it; none where the step has no say.
    pub step: Option<&'static str>,
    /// What else stands against it now.
    pub bars: fn(&Dossier, &Actor, &Office<'_>) -> Result<(), Fault>,
    /// Whether it is shown with the reason where something stands against it; else it is not offered then.
    pub told: bool,
    /// Whether it has a page of its own for what it asks for: the dossier's page leads there.
    pub own_page: bool,
}

impl Row {
    const fn new(verb: Verb, event: &'static str, rules: &'static [Rule], asks: &'static [Field], does: Does) -> Row {
        Row { verb, event, rules, asks, does, step: None, bars: |_, _, _| Ok(()), told: true, own_page: false }
    }

    /// How many files come with it at most.
    pub fn files(&self) -> usize {
        let most = self.asks.iter().map(|field| if let Ask::Files(most) = field.ask { most } else { 0 });
        most.max().unwrap_or_default()
    }

    /// Whether it makes a dossier: it has a way of its own and is no act on one that is there.
    pub fn begins(&self) -> bool {
        self.rules.iter().all(|rule| rule.from.is_empty())
    }

    /// Whether officials do it to a dossier that is there; the rest belongs to applicants or has its own page.
    pub fn is_of_the_office(&self) -> bool {
        !self.begins() && self.verb.rule().who.iter().any(|who| *who != Who::Applicant)
    }
}

/// Every rule, with its verb, in the order of the table.
pub fn rules() -> impl Iterator<Item = (Verb, &'static Rule)> {
    TABLE.iter().flat_map(|row| row.rules.iter().map(|rule| (row.verb, rule)))
}

/// The table as `docs/states/dossier.md` shows it, with who may and what is asked for; `since` is the number of the rules.
pub fn picture() -> String {
    let words = |statuses: &[Status]| statuses.iter().map(|status| format!("{status:?}")).collect();
    let said = |who: &Who| match who {
        Who::Applicant => "Applicant".to_owned(),
        Who::AtStep => "AtStep".to_owned(),
        Who::AtIntake(right) => format!("AtIntake({})", right.name),
        Who::AtIntakeUnanswered(right) => format!("AtIntakeUnanswered({})", right.name),
        Who::AtReturn(right) => format!("AtReturn({})", right.name),
        Who::AtUnit(right) => format!("AtUnit({})", right.name),
        Who::AtCompetent(right) => format!("AtCompetent({})", right.name),
        Who::AtAsked(right) => format!("AtAsked({})", right.name),
    };
    let row = |verb: Verb, rule: &Rule, from: &[Status], to: &[Status]| Drawn {
        word: verb.as_str(),
        since: if rule.since == Rules::First { String::new() } else { format!("rules {}", rule.since as i64) },
        from: words(from),
        to: words(to),
        who: rule.who.iter().map(said).collect(),
        asks: verb.row().asks.iter().map(|field| field.name).collect(),
    };
    // Where it begins and ends in the same states it stays in each.
    let rows = |(verb, rule): (Verb, &Rule)| match rule.from == rule.to {
        true => rule.from.chunks(1).map(|one| row(verb, rule, one, one)).collect(),
        false => vec![row(verb, rule, rule.from, rule.to)],
    };
    draw("dossier", &rules().flat_map(rows).collect::<Vec<_>>())
}

impl Verb {
    /// Its row.
    pub fn row(self) -> &'static Row {
        // In the order of the list (tested).
        &TABLE[self as usize]
    }

    /// Its rule of now.
    pub fn rule(self) -> &'static Rule {
        self.under(Rules::NOW)
    }

    /// Its rule under the rules of an event.
    pub fn under(self, rules: Rules) -> &'static Rule {
        let all = self.row().rules;
        // Every verb has one of the first rules (tested), so the fallback is never taken.
        all.iter().rev().find(|rule| rule.since <= rules).unwrap_or(&all[0])
    }

    /// Fluent key of its name.
    pub fn key(self) -> String {
        format!("dossier-act-{}", self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::happening::Happening;
    use Rules::First;
    use Status::Returned;
    use Who::Applicant;
    use std::collections::{BTreeMap, BTreeSet};

    #[test]
    fn every_verb_has_one_row_of_the_first_rules_and_at_most_one_of_each_later() {
        assert_eq!(TABLE.each_ref().map(|row| row.verb), Verb::ALL);
        for row in &TABLE {
            assert_eq!(Verb::read(row.verb.as_str()), Some(row.verb));
            assert_eq!(row.rules[0].since, First, "{:?}", row.verb);
            assert!(row.rules.is_sorted_by(|one, next| one.since < next.since), "{:?}", row.verb);
            for rule in row.rules {
                assert_eq!(row.verb.under(rule.since).since, rule.since);
            }
        }
        assert_eq!(Verb::RecordPayment.under(First).who[0], Applicant, "the past keeps its rules");
        assert!(!Verb::RecordPayment.rule().who.contains(&Applicant));
    }

    #[test]
    fn every_status_is_reached_and_closed_ones_are_never_left_but_to_be_rated_or_mended() {
        let reached: BTreeSet<Status> = rules().flat_map(|(_, rule)| rule.to).copied().collect();
        assert_eq!(reached.len(), Status::ALL.len());
        // What went wrong is mended after it was handed out too; and a signature may still be on its way.
        let after =
            [Verb::Rate, Verb::ReportMishap, Verb::MendMishap, Verb::DismissMishap, Verb::Sign, Verb::SignAgain];
        for (verb, rule) in rules().filter(|(verb, _)| !after.contains(verb)) {
            assert!(rule.from.iter().all(|status| status.is_open()), "{verb:?}");
        }
    }

    #[test]
    fn from_every_open_status_a_way_leads_to_the_end() {
        for status in Status::ALL.into_iter().filter(|status| status.is_open()) {
            let mut seen = BTreeSet::from([status]);
            let mut queue = vec![status];
            while let Some(at) = queue.pop() {
                for (_, rule) in rules().filter(|(_, rule)| rule.from.contains(&at)) {
                    queue.extend(rule.to.iter().copied().filter(|to| seen.insert(*to)));
                }
            }
            assert!(seen.contains(&Returned), "{status:?}");
        }
    }

    /// The words of events stand in the log of every province.
    #[test]
    fn the_table_names_every_event_that_the_log_can_hold_and_no_other() {
        let refused = Happening::read(r#"{"kind":"no-such-thing"}"#).unwrap_err().to_string();
        let (_, expected) = refused.split_once("expected one of").unwrap();
        let known: BTreeSet<&str> = expected.split('`').skip(1).step_by(2).collect();
        assert_eq!(TABLE.iter().map(|row| row.event).collect::<BTreeSet<_>>(), known);
    }

    #[test]
    fn a_field_of_one_name_is_of_one_kind_whatever_the_verb() {
        let mut kinds = BTreeMap::new();
        for field in TABLE.iter().flat_map(|row| row.asks).filter(|field| !matches!(field.ask, Ask::Files(_))) {
            assert_eq!(*kinds.entry(field.name).or_insert(field.ask), field.ask, "{}", field.name);
        }
    }
}
