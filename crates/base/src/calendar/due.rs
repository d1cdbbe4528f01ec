//! Due dates: at intake, after a pause, after an extension.

use super::{Basis, Calendar, DueDate, Limit, Manner, PausePolicy};
use crate::{
    Date, Instant, Problem, Time,
    time::{HOUR_MS, date_of_day, day_number},
};

/// The rule for late results: apology and one new date, at the latest a day before the old one.
const EXTENSION_RULE: &str = "NĐ 61/2018/NĐ-CP Điều 19 khoản 9";

/// An extended due date beside the one it replaces, which stays on record: the quality index is counted against the
/// original.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension {
    /// The due date promised at intake.
    pub original: DueDate,
    /// The new one.
    pub due: DueDate,
}

impl Extension {
    /// Whether less than a day is left before something is due, so that putting it off has to be explained.
    pub fn is_short_notice(due_at: Instant, decided_at: Instant) -> bool {
        decided_at.day() >= due_at.day()
    }
}

impl Calendar {
    /// When something received at a moment is due.
    ///
    /// * Working days: the day received does not count; due on the n-th working day after it at the same clock time. On a
    ///   half day that closes earlier, at its close.
    /// * Calendar days and months: run through days off and end at the close of the last day; when that is a day off, of
    ///   the next working day (Bộ luật Dân sự 91/2015/QH13 Điều 147, 148). Of a month without such a day, the last one.
    /// * Hours: so many working hours.
    /// * Same day: the close of the day on which the clock starts.
    ///
    /// Never before the clock starts, always in working hours or at their end, later for a later receipt and for a longer
    /// limit. Limits below one count as nothing; beyond 2059 the last day known is given.
    pub fn due(&self, received: Instant, limit: Limit, cut_off: Option<Time>) -> DueDate {
        let start = self.start_of_clock(received, cut_off);
        let manner = Manner::First;
        self.dated(
            self.end_of(start, limit),
            Basis { limit, calendar: self.version().into(), received, start, cut_off, manner },
        )
    }

    /// The due date after the clock stood still from `paused_at` to `resumed_at`.
    ///
    /// * [`PausePolicy::Restart`]: the whole limit counted anew from `resumed_at`; but not when the due date had passed before
    ///   the clock was stopped: what is late is never made timely by asking for a paper, so that pause counts as
    ///   [`PausePolicy::Resume`], and the basis says so.
    /// * [`PausePolicy::Resume`]: `original` moved by the working time in between, or by the calendar days for limits in
    ///   calendar days and months; never earlier than `original`. A pause that began after the due date moves it too, so
    ///   that what was late by two hours stays late by two hours.
    pub fn due_after_pause(
        &self,
        policy: PausePolicy,
        original: &DueDate,
        limit: Limit,
        paused_at: Instant,
        resumed_at: Instant,
        cut_off: Option<Time>,
    ) -> DueDate {
        let policy = if paused_at > original.due_at { PausePolicy::Resume } else { policy };
        let manner = Manner::Pause { policy, paused: paused_at, resumed: resumed_at, was: original.due_at };
        let (start, due_at) = match policy {
            PausePolicy::Restart => {
                let start = self.start_of_clock(resumed_at, cut_off);
                (start, self.end_of(start, limit))
            }
            PausePolicy::Resume => (original.started_at, self.moved(original.due_at, limit, paused_at, resumed_at)),
        };
        let basis = Basis { limit, calendar: self.version().into(), received: resumed_at, start, cut_off, manner };
        self.dated(due_at, basis)
    }

    /// Extends a due date by a limit counted from it. `earlier` is how many times the dossier was extended before.
    /// Problems: `base-extension-second` (one new appointment at most) and `base-extension-late` (decided less than a day
    /// before the due date, unless a reason is given).
    pub fn extend(
        &self,
        original: &DueDate,
        by: Limit,
        decided_at: Instant,
        earlier: u32,
        late_reason: Option<&str>,
    ) -> Result<Extension, Problem> {
        if earlier > 0 {
            return Err(Problem::new("base-extension-second").rule(EXTENSION_RULE));
        }
        let explained = late_reason.is_some_and(|reason| !reason.trim().is_empty());
        if Extension::is_short_notice(original.due_at, decided_at) && !explained {
            let problem = Problem::new("base-extension-late").rule(EXTENSION_RULE);
            return Err(problem.arg("due", crate::vn_date_time(original.due_at)));
        }
        let due = self.dated(
            self.end_of(original.due_at, by),
            Basis {
                limit: by,
                calendar: self.version().into(),
                received: original.due_at,
                start: original.started_at,
                cut_off: None,
                manner: Manner::Extension { decided: decided_at, was: original.due_at },
            },
        );
        Ok(Extension { original: original.clone(), due })
    }

