//! The working-time calendar: which days are worked, when the clock of a dossier runs, and when it is due.
//!
//! The days and hours are data (`data/calendar/vn.toml`), dated and versioned; an agency may have its own hours
//! ([`Calendar::at`]). What was once counted stays: a due date carries its [`Basis`], and [`Calendar::recount`] shows that the
//! two agree.
//!
//! The clock runs in half-open spans: 17:00 sharp is no longer office time for what comes in, and still on time for what
//! is due.

mod agencies;
#[cfg(test)]
mod agencies_tests;
mod basis;
mod closing;
mod data;
mod due;
#[cfg(test)]
mod entries_tests;
mod hours;
mod limit;
mod name;
#[cfg(test)]
mod properties;
mod table;
#[cfg(test)]
mod tests;

pub use basis::{Basis, DueDate, Manner};
pub use data::{DayOff, Entry, OffKind, Swap};
pub use due::Extension;
pub use hours::{Span, WeekText, WorkingHours};
pub use limit::{LIMIT_MAX, Limit, PausePolicy};
pub use name::Name;

use crate::{
    Date, Id, Instant, Problem, Time,
    time::{date_of_day, day_number, ms_of_time},
};
use agencies::{Agencies, Own};
use data::{Content, weekday_index};
use std::sync::{Arc, LazyLock};
use table::Table;

/// The calendar shipped with the program, as text.
pub const SHIPPED: &str = include_str!("../../../../data/calendar/vn.toml");

/// Working days and hours, with the version they were read under. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Calendar {
    version: Arc<str>,
    content: Arc<Content>,
    /// What the agency that takes in has of its own, where these are its hours.
    own: Option<Arc<Own>>,
    /// When that agency is open.
    opens: Arc<Table>,
    /// The days that count: at the hours of whoever takes in, without days on which whoever settles is closed.
    table: Arc<Table>,
    /// By which limits in hours are counted: the hours of the agency that settles.
    hours: Arc<Table>,
    agencies: Arc<Agencies>,
}

impl Calendar {
    /// Reads a calendar file. Problems: `base-calendar-text`, `base-calendar-version`, `base-calendar-day`,
    /// `base-calendar-swap`, `base-hours`, `base-hours-order`, `base-hours-none`.
    pub fn from_toml(text: &str) -> Result<Calendar, Problem> {
        Content::parse(text).map(Calendar::of)
    }

