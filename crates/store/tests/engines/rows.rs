//! Thousands of rows in one call.

use base::{Date, Instant};
use serde_json::json;
use store::{Db, Engine, Rows, Sql, StoreError, Value, params};

use crate::{TABLES, count, databases};

const ITEM: Sql = Sql::Static(
    "INSERT INTO item (id, name, n, at, day, ok, data, raw, size) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
);
const NAMED: Sql = Sql::Static("INSERT INTO item (id, name) VALUES ($1, $2)");
const KEPT: Sql = Sql::Static("INSERT INTO item (id, name) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING");
const ADDED: Sql = Sql::Static(
    "INSERT INTO item (id, name, n) VALUES ($1, $2, $3) ON CONFLICT (id) DO UPDATE SET n = item.n + excluded.n",
);
const PART: Sql = Sql::Static("INSERT INTO part (item_id, n) VALUES ($1, $2)");

/// Everything that a text format would have to quote.
const AWKWARD: &[&str] =
    &["", "\\N", "\\.", "a\tb\nc\rd\\e\"f'g,h", "NULL", "Đồng bằng sông Cửu Long", "\u{1}\u{7f}🙂", "  "];

fn awkward(row: usize) -> Vec<Value> {
    let text = AWKWARD[row % AWKWARD.len()];
    vec![
        Value::from(row as i64),
        Value::from(format!("{row}{text}")),
        Value::from((!row.is_multiple_of(3)).then_some(i64::MIN + row as i64)),
        Value::from(Instant(-1 - row as i64)),
        Value::from("2026-11-22".parse::<Date>().unwrap()),
        Value::from((!row.is_multiple_of(5)).then_some(row.is_multiple_of(2))),
        Value::from((!row.is_multiple_of(4)).then_some(json!({ "text": text, "list": [1, null, 0.5] }))),
        Value::from((!row.is_multiple_of(7)).then(|| vec![0, 92, 255, (row % 256) as u8])),
        Value::from(row as f64 / 8.0 - 1.0),
    ]
}

fn rows(of: impl IntoIterator<Item = Vec<Value>>) -> Rows {
    let mut rows = Rows::new();
    of.into_iter().for_each(|row| rows.extend(row));
    rows
}

fn named(ids: impl Iterator<Item = i64>) -> Rows {
    rows(ids.map(|id| params![id, format!("n{id}")].to_vec()))
}

async fn insert(db: &Db, sql: Sql, rows: Rows) -> Result<u64, StoreError> {
    db.write(move |tx| Box::pin(async move { tx.insert_rows(sql, &rows).await })).await
}

async fn few(db: &Db, sql: Sql, values: Vec<Value>) -> Result<u64, StoreError> {
    db.write(move |tx| Box::pin(async move { tx.insert_few(sql, &values).await })).await
}

/// As the engine gives them back: SQLite keeps booleans as numbers and JSON as text.
fn stored(engine: Engine, value: Value) -> Value {
    match (engine, value) {
        (Engine::Sqlite, Value::Bool(value)) => Value::Int(value.into()),
        (Engine::Sqlite, Value::Json(value)) => Value::Text(value.to_string()),
        (_, value) => value,
    }
}

async fn holds(db: &Db, wanted: usize) {
    let found = db
        .read(|tx| Box::pin(async move { tx.query("SELECT * FROM item ORDER BY id", params![]).await }))
        .await
        .unwrap_or_else(|error: StoreError| panic!("{error}"));
    assert_eq!(found.len(), wanted);
    for (row, found) in found.iter().enumerate() {
        let wanted: Vec<Value> = awkward(row).into_iter().map(|value| stored(db.engine(), value)).collect();
        assert_eq!(found.values(), wanted);
    }
}

#[tokio::test]
async fn every_kind_of_value_comes_back_as_it_went_in() {
    for db in databases().await {
        // Several pieces of a COPY.
        assert_eq!(insert(&db, ITEM, rows((0..4_000).map(awkward))).await.unwrap(), 4_000);
        assert_eq!(insert(&db, ITEM, rows((4_000..4_001).map(awkward))).await.unwrap(), 1);
        holds(&db, 4_001).await;
    }
}

#[tokio::test]
async fn behind_a_pooler_rows_go_in_and_no_statement_stays() {
    let Some(url) = store::testing::postgres_url().await else { return };
    let db = Db::open(&format!("{url}&prepared=off&schema=behind_pooler&pool=1")).await.unwrap();
    db.migrate(&[TABLES]).await.unwrap();
    assert_eq!(insert(&db, ITEM, rows((0..50).map(awkward))).await.unwrap(), 50);
    assert_eq!(insert(&db, ADDED, rows([params![50, "n50", 1].to_vec()])).await.unwrap(), 1);
    assert!(insert(&db, NAMED, named(1..3)).await.is_err());
    let left = db
        .read(|tx| Box::pin(async move { tx.query("SELECT name FROM pg_prepared_statements", &[]).await }))
        .await
        .unwrap_or_else(|error: StoreError| panic!("{error}"));
    assert!(left.is_empty(), "{left:?}");
    assert_eq!(count(&db).await, 51);
}

#[tokio::test]
async fn no_rows_are_nothing_to_do() {
    for db in databases().await {
        assert_eq!(insert(&db, ITEM, Rows::new()).await.unwrap(), 0);
        assert_eq!(insert(&db, KEPT, Rows::new()).await.unwrap(), 0);
        assert_eq!(count(&db).await, 0);
    }
}

