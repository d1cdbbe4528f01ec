//! The door's promises, each tried on both engines. One binary: every further one links everything again.

#![allow(clippy::unwrap_used, reason = "a test says what it wants")]

mod basics;
mod bulk;
mod crash;
mod limits;
mod migrating;
mod rows;
mod transactions;

use store::{Db, Migrations, StoreError};

pub const TABLES: Migrations = Migrations {
    module: "test",
    steps: &[(
        "0001_create",
        "CREATE TABLE item (
             id {id} PRIMARY KEY, name {text} NOT NULL UNIQUE, n {int}, at {time}, day {date}, ok {bool}, data {json},
             raw {bytes}, size {real}
         ){strict};
         CREATE TABLE part (item_id {id} NOT NULL REFERENCES item (id), n {int} NOT NULL CHECK (n > 0),
             PRIMARY KEY (item_id, n)){clustered};
         CREATE TABLE late (id {id} PRIMARY KEY,
             item_id {id} NOT NULL REFERENCES item (id) DEFERRABLE INITIALLY DEFERRED){strict};",
    )],
};

/// Fresh, migrated databases of both engines.
pub async fn databases() -> Vec<Db> {
    let all = store::testing::databases().await;
    for db in &all {
        db.migrate(&[TABLES]).await.unwrap();
    }
    all
}

/// How many rows `item` has.
pub async fn count(db: &Db) -> i64 {
    db.read(|tx| Box::pin(async move { tx.query_one("SELECT count(*) FROM item", &[]).await?.at(0) }))
        .await
        .unwrap_or_else(|error: StoreError| panic!("{}: {error}", db.engine().as_str()))
}
