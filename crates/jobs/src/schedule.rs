//! Work that comes round: every few minutes, every day, every month.

use crate::queue::{NewJob, enqueue};
use base::{Instant, time::DAY_MS, time::HOUR_MS};
use store::{StoreError, Tx, params};

store::statements! {
    /// Moves a schedule on to a slot; answers only the one who did it.
    pub(crate) MOVE_ON = "INSERT INTO job_schedule (name, slot) VALUES ($1, $2)
        ON CONFLICT (name) DO UPDATE SET slot = excluded.slot WHERE job_schedule.slot < excluded.slot RETURNING slot";
    /// Moves a schedule back from a slot that lies ahead of the clock.
    pub(crate) MOVE_BACK = "UPDATE job_schedule SET slot = $2 WHERE name = $1 AND slot = $3";
    pub(crate) LAST_SLOT = "SELECT slot FROM job_schedule WHERE name = $1";
}

/// How often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Every {
    /// Every so many minutes, counted from midnight UTC 1970 (at least 1).
    Minutes(u32),
    /// Every day at this local hour and minute.
    Day {
        /// 0 to 23.
        hour: u8,
        /// 0 to 59.
        minute: u8,
    },
    /// Every month on this day (the last one when the month is shorter) at this local hour.
    Month {
        /// 1 to 31.
        day: u8,
        /// 0 to 23.
        hour: u8,
    },
}

/// One piece of work that comes round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Its name, which is also the kind of the job it orders.
    pub name: &'static str,
    /// How often.
    pub every: Every,
}

impl Every {
    /// The latest slot at or before a moment.
    pub fn slot(self, now: Instant) -> Instant {
        match self {
            Every::Minutes(n) => {
                let step = i64::from(n.max(1)) * 60_000;
                Instant(now.0.div_euclid(step).saturating_mul(step))
            }
            Every::Day { hour, minute } => {
                let at = i64::from(hour) * HOUR_MS + i64::from(minute) * 60_000;
                let today = Instant::on_day(now.day(), at.min(DAY_MS - 1));
                if today <= now { today } else { today.plus_ms(-DAY_MS) }
            }
            Every::Month { day, hour } => {
                let at = |first: base::Date| {
                    let last = first.days_in_month();
                    let day = i8::try_from(day.clamp(1, 31)).unwrap_or(1).min(last);
                    let midnight = Instant::start_of(first).plus_ms(i64::from(day - 1) * DAY_MS);
                    midnight.plus_ms((i64::from(hour) * HOUR_MS).min(DAY_MS - 1))
                };
                let first = now.date().first_of_month();
                let this = at(first);
                if this <= now { this } else { at(first.yesterday().unwrap_or(first).first_of_month()) }
            }
        }
    }
}

/// Clocks of several processes differ by less. A slot further ahead was set under a wrong clock, and would keep its work
/// waiting until that time has come.
const AHEAD_MAX_MS: i64 = 10 * 60_000;

/// The schedules whose slot has come since they were last set off, with that slot; each is moved on, so that of several
/// processes only one is told. Slots that were missed (the machine was off) count as one. A schedule seen for the first
/// time is due at once. A clock that was set back sets nothing off, and the next slot by it is due again.
pub async fn due_schedules(
    tx: &Tx,
    schedules: &[Schedule],
    now: Instant,
) -> Result<Vec<(Schedule, Instant)>, StoreError> {
    let mut due = Vec::new();
    for schedule in schedules {
        let slot = schedule.every.slot(now);
        // Looked up first: almost always nothing is due, and a look takes no lock.
        let last = tx.query_opt(&LAST_SLOT, params![schedule.name]).await?;
        let last = last.map(|row| row.get::<Instant>("slot")).transpose()?;
        if let Some(last) = last.filter(|last| *last > now.plus_ms(AHEAD_MAX_MS)) {
            tx.execute(&MOVE_BACK, params![schedule.name, slot, last]).await?;
            continue;
        }
        if last.is_some_and(|last| last >= slot) {
            continue;
        }
        if tx.query_opt(&MOVE_ON, params![schedule.name, slot]).await?.is_some() {
            due.push((*schedule, slot));
        }
    }
    Ok(due)
}

/// Orders the job of every schedule that is due, in the same transaction that moves it on. Returns how many.
pub async fn enqueue_due(tx: &Tx, schedules: &[Schedule], now: Instant) -> Result<usize, StoreError> {
    let due = due_schedules(tx, schedules, now).await?;
    for (schedule, slot) in &due {
        let key = format!("{}@{}", schedule.name, slot.0);
        let payload = serde_json::json!({ "slot": slot.0 });
        enqueue(tx, NewJob { kind: schedule.name, key, order_key: None, payload, run_at: now }, now).await?;
    }
    Ok(due.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::datetime;

    fn at(y: i16, m: i8, d: i8, hh: i8, mm: i8) -> Instant {
        Instant::from_local(datetime(y, m, d, hh, mm, 0, 0))
    }

    #[test]
    fn the_latest_slot_is_found() {
        let quarter = Every::Minutes(15);
        assert_eq!(quarter.slot(at(2026, 11, 22, 9, 44)), at(2026, 11, 22, 9, 30));
        assert_eq!(quarter.slot(at(2026, 11, 22, 9, 45)), at(2026, 11, 22, 9, 45));
        let night = Every::Day { hour: 2, minute: 30 };
        assert_eq!(night.slot(at(2026, 11, 22, 9, 0)), at(2026, 11, 22, 2, 30));
        assert_eq!(night.slot(at(2026, 11, 22, 2, 29)), at(2026, 11, 21, 2, 30));
        let last = Every::Month { day: 31, hour: 6 };
        assert_eq!(last.slot(at(2026, 11, 30, 6, 0)), at(2026, 11, 30, 6, 0));
        assert_eq!(last.slot(at(2026, 11, 30, 5, 59)), at(2026, 10, 31, 6, 0));
        assert_eq!(Every::Month { day: 1, hour: 0 }.slot(at(2027, 1, 1, 0, 0)), at(2027, 1, 1, 0, 0));
        let _ =
            (Every::Minutes(0).slot(Instant(i64::MIN)), last.slot(Instant(i64::MIN)), night.slot(Instant(i64::MAX)));
    }
}
