//! Every list is a range of an index, at a size at which a scan would be felt. `PETITIONS=1000000` measures a province of many years.

use crate::support::{START, provinces};
use base::Id;
use feedback::State;
use feedback::store::{self as sql, Narrow};
use std::time::Instant as Stopwatch;
use store::{Engine, Sql, params};

/// Petitions in the table.
fn size() -> i64 {
    std::env::var("PETITIONS").ok().and_then(|text| text.parse().ok()).unwrap_or(100_000)
}

/// As many petitions, half of them published, and what the open ones owe.
fn fill(engine: Engine, n: i64) -> Vec<String> {
    let series = match engine {
        Engine::Sqlite => format!(
            "(WITH RECURSIVE s (k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM s WHERE k < {n}) SELECT k FROM s) AS s"
        ),
        Engine::Postgres => format!("generate_series(CAST(1 AS BIGINT), {n}) AS s (k)"),
    };
    let hash = if engine == Engine::Sqlite { "x'00'" } else { "'\\x00'::bytea" };
    let state = "CASE WHEN k % 2 = 0 THEN 'published' WHEN k % 50 = 1 THEN 'handling' ELSE 'kept' END";
    let petitions = format!(
        "INSERT INTO petition (id, code, event_n, event_hash, state, channel, class, topic, area_id, intake_id, unit_id, level,
           key_hash, year, n, sent_at, sort_due_at, answer_due_at, answer_basis, published_at, track, reopened)
         SELECT k, 'P' || k, 1, {hash}, {state}, 'portal', 'place', CASE WHEN k % 9 = 0 THEN 'land' ELSE 'roads' END, 2000 + k % 103, 1,
           3000 + k % 300, 'commune', '', 2026, k, {at} + k, {at}, {at}, '', CASE WHEN k % 2 = 0 THEN {at} + k END, '', 0 FROM {series}",
        at = START.0
    );
    let dues = format!(
        "INSERT INTO due (subject_id, name, unit_id, due_at) SELECT k, 'petition-answer', 3000 + k % 300, {} + k FROM {series} WHERE k % 50 = 1",
        START.0
    );
    let analyze = if engine == Engine::Sqlite { "ANALYZE" } else { "ANALYZE petition" };
    vec![petitions, dues, analyze.to_owned()]
}

#[tokio::test(flavor = "multi_thread")]
async fn every_list_is_a_range_of_its_index() {
    for province in provinces().await {
        let engine = province.db.engine();
        for sql in fill(engine, size()) {
            province
                .db
                .write(move |tx| {
                    Box::pin(async move {
                        tx.without_time_limit().await?;
                        tx.execute(Sql::from(sql), params![]).await
                    })
                })
                .await
                .unwrap();
        }
        let far = i64::MAX.to_string();
        let lanes: [(&Sql, &[&str], &str); 8] = [
            (&sql::PUBLISHED, &[&far, &far, "26"], "petition_published"),
            (&sql::PUBLISHED_TOPIC, &[&far, &far, "26", "'land'"], "petition_published_topic"),
            (&sql::PUBLISHED_AREA, &[&far, &far, "26", "2007"], "petition_published_area"),
            (&sql::OF_UNIT, &["3007", "'handling'", &far, "26"], "petition_unit"),
            (&sql::OF_STATE, &["'handling'", &far, "26"], "petition_state"),
            (&sql::OF_ACCOUNT, &["7"], "petition_account"),
            (&sql::BY_CODE, &["'P77'"], "petition_code"),
            (&records::work::LANE, &["3007", "'petition-answer'", "0", "0", "41"], "due_unit"),
        ];
        for (statement, values, index) in lanes {
            let mut text = statement.text(engine).to_owned();
            for (n, value) in values.iter().enumerate().rev() {
                text = text.replace(&format!("${}", n + 1), value);
            }
            let plan = plan(&province.db, engine, text).await;
            assert!(plan.contains(index), "{index} on {engine:?}:\n{plan}");
            let scans = plan.contains("SCAN petition") || plan.contains("Seq Scan") || plan.contains("TEMP B-TREE");
            assert!(!scans, "{index} on {engine:?}:\n{plan}");
        }
        measure(&province.db, engine).await;
    }
}

async fn plan(db: &store::Db, engine: Engine, text: String) -> String {
    let asked = match engine {
        Engine::Sqlite => format!("EXPLAIN QUERY PLAN {text}"),
        Engine::Postgres => format!("EXPLAIN {text}"),
    };
    let rows = db.read(move |tx| Box::pin(async move { tx.query(Sql::from(asked), params![]).await })).await.unwrap();
    let last = if engine == Engine::Sqlite { 3 } else { 0 };
    rows.iter().map(|row| row.at::<String>(last).unwrap()).collect::<Vec<_>>().join("\n")
}

/// Pages from all over the lists; the slowest of a hundred is told.
async fn measure(db: &store::Db, engine: Engine) {
    let mut times = [Vec::new(), Vec::new(), Vec::new()];
    for n in 0..200 {
        let place = START.plus_ms(size() * n / 200);
        let narrow = Narrow { after: Some((place, Id(i64::MAX))), area: Some(Id(2000 + n % 103)), ..Narrow::default() };
        let begun = Stopwatch::now();
        let all = narrow.clone();
        db.read(move |tx| Box::pin(async move { sql::published(tx, &Narrow { area: None, ..all }, 26).await }))
            .await
            .unwrap();
        times[0].push(begun.elapsed());
        let begun = Stopwatch::now();
        db.read(move |tx| Box::pin(async move { sql::published(tx, &narrow, 26).await })).await.unwrap();
        times[1].push(begun.elapsed());
        let after = Some(Id(size() * (n + 1) / 200));
        let begun = Stopwatch::now();
        let found = db.read(move |tx| {
            Box::pin(async move { sql::of_units(tx, None, &[State::Handling, State::Asked], after, 26).await })
        });
        found.await.unwrap();
        times[2].push(begun.elapsed());
    }
    for (list, mut times) in ["published", "published of a commune", "a whole province's work"].into_iter().zip(times) {
        times.sort();
        eprintln!("{list} among {} on {engine:?}: median {:?}, p99 {:?}", size(), times[100], times[197]);
    }
}
