//! What waits for a person: dues of every kind at their units and in their hands, the earliest first.

use crate::kind::{DueKind, Kinds};
use ::store::{Row, StoreError, Tx, Value, params};
use base::{Actor, Id, Instant};
use lists::Key;
use web::App;

/// Counted so far; beyond it the number says no more.
pub const COUNT_MAX: i64 = 1_000;

::store::statements! {
    /// One unit's dues of one name, the earliest first, after a place.
    pub LANE = "SELECT subject_id, name, unit_id, holder_id, due_at, part FROM due WHERE unit_id = $1 AND name = $2 AND (due_at, subject_id, part) > ($3, $4, $5) AND due_at < $6 ORDER BY due_at, subject_id, part LIMIT $7";
    /// What a person holds, the earliest first, after a place.
    pub HELD = "SELECT subject_id, name, unit_id, holder_id, due_at, part FROM due WHERE holder_id = $1 AND (due_at, subject_id, part) > ($2, $3, $4) AND due_at < $5 AND (CAST($6 AS TEXT) = '' OR name = $6) AND (CAST($7 AS BIGINT) = 0 OR unit_id = $7) ORDER BY due_at, subject_id, part LIMIT $8";
    /// How much of one name waits at some units until a moment; unit by unit, so that no other unit's dues are read.
    pub COUNT = sqlite "SELECT COUNT(*) AS n FROM (SELECT 1 AS one FROM due WHERE unit_id IN (SELECT value FROM json_each($1)) AND name = $2 AND due_at < $3 LIMIT 1000) AS waiting",
        postgres "SELECT COUNT(*) AS n FROM (SELECT of_one.one FROM jsonb_array_elements_text($1) AS ids (unit) CROSS JOIN LATERAL (SELECT 1 AS one FROM due WHERE unit_id = CAST(ids.unit AS BIGINT) AND name = $2 AND due_at < $3 LIMIT 1000) AS of_one LIMIT 1000) AS waiting";
    /// All that is owed, in the order of the table's key, after a place.
    pub EVERY = "SELECT subject_id, name, unit_id, holder_id, due_at, part FROM due WHERE (subject_id, name, part) > ($1, $2, $3) ORDER BY subject_id, name, part LIMIT $4";
    /// Whether one thing is owed.
    pub IS_OWED = "SELECT 1 AS one FROM due WHERE subject_id = $1 AND name = $2 AND part = $3";
    /// What a person holds, until a moment.
    pub COUNT_HELD = "SELECT unit_id, name FROM due WHERE holder_id = $1 AND due_at < $2 LIMIT 1000";
}

/// Something that waits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Waiting {
    pub due_at: Instant,
    pub subject: Id,
    pub part: i64,
    pub name: String,
    pub unit: Id,
    pub holder: Option<Id>,
}

impl Waiting {
    fn read(row: &Row) -> Result<Waiting, StoreError> {
        Ok(Waiting {
            due_at: row.get("due_at")?,
            subject: row.get("subject_id")?,
            part: row.get("part")?,
            name: row.get("name")?,
            unit: row.get("unit_id")?,
            holder: row.get("holder_id")?,
        })
    }

    /// Its place in the list.
    pub fn key(&self) -> Key {
        Key { numbers: vec![self.due_at.0, self.subject.0, self.part], word: self.name.clone() }
    }
}

/// What a desk is narrowed to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Narrow {
    /// What is to be done, by the name of the due.
    pub name: Option<String>,
    /// One unit's alone.
    pub unit: Option<Id>,
    /// What the person holds alone.
    pub mine: bool,
    /// What falls due before a moment alone.
    pub before: Option<Instant>,
}

