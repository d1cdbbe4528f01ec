//! The log on both engines: chains of subjects, and the chain of days.

#![allow(clippy::unwrap_used)]

use audit::{NewEvent, Watch, append, check_days, events, look_at_clock, open_days, seal_days};
use base::{Id, Instant};
use store::{Db, Engine, StoreError, params};

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
                Err(StoreError::Serialization(_) | StoreError::Busy(_)) => {}
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

/// One look of a process, its clock and the time it ran given; then the days that may be sealed are.
async fn look(db: &Db, watch: &mut Watch, clock: Instant, steady_ms: i64) -> usize {
    let before = *watch;
    let (sealed, after) = db
        .write(move |tx| {
            Box::pin(async move {
                let (judged, watch) = look_at_clock(tx, before, clock, steady_ms).await?;
                Ok::<_, StoreError>((seal_days(tx, judged.known.sealed_until(), 20).await?, watch))
            })
        })
        .await
        .unwrap();
    *watch = after;
    sealed
}

/// A process that runs so many hours, looking every quarter of an hour.
async fn run(db: &Db, from: Instant, hours: i64, ahead_ms: i64) -> usize {
    let (mut watch, mut sealed) = (Watch::default(), 0);
    for quarter in 0..=hours * 4 {
        let real = from.plus_ms(quarter * HOUR_MS / 4);
        sealed += look(db, &mut watch, real.plus_ms(ahead_ms), real.0).await;
    }
    sealed
}

