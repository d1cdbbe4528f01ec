//! Seeing what waits, what died, and putting it right.

use crate::queue::ATTEMPTS_MAX;
use base::{Id, Instant};
use store::{Row, StoreError, Tx, params};

store::statements! {
    /// What is on its way for a stretch of order keys.
    pub(crate) UNFINISHED = "SELECT job_key FROM job WHERE queue = $1 AND order_key > $2 AND order_key <= $3 AND (state <> 'done' OR last_error LIKE 'discarded:%')";
    pub(crate) COUNTS = "SELECT kind, state, COUNT(*) AS n, MIN(ordered_at) AS oldest FROM job
        WHERE state <> 'done' GROUP BY kind, state ORDER BY kind, state";
    pub(crate) DEAD = "SELECT id, kind, job_key, order_key, state, attempts, ordered_at, run_at, last_error FROM job
        WHERE state = 'dead' AND id > $1 ORDER BY id LIMIT $2";
    pub(crate) OF_ORDER_KEY = "SELECT id, kind, job_key, order_key, state, attempts, ordered_at, run_at, last_error
        FROM job WHERE order_key = $1 ORDER BY id LIMIT $2";
    /// Attempts are counted on, never back to nothing: their number is the token of a lease, and a worker believed dead
    /// must not find its own again.
    pub(crate) RETRY = "UPDATE job SET state = 'queued', max_attempts = attempts + $3, run_at = $2, finished_at = NULL
        WHERE id = $1 AND state = 'dead'";
    pub(crate) DISCARD = "UPDATE job SET state = 'done', finished_at = $2, last_error = $3
        WHERE id = $1 AND state = 'dead'";
    pub(crate) PRUNE = "DELETE FROM job WHERE id IN
        (SELECT id FROM job WHERE state = 'done' AND finished_at < $1 AND coalesce(last_error, '') NOT LIKE 'discarded:%' ORDER BY finished_at LIMIT $2)";
}

/// How many jobs of a kind are in a state that is not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    /// The kind.
    pub kind: String,
    /// `queued`, `running` or `dead`.
    pub state: String,
    /// How many.
    pub jobs: i64,
    /// When the oldest of them was ordered: how far behind the work is.
    pub oldest: Instant,
}

/// A job as a person looks at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Its number.
    pub id: i64,
    /// What is to be done.
    pub kind: String,
    /// Its key.
    pub key: String,
    /// Its order key, usually the dossier.
    pub order_key: Option<Id>,
    /// `queued`, `running`, `done` or `dead`.
    pub state: String,
    /// Attempts begun.
    pub attempts: i64,
    /// When it was ordered.
    pub ordered_at: Instant,
    /// When it may be taken (again).
    pub run_at: Instant,
    /// What went wrong last.
    pub last_error: Option<String>,
}

fn read_job(row: &Row) -> Result<Job, StoreError> {
    Ok(Job {
        id: row.get("id")?,
        kind: row.get("kind")?,
        key: row.get("job_key")?,
        order_key: row.get("order_key")?,
        state: row.get("state")?,
        attempts: row.get("attempts")?,
        ordered_at: row.get("ordered_at")?,
        run_at: row.get("run_at")?,
        last_error: row.get("last_error")?,
    })
}

/// What is not done, by kind and state.
pub async fn counts(tx: &Tx) -> Result<Vec<Count>, StoreError> {
    let read = |row: &Row| {
        Ok(Count { kind: row.get("kind")?, state: row.get("state")?, jobs: row.get("n")?, oldest: row.get("oldest")? })
    };
    tx.query(&COUNTS, &[]).await?.iter().map(read).collect()
}

/// At most `limit` dead jobs with a number above `after`.
pub async fn dead(tx: &Tx, after: i64, limit: u32) -> Result<Vec<Job>, StoreError> {
    tx.query(&DEAD, params![after, limit]).await?.iter().map(read_job).collect()
}

/// At most `limit` jobs of an order key, oldest first: what was and will be told the world about a dossier.
pub async fn jobs_of(tx: &Tx, order_key: Id, limit: u32) -> Result<Vec<Job>, StoreError> {
    tx.query(&OF_ORDER_KEY, params![order_key, limit]).await?.iter().map(read_job).collect()
}

/// Keys of the jobs of a kind's queue that are not done, or were let go undone, with order keys above `after` up to `last`.
pub async fn unfinished(tx: &Tx, kind: &str, after: Id, last: Id) -> Result<Vec<String>, StoreError> {
    let rows = tx.query(&UNFINISHED, params![crate::queue::queue_of(kind), after, last]).await?;
    rows.iter().map(|row| row.get("job_key")).collect()
}

/// Sets a dead job off again with as many attempts as at first. False when it is not dead.
pub async fn retry(tx: &Tx, id: i64, now: Instant) -> Result<bool, StoreError> {
    Ok(tx.execute(&RETRY, params![id, now, ATTEMPTS_MAX]).await? == 1)
}

/// Lets a dead job go with a reason, so that those after it can run. False when it is not dead.
pub async fn discard(tx: &Tx, id: i64, reason: &str, now: Instant) -> Result<bool, StoreError> {
    let note = format!("discarded: {}", base::text::clip(reason, 400));
    Ok(tx.execute(&DISCARD, params![id, now, note]).await? == 1)
}

/// Removes at most `limit` jobs done before a moment. Their keys may be used again from then on, so keep them longer than
/// anybody could order the same thing twice. Dead jobs stay.
pub async fn prune(tx: &Tx, before: Instant, limit: u32) -> Result<u64, StoreError> {
    tx.execute(&PRUNE, params![before, limit]).await
}
