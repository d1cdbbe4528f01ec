//! Every day from 2000 to 2059 with its working hours and running totals, so that counting over any stretch costs one
//! look-up (working days, working time between two moments) or one binary search (the moment when so much has been worked).

use super::hours::Span;
use crate::time::{DAY_MS, Instant};

/// 2000-01-01 and 2060-01-01 as day numbers. Moments outside are held at the ends.
pub(super) const FIRST_DAY: i64 = 10_957;
pub(super) const END_DAY: i64 = 32_872;

#[derive(Debug)]
pub(super) struct Table {
    /// The kinds of day there are; 0 is a day off.
    patterns: Vec<Pattern>,
    /// Which pattern each day has.
    kind: Vec<u16>,
    /// Milliseconds worked before the day begins; one entry more than there are days.
    worked: Vec<i64>,
    /// Working days before the day; one entry more than there are days.
    counted: Vec<u32>,
    /// The working days, as offsets from [`FIRST_DAY`].
    working: Vec<u32>,
}

#[derive(Debug, Default, PartialEq)]
struct Pattern {
    spans: Vec<Span>,
    ms: i64,
}

impl Table {
    /// Builds the table from the hours of each day; no hours make a day off.
    pub(super) fn build<'a>(hours_of: impl Fn(i64) -> &'a [Span]) -> Table {
        let days = usize::try_from(END_DAY - FIRST_DAY).unwrap_or(0);
        let mut table = Table {
            patterns: vec![Pattern::default()],
            kind: Vec::with_capacity(days),
            worked: Vec::with_capacity(days + 1),
            counted: Vec::with_capacity(days + 1),
            working: Vec::with_capacity(days),
        };
        let (mut worked, mut counted) = (0, 0);
        for (offset, day) in (0u32..).zip(FIRST_DAY..END_DAY) {
            table.worked.push(worked);
            table.counted.push(counted);
            let kind = table.kind_of(hours_of(day));
            table.kind.push(kind);
            let ms = table.patterns.get(usize::from(kind)).map_or(0, |p| p.ms);
            if ms > 0 {
                worked += ms;
                counted += 1;
                table.working.push(offset);
            }
        }
        table.worked.push(worked);
        table.counted.push(counted);
        table
    }

    fn kind_of(&mut self, spans: &[Span]) -> u16 {
        let known = self.patterns.iter().position(|p| p.spans == spans);
        let at = known.unwrap_or_else(|| {
            self.patterns.push(Pattern { spans: spans.to_vec(), ms: spans.iter().map(|s| s.to - s.from).sum() });
            self.patterns.len() - 1
        });
        // A week has at most seven patterns and a swapped day one of those; there are some dozens of weeks, so this never overflows.
        u16::try_from(at).unwrap_or(0)
    }

    fn offset(day: i64) -> Option<usize> {
        usize::try_from(day - FIRST_DAY).ok().filter(|_| day < END_DAY)
    }

    /// The working hours of a day; none on days off and outside the table.
    pub(super) fn spans(&self, day: i64) -> &[Span] {
        let kind = Self::offset(day).and_then(|at| self.kind.get(at)).copied().unwrap_or(0);
        self.patterns.get(usize::from(kind)).map_or(&[], |p| &p.spans)
    }

    pub(super) fn is_working(&self, day: i64) -> bool {
        !self.spans(day).is_empty()
    }

    /// The end of a day's last working hour; of a day off, its midnight.
    pub(super) fn close(&self, day: i64) -> Instant {
        Instant::on_day(day, self.spans(day).last().map_or(0, |s| s.to))
    }

    /// How many working days there are up to and including the day.
    pub(super) fn count_through(&self, day: i64) -> i64 {
        let at = usize::try_from((day + 1).clamp(FIRST_DAY, END_DAY) - FIRST_DAY).unwrap_or(0);
        self.counted.get(at).map_or(0, |n| i64::from(*n))
    }

    /// The n-th working day after the day (n from 1); the last one of the table when there are not so many.
    pub(super) fn nth_after(&self, day: i64, n: i64) -> i64 {
        let at = usize::try_from((self.count_through(day) + n.max(1) - 1).max(0)).unwrap_or(usize::MAX);
        let offset = self.working.get(at).or(self.working.last()).map_or(0, |o| i64::from(*o));
        FIRST_DAY + offset
    }

    /// The day itself when it is a working day, else the next one.
    pub(super) fn this_or_next(&self, day: i64) -> i64 {
        if self.is_working(day) { day } else { self.nth_after(day, 1) }
    }

    /// The same clock time on another day: within its hours, at the next opening when it falls between them, at the
    /// close when it is past them (a half day).
    pub(super) fn clock_time_on(&self, day: i64, ms_of_day: i64) -> Instant {
        match self.spans(day).iter().find(|s| ms_of_day < s.to) {
            Some(span) => Instant::on_day(day, ms_of_day.max(span.from)),
            None => self.close(day),
        }
    }

    /// The moment itself within working hours, else the next opening. Past the table's end: the moment itself.
    pub(super) fn next_open(&self, at: Instant) -> Instant {
        let (day, ms) = (at.day(), at.ms_of_day());
        if let Some(span) = self.spans(day).iter().find(|s| ms < s.to) {
            return Instant::on_day(day, ms.max(span.from));
        }
        self.opening_after(day).max(at)
    }

    /// The earliest moment at which so much has been worked since another; for nothing or less, the next working moment.
    pub(super) fn after_worked(&self, from: Instant, ms: i64) -> Instant {
        if ms <= 0 {
            return self.next_open(from);
        }
        self.moment_worked(self.worked_until(from).saturating_add(ms)).max(from)
    }

    /// Whether some kind of day opens at this time.
    pub(super) fn opens_at(&self, ms_of_day: i64) -> bool {
        self.patterns.iter().flat_map(|p| &p.spans).any(|s| s.from == ms_of_day)
    }

    /// The first working moment after the day.
    pub(super) fn opening_after(&self, day: i64) -> Instant {
        let next = self.nth_after(day, 1);
        Instant::on_day(next, self.spans(next).first().map_or(0, |s| s.from))
    }

    /// Milliseconds worked from the table's beginning to the moment.
    pub(super) fn worked_until(&self, at: Instant) -> i64 {
        let day = at.day();
        let Some(offset) = Self::offset(day) else {
            return if day < FIRST_DAY { 0 } else { self.worked.last().copied().unwrap_or(0) };
        };
        let ms = at.ms_of_day();
        let before = self.worked.get(offset).copied().unwrap_or(0);
        before + self.spans(day).iter().map(|s| (ms.min(s.to) - s.from).max(0)).sum::<i64>()
    }

    /// The earliest moment until which so many milliseconds have been worked (more than none); the table's last close
    /// when there is not so much in it.
    pub(super) fn moment_worked(&self, ms: i64) -> Instant {
        // The first day at whose end enough has been worked.
        let ends = self.worked.get(1..).unwrap_or_default();
        let offset = ends.partition_point(|end| *end < ms);
        let last = self.working.last().map_or(0, |o| i64::from(*o));
        let Some(day) = i64::try_from(offset).ok().filter(|o| *o <= last).map(|o| FIRST_DAY + o) else {
            return self.close(FIRST_DAY + last);
        };
        let mut left = ms - self.worked.get(offset).copied().unwrap_or(0);
        for span in self.spans(day) {
            let length = span.to - span.from;
            if left <= length {
                return Instant::on_day(day, span.from + left);
            }
            left -= length;
        }
        self.close(day)
    }
}

const _: () = assert!((END_DAY - FIRST_DAY) * DAY_MS > 0);
