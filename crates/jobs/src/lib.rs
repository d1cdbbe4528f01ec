//! Outbox and scheduled work in the same database as what ordered it.
//!
//! An action orders work with [`enqueue`] inside its own transaction: when that is kept, the job is there; when it is
//! rolled back, so is the job. A [`Worker`] takes jobs under a lease ([`claim`]) and runs their handlers **at least
//! once**: after a crash the lease runs out and the job is taken again. A handler whose effect is in this database can
//! make it exactly once by calling [`complete`] in its own transaction; one that speaks to the outside sends the job's key
//! as its idempotency key.
//!
//! Within one queue (the first part of the kind, `portal` of `portal.progress`) jobs with the same order key run in the
//! order in which they were ordered; a job that has failed or died holds up those after it, because news in the wrong order
//! is wrong news. Dead jobs are kept until a person sets them off again ([`retry`]) or lets them go ([`discard`]).

mod queue;
mod schedule;
mod watch;
mod worker;

pub use queue::{
    ATTEMPTS_MAX, Claimed, LEASE_MS, NewJob, PAYLOAD_BYTES_MAX, claim, complete, delay_ms, enqueue, fail, give_up,
};
pub use schedule::{Every, Schedule, due_schedules, enqueue_due};
pub use watch::{Count, Job, counts, dead, discard, jobs_of, prune, retry, unfinished};
pub use worker::{Handler, JobError, Ran, Worker, handler};

/// The tables this crate owns.
pub const MIGRATIONS: store::Migrations =
    store::Migrations { module: "jobs", steps: &[("0001_create", include_str!("../migrations/0001_create.sql"))] };
