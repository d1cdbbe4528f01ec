//! The rows of what is written for dossiers: their columns, once, and the statements made of them.

use crate::dossier::Dossier;
use crate::wording::Paper;
use crate::written::Written;
use ::store::{Row, StoreError, Tx, Value, params};
use base::Id;
use records::{Column, column, columns};
use std::collections::BTreeMap;
use std::sync::LazyLock;

const COLUMNS: &[Column<Written>] = &[
    column!("paper", word paper),
    column!("template", template),
    column!("drafts", drafts),
    column!("passed", passed),
    column!("agency_id", agency),
    column!("year", year),
    column!("n", n),
    column!("symbol", symbol),
    column!("draft", draft),
    column!("file_id", file),
    column!("signing", word signing),
    column!("request", request),
];

::store::statements! {
    /// Of a dossier.
    pub WRITTEN = "SELECT * FROM dossier_written WHERE dossier_id = $1";
    /// Of a page of dossiers.
    pub WRITTEN_BETWEEN = "SELECT * FROM dossier_written WHERE dossier_id > $1 AND dossier_id <= $2 ORDER BY dossier_id";
    /// The last number of a book.
    pub LAST_NUMBER = "SELECT COALESCE(MAX(n), 0) AS last FROM dossier_written WHERE agency_id = $1 AND paper = $2 AND year = $3";
    /// Books in which numbers are missing.
    pub GAPS = "SELECT agency_id, paper, year, COUNT(*) AS given, MAX(n) AS last FROM dossier_written WHERE n > 0 GROUP BY agency_id, paper, year HAVING COUNT(*) <> MAX(n) ORDER BY agency_id, paper, year LIMIT 20";
}

/// A new one.
static INSERT: LazyLock<String> = LazyLock::new(|| {
    let names: Vec<&str> = std::iter::once("dossier_id").chain(columns::names(COLUMNS)).collect();
    columns::insert_text("dossier_written", &names)
});

/// One as it is now.
static UPDATE: LazyLock<String> = LazyLock::new(|| {
    format!("UPDATE dossier_written SET {} WHERE dossier_id = $1", columns::set_text(columns::names(COLUMNS), 2))
});

/// The statements made of the columns, for a test that prepares them.
pub(crate) fn statements() -> [String; 2] {
    [INSERT.clone(), UPDATE.clone()]
}

fn read(row: &Row) -> Result<Written, StoreError> {
    let mut written = Written::default();
    columns::fill(COLUMNS, &mut written, row)?;
    Ok(written)
}

/// That of a dossier which has one.
pub(crate) async fn of(tx: &Tx, dossier: Id) -> Result<Option<Written>, StoreError> {
    tx.query_opt(WRITTEN, params![dossier]).await?.as_ref().map(read).transpose()
}

/// Those of a page of dossiers.
pub(crate) async fn between(tx: &Tx, after: i64, last: i64) -> Result<BTreeMap<i64, Written>, StoreError> {
    let mut found = BTreeMap::new();
    tx.query_each(WRITTEN_BETWEEN, params![after, last], |row| {
        found.insert(row.get("dossier_id")?, read(row)?);
        Ok(())
    })
    .await?;
    Ok(found)
}

/// The first column in which a row differs from what the events say.
pub(crate) fn difference(said: Option<&Written>, row: Option<&Written>) -> Option<String> {
    let named = |what: &str| format!("written: {what}");
    match (said, row) {
        (Some(said), Some(row)) => columns::difference(COLUMNS, said, row).map(named),
        (None, None) => None,
        _ => Some(named("missing or added")),
    }
}

/// Writes what one event changed of it.
pub(crate) async fn write(tx: &Tx, before: Option<&Written>, after: &Dossier) -> Result<(), StoreError> {
    let Some(written) = after.written.as_ref().filter(|written| before != Some(*written)) else { return Ok(()) };
    let values: Vec<Value> = std::iter::once(after.id.into()).chain(columns::values(COLUMNS, written)).collect();
    let text = if before.is_some() { UPDATE.as_str() } else { INSERT.as_str() };
    tx.execute(text, &values).await?;
    Ok(())
}

/// The next number of a book, from 1. Within the transaction that gives it out: whoever wants one of the same book waits, and what fails gives
/// out none.
pub(crate) async fn next_number(tx: &Tx, (agency, paper, year): (Id, Paper, i64)) -> Result<i64, StoreError> {
    tx.lock(&format!("dossier-number/{agency}/{}/{year}", paper.as_str())).await?;
    peek_number(tx, (agency, paper, year)).await
}

/// The number that would be the next.
pub(crate) async fn peek_number(tx: &Tx, (agency, paper, year): (Id, Paper, i64)) -> Result<i64, StoreError> {
    let last: i64 = tx.query_one(LAST_NUMBER, params![agency, paper.as_str(), year]).await?.get("last")?;
    Ok(last + 1)
}

/// Books with gaps, in words: a number that was given out and is gone.
pub(crate) async fn gaps(tx: &Tx) -> Result<Vec<String>, StoreError> {
    let rows = tx.query(GAPS, params![]).await?;
    let words = |row: &Row| {
        let (agency, paper, year): (Id, String, i64) = (row.get("agency_id")?, row.get("paper")?, row.get("year")?);
        let (given, last): (i64, i64) = (row.get("given")?, row.get("last")?);
        Ok(format!("dossier_written {agency} {paper} {year}: {last} given out, {given} there"))
    };
    rows.iter().map(words).collect()
}
