//! What happens to a transaction that does not end as it should.

use std::time::Duration;

use store::{Db, Engine, StoreError, Value, params};

use crate::{count, databases};

async fn add(db: &Db, id: i64) -> Result<(), StoreError> {
    db.write(move |tx| {
        Box::pin(async move {
            tx.execute("INSERT INTO item (id, name) VALUES ($1, $2)", params![id, format!("n{id}")]).await?;
            Ok(())
        })
    })
    .await
}

#[tokio::test]
async fn an_error_of_the_action_keeps_nothing() {
    for db in databases().await {
        let outcome: Result<(), StoreError> = db
            .write(|tx| {
                Box::pin(async move {
                    tx.execute("INSERT INTO item (id, name) VALUES (1, 'a')", &[]).await?;
                    Err(StoreError::NotFound)
                })
            })
            .await;
        assert!(matches!(outcome, Err(StoreError::NotFound)));
        assert_eq!(count(&db).await, 0);
    }
}

#[tokio::test]
async fn after_a_failed_statement_nothing_can_be_kept() {
    for db in databases().await {
        add(&db, 1).await.unwrap();
        let outcome: Result<(), StoreError> = db
            .write(|tx| {
                Box::pin(async move {
                    tx.execute("INSERT INTO item (id, name) VALUES (2, 'b')", &[]).await?;
                    let first = tx.execute("INSERT INTO item (id, name) VALUES (1, 'c')", &[]).await;
                    assert!(matches!(first, Err(StoreError::Unique { .. })));
                    let second = tx.query("SELECT 1", &[]).await;
                    assert!(matches!(second, Err(StoreError::Doomed)));
                    Ok(())
                })
            })
            .await;
        assert!(matches!(outcome, Err(StoreError::Doomed)), "{outcome:?}");
        assert_eq!(count(&db).await, 1);
    }
}

#[tokio::test]
async fn a_panic_is_the_jobs_own_trouble() {
    for db in databases().await {
        for _ in 0..20 {
            let outcome: Result<(), StoreError> = db
                .write(|tx| {
                    Box::pin(async move {
                        tx.execute("INSERT INTO item (id, name) VALUES (1, 'a')", &[]).await?;
                        panic!("a mistake in an action")
                    })
                })
                .await;
            assert!(outcome.unwrap_err().to_string().contains("a mistake in an action"));
            let reading: Result<u64, StoreError> = db
                .read(|tx| {
                    Box::pin(async move { tx.query_each("SELECT 1", &[], |_| panic!("while a row is held")).await })
                })
                .await;
            assert!(matches!(reading, Err(StoreError::Panicked(_))));
        }
        add(&db, 1).await.unwrap();
        assert_eq!(count(&db).await, 1);
    }
}

#[tokio::test]
async fn on_sqlite_a_transaction_cannot_wait_for_anything_but_the_database() {
    let db = databases().await.remove(0);
    assert_eq!(db.engine(), Engine::Sqlite);
    let outcome: Result<(), StoreError> = db
        .write(|tx| {
            Box::pin(async move {
                tx.execute("INSERT INTO item (id, name) VALUES (1, 'a')", &[]).await?;
                tokio::task::yield_now().await;
                Ok(())
            })
        })
        .await;
    assert!(matches!(outcome, Err(StoreError::Pending)), "{outcome:?}");
    assert_eq!(count(&db).await, 0);
}

#[tokio::test]
async fn a_failing_job_does_not_hurt_the_others_of_its_batch() {
    for db in databases().await {
        let jobs = (0..300i64).map(|id| {
            let db = db.clone();
            async move {
                let outcome: Result<(), StoreError> = db
                    .write(move |tx| {
                        Box::pin(async move {
                            let name = format!("n{id}");
                            tx.execute("INSERT INTO item (id, name) VALUES ($1, $2)", params![id, name]).await?;
                            match id % 3 {
                                0 => Err(StoreError::NotFound),
                                1 if id % 2 == 0 => panic!("every sixth panics"),
                                _ => Ok(()),
                            }
                        })
                    })
                    .await;
                (id, outcome.is_ok())
            }
        });
        let kept: Vec<i64> =
            futures_util::future::join_all(jobs).await.into_iter().filter(|j| j.1).map(|j| j.0).collect();
        assert_eq!(kept.len(), 150);
        let there: Vec<i64> = db
            .read(|tx| {
                Box::pin(async move {
                    let rows = tx.query("SELECT id FROM item ORDER BY id", &[]).await?;
                    rows.iter().map(|row| row.at(0)).collect::<Result<_, StoreError>>()
                })
            })
            .await
            .unwrap();
        assert_eq!(there, kept);
    }
}

