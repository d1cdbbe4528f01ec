//! The log on both engines: chains of subjects, and the chain of days.

#![allow(clippy::unwrap_used)]

use audit::{NewEvent, append, check_days, events, seal_days};
use base::{Id, Instant};
use store::{Db, StoreError, params};

const HOUR_MS: i64 = 3_600_000;
/// 2026-11-20 00:00 in Việt Nam.
const FRIDAY: Instant = Instant(1_795_107_600_000);

async fn databases() -> Vec<Db> {
    let databases = store::testing::databases().await;
    for db in &databases {
        db.migrate(&[audit::MIGRATIONS]).await.unwrap();
    }
    databases
}

async fn write(db: &Db, subject: i64, at: Instant) {
    db.write(move |tx| {
        Box::pin(async move {
            let event = NewEvent {
                kind: "changed",
                at,
                actor: Some(Id(1)),
                agency: None,
                data: serde_json::json!({ "word": "chữ" }),
            };
            append(tx, Id(subject), event).await
        })
    })
    .await
    .unwrap();
}

async fn seal(db: &Db, now: Instant, days_max: usize) -> usize {
    db.write(move |tx| Box::pin(async move { seal_days(tx, now, days_max).await })).await.unwrap()
}

async fn checked(db: &Db) -> (i64, Option<String>) {
    let check = db.read(|tx| Box::pin(async move { check_days(tx).await })).await.unwrap();
    (check.days, check.broken.map(|day| day.to_string()))
}

async fn tamper(db: &Db, sql: &'static str) -> u64 {
    db.write(move |tx| Box::pin(async move { tx.execute(sql, params![]).await })).await.unwrap()
}

/// Three days with events, the second one empty, all sealed.
async fn three_days(db: &Db) {
    for (subject, hours) in [(7, 9), (8, 10), (7, 11), (9, 48 + 9), (7, 48 + 10)] {
        write(db, subject, FRIDAY.plus_ms(hours * HOUR_MS)).await;
    }
    assert_eq!(seal(db, FRIDAY.plus_ms(73 * HOUR_MS), 10).await, 3);
    assert_eq!(checked(db).await, (3, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subjects_events_form_one_chain() {
    for db in databases().await {
        three_days(&db).await;
        let found = db.read(|tx| Box::pin(async move { events(tx, Id(7)).await })).await.unwrap();
        let mut chain = audit::Chain::default();
        for event in &found {
            assert_eq!(event.n, chain.n + 1);
            chain.extend(event.link());
            assert_eq!(event.hash, chain.hash);
        }
        assert_eq!(found.len(), 3);
        assert_eq!(found[0].data, r#"{"word":"chữ"}"#);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_is_sealed_ten_minutes_after_its_end_and_once() {
    for db in databases().await {
        write(&db, 7, FRIDAY.plus_ms(9 * HOUR_MS)).await;
        let midnight = FRIDAY.plus_ms(24 * HOUR_MS);
        assert_eq!(seal(&db, midnight.plus_ms(9 * 60_000), 10).await, 0);
        assert_eq!(seal(&db, midnight.plus_ms(11 * 60_000), 10).await, 1);
        assert_eq!(seal(&db, midnight.plus_ms(11 * 60_000), 10).await, 0);
        // Long days without the program are sealed in steps, empty days too.
        assert_eq!(seal(&db, midnight.plus_ms(100 * 24 * HOUR_MS), 60).await, 60);
        assert_eq!(seal(&db, midnight.plus_ms(100 * 24 * HOUR_MS), 60).await, 39);
        assert_eq!(checked(&db).await, (100, None));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_log_has_nothing_to_seal() {
    for db in databases().await {
        assert_eq!(seal(&db, FRIDAY, 10).await, 0);
        assert_eq!(checked(&db).await, (0, None));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_changed_in_a_sealed_day_names_the_first_day_that_no_longer_agrees() {
    let cases: [(&'static str, &str); 8] = [
        ("DELETE FROM event WHERE subject_id = 8", "2026-11-20"),
        ("DELETE FROM event WHERE subject_id = 9", "2026-11-22"),
        ("UPDATE event SET at = at + 86400000 WHERE subject_id = 8", "2026-11-20"),
        (
            "UPDATE event SET hash = (SELECT e.hash FROM event e WHERE e.subject_id = 9) WHERE subject_id = 8",
            "2026-11-20",
        ),
        ("UPDATE event_day SET events = events + 1 WHERE day = '2026-11-21'", "2026-11-21"),
        (
            "UPDATE event_day SET digest = (SELECT d.digest FROM event_day d WHERE d.day = '2026-11-22') WHERE day = '2026-11-20'",
            "2026-11-20",
        ),
        ("DELETE FROM event_day WHERE day = '2026-11-21'", "2026-11-21"),
        ("DELETE FROM event_day WHERE day = '2026-11-22'", "2026-11-22"),
    ];
    for (sql, day) in cases {
        for db in databases().await {
            three_days(&db).await;
            assert_eq!(tamper(&db, sql).await, 1, "{sql}");
            assert_eq!(checked(&db).await.1.as_deref(), Some(day), "{sql}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_writers_at_once_never_fork_a_chain() {
    for db in databases().await {
        let mut writers = Vec::new();
        for turn in 0..20 {
            let db = db.clone();
            writers.push(tokio::spawn(async move {
                db.write(move |tx| {
                    Box::pin(async move {
                        let event = NewEvent {
                            kind: "changed",
                            at: FRIDAY.plus_ms(turn),
                            actor: None,
                            agency: None,
                            data: serde_json::json!({}),
                        };
                        append(tx, Id(7), event).await
                    })
                })
                .await
            }));
        }
        let mut written = 0;
        for writer in writers {
            match writer.await.unwrap() {
                Ok(_) => written += 1,
                Err(StoreError::Unique { .. } | StoreError::Busy(_)) => {}
                Err(other) => panic!("{other}"),
            }
        }
        let found = db.read(|tx| Box::pin(async move { events(tx, Id(7)).await })).await.unwrap();
        let mut chain = audit::Chain::default();
        for event in &found {
            chain.extend(event.link());
            assert_eq!(event.hash, chain.hash, "{:?}", db.engine());
        }
        assert_eq!(found.len(), written);
        assert!(written > 0);
    }
}
