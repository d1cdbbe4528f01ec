//! What a change of the calendar would do, before anybody makes it: days that become others, limits counted before and after, and what the
//! modules above find. Counted for the page and kept nowhere.

use crate::tree::Tree;
use crate::verbs::Open;
use ::store::{BoxFuture, Tx};
use base::calendar::{Calendar, Span};
use base::{Date, Fault, Id, Instant, Limit};
use std::sync::Arc;
use web::App;

/// How far ahead a change is looked at, in days.
const AHEAD_DAYS: i32 = 366;
/// Examples counted at most.
pub const EXAMPLES_MAX: usize = 3;

/// The calendar before and after a change, and from when on it may differ.
#[derive(Clone)]
pub struct Compared {
    pub before: Calendar,
    pub after: Calendar,
    pub from: Date,
    /// Whose days they are; none for the province's.
    pub agency: Option<Id>,
    pub tree: Arc<Tree>,
    pub now: Instant,
}

/// What a module above finds of a change: promises that would be counted otherwise, appointments on a day off.
pub type Look = for<'t> fn(&'t Tx, &'t Compared) -> BoxFuture<'t, Result<Vec<Open>, Fault>>;

/// What the modules above say of a change of the calendar; put into the application where it is put together.
pub struct Previews {
    /// Limits that are typical of the catalogue of a day.
    pub limits: fn(&App, Date) -> Vec<Limit>,
    pub looks: Vec<Look>,
}

/// A day that is another after the change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    pub day: Date,
    /// The hours in which the clock runs; empty for a day off.
    pub before: String,
    pub after: String,
    /// When the desk takes in while no clock runs.
    pub desk: String,
}

/// A limit counted before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    pub limit: Limit,
    pub received: Instant,
    pub before: Instant,
    pub after: Instant,
}

fn words(spans: &[Span]) -> String {
    spans.iter().map(Span::to_string).collect::<Vec<_>>().join(", ").replace('-', "–")
}

impl Compared {
    /// The two calendars of whoever is concerned.
    fn own(&self) -> (Calendar, Calendar) {
        let agency = self.agency.unwrap_or(Id(0));
        (self.before.at(agency, agency), self.after.at(agency, agency))
    }

    /// The days that are others, of the year that follows.
    pub fn days(&self) -> Vec<Changed> {
        let (before, after) = self.own();
        let last = self.from.saturating_add(jiff::Span::new().days(AHEAD_DAYS));
        let days = self.from.series(jiff::Span::new().days(1)).take_while(|day| *day <= last);
        let changed = days.filter_map(|day| {
            let (was, is) = (before.spans_on(day), after.spans_on(day));
            let (desk_was, desk) = (before.counter_on(day), after.counter_on(day));
            let other = was != is || desk_was != desk;
            other.then(|| Changed { day, before: words(was), after: words(is), desk: words(&desk) })
        });
        changed.collect()
    }

    /// Limits counted from the last morning before the change, before and after it.
    pub fn examples(&self, limits: &[Limit]) -> Vec<Example> {
        let (before, after) = self.own();
        let eve = self.from.saturating_sub(jiff::Span::new().days(1));
        let mut day = eve;
        // The last day of work before; a fortnight is more than any holiday has.
        for _ in 0..14 {
            if before.is_working_day(day) {
                break;
            }
            day = day.saturating_sub(jiff::Span::new().days(1));
        }
        let received = Instant::start_of(day).plus_ms(9 * base::time::HOUR_MS);
        let example = |limit: &Limit| Example {
            limit: *limit,
            received,
            before: before.due(received, *limit, None).due_at,
            after: after.due(received, *limit, None).due_at,
        };
        limits.iter().take(EXAMPLES_MAX).map(example).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::calendar::{DayOff, Entry, OffKind, WeekText};
    use base::{Limit, WorkingHours};
    use jiff::civil::date;

    fn compared(after: Calendar, from: Date, agency: Option<Id>) -> Compared {
        let tree = Arc::new(Tree::default());
        Compared { before: Calendar::shipped().clone(), after, from, agency, tree, now: Instant(0) }
    }

    #[test]
    fn a_holiday_more_is_one_day_and_moves_the_limit_that_goes_over_it() {
        let mut entries = Calendar::shipped().entries();
        let day = date(2026, 12, 9);
        let off = DayOff { kind: OffKind::Holiday, name_vi: "Lễ".into(), name_en: "Day".into() };
        entries.push(Entry::Off { from: day, to: day, off });
        let compared = compared(Calendar::of_entries("v", &entries).unwrap(), day, None);
        let days = compared.days();
        assert_eq!(days.len(), 1);
        assert_eq!((days[0].before.as_str(), days[0].after.as_str()), ("07:00–11:30, 13:30–17:00", ""));
        let counted = compared.examples(&[Limit::WorkingDays(1), Limit::CalendarDays(5)]);
        let at = |day: i8, hour: i8| Instant::from_local(date(2026, 12, day).at(hour, 0, 0, 0));
        assert_eq!((counted[0].received, counted[0].before, counted[0].after), (at(8, 9), at(9, 9), at(10, 9)));
        assert_eq!(counted[1].before, counted[1].after);
    }

    #[test]
    fn a_counter_on_saturday_changes_saturdays_and_no_limit() {
        let week = WeekText::of_days(["", "", "", "", "", "07:30-11:00", ""]);
        let hours = WorkingHours::of_agency(&week).unwrap();
        let line = (Id(9), Entry::Hours { from: date(2026, 12, 7), to: Some(date(2026, 12, 20)), hours });
        let after = Calendar::shipped().with_agencies(&[line]);
        let compared = compared(after, date(2026, 12, 7), Some(Id(9)));
        let days = compared.days();
        assert_eq!(
            days.iter().map(|changed| changed.day).collect::<Vec<_>>(),
            [date(2026, 12, 12), date(2026, 12, 19)]
        );
        assert_eq!((days[0].after.as_str(), days[0].desk.as_str()), ("", "07:30–11:00"));
        assert!(compared.examples(&[Limit::WorkingDays(3)]).iter().all(|example| example.before == example.after));
    }
}
