//! For benches only: the statements of recorded actions, run again without the door, to see what the door costs.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::future::{join, try_join_all};

use crate::db::Backend;
use crate::sqlite::{Connection, rewrite};
use crate::{Db, Recorded, StoreError, Value};

/// What the writes of a [`Db`] sent while recording was on.
#[derive(Default)]
pub(crate) struct Recorder {
    on: AtomicBool,
    actions: Mutex<Vec<Vec<Recorded>>>,
}

impl Recorder {
    pub(crate) fn is_on(&self) -> bool {
        self.on.load(Ordering::Relaxed)
    }

    pub(crate) fn keep(&self, action: Vec<Recorded>) {
        self.actions.lock().unwrap_or_else(PoisonError::into_inner).push(action);
    }
}

impl Db {
    /// From here on every successful [`Db::write`] of this handle and its clones is captured, one list per action.
    pub fn start_recording(&self) {
        self.recorder.on.store(true, Ordering::Relaxed);
    }

    /// Stops, and hands over what was captured.
    pub fn take_recording(&self) -> Vec<Vec<Recorded>> {
        self.recorder.on.store(false, Ordering::Relaxed);
        std::mem::take(&mut *self.recorder.actions.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Runs recorded actions bare against this database and says how long that took, connections and preparing
    /// aside. The database must be in the state in which the recording began.
    ///
    /// `width` is the number of actions per commit on SQLite (one plain rusqlite connection, same pragmas), and the
    /// number of connections on PostgreSQL (plain tokio-postgres, one transaction per action).
    pub async fn replay_bare(&self, recorded: Vec<Vec<Recorded>>, width: usize) -> Result<Duration, StoreError> {
        let width = width.max(1);
        match &self.backend {
            Backend::Sqlite(sqlite) => {
                let path = sqlite.path.clone().ok_or_else(|| StoreError::Address("not a file".into()))?;
                let replay = move || replay_sqlite(&path, &recorded, width);
                tokio::task::spawn_blocking(replay).await.map_err(|_| StoreError::Closed)?
            }
            Backend::Postgres(postgres) => {
                let recorded = Arc::new(recorded);
                let next = Arc::new(AtomicUsize::new(0));
                let connecting = (0..width).map(|_| Bare::connect(postgres, &recorded));
                let connections = try_join_all(connecting).await?;
                let began = Instant::now();
                let tasks = connections.into_iter().map(|bare| {
                    let (recorded, next) = (recorded.clone(), next.clone());
                    tokio::spawn(async move { bare.replay(&recorded, &next).await })
                });
                for done in try_join_all(tasks).await.map_err(|_| StoreError::Closed)? {
                    done?;
                }
                Ok(began.elapsed())
            }
        }
    }
}

fn replay_sqlite(path: &std::path::Path, actions: &[Vec<Recorded>], batch: usize) -> Result<Duration, StoreError> {
    let connection = Connection::open_writer(Some(path), Duration::MAX)?.into_plain();
    let fail = |error| StoreError::sqlite(error, "replay");
    let mut statements: HashMap<&str, rusqlite::Statement<'_>> = HashMap::new();
    for (text, _) in actions.iter().flatten() {
        if !statements.contains_key(text.as_str()) {
            statements.insert(text, connection.prepare(&rewrite(text)).map_err(fail)?);
        }
    }
    let began = Instant::now();
    for chunk in actions.chunks(batch) {
        connection.execute_batch("BEGIN IMMEDIATE").map_err(fail)?;
        for (text, params) in chunk.iter().flatten() {
            let Some(statement) = statements.get_mut(text.as_str()) else { continue };
            for (index, param) in params.iter().enumerate() {
                statement.raw_bind_parameter(index + 1, param).map_err(fail)?;
            }
            let width = statement.column_count();
            let mut rows = statement.raw_query();
            while let Some(row) = rows.next().map_err(fail)? {
                for column in 0..width {
                    std::hint::black_box(row.get_ref(column).map_err(fail)?);
                }
            }
        }
        connection.execute_batch("COMMIT").map_err(fail)?;
    }
    Ok(began.elapsed())
}

/// A plain connection with every statement of the recording prepared.
struct Bare {
    client: tokio_postgres::Client,
    statements: HashMap<String, tokio_postgres::Statement>,
}

impl Bare {
    async fn connect(postgres: &crate::postgres::Postgres, actions: &[Vec<Recorded>]) -> Result<Bare, StoreError> {
        let client = postgres.connect_plain().await?;
        let mut statements = HashMap::new();
        for (text, _) in actions.iter().flatten() {
            if !statements.contains_key(text) {
                let statement = client.prepare(text).await.map_err(|error| StoreError::postgres(error, text))?;
                statements.insert(text.clone(), statement);
            }
        }
        Ok(Bare { client, statements })
    }

    async fn replay(&self, actions: &[Vec<Recorded>], next: &AtomicUsize) -> Result<(), StoreError> {
        while let Some(action) = actions.get(next.fetch_add(1, Ordering::Relaxed)) {
            let Some((first, rest)) = action.split_first() else { continue };
            let (begun, done) = join(self.client.batch_execute("BEGIN"), self.run(first)).await;
            begun.map_err(|error| StoreError::postgres(error, "BEGIN"))?;
            done?;
            for statement in rest {
                self.run(statement).await?;
            }
            self.client.batch_execute("COMMIT").await.map_err(|error| StoreError::postgres(error, "COMMIT"))?;
        }
        Ok(())
    }

    async fn run(&self, (text, params): &Recorded) -> Result<(), StoreError> {
        let Some(statement) = self.statements.get(text) else { return Ok(()) };
        let params: Vec<&(dyn tokio_postgres::types::ToSql + Sync)> = params.iter().map(as_param).collect();
        let rows = self.client.query(statement, &params).await.map_err(|error| StoreError::postgres(error, text))?;
        std::hint::black_box(rows);
        Ok(())
    }
}

fn as_param(value: &Value) -> &(dyn tokio_postgres::types::ToSql + Sync) {
    value
}
