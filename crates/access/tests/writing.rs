//! Looks get to the disk on both engines: behind the answer, together, and before it where it must be.

use access::{Entry, Filter, Kind, Recorder};
use base::{Grant, Id, Instant, Role};
use std::sync::Arc;

fn look(actor: i64, at: i64) -> Entry {
    Entry::new(Kind::Read, Some(Id(actor)), "H13.08-261122-0012".into(), "/dossiers/{code}", Instant(at))
}

async fn rows(db: &store::Db, filter: Filter) -> (Vec<access::Row>, i64) {
    db.read(move |tx| Box::pin(async move { access::page(tx, &filter, 50, &base::page::Place::START).await }))
        .await
        .expect("rows")
}

fn everything() -> Filter {
    Filter { scopes: vec!["/1/".into()], ..Filter::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn looks_of_a_second_share_a_row_and_a_flush_brings_all_to_disk() {
    for db in store::testing::databases().await {
        db.migrate(&[access::MIGRATIONS]).await.expect("migrations");
        let recorder = Recorder::start(db.clone());
        for _ in 0..3 {
            recorder.note(look(1, 1_000)).await;
        }
        recorder.note(look(2, 2_000)).await;
        recorder.flush().await.expect("written");
        let (found, total) = rows(&db, everything()).await;
        assert_eq!(total, 2);
        assert_eq!(
            found.iter().map(|row| (row.actor, row.amount)).collect::<Vec<_>>(),
            [(Some(Id(2)), 1), (Some(Id(1)), 3)]
        );
        let (found, _) = rows(&db, Filter { actor: Some(Id(1)), ..everything() }).await;
        assert_eq!(found.len(), 1);
        let gone = db.write(|tx| Box::pin(async move { access::prune(tx, Instant(1_500), 100).await })).await;
        assert_eq!(gone.expect("pruned"), 1);
        assert_eq!(rows(&db, everything()).await.1, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_posts_the_one_that_reaches_the_dossier_is_recorded_and_nobody_elses_rows_are_shown() {
    for db in store::testing::databases().await {
        db.migrate(&[access::MIGRATIONS]).await.expect("migrations");
        let recorder = Recorder::start(db.clone());
        let post = |agency: i64, path: &str| Grant::new(Role::Officer, Id(agency), path);
        let places = |there: bool| -> Option<_> {
            let paths = there.then(|| vec!["/1/8/".to_owned()]);
            let found: access::Places = Arc::new(move |_| {
                let paths = paths.clone();
                Box::pin(async move { Ok(paths) })
            });
            Some(found)
        };
        let grants = vec![post(7, "/1/7/"), post(8, "/1/8/")];
        recorder.keep(Entry { grants: grants.clone(), places: places(true), ..look(1, 1_000) }).await.expect("kept");
        // One that is not there leaves nothing.
        let missing = Entry { grants, places: places(false), if_there: true, ..look(1, 2_000) };
        recorder.keep(missing).await.expect("kept");
        let (found, total) = rows(&db, everything()).await;
        assert_eq!((total, found[0].agency), (1, Some(Id(8))));
        assert_eq!(rows(&db, Filter { scopes: vec!["/1/8/".into()], ..Filter::default() }).await.1, 1);
        assert_eq!(rows(&db, Filter { scopes: vec!["/1/7/".into()], ..Filter::default() }).await.1, 0);
        assert_eq!(rows(&db, Filter::default()).await.1, 0);
    }
}
