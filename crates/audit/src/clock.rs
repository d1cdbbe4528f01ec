//! Whether the clock can be believed. A day sealed too early is damage that stays, so a day counts as over only when two
//! witnesses agree: the clock, and the time that has run since it was last believed.

use crate::days::write_to_log;
use base::{Instant, time::DAY_MS, time::HOUR_MS};
use serde_json::json;
use store::{StoreError, Tx, params};

/// The clock may be off from what is known by so much. Days are sealed this long after their end.
pub const CLOCK_TOLERANCE_MS: i64 = 10 * 60 * 1000;
/// A clock that stands far from what is known is believed once it has gone on steadily for so long: the machine was off,
/// or was set right. Until then nothing more is sealed, which costs nothing; a keeper is told meanwhile.
pub const BELIEVED_AFTER_MS: i64 = 4 * HOUR_MS;
/// A machine that was off looks like a clock that runs ahead. From a day on it is told.
const TOLD_AHEAD_MS: i64 = DAY_MS;

store::statements! {
    /// What is known of the time.
    pub CLOCK = "SELECT trusted_at, seen_at, believed, jumped_at, jumped_ms FROM clock_watch WHERE one = 1";
    /// Keeps it.
    pub PUT_CLOCK = "INSERT INTO clock_watch (one, trusted_at, seen_at, believed, jumped_at, jumped_ms) VALUES (1, $1, $2, $3, $4, $5)
        ON CONFLICT (one) DO UPDATE SET trusted_at = excluded.trusted_at, seen_at = excluded.seen_at, believed = excluded.believed,
            jumped_at = excluded.jumped_at, jumped_ms = excluded.jumped_ms";
    /// The latest event of a database that has not looked at the clock yet.
    pub NEWEST_EVENT = "SELECT MAX(at) AS at FROM event";
}

/// What a database knows of the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// The latest moment that is vouched for.
    pub trusted_at: Instant,
    /// What the clock said when it was last looked at.
    pub seen_at: Instant,
    /// Is the clock believed?
    pub believed: bool,
    /// The last jump: what the clock said when it was noticed, and by how many milliseconds (ahead is positive).
    pub jumped: Option<(Instant, i64)>,
}

/// What one process remembers between its looks at the clock. A new process remembers nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Watch {
    last: Option<Last>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Last {
    clock: Instant,
    steady_ms: i64,
    believed: bool,
    /// How long the clock has gone on steadily since it was not believed.
    waited_ms: i64,
}

/// What one look found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judged {
    pub known: Known,
    /// By how much the clock jumped, when somebody should be told.
    pub jump_ms: Option<i64>,
    /// A clock that was not believed is believed from now on.
    pub accepted: bool,
}

impl Known {
    /// What a database knows before the first look: its last event, or nothing at all.
    fn first(newest_event: Option<Instant>, now: Instant) -> Known {
        Known { trusted_at: newest_event.unwrap_or(now), seen_at: now, believed: true, jumped: None }
    }

    /// Days that are over by then may be sealed.
    pub fn sealed_until(&self) -> Instant {
        self.trusted_at.min(self.seen_at)
    }
}

