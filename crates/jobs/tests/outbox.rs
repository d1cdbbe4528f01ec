//! Jobs on both engines: ordered with their transaction, taken once, in order, again after a crash, dead in the end.

#![allow(clippy::unwrap_used)]

use base::{Id, Instant};
use jobs::{Claimed, JobError, LEASE_MS, NewJob, Ran, Worker, handler};
use serde_json::json;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use store::{Db, StoreError, testing};

const NOW: Instant = Instant(1_795_680_000_000);

async fn databases() -> Vec<Db> {
    let all = testing::databases().await;
    for db in &all {
        db.migrate(&[jobs::MIGRATIONS]).await.unwrap();
    }
    all
}

fn new(kind: &'static str, key: &str, order_key: Option<i64>) -> NewJob {
    NewJob { kind, key: key.to_owned(), order_key: order_key.map(Id), payload: json!({ "key": key }), run_at: NOW }
}

async fn order(db: &Db, job: NewJob) -> Option<i64> {
    db.write(move |tx| Box::pin(async move { jobs::enqueue(tx, job, NOW).await })).await.unwrap()
}

async fn claim(db: &Db, now: Instant, limit: u32) -> Vec<Claimed> {
    db.write(move |tx| Box::pin(async move { jobs::claim(tx, now, limit).await })).await.unwrap()
}

async fn complete(db: &Db, job: &Claimed, now: Instant) -> bool {
    let job = job.clone();
    db.write(move |tx| Box::pin(async move { jobs::complete(tx, &job, now).await })).await.unwrap()
}

async fn fail(db: &Db, job: &Claimed, now: Instant) -> bool {
    let job = job.clone();
    db.write(move |tx| Box::pin(async move { jobs::fail(tx, &job, "no answer", None, now).await })).await.unwrap()
}

async fn states(db: &Db) -> Vec<(String, i64)> {
    let counts = db.read(|tx| Box::pin(async move { jobs::counts(tx).await })).await.unwrap();
    counts.into_iter().map(|c| (format!("{} {}", c.kind, c.state), c.jobs)).collect()
}

