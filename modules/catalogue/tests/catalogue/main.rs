//! The register on both engines: opening, announcing, ending, counting.

#![allow(clippy::unwrap_used, reason = "a test that fails says so by panicking")]

mod import;
mod pages;
mod register;

use base::{Actor, Date, DateTime, Fault, Grant, Id, Instant, Role};
use store::Db;

/// Monday 23 November 2026, 09:00.
pub fn now() -> Instant {
    Instant::from_local(DateTime::constant(2026, 11, 23, 9, 0, 0, 0))
}

pub fn day(year: i16, month: i8, day: i8) -> Date {
    Date::constant(year, month, day)
}

/// Fresh databases with the tables the catalogue stands on and the demo province's agencies.
pub async fn databases() -> Vec<Db> {
    static PROVINCE: store::testing::Made<()> = store::testing::Made::nothing();
    PROVINCE.copies(settle).await.into_iter().map(|(db, ())| db).collect()
}

async fn settle(db: &Db) {
    tables(db).await;
    db.write(|tx| Box::pin(async move { organisation::seed_demo(tx, now()).await })).await.unwrap();
}

/// The tables the catalogue stands on.
pub async fn tables(db: &Db) {
    db.migrate(&[
        audit::MIGRATIONS,
        facts::MIGRATIONS,
        records::MIGRATIONS,
        organisation::MIGRATIONS,
        catalogue::MIGRATIONS,
    ])
    .await
    .unwrap();
}

pub fn actor(role: Role) -> Actor {
    Actor {
        account: Id(77),
        name: "Lê Thị Giữ".to_owned(),
        grants: vec![Grant::new(role, Id(1), "/1/".to_owned())],
        citizen_number: None,
    }
}

/// The same with the shipped procedures.
pub async fn seeded() -> Vec<Db> {
    static PROVINCE: store::testing::Made<()> = store::testing::Made::nothing();
    let made = PROVINCE.copies(async |db| {
        settle(db).await;
        seed(db).await;
    });
    made.await.into_iter().map(|(db, ())| db).collect()
}

pub async fn seed(db: &Db) -> usize {
    db.write(|tx| Box::pin(async move { catalogue::seed(tx, now()).await })).await.unwrap()
}

pub async fn shelf(db: &Db) -> catalogue::Shelf {
    db.read(|tx| Box::pin(async move { catalogue::load_shelf(tx).await.map_err(Fault::from) })).await.unwrap()
}
