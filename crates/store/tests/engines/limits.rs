//! Time limits, the pool's limits, lost connections, and the modes of an address.

use std::time::{Duration, Instant};

use store::{Db, StoreError, Value, params};

use crate::{TABLES, count};

const ENDLESS: &str = "WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 2000000000) \
     SELECT count(*) FROM t";

async fn open_with(option: &str) -> Vec<Db> {
    let mut all = vec![Db::open(&format!("{}?{option}", store::testing::sqlite_url())).await.unwrap()];
    if let Some(url) = store::testing::postgres_url().await {
        all.push(Db::open(&format!("{url}&{option}")).await.unwrap());
    }
    for db in &all {
        db.migrate(&[TABLES]).await.unwrap();
    }
    all
}

#[tokio::test]
async fn a_statement_that_takes_too_long_is_ended_and_the_next_is_not_hurt() {
    for db in open_with("statement_timeout_ms=300").await {
        let began = Instant::now();
        for _ in 0..2 {
            let reading: Result<Vec<store::Row>, StoreError> =
                db.read(|tx| Box::pin(async move { tx.query(ENDLESS, &[]).await })).await;
            assert!(matches!(reading, Err(StoreError::Timeout(_))), "{reading:?}");
            let writing: Result<Vec<store::Row>, StoreError> =
                db.write(|tx| Box::pin(async move { tx.query(ENDLESS, &[]).await })).await;
            assert!(matches!(writing, Err(StoreError::Timeout(_))), "{writing:?}");
            assert_eq!(count(&db).await, 0);
        }
        assert!(began.elapsed() < Duration::from_secs(20));
    }
}

#[tokio::test]
async fn a_walk_may_take_longer_than_a_statement() {
    for db in open_with("statement_timeout_ms=100").await {
        let seen: Result<u64, StoreError> = db
            .read(|tx| {
                Box::pin(async move {
                    let mut pauses = 0;
                    let sql = "WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 400000) \
                         SELECT n FROM t";
                    tx.query_each(sql, &[], |_| {
                        pauses += 1;
                        if pauses % 100_000 == 0 {
                            std::thread::sleep(Duration::from_millis(200));
                        }
                        Ok(())
                    })
                    .await
                })
            })
            .await;
        assert_eq!(seen.unwrap(), 400_000);
    }
}

#[tokio::test]
async fn behind_a_pooler_every_value_still_fits() {
    let Some(url) = store::testing::postgres_url().await else { return };
    let db = Db::open(&format!("{url}&prepared=off&schema=behind_pooler")).await.unwrap();
    db.migrate(&[TABLES]).await.unwrap();
    let values = params![
        1,
        "a'b\\",
        -7,
        base::Instant(9),
        "2026-11-22".parse::<base::Date>().unwrap(),
        true,
        serde_json::json!({"a": [1, "ư"]}),
        vec![0u8, 92, 255],
        0.1
    ]
    .to_vec();
    let sent = values.clone();
    let row = db
        .write(move |tx| {
            Box::pin(async move {
                tx.execute(
                    "INSERT INTO item (id, name, n, at, day, ok, data, raw, size) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9)",
                    &sent,
                )
                .await?;
                tx.execute("INSERT INTO item (id, name) VALUES ($1, $2)", params![2, "null",]).await?;
                tx.query_one("SELECT * FROM item WHERE id = $1 AND ok = $2 AND size = $3", params![1, true, 0.1]).await
            })
        })
        .await
        .unwrap_or_else(|error: StoreError| panic!("{error}"));
    assert_eq!(row.values(), values);
    // Nothing may be left on the connection: the pooler gives it to another client.
    let left: Vec<Value> = db
        .read(|tx| {
            Box::pin(async move {
                let rows = tx.query("SELECT name FROM pg_prepared_statements", &[]).await?;
                rows.iter().map(|row| row.at(0)).collect::<Result<_, StoreError>>()
            })
        })
        .await
        .unwrap();
    assert_eq!(left, []);
}