fn keys(jobs: &[Claimed]) -> Vec<&str> {
    jobs.iter().map(|j| j.key.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_migrations_and_every_statement_fit_both_engines() {
    for db in databases().await {
        let own: Vec<_> = store::registered().into_iter().filter(|(name, _)| name.starts_with("jobs::")).collect();
        assert!(own.len() >= 14, "{}", own.len());
        for (name, sql) in own {
            let outcome = db.read(move |tx| Box::pin(async move { tx.prepare(sql).await })).await;
            assert!(outcome.is_ok(), "{name} on {}: {outcome:?}", db.engine().as_str());
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_lives_and_dies_with_the_transaction_that_ordered_it() {
    for db in databases().await {
        let undone: Result<(), StoreError> = db
            .write(|tx| {
                Box::pin(async move {
                    jobs::enqueue(tx, new("portal.create", "a", None), NOW).await?;
                    Err(StoreError::NotFound)
                })
            })
            .await;
        assert!(undone.is_err());
        assert!(claim(&db, NOW, 10).await.is_empty());

        let id = order(&db, new("portal.create", "a", Some(7))).await;
        assert!(id.is_some());
        assert_eq!(order(&db, new("portal.create", "a", Some(7))).await, None, "the same key is the same job");
        let taken = claim(&db, NOW, 10).await;
        assert_eq!(taken.len(), 1);
        assert_eq!((taken[0].order_key, taken[0].attempt), (Some(Id(7)), 1));
        assert_eq!(taken[0].payload, json!({ "key": "a" }));
        assert_eq!((taken[0].kind.as_str(), taken[0].ordered_at), ("portal.create", NOW));
        assert!(complete(&db, &taken[0], NOW).await);
        assert_eq!(order(&db, new("portal.create", "a", Some(7))).await, None, "done is done");
        assert!(claim(&db, NOW.plus_ms(10 * LEASE_MS), 10).await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_waits_for_its_time_and_too_large_a_payload_is_refused() {
    for db in databases().await {
        order(&db, NewJob { run_at: NOW.plus_ms(1_000), ..new("notice.sms", "later", None) }).await;
        assert!(claim(&db, NOW.plus_ms(999), 10).await.is_empty());
        assert_eq!(keys(&claim(&db, NOW.plus_ms(1_000), 10).await), ["later"]);
        let large = NewJob { payload: json!("x".repeat(jobs::PAYLOAD_BYTES_MAX)), ..new("notice.sms", "large", None) };
        let refused = db.write(move |tx| Box::pin(async move { jobs::enqueue(tx, large, NOW).await })).await;
        assert!(matches!(refused, Err(StoreError::Parameter(_))));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn jobs_of_a_dossier_run_in_the_order_they_were_ordered() {
    for db in databases().await {
        for (kind, key, order_key) in [
            ("portal.create", "p1", Some(1)),
            ("portal.progress", "p2", Some(1)),
            ("portal.progress", "p3", Some(1)),
            ("portal.create", "other", Some(2)),
            ("notice.sms", "sms", Some(1)),
            ("portal.report", "free1", None),
            ("portal.report", "free2", None),
        ] {
            order(&db, new(kind, key, order_key)).await;
        }
        let first = claim(&db, NOW, 10).await;
        assert_eq!(keys(&first), ["p1", "other", "sms", "free1", "free2"], "one of a dossier and queue at a time");
        assert!(claim(&db, NOW, 10).await.is_empty());

        assert!(!fail(&db, &first[0], NOW).await);
        let delay = jobs::delay_ms(first[0].id, 1);
        assert!(claim(&db, NOW.plus_ms(delay - 1), 10).await.is_empty(), "a failed job holds up those after it");
        let again = claim(&db, NOW.plus_ms(delay), 10).await;
        assert_eq!((keys(&again), again[0].attempt), (vec!["p1"], 2));
        assert!(complete(&db, &again[0], NOW).await);
        assert_eq!(keys(&claim(&db, NOW.plus_ms(delay), 10).await), ["p2"]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_whose_worker_crashed_is_taken_again_when_the_lease_ends() {
    for db in databases().await {
        order(&db, new("portal.create", "a", None)).await;
        let crashed = claim(&db, NOW, 1).await.remove(0);
        assert!(claim(&db, NOW.plus_ms(LEASE_MS - 1), 1).await.is_empty());
        let later = NOW.plus_ms(LEASE_MS);
        let second = claim(&db, later, 1).await.remove(0);
        assert_eq!((second.id, second.attempt), (crashed.id, 2));
        assert!(!complete(&db, &crashed, later).await, "the first worker lost its lease and must not report");
        assert!(!fail(&db, &crashed, later).await);
        assert_eq!(states(&db).await, [("portal.create running".to_owned(), 1)]);
        assert!(complete(&db, &second, later).await);
        assert!(states(&db).await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_that_kills_its_worker_every_time_is_buried() {
    for db in databases().await {
        order(&db, new("portal.create", "poison", Some(1))).await;
        order(&db, new("portal.create", "behind", Some(1))).await;
        let mut now = NOW;
        for attempt in 1..=jobs::ATTEMPTS_MAX {
            assert_eq!(claim(&db, now, 10).await.iter().map(|j| j.attempt).collect::<Vec<_>>(), [attempt]);
            now = now.plus_ms(LEASE_MS);
        }
        assert!(claim(&db, now, 10).await.is_empty());
        let dead = db.read(|tx| Box::pin(async move { jobs::dead(tx, 0, 10).await })).await.unwrap();
        assert_eq!(dead.iter().map(|j| j.key.as_str()).collect::<Vec<_>>(), ["poison"]);
        assert_eq!(dead[0].last_error.as_deref(), Some("the worker died while doing it"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dead_job_is_seen_and_set_off_again_or_let_go_by_a_person() {
    for db in databases().await {
        order(&db, new("portal.create", "a", Some(1))).await;
        order(&db, new("portal.progress", "b", Some(1))).await;
        let mut now = NOW;
        for attempt in 1..=jobs::ATTEMPTS_MAX {
            let job = claim(&db, now, 10).await.remove(0);
            assert_eq!(fail(&db, &job, now).await, attempt == jobs::ATTEMPTS_MAX, "dead after the last attempt only");
            now = now.plus_ms(3_600_000);
        }
        assert!(claim(&db, now, 10).await.is_empty(), "the one behind it waits");
        let dead = db.read(|tx| Box::pin(async move { jobs::dead(tx, 0, 10).await })).await.unwrap();
        assert_eq!((dead.len(), dead[0].key.as_str(), dead[0].attempts), (1, "a", jobs::ATTEMPTS_MAX));
        assert_eq!(dead[0].last_error.as_deref(), Some("no answer"));
        let id = dead[0].id;

        assert!(db.write(move |tx| Box::pin(async move { jobs::retry(tx, id, now).await })).await.unwrap());
        let again = claim(&db, now, 10).await.remove(0);
        assert_eq!((again.id, again.attempt, again.max_attempts), (id, jobs::ATTEMPTS_MAX + 1, 2 * jobs::ATTEMPTS_MAX));
        assert!(!db.write(move |tx| Box::pin(async move { jobs::retry(tx, id, now).await })).await.unwrap());
        let job = again.clone();
        db.write(move |tx| Box::pin(async move { jobs::give_up(tx, &job, "unknown code", now).await })).await.unwrap();
        assert!(
            db.write(move |tx| Box::pin(async move { jobs::discard(tx, id, "told by telephone", now).await }))
                .await
                .unwrap()
        );
        assert_eq!(keys(&claim(&db, now, 10).await), ["b"]);
        let all = db.read(|tx| Box::pin(async move { jobs::jobs_of(tx, Id(1), 10).await })).await.unwrap();
        assert_eq!(all.iter().map(|j| j.state.as_str()).collect::<Vec<_>>(), ["done", "running"]);
        assert_eq!(all[0].last_error.as_deref(), Some("discarded: told by telephone"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn workers_side_by_side_do_every_job_once_and_in_order() {
    for db in databases().await {
        const DOSSIERS: i64 = 12;
        const STEPS: i64 = 8;
        db.write(|tx| {
            Box::pin(async move {
                for step in 0..STEPS {
                    for dossier in 0..DOSSIERS {
                        let job = NewJob {
                            payload: json!({ "dossier": dossier, "step": step }),
                            ..new("portal.progress", &format!("{dossier}/{step}"), Some(dossier))
                        };
                        jobs::enqueue(tx, job, NOW).await?;
                    }
                }
                Ok::<_, StoreError>(())
            })
        })
        .await
        .unwrap();
        let seen: Arc<Mutex<Vec<(i64, i64)>>> = Arc::default();
        let log = seen.clone();
        let worker = Worker::new().on(
            "portal.progress",
            handler(move |_, job, _| {
                let log = log.clone();
                async move {
                    tokio::task::yield_now().await;
                    let number = |name: &str| job.payload[name].as_i64().unwrap_or(-1);
                    log.lock().unwrap().push((number("dossier"), number("step")));
                    Ok(())
                }
            }),
        );
        let work = |db: Db| {
            let worker = worker.clone();
            tokio::spawn(async move {
                let mut done = 0;
                // Idle for one worker may only mean that the other holds what is ready.
                for _ in 0..400 {
                    done += worker.run_once(&db, NOW).await.unwrap().done;
                    tokio::task::yield_now().await;
                    let left = db.read(|tx| Box::pin(async move { jobs::counts(tx).await })).await.unwrap();
                    if left.is_empty() {
                        break;
                    }
                }
                done
            })
        };
        let (a, b, c) = (work(db.clone()), work(db.clone()), work(db.clone()));
        let done = a.await.unwrap() + b.await.unwrap() + c.await.unwrap();
        assert_eq!(i64::try_from(done).unwrap(), DOSSIERS * STEPS);
        let seen = seen.lock().unwrap().clone();
        assert_eq!(seen.iter().collect::<HashSet<_>>().len(), seen.len(), "none twice");
        let mut next: HashMap<i64, i64> = HashMap::new();
        for (dossier, step) in seen {
            let expected = next.entry(dossier).or_default();
            assert_eq!(step, *expected, "dossier {dossier} on {}", db.engine().as_str());
            *expected += 1;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn failures_panics_and_unknown_kinds_are_kept_for_later() {
    for db in databases().await {
        let worker = Worker::new()
            .on("a.fails", handler(|_, _, _| async { Err(JobError::Again("no line".into())) }))
            .on("b.panics", handler(|_, _, _| async { panic!("broken handler") }))
            .on("c.never", handler(|_, _, _| async { Err(JobError::Never("no such dossier".into())) }))
            .on("d.later", handler(|_, _, _| async { Err(JobError::AgainAfter { ms: 90_000, error: "429".into() }) }))
            .on("e.works", handler(|_, _, _| async { Ok(()) }));
        for kind in ["a.fails", "b.panics", "c.never", "d.later", "e.works", "f.unknown"] {
            order(&db, new(kind, kind, None)).await;
        }
        let ran = worker.run_until_idle(&db, NOW).await.unwrap();
        assert_eq!(ran, Ran { taken: 6, done: 1, failed: 4, dead: 1, lost: 0 });
        let left = states(&db).await;
        let names: Vec<&str> = left.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["a.fails queued", "b.panics queued", "c.never dead", "d.later queued", "f.unknown queued"]);
        let ran = worker.run_once(&db, NOW.plus_ms(89_999)).await.unwrap();
        assert_eq!(ran.taken, 3, "the other side said when");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_handler_can_finish_its_job_in_its_own_transaction() {
    for db in databases().await {
        let worker = Worker::new().on(
            "x.counted",
            handler(|db, job, now| async move {
                db.write(move |tx| {
                    Box::pin(async move {
                        let ours = jobs::complete(tx, &job, now).await?;
                        if ours { Ok(()) } else { Err(StoreError::NotFound) }
                    })
                })
                .await?;
                Ok(())
            }),
        );
        order(&db, new("x.counted", "x", None)).await;
        assert_eq!(worker.run_once(&db, NOW).await.unwrap(), Ran { taken: 1, done: 1, ..Ran::default() });
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn old_done_jobs_are_removed_and_dead_ones_stay() {
    for db in databases().await {
        for key in ["a", "b", "c"] {
            order(&db, new("x", key, None)).await;
        }
        let taken = claim(&db, NOW, 10).await;
        assert!(complete(&db, &taken[0], NOW).await);
        assert!(complete(&db, &taken[1], NOW.plus_ms(500)).await);
        let job = taken[2].clone();
        db.write(move |tx| Box::pin(async move { jobs::give_up(tx, &job, "x", NOW).await })).await.unwrap();
        let prune = |before: Instant, limit| {
            let db = db.clone();
            async move { db.write(move |tx| Box::pin(async move { jobs::prune(tx, before, limit).await })).await.unwrap() }
        };
        assert_eq!(prune(NOW.plus_ms(500), 10).await, 1);
        assert_eq!(prune(NOW.plus_ms(501), 10).await, 1);
        assert_eq!(prune(NOW.plus_ms(9_000), 10).await, 0);
        assert_eq!(states(&db).await, [("x dead".to_owned(), 1)]);
    }
}