#[tokio::test]
async fn when_the_commit_fails_no_job_of_the_batch_is_acknowledged() {
    for db in databases().await {
        let jobs = (0..10i64).map(|id| {
            let db = db.clone();
            async move {
                db.write(move |tx| {
                    Box::pin(async move {
                        let name = format!("n{id}");
                        tx.execute("INSERT INTO item (id, name) VALUES ($1, $2)", params![id, name]).await?;
                        if id == 4 {
                            tx.execute("INSERT INTO late (id, item_id) VALUES (1, 99)", &[]).await?;
                        }
                        Ok::<_, StoreError>(id)
                    })
                })
                .await
            }
        });
        // All ten are queued before the writer takes the first, or the batch is cut anywhere: what was acknowledged
        // must be there, and nothing else.
        let outcomes = futures_util::future::join_all(jobs).await;
        let kept = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
        assert!(outcomes[4].is_err());
        assert_eq!(count(&db).await, kept as i64, "{}", db.engine().as_str());
        if db.engine() == Engine::Sqlite {
            assert!(matches!(outcomes[4], Err(StoreError::Commit(_))), "{:?}", outcomes[4]);
        } else {
            assert!(matches!(outcomes[4], Err(StoreError::ForeignKey(_))), "{:?}", outcomes[4]);
        }
        add(&db, 100).await.unwrap();
    }
}

