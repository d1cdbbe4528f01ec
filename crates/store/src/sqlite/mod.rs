//! The SQLite side: one writer thread that groups commits, and readers with a connection and a thread each.

mod batch;
mod connection;
mod job;
mod queue;
mod rewrite;
mod watch;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::sync::oneshot;

pub(crate) use connection::Connection;
pub(crate) use job::panic_text;
use job::{Job, Kind, Work};
use queue::Queue;
pub(crate) use rewrite::rewrite;

use crate::options::{Options, Place};
use crate::{StoreError, Tx};

type Jobs = Queue<Box<dyn Job>>;

/// An open SQLite database. Dropping it lets the threads finish what is queued and end.
pub(crate) struct Sqlite {
    writes: Arc<Jobs>,
    /// The writer's own queue when the database is in memory, where there is only one connection.
    reads: Arc<Jobs>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    pub(crate) path: Option<PathBuf>,
}

impl Sqlite {
    pub(crate) async fn open(options: Options) -> Result<Sqlite, StoreError> {
        tokio::task::spawn_blocking(move || Sqlite::open_here(&options)).await.map_err(|_| StoreError::Closed)?
    }

    fn open_here(options: &Options) -> Result<Sqlite, StoreError> {
        let path = match &options.place {
            Place::File(path) => Some(path.clone()),
            _ => None,
        };
        let limit = Duration::from_millis(options.statement_timeout_ms);
        let writes = Arc::new(Queue::new(options.queue));
        let mut threads = Vec::new();
        let writer = Connection::open_writer(path.as_deref(), limit)?;
        let mut watched = vec![Arc::downgrade(writer.watched())];
        let queue = writes.clone();
        threads.push(spawn("store-writer", move || batch::write_until_closed(writer, &queue))?);
        let mut reads = writes.clone();
        if let Some(path) = &path {
            reads = Arc::new(Queue::new(options.queue));
            for _ in 0..options.readers {
                let reader = Connection::open_reader(path, limit)?;
                watched.push(Arc::downgrade(reader.watched()));
                let queue = reads.clone();
                threads.push(spawn("store-reader", move || batch::read_until_closed(reader, &queue))?);
            }
        }
        // Not among those that `close` waits for: it ends by itself, a moment after the connections.
        spawn("store-watch", move || watch::watch_until_closed(&watched))?;
        Ok(Sqlite { writes, reads, threads: Mutex::new(threads), path })
    }

    pub(crate) async fn read<T, E, F>(&self, f: F) -> Result<T, E>
    where
        F: for<'t> FnOnce(&'t Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
        E: From<StoreError> + Send + 'static,
        T: Send + 'static,
    {
        submit(&self.reads, Kind::Read, f).await
    }

    pub(crate) async fn write<T, E, F>(&self, f: F) -> Result<T, E>
    where
        F: for<'t> FnOnce(&'t Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
        E: From<StoreError> + Send + 'static,
        T: Send + 'static,
    {
        submit(&self.writes, Kind::Write, f).await
    }

    pub(crate) async fn close(&self) {
        self.reads.close();
        self.writes.close();
        let threads = std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        // Readers first, so that the writer's last checkpoint can empty the log.
        let joined = tokio::task::spawn_blocking(move || {
            for thread in threads.into_iter().rev() {
                let _ = thread.join();
            }
        });
        let _ = joined.await;
    }
}

impl Drop for Sqlite {
    fn drop(&mut self) {
        self.reads.close();
        self.writes.close();
    }
}

fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, StoreError> {
    std::thread::Builder::new()
        .name(name.to_string())
        .spawn(body)
        .map_err(|error| StoreError::Address(format!("no thread for the database: {error}")))
}

async fn submit<T, E, F>(queue: &Jobs, kind: Kind, f: F) -> Result<T, E>
where
    F: for<'t> FnOnce(&'t Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    E: From<StoreError> + Send + 'static,
    T: Send + 'static,
{
    let (reply, answer) = oneshot::channel();
    queue.push(Box::new(Work::new(kind, f, reply)))?;
    answer.await.unwrap_or_else(|_| Err(StoreError::Closed.into()))
}
