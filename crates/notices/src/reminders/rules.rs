//! When somebody is reminded: dated rules, and whether the moment of one has come, counted in working time. No SQL, no clock.

use base::calendar::{Calendar, Limit};
use base::time::HOUR_MS;
use base::{Date, Id, Instant, Problem};
use serde::Deserialize;
use std::sync::LazyLock;

/// A moment that was missed (the machine was off, a rule is new) is made up for within so many working days; what is older is in the
/// lists of what is late, and nobody is flooded.
const MADE_UP_DAYS: i64 = 5;
/// Longest span of a rule.
pub const SPAN_MAX: i32 = 60;
const HOURS_A_DAY: i64 = 8;

/// On which side of the due moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    Before,
    After,
}

/// Who is reminded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Whom {
    /// Whoever has it in hand; the heads where nobody has.
    Holder,
    /// The heads of the unit where it lies, else of the nearest above.
    Heads,
    Both,
}

base::closed_list!(Side, { Before => "before", After => "after" });
base::closed_list!(Whom, { Holder => "holder", Heads => "heads", Both => "both" });

/// How long before or after: working days or working hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    Days(i64),
    Hours(i64),
}

impl Span {
    /// Reads `2wd` or `8h`, from 1 to [`SPAN_MAX`].
    ///
    /// # Errors
    /// `notices-rule-span`.
    pub fn read(text: &str) -> Result<Span, Problem> {
        let no = || Problem::new("notices-rule-span").arg("max", SPAN_MAX).field("span");
        let limit: Limit = text.parse().map_err(|_| no())?;
        match limit {
            Limit::WorkingDays(n) if (1..=SPAN_MAX).contains(&n) => Ok(Span::Days(i64::from(n))),
            Limit::Hours(n) if (1..=SPAN_MAX).contains(&n) => Ok(Span::Hours(i64::from(n))),
            _ => Err(no()),
        }
    }

    /// As it is kept.
    pub fn text(self) -> String {
        match self {
            Span::Days(n) => format!("{n}wd"),
            Span::Hours(n) => format!("{n}h"),
        }
    }
}

/// One rule, from a day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// None for a shipped one.
    pub id: Option<Id>,
    /// What is owed.
    pub due: String,
    pub side: Side,
    pub since: Date,
    pub span: Span,
    pub whom: Whom,
    /// One that is not active ends the one before.
    pub active: bool,
    /// The law, or who decided it.
    pub basis: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ShippedRule {
    due: String,
    side: Side,
    since: Date,
    span: String,
    whom: Whom,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Shipped {
    rule: Vec<ShippedRule>,
}

fn read_shipped(text: &str) -> Option<Vec<Rule>> {
    let rules = toml::from_str::<Shipped>(text).ok()?.rule.into_iter().map(|rule| {
        Some(Rule {
            id: None,
            due: rule.due,
            side: rule.side,
            since: rule.since,
            span: Span::read(&rule.span).ok()?,
            whom: rule.whom,
            active: true,
            basis: rule.source,
        })
    });
    rules.collect()
}

/// The shipped rules; a test reads the file, so it is well-formed.
static SHIPPED: LazyLock<Vec<Rule>> =
    LazyLock::new(|| read_shipped(include_str!("../../../../data/notices/reminders.toml")).unwrap_or_default());

/// The rules the program comes with.
pub fn shipped() -> &'static [Rule] {
    &SHIPPED
}

/// Of all rules those in force on a day: of each due and side the latest whose day has come, a kept one before a shipped one.
pub fn in_force(all: &[Rule], on: Date) -> Vec<&Rule> {
    let mut begun: Vec<&Rule> = all.iter().filter(|rule| rule.since <= on).collect();
    begun.sort_by(|one, other| {
        (&one.due, one.side, one.since, one.id).cmp(&(&other.due, other.side, other.since, other.id))
    });
    let mut latest: Vec<&Rule> = Vec::new();
    for rule in begun {
        match latest.last_mut() {
            Some(before) if before.due == rule.due && before.side == rule.side => *before = rule,
            _ => latest.push(rule),
        }
    }
    latest.retain(|rule| rule.active);
    latest
}