#[tokio::test]
async fn a_dropped_request_leaves_a_clean_connection_and_is_finished_or_never_begun() {
    for db in databases().await {
        for round in 0..40i64 {
            let asking = {
                let db = db.clone();
                async move {
                    db.write(move |tx| {
                        Box::pin(async move {
                            for part in 0..5 {
                                let (id, name) = (round * 10 + part, format!("{round}/{part}"));
                                tx.execute("INSERT INTO item (id, name) VALUES ($1, $2)", params![id, name]).await?;
                            }
                            Ok::<_, StoreError>(())
                        })
                    })
                    .await
                }
            };
            // Gone at once, or a little later, in the middle of whatever it is doing.
            let _ = tokio::time::timeout(Duration::from_micros(round as u64 * 40), asking).await;
        }
        add(&db, 1000).await.unwrap();
        // Jobs of dropped requests may still be running; the last must have ended before the database is counted.
        let mut before = -1;
        while before != count(&db).await {
            before = count(&db).await;
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        assert_eq!(before % 5, 1, "whole transactions only");
        let open: Result<Vec<i64>, StoreError> = futures_util::future::join_all((0..32).map(|_| {
            let db = db.clone();
            async move {
                db.write(|tx| Box::pin(async move { tx.query_one("SELECT count(*) FROM item", &[]).await?.at(0) }))
                    .await
            }
        }))
        .await
        .into_iter()
        .collect();
        assert!(open.unwrap().into_iter().all(|seen| seen == before));
    }
}

#[tokio::test]
async fn a_read_sees_one_moment_and_cannot_write() {
    for db in databases().await {
        add(&db, 1).await.unwrap();
        let (started, wait_started) = std::sync::mpsc::channel::<()>();
        let (go_on, wait) = std::sync::mpsc::channel::<()>();
        let (started, wait) = (std::sync::Mutex::new(started), std::sync::Mutex::new(wait));
        let reading = tokio::spawn({
            let db = db.clone();
            async move {
                db.read(move |tx| {
                    Box::pin(async move {
                        let before: i64 = tx.query_one("SELECT count(*) FROM item", &[]).await?.at(0)?;
                        started.lock().unwrap().send(()).unwrap();
                        // Blocks this thread, not the database: the test's runtime has others.
                        block_this_thread(&wait);
                        let after: i64 = tx.query_one("SELECT count(*) FROM item", &[]).await?.at(0)?;
                        Ok::<_, StoreError>((before, after))
                    })
                })
                .await
            }
        });
        let writing = std::thread::spawn({
            let db = db.clone();
            move || {
                wait_started.recv().unwrap();
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                let url_db = db;
                runtime.block_on(async { add(&url_db, 2).await.unwrap() });
                go_on.send(()).unwrap();
            }
        });
        assert_eq!(reading.await.unwrap().unwrap(), (1, 1));
        writing.join().unwrap();
        let outcome: Result<u64, StoreError> =
            db.read(|tx| Box::pin(async move { tx.execute("DELETE FROM item", &[]).await })).await;
        assert!(outcome.is_err());
        assert_eq!(count(&db).await, 2);
    }
}

fn block_this_thread(wait: &std::sync::Mutex<std::sync::mpsc::Receiver<()>>) {
    wait.lock().unwrap().recv().unwrap();
}

#[tokio::test]
async fn a_full_queue_says_busy_and_loses_nothing() {
    let db = Db::open(&format!("{}?queue=4", store::testing::sqlite_url())).await.unwrap();
    db.migrate(&[crate::TABLES]).await.unwrap();
    let (release, wait) = std::sync::mpsc::channel::<()>();
    let wait = std::sync::Mutex::new(wait);
    let (begun, has_begun) = tokio::sync::oneshot::channel::<()>();
    let holding = tokio::spawn({
        let db = db.clone();
        async move {
            db.write(move |_| {
                Box::pin(async move {
                    begun.send(()).unwrap();
                    block_this_thread(&wait);
                    Ok::<_, StoreError>(())
                })
            })
            .await
        }
    });
    has_begun.await.unwrap();
    let jobs: Vec<_> = (0..10i64)
        .map(|id| {
            tokio::spawn({
                let db = db.clone();
                async move { add(&db, id).await }
            })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(100)).await;
    release.send(()).unwrap();
    holding.await.unwrap().unwrap();
    let mut busy = 0;
    for job in jobs {
        match job.await.unwrap() {
            Ok(()) => {}
            Err(StoreError::Busy(_)) => busy += 1,
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!((busy, count(&db).await), (6, 4));
    assert!(matches!(base::Fault::from(StoreError::Busy("")), base::Fault::Busy));
}

#[tokio::test]
async fn repeatable_writes_behave_as_if_alone() {
    for db in databases().await {
        add(&db, 1).await.unwrap();
        db.write(|tx| Box::pin(async move { tx.execute("UPDATE item SET n = 0", &[]).await }))
            .await
            .unwrap_or_else(|error: StoreError| panic!("{error}"));
        // Read, think, write: without repetition, increments would be lost or refused.
        let jobs = (0..8).map(|_| {
            let db = db.clone();
            async move {
                for _ in 0..3 {
                    let mut left = 20;
                    loop {
                        let outcome = db
                            .write_repeatable(|tx| {
                                Box::pin(async move {
                                    let n: i64 = tx.query_one("SELECT n FROM item WHERE id = 1", &[]).await?.at(0)?;
                                    tx.execute("UPDATE item SET n = $1 WHERE id = 1", params![n + 1]).await
                                })
                            })
                            .await;
                        match outcome {
                            Ok(_) => break,
                            Err(error @ StoreError::Serialization(_)) if left > 0 => {
                                left -= 1;
                                drop(error);
                            }
                            Err(other) => panic!("{other}"),
                        }
                    }
                }
            }
        });
        futures_util::future::join_all(jobs).await;
        let n: Result<Value, StoreError> = db
            .read(|tx| Box::pin(async move { tx.query_one("SELECT n FROM item WHERE id = 1", &[]).await?.at(0) }))
            .await;
        assert_eq!(n.unwrap(), Value::Int(24));
    }
}

#[tokio::test]
async fn a_closed_database_says_so() {
    for db in databases().await {
        let other = db.clone();
        add(&db, 1).await.unwrap();
        db.close().await;
        assert!(matches!(add(&other, 2).await, Err(StoreError::Closed)));
    }
}
