//! The rows of opinions: their columns, once, and the statements made of them.

use crate::dossier::Dossier;
use crate::opinion::{Opinion, Stance};
use crate::row::unreadable;
use ::store::{Row, StoreError, Tx, Value, params};
use base::Id;
use records::{Column, column, columns};
use std::collections::BTreeMap;
use std::sync::LazyLock;

const COLUMNS: &[Column<Opinion>] = &[
    column!("n", n),
    column!("unit_id", unit),
    column!("agency_id", agency),
    column!("level", word level),
    column!("asked_by", asked_by),
    column!("handler_id", handler),
    column!("state", word state),
    // Follows from the state; lists look at nothing else, and the proof compares it.
    Column { name: "open", get: |o| o.is_open().into(), set: |_, _| Ok(()) },
    Column {
        name: "stance",
        get: |o| o.stance.map_or("", Stance::as_str).into(),
        set: |o, row| {
            let word: String = row.get("stance")?;
            o.stance = Stance::read(&word);
            if o.stance.is_none() && !word.is_empty() { Err(unreadable("stance")) } else { Ok(()) }
        },
    },
    column!("consents", consents),
    column!("asked_at", asked_at),
    column!("due_at", due_at),
    column!("ended_at", ended_at),
    column!("step", step),
    column!("step_due_at", step_due_at),
];

::store::statements! {
    /// Opinions of a dossier.
    pub OPINIONS = "SELECT * FROM dossier_opinion WHERE dossier_id = $1 ORDER BY n LIMIT 200";
    /// Those of a page of dossiers.
    pub OPINIONS_BETWEEN = "SELECT * FROM dossier_opinion WHERE dossier_id > $1 AND dossier_id <= $2 ORDER BY dossier_id, n";
}

/// A new one.
pub(crate) static INSERT: LazyLock<String> = LazyLock::new(|| {
    let names: Vec<&str> = std::iter::once("dossier_id").chain(columns::names(COLUMNS)).collect();
    columns::insert_text("dossier_opinion", &names)
});

/// One as it is now.
static UPDATE: LazyLock<String> = LazyLock::new(|| {
    let set = columns::set_text(columns::names(COLUMNS), 3);
    format!("UPDATE dossier_opinion SET {set} WHERE dossier_id = $1 AND n = $2")
});

/// The statements made of the columns, for a test that prepares them.
pub(crate) fn statements() -> [String; 2] {
    [INSERT.clone(), UPDATE.clone()]
}

/// The values of [`INSERT`].
pub(crate) fn values(dossier: Id, opinion: &Opinion) -> Vec<Value> {
    std::iter::once(dossier.into()).chain(columns::values(COLUMNS, opinion)).collect()
}

fn read(row: &Row) -> Result<Opinion, StoreError> {
    let mut opinion = Opinion::default();
    columns::fill(COLUMNS, &mut opinion, row)?;
    Ok(opinion)
}

/// Those of a dossier, in their order.
pub(crate) async fn of(tx: &Tx, dossier: Id) -> Result<Vec<Opinion>, StoreError> {
    tx.query(OPINIONS, params![dossier]).await?.iter().map(read).collect()
}

/// Those of a page of dossiers, with whether each says rightly that it is open.
pub(crate) async fn between(tx: &Tx, after: i64, last: i64) -> Result<BTreeMap<i64, Vec<(Opinion, bool)>>, StoreError> {
    let mut found: BTreeMap<i64, Vec<(Opinion, bool)>> = BTreeMap::new();
    tx.query_each(OPINIONS_BETWEEN, params![after, last], |row| {
        let opinion = read(row)?;
        let rightly = row.get::<bool>("open")? == opinion.is_open();
        found.entry(row.get("dossier_id")?).or_default().push((opinion, rightly));
        Ok(())
    })
    .await?;
    Ok(found)
}

/// The first in which rows differ from what the events say, by number and column.
pub(crate) fn difference(said: &[Opinion], rows: &[Opinion]) -> Option<String> {
    let named = |n: usize, what: &str| format!("opinion #{}: {what}", n + 1);
    let differs = |(n, (said, row)): (usize, (&Opinion, &Opinion))| {
        columns::difference(COLUMNS, said, row).map(|column| named(n, column))
    };
    let both = said.iter().zip(rows).enumerate().find_map(differs);
    both.or_else(|| (said.len() != rows.len()).then(|| named(said.len().min(rows.len()), "missing or added")))
}

/// Writes what one act changed of them.
pub(crate) async fn write(tx: &Tx, before: &[Opinion], after: &Dossier) -> Result<(), StoreError> {
    for (n, opinion) in after.opinions.iter().enumerate() {
        match before.get(n) {
            None => tx.execute(INSERT.as_str(), &values(after.id, opinion)).await?,
            Some(was) if was == opinion => continue,
            Some(_) => {
                let mut values: Vec<Value> = vec![after.id.into(), opinion.n.into()];
                values.extend(columns::values(COLUMNS, opinion));
                tx.execute(UPDATE.as_str(), &values).await?
            }
        };
    }
    Ok(())
}
