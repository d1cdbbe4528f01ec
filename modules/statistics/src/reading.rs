//! The table read in one snapshot: flows are sums over facts, what is open now is counted among the dossiers, and what was open at the
//! end of a past day is what is open now with what moved since taken off again. So nothing is summed from the beginning of time, and a
//! number is exact on the day it is asked for and on any day after.

use crate::columns::{Column, Holds, MAY_COME_BEFORE, OPEN, Values, measures};
use base::{Date, Id, Instant};
use dossiers::report::{self, Placed, Standing, Stood};
use facts::{By, Cell, Cube, Filter, Single};
use organisation::Tree;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::{StoreError, Tx};

/// Open dossiers whose events are followed to tell how they stood at a past moment. Beyond it nobody is told: a unit below has fewer.
pub const FOLLOWED_MAX: i64 = 3_000;

/// Which table is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// The agency, with everything below it.
    pub node: Id,
    pub from: Date,
    /// The last day, also when it lies ahead.
    pub to: Date,
    pub now: Instant,
}

impl Asked {
    fn today(&self) -> Date {
        self.now.date()
    }

    /// The last day that has come.
    pub(crate) fn last(&self) -> Date {
        self.to.min(self.today())
    }

    /// What happened in the period.
    pub(crate) fn within(&self) -> (Date, Date) {
        (self.from, self.last())
    }

    /// What happened after it.
    fn since(&self) -> (Date, Date) {
        (next(self.last()), self.today())
    }

    /// The eve of the period; today where that lies ahead.
    pub(crate) fn eve(&self) -> Date {
        self.from.yesterday().unwrap_or(self.from).min(self.today())
    }
}

fn next(day: Date) -> Date {
    day.tomorrow().unwrap_or(day)
}

fn filter((from, to): (Date, Date)) -> Filter {
    Filter { from, to, level: None, fields: None }
}

/// By what the rows are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rows {
    Unit,
    Field,
    Procedure,
    Official,
}
base::closed_list!(Rows, {
    Unit => "unit",
    Field => "field",
    Procedure => "procedure",
    Official => "official",
});

/// What a row is of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// The agency itself, without those below it.
    Own(Id),
    /// An agency with everything below it.
    Unit(Id),
    Field(String),
    Procedure(Id),
    /// None: of facts that name nobody.
    Official(Option<Id>),
}

/// A row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub key: Key,
    pub values: Values,
    pub timely: Option<i64>,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    pub lines: Vec<Line>,
    pub whole: Values,
    /// How many of the open ones count as in time by QĐ 766/QĐ-TTg ([`Stood::timely`]); none where it isn't known.
    pub timely: Option<i64>,
}

/// What one row is summed from.
#[derive(Debug, Clone, Default)]
struct Part {
    within: Cube,
    since: Cube,
    /// Open now, as they stand.
    now: Open,
    /// Open at the end of a period that is over, as they stood then.
    then: Open,
}

/// Open dossiers by how they stand.
#[derive(Debug, Clone, Copy, Default)]
struct Open {
    stand: [i64; 3],
    timely: i64,
}

impl Open {
    fn add(&mut self, stood: Stood, n: i64) {
        self.stand[place(stood.standing)] += n;
        if stood.timely {
            self.timely += n;
        }
    }

    fn all(&self) -> i64 {
        self.stand.iter().sum()
    }
}

fn place(standing: Standing) -> usize {
    match standing {
        Standing::InTime => 0,
        Standing::Overdue => 1,
        Standing::Paused => 2,
    }
}

/// How many became open, less those that ended.
fn moved(cube: &Cube) -> i64 {
    let filter = filter((Date::MIN, Date::MAX));
    OPEN.iter().map(|term| term.sign * cube.sum(&term.count(), &filter)).sum()
}

