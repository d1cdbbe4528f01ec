//! Facts spoiled in many ways are derived anew: what moved is said, nothing is written unasked, and what was right stays.

use super::*;
use crate::CounterIntake;
use crate::verify::rebuild::rebuild;
use crate::verify::{Rebuilt, rebuild_facts};

/// What is done to the facts, and whether figures move by it (else only sums of the roll-up).
const SPOILED: [(&str, bool); 14] = [
    ("DELETE FROM fact WHERE measure = 'settled'", true),
    ("UPDATE fact SET qty = qty + 1000 WHERE measure = 'fee_due'", true),
    ("UPDATE fact SET day = '2026-10-01' WHERE measure = 'received'", true),
    ("UPDATE fact SET day = '2026-11-01' WHERE measure = 'settled'", true),
    ("UPDATE fact SET flags = 0 WHERE measure = 'settled'", true),
    ("UPDATE fact SET subject_id = subject_id + 1 WHERE measure = 'returned'", true),
    ("UPDATE fact SET procedure_id = 1 WHERE measure = 'received'", true),
    ("UPDATE fact SET official_id = 1 WHERE measure = 'settled'", true),
    ("UPDATE fact SET official_id = NULL WHERE measure = 'received'", true),
    (
        "INSERT INTO fact (measure, day, agency_id, level, field, channel, flags, qty, subject_id, procedure_id, official_id, rolled) SELECT measure, day, agency_id, level, field, channel, flags, qty, subject_id, procedure_id, official_id, FALSE FROM fact WHERE measure = 'received'",
        true,
    ),
    ("UPDATE fact SET measure = 'invented' WHERE measure = 'returned'", true),
    ("UPDATE fact SET agency_id = 999, channel = 3 WHERE measure = 'fee_paid'", true),
    ("UPDATE fact_rollup SET n = n + 5", false),
    ("DELETE FROM fact_rollup;DELETE FROM fact", true),
];

async fn run(office: &Office, sql: &'static str) -> u64 {
    office
        .write(move |tx| {
            Box::pin(async move {
                let mut changed = 0;
                for one in sql.split(';') {
                    changed += tx.execute(Sql::from(one.to_owned()), params![]).await?;
                }
                Ok::<_, StoreError>(changed)
            })
        })
        .await
}

async fn anew(office: &Office, apply: bool) -> Rebuilt {
    rebuild_facts(&office.db, Vec::new(), apply, november(5, 9, 0), |_| ()).await.unwrap()
}

async fn proven(office: &Office) -> Report {
    verify(&office.db, Outside::default(), |_| ()).await.unwrap()
}

/// All facts in words, in order.
async fn all_facts(office: &Office) -> Vec<String> {
    let read = office.db.read(|tx| {
        Box::pin(async move {
            let sql = "SELECT measure, CAST(day AS TEXT) AS day, agency_id, flags, qty, subject_id, procedure_id, COALESCE(official_id, -1) AS official_id FROM fact ORDER BY measure, day, subject_id, flags, qty, 8";
            let rows = tx.query(Sql::from(sql), params![]).await?;
            let line = |row: &::store::Row| {
                let numbers = ["agency_id", "flags", "qty", "subject_id", "procedure_id", "official_id"];
                let numbers: Result<Vec<i64>, StoreError> = numbers.iter().map(|name| row.get(name)).collect();
                Ok(format!("{} {} {:?}", row.text("measure")?, row.text("day")?, numbers?))
            };
            rows.iter().map(line).collect::<Result<Vec<_>, StoreError>>()
        })
    });
    read.await.unwrap()
}

