//! SQL of the control of procedures, and nothing else. Rows are written by [`records::happen`].

use crate::announcement::{Announcement, State};
use crate::review::{self, Review};
use ::store::{StoreError, Tx, params};
use base::{Date, Id};
use records::Held;

::store::statements! {
    /// Decisions of one agency in a state, the latest first.
    pub OF_UNIT = "SELECT * FROM announcement WHERE unit_id = $1 AND state = $2 AND id < $3 ORDER BY id DESC LIMIT $4";
    /// Those of the whole province in a state.
    pub OF_STATE = "SELECT * FROM announcement WHERE state = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
    /// Those with a number, signed from a day to a day.
    pub OF_NUMBER = "SELECT * FROM announcement WHERE number = $1 AND signed_on >= $2 AND signed_on <= $3 LIMIT 1";
    /// Those that are out, signed on days from one to another, the latest first.
    pub SIGNED = "SELECT * FROM announcement WHERE signed_on >= $1 AND signed_on <= $2 AND state IN ('issued', 'posted') ORDER BY signed_on DESC, id DESC LIMIT $3";
    /// Those on the way, in a state.
    pub ON_THE_WAY = "SELECT * FROM announcement WHERE state IN ('draft', 'submitted', 'issued') ORDER BY id DESC LIMIT $1";
    /// Reviews of one agency in a state, the latest first.
    pub REVIEWS_OF_UNIT = "SELECT * FROM review WHERE unit_id = $1 AND state = $2 AND id < $3 ORDER BY id DESC LIMIT $4";
    /// Those of the whole province in a state.
    pub REVIEWS_OF_STATE = "SELECT * FROM review WHERE state = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
    /// Those of an agency that are not over.
    pub REVIEWS_OPEN_AT = "SELECT COUNT(*) AS n FROM review WHERE unit_id = $1 AND state IN ('open', 'submitted')";
    /// Those of an agency that are not issued: from then on they are the Office's.
    pub OPEN_AT = "SELECT COUNT(*) AS n FROM announcement WHERE unit_id = $1 AND state IN ('draft', 'submitted')";
    /// Those of agencies of a JSON list.
    pub OF_UNITS = sqlite "SELECT * FROM announcement WHERE unit_id IN (SELECT value FROM json_each($1)) AND state IN ('draft', 'submitted') ORDER BY id",
        postgres "SELECT * FROM announcement WHERE unit_id IN (SELECT CAST(one AS BIGINT) FROM jsonb_array_elements_text($1) AS ids (one)) AND state IN ('draft', 'submitted') ORDER BY id";
    /// Reviews of agencies of a JSON list that are not over.
    pub REVIEWS_OF_UNITS = sqlite "SELECT * FROM review WHERE unit_id IN (SELECT value FROM json_each($1)) AND state IN ('open', 'submitted') ORDER BY id",
        postgres "SELECT * FROM review WHERE unit_id IN (SELECT CAST(one AS BIGINT) FROM jsonb_array_elements_text($1) AS ids (one)) AND state IN ('open', 'submitted') ORDER BY id";
}

/// Decisions in a state, of some agencies or (none) of all, the latest first, those after an id. Each agency is a range of its own.
///
/// # Errors
/// The database's.
pub async fn page(
    tx: &Tx,
    units: Option<&[Id]>,
    state: State,
    after: Id,
    limit: usize,
) -> Result<Vec<Held<Announcement>>, StoreError> {
    let Some(units) = units else {
        return Held::read_all(&tx.query(OF_STATE.spelled(1, state.as_str()), params![after, limit as i64]).await?);
    };
    let mut lanes = Vec::with_capacity(units.len());
    for unit in units {
        lanes.push(Held::read_all(&tx.query(OF_UNIT, params![*unit, state.as_str(), after, limit as i64]).await?)?);
    }
    Ok(lists::merge(lanes, limit, |held: &Held<Announcement>| std::cmp::Reverse(held.id)))
}

/// An issued decision of that number in a year: numbers begin anew each year.
///
/// # Errors
/// The database's.
pub async fn of_number(tx: &Tx, number: &str, year: i16) -> Result<Option<Held<Announcement>>, StoreError> {
    let (first, last) = (Date::constant(year, 1, 1), Date::constant(year, 12, 31));
    tx.query_opt(OF_NUMBER, params![number, first, last]).await?.as_ref().map(Held::read).transpose()
}

/// Decisions signed on some days, the latest first.
///
/// # Errors
/// The database's.
pub async fn signed(tx: &Tx, (from, to): (Date, Date), limit: usize) -> Result<Vec<Held<Announcement>>, StoreError> {
    Held::read_all(&tx.query(SIGNED, params![from, to, limit as i64]).await?)
}

/// Decisions that are not posted yet, nor given up.
///
/// # Errors
/// The database's.
pub async fn on_the_way(tx: &Tx, limit: usize) -> Result<Vec<Held<Announcement>>, StoreError> {
    Held::read_all(&tx.query(ON_THE_WAY, params![limit as i64]).await?)
}

/// Reviews in a state, of some agencies or (none) of all, the latest first, those after an id.
///
/// # Errors
/// The database's.
pub async fn reviews(
    tx: &Tx,
    units: Option<&[Id]>,
    state: review::State,
    after: Id,
    limit: usize,
) -> Result<Vec<Held<Review>>, StoreError> {
    let Some(units) = units else {
        let sql = REVIEWS_OF_STATE.spelled(1, state.as_str());
        return Held::read_all(&tx.query(sql, params![after, limit as i64]).await?);
    };
    let mut lanes = Vec::with_capacity(units.len());
    for unit in units {
        let values = params![*unit, state.as_str(), after, limit as i64];
        lanes.push(Held::read_all(&tx.query(REVIEWS_OF_UNIT, values).await?)?);
    }
    Ok(lists::merge(lanes, limit, |held: &Held<Review>| std::cmp::Reverse(held.id)))
}
