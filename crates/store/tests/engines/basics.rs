use base::{Date, Id, Instant};
use serde_json::json;
use store::{Db, Engine, StoreError, Tx, Value, params};

use crate::{count, databases};

store::statements! {
    /// Registered twice in this file, with one and with two texts.
    pub INSERT = "INSERT INTO item (id, name, n) VALUES ($1, $2, $3)";
    JOINED = sqlite "SELECT group_concat(name, ',') FROM item", postgres "SELECT string_agg(name, ',') FROM item";
}

async fn insert(db: &Db, id: i64, name: &'static str) -> Result<u64, StoreError> {
    db.write(move |tx| Box::pin(async move { tx.execute(INSERT, params![id, name, Option::<i64>::None]).await })).await
}

#[tokio::test]
async fn what_is_written_is_read_on_both_engines() {
    for db in databases().await {
        assert_eq!(insert(&db, 1, "a").await.unwrap(), 1);
        let name: String = db
            .read(|tx| Box::pin(async move { tx.query_one("SELECT name FROM item", params![]).await?.get("name") }))
            .await
            .unwrap_or_else(|error: StoreError| panic!("{error}"));
        assert_eq!(name, "a");
        assert!(insert(&db, 2, "a").await.unwrap_err().is_unique_on(&["item", "name"]));
        assert_eq!(count(&db).await, 1);
    }
}

