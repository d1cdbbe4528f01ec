//! What a reorganisation carries along: each room moves what is its own, in the same transaction.

use crate::tree::Tree;
use crate::verbs::OpenAt;
use ::store::{BoxFuture, Tx};
use base::{Date, Fault, Id};
use records::{By, Held, Machine};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What goes where.
#[derive(Clone)]
pub struct Moving {
    /// The decision, and what it is known as.
    pub decision: Id,
    pub code: String,
    pub number: String,
    /// The first day of what follows.
    pub day: Date,
    /// Each unit that ends, and the one that gets its open work.
    pub units: BTreeMap<Id, Id>,
    /// The tree after it.
    pub tree: Arc<Tree>,
}

impl Moving {
    /// Where a unit's work goes; the unit itself where it stands.
    pub fn to(&self, unit: Id) -> Id {
        self.units.get(&unit).copied().unwrap_or(unit)
    }

    /// Whether a unit ends.
    pub fn ends(&self, unit: Id) -> bool {
        self.units.contains_key(&unit)
    }

    /// The units that end.
    pub fn olds(&self) -> Vec<Id> {
        self.units.keys().copied().collect()
    }

    /// Whether two units are of one agency, afterwards.
    pub fn within(&self, one: Id, other: Id) -> bool {
        let house = |unit| self.tree.house_of(unit).map(|house| house.id);
        house(one) == house(other)
    }
}

/// How much of something moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// Key of the words, with the number as `$n`.
    pub what: &'static str,
    pub n: i64,
}

/// How a room moves what is its own; modules above hand theirs in through [`crate::OpenWork`].
pub type MoveTo = for<'t> fn(&'t Tx, &'t Moving, &'t By) -> BoxFuture<'t, Result<Vec<Moved>, Fault>>;

/// What a room says of agencies that end.
#[derive(Clone, Copy)]
pub struct Room {
    /// What is open at an agency: it keeps the agency from being ended, and a reorganisation from leaving anything behind.
    pub open: OpenAt,
    /// What would move, and how it does. None: the room moves nothing, so what is open there stands against a reorganisation.
    pub moves: Option<(OpenAt, MoveTo)>,
}

impl Room {
    /// One that moves nothing.
    pub const fn stays(open: OpenAt) -> Room {
        Room { open, moves: None }
    }

    /// One that moves what is open there.
    pub const fn moves(open: OpenAt, moves: MoveTo) -> Room {
        Room { open, moves: Some((open, moves)) }
    }

    /// The same, with more exact words of what would move.
    pub const fn told(self, would: OpenAt) -> Room {
        Room {
            moves: match self.moves {
                Some((_, moves)) => Some((would, moves)),
                None => None,
            },
            ..self
        }
    }
}

/// What an event of a subject says when its agencies are reorganised: the decision, and the part of the map that is the subject's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Followed {
    /// The reorganisation, and the number of its decision.
    pub by: Id,
    pub decision: String,
    /// Each of its units that ended, with what follows it.
    pub units: Vec<(Id, Id)>,
}

impl Followed {
    /// Where a unit's work went; the unit itself where it stands.
    pub fn to(&self, unit: Id) -> Id {
        self.units.iter().find(|(old, _)| *old == unit).map_or(unit, |(_, new)| *new)
    }
}

impl Moving {
    /// The part of the map that some units have; none where none of them ends.
    pub fn followed(&self, units: impl IntoIterator<Item = Id>) -> Option<Followed> {
        let own: BTreeMap<Id, Id> =
            units.into_iter().filter_map(|unit| Some((unit, *self.units.get(&unit)?))).collect();
        let units: Vec<(Id, Id)> = own.into_iter().collect();
        (!units.is_empty()).then(|| Followed { by: self.decision, decision: self.number.clone(), units })
    }

    /// The units that end, as one JSON list for a statement.
    pub fn listed(&self) -> ::store::Value {
        ::store::Value::ids(self.units.keys())
    }
}

/// Subjects of a register follow their units, each by one event of its chain; those for which it says none stay. How many followed.
///
/// # Errors
/// As [`records::happen`].
pub async fn follow<S: Machine>(
    tx: &Tx,
    by: By,
    all: Vec<Held<S>>,
    event: impl Fn(&S) -> Option<S::Event>,
) -> Result<i64, Fault> {
    let mut n = 0;
    for held in all {
        if let Some(event) = event(&held.state) {
            records::happen(tx, by, &held, &event, &[]).await?;
            n += 1;
        }
    }
    Ok(n)
}
