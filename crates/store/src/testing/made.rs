//! Databases that are made ready once in a process and copied for every test that wants one like them.

use super::{fresh_name, open, postgres_url, server, sqlite_url};
use crate::Db;
use tokio::sync::OnceCell;

/// A database made ready once on each engine: tables, units, people. Tests get copies, which costs a fraction of making it.
///
/// ```no_run
/// # async fn example() {
/// static TABLES: store::testing::Made<usize> = store::testing::Made::nothing();
/// let made = TABLES.copies(async |db| db.migrate(&[]).await.unwrap().len());
/// for (db, steps) in made.await {
///     // act, assert: nobody else sees this copy
/// }
/// # }
/// ```
pub struct Made<T>(OnceCell<Vec<(Original, T)>>);

/// Where what was made lies: a file that nobody writes to any more, or a database without connections.
enum Original {
    Sqlite(String),
    Postgres(String),
}

impl<T: Clone> Made<T> {
    /// Made at the first call of [`copies`](Made::copies).
    pub const fn nothing() -> Self {
        Made(OnceCell::const_new())
    }

    /// A copy on each engine of what `make` makes, with what it found out (the ids of its people, say).
    pub async fn copies(&self, make: impl AsyncFn(&Db) -> T) -> Vec<(Db, T)> {
        let originals = self.0.get_or_init(async || {
            let mut all = Vec::new();
            let url = sqlite_url();
            let db = open(&url).await;
            let found = make(&db).await;
            all.push((kept(&url), found));
            if let Some(url) = postgres_url().await {
                let db = open(&url).await;
                let found = make(&db).await;
                drop(db);
                all.push((Original::Postgres(name_of(&url)), found));
            }
            all
        });
        let mut copies = Vec::new();
        for (original, found) in originals.await {
            copies.push((open(&copy_of(original).await).await, found.clone()));
        }
        copies
    }
}

/// All that a SQLite database holds in a file of its own, whoever still has it open.
fn kept(url: &str) -> Original {
    let file = path_of(&sqlite_url()).to_owned();
    let from = rusqlite::Connection::open(path_of(url)).expect("the database that was made");
    from.execute("VACUUM INTO ?1", [&file]).expect("a copy in one file");
    Original::Sqlite(file)
}

fn path_of(url: &str) -> &str {
    url.trim_start_matches("sqlite:")
}

/// The database of an address.
fn name_of(url: &str) -> String {
    let start = url.find("://").map_or(0, |at| at + 3);
    let rest = url[start..].split(['?']).next().unwrap_or_default();
    rest.rsplit('/').next().unwrap_or_default().to_owned()
}

/// The address of a fresh copy.
async fn copy_of(original: &Original) -> String {
    match original {
        Original::Sqlite(file) => {
            let url = sqlite_url();
            std::fs::copy(file, path_of(&url)).expect("a copied file");
            url
        }
        Original::Postgres(template) => {
            let (client, address) = server().await.expect("the server it was made on");
            let name = fresh_name();
            // The pool that made it lets go in its own time; who is still connected keeps it from being copied.
            let leave = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{template}'");
            client.batch_execute(&leave).await.expect("nobody connected");
            // Its files as they lie; else every page goes through the log, which costs twice as much. Version 15 knows the word.
            let version = client.query_one("SELECT current_setting('server_version_num')::int", &[]).await;
            let version: i32 = version.and_then(|row| row.try_get(0)).expect("its version");
            let how = if version >= 150_000 { " STRATEGY file_copy" } else { "" };
            let copy = format!("CREATE DATABASE {name} TEMPLATE {template}{how}");
            for tries in 0.. {
                match client.batch_execute(&copy).await {
                    Ok(()) => break,
                    Err(_) if tries < 100 => tokio::time::sleep(std::time::Duration::from_millis(20)).await,
                    Err(error) => panic!("a copied database: {error}"),
                }
            }
            address.replace("DATABASE", &name)
        }
    }
}
