//! Several procedures by one decision: made, changed and ended in one act, all or nothing.

use base::{Date, Fault, Id, Problem};
use records::{By, Held};
use std::collections::HashSet;
use store::{StoreError, Tx};

use crate::procedure::{self, Event, Procedure};
use crate::version::Version;
use crate::{actions, rules, stock, store as sql};

/// What one line of a decision does to a procedure.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// A procedure that nothing is in force of.
    New(Box<Version>),
    /// A new version of one that stands.
    Change(Box<Version>),
    /// Its end, without a successor (bãi bỏ).
    End { code: String },
}

impl Act {
    fn code(&self) -> &str {
        match self {
            Act::New(version) | Act::Change(version) => &version.code,
            Act::End { code } => code,
        }
    }

    fn version(&self) -> Option<&Version> {
        match self {
            Act::New(version) | Act::Change(version) => Some(version),
            Act::End { .. } => None,
        }
    }

    /// Why it cannot be done to what is known of the procedure; empty when it can.
    fn problems(&self, known: Option<&Held<Procedure>>, from: Date) -> Vec<Problem> {
        let mut problems = self.version().map(rules::check).unwrap_or_default();
        let open = known.is_some_and(|known| known.state.open().is_some());
        let misses = match self {
            Act::New(_) => open.then_some("catalogue-new-known"),
            Act::Change(_) | Act::End { .. } => (!open).then_some("catalogue-nothing-open"),
        };
        problems.extend(misses.map(|code| Problem::new(code).arg("code", self.code())));
        problems.extend(actions::make_room(known, from).err());
        problems
    }
}

/// The decision: its number, the day from which what it says holds, and the subject that it is.
#[derive(Clone, Debug)]
pub struct Decision {
    pub number: String,
    pub from: Date,
    pub act: Id,
}

/// Why nothing was done.
#[derive(Debug)]
pub enum Refused {
    /// Everything wrong with the lines, each by its place from 0. Nothing was written.
    Lines(Vec<(usize, Problem)>),
    Fault(Fault),
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Refused {
        Refused::Fault(fault)
    }
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Refused {
        Refused::Fault(error.into())
    }
}

/// Does what a decision says, in the caller's transaction: every line is judged before the first is written. Returns the procedure of each
/// line and, unless it was ended, its new version.
///
/// Who may is asked by the room whose decision it is.
///
/// # Errors
/// `Refused::Lines` with the rules of [`rules::check`], `catalogue-new-known`, `catalogue-nothing-open`, `catalogue-later-version`,
/// `catalogue-twice-in-decision`, `catalogue-date-past`; the database's.
pub async fn decide(
    tx: &Tx,
    by: By,
    decision: &Decision,
    acts: Vec<Act>,
) -> Result<Vec<(Id, Option<Version>)>, Refused> {
    let today = by.now.date();
    if decision.from < today {
        let past = Problem::new("catalogue-date-past").field("effective_from");
        return Err(Fault::invalid(past.arg("today", base::vn_date(today))).into());
    }
    tx.lock("catalogue").await?;
    let codes: Vec<&str> = acts.iter().map(Act::code).collect();
    let known = sql::procedures(tx, &codes).await?;
    let (mut problems, mut seen) = (Vec::new(), HashSet::new());
    for (place, act) in acts.iter().enumerate() {
        problems.extend(act.problems(known.get(act.code()), decision.from).into_iter().map(|why| (place, why)));
        if !seen.insert(act.code()) {
            problems.push((place, Problem::new("catalogue-twice-in-decision").arg("code", act.code())));
        }
    }
    if !problems.is_empty() {
        return Err(Refused::Lines(problems));
    }
    let mut done = Vec::with_capacity(acts.len());
    for act in acts {
        let known = known.get(act.code());
        let procedure = known.map_or_else(|| Id::next(by.now), |known| known.id);
        done.push((procedure, one(tx, by, decision, (known, procedure), act).await?));
    }
    sql::bump(tx).await?;
    stock::count(tx).await?;
    Ok(done)
}

async fn one(
    tx: &Tx,
    by: By,
    decision: &Decision,
    (known, procedure): (Option<&Held<Procedure>>, Id),
    act: Act,
) -> Result<Option<Version>, Fault> {
    let mut version = match act {
        Act::New(version) | Act::Change(version) => *version,
        Act::End { code } => {
            let event = Event::End { from: decision.from, decision: decision.number.clone() };
            procedure::happen(tx, by, known, (procedure, &code), event, &[]).await?;
            return Ok(None);
        }
    };
    (version.id, version.procedure_id) = (Id::next(by.now), procedure);
    (version.effective_from, version.act) = (decision.from, Some(decision.act));
    version.decision.clone_from(&decision.number);
    actions::put(tx, by, known, &mut version).await?;
    Ok(Some(version))
}
