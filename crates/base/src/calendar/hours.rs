//! Office hours of a week.

use crate::{Problem, time::HOUR_MS};
use serde::Deserialize;

/// Part of a day, in milliseconds since local midnight; `from` belongs to it. As a deadline its `to` does too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Span {
    /// Begin.
    pub from: i64,
    /// End, later than `from`.
    pub to: i64,
}

impl Span {
    /// Reads `07:00-11:30`. Problem: `base-hours`.
    pub fn parse(text: &str) -> Result<Span, Problem> {
        let problem = || Problem::new("base-hours").arg("value", crate::text::clip(text, 20));
        let (from, to) = text.split_once('-').ok_or_else(problem)?;
        let span = Span { from: minute(from).ok_or_else(problem)?, to: minute(to).ok_or_else(problem)? };
        if span.from < span.to { Ok(span) } else { Err(problem()) }
    }
}

/// `07:00` as milliseconds since midnight; `24:00` is the end of the day.
fn minute(text: &str) -> Option<i64> {
    let (hour, minute) = text.trim().split_once(':')?;
    let number =
        |s: &str| if s.len() == 2 && s.bytes().all(|b| b.is_ascii_digit()) { s.parse::<i64>().ok() } else { None };
    let (hour, minute) = (number(hour)?, number(minute)?);
    (minute < 60 && hour * 60 + minute <= 24 * 60).then_some(hour * HOUR_MS + minute * 60_000)
}

/// The hours of a week. `week` are those when the clock runs: a day with any is a working day, a half day as well.
/// `desk` are further hours when the desk only takes dossiers in (Saturday-morning counters): what comes in then starts
/// its clock at the next working hour.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkingHours {
    week: [Vec<Span>; 7],
    desk: [Vec<Span>; 7],
}

/// The hours as the calendar file states them, `["07:00-11:30", "13:30-17:00"]` a day.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WeekText {
    monday: Vec<String>,
    tuesday: Vec<String>,
    wednesday: Vec<String>,
    thursday: Vec<String>,
    friday: Vec<String>,
    saturday: Vec<String>,
    sunday: Vec<String>,
}

impl WeekText {
    fn spans(&self) -> Result<[Vec<Span>; 7], Problem> {
        let days =
            [&self.monday, &self.tuesday, &self.wednesday, &self.thursday, &self.friday, &self.saturday, &self.sunday];
        let mut week: [Vec<Span>; 7] = Default::default();
        for (spans, texts) in week.iter_mut().zip(days) {
            for text in texts {
                let span = Span::parse(text)?;
                if spans.last().is_some_and(|before: &Span| before.to > span.from) {
                    return Err(Problem::new("base-hours-order").arg("value", text));
                }
                spans.push(span);
            }
        }
        Ok(week)
    }
}

impl WeekText {
    /// The week of seven texts, Monday first, each `07:00-11:30, 13:30-17:00` or empty; missing days are empty.
    pub fn of_days<'a>(days: impl IntoIterator<Item = &'a str>) -> WeekText {
        let mut week = days.into_iter().map(|day| {
            day.split(',').map(str::trim).filter(|span| !span.is_empty()).map(str::to_owned).collect::<Vec<_>>()
        });
        let mut next = || week.next().unwrap_or_default();
        WeekText {
            monday: next(),
            tuesday: next(),
            wednesday: next(),
            thursday: next(),
            friday: next(),
            saturday: next(),
            sunday: next(),
        }
    }
}

impl std::fmt::Display for Span {
    /// `07:00-11:30`, as [`Span::parse`] reads it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let clock = |ms: i64| format!("{:02}:{:02}", ms / HOUR_MS, ms / 60_000 % 60);
        write!(f, "{}-{}", clock(self.from), clock(self.to))
    }
}

impl WorkingHours {
    /// The hours of a weekday as text, `07:00-11:30, 13:30-17:00`; 0 is Monday.
    pub fn day_text(&self, monday_zero: usize) -> String {
        self.of_weekday(monday_zero).iter().map(Span::to_string).collect::<Vec<_>>().join(", ")
    }

    /// Checks the hours of a week. Problems: `base-hours`, `base-hours-order` (overlapping or not in order),
    /// `base-hours-none` (no working hour in the whole week: no limit would ever end).
    pub fn new(week: &WeekText, desk: &WeekText) -> Result<WorkingHours, Problem> {
        let hours = WorkingHours { week: week.spans()?, desk: desk.spans()? };
        if hours.week.iter().all(Vec::is_empty) {
            return Err(Problem::new("base-hours-none"));
        }
        Ok(hours)
    }

