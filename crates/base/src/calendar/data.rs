//! The calendar file: its shape and its checks.

use super::hours::{WeekText, WorkingHours};
use crate::{
    Date, Problem,
    time::{date_of_day, day_number},
};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// Why a day is off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OffKind {
    /// A paid holiday (Bộ luật Lao động 2019 Điều 112).
    Holiday,
    /// A working day given for a holiday that fell on a weekly day off (Điều 111 khoản 3).
    Compensatory,
    /// A working day exchanged for a Saturday.
    Swapped,
    /// A working day on which nobody can work, by an emergency decision.
    Closed,
}
crate::closed_list!(OffKind, {
    Holiday => "holiday",
    Compensatory => "compensatory",
    Swapped => "swapped",
    Closed => "closed",
});

/// A day off that is not a weekly one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayOff {
    /// Why.
    pub kind: OffKind,
    /// The holiday's name in Vietnamese; of a swapped day, the document that ordered it.
    pub name_vi: String,
    /// The same in English.
    pub name_en: String,
}

/// A working day taken off and the day off worked for it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Swap {
    /// The working day that is off.
    pub off: Date,
    /// The day off that is worked, with the hours of the day it stands for.
    pub worked: Date,
    /// The document that ordered it.
    pub basis: String,
}

/// A calendar as read and checked.
#[derive(Clone, Debug)]
pub(super) struct Content {
    pub(super) version: String,
    pub(super) from: Date,
    pub(super) to: Date,
    /// The week from the beginning on.
    pub(super) hours: WorkingHours,
    /// Weeks that hold for a time: first and last day.
    pub(super) periods: Vec<(i64, i64, WorkingHours)>,
    pub(super) off: BTreeMap<i64, DayOff>,
    /// Days closed by an emergency decision, whatever else they are.
    pub(super) closed: BTreeMap<i64, DayOff>,
    pub(super) swaps: Vec<Swap>,
    pub(super) yearly: Vec<Yearly>,
}

/// A holiday on the same date every year.
#[derive(Clone, Debug)]
pub(super) struct Yearly {
    pub(super) month: i8,
    pub(super) day: i8,
    pub(super) from_year: i16,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: String,
    covers: Period,
    hours: WeekText,
    #[serde(default)]
    desk: WeekText,
    names: BTreeMap<String, Name>,
    off: Off,
    #[serde(default)]
    swaps: Swaps,
    #[serde(default)]
    yearly: Vec<YearlyText>,
}

#[derive(Deserialize)]
struct Period {
    from: Date,
    to: Date,
}

#[derive(Deserialize)]
struct Name {
    vi: String,
    en: String,
}

#[derive(Deserialize)]
struct Off {
    days: Vec<OffText>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OffText {
    Kind(String, String, OffKind),
    Holiday(String, String),
}

#[derive(Default, Deserialize)]
struct Swaps {
    list: Vec<Swap>,
}

#[derive(Deserialize)]
struct YearlyText {
    day: String,
    name: String,
    #[serde(default)]
    from_year: i16,
}

/// Longest name of a calendar: a revision, emergency decisions, two agencies.
const VERSION_MAX: usize = 120;

/// A version goes into every basis text, between `=` and `;`.
fn is_version(text: &str) -> bool {
    (1..=VERSION_MAX).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'/' | b'_'))
}

impl Content {
    /// Problems: `base-calendar-text` (not TOML of this shape), `base-calendar-version`, `base-calendar-day` (a date,
    /// name or period that does not hold together), `base-calendar-swap`, and those of the hours.
    pub(super) fn parse(text: &str) -> Result<Content, Problem> {
        let file: File =
            toml::from_str(text).map_err(|error| Problem::new("base-calendar-text").arg("detail", error.message()))?;
        if !is_version(&file.version) {
            return Err(Problem::new("base-calendar-version").arg("value", &file.version));
        }
        let hours = WorkingHours::new(&file.hours, &file.desk)?;
        let mut off = BTreeMap::new();
        for entry in &file.off.days {
            let (days, name, kind) = match entry {
                OffText::Kind(days, name, kind) => (days, name, *kind),
                OffText::Holiday(days, name) => (days, name, OffKind::Holiday),
            };
            let problem = || Problem::new("base-calendar-day").arg("value", days).arg("name", name);
            let names = file.names.get(name).ok_or_else(problem)?;
            let (from, to) = period(days).ok_or_else(problem)?;
            for day in day_number(from)..=day_number(to) {
                off.insert(day, DayOff { kind, name_vi: names.vi.clone(), name_en: names.en.clone() });
            }
        }
        let mut yearly = Vec::with_capacity(file.yearly.len());
        for entry in &file.yearly {
            let problem = || Problem::new("base-calendar-day").arg("value", &entry.day).arg("name", &entry.name);
            let (month, day) = entry.day.split_once('-').ok_or_else(problem)?;
            let (month, day) = (month.parse().map_err(|_| problem())?, day.parse().map_err(|_| problem())?);
            // 2000 has a 29 February, so every date there is passes.
            Date::new(2000, month, day).map_err(|_| problem())?;
            yearly.push(Yearly { month, day, from_year: entry.from_year });
        }
        let (from, to) = (file.covers.from, file.covers.to);
        if from > to {
            return Err(Problem::new("base-calendar-day").arg("value", format!("{from}..{to}")).arg("name", "covers"));
        }
        let swaps = file.swaps.list;
        let (periods, closed) = (Vec::new(), BTreeMap::new());
        Content { version: file.version, from, to, hours, periods, off, closed, swaps, yearly }.checked()
    }

