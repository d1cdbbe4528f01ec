//! Reading figures: roll-up rows plus the facts not yet rolled up, in one snapshot.
//!
//! Both parts can also be read by themselves. Sums are linear, so a figure of the rolled-up part that was remembered,
//! plus a figure of the tail, is the figure; [`generation`] tells whether what was remembered still holds.

use crate::figure::{Cell, Cube, Figure, Filter};
use crate::indicator::Indicator;
use base::{Date, Id};
use jiff::ToSpan;
use jiff::civil::date;
use std::collections::{BTreeMap, BTreeSet};
use store::{Row, Sql, StoreError, Tx, Value, params};

/// Before this day there are no facts: where the counting of a stock begins.
pub(crate) const STOCK_BEGINS: Date = date(2000, 1, 1);
/// Longest month series in one reading.
const MONTHS_MAX: usize = 120;

store::statements! {
    /// Whether a node is the top of its tree, where days are rolled up too.
    pub IS_TOPMOST = "SELECT 1 AS yes FROM fact_scope WHERE agency_id = $1 AND node_id = $1 AND topmost";
    /// What is rolled up in this snapshot, by a number.
    pub SELECT_GENERATION = "SELECT n FROM fact_generation WHERE id = 1";
    /// What a node's facts not yet rolled up sum up to, day by day.
    pub SELECT_TAIL =
        sqlite "SELECT f.day, f.measure, f.level, f.field, f.channel, f.flags, SUM(f.qty) AS n FROM fact f INDEXED BY fact_tail CROSS JOIN fact_scope s ON s.agency_id = f.agency_id AND s.node_id = $1 WHERE NOT f.rolled GROUP BY f.day, f.measure, f.level, f.field, f.channel, f.flags",
        postgres "SELECT f.day, f.measure, f.level, f.field, f.channel, f.flags, CAST(SUM(f.qty) AS BIGINT) AS n FROM fact f JOIN fact_scope s ON s.agency_id = f.agency_id AND s.node_id = $1 WHERE NOT f.rolled GROUP BY f.day, f.measure, f.level, f.field, f.channel, f.flags";
}

/// A span of days as whole years, whole months and the days left over at both ends.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) periods: Vec<String>,
    pub(crate) days: Vec<(Date, Date)>,
}

impl Span {
    pub(crate) fn of(from: Date, to: Date) -> Self {
        let mut span = Self::default();
        let mut day = from;
        while day <= to {
            let (end, period) = if day.month() == 1 && day.day() == 1 && day.last_of_year() <= to {
                (day.last_of_year(), Some(format!("{:04}", day.year())))
            } else if day.day() == 1 && day.last_of_month() <= to {
                (day.last_of_month(), Some(format!("{:04}-{:02}", day.year(), day.month())))
            } else {
                (day.last_of_month().min(to), None)
            };
            match period {
                Some(period) => span.periods.push(period),
                None => span.days.push((day, end)),
            }
            match end.tomorrow() {
                Ok(next) => day = next,
                Err(_) => break,
            }
        }
        span
    }

    fn each_day(&self) -> Vec<String> {
        let mut days = Vec::new();
        for (from, to) in &self.days {
            days.extend(from.series(1.day()).take_while(|day| day <= to).map(|day| day.to_string()));
        }
        days
    }
}

/// A statement being written, with its parameters numbered as they come.
struct Query {
    sql: String,
    params: Vec<Value>,
}

impl Query {
    fn bind(&mut self, value: impl Into<Value>) -> String {
        self.params.push(value.into());
        format!("${}", self.params.len())
    }

    fn list<T: Into<Value> + Clone>(&mut self, values: &[T]) -> String {
        let marks: Vec<String> = values.iter().map(|value| self.bind(value.clone())).collect();
        if marks.is_empty() { "NULL".to_owned() } else { marks.join(", ") }
    }

    async fn run(self, tx: &Tx) -> Result<Vec<Row>, StoreError> {
        tx.query(Sql::from(self.sql), &self.params).await
    }
}

const DIMENSIONS: &str = "level, field, channel, flags";

/// Which rows a reading groups together.
#[derive(Clone, Copy)]
enum Grain {
    /// One node as a whole.
    Node(Id),
    /// Each agency below a node, with everything below it.
    Agencies(Id),
}

/// Which facts a reading takes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Parts {
    All,
    Rolled,
    Tail,
}

