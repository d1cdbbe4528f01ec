//! SQL and row mapping of the tables this module owns.

use crate::agency::Agency;
use crate::shipped::{self, Era, FIRST_DAY_AFTER, LAST_DAY_BEFORE};
use crate::tree::Tree;
use base::{Date, Id};
use serde_json::{Value as Json, json};
use store::{Row, StoreError, Tx, params};

store::statements! {
    /// Every agency in the order given to it.
    pub AGENCIES = "SELECT * FROM agency ORDER BY place, id";
    /// Is there any agency yet?
    pub ANY_AGENCY = "SELECT id FROM agency LIMIT 1";
    /// Is there any administrative unit yet?
    pub ANY_UNIT = "SELECT id FROM unit LIMIT 1";
    /// How many changes there were.
    pub REVISION = "SELECT revision FROM agency_revision WHERE one = 1";
    /// One more; every process reads the tree again.
    pub BUMP = "UPDATE agency_revision SET revision = revision + 1 WHERE one = 1";
    /// Many units in one statement: a JSON list of rows.
    pub INSERT_UNITS =
        sqlite "INSERT INTO unit (id, code, name, folded, kind, level, parent_id, valid_from, valid_to)
            SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7, value ->> 8 FROM json_each($1)",
        postgres "INSERT INTO unit (id, code, name, folded, kind, level, parent_id, valid_from, valid_to)
            SELECT (v ->> 0)::bigint, v ->> 1, v ->> 2, v ->> 3, v ->> 4, v ->> 5, (v ->> 6)::bigint, v ->> 7, v ->> 8 FROM jsonb_array_elements($1::jsonb) AS given (v)";
    /// Many successions in one statement.
    pub INSERT_UNIT_SUCCESSIONS =
        sqlite "INSERT INTO unit_succession (before_id, after_id, partial, is_default)
            SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each($1)",
        postgres "INSERT INTO unit_succession (before_id, after_id, partial, is_default)
            SELECT (v ->> 0)::bigint, (v ->> 1)::bigint, (v ->> 2)::boolean, (v ->> 3)::boolean FROM jsonb_array_elements($1::jsonb) AS given (v)";
    /// The provinces of a day.
    pub PROVINCES_ON = "SELECT id, code, name, kind, level, parent_id, valid_from, valid_to,
            (SELECT count(*) FROM unit AS below WHERE below.parent_id = unit.id) AS children
        FROM unit WHERE level = 'province' AND (valid_from IS NULL OR valid_from <= $1) AND (valid_to IS NULL OR valid_to >= $1) ORDER BY code";
    /// What is right below a unit.
    pub UNITS_BELOW = "SELECT id, code, name, kind, level, parent_id, valid_from, valid_to,
            (SELECT count(*) FROM unit AS below WHERE below.parent_id = unit.id) AS children
        FROM unit WHERE parent_id = $1 ORDER BY code LIMIT 600";
    /// One unit.
    pub UNIT = "SELECT id, code, name, kind, level, parent_id, valid_from, valid_to,
            (SELECT count(*) FROM unit AS below WHERE below.parent_id = unit.id) AS children
        FROM unit WHERE id = $1";
    /// Units of a day whose folded name holds the words, or whose code they are.
    pub FIND_UNITS = "SELECT id, code, name, kind, level, parent_id, valid_from, valid_to, 0 AS children
        FROM unit WHERE (folded LIKE $1 OR code = $2) AND (valid_from IS NULL OR valid_from <= $3) AND (valid_to IS NULL OR valid_to >= $3)
        ORDER BY CASE level WHEN 'province' THEN 0 WHEN 'district' THEN 1 ELSE 2 END, length(folded), code LIMIT 50";
    /// What a unit came from.
    pub UNITS_BEFORE = "SELECT unit.id, code, name, kind, level, parent_id, valid_from, valid_to, 0 AS children, partial
        FROM unit_succession JOIN unit ON unit.id = before_id WHERE after_id = $1 ORDER BY code";
    /// What a unit became.
    pub UNITS_AFTER = "SELECT unit.id, code, name, kind, level, parent_id, valid_from, valid_to, 0 AS children, partial
        FROM unit_succession JOIN unit ON unit.id = after_id WHERE before_id = $1 ORDER BY is_default DESC, code";
}

/// Rows in one insert: some hundred kilobytes of JSON, far below any engine's limit.
const ROWS_PER_INSERT: usize = 4_000;

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
    let rows: Vec<Json> = shipped::units()
        .iter()
        .map(|unit| {
            let (from, to) = match unit.era {
                Era::Before => (None, Some(LAST_DAY_BEFORE.to_string())),
                Era::After => (Some(FIRST_DAY_AFTER.to_string()), None),
            };
            json!([
                unit.id,
                unit.code,
                unit.name,
                base::fold(unit.name),
                unit.kind,
                unit.level.as_str(),
                unit.parent,
                from,
                to
            ])
        })
        .collect();
    for part in rows.chunks(ROWS_PER_INSERT) {
        tx.execute(INSERT_UNITS, params![Json::from(part.to_vec())]).await?;
    }
    let steps: Vec<Json> = shipped::province_successions()
        .iter()
        .chain(&shipped::commune_successions())
        .map(|step| json!([step.before, step.after, step.partial, step.default]))
        .collect();
    for part in steps.chunks(ROWS_PER_INSERT) {
        tx.execute(INSERT_UNIT_SUCCESSIONS, params![Json::from(part.to_vec())]).await?;
    }
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
    tx.query(UNITS_BEFORE, params![id])
        .await?
        .iter()
        .map(|row| Ok((UnitRow::read(row)?, row.get("partial")?)))
        .collect()
}

/// What a unit became; `true` where only a part of it went there. The default successor comes first.
pub async fn units_after(tx: &Tx, id: Id) -> Result<Vec<(UnitRow, bool)>, StoreError> {
    tx.query(UNITS_AFTER, params![id]).await?.iter().map(|row| Ok((UnitRow::read(row)?, row.get("partial")?))).collect()
}
