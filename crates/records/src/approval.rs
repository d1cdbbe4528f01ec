//! A matter on its way up: who must say yes to it one after the other, who has, and who must not.
//!
//! A register keeps an [`Approval`] in its state (one column, [`Approval::cell`]), writes the rungs into the event that sends the
//! matter up, and owes what [`Approval::due`] says. Returning it with a remark is a verb of the register that takes the approval away.

use crate::subject::{DoesNotFollow, Due, Moment};
use ::store::{Row, StoreError, Value};
use base::{Fault, Id, Instant, Problem};
use serde::{Deserialize, Serialize};

/// One whose yes is needed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rung {
    /// The verb by which it is said.
    pub verb: String,
    /// Where whoever says it stands.
    pub unit: Id,
    /// Who said it, and when.
    pub by: Option<Id>,
    pub at: Option<Instant>,
}

/// Whether somebody began a matter or wrote any of it: whoever did has no say over it. Nobody is whoever began what nobody began.
pub fn had_a_hand(account: Option<Id>, author: Option<Id>, writers: &[Id]) -> bool {
    account == author || account.is_some_and(|account| writers.contains(&account))
}

/// The chain a matter goes up.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Who drew it up.
    pub author: Option<Id>,
    /// From the lowest to the one that decides.
    pub rungs: Vec<Rung>,
}

impl Approval {
    /// A matter that is sent up; the pairs are verb and unit, the lowest first.
    pub fn sent_up(author: Option<Id>, rungs: &[(String, Id)]) -> Approval {
        let rung = |(verb, unit): &(String, Id)| Rung { verb: verb.clone(), unit: *unit, by: None, at: None };
        Approval { author, rungs: rungs.iter().map(rung).collect() }
    }

    /// Whose yes it waits for; none once everybody has said it.
    pub fn waits(&self) -> Option<&Rung> {
        self.rungs.iter().find(|rung| rung.at.is_none())
    }

    /// Whether somebody may say yes by that verb now.
    ///
    /// # Errors
    /// `Conflict` with `records-approval-not-yet` while it waits for another; `Forbidden` with `records-approval-own` for whoever drew
    /// it up, and with `records-approval-twice` for whoever has said yes already: each pair of eyes counts once.
    pub fn may_say(&self, verb: &str, account: Option<Id>) -> Result<(), Fault> {
        if self.waits().is_none_or(|rung| rung.verb != verb) {
            return Err(Fault::Conflict(Problem::new("records-approval-not-yet")));
        }
        if account.is_some() && self.author == account {
            return Err(Fault::Forbidden(Problem::new("records-approval-own")));
        }
        if account.is_some() && self.rungs.iter().any(|rung| rung.by == account) {
            return Err(Fault::Forbidden(Problem::new("records-approval-twice")));
        }
        Ok(())
    }

    /// Somebody said yes.
    ///
    /// # Errors
    /// When it waits for another, or for nobody.
    pub fn say(&mut self, verb: &str, moment: &Moment) -> Result<(), DoesNotFollow> {
        match self.rungs.iter_mut().find(|rung| rung.at.is_none()) {
            Some(rung) if rung.verb == verb => {
                (rung.by, rung.at) = (moment.actor, Some(moment.at));
                Ok(())
            }
            _ => Err(DoesNotFollow("its approval waits for another")),
        }
    }

    /// A rung that nobody can say yes on any more is passed over by whoever stands above it; it stays empty of a name.
    ///
    /// # Errors
    /// When nobody is waited for, or nobody stands above.
    pub fn pass(&mut self, moment: &Moment) -> Result<(), DoesNotFollow> {
        let waits = self.rungs.iter().position(|rung| rung.at.is_none());
        match waits.filter(|place| place + 1 < self.rungs.len()) {
            Some(place) => {
                self.rungs[place].at = Some(moment.at);
                Ok(())
            }
            None => Err(DoesNotFollow("there is nobody to pass over")),
        }
    }

    /// What it owes: the yes it waits for, by the name the register gives that verb's due.
    pub fn due(&self, name: impl Fn(&str) -> &'static str, at: Instant) -> Option<Due> {
        self.waits().map(|rung| Due { name: name(&rung.verb), unit: rung.unit, holder: None, at, part: 0 })
    }

