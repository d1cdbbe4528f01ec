//! The rows of what was filed together: their columns, once, and the statements made of them.

use crate::dossier::Dossier;
use crate::part::Part;
use crate::row::unreadable;
use crate::store::Loaded;
use ::store::{Row, StoreError, Tx, Value, params};
use base::Id;
use records::{Column, column, columns};
use std::collections::BTreeMap;
use std::sync::LazyLock;

const COLUMNS: &[Column<Part>] = &[
    column!("linked", linked),
    column!("lead_id", lead),
    column!("n", n),
    Column {
        name: "after",
        get: |part| places(&part.after).into(),
        set: |part, row| {
            let text: String = row.get("after")?;
            let read = text.split(',').filter(|place| !place.is_empty()).map(str::parse);
            part.after = read.collect::<Result<_, _>>().map_err(|_| unreadable("after"))?;
            Ok(())
        },
    },
    column!("due_at", due_at),
];

fn places(after: &[i64]) -> String {
    after.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

::store::statements! {
    /// Of a dossier.
    pub PART = "SELECT * FROM dossier_part WHERE dossier_id = $1";
    /// Of a page of dossiers.
    pub PARTS_BETWEEN = "SELECT * FROM dossier_part WHERE dossier_id > $1 AND dossier_id <= $2 ORDER BY dossier_id";
    /// Those of one filing, in their order; a group has few members.
    pub TOGETHER = "SELECT dossier_id FROM dossier_part WHERE lead_id = $1 ORDER BY n LIMIT 20";
    /// All of it is promised by a moment.
    pub PROMISE = "UPDATE dossier_part SET due_at = $2 WHERE dossier_id = $1";
}

/// A new one.
static INSERT: LazyLock<String> = LazyLock::new(|| {
    let names: Vec<&str> = std::iter::once("dossier_id").chain(columns::names(COLUMNS)).collect();
    columns::insert_text("dossier_part", &names)
});

/// The statements made of the columns, for a test that prepares them.
pub(crate) fn statements() -> [String; 1] {
    [INSERT.clone()]
}

fn read(row: &Row) -> Result<Part, StoreError> {
    let mut part = Part::default();
    columns::fill(COLUMNS, &mut part, row)?;
    Ok(part)
}

/// That of a dossier which has one.
pub(crate) async fn of(tx: &Tx, dossier: Id) -> Result<Option<Part>, StoreError> {
    tx.query_opt(PART, params![dossier]).await?.as_ref().map(read).transpose()
}

/// Those of a page of dossiers.
pub(crate) async fn between(tx: &Tx, after: i64, last: i64) -> Result<BTreeMap<i64, Part>, StoreError> {
    let mut found = BTreeMap::new();
    tx.query_each(PARTS_BETWEEN, params![after, last], |row| {
        found.insert(row.get("dossier_id")?, read(row)?);
        Ok(())
    })
    .await?;
    Ok(found)
}

/// The first column in which a row differs from what the events say.
pub(crate) fn difference(said: Option<&Part>, row: Option<&Part>) -> Option<String> {
    let named = |what: &str| format!("part: {what}");
    match (said, row) {
        (Some(said), Some(row)) => columns::difference(COLUMNS, said, row).map(named),
        (None, None) => None,
        _ => Some(named("missing or added")),
    }
}

/// Writes what one event changed of it.
pub(crate) async fn write(tx: &Tx, before: Option<&Part>, after: &Dossier) -> Result<(), StoreError> {
    match (before, &after.part) {
        (None, Some(part)) => {
            let values: Vec<Value> = std::iter::once(after.id.into()).chain(columns::values(COLUMNS, part)).collect();
            tx.execute(INSERT.as_str(), &values).await?;
        }
        (Some(before), Some(part)) if before.due_at != part.due_at => {
            tx.execute(PROMISE, params![after.id, part.due_at]).await?;
        }
        _ => {}
    }
    Ok(())
}

/// All that was filed together, in its order.
pub(crate) async fn together(tx: &Tx, lead: Id) -> Result<Vec<Loaded>, StoreError> {
    let mut parts = Vec::new();
    for row in tx.query(TOGETHER, params![lead]).await? {
        parts.extend(crate::store::by_id(tx, row.get("dossier_id")?).await?);
    }
    Ok(parts)
}
