//! How many reading processes there are at once. A burst waits a little; a flood is told to come back.

use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

/// Most at once whatever the machine: each may take 256 MB.
const AT_ONCE_MAX: usize = 4;
/// Most that wait for their turn.
const WAITING_MAX: usize = 64;
/// Longest wait for a turn; with the reading itself it stays within what a request may take.
const WAIT_MAX: Duration = Duration::from_secs(15);

#[derive(Default)]
struct Count {
    running: usize,
    waiting: usize,
}

pub(crate) struct Pool {
    count: Mutex<Count>,
    free: Condvar,
}

/// The one pool of the process.
pub(crate) static POOL: Pool = Pool::new();

/// A turn; another's when it goes away.
pub(crate) struct Turn<'a>(&'a Pool);

impl Pool {
    pub(crate) const fn new() -> Pool {
        Pool { count: Mutex::new(Count { running: 0, waiting: 0 }), free: Condvar::new() }
    }

    fn count(&self) -> MutexGuard<'_, Count> {
        self.count.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// A turn at once or after a wait; none when too many wait or the wait is too long.
    pub(crate) fn turn(&self) -> Option<Turn<'_>> {
        let at_once = std::thread::available_parallelism().map_or(2, |cores| cores.get().clamp(2, AT_ONCE_MAX));
        self.turn_of(at_once, WAITING_MAX, WAIT_MAX)
    }

    fn turn_of(&self, at_once: usize, waiting_max: usize, wait_max: Duration) -> Option<Turn<'_>> {
        let until = Instant::now() + wait_max;
        let mut count = self.count();
        if count.running >= at_once {
            if count.waiting >= waiting_max {
                return None;
            }
            count.waiting += 1;
            while count.running >= at_once {
                let Some(left) = until.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) else {
                    count.waiting -= 1;
                    return None;
                };
                count = self.free.wait_timeout(count, left).unwrap_or_else(|poisoned| poisoned.into_inner()).0;
            }
            count.waiting -= 1;
        }
        count.running += 1;
        Some(Turn(self))
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.count().running -= 1;
        self.0.free.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_run_some_wait_and_the_rest_is_told_to_come_back() {
        let pool = Pool::new();
        let first = pool.turn_of(1, 1, Duration::ZERO).expect("nobody else is there");
        assert!(pool.turn_of(1, 1, Duration::from_millis(5)).is_none(), "the wait is over");
        assert!(pool.turn_of(1, 0, Duration::from_secs(60)).is_none(), "nobody may wait");
        std::thread::scope(|scope| {
            let second = scope.spawn(|| pool.turn_of(1, 1, Duration::from_secs(60)).is_some());
            drop(first);
            assert!(second.join().expect("a thread"), "the turn that became free");
        });
        let count = pool.count();
        assert_eq!((count.running, count.waiting), (0, 0));
    }
}
