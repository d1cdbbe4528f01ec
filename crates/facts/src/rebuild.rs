//! Facts derived anew: what does not follow from the events is written over, in one transaction.

use crate::rollup::next_generation;
use base::{Date, Id};
use store::{Row, StoreError, Tx, params};

store::statements! {
    /// Nobody else writes events, facts or sums until the end of the transaction; readers go on with what was there before.
    /// In the order in which actions write them, so that nobody waits in a circle.
    HOLD =
        sqlite "SELECT 1 AS held",
        postgres "LOCK TABLE event, fact, fact_rollup IN SHARE ROW EXCLUSIVE MODE";
    /// The facts of a group.
    FACTS_OF_GROUP = "SELECT day, level, field, channel, flags, qty, subject_id, procedure_id, official_id FROM fact WHERE measure = $1 AND agency_id = $2 AND day >= $3 AND day <= $4";
    /// They are written anew.
    FORGET_GROUP = "DELETE FROM fact WHERE measure = $1 AND agency_id = $2 AND day >= $3 AND day <= $4";
    /// A sum as it follows from the facts.
    SET_SUM = "INSERT INTO fact_rollup (node_id, measure, period, level, field, channel, flags, n) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (node_id, measure, period, level, field, channel, flags) DO UPDATE SET n = excluded.n";
}

/// The facts of a measure at an agency in a month: what is compared and, where it differs, written anew as one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Group {
    pub measure: String,
    pub agency: Id,
    /// `2026-11`.
    pub month: String,
}

impl Group {
    fn days(&self) -> Result<(Date, Date), StoreError> {
        let first = format!("{}-01", self.month).parse::<Date>();
        let first = first.map_err(|_| StoreError::Column { column: "day".to_owned(), problem: self.month.clone() })?;
        Ok((first, first.last_of_month()))
    }
}

/// Keeps everybody else from writing what is compared and written here.
///
/// # Errors
/// The database's.
pub async fn hold(tx: &Tx) -> Result<(), StoreError> {
    tx.execute(HOLD, params![]).await.map(|_| ())
}

/// Reads the facts of a group, one after the other.
///
/// # Errors
/// The database's.
pub async fn facts_of_group(
    tx: &Tx,
    group: &Group,
    each: impl FnMut(&Row) -> Result<(), StoreError> + Send,
) -> Result<(), StoreError> {
    let (first, last) = group.days()?;
    tx.query_each(FACTS_OF_GROUP, params![group.measure.as_str(), group.agency, first, last], each).await.map(|_| ())
}

/// Takes the facts of a group out, to be appended anew in the same transaction.
///
/// # Errors
/// The database's.
pub async fn forget_group(tx: &Tx, group: &Group) -> Result<(), StoreError> {
    let (first, last) = group.days()?;
    tx.execute(FORGET_GROUP, params![group.measure.as_str(), group.agency, first, last]).await.map(|_| ())
}

/// A sum of the roll-up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sum {
    pub node: Id,
    pub measure: String,
    pub period: String,
    pub level: String,
    pub field: String,
    pub channel: i64,
    pub flags: i64,
    pub n: i64,
}

/// Writes sums over the stored ones. Last in its transaction: what was remembered of the roll-up is forgotten with it.
///
/// # Errors
/// The database's.
pub async fn set_sums(tx: &Tx, sums: &[Sum]) -> Result<(), StoreError> {
    for sum in sums {
        let Sum { node, measure, period, level, field, channel, flags, n } = sum;
        let (measure, period, level, field) = (measure.as_str(), period.as_str(), level.as_str(), field.as_str());
        tx.execute(SET_SUM, params![*node, measure, period, level, field, *channel, *flags, *n]).await?;
    }
    next_generation(tx).await
}
