//! SQL and row mapping of the tables this module owns.

use crate::agency::Agency;
use crate::shipped::{self, Era, FIRST_DAY_AFTER, LAST_DAY_BEFORE};
use crate::tree::Tree;
use base::{Date, Id};
use store::{Row, Rows, StoreError, Tx, params};

store::statements! {
    /// Every agency in the order given to it.
    pub AGENCIES = "SELECT * FROM agency ORDER BY place, id";
    /// Is there any agency yet?
    pub ANY_AGENCY = "SELECT id FROM agency LIMIT 1";
    /// Whether an agency has ended.
    pub HAS_ENDED = "SELECT id FROM agency WHERE id = $1 AND valid_to IS NOT NULL";
    /// Is there any administrative unit yet?
    pub ANY_UNIT = "SELECT id FROM unit LIMIT 1";
    /// How many changes there were.
    pub REVISION = "SELECT revision FROM agency_revision WHERE one = 1";
    /// One more; every process reads the tree again.
    pub BUMP = "UPDATE agency_revision SET revision = revision + 1 WHERE one = 1";
    /// Reorganisations in a state, the latest first, those before an id.
    pub REORGANISATIONS = "SELECT * FROM reorganisation WHERE state = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
    /// Emergency decisions in a state, the latest first, those before an id.
    pub CLOSINGS = "SELECT * FROM closing WHERE state = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
    /// A unit.
    pub INSERT_UNIT = "INSERT INTO unit (id, code, name, folded, kind, level, parent_id, valid_from, valid_to) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    /// A succession.
    pub INSERT_UNIT_SUCCESSION = "INSERT INTO unit_succession (before_id, after_id, partial, is_default) VALUES ($1, $2, $3, $4)";
    /// The provinces of a day.
    pub PROVINCES_ON = "SELECT unit.*, (SELECT count(*) FROM unit AS below WHERE below.parent_id = unit.id) AS children
        FROM unit WHERE level = 'province' AND (valid_from IS NULL OR valid_from <= $1) AND (valid_to IS NULL OR valid_to >= $1) ORDER BY code";
    /// What is right below a unit.
    pub UNITS_BELOW = "SELECT unit.*, (SELECT count(*) FROM unit AS below WHERE below.parent_id = unit.id) AS children
        FROM unit WHERE parent_id = $1 ORDER BY code LIMIT 600";
    /// One unit.
    pub UNIT = "SELECT unit.*, (SELECT count(*) FROM unit AS below WHERE below.parent_id = unit.id) AS children FROM unit WHERE id = $1";
    /// Units of a day whose folded name holds the words, or whose code they are.
    pub FIND_UNITS = "SELECT unit.*, 0 AS children FROM unit
        WHERE (folded LIKE $1 OR code = $2) AND (valid_from IS NULL OR valid_from <= $3) AND (valid_to IS NULL OR valid_to >= $3)
        ORDER BY CASE level WHEN 'province' THEN 0 WHEN 'district' THEN 1 ELSE 2 END, length(folded), code LIMIT 50";
    /// What a unit came from.
    pub UNITS_BEFORE = "SELECT unit.*, 0 AS children, partial FROM unit_succession JOIN unit ON unit.id = before_id WHERE after_id = $1 ORDER BY code";
    /// What a unit became.
    pub UNITS_AFTER = "SELECT unit.*, 0 AS children, partial FROM unit_succession JOIN unit ON unit.id = after_id WHERE before_id = $1 ORDER BY is_default DESC, code";
}

/// An administrative unit as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitRow {
    pub id: Id,
    pub code: String,
    pub name: String,
    pub kind: String,
    pub level: String,
    pub parent: Option<Id>,
    pub valid_from: Option<Date>,
    pub valid_to: Option<Date>,
    /// How many units lie right below.
    pub children: i64,
}

impl UnitRow {
    fn read(row: &Row) -> Result<UnitRow, StoreError> {
        Ok(UnitRow {
            id: row.get("id")?,
            code: row.get("code")?,
            name: row.get("name")?,
            kind: row.get("kind")?,
            level: row.get("level")?,
            parent: row.get("parent_id")?,
            valid_from: row.get("valid_from")?,
            valid_to: row.get("valid_to")?,
            children: row.get("children")?,
        })
    }

