use std::fmt::Write;
use std::sync::Arc;

use store::{Db, StoreError, Value, params};

use crate::{count, databases};

const COLUMNS: usize = 3;

/// `INSERT` of `rows` rows with their parameters.
fn many(rows: usize, from: i64) -> (String, Vec<Value>) {
    let mut sql = String::from("INSERT INTO item (id, name, n) VALUES ");
    let mut values = Vec::with_capacity(rows * COLUMNS);
    for row in 0..rows {
        let comma = if row == 0 { "" } else { ", " };
        let first = row * COLUMNS;
        write!(sql, "{comma}(${}, ${}, ${})", first + 1, first + 2, first + 3).unwrap();
        let id = from + row as i64;
        values.extend([id.into(), format!("n{id}").into(), Value::Int(id)]);
    }
    (sql, values)
}

#[tokio::test]
async fn thirty_thousand_parameters_go_in_at_once() {
    for db in databases().await {
        for (round, rows) in [10_000, 500, 500].into_iter().enumerate() {
            let (sql, values) = many(rows, 100_000 * round as i64);
            let changed = db.write(move |tx| Box::pin(async move { tx.execute(sql, &values).await })).await;
            assert_eq!(changed.unwrap_or_else(|error: StoreError| panic!("{error}")), rows as u64);
        }
        let shared: Arc<str> = many(2, 0).0.into();
        for from in [900_000, 900_010] {
            let (shared, values) = (shared.clone(), many(2, from).1);
            db.write(move |tx| Box::pin(async move { tx.execute(&shared, &values).await }))
                .await
                .unwrap_or_else(|error: StoreError| panic!("{error}"));
        }
        assert_eq!(count(&db).await, 11_004);
    }
}

#[tokio::test]
async fn rows_are_walked_one_by_one_and_the_walk_can_be_ended() {
    for db in databases().await {
        let (sql, values) = many(5_000, 0);
        db.write(move |tx| Box::pin(async move { tx.execute(sql, &values).await }))
            .await
            .unwrap_or_else(|error: StoreError| panic!("{error}"));
        let (seen, sum) = db
            .read(|tx| {
                Box::pin(async move {
                    let mut sum = 0;
                    let seen = tx
                        .query_each("SELECT a.n FROM item a, item b WHERE b.n < $1", params![20], |row| {
                            sum += row.at::<i64>(0)?;
                            Ok(())
                        })
                        .await?;
                    Ok::<_, StoreError>((seen, sum))
                })
            })
            .await
            .unwrap();
        assert_eq!((seen, sum), (100_000, 20 * 4_999 * 5_000 / 2));
        let ended: Result<u64, StoreError> = db
            .read(|tx| {
                Box::pin(async move {
                    let mut left = 10;
                    tx.query_each("SELECT a.n FROM item a, item b", &[], |_| {
                        left -= 1;
                        if left == 0 { Err(StoreError::NotFound) } else { Ok(()) }
                    })
                    .await
                })
            })
            .await;
        assert!(matches!(ended, Err(StoreError::NotFound)), "{ended:?}");
        // The connection of the walk that was ended is not the next user's trouble.
        for more in 1..=3i64 {
            db.write(move |tx| {
                Box::pin(async move {
                    let id = 10_000 + more;
                    tx.execute("INSERT INTO item (id, name) VALUES ($1, $2)", params![id, format!("m{id}")]).await
                })
            })
            .await
            .unwrap_or_else(|error: StoreError| panic!("{error}"));
            assert_eq!(count(&db).await, 5_000 + more);
        }
    }
}

#[tokio::test]
async fn a_long_job_ends_its_batch_so_that_others_get_their_answer() {
    for db in databases().await {
        let importing = tokio::spawn({
            let db = db.clone();
            async move {
                for chunk in 0..20 {
                    let (sql, values) = many(2_000, chunk * 10_000);
                    db.write(move |tx| Box::pin(async move { tx.execute(sql, &values).await })).await?;
                }
                Ok::<_, StoreError>(())
            }
        });
        let mut answered = 0;
        while !importing.is_finished() {
            let id = -1 - answered;
            db.write(move |tx| {
                Box::pin(async move {
                    tx.execute("INSERT INTO item (id, name) VALUES ($1, $2)", params![id, format!("p{id}")]).await
                })
            })
            .await
            .unwrap_or_else(|error: StoreError| panic!("{error}"));
            answered += 1;
        }
        importing.await.unwrap().unwrap();
        assert!(answered >= 10, "{answered} answers during 20 chunks");
    }
}

#[tokio::test]
async fn recorded_actions_run_bare_to_the_same_end() {
    let mut pairs = vec![(store::testing::sqlite().await, store::testing::sqlite().await)];
    if let (Some(one), Some(two)) = (store::testing::postgres().await, store::testing::postgres().await) {
        pairs.push((one, two));
    }
    for (real, bare) in pairs {
        for db in [&real, &bare] {
            db.migrate(&[crate::TABLES]).await.unwrap();
        }
        real.start_recording();
        for id in 0..50i64 {
            let outcome: Result<u64, StoreError> = real
                .write(move |tx| {
                    Box::pin(async move {
                        if id % 10 == 9 {
                            return Err(StoreError::NotFound);
                        }
                        tx.execute(
                            "INSERT INTO item (n, name, id) VALUES ($2, $3, $1)",
                            params![id, 7, format!("n{id}")],
                        )
                        .await?;
                        tx.execute("UPDATE item SET data = $2 WHERE id = $1", params![id, serde_json::json!({"k": id})])
                            .await
                    })
                })
                .await;
            assert_eq!(outcome.is_ok(), id % 10 != 9);
        }
        let recorded = real.take_recording();
        assert_eq!((recorded.len(), recorded[0].len()), (45, 2));
        assert!(bare.replay_bare(recorded, 8).await.unwrap() > std::time::Duration::ZERO);
        assert_eq!(dump(&real).await, dump(&bare).await);
    }
}

async fn dump(db: &Db) -> Vec<Vec<Value>> {
    db.read(|tx| {
        Box::pin(async move {
            let rows = tx.query("SELECT * FROM item ORDER BY id", &[]).await?;
            Ok::<_, StoreError>(rows.iter().map(|row| row.values().to_vec()).collect())
        })
    })
    .await
    .unwrap()
}
