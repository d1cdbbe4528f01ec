//! A simulated province on both engines: the same for the same seed, like real life, and in order.

use base::{Date, Fault, Id, Instant};
use simulate::{Made, Plan};
use std::collections::BTreeMap;
use store::{Db, params};

const DOSSIERS: u64 = 2_500;

fn until() -> Instant {
    Instant::from_local("2026-11-19".parse::<Date>().unwrap().at(15, 0, 0, 0))
}

async fn provinces() -> Vec<Db> {
    let databases = store::testing::databases().await;
    for db in &databases {
        let sets = [
            audit::MIGRATIONS,
            facts::MIGRATIONS,
            identity::MIGRATIONS,
            organisation::MIGRATIONS,
            catalogue::MIGRATIONS,
            dossiers::MIGRATIONS,
        ];
        db.migrate(&sets).await.unwrap();
        db.write(|tx| {
            Box::pin(async move {
                organisation::seed_demo(tx, until()).await?;
                catalogue::seed(tx, until()).await?;
                Ok::<_, Fault>(())
            })
        })
        .await
        .unwrap();
    }
    databases
}

async fn run(db: &Db, dossiers: u64, seed: u64) -> Result<Made, Fault> {
    simulate::run(db, Plan { dossiers, seed, until: until(), focus: None }, |_| ()).await
}

/// Rows as text, in the order asked for.
async fn rows(db: &Db, sql: &'static str) -> Vec<String> {
    db.read(move |tx| {
        Box::pin(async move {
            tx.query(sql, params![]).await?.iter().map(|row| row.at::<String>(0)).collect::<Result<Vec<_>, _>>()
        })
    })
    .await
    .unwrap()
}

async fn number(db: &Db, sql: &'static str) -> i64 {
    db.read(move |tx| Box::pin(async move { tx.query_one(sql, params![]).await?.at::<i64>(0) })).await.unwrap()
}

/// Everything drawn, accounts aside: they get their numbers from the moment they are made.
const DOSSIER_ROWS: &str = "SELECT code || '|' || status || '|' || step || '|' || channel || '|' || level || '|' || field || '|' || filed_at || '|' || COALESCE(due_at, 0) || '|' || COALESCE(finished_at, 0) || '|' || COALESCE(returned_at, 0) || '|' || flags || '|' || paid_dong || '|' || COALESCE(rating, 0) || '|' || owner_name || '|' || owner_number || '|' || owner_phone || '|' || answers FROM dossier ORDER BY id";
const FACT_ROWS: &str = "SELECT measure || '|' || day || '|' || level || '|' || field || '|' || channel || '|' || flags || '|' || CAST(SUM(qty) AS BIGINT) AS line FROM fact GROUP BY measure, day, level, field, channel, flags ORDER BY measure, day, level, field, channel, flags";
const EVENT_ROWS: &str =
    "SELECT kind || '|' || at FROM event WHERE subject_id IN (SELECT id FROM dossier) ORDER BY subject_id, n";

async fn in_order(db: &Db) -> dossiers::verify::Report {
    let report = dossiers::verify::verify(db, |_| ()).await.unwrap();
    assert_eq!((report.chain.as_str(), report.figures_wrong), ("ok", 0), "{:?}: {report:?}", db.engine());
    report
}

