//! How much each official has in hand: what is being worked on by its holder, near its date and past it, and opinions to be given.

use super::{NEAR_MS, Scope};
use crate::actions::House;
use ::store::{Sql, StoreError, Tx, Value};
use base::{Id, Instant};
use std::collections::BTreeMap;

/// What one person has in hand at one unit; `person`: nobody yet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Load {
    pub unit: Id,
    pub person: Option<Id>,
    pub held: i64,
    pub near: i64,
    pub late: i64,
    /// Opinions to be given.
    pub opinions: i64,
}

/// The loads within a scope, by unit and person.
///
/// # Errors
/// The database's.
pub async fn loads(tx: &Tx, house: &House, scope: &Scope, now: Instant) -> Result<Vec<Load>, StoreError> {
    let mut loads: BTreeMap<(Id, Option<Id>), Load> = BTreeMap::new();
    let until = house.calendar.add_working_ms(now, NEAR_MS);
    let within = |params: &mut Vec<Value>| match &scope.units {
        None => String::new(),
        Some(units) => {
            let marks: Vec<String> = units
                .iter()
                .map(|unit| {
                    params.push((*unit).into());
                    format!("${}", params.len())
                })
                .collect();
            let marks = if marks.is_empty() { "NULL".to_owned() } else { marks.join(", ") };
            format!(" AND unit_id IN ({marks})")
        }
    };
    let mut params: Vec<Value> = vec![now.into(), until.into()];
    let here = within(&mut params);
    let held = format!(
        "SELECT unit_id, handler_id, COUNT(*) AS held, \
         CAST(SUM(CASE WHEN due_at < $1 THEN 1 ELSE 0 END) AS BIGINT) AS late, \
         CAST(SUM(CASE WHEN due_at >= $1 AND due_at <= $2 THEN 1 ELSE 0 END) AS BIGINT) AS near \
         FROM dossier WHERE status IN (2, 4){here} GROUP BY unit_id, handler_id"
    );
    for row in tx.query(Sql::from(held), &params).await? {
        let (unit, person) = (row.get("unit_id")?, row.get("handler_id")?);
        let load =
            Load { unit, person, held: row.get("held")?, near: row.get("near")?, late: row.get("late")?, opinions: 0 };
        loads.insert((unit, person), load);
    }
    let mut params = Vec::new();
    let here = within(&mut params);
    let asked = format!(
        "SELECT unit_id, handler_id, COUNT(*) AS n FROM dossier_opinion WHERE open{here} GROUP BY unit_id, handler_id"
    );
    for row in tx.query(Sql::from(asked), &params).await? {
        let (unit, person) = (row.get("unit_id")?, row.get("handler_id")?);
        let load = loads.entry((unit, person)).or_insert(Load { unit, person, ..Load::default() });
        load.opinions = row.get("n")?;
    }
    Ok(loads.into_values().collect())
}