impl Part {
    /// `known`: how those open at a past end stood could be looked at; none while the period runs.
    fn values(&self, known: Option<bool>) -> (Values, Option<i64>) {
        let after = self.now.all() - moved(&self.since);
        let open = match known {
            None => Some(self.now),
            // Never a split that isn't that of the very number beside it.
            Some(known) => Some(self.then).filter(|then| known && then.all() == after),
        };
        let (mut values, all) = (Values::default(), filter((Date::MIN, Date::MAX)));
        for column in Column::ALL {
            let value = match column.holds() {
                Holds::Flow(term) => Some(self.within.sum(&term.count(), &all)),
                Holds::Before => Some(after - moved(&self.within)),
                Holds::After(None) => Some(after),
                Holds::After(Some(standing)) => open.map(|open| open.stand[place(standing)]),
                Holds::Sum(_) => None,
            };
            values.set(column, value);
        }
        for column in Column::ALL {
            if let Holds::Sum(parts) = column.holds() {
                values.set(column, parts.iter().map(|part| values.get(*part)).sum());
            }
        }
        (values, open.map(|open| open.timely))
    }
}

/// Ends of dossiers that were never received, of the period and after it: taken off again where they were counted.
async fn never_received(tx: &Tx, asked: &Asked) -> Result<Vec<Single>, StoreError> {
    let ends: Vec<&str> = MAY_COME_BEFORE.iter().map(|measure| measure.name).collect();
    let mut singles = facts::singles(tx, asked.node, &ends, (asked.from, asked.today()), i64::MAX).await?;
    let ids: BTreeSet<Id> = singles.iter().map(|single| single.subject).collect();
    let placed = report::placed(tx, &ids.into_iter().collect::<Vec<_>>()).await?;
    singles.retain(|single| placed.get(&single.subject).is_some_and(|placed| placed.received_at.is_none()));
    Ok(singles)
}

fn taken_off(single: &Single) -> Cell {
    Cell {
        measure: single.measure.clone(),
        level: single.level.clone(),
        field: single.field.clone(),
        channel: single.channel,
        flags: single.flags,
        n: -single.qty,
    }
}

/// Dossiers open at the end of a day, of all agencies of a node; none where they are more than `limit`.
///
/// # Errors
/// The database's.
pub(crate) async fn open_at(tx: &Tx, asked: &Asked, day: Date, limit: i64) -> Result<Option<Vec<Placed>>, StoreError> {
    let agencies = facts::agencies_of(tx, asked.node).await?;
    let mut found = report::open_of(tx, &agencies, limit.saturating_add(1)).await?;
    let since = (next(day), asked.today());
    if since.0 <= since.1 {
        // What has ended since was open then.
        let ends: Vec<&str> = OPEN.iter().filter(|term| term.sign < 0).map(|term| term.measure.name).collect();
        let ended = facts::singles(tx, asked.node, &ends, since, limit.saturating_mul(3)).await?;
        if ended.len() as i64 >= limit.saturating_mul(3) {
            return Ok(None);
        }
        let known: BTreeSet<Id> = found.iter().map(|placed| placed.id).collect();
        let ids: BTreeSet<Id> = ended.iter().map(|single| single.subject).filter(|id| !known.contains(id)).collect();
        let ended = report::placed(tx, &ids.into_iter().collect::<Vec<_>>()).await?;
        found.extend(ended.into_values().filter(|placed| agencies.contains(&placed.agency)));
    }
    found.retain(|placed| placed.received_at.is_some_and(|received| received.date() <= day));
    found.sort_by_key(|placed| std::cmp::Reverse(placed.id));
    Ok((found.len() as i64 <= limit).then_some(found))
}

/// How they stood at the end of a day.
pub(crate) async fn standing(
    tx: &Tx,
    asked: &Asked,
    open: &[Placed],
    day: Date,
) -> Result<HashMap<Id, Stood>, StoreError> {
    if day >= asked.today() {
        let now = |placed: &Placed| placed.standing(asked.now).map(|stood| (placed.id, stood));
        return Ok(open.iter().filter_map(now).collect());
    }
    let ids: Vec<Id> = open.iter().map(|placed| placed.id).collect();
    report::standing_at(tx, &ids, Instant::start_of(next(day))).await
}

