use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::many::Insert;
use crate::postgres::Session;
use crate::sqlite::Connection;
use crate::{Engine, Row, Rows, Sql, StoreError, Value};

/// A statement that was run, with its parameters, as [`Tx::record`] captures it.
pub type Recorded = (String, Vec<Value>);

/// An open transaction. It lives as long as the action it was given to; whether it is kept or rolled back is decided
/// by what the action returns.
///
/// Once a statement fails, the transaction is doomed: every later statement answers [`StoreError::Doomed`] and
/// nothing of it is kept, on both engines.
pub struct Tx {
    pub(crate) inner: Inner,
    doomed: AtomicBool,
    conflict: AtomicBool,
    recorder: Mutex<Option<Vec<Recorded>>>,
    recording: AtomicBool,
    unlimited: AtomicBool,
}

pub(crate) enum Inner {
    Sqlite(Arc<Connection>),
    Postgres(Box<Session>),
}

impl Tx {
    pub(crate) fn new(inner: Inner) -> Tx {
        Tx {
            inner,
            doomed: AtomicBool::new(false),
            conflict: AtomicBool::new(false),
            recorder: Mutex::new(None),
            recording: AtomicBool::new(false),
            unlimited: AtomicBool::new(false),
        }
    }

    /// Which engine this is, for the rare rule that must know.
    pub fn engine(&self) -> Engine {
        match self.inner {
            Inner::Sqlite(_) => Engine::Sqlite,
            Inner::Postgres(_) => Engine::Postgres,
        }
    }

    /// All rows of an answer, in memory: for lists with a limit. Use [`Tx::query_each`] for the rest.
    pub async fn query(&self, sql: impl Into<Sql>, params: &[Value]) -> Result<Vec<Row>, StoreError> {
        let mut rows = Vec::new();
        self.run(&sql.into(), params, &mut |row| {
            rows.push(row);
            Ok(())
        })
        .await?;
        Ok(rows)
    }

    /// The only row, or none. More than one is [`StoreError::TooManyRows`].
    pub async fn query_opt(&self, sql: impl Into<Sql>, params: &[Value]) -> Result<Option<Row>, StoreError> {
        let mut found = None;
        self.run(&sql.into(), params, &mut |row| match found.replace(row) {
            None => Ok(()),
            Some(_) => Err(StoreError::TooManyRows),
        })
        .await?;
        Ok(found)
    }

    /// The only row; none is [`StoreError::NotFound`] (which does not doom the transaction).
    pub async fn query_one(&self, sql: impl Into<Sql>, params: &[Value]) -> Result<Row, StoreError> {
        self.query_opt(sql, params).await?.ok_or(StoreError::NotFound)
    }

    /// Runs a statement and says how many rows it changed.
    pub async fn execute(&self, sql: impl Into<Sql>, params: &[Value]) -> Result<u64, StoreError> {
        self.run(&sql.into(), params, &mut |_| Ok(())).await
    }

    /// Writes the rows of one action, a handful: `params` holds them one after the other. One statement run again on SQLite, which for a
    /// statement of many rows keeps a copy of every page it touches; one statement of them all on PostgreSQL, which is one way there and
    /// back. `sql` is an `INSERT` as [`Tx::insert_rows`] takes it; says how many rows it changed.
    ///
    /// # Errors
    /// [`StoreError::Parameter`] for any other text, or values that do not fill their rows; the database's.
    pub async fn insert_few(&self, sql: impl Into<Sql>, params: &[Value]) -> Result<u64, StoreError> {
        if self.is_doomed() {
            return Err(StoreError::Doomed);
        }
        let sql = sql.into();
        let text = sql.text(self.engine());
        self.insert_few_of(text, params).await.inspect_err(|error| self.doom(error))
    }

    async fn insert_few_of(&self, text: &str, params: &[Value]) -> Result<u64, StoreError> {
        if params.is_empty() {
            return Ok(0);
        }
        if self.recording.load(Ordering::Relaxed)
            && let Some(list) = &mut *self.recorder.lock().unwrap_or_else(PoisonError::into_inner)
        {
            list.extend(params.chunks(Insert::parse(text)?.width).map(|row| (text.to_string(), row.to_vec())));
        }
        match &self.inner {
            Inner::Sqlite(connection) => connection.run_each(text, params, !self.unlimited.load(Ordering::Relaxed)),
            Inner::Postgres(session) => session.insert_together(text, &Insert::parse(text)?, params).await,
        }
    }

    /// Runs an `INSERT INTO table (columns) VALUES ($1, $2, …)` of one row for each of `rows`, and says how many rows it
    /// changed: by COPY on PostgreSQL, as one statement run again and again on SQLite. With `ON CONFLICT … DO UPDATE` no
    /// two rows may have the same key.
    ///
    /// Thousands of rows in a call are what it is for. On PostgreSQL each value must be of its column's kind. As with
    /// [`Tx::query_each`], the time limit of statements does not hold from here on.
    pub async fn insert_rows(&self, sql: impl Into<Sql>, rows: &Rows) -> Result<u64, StoreError> {
        if self.is_doomed() {
            return Err(StoreError::Doomed);
        }
        let sql = sql.into();
        let text = sql.text(self.engine());
        self.insert_rows_of(text, rows).await.inspect_err(|error| self.doom(error))
    }

