//! Taking jobs and running their handlers.

use crate::queue::{self, Claimed, LEASE_MS};
use crate::schedule::{Schedule, enqueue_due};
use base::Instant;
use std::{collections::HashMap, future::Future, pin::pin, sync::Arc, time::Duration};
use store::{BoxFuture, Db, StoreError};
use tokio::task::JoinSet;

/// How many jobs are taken, and run side by side, at a time.
const BATCH: u32 = 16;
/// How long a worker with nothing to do waits before it looks again.
const IDLE: Duration = Duration::from_millis(500);
/// How long it waits after the database refused.
const TROUBLE: Duration = Duration::from_secs(5);

/// Why a handler did not do its job.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// Trying again may help.
    #[error("{0}")]
    Again(String),
    /// Trying again after so many milliseconds may help (the other side said when).
    #[error("{error}")]
    AgainAfter {
        /// Milliseconds to wait.
        ms: i64,
        /// What went wrong.
        error: String,
    },
    /// No further attempt can help; a person must look.
    #[error("{0}")]
    Never(String),
}

impl From<StoreError> for JobError {
    fn from(error: StoreError) -> Self {
        JobError::Again(error.to_string())
    }
}

/// What does the jobs of one kind. It is given the database, the job and the time; it may be run more than once for a job.
pub type Handler = Arc<dyn Fn(Db, Claimed, Instant) -> BoxFuture<'static, Result<(), JobError>> + Send + Sync>;

/// Makes a [`Handler`] of an async function.
pub fn handler<F, R>(f: F) -> Handler
where
    F: Fn(Db, Claimed, Instant) -> R + Send + Sync + 'static,
    R: Future<Output = Result<(), JobError>> + Send + 'static,
{
    Arc::new(move |db, job, now| Box::pin(f(db, job, now)))
}

/// What one round did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ran {
    /// Jobs taken.
    pub taken: usize,
    /// Jobs done.
    pub done: usize,
    /// Jobs that failed and wait for another attempt.
    pub failed: usize,
    /// Jobs that died.
    pub dead: usize,
    /// Jobs whose lease was lost to another worker meanwhile.
    pub lost: usize,
}

/// Runs jobs. Several workers, in one process or many, may work on one database.
#[derive(Clone, Default)]
pub struct Worker {
    handlers: HashMap<&'static str, Handler>,
    schedules: Vec<Schedule>,
}

enum End {
    Done,
    Failed,
    Dead,
    Lost,
}

impl Worker {
    /// A worker that can do nothing yet.
    pub fn new() -> Worker {
        Worker::default()
    }

    /// Adds what does the jobs of a kind. A job of a kind without a handler fails, so that a newer process may do it.
    pub fn on(mut self, kind: &'static str, handler: Handler) -> Worker {
        self.handlers.insert(kind, handler);
        self
    }

    /// Adds work that comes round; its jobs have the schedule's name as their kind.
    pub fn every(mut self, schedule: Schedule, handler: Handler) -> Worker {
        self.schedules.push(schedule);
        self.on(schedule.name, handler)
    }

    /// One round at `now`: sets off what the schedule says, takes a batch, runs it to its end. For tests and for the
    /// command line; [`Worker::run`] does the same again and again.
    pub async fn run_once(&self, db: &Db, now: Instant) -> Result<Ran, StoreError> {
        self.round(db, &Arc::new(move || now)).await
    }

    /// Rounds until nothing is ready at `now`. Jobs that failed wait for later, so this ends.
    pub async fn run_until_idle(&self, db: &Db, now: Instant) -> Result<Ran, StoreError> {
        let mut all = Ran::default();
        loop {
            let ran = self.run_once(db, now).await?;
            all.taken += ran.taken;
            all.done += ran.done;
            all.failed += ran.failed;
            all.dead += ran.dead;
            all.lost += ran.lost;
            if ran.taken == 0 {
                return Ok(all);
            }
        }
    }