#[tokio::test]
async fn a_broken_key_is_told_as_one_and_nothing_of_the_transaction_stays() {
    for db in databases().await {
        assert_eq!(insert(&db, NAMED, named(0..10)).await.unwrap(), 10);
        let outcome: Result<u64, StoreError> = db
            .write(|tx| {
                Box::pin(async move {
                    tx.execute(NAMED, params![100, "before"]).await?;
                    tx.insert_rows(NAMED, &named(1_000..9_000)).await?;
                    let broken = tx.insert_rows(NAMED, &named((20_000..26_000).chain([7]))).await;
                    assert!(matches!(tx.insert_rows(NAMED, &named(30..31)).await, Err(StoreError::Doomed)));
                    broken
                })
            })
            .await;
        match outcome {
            Err(error @ StoreError::Unique { .. }) => assert!(error.is_unique_on(&["item"]), "{error}"),
            other => panic!("{other:?}"),
        }
        assert_eq!(count(&db).await, 10);
        // The connection is the next one's, clean.
        assert_eq!(insert(&db, NAMED, named(10..20)).await.unwrap(), 10);
        let parent = insert(&db, PART, rows([params![99, 1].to_vec()])).await;
        assert!(matches!(parent, Err(StoreError::ForeignKey(_))), "{parent:?}");
        let checked = insert(&db, PART, rows([params![1, 0].to_vec()])).await;
        assert!(matches!(checked, Err(StoreError::Constraint(_))), "{checked:?}");
        let missing = insert(&db, NAMED, rows([params![99, None::<String>].to_vec()])).await;
        assert!(matches!(missing, Err(StoreError::Constraint(_))), "{missing:?}");
        assert_eq!(count(&db).await, 20);
    }
}

#[tokio::test]
async fn an_action_that_fails_after_its_rows_takes_them_back() {
    for db in databases().await {
        let outcome: Result<u64, StoreError> = db
            .write(|tx| {
                Box::pin(async move {
                    tx.insert_rows(NAMED, &named(0..5_000)).await?;
                    Err(StoreError::NotFound)
                })
            })
            .await;
        assert!(matches!(outcome, Err(StoreError::NotFound)));
        assert_eq!(count(&db).await, 0);
    }
}

#[tokio::test]
async fn what_does_not_fit_is_refused_and_the_connection_lives_on() {
    for db in databases().await {
        let nul =
            rows((0..5_000).map(|id| params![id, if id == 4_900 { "a\0b".into() } else { id.to_string() }].to_vec()));
        let half = rows([params![1, "a", 2].to_vec()]);
        for (sql, bad) in [
            (NAMED, nul.clone()),
            (KEPT, nul),
            (NAMED, half),
            (Sql::Static("INSERT INTO item (id, name) VALUES ($1, $2) RETURNING id"), named(0..1)),
            (Sql::Static("INSERT INTO item (id, name) VALUES ($2, $1)"), named(0..1)),
        ] {
            let outcome = insert(&db, sql, bad).await;
            assert!(matches!(outcome, Err(StoreError::Parameter(_))), "{outcome:?}");
        }
        // A value of another kind after some pieces have been sent: SQLite's STRICT refuses it as a constraint.
        let name = |id: i64| if id == 29_999 { Value::from(vec![0u8]) } else { Value::from(id.to_string()) };
        let kind = rows((0..30_000).map(|id| vec![Value::Int(id), name(id)]));
        let outcome = insert(&db, NAMED, kind).await;
        assert!(matches!(outcome, Err(StoreError::Parameter(_) | StoreError::Constraint(_))), "{outcome:?}");
        assert_eq!(insert(&db, NAMED, named(0..3)).await.unwrap(), 3);
        assert_eq!(count(&db).await, 3);
    }
}

#[tokio::test]
async fn conflicts_that_the_statement_expects_are_resolved_row_by_row() {
    for db in databases().await {
        insert(&db, NAMED, named(0..600)).await.unwrap();
        assert_eq!(insert(&db, KEPT, named(0..1_337)).await.unwrap(), 737);
        let add = |n: i64| rows((0..1_337).map(move |id| params![id, format!("n{id}"), n].to_vec()));
        db.write(|tx| Box::pin(async move { tx.execute("UPDATE item SET n = id", params![]).await }))
            .await
            .unwrap_or_else(|error: StoreError| panic!("{error}"));
        for n in [1, 2] {
            assert_eq!(insert(&db, ADDED, add(n)).await.unwrap(), 1_337);
        }
        let sum: Result<i64, StoreError> = db
            .read(|tx| {
                Box::pin(
                    async move { tx.query_one("SELECT count(*) FROM item WHERE n = id + 3", params![]).await?.at(0) },
                )
            })
            .await;
        assert_eq!(sum.unwrap(), 1_337);
    }
}

#[tokio::test]
async fn the_rows_of_one_action_are_the_same_however_many() {
    for db in databases().await {
        for (begin, many) in [(0, 0), (0, 1), (1, 2), (3, 60)] {
            let values: Vec<Value> = (begin..begin + many).flat_map(awkward).collect();
            assert_eq!(few(&db, ITEM, values).await.unwrap(), many as u64);
        }
        holds(&db, 63).await;
        let tried: [(Sql, &[Value], Option<&str>); 4] = [
            (KEPT, params![1, "other", 70, "new"], None),
            (NAMED, params![71, "a", 72], Some("do not fill rows of 2")),
            (NAMED, params![73, "a", 74, "b\0"], Some("NUL")),
            (NAMED, params![75, "new", 1, "there"], Some("item")),
        ];
        for (text, values, broken) in tried {
            let outcome = few(&db, text, values.to_vec()).await;
            match broken {
                None => assert_eq!(outcome.unwrap(), 1),
                Some(why) => {
                    assert!(outcome.as_ref().is_err_and(|error| error.to_string().contains(why)), "{outcome:?}")
                }
            }
        }
        assert_eq!(count(&db).await, 64);
    }
}