    /// Did it stand on this day?
    pub fn stands_on(&self, day: Date) -> bool {
        self.valid_from.is_none_or(|from| from <= day) && self.valid_to.is_none_or(|to| day <= to)
    }
}

/// Reads all agencies into a tree.
pub async fn load_tree(tx: &Tx) -> Result<Tree, StoreError> {
    let rows = tx.query(AGENCIES, params![]).await?;
    let agencies = rows.iter().map(|row| Ok(records::Held::<Agency>::read(row)?.state));
    Ok(Tree::new(agencies.collect::<Result<_, StoreError>>()?))
}

/// Writes every shipped unit and succession, unless there are units already; says whether it did.
pub(crate) async fn insert_shipped_units(tx: &Tx) -> Result<bool, StoreError> {
    if tx.query_opt(ANY_UNIT, params![]).await?.is_some() {
        return Ok(false);
    }
    let mut units = Rows::new();
    for unit in shipped::units() {
        let (from, to) = match unit.era {
            Era::Before => (None, Some(LAST_DAY_BEFORE)),
            Era::After => (Some(FIRST_DAY_AFTER), None),
        };
        let shipped::Unit { id, code, name, kind, level, parent, .. } = unit;
        let row = params![id, code, name, base::fold(name), kind, level.as_str(), parent, from, to];
        units.extend(row.to_vec());
    }
    tx.insert_rows(INSERT_UNIT, &units).await?;
    let mut steps = Rows::new();
    for step in shipped::province_successions().iter().chain(&shipped::commune_successions()) {
        steps.extend(params![step.before, step.after, step.partial, step.default].to_vec());
    }
    tx.insert_rows(INSERT_UNIT_SUCCESSION, &steps).await?;
    Ok(true)
}

fn rows(found: Vec<Row>) -> Result<Vec<UnitRow>, StoreError> {
    found.iter().map(UnitRow::read).collect()
}

/// The provinces that stood on a day.
pub async fn provinces_on(tx: &Tx, day: Date) -> Result<Vec<UnitRow>, StoreError> {
    rows(tx.query(PROVINCES_ON, params![day]).await?)
}

/// The units right below one.
pub async fn units_below(tx: &Tx, id: Id) -> Result<Vec<UnitRow>, StoreError> {
    rows(tx.query(UNITS_BELOW, params![id]).await?)
}

/// One unit.
pub async fn unit(tx: &Tx, id: Id) -> Result<Option<UnitRow>, StoreError> {
    tx.query_opt(UNIT, params![id]).await?.as_ref().map(UnitRow::read).transpose()
}

/// Units of a day by words of their name (marks and case aside) or by code; at most 50.
pub async fn find_units(tx: &Tx, words: &str, day: Date) -> Result<Vec<UnitRow>, StoreError> {
    // The wildcard characters of LIKE mean nothing in a name.
    let folded = base::fold(words).replace(['%', '_'], " ");
    if folded.trim().is_empty() {
        // Signs alone name no unit.
        return Ok(Vec::new());
    }
    rows(tx.query(FIND_UNITS, params![format!("%{}%", folded.trim()), words.trim(), day]).await?)
}

/// What a unit came from; `true` where only a part of it did.
pub async fn units_before(tx: &Tx, id: Id) -> Result<Vec<(UnitRow, bool)>, StoreError> {
    steps(tx.query(UNITS_BEFORE, params![id]).await?)
}

/// What a unit became; `true` where only a part of it went there. The default successor comes first.
pub async fn units_after(tx: &Tx, id: Id) -> Result<Vec<(UnitRow, bool)>, StoreError> {
    steps(tx.query(UNITS_AFTER, params![id]).await?)
}

fn steps(found: Vec<Row>) -> Result<Vec<(UnitRow, bool)>, StoreError> {
    found.iter().map(|row| Ok((UnitRow::read(row)?, row.get("partial")?))).collect()
}
