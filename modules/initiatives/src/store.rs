//! SQL of initiatives, and nothing else. Rows are written by [`records::happen`].

use crate::initiative::{Initiative, State};
use ::store::{StoreError, Tx, params};
use base::Id;
use records::Held;

::store::statements! {
    /// Those of one unit in a state, the latest first.
    pub OF_UNIT = "SELECT * FROM initiative WHERE unit_id = $1 AND state = $2 AND id < $3 ORDER BY id DESC LIMIT $4";
    /// Those of the whole province in a state, the latest first.
    pub OF_STATE = "SELECT * FROM initiative WHERE state = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
    /// Those of a unit that wait for a decision.
    pub OPEN_AT = "SELECT COUNT(*) AS n FROM initiative WHERE unit_id = $1 AND state = 'submitted'";
    /// Those of units of a JSON list, or to be decided there, that somebody can still act on.
    pub OF_UNITS = sqlite "SELECT * FROM initiative WHERE (unit_id IN (SELECT value FROM json_each($1)) OR agency_id IN (SELECT value FROM json_each($1))) AND state IN ('submitted', 'recognised') ORDER BY id",
        postgres "SELECT * FROM initiative WHERE (unit_id IN (SELECT CAST(one AS BIGINT) FROM jsonb_array_elements_text($1) AS ids (one)) OR agency_id IN (SELECT CAST(one AS BIGINT) FROM jsonb_array_elements_text($1) AS ids (one))) AND state IN ('submitted', 'recognised') ORDER BY id";
}

/// Initiatives in a state, of some units or (none) of all, the latest first, those after an id. Each unit is a range of its own.
///
/// # Errors
/// The database's.
pub async fn page(
    tx: &Tx,
    units: Option<&[Id]>,
    state: State,
    after: Id,
    limit: usize,
) -> Result<Vec<Held<Initiative>>, StoreError> {
    let Some(units) = units else {
        return Held::read_all(&tx.query(OF_STATE.spelled(1, state.as_str()), params![after, limit as i64]).await?);
    };
    let mut lanes = Vec::with_capacity(units.len());
    for unit in units {
        lanes.push(Held::read_all(&tx.query(OF_UNIT, params![*unit, state.as_str(), after, limit as i64]).await?)?);
    }
    Ok(lists::merge(lanes, limit, |held: &Held<Initiative>| std::cmp::Reverse(held.id)))
}