impl Watch {
    /// Judges what the clock says at `now`. `steady_ms` is a count of milliseconds that nobody can set, from any beginning.
    pub fn look(&mut self, before: Known, now: Instant, steady_ms: i64) -> Judged {
        let ran = self.last.map(|last| (steady_ms - last.steady_ms).max(0));
        // How far the clock went beyond the time that ran.
        let leap = self.last.zip(ran).map(|(last, ran)| now.0 - last.clock.0 - ran);
        let steadily = leap.is_some_and(|leap| leap.abs() <= CLOCK_TOLERANCE_MS);
        // Time that ran is vouched for, whatever the clock says.
        let vouched = before.trusted_at.plus_ms(ran.unwrap_or_default());
        let off = now.0 - vouched.0;
        let was_believed = self.last.is_some_and(|last| last.believed);
        let near = off.abs() <= CLOCK_TOLERANCE_MS;
        let waited_ms = if steadily { self.last.map_or(0, |last| last.waited_ms) + ran.unwrap_or_default() } else { 0 };
        let held = near || (steadily && was_believed);
        let accepted = !held && waited_ms >= BELIEVED_AFTER_MS;
        let believed = held || accepted;
        let jump_ms = match leap {
            Some(leap) => Some(leap).filter(|_| !steadily),
            // A process that begins: behind what was seen, or further ahead than a night.
            None if near => Some(now.0 - before.seen_at.0).filter(|back| *back < -CLOCK_TOLERANCE_MS),
            None => Some(off).filter(|off| *off < -CLOCK_TOLERANCE_MS || *off > TOLD_AHEAD_MS),
        };
        self.last = Some(Last { clock: now, steady_ms, believed, waited_ms: if believed { 0 } else { waited_ms } });
        let known = Known {
            trusted_at: if believed { now } else { vouched },
            seen_at: now,
            believed,
            jumped: jump_ms.map(|ms| (now, ms)).or(before.jumped),
        };
        Judged { known, jump_ms, accepted }
    }
}

/// What the database knows of the time; `None` before the first look.
pub async fn clock_known(tx: &Tx) -> Result<Option<Known>, StoreError> {
    let Some(row) = tx.query_opt(CLOCK, params![]).await? else { return Ok(None) };
    let jumped_at: Option<Instant> = row.get("jumped_at")?;
    Ok(Some(Known {
        trusted_at: row.get("trusted_at")?,
        seen_at: row.get("seen_at")?,
        believed: row.get("believed")?,
        jumped: jumped_at.zip(row.get("jumped_ms")?),
    }))
}

