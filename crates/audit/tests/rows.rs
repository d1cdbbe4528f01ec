//! Rows held to their last event, on both engines.

#![allow(clippy::unwrap_used)]

use audit::{Kept, NewEvent, Table, adopt_rows, append, append_kept, check_rows};
use base::{Id, Instant};
use serde_json::json;
use store::{Db, Migrations, StoreError, params};

const NOW: Instant = Instant(1_795_140_000_000);

const TABLES: Migrations = Migrations {
    module: "house",
    steps: &[(
        "0001",
        "CREATE TABLE house (id {id} PRIMARY KEY, name {text} NOT NULL, lit {bool} NOT NULL, seen {int}, note {text}){strict};
         CREATE TABLE room (house_id {id} NOT NULL, n {int} NOT NULL, width {int} NOT NULL, extra {json}, PRIMARY KEY (house_id, n)){clustered};
         CREATE TABLE map (n {int} PRIMARY KEY, line {text} NOT NULL){strict};",
    )],
};

static HOUSES: Kept = Kept {
    name: "houses",
    version: 1,
    tables: &[
        Table { label: Some("name"), without: &["seen"], ..Table::whole("house", "id", "id") },
        Table::whole("room", "house_id", "n"),
        Table::whole("map", "CAST(-5 AS BIGINT)", "n"),
    ],
};

async fn databases() -> Vec<Db> {
    let databases = store::testing::databases().await;
    for db in &databases {
        db.migrate(&[audit::MIGRATIONS, TABLES]).await.unwrap();
    }
    databases
}

async fn run(db: &Db, sql: &'static str) -> u64 {
    db.write(move |tx| Box::pin(async move { tx.execute(sql, params![]).await })).await.unwrap()
}

async fn told(db: &Db, subject: i64) {
    db.write(move |tx| {
        Box::pin(async move {
            let event = NewEvent { kind: "built", at: NOW, actor: None, agency: None, data: json!({}) };
            append_kept(tx, &HOUSES, Id(subject), event).await
        })
    })
    .await
    .unwrap();
}

async fn wrong(db: &Db) -> Vec<String> {
    db.read(|tx| Box::pin(async move { check_rows(tx, &[&HOUSES], &|_| ()).await })).await.unwrap().named
}

