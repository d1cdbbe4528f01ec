//! SQL of errands, and nothing else. Rows are written by [`records::happen`].

use crate::errand::Errand;
use ::store::{StoreError, Tx, params};
use base::Id;
use records::Held;

::store::statements! {
    /// Those of one unit, open or done, the latest first.
    pub OF_UNIT = "SELECT * FROM errand WHERE unit_id = $1 AND done = $2 AND id < $3 ORDER BY id DESC LIMIT $4";
    /// Those of all units.
    pub ALL = "SELECT * FROM errand WHERE done = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
    /// Open ones of a unit.
    pub OPEN_AT = "SELECT COUNT(*) AS n FROM errand WHERE unit_id = $1 AND NOT done";
}

/// Errands of some units or (none) of all, the latest first, those after an id. Each unit is a range of its own.
///
/// # Errors
/// The database's.
pub async fn page(
    tx: &Tx,
    units: Option<&[Id]>,
    done: bool,
    after: Id,
    limit: usize,
) -> Result<Vec<Held<Errand>>, StoreError> {
    let Some(units) = units else {
        return Held::read_all(&tx.query(ALL, params![done, after, limit as i64]).await?);
    };
    let mut lanes = Vec::with_capacity(units.len());
    for unit in units {
        lanes.push(Held::read_all(&tx.query(OF_UNIT, params![*unit, done, after, limit as i64]).await?)?);
    }
    Ok(lists::merge(lanes, limit, |held: &Held<Errand>| std::cmp::Reverse(held.id)))
}