async fn lived(office: &Office) {
    lived_in(office).await;
    let paid = CounterIntake { paid: true, ..counter() };
    office.receive(clerk(), november(4, 10, 0), paid).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn facts_spoiled_in_any_way_come_out_of_the_events_again_and_what_moved_is_said() {
    for office in offices().await {
        lived(&office).await;
        let right = all_facts(&office).await;
        assert!(right.iter().any(|line| line.starts_with("fee_paid")), "{right:?}");
        for (spoil, figures) in SPOILED {
            assert!(run(&office, spoil).await > 0, "{spoil} changes nothing");
            let spoiled = all_facts(&office).await;
            assert!(!proven(&office).await.is_well(), "{spoil} is not seen");
            // A look says what would move, and changes nothing.
            let look = anew(&office, false).await;
            assert!(!look.applied && look.refused.is_none() && !look.is_well(), "{spoil}: {look:?}");
            assert_eq!(look.moved > 0, figures, "{spoil}: {look:?}");
            assert!(figures || look.sums_wrong > 0, "{spoil}");
            assert_eq!(all_facts(&office).await, spoiled, "{spoil}");
            let written = anew(&office, true).await;
            assert!(written.applied && written.is_well());
            assert_eq!((written.moved, &written.figures), (look.moved, &look.figures), "{spoil}");
            let report = proven(&office).await;
            assert!(report.is_well(), "{spoil}: {report:?}");
            assert_eq!(all_facts(&office).await, right, "{spoil}");
            assert_eq!(anew(&office, true).await, Rebuilt::default(), "{spoil}: once is enough");
            roll_up(&office).await;
            assert!(proven(&office).await.is_well(), "{spoil}, rolled up");
        }
        let told = "UPDATE event SET kind = kind WHERE subject_id = 0 AND kind = 'facts-rebuilt'";
        assert_eq!(run(&office, told).await, SPOILED.len() as u64, "each has its event, and a look has none");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_moved_is_named_by_measure_day_and_unit() {
    for office in offices().await {
        lived(&office).await;
        run(&office, "UPDATE fact SET qty = 20000 WHERE measure = 'fee_paid'").await;
        let look = anew(&office, false).await;
        let [moved] = look.figures.as_slice() else { panic!("{look:?}") };
        let day = november(4, 10, 0).date();
        assert_eq!((moved.measure.as_str(), moved.day, moved.unit), ("fee_paid", day, NEAR));
        assert_eq!((moved.before, moved.after, look.moved), (20_000, 8_000, 1));
        // The same number of another case: told as well, though the figure does not move.
        anew(&office, true).await;
        run(&office, "UPDATE fact SET subject_id = 5 WHERE measure = 'fee_paid'").await;
        let look = anew(&office, false).await;
        assert_eq!((look.figures[0].before, look.figures[0].after), (8_000, 8_000));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_moves_where_nobody_touched_anything() {
    for office in offices().await {
        lived(&office).await;
        assert_eq!(anew(&office, false).await, Rebuilt::default());
        assert_eq!(anew(&office, true).await, Rebuilt::default());
        roll_up(&office).await;
        assert_eq!(anew(&office, true).await, Rebuilt::default());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_in_the_middle_leaves_everything_as_it_was_and_a_reader_sees_all_or_nothing() {
    struct Ended;
    impl From<StoreError> for Ended {
        fn from(error: StoreError) -> Self {
            panic!("{error}")
        }
    }
    for office in offices().await {
        lived(&office).await;
        run(&office, "DELETE FROM fact").await;
        let ended = office.db.write(|tx| {
            Box::pin(async move {
                let done = rebuild(tx, Vec::new(), true, november(5, 9, 0), &|_| ()).await?;
                assert!(done.applied && done.moved > 5);
                Err::<(), Ended>(Ended)
            })
        });
        let ended = ended.await;
        assert!(ended.is_err());
        assert!(all_facts(&office).await.is_empty());
        // Whoever reads meanwhile sees what was there before, or all of it.
        let done = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
        let reading = tokio::spawn({
            let (db, done) = (office.db.clone(), done.clone());
            async move {
                let mut seen = std::collections::BTreeSet::new();
                let mut over = false;
                while !over {
                    over = done.load(std::sync::atomic::Ordering::SeqCst);
                    let count = db.read(|tx| {
                        Box::pin(async move {
                            let row = tx.query_one(Sql::from("SELECT COUNT(*) AS n FROM fact"), params![]).await?;
                            row.get::<i64>("n")
                        })
                    });
                    seen.insert(count.await.unwrap());
                }
                seen
            }
        });
        assert!(anew(&office, true).await.applied && proven(&office).await.is_well());
        done.store(true, std::sync::atomic::Ordering::SeqCst);
        let all = all_facts(&office).await.len() as i64;
        assert!(reading.await.unwrap().is_subset(&[0, all].into()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_derived_from_a_log_that_does_not_hold() {
    for office in offices().await {
        lived(&office).await;
        run(&office, "DELETE FROM fact WHERE measure = 'settled'").await;
        run(
            &office,
            "UPDATE event SET data = '{\"rules\":3,\"kind\":\"stopped\",\"reason\":\"x\"}' WHERE kind = 'approved'",
        )
        .await;
        let before = all_facts(&office).await;
        let refused = anew(&office, true).await;
        assert!(!refused.applied && !refused.is_well());
        assert!(refused.refused.is_some_and(|row| row.contains("changed")));
        assert_eq!(all_facts(&office).await, before);
    }
}
