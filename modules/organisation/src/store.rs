//! SQL and row mapping of the tables this module owns.

use crate::shipped::{self, Era, FIRST_DAY_AFTER, LAST_DAY_BEFORE};
use crate::tree::{Agency, FormerName, Kind, Tree};
use base::{Date, Id};
use serde_json::{Value as Json, json};
use store::{Row, StoreError, Tx, params};

store::statements! {
    /// Every agency in the order given to it.
    pub AGENCIES = "SELECT id, code, old_code, name, short_name, kind, duty, level, parent_id, path, unit_code, valid_from, valid_to, decision
        FROM agency ORDER BY place, id";
    /// Which agency followed which.
    pub AGENCY_SUCCESSIONS = "SELECT before_id, after_id FROM agency_succession ORDER BY before_id, after_id";
    /// Is there any agency yet?
    pub ANY_AGENCY = "SELECT id FROM agency LIMIT 1";
    /// Is there any administrative unit yet?
    pub ANY_UNIT = "SELECT id FROM unit LIMIT 1";
    /// One agency.
    pub INSERT_AGENCY = "INSERT INTO agency (id, code, old_code, name, short_name, kind, duty, level, parent_id, path, unit_code, valid_from, valid_to, decision, place)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
    /// Former names, oldest first.
    pub FORMER_NAMES = "SELECT agency_id, valid_to, name, short_name FROM agency_name ORDER BY agency_id, valid_to";
    /// Keeps the name an agency had until a day.
    pub INSERT_FORMER_NAME = "INSERT INTO agency_name (agency_id, valid_to, name, short_name, decision) VALUES ($1, $2, $3, $4, $5)";
    /// The highest id given out among agencies; new ones follow it.
    pub LAST_AGENCY = "SELECT MAX(id) AS id FROM agency";
    /// The standing agency with an identifier.
    pub STANDING_BY_CODE = "SELECT id FROM agency WHERE code = $1 AND valid_to IS NULL";
    /// One agency.
    pub AGENCY = "SELECT id, code, old_code, name, short_name, kind, duty, level, parent_id, path, unit_code, valid_from, valid_to, decision FROM agency WHERE id = $1";
    /// The standing agencies right below one.
    pub STANDING_BELOW = "SELECT count(*) AS n FROM agency WHERE parent_id = $1 AND valid_to IS NULL";
    /// How many changes there were.
    pub REVISION = "SELECT revision FROM agency_revision WHERE one = 1";
    /// One more; every process reads the tree again.
    pub BUMP = "UPDATE agency_revision SET revision = revision + 1 WHERE one = 1";
    /// One succession between agencies.
    pub INSERT_AGENCY_SUCCESSION = "INSERT INTO agency_succession (before_id, after_id) VALUES ($1, $2)";
    /// A new name by a decision.
    pub RENAME_AGENCY = "UPDATE agency SET name = $2, short_name = $3, decision = $4 WHERE id = $1 AND valid_to IS NULL";
    /// The last day of an agency.
    pub END_AGENCY = "UPDATE agency SET valid_to = $2, decision = $3 WHERE id = $1 AND valid_to IS NULL";
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
    let mut agencies = tx.query(AGENCIES, params![]).await?.iter().map(read_agency).collect::<Result<Vec<_>, _>>()?;
    for row in tx.query(FORMER_NAMES, params![]).await? {
        let id: Id = row.get("agency_id")?;
        if let Some(agency) = agencies.iter_mut().find(|agency| agency.id == id) {
            let former =
                FormerName { until: row.get("valid_to")?, name: row.get("name")?, short_name: row.get("short_name")? };
            agency.former_names.push(former);
        }
    }
    let successions = tx
        .query(AGENCY_SUCCESSIONS, params![])
        .await?
        .iter()
        .map(|row| Ok((row.get("before_id")?, row.get("after_id")?)))
        .collect::<Result<Vec<_>, StoreError>>()?;
    Ok(Tree::new(agencies, successions))
}

fn read_agency(row: &Row) -> Result<Agency, StoreError> {
    let kind: String = row.get("kind")?;
    let level: String = row.get("level")?;
    Ok(Agency {
        id: row.get("id")?,
        code: row.get("code")?,
        old_code: row.get("old_code")?,
        name: row.get("name")?,
        short_name: row.get("short_name")?,
        kind: Kind::parse(&kind).unwrap_or(Kind::Division),
        duty: row.get("duty")?,
        level: level.parse().unwrap_or(base::Level::Province),
        parent: row.get("parent_id")?,
        path: row.get("path")?,
        unit_code: row.get("unit_code")?,
        valid_from: row.get("valid_from")?,
        valid_to: row.get("valid_to")?,
        decision: row.get("decision")?,
        former_names: Vec::new(),
    })
}

/// One agency, without its former names.
pub(crate) async fn agency(tx: &Tx, id: Id) -> Result<Option<Agency>, StoreError> {
    tx.query_opt(AGENCY, params![id]).await?.as_ref().map(read_agency).transpose()
}

/// Writes one agency; `place` orders it among its like.
pub(crate) async fn insert_agency(tx: &Tx, agency: &Agency, place: i64) -> Result<(), StoreError> {
    tx.execute(
        INSERT_AGENCY,
        params![
            agency.id,
            agency.code.clone(),
            agency.old_code.clone(),
            agency.name.clone(),
            agency.short_name.clone(),
            agency.kind.as_str(),
            agency.duty.clone(),
            agency.level.as_str(),
            agency.parent,
            agency.path.clone(),
            agency.unit_code.clone(),
            agency.valid_from,
            agency.valid_to,
            agency.decision.clone(),
            place
        ],
    )
    .await?;
    Ok(())
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
