//! Writes what was seen behind the answer: a reader does not wait for the disk, and many looks share one transaction. The queue
//! is bounded: when it is full the reader waits after all, so nothing is left out. What must be on disk before it is answered
//! (an export, a refusal) waits for its transaction.

use crate::record::{Entry, keep};
use base::Fault;
use std::time::Duration;
use store::Db;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep, timeout_at};

/// A look is on disk after this long at the latest, in ms; what a sudden end of the program can lose.
pub const WRITE_EVERY_MS: u64 = 1_000;
/// Looks that wait to be written.
const WAITING_MAX: usize = 10_000;
/// Looks written in one transaction.
const AT_ONCE_MAX: usize = 500;
/// Tries before looks that cannot be written are given up, with an error in the log.
const TRIES_MAX: u32 = 5;

enum Message {
    Note(Box<Entry>),
    Keep(Box<Entry>, oneshot::Sender<bool>),
    Flush(oneshot::Sender<bool>),
}

/// The way into the record for what is answered to requests. Cheap to clone; ends with its last clone.
#[derive(Clone)]
pub struct Recorder {
    send: mpsc::Sender<Message>,
}

impl Recorder {
    /// Starts the writer on the current runtime.
    pub fn start(db: Db) -> Recorder {
        let (send, receive) = mpsc::channel(WAITING_MAX);
        tokio::spawn(write_all(db, receive));
        Recorder { send }
    }

    /// Records within [`WRITE_EVERY_MS`]; waits only when the queue is full.
    pub async fn note(&self, entry: Entry) {
        // An error means that the writer is gone, with the program.
        let _ = self.send.send(Message::Note(Box::new(entry))).await;
    }

    /// Records before it returns.
    ///
    /// # Errors
    /// `Fault::Busy` when it could not be written: what was to be recorded must not be answered then.
    pub async fn keep(&self, entry: Entry) -> Result<(), Fault> {
        self.wait(|done| Message::Keep(Box::new(entry), done)).await
    }

    /// Returns when everything noted before is on disk.
    ///
    /// # Errors
    /// `Fault::Busy` when it could not be written.
    pub async fn flush(&self) -> Result<(), Fault> {
        self.wait(Message::Flush).await
    }

    async fn wait(&self, message: impl FnOnce(oneshot::Sender<bool>) -> Message) -> Result<(), Fault> {
        let (done, written) = oneshot::channel();
        self.send.send(message(done)).await.map_err(|_| Fault::Busy)?;
        if written.await.unwrap_or(false) { Ok(()) } else { Err(Fault::Busy) }
    }
}

async fn write_all(db: Db, mut receive: mpsc::Receiver<Message>) {
    while let Some(first) = receive.recv().await {
        let until = Instant::now() + Duration::from_millis(WRITE_EVERY_MS);
        let mut entries: Vec<Entry> = Vec::new();
        let mut waiting = Vec::new();
        let mut next = Some(first);
        loop {
            match next.take() {
                Some(Message::Note(entry)) => add(&mut entries, *entry),
                Some(Message::Keep(entry, done)) => {
                    add(&mut entries, *entry);
                    waiting.push(done);
                }
                Some(Message::Flush(done)) => waiting.push(done),
                None => break,
            }
            if entries.len() >= AT_ONCE_MAX {
                break;
            }
            // Somebody waits: take what is there already and write.
            next = if waiting.is_empty() {
                timeout_at(until, receive.recv()).await.ok().flatten()
            } else {
                receive.try_recv().ok()
            };
        }
        let written = write(&db, entries, !waiting.is_empty()).await;
        for done in waiting {
            let _ = done.send(written);
        }
    }
}

/// The same person looking at the same thing the same way within a second is one row.
fn add(entries: &mut Vec<Entry>, entry: Entry) {
    match entries.iter_mut().find(|known| known.key() == entry.key()) {
        Some(known) => known.amount = known.amount.saturating_add(entry.amount),
        None => entries.push(entry),
    }
}

async fn write(db: &Db, entries: Vec<Entry>, somebody_waits: bool) -> bool {
    if entries.is_empty() {
        return true;
    }
    for attempt in 1..=TRIES_MAX {
        let these = entries.clone();
        let written = db
            .write(move |tx| {
                Box::pin(async move {
                    for entry in &these {
                        keep(tx, entry).await?;
                    }
                    Ok::<_, store::StoreError>(())
                })
            })
            .await;
        match written {
            Ok(()) => return true,
            // Whoever waits is told at once; the entries are tried no more, for they will not be answered.
            Err(error) if somebody_waits || attempt == TRIES_MAX => {
                tracing::error!(looks = entries.len(), error = %error, "the record of access could not be written");
                return false;
            }
            Err(_) => sleep(Duration::from_millis(WRITE_EVERY_MS)).await,
        }
    }
    false
}
