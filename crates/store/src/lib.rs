//! One door to two engines: SQLite (one file, the default) and PostgreSQL (one schema).
//!
//! Domain code is written once, as `async fn action(tx: &Tx, …)`, with one SQL text. It is called through
//! [`Db::read`] (one snapshot, nothing may be changed) or [`Db::write`] (all or nothing, acknowledged only when it is
//! on disk). On SQLite the action runs to completion on the writer thread, so it **cannot wait for anything but the
//! database**; on PostgreSQL it is awaited natively.
//!
//! Deliberately absent: any table but the list of migrations, any SQL builder, any object mapper, any clock.

mod bench;
mod db;
mod error;
mod many;
mod migrations;
mod options;
mod postgres;
mod row;
mod rows;
mod sql;
mod sqlite;
mod tx;
mod value;

#[cfg(feature = "testing")]
pub mod testing;

pub use db::{Beside, BoxFuture, Db, Engine};
pub use error::StoreError;
pub use migrations::Migrations;
pub use postgres::with_limits;
pub use row::{Cell, FromCell, Row};
pub use rows::Rows;
pub use sql::{REGISTRY, Registered, Sql, registered};
pub use tx::{Recorded, Tx};
pub use value::Value;

/// Re-exported for [`statements!`], which registers each statement of every crate in one list.
#[doc(hidden)]
pub use linkme;
