//! Figures read from the one-stop's records: exact sums of a period for all indicators at once, and the closed months behind them.

use crate::declared::{Declared, figures_of};
use crate::definitions::indicators;
use crate::kept::Kept;
use base::{Date, Fault, Id, Instant, Level};
use facts::{Cell, Count, Cube, Figure, Filter, Indicator, Indicators};
use jiff::civil::date;
use records::Held;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use store::{StoreError, Tx};
use web::App;

/// Facts begin after this day; a stock is counted from here.
const BEGINNING: Date = date(2000, 1, 1);
/// The first month of the history: no programme measures earlier.
const HISTORY_FROM: Date = date(2021, 1, 1);
/// Closed months change only by corrections, so their history is read anew this seldom. Figures of a period are never cached.
const HISTORY_MS: i64 = 5 * 60_000;
/// Nodes whose history is kept: every commune and department of a province.
const NODES_MAX: usize = 256;
/// Sums remembered: those nodes, each with a few periods.
const SUMS_MAX: usize = 1_024;

/// At which level a figure is counted; `None` for all.
pub type At = Option<Level>;

/// Figures by indicator and level.
pub type Figures = HashMap<(String, At), Figure>;

/// The levels a figure may be asked at.
const LEVELS: [At; 4] = [None, Some(Level::Province), Some(Level::District), Some(Level::Commune)];

/// The indicators as defined on a day, prepared to be evaluated together.
pub struct Set<'a> {
    indicators: Vec<&'a Indicator>,
    flows: Vec<&'a str>,
    stocks: Vec<&'a str>,
    fields: BTreeSet<&'a str>,
}

