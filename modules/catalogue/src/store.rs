//! SQL and row mapping of the catalogue.

use base::{Date, Id, Instant};
use std::collections::HashMap;
use store::{Row, StoreError, Tx, Value, params};

use crate::version::{Origin, Version};

store::statements! {
    /// A procedure by its national code.
    PROCEDURE = "SELECT id, national_hash FROM procedure WHERE code = $1";
    INSERT_PROCEDURE = "INSERT INTO procedure (id, code, national_hash) VALUES ($1, $2, NULL)";
    SET_NATIONAL_HASH = "UPDATE procedure SET national_hash = $2 WHERE id = $1";
    INSERT_VERSION = "INSERT INTO procedure_version (id, procedure_id, effective_from, effective_to, decision, origin, body, created_at, created_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    /// An end is written once; a second end is a conflict the caller has to see.
    END_VERSION = "UPDATE procedure_version SET effective_to = $2 WHERE id = $1 AND effective_to IS NULL";
    ALL_VERSIONS = "SELECT v.id, v.procedure_id, v.effective_from, v.effective_to, v.decision, v.origin, v.body FROM procedure_version v ORDER BY v.procedure_id, v.effective_from, v.id";
    VERSIONS_OF = "SELECT v.id, v.procedure_id, v.effective_from, v.effective_to, v.decision, v.origin, v.body FROM procedure_version v WHERE v.procedure_id = $1 ORDER BY v.effective_from, v.id";
    UNCOUNTED = "SELECT v.id, v.procedure_id, v.effective_from, v.effective_to, v.decision, v.origin, v.body, v.stock FROM procedure_version v WHERE v.stock = 0 OR (v.stock = 1 AND v.effective_to IS NOT NULL) ORDER BY v.id LIMIT $1";
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
    version.origin = Origin::from_word(&row.get::<String>("origin")?);
    Ok(version)
}

/// Id and last national digest of a procedure.
pub(crate) async fn procedure(tx: &Tx, code: &str) -> Result<Option<(Id, Option<String>)>, StoreError> {
    let row = tx.query_opt(PROCEDURE, params![code]).await?;
    row.map(|row| Ok((row.get("id")?, row.get("national_hash")?))).transpose()
}

/// Ids and last national digests of many procedures in one question; at most a few hundred codes.
pub(crate) async fn procedures(tx: &Tx, codes: &[&str]) -> Result<HashMap<String, (Id, Option<String>)>, StoreError> {
    let marks: Vec<String> = (1..=codes.len()).map(|n| format!("${n}")).collect();
    let sql = format!("SELECT code, id, national_hash FROM procedure WHERE code IN ({})", marks.join(", "));
    let codes: Vec<Value> = codes.iter().map(|code| Value::from(*code)).collect();
    let rows = tx.query(sql, &codes).await?;
    rows.iter().map(|row| Ok((row.get("code")?, (row.get("id")?, row.get("national_hash")?)))).collect()
}

pub(crate) async fn insert_procedure(tx: &Tx, id: Id, code: &str) -> Result<(), StoreError> {
    tx.execute(INSERT_PROCEDURE, params![id, code]).await.map(|_| ())
}

pub(crate) async fn set_national_hash(tx: &Tx, id: Id, hash: &str) -> Result<(), StoreError> {
    tx.execute(SET_NATIONAL_HASH, params![id, hash]).await.map(|_| ())
}

pub(crate) async fn insert_version(tx: &Tx, version: &Version, now: Instant, by: Option<Id>) -> Result<(), StoreError> {
    let body = serde_json::to_string(version)
        .map_err(|error| StoreError::Column { column: "body".to_owned(), problem: error.to_string() })?;
    tx.execute(
        INSERT_VERSION,
        params![
            version.id,
            version.procedure_id,
            version.effective_from,
            version.effective_to,
            &version.decision,
            version.origin.as_str(),
            body,
            now,
            by
        ],
    )
    .await
    .map(|_| ())
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

/// The versions of one procedure, oldest first.
pub(crate) async fn versions_of(tx: &Tx, procedure: Id) -> Result<Vec<Version>, StoreError> {
    tx.query(VERSIONS_OF, params![procedure]).await?.iter().map(read).collect()
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
