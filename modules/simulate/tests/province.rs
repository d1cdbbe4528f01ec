//! A simulated province on both engines: the same for the same seed, like real life, and in order.

#![allow(clippy::unwrap_used)]

mod common;

use base::{Actor, Date, Fault, Grant, Id, Instant, Role};
use simulate::{Made, Plan, Stage};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use store::{Db, params};

const DOSSIERS: u64 = 2_500;

fn until() -> Instant {
    Instant::from_local("2026-11-19".parse::<Date>().unwrap().at(15, 0, 0, 0))
}

async fn provinces() -> Vec<Db> {
    let databases = store::testing::databases().await;
    for db in &databases {
        common::settle(db, until()).await;
    }
    databases
}

async fn run(db: &Db, dossiers: u64, seed: u64) -> Result<Made, Fault> {
    let told: Arc<Mutex<Vec<Stage>>> = Arc::default();
    let plan = Plan { dossiers, seed, until: until(), focus: None };
    let tell = told.clone();
    let made = simulate::run(db, plan, move |stage| tell.lock().unwrap().push(stage)).await?;
    let told = told.lock().unwrap();
    // Whoever watches sees every stage to its end, and none at its end before it is.
    let written: Vec<&Stage> = told.iter().filter(|stage| matches!(stage, Stage::Dossiers(_))).collect();
    assert_eq!(written.last(), Some(&&Stage::Dossiers(made.dossiers)));
    assert!(told[..written.len()].iter().eq(written.iter().copied()), "{told:?}");
    let days: Vec<(u64, u64)> = told
        .iter()
        .filter_map(|stage| if let Stage::Days { sealed, all } = *stage { Some((sealed, all)) } else { None })
        .collect();
    assert!(days.len() > 20 && days.is_sorted(), "{told:?}");
    assert!(days.iter().rev().skip(1).all(|(sealed, all)| sealed < all), "{told:?}");
    assert!(days.last().is_some_and(|(sealed, all)| sealed == all), "{told:?}");
    assert_eq!(told.last(), Some(&Stage::Statistics));
    Ok(made)
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
    let outside = dossiers::verify::Outside { kinds: vec![organisation::KIND, catalogue::KIND], ..Default::default() };
    let report = dossiers::verify::verify(db, outside, |_| ()).await.unwrap();
    assert_eq!((report.chain.as_str(), report.figures_wrong), ("ok", 0), "{:?}: {report:?}", db.engine());
    report
}

/// Indicator → numerator and denominator.
type Figures = BTreeMap<String, (i64, i64)>;
/// Dossiers, sums of facts, events.
type Dump = [Vec<String>; 3];

