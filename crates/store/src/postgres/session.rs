use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use deadpool_postgres::Object;
use futures_util::TryStreamExt;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::Type;
use tokio_postgres::{Client, RowStream, Statement};

use crate::{Row, StoreError, Value};

/// How a transaction sees others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Isolation {
    /// One unchanging view, nothing may be written.
    Snapshot,
    Write,
    Serializable,
}

/// Prepared statements kept per connection; beyond it all are let go and prepared anew.
const STATEMENT_CACHE: usize = 512;

const NOTHING_SENT: u8 = 0;
const OPEN: u8 = 1;
const CLEAN: u8 = 2;
/// An answer was given up half-way; closing the connection is cheaper than reading the rest.
const GIVEN_UP: u8 = 3;

/// One connection while it serves one transaction. BEGIN travels with the first statement; a transaction without
/// statements sends nothing at all.
pub(crate) struct Session {
    client: Option<Object>,
    state: AtomicU8,
    isolation: Isolation,
    prepared: bool,
    begin_suffix: Arc<str>,
}

impl Session {
    pub(crate) fn new(client: Object, isolation: Isolation, prepared: bool, begin_suffix: Arc<str>) -> Session {
        let state = AtomicU8::new(NOTHING_SENT);
        Session { client: Some(client), state, isolation, prepared, begin_suffix }
    }

    pub(super) fn client(&self) -> Result<&Object, StoreError> {
        self.client.as_ref().ok_or(StoreError::Closed)
    }

    fn begin(&self) -> String {
        let begin = match self.isolation {
            Isolation::Snapshot => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            Isolation::Write => "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
            Isolation::Serializable => "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE",
        };
        format!("{begin}{}", self.begin_suffix)
    }

    /// Sends `rest`, and BEGIN before it in the same packet when this is the first statement.
    pub(super) async fn after_begin<T>(
        &self,
        client: &Client,
        rest: impl Future<Output = Result<T, tokio_postgres::Error>>,
    ) -> Result<T, tokio_postgres::Error> {
        if self.state.compare_exchange(NOTHING_SENT, OPEN, Ordering::Relaxed, Ordering::Relaxed).is_err() {
            return rest.await;
        }
        let begin = self.begin();
        let (begun, outcome) = futures_util::future::join(client.batch_execute(&begin), rest).await;
        begun?;
        outcome
    }

    pub(crate) async fn run(
        &self,
        text: &str,
        params: &[Value],
        each: &mut (dyn FnMut(Row) -> Result<(), StoreError> + Send),
    ) -> Result<u64, StoreError> {
        let client = self.client()?;
        let (text, params) = super::with_limits(text, params);
        let (text, params) = (&*text, &*params);
        let fail = |error: tokio_postgres::Error| {
            if error.code() == Some(&SqlState::FEATURE_NOT_SUPPORTED) {
                // "cached plan must not change result type": a table was altered under the prepared statements.
                client.statement_cache.clear();
            }
            StoreError::postgres(error, text)
        };
        let stream = if self.prepared {
            let send = async {
                let statement = self.statement(client, text).await?;
                let wanted = statement.params().len();
                if wanted != params.len() {
                    return Ok(Err(wanted));
                }
                client.query_raw(&statement, params).await.map(Ok)
            };
            self.after_begin(client, send).await.map_err(fail)?
        } else {
            // Behind a pooler: the unnamed statement, with the types left for the server to find.
            let typed = params.iter().map(|param| (param, Type::UNKNOWN));
            self.after_begin(client, client.query_typed_raw(text, typed)).await.map(Ok).map_err(fail)?
        };
        let stream = stream.map_err(|wanted: usize| {
            StoreError::Parameter(format!("{wanted} wanted, {} given, in: {text:.300}", params.len()))
        })?;
        self.drain(stream, each, fail).await
    }

    /// A statement with a name: kept with the connection, or behind a pooler given back when it is dropped, which must
    /// be before the transaction ends.
    pub(super) async fn statement(&self, client: &Object, text: &str) -> Result<Statement, tokio_postgres::Error> {
        if !self.prepared {
            return client.prepare(text).await;
        }
        if client.statement_cache.size() >= STATEMENT_CACHE {
            client.statement_cache.clear();
        }
        client.prepare_cached(text).await
    }

    async fn drain(
        &self,
        stream: RowStream,
        each: &mut (dyn FnMut(Row) -> Result<(), StoreError> + Send),
        fail: impl Fn(tokio_postgres::Error) -> StoreError,
    ) -> Result<u64, StoreError> {
        let mut stream = std::pin::pin!(stream);
        let mut columns: Option<Arc<[String]>> = None;
        while let Some(row) = stream.try_next().await.map_err(&fail)? {
            let columns =
                columns.get_or_insert_with(|| row.columns().iter().map(|column| column.name().to_string()).collect());
            let mut values = Vec::with_capacity(columns.len());
            for index in 0..columns.len() {
                values.push(row.try_get::<_, Value>(index).map_err(|error| StoreError::Column {
                    column: columns.get(index).cloned().unwrap_or_default(),
                    problem: super::error_chain(&error),
                })?);
            }
            if let Err(error) = each(Row::new(columns.clone(), values)) {
                self.state.store(GIVEN_UP, Ordering::Relaxed);
                return Err(error);
            }
        }
        Ok(stream.rows_affected().unwrap_or(0))
    }

    pub(crate) async fn prepare(&self, text: &str) -> Result<(), StoreError> {
        let client: &Client = self.client()?;
        client.prepare(text).await.map(drop).map_err(|error| StoreError::postgres(error, text))
    }

    pub(crate) async fn script(&self, sql: &str) -> Result<(), StoreError> {
        let client = self.client()?;
        self.after_begin(client, client.batch_execute(sql)).await.map_err(|error| StoreError::postgres(error, sql))
    }

    pub(crate) async fn commit(&self) -> Result<(), StoreError> {
        if self.state.load(Ordering::Relaxed) != OPEN {
            return Ok(());
        }
        let outcome = self.client()?.batch_execute("COMMIT").await;
        match outcome {
            Ok(()) => {
                self.state.store(CLEAN, Ordering::Relaxed);
                Ok(())
            }
            Err(error) => {
                // The server has rolled back, if it is still there.
                self.roll_back().await;
                Err(StoreError::postgres(error, "COMMIT"))
            }
        }
    }

    pub(crate) async fn roll_back(&self) {
        if self.state.load(Ordering::Relaxed) == OPEN
            && let Ok(client) = self.client()
            && client.batch_execute("ROLLBACK").await.is_ok()
        {
            self.state.store(CLEAN, Ordering::Relaxed);
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if matches!(self.state.load(Ordering::Relaxed), OPEN | GIVEN_UP)
            && let Some(client) = self.client.take()
        {
            // Neither committed nor rolled back, or still sending: no one else may have this connection.
            drop(Object::take(client));
        }
    }
}
