//! The lists of this room: turned page by page, narrowed, sorted, taken along.

use axum::http::StatusCode;
use base::{Actor, Grant, Id, Instant, Role};
use store::{Db, Engine, Sql, Value, params};
use web::testing::Browser;

async fn seeded() -> Vec<Db> {
    static PROVINCE: store::testing::Made<()> = store::testing::Made::nothing();
    let made = PROVINCE.copies(async |db| {
        let all = [audit::MIGRATIONS, facts::MIGRATIONS, records::MIGRATIONS, organisation::MIGRATIONS];
        db.migrate(&all).await.expect("tables");
        db.write(|tx| Box::pin(async move { organisation::seed_agencies(tx, Instant(0)).await }))
            .await
            .expect("agencies");
    });
    made.await.into_iter().map(|(db, ())| db).collect()
}

fn keeper(_: &str) -> Actor {
    let grants = vec![Grant::new(Role::Administrator, Id(1), "/1/")];
    Actor { account: Id(7), name: "Lê Văn Tám".into(), grants, citizen_number: None }
}

fn browser(db: Db, who: &str) -> Browser {
    let now = Instant::from_local(jiff::civil::date(2026, 11, 20).at(9, 0, 0, 0));
    Browser::new(db, (now, std::env::temp_dir()), |_| vec![organisation::module()], keeper, who)
}

#[tokio::test]
async fn the_directory_is_turned_by_place_sorted_narrowed_and_taken_along() {
    for db in seeded().await {
        let browser = browser(db, "");
        let (mut seen, mut uri) = (Vec::new(), "/units?tab=communes&sort=-code&per_page=50".to_owned());
        for _ in 0..3 {
            let (_, page) = browser.get(&uri).await;
            seen.extend(
                page.split("<code")
                    .skip(1)
                    .filter_map(|rest| Some(rest.split_once('>')?.1.split('<').next()?.to_owned())),
            );
            let next = page.split("rel=\"next\" href=\"").nth(1).and_then(|rest| rest.split('"').next());
            uri = next.unwrap_or_default().replace("&amp;", "&").replace("&#38;", "&");
        }
        assert_eq!((seen.len(), uri.as_str()), (103, ""), "every commune once: {seen:?}");
        assert!(seen.windows(2).all(|pair| pair[0] > pair[1]), "{seen:?}");
        let (_, page) = browser.get("/units?kind=body&tab=beside").await;
        assert!(page.contains("/units/7001\"") && !page.contains("/units/102\""), "{page}");
        assert_eq!(browser.get("/units?kind=nonsense").await.0, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(browser.get("/units?sort=above").await.0, StatusCode::UNPROCESSABLE_ENTITY);
        let (status, csv) = browser.get("/units?tab=communes&format=csv").await;
        assert_eq!((status, csv.lines().count()), (StatusCode::OK, 104), "a head and 103 communes");
        assert!(csv.contains("NQ 202/2025/QH15"));
    }
}

#[tokio::test]
async fn sealed_days_are_turned_by_day() {
    for db in seeded().await {
        let days = "INSERT INTO event_day (day, events, digest, hash) VALUES ($1, $2, $3, $3)";
        let first = jiff::civil::date(2026, 1, 1);
        let written = db.write(move |tx| {
            Box::pin(async move {
                for (n, day) in (0_i64..60).zip(first.series(jiff::ToSpan::days(1))) {
                    tx.execute(days, params![day, n, vec![7_u8; 32]]).await?;
                }
                Ok::<_, store::StoreError>(())
            })
        });
        written.await.unwrap();
        let keeper = browser(db, "province");
        let (_, page) = keeper.get("/days?per_page=50").await;
        assert!(page.contains("01/03/2026") && page.contains("11/01/2026") && !page.contains("10/01/2026"), "{page}");
        let next = page.split("rel=\"next\" href=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
        let (_, page) = keeper.get(&next.replace("&amp;", "&").replace("&#38;", "&")).await;
        assert!(page.contains("10/01/2026") && page.contains("01/01/2026") && !page.contains("11/01/2026"), "{page}");
        assert!(!page.contains("rel=\"next\"") && page.contains(&"07".repeat(32)));
        assert_eq!(keeper.get("/days?format=csv").await.1.lines().count(), 61);
    }
}

#[tokio::test]
async fn the_days_are_a_range_of_their_index() {
    for db in seeded().await {
        let engine = db.engine();
        let plan = db.write(move |tx| {
            Box::pin(async move {
                let hash = if engine == Engine::Sqlite { "x'00'" } else { "'\\x00'::bytea" };
                let days = "SELECT a.d * 1000 + b.d * 100 + c.d * 10 + e.d AS k FROM ten a, ten b, ten c, ten e";
                let ten = "WITH ten (d) AS (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9))";
                let text = if engine == Engine::Sqlite { "printf('%08d', k)" } else { "lpad(k::text, 8, '0')" };
                let fill = format!("INSERT INTO event_day (day, events, digest, hash) {ten} SELECT {text}, 1, {hash}, {hash} FROM ({days}) AS n");
                tx.execute(Sql::from(fill), params![]).await?;
                tx.execute(Sql::from("ANALYZE event_day".to_owned()), params![]).await?;
                let values = [Value::from("00005000"), Value::from(26_i64)];
                lists::plan::of(tx, &audit::LAST_DAYS, &values).await
            })
        });
        assert_eq!(lists::plan::refused(&plan.await.unwrap(), "event_day"), None);
    }
}
