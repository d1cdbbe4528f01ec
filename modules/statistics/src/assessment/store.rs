//! SQL of assessments, and nothing else. Rows are written by [`records::happen`].

use crate::assessment::subject::{Assessment, State};
use ::store::{StoreError, Tx, params};
use base::Id;
use records::Held;

::store::statements! {
    /// The assessment of a unit by a set over a period: there is one at most.
    pub OF_UNIT_PERIOD = "SELECT * FROM assessment WHERE unit_id = $1 AND criteria = $2 AND period = $3";
    /// Those in a state, the latest first.
    pub OF_STATE = "SELECT * FROM assessment WHERE state = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
    /// Those of a unit that are not published.
    pub OPEN_AT = "SELECT COUNT(*) AS n FROM assessment WHERE unit_id = $1 AND state = 'open'";
}

/// The assessment of a unit by a set over a period.
///
/// # Errors
/// The database's.
pub async fn of(tx: &Tx, unit: Id, (criteria, period): (&str, &str)) -> Result<Option<Held<Assessment>>, StoreError> {
    tx.query_opt(OF_UNIT_PERIOD, params![unit, criteria, period]).await?.as_ref().map(Held::read).transpose()
}

/// Assessments in a state, the latest first, those after an id.
///
/// # Errors
/// The database's.
pub async fn page(tx: &Tx, state: State, after: Id, limit: usize) -> Result<Vec<Held<Assessment>>, StoreError> {
    Held::read_all(&tx.query(OF_STATE, params![state.as_str(), after, limit as i64]).await?)
}
