//! The box in the portal.

use crate::store as sql;
use ::store::{Row, StoreError, Tx, params};
use base::{Id, Instant};
use serde_json::Value as Json;

/// Counted so far; beyond it the number says no more.
pub const UNREAD_MAX: i64 = 100;

/// Something somebody was told.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    pub id: Id,
    pub account: Option<Id>,
    /// The word of its topic.
    pub topic: String,
    pub subject: Id,
    pub code: String,
    /// What happened.
    pub kind: String,
    /// Numbers that belong to it.
    pub said: Json,
    pub at: Instant,
    pub read: bool,
}

fn read(row: &Row) -> Result<Item, StoreError> {
    Ok(Item {
        id: row.get("id")?,
        account: row.get("account_id")?,
        topic: row.get("topic")?,
        subject: row.get("subject_id")?,
        code: row.get("code")?,
        kind: row.get("kind")?,
        said: serde_json::from_str(row.text("said")?).unwrap_or_default(),
        at: row.get("at")?,
        read: row.get::<Option<Instant>>("read_at")?.is_some(),
    })
}

/// Puts something into a box; the same id again changes nothing.
///
/// # Errors
/// The database's.
pub async fn put(tx: &Tx, account: Id, item: &Item) -> Result<(), StoreError> {
    let Item { id, topic, subject, code, kind, said, at, .. } = item;
    let said = said.to_string();
    tx.execute(
        sql::INSERT_INBOX,
        params![*id, account, topic.as_str(), *subject, code.as_str(), kind.as_str(), said, *at],
    )
    .await?;
    Ok(())
}

/// What an account was told, the latest first; at most `limit`, after the place of the last one seen.
///
/// # Errors
/// The database's.
pub async fn page(tx: &Tx, account: Id, after: Option<(Instant, Id)>, limit: i64) -> Result<Vec<Item>, StoreError> {
    let (at, id) = after.unwrap_or((Instant(i64::MAX), Id(i64::MAX)));
    tx.query(sql::INBOX, params![account, at, id, limit]).await?.iter().map(read).collect()
}

/// The same about one topic.
///
/// # Errors
/// The database's.
pub async fn about(tx: &Tx, account: Id, topic: &str, limit: i64) -> Result<Vec<Item>, StoreError> {
    tx.query(sql::INBOX_TOPIC, params![account, topic, limit]).await?.iter().map(read).collect()
}

/// Everything told up to `until` has been seen; of one topic where one is named.
///
/// # Errors
/// The database's.
pub async fn seen(tx: &Tx, account: Id, topic: Option<&str>, until: Instant, now: Instant) -> Result<u64, StoreError> {
    match topic {
        Some(topic) => tx.execute(sql::INBOX_READ_TOPIC, params![account, topic, until, now]).await,
        None => tx.execute(sql::INBOX_READ, params![account, until, now]).await,
    }
}

/// How much has not been seen, up to [`UNREAD_MAX`].
///
/// # Errors
/// The database's.
pub async fn unread(tx: &Tx, account: Id) -> Result<i64, StoreError> {
    tx.query_one(sql::INBOX_UNREAD, params![account]).await?.get("n")
}

/// What was told of a topic's subjects with ids in `(after, last]`, for their proof.
///
/// # Errors
/// The database's.
pub async fn between(tx: &Tx, topic: &str, after: i64, last: i64) -> Result<Vec<Item>, StoreError> {
    tx.query(sql::INBOX_BETWEEN, params![after, last, topic]).await?.iter().map(read).collect()
}
