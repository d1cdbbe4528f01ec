//! The PostgreSQL side: a pool, and transactions that run on tasks of their own.

mod copy;
mod encode;
mod limit;
mod session;

use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::{Manager, ManagerConfig, Pool, PoolError, RecyclingMethod, Runtime};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use tokio_postgres::config::{Host, SslMode};

pub use limit::with_limits;
pub(crate) use session::{Isolation, Session};

use crate::options::{Options, Place};
use crate::tx::Inner;
use crate::{StoreError, Tx};

/// Waiting for a connection of the pool; then the answer is "busy".
const POOL_WAIT_MS_MAX: u64 = 5_000;
const CONNECT_MS_MAX: u64 = 5_000;
/// A transaction that nobody drives is ended by the server.
const IDLE_IN_TRANSACTION_MS_MAX: u64 = 60_000;

pub(crate) struct Postgres {
    pub(crate) pool: Pool,
    config: tokio_postgres::Config,
    queue: usize,
    prepared: bool,
    schema: Option<String>,
    ca: Option<PathBuf>,
    /// Behind a pooler the limits cannot be settings of the connection; they go with each BEGIN.
    begin_suffix: Arc<str>,
}

impl Postgres {
    pub(crate) async fn open(options: &Options) -> Result<Postgres, StoreError> {
        let Place::Postgres(url) = &options.place else {
            return Err(StoreError::Address("not a PostgreSQL address".into()));
        };
        let mut config: tokio_postgres::Config =
            url.parse().map_err(|error| StoreError::Address(format!("{error}")))?;
        if config.get_application_name().is_none() {
            config.application_name("motcua");
        }
        config.connect_timeout(Duration::from_millis(CONNECT_MS_MAX));
        let mut settings = vec![
            ("statement_timeout", options.statement_timeout_ms.to_string()),
            ("idle_in_transaction_session_timeout", IDLE_IN_TRANSACTION_MS_MAX.to_string()),
            // Statements here are short; compiling them costs more than it saves.
            ("jit", "off".to_string()),
            // Nor are they planned anew for each value: what a plan depends on stands in their text.
            ("plan_cache_mode", "force_generic_plan".to_string()),
        ];
        if let Some(schema) = &options.schema {
            settings.push(("search_path", schema.clone()));
        }
        let mut begin_suffix = String::new();
        if options.prepared {
            let before = config.get_options().unwrap_or_default().to_string();
            let ours: String = settings.iter().map(|(name, value)| format!(" -c {name}={value}")).collect();
            config.options(format!("{before}{ours}").trim());
        } else {
            begin_suffix = settings.iter().map(|(name, value)| format!("; SET LOCAL {name} = {value}")).collect();
        }
        let manager_config = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let is_remote =
            |host: &Host| matches!(host, Host::Tcp(name) if name != "localhost" && !name.starts_with("127."));
        if config.get_ssl_mode() != SslMode::Require && config.get_hosts().iter().any(is_remote) {
            tracing::warn!("the database is reached over a network without TLS: add sslmode=require to its address");
        }
        let manager = match config.get_ssl_mode() {
            SslMode::Require => Manager::from_config(config.clone(), tls(options.ca.as_deref())?, manager_config),
            _ => Manager::from_config(config.clone(), tokio_postgres::NoTls, manager_config),
        };
        let pool = Pool::builder(manager)
            .max_size(options.pool)
            .wait_timeout(Some(Duration::from_millis(POOL_WAIT_MS_MAX)))
            .create_timeout(Some(Duration::from_millis(CONNECT_MS_MAX)))
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(|error| StoreError::Address(error.to_string()))?;
        let postgres = Postgres {
            pool,
            config,
            queue: options.queue,
            prepared: options.prepared,
            schema: options.schema.clone(),
            ca: options.ca.clone(),
            begin_suffix: begin_suffix.into(),
        };
        // A wrong address is told now, not at the first page.
        drop(postgres.client().await?);
        Ok(postgres)
    }

    pub(crate) fn schema(&self) -> Option<&str> {
        self.schema.as_deref()
    }

