//! Several procedures by one decision: made, changed and ended in one act, all or nothing.

use base::{Date, Fault, Id, Problem};
use records::{By, Held};
use std::collections::{HashMap, HashSet};
use store::{StoreError, Tx};

use crate::procedure::{self, Event, Procedure};
use crate::version::{Sort, Version};
use crate::{actions, rules, stock, store as sql};

/// What one line of a decision does to a procedure.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// A procedure that nothing is in force of.
    New(Box<Version>),
    /// A new version of one that stands, and the version it was written from: what came between is not lost.
    Change { to: Box<Version>, from: Id },
    /// Its end, without a successor (bãi bỏ).
    End { code: String },
}

impl Act {
    fn code(&self) -> &str {
        match self {
            Act::New(version) | Act::Change { to: version, .. } => &version.code,
            Act::End { code } => code,
        }
    }

    fn version(&self) -> Option<&Version> {
        match self {
            Act::New(version) | Act::Change { to: version, .. } => Some(version),
            Act::End { .. } => None,
        }
    }

    /// Why it cannot be done to what is known of the procedure; empty when it can.
    fn problems(&self, known: Option<&Held<Procedure>>, sort: Option<Sort>, from: Date) -> Vec<Problem> {
        let mut problems = self.version().map(rules::check).unwrap_or_default();
        let open = known.and_then(|known| known.state.open());
        let room = actions::make_room(known, from).err();
        let misses = match (self, open) {
            (Act::New(_), Some(_)) => Some("catalogue-new-known"),
            (Act::Change { .. } | Act::End { .. }, None) => Some("catalogue-nothing-open"),
            // A later version says so itself.
            (Act::Change { from, .. }, Some(open)) if open.id != *from && room.is_none() => {
                Some("catalogue-base-other")
            }
            _ => None,
        };
        problems.extend(misses.map(|code| Problem::new(code).arg("code", self.code())));
        problems.extend(self.version().and_then(|version| actions::keeps_sort(version, sort).err()));
        problems.extend(room);
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

/// The versions that nothing has ended, by the codes of their procedures, as their rows say. Read under the lock that every change of the
/// catalogue takes: they stay so until the caller's transaction ends.
///
/// # Errors
/// The database's.
pub async fn standing(tx: &Tx, codes: &[&str]) -> Result<HashMap<String, Version>, StoreError> {
    tx.lock("catalogue").await?;
    let known = sql::procedures(tx, codes).await?;
    let open: Vec<Id> = known.values().filter_map(|known| Some(known.state.open()?.id)).collect();
    Ok(sql::versions(tx, &open).await?.into_iter().map(|version| (version.code.clone(), version)).collect())
}

/// Does what a decision says, in the caller's transaction: every line is judged before the first is written. Returns the procedure of each
/// line and, unless it was ended, its new version.
///
/// Who may is asked by the room whose decision it is.
///
/// # Errors
/// `Refused::Lines` with the rules of [`rules::check`], `catalogue-new-known`, `catalogue-nothing-open`, `catalogue-base-other`,
/// `catalogue-sort-fixed`, `catalogue-later-version`, `catalogue-still-in-force`, `catalogue-twice-in-decision`, `catalogue-date-past`; the
/// database's.
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
    let last = known.values().filter_map(|known| Some(known.state.editions.last()?.id)).collect::<Vec<_>>();
    let sorts: HashMap<String, Sort> =
        sql::versions(tx, &last).await?.into_iter().map(|version| (version.code, version.sort)).collect();
    let (mut problems, mut seen) = (Vec::new(), HashSet::new());
    for (place, act) in acts.iter().enumerate() {
        let wrong = act.problems(known.get(act.code()), sorts.get(act.code()).copied(), decision.from);
        problems.extend(wrong.into_iter().map(|why| (place, why)));
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
        Act::New(version) | Act::Change { to: version, .. } => *version,
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