    /// The calendar of state offices shipped with the program: 2020 to 2027.
    pub fn shipped() -> &'static Calendar {
        static SHIPPED_CALENDAR: LazyLock<Calendar> = LazyLock::new(|| {
            // The file is part of the program and a test reads it; a plain week stands in so that nothing here can panic.
            Calendar::from_toml(SHIPPED).unwrap_or_else(|_| Calendar::of(Content::plain_week()))
        });
        &SHIPPED_CALENDAR
    }

    /// The same days with an agency's own hours. The name becomes part of the version: `vn-2026.11/ninh-kieu`.
    /// Problem: `base-calendar-version` (letters, digits, `.`, `-` and `_` only, at most 30).
    pub fn with_hours(&self, name: &str, hours: WorkingHours) -> Result<Calendar, Problem> {
        let mut content = (*self.content).clone();
        let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'));
        if name.is_empty() || name.len() > 30 || !plain {
            return Err(Problem::new("base-calendar-version").arg("value", crate::text::clip(name, 40)));
        }
        content.version = format!("{}/{name}", content.version);
        content.hours = hours;
        content.periods.clear();
        Ok(Calendar::of(content))
    }

    /// The shipped period and fixed dates with these days off, swaps and hours, under a version of their own. Problems:
    /// `base-calendar-version`, `base-calendar-day`, `base-calendar-swap`.
    pub fn of_entries(version: &str, entries: &[Entry]) -> Result<Calendar, Problem> {
        Calendar::shipped().content.with_entries(version, entries).map(Calendar::of)
    }

    /// Its days off, swaps and dated hours, each as one entry.
    pub fn entries(&self) -> Vec<Entry> {
        self.content.entries()
    }

    fn of(content: Content) -> Calendar {
        let table = Arc::new(Table::build(|day| content.spans_of(day)));
        let version = content.version.as_str().into();
        let (opens, hours, agencies) = (table.clone(), table.clone(), Arc::default());
        Calendar { version, content: Arc::new(content), own: None, opens, table, hours, agencies }
    }

    /// The same calendar in which agencies have lines of their own: hours over the province's days, and days on which they are
    /// closed. Swaps are the province's alone and are passed over.
    pub fn with_agencies(&self, lines: &[(Id, Entry)]) -> Calendar {
        Calendar { agencies: Arc::new(Agencies::of(lines)), ..self.clone() }
    }

    /// The calendar of what one agency takes in and one settles, often the same: when a day begins and ends is as the first works, limits
    /// in hours are counted by the second. The days of work are the province's, so that no counter opened on a Saturday shortens a limit;
    /// only days on which an emergency decision closed whoever settles are left out. Agencies without lines of their own have the province's hours. The name says whose hours they are: `vn-2026.11/r3/i7001/s7001`.
    pub fn at(&self, takes_in: Id, settles: Id) -> Calendar {
        let [first, second] = [takes_in, settles].map(|agency| self.agencies.kind(agency));
        if first.is_none() && second.is_none() {
            return self.clone();
        }
        let (takes_in, settles) = (first.map(|_| takes_in), second.map(|_| settles));
        let version = Name { takes_in, settles, ..Name::read(&self.version).of_province() }.to_string();
        let table = |pair| self.agencies.table(&self.content, &self.table, pair);
        Calendar {
            version: version.into(),
            content: self.content.clone(),
            own: self.agencies.own(first).cloned(),
            opens: table((first, first)),
            table: table((first, second)),
            hours: table((second, second)),
            agencies: Arc::default(),
        }
    }

    /// Whether an agency has lines of its own.
    pub fn has_own(&self, agency: Id) -> bool {
        self.agencies.kind(agency).is_some()
    }

    /// The version, which is part of every basis.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The weekly hours that hold on a date; an agency's own where it has some, in which a day left empty is as in the province.
    pub fn hours_on(&self, date: Date) -> &WorkingHours {
        let day = day_number(date);
        let own = self.own.as_ref().and_then(|own| own.hours_on(day));
        own.unwrap_or_else(|| self.content.hours_on(day))
    }

    /// The weekly hours of the province that hold on a date.
    pub fn province_hours_on(&self, date: Date) -> &WorkingHours {
        self.content.hours_on(day_number(date))
    }

    /// The hours in which the clock runs on a date.
    pub fn spans_on(&self, date: Date) -> &[Span] {
        self.table.spans(day_number(date))
    }

    /// The swaps that were ordered.
    pub fn swaps(&self) -> &[Swap] {
        &self.content.swaps
    }

    /// The first and last dates whose holidays are in the data. Beyond them only the week and the fixed dates count, so a
    /// due date there is a forecast.
    pub fn covers(&self) -> (Date, Date) {
        (self.content.from, self.content.to)
    }

    /// When dossiers are taken in on a date while no clock runs: the further hours of a counter, on a day that is no holiday.
    pub fn counter_on(&self, date: Date) -> Vec<Span> {
        let day = day_number(date);
        let off = self.content.is_off(day) || self.own.as_ref().is_some_and(|own| own.closed.contains_key(&day));
        if off {
            return Vec::new();
        }
        let weekday = weekday_index(day);
        let own = self.own.as_ref().and_then(|own| own.hours_on(day)).map_or(&[][..], |week| week.of_weekday(weekday));
        let own = if self.opens.is_working(day) { &[][..] } else { own };
        self.content.hours_on(day).desk_of_weekday(weekday).iter().chain(own).copied().collect()
    }

    /// Why a date is off, if it is a holiday, given for one, or swapped.
    pub fn day_off(&self, date: Date) -> Option<&DayOff> {
        let day = day_number(date);
        let own = self.own.as_ref().and_then(|own| own.closed.get(&day));
        own.or_else(|| self.content.closed.get(&day)).or_else(|| self.content.off.get(&day))
    }

    /// Whether the clock runs on the date (a half day counts as a working day).
    pub fn is_working_day(&self, date: Date) -> bool {
        self.table.is_working(day_number(date))
    }

    /// Working days from one date to another, both included; 0 when they are the wrong way round.
    pub fn working_days_in(&self, from: Date, to: Date) -> i64 {
        (self.table.count_through(day_number(to)) - self.table.count_through(day_number(from) - 1)).max(0)
    }

    /// The n-th working day after a date, n from 1: the date on which a limit of n working days ends.
    pub fn nth_working_day_after(&self, date: Date, n: i64) -> Date {
        date_of_day(self.table.nth_after(day_number(date), n))
    }

    /// Whether the moment lies in working hours.
    pub fn is_working_time(&self, at: Instant) -> bool {
        self.opens.spans(at.day()).iter().any(|s| s.from <= at.ms_of_day() && at.ms_of_day() < s.to)
    }

    /// Whether the desk takes dossiers in: working hours, and the further desk hours of the week except on days off.
    pub fn desk_is_open(&self, at: Instant) -> bool {
        let ms = at.ms_of_day();
        self.is_working_time(at) || self.counter_on(at.date()).iter().any(|s| s.from <= ms && ms < s.to)
    }

    /// The moment itself in working hours, else the next opening.
    pub fn next_working_instant(&self, at: Instant) -> Instant {
        self.opens.next_open(at)
    }

    /// When the clock of something received begins to run: at once in working hours; outside them and at lunch, at the
    /// next opening; after the procedure's cut-off hour, at the opening of the next working day (as NĐ 63/2024/NĐ-CP
    /// Điều 7 has for 15:00). Sharp on the cut-off is still in time.
    pub fn start_of_clock(&self, received: Instant, cut_off: Option<Time>) -> Instant {
        let day = received.day();
        let past = cut_off.is_some_and(|time| received.ms_of_day() > ms_of_time(time));
        let next_day = past && self.opens.is_working(day);
        let opening =
            if next_day { self.opens.opening_after(day).max(received) } else { self.opens.next_open(received) };
        // Where whoever settles is closed on that day, when they work again.
        self.table.next_open(opening)
    }

    /// Working time from `a` to `b` in milliseconds; negative when `b` is earlier. Adds up over any division.
    pub fn working_ms_between(&self, a: Instant, b: Instant) -> i64 {
        self.table.worked_until(b) - self.table.worked_until(a)
    }

    /// The earliest moment at which so much working time has gone by since `from`. Nothing or less gives the next working
    /// moment.
    pub fn add_working_ms(&self, from: Instant, ms: i64) -> Instant {
        self.table.after_worked(from, ms)
    }

    /// By whose hours a limit is counted: limits in hours by those of the agency that settles.
    fn table_of(&self, limit: Limit) -> &Table {
        if matches!(limit, Limit::Hours(_)) { &self.hours } else { &self.table }
    }
}

