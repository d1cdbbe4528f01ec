//! What an emergency decision does to what was promised: days are closed that it was counted through.

use super::{Basis, Calendar, DueDate, Limit, Manner, PausePolicy};
use crate::Instant;

impl Calendar {
    /// The due date once days are closed that it was counted through; `None` where it stays. `self` is the calendar its basis names
    /// (`named`) with those days and nothing else, `from` the first moment that is closed.
    ///
    /// * Counted at intake or anew after a supplement: counted again from the same receipt. Limits in calendar days and months run on
    ///   through what is closed and only never end there (Bộ luật Dân sự 91/2015/QH13 Điều 148 khoản 5).
    /// * Moved before, by a pause or with an apology: what working time was left when the first day closed is left afterwards.
    ///
    /// Never earlier than before; a promise that had passed by then stays passed.
    pub fn due_past_closing(&self, named: &Calendar, due_at: Instant, basis: &Basis, from: Instant) -> Option<DueDate> {
        if due_at < from {
            return None;
        }
        let from_scratch = matches!(basis.manner, Manner::First | Manner::Pause { policy: PausePolicy::Restart, .. });
        let calendar = self.version().to_owned();
        let promised = if from_scratch { named.recount(basis) } else { None };
        let moved = if promised.is_some_and(|promised| promised.due_at == due_at) {
            let start = self.start_of_clock(basis.received, basis.cut_off);
            self.recount(&Basis { calendar, start, ..basis.clone() })?
        } else {
            let from = from.max(basis.start);
            let left = named.left(basis.limit, from, due_at);
            let due = self.after_closing(basis.limit, from, left, due_at);
            let manner = Manner::Closed { from, left, was: due_at };
            self.dated(due, Basis { calendar, manner, ..basis.clone() })
        };
        (moved.due_at > due_at).then_some(moved)
    }

    /// A moment by which something is to be done, past what is closed: what working time was left at `from` is left afterwards. `named`
    /// is the calendar without the closed days.
    pub fn past_closing(&self, named: &Calendar, at: Instant, from: Instant) -> Instant {
        if at < from {
            return at;
        }
        let limit = Limit::WorkingDays(1);
        self.after_closing(limit, from, named.left(limit, from, at), at)
    }

    /// Working time from one moment to another, by the hours that count for the limit.
    fn left(&self, limit: Limit, from: Instant, to: Instant) -> i64 {
        let table = self.table_of(limit);
        (table.worked_until(to) - table.worked_until(from)).max(0)
    }

    /// When what was left at a moment is over.
    pub(super) fn after_closing(&self, limit: Limit, from: Instant, left: i64, was: Instant) -> Instant {
        let table = self.table_of(limit);
        let moved = match limit {
            Limit::CalendarDays(_) | Limit::Months(_) if table.is_working(was.day()) => was,
            Limit::CalendarDays(_) | Limit::Months(_) => self.close_on_or_after(was.day()),
            _ => {
                let moved = table.after_worked(from, left);
                // 17:00 and 07:00 of the next day are the same count: what was due at an opening stays due at one.
                if table.opens_at(was.ms_of_day()) { table.next_open(moved) } else { moved }
            }
        };
        moved.max(was)
    }
}