async fn figures(db: &Db) -> BTreeMap<String, (i64, i64)> {
    let indicators = facts::Indicators::from_toml(&[include_str!("../../../data/indicators/one-stop.toml")]).unwrap();
    db.read(move |tx| {
        Box::pin(async move {
            let root = organisation::load_tree(tx).await?.root().map_or(Id(0), |root| root.id);
            let mut found = BTreeMap::new();
            for indicator in indicators.all(until().date()) {
                let figure = facts::value(tx, indicator, root, &facts::Filter::year(2026)).await?;
                found.insert(indicator.id.clone(), (figure.numerator, figure.denominator));
            }
            Ok::<_, store::StoreError>(found)
        })
    })
    .await
    .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_seed_makes_the_same_province_on_every_engine_and_another_seed_another_one() {
    let mut dumps = Vec::new();
    for db in provinces().await.iter().chain(&provinces().await[..1]) {
        let made = run(db, 400, 7).await.unwrap();
        dumps.push((
            made,
            rows(db, DOSSIER_ROWS).await,
            rows(db, FACT_ROWS).await,
            rows(db, EVENT_ROWS).await,
            figures(db).await,
        ));
    }
    let first = dumps.remove(0);
    assert!(!first.1.is_empty() && !first.2.is_empty());
    for other in dumps {
        assert_eq!(first.0, other.0);
        for (one, two) in [(&first.1, &other.1), (&first.2, &other.2), (&first.3, &other.3)] {
            if let Some((one, two)) = one.iter().zip(two).find(|(one, two)| one != two) {
                panic!("{one}\n{two}");
            }
            assert_eq!(one.len(), two.len());
        }
        assert_eq!(first.4, other.4);
    }
    let another = &provinces().await[0];
    run(another, 400, 8).await.unwrap();
    assert_ne!(first.1, rows(another, DOSSIER_ROWS).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_simulated_province_is_like_a_real_one_and_passes_every_check() {
    for db in provinces().await {
        let made = run(&db, DOSSIERS, 42).await.unwrap();
        let report = in_order(&db).await;
        assert_eq!(made.dossiers, report.dossiers);
        assert!(made.dossiers >= DOSSIERS * 98 / 100, "{made:?}");
        assert!(report.days_sealed > 500, "{report:?}");
        let shares = figures(&db).await;
        let permille = |(numerator, denominator): (i64, i64)| numerator * 1_000 / denominator.max(1);
        let on_time = permille(shares["on-time"]);
        assert!((900..=960).contains(&on_time), "on time {on_time}");
        let online = permille(shares["online-share"]);
        assert!((500..=800).contains(&online), "online {online}");
        let supplemented = permille(shares["supplemented"]);
        assert!((35..=85).contains(&supplemented), "supplemented {supplemented}");
        let happy = permille(shares["satisfaction"]);
        assert!((800..=980).contains(&happy), "satisfied {happy}");
        // Every status of the law occurs; what is open is open now, not for years.
        assert_eq!(number(&db, "SELECT COUNT(DISTINCT status) FROM dossier").await, 10);
        let happened = number(&db, "SELECT MAX(at) FROM event WHERE subject_id IN (SELECT id FROM dossier)").await;
        assert!(happened <= until().0);
        let open = number(&db, "SELECT COUNT(*) FROM dossier WHERE open").await;
        assert!(open > 0 && open < DOSSIERS as i64 / 8, "open {open}");
        let wrong_place = "SELECT COUNT(*) FROM dossier WHERE intake_id <> competent_id";
        assert!(number(&db, wrong_place).await > 0);
        // Codes are in the order of the day and without a gap (verify has checked their number).
        assert_eq!(number(&db, "SELECT COUNT(*) - COUNT(DISTINCT code) FROM dossier").await, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_run_with_another_seed_adds_to_the_first_and_the_same_seed_is_a_clear_conflict() {
    for db in provinces().await {
        let first = run(&db, 300, 1).await.unwrap();
        let accounts = number(&db, "SELECT COUNT(*) FROM account").await;
        let second = run(&db, 300, 2).await.unwrap();
        assert_eq!(number(&db, "SELECT COUNT(*) FROM account").await, accounts, "people are made once");
        let before = in_order(&db).await;
        assert_eq!(before.dossiers, first.dossiers + second.dossiers);
        for seed in [1, 2] {
            match run(&db, 300, seed).await {
                Err(Fault::Conflict(problem)) => {
                    assert_eq!((problem.code, problem.field.as_deref()), ("simulate-seed-used", Some("seed")));
                }
                other => panic!("{other:?}"),
            }
        }
        // Nothing was added, and the days are sealed as before.
        assert_eq!(in_order(&db).await, before);
    }
}