/// Sums between two days. The extra columns are the month (`by_month`) and the agency (the grain).
async fn read(
    tx: &Tx,
    grain: Grain,
    parts: Parts,
    measures: &[&str],
    (from, to): (Date, Date),
    by_month: bool,
) -> Result<Vec<(String, i64, Cell)>, StoreError> {
    let span = if by_month { months(from, to) } else { Span::of(from, to) };
    let (Grain::Node(node) | Grain::Agencies(node)) = grain;
    // Where only the tail is wanted, the days at the ends do not matter.
    let topmost = parts == Parts::Tail
        || matches!(grain, Grain::Node(_)) && tx.query_opt(IS_TOPMOST, params![node]).await?.is_some();
    let mut query = Query { sql: String::new(), params: Vec::new() };
    let mut periods = span.periods.clone();
    if topmost {
        periods.extend(span.each_day());
    }
    let month = |column: &str| if by_month { format!("substr({column}, 1, 7)") } else { "''".to_owned() };
    // PostgreSQL refuses a constant in GROUP BY.
    let group = |column: &str| if by_month { format!("substr({column}, 1, 7), ") } else { String::new() };
    let measures_list = query.list(measures);
    let node_mark = query.bind(node);
    let (unit, place) = match grain {
        Grain::Node(_) => ("r.node_id", format!("r.node_id = {node_mark}")),
        Grain::Agencies(_) => (
            "r.node_id",
            format!(
                "r.node_id IN (SELECT agency_id FROM fact_scope WHERE node_id = {node_mark} AND agency_id <> {node_mark})"
            ),
        ),
    };
    let mut selects = Vec::new();
    if parts != Parts::Tail {
        let period_list = query.list(&periods);
        selects.push(format!(
            "SELECT {period} AS part, {unit} AS unit, measure, {DIMENSIONS}, CAST(SUM(n) AS BIGINT) AS n FROM fact_rollup r \
             WHERE {place} AND measure IN ({measures_list}) AND period IN ({period_list}) \
             GROUP BY {group}{unit}, measure, {DIMENSIONS}",
            period = month("r.period"),
            group = group("r.period"),
        ));
    }
    // Not yet rolled up, and, below the top, the days at the ends. Like the roll-up, an agency counts for every node above it.
    let scope = match grain {
        Grain::Node(_) => format!("s.node_id = {node_mark}"),
        Grain::Agencies(_) => format!(
            "s.node_id IN (SELECT agency_id FROM fact_scope WHERE node_id = {node_mark} AND agency_id <> {node_mark})"
        ),
    };
    let unit = "s.node_id";
    // The tail is short and has an index of its own; SQLite, which cannot know that, would rather look through all facts of
    // the period.
    let tail = match tx.engine() {
        store::Engine::Sqlite => "fact f INDEXED BY fact_tail CROSS JOIN fact_scope s",
        store::Engine::Postgres => "fact f JOIN fact_scope s",
    };
    let mut conditions = Vec::new();
    if parts != Parts::Rolled {
        let (from, to) = (query.bind(from), query.bind(to));
        conditions.push((tail, format!("NOT f.rolled AND f.day >= {from} AND f.day <= {to}")));
    }
    if !topmost {
        for (from, to) in &span.days {
            let (from, to) = (query.bind(*from), query.bind(*to));
            conditions.push(("fact f JOIN fact_scope s", format!("f.rolled AND f.day >= {from} AND f.day <= {to}")));
        }
    }
    for (facts, condition) in conditions {
        selects.push(format!(
            "SELECT {period} AS part, {unit} AS unit, f.measure, f.level, f.field, f.channel, f.flags, \
             CAST(SUM(f.qty) AS BIGINT) AS n FROM {facts} ON s.agency_id = f.agency_id AND {scope} \
             WHERE {condition} AND f.measure IN ({measures_list}) \
             GROUP BY {group}{unit}, f.measure, f.level, f.field, f.channel, f.flags",
            period = month("f.day"),
            group = group("f.day"),
        ));
    }
    query.sql = selects.join(" UNION ALL ");
    query.run(tx).await?.iter().map(read_cell).collect()
}

fn read_cell(row: &Row) -> Result<(String, i64, Cell), StoreError> {
    Ok((row.get("part")?, row.get("unit")?, cell(row)?))
}

pub(crate) fn cell(row: &Row) -> Result<Cell, StoreError> {
    Ok(Cell {
        measure: row.get("measure")?,
        level: row.get("level")?,
        field: row.get("field")?,
        channel: row.get("channel")?,
        flags: row.get("flags")?,
        n: row.get("n")?,
    })
}

/// Every month touched, whole: a series never cuts a month.
fn months(from: Date, to: Date) -> Span {
    let mut span = Span::default();
    let mut month = from.first_of_month();
    while month <= to && span.periods.len() < MONTHS_MAX {
        span.periods.push(format!("{:04}-{:02}", month.year(), month.month()));
        match month.checked_add(1.month()) {
            Ok(next) => month = next,
            Err(_) => break,
        }
    }
    span
}