/// Looks at the clock and keeps what was found; a jump is told in the service's log and, where the clock stands on a day
/// that is still open, in the log of events. Returns what is known afterwards, and what the process remembers.
pub async fn look_at_clock(
    tx: &Tx,
    mut watch: Watch,
    now: Instant,
    steady_ms: i64,
) -> Result<(Judged, Watch), StoreError> {
    tx.lock("audit/seals").await?;
    let before = match clock_known(tx).await? {
        Some(known) => known,
        None => Known::first(tx.query_one(NEWEST_EVENT, params![]).await?.get("at")?, now),
    };
    let judged = watch.look(before, now, steady_ms);
    let Known { trusted_at, seen_at, believed, jumped } = judged.known;
    let (jumped_at, jumped_ms) = jumped.unzip();
    tx.execute(PUT_CLOCK, params![trusted_at, seen_at, believed, jumped_at, jumped_ms]).await?;
    if let Some(ms) = judged.jump_ms {
        tracing::error!(
            clock = %now.date(),
            known = %before.trusted_at.date(),
            minutes = ms / 60_000,
            believed,
            "the clock jumped: mend it, or if the machine was off, leave it; no day is sealed until the clock is believed"
        );
        write_to_log(tx, "clock-jumped", json!({ "ms": ms, "known": before.trusted_at.0, "believed": believed }), now)
            .await?;
    }
    if judged.accepted {
        tracing::warn!(clock = %now.date(), "the clock has gone on steadily and is believed again");
        write_to_log(tx, "clock-accepted", json!({ "known": before.trusted_at.0 }), now).await?;
    }
    Ok((judged, watch))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE_MS: i64 = 60_000;
    /// 2026-11-20 09:00 in Việt Nam.
    const MORNING: Instant = Instant(1_795_140_000_000);

    fn known_at(at: Instant) -> Known {
        Known { trusted_at: at, seen_at: at, believed: true, jumped: None }
    }

    /// A process that looks every minute for so long, its clock so far ahead; what is known after each look.
    fn run(watch: &mut Watch, mut known: Known, from: Instant, minutes: i64, ahead_ms: i64) -> (Known, Vec<i64>) {
        let mut jumps = Vec::new();
        for minute in 0..minutes {
            let real = from.plus_ms(minute * MINUTE_MS);
            let judged = watch.look(known, real.plus_ms(ahead_ms), real.0);
            jumps.extend(judged.jump_ms);
            known = judged.known;
        }
        (known, jumps)
    }

    #[test]
    fn a_clock_that_goes_on_is_believed_minute_by_minute() {
        let (known, jumps) = run(&mut Watch::default(), known_at(MORNING), MORNING, 600, 0);
        assert_eq!((known.sealed_until(), jumps.len()), (MORNING.plus_ms(599 * MINUTE_MS), 0));
        assert!(known.believed);
    }

    #[test]
    fn a_start_with_the_clock_two_days_ahead_vouches_for_nothing_and_is_told_and_the_right_clock_after_it_goes_on() {
        let wrong = MORNING.plus_ms(MINUTE_MS);
        let (known, jumps) = run(&mut Watch::default(), known_at(MORNING), wrong, 1, 2 * DAY_MS);
        assert_eq!((known.sealed_until(), known.believed), (MORNING, false));
        assert_eq!(jumps, [2 * DAY_MS + MINUTE_MS]);
        let right = MORNING.plus_ms(2 * MINUTE_MS);
        let (known, jumps) = run(&mut Watch::default(), known, right, 1, 0);
        assert_eq!((known.sealed_until(), known.believed), (right, true));
        assert_eq!(jumps, [MINUTE_MS - 2 * DAY_MS], "that it went back is told");
    }

    #[test]
    fn a_clock_set_ahead_or_back_while_running_is_noticed_however_little_time_passes() {
        for ahead_ms in [2 * DAY_MS, -2 * DAY_MS, HOUR_MS, -HOUR_MS] {
            let mut watch = Watch::default();
            let (known, _) = run(&mut watch, known_at(MORNING), MORNING, 10, 0);
            let (known, jumps) = run(&mut watch, known, MORNING.plus_ms(10 * MINUTE_MS), 60, ahead_ms);
            assert_eq!(jumps, [ahead_ms]);
            assert!(!known.believed);
            let real = MORNING.plus_ms(69 * MINUTE_MS);
            assert_eq!(known.sealed_until(), real.min(real.plus_ms(ahead_ms)), "never beyond either witness");
            // Set right, it is believed at once.
            let (known, jumps) = run(&mut watch, known, MORNING.plus_ms(70 * MINUTE_MS), 1, 0);
            assert_eq!((known.believed, jumps), (true, vec![-ahead_ms]));
        }
    }

    #[test]
    fn a_machine_that_was_off_goes_on_after_four_hours_of_running() {
        for (off_ms, told) in [(HOUR_MS, 0), (15 * HOUR_MS, 0), (9 * DAY_MS, 1)] {
            let mut watch = Watch::default();
            let on = MORNING.plus_ms(off_ms);
            let (known, jumps) = run(&mut watch, known_at(MORNING), on, 240, 0);
            assert_eq!((known.believed, jumps.len()), (false, told));
            assert!(known.sealed_until() < MORNING.plus_ms(BELIEVED_AFTER_MS));
            let (known, jumps) = run(&mut watch, known, on.plus_ms(240 * MINUTE_MS), 1, 0);
            assert_eq!((known.believed, jumps.len()), (true, 0));
            assert_eq!(known.sealed_until(), on.plus_ms(240 * MINUTE_MS));
        }
    }

    #[test]
    fn one_process_with_a_wrong_clock_beside_one_with_the_right_vouches_for_nothing() {
        let (mut right, mut wrong) = (Watch::default(), Watch::default());
        let mut known = known_at(MORNING);
        for minute in 0..180 {
            let real = MORNING.plus_ms(minute * MINUTE_MS);
            known = right.look(known, real, real.0).known;
            assert!(known.believed);
            known = wrong.look(known, real.plus_ms(2 * DAY_MS), real.0).known;
            assert!(!known.believed && known.sealed_until() <= real.plus_ms(CLOCK_TOLERANCE_MS));
        }
    }
}