    /// Works until `shutdown` is ready; the batch in hand is finished first.
    pub async fn run<C, S>(&self, db: &Db, clock: C, shutdown: S)
    where
        C: Fn() -> Instant + Send + Sync + 'static,
        S: Future<Output = ()>,
    {
        let clock = Arc::new(clock);
        let mut shutdown = pin!(shutdown);
        loop {
            let wait = match self.round(db, &clock).await {
                Ok(ran) if ran.taken > 0 => Duration::ZERO,
                Ok(_) => IDLE,
                Err(StoreError::Closed) => return,
                Err(error) => {
                    tracing::error!(%error, "jobs could not be taken");
                    TROUBLE
                }
            };
            tokio::select! {
                biased;
                () = &mut shutdown => return,
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    async fn round<C>(&self, db: &Db, clock: &Arc<C>) -> Result<Ran, StoreError>
    where
        C: Fn() -> Instant + Send + Sync + 'static,
    {
        let now = clock();
        let schedules = self.schedules.clone();
        let jobs = db
            .write(move |tx| {
                Box::pin(async move {
                    enqueue_due(tx, &schedules, now).await?;
                    queue::claim(tx, now, BATCH).await
                })
            })
            .await?;
        let mut ran = Ran { taken: jobs.len(), ..Ran::default() };
        let mut running = JoinSet::new();
        for job in jobs {
            let (handler, db, clock) = (self.handlers.get(job.kind.as_str()).cloned(), db.clone(), clock.clone());
            running.spawn(async move {
                let outcome = attempt(handler, &db, &job, clock()).await;
                record(&db, job, outcome, clock()).await
            });
        }
        while let Some(ended) = running.join_next().await {
            match ended.map_err(|error| StoreError::Panicked(error.to_string()))?? {
                End::Done => ran.done += 1,
                End::Failed => ran.failed += 1,
                End::Dead => ran.dead += 1,
                End::Lost => ran.lost += 1,
            }
        }
        Ok(ran)
    }
}

/// Runs a handler within its lease; a panic and a handler that takes too long are failures like others.
async fn attempt(handler: Option<Handler>, db: &Db, job: &Claimed, now: Instant) -> Result<(), JobError> {
    let Some(handler) = handler else {
        return Err(JobError::Again(format!("no handler for {}", job.kind)));
    };
    let longest = Duration::from_millis(u64::try_from(LEASE_MS / 10 * 9).unwrap_or(0));
    let mut task = tokio::spawn(handler(db.clone(), job.clone(), now));
    match tokio::time::timeout(longest, &mut task).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(panic)) => Err(JobError::Again(format!("the handler panicked: {panic}"))),
        Err(_) => {
            task.abort();
            Err(JobError::Again("the handler took longer than its lease".to_owned()))
        }
    }
}

async fn record(db: &Db, job: Claimed, outcome: Result<(), JobError>, now: Instant) -> Result<End, StoreError> {
    db.write(move |tx| {
        Box::pin(async move {
            let (kind, id, attempt) = (&job.kind, job.id, job.attempt);
            match outcome {
                Ok(()) => {
                    let ours = queue::complete(tx, &job, now).await?;
                    // A handler may have completed the job in its own transaction.
                    let done = ours || queue::is_done(tx, id).await?;
                    Ok(if done { End::Done } else { End::Lost })
                }
                Err(JobError::Never(error)) => {
                    tracing::error!(kind, id, attempt, error, "a job is given up");
                    queue::give_up(tx, &job, &error, now).await?;
                    Ok(End::Dead)
                }
                Err(again) => {
                    let after = if let JobError::AgainAfter { ms, .. } = again { Some(ms) } else { None };
                    let error = again.to_string();
                    let dead = queue::fail(tx, &job, &error, after, now).await?;
                    if dead {
                        tracing::error!(kind, id, attempt, error, "a job failed for the last time");
                    } else {
                        tracing::warn!(kind, id, attempt, error, "a job failed and will be tried again");
                    }
                    Ok(if dead { End::Dead } else { End::Failed })
                }
            }
        })
    })
    .await
}
