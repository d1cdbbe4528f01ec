use std::error::Error;

/// What can go wrong between an action and the database. Actions match on the few that a person can cause
/// ([`Unique`](StoreError::Unique), [`ForeignKey`](StoreError::ForeignKey), [`NotFound`](StoreError::NotFound));
/// the rest become one opaque internal error at the edge.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The queue or the pool is full: nothing was done, the caller may try again shortly.
    #[error("the database is busy: {0}")]
    Busy(&'static str),
    /// A unique key would have been broken. On SQLite `constraint` is `table.column, table.column`, on PostgreSQL the
    /// constraint's name; use [`StoreError::is_unique_on`] to compare on both.
    #[error("already there: {constraint}")]
    Unique { constraint: String },
    /// A foreign key would have been broken (at the statement, or at COMMIT when the key is deferred).
    #[error("refers to something that is not there: {0}")]
    ForeignKey(String),
    /// A CHECK or NOT NULL constraint would have been broken.
    #[error("constraint broken: {0}")]
    Constraint(String),
    /// [`Tx::query_one`](crate::Tx::query_one) found no row.
    #[error("no such row")]
    NotFound,
    /// [`Tx::query_one`](crate::Tx::query_one) or `query_opt` found several rows.
    #[error("more than one row where one was expected")]
    TooManyRows,
    /// A statement ran longer than the limit, or waited too long for a lock.
    #[error("the database took too long: {0}")]
    Timeout(String),
    /// Two transactions got in each other's way; the whole transaction may be repeated.
    #[error("another transaction came first: {0}")]
    Serialization(String),
    /// An earlier statement of this transaction failed, so it can only be rolled back. PostgreSQL demands this; SQLite
    /// is held to the same rule so that an action behaves alike on both. Write `ON CONFLICT DO NOTHING` where a
    /// failure is expected.
    #[error("an earlier statement of this transaction failed; nothing of it was kept")]
    Doomed,
    /// The action awaited something other than its transaction (a network call, a channel, a sleep).
    #[error("a transaction cannot wait for anything but the database")]
    Pending,
    /// The action panicked; it was rolled back and others were not hurt.
    #[error("the action panicked: {0}")]
    Panicked(String),
    /// The action was done but its batch could not be committed; nothing of it was kept.
    #[error("could not commit: {0}")]
    Commit(String),
    /// A column is missing, or holds something else than the type asked for.
    #[error("column {column}: {problem}")]
    Column { column: String, problem: String },
    /// A parameter cannot be given to the database (wrong number, a type that does not fit).
    #[error("parameters: {0}")]
    Parameter(String),
    /// A migration failed, or one already applied has since been changed.
    #[error("migration {name}: {problem}")]
    Migration { name: String, problem: String },
    /// The database address cannot be understood or opened.
    #[error("database address: {0}")]
    Address(String),
    /// The database cannot be reached, or can take nothing in (full, read-only, going down): not the action's fault, and likely
    /// mended by those who run it.
    #[error("the database is away or full: {0}")]
    Away(String),
    /// The database was closed, or the process is shutting down.
    #[error("the database is closed")]
    Closed,
    /// Anything else an engine says, with the statement that caused it.
    #[error("{source} (in: {sql})")]
    Engine { sql: String, source: Box<dyn Error + Send + Sync> },
}

/// At most this much of a statement is repeated in an error; bulk statements are hundreds of kilobytes.
const SQL_IN_ERROR_CHARS_MAX: usize = 300;

fn shorten(sql: &str) -> String {
    sql.chars().take(SQL_IN_ERROR_CHARS_MAX).collect()
}

impl StoreError {
    /// Is this a broken unique key whose columns (SQLite) or name (PostgreSQL) contain every one of `words`?
    /// `is_unique_on(&["account", "login"])` fits `account.login` and `account_login_key`.
    pub fn is_unique_on(&self, words: &[&str]) -> bool {
        matches!(self, StoreError::Unique { constraint } if words.iter().all(|word| constraint.contains(word)))
    }

    /// May the same action be tried again with a hope of success?
    pub fn is_transient(&self) -> bool {
        matches!(self, StoreError::Busy(_) | StoreError::Serialization(_))
    }

    /// Is it the database that fails, whatever is asked of it?
    pub fn is_away(&self) -> bool {
        matches!(
            self,
            StoreError::Away(_)
                | StoreError::Closed
                | StoreError::Commit(_)
                | StoreError::Timeout(_)
                | StoreError::Address(_)
        )
    }

