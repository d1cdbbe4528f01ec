use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{ErrorCode, OpenFlags, ToSql};

use super::rewrite::{Known, Rewriter};
use super::watch::Watched;
use crate::rows::Packed;
use crate::{Row, Rows, StoreError, Value};

/// Compiled statements kept per connection. A bulk insert of 30,000 parameters takes about 2 MB compiled.
const STATEMENT_CACHE: usize = 256;
/// Another process (a backup, a shell) may hold the file this long.
const BUSY_TIMEOUT_MS: u32 = 5_000;

const WRITER: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
     PRAGMA temp_store = MEMORY; PRAGMA cache_size = -65536; PRAGMA journal_size_limit = 67108864;";
const READER: &str = "PRAGMA query_only = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16384;";

/// Gives a statement its parameters.
fn bind(statement: &mut rusqlite::Statement<'_>, params: &[Value], text: &str) -> Result<(), StoreError> {
    for (index, param) in params.iter().enumerate() {
        if matches!(param, Value::Text(text) if text.contains('\0')) {
            // PostgreSQL cannot hold it, and half of SQLite's functions stop at it.
            return Err(StoreError::Parameter(format!("${}: text cannot hold the character NUL", index + 1)));
        }
        statement.raw_bind_parameter(index + 1, param).map_err(|error| StoreError::sqlite(error, text))?;
    }
    Ok(())
}

/// Of two that turn a new file to its write-ahead log at once, each holding what the other wants, SQLite refuses one at once instead of
/// letting it wait (as it does everywhere else): here it is asked again.
fn execute_waiting(connection: &rusqlite::Connection, pragmas: &str) -> rusqlite::Result<()> {
    let until = Instant::now() + Duration::from_millis(BUSY_TIMEOUT_MS.into());
    loop {
        match connection.execute_batch(pragmas) {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && Instant::now() < until => {
                std::thread::sleep(Duration::from_millis(5));
            }
            done => return done,
        }
    }
}

/// One connection of one thread. The lock is never contended: it is there because actions hold `&Tx` across
/// suspension points as far as the compiler knows.
pub(crate) struct Connection {
    raw: Mutex<Raw>,
    watched: Arc<Watched>,
    statement_limit: Duration,
}

struct Raw {
    connection: rusqlite::Connection,
    rewriter: Rewriter,
    query_only: std::cell::Cell<bool>,
}

