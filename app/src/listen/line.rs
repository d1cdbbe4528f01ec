//! What one connection is doing, and how long it may go on doing it.

use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::time::Instant;
use tokio::sync::Notify;

/// From the first byte of a request's head (or from connecting, or from the first byte of TLS) to its end: on the slowest
/// mobile line a head takes a second.
pub(super) const HEAD_MS_MAX: u64 = 10_000;
/// Between two requests of one connection: as long as a person reads before going on, for whom a new one costs nothing.
const IDLE_MS_MAX: u64 = 60_000;
/// One whole exchange: the largest file over a line of 30 kB a second.
const SERVED_MS_MAX: u64 = 15 * 60_000;
/// Nothing of an answer is taken for so long: nobody is there any more.
const STALLED_MS_MAX: u64 = 30_000;

/// What happens on a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
enum Phase {
    /// Connected, and nothing came.
    Silent = 0,
    /// A head is coming in.
    Head = 1,
    /// A request is being answered.
    Served = 2,
    /// After an answer.
    Idle = 3,
}

/// The state of one connection, looked at by its watch and by the book.
pub(super) struct Line {
    began: Instant,
    phase: AtomicU8,
    /// When the phase began, milliseconds after `began`.
    since_ms: AtomicU64,
    /// When writing began to wait; 0 when it does not.
    stalled_ms: AtomicU64,
    go: Notify,
    extra: bool,
}

impl Line {
    pub(super) fn new(extra: bool) -> Line {
        Line {
            began: Instant::now(),
            phase: AtomicU8::new(Phase::Silent as u8),
            since_ms: AtomicU64::new(0),
            stalled_ms: AtomicU64::new(0),
            go: Notify::new(),
            extra,
        }
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn phase(&self) -> Phase {
        match self.phase.load(Ordering::Relaxed) {
            0 => Phase::Silent,
            1 => Phase::Head,
            2 => Phase::Served,
            _ => Phase::Idle,
        }
    }

    fn enter(&self, phase: Phase) {
        self.since_ms.store(self.now_ms(), Ordering::Relaxed);
        self.phase.store(phase as u8, Ordering::Relaxed);
    }

    /// Bytes came in.
    pub(super) fn heard(&self) {
        if matches!(self.phase(), Phase::Silent | Phase::Idle) {
            self.enter(Phase::Head);
        }
    }

    /// A request is complete and goes to the router.
    pub(super) fn served(&self) {
        self.enter(Phase::Served);
    }

    /// Its answer is on its way.
    pub(super) fn answered(&self) {
        self.enter(Phase::Idle);
    }

    /// Writing waits for the other side, or goes on.
    pub(super) fn stalled(&self, is_stalled: bool) {
        match (is_stalled, self.stalled_ms.load(Ordering::Relaxed)) {
            (true, 0) => self.stalled_ms.store(self.now_ms().max(1), Ordering::Relaxed),
            (false, at) if at != 0 => self.stalled_ms.store(0, Ordering::Relaxed),
            _ => {}
        }
    }

    /// A request is being answered.
    pub(super) fn is_served(&self) -> bool {
        self.phase() == Phase::Served
    }

    /// Beyond the bound: told so, nothing more.
    pub(super) fn is_extra(&self) -> bool {
        self.extra
    }

    /// How long it has taken in what it does is too long.
    pub(super) fn is_overdue(&self) -> bool {
        let now = self.now_ms();
        let max = match self.phase() {
            Phase::Silent | Phase::Head => HEAD_MS_MAX,
            Phase::Served => SERVED_MS_MAX,
            Phase::Idle => IDLE_MS_MAX,
        };
        let stalled = self.stalled_ms.load(Ordering::Relaxed);
        now.saturating_sub(self.since_ms.load(Ordering::Relaxed)) >= max
            || (stalled != 0 && now.saturating_sub(stalled) >= STALLED_MS_MAX)
    }

    /// How willingly it is let go when room is needed: none while it is served; those that never said anything useful before
    /// those between two requests, each the longest waiting first.
    pub(super) fn spare(&self) -> Option<(u8, u64)> {
        let waited = self.now_ms().saturating_sub(self.since_ms.load(Ordering::Relaxed));
        match self.phase() {
            Phase::Served => None,
            Phase::Silent | Phase::Head => Some((1, waited)),
            Phase::Idle => Some((0, waited)),
        }
    }

    pub(super) fn tell_to_go(&self) {
        self.go.notify_one();
    }

    /// Ready when the room is needed for others.
    pub(super) async fn told_to_go(&self) {
        self.go.notified().await;
    }
}
