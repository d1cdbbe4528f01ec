//! The time limit of statements. SQLite has none of its own, and one endless report would hold a reader for good.

use std::sync::{Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use rusqlite::InterruptHandle;

/// How often the statements that are running are looked at.
const LOOK_MS: u64 = 250;

/// What the watching thread knows of a connection.
pub(crate) struct Watched {
    handle: InterruptHandle,
    deadline: Mutex<Option<Instant>>,
}

impl Watched {
    pub(crate) fn new(handle: InterruptHandle) -> Watched {
        Watched { handle, deadline: Mutex::new(None) }
    }

    fn deadline(&self) -> MutexGuard<'_, Option<Instant>> {
        self.deadline.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A statement begins; it may take `limit`. The guard ends it.
    pub(crate) fn begin(&self, limit: Option<Duration>) -> impl Drop {
        struct End<'a>(&'a Watched);
        impl Drop for End<'_> {
            fn drop(&mut self) {
                *self.0.deadline() = None;
            }
        }
        *self.deadline() = limit.map(|limit| Instant::now() + limit);
        End(self)
    }

    fn look(&self) {
        // The lock is held while interrupting: the statement cannot end meanwhile and leave the next one interrupted.
        let deadline = self.deadline();
        if deadline.is_some_and(|at| at < Instant::now()) {
            self.handle.interrupt();
        }
    }
}

/// Looks after the connections until all are closed.
pub(crate) fn watch_until_closed(connections: &[Weak<Watched>]) {
    loop {
        std::thread::park_timeout(Duration::from_millis(LOOK_MS));
        let mut open = false;
        for connection in connections {
            if let Some(watched) = connection.upgrade() {
                watched.look();
                open = true;
            }
        }
        if !open {
            return;
        }
    }
}