/// The unit right below a node through which an agency belongs to it; the node itself for itself.
pub(crate) fn below(tree: &Tree, node: Id, agency: Id) -> Id {
    let line = tree.get(agency).map(organisation::Agency::lineage).unwrap_or_default();
    let place = line.iter().position(|id| *id == node);
    place.and_then(|place| line.get(place + 1)).copied().unwrap_or(node)
}

/// Reads a table. Rows without anything are left out, but for units that stand.
///
/// # Errors
/// The database's.
pub async fn table(tx: &Tx, tree: &Tree, asked: &Asked, rows: Rows) -> Result<Table, StoreError> {
    let names = measures();
    let (within, since) = (asked.within(), asked.since());
    let agencies = facts::agencies_of(tx, asked.node).await?;
    let mut whole = Part {
        within: facts::cube(tx, asked.node, &names, &filter(within)).await?,
        since: facts::cube(tx, asked.node, &names, &filter(since)).await?,
        ..Part::default()
    };
    let mut parts: BTreeMap<Key, Part> = match rows {
        Rows::Unit => units(tx, tree, asked, &names).await?,
        Rows::Field => fields(&whole),
        Rows::Procedure => cells(tx, asked, &names, By::Procedure).await?,
        Rows::Official => cells(tx, asked, &names, By::Official).await?,
    };
    let key = |agency: Id, field: &str, procedure: Id| match rows {
        Rows::Unit => match below(tree, asked.node, agency) {
            own if own == asked.node => Some(Key::Own(own)),
            unit => Some(Key::Unit(unit)),
        },
        Rows::Field => Some(Key::Field(field.to_owned())),
        Rows::Procedure => Some(Key::Procedure(procedure)),
        // Whose an open dossier is, is no fact of anybody's.
        Rows::Official => None,
    };
    for single in never_received(tx, asked).await? {
        let key = key(single.agency, &single.field, single.procedure);
        let part = key.map(|key| parts.entry(key).or_default());
        for part in [Some(&mut whole), part].into_iter().flatten() {
            let cube = if single.day <= within.1 { &mut part.within } else { &mut part.since };
            cube.cells.push(taken_off(&single));
        }
    }
    for open in report::open_counts(tx, &agencies, asked.now).await? {
        let key = key(open.agency, &open.field, open.procedure);
        let part = key.map(|key| parts.entry(key).or_default());
        for part in [Some(&mut whole), part].into_iter().flatten() {
            part.now.add(open.stood, open.n);
        }
    }
    let mut known = None;
    if since.0 <= since.1 {
        let open = open_at(tx, asked, within.1, FOLLOWED_MAX).await?;
        known = Some(open.is_some());
        let open = open.unwrap_or_default();
        let stood = standing(tx, asked, &open, within.1).await?;
        for (placed, one) in open.iter().filter_map(|placed| Some((placed, *stood.get(&placed.id)?))) {
            let part = key(placed.agency, &placed.field, placed.procedure).map(|key| parts.entry(key).or_default());
            for part in [Some(&mut whole), part].into_iter().flatten() {
                part.then.add(one, 1);
            }
        }
    }
    Ok(finished(tree, asked, rows, (whole, parts), known))
}