/// Two houses and a map, each with its event.
async fn built(db: &Db) {
    run(db, "INSERT INTO house (id, name, lit) VALUES (7, 'Nhà Một', TRUE), (9, 'Nhà Hai', FALSE)").await;
    run(db, "INSERT INTO room (house_id, n, width, extra) VALUES (7, 1, 3, '{\"b\": 1, \"a\": [2]}'), (7, 2, 4, NULL)")
        .await;
    run(db, "INSERT INTO map (n, line) VALUES (1, 'a'), (2, 'b')").await;
    for subject in [7, 9, -5] {
        told(db, subject).await;
    }
    assert_eq!(adopt_rows(db, &[&HOUSES], NOW).await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_nobody_touched_follow_and_so_do_rows_changed_with_their_event() {
    for db in databases().await {
        built(&db).await;
        assert_eq!(wrong(&db).await, [""; 0]);
        run(&db, "UPDATE room SET width = 5 WHERE n = 2").await;
        told(&db, 7).await;
        run(&db, "DELETE FROM map").await;
        told(&db, -5).await;
        run(&db, "UPDATE house SET seen = 3").await;
        assert_eq!(wrong(&db).await, [""; 0], "a counter is no evidence");
        // An event that tells nothing of rows changes nothing about them.
        let event =
            NewEvent { kind: "looked-at", at: NOW, actor: None, agency: None, data: json!({"x": "\"rows\":{"}) };
        db.write(move |tx| Box::pin(async move { append(tx, Id(7), event).await })).await.unwrap();
        assert_eq!(wrong(&db).await, [""; 0]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_changed_added_or_taken_away_is_named_with_the_event_it_contradicts() {
    let cases = [
        ("UPDATE house SET name = 'Nhà Ba' WHERE id = 9", "house Nhà Ba: not as event #1 (built, 2026-11-20) left it"),
        ("UPDATE house SET lit = FALSE WHERE id = 7", "house Nhà Một: not as event #1 (built, 2026-11-20) left it"),
        ("UPDATE house SET note = 'x' WHERE id = 7", "house Nhà Một: not as event #1 (built, 2026-11-20) left it"),
        ("UPDATE room SET width = 9 WHERE n = 1", "room Nhà Một: not as event #1 (built, 2026-11-20) left it"),
        (
            "UPDATE room SET extra = '{\"b\": 1, \"a\": [3]}' WHERE n = 1",
            "room Nhà Một: not as event #1 (built, 2026-11-20) left it",
        ),
        ("DELETE FROM room WHERE n = 2", "room Nhà Một: not as event #1 (built, 2026-11-20) left it"),
        ("DELETE FROM room", "room Nhà Một: there after event #1 (built, 2026-11-20), and gone since"),
        ("DELETE FROM house WHERE id = 9", "house 9: there after event #1 (built, 2026-11-20), and gone since"),
        (
            "INSERT INTO room (house_id, n, width) VALUES (9, 1, 2)",
            "room Nhà Hai: not there after event #1 (built, 2026-11-20), and added since",
        ),
        (
            "INSERT INTO house (id, name, lit) VALUES (8, 'Nhà Ma', TRUE)",
            "house Nhà Ma: added, and no event tells of it",
        ),
        ("UPDATE map SET line = 'c' WHERE n = 2", "map -5: not as event #1 (built, 2026-11-20) left it"),
        ("UPDATE map SET n = 3 WHERE n = 1", "map -5: not as event #1 (built, 2026-11-20) left it"),
    ];
    for db in databases().await {
        built(&db).await;
        for (sql, named) in cases {
            let found = db
                .write(move |tx| {
                    Box::pin(async move {
                        assert!(tx.execute(sql, params![]).await? > 0, "{sql}");
                        Err::<(), _>(TakenBack(check_rows(tx, &[&HOUSES], &|_| ()).await?.named))
                    })
                })
                .await;
            assert_eq!(found.unwrap_err().0, [named], "{sql} on {:?}", db.engine());
        }
        assert_eq!(wrong(&db).await, [""; 0], "all taken back");
    }
}

#[derive(Debug)]
struct TakenBack(Vec<String>);

impl From<StoreError> for TakenBack {
    fn from(error: StoreError) -> Self {
        panic!("{error}")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_from_before_are_taken_over_once_with_a_date_and_later_ones_need_their_event() {
    for db in databases().await {
        run(&db, "INSERT INTO house (id, name, lit) VALUES (7, 'Nhà Một', TRUE), (9, 'Nhà Hai', FALSE)").await;
        assert_eq!(wrong(&db).await, [""; 0], "before it was taken over nothing is expected");
        assert_eq!(adopt_rows(&db, &[&HOUSES], NOW).await.unwrap(), 2);
        assert_eq!(adopt_rows(&db, &[&HOUSES], NOW).await.unwrap(), 0, "once");
        assert_eq!(wrong(&db).await, [""; 0]);
        run(&db, "UPDATE house SET name = 'Nhà Ba' WHERE id = 9").await;
        run(&db, "INSERT INTO house (id, name, lit) VALUES (10, 'Nhà Ma', TRUE)").await;
        assert_eq!(adopt_rows(&db, &[&HOUSES], NOW).await.unwrap(), 0, "nothing is washed clean by starting again");
        let named = [
            "house Nhà Ba: not as event #1 (adopted, 2026-11-20) left it",
            "house Nhà Ma: added, and no event tells of it",
        ];
        assert_eq!(wrong(&db).await, named);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_change_one_subject_at_once_none_leaves_a_digest_without_the_others_change() {
    for db in databases().await {
        built(&db).await;
        let mut writers = Vec::new();
        for n in 10..30_i64 {
            let db = db.clone();
            writers.push(tokio::spawn(async move {
                db.write(move |tx| {
                    Box::pin(async move {
                        let sql = "INSERT INTO room (house_id, n, width) VALUES (7, $1, 1)";
                        tx.execute(sql, params![n]).await?;
                        let event = NewEvent { kind: "built", at: NOW, actor: None, agency: None, data: json!({}) };
                        append_kept(tx, &HOUSES, Id(7), event).await
                    })
                })
                .await
            }));
        }
        for writer in writers {
            match writer.await.unwrap() {
                Ok(_) => {}
                Err(error) => assert!(error.is_transient(), "{error}"),
            }
        }
        assert_eq!(wrong(&db).await, [""; 0], "{:?}", db.engine());
    }
}
