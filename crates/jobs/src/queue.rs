//! Ordering, taking and finishing jobs.

use base::{Id, Instant};
use serde_json::Value as Json;
use store::{Row, StoreError, Tx, Value, params};

/// How often a job is tried before it is dead.
pub const ATTEMPTS_MAX: i64 = 12;
/// How long a taken job belongs to its worker. A handler may take at most nine tenths of it.
pub const LEASE_MS: i64 = 120_000;
/// The largest payload, as JSON text. Payloads name rows; they do not carry files.
pub const PAYLOAD_BYTES_MAX: usize = 64 * 1024;
/// The first delay after a failure, and the longest.
const DELAY_MS: i64 = 10_000;
const DELAY_MS_MAX: i64 = 3_600_000;
/// How much of an error text is kept.
const ERROR_CHARS_MAX: usize = 500;

store::statements! {
    /// One job, unless its key is there.
    pub(crate) ENQUEUE = "INSERT INTO job (kind, queue, job_key, order_key, payload, ordered_at, run_at, attempts, max_attempts, state)
        VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, 'queued') ON CONFLICT (job_key) DO NOTHING RETURNING id";

    /// Jobs whose last lease ran out: their worker died with them every time.
    pub(crate) BURY = "UPDATE job SET state = 'dead', locked_until = NULL, finished_at = $1,
        last_error = COALESCE(last_error, 'the worker died while doing it')
        WHERE state IN ('queued', 'running') AND run_at <= $1 AND attempts >= max_attempts";

    /// Takes what is ready and is not held up by an earlier job of its order key.
    pub(crate) CLAIM =
        sqlite "UPDATE job SET state = 'running', attempts = attempts + 1, run_at = $2, locked_until = $2
            WHERE id IN (
                SELECT j.id FROM job j
                WHERE j.state IN ('queued', 'running') AND j.run_at <= $1
                  AND NOT EXISTS (SELECT 1 FROM job e WHERE e.queue = j.queue AND e.order_key = j.order_key
                                  AND e.id < j.id AND e.state <> 'done')
                ORDER BY j.run_at, j.id LIMIT $3)
            RETURNING id, kind, job_key, order_key, payload, attempts, max_attempts, ordered_at",
        postgres "WITH ready AS MATERIALIZED (
                SELECT j.id FROM job j
                WHERE j.state IN ('queued', 'running') AND j.run_at <= $1
                  AND NOT EXISTS (SELECT 1 FROM job e WHERE e.queue = j.queue AND e.order_key = j.order_key
                                  AND e.id < j.id AND e.state <> 'done')
                ORDER BY j.run_at, j.id LIMIT $3 FOR UPDATE OF j SKIP LOCKED)
            UPDATE job SET state = 'running', attempts = attempts + 1, run_at = $2, locked_until = $2
            FROM ready WHERE job.id = ready.id
            RETURNING job.id, kind, job_key, order_key, payload, attempts, max_attempts, ordered_at";

    /// Done, if the lease is still ours.
    pub(crate) COMPLETE = "UPDATE job SET state = 'done', locked_until = NULL, finished_at = $3, last_error = NULL
        WHERE id = $1 AND state = 'running' AND attempts = $2";

    pub(crate) IS_DONE = "SELECT 1 AS one FROM job WHERE id = $1 AND state = 'done'";

    /// Failed, if the lease is still ours: queued again, or dead after the last attempt.
    pub(crate) FAIL = "UPDATE job SET locked_until = NULL, last_error = $5, run_at = $4,
        state = CASE WHEN attempts >= max_attempts THEN 'dead' ELSE 'queued' END,
        finished_at = CASE WHEN attempts >= max_attempts THEN CAST($3 AS BIGINT) ELSE NULL END
        WHERE id = $1 AND state = 'running' AND attempts = $2 RETURNING state";

    /// Dead at once, if the lease is still ours.
    pub(crate) GIVE_UP = "UPDATE job SET state = 'dead', locked_until = NULL, finished_at = $3, last_error = $4
        WHERE id = $1 AND state = 'running' AND attempts = $2";
}

/// Work to be ordered.
#[derive(Clone, Debug, PartialEq)]
pub struct NewJob {
    /// What is to be done: `portal.progress`, `notice.sms`. The part before the first point is the queue.
    pub kind: &'static str,
    /// Names the thing to be done once, such as `portal.progress/123/7`. A second order with the same key is no new job.
    pub key: String,
    /// Jobs of one queue with the same order key run one after another; usually the dossier.
    pub order_key: Option<Id>,
    /// What the handler needs to know; no personal data beyond ids.
    pub payload: Json,
    /// Not before this moment.
    pub run_at: Instant,
}

/// A job taken under a lease.
#[derive(Clone, Debug, PartialEq)]
pub struct Claimed {
    /// Its number.
    pub id: i64,
    /// What is to be done.
    pub kind: String,
    /// Its key; send it as the idempotency key.
    pub key: String,
    /// Its order key.
    pub order_key: Option<Id>,
    /// What the handler needs to know.
    pub payload: Json,
    /// Which attempt this is, from 1; also the token of the lease.
    pub attempt: i64,
    /// The last attempt there will be.
    pub max_attempts: i64,
    /// When it was ordered.
    pub ordered_at: Instant,
}

/// The queue of a kind: `portal` of `portal.progress`.
pub(crate) fn queue_of(kind: &str) -> &str {
    kind.split_once('.').map_or(kind, |(queue, _)| queue)
}

