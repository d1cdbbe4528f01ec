//! What the indices count, read in one snapshot.

use crate::assessment::criteria::{Criteria, Scope};
use crate::assessment::score::Counted;
use crate::columns::Column;
use crate::reading::{self, Asked, Key, Rows, Table};
use base::{Date, Id, Instant, Level};
use facts::{By, Cube, Filter};
use organisation::Tree;
use std::collections::BTreeMap;
use store::{StoreError, Tx};

/// Before this day there are no facts: where the counting of a stock begins.
const BEGINS: Date = Date::constant(2000, 1, 1);

/// Of which unit, over which days.
#[derive(Debug, Clone, Copy)]
pub struct Over {
    pub node: Id,
    pub from: Date,
    /// The last day, also when it lies ahead; the definitions of this day count.
    pub to: Date,
    pub now: Instant,
}

impl Over {
    fn asked(&self) -> Asked {
        Asked { node: self.node, from: self.from, to: self.to, now: self.now }
    }

    fn filter(&self) -> Filter {
        Filter { from: self.from, to: self.to.min(self.now.date()), level: None, fields: None }
    }
}

fn refs(names: &[String]) -> Vec<&str> {
    names.iter().map(String::as_str).collect()
}

async fn province(tx: &Tx, tree: &Tree, set: &Criteria, over: &Over, scope: Scope) -> Result<Cube, StoreError> {
    let Some(root) = tree.root().map(|root| root.id) else { return Ok(Cube::default()) };
    let (flows, stocks) = (set.of_province(over.to, scope, false), set.of_province(over.to, scope, true));
    let mut cube = Cube::default();
    if !flows.is_empty() {
        cube = facts::cube(tx, root, &refs(&flows), &over.filter()).await?;
    }
    if !stocks.is_empty() {
        let ever = Filter { from: BEGINS, ..over.filter() };
        cube.cells.extend(facts::cube(tx, root, &refs(&stocks), &ever).await?.cells);
    }
    Ok(cube)
}

fn level(tree: &Tree, unit: Id) -> Option<Level> {
    tree.get(unit).map(|unit| unit.level)
}

/// What stands open, where the set asks for it.
async fn open(tx: &Tx, tree: &Tree, set: &Criteria, over: &Over) -> Result<Option<Table>, StoreError> {
    if !set.looks_at_open(over.to) {
        return Ok(None);
    }
    reading::table(tx, tree, &over.asked(), Rows::Unit).await.map(Some)
}

/// What is counted of a unit.
///
/// # Errors
/// The database's.
pub async fn of_unit(tx: &Tx, tree: &Tree, set: &Criteria, over: &Over) -> Result<Counted, StoreError> {
    let names = set.measures(over.to, Scope::Agency);
    let open = open(tx, tree, set, over).await?;
    Ok(Counted {
        cube: facts::cube(tx, over.node, &refs(&names), &over.filter()).await?,
        province: province(tx, tree, set, over, Scope::Agency).await?,
        open: open.and_then(|table| table.whole.get(Column::Open).zip(table.timely)),
        level: level(tree, over.node),
    })
}

/// What is counted of each unit right below that stands, or has figures.
///
/// # Errors
/// The database's.
pub async fn of_units_below(
    tx: &Tx,
    tree: &Tree,
    set: &Criteria,
    over: &Over,
) -> Result<Vec<(Id, Counted)>, StoreError> {
    let names = set.measures(over.to, Scope::Agency);
    let mut cubes = facts::cubes_by_unit(tx, over.node, &refs(&names), &over.filter()).await?;
    let province = province(tx, tree, set, over, Scope::Agency).await?;
    let open = open(tx, tree, set, over).await?;
    let stands = |unit: Id| {
        let lines = open.iter().flat_map(|table| &table.lines);
        let line = lines.into_iter().find(|line| line.key == Key::Unit(unit));
        // A unit that has no line has nothing open either.
        open.as_ref().and_then(|_| line.map_or(Some((0, 0)), |line| line.values.get(Column::Open).zip(line.timely)))
    };
    let below = tree.all().iter().filter(|unit| unit.parent == Some(over.node) && unit.house().is_some());
    let counted = below.filter_map(|unit| {
        let cube = cubes.remove(&unit.id).unwrap_or_default();
        let shown = unit.valid_to.is_none() || !cube.cells.is_empty();
        shown.then(|| {
            let (open, level) = (stands(unit.id), level(tree, unit.id));
            (unit.id, Counted { cube, province: province.clone(), open, level })
        })
    });
    Ok(counted.collect())
}

/// What is counted of each official at a unit.
///
/// # Errors
/// The database's.
pub async fn of_officials(tx: &Tx, set: &Criteria, over: &Over) -> Result<Vec<(Id, Counted)>, StoreError> {
    let names = set.measures(over.to, Scope::Official);
    let days = (over.from, over.filter().to);
    let mut cubes: BTreeMap<Id, Cube> = BTreeMap::new();
    for (official, cell) in facts::cells_by(tx, By::Official, over.node, &refs(&names), days).await? {
        if let Some(official) = official {
            cubes.entry(official).or_default().cells.push(cell);
        }
    }
    Ok(cubes.into_iter().map(|(id, cube)| (id, Counted { cube, ..Counted::default() })).collect())
}
