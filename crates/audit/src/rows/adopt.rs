//! Taking over rows that were written before their events carried digests: once for each set, with a date.

use super::{Kept, SUBJECT, check, said_of};
use crate::chain::{Link, link_hash};
use crate::days::{IS_SEALED, SEALS};
use crate::log::{Head, INSERT_EVENT, NewEvent, UPSERT_HEAD, append, event_params, read_hash};
use base::{Id, Instant};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use store::{Db, Rows, StoreError, Tx, Value, params};

/// Subjects taken over in one transaction.
const PAGE: usize = 500;

store::statements! {
    /// Heads of a range of subjects.
    pub HEADS_BETWEEN = "SELECT subject_id, n, hash FROM event_head WHERE subject_id > $1 AND subject_id <= $2";
    /// A subject whose head stands elsewhere from now on.
    pub RELEASE_HEAD = "DELETE FROM event_head WHERE subject_id = $1";
    /// Which sets were taken over, and when.
    pub ADOPTED = "SELECT data FROM event WHERE subject_id = $1 AND kind = 'rows-adopted' ORDER BY n";
}

/// The sets taken over, with their version.
pub(super) async fn adopted(tx: &Tx) -> Result<BTreeMap<String, i64>, StoreError> {
    let mut adopted = BTreeMap::new();
    for row in tx.query(ADOPTED, params![SEALS]).await? {
        let data: serde_json::Value = serde_json::from_str(row.text("data")?).unwrap_or_default();
        if let Some(set) = data["set"].as_str() {
            adopted.insert(set.to_owned(), data["version"].as_i64().unwrap_or_default());
        }
    }
    Ok(adopted)
}

/// Whether a set, or a kind of subjects, was taken over.
///
/// # Errors
/// The database's.
pub async fn is_adopted(tx: &Tx, set: &str) -> Result<bool, StoreError> {
    Ok(adopted(tx).await?.contains_key(set))
}

/// Writes into the log that a set, or a kind of subjects, is taken over.
///
/// # Errors
/// As [`append`].
pub async fn note_adopted(tx: &Tx, set: &str, version: i64, now: Instant) -> Result<(), StoreError> {
    let data = json!({ "set": set, "version": version });
    append(tx, SEALS, NewEvent { kind: "rows-adopted", at: now, actor: None, agency: None, data }).await.map(|_| ())
}

/// Where the chains of some subjects stand; from now on their heads stand in rows of their own.
///
/// # Errors
/// The database's.
pub async fn release_heads(tx: &Tx, subjects: &[Id]) -> Result<BTreeMap<i64, Head>, StoreError> {
    let (Some(first), Some(last)) = (subjects.iter().min(), subjects.iter().max()) else { return Ok(BTreeMap::new()) };
    let mut heads = BTreeMap::new();
    for row in tx.query(HEADS_BETWEEN, params![first.0.saturating_sub(1), *last]).await? {
        heads.insert(row.get::<i64>("subject_id")?, Head { n: row.get("n")?, hash: read_hash(&row)? });
    }
    for subject in subjects {
        tx.execute(RELEASE_HEAD, params![*subject]).await?;
    }
    Ok(heads)
}

/// Writes many links whose hashes are made, packed by [`event_params`], of one day.
///
/// # Errors
/// [`StoreError::Busy`] while the clock stands on a day that is sealed.
pub async fn write_links(tx: &Tx, day: base::Date, events: &Rows) -> Result<(), StoreError> {
    if tx.query_opt(IS_SEALED, params![day]).await?.is_some() {
        return Err(StoreError::Busy("the clock stands on a day that is sealed"));
    }
    tx.insert_rows(INSERT_EVENT, events).await.map(|_| ())
}