/// Orders a job within the caller's transaction. None when a job with this key was ordered before, whatever became of it.
/// A payload above [`PAYLOAD_BYTES_MAX`] is [`StoreError::Parameter`].
pub async fn enqueue(tx: &Tx, job: NewJob, now: Instant) -> Result<Option<i64>, StoreError> {
    let bytes = job.payload.to_string().len();
    if bytes > PAYLOAD_BYTES_MAX {
        return Err(StoreError::Parameter(format!("payload of {} has {bytes} bytes of {PAYLOAD_BYTES_MAX}", job.key)));
    }
    let queue = queue_of(job.kind);
    if let Some(order_key) = job.order_key {
        // Numbers are given out before they are committed: without this, a later job could be seen before an earlier one.
        tx.lock(&format!("job/{queue}/{order_key}")).await?;
    }
    let row = tx
        .query_opt(
            &ENQUEUE,
            params![job.kind, queue, &job.key, &job.order_key, &job.payload, now, job.run_at, ATTEMPTS_MAX],
        )
        .await?;
    row.map(|row| row.get("id")).transpose()
}

/// Takes at most `limit` jobs that are ready at `now`, each for [`LEASE_MS`]. At most one of an order key is taken at a
/// time. Jobs whose worker died on the last attempt are buried first.
pub async fn claim(tx: &Tx, now: Instant, limit: u32) -> Result<Vec<Claimed>, StoreError> {
    let buried = tx.execute(&BURY, params![now]).await?;
    if buried > 0 {
        tracing::error!(buried, "jobs died with their worker on the last attempt");
    }
    let rows = tx.query(&CLAIM, params![now, now.plus_ms(LEASE_MS), limit]).await?;
    let mut taken = rows.iter().map(read_claimed).collect::<Result<Vec<_>, _>>()?;
    taken.sort_by_key(|job| job.id);
    Ok(taken)
}

fn read_claimed(row: &Row) -> Result<Claimed, StoreError> {
    Ok(Claimed {
        id: row.get("id")?,
        kind: row.get("kind")?,
        key: row.get("job_key")?,
        order_key: row.get("order_key")?,
        payload: row.get("payload")?,
        attempt: row.get("attempts")?,
        max_attempts: row.get("max_attempts")?,
        ordered_at: row.get("ordered_at")?,
    })
}

/// Marks a job done. False when the lease was lost and somebody else has it now: then roll back what was done for it.
pub async fn complete(tx: &Tx, job: &Claimed, now: Instant) -> Result<bool, StoreError> {
    Ok(tx.execute(&COMPLETE, params![job.id, job.attempt, now]).await? == 1)
}

pub(crate) async fn is_done(tx: &Tx, id: i64) -> Result<bool, StoreError> {
    Ok(tx.query_opt(&IS_DONE, params![id]).await?.is_some())
}

/// Marks an attempt failed: the job waits for `after_ms`, or [`delay_ms`] when none is given, or is dead after its last
/// attempt. True when it is dead now.
pub async fn fail(
    tx: &Tx,
    job: &Claimed,
    error: &str,
    after_ms: Option<i64>,
    now: Instant,
) -> Result<bool, StoreError> {
    // Set off again by a person, a job begins with short delays again.
    let attempt = job.attempt - (job.max_attempts - ATTEMPTS_MAX).max(0);
    let wait = after_ms.unwrap_or_else(|| delay_ms(job.id, attempt)).clamp(0, DELAY_MS_MAX);
    let error = base::text::clip(error, ERROR_CHARS_MAX);
    let row = tx.query_opt(&FAIL, params![job.id, job.attempt, now, now.plus_ms(wait), error]).await?;
    Ok(row.map(|row| row.get::<String>("state")).transpose()?.is_some_and(|state| state == "dead"))
}

/// Marks a job dead at once: no further attempt can help.
pub async fn give_up(tx: &Tx, job: &Claimed, error: &str, now: Instant) -> Result<(), StoreError> {
    let error = Value::from(base::text::clip(error, ERROR_CHARS_MAX));
    tx.execute(&GIVE_UP, params![job.id, job.attempt, now, error]).await?;
    Ok(())
}

/// How long a job waits after its n-th failure: 10 s doubled each time, at most an hour, less up to a half that depends on
/// the job, so that jobs that failed together do not all come back together.
pub fn delay_ms(id: i64, attempt: i64) -> i64 {
    let doublings = u32::try_from((attempt - 1).clamp(0, 20)).unwrap_or(0);
    let full = DELAY_MS.saturating_mul(1 << doublings).min(DELAY_MS_MAX);
    // Any mixing will do; this one needs no source of chance, so a test sees the same delay every time.
    let mixed = (id.wrapping_mul(31).wrapping_add(attempt)).wrapping_mul(0x5851_f42d_4c95_7f2d).rotate_left(31);
    full - mixed.rem_euclid(full / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_double_up_to_an_hour_and_are_spread() {
        for attempt in 1..40 {
            let full = (DELAY_MS << (attempt - 1).min(20)).min(DELAY_MS_MAX);
            let delays: Vec<i64> = (1..200).map(|id| delay_ms(id, attempt)).collect();
            assert!(delays.iter().all(|d| *d > full / 2 && *d <= full), "{attempt}");
            let spread = delays.iter().max().unwrap() - delays.iter().min().unwrap();
            assert!(spread > full / 3, "{attempt}: {spread}");
        }
        let _ = (delay_ms(i64::MAX, i64::MAX), delay_ms(i64::MIN, i64::MIN + 1));
    }

    #[test]
    fn the_first_part_of_a_kind_is_its_queue() {
        assert_eq!(queue_of("portal.progress"), "portal");
        assert_eq!(queue_of("seal-days"), "seal-days");
    }
}
