//! A figure cut by procedure or by official: read from the facts themselves, those not yet rolled up among them, so that the parts
//! sum up to the whole of the same snapshot.

use crate::cases::Where;
use crate::figure::{Cell, Figure, Filter};
use crate::indicator::{Count, Indicator};
use crate::read::{STOCK_BEGINS, cell};
use base::{Date, Id};
use store::{Sql, StoreError, Tx, params};

store::statements! {
    /// The agencies that count for a node, itself among them.
    pub AGENCIES_OF = "SELECT agency_id FROM fact_scope WHERE node_id = $1 ORDER BY agency_id";
    /// One procedure's facts of a measure at a node, by the days of each agency below it.
    pub OF_PROCEDURE = "SELECT CAST(COALESCE(SUM(f.qty), 0) AS BIGINT) AS n FROM fact_scope s JOIN fact f ON f.agency_id = s.agency_id AND f.measure = $2 AND f.day >= $4 AND f.day <= $5 AND f.procedure_id = $3 WHERE s.node_id = $1";
}

/// How much a measure counts of one procedure, at a node and on days from one to another.
///
/// # Errors
/// The database's.
pub async fn of_procedure(
    tx: &Tx,
    node: Id,
    (measure, procedure): (&str, Id),
    (from, to): (Date, Date),
) -> Result<i64, StoreError> {
    tx.query_one(OF_PROCEDURE, params![node, measure, procedure, from, to]).await?.get("n")
}

/// The agencies whose facts count for a node, itself among them; those that ended too.
///
/// # Errors
/// The database's.
pub async fn agencies_of(tx: &Tx, node: Id) -> Result<Vec<Id>, StoreError> {
    tx.query(AGENCIES_OF, params![node]).await?.iter().map(|row| row.get("agency_id")).collect()
}

/// Parts in one reading at most.
pub const SLICES_MAX: i64 = 500;

/// By what a figure is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    Procedure,
    /// The official who acted. Whoever asks has looked whether that may be shown ([`Indicator::by_official`], and the reader's rights).
    Official,
}

/// One part of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    Whole,
    Procedure(Id),
    /// None: of facts that name nobody, because their events were written before it was kept, or because a citizen acted.
    Official(Option<Id>),
    /// What counts for this agency itself, without those below it.
    Agency(Id),
}

/// A part and its figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slice {
    pub cut: Cut,
    pub figure: Figure,
}

/// The parts of a figure, the largest first, `limit` of them after `skip`. Parts of nothing are left out.
///
/// # Errors
/// The database's; a sum that no number can hold is refused.
pub async fn cut(
    tx: &Tx,
    indicator: &Indicator,
    by: By,
    node: Id,
    filter: &Filter,
    (skip, limit): (i64, i64),
) -> Result<Vec<Slice>, StoreError> {
    let mut query = Where { sql: String::new(), params: Vec::new() };
    let column = match by {
        By::Procedure => "procedure_id",
        By::Official => "official_id",
    };
    // A stock is counted from the beginning, what flows within the period.
    let mut sum = |count: &Count| {
        let from = if count.stock { STOCK_BEGINS } else { filter.from };
        let (condition, from) = (query.condition(count, filter), query.bind(from));
        format!("CAST(SUM(CASE WHEN {condition} AND f.day >= {from} THEN f.qty ELSE 0 END) AS BIGINT)")
    };
    let (above, below) = (sum(&indicator.numerator), sum(&indicator.denominator));
    let stock = indicator.numerator.stock || indicator.denominator.stock;
    let measures =
        [&indicator.numerator, &indicator.denominator].map(|count| query.bind(count.measure.as_str())).join(", ");
    let (node, from, to) =
        (query.bind(node), query.bind(if stock { STOCK_BEGINS } else { filter.from }), query.bind(filter.to));
    let sql = format!(
        "SELECT * FROM (SELECT f.{column} AS part, {above} AS above, {below} AS below FROM fact_scope s \
         JOIN fact f ON f.agency_id = s.agency_id AND f.measure IN ({measures}) AND f.day >= {from} AND f.day <= {to} \
         WHERE s.node_id = {node} GROUP BY f.{column}) c WHERE above <> 0 OR below <> 0 \
         ORDER BY below DESC, above DESC, part IS NULL, part LIMIT {limit} OFFSET {skip}",
        limit = limit.clamp(1, SLICES_MAX),
        skip = skip.max(0),
    );
    let slice = |row: &store::Row| {
        let part: Option<Id> = row.get("part")?;
        let cut = match by {
            By::Procedure => Cut::Procedure(part.unwrap_or(Id(0))),
            By::Official => Cut::Official(part),
        };
        Ok(Slice { cut, figure: Figure { numerator: row.get("above")?, denominator: row.get("below")? } })
    };
    tx.query(Sql::from(sql), &query.params).await?.iter().map(slice).collect()
}