/// Where a person's work lies: units with the names of what they may do there.
#[derive(Debug, Clone)]
pub struct Desk {
    /// The person, and those who are away and for whom the person acts.
    hands: Vec<Id>,
    lanes: Vec<(Id, &'static DueKind)>,
}

impl Desk {
    /// The desk of a person: the units of their grants, and those that a service centre of theirs serves.
    pub fn of(app: &App, kinds: &Kinds, actor: &Actor) -> Desk {
        let mut lanes: Vec<(Id, &'static DueKind)> = Vec::new();
        for grant in actor.grants.iter().filter(|grant| grant.role.is_official()) {
            let dues = kinds.all.iter().flat_map(|kind| kind.dues).filter(|due| grant.allows(due.right));
            let served = (kinds.served)(app, grant.agency);
            for due in dues {
                let units = served.iter().filter(|_| due.served).chain(std::iter::once(&grant.agency));
                lanes.extend(units.map(|unit| (*unit, due)));
            }
        }
        lanes.sort_by_key(|(unit, due)| (due.name, *unit));
        lanes.dedup_by_key(|(unit, due)| (due.name, *unit));
        let hands = std::iter::once(actor.account).chain(actor.acting_for()).collect();
        Desk { hands, lanes }
    }

    /// The units of its lanes and the names of what is done there, each once.
    pub fn choices(&self) -> (Vec<Id>, Vec<&'static DueKind>) {
        let mut units: Vec<Id> = self.lanes.iter().map(|(unit, _)| *unit).collect();
        units.sort_unstable();
        units.dedup();
        let mut dues: Vec<&'static DueKind> = self.lanes.iter().map(|(_, due)| *due).collect();
        dues.dedup_by_key(|due| due.name);
        (units, dues)
    }

    /// The next of what waits, after a place: at most `limit`, the earliest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn page(
        &self,
        tx: &Tx,
        narrow: &Narrow,
        after: Option<&Key>,
        limit: usize,
    ) -> Result<Vec<Waiting>, StoreError> {
        // Several dues of one subject may fall on one moment: read from just before it, and leave out what was shown.
        let from = |key: &Key| (key.number(0), key.number(1), key.number(2) - 1);
        let (at, subject, part) = after.map_or((i64::MIN, i64::MIN, i64::MIN), from);
        let (before, most) = (narrow.before.unwrap_or(Instant(i64::MAX)), limit as i64 + 16);
        let mut lanes = Vec::new();
        let wanted = |unit: Id, name: &str| {
            narrow.unit.is_none_or(|only| only == unit) && narrow.name.as_deref().is_none_or(|only| only == name)
        };
        for (unit, due) in self.lanes.iter().filter(|(unit, due)| !narrow.mine && wanted(*unit, due.name)) {
            lanes.push(tx.query(LANE, params![*unit, due.name, at, subject, part, before, most]).await?);
        }
        let (name, unit) = (narrow.name.as_deref().unwrap_or_default(), narrow.unit.map_or(0, |unit| unit.0));
        for hands in &self.hands {
            lanes.push(tx.query(HELD, params![*hands, at, subject, part, before, name, unit, most]).await?);
        }
        let mut found = lanes.iter().flatten().map(Waiting::read).collect::<Result<Vec<_>, _>>()?;
        found.retain(|waiting| after.is_none_or(|place| *place < waiting.key()));
        found.sort();
        found.dedup();
        found.truncate(limit);
        Ok(found)
    }

    /// How much waits until a moment; no more than [`COUNT_MAX`] of each name are counted.
    ///
    /// # Errors
    /// The database's.
    pub async fn count(&self, tx: &Tx, until: Instant) -> Result<i64, StoreError> {
        let mut sum = 0;
        for lanes in self.lanes.chunk_by(|one, other| one.1.name == other.1.name) {
            let Some((_, due)) = lanes.first() else { continue };
            let units = Value::Json(lanes.iter().map(|(unit, _)| serde_json::Value::from(unit.0)).collect());
            let values = [units, Value::from(due.name), Value::from(until)];
            sum += tx.query_one(COUNT, &values).await?.get::<i64>("n")?;
        }
        for hands in &self.hands {
            for row in tx.query(COUNT_HELD, params![*hands, until]).await? {
                let (unit, name): (Id, String) = (row.get("unit_id")?, row.get("name")?);
                sum += i64::from(!self.lanes.iter().any(|(known, due)| *known == unit && due.name == name));
            }
        }
        Ok(sum)
    }

    /// How much falls due by each name from one moment up to another, where it is anything; no more than [`COUNT_MAX`] of each are counted.
    ///
    /// # Errors
    /// The database's.
    pub async fn by_name(
        &self,
        tx: &Tx,
        from: Instant,
        until: Instant,
    ) -> Result<Vec<(&'static DueKind, i64)>, StoreError> {
        let mut found: Vec<(&'static DueKind, i64)> = Vec::new();
        for lanes in self.lanes.chunk_by(|one, other| one.1.name == other.1.name) {
            let Some((_, due)) = lanes.first() else { continue };
            let units = Value::Json(lanes.iter().map(|(unit, _)| serde_json::Value::from(unit.0)).collect());
            let mut count = [0; 2];
            for (n, until) in [from, until].into_iter().enumerate() {
                let values = [units.clone(), Value::from(due.name), Value::from(until)];
                count[n] = tx.query_one(COUNT, &values).await?.get::<i64>("n")?;
            }
            if count[1] > count[0] {
                found.push((due, count[1] - count[0]));
            }
        }
        Ok(found)
    }
}

/// All that is owed by anybody, in the order of subject, name and part, after one of them; at most `limit`.
///
/// # Errors
/// The database's.
pub async fn every(tx: &Tx, after: (Id, &str, i64), limit: i64) -> Result<Vec<Waiting>, StoreError> {
    tx.query(EVERY, params![after.0, after.1, after.2, limit]).await?.iter().map(Waiting::read).collect()
}

/// Whether a subject owes a part by a name.
///
/// # Errors
/// The database's.
pub async fn is_owed(tx: &Tx, subject: Id, name: &str, part: i64) -> Result<bool, StoreError> {
    Ok(tx.query_opt(IS_OWED, params![subject, name, part]).await?.is_some())
}