    pub(crate) fn close(&self) {
        self.pool.close();
    }

    /// A connection outside of the pool, for benches.
    pub(crate) async fn connect_plain(&self) -> Result<tokio_postgres::Client, StoreError> {
        let fail = |error| StoreError::postgres(error, "connect");
        Ok(match self.config.get_ssl_mode() {
            SslMode::Require => {
                let (client, connection) = self.config.connect(tls(self.ca.as_deref())?).await.map_err(fail)?;
                tokio::spawn(connection);
                client
            }
            _ => {
                let (client, connection) = self.config.connect(tokio_postgres::NoTls).await.map_err(fail)?;
                tokio::spawn(connection);
                client
            }
        })
    }

    async fn client(&self) -> Result<deadpool_postgres::Object, StoreError> {
        if self.pool.status().waiting >= self.queue {
            return Err(StoreError::Busy("its pool has no free connection and its queue is full"));
        }
        self.pool.get().await.map_err(|error| match error {
            PoolError::Timeout(_) => StoreError::Busy("no connection became free in time"),
            PoolError::Closed => StoreError::Closed,
            PoolError::Backend(error) => StoreError::Away(error_chain(&error)),
            other => StoreError::Address(other.to_string()),
        })
    }

    /// Runs an action in a transaction; also says whether another transaction came first.
    ///
    /// The transaction has a task of its own: when the asker goes away, it is still finished and its connection comes
    /// back clean. A connection that cannot be cleaned is closed instead of going back to the pool.
    pub(crate) async fn run<T, E, F>(&self, isolation: Isolation, f: F) -> (Result<T, E>, bool)
    where
        F: for<'t> FnOnce(&'t Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
        E: From<StoreError> + Send + 'static,
        T: Send + 'static,
    {
        let client = match self.client().await {
            Ok(client) => client,
            Err(error) => return (Err(error.into()), false),
        };
        let session = Session::new(client, isolation, self.prepared, self.begin_suffix.clone());
        let task = tokio::spawn(async move {
            let tx = Tx::new(Inner::Postgres(Box::new(session)));
            let polled = AssertUnwindSafe(async { f(&tx).await }).catch_unwind().await;
            let outcome = match polled {
                Ok(Ok(_)) if tx.is_doomed() => Err(StoreError::Doomed.into()),
                Ok(outcome) => outcome,
                Err(panic) => Err(StoreError::Panicked(crate::sqlite::panic_text(panic.as_ref())).into()),
            };
            let mut conflict = tx.had_conflict();
            let Inner::Postgres(session) = &tx.inner else { return (outcome, conflict) };
            let outcome = match outcome {
                Ok(value) => match session.commit().await {
                    Ok(()) => Ok(value),
                    Err(error) => {
                        conflict |= matches!(error, StoreError::Serialization(_));
                        Err(error.into())
                    }
                },
                Err(error) => {
                    session.roll_back().await;
                    Err(error)
                }
            };
            (outcome, conflict)
        });
        match task.await {
            Ok(done) => done,
            Err(_) => (Err(StoreError::Closed.into()), false),
        }
    }
}

fn error_chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        source = inner.source();
    }
    text
}

/// The server's certificate is checked against the roots that browsers trust, or against `ca` where an office has a
/// certificate authority of its own.
fn tls(ca: Option<&Path>) -> Result<tokio_postgres_rustls::MakeRustlsConnect, StoreError> {
    let mut roots = rustls::RootCertStore::empty();
    match ca {
        None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
        Some(path) => {
            let fail = |error: &dyn std::fmt::Display| StoreError::Address(format!("{}: {error}", path.display()));
            for certificate in CertificateDer::pem_file_iter(path).map_err(|error| fail(&error))? {
                let certificate = certificate.map_err(|error| fail(&error))?;
                roots.add(certificate).map_err(|error| fail(&error))?;
            }
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| StoreError::Address(format!("TLS: {error}")))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(tokio_postgres_rustls::MakeRustlsConnect::new(config))
}
