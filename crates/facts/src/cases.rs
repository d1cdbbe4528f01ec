//! From a figure to the very dossiers behind it.

use crate::cut::Cut;
use crate::figure::Filter;
use crate::indicator::{Count, Indicator};
use base::page::Place;
use base::{Date, Id};
use jiff::ToSpan;
use jiff::civil::date;
use store::{Sql, StoreError, Tx, Value};

/// Cases in one reading at most: a page asks for a few, an export for all it may hold and one more, to know that it was cut.
pub const CASES_MAX: i64 = 50_001;
/// The first look goes back this many days from the end; each further one four times as many.
const FIRST_WINDOW_DAYS: i32 = 7;

/// Which side of an indicator to open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Numerator,
    Denominator,
    /// In the denominator and not in the numerator: what is missing to the goal.
    Missing,
}

/// One case behind a figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    pub subject: Id,
    pub day: Date,
    pub agency: Id,
    /// What it adds to the side that was opened: how often, or how many đồng.
    pub amount: i64,
}

/// A statement being written, with its parameters.
pub(crate) struct Where {
    pub(crate) sql: String,
    pub(crate) params: Vec<Value>,
}

impl Where {
    pub(crate) fn bind(&mut self, value: impl Into<Value>) -> String {
        self.params.push(value.into());
        format!("${}", self.params.len())
    }

    /// An SQL condition that holds for the facts `count` takes.
    pub(crate) fn condition(&mut self, count: &Count, filter: &Filter) -> String {
        let mut parts = vec![
            format!("f.measure = {}", self.bind(count.measure.as_str())),
            format!("(f.flags & {all}) = {all}", all = self.bind(count.all)),
            format!("(f.flags & {}) = 0", self.bind(count.none)),
        ];
        if let Some(channel) = count.channel {
            parts.push(format!("f.channel = {}", self.bind(channel)));
        }
        for level in [count.level, filter.level].into_iter().flatten() {
            parts.push(format!("f.level = {}", self.bind(level.as_str())));
        }
        for fields in [&count.fields, &filter.fields].into_iter().flatten() {
            let marks: Vec<String> = fields.iter().map(|field| self.bind(field.as_str())).collect();
            parts.push(format!("f.field IN ({})", if marks.is_empty() { "NULL".into() } else { marks.join(", ") }));
        }
        parts.join(" AND ")
    }

    /// `limit` of what is found, the latest first, from a place on.
    fn page(&mut self, place: &Place<Spot>, limit: i64) {
        let (than, down) = if place.is_backwards() { (">", "") } else { ("<", " DESC") };
        let beside = match place.row() {
            Some(spot) => {
                format!(" WHERE (c.day, c.subject_id) {than} ({}, {})", self.bind(spot.day), self.bind(spot.subject))
            }
            None => String::new(),
        };
        self.sql =
            format!("SELECT * FROM ({}) c{beside} ORDER BY c.day{down}, c.subject_id{down} LIMIT {limit}", self.sql);
    }
}

fn statement(asked: &Asked<'_>, from: Date, to: Date) -> Where {
    let Asked { indicator, node, filter, cut, part } = *asked;
    let mut query = Where { sql: String::new(), params: Vec::new() };
    // Only what the statement uses is bound: PostgreSQL cannot tell the type of a parameter that stands nowhere.
    let mut sum = |count| format!("SUM(CASE WHEN {} THEN f.qty ELSE 0 END)", query.condition(count, filter));
    let having = match part {
        Part::Numerator => format!("{} > 0", sum(&indicator.numerator)),
        Part::Denominator => format!("{} > 0", sum(&indicator.denominator)),
        Part::Missing => format!("{} > 0 AND {} <= 0", sum(&indicator.denominator), sum(&indicator.numerator)),
    };
    let amount = sum(if part == Part::Numerator { &indicator.numerator } else { &indicator.denominator });
    let (first, second) =
        (query.bind(indicator.numerator.measure.as_str()), query.bind(indicator.denominator.measure.as_str()));
    let within = match cut {
        Cut::Whole => String::new(),
        Cut::Procedure(procedure) => format!(" AND f.procedure_id = {}", query.bind(procedure)),
        Cut::Official(Some(official)) => format!(" AND f.official_id = {}", query.bind(official)),
        Cut::Official(None) => " AND f.official_id IS NULL".to_owned(),
        Cut::Agency(agency) => format!(" AND f.agency_id = {}", query.bind(agency)),
    };
    let (node, from, to) = (query.bind(node), query.bind(from), query.bind(to));
    query.sql = format!(
        "SELECT f.subject_id, MAX(f.day) AS day, MAX(f.agency_id) AS agency_id, CAST({amount} AS BIGINT) AS amount FROM fact_scope s \
         JOIN fact f ON f.agency_id = s.agency_id AND f.measure IN ({first}, {second}) AND f.day >= {from} AND f.day <= {to}{within} \
         WHERE s.node_id = {node} GROUP BY f.subject_id HAVING {having}"
    );
    query
}

