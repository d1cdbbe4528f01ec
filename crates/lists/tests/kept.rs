//! Saved views on both engines: whose they are, who sees them, what becomes of them.

#![allow(clippy::unwrap_used)]

use base::{Actor, Fault, Grant, Id, Instant, Role};
use lists::views::{self, New, Reader};
use lists::{Declared, Lists};
use store::Db;

const NOW: Instant = Instant(1_796_000_000_000);

fn lists() -> Lists {
    let names = vec!["q", "topic", "late", "sort", "tab"];
    Lists(vec![Declared { key: "petitions", path: "/petitions", title: "lists-views", names, words: Vec::new() }])
}

fn person(account: i64, role: Role, path: &str) -> Actor {
    let unit = path.trim_matches('/').rsplit('/').next().and_then(|id| id.parse().ok()).unwrap_or(Id(0));
    Actor {
        account: Id(account),
        name: String::new(),
        grants: vec![Grant::new(role, unit, path)],
        citizen_number: None,
    }
}

async fn databases() -> Vec<Db> {
    let all = store::testing::databases().await;
    for db in &all {
        db.migrate(&[lists::MIGRATIONS]).await.unwrap();
    }
    all
}

async fn kept(db: &Db, actor: &Actor, name: &str, query: &str, default: bool) -> Result<views::View, Fault> {
    let new = New { list: "petitions".into(), name: name.into(), query: query.into(), default };
    let reader = Reader::actor(actor);
    db.write(move |tx| Box::pin(async move { views::keep(tx, &lists(), &reader, &new, NOW).await })).await
}

async fn seen(db: &Db, actor: &Actor) -> Vec<(String, bool, bool)> {
    let reader = Reader::actor(actor);
    let found = db.read(move |tx| Box::pin(async move { views::seen(tx, &reader, "petitions").await })).await.unwrap();
    found.into_iter().map(|view| (view.name, view.own, view.default)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_view_is_its_owners_and_of_the_unit_it_is_shared_with() {
    for db in databases().await {
        let head = person(1, Role::DivisionHead, "/1/5/9/");
        let (officer, stranger) = (person(2, Role::Officer, "/1/5/9/"), person(3, Role::Officer, "/1/6/"));
        let typed = "?late=1&topic=land&after=12-7&format=csv&evil=1&late=0";
        let view = kept(&db, &head, "  Đất   đai trễ ", typed, true).await.unwrap();
        // What the list does not know, a place in it and a format are no view of it.
        assert_eq!((view.name.as_str(), view.query.as_str()), ("Đất đai trễ", "late=1&topic=land"));
        assert_eq!(view.address("/petitions"), format!("/petitions?late=1&topic=land&view={}", view.id));
        assert_eq!(seen(&db, &head).await, [("Đất đai trễ".to_owned(), true, true)]);
        assert!(seen(&db, &officer).await.is_empty());

        let (id, by) = (view.id, head.clone());
        let share = |by: Actor, unit: Option<Id>| {
            let db = db.clone();
            async move { db.write(move |tx| Box::pin(async move { views::share(tx, &by, id, unit).await })).await }
        };
        // Neither with a unit above one's own nor by somebody who heads none.
        assert!(matches!(share(by.clone(), Some(Id(5))).await, Err(Fault::Forbidden(_))));
        assert!(matches!(share(officer.clone(), Some(Id(9))).await, Err(Fault::NotFound(_))));
        share(by.clone(), Some(Id(9))).await.unwrap();
        assert_eq!(seen(&db, &officer).await, [("Đất đai trễ".to_owned(), false, false)]);
        assert!(seen(&db, &stranger).await.is_empty());

        // A colleague opens it and makes it their default, and neither renames nor deletes it.
        let reader = Reader::actor(&officer);
        let other = reader.clone();
        db.write(move |tx| {
            Box::pin(async move {
                let view = views::one(tx, &other, id).await?;
                views::set_default(tx, &other, &view, true).await?;
                Ok::<_, Fault>(())
            })
        })
        .await
        .unwrap();
        assert!(seen(&db, &officer).await[0].2);
        let (one, two) = (reader.clone(), reader);
        let renamed = db.write(move |tx| Box::pin(async move { views::rename(tx, &one, id, "Khác").await })).await;
        assert!(matches!(renamed, Err(Fault::Forbidden(_))));
        let deleted = db.write(move |tx| Box::pin(async move { views::delete(tx, &two, id).await })).await;
        assert!(matches!(deleted, Err(Fault::Forbidden(_))));
        // Taken back, it is nobody else's any more.
        share(by, None).await.unwrap();
        assert!(seen(&db, &officer).await.is_empty());
        let rows = db.read(|tx| Box::pin(async move { tx.query("SELECT account_id FROM list_default", &[]).await }));
        assert_eq!(rows.await.unwrap().len(), 1, "the owner's");
        assert!(seen(&db, &head).await[0].2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_stands_once_and_an_ended_account_leaves_nothing() {
    for db in databases().await {
        let head = person(1, Role::Leader, "/1/5/");
        let officer = person(2, Role::Officer, "/1/5/9/");
        for (name, field) in [("", "name"), (&"x".repeat(61), "name")] {
            let Err(Fault::Invalid(problems)) = kept(&db, &head, name, "", false).await else { panic!("{name}") };
            assert_eq!(problems[0].field.as_deref(), Some(field));
        }
        let view = kept(&db, &head, "Sáng nay", "late=1", true).await.unwrap();
        let again = kept(&db, &head, "Sáng nay", "", false).await;
        assert!(matches!(again, Err(Fault::Invalid(problems)) if problems[0].code == "lists-view-there"));
        let long = kept(&db, &head, "Dài", &format!("q={}", "a".repeat(5_000)), false).await;
        assert!(matches!(long, Err(Fault::Invalid(problems)) if problems[0].code == "lists-view-long"));
        // Somebody else may have the same name, and makes the shared one the default.
        kept(&db, &officer, "Sáng nay", "", false).await.unwrap();
        let (id, by, reader) = (view.id, head.clone(), Reader::actor(&officer));
        db.write(move |tx| {
            Box::pin(async move {
                views::share(tx, &by, id, Some(Id(5))).await?;
                let view = views::one(tx, &reader, id).await?;
                views::set_default(tx, &reader, &view, true).await?;
                Ok::<_, Fault>(())
            })
        })
        .await
        .unwrap();
        assert_eq!(seen(&db, &officer).await.len(), 2);
        for n in 0..29 {
            kept(&db, &head, &format!("Lọc {n}"), "", false).await.unwrap();
        }
        let many = kept(&db, &head, "Một nữa", "", false).await;
        assert!(matches!(many, Err(Fault::Invalid(problems)) if problems[0].code == "lists-view-many"));

        db.write(|tx| Box::pin(async move { lists::forget(tx, Id(1)).await })).await.unwrap();
        assert_eq!(seen(&db, &officer).await, [("Sáng nay".to_owned(), true, false)]);
        for table in ["list_view", "list_default"] {
            let sql = format!("SELECT COUNT(*) AS n FROM {table}");
            let left = db.read(move |tx| Box::pin(async move { tx.query_one(sql, &[]).await?.get::<i64>("n") })).await;
            assert_eq!(left.unwrap(), i64::from(table == "list_view"), "{table}");
        }
    }
}