    async fn insert_rows_of(&self, text: &str, rows: &Rows) -> Result<u64, StoreError> {
        let insert = Insert::parse(text)?;
        let count = rows.count(insert.width, text)?;
        if count == 0 {
            return Ok(0);
        }
        self.without_time_limit().await?;
        if self.recording.load(Ordering::Relaxed)
            && let Some(list) = &mut *self.recorder.lock().unwrap_or_else(PoisonError::into_inner)
        {
            let mut values = rows.iter().map(Value::from);
            list.extend((0..count).map(|_| (text.to_string(), values.by_ref().take(insert.width).collect())));
        }
        match &self.inner {
            Inner::Sqlite(connection) => connection.insert(text, insert.width, rows),
            Inner::Postgres(session) => session.insert(text, &insert, rows).await,
        }
    }

    /// Hands every row to `each` as it arrives, holding one at a time: for going over millions of rows. `each` must
    /// not use this transaction; an error from it ends the walk. Returns the number of rows seen. The time limit of
    /// statements does not hold from here on, see [`Tx::without_time_limit`].
    pub async fn query_each<F>(&self, sql: impl Into<Sql>, params: &[Value], mut each: F) -> Result<u64, StoreError>
    where
        F: FnMut(&Row) -> Result<(), StoreError> + Send,
    {
        self.without_time_limit().await?;
        let mut seen = 0;
        self.run(&sql.into(), params, &mut |row| {
            seen += 1;
            each(&row)
        })
        .await?;
        Ok(seen)
    }

    /// Lifts the time limit of statements for the rest of this transaction: rebuilding, verifying and importing take
    /// the time they take.
    pub async fn without_time_limit(&self) -> Result<(), StoreError> {
        if !self.unlimited.swap(true, Ordering::Relaxed)
            && let Inner::Postgres(_) = self.inner
        {
            self.script("SET LOCAL statement_timeout = 0").await?;
        }
        Ok(())
    }

    /// Holds the lock called `name` together with others who only share it: whoever wants it alone waits for all of them, and they for him.
    /// SQLite has one writer at a time anyway.
    pub async fn share(&self, name: &str) -> Result<(), StoreError> {
        if let Inner::Postgres(_) = self.inner {
            let sql = "SELECT pg_advisory_xact_lock_shared(hashtextextended($1, 0)) IS NULL";
            self.query(sql, &[Value::from(name)]).await?;
        }
        Ok(())
    }

    /// Holds the lock called `name` until the end of the transaction, so that two writers of one chain follow each
    /// other. SQLite has one writer at a time anyway.
    pub async fn lock(&self, name: &str) -> Result<(), StoreError> {
        if let Inner::Postgres(_) = self.inner {
            self.query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0)) IS NULL", &[Value::from(name)]).await?;
        }
        Ok(())
    }

    /// For benches only: captures every statement from here on; [`Tx::recorded`] takes the list.
    pub fn record(&self) {
        self.recording.store(true, Ordering::Relaxed);
        *self.recorder.lock().unwrap_or_else(PoisonError::into_inner) = Some(Vec::new());
    }

    /// Takes what was captured since [`Tx::record`] and stops capturing.
    pub fn recorded(&self) -> Vec<Recorded> {
        self.recording.store(false, Ordering::Relaxed);
        self.recorder.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or_default()
    }

    async fn run(
        &self,
        sql: &Sql,
        params: &[Value],
        each: &mut (dyn FnMut(Row) -> Result<(), StoreError> + Send),
    ) -> Result<u64, StoreError> {
        if self.is_doomed() {
            return Err(StoreError::Doomed);
        }
        let text = sql.text(self.engine());
        if self.recording.load(Ordering::Relaxed)
            && let Some(list) = &mut *self.recorder.lock().unwrap_or_else(PoisonError::into_inner)
        {
            list.push((text.to_string(), params.to_vec()));
        }
        match &self.inner {
            Inner::Sqlite(connection) => connection.run(text, params, !self.unlimited.load(Ordering::Relaxed), each),
            Inner::Postgres(session) => session.run(text, params, each).await,
        }
        .inspect_err(|error| self.doom(error))
    }

    /// Has the engine compile a statement without running it: unknown names, wrong arity and wrong types are told.
    pub async fn prepare(&self, sql: impl Into<Sql>) -> Result<(), StoreError> {
        let sql = sql.into();
        let text = sql.text(self.engine());
        match &self.inner {
            Inner::Sqlite(connection) => connection.prepare(text),
            Inner::Postgres(session) => session.prepare(text).await,
        }
        .inspect_err(|error| self.doom(error))
    }

    /// Several statements at once, without parameters: migrations only.
    pub(crate) async fn script(&self, sql: &str) -> Result<(), StoreError> {
        match &self.inner {
            Inner::Sqlite(connection) => connection.script(sql),
            Inner::Postgres(session) => session.script(sql).await,
        }
        .inspect_err(|error| self.doom(error))
    }

    fn doom(&self, error: &StoreError) {
        self.doomed.store(true, Ordering::Relaxed);
        if matches!(error, StoreError::Serialization(_)) {
            self.conflict.store(true, Ordering::Relaxed);
        }
    }

    pub(crate) fn is_doomed(&self) -> bool {
        self.doomed.load(Ordering::Relaxed)
    }

    /// Did another transaction come first, so that repeating the whole action may help?
    pub(crate) fn had_conflict(&self) -> bool {
        self.conflict.load(Ordering::Relaxed)
    }
}