impl<'a> Set<'a> {
    /// All indicators as defined on a day.
    pub fn on(all: &'a Indicators, day: Date) -> Set<'a> {
        let indicators: Vec<&Indicator> = all.all(day).collect();
        let (mut flows, mut stocks, mut fields) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for count in indicators.iter().flat_map(|indicator| [&indicator.numerator, &indicator.denominator]) {
            if count.stock {
                stocks.insert(count.measure.as_str())
            } else {
                flows.insert(count.measure.as_str())
            };
            fields.extend(count.fields.iter().flatten().map(String::as_str));
        }
        Set { indicators, flows: flows.into_iter().collect(), stocks: stocks.into_iter().collect(), fields }
    }

    /// Cells alike in all that the indicators ask about put together: fields no indicator names become one.
    fn compact(&self, cube: Cube) -> Cube {
        let mut sums: HashMap<(String, String, String, i64, i64), i64> = HashMap::new();
        for cell in cube.cells {
            let field = if self.fields.contains(cell.field.as_str()) { cell.field } else { String::new() };
            *sums.entry((cell.measure, cell.level, field, cell.channel, cell.flags)).or_default() += cell.n;
        }
        let cell = |((measure, level, field, channel, flags), n)| Cell { measure, level, field, channel, flags, n };
        Cube { cells: sums.into_iter().map(cell).collect() }
    }

    /// Every indicator at every level, from the sums of a period and the stock at its end.
    fn figures(&self, flow: &Cube, stock: &Cube) -> Figures {
        let mut figures = Figures::new();
        for level in LEVELS {
            let filter = Filter { level, ..Filter::year(2000) };
            let side = |count: &Count| if count.stock { stock.sum(count, &filter) } else { flow.sum(count, &filter) };
            for indicator in &self.indicators {
                let figure =
                    Figure { numerator: side(&indicator.numerator), denominator: side(&indicator.denominator) };
                if figure != Figure::default() {
                    figures.insert((indicator.id.clone(), level), figure);
                }
            }
        }
        figures
    }

    /// What the roll-up holds of a period, the stock at its end, and what some days added.
    async fn rolled(&self, tx: &Tx, asked: &Asked) -> Result<Sums, StoreError> {
        let flow = facts::rolled_cube(tx, asked.node, &self.flows, &days(asked.from, asked.to)).await?;
        let stock = facts::rolled_cube(tx, asked.node, &self.stocks, &days(BEGINNING, asked.as_of)).await?;
        let all: Vec<&str> = self.flows.iter().chain(&self.stocks).copied().collect();
        let (from, to) = asked.added;
        let added = self.compact(facts::rolled_cube(tx, asked.node, &all, &days(from, to)).await?);
        Ok(Sums {
            figures: self.figures(&self.compact(flow), &self.compact(stock)),
            added: self.figures(&added, &added),
        })
    }

    /// The same of the facts not yet rolled up.
    async fn tail(&self, tx: &Tx, asked: &Asked) -> Result<Sums, StoreError> {
        let tail = facts::tail(tx, asked.node).await?;
        let part = |measures: &[&str], from: Date, to: Date| {
            let within =
                |(day, cell): &&(Date, Cell)| from <= *day && *day <= to && measures.contains(&cell.measure.as_str());
            self.compact(Cube { cells: tail.iter().filter(within).map(|(_, cell)| cell.clone()).collect() })
        };
        let flow = part(&self.flows, asked.from, asked.to);
        let stock = part(&self.stocks, BEGINNING, asked.as_of);
        let (from, to) = asked.added;
        let (flow_added, stock_added) = (part(&self.flows, from, to), part(&self.stocks, from, to));
        Ok(Sums { figures: self.figures(&flow, &stock), added: self.figures(&flow_added, &stock_added) })
    }

    /// All that any of these sets asks about, without their indicators.
    fn union<'b>(sets: impl Iterator<Item = &'b Set<'a>>) -> Set<'a>
    where
        'a: 'b,
    {
        let (mut flows, mut stocks, mut fields) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for set in sets {
            flows.extend(set.flows.iter().copied());
            stocks.extend(set.stocks.iter().copied());
            fields.extend(set.fields.iter().copied());
        }
        Set { indicators: vec![], flows: flows.into_iter().collect(), stocks: stocks.into_iter().collect(), fields }
    }

    /// Month by month, each by the definitions of its last day.
    async fn months(
        all: &'a Indicators,
        tx: &Tx,
        node: Id,
        today: Date,
    ) -> Result<BTreeMap<String, Figures>, StoreError> {
        let mut sets: BTreeMap<String, Set<'a>> = BTreeMap::new();
        let mut month = HISTORY_FROM;
        while month <= today {
            let name = format!("{:04}-{:02}", month.year(), month.month());
            sets.insert(name, Set::on(all, month.last_of_month().min(today)));
            month = month.last_of_month().tomorrow().unwrap_or(Date::MAX);
        }
        let whole = Set::union(sets.values());
        let mut measures: BTreeSet<&str> = whole.flows.iter().copied().collect();
        measures.extend(whole.stocks.iter().copied());
        let measures: Vec<&str> = measures.into_iter().collect();
        let filter = Filter { from: HISTORY_FROM, to: today, level: None, fields: None };
        let before =
            Filter { from: BEGINNING, to: HISTORY_FROM.yesterday().unwrap_or(HISTORY_FROM), level: None, fields: None };
        let mut stock = whole.compact(facts::cube(tx, node, &whole.stocks, &before).await?);
        let mut months = BTreeMap::new();
        for (month, cube) in facts::cube_by_month(tx, node, &measures, &filter).await? {
            let flow = whole.compact(cube);
            stock.cells.extend(flow.cells.iter().filter(|cell| whole.stocks.contains(&cell.measure.as_str())).cloned());
            stock = whole.compact(stock);
            if let Some(set) = sets.get(&month) {
                months.insert(month, set.figures(&flow, &stock));
            }
        }
        Ok(months)
    }
}

fn days(from: Date, to: Date) -> Filter {
    Filter { from, to, level: None, fields: None }
}

/// What is asked of a node: flows between two days, stocks as on `as_of`, and what came between the two days of `added`
/// (since yesterday, in a week), there without the stocks' past.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Asked {
    pub node: Id,
    pub from: Date,
    pub to: Date,
    pub as_of: Date,
    pub added: (Date, Date),
}

/// The figures of a node: of the period, and of what some days added to it.
#[derive(Clone, Debug, Default)]
pub struct Sums {
    pub figures: Figures,
    pub added: Figures,
}

fn plus(mut figures: Figures, more: &Figures) -> Figures {
    for (key, figure) in more {
        *figures.entry(key.clone()).or_default() += *figure;
    }
    figures.retain(|_, figure| *figure != Figure::default());
    figures
}

/// Rolled-up sums by the generation of the roll-up they were read from. They are exact for every snapshot of that generation.
struct Remembered(Kept<Asked, i64, Sums>);

impl Default for Remembered {
    fn default() -> Self {
        Self(Kept::new(SUMS_MAX))
    }
}

/// The exact figures of this moment and, from the same snapshot, the figures declared.
pub async fn read(app: &App, asked: &Asked) -> Result<(Sums, Vec<Held<Declared>>), Fault> {
    let remembered = app.own::<Remembered>();
    let read = remembered.0.in_turn(asked.clone(), |sum| read_once(app, &remembered, asked, sum)).await?;
    read.ok_or_else(|| Fault::internal("sums that were asked for are missing"))
}

