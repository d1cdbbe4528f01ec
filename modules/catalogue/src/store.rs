//! SQL and row mapping of the catalogue.

use base::{Date, Id};
use records::Held;
use std::collections::HashMap;
use store::{Row, StoreError, Tx, Value, params};

use crate::procedure::{Edition, Procedure};
use crate::version::{Origin, Version};

store::statements! {
    /// A procedure by its national code.
    PROCEDURE = "SELECT * FROM procedure WHERE code = $1";
    /// Procedures that are subjects.
    pub TAKEN_OVER = "SELECT * FROM procedure WHERE event_n IS NOT NULL ORDER BY id";
    /// The rows of one procedure's versions, as they were written.
    pub ROWS_OF = "SELECT * FROM procedure_version WHERE procedure_id = $1 ORDER BY effective_from, id";
    /// Those of every procedure that is a subject.
    pub ROWS_TAKEN_OVER = "SELECT v.* FROM procedure_version v JOIN procedure p ON p.id = v.procedure_id WHERE p.event_n IS NOT NULL ORDER BY v.id";
    /// A version.
    pub INSERT_VERSION = "INSERT INTO procedure_version (id, procedure_id, effective_from, effective_to, decision, origin, body, created_at, created_by, act_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    /// An end is written once; a second end is a conflict the caller has to see.
    END_VERSION = "UPDATE procedure_version SET effective_to = $2 WHERE id = $1 AND effective_to IS NULL";
    ALL_VERSIONS = "SELECT v.* FROM procedure_version v ORDER BY v.procedure_id, v.effective_from, v.id";
    VERSION = "SELECT v.* FROM procedure_version v WHERE v.id = $1";
    UNCOUNTED = "SELECT v.* FROM procedure_version v WHERE v.stock = 0 OR (v.stock = 1 AND v.effective_to IS NOT NULL) ORDER BY v.id LIMIT $1";
    SET_STOCK = "UPDATE procedure_version SET stock = $2 WHERE id = $1";
    REVISION = "SELECT revision FROM catalogue_revision WHERE one = 1";
    BUMP = "UPDATE catalogue_revision SET revision = revision + 1 WHERE one = 1";
}

fn read(row: &Row) -> Result<Version, StoreError> {
    let body: String = row.get("body")?;
    let mut version: Version = serde_json::from_str(&body)
        .map_err(|error| StoreError::Column { column: "body".to_owned(), problem: error.to_string() })?;
    version.id = row.get("id")?;
    version.procedure_id = row.get("procedure_id")?;
    version.effective_from = row.get("effective_from")?;
    version.effective_to = row.get("effective_to")?;
    version.decision = row.get("decision")?;
    version.act = row.get("act_id")?;
    version.origin = Origin::read(&row.get::<String>("origin")?).unwrap_or(Origin::Announced);
    Ok(version)
}

/// A procedure by its code.
pub(crate) async fn procedure(tx: &Tx, code: &str) -> Result<Option<Held<Procedure>>, StoreError> {
    tx.query_opt(PROCEDURE, params![code]).await?.as_ref().map(Held::read).transpose()
}

/// Many procedures in one question, by code; at most a few hundred.
pub(crate) async fn procedures(tx: &Tx, codes: &[&str]) -> Result<HashMap<String, Held<Procedure>>, StoreError> {
    let marks: Vec<String> = (1..=codes.len()).map(|n| format!("${n}")).collect();
    let sql = format!("SELECT * FROM procedure WHERE code IN ({})", marks.join(", "));
    let codes: Vec<Value> = codes.iter().map(|code| Value::from(*code)).collect();
    let rows = tx.query(sql, &codes).await?;
    rows.iter().map(|row| Held::read(row).map(|held: Held<Procedure>| (held.code.clone(), held))).collect()
}

/// Some versions in one question, in no order; at most a few hundred.
pub(crate) async fn versions(tx: &Tx, ids: &[Id]) -> Result<Vec<Version>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let marks: Vec<String> = (1..=ids.len()).map(|n| format!("${n}")).collect();
    let sql = format!("SELECT * FROM procedure_version WHERE id IN ({})", marks.join(", "));
    let ids: Vec<Value> = ids.iter().map(|id| Value::from(*id)).collect();
    tx.query(sql, &ids).await?.iter().map(read).collect()
}

/// What a row of a version says beside its body, and the body's digest.
pub(crate) fn edition(row: &Row) -> Result<Edition, StoreError> {
    Ok(Edition {
        id: row.get("id")?,
        from: row.get("effective_from")?,
        to: row.get("effective_to")?,
        decision: row.get("decision")?,
        origin: Origin::read(&row.get::<String>("origin")?).unwrap_or(Origin::Announced),
        body: crate::digest::of_body(row.text("body")?),
        at: row.get("created_at")?,
        by: row.get("created_by")?,
        act: row.get("act_id")?,
    })
}

/// Whether the version was still open.
pub(crate) async fn end_version(tx: &Tx, id: Id, on: Date) -> Result<bool, StoreError> {
    Ok(tx.execute(END_VERSION, params![id, on]).await? == 1)
}

/// Every version, a procedure's together, oldest first.
pub(crate) async fn all_versions(tx: &Tx) -> Result<Vec<Version>, StoreError> {
    let mut all = Vec::new();
    tx.query_each(ALL_VERSIONS, params![], |row| {
        all.push(read(row)?);
        Ok(())
    })
    .await?;
    Ok(all)
}

/// One version.
pub(crate) async fn version(tx: &Tx, id: Id) -> Result<Version, StoreError> {
    read(&tx.query_one(VERSION, params![id]).await?)
}

/// Versions whose beginning or end is not yet in the stock facts, with how far they are.
pub(crate) async fn uncounted(tx: &Tx, limit: i64) -> Result<Vec<(Version, i64)>, StoreError> {
    tx.query(UNCOUNTED, params![limit]).await?.iter().map(|row| Ok((read(row)?, row.get("stock")?))).collect()
}

pub(crate) async fn set_stock(tx: &Tx, id: Id, stock: i64) -> Result<(), StoreError> {
    tx.execute(SET_STOCK, params![id, stock]).await.map(|_| ())
}

/// Grows with every change of the catalogue.
pub(crate) async fn revision(tx: &Tx) -> Result<i64, StoreError> {
    tx.query_one(REVISION, params![]).await?.get("revision")
}

pub(crate) async fn bump(tx: &Tx) -> Result<(), StoreError> {
    tx.execute(BUMP, params![]).await.map(|_| ())
}
