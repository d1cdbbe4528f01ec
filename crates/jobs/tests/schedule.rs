//! Work that comes round, on both engines, and the worker that runs it for hours.

#![allow(clippy::unwrap_used)]

use base::{Instant, time::HOUR_MS};
use jobs::{Every, Schedule, Worker, handler};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::time::Duration;
use store::{Db, testing};

/// 2026-11-22 00:00 in Vietnam.
const MIDNIGHT: Instant = Instant(1_795_280_400_000);
const HOURLY: Schedule = Schedule { name: "tidy", every: Every::Minutes(60) };
const NIGHTLY: Schedule = Schedule { name: "seal-days", every: Every::Day { hour: 2, minute: 0 } };

async fn databases() -> Vec<Db> {
    let all = testing::databases().await;
    for db in &all {
        db.migrate(&[jobs::MIGRATIONS]).await.unwrap();
    }
    all
}

async fn due(db: &Db, now: Instant) -> Vec<&'static str> {
    let due = db.write(move |tx| Box::pin(async move { jobs::due_schedules(tx, &[HOURLY, NIGHTLY], now).await })).await;
    due.unwrap().into_iter().map(|(schedule, _)| schedule.name).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_slot_is_set_off_once_and_missed_ones_count_as_one() {
    for db in databases().await {
        assert_eq!(due(&db, MIDNIGHT).await, ["tidy", "seal-days"], "at once the first time");
        assert!(due(&db, MIDNIGHT.plus_ms(HOUR_MS - 1)).await.is_empty());
        assert_eq!(due(&db, MIDNIGHT.plus_ms(HOUR_MS)).await, ["tidy"]);
        assert_eq!(due(&db, MIDNIGHT.plus_ms(2 * HOUR_MS)).await, ["tidy", "seal-days"]);
        assert_eq!(due(&db, MIDNIGHT.plus_ms(80 * HOUR_MS)).await, ["tidy", "seal-days"], "after three days off");
        assert!(due(&db, MIDNIGHT.plus_ms(80 * HOUR_MS)).await.is_empty());
        assert!(due(&db, MIDNIGHT).await.is_empty(), "a clock that was set back sets nothing off");
        assert!(due(&db, MIDNIGHT.plus_ms(HOUR_MS - 1)).await.is_empty());
        assert_eq!(due(&db, MIDNIGHT.plus_ms(HOUR_MS)).await, ["tidy"], "and work goes on by it");
        assert_eq!(due(&db, MIDNIGHT.plus_ms(2 * HOUR_MS)).await, ["tidy", "seal-days"]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_several_processes_one_sets_it_off() {
    for db in databases().await {
        let tries = (0..8).map(|_| {
            let db = db.clone();
            tokio::spawn(async move { due(&db, MIDNIGHT).await.len() })
        });
        let mut set_off = 0;
        for attempt in tries.collect::<Vec<_>>() {
            set_off += attempt.await.unwrap();
        }
        assert_eq!(set_off, 2, "on {}", db.engine().as_str());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_runs_what_comes_round_until_it_is_told_to_stop() {
    for db in databases().await {
        let rounds = Arc::new(AtomicUsize::new(0));
        let counted = rounds.clone();
        let worker = Worker::new().every(
            HOURLY,
            handler(move |_, job, _| {
                let counted = counted.clone();
                async move {
                    assert!(job.payload["slot"].is_i64());
                    counted.fetch_add(1, Ordering::SeqCst);
                    Ok(())
                }
            }),
        );
        // A clock on which every look is forty minutes later.
        let looks = AtomicI64::new(0);
        let clock = move || MIDNIGHT.plus_ms(looks.fetch_add(1, Ordering::SeqCst) * 2 * HOUR_MS / 3);
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let task = {
            let db = db.clone();
            tokio::spawn(async move {
                worker
                    .run(&db, clock, async move {
                        let _ = stopped.await;
                    })
                    .await;
            })
        };
        for _ in 0..200 {
            if rounds.load(Ordering::SeqCst) >= 4 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        assert!(rounds.load(Ordering::SeqCst) >= 4);
        stop.send(()).unwrap();
        tokio::time::timeout(Duration::from_secs(10), task).await.expect("it stops").unwrap();
    }
}