/// Whether the moment of a rule has come for what is due at `due_at`, and has not gone too long ago.
pub fn has_come(rule: &Rule, calendar: &Calendar, due_at: Instant, now: Instant) -> bool {
    let days_after = |day: Date, until: Date| match day.tomorrow() {
        Ok(next) if next <= until => calendar.working_days_in(next, until),
        _ => 0,
    };
    let (due_day, today) = (due_at.date(), now.date());
    match (rule.side, rule.span) {
        (Side::Before, _) if now >= due_at => false,
        (Side::Before, Span::Days(n)) => days_after(today, due_day) <= n,
        (Side::Before, Span::Hours(n)) => calendar.working_ms_between(now, due_at) <= n * HOUR_MS,
        (Side::After, _) if now <= due_at => false,
        (Side::After, Span::Days(n)) => (n..=n + MADE_UP_DAYS).contains(&days_after(due_day, today)),
        (Side::After, Span::Hours(n)) => {
            let late = calendar.working_ms_between(due_at, now);
            late >= n * HOUR_MS && days_after(due_day, today) <= n / HOURS_A_DAY + MADE_UP_DAYS
        }
    }
}

/// Whether a day is the first working day of its week, on which the digest comes.
pub fn begins_the_week(calendar: &Calendar, today: Date) -> bool {
    let monday = monday_of(today);
    calendar.is_working_day(today) && (monday == today || calendar.working_days_in(monday, today) == 1)
}

/// The Monday of a day's week.
pub fn monday_of(day: Date) -> Date {
    let back = i64::from(day.weekday().to_monday_zero_offset());
    day.checked_sub(jiff_days(back)).unwrap_or(day)
}