/// Takes over the rows of every set that was not yet taken over in its version: each subject whose events say nothing of its
/// rows (all subjects, for a later version) gets an event `adopted` with their digests, and the log says for good that it was
/// done: from then on a row without an event is damage. Ends at once where all is done. Returns how many subjects it took.
///
/// # Errors
/// The database's; what was taken over so far stays, and the next call goes on.
pub async fn adopt_rows(db: &Db, sets: &[&'static Kept], now: Instant) -> Result<u64, StoreError> {
    let done = db.read(|tx| Box::pin(async move { adopted(tx).await })).await?;
    let mut taken = 0;
    for kept in sets.iter().copied() {
        let before = done.get(kept.name).copied();
        if before >= Some(kept.version) {
            continue;
        }
        let mut after = Some(i64::MIN);
        while let Some(from) = after {
            let (next, count) = db
                .write(move |tx| Box::pin(async move { adopt_page(tx, kept, from, before.is_some(), now).await }))
                .await?;
            after = next;
            taken += count;
        }
    }
    Ok(taken)
}

/// An event of each of many subjects with the digests of its rows, in a few statements: for rows written in many.
///
/// # Errors
/// As [`super::append_kept`].
pub async fn append_kept_all(
    tx: &Tx,
    kept: &'static Kept,
    subjects: &[i64],
    kind: &'static str,
    now: Instant,
) -> Result<(), StoreError> {
    let (Some(first), Some(last)) = (subjects.iter().min(), subjects.iter().max()) else { return Ok(()) };
    let between = params![first.saturating_sub(1), *last];
    let mut heads = BTreeMap::new();
    for row in tx.query(HEADS_BETWEEN, between).await? {
        heads.insert(row.get::<i64>("subject_id")?, Head { n: row.get("n")?, hash: read_hash(&row)? });
    }
    let mut digests = check::found(tx, kept, first.saturating_sub(1), *last, &mut 0).await?.digests;
    let (mut events, mut moved) = (Rows::default(), Rows::default());
    for subject in subjects {
        let head = heads.get(subject).copied().unwrap_or_default();
        let data = said_of(kept, digests.remove(subject).unwrap_or_default(), json!({})).to_string();
        let link = Link { subject: Id(*subject), n: head.n + 1, at: now, kind, actor: None, agency: None, data: &data };
        let hash = link_hash(&head.hash, link);
        events.extend(event_params(link, &hash));
        moved.extend([Value::from(*subject), Value::from(link.n), Value::from(hash.to_vec())]);
    }
    write_links(tx, now.date(), &events).await?;
    tx.insert_rows(UPSERT_HEAD, &moved).await?;
    Ok(())
}

/// One page; where to go on, if anywhere. The last one writes down that the set is taken over.
async fn adopt_page(
    tx: &Tx,
    kept: &'static Kept,
    after: i64,
    all: bool,
    now: Instant,
) -> Result<(Option<i64>, u64), StoreError> {
    tx.lock("audit/adopt").await?;
    // Another process may have come first.
    if adopted(tx).await?.get(kept.name).is_some_and(|version| *version >= kept.version) {
        return Ok((None, 0));
    }
    let mut subjects = BTreeSet::new();
    for table in kept.tables {
        let (name, subject, only) = (table.name, table.subject, table.condition());
        let sql = format!(
            "SELECT DISTINCT {subject} AS {SUBJECT} FROM {name} WHERE {subject} > $1{only} ORDER BY {SUBJECT} LIMIT {PAGE}"
        );
        for row in tx.query(sql, params![after]).await? {
            subjects.insert(row.get::<i64>(SUBJECT)?);
        }
    }
    let page: Vec<i64> = subjects.into_iter().take(PAGE).collect();
    let last = page.last().copied().unwrap_or(i64::MAX);
    let said = check::said(tx, after, last).await?;
    let taken: Vec<i64> =
        page.iter().copied().filter(|subject| all || !said.contains_key(&(*subject, kept.name.to_owned()))).collect();
    append_kept_all(tx, kept, &taken, "adopted", now).await?;
    let count = taken.len() as u64;
    if page.len() == PAGE {
        return Ok((Some(last), count));
    }
    note_adopted(tx, kept.name, kept.version, now).await?;
    Ok((None, count))
}