impl Content {
    /// The hours of a day; none on days off. A swapped-in day has the hours of the day it stands for, or its own when the agency works longer
    /// on it.
    fn spans_of(&self, day: i64) -> &[Span] {
        if self.is_off(day) {
            return &[];
        }
        let week_of = |day: i64| self.hours_on(day).of_weekday(weekday_index(day));
        longer(week_of(day), self.stands_for(day).map_or(&[], week_of))
    }

    /// The day that a day off is worked for.
    fn stands_for(&self, day: i64) -> Option<i64> {
        self.swaps.iter().find(|s| day_number(s.worked) == day).map(|s| day_number(s.off))
    }

    fn is_off(&self, day: i64) -> bool {
        if self.off.contains_key(&day) || self.closed.contains_key(&day) {
            return true;
        }
        let date = date_of_day(day);
        let covered = self.from <= date && date <= self.to;
        let falls_on = |y: &data::Yearly| y.month == date.month() && y.day == date.day() && date.year() >= y.from_year;
        !covered && self.yearly.iter().any(falls_on)
    }

    fn plain_week() -> Content {
        Content {
            version: "plain-week".to_owned(),
            from: Date::MIN,
            to: Date::MIN,
            hours: WorkingHours::usual(),
            periods: Vec::new(),
            off: Default::default(),
            closed: Default::default(),
            swaps: Vec::new(),
            yearly: Vec::new(),
        }
    }
}

/// Those of two days' hours that are longer in all; the first where they are equal.
fn longer<'a>(own: &'a [Span], other: &'a [Span]) -> &'a [Span] {
    let ms = |spans: &[Span]| spans.iter().map(|s| s.to - s.from).sum::<i64>();
    if ms(other) > ms(own) { other } else { own }
}
