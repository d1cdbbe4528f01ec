//! Database addresses and the bounds that may be set in them.

use std::path::PathBuf;

use crate::StoreError;

/// Jobs waiting for the writer, the readers or a pooled connection; one more is told [`StoreError::Busy`].
pub(crate) const QUEUE_JOBS_MAX: usize = 1024;
/// Readers of a SQLite file: two cores are kept busy by four.
const READERS: usize = 4;
/// Connections to PostgreSQL per process.
const POOL_CONNECTIONS_MAX: usize = 16;
/// No statement of a person's action may run longer.
const STATEMENT_TIMEOUT_MS: u64 = 30_000;

/// What an address says, parsed. Options follow `?` in both kinds of address.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    pub place: Place,
    pub queue: usize,
    pub readers: usize,
    pub pool: usize,
    pub statement_timeout_ms: u64,
    /// `false` behind a pooler that hands a connection to another client after each transaction.
    pub prepared: bool,
    /// PostgreSQL: the schema of the province; made by `migrate` when missing.
    pub schema: Option<String>,
    /// PostgreSQL: trust these certificates (PEM) instead of the public ones.
    pub ca: Option<PathBuf>,
}

#[derive(Clone, Debug)]
pub(crate) enum Place {
    Memory,
    File(PathBuf),
    /// A libpq-style address without our own options.
    Postgres(String),
}

impl Options {
    /// `sqlite:PATH`, `sqlite::memory:` or `postgres://…`, each with `?queue=` and `statement_timeout_ms=`; SQLite also `readers=`; PostgreSQL also
    /// `pool=`, `ca=FILE`, `prepared=off`, `schema=` and everything libpq knows.
    pub(crate) fn parse(url: &str) -> Result<Options, StoreError> {
        let (main, query) = url.split_once('?').unwrap_or((url, ""));
        let mut options = Options {
            place: Place::Memory,
            queue: QUEUE_JOBS_MAX,
            readers: READERS,
            pool: POOL_CONNECTIONS_MAX,
            statement_timeout_ms: STATEMENT_TIMEOUT_MS,
            prepared: true,
            schema: None,
            ca: None,
        };
        let mut others = Vec::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            match key {
                "queue" => options.queue = number(key, value)?,
                "readers" => options.readers = number(key, value)?,
                "pool" => options.pool = number(key, value)?,
                "statement_timeout_ms" => options.statement_timeout_ms = number(key, value)? as u64,
                "prepared" => options.prepared = value != "off",
                "ca" => options.ca = Some(value.into()),
                "schema" => options.schema = Some(schema_name(value)?),
                // What libpq calls verify-full is the only way TLS is spoken here.
                "sslmode" if matches!(value, "verify-full" | "verify-ca") => others.push("sslmode=require"),
                _ => others.push(pair),
            }
        }
        options.place = match main {
            "sqlite::memory:" => Place::Memory,
            _ if main.starts_with("postgres://") || main.starts_with("postgresql://") => {
                Place::Postgres(if others.is_empty() {
                    main.to_string()
                } else {
                    format!("{main}?{}", others.join("&"))
                })
            }
            _ => match main.strip_prefix("sqlite:").map(|path| path.strip_prefix("//").unwrap_or(path)) {
                Some(path) if !path.is_empty() => Place::File(path.into()),
                _ => {
                    return Err(StoreError::Address(format!(
                        "{main:?} is neither sqlite:PATH nor postgres://USER@HOST/DATABASE"
                    )));
                }
            },
        };
        if let (Place::File(_) | Place::Memory, Some(other)) = (&options.place, others.first()) {
            return Err(StoreError::Address(format!("unknown option {other:?}")));
        }
        Ok(options)
    }
}

fn number(key: &str, value: &str) -> Result<usize, StoreError> {
    match value.parse() {
        Ok(number) if number > 0 => Ok(number),
        _ => Err(StoreError::Address(format!("{key}={value:?} is not a positive number"))),
    }
}

/// A schema's name goes into SQL as it is, so only plain words are taken.
fn schema_name(value: &str) -> Result<String, StoreError> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if !value.is_empty()
        && value.len() <= 63
        && value.chars().all(plain)
        && !value.starts_with(|c: char| c.is_ascii_digit())
    {
        Ok(value.to_string())
    } else {
        Err(StoreError::Address(format!("schema={value:?}: use a-z, 0-9 and _")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_both_engines_carry_options() {
        let file = Options::parse("sqlite:data/tinh.db?readers=2&queue=8").unwrap();
        assert!(matches!(&file.place, Place::File(path) if path.to_str() == Some("data/tinh.db")));
        assert_eq!((file.readers, file.queue), (2, 8));
        let server = Options::parse("postgres://u@/db?host=/run/pg&schema=can_tho&prepared=off&port=5433").unwrap();
        assert!(matches!(&server.place, Place::Postgres(url) if url == "postgres://u@/db?host=/run/pg&port=5433"));
        assert_eq!(server.schema.as_deref(), Some("can_tho"));
        assert!(!server.prepared);
    }

    #[test]
    fn a_wrong_address_is_refused_with_its_reason() {
        for wrong in
            ["mysql://x", "sqlite:", "sqlite:a.db?readers=0", "sqlite:a.db?colour=red", "postgres://u@h/d?schema=a;b"]
        {
            assert!(matches!(Options::parse(wrong), Err(StoreError::Address(_))), "{wrong}");
        }
    }
}