fn whole_span(indicator: &Indicator, filter: &Filter) -> (Date, Date, bool) {
    let stock = indicator.numerator.stock || indicator.denominator.stock;
    let from = if stock { date(2000, 1, 1) } else { filter.from };
    // A measure that may come up again weeks later is read over the whole period at once. Only where both sides count the same one do all facts of a case share a day, so that days can be taken in turn.
    let once = indicator.denominator.of.is_some_and(|measure| measure.once);
    (from, filter.to, !stock && once && indicator.numerator.measure == indicator.denominator.measure)
}

/// A case's place among the cases of one side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spot {
    pub day: Date,
    pub subject: Id,
}

impl Case {
    /// Where it stands.
    pub fn spot(&self) -> Spot {
        Spot { day: self.day, subject: self.subject }
    }
}

/// As it stands in an address: `2026-11-22.57`.
impl std::fmt::Display for Spot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.day, self.subject)
    }
}

impl Spot {
    /// Read back; none for anything else.
    pub fn read(text: &str) -> Option<Spot> {
        let (day, subject) = text.split_once('.')?;
        Some(Spot { day: day.parse().ok()?, subject: subject.parse().ok()? })
    }
}

/// Which cases are asked for: of which figure, and of which part of it.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    pub indicator: &'a Indicator,
    pub node: Id,
    pub filter: &'a Filter,
    pub cut: Cut,
    pub part: Part,
}

/// The cases of one side, latest first, `limit` of them at a place.
///
/// # Errors
/// The database's.
pub async fn cases(tx: &Tx, asked: &Asked<'_>, limit: i64, place: &Place<Spot>) -> Result<Vec<Case>, StoreError> {
    let wanted = limit.clamp(1, CASES_MAX) + place.offset();
    let (mut from, mut to, by_days) = whole_span(asked.indicator, asked.filter);
    let mut width = if by_days { FIRST_WINDOW_DAYS } else { i32::MAX };
    match place {
        // Where a case has one day, nothing of the other days is looked at.
        Place::After(spot) if by_days => to = to.min(spot.day),
        Place::Before(spot) if by_days => {
            from = from.max(spot.day);
            width = i32::MAX;
        }
        // Backwards is not read in slices: it would be from the wrong end.
        _ => {}
    }
    let mut found = Vec::new();
    loop {
        let start = to.checked_sub(width.saturating_sub(1).min(100_000).days()).map_or(from, |start| start.max(from));
        let mut query = statement(asked, start, to);
        query.page(place, wanted - found.len() as i64);
        for row in tx.query(Sql::from(query.sql), &query.params).await? {
            found.push(Case {
                subject: row.get("subject_id")?,
                day: row.get("day")?,
                agency: row.get("agency_id")?,
                amount: row.get("amount")?,
            });
        }
        if found.len() as i64 >= wanted || start <= from {
            break;
        }
        match start.yesterday() {
            Ok(day) => to = day,
            Err(_) => break,
        }
        width = width.saturating_mul(4);
    }
    if place.is_backwards() {
        found.reverse();
    }
    Ok(found.into_iter().skip(place.offset() as usize).collect())
}

/// How many cases one side has.
///
/// # Errors
/// The database's.
pub async fn count_cases(tx: &Tx, asked: &Asked<'_>) -> Result<i64, StoreError> {
    let (from, to, _) = whole_span(asked.indicator, asked.filter);
    let query = statement(asked, from, to);
    let sql = format!("SELECT COUNT(*) AS n FROM ({}) c", query.sql);
    tx.query_one(Sql::from(sql), &query.params).await?.get("n")
}