    /// Counts a due date again from its basis alone. None when the basis names another calendar version.
    pub fn recount(&self, basis: &Basis) -> Option<DueDate> {
        if basis.calendar != self.version() {
            return None;
        }
        let due_at = match basis.manner {
            Manner::First | Manner::Pause { policy: PausePolicy::Restart, .. } => {
                self.end_of(self.start_of_clock(basis.received, basis.cut_off), basis.limit)
            }
            Manner::Pause { policy: PausePolicy::Resume, paused, resumed, was } => {
                self.moved(was, basis.limit, paused, resumed)
            }
            Manner::Extension { was, .. } => self.end_of(was, basis.limit),
            Manner::Closed { from, left, was } => self.after_closing(basis.limit, from, left, was),
        };
        Some(self.dated(due_at, basis.clone()))
    }

    pub(super) fn dated(&self, due_at: Instant, basis: Basis) -> DueDate {
        DueDate { due_at, started_at: basis.start, basis: basis.to_string() }
    }

    /// Where a limit that began at a working moment ends.
    fn end_of(&self, start: Instant, limit: Limit) -> Instant {
        let end = match limit {
            Limit::WorkingDays(n) if n > 0 => {
                let day = self.table.nth_after(start.day(), i64::from(n));
                self.table.clock_time_on(day, start.ms_of_day())
            }
            Limit::CalendarDays(n) if n > 0 => self.close_on_or_after(start.day() + i64::from(n)),
            Limit::Months(n) if n > 0 => self.close_on_or_after(day_number(months_after(start.date(), n))),
            Limit::Hours(n) if n > 0 => self.hours.after_worked(start, i64::from(n) * HOUR_MS),
            Limit::SameDay => self.table.close(start.day()),
            _ => start,
        };
        end.max(start)
    }

    /// A due date moved by a pause.
    fn moved(&self, due_at: Instant, limit: Limit, paused: Instant, resumed: Instant) -> Instant {
        let moved = match limit {
            Limit::CalendarDays(_) | Limit::Months(_) => {
                let days = resumed.day() - paused.day();
                if days <= 0 { due_at } else { self.close_on_or_after(due_at.day().saturating_add(days)) }
            }
            _ => {
                let table = self.table_of(limit);
                match table.worked_until(resumed) - table.worked_until(paused) {
                    ms if ms <= 0 => due_at,
                    ms => {
                        let moved = table.after_worked(due_at, ms);
                        // What was due at an opening stays due at one: 17:00 and 07:00 of the next day are the same count.
                        let at_opening = table.spans(due_at.day()).iter().any(|s| s.from == due_at.ms_of_day());
                        if at_opening { table.next_open(moved) } else { moved }
                    }
                }
            }
        };
        moved.max(due_at)
    }

    pub(super) fn close_on_or_after(&self, day: i64) -> Instant {
        self.table.close(self.table.this_or_next(day))
    }
}

/// The same day of the month `n` months later, or that month's last day when it is shorter.
fn months_after(date: Date, n: i32) -> Date {
    let months = i64::from(date.year()) * 12 + i64::from(date.month()) - 1 + i64::from(n);
    let year = i16::try_from(months.div_euclid(12)).unwrap_or(i16::MAX).min(9_999);
    let month = i8::try_from(months.rem_euclid(12) + 1).unwrap_or(12);
    // Only the 29th to 31st can be missing.
    let made = (0..4).find_map(|back| Date::new(year, month, date.day() - back).ok());
    made.unwrap_or_else(|| date_of_day(day_number(date)))
}