/// Rows in their order, and the last line.
fn finished(
    tree: &Tree,
    asked: &Asked,
    rows: Rows,
    (whole, parts): (Part, BTreeMap<Key, Part>),
    known: Option<bool>,
) -> Table {
    let (whole, timely) = whole.values(known);
    let line = |(key, part): (Key, Part)| {
        let (values, timely) = part.values(known);
        Line { key, values, timely }
    };
    let mut lines: Vec<Line> = parts.into_iter().map(line).collect();
    match rows {
        Rows::Unit => {
            // What the agency counts for itself is what those below it do not.
            lines.retain(|line| matches!(line.key, Key::Unit(_)));
            let own = lines.iter().fold(whole, |own, line| own.joined(&line.values, -1));
            let below = lines.iter().map(|line| line.timely).sum::<Option<i64>>();
            let own_timely = timely.zip(below).map(|(all, below)| all - below);
            let order = |key: &Key| match key {
                Key::Unit(unit) => tree.all().iter().position(|agency| agency.id == *unit),
                _ => None,
            };
            let stands = |key: &Key| match key {
                Key::Unit(unit) => tree.get(*unit).is_some_and(|one| one.valid_to.is_none() && one.house().is_some()),
                _ => false,
            };
            lines.retain(|line| stands(&line.key) || !line.values.is_empty());
            lines.sort_by_key(|line| order(&line.key));
            if lines.is_empty() || !own.is_empty() {
                lines.insert(0, Line { key: Key::Own(asked.node), values: own, timely: own_timely });
            }
        }
        Rows::Official => {
            for line in &mut lines {
                for column in Column::ALL.iter().filter(|column| !of_officials(**column)) {
                    line.values.set(*column, None);
                }
            }
            lines.retain(|line| Column::ALL.iter().any(|column| line.values.get(*column).is_some_and(|n| n != 0)));
        }
        Rows::Field | Rows::Procedure => lines.retain(|line| !line.values.is_empty()),
    }
    Table { lines, whole, timely }
}

/// Whether a column is one that an official's row has: something that happened, and whose fact names who did it.
pub fn of_officials(column: Column) -> bool {
    match column.holds() {
        Holds::Flow(term) => term.measure.by_official,
        Holds::Sum(parts) => parts.iter().all(|part| of_officials(*part)),
        Holds::Before | Holds::After(_) => false,
    }
}

async fn units(tx: &Tx, tree: &Tree, asked: &Asked, names: &[&str]) -> Result<BTreeMap<Key, Part>, StoreError> {
    let right_below = |id: &Id| tree.get(*id).is_some_and(|unit| unit.parent == Some(asked.node));
    let mut parts: BTreeMap<Key, Part> = BTreeMap::new();
    for unit in tree.all().iter().filter(|unit| unit.parent == Some(asked.node)) {
        parts.insert(Key::Unit(unit.id), Part::default());
    }
    for (unit, cube) in facts::cubes_by_unit(tx, asked.node, names, &filter(asked.within())).await? {
        if right_below(&unit) {
            parts.entry(Key::Unit(unit)).or_default().within = cube;
        }
    }
    for (unit, cube) in facts::cubes_by_unit(tx, asked.node, names, &filter(asked.since())).await? {
        if right_below(&unit) {
            parts.entry(Key::Unit(unit)).or_default().since = cube;
        }
    }
    Ok(parts)
}

fn fields(whole: &Part) -> BTreeMap<Key, Part> {
    let mut parts: BTreeMap<Key, Part> = BTreeMap::new();
    for cell in &whole.within.cells {
        parts.entry(Key::Field(cell.field.clone())).or_default().within.cells.push(cell.clone());
    }
    for cell in &whole.since.cells {
        parts.entry(Key::Field(cell.field.clone())).or_default().since.cells.push(cell.clone());
    }
    parts
}

async fn cells(tx: &Tx, asked: &Asked, names: &[&str], by: By) -> Result<BTreeMap<Key, Part>, StoreError> {
    let key = |part: Option<Id>| match by {
        By::Procedure => Key::Procedure(part.unwrap_or_default()),
        By::Official => Key::Official(part),
    };
    let mut parts: BTreeMap<Key, Part> = BTreeMap::new();
    for (part, cell) in facts::cells_by(tx, by, asked.node, names, asked.within()).await? {
        parts.entry(key(part)).or_default().within.cells.push(cell);
    }
    // Of officials nothing is carried.
    if by == By::Procedure {
        for (part, cell) in facts::cells_by(tx, by, asked.node, names, asked.since()).await? {
            parts.entry(key(part)).or_default().since.cells.push(cell);
        }
    }
    Ok(parts)
}
