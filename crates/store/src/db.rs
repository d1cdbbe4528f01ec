use std::sync::Arc;

use crate::bench::Recorder;
use crate::migrations::{self, Migrations};
use crate::options::{Options, Place};
use crate::postgres::{Isolation, Postgres};
use crate::sqlite::Sqlite;
use crate::{StoreError, Tx};

pub use futures_util::future::BoxFuture;

/// Which database is behind the door.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    pub fn as_str(self) -> &'static str {
        match self {
            Engine::Sqlite => "sqlite",
            Engine::Postgres => "postgres",
        }
    }
}

/// A province's database. Cheap to clone; all clones share the writer, the readers and the pool.
#[derive(Clone)]
pub struct Db {
    pub(crate) backend: Backend,
    pub(crate) recorder: Arc<Recorder>,
    beside: Option<Beside>,
}

/// What is written in each action's own transaction, after it; see [`Db::beside`].
pub type Beside = Arc<dyn for<'t> Fn(&'t Tx) -> BoxFuture<'t, Result<(), StoreError>> + Send + Sync>;

#[derive(Clone)]
pub(crate) enum Backend {
    Sqlite(Arc<Sqlite>),
    Postgres(Arc<Postgres>),
}

impl Db {
    /// Opens `sqlite:PATH` (made when missing), `sqlite::memory:` or `postgres://…`.
    pub async fn open(url: &str) -> Result<Db, StoreError> {
        let options = Options::parse(url)?;
        let backend = match &options.place {
            Place::Postgres(_) => Backend::Postgres(Arc::new(Postgres::open(&options).await?)),
            _ => Backend::Sqlite(Arc::new(Sqlite::open(options).await?)),
        };
        Ok(Db { backend, recorder: Arc::default(), beside: None })
    }

    /// Which engine this is.
    pub fn engine(&self) -> Engine {
        match self.backend {
            Backend::Sqlite(_) => Engine::Sqlite,
            Backend::Postgres(_) => Engine::Postgres,
        }
    }

    /// The same database, whose every writing action ends with `step` in its own transaction: both are kept or neither.
    pub fn beside(&self, step: Beside) -> Db {
        Db { beside: Some(step), ..self.clone() }
    }

    /// Runs `f` on one unchanging snapshot; writing in it is an error of the engine.
    pub async fn read<T, E, F>(&self, f: F) -> Result<T, E>
    where
        F: for<'t> FnOnce(&'t Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
        E: From<StoreError> + Send + 'static,
        T: Send + 'static,
    {
        match &self.backend {
            Backend::Sqlite(sqlite) => sqlite.read(f).await,
            Backend::Postgres(postgres) => postgres.run(Isolation::Snapshot, f).await.0,
        }
    }

    /// Runs `f` all or nothing: `Ok` only when everything is on disk; `Err` from `f` keeps nothing. When the returned
    /// future is dropped, an action that has begun is still finished, one that has not begun may not be run at all.
    ///
    /// PostgreSQL runs it READ COMMITTED, SQLite one after the other: guard decisions that rest on rows read before
    /// by a unique key, by `UPDATE … WHERE` the old state, or by [`Tx::lock`]; or use [`Db::write_repeatable`].
    pub async fn write<T, E, F>(&self, f: F) -> Result<T, E>
    where
        F: for<'t> FnOnce(&'t Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
        E: From<StoreError> + Send + 'static,
        T: Send + 'static,
    {
        if let Some(step) = self.beside.clone() {
            return self.write_now(move |tx| Box::pin(followed(tx, step, f))).await;
        }
        if self.recorder.is_on() {
            let recorder = self.recorder.clone();
            return self.write_now(move |tx| Box::pin(recorded(tx, recorder, f))).await;
        }
        self.write_now(f).await
    }

    async fn write_now<T, E, F>(&self, f: F) -> Result<T, E>
    where
        F: for<'t> FnOnce(&'t Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
        E: From<StoreError> + Send + 'static,
        T: Send + 'static,
    {
        match &self.backend {
            Backend::Sqlite(sqlite) => sqlite.write(f).await,
            Backend::Postgres(postgres) => postgres.run(Isolation::Write, f).await.0,
        }
    }

    /// Like [`Db::write`], but as if no other transaction ran beside it (SERIALIZABLE on PostgreSQL); it is repeated
    /// up to [`ATTEMPTS_MAX`] times when others got in its way. `f` may run several times, and must have no effect
    /// outside its transaction.
    pub async fn write_repeatable<T, E, F>(&self, f: F) -> Result<T, E>
    where
        F: for<'t> Fn(&'t Tx) -> BoxFuture<'t, Result<T, E>> + Send + Sync + 'static,
        E: From<StoreError> + Send + 'static,
        T: Send + 'static,
    {
        let postgres = match &self.backend {
            Backend::Sqlite(_) => return self.write(f).await,
            Backend::Postgres(postgres) => postgres,
        };
        let f = Arc::new(f);
        let mut attempt = 1;
        loop {
            let (again, step) = (f.clone(), self.beside.clone());
            let (outcome, conflict) = match step {
                Some(step) => {
                    postgres
                        .run(Isolation::Serializable, move |tx: &Tx| Box::pin(followed_again(tx, step, again)))
                        .await
                }
                None => postgres.run(Isolation::Serializable, move |tx: &Tx| again(tx)).await,
            };
            if !conflict || outcome.is_ok() || attempt == ATTEMPTS_MAX {
                return outcome;
            }
            // Apart from each other, or the same two meet again.
            tokio::time::sleep(std::time::Duration::from_millis(rand_below(8 << attempt))).await;
            attempt += 1;
        }
    }

    /// Applies what is missing of each set, in order, each step in a transaction of its own; returns the names of the
    /// steps applied (`module/0001_create`). Callers in several processes follow each other. A step that was applied
    /// and has since been changed is refused: write a new step instead.
    pub async fn migrate(&self, sets: &[Migrations]) -> Result<Vec<String>, StoreError> {
        migrations::migrate(self, sets).await
    }

    /// Finishes what was begun, lets SQLite refresh its statistics, and closes. Other clones answer
    /// [`StoreError::Closed`] from then on.
    pub async fn close(self) {
        match &self.backend {
            Backend::Sqlite(sqlite) => sqlite.close().await,
            Backend::Postgres(postgres) => postgres.close(),
        }
    }
}

async fn followed<T, E, F>(tx: &Tx, step: Beside, f: F) -> Result<T, E>
where
    F: for<'t> FnOnce(&'t Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    E: From<StoreError>,
{
    let value = f(tx).await?;
    step(tx).await?;
    Ok(value)
}

async fn followed_again<T, E, F>(tx: &Tx, step: Beside, f: Arc<F>) -> Result<T, E>
where
    F: for<'t> Fn(&'t Tx) -> BoxFuture<'t, Result<T, E>> + Send + Sync + 'static,
    E: From<StoreError>,
{
    let value = f(tx).await?;
    step(tx).await?;
    Ok(value)
}

async fn recorded<T, E, F>(tx: &Tx, recorder: Arc<Recorder>, f: F) -> Result<T, E>
where
    F: for<'t> FnOnce(&'t Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
{
    tx.record();
    let value = f(tx).await?;
    recorder.keep(tx.recorded());
    Ok(value)
}

/// How often [`Db::write_repeatable`] tries before it gives up.
pub const ATTEMPTS_MAX: u32 = 6;

/// A number below `bound`, good enough to keep retries apart.
fn rand_below(bound: u64) -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(bound) % bound.max(1)
}