async fn said(db: &Db) -> Vec<(String, Option<i64>)> {
    let remarks = db.read(|tx| Box::pin(async move { audit::remarks(tx).await })).await.unwrap();
    remarks.into_iter().map(|remark| (remark.kind, remark.jumped_ms.map(|ms| ms / HOUR_MS))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_with_the_clock_two_days_ahead_seals_nothing_and_the_days_go_on_as_if_it_had_not_been() {
    for db in databases().await {
        write(&db, 7, FRIDAY.plus_ms(9 * HOUR_MS)).await;
        run(&db, FRIDAY.plus_ms(9 * HOUR_MS), 1, 0).await;
        // Three seconds, somebody acts meanwhile, and the program ends.
        let wrong = FRIDAY.plus_ms(10 * HOUR_MS + 60_000 + 48 * HOUR_MS);
        let mut watch = Watch::default();
        assert_eq!(look(&db, &mut watch, wrong, 0).await, 0);
        write(&db, 7, wrong.plus_ms(2_000)).await;
        assert_eq!(look(&db, &mut watch, wrong.plus_ms(3_000), 3_000).await, 0);
        // The right clock again: what happens on those days is sealed with them.
        write(&db, 7, FRIDAY.plus_ms(10 * HOUR_MS + 120_000)).await;
        assert_eq!(run(&db, FRIDAY.plus_ms(10 * HOUR_MS + 120_000), 30, 0).await, 1);
        write(&db, 8, FRIDAY.plus_ms(41 * HOUR_MS)).await;
        assert_eq!(run(&db, FRIDAY.plus_ms(40 * HOUR_MS + 120_000), 48, 0).await, 2);
        assert_eq!(checked(&db).await, (3, None), "{:?}", db.engine());
        // There and, but for a minute, back.
        assert_eq!(said(&db).await, [("clock-jumped".to_owned(), Some(-47)), ("clock-jumped".to_owned(), Some(48))]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_that_was_off_for_weeks_goes_on_and_its_days_are_sealed() {
    for db in databases().await {
        write(&db, 7, FRIDAY.plus_ms(9 * HOUR_MS)).await;
        let on = FRIDAY.plus_ms(21 * 24 * HOUR_MS + 8 * HOUR_MS);
        assert_eq!(run(&db, on, 3, 0).await, 0, "not believed yet");
        assert_eq!(run(&db, on.plus_ms(3 * HOUR_MS), 5, 0).await, 21);
        assert_eq!(run(&db, on.plus_ms(8 * HOUR_MS), 1, 0).await, 0);
        assert_eq!(checked(&db).await, (21, None));
        let kinds: Vec<String> = said(&db).await.into_iter().map(|(kind, _)| kind).collect();
        assert_eq!(kinds, ["clock-accepted", "clock-jumped", "clock-jumped"], "each start was told");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_written_into_a_day_that_is_sealed_until_it_is_opened_with_a_reason() {
    for db in databases().await {
        three_days(&db).await;
        let behind = FRIDAY.plus_ms(50 * HOUR_MS);
        let event = NewEvent { kind: "changed", at: behind, actor: None, agency: None, data: serde_json::json!({}) };
        let refused = {
            let event = event.clone();
            db.write(move |tx| Box::pin(async move { append(tx, Id(7), event).await })).await
        };
        assert!(matches!(refused, Err(StoreError::Busy(_))), "{refused:?}");
        assert_eq!(checked(&db).await, (3, None));
        let from = behind.date();
        let opened = db
            .write(move |tx| {
                Box::pin(async move {
                    let opened = open_days(tx, from, "sealed under a wrong clock", behind).await?;
                    append(tx, Id(7), event).await?;
                    Ok::<_, StoreError>(opened)
                })
            })
            .await;
        assert_eq!(opened.unwrap(), 1);
        assert_eq!(checked(&db).await, (2, None));
        assert_eq!(seal(&db, FRIDAY.plus_ms(73 * HOUR_MS), 10).await, 1);
        assert_eq!(checked(&db).await, (3, None));
        let remarks = db.read(|tx| Box::pin(async move { audit::remarks(tx).await })).await.unwrap();
        assert_eq!(remarks[0].opened, Some((from, "sealed under a wrong clock".to_owned())));
    }
}

/// What hash the last of three days has when the first had so many events.
async fn last_hash(db: &Db, first_day_events: i64) -> Vec<u8> {
    for n in 0..first_day_events {
        write(db, 7, FRIDAY.plus_ms(9 * HOUR_MS + n)).await;
    }
    write(db, 9, FRIDAY.plus_ms(57 * HOUR_MS)).await;
    assert_eq!(seal(db, FRIDAY.plus_ms(73 * HOUR_MS), 10).await, 3);
    let sql = "SELECT hash FROM event_day ORDER BY day DESC LIMIT 1";
    db.read(move |tx| Box::pin(async move { tx.query_one(sql, params![]).await?.get("hash") })).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_hash_of_the_last_day_covers_all_days_before_it() {
    let mut hashes = Vec::new();
    for db in databases().await {
        hashes.push(last_hash(&db, 1).await);
    }
    for (db, other) in databases().await.into_iter().zip(&hashes) {
        assert_ne!(last_hash(&db, 2).await, *other, "the last days are alike, the first are not");
    }
    assert!(hashes.windows(2).all(|pair| pair[0] == pair[1]), "and the same events give the same on every engine");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_early_day_changed_and_sealed_anew_contradicts_the_next() {
    for db in databases().await {
        three_days(&db).await;
        let kept = db
            .read(|tx| {
                Box::pin(async move {
                    let rows =
                        tx.query("SELECT day, events, digest, hash FROM event_day ORDER BY day", params![]).await?;
                    rows.iter()
                        .skip(1)
                        .map(|row| {
                            let (digest, hash): (Vec<u8>, Vec<u8>) = (row.get("digest")?, row.get("hash")?);
                            Ok((row.get::<base::Date>("day")?, row.get::<i64>("events")?, digest, hash))
                        })
                        .collect::<Result<Vec<_>, StoreError>>()
                })
            })
            .await
            .unwrap();
        let changed = "DELETE FROM event WHERE subject_id = 8";
        assert_eq!(tamper(&db, changed).await, 1);
        tamper(&db, "DELETE FROM event_day").await;
        tamper(&db, "DELETE FROM event WHERE subject_id = 0").await;
        tamper(&db, "DELETE FROM event_head WHERE subject_id = 0").await;
        assert_eq!(seal(&db, FRIDAY.plus_ms(73 * HOUR_MS), 10).await, 3);
        assert_eq!(checked(&db).await, (3, None), "whoever may write everything can seal everything anew");
        // The days after it as they were: written down elsewhere, or left because nobody thought of them.
        for (day, events, digest, hash) in kept {
            db.write(move |tx| {
                Box::pin(async move {
                    let sql = "UPDATE event_day SET events = $2, digest = $3, hash = $4 WHERE day = $1";
                    tx.execute(sql, params![day, events, digest, hash]).await
                })
            })
            .await
            .unwrap();
        }
        assert_eq!(checked(&db).await.1.as_deref(), Some("2026-11-21"), "{:?}", db.engine());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_was_moved_between_reading_and_writing_is_a_conflict_and_leaves_nothing() {
    for db in databases().await {
        write(&db, 7, FRIDAY).await;
        // Somebody moves the head at the very moment the event is written.
        let moving: &[&'static str] = match db.engine() {
            Engine::Sqlite => {
                &["CREATE TRIGGER moving AFTER INSERT ON event BEGIN UPDATE event_head SET n = n + 1; END"]
            }
            Engine::Postgres => &[
                "CREATE FUNCTION moving() RETURNS trigger AS $$ BEGIN UPDATE event_head SET n = n + 1; RETURN NEW; END $$ LANGUAGE plpgsql",
                "CREATE TRIGGER moving AFTER INSERT ON event FOR EACH ROW EXECUTE FUNCTION moving()",
            ],
        };
        for sql in moving {
            tamper(&db, sql).await;
        }
        let event = NewEvent { kind: "changed", at: FRIDAY, actor: None, agency: None, data: serde_json::json!({}) };
        let appended = db.write(move |tx| Box::pin(async move { append(tx, Id(7), event).await })).await;
        assert!(matches!(appended, Err(StoreError::Serialization(_))), "{appended:?}");
        let left = db.read(|tx| Box::pin(async move { events(tx, Id(7)).await })).await.unwrap();
        assert_eq!(left.len(), 1);
    }
}