#[tokio::test]
async fn every_kind_of_value_comes_back_as_it_went() {
    for db in databases().await {
        let day: Date = "2026-11-22".parse().unwrap();
        let data = json!({"tên": "Nguyễn Văn A", "lệ phí": [1, 2.5, null, true]});
        let sent = data.clone();
        db.write(move |tx| {
            Box::pin(async move {
                tx.execute(
                    "INSERT INTO item (id, name, n, at, day, ok, data, raw, size) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9)",
                    params![Id(i64::MAX), "Đỗ", -5, Instant(1), day, true, sent, vec![0u8, 255], 2.5],
                )
                .await?;
                tx.execute("INSERT INTO item (id, name, data) VALUES ($1, $2, $3)", params![1, "b", r#"{"k": "v"}"#])
                    .await
            })
        })
        .await
        .unwrap_or_else(|error: StoreError| panic!("{error}"));
        let rows = db
            .read(|tx| Box::pin(async move { tx.query("SELECT * FROM item ORDER BY name DESC", &[]).await }))
            .await
            .unwrap_or_else(|error: StoreError| panic!("{error}"));
        let row = &rows[0];
        assert_eq!(row.get::<Id>("id").unwrap(), Id(i64::MAX));
        assert_eq!(row.get::<String>("name").unwrap(), "Đỗ");
        assert_eq!(row.get::<i32>("n").unwrap(), -5);
        assert_eq!(row.get::<Instant>("at").unwrap(), Instant(1));
        assert_eq!(row.get::<Option<Date>>("day").unwrap(), Some(day));
        assert!(row.get::<bool>("ok").unwrap());
        assert_eq!(row.get::<serde_json::Value>("data").unwrap(), data);
        assert_eq!(row.get::<Vec<u8>>("raw").unwrap(), [0, 255]);
        assert_eq!(row.get::<f64>("size").unwrap(), 2.5);
        assert_eq!(rows[1].get::<serde_json::Value>("data").unwrap(), json!({"k": "v"}));
        for column in ["n", "at", "day", "ok", "raw", "size"] {
            assert_eq!(rows[1].get::<Value>(column).unwrap(), Value::Null, "{column}");
        }
        assert!(rows[1].get::<i64>("n").unwrap_err().to_string().contains("NULL"));
        assert!(rows[1].get::<i64>("nothing").unwrap_err().to_string().contains("nothing"));
    }
}

async fn number(tx: &Tx, sql: &'static str, params: &[Value]) -> Result<Value, StoreError> {
    tx.query_one(sql, params).await?.at(0)
}

#[tokio::test]
async fn sums_averages_and_casts_have_the_same_types_on_both_engines() {
    for db in databases().await {
        db.write(|tx| {
            Box::pin(async move {
                for n in 1..=4i64 {
                    tx.execute(INSERT, params![n, format!("n{n}"), n * 1_000_000_000_000]).await?;
                }
                assert_eq!(number(tx, "SELECT sum(n) FROM item", &[]).await?, Value::Int(10_000_000_000_000));
                assert_eq!(number(tx, "SELECT -sum(n) FROM item", &[]).await?, Value::Int(-10_000_000_000_000));
                assert_eq!(number(tx, "SELECT sum(n) FROM item WHERE id = $1", params![9]).await?, Value::Null);
                let average = tx.query_one("SELECT avg(n) FROM item", &[]).await?.at::<f64>(0)?;
                assert!((average - 2.5e12).abs() < 1.0, "{average}");
                let small =
                    tx.query_one("SELECT sum(n) * 1.0 / 8 / 1000000000000 FROM item", &[]).await?.at::<f64>(0)?;
                assert!((small - 1.25).abs() < 1e-9, "{small}");
                assert_eq!(number(tx, "SELECT sum(n) - sum(n) FROM item", &[]).await?, Value::Int(0));
                assert_eq!(number(tx, "SELECT CAST($1 AS BIGINT) + 1", params![41]).await?, Value::Int(42));
                assert!(tx.query_one("SELECT EXISTS (SELECT 1 FROM item)", &[]).await?.at::<bool>(0)?);
                Ok::<_, StoreError>(())
            })
        })
        .await
        .unwrap();
    }
}

#[tokio::test]
async fn parameters_keep_their_numbers_whatever_their_order() {
    for db in databases().await {
        db.write(|tx| {
            Box::pin(async move {
                tx.execute("INSERT INTO item (name, id, n) VALUES ($2, $1, $1)", params![7, "$1 'x' $10"]).await?;
                let row = tx
                    .query_one(
                        "SELECT name, n, '$2 it''s $1' AS text FROM item WHERE name = $2 AND id = $1 -- $9\n",
                        params![7, "$1 'x' $10"],
                    )
                    .await?;
                assert_eq!(row.get::<String>("name")?, "$1 'x' $10");
                assert_eq!(row.get::<String>("text")?, "$2 it's $1");
                let sum = "SELECT $10 || $1 || $2 || $3 || $4 || $5 || $6 || $7 || $8 || $9 || $10 || $11";
                let letters: Vec<Value> = "abcdefghijk".chars().map(|c| c.to_string().into()).collect();
                assert_eq!(tx.query_one(sum, &letters).await?.at::<String>(0)?, "jabcdefghijk");
                Ok::<_, StoreError>(())
            })
        })
        .await
        .unwrap();
        for wrong in [params![], params![1, 2]] {
            let wrong = wrong.to_vec();
            let outcome: Result<u64, StoreError> = db
                .write(move |tx| Box::pin(async move { tx.execute("DELETE FROM item WHERE id = $1", &wrong).await }))
                .await;
            assert!(matches!(outcome, Err(StoreError::Parameter(_))), "{outcome:?}");
        }
        assert_eq!(count(&db).await, 1);
    }
}

#[tokio::test]
async fn returning_and_upsert_are_one_text() {
    const UPSERT: &str = "INSERT INTO item (id, name, n) VALUES ($1, $2, $3) \
         ON CONFLICT (name) DO UPDATE SET n = item.n + excluded.n RETURNING id, n";
    for db in databases().await {
        db.write(|tx| {
            Box::pin(async move {
                assert_eq!(tx.execute(UPSERT, params![1, "a", 1]).await?, 1);
                let row = tx.query_one(UPSERT, params![2, "a", 4]).await?;
                assert_eq!((row.get::<i64>("id")?, row.get::<i64>("n")?), (1, 5));
                assert_eq!(tx.execute("UPDATE item SET n = 0 WHERE id > $1", params![5]).await?, 0);
                assert_eq!(tx.query(JOINED, &[]).await?.len(), 1);
                assert!(tx.query_opt("SELECT 1 FROM item WHERE id = $1", params![9]).await?.is_none());
                assert!(matches!(
                    tx.query_one("SELECT 1 FROM item WHERE id = $1", params![9]).await,
                    Err(StoreError::NotFound)
                ));
                Ok::<_, StoreError>(())
            })
        })
        .await
        .unwrap();
    }
}

#[tokio::test]
async fn each_broken_constraint_has_its_name() {
    for db in databases().await {
        insert(&db, 1, "a").await.unwrap();
        let run = |sql: &'static str| {
            let db = db.clone();
            async move {
                let outcome: Result<u64, StoreError> =
                    db.write(move |tx| Box::pin(async move { tx.execute(sql, &[]).await })).await;
                outcome.unwrap_err()
            }
        };
        assert!(run("INSERT INTO item (id, name) VALUES (1, 'b')").await.is_unique_on(&["item"]));
        assert!(matches!(run("INSERT INTO part VALUES (9, 1)").await, StoreError::ForeignKey(_)));
        assert!(matches!(run("INSERT INTO part VALUES (1, 0)").await, StoreError::Constraint(_)));
        assert!(matches!(run("INSERT INTO item (id) VALUES (2)").await, StoreError::Constraint(_)));
        assert!(run("INSERT INTO itme (id) VALUES (2)").await.to_string().contains("itme"));
    }
}

#[tokio::test]
async fn text_with_a_nul_is_refused_on_both_engines() {
    for db in databases().await {
        let outcome: Result<u64, StoreError> =
            db.write(|tx| Box::pin(async move { tx.execute(INSERT, params![1, "a\0b", 1]).await })).await;
        assert!(matches!(outcome, Err(StoreError::Parameter(_))), "{outcome:?}");
        assert_eq!(count(&db).await, 0);
    }
}

#[tokio::test]
async fn a_table_that_gained_a_column_is_read_with_it() {
    for db in databases().await {
        let columns = |db: Db| async move {
            insert(&db, count(&db).await, if count(&db).await == 0 { "a" } else { "b" }).await.unwrap();
            let row = db
                .read(|tx| Box::pin(async move { tx.query_one("SELECT * FROM item WHERE name = 'a'", &[]).await }))
                .await
                .unwrap_or_else(|error: StoreError| panic!("{error}"));
            row.columns().len()
        };
        assert_eq!(columns(db.clone()).await, 9);
        const MORE: store::Migrations =
            store::Migrations { module: "more", steps: &[("0001", "ALTER TABLE item ADD COLUMN more {text};")] };
        db.migrate(&[MORE]).await.unwrap();
        assert_eq!(columns(db.clone()).await, 10);
    }
}

#[tokio::test]
async fn every_registered_statement_is_prepared_and_a_wrong_one_is_named() {
    for db in store::testing::databases().await {
        let unknown = store::testing::prepare_all(&db).await;
        assert_eq!(unknown.len(), 2, "{unknown:?}");
        assert!(unknown.iter().any(|line| line.contains("INSERT") && line.contains(db.engine().as_str())));
        db.migrate(&[crate::TABLES]).await.unwrap();
        assert_eq!(store::testing::prepare_all(&db).await, Vec::<String>::new());
    }
    assert_ne!(JOINED.text(Engine::Sqlite), JOINED.text(Engine::Postgres));
}