/// All sums of `measures` at a node, within the filter's days.
pub async fn cube(tx: &Tx, node: Id, measures: &[&str], filter: &Filter) -> Result<Cube, StoreError> {
    node_cube(tx, node, Parts::All, measures, filter).await
}

/// What [`cube`] finds in the roll-up alone: the same in every snapshot of one [`generation`].
pub async fn rolled_cube(tx: &Tx, node: Id, measures: &[&str], filter: &Filter) -> Result<Cube, StoreError> {
    node_cube(tx, node, Parts::Rolled, measures, filter).await
}

async fn node_cube(tx: &Tx, node: Id, parts: Parts, measures: &[&str], filter: &Filter) -> Result<Cube, StoreError> {
    let cells = read(tx, Grain::Node(node), parts, measures, (filter.from, filter.to), false).await?;
    Ok(Cube { cells: cells.into_iter().map(|(_, _, cell)| cell).collect() })
}

/// All sums of `measures` within the filter's days for each agency below a node, each with everything below it; agencies without any
/// fact are left out.
///
/// # Errors
/// The database's.
pub async fn cubes_by_unit(
    tx: &Tx,
    parent: Id,
    measures: &[&str],
    filter: &Filter,
) -> Result<BTreeMap<Id, Cube>, StoreError> {
    let mut cubes: BTreeMap<Id, Cube> = BTreeMap::new();
    let days = (filter.from, filter.to);
    for (_, unit, cell) in read(tx, Grain::Agencies(parent), Parts::All, measures, days, false).await? {
        cubes.entry(Id(unit)).or_default().cells.push(cell);
    }
    Ok(cubes)
}

/// Changes whenever what is rolled up changes.
pub async fn generation(tx: &Tx) -> Result<i64, StoreError> {
    tx.query_one(SELECT_GENERATION, params![]).await?.get("n")
}

/// All sums of the facts at a node that are not yet rolled up, with their day. Usually those of the last minute.
pub async fn tail(tx: &Tx, node: Id) -> Result<Vec<(Date, Cell)>, StoreError> {
    tx.query(SELECT_TAIL, params![node]).await?.iter().map(|row| Ok((row.get("day")?, cell(row)?))).collect()
}

/// The measures of some indicators: those that flow, and those that are stocks.
fn measures<'a>(indicators: &[&'a Indicator]) -> (Vec<&'a str>, Vec<&'a str>) {
    let (mut flows, mut stocks) = (BTreeSet::new(), BTreeSet::new());
    for count in indicators.iter().flat_map(|indicator| [&indicator.numerator, &indicator.denominator]) {
        if count.stock {
            stocks.insert(&*count.measure)
        } else {
            flows.insert(&*count.measure)
        };
    }
    (flows.into_iter().collect(), stocks.into_iter().collect())
}

/// Figures of several indicators of one place and period, in their order, with two statements in all.
pub async fn figures_by_measure(
    tx: &Tx,
    indicators: &[&Indicator],
    node: Id,
    filter: &Filter,
) -> Result<Vec<Figure>, StoreError> {
    let (flows, stocks) = measures(indicators);
    let flow = if flows.is_empty() { Cube::default() } else { cube(tx, node, &flows, filter).await? };
    let stock = if stocks.is_empty() {
        Cube::default()
    } else {
        cube(tx, node, &stocks, &Filter { from: STOCK_BEGINS, ..filter.clone() }).await?
    };
    Ok(indicators.iter().map(|indicator| figure_of(indicator, &flow, &stock, filter)).collect())
}

fn figure_of(indicator: &Indicator, flow: &Cube, stock: &Cube, filter: &Filter) -> Figure {
    let side = |count: &crate::Count| if count.stock { stock.sum(count, filter) } else { flow.sum(count, filter) };
    Figure { numerator: side(&indicator.numerator), denominator: side(&indicator.denominator) }
}

/// One indicator's figure.
pub async fn value(tx: &Tx, indicator: &Indicator, node: Id, filter: &Filter) -> Result<Figure, StoreError> {
    Ok(figures_by_measure(tx, &[indicator], node, filter).await?.pop().unwrap_or_default())
}

/// The cubes of each month from the filter's first to its last, and the stock before the first.
pub async fn cube_by_month(
    tx: &Tx,
    node: Id,
    measures: &[&str],
    filter: &Filter,
) -> Result<BTreeMap<String, Cube>, StoreError> {
    let (from, to) = (filter.from.first_of_month(), filter.to.last_of_month());
    let mut cubes: BTreeMap<String, Cube> =
        months(from, to).periods.into_iter().map(|month| (month, Cube::default())).collect();
    for (month, _, cell) in read(tx, Grain::Node(node), Parts::All, measures, (from, to), true).await? {
        cubes.entry(month).or_default().cells.push(cell);
    }
    Ok(cubes)
}