    /// This content's period and fixed dates with other days, swaps and hours. Problems: `base-calendar-version`,
    /// `base-calendar-day` (a period the wrong way round or too long), `base-calendar-swap`.
    pub(super) fn with_entries(&self, version: &str, entries: &[Entry]) -> Result<Content, Problem> {
        if !is_version(version) {
            return Err(Problem::new("base-calendar-version").arg("value", crate::text::clip(version, 60)));
        }
        let mut content =
            Content { version: version.to_owned(), off: BTreeMap::new(), swaps: Vec::new(), ..self.clone() };
        for entry in entries {
            match entry {
                Entry::Off { from, to, off } => {
                    let (first, last) = (day_number(*from), day_number(*to));
                    if !(0..=DAYS_MAX).contains(&(last - first)) {
                        let problem = Problem::new("base-calendar-day").arg("value", format!("{from}..{to}"));
                        return Err(problem.arg("name", &off.name_vi));
                    }
                    let days = if off.kind == OffKind::Closed { &mut content.closed } else { &mut content.off };
                    days.extend((first..=last).map(|day| (day, off.clone())));
                }
                Entry::Swap(swap) => content.swaps.push(swap.clone()),
                Entry::Hours { from, to, hours } => {
                    let last = to.map_or(i64::MAX, day_number);
                    content.periods.push((day_number(*from), last, hours.clone()));
                }
            }
        }
        content.checked()
    }

    /// The days off, swaps and hours as entries.
    pub(super) fn entries(&self) -> Vec<Entry> {
        let mut entries: Vec<Entry> = Vec::new();
        let named = self.off.iter().filter(|(_, off)| off.kind != OffKind::Swapped);
        for (day, off) in named.chain(&self.closed) {
            let date = date_of_day(*day);
            match entries.last_mut() {
                Some(Entry::Off { to, off: before, .. }) if before == off && day_number(*to) + 1 == *day => *to = date,
                _ => entries.push(Entry::Off { from: date, to: date, off: off.clone() }),
            }
        }
        entries.extend(self.swaps.iter().cloned().map(Entry::Swap));
        entries.extend(self.periods.iter().map(|(from, to, hours)| Entry::Hours {
            from: date_of_day(*from),
            to: Some(*to).filter(|to| *to != i64::MAX).map(date_of_day),
            hours: hours.clone(),
        }));
        entries
    }

    /// The week that holds on a day: of several periods the one that begins last.
    pub(super) fn hours_on(&self, day: i64) -> &WorkingHours {
        let holding = self.periods.iter().filter(|(from, to, _)| (*from..=*to).contains(&day));
        holding.max_by_key(|(from, ..)| *from).map_or(&self.hours, |(.., hours)| hours)
    }

    /// Takes the swapped days off and checks them.
    fn checked(mut self) -> Result<Content, Problem> {
        for swap in &self.swaps {
            let entry = DayOff { kind: OffKind::Swapped, name_vi: swap.basis.clone(), name_en: swap.basis.clone() };
            if self.off.insert(day_number(swap.off), entry).is_some() {
                return Err(Problem::new("base-calendar-swap").arg("day", swap.off));
            }
        }
        check_swaps(&self)?;
        Ok(self)
    }
}

/// Longest run of days off in one entry.
const DAYS_MAX: i64 = 31;

/// One dated line of a calendar.
// Some dozens a calendar, read once: not worth an allocation each.
#[allow(clippy::large_enum_variant)]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// Days off, first and last.
    Off {
        /// First day.
        from: Date,
        /// Last day.
        to: Date,
        /// Why.
        off: DayOff,
    },
    /// A working day exchanged for a day off.
    Swap(Swap),
    /// The office hours of a week, from a day to a day.
    Hours {
        /// First day.
        from: Date,
        /// Last day; open when absent.
        to: Option<Date>,
        /// The week.
        hours: WorkingHours,
    },
}

/// `2026-02-16` or `2026-02-16..2026-02-20`, at most a month.
fn period(text: &str) -> Option<(Date, Date)> {
    let (from, to) = text.split_once("..").unwrap_or((text, text));
    let (from, to): (Date, Date) = (from.parse().ok()?, to.parse().ok()?);
    (0..=DAYS_MAX).contains(&(day_number(to) - day_number(from))).then_some((from, to))
}

/// The day taken off must be one of work, the day worked a weekly day off that is no holiday, each used once.
fn check_swaps(content: &Content) -> Result<(), Problem> {
    let mut worked = BTreeSet::new();
    for swap in &content.swaps {
        let hours_of = |day: i64| content.hours_on(day).of_weekday(weekday_index(day));
        let has_hours = |date: Date| !hours_of(day_number(date)).is_empty();
        let given = day_number(swap.worked);
        if !has_hours(swap.off) || has_hours(swap.worked) || content.off.contains_key(&given) || !worked.insert(given) {
            return Err(Problem::new("base-calendar-swap").arg("day", swap.off));
        }
    }
    Ok(())
}

/// 0 is Monday; 1970-01-01 was a Thursday.
pub(super) fn weekday_index(day: i64) -> usize {
    usize::try_from((day + 3).rem_euclid(7)).unwrap_or(0)
}