/// All sums of some measures within days at a node, by procedure or by official: every figure of every part is read from them without
/// another statement. For tables that show all parts.
///
/// # Errors
/// The database's.
pub async fn cells_by(
    tx: &Tx,
    by: By,
    node: Id,
    measures: &[&str],
    (from, to): (Date, Date),
) -> Result<Vec<(Option<Id>, Cell)>, StoreError> {
    let mut query = Where { sql: String::new(), params: Vec::new() };
    let column = match by {
        By::Procedure => "procedure_id",
        By::Official => "official_id",
    };
    let measures: Vec<String> = measures.iter().map(|measure| query.bind(*measure)).collect();
    let (node, from, to) = (query.bind(node), query.bind(from), query.bind(to));
    let dimensions = "f.measure, f.level, f.field, f.channel, f.flags";
    let sql = format!(
        "SELECT f.{column} AS part, {dimensions}, CAST(SUM(f.qty) AS BIGINT) AS n FROM fact_scope s \
         JOIN fact f ON f.agency_id = s.agency_id AND f.measure IN ({}) AND f.day >= {from} AND f.day <= {to} \
         WHERE s.node_id = {node} GROUP BY f.{column}, {dimensions}",
        measures.join(", ")
    );
    tx.query(Sql::from(sql), &query.params).await?.iter().map(|row| Ok((row.get("part")?, cell(row)?))).collect()
}

/// One fact as it was counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Single {
    pub measure: String,
    pub subject: Id,
    pub day: Date,
    pub agency: Id,
    pub level: String,
    pub field: String,
    pub channel: i64,
    pub flags: i64,
    pub procedure: Id,
    pub qty: i64,
}

/// The facts themselves of some measures within days at a node, `limit` of them at most: for measures of which there are few, and for
/// who must look at each subject.
///
/// # Errors
/// The database's.
pub async fn singles(
    tx: &Tx,
    node: Id,
    measures: &[&str],
    (from, to): (Date, Date),
    limit: i64,
) -> Result<Vec<Single>, StoreError> {
    let mut query = Where { sql: String::new(), params: Vec::new() };
    let measures: Vec<String> = measures.iter().map(|measure| query.bind(*measure)).collect();
    let (node, from, to) = (query.bind(node), query.bind(from), query.bind(to));
    let sql = format!(
        "SELECT f.measure, f.subject_id, f.day, f.agency_id, f.level, f.field, f.channel, f.flags, f.procedure_id, f.qty FROM fact_scope s \
         JOIN fact f ON f.agency_id = s.agency_id AND f.measure IN ({}) AND f.day >= {from} AND f.day <= {to} \
         WHERE s.node_id = {node} LIMIT {}",
        measures.join(", "),
        limit.max(0),
    );
    let single = |row: &store::Row| {
        Ok(Single {
            measure: row.get("measure")?,
            subject: row.get("subject_id")?,
            day: row.get("day")?,
            agency: row.get("agency_id")?,
            level: row.get("level")?,
            field: row.get("field")?,
            channel: row.get("channel")?,
            flags: row.get("flags")?,
            procedure: row.get("procedure_id")?,
            qty: row.get("qty")?,
        })
    };
    tx.query(Sql::from(sql), &query.params).await?.iter().map(single).collect()
}