/// One snapshot. `None` when the sums of its generation are not remembered and shall not be read here.
async fn read_once(
    app: &App,
    remembered: &Arc<Remembered>,
    asked: &Asked,
    sum: bool,
) -> Result<Option<(Sums, Vec<Held<Declared>>)>, Fault> {
    let (remembered, asked, all) = (remembered.clone(), asked.clone(), indicators(app));
    app.db
        .read(move |tx| {
            Box::pin(async move {
                let set = Set::on(&all, asked.as_of);
                let generation = facts::generation(tx).await?;
                let rolled = match remembered.0.get(&asked).filter(|(known, _)| *known == generation) {
                    Some((_, rolled)) => rolled,
                    None if sum => {
                        let rolled = set.rolled(tx, &asked).await?;
                        remembered.0.put(asked.clone(), generation, rolled)
                    }
                    None => return Ok(None),
                };
                let tail = set.tail(tx, &asked).await?;
                let sums =
                    Sums { figures: plus(tail.figures, &rolled.figures), added: plus(tail.added, &rolled.added) };
                Ok::<_, Fault>(Some((sums, figures_of(tx, asked.node).await?)))
            })
        })
        .await
}

/// Forgets what was summed under definitions of before.
pub(crate) fn forget(app: &App) {
    app.put(Remembered::default());
    app.put(Histories::default());
}

/// A node's months, as read at an instant.
#[derive(Clone, Debug)]
pub struct History {
    indicators: Arc<Indicators>,
    months: BTreeMap<String, Figures>,
}

impl History {
    /// An indicator month by month, oldest first, from `from` (`2026-01`) on; `None` where nothing was measured.
    pub fn series(&self, indicator: &str, level: At, from: &str) -> Vec<(String, Option<f64>)> {
        let key = (indicator.to_owned(), level);
        self.months
            .range(from.to_owned()..)
            .map(|(month, figures)| (month.clone(), figures.get(&key).and_then(|figure| figure.percent())))
            .collect()
    }

    /// The first month with a value.
    pub fn first(&self, indicator: &str, level: At) -> Option<(Date, f64)> {
        let key = (indicator.to_owned(), level);
        self.months.iter().find_map(|(month, figures)| {
            let value = figures.get(&key)?.percent()?;
            Some((format!("{month}-01").parse().ok()?, value))
        })
    }

    /// The figure of a whole year by the definition of its end: a flow summed, a stock as at its last month.
    pub fn year(&self, indicator: &str, level: At, year: i16) -> Option<Figure> {
        let key = (indicator.to_owned(), level);
        let defined = self.indicators.get(indicator, date(year, 12, 31));
        if defined.is_some_and(|indicator| indicator.denominator.stock) {
            let until = self.months.range(..=format!("{year:04}-12"));
            return until.rev().find_map(|(_, figures)| figures.get(&key)).copied();
        }
        let mut sum = Figure::default();
        for figures in self.months.range(format!("{year:04}-01")..=format!("{year:04}-12")).map(|(_, figures)| figures)
        {
            sum += figures.get(&key).copied().unwrap_or_default();
        }
        (sum.denominator != 0).then_some(sum)
    }
}

/// The histories of the nodes asked for lately, by when they were read.
struct Histories(Kept<Id, Instant, History>);

impl Default for Histories {
    fn default() -> Self {
        Self(Kept::new(NODES_MAX))
    }
}

/// The months of a node. An old reading is shown once more while one request's task makes a new one; only the very first
/// requests wait, all of them for one reading.
pub async fn history(app: &App, node: Id, now: Instant) -> Result<Arc<History>, Fault> {
    let histories = app.own::<Histories>();
    // A clock set back (rehearsals) reads anew as well.
    let fresh = |read_at: Instant| (0..HISTORY_MS).contains(&now.ms_since(read_at));
    let turn = histories.0.turn(node);
    match histories.0.get(&node) {
        Some((read_at, known)) if fresh(read_at) => Ok(known),
        Some((_, known)) => {
            if let Ok(turn) = turn.try_lock_owned() {
                let app = app.clone();
                tokio::spawn(async move {
                    let _turn = turn;
                    match read_history(&app, node, now).await {
                        Ok(history) => drop(histories.0.put(node, now, history)),
                        Err(error) => tracing::warn!(?error, "the history of a node could not be read"),
                    }
                });
            }
            Ok(known)
        }
        None => {
            let _turn = turn.lock().await;
            match histories.0.get(&node) {
                Some((_, known)) => Ok(known),
                None => Ok(histories.0.put(node, now, read_history(app, node, now).await?)),
            }
        }
    }
}

async fn read_history(app: &App, node: Id, now: Instant) -> Result<History, Fault> {
    let today = now.date();
    let indicators = indicators(app);
    let all = indicators.clone();
    let months = app
        .db
        .read(move |tx| Box::pin(async move { Ok::<_, Fault>(Set::months(&all, tx, node, today).await?) }))
        .await?;
    Ok(History { indicators, months })
}
