//! SQL of dialogues, and nothing else. Rows are written by [`records::happen`].

use super::item::Item;
use super::session::Dialogue;
use ::store::{Row, StoreError, Tx, Value, params};
use base::{Id, Instant};
use records::{Held, Subject};

::store::statements! {
    /// Sittings, the latest first, after a place.
    pub SITTINGS = "SELECT * FROM dialogue WHERE (held_at, id) < ($1, $2) ORDER BY held_at DESC, id DESC LIMIT $3";
    /// What is asked and promised at one, the earliest first.
    pub ITEMS_OF = "SELECT * FROM dialogue_item WHERE dialogue_id = $1 ORDER BY id LIMIT 500";
    /// What a list of many kinds shows of some sittings.
    pub SITTING_CARDS = sqlite "SELECT * FROM dialogue WHERE id IN (SELECT value FROM json_each($1))",
        postgres "SELECT * FROM dialogue WHERE id IN (SELECT CAST(one AS BIGINT) FROM jsonb_array_elements_text($1) AS ids (one))";
    /// … of some items.
    pub ITEM_CARDS = sqlite "SELECT * FROM dialogue_item WHERE id IN (SELECT value FROM json_each($1))",
        postgres "SELECT * FROM dialogue_item WHERE id IN (SELECT CAST(one AS BIGINT) FROM jsonb_array_elements_text($1) AS ids (one))";
    /// Open items lying with a unit.
    pub ITEMS_OPEN_AT = "SELECT COUNT(*) AS n FROM dialogue_item WHERE unit_id = $1 AND state IN ('sent', 'open')";
}

fn read_all<S: Subject>(rows: &[Row]) -> Result<Vec<Held<S>>, StoreError> {
    rows.iter().map(Held::read).collect()
}

/// Sittings, the latest first.
pub async fn page(tx: &Tx, after: Option<(Instant, Id)>, limit: i64) -> Result<Vec<Held<Dialogue>>, StoreError> {
    let (at, id) = after.unwrap_or((Instant(i64::MAX), Id(i64::MAX)));
    read_all(&tx.query(SITTINGS, params![at, id, limit]).await?)
}

/// What is asked and promised at a sitting.
pub async fn items_of(tx: &Tx, sitting: Id) -> Result<Vec<Held<Item>>, StoreError> {
    read_all(&tx.query(ITEMS_OF, params![sitting]).await?)
}

pub async fn sessions(tx: &Tx, ids: &[Id]) -> Result<Vec<Held<Dialogue>>, StoreError> {
    read_all(&tx.query(SITTING_CARDS, &[Value::ids(ids)]).await?)
}

pub async fn items(tx: &Tx, ids: &[Id]) -> Result<Vec<Held<Item>>, StoreError> {
    read_all(&tx.query(ITEM_CARDS, &[Value::ids(ids)]).await?)
}