    /// The approval of a state as a cell; empty where nothing is on its way.
    pub fn cell(approval: Option<&Approval>) -> Value {
        approval.and_then(|approval| serde_json::to_string(approval).ok()).unwrap_or_default().into()
    }

    /// The cell read back.
    ///
    /// # Errors
    /// A column that is missing or is no approval.
    pub fn read(row: &Row, name: &str) -> Result<Option<Approval>, StoreError> {
        let text: String = row.get(name)?;
        if text.is_empty() {
            return Ok(None);
        }
        let wrong =
            |problem: serde_json::Error| StoreError::Column { column: name.to_owned(), problem: problem.to_string() };
        serde_json::from_str(&text).map(Some).map_err(wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn moment(actor: i64, at: i64) -> Moment {
        Moment { subject: Id(1), n: 2, at: Instant(at), actor: Some(Id(actor)), agency: None, v: 1 }
    }

    fn chain() -> Approval {
        Approval::sent_up(Some(Id(1)), &[("endorse".to_owned(), Id(20)), ("approve".to_owned(), Id(10))])
    }

    fn code(fault: Result<(), Fault>) -> &'static str {
        match fault {
            Ok(()) => "may",
            Err(Fault::Conflict(problem) | Fault::Forbidden(problem)) => problem.code,
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn yes_is_said_from_below_upwards_by_others_than_the_author_and_once_each() {
        let mut approval = chain();
        assert_eq!(code(approval.may_say("approve", Some(Id(3)))), "records-approval-not-yet");
        assert_eq!(code(approval.may_say("endorse", Some(Id(1)))), "records-approval-own");
        assert_eq!(code(approval.may_say("endorse", Some(Id(2)))), "may");
        let name = |verb: &str| if verb == "approve" { "to-approve" } else { "to-endorse" };
        assert_eq!(approval.due(name, Instant(9)).map(|due| (due.name, due.unit)), Some(("to-endorse", Id(20))));
        assert!(approval.say("approve", &moment(2, 5)).is_err());
        approval.say("endorse", &moment(2, 5)).unwrap();
        assert_eq!(code(approval.may_say("approve", Some(Id(2)))), "records-approval-twice");
        assert_eq!(approval.due(name, Instant(9)).map(|due| (due.name, due.unit)), Some(("to-approve", Id(10))));
        approval.say("approve", &moment(3, 6)).unwrap();
        assert_eq!((approval.waits(), approval.due(name, Instant(9))), (None, None));
        assert!(approval.say("approve", &moment(4, 7)).is_err());

        // Where nobody can say the lower yes any more, the upper one goes past it, and nothing goes past the last.
        let mut alone = chain();
        alone.pass(&moment(3, 5)).unwrap();
        assert_eq!((alone.rungs[0].by, code(alone.may_say("approve", Some(Id(3))))), (None, "may"));
        assert!(alone.pass(&moment(3, 5)).is_err());
    }

    proptest! {
        /// However people try, whoever drew it up never stands on a rung, nobody stands on two, and it goes up in order.
        #[test]
        fn no_pair_of_eyes_counts_twice(tries in proptest::collection::vec((0usize..3, 1i64..5), 0..40)) {
            let verbs = ["endorse", "check", "approve"];
            let rungs: Vec<(String, Id)> = verbs.iter().map(|verb| ((*verb).to_owned(), Id(7))).collect();
            let mut approval = Approval::sent_up(Some(Id(1)), &rungs);
            for (n, (verb, account)) in tries.into_iter().enumerate() {
                if approval.may_say(verbs[verb], Some(Id(account))).is_ok() {
                    approval.say(verbs[verb], &moment(account, n as i64)).unwrap();
                }
            }
            let said: Vec<i64> = approval.rungs.iter().filter_map(|rung| rung.by).map(|id| id.0).collect();
            let once: std::collections::BTreeSet<i64> = said.iter().copied().collect();
            prop_assert!(once.len() == said.len() && !once.contains(&1));
            let first_open = approval.rungs.iter().position(|rung| rung.at.is_none()).unwrap_or(3);
            prop_assert!(approval.rungs[first_open..].iter().all(|rung| rung.at.is_none()));
        }
    }
}
