//! Killed in the middle of batches, the database has everything that was acknowledged.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use store::{Db, StoreError, params};

/// Runs an ignored test of this binary as a process of its own.
pub fn child(test: &str, url: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--ignored", "--nocapture"])
        .env("STORE_TEST_URL", url)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a child process of the tests beside it, ended by a signal"]
async fn child_writes_until_killed() {
    let Ok(url) = std::env::var("STORE_TEST_URL") else { return };
    let db = Db::open(&url).await.unwrap();
    let first = 1_000_000 * i64::from(std::process::id());
    let tasks = (0..32i64).map(|lane| {
        let db = db.clone();
        tokio::spawn(async move {
            for step in 0.. {
                let id = first + lane * 10_000 + step;
                db.write(move |tx| {
                    Box::pin(async move {
                        tx.execute("INSERT INTO item (id, name) VALUES ($1, $2)", params![id, format!("n{id}")])
                            .await?;
                        for n in 1..=3 {
                            tx.execute("INSERT INTO part (item_id, n) VALUES ($1, $2)", params![id, n]).await?;
                        }
                        Ok::<_, StoreError>(())
                    })
                })
                .await
                .unwrap();
                // One write call, so that a line is whole or missing.
                std::io::stdout().write_all(format!("acknowledged {id}\n").as_bytes()).unwrap();
            }
        })
    });
    futures_util::future::join_all(tasks).await;
}

#[tokio::test]
async fn everything_acknowledged_survives_a_kill() {
    let mut urls = vec![store::testing::sqlite_url()];
    urls.extend(store::testing::postgres_url().await);
    for url in urls {
        let db = Db::open(&url).await.unwrap();
        db.migrate(&[crate::TABLES]).await.unwrap();
        db.close().await;
        let mut acknowledged = BTreeSet::new();
        for round in 0..3 {
            let mut writer = child("crash::child_writes_until_killed", &url);
            let mut lines = BufReader::new(writer.stdout.take().unwrap()).lines();
            let mut take = |line: String| {
                // The test harness writes its own lines, the first of ours on the same line as one of them.
                if let Some((_, id)) = line.split_once("acknowledged ") {
                    acknowledged.insert(id.parse::<i64>().unwrap());
                }
            };
            for line in lines.by_ref().take(200 + 77 * round) {
                take(line.unwrap());
            }
            writer.kill().unwrap();
            writer.wait().unwrap();
            lines.for_each(|line| take(line.unwrap()));
        }
        assert!(acknowledged.len() > 500, "{}", acknowledged.len());
        tokio::time::sleep(Duration::from_millis(200)).await;
        let db = Db::open(&url).await.unwrap();
        let (there, parts): (Vec<i64>, i64) = db
            .read(|tx| {
                Box::pin(async move {
                    let rows = tx.query("SELECT id FROM item", &[]).await?;
                    let parts = tx.query_one("SELECT count(*) FROM part", &[]).await?.at(0)?;
                    Ok::<_, StoreError>((rows.iter().map(|row| row.at(0)).collect::<Result<_, _>>()?, parts))
                })
            })
            .await
            .unwrap();
        let there: BTreeSet<i64> = there.into_iter().collect();
        let lost: Vec<_> = acknowledged.difference(&there).collect();
        assert!(lost.is_empty(), "{}: acknowledged and lost: {lost:?}", db.engine().as_str());
        assert_eq!(parts, 3 * there.len() as i64, "whole transactions only");
        // Each round may have committed what it no longer could acknowledge, at most one per lane.
        assert!(there.len() - acknowledged.len() <= 3 * 32);
    }
}