    /// Values that do not fill their rows.
    pub(crate) fn unfilled(values: usize, width: usize, sql: &str) -> Self {
        StoreError::Parameter(format!("{values} values do not fill rows of {width}: {sql:.300}"))
    }

    pub(crate) fn sqlite(error: rusqlite::Error, sql: &str) -> Self {
        use rusqlite::ffi;
        if let rusqlite::Error::SqliteFailure(code, message) = &error {
            let message = message.clone().unwrap_or_else(|| code.to_string());
            let detail = || message.split_once(": ").map_or(message.clone(), |(_, detail)| detail.to_string());
            match (code.extended_code, code.code) {
                (
                    ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_ROWID,
                    _,
                ) => {
                    return StoreError::Unique { constraint: detail() };
                }
                (ffi::SQLITE_CONSTRAINT_FOREIGNKEY, _) => return StoreError::ForeignKey(message),
                (_, rusqlite::ErrorCode::ConstraintViolation) => return StoreError::Constraint(message),
                (_, rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked) => {
                    return StoreError::Timeout(message);
                }
                (_, rusqlite::ErrorCode::OperationInterrupted) => return StoreError::Timeout(message),
                (
                    _,
                    rusqlite::ErrorCode::DiskFull
                    | rusqlite::ErrorCode::ReadOnly
                    | rusqlite::ErrorCode::SystemIoFailure
                    | rusqlite::ErrorCode::CannotOpen
                    | rusqlite::ErrorCode::FileLockingProtocolFailed,
                ) => return StoreError::Away(message),
                _ => {}
            }
        }
        StoreError::Engine { sql: shorten(sql), source: Box::new(error) }
    }

    pub(crate) fn postgres(error: tokio_postgres::Error, sql: &str) -> Self {
        use tokio_postgres::error::SqlState;
        if error.is_closed() {
            return StoreError::Closed;
        }
        let Some(db) = error.as_db_error() else {
            return match error.source() {
                Some(source) if error.to_string().contains("serializing parameter") => {
                    StoreError::Parameter(format!("{error}: {source} (in: {})", shorten(sql)))
                }
                // No word of the server at all: the line to it broke.
                Some(source) if source.is::<std::io::Error>() => StoreError::Away(format!("{error}: {source}")),
                _ => StoreError::Engine { sql: shorten(sql), source: Box::new(error) },
            };
        };
        let code = db.code().clone();
        let message = match db.detail() {
            Some(detail) => format!("{}: {detail}", db.message()),
            None => db.message().to_string(),
        };
        if code == SqlState::UNIQUE_VIOLATION {
            StoreError::Unique { constraint: db.constraint().unwrap_or(db.message()).to_string() }
        } else if code == SqlState::FOREIGN_KEY_VIOLATION {
            StoreError::ForeignKey(message)
        } else if code.code().starts_with("23") {
            StoreError::Constraint(message)
        } else if code == SqlState::T_R_SERIALIZATION_FAILURE || code == SqlState::T_R_DEADLOCK_DETECTED {
            StoreError::Serialization(message)
        } else if code == SqlState::QUERY_CANCELED || code == SqlState::LOCK_NOT_AVAILABLE {
            StoreError::Timeout(message)
        } else if is_away(code.code()) {
            StoreError::Away(format!("{message} [{}]", code.code()))
        } else if code == SqlState::IN_FAILED_SQL_TRANSACTION {
            StoreError::Doomed
        } else {
            StoreError::Engine { sql: shorten(sql), source: message_with_code(&message, code.code()) }
        }
    }
}

/// PostgreSQL's classes of trouble that are the server's own: connections (08), resources as a full disk (53), an operator's
/// act as a shutdown (57P), the system (58), and a server that only reads (25006).
fn is_away(code: &str) -> bool {
    ["08", "53", "57P", "58"].iter().any(|class| code.starts_with(class)) || code == "25006"
}

fn message_with_code(message: &str, code: &str) -> Box<dyn Error + Send + Sync> {
    format!("{message} [{code}]").into()
}

impl From<StoreError> for base::Fault {
    fn from(error: StoreError) -> Self {
        match error {
            // "Try again in a moment" is true of both.
            error if error.is_transient() => base::Fault::Busy,
            other => base::Fault::Internal(Box::new(other)),
        }
    }
}
