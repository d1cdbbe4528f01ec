//! Figures read from the one-stop's records: exact sums of a period for all indicators at once, and the closed months behind them.

use base::{Date, Fault, Id, Instant, Level};
use facts::{Cell, Count, Cube, Figure, Filter, Indicator, Indicators};
use jiff::civil::date;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, LazyLock, Mutex};
use store::{StoreError, Tx};
use web::App;

const SHIPPED: [&str; 1] = [include_str!("../../../data/indicators/one-stop.toml")];
/// Facts begin after this day; a stock is counted from here.
const BEGINNING: Date = date(2000, 1, 1);
/// The first month of the history: no programme measures earlier.
const HISTORY_FROM: Date = date(2021, 1, 1);
/// Closed months change only by corrections, so their history is read anew this seldom. Figures of a period are never cached.
const HISTORY_MS: i64 = 5 * 60_000;
/// Nodes whose history is kept: every commune and department of a province.
const NODES_MAX: usize = 256;

/// The definitions shipped with the program.
pub fn indicators() -> &'static Indicators {
    static ALL: LazyLock<Indicators> = LazyLock::new(|| {
        // A test reads the files; an empty list stands in so that nothing here can panic.
        Indicators::from_toml(&SHIPPED).unwrap_or_default()
    });
    &ALL
}

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

    /// The exact figures of a node over a period, stocks as on `as_of`. Two readings in one snapshot, whatever the number of indicators.
    pub async fn read(&self, tx: &Tx, node: Id, filter: &Filter, as_of: Date) -> Result<Figures, StoreError> {
        let flow = facts::cube(tx, node, &self.flows, filter).await?;
        let standing = Filter { from: BEGINNING, to: as_of, level: None, fields: None };
        let stock = facts::cube(tx, node, &self.stocks, &standing).await?;
        Ok(self.figures(&self.compact(flow), &self.compact(stock)))
    }

    /// What a few days added, without the stocks' past: for what changed since yesterday or in a week.
    pub async fn added(&self, tx: &Tx, node: Id, from: Date, to: Date) -> Result<Figures, StoreError> {
        let all: Vec<&str> = self.flows.iter().chain(&self.stocks).copied().collect();
        let cube = facts::cube(tx, node, &all, &Filter { from, to, level: None, fields: None }).await?;
        let cube = self.compact(cube);
        Ok(self.figures(&cube, &cube))
    }

    async fn months(&self, tx: &Tx, node: Id, today: Date) -> Result<BTreeMap<String, Figures>, StoreError> {
        let all: Vec<&str> = self.flows.iter().chain(&self.stocks).copied().collect();
        let filter = Filter { from: HISTORY_FROM, to: today, level: None, fields: None };
        let before =
            Filter { from: BEGINNING, to: HISTORY_FROM.yesterday().unwrap_or(HISTORY_FROM), level: None, fields: None };
        let mut stock = self.compact(facts::cube(tx, node, &self.stocks, &before).await?);
        let mut months = BTreeMap::new();
        for (month, cube) in facts::cube_by_month(tx, node, &all, &filter).await? {
            let flow = self.compact(cube);
            stock.cells.extend(flow.cells.iter().filter(|cell| self.stocks.contains(&cell.measure.as_str())).cloned());
            stock = self.compact(stock);
            months.insert(month, self.figures(&flow, &stock));
        }
        Ok(months)
    }
}

/// A node's months, as read at an instant.
#[derive(Clone, Debug)]
pub struct History {
    pub read_at: Instant,
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

    /// A flow's figure over a whole year; for a stock, take its last month.
    pub fn year(&self, indicator: &str, level: At, year: i16) -> Option<Figure> {
        let key = (indicator.to_owned(), level);
        let mut sum = Figure::default();
        for figures in self.months.range(format!("{year:04}-01")..=format!("{year:04}-12")).map(|(_, figures)| figures)
        {
            sum += figures.get(&key).copied().unwrap_or_default();
        }
        (sum.denominator != 0).then_some(sum)
    }
}

/// The histories of the nodes asked for lately.
#[derive(Default)]
struct Histories(Mutex<HashMap<Id, Arc<History>>>);

impl Histories {
    fn get(&self, node: Id) -> Option<Arc<History>> {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).get(&node).cloned()
    }

    fn put(&self, node: Id, history: Arc<History>) {
        let mut map = self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if map.len() >= NODES_MAX {
            map.clear();
        }
        map.insert(node, history);
    }
}

/// The months of a node. An old reading is shown once more while a new one is made; only the very first waits.
pub async fn history(app: &App, node: Id, now: Instant) -> Result<Arc<History>, Fault> {
    let histories = match app.get::<Histories>() {
        Some(histories) => histories,
        None => app.put(Histories::default()),
    };
    match histories.get(node) {
        // A clock set back (rehearsals) reads anew as well.
        Some(known) if (0..HISTORY_MS).contains(&now.ms_since(known.read_at)) => Ok(known),
        Some(known) => {
            // Stamped as fresh first, so that one request starts one reading.
            histories.put(node, Arc::new(History { read_at: now, months: known.months.clone() }));
            let app = app.clone();
            tokio::spawn(async move {
                match read_history(&app, node, now).await {
                    Ok(fresh) => histories.put(node, fresh),
                    Err(error) => tracing::warn!(?error, "the history of a node could not be read"),
                }
            });
            Ok(known)
        }
        None => {
            let fresh = read_history(app, node, now).await?;
            histories.put(node, fresh.clone());
            Ok(fresh)
        }
    }
}

async fn read_history(app: &App, node: Id, now: Instant) -> Result<Arc<History>, Fault> {
    let today = now.date();
    let months = app
        .db
        .read(move |tx| {
            Box::pin(async move { Ok::<_, Fault>(Set::on(indicators(), today).months(tx, node, today).await?) })
        })
        .await?;
    Ok(Arc::new(History { read_at: now, months }))
}
