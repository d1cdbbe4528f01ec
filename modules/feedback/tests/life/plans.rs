//! Every list is a range of an index, at a size at which a scan would be felt. `PETITIONS=1000000` measures a province of many years.

use crate::support::{START, provinces};
use base::{Id, Instant};
use feedback::State;
use feedback::office::{self, Wanted};
use feedback::store::{self as sql, Narrow};
use std::time::Instant as Stopwatch;
use store::{Engine, Sql, Value};

/// Petitions in the table.
fn size() -> i64 {
    std::env::var("PETITIONS").ok().and_then(|text| text.parse().ok()).unwrap_or(100_000)
}

/// As many petitions, half of them published, and what the open ones owe.
fn fill(engine: Engine, n: i64) -> Vec<String> {
    let series = lists::plan::series(engine, n);
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
        let refused = lists::plan::refusals(&province.db, fill(engine, size()), lanes()).await.unwrap();
        assert!(refused.is_empty(), "on {engine:?}: {}", refused.join("\n\n"));
        for (sql, values) in counts() {
            let plan = province.db.read(move |tx| Box::pin(async move { lists::plan::of(tx, &sql, &values).await }));
            let plan = plan.await.unwrap();
            let whole = ["Seq Scan on", "SCAN petition", "SCAN due"].iter().any(|scan| plan.contains(scan));
            assert!(!whole, "a count reads a whole table on {engine:?}: {plan}");
        }
        measure(&province.db, engine).await;
    }
}

/// What stands beside the tabs: of a commune and its divisions in any state, of the province in one that nobody is in.
fn counts() -> Vec<(Sql, Vec<Value>)> {
    let units = || Value::Json([3007, 3008, 3009].into_iter().map(serde_json::Value::from).collect());
    let of_units = [State::New, State::Handling, State::Kept, State::Published];
    let of_units = of_units.map(|state| (office::COUNT_UNITS, vec![units(), state.as_str().into()]));
    let waiting = (records::work::COUNT, vec![units(), "petition-answer".into(), Instant(i64::MAX).into()]);
    let of_all = (office::COUNT_STATE.spelled(1, State::Asked.as_str()), Vec::new());
    of_units.into_iter().chain([waiting, of_all]).collect()
}

/// Every lane of every list of this module, with the index that it is a range of.
fn lanes() -> Vec<(Sql, Vec<Value>, &'static str)> {
    let far = (Instant(i64::MAX), Id(i64::MAX));
    let mut lanes = Vec::new();
    for (topic, due_before, units, state) in [
        ("", None, "petition_unit", "petition_state"),
        ("land", None, "petition_unit_topic", "petition_state_topic"),
        ("", Some(START), "petition_unit_due", "petition_state_due"),
        ("land", Some(START), "petition_unit_due", "petition_state_due"),
    ] {
        for one in [State::Handling, State::Kept, State::Published] {
            let wanted = Wanted { topic, due_before, ..Wanted::default() };
            let place = due_before.map_or(far, |_| (START.plus_ms(-1_000), Id(0)));
            for (unit, index) in [(Some(Id(3007)), units), (None, state)] {
                let (sql, values) = office::lane(&wanted, one, unit, place, 26);
                lanes.push((sql, values, index));
            }
        }
    }
    for (units, indexes) in [
        (Some(&[Id(3007)][..]), ["petition_heard_unit", "dialogue_item_heard_unit"]),
        (None, ["petition_heard", "dialogue_item_heard"]),
    ] {
        let week = feedback::heard::Week::of(START.date()).ids();
        let of_week = feedback::heard::lanes(units, week, 26).into_iter();
        lanes.extend(of_week.zip(indexes).map(|((sql, values), index)| (sql, values, index)));
    }
    let page = || vec![Value::from(far.0), Value::from(far.1), Value::from(26_i64)];
    let and = |more: Value| [page(), vec![more]].concat();
    lanes.extend([
        (sql::PUBLISHED, page(), "petition_published"),
        (sql::PUBLISHED_TOPIC, and("land".into()), "petition_published_topic"),
        (sql::PUBLISHED_AREA, and(Id(2007).into()), "petition_published_area"),
        (sql::OF_ACCOUNT, vec![Id(7).into()], "petition_account"),
        (sql::BY_CODE, vec!["P77".into()], "petition_code"),
        (office::CONCERNED, vec!["new".into()], "petition_concerned"),
        (feedback::dialogue::store::SITTINGS, page(), "dialogue_held"),
    ]);
    let before = Value::from(Instant(i64::MAX));
    let begin = [Value::from(0_i64), Value::from(0_i64), Value::from(0_i64), before.clone()];
    let unit = [vec![Id(3007).into(), "petition-answer".into()], begin.to_vec(), vec![Value::from(41_i64)]].concat();
    lanes.push((records::work::LANE, unit, "due_unit"));
    let held = [vec![Id(7).into()], begin.to_vec(), vec!["".into(), Value::from(0_i64), Value::from(41_i64)]].concat();
    lanes.push((records::work::HELD, held, "due_holder"));
    lanes
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
            Box::pin(async move {
                let wanted = Wanted { states: &[State::Handling, State::Asked], ..Wanted::default() };
                office::page(tx, &wanted, after.map(|id| (Instant(0), id)), 26).await
            })
        });
        found.await.unwrap();
        times[2].push(begun.elapsed());
    }
    for (list, mut times) in ["published", "published of a commune", "a whole province's work"].into_iter().zip(times) {
        times.sort();
        eprintln!("{list} among {} on {engine:?}: median {:?}, p99 {:?}", size(), times[100], times[197]);
    }
}