fn jiff_days(days: i64) -> jiff::Span {
    jiff::Span::new().days(days)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::datetime;

    fn at(y: i16, m: i8, d: i8, hh: i8, mm: i8) -> Instant {
        Instant::from_local(datetime(y, m, d, hh, mm, 0, 0))
    }

    fn rule(side: Side, span: Span) -> Rule {
        let since = Date::constant(2026, 1, 1);
        Rule { id: None, due: "x".into(), side, since, span, whom: Whom::Both, active: true, basis: "-".into() }
    }

    #[test]
    fn the_shipped_rules_are_read_and_say_where_they_are_from() {
        assert!(shipped().len() >= 8);
        assert!(shipped().iter().all(|rule| rule.basis.contains("NĐ")
            || rule.basis.contains("chưa kiểm chứng")
            || rule.basis.contains("QĐ")));
        assert_eq!(in_force(shipped(), Date::constant(2026, 11, 25)).len(), shipped().len(), "each due and side once");
        assert!(in_force(shipped(), Date::constant(2025, 12, 31)).is_empty());
    }

    #[test]
    fn the_latest_row_counts_and_one_that_is_off_ends_it() {
        let mut all = vec![rule(Side::Before, Span::Days(3))];
        all.push(Rule { id: Some(Id(1)), since: Date::constant(2026, 6, 1), span: Span::Days(1), ..all[0].clone() });
        all.push(Rule { id: Some(Id(2)), since: Date::constant(2026, 9, 1), active: false, ..all[0].clone() });
        all.push(rule(Side::After, Span::Hours(1)));
        let on = |month: i8| {
            in_force(&all, Date::constant(2026, month, 15)).iter().map(|rule| rule.span.text()).collect::<Vec<_>>()
        };
        assert_eq!(on(3), ["3wd", "1h"]);
        assert_eq!(on(6), ["1wd", "1h"]);
        assert_eq!(on(10), ["1h"]);
    }

    #[test]
    fn working_days_before_run_through_the_lunar_new_year() {
        let calendar = Calendar::shipped();
        // Tết Bính Ngọ: off from Saturday 14/2 to Sunday 22/2/2026. Due Tuesday 24/2, 10:00.
        let (due, one) = (at(2026, 2, 24, 10, 0), rule(Side::Before, Span::Days(2)));
        assert!(!calendar.is_working_day(Date::constant(2026, 2, 17)), "Tết is off");
        assert!(!has_come(&one, calendar, due, at(2026, 2, 12, 8, 0)), "three working days are left");
        assert!(has_come(&one, calendar, due, at(2026, 2, 13, 8, 0)), "the last day before Tết: two are left");
        assert!(!has_come(&one, calendar, due, at(2026, 2, 24, 10, 0)), "it is due: nothing to remind of before");
    }

    #[test]
    fn a_worked_saturday_counts_and_its_day_off_does_not() {
        let calendar = Calendar::shipped();
        let one = rule(Side::After, Span::Days(1));
        let swaps: Vec<_> = calendar.swaps().iter().filter(|swap| swap.worked.year() == 2026).collect();
        assert!(swaps.len() >= 2);
        for swap in swaps {
            // Due at the close of the last working day before the worked Saturday: that day is a working day late.
            let days = std::iter::successors(swap.worked.yesterday().ok(), |day| day.yesterday().ok());
            let before = days.into_iter().find(|day| calendar.is_working_day(*day)).expect("a working day");
            let due = Instant::from_local(before.at(17, 0, 0, 0));
            assert!(has_come(&one, calendar, due, Instant::from_local(swap.worked.at(8, 0, 0, 0))), "{swap:?}");
            // On the day given for it the clock stands still: what was due the working day before is not a day late.
            let days = std::iter::successors(swap.off.yesterday().ok(), |day| day.yesterday().ok());
            let before = days.into_iter().find(|day| calendar.is_working_day(*day)).expect("a working day");
            let due = Instant::from_local(before.at(17, 0, 0, 0));
            assert!(!has_come(&one, calendar, due, Instant::from_local(swap.off.at(8, 0, 0, 0))), "{swap:?}");
        }
    }

    #[test]
    fn hours_stop_at_night_and_what_is_long_gone_is_left() {
        let calendar = Calendar::shipped();
        let (hour, due) = (rule(Side::After, Span::Hours(1)), at(2026, 11, 25, 16, 30));
        assert!(!has_come(&hour, calendar, due, at(2026, 11, 25, 20, 0)), "half an hour of work, and the night");
        assert!(has_come(&hour, calendar, due, at(2026, 11, 26, 7, 30)), "the next morning");
        assert!(!has_come(&hour, calendar, due, at(2026, 12, 25, 8, 0)), "a month ago");
        let four = rule(Side::Before, Span::Hours(4));
        assert!(has_come(&four, calendar, at(2026, 11, 26, 8, 0), at(2026, 11, 25, 15, 0)));
        assert!(!has_come(&four, calendar, at(2026, 11, 26, 16, 0), at(2026, 11, 25, 15, 0)));
    }

    #[test]
    fn the_week_begins_on_its_first_working_day() {
        let calendar = Calendar::shipped();
        assert!(begins_the_week(calendar, Date::constant(2026, 11, 30)), "a Monday");
        assert!(!begins_the_week(calendar, Date::constant(2026, 12, 1)));
        assert!(!begins_the_week(calendar, Date::constant(2026, 11, 29)), "a Sunday");
        // The week of Tết has no digest; the one after begins on its Monday.
        let tet: Vec<Date> = (16..=22).map(|day| Date::constant(2026, 2, day)).collect();
        assert!(tet.iter().all(|day| !begins_the_week(calendar, *day)));
        assert!(begins_the_week(calendar, Date::constant(2026, 2, 23)));
        assert_eq!(monday_of(Date::constant(2026, 2, 22)), Date::constant(2026, 2, 16));
    }

    #[test]
    fn spans_are_working_days_or_hours_within_bounds() {
        assert_eq!(Span::read("2wd").unwrap(), Span::Days(2));
        assert_eq!(Span::read("8h").unwrap().text(), "8h");
        for wrong in ["", "2", "2d", "0wd", "-1wd", "61wd", "1m", "x"] {
            assert_eq!(Span::read(wrong).unwrap_err().code, "notices-rule-span", "{wrong}");
        }
    }
}