#[tokio::test]
async fn connections_the_server_ended_are_replaced() {
    let Some(url) = store::testing::postgres_url().await else { return };
    let db = Db::open(&format!("{url}&pool=3")).await.unwrap();
    db.migrate(&[TABLES]).await.unwrap();
    let own: Result<u64, StoreError> = db
        .write(|tx| {
            Box::pin(async move {
                tx.execute("INSERT INTO item (id, name) VALUES (1, 'a')", &[]).await?;
                tx.execute("SELECT pg_terminate_backend(pg_backend_pid())", &[]).await
            })
        })
        .await;
    assert!(own.is_err());
    for _ in 0..10 {
        assert_eq!(count(&db).await, 0);
    }
}

#[tokio::test]
async fn a_full_pool_says_busy() {
    let Some(url) = store::testing::postgres_url().await else { return };
    let db = Db::open(&format!("{url}&pool=1&queue=2")).await.unwrap();
    let jobs = (0..6).map(|_| {
        let db = db.clone();
        async move { db.read(|tx| Box::pin(async move { tx.query("SELECT pg_sleep(0.1)::text", &[]).await })).await }
    });
    let outcomes: Vec<Result<_, StoreError>> = futures_util::future::join_all(jobs).await;
    let busy = outcomes.iter().filter(|outcome| matches!(outcome, Err(StoreError::Busy(_)))).count();
    let done = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    assert_eq!((busy, done), (3, 3), "one runs, two wait");
}

#[tokio::test]
async fn tls_is_never_silently_given_up() {
    let Some(url) = store::testing::postgres_url().await else { return };
    // The throw-away server speaks no TLS.
    assert!(matches!(
        Db::open(&format!("{url}&sslmode=require")).await,
        Err(StoreError::Address(_) | StoreError::Away(_))
    ));
    let missing = Db::open(&format!("{url}&sslmode=require&ca=/nowhere/ca.pem")).await;
    assert!(missing.err().unwrap().to_string().contains("/nowhere/ca.pem"));
}

#[tokio::test]
async fn a_database_in_memory_keeps_the_same_promises() {
    let db = Db::open("sqlite::memory:").await.unwrap();
    db.migrate(&[TABLES]).await.unwrap();
    let other = db.clone();
    other
        .write(|tx| Box::pin(async move { tx.execute("INSERT INTO item (id, name) VALUES (1, 'a')", &[]).await }))
        .await
        .unwrap_or_else(|error: StoreError| panic!("{error}"));
    let outcome: Result<u64, StoreError> =
        db.read(|tx| Box::pin(async move { tx.execute("DELETE FROM item", &[]).await })).await;
    assert!(outcome.is_err());
    assert_eq!(count(&db).await, 1);
}

#[cfg(unix)]
#[tokio::test]
async fn a_new_database_file_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let url = store::testing::sqlite_url();
    let db = Db::open(&url).await.unwrap();
    db.migrate(&[TABLES]).await.unwrap();
    for suffix in ["", "-wal"] {
        let file = format!("{}{suffix}", url.strip_prefix("sqlite:").unwrap());
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o077, 0, "{file}");
    }
    let missing = Db::open("sqlite:/nowhere/at/all.db").await.err().unwrap();
    assert!(missing.to_string().contains("/nowhere/at/all.db"), "{missing}");
}

#[tokio::test]
async fn a_test_process_that_is_killed_leaves_nothing_behind() {
    let mut child = crate::crash::child("limits::child_uses_scratch_until_killed", "yes");
    let mut lines = std::io::BufRead::lines(std::io::BufReader::new(child.stdout.take().unwrap()));
    let place = lines.find_map(|line| line.unwrap().split_once("place ").map(|found| found.1.to_string())).unwrap();
    assert!(std::path::Path::new(&place).exists());
    child.kill().unwrap();
    child.wait().unwrap();
    let began = Instant::now();
    while std::path::Path::new(&place).exists() {
        assert!(began.elapsed() < Duration::from_secs(20), "{place} is still there");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
#[ignore = "a child process of the test above, ended by a signal"]
async fn child_uses_scratch_until_killed() {
    if std::env::var_os("STORE_TEST_URL").is_none() {
        return;
    }
    let all = crate::databases().await;
    let url = store::testing::sqlite_url();
    let file = std::path::Path::new(url.strip_prefix("sqlite:").unwrap());
    println!("place {}", file.parent().unwrap().display());
    tokio::time::sleep(Duration::from_secs(60)).await;
    drop(all);
}