async fn figures(db: &Db) -> Figures {
    let indicators = facts::Indicators::from_toml(
        &[include_str!("../../../data/indicators/one-stop.toml")],
        &records::measures(&[catalogue::stock::KIND, dossiers::owed::KIND]).unwrap(),
    )
    .unwrap();
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

/// A database's rows, as far as the seed decides them.
async fn dump(db: &Db) -> Dump {
    [rows(db, DOSSIER_ROWS).await, rows(db, FACT_ROWS).await, rows(db, EVENT_ROWS).await]
}

#[track_caller]
fn same(one: &Dump, two: &Dump) {
    for (one, two) in one.iter().zip(two) {
        if let Some((one, two)) = one.iter().zip(two).find(|(one, two)| one != two) {
            panic!("{one}\n{two}");
        }
        assert_eq!(one.len(), two.len());
    }
}

async fn is_like_real_life(db: &Db, shares: &Figures) {
    let permille = |name: &str| {
        let (numerator, denominator) = shares[name];
        numerator * 1_000 / denominator.max(1)
    };
    for (name, least, most) in
        [("on-time", 900, 960), ("online-share", 500, 800), ("supplemented", 35, 85), ("satisfaction", 800, 980)]
    {
        assert!((least..=most).contains(&permille(name)), "{name}: {}", permille(name));
    }
    // What the product cannot do has not been simulated: nothing is paid online, and such figures are no number.
    for name in ["online-payments", "procedures-paid-online", "procedures-payable", "dossiers-payable"] {
        assert_eq!(shares[name], (0, 0), "{name}");
    }
    let online = format!("SELECT COUNT(*) FROM fact WHERE measure = 'procedure_paid_online' OR flags & {} <> 0", 1024);
    let online = db.read(move |tx| Box::pin(async move { tx.query_one(online, store::params![]).await?.at::<i64>(0) }));
    assert_eq!(online.await.unwrap(), 0);
    assert_eq!(number(db, "SELECT COUNT(*) FROM procedure_first_payment").await, 0);
    // A second supplement counts as late in the index, and only there; some dossiers pass between agencies.
    assert!(shares["on-time-766"].0 < shares["on-time"].0, "{shares:?}");
    assert_eq!(shares["on-time-766"].1, shares["on-time"].1);
    assert!(shares["passed-electronically"].1 > 0 && shares["passed-electronically"].1 < shares["early"].1 / 5);
    // Every status of the law is reached by some dossier, though at any one moment few wait for intake or for money.
    let kinds = rows(db, "SELECT kind FROM event WHERE subject_id IN (SELECT id FROM dossier) GROUP BY kind").await;
    for kind in [
        "filed",
        "received",
        "intake-refused",
        "forwarded",
        "supplement-requested",
        "payment-requested",
        "withdrawn",
        "stopped",
        "approved",
        "refused",
        "result-returned",
    ] {
        assert!(kinds.iter().any(|found| found == kind), "{kind} never happens: {kinds:?}");
    }
    // People rate with their codes, from the counter too; no dossier's log holds it.
    assert!(!kinds.iter().any(|kind| kind == "rated"), "{kinds:?}");
    assert!(number(db, "SELECT COUNT(*) FROM rating_answer WHERE channel = 1").await > 0);
    assert_eq!(number(db, "SELECT COUNT(*) FROM dossier WHERE rating IS NOT NULL").await, 0);
    // What is open is open now, not for years.
    let happened = number(db, "SELECT MAX(at) FROM event WHERE subject_id IN (SELECT id FROM dossier)").await;
    assert!(happened <= until().0);
    let open = number(db, "SELECT COUNT(*) FROM dossier WHERE open").await;
    assert!(open > 0 && open < DOSSIERS as i64 / 8, "open {open}");
    assert!(number(db, "SELECT COUNT(*) FROM dossier WHERE intake_id <> competent_id").await > 0);
    // Nobody works, decides or hands out outside office hours.
    let calendar = base::calendar::Calendar::shipped();
    let moments = rows(db, "SELECT CAST(finished_at AS TEXT) FROM dossier WHERE status IN (9, 10)").await;
    let decided: Vec<Instant> = moments.iter().map(|ms| Instant(ms.parse().unwrap())).collect();
    let outside =
        decided.iter().filter(|at| !calendar.is_working_time(**at) && !calendar.is_working_time(at.plus_ms(-1)));
    assert_eq!(outside.count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seed_makes_the_same_lifelike_province_on_every_engine_and_passes_every_check() {
    let mut first: Option<(Dump, Figures)> = None;
    for db in provinces().await {
        let made = run(&db, DOSSIERS, 42).await.unwrap();
        let report = in_order(&db).await;
        assert_eq!(made.dossiers, report.dossiers);
        assert!(made.dossiers >= DOSSIERS * 98 / 100, "{made:?}");
        assert!(report.days_sealed > 500, "{report:?}");
        let (dump_one, shares) = (dump(&db).await, figures(&db).await);
        is_like_real_life(&db, &shares).await;
        if let Some((dump_before, shares_before)) = &first {
            same(dump_before, &dump_one);
            assert_eq!(*shares_before, shares);
        }

        // The same seed again is a clear conflict: nothing is added, and the days are sealed as before.
        match run(&db, DOSSIERS, 42).await {
            Err(Fault::Conflict(problem)) => {
                assert_eq!((problem.code, problem.field.as_deref()), ("simulate-seed-used", Some("seed")));
            }
            other => panic!("{other:?}"),
        }
        // The log tells that the days were opened and sealed again; nothing else happened.
        let again = in_order(&db).await;
        assert_eq!(again.events, report.events + u64::try_from(report.days_sealed).unwrap() + 1);
        assert_eq!(dossiers::verify::Report { events: report.events, ..again }, report);
        same(&dump_one, &dump(&db).await);

        // Another seed adds other dossiers to the same offices.
        let accounts = number(&db, "SELECT COUNT(*) FROM account").await;
        let second = run(&db, 300, 43).await.unwrap();
        assert_eq!(number(&db, "SELECT COUNT(*) FROM account").await, accounts, "people are made once");
        assert_eq!(in_order(&db).await.dossiers, made.dossiers + second.dossiers);
        assert_ne!(rows(&db, DOSSIER_ROWS).await[..100], dump_one[0][..100]);
        first.get_or_insert((dump_one, shares));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_simulated_offices_keep_the_days_and_hours_of_the_provinces_own_calendar() {
    let monday: Date = "2026-06-15".parse().unwrap();
    for db in provinces().await {
        db.write(move |tx| {
            Box::pin(async move {
                let january = Instant::from_local("2026-01-05".parse::<Date>().unwrap().at(9, 0, 0, 0));
                organisation::seed_calendar(tx, january).await?;
                let root = organisation::load_tree(tx).await?.root().cloned().unwrap();
                let grant = Grant::new(Role::Administrator, root.id, root.path);
                let keeper = Actor { account: Id(7), name: String::new(), grants: vec![grant], citizen_number: None };
                let (day, name) = (monday.to_string(), "Lễ của tỉnh");
                let typed = records::Typed::from([
                    ("kind", "holiday"),
                    ("name", name),
                    ("first_day", &day),
                    ("decision", "12/QĐ-UBND"),
                    ("reason", name),
                ]);
                organisation::calendar::make(tx, &keeper, january, organisation::calendar::Change::Add("day"), &typed)
                    .await
            })
        })
        .await
        .unwrap();
        let kept = db.read(|tx| Box::pin(async move { organisation::load_calendar(tx).await })).await.unwrap();
        assert!(!kept.is_working_day(monday) && base::calendar::Calendar::shipped().is_working_day(monday));
        run(&db, 2_000, 5).await.unwrap();
        let from = Instant::start_of(monday);
        let received = format!(
            "SELECT CAST(COUNT(*) AS BIGINT) AS n FROM event WHERE kind IN ('received', 'forwarded', 'approved', 'refused') \
             AND at >= {} AND at < {}",
            from.0,
            from.0 + 86_400_000
        );
        let received =
            db.read(move |tx| Box::pin(async move { tx.query_one(received, params![]).await?.at::<i64>(0) }));
        assert_eq!(received.await.unwrap(), 0, "somebody worked on a day off");
        let other = format!(
            "SELECT CAST(COUNT(*) AS BIGINT) AS n FROM dossier WHERE due_basis <> '' AND due_basis NOT LIKE '%calendar={};%'",
            kept.version()
        );
        let other = db.read(move |tx| Box::pin(async move { tx.query_one(other, params![]).await?.at::<i64>(0) }));
        assert_eq!(other.await.unwrap(), 0, "a date was promised by another calendar");
        in_order(&db).await;
    }
}
