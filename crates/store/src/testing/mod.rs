//! For tests of every crate: throw-away databases on both engines, and the checks that hold for every module.
//!
//! ```no_run
//! # async fn example() {
//! for db in store::testing::databases().await {
//!     // migrate, act, assert: the same on both engines
//! }
//! # }
//! ```

mod cluster;
mod made;
mod schema;

use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

pub use made::Made;
pub use schema::{schema, steps_equal_fresh_install};

use crate::{Db, StoreError, registered};

/// How long a throw-away server may take to start on a loaded machine.
const START_S_MAX: u64 = 60;

/// A fresh SQLite file, and a fresh database in a throw-away PostgreSQL cluster where PostgreSQL is installed (or on
/// the server that `MOTCUA_TEST_POSTGRES` names). With `CI=true` a missing PostgreSQL is a panic.
///
/// Everything is removed when the test process ends.
pub async fn databases() -> Vec<Db> {
    let mut all = vec![sqlite().await];
    all.extend(postgres().await);
    all
}

/// A fresh SQLite file.
pub async fn sqlite() -> Db {
    open(&sqlite_url()).await
}

/// The address of a SQLite file that is not there yet.
pub fn sqlite_url() -> String {
    format!("sqlite:{}/{}.db", cluster::scratch().dir.display(), fresh_name())
}

/// A fresh PostgreSQL database, if there is PostgreSQL.
pub async fn postgres() -> Option<Db> {
    match postgres_url().await {
        Some(url) => Some(open(&url).await),
        None => None,
    }
}

/// The address of a fresh, empty PostgreSQL database, if there is PostgreSQL. It has a `?`, so `&pool=1` may be added.
pub async fn postgres_url() -> Option<String> {
    let (client, address) = server().await?;
    let name = fresh_name();
    client.batch_execute(&format!("CREATE DATABASE {name}")).await.expect("a fresh database");
    Some(address.replace("DATABASE", &name))
}

/// The server, if there is one: a client that may make databases, and the address of one with `DATABASE` for its name.
async fn server() -> Option<(tokio_postgres::Client, String)> {
    let scratch = cluster::scratch();
    let (admin, address) = match (std::env::var("MOTCUA_TEST_POSTGRES"), &scratch.server) {
        (Ok(url), _) => (url.clone(), with_database(&url, "DATABASE")),
        (Err(_), Some(server)) => (server.replace("DATABASE", "postgres"), server.clone()),
        (Err(_), None) => return None,
    };
    Some((connect(&admin).await, address))
}

/// `postgres://user@host/old?x=y` with another database.
fn with_database(url: &str, name: &str) -> String {
    let (main, query) = url.split_once('?').unwrap_or((url, ""));
    let start = main.find("://").map_or(0, |at| at + 3);
    let host = main[start..].find('/').map_or(main, |slash| &main[..start + slash]);
    format!("{host}/{name}?{query}")
}

async fn connect(url: &str) -> tokio_postgres::Client {
    let began = Instant::now();
    loop {
        match tokio_postgres::connect(url, tokio_postgres::NoTls).await {
            Ok((client, connection)) => {
                tokio::spawn(connection);
                return client;
            }
            Err(error) if began.elapsed() > Duration::from_secs(START_S_MAX) => {
                panic!("PostgreSQL did not start: {error}\n{}", cluster::server_log(cluster::scratch()));
            }
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}

async fn open(url: &str) -> Db {
    Db::open(url).await.unwrap_or_else(|error| panic!("{url}: {error}"))
}

fn fresh_name() -> String {
    // A lasting server may still hold the databases of an earlier process of the same number.
    static SALT: LazyLock<u64> = LazyLock::new(|| RandomState::new().hash_one("database"));
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("t{:x}_{}", *SALT, COUNT.fetch_add(1, Ordering::Relaxed))
}

/// Prepares every statement named by [`statements!`](crate::statements) in any linked crate, on a migrated database.
/// Returns what the engine said against each that it refused; an empty list is what a test wants.
pub async fn prepare_all(db: &Db) -> Vec<String> {
    let mut problems = Vec::new();
    for (name, sql) in registered() {
        let outcome: Result<(), StoreError> = db.read(move |tx| Box::pin(async move { tx.prepare(sql).await })).await;
        if let Err(error) = outcome {
            problems.push(format!("{name} on {}: {error}", db.engine().as_str()));
        }
    }
    problems
}