    /// The hours of an agency over the province's days: a day left empty is as in the province, a week may be empty altogether. Problems as
    /// in [`WorkingHours::new`] but for `base-hours-none`.
    pub fn of_agency(week: &WeekText) -> Result<WorkingHours, Problem> {
        Ok(WorkingHours { week: week.spans()?, desk: Default::default() })
    }

    /// Whether no day has any.
    pub fn is_empty(&self) -> bool {
        self.week.iter().all(Vec::is_empty)
    }

    /// Reads tables `[hours]` and `[desk]` of a TOML text. Problems as in [`WorkingHours::new`], or `base-calendar-text`.
    pub fn from_toml(text: &str) -> Result<WorkingHours, Problem> {
        #[derive(Deserialize)]
        struct File {
            hours: WeekText,
            #[serde(default)]
            desk: WeekText,
        }
        let file: File =
            toml::from_str(text).map_err(|error| Problem::new("base-calendar-text").arg("detail", error.message()))?;
        WorkingHours::new(&file.hours, &file.desk)
    }

    /// Monday to Friday, 07:00-11:30 and 13:30-17:00: eight hours a day.
    pub fn usual() -> WorkingHours {
        let day = vec![
            Span { from: 7 * HOUR_MS, to: 11 * HOUR_MS + HOUR_MS / 2 },
            Span { from: 13 * HOUR_MS + HOUR_MS / 2, to: 17 * HOUR_MS },
        ];
        let mut week: [Vec<Span>; 7] = Default::default();
        week[..5].fill(day);
        WorkingHours { week, desk: Default::default() }
    }

    /// Hours of a weekday when the clock runs; 0 is Monday.
    pub fn of_weekday(&self, monday_zero: usize) -> &[Span] {
        self.week.get(monday_zero).map_or(&[], Vec::as_slice)
    }

    /// Further hours of a weekday when dossiers are only taken in; 0 is Monday.
    pub fn desk_of_weekday(&self, monday_zero: usize) -> &[Span] {
        self.desk.get(monday_zero).map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_read_to_the_minute() {
        assert_eq!(Span::parse("07:00-11:30").unwrap(), Span { from: 25_200_000, to: 41_400_000 });
        for bad in
            ["", "07:00", "7:00-11:30", "11:30-07:00", "07:00-07:00", "07:60-09:00", "23:00-24:01", "07:00-1é:30"]
        {
            assert_eq!(Span::parse(bad).unwrap_err().code, "base-hours", "{bad:?}");
        }
    }

    #[test]
    fn a_week_must_be_in_order_and_have_hours() {
        let code = |text: &str| WorkingHours::from_toml(text).unwrap_err().code;
        assert_eq!(code("[hours]\nmonday = [\"13:30-17:00\", \"07:00-11:30\"]"), "base-hours-order");
        assert_eq!(code("[hours]\nmonday = [\"07:00-12:00\", \"11:00-17:00\"]"), "base-hours-order");
        assert_eq!(code("[hours]\nmonday = []"), "base-hours-none");
        assert_eq!(code("[hours]\nmoonday = []"), "base-calendar-text");
        assert_eq!(code("hours"), "base-calendar-text");
    }

    #[test]
    fn a_week_written_as_text_is_read_back_the_same() {
        let usual = WorkingHours::usual();
        let days: Vec<String> = (0..7).map(|day| usual.day_text(day)).collect();
        assert_eq!(days[0], "07:00-11:30, 13:30-17:00");
        let week = WeekText::of_days(days.iter().map(String::as_str));
        assert_eq!(WorkingHours::new(&week, &WeekText::default()).unwrap(), usual);
        assert_eq!(
            WorkingHours::new(&WeekText::of_days([]), &WeekText::default()).unwrap_err().code,
            "base-hours-none"
        );
    }

    #[test]
    fn the_usual_day_has_eight_hours() {
        let usual = WorkingHours::usual();
        assert_eq!(usual.of_weekday(4).iter().map(|s| s.to - s.from).sum::<i64>(), 8 * HOUR_MS);
        assert!(usual.of_weekday(5).is_empty() && usual.of_weekday(9).is_empty());
    }
}