/// An indicator month by month, oldest first: (`2026-11`, figure). Stocks stand as at the month's end.
pub async fn series_by_month(
    tx: &Tx,
    indicator: &Indicator,
    node: Id,
    filter: &Filter,
) -> Result<Vec<(String, Figure)>, StoreError> {
    let (flows, stocks) = measures(&[indicator]);
    let both: Vec<&str> = flows.iter().chain(&stocks).copied().collect();
    let before = match filter.from.first_of_month().yesterday() {
        Ok(last) if !stocks.is_empty() => {
            cube(tx, node, &stocks, &Filter { from: STOCK_BEGINS, to: last, ..filter.clone() }).await?
        }
        _ => Cube::default(),
    };
    let mut stock = before;
    let mut series = Vec::new();
    for (month, cube) in cube_by_month(tx, node, &both, filter).await? {
        stock.cells.extend(cube.cells.iter().filter(|cell| stocks.contains(&&*cell.measure)).cloned());
        series.push((month, figure_of(indicator, &cube, &stock, filter)));
    }
    Ok(series)
}

/// An indicator for each agency below a node, each with everything below it; the node itself and agencies without any
/// fact are left out.
pub async fn by_unit(
    tx: &Tx,
    indicator: &Indicator,
    parent: Id,
    filter: &Filter,
) -> Result<Vec<(Id, Figure)>, StoreError> {
    by_unit_of(tx, Parts::All, indicator, parent, filter).await
}

/// What [`by_unit`] finds in the roll-up alone: the same in every snapshot of one [`generation`].
pub async fn rolled_by_unit(
    tx: &Tx,
    indicator: &Indicator,
    parent: Id,
    filter: &Filter,
) -> Result<Vec<(Id, Figure)>, StoreError> {
    by_unit_of(tx, Parts::Rolled, indicator, parent, filter).await
}

/// What [`by_unit`] finds among the facts not yet rolled up.
pub async fn tail_by_unit(
    tx: &Tx,
    indicator: &Indicator,
    parent: Id,
    filter: &Filter,
) -> Result<Vec<(Id, Figure)>, StoreError> {
    by_unit_of(tx, Parts::Tail, indicator, parent, filter).await
}

async fn by_unit_of(
    tx: &Tx,
    parts: Parts,
    indicator: &Indicator,
    parent: Id,
    filter: &Filter,
) -> Result<Vec<(Id, Figure)>, StoreError> {
    let (flows, stocks) = measures(&[indicator]);
    let mut cubes: BTreeMap<i64, (Cube, Cube)> = BTreeMap::new();
    if !flows.is_empty() {
        for (_, unit, cell) in read(tx, Grain::Agencies(parent), parts, &flows, (filter.from, filter.to), false).await?
        {
            cubes.entry(unit).or_default().0.cells.push(cell);
        }
    }
    if !stocks.is_empty() {
        for (_, unit, cell) in
            read(tx, Grain::Agencies(parent), parts, &stocks, (STOCK_BEGINS, filter.to), false).await?
        {
            cubes.entry(unit).or_default().1.cells.push(cell);
        }
    }
    Ok(cubes
        .into_iter()
        .map(|(unit, (flow, stock))| (Id(unit), figure_of(indicator, &flow, &stock, filter)))
        .filter(|(_, figure)| *figure != Figure::default())
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_cut_into_years_months_and_days() {
        let span = Span::of(date(2024, 12, 30), date(2026, 2, 3));
        assert_eq!(span.periods, ["2025", "2026-01"]);
        assert_eq!(span.days, [(date(2024, 12, 30), date(2024, 12, 31)), (date(2026, 2, 1), date(2026, 2, 3))]);
        assert_eq!(Span::of(date(2026, 11, 22), date(2026, 11, 22)).days, [(date(2026, 11, 22), date(2026, 11, 22))]);
        assert_eq!(Span::of(date(2026, 1, 2), date(2026, 1, 1)), Span::default());
        assert_eq!(Span::of(date(2026, 1, 30), date(2026, 3, 2)).each_day().len(), 4);
    }

    #[test]
    fn the_pieces_of_a_span_cover_each_day_once() {
        let (from, to) = (date(2023, 5, 17), date(2026, 11, 22));
        let span = Span::of(from, to);
        let mut days = span.each_day().len();
        for period in &span.periods {
            days += match period.split_once('-') {
                None => date(period.parse().unwrap(), 1, 1).days_in_year() as usize,
                Some((year, month)) => date(year.parse().unwrap(), month.parse().unwrap(), 1).days_in_month() as usize,
            };
        }
        assert_eq!(days as i32, from.until(to).unwrap().get_days() + 1);
    }
}
