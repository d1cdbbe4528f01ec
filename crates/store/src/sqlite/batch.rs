//! The loops of the database threads.
//!
//! Writes that are waiting share one commit: the disk is asked once for many. A batch takes only what is there, and
//! ends at [`BATCH_JOBS_MAX`] or [`BATCH_MS_MAX`], so no one waits long for the others' acknowledgement.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::connection::Connection;
use super::job::{Job, Kind};
use super::queue::Queue;
use crate::tx::Inner;
use crate::{StoreError, Tx};

/// Beyond this the gain of sharing a commit is small.
const BATCH_JOBS_MAX: usize = 64;
/// Work, not waiting: no job is begun in a batch that has worked this long.
const BATCH_MS_MAX: u64 = 5;

type Jobs = Queue<Box<dyn Job>>;

pub(super) fn write_until_closed(connection: Connection, queue: &Jobs) {
    let connection = Arc::new(connection);
    while let Some(job) = queue.pop() {
        batch(&connection, job, queue);
    }
    connection.optimise();
}

pub(super) fn read_until_closed(connection: Connection, queue: &Jobs) {
    let connection = Arc::new(connection);
    while let Some(mut job) = queue.pop() {
        if job.is_abandoned() {
            continue;
        }
        let outcome = connection.control("BEGIN").and_then(|()| {
            job.run(&Tx::new(Inner::Sqlite(connection.clone())));
            connection.roll_back()
        });
        job.finish(outcome);
    }
}

fn batch(connection: &Arc<Connection>, first: Box<dyn Job>, queue: &Jobs) {
    if let Err(error) = connection.control("BEGIN IMMEDIATE") {
        return first.finish(Err(error));
    }
    let began = Instant::now();
    let mut done: Vec<Box<dyn Job>> = Vec::new();
    let mut next = Some(first);
    while let Some(job) = next.take() {
        if !job.is_abandoned() {
            match one(connection, job, done.is_empty()) {
                Ok(job) => done.push(job),
                Err((job, why)) => {
                    // The engine gave up the whole transaction (disk full, for one), or it cannot be mended.
                    let _ = connection.roll_back();
                    done.push(job);
                    return fail_all(done, &why);
                }
            }
        }
        if done.len() < BATCH_JOBS_MAX && began.elapsed() < Duration::from_millis(BATCH_MS_MAX) {
            next = queue.pop_now();
        }
    }
    match connection.control("COMMIT") {
        Ok(()) => done.into_iter().for_each(|job| job.finish(Ok(()))),
        Err(error) => {
            let _ = connection.roll_back();
            fail_all(done, &error.to_string());
        }
    }
}

/// Runs one job inside the open transaction. `Err` when the transaction is lost, with the job and the reason.
fn one(
    connection: &Arc<Connection>,
    mut job: Box<dyn Job>,
    is_first: bool,
) -> Result<Box<dyn Job>, (Box<dyn Job>, String)> {
    let tx = Tx::new(Inner::Sqlite(connection.clone()));
    let reading = job.kind() == Kind::Read;
    // Rolling back the first job is rolling back the whole transaction, so it needs no savepoint; a savepoint makes
    // SQLite keep a copy of each page it touches.
    let prepared = if is_first { Ok(()) } else { connection.control("SAVEPOINT job") };
    if let Err(error) = prepared.and_then(|()| connection.set_query_only(reading)) {
        return Err((job, error.to_string()));
    }
    let keep = job.run(&tx);
    let lost = connection.is_autocommit();
    let settled = connection.set_query_only(false).and_then(|()| match (keep, is_first) {
        _ if lost => Err(StoreError::Commit("the engine rolled the transaction back".into())),
        (true, true) => Ok(()),
        (true, false) => connection.control("RELEASE job"),
        (false, true) => connection.control("ROLLBACK").and_then(|()| connection.control("BEGIN IMMEDIATE")),
        (false, false) => connection.control("ROLLBACK TO job").and_then(|()| connection.control("RELEASE job")),
    });
    match settled {
        Ok(()) => Ok(job),
        Err(error) => Err((job, error.to_string())),
    }
}

fn fail_all(jobs: Vec<Box<dyn Job>>, why: &str) {
    // Every job is told, and whoever asked for it says so once: a full disk would fill the log, too.
    tracing::debug!(jobs = jobs.len(), why, "a batch could not be committed; none of its jobs was kept");
    for job in jobs {
        job.finish(Err(StoreError::Commit(why.to_string())));
    }
}