impl Connection {
    /// `None` is a database in memory.
    pub(crate) fn open_writer(path: Option<&Path>, limit: Duration) -> Result<Connection, StoreError> {
        if let Some(path) = path {
            keep_private(path).map_err(|error| StoreError::Address(format!("{}: {error}", path.display())))?;
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        Self::open(path, flags, WRITER, limit)
    }

    pub(crate) fn open_reader(path: &Path, limit: Duration) -> Result<Connection, StoreError> {
        // Read-write access to the file lets a reader mend the log's index; query_only keeps it from changing a row.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        Self::open(Some(path), flags, READER, limit)
    }

    fn open(path: Option<&Path>, flags: OpenFlags, pragmas: &str, limit: Duration) -> Result<Connection, StoreError> {
        let place = path.map_or("memory".into(), |path| path.display().to_string());
        let connection = match path {
            Some(path) => rusqlite::Connection::open_with_flags(path, flags),
            None => rusqlite::Connection::open_in_memory_with_flags(flags),
        }
        .and_then(|connection| {
            connection.busy_timeout(Duration::from_millis(BUSY_TIMEOUT_MS.into()))?;
            execute_waiting(&connection, pragmas)?;
            if path.is_some() {
                let mode: String = connection.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
                if mode != "wal" {
                    // A file system that cannot share memory (a network share) cannot hold the database.
                    return Err(rusqlite::Error::InvalidParameterName(format!("journal mode is {mode}, not wal")));
                }
            }
            connection.set_prepared_statement_cache_capacity(STATEMENT_CACHE);
            // Otherwise a statement is compiled anew whenever a parameter that its plan might depend on changes: at every
            // step, here. A plan that stands is cheaper and is the same tomorrow.
            connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
            Ok(connection)
        })
        .map_err(|error| StoreError::Address(format!("{place}: {error}")))?;
        let watched = Arc::new(Watched::new(connection.get_interrupt_handle()));
        let raw = Raw { connection, rewriter: Rewriter::default(), query_only: false.into() };
        Ok(Connection { raw: Mutex::new(raw), watched, statement_limit: limit })
    }

    /// For the thread that looks after the time limit.
    pub(crate) fn watched(&self) -> &Arc<Watched> {
        &self.watched
    }

    fn raw(&self) -> MutexGuard<'_, Raw> {
        // A panic in an action leaves nothing half-done here: statements reset themselves when dropped.
        self.raw.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn run(
        &self,
        text: &str,
        params: &[Value],
        limited: bool,
        each: &mut (dyn FnMut(Row) -> Result<(), StoreError> + Send),
    ) -> Result<u64, StoreError> {
        let raw = &mut *self.raw();
        let known = raw.rewriter.rewrite(text);
        let fail = |error| StoreError::sqlite(error, text);
        let mut statement = raw.connection.prepare_cached(&known.sql).map_err(fail)?;
        let _watching = self.watched.begin(limited.then_some(self.statement_limit));
        let wanted = statement.parameter_count();
        if wanted != params.len() {
            return Err(StoreError::Parameter(format!("{wanted} wanted, {} given, in: {text:.300}", params.len())));
        }
        bind(&mut statement, params, text)?;
        if statement.column_count() == 0 {
            return statement.raw_execute().map(|changed| changed as u64).map_err(fail);
        }
        let readonly = statement.readonly();
        let mut seen = 0;
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next().map_err(fail)? {
            if seen == 0 {
                // Only now: the first step compiles the statement anew when a table has changed meanwhile.
                known.learn_columns(row.as_ref());
            }
            let mut values = Vec::with_capacity(known.columns.len());
            for index in 0..known.columns.len() {
                values.push(decode(row.get_ref(index).map_err(fail)?)?);
            }
            seen += 1;
            each(Row::new(known.columns.clone(), values))?;
        }
        drop(rows);
        drop(statement);
        Ok(if readonly { seen } else { raw.connection.changes() })
    }

    /// Runs an INSERT once for each row of `params`, which lie one after the other: see [`Connection::insert`] for why.
    pub(crate) fn run_each(&self, text: &str, params: &[Value], limited: bool) -> Result<u64, StoreError> {
        let raw = &mut *self.raw();
        let known = raw.rewriter.rewrite(text);
        let fail = |error| StoreError::sqlite(error, text);
        let mut statement = raw.connection.prepare_cached(&known.sql).map_err(fail)?;
        let _watching = self.watched.begin(limited.then_some(self.statement_limit));
        let width = statement.parameter_count();
        if width == 0 || !params.len().is_multiple_of(width) {
            return Err(StoreError::unfilled(params.len(), width, text));
        }
        let mut changed = 0;
        for row in params.chunks_exact(width) {
            bind(&mut statement, row, text)?;
            changed += statement.raw_execute().map_err(fail)? as u64;
        }
        Ok(changed)
    }

    /// Runs `text` once for each of `rows`. One row at a time is the fastest way: a statement of many rows makes the
    /// engine keep a copy of every page it touches, and full-text tables write themselves out before each.
    pub(crate) fn insert(&self, text: &str, width: usize, rows: &Rows) -> Result<u64, StoreError> {
        let raw = &mut *self.raw();
        let known = raw.rewriter.rewrite(text);
        let fail = |error| StoreError::sqlite(error, text);
        let mut statement = raw.connection.prepare_cached(&known.sql).map_err(fail)?;
        let _watching = self.watched.begin(None);
        let mut values = rows.iter();
        let mut changed = 0;
        for _ in 0..rows.values() / width {
            for (index, value) in values.by_ref().take(width).enumerate() {
                statement.raw_bind_parameter(index + 1, value).map_err(fail)?;
            }
            changed += statement.raw_execute().map_err(fail)? as u64;
        }
        Ok(changed)
    }

    /// The bare connection, for benches.
    pub(crate) fn into_plain(self) -> rusqlite::Connection {
        self.raw.into_inner().unwrap_or_else(PoisonError::into_inner).connection
    }

    pub(crate) fn prepare(&self, text: &str) -> Result<(), StoreError> {
        let raw = &mut *self.raw();
        let known = raw.rewriter.rewrite(text);
        raw.connection.prepare(&known.sql).map(drop).map_err(|error| StoreError::sqlite(error, text))
    }

    pub(crate) fn script(&self, sql: &str) -> Result<(), StoreError> {
        let raw = &mut *self.raw();
        raw.connection.execute_batch(sql).map_err(|error| StoreError::sqlite(error, sql))
    }

    /// BEGIN, COMMIT and their kin.
    pub(crate) fn control(&self, sql: &'static str) -> Result<(), StoreError> {
        let raw = self.raw();
        let done = raw.connection.prepare_cached(sql).and_then(|mut statement| statement.raw_execute());
        done.map(drop).map_err(|error| StoreError::sqlite(error, sql))
    }

    /// Rolls back what is open, if anything is.
    pub(crate) fn roll_back(&self) -> Result<(), StoreError> {
        if self.is_autocommit() { Ok(()) } else { self.control("ROLLBACK") }
    }

    /// No transaction is open.
    pub(crate) fn is_autocommit(&self) -> bool {
        self.raw().connection.is_autocommit()
    }

    /// Only a database in memory reads through its writer.
    pub(crate) fn set_query_only(&self, on: bool) -> Result<(), StoreError> {
        let raw = self.raw();
        if raw.query_only.replace(on) != on {
            let sql = if on { "PRAGMA query_only = ON" } else { "PRAGMA query_only = OFF" };
            raw.connection.execute_batch(sql).map_err(|error| StoreError::sqlite(error, sql))?;
        }
        Ok(())
    }

    /// Refreshes the planner's statistics where they have gone stale.
    pub(crate) fn optimise(&self) {
        let raw = self.raw();
        raw.connection.flush_prepared_statement_cache();
        if let Err(error) = raw.connection.execute_batch("PRAGMA analysis_limit = 400; PRAGMA optimize;") {
            tracing::warn!(%error, "could not optimise the database on closing");
        }
    }
}

/// A new file is for its owner only, as it will hold people's data; SQLite gives its log the same rights. A file that
/// is there keeps the rights an administrator gave it, and is not even opened here: closing it would let go of the
/// locks that other connections of this process hold on it (a rule of POSIX).
fn keep_private(path: &Path) -> std::io::Result<()> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

impl Known {
    /// Keeps the names it has when they are still the right ones, so that rows share them.
    fn learn_columns(&mut self, statement: &rusqlite::Statement<'_>) {
        if !statement.column_names().eq(self.columns.iter()) {
            self.columns = statement.column_names().map(String::from).collect();
        }
    }
}

fn decode(cell: ValueRef<'_>) -> Result<Value, StoreError> {
    Ok(match cell {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(value) => Value::Int(value),
        ValueRef::Real(value) => Value::Real(value),
        ValueRef::Text(bytes) => Value::Text(
            std::str::from_utf8(bytes)
                .map_err(|_| StoreError::Column { column: "text".into(), problem: "not UTF-8".into() })?
                .to_string(),
        ),
        ValueRef::Blob(bytes) => Value::Bytes(bytes.to_vec()),
    })
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Value::Null => ToSqlOutput::Borrowed(ValueRef::Null),
            Value::Int(value) => ToSqlOutput::Borrowed(ValueRef::Integer(*value)),
            Value::Real(value) => ToSqlOutput::Borrowed(ValueRef::Real(*value)),
            Value::Text(value) => ToSqlOutput::Borrowed(ValueRef::Text(value.as_bytes())),
            Value::Bool(value) => ToSqlOutput::Borrowed(ValueRef::Integer((*value).into())),
            Value::Json(value) => ToSqlOutput::Owned(rusqlite::types::Value::Text(value.to_string())),
            Value::Bytes(value) => ToSqlOutput::Borrowed(ValueRef::Blob(value)),
        })
    }
}

impl ToSql for Packed<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Packed::Null => ValueRef::Null,
            Packed::Int(value) => ValueRef::Integer(*value),
            Packed::Real(value) => ValueRef::Real(*value),
            Packed::Bool(value) => ValueRef::Integer((*value).into()),
            Packed::Text(bytes) | Packed::Json(bytes) => ValueRef::Text(bytes),
            Packed::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}
